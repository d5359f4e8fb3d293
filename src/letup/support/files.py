"""Write an analysis: everything as JSON, plans and parties as a table, and the package."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from letup.core import folders
from letup.core.errors import LetupError
from letup.support import words
from letup.support.analysis import Analysis
from letup.support.document import as_document, package_csv


def require_usable(folder: Path) -> None:
    """Refuse a folder that no analysis can be written to (``support.folder``)."""
    folders.require_usable(folder, "support.json", what="an analysis", code="support.folder")


def write(found: Analysis, folder: Path | str) -> list[Path]:
    """Write support.json, support.csv and package.csv; earlier ones are replaced.

    Raises
    ------
    LetupError
        ``support.folder`` if the folder cannot be used.
    """
    folder = Path(folder)
    require_usable(folder)
    texts = {
        "support.json": json.dumps(as_document(found), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
        "support.csv": _table(found),
        "package.csv": package_csv(found),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8", newline="")
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise LetupError("support.folder", message, "Choose another folder.") from error
    return [folder / name for name in texts]


def _table(found: Analysis) -> str:
    """One row for each plan and party."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            "plan", "people", "party", "party_name", "consents", "answer", "probability", "probability_low",
            "probability_high", "deciding_issue", "red_lines_crossed", "shortfall_utility", "distance", "all_accept",
            "marks", "draws", "seed",
        ]
    )  # fmt: skip
    for number, one in enumerate(found.packages):
        for verdict in one.verdicts:
            said: list[object] = ["not_known", "", "", "", "", "", "", ""]
            if not words.unknown(verdict):
                said = [
                    verdict.answer, verdict.probability, round(verdict.low, 6), round(verdict.high, 6),
                    verdict.deciding, " ".join(verdict.refused), round(verdict.shortfall, 6),
                    words.distance(found, verdict),
                ]  # fmt: skip
            asked = "yes" if verdict.party in found.consenting else "no"
            writer.writerow(
                [
                    one.plan.name, one.plan.people, verdict.party, found.negotiation.name(verdict.party), asked, *said,
                    one.all_accept, "; ".join(words.marks(found, number)), found.draws, found.seed,
                ]
            )  # fmt: skip
    return out.getvalue()
