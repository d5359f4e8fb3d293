"""``letup check``: everything that is wrong with a scenario."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from letup.cli.options import AsJson, ScenarioName

if TYPE_CHECKING:
    from rich.tree import Tree

    from letup.core.findings import Finding
    from letup.scenario import Scenario


def check(
    scenario: ScenarioName,
    as_json: AsJson = False,
) -> None:
    """List everything that is wrong with a scenario, and what planning would find out about it.

    Exits with 1 if there are errors, with 2 if there is no such scenario.
    """
    from letup.cli.terminal import show, show_json
    from letup.core.findings import SEVERITIES, worst_first
    from letup.core.wording import plural
    from letup.plan.planner.prospects import prospects
    from letup.scenario import folder_of
    from letup.scenario.read import examine

    folder = folder_of(scenario)
    loaded, findings = examine(folder)
    if loaded is not None:
        findings = worst_first([*findings, *prospects(loaded)])
    counts = {severity: sum(finding.severity == severity for finding in findings) for severity in SEVERITIES}
    if as_json:
        content = {
            "scenario": str(folder),
            "good": not counts["error"],
            **{f"{severity}s": count for severity, count in counts.items()},
            "findings": [asdict(finding) for finding in findings],
        }
        show_json(content)
    else:
        for file in dict.fromkeys(finding.file for finding in findings):
            show(_tree(file, [finding for finding in findings if finding.file == file]), "")
        totals = ", ".join(plural(count, severity) for severity, count in counts.items()) if findings else ""
        show(f"{scenario}: {totals or 'nothing wrong found'}")
        if loaded is not None:
            show(_contents(loaded))
    sys.exit(1 if counts["error"] else 0)


def _tree(file: str, findings: list[Finding]) -> Tree:
    """The findings on a file, the worst first, each with what to do."""
    from rich.text import Text
    from rich.tree import Tree

    from letup.cli.terminal import severity

    tree = Tree(Text(file, style="bold"), guide_style="dim")
    for finding in findings:
        place = ", ".join(part for part in (finding.where, finding.column and f"column {finding.column}") if part)
        text = f" {place + ': ' if place else ''}{finding.message} [{finding.code}]\n→ {finding.remedy}"
        tree.add(severity(finding).append(text))
    return tree


def _contents(scenario: Scenario) -> str:
    from letup.core.wording import plural

    people = int(scenario.people["count"].sum())
    return (
        f"{scenario.title}, as of {scenario.as_of.isoformat()}: {len(scenario.zones):,} zones, {len(scenario.roads):,} "
        f"roads, {len(scenario.places):,} places, {people:,} people in {plural(len(scenario.groups), 'group')}"
    )
