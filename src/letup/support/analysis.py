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
from letup.support.no_deal import ConflictSet, find_deal, nearest_terms, smallest_conflict, smallest_relaxations
from letup.support.no_deal import Relaxation as Resolving
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
    """What the analysis found. Points of theory are aids to think with, never a recommendation.

    Attributes
    ----------
    negotiation : Negotiation
        What it started from.
    consenting : tuple of str
        Parties whose yes is needed.
    set_by : mapping of str to {"plan", "table", "open"}
        Issue to who set its value: the plan, what is on the table, or nobody: then it is held at ``held_at``.
    held_at : str
        How the values of open issues were chosen, in words; empty if none is open.
    packages : tuple of AssessedPackage
        The plans, with the same values of the issues that they do not settle.
    points : ListedSolutions
        Zone of possible agreement, efficient packages and points of theory among ``packages``, at likeliest values.
    size : int
        How many packages can be made of the plans and the values of the open issues.
    anywhere : BargainingSolutions or None
        Points among all these; None if there is no deal among them at the likeliest values.
    free : OpenNumberSolutions or None
        Points if the numbers among the open issues are settled freely; None if that says nothing.
    possible, possible_low, possible_high, possible_draws : float, float, float, int
        Share of draws in which there is any deal among all these, its 95 % interval, and the draws.
    conflict : ConflictSet or None
        Why there is none at the likeliest values.
    resolving : tuple of Resolving
        Smallest changes that would give one.
    chosen : int
        The package that moves start from: the likeliest to be accepted by all, then by most people.
    moves : mapping of str to tuple of Move
        For each party that does not surely accept it, best first; those whose consent is needed come first.
    urging : mapping of str to tuple of Advocate
        For the same parties, who could urge them.
    draws, seed : int
        What the probabilities rest on.
    """

    negotiation: Negotiation
    consenting: tuple[str, ...]
    set_by: Mapping[str, str]
    held_at: str
    packages: tuple[AssessedPackage, ...]
    points: ListedSolutions
    size: int
    anywhere: BargainingSolutions | None
    free: OpenNumberSolutions | None
    possible: float
    possible_low: float
    possible_high: float
    possible_draws: int
    conflict: ConflictSet | None
    resolving: tuple[Resolving, ...]
    chosen: int
    moves: Mapping[str, tuple[Move, ...]]
    urging: Mapping[str, tuple[Advocate, ...]]
    draws: int
    seed: int


