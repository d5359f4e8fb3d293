"""Choosing pauses against other ways to do it, in one run: ``python -m benchmarks.pauses [--quick] [--instances ...]``.

Beside ``letup.pauses.choose_pauses`` stand HiGHS on the whole mixed-integer program (`peers/pause_mip.py`) and a plain
simulated annealing with the same kernel (`peers/pause_annealing.py`). Each runs in a process of its own, one after the
other; seconds are on the wall clock. Every value is that of the earliest-arrival flow under the windows found. Windows
that break a limit, and a bound below a value that anyone found, end the run with an error.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers.pause_problems import PROBLEMS, TITLES  # noqa: E402 - also runs as a file
from letup.pauses import Window  # noqa: E402

SOLVERS = {"letup": "letup", "highs": "HiGHS, whole program", "annealing": "simulated annealing"}
COLUMNS = "{:<24}{:>12}{:>12}{:>9}{:>9}{:>9}{:>12}{:>12}{:>12}"
_EXACT = 1e-6

PLAN: dict[str, dict[str, float]] = {
    "strip-150-40h": {"letup": 60, "highs": 600, "annealing": 60},
    "strip-150-20h": {"letup": 60, "highs": 600, "annealing": 60},
    "strip-600": {"letup": 120, "highs": 120, "annealing": 120},
    "gaza-2023": {"letup": 600, "highs": 600, "annealing": 600},
    "road-20000": {"letup": 120, "highs": 120, "annealing": 120},
}
QUICK = {"strip-40": {"letup": 4, "highs": 20, "annealing": 4}, "road-100": {"letup": 4, "highs": 4, "annealing": 4}}


@dataclass
class Run:
    """What one solver did on one instance.

    Attributes
    ----------
    seconds : float
        What it took, or what it was given if it had to be ended.
    ended : str
        Why it did not end by itself; empty if it did.
    peak : float
        Most memory the process ever held, MB.
    trace : list of (seconds, value, bound)
        As they improved.
    windows : list of Window or None
        The last found.
    """

    seconds: float
    ended: str
    peak: float = 0.0
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    windows: list[Window] | None = None

    def at(self, seconds: float = math.inf) -> tuple[float, float, float]:
        """Value, bound and gap after so many seconds."""
        value = max((v for s, v, _ in self.trace if s <= seconds), default=-math.inf)
        bound = min((b for s, _, b in self.trace if s <= seconds), default=math.inf)
        if bound == math.inf or value <= 0:
            return value, bound, math.inf
        return value, bound, max(0.0, (bound - value) / value)


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    plan = QUICK if options.quick else {name: PLAN[name] for name in options.instances}
    targets: list[str] = []
    for name, times in plan.items():
        print(f"\n{TITLES[name]}", flush=True)
        print(COLUMNS.format("solver", "value", "bound", "gap", "seconds", "peak MB", "at 10 s", "at 60 s", "end"))
        runs = {}
        for solver in options.solvers:
            runs[solver] = _run(name, solver, times[solver] * options.shorten, options)
            print(_row(SOLVERS[solver], runs[solver]), flush=True)
        check(name, runs)
        targets += _targets(name, runs, options.shorten)
    if targets:
        print("\nTargets" + (f" (times multiplied by {options.shorten:g})" if options.shorten != 1 else ""))
        print("\n".join(targets))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small instances, to see that it runs")
    parser.add_argument("--instances", nargs="+", choices=list(PLAN), default=list(PLAN))
    parser.add_argument("--solvers", nargs="+", choices=list(SOLVERS), default=list(SOLVERS))
    parser.add_argument("--shorten", type=float, default=1.0, help="multiply all times by this")
    parser.add_argument("--form", choices=["cumulative", "classical"], default="classical", help="how HiGHS is asked")
    parser.add_argument("--memory", type=float, default=12.0, help="GB that one solver may take")
    parser.add_argument("--grace", type=float, default=60.0, help="seconds after its time until a solver is ended")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--traces", type=Path, help="folder to keep what each solver found, and when")
    return parser.parse_args(arguments)


def check(name: str, runs: dict[str, Run]) -> None:
    """End the run if windows break the limits, or a bound lies below what someone found."""
    problem = PROBLEMS[name]()
    for solver, run in runs.items():
        if run.windows is None:
            continue
        broken = problem.broken(run.windows)
        if broken:
            raise AssertionError(f"{TITLES[name]}: {SOLVERS[solver]} breaks limits: {'; '.join(broken)}")
        value = problem.value(run.windows)
        if not math.isclose(value, run.at()[0], rel_tol=_EXACT):
            raise AssertionError(f"{TITLES[name]}: {SOLVERS[solver]} says {run.at()[0]}, its windows are worth {value}")
    best = max((run.at()[0] for run in runs.values()), default=-math.inf)
    for solver, run in runs.items():
        bound = run.at()[1]
        if bound < best - _EXACT * max(1.0, abs(best)):
            raise AssertionError(f"{TITLES[name]}: {SOLVERS[solver]} proves {bound}, and {best} was found")


def _run(name: str, solver: str, seconds: float, options: argparse.Namespace) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        job = {
            "problem": name, "solver": solver, "seconds": seconds, "out": str(out), "seed": options.seed,
            "form": options.form, "memory": options.memory,
        }  # fmt: skip
        (Path(folder) / "job.json").write_text(json.dumps(job))
        command = [sys.executable, "-m", "benchmarks.peers.pause_solvers", str(Path(folder) / "job.json")]
        # reading an instance in and compiling may take a minute and do not count
        patience = seconds + options.grace + 60
        ended = ""
        try:
            done = subprocess.run(
                command, check=False, cwd=ROOT, env=_threads(), stderr=subprocess.PIPE, text=True, timeout=patience
            )
        except subprocess.TimeoutExpired:
            ended = "out of time"
        else:
            if done.returncode:
                short_of_memory = "MemoryError" in done.stderr or "bad_alloc" in done.stderr or done.returncode < 0
                if not short_of_memory:
                    raise RuntimeError(f"{SOLVERS[solver]} on {TITLES[name]}:\n{done.stderr}")
                ended = f"over {options.memory:g} GB" if "emory" in done.stderr or "alloc" in done.stderr else "crashed"
        lines = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
        if options.traces:
            options.traces.mkdir(parents=True, exist_ok=True)
            (options.traces / f"{name}-{solver}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return _read(lines, seconds, ended)


def _read(lines: list[dict[str, Any]], seconds: float, ended: str) -> Run:
    """What the lines say."""
    run = Run(lines[-1]["seconds"] if lines and not ended else seconds, ended)
    for line in lines:
        run.peak = max(run.peak, line["peak"])
        run.trace.append((line["seconds"], line.get("value", -math.inf), line.get("bound", math.inf)))
        if "windows" in line:
            run.windows = [Window(*window) for window in line["windows"]]
    return run


def _threads() -> dict[str, str]:
    """One thread for numerical libraries; what a solver does with processes of its own is its choice."""
    return os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def _row(solver: str, run: Run) -> str:
    value, bound, gap = run.at()
    at = [_figure(run.at(seconds)[0]) if run.seconds >= seconds or run.trace else "-" for seconds in (10, 60, math.inf)]
    share = f"{gap:.1%}" if gap < math.inf else "-"
    row = COLUMNS.format(solver, _figure(value), _figure(bound), share, f"{run.seconds:.1f}", f"{run.peak:,.0f}", *at)
    return row + (f"  {run.ended}" if run.ended else "")


def _figure(value: float) -> str:
    return f"{value:,.1f}" if math.isfinite(value) else "-"


def _targets(name: str, runs: dict[str, Run], shorten: float) -> list[str]:
    """What the instance has to show, as far as those were run whom it takes."""
    ours = runs.get("letup")
    if ours is None:
        return []
    title, lines = TITLES[name].split(",")[0], []
    if name.startswith("strip-150"):
        title += name[-4:].replace("-", ", ")
        if "highs" in runs:
            theirs, value = runs["highs"].at(600 * shorten)[0], ours.at(10 * shorten)[0]
            met = value >= theirs - _EXACT * abs(theirs) if math.isfinite(theirs) else math.isfinite(value)
            lines.append(
                _line(f"{title}: value at 10 s", _figure(value), f">= {_figure(theirs)}, HiGHS's at 600 s", met)
            )
        lines.append(_gap(title, ours, 60, 0.05, shorten))
    elif name == "strip-600":
        lines.append(_gap(title, ours, 120, 0.15, shorten))
        for peer in ("highs", "annealing"):
            if peer in runs:
                theirs, value = runs[peer].at(120 * shorten)[0], ours.at(120 * shorten)[0]
                target = f"> {_figure(theirs)}, {SOLVERS[peer]}"
                lines.append(_line(f"{title}: value at 120 s", _figure(value), target, value > theirs))
    elif name == "gaza-2023":
        lines += [_gap(title, ours, 120, 0.05, shorten), _gap(title, ours, 600, 0.02, shorten)]
    elif name == "road-20000":
        value, bound, gap = ours.at(120 * shorten)
        shown = f"gap {gap:.1%}" if gap < math.inf else "no plan with a bound"
        lines.append(_line(f"{title}: plan and bound at 120 s", shown, "both", value > 0 and bound < math.inf))
        # what counts is the whole process, also if it went on for longer
        lines.append(_line(f"{title}: memory", f"{ours.peak / 1000:.2f} GB", "< 4 GB", ours.peak < 4000))
    return lines


def _gap(title: str, run: Run, seconds: float, wanted: float, shorten: float) -> str:
    # the clock of the trace and the limit are not the same to the last tenth of a second
    gap = run.at(seconds * shorten * 1.01)[2]
    shown = f"{gap:.2%}" if gap < math.inf else "none"
    return _line(f"{title}: proven gap at {seconds:g} s", shown, f"<= {wanted:.0%}", gap <= wanted)


def _line(claim: str, measured: str, wanted: str, met: bool) -> str:
    return f"  {claim:<52}{measured:>14}   wanted {wanted:<42}{'met' if met else 'missed'}"


if __name__ == "__main__":
    sys.exit(main())
