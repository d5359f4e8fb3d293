"""Read the minimum cut off its sink side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.core.compiling import njit
from letup.flow.result import Cut
from letup.roads.timed_network import TimedNetwork, quiet_runs, zone_rows


def cut_of(net: TimedNetwork, quiet: NDArray[np.bool_] | None, steps: int, sink_side: NDArray[np.bool_]) -> Cut:
    """List everything that leads into the sink side.

    By the max-flow min-cut theorem (Ford and Fulkerson 1956) its capacity is at least any flow's total;
    where it equals the total, both are proven best.
    """
    side = sink_side.reshape(net.nodes, steps)
    calm, zone = quiet_runs(net.zones, steps, quiet), zone_rows(net)
    capacity = net.capacity if net.capacity.ndim == 2 else net.capacity[:, None]
    arcs, at = _crossing(net.tail, net.head, net.transit, zone, calm, capacity, side)
    people = capacity[arcs, at * (capacity.shape[1] > 1)].astype(np.int64)
    waits, since = np.nonzero(~side[:, :-1] & side[:, 1:] & (net.waiting_room[:, : steps - 1] > 0))
    homes = np.flatnonzero(net.supply)
    shelters = np.flatnonzero(net.shelter)
    # A home counts if its people can leave into the sink side at any step. A shelter is on the sink side if
    # every step of its node is; otherwise its room is what bounds those who can reach it.
    origins = homes[side[homes].any(axis=1)]
    bounded = shelters[~side[shelters].all(axis=1)]
    return Cut(
        arcs=arcs,
        steps=at,
        people=people,
        waits=waits.astype(np.int32),
        wait_steps=since.astype(np.int32),
        wait_people=net.waiting_room[waits, since * (net.waiting_room.shape[1] > 1)],
        shelters=bounded.astype(np.int32),
        room=net.shelter[bounded],
        origins=origins.astype(np.int32),
        supply=net.supply[origins],
    )


@njit(cache=True)
def _crossing(tail, head, transit, zone, calm, capacity, side):  # type: ignore[no-untyped-def]
    """Arcs in time that lead from the source side into the sink side and can be entered."""
    steps, varies = side.shape[1], int(capacity.shape[1] > 1)
    arcs, at = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
    for arc in range(len(tail)):
        for step in range(steps - transit[arc]):
            if (
                not side[tail[arc], step]
                and side[head[arc], step + transit[arc]]
                and calm[zone[arc], step] >= transit[arc]
                and capacity[arc, step * varies] > 0
            ):
                arcs.append(np.int32(arc))
                at.append(np.int32(step))
    return np.array(arcs, np.int32), np.array(at, np.int32)
