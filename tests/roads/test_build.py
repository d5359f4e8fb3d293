"""From layers to a network."""

import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from letup.core.errors import LetupError
from letup.roads import build
from tests.roads.small import DRIVERS, WALKERS, people, place, road, scenario, zone

ALL = zone("all", -1000, -1000, 20_000, 20_000)


def undirected(network):
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(len(network.lon)))
    for i in range(0, len(network.tail), 2):
        graph.add_edge(int(network.tail[i]), int(network.head[i]), length=network.length_m[i], road=network.road[i])
    return graph


def ends_of(network, name):
    arcs = [i for i, of in enumerate(network.road) if of == name]
    return {int(network.tail[i]) for i in arcs} | {int(network.head[i]) for i in arcs}


def test_lines_meet_where_they_share_a_vertex():
    network = build(
        scenario([ALL], [road("a", (0, 0), (500, 0), (1000, 0)), road("b", (500, 300), (500, 0), (500, -300))], [], [])
    )
    graph = undirected(network)
    assert sorted(dict(graph.degree()).values()) == [1, 1, 1, 1, 4]


def test_a_bridge_over_a_road_is_no_junction():
    network = build(scenario([ALL], [road("a", (0, 0), (1000, 0)), road("over", (500, 300), (500, -300))], [], []))
    assert nx.number_connected_components(undirected(network)) == 2
    assert not ends_of(network, "a") & ends_of(network, "over")


@pytest.mark.parametrize(("gap", "joined"), [(0.0, True), (0.8, True), (1.5, False)])
def test_an_end_on_another_road_joins_it_within_a_metre(gap, joined):
    network = build(scenario([ALL], [road("a", (0, 0), (1000, 0)), road("side", (400, gap), (400, 300))], [], []))
    assert nx.is_connected(undirected(network)) is joined
    if joined:
        assert network.length_m[::2].sum() == pytest.approx(1300, abs=2)


def test_ends_a_little_apart_are_one_node():
    network = build(scenario([ALL], [road("a", (0, 0), (1000, 0)), road("b", (1000.6, 0.3), (2000, 0))], [], []))
    assert len(network.lon) == 3


def test_lengths_are_those_of_the_ellipsoid():
    points = [(0, 0), (3000, 4000), (3000, 9000), (12_000, 9000)]
    network = build(scenario([ALL], [road("a", *points)], [], []))
    course = network.line[0]
    truth = pyproj.Geod(ellps="WGS84").line_length(course[:, 0], course[:, 1])
    assert network.length_m[0] == pytest.approx(truth)
    assert network.length_m[0] == pytest.approx(19_000, rel=0.001)  # what the plane says, less its scale


def test_every_arc_lies_in_one_zone_and_nothing_is_lost():
    zones = [zone("w", 0, -500, 4000, 500), zone("m", 4000, -500, 6000, 500), zone("e", 6000, -500, 10_000, 500)]
    roads = [road("a", (100, 0), (9900, 0)), road("b", (3500, -400), (6500, 400)), road("c", (4000, -400), (4000, 400))]
    case = scenario(zones, roads, [], [])
    network = build(case)
    shapes = case.zones.geometry.to_numpy()
    for arc, course in enumerate(network.line):
        if network.road[arc] == "c":  # runs along a border: one zone for all of it
            assert network.zone[arc] in (0, 1)
            continue
        middle = shapely.LineString(course)
        inside = [shapely.length(shapely.intersection(middle, shape)) / shapely.length(middle) for shape in shapes]
        assert inside[network.zone[arc]] > 0.97
    for name, total in (("a", 9800), ("b", 3104.8), ("c", 800)):
        own = sum(network.length_m[i] for i in range(0, len(network.tail), 2) if network.road[i] == name)
        assert own == pytest.approx(total, rel=0.001)


def test_a_stretch_too_short_for_the_drawing_of_a_border_stays_with_its_neighbour():
    zones = [zone("w", 0, -500, 4000, 500), zone("e", 4000, -500, 8000, 500)]
    network = build(scenario(zones, [road("a", (100, 0), (4010, 0)), road("b", (4010, 0), (7000, 0))], [], []))
    assert len(network.lon) == 3


