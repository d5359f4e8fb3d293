"""Plans as offers: what a plan, or each plan of a frontier, settles by itself, read from its files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from letup.errors import LetupError
from letup.scenario.model import Scenario

ATTRIBUTES: Mapping[str, str] = {
    "zone_hours": "hours of all pauses together, zone-hours",
    "window_hours": "mean length of a pause, hours",
    "days": "days on which anything is paused",
    "zones": "zones that are paused at any time",
    "pauses": "number of pauses",
    "people": "people who reach a shelter",
    "concession": "what the pauses cost the parties by the table of the scenario's limits",
}
"""What can be read off a plan, with its unit."""


@dataclass(frozen=True)
class Pause:
    """One zone quiet from a start to an end.

    Attributes
    ----------
    zone, zone_name : str
        The zone.
    start, end : datetime
        Local times.
    worth : int or None
        People fewer who would arrive without it; None if not known.
    """

    zone: str
    zone_name: str
    start: datetime
    end: datetime
    worth: int | None = None

    @property
    def hours(self) -> float:
        """Its length, hours."""
        return (self.end - self.start).total_seconds() / 3600


@dataclass(frozen=True)
class Longer:
    """A pause longer than in the plan, or a new one, and what it brings: `Plan.next_hours`."""

    pause: Pause
    replaces: datetime | None
    people: int


@dataclass(frozen=True)
class Offer:
    """One plan on the table.

    Attributes
    ----------
    name : str
        What to call it.
    pauses : tuple of Pause
        Its pauses.
    people, want_to_leave : int
        People who reach a shelter, of those who want to leave.
    longer : tuple of Longer
        What more hours would bring.
    """

    name: str
    pauses: tuple[Pause, ...]
    people: int
    want_to_leave: int
    longer: tuple[Longer, ...] = field(default=())

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones that are paused at any time."""
        return tuple(dict.fromkeys(pause.zone for pause in self.pauses))

    @property
    def days(self) -> list[date]:
        """Local dates that any pause touches."""
        return sorted({day for pause in self.pauses for day in (pause.start.date(), pause.end.date())})


def read(path: Path | str, scenario: Scenario | None = None) -> tuple[list[Offer], Scenario]:
    """Read a plan or a frontier.

    Parameters
    ----------
    path : path
        Folder that `letup plan` or `letup frontier` wrote.
    scenario : Scenario, optional
        What it was made for; the copy that lies beside a plan if absent.

    Returns
    -------
    list of Offer, Scenario
        One offer for a plan; one for each point with a plan for a frontier, the smallest budget first.

    Raises
    ------
    LetupError
        ``support.folder``: there is neither in the folder, it cannot be read, or a frontier comes without a scenario.
    """
    from letup import scenario as scenarios

    folder = Path(path)
    try:
        if (folder / "plan.json").is_file():
            document = json.loads((folder / "plan.json").read_text("utf-8"))
            if scenario is None:
                scenario = scenarios.load(str(folder / "scenario"))
            return [_plan(document, folder.resolve().name)], scenario
        if (folder / "frontier.json").is_file():
            if scenario is None:
                raise LetupError(
                    "support.folder", f"{folder} is a frontier and does not hold its scenario",
                    "Give the scenario after it.",
                )  # fmt: skip
            offers = _frontier(json.loads((folder / "frontier.json").read_text("utf-8")))
            if not offers:
                raise LetupError("support.folder", f"no point of {folder} has a plan", "Trace it with larger budgets.")
            return offers, scenario
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder} cannot be read: {type(error).__name__}: {error}"
        raise LetupError("support.folder", message, "Check the plan with `letup verify`.") from error
    raise LetupError(
        "support.folder", f"{folder} holds neither a plan nor a frontier",
        "Give the folder that `letup plan` or `letup frontier` wrote.",
    )  # fmt: skip


def _plan(document: dict[str, Any], name: str) -> Offer:
    answer = document["answer"]
    longer = []
    pauses = tuple(_pause(row) for row in document["pauses"])
    for row in document.get("next_hours", []):
        one = _pause(row)
        replaces = datetime.fromisoformat(row["replaces"]) if row["replaces"] else None
        old = next((pause.hours for pause in pauses if pause.zone == one.zone and pause.start == replaces), 0.0)
        longer.append(Longer(one, replaces, round(row["people_per_zone_hour"] * (one.hours - old))))
    return Offer(name, pauses, int(answer["arrive"]), int(answer["want_to_leave"]), tuple(longer))


def _frontier(document: dict[str, Any]) -> list[Offer]:
    unit = "zone-hours" if document["by"] == "zone_hours" else "of concession"
    return [
        Offer(
            f"{row['budget']:g} {unit}",
            tuple(_pause(pause) for pause in row["pauses"]),
            int(row["people"]),
            int(document["want_to_leave"]),
        )
        for row in document["points"]
        if row["no_plan_because"] is None
    ]


def _pause(row: dict[str, Any]) -> Pause:
    return Pause(
        row["zone"], row["zone_name"], datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]),
        row.get("worth_people"),
    )  # fmt: skip


def attributes(offer: Offer, scenario: Scenario) -> dict[str, float]:
    """What a plan settles by itself: `ATTRIBUTES`."""
    hours = sum(pause.hours for pause in offer.pauses)
    return {
        "zone_hours": round(hours, 6),
        "window_hours": round(hours / len(offer.pauses), 6) if offer.pauses else 0.0,
        "days": float(len({pause.start.date() for pause in offer.pauses})),
        "zones": float(len(offer.zones)),
        "pauses": float(len(offer.pauses)),
        "people": float(offer.people),
        "concession": round(_concession(offer.pauses, scenario), 6),
    }


def _concession(pauses: Sequence[Pause], scenario: Scenario) -> float:
    """Cost of pauses by the scenario's table: cost per zone-hour, entries that overlap add up."""
    total = 0.0
    for zone, cost, start, end in scenario.limits.concession:
        for pause in pauses:
            if pause.zone == zone:
                first = pause.start if start is None else max(pause.start, start)
                last = pause.end if end is None else min(pause.end, end)
                total += cost * max((last - first).total_seconds(), 0.0) / 3600
    return total


def variants(offer: Offer) -> list[tuple[str, str, Offer]]:
    """Plans that differ in one pause, with the people that the plan's own files give: (issue hint, words, plan).

    A pause left out costs what it is worth; a longer or new one brings what the plan says of its next hours.
    """
    found = []
    for number, pause in enumerate(offer.pauses):
        if pause.worth is not None and len(offer.pauses) > 1:
            rest = tuple(one for other, one in enumerate(offer.pauses) if other != number)
            words = f"without the pause of {pause.zone_name} on {_when(pause)}"
            found.append(("less", words, replace(offer, pauses=rest, people=offer.people - pause.worth, longer=())))
    for longer in offer.longer:
        rest = tuple(
            one for one in offer.pauses if not (one.zone == longer.pause.zone and one.start == longer.replaces)
        )
        words = f"{longer.pause.zone_name} paused on {_when(longer.pause)}"
        words += " (new)" if longer.replaces is None else " (longer)"
        people = offer.people + longer.people
        found.append(("more", words, replace(offer, pauses=(*rest, longer.pause), people=people, longer=())))
    return found


def _when(pause: Pause) -> str:
    end = f"{pause.end:%H:%M}" if pause.start.date() == pause.end.date() else f"{pause.end:%Y-%m-%d %H:%M}"
    return f"{pause.start:%Y-%m-%d %H:%M}–{end}"
