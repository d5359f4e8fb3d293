"""The tables of an assessment: one row for each zone and essential, and the same day by day."""

from __future__ import annotations

#: Columns of assessment.csv, each with its unit and meaning. "Unit" is the unit of the row's essential.
COLUMNS: dict[str, str] = {
    "zone": "id of the zone",
    "zone_name": "name of the zone",
    "essential": "short name of the essential",
    "unit": "unit of the amounts in the row",
    "people": "people in the zone at the start",
    "known": "yes, or no where the scenario says nothing of where it comes from; then what follows is empty",
    "days_left": "days until a need of people or facilities is first not met in full; empty if not within a year",
    "days_left_worse": "the same at the worse end of all ranges",
    "days_left_better": "the same at the better end of all ranges",
    "survival_days_left": "days until people first get less than the survival minimum; empty if not within a year",
    "need": "needed over the horizon by people and facilities, unit",
    "opening_stock": "in stock at the start, unit",
    "made": "made for the zone over the horizon, unit",
    "met": "of the need, what was met, unit",
    "lost": "lost from stock over the horizon, unit",
    "left": "in stock at the end of the horizon, unit",
    "unmet": "need not met over the horizon, unit",
    "unmet_person_days": "people x days x share of their need not met; empty where people have no daily need",
    "unmet_person_days_worse": "the same at the worse end of all ranges",
    "unmet_person_days_better": "the same at the better end of all ranges",
    "below_survival_person_days": "people x days with less than the survival minimum; empty if there is none",
    "unmet_person_days_with_plan": "as unmet_person_days, with what the plan moves and brings; empty without a plan",
    "days_left_with_plan": "as days_left, with what the plan moves and brings; empty without a plan",
    "delivered_with_plan": "what the plan's trucks bring over the horizon, unit; empty without a plan",
}

#: Columns of assessment-days.csv.
DAY_COLUMNS: dict[str, str] = {
    "zone": "id of the zone",
    "essential": "short name of the essential",
    "unit": "unit of the amounts in the row",
    "end_day": "end of the day, days since the start of the scenario",
    "need": "needed during the day, unit",
    "made": "made for the zone during the day, unit",
    "met": "of the need, what was met, unit",
    "lost": "lost from stock during the day, unit",
    "left": "in stock at the end of the day, unit",
}


def reference_page() -> str:
    """Text of ``docs/reference/assessment.md``, Markdown."""
    lines = [
        "# What letup assess writes",
        "",
        "This page is made from the lists that letup itself writes with (`letup.aid.tables.reference_page()`).",
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