def test_a_zone_that_needs_no_pause_has_no_number_on_its_arcs():
    zones = [zone("w", 0, -500, 4000, 500), zone("e", 4000, -500, 8000, 500, needs_pause=False)]
    network = build(scenario(zones, [road("a", (100, 0), (7900, 0))], [], []))
    assert sorted(network.zone.tolist()) == [-1, -1, 0, 0]
    assert sorted(set(network.node_zone.tolist())) == [0, 1]


def test_road_outside_all_zones_is_reported_with_its_length():
    network = build(scenario([zone("w", 0, -500, 4000, 500)], [road("a", (0, 0), (6000, 0))], [], []))
    (finding,) = [finding for finding in network.findings if finding.code == "roads.outside_zones"]
    assert "2.0 km of 6.0 km" in finding.message


def test_one_way_binds_vehicles_only():
    network = build(scenario([ALL], [road("a", (0, 0), (1000, 0), oneway=True, lanes=1)], [], []))
    assert (network.foot_per_hour > 0).all()
    assert (network.vehicles_per_hour > 0).tolist() == [True, False]
    assert network.lon[network.tail[0]] < network.lon[network.head[0]]


def test_damage_takes_its_share_and_closes_at_one():
    roads = [
        road("a", (0, 0), (900, 0), damage=0.25),
        road("b", (0, 100), (900, 100), damage=1.0),
        road("c", (0, 200), (900, 200)),
    ]
    network = build(scenario([ALL], roads, [], []))
    foot = {name: network.foot_per_hour[i] for i, name in enumerate(network.road)}
    assert foot["a"] == pytest.approx(0.75 * foot["c"])
    assert foot["b"] == 0


def test_a_place_stands_at_the_nearest_point_of_a_road():
    case = scenario(
        [ALL],
        [road("a", (0, 0), (1000, 0)), road("b", (0, 400), (1000, 400))],
        [place("s", "shelter", 300, 90, room=5)],
        [],
    )
    network = build(case)
    node = network.place_node["s"]
    at = pyproj.Geod(ellps="WGS84").inv(
        network.lon[node], network.lat[node], case.places.geometry.x["s"], case.places.geometry.y["s"]
    )
    assert at[2] == pytest.approx(90, rel=0.01)
    assert ends_of(network, "a") >= {node}
    assert len(ends_of(network, "a")) == 3


def test_a_place_far_from_any_road_is_reported_and_left_off():
    network = build(scenario([ALL], [road("a", (0, 0), (1000, 0))], [place("s", "shelter", 300, 600, room=5)], []))
    assert network.place_node == {}
    assert [finding.code for finding in network.findings] == ["places.off_network"]


def test_people_without_a_road_to_a_shelter_are_counted():
    case = scenario(
        [zone("w", 0, -500, 4000, 500), zone("e", 4001, -500, 9000, 500)],
        [road("a", (0, 0), (3900, 0)), road("b", (4100, 0), (8900, 0))],
        [place("s", "shelter", 200, 0, room=5)],
        [people(1000, zone="e", share_leaving=0.3), people(70, zone="w")],
    )
    (finding,) = [finding for finding in build(case).findings if finding.code == "roads.cut_off"]
    assert finding.message.startswith("300 people in E ")
    assert finding.where == "zone e"


def test_vehicles_do_not_use_footpaths_but_their_people_may_walk_to_a_road():
    case = scenario(
        [ALL],
        [road("a", (0, 0), (3900, 0)), road("p", (3900, 0), (3900, 900), **{"class": "footpath", "modes": "foot"})],
        [place("s", "shelter", 200, 0, room=5), place("h", "hospital", 3900, 900)],
        [people(10, place="h", group="drivers")],
        groups=(WALKERS, DRIVERS),
    )
    network = build(case)
    assert not [finding for finding in network.findings if finding.code == "roads.cut_off"]
    assert all(network.vehicles_per_hour[i] == 0 for i, name in enumerate(network.road) if name == "p")


def test_a_checkpoint_that_can_be_walked_round_is_reported():
    roads = [road("a", (0, 0), (3000, 0)), road("round", (0, 0), (0, 500), (3000, 500), (3000, 0))]
    places = [place("c", "checkpoint", 1500, 0, throughput_per_hour=10), place("s", "shelter", 3000, 0, room=5)]
    case = scenario([ALL], roads, places, [people(5, zone="all")])
    assert "roads.checkpoint_bypassed" in [finding.code for finding in build(case).findings]
    alone = scenario([ALL], roads[:1], places, [people(5, zone="all")])
    assert "roads.checkpoint_bypassed" not in [finding.code for finding in build(alone).findings]


