"""Which file of a scenario folder holds which table or layer, and everything in it as raw rows.

A table has its own file: people.csv, or people.xlsx; a layer zones.geojson, or zones.shp or another file of `SUFFIXES`
that GDAL reads. All of them may lie together instead: layers and tables in scenario.gpkg, tables in scenario.xlsx.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from letup.core.collect import Collector, did_you_mean, nearest, quoted
from letup.core.findings import Severity
from letup.scenario.format import FILES, LAYERS, TABLES, declared
from letup.scenario.layer_files import layers_in, only_layer, read_layer
from letup.scenario.layers import GEOPACKAGE, read_geojson
from letup.tables.csv_tables import read_csv
from letup.tables.raw_tables import Table
from letup.tables.text_files import is_usable, read_text
from letup.tables.workbooks import Sheets, open_workbook

WORKBOOK = "scenario.xlsx"

#: Endings of the files that a layer, and a table, may lie in: first the usual one.
SUFFIXES = {
    **dict.fromkeys(LAYERS, (".geojson", ".json", ".shp", ".gpkg", ".fgb", ".kml", ".gml")),
    **dict.fromkeys(TABLES, (".csv", ".xlsx")),
}

#: Files that belong to a shapefile.
PARTS = (".dbf", ".shx", ".prj", ".cpg")

_EXPECTED = frozenset((".csv", ".yaml", ".yml", ".geojson", ".json", ".gpkg"))
_LOOK_LIKE_DATA = _EXPECTED | frozenset(
    (
        ".xlsx",
        ".xlsm",
        ".xls",
        ".ods",
        ".tsv",
        ".tab",
        ".parquet",
        ".zip",
        ".shp",
        ".fgb",
        ".kml",
        ".kmz",
        ".gml",
        ".gdb",
    )
)


@dataclass(frozen=True)
class Source:
    """Where a table lies, and how it is read."""

    file: str
    read: Callable[[], Table | None]


class TableFiles:
    """The files of one scenario folder."""

    def __init__(self, folder: Path, notes: Collector, instead: Mapping[str, str] | None = None) -> None:
        self.folder, self.notes, self.instead = folder, notes, instead or {}
        package = folder / GEOPACKAGE
        self._package = package
        self._layers = layers_in(package, notes) if _is_there(package) and is_usable(package, notes) else []
        self._sheets = self._open(folder / WORKBOOK)
        self._stems = {Path(name).stem: name for name in (*LAYERS, *TABLES)}

    def read(self, name: str, absent: Callable[[str], None]) -> Table | None:
        """Raw rows of a table; None if it cannot be read, or is not there, of which ``absent`` is told.

        Parameters
        ----------
        name : str
            Such as ``"people.csv"``.
        absent : callable
            Takes the name of a table that lies nowhere.
        """
        sources = self.sources(name)
        if not sources:
            absent(name)
            return None
        for other in sources[1:]:
            message, remedy = f"is given twice: {sources[0].file} and {other.file}", "keep one of the two"
            self.notes.add("layer.twice", message, remedy, file=name)
        return sources[0].read()

    def sources(self, name: str) -> list[Source]:
        """Everything that could be this table."""
        stem, schema, notes = Path(name).stem, declared()[name], self.notes
        sources = []
        if stem in self._layers:
            sources.append(Source(GEOPACKAGE, lambda: read_layer(self._package, stem, name, notes)))
        if self._sheets is not None and name in TABLES:
            workbook = self._sheets
            for sheet in workbook.names:
                if sheet.strip().casefold() == stem:
                    file = f"{WORKBOOK}, sheet {sheet}"
                    sources.append(Source(file, lambda sheet=sheet: workbook.read(sheet, name, schema, notes)))  # type: ignore[misc]
        if name in self.instead:
            return [*sources, Source(name, lambda: read_csv(name, self.instead[name], notes, schema))]
        for suffix in SUFFIXES[name]:
            path = self.folder / f"{stem}{suffix}"
            if _is_there(path):
                sources.append(Source(path.name, lambda path=path: self._read(path, name)))  # type: ignore[misc]
        return sources

    def _read(self, path: Path, name: str) -> Table | None:
        notes = self.notes
        if path.suffix in (".csv", ".geojson", ".json"):
            text = read_text(path, notes)
            if text is None:
                return None
            if path.suffix == ".csv":
                return read_csv(name, text, notes, declared()[name])
            return read_geojson(name, text, notes, path.name)
        if path.suffix == ".xlsx":
            return self._read_workbook(path, name)
        parts = [path, *(path.with_suffix(suffix) for suffix in PARTS if path.suffix == ".shp")]
        if not all(is_usable(part, notes) for part in parts if part == path or _is_there(part)):
            return None
        layer = only_layer(path, path.stem, notes)
        return read_layer(path, layer, name, notes) if layer else None

    def _open(self, path: Path) -> Sheets | None:
        return open_workbook(path, self.notes) if _is_there(path) and is_usable(path, self.notes) else None

    def _read_workbook(self, path: Path, name: str) -> Table | None:
        workbook = self._open(path)
        if workbook is None:
            return None
        named = [sheet for sheet in workbook.names if sheet.strip().casefold() == path.stem]
        sheets = named or workbook.names
        if len(sheets) != 1:
            what = f"has the sheets {', '.join(map(quoted, sheets[:10]))}" if sheets else "has no filled cell"
            remedy = f"name the sheet with the table {path.stem}"
            self.notes.add("sheet.which" if sheets else "file.empty", what, remedy, file=path.name)
            return None
        return workbook.read(sheets[0], name, declared()[name], self.notes)

    def note_unread(self) -> None:
        """Note what lies in the folder, the GeoPackage and the workbook and is not read."""
        names = (f"{Path(name).stem}{suffix}" for name, suffixes in SUFFIXES.items() for suffix in suffixes)
        read = {*FILES, GEOPACKAGE, WORKBOOK, *names}
        missing = [name for name in FILES if name not in self._stems.values() and not _is_there(self.folder / name)]
        missing += [name for name in self._stems.values() if not self.sources(name)]
        for path in sorted(self.folder.iterdir()):
            suffix = path.suffix.lower()
            if path.name in read or path.name.startswith(("~$", ".")):
                continue
            begins = nearest(path.name.partition(".")[0], [Path(name).stem for name in missing])
            if suffix not in _LOOK_LIKE_DATA and (not begins or suffix in PARTS):
                continue
            options = [f"{Path(name).stem}{s}" for name in missing for s in SUFFIXES.get(name, (Path(name).suffix,))]
            hint = did_you_mean(path.name, [*missing, *options])
            if begins and not hint:
                hint = f"did you mean “{next(name for name in missing if Path(name).stem == begins)}”? "
            if suffix in _EXPECTED:
                remedy, severe = "rename it if it belongs to the scenario", bool(hint)
            elif suffix in (".xlsx", ".shp", ".fgb", ".kml", ".gml"):
                kind = "table, such as people.xlsx" if suffix == ".xlsx" else f"layer, such as zones{suffix}"
                together = f", or {WORKBOOK} for all tables" if suffix == ".xlsx" else ""
                remedy, severe = f"if it belongs to the scenario, name it after its {kind}{together}", True
            else:
                remedy, severe = "save it as .csv or .xlsx if it is a table, as GeoJSON if it is a layer", True
            severity: Severity = "warning" if severe else "note"
            self.notes.add("file.unknown", "is not read", hint + remedy, file=path.name, severity=severity)
        layers = [name for name in self._layers if name != "layer_styles"]  # QGIS keeps its styles there
        self._note_inside(GEOPACKAGE, "layer", layers, set(self._stems))
        if self._sheets is not None:
            tables = {Path(name).stem for name in TABLES}
            self._note_inside(WORKBOOK, "sheet", self._sheets.names, tables)

    def _note_inside(self, file: str, kind: str, names: list[str], known: set[str]) -> None:
        """Note layers or sheets that are none of the known ones."""
        present = {name.strip().casefold() if kind == "sheet" else name for name in names}
        for name in names:
            if (name.strip().casefold() if kind == "sheet" else name) in known:
                continue
            hint = did_you_mean(name, known - present)
            remedy = f"{hint}rename it if it belongs to the scenario"
            if kind == "sheet" and name.strip().casefold() in self._stems:
                remedy = "save it as a layer: a sheet has no shapes"
            message = f"the {kind} {quoted(name)} is not read"
            self.notes.add("file.unknown", message, remedy, file=file, severity="warning" if hint else "note")


def kept_elsewhere(folder: Path, name: str) -> str:
    """File, other than the one of its own name, that a table of a scenario folder lies in; empty if in none."""
    sources = TableFiles(folder, Collector()).sources(name)
    return next((source.file for source in sources if source.file != name), "")


def belongs_to_scenario(path: Path) -> bool:
    """Whether a file of a scenario folder is of a kind that is read, so that a copy of the scenario needs it."""
    suffixes = {suffix for endings in SUFFIXES.values() for suffix in endings}
    return path.is_file() and path.suffix in suffixes | set(PARTS) | {".yaml", ".gpkg", ".md"}


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()
