"""The network over time, made smaller in a way that can only let more people through.

Nodes are put into groups, and people move within a group for nothing. Steps are put into buckets of *shifted*
time: a node v has a lead p[v], whole steps, with p[tail] <= p[head] + transit for each arc, and being at v at
step t has the shifted time t + p[v], which no move lowers. With a lead that is the quickest time to where people
go, whoever hurries stays in one bucket, so that buckets lose little of the time that ways take. Every movement
on the network is a movement here, on no less capacity and through no later pauses: what bounds this bounds that.
With every node its own group, no lead and buckets of one step, nothing is lost but this: people on their way may
wait where others are at home.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.roads.timed_network import TimedNetwork


@dataclass(frozen=True)
class Grouping:
    """How the network is made smaller.

    Attributes
    ----------
    group : int64[n]
        Group of each node.
    lead : int64[n]
        Steps by which the node's time is shifted.
    bucket : int
        Steps of shifted time in one bucket.
    """

    group: NDArray[np.int64]
    lead: NDArray[np.int64]
    bucket: int


@dataclass(frozen=True)
class Coarse:
    """Moves between places (a group in a bucket), and where people start and arrive.

    Attributes
    ----------
    places : int
        Number of places.
    tail, head : int64[k]
        Places that each move leads from and to.
    most : float64[k]
        People who may make the move, if its zone is quiet.
    zone : int64[k]
        Zone that must be quiet; -1 = none.
    start, last : int64[k]
        A window that starts at or before ``start`` and lasts beyond ``last`` is needed.
    stay_from, stay_to : int64[h]
        Places between which people may stay where they are.
    group : int64[places]
        Group of each place.
    stays : bool[places]
        Whether people may stay in the group.
    people : float64[places]
        People who start at a place.
    home : bool[places]
        Places of groups with people at home, at any time.
    arrive_at : int64[r]
        Places where people may enter a shelter.
    arrive_step : int64[r]
        Earliest step at which entering there can be.
    arrive_in : int64[r]
        Shelter group entered.
    room : float64[s]
        Room of each shelter group.
    """

    places: int
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    most: NDArray[np.float64]
    zone: NDArray[np.int64]
    start: NDArray[np.int64]
    last: NDArray[np.int64]
    stay_from: NDArray[np.int64]
    stay_to: NDArray[np.int64]
    group: NDArray[np.int64]
    stays: NDArray[np.bool_]
    people: NDArray[np.float64]
    home: NDArray[np.bool_]
    arrive_at: NDArray[np.int64]
    arrive_step: NDArray[np.int64]
    arrive_in: NDArray[np.int64]
    room: NDArray[np.float64]


def every_node(net: TimedNetwork) -> Grouping:
    """Nothing made smaller."""
    return Grouping(np.arange(net.nodes), np.zeros(net.nodes, np.int64), 1)


def coarse(net: TimedNetwork, steps: int, usable: NDArray[np.bool_], grouping: Grouping) -> Coarse:
    """Make the network smaller.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps, T.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    grouping : Grouping
        How; its leads must fit the arcs.

    Raises
    ------
    ValueError
        If a lead would let people go back in shifted time.
    """
    group, lead, width = grouping.group, grouping.lead, grouping.bucket
    if (net.transit + lead[net.head] < lead[net.tail]).any():
        raise ValueError("a move would go back in shifted time")
    base = int(lead.min(initial=0))
    moves = _moves(net, steps, usable, grouping, base)
    groups = int(group.max(initial=-1)) + 1
    buckets = (steps - 1 + int(lead.max(initial=0)) - base) // width + 1
    tail = moves["group_from"] * buckets + moves["bucket_from"]
    head = moves["group_to"] * buckets + moves["bucket_to"]

    # Where people start, and the shelters.
    people = np.zeros(groups * buckets)
    np.add.at(people, group * buckets + (lead - base) // width, np.where(net.supply > 0, net.supply, 0))
    home = np.zeros(groups, bool)
    home[group[net.supply > 0]] = True
    room = np.zeros(groups)
    np.add.at(room, group, net.shelter)
    size = np.bincount(group, minlength=groups)
    stays = home | (size > 1) | (np.bincount(group, net.wait, groups) > 0)

    # Only places that a move or a start touches exist; staying leads from one to the next.
    keys = np.unique(np.concatenate([tail, head, np.flatnonzero(people)]))
    tail, head = np.searchsorted(keys, tail), np.searchsorted(keys, head)
    key_group = keys // buckets
    following = np.flatnonzero((key_group[:-1] == key_group[1:]) & stays[key_group[:-1]])

    # Earliest step at which a shelter of the group can be entered within a bucket.
    latest_lead = np.full(groups, np.iinfo(np.int64).min // 2)
    sheltering = np.flatnonzero(net.shelter > 0)
    np.maximum.at(latest_lead, group[sheltering], lead[sheltering])
    at = np.flatnonzero(room[key_group] > 0)
    earliest = (keys[at] % buckets) * width + base - latest_lead[key_group[at]]
    shelters, within = np.unique(key_group[at], return_inverse=True)
    full = Coarse(
        len(keys),
        tail,
        head,
        moves["most"].astype(np.float64),
        moves["zone"],
        moves["start"],
        moves["last"],
        following,
        following + 1,
        key_group,
        stays[key_group],
        people[keys],
        home[key_group],
        at,
        np.clip(earliest, 0, steps - 1),
        within,
        room[shelters],
    )
    return _useful(full)


def _moves(
    net: TimedNetwork, steps: int, usable: NDArray[np.bool_], grouping: Grouping, base: int
) -> dict[str, NDArray[np.int64]]:
    """Moves between groups, those alike added up."""
    group, lead, width = grouping.group, grouping.lead, grouping.bucket
    cumulated = np.concatenate([np.zeros((len(usable), 1), np.int64), np.cumsum(usable, axis=1)], axis=1)
    crossing = np.flatnonzero(group[net.tail] != group[net.head])
    parts: list[NDArray[np.int64]] = []
    amounts: list[NDArray[np.float64]] = []
    for a in crossing.tolist():
        d, z = int(net.transit[a]), int(net.zone[a])
        t = np.arange(max(steps - d, 0))
        if z >= 0:
            t = t[cumulated[z, t + d] - cumulated[z, t] == d] if z < len(usable) else t[:0]
        most = net.capacity[a, t] if net.capacity.ndim == 2 else np.full(len(t), net.capacity[a])
        t, most = t[most > 0], most[most > 0]
        if not len(t):
            continue
        into = (t + int(lead[net.tail[a]]) - base) // width
        out = (t + d + int(lead[net.head[a]]) - base) // width
        # Runs of steps with the same buckets become one row here already.
        cuts = np.flatnonzero((np.diff(into) != 0) | (np.diff(out) != 0) | (np.diff(t) > 1)) + 1
        first, last = np.concatenate([[0], cuts]), np.concatenate([cuts, [len(t)]]) - 1
        ends = np.full(len(first), 0)
        row = np.stack([ends + group[net.tail[a]], ends + group[net.head[a]], ends + z, into[first], out[first]])
        parts.append(np.concatenate([row, (t[last])[None], (t[first] + d - 1)[None]]))
        amounts.append(np.add.reduceat(most.astype(np.float64), first))
    names = ("group_from", "group_to", "zone", "bucket_from", "bucket_to", "start", "last", "most")
    if not parts:
        return {name: np.zeros(0, np.int64) for name in names}
    table, amount = np.concatenate(parts, axis=1), np.concatenate(amounts)
    order = np.lexsort(table[4::-1])
    table, amount = table[:, order], amount[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(table[:5], axis=1) != 0).any(axis=0)]))
    alike = [table[i, first] for i in range(5)]
    return dict(
        zip(
            names,
            [
                *alike,
                np.maximum.reduceat(table[5], first),
                np.minimum.reduceat(table[6], first),
                np.add.reduceat(amount, first),
            ],
            strict=True,
        )
    )


def _useful(all_of_it: Coarse) -> Coarse:
    """Only the places on a way from people to a shelter."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    c, n = all_of_it, all_of_it.places

    def reached(tail: NDArray[np.int64], head: NDArray[np.int64], origins: NDArray[np.int64]) -> NDArray[np.bool_]:
        rows = np.concatenate([tail, np.full(len(origins), n)])
        columns = np.concatenate([head, origins])
        graph = csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(n + 1, n + 1))
        seen = np.zeros(n + 1, bool)
        seen[breadth_first_order(graph, n, return_predecessors=False)] = True
        return seen[:n]

    every_tail = np.concatenate([c.tail, c.stay_from])
    every_head = np.concatenate([c.head, c.stay_to])
    on = reached(every_tail, every_head, np.flatnonzero(c.people > 0)) & reached(every_head, every_tail, c.arrive_at)
    number = np.cumsum(on) - 1
    move, stay, arrive = on[c.tail] & on[c.head], on[c.stay_from] & on[c.stay_to], on[c.arrive_at]
    return Coarse(
        int(on.sum()),
        number[c.tail[move]],
        number[c.head[move]],
        c.most[move],
        c.zone[move],
        c.start[move],
        c.last[move],
        number[c.stay_from[stay]],
        number[c.stay_to[stay]],
        c.group[on],
        c.stays[on],
        c.people[on],
        c.home[on],
        number[c.arrive_at[arrive]],
        c.arrive_step[arrive],
        c.arrive_in[arrive],
        c.room,
    )


