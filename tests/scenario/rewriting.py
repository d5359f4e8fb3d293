"""Write one thing of a scenario in another form, half-right or wrong, and know what it was.

`rewritten` changes one copy of a scenario folder. What it changes is always a matter of form: whoever looks at the file
sees what was meant, or sees that it is wrong. So a reader may load the scenario as it was, or must say something; data
that are merely other data (700 people for 600) are none of these.
"""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import yaml

from letup.scenario import Scenario
from letup.scenario.format import LAYERS, PARTIES, SCENARIO, TABLES, declared
from letup.tables import Column, names_in
from tests import forms

NOT_AN_ANSWER = ("note", "source", "basis", "address", "label", "description", "higher")


@dataclass(frozen=True)
class Change:
    """What was changed: its kind, the file, and the words for it."""

    kind: str
    file: str
    what: str


def forms_of(column: Column, text: str) -> dict[str, forms.Form]:
    """Other forms of a cell of a column."""
    if column.kind in ("number", "integer"):
        return forms.NUMBERS
    if column.kind == "boolean":
        return forms.BOOLEANS
    if column.kind == "opening_hours":
        return forms.HOURS
    if column.kind in ("datetime", "date"):
        return forms.MOMENTS
    if column.kind == "modes" or column.name in ("serves", "items", "never", "options", "worth"):
        return forms.LISTS if ";" in text else forms.LISTS | forms.WORDS
    if column.kind in ("id", "reference", "choice") or column.name in ("unit", "use_unit", "make_unit", "to"):
        return forms.WORDS
    return {}


