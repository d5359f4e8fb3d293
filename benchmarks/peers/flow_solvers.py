"""One job on one flow problem, in a process of its own: ``python -m benchmarks.peers.flow_solvers JOB.json``.

Prints one JSON object: processor seconds, peak memory in MB, and the answer. Seconds and answers of several networks
are added up.
"""

from __future__ import annotations

import json
import pickle
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.flow_problems import (
    EVERYBODY,
    PARTS,
    PROBLEM,
    Instance,
    Size,
    build,
    load,
    save,
    write_expansion,
)

CHUNK = 1_000_000
STEP_MINUTES = 5
MOVES = 50
PROVEN_UP_TO = 20_000_000
"""Arcs times steps up to which the cut is compared with the total."""
STRIP_WINDOWS = [(6, 17, 35), (6, 62, 75), (7, 15, 35), (8, 16, 22), (8, 60, 65), (9, 12, 24)]
"""Zone, first and last step of windows for the strip, worth 21,513."""


def compile_all(folder: Path) -> dict[str, Any]:  # noqa: ARG001 - all jobs are called alike
    """Small problems that need every part of the kernel."""
    from letup.flow import TimedNetwork

    begin = time.process_time()
    for room, windows, (nodes, steps) in product((EVERYBODY, 1.1, 0.2), (False, True), ((40, 24), (300, 48))):
        tiny = build(Size(nodes, steps, windows, room=room))
        for order in ("earliest", "any"):
            for wait in (tiny.arrays["wait"], np.arange(nodes) % 3 == 0):
                _flow(TimedNetwork(**{**tiny.arrays, "wait": wait}), tiny, order)
    return {"seconds": time.process_time() - begin}


def lay_out(folder: Path) -> dict[str, Any]:
    """Write the problem's networks."""
    save(pickle.loads((folder / PROBLEM).read_bytes()).instances(), folder)
    return {}


def expand(folder: Path) -> dict[str, Any]:
    """Write the expanded networks for the peers."""
    for number, instance in enumerate(load(folder)):
        part = folder / str(number)
        part.mkdir()
        (part / "facts.json").write_text(json.dumps(write_expansion(instance, part)))
    return {}


def kernel(folder: Path, order: str) -> dict[str, Any]:
    """Letup's kernel, twice: the first call loads what was compiled. Whole calls count, the second one's seconds."""
    from letup.flow import TimedNetwork

    start = _peak()
    problems = [(TimedNetwork(**instance.arrays), instance) for instance in load(folder)]
    seconds = []
    for _ in range(2):
        flows: list[Any] = []  # let go of those of the first call
        begin = time.process_time()
        for net, instance in problems:
            flows.append(_flow(net, instance, order))
        arrivals = [flow.arrivals for flow in flows]
        seconds.append(time.process_time() - begin)
        if len(seconds) == 1:
            peak, totals = _peak(), [flow.total for flow in flows]
    if totals != [flow.total for flow in flows]:
        raise AssertionError("the second call has another total than the first")
    for flow in flows:
        if flow.net.arcs * flow.steps <= PROVEN_UP_TO and flow.cut.sum != flow.total:
            raise AssertionError("the cut does not prove the total")
    return {
        "seconds": seconds[1],
        "first": seconds[0],
        "start": start,
        "peak": peak,
        "total": sum(totals),
        "totals": totals,
        "arrivals": _added(arrivals),
    }


def _flow(net: Any, instance: Instance, order: str) -> Any:
    from letup.flow import earliest_arrival

    return earliest_arrival(net, instance.steps, instance.quiet, order=order)


