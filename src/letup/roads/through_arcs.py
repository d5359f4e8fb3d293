"""Through arcs past junctions that follow each other in less than a step.

Every arc takes at least one step, so a road with a junction every minute would be far too slow in
steps of five minutes. Where junctions stand that close, a through arc passes several of them at
once, and the capacity of the road is divided: ``THROUGH`` of it for those who go through, the rest
for those who join or leave on the way. Together they never carry more than the road does.
"""

from __future__ import annotations

import numpy as np

from letup.core.arrays import Bools, Floats, Ints, Longs
from letup.roads.rounding import nearest
from letup.roads.timed_builder import Row

THROUGH = 2 / 3
"""Share of a road's capacity for people who go through (assumed)."""

REACH_STEPS = 1.0
"""Through arcs are cut where they reach this length, so that those who join wait little for one."""

RAMPS_FROM = 4
"""A through arc past this many arcs gets ramps: arcs from each node on the way to its end."""

_WORTH = 0.3  # steps that a through arc must save


def through_arcs(rows: list[Row], swift: Floats, shelter: Bools, people: Longs, step: float) -> list[Row]:
    """Lay through arcs along the quickest routes, both ways, and take their share from the rows.

    Parameters
    ----------
    rows : list of Row
        Roads and checkpoints; the rates of roads passed by a through arc are lowered in place.
    swift : float64[m]
        Minutes of the fastest group of the mode on each.
    shelter : bool[n]
        Nodes with shelters.
    people : int64[n]
        People who join the network at each node.
    step : float
        Minutes of one step.

    Returns
    -------
    list of Row
        The new arcs.
    """
    tail = np.array([row.tail for row in rows], np.int32)
    head = np.array([row.head for row in rows], np.int32)
    away, onward, along = nearest(tail, head, swift / step, shelter)
    number = {row.pieces.tobytes(): i for i, row in enumerate(rows) if row.kind == "road"}
    back = [number.get((row.pieces[::-1] ^ 1).tobytes(), -1) if row.kind == "road" else -1 for row in rows]
    taken = np.zeros(len(rows), bool)
    new_arcs: list[Row] = []
    for path in _paths(rows, away, onward, along, people):
        for part in _parts(path, swift / step):
            if len(part) - float(swift[part].sum()) / step < _WORTH:
                continue
            other = [back[i] for i in reversed(part)]
            for run in (part, other):
                if min(run) >= 0 and not taken[run].any():
                    shared = _share(rows, run)
                    taken[run] = bool(shared)
                    new_arcs += shared
    return new_arcs


def _paths(rows: list[Row], away: Floats, onward: Ints, along: Ints, people: Longs) -> list[list[int]]:
    """Paths of the quickest tree, each in one zone, along the branch with most people."""
    order = np.argsort(away, kind="stable")
    order = order[np.isfinite(away[order]) & (onward[order] >= 0)]
    behind = people.astype(np.int64).copy()
    heavy: dict[int, int] = {}
    for node in order[::-1].tolist():
        parent = int(onward[node])
        behind[parent] += behind[node]
        arc, then = rows[along[node]], int(along[parent])
        if then < 0 or arc.kind != "road" or rows[then].kind != "road" or arc.zone != rows[then].zone:
            continue
        if parent not in heavy or behind[node] > behind[heavy[parent]]:
            heavy[parent] = node
    paths, inner = [], set(heavy.values())
    for node in order.tolist():
        if node in inner or rows[along[node]].kind != "road":
            continue
        path = [int(along[node])]
        here = node
        while here in heavy:
            here = heavy[here]
            path.append(int(along[here]))
        if len(path) > 1:
            paths.append(path[::-1])
    return paths


def _parts(path: list[int], steps: Floats) -> list[list[int]]:
    """Cut a path, from its far end, into parts of about ``REACH_STEPS`` each."""
    parts: list[list[int]] = []
    part: list[int] = []
    length = 0.0
    for arc in path:
        if part and length + steps[arc] > REACH_STEPS + 0.5:
            parts.append(part)
            part, length = [], 0.0
        part.append(arc)
        length += float(steps[arc])
        if length >= REACH_STEPS:
            parts.append(part)
            part, length = [], 0.0
    if part:
        parts.append(part)
    return [run for run in parts if len(run) > 1]


def _share(rows: list[Row], run: list[int]) -> list[Row]:
    """Make a through arc, and ramps on to its end, from shares of the arcs passed; none if they carry too little."""
    rates = [rows[i].rate for i in run]
    steady = [rate for rate in rates if isinstance(rate, int | float)]
    if len(steady) < len(rates) or int(min(steady) * THROUGH) < 1:
        return []
    rate = int(min(steady) * THROUGH)
    made = [_joined(rows, run, rate)]
    left = [of - rate for of in steady]
    ramp = int(min(left) // 2 // (len(run) - 1))
    if len(run) >= RAMPS_FROM and ramp >= 1:
        made += [_joined(rows, run[k:], ramp) for k in range(1, len(run) - 1)]
        left = [of - ramp * min(k, len(run) - 2) for k, of in enumerate(left)]
    for i, remains in zip(run, left, strict=True):
        rows[i].rate = remains
    return made


def _joined(rows: list[Row], run: list[int], rate: int) -> Row:
    """One arc along several."""
    pieces = np.concatenate([rows[i].pieces for i in run])
    minutes = sum(rows[i].minutes for i in run)
    return Row(rows[run[0]].tail, rows[run[-1]].head, minutes, rows[run[0]].zone, "road", pieces, rate)
