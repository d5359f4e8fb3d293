"""Take a flow apart into routes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from letup.core.compiling import njit
from letup.flow.result import Route
from letup.roads.timed_network import TimedNetwork


class Party(NamedTuple):
    """People on the same way at the same time.

    Attributes
    ----------
    arcs, at : int32[k]
        Arcs they go through, in order, and the steps at which they enter them; none if they are at a shelter already.
    people : int
        How many.
    origin, shelter : int
        Node they leave from, and node they arrive at.
    arrival : int
        Step at which they arrive.
    """

    arcs: NDArray[np.int32]
    at: NDArray[np.int32]
    people: int
    origin: int
    shelter: int
    arrival: int


def parties_of(net: TimedNetwork, entering: NDArray[np.int32], arriving: NDArray[np.int32]) -> list[Party]:
    """Follow everyone back from the shelter to their home.

    Transit and waiting only lead forwards in time, so a flow has no cycles and this never gets stuck.
    """
    shelters = np.flatnonzero(net.shelter)
    waiting, leaving = stays_of(net, entering, arriving)
    order = np.argsort(net.head, kind="stable").astype(np.int32)
    start = np.zeros(net.nodes + 1, np.int64)
    np.cumsum(np.bincount(net.head, minlength=net.nodes), out=start[1:])
    arcs, at, ends, people, origin, shelter, arrival = _trace(
        net.tail, net.transit, order, start, entering.copy(), waiting, leaving, arriving.copy(), shelters
    )
    begins = np.append(0, ends)
    ways = ((arcs[a:b][::-1], at[a:b][::-1]) for a, b in zip(begins[:-1], ends, strict=True))  # traced backwards
    rest = (array.tolist() for array in (people, origin, shelter, arrival))
    return [Party(*way, *numbers) for way, *numbers in zip(ways, *rest, strict=True)]


def load_of(net: TimedNetwork, steps: int, parties: list[Party]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """People entering each arc and each shelter at each step: int32[m, T] and int32[shelters, T]."""
    entering, arriving = np.zeros((net.arcs, steps), np.int32), np.zeros((net.nodes, steps), np.int32)
    for party in parties:
        entering[party.arcs, party.at] += party.people  # nobody enters an arc twice at a step
        arriving[party.shelter, party.arrival] += party.people
    return entering, arriving[np.flatnonzero(net.shelter)]


def circles(net: TimedNetwork, arcs: Sequence[int], at: Sequence[int]) -> bool:
    """Whether people come back to a node at which they did not wait when they were there before.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    arcs, at
        Arcs they go through, and the steps at which these are entered, counted from any step.
    """
    if not comes_back(net, arcs):
        return False
    waited = {int(net.tail[arcs[0]]): False}
    for k, (arc, enter) in enumerate(zip(arcs, at, strict=True)):
        node, now = int(net.head[arc]), enter + int(net.transit[arc])
        if not waited.get(node, True):
            return True
        waited[node] = k + 1 < len(arcs) and at[k + 1] > now
    return False


def comes_back(net: TimedNetwork, arcs: Sequence[int] | NDArray[np.int32]) -> bool:
    """Whether a way comes by any node twice."""
    if not len(arcs):
        return False
    return len(set(net.head[list(arcs)].tolist()) | {int(net.tail[arcs[0]])}) <= len(arcs)


def stays_of(
    net: TimedNetwork, entering: NDArray[np.int32], arriving: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """People waiting at each node from each step to the next, and people leaving home: both int64[n, T]."""
    balance = np.zeros((net.nodes, entering.shape[1]), np.int64)
    balance[np.flatnonzero(net.shelter)] += arriving
    _balance(net.tail, net.head, net.transit, entering, balance)
    waiting, leaving = _stay(balance, net.supply > 0)
    return waiting, leaving


def join(parties: list[Party]) -> list[Route]:
    """People on the same way, with the same waits, who leave at consecutive steps at the same rate are one route."""
    ways: dict[tuple[int, int, bytes, bytes], dict[int, int]] = {}
    for party in parties:
        left = int(party.at[0]) if len(party.at) else party.arrival
        offsets = (party.at - left).astype(np.int32)
        key = party.origin, party.shelter, party.arcs.astype(np.int32).tobytes(), offsets.tobytes()
        rates = ways.setdefault(key, {})
        rates[left] = rates.get(left, 0) + party.people
    routes = []
    for (home, place, way_bytes, offset_bytes), rates in ways.items():
        steps_on = tuple(np.frombuffer(offset_bytes, np.int32).tolist())
        arcs_of = tuple(np.frombuffer(way_bytes, np.int32).tolist())
        first = last = None
        for step in sorted(rates):
            if last is not None and step == last + 1 and rates[step] == rates[last]:
                last = step
                continue
            if first is not None and last is not None:
                routes.append(Route(home, arcs_of, first, last, rates[last], place, steps_on))
            first = last = step
        if first is not None and last is not None:
            routes.append(Route(home, arcs_of, first, last, rates[last], place, steps_on))
    routes.sort(key=lambda route: (route.origin, route.depart_first, route.shelter, route.arcs, route.offsets))
    return routes


@njit(cache=True)
def _balance(tail, head, transit, entering, balance):  # type: ignore[no-untyped-def]
    """Add to each place in time what goes out and take away what comes in."""
    steps = entering.shape[1]
    for arc in range(len(tail)):
        for step in range(steps):
            people = entering[arc, step]
            if people > 0:
                balance[tail[arc], step] += people
                balance[head[arc], step + transit[arc]] -= people


@njit(cache=True)
def _stay(balance, home):  # type: ignore[no-untyped-def]
    """Work out who waits on the way and who leaves home: those who came first go on first."""
    nodes, steps = balance.shape
    waiting = np.zeros((nodes, steps), np.int64)
    leaving = np.zeros((nodes, steps), np.int64)
    for node in range(nodes):
        stock = np.int64(0)
        for step in range(steps):
            stock -= balance[node, step]
            if stock < 0 and home[node]:
                leaving[node, step] = -stock
                stock = np.int64(0)
            waiting[node, step] = stock
    return waiting, leaving


@njit(cache=True)
def _trace(tail, transit, order, start, entering, waiting, leaving, arriving, shelters):  # type: ignore[no-untyped-def]
    """Follow people back from each shelter and step; whoever shares the whole way is one entry."""
    arcs, at = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
    ends = [np.int64(0) for _ in range(0)]
    people, origin = [np.int64(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
    shelter, arrived = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
    steps = entering.shape[1]
    for j in range(len(shelters)):
        for arrival in range(steps):
            while arriving[j, arrival] > 0:
                node, step = shelters[j], arrival
                amount = np.int64(arriving[j, arrival])
                begin, stayed = len(arcs), [(np.int64(0), np.int64(0)) for _ in range(0)]
                while leaving[node, step] == 0:
                    used = -1
                    for k in range(start[node], start[node + 1]):
                        before = step - transit[order[k]]
                        if before >= 0 and entering[order[k], before] > 0:
                            used = order[k]
                            break
                    if used < 0:
                        step -= 1
                        amount = min(amount, waiting[node, step])
                        stayed.append((np.int64(node), np.int64(step)))
                    else:
                        step -= transit[used]
                        amount = min(amount, np.int64(entering[used, step]))
                        arcs.append(np.int32(used))
                        at.append(np.int32(step))
                        node = tail[used]
                amount = min(amount, leaving[node, step])
                leaving[node, step] -= amount
                arriving[j, arrival] -= amount
                for k in range(begin, len(arcs)):
                    entering[arcs[k], at[k]] -= amount
                for place in stayed:
                    waiting[place[0], place[1]] -= amount
                ends.append(np.int64(len(arcs)))
                people.append(amount)
                origin.append(np.int32(node))
                shelter.append(np.int32(shelters[j]))
                arrived.append(np.int32(arrival))
    return (
        np.array(arcs, np.int32),
        np.array(at, np.int32),
        np.array(ends, np.int64),
        np.array(people, np.int64),
        np.array(origin, np.int32),
        np.array(shelter, np.int32),
        np.array(arrived, np.int32),
    )
