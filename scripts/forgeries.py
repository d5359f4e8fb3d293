"""Forge a written plan in every file and field, and say what verifying does not find.

What is left has to be what `src/letup/verify/not_proven.csv` lists, all of it and nothing else; the page on what is not
proven is made from there. Takes a quarter of an hour on two cores.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from letup.verify.not_proven import not_proven
from tests.verify.forgeries import ANEW, all_forgeries, is_refused, verified, write_honest

WORKERS = 2


def accepted(honest: Path, work: Path, part: int) -> list[tuple[str, str, str]]:
    """File, field and name of the forgeries of one part of them that are not found."""
    own = work / str(part)
    own.mkdir()
    forgeries = all_forgeries(honest)[part::WORKERS]
    return [
        (forgery.file, forgery.field, forgery.name) for forgery in forgeries if not is_refused(honest, forgery, own)
    ]


def main() -> int:
    """Forge, verify and compare with the list."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        honest = work / "honest"
        write_honest(honest)
        result = verified(honest, pages=True)
        assert result.holds, result.problems
        print(f"{len(all_forgeries(honest))} forgeries of one plan")
        with ProcessPoolExecutor(WORKERS) as pool:
            left = [*chain.from_iterable(pool.map(partial(accepted, honest, work), range(WORKERS)))]
    covered = {part.field: False for part in not_proven()}
    wrong = []
    for file, field, name in left:
        parts = [part for part in not_proven() if part.covers("plan.json" if file == ANEW else file, field)]
        for part in parts:
            covered[part.field] = True
        if not parts:
            wrong.append(f"not found, and not listed: {name}")
    wrong += [f"listed, though it is found: {field}" for field, is_left in covered.items() if not is_left]
    print(f"{len(left)} are not found:", *(name for _, _, name in left), *wrong, sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
