"""Small networks with homes behind doors and several days, on which nobody can move by night."""

from __future__ import annotations

import numpy as np

from letup.flow import TimedNetwork
from tests.flow.small import Case


def days_and_nights(seed: int) -> Case:
    """Fill one from a seed: homes with doors, some people right at the roads or in shelters, and 2 or 3 days."""
    rng = np.random.default_rng(seed)
    roads, doors, zones = int(rng.integers(2, 7)), int(rng.integers(0, 6)), int(rng.integers(1, 4))
    nights = [*rng.integers(0, 9, 3), rng.integers(0, 14)][-int(rng.integers(3, 5)) :]
    live = np.concatenate([[False] * int(night) + [True] * int(rng.integers(2, 6)) for night in nights[:-1]])
    live = np.concatenate([live, [False] * int(nights[-1])]).astype(bool)
    steps, nodes = len(live), roads + doors
    quiet = live & (rng.random((zones, steps)) < rng.choice([0.7, 1.0]))
    arcs = int(rng.integers(roads, 4 * roads))
    ends = rng.integers(0, roads, (2, arcs))
    heads = rng.integers(0, roads, doors)
    shelter = np.where(rng.random(nodes) < 0.6, rng.integers(1, 12, nodes), 0)
    shelter[heads] *= rng.random() < 0.05
    shelter[roads:] *= rng.random(doors) < 0.1
    supply = np.where(rng.random(nodes) < 0.2, rng.integers(1, 6, nodes), 0)
    supply[roads:] = rng.integers(0, 12, doors)
    wait = rng.random(nodes) < 0.5
    wait[heads] |= rng.random() < 0.9
    if rng.random() < 0.5:  # room for so many elsewhere, in half of these another one at some of the steps
        everybody = np.where(wait, 1000, 0)
        wait = np.where(rng.random(nodes) < 0.5, rng.integers(0, 5, nodes), everybody)
        wait[heads] = everybody[heads]
        if rng.random() < 0.5:
            spells = np.cumsum(rng.random(steps) < rng.choice([0.2, 0.7]))
            wait = np.where(wait >= 1000, wait, rng.integers(0, 5, (spells[-1] + 1, nodes)))[spells].T
            if rng.random() < 0.8:  # mostly not where doors begin
                wait[roads:] = wait[roads:, :1]
    more = min(2, doors) if rng.random() < 0.3 else 0  # second doors, and roads that lead to doors
    tail = np.r_[ends[0], np.arange(roads, nodes), roads + rng.integers(0, doors or 1, more), ends[0, :more]]
    head = np.r_[ends[1], heads, heads[:more], roads + rng.integers(0, doors or 1, more)]
    zone = np.r_[rng.integers(0, zones, arcs), np.full(doors + more, -1), rng.integers(0, zones, more)]
    if rng.random() < 0.1:  # a road that needs no pause
        zone[0] = -1
    net = TimedNetwork(
        tail=tail,
        head=head,
        transit=rng.choice([1, 1, 2, 3], len(tail)),
        capacity=rng.integers(0, 7, (len(tail), steps) if rng.random() < 0.5 else len(tail)),
        supply=supply,
        shelter=shelter,
        wait=wait,
        zone=zone,
    )
    return Case(net, steps, quiet)
