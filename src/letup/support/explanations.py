"""The findings of an analysis in plain words, for the terminal and for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from letup.core.wording import listed, percent
from letup.support.acceptance import Verdict
from letup.support.analysis import Analysis, AssessedPackage
from letup.support.model import Value
from letup.support.moves import Move
from letup.support.no_deal import Relaxation

NOTE = (
    "Computed from the wants, red lines and ranges in the scenario, many of them assumed: what follows from them, not "
    "what anybody will do. Points of bargaining theory are aids to think with, not what is right; what humanitarian "
    "law protects is owed whatever is agreed."
)

_ANSWERS = {"accept": "would accept", "undecided": "undecided", "reject": "would refuse"}


def answer_in_words(verdict: Verdict) -> str:
    """The answer in words."""
    return _ANSWERS[verdict.answer]


def wants_unknown(verdict: Verdict) -> bool:
    """Whether nothing is known of what the party wants."""
    return not verdict.deciding


def unknown_parties(found: Analysis) -> str:
    """Parties of whose wants nothing is known, in words; empty if there are none."""
    names = [found.negotiation.name(one.party) for one in found.packages[found.chosen].verdicts if wants_unknown(one)]
    return f"Nothing is known of what these want: {listed(names)}." if names else ""


def answer(found: Analysis) -> str:
    """Who accepts and who does not, and whether any deal exists: one or two sentences."""
    one = found.packages[found.chosen]
    by_answer: dict[str, list[str]] = {}
    for verdict in _asked(found, one):
        if wants_unknown(verdict):
            continue
        by_answer.setdefault(verdict.answer, []).append(found.negotiation.name(verdict.party))
    parts = []
    for kind, words in (("accept", "would accept"), ("undecided", "could go either way"), ("reject", "would refuse")):
        if by_answer.get(kind):
            parts.append(f"{listed(by_answer[kind])} {words}")
    silent = [found.negotiation.name(verdict.party) for verdict in _asked(found, one) if wants_unknown(verdict)]
    if not parts:
        return (
            f"Nothing is known of the wants of {listed(silent)}, whose consent is needed: nothing can be said of what "
            "they would accept."
        )
    which = "" if len(found.packages) == 1 else f" Of {len(found.packages)} plans {one.plan.name} is nearest to a yes:"
    everybody = "all whose consent is needed" + (" and whose wants are known" if silent else "")
    lead = f"{which} by what is assumed of the parties, {listed(parts)}; {everybody} accept in ".strip()
    lead += f" {percent(one.all_accept)} of draws."
    lead = f"{lead[:1].upper()}{lead[1:]}"
    if not one.plan.zones:
        lead = f"This plan pauses nothing, so that what follows is about the terms alone. {lead}"
    if silent:
        lead += f" Nothing is known of the wants of {listed(silent)}: no objection is counted."
    return f"{lead} {deal_chances(found)}"


def solutions_worth_showing(found: Analysis) -> bool:
    """Whether there are points of theory worth showing: several packages, and somebody's wants to weigh them by."""
    known = not all(wants_unknown(verdict) for verdict in _asked(found, found.packages[found.chosen]))
    return found.anywhere is not None and found.size > 1 and known


def deal_chances(found: Analysis) -> str:
    """Whether there is any deal, in words."""
    if found.size == 1:
        return "Nothing is left open: this is the only package looked at."
    share = f"in {percent(found.possible)} of {found.possible_draws} draws"
    return f"Among {found.size:,} packages that these plans and the open issues allow, some deal exists {share}."


def _asked(found: Analysis, one: AssessedPackage) -> list[Verdict]:
    return [verdict for verdict in one.verdicts if verdict.party in found.consenting]


def probability(verdict: Verdict) -> str:
    """Probability with its interval, such as "34 % (33 to 35)"."""
    low, high = (f"{100 * end:.0f}" for end in (verdict.low, verdict.high))
    said = percent(verdict.probability)
    return said if low == high else f"{said} ({low} to {high})"


def decides(found: Analysis, verdict: Verdict) -> str:
    """The deciding issue in words."""
    label = found.negotiation.issue(verdict.deciding).label
    if verdict.refused:
        more = len(set(verdict.refused)) - 1
        return f"{label}: beyond its red line" + (f", and {more} more" if more else "")
    if verdict.turns == 0:
        return f"{label}: weighs most, turns no answer alone"
    return f"{label}: turns {percent(verdict.turns)} of its answers"


def distance(found: Analysis, verdict: Verdict) -> str:
    """How far a party is from a yes at the likeliest values."""
    if not verdict.refused and verdict.shortfall == 0:
        return "none at the likeliest values"
    ways = [
        f"{found.negotiation.issue(one.issue).label} at {found.negotiation.said(one.issue, rounded(one.needed))} "
        f"in place of {found.negotiation.said(one.issue, one.current)}"
        for one in verdict.reach
    ]
    lines = len(set(verdict.refused))
    beyond = ["beyond a red line" if lines == 1 else f"beyond {lines} red lines"] if lines else []
    short = listed(beyond + ([f"short by {verdict.shortfall:.3f} of its utility"] if verdict.shortfall else []))
    return f"{short}; {' or '.join(ways)} would do" if ways else f"{short}; no issue alone would do"


def rounded(value: Value) -> Value:
    """A number to four digits, as nobody bargains over more."""
    return value if isinstance(value, str) else float(f"{value:.4g}")


