"""Why there is no deal: the smallest set of parties and issues in conflict, and the smallest relaxations that end it.

Setting a party aside means that it need not agree. Setting an issue aside means that it no longer stands between the
parties: each counts what it would like best on it, be that on the table or not. Parties and issues are in *conflict* if
there is no deal even with all others set aside; the set is minimal if setting any one of its members aside, too, gives
a deal. Among the minimal sets one with the fewest members is found, exactly: the smallest hitting set of all sets whose
absence allows a deal (implicit hitting sets; Ignatiev, Previti, Liffiton and Marques-Silva, 2015), with HiGHS for both
halves. Of several, one is taken that names issues rather than parties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.lp.program import INFINITY, LinearProgram
from letup.lp.solver import Solver, Status, maximise
from letup.support.model import Package, Value
from letup.support.package_space import ChoiceProgram, PackageSpace
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
    reservation_cuts : mapping of str to float
        Party to the utility by which its reservation value would have to fall.
    lifted : tuple of (party, issue)
        Red lines that would have to be lifted.
    package : mapping of str to value
        What could be agreed then.
    """

    kind: str
    reservation_cuts: dict[str, float]
    lifted: tuple[tuple[str, str], ...]
    package: dict[str, Value]

    @property
    def size(self) -> float:
        """How much utility has to be given up in all."""
        return sum(self.reservation_cuts.values())


def find_deal(
    space: PackageSpace, parties: tuple[str, ...] | None = None, issues: tuple[str, ...] | None = None
) -> dict[str, Value] | None:
    """A package that these parties accept if all other issues are set aside; None if there is none.

    Parameters
    ----------
    space : PackageSpace
        What can be agreed.
    parties, issues : tuple of str, optional
        Those that are not set aside; all if absent.
    """
    return _DealProgram(space, parties, issues).solve()


def smallest_conflict(space: PackageSpace) -> ConflictSet | None:
    """The smallest set of parties and issues in conflict; None if there is a deal."""
    members = [("party", party) for party in space.parties] + [("issue", issue) for issue in space.issues]
    everything = frozenset(range(len(members)))

    def names(chosen: frozenset[int], kind: str) -> tuple[str, ...]:
        return tuple(name for number, (own, name) in enumerate(members) if number in chosen and own == kind)

    def has_deal(chosen: frozenset[int]) -> bool:
        return find_deal(space, names(chosen, "party"), names(chosen, "issue")) is not None

    if has_deal(everything):
        return None
    corrections: list[frozenset[int]] = []
    while True:
        chosen = _smallest_hitting_set(corrections, len(members))
        if not has_deal(chosen):
            return ConflictSet(names(chosen, "party"), names(chosen, "issue"))
        # As much as can be added while there is a deal; setting aside what is left out gives one.
        grown = chosen
        for number in sorted(everything - chosen):
            if has_deal(grown | {number}):
                grown = grown | {number}
        corrections.append(everything - grown)


def _smallest_hitting_set(sets: list[frozenset[int]], size: int) -> frozenset[int]:
    """The smallest set of the numbers below ``size`` that has a member of each of these."""
    if not sets:
        return frozenset()
    program = LinearProgram()
    for number in range(size):  # of several smallest sets one with large numbers: which does not hang on the solver
        program.add_column(upper=1.0, gain=1e-4 * number - 1.0, integer=True)
    for members in sets:
        program.add_row(1.0, INFINITY, [(number, 1.0) for number in sorted(members)])
    solution = maximise(program, integer=True)
    if solution is None:
        raise LetupError("support.solver", "no solution was found")
    return frozenset(int(number) for number in np.flatnonzero(solution.values > 0.5))


def smallest_relaxations(space: PackageSpace) -> list[Relaxation]:
    """Smallest changes that would give a deal, the smallest first: by one party alone, by several, and of red lines.

    They are smallest each of its kind: the least by which one party's reservation value has to fall, for each party
    that can bring a deal about alone; the least total over all parties; and, where that helps or nothing else does, the
    fewest red lines that have to be lifted.
    """
    if find_deal(space) is not None:
        return []
    relaxations = []
    for party in space.parties:
        package = _DealProgram(space, slack=(party,)).solve()
        if package is not None:
            relaxations.append(Relaxation("reservation", _shortfalls(space, package), (), package))
    package = _DealProgram(space, slack=space.parties).solve()
    if package is not None:
        cuts = _shortfalls(space, package)
        if len(cuts) > 1:
            relaxations.append(Relaxation("reservations", cuts, (), package))
    relaxations.sort(key=lambda relaxation: relaxation.size)
    # Where no reservation value helps while the lines stand, some of them have to be lifted in any case.
    for slack in ((),) if relaxations else ((), space.parties):
        package = _DealProgram(space, slack=slack, lifting=True).solve()
        if package is not None:
            cuts, lifted = _shortfalls(space, package), _crossed_lines(space, package)
            return [*relaxations, Relaxation("red lines", cuts, lifted, package)]
    return relaxations


