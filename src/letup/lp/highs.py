"""HiGHS, made and run in one place: silent, repeatable, and at once ended by Ctrl-C or from another thread.

Python hears Ctrl-C in its main thread, between two of its own instructions. A program that HiGHS solves there would
keep it from hearing anything for minutes, so it is solved in a thread beside it. HiGHS asks now and then whether it
should go on, but only from when it is told to ask: until then nothing is lost by it.
"""

from __future__ import annotations

import atexit
import threading
import time
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Any

import highspy

_LOOK = 0.05
"""Seconds after which the main thread looks up."""
_PATIENCE = 1.0
"""Seconds that a program which was told to stop is waited for."""
_AT_EXIT = 10.0
"""Seconds that programs which still run are waited for when Python ends: it must not take their threads away."""

_awaited: dict[int, highspy.Highs] = {}
"""The program that each thread waits for."""
_running: dict[int, highspy.Highs] = {}
"""Programs being solved."""
_lock = threading.Lock()


class _Silent(highspy.Highs):  # type: ignore[misc]
    """HiGHS without its banner.

    Since 1.16 a solver greets on standard output as soon as it enables its callbacks, which it does while it is made:
    before anybody could turn its output off.
    """

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def silent_highs() -> highspy.Highs:
    """HiGHS without a program: silent, on one thread, with the same pseudo-random numbers each time."""
    highs = _Silent()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    return highs


def run(highs: highspy.Highs, seconds: float | None = None) -> highspy.HighsModelStatus:
    """Solve a program.

    Parameters
    ----------
    highs : highspy.Highs
        As from `silent_highs`, with a program.
    seconds : float, optional
        How long it may take.

    Returns
    -------
    highspy.HighsModelStatus
        ``kInterrupt`` where `cancel` has ended it, ``kTimeLimit`` where it took too long.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C in the main thread, once the program has ended.
    """
    if seconds is not None:
        highs.setOptionValue("time_limit", highs.getRunTime() + seconds)
    me = threading.get_ident()
    with _lock:
        _awaited[me] = highs
    try:
        if threading.current_thread() is threading.main_thread():
            _solve_beside(highs)
        else:
            _solve(highs)
    finally:
        with _lock:
            del _awaited[me]
            _ask(highs, False)
    status: highspy.HighsModelStatus = highs.getModelStatus()
    return status


def cancel(thread: threading.Thread) -> None:
    """End the program that a thread waits for, if there is one."""
    with _lock:
        highs = _awaited.get(thread.ident or 0)
        if highs is not None:
            _ask(highs, True)


def _solve(highs: highspy.Highs) -> None:
    _running[id(highs)] = highs
    try:
        highs.run()
    finally:
        del _running[id(highs)]


class _Worker:
    """A thread that solves one program after another: HiGHS takes milliseconds to prepare for a new thread."""

    def __init__(self) -> None:
        self._programs: SimpleQueue[tuple[highspy.Highs, Future[None]]] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="HiGHS", daemon=True)
        self._thread.start()
        self._last: Future[None] | None = None

    @property
    def free(self) -> bool:
        """Whether it would begin at once: not where a process was forked from the one with the thread."""
        return self._thread.is_alive() and (self._last is None or self._last.done())

    def solve(self, highs: highspy.Highs, future: Future[None]) -> None:
        """Begin to solve a program."""
        self._last = future
        self._programs.put((highs, future))

    def _work(self) -> None:
        while True:
            highs, future = self._programs.get()
            try:
                _solve(highs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(None)
            del highs, future


_worker: _Worker | None = None
"""What solves the main thread's programs."""


def _solve_beside(highs: highspy.Highs) -> None:
    global _worker  # noqa: PLW0603
    if _worker is None or not _worker.free:
        _worker = _Worker()
    future: Future[None] = Future()
    try:
        _worker.solve(highs, future)
        while not future.done():
            wait([future], timeout=_LOOK)
    except KeyboardInterrupt:
        with _lock:
            _ask(highs, True)
        wait([future], timeout=_PATIENCE)
        raise
    future.result()


@atexit.register
def _end_all() -> None:
    until = time.monotonic() + _AT_EXIT
    while _running and time.monotonic() < until:
        with _lock:
            for highs in list(_running.values()):
                _ask(highs, True)
        time.sleep(_LOOK)


def _ask(highs: highspy.Highs, stop: bool) -> None:
    """Let HiGHS ask whether to go on, and tell it not to; or let it no longer ask."""
    for asked in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt, highs.cbMipInterrupt):
        if stop and not asked.callbacks:
            asked.subscribe(_no)
        elif not stop and asked.callbacks:
            asked.unsubscribe(_no)


def _no(event: Any) -> None:
    event.interrupt()
