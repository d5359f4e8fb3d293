"""An assessment in the terminal, and how to read its figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from letup.aid.assessment import Assessment, answer, ranged
from letup.aid.balance import Balance
from letup.core.wording import percent

_ROWS = 40


def assessment_text(assessment: Assessment, files: list[Path]) -> str:
    """The answer, days left by zone, need not met by essential, findings, files."""
    parts = (
        _zone_lines(assessment),
        _total_lines(assessment),
        _change_lines(assessment),
        _facility_lines(assessment),
    )
    lines = [answer(assessment), ""]
    for part in parts:
        lines += [*part, ""] if part else []
    lines += [f"  {note}" for note in notes(assessment)]
    if assessment.findings:
        lines += ["", "Findings"]
        for finding in assessment.findings:
            lines += [f"  {finding.severity:<8}{finding.message} [{finding.code}]", f"          → {finding.remedy}"]
    if files:
        lines += ["", "Written:", *(f"  {file}" for file in files)]
    return "\n".join(lines)


def notes(assessment: Assessment) -> list[str]:
    """How to read the figures."""
    return [
        "Days left: until a need of people or of facilities there is first not met in full. In brackets the two ends "
        "of all ranges at once" + (", which hold everything in between." if assessment.ends_hold else "."),
        "Met: share of the need that is met over the days looked at.",
        "Person-days: people x days x the share of their daily need that is not met.",
        reckoning(assessment),
    ]


def reckoning(assessment: Assessment) -> str:
    """What is taken to be delivered, without the plan and with it."""
    if assessment.with_plan is None:
        return "Nothing is delivered in this reckoning: it is what happens without new supplies."
    if not assessment.delivers:
        return "Nothing is delivered in this reckoning: the plan changes who is where, it brings no supplies."
    return (
        "Without the plan nothing is delivered. With it people are where it takes them, and what its trucks bring to a "
        "zone is there once the last truck of each delivery is unloaded."
    )


def column_of(assessment: Assessment, item: int, zone: int) -> str:
    """Days left of one essential in one zone, as in the table of zones."""
    if not assessment.known[item, zone]:
        needed = assessment.likely.need[:, item, zone].sum() > 0
        return "not known" if needed else "–"
    ends = [one.days_left[item, zone] for one in (assessment.likely, assessment.worse, assessment.better)]
    return ranged(*ends)


def share_met(assessment: Assessment, item: int, zone: int) -> str:
    """Share of the need in a zone that is met over the horizon, without any pause."""
    need, met = (float(part[:, item, zone].sum()) for part in (assessment.likely.need, assessment.likely.met))
    if not assessment.known[item, zone] or not need:
        return ""
    return percent(met / need)


def shown(assessment: Assessment) -> list[int]:
    """Essentials with something to show: those that people need before the others, the first to run short first."""
    first = [failure.item for failure in assessment.failures()]
    rest = [item for item in range(len(assessment.essentials)) if item not in first]
    found = first + [item for item in rest if assessment.known[item].any()]
    return sorted(found, key=lambda item: not assessment.essentials[item].per_person)


def worst_first(assessment: Assessment) -> list[int]:
    """Zones with people, the one with most person-days of unmet need first."""
    unmet = np.where(assessment.known, assessment.likely.unmet_person_days, 0.0).sum(axis=0)
    people = assessment.presence.people[0]
    zones = [zone for zone in range(len(people)) if people[zone] > 0 or assessment.known[:, zone].any()]
    return sorted(zones, key=lambda zone: (-unmet[zone], -people[zone]))


def _zone_lines(assessment: Assessment) -> list[str]:
    items = [item for item in shown(assessment) if assessment.essentials[item].per_person]
    zones = worst_first(assessment)
    head = ["zone", "people"]
    for item in items:
        head += [f"{assessment.essentials[item].label.lower()}, days left", "met"]
    names = [str(name) for name in assessment.scenario.zones["name"]]
    rows = [
        [names[zone], f"{assessment.presence.people[0, zone]:,.0f}"]
        + [cell(assessment, item, zone) for item in items for cell in (column_of, share_met)]
        for zone in zones[:_ROWS]
    ]
    lines = aligned(head, rows)
    return [*lines, f"  ... and {len(zones) - _ROWS} more zones: see --out"] if len(zones) > _ROWS else lines


def _total_lines(assessment: Assessment) -> list[str]:
    plan = assessment.with_plan
    head = ["person-days", "of need", "not met, no pause", "low to high"]
    head += ["not met, with the plan"] if plan is not None else []
    head += ["below survival"]
    rows = []
    for item in shown(assessment):
        one = assessment.essentials[item]
        if not one.per_person:
            continue
        known = assessment.known[item]

        def total(balance: Balance, item: int = item) -> float:
            return assessment.unmet_person_days(item, balance)

        below = assessment.likely.below_survival_person_days[item, known].sum()
        rows.append(
            [
                one.label.lower(),
                f"{assessment.likely.person_days[item, known].sum():,.0f}",
                f"{total(assessment.likely):,.0f}",
                f"{total(assessment.better):,.0f} to {total(assessment.worse):,.0f}",
                *([f"{total(plan):,.0f}"] if plan is not None else []),
                f"{below:,.0f}" if one.survival else "–",
            ]
        )
    return aligned(head, rows) if rows else []


def changes(assessment: Assessment, most: int = 12) -> list[tuple[str, str, str, str, str]]:
    """Where a plan changes the need that is not met most: zone, essential, before, after, change; in person-days."""
    if assessment.with_plan is None:
        return []
    before, after = (one.unmet_person_days for one in (assessment.likely, assessment.with_plan))
    change = np.where(assessment.known, after - before, 0.0)
    names = [str(name) for name in assessment.scenario.zones["name"]]
    rows = []
    for flat in np.argsort(-np.abs(change), axis=None, kind="stable")[:most]:
        item, zone = (int(at) for at in np.unravel_index(flat, change.shape))
        if abs(change[item, zone]) >= 0.5:
            figures = (f"{before[item, zone]:,.0f}", f"{after[item, zone]:,.0f}", f"{change[item, zone]:+,.0f}")
            rows.append((names[zone], assessment.essentials[item].label, *figures))
    return rows


def _change_lines(assessment: Assessment) -> list[str]:
    rows = [list(row) for row in changes(assessment)]
    head = ["changed most by the plan", "essential", "not met, no pause", "with the plan", "change"]
    return aligned(head, rows) if rows else []


def _facility_lines(assessment: Assessment) -> list[str]:
    rows = []
    for number, one in enumerate(assessment.supplies.facilities):
        if one.use > 0:
            item = assessment.essentials[one.uses]
            ends = [end.idle_from[number] for end in (assessment.likely, assessment.worse, assessment.better)]
            name = str(assessment.scenario.zones["name"].iloc[one.zone])
            rows.append([one.name, name, f"{one.use:,.0f} {item.unit} of {item.label.lower()}", ranged(*ends)])
    if len(rows) > _ROWS:
        rows = [*rows[:_ROWS], [f"... and {len(rows) - _ROWS} more", "", "", ""]]
    return aligned(["facility", "zone", "needs a day", "days left"], rows) if rows else []


def aligned(head: list[str], rows: list[list[str]]) -> list[str]:
    """Rows as lines with columns as wide as they need to be, the first to the left."""
    width = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
    return [
        ("  " + "  ".join(f"{cell:{'<' if k == 0 else '>'}{width[k]}}" for k, cell in enumerate(row))).rstrip()
        for row in [head, *rows]
    ]
