"""Plans as offers: what a plan, or each plan of a frontier, settles by itself, read from its files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from letup.core.errors import LetupError
from letup.core.wording import sortable, sortable_until
from letup.pauses.limits import Window
from letup.plan.deliveries import trucks_per_day
from letup.scenario.model import Scenario
from letup.support.model import Support
from letup.support.plan_terms import PlanTerms, Variant, asks_of, package_of


@dataclass(frozen=True)
class Pause:
    """One zone quiet from a start to an end.

    Attributes
    ----------
    zone, zone_name : str
        The zone.
    start, end : datetime
        Local times.
    window : Window
        The same by the numbers of zone and steps.
    worth : int or None
        People fewer who would arrive without it; None if not known.
    worth_need : float or None
        Need that trucks could no longer meet without it, person-days; None if not known.
    """

    zone: str
    zone_name: str
    start: datetime
    end: datetime
    window: Window
    worth: int | None = None
    worth_need: float | None = None

    @property
    def hours(self) -> float:
        """Its length, hours."""
        return (self.end - self.start).total_seconds() / 3600


@dataclass(frozen=True)
class Extension:
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
    scenario : Scenario
        What it is a plan for.
    pauses : tuple of Pause
        Its pauses.
    arrive, want_to_leave : int
        People who reach a shelter, of those who want to leave.
    longer : tuple of Extension
        What more hours would bring.
    trucks_per_day : float or None
        Trucks of aid that leave crossings, on the mean of the days, trucks/day; None if it says nothing of them.
    more_need : float or None
        Need that trucks can meet beyond the plan that this one was made from, person-days; None if not known.
    """

    name: str
    scenario: Scenario = field(repr=False)
    pauses: tuple[Pause, ...]
    arrive: int
    want_to_leave: int
    longer: tuple[Extension, ...] = field(default=())
    trucks_per_day: float | None = None
    more_need: float | None = None

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones that are paused at any time."""
        return tuple(dict.fromkeys(pause.zone for pause in self.pauses))

    @property
    def windows(self) -> tuple[Window, ...]:
        """Its pauses by the numbers of zones and steps."""
        return tuple(pause.window for pause in self.pauses)

    @property
    def zone_hours(self) -> float:
        """Length of all pauses together, zone-hours."""
        return sum(pause.hours for pause in self.pauses)


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
            offer = _plan(document, folder.resolve().name, scenario)
            return [replace(offer, trucks_per_day=_trucks(folder, document, scenario))], scenario
        if (folder / "frontier.json").is_file():
            if scenario is None:
                raise LetupError(
                    "support.folder", f"{folder} is a frontier and does not hold its scenario",
                    "Give the scenario after it.",
                )  # fmt: skip
            offers = _frontier(json.loads((folder / "frontier.json").read_text("utf-8")), scenario)
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


def _plan(document: dict[str, Any], name: str, scenario: Scenario) -> Offer:
    answer = document["answer"]
    longer = []
    pauses = tuple(_pause(row, scenario) for row in document["pauses"])
    for row in document.get("next_hours", []):
        one = _pause(row, scenario)
        replaces = datetime.fromisoformat(row["replaces"]) if row["replaces"] else None
        old = next((pause.hours for pause in pauses if pause.zone == one.zone and pause.start == replaces), 0.0)
        longer.append(Extension(one, replaces, round(row["people_per_zone_hour"] * (one.hours - old))))
    return Offer(name, scenario, pauses, int(answer["arrive"]), int(answer["want_to_leave"]), tuple(longer))


def _trucks(folder: Path, document: dict[str, Any], scenario: Scenario) -> float | None:
    """What the deliveries of a written plan come to; None if it has none."""
    if document.get("deliveries") is None:
        return None
    return trucks_per_day(pd.read_csv(folder / "deliveries.csv"), scenario)


def _frontier(document: dict[str, Any], scenario: Scenario) -> list[Offer]:
    unit = "of concession" if document["by"] == "concession" else "zone-hours"
    return [
        Offer(
            f"{row['budget']:g} {unit}",
            scenario,
            tuple(_pause(pause, scenario) for pause in row["pauses"]),
            int(row["people"]),
            int(document["want_to_leave"]),
        )
        for row in document["points"]
        if row["no_plan_because"] is None
    ]


def _pause(row: dict[str, Any], scenario: Scenario) -> Pause:
    start, end = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])
    first, after = round(scenario.clock.step_at(start)), round(scenario.clock.step_at(end))
    if row["zone"] not in scenario.zone_ids or not 0 <= first < after <= scenario.steps:
        raise LetupError(
            "support.folder", f"a pause of {row['zone']} from {row['start']} does not fit the scenario",
            "Give the scenario that the plans were made for.",
        )  # fmt: skip
    window = Window(scenario.zone_ids.index(row["zone"]), first, after - 1)
    return Pause(row["zone"], row["zone_name"], start, end, window, row.get("worth_people"), row.get("worth_need"))


def changed_offers(offer: Offer) -> list[tuple[str, Offer, bool]]:
    """Plans near a plan, each with the change in words, and whether its people are known from the plan's own files.

    One pause left out (it costs what it is worth), or longer or new (it brings what the plan says of its next hours);
    and, with people that are not known: a day or a zone left out, an hour less in every pause or in one, and one pause
    an hour earlier or later where what pauses cost depends on when they are. Nothing gets shorter, or lies at other
    hours, than the limits allow. Single pauses are made shorter or moved only where there are at most `_SINGLE`: of
    more, one hour changes no answer. Trucks are taken to come as in the plan itself.
    """
    pauses = offer.pauses
    found = []
    if len(pauses) > 1:
        for pause in pauses:
            if pause.worth is not None:
                words = f"without the pause of {pause.zone_name} on {_when(pause)}"
                rest = tuple(one for one in pauses if one is not pause)
                need = None if pause.worth_need is None else -pause.worth_need
                less = replace(offer, pauses=rest, arrive=offer.arrive - pause.worth, longer=(), more_need=need)
                found.append((words, less, True))
    for longer in offer.longer:
        rest = tuple(one for one in pauses if not (one.zone == longer.pause.zone and one.start == longer.replaces))
        words = f"{longer.pause.zone_name} paused on {_when(longer.pause)}"
        words += " (new)" if longer.replaces is None else " (longer)"
        arrive = offer.arrive + longer.people
        found.append((words, replace(offer, pauses=(*rest, longer.pause), arrive=arrive, longer=()), True))
    changed: dict[str, tuple[Pause, ...]] = {}
    days, zones = sorted({one.start.date() for one in pauses}), dict.fromkeys(one.zone_name for one in pauses)
    if len(days) > 1:
        changed |= {f"no pause on {day}": tuple(p for p in pauses if p.start.date() != day) for day in days}
    if len(zones) > 1:
        changed |= {f"no pause of {zone}": tuple(p for p in pauses if p.zone_name != zone) for zone in zones}
    shorter = [_shifted(offer.scenario, pause, 0, -1) for pause in pauses]
    if all(shorter):
        changed["every pause an hour shorter"] = tuple(one for one in shorter if one is not None)
    if len(pauses) <= _SINGLE:
        for number, pause in enumerate(pauses):
            moves = [("an hour shorter", shorter[number])]
            if offer.scenario.limits.concession or len(offer.scenario.concessions):
                moves += [("an hour earlier", _shifted(offer.scenario, pause, -1, -1))]
                moves += [("an hour later", _shifted(offer.scenario, pause, 1, 1))]
            for words, one in moves:
                if one is not None and len(pauses) > 1:
                    rest = tuple(one if other is pause else other for other in pauses)
                    changed[f"the pause of {pause.zone_name} on {_when(pause)} {words}"] = rest
    found += [(words, replace(offer, pauses=rest, longer=()), False) for words, rest in changed.items()]
    return found


_SINGLE = 20


def _shifted(scenario: Scenario, pause: Pause, first: int, last: int) -> Pause | None:
    """A pause whose ends lie so many hours later; None if the limits or the time looked at do not allow it."""
    steps = 60 // scenario.step_minutes
    window = Window(pause.window.zone, pause.window.first + first * steps, pause.window.last + last * steps)
    start, end = pause.start + timedelta(hours=first), pause.end + timedelta(hours=last)
    hours, limits = (end - start).total_seconds() / 3600, scenario.limits
    if steps == 0 or hours < max(limits.shortest_hours, 1e-9) or window.first < 0 or window.last >= scenario.steps:
        return None
    if first and limits.hours is not None:
        begins, ends = start.hour + start.minute / 60, end.hour + end.minute / 60
        if begins < limits.hours[0] or ends > limits.hours[1] or start.date() != end.date():
            return None
    return replace(pause, start=start, end=end, window=window, worth=None, worth_need=None)


def _when(pause: Pause) -> str:
    return f"{sortable(pause.start)}–{sortable_until(pause.start, pause.end)}"


def plan_terms_of(offers: Sequence[Offer], support: Support) -> list[PlanTerms]:
    """What plans settle, by the attributes that issues read."""
    return [_terms(offer, support) for offer in offers]


def _terms(offer: Offer, support: Support) -> PlanTerms:
    settles = {issue: value for issue, value in package_of(offer, support).items() if not isinstance(value, str)}
    asks = partial(asks_of, offer)
    return PlanTerms(offer.name, settles, offer.zones, offer.arrive, offer.want_to_leave, asks)


def nearby_plans(
    offers: Sequence[Offer], support: Support, *, exact: bool = False
) -> Callable[[PlanTerms], Sequence[Variant]]:
    """Plans that differ from one of these in one change, or that are next to it in the frontier.

    Parameters
    ----------
    offers : sequence of Offer
        The plans.
    support : Support
        Whose issues are meant.
    exact : bool
        Whether people can be counted, by moving the groups under the changed pauses, where the plan's own files do
        not say how many there are. It is done only for the changes that are shown, and takes as long as weighing that
        many sets of pauses.
    """
    plans = plan_terms_of(offers, support)
    count = _Counter(offers[0]) if exact else None

    def variants_of(plan: PlanTerms) -> list[Variant]:
        number = next(n for n, one in enumerate(plans) if one == plan)
        found = [
            Variant(
                words,
                _terms(offer, support),
                float(offer.arrive - plan.people) if known else None,
                offer.more_need,
                None if known or count is None else partial(count.more, offer, plan.people),
            )
            for words, offer, known in changed_offers(offers[number])
        ]
        beside = [plans[n] for n in (number - 1, number + 1) if 0 <= n < len(plans)]
        return found + [Variant(f"the plan of {one.name}", one, float(one.people - plan.people)) for one in beside]

    return variants_of


class _Counter:
    """Counts the people who get out under changed pauses, on roads that are built once."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.ready: Callable[[Offer], int] | None = None

    def more(self, offer: Offer, before: int) -> float:
        """People more than before."""
        return float(self.people(offer) - before)

    def people(self, offer: Offer) -> int:
        """People who reach a shelter under the pauses of this offer when the groups move one after the other."""
        if self.ready is None:
            from letup import roads
            from letup.plan.discretise import moving_array
            from letup.plan.planner.groups import move_groups

            scenario = self.offer.scenario
            network = roads.build(scenario)
            timed = [roads.timed(network, scenario, group.name) for group in scenario.groups]

            def moved(offer: Offer) -> int:
                moving = moving_array(scenario, list(offer.windows))
                return sum(flow.total for flow in move_groups(scenario.groups, timed, moving))

            self.ready = moved
        return self.ready(offer)
