"""An analysis as one JSON object, and a package as a table that can be edited and read again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from letup import __version__
from letup.core import folders
from letup.core.errors import LetupError
from letup.support import explanations
from letup.support.acceptance import CLEAR_SHARE, Verdict
from letup.support.analysis import Analysis, AssessedPackage
from letup.support.model import Issue, Support, Value
from letup.support.moves import Move

FORMAT = 1


def as_document(found: Analysis) -> dict[str, Any]:
    """Everything that was found, with the seed and the number of draws; shares are 0 to 1."""
    one = found.packages[found.chosen]
    return {
        "format": FORMAT,
        "letup": __version__,
        "note": explanations.NOTE,
        "answer": explanations.answer(found),
        "draws": found.draws,
        "seed": found.seed,
        "clear_from": CLEAR_SHARE,
        "parties": [
            {"id": party.id, "name": party.name, "consents": party.id in found.consenting}
            for party in found.negotiation.support.parties
        ],
        "issues": [
            {"id": issue.id, "label": issue.label, "unit": issue.unit, "set_by": found.set_by[issue.id]}
            for issue in found.negotiation.support.issues
        ],
        "open_issues_held_at": found.held_at,
        "plans": [_plan(found, number, one) for number, one in enumerate(found.packages)],
        "chosen": one.plan.name,
        "acceptable_to_all": [found.packages[number].plan.name for number in found.points.zone],
        "anywhere": _anywhere(found),
        "possible": {
            "share": found.possible, "low": found.possible_low, "high": found.possible_high,
            "draws": found.possible_draws, "packages": found.size,
        },
        "no_deal": _no_deal(found),
        "moves": {party: [_move(move) for move in some] for party, some in found.moves.items()},
        "urging": {
            party: [
                {"party": u.party, "path": list(u.path), "strength": round(u.strength, 6), "effect": round(u.effect, 6)}
                for u in some
            ]
            for party, some in found.urging.items()
        },
    }  # fmt: skip


def _plan(found: Analysis, number: int, one: AssessedPackage) -> dict[str, Any]:
    return {
        "name": one.plan.name,
        "people": one.plan.people,
        "want_to_leave": one.plan.want_to_leave,
        "package": dict(one.package),
        "all_accept": one.all_accept,
        "all_accept_low": round(one.low, 6),
        "all_accept_high": round(one.high, 6),
        "marks": explanations.marks(found, number),
        "verdicts": [_verdict(verdict) for verdict in one.verdicts],
        "asks": [
            {
                "party": ask.party,
                "unit": ask.unit,
                "pauses": ask.pauses,
                "terms": ask.terms,
                "budget": ask.budget,
                "within": ask.within,
                "basis": ask.basis,
            }
            for ask in one.asks
        ],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    if explanations.wants_unknown(verdict):
        return {"party": verdict.party, "answer": "not_known", "refused": list(verdict.refused)}
    return {
        "party": verdict.party,
        "answer": verdict.answer,
        "probability": verdict.probability,
        "low": round(verdict.low, 6),
        "high": round(verdict.high, 6),
        "refused": list(verdict.refused),
        "deciding": verdict.deciding or None,
        "turns": verdict.turns,
        "shortfall": round(verdict.shortfall, 9),
        "margin": round(verdict.margin, 9),
        "reach": [{"issue": one.issue, "current": one.current, "needed": one.needed} for one in verdict.reach],
    }


def _anywhere(found: Analysis) -> dict[str, Any] | None:
    if found.anywhere is None:
        return None
    points, parties = found.anywhere, found.consenting

    def utilities(row: Any) -> dict[str, float]:
        return {party: round(float(value), 9) for party, value in zip(parties, row, strict=True)}

    return {
        "aid": "points of theory, to think with",
        "packages": found.size,
        "efficient": points.efficient,
        "nash": {"package": points.nash, "utility": utilities(points.nash_utility)},
        "kalai_smorodinsky": {
            "package": points.kalai_smorodinsky,
            "utility": utilities(points.kalai_smorodinsky_utility),
        },
        "ideal": utilities(points.ideal),
        "settled_freely": None
        if found.free is None
        else {"nash": dict(found.free.nash), "kalai_smorodinsky": dict(found.free.kalai_smorodinsky)},
    }


def _no_deal(found: Analysis) -> dict[str, Any] | None:
    if found.conflict is None:
        return None
    return {
        "parties": list(found.conflict.parties),
        "issues": list(found.conflict.issues),
        "said": explanations.conflict_in_words(found),
        "changes": [
            {
                "kind": change.kind,
                "lower": {party: round(value, 9) for party, value in change.lower.items()},
                "lifted": [list(one) for one in change.lifted],
                "package": change.package,
                "said": explanations.relaxation_in_words(found, change),
            }
            for change in found.resolving
        ],
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "change": move.change.said,
        "issue": move.change.issue or None,
        "package": dict(move.change.package),
        "before": dict(move.before),
        "after": dict(move.after),
        "all_before": move.all_before,
        "all_after": move.all_after,
        "people": move.cost.people,
        "need_person_days": move.cost.need,
        "basis": move.cost.basis,
    }


def package_csv(found: Analysis) -> str:
    """The package that moves start from, to be edited and given to `letup support` or `letup terms` again.

    What is open stands there without a value, with the one it was held at in a remark.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["issue", "value", "set_by", "unit", "label", "note"])
    one = found.packages[found.chosen]
    for issue in found.negotiation.support.issues:
        by, value = found.set_by[issue.id], one.package[issue.id]
        shown = f"{value:.10g}" if not isinstance(value, str) else value
        note = f"open; held at {shown} in the analysis" if by == "open" else ""
        if by == "plan":
            note = "read off the plan: a change here changes nothing"
        writer.writerow([issue.id, "" if by == "open" else shown, by, issue.unit, issue.label, note])
    return out.getvalue()


