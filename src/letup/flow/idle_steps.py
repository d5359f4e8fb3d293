"""Leave out the steps at which no zone is quiet: where pauses are by day only, that is most of them.

At such a *dead* step only arcs without a zone can be entered; here these are called *doors*, as they mostly lead
from people's homes to the nearest road. A short time axis keeps

- every live step (some zone is quiet),
- the dead step after each run of live steps: whoever is under way at its end arrives there,
- D dead steps before each run, D being the longest transit of a door, so that whoever enters a door in the night
  is through before the day begins, and
- step 0: someone at home in a shelter has arrived then.

Every other dead step is left out. What a door could take in at steps left out it may take in at the next step kept:
the capacities are added up. Steps after the last run and the one that follows it are dropped.

Whoever waits over steps left out waits at each of them, so the smallest room to wait counts.

**Nothing is lost.** Let each door lead to a node where everybody may wait, that is no shelter, and where no door
begins, and let the room to wait where a door begins stay the same over steps left out (otherwise there is no short
axis). Then any flow on the full axis can be turned into one on the short axis with arrivals at least as early, and the
other way round:

- An arc with a zone is under way only while its zone is quiet, so within one run and the dead step after it, and
  these steps are kept, side by side. As two runs keep a dead step between them, no arc gets across on the short axis.
- Behind a door people wait until a live step s, as only arcs with a zone lead on. Say they enter a door of transit d
  at step t. If nothing is left out between t and s, all is as before. Otherwise at least D >= d kept dead steps lie
  before s and not before the step kept for t, so they are through by s on the short axis as well. The full axis is
  only longer.
- Whoever enters a door at a step left out does not just arrive there, since arcs with a zone lead to kept steps
  only, and doors to no door. They were at home, or waited; they may as well wait until the next step kept. The other
  way round, whoever enters a door at a step kept for several was at its tail since the one kept before it, or lives
  there: those who go through can be spread over these steps as capacities allow. Nobody else comes to the tail in
  between, so that whoever waits for the next step kept had room to wait at the last one.
- Shelters are reached at kept steps only. Someone who waits in front of one, or lives in it, loses nothing by
  entering as soon as they are there (from home: at step 0).

So both axes have the same largest total, and the lexicographically earliest arrivals at kept steps are those of the
full axis, with nobody arriving at a step left out.

**The cut.** A set S of places in time is a cut if it has, for each node where everybody may wait, no step without all
those before it; elsewhere the room to wait counts where S begins. Let S be a minimum cut on the short axis. On the full
axis, let the far end of a door at dead steps (but those kept after a run, and step 0) be on the side of the next live
step, or on the source's side if there is none; any other place left out on the side of the next step kept, or the last,
but up to a step from which fewer may wait than from the step kept before it, the first with the smallest room, on the
side of that one: so that S begins where the room is smallest.
Again no step of S is without those before it. Arcs with a zone, which lead from live to kept steps, cross as on the
short axis. Say a door is crossed at step t of the full axis. Its tail at t has the side of its tail at the step kept
for t. Its far end is reached on the side of a kept step s, the same or a later one; on the short axis it is reached by
s, where it is in S, so it is in S when it is reached. So the door is crossed there, too, with the capacities of all
steps it is kept for. A shelter is wholly in S, and a home anywhere in S, only if it was. Hence the cut has become no
larger, and no cut is smaller than the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.roads.timed_network import TimedNetwork

_MOST_KEPT = 0.75
"""Share of steps up to which a short axis pays: copying arrays there and back is cheap, but not free."""


@dataclass(frozen=True)
class Shortened:
    """A network on a short time axis, and the way back to the full one.

    Attributes
    ----------
    full : TimedNetwork
        The network as it was given.
    full_steps : int
        Its number of steps, T.
    net : TimedNetwork
        The same nodes and arcs on the short axis.
    quiet : bool[zones, K]
        Quiet state of each zone at the steps kept.
    kept : int64[K]
        The steps kept, ascending; the first is 0.
    doors : int64[doors]
        Arcs without a zone.
    head_of : int64[T]
        For the far end of a door, the short step whose side each step is on; K = the source's.
    narrow : list of (int, int, int)
        Node, short step and full step from which the fewest may wait of those that the short step stands for, where
        that are fewer than from the step kept itself.
    """

    full: TimedNetwork
    full_steps: int
    net: TimedNetwork
    quiet: NDArray[np.bool_]
    kept: NDArray[np.int64]
    doors: NDArray[np.int64]
    head_of: NDArray[np.int64]
    narrow: list[tuple[int, int, int]]

    @property
    def steps(self) -> int:
        """Number of steps kept, K."""
        return len(self.kept)

    def entering(self, short: NDArray[np.int32]) -> NDArray[np.int32]:
        """People entering each arc at each step of the full axis, from int32[m, K] on the short one: int32[m, T].

        People stay behind a door as long as they can: the latest of the steps left out takes in as many as it may.
        """
        entering = np.zeros((self.full.arcs, self.full_steps), np.int32)
        entering[:, self.kept] = short
        for place in np.flatnonzero(np.diff(self.kept) > 1) + 1:
            used = self.doors[short[self.doors, place] > 0]
            first, last = self.kept[place - 1] + 1, self.kept[place]
            if self.full.capacity.ndim == 2:
                capacity = self.full.capacity[used, first : last + 1].astype(np.int64)
            else:
                capacity = np.repeat(self.full.capacity[used, None].astype(np.int64), last + 1 - first, axis=1)
            later = capacity[:, ::-1].cumsum(axis=1)[:, ::-1] - capacity
            entering[used, first : last + 1] = np.clip(short[used, place, None] - later, 0, capacity)
        return entering

    def arriving(self, short: NDArray[np.int32]) -> NDArray[np.int32]:
        """People entering each shelter at each step of the full axis, from int32[shelters, K]: int32[shelters, T]."""
        arriving = np.zeros((len(short), self.full_steps), np.int32)
        arriving[:, self.kept] = short
        return arriving

    def sink_side(self, short: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Sink side of a minimum cut on the full axis, from bool[n * K] on the short one: bool[n * T]."""
        return self.along(short.reshape(self.full.nodes, self.steps)).ravel()

    def along(self, short: NDArray[Any]) -> NDArray[Any]:
        """What nested cuts give each place, along the full axis: [n, T] from [n, K] on the short one."""
        side = np.zeros((self.full.nodes, self.steps + 1), short.dtype)
        side[:, :-1] = short
        place_of = np.minimum(np.searchsorted(self.kept, np.arange(self.full_steps)), self.steps - 1)
        whole = side[:, place_of]
        heads = np.unique(self.full.head[self.doors])
        whole[heads] = side[heads][:, self.head_of]
        for node, place, step in self.narrow:
            whole[node, self.kept[place] : step + 1] = side[node, place]
        return whole


