"""Plans as offers: what a plan, or each plan of a frontier, settles by itself, read from its files; and plans near it.

An `Offer` is a plan as its files tell it. `changed_offers` changes one thing in it; `nearby_plans` gives the analysis
such changes, and counts the people who get out under them where the files do not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from letup.aid.deliveries.model import DELIVERIES
from letup.core.errors import BadInput, LetupError
from letup.core.folders import require_whole
from letup.core.wording import sortable, sortable_until
from letup.pauses.limits import Window
from letup.plan.deliveries import trucks_per_day
from letup.plan.files.read import read_document
from letup.plan.frontier.files import FRONTIER
from letup.scenario.model import Scenario
from letup.support.model import Support
from letup.support.plan_terms import PlanTerms, Variant, asks_of, package_of
from letup.tables import Codes, read_rows

if TYPE_CHECKING:
    from letup.roads.network import Timed

_CODES = Codes(
    "support.folder", "support.folder", "support.folder", "support.folder", "Check the plan with `letup verify`."
)


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
    """A pause longer than in the plan, or a new one, and what it brings: `Plan.next_hours`.

    Attributes
    ----------
    pause : Pause
        The pause as it would be.
    replaces : datetime or None
        Start of the pause of the same zone in the plan; None if it is new.
    people : int
        People more who would arrive.
    """

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
    extensions : tuple of Extension
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
    extensions: tuple[Extension, ...] = ()
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
    require_whole(folder)
    try:
        if (folder / "plan.json").is_file():
            document = read_document(folder)
            if scenario is None:
                scenario = scenarios.load(str(folder / "scenario"))
            offer = _plan(document, folder.resolve().name, scenario)
            return [replace(offer, trucks_per_day=_trucks(folder, document, scenario))], scenario
        if (folder / FRONTIER.name).is_file():
            if scenario is None:
                raise LetupError(
                    "support.folder", f"{folder} is a frontier and does not hold its scenario",
                    "Give the scenario after it.",
                )  # fmt: skip
            offers = _frontier(FRONTIER.read(folder / FRONTIER.name), scenario)
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
    pauses = tuple(_pause(row, scenario) for row in document["pauses"])
    extensions = tuple(_extension(row, pauses, scenario) for row in document.get("next_hours", []))
    return Offer(name, scenario, pauses, int(answer["arrive"]), int(answer["want_to_leave"]), extensions)


def _extension(row: dict[str, Any], pauses: Sequence[Pause], scenario: Scenario) -> Extension:
    pause = _pause(row, scenario)
    replaces = datetime.fromisoformat(row["replaces"]) if row["replaces"] else None
    old_hours = next((old.hours for old in pauses if old.zone == pause.zone and old.start == replaces), 0.0)
    return Extension(pause, replaces, round(row["people_per_zone_hour"] * (pause.hours - old_hours)))


def _trucks(folder: Path, document: dict[str, Any], scenario: Scenario) -> float | None:
    """What the deliveries of a written plan come to; None if it has none."""
    if document.get("deliveries") is None:
        return None
    columns = ["origin", "trucks"]
    rows, findings = read_rows(folder / DELIVERIES.name, DELIVERIES, _CODES, columns)
    if findings:
        raise BadInput(findings)
    return trucks_per_day(pd.DataFrame(rows, columns=columns), scenario)


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


class ChangedOffer(NamedTuple):
    """A plan near a plan.

    Attributes
    ----------
    description : str
        The change in words.
    offer : Offer
        The plan after it.
    people_known : bool
        Whether its people are known from the plan's own files.
    """

    description: str
    offer: Offer
    people_known: bool


def changed_offers(offer: Offer) -> list[ChangedOffer]:
    """Plans near a plan.

    One pause left out (it costs what it is worth), or longer or new (it brings what the plan says of its next hours);
    and, with people that are not known: a day or a zone left out, an hour less in every pause or in one, and one pause
    an hour earlier or later where what pauses cost depends on when they are. Nothing gets shorter, or lies at other
    hours, than the limits allow. Single pauses are made shorter or moved only where there are at most `_MOST_SINGLE`:
    of more, one hour changes no answer. Trucks are taken to come as in the plan itself.
    """
    return [
        *_without_one_pause(offer),
        *(_extended(offer, extension) for extension in offer.extensions),
        *(
            ChangedOffer(description, replace(offer, pauses=pauses, extensions=()), False)
            for description, pauses in _other_pauses(offer).items()
        ),
    ]


_MOST_SINGLE = 20


def _without_one_pause(offer: Offer) -> Iterator[ChangedOffer]:
    """One pause left out, of those whose worth is known."""
    if len(offer.pauses) < 2:
        return
    for pause in offer.pauses:
        if pause.worth is None:
            continue
        fewer = replace(
            offer,
            pauses=tuple(other for other in offer.pauses if other is not pause),
            arrive=offer.arrive - pause.worth,
            extensions=(),
            more_need=None if pause.worth_need is None else -pause.worth_need,
        )
        yield ChangedOffer(f"without the pause of {pause.zone_name} on {_when(pause)}", fewer, True)


def _extended(offer: Offer, extension: Extension) -> ChangedOffer:
    """One pause longer, or a new one."""
    pause, replaces = extension.pause, extension.replaces
    kept = tuple(other for other in offer.pauses if not (other.zone == pause.zone and other.start == replaces))
    kind = "new" if replaces is None else "longer"
    arrive = offer.arrive + extension.people
    longer = replace(offer, pauses=(*kept, pause), arrive=arrive, extensions=())
    return ChangedOffer(f"{pause.zone_name} paused on {_when(pause)} ({kind})", longer, True)


def _other_pauses(offer: Offer) -> dict[str, tuple[Pause, ...]]:
    """Changes in words, and the pauses after them, of changes whose people are not known."""
    pauses, scenario = offer.pauses, offer.scenario
    changed: dict[str, tuple[Pause, ...]] = {}
    days = sorted({pause.start.date() for pause in pauses})
    zones = dict.fromkeys(pause.zone_name for pause in pauses)
    if len(days) > 1:
        for day in days:
            changed[f"no pause on {day}"] = tuple(pause for pause in pauses if pause.start.date() != day)
    if len(zones) > 1:
        for zone in zones:
            changed[f"no pause of {zone}"] = tuple(pause for pause in pauses if pause.zone_name != zone)
    shorter = [_shifted(scenario, pause, 0, -1) for pause in pauses]
    if all(shorter):
        changed["every pause an hour shorter"] = tuple(pause for pause in shorter if pause is not None)
    if not 1 < len(pauses) <= _MOST_SINGLE:
        return changed
    for number, pause in enumerate(pauses):
        moved = {"an hour shorter": shorter[number]}
        if scenario.limits.concession or len(scenario.concessions):
            moved["an hour earlier"] = _shifted(scenario, pause, -1, -1)
            moved["an hour later"] = _shifted(scenario, pause, 1, 1)
        for words, other in moved.items():
            if other is not None:
                description = f"the pause of {pause.zone_name} on {_when(pause)} {words}"
                changed[description] = (*pauses[:number], other, *pauses[number + 1 :])
    return changed


def _shifted(scenario: Scenario, pause: Pause, first: int, last: int) -> Pause | None:
    """A pause whose ends lie so many hours later; None if the limits or the time looked at do not allow it."""
    steps = 60 // scenario.step_minutes
    window = Window(pause.window.zone, pause.window.first + first * steps, pause.window.last + last * steps)
    clock, limits = scenario.clock, scenario.limits
    length = clock.hours(window.last + 1 - window.first)
    if steps == 0 or length < max(limits.shortest_hours, 1e-9) or window.first < 0 or window.last >= scenario.steps:
        return None
    if first and not clock.in_hours(limits.hours)[window.first : window.last + 1].all():
        return None
    # As they are written, with the offset of that moment.
    start, end = (datetime.fromisoformat(clock.iso(step)) for step in (window.first, window.last + 1))
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
    counter = _EvacuationCounter(offers[0].scenario) if exact else None

    def variants(plan: PlanTerms) -> list[Variant]:
        number = plans.index(plan)
        changed = [
            Variant(
                change.description,
                _terms(change.offer, support),
                people=float(change.offer.arrive - plan.people) if change.people_known else None,
                need=change.offer.more_need,
                count=None
                if change.people_known or counter is None
                else partial(counter.more_people, change.offer, plan.people),
            )
            for change in changed_offers(offers[number])
        ]
        beside = [plans[n] for n in (number - 1, number + 1) if 0 <= n < len(plans)]
        return changed + [
            Variant(f"the plan of {other.name}", other, float(other.people - plan.people)) for other in beside
        ]

    return variants


class _EvacuationCounter:
    """Counts the people who get out under changed pauses, on roads that are built once."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def more_people(self, offer: Offer, before: int) -> float:
        """People more than before who reach a shelter when the groups move one after the other."""
        from letup.pauses.limits import moving_array
        from letup.plan.planner.groups import move_groups

        moving = moving_array(self.scenario, list(offer.windows))
        flows = move_groups(self.scenario.groups, self._timed_networks, moving, details=True)
        return float(sum(flow.total for flow in flows) - before)

    @cached_property
    def _timed_networks(self) -> list[Timed]:
        """One for each group."""
        from letup import roads

        network = roads.build(self.scenario)
        return [roads.timed(network, self.scenario, group.name) for group in self.scenario.groups]
