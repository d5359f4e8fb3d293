"""A Dask cluster that does jobs; what a worker that died had under way another one does."""

from __future__ import annotations

import importlib
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from letup import __version__
from letup.errors import LetupError
from letup.pauses.spread import Spread

Job = TypeVar("Job")
Result = TypeVar("Result")

_ANSWER = 10
"""Seconds within which a scheduler answers, and has a worker."""

_ALONE = 30.0
"""Seconds without any worker after which the rest is done on this machine."""

_LOOK = 1.0
"""Seconds between two looks at the workers."""


def on_cluster(
    function: Callable[[Job], Result], jobs: Sequence[Job], address: str, tell: Callable[[int], None]
) -> Spread[Result]:
    """Do jobs on the workers of a Dask cluster; see `letup.pauses.spread.spread`.

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
        return importlib.import_module("distributed")
    except ImportError as error:
        raise LetupError(
            "spread.extra",
            f"Work on a cluster needs the extra `cluster` ({error})",
            "pip install 'letup[cluster]', or leave --cluster out to use the cores of this machine.",
        ) from error


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
    from letup.pauses.spread import spread

    before = len(jobs) - len(rest) - len(given_up)
    found = spread(function, [jobs[i] for i in rest], progress=lambda done, _: tell(before + done))
    for index, result in zip(rest, found.results, strict=True):
        results[index] = result
    missing = sorted([*given_up, *(rest[i] for i in found.given_up)])
    return Spread(tuple(results), found.stopped, tuple(missing), found.deaths)