def live_steps(net: TimedNetwork, quiet: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Steps at which some zone of the network is quiet: bool[T]."""
    return np.asarray(quiet[np.unique(net.zone[net.zone >= 0])].any(axis=0), np.bool_)


def shortened(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, keep: NDArray[np.bool_] | None = None
) -> Shortened | None:
    """Leave out steps at which no zone is quiet; see this module's text for which, and for why nothing is lost.

    Parameters
    ----------
    net, steps, quiet
        As for `letup.flow.earliest_arrival`.
    keep : bool[T], optional
        Further steps to be kept as if some zone were quiet.

    Returns
    -------
    Shortened or None
        None if there is too little to leave out, the room to wait where an arc without a zone begins changes at steps
        left out, or such an arc leads where not everybody may wait, to a shelter, or to another such arc.
    """
    if quiet is None:
        return None
    live = live_steps(net, quiet)
    if keep is not None:
        live |= keep
    if live.mean() > _MOST_KEPT:
        return None
    doors = np.flatnonzero(net.zone < 0)
    heads = net.head[doors]
    if not net.waits_freely[heads].all() or net.shelter[heads].any() or np.isin(heads, net.tail[doors]).any():
        return None
    longest = int(net.transit[doors].max(initial=0))
    at = np.arange(steps)
    none = steps + longest + 1  # further than any door
    next_live = np.minimum.accumulate(np.where(live, at, none)[::-1])[::-1]
    apart = next_live > at  # steps at which the far ends of doors are on the side of another step
    apart[1:] &= ~live[:-1]
    apart[0] = False
    kept = np.flatnonzero(~apart | (next_live - at <= longest))
    if len(kept) > _MOST_KEPT * steps:
        return None
    wait, narrow = net.wait, list[tuple[int, int, int]]()
    if wait.ndim == 2:
        wait, narrow = _room_to_wait(net, kept)
        if np.isin(net.tail[doors], [node for node, _, _ in narrow]).any():
            return None
    head_of = np.searchsorted(kept, np.where(apart, next_live, at))
    short = TimedNetwork(
        net.tail, net.head, net.transit, _capacity(net, kept, doors), net.supply, net.shelter, wait, net.zone
    )
    return Shortened(net, steps, short, quiet[:, kept], kept, doors, head_of, narrow)


def _room_to_wait(net: TimedNetwork, kept: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[tuple[int, int, int]]]:
    """Room to wait from each step kept to the next, int64[n, K], and where it is smaller than at the step kept."""
    room = net.waiting_room
    smallest = np.minimum.reduceat(room, kept, axis=1)
    smallest[:, -1] = room[:, kept[-1]]  # nobody waits any longer
    ends = np.append(kept[1:], kept[-1] + 1)
    narrow = [
        (node, place, int(kept[place] + room[node, kept[place] : ends[place]].argmin()))
        for node, place in np.argwhere(smallest < room[:, kept]).tolist()
    ]
    return smallest, narrow


def _capacity(net: TimedNetwork, kept: NDArray[np.int64], doors: NDArray[np.int64]) -> NDArray[np.int32]:
    """Capacities at the steps kept; those of doors with the steps left out before, as far as people can fill them.

    A door with room for everybody is in no minimum cut smaller than everybody, so it need not have more.
    """
    stands_for = np.diff(kept, prepend=-1)
    if net.capacity.ndim == 2:
        capacity = net.capacity[:, kept]
        total = np.add.reduceat(net.capacity[doors, : kept[-1] + 1], kept - stands_for + 1, axis=1, dtype=np.int64)
    elif len(doors):
        capacity = np.repeat(net.capacity[:, None], len(kept), axis=1)
        total = net.capacity[doors, None].astype(np.int64) * stands_for
    else:
        return net.capacity
    capacity[doors] = np.minimum(total, net.supply.sum())
    return capacity
