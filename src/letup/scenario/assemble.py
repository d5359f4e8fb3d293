"""Make the Scenario out of tables that were found good."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from letup.scenario.attributes import LAYERS, PROVENANCE, TABLES, Column, find, of
from letup.scenario.model import DeliverySettings, Group, PartyLimits, Priorities, Scenario
from letup.scenario.settings import PARTIES, SCENARIO
from letup.tables.inputs import Table

CRS = "EPSG:4326"


def scenario_of(
    tables: Mapping[str, Table], sections: Mapping[str, Table], raw: Mapping[str, Any], folder: Path | None
) -> Scenario:
    """Scenario of understood tables without errors; a table that is missing is empty."""
    top = sections[""].rows[0].cells
    frames = {name: frame_of(tables.get(name, Table(name, name, []))) for name in _FRAMES}
    return Scenario(
        title=top["title"],
        description=top.get("description", ""),
        as_of=top["as_of"],
        timezone=top["timezone"],
        start=top["start"],
        steps=top["steps"],
        step_minutes=top["step_minutes"],
        groups=_groups(sections["groups"]),
        limits=PartyLimits(**_named(PartyLimits, sections.get("limits"))),
        half_time_hours=sections["mobilisation"].rows[0].cells["half_time_hours"],
        priorities=Priorities(**_named(Priorities, sections.get("priorities"))),
        zones=frames["zones.geojson"][0],
        roads=frames["roads.geojson"][0],
        places=frames["places.geojson"][0],
        **{name.partition(".")[0]: frames[name][0] for name in TABLES},
        deliveries=DeliverySettings(**_named(DeliverySettings, sections.get("deliveries"))),
        parties=tuple(MappingProxyType(row.cells) for row in tables[PARTIES].rows) if PARTIES in tables else (),
        sources=MappingProxyType(
            {
                row.where.removeprefix("sources, "): MappingProxyType(row.cells)
                for row in (sections["sources"].rows if "sources" in sections else ())
            }
        ),
        raw=MappingProxyType(dict(raw)),
        given=MappingProxyType({name: mask for name, (_, mask) in frames.items()}),
        folder=folder,
    )


def _named(kind: Any, table: Table | None) -> dict[str, Any]:
    """Values of a section of one row that are fields of a class."""
    cells = table.rows[0].cells if table is not None else {}
    return {field: cells[field] for field in kind.__dataclass_fields__ if field in cells}


_FRAMES = (*LAYERS, *TABLES)


def _groups(table: Table) -> tuple[Group, ...]:
    known = of(f"{SCENARIO}:groups")
    groups = [
        Group(
            name=cells["name"],
            label=cells.get("label", cells["name"]),
            mode=cells["mode"],
            speed_kmh=cells["speed_kmh"],
            order=cells.get("order", known["order"].default),
            people_per_vehicle=cells.get("people_per_vehicle", known["people_per_vehicle"].default),
        )
        for cells in (row.cells for row in table.rows)
    ]
    return tuple(sorted(groups, key=lambda group: group.order))


def columns_of(table: Table) -> list[str]:
    """Columns of the table in memory: all of the format, and the families of columns that the file uses."""
    known = of(table.name)
    families = [column for column in table.columns if column not in known and find(table.name, column)]
    names = [column for column in families if column.startswith("name_")]
    own = [column for column in known if column not in PROVENANCE]
    return [*own, *names, *PROVENANCE, *(column for column in families if column not in names)]


def frame_of(table: Table) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table in memory with defaults filled in, and which of its cells were given (bool, same index and columns)."""
    columns = columns_of(table)
    data: dict[str, pd.Series] = {}
    given: dict[str, np.ndarray[Any, np.dtype[np.bool_]]] = {}
    index = pd.RangeIndex(len(table.rows))
    layer = table.name.endswith(".geojson")
    for column in columns:
        attribute = find(table.name, column)
        assert attribute is not None  # columns_of keeps no others
        cells = [row.cells.get(column, attribute.default) for row in table.rows]
        data[column] = pd.Series(cells, index, dtype=_dtype(attribute))
        given[column] = np.array([column in row.cells for row in table.rows], bool)
    frame = pd.DataFrame(data, index)
    mask = pd.DataFrame(given, index, dtype=bool)
    if not layer:
        return frame, mask
    shapes = gpd.GeoSeries([row.geometry for row in table.rows], index, crs=CRS)
    frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS).set_index("id")
    frame.index = pd.Index(list(frame.index), dtype=object, name="id")
    mask.index = frame.index
    return frame, mask.drop(columns="id")


def _dtype(attribute: Column) -> Any:
    if attribute.type == "boolean":
        return bool
    if attribute.type == "integer" and (attribute.required or attribute.default is not None):
        return np.int64
    return np.float64 if attribute.type in ("integer", "number") else object
