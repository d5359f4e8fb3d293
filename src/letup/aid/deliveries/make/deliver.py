"""Make deliveries: what to bring where and when while zones are quiet."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.balance import Balance, arriving, follow
from letup.aid.deliveries.findings import (
    IN_PAUSES,
    delivery_findings,
    fleets_without_goods,
    places_off_road,
    zones_in_need,
)
from letup.aid.deliveries.logistics import Logistics, logistics_of
from letup.aid.deliveries.make.bound import NeedBound, bound_need
from letup.aid.deliveries.make.program import DeliveryProgram, delivery_program
from letup.aid.deliveries.make.trips import trips, truck_networks
from letup.aid.deliveries.make.truck_network import TruckNetwork
from letup.aid.deliveries.model import DELIVERIES, RETURNS, Deliveries, arrivals_of
from letup.aid.deliveries.need import Need, delivered, hand_out, needs
from letup.aid.deliveries.program import ELSEWHERE
from letup.aid.deliveries.residual_capacity import residual_capacity
from letup.aid.deliveries.trip import Trip
from letup.aid.people import Presence, moving, staying
from letup.aid.supplies import Supplies, supplies
from letup.core.findings import Finding
from letup.pauses.limits import Window, moving_array
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.tables import format_path, frame

TIME_LIMIT = 10.0
"""Seconds for whole trucks, if nothing else is asked for."""

ENOUGH = 0.005
"""Whole trucks are good enough this near to what trucks in fractions could do."""


_KEPT = 2
"""States whose trips are kept: everything quiet, and the pauses chosen."""


@dataclass(frozen=True)
class Prepared:
    """What stays the same whatever is quiet: make it once to call `deliver` often.

    Attributes
    ----------
    network : RoadNetwork
        The roads.
    logistics : Logistics
        Trucks, places and goods.
    stocks : Supplies
        What people have to live on.
    roads : dict of float to TruckNetwork
        The roads laid out for each speed of trucks.
    """

    network: RoadNetwork
    logistics: Logistics
    stocks: Supplies
    roads: dict[float, TruckNetwork]
    _known: dict[bytes, list[Trip]] = field(default_factory=dict, repr=False, compare=False)

    def trips(self, quiet: NDArray[np.bool_]) -> list[Trip]:
        """Trips that could be made; those for the last few states are kept, as several ask for the same."""
        key = np.packbits(quiet).tobytes()
        if key not in self._known:
            while len(self._known) >= _KEPT:
                del self._known[next(iter(self._known))]
            self._known[key] = trips(self.logistics, self.roads, quiet)
        return self._known[key]


def prepare(scenario: Scenario, network: RoadNetwork) -> Prepared:
    """Lay out what deliveries are made with."""
    logistics = logistics_of(scenario)
    return Prepared(network, logistics, supplies(scenario), truck_networks(scenario, network, logistics))


def deliver(
    scenario: Scenario,
    network: RoadNetwork,
    windows: list[Window] | NDArray[np.bool_],
    people_flow: pd.DataFrame | None = None,
    *,
    prepared: Prepared | None = None,
    time_limit: float = TIME_LIMIT,
    gap: float = ENOUGH,
    follow_stocks: bool = True,
) -> Deliveries:
    """Choose which cargo goes on which trucks to which place when.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    windows : list of Window, or bool[Z, T]
        Pauses (trucks keep the same margin before their end as people do), or when trucks may be in each zone.
    people_flow : DataFrame, optional
        Movements of a plan: they come first on the roads, and change who is where. Nobody moves if absent.
    prepared : Prepared, optional
        From `prepare`, if `deliver` is called more than once.
    time_limit : float
        Seconds to look for whole trucks.
    gap : float
        Relative gap at which that may stop.
    follow_stocks : bool
        Whether to follow the stocks with the deliveries (`Deliveries.balance`).

    Returns
    -------
    Deliveries
        With a bound on what any deliveries in these windows could reach.
    """
    began = time.monotonic()
    ready = prepared or prepare(scenario, network)
    quiet = windows if isinstance(windows, np.ndarray) else moving_array(scenario, windows)
    presence = moving(scenario, people_flow) if people_flow is not None else staying(scenario)
    need = needs(scenario, ready.stocks, presence)
    trips = ready.trips(quiet)
    program = delivery_program(
        scenario, ready.logistics, need, trips, residual_capacity(scenario, network, people_flow)
    )
    total_without, value_without = need.value_without()
    proof = bound_need(scenario, network, ready.logistics, need, quiet)
    relaxed = program.relaxed() if program.trucks else None
    trucks, amounts = np.zeros(program.trucks, np.int64), np.zeros(program.trucks)
    if relaxed is not None:
        trucks, amounts = program.whole(relaxed, time_limit, gap)
    table, back = _tables(scenario, ready.logistics, program, trucks, amounts)
    used = hand_out(need, delivered(need, scenario.zone_ids, arrivals_of(table, back)))
    total, value = need.value(used)
    return Deliveries(
        table=table,
        returns=back,
        need=need,
        used=used,
        zone_ids=tuple(scenario.zone_ids),
        value=value,
        value_without=value_without,
        total=total,
        total_without=total_without,
        bound=max(proof.bound, value),
        certificate=proof.duals,
        balance=balance(scenario, ready.stocks, presence, table, back) if follow_stocks else None,
        findings=_findings(ready, scenario, need, trips),
        seconds=time.monotonic() - began,
    )


def upper_bound(scenario: Scenario, usable: NDArray[np.bool_], *, prepared: Prepared) -> NeedBound:
    """Most value that any deliveries could reach in any windows within the limits, people counted where they live.

    Proven: no plan with quiet hours among those that may be quiet brings more.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    usable : bool[Z, T]
        When trucks may be in each zone at most.
    prepared : Prepared
        From `prepare`.
    """
    need = needs(scenario, prepared.stocks, staying(scenario))
    return bound_need(scenario, prepared.network, prepared.logistics, need, usable)


def balance(
    scenario: Scenario, stocks: Supplies, presence: Presence, table: pd.DataFrame, back: pd.DataFrame
) -> Balance:
    """Stocks followed with deliveries, each there when the last of its trucks is unloaded."""
    brought = table[["item", "zone", "amount"]].assign(free_step=back["free_step"].to_numpy())
    arrivals = arriving(scenario, stocks.essentials, brought)
    horizon = scenario.clock.elapsed_days(scenario.steps)
    return follow(stocks, presence, horizon, arrivals=arrivals)


def _tables(
    scenario: Scenario,
    logistics: Logistics,
    program: DeliveryProgram,
    trucks: NDArray[np.int64],
    amounts: NDArray[np.float64],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Deliveries and returns; trucks that carry nothing stay."""
    rows: list[dict[str, object]] = []
    returns: list[dict[str, object]] = []
    for k in np.flatnonzero(trucks > 0).tolist():
        cargo = program.cargoes[k]
        trip = program.trips[cargo.trip]
        amount = round(float(amounts[k]), 6)
        if amount <= 1e-6 * cargo.load:
            continue
        name = f"d{len(rows) + 1:05d}"
        rows.append(_row(scenario, logistics, trip, int(trucks[k]), amount) | {
            "id": name,
            "day": cargo.day,
            "zone": scenario.zone_ids[cargo.zone] if cargo.zone != ELSEWHERE else "",
            "item": cargo.item,
            "unit": logistics.unit[cargo.item],
            "kg": round(amount * logistics.weight[cargo.item], 3),
        })  # fmt: skip
        returns.append({"id": name, "trucks": int(trucks[k])} | _return(scenario, trip))
    back = frame(RETURNS, returns).astype({"depart_step": "Int64", "arrive_step": "Int64"})
    return frame(DELIVERIES, rows), back


