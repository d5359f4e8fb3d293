"""What is meant for sharing names no protected place, and does not change with where a confidential one lies."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import gpxpy
import numpy as np
import pyogrio
import pytest
import shapely

from letup import aid, roads
from letup import plan as plans
from letup import scenario as scenarios
from letup.aid.convoys.gpx import write_gpx
from letup.aid.convoys.make import make_convoys, make_medevac
from letup.aid.convoys.model import trucks_of
from letup.aid.convoys.rules import Settings
from letup.aid.files import write as write_assessment
from letup.pauses.limits import Window, quiet_array
from letup.plan.model import Plan
from letup.plan.shared_plan import shared_plan
from letup.report import write, write_assessment_html
from letup.report.convoys import PATIENTS, write_convoy_pages
from letup.roads.shared_roads import shared_roads
from letup.scenario.disclosure import shared_scenario
from letup.scenario.model import Scenario
from letup.verify import verify
from tests.cli.running import printed
from tests.report.secret import NAMED, odd_folder, texts

PAUSES = [Window(zone, 12, 39) for zone in range(4)]


@pytest.fixture(scope="module")
def secret(tmp_path_factory) -> Scenario:
    folder = odd_folder(tmp_path_factory.mktemp("secret") / "case")
    return replace(scenarios.load(str(folder)), steps=96)


def share(made: Plan, folder: Path) -> list[Path]:
    """Everything that is meant for sharing, and the orders of convoys: the files."""
    scenario, network = made.scenario, made.network
    files = [path for path in write(made, folder) if path.name in ("report.html", "plan.gpkg")]
    quiet = quiet_array(made.windows, len(scenario.zones), scenario.steps)
    settings = Settings(seconds=1)
    world = scenario, network, quiet
    goods = make_convoys(*world, made.deliveries.table, trucks_of(scenario), settings)
    patients = make_medevac(*world, settings)
    assert goods.convoys
    assert patients.convoys
    files += write_gpx(goods, scenario, network, folder / "gpx")
    files += write_gpx(patients, scenario, network, folder / "gpx")
    files += write_convoy_pages(goods, *world, folder / "pages")
    files += write_convoy_pages(patients, *world, folder / "pages", PATIENTS)
    assessed = aid.assess(scenario)
    files.append(write_assessment_html(assessed, folder / "assessment.html"))
    files += write_assessment(assessed, folder / "assessment")
    return files


@pytest.fixture(scope="module")
def made(secret) -> Plan:
    return plans.make(secret, pauses=PAUSES)


@pytest.fixture(scope="module")
def shared(made, tmp_path_factory) -> list[Path]:
    return share(made, tmp_path_factory.mktemp("shared") / "plan")


def data_of(page: Path) -> dict:
    text = page.read_text("utf-8")
    return json.loads(re.search(r'<script type="application/json" id="plan-data">(.*?)</script>', text, re.S)[1])


def test_no_confidential_place_is_named_in_anything_shared(shared):
    for path in shared:
        for text in texts(path):
            assert not re.search(NAMED, text, re.IGNORECASE), path
    report = next(path for path in shared if path.name == "report.html").read_text("utf-8")
    assert "a protected place in Bridgeton" in report
    assert "A protected place in Southhaven" in report  # where trucks are loaded


def test_the_terminal_names_no_confidential_place(made, tmp_path):
    from letup.cli.assess import show_assessment
    from letup.cli.plan import show_plan

    said = printed(show_plan, shared_plan(made), [], tmp_path) + printed(show_assessment, aid.assess(made.scenario), [])
    assert "a protected place in" in said
    assert not re.search(NAMED, said, re.IGNORECASE)


def test_a_plan_with_confidential_places_verifies(shared):
    assert verify(shared[0].parent).holds


def moved(scenario: Scenario, seed: int, degrees: float) -> Scenario:
    """All places elsewhere, each in its zone."""
    rng, places = np.random.default_rng(seed), scenario.places.copy()
    points = []
    for place in places.geometry:
        zone = next(shape for shape in scenario.zones.geometry if shape.intersects(place)).buffer(-0.002)
        near = [shapely.Point(place.x + dx, place.y + dy) for dx, dy in rng.uniform(-degrees, degrees, (500, 2))]
        points.append(next(point for point in near if zone.contains(point)))
    return replace(scenario, places=places.set_geometry(points))


def lines_of(scenario: Scenario) -> set[tuple[float, ...]]:
    """All lines that may be drawn of a scenario's roads, whatever the plan."""
    drawn = shared_roads(roads.build(scenario), scenario)
    return {tuple(np.round(line, 7).ravel()) for line in drawn.line if len(line)}


def test_no_line_changes_wherever_a_confidential_place_lies_in_its_zone(secret):
    expected = lines_of(secret)
    assert expected
    for seed in range(5):
        assert lines_of(moved(secret, seed, 0.06)) == expected


