"""Direct routes: who comes by a place twice is sent another way, or left out.

Where nobody may wait on a road, a flow lets people walk up and down until it is time. Here everybody in turn is taken
out of the flow and put back on a way that comes by no node twice: in the same slot (shelter and step of arrival),
leaving no sooner and otherwise as late as can be, waiting rather than walking. Whoever still comes by a node twice is
taken out for good. Then those left at home are sent to any shelter with room, leaving as late as can be, by turns with
the others moving together, until nobody else gets through. Whether there is one more way that comes by no node twice is
NP-hard to say where waiting is limited (Casteigts, Himmel, Molter and Zschoche 2021, on restless temporal paths), so
that somebody left out might have had one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.core.compiling import njit
from letup.flow.routes import Party, comes_back, parties_of
from letup.roads.timed_network import TimedNetwork, quiet_runs, zone_rows

LOOKS_IN_SLOT, LOOKS_ANYWHERE = 20_000, 200_000
"""Places in time that one search for a way looks at: most ways are found at once, and most that are not never are."""
ROUNDS = 6
"""Times that people are sent from home between moving together; few are found after the second."""
_NEVER = np.iinfo(np.int32).max


class _Roads(NamedTuple):
    """The network and its load, as compiled code reads them."""

    head: NDArray[np.int32]
    transit: NDArray[np.int32]
    capacity: NDArray[np.int32]  # [m, T] or [m, 1]
    zone: NDArray[np.int32]
    calm: NDArray[np.int32]
    room: NDArray[np.int64]  # [n, T] or [n, 1]
    out_start: NDArray[np.int64]
    entering: NDArray[np.int32]
    waiting: NDArray[np.int64]


class _Ends(NamedTuple):
    """Where to: the shelters, arcs out of each node in the order of what remains from there, and earliest arrivals."""

    shelter: NDArray[np.bool_]  # [n]
    out: NDArray[np.int64]  # [m]
    arrival: NDArray[np.int32]  # [n, T]


class _Found(NamedTuple):
    """Arcs, steps at which each is entered, how many get through, and the slot."""

    arcs: NDArray[np.int32]
    at: NDArray[np.int32]
    people: int
    shelter: int
    arrival: int


def direct_routes(
    net: TimedNetwork,
    steps: int,
    quiet: NDArray[np.bool_] | None,
    entering: NDArray[np.int32],
    arriving: NDArray[np.int32],
) -> list[Party]:
    """Ways that come by no node twice, for as many people of a flow as are found to have one.

    Parameters
    ----------
    net, steps, quiet
        As for `earliest_arrival`.
    entering : int32[m, T]
        A flow: people entering each arc at each step. It is not changed.
    arriving : int32[shelters, T]
        People entering each shelter at each step.

    Returns
    -------
    list of Party
        People by their way. Most arrive where and when the flow lets somebody arrive; whoever finds no way there, or
        leaves from another home in their place, may arrive elsewhere and later.
    """
    return _Walkers(net, steps, quiet, parties_of(net, entering, arriving)).direct()


class _Walkers:
    """People on their ways, and what these leave of the network."""

    def __init__(self, net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, parties: list[Party]) -> None:
        self.net, self.parties = net, parties
        self.total = sum(party.people for party in parties)
        start = np.zeros(net.nodes + 1, np.int64)
        np.cumsum(np.bincount(net.tail, minlength=net.nodes), out=start[1:])
        self.roads = _Roads(
            net.head,
            net.transit,
            net.capacity if net.capacity.ndim == 2 else np.ascontiguousarray(net.capacity[:, None]),
            zone_rows(net),
            quiet_runs(net.zones, steps, quiet),
            net.waiting_room,
            start,
            np.zeros((net.arcs, steps), np.int32),
            np.zeros((net.nodes, steps), np.int64),
        )
        self.left, self.room = net.supply.copy(), net.shelter.copy()
        for party in parties:
            self._move(party, party.people)
        order = np.lexsort((net.transit, net.tail, net.head))
        heads, tails, transits = net.head[order], net.tail[order], net.transit[order]
        shortest = np.append(True, (heads[1:] != heads[:-1]) | (tails[1:] != tails[:-1]))[: len(order)]
        links = (heads[shortest], tails[shortest])
        back = csr_array((transits[shortest].astype(np.float64), links), shape=(net.nodes, net.nodes))
        self.shelters = np.flatnonzero(net.shelter)
        self.distance = dijkstra(back, indices=self.shelters) if len(self.shelters) else np.zeros((0, net.nodes))
        self.failed, self.search = np.zeros((net.nodes, steps), np.int32), 0
        self.path = np.zeros((4, net.nodes + steps + 1), np.int64)
        self.on_path = np.zeros(net.nodes, np.bool_)

    def direct(self) -> list[Party]:
        """Make all ways direct, or leave out who is on them."""
        self._shorten()
        kept = []
        for party in self.parties:
            if comes_back(self.net, party.arcs):
                self._move(party, -party.people)
            else:
                kept.append(party)
        self.parties = kept
        for _ in range(ROUNDS):
            if not self._send_from_home():
                break
            self._shorten()
        return [self._taken_in(party) for party in self.parties]

    def _taken_in(self, party: Party) -> Party:
        """The same taken in as soon as they are there: nobody waits before a shelter for room that is theirs."""
        if not len(party.arcs):
            return party
        return party._replace(arrival=int(party.at[-1] + self.net.transit[party.arcs[-1]]))

    def _move(self, party: Party, people: int) -> None:
        """Put so many more people on a way, or fewer."""
        arcs, at = party.arcs, party.at
        if len(arcs):
            self.roads.entering[arcs, at] += people  # an arc is entered once at a step by the same people
            end = at + self.net.transit[arcs]
            on = np.append(at[1:], party.arrival)
            for k in np.flatnonzero(on > end).tolist():
                self.roads.waiting[self.net.head[arcs[k]], end[k] : on[k]] += people
        self.left[party.origin] -= people
        self.room[party.shelter] -= people

    def _shorten(self) -> None:
        """Put everybody who could walk less on the way that leaves last, in the same slot."""
        by_shelter: dict[int, list[Party]] = {}
        for party in self.parties:
            by_shelter.setdefault(party.shelter, []).append(party)
        self.parties = []
        for shelter, parties in by_shelter.items():
            nearest = self.distance[np.searchsorted(self.shelters, shelter)]
            ends: _Ends | None = None
            for party in sorted(parties, key=lambda party: (party.arrival, party.origin)):
                if not len(party.arcs) or party.arrival - party.at[0] <= nearest[party.origin]:
                    self.parties.append(party)
                    continue
                ends = ends or self._ends(np.arange(self.net.nodes) == shelter, as_loaded=False)
                self._move(party, -party.people)
                still = party.people
                while still:
                    found = self._find(ends, party.origin, int(party.at[0]), party.arrival, LOOKS_IN_SLOT, in_slot=True)
                    if found is None:
                        moved = party._replace(people=still)
                    else:
                        moved = party._replace(arcs=found.arcs, at=found.at, people=min(still, found.people))
                    self._move(moved, moved.people)
                    self.parties.append(moved)
                    still -= moved.people

    def _send_from_home(self) -> int:
        """Send people left at home to any shelter with room while no more go than at first; how many are sent."""
        last = self.roads.entering.shape[1] - 1
        missing = self.total - sum(party.people for party in self.parties)
        sent, ends = 0, self._ends(self.room > 0, as_loaded=True)
        for home in np.flatnonzero(self.left > 0).tolist():
            while self.left[home] > 0 and sent < missing:
                found = self._find(ends, home, 0, last, LOOKS_ANYWHERE, in_slot=False)
                if found is None:
                    break
                people = min(found.people, int(self.left[home]), int(self.room[found.shelter]), missing - sent)
                party = Party(found.arcs, found.at, people, home, found.shelter, found.arrival)
                self._move(party, people)
                self.parties.append(party)
                sent += people
                if not self.room[found.shelter]:
                    ends = self._ends(self.room > 0, as_loaded=True)
        return sent

    def _ends(self, shelter: NDArray[np.bool_], *, as_loaded: bool) -> _Ends:
        """What searches to these shelters go by; ``as_loaded`` if nobody is taken out while it is used."""
        shelter = shelter & (self.net.shelter > 0)
        nearest = self.distance[shelter[self.shelters]].min(axis=0, initial=np.inf)
        out = np.lexsort((nearest[self.net.head] + self.net.transit, self.net.tail))
        arrival = np.empty(self.failed.shape, np.int32)
        _earliest_arrivals(self.roads, out, shelter, as_loaded, arrival)
        return _Ends(shelter, out, arrival)

    def _find(self, ends: _Ends, home: int, first: int, arrival: int, looks: int, *, in_slot: bool) -> _Found | None:
        """The way that leaves home last, at ``first`` or later, and arrives at a step, or by then."""
        self.search += 1
        count = _find_way(
            self.roads, ends, home, first, arrival, in_slot, self.failed, self.search, self.on_path, self.path, looks
        )
        if not count:
            return None
        nodes, steps, _, moves = self.path[:, :count]
        roads, walks = self.roads, moves[:-1] >= 0
        arcs, at = moves[:-1][walks], steps[:-1][walks]
        stays, since = nodes[:-1][~walks], steps[:-1][~walks]
        free = (
            roads.capacity[arcs, at if roads.capacity.shape[1] > 1 else 0] - roads.entering[arcs, at],
            roads.room[stays, since if roads.room.shape[1] > 1 else 0] - roads.waiting[stays, since],
        )
        people = int(min(part.min(initial=_NEVER) for part in free))
        return _Found(arcs.astype(np.int32), at.astype(np.int32), people, int(nodes[-1]), int(steps[-1]))


@njit(cache=True)
def _earliest_arrivals(roads, out, shelter, as_loaded, arrival):  # type: ignore[no-untyped-def]
    """The first step at which a shelter can be reached from each place in time, on the network empty or as loaded."""
    nodes, steps = arrival.shape
    varies, room_varies = roads.capacity.shape[1] > 1, roads.room.shape[1] > 1
    for step in range(steps - 1, -1, -1):
        for node in range(nodes):
            if shelter[node]:
                arrival[node, step] = step
                continue
            best = np.int32(_NEVER)
            if step + 1 < steps:
                room = roads.room[node, step if room_varies else 0]
                if room > (roads.waiting[node, step] if as_loaded else 0):
                    best = arrival[node, step + 1]
            for k in range(roads.out_start[node], roads.out_start[node + 1]):
                arc = out[k]
                then = step + roads.transit[arc]
                if then >= steps or arrival[roads.head[arc], then] >= best:
                    continue
                if roads.calm[roads.zone[arc], step] < roads.transit[arc]:
                    continue
                if roads.capacity[arc, step if varies else 0] > (roads.entering[arc, step] if as_loaded else 0):
                    best = arrival[roads.head[arc], then]
            arrival[node, step] = best


@njit(cache=True)
def _find_way(  # type: ignore[no-untyped-def]
    roads, ends, home, first, until, in_slot, failed, search, on_path, path, looks
):  # fmt: skip
    """Go on depth first, from the last departure; places in time that led nowhere are not tried again.

    Fills ``path``: node, step, options tried and move (an arc, or -1 for waiting) of each place; returns how many.
    """
    varies, room_varies = roads.capacity.shape[1] > 1, roads.room.shape[1] > 1
    nodes, steps, options, moves = path[0], path[1], path[2], path[3]
    for start in range(until, first - 1, -1):
        if ends.arrival[home, start] > until or failed[home, start] == search:
            continue
        nodes[0], steps[0], options[0] = home, start, 0
        on_path[home] = True
        depth = 0
        while depth >= 0:
            node, step, option = nodes[depth], steps[depth], options[depth]
            if (ends.shelter[node] and (step == until or not in_slot)) or looks < 0:
                for k in range(depth + 1):
                    on_path[nodes[k]] = False
                return depth + 1 if looks >= 0 else 0
            begin, outgoing = roads.out_start[node], roads.out_start[node + 1] - roads.out_start[node]
            other = np.int64(-1)
            while other < 0 and option <= outgoing:
                # waiting comes first where time is to be spent, and last where the next shelter will do
                k = option - 1 if in_slot else option
                option += 1
                if k < 0 or k == outgoing:
                    arc, then, goal = np.int64(-1), step + 1, node
                    if step >= until or roads.room[node, step if room_varies else 0] <= roads.waiting[node, step]:
                        continue
                else:
                    arc = np.int64(ends.out[begin + k])
                    then, goal = step + np.int64(roads.transit[arc]), np.int64(roads.head[arc])
                    if then > until or on_path[goal] or roads.calm[roads.zone[arc], step] < roads.transit[arc]:
                        continue
                    if roads.entering[arc, step] >= roads.capacity[arc, step if varies else 0]:
                        continue
                if ends.arrival[goal, then] <= until and failed[goal, then] != search:
                    other = goal
                    nodes[depth + 1], steps[depth + 1], options[depth + 1] = goal, then, 0
                    moves[depth] = arc
            options[depth] = option
            if other >= 0:
                on_path[other] = True
                depth += 1
                looks -= 1
                continue
            failed[node, step] = search
            if depth == 0 or nodes[depth - 1] != node:
                on_path[node] = False
            depth -= 1
    return 0
