"""What is shown of an assessment, and how to read its figures."""

from __future__ import annotations

import numpy as np

from letup.aid.assessment import Assessment, ranged
from letup.core.wording import percent


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
    ends = [balance.days_left[item, zone] for balance in (assessment.likely, assessment.worse, assessment.better)]
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
    items = first + [item for item in rest if assessment.known[item].any()]
    return sorted(items, key=lambda item: not assessment.essentials[item].per_person)


def worst_first(assessment: Assessment) -> list[int]:
    """Zones with people, the one with most person-days of unmet need first."""
    unmet = np.where(assessment.known, assessment.likely.unmet_person_days, 0.0).sum(axis=0)
    people = assessment.presence.people[0]
    zones = [zone for zone in range(len(people)) if people[zone] > 0 or assessment.known[:, zone].any()]
    return sorted(zones, key=lambda zone: (-unmet[zone], -people[zone]))


def changes(assessment: Assessment, count: int = 12) -> list[tuple[str, str, str, str, str]]:
    """Where a plan changes the need that is not met most: zone, essential, before, after, change; in person-days."""
    if assessment.with_plan is None:
        return []
    before, after = (balance.unmet_person_days for balance in (assessment.likely, assessment.with_plan))
    change = np.where(assessment.known, after - before, 0.0)
    names = [str(name) for name in assessment.scenario.zones["name"]]
    rows = []
    for flat in np.argsort(-np.abs(change), axis=None, kind="stable")[:count]:
        item, zone = (int(at) for at in np.unravel_index(flat, change.shape))
        if abs(change[item, zone]) >= 0.5:
            figures = (f"{before[item, zone]:,.0f}", f"{after[item, zone]:,.0f}", f"{change[item, zone]:+,.0f}")
            rows.append((names[zone], assessment.essentials[item].label, *figures))
    return rows
