"""The tables of an assessment: one row for each zone and essential, and the same day by day."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from letup.core import folders
from letup.core.errors import LetupError

if TYPE_CHECKING:
    from letup.aid.assessment import Assessment

FORMAT = 1

NOTE = "A model, not a permission. Nobody loses protection because a figure here is wrong."

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


def table(assessment: Assessment) -> pd.DataFrame:
    """One row for each zone and essential that is needed there.

    Returns
    -------
    DataFrame
        Columns as in `COLUMNS`; what is not known, or not within a year, is NaN.
    """
    rows = [_row(assessment, item, zone) for item, zone in _needed(assessment)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def table_by_day(assessment: Assessment) -> pd.DataFrame:
    """One row for each zone, essential and day, of what is known.

    Returns
    -------
    DataFrame
        Columns as in `DAY_COLUMNS`. In each row: stock at the end of the day before + made = met + lost + left.
    """
    balance, ids = assessment.likely, assessment.scenario.zone_ids
    rows = []
    for item, zone in _needed(assessment):
        if assessment.known[item, zone]:
            one = assessment.essentials[item]
            for day, end in enumerate(balance.day_ends):
                amounts = {name: _plain(getattr(balance, name)[day, item, zone]) for name in list(DAY_COLUMNS)[4:]}
                rows.append({"zone": ids[zone], "essential": one.name, "unit": one.unit, "end_day": end, **amounts})
    return pd.DataFrame(rows, columns=list(DAY_COLUMNS))


def _needed(assessment: Assessment) -> list[tuple[int, int]]:
    """Pairs of essential and zone with a need, by zone."""
    need = assessment.likely.need.sum(axis=0)
    if assessment.with_plan is not None:
        need = need + assessment.with_plan.need.sum(axis=0)
    return [(int(item), int(zone)) for zone, item in np.argwhere(need.T > 0)]


def _row(assessment: Assessment, item: int, zone: int) -> dict[str, Any]:
    one, scenario, known = assessment.essentials[item], assessment.scenario, bool(assessment.known[item, zone])
    row: dict[str, Any] = {
        "zone": scenario.zone_ids[zone],
        "zone_name": str(scenario.zones["name"].iloc[zone]),
        "essential": one.name,
        "unit": one.unit,
        "people": round(float(assessment.presence.people[0, zone])),
        "known": "yes" if known else "no",
    }
    if not known:
        return row
    likely, worse, better = assessment.likely, assessment.worse, assessment.better
    row |= {
        "days_left": likely.days_left[item, zone],
        "days_left_worse": worse.days_left[item, zone],
        "days_left_better": better.days_left[item, zone],
        "survival_days_left": likely.survival_days_left[item, zone],
        "need": likely.need[:, item, zone].sum(),
        "opening_stock": likely.opening[item, zone],
        "made": likely.made[:, item, zone].sum(),
        "met": likely.met[:, item, zone].sum(),
        "lost": likely.lost[:, item, zone].sum(),
        "left": likely.left[-1, item, zone],
        "unmet": assessment.unmet(likely)[item, zone],
    }
    if one.per_person:
        row |= {
            "unmet_person_days": likely.unmet_person_days[item, zone],
            "unmet_person_days_worse": worse.unmet_person_days[item, zone],
            "unmet_person_days_better": better.unmet_person_days[item, zone],
        }
        if one.survival:
            row["below_survival_person_days"] = likely.below_survival_person_days[item, zone]
        if assessment.with_plan is not None:
            row["unmet_person_days_with_plan"] = assessment.with_plan.unmet_person_days[item, zone]
    if assessment.with_plan is not None:
        row["days_left_with_plan"] = assessment.with_plan.days_left[item, zone]
        row["delivered_with_plan"] = assessment.with_plan.delivered[:, item, zone].sum()
    return {key: _plain(value) if isinstance(value, float) else value for key, value in row.items()}


def _plain(value: float) -> float:
    """A number without digits that are only noise; NaN for what is not within a year."""
    return round(float(value), 6) + 0.0 if math.isfinite(value) else math.nan


def as_document(assessment: Assessment) -> dict[str, Any]:
    """What ``--json`` prints: the answer, the totals of each essential, every row, the findings."""
    from letup.aid.text import answer

    scenario = assessment.scenario
    totals = [_total(assessment, item) for item in range(len(assessment.essentials))]
    rows = table(assessment).astype(object)
    return {
        "format": FORMAT,
        "note": NOTE,
        "answer": answer(assessment),
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "start": scenario.start.isoformat(),
        "horizon_days": assessment.horizon,
        "ends_hold": assessment.ends_hold,
        "essentials": totals,
        "zones": rows.where(rows.notna(), None).to_dict("records"),
        "findings": [vars(finding) for finding in assessment.findings],
    }


def _total(assessment: Assessment, item: int) -> dict[str, Any]:
    """One essential over all zones of which something is known; null for what people do not need by the day."""
    one, known = assessment.essentials[item], assessment.known[item]
    cases = {
        "unmet_person_days": assessment.likely,
        "unmet_person_days_worse": assessment.worse,
        "unmet_person_days_better": assessment.better,
        "unmet_person_days_with_plan": assessment.with_plan,
    }
    needed = one.per_person > 0
    return {
        "essential": one.name,
        "unit": one.unit,
        "need_per_person_and_day": one.per_person if needed else None,
        "basis": one.basis,
        "source": one.source,
        "note": one.note,
        "zones_known": int(known.sum()),
        "person_days": _finite(assessment.likely.person_days[item, known].sum()),
    } | {
        name: _finite(assessment.unmet_person_days(item, case)) if needed and case is not None else None
        for name, case in cases.items()
    }


def _finite(value: float) -> float | None:
    return round(float(value), 3) if math.isfinite(value) else None


def require_usable(folder: Path) -> None:
    """Refuse a folder that no assessment can be written to (``assess.folder``)."""
    folders.require_usable(folder, "assessment.json", what="an assessment", code="assess.folder")


def write(assessment: Assessment, folder: Path | str) -> list[Path]:
    """Write assessment.csv, assessment-days.csv and assessment.json; an earlier assessment is replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    LetupError
        ``assess.folder`` if the folder cannot be used.
    """
    folder = Path(folder)
    require_usable(folder)
    files = [folder / "assessment.csv", folder / "assessment-days.csv", folder / "assessment.json"]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        table(assessment).to_csv(files[0], index=False, lineterminator="\n")
        table_by_day(assessment).to_csv(files[1], index=False, lineterminator="\n")
        text = json.dumps(as_document(assessment), indent=1, ensure_ascii=False, allow_nan=False)
        files[2].write_text(text + "\n", "utf-8")
    except OSError as error:
        raise LetupError("assess.folder", f"{folder}: {error.strerror or error}", "Choose another folder.") from error
    return files
