"""An analysis of support as one HTML page: who could accept what, what decides, what would change it, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from letup.core import wording
from letup.report.charts import Tick, positions_svg, quarter_ticks, round_up
from letup.report.template import page
from letup.scenario.model import Scenario
from letup.support import explanations
from letup.support.acceptance import CLEAR_SHARE
from letup.support.analysis import Analysis
from letup.support.model import Issue, Range, RedLine
from letup.tables import names_in

_MOST_MOVES = 8
_MOST_ADVOCATES = 3


@dataclass(frozen=True)
class Bar:
    """One party's probability of accepting: name, answer, words, and positions in per cent from the left."""

    name: str
    consents: bool
    answer: str
    probability: str
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

    probability: str
    shade: int


def write_support_html(analysis: Analysis, scenario: Scenario, path: str | Path) -> Path:
    """Write the page of an analysis: HTML with everything it needs inside, and no scripts.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    scenario : Scenario
        What the plans were made for.
    path : path
        File to write.
    """
    chosen, support = analysis.chosen_package, analysis.negotiation.support
    target = Path(path)
    target.write_text(
        page(
            "page/support.html.j2",
            scenario,
            answer=explanations.answer(analysis),
            note=explanations.NOTE,
            plan=chosen.plan,
            many=len(analysis.packages) > 1,
            bars=_bars(analysis),
            unknown=explanations.unknown_parties(analysis),
            clear=100 * CLEAR_SHARE,
            rows=explanations.package_rows(analysis, chosen),
            held_at=analysis.held_at,
            asks=explanations.asks_in_words(analysis, chosen),
            chart=_chart(analysis),
            plans=_plans(analysis),
            consenting=[analysis.negotiation.party_name(party) for party in analysis.consenting],
            solutions=_solutions(analysis),
            open_numbers=_open_numbers(analysis),
            size=wording.count(analysis.space_size),
            efficient=None if analysis.solutions is None else analysis.solutions.efficient,
            possible=explanations.deal_chances(analysis),
            conflict=explanations.conflict_in_words(analysis),
            relaxations=[explanations.relaxation_in_words(analysis, relaxation) for relaxation in analysis.relaxations],
            moves=_moves(analysis, consenting=True),
            others=_moves(analysis, consenting=False),
            parties=[
                (party.name, party.basis, _source_titles(scenario, party.source), party.note)
                for party in support.parties
            ],
            wants=_wants(analysis, scenario),
            influences=_influences(analysis, scenario),
            positions=positions_svg(support) if support.statements else "",
            statements=wording.count(len(support.statements)),
            draws=wording.count(analysis.draws),
            seed=analysis.seed,
        ),
        encoding="utf-8",
    )
    return target


def _source_titles(scenario: Scenario, cell: str) -> str:
    """Titles of the sources in a cell, or their names where the scenario does not know them."""
    return "; ".join(str(scenario.sources.get(name, {}).get("title", name)) for name in names_in(cell))


def _bars(analysis: Analysis) -> list[Bar]:
    """What each party makes of the chosen package."""
    return [
        Bar(
            name=analysis.negotiation.party_name(verdict.party),
            consents=verdict.party in analysis.consenting,
            answer=explanations.answer_in_words(verdict),
            probability=explanations.probability(verdict),
            at=100 * verdict.probability,
            low=100 * verdict.low,
            width=max(100 * (verdict.high - verdict.low), 0.4),
            decides=explanations.decides(analysis, verdict),
            distance=explanations.distance(analysis, verdict),
        )
        for verdict in analysis.chosen_package.verdicts
        if verdict.wants_known
    ]


def _chart(analysis: Analysis) -> Chart | None:
    """Plans of a frontier: what more people getting out costs in acceptance; None for one plan."""
    if len(analysis.packages) == 1:
        return None
    right = float(round_up(max(*(assessed.plan.people for assessed in analysis.packages), 1)))
    dots = [
        Dot(
            x=100 * assessed.plan.people / right,
            y=100 * assessed.all_accept,
            title=f"{assessed.plan.name}: {wording.count(assessed.plan.people)} people, all accept in "
            f"{wording.percent(assessed.all_accept)} of draws",
            best=number == analysis.chosen,
        )
        for number, assessed in enumerate(analysis.packages)
    ]
    ticks = quarter_ticks(right)[:4]
    return Chart(dots, ticks, "; ".join(dot.title for dot in dots))


def _plans(analysis: Analysis) -> list[tuple[str, str, list[Cell], Cell, str]]:
    """Rows of the table of plans: name, people, a cell for each consenting party, all together, marks."""
    return [
        (
            assessed.plan.name,
            wording.count(assessed.plan.people),
            [_cell(verdict.probability) for verdict in assessed.verdicts if verdict.party in analysis.consenting],
            _cell(assessed.all_accept),
            ", ".join(explanations.marks(analysis, number)),
        )
        for number, assessed in enumerate(analysis.packages)
    ]


