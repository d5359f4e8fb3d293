"""Spread independent work over the local cores or over a Dask cluster; the answers are the same in both."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from letup.errors import LetupError

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Spread(Generic[Result]):
    """What came out of jobs that were spread.

    Attributes
    ----------
    results : tuple, [jobs]
        In the order of the jobs, whoever did them and whenever; None where a job was not done.
    stopped : bool
        Whether it was ended by hand; jobs that had begun may have given the best they had.
    given_up : tuple of int
        Jobs on which one worker after the other died.
    deaths : int
        Workers that died and whose job another one did, as far as it was noticed.
    """

    results: tuple[Result | None, ...]
    stopped: bool = False
    given_up: tuple[int, ...] = ()
    deaths: int = 0

    @property
    def complete(self) -> bool:
        """Whether every job was done to its own end."""
        return not self.stopped and not self.given_up


def spread(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Spread[Result]:
    """Do jobs that do not depend on each other, and return their results in the order of the jobs.

    What a job gives may depend on the job alone: a job that needs random numbers carries its seed (`seed_of`).
    Then the results do not depend on who does the work. A job that stops at a time of the clock gives the same
    wherever it comes to its own end before that.

    A worker that dies costs time, not the answer: another one does its job. Ctrl-C gives what is ready; jobs
    under way on local cores are asked for the best they have, those on a cluster are dropped.

    Parameters
    ----------
    function : callable
        What to do with a job; at the top level of a module, so that another process finds it.
    jobs : sequence
        The jobs; they are pickled.
    cluster : str, optional
        Address of a Dask scheduler, such as ``"tcp://10.0.0.5:8786"``. Its workers need the same version of letup.
    workers : int, optional
        Processes on this machine, if there is no cluster; one for each core if absent. With 1 the jobs are done
        one after the other in this process.
    progress : callable, optional
        Told how many jobs are done, and of how many.

    Raises
    ------
    LetupError
        ``spread.extra`` without the extra; ``spread.address`` if nobody answers there; ``spread.workers`` if it
        has no workers, or they have no letup or another version; ``spread.died`` if no job could be done because
        every worker died. An error of a job is raised as it is.
    """
    jobs = list(jobs)

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, len(jobs))

    if not jobs:
        return Spread(())
    if cluster is not None:
        from letup.pauses.cluster import on_cluster

        found: Spread[Result] = on_cluster(function, jobs, cluster, tell)
    else:
        many = min(workers if workers is not None else cores(), len(jobs))
        if many <= 1:
            found = _one_after_the_other(function, jobs, tell)
        else:
            from letup.pauses.workers import on_workers

            found = on_workers(function, jobs, many, tell)
    if found.given_up and not any(result is not None for result in found.results):
        raise LetupError(
            "spread.died",
            "Every worker died that was given the work; most often memory runs out",
            "Free memory, or spread over fewer workers.",
        )
    return found


def seed_of(seed: int, job: int) -> int:
    """Seed of a job by its number: far from those of the others, and the same wherever it is done."""
    return int(np.random.SeedSequence(seed, spawn_key=(job,)).generate_state(1)[0])


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _one_after_the_other(
    function: Callable[[Job], Result], jobs: Sequence[Job], tell: Callable[[int], None]
) -> Spread[Result]:
    """Do the jobs in this process."""
    results: list[Result | None] = [None] * len(jobs)
    with _interrupts() as interrupted:
        try:
            for index, job in enumerate(jobs):
                results[index] = function(job)
                tell(index + 1)
                if interrupted:
                    break
        except KeyboardInterrupt:
            interrupted.append(True)
    return Spread(tuple(results), stopped=bool(interrupted))


@contextlib.contextmanager
def _interrupts() -> Iterator[list[bool]]:
    """Take note of Ctrl-C even where a job answers it by giving the best it has."""
    noted: list[bool] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: Any) -> None:
        noted.append(True)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