class Rewriter:
    """Changes one copy of a scenario folder, once."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)

    def change(self) -> Change:
        """Change one thing; tries again where the copy has nothing of the kind."""
        while True:
            kind = self.random.choice(KINDS)
            done = kind(self)
            if done is not None:
                file, what = done
                return Change(kind.__name__, file, what)

    # tables

    def _table(self) -> tuple[str, list[list[str]]]:
        name = self.random.choice([name for name in TABLES if (self.folder / name).is_file()])
        return name, list(csv.reader(io.StringIO((self.folder / name).read_text("utf-8"), newline="")))

    def _save(self, name: str, rows: list[list[str]]) -> None:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(rows)

    def cell(self) -> tuple[str, str] | None:
        """A cell of a table in another form."""
        name, rows = self._table()
        row = self.random.choice(rows[1:])
        places = [i for i, cell in enumerate(row) if cell and forms_of(declared()[name].find(rows[0][i]), cell)]  # type: ignore[arg-type]
        i = self.random.choice(places)
        column = declared()[name].find(rows[0][i])
        assert column is not None
        what, form = self.random.choice(sorted(forms_of(column, row[i]).items()))
        old, row[i] = row[i], form(row[i])
        if row[i] == old:
            return None
        self._save(name, rows)
        return name, f"{column.name} {old!r} as {row[i]!r} ({what})"

    def whole_column(self) -> tuple[str, str] | None:
        """All cells of a column in the same other form."""
        name, rows = self._table()
        i = self.random.randrange(len(rows[0]))
        column = declared()[name].find(rows[0][i])
        cells = [row[i] for row in rows[1:] if row[i]]
        if column is None or not cells or not forms_of(column, cells[0]):
            return None
        what, form = self.random.choice(sorted(forms_of(column, cells[0]).items()))
        for row in rows[1:]:
            row[i] = form(row[i]) if row[i] else ""
        self._save(name, rows)
        return name, f"all of {column.name} with {what}"

    def header(self) -> tuple[str, str] | None:
        """A column under a name that is nearly its own, or under another's."""
        name, rows = self._table()
        used = [i for i in range(len(rows[0])) if any(row[i] for row in rows[1:]) and rows[0][i] not in NOT_AN_ANSWER]
        i, j = self.random.sample(used, 2)
        old = rows[0][i]
        new = self.random.choice(
            (
                old.upper(),
                old.capitalize(),
                f"{old}s",
                old[:-1],
                old.replace("_", " "),
                old.replace("_", ""),
                f" {old} ",
                f"{old}_",
                f"{old} (number)",
                f"\ufeff{old}",
                rows[0][j],
                f"{old}\u200b",
                f"{old}*",
            )
        )
        if new == old:
            return None
        rows[0][i] = new
        self._save(name, rows)
        return name, f"header {old!r} as {new!r}"

    def two_headers(self) -> tuple[str, str] | None:
        """The names of two columns of one type changed about: what is a person's slip, and hard to see."""
        name, rows = self._table()
        used = [i for i in range(len(rows[0])) if any(row[i] for row in rows[1:]) and rows[0][i] not in NOT_AN_ANSWER]
        i, j = self.random.sample(used, 2)
        rows[0][i], rows[0][j] = rows[0][j], rows[0][i]
        self._save(name, rows)
        return name, f"headers {rows[0][i]} and {rows[0][j]} changed about"

    def rows(self) -> tuple[str, str] | None:
        """A row too many, or one that slipped."""
        name, rows = self._table()
        i = self.random.randrange(1, len(rows))
        width = len(rows[0])
        what = self.random.choice(
            (
                "twice",
                "twice with another note",
                "total",
                "footnote",
                "title",
                "header again",
                "tags",
                "slipped right",
                "slipped left",
                "cut",
                "blank rows",
                "a cell too many",
            )
        )
        if what == "twice":
            rows.insert(i, rows[i])
        elif what == "twice with another note":
            rows.insert(i, [*rows[i][:-1], "from another list"])
        elif what == "total":
            sums = []
            for cells in zip(*rows[1:], strict=False):
                numbers = [float(cell) for cell in cells if cell.replace(".", "", 1).isdigit()]
                sums.append(f"{sum(numbers):g}" if numbers else "")
            rows.append(["Total", *sums[1:]])
        elif what == "footnote":
            rows.append(["Source: field visit, figures are estimates", *[""] * (width - 1)])
        elif what == "title":
            rows.insert(0, ["Figures by zone", *[""] * (width - 1)])
        elif what == "header again":
            rows.insert(i, list(rows[0]))
        elif what == "tags":
            rows.insert(1, [f"#tag{number}" for number in range(width)])
        elif what == "slipped right":
            rows[i] = ["", *rows[i][:-1]]
        elif what == "slipped left":
            rows[i] = [*rows[i][1:], ""]
        elif what == "cut":
            rows[i] = rows[i][: width // 2]
        elif what == "blank rows":
            rows[i:i] = [[""] * width] * 3
        else:
            rows[i] = [*rows[i], "x"]
        self._save(name, rows)
        return name, f"row {i + 1}: {what}"

    def separator(self) -> tuple[str, str] | None:
        """A table as spreadsheets of other countries save it."""
        name, rows = self._table()
        sign = self.random.choice((";", "\t", "|", "؛", "،"))
        decimal = self.random.choice((".", ","))
        if decimal == ",":
            rows = [
                [cell.replace(".", ",") if cell.replace(".", "", 1).isdigit() else cell for cell in row] for row in rows
            ]
        out = io.StringIO()
        csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(rows)
        mark = self.random.choice(("", "\ufeff", f"sep={sign}\r\n"))
        (self.folder / name).write_text(mark + out.getvalue(), "utf-8", newline="")
        return name, f"separated by {sign!r}, decimals with {decimal!r}, begins with {mark!r}"

    def workbook(self) -> tuple[str, str] | None:
        """A table as a workbook, in one of the states that workbooks are in."""
        name, rows = self._table()
        stem = Path(name).stem
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = self.random.choice((stem, stem.upper(), "Sheet1", f" {stem}"))
        for row in rows:
            sheet.append([_typed(cell) for cell in row])
        what = self.random.choice(
            (
                "as it is",
                "a formula",
                "an error",
                "merged",
                "a title",
                "a second sheet",
                "beside",
                "renamed",
                "a date",
                "a text for a number",
                "under another name",
            )
        )
        i = self.random.randrange(2, len(rows) + 1)
        numbers = [j for j, cell in enumerate(rows[i - 1], 1) if cell.replace(".", "", 1).isdigit()]
        j = self.random.choice(numbers or [1])
        if what == "a formula":
            sheet.cell(i, j).value = "=1+1"
        elif what == "an error":
            sheet.cell(i, j).value, sheet.cell(i, j).data_type = "#REF!", "e"
        elif what == "merged":
            sheet.merge_cells(start_row=2, end_row=min(3, len(rows)), start_column=1, end_column=2)
        elif what == "a title":
            sheet.insert_rows(1)
            sheet["A1"] = "Figures by zone"
        elif what == "a second sheet":
            book.create_sheet("notes")["A1"] = "Made in the field"
        elif what == "a date":
            sheet.cell(i, j).value = pd.Timestamp("2026-07-01").to_pydatetime()
        elif what == "a text for a number":
            sheet.cell(i, j).value = f"{rows[i - 1][j - 1]} "
        if what != "beside":
            (self.folder / name).unlink()
        target = {"renamed": name, "under another name": f"{stem}-final.xlsx"}.get(what, f"{stem}.xlsx")
        with (self.folder / target).open("wb") as handle:
            book.save(handle)
        return target, f"{name} as a workbook: {what}, sheet {sheet.title!r}"

    # files

    def bytes_(self) -> tuple[str, str] | None:
        """A text file in another encoding, or damaged."""
        path = self.random.choice([path for path in sorted(self.folder.glob("[!.]*")) if path.is_file()])
        what, form = self.random.choice(sorted(forms.FILES.items()))
        path.write_bytes(form(path.read_bytes()))
        return path.name, what

    def name(self) -> tuple[str, str] | None:
        """A file under nearly its name."""
        path = self.random.choice([path for path in sorted(self.folder.glob("[!.]*")) if path.is_file()])
        stem, suffix = path.stem, path.suffix
        new = self.random.choice(
            (
                f"{stem}{suffix.upper()}",
                f"{stem.capitalize()}{suffix}",
                f"{stem} (1){suffix}",
                f"{stem}_final{suffix}",
                f"{stem}.txt",
                f"{stem}{suffix}.txt",
                f"{stem}",
                f"{stem[:-1]}{suffix}",
                f"copy of {stem}{suffix}",
            )
        )
        path.rename(path.with_name(new))
        return path.name, f"as {new}"

    # layers

    def _layer(self) -> tuple[str, dict[str, Any]]:
        name = self.random.choice(LAYERS)
        return name, json.loads((self.folder / name).read_text("utf-8"))

    def _save_layer(self, name: str, layer: dict[str, Any]) -> None:
        (self.folder / name).write_text(json.dumps(layer, ensure_ascii=False), "utf-8")

    def property_(self) -> tuple[str, str] | None:
        """A property of a feature in another form."""
        name, layer = self._layer()
        properties = self.random.choice(layer["features"])["properties"]
        schema = declared()[name]
        texts = {key: json.dumps(value) if not isinstance(value, str) else value for key, value in properties.items()}
        keys = [
            key for key, value in properties.items()
            if value is not None and (column := schema.find(key)) is not None and forms_of(column, texts[key])
        ]  # fmt: skip
        key = self.random.choice(keys)
        column = schema.find(key)
        assert column is not None
        what, form = self.random.choice(sorted(forms_of(column, texts[key]).items()))
        new = form(texts[key])
        if new == properties[key]:
            return None
        properties[key] = new
        self._save_layer(name, layer)
        return name, f"{key} {texts[key]!r} as {new!r} ({what})"

    def given_property(self) -> tuple[str, str] | None:
        """A property that was left to its default, given in a form that is not asked for."""
        name, layer = self._layer()
        properties = self.random.choice(layer["features"])["properties"]
        values = {
            "oneway": ("yes", "-1", "1", 1, "reverse"),
            "modes": (
                "walk;bike",
                "auto;bike;walk",
                "pedestrian",
                "foot,vehicle",
                "Foot;Vehicle",
                "foot;vehicle;",
                "hgv",
            ),
            "damage": ("50%", "half", 50, "0,5", "destroyed", "yes", True),
            "lanes": ("2;3", "two", "1-2"),
            "speed_kmh": ("30 mph", "walk", "RU:urban", "50 km/h"),
            "needs_pause": ("no", "N", 0, "none", "never"),
            "safety": ("safe", "Safer", "yes", "not safer"),
            "wait": ("yes", "no", 1, "allowed"),
            "sensitivity": ("secret", "Public", "high"),
            "hours": ("8-16", "24/7", "Mo-Fr 08:00-16:00", "08:00–16:00", "closed"),
            "room": ("many", "3,000", "3.000", "3 000", "2000-3000", 2.5),
            "trucks_per_day": ("unlimited", "10-20"),
        }
        keys = [key for key in values if key in declared()[name].by_name]
        key = self.random.choice(keys)
        value = self.random.choice(values[key])
        properties[key] = value
        self._save_layer(name, layer)
        return name, f"{key} as {value!r}"

    def property_name(self) -> tuple[str, str] | None:
        """A property under nearly its name, in one feature or in all."""
        name, layer = self._layer()
        features = layer["features"] if self.random.random() < 0.5 else [self.random.choice(layer["features"])]
        keys = [
            key for key, value in features[0]["properties"].items() if value is not None and key not in NOT_AN_ANSWER
        ]
        key = self.random.choice(keys)
        new = self.random.choice((key.upper(), f"{key}s", key[:-1], key.replace("_", "-") + " ", f"{key}_1", f"@{key}"))
        for feature in features:
            if key in feature["properties"]:
                feature["properties"][new] = feature["properties"].pop(key)
        self._save_layer(name, layer)
        return name, f"{key} as {new!r} in {len(features)}"

    def shape(self) -> tuple[str, str] | None:
        """A shape in another form: turned axes, metres, text, a bow-tie, an open ring, twice."""
        name, layer = self._layer()
        feature = self.random.choice(layer["features"])
        geometry = feature["geometry"]
        what = self.random.choice(
            (
                "swapped",
                "all swapped",
                "metres",
                "text",
                "heights",
                "twice",
                "twice under another id",
                "open",
                "bow-tie",
                "multi",
                "missing",
                "another system",
                "no numbers",
                "coarse",
            )
        )
        if what == "swapped":
            geometry["coordinates"] = _each(geometry["coordinates"], lambda x, y: [y, x])
        elif what == "all swapped":
            for other in layer["features"]:
                other["geometry"]["coordinates"] = _each(other["geometry"]["coordinates"], lambda x, y: [y, x])
        elif what == "metres":
            for other in layer["features"]:
                other["geometry"]["coordinates"] = _each(
                    other["geometry"]["coordinates"], lambda x, y: [x * 1e5, y * 1e5]
                )
        elif what == "text":
            geometry["coordinates"] = _each(geometry["coordinates"], lambda x, y: [str(x), str(y)])
        elif what == "heights":
            geometry["coordinates"] = _each(geometry["coordinates"], lambda x, y: [x, y, 12.0])
        elif what == "twice":
            layer["features"].append(feature)
        elif what == "twice under another id":
            layer["features"].append({**feature, "properties": {**feature["properties"], "id": "again"}})
        elif what == "open" and geometry["type"] == "Polygon":
            geometry["coordinates"][0].pop()
        elif what == "bow-tie" and geometry["type"] == "Polygon":
            ring = geometry["coordinates"][0]
            ring[1], ring[2] = ring[2], ring[1]
        elif what == "multi":
            geometry["type"], geometry["coordinates"] = f"Multi{geometry['type']}", [geometry["coordinates"]]
        elif what == "missing":
            feature["geometry"] = None
        elif what == "another system":
            layer["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32636"}}
        elif what == "no numbers":
            geometry["coordinates"] = _each(geometry["coordinates"], lambda _, y: [None, y])
        elif what == "coarse" and geometry["type"] == "Point":
            geometry["coordinates"] = [round(part, 2) for part in geometry["coordinates"]]
        else:
            return None
        self._save_layer(name, layer)
        return name, f"shape of {feature['properties'].get('id')}: {what}"

    # settings

    def setting(self) -> tuple[str, str] | None:
        """A value of scenario.yaml or parties.yaml in another form."""
        name = self.random.choice((SCENARIO, SCENARIO, SCENARIO, PARTIES))
        content = yaml.safe_load((self.folder / name).read_text("utf-8"))
        places = list(_places(content, name))
        section, mapping, key = self.random.choice(places)
        column = declared()[section].find(key)
        text = str(mapping[key]).lower() if isinstance(mapping[key], bool) else str(mapping[key])
        known = forms_of(column, text) if column is not None and not isinstance(mapping[key], list | dict) else {}
        if column is not None and column.kind == "hours":
            known = {"one text": lambda _: "6-18", "texts": lambda _: "06:00-18:00", "words": lambda _: "day"}
        if column is not None and column.kind == "timezone":
            known = {
                "a zone of one machine": lambda _: "localtime",
                "letters": lambda _: "EEST",
                "hours": lambda _: "+02:00",
            }
        if not known:
            return None
        what, form = self.random.choice(sorted(known.items()))
        mapping[key] = form(text)
        (self.folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
        return name, f"{section} {key} {text!r} as {mapping[key]!r} ({what})"

    def key(self) -> tuple[str, str] | None:
        """A key of scenario.yaml or parties.yaml under nearly its name, or in the wrong section."""
        name = self.random.choice((SCENARIO, SCENARIO, SCENARIO, PARTIES))
        content = yaml.safe_load((self.folder / name).read_text("utf-8"))
        section, mapping, key = self.random.choice(
            [place for place in _places(content, name) if place[2] not in NOT_AN_ANSWER]
        )
        new = self.random.choice(
            (key.upper(), key.capitalize(), f"{key}s", key[:-1], key.replace("_", "-"), key.replace("_", " "), "")
        )
        if new == key:
            return None
        value = mapping.pop(key)
        if new:
            mapping[new] = value
        elif isinstance(content, dict) and mapping is not content:
            content[key] = value
        else:
            return None
        (self.folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
        return name, f"{section} {key} as {new!r}" if new else f"{section} {key} outside its section"

    def list_entry(self) -> tuple[str, str] | None:
        """A zone or an issue in a list of parties.yaml under another name."""
        content = yaml.safe_load((self.folder / PARTIES).read_text("utf-8"))
        lists = [entry[key] for entry in content for key in ("consents_to", "consents_to_issues") if entry.get(key)]
        names = self.random.choice(lists)
        i = self.random.randrange(len(names))
        what, form = self.random.choice(sorted(forms.WORDS.items()))
        old, names[i] = names[i], form(names[i])
        if names[i] == old:
            return None
        (self.folder / PARTIES).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
        return PARTIES, f"{old!r} in a list as {names[i]!r} ({what})"


KINDS: tuple[Callable[[Rewriter], tuple[str, str] | None], ...] = (
    *[Rewriter.cell] * 6, *[Rewriter.whole_column] * 2, *[Rewriter.header] * 2, Rewriter.two_headers,
    *[Rewriter.rows] * 2, Rewriter.separator, *[Rewriter.workbook] * 2, *[Rewriter.bytes_] * 2, Rewriter.name,
    *[Rewriter.property_] * 3, *[Rewriter.given_property] * 2, Rewriter.property_name, *[Rewriter.shape] * 2,
    *[Rewriter.setting] * 3, *[Rewriter.key] * 2, Rewriter.list_entry,
)  # fmt: skip


def rewritten(source: Path, target: Path, seed: int) -> Change:
    """Copy a scenario folder and write one thing of the copy in another form; the same seed does the same."""
    shutil.copytree(source, target)
    return Rewriter(target, seed).change()


def content_of(scenario: Scenario) -> dict[str, Any]:
    """What any answer of letup can rest on, in a form that compares: all but notes, sources and labels.

    An id says nothing by itself: where another table names it, and it is no longer there, that is an error.
    """
    tables: dict[str, Any] = {}
    for name in ("zones", "roads", "places", *(Path(table).stem for table in TABLES)):
        table = getattr(scenario, name)
        frame = table.reset_index() if table.index.name else table
        columns = [column for column in frame.columns if not any(str(column).endswith(word) for word in NOT_AN_ANSWER)]
        records = frame[[column for column in columns if column != "id"]].to_dict("records")
        for record in records:
            if "geometry" in record:
                record["geometry"] = (
                    record["geometry"].buffer(0).normalize().wkt if record["geometry"].area else record["geometry"].wkt
                )
            for column in ("unit", "use_unit", "make_unit", "serves", "items", "never", "modes", "hours"):
                if isinstance(record.get(column), str):
                    record[column] = names_in(record[column].translate(forms.LATIN).casefold())
        tables[name] = sorted(map(repr, records))
    settings = (scenario.start, scenario.steps, scenario.step_minutes, scenario.timezone, scenario.groups)
    more = (scenario.limits, scenario.half_time_hours, scenario.priorities, scenario.deliveries)
    parties = [{key: value for key, value in party.items() if key not in NOT_AN_ANSWER} for party in scenario.parties]
    return {**tables, "settings": repr(settings), "more": repr(more), "parties": repr(parties)}


def _typed(cell: str) -> Any:
    try:
        return float(cell) if "." in cell else int(cell)
    except ValueError:
        return {"true": True, "false": False, "": None}.get(cell, cell)


def _each(coordinates: Any, change: Callable[[Any, Any], list[Any]]) -> Any:
    if isinstance(coordinates[0], list):
        return [_each(part, change) for part in coordinates]
    return change(coordinates[0], coordinates[1])


def _places(content: Any, name: str) -> Any:
    """Sections with a mapping and each of its keys."""
    if name == PARTIES:
        yield from ((PARTIES, party, key) for party in content for key in party)
        return
    for key, value in content.items():
        section = f"{SCENARIO}:{key}"
        if section not in declared():
            yield SCENARIO, content, key
        elif isinstance(value, dict) and key != "sources":
            yield from ((section, value, inner) for inner in value)
        elif isinstance(value, list):
            yield from ((section, entry, inner) for entry in value for inner in entry)
