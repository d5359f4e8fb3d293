"""Processes on this machine that do jobs; one that dies is replaced, and only its own job is done again."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from letup.pauses.spread import Spread

Job = TypeVar("Job")
Result = TypeVar("Result")

MOST_DEATHS = 3
"""Workers that may die on one job before it is given up."""

_GRACE = 60.0
"""Seconds that jobs under way have to give the best they have, once it is ended by hand; a second time ends them."""


def on_workers(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int, tell: Callable[[int], None]
) -> Spread[Result]:
    """Do jobs on so many processes; see `letup.pauses.spread.spread`.

    Processes are started anew (``spawn``) and do not inherit this one's state or threads, so that it is the
    same on every system. The pool of the standard library gives up all that is under way when one process
    dies; here the others go on.
    """
    team = _Team(function, jobs, tell)
    stopped = False
    try:
        try:
            team.run(workers)
        except KeyboardInterrupt:
            stopped = True
            team.ask_for_the_best()
            team.run(0, until=time.monotonic() + _GRACE)
    except KeyboardInterrupt:
        stopped = True
    finally:
        team.dismiss()
    return Spread(tuple(team.results), stopped, tuple(sorted(team.given_up)), team.deaths)


class _Team:
    """The processes, what each is doing, and what is left to do."""

    def __init__(self, function: Callable[[Any], Any], jobs: Sequence[Any], tell: Callable[[int], None]) -> None:
        self.function = function
        self.jobs = jobs
        self.tell = tell
        self.results: list[Any] = [None] * len(jobs)
        self.waiting = deque(range(len(jobs)))
        self.done = 0
        self.given_up: list[int] = []
        self.deaths = 0
        self._died_on = [0] * len(jobs)
        self._ending = False
        self._busy: dict[Connection, tuple[Any, int]] = {}
        self._free: list[tuple[Connection, Any]] = []
        self._context = multiprocessing.get_context("spawn")

    def run(self, workers: int, until: float | None = None) -> None:
        """Work until everything is done; with no workers wait for what is under way, until a moment."""
        while self._busy or (workers and self.waiting):
            # All are started before the first gets its job: sending a large one waits until it has loaded.
            for _ in range(len(self._busy) + len(self._free), min(workers, len(self._busy) + len(self.waiting))):
                self._free.append(self._hire())
            while workers and self.waiting and len(self._busy) < workers:
                self._begin(self.waiting.popleft())
            left = None if until is None else max(until - time.monotonic(), 0.0)
            ready = wait(list(self._busy), left)
            if not ready:
                return
            for end in ready:
                self._end(end)  # type: ignore[arg-type]

    def _begin(self, job: int) -> None:
        """Give a job to a process that is free."""
        end, process = self._free.pop()
        self._busy[end] = (process, job)
        # A process that died between two jobs shows when its answer is waited for.
        with contextlib.suppress(OSError):
            end.send(self.jobs[job])

    def _hire(self) -> tuple[Connection, Any]:
        here, there = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(there, self.function), daemon=True)
        with _not_interrupted():
            process.start()
        there.close()
        return here, process

    def _end(self, end: Connection) -> None:
        """Take an answer, or note a death."""
        process, job = self._busy.pop(end)
        try:
            result, error = end.recv()
        except (EOFError, OSError):
            end.close()
            process.join()
            if self._ending:
                return
            self.deaths += 1
            self._died_on[job] += 1
            if self._died_on[job] < MOST_DEATHS:
                self.waiting.appendleft(job)
            else:
                self.given_up.append(job)
            return
        self._free.append((end, process))
        if error is not None:
            raise error
        self.results[job] = result
        self.done += 1
        self.tell(self.done)

    def ask_for_the_best(self) -> None:
        """Ask those who work to come to an end; where a signal would kill them they are left to it."""
        self._ending = True
        if os.name == "posix":
            for process, _ in self._busy.values():
                process.terminate()

    def dismiss(self) -> None:
        """End all processes, whatever they do."""
        ends = [*self._free, *((end, process) for end, (process, _) in self._busy.items())]
        for end, process in ends:
            end.close()
            if process.is_alive():
                process.kill()
        for _, process in ends:
            process.join()


def _serve(end: Connection, function: Callable[[Any], Any]) -> None:
    """Do one job after the other until the other end is closed.

    Ctrl-C in a terminal reaches every process; here it is for the one that asked. SIGTERM from there is an
    interrupt of the job under way.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            job = end.recv()
        except (EOFError, OSError):
            return
        try:
            signal.signal(signal.SIGTERM, _interrupt_once)
            answer: tuple[Any, BaseException | None] = function(job), None
        except KeyboardInterrupt:
            return
        except Exception as error:
            answer = None, error
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            end.send(answer)
        except OSError:
            return
        except Exception as error:  # what a job gave cannot be pickled
            end.send((None, TypeError(f"{type(error).__name__}: {error}")))


def _interrupt_once(number: int, _: Any) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextlib.contextmanager
def _not_interrupted() -> Iterator[None]:
    """Start a process deaf to Ctrl-C, which otherwise would end it with a traceback while it loads."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
