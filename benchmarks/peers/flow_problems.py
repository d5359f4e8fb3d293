"""Flow problems that are measured, and their time-expanded networks as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.road_instances import road_network
from benchmarks.peers.street_networks import CITIES, street_network

PROBLEM = "problem.pickle"
"""File in a job's folder that says what is measured."""
EVERYBODY = 1e3
"""Room per person that is enough for everybody in each shelter."""


@dataclass(frozen=True)
class Instance:
    """A network under the names that `letup.flow.TimedNetwork` takes, and when its zones are quiet."""

    arrays: dict[str, Any]
    steps: int
    quiet: NDArray[np.bool_] | None


class Problem(Protocol):
    """What a row of the table is about; the same problem always has the same instances."""

    @property
    def same_arrivals(self) -> bool:
        """Whether arrivals are unique, so that every solver has to find the same ones."""

    def instances(self) -> list[Instance]:
        """Networks that are solved one after the other; none where the job lays out its own."""


@dataclass(frozen=True)
class Size:
    """A planar road-like network.

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

    @property
    def same_arrivals(self) -> bool:
        """With room for everyone in each shelter they are."""
        return self.room > 2

    def instances(self) -> list[Instance]:
        """The network."""
        return [build(self)]

    def __str__(self) -> str:
        steps = self.steps * self.finer
        more = ", two windows a zone" if self.windows else ", ample room" if self.room > 2 else ""
        return f"{self.nodes:,} x {steps:,}{more}"


STREET_ROOM = {"ample": 1.3, "scarce": 0.6, "room for all": 13.0}


@dataclass(frozen=True)
class Streets:
    """People, shelters and windows on a city's streets; see `street_network`.

    Attributes
    ----------
    folder : Path
        Where the city's file is.
    city, room : str
        One of `CITIES` and of `STREET_ROOM`.
    seed, times, waiting, steps
        As for `street_network`.
    """

    folder: Path
    city: str
    room: str
    seed: int = 42
    times: int = 1
    waiting: float = 1.0
    steps: int = 144

    @property
    def same_arrivals(self) -> bool:
        """With room for everyone in each shelter they are."""
        return self.room == "room for all"

    def instances(self) -> list[Instance]:
        """The network."""
        path = self.folder / CITIES[self.city]
        arrays, quiet = street_network(path, self.steps, STREET_ROOM[self.room], self.seed, self.times, self.waiting)
        return [Instance(arrays, self.steps, quiet)]

    def __str__(self) -> str:
        congested = f", x {self.times}, seed {self.seed}" if self.times > 1 else ""
        return f"{self.city}, {self.room}{congested}{', few may wait' if self.waiting < 1 else ''}"


@dataclass(frozen=True)
class GazaGroups:
    """The groups of the bundled scenario one after the other, in the pauses of one plan."""

    same_arrivals: bool = False

    def instances(self) -> list[Instance]:
        """The network of each group."""
        from benchmarks.peers.gaza_flows import group_instances

        return group_instances()

    def __str__(self) -> str:
        return "gaza-2023, all groups"


@dataclass(frozen=True)
class Prepared:
    """What the job that measures it lays out by itself."""

    name: str
    same_arrivals: bool = False

    def instances(self) -> list[Instance]:
        """None."""
        return []

    def __str__(self) -> str:
        return self.name


def save(instances: list[Instance], folder: Path) -> None:
    """Write instances, for other processes."""
    for number, instance in enumerate(instances):
        quiet = {} if instance.quiet is None else {"quiet": instance.quiet}
        np.savez(folder / f"{number}.npz", steps=instance.steps, **quiet, **instance.arrays)


def load(folder: Path) -> list[Instance]:
    """Read what `save` wrote."""
    instances = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            arrays = dict(file)
        steps, quiet = int(arrays.pop("steps")), arrays.pop("quiet", None)
        instances.append(Instance(arrays, steps, quiet))
    return instances


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
            last = max(0, steps - transit)
            can[:last] &= (noise[transit:steps] == noise[:last]) | (net["zone"][k] < 0)
        capacity = np.broadcast_to(net["capacity"][k], steps)
        enter = at[can & (capacity > 0)]
        add(tail * steps + enter, head * steps + enter + transit, capacity[enter])
    free = net["wait"] if net["wait"].dtype == bool else np.zeros(len(net["wait"]), bool)
    for node in np.flatnonzero(net["wait"] if net["wait"].ndim == 1 else net["wait"].any(axis=1)):
        room = np.broadcast_to(people if free[node] else np.minimum(net["wait"][node], people), steps)
        add(node * steps + at[:-1], node * steps + at[1:], room[:-1])
    shelters, homes = np.flatnonzero(net["shelter"]), np.flatnonzero(net["supply"])
    at_home = len(net["supply"]) * steps + len(shelters)
    source = at_home + len(homes)
    for k, node in enumerate(shelters):
        inside = np.full(steps, at_home - len(shelters) + k)
        add(node * steps + at, inside, people, at)
        add(inside[:1], np.array([source + 1]), min(people, int(net["shelter"][node])))
    for k, node in enumerate(homes):
        supply = int(net["supply"][node])
        if free[node]:
            add(np.array([source]), np.array([node * steps]), supply)
        else:  # people at home may wait where others may not
            add(np.array([source]), np.array([at_home + k]), supply)
            add(np.full(steps, at_home + k), node * steps + at, supply)
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
