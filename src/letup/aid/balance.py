"""Follow stocks through time: what is used, made, lost and left, and what need is not met.

Between two events nothing changes its rate: an event is a stock that runs out, a change in who is where, or the end
of a day. So each stretch is integrated exactly, and no step length has to be chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.people import Presence
from letup.aid.supplies import Supplies
from letup.core.arrays import Floats
from letup.scenario.essentials import Essential
from letup.scenario.model import Scenario

#: How far beyond the horizon it is looked for the day on which something runs out.
LONGEST_DAYS = 365.0
#: Shares of a need closer to all of it than this are all of it: rounding, not want.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Balance:
    """What became of the stocks. D days (the last may be a part of one), E essentials, Z zones.

    Attributes
    ----------
    day_ends : float64[D]
        End of each day, days since the start.
    need, met : float64[D, E, Z]
        Needed by people and facilities during each day, and got; in the unit of the essential.
    made, lost : float64[D, E, Z]
        Made for the zone, and lost from its stock.
    left : float64[D, E, Z]
        In stock at the end of each day, facilities' own stocks included.
    opening : float64[E, Z]
        In stock at the start.
    person_days : float64[E, Z]
        People times days: what ``unmet_person_days`` is a part of.
    unmet_person_days : float64[E, Z]
        People times days times the share of their need that was not met; 0 where people need none.
    below_survival_person_days : float64[E, Z]
        People times days on which they got less than the survival minimum; 0 where there is none.
    days_left : float64[E, Z]
        Days until a need of people or facilities is first not met in full; inf if not within a year.
    survival_days_left : float64[E, Z]
        Days until people first get less than the survival minimum; inf if not within a year, or if there is none.
    idle_from : float64[F]
        Days until a facility first cannot do all its work; inf if not within a year.
    stretches : tuple of (start, end, people[Z], unmet share[E, Z])
        Spells of constant rates, if asked for.
    delivered : float64[D, E, Z]
        What reached the zone from outside during each day.
    """

    day_ends: Floats
    need: Floats
    met: Floats
    made: Floats
    lost: Floats
    left: Floats
    opening: Floats
    person_days: Floats
    unmet_person_days: Floats
    below_survival_person_days: Floats
    days_left: Floats
    survival_days_left: Floats
    idle_from: Floats
    stretches: tuple[tuple[float, float, Floats, Floats], ...] = ()
    delivered: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))


@dataclass(frozen=True)
class Arrivals:
    """Goods that reach zones from outside, in order of time.

    Attributes
    ----------
    times : float64[A]
        Days since the start.
    items, zones : int64[A]
        Numbers of essential and zone.
    amounts : float64[A]
        In the unit of the essential. Nothing of what was delivered is lost to spoilage any more.
    """

    times: Floats
    items: NDArray[np.int64]
    zones: NDArray[np.int64]
    amounts: Floats


def arriving(scenario: Scenario, essentials: Sequence[Essential], brought: pd.DataFrame) -> Arrivals:
    """Goods that reach zones, each when the last truck of its delivery is unloaded.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    essentials : sequence of Essential
        In the order of the numbers in the result.
    brought : DataFrame
        Columns item (short name), zone (id; empty for what goes to a warehouse, which serves nobody there), amount
        (unit of the essential), free_step (at the beginning of which the last truck is unloaded).
    """
    item = {essential.name: number for number, essential in enumerate(essentials)}
    zone = {name: number for number, name in enumerate(scenario.zone_ids)}
    handed_out = brought[brought["zone"] != ""].sort_values("free_step", kind="stable")
    return Arrivals(
        times=scenario.clock.elapsed_days(handed_out["free_step"].to_numpy(float)),
        items=np.array([item[name] for name in handed_out["item"]], np.int64),
        zones=np.array([zone[name] for name in handed_out["zone"]], np.int64),
        amounts=handed_out["amount"].to_numpy(float),
    )


@dataclass
class _Rates:
    """Everything per day, between two events."""

    people_need: Floats
    people_met: Floats
    facility_need: Floats
    facility_met: Floats
    made: Floats
    work: Floats
    net: Floats = field(default_factory=lambda: np.zeros(0))  # [P] drawn from each pool; below 0 put into it


def follow(
    supplies: Supplies,
    presence: Presence,
    horizon: float,
    *,
    stretches: bool = False,
    arrivals: Arrivals | None = None,
    day_ends: Floats | None = None,
) -> Balance:
    """Follow the stocks of all zones.

    While a zone has stock, everybody who draws on it gets what they need. When it is used up, what is made goes to
    facilities in their order, then to people. A facility with a stock of its own uses that first. What a facility
    makes is shared among the people of the zones that it serves, as many as are there at the moment.

    Parameters
    ----------
    supplies : Supplies
        What there is, what makes more, who needs it.
    presence : Presence
        Who is where.
    horizon : float
        Days over which amounts are summed. Days left are looked for up to a year.
    stretches : bool
        Whether to keep the spells of constant rates.
    arrivals : Arrivals or None
        What is brought from outside.
    day_ends : float64[D] or None
        Ends of the days that amounts are summed by, the last at the horizon; each day after the start if absent.

    Returns
    -------
    Balance
        Exact for the rates given: opening stock + made + delivered = met + lost + left, for each day.
    """
    run = _Run(supplies, presence, horizon, stretches, arrivals, day_ends)
    while run.time < run.last:
        run.go_on()
    return run.balance()


class _Run:
    """The state between two events, and what was summed so far."""

    def __init__(
        self,
        supplies: Supplies,
        presence: Presence,
        horizon: float,
        stretches: bool,
        arrivals: Arrivals | None,
        day_ends: Floats | None,
    ) -> None:
        self.supplies, self.presence, self.horizon = supplies, presence, horizon
        self.shape = (len(supplies.essentials), supplies.zones)
        self.pools = self.shape[0] * self.shape[1] + len(supplies.facilities)
        self.first_of = np.searchsorted(supplies.pool, np.arange(self.pools))
        self.spare = np.searchsorted(supplies.pool, np.arange(self.pools), side="right") - 1
        self.counted_at = supplies.zone_of_pool()
        self.amount = supplies.amount.copy()
        self.time, self.last = 0.0, max(LONGEST_DAYS, horizon)
        days = np.arange(1, int(np.ceil(horizon - 1e-9)) + 1, dtype=float)
        self.day_ends = np.minimum(days, horizon) if len(days) else np.array([horizon])
        self.day_ends = self.day_ends if day_ends is None else day_ends
        self.arrivals, self.come = arrivals, 0
        coming = arrivals.times if arrivals is not None else np.zeros(0)
        self.last_change = float(max(presence.times[-1], coming.max(initial=0.0)))
        self.breaks = np.unique(np.concatenate([self.day_ends, presence.times[1:], coming[coming > 0], [self.last]]))
        by_day = (len(self.day_ends), *self.shape)
        self.need, self.met, self.made, self.lost, self.left, self.delivered = (np.zeros(by_day) for _ in range(6))
        self.opening = self._in_stock()
        self.person_days, self.unmet, self.below = (np.zeros(self.shape) for _ in range(3))
        self.days_left, self.survival = np.full(self.shape, np.inf), np.full(self.shape, np.inf)
        self.idle_from = np.full(len(supplies.facilities), np.inf)
        self.stretches: list[tuple[float, float, Floats, Floats]] | None = [] if stretches else None
        self.minimum = np.array([essential.survival for essential in supplies.essentials])[:, None]

    def go_on(self) -> None:
        """To the next event."""
        self._take_in()
        people = self.presence.people[np.searchsorted(self.presence.times, self.time, side="right") - 1]
        active = self._active()
        rates = self._rates(people, active)
        until = float(self.breaks[np.searchsorted(self.breaks, self.time, side="right")])
        days = until - self.time
        lasting = self._lasting(active, rates.net)
        dry = lasting <= min(float(lasting.min(initial=np.inf)), days) * (1 + 1e-12)
        if dry.any() and lasting[dry].min() < days:
            days = float(lasting[dry].min())
            until = self.time + days
        self._note_failures(people, rates)
        if self.time < self.horizon:
            self._sum(people, rates, days, until)
        lost = self._use(active, rates.net, days, dry)
        if self.time < self.horizon:
            day = self._day()
            np.add.at(self.lost[day].reshape(-1), self.counted_at[self.supplies.pool], lost)
            self.left[day] = self._in_stock()
        self.time = until
        if self.time >= max(self.horizon, self.last_change) and not np.isfinite(lasting).any():
            self.time = self.last  # nothing will change any more

    def _take_in(self) -> None:
        """Put what arrives now into the stocks: into the batch of each that is used last."""
        arrivals = self.arrivals
        while arrivals is not None and self.come < len(arrivals.times) and arrivals.times[self.come] <= self.time:
            item, zone, amount = (
                int(arrivals.items[self.come]),
                int(arrivals.zones[self.come]),
                float(arrivals.amounts[self.come]),
            )
            self.amount[self.spare[item * self.shape[1] + zone]] += amount
            if self.time < self.horizon:
                self.delivered[self._day(), item, zone] += amount
            self.come += 1

    def _day(self) -> int:
        return int(np.searchsorted(self.day_ends, self.time, side="right"))

    def _active(self) -> NDArray[np.int64]:
        """Batch that each pool is drawn from now, -1 if it is empty."""
        number = np.where(self.amount > 0, np.arange(len(self.amount)), len(self.amount))
        first = np.minimum.reduceat(number, self.first_of)
        return np.where(first < len(self.amount), first, -1)

    def _rates(self, people: Floats, active: NDArray[np.int64]) -> _Rates:
        supplies, (many, zones) = self.supplies, self.shape
        rates = _Rates(
            people_need=supplies.per_person[:, None] * people[None, :],
            people_met=np.zeros(self.shape),
            facility_need=np.zeros(self.shape),
            facility_met=np.zeros(self.shape),
            made=np.zeros(self.shape),
            work=np.ones(len(supplies.facilities)),
        )
        has, net = active >= 0, np.zeros(self.pools)
        self._make(-1, rates, people)
        for item in range(many):  # in order of making: what is made of this item comes later
            members = [
                f for f, facility in enumerate(supplies.facilities) if facility.uses == item and facility.use > 0
            ]
            pool = has[item * zones : (item + 1) * zones]
            drawn, over = np.zeros(zones), rates.made[item].copy()
            for f in members:
                facility = supplies.facilities[f]
                rates.facility_need[item, facility.zone] += facility.use
                if facility.tank and has[many * zones + f]:
                    net[many * zones + f] = got = facility.use
                else:
                    got = facility.use if pool[facility.zone] else min(facility.use, over[facility.zone])
                    over[facility.zone] = max(over[facility.zone] - got, 0.0)
                    drawn[facility.zone] += got
                rates.facility_met[item, facility.zone] += got
                rates.work[f] = got / facility.use
            need = rates.people_need[item]
            shared = np.minimum(need, over)
            rates.people_met[item] = np.where(pool, need, shared)
            # of an empty pool in which all is used up, exactly nothing is left: a rest by rounding would fill and
            # empty it again and again within no time
            rest = np.where(pool, rates.made[item] - drawn - need, over - shared)
            net[item * zones : (item + 1) * zones] = -rest
            self._make(item, rates, people)
        rates.net = net
        return rates

    def _make(self, item: int, rates: _Rates, people: Floats) -> None:
        """Add what is made of an item, or of nothing (-1), to what is made for the zones served."""
        for f, facility in enumerate(self.supplies.facilities):
            if facility.makes >= 0 and item == (facility.uses if facility.use > 0 else -1):
                people_served = np.where(facility.serves, people, 0.0)
                total = people_served.sum()
                share = people_served / total if total > 0 else facility.serves / max(facility.serves.sum(), 1)
                rates.made[facility.makes] += facility.make * rates.work[f] * share

    def _lasting(self, active: NDArray[np.int64], net: Floats) -> Floats:
        """Days for which the active batch of each pool lasts; inf if it does not run out."""
        lasting = np.full(self.pools, np.inf)
        drawn = (active >= 0) & (net > 0)
        amount, decay = self.amount[active[drawn]], self.supplies.decay[active[drawn]]
        with np.errstate(divide="ignore", invalid="ignore"):
            perishing = np.log1p(decay * amount / net[drawn]) / decay
        lasting[drawn] = np.where(decay > 0, perishing, amount / net[drawn])
        return lasting

    def _use(self, active: NDArray[np.int64], net: Floats, days: float, dry: NDArray[np.bool_]) -> Floats:
        """Take a stretch out of the stocks; return what is lost of each batch."""
        decay, before = self.supplies.decay, self.amount
        after = before * np.exp(-decay * days)
        taken = np.zeros(len(before))
        drawn = np.flatnonzero((active >= 0) & (net > 0))
        batch = active[drawn]
        taken[batch] = net[drawn] * days
        with np.errstate(divide="ignore", invalid="ignore"):
            kept = np.where(decay[batch] > 0, -np.expm1(-decay[batch] * days) / decay[batch], days)
        after[batch] = np.maximum(after[batch] - net[drawn] * kept, 0.0)
        after[active[dry]] = 0.0
        put = np.flatnonzero(net < 0)
        lost = np.maximum(before - taken - after, 0.0)
        after[self.spare[put]] += -net[put] * days
        self.amount = after
        return lost

    def _note_failures(self, people: Floats, rates: _Rates) -> None:
        """Note what is not met from now on for the first time."""
        short = (rates.people_met < rates.people_need * (1 - _ROUNDING)) | (
            rates.facility_met < rates.facility_need * (1 - _ROUNDING)
        )
        self.days_left[short & np.isinf(self.days_left)] = self.time
        little = (rates.people_met < self.minimum * people * (1 - _ROUNDING)) & (rates.people_need > 0)
        self.survival[little & np.isinf(self.survival)] = self.time
        self.idle_from[(rates.work < 1 - _ROUNDING) & np.isinf(self.idle_from)] = self.time

    def _sum(self, people: Floats, rates: _Rates, days: float, until: float) -> None:
        day = self._day()
        self.need[day] += (rates.people_need + rates.facility_need) * days
        self.met[day] += (rates.people_met + rates.facility_met) * days
        self.made[day] += rates.made * days
        wanting = rates.people_need > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(wanting, 1 - rates.people_met / rates.people_need, 0.0)
        share[share < _ROUNDING] = 0.0
        self.person_days += np.where(self.supplies.per_person[:, None] > 0, people, 0.0) * days
        self.unmet += people * share * days
        self.below += np.where((rates.people_met < self.minimum * people * (1 - _ROUNDING)) & wanting, people, 0) * days
        if self.stretches is not None:
            self.stretches.append((self.time, until, people, share))

    def _in_stock(self) -> Floats:
        total = np.zeros(self.shape)
        np.add.at(total.reshape(-1), self.counted_at[self.supplies.pool], self.amount)
        return total

    def balance(self) -> Balance:
        """What was summed."""
        return Balance(
            day_ends=self.day_ends,
            need=self.need,
            met=self.met,
            made=self.made,
            lost=self.lost,
            left=self.left,
            opening=self.opening,
            person_days=self.person_days,
            unmet_person_days=self.unmet,
            below_survival_person_days=self.below,
            days_left=self.days_left,
            survival_days_left=self.survival,
            idle_from=self.idle_from,
            stretches=tuple(self.stretches or ()),
            delivered=self.delivered,
        )
