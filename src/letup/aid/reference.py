"""The reference page of what an assessment writes, made from the lists of columns."""

from __future__ import annotations

from letup.aid.files import COLUMNS, DAY_COLUMNS


def reference_page() -> str:
    """Text of ``docs/reference/assessment.md``, Markdown."""
    lines = [
        "# What letup assess writes",
        "",
        "This page is made from the lists that letup itself writes with (`letup.aid.reference.reference_page()`).",
        "*Unit* is the unit of the essential in the row. What is not known, or not within a year, is an empty cell.",
        "",
        "## assessment.csv",
        "",
        "One row for each zone and essential that is needed there.",
        "",
        *_table(COLUMNS),
        "",
        "## assessment-days.csv",
        "",
        "One row for each zone, essential and day, of what is known, without any pause. In each row the stock at the",
        "end of the day before, plus `made`, is `met` plus `lost` plus `left`.",
        "",
        *_table(DAY_COLUMNS),
        "",
        "## assessment.json",
        "",
        "What `--json` prints: `answer`, the totals of each essential with the need per person and its source, every",
        "row of assessment.csv under `zones` (null where a cell is empty), and the findings.",
        "",
        "## assessment.html",
        "",
        "One page with everything inside; it asks no network and has no scripts. Of restricted places it names the",
        "kind and the zone only.",
    ]
    return "\n".join(lines) + "\n"


def _table(columns: dict[str, str]) -> list[str]:
    return ["| column | meaning |", "|---|---|", *(f"| `{name}` | {meaning} |" for name, meaning in columns.items())]
