"""The reference page of what letup convoys writes, made from the lists of columns."""

from __future__ import annotations

from letup.aid.convoys.files import COLUMNS, LOAD_COLUMNS
from letup.aid.convoys.medevac_files import PATIENT_COLUMNS


def reference_page() -> str:
    """Text of ``docs/reference/convoys.md``, Markdown."""
    lines = [
        "# What letup convoys writes",
        "",
        "This page is made from the lists that letup itself writes with",
        "(`letup.aid.convoys.reference.reference_page()`).",
        "",
        "Without `--out` it writes into the plan's folder. The plan's own files and digests stay as they are, and",
        "`letup verify` recomputes the tables below along with the plan. A plan written anew removes them.",
        "",
        "## convoys.csv",
        "",
        "One row for each stop of each convoy. Whoever leaves a stop at any minute between `leave_earliest` and",
        "`leave_latest` arrives at the next between its `arrive_earliest` and `arrive_latest`, through zones that are",
        "quiet all the while.",
        "",
        *_table(COLUMNS),
        "",
        "## convoy-loads.csv",
        "",
        "One row for each load on each vehicle. What is loaded is unloaded; by delivery the rows add up to what is",
        "carried of it.",
        "",
        *_table(LOAD_COLUMNS),
        "",
        "## medevac.csv",
        "",
        "As convoys.csv, for ambulances; `truck` is an id of ambulances.csv. Only written where there are patients.",
        "",
        "## medevac-patients.csv",
        "",
        "One row for each patient. It holds no names.",
        "",
        *_table(PATIENT_COLUMNS),
        "",
        "## gpx/",
        "",
        "One GPX 1.1 file for each convoy, of lorries (c…) or of ambulances (m…): a waypoint for each stop with its",
        "times and work, and one route along the roads. Of a place whose `sensitivity` is confidential neither the",
        "point nor the last stretch of road is in it.",
        "",
        "## pages/",
        "",
        "One HTML page for each convoy, of lorries or of ambulances, that prints on one sheet of A4. It has everything",
        "inside, asks no network and has no scripts. No place stands on it but the convoy's own stops, and of patients",
        "only how many lie and sit.",
    ]
    return "\n".join(lines) + "\n"


def _table(columns: dict[str, str]) -> list[str]:
    return ["| column | meaning |", "|---|---|", *(f"| `{name}` | {meaning} |" for name, meaning in columns.items())]
