"""Columns of layers under the names that other programs give them: administrative boundaries, and shapefiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from letup.core.collect import Collector
from letup.scenario.format import declared
from letup.tables.raw_tables import Table

#: Common Operational Datasets: ADM2_EN, ADM2_AR and ADM2_PCODE, and since 2025 adm2_name, adm2_name1 and adm2_pcode.
_ADMIN = re.compile(r"adm([0-5])_(pcode|name_[a-z]{2}|name|[a-z]{2})", re.IGNORECASE)
_SHORT = 10
"""Characters of a column's name that a shapefile keeps."""


def admin_columns(columns: Iterable[str]) -> dict[str, str]:
    """Columns of administrative boundaries by the names of the format: those of the deepest level there is.

    Parameters
    ----------
    columns : iterable of str
        Such as ADM1_EN, ADM2_EN, ADM2_AR and ADM2_PCODE.

    Returns
    -------
    dict of str to str
        Such as ``{"ADM2_EN": "name", "ADM2_AR": "name_ar", "ADM2_PCODE": "pcode", "ADM1_EN": "area"}``.
    """
    found: dict[int, dict[str, str]] = {}
    for column in columns:
        match = _ADMIN.fullmatch(column)
        if match:
            found.setdefault(int(match[1]), {})[match[2].casefold().removeprefix("name_")] = column
    levels = [level for level in sorted(found) if {"pcode", "en", "name"} & set(found[level])]
    if not levels:
        return {}
    own, above = found[levels[-1]], found.get(levels[-1] - 1, {})
    latin = "en" if "en" in own else "name" if "name" in own else ""
    names = {own[latin]: "name"} if latin else {}
    if "pcode" in own:
        names[own["pcode"]] = "pcode"
    names |= {column: f"name_{word}" for word, column in own.items() if word not in ("pcode", "name", latin)}
    area = above.get("en") or above.get("name")
    return names | ({area: "area"} if area else {})


def cut_columns(name: str, columns: Iterable[str]) -> dict[str, str]:
    """Columns whose names a shapefile has cut off, by the only name of the format that begins so."""
    known, columns = declared()[name].names, list(columns)
    whole: dict[str, str] = {}
    for column in columns:
        names = [other for other in known if len(other) > _SHORT and other[:_SHORT] == column.casefold()]
        if len(column) == _SHORT and len(names) == 1 and names[0] not in columns:
            whole[column] = names[0]
    return whole


def name_columns(table: Table) -> Mapping[str, str]:
    """Rename columns of zones that are those of administrative boundaries, in place; what was renamed to what.

    Only zones without ids of their own are: the P-code becomes the id, too.
    """
    if table.name != "zones.geojson" or "id" in table.columns:
        return {}
    renamed = {column: name for column, name in admin_columns(table.columns).items() if name not in table.columns}
    rename(table, renamed)
    if "pcode" in renamed.values():
        table.columns.append("id")
        for row in table.rows:
            if "pcode" in row.cells:
                row.cells["id"] = row.cells["pcode"]
                row.where = f"{row.where} (id {row.cells['id']})"
    return renamed


def rename(table: Table, names: Mapping[str, str]) -> None:
    """Give columns of a table other names, in place."""
    if names:
        table.columns = [names.get(column, column) for column in table.columns]
        for row in table.rows:
            row.cells = {names.get(column, column): value for column, value in row.cells.items()}


def note_names(table: Table, notes: Collector) -> None:
    """Note that zones are named by the columns of administrative boundaries."""
    message = "has the columns of administrative boundaries: names are read from them, and P-codes as ids"
    remedy = "name zones by their P-codes in other tables, or add a column id"
    notes.add("layer.renamed", message, remedy, file=table.file, severity="note")
