"""Run linear programs so that Ctrl-C, and whoever asks from another thread, is answered at once.

Python hears Ctrl-C in its main thread, between two of its own instructions. A program that HiGHS solves there would
keep it from hearing anything for minutes, so it is solved in a thread beside it. HiGHS asks now and then whether it
should go on, but only from when it is told to ask: until then nothing is lost by it.
"""

from __future__ import annotations

import atexit
import threading
import time
from typing import Any

import highspy

_LOOK = 0.05
"""Seconds after which the main thread looks up."""
_PATIENCE = 1.0
"""Seconds that a program which was told to stop is waited for."""

_AT_EXIT = 10.0
"""Seconds that programs which still run are waited for when Python ends: it must not take their threads away."""

_running: dict[int, highspy.Highs] = {}
"""The program that each thread waits for."""
_busy: dict[int, highspy.Highs] = {}
"""Programs being solved."""
_lock = threading.Lock()


def run(highs: highspy.Highs) -> None:
    """Solve a program; its status is ``kInterrupt`` where `cancel` or Ctrl-C has ended it.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C in the main thread, once the program has ended.
    """
    me = threading.get_ident()
    with _lock:
        _running[me] = highs
    try:
        if threading.current_thread() is threading.main_thread():
            _beside(highs)
        else:
            _solve(highs)
    finally:
        with _lock:
            del _running[me]
            _listen(highs, False)


def cancel(thread: threading.Thread) -> None:
    """End the program that a thread waits for, if there is one."""
    with _lock:
        highs = _running.get(thread.ident or 0)
        if highs is not None:
            _listen(highs, True)


def _beside(highs: highspy.Highs) -> None:
    ended = threading.Event()

    def solve() -> None:
        try:
            _solve(highs)
        finally:
            ended.set()

    try:
        threading.Thread(target=solve, daemon=True).start()
        while not ended.wait(_LOOK):
            pass
    except KeyboardInterrupt:
        with _lock:
            _listen(highs, True)
        ended.wait(_PATIENCE)
        raise


def _solve(highs: highspy.Highs) -> None:
    _busy[id(highs)] = highs
    try:
        highs.run()
    finally:
        del _busy[id(highs)]


@atexit.register
def _end_all() -> None:
    until = time.monotonic() + _AT_EXIT
    while _busy and time.monotonic() < until:
        with _lock:
            for highs in list(_busy.values()):
                _listen(highs, True)
        time.sleep(_LOOK)


def _listen(highs: highspy.Highs, stop: bool) -> None:
    """Let HiGHS ask whether to go on, and tell it not to; or let it no longer ask."""
    for asks in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
        if stop and not asks.callbacks:
            asks.subscribe(_no)
        elif not stop and asks.callbacks:
            asks.unsubscribe(_no)


def _no(event: Any) -> None:
    event.interrupt()
