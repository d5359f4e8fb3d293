"""Assess a scenario: how long each essential lasts where, and what need is not met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.balance import LONGEST_DAYS, Balance, arriving, follow
from letup.aid.people import Presence, moving, outside, staying
from letup.aid.supplies import Facility, Supplies, supplies
from letup.aid.tables import ASSESSMENT, ASSESSMENT_DAYS
from letup.core.clock import DAY_MINUTES
from letup.core.codes import CODES
from letup.core.findings import Finding, worst_first
from letup.core.wording import capitalised, first_few, percent, plural, sortable
from letup.scenario.disclosure import is_public, shared_name, without_names
from letup.scenario.essentials import Essential
from letup.scenario.model import Scenario
from letup.tables import frame


@dataclass(frozen=True)
class Failure:
    """Where an essential runs short first.

    Attributes
    ----------
    item : int
        Number of the essential.
    zones : tuple of int
        Zones in which it happens first, those with most unmet need first.
    days : float
        Days after the start; 0 if it is short from the start.
    days_worse, days_better : float
        The earliest moment in any of these zones at the other ends of the ranges; inf if not within a year.
    """

    item: int
    zones: tuple[int, ...]
    days: float
    days_worse: float
    days_better: float


@dataclass(frozen=True, repr=False)
class Assessment:
    """What a scenario's people need and have.

    Attributes
    ----------
    scenario : Scenario
        What was assessed.
    horizon : float
        Days that amounts are summed over.
    supplies : Supplies
        What there is, at the values of all ranges.
    likely, better, worse : Balance
        With the values, and with all ranges at the end that leaves least, or most, need unmet; nobody moves.
    with_plan : Balance or None
        With the values, while a plan moves people and its trucks bring goods.
    presence : Presence
        People by zone if nobody moves.
    ends_hold : bool
        Whether it is proven that with any values within the ranges the result lies between the two ends.
    findings : tuple of Finding
        What is not known, worst first.
    """

    scenario: Scenario
    horizon: float
    supplies: Supplies
    likely: Balance
    better: Balance
    worse: Balance
    with_plan: Balance | None
    presence: Presence
    ends_hold: bool
    findings: tuple[Finding, ...]

    @property
    def essentials(self) -> tuple[Essential, ...]:
        """Essentials assessed, in the order of every array."""
        return self.supplies.essentials

    @property
    def known(self) -> NDArray[np.bool_]:
        """bool[E, Z]: what can be said something about: the essential is needed there, and its origin is given."""
        needed: NDArray[np.bool_] = self.likely.need.sum(axis=0) > 0
        return self.supplies.known & needed

    def failures(self) -> list[Failure]:
        """Where each essential runs short first, the earliest first; those that do not within a year left out."""
        failures = []
        for item in range(len(self.essentials)):
            days = np.where(self.known[item], self.likely.days_left[item], np.inf)
            if not np.isfinite(days).any():
                continue
            zones = np.flatnonzero(days <= days.min() + 1e-9)
            unmet = self.unmet(self.likely)[item, zones]
            order = tuple(int(zones[k]) for k in np.argsort(-unmet, kind="stable"))
            ends = [float(balance.days_left[item, zones].min()) for balance in (self.worse, self.better)]
            failures.append(Failure(item, order, float(days.min()), *ends))
        return sorted(failures, key=lambda failure: (failure.days, -self._weight(failure)))

    def _weight(self, failure: Failure) -> float:
        """Of essentials that run short at once, the one that most people miss comes first."""
        return float(self.likely.unmet_person_days[failure.item, list(failure.zones)].sum())

    def unmet(self, balance: Balance) -> NDArray[np.float64]:
        """float64[E, Z]: need not met within the horizon, in the unit of the essential."""
        unmet: NDArray[np.float64] = np.maximum((balance.need - balance.met).sum(axis=0), 0.0)
        return unmet

    @property
    def delivers(self) -> bool:
        """Whether trucks of the plan bring anything to zones."""
        return self.with_plan is not None and bool(self.with_plan.delivered.any())

    def unmet_person_days(self, item: int, balance: Balance | None = None) -> float:
        """Person-days of unmet need in all zones of which something is known."""
        counted = self.likely if balance is None else balance
        return float(counted.unmet_person_days[item, self.known[item]].sum())

    @property
    def table(self) -> pd.DataFrame:
        """One row for each zone and essential that is needed there; see `letup.aid.tables.ASSESSMENT`."""
        return table(self)

    def __repr__(self) -> str:
        """Say in two lines what it comes to; the table has its own."""
        return f"Assessment: {self.scenario.title}\n  {answer(self)}"


def assess(
    scenario: Scenario,
    movements: pd.DataFrame | None = None,
    brought: pd.DataFrame | None = None,
    *,
    stretches: bool = False,
) -> Assessment:
    """How long each essential lasts in each zone, and what need is not met over the horizon.

    Parameters
    ----------
    scenario : Scenario
        As loaded; needs, stocks and facilities are those of its tables, needs that it does not give are letup's
        defaults after the Sphere Handbook.
    movements : DataFrame or None
        The movements of a plan for this scenario: who is where changes with them.
    brought : DataFrame or None
        What its trucks bring to zones and when; see `letup.aid.arriving`.
    stretches : bool
        Whether to keep the spells of constant rates, which `letup.aid.deprivation_cost` needs.

    Returns
    -------
    Assessment
        Exact for the values given. With the ranges at either end nobody moves.
    """
    horizon = scenario.clock.elapsed_days(scenario.steps)
    likely = supplies(scenario)
    balances = {
        end: follow(supplies(scenario, end), staying(scenario, end), horizon, stretches=stretches)
        for end in ("better", "likely", "worse")
    }
    moved = moving(scenario, movements) if movements is not None else None
    coming = arriving(scenario, likely.essentials, brought) if brought is not None else None
    hold = _ends_hold(likely)
    presence = staying(scenario)
    with_plan = None
    if moved is not None or coming is not None:
        with_plan = follow(likely, moved or presence, horizon, stretches=stretches, arrivals=coming)
    return Assessment(
        scenario=scenario,
        horizon=horizon,
        supplies=likely,
        likely=balances["likely"],
        better=balances["better"],
        worse=balances["worse"],
        with_plan=with_plan,
        presence=presence,
        ends_hold=hold,
        findings=findings_of(scenario, likely, presence.people[0], moved, hold),
    )


def _ends_hold(likely: Supplies) -> bool:
    """Whether no facility draws on what is more where more people are.

    Then more people never leave more for each, and every other input works in one direction; see the explanation.
    """
    return not any(facility.use > 0 and likely.scales[facility.uses] for facility in likely.facilities)


def findings_of(
    scenario: Scenario, supplies: Supplies, people: NDArray[np.float64], moved: Presence | None, ends_hold: bool
) -> tuple[Finding, ...]:
    """Findings of an assessment, worst first."""
    names = [str(name) for name in scenario.zones["name"]]
    findings: list[Finding] = []

    def add(code: str, message: str, remedy: str, file: str, where: str = "") -> None:
        findings.append(Finding(code, "note" if code == "aid.ends" else "warning", message, remedy, file, where))

    if not supplies.known.any():
        add("aid.nothing", CODES["aid.nothing"].meaning, "fill stocks.csv and facilities.csv", "stocks.csv")
        return tuple(findings)
    for item, essential in enumerate(supplies.essentials):
        blank = np.flatnonzero(~supplies.known[item] & (people > 0) & (essential.per_person > 0))
        if len(blank):
            unknown = first_few([names[zone] for zone in blank], 4, "zones")
            message = (
                f"nothing is given about where {essential.label.lower()} comes from in {unknown}: "
                f"{people[blank].sum():,.0f} people are left out of its figures"
            )
            add("aid.not_known", message, "give stocks, or facilities that serve them", "stocks.csv", essential.name)
            if moved is not None and (moved.people[-1][blank] > people[blank] + 0.5).any():
                more = (moved.people[-1] - people)[blank].clip(min=0).sum()
                message = (
                    f"the plan moves {more:,.0f} people to where nothing is known about {essential.label.lower()}: "
                    "its figures with and without the plan are not of the same people"
                )
                add(
                    "aid.plan_into_unknown",
                    message,
                    "give stocks of the zones that take in",
                    "stocks.csv",
                    essential.name,
                )
    for facility in supplies.facilities:
        if facility.use > 0 and not supplies.known[facility.uses, facility.zone]:
            label = supplies.essentials[facility.uses].label.lower()
            name = facility_name(scenario, facility)
            message = f"{capitalised(name)} needs {label}, of which no stock is given: it is taken to stand still"
            add("aid.no_stock", message, "give what it has, with 0 if it has none", "stocks.csv", name)
    away = outside(scenario)
    if away:
        message = f"{away:,} people are at places outside every zone and are left out"
        add("aid.nowhere", message, "name their zone, or correct the place", "people.csv")
    if not ends_hold:
        message = (
            "a facility uses something of which there is more where more people are: the ends are likely, not proven"
        )
        add("aid.ends", message, "read the range as a guess", "facilities.csv")
    return tuple(worst_first(findings))


def facility_name(scenario: Scenario, facility: Facility) -> str:
    """Name of a facility for everybody: of one at a place that is not public, what may be said of that place."""
    if facility.place not in scenario.places.index:
        return without_names(scenario, facility.name)
    if not is_public(scenario, facility.place) or facility.name == facility.place:
        return shared_name(scenario, facility.place)
    return facility.name


def table(assessment: Assessment) -> pd.DataFrame:
    """One row for each zone and essential that is needed there.

    Returns
    -------
    DataFrame
        Columns as in `letup.aid.tables.ASSESSMENT`; what is not known, or not within a year, is NaN.
    """
    rows = [_row(assessment, item, zone) for item, zone in _needed(assessment)]
    return frame(ASSESSMENT, rows)


def table_by_day(assessment: Assessment) -> pd.DataFrame:
    """One row for each zone, essential and day, of what is known.

    Returns
    -------
    DataFrame
        Columns as in `letup.aid.tables.ASSESSMENT_DAYS`. In each row, stock at the end of the day before + made = met +
        lost + left.
    """
    balance, ids = assessment.likely, assessment.scenario.zone_ids
    rows = []
    for item, zone in _needed(assessment):
        if assessment.known[item, zone]:
            essential = assessment.essentials[item]
            for day, end in enumerate(balance.day_ends):
                amounts = {
                    name: _plain(getattr(balance, name)[day, item, zone])
                    for name in ("need", "made", "met", "lost", "left")
                }
                rows.append(
                    {"zone": ids[zone], "essential": essential.name, "unit": essential.unit, "end_day": end, **amounts}
                )
    return frame(ASSESSMENT_DAYS, rows)


def _needed(assessment: Assessment) -> list[tuple[int, int]]:
    """Pairs of essential and zone with a need, by zone."""
    need = assessment.likely.need.sum(axis=0)
    if assessment.with_plan is not None:
        need = need + assessment.with_plan.need.sum(axis=0)
    return [(int(item), int(zone)) for zone, item in np.argwhere(need.T > 0)]


def _row(assessment: Assessment, item: int, zone: int) -> dict[str, Any]:
    essential, scenario, known = assessment.essentials[item], assessment.scenario, bool(assessment.known[item, zone])
    row: dict[str, Any] = {
        "zone": scenario.zone_ids[zone],
        "zone_name": str(scenario.zones["name"].iloc[zone]),
        "essential": essential.name,
        "unit": essential.unit,
        "people": round(float(assessment.presence.people[0, zone])),
        "known": "yes" if known else "no",
    }
    if not known:
        return row
    likely, worse, better = assessment.likely, assessment.worse, assessment.better
    row |= {
        "days_left": likely.days_left[item, zone],
        "days_left_worse": worse.days_left[item, zone],
        "days_left_better": better.days_left[item, zone],
        "survival_days_left": likely.survival_days_left[item, zone],
        "need": likely.need[:, item, zone].sum(),
        "opening_stock": likely.opening[item, zone],
        "made": likely.made[:, item, zone].sum(),
        "met": likely.met[:, item, zone].sum(),
        "lost": likely.lost[:, item, zone].sum(),
        "left": likely.left[-1, item, zone],
        "unmet": assessment.unmet(likely)[item, zone],
    }
    if essential.per_person:
        row |= {
            "unmet_person_days": likely.unmet_person_days[item, zone],
            "unmet_person_days_worse": worse.unmet_person_days[item, zone],
            "unmet_person_days_better": better.unmet_person_days[item, zone],
        }
        if essential.survival:
            row["below_survival_person_days"] = likely.below_survival_person_days[item, zone]
        if assessment.with_plan is not None:
            row["unmet_person_days_with_plan"] = assessment.with_plan.unmet_person_days[item, zone]
    if assessment.with_plan is not None:
        row["days_left_with_plan"] = assessment.with_plan.days_left[item, zone]
        row["delivered_with_plan"] = assessment.with_plan.delivered[:, item, zone].sum()
    return {key: _plain(value) if isinstance(value, float) else value for key, value in row.items()}


def _plain(value: float) -> float:
    """A number without digits that are only noise; NaN for what is not within a year."""
    return round(float(value), 6) + 0.0 if math.isfinite(value) else math.nan


def answer(assessment: Assessment) -> str:
    """Which essential runs short first, where and when, and what need is not met without a pause: one sentence."""
    failures = assessment.failures()
    if not failures:
        if not assessment.known.any():
            return "Nothing can be said: the scenario does not say what people have to live on."
        return f"No essential of which anything is known runs short within {LONGEST_DAYS:g} days."
    first = failures[0]
    essential = assessment.essentials[first.item]
    when = f"runs short first, {_when(assessment, first)}" if first.days > 0 else "is short from the start"
    text = f"{essential.label} {when}{_range(first)}, in {_zones(assessment, first)}"
    if not essential.per_person:
        return f"{text}."
    if first.days <= 0:
        text += _each_gets(assessment, first)
    unmet = assessment.unmet_person_days(first.item)
    days = plural(assessment.horizon, "day")
    span = _span([assessment.unmet_person_days(first.item, end) for end in (assessment.better, assessment.worse)])
    needed = float(assessment.likely.person_days[first.item, assessment.known[first.item]].sum())
    plan = assessment.with_plan
    then = f"; with the plan, {assessment.unmet_person_days(first.item, plan):,.0f}" if plan is not None else ""
    return (
        f"{text}; over {days} without any pause, {unmet:,.0f}{span} of {needed:,.0f} person-days of need for it "
        f"are not met{then}."
    )


def _each_gets(assessment: Assessment, first: Failure) -> str:
    """What people in these zones get on the first day, of what they need."""
    essential, zones = assessment.essentials[first.item], list(first.zones)
    need, met = (float(part[0, first.item, zones].sum()) for part in (assessment.likely.need, assessment.likely.met))
    have = _short(essential.per_person * met / need)
    return f", where there are {have} of the {essential.per_person:,g} {essential.unit} that a person needs a day"


def days(value: float) -> str:
    """Days left as readers see them: one decimal, rounded down, so that nobody counts on more than there is."""
    if not math.isfinite(value):
        return f"> {LONGEST_DAYS:g}"
    return f"{math.floor(value * 10 + 1e-6) / 10:,.1f}"


def ranged(value: float, worse: float, better: float) -> str:
    """Days left with their range, such as "2.1 (1.4 to 3.0)"."""
    likely = days(value)
    low, high = days(worse), days(better)
    return likely if low == likely == high else f"{likely} ({low} to {high})"


def _short(value: float) -> str:
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def _when(assessment: Assessment, first: Failure) -> str:
    scenario = assessment.scenario
    moment = scenario.clock.at_minute(first.days * DAY_MINUTES)
    return f"after {days(first.days)} days ({sortable(moment)})"


def _zones(assessment: Assessment, first: Failure) -> str:
    names = [str(assessment.scenario.zones["name"].iloc[zone]) for zone in first.zones]
    if not assessment.essentials[first.item].per_person:
        return f"facilities in {first_few(names, 3, 'zones')}"
    people = float(assessment.presence.people[0, list(first.zones)].sum())
    if len(names) == 1:
        return f"{names[0]} ({people:,.0f} people)"
    known = int(assessment.known[first.item].sum())
    if len(names) == known == len(assessment.scenario.zones):
        return f"all {len(names)} zones ({people:,.0f} people)"
    return f"{len(names)} of {known} zones, {names[0]} the worst ({people:,.0f} people in them)"


def _range(first: Failure) -> str:
    if days(first.days_worse) == days(first.days) == days(first.days_better):
        return ""
    return f" (range {days(first.days_worse)} to {days(first.days_better)} days)"


def _span(ends: list[float]) -> str:
    return f" ({ends[0]:,.0f} to {ends[1]:,.0f})" if round(ends[0]) != round(ends[1]) else ""


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


def zones_worst_first(assessment: Assessment) -> list[int]:
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
