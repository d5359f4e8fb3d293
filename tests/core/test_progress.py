"""One live line while something takes long: what it says, and that nothing is left of it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys

import pytest

from letup.core.progress import Progress, ProgressDisplay, Reporter

WORK = """
import time
from letup.core.progress import Progress, ProgressDisplay
with ProgressDisplay() as display:
    display.say("reading")
    display.show(Progress("searching", 1.0, 900, 1000))
    time.sleep(0.5)
print("answer")
"""


def test_a_line_says_elapsed_best_ceiling_and_gap() -> None:
    assert Progress("searching", 2.04, 900, 1000).text() == (
        "searching: 2.0 s, best so far 900 people, proven ceiling 1,000, gap 11.1 %"
    )
    assert Progress("searching", 0.0, part="2 of 6 budgets done").text() == "searching: 0.0 s, 2 of 6 budgets done"


def test_a_reporter_tells_what_is_known_from_then_on() -> None:
    states: list[Progress] = []
    tell = Reporter(states.append)
    tell("reading")
    tell.ceiling, tell.chosen = 7, True
    tell("moving", 5)
    tell.parts("searching", "weights")(1, 3)
    assert [(state.stage, state.people, state.ceiling, state.chosen) for state in states] == [
        ("reading", 0, 0, False),
        ("moving", 5, 7, True),
        ("searching", 0, 7, True),
    ]
    assert states[2].part == "1 of 3 weights done"
    assert states[0].seconds <= states[1].seconds
    Reporter(None)("nobody listens")


def test_where_there_is_no_terminal_each_stage_is_one_plain_line(capfd: pytest.CaptureFixture[str]) -> None:
    with ProgressDisplay() as display:
        display.say("reading gaza-2023")
        for people in (1, 2, 3):
            display.show(Progress("searching", 1.0, people, 9))
        display.show(Progress("moving", 2.0))
    out, error = capfd.readouterr()
    assert out == ""
    assert error.splitlines() == [
        "reading gaza-2023",
        "searching: 1.0 s, best so far 1 people, proven ceiling 9, gap 800 %",
        "moving: 2.0 s",
    ]


def test_short_work_says_nothing_where_there_is_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with ProgressDisplay(plain=False) as display:
        display.say("reading")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("columns", [30, 120])
def test_in_a_terminal_one_line_is_written_over_and_gone_at_the_end(columns: int) -> None:
    master, slave = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WORK], stdout=subprocess.PIPE, stderr=slave, env=environment, timeout=60, check=True
    )
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert done.stdout == b"answer\n"
    assert "reading" in shown
    lines = [line for line in shown.replace("\x1b[2K", "\n").replace("\r", "\n").split("\n") if "searching" in line]
    assert lines
    assert all(("gap 11.1 %" in line) == (columns == 120) for line in lines)
    seconds = {match for line in lines for match in re.findall(r"searching: ([\d.]+) s", line)}
    assert len(seconds) > 1, "the seconds go on while nothing is told"
    assert "\x1b[2K" in shown.rsplit("searching", 1)[1], "the line is taken away"


def test_ctrl_c_ends_work_at_once_until_a_result_is_chosen_and_then_at_the_second_time(
    capfd: pytest.CaptureFixture[str],
) -> None:
    display = ProgressDisplay()
    with display.first_stop_waits():
        display.show(Progress("searching", 1.0))
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        display.show(Progress("moving", 1.0, chosen=True))
        signal.raise_signal(signal.SIGINT)
        assert "Ctrl-C again" in capfd.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
