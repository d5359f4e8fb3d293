"""Flow problems that are measured, by size and by which pauses hold, and their time-expanded networks as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.road_instances import road_network


@dataclass(frozen=True)
class Size:
    """What a row of the table is about.

    Attributes
    ----------
    nodes, steps : int
        Size; with ``finer`` = 1 a step is 5 minutes.
    windows : bool
        Whether zones are quiet in two windows each, instead of all the time.
    finer : int
        How many times finer the steps are: transit times this, capacity per step divided by it.
    room : float
        Room of all shelters together, per person; at least the number of shelters: room for everyone in each.
    """

    nodes: int
    steps: int
    windows: bool = False
    finer: int = 1
    room: float = 1.1

    def __str__(self) -> str:
        steps = self.steps * self.finer
        more = ", two windows a zone" if self.windows else ", ample room" if self.room > 2 else ""
        return f"{self.nodes:,} x {steps:,}{more}"


@dataclass(frozen=True)
class Instance:
    """A network and when its zones are quiet."""

    arrays: dict[str, Any]
    steps: int
    quiet: np.ndarray | None


def build(size: Size) -> Instance:
    """Make an instance; the same size always gives the same one."""
    arrays = road_network(size.nodes, room=size.room)
    del arrays["xy"]
    if size.finer > 1:
        arrays["transit"] = arrays["transit"] * size.finer
        arrays["capacity"] = np.maximum(1, np.rint(arrays["capacity"] / size.finer)).astype(np.int32)
    steps = size.steps * size.finer
    quiet = two_windows(16, steps) if size.windows else None
    return Instance(arrays, steps, quiet)


def two_windows(zones: int, steps: int) -> np.ndarray:
    """Two windows a zone, each a third of the time, staggered over zones.

    With 288 steps of 5 minutes: two windows of 8 hours, 12 hours apart, the first from hour 0, 1, 2, 3 or 4 on.
    """
    quiet = np.zeros((zones, steps), bool)
    for zone in range(zones):
        for start in (0, steps // 2):
            first = start + zone % 5 * (steps // 24)
            quiet[zone, first : first + steps // 3] = True
    return quiet


PARTS = {"tail": np.int32, "head": np.int32, "capacity": np.int64, "cost": np.int64}


def write_expansion(instance: Instance, folder: Path) -> dict[str, int]:
    """Write the time-expanded network, each part to a raw file, so that a peer's memory is its own and not ours.

    The smallest expansion there is: people who may wait at home are there at step 0, arcs outside quiet windows
    are left out. The cost of an arrival is its step.

    Returns
    -------
    dict of str to int
        The source, sink, nodes, arcs, people, steps, and the price of being left behind.
    """
    net, steps, quiet = instance.arrays, instance.steps, instance.quiet
    files = {name: (folder / name).open("wb") for name in PARTS}
    arcs = 0

    def add(tail: np.ndarray, head: np.ndarray, capacity: np.ndarray | int, cost: np.ndarray | int = 0) -> None:
        nonlocal arcs
        for name, value in (("tail", tail), ("head", head), ("capacity", capacity), ("cost", cost)):
            np.broadcast_to(np.asarray(value, PARTS[name]), tail.shape).tofile(files[name])
        arcs += len(tail)

    at = np.arange(steps)
    people = int(net["supply"].sum())
    for k, (tail, head, transit) in enumerate(zip(net["tail"], net["head"], net["transit"], strict=True)):
        can = at + transit < steps
        if quiet is not None:
            noise = np.r_[0, np.cumsum(~quiet[net["zone"][k]])]
            can[: max(0, steps - transit)] &= (noise[transit:steps] == noise[: steps - transit])[
                : max(0, steps - transit)
            ]
        enter = at[can]
        add(tail * steps + enter, head * steps + enter + transit, int(net["capacity"][k]))
    for node in np.flatnonzero(net["wait"]):
        add(node * steps + at[:-1], node * steps + at[1:], people)
    shelters = np.flatnonzero(net["shelter"])
    source = len(net["supply"]) * steps + len(shelters)
    for k, node in enumerate(shelters):
        inside = np.full(steps, source - len(shelters) + k)
        add(node * steps + at, inside, people, at)
        add(inside[:1], np.array([source + 1]), min(people, int(net["shelter"][node])))
    for node in np.flatnonzero(net["supply"]):
        if not net["wait"][node]:
            raise ValueError("the benchmark's people may wait at home")
        add(np.array([source]), np.array([node * steps]), int(net["supply"][node]))
    for file in files.values():
        file.close()
    # moving people on from full shelters to let one more in changes an arrival's step at each shelter at most once
    left_behind = (len(shelters) + 1) * steps
    return {
        "source": source,
        "sink": source + 1,
        "nodes": source + 2,
        "arcs": arcs,
        "people": people,
        "steps": steps,
        "left_behind": left_behind,
    }
