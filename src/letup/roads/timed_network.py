"""The timed network: what the engine is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from letup.core.errors import LetupError

_LARGEST = 2**31 - 1


@dataclass(frozen=True, init=False)
class TimedNetwork:
    """A network whose arcs take time, with people at nodes and shelters that take them in.

    Parameters
    ----------
    tail, head : int32[m]
        Node of each arc's start and end, nodes 0..n-1.
    transit : int32[m]
        Steps needed to go through each arc, at least 1.
    capacity : int32[m] or int32[m, T]
        People who may enter each arc per step.
    supply : int64[n]
        People present at step 0 who want to leave.
    shelter : int64[n]
        Room in people; 0 = no shelter.
    wait : bool[n], int64[n] or int64[n, T]
        Whether people in transit may wait here, or the most who may from a step to the next (the last column does not
        matter). People at home always may.
    zone : int32[m], optional
        Zone of each arc; -1 = needs no pause. Without it no arc needs a pause.

    Raises
    ------
    LetupError
        ``flow.input`` with everything that is wrong with the arrays, at once.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    transit: NDArray[np.int32]
    capacity: NDArray[np.int32]
    supply: NDArray[np.int64]
    shelter: NDArray[np.int64]
    wait: NDArray[Any]
    zone: NDArray[np.int32]

    def __init__(
        self,
        tail: ArrayLike,
        head: ArrayLike,
        transit: ArrayLike,
        capacity: ArrayLike,
        supply: ArrayLike,
        shelter: ArrayLike,
        wait: ArrayLike,
        zone: ArrayLike | None = None,
    ) -> None:
        wrong: list[str] = []
        arguments: dict[str, Any] = {
            "tail": tail,
            "head": head,
            "transit": transit,
            "capacity": capacity,
            "supply": supply,
            "shelter": shelter,
            "zone": zone if zone is not None else np.full(np.shape(tail), -1, np.int32),
        }
        if np.asarray(wait).dtype != np.bool_:  # people, not whether
            arguments["wait"] = wait
        arrays = {name: _whole(name, value, wrong) for name, value in arguments.items()}
        waits = arrays.get("wait", np.asarray(wait))
        arcs, nodes = arrays["tail"].shape, arrays["supply"].shape
        if len(nodes) != 1 or len(arcs) != 1:
            wrong.append("tail and supply must have one dimension")
        wrong += [
            f"{name} has shape {arrays[name].shape}, tail has {arcs}"
            for name in ("head", "transit", "zone")
            if arrays[name].shape != arcs
        ]
        if arrays["capacity"].shape[:1] != arcs or arrays["capacity"].ndim > 2:
            wrong.append(f"capacity has shape {arrays['capacity'].shape}, expected {arcs} or {(*arcs, 'steps')}")
        if arrays["shelter"].shape != nodes:
            wrong.append(f"shelter has shape {arrays['shelter'].shape}, supply has {nodes}")
        if waits.shape[:1] != nodes or waits.ndim > 1 + ("wait" in arrays):
            wrong.append(f"wait has shape {waits.shape}, expected {nodes}, or {(*nodes, 'steps')} if it counts people")
        n = nodes[0] if nodes else 0
        for name, lowest, highest in (
            ("tail", 0, n - 1),
            ("head", 0, n - 1),
            ("transit", 1, _LARGEST),
            ("capacity", 0, _LARGEST),
            ("supply", 0, _LARGEST),
            ("shelter", 0, 2**62),
            ("zone", -1, _LARGEST),
            ("wait", 0, 2**62),
        ):
            array = arrays.get(name, np.zeros(0))
            bad = np.flatnonzero((array < lowest) | (array > highest))
            if len(bad):
                where = np.unravel_index(bad[0], array.shape)
                position = ", ".join(str(int(i)) for i in where)
                wrong.append(
                    f"{name}[{position}] is {array[where]}, must be {lowest} to {highest}"
                    + (f" ({len(bad)} such)" if len(bad) > 1 else "")
                )
        if not wrong and arrays["supply"].sum() > _LARGEST:
            wrong.append(f"supply adds up to {arrays['supply'].sum()}, more than 2**31 - 1")
        if wrong:
            raise LetupError("flow.input", "; ".join(wrong), "Correct the arrays given to TimedNetwork.")
        kinds = {"supply": np.int64, "shelter": np.int64, "wait": np.int64}
        for name, array in arrays.items():
            object.__setattr__(self, name, np.ascontiguousarray(array, kinds.get(name, np.int32)))
        if "wait" not in arrays:
            object.__setattr__(self, "wait", np.ascontiguousarray(waits))

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.supply)

    @property
    def arcs(self) -> int:
        """Number of arcs."""
        return len(self.tail)

    @property
    def zones(self) -> int:
        """Number of zones: one more than the highest zone number."""
        return int(self.zone.max(initial=-1)) + 1

    @cached_property
    def waiting_room(self) -> NDArray[np.int64]:
        """The most people in transit who may wait from a step to the next, no more than there are in all.

        int64[n, T], or int64[n, 1] if it does not vary.
        """
        people = self.supply.sum()
        room = np.where(self.wait, people, 0) if self.wait.dtype == np.bool_ else np.minimum(self.wait, people)
        return np.ascontiguousarray(room if room.ndim == 2 else room[:, None], np.int64)

    @cached_property
    def may_wait(self) -> NDArray[np.bool_]:
        """Whether anybody in transit may ever wait here: bool[n]."""
        return np.asarray(_before_last(self.waiting_room).any(axis=1), np.bool_)

    @cached_property
    def waits_freely(self) -> NDArray[np.bool_]:
        """Whether all people at once may wait here at any time: bool[n]."""
        return np.asarray((_before_last(self.waiting_room) >= self.supply.sum()).all(axis=1), np.bool_)


def _before_last(room: NDArray[np.int64]) -> NDArray[np.int64]:
    """Room at every step but the last, from which nobody can wait on."""
    return room[:, :-1] if room.shape[1] > 1 else room


def _whole(name: str, value: ArrayLike, wrong: list[str]) -> NDArray[Any]:
    """Take an array of whole numbers; note it in ``wrong`` if it is not."""
    array = np.asarray(value)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.floor(array)).all():
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        wrong.append(f"{name} must hold whole numbers, has {array.dtype}")
        return np.ones(array.shape, np.int64)
    return array


def quiet_runs(zones: int, steps: int, quiet: NDArray[np.bool_] | None) -> NDArray[np.int32]:
    """Quiet steps in a row from each step on.

    An arc with transit d may be entered at step t if its row has at least d at t.

    Parameters
    ----------
    zones, steps : int
        How many.
    quiet : bool[zones, T] or None
        When zones are quiet; always if None.

    Returns
    -------
    int32[zones + 1, T]
        One row per zone; the last row is for arcs that need no pause.
    """
    runs = np.empty((zones + 1, steps), np.int32)
    runs[zones] = np.iinfo(np.int32).max
    if quiet is None:
        runs[:] = np.iinfo(np.int32).max
        return runs
    # Steps until the next one that is not quiet: the nearest of those positions from the right.
    at = np.arange(steps, dtype=np.int32)
    next_noisy = np.where(quiet[:zones], steps, at).astype(np.int32)
    runs[:zones] = np.minimum.accumulate(next_noisy[:, ::-1], axis=1)[:, ::-1] - at
    return runs


def zone_rows(net: TimedNetwork) -> NDArray[np.int32]:
    """Row of ``quiet_runs`` that each arc reads: int32[m]."""
    return np.where(net.zone < 0, net.zones, net.zone).astype(np.int32)
