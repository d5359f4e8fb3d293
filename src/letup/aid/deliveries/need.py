"""What need deliveries can meet: by zone, essential and local day, in parts of diminishing value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from letup.aid.balance import Balance, follow
from letup.aid.deliveries.logistics import day_of_step
from letup.aid.people import Presence
from letup.aid.supplies import Supplies
from letup.core.arrays import Floats, Longs
from letup.scenario.model import Scenario

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Ends of the parts of a need; within each part every unit is worth the same."""


def slopes(evenness: float) -> Floats:
    """Value of the parts of a need: their sum, weighted by their sizes, is 1.

    ``1 - w + w (2 - 2 m)`` with m the middle of the part: for w = 1 the slopes of ``2 s - s^2``, for w = 0 all 1.
    """
    ends = np.array(SHARES)
    middle = (ends[1:] + ends[:-1]) / 2
    return np.asarray(1 - evenness + evenness * (2 - 2 * middle), float)


@dataclass(frozen=True)
class ProductionChain:
    """A facility that stands still for want of an essential, and makes another when it gets it.

    Attributes
    ----------
    uses, zone, makes : int
        Numbers: what it needs, in which zone, and what it makes.
    share : float64[D]
        Part of what is delivered and used of its essential in its zone, that it gets.
    yields : float
        Units made of one unit used.
    parts : float64[D, Z]
        How what it makes is shared among zones.
    """

    uses: int
    zone: int
    makes: int
    share: Floats
    yields: float
    parts: Floats


@dataclass(frozen=True)
class Need:
    """Need of D local days, E essentials and Z zones, and what of it is met without deliveries.

    Attributes
    ----------
    names, units : tuple of str
        The essentials, in an order in which what is made of something comes after it.
    ends : float64[D]
        End of each local day, days since the start.
    day_of_step : int64[T]
        Local day of each step.
    need, met : float64[D, E, Z]
        In the unit of the essential; 0 where nothing is known.
    worth : float64[D, E, Z]
        What meeting the whole need of a day is worth: people there, times the length of the day in days.
    slopes : float64[S]
        Value of the parts of a need.
    chains : tuple of Chain
        Facilities that can make more.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    ends: Floats
    day_of_step: Longs
    need: Floats
    met: Floats
    worth: Floats
    slopes: Floats
    chains: tuple[ProductionChain, ...]

    @property
    def missing(self) -> Floats:
        """float64[D, E, Z]: need not met without deliveries."""
        return np.maximum(self.need - self.met, 0.0)

    def parts(self) -> Floats:
        """float64[D, E, Z, S]: how much of each part of a need is left to be met."""
        ends = np.array(SHARES)
        filled = np.clip(self.met[..., None], self.need[..., None] * ends[:-1], self.need[..., None] * ends[1:])
        left: Floats = np.maximum(self.need[..., None] * ends[1:] - filled, 0.0)
        return np.where(self.missing[..., None] > 0, left, 0.0)

    def unit_worth(self) -> Floats:
        """float64[D, E, Z, S]: value of one unit used in each part."""
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(self.need > 0, self.worth / self.need, 0.0)
        return np.asarray(each[..., None] * self.slopes, float)

    def value_without(self) -> tuple[float, float]:
        """Person-days of need met without deliveries, and the same with diminishing value."""
        return self.value(np.zeros_like(self.need))

    def value(self, used: Floats) -> tuple[float, float]:
        """Person-days of need met when so much more is used on each day, and the same with diminishing value."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(self.need > 0, np.minimum((self.met + used) / self.need, 1.0), 0.0)
        ends = np.array(SHARES)
        within = np.clip(share[..., None] - ends[:-1], 0.0, ends[1:] - ends[:-1])
        return float((share * self.worth).sum()), float((within * self.slopes * self.worth[..., None]).sum())


def local_day_ends(scenario: Scenario, days: Longs) -> Floats:
    """End of each local day, days since the start of the scenario."""
    last = np.flatnonzero(np.diff(days, append=days[-1] + 1))
    return scenario.clock.elapsed_days(last + 1)


def needs(scenario: Scenario, stocks: Supplies, presence: Presence) -> Need:
    """What is needed and met on each local day without deliveries.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    stocks : Supplies
        What there is; see `letup.aid.supplies`.
    presence : Presence
        Who is where.
    """
    days = day_of_step(scenario)
    ends = local_day_ends(scenario, days)
    without = follow(stocks, presence, float(ends[-1]), day_ends=ends)
    known = stocks.known[None]
    people = _people(presence, ends)
    return Need(
        names=tuple(essential.name for essential in stocks.essentials),
        units=tuple(essential.unit for essential in stocks.essentials),
        ends=ends,
        day_of_step=days,
        need=np.where(known, without.need, 0.0),
        met=np.where(known, np.minimum(without.met, without.need), 0.0),
        worth=np.where(known & (without.need > 0), people[:, None, :], 0.0),
        slopes=slopes(scenario.deliveries.evenness),
        chains=_chains(stocks, without, people, ends),
    )


