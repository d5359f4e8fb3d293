"""Every value says how it is known, and the shares are of a denominator that is stated."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from letup.scenario import bundled, example, load, new, shares, values
from letup.scenario.format import TABLES, declared
from letup.scenario.provenance import BASES, defaults_taken, rows_by_basis


def test_every_value_of_the_example_is_assumed_for_the_reason_example() -> None:
    table = values(example())
    assert set(table["basis"]) == {"assumed"}
    assert set(table["note"]) == {"example"}
    assert shares(example()) == {"observed": 0.0, "modelled": 0.0, "assumed": 1.0}


def test_values_are_the_filled_cells_that_hold_data(tmp_path: Path) -> None:
    """Counted here from the files themselves."""
    folder = new(tmp_path / "example")
    counted = {(name, row.name) for name, schema in declared().items() for row in schema.columns if row.counted}
    filled = 0
    for name in TABLES:
        with (folder / name).open(encoding="utf-8", newline="") as handle:
            filled += sum(bool(v) and (name, c) in counted for row in csv.DictReader(handle) for c, v in row.items())
    for name in ("zones.geojson", "roads.geojson", "places.geojson"):
        for feature in json.loads((folder / name).read_text("utf-8"))["features"]:
            filled += sum(v is not None and (name, c) in counted for c, v in feature["properties"].items())
    table = values(load(folder))
    assert int(table["file"].isin(["scenario.yaml", "parties.yaml"]).sum()) == 2 * 2 + 5 + 1 + 1 + 3 + 3 + 3 + 1 + 4
    assert len(table) == filled + 25


def test_a_default_written_out_counts_and_one_left_out_does_not(tmp_path: Path) -> None:
    folder = new(tmp_path / "example")
    before = load(folder)
    text = (folder / "roads.geojson").read_text("utf-8").replace('"damage": null', '"damage": 0', 1)
    (folder / "roads.geojson").write_text(text, "utf-8")
    after = load(folder)
    assert len(values(after)) == len(values(before)) + 1
    assert defaults_taken(after) == defaults_taken(before) - 1


def test_a_column_may_have_its_own_basis_and_its_range_follows_it(tmp_path: Path) -> None:
    folder = new(tmp_path / "example")
    (folder / "people.csv").write_text(
        "zone,group,count,count_low,share_leaving,share_leaving_low,basis,source,note,"
        "share_leaving_basis,share_leaving_note\n"
        "north,foot,100,90,0.5,0.4,observed,example,counted,assumed,nobody asked\n",
        "utf-8",
    )
    table = values(load(folder))
    people = table[table["file"] == "people.csv"].set_index("column")
    assert people["basis"].to_dict() == {
        "count": "observed",
        "count_low": "observed",
        "share_leaving": "assumed",
        "share_leaving_low": "assumed",
    }
    assert people.loc["count", ["where", "source", "note", "unit"]].tolist() == [
        "row 2",
        "example",
        "counted",
        "people",
    ]
    assert people.loc["share_leaving_low", ["source", "note"]].tolist() == ["", "nobody asked"]


@pytest.mark.parametrize("name", bundled())
def test_every_value_of_a_bundled_scenario_has_a_basis_and_a_source_or_a_reason(name: str) -> None:
    scenario = load(name)
    table = values(scenario)
    assert set(table["basis"]) <= set(BASES)
    assert ((table["source"] != "") | (table["basis"] == "assumed")).all()
    assert (table.loc[table["basis"] == "assumed", "note"] != "").all()
    named = {part.strip() for source in table["source"] for part in source.split(";") if part.strip()}
    assert named <= set(scenario.sources)
    assert sum(shares(scenario).values()) == pytest.approx(1.0)
    assert sum(rows_by_basis(scenario)["roads.geojson"]) == len(scenario.roads)
