"""The reference scenario: built from the raw files alone, true to them, and sound on the ground."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import networkx as nx
import pytest
import shapely
import yaml
from shapely.geometry import shape

from letup.aid import assess
from letup.scenario import bundled, check, folder_of, load

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data-sources" / "gaza"
#: GEOS cleans borders with a version's own arithmetic: bytes are compared where it is the version of the last build.
BUILT_WITH = (3, 14)

NORTH = {
    "beit-hanoun",
    "beit-lahiya",
    "um-a-nasser",
    "jabalia",
    "gaza",
    "az-zahra",
    "al-mughraqa",
    "juhor-a-dik",
}


def rows(name: str, folder: Path = RAW) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def fact(**wanted: str) -> float:
    (row,) = (row for row in rows("facts.csv") if all(row[key] == value for key, value in wanted.items()))
    return float(row["value"])


def flow(measure: str, date: str) -> float:
    (row,) = (row for row in rows("observed_flows.csv") if (row["measure"], row["date"]) == (measure, date))
    return float(row["value"])


@pytest.fixture(scope="module")
def folder() -> Path:
    return folder_of("gaza-2023")


@pytest.fixture(scope="module")
def people(folder: Path) -> list[dict[str, str]]:
    return rows("people.csv", folder)


def features(folder: Path, name: str) -> list[dict[str, Any]]:
    layer: list[dict[str, Any]] = json.loads((folder / name).read_text("utf-8"))["features"]
    return layer


@pytest.fixture(scope="module")
def roads(folder: Path) -> list[dict[str, Any]]:
    return features(folder, "roads.geojson")


@pytest.fixture(scope="module")
def places(folder: Path) -> list[dict[str, Any]]:
    return features(folder, "places.geojson")


def walkable(roads: list[dict[str, Any]]) -> nx.Graph:
    graph = nx.Graph()
    for road in roads:
        if road["properties"].get("damage", 0) < 1:
            line = [tuple(at) for at in road["geometry"]["coordinates"]]
            nx.add_path(graph, line, road=road["properties"]["id"])
    return graph


def test_the_build_from_the_raw_files_gives_the_bundled_scenario_again(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "build_gaza_2023.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in folder.iterdir()}
    for built in sorted(tmp_path.iterdir()):
        if shapely.geos_version[:2] != BUILT_WITH and built.suffix == ".geojson":
            again, kept = features(tmp_path, built.name), features(folder, built.name)
            assert [f["properties"] for f in again] == [f["properties"] for f in kept]
        else:
            assert built.read_bytes() == (folder / built.name).read_bytes(), f"{built.name} differs"


def test_the_bundled_scenario_has_nothing_wrong() -> None:
    assert "gaza-2023" in bundled()
    assert [finding for finding in check("gaza-2023") if finding.severity != "note"] == []


def test_the_clock_is_that_of_gaza(folder: Path) -> None:
    settings = yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))
    start = datetime.fromisoformat(settings["start"])
    assert start.utcoffset() == datetime(2023, 11, 4, 6, tzinfo=ZoneInfo("Asia/Gaza")).utcoffset()
    assert (start.hour, start.minute) == (6, 0)
    assert settings["steps"] * settings["step_minutes"] == 7 * 24 * 60
    assert settings["limits"]["grid_minutes"] % settings["step_minutes"] == 0


def test_people_add_up_to_the_published_figures(people: list[dict[str, str]]) -> None:
    walkers = [row for row in people if row["zone"]]
    north = sum(int(row["count"]) for row in walkers if row["zone"] in NORTH)
    south = sum(int(row["count"]) for row in walkers if row["zone"] not in NORTH)
    assert north == flow("population_remaining_north_gaza_and_gaza_governorates", "2023-11-11")
    assert south == flow("population_in_central_and_southern_governorates", "2023-11-11")
    patients = sum(int(row["count"]) for row in people if row["group"] == "ambulance")
    assert patients == round(fact(measure="hospital_beds", as_of="2023-10-06") * 24 / 36)


def test_the_range_of_people_left_in_the_north_is_the_one_the_sources_span(people: list[dict[str, str]]) -> None:
    north = [row for row in people if row["zone"] in NORTH]
    counts = [row for row in rows("facts.csv") if row["measure"] == "population_remaining_north"]
    figures = [float(row[key]) for row in counts for key in ("value_low", "value", "value_high") if row[key]]
    figures.append(flow("population_remaining_north_gaza_and_gaza_governorates", "2023-11-11"))
    assert sum(int(row["count_low"]) for row in north) == min(figures)
    assert sum(int(row["count_high"]) for row in north) == max(figures)
    for source in ("PCBS", "US envoy", "Israeli army", "Red Crescent"):
        assert all(source in row["note"] for row in north), f"{source} is not named"


def test_nobody_leaves_who_does_not_live_in_the_north(people: list[dict[str, str]]) -> None:
    assert {row["share_leaving"] for row in people if row["zone"] and row["zone"] not in NORTH} == {"0.0"}
    assert all(float(row["share_leaving"]) < 1 for row in people)
    assert all(row["share_leaving_basis"] == "assumed" and row["share_leaving_note"] for row in people)


def test_the_willing_share_is_what_the_corridor_saw(people: list[dict[str, str]]) -> None:
    north = [row for row in people if row["zone"] in NORTH]
    total = sum(int(row["count"]) for row in north)
    went = flow("corridor_evacuees_cumulative_approx", "2023-11-14")
    first = sum(flow("corridor_evacuees_salah_al_din", f"2023-11-{day:02d}") for day in range(5, 11))
    for row in north:
        assert float(row["share_leaving"]) == pytest.approx(went / total, abs=0.005)
        assert float(row["share_leaving_low"]) == pytest.approx(first / total, abs=0.005)
        assert float(row["share_leaving_high"]) == pytest.approx(went / 300_000, abs=0.005)


def test_room_is_what_the_shelters_took_in(places: list[dict[str, Any]]) -> None:
    south = {"measure": "idps_unrwa_shelters"}
    took = fact(**south, as_of="2023-11-18T22:30") - fact(
        **south, as_of="2023-11-04", area="Middle + Khan Yunis + Rafah areas"
    )
    shelters = [place["properties"] for place in places if place["properties"]["kind"] == "shelter"]
    assert sum(shelter["room"] for shelter in shelters) == took
    assert len(shelters) == 25 - len(NORTH)
    assert {shelter["basis"] for shelter in shelters} == {"assumed"}


def test_the_passage_lets_through_what_was_seen_on_its_busiest_day(places: list[dict[str, Any]]) -> None:
    (passage,) = (place["properties"] for place in places if place["properties"]["kind"] == "checkpoint")
    assert passage["throughput_per_hour"] == fact(measure="evacuees_per_hour_of_opening")
    hours = fact(measure="hours_used", as_of="2023-11-08")
    assert passage["throughput_per_hour"] * hours == flow("corridor_evacuees_salah_al_din", "2023-11-08")


def test_limits_are_hours_that_were_announced(folder: Path) -> None:
    limits = yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))["limits"]
    announced = [row for row in rows("facts.csv") if row["measure"] == "hours_announced"]
    spans = {row["unit"].partition("(")[2].rstrip(")") for row in announced}
    assert f"{limits['hours'][0]:02d}:00-{limits['hours'][1]:02d}:00" in spans
    lengths = [float(row["value"]) for row in announced]
    assert (limits["shortest_hours"], limits["longest_hours"]) == (min(lengths), max(lengths))
    assert limits["zone_hours_basis"] == "assumed"
    assert limits["zone_hours_note"]


def test_zones_are_the_25_municipalities_and_do_not_overlap(folder: Path) -> None:
    zones = features(folder, "zones.geojson")
    raw = {row["properties"]["name_ar"].strip("\u200e ") for row in features(RAW, "municipalities.geojson")}
    assert {zone["properties"]["name_ar"] for zone in zones} == raw
    shapes = [shape(zone["geometry"]) for zone in zones]
    assert shapely.coverage_is_valid(shapes)
    pcodes = Counter(zone["properties"]["pcode"] for zone in zones)
    assert pcodes == {"PS0255": 4, "PS0260": 4, "PS0265": 7, "PS0270": 7, "PS0275": 3}
    assert {zone["properties"]["safety"] for zone in zones} == {"unknown"}


def test_only_two_streets_cross_wadi_gaza_and_one_of_them_is_closed(folder: Path, roads: list[dict[str, Any]]) -> None:
    zones = features(folder, "zones.geojson")
    side = {
        name: shapely.union_all([shape(z["geometry"]) for z in zones if (z["properties"]["id"] in NORTH) == here])
        for name, here in (("north", True), ("south", False))
    }
    crossing = [
        road["properties"]
        for road in roads
        if all(shape(road["geometry"]).intersection(half).length > 1e-5 for half in side.values())
    ]
    names = {(road["name"], road.get("damage", 0)) for road in crossing}
    assert names == {("Salah al-Din", 0), ("Al-Rashid", 1)}
    assert len(crossing) == 2


def test_every_walking_link_and_street_leads_to_every_shelter(
    roads: list[dict[str, Any]], places: list[dict[str, Any]]
) -> None:
    graph = walkable(roads)
    assert nx.is_connected(graph)
    for place in places:
        if place["properties"]["kind"] in ("shelter", "waiting_place", "checkpoint"):
            assert tuple(place["geometry"]["coordinates"]) in graph, f"{place['properties']['id']} is on no road"


def test_the_passage_is_the_only_way_south(roads: list[dict[str, Any]], places: list[dict[str, Any]]) -> None:
    graph = walkable(roads)
    (passage,) = (place for place in places if place["properties"]["kind"] == "checkpoint")
    graph.remove_node(tuple(passage["geometry"]["coordinates"]))
    assert nx.number_connected_components(graph) == 2


def test_links_are_modelled_and_for_walkers_and_have_a_length(roads: list[dict[str, Any]]) -> None:
    ids = [road["properties"]["id"] for road in roads]
    assert len(set(ids)) == len(ids)
    for road in roads:
        assert shape(road["geometry"]).length > 1e-4
        if road["properties"]["class"] == "access":
            assert (road["properties"]["modes"], road["properties"]["basis"]) == ("foot", "modelled")


def test_no_practice_named_after_a_person_and_no_exact_site_is_public(places: list[dict[str, Any]]) -> None:
    for place in places:
        own = place["properties"]
        assert own["sensitivity"] == ("public" if own["kind"] in ("crossing", "checkpoint") else "restricted")
        assert "Dr" not in own["name"]
        assert not {"دكتور", "الدكتور", "د."} & set(own.get("name_ar", "").replace("-", " ").split())


def test_every_value_says_how_it_is_known() -> None:
    from letup.scenario import values

    table = values(load("gaza-2023"))
    assert set(table["basis"]) == {"observed", "modelled", "assumed"}
    assumed = table[table["basis"] == "assumed"]
    assert assumed["note"].fillna("").str.len().min() > 20
    assert (table[table["basis"] != "assumed"]["source"].fillna("") != "").all()


_CITED = ("facts.csv", "observed_flows.csv", "positions.csv", "agreement_2023-11-22.csv")


def test_sources_carry_the_address_of_their_raw_row() -> None:
    sources = load("gaza-2023").sources
    addresses = {row["url"] for name in _CITED for row in rows(name)}
    ours = {"osm-municipalities", "ors-roads", "hot-health", "hot-places", "cod-ab", "crossing-points"}
    ours |= {"access-grid", "fdma-tsunami", "sorensen-1991", "sphere-2018", "unga-es-10-21"}
    for name, source in sources.items():
        assert source["licence"], name
        assert name in ours or source["address"] in addresses, name


def test_what_people_live_on_is_what_was_reported(folder: Path) -> None:
    stocks, facilities = rows("stocks.csv", folder), rows("facilities.csv", folder)
    food = [row for row in stocks if row["item"] == "food"]
    assert len(food) == 25
    assert {row["unit"] for row in food} == {"person-days per person"}
    assert {float(row["amount"]) for row in food} == {fact(measure="stock_essential_food_in_shops")}
    assert {float(row["amount_high"]) for row in food} == {fact(measure="stock_wheat")}
    water = [row for row in facilities if row["makes"] == "water"]
    assert {float(row["make_per_day"]) for row in water} == {
        fact(measure="water_per_person_all_uses", as_of="2023-10-20")
    }
    assert {row["make_unit"] for row in water} == {"litres per person"}
    served = [zone for row in water for zone in row["serves"].split(";")]
    assert sorted(served) == sorted(feature["properties"]["id"] for feature in features(folder, "zones.geojson"))
    (operations,) = (row for row in facilities if not row["makes"])
    assert float(operations["use_per_day"]) == fact(measure="fuel_need_unrwa_operations")
    assert float(operations["use_per_day_low"]) == 2 * fact(measure="fuel_allowed_unrwa")
    assert 0.09 * float(operations["use_per_day_high"]) == pytest.approx(
        fact(measure="fuel_delivered_to_unrwa"), rel=0.01
    )
    (fuel,) = (row for row in stocks if row["item"] == "fuel")
    assert float(fuel["amount"]) == fact(measure="fuel_entered_from_egypt")
    assert fuel["amount_high_basis"] == "assumed"


def test_days_left_and_need_not_met_can_be_worked_out_by_hand(people: list[dict[str, str]]) -> None:
    """3 of 15 litres for 7 days; food for 5 of 7 days."""
    assessment = assess(load("gaza-2023"))
    total = sum(int(row["count"]) for row in people)
    names = [essential.name for essential in assessment.essentials]
    water, food = names.index("water"), names.index("food")
    assert assessment.unmet_person_days(water) == pytest.approx(7 * total * (1 - 3 / 15))
    assert assessment.unmet_person_days(food) == pytest.approx(2 * total)
    assert (assessment.likely.days_left[water] == 0).all()
    assert assessment.likely.days_left[food] == pytest.approx(5)
    assert assessment.better.days_left[food] == pytest.approx(12)
    assert assessment.findings == ()


def test_layers_stay_small(folder: Path) -> None:
    assert (folder / "zones.geojson").stat().st_size < 400_000
    assert (folder / "roads.geojson").stat().st_size < 2_500_000
