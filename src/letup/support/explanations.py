"""The results of an analysis in plain words, for the terminal and for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from letup.core.wording import and_more, count, listed, percent
from letup.support.acceptance import Verdict
from letup.support.analysis import Analysis, AssessedPackage
from letup.support.model import Value
from letup.support.moves import Advocate, Move
from letup.support.no_deal import Relaxation
from letup.support.utility import at_likeliest_values

NOTE = (
    "Computed from the wants, red lines and ranges in the scenario, many of them assumed: what follows from them, not "
    "what anybody will do. Points of bargaining theory are aids to think with, not what is right; what humanitarian "
    "law protects is owed whatever is agreed."
)

_ANSWERS = {"accept": "would accept", "undecided": "undecided", "reject": "would refuse"}
_SET_BY = {"plan": "the plan", "table": "on the table", "open": "open"}


def answer_in_words(verdict: Verdict) -> str:
    """The answer in words."""
    return _ANSWERS[verdict.answer]


def unknown_parties(analysis: Analysis) -> str:
    """Parties of whose wants nothing is known, in words; empty if there are none."""
    names = [
        analysis.negotiation.party_name(verdict.party)
        for verdict in analysis.chosen_package.verdicts
        if not verdict.wants_known
    ]
    return f"Nothing is known of what these want: {listed(names)}." if names else ""


def answer(analysis: Analysis) -> str:
    """Who accepts and who does not, and whether any deal exists: one or two sentences."""
    chosen = analysis.chosen_package
    by_answer: dict[str, list[str]] = {}
    unknown = []
    for verdict in _consenting_verdicts(analysis, chosen):
        name = analysis.negotiation.party_name(verdict.party)
        if verdict.wants_known:
            by_answer.setdefault(verdict.answer, []).append(name)
        else:
            unknown.append(name)
    if not by_answer:
        return (
            f"Nothing is known of the wants of {listed(unknown)}, whose consent is needed: nothing can be said of what "
            "they would accept."
        )
    wordings = {"accept": "would accept", "undecided": "could go either way", "reject": "would refuse"}
    parts = [f"{listed(by_answer[kind])} {wording}" for kind, wording in wordings.items() if kind in by_answer]
    everybody = "all whose consent is needed" + (" and whose wants are known" if unknown else "")
    sentence = (
        f"by what is assumed of the parties, {listed(parts)}; {everybody} accept in {percent(chosen.all_accept)} of "
        "draws."
    )
    if len(analysis.packages) > 1:
        sentence = f"Of {len(analysis.packages)} plans {chosen.plan.name} is nearest to a yes: {sentence}"
    sentence = f"{sentence[:1].upper()}{sentence[1:]}"
    if not chosen.plan.zones:
        sentence = f"This plan pauses nothing, so that what follows is about the terms alone. {sentence}"
    if unknown:
        sentence += f" Nothing is known of the wants of {listed(unknown)}: no objection is counted."
    return f"{sentence} {deal_chances(analysis)}"


def _consenting_verdicts(analysis: Analysis, assessed: AssessedPackage) -> list[Verdict]:
    return [verdict for verdict in assessed.verdicts if verdict.party in analysis.consenting]


def solutions_worth_showing(analysis: Analysis) -> bool:
    """Whether there are solutions of theory to show: several packages, and somebody's wants to weigh them by."""
    known = any(verdict.wants_known for verdict in _consenting_verdicts(analysis, analysis.chosen_package))
    return analysis.solutions is not None and analysis.space_size > 1 and known


def deal_chances(analysis: Analysis) -> str:
    """Whether there is any deal, in words."""
    if analysis.space_size == 1:
        return "Nothing is left open: this is the only package looked at."
    return (
        f"Among {count(analysis.space_size)} packages that these plans and the open issues allow, some deal exists in "
        f"{percent(analysis.deal_share)} of {analysis.deal_draws} draws."
    )


def probability(verdict: Verdict) -> str:
    """Probability with its interval, such as "34 % (33 to 35)"."""
    low, high = (f"{100 * end:.0f}" for end in (verdict.low, verdict.high))
    share = percent(verdict.probability)
    return share if low == high else f"{share} ({low} to {high})"


def decides(analysis: Analysis, verdict: Verdict) -> str:
    """The deciding issue in words."""
    label = analysis.negotiation.issue(verdict.deciding_issue).label
    if verdict.refused:
        rest = and_more(len(set(verdict.refused)), 1)
        return f"{label}: beyond its red line" + (f", {rest}" if rest else "")
    if verdict.deciding_share == 0:
        return f"{label}: weighs most, turns no answer alone"
    return f"{label}: turns {percent(verdict.deciding_share)} of its answers"


def distance(analysis: Analysis, verdict: Verdict) -> str:
    """How far a party is from a yes at the likeliest values."""
    if not verdict.refused and verdict.shortfall == 0:
        return "none at the likeliest values"
    label = analysis.negotiation.value_label
    remedies = [
        f"{analysis.negotiation.issue(required.issue).label} at {label(required.issue, rounded(required.needed))} "
        f"in place of {label(required.issue, required.current)}"
        for required in verdict.required
    ]
    lines = len(set(verdict.refused))
    reasons = ["beyond a red line" if lines == 1 else f"beyond {lines} red lines"] if lines else []
    reasons += [f"short by {verdict.shortfall:.3f} of its utility"] if verdict.shortfall else []
    return f"{listed(reasons)}; {' or '.join(remedies) if remedies else 'no issue alone'} would do"


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


def package_rows(analysis: Analysis, assessed: AssessedPackage) -> list[PackageRow]:
    """The package, issue by issue."""
    return [
        PackageRow(
            issue.id,
            issue.label,
            issue.label_of(rounded(assessed.package[issue.id])),
            _SET_BY[analysis.set_by[issue.id]],
        )
        for issue in analysis.negotiation.support.issues
    ]


