"""When zones are quiet and places open for vehicles, minute by minute."""

from __future__ import annotations

import numpy as np
import pandas as pd

from letup.core.arrays import Bools
from letup.roads.departures import open_steps
from letup.roads.network import RoadNetwork
from letup.roads.places import needs_pause
from letup.scenario.model import Scenario

TRUCKS_STAY = frozenset({"crossing", "warehouse", "distribution_point", "shelter"})
"""Kinds of places where trucks may stay when the zone is not quiet: off the road, beside what they bring."""

AMBULANCES_STAY = TRUCKS_STAY | {"hospital"}
"""Kinds of places where ambulances may."""


def vehicles_need_pause(scenario: Scenario) -> Bools:
    """For each zone, whether vehicles that bring aid need a pause there."""
    free = getattr(getattr(scenario, "deliveries", None), "without_pause", ())
    return needs_pause(scenario) & ~np.isin(np.array(scenario.zone_ids, object), list(free))


class OpenTimes:
    """Minutes at which each zone is quiet and each place with hours is open.

    There is a row for each zone, by its number, and one more for each place with hours.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    network : RoadNetwork
        Its roads.
    quiet : bool[zones, steps]
        When each zone is paused.
    margin_minutes : int
        Minutes at the end of each pause that are not used.
    stays : set of str
        Kinds of places where the vehicles may stay whatever happens, besides those with ``wait``.
    """

    def __init__(
        self,
        scenario: Scenario,
        network: RoadNetwork,
        quiet: Bools,
        margin_minutes: int = 0,
        stays: frozenset[str] = TRUCKS_STAY,
    ) -> None:
        step = scenario.step_minutes
        self.minutes = scenario.steps * step
        self.zones = len(scenario.zones)
        enterable = np.repeat(np.asarray(quiet, bool), step, axis=1)
        pause_needed = vehicles_need_pause(scenario)
        quiet_now = enterable.copy()
        for ahead in range(1, margin_minutes + 1):
            enterable[:, :-ahead] &= quiet_now[:, ahead:]
            enterable[:, -ahead:] = False
        enterable[~pause_needed] = True
        self.row_of_hours: dict[str, int] = {}
        rows = [*enterable]
        hours = scenario.places.get("hours", pd.Series(dtype=object))
        for place, text in hours.items():
            if isinstance(text, str) and text.strip():
                self.row_of_hours[str(place)] = len(rows)
                rows.append(np.repeat(open_steps(text, scenario, scenario.steps, step), step))
        self.open = np.array(rows, bool).reshape(len(rows), self.minutes)
        self._shut = np.concatenate([np.zeros((len(rows), 1), np.int32), np.cumsum(~self.open, axis=1)], axis=1)
        self.zone_of: dict[str, int] = {}
        for place, kind, waits in zip(
            scenario.places.index, scenario.places["kind"], scenario.places["wait"], strict=True
        ):
            node = network.place_node.get(str(place), -1)
            zone = int(network.node_zone[node]) if node >= 0 else -1
            self.zone_of[str(place)] = -1 if zone < 0 or not pause_needed[zone] or waits == 1 or kind in stays else zone

    def may_stay(self, place: str) -> bool:
        """Whether vehicles may stay at a place when its zone is not quiet, or none is needed."""
        return self.zone_of[place] < 0

    def throughout(self, row: int, first: int, last: int) -> bool:
        """Whether a row is open at all minutes from ``first`` up to, not including, ``last``."""
        if first < 0 or last > self.minutes:
            return False
        return last <= first or bool(self._shut[row, last] == self._shut[row, first])

    def starts(self, row: int, after: int, before: int) -> Bools:
        """For each minute t, whether a row is open from minute t + after up to, not including, t + before."""
        fits = np.zeros(self.minutes, bool)
        last = self.minutes - before
        if last > 0 and last + after > 0:
            first = max(0, -after)
            at = np.arange(first, last)
            fits[first:last] = self._shut[row, at + before] == self._shut[row, at + after]
        return fits

    def stay_starts(self, place: str, minutes: int) -> Bools:
        """For each minute, whether a vehicle may stand at a place from then on for some minutes."""
        zone = self.zone_of[place]
        if zone < 0:
            fits = np.zeros(self.minutes, bool)
            fits[: max(0, self.minutes - minutes)] = True
            return fits
        return self.starts(zone, 0, max(minutes, 1))

    def service_starts(self, place: str, minutes: int) -> Bools:
        """For each minute, whether a vehicle can be worked at from then on for some minutes: quiet, and open."""
        fits = self.stay_starts(place, minutes)
        if place in self.row_of_hours:
            fits = fits & self.starts(self.row_of_hours[place], 0, max(minutes, 1))
        return fits
