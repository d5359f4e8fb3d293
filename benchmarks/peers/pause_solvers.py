"""One solver on one pause problem, in a process of its own: ``python -m benchmarks.peers.pause_solvers JOB.json``.

Every time a value or a bound improves, a line is added to the job's ``out`` file: seconds, value, bound, windows (where
they are new) and peak memory; so what was found before a process is ended is not lost. The clock starts
when the problem is in memory and the kernel is compiled.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.pause_problems import PROBLEMS, Problem
from letup.pauses import Window


class Log:
    """What a solver found, and when."""

    def __init__(self, path: Path, problem: Problem) -> None:
        self.path, self.problem = path, problem
        self.value, self.bound = -math.inf, math.inf
        self.began = time.monotonic()

    def tell(self, windows: list[Window] | None, bound: float | None, seconds: float | None = None) -> None:
        """Note windows that are worth more than all before, by the kernel's value, and bounds below all before."""
        seconds = time.monotonic() - self.began if seconds is None else seconds
        line: dict[str, Any] = {}
        if windows is not None:
            value = self.problem.value(windows)
            if value > self.value:
                self.value = value
                line["windows"] = [(w.zone, int(w.first), int(w.last)) for w in windows]
        if bound is not None and np.isfinite(bound) and bound < self.bound:
            self.bound = line["bound"] = float(bound)
        if line:
            self.write(seconds, **line)

    def write(self, seconds: float, **more: Any) -> None:
        """Add a line."""
        line = {"seconds": seconds, "peak": _peak(), **more}
        if self.value > -math.inf:
            line["value"] = self.value
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def letup(problem: Problem, job: dict[str, Any], log: Log) -> None:
    """Letup's own."""
    from letup.pauses import choose_pauses

    choice = choose_pauses(
        problem.net, limits=problem.limits, weight=problem.weight, time_limit=job["seconds"], seed=job["seed"],
        **problem.clock,
    )  # fmt: skip
    took = time.monotonic() - log.began
    # the values on the way are its own word, the last one is checked
    for seconds, value, bound in choice.trace:
        if seconds < took:
            log.value = max(log.value, value)
            log.bound = min(log.bound, bound)
            log.write(seconds, bound=float(log.bound))
    if not math.isclose(problem.value(choice.windows), choice.value, rel_tol=1e-9, abs_tol=1e-6):
        raise AssertionError(f"windows worth {problem.value(choice.windows)} are said to be worth {choice.value}")
    if log.value > choice.value * (1 + 1e-9):
        raise AssertionError(f"the trace says {log.value}, the windows returned are worth {choice.value}")
    log.value = -math.inf
    log.tell(choice.windows, None, took)
    log.write(took, bound=float(min(choice.bound, log.bound)))


def highs(problem: Problem, job: dict[str, Any], log: Log) -> None:
    """HiGHS on the whole program."""
    from benchmarks.peers.pause_mip import solve

    solve(problem, job["seconds"], log.tell, form=job["form"])


def annealing(problem: Problem, job: dict[str, Any], log: Log) -> None:
    """Simulated annealing."""
    from benchmarks.peers.pause_annealing import anneal

    anneal(problem, job["seconds"], lambda windows, _: log.tell(windows, None), job["seed"])


def _peak() -> float:
    """Most memory this process has held, and the largest of those it started and saw end, in MB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    most = sum(resource.getrusage(which).ru_maxrss for which in who)  # KiB on Linux, bytes on macOS
    return float(most / (2**20 if sys.platform == "darwin" else 2**10))


def main(path: Path) -> None:
    job = json.loads(path.read_text())
    most = int(job["memory"] * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    problem = PROBLEMS[job["problem"]]()
    problem.value([])  # compiles, or loads what was compiled
    log = Log(Path(job["out"]), problem)
    log.write(0.0)
    {"letup": letup, "highs": highs, "annealing": annealing}[job["solver"]](problem, job, log)
    log.write(time.monotonic() - log.began, end=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
