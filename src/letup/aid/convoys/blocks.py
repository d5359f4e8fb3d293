"""Loads that leave together: blocks of one delivery, carried by teams of vehicles that stay together all day."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from letup.aid.convoys.model import Carried, Load
from letup.routing.pickup_delivery import Fleet, Task

Work = tuple[Sequence[int], Sequence[int]]
"""Numbers of the loads taken up and put down at a stop."""


def blocks(loads: Sequence[Load], most: int) -> list[list[int]]:
    """Numbers of the loads of each delivery in as few blocks of at most ``most`` as hold them, all about as large."""
    by_delivery: dict[str, list[int]] = {}
    for number, load in enumerate(loads):
        by_delivery.setdefault(load.delivery, []).append(number)
    found = []
    for numbers in by_delivery.values():
        parts = -(-len(numbers) // most)
        edges = [len(numbers) * k // parts for k in range(parts + 1)]
        found += [numbers[a:b] for a, b in pairwise(edges)]
    return found


def as_tasks(
    tasks: Sequence[Task], loads: Sequence[Load], some: Sequence[Sequence[int]], payload_kg: int
) -> list[Task]:
    """Blocks as tasks: what they weigh, or whole vehicles where no two of several loads fit on one."""
    made = []
    for block in some:
        kg = loads[block[0]].kg
        each = payload_kg if len(block) > 1 and kg > payload_kg / 2 else min(payload_kg, math.ceil(kg - 1e-6))
        made.append(replace(tasks[block[0]], load=(len(block) * each,), prize=tasks[block[0]].prize * len(block)))
    return made


def teams(some: Sequence[Task], home: Fleet) -> list[Fleet]:
    """Teams of vehicles for blocks: one for each block, the largest first, as long as there are vehicles.

    What is left of the vehicles beyond that is one more team. Teams of one size are one fleet.
    """
    (payload,) = home.capacity
    left, sizes = home.count, Counter[int]()
    for size in sorted((-(-one.load[0] // payload) for one in some), reverse=True):
        if size <= left:
            sizes[size] += 1
            left -= size
    if left and len(some) > sizes.total():
        sizes[left] += 1
    return [
        replace(home, count=count, capacity=(size * payload,), weight=size)
        for size, count in sorted(sizes.items(), reverse=True)
    ]


def stowed(stops: Sequence[Work], loads: Sequence[Load], payload_kg: float) -> list[list[Carried]]:
    """Put the loads of a team on its vehicles, few vehicles first: what each carries.

    Each load goes on the first vehicle with room.

    Parameters
    ----------
    stops : sequence of (up, down)
        Numbers of the loads taken up and put down at each stop.
    loads : sequence of Load
        All loads.
    payload_kg : float
        What one vehicle may carry.
    """
    room: list[float] = []
    on: dict[int, tuple[int, int]] = {}
    vehicles: list[list[Carried]] = []
    for stop, (up, down) in enumerate(stops):
        for number in down:
            vehicle, loaded = on.pop(number)
            room[vehicle] += loads[number].kg
            vehicles[vehicle].append(Carried(loads[number], loaded, stop))
        for number in sorted(up, key=lambda one: (-loads[one].kg, one)):
            kg = loads[number].kg
            vehicle = next((k for k, free in enumerate(room) if free >= kg - 1e-6), len(room))
            if vehicle == len(room):
                room.append(payload_kg)
                vehicles.append([])
            room[vehicle] -= kg
            on[number] = vehicle, stop
    return vehicles
