"""A quick estimate of the need that deliveries could meet, for searches that evaluate thousands of sets of windows."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.make.deliver import Prepared
from letup.aid.deliveries.make.program import DeliveryProgram, delivery_program
from letup.aid.deliveries.make.trips import noisy_before
from letup.aid.deliveries.need import needs
from letup.aid.deliveries.residual_capacity import residual_capacity
from letup.aid.deliveries.trip import Trip
from letup.aid.people import staying
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

_REMEMBERED = 100_000


class DeliverySurrogate:
    """Need that trucks in fractions could meet, people counted where they live, by what is quiet.

    The program of `letup.aid.deliveries.make.program` is laid out once, for everything quiet that may be, and trips are
    shut whose way there is not quiet: an estimate. Other ways, or other returns, that only less quiet would suggest are
    left out, and the ways back are taken to be open; on the scenario of Gaza it was within two per cent of `deliver`'s
    own bound for the same windows.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    prepared : Prepared
        From `prepare`.
    usable : bool[Z, T]
        When trucks may be in each zone at most.

    Attributes
    ----------
    without : float
        Person-days of need met without any delivery, with diminishing value.
    """

    def __init__(self, scenario: Scenario, network: RoadNetwork, prepared: Prepared, usable: NDArray[np.bool_]) -> None:
        from letup.lp.solver import Solver

        need = needs(scenario, prepared.stocks, staying(scenario))
        self.without = need.value_without()[1]
        trips = prepared.trips(usable)
        self._program: DeliveryProgram = delivery_program(
            scenario, prepared.logistics, need, trips, residual_capacity(scenario, network, None)
        )
        self._trip = np.array([cargo.trip for cargo in self._program.cargoes], np.int64)
        self._passed = _passed(trips, scenario.step_minutes)
        self._trips = len(trips)
        self._solver = Solver(self._program.linear)
        self._known: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def value(self, quiet: NDArray[np.bool_]) -> float:
        """Person-days of need met more, with diminishing value, while trucks may be in zones: about, in whole ones."""
        trip, zone, begin, end = self._passed.T
        noisy = noisy_before(quiet)
        shut = np.zeros(self._trips, bool)
        shut[trip[noisy[zone, end] > noisy[zone, begin]]] = True
        key = np.packbits(shut).tobytes()
        with self._lock:  # one solver for all threads
            if key not in self._known:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[key] = self._solved(shut)
            return self._known[key]

    def _solved(self, shut: NDArray[np.bool_]) -> float:
        """Need met where some trips are shut, solved from where the solver was."""
        count = self._program.trucks
        if not count:
            return 0.0
        upper = np.where(shut[self._trip], 0.0, self._program.most_trucks)
        self._solver.set_bounds(np.arange(count), np.zeros(count), upper)
        self._solver.solve()
        # Rounded, so that it does not matter from where the solver came.
        return float(round(self._solver.objective))


def _passed(trips: list[Trip], step_minutes: int) -> NDArray[np.int64]:
    """Trip, zone, and steps from and up to which it must be quiet, for each part of a way there: int64[k, 4]."""
    rows = [
        (number, piece.zone, trip.first + int((enter + 1e-6) // step_minutes), end)
        for number, trip in enumerate(trips)
        for piece, enter, leave in zip(trip.path.pieces, trip.path.enters, trip.path.leaves, strict=True)
        if piece.zone >= 0
        for end in [trip.first + int(-(-(leave - 1e-6) // step_minutes))]
    ]
    return np.array(sorted(set(rows)), np.int64).reshape(-1, 4)
