"""What the engine gives back: the flow, why not more, and who goes where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Order = Literal["earliest", "any"]
"""In which order people arrive: as early as can be, or in any that brings as many."""


class Solution(NamedTuple):
    """What a backend returns.

    Attributes
    ----------
    entering : int32[m, T]
        People entering each arc at each step.
    arriving : int32[shelters, T]
        People entering each shelter at each step; shelters in the order of their nodes.
    sink_side : bool[n * T]
        Places in time on the shelters' side of a minimum cut.
    """

    entering: NDArray[np.int32]
    arriving: NDArray[np.int32]
    sink_side: NDArray[np.bool_]


@dataclass(frozen=True)
class Route:
    """People who go the same way at a constant rate.

    Attributes
    ----------
    origin : int
        Node they leave from.
    arcs : tuple of int
        Arcs they go through, in order; empty if they are at a shelter already.
    depart_first, depart_last : int
        Steps of the first and last departure, inclusive; ``rate`` people leave at each of them.
    rate : int
        People per step.
    shelter : int
        Node they arrive at.
    offsets : tuple of int
        Steps from departure until each arc is entered. It counts waiting on the way, so it is
        the running sum of transit where nobody waits.
    """

    origin: int
    arcs: tuple[int, ...]
    depart_first: int
    depart_last: int
    rate: int
    shelter: int
    offsets: tuple[int, ...] = ()

    @property
    def people(self) -> int:
        """People on this route."""
        return self.rate * (self.depart_last - self.depart_first + 1)


@dataclass(frozen=True)
class Cut:
    """Why not more: everything that bounds the total. Its ``sum`` equals the total.

    Attributes
    ----------
    arcs, steps : int32[k]
        The (arc, step) pairs that everybody left behind would have to go through, all full.
    people : int64[k]
        Capacity of each pair.
    waits, wait_steps : int32[w]
        The (node, step) pairs at which everybody left behind would have to wait until the next step, all full.
    wait_people : int64[w]
        Most people who may wait at each pair.
    shelters : int32[s]
        Shelters that everybody left behind could reach only when full.
    room : int64[s]
        Their room.
    origins : int32[o]
        Nodes whose people all arrive: there the supply is the limit.
    supply : int64[o]
        Their people.
    """

    arcs: NDArray[np.int32]
    steps: NDArray[np.int32]
    people: NDArray[np.int64]
    waits: NDArray[np.int32]
    wait_steps: NDArray[np.int32]
    wait_people: NDArray[np.int64]
    shelters: NDArray[np.int32]
    room: NDArray[np.int64]
    origins: NDArray[np.int32]
    supply: NDArray[np.int64]

    @property
    def sum(self) -> int:
        """Capacity of the pairs, room to wait and of the shelters, and supply of the origins together."""
        return int(self.people.sum() + self.wait_people.sum() + self.room.sum() + self.supply.sum())
