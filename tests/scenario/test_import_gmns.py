"""Scenarios from GMNS networks."""

from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely

from letup.core.errors import LetupError
from letup.roads import build
from letup.scenario import check, load
from letup.scenario.importers import from_gmns
from letup.scenario.template import empty_parties

NODES = """node_id,name,x_coord,y_coord,zone_id
1,West,34.40,31.40,n
2,Cross,34.41,31.40,n
3,Hill,34.41,31.41,n
4,East,34.42,31.41,s
"""
LINK_COLUMNS = (
    "link_id,name,from_node_id,to_node_id,directed,geometry,dir_flag,length,"
    "facility_type,capacity,free_speed,lanes,allowed_uses\n"
)
LINKS = f"""{LINK_COLUMNS}a,Main,1,2,true,,1,0.59,arterial,900,30,2,"auto,walk"
b,Main,2,1,true,,1,0.59,arterial,900,30,2,"auto,walk"
c,Lane,2,3,false,"LINESTRING (34.41 31.40, 34.412 31.405, 34.41 31.41)",1,,local,700,20,1,
d,Ramp,3,4,true,"LINESTRING (34.42 31.41, 34.415 31.412, 34.41 31.41)",-1,,collector,,,,auto
"""
CONFIG = "dataset_name,short_length,long_length,speed,crs\nSmall town,ft,mi,mph,EPSG:4326\n"


def network(folder, *, nodes=NODES, links=LINKS, config=CONFIG, **more):
    folder.mkdir(exist_ok=True)
    for name, text in {"node": nodes, "link": links, "config": config, **more}.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def roads_of(done):
    return gpd.read_file(done.folder / "roads.geojson").set_index("id")


def test_links_become_roads_in_our_units(tmp_path):
    done = from_gmns(network(tmp_path / "net"), tmp_path / "out", timezone="Asia/Gaza")
    roads = roads_of(done)
    assert list(roads.index) == ["a", "c", "d"]  # a and b are the two directions of one road
    main = roads.loc["a"]
    assert (main["class"], main["lanes"], main["oneway"], main["vehicles_per_hour"]) == ("primary", 4, False, 1800)
    assert main["speed_kmh"] == pytest.approx(30 * 1.609344, abs=0.01)
    assert main["modes"] == "foot;vehicle"
    assert (roads.loc["c", "lanes"], roads.loc["c", "oneway"]) == (2, False)
    ramp = roads.loc["d"]
    assert (ramp["modes"], ramp["oneway"]) == ("vehicle", True)
    assert ramp.geometry.coords[0] == pytest.approx((34.41, 31.41))  # drawn backwards, turned round
    assert len(ramp.geometry.coords) == 3


def test_it_passes_the_check_and_makes_a_network(tmp_path):
    done = from_gmns(network(tmp_path / "net"), tmp_path / "out")
    assert not [finding for finding in check(done.folder) if finding.severity == "error"]
    assert load(done.folder).title == "Imported from Small town"
    built = build(load(done.folder))
    assert len(built.lon) == 4
    forward = [built.vehicles_per_hour[i] > 0 for i, name in enumerate(built.road) if name == "d"]
    assert forward == [True, False]


def test_what_a_party_is_asked_for_is_explained(tmp_path):
    done = from_gmns(network(tmp_path / "network"), tmp_path / "out")
    assert (done.folder / "parties.yaml").read_text("utf-8") == empty_parties()


def test_directions_that_differ_stay_two_roads_and_walkers_count_once(tmp_path):
    links = LINKS.replace("b,Main,2,1,true,,1,0.59,arterial,900,30,2", "b,Main,2,1,true,,1,0.59,arterial,900,30,1")
    roads = roads_of(from_gmns(network(tmp_path / "net", links=links), tmp_path / "out"))
    assert roads.loc[["a", "b"], "modes"].tolist() == ["foot;vehicle", "vehicle"]
    assert roads.loc[["a", "b"], "vehicles_per_hour"].tolist() == [1800, 900]


def test_other_projections_and_zones_are_read(tmp_path):
    utm = pyproj.Transformer.from_crs(4326, 32636, always_xy=True)
    rows = [line.split(",") for line in NODES.strip().splitlines()[1:]]
    moved = "\n".join(
        f"{name},,{x},{y}," for name, (x, y) in ((row[0], utm.transform(float(row[2]), float(row[3]))) for row in rows)
    )
    west, south = utm.transform(34.39, 31.39)
    east, north = utm.transform(34.4149, 31.42)
    zone = f'zone_id,boundary\nn,"{shapely.box(west, south, east, north).wkt}"\n'
    config = CONFIG.replace("EPSG:4326", "EPSG:32636")
    bare = 'link_id,from_node_id,to_node_id,directed\na,1,2,false\n"d",3,4,true\n'
    folder = network(
        tmp_path / "net", nodes="node_id,name,x_coord,y_coord,zone_id\n" + moved, links=bare, config=config, zone=zone
    )
    done = from_gmns(folder, tmp_path / "out")
    scenario = load(done.folder)
    assert scenario.zone_ids == ["n"]
    assert scenario.roads.geometry["a"].coords[0] == pytest.approx((34.40, 31.40), abs=1e-6)
    assert scenario.roads.geometry["d"].length == pytest.approx(0.0049, abs=0.0002)  # clipped at the zone
    assert "import.one_zone" not in [finding.code for finding in done.findings]