def walking(folder: Path, order: str) -> dict[str, Any]:
    """How long people are under way, and how many circle or are left out, as the flow is and with least walking."""
    from letup.flow import TimedNetwork

    start, total, circling, left_out, seconds = _peak(), 0, 0, 0, 0.0
    before, after = np.zeros(2, np.int64), np.zeros(2, np.int64)
    for instance in load(folder):
        net = TimedNetwork(**instance.arrays)
        flow = _flow(net, instance, order)
        total += flow.total
        circling += flow.circling
        before += _person_steps(flow)
        flow.least_walking(may_circle=False)  # compiles
        begin = time.process_time()
        direct = flow.least_walking(may_circle=False)
        seconds += time.process_time() - begin
        if direct.circling or direct.total + direct.left_out != flow.total:
            raise AssertionError("somebody circles, or is not counted")
        left_out += direct.left_out
        after += _person_steps(direct)
    note = (
        f"{circling:,} come back to a place without having waited there; person-hours walked and from home to shelter: "
    )
    hours = STEP_MINUTES / 60
    (walked, way), (still, least) = before * hours, after * hours
    note += f"{walked:,.0f} and {way:,.0f}, then {still:,.0f} and {least:,.0f}, when {left_out:,} are left out"
    return {"seconds": seconds, "start": start, "total": total, "left_out": left_out, "note": note}


def _person_steps(flow: Any) -> NDArray[np.int64]:
    """Person-steps on arcs, and from home to shelter."""
    walked, way = 0, 0
    for route in flow.routes():
        if route.arcs:
            arcs = list(route.arcs)
            walked += route.people * int(flow.net.transit[arcs].sum())
            way += route.people * (route.offsets[-1] + int(flow.net.transit[arcs[-1]]))
    return np.array([walked, way], np.int64)


