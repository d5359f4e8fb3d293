"""All packages of a negotiation without listing them: options of issues, and of issues that vary together.

Utilities are sums over issues, so what is best can be found block by block: a prefix of a package that is dominated
makes a package that is dominated. A *block* is one issue with its options, or several that hang together because the
plans on the table fix them jointly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.support.model import Value
from letup.support.utility import EQUAL, SampledUtility

MOST_PREFIXES = 20_000
"""Efficient beginnings of packages that are followed up; beyond, the issues are too many to be sure."""


@dataclass(frozen=True)
class Block:
    """Issues that are settled together.

    Attributes
    ----------
    issues : tuple of str
        The issues.
    options : tuple of tuple
        Values of these issues, for each way to settle them.
    """

    issues: tuple[str, ...]
    options: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class PackageSpace:
    """What can be agreed, and what each part of it is worth to those who have to agree.

    Attributes
    ----------
    parties, issues : tuple of str
        Who has to agree; on what.
    blocks : tuple of Block
        Every issue is in one of them.
    worth : tuple of float64[parties, issues of the block, options]
        Normalised weight times worth, by block.
    refused : tuple of bool[parties, issues of the block, options]
        Beyond a red line, by block.
    reservation : float64[parties]
        What each has without an agreement.
    wished : tuple of float64[parties, issues of the block]
        Normalised weight times worth of what each party would like best of an issue on this side of its red lines,
        whether that is on the table or not; without it, of what is on the table.
    """

    parties: tuple[str, ...]
    blocks: tuple[Block, ...]
    worth: tuple[NDArray[np.float64], ...]
    refused: tuple[NDArray[np.bool_], ...]
    reservation: NDArray[np.float64]
    wished: tuple[NDArray[np.float64], ...] = ()

    def __post_init__(self) -> None:
        """Take what is liked best of what is on the table where nothing is said of more."""
        if not self.wished:
            kept = [
                np.where(no, -np.inf, worth).max(axis=2) for worth, no in zip(self.worth, self.refused, strict=True)
            ]
            best = [np.where(np.isfinite(one), one, w.max(axis=2)) for one, w in zip(kept, self.worth, strict=True)]
            object.__setattr__(self, "wished", tuple(best))

    @property
    def issues(self) -> tuple[str, ...]:
        """All issues, block by block."""
        return tuple(issue for block in self.blocks for issue in block.issues)

    @property
    def size(self) -> int:
        """How many packages there are."""
        return math.prod(len(block.options) for block in self.blocks)

    def package(self, choice: Sequence[int]) -> dict[str, Value]:
        """The package of a choice of one option for each block."""
        return {
            issue: value
            for block, number in zip(self.blocks, choice, strict=True)
            for issue, value in zip(block.issues, block.options[number], strict=True)
        }

    def without(self, parties: Sequence[str]) -> PackageSpace:
        """The same table when these parties need not agree."""
        keep = [number for number, party in enumerate(self.parties) if party not in parties]
        return replace(
            self,
            parties=tuple(self.parties[number] for number in keep),
            worth=tuple(worth[keep] for worth in self.worth),
            refused=tuple(refused[keep] for refused in self.refused),
            reservation=self.reservation[keep],
            wished=tuple(wished[keep] for wished in self.wished),
        )


def package_space_of(parties: Sequence[SampledUtility], blocks: Sequence[Block], draw: int = 0) -> PackageSpace:
    """Lay out what can be agreed, in one draw of what is not known.

    Parameters
    ----------
    parties : sequence of SampledUtility
        Those who have to agree.
    blocks : sequence of Block
        What there is to settle.
    draw : int
        Number of the draw; of `likeliest` there is one.
    """
    worths, refusals, wishes = [], [], []
    for block in blocks:
        wished = np.zeros((len(parties), len(block.issues)))
        worth = np.zeros((len(parties), len(block.issues), len(block.options)))
        refused = np.zeros(worth.shape, bool)
        for p, party in enumerate(parties):
            for i, issue in enumerate(block.issues):
                values = [option[i] for option in block.options]
                if issue in party.taste.curves:
                    shares = np.array([party.taste.curves[issue].shares(value) for value in values])
                    worth[p, i] = shares @ party.worth[issue][draw]
                    wished[p, i] = party.most(issue)[draw]
                line = party.taste.red_lines.get(issue)
                if line is not None:
                    refused[p, i] = [line.refuses(value) for value in values]
        worths.append(worth)
        refusals.append(refused)
        wishes.append(wished)
    return PackageSpace(
        tuple(party.taste.party for party in parties),
        tuple(blocks),
        tuple(worths),
        tuple(refusals),
        # A party of which no wants are known stands in the way of nothing but its red lines.
        np.array([party.reservation[draw] if party.taste.issues else 0.0 for party in parties]),
        tuple(wishes),
    )


def all_packages(
    table: PackageSpace, most: int = 1_000_000
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    """List all packages: choices [packages, blocks], utilities [packages, parties], and whether nobody refuses them.

    Raises
    ------
    LetupError
        ``support.too_many`` if there are more than ``most``.
    """
    if table.size > most:
        raise LetupError("support.too_many", f"{table.size:,} packages are too many to list", "Hold some issues.")
    sizes = [len(block.options) for block in table.blocks]
    choices = np.indices(sizes, np.intp).reshape(len(sizes), table.size).T
    utility = np.zeros((len(choices), len(table.parties)))
    allowed = np.ones(len(choices), bool)
    for number, (worth, refused) in enumerate(zip(table.worth, table.refused, strict=True)):
        utility += worth.sum(axis=1).T[choices[:, number]]
        allowed &= ~np.asarray(refused.any(axis=(0, 1)))[choices[:, number]]
    return choices, utility, allowed


def efficient_choices(table: PackageSpace, most: int = MOST_PREFIXES) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The Pareto-efficient packages that nobody refuses outright, without listing all.

    Of packages that are equal to all parties one is kept. The Nash and the Kalai–Smorodinsky point of all packages are
    among them.

    Returns
    -------
    choices : intp[packages, blocks]
    utility : float64[packages, parties]

    Raises
    ------
    LetupError
        ``support.too_many`` if more than ``most`` beginnings of packages have to be followed up.
    """
    choices = np.zeros((1, 0), np.intp)
    utility = np.zeros((1, len(table.parties)))
    for worth, refused in zip(table.worth, table.refused, strict=True):
        open_ = np.flatnonzero(~refused.any(axis=(0, 1)))
        if not len(open_):
            return np.zeros((0, len(table.blocks)), np.intp), np.zeros((0, len(table.parties)))
        gains = worth.sum(axis=1).T[open_]
        summed = (utility[:, None, :] + gains[None, :, :]).reshape(-1, len(table.parties))
        if len(summed) > 50 * most:
            raise LetupError("support.too_many", "too many ways to agree to compare", "Hold some issues.")
        _, first = np.unique(np.round(summed, 10), axis=0, return_index=True)
        kept = first[pareto_efficient(summed[first])]
        if len(kept) > most:
            raise LetupError("support.too_many", "too many ways to agree to compare", "Hold some issues.")
        before, option = np.divmod(kept, len(open_))
        choices = np.column_stack([choices[before], open_[option]])
        utility = summed[kept]
    return choices, utility


def pareto_efficient(utility: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which packages are Pareto-efficient, exactly: bool[packages].

    Utilities that differ by rounding only are made equal first, so that a package is not kept, or lost, by the last
    bits of a sum. Packages are gone through by falling sum: one that is dominated is so by one that came before it.
    """
    if not len(utility):
        return np.zeros(0, bool)
    grid = np.round(np.asarray(utility, float) / EQUAL)
    unique, inverse = np.unique(grid, axis=0, return_inverse=True)
    good = np.zeros(len(unique), bool)
    if unique.shape[1] == 2:
        falling = unique[::-1]  # by the first party's utility, then the second's
        before = np.concatenate([[-np.inf], np.maximum.accumulate(falling[:, 1])[:-1]])
        good[::-1] = falling[:, 1] > before
    else:
        left = np.argsort(-unique.sum(axis=1), kind="stable")
        while len(left):
            first = left[0]
            good[first] = True
            left = left[(unique[left] > unique[first]).any(axis=1)]
    return np.asarray(good[inverse.reshape(-1)], bool)
