"""A program on which HiGHS is busy for long: whoever stops it has something to stop."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import coo_array

from letup.lp.highs import silent_highs


def slow_program(size: int = 600) -> highspy.Highs:
    """Assign ``size`` to ``size``, each pair with its gain, within as many further rows with other weights."""
    random = np.random.default_rng(1)
    count = size * size
    worker, job, pair = np.divmod(np.arange(count), size)[0], np.arange(count) % size, np.arange(count)
    further = random.integers(0, size, count)
    rows = np.concatenate([worker, size + job, 2 * size + further])
    factors = np.concatenate([np.ones(2 * count), random.random(count)])
    matrix = coo_array((factors, (rows, np.tile(pair, 3))), shape=(3 * size, count)).tocsc()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = count, 3 * size
    program.col_cost_, program.col_lower_, program.col_upper_ = random.random(count), np.zeros(count), np.ones(count)
    program.row_lower_, program.row_upper_ = np.full(3 * size, -np.inf), np.ones(3 * size)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    program.sense_ = highspy.ObjSense.kMaximize
    highs = silent_highs()
    highs.passModel(program)
    return highs
