"""Changes of a package: single ones ranked by what they gain in acceptance, whose influence could matter, and a climb.

`rank_moves` weighs single changes of what is on the table, `find_advocates` says who could urge a party that does not
accept, and `most_acceptable_package` goes from change to change as long as all accept more often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from letup.support.acceptance import CLEAR_SHARE, joint_acceptance
from letup.support.model import Package, Value
from letup.support.utility import EQUAL, SampledUtility

NO_TERMS: Mapping[str, Value] = MappingProxyType({})
SMALLEST_GAIN = 0.005
"""Gains in probability below this are not listed: half a per cent says nothing about people."""


@dataclass(frozen=True)
class PackageChange:
    """One change of a package.

    Attributes
    ----------
    description : str
        The change in words.
    issue : str
        The issue that it changes; of a change of the plan, the one it is listed under.
    package : mapping of str to value
        The package after it.
    """

    description: str
    issue: str
    package: Package


@dataclass(frozen=True)
class Effect:
    """What a change does to people and to what they need.

    Attributes
    ----------
    people : float or None
        More people who get out (fewer if negative); None if not known.
    need : float or None
        More need that trucks can meet, person-days (less if negative); None if not known.
    basis : str
        Where the figures come from.
    """

    people: float | None = None
    need: float | None = None
    basis: str = ""


@dataclass(frozen=True)
class Move:
    """A change and what it brings.

    Attributes
    ----------
    change : PackageChange
        The change.
    before, after : mapping of str to float
        Probability that each party accepts, without and with it.
    all_before, all_after : float
        Probability that all who must consent accept.
    effect : Effect
        What it does to people.
    """

    change: PackageChange
    before: Mapping[str, float]
    after: Mapping[str, float]
    all_before: float
    all_after: float
    effect: Effect

    def gain(self, party: str) -> float:
        """What it gains in one party's acceptance."""
        return self.after[party] - self.before[party]


@dataclass(frozen=True)
class Advocate:
    """A party that could urge another one.

    Attributes
    ----------
    party : str
        Who.
    path : tuple of str
        The way its influence takes, itself and the party urged included.
    strength : float
        Product of the strengths along the path, 0 to 1: the strongest path there is.
    effect : float
        Strength times the probability that it accepts the package itself.
    """

    party: str
    path: tuple[str, ...]
    strength: float
    effect: float


def neighbouring_packages(
    package: Package,
    options: Mapping[str, Sequence[Value]],
    describe: Callable[[str, Value, Value], str] | None = None,
    owed: Mapping[str, Value] = NO_TERMS,
) -> list[PackageChange]:
    """Packages that differ in one issue: a number one step up or down, or another option.

    Parameters
    ----------
    package : Package
        What is on the table.
    options : mapping of str to sequence
        Issue to its values: numbers in ascending order, or options.
    describe : callable, optional
        Says a change of an issue from a value to another in words.
    owed : mapping of str to value, optional
        What holds without an agreement on issues that restate what law owes: no change goes back to it, since that is
        not for sale.
    """

    def arrow(issue: str, old: Value, new: Value) -> str:
        return f"{issue}: {old} → {new}"

    changes = []
    for issue, values in options.items():
        current = package[issue]
        others: list[Value]
        if isinstance(current, str):
            others = [value for value in values if value != current]
        else:
            numbers = [value for value in values if not isinstance(value, str)]
            below = [value for value in numbers if value < current]
            above = [value for value in numbers if value > current]
            others = [*below[-1:], *above[:1]]
        changes += [
            PackageChange((describe or arrow)(issue, current, value), issue, {**package, issue: value})
            for value in others
            if issue not in owed or value != owed[issue]
        ]
    return changes


def rank_moves(
    parties: Sequence[SampledUtility],
    consenting: Sequence[str],
    package: Package,
    changes: Sequence[PackageChange],
    effect_of: Callable[[PackageChange], Effect] | None = None,
) -> dict[str, list[Move]]:
    """For each party that does not surely accept, the changes that gain its acceptance, best first.

    Ranked by what they gain in the probability that all accept, then in the party's own (the other way round for a
    party whose consent is not needed), then by the people who get out and the need met; all changes are weighed with
    the same draws. Parties that must consent come first; those of which no wants are known have no moves.

    Parameters
    ----------
    parties : sequence of SampledUtility
        All parties.
    consenting : sequence of str
        Those who have to agree.
    package : Package
        What is on the table.
    changes : sequence of PackageChange
        Single changes of it.
    effect_of : callable, optional
        Says what a change does to people; what it does not know stays unknown.
    """
    packages = [package, *(change.package for change in changes)]
    accepts = {party.party: party.accepts(packages) for party in parties}
    joint = joint_acceptance([accepts[party] for party in consenting]) if consenting else np.ones(len(packages))
    shares = {party: accepted.mean(axis=1) for party, accepted in accepts.items()}
    moves = [
        Move(
            change,
            {party: float(share[0]) for party, share in shares.items()},
            {party: float(share[number]) for party, share in shares.items()},
            float(joint[0]),
            float(joint[number]),
            Effect() if effect_of is None else effect_of(change),
        )
        for number, change in enumerate(changes, 1)
    ]

    def rank(party: str, move: Move) -> tuple[float, ...]:
        gains = (-round(move.all_after - move.all_before, 9), -round(move.gain(party), 9))
        people, need = move.effect.people or 0.0, move.effect.need or 0.0
        return (*(gains if party in consenting else gains[::-1]), -people, -need)

    others = [party.party for party in parties if party.model.issues and party.party not in consenting]
    return {
        party: sorted((move for move in moves if move.gain(party) >= SMALLEST_GAIN), key=lambda move: rank(party, move))
        for party in (*consenting, *others)
        if shares[party][0] < CLEAR_SHARE
    }


