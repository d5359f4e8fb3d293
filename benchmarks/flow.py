"""The engine against other solvers, in one run: ``python -m benchmarks.flow [--quick] [--networks DIR] [--only ...]``.

Each job runs in a process of its own, one after the other. All of them use one core, and what counts is processor time,
so that other work on the machine disturbs little: whole calls for the kernel, solving for the others, with handing over
the arcs shown beside it. Memory is the peak of the process, Python included. Answers that differ end the run with an
error.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers.flow_problems import (  # noqa: E402 - also runs as a file
    EVERYBODY,
    PROBLEM,
    GazaGroups,
    Prepared,
    Problem,
    Size,
    Streets,
)
from benchmarks.peers.street_networks import CITIES  # noqa: E402

NAMES = {
    "any": "letup, any order (cut)",
    "earliest": "letup (arrivals, cut)",
    "lemon": "LEMON network simplex (arrivals)",
    "ortools": "OR-Tools SimpleMaxFlow (total only)",
    "moved": "letup, from the flow it holds",
    "value": "letup, one value",
    "walking, any": "letup, any order: least walking",
    "walking, earliest": "letup: least walking",
}
FLOWS = ("any", "earliest", "lemon", "ortools")
PEERS = ("lemon", "ortools")
COLUMNS = "{:<36}{:<38}{:>10}{:>10}{:>10}{:>10}{:>10}{:>12}"

Answer = dict[str, Any]
FIGURES: Mapping[str, tuple[Callable[[Answer, Answer], float], str, bool]] = {
    "speed": (lambda ours, peer: peer["seconds"] / ours["seconds"], "{:.2f} times as fast", True),
    "memory": (lambda ours, peer: ours["peak"] / peer["peak"], "{:.2f} of its memory", False),
    "time": (lambda ours, coarse: ours["seconds"] / coarse["seconds"], "{:.1f} times the time", False),
    "space": (lambda ours, coarse: ours["peak"] / coarse["peak"], "{:.1f} times the memory", False),
    "seconds": (lambda ours, _: ours["seconds"], "{:.4f} s", False),
    "left_out": (lambda ours, _: ours["left_out"], "{:,.0f} people left out", False),
}
"""What a claim is about: how it follows from two answers, its words, and whether more is better."""


@dataclass(frozen=True)
class Claim:
    """What a job has to show.

    Attributes
    ----------
    job, figure : str
        Of `NAMES` and of `FIGURES`.
    limit : float
        The least or the most that is wanted.
    beside : str
        Job that it is measured against, if any.
    on : Problem, optional
        Problem that the other job is done on; else the same.
    """

    job: str
    figure: str
    limit: float
    beside: str = ""
    on: Problem | None = None


@dataclass(frozen=True)
class Row:
    """A problem, and what is claimed on it; jobs in ``also`` are done as well."""

    section: str
    problem: Problem
    claims: tuple[Claim, ...]
    also: tuple[str, ...] = ()


def speed(job: str, times: float, beside: str = "ortools") -> Claim:
    """So many times as fast as a peer."""
    return Claim(job, "speed", times, beside)


def rows(
    quick: bool = False, networks: Path | None = None, cities: Sequence[str] = tuple(CITIES), lemon: bool = False
) -> list[Row]:
    """All that is measured; ``quick``: small problems, to see that it runs; ``lemon``: LEMON on streets, too."""
    small, middle = (Size(200, 36), Size(300, 48)) if quick else (Size(2_000, 144), Size(5_000, 288))
    quiet, windows = (Size(300, 48, w) if quick else Size(20_000, 288, w) for w in (False, True))
    table = [
        Row("lemon", replace(small, room=EVERYBODY), (speed("earliest", 10, "lemon"),)),
        Row("lemon", small, (speed("earliest", 10, "lemon"),)),
        Row("lemon", middle, (speed("earliest", 50, "lemon"),)),
    ]
    for size in (windows,) if quick else (quiet, windows):
        quarter = Claim("earliest", "memory", 0.25, "ortools")
        table.append(Row("planar", size, (speed("any", 20), speed("earliest", 5), quarter)))
        growth = [Claim(order, f, 2, order, size) for order in ("any", "earliest") for f in ("time", "space")]
        table.append(Row("finer", replace(size, finer=10), tuple(growth)))
    table.append(Row("strip", Prepared("strip(150), one value"), (Claim("value", "seconds", 0.0022),)))
    if not quick:
        bounds = Claim("any", "seconds", 0.5), Claim("earliest", "seconds", 2)
        table.append(Row("gaza", GazaGroups(), bounds, ("ortools",)))
        table.append(Row("moved", Prepared("gaza-2023, one window moved"), (Claim("moved", "seconds", 0.1),)))
        on_the_way = tuple(Claim(f"walking, {order}", "left_out", 0) for order in ("any", "earliest"))
        table.append(Row("walking", GazaGroups(), on_the_way))
    if networks is not None:
        table += _street_rows(quick, networks, cities, ("lemon",) if lemon else ())
    return table


def _street_rows(quick: bool, folder: Path, cities: Sequence[str], also: tuple[str, ...]) -> list[Row]:
    if quick:
        return [Row("streets", Streets(folder, "Austin", "ample", steps=36), (speed("any", 10), speed("earliest", 1)))]
    table = []
    no_more = Claim("any", "memory", 1, "ortools")
    for city in cities:
        for room, times in (("ample", 1.0), ("scarce", 0.5)):
            claims = speed("any", 10), no_more, speed("earliest", times)
            table.append(Row("streets", Streets(folder, city, room), claims, also))
        table.append(Row("streets", Streets(folder, city, "room for all"), (speed("earliest", 3),), also))
        for room in ("ample", "scarce"):
            table.append(Row("waiting", Streets(folder, city, room, waiting=0.25), (speed("any", 4),)))
            for seed, times in enumerate((2, 4, 6, 9, 12), 1):
                problem = Streets(folder, city, room, seed, times)
                table.append(Row("congested", problem, (speed("any", 1),)))
    return table


SECTIONS = ("lemon", "planar", "finer", "strip", "gaza", "moved", "walking", "streets", "waiting", "congested")


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    table = rows(options.quick, options.networks, options.cities, options.lemon_on_streets)
    if options.networks is None:
        print("Without --networks DIR nothing is measured on the streets of real cities.")
    answers = Answers(options.timeout, options.lemon_timeout)
    print("Compiling the kernel first; a process that finds it compiled only loads it, in its first call.", flush=True)
    answers.of(Prepared("small networks"), "compile", show=False)
    header = "problem", "solver", "seconds", "1st call", "adding", "start MB", "peak MB", "total"
    print(COLUMNS.format(*header), flush=True)
    targets: list[str] = []
    for row in table:
        if row.section in options.only:
            jobs = dict.fromkeys([*(claim.job for claim in row.claims), *row.also])
            jobs |= dict.fromkeys(c.beside for c in row.claims if c.beside and c.on is None)
            given = {job: answers.of(row.problem, job) for job in jobs}
            check(row.problem, {job: answer for job, answer in given.items() if answer and job in FLOWS})
            targets += [_target(row.problem, claim, answers) for claim in row.claims]
    answers.close()
    print("\nTargets")
    print("\n".join(targets))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs; ratios mean nothing")
    parser.add_argument("--networks", type=Path, metavar="DIR", help=f"folder with {', '.join(CITIES.values())}")
    parser.add_argument("--cities", nargs="+", choices=CITIES, default=tuple(CITIES))
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="what to measure")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one job on one problem")
    parser.add_argument("--lemon-timeout", type=float, default=600, help="the same for LEMON")
    parser.add_argument("--lemon-on-streets", action="store_true", help="LEMON also on streets; may take hours")
    return parser.parse_args(arguments)


class Answers:
    """What each job answered on each problem; it is done when it is first asked for."""

    def __init__(self, timeout: float, lemon_timeout: float) -> None:
        self.timeout, self.lemon_timeout = timeout, lemon_timeout
        self._known: dict[tuple[Problem, str], Answer | None] = {}
        self._problem: Problem | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._expanded = False

    def seconds_for(self, job: str) -> float:
        """Seconds that a job may take."""
        return self.lemon_timeout if job == "lemon" else self.timeout

    def of(self, problem: Problem, job: str, show: bool = True) -> Answer | None:
        """The answer; None if time ran out."""
        if (problem, job) not in self._known:
            if problem != self._problem or self._folder is None:
                self.close()
                self._folder, self._problem, self._expanded = tempfile.TemporaryDirectory(), problem, False
                (Path(self._folder.name) / PROBLEM).write_bytes(pickle.dumps(problem))
                self._run("lay out")  # elsewhere: what this process holds, the kernel counts with those it starts
            if job in PEERS and not self._expanded:
                self._run("expand")
                self._expanded = True
            try:
                answer: Answer | None = self._run(job)
            except subprocess.TimeoutExpired:
                answer = None
            self._known[problem, job] = answer
            if show:
                print(_line_of(problem, job, answer, self.seconds_for(job)), flush=True)
        return self._known[problem, job]

    def close(self) -> None:
        """Remove the files of the last problem."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _run(self, job: str) -> Answer:
        assert self._folder is not None
        path = Path(self._folder.name) / "job.json"
        path.write_text(json.dumps({"job": job, "folder": self._folder.name}))
        command = [sys.executable, "-m", "benchmarks.peers.flow_solvers", str(path)]
        # peers that could use more cores get one too
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | single, stdout=subprocess.PIPE, text=True,
            timeout=self.seconds_for(job), check=True,
        )  # fmt: skip
        answer: Answer = json.loads(done.stdout)
        return answer


