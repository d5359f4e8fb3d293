"""Extracts of OpenStreetMap as they really are: edited by hand, cut off, of a war; each object by its state."""

import gzip
from pathlib import Path

import networkx as nx
import pytest
import shapely

from letup.core.errors import LetupError
from letup.roads import build
from letup.scenario import load
from letup.scenario.importers import from_osm, osm_tags

CASES = Path(__file__).parents[1] / "cases"


class Imports:
    """What an import made: its roads by id, the network, and what was said."""

    def __init__(self, extract, out, zones=None):
        self.done = from_osm(extract, zones or extract.parent / "zones.geojson", out)
        self.scenario = load(self.done.folder)
        self.roads = self.scenario.roads
        self.network = build(self.scenario)

    def said(self, code):
        return " | ".join(finding.message for finding in self.done.findings if finding.code == code)

    def parts(self, way):
        return self.roads[[name == way or name.startswith(f"{way}.") for name in self.roads.index]]

    def components(self, mode="foot"):
        """Sets of ways that people of a mode can go between."""
        graph = nx.Graph()
        rate = self.network.foot_per_hour if mode == "foot" else self.network.vehicles_per_hour
        for arc, road in enumerate(self.network.road):
            if rate[arc] > 0:
                graph.add_edge(int(self.network.tail[arc]), int(self.network.head[arc]), road=road)
        parts = [
            {data["road"] for *_, data in graph.subgraph(nodes).edges(data=True)}
            for nodes in nx.connected_components(graph)
        ]
        return sorted(parts, key=min)


@pytest.fixture
def imported(tmp_path):
    def make(name):
        return Imports(CASES / name, tmp_path / name.replace("/", "-"))

    return make


def drawn(folder, body, west=19.99):
    """An extract with given XML, in one zone."""
    folder.mkdir(exist_ok=True)
    (folder / "in.osm").write_text(f"<?xml version='1.0'?><osm version='0.6' generator='test'>{body}</osm>", "utf-8")
    zone = shapely.to_geojson(shapely.box(west, 9.99, 20.02, 10.02))
    (folder / "zones.geojson").write_text(
        f'{{"type": "Feature", "properties": {{"id": "a", "name": "A"}}, "geometry": {zone}}}', "utf-8"
    )
    return folder / "in.osm"


def node(number, x, y=10.0, tags="", **cells):
    return f"<node id='{number}' lat='{y}' lon='{x}'{cells_of(cells)}>{tags}</node>"


def way(number, refs, tags=None, **cells):
    inner = "".join(f"<nd ref='{ref}'/>" for ref in refs)
    inner += "".join(tag(key, value) for key, value in ({"highway": "primary"} if tags is None else tags).items())
    return f"<way id='{number}'{cells_of(cells)}>{inner}</way>"


def cells_of(cells):
    return "".join(f" {key}='{value}'" for key, value in (cells or {"version": 1}).items())


def tag(key, value):
    return f"<tag k='{key}' v='{value}'/>"


ROW = "".join(node(i, 20 + 0.002 * i) for i in range(1, 6))


@pytest.mark.parametrize("name", ["01/in.osm", "01/in2.osm"])
def test_a_bridge_is_not_joined_to_the_road_below(imported, name):
    case = imported(name)
    bridge, low = case.components()
    assert bridge <= {"w101", "w103"}
    assert low == {"w102"}
    assert set(case.roads.loc[list(bridge), "level"]) == {1}


def test_what_was_drawn_in_an_editor_is_read_like_what_was_uploaded(imported):
    new, uploaded = imported("02/in.osm"), imported("02/positive.osm")
    assert new.roads.geometry.tolist() == uploaded.roads.geometry.tolist()
    assert len(new.components()) == 1
    assert len(imported("02/in2.osm").roads) == 1


def test_a_barrier_stops_those_whom_it_stops_and_nobody_else(imported):
    case = imported("04/in.osm")
    assert [sorted(part) for part in case.components("foot")] == [[f"w101.{i}" for i in range(1, 6)], ["w101.7"]]
    assert case.components("vehicle") == [{"w101.1"}, {"w101.3"}, {"w101.5"}, {"w101.7"}]
    assert "1 block, 1 bollard, 1 gate" in case.said("import.barriers")
    assert case.roads.loc["w101.2", "note"] == "foot only, by a barrier: bollard n4"


def test_a_road_whose_nodes_are_missing_is_cut_there_and_named(imported):
    case = imported("05/in.osm")
    assert case.network.length_m.max() == pytest.approx(110, abs=1)
    assert len(case.components()) == 2
    assert case.said("import.gap") == "not in the extract: 3 nodes of 1 road, cut there: w101"