def test_without_a_config_nothing_is_given_a_unit(tmp_path):
    done = from_gmns(network(tmp_path / "net", config=None), tmp_path / "out")
    assert "speed_kmh" not in roads_of(done) or roads_of(done)["speed_kmh"].isna().all()
    assert "import.no_units" in [finding.code for finding in done.findings]


def test_everything_that_cannot_be_used_is_said(tmp_path):
    links = LINKS + (
        "e,,3,9,true,,,,collector,,,,auto\n"
        "f,,1,3,true,,,7,moon road,x,-3,1,auto\n"
        "g,,1,4,true,POINT (1 2),,,local,,,,bike\n"
    )
    done = from_gmns(network(tmp_path / "net", links=links), tmp_path / "out")
    unreadable = {
        (finding.column, finding.where.split()[-1]) for finding in done.findings if finding.code == "import.unreadable"
    }
    assert unreadable == {
        ("from_node_id", "e"),
        ("facility_type", "f"),
        ("capacity", "f"),
        ("free_speed", "f"),
        ("length", "f"),
        ("geometry", "g"),
        ("allowed_uses", "g"),
    }
    assert list(roads_of(done).index) == ["a", "c", "d", "f"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"nodes": None}, r"node\.csv is missing"),
        ({"links": "link_id,from_node_id\n1,2\n"}, "lacks the column to_node_id, directed"),
        ({"nodes": NODES.replace("34.41,31.40", "east,31.40")}, "row 3: x_coord or y_coord is no number"),
        ({"nodes": NODES.replace("34.40,31.40", "640000,3480000")}, "row 2: not a place on Earth"),
        ({"nodes": NODES + "1,Again,34.4,31.4,n\n"}, "row 6: node_id 1 is there twice"),
        ({"links": LINKS + ",,1,2,true\n"}, "row 6, column link_id is empty"),
        ({"links": LINKS + "e,,1,2,true,,,,local,,,1\n"}, r"line 6: fewer cells than the header has \(1 row\)"),
        ({"config": CONFIG.replace("EPSG:4326", "the usual")}, "'the usual' is no coordinate system"),
        ({"links": ""}, r"link\.csv is missing"),
    ],
)
def test_broken_tables_are_one_clear_error_with_its_place(tmp_path, change, place):
    with pytest.raises(LetupError, match=place):
        from_gmns(network(tmp_path / "net", **change), tmp_path / "out")


CASES = Path(__file__).parents[1] / "cases" / "14"


def said(done, code):
    return " | ".join(finding.message for finding in done.findings if finding.code == code)


def test_uses_are_read_whatever_stands_between_them(tmp_path):
    roads = roads_of(from_gmns(CASES / "a", tmp_path / "a"))
    both = "foot;vehicle"
    assert roads["modes"].to_dict() == {"1": both, "2": "foot", "3": "vehicle", "4": both, "5": both, "6": both}
    assert set(roads_of(from_gmns(CASES / "f", tmp_path / "f"))["modes"]) == {both}


def test_a_line_drawn_from_end_to_start_is_turned_round_and_named(tmp_path):
    done = from_gmns(CASES / "b", tmp_path / "b")
    (line,) = roads_of(done).geometry  # two directions of one road
    assert [x for x, _ in line.coords] == [20.000, 20.002, 20.008, 20.010]
    assert "1 link: the line is drawn from the link's end to its start; turned round" in said(done, "import.undefined")


def test_ids_that_are_not_in_the_table_are_not_guessed(tmp_path):
    done = from_gmns(CASES / "d", tmp_path / "d")
    assert list(roads_of(done).index) == ["2"]
    assert "a node they start or end at is not in node.csv; left out" in said(done, "import.unreadable")


def test_one_line_in_a_multilinestring_is_read_and_named_and_capacity_is_by_lane(tmp_path):
    done = from_gmns(CASES / "e", tmp_path / "e")
    roads = roads_of(done)
    assert len(roads.geometry["1"].coords) == 4
    assert roads["vehicles_per_hour"].to_dict() == {"1": 1800, "2": 900}
    assert "MULTILINESTRING" in said(done, "import.undefined")


