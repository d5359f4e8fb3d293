"""Tables, each declared once: what is declared drives reading, checking, writing and the reference pages.

A package that reads or writes tables holds a ``tables.csv`` with a row for each column::

    table,column,type,unit,required,minimum,meaning
    movements.csv,id,id,,yes,,name of the row
    movements.csv,people,integer,people,yes,1,people in the row
    movements.csv,arcs,path,,no,,"arcs of the road network, each with the step at which it is entered"

Other columns of a declaration are default, choices, maximum, counted and format; `schemas` says what they mean, `TYPES`
lists the types. The tables are then used so::

    MOVEMENTS = schemas("letup.plan.files")["movements.csv"]

    write_csv(folder / "movements.csv", MOVEMENTS, rows)     # rows: a DataFrame, or mappings; declared order and format
    as_declared(LAYER, layer)                                # a GeoDataFrame, for a layer of a GeoPackage
    frame(MOVEMENTS, rows)                                   # DataFrame with the declared columns and their dtypes

    CODES = Codes(file="verify.file", columns="verify.columns", row="verify.row", value="verify.value")
    rows, findings = read_rows(folder / "movements.csv", MOVEMENTS, CODES)      # typed, or None; all that is wrong
    rows, findings = read_rows(path, DELIVERIES, CODES, ["id", "amount"])       # only what is wanted, others may lack
    texts, findings = read_texts(path, MOVEMENTS, CODES)                        # as text, for digests …
    rows, findings = typed(texts, MOVEMENTS, CODES)                             # … and then as values

    rows, findings = read_filled(path, PAUSES, CODES)                           # a file that people name by hand
    rows = read_bundled("letup.roads", CLASSES)                                 # a file that comes with letup

    markdown(MOVEMENTS.columns)                              # for the reference page
    csv_text(MOVEMENTS, [])                                  # the header alone: a template
    format_path([(12, 0), (13, 4)])                          # "12@0 13@4"; parse_path reads it, parse_paths a column

Of tables that people fill in, everything that is wrong becomes a finding, and nothing is repaired: see `inputs`, and
`letup.scenario`, which declares them in ``attributes.csv``. What letup itself wrote is read back strictly: see
`outputs`.
"""

from letup.tables.arc_path import format_path, parse_path, parse_paths
from letup.tables.cells import Wrong, convert, guarded, names_in, parse_hours, parse_modes, read_back, text_of
from letup.tables.csv_tables import read_csv
from letup.tables.inputs import check_ids, check_references, read_bundled, read_filled, understand
from letup.tables.outputs import (
    Codes,
    as_declared,
    csv_lines,
    csv_text,
    frame,
    read_rows,
    read_texts,
    texts,
    typed,
    write_csv,
)
from letup.tables.raw_tables import Row, Table
from letup.tables.reference import markdown
from letup.tables.schema import TYPES, Column, Schema, schemas
from letup.tables.text_files import read_text
from letup.tables.yaml_text import read_yaml, write_yaml

__all__ = [
    "TYPES",
    "Codes",
    "Column",
    "Row",
    "Schema",
    "Table",
    "Wrong",
    "as_declared",
    "check_ids",
    "check_references",
    "convert",
    "csv_lines",
    "csv_text",
    "format_path",
    "frame",
    "guarded",
    "markdown",
    "names_in",
    "parse_hours",
    "parse_modes",
    "parse_path",
    "parse_paths",
    "read_back",
    "read_bundled",
    "read_csv",
    "read_filled",
    "read_rows",
    "read_text",
    "read_texts",
    "read_yaml",
    "schemas",
    "text_of",
    "texts",
    "typed",
    "understand",
    "write_csv",
    "write_yaml",
]
