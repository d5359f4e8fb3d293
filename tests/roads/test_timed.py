"""From the network to steps: times, capacities, what is joined and what is kept."""

import dataclasses

import networkx as nx
import numpy as np
import pytest

from letup.core.errors import LetupError
from letup.flow import TimedNetwork, earliest_arrival
from letup.roads import build, timed
from letup.roads.places import waiting_rooms
from tests.roads.small import DRIVERS, WALKERS, people, place, road, scenario, zone

ALL = zone("all", -1000, -1000, 40_000, 20_000)
SLOW = dataclasses.replace(WALKERS, name="slow", speed_kmh=2.5)


def straight(*, length=10_000, more=(), who=(), **settings):
    places = [place("h", "protected_site", 0, 0), place("s", "shelter", length, 0, room=10_000), *more]
    return scenario([ALL], [road("r", (0, 0), (length, 0))], places, [people(100, place="h"), *who], **settings)


def expanded(net, steps):
    """The network in time, for networkx: its maximum flow by each step."""
    graph = nx.DiGraph()
    capacity = net.capacity if net.capacity.ndim == 2 else np.repeat(net.capacity[:, None], steps, axis=1)

    def add(a, b, amount):
        if amount > 0:
            before = graph.edges[a, b]["capacity"] if graph.has_edge(a, b) else 0
            graph.add_edge(a, b, capacity=before + int(amount))

    for node, amount in enumerate(net.supply):
        for t in range(steps):
            add(("home", node), (node, t), amount)
        add("source", ("home", node), amount)
    for node, room in enumerate(net.shelter):
        for t in range(steps):
            add((node, t), ("in", node), room)
        add(("in", node), "sink", room)
    for node in np.flatnonzero(net.wait):
        for t in range(steps - 1):
            add((int(node), t), (int(node), t + 1), 10**9)
    for arc in range(len(net.tail)):
        for t in range(steps - int(net.transit[arc])):
            add((int(net.tail[arc]), t), (int(net.head[arc]), t + int(net.transit[arc])), capacity[arc, t])
    return graph


def arrivals(net, steps):
    """Most people who can have arrived within so many steps, for each number of steps."""
    totals = []
    for horizon in range(1, steps + 1):
        graph = expanded(net, horizon)
        both = graph.has_node("source") and graph.has_node("sink")
        totals.append(int(nx.maximum_flow_value(graph, "source", "sink")) if both else 0)
    return totals


def all_who_get_out(net, steps):
    """Most people who can have arrived at the end, everything quiet, by the engine."""
    within = TimedNetwork(net.tail, net.head, net.transit, net.capacity, net.supply, net.shelter, net.wait, net.zone)
    return int(earliest_arrival(within, steps, np.ones((within.zones, steps), bool)).arrivals.sum())


