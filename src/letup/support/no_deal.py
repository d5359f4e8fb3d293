"""Why there is no deal: the smallest set of parties and issues that conflict, and the smallest change that resolves it.

Setting a party aside means that it need not agree. Setting an issue aside means that it no longer stands between the
parties: each counts what it would like best on it, be that on the table or not. Parties and issues *conflict* if there
is no deal even with all others set aside; the set is minimal if setting any one of its members aside, too, gives a
deal. Among the minimal sets one with the fewest members is found, exactly: the smallest set that meets every set whose
absence allows a deal (implicit hitting sets; Ignatiev, Previti, Liffiton and Marques-Silva, 2015), with HiGHS for both
halves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.support.model import Package, Value
from letup.support.package_space import PackageSpace
from letup.support.utility import EQUAL

_TOLERANCE = 2e-6
"""Constraints may be broken by this much in what HiGHS calls a solution."""


@dataclass(frozen=True)
class ConflictSet:
    """Parties and issues that cannot be brought together.

    Attributes
    ----------
    parties, issues : tuple of str
        Its members.
    """

    parties: tuple[str, ...]
    issues: tuple[str, ...]


@dataclass(frozen=True)
class Relaxation:
    """A change that would give a deal, and a package that is one then.

    Attributes
    ----------
    kind : {"table", "reservation", "reservations", "red lines"}
        Other terms are put on the table; one party asks for less; several do; red lines are lifted.
    lower : mapping of str to float
        Party to the utility by which its reservation value would have to fall.
    lifted : tuple of (party, issue)
        Red lines that would have to be lifted.
    package : mapping of str to value
        What could be agreed then.
    """

    kind: str
    lower: dict[str, float]
    lifted: tuple[tuple[str, str], ...]
    package: dict[str, Value]

    @property
    def size(self) -> float:
        """How much utility has to be given up in all."""
        return sum(self.lower.values())


def find_deal(
    table: PackageSpace, parties: tuple[str, ...] | None = None, issues: tuple[str, ...] | None = None
) -> dict[str, Value] | None:
    """A package that these parties accept if all other issues are set aside; None if there is none.

    Parameters
    ----------
    table : PackageSpace
        What can be agreed.
    parties, issues : tuple of str, optional
        Those that are not set aside; all if absent.
    """
    program = _Program(table, table.parties if parties is None else parties, table.issues if issues is None else issues)
    return program.solve()


def smallest_conflict(table: PackageSpace) -> ConflictSet | None:
    """The smallest set of parties and issues that conflict; None if there is a deal."""
    members: list[tuple[str, str]] = [("party", one) for one in table.parties]
    members += [("issue", one) for one in table.issues]
    everything = frozenset(range(len(members)))

    def possible(chosen: frozenset[int]) -> bool:
        parties = tuple(name for number, (kind, name) in enumerate(members) if number in chosen and kind == "party")
        issues = tuple(name for number, (kind, name) in enumerate(members) if number in chosen and kind == "issue")
        return find_deal(table, parties, issues) is not None

    if possible(everything):
        return None
    ways_out: list[frozenset[int]] = []
    while True:
        chosen = _smallest_meeting(ways_out, len(members))
        if not possible(chosen):
            names = [members[number] for number in sorted(chosen)]
            return ConflictSet(
                tuple(name for kind, name in names if kind == "party"),
                tuple(name for kind, name in names if kind == "issue"),
            )
        # As much as can be added while there is a deal; what is left out is a way to get one.
        grown = chosen
        for number in sorted(everything - chosen):
            if possible(grown | {number}):
                grown = grown | {number}
        ways_out.append(everything - grown)


def smallest_relaxations(table: PackageSpace) -> list[Relaxation]:
    """Smallest changes that would give a deal, the smallest first: by one party alone, by several, and of red lines.

    They are smallest each of its kind: the least by which one party's reservation value has to fall, for each party
    that can bring a deal about alone; the least total over all parties; and, where that helps or nothing else does, the
    fewest red lines that have to be lifted.
    """
    if find_deal(table) is not None:
        return []
    found = []
    for party in table.parties:
        package = _Program(table, table.parties, table.issues, slack=(party,)).solve()
        if package is not None:
            found.append(Relaxation("reservation", _short(table, package), (), package))
    package = _Program(table, table.parties, table.issues, slack=table.parties).solve()
    if package is not None:
        change = Relaxation("reservations", _short(table, package), (), package)
        if len(change.lower) > 1:
            found.append(change)
    found.sort(key=lambda one: one.size)
    # Where no reservation value helps while the lines stand, some of them have to be lifted in any case.
    for slack in ((), table.parties) if not found else ((),):
        program = _Program(table, table.parties, table.issues, slack=slack, lifting=True)
        package = program.solve()
        if package is not None:
            return [*found, Relaxation("red lines", _short(table, package), _crossed(table, package), package)]
    return found


def nearest_terms(table: PackageSpace, proposed: Package) -> Relaxation | None:
    """The fewest terms that would have to be others than proposed for a deal, each as near to it as can be.

    Parameters
    ----------
    table : PackageSpace
        What could be agreed if everything proposed were open again; numbers ascend.
    proposed : mapping of str to value
        What is on the table: issues that are blocks of their own.

    Returns
    -------
    Change or None
        With a package that all accept; None if there is none whatever is on the table.
    """
    costs = []
    for block in table.blocks:
        values = [option[0] for option in block.options]
        if len(block.issues) == 1 and block.issues[0] in proposed:
            steps = np.abs(np.arange(len(values)) - values.index(proposed[block.issues[0]]))
            costs.append(np.where(steps > 0, 1 + 1e-3 * steps / len(values), 0.0))
        else:
            costs.append(np.zeros(len(values)))
    package = _Program(table, table.parties, table.issues, costs=np.concatenate(costs)).solve()
    return None if package is None else Relaxation("table", {}, (), package)


def _crossed(table: PackageSpace, package: dict[str, Value]) -> tuple[tuple[str, str], ...]:
    """Red lines that a package is beyond: party and issue."""
    crossed = []
    for block, refused in zip(table.blocks, table.refused, strict=True):
        option = block.options.index(tuple(package[issue] for issue in block.issues))
        for i, issue in enumerate(block.issues):
            crossed += [(table.parties[p], issue) for p in np.flatnonzero(refused[:, i, option])]
    return tuple(sorted(crossed, key=lambda one: (table.parties.index(one[0]), one[1])))


def _short(table: PackageSpace, package: dict[str, Value]) -> dict[str, float]:
    """By how much each party falls short of its reservation value."""
    have = np.zeros(len(table.parties))
    for block, worth in zip(table.blocks, table.worth, strict=True):
        have += worth[:, :, block.options.index(tuple(package[issue] for issue in block.issues))].sum(axis=1)
    short = table.reservation - have
    return {party: float(one) for party, one in zip(table.parties, short, strict=True) if one > EQUAL}


def _smallest_meeting(sets: list[frozenset[int]], size: int) -> frozenset[int]:
    """The smallest set that has a member of each of these."""
    if not sets:
        return frozenset()
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = np.array([[number in one for number in range(size)] for one in sets], float)
    found = milp(np.ones(size), integrality=np.ones(size), bounds=Bounds(0, 1), constraints=LinearConstraint(rows, 1))
    if found.x is None:
        raise LetupError("support.solver", f"no solution was found: {found.message}")
    return frozenset(int(number) for number in np.flatnonzero(found.x > 0.5))


class _Program:
    """Choose one option of each block such that the parties accept: a mixed-integer program for HiGHS.

    Variables are one binary for each option, what each party in ``slack`` gives up, and, with ``lifting``, one binary
    for each red line. The fewest lines are lifted, then the least is given up; with ``costs`` of options, those least.
    """

    def __init__(
        self,
        table: PackageSpace,
        parties: tuple[str, ...],
        issues: tuple[str, ...],
        *,
        slack: tuple[str, ...] = (),
        lifting: bool = False,
        costs: NDArray[np.float64] | None = None,
    ) -> None:
        self.table = table
        self.costs = costs
        self.counted = [number for number, party in enumerate(table.parties) if party in parties]
        self.slack = [row for row, number in enumerate(self.counted) if table.parties[number] in slack]
        self.sizes = [len(block.options) for block in table.blocks]
        gains: list[NDArray[np.float64]] = []
        refused = []
        for block, worth, beyond, wished in zip(table.blocks, table.worth, table.refused, table.wished, strict=True):
            gain = np.zeros((len(self.counted), len(block.options)))
            for i, issue in enumerate(block.issues):
                lines = beyond[self.counted, i] if issue in issues else np.zeros_like(beyond[self.counted, i])
                refused.append((np.flatnonzero(lines.any(axis=1)), lines, sum(self.sizes[: len(gains)])))
                for row, p in enumerate(self.counted):
                    gain[row] += worth[p, i] if issue in issues else wished[p, i]
            gains.append(gain)
        self.gain = np.concatenate(gains, axis=1) if gains else np.zeros((len(self.counted), 0))
        self.lines = [(lines[row], at) for rows, lines, at in refused for row in rows]
        self.lifting = lifting

    def solve(self) -> dict[str, Value] | None:
        """A package that the parties accept; None if there is none."""
        choice = self._choose(0.0)
        if choice is not None and not self._accepted(choice):
            choice = self._choose(_TOLERANCE)  # within the solver's tolerance, but not accepted
        return None if choice is None else self.table.package(choice)

    def _accepted(self, choice: list[int]) -> bool:
        starts = np.cumsum([0, *self.sizes[:-1]]) if self.sizes else np.zeros(0, int)
        short = self.table.reservation[self.counted] - self.gain[:, starts + np.array(choice, int)].sum(axis=1)
        short[self.slack] = 0.0
        return bool((short <= EQUAL).all())

    def _choose(self, above: float) -> list[int] | None:
        """An option for each block, with so much more utility for everybody than is needed."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        options, slack, lines = sum(self.sizes), len(self.slack), len(self.lines)
        size = options + slack + lines
        rows = []
        at = 0
        for count in self.sizes:
            row = np.zeros(size)
            row[at : at + count] = 1.0
            rows.append((row, 1.0, 1.0))
            at += count
        for number, (refused, start) in enumerate(self.lines):
            for option in np.flatnonzero(refused):
                row = np.zeros(size)
                row[start + option], row[options + slack + number] = 1.0, -1.0
                rows.append((row, -np.inf, 0.0))
        for row_number, party in enumerate(self.counted):
            row = np.zeros(size)
            row[:options] = self.gain[row_number]
            if row_number in self.slack:
                row[options + self.slack.index(row_number)] = 1.0
            rows.append((row, self.table.reservation[party] + above - EQUAL, np.inf))
        if not rows:
            return []
        costs = np.zeros(options) if self.costs is None else self.costs
        found = milp(
            np.concatenate([costs, np.full(slack, 1.0 if not lines else 1e-3), np.ones(lines)]),
            integrality=np.concatenate([np.ones(options), np.zeros(slack), np.ones(lines)]),
            bounds=Bounds(
                0,
                np.concatenate([np.ones(options), np.full(slack, np.inf), np.full(lines, float(self.lifting))]),
            ),
            constraints=LinearConstraint(
                np.array([row for row, _, _ in rows]),
                np.array([low for _, low, _ in rows]),
                np.array([high for _, _, high in rows]),
            ),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            if found.status != 2:
                raise LetupError("support.solver", f"no solution was found: {found.message}", "Hold some issues.")
            return None
        ends = np.cumsum(self.sizes)[:-1]
        return [int(np.argmax(part)) for part in np.split(found.x[:options], ends)] if self.sizes else []
