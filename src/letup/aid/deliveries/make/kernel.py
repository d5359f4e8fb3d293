"""Latest and earliest times on roads that are open only now and then, in units of some seconds: compiled loops."""

# numba reads shapes and types itself.
from __future__ import annotations

import numpy as np

from letup.core.compiling import njit

#: Not to be reached within the time looked at.
NEVER = np.int32(2**31 - 1)
#: In the table of next arcs: wait here, be here already, or no way on.
WAIT, THERE, NOWHERE = np.int32(-1), np.int32(-2), np.int32(-3)


@njit(cache=True, nogil=True)
def _copies(first, head, lasts, row, gate, quiet_runs, is_open, times, arrive, then, t):
    """For how many times from t back nobody who waits does better by driving."""
    copies = t + 1
    for node in range(arrive.shape[1]):
        if then[t + 1, node] != WAIT:
            continue
        for arc in range(first[node], first[node + 1]):
            after = t + lasts[arc]
            if after > times or quiet_runs[t, row[arc]] < lasts[arc]:
                continue
            if gate[arc] >= 0 and not is_open[gate[arc], min(after, times - 1)]:
                continue
            there = arrive[after, head[arc]]
            if there < NEVER:
                copies = min(copies, there - arrive[t + 1, node] + 1)
    return max(copies, 0)


@njit(cache=True, nogil=True)
def arrivals(first, head, lasts, row, gate, quiet_runs, is_open, wait, target, times, steady):
    """Earliest time of being at the target, from every node and time; and the arc to take first.

    Arcs of a node stand together: those of node v are ``first[v]`` to ``first[v + 1] - 1``. An arc may be entered at
    time t if its row of ``quiet_runs`` has at least as many times as it lasts, and its gate, if any, is open on
    leaving. Going back in time, each pair of node and time is looked at once: every arc leads to a later time.

    Much of it repeats: while nothing opens or closes (``steady``), who drives arrives just as much earlier as they
    leave, and who waits arrives at the same time. Once that has gone on for as long as the longest arc, it goes on
    until driving becomes better than waiting somewhere; until then a time is copied from the one after it.
    """
    nodes = len(wait)
    arrive = np.full((times + 1, nodes), NEVER, np.int32)
    then = np.full((times + 1, nodes), NOWHERE, np.int32)
    longest = np.int32(1)
    for arc in range(len(lasts)):
        longest = max(longest, lasts[arc])
    spell, copies = 0, 0
    for t in range(times, -1, -1):
        arrive[t, target] = t
        then[t, target] = THERE
        if t == times:
            continue
        if steady[t] and spell > longest:
            if copies == 0:
                copies = _copies(first, head, lasts, row, gate, quiet_runs, is_open, times, arrive, then, t)
            if copies > 0:
                copies -= 1
                for node in range(nodes):
                    if node != target and arrive[t + 1, node] < NEVER:
                        path = then[t + 1, node]
                        arrive[t, node] = arrive[t + 1, node] - (1 if path >= 0 else 0)
                        then[t, node] = path
                continue
        copies = 0
        same = True
        for node in range(nodes):
            if node == target:
                continue
            best = arrive[t + 1, node] if wait[node] else NEVER
            path = WAIT if best < NEVER else NOWHERE
            for arc in range(first[node], first[node + 1]):
                after = t + lasts[arc]
                if after > times or quiet_runs[t, row[arc]] < lasts[arc]:
                    continue
                if gate[arc] >= 0 and not is_open[gate[arc], min(after, times - 1)]:
                    continue
                there = arrive[after, head[arc]]
                if there < best:
                    best, path = there, np.int32(arc)
            arrive[t, node], then[t, node] = best, path
            if path != then[t + 1, node] or (path >= 0 and best != arrive[t + 1, node] - 1):
                same = False
        spell = spell + 1 if same else 0
    return arrive, then


@njit(cache=True, nogil=True)
def follow(then, head, lasts, origin, start, times):
    """Arcs from a node at a time to the target, and when each is entered."""
    arcs = np.empty(times + 1, np.int32)
    entered = np.empty(times + 1, np.int32)
    count, node, t = 0, origin, start
    while then[t, node] != THERE:
        path = then[t, node]
        if path == NOWHERE:
            return arcs[:0], entered[:0]
        if path == WAIT:
            t += 1
            continue
        arcs[count], entered[count] = path, t
        count += 1
        t += lasts[path]
        node = head[path]
    return arcs[:count].copy(), entered[:count].copy()


@njit(cache=True, nogil=True)
def departures(arrive, then, head, lasts, origin, every):
    """For each departure on a clock grid: times until the target, and a number that equal ways share; -1 if none.

    A departure counts only if nothing is lost by leaving then: where waiting first arrives as early, it does not.
    """
    times = arrive.shape[0] - 1
    count = times // every
    lasting = np.full(count, -1, np.int32)
    paths = np.zeros(count, np.int64)
    for k in range(count):
        t = k * every
        if then[t, origin] < 0:
            continue
        node, mark = origin, np.int64(1469598103934665603)
        while then[t, node] != THERE:
            path = then[t, node]
            if path == WAIT:
                t += 1
                continue
            mark = (mark ^ np.int64(path * 100003 + (t - k * every))) * np.int64(1099511628211)
            t += lasts[path]
            node = head[path]
        lasting[k] = t - k * every
        paths[k] = mark
    return lasting, paths
