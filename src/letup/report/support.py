"""An analysis of support as one HTML page: who could accept what, what decides, what would change it, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from letup.core import wording
from letup.report.charts import Tick, round_up
from letup.report.positions import positions_svg
from letup.report.template import page
from letup.scenario.model import Scenario
from letup.support import explanations
from letup.support.acceptance import CLEAR_SHARE
from letup.support.analysis import Analysis

_MOVES = 8


@dataclass(frozen=True)
class Bar:
    """One party's probability of accepting: name, answer, words, and positions in per cent from the left."""

    name: str
    asked: bool
    answer: str
    said: str
    at: float
    low: float
    width: float
    decides: str
    distance: str


@dataclass(frozen=True)
class Dot:
    """One plan in the chart of a frontier, in per cent from the left and from below."""

    x: float
    y: float
    title: str
    best: bool


@dataclass(frozen=True)
class Chart:
    """Probability that all accept against people who get out."""

    dots: list[Dot]
    across: list[Tick]
    alternative: str


@dataclass(frozen=True)
class Cell:
    """Probability of one party and plan: words, and how dark."""

    said: str
    shade: int


def write_support_html(found: Analysis, scenario: Scenario, path: str | Path) -> Path:
    """Write the page of an analysis: HTML with everything it needs inside, and no scripts.

    Parameters
    ----------
    found : Analysis
        What was found.
    scenario : Scenario
        What the plans were made for.
    path : path
        File to write.
    """
    one = found.packages[found.chosen]
    support = found.negotiation.support
    target = Path(path)
    target.write_text(
        page(
            "page/support.html.j2",
            scenario,
            answer=explanations.answer(found),
            note=explanations.NOTE,
            plan=one.plan,
            many=len(found.packages) > 1,
            bars=bars(found),
            unknown=explanations.unknown_parties(found),
            clear=100 * CLEAR_SHARE,
            rows=explanations.package_rows(found, one),
            held_at=found.held_at,
            asks=explanations.asks_in_words(found, one),
            chart=chart(found),
            plans=_plans(found),
            asked=[found.negotiation.name(party) for party in found.consenting],
            points=_points(found),
            free=_free(found),
            size=f"{found.size:,}",
            efficient=None if found.anywhere is None else found.anywhere.efficient,
            possible=explanations.deal_chances(found),
            conflict=explanations.conflict_in_words(found),
            resolving=[explanations.relaxation_in_words(found, change) for change in found.resolving],
            moves=_moves(found, needed=True),
            others=_moves(found, needed=False),
            parties=[
                (party.name, party.basis, source_of(scenario, party.source), party.note) for party in support.parties
            ],
            wants=_wants(found, scenario),
            ties=_ties(found, scenario),
            positions=positions_svg(support) if support.statements else "",
            statements=f"{len(support.statements):,}",
            draws=f"{found.draws:,}",
            seed=found.seed,
        ),
        encoding="utf-8",
    )
    return target


def source_of(scenario: Scenario, name: str) -> str:
    """Titles of the sources in a cell, or their names where the scenario does not know them."""
    parts = [part.strip() for part in name.split(";") if part.strip()]
    return "; ".join(str(scenario.sources.get(part, {}).get("title", part)) for part in parts)


def bars(found: Analysis) -> list[Bar]:
    """What each party makes of the chosen package."""
    return [
        Bar(
            found.negotiation.name(verdict.party),
            verdict.party in found.consenting,
            explanations.answer_in_words(verdict),
            explanations.probability(verdict),
            100 * verdict.probability,
            100 * verdict.low,
            max(100 * (verdict.high - verdict.low), 0.4),
            explanations.decides(found, verdict),
            explanations.distance(found, verdict),
        )
        for verdict in found.packages[found.chosen].verdicts
        if not explanations.wants_unknown(verdict)
    ]


def chart(found: Analysis) -> Chart | None:
    """Plans of a frontier: what more people getting out costs in acceptance; None for one plan."""
    if len(found.packages) == 1:
        return None
    right = float(round_up(max(*(one.plan.people for one in found.packages), 1)))
    dots = [
        Dot(
            100 * one.plan.people / right,
            100 * one.all_accept,
            f"{one.plan.name}: {one.plan.people:,} people, all accept in {wording.percent(one.all_accept)} of draws",
            number == found.chosen,
        )
        for number, one in enumerate(found.packages)
    ]
    ticks = [Tick(25.0 * quarter, wording.count(right * quarter / 4)) for quarter in range(4)]
    return Chart(dots, ticks, "; ".join(dot.title for dot in dots))


