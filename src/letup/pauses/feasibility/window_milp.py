"""Whether any windows keep to the limits: found exactly, as a small whole-number program.

Written apart from the search: it knows the limits and the clock, and nothing of the network. Of all windows
only those are looked at that no shorter one could replace, which leaves few even over long times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import DAY_MINUTES, Clock, runs
from letup.lp.program import LinearProgram
from letup.lp.solver import Solver, Status
from letup.pauses.limits import INFO, Limits, Total, Window, allowed_steps, costs_of, totals_of

_EXACT = 1e-6
_SECONDS = 20.0

Span = tuple[int, int]
"""Start of a window and the step at whose start it ends."""


class Undecided(Exception):  # noqa: N818 - reads as a word of the field
    """The question was too large to be decided in the time given."""


class Edges:
    """Where windows of zones that go together may start and end.

    Parameters
    ----------
    limits : Limits
        What the parties insist on.
    clock : Clock
        What the steps mean.
    allowed : bool[T]
        Steps at which all these zones may be quiet.
    """

    def __init__(self, limits: Limits, clock: Clock, allowed: NDArray[np.bool_]) -> None:
        self.shortest = max(clock.in_steps(limits.shortest), 1)
        self.longest = clock.whole_steps(limits.longest) if limits.longest is not None else clock.steps
        self.points = clock.grid_points(limits.grid_minutes)
        self.stop = np.zeros(clock.steps + 1, np.int64)
        for first, last in runs(allowed):
            self.stop[first : last + 1] = last + 1

    def fits(self, start: int, end: int) -> bool:
        """Whether a window may start at a step and end at the start of another."""
        long_enough = self.shortest <= end - start <= self.longest
        return long_enough and end <= int(self.stop[start]) and self.on_point(start) and self.on_point(end)

    def on_point(self, edge: int) -> bool:
        """Whether the start of a step is a point of the clock grid."""
        i = int(np.searchsorted(self.points, edge))
        return i < len(self.points) and int(self.points[i]) == edge

    def end(self, start: int, beyond: int = 0) -> int | None:
        """Earliest end of a window that starts at a step and lasts to another; None if none may."""
        i = int(np.searchsorted(self.points, max(start + self.shortest, beyond)))
        if i >= len(self.points):
            return None
        end = int(self.points[i])
        return end if self.fits(start, end) else None

    def starts(self, before: int | None = None) -> list[int]:
        """Points at which a window may start; with ``before``, one that lasts without a break to that step."""
        points = self.points[self.stop[self.points] > 0]
        if before is not None:
            points = points[(points <= before) & (self.stop[points] > before)]
        return [int(point) for point in points]

    def late_starts(self, before: int, clock: Clock) -> list[int]:
        """Of the `starts` those that no later one of the same day can replace, as the window would be too short."""
        points = self.starts(before)
        return [
            point
            for point, later in pairwise(points)
            if later > before - self.shortest or clock.day(point) != clock.day(later)
        ] + points[-1:]


@dataclass
class Unit:
    """Zones that have the same windows, and the windows that come into question for them.

    Attributes
    ----------
    zones : tuple of int
        The zones.
    edges : Edges
        Where their windows may start and end.
    agreed : list of Span
        Windows that are there in any case.
    held : list of Span
        Stretches of steps that must lie within one window each, end exclusive.
    needs : dict of int to int
        Zones that may be asked to have a window, and the fewest steps of it.
    spans : list of Span
        Windows that come into question, those agreed first.
    """

    zones: tuple[int, ...]
    edges: Edges
    agreed: list[Span] = field(default_factory=list)
    held: list[Span] = field(default_factory=list)
    needs: dict[int, int] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)


def find_windows(
    limits: Limits,
    zones: int,
    clock: Clock,
    *,
    held: Sequence[Window] = (),
    among: Iterable[frozenset[int]] | None = None,
    lasting: NDArray[np.int64] | None = None,
    least: Literal["zone_hours", "concession"] | None = None,
    seconds: float = _SECONDS,
) -> list[Window] | None:
    """Windows that keep to all limits, or None if there are none.

    Parameters
    ----------
    limits : Limits
        What the parties insist on.
    zones : int
        Number of zones.
    clock : Clock
        What the steps mean.
    held : sequence of Window
        Further stretches that must each lie within one window, beside those that the limits force.
    among : iterable of set of int, optional
        Of each of these sets of zones one at least must have a window. Left out: any zone.
    lasting : int64[zones], optional
        Fewest steps of such a window of each zone.
    least : {"zone_hours", "concession"}, optional
        Look for the windows with the least of it.
    seconds : float
        Time for the solver.

    Raises
    ------
    Undecided
        If the program could not be solved in that time.
    """
    units = _units(limits, zones, clock, held)
    if units is None:
        return None
    totals = totals_of(limits, zones, clock)
    asked_for = any(unit.held or unit.agreed for unit in units)
    wanted = list(among) if among is not None else [] if asked_for else [frozenset(range(zones))]
    for unit in units:
        asked = [zone for zone in unit.zones if any(zone in wish for wish in wanted)]
        unit.needs = {zone: int(lasting[zone]) if lasting is not None else 1 for zone in asked}
        _fill(unit, limits, clock, totals)
    chosen = _Program(units, limits, clock, totals).solve(wanted, least, seconds)
    return None if chosen is None else sorted(Window(z, a, b - 1) for unit, (a, b) in chosen for z in unit.zones)


def units_of(limits: Limits, zones: int) -> list[tuple[int, ...]]:
    """Zones by those that go together; the others one by one."""
    grouped = {zone for group in limits.together for zone in group}
    return [*limits.together, *((zone,) for zone in range(zones) if zone not in grouped)]


def edges_of(zones: tuple[int, ...], limits: Limits, clock: Clock, allowed: NDArray[np.bool_]) -> Edges:
    """Where windows may lie beside those that are agreed, which they may not touch."""
    free = np.array(allowed[list(zones)].all(axis=0), bool, ndmin=1)
    for w in limits.frozen:
        if w.zone in zones:
            free[max(w.first - 1, 0) : w.last + 2] = False
    return Edges(limits, clock, free)


def _units(limits: Limits, zones: int, clock: Clock, held: Sequence[Window]) -> list[Unit] | None:
    """Units with what is agreed and what must be held; None if what is agreed breaks the limits of a fellow zone."""
    allowed = allowed_steps(limits, zones, clock)
    units = []
    for members in units_of(limits, zones):
        unit = Unit(members, edges_of(members, limits, clock, allowed))
        unit.agreed = sorted({(w.first, w.last + 1) for w in limits.frozen if w.zone in members})
        for a, b in unit.agreed:
            for zone in members:
                alone = Edges(limits, clock, allowed[zone])
                if Window(zone, a, b - 1) not in limits.frozen and not alone.fits(a, b):
                    return None
        if any(later[0] <= span[1] for span, later in pairwise(unit.agreed)):
            return None
        spans = {(w.first, w.last + 1) for w in (*limits.forced, *held) if w.zone in members}
        unit.held = sorted(s for s in spans if not any(a <= s[0] and s[1] <= b for a, b in unit.agreed))
        units.append(unit)
    return units


def _fill(unit: Unit, limits: Limits, clock: Clock, totals: list[Total]) -> None:
    """Note the windows that come into question: for each start, the earliest ends that hold something."""
    edges, spans = unit.edges, set[Span]()
    for first, _ in unit.held:
        for start in edges.starts(first) if limits.same_daily else edges.late_starts(first, clock):
            ends = {edges.end(start, end) for begin, end in unit.held if begin >= start}
            spans |= {(start, end) for end in ends if end is not None}
    for need in set(unit.needs.values()):
        ends_of = {start: edges.end(start, start + need) for start in edges.starts()}
        wanted = {(start, end) for start, end in ends_of.items() if end is not None}
        any_time = _any_time(limits) and not unit.held and not unit.agreed
        spans |= _cheapest(wanted, unit, limits, totals) if any_time else wanted
    if limits.same_daily:
        spans = _on_all_days(spans | set(unit.agreed), unit, limits, clock)
    unit.spans = [*unit.agreed, *sorted(spans - set(unit.agreed))]


def _any_time(limits: Limits) -> bool:
    """Whether, by all limits that say something, a window can stand for one as long that counts no less."""
    stated = (info for name, info in INFO.items() if getattr(limits, name) not in (None, info.given_up))
    return all(info.any_time for info in stated)


def _cheapest(spans: set[Span], unit: Unit, limits: Limits, totals: list[Total]) -> set[Span]:
    """Of windows of one length those than which no other uses as little or less of every total, and costs as little."""
    uses: dict[int, list[tuple[tuple[float, ...], Span]]] = {}
    for span in spans:
        use = (*(_by(total.weight, unit, span) for total in totals), _cost(unit, span, limits))
        uses.setdefault(span[1] - span[0], []).append((use, span))
    kept = set()
    for rows in uses.values():
        best: list[tuple[float, ...]] = []
        for use, span in sorted(rows):
            if not any(all(least <= used for least, used in zip(other, use, strict=True)) for other in best):
                best.append(use)
                kept.add(span)
    return kept


def _on_all_days(spans: set[Span], unit: Unit, limits: Limits, clock: Clock) -> set[Span]:
    """Windows at the same clock times as others, on whichever day."""
    grid = limits.grid_minutes or clock.step_minutes
    if DAY_MINUTES % grid or DAY_MINUTES % clock.step_minutes:
        # The clock grid falls differently on each day, so that any length may be needed.
        points = unit.edges.points.tolist()
        return spans | {(a, b) for a in points for b in points if b > a and unit.edges.fits(a, b)}
    lengths: dict[float, set[int]] = {}
    for a, b in spans:
        lengths.setdefault(clock.time(a), set()).add(b - a)
    others = ((a, a + n) for a in unit.edges.starts() for n in lengths.get(clock.time(a), ()))
    return spans | {(a, b) for a, b in others if b < len(unit.edges.stop) and unit.edges.fits(a, b)}


def _cost(unit: Unit, span: Span, limits: Limits) -> float:
    """What a window of a unit costs by the concession table; of several, in all."""
    return sum(_by(table, unit, span) for table, _ in costs_of(limits))


def _by(table: NDArray[np.float64], unit: Unit, span: Span) -> float:
    return sum(float(table[zone, span[0] : span[1]].sum()) for zone in unit.zones)


class _Program:
    """The windows that come into question as whole-number columns, and the limits as rows."""

    def __init__(self, units: list[Unit], limits: Limits, clock: Clock, totals: list[Total]) -> None:
        self.units, self.limits, self.clock, self.totals = units, limits, clock, totals
        self.columns = [(unit, span) for unit in units for span in unit.spans]
        self.of = {id(unit): [i for i, (owner, _) in enumerate(self.columns) if owner is unit] for unit in units}
        self.program = LinearProgram()
        self.impossible = False
        """Whether something is asked for that no window does."""
        for unit, span in self.columns:
            self.program.add_column(float(span in unit.agreed), 1.0, integer=True)

    def solve(
        self, wanted: Iterable[frozenset[int]], least: Literal["zone_hours", "concession"] | None, seconds: float
    ) -> list[tuple[Unit, Span]] | None:
        """Windows that keep to all rows, or None."""
        for wish in wanted:
            self._at_least(
                [
                    i
                    for i, (unit, (a, b)) in enumerate(self.columns)
                    if any(zone in wish and need <= b - a for zone, need in unit.needs.items())
                ]
            )
        for unit in self.units:
            self._one_unit(unit)
        self._totals()
        program = self.program
        if self.impossible:
            return None
        if not program.columns:
            return None if any(upper < 0 for upper in program.row_upper) else []
        solver = Solver(program, integer=True)
        if least is not None:
            costs = [
                len(unit.zones) * (b - a) if least == "zone_hours" else _cost(unit, (a, b), self.limits)
                for unit, (a, b) in self.columns
            ]
            solver.set_gains(np.arange(len(costs)), -np.array(costs, np.float64))
        status = solver.solve(max(seconds, 0.1))
        if status == Status.INFEASIBLE:
            return None
        if not solver.feasible or (status != Status.OPTIMAL and least is not None):
            raise Undecided(status.value)
        return [column for column, value in zip(self.columns, solver.values, strict=False) if value > 0.5]

    def _at_least(self, columns: list[int]) -> None:
        self.impossible |= not columns
        self.program.add_row(1.0, np.inf, [(column, 1.0) for column in columns])

    def _at_most(self, most: float, terms: dict[int, float]) -> None:
        if sum(max(factor, 0.0) for factor in terms.values()) > most:
            self.program.add_row(-np.inf, most, terms.items())

    def _one_unit(self, unit: Unit) -> None:
        """Windows of one unit: they hold what they must, stay apart, and are not too many in a day."""
        mine = [(i, *self.columns[i][1]) for i in self.of[id(unit)]]
        for begin, end in unit.held:
            self._at_least([i for i, a, b in mine if a <= begin and end <= b])
        for point in sorted({a for _, a, _ in mine}):
            self._at_most(1.0, {i: 1.0 for i, a, b in mine if a <= point <= b})
        by_day: dict[int, list[tuple[int, int, int]]] = {}
        for column in mine:
            by_day.setdefault(self.clock.day(column[1]), []).append(column)
        for columns in by_day.values():
            self._at_most(float(self.limits.windows_per_day), {i: 1.0 for i, _, _ in columns})
        if self.limits.same_daily and len(by_day) > 1:
            self._same_daily(unit, by_day)

    def _same_daily(self, unit: Unit, by_day: dict[int, list[tuple[int, int, int]]]) -> None:
        """The k-th windows of all days have the same times: one choice of times for each k."""
        several = min(self.limits.windows_per_day, len(unit.held) + len(unit.agreed) + 1)
        times: list[dict[tuple[float, int], int]] = [{} for _ in range(several)]
        kth: dict[tuple[int, int], int] = {}
        for columns in by_day.values():
            for i, a, b in columns:
                for k in range(several):
                    kth[i, k] = self.program.add_column(0.0, 1.0, integer=True)
                    key = (self.clock.time(a), b - a)
                    if key not in times[k]:
                        times[k][key] = self.program.add_column(0.0, 1.0, integer=True)
                    self.program.add_row(-np.inf, 0.0, [(kth[i, k], 1.0), (times[k][key], -1.0)])
                self.program.add_row(0.0, 0.0, [(i, -1.0), *((kth[i, k], 1.0) for k in range(several))])
            for k in range(1, several):
                for point in sorted({a for _, a, _ in columns}):
                    late = [(kth[i, k], 1.0) for i, a, _ in columns if a <= point]
                    early = [(kth[i, k - 1], -1.0) for i, a, _ in columns if a < point]
                    self.program.add_row(-np.inf, 0.0, [*late, *early])
        for choice in times:
            self._at_most(1.0, dict.fromkeys(choice.values(), 1.0))

    def _totals(self) -> None:
        """Limits on all windows together."""
        for total in self.totals:
            if total.each_step:
                # Most are quiet where a window starts.
                for point in sorted({a for _, (a, _) in self.columns}):
                    counts = {
                        i: sum(float(total.weight[zone, point]) for zone in unit.zones)
                        for i, (unit, (a, b)) in enumerate(self.columns)
                        if a <= point < b
                    }
                    self._at_most(total.most, counts)
                continue
            counts = {i: _by(total.weight, unit, span) for i, (unit, span) in enumerate(self.columns)}
            # Sums of fractions are off by rounding.
            whole = total.most.is_integer() and bool((total.weight == np.rint(total.weight)).all())
            slack = 0.0 if whole else _EXACT / 2 * max(1.0, total.most)
            self._at_most(total.most + slack, {i: count for i, count in counts.items() if count})
