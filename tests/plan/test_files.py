"""What letup plan writes can be read by others."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from letup import plan as plans
from letup.core.errors import LetupError
from letup.plan.files.document import Document, schema
from letup.scenario import load
from letup.tables import schemas
from letup.verify import verify

SCHEMA = Path(plans.__file__).parent / "plan.schema.json"


def test_the_published_schema_is_current():
    # To renew it: python -c "from letup.plan.files.document import *; print(schema(), end='')"
    assert SCHEMA.read_text("utf-8") == schema()


def test_plan_json_follows_its_schema(written):
    raw = json.loads((written / "plan.json").read_text("utf-8"))
    document = Document.model_validate(raw)
    assert document.format == 1
    assert document.answer.arrive == sum(group.arrive for group in document.groups)


def test_movements_csv_holds_everybody(written, made):
    with (written / "movements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["people"]) for row in rows) == made.arrive
    assert {"depart_first", "arrive_last", "length_m", "minutes", "people_per_step"} <= set(rows[0])
    assert rows[0]["depart_first"].endswith("+00:00")


def test_the_geopackage_opens_with_its_layers(written, made):
    layers = {name for name, _ in pyogrio.list_layers(written / "plan.gpkg")}
    assert {"pauses", "movements", "people_left"} <= layers
    routes = gpd.read_file(written / "plan.gpkg", layer="movements")
    assert routes["people"].sum() == made.arrive
    assert routes.crs.to_epsg() == 4326
    left = gpd.read_file(written / "plan.gpkg", layer="people_left")
    assert left["left_people"].sum() == made.want_to_leave - made.arrive


def test_the_columns_of_each_layer_are_those_of_the_reference(written):
    declared = schemas("letup.plan.files")
    for name, _ in pyogrio.list_layers(written / "plan.gpkg"):
        assert (
            pyogrio.read_info(written / "plan.gpkg", layer=name)["fields"].tolist()
            == declared[f"plan.gpkg:{name}"].names
        )


def test_no_line_ends_at_a_shelter_that_is_not_public(written, made):
    places = made.scenario.places
    secret = places[(places["kind"] == "shelter") & (places["sensitivity"] != "public")]
    routes = gpd.read_file(written / "plan.gpkg", layer="movements")
    node = made.network.place_node
    for place in secret.index:
        point = gpd.points_from_xy([made.network.lon[node[place]]], [made.network.lat[node[place]]])[0]
        lines = routes[routes["shelter"] == place]
        assert (shapely.distance(lines.geometry.to_numpy(), point) > 0.001).all()


def test_the_scenario_in_the_folder_is_the_scenario(written, example):
    copy = load(str(written / "scenario"))
    assert copy.zone_ids == example.zone_ids
    assert copy.people["count"].sum() == example.people["count"].sum()


def test_a_plan_can_be_written_over_an_older_one(made, tmp_path):
    plans.write(made, tmp_path / "plan")
    assert plans.write(made, tmp_path / "plan")
    assert verify(tmp_path / "plan").holds


CHANGES = {
    "parties": lambda scenario: {"parties": ({**scenario.parties[0], "name": "Another"}, *scenario.parties[1:])},
    "concessions": lambda scenario: {"concessions": scenario.concessions.iloc[:0]},
    "statements": lambda scenario: {"statements": scenario.statements.assign(speaker="Somebody else")},
    "patients": lambda scenario: {"patients": scenario.patients.iloc[:1]},
    "title": lambda _: {"title": "Another one"},
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_copy_beside_a_plan_is_of_its_own_scenario_whatever_differs_from_the_older_one(made, tmp_path, what):
    plans.write(made, tmp_path / "plan")
    changed = replace(made.scenario, **CHANGES[what](made.scenario))
    plans.write(replace(made, scenario=changed), tmp_path / "plan")
    here, there = getattr(load(tmp_path / "plan" / "scenario"), what), getattr(changed, what)
    if what == "parties":
        assert [party["name"] for party in here] == [party["name"] for party in there]
    elif what == "title":
        assert here == there
    else:
        assert here.astype(str).to_dict("records") == there.astype(str).to_dict("records")


def test_a_folder_with_other_files_is_left_alone(made, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LetupError, match="no plan"):
        plans.write(made, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
