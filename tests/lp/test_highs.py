"""HiGHS is silent, and ends when somebody asks for it, whatever it is busy with."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import highspy
import numpy as np
import pytest

from letup.lp.highs import cancel, run, silent_highs
from tests.lp.slow import slow_program

ROOT = Path(__file__).parents[2]
LONG = 20.0
"""Seconds, on a machine that is busy with other things, too; the slow programs are given three times as long."""


def knapsack(size: int = 60) -> highspy.Highs:
    """A mixed-integer program that takes long: several knapsacks at once, with hardly any difference in worth."""
    random = np.random.default_rng(1)
    highs = silent_highs()
    columns = np.arange(size, dtype=np.int32)
    highs.addVars(size, np.zeros(size), np.ones(size))
    highs.changeColsCost(size, columns, -random.integers(95, 105, size).astype(float))
    highs.changeColsIntegrality(size, columns, [highspy.HighsVarType.kInteger] * size)
    for _ in range(20):
        weight = random.integers(50, 150, size).astype(float)
        highs.addRow(-np.inf, float(weight.sum() // 2), size, columns, weight)
    return highs


def test_nothing_comes_out_of_it() -> None:
    code = """
import numpy as np
from letup.lp.highs import run, silent_highs
for kind in ("simplex", "ipm"):
    highs = silent_highs()
    highs.setOptionValue("solver", kind)
    highs.addVars(2, np.zeros(2), np.ones(2))
    highs.addRow(1.0, 1.0, 2, np.arange(2, dtype=np.int32), np.ones(2))
    print(run(highs).name)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "kOptimal\nkOptimal\n"
    assert done.stderr == ""


def test_it_is_made_and_run_in_one_place() -> None:
    source = ROOT / "src" / "letup"
    makers = {
        str(file.relative_to(source))
        for file in source.rglob("*.py")
        if re.search(r"highspy\.Highs\(|\(highspy\.Highs\):|highs\.run\(\)", file.read_text(encoding="utf-8"))
    }
    assert makers == {"lp/highs.py"}


@pytest.mark.parametrize("kind", ["ipm", "simplex"])
def test_a_program_that_was_ended_can_be_solved_afterwards(kind: str) -> None:
    highs = slow_program(150)
    highs.setOptionValue("solver", kind)
    thread = threading.Thread(target=run, args=(highs,))
    thread.start()
    while thread.is_alive():
        cancel(thread)
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt
    cancel(thread)  # nothing is left to end
    assert run(highs) == highspy.HighsModelStatus.kOptimal


@pytest.mark.skipif(sys.platform == "win32", reason="sends a Unix signal")
@pytest.mark.parametrize("slow", [lambda: slow_program(800), knapsack], ids=["linear", "integer"])
def test_ctrl_c_is_answered_while_a_program_is_solved(slow) -> None:
    highs = slow()
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(highs, 60.0)
    assert time.monotonic() - began < LONG
    assert run(knapsack(8)) == highspy.HighsModelStatus.kOptimal


@pytest.mark.parametrize("beside", [False, True])
def test_it_stops_when_its_time_is_over_and_goes_on_with_more(beside: bool) -> None:
    highs = knapsack()
    statuses = []

    def twice() -> None:
        statuses.extend(run(highs, 0.3) for _ in range(2))

    began = time.monotonic()
    if beside:
        thread = threading.Thread(target=twice)
        thread.start()
        thread.join()
    else:
        twice()
    assert statuses == [highspy.HighsModelStatus.kTimeLimit] * 2
    assert time.monotonic() - began < LONG


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_solves_its_own() -> None:
    assert run(knapsack(8)) == highspy.HighsModelStatus.kOptimal
    child = multiprocessing.get_context("fork").Process(target=_solve_one)
    child.start()
    child.join(30)
    assert child.exitcode == 0


def _solve_one() -> None:
    os._exit(0 if run(knapsack(8)) == highspy.HighsModelStatus.kOptimal else 1)