def read_package(path: Path | str, support: Support) -> dict[str, Value]:
    """Read a package: a CSV with columns issue and value; rows without a value, and those that plans settle, are open.

    Raises
    ------
    LetupError
        ``support.package`` with everything that is wrong with it, at once.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LetupError("support.package", f"{path} cannot be read: {error}", "Give a CSV file.") from error
    rows = csv.DictReader(io.StringIO(text))
    if not {"issue", "value"} <= set(rows.fieldnames or ()):
        raise LetupError("support.package", f"{path} has no columns issue and value", "Give it these two columns.")
    pairs = [
        (f"row {number}: ", (row["issue"] or "").strip(), (row["value"] or "").strip())
        for number, row in enumerate(rows, 2)
        if (row.get("set_by") or "").strip() != "plan"
    ]
    return parse_package([pair for pair in pairs if pair[2]], support, str(path))


def parse_package(pairs: list[tuple[str, str, str]], support: Support, where: str) -> dict[str, Value]:
    """Values as written by hand: (place, issue, value).

    Raises
    ------
    LetupError
        ``support.package`` with everything that is wrong, at once.
    """
    issues: Mapping[str, Issue] = {issue.id: issue for issue in support.issues}
    found: dict[str, Value] = {}
    wrong = []
    for place, name, value in pairs:
        if name not in issues:
            wrong.append(f"{place}there is no issue {name!r}; there are {', '.join(sorted(issues))}")
            continue
        if name in found:
            wrong.append(f"{place}{name} is given twice")
        if issues[name].kind != "number":
            found[name] = value
            if value not in issues[name].values:
                wrong.append(f"{place}{name} is one of {', '.join(map(str, issues[name].values))}, not {value!r}")
            continue
        try:
            found[name] = float(value)
        except ValueError:
            wrong.append(f"{place}{name} is a number, not {value!r}")
            continue
        low, high = issues[name].low, issues[name].high
        number = float(value)
        if not ((low is None or number >= low) and (high is None or number <= high)):
            wrong.append(f"{place}{name} goes from {low:g} to {high:g}, not {value}")
    if wrong:
        raise LetupError("support.package", f"{where}: {'; '.join(wrong)}", "Correct what is on the table.")
    return found


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
            if not explanations.wants_unknown(verdict):
                said = [
                    verdict.answer, verdict.probability, round(verdict.low, 6), round(verdict.high, 6),
                    verdict.deciding, " ".join(verdict.refused), round(verdict.shortfall, 6),
                    explanations.distance(found, verdict),
                ]  # fmt: skip
            asked = "yes" if verdict.party in found.consenting else "no"
            writer.writerow(
                [
                    one.plan.name, one.plan.people, verdict.party, found.negotiation.name(verdict.party), asked, *said,
                    one.all_accept, "; ".join(explanations.marks(found, number)), found.draws, found.seed,
                ]
            )  # fmt: skip
    return out.getvalue()