def differences(analysis: Analysis, package: Mapping[str, Value], assessed: AssessedPackage) -> str:
    """Where a package differs from another one, in words."""
    different = [
        f"{issue.label}: {issue.label_of(rounded(package[issue.id]))}"
        for issue in analysis.negotiation.support.issues
        if issue.id in package and package[issue.id] != assessed.package[issue.id]
    ]
    return "; ".join(different) or "the same package"


def marks(analysis: Analysis, number: int) -> list[str]:
    """What theory says of one plan among several."""
    sets = {
        "acceptable to all": analysis.among_plans.agreement_zone,
        "efficient": analysis.among_plans.efficient,
        "Nash": analysis.among_plans.nash,
        "Kalai–Smorodinsky": analysis.among_plans.kalai_smorodinsky,
    }
    return [name for name, numbers in sets.items() if number in numbers]


def conflict_in_words(analysis: Analysis) -> str:
    """Why there is no deal, in words; empty where there is one."""
    if analysis.conflict is None:
        return ""
    parties = listed([analysis.negotiation.party_name(party) for party in analysis.conflict.parties])
    issues = listed([analysis.negotiation.issue(issue).label for issue in analysis.conflict.issues])
    if not issues:
        return f"{parties} cannot be satisfied even with its own best on every issue: it asks for more than there is."
    alone = len(analysis.conflict.parties) == 1
    return (
        f"{parties} {'does' if alone else 'do'} not come together with {'what there is' if alone else 'each other'} "
        f"on {issues}, even if every other party and issue is set aside. With any one of these set aside as well there "
        f"would be a deal on what is left; other parties or issues may stand in the way besides."
    )


def relaxation_in_words(analysis: Analysis, relaxation: Relaxation) -> str:
    """A smallest relaxation in words, a utility in steps of the party's own weightiest issue."""
    negotiation = analysis.negotiation
    if relaxation.kind == "table":
        changed = [
            f"{issue.label}: {issue.label_of(rounded(relaxation.package[issue.id]))} in place of "
            f"{issue.label_of(rounded(value))}"
            for issue in negotiation.support.issues
            if (value := negotiation.proposed.get(issue.id)) not in (None, relaxation.package[issue.id])
        ]
        return f"other terms on the table: {listed(changed)}"
    parts = [
        f"{negotiation.party_name(party)} asks for {cut:.3f} less of its utility{_as_steps(analysis, party, cut)}"
        for party, cut in relaxation.reservation_cuts.items()
    ]
    parts += [
        f"{negotiation.party_name(party)} lifts its red line on {negotiation.issue(issue).label}"
        for party, issue in relaxation.lifted
    ]
    return listed(parts)


def _as_steps(analysis: Analysis, party: str, utility: float) -> str:
    """What so much utility is in steps of the number that the party weighs most, at the likeliest values."""
    model = next(model for model in analysis.negotiation.utility_models if model.party == party)
    likeliest = at_likeliest_values(model)
    widest, wording = 0.0, ""
    for issue in analysis.negotiation.support.issues:
        values = issue.values
        if issue.kind != "number" or issue.id not in model.value_functions or len(values) < 2:
            continue
        utilities = likeliest.issue_utility(issue.id, values)[:, 0]
        span = float(utilities.max() - utilities.min())
        if span > widest:
            number = utility / span * (float(values[-1]) - float(values[0]))
            widest, wording = span, f" (as much as {number:,.3g} {issue.unit} of {issue.label})"
    return wording


def move_in_words(move: Move, party: str) -> str:
    """A move with its gains and its price in words."""
    people, need = move.effect.people, move.effect.need
    price = ""
    if people:
        price = f"; {count(abs(people))} {'more' if people > 0 else 'fewer'} people get out"
    elif people is None:
        price = "; what it does to people is not known"
    if need and round(need):
        price += f"; {count(abs(need))} person-days {'more' if need > 0 else 'less'} of need met"
    return (
        f"{move.change.description}: {percent(move.before[party])} → {percent(move.after[party])}; "
        f"all accept: {percent(move.all_before)} → {percent(move.all_after)}{price}"
    )


def less_likely(move: Move, analysis: Analysis, party: str) -> str:
    """Who else is less likely to accept with a move, in words; empty if nobody."""
    return listed(
        [
            f"{analysis.negotiation.party_name(other)} {percent(move.before[other])} → {percent(move.after[other])}"
            for other in analysis.consenting
            if other != party and move.after[other] < move.before[other] - 0.005
        ]
    )


def through(analysis: Analysis, advocate: Advocate) -> str:
    """By way of whom an advocate reaches the party, such as " through A and B"; empty if directly."""
    between = [analysis.negotiation.party_name(party) for party in advocate.path[1:-1]]
    return f" through {listed(between)}" if between else ""


def asks_in_words(analysis: Analysis, assessed: AssessedPackage) -> list[str]:
    """What a package asks of each party that has set what things cost it, in its own units."""
    sentences = []
    for ask in assessed.asks:
        parts = [f"{ask.pauses:,.6g} {ask.unit} for the pauses"] if ask.pauses else []
        parts += [f"{ask.terms:,.6g} {ask.unit} for the terms"] if ask.terms else []
        parts = parts or [f"0 {ask.unit}"]
        budget = "" if ask.budget is None else f", of {ask.budget:,.6g} that it allows for pauses"
        over = "" if ask.within else ": more than it allows"
        name = analysis.negotiation.party_name(ask.party)
        sentences.append(f"{name}: {listed(parts)}{budget}{over} ({ask.basis})")
    return sentences