def moved(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """One window moved, answered from the flow that is held; each answer has to be that of a fresh computation."""
    from benchmarks.peers.gaza_flows import pause_moves
    from letup.flow import Evaluation, earliest_arrival

    case, draw, start = pause_moves(), np.random.default_rng(0), _peak()
    base = Evaluation(case.net, case.steps, case.quiet(case.windows))
    total, seconds = base.total, []
    for _ in range(MOVES + 1):
        quiet = case.moved(draw)
        begin = time.process_time()
        answer = base.changed(quiet)
        answered = answer.total
        seconds.append(time.process_time() - begin)
        if answered != earliest_arrival(case.net, case.steps, quiet, order="any").total:
            raise AssertionError("the total after a move differs from a fresh one")
    first, *rest = seconds
    note = f"{MOVES} moves, the slowest {max(rest):.3f} s; each as a fresh computation"
    return {"seconds": statistics.median(rest), "first": first, "start": start, "total": total, "note": note}


def value(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """The value of one choice of windows on the strip, the median of a hundred."""
    from benchmarks.peers.pause_problems import PROBLEMS
    from letup.pauses import Window

    problem, start = PROBLEMS["strip-150-40h"](), _peak()
    windows = [Window(*window) for window in STRIP_WINDOWS]
    seconds = []
    for _ in range(101):
        begin = time.process_time()
        worth = problem.value(windows)
        seconds.append(time.process_time() - begin)
    first, *rest = seconds
    return {"seconds": statistics.median(rest), "first": first, "start": start, "total": round(worth), "note": ""}


def lemon(folder: Path) -> dict[str, Any]:
    """LEMON network simplex: the largest total, then the smallest sum of arrival steps."""
    import pylmcf

    start, seconds, adding, totals, arrivals = _peak(), 0.0, 0.0, [], []
    for part_folder in _parts(folder):
        facts = json.loads((part_folder / "facts.json").read_text())
        part = {name: np.fromfile(part_folder / name, kind) for name, kind in PARTS.items()}
        # who is left behind goes straight to the sink, at a price no arrival can make up for
        part["tail"] = np.r_[part["tail"], np.int32(facts["source"])]
        part["head"] = np.r_[part["head"], np.int32(facts["sink"])]
        part["capacity"] = np.r_[part["capacity"], facts["people"]]
        part["cost"] = np.r_[part["cost"], facts["left_behind"]]
        order = np.lexsort((part["head"], part["tail"]))  # it insists; not counted
        part = {name: array[order] for name, array in part.items()}
        supply = np.zeros(facts["nodes"], np.int64)
        supply[facts["source"]], supply[facts["sink"]] = facts["people"], -facts["people"]
        begin = time.process_time()
        graph = pylmcf.Graph(facts["nodes"], part["tail"], part["head"])
        graph.set_edge_capacities(part["capacity"])
        graph.set_edge_costs(part["cost"])
        graph.set_node_supply(supply)
        adding += time.process_time() - begin
        begin = time.process_time()
        graph.solve()
        seconds += time.process_time() - begin
        flow = graph.result()
        behind = int(flow[part["cost"] == facts["left_behind"]].sum())
        # only arrivals cost something; those at step 0 cost nothing and are what is missing from the total
        timed = (part["cost"] > 0) & (part["cost"] < facts["left_behind"])
        at = np.bincount(part["cost"][timed], flow[timed], minlength=facts["steps"]).astype(np.int64)
        at[0] = facts["people"] - behind - at.sum()
        arrivals.append(at)
        totals.append(facts["people"] - behind)
    return {
        "seconds": seconds,
        "adding": adding,
        "start": start,
        "total": sum(totals),
        "totals": totals,
        "arrivals": _added(arrivals),
    }


def ortools(folder: Path) -> dict[str, Any]:
    """OR-Tools SimpleMaxFlow: the total only. Solving counts, the quicker of two times."""
    from ortools.graph.python import max_flow

    start, seconds, adding, totals = _peak(), np.zeros(2), 0.0, []
    peak = start
    for part_folder in _parts(folder):
        facts = json.loads((part_folder / "facts.json").read_text())
        solver, done = max_flow.SimpleMaxFlow(), 0
        while done < facts["arcs"]:
            part = {
                name: np.fromfile(part_folder / name, kind, CHUNK, offset=done * np.dtype(kind).itemsize)
                for name, kind in PARTS.items()
                if name != "cost"
            }
            begin = time.process_time()
            solver.add_arcs_with_capacity(part["tail"], part["head"], part["capacity"])
            adding += time.process_time() - begin
            done += len(part["tail"])
        for number in range(2):
            begin = time.process_time()
            status = solver.solve(facts["source"], facts["sink"])
            seconds[number] += time.process_time() - begin
            if status != solver.OPTIMAL:
                raise RuntimeError(f"OR-Tools: {status}")
            if not number:
                peak = max(peak, _peak())
        totals.append(int(solver.optimal_flow()))
    return {
        "seconds": float(seconds.min()),
        "first": float(seconds[0]),
        "adding": adding,
        "start": start,
        "peak": peak,
        "total": sum(totals),
        "totals": totals,
    }


def _parts(folder: Path) -> Iterator[Path]:
    return (path.with_suffix("") for path in sorted(folder.glob("*.npz")))


def _added(arrivals: list[np.ndarray]) -> list[int]:
    together = np.zeros(max(map(len, arrivals)), np.int64)
    for part in arrivals:
        together[: len(part)] += part
    return [int(people) for people in together]


def _peak() -> float:
    """Most memory this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux, bytes on macOS
    return float(most / (2**20 if sys.platform == "darwin" else 2**10))


JOBS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "compile": compile_all,
    "lay out": lay_out,
    "expand": expand,
    "any": partial(kernel, order="any"),
    "earliest": partial(kernel, order="earliest"),
    "lemon": lemon,
    "ortools": ortools,
    "walking, any": partial(walking, order="any"),
    "walking, earliest": partial(walking, order="earliest"),
    "moved": moved,
    "value": value,
}

if __name__ == "__main__":
    job = json.loads(Path(sys.argv[1]).read_text())
    answer = JOBS[job["job"]](Path(job["folder"]))
    print(json.dumps({"adding": 0.0, "peak": _peak()} | answer))