def _people(presence: Presence, ends: Floats) -> Floats:
    """People times days in each zone on each day: float64[D, Z]."""
    starts = np.concatenate([[0.0], ends[:-1]])
    spells = np.concatenate([presence.times[1:], [np.inf]])
    overlap = np.minimum(ends[:, None], spells) - np.maximum(starts[:, None], presence.times)
    return np.asarray(np.maximum(overlap, 0.0) @ presence.people, float)


def _chains(stocks: Supplies, without: Balance, people: Floats, ends: Floats) -> tuple[ProductionChain, ...]:
    """Facilities that make more when more is delivered of what they need.

    While a zone has a stock everybody who draws on it works; without it nobody does. So what is delivered is used by
    all in proportion to what each is short of, which is taken as their need less what they got without deliveries.
    """
    chains = []
    length = np.diff(ends, prepend=0.0)
    for facility in stocks.facilities:
        if facility.makes < 0 or facility.use <= 0 or facility.make <= 0:
            continue
        missing = np.maximum(without.need - without.met, 0.0)[:, facility.uses, facility.zone]
        needed = without.need[:, facility.uses, facility.zone]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where((missing > 0) & (needed > 0), facility.use * length / needed, 0.0)
            people_served = np.where(facility.serves, people, 0.0)
            total = people_served.sum(axis=1, keepdims=True)
            even = facility.serves / max(int(facility.serves.sum()), 1)
            parts = np.where(total > 0, people_served / total, even)
        chains.append(
            ProductionChain(
                facility.uses,
                facility.zone,
                facility.makes,
                np.minimum(share, 1.0),
                facility.make / facility.use,
                parts,
            )
        )
    return tuple(chains)


def delivered(need: Need, zone_ids: Sequence[str], rows: Iterable[tuple[str, str, float, int]]) -> Floats:
    """What deliveries bring to each zone on each local day.

    Parameters
    ----------
    need : Need
        Its essentials and days.
    zone_ids : sequence of str
        Zones in the order of the arrays.
    rows : iterable of (str, str, float, int)
        Essential, zone (empty for a warehouse), amount in the unit of the essential, and step at whose beginning the
        last truck of the delivery is unloaded.

    Returns
    -------
    float64[D, E, Z]
        In the units of the essentials.
    """
    item = {name: k for k, name in enumerate(need.names)}
    zone = {name: k for k, name in enumerate(zone_ids)}
    amounts = np.zeros(need.need.shape)
    for name, zone_id, amount, free_step in rows:
        if zone_id:
            amounts[need.day_of_step[int(free_step) - 1], item[name], zone[zone_id]] += amount
    return amounts


def hand_out(need: Need, delivered: Floats) -> Floats:
    """How delivered goods are used up, day by day: the uses of most value first, none before it has arrived.

    What may be used until a day is what has arrived until then: sets of days one inside the other, for which taking
    the most valuable use first is best. Essentials come in the order of making, so that what a facility makes of one
    can be used as another.

    Parameters
    ----------
    need : Need
        What can be met.
    delivered : float64[D, E, Z]
        What arrives on each day.

    Returns
    -------
    float64[D, E, Z]
        Used on each day.
    """
    parts, worth = need.parts(), need.unit_worth()
    available = delivered.copy()
    used = np.zeros_like(delivered)
    for item in range(delivered.shape[1]):
        for zone in np.flatnonzero(available[:, item].sum(axis=0) > 0).tolist():
            used[:, item, zone] = _use(available[:, item, zone], parts[:, item, zone], worth[:, item, zone])
        for chain in need.chains:
            if chain.uses == item:
                made = used[:, item, chain.zone] * chain.share * chain.yields
                available[:, chain.makes] += made[:, None] * chain.parts
    return used


def _use(available: Floats, parts: Floats, worth: Floats) -> Floats:
    """Use of one essential in one zone."""
    unused = np.cumsum(available)
    used = np.zeros(len(available))
    days, kinds = parts.shape
    # of equal worth the earlier day first: who waits longest
    order = np.lexsort((np.repeat(np.arange(days), kinds), -worth.reshape(-1)))
    for k in order.tolist():
        day, size = k // kinds, float(parts.reshape(-1)[k])
        if size <= 0:
            continue
        amount = min(size, float(unused[day:].min()))
        if amount > 0:
            used[day] += amount
            unused[day:] -= amount
    return used