Steps = NDArray[np.int64]


def stretches(net: Coarse) -> Steps:
    """Step since which everybody who makes each move has been in its zone at a stretch, at the latest.

    A stretch begins at a place where people live or may stay, or to which a move of another zone leads.

    Parameters
    ----------
    net : Coarse
        The network.

    Returns
    -------
    int64[moves]
        First step of the stretch; that of the move itself where it needs no pause.
    """
    begins = net.stays | (net.people > 0)
    begins[net.stay_from] = begins[net.stay_to] = True
    return _latest(net.places, net.tail, net.head, net.zone, net.start, begins)


def _latest(places: int, tail: Steps, head: Steps, zone: Steps, start: Steps, begins: NDArray[np.bool_]) -> Steps:
    """Latest start of a stretch that leads up to each move."""
    # A place with moves of two zones into it is where a stretch of either may begin.
    low, high = np.full(places, np.iinfo(np.int64).max), np.full(places, np.iinfo(np.int64).min)
    np.minimum.at(low, head, zone)
    np.maximum.at(high, head, zone)
    only = np.where((low == high) & ~begins, low, -1)
    goes_on = (only[tail] == zone) & (zone >= 0)
    # Moves within one bucket may lead in a circle, so starts are raised until nothing changes, from the earliest.
    earliest = np.iinfo(np.int64).min // 2
    found = np.where(goes_on, earliest, start)
    while True:
        at = np.full(places, earliest)
        np.maximum.at(at, head, found)
        after = np.where(goes_on, np.minimum(at[tail], start), start)
        if (after == found).all():
            return np.where(found == earliest, start, found)
        found = after
