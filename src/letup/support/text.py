"""An analysis in the terminal."""

from __future__ import annotations

from pathlib import Path

from letup.core.wording import listed, percent
from letup.support import explanations
from letup.support.analysis import Analysis

_MOVES = 4
_PLANS = 60


def analysis_text(found: Analysis, files: list[Path]) -> str:
    """The answer, parties, package, plans, points, why not, moves, influence, and what was written."""
    parts = [
        f"{explanations.answer(found)}\n{explanations.NOTE}",
        _parties(found),
        _plans(found),
        _package(found),
        _points(found),
        _no_deal(found),
        _moves(found),
        "\n".join(["Written:", *(f"  {path}" for path in files)]) if files else "",
        f"{found.draws:,} draws, seed {found.seed}.",
    ]
    return "\n\n".join(part for part in parts if part)


def _parties(found: Analysis) -> str:
    one = found.packages[found.chosen]
    title = f" of {one.plan.name}" if len(found.packages) > 1 else ""
    lines = [f"What each party makes{title} (probability with its sampling error):"]
    known = [verdict for verdict in one.verdicts if not explanations.wants_unknown(verdict)]
    width = max((len(found.negotiation.name(verdict.party)) for verdict in known), default=0)
    for verdict in known:
        asked = "" if verdict.party in found.consenting else "  (its consent is not needed)"
        name = found.negotiation.name(verdict.party)
        lines.append(
            f"  {name:<{width}}  {explanations.answer_in_words(verdict):<12}  {explanations.probability(verdict):>16}"
            f"  {explanations.decides(found, verdict)}{asked}"
        )
        if verdict.answer != "accept":
            lines.append(f"  {'':<{width}}  distance: {explanations.distance(found, verdict)}")
    if explanations.unknown_parties(found):
        lines.append(f"  {explanations.unknown_parties(found)}")
    return "\n".join(lines)


def _plans(found: Analysis) -> str:
    """Plans of a frontier, in its order."""
    if len(found.packages) == 1:
        return ""
    width = max(len(one.plan.name) for one in found.packages)
    lines = [f"Plans ({len(found.points.zone)} of {len(found.packages)} acceptable to all at the likeliest values):"]
    for number, one in enumerate(found.packages[:_PLANS]):
        each = ", ".join(
            f"{found.negotiation.name(verdict.party)} {percent(verdict.probability)}"
            for verdict in one.verdicts
            if verdict.party in found.consenting
        )
        marks = f"  [{', '.join(explanations.marks(found, number))}]" if explanations.marks(found, number) else ""
        lines.append(
            f"  {one.plan.name:<{width}}  {one.plan.people:>9,} people  all accept: {percent(one.all_accept)} "
            f"({each}){marks}"
        )
    return "\n".join(lines)


def _package(found: Analysis) -> str:
    one = found.packages[found.chosen]
    rows = explanations.package_rows(found, one)
    width = max(len(row.label) for row in rows)
    lines = ["The package:", *(f"  {row.label:<{width}}  {row.value}  ({row.by})" for row in rows)]
    if found.held_at:
        lines.append(f"  Open issues are held at {found.held_at}: a suggestion to start from, not a proposal.")
    asks = explanations.asks_in_words(found, one)
    if asks:
        lines += ["What it asks, in the parties' own units:", *(f"  {ask}" for ask in asks)]
    return "\n".join(lines)


def _points(found: Analysis) -> str:
    if found.anywhere is None or not explanations.solutions_worth_showing(found):
        return ""
    one = found.packages[found.chosen]
    lines = [f"Points of bargaining theory among all {found.size:,} packages (aids to think with), where they differ:"]
    lines.append(f"  Nash: {explanations.differences(found, found.anywhere.nash, one)}")
    lines.append(f"  Kalai–Smorodinsky: {explanations.differences(found, found.anywhere.kalai_smorodinsky, one)}")
    if found.anywhere.efficient is not None:
        lines.append(f"  {found.anywhere.efficient:,} packages that all accept are efficient: none is better for all.")
    if found.free is not None:
        for name, values in (("Nash", found.free.nash), ("Kalai–Smorodinsky", found.free.kalai_smorodinsky)):
            said = "; ".join(
                f"{found.negotiation.issue(issue).label}: {found.negotiation.said(issue, explanations.rounded(value))}"
                for issue, value in values.items()
            )
            lines.append(f"  {name}, open numbers settled freely: {said}")
    return "\n".join(lines)


def _no_deal(found: Analysis) -> str:
    if found.conflict is None:
        return ""
    lines = [f"Why there is no deal (at the likeliest values): {explanations.conflict_in_words(found)}"]
    lines += [f"  It would take: {explanations.relaxation_in_words(found, change)}." for change in found.resolving]
    return "\n".join(lines)


def _moves(found: Analysis) -> str:
    lines = []
    for party, some in found.moves.items():
        if party not in found.consenting:
            continue
        lines.append(f"What would gain the yes of {found.negotiation.name(party)}:")
        for move in some[:_MOVES]:
            lines.append(f"  {explanations.move_in_words(move, party)}")
            lost = explanations.less_likely(move, found, party)
            if lost:
                lines.append(f"    costs: {lost}")
        if not some:
            lines.append("  no single change does")
        lines += [
            f"  {found.negotiation.name(one.party)} could urge it"
            f"{_through(found, one.path)}: effect {one.effect:.2f} (influence {one.strength:.2f})"
            for one in found.urging.get(party, ())[:3]
        ]
    others = [found.negotiation.name(party) for party in found.moves if party not in found.consenting]
    if others:
        lines.append(
            f"What would gain others whose consent is not needed is on the page (--out) and in --json: "
            f"{listed(others)}."
        )
    return "\n".join(lines)


def _through(found: Analysis, path: tuple[str, ...]) -> str:
    between = [found.negotiation.name(one) for one in path[1:-1]]
    return f" through {listed(between)}" if between else ""
