"""A surrogate: a small network that behaves much like a large one, to evaluate thousands of sets of windows.

Each zone is crossed in one go (`zone_contraction`), places near each other are one, and steps at which no zone may be
quiet are left out. What comes out is an estimate, neither above nor below the truth by rule; on the network of Gaza it
was within a twentieth of the exact flow, in a thousandth of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from letup.core.graphs import minimum_cut
from letup.flow.idle_steps import shortened
from letup.flow.quick_flow import quick_flow
from letup.pauses.bound.grouping import leads
from letup.pauses.limits import Window, quiet_array
from letup.pauses.search.zone_contraction import ANY, AS_IT_IS, Shortcuts, ZoneContraction
from letup.roads.timed_network import TimedNetwork

_SIZE = 1_000_000
"""Arcs times steps of a surrogate at most: half as many made it 4 to 9 % worse on the network of Gaza, twice as many no
better."""
_NARROW = 30
"""Most arcs of a narrow place that stay as they are."""
_MANY = 2**30
_FITS, _HALVINGS = 0.03, 7
"""A surrogate is narrowed if windows are worth that much more on it than in truth, by halving so often."""


@dataclass
class Surrogate:
    """Networks to ask in place of larger ones.

    Attributes
    ----------
    nets : tuple of TimedNetwork
        One for each network given, in the same order; they share their arcs.
    kept : int64[k]
        Steps that are kept.
    weight : float64[k]
        Value of one arrival at each.
    zones, steps : int
        Of the networks given.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.
    """

    nets: tuple[TimedNetwork, ...]
    kept: NDArray[np.int64]
    weight: NDArray[np.float64]
    zones: int
    steps: int
    margin: int
    _known: dict[tuple[Window, ...], float] = field(default_factory=dict, repr=False)

    def value(self, windows: Sequence[Window]) -> float:
        """What windows are worth, about: weighted arrivals, one network after the other on what is left."""
        key = tuple(sorted(windows))
        if key not in self._known:
            self._known[key] = float(self.weight @ self.arrivals(key))
        return self._known[key]

    def fit(self, windows: Sequence[Window], value: float) -> None:
        """Narrow the shortcuts through zones until given windows are worth what they are known to be.

        One shortcut for many paths lets more through than they do where paths share streets within a zone. Where people
        are held back by time or at places that stand for themselves nothing is narrowed.
        """
        unchanged, low, high = self.nets, 0.0, 1.0
        if self.value(windows) <= value * (1 + _FITS):
            return
        for _ in range(_HALVINGS):
            share = (low + high) / 2
            self.nets = tuple(_narrowed(net, share) for net in unchanged)
            self._known.clear()
            if self.value(windows) > value:
                high = share
            else:
                low = share

    def arrivals(self, windows: Sequence[Window]) -> NDArray[np.int64]:
        """People who reach a shelter at each kept step: int64[k]."""
        moving = [replace(w, last=w.last - self.margin) for w in windows if w.last - self.margin >= w.first]
        quiet = quiet_array(moving, self.zones, self.steps)[:, self.kept]
        arcs = np.flatnonzero(np.append(quiet.any(axis=1), True)[self.nets[0].zone])
        arrivals = np.zeros(len(self.kept), np.int64)
        capacity, room = self.nets[0].capacity[arcs], self.nets[0].shelter
        for number, net in enumerate(self.nets):
            small = TimedNetwork(
                net.tail[arcs],
                net.head[arcs],
                net.transit[arcs],
                capacity,
                net.supply,
                room,
                net.wait,
                net.zone[arcs],
            )
            flow = quick_flow(small, len(self.kept), quiet)
            arrivals += flow.arrivals
            if number + 1 < len(self.nets):
                capacity = (capacity if capacity.ndim == 2 else capacity[:, None]) - flow.entering
                room = room.copy()
                room[room > 0] -= flow.arriving.sum(axis=1)
        return arrivals


def build_surrogate(
    nets: Sequence[TimedNetwork],
    usable: NDArray[np.bool_],
    weight: NDArray[np.float64],
    margin: int = 0,
    seed: int = 0,
    size: int = _SIZE,
) -> Surrogate:
    """A surrogate of networks.

    Parameters
    ----------
    nets : sequence of TimedNetwork
        Networks with the same arcs, capacities and shelters, that differ in speed and people; those who go first
        come first.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    weight : float64[T]
        Value of one arrival at each step.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.
    seed : int
        Of the sample of shortcuts taken through large zones.
    size : int
        Arcs times steps at most.
    """
    largest = int(np.argmax([int(net.supply.sum()) for net in nets]))
    main = nets[largest]
    homes = np.asarray(np.array([net.supply > 0 for net in nets]).any(axis=0), bool)
    fixed = homes | (main.shelter > 0) | main.may_wait
    contraction = ZoneContraction(main, fixed, _stays(main, homes))
    # The same sample for each, so that their shortcuts are the same.
    shortcuts = [contraction.shortcuts(net.transit, np.random.default_rng(seed)) for net in nets]
    lead = [leads(replace(net, supply=np.where(homes, 1, 0))).astype(np.float64) for net in nets]
    joint = replace(main, supply=np.sum([net.supply for net in nets], axis=0))
    short = shortened(joint, len(weight), usable)
    kept, on_kept = (np.arange(len(weight)), joint) if short is None else (short.kept, short.net)
    places = _places(contraction, homes)
    width = 1
    while True:
        group = _grouped(places, lead[largest][contraction.ends.node], width)
        small = [
            _contracted(net, contraction, links, steps[contraction.ends.node], group, on_kept)
            for net, links, steps in zip(nets, shortcuts, lead, strict=True)
        ]
        if small[0].arcs * len(kept) <= size or width > len(weight):
            break
        width = width * 3 // 2 + 1
    return Surrogate(tuple(small), kept, np.asarray(weight)[kept], max(main.zones, 1), len(weight), margin)


def _narrowed(net: TimedNetwork, share: float) -> TimedNetwork:
    """The network with a share of the capacity of arcs that need a pause, at least one where there was any."""
    zone = net.zone if net.capacity.ndim == 1 else net.zone[:, None]
    capacity = np.where(zone >= 0, np.ceil(net.capacity * share).astype(np.int64), net.capacity)
    return replace(net, capacity=capacity)


def _stays(net: TimedNetwork, homes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Arcs in zones that stay as they are: those whose capacity varies, and the narrowest place on all paths."""
    varies = net.capacity.ndim == 2
    most = net.capacity.max(axis=1, initial=0) if varies else net.capacity
    least = net.capacity.min(axis=1, initial=_MANY) if varies else most
    stays = (least < most) & ((least == 0) | (least < most - 1))  # one person more or less is rounding
    n = net.nodes
    starts, shelters = np.flatnonzero(homes), np.flatnonzero(net.shelter > 0)
    tails = np.concatenate([net.tail, np.full(len(starts), n), shelters])
    heads = np.concatenate([net.head, starts, np.full(len(shelters), n + 1)])
    people = np.concatenate([np.minimum(most, _MANY // 8), np.full(len(starts) + len(shelters), _MANY)])
    _, before = minimum_cut(tails, heads, people.astype(np.int32), n + 2, n, n + 1)
    narrow = before[net.tail] & ~before[net.head]
    if narrow.sum() <= _NARROW:
        stays |= narrow
    return np.asarray(stays & (net.zone >= 0), bool)


def _places(contraction: ZoneContraction, homes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of what each end is and which zones it lies at; ends alike may become one."""
    net, ends = contraction.net, contraction.ends
    touching: list[set[int]] = [set() for _ in range(net.nodes)]
    for tail, head, zone in zip(net.tail.tolist(), net.head.tolist(), net.zone.tolist(), strict=True):
        touching[tail].add(zone)
        touching[head].add(zone)
    # Homes behind an arc that needs no pause lie where it leads.
    beyond: dict[int, set[int]] = {}
    for arc in np.flatnonzero((net.zone < 0) & homes[net.tail]).tolist():
        beyond.setdefault(int(net.tail[arc]), set()).update(touching[int(net.head[arc])])
    numbers: dict[tuple[object, ...], int] = {}
    places = []
    for node, label in zip(ends.node.tolist(), ends.label.tolist(), strict=True):
        zones = tuple(sorted(touching[node]))
        if net.shelter[node] > 0 or label == AS_IT_IS:
            key: tuple[object, ...] = ("alone", node, label)
        elif homes[node]:
            key = ("home", tuple(sorted(beyond.get(node, set()))) if zones == (-1,) else zones)
        else:
            key = ("way", zones, label)
        places.append(numbers.setdefault(key, len(numbers)))
    return np.array(places, np.int64)


def _grouped(places: NDArray[np.int64], lead: NDArray[np.float64], width: int) -> NDArray[np.int64]:
    """Number of the group of each end: ends alike whose time from the narrow place is nearly the same."""
    _, group = np.unique(np.stack([places, (lead // width).astype(np.int64)]), axis=1, return_inverse=True)
    return np.asarray(group.ravel(), np.int64)


def _contracted(
    net: TimedNetwork,
    contraction: ZoneContraction,
    links: Shortcuts,
    lead: NDArray[np.float64],
    group: NDArray[np.int64],
    on_kept: TimedNetwork,
) -> TimedNetwork:
    """The surrogate of one network; ``on_kept`` has all people, and what arcs and places take at the steps kept.

    Times between groups are rounded so that errors do not add up along a path: each group has a whole time from the
    narrow place, and an arc takes the difference of two of them, and what the shortcut loses against the quickest.
    """
    count = int(group.max(initial=-1)) + 1
    ends, zones = contraction.ends, max(net.zones, 1)
    time = np.round(np.bincount(group, lead, count) / np.maximum(np.bincount(group, minlength=count), 1)).astype(
        np.int64
    )
    lost = links.steps - lead[links.tail] + lead[links.head]
    through = links.arc < 0
    # From each end the quickest of the shortcuts to a group; between groups their mean.
    first = (links.tail[through] * count + group[links.head[through]]) * zones + links.zone[through]
    keys, inverse = np.unique(first, return_inverse=True)
    least = np.full(len(keys), np.inf)
    np.minimum.at(least, inverse, lost[through])
    pair = (group[keys // zones // count] * count + keys // zones % count) * zones + keys % zones
    pairs, inverse = np.unique(pair, return_inverse=True)
    mean = np.bincount(inverse, least) / np.maximum(np.bincount(inverse), 1)
    tail, head, zone = pairs // zones // count, pairs // zones % count, pairs % zones
    ports = _GroupCapacity(net, contraction, group, count)
    capacity = np.minimum(ports.out[tail, zone], ports.into[head, zone])
    good = (tail != head) & (capacity > 0)
    tail, head, zone, capacity = tail[good], head[good], zone[good], capacity[good]
    transit = np.maximum(time[tail] - time[head] + np.round(mean[good]).astype(np.int64), 1)
    # All shortcuts into a place share its doorway, which takes the last step of each.
    doors = np.flatnonzero(ports.doorway > 0)
    behind = np.full(count, -1)
    behind[doors] = count + np.arange(len(doors))
    narrow = behind[head] >= 0
    head = np.where(narrow, behind[head], head)
    transit = np.where(narrow, np.maximum(transit - 1, 1), transit)
    tail, head = np.concatenate([tail, behind[doors]]), np.concatenate([head, doors])
    transit, capacity = np.concatenate([transit, np.ones_like(doors)]), np.concatenate([capacity, ports.doorway[doors]])
    zone = np.concatenate([zone, ports.zone[doors]])

    # Arcs that stay; those that need no pause and lie between the same groups are put together.
    left = np.flatnonzero(~through & (group[links.tail] != group[links.head]))
    alone = np.where(links.zone[left] >= 0, links.arc[left] + 1, 0)
    alike = np.stack([group[links.tail[left]], group[links.head[left]], alone])
    key, inverse = np.unique(alike, axis=1, return_inverse=True)
    inverse = inverse.ravel()
    steps = np.round(np.bincount(inverse, links.steps[left]) / np.maximum(np.bincount(inverse), 1)).astype(np.int64)
    sample = np.zeros(key.shape[1], np.int64)
    sample[inverse] = left
    width = on_kept.capacity.shape[1] if on_kept.capacity.ndim == 2 else 1
    kept_capacity = on_kept.capacity[links.arc[left]].astype(np.int64).reshape(len(left), width)
    total = np.zeros((key.shape[1], width), np.int64)
    np.add.at(total, inverse, kept_capacity)
    widened = np.concatenate([np.repeat(capacity[:, None], total.shape[1], axis=1), total])
    people = max(int(on_kept.supply.sum()), 1)
    widened = np.minimum(widened, people)
    total_nodes = count + len(doors)
    supply, shelter = np.zeros(total_nodes, np.int64), np.zeros(total_nodes, np.int64)
    own = ends.label == ANY
    np.add.at(supply, group[own], net.supply[ends.node[own]])
    np.add.at(shelter, group[own], net.shelter[ends.node[own]])
    room_to_wait = on_kept.waiting_room
    wait = np.zeros((total_nodes, room_to_wait.shape[1]), np.int64)
    np.add.at(wait, group[own], room_to_wait[ends.node[own]])
    return TimedNetwork(
        np.concatenate([tail, key[0]]),
        np.concatenate([head, key[1]]),
        np.concatenate([transit, np.maximum(steps, 1)]),
        widened if widened.shape[1] > 1 else widened[:, 0],
        supply,
        shelter,
        wait if wait.shape[1] > 1 else wait[:, 0],
        np.concatenate([zone, links.zone[sample]]),
    )


class _GroupCapacity:
    """People per step who may leave and enter groups.

    Attributes
    ----------
    out, into : int64[groups, zones]
        Who may leave and enter each group within each zone.
    doorway : int64[groups]
        Who may come through each crossing, or into each shelter; 0 = no limit but that of the shortcuts.
    zone : int64[groups]
        Zone in which the doorway lies.
    """

    def __init__(self, net: TimedNetwork, contraction: ZoneContraction, group: NDArray[np.int64], count: int) -> None:
        most = net.capacity.max(axis=1, initial=0) if net.capacity.ndim == 2 else net.capacity
        most = np.minimum(most, _MANY)
        live = np.flatnonzero(contraction.label >= 0)
        node, label = contraction.ends.node, contraction.ends.label
        shape = (net.nodes, max(net.zones, 1))
        by_node = [np.zeros(shape, np.int64), np.zeros(shape, np.int64)]
        for ends, of_node in zip((net.tail, net.head), by_node, strict=True):
            np.add.at(of_node, (ends[live], net.zone[live]), most[live])
        self.out, self.into = np.zeros((count, shape[1]), np.int64), np.zeros((count, shape[1]), np.int64)
        np.add.at(self.out, group, by_node[0][node])
        np.add.at(self.into, group, by_node[1][node])
        leaves = np.zeros(net.nodes, np.int64)
        np.add.at(leaves, net.tail, most)
        self.doorway = np.zeros(count, np.int64)
        self.zone = np.full(count, -1)
        crossing = np.flatnonzero(label >= 0)
        at, zone = node[crossing], label[crossing]
        # Whoever comes out of a zone goes on by an arc that is not in it.
        onward = np.minimum(by_node[1][at, zone], leaves[at] - by_node[0][at, zone])
        np.add.at(self.doorway, group[crossing], onward)
        self.zone[group[crossing]] = zone
        sheltering = np.flatnonzero((label == ANY) & (net.shelter[node] > 0))
        np.add.at(self.doorway, group[sheltering], by_node[1][node[sheltering]].sum(axis=1))