def test_each_direction_has_its_lanes(imported):
    case = imported("06/in.osm")
    per_lane = 1200
    lanes = {
        road: tuple(case.network.vehicles_per_hour[[arc, arc + 1]] / per_lane)
        for arc, road in enumerate(case.network.road)
        if arc % 2 == 0 and case.network.road_class[arc] == "primary"
    }
    assert lanes == {
        "w101": (2, 1),
        "w102": (2, 2),
        "w103": (0.5, 0.5),
        "w104": (1, 0),
        "w105": (0.5, 0.5),
        "w106": (1, 1),
        "w107": (0.75, 0.75),
        "w108": (3, 0),
    }
    assert case.roads.geometry["w108"].coords[0][0] > case.roads.geometry["w108"].coords[-1][0]
    assert "1 values of lanes could not be read" in case.said("import.unreadable")


def test_a_road_is_closed_to_those_to_whom_the_map_closes_it_or_named(imported):
    case = imported("08/in.osm")
    closed = {"w110": "destroyed=yes", "w121": "bridge:status=destroyed"}
    assert set(case.roads.index[case.roads["damage"] == 1]) == set(closed)
    on_foot = set(case.roads.index[case.roads["modes"] == "foot"])
    assert on_foot == {"w113", "w125"}
    assert case.roads.loc["w115", "lorry_tonnes"] == 0
    assert case.roads.loc["w122", "class"] == "track"
    assert not {"w102", "w104", "w106", "w109", "w112", "w123", "w124"} & set(case.roads.index)
    for left_out in ("2 closed to all", "1 route=ferry (River Ferry)", "1 highway=ford", "1 highway=construction",
                     "1 destroyed:highway", "1 highway=rest_area"):  # fmt: skip
        assert left_out in case.said("import.left_out")
    for undefined in ("access:conditional, once: 'no @ (20:00-05:00)' (1)", "construction, once", "damage, once",
                      "ford, once", "oneway:foot, once", "status, once: 'closed'",
                      "hgv, once: 'yes where cars may not'"):  # fmt: skip
        assert undefined in case.said("import.undefined")
    assert "'reversible' (1)" in case.said("import.unreadable")


@pytest.mark.parametrize("state", [{"action": "delete"}, {"visible": "false"}], ids=["deleted", "invisible"])
def test_what_was_deleted_is_not_there(tmp_path, state):
    gone = {"version": 2, **state}
    body = node(0, 20.001, **gone) + ROW + way(1, [1, 2, 3]) + way(2, [1, 5], **gone) + way(3, [0, 1, 4])
    case = Imports(drawn(tmp_path / "in", body), tmp_path / "out")
    assert sorted({name.partition(".")[0] for name in case.roads.index}) == ["w1", "w3"]
    assert len(case.parts("w3").iloc[0].geometry.coords) == 2
    assert "1 node of 1 road" in case.said("import.gap")


def test_the_newest_of_a_way_that_stands_there_twice_is_taken(tmp_path):
    body = ROW + way(1, [1, 2], version=2) + way(1, [1, 2, 3], version=3) + way(2, [3, 4], version=5)
    body += way(2, [3, 4, 5], version=6, visible="false")
    case = Imports(drawn(tmp_path / "in", body), tmp_path / "out")
    assert [len(line.coords) for line in case.roads.geometry] == [3]
    assert "more than once in the file: 2 ways" in case.said("import.left_out")


def test_nodes_after_the_ways_and_compressed_files_are_read(tmp_path):
    extract = drawn(
        tmp_path / "in", way(1, [1, 2, 3]) + way(2, [2, -4]) + ROW + node(-4, 20.004, 10.001, action="modify")
    )
    packed = extract.with_suffix(".osm.gz")
    packed.write_bytes(gzip.compress(extract.read_bytes()))
    for path in (extract, packed):
        case = Imports(path, tmp_path / path.name, extract.parent / "zones.geojson")
        assert list(case.roads.index) == ["w1.1", "w1.2", "w2"]
        assert len(case.components()) == 1


@pytest.mark.parametrize("suffix", [".osc", ".osh"])
def test_a_file_of_changes_is_refused(tmp_path, suffix):
    extract = drawn(tmp_path / "in", ROW + way(1, [1, 2, 3]))
    text = extract.read_text().replace("<osm ", "<osmChange ").replace("</osm>", "</create></osmChange>")
    text = text.replace("generator='test'>", "generator='test'><create>") if suffix == ".osc" else extract.read_text()
    other = extract.with_suffix(suffix)
    other.write_text(text)
    with pytest.raises(LetupError, match=r"import\.osm"):
        from_osm(other, extract.parent / "zones.geojson", tmp_path / "out")