def _line_of(problem: Problem, job: str, answer: Answer | None, limit: float) -> str:
    if answer is None:
        return COLUMNS.format(str(problem), NAMES[job], f"> {limit:.0f}", *[""] * 5)
    digits = 4 if answer["seconds"] < 0.1 else 2
    times = [f"{answer[name]:.{digits}f}" if name in answer else "" for name in ("seconds", "first", "adding")]
    memory = f"{answer['start']:,.0f}", f"{answer['peak']:,.0f}"
    line = COLUMNS.format(str(problem), NAMES[job], *times, *memory, f"{answer['total']:,}")
    return f"{line}\n    {answer['note']}" if answer.get("note") else line


def check(problem: Problem, answers: Mapping[str, Answer]) -> None:
    """End the run if answers on a problem differ."""
    ours = answers.get("earliest") or answers.get("any")
    for job, theirs in answers.items():
        if ours is not None and theirs is not ours:
            timed = theirs if job == "lemon" and "earliest" in answers else {**theirs, "arrivals": ours["arrivals"]}
            _assert_equal(problem, ours, timed)


def _assert_equal(problem: Problem, ours: Answer, theirs: Answer) -> None:
    """Totals are equal; with room for everyone so are the arrivals.

    With scarce shelters the smallest sum of arrival steps can mean fewer early and fewer late. Then ours have
    to be ahead at the first difference, and theirs to have the smaller sum.
    """
    if ours["total"] != theirs["total"] or ours.get("totals") != theirs.get("totals"):
        raise AssertionError(f"{problem}: totals differ, {ours['total']} and {theirs['total']}")
    mine, other = ours["arrivals"], theirs.get("arrivals", ours["arrivals"])
    if mine == other:
        return
    sums = [sum(step * people for step, people in enumerate(arrivals)) for arrivals in (mine, other)]
    if problem.same_arrivals or mine < other or sums[0] < sums[1]:
        raise AssertionError(f"{problem}: arrivals differ, sums of their steps are {sums[0]} and {sums[1]}")
    behind = (sums[0] - sums[1]) / sums[1]
    print(f"    same total; ours is ahead at the first step that differs, theirs in the sum of steps by {behind:.4%}")


def _target(problem: Problem, claim: Claim, answers: Answers) -> str:
    compute, words, more_is_better = FIGURES[claim.figure]
    ours = answers.of(problem, claim.job)
    beside = answers.of(claim.on or problem, claim.beside) if claim.beside else {}
    wanted = f"{'>=' if more_is_better else '<='} {claim.limit:g}"
    against = f" : {claim.beside}" if claim.beside in PEERS else ""
    name = f"{problem}, {claim.job}{against}"
    if ours is None:
        return _line(name, "no answer in time", wanted, False)
    late = beside is None
    if beside is None:
        beside = {"seconds": answers.seconds_for(claim.beside), "peak": float("inf")}
    figure = compute(ours, beside)
    met = figure >= claim.limit if more_is_better else figure <= claim.limit
    return _line(name, ("over " if late and more_is_better else "") + words.format(figure), wanted, met)


def _line(claim: str, measured: str, wanted: str, met: bool) -> str:
    return f"  {claim:<56}{measured:<28}wanted {wanted:<10}{'met' if met else 'missed'}"


if __name__ == "__main__":
    sys.exit(main())
