"""What the whole program is made of: columns and rows, and what of the network in time can be used."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from benchmarks.pauses_instances import Problem


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
        stay = net.wait
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
                now[net.wait] += can_go[net.wait, step + 1]
            np.minimum(now, self.people, out=now)
            came = step - net.transit
            used = np.flatnonzero((came >= 0) & (self.enter[np.arange(net.arcs), np.maximum(came, 0)] > 0))
            into = np.minimum(self.enter[used, came[used]], now[net.head[used]])
            self.enter[used, came[used]] = into
            np.add.at(can_go, (net.tail[used], came[used]), into)
        self.present &= can_go > 0