def test_no_road_at_all_is_one_clear_error():
    with pytest.raises(LetupError, match=r"roads\.empty"):
        build(scenario([ALL], [], [], []))


def test_random_street_grids_agree_with_networkx_on_distances():
    rng = np.random.default_rng(3)
    for _ in range(5):
        roads, truth = [], nx.Graph()
        for i in range(6):
            for j in range(6):
                for k, (a, b) in enumerate(((i + 1, j), (i, j + 1))):
                    if a < 6 and b < 6 and rng.random() < 0.8:
                        roads.append(road(f"{i}{j}{k}", (i * 700, j * 900), (a * 700, b * 900)))
                        truth.add_edge((i, j), (a, b), length=700.0 if k == 0 else 900.0)
        network = build(scenario([ALL], roads, [], []))
        graph = undirected(network)
        assert nx.number_connected_components(graph) == nx.number_connected_components(truth)
        assert nx.minimum_spanning_tree(graph, "length").size("length") == pytest.approx(
            nx.minimum_spanning_tree(truth, "length").size("length"), rel=0.001
        )


def test_roads_that_name_their_ends_meet_only_where_they_name_the_same_point():
    bridge = road("bridge", (0, 500), (500, 500), (1000, 500), from_node="1", to_node="2")
    ramp = road("ramp", (1000, 500), (2000, 500), from_node="2", to_node="6")
    low = road("low", (500, 0), (500, 500), (500, 1000), from_node="3", to_node="4")
    beside = road("beside", (2000, 500.4), (2000, 1500), from_node="7", to_node="8")
    network = build(scenario([ALL], [bridge, ramp, low, beside], [], []))
    assert ends_of(network, "bridge") & ends_of(network, "ramp")
    assert nx.number_connected_components(undirected(network)) == 3


def test_a_road_drawn_by_hand_meets_what_it_touches_though_that_names_its_ends():
    bridge = road("bridge", (0, 500), (1000, 500), from_node="1", to_node="2")
    by_hand = [road("end", (1000.5, 500), (1000.5, 900), from_node=None, to_node=None)]
    by_hand += [road("side", (400, 499.5), (400, 0), from_node=None, to_node=None)]
    assert nx.is_connected(undirected(build(scenario([ALL], [bridge, *by_hand], [], []))))


def test_each_direction_has_the_lanes_that_are_given_for_it():
    roads = [road("a", (0, 0), (1000, 0), lanes=3, lanes_forward=2.0, lanes_backward=1.0)]
    network = build(scenario([ALL], roads, [], [], groups=(WALKERS, DRIVERS)))
    assert network.vehicles_per_hour.tolist() == [2400, 1200]


@pytest.mark.parametrize(
    ("tonnes", "payload_kg", "open_to_them"), [(0, 3000, False), (7.5, 3000, True), (7.5, 4000, False)]
)
def test_trucks_keep_off_roads_that_do_not_bear_them(tonnes, payload_kg, open_to_them):
    trucks = pd.DataFrame({"payload_kg": [payload_kg]})
    roads = [road("a", (0, 0), (1000, 0), lorry_tonnes=float(tonnes))]
    network = build(scenario([ALL], roads, [], [], groups=(WALKERS, DRIVERS), trucks=trucks))
    assert (network.vehicles_per_hour > 0).all()
    assert network.lorries.tolist() == [open_to_them] * 2


def test_a_road_drawn_by_the_millimetre_meets_itself_nowhere():
    points = [(i * 0.004, 0.0) for i in range(5000)]
    network = build(scenario([ALL], [road("a", *points)], [], []))
    assert len(network.lon) == 2


def test_a_road_that_crosses_a_border_again_and_again_is_laid_out_in_time():
    zones = [zone("south", -100, -1000, 20_000, 0), zone("north", -100, 0, 20_000, 1000)]
    points = [(i * 2.0, 50.0 if i % 2 else -50.0) for i in range(2000)]
    network = build(scenario(zones, [road("a", *points)], [], []))
    assert set(network.zone.tolist()) == {0, 1}
    assert len(network.tail) == 4000
