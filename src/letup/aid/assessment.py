"""Assess a scenario: how long each essential lasts where, and what need is not met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.arrivals import arriving
from letup.aid.balance import Balance, follow
from letup.aid.findings import findings_of
from letup.aid.people import Presence, moving, staying
from letup.aid.supplies import Supplies, supplies
from letup.core.findings import Finding
from letup.scenario.essentials import Essential
from letup.scenario.model import Scenario


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
        found = []
        for item in range(len(self.essentials)):
            days = np.where(self.known[item], self.likely.days_left[item], np.inf)
            if not np.isfinite(days).any():
                continue
            zones = np.flatnonzero(days <= days.min() + 1e-9)
            unmet = self.unmet(self.likely)[item, zones]
            order = tuple(int(zones[k]) for k in np.argsort(-unmet, kind="stable"))
            ends = [float(one.days_left[item, zones].min()) for one in (self.worse, self.better)]
            found.append(Failure(item, order, float(days.min()), *ends))
        return sorted(found, key=lambda one: (one.days, -self._weight(one)))

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
        one = self.likely if balance is None else balance
        return float(one.unmet_person_days[item, self.known[item]].sum())

    @property
    def table(self) -> pd.DataFrame:
        """One row for each zone and essential that is needed there; see `letup.aid.files.COLUMNS`."""
        from letup.aid.files import table

        return table(self)

    def __repr__(self) -> str:
        """Say in two lines what it comes to; the table has its own."""
        from letup.aid.text import answer

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
        What its trucks bring to zones and when; see `letup.aid.arrivals`.
    stretches : bool
        Whether to keep the spells of constant rates, which `letup.aid.deprivation_cost` needs.

    Returns
    -------
    Assessment
        Exact for the values given. With the ranges at either end nobody moves.
    """
    horizon = scenario.steps * scenario.step_minutes / 1440
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
    return not any(one.use > 0 and likely.scales[one.uses] for one in likely.facilities)
