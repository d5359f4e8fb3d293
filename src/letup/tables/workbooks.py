"""Workbooks (.xlsx) in place of tables: each cell as its spreadsheet shows it, or a finding."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letup.core.collect import Collector, quoted
from letup.tables.raw_tables import Cells, Table, filled, table_of
from letup.tables.schema import Schema
from letup.tables.text_files import MEGABYTE, MOST_COLUMNS, MOST_ROWS

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_MOST_UNPACKED = 60 * MEGABYTE
"""Most that a workbook may hold, bytes; in memory it takes some fifty times as much."""

_FORMULA = re.compile(rb"<f[ >/]")
_AGAIN = "open it in a spreadsheet and save it again as .xlsx"
_RAGGED = "give each row a cell for each column"


class Sheets:
    """The sheets of one workbook, open.

    Attributes
    ----------
    file : str
        Name of the file.
    names : list of str
        Sheets with any filled cell, in their order.
    """

    def __init__(self, file: str, values: Workbook, formulas: Workbook | None) -> None:
        self.file = file
        self._values, self._formulas = values, formulas
        self.names = [sheet.title for sheet in values.worksheets if any(True for _ in _rows(sheet))]

    def read(self, sheet: str, name: str, schema: Schema, notes: Collector) -> Table | None:
        """One sheet as a table, rows numbered as the spreadsheet numbers them; None if it cannot be one.

        Parameters
        ----------
        sheet : str
            Name of the sheet.
        name : str
            File that it stands for, such as ``"people.csv"``.
        schema : Schema
            What it should hold.
        notes : Collector
            Takes what is wrong.
        """
        page = self._values[sheet]
        file = f"{self.file}:{sheet}"
        if page.max_row > MOST_ROWS + 1_000 or page.max_column > 20 * MOST_COLUMNS:
            message = f"reaches to row {page.max_row:,} and column {page.max_column:,}"
            remedy = "delete what lies beside and below the table, empty rows and columns too, and save it again"
            notes.add("layer.too_many", message, remedy, file=file)
            return None
        self._note_hidden(page, file, notes)
        for merged in page.merged_cells.ranges:
            if filled(page.cell(merged.min_row, merged.min_col).value):
                message = f"the cells {merged.coord} are merged: only the first of them has the value"
                remedy = "undo the merging and fill each cell"
                notes.add("sheet.merged", message, remedy, file=file, where=f"row {merged.min_row}")
        table = table_of((name, file), self._lines(page, file, notes), schema, _RAGGED, notes)
        for row in table.rows if table is not None else ():
            for column, value in row.cells.items():
                known = schema.find(column)
                if isinstance(value, float) and known is not None and known.kind == "text":
                    row.cells[column] = repr(value)  # as a CSV file would have it
        return table

    def _lines(self, page: Worksheet, file: str, notes: Collector) -> Iterator[tuple[int, Cells]]:
        formulas = self._formulas[page.title] if self._formulas is not None else None
        for number, cells in _rows(page, with_formulas=formulas):
            values = []
            for cell in cells:
                place = {"file": file, "where": f"row {number}", "column": cell.coordinate.rstrip("0123456789")}
                value = cell.value
                if cell.data_type == "e":
                    remedy = "correct the formula, or empty the cell"
                    notes.add("sheet.error", f"is the error {quoted(str(value))}", remedy, **place)
                    value = None
                elif value is None and formulas is not None:
                    formula = formulas[cell.coordinate].value
                    if isinstance(formula, str) and formula.startswith("="):
                        message = f"has the formula {quoted(formula)} and no value"
                        remedy = "open the workbook in a spreadsheet and save it there, so that values are computed"
                        notes.add("sheet.error", message, remedy, **place)
                values.append(_plain(value))
            yield number, values

    def _note_hidden(self, page: Worksheet, file: str, notes: Collector) -> None:
        hidden = [number for number, row in page.row_dimensions.items() if row.hidden and number <= page.max_row]
        if hidden:
            rows = f"row {hidden[0]} is" if len(hidden) == 1 else f"{len(hidden):,} rows, the first {hidden[0]}, are"
            remedy = "show all rows, and delete those that are not meant"
            notes.add("sheet.hidden", f"{rows} hidden and read", remedy, file=file, severity="warning")
        if page.sheet_state != "visible":
            notes.add("sheet.hidden", "is a hidden sheet, and read", "show it", file=file, severity="warning")


def open_workbook(path: Path, notes: Collector) -> Sheets | None:
    """Sheets of a workbook; None with a finding if it cannot be read."""
    import openpyxl

    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
            if size > _MOST_UNPACKED:
                message = f"holds {size / MEGABYTE:,.0f} MB; at most {_MOST_UNPACKED / MEGABYTE:,.0f} MB are read"
                remedy = "delete sheets and pictures that the scenario does not need"
                notes.add("file.too_large", message, remedy, file=path.name)
                return None
            pages = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
            computed = any(_FORMULA.search(packed.read(name)) for name in pages)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is lost when it is written again, which it is not
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path) if computed else None
            return Sheets(path.name, values, formulas)
    except Exception as error:  # whatever the reader underneath stumbles over
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        notes.add("sheet.unreadable", f"cannot be read as a workbook: {reason}", _AGAIN, file=path.name)
        return None


def _rows(page: Worksheet, with_formulas: Worksheet | None = None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Rows with any filled cell, or one that a formula should fill, by their numbers."""
    for number, cells in enumerate(page.iter_rows(max_col=min(page.max_column, MOST_COLUMNS + 1)), 1):
        if any(filled(cell.value) for cell in cells) or (
            with_formulas is not None and any(filled(with_formulas[cell.coordinate].value) for cell in cells)
        ):
            yield number, cells


def _plain(value: Any) -> Any:
    """Value of a cell as the same cell of a CSV file would be understood; dates as dates."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