def _row(scenario: Scenario, logistics: Logistics, trip: Trip, trucks: int, amount: float) -> dict[str, object]:
    fleet = logistics.fleets[trip.fleet]
    last = min(trip.last, trip.first + trucks - 1)
    return {
        "origin": fleet.base,
        "destination": trip.stop,
        "truck": fleet.id,
        "trucks": trucks,
        "amount": amount,
        "depart_first_step": trip.first,
        "depart_last_step": last,
        "arrive_first_step": trip.first + trip.lasts,
        "arrive_last_step": last + trip.lasts,
        "minutes": round(trip.path.minutes, 3),
        "length_m": round(trip.path.length_m, 1),
        "arcs": format_path(trip.path.arcs(scenario.step_minutes)),
    }


def _return(scenario: Scenario, trip: Trip) -> dict[str, object]:
    row: dict[str, object] = {"unload_step": trip.unload, "free_step": trip.free}
    if trip.back is None:
        return row | {"depart_step": None, "arrive_step": None, "minutes": 0.0, "length_m": 0.0, "arcs": ""}
    path = trip.back.path
    return row | {
        "depart_step": trip.back.depart,
        "arrive_step": trip.back.arrive,
        "minutes": round(path.minutes, 3),
        "length_m": round(path.length_m, 1),
        "arcs": format_path(path.arcs(scenario.step_minutes)),
    }


def findings_if_quiet(scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_]) -> tuple[Finding, ...]:
    """Findings on deliveries that no pauses could avoid: with zones quiet whenever they may be, bool[Z, T]."""
    ready = prepare(scenario, network)
    need = needs(scenario, ready.stocks, staying(scenario))
    return _findings(ready, scenario, need, ready.trips(quiet), "in any hours that the limits allow")


def _findings(
    ready: Prepared, scenario: Scenario, need: Need, trips: list[Trip], when: str = IN_PAUSES
) -> tuple[Finding, ...]:
    """Findings on deliveries, worst first."""
    logistics, going = ready.logistics, {trip.fleet for trip in trips}
    stored = {place for place, stop in logistics.stops.items() if stop.kind == "warehouse"}
    fed = stored & {trip.stop for trip in trips}
    served = {zone for trip in trips for zone in logistics.stops[trip.stop].zones}
    return delivery_findings(
        scenario,
        logistics,
        off_road=places_off_road(scenario, ready.network, logistics),
        nothing_waits=[fleet.id for fleet in fleets_without_goods(logistics) if fleet.base not in fed],
        no_trip=[fleet.id for k, fleet in enumerate(logistics.fleets) if k not in going],
        unserved=[scenario.zone_ids[zone] for zone in zones_in_need(need) if zone not in served],
        when=when,
    )
