"""Tables of an assessment, declared in ``tables.csv``, and their reference page."""

from __future__ import annotations

from letup.tables import markdown, schemas

ASSESSMENT = schemas("letup.aid")["assessment.csv"]
ASSESSMENT_DAYS = schemas("letup.aid")["assessment-days.csv"]

_PAGE = """\
# What letup assess writes

This page is made from the tables as letup declares them (`letup.aid.tables.reference_page()`). *Unit of the row* is
the unit of its essential. What is not known, or not within a year, is an empty cell.

## assessment.csv

One row for each zone and essential that is needed there.

{assessment}
## assessment-days.csv

One row for each zone, essential and day, of what is known, without any pause. In each row the stock at the
end of the day before, plus `made`, is `met` plus `lost` plus `left`.

{days}
## assessment.json

What `--json` prints: the number of its `format`, the version of letup, `answer`, the totals of each essential with the
need per person and its source, every row of assessment.csv under `zones` (null where a cell is empty), and the
findings.

## assessment.html

One page with everything inside; it asks no network and has no scripts. Of restricted places it names the
kind and the zone only.
"""


def reference_page() -> str:
    """Text of ``docs/reference/assessment.md``, Markdown."""
    return _PAGE.format(assessment=markdown(ASSESSMENT.columns), days=markdown(ASSESSMENT_DAYS.columns))
