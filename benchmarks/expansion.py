"""The time-expanded network of an instance, written to files, so that a peer's memory is its own and not ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.instances import Instance

PARTS = {"tail": np.int32, "head": np.int32, "capacity": np.int64, "cost": np.int64}


def write(instance: Instance, folder: Path) -> dict[str, int]:
    """Write each part to a raw file; return the source, sink, nodes, arcs, people and the price of being left behind.

    The smallest expansion there is: people who may wait at home are there at step 0, arcs outside quiet windows
    are left out. The cost of an arrival is its step.
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