def nearest_terms(space: PackageSpace, proposed: Package) -> Relaxation | None:
    """The fewest terms that would have to be others than proposed for a deal, each as near to it as can be.

    Parameters
    ----------
    space : PackageSpace
        What could be agreed if everything proposed were open again; numbers ascend.
    proposed : mapping of str to value
        What is on the table: issues that are blocks of their own.

    Returns
    -------
    Relaxation or None
        With a package that all accept; None if there is none whatever is on the table.
    """
    costs = []
    for block in space.blocks:
        values = [option[0] for option in block.options]
        if len(block.issues) == 1 and block.issues[0] in proposed:
            steps = np.abs(np.arange(len(values)) - values.index(proposed[block.issues[0]]))
            costs.append(np.where(steps > 0, 1 + 1e-3 * steps / len(values), 0.0))
        else:
            costs.append(np.zeros(len(values)))
    package = _DealProgram(space, costs=np.concatenate(costs)).solve()
    return None if package is None else Relaxation("table", {}, (), package)


def _crossed_lines(space: PackageSpace, package: dict[str, Value]) -> tuple[tuple[str, str], ...]:
    """Red lines that a package is beyond: party and issue."""
    crossed = []
    for block, refused, option in zip(space.blocks, space.refused, space.choice(package), strict=True):
        for i, issue in enumerate(block.issues):
            crossed += [(space.parties[party], issue) for party in np.flatnonzero(refused[:, i, option])]
    return tuple(sorted(crossed, key=lambda line: (space.parties.index(line[0]), line[1])))


def _shortfalls(space: PackageSpace, package: dict[str, Value]) -> dict[str, float]:
    """By how much each party falls short of its reservation value, where it does."""
    utility = np.zeros(len(space.parties))
    for worth, option in zip(space.worth, space.choice(package), strict=True):
        utility += worth[:, :, option].sum(axis=1)
    short = space.reservation - utility
    return {party: float(own) for party, own in zip(space.parties, short, strict=True) if own > EQUAL}


class _DealProgram:
    """Choose one option of each block such that the parties accept: a mixed-integer program for HiGHS.

    Variables are one binary for each option, what each party in ``slack`` gives up, and, with ``lifting``, one binary
    for each red line. The fewest lines are lifted, then the least is given up; with ``costs`` of options, those least.

    Parameters
    ----------
    space : PackageSpace
        What can be agreed.
    parties, issues : tuple of str, optional
        Those that are not set aside; all if absent.
    slack : tuple of str
        Parties whose reservation value may fall.
    lifting : bool
        Whether red lines may be lifted.
    costs : float64[options of all blocks], optional
        What each option costs; nothing if absent.
    """

    def __init__(
        self,
        space: PackageSpace,
        parties: tuple[str, ...] | None = None,
        issues: tuple[str, ...] | None = None,
        *,
        slack: tuple[str, ...] = (),
        lifting: bool = False,
        costs: NDArray[np.float64] | None = None,
    ) -> None:
        self.space = space
        self.costs = costs
        self.lifting = lifting
        sizes = [len(block.options) for block in space.blocks]
        self.starts = np.cumsum([0, *sizes])[:-1]
        self.counted = [p for p, party in enumerate(space.parties) if parties is None or party in parties]
        self.slack = [row for row, p in enumerate(self.counted) if space.parties[p] in slack]
        self.utilities = np.zeros((len(self.counted), sum(sizes)))
        self.lines: list[tuple[NDArray[np.bool_], int]] = []
        """Red lines that count: which options of a block are beyond it, and the first column of the block."""
        for number, block in enumerate(space.blocks):
            start, end = self.starts[number], self.starts[number] + sizes[number]
            for i, issue in enumerate(block.issues):
                if issues is not None and issue not in issues:
                    self.utilities[:, start:end] += space.ideal[number][self.counted, i][:, None]
                    continue
                self.utilities[:, start:end] += space.worth[number][self.counted, i]
                refused = space.refused[number][self.counted, i]
                self.lines += [(line, int(start)) for line in refused if line.any()]

    def solve(self) -> dict[str, Value] | None:
        """A package that the parties accept; None if there is none."""
        choice = self._choose(0.0)
        if choice is not None and not self._accepted(choice):
            choice = self._choose(_TOLERANCE)  # within the solver's tolerance, but not accepted
        return None if choice is None else self.space.package(choice)

    def _accepted(self, choice: list[int]) -> bool:
        utility = self.utilities[:, self.starts + np.array(choice, int)].sum(axis=1)
        short = self.space.reservation[self.counted] - utility
        short[self.slack] = 0.0
        return bool((short <= EQUAL).all())

    def _choose(self, above: float) -> list[int] | None:
        """An option for each block, with so much more utility for everybody than is needed."""
        program = ChoiceProgram(self.space)
        if self.costs is not None:
            program.gain[:] = (-self.costs).tolist()
        given_up = [program.add_column(gain=-1e-3 if self.lines else -1.0) for _ in self.slack]
        for refused, start in self.lines:
            lifted = program.add_column(upper=float(self.lifting), gain=-1.0, integer=True)
            for option in np.flatnonzero(refused):
                program.add_row(-INFINITY, 0.0, [(start + int(option), 1.0), (lifted, -1.0)])
        for number, party in enumerate(self.counted):
            terms = [
                (int(option), float(self.utilities[number, option]))
                for option in np.flatnonzero(self.utilities[number])
            ]
            if number in self.slack:
                terms.append((given_up[self.slack.index(number)], 1.0))
            program.add_row(float(self.space.reservation[party]) + above - EQUAL, INFINITY, terms)
        if not program.rows:
            return []
        solver = Solver(program, integer=True)
        status = solver.solve()
        if status == Status.INFEASIBLE:
            return None
        if not solver.feasible:
            raise LetupError("support.solver", f"no solution was found: {status.value}", "Hold some issues.")
        return program.choice(solver.values)
