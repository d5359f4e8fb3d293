"""What an analysis writes: one JSON object, a table of plans and parties, and the package, which can be edited.

The columns of support.csv and package.csv are declared in ``tables.csv`` beside this file. `read_package` reads a
package as people give it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup import __version__
from letup.core import folders
from letup.core.collect import did_you_mean, quoted
from letup.core.errors import BadInput
from letup.core.findings import Finding, finding
from letup.core.formats import Format
from letup.support import explanations
from letup.support.acceptance import CLEAR_SHARE, Verdict
from letup.support.analysis import Analysis, AssessedPackage
from letup.support.model import Issue, Support, Value
from letup.support.moves import Move
from letup.tables import Codes, csv_text, read_filled, schemas

FORMAT = Format("support.json")
_SCHEMAS = schemas("letup.support")
_PACKAGE_CODES = Codes("support.package", "support.package", "support.package", "support.package")


def as_document(analysis: Analysis) -> dict[str, Any]:
    """Everything that was found, with the seed and the number of draws; shares are 0 to 1."""
    support = analysis.negotiation.support
    return {
        "format": FORMAT.number,
        "letup": __version__,
        "note": explanations.NOTE,
        "answer": explanations.answer(analysis),
        "draws": analysis.draws,
        "seed": analysis.seed,
        "clear_from": CLEAR_SHARE,
        "parties": [
            {"id": party.id, "name": party.name, "consents": party.id in analysis.consenting}
            for party in support.parties
        ],
        "issues": [
            {"id": issue.id, "label": issue.label, "unit": issue.unit, "set_by": analysis.set_by[issue.id]}
            for issue in support.issues
        ],
        "open_issues_held_at": analysis.held_at,
        "plans": [_plan(analysis, number, assessed) for number, assessed in enumerate(analysis.packages)],
        "chosen": analysis.chosen_package.plan.name,
        "acceptable_to_all": [analysis.packages[number].plan.name for number in analysis.among_plans.agreement_zone],
        "anywhere": _solutions(analysis),
        "possible": {
            "share": analysis.deal_share, "low": analysis.deal_low, "high": analysis.deal_high,
            "draws": analysis.deal_draws, "packages": analysis.space_size,
        },
        "no_deal": _no_deal(analysis),
        "moves": {party: [_move(move) for move in moves] for party, moves in analysis.moves.items()},
        "urging": {
            party: [
                {
                    "party": advocate.party,
                    "path": list(advocate.path),
                    "strength": round(advocate.strength, 6),
                    "effect": round(advocate.effect, 6),
                }
                for advocate in advocates
            ]
            for party, advocates in analysis.advocates.items()
        },
    }  # fmt: skip


def _plan(analysis: Analysis, number: int, assessed: AssessedPackage) -> dict[str, Any]:
    return {
        "name": assessed.plan.name,
        "people": assessed.plan.people,
        "want_to_leave": assessed.plan.want_to_leave,
        "package": dict(assessed.package),
        "all_accept": assessed.all_accept,
        "all_accept_low": round(assessed.low, 6),
        "all_accept_high": round(assessed.high, 6),
        "marks": explanations.marks(analysis, number),
        "verdicts": [_verdict(verdict) for verdict in assessed.verdicts],
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
            for ask in assessed.asks
        ],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    if not verdict.wants_known:
        return {"party": verdict.party, "answer": "not_known", "refused": list(verdict.refused)}
    return {
        "party": verdict.party,
        "answer": verdict.answer,
        "probability": verdict.probability,
        "low": round(verdict.low, 6),
        "high": round(verdict.high, 6),
        "refused": list(verdict.refused),
        "deciding": verdict.deciding_issue,
        "turns": verdict.deciding_share,
        "shortfall": round(verdict.shortfall, 9),
        "margin": round(verdict.margin, 9),
        "reach": [
            {"issue": required.issue, "current": required.current, "needed": required.needed}
            for required in verdict.required
        ],
    }


def _solutions(analysis: Analysis) -> dict[str, Any] | None:
    solutions, free = analysis.solutions, analysis.open_numbers
    if solutions is None:
        return None

    def by_party(utility: NDArray[np.float64]) -> dict[str, float]:
        return {party: round(float(own), 9) for party, own in zip(analysis.consenting, utility, strict=True)}

    return {
        "aid": "points of theory, to think with",
        "packages": analysis.space_size,
        "efficient": solutions.efficient,
        "nash": {"package": solutions.nash, "utility": by_party(solutions.nash_utility)},
        "kalai_smorodinsky": {
            "package": solutions.kalai_smorodinsky,
            "utility": by_party(solutions.kalai_smorodinsky_utility),
        },
        "ideal": by_party(solutions.ideal),
        "settled_freely": None
        if free is None
        else {"nash": dict(free.nash), "kalai_smorodinsky": dict(free.kalai_smorodinsky)},
    }


def _no_deal(analysis: Analysis) -> dict[str, Any] | None:
    if analysis.conflict is None:
        return None
    return {
        "parties": list(analysis.conflict.parties),
        "issues": list(analysis.conflict.issues),
        "said": explanations.conflict_in_words(analysis),
        "changes": [
            {
                "kind": relaxation.kind,
                "lower": {party: round(cut, 9) for party, cut in relaxation.reservation_cuts.items()},
                "lifted": [list(line) for line in relaxation.lifted],
                "package": relaxation.package,
                "said": explanations.relaxation_in_words(analysis, relaxation),
            }
            for relaxation in analysis.relaxations
        ],
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "change": move.change.description,
        "issue": move.change.issue or None,
        "package": dict(move.change.package),
        "before": dict(move.before),
        "after": dict(move.after),
        "all_before": move.all_before,
        "all_after": move.all_after,
        "people": move.effect.people,
        "need_person_days": move.effect.need,
        "basis": move.effect.basis,
    }


SUPPORT_FOLDER = folders.ResultKind(
    "support",
    "an analysis",
    "support.folder",
    known_by=(FORMAT.name,),
    owns=(FORMAT.name, "support.csv", "package.csv", "support.html"),
)


def write(
    analysis: Analysis,
    folder: Path | str,
    *,
    force: bool = False,
    page: Callable[[Path], object] | None = None,
    package: Path | None = None,
) -> list[Path]:
    """Write support.json, support.csv and package.csv; earlier ones are replaced, but not a package that was edited.

    package.csv is the package that moves start from, to be edited and given to `letup support` or `letup terms` again.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    folder : path
        Made if it does not exist.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.
    page : callable, optional
        Writes its page, support.html, to the path it is given.
    package : path, optional
        The file that the package was read from: if it is the one in the folder, it stays as it is.

    Raises
    ------
    LetupError
        ``support.folder`` if the folder cannot be used, and what `letup.core.folders.replaced` raises.
    """
    folder = Path(folder)
    texts = {
        FORMAT.name: folders.json_text(as_document(analysis)),
        "support.csv": csv_text(_SCHEMAS["support.csv"], _verdict_rows(analysis)),
        "package.csv": csv_text(_SCHEMAS["package.csv"], _package_rows(analysis)),
    }
    keep = kept_package(folder, package)
    for name in keep:
        del texts[name]
    with folders.replaced(folder, SUPPORT_FOLDER, force=force, keep=keep) as fresh:
        for name, text in texts.items():
            (fresh / name).write_text(text, "utf-8", newline="")
        if page is not None:
            page(fresh / "support.html")
    return [folder / name for name in (*(["support.html"] if page is not None else []), *texts)]


def kept_package(folder: Path, package: Path | None) -> tuple[str, ...]:
    """Name of the package in the folder if it is what the analysis was asked about, edited by hand perhaps."""
    there = folder / "package.csv"
    return (there.name,) if package is not None and there.exists() and there.samefile(package) else ()


def _verdict_rows(analysis: Analysis) -> Iterator[dict[str, object]]:
    """One row for each plan and party."""
    for number, assessed in enumerate(analysis.packages):
        for verdict in assessed.verdicts:
            row: dict[str, object] = {
                "plan": assessed.plan.name,
                "people": assessed.plan.people,
                "party": verdict.party,
                "party_name": analysis.negotiation.party_name(verdict.party),
                "consents": "yes" if verdict.party in analysis.consenting else "no",
                "answer": "not_known",
                "all_accept": assessed.all_accept,
                "marks": "; ".join(explanations.marks(analysis, number)),
                "draws": analysis.draws,
                "seed": analysis.seed,
            }
            if verdict.wants_known:
                row |= {
                    "answer": verdict.answer,
                    "probability": verdict.probability,
                    "probability_low": round(verdict.low, 6),
                    "probability_high": round(verdict.high, 6),
                    "deciding_issue": verdict.deciding_issue,
                    "red_lines_crossed": " ".join(verdict.refused),
                    "shortfall_utility": round(verdict.shortfall, 6),
                    "distance": explanations.distance(analysis, verdict),
                }
            yield row


def _package_rows(analysis: Analysis) -> Iterator[dict[str, object]]:
    """One row for each issue; what is open has no value, and the one it was held at in a remark."""
    package = analysis.chosen_package.package
    for issue in analysis.negotiation.support.issues:
        set_by, value = analysis.set_by[issue.id], package[issue.id]
        held = value if isinstance(value, str) else f"{value:.10g}"
        notes = {
            "open": f"open; held at {held} in the analysis",
            "plan": "read off the plan: a change here changes nothing",
        }
        yield {
            "issue": issue.id,
            "value": None if set_by == "open" else value,
            "set_by": set_by,
            "unit": issue.unit,
            "label": issue.label,
            "note": notes.get(set_by, ""),
        }


def read_package(path: Path | str, support: Support) -> dict[str, Value]:
    """Read a package: a CSV with columns issue and value; rows without a value, and those that plans settle, are open.

    Raises
    ------
    BadInput
        ``support.package`` with everything that is wrong with it, at once.
    """
    path = Path(path)
    rows, findings = read_filled(path, _SCHEMAS["package.csv"], _PACKAGE_CODES, ["value"])
    cells = [
        (row.where, row.cells["issue"].strip(), row.cells["value"].strip())
        for row in rows
        if row.cells.get("set_by") != "plan" and "issue" in row.cells and "value" in row.cells
    ]
    package, wrong = _parse_cells(cells, support, path.name)
    if any(finding.severity == "error" for finding in (*findings, *wrong)):
        raise BadInput([*findings, *wrong])
    return package


def parse_package(pairs: Sequence[tuple[str, str]], support: Support) -> dict[str, Value]:
    """Values of issues as given on the command line by ``--set``, each with its issue.

    Raises
    ------
    BadInput
        ``support.package`` with everything that is wrong, at once.
    """
    package, wrong = _parse_cells([("--set", issue, value) for issue, value in pairs], support)
    if wrong:
        raise BadInput(wrong)
    return package


def _parse_cells(
    cells: Sequence[tuple[str, str, str]], support: Support, file: str = ""
) -> tuple[dict[str, Value], list[Finding]]:
    """Values of issues as written by hand: where each stands, the issue, the value; and what is wrong with them."""
    issues = {issue.id: issue for issue in support.issues}
    package: dict[str, Value] = {}
    wrong = []

    def refuse(where: str, message: str, remedy: str, column: str) -> None:
        column = column if file else ""
        wrong.append(finding("support.package", message, remedy, file=file, where=where, column=column))

    for where, name, text in cells:
        if name not in issues:
            hint = did_you_mean(name, issues)
            refuse(where, f"there is no issue {quoted(name)}", f"{hint}use one of {', '.join(sorted(issues))}", "issue")
            continue
        if name in package:
            refuse(where, f"{name} is given twice", "Keep one of the values.", "issue")
        try:
            package[name] = _parse_value(issues[name], text)
        except ValueError as error:
            refuse(where, f"{name} {error}", "Correct what is on the table.", "value")
    return package, wrong


def _parse_value(issue: Issue, text: str) -> Value:
    """Value of an issue as written by hand; ValueError, with what it should be, if it is none."""
    if issue.kind != "number":
        if text not in issue.values:
            raise ValueError(f"is one of {', '.join(map(str, issue.values))}, not {text!r}")
        return text
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"is a number, not {text!r}") from None
    low, high = issue.low, issue.high
    if not ((low is None or number >= low) and (high is None or number <= high)):
        raise ValueError(f"goes from {low:g} to {high:g}, not {text}")
    return number
