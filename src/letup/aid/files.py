"""An assessment as files: two tables and one document."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from letup import __version__
from letup.aid.assessment import Assessment, answer, table, table_by_day
from letup.aid.tables import ASSESSMENT, ASSESSMENT_DAYS
from letup.core import folders
from letup.core.formats import Format
from letup.tables import write_csv

FORMAT = Format("assessment.json")

NOTE = "A model, not a permission. Nobody loses protection because a figure here is wrong."


def as_document(assessment: Assessment) -> dict[str, Any]:
    """What ``--json`` prints: the answer, the totals of each essential, every row, the findings."""
    scenario = assessment.scenario
    totals = [_total(assessment, item) for item in range(len(assessment.essentials))]
    rows = table(assessment).astype(object)
    return {
        "format": FORMAT.number,
        "letup": __version__,
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
    essential, known = assessment.essentials[item], assessment.known[item]
    cases = {
        "unmet_person_days": assessment.likely,
        "unmet_person_days_worse": assessment.worse,
        "unmet_person_days_better": assessment.better,
        "unmet_person_days_with_plan": assessment.with_plan,
    }
    needed = essential.per_person > 0
    return {
        "essential": essential.name,
        "unit": essential.unit,
        "need_per_person_and_day": essential.per_person if needed else None,
        "basis": essential.basis,
        "source": essential.source,
        "note": essential.note,
        "zones_known": int(known.sum()),
        "person_days": _finite(assessment.likely.person_days[item, known].sum()),
    } | {
        name: _finite(assessment.unmet_person_days(item, case)) if needed and case is not None else None
        for name, case in cases.items()
    }


def _finite(value: float) -> float | None:
    return round(float(value), 3) if math.isfinite(value) else None


ASSESSMENT_FOLDER = folders.ResultKind(
    "assessment",
    "an assessment",
    "assess.folder",
    known_by=(FORMAT.name,),
    owns=(FORMAT.name, ASSESSMENT.name, ASSESSMENT_DAYS.name, "assessment.html"),
)


def write(
    assessment: Assessment,
    folder: Path | str,
    *,
    force: bool = False,
    page: Callable[[Assessment, Path], object] | None = None,
) -> list[Path]:
    """Write assessment.csv, assessment-days.csv and assessment.json; an earlier assessment is replaced.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    folder : path
        Made if it does not exist.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.
    page : callable, optional
        Writes its page, assessment.html, such as `letup.report.write_assessment_html`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    LetupError
        ``assess.folder`` if the folder cannot be used, and what `letup.core.folders.replaced` raises.
    """
    folder = Path(folder)
    with folders.replaced(folder, ASSESSMENT_FOLDER, force=force) as fresh:
        files = [fresh / ASSESSMENT.name, fresh / ASSESSMENT_DAYS.name, fresh / FORMAT.name]
        write_csv(files[0], ASSESSMENT, table(assessment))
        write_csv(files[1], ASSESSMENT_DAYS, table_by_day(assessment))
        files[2].write_text(folders.json_text(as_document(assessment)), "utf-8")
        if page is not None:
            files.insert(0, fresh / "assessment.html")
            page(assessment, files[0])
    return [folder / file.name for file in files]
