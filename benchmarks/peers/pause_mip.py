"""Peer (a): HiGHS on the whole mixed-integer program, from nothing.

Flow on the time-expanded network (`TimeExpanded`), after leaving out what nobody can reach in time or get on from and
tightening capacities to what can come and go; pauses as columns; value as objective. Two forms:

``cumulative``
    For each slot of a zone (stretch of allowed steps, local day, number within the day) rising binaries S[t], the
    window has started by t, and E[t], it is over at t, with S[t - longest] <= E[t] <= S[t - shortest]. An arc
    with transit d can be entered at t if S[t] - E[t + d - 1], summed over slots, is 1.
``classical``
    Quiet y[t], start u[t] and stop v[t] with y[t] - y[t - 1] = u[t] - v[t], shortest and longest lengths over
    moving sums of u, one row for each arc, step of entry and step under way at which the zone has to be quiet.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from benchmarks.peers.pause_problems import Problem
from letup.core.clock import Clock, runs
from letup.pauses import Window
from letup.pauses.limits import usable_steps

Tell = Callable[[list[Window] | None, float], None]  # windows or None, bound
FORMS = ("cumulative", "classical")


@dataclass(frozen=True)
class Slot:
    """Columns of one window: rising ``started`` and ``over``, by step from ``first`` on."""

    zone: int
    day: int
    first: int
    started: np.ndarray
    over: np.ndarray

    @property
    def end(self) -> int:
        """Last step at whose start it may be over."""
        return self.first + len(self.over) - 1

    def has_started(self, step: Any) -> np.ndarray:
        """Column of "it has started by a step"; -1 where it cannot have."""
        at = np.asarray(step) - self.first
        return np.where(at < 0, -1, self.started[np.clip(at, 0, len(self.started) - 1)])

    def is_over(self, step: Any) -> np.ndarray:
        """Column of "it is over at a step"; -1 where it cannot be."""
        at = np.asarray(step) - self.first
        return np.where(at < 0, -1, self.over[np.clip(at, 0, len(self.over) - 1)])


class Whole:
    """The program of a problem.

    Parameters
    ----------
    problem : Problem
        What to choose pauses for.
    form : {"cumulative", "classical"}
        How windows are written.
    """

    def __init__(self, problem: Problem, form: str = "cumulative") -> None:
        limits = problem.limits
        if limits.forced or limits.frozen or limits.together or limits.same_daily:
            raise NotImplementedError("the program knows no windows by hand, corridors or daily times")
        self.problem, self.form, self.program = problem, form, Program()
        self.clock = clock = Clock(problem.steps, problem.step_minutes, problem.start_hour)
        self.shortest = max(clock.in_steps(limits.shortest), 1)
        self.longest = clock.whole_steps(limits.longest) if limits.longest is not None else problem.steps
        self.usable = usable_steps(limits, problem.net.zones, clock)
        self.edges = np.array([clock.on_grid(edge, limits.grid_minutes) for edge in range(problem.steps + 1)])
        expanded = TimeExpanded(problem, self.usable)
        arc, step = np.nonzero(expanded.enter)
        enter = self.program.add_columns(len(arc), expanded.enter[arc, step])
        self._flow(expanded, arc, step, enter)
        self.slots: list[Slot] = []
        self.quiet = np.full((problem.net.zones, problem.steps), -1)
        asks = problem.net.zone[arc] >= 0
        write = self._cumulative if form == "cumulative" else self._classical
        write(arc[asks], step[asks], enter[asks], expanded.enter[arc[asks], step[asks]])

    def _flow(self, expanded: TimeExpanded, arc: np.ndarray, step: np.ndarray, enter: np.ndarray) -> None:
        """People leave home, enter arcs, wait where they may, and arrive; none are lost."""
        net, steps, program = self.problem.net, self.problem.steps, self.program
        row_at = np.full((net.nodes, steps), -1)
        node, at = np.nonzero(expanded.present)
        rows = program.add_rows(0.0, 0.0, len(node))
        row_at[node, at] = rows
        program.add_terms(row_at[net.tail[arc], step], enter, -1.0)
        program.add_terms(row_at[net.head[arc], step + net.transit[arc]], enter, 1.0)
        may = expanded.present[:, :-1] & expanded.present[:, 1:] & net.may_wait[:, None]
        waits, when = np.nonzero(may)
        stay = program.add_columns(len(waits), expanded.people)
        program.add_terms(row_at[waits, when], stay, -1.0)
        program.add_terms(row_at[waits, when + 1], stay, 1.0)
        for home in np.flatnonzero(net.supply):
            # where people may wait anyway, they are simply there at the first step
            open_at = np.flatnonzero(expanded.present[home])
            if len(open_at):
                open_at = open_at[:1] if net.may_wait[home] else open_at
                leave = program.add_columns(len(open_at), float(net.supply[home]))
                program.add_terms(row_at[home, open_at], leave, 1.0)
                if len(leave) > 1:
                    program.row(0.0, float(net.supply[home]), (leave, 1.0))
        for shelter in np.flatnonzero(net.shelter):
            open_at = np.flatnonzero(expanded.present[shelter])
            if len(open_at):
                room = float(min(net.shelter[shelter], expanded.people))
                arrive = program.add_columns(len(open_at), room, self.problem.weight[open_at])
                program.add_terms(row_at[shelter, open_at], arrive, -1.0)
                program.row(0.0, room, (arrive, 1.0))

    def _cumulative(self, arc: np.ndarray, step: np.ndarray, enter: np.ndarray, most: np.ndarray) -> None:
        program, net = self.program, self.problem.net
        of_zone: list[list[Slot]] = [[] for _ in range(net.zones)]
        for zone in range(net.zones):
            for first, last in runs(self.usable[zone]):
                of_zone[zone] += self._slots(zone, first, last)
            self._apart(of_zone[zone])
            self.slots += of_zone[zone]
        self._totals()
        transit, zones = net.transit[arc], net.zone[arc]
        rows = program.add_rows(0.0, np.inf, len(arc))
        program.add_terms(rows, enter, -1.0)
        for zone in range(net.zones):
            for slot in of_zone[zone]:
                mine = np.flatnonzero((zones == zone) & (step >= slot.first) & (step < slot.end))
                if not len(mine):
                    continue
                start, leave = step[mine], step[mine] + transit[mine]
                longer = transit[mine] > self.shortest + 1
                fits = ~longer
                program.add_terms(rows[mine[fits]], slot.has_started(start[fits]), most[mine[fits]])
                over = slot.is_over(leave - 1)
                program.add_terms(rows[mine[fits]], over[fits], -most[mine[fits]])
                # a window shorter than the way could lie within it: then the difference is not 0 but -1
                if longer.any():
                    self._longer(slot, rows[mine[longer]], start[longer], leave[longer], most[mine[longer]])

    def _longer(self, slot: Slot, rows: np.ndarray, start: np.ndarray, leave: np.ndarray, most: np.ndarray) -> None:
        """Arcs that take longer than the shortest window: a column for "quiet all the way"."""
        program = self.program
        pairs, which = np.unique(np.c_[start, leave], axis=0, return_inverse=True)
        through = program.add_columns(len(pairs), 1.0)
        begun = program.add_rows(0.0, np.inf, len(pairs))
        program.add_terms(begun, slot.has_started(pairs[:, 0]), 1.0)
        program.add_terms(begun, through, -1.0)
        lasts = program.add_rows(0.0, np.inf, len(pairs))
        program.add_terms(lasts, slot.over[-1], 1.0)
        program.add_terms(lasts, slot.is_over(pairs[:, 1] - 1), -1.0)
        program.add_terms(lasts, through, -1.0)
        program.add_terms(rows, through[which.ravel()], most)

    def _slots(self, zone: int, first: int, last: int) -> list[Slot]:
        """Slots in one stretch of steps, by day and number within the day."""
        clock, out = self.clock, []
        days = np.array([clock.day(step) for step in range(first, last + 1)])
        for day in np.unique(days):
            of_day = np.flatnonzero(days == day) + first
            start, final = int(of_day[0]), int(min(of_day[-1], last + 1 - self.shortest))
            end = min(last + 1, final + self.longest)
            steps = np.arange(start, end + 1)
            before: Slot | None = None
            if final < start:
                continue
            for _ in range(self.problem.limits.windows_per_day):
                slot = self._slot(zone, int(day), start, (self.edges[steps] & (steps <= final)), self.edges[steps])
                if before is not None:
                    self._below(slot.started, before.is_over(steps - 1))
                out.append(slot)
                before = slot
        return out

    def _slot(self, zone: int, day: int, first: int, may_start: np.ndarray, may_end: np.ndarray) -> Slot:
        """One window: rising columns (one where nothing can change), an end to every start, lengths."""
        program = self.program
        may_end = may_end & (np.arange(len(may_end)) >= self.shortest)
        sets = []
        for may in (may_start, may_end):
            # columns[-1] of an empty beginning would be wrong: there it cannot have started, which -1 says
            number = np.cumsum(may)
            columns = program.add_columns(int(number[-1]), 1.0, whole=True)
            sets.append(np.where(number > 0, columns[np.maximum(number - 1, 0)] if len(columns) else -1, -1))
            self._below(columns[:-1], columns[1:])
        started, over = sets
        slot = Slot(zone, day, first, started, over)
        steps = first + np.flatnonzero(may_end)
        self._below(slot.is_over(steps), slot.has_started(steps - self.shortest))
        steps = first + np.flatnonzero(may_start)
        self._below(slot.has_started(steps), slot.is_over(steps + self.longest))
        program.row(0.0, 0.0, (started[-1:], 1.0), (over[-1:], -1.0))
        return slot

    def _below(self, less: np.ndarray, more: np.ndarray) -> None:
        """Rows: the columns ``less`` are at most the columns ``more`` (-1: they are 0)."""
        rows = self.program.add_rows(0.0, np.inf, len(less))
        self.program.add_terms(rows, less, -1.0)
        self.program.add_terms(rows, more, 1.0)

    def _apart(self, slots: list[Slot]) -> None:
        """Windows of a zone do not touch, and there are no more a day than allowed."""
        per_day: dict[int, list[Slot]] = {}
        for slot in slots:
            per_day.setdefault(slot.day, []).append(slot)
        for same in per_day.values():
            if len(same) > self.problem.limits.windows_per_day:
                opened = np.array([slot.started[-1] for slot in same])
                self.program.row(-np.inf, self.problem.limits.windows_per_day, (opened, 1.0))
        # only windows that start on different days can still meet
        if not any(slot.day < later.day and slot.end >= later.first for slot in slots for later in slots):
            return
        for step in range(slots[0].first, max(slot.end for slot in slots)):
            begun = np.array([int(slot.has_started(step)) for slot in slots])
            over = np.array([int(slot.is_over(step - 1)) for slot in slots])
            self.program.row(-np.inf, 1.0, (begun, 1.0), (over, -1.0))

    def _totals(self) -> None:
        """Zone-hours, zones at once, concession."""
        limits, program, steps = self.problem.limits, self.program, self.problem.steps
        parts = []  # (slot, step, columns of "quiet at step")
        for slot in self.slots:
            at = np.arange(slot.first, slot.end)
            parts.append((slot.zone, at, slot.has_started(at), slot.is_over(at)))
        hours = self.clock.hours(1)
        if limits.zone_hours is not None:
            terms = [pair for _, _, begun, over in parts for pair in ((begun, hours), (over, -hours))]
            program.row(-np.inf, limits.zone_hours, *terms)
        if limits.concession is not None and limits.concession_budget is not None:
            terms = []
            for zone, at, begun, over in parts:
                terms += [(begun, limits.concession[zone, at]), (over, -limits.concession[zone, at])]
            program.row(-np.inf, limits.concession_budget, *terms)
        if limits.at_once is not None:
            rows = program.add_rows(-np.inf, limits.at_once, steps)
            for _, at, begun, over in parts:
                program.add_terms(rows[at], begun, 1.0)
                program.add_terms(rows[at], over, -1.0)

    def _classical(self, arc: np.ndarray, step: np.ndarray, enter: np.ndarray, most: np.ndarray) -> None:
        limits, program, net, steps = self.problem.limits, self.program, self.problem.net, self.problem.steps
        days = self.clock.days()
        for zone in range(net.zones):
            start, stop = np.full(steps + 1, -1), np.full(steps + 1, -1)
            for first, last in runs(self.usable[zone]):
                at = np.arange(first, last + 1)
                self.quiet[zone, at] = program.add_columns(len(at), 1.0, whole=True)
                may_start = self.edges[at] & (at + self.shortest <= last + 1)
                start[at] = program.add_columns(len(at), may_start, whole=True)
                stop[at + 1] = program.add_columns(len(at), self.edges[at + 1], whole=True)
            at = np.flatnonzero(self.usable[zone])
            edge = np.unique(np.r_[at, at + 1])
            y = np.append(self.quiet[zone], -1)  # before the first step and after the last: not quiet
            rows = program.add_rows(0.0, 0.0, len(edge))
            for column, factor in ((y[edge], 1.0), (y[edge - 1], -1.0), (start[edge], -1.0), (stop[edge], 1.0)):
                program.add_terms(rows, column, factor)
            rows = program.add_rows(-np.inf, 1.0, len(edge))  # a window that ends where another starts is one
            program.add_terms(rows, start[edge], 1.0)
            program.add_terms(rows, stop[edge], 1.0)
            for t in at:
                program.row(0.0, np.inf, (y[t], 1.0), (start[max(0, t - self.shortest + 1) : t + 1], -1.0))
                if self.longest < steps:
                    program.row(-np.inf, 0.0, (y[t], 1.0), (start[max(0, t - self.longest + 1) : t + 1], -1.0))
            for day in np.unique(days[at]):
                program.row(-np.inf, limits.windows_per_day, (start[at[days[at] == day]], 1.0))
        every = self.quiet[self.quiet >= 0]
        if limits.zone_hours is not None:
            program.row(-np.inf, limits.zone_hours, (every, self.clock.hours(1)))
        if limits.concession is not None and limits.concession_budget is not None:
            program.row(-np.inf, limits.concession_budget, (every, limits.concession[self.quiet >= 0]))
        if limits.at_once is not None:
            for t in np.flatnonzero((self.quiet >= 0).any(axis=0)):
                program.row(-np.inf, limits.at_once, (self.quiet[:, t], 1.0))
        for under_way in range(int(net.transit.max(initial=0))):
            mine = np.flatnonzero(net.transit[arc] > under_way)
            rows = program.add_rows(0.0, np.inf, len(mine))
            program.add_terms(rows, enter[mine], -1.0)
            program.add_terms(rows, self.quiet[net.zone[arc[mine]], step[mine] + under_way], most[mine])

    def windows(self, values: np.ndarray) -> list[Window]:
        """The windows of a solution."""
        if self.form == "classical":
            y = np.where(self.quiet >= 0, values[self.quiet] > 0.5, False)
            return [Window(zone, a, b) for zone in range(len(y)) for a, b in runs(y[zone])]
        windows = []
        for slot in self.slots:
            begun = (slot.started >= 0) & (values[slot.started] > 0.5)
            if begun.any():
                over = (slot.over >= 0) & (values[slot.over] > 0.5)
                windows.append(Window(slot.zone, slot.first + int(begun.argmax()), slot.first + int(over.argmax()) - 1))
        return sorted(windows)


def solve(
    problem: Problem, seconds: float, tell: Tell, *, form: str = "classical", options: dict[str, Any] | None = None
) -> None:
    """Solve until the time is over; ``tell`` hears of every set of windows found, and of every better bound."""
    began = time.monotonic()
    whole = Whole(problem, form)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_min_logging_interval", 1.0)
    highs.setOptionValue("mip_lp_solver", "ipm")  # no slower to the first bound than simplex, and better plans
    for name, value in (options or {}).items():
        highs.setOptionValue(name, value)
    lp = whole.program.model()
    highs.passModel(lp)
    del lp
    highs.setOptionValue("time_limit", max(seconds - (time.monotonic() - began), 1e-3))

    def improved(event: Any) -> None:
        tell(whole.windows(np.asarray(event.data_out.mip_solution)), event.data_out.mip_dual_bound)

    def logged(event: Any) -> None:
        tell(None, event.data_out.mip_dual_bound)

    highs.cbMipImprovingSolution.subscribe(improved)
    highs.cbMipLogging.subscribe(logged)
    highs.run()
    info, solution = highs.getInfo(), highs.getSolution()
    bound = info.mip_dual_bound
    if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        bound = max(bound, info.objective_function_value)  # without whole columns there is no bound of its own
    tell(whole.windows(np.asarray(solution.col_value)) if solution.value_valid else None, bound)


class Program:
    """Columns and rows, gathered in pieces and handed over at once."""

    def __init__(self) -> None:
        self.columns = self.rows = 0
        self._columns: list[tuple[np.ndarray, ...]] = []
        self._bounds: list[tuple[np.ndarray, np.ndarray]] = []
        self._terms: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add_columns(self, count: int, upper: Any = np.inf, worth: Any = 0.0, whole: bool = False) -> np.ndarray:
        """Add columns from 0 to ``upper``; return their numbers."""
        fill = [np.broadcast_to(np.asarray(x, float), (count,)) for x in (upper, worth)]
        self._columns.append((*fill, np.full(count, whole)))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def add_rows(self, lower: Any, upper: Any, count: int) -> np.ndarray:
        """Add rows; return their numbers."""
        self._bounds.append(tuple(np.broadcast_to(np.asarray(x, float), (count,)) for x in (lower, upper)))
        self.rows += count
        return np.arange(self.rows - count, self.rows)

    def add_terms(self, row: Any, column: Any, factor: Any) -> None:
        """Add entries of the matrix; column -1 stands for what is always 0."""
        row, column, factor = np.broadcast_arrays(row, column, np.asarray(factor, float))
        real = np.flatnonzero(column.ravel() >= 0)
        self._terms.append((row.ravel()[real], column.ravel()[real], factor.ravel()[real]))

    def row(self, lower: float, upper: float, *terms: tuple[Any, Any]) -> None:
        """Add one row from pairs of columns and factors."""
        (number,) = self.add_rows(lower, upper, 1)
        for column, factor in terms:
            self.add_terms(number, column, factor)

    def model(self) -> highspy.HighsLp:
        """The program as HiGHS takes it; the largest value is looked for."""
        from scipy.sparse import coo_matrix

        row, column, factor = (np.concatenate(part) for part in zip(*self._terms, strict=True))
        self._terms.clear()
        matrix = coo_matrix((factor, (row, column)), shape=(self.rows, self.columns)).tocsc()
        del row, column, factor
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        upper, worth, whole = (np.concatenate(part) for part in zip(*self._columns, strict=True))
        low, high = (np.concatenate(part) for part in zip(*self._bounds, strict=True))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, self.rows
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = worth, np.zeros(self.columns), upper
        lp.row_lower_, lp.row_upper_ = low, high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[w] for w in whole.tolist()]
        return lp


class TimeExpanded:
    """What of the time-expanded network can be used if every allowed step is quiet.

    Attributes
    ----------
    enter : int64[m, T]
        Most people who can usefully enter each arc at each step.
    present : bool[n, T]
        Whether someone can be at a node, and still get to a shelter.
    """

    def __init__(self, problem: Problem, usable: np.ndarray) -> None:
        net, steps = problem.net, problem.steps
        self.people = int(net.supply.sum())
        capacity = np.broadcast_to(net.capacity if net.capacity.ndim == 2 else net.capacity[:, None], (net.arcs, steps))
        zone = np.append(usable, np.ones((1, steps), bool), axis=0)[net.zone]
        noise = np.concatenate([np.zeros((net.arcs, 1), np.int32), np.cumsum(~zone, axis=1, dtype=np.int32)], axis=1)
        exits = np.arange(steps)[None, :] + net.transit[:, None]
        inside = np.minimum(exits, steps)
        quiet = (exits < steps) & (np.take_along_axis(noise, inside, 1) == noise[:, :-1])
        self.enter = np.where(quiet, np.minimum(capacity, self.people), 0).astype(np.int64)
        self.present = np.zeros((net.nodes, steps), bool)
        for _ in range(2):  # what cannot be got on from lowers what can usefully come, and the other way round
            self._from_the_homes(problem)
            self._from_the_shelters(problem)

    def _from_the_homes(self, problem: Problem) -> None:
        """No more can enter an arc than can have come to its start."""
        net, steps = problem.net, problem.steps
        can_come = np.zeros((net.nodes, steps), np.int64)
        stay = net.may_wait
        for step in range(steps):
            now = can_come[:, step]
            if step:
                now[stay] += can_come[stay, step - 1]
            at_home = net.supply if step == 0 else np.where(stay, 0, net.supply)
            now += at_home
            np.minimum(now, self.people, out=now)
            used = np.flatnonzero(self.enter[:, step])
            into = np.minimum(self.enter[used, step], now[net.tail[used]])
            self.enter[used, step] = into
            np.add.at(can_come, (net.head[used], step + net.transit[used]), into)
        self.present = can_come > 0

    def _from_the_shelters(self, problem: Problem) -> None:
        """No more can enter an arc than can get on from its end."""
        net, steps = problem.net, problem.steps
        can_go = np.zeros((net.nodes, steps), np.int64)
        for step in range(steps - 1, -1, -1):
            now = can_go[:, step]
            now += net.shelter
            if step + 1 < steps:
                now[net.may_wait] += can_go[net.may_wait, step + 1]
            np.minimum(now, self.people, out=now)
            came = step - net.transit
            used = np.flatnonzero((came >= 0) & (self.enter[np.arange(net.arcs), np.maximum(came, 0)] > 0))
            into = np.minimum(self.enter[used, came[used]], now[net.head[used]])
            self.enter[used, came[used]] = into
            np.add.at(can_go, (net.tail[used], came[used]), into)
        self.present &= can_go > 0
