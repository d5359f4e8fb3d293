"""A proven ceiling: how many people any allowed set of pauses could let arrive.

Every flow over time, summed over time, is a flow without time in which each arc carries at most
the sum of its capacity over the steps at which the limits allow it to be entered. So the largest
such flow, over all groups together, bounds every plan: whatever the pauses, the order of the
groups and the times of departure. It is a maximum flow on one static network, computed by SciPy
and not by letup's engine, so that a plan can be checked without trusting the engine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate
from letup.plan.discretise import by_mode, room_of
from letup.roads.network import Timed
from letup.scenario.model import Group

BASIS = (
    "The largest flow of all groups together when every hour that the limits allow is quiet in every zone, "
    "each arc carries the sum of its capacity over those hours, and waiting is allowed everywhere "
    "(a maximum flow without time; groups of one mode are merged at their quickest speed). "
    "It leaves out limits on zone-hours, on the number and length of pauses and on zones at once, and how long a way "
    "takes: the best possible plan may lie well below it."
)

RELAXED = (
    "No set of pauses within the limits, zone-hours included, lets more people out: proven while the pauses were "
    "chosen, by a relaxation in which movements are made coarse and pauses may be taken in part, tightened by cuts "
    "and by branching. Its certificate stands in proof.npz, from which it is recomputed when the plan is verified."
)

ALL_QUIET = (
    "The largest flow over time of all groups together when every hour that the limits allow is quiet in every zone "
    "(groups merged at the quickest speed). It knows how long a way takes, that nobody is on the way at night but "
    "where there is room, how fast people are ready, and the room of roads, checkpoints and shelters. It leaves out "
    "limits on zone-hours, on the number and length of pauses and on zones at once. Its cut stands in proof.npz, from "
    "which it is recomputed when the plan is verified."
)

_MOST = 2**31 - 1


def basis_of(proof: Certificate | AllQuietCertificate | None) -> str:
    """What a ceiling rests on that a certificate proves; None = `ceiling`."""
    if proof is None:
        return BASIS
    return ALL_QUIET if isinstance(proof, AllQuietCertificate) else RELAXED


def ceiling(groups: tuple[Group, ...], timed: list[Timed], usable: NDArray[np.bool_]) -> int:
    """Most people who could arrive under any pauses within the limits.

    Parameters
    ----------
    groups : tuple of Group
        All groups.
    timed : list of Timed
        The network for each; all share node and arc numbers.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    wanted = sum(int(t.supply.sum()) for t in timed)
    if not wanted:
        return 0
    modes = by_mode(groups, timed)
    size = sum(len(members[0].supply) for members in modes.values())
    # After the layers of the modes: two nodes for each checkpoint, one for each shelter, source, sink.
    gates = sorted({t.place[int(t.tail[a])] for t in timed for a in np.flatnonzero(t.shared)})
    gate_of = {place: size + 2 * i for i, place in enumerate(gates)}
    room = room_of(timed)
    door_of = {place: size + 2 * len(gates) + i for i, place in enumerate(sorted(room))}
    source = size + 2 * len(gates) + len(room)
    sink = source + 1
    tails: list[NDArray[np.int64]] = []
    heads: list[NDArray[np.int64]] = []
    limits: list[NDArray[np.int64]] = []

    def add(tail: object, head: object, limit: object) -> None:
        ends = np.broadcast_arrays(*(np.asarray(part, np.int64) for part in (tail, head, limit)))
        for store, part in zip((tails, heads, limits), ends, strict=True):
            store.append(np.atleast_1d(part))

    at_gate = dict.fromkeys(gates, 0)
    layer = 0
    for members in modes.values():
        first = members[0]
        transit = np.minimum.reduce([t.transit for t in members])
        until = _last_use(first, usable)
        through = np.maximum.reduce([_sum_over_time(t, usable, transit, until) for t in members])
        own = np.flatnonzero(~first.shared)
        add(layer + first.tail[own], layer + first.head[own], through[own])
        for a in np.flatnonzero(first.shared).tolist():
            place = first.place[int(first.tail[a])]
            add(layer + first.tail[a], gate_of[place], _MOST)
            add(gate_of[place] + 1, layer + first.head[a], _MOST)
            at_gate[place] = max(at_gate[place], int(through[a]))
        homes = np.sum([t.supply for t in members], axis=0)
        at = np.flatnonzero(homes > 0)
        add(source, layer + at, homes[at])
        for node in np.flatnonzero(first.shelter > 0).tolist():
            add(layer + node, door_of[first.place[node]], _MOST)
        layer += len(first.supply)
    for place, most in at_gate.items():
        add(gate_of[place], gate_of[place] + 1, most)
    for place, most in room.items():
        add(door_of[place], sink, most)
    limits = [np.minimum(part, min(wanted, _MOST)) for part in limits]
    graph = csr_array(
        (np.concatenate(limits).astype(np.int64), (np.concatenate(tails), np.concatenate(heads))),
        shape=(sink + 1, sink + 1),
    )
    # Parallel arcs were added up; only now is it safe to go down to what SciPy takes.
    graph = csr_array((np.minimum(graph.data, _MOST).astype(np.int32), graph.indices, graph.indptr), shape=graph.shape)
    return min(int(maximum_flow(graph, source, sink).flow_value), wanted)


def _last_use(timed: Timed, usable: NDArray[np.bool_]) -> int:
    """Steps until the last one at which anybody could still set out: all where roads need no pause."""
    free = (timed.zone < 0) & np.array([kind in ("road", "to the road") for kind in timed.kind], bool)
    last = int(np.flatnonzero(usable.any(axis=0)).max(initial=-1))
    return usable.shape[1] if free.any() or last < 0 else last + 1


def _sum_over_time(
    timed: Timed, usable: NDArray[np.bool_], transit: NDArray[np.int32], until: int
) -> NDArray[np.int64]:
    """Most people who may enter each arc over all steps at which it may be entered: int64[m]."""
    zones, steps = usable.shape
    capacity = timed.capacity
    total = np.zeros(len(timed.tail), np.int64)
    for zone, length in {(int(z), int(k)) for z, k in zip(timed.zone, transit, strict=True)}:
        arcs = np.flatnonzero((timed.zone == zone) & (transit == length))
        if zone >= 0:
            row = usable[zone] if zone < zones else np.zeros(steps, bool)
            before = np.concatenate([[0], np.cumsum(row)])
            enter = np.zeros(steps, bool)
            if steps >= length:
                enter[: steps - length + 1] = before[length:] - before[: steps - length + 1] == length
        else:
            enter = np.arange(steps) < until
        if capacity.ndim == 2:
            total[arcs] = capacity[np.ix_(arcs, np.flatnonzero(enter))].sum(axis=1, dtype=np.int64)
        else:
            total[arcs] = capacity[arcs].astype(np.int64) * int(enter.sum())
    return total