def quickest(net):
    """Steps from each node with people to the nearest shelter."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(net.supply)))
    graph.add_weighted_edges_from(zip(net.tail.tolist(), net.head.tolist(), net.transit.tolist(), strict=True))
    distance = nx.multi_source_dijkstra_path_length(graph.reverse(), set(np.flatnonzero(net.shelter).tolist()))
    return {node: distance.get(node) for node in np.flatnonzero(net.supply).tolist()}


def test_ten_kilometres_at_four_an_hour_are_thirty_steps_of_five_minutes():
    case = straight()
    net = timed(build(case), case, "walkers")
    assert quickest(net) == {int(np.flatnonzero(net.supply)[0]): 30}
    assert net.true_minutes[0] == pytest.approx(150, rel=0.001)
    assert net.capacity.tolist() == [9900 // 12] * 2
    assert (net.kind, net.zone.tolist()) == (("road", "road"), [0, 0])
    assert net.supply.sum() == 100
    assert net.shelter.max() == 10_000


def test_other_steps_for_the_same_road():
    case = straight()
    net = timed(build(case), case, "walkers", step_minutes=15)
    assert net.transit.tolist() == [10, 10]
    assert net.capacity.tolist() == [9900 // 4] * 2


def test_vehicles_take_the_lower_of_their_speed_and_the_roads():
    case = straight(who=[people(8, place="h", group="drivers")], groups=(WALKERS, DRIVERS))
    net = timed(build(case), case, "drivers")
    assert net.true_minutes[0] == pytest.approx(20, rel=0.001)
    assert net.capacity[0] == 1200 * 4 // 12
    slower = dataclasses.replace(case, roads=case.roads.assign(speed_kmh=10.0))
    assert timed(build(slower), slower, "drivers").true_minutes[0] == pytest.approx(60, rel=0.001)


def test_a_road_of_many_short_arcs_takes_no_longer_than_one_long_arc():
    sides = [road(f"x{i}", (i * 150, 0), (i * 150, 600)) for i in range(1, 66)]
    ends = [place(f"p{i}", "protected_site", i * 150, 600) for i in range(1, 66)]
    roads = [road("r", (0, 0), (10_000, 0)), *sides]
    places = [place("h", "protected_site", 0, 0), place("s", "shelter", 10_000, 0, room=9)]
    who = [people(100, place="h")]
    case = scenario([ALL], roads, places, who)
    crowded = scenario([ALL], roads, places + ends, who + [people(5, place=f"p{i}") for i in range(1, 66)])
    for streets in (case, crowded):
        net = timed(build(streets), streets, "walkers")
        start = next(node for node in quickest(net) if net.supply[node] == 100)
        assert quickest(net)[start] == 30
    assert net.rounding.worst_far < 0.05
    assert net.rounding.origins == 66


def test_through_and_local_arcs_together_never_carry_more_than_the_road():
    sides = [road(f"x{i}", (i * 150, 0), (i * 150, 600)) for i in range(1, 30)]
    ends = [place(f"p{i}", "protected_site", i * 150, 600) for i in range(1, 30)]
    case = scenario(
        [ALL],
        [road("r", (0, 0), (6000, 0)), *sides],
        [place("s", "shelter", 6000, 0, room=9), *ends],
        [people(5, place=f"p{i}") for i in range(1, 30)],
    )
    network = build(case)
    net = timed(network, case, "walkers")
    carried = np.zeros(len(network.tail))
    for arc, pieces in enumerate(net.pieces):
        carried[pieces] += net.capacity[arc]
    assert max(len(pieces) for pieces in net.pieces) > 1
    assert (carried <= network.foot_per_hour / 12 + 1e-9).all()


def test_pieces_lead_from_start_to_end_in_one_zone():
    zones = [zone("w", -500, -1000, 4300, 9000), zone("e", 4300, -1000, 20_000, 9000)]
    roads = [road(f"x{i}", (i * 400, 0), (i * 400, 3000)) for i in range(20)]
    roads += [road(f"y{j}", *((i * 400, j * 300) for i in range(20))) for j in range(5)]
    case = scenario(zones, roads, [place("s", "shelter", 7600, 0, room=900)], [people(99, zone="w")], half_time_hours=1)
    network = build(case)
    net = timed(network, case, "walkers")
    assert net.supply.sum() == 99
    for arc, pieces in enumerate(net.pieces):
        if net.kind[arc] != "road":
            assert len(pieces) == 0
            continue
        assert network.tail[pieces[0]] == net.node[net.tail[arc]]
        assert network.head[pieces[-1]] == net.node[net.head[arc]]
        assert (network.head[pieces[:-1]] == network.tail[pieces[1:]]).all()
        assert set(network.zone[pieces].tolist()) == {int(net.zone[arc])}
        assert net.true_minutes[arc] == pytest.approx(network.length_m[pieces].sum() * 0.06 / 4)


def test_a_checkpoint_cannot_be_passed_by_and_keeps_hours_and_rate():
    case = straight(more=[place("c", "checkpoint", 6000, 0, throughput_per_hour=10_000, hours="07:00-08:00")])
    net = timed(build(case), case, "walkers")
    (gate,) = [arc for arc, kind in enumerate(net.kind) if kind == "checkpoint"]
    assert net.capacity.shape == (5, 144)
    assert net.capacity[gate].sum() == 10_000
    assert np.flatnonzero(net.capacity[gate]).tolist() == list(range(12, 24))
    assert net.shared.tolist() == [arc == gate for arc in range(5)]
    assert net.place[net.tail[gate]] == "c"
    graph = nx.DiGraph([(a, b) for arc, (a, b) in enumerate(zip(net.tail, net.head, strict=True)) if arc != gate])
    start, end = int(np.flatnonzero(net.supply)[0]), int(np.flatnonzero(net.shelter)[0])
    assert not nx.has_path(graph, start, end)


def test_leaving_home_is_limited_by_readiness_and_waiting_at_home_is_free():
    case = straight(half_time_hours=2.0)
    net = timed(build(case), case, "walkers")
    (leaving,) = [arc for arc, kind in enumerate(net.kind) if kind == "leaving home"]
    assert net.capacity[leaving].sum() == 100
    assert np.cumsum(net.capacity[leaving])[23] == pytest.approx(50, abs=1)
    assert net.zone[leaving] == -1
    assert net.wait[net.head[leaving]]
    assert net.supply[net.tail[leaving]] == 100


def test_groups_of_one_mode_share_nodes_arcs_and_capacity():
    case = straight(who=[people(40, zone="all", group="slow")], groups=(SLOW, WALKERS), half_time_hours=3)
    network = build(case)
    walkers, slow = timed(network, case, "walkers"), timed(network, case, "slow")
    for name in ("tail", "head", "capacity", "zone", "wait", "shelter", "node", "shared"):
        assert np.array_equal(getattr(walkers, name), getattr(slow, name)), name
    assert walkers.kind == slow.kind
    assert (walkers.supply.sum(), slow.supply.sum()) == (100, 40)
    roads = np.array(walkers.kind) == "road"
    assert (slow.transit[roads] > walkers.transit[roads]).all()


def test_people_may_wait_only_where_allowed_or_where_no_pause_is_needed():
    zones = [zone("w", -500, -500, 5000, 500), zone("e", 5000, -500, 20_000, 500, needs_pause=False)]
    roads = [
        road("a", (0, 0), (3000, 0)),
        road("b", (3000, 0), (10_000, 0)),
        road("c", (7000, 0), (7000, 400), (8000, 0)),
    ]
    places = [place("s", "shelter", 10_000, 0, room=9), place("y", "waiting_place", 2000, 0, wait=True)]
    case = scenario(zones, roads, places, [people(10, zone="w")])
    network = build(case)
    net = timed(network, case, "walkers", contract=False)
    east = {int(net.node[i]) for i in np.flatnonzero(net.wait)}
    assert network.place_node["y"] in east
    others = east - {network.place_node["y"]}
    assert {int(network.node_zone[node]) for node in others} == {1}
    assert (net.zone[net.zone >= 0] == 0).all()


def test_a_places_own_room_to_wait_counts_also_where_no_pause_is_needed():
    zones = [zone("e", -500, -500, 20_000, 500, needs_pause=False)]
    roads = [road("a", (0, 0), (3000, 0)), road("b", (3000, 0), (10_000, 0))]
    places = [
        place("s", "shelter", 10_000, 0, room=9),
        place("y", "waiting_place", 3000, 0, wait=True, waiting_room=7),
        place("z", "waiting_place", 6000, 0, wait=True),
    ]
    case = scenario(zones, roads, places, [people(10, zone="e")])
    network = build(case)
    day = waiting_rooms(network, case).day
    assert day[network.place_node["y"]] == 7
    # primary roads of 10 m, half way to the next places: 3,000 and 4,000 m away
    assert day[network.place_node["z"]] == pytest.approx(10 * (3000 + 4000) / 2, rel=0.01)


def test_two_shelters_at_one_point_keep_their_own_room():
    case = straight(more=[place("s2", "shelter", 10_000, 0, room=77)])
    net = timed(build(case), case, "walkers")
    rooms = {net.place[node]: int(net.shelter[node]) for node in np.flatnonzero(net.shelter)}
    assert rooms == {"s": 10_000, "s2": 77}
    assert net.kind.count("into place") == 2


def test_who_cannot_reach_a_shelter_is_still_counted():
    case = scenario(
        [ALL],
        [road("a", (0, 0), (3900, 0)), road("b", (4100, 0), (8900, 0))],
        [place("s", "shelter", 200, 0, room=5)],
        [people(1000, zone="all", share_leaving=0.3)],
        half_time_hours=1,
    )
    net = timed(build(case), case, "walkers")
    assert net.supply.sum() == 300
    assert sum(steps is None for steps in quickest(net).values()) == 2


KILOMETRE = 999.76
"""On the projection of the small scenarios, which draws lengths a little short."""


def random_streets(rng, *, steps):
    """Streets whose every piece takes whole steps at 6 km/h and 5 minutes: 500 m or 1,000 m."""
    size = 4
    roads = []
    for i in range(size):
        for j in range(size):
            for k, (a, b) in enumerate(((i + 1, j), (i, j + 1))):
                if a < size and b < size and rng.random() < 0.75:
                    an_hour = 12 * int(rng.choice([2, 4, 10]))
                    ends = np.array([(i, j), (a, b)]) * KILOMETRE
                    roads.append(road(f"{i}{j}{k}", *ends.tolist(), foot_per_hour=an_hour))
    corners = rng.permutation(size * size)[:5]
    at = [(int(corner) // size * KILOMETRE, int(corner) % size * KILOMETRE) for corner in corners]
    places = [place(f"s{k}", "shelter", *at[k], room=int(rng.integers(5, 60))) for k in (0, 1)]
    places += [place(f"h{k}", "hospital", *at[k]) for k in (2, 3, 4)]
    who = [people(int(rng.integers(10, 60)), place=f"h{k}") for k in (2, 3, 4)]
    zones = [zone("w", -400, -400, 1.5 * KILOMETRE, 9000), zone("e", 1.5 * KILOMETRE, -400, 9000, 9000)]
    swift = dataclasses.replace(WALKERS, speed_kmh=6.0)
    return scenario(zones, roads, places, who, groups=(swift,), steps=steps)


@pytest.mark.parametrize("seed", range(8))
def test_joining_chains_changes_neither_total_nor_arrivals(seed):
    case = random_streets(np.random.default_rng(seed), steps=14)
    network = build(case)
    whole, joined = timed(network, case, "walkers", contract=False), timed(network, case, "walkers")
    assert len(joined.tail) <= len(whole.tail)
    assert arrivals(joined, 14) == arrivals(whole, 14)


@pytest.mark.parametrize("seed", range(12))
def test_whole_hours_carry_the_hourly_figure_of_the_narrowest_road_along_the_whole_way(seed):
    rng = np.random.default_rng(seed)
    figures = rng.choice([0.5, 1, 2, 3, 5, 6, 8, 12, 20, 31.5, 100], int(rng.integers(1, 6))).tolist()
    step, length = int(rng.choice([1, 5, 10, 15])), float(rng.uniform(100, 700))
    ends = [(i * length, 0.0) for i in range(len(figures) + 1)]
    scene = scenario(
        [zone("w", -400, -400, 1.4 * length, 400), zone("e", 1.4 * length, -400, 9000, 400)],
        [road(f"r{i}", ends[i], ends[i + 1], foot_per_hour=figure) for i, figure in enumerate(figures)],
        [place("s", "shelter", *ends[-1], room=10_000), place("h", "hospital", *ends[0])],
        [people(2_000, place="h")],
        groups=(dataclasses.replace(WALKERS, speed_kmh=4.0), dataclasses.replace(WALKERS, name="slow", speed_kmh=2.0)),
        steps=12 * 60 // step,
    )
    scene = dataclasses.replace(scene, step_minutes=step)
    network = build(scene)
    net = timed(network, scene, "walkers")
    hours = 12 - max(quickest(net).values()) * step / 60
    out = all_who_get_out(net, scene.steps)
    assert np.floor(hours * min(figures)) - 1 <= out <= np.ceil(hours * min(figures)) + 1


def test_a_slower_group_goes_at_the_same_steps_as_the_fastest_one():
    """What one group leaves of a road is the next one's, so roads must open at the same steps for both."""
    scene = scenario(
        [zone("w", -400, -400, 9000, 400)],
        [road("a", (0, 0), (900, 0), foot_per_hour=7), road("b", (900, 0), (2500, 0), foot_per_hour=9)],
        [place("s", "shelter", 2500, 0, room=10_000), place("h", "hospital", 0, 0)],
        [people(100, place="h"), {**people(100, place="h"), "group": "slow"}],
        groups=(dataclasses.replace(WALKERS, speed_kmh=4.0), dataclasses.replace(WALKERS, name="slow", speed_kmh=2.0)),
        steps=144,
    )
    network = build(scene)
    fast, slow = timed(network, scene, "walkers"), timed(network, scene, "slow")
    assert (fast.capacity == slow.capacity).all()
    assert (fast.transit != slow.transit).any()
    assert 7 * 10 <= all_who_get_out(slow, 144) <= 7 * 12


