"""letup verify: recompute a written plan without the solver."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that letup plan wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Recompute a plan from its files alone; exit 1 and say where if something does not hold."""
    from letup.verify.verification import verify as recompute

    result = recompute(folder)
    if as_json:
        import json

        problems = [
            {"code": p.code, "file": p.file, "where": p.where, "column": p.column, "message": p.message}
            for p in result.problems
        ]
        checks = [{"what": what, "count": count} for what, count in result.checks]
        print(json.dumps({"holds": result.holds, "checks": checks, "problems": problems}, ensure_ascii=False))
    else:
        for what, count in result.checks:
            print(f"recomputed  {count:>10,}  {what}")
        for problem in result.problems[:_SHOWN]:
            print(f"[{problem.code}] {problem.place}: {problem.message}")
        if len(result.problems) > _SHOWN:
            print(f"... and {len(result.problems) - _SHOWN} more; --json lists all")
        print(
            "The plan holds: everything above was recomputed from the files, without the solver."
            if result.holds
            else f"The plan does not hold: {len(result.problems)} problems."
        )
    if not result.holds:
        raise typer.Exit(1)


_SHOWN = 40