def find_advocates(
    strengths: Mapping[tuple[str, str], float], acceptance: Mapping[str, float], party: str, longest: int = 3
) -> list[Advocate]:
    """Who could urge a party to accept, strongest first.

    Influence is taken to multiply along a path, and only those who accept themselves urge others. It ranks whom to talk
    to: no probability is changed by it.

    Parameters
    ----------
    strengths : mapping of (str, str) to float
        Who influences whom, and how strongly, 0 to 1.
    acceptance : mapping of str to float
        Probability that each party accepts the package; of parties that are absent, 1: they ask for an agreement.
    party : str
        Who is to be urged.
    longest : int
        Longest path, in ties.
    """
    strongest: dict[str, tuple[float, tuple[str, ...]]] = {party: (1.0, (party,))}
    for _ in range(longest):
        for (source, target), strength in strengths.items():
            if target in strongest and source not in strongest[target][1]:
                beyond, path = strongest[target]
                product = strength * beyond
                if product > strongest.get(source, (0.0, ()))[0] and len(path) <= longest:
                    strongest[source] = (product, (source, *path))
    advocates = [
        Advocate(source, path, strength, strength * acceptance.get(source, 1.0))
        for source, (strength, path) in strongest.items()
        if source != party
    ]
    return sorted(
        (advocate for advocate in advocates if advocate.effect > 0),
        key=lambda advocate: (-advocate.effect, advocate.party),
    )


def most_acceptable_package(
    parties: Sequence[SampledUtility], options: Mapping[str, Sequence[Value]], starts: Sequence[Package]
) -> tuple[Package, float]:
    """Climb from each start, one step of one issue at a time, to a package that no single step makes likelier.

    What is climbed is the share of draws in which all accept; where that does not change, the mean over the draws of
    the smallest gain of any party. That is a local optimum: the best one over the starts is given, and nothing proves
    that no better one lies further off.

    Parameters
    ----------
    parties : sequence of SampledUtility
        Those who have to agree, drawn equally often.
    options : mapping of str to sequence
        Issue to the values that it can take; issues that are absent stay as they are.
    starts : sequence of Package
        Where to begin; at least one.

    Returns
    -------
    package : mapping of str to value
    share : float
        Share of the draws in which all accept it.
    """
    best: tuple[tuple[float, float], Package] | None = None
    for start in starts:
        package = dict(start)
        height = _heights(parties, [package])[0]
        while True:
            changes = neighbouring_packages(package, options)
            heights = _heights(parties, [change.package for change in changes])
            top = max(range(len(changes)), key=heights.__getitem__, default=None)
            if top is None or not _higher(heights[top], height):
                break
            package, height = dict(changes[top].package), heights[top]
        if best is None or _higher(height, best[0]):
            best = (height, package)
    if best is None:
        raise ValueError("there is nowhere to begin")
    return best[1], best[0][0]


def _higher(height: tuple[float, float], other: tuple[float, float]) -> bool:
    (share, gain), (other_share, other_gain) = height, other
    return share > other_share + EQUAL or (share > other_share - EQUAL and gain > other_gain + EQUAL)


def _heights(parties: Sequence[SampledUtility], packages: Sequence[Package]) -> list[tuple[float, float]]:
    """Share of draws in which all accept, and mean smallest gain, of packages."""
    if not packages:
        return []
    all_accept = np.ones((len(packages), parties[0].draws), bool)
    smallest = np.full(all_accept.shape, np.inf)
    for party in parties:
        utility = party.utility(packages)
        all_accept &= party.accepts(packages, utility)
        smallest = np.minimum(smallest, utility - party.reservation)
    return [
        (float(share), float(gain)) for share, gain in zip(all_accept.mean(axis=1), smallest.mean(axis=1), strict=True)
    ]