def test_links_meet_only_at_nodes_they_share(tmp_path):
    nodes = NODES + "5,Below,34.41,31.40,n\n6,South,34.41,31.39,n\n"
    links = "link_id,from_node_id,to_node_id,directed\na,1,2,false\nb,2,4,false\nlow,6,5,false\nup,5,3,false\n"
    network_of = build(load(from_gmns(network(tmp_path / "net", nodes=nodes, links=links), tmp_path / "out").folder))
    assert len(network_of.lon) == 6
    ends = {name: {network_of.tail[i], network_of.head[i]} for i, name in enumerate(network_of.road)}
    assert ends["a"] & ends["b"]
    assert ends["low"] & ends["up"]
    assert not (ends["a"] | ends["b"]) & (ends["low"] | ends["up"])


@pytest.mark.parametrize(
    ("word", "oneway"), [("yes", True), ("T", True), ("1.0", True), ("no", False), ("N", False), ("0", False)]
)
def test_directed_is_read_however_yes_and_no_are_written(tmp_path, word, oneway):
    links = f"link_id,from_node_id,to_node_id,directed\na,1,2,{word}\n"
    assert bool(roads_of(from_gmns(network(tmp_path / "net", links=links), tmp_path / "out"))["oneway"]["a"]) is oneway


def test_a_word_that_is_neither_yes_nor_no_is_an_error(tmp_path):
    links = "link_id,from_node_id,to_node_id,directed\na,1,2,true\nb,2,3,perhaps\n"
    with pytest.raises(LetupError, match=r"row 3, column directed: 'perhaps'"):
        from_gmns(network(tmp_path / "net", links=links), tmp_path / "out")


def test_a_use_that_is_not_known_is_nobodys_and_named(tmp_path):
    links = "link_id,from_node_id,to_node_id,directed,allowed_uses\na,1,2,true,hovercraft;walk\nb,2,3,true,hovercraft\n"
    done = from_gmns(network(tmp_path / "net", links=links), tmp_path / "out")
    assert roads_of(done)["modes"].to_dict() == {"a": "foot"}
    assert "2 links: the use 'hovercraft' is not known; taken as nobody's" in said(done, "import.unreadable")
    assert "not one of the 1 roads is open to vehicles" in said(done, "import.closed")


def test_groups_of_uses_stand_for_what_they_hold(tmp_path):
    links = "link_id,from_node_id,to_node_id,directed,allowed_uses\na,1,2,true,everybody\nb,2,3,true,soft\n"
    groups = 'use_group,uses\nsoft,"walk,bike"\neverybody,"auto,soft"\n'
    done = from_gmns(network(tmp_path / "net", links=links, use_group=groups), tmp_path / "out")
    assert roads_of(done)["modes"].to_dict() == {"a": "foot;vehicle", "b": "foot"}


def test_where_links_name_trucks_the_others_are_closed_to_them(tmp_path):
    links = "link_id,from_node_id,to_node_id,directed,allowed_uses\n"
    links += "a,1,2,true,auto;truck\nb,2,3,true,auto\nc,3,4,true,all\n"
    done = from_gmns(network(tmp_path / "net", links=links), tmp_path / "out")
    assert roads_of(done)["lorry_tonnes"].fillna(-1).to_dict() == {"a": -1, "b": 0, "c": -1}
    assert "1 link: other links name trucks and these do not" in said(done, "import.undefined")


def test_two_directions_keep_their_lanes(tmp_path):
    links = "link_id,from_node_id,to_node_id,directed,lanes\na,1,2,true,3\nb,2,1,true,1\n"
    road = roads_of(from_gmns(network(tmp_path / "net", links=links), tmp_path / "out")).loc["a"]
    assert (road["lanes"], road["lanes_forward"], road["lanes_backward"]) == (4, 3, 1)


def test_a_line_that_does_not_reach_its_nodes_is_joined_and_named(tmp_path):
    links = (
        'link_id,from_node_id,to_node_id,directed,geometry\na,1,2,true,"LINESTRING (34.402 31.401, 34.408 31.401)"\n'
    )
    done = from_gmns(network(tmp_path / "net", links=links), tmp_path / "out")
    assert [round(x, 3) for x, _ in roads_of(done).geometry["a"].coords] == [34.4, 34.402, 34.408, 34.41]
    assert "more than 50 m from its node" in said(done, "import.unreadable")


def test_tables_that_are_not_read_are_named(tmp_path):
    done = from_gmns(network(tmp_path / "net", movement="mvmt_id\n1\n", link_tod="link_tod_id\n1\n"), tmp_path / "out")
    assert "movement.csv is not read: turns" in said(done, "import.left_out")
    assert "link_tod.csv is not read" in said(done, "import.left_out")


def test_zones_whose_boundary_cannot_be_read_are_named(tmp_path):
    zones = f'zone_id,boundary\nn,"{shapely.box(34.39, 31.39, 34.43, 31.42).wkt}"\ns,"POLYGON (34 31"\n'
    done = from_gmns(network(tmp_path / "net", zone=zones), tmp_path / "out")
    assert "1 zone without a boundary that is a WKT polygon, left out: s" in said(done, "import.unreadable")
    assert done.zones == 1
