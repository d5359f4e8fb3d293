"""The analysis of one plan or of several: who could accept which, what decides, what would change it, or why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from letup.core.errors import LetupError
from letup.support.acceptance import Verdict, joint_acceptance, judge, wilson_interval
from letup.support.bargaining import BargainingSolutions, ListedSolutions, bargaining_solutions, solutions_among
from letup.support.continuous import OpenNumberSolutions, settle_open_numbers
from letup.support.model import Package, Value
from letup.support.moves import Advocate, Effect, Move, PackageChange, find_advocates, neighbouring_packages, rank_moves
from letup.support.negotiation import Negotiation, require_consistent
from letup.support.no_deal import (
    ConflictSet,
    Relaxation,
    find_deal,
    nearest_terms,
    smallest_conflict,
    smallest_relaxations,
)
from letup.support.package_space import Block, PackageSpace, package_space_of
from letup.support.plan_terms import Ask, PlanTerms, Variant
from letup.support.utility import SampledUtility, at_likeliest_values, require_complete, sample

DRAWS = 10_000
DEAL_DRAWS = 200
"""Draws in which it is asked whether there is any deal at all: each takes a mixed-integer program."""

COUNTED_MOVES = 4
"""Changes of the plan for each party whose people are counted, where they can be."""


@dataclass(frozen=True)
class AssessedPackage:
    """One package and what everybody makes of it.

    Attributes
    ----------
    plan : PlanTerms
        The plan in it.
    package : mapping of str to value
        All issues.
    verdicts : tuple of Verdict
        By party, in the order of the negotiation.
    all_accept, low, high : float
        Probability that all who must consent accept, with its 95 % interval by the number of draws.
    asks : tuple of Ask
        What it asks of parties that have set what things cost them, in their own units.
    """

    plan: PlanTerms
    package: Package
    verdicts: tuple[Verdict, ...]
    all_accept: float
    low: float
    high: float
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """What the analysis found. Solutions of theory are aids to think with, never a recommendation.

    Attributes
    ----------
    negotiation : Negotiation
        What it started from.
    consenting : tuple of str
        Parties whose consent is needed.
    set_by : mapping of str to {"plan", "table", "open"}
        Issue to who set its value: the plan, what is on the table, or nobody: then it is held at ``held_at``.
    held_at : str
        How the values of open issues were chosen, in words; empty if none is open.
    packages : tuple of AssessedPackage
        The plans, with the same values of the issues that they do not settle.
    among_plans : ListedSolutions
        Zone of possible agreement, efficient packages and solutions among ``packages``, at likeliest values.
    space_size : int
        How many packages can be made of the plans and the values of the open issues.
    solutions : BargainingSolutions or None
        Solutions over all these; None if there is no deal among them at the likeliest values.
    open_numbers : OpenNumberSolutions or None
        Solutions if the numbers among the open issues are settled freely; None if that says nothing.
    deal_share, deal_low, deal_high, deal_draws : float, float, float, int
        Share of draws in which there is any deal among all these, its 95 % interval, and the draws.
    conflict : ConflictSet or None
        Why there is none at the likeliest values.
    relaxations : tuple of Relaxation
        Smallest changes that would give one.
    chosen : int
        Number of the package that moves start from: the likeliest to be accepted by all, then by most people.
    moves : mapping of str to tuple of Move
        For each party that does not surely accept it, best first; those whose consent is needed come first.
    advocates : mapping of str to tuple of Advocate
        For the same parties, who could urge them.
    draws, seed : int
        What the probabilities rest on.
    """

    negotiation: Negotiation
    consenting: tuple[str, ...]
    set_by: Mapping[str, str]
    held_at: str
    packages: tuple[AssessedPackage, ...]
    among_plans: ListedSolutions
    space_size: int
    solutions: BargainingSolutions | None
    open_numbers: OpenNumberSolutions | None
    deal_share: float
    deal_low: float
    deal_high: float
    deal_draws: int
    conflict: ConflictSet | None
    relaxations: tuple[Relaxation, ...]
    chosen: int
    moves: Mapping[str, tuple[Move, ...]]
    advocates: Mapping[str, tuple[Advocate, ...]]
    draws: int
    seed: int

    @property
    def chosen_package(self) -> AssessedPackage:
        """The package that moves start from."""
        return self.packages[self.chosen]


def analyse(
    negotiation: Negotiation,
    plans: Sequence[PlanTerms],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    deal_draws: int = DEAL_DRAWS,
    variants: Callable[[PlanTerms], Sequence[Variant]] | None = None,
) -> Analysis:
    """Analyse plans.

    Parameters
    ----------
    negotiation : Negotiation
        Issues, parties, who must consent.
    plans : sequence of PlanTerms
        One, or those of a frontier.
    draws : int
        Draws of weights, worths and reservation values.
    seed : int
        Their seed.
    deal_draws : int
        Draws in which it is asked whether there is any deal.
    variants : callable, optional
        Gives other plans near a plan: the moves that change the plan itself.

    Raises
    ------
    LetupError
        ``support.nobody`` if no party's consent is needed, ``support.package`` if an issue that a party weighs is
        settled by nothing, ``support.settled`` if something on the table is settled by a plan in another way.
    """
    require_consistent(negotiation.proposed, [plan.settles for plan in plans])
    consenting = negotiation.consenting(list(dict.fromkeys(zone for plan in plans for zone in plan.zones)))
    if not consenting:
        raise LetupError(
            "support.nobody", "no party has to consent to these plans",
            "Say in parties.yaml which party consents to which zones or issues.",
        )  # fmt: skip
    likeliest = {model.party: at_likeliest_values(model) for model in negotiation.utility_models}
    sampled = {model.party: sample(model, draws, seed) for model in negotiation.utility_models}
    deciding = [likeliest[party] for party in consenting]
    blocks, set_by = _blocks(negotiation, plans)
    space = package_space_of(deciding, blocks)
    solutions = bargaining_solutions(space)
    relaxations = [] if solutions is not None else smallest_relaxations(space)
    held, held_at = _values_of_open_issues(space, solutions, relaxations)
    if solutions is None and negotiation.proposed:
        reopened = package_space_of(deciding, _blocks(negotiation, plans, reopened=True)[0])
        other_terms = nearest_terms(reopened, negotiation.proposed)
        relaxations = relaxations if other_terms is None else [other_terms, *relaxations]
    settled = _settled_issues(plans)
    packages = [{**held, **{issue: plan.settles[issue] for issue in settled}} for plan in plans]
    require_complete(packages[0], negotiation.utility_models)

    assessed = _assessed(plans, packages, sampled, likeliest, consenting)
    chosen = max(range(len(plans)), key=lambda number: (round(assessed[number].all_accept, 9), plans[number].people))
    acceptance = {verdict.party: verdict.probability for verdict in assessed[chosen].verdicts}
    moves = _moves(negotiation, list(sampled.values()), consenting, assessed[chosen], set_by, variants)
    deal_draws = min(deal_draws, draws)
    deal_share = _deal_share([sampled[party] for party in consenting], blocks, deal_draws)
    deal_low, deal_high = wilson_interval(deal_share, deal_draws)
    return Analysis(
        negotiation=negotiation,
        consenting=consenting,
        set_by=set_by,
        held_at=held_at if "open" in set_by.values() else "",
        packages=tuple(assessed),
        among_plans=_solutions_among_plans(deciding, packages),
        space_size=space.size,
        solutions=solutions,
        open_numbers=None if solutions is None else settle_open_numbers(negotiation, deciding, solutions.nash, set_by),
        deal_share=deal_share,
        deal_low=deal_low,
        deal_high=deal_high,
        deal_draws=deal_draws,
        conflict=None if solutions is not None else smallest_conflict(space),
        relaxations=tuple(relaxations),
        chosen=chosen,
        moves={party: tuple(ranked) for party, ranked in moves.items()},
        advocates={party: tuple(find_advocates(negotiation.influence_strengths, acceptance, party)) for party in moves},
        draws=draws,
        seed=seed,
    )


def _settled_issues(plans: Sequence[PlanTerms]) -> tuple[str, ...]:
    """Issues that all plans settle: one without any pause has, for instance, no length of a pause."""
    return tuple(issue for issue in plans[0].settles if all(issue in plan.settles for plan in plans))


def _blocks(
    negotiation: Negotiation, plans: Sequence[PlanTerms], *, reopened: bool = False
) -> tuple[list[Block], dict[str, str]]:
    """What can be agreed: the plans as one block, what is on the table as it is, all values of what is open.

    With ``reopened``, what is on the table can take all values of its issue, too.
    """
    settled = _settled_issues(plans)
    set_by = dict.fromkeys(settled, "plan")
    blocks = []
    if settled:
        options = dict.fromkeys(tuple(plan.settles[issue] for issue in settled) for plan in plans)
        blocks.append(Block(settled, tuple(options)))
    for issue in negotiation.support.issues:
        if issue.id in set_by:
            continue
        values: list[Value] = list(issue.values)
        set_by[issue.id] = "open"
        if issue.id in negotiation.proposed:
            set_by[issue.id] = "table"
            proposed = negotiation.proposed[issue.id]
            values = [proposed, *(value for value in values if value != proposed)] if reopened else [proposed]
            if issue.kind == "number":
                values.sort(key=float)
        blocks.append(Block((issue.id,), tuple((value,) for value in values)))
    return blocks, set_by


def _values_of_open_issues(
    space: PackageSpace, solutions: BargainingSolutions | None, relaxations: Sequence[Relaxation]
) -> tuple[dict[str, Value], str]:
    """Values for what nobody has set, and how they were chosen."""
    if solutions is not None:
        return solutions.nash, "those of the Nash point of everything that can be agreed"
    if relaxations:
        return relaxations[0].package, "those with which the least would have to change for a deal"
    return space.package([0] * len(space.blocks)), "the first of each, as nothing gives a deal"


def _assessed(
    plans: Sequence[PlanTerms],
    packages: Sequence[Package],
    sampled: Mapping[str, SampledUtility],
    likeliest: Mapping[str, SampledUtility],
    consenting: Sequence[str],
) -> list[AssessedPackage]:
    """What every party makes of each plan with its package."""
    verdicts, accepts = {}, {}
    for party, utility in sampled.items():
        verdicts[party], accepts[party] = judge(utility, likeliest[party], packages)
    joint = joint_acceptance([accepts[party] for party in consenting])
    draws = next(iter(sampled.values())).draws
    assessed = []
    for number, (plan, package) in enumerate(zip(plans, packages, strict=True)):
        share = float(joint[number])
        low, high = wilson_interval(share, draws)
        asks = () if plan.asks is None else plan.asks(package)
        by_party = tuple(own[number] for own in verdicts.values())
        assessed.append(AssessedPackage(plan, package, by_party, share, low, high, asks))
    return assessed


def _solutions_among_plans(parties: Sequence[SampledUtility], packages: Sequence[Package]) -> ListedSolutions:
    utility = np.column_stack([party.utility(packages)[:, 0] for party in parties])
    allowed = np.array([not any(party.model.vetoes(package) for party in parties) for package in packages])
    return solutions_among(utility, np.array([party.reservation[0] for party in parties]), allowed)


def _deal_share(parties: Sequence[SampledUtility], blocks: Sequence[Block], draws: int) -> float:
    """Share of draws in which there is any deal."""
    deals = [find_deal(package_space_of(parties, blocks, draw)) is not None for draw in range(draws)]
    return float(np.mean(deals))


def _moves(
    negotiation: Negotiation,
    parties: Sequence[SampledUtility],
    consenting: Sequence[str],
    start: AssessedPackage,
    set_by: Mapping[str, str],
    variants: Callable[[PlanTerms], Sequence[Variant]] | None,
) -> dict[str, list[Move]]:
    """Single changes of one package: of issues that the plan does not settle, and of the plan."""

    def describe(name: str, old: Value, new: Value) -> str:
        issue = negotiation.issue(name)
        return f"{issue.label}: {issue.label_of(new)} in place of {issue.label_of(old)}"

    issues = negotiation.support.issues
    options = {issue.id: issue.values for issue in issues if set_by[issue.id] != "plan"}
    owed = {issue.id: issue.default for issue in issues if issue.owed and issue.default is not None}
    changes = neighbouring_packages(start.package, options, describe, owed)
    variant_of: dict[int, Variant] = {}
    for variant in variants(start.plan) if variants is not None else ():
        changes.append(PackageChange(variant.description, "", {**start.package, **variant.plan.settles}))
        variant_of[id(changes[-1])] = variant

    def effect_of(change: PackageChange) -> Effect:
        variant = variant_of.get(id(change))
        if variant is None:
            return Effect(people=0.0, basis="the plan stays as it is")
        basis = "" if variant.people is None else "the plan's own figures, or its neighbour's"
        return Effect(people=variant.people, need=variant.need, basis=basis)

    moves = rank_moves(parties, consenting, start.package, changes, effect_of)
    counted: dict[int, Effect] = {}
    for ranked in (moves[party] for party in moves if party in consenting):
        for place, move in enumerate(ranked[:COUNTED_MOVES]):
            key = id(move.change)
            count = variant_of[key].count if move.effect.people is None else None
            if count is not None and key not in counted:
                counted[key] = Effect(people=count(), basis="groups moved under these pauses")
            ranked[place] = replace(move, effect=counted.get(key, move.effect))
    return moves
