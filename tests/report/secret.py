"""The example strip with every place confidential, under ids and names that are found wherever they stand."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pyogrio

from letup import scenario as scenarios

NAMED = "zq-|سقف"
"""What only ids and names of places hold."""
OF_PLACES = ("place", "to")
"""Columns of tables that hold ids of places."""


def odd_folder(folder: Path) -> Path:
    """The example, one day of it, with ids and names of places that are found wherever they stand."""
    scenarios.new(folder)
    places = json.loads((folder / "places.geojson").read_text("utf-8"))
    ids = {feature["properties"]["id"] for feature in places["features"]}
    for feature in places["features"]:
        about = feature["properties"]
        about |= {"id": f"zq-{about['id']}", "name": f"Zq-{about['name']}", "name_ar": f"سقف {about['id']}"}
        about |= {"sensitivity": "confidential", "note": f"nobody visited {about['name']}"}
    (folder / "places.geojson").write_text(json.dumps(places), "utf-8")
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        at = [header.index(name) for name in OF_PLACES if name in header]
        for row in rows:
            for column in at:
                row[column] = f"zq-{row[column]}" if row[column] in ids else row[column]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    settings = (folder / "scenario.yaml").read_text("utf-8")
    for said, named in (
        ("Slow on foot", "From Zq-Millfield Hospital"),
        ("An example of", "Zq-Harbour Hall:"),
        ("A made-up", "Zq-Harbour store in a made-up"),
    ):
        settings = settings.replace(said, named)
    (folder / "scenario.yaml").write_text(settings, "utf-8")
    return folder


def texts(path: Path) -> Iterator[str]:
    """All text in a file; of layers every cell."""
    if path.suffix != ".gpkg":
        yield path.read_text("utf-8")
        return
    for name, _ in pyogrio.list_layers(path):
        layer = gpd.read_file(path, layer=name)
        yield layer.drop(columns=layer.geometry.name).to_csv()
