# ruff: noqa: E501 - one case to a line, to be read as a table
"""Ways in which a scenario can be wrong, and the finding that each must give."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Edit = Callable[[Path], None]


def replace(name: str, old: str, new_text: str) -> Edit:
    """Edit that replaces the first occurrence of a text in a file."""

    def edit(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text, f"{old} is not in {name}"
        (folder / name).write_text(text.replace(old, new_text, 1), "utf-8")

    return edit


def feature(name: str, number: int, change: Callable[[dict[str, Any]], None]) -> Edit:
    """Edit that changes one feature (counted from 1) of a layer."""

    def edit(folder: Path) -> None:
        layer = json.loads((folder / name).read_text("utf-8"))
        change(layer["features"][number - 1])
        (folder / name).write_text(json.dumps(layer), "utf-8")

    return edit


def prop(name: str, number: int, /, **values: Any) -> Edit:
    return feature(name, number, lambda record: record["properties"].update(values))


def shape(name: str, number: int, coordinates: Any, kind: str | None = None) -> Edit:
    def change(record: dict[str, Any]) -> None:
        record["geometry"] = {"type": kind or record["geometry"]["type"], "coordinates": coordinates}

    return feature(name, number, change)


def raw(name: str, content: bytes) -> Edit:
    return lambda folder: (folder / name).write_bytes(content) and None


def both(first: Edit, second: Edit) -> Edit:
    def edit(folder: Path) -> None:
        first(folder)
        second(folder)

    return edit


def turned(position: Any) -> Any:
    return position[::-1] if not isinstance(position[0], list) else [turned(part) for part in position]


def swapped(name: str, numbers: range) -> Edit:
    def edit(folder: Path) -> None:
        layer = json.loads((folder / name).read_text("utf-8"))
        for i in numbers:
            geometry = layer["features"][i]["geometry"]
            geometry["coordinates"] = turned(geometry["coordinates"])
        (folder / name).write_text(json.dumps(layer), "utf-8")

    return edit


SQUARE = [[[-29.99, 40.13], [-29.95, 40.13], [-29.95, 40.15], [-29.99, 40.15], [-29.99, 40.13]]]
BOW = [[[-29.99, 40.13], [-29.95, 40.15], [-29.95, 40.13], [-29.99, 40.15], [-29.99, 40.13]]]
PEOPLE = "north,,slow,600,,,0.7,,,assumed,,example"
SETTINGS = "scenario.yaml"

#: What is broken; the code, file, row or feature, and column that the finding must name.
CASES: dict[str, tuple[Edit, str, str, str, str]] = {
    "missing column": (replace("people.csv", "count,", "number,"), "column.missing", "people.csv", "", "count"),
    "misspelt column": (replace("people.csv", "note", "notes"), "column.unknown", "people.csv", "", "notes"),
    "repeated column": (replace("people.csv", "count_low", "count"), "column.repeated", "people.csv", "row 1", "count"),
    "misspelt property": (prop("roads.geojson", 1, damages=1), "column.unknown", "roads.geojson", "", "damages"),
    "misspelt key": (replace(SETTINGS, "    order: 1", "    orders: 1"), "column.unknown", SETTINGS, "groups", "orders"),
    "text for a number": (replace("people.csv", "600", "many"), "value.type", "people.csv", "row 2", "count"),
    "half a person": (replace("people.csv", "600", "600.5"), "value.type", "people.csv", "row 2", "count"),
    "share above 1": (replace("people.csv", "0.7", "70"), "value.range", "people.csv", "row 2", "share_leaving"),
    "percent": (replace("people.csv", "0.7", "70%"), "value.type", "people.csv", "row 2", "share_leaving"),
    "NaN": (replace("people.csv", "0.7", "nan"), "value.not_finite", "people.csv", "row 2", "share_leaving"),
    "infinite": (prop("roads.geojson", 2, lanes=float("inf")), "value.not_finite", "roads.geojson", "feature 2 (id main-2)", "lanes"),
    "huge count": (replace("people.csv", "600", "9" * 30), "value.range", "people.csv", "row 2", "count"),
    "too many people": (replace("people.csv", "600", "2147483647"), "people.total", "people.csv", "", "count"),
    "decimal comma": (replace("people.csv", "0.7", '"0,7"'), "value.decimal_comma", "people.csv", "row 2", "share_leaving"),
    "thousands": (replace("people.csv", "4000", '"4,000"'), "value.decimal_comma", "people.csv", "row 3", "count"),
    "empty cell": (replace("people.csv", "600", ""), "value.missing", "people.csv", "row 2", "count"),
    "unknown zone": (replace("people.csv", "north", "nroth"), "value.reference", "people.csv", "row 2", "zone"),
    "unknown place": (replace("stocks.csv", "hospital", "clinic"), "value.reference", "stocks.csv", "row 2", "place"),
    "unknown group": (replace("people.csv", "slow", "slaw"), "value.reference", "people.csv", "row 2", "group"),
    "unknown source": (replace("people.csv", "assumed,,", "observed,ocha,"), "value.reference", "people.csv", "row 2", "source"),
    "consent of an unknown zone": (replace("parties.yaml", '"mill"', '"mall"'), "value.reference", "parties.yaml", "entry 1", "consents_to"),
    "nowhere": (replace("people.csv", PEOPLE, PEOPLE.replace("north", "")), "people.nowhere", "people.csv", "row 2", "zone"),
    "negative stock": (replace("stocks.csv", "90000", "-90000"), "value.range", "stocks.csv", "row 3", "amount"),
    "a crossing without hours": (prop("places.geojson", 5, hours=None), "places.no_hours", "places.geojson", "feature 5 (id border)", "hours"),
    "more trucks than a crossing can inspect": (prop("places.geojson", 5, trucks_per_day=60), "places.inspection", "places.geojson", "feature 5 (id border)", "trucks_per_day"),
    "more trucks waiting than a crossing lets in": (replace("supply.csv", "2000,litres,1", "2000,litres,31"), "supply.over", "supply.csv", "row 4", "trucks_per_day"),
    "trucks that load longer than the crossing is open": (replace("trucks.csv", "30,45,45", "30,481,45"), "trucks.no_time", "trucks.csv", "row 2", "load_minutes"),
    "trucks that load longer than a warehouse is open": (prop("places.geojson", 6, hours="10:00-10:30"), "trucks.no_time", "trucks.csv", "row 3", "load_minutes"),
    "a point outside every zone": (shape("places.geojson", 7, [-29.9, 40.02]), "places.serves_nobody", "places.geojson", "feature 7 (id point-north)", "serves"),
    "a point that serves an unknown zone": (prop("places.geojson", 8, serves="mill;brigde"), "value.reference", "places.geojson", "feature 8 (id point-mill)", "serves"),
    "trucks of a hospital": (replace("trucks.csv", "crossing,border", "crossing,hospital"), "trucks.place", "trucks.csv", "row 2", "place"),
    "trucks of nowhere": (replace("trucks.csv", "crossing,border", "crossing,bordr"), "value.reference", "trucks.csv", "row 2", "place"),
    "trucks that carry an unknown essential": (replace("trucks.csv", "water;food", "watr;food"), "value.reference", "trucks.csv", "row 3", "items"),
    "trucks without a payload": (replace("trucks.csv", "10,8000,", "10,,"), "value.missing", "trucks.csv", "row 2", "payload_kg"),
    "trucks twice": (replace("trucks.csv", "store-trucks", "border-trucks"), "id.duplicate", "trucks.csv", "row 3", "id"),
    "a supply at a warehouse": (replace("supply.csv", "border,food", "store,food"), "supply.place", "supply.csv", "row 2", "place"),
    "a supply twice": (replace("supply.csv", "border,food", "border,water"), "supply.twice", "supply.csv", "row 3", ""),
    "a supply of water in kilograms": (replace("supply.csv", "60000,litres", "60000,kg"), "supply.unit", "supply.csv", "row 3", "unit"),
    "an amount without a unit": (replace("supply.csv", "60000,litres", "60000,"), "value.missing", "supply.csv", "row 3", "unit"),
    "an essential without weight": (both(replace("essentials.csv", "0.0011", ""), replace("supply.csv", "border,food", "border,soap")), "essentials.no_weight", "supply.csv", "row 2", "item"),
    "a supply without trucks": (lambda folder: (folder / "trucks.csv").unlink(), "trucks.none", "supply.csv", "", ""),
    "a weight for need without trucks": (both(replace("scenario.yaml", "people: 1", "need: 1"), lambda folder: (folder / "trucks.csv").unlink()), "priorities.no_trucks", "scenario.yaml", "priorities", "need"),
    "a zone without pause that is none": (replace("scenario.yaml", 'without_pause: ["south"]', 'without_pause: ["suoth"]'), "value.reference", "scenario.yaml", "deliveries", "without_pause"),
    "zones without pause that are no list": (replace("scenario.yaml", 'without_pause: ["south"]', 'without_pause: [1]'), "value.type", "scenario.yaml", "deliveries", "without_pause"),
    "a stock outside its range": (replace("stocks.csv", "90000,60000", "90000,95000"), "value.order", "stocks.csv", "row 3", "amount"),
    "more lost than there is": (replace("stocks.csv", "0.02", "1.02"), "value.range", "stocks.csv", "row 7", "loss_per_day"),
    "litres of food": (replace("stocks.csv", "person-days", "litres"), "stocks.unit", "stocks.csv", "row 7", "unit"),
    "person-days of fuel": (replace("stocks.csv", "1200,800,1600,litres", "1200,800,1600,person-days"), "stocks.unit", "stocks.csv", "row 15", "unit"),
    "an unknown essential": (replace("stocks.csv", ",north,water", ",north,watr"), "value.reference", "stocks.csv", "row 3", "item"),
    "a daily use where people have a need": (replace("stocks.csv", "120000,litres,", "120000,litres,500"), "stocks.use_not_read", "stocks.csv", "row 3", "daily_use"),
    "a stock outside every zone": (shape("places.geojson", 6, [-29.9, 40.02]), "stocks.outside", "stocks.csv", "row 16", "place"),
    "an essential without a unit": (replace("essentials.csv", "Soap,g,", "Soap,,"), "value.missing", "essentials.csv", "row 2", "unit"),
    "an essential twice": (replace("essentials.csv", "soap,Soap,g,15,10,15,,0.0011,assumed,,example", "soap,Soap,g,15,10,15,,assumed,,example\nsoap,Soap,kg,1,,,,assumed,,example"), "id.duplicate", "essentials.csv", "row 3", "essential"),
    "a need outside its range": (replace("essentials.csv", "15,10,15", "15,16,18"), "value.order", "essentials.csv", "row 2", "per_person"),
    "a range around nothing": (replace("essentials.csv", "15,10,15", ",10,15"), "value.missing", "essentials.csv", "row 2", "per_person"),
    "survival above the need": (replace("essentials.csv", "15,10,15,", "15,10,15,12"), "essentials.survival", "essentials.csv", "row 2", "survival"),
    "water made of nothing": (replace("facilities.csv", "fuel,0,,,litres", ",,,,"), "facilities.no_fuel", "facilities.csv", "row 3", "uses"),
    "fuel without an amount": (replace("facilities.csv", "fuel,300,250,400", "fuel,,,"), "value.missing", "facilities.csv", "row 2", "use_per_day"),
    "an amount of nothing": (replace("facilities.csv", "litres,water,30000", "litres,,30000"), "value.missing", "facilities.csv", "row 3", "makes"),
    "a facility that does nothing": (replace("facilities.csv", "fuel,0,,,litres,water,30000,,,litres", ",,,,,,,,,"), "facilities.idle", "facilities.csv", "row 3", ""),
    "fuel by the kilogram": (replace("facilities.csv", "400,litres", "400,kg"), "facilities.unit", "facilities.csv", "row 2", "use_unit"),
    "fuel per person": (replace("facilities.csv", "400,litres", "400,litres per person"), "facilities.unit", "facilities.csv", "row 2", "use_unit"),
    "making less than the low end": (replace("facilities.csv", "120000,90000", "120000,121000"), "value.order", "facilities.csv", "row 2", "make_per_day"),
    "a facility nowhere": (replace("facilities.csv", ",mill,fuel", ",,fuel"), "facilities.nowhere", "facilities.csv", "row 2", "zone"),
    "a facility nowhere that may need fuel": (replace("facilities.csv", ",south,fuel,0,,,litres,water,30000,,,litres,", ",,fuel,0,,5,litres,water,30000,,,litres,south"), "facilities.nowhere", "facilities.csv", "row 3", "zone"),
    "a facility outside every zone": (both(replace("facilities.csv", ",,mill,fuel", ",store,,fuel"), shape("places.geojson", 6, [-29.9, 40.02])), "facilities.outside", "facilities.csv", "row 2", "place"),
    "serving an unknown zone": (replace("facilities.csv", "north;mill", "nroth;mill"), "value.reference", "facilities.csv", "row 2", "serves"),
    "water from fuel from water": (replace("facilities.csv", "south,fuel,0,,,litres,water,30000,,,litres", "south,water,9,,,litres,fuel,30000,,,litres"), "facilities.circle", "facilities.csv", "", "makes"),
    "a facility twice": (replace("facilities.csv", "south-springs", "mill-wells"), "id.duplicate", "facilities.csv", "row 3", "id"),
    "stock nowhere": (replace("stocks.csv", "hospital,", ","), "stocks.nowhere", "stocks.csv", "row 2", "zone"),
    "the same row twice": (replace("people.csv", PEOPLE, f"{PEOPLE}\n{PEOPLE}"), "row.duplicate", "people.csv", "row 3", ""),
    "outside its range": (replace("people.csv", "600,,", "600,700,"), "value.order", "people.csv", "row 2", "count"),
    "assumed without a reason": (replace("people.csv", PEOPLE, PEOPLE.replace("example", "")), "basis.note_missing", "people.csv", "row 2", "note"),
    "observed without a source": (replace("people.csv", "assumed", "observed"), "basis.source_missing", "people.csv", "row 2", "source"),
    "unknown basis": (replace("people.csv", "assumed", "guessed"), "value.choice", "people.csv", "row 2", "basis"),
    "too few cells": (replace("people.csv", PEOPLE, "north,,slow"), "csv.ragged", "people.csv", "row 2", ""),
    "open quotation mark": (replace("people.csv", "600", '"600'), "csv.quotes", "people.csv", "", ""),
    "semicolons": (lambda f: raw("people.csv", (f / "people.csv").read_bytes().replace(b",", b";"))(f), "csv.delimiter", "people.csv", "", ""),
    "nothing but commas": (raw("people.csv", b",,,\n" * 1000), "file.empty", "people.csv", "", ""),
    "columns without end": (raw("people.csv", b"a," * 10**6), "layer.too_many", "people.csv", "row 1", ""),
    "duplicate id": (prop("roads.geojson", 2, id="main-1"), "id.duplicate", "roads.geojson", "feature 2 (id main-1)", "id"),
    "duplicate group": (replace(SETTINGS, '  - name: "foot"', '  - name: "slow"'), "id.duplicate", SETTINGS, "groups, entry 2", "name"),
    "capacity 0": (prop("roads.geojson", 1, foot_per_hour=0), "value.range", "roads.geojson", "feature 1 (id main-1)", "foot_per_hour"),
    "negative capacity": (prop("places.geojson", 3, throughput_per_hour=-5), "value.range", "places.geojson", "feature 3 (id control)", "throughput_per_hour"),
    "unknown class": (prop("roads.geojson", 1, **{"class": "motorwai"}), "value.choice", "roads.geojson", "feature 1 (id main-1)", "class"),
    "unknown mode": (prop("roads.geojson", 1, modes="foot;bike"), "value.choice", "roads.geojson", "feature 1 (id main-1)", "modes"),
    "yes for true": (prop("roads.geojson", 1, oneway="yes"), "value.type", "roads.geojson", "feature 1 (id main-1)", "oneway"),
    "turned text": (prop("places.geojson", 1, name="a\u202eb"), "value.type", "places.geojson", "feature 1 (id school)", "name"),
    "bad hours": (prop("places.geojson", 3, hours="9 to 3"), "value.hours", "places.geojson", "feature 3 (id control)", "hours"),
    "hours over midnight": (prop("places.geojson", 3, hours="22:00-04:00"), "value.hours", "places.geojson", "feature 3 (id control)", "hours"),
    "shelter without room": (prop("places.geojson", 1, room=None), "places.no_room", "places.geojson", "feature 1 (id school)", "room"),
    "room to wait where nobody may": (prop("places.geojson", 3, waiting_room=50), "places.no_wait", "places.geojson", "feature 3 (id control)", "waiting_room"),
    "more beds than room": (prop("places.geojson", 1, wait=True, night_room=10**6), "places.night_room", "places.geojson", "feature 1 (id school)", "night_room"),
    "beds for nobody": (prop("places.geojson", 1, wait=True, night_room=1), "places.no_nights", "places.geojson", "feature 1 (id school)", "night_room"),
    "checkpoint without throughput": (prop("places.geojson", 3, throughput_per_hour=None), "places.no_throughput", "places.geojson", "feature 3 (id control)", "throughput_per_hour"),
    "one place twice": (shape("places.geojson", 2, [-29.9497, 40.01931]), "places.near_duplicate", "places.geojson", "feature 2 (id hall)", ""),
    "coarse position": (shape("places.geojson", 2, [-29.99, 40.02]), "coordinates.coarse", "places.geojson", "feature 2 (id hall)", "geometry"),
    "a zone crosses itself": (shape("zones.geojson", 1, BOW), "geometry.invalid", "zones.geojson", "feature 1 (id north)", "geometry"),
    "open ring": (shape("zones.geojson", 1, [SQUARE[0][:-1]]), "geometry.invalid", "zones.geojson", "feature 1 (id north)", "geometry"),
    "no geometry": (feature("zones.geojson", 1, lambda record: record.update(geometry=None)), "geometry.missing", "zones.geojson", "feature 1 (id north)", "geometry"),
    "empty geometry": (shape("zones.geojson", 1, []), "geometry.missing", "zones.geojson", "feature 1 (id north)", "geometry"),
    "point for a road": (shape("roads.geojson", 1, [-29.9, 40.1], "Point"), "geometry.type", "roads.geojson", "feature 1 (id main-1)", "geometry"),
    "road without length": (shape("roads.geojson", 1, [[-29.96, 40.1], [-29.96, 40.1]]), "geometry.invalid", "roads.geojson", "feature 1 (id main-1)", "geometry"),
    "road in parts": (shape("roads.geojson", 1, [[[-29.96, 40.1], [-29.95, 40.1]], [[-29.94, 40.1], [-29.93, 40.1]]], "MultiLineString"), "geometry.multipart", "roads.geojson", "feature 1 (id main-1)", "geometry"),
    "heights": (shape("roads.geojson", 1, [[-29.96, 40.1, 5], [-29.95, 40.1, 6]]), "geometry.height", "roads.geojson", "", ""),
    "degrees, minutes, seconds": (shape("places.geojson", 1, ["29°57'W", "40°01'N"]), "value.degrees", "places.geojson", "feature 1 (id school)", "geometry"),
    "overlap": (shape("zones.geojson", 2, SQUARE), "zones.overlap", "zones.geojson", "feature 1 (id north) and feature 2 (id mill)", "geometry"),
    "swapped road": (swapped("roads.geojson", range(1)), "coordinates.swapped", "roads.geojson", "feature 1 (id main-1)", "geometry"),
    "swapped roads": (swapped("roads.geojson", range(24)), "coordinates.swapped", "roads.geojson", "", "geometry"),
    "swapped zones": (swapped("zones.geojson", range(4)), "coordinates.swapped", "roads.geojson", "", "geometry"),
    "swapped zone": (swapped("zones.geojson", range(1)), "coordinates.swapped", "zones.geojson", "feature 1 (id north)", "geometry"),
    "swapped vertex": (shape("roads.geojson", 1, [[-29.961, 40.147], [40.1015, -29.961]]), "coordinates.swapped", "roads.geojson", "feature 1 (id main-1)", "geometry"),
    "impossible latitude": (shape("places.geojson", 1, [-100, 140]), "coordinates.range", "places.geojson", "feature 1 (id school)", "geometry"),
    "in another country": (shape("places.geojson", 1, [10.123, 50.123]), "coordinates.far", "places.geojson", "feature 1 (id school)", "geometry"),
    "road outside every zone": (shape("roads.geojson", 1, [[-29.8, 40.1], [-29.7, 40.1]]), "roads.outside", "roads.geojson", "feature 1 (id main-1)", "geometry"),
    "place outside every zone": (shape("places.geojson", 1, [-29.871, 40.012]), "places.outside", "places.geojson", "feature 1 (id school)", "geometry"),
    "not UTF-8": (lambda f: raw("people.csv", (f / "people.csv").read_bytes().replace(b"600", b"6\xff0"))(f), "text.encoding", "people.csv", "line 2", ""),
    "UTF-16": (lambda f: raw("people.csv", (f / "people.csv").read_text("utf-8").encode("utf-16"))(f), "text.encoding", "people.csv", "byte 1", ""),
    "zero bytes": (raw("people.csv", b"zone,\x00"), "text.nul", "people.csv", "line 1", ""),
    "empty file": (raw("zones.geojson", b""), "file.empty", "zones.geojson", "", ""),
    "empty layer": (raw("zones.geojson", b'{"type": "FeatureCollection", "features": []}'), "layer.empty", "zones.geojson", "", ""),
    "cut off": (lambda f: raw("roads.geojson", (f / "roads.geojson").read_bytes()[:2000])(f), "json.syntax", "roads.geojson", "line ", ""),
    "nested without end": (raw("roads.geojson", b"[" * 10**6), "json.deep", "roads.geojson", "", ""),
    "key twice in a feature": (replace("zones.geojson", '"id": "north"', '"id": "x", "id": "north"'), "json.duplicate_key", "zones.geojson", "", ""),
    "another coordinate system": (replace("zones.geojson", '"features"', '"crs": {"type": "name", "properties": {"name": "EPSG:32636"}}, "features"'), "geojson.crs", "zones.geojson", "", ""),
    "missing file": (lambda f: (f / "roads.geojson").unlink(), "file.missing", "roads.geojson", "", ""),
    "missing people": (lambda f: (f / "people.csv").unlink(), "file.missing", "people.csv", "", ""),
    "misspelt file": (lambda f: (f / "stocks.csv").rename(f / "stock.csv") and None, "file.unknown", "stock.csv", "", ""),
    "folder for a file": (lambda f: (f / "people.csv").unlink() or (f / "people.csv").mkdir(), "file.kind", "people.csv", "", ""),
    "two gigabytes": (lambda f: os.truncate(f / "roads.geojson", 2 * 10**9), "file.too_large", "roads.geojson", "", ""),
    "no time zone": (replace(SETTINGS, "06:00+00:00", "06:00"), "value.timezone", SETTINGS, "", "start"),
    "unknown time zone": (replace(SETTINGS, '"UTC"', "Asia/Gazza"), "value.timezone", SETTINGS, "", "timezone"),
    "no date": (replace(SETTINGS, "2030-01-01T06", "2030-13-01T06"), "value.date", SETTINGS, "", "start"),
    "hindsight": (replace(SETTINGS, "2029-12-31", "2031-12-31"), "time.as_of", SETTINGS, "", "as_of"),
    "offset of another zone": (replace(SETTINGS, "06:00+00:00", "06:00+02:00"), "time.offset", SETTINGS, "", "start"),
    "no steps": (replace(SETTINGS, "steps: 288", "steps: 0"), "value.range", SETTINGS, "", "steps"),
    "hours backwards": (replace(SETTINGS, "[6, 18]", "[18, 6]"), "value.hours", SETTINGS, "limits", "hours"),
    "shortest above longest": (replace(SETTINGS, "# longest_hours:", "longest_hours: 2 #"), "limits.contradict", SETTINGS, "limits", ""),
    "shortest above the hours": (replace(SETTINGS, "shortest_hours: 3", "shortest_hours: 13"), "limits.contradict", SETTINGS, "limits", ""),
    "zone-hours below one window": (replace(SETTINGS, "zone_hours: 60", "zone_hours: 2"), "limits.contradict", SETTINGS, "limits", ""),
    "grid beside the steps": (replace(SETTINGS, "grid_minutes: 30", "grid_minutes: 20"), "limits.grid", SETTINGS, "limits", "grid_minutes"),
    "forbidden in an unknown zone": (replace(SETTINGS, "# forbidden:", 'forbidden: [{zone: x, from: "2030-01-01T06:00Z", to: "2030-01-01T08:00Z"}] #'), "value.reference", SETTINGS, "limits, forbidden, entry 1", "zone"),
    "forbidden backwards": (replace(SETTINGS, "# forbidden:", 'forbidden: [{zone: mill, from: "2030-01-02T06:00Z", to: "2030-01-01T08:00Z"}] #'), "limits.contradict", SETTINGS, "limits, forbidden, entry 1", "to"),
    "forced without a time zone": (replace(SETTINGS, "# forbidden:", 'forced: [{zone: mill, from: "2030-01-01T06:00", to: "2030-01-01T08:00Z"}] #'), "value.timezone", SETTINGS, "limits, forced, entry 1", "from"),
    "forced after the end": (replace(SETTINGS, "# forbidden:", 'forced: [{zone: mill, from: "2031-01-01T06:00Z", to: "2031-01-01T08:00Z"}] #'), "limits.outside", SETTINGS, "limits, forced, entry 1", ""),
    "forced without a zone": (replace(SETTINGS, "# forbidden:", 'forced: [{from: "2030-01-01T06:00Z", to: "2030-01-01T08:00Z"}] #'), "yaml.shape", SETTINGS, "limits, forced, entry 1", ""),
    "frozen in an unknown zone": (replace(SETTINGS, "# forbidden:", 'frozen: [{zone: x, from: "2030-01-01T06:00Z", to: "2030-01-01T08:00Z"}] #'), "value.reference", SETTINGS, "limits, frozen, entry 1", "zone"),
    "frozen twice": (replace(SETTINGS, "# forbidden:", 'frozen: [{zone: mill, from: "2030-01-01T06:00Z", to: "2030-01-01T08:00Z"}, {zone: mill, from: "2030-01-01T08:00Z", to: "2030-01-01T09:00Z"}] #'), "limits.contradict", SETTINGS, "limits, frozen, entry 2", ""),
    "frozen between two steps": (replace(SETTINGS, "# forbidden:", 'frozen: [{zone: mill, from: "2030-01-01T06:05Z", to: "2030-01-01T06:25Z"}] #'), "limits.outside", SETTINGS, "limits, frozen, entry 1", ""),
    "frozen not a list": (replace(SETTINGS, "# forbidden:", 'frozen: mill #'), "yaml.shape", SETTINGS, "limits, frozen", ""),
    "a corridor with an unknown zone": (replace(SETTINGS, "# forbidden:", 'together: [[mill, x]] #'), "value.reference", SETTINGS, "limits, together, entry 1", "zone"),
    "a corridor of one zone": (replace(SETTINGS, "# forbidden:", 'together: [mill] #'), "yaml.shape", SETTINGS, "limits, together, entry 1", ""),
    "a zone in two corridors": (replace(SETTINGS, "# forbidden:", 'together: [[mill, north], [south, mill]] #'), "limits.contradict", SETTINGS, "limits, together, entry 2", ""),
    "same_daily as a word": (replace(SETTINGS, "# forbidden:", 'same_daily: always #'), "value.type", SETTINGS, "limits", "same_daily"),
    "concession without a cost": (replace(SETTINGS, "# forbidden:", 'concession: [{zone: mill}] #'), "yaml.shape", SETTINGS, "limits, concession, entry 1", ""),
    "concession below 0": (replace(SETTINGS, "# forbidden:", 'concession: [{zone: mill, cost: -1}] #'), "value.range", SETTINGS, "limits, concession, entry 1", "cost"),
    "concession until no time": (replace(SETTINGS, "# forbidden:", 'concession: [{zone: mill, cost: 1, to: "tomorrow"}] #'), "value.date", SETTINGS, "limits, concession, entry 1", "to"),
    "a budget for nothing": (replace(SETTINGS, "# forbidden:", 'concession_budget: 10 #'), "limits.contradict", SETTINGS, "limits", "concession_budget"),
    "a budget below 0": (replace(SETTINGS, "# forbidden:", 'concession_budget: -1 #'), "value.range", SETTINGS, "limits", "concession_budget"),
    "key twice": (replace(SETTINGS, "steps: 288", "steps: 288\nsteps: 289"), "yaml.duplicate_key", SETTINGS, "line 10", ""),
    "alias": (replace(SETTINGS, "steps: 288", "steps: &a 288"), "yaml.alias", SETTINGS, "line 9", ""),
    "code in YAML": (replace(SETTINGS, "steps: 288", "steps: !!python/object/apply:os.getcwd []"), "yaml.alias", SETTINGS, "line 9", ""),
    "deep YAML": (raw("parties.yaml", b"[" * 10**5), "yaml.deep", "parties.yaml", "line 1", ""),
    "YAML deeper than is read": (raw("parties.yaml", b"[" * 30 + b"]" * 30), "yaml.deep", "parties.yaml", "line 1", ""),
    "deep YAML in blocks": (raw("parties.yaml", b"- " * 10**4), "yaml.deep", "parties.yaml", "line 1", ""),
    "broken YAML": (replace(SETTINGS, "groups:", "groups: ["), "yaml.syntax", SETTINGS, "line", ""),
    "list for a mapping": (raw(SETTINGS, b"- 1\n- 2\n"), "yaml.shape", SETTINGS, "", ""),
    "no groups": (replace(SETTINGS, "groups:", "groups: []\nother:"), "column.missing", SETTINGS, "", "groups"),
    "patients who go to a school": (replace("patients.csv", ",border,", ",school,"), "patients.to", "patients.csv", "row 2", "to"),
    "patients who go to where they are": (replace("patients.csv", ",border,", ",hospital,"), "patients.same", "patients.csv", "row 2", "to"),
    "patients who go nowhere": (replace("patients.csv", ",border,", ",boarder,"), "value.reference", "patients.csv", "row 2", "to"),
    "no hospital with beds": (replace("patients.csv", "dialysis,hospital,3,crossing", "dialysis,border,3,hospital"), "patients.no_beds", "patients.csv", "row 3", "to"),
    "patients who have not agreed": (replace("patients.csv", "true", "false"), "patients.not_agreed", "patients.csv", "row 2", "agreed"),
    "patients without a way back": (replace("patients.csv", '"by the same crossing, when those who treat them say so"', ""), "value.missing", "patients.csv", "row 2", "way_back"),
    "patients beyond any ambulance": (replace("patients.csv", "lying,1", "lying,4"), "patients.no_ambulance", "patients.csv", "row 2", "needs"),
    "an ambulance for nobody": (replace("ambulances.csv", "3,1,2,30", "3,0,0,30"), "ambulances.no_place", "ambulances.csv", "row 2", "lying"),
    "ambulances at no place": (replace("ambulances.csv", "Ambulance,hospital", "Ambulance,clinic"), "value.reference", "ambulances.csv", "row 2", "place"),
    "text for a list": (replace("parties.yaml", '["the hospital is supplied"]', "food"), "value.type", "parties.yaml", "entry 2", "wants"),
}  # fmt: skip
