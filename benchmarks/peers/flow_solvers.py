"""One solver on one instance, in a process of its own: ``python -m benchmarks.peers.flow_solvers JOB.json``.

Prints one JSON object: processor seconds to solve and to hand the arcs over, peak memory in MB, and the answer.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.flow_problems import PARTS, Size, build, write_expansion

CHUNK = 1_000_000


def expand(size: Size, folder: Path) -> dict[str, Any]:
    """Write the expanded network for the peers."""
    facts = write_expansion(build(size), folder)
    (folder / "facts.json").write_text(json.dumps(facts))
    return facts


def kernel(size: Size, folder: Path) -> dict[str, Any]:  # noqa: ARG001 - all solvers are called alike
    """Letup's kernel: arrivals at every step. The whole call counts."""
    from letup.flow import TimedNetwork, earliest_arrival

    for room in (1e3, 1.1, 0.2):  # compiles, or loads what was compiled: also what only scarce shelters need
        tiny = build(Size(40, 24, size.windows, room=room))
        earliest_arrival(TimedNetwork(**tiny.arrays), tiny.steps, tiny.quiet)
    start = _peak()
    instance = build(size)
    net = TimedNetwork(**instance.arrays)
    begin = time.process_time()
    flow = earliest_arrival(net, instance.steps, instance.quiet)
    seconds = time.process_time() - begin
    if size.nodes <= 5_000 and flow.cut.sum != flow.total:
        raise AssertionError("the cut does not prove the total")
    return {"seconds": seconds, "adding": 0.0, "start": start, "total": flow.total, "arrivals": flow.arrivals.tolist()}


def lemon(size: Size, folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """LEMON network simplex: the largest total, then the smallest sum of arrival steps."""
    import pylmcf

    start = _peak()
    facts = json.loads((folder / "facts.json").read_text())
    part = {name: np.fromfile(folder / name, kind) for name, kind in PARTS.items()}
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
    added = time.process_time()
    graph.solve()
    solved = time.process_time()
    flow = graph.result()
    behind = int(flow[part["cost"] == facts["left_behind"]].sum())
    # only arrivals cost something; those at step 0 cost nothing and are what is missing from the total
    timed = (part["cost"] > 0) & (part["cost"] < facts["left_behind"])
    arrivals = np.bincount(part["cost"][timed], flow[timed], minlength=facts["steps"]).astype(np.int64)
    arrivals[0] = facts["people"] - behind - arrivals.sum()

    return {
        "seconds": solved - added,
        "adding": added - begin,
        "start": start,
        "total": facts["people"] - behind,
        "arrivals": arrivals.tolist(),
    }


def ortools(size: Size, folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """OR-Tools SimpleMaxFlow: the total only."""
    from ortools.graph.python import max_flow

    start = _peak()
    facts = json.loads((folder / "facts.json").read_text())
    solver = max_flow.SimpleMaxFlow()
    adding, done = 0.0, 0
    while done < facts["arcs"]:
        part = {
            name: np.fromfile(folder / name, kind, CHUNK, offset=done * np.dtype(kind).itemsize)
            for name, kind in PARTS.items()
            if name != "cost"
        }
        begin = time.process_time()
        solver.add_arcs_with_capacity(part["tail"], part["head"], part["capacity"])
        adding += time.process_time() - begin
        done += len(part["tail"])
    begin = time.process_time()
    status = solver.solve(facts["source"], facts["sink"])
    seconds = time.process_time() - begin
    if status != solver.OPTIMAL:
        raise RuntimeError(f"OR-Tools: {status}")
    return {"seconds": seconds, "adding": adding, "start": start, "total": int(solver.optimal_flow())}


def _peak() -> float:
    """Most memory this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux, bytes on macOS
    return float(most / (2**20 if sys.platform == "darwin" else 2**10))


SOLVERS: dict[str, Callable[[Size, Path], dict[str, Any]]] = {
    "expand": expand, "kernel": kernel, "lemon": lemon, "ortools": ortools,
}  # fmt: skip

if __name__ == "__main__":
    job = json.loads(Path(sys.argv[1]).read_text())
    answer = SOLVERS[job["solver"]](Size(**job["size"]), Path(job["folder"]))
    print(json.dumps(answer | {"peak": _peak()}))
