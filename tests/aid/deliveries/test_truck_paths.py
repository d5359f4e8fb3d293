"""When trucks can be where, against a search by brute force in the network unfolded in time."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup import roads
from letup.aid.deliveries.logistics import logistics_of
from letup.aid.deliveries.make import kernel
from letup.aid.deliveries.make.truck_network import _steady
from letup.roads.open_times import OpenTimes
from letup.roads.timed_network import quiet_runs
from letup.roads.vehicle_paths import VehicleRoads
from letup.verify.truck_paths import BrokenPathError, TruckPaths
from tests.aid.deliveries.small import quiet_hours, strip
from tests.examples import examples


def unfolded(tail, head, lasts, row, gate, runs, is_open, wait, target, times):
    graph = nx.DiGraph()
    for t in range(times + 1):
        graph.add_node((target, t))
        for node in range(len(wait)):
            if wait[node] and t < times and node != target:
                graph.add_edge((node, t), (node, t + 1))
        for arc in range(len(tail)):
            after = t + lasts[arc]
            passable = gate[arc] < 0 or is_open[gate[arc], min(after, times - 1)]
            if t < times and after <= times and runs[t, row[arc]] >= lasts[arc] and tail[arc] != target and passable:
                graph.add_edge((int(tail[arc]), t), (int(head[arc]), int(after)))
    return graph


@examples(60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_arrivals_are_those_of_the_network_unfolded_in_time(seed):
    rng = np.random.default_rng(seed)
    nodes, arcs, times, zones = int(rng.integers(2, 6)), int(rng.integers(2, 10)), int(rng.integers(8, 40)), 2
    tail = np.sort(rng.integers(0, nodes, arcs))
    head = rng.integers(0, nodes, arcs).astype(np.int32)
    lasts = rng.integers(1, 4, arcs).astype(np.int32)
    quiet = np.repeat(rng.random((zones, times // 4 + 1)) < 0.6, 4, axis=1)[:, :times]
    runs = np.minimum(quiet_runs(*quiet.shape, quiet), 10_000).T.astype(np.int32).copy()
    row = rng.integers(0, zones + 1, arcs).astype(np.int32)
    gate = np.where(rng.random(arcs) < 0.2, 0, -1).astype(np.int32)
    is_open = np.repeat(rng.random((1, times // 6 + 1)) < 0.7, 6, axis=1)[:, :times]
    wait, target = rng.random(nodes) < 0.5, int(rng.integers(0, nodes))
    first = np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int64)
    steady = _steady(runs, is_open, int(lasts.max()))
    arrive, then = kernel.arrivals(first, head, lasts, row, gate, runs, is_open, wait, target, times, steady)
    graph = unfolded(tail, head, lasts, row, gate, runs, is_open, wait, target, times)
    ends = [(target, t) for t in range(times + 1)]
    for node in range(nodes):
        for t in range(times + 1):
            reached = [u for (v, u) in (nx.descendants(graph, (node, t)) if (node, t) in graph else ()) if v == target]
            expected = t if node == target else min(reached, default=kernel.NEVER)
            assert arrive[t, node] == expected, (node, t, ends)
            if expected < kernel.NEVER and node != target:
                paths, entered = kernel.follow(then, head, lasts, node, t, times)
                assert head[paths[-1]] == target
                assert entered[-1] + lasts[paths[-1]] == expected


def test_no_truck_is_on_a_road_when_the_pause_ends():
    from letup.aid.deliveries.make import prepare
    from letup.aid.deliveries.make.trips import trips

    scenario, network = strip()
    quiet = quiet_hours(scenario, 3, 6, ("north", "mill", "bridge"))
    base = prepare(scenario, network)
    possible_trips = trips(base.logistics, base.roads, quiet)
    assert {trip.stop for trip in possible_trips} >= {"point-north", "point-mill", "point-south"}
    minutes = scenario.step_minutes
    for trip in possible_trips:
        paths = [(trip.path, trip.first), (trip.path, trip.last)]
        paths += [(trip.back.path, trip.back.depart)] if trip.back else []
        for path, depart in paths:
            for piece, enter, leave in zip(path.pieces, path.enters, path.leaves, strict=True):
                if piece.zone >= 0:
                    begin, end = depart * minutes + enter, depart * minutes + leave
                    steps = np.arange(int((begin + 1e-6) // minutes), int(np.ceil((end - 1e-6) / minutes)))
                    assert quiet[piece.zone, steps].all()
        if trip.stop not in ("point-south", "store"):
            assert trip.first * minutes / 60 % 24 == pytest.approx(3, abs=3)


def test_trucks_keep_off_roads_that_do_not_bear_them_and_ambulances_do_not():
    scenario, network = strip()
    quiet = quiet_hours(scenario, 0, 24)
    used = {network.road[arc] for arc in arcs_of_trips(scenario, network, quiet)}
    weak = scenario.roads.copy()
    road = max(used, key=lambda name: weak.geometry[name].length)
    weak.loc[road, "lorry_tonnes"] = 2 * scenario.trucks["payload_kg"].max() / 1000 - 0.1
    closed = replace(scenario, roads=weak)
    network = roads.build(closed)
    still_used = {network.road[arc] for arc in arcs_of_trips(closed, network, quiet)}
    assert road not in still_used
    arcs = np.flatnonzero(np.array(network.road) == road)
    open_times = OpenTimes(closed, network, quiet)
    assert not VehicleRoads(closed, network, open_times, 20.0).usable[arcs].any()
    assert VehicleRoads(closed, network, open_times, 20.0, "vehicle").usable[arcs].all()
    replay = TruckPaths(closed, network, logistics_of(closed), quiet)
    with pytest.raises(BrokenPathError, match="is no road that lorries may use"):
        replay._parsed(f"{arcs[0]}@0")
    lighter = replace(closed, deliveries=replace(closed.deliveries, truck_tonnes=1.0))
    assert roads.build(lighter).lorries[arcs].all()


def arcs_of_trips(scenario, network, quiet):
    from letup.aid.deliveries.make import prepare

    trips = prepare(scenario, network).trips(quiet)
    return {piece.arc for trip in trips for piece in trip.path.pieces if piece.arc >= 0}
