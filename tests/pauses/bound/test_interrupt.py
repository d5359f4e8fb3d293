"""Ctrl-C ends the choice of pauses while a linear program is solved, and what was found by then counts."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from letup.pauses import Window, broken
from tests.pauses.test_choose_ends import LIMITS, TIME

CHILD = """
import json, sys
from letup.pauses import choose_pauses
from letup.lp.solver import Solver
from letup.pauses.bound import relaxation
from tests.lp.slow import slow_program
from tests.pauses.test_choose_ends import LIMITS, TIME, strip

class Slow(Solver):
    def __init__(self, program):
        print("begun", flush=True)
        self._highs = slow_program(800)

relaxation.Solver = Slow
choice = choose_pauses(strip(6), limits=LIMITS, time_limit=600, rounds=json.loads(sys.argv[1]), **TIME)
print(json.dumps([[w.zone, w.first, w.last] for w in choice.windows] + [choice.complete]), flush=True)
"""
LONG = 5.0
"""Seconds; the program takes several times as long."""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a Unix signal")
@pytest.mark.parametrize("rounds", [1, None])  # the program is solved in the main thread, and beside it
def test_ctrl_c_is_answered_while_a_linear_program_is_solved(rounds: int | None) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, json.dumps(rounds)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        time.sleep(1.0)
        child.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, error = child.communicate(timeout=60)
        took = time.monotonic() - began
        assert child.returncode == 0, error
    *windows, complete = json.loads(out)
    assert not complete
    assert broken([Window(*w) for w in windows], LIMITS, zones=6, **TIME) == []
    assert took < LONG