def geometry(path: Path) -> list[tuple]:
    """Everything that is drawn in a shared file."""
    if path.suffix == ".gpkg":
        layers = [gpd.read_file(path, layer=name) for name, _ in pyogrio.list_layers(path)]
        return [tuple(shapely.to_wkb(shapely.set_precision(layer.geometry.to_numpy(), 1e-7))) for layer in layers]
    if path.name == "report.html":
        data = data_of(path)
        svg = path.read_text("utf-8").partition('id="map-drawn"')[2].partition("</svg>")[0]
        drawing = re.findall(r' d="([^"]*)"', svg)
        places = [data["base"], data["places"], *([each["x"] for each in data[key]] for key in ("limits", "zones"))]
        pieces = sorted(json.dumps(sorted(piece["l"])) for piece in data["pieces"])
        return [tuple(json.dumps(part) for part in places), tuple(pieces), tuple(sorted(drawing))]
    if path.suffix == ".gpx":
        track = gpxpy.parse(path.read_text("utf-8"))
        points = [(round(p.latitude, 6), round(p.longitude, 6)) for route in track.routes for p in route.points]
        return [tuple(dict.fromkeys(points)), tuple(track.waypoints)]
    return []


def test_nothing_that_is_drawn_changes_when_confidential_places_move(secret, shared, tmp_path):
    for seed in range(2):
        elsewhere = moved(secret, seed, 0.002)
        again = share(plans.make(elsewhere, pauses=PAUSES), tmp_path / str(seed))
        for before, after in zip(shared, again, strict=True):
            assert geometry(before) == geometry(after), before.name


def test_nothing_is_drawn_near_a_confidential_place(secret, shared):
    places = np.column_stack([secret.places.geometry.x, secret.places.geometry.y])
    vertices = []
    for path in shared:
        if path.suffix == ".gpkg":
            for name, _ in pyogrio.list_layers(path):
                vertices.append(shapely.get_coordinates(gpd.read_file(path, layer=name).geometry.to_numpy()))
        elif path.suffix == ".gpx":
            track = gpxpy.parse(path.read_text("utf-8"))
            points = [(point.longitude, point.latitude) for route in track.routes for point in route.points]
            vertices.append(np.array(points).reshape(-1, 2))
    data = data_of(next(path for path in shared if path.name == "report.html"))
    assert not data["base"]
    lines = [line for piece in data["pieces"] for line in piece["l"]]
    vertices += [np.cumsum(np.array(line).reshape(-1, 2), axis=0) / 1e5 for line in lines]
    metres = 111_320 * np.array([np.cos(np.radians(40.1)), 1])
    for place in places:
        assert np.hypot(*((np.concatenate(vertices) - place) * metres).T).min() > 50


def test_restricted_places_are_named_by_kind_and_zone(secret, tmp_path):
    known = replace(shared_scenario(secret), places=secret.places.assign(sensitivity="restricted", note="invented"))
    made = plans.make(known, pauses=PAUSES)
    files = [path for path in write(made, tmp_path / "plan") if path.name in ("report.html", "plan.gpkg")]
    for path in files:
        for text in texts(path):
            assert not re.search(NAMED, text, re.IGNORECASE), path
    assert "a shelter in Southhaven" in files[0].read_text("utf-8")
    journeys = gpd.read_file(tmp_path / "plan/plan.gpkg", layer="movements")
    assert (journeys["longest_m"] % 1000 == 0).all()
    assert (journeys["longest_minutes"] % 15 == 0).all()


def test_no_road_is_cut_where_a_restricted_place_stands_beside_it(secret):
    """Nor does a line end there: it goes on to the next crossing."""

    def lines(sensitivity: str, lat: float) -> set[tuple[float, ...]]:
        places = secret.places.loc[["zq-point-mill"]].assign(sensitivity=sensitivity)
        return lines_of(replace(secret, places=places.set_geometry([shapely.Point(-29.9852, lat)])))

    assert lines("restricted", 40.055) == lines("restricted", 40.05)
    assert lines("public", 40.055) != lines("public", 40.05)


def test_only_the_zone_of_a_confidential_place_is_closed(secret):
    places = secret.places.assign(sensitivity="public")
    open_lines = lines_of(replace(secret, places=places))
    places.loc[["zq-school", "zq-hall"], "sensitivity"] = "confidential"
    lines = lines_of(replace(secret, places=places))
    south = list(lines - open_lines)
    assert south
    assert all(min(line[1::2]) < 40.0401 and max(line[1::2]) < 40.0401 for line in south)
    assert all(len(line) == 4 for line in south)  # from the border to the zone's label point, straight
    elsewhere = [line for line in open_lines if max(line[1::2]) > 40.0401]
    assert set(elsewhere) <= lines


def test_how_far_a_confidential_place_lies_from_its_road_is_said_by_check_alone(secret):
    places = secret.places.copy()
    places.loc[["zq-hall"], "geometry"] = shapely.Point(-29.9925, 40.0165)  # 200 m beside its road
    aside = replace(secret, places=places)
    network = roads.build(aside)
    assert "places.far_from_road" in [finding.code for finding in network.findings]
    made = plans.make(aside, pauses=PAUSES)
    assert not [finding for finding in made.findings if finding.code.startswith("places.")]
