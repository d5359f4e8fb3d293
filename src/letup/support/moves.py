"""Single changes of a package, ranked by what they gain in acceptance; and whose influence could matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from letup.support.acceptance import joint_acceptance
from letup.support.model import Package, Value
from letup.support.utility import SampledUtility

NO_TERMS: Mapping[str, Value] = MappingProxyType({})
SMALLEST_GAIN = 0.005
"""Gains in probability below this are not listed: half a per cent says nothing about people."""


@dataclass(frozen=True)
class PackageChange:
    """One change of a package.

    Attributes
    ----------
    said : str
        The change in words.
    issue : str
        The issue that it changes; of a change of the plan, the one it is listed under.
    package : mapping of str to value
        The package after it.
    """

    said: str
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
    cost : Effect
        What it does to people.
    """

    change: PackageChange
    before: Mapping[str, float]
    after: Mapping[str, float]
    all_before: float
    all_after: float
    cost: Effect

    def gain(self, party: str) -> float:
        """What it gains in one party's acceptance."""
        return self.after[party] - self.before[party]


@dataclass(frozen=True)
class Advocate:
    """A party that could urge another one.

    Attributes
    ----------
    party, path : str, tuple of str
        Who; and the way its influence takes, itself and the party urged included.
    strength : float
        Product of the strengths along the way, 0 to 1: the strongest way there is.
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
    name: Callable[[str, Value, Value], str] | None = None,
    owed: Mapping[str, Value] = NO_TERMS,
) -> list[PackageChange]:
    """Packages that differ in one issue: a number one step up or down, or another option.

    Parameters
    ----------
    package : Package
        What is on the table.
    options : mapping of str to sequence
        Issue to its values: numbers in ascending order, or options.
    name : callable, optional
        Says a change of an issue from a value to another in words.
    owed : mapping of str to value, optional
        What holds without an agreement on issues that restate what law owes: no change goes back to it, since that is
        not for sale.
    """

    def plain(issue: str, old: Value, new: Value) -> str:
        return f"{issue}: {old} → {new}"

    found = []
    for issue, values in options.items():
        current = package[issue]
        others: list[Value]
        if isinstance(current, str):
            others = [value for value in values if value != current]
        else:
            numbers = [value for value in values if not isinstance(value, str)]
            above = [value for value in numbers if value > current]
            below = [value for value in numbers if value < current]
            others = [*([max(below)] if below else []), *([min(above)] if above else [])]
        found += [
            PackageChange((name or plain)(issue, current, value), issue, {**package, issue: value})
            for value in others
            if issue not in owed or value != owed[issue]
        ]
    return found


def rank_moves(
    parties: Sequence[SampledUtility],
    consenting: Sequence[str],
    package: Package,
    changes: Sequence[PackageChange],
    cost: Callable[[PackageChange], Effect] | None = None,
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
    cost : callable, optional
        Says what a change does to people; what it does not know stays unknown.
    """
    from letup.support.acceptance import CLEAR_SHARE

    packages = [package, *(change.package for change in changes)]
    accepts = {one.taste.party: one.accepts(packages) for one in parties}
    all_ = joint_acceptance([accepts[party] for party in consenting]) if consenting else np.ones(len(packages))
    shares = {party: yes.mean(axis=1) for party, yes in accepts.items()}
    found = []
    for number, change in enumerate(changes, 1):
        found.append(
            Move(
                change,
                {party: float(share[0]) for party, share in shares.items()},
                {party: float(share[number]) for party, share in shares.items()},
                float(all_[0]),
                float(all_[number]),
                Effect() if cost is None else cost(change),
            )
        )

    def rank(party: str, move: Move) -> tuple[float, ...]:
        gains = (-round(move.all_after - move.all_before, 9), -round(move.gain(party), 9))
        return (*(gains if party in consenting else gains[::-1]), -(move.cost.people or 0.0), -(move.cost.need or 0.0))

    known = [one.taste.party for one in parties if one.taste.issues and one.taste.party not in consenting]
    return {
        party: sorted((one for one in found if one.gain(party) >= SMALLEST_GAIN), key=lambda one: rank(party, one))
        for party in (*consenting, *known)
        if shares[party][0] < CLEAR_SHARE
    }