@dataclass(frozen=True)
class PackageRow:
    """How one issue stands: its label, the value in words, and who set it."""

    issue: str
    label: str
    value: str
    by: str


_BY = {"plan": "the plan", "table": "on the table", "open": "open"}


def package_rows(found: Analysis, one: AssessedPackage) -> list[PackageRow]:
    """The package, issue by issue."""
    return [
        PackageRow(issue.id, issue.label, issue.label_of(rounded(one.package[issue.id])), _BY[found.set_by[issue.id]])
        for issue in found.negotiation.support.issues
    ]


def differences(found: Analysis, package: Mapping[str, Value], one: AssessedPackage) -> str:
    """Where a package differs from another one, in words."""
    said = [
        f"{issue.label}: {issue.label_of(rounded(package[issue.id]))}"
        for issue in found.negotiation.support.issues
        if issue.id in package and package[issue.id] != one.package[issue.id]
    ]
    return "; ".join(said) or "the same package"


def marks(found: Analysis, number: int) -> list[str]:
    """What theory says of one plan among several."""
    named = (
        ("acceptable to all", found.points.zone),
        ("efficient", found.points.efficient),
        ("Nash", found.points.nash),
        ("Kalai–Smorodinsky", found.points.kalai_smorodinsky),
    )
    return [name for name, numbers in named if number in numbers]


def conflict_in_words(found: Analysis) -> str:
    """Why there is no deal, in words; empty where there is one."""
    if found.conflict is None:
        return ""
    parties = listed([found.negotiation.name(party) for party in found.conflict.parties])
    issues = listed([found.negotiation.issue(issue).label for issue in found.conflict.issues])
    if not issues:
        return f"{parties} cannot be satisfied even with its own best on every issue: it asks for more than there is."
    alone = len(found.conflict.parties) == 1
    return (
        f"{parties} {'does' if alone else 'do'} not come together with {'what there is' if alone else 'each other'} "
        f"on {issues}, even if every other party and issue is set aside. With any one of these set aside as well there "
        f"would be a deal on what is left; other parties or issues may stand in the way besides."
    )


def relaxation_in_words(found: Analysis, change: Relaxation) -> str:
    """A smallest change in words, a utility in steps of the party's own weightiest issue."""
    if change.kind == "table":
        return "other terms on the table: " + listed(
            [
                f"{issue.label}: {issue.label_of(rounded(change.package[issue.id]))} in place of "
                f"{issue.label_of(rounded(value))}"
                for issue in found.negotiation.support.issues
                if (value := found.negotiation.proposed.get(issue.id)) not in (None, change.package[issue.id])
            ]
        )
    parts = [
        f"{found.negotiation.name(party)} asks for {less:.3f} less of its utility{_steps(found, party, less)}"
        for party, less in change.lower.items()
    ]
    parts += [
        f"{found.negotiation.name(party)} lifts its red line on {found.negotiation.issue(issue).label}"
        for party, issue in change.lifted
    ]
    return listed(parts)


def _steps(found: Analysis, party: str, less: float) -> str:
    """What so much utility is in steps of an issue that the party weighs most, at the likeliest values."""
    from letup.support.utility import at_likeliest_values

    taste = next(one for one in found.negotiation.tastes if one.party == party)
    centre = at_likeliest_values(taste)
    best: tuple[float, str] = (0.0, "")
    for issue in found.negotiation.support.issues:
        values = issue.values
        if issue.kind != "number" or issue.id not in taste.curves or len(values) < 2:
            continue
        worth = centre.part(issue.id, values)[:, 0]
        span = float(worth.max() - worth.min())
        if span > best[0]:
            number = less / span * (float(values[-1]) - float(values[0]))
            best = (span, f" (as much as {number:,.3g} {issue.unit} of {issue.label})")
    return best[1]


def move_in_words(move: Move, party: str) -> str:
    """A move with its gains and its price in words."""
    people = move.cost.people
    price = ""
    if people:
        price = f"; {abs(people):,.0f} {'more' if people > 0 else 'fewer'} people get out"
    elif people is None:
        price = "; what it does to people is not known"
    need = move.cost.need
    if need and round(need):
        price += f"; {abs(need):,.0f} person-days {'more' if need > 0 else 'less'} of need met"
    return (
        f"{move.change.said}: {percent(move.before[party])} → {percent(move.after[party])}; "
        f"all accept: {percent(move.all_before)} → {percent(move.all_after)}{price}"
    )


def less_likely(move: Move, found: Analysis, party: str) -> str:
    """Who is less likely to accept with a move, in words; empty if nobody."""
    said = [
        f"{found.negotiation.name(one)} {percent(move.before[one])} → {percent(move.after[one])}"
        for one in found.consenting
        if one != party and move.after[one] < move.before[one] - 0.005
    ]
    return listed(said)


def asks_in_words(found: Analysis, one: AssessedPackage) -> list[str]:
    """What a package asks of each party that has set what things cost it, in its own units."""
    said = []
    for ask in one.asks:
        parts = [f"{ask.pauses:,.6g} {ask.unit} for the pauses"] if ask.pauses else []
        parts += [f"{ask.terms:,.6g} {ask.unit} for the terms"] if ask.terms else []
        parts = parts or [f"0 {ask.unit}"]
        budget = "" if ask.budget is None else f", of {ask.budget:,.6g} that it allows for pauses"
        over = "" if ask.within else ": more than it allows"
        said.append(f"{found.negotiation.name(ask.party)}: {listed(parts)}{budget}{over} ({ask.basis})")
    return said
