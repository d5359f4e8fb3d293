"""A table as read from a file, before its cells are understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry


@dataclass
class Row:
    """One row or feature: how the user finds it, its cells that are not empty, its geometry if it has one."""

    where: str
    cells: dict[str, Any]
    geometry: BaseGeometry | None = None


@dataclass
class Table:
    """Rows of one file or section, the columns it has, and the file that the user must open to correct it.

    ``name`` is the file or section as the table of attributes calls it; ``file`` differs from it
    where the layer lies in a GeoPackage.
    """

    name: str
    file: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)
