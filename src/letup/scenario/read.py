"""Find and load scenarios: a folder, or one that comes with letup."""

from __future__ import annotations

from pathlib import Path

from letup.core.collect import did_you_mean
from letup.core.errors import BadInput
from letup.core.findings import Finding
from letup.scenario.attributes import FILES
from letup.scenario.check import examine
from letup.scenario.model import Scenario

_BUNDLED = Path(__file__).parent / "bundled"


def bundled() -> list[str]:
    """Names of the scenarios that come with letup, sorted."""
    if not _BUNDLED.is_dir():
        return []
    return sorted(path.name for path in _BUNDLED.iterdir() if (path / "scenario.yaml").is_file())


def folder_of(name: str | Path) -> Path:
    """Folder of a scenario.

    Parameters
    ----------
    name : str or Path
        A folder, or the name of a bundled scenario; a folder of that name here comes first.

    Raises
    ------
    BadInput
        If there is neither (code ``scenario.missing``).
    """
    path = Path(name)
    try:
        if path.is_dir():
            return path
        there = path.exists()
    except (OSError, ValueError):  # a name too long for the system, or one with a zero byte
        there = False
    if str(name) in bundled():
        return _BUNDLED / str(name)
    what = "is not a folder" if there else "is neither a folder nor a bundled scenario"
    remedy = f"{did_you_mean(str(name), bundled())}name a folder with {', '.join(FILES[:3])}"
    if bundled():
        remedy += f", or one of {', '.join(bundled())}"
    raise BadInput([Finding("scenario.missing", "error", what, remedy, file=str(name)[:200])])


def load(name: str | Path) -> Scenario:
    """Read a scenario and check it.

    Parameters
    ----------
    name : str or Path
        A folder, or the name of a bundled scenario.

    Returns
    -------
    Scenario
        Checked: every reference leads somewhere, every geometry is valid, every required value is there.

    Raises
    ------
    BadInput
        If anything is wrong; all of it stands in the error's ``findings``.
    """
    scenario, findings = examine(folder_of(name))
    if scenario is None:
        raise BadInput(findings, str(name))
    return scenario


def check(name: str | Path) -> list[Finding]:
    """Everything that is wrong with a scenario, worst first; empty if nothing is.

    Parameters
    ----------
    name : str or Path
        A folder, or the name of a bundled scenario.

    Raises
    ------
    BadInput
        If there is no such folder; whatever is wrong inside a folder is a finding.
    """
    return examine(folder_of(name))[1]
