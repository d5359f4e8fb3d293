"""Hold the copy of the scenario beside a plan against one's own."""

from __future__ import annotations

from pathlib import Path

from letup import scenario as scenarios
from letup.core.errors import LetupError
from letup.core.findings import finding
from letup.scenario.differences import differences
from letup.verify.result import Verification


def check_against(folder: Path, own: str, result: Verification) -> None:
    """Name each value of the plan's copy of the scenario that one's own says otherwise.

    Parameters
    ----------
    folder : Path
        The plan's folder.
    own : str
        Folder of one's own scenario, or the name of a bundled one.
    result : Verification
        Takes up each difference as a problem.

    Raises
    ------
    BadInput, LetupError
        If one's own scenario cannot be read.
    """
    mine = scenarios.load(own)
    try:
        copy = scenarios.load(str(folder / "scenario"))
    except LetupError as error:
        result.wrong("scenario", "scenario", "", error.message)
        return
    for difference in differences(copy, mine):
        message = f"is {difference.here} in the plan's copy, {difference.there} in yours"
        part, where, column = f"scenario, {difference.part}", difference.where, difference.column
        result.problems.append(finding("verify.against", message, file=part, where=where, column=column))
    result.done(f"values of the scenario against {own}", len(scenarios.values(mine)))