def _cell(share: float) -> Cell:
    return Cell(wording.percent(share), round(55 * share))


def _solutions(analysis: Analysis) -> list[tuple[str, list[str]]]:
    """Issue by issue, the Nash and the Kalai–Smorodinsky package among all."""
    if analysis.solutions is None or not explanations.solutions_worth_showing(analysis):
        return []
    packages = (analysis.solutions.nash, analysis.solutions.kalai_smorodinsky)
    return [
        (issue.label, [issue.label_of(explanations.rounded(package[issue.id])) for package in packages])
        for issue in analysis.negotiation.support.issues
    ]


def _open_numbers(analysis: Analysis) -> list[tuple[str, list[str]]]:
    """The same for the numbers among the open issues, settled freely."""
    if analysis.open_numbers is None:
        return []
    packages = (analysis.open_numbers.nash, analysis.open_numbers.kalai_smorodinsky)
    return [
        (issue.label, [issue.label_of(explanations.rounded(package[issue.id])) for package in packages])
        for issue in (analysis.negotiation.issue(name) for name in analysis.open_numbers.nash)
    ]


def _moves(
    analysis: Analysis, *, consenting: bool
) -> list[tuple[str, list[tuple[str, str, str, str, str, str]], list[str]]]:
    """For each party whose consent is needed, or is not: rows of changes, and who could urge it.

    A row is the change, the party's own yes, that of all, people, need, and who is less likely to accept.
    """
    parties = []
    for party, moves in analysis.moves.items():
        if (party in analysis.consenting) != consenting:
            continue
        rows = [
            (
                move.change.description,
                f"{wording.percent(move.before[party])} → {wording.percent(move.after[party])}",
                f"{wording.percent(move.all_before)} → {wording.percent(move.all_after)}",
                _more(move.effect.people),
                _more(move.effect.need),
                explanations.less_likely(move, analysis, party) or "–",
            )
            for move in moves[:_MOST_MOVES]
        ]
        advocates = [
            f"{analysis.negotiation.party_name(advocate.party)}: influence {advocate.strength:.2f}"
            f"{explanations.through(analysis, advocate)}, effect {advocate.effect:.2f}"
            for advocate in analysis.advocates.get(party, ())[:_MOST_ADVOCATES]
        ]
        parties.append((analysis.negotiation.party_name(party), rows, advocates))
    return parties


def _more(number: float | None) -> str:
    return "not known" if number is None else f"{number:+,.0f}" if round(number) else "as before"


def _wants(analysis: Analysis, scenario: Scenario) -> list[tuple[str, str, str, str, str, str, str]]:
    """What the analysis assumes of each party and issue: party, issue, weight, worths, red line, basis, source."""
    rows = []
    entries = {str(entry["id"]): entry for entry in scenario.parties}
    for party in analysis.negotiation.support.parties:
        if not party.preferences:
            continue
        entry = entries.get(party.id, {})
        basis = str(entry.get("reservation_basis") or party.basis) if "reservation" in entry else "assumed"
        rows.append((party.name, "reservation value", "", _range(party.reservation), "", basis, ""))
        for preference in party.preferences:
            issue = analysis.negotiation.issue(preference.issue)
            rows.append(
                (
                    party.name,
                    issue.label,
                    _range(preference.weight) if preference.values else "–",
                    "; ".join(f"{issue.label_of(point.at)}: {_range(point.worth)}" for point in preference.values),
                    "; ".join(_limits(preference.red_line, issue)),
                    preference.basis,
                    _source_titles(scenario, preference.source),
                )
            )
    return rows


def _limits(line: RedLine | None, issue: Issue) -> list[str]:
    """What a red line refuses, in words."""
    if line is None:
        return []
    limits = [f"not below {issue.label_of(line.least)}"] if line.least is not None else []
    limits += [f"not above {issue.label_of(line.most)}"] if line.most is not None else []
    return limits + [f"never {issue.label_of(option)}" for option in sorted(line.never)]


def _influences(analysis: Analysis, scenario: Scenario) -> list[tuple[str, str, str, str, str, str]]:
    """Who is taken to influence whom: both, by what, how strongly, basis, source."""
    return [
        (
            analysis.negotiation.party_name(influence.from_party),
            analysis.negotiation.party_name(influence.to_party),
            influence.kind,
            _range(influence.strength),
            influence.basis,
            _source_titles(scenario, influence.source),
        )
        for influence in analysis.negotiation.support.influences
    ]


def _range(range_: Range) -> str:
    low, best, high = range_
    if low == high:
        return f"{low:g}"
    return f"{low:g} to {high:g}" if best is None else f"{best:g} ({low:g} to {high:g})"
