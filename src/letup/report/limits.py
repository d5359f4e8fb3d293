"""The limits that the parties insist on, in words."""

from __future__ import annotations

from letup.report import words
from letup.scenario.model import Scenario


def said(scenario: Scenario) -> list[str]:
    """One phrase for each limit."""
    limits = scenario.limits
    out = []
    if limits.hours:
        first, last = (f"{int(hour):02d}:{round(hour % 1 * 60):02d}" for hour in limits.hours)
        out.append(f"Pauses lie between {first} and {last} local time.")
    else:
        out.append("Pauses may lie at any hour.")
    longest = f", at most {words.hours(limits.longest_hours)} hours" if limits.longest_hours is not None else ""
    out.append(f"One pause lasts at least {words.hours(limits.shortest_hours)} hours{longest}.")
    windows = "one pause" if limits.windows_per_day == 1 else f"{limits.windows_per_day} pauses"
    out.append(f"At most {windows} per zone and day.")
    if limits.zone_hours is not None:
        out.append(f"At most {words.hours(limits.zone_hours)} zone-hours in all.")
    if limits.at_once is not None:
        out.append(f"At most {limits.at_once} zones quiet at the same time.")
    if limits.grid_minutes is not None:
        out.append(f"Pauses start and end on a clock of {limits.grid_minutes} minutes.")
    if limits.notice_hours:
        out.append(f"No pause starts within {words.hours(limits.notice_hours)} hours of the start of the plan.")
    for zone, start, end in limits.forbidden:
        name = scenario.zones["name"].get(zone, zone)
        first, last = (words.moment(one.astimezone(scenario.local)) for one in (start, end))
        out.append(f"No pause in {name} from {first} to {last}.")
    return out