def test_a_barrier_where_two_roads_meet_end_to_end_closes_one_of_them(tmp_path):
    body = ROW.replace(
        "<node id='3' lat='10.0' lon='20.006' version='1'>",
        "<node id='3' lat='10.0' lon='20.006' version='1'>" + tag("barrier", "bollard"),
    )
    case = Imports(drawn(tmp_path / "in", body + way(1, [1, 2, 3]) + way(2, [3, 4, 5])), tmp_path / "out")
    assert len(case.components("vehicle")) == 2
    assert len(case.components("foot")) == 1


def test_a_barrier_at_a_junction_does_not_say_which_road_it_stops_and_is_named(tmp_path):
    junction = node(3, 20.006, tags=tag("barrier", "block"))
    body = ROW.replace(node(3, 20.006), junction) + node(6, 20.006, 10.01)
    case = Imports(drawn(tmp_path / "in", body + way(1, [1, 2, 3, 4]) + way(2, [3, 6])), tmp_path / "out")
    assert len(case.components("vehicle")) == 1
    assert "barrier at a junction, once: 'block' (1)" in case.said("import.undefined")


def test_a_road_that_leaves_the_zones_and_comes_back_is_named(tmp_path):
    extract = drawn(tmp_path / "in", ROW + way(1, [1, 2, 3, 4, 5]))
    two = shapely.MultiPolygon([shapely.box(19.99, 9.99, 20.005, 10.01), shapely.box(20.0055, 9.99, 20.02, 10.01)])
    (tmp_path / "two.geojson").write_text(
        f'{{"type": "Feature", "properties": {{"id": "a"}}, "geometry": {shapely.to_geojson(two)}}}'
    )
    case = Imports(extract, tmp_path / "out", tmp_path / "two.geojson")
    assert case.said("import.gap") == "cut where they leave the zones and come back: 1 road: w1"


def test_it_is_said_if_no_road_is_open_to_anybody_by_vehicle(tmp_path):
    body = ROW + way(1, [1, 2, 3], {"highway": "footway"})
    case = Imports(drawn(tmp_path / "in", body), tmp_path / "out")
    assert case.said("import.closed") == "not one of the 1 roads is open to vehicles"


def test_turn_restrictions_are_counted(tmp_path):
    relation = (
        "<relation id='1' version='1'><member type='way' ref='1' role='from'/><member type='way' ref='2' role='to'/>"
    )
    relation += tag("restriction", "no_left_turn") + tag("type", "restriction") + "</relation>"
    case = Imports(drawn(tmp_path / "in", ROW + way(1, [1, 2]) + way(2, [2, 3]) + relation), tmp_path / "out")
    assert "1 restriction on turns" in case.said("import.left_out")


@pytest.mark.parametrize(
    ("tags", "foot", "vehicle", "lorry"),
    [
        ({"access": "military"}, False, False, False),
        ({"access": "no", "foot": "yes"}, True, False, False),
        ({"motor_vehicle": "private"}, True, False, False),
        ({"motor_vehicle": "destination"}, True, True, True),
        ({"hgv": "no"}, True, True, False),
        ({"hgv": "destination", "motor_vehicle": "no"}, True, False, False),
        ({"access": "false"}, False, False, False),
        ({"access": "NO"}, False, False, False),
        ({"access": "no;private"}, False, False, False),
        ({"foot": "use_sidepath"}, False, True, True),
        ({"access": "no", "motorcar": "1"}, False, True, False),
    ],
)
def test_who_may_use_a_road(tags, foot, vehicle, lorry):
    may = osm_tags.access(tags, "primary")
    assert (may.foot, may.vehicle, may.lorry) == (foot, vehicle, lorry)


def test_a_word_that_is_not_known_is_not_taken_for_yes_without_saying_so():
    assert osm_tags.access({"motor_vehicle": "perhaps"}, "primary").undefined == {"motor_vehicle": "perhaps"}


@pytest.mark.parametrize(
    ("tags", "tonnes", "unread"),
    [
        ({"maxweight": "7.5"}, 7.5, {}),
        ({"maxweight": "3,5 t"}, 3.5, {}),
        ({"maxweight": "7500 kg"}, 7.5, {}),
        ({"maxweight": "10 st"}, 9.072, {}),
        ({"maxweight": "none"}, None, {}),
        ({"maxweight": "20", "maxweightrating:hgv": "12"}, 12, {}),
        ({"maxweight": "heavy"}, None, {"maxweight": "heavy"}),
        ({"maxheight": "3.2"}, 0, {}),
        ({"maxheight": "13'6\""}, None, {}),
        ({"maxheight": "default"}, None, {}),
        ({"maxwidth": "2"}, 0, {}),
    ],
)
def test_what_lorries_a_road_bears(tags, tonnes, unread):
    assert osm_tags.lorry_tonnes(tags) == (tonnes, unread)


