"""Flow problems on the streets of real cities, read from files of "Transportation Networks for Research".

The files are not part of letup: whoever has them names their folder. Unlike the planar networks of `road_instances.py`
they have one-way streets, expressways, connectors of zones, dead ends, and quarters more and less dense.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CITIES = {
    "Philadelphia": "Philadelphia_net.tntp.gz",
    "Birmingham": "Birmingham_Net.tntp.gz",
    "Austin": "Austin_net.tntp.gz",
}
_MINUTES = 5.0
_PER_VEHICLE = 2
_ZONES = 5


def read_links(path: Path) -> tuple[int, NDArray[np.float64]]:
    """Read a network in TNTP format.

    Parameters
    ----------
    path : Path
        The file, compressed by gzip.

    Returns
    -------
    nodes : int
        How many there are.
    links : float64[m, 4]
        From node, to node (counted from 1), vehicles an hour, and minutes without traffic.
    """
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        facts = {}
        for line in lines:
            name, _, value = line.strip().removeprefix("<").partition(">")
            if name == "END OF METADATA":
                break
            facts[name] = value.strip()
        # the line of column names begins with a tilde; length stands between capacity and time
        links = np.loadtxt(lines, comments="~", usecols=(0, 1, 2, 4), ndmin=2)
    return int(facts["NUMBER OF NODES"]), links


def street_network(
    path: Path, steps: int, room: float = 1.3, seed: int = 42, times: int = 1, waiting: float = 1.0
) -> tuple[dict[str, NDArray], NDArray[np.bool_]]:
    """People, shelters and quiet windows on a city's streets.

    A twelfth of the nodes hold 20 to 399 people each, and one node in 1,500 (at least three) is a shelter. Of five
    zones, by the number of the node that an arc begins at, each is quiet for seven twelfths of the time, and begins a
    twelfth after the one before. Two people go in a vehicle. A link that takes over 30 minutes takes 30, and one
    without a capacity, or with one that stands for no limit, lets 2,000 vehicles an hour in.

    Parameters
    ----------
    path : Path
        The city's file.
    steps : int
        Number of steps, of 5 minutes each.
    room : float
        Room of all shelters together, per person.
    seed : int
        Where people and shelters are.
    times : int
        How many times as many people there are, and as much room: for congestion.
    waiting : float
        Share of the nodes at which people in transit may wait; where people or shelters are they always may.

    Returns
    -------
    arrays : dict of str to array
        Under the names that `letup.flow.TimedNetwork` takes.
    quiet : bool[5, T]
        The windows.
    """
    nodes, links = read_links(path)
    tail, head = (links[:, :2].T - 1).astype(np.int32)
    vehicles, minutes = links[:, 2:].T
    limited = (vehicles > 0) & (vehicles <= 1e5)
    per_step = np.where(limited, vehicles, 2000) * _PER_VEHICLE * _MINUTES / 60

    draw = np.random.default_rng(seed)
    supply, shelter = np.zeros((2, nodes), np.int64)
    homes = draw.choice(nodes, nodes // 12, replace=False)
    supply[homes] = draw.integers(20, 400, len(homes))
    elsewhere = np.delete(np.arange(nodes), homes)
    shelters = draw.choice(elsewhere, max(3, nodes // 1500), replace=False)
    shelter[shelters] = int(room * supply.sum() / len(shelters))
    wait = np.ones(nodes, bool)
    if waiting < 1:
        wait = (np.random.default_rng(7).random(nodes) >= 1 - waiting) | (supply > 0) | (shelter > 0)

    after = np.arange(steps) - np.arange(_ZONES)[:, None] * steps // 12
    return {
        "tail": tail,
        "head": head,
        "transit": np.maximum(1, np.ceil(np.minimum(minutes, 30) / _MINUTES)).astype(np.int32),
        "capacity": np.maximum(1, np.rint(per_step)).astype(np.int32),
        "supply": supply * times,
        "shelter": shelter * times,
        "wait": wait,
        "zone": np.minimum(_ZONES - 1, tail.astype(np.int64) * _ZONES // nodes).astype(np.int32),
    }, (after >= 0) & (after < steps * 7 // 12)
