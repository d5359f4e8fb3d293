"""The limits that the parties insist on, in words."""

from __future__ import annotations

from datetime import datetime

from letup.core import wording
from letup.scenario.model import Scenario


def said(scenario: Scenario) -> list[str]:
    """One phrase for each limit."""
    limits = scenario.limits
    out = []
    if limits.hours:
        first, last = (wording.time_of_day(hour) for hour in limits.hours)
        out.append(f"Pauses lie between {first} and {last} local time.")
    else:
        out.append("Pauses may lie at any hour.")
    longest = f", at most {wording.number(limits.longest_hours)} hours" if limits.longest_hours is not None else ""
    out.append(f"One pause lasts at least {wording.number(limits.shortest_hours)} hours{longest}.")
    windows = "one pause" if limits.windows_per_day == 1 else f"{limits.windows_per_day} pauses"
    out.append(f"At most {windows} per zone and day.")
    if limits.zone_hours is not None:
        out.append(f"At most {wording.number(limits.zone_hours)} zone-hours in all.")
    if limits.at_once is not None:
        out.append(f"At most {limits.at_once} zones quiet at the same time.")
    if limits.grid_minutes is not None:
        out.append(f"Pauses start and end on a clock of {limits.grid_minutes} minutes.")
    if limits.notice_hours:
        out.append(f"No pause starts within {wording.number(limits.notice_hours)} hours of the start of the plan.")
    for spans, phrase in (
        (limits.forbidden, "No pause in {zone} from {first} to {last}."),
        (limits.forced, "A pause in {zone} that holds {first} to {last}, asked for by hand."),
        (limits.frozen, "A pause in {zone} from {first} to {last}, agreed already."),
    ):
        for zone, start, end in spans:
            first, last = _moment(start, scenario), _moment(end, scenario)
            out.append(phrase.format(zone=_name(zone, scenario), first=first, last=last))
    corridors = [wording.listed([_name(zone, scenario) for zone in group]) for group in limits.together]
    out += [f"{corridor} are paused at the same times." for corridor in corridors]
    if limits.same_daily:
        out.append("A zone is paused at the same clock times on each day on which it is paused.")
    for zone, cost, begin, until in limits.concession:
        when = "".join(
            f" {word} {_moment(one, scenario)}" for word, one in (("from", begin), ("to", until)) if one is not None
        )
        out.append(f"A pause in {_name(zone, scenario)} costs {cost:g} per hour{when}.")
    if limits.concession_budget is not None:
        out.append(f"All pauses together cost at most {limits.concession_budget:g}.")
    for party in scenario.parties:
        if party.get("concession_budget") is not None:
            most = f"{party['concession_budget']:g} {party['concession_unit']}"
            out.append(f"All pauses together cost {party['name']} at most {most}, by its own table of costs.")
    return out


def _name(zone: str, scenario: Scenario) -> str:
    return str(scenario.zones["name"].get(zone, zone))


def _moment(value: datetime, scenario: Scenario) -> str:
    return wording.moment(value.astimezone(scenario.local))
