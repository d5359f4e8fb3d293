"""What an assessment cannot know, said before anybody relies on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.aid.people import Presence, outside
from letup.aid.supplies import Supplies
from letup.core.findings import Finding, worst_first
from letup.scenario.model import Scenario

#: Every code that a finding of an assessment may have, with what it means.
CODES: dict[str, str] = {
    "aid.not_known": "People need an essential in a zone, and the scenario says nothing of where it comes from there",
    "aid.no_stock": "A facility needs an essential of which no stock is given; it is taken to have none",
    "aid.nowhere": "People are at a place outside every zone; no zone's stock can meet their needs",
    "aid.plan_into_unknown": "A plan moves people into zones of which nothing is known about an essential",
    "aid.ends": "The two ends of the ranges are not proven to hold every value in between",
    "aid.nothing": "Nothing can be assessed: the scenario gives no stocks and no facilities",
}


def findings_of(
    scenario: Scenario, supplies: Supplies, people: NDArray[np.float64], moved: Presence | None, ends_hold: bool
) -> tuple[Finding, ...]:
    """Findings of an assessment, worst first."""
    names = [str(name) for name in scenario.zones["name"]]
    found: list[Finding] = []

    def add(code: str, message: str, remedy: str, file: str, where: str = "") -> None:
        found.append(Finding(code, "note" if code == "aid.ends" else "warning", message, remedy, file, where))

    if not supplies.known.any():
        add("aid.nothing", CODES["aid.nothing"], "fill stocks.csv and facilities.csv", "stocks.csv")
        return tuple(found)
    for item, one in enumerate(supplies.essentials):
        blank = np.flatnonzero(~supplies.known[item] & (people > 0) & (one.per_person > 0))
        if len(blank):
            message = (
                f"nothing is given about where {one.label.lower()} comes from in {_listed(names, blank)}: "
                f"{people[blank].sum():,.0f} people are left out of its figures"
            )
            add("aid.not_known", message, "give stocks, or facilities that serve them", "stocks.csv", one.name)
            if moved is not None and (moved.people[-1][blank] > people[blank] + 0.5).any():
                more = (moved.people[-1] - people)[blank].clip(min=0).sum()
                message = (
                    f"the plan moves {more:,.0f} people to where nothing is known about {one.label.lower()}: "
                    "its figures with and without the plan are not of the same people"
                )
                add("aid.plan_into_unknown", message, "give stocks of the zones that take in", "stocks.csv", one.name)
    for facility in supplies.facilities:
        if facility.use > 0 and not supplies.known[facility.uses, facility.zone]:
            label = supplies.essentials[facility.uses].label.lower()
            message = f"{facility.name} needs {label}, of which no stock is given: it is taken to stand still"
            add("aid.no_stock", message, "give what it has, with 0 if it has none", "stocks.csv", facility.name)
    away = outside(scenario)
    if away:
        message = f"{away:,} people are at places outside every zone and are left out"
        add("aid.nowhere", message, "name their zone, or correct the place", "people.csv")
    if not ends_hold:
        message = (
            "a facility uses something of which there is more where more people are: the ends are likely, not proven"
        )
        add("aid.ends", message, "read the range as a guess", "facilities.csv")
    return tuple(worst_first(found))


def _listed(names: list[str], zones: NDArray[np.int64]) -> str:
    said = ", ".join(names[zone] for zone in zones[:4])
    return said if len(zones) <= 4 else f"{said} and {len(zones) - 4} more zones"
