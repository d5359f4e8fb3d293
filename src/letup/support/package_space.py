"""All packages that can be agreed, without listing them: options of issues, and of issues that vary together.

Utilities are sums over issues, so what is Pareto-efficient can be found block by block: the beginning of a package that
is dominated makes a package that is dominated. A *block* is one issue with its options, or several that hang together
because the plans on the table settle them jointly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.lp.program import LinearProgram
from letup.support.model import Value
from letup.support.utility import EQUAL, SampledUtility

MOST_BEGINNINGS = 20_000
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
    ideal : tuple of float64[parties, issues of the block]
        Normalised weight times worth of what each party would like best of an issue on this side of its red lines,
        whether that can be agreed or not; by default, of what can be agreed.
    """

    parties: tuple[str, ...]
    blocks: tuple[Block, ...]
    worth: tuple[NDArray[np.float64], ...]
    refused: tuple[NDArray[np.bool_], ...]
    reservation: NDArray[np.float64]
    ideal: tuple[NDArray[np.float64], ...] = ()

    def __post_init__(self) -> None:
        """Take what is liked best of what can be agreed where nothing is said of more."""
        if self.ideal:
            return
        ideals = []
        for worth, refused in zip(self.worth, self.refused, strict=True):
            within = np.where(refused, -np.inf, worth).max(axis=2)
            ideals.append(np.where(np.isfinite(within), within, worth.max(axis=2)))
        object.__setattr__(self, "ideal", tuple(ideals))

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
            for block, option in zip(self.blocks, choice, strict=True)
            for issue, value in zip(block.issues, block.options[option], strict=True)
        }

    def choice(self, package: dict[str, Value]) -> list[int]:
        """The option of each block that makes up a package."""
        return [block.options.index(tuple(package[issue] for issue in block.issues)) for block in self.blocks]


class ChoiceProgram(LinearProgram):
    """An integer program that chooses one option of each block; gains, and further columns and rows, are added to it.

    The first columns are binary, one for each option, block by block; the first rows say that one of each is chosen.

    Parameters
    ----------
    space : PackageSpace
        What can be agreed.
    allowed : bool[options], optional
        Which options may be chosen; all if absent.
    """

    def __init__(self, space: PackageSpace, allowed: NDArray[np.bool_] | None = None) -> None:
        super().__init__()
        self.sizes = [len(block.options) for block in space.blocks]
        self.starts = [sum(self.sizes[:number]) for number in range(len(self.sizes))]
        for option in range(sum(self.sizes)):
            self.add_column(upper=float(allowed is None or allowed[option]), integer=True)
        for start, size in zip(self.starts, self.sizes, strict=True):
            self.add_row(1.0, 1.0, [(start + option, 1.0) for option in range(size)])

    @property
    def options(self) -> int:
        """Number of options of all blocks."""
        return sum(self.sizes)

    def choice(self, values: NDArray[np.float64]) -> list[int]:
        """The option of each block that the values of the columns stand for."""
        return [
            int(np.argmax(values[start : start + size])) for start, size in zip(self.starts, self.sizes, strict=True)
        ]


def package_space_of(parties: Sequence[SampledUtility], blocks: Sequence[Block], draw: int = 0) -> PackageSpace:
    """Lay out what can be agreed, in one draw of what is not known.

    Parameters
    ----------
    parties : sequence of SampledUtility
        Those who have to agree.
    blocks : sequence of Block
        What there is to settle.
    draw : int
        Number of the draw; at likeliest values there is one.
    """
    worths, refusals, ideals = [], [], []
    for block in blocks:
        ideal = np.zeros((len(parties), len(block.issues)))
        worth = np.zeros((len(parties), len(block.issues), len(block.options)))
        refused = np.zeros(worth.shape, bool)
        for p, party in enumerate(parties):
            for i, issue in enumerate(block.issues):
                values = [option[i] for option in block.options]
                if issue in party.model.value_functions:
                    function = party.model.value_functions[issue]
                    parts = np.array([function.interpolation(value) for value in values])
                    worth[p, i] = parts @ party.weighted_worth[issue][draw]
                    ideal[p, i] = party.best_of(issue)[draw]
                line = party.model.red_lines.get(issue)
                if line is not None:
                    refused[p, i] = [line.refuses(value) for value in values]
        worths.append(worth)
        refusals.append(refused)
        ideals.append(ideal)
    return PackageSpace(
        parties=tuple(party.party for party in parties),
        blocks=tuple(blocks),
        worth=tuple(worths),
        refused=tuple(refusals),
        # A party of which no wants are known stands in the way of nothing but its red lines.
        reservation=np.array([party.reservation[draw] if party.model.issues else 0.0 for party in parties]),
        ideal=tuple(ideals),
    )


def efficient_choices(space: PackageSpace, most: int = MOST_BEGINNINGS) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The Pareto-efficient packages that nobody refuses outright, without listing all.

    Of packages that are equal to all parties one is kept. The Nash and the Kalai–Smorodinsky solution over all packages
    are among them.

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
    utility = np.zeros((1, len(space.parties)))
    for worth, refused in zip(space.worth, space.refused, strict=True):
        allowed = np.flatnonzero(~refused.any(axis=(0, 1)))
        if not len(allowed):
            return np.zeros((0, len(space.blocks)), np.intp), np.zeros((0, len(space.parties)))
        added = worth.sum(axis=1).T[allowed]
        summed = (utility[:, None, :] + added[None, :, :]).reshape(-1, len(space.parties))
        if len(summed) > 50 * most:
            raise LetupError("support.too_many", "too many ways to agree to compare", "Hold some issues.")
        _, first = np.unique(np.round(summed, 10), axis=0, return_index=True)
        kept = first[pareto_efficient(summed[first])]
        if len(kept) > most:
            raise LetupError("support.too_many", "too many ways to agree to compare", "Hold some issues.")
        beginning, option = np.divmod(kept, len(allowed))
        choices = np.column_stack([choices[beginning], allowed[option]])
        utility = summed[kept]
    return choices, utility


def pareto_efficient(utility: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which packages are Pareto-efficient, exactly: bool[packages] of float64[packages, parties].

    Utilities that differ by rounding only are made equal first, so that a package is not kept, or lost, by the last
    bits of a sum. Packages are gone through by falling sum: one that is dominated is so by one that came before it.
    """
    if not len(utility):
        return np.zeros(0, bool)
    grid = np.round(np.asarray(utility, float) / EQUAL)
    unique, inverse = np.unique(grid, axis=0, return_inverse=True)
    efficient = np.zeros(len(unique), bool)
    if unique.shape[1] == 2:
        falling = unique[::-1]  # by the first party's utility, then the second's
        before = np.concatenate([[-np.inf], np.maximum.accumulate(falling[:, 1])[:-1]])
        efficient[::-1] = falling[:, 1] > before
    else:
        left = np.argsort(-unique.sum(axis=1), kind="stable")
        while len(left):
            first = left[0]
            efficient[first] = True
            left = left[(unique[left] > unique[first]).any(axis=1)]
    return np.asarray(efficient[inverse.reshape(-1)], bool)
