"""The reference page of the scenario format, made from the table of attributes and the list of codes."""

from __future__ import annotations

from letup.core.collect import LISTED
from letup.scenario.essentials import PER_HEAD, PERSON_DAYS, default_essentials
from letup.scenario.format import REQUIRED_FILES, declared
from letup.scenario.provenance import VALUES
from letup.scenario.spatial_checks import SLIVER
from letup.tables.reference import PARTS, markdown
from letup.tables.text_files import LARGEST, MEGABYTE, MOST_COLUMNS, MOST_FEATURES, MOST_ROWS

_INTRODUCTION = """\
# The scenario format

This page is made from the table that letup itself checks with (`letup.scenario.reference_page()`).

A scenario is a folder that a GIS, a spreadsheet and a text editor can open. `letup new DIR` writes a small invented
one that can be planned at once; `letup new DIR --empty` writes one without data, in which every column is explained
where it is filled in. `letup check DIR` lists everything that is wrong with one, and `letup sources DIR` lists where
each value comes from.

- Layers (`.geojson`) are in longitude and latitude, WGS 84, longitude first. Layers and tables may instead lie in
  one GeoPackage named `scenario.gpkg`, each under the name of its file without the ending, such as `zones`.
- In place of `zones.geojson` there may be a shapefile (`zones.shp` with its `.dbf`, `.shx`, `.prj` and `.cpg`), a
  GeoPackage (`zones.gpkg`), or a file ending in `.fgb`, `.kml` or `.gml`; so for `roads` and `places`. A coordinate
  system that is named is turned into longitude and latitude. Columns that a shapefile has cut off after ten letters
  are known by their beginning. Zones without a column `id` are read by the columns of administrative boundaries:
  `ADM2_PCODE` as id and P-code, `ADM2_EN` and `ADM2_AR` as names.
- Tables (`.csv`) are UTF-8, separated by commas, with a decimal point. An empty cell means that nothing is said.
  Where the header leaves no doubt, semicolons or tabs are read, too, and in such a file commas before decimals; so are
  Arabic digits. A number such as 12.000, which is twelve to some and twelve thousand to others, is an error.
- A row right under the header of a table in which every filled cell begins with `#` is a remark, and not read.
- In place of `people.csv` there may be a workbook `people.xlsx`, with one sheet or a sheet `people`; so for each table.
  Or one workbook `scenario.xlsx` has a sheet for each table, by its name. A title above the header is passed over, and
  a row of HXL tags under it; merged cells, errors and formulas that were never computed are findings.
- Dates and times have a time zone: `2023-11-04T06:00+02:00`.
- Every row has a `basis`: *observed* (someone saw, counted or measured it), *modelled* (computed from
  observations) or *assumed*. What is observed or modelled names its `source`, an entry of `sources` in
  `scenario.yaml`, or several with semicolons between them; what is assumed gives its reason in `note`.
- Nothing is repaired in silence. What is wrong is a finding, with the file, the row, and what to do.
"""

_ROWS = """\
In findings, rows of a table are counted as a spreadsheet counts them: the header is row 1, the first row of data is
row 2. Features of a layer are counted from 1, with their id.
"""


_GRAMMAR = """\
## Options and worths

Two cells of the tables on what is to be agreed have a grammar of their own, with semicolons between parts:

- `options` of an issue: `nobody = Nobody; joint = Both parties together`, an id and the words that readers see. An
  issue of kind `yes_no` has the options `yes` and `no`; give `options` only to put them in other words.
- `worth` of a preference: `0 = 0; 4 = 0.3..0.6; 12 = 1`, a value of the issue and what it is worth, from 0 to 1, as a
  number, a range, or a range with its likeliest value (`0.3..0.4..0.6`). Numbers ascend; each option is named.

A list in `consents_to` or `consents_to_issues` that is empty means that the party consents to nothing; one that is
left out, to everything.
"""


def reference_page() -> str:
    """Text of ``docs/reference/attributes.md``, Markdown."""
    parts = [_INTRODUCTION]
    for name, schema in declared().items():
        file, _, part = name.partition(":")
        parts.append(_heading(file, part))
        parts.append(markdown(schema.own, PARTS))
    parts.append(
        "## basis, source and note\n\n"
        "In every layer and table, and in `groups`, `limits`, `mobilisation`, `priorities`, `deliveries` and the "
        "parties:\n"
    )
    parts.append(markdown(declared()["people.csv"].common, PARTS))
    parts.append(_GRAMMAR)
    parts.append(_needs())
    parts.append(_counted())
    parts.append(_bounds())
    parts.append("## Codes of findings\n\n" + _ROWS)
    return "\n".join(parts)


def _heading(file: str, part: str) -> str:
    if part:
        return f"### {file}: {part}\n"
    return f"## {file}\n\n{'Needed.' if file in REQUIRED_FILES else 'May be left out.'}\n"


def _needs() -> str:
    rows = ["| essential | unit | a person and day | to survive | source | note |", "|---|---|---|---|---|---|"]
    for essential in default_essentials():
        need = f"{essential.per_person:,g}" if essential.per_person else ""
        if essential.per_person_low != essential.per_person_high:
            need += f" ({essential.per_person_low:,g} to {essential.per_person_high:,g})"
        survival = f"{essential.survival:,g}" if essential.survival else ""
        rows.append(
            f"| `{essential.name}` | {essential.unit} | {need} | {survival} | {essential.source} | {essential.note} |"
        )
    return (
        "## Essentials that every scenario has\n\n"
        "A row of `essentials.csv` with one of these names stands in its place; a row with another name adds an\n"
        "essential. All of these values are assumed: a standard is a choice, not an observation.\n\n"
        + "\n".join(rows)
        + "\n\nUnits fit each other within litres, m3; g, kg, t; kcal, Mcal, Gcal. Any other unit fits only itself.\n"
        f"`{PERSON_DAYS}` fits whatever people need: what one person needs on one day. A unit of stocks, or of what a\n"
        f"facility makes, may end in `{PER_HEAD.strip()}`: so much for each person who is there at the start, such as\n"
        "`litres per person`. Use it where a source gives a figure per person: the amount then goes along with the\n"
        "range of the number of people.\n"
    )


def _counted() -> str:
    counted = {name: [f"`{row.name}`" for row in schema.own if row.counted] for name, schema in declared().items()}
    lines = [f"- {name}: {', '.join(columns)}" for name, columns in counted.items() if columns]
    return (
        "## What counts as a value\n\n"
        "The share of observed, modelled and assumed values is of all filled cells in these columns. Names, ids,\n"
        "references, shapes, and the dates and steps of the plan are not counted; nor are empty cells that take a\n"
        "default.\n\n" + "\n".join(lines) + "\n\n"
        "`letup sources DIR --csv FILE` lists each value of this kind:\n\n" + markdown(VALUES.columns)
    )


def _bounds() -> str:
    lines = [f"- a `{suffix}` file: {size // MEGABYTE:,} MB" for suffix, size in LARGEST.items()]
    return (
        "## Bounds\n\nLarger input is refused before it is read:\n\n"
        + "\n".join(lines)
        + f"\n- features in a layer: {MOST_FEATURES:,}; rows in a table: {MOST_ROWS:,}; columns: {MOST_COLUMNS:,}\n\n"
        + f"Overlaps of zones below {SLIVER:.1%} of the smaller zone are noted as slivers, larger ones are errors.\n"
        + f"After {LISTED} findings of one kind in one column, the others are counted in one further finding.\n"
    )
