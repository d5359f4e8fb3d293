"""The engine against other solvers, in one run: ``python -m benchmarks.flow [--quick] [--fine]``.

Each solver runs in a process of its own, one after the other. All of them use one core, and what counts is processor
time, so that other work on the machine disturbs little: the whole call for the kernel, solving for the others, with
handing over the arcs shown beside it. Memory is the peak of the process, Python included. Answers that differ end the
run with an error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers.flow_problems import Size  # noqa: E402 - also runs as a file

NAMES = {
    "kernel": "letup (arrivals, cut)",
    "lemon": "LEMON network simplex (arrivals)",
    "ortools": "OR-Tools SimpleMaxFlow (total only)",
}
COLUMNS = "{:<36}{:<38}{:>10}{:>10}{:>10}{:>10}{:>12}"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    sizes = [Size(200, 36), Size(300, 48)] if options.quick else [Size(2_000, 144), Size(5_000, 288)]
    large = 300 if options.quick else 20_000
    steps = 48 if options.quick else 288
    targets: list[str] = []
    print(
        "Compiling the kernel first; a process that finds it compiled only loads it, before its clock starts.",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        _run("kernel", Size(100, 24), folder, options.timeout, show=False)
    print(COLUMNS.format("nodes x steps", "solver", "seconds", "adding", "start MB", "peak MB", "total"), flush=True)
    if "lemon" in options.only:
        # in ample room arrivals are unique, so there they have to be the same step by step
        for size, wanted in zip([replace(sizes[0], room=1e3), *sizes], (10, 10, 50), strict=True):
            ours, peer, more = _compare(size, "lemon", options.timeout)
            targets.append(_times(f"earliest arrival, {size}", ours, peer, wanted, more))
    if "ortools" in options.only:
        for windows in (False, True):
            size = Size(large, steps, windows)
            ours, peer, more = _compare(size, "ortools", options.timeout)
            targets.append(_times(f"total, {size}", ours, peer, 3, more))
            if peer and ours:
                share = ours["peak"] / peer["peak"]
                targets.append(_line(f"memory, {size}", f"{share:.2f} of OR-Tools's", "<= 0.25", share <= 0.25))
    print("\nTargets")
    print("\n".join(targets))
    if options.fine:
        _fine(large, steps, options.timeout)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs; ratios mean nothing")
    parser.add_argument("--fine", action="store_true", help="also steps ten times finer")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one solver on one instance")
    parser.add_argument("--only", nargs="+", choices=["lemon", "ortools"], default=["lemon", "ortools"])
    return parser.parse_args(arguments)


def _compare(size: Size, peer: str, timeout: float) -> tuple[dict[str, Any] | None, dict[str, Any] | None, bool]:
    """Run the kernel and a peer; say whether the peer ran out of time."""
    with tempfile.TemporaryDirectory() as folder:
        ours = _run("kernel", size, folder, timeout)
        if _run("expand", size, folder, timeout, show=False) is None:
            raise TimeoutError(f"writing {size} out took more than {timeout:.0f} s")
        theirs = _run(peer, size, folder, timeout)
    if ours and theirs:
        _assert_equal(size, ours, theirs)
    return ours, theirs or {"seconds": timeout, "peak": float("inf")}, theirs is None


def _assert_equal(size: Size, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Totals are equal; with room for everyone so are the arrivals.

    With scarce shelters the smallest sum of arrival steps can mean fewer early and fewer late. Then ours have
    to be ahead at the first difference, and theirs to have the smaller sum.
    """
    if ours["total"] != theirs["total"]:
        raise AssertionError(f"{size}: totals differ, {ours['total']} and {theirs['total']}")
    mine, other = ours["arrivals"], theirs.get("arrivals", ours["arrivals"])
    if mine == other:
        return
    sums = [sum(step * people for step, people in enumerate(arrivals)) for arrivals in (mine, other)]
    if size.room > 2 or mine < other or sums[0] < sums[1]:
        raise AssertionError(f"{size}: arrivals differ, sums of their steps are {sums[0]} and {sums[1]}")
    behind = (sums[0] - sums[1]) / sums[1]
    print(f"    same total; ours is ahead at the first step that differs, theirs in the sum of steps by {behind:.4%}")


def _run(solver: str, size: Size, folder: str, timeout: float, show: bool = True) -> dict[str, Any] | None:
    job = Path(folder) / "job.json"
    job.write_text(json.dumps({"solver": solver, "size": asdict(size), "folder": folder}))
    command = [sys.executable, "-m", "benchmarks.peers.flow_solvers", str(job)]
    # peers that could use more cores get one too
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | single, stdout=subprocess.PIPE, text=True, timeout=timeout, check=True
        )
    except subprocess.TimeoutExpired:
        print(COLUMNS.format(str(size), NAMES.get(solver, solver), f"> {timeout:.0f}", "", "", "", ""), flush=True)
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    if show:
        times = f"{answer['seconds']:.2f}", f"{answer['adding']:.2f}"
        memory = f"{answer['start']:,.0f}", f"{answer['peak']:,.0f}"
        print(COLUMNS.format(str(size), NAMES[solver], *times, *memory, f"{answer['total']:,}"), flush=True)
    return answer


def _times(claim: str, ours: dict[str, Any] | None, peer: dict[str, Any], wanted: int, more: bool) -> str:
    if ours is None:
        return _line(claim, "no answer in time", f">= {wanted}", False)
    ratio = peer["seconds"] / ours["seconds"]
    return _line(claim, f"{'over ' if more else ''}{ratio:.1f} times faster", f">= {wanted}", ratio >= wanted)


def _line(claim: str, measured: str, wanted: str, met: bool) -> str:
    return f"  {claim:<54}{measured:<26}wanted {wanted:<8}{'met' if met else 'missed'}"


def _fine(nodes: int, steps: int, timeout: float) -> None:
    print("\nSteps ten times finer")
    with tempfile.TemporaryDirectory() as folder:
        coarse = _run("kernel", Size(nodes, steps), folder, timeout)
        fine = _run("kernel", Size(nodes, steps, finer=10), folder, timeout)
    if coarse and fine:
        print(
            f"  time grows {fine['seconds'] / coarse['seconds']:.1f} times, "
            f"memory {fine['peak'] / coarse['peak']:.1f} times"
        )


if __name__ == "__main__":
    sys.exit(main())
