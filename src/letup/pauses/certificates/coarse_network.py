"""The network over time, made smaller in a way that can only let more people through.

Nodes are put into groups, and people move within a group for nothing. Steps are put into buckets of *shifted*
time: a node v has a lead p[v], whole steps, with p[tail] <= p[head] + transit for each arc, and being at v at
step t has the shifted time t + p[v], which no move lowers. With a lead that is the quickest time to where people
go, whoever hurries stays in one bucket, so that buckets lose little of the time that paths take. Every movement
on the network is a movement here, on no less capacity and through no later pauses: what bounds this bounds that.
With every node its own group, no lead and buckets of one step, nothing is lost but this: people on their way may
wait where others are at home.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.graphs import reachable
from letup.pauses.certificates.certificate import Grouping
from letup.roads.timed_network import TimedNetwork

Steps = NDArray[np.int64]
_NEVER = np.iinfo(np.int64).min // 2
"""A step before all others."""


@dataclass(frozen=True)
class CoarseNetwork:
    """Moves between places (a group in a bucket), and where people start and arrive.

    Attributes
    ----------
    places : int
        Number of places.
    tail, head : int64[k]
        Places that each move leads from and to.
    capacity : float64[k]
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
    capacity: NDArray[np.float64]
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


def goes_back(net: TimedNetwork, lead: NDArray[np.int64]) -> bool:
    """Whether some arc leads back in time shifted by leads (int64[n]), which then do not fit the network."""
    return bool((net.transit + lead[net.head] < lead[net.tail]).any())


def coarsen(net: TimedNetwork, steps: int, usable: NDArray[np.bool_], grouping: Grouping) -> CoarseNetwork:
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
    if goes_back(net, lead):
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
    stays = home | (size > 1) | (np.bincount(group, net.may_wait, groups) > 0)

    # Only places that a move or a start touches exist; staying leads from one to the next.
    keys = np.unique(np.concatenate([tail, head, np.flatnonzero(people)]))
    tail, head = np.searchsorted(keys, tail), np.searchsorted(keys, head)
    key_group = keys // buckets
    following = np.flatnonzero((key_group[:-1] == key_group[1:]) & stays[key_group[:-1]])

    # Earliest step at which a shelter of the group can be entered within a bucket.
    latest_lead = np.full(groups, _NEVER)
    sheltering = np.flatnonzero(net.shelter > 0)
    np.maximum.at(latest_lead, group[sheltering], lead[sheltering])
    at = np.flatnonzero(room[key_group] > 0)
    earliest = (keys[at] % buckets) * width + base - latest_lead[key_group[at]]
    shelters, within = np.unique(key_group[at], return_inverse=True)
    full = CoarseNetwork(
        len(keys),
        tail,
        head,
        moves["capacity"].astype(np.float64),
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
    capacities: list[NDArray[np.float64]] = []
    for a in crossing.tolist():
        d, z = int(net.transit[a]), int(net.zone[a])
        t = np.arange(max(steps - d, 0))
        if z >= 0:
            t = t[cumulated[z, t + d] - cumulated[z, t] == d] if z < len(usable) else t[:0]
        capacity = net.capacity[a, t] if net.capacity.ndim == 2 else np.full(len(t), net.capacity[a])
        t, capacity = t[capacity > 0], capacity[capacity > 0]
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
        capacities.append(np.add.reduceat(capacity.astype(np.float64), first))
    names = ("group_from", "group_to", "zone", "bucket_from", "bucket_to", "start", "last", "capacity")
    if not parts:
        return {name: np.zeros(0, np.int64) for name in names}
    table, capacity = np.concatenate(parts, axis=1), np.concatenate(capacities)
    order = np.lexsort(table[4::-1])
    table, capacity = table[:, order], capacity[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(table[:5], axis=1) != 0).any(axis=0)]))
    alike = [table[i, first] for i in range(5)]
    return dict(
        zip(
            names,
            [
                *alike,
                np.maximum.reduceat(table[5], first),
                np.minimum.reduceat(table[6], first),
                np.add.reduceat(capacity, first),
            ],
            strict=True,
        )
    )


def _useful(c: CoarseNetwork) -> CoarseNetwork:
    """Only the places on a path from people to a shelter."""
    n = c.places
    every_tail = np.concatenate([c.tail, c.stay_from])
    every_head = np.concatenate([c.head, c.stay_to])
    on = reachable(every_tail, every_head, n, np.flatnonzero(c.people > 0))
    on &= reachable(every_head, every_tail, n, c.arrive_at)
    number = np.cumsum(on) - 1
    move, stay, arrive = on[c.tail] & on[c.head], on[c.stay_from] & on[c.stay_to], on[c.arrive_at]
    return CoarseNetwork(
        int(on.sum()),
        number[c.tail[move]],
        number[c.head[move]],
        c.capacity[move],
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


def in_zone_since(net: CoarseNetwork) -> Steps:
    """Step since which everybody who makes each move has been in its zone without a break, at the latest.

    A pause covers each step that is spent on a road of its zone, one after the other, by *one* window. So whoever
    makes a move in the middle of a zone, where there is nowhere to stay, needs a window that has lasted since they
    came into the zone: at a place where people live or may stay, or to which a move of another zone leads. Windows
    in fractions, one shortly after the other, are quiet at each single step and yet cover few such stretches.

    Parameters
    ----------
    net : CoarseNetwork
        The network.

    Returns
    -------
    int64[moves]
        First step of the stretch; that of the move itself where it needs no pause.
    """
    begins = net.stays | (net.people > 0)
    begins[net.stay_from] = begins[net.stay_to] = True
    # A place with moves of two zones into it is where a stretch of either may begin.
    least, largest = np.full(net.places, np.iinfo(np.int64).max), np.full(net.places, np.iinfo(np.int64).min)
    np.minimum.at(least, net.head, net.zone)
    np.maximum.at(largest, net.head, net.zone)
    only_zone = np.where((least == largest) & ~begins, least, -1)
    goes_on = (only_zone[net.tail] == net.zone) & (net.zone >= 0)
    # Moves within one bucket may lead in a circle, so steps are raised until nothing changes, from the earliest.
    since = np.where(goes_on, _NEVER, net.start)
    while True:
        latest = np.full(net.places, _NEVER)
        np.maximum.at(latest, net.head, since)
        raised = np.where(goes_on, np.minimum(latest[net.tail], net.start), net.start)
        if (raised == since).all():
            return np.where(since == _NEVER, net.start, since)
        since = raised
