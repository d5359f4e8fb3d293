"""Check pages of a plan: each is made again from what the plan's other files say, and compared as text."""

from __future__ import annotations

from pathlib import Path

from letup import __version__
from letup.core.findings import finding
from letup.plan.files.write import REPORT
from letup.report.plan import html
from letup.verify import Verification


def check_report(folder: Path, result: Verification) -> None:
    """Check report.html; pages that were never there, as of a plan written from Python, are not missed.

    Parameters
    ----------
    folder : path
        The plan's folder.
    result : Verification
        Of the plan's other files, with the plan; takes up what was checked and what does not hold.
    """
    if result.plan is None:
        return  # why is among the problems
    compare(folder / REPORT, REPORT, html(result.plan, folder), result)
    result.done("report.html, made again from the plan", 1)


def compare(path: Path, name: str, expected: str, result: Verification) -> None:
    """Compare a page with its text made anew."""
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        result.problems.append(finding("verify.page", "is missing", file=name))
        return
    except OSError as error:
        result.problems.append(finding("verify.page", f"cannot be read: {error}", file=name))
        return
    if written == expected.encode():
        return
    lines, others = written.decode(errors="replace").split("\n"), expected.split("\n")
    at = next((i for i, (a, b) in enumerate(zip(lines, others, strict=False)) if a != b), min(len(lines), len(others)))
    other = lines[at][:120] if at < len(lines) else "nothing"
    message = f"is not what letup {__version__} makes of this plan; the first that differs is {other!r}"
    result.problems.append(finding("verify.page", message, file=name, where=f"line {at + 1}"))
