"""``letup check``: everything that is wrong with a scenario."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from letup.core.findings import Finding
    from letup.scenario import Scenario

COLOURS = {"error": "bold red", "warning": "yellow", "note": "dim"}


def check(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A folder, or the name of a bundled scenario.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List everything that is wrong with a scenario.

    Exits with 1 if there are errors, with 2 if there is no such scenario.
    """
    from letup.scenario import folder_of
    from letup.scenario.check import examine

    folder = folder_of(scenario)
    loaded, findings = examine(folder)
    counts = {severity: sum(finding.severity == severity for finding in findings) for severity in COLOURS}
    if as_json:
        content = {
            "scenario": str(folder),
            "good": not counts["error"],
            **{f"{severity}s": count for severity, count in counts.items()},
            "findings": [asdict(finding) for finding in findings],
        }
        print(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        from letup.core.wording import plural

        _show(findings)
        found = ", ".join(plural(count, severity) for severity, count in counts.items())
        print(f"{scenario}: {found}" if findings else f"{scenario}: nothing wrong found")
        if loaded is not None:
            print(_contents(loaded))
    sys.exit(1 if counts["error"] else 0)


def _show(findings: list[Finding]) -> None:
    """Findings by file, the file with the worst first, in each the worst first."""
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    for file in dict.fromkeys(finding.file for finding in findings):
        console.print(Text(file, style="bold"))
        for finding in (finding for finding in findings if finding.file == file):
            place = ", ".join(part for part in (finding.where, finding.column and f"column {finding.column}") if part)
            line = Text(f"  {finding.severity:<8}", style=COLOURS[finding.severity])
            line.append(f"{place}: " if place else "", style="default")
            line.append(f"{finding.message} [{finding.code}]", style="default")
            console.print(line)
            console.print(Text(f"          → {finding.remedy}"))
        console.print()


def _contents(scenario: Scenario) -> str:
    from letup.core.wording import plural

    people = int(scenario.people["count"].sum())
    return (
        f"{scenario.title}, as of {scenario.as_of.isoformat()}: {len(scenario.zones):,} zones, {len(scenario.roads):,} "
        f"roads, {len(scenario.places):,} places, {people:,} people in {plural(len(scenario.groups), 'group')}"
    )