def find_advocates(
    ties: Mapping[tuple[str, str], float], acceptance: Mapping[str, float], party: str, most: int = 3
) -> list[Advocate]:
    """Who could urge a party to accept, strongest first.

    Influence is taken to multiply along a way, and only those who accept themselves urge others. It ranks whom to talk
    to: no probability is changed by it.

    Parameters
    ----------
    ties : mapping of (str, str) to float
        Who influences whom, and how strongly, 0 to 1.
    acceptance : mapping of str to float
        Probability that each party accepts the package; of parties that are absent, 1: they ask for an agreement.
    party : str
        Who is to be urged.
    most : int
        Longest way, in ties.
    """
    best: dict[str, tuple[float, tuple[str, ...]]] = {party: (1.0, (party,))}
    for _ in range(most):
        for (source, target), strength in ties.items():
            if target in best and source not in best[target][1]:
                through = strength * best[target][0]
                if through > best.get(source, (0.0, ()))[0] and len(best[target][1]) <= most:
                    best[source] = (through, (source, *best[target][1]))
    found = [
        Advocate(source, path, strength, strength * acceptance.get(source, 1.0))
        for source, (strength, path) in best.items()
        if source != party
    ]
    return sorted((one for one in found if one.effect > 0), key=lambda one: (-one.effect, one.party))


_SMALL = 1e-9


def most_acceptable_package(
    needed: Sequence[SampledUtility], options: Mapping[str, Sequence[Value]], starts: Sequence[Package]
) -> tuple[Package, float]:
    """Climb from each start, one step of one issue at a time, to a package that no single step makes likelier.

    What is climbed is the share of draws in which all accept; where that does not change, the mean over the draws of
    the smallest gain of any party. That is a local optimum: the best one over the starts is given, and nothing proves
    that no better one lies further off.

    Parameters
    ----------
    needed : sequence of SampledUtility
        Those who have to agree, drawn equally often.
    options : mapping of str to sequence
        Issue to the values that it can take; issues that are absent stay as they are.
    starts : sequence of Package
        Where to begin.

    Returns
    -------
    package : mapping of str to value
    share : float
        Share of the draws in which all accept it.
    """
    best: tuple[tuple[float, float], Package] | None = None
    for start in starts:
        package = dict(start)
        height = _heights(needed, [package])[0]
        while True:
            steps = neighbouring_packages(package, options)
            heights = _heights(needed, [step.package for step in steps])
            top = max(range(len(steps)), key=heights.__getitem__, default=None)
            if top is None or not _above(heights[top], height):
                break
            package, height = dict(steps[top].package), heights[top]
        if best is None or _above(height, best[0]):
            best = (height, package)
    if best is None:
        raise ValueError("there is nowhere to begin")
    return best[1], best[0][0]


def _above(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] > other[0] + _SMALL or (one[0] > other[0] - _SMALL and one[1] > other[1] + _SMALL)


def _heights(needed: Sequence[SampledUtility], packages: Sequence[Package]) -> list[tuple[float, float]]:
    """Share of draws in which all accept, and mean smallest gain, of packages."""
    if not packages:
        return []
    everybody = np.ones((len(packages), needed[0].draws), bool)
    smallest = np.full(everybody.shape, np.inf)
    for one in needed:
        utility = one.utility(packages)
        everybody &= one.accepts(packages, utility)
        smallest = np.minimum(smallest, utility - one.reservation)
    return [
        (float(share), float(gain)) for share, gain in zip(everybody.mean(axis=1), smallest.mean(axis=1), strict=True)
    ]