@pytest.mark.parametrize("speed", [2.5, 4.0, 5.3])
def test_quickest_routes_in_steps_are_within_a_step_or_five_per_cent(speed):
    rng = np.random.default_rng(11)
    roads = []
    spot = {(i, j): (i * 500 + rng.normal(0, 60), j * 500 + rng.normal(0, 60)) for i in range(16) for j in range(16)}
    for (i, j), at in spot.items():
        for a, b in ((1, 0), (0, 1), (1, 1), (1, -1)):
            if (i + a, j + b) in spot:
                roads.append(road(f"{i}.{j}.{a}{b}", at, spot[i + a, j + b], **{"class": "access", "modes": "foot"}))
    zones = [zone("w", -600, -600, 3000, 9000), zone("m", 3000, -600, 5000, 9000), zone("e", 5000, -600, 9000, 9000)]
    case = scenario(
        zones,
        roads,
        [place("s", "shelter", *spot[15, 15], room=9)],
        [people(9000, zone="w")],
        groups=(dataclasses.replace(WALKERS, speed_kmh=speed),),
    )
    net = timed(build(case), case, "walkers")
    assert net.rounding.worst_far < 0.05
    assert net.rounding.worst_steps <= 1.0
    # Nowhere does any arc beat its own time by more than a step.
    assert (net.transit - net.true_minutes / 5 > -1.5).all()


def test_no_such_group_is_one_clear_error():
    case = straight()
    with pytest.raises(LetupError, match=r"roads\.group"):
        timed(build(case), case, "swimmers")