@pytest.mark.parametrize(
    ("tags", "foot", "vehicle"),
    [
        ({"barrier": "bollard"}, True, False),
        ({"barrier": "lift_gate"}, True, True),
        ({"barrier": "gate", "locked": "yes"}, False, False),
        ({"barrier": "gate", "access": "private"}, False, False),
        ({"barrier": "gate", "motor_vehicle": "no"}, True, False),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, True, True),
        ({"barrier": "fence"}, False, False),
    ],
)
def test_whom_a_barrier_stops(tags, foot, vehicle):
    may = osm_tags.barrier(tags)
    assert (may.foot, may.vehicle, may.undefined) == (foot, vehicle, {})


@pytest.mark.parametrize("kind", ["gate", "yes", "checkpoint", "something"])
def test_a_barrier_of_which_nothing_is_known_is_named(kind):
    assert osm_tags.barrier({"barrier": kind}).undefined == {"barrier": kind}


@pytest.mark.parametrize(
    ("tags", "direction", "columns"),
    [
        ({"lanes": "3", "lanes:forward": "2"}, 0, {"lanes": 3, "lanes_forward": 2, "lanes_backward": 1}),
        ({"lanes": "3", "lanes:forward": "1", "lanes:backward": "1", "lanes:both_ways": "1"}, 0,
         {"lanes": 2, "lanes_forward": 1, "lanes_backward": 1}),
        ({"lanes": "4", "lanes:psv": "2"}, 0, {"lanes": 2}),
        ({"lanes:forward": "2"}, 1, {"lanes": 2}),
        ({"lanes:forward": "2", "lanes:backward": "1", "lanes": "3", "lanes:bus:forward": "1"}, 0,
         {"lanes": 2, "lanes_forward": 1, "lanes_backward": 1}),
        ({"lanes:forward": "2"}, 0, {"lanes_forward": 2}),
    ],
)  # fmt: skip
def test_lanes_by_direction(tags, direction, columns):
    assert osm_tags.lane_columns(tags, direction) == (columns, {})


def test_lanes_that_contradict_each_other_are_named():
    _, unread = osm_tags.lane_columns({"lanes": "2", "lanes:forward": "2", "lanes:backward": "2"}, 0)
    assert unread == {"lanes": "2, but 2 and 2 by direction"}


def test_roads_that_nearly_meet_are_named(tmp_path):
    body = ROW + node(6, 20.006, 10.000004) + node(7, 20.006, 10.005) + way(1, [1, 2, 3, 4]) + way(2, [6, 7])
    case = Imports(drawn(tmp_path / "in", body), tmp_path / "out")
    assert len(case.components()) == 2
    assert "1 pair of roads: w1 and w2" in case.said("import.unjoined")


@pytest.mark.parametrize("key", ["Highway", "highway ", "hihgway", "highways"])
def test_a_road_that_is_none_for_a_slip_of_the_pen_is_named(tmp_path, key):
    body = ROW + way(1, [1, 2, 3]) + way(2, [3, 4], {key: "primary", "lanse": "2"})
    case = Imports(drawn(tmp_path / "in", body), tmp_path / "out")
    assert f"{key!r} for highway (1), 'lanse' for lanes (1)" in case.said("import.unreadable")


def test_a_node_that_lies_far_away_is_named(tmp_path):
    body = ROW + node(6, 10.0, 20.0) + way(1, [1, 2, 3, 6])
    case = Imports(drawn(tmp_path / "in", body), tmp_path / "out")
    assert case.said("import.far") == "with more than 20 km between two nodes: 1 road: w1"


def test_a_position_that_is_no_number_is_an_error_with_its_code(tmp_path):
    extract = drawn(tmp_path / "in", ROW.replace("lat='10.0'", "lat='10,0'") + way(1, [1, 2]))
    with pytest.raises(LetupError, match=r"import\.osm"):
        from_osm(extract, extract.parent / "zones.geojson", tmp_path / "out")


def test_what_lies_on_a_road_and_may_stop_people_is_named(tmp_path):
    ford = node(6, 20.003, 10.001, tags=tag("ford", "yes") + tag("hazard", "minefield"))
    body = ROW + ford + way(1, [1, 6, 3]) + way(2, [4, 5], {"route": "bus"}) + way(3, [3, 4], {"highway": "busway"})
    case = Imports(drawn(tmp_path / "in", body), tmp_path / "out")
    assert "ford on a node, once: 'yes' (1)" in case.said("import.undefined")
    assert "hazard on a node, once: 'minefield' (1)" in case.said("import.undefined")
    assert "highway, once: 'busway' (1)" in case.said("import.undefined")
    assert not case.said("import.left_out")


def test_the_direction_of_vehicles_counts_before_that_of_all():
    assert osm_tags.oneway({"oneway": "no", "oneway:motor_vehicle": "yes"}) == (1, None)