def analyse(
    negotiation: Negotiation,
    plans: Sequence[PlanTerms],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    possible_draws: int = DEAL_DRAWS,
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
    possible_draws : int
        Draws in which it is asked whether there is any deal.
    variants : callable, optional
        Gives other plans near a plan: the moves that change the plan itself.

    Raises
    ------
    LetupError
        ``support.nobody`` if no party's yes is needed, ``support.package`` if an issue that a party weighs is settled
        by nothing, ``support.settled`` if something on the table is settled by a plan in another way.
    """
    require_consistent(negotiation.proposed, [plan.settles for plan in plans])
    zones = list(dict.fromkeys(zone for plan in plans for zone in plan.zones))
    consenting = negotiation.consenting(zones)
    if not consenting:
        raise LetupError(
            "support.nobody", "no party has to consent to these plans",
            "Say in parties.yaml which party consents to which zones or issues.",
        )  # fmt: skip
    centre = {taste.party: at_likeliest_values(taste) for taste in negotiation.tastes}
    drawn = {taste.party: sample(taste, draws, seed) for taste in negotiation.tastes}
    needed = [centre[party] for party in consenting]
    blocks, set_by = _blocks(negotiation, plans)
    table = package_space_of(needed, blocks)
    anywhere = bargaining_solutions(table)
    resolving = () if anywhere is not None else tuple(smallest_relaxations(table))
    package, held_at = _held(table, anywhere, resolving)
    if anywhere is None and negotiation.proposed:
        reopened = package_space_of(needed, _blocks(negotiation, plans, reopened=True)[0])
        other = nearest_terms(reopened, negotiation.proposed)
        resolving = resolving if other is None else (other, *resolving)
    packages = [{**package, **{issue: plan.settles[issue] for issue in _settled(plans)}} for plan in plans]
    require_complete(packages[0], negotiation.tastes)

    judged = {party: judge(drawn[party], centre[party], packages) for party in drawn}
    all_accept = joint_acceptance([judged[party][1] for party in consenting])
    weighed = []
    for number, plan in enumerate(plans):
        low, high = wilson_interval(float(all_accept[number]), draws)
        by_party = tuple(judged[taste.party][0][number] for taste in negotiation.tastes)
        asks = () if plan.asks is None else plan.asks(packages[number])
        weighed.append(AssessedPackage(plan, packages[number], by_party, float(all_accept[number]), low, high, asks))
    chosen = max(range(len(plans)), key=lambda number: (round(float(all_accept[number]), 9), plans[number].people))
    found = _moves(negotiation, list(drawn.values()), consenting, weighed[chosen], set_by, variants)
    shares = {verdict.party: verdict.probability for verdict in weighed[chosen].verdicts}
    share = _possible([drawn[party] for party in consenting], blocks, min(possible_draws, draws))
    low, high = wilson_interval(share, min(possible_draws, draws))
    return Analysis(
        negotiation=negotiation,
        consenting=consenting,
        set_by=set_by,
        held_at=held_at if "open" in set_by.values() else "",
        packages=tuple(weighed),
        points=_points(needed, packages),
        size=table.size,
        anywhere=anywhere,
        free=None if anywhere is None else settle_open_numbers(negotiation, needed, anywhere.nash, set_by),
        possible=share,
        possible_low=low,
        possible_high=high,
        possible_draws=min(possible_draws, draws),
        conflict=None if anywhere is not None else smallest_conflict(table),
        resolving=resolving,
        chosen=chosen,
        moves={party: tuple(some) for party, some in found.items()},
        urging={party: tuple(find_advocates(negotiation.ties, shares, party)) for party in found},
        draws=draws,
        seed=seed,
    )


def _settled(plans: Sequence[PlanTerms]) -> tuple[str, ...]:
    """Issues that all plans settle: one without any pause has, for instance, no length of a pause."""
    return tuple(issue for issue in plans[0].settles if all(issue in plan.settles for plan in plans))


def _blocks(
    negotiation: Negotiation, plans: Sequence[PlanTerms], *, reopened: bool = False
) -> tuple[list[Block], dict[str, str]]:
    """What can be agreed: the plans as one block, what is on the table as it is, all values of what is open.

    With ``reopened``, what is on the table can take all values of its issue, too.
    """
    settled = _settled(plans)
    blocks = []
    set_by = dict.fromkeys(settled, "plan")
    if settled:
        options = dict.fromkeys(tuple(plan.settles[issue] for issue in settled) for plan in plans)
        blocks.append(Block(settled, tuple(options)))
    for matter in negotiation.support.issues:
        if matter.id in set_by:
            continue
        if matter.id in negotiation.proposed:
            set_by[matter.id] = "table"
            own = negotiation.proposed[matter.id]
            values = [own, *(value for value in matter.values if value != own)] if reopened else [own]
            if matter.kind == "number":
                values.sort(key=float)
            blocks.append(Block((matter.id,), tuple((value,) for value in values)))
        else:
            set_by[matter.id] = "open"
            blocks.append(Block((matter.id,), tuple((value,) for value in matter.values)))
    return blocks, set_by


def _held(
    table: PackageSpace, anywhere: BargainingSolutions | None, resolving: Sequence[Resolving]
) -> tuple[dict[str, Value], str]:
    """Values for what nobody has set."""
    if anywhere is not None:
        return anywhere.nash, "those of the Nash point of everything that can be agreed"
    if resolving:
        return resolving[0].package, "those with which the least would have to change for a deal"
    return table.package([0] * len(table.blocks)), "the first of each, as nothing gives a deal"


def _points(needed: Sequence[SampledUtility], packages: Sequence[Package]) -> ListedSolutions:
    utility = np.column_stack([one.utility(packages)[:, 0] for one in needed])
    allowed = np.array([not any(one.taste.vetoes(package) for one in needed) for package in packages])
    return solutions_among(utility, np.array([one.reservation[0] for one in needed]), allowed)


def _possible(needed: Sequence[SampledUtility], blocks: Sequence[Block], draws: int) -> float:
    """Share of draws in which there is any deal."""
    return float(np.mean([find_deal(package_space_of(needed, blocks, number)) is not None for number in range(draws)]))


def _moves(
    negotiation: Negotiation,
    drawn: Sequence[SampledUtility],
    consenting: Sequence[str],
    weighed: AssessedPackage,
    set_by: Mapping[str, str],
    variants: Callable[[PlanTerms], Sequence[Variant]] | None,
) -> dict[str, list[Move]]:
    """Single changes of one package: of issues that the plan does not settle, and of the plan."""

    def said(issue: str, old: Value, new: Value) -> str:
        one = negotiation.issue(issue)
        return f"{one.label}: {one.label_of(new)} in place of {one.label_of(old)}"

    apart = {one.id: one.values for one in negotiation.support.issues if set_by[one.id] != "plan"}
    owed = {one.id: one.default for one in negotiation.support.issues if one.owed and one.default is not None}
    possible = neighbouring_packages(weighed.package, apart, said, owed)
    near: dict[int, Variant] = {}
    for variant in variants(weighed.plan) if variants is not None else ():
        possible.append(PackageChange(variant.said, "", {**weighed.package, **variant.plan.settles}))
        near[id(possible[-1])] = variant

    def cost(change: PackageChange) -> Effect:
        if id(change) in near:
            known = near[id(change)]
            basis = "" if known.people is None else "the plan's own figures, or its neighbour's"
            return Effect(people=known.people, need=known.need, basis=basis)
        return Effect(people=0.0, basis="the plan stays as it is")

    found = rank_moves(drawn, consenting, weighed.package, possible, cost)
    counted: dict[int, Effect] = {}
    for some in (found[party] for party in found if party in consenting):
        for place, move in enumerate(some[:COUNTED_MOVES]):
            key = id(move.change)
            count = near[key].count if move.cost.people is None else None
            if count is not None and key not in counted:
                counted[key] = Effect(people=count(), basis="groups moved under these pauses")
            some[place] = replace(move, cost=counted.get(key, move.cost))
    return found
