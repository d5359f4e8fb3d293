"""Take a flow apart into routes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.core.compiling import njit
from letup.flow.result import Route
from letup.roads.timed_network import TimedNetwork


def routes_of(net: TimedNetwork, entering: NDArray[np.int32], arriving: NDArray[np.int32]) -> list[Route]:
    """Follow everyone back from the shelter to their home.

    Transit and waiting only lead forwards in time, so a flow has no cycles and this never gets stuck.
    People on the same way, with the same waits, who leave at consecutive steps at the same rate are one route.
    """
    shelters = np.flatnonzero(net.shelter)
    waiting, leaving = stays_of(net, entering, arriving)
    order = np.argsort(net.head, kind="stable").astype(np.int32)
    start = np.zeros(net.nodes + 1, np.int64)
    np.cumsum(np.bincount(net.head, minlength=net.nodes), out=start[1:])
    arcs, at, ends, people, origin, left, shelter = _trace(
        net.tail, net.transit, order, start, entering.copy(), waiting, leaving, arriving.copy(), shelters
    )
    return _join(arcs, at, ends, people, origin, left, shelter)


def circles(net: TimedNetwork, route: Route) -> bool:
    """Whether people on a route come back to a node at which they did not wait when they were there before."""
    waited = {route.origin: False}
    now = 0
    for k, (arc, enter) in enumerate(zip(route.arcs, route.offsets, strict=True)):
        node, now = int(net.head[arc]), enter + int(net.transit[arc])
        if not waited.get(node, True):
            return True
        waited[node] = k + 1 < len(route.arcs) and route.offsets[k + 1] > now
    return False


def stays_of(
    net: TimedNetwork, entering: NDArray[np.int32], arriving: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """People waiting at each node from each step to the next, and people leaving home: both int64[n, T]."""
    balance = np.zeros((net.nodes, entering.shape[1]), np.int64)
    balance[np.flatnonzero(net.shelter)] += arriving
    _balance(net.tail, net.head, net.transit, entering, balance)
    waiting, leaving = _stay(balance, net.supply > 0)
    return waiting, leaving


def _join(
    arcs: NDArray[np.int32],
    at: NDArray[np.int32],
    ends: NDArray[np.int64],
    people: NDArray[np.int64],
    origin: NDArray[np.int32],
    left: NDArray[np.int32],
    shelter: NDArray[np.int32],
) -> list[Route]:
    """Join people on the same way into routes of constant rate."""
    ways: dict[tuple[int, int, bytes, bytes], dict[int, int]] = {}
    begin = 0
    for k, end in enumerate(ends):
        # traced backwards, so turn it round
        way, offsets = arcs[begin:end][::-1], at[begin:end][::-1] - left[k]
        key = int(origin[k]), int(shelter[k]), way.tobytes(), offsets.astype(np.int32).tobytes()
        rates = ways.setdefault(key, {})
        rates[int(left[k])] = rates.get(int(left[k]), 0) + int(people[k])
        begin = int(end)
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
    left, shelter = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
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
                left.append(at[-1] if len(arcs) > begin else np.int32(arrival))
                shelter.append(np.int32(shelters[j]))
    return (
        np.array(arcs, np.int32),
        np.array(at, np.int32),
        np.array(ends, np.int64),
        np.array(people, np.int64),
        np.array(origin, np.int32),
        np.array(left, np.int32),
        np.array(shelter, np.int32),
    )
