"""Which cargo goes on which trucks to which place when: the linear program, and whole trucks after it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import Logistics, slot_steps
from letup.aid.deliveries.need import Need
from letup.aid.deliveries.program import CargoProgram, ProgramBuilder
from letup.aid.deliveries.residual_capacity import CapacityKey, ResidualCapacity, keys_of_arcs
from letup.aid.deliveries.trip import Trip
from letup.aid.deliveries.truck_paths import TruckPath, checkpoints_at
from letup.core.arrays import Floats
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

if TYPE_CHECKING:
    from letup.lp.solver import Solution


_COST = 1e-6
"""Of two ways that meet the same need the one with fewer truck hours: part of the worth of a full load, per hour."""


@dataclass
class DeliveryProgram(CargoProgram):
    """The program of hours, which can be solved; ``penalty`` is what each truck of a cargo costs."""

    penalty: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def most_trucks(self) -> Floats:
        """Trucks of each cargo at most."""
        return np.array(self.linear.upper[: self.trucks], float)

    def relaxed(self) -> Solution | None:
        """Most that trucks in fractions could meet."""
        from letup.lp.solver import maximise

        return maximise(self.linear)

    def whole(self, relaxed: Solution, time_limit: float, gap: float) -> tuple[NDArray[np.int64], Floats]:
        """Whole trucks of each cargo, and what they carry.

        They are looked for among the cargoes that the relaxed program sends, then among all.

        The second is left out where the first is as near to the relaxed program as asked for; it begins with what
        the first found, so it is never worse.
        """
        share = relaxed.values[: self.trucks]
        sent = np.where(share > 1e-7, np.ceil(share + 1e-7) + 1, 0.0)
        began = time.monotonic()
        best = self._among(np.minimum(sent, self.most_trucks), time_limit / 2, gap, None)
        close_enough = best is not None and self._worth(best) >= relaxed.objective * (1 - gap)
        if not close_enough:
            left = time_limit - (time.monotonic() - began)
            better = self._among(self.most_trucks, left, gap, best)
            if better is not None and (best is None or self._worth(better) >= self._worth(best)):
                best = better
        carried = slice(self.trucks, 2 * self.trucks)
        if best is None:  # what fits in fractions fits with fewer trucks that carry as much each
            trucks = np.floor(share + 1e-9)
            kept = np.divide(trucks, share, out=np.zeros(self.trucks), where=share > 1e-9)
            return trucks.astype(np.int64), relaxed.values[carried] * np.minimum(kept, 1.0)
        trucks = np.round(best[: self.trucks])
        load = np.array([cargo.load for cargo in self.cargoes])
        return trucks.astype(np.int64), np.clip(best[carried], 0.0, trucks * load)

    def _worth(self, values: Floats) -> float:
        return float(values @ np.array(self.linear.gain))

    def _among(self, most_trucks: Floats, time_limit: float, gap: float, start: Floats | None) -> Floats | None:
        """Values with whole trucks, at most so many of each cargo; None if none are found in time."""
        from letup.lp.solver import maximise

        upper, gains = np.array(self.linear.upper), np.array(self.linear.gain)
        upper[: self.trucks] = most_trucks
        gains[: self.trucks] -= self.penalty
        solution = maximise(
            self.linear,
            integer=True,
            upper=upper,
            gains=gains,
            start=start,
            seconds=max(time_limit, 0.1),
            relative_gap=gap,
        )
        return solution.values if solution is not None else None


def delivery_program(
    scenario: Scenario, logistics: Logistics, need: Need, trips: list[Trip], residual: ResidualCapacity
) -> DeliveryProgram:
    """Lay out the program of hours."""
    return HourlyProgram(scenario, logistics, need, trips, residual).program()


class HourlyProgram(ProgramBuilder):
    """Rows of hours: what each slot of time lets through, and which trucks are away."""

    def __init__(
        self, scenario: Scenario, logistics: Logistics, need: Need, trips: list[Trip], residual: ResidualCapacity
    ) -> None:
        super().__init__(scenario, logistics, need, trips)
        self.residual = residual

    def program(self) -> DeliveryProgram:
        """The program, with what truck hours cost where two ways meet the same need."""
        laid = self.build()
        busy = [self._hours(self.trips[cargo.trip]) for cargo in self.cargoes]
        best_worth = self.need.unit_worth().max(axis=(0, 2, 3), initial=0.0)
        full = np.array([cargo.load * best_worth[self.number[cargo.item]] for cargo in self.cargoes], float)
        return DeliveryProgram(laid.trips, laid.cargoes, laid.trucks, laid.linear, _COST * full * np.array(busy, float))

    def _hours(self, trip: Trip) -> float:
        end = trip.back.arrive if trip.back is not None else trip.free
        return self.scenario.clock.hours(end - trip.first)

    def _crossings(self) -> None:
        """Inspection by slot, and trucks by day."""
        logistics, hours = self.logistics, self.scenario.clock.hours(slot_steps(self.scenario))
        slots: dict[tuple[str, int], list[int]] = defaultdict(list)
        days: dict[tuple[str, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            trip = self.trips[cargo.trip]
            base = logistics.fleets[trip.fleet].base
            if logistics.stops[base].kind == "crossing":
                slots[base, trip.slot].append(k)
                days[base, cargo.day].append(k)
        for (base, slot), columns in slots.items():
            self._limit(columns, logistics.stops[base].trucks_per_hour * hours * self._open(base, slot))
        for (base, _), columns in days.items():
            self._limit(columns, logistics.stops[base].trucks_per_day)

    def _fleets(self) -> None:
        """No more trucks away at once than there are: counted whenever one begins to load."""
        spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            trip = self.trips[cargo.trip]
            start, end = busy_steps(trip, self.logistics.fleets[trip.fleet].load, self.scenario.steps)
            spans[trip.fleet].append((start, end, k))
        for fleet, trips_of_fleet in spans.items():
            starts = np.array([span[0] for span in trips_of_fleet])
            ends = np.array([span[1] for span in trips_of_fleet])
            columns = np.array([span[2] for span in trips_of_fleet])
            seen: set[tuple[int, ...]] = set()
            for at in np.unique(starts).tolist():
                away = tuple(columns[(starts <= at) & (ends > at)].tolist())
                if away not in seen:
                    seen.add(away)
                    self._limit(list(away), self.logistics.fleets[fleet].count)

    def _stops(self) -> None:
        """Handling by slot."""
        hours = self.scenario.clock.hours(slot_steps(self.scenario))
        slots: dict[tuple[str, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            trip = self.trips[cargo.trip]
            slots[trip.stop, trip.unload // slot_steps(self.scenario)].append(k)
        for (place, slot), columns in slots.items():
            stop, share = self.logistics.stops[place], self._open(place, slot)
            self._limit(columns, stop.trucks_per_hour * hours * share)
            weights = [self.logistics.weight[self.cargoes[k].item] for k in columns]
            self._limit([self.count + k for k in columns], stop.tonnes_per_hour * 1000 * hours * share, weights)

    def _roads(self) -> None:
        """Room that people leave on roads and at checkpoints; rows that can never bind are left out."""
        by_trip: dict[int, list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            by_trip[cargo.trip].append(k)
        users: dict[tuple[str, int, int], list[int]] = defaultdict(list)
        keys_by_trip = keys_of_trips([self.trips[number] for number in by_trip], self.residual.network, self.scenario)
        for number, keys in zip(by_trip, keys_by_trip, strict=True):
            for key in keys:
                users[key].append(number)
        for key, numbers in users.items():
            capacity = self.residual.trucks(key)
            fleets = {self.trips[number].fleet for number in numbers}
            # a truck is away on one trip at a time, and enters a road at most twice on it
            if capacity < 2 * sum(self.logistics.fleets[fleet].count for fleet in fleets):
                self._limit([k for number in numbers for k in by_trip[number]], capacity)


def busy_steps(trip: Trip, load: int, steps: int) -> tuple[int, int]:
    """Steps from which on, and up to which, the trucks of a trip are away from others' use."""
    return max(trip.first - load, 0), trip.back.arrive if trip.back is not None else steps


def keys_of_trips(trips: Iterable[Trip], network: RoadNetwork, scenario: Scenario) -> list[set[CapacityKey]]:
    """Roads and checkpoints that each trip takes room of, by slot, on both ways; by its first truck."""
    control, width = checkpoints_at(network, scenario), slot_steps(scenario)

    def keys(path: TruckPath, depart: int) -> set[CapacityKey]:
        return keys_of_arcs(path.arcs(scenario.step_minutes), depart, network, control, width)

    return [
        keys(trip.path, trip.first) | (keys(trip.back.path, trip.back.depart) if trip.back is not None else set())
        for trip in trips
    ]
