"""Spread independent work over the local cores or over a Dask cluster; the answers are the same in both."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

import numpy as np

from letup import __version__
from letup.core.errors import LetupError

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
        outcome: Spread[Result] = on_cluster(function, jobs, cluster, tell)
    else:
        many = min(workers if workers is not None else cores(), len(jobs))
        outcome = _one_after_the_other(function, jobs, tell) if many <= 1 else on_workers(function, jobs, many, tell)
    if outcome.given_up and not any(result is not None for result in outcome.results):
        raise LetupError(
            "spread.died",
            "Every worker died that was given the work; most often memory runs out",
            "Free memory, or spread over fewer workers.",
        )
    return outcome


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


MOST_DEATHS = 3
"""Workers that may die on one job before it is given up."""

_GRACE = 60.0
"""Seconds that jobs under way have to give the best they have, once it is ended by hand; a second time ends them."""


def on_workers(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int, tell: Callable[[int], None]
) -> Spread[Result]:
    """Do jobs on so many processes; see `letup.core.parallel.spread`.

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


_ANSWER = 10
"""Seconds within which a scheduler answers, and has a worker."""

_ALONE = 30.0
"""Seconds without any worker after which the rest is done on this machine."""

_LOOK = 1.0
"""Seconds between two looks at the workers."""


def on_cluster(
    function: Callable[[Job], Result], jobs: Sequence[Job], address: str, tell: Callable[[int], None]
) -> Spread[Result]:
    """Do jobs on the workers of a Dask cluster; see `letup.core.parallel.spread`.

    If the cluster is lost on the way, the rest is done on the local cores.
    """
    distributed = _extra()
    client = _client(distributed, address)
    try:
        _require_same_letup(client, address)
        return _on_client(distributed, client, function, jobs, tell)
    finally:
        client.close(timeout=2)


def _extra() -> Any:
    """Import dask.distributed, or say how to get it."""
    try:
        import distributed
    except ImportError as error:
        raise LetupError(
            "spread.extra",
            f"Work on a cluster needs a package that is not installed ({error})",
            "Install it beside letup (pip install distributed), or leave out --cluster to use this machine's cores.",
        ) from error
    return distributed


def _client(distributed: Any, address: str) -> Any:
    """Connect, or say that nobody answers."""
    try:
        return distributed.Client(address, timeout=_ANSWER, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise LetupError(
            "spread.address",
            f"No Dask scheduler answers at {address}",
            "Start one with `dask scheduler`, and give the address that it prints, such as tcp://10.0.0.5:8786.",
        ) from error


def _require_same_letup(client: Any, address: str) -> None:
    """Refuse a cluster without workers, and workers that would not give the same answers."""
    try:
        client.wait_for_workers(1, timeout=_ANSWER)
    except TimeoutError as error:
        raise LetupError(
            "spread.workers", f"The cluster at {address} has no workers", f"Start some: dask worker {address}"
        ) from error
    remedy = f"Install letup {__version__} where the workers run."
    try:
        versions = client.run(_version)
    except Exception as error:  # whatever a worker without letup, or with another one, runs into
        raise LetupError("spread.workers", f"The workers at {address} cannot run letup: {error}", remedy) from error
    others = sorted({version for version in versions.values() if version != __version__})
    if others:
        message = f"Workers at {address} have letup {', '.join(others)}, this is {__version__}"
        raise LetupError("spread.workers", message, remedy)


def _version() -> str:
    return __version__


def _on_client(
    distributed: Any,
    client: Any,
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    tell: Callable[[int], None],
) -> Spread[Result]:
    """Hand out the jobs, and take the results as they come."""
    name = f"letup-{uuid.uuid4()}"
    results: list[Result | None] = [None] * len(jobs)
    given_up: list[int] = []
    at_home: list[int] = []
    futures = {client.submit(function, job, key=f"{name}-{i}", pure=False): i for i, job in enumerate(jobs)}
    woken = threading.Event()
    for future in futures:
        future.add_done_callback(lambda _: woken.set())
    seen = time.monotonic()
    try:
        while futures:
            woken.wait(_LOOK)
            woken.clear()
            # What is lost, because the worker that held it died, is done again.
            ready = [future for future in futures if future.status not in ("pending", "lost")]
            for future in ready:
                index = futures[future]
                if future.status == "finished":
                    try:
                        results[index] = future.result(timeout=_ANSWER)
                    except (OSError, TimeoutError, distributed.CancelledError):
                        continue  # the worker that held it died; the scheduler has it done again
                elif future.status == "error":
                    error = future.exception()
                    if not isinstance(error, distributed.KilledWorker):
                        raise error
                    given_up.append(index)
                else:  # the scheduler has gone, and the job with it
                    at_home.append(index)
                del futures[future]
                tell(len(jobs) - len(futures) - len(at_home))
            if ready or (client.status == "running" and client.scheduler_info(n_workers=-1)["workers"]):
                seen = time.monotonic()
            elif time.monotonic() - seen > _ALONE:
                at_home += futures.values()
                break
    except KeyboardInterrupt:
        return Spread(tuple(results), True, tuple(sorted(given_up)))
    finally:
        if futures and client.status == "running":
            client.cancel(list(futures), force=True)
    if at_home:
        return _rest_at_home(function, jobs, results, sorted(at_home), given_up, tell)
    return Spread(tuple(results), False, tuple(sorted(given_up)))


def _rest_at_home(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    results: list[Result | None],
    rest: list[int],
    given_up: list[int],
    tell: Callable[[int], None],
) -> Spread[Result]:
    """Do on this machine what the cluster did not come to."""
    before = len(jobs) - len(rest) - len(given_up)
    outcome = spread(function, [jobs[i] for i in rest], progress=lambda done, _: tell(before + done))
    for index, result in zip(rest, outcome.results, strict=True):
        results[index] = result
    missing = sorted([*given_up, *(rest[i] for i in outcome.given_up)])
    return Spread(tuple(results), outcome.stopped, tuple(missing), outcome.deaths)
