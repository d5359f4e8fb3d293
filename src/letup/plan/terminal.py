"""A plan in the terminal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from letup.core.wording import percent, sortable_until
from letup.plan.answer import next_hours, sentence
from letup.plan.ceiling import BASIS
from letup.plan.deliveries import document_part
from letup.plan.objectives import sentence_of

if TYPE_CHECKING:
    from letup.plan.model import Plan
    from letup.scenario.model import Scenario

CEILING = (
    "That ceiling is proven but generous: it counts every allowed hour as quiet in every zone, whatever the limit on "
    "zone-hours, and may lie well above the best possible plan."
)
REACHED = "That is proven: no plan within the limits lets more people out."
BOUND = "That is proven for all pauses within the limits, zone-hours included."
_ALIKE = 2
"""Findings of one kind that are shown in the terminal; the report shows all."""


def what_was_read(scenario: Scenario) -> str:
    """Title, as-of date, size and how its values are known, in two lines."""
    from letup import scenario as scenarios

    shares = scenarios.shares(scenario)
    people = int(scenario.people["count"].sum())
    length = scenario.steps * scenario.step_minutes / 60
    return (
        f"{scenario.title}, as of {scenario.as_of:%Y-%m-%d}: {len(scenario.zones)} zones, {people:,} people, "
        f"{length:g} hours in steps of {scenario.step_minutes} minutes\n"
        f"values: {percent(shares['observed'])} observed, {percent(shares['modelled'])} modelled, "
        f"{percent(shares['assumed'])} assumed"
    )


def plan_text(plan: Plan, files: list[Path], folder: Path) -> str:
    """The answer, the pauses by day, what bounds it, findings, files, and how to verify it."""
    parts = [
        f"{sentence(plan)}\n{_proof(plan)}",
        _pauses(plan),
        _next_hour(plan),
        _deliveries(plan),
        sentence_of(plan.objectives) if plan.objectives else "",
        _bounds(plan),
        _findings(plan),
        _files(files, folder),
    ]
    return "\n\n".join(part for part in parts if part)


def _proof(plan: Plan) -> str:
    """How far the ceiling can be trusted to be near."""
    if plan.arrive >= plan.ceiling:
        return REACHED
    return CEILING if plan.ceiling_basis == BASIS else BOUND


def _pauses(plan: Plan) -> str:
    """Pauses in local time, by day."""
    if not plan.windows:
        return ""
    table = plan.pauses
    width = max(len(name) for name in table["zone_name"])
    lines = [f"Pauses (local time, {plan.scenario.timezone}):"]
    day = ""
    for row in table.sort_values(["start", "zone"]).to_dict("records"):
        if row["start"][:10] != day:
            day = row["start"][:10]
            lines.append(f"  {day}")
        end = row["end"][11:16] if row["end"][:10] == day else f"{row['end'][:10]} {row['end'][11:16]}"
        lines.append(
            f"    {row['start'][11:16]}-{end}  {row['zone_name']:<{width}}  {row['hours']:>5.2f} h  "
            f"{row['passing_people']:>9,} people pass, {row['worth_people']:>9,} fewer get out without it"
            + (f", {row['worth_need']:>9,.0f} person-days less" if plan.objectives else "")
        )
    return "\n".join(lines)


def _next_hour(plan: Plan) -> str:
    """Where the next hour would bring most."""
    for best in next_hours(plan.next_hours, plan.pauses)[:1]:
        when = f"{best.first:%Y-%m-%d}, {best.first:%H:%M}-{sortable_until(best.first, best.last)},"
        return f"What the next hour would bring: {best.said(when)}."
    return ""


def _deliveries(plan: Plan) -> str:
    """What trucks bring, in one sentence, and what they leave out."""
    if plan.deliveries is None:
        return ""
    part = document_part(plan.deliveries, plan.scenario)
    return "\n".join([part["sentence"], *(f"  {one.message}" for one in plan.deliveries.findings)])


def _bounds(plan: Plan) -> str:
    """The three tightest bottlenecks."""
    if not len(plan.bottlenecks):
        return "Nothing bounds the plan: everybody who wants to leave gets out."
    lines = ["Why not more:"]
    for row in plan.bottlenecks.head(3).to_dict("records"):
        gain = row["gain_people"]
        more = "what that brings is not known" if pd.isna(gain) else f"{int(gain):,} people more"
        lines.append(f"  {row['kind']}: {row['name']}; {row['relief']}: {more}")
    if plan.worth_basis:
        lines.append(f"  ({plan.worth_basis})")
    return "\n".join(lines)


def _findings(plan: Plan) -> str:
    """Findings, worst first, each with its rule; of many alike the first ones."""
    lines = ["Findings (checks and flags, never a verdict):"]
    alike = Counter(finding.code for finding in plan.findings)
    shown: Counter[str] = Counter()
    for finding in plan.findings:
        code = finding.code
        shown[code] += 1
        if shown[code] > _ALIKE:
            continue
        rule = f" [{finding.rule}]" if finding.rule else ""
        message = finding.message.removeprefix("Flag: ").removeprefix("Check: ")
        lines.append(f"  {finding.severity:<8} {message[:1].upper()}{message[1:]}{rule}")
        rest = alike[code] - _ALIKE
        if shown[code] == _ALIKE and rest > 0:
            lines.append(f"  {'':<8} ... and {rest} more like that; all are in report.html")
    return "\n".join(lines)


def _files(files: list[Path], folder: Path) -> str:
    """What was written, and the command that verifies it."""
    import shlex

    return "\n".join(
        ["Written:", *(f"  {path}" for path in files), f"Verify it: letup verify {shlex.quote(str(folder))}"]
    )
