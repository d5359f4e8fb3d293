"""Write a result over an older one and be killed at each call of the system in turn; a script of its own, as it forks.

``python killed_writer.py FOLDER exchange|one-by-one kill|full EVERY`` prints what was left behind, by how often.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from letup.core import folders, staging
from letup.core.errors import LetupError, SystemRefused

KIND = folders.ResultKind("plan", "a plan", "plan.folder", known_by=("plan.json",), owns=("plan.json", "a.csv"))
OLD = {"plan.json": "old", "a.csv": "old", "scenario/roads.csv": "old", "gpx/c1.gpx": "old"}
NEW = {"plan.json": "new", "scenario/roads.csv": "old", "scenario/new.csv": "new", "pages/c1.html": "new"}
MINE = {"notes.txt": "years of work", "gpx/mine.gpx": "drawn by hand"}
EVENTS = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod", "shutil.copystat"}


class Countdown:
    """Ends the process, or says that the disk is full, after so many calls of the system."""

    def __init__(self, end: str) -> None:
        self.end, self.left = end, 0
        sys.addaudithook(self.count)

    def count(self, event: str, _: tuple[Any, ...]) -> None:
        if not self.left or event not in EVENTS:
            return
        self.left -= 1
        if self.left:
            return
        if self.end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write(folder: Path, files: dict[str, str]) -> None:
    with folders.replaced(folder, KIND) as fresh:
        for name, text in files.items():
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_text(text)


def contents(folder: Path) -> dict[str, str]:
    names = [path for path in folder.rglob("*") if path.is_file() and ".letup-" not in str(path)]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in names}


def cut_short(folder: Path, countdown: Countdown, calls: int) -> bool:
    """Write in a process of its own that ends after so many calls; whether it did not come to its end."""
    child = os.fork()
    if child == 0:
        countdown.left = calls
        try:
            write(folder, NEW)
        except SystemRefused:
            os._exit(3)
        except BaseException as error:  # anything else is what is looked for
            print(f"{type(error).__name__}: {error}", flush=True)
            os._exit(9)
        os._exit(0 if countdown.left else 4)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 3, 4, -signal.SIGKILL), code
    return code != 0


def main(place: Path, manner: str, end: str, every: int) -> None:
    countdown = Countdown(end)
    if manner == "one-by-one":

        def refuse(one: Path, other: Path) -> None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

        folders.exchange = refuse  # type: ignore[attr-defined]
    seen: Counter[str] = Counter()
    calls = 1
    while True:
        folder = place / str(calls) / "plan"
        write(folder, OLD)
        for name, text in MINE.items():
            (folder / name).write_text(text)
        if not cut_short(folder, countdown, calls):
            break
        after = contents(folder)
        try:
            folders.require_whole(folder)
            state = "old" if after == OLD | MINE else "new" if after == NEW | MINE else f"neither: {after}"
        except LetupError:
            state = "said to be unfinished"
        assert {name: after[name] for name in MINE} == MINE, after
        seen[state] += 1
        write(folder, NEW)
        assert contents(folder) == NEW | MINE, contents(folder)
        remains = [path for path in (*folder.parent.iterdir(), *folder.iterdir()) if staging.is_staging(path.name)]
        assert all(not (path / "lock").exists() for path in remains), "a killed run is cleaned up after"
        calls += every
    print(f"{sum(seen.values())} ends:", ", ".join(f"{count} {state}" for state, count in sorted(seen.items())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