def _plans(found: Analysis) -> list[tuple[str, str, list[Cell], Cell, str]]:
    """Rows of the table of plans: name, people, a cell for each consenting party, all together, marks."""
    rows = []
    for number, one in enumerate(found.packages):
        cells = [_cell(v.probability) for v in one.verdicts if v.party in found.consenting]
        marks = ", ".join(explanations.marks(found, number))
        rows.append((one.plan.name, wording.count(one.plan.people), cells, _cell(one.all_accept), marks))
    return rows


def _cell(share: float) -> Cell:
    return Cell(wording.percent(share), round(55 * share))


def _points(found: Analysis) -> list[tuple[str, list[str]]]:
    """Issue by issue, the Nash and the Kalai–Smorodinsky package among all."""
    if found.anywhere is None or not explanations.solutions_worth_showing(found):
        return []
    pair = (found.anywhere.nash, found.anywhere.kalai_smorodinsky)
    return [
        (issue.label, [issue.label_of(explanations.rounded(package[issue.id])) for package in pair])
        for issue in found.negotiation.support.issues
    ]


def _free(found: Analysis) -> list[tuple[str, str, str]]:
    if found.free is None:
        return []
    return [
        (
            found.negotiation.issue(issue).label,
            found.negotiation.said(issue, explanations.rounded(value)),
            found.negotiation.said(issue, explanations.rounded(found.free.kalai_smorodinsky[issue])),
        )
        for issue, value in found.free.nash.items()
    ]


def _moves(found: Analysis, *, needed: bool) -> list[tuple[str, list[tuple[str, str, str, str, str, str]], list[str]]]:
    """For each party whose consent is needed, or is not: rows of changes, and who could urge it.

    A row is the change, the party's own yes, that of all, people, need, and who is less likely to accept.
    """
    out = []
    for party, some in found.moves.items():
        if (party in found.consenting) != needed:
            continue
        rows = [
            (
                move.change.said,
                f"{wording.percent(move.before[party])} → {wording.percent(move.after[party])}",
                f"{wording.percent(move.all_before)} → {wording.percent(move.all_after)}",
                _more(move.cost.people),
                _more(move.cost.need),
                explanations.less_likely(move, found, party) or "–",
            )
            for move in some[:_MOVES]
        ]
        urging = [
            f"{found.negotiation.name(one.party)}: influence {one.strength:.2f}"
            + (
                f" through {wording.listed([found.negotiation.name(p) for p in one.path[1:-1]])}"
                if one.path[2:]
                else ""
            )
            + f", effect {one.effect:.2f}"
            for one in found.urging.get(party, ())[:3]
        ]
        out.append((found.negotiation.name(party), rows, urging))
    return out


def _more(number: float | None) -> str:
    return "not known" if number is None else f"{number:+,.0f}" if round(number) else "as before"


def _wants(found: Analysis, scenario: Scenario) -> list[tuple[str, str, str, str, str, str, str]]:
    """What the analysis assumes of each party and issue: party, issue, weight, worths, red line, basis, source."""
    rows = []
    entries = {str(entry["id"]): entry for entry in scenario.parties}
    for party in found.negotiation.support.parties:
        if not party.preferences:
            continue
        low, best, high = party.reservation
        entry = entries.get(party.id, {})
        basis = str(entry.get("reservation_basis") or party.basis) if "reservation" in entry else "assumed"
        rows.append((party.name, "reservation value", "", _range(low, best, high), "", basis, ""))
        for one in party.preferences:
            issue = found.negotiation.issue(one.issue)
            worths = "; ".join(f"{issue.label_of(point.at)}: {_range(*point.worth)}" for point in one.values)
            line = one.red_line
            limits = []
            if line is not None:
                limits += [f"not below {issue.label_of(line.least)}"] if line.least is not None else []
                limits += [f"not above {issue.label_of(line.most)}"] if line.most is not None else []
                limits += [f"never {issue.label_of(option)}" for option in sorted(line.never)]
            weight = _range(*one.weight) if one.values else "–"
            source = source_of(scenario, one.source)
            rows.append((party.name, issue.label, weight, worths, "; ".join(limits), one.basis, source))
    return rows


def _ties(found: Analysis, scenario: Scenario) -> list[tuple[str, str, str, str, str, str]]:
    """Who is taken to influence whom: both, by what, how strongly, basis, source."""
    name = found.negotiation.name
    return [
        (name(one.from_party), name(one.to_party), one.kind, _range(*one.strength), one.basis,
         source_of(scenario, one.source))
        for one in found.negotiation.support.influences
    ]  # fmt: skip


def _range(low: float, best: float | None, high: float) -> str:
    if low == high:
        return f"{low:g}"
    return f"{low:g} to {high:g}" if best is None else f"{best:g} ({low:g} to {high:g})"
