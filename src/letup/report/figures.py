"""The answer in one sentence, and the key figures with their one denominator."""

from __future__ import annotations

from dataclasses import dataclass

from letup.plan.model import Plan
from letup.report import words


@dataclass(frozen=True)
class Figure:
    """One key figure: number, unit, what it is, and how it relates to the denominator."""

    value: str
    unit: str
    label: str
    detail: str


def answer(plan: Plan) -> str:
    """How many of those who want to leave get out, by how much pause, and the most that could."""
    want, arrive = plan.want_to_leave, plan.arrive
    if not len(plan.pauses):
        ask = "With no pause at all"
    else:
        zones = plan.pauses["zone"].nunique()
        of = len(plan.scenario.zones)
        starts, ends = sorted(map(str, plan.pauses["start"])), sorted(map(str, plan.pauses["end"]))
        first, last = words.moment(starts[0])[:-6], words.moment(ends[-1])[:-6]
        days = f"on {first}" if first == last else f"from {first} to {last}"
        ask = (
            f"Pausing {zones} of {of} zones for {words.hours(plan.zone_hours)} zone-hours in all, {days},"
            if of > 1
            else f"Pausing the zone for {words.hours(plan.zone_hours)} hours in all, {days},"
        )
    reach = "lets" if len(plan.pauses) else ","
    got = (
        f"{ask} {reach} {words.count(arrive)} of the {words.count(want)} people who want to leave "
        f"({words.share(arrive, want)}) reach a shelter"
    ).replace(" , ", ", ")
    if plan.ceiling <= arrive:
        return f"{got}; that is the most that any plan within the limits can do."
    return (
        f"{got}; no plan within the limits can bring more than {words.count(plan.ceiling)} "
        f"({words.share(plan.ceiling, want)})."
    )


def figures(plan: Plan, without: int | None) -> list[Figure]:
    """Key figures; every share is of the people who want to leave."""
    want, people = plan.want_to_leave, sum(group.people for group in plan.groups)
    base = "of the people who want to leave"
    out = [
        Figure(words.count(want), "people", "want to leave", "the denominator of every share on this page; "
               f"{words.share(want, people)} of the {words.count(people)} people in the scenario"),
        Figure(words.count(plan.arrive), "people", "reach a shelter with this plan",
               f"{words.share(plan.arrive, want)} {base}"),
        Figure(words.count(plan.ceiling), "people", "proven ceiling within the limits",
               f"{words.share(plan.ceiling, want)} {base}; no allowed set of pauses does better"),
    ]  # fmt: skip
    if without is not None:
        out.append(Figure(words.count(without), "people", "reach a shelter without any pause",
                          f"{words.share(without, want)} {base}"))  # fmt: skip
    limit = plan.scenario.limits.zone_hours
    most = f"; the limits allow {words.hours(limit)}" if limit is not None else ""
    each = f"{words.count(plan.arrive / plan.zone_hours)} people per zone-hour" if plan.zone_hours else "no pause"
    out.append(Figure(words.hours(plan.zone_hours), "zone-hours", "of pause", each + most))
    return out
