"""The key figures with their one denominator."""

from __future__ import annotations

from dataclasses import dataclass

from letup.core import wording
from letup.plan.model import Plan


@dataclass(frozen=True)
class Figure:
    """One key figure: number, unit, what it is, and how it relates to the denominator."""

    value: str
    unit: str
    label: str
    detail: str


def figures(plan: Plan, without: int) -> list[Figure]:
    """Key figures; every share is of the people who want to leave."""
    want, people = plan.want_to_leave, sum(group.people for group in plan.groups)
    base = "of the people who want to leave"
    out = [
        Figure(wording.count(want), "people", "want to leave", "the denominator of every share on this page; "
               f"{wording.share(want, people)} of the {wording.count(people)} people in the scenario"),
        Figure(wording.count(plan.arrive), "people", "reach a shelter with this plan",
               f"{wording.share(plan.arrive, want)} {base}"),
        Figure(wording.count(plan.ceiling), "people", "proven ceiling within the limits",
               f"{wording.share(plan.ceiling, want)} {base}; no allowed set of pauses does better, "
               "the best may lie well below"),
    ]  # fmt: skip
    out.append(
        Figure(
            wording.count(without),
            "people",
            "reach a shelter without any pause",
            f"{wording.share(without, want)} {base}",
        )
    )
    limit = plan.scenario.limits.zone_hours
    most = f"; the limits allow {wording.number(limit)}" if limit is not None else ""
    each = f"{wording.count(plan.arrive / plan.zone_hours)} people per zone-hour" if plan.zone_hours else "no pause"
    out.append(Figure(wording.number(plan.zone_hours), "zone-hours", "of pause", each + most))
    return out
