"""Spreading work: the same answers wherever it is done, whoever dies on the way."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from letup.core import parallel as cluster_of
from letup.core.errors import BadInput, LetupError, NoPlan
from letup.core.findings import Finding
from letup.core.parallel import Spread, seed_of, spread
from tests.core.dask_cluster import running


def draw(job):
    """A number from the job's own seed."""
    import numpy as np

    return int(np.random.default_rng(job).integers(1_000_000)), os.getpid()


def die_once(job):
    """The process that comes first to job 1 is ended from outside, as the system does when memory runs out."""
    mark, number = job
    if number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
    return number * number


def die_always(number):
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
    return number


def refuse(number):
    if number == 1:
        raise NoPlan("pauses.none", "No pause is possible", "Ask for wider limits.")
    return number


def unpicklable(number):
    return lambda: number


def wait_for_a_kill(job):
    """Says who does it, then takes a while: time to be ended from outside."""
    folder, number = job
    (folder / f"{number}-{os.getpid()}").touch()
    time.sleep(0.5 if len(list(folder.glob(f"{number}-*"))) > 1 or number > 1 else 4)
    return number


@pytest.fixture(scope="module")
def seeds():
    return [seed_of(7, i) for i in range(5)]


@pytest.fixture(scope="module")
def alone(seeds):
    return [number for number, _ in spread(draw, seeds, workers=1).results]


@pytest.fixture(scope="module")
def dask():
    """Two worker processes on this machine behind a scheduler."""
    with running(2) as address:
        yield address


@pytest.fixture(scope="module")
def empty():
    """A scheduler without workers."""
    with running(0) as address:
        yield address


def test_jobs_have_seeds_of_their_own_that_do_not_change():
    assert len({seed_of(seed, job) for seed in range(20) for job in range(20)}) == 400
    assert seed_of(0, 0) == seed_of(0, 0)


def test_the_answers_are_the_same_in_one_process_and_in_many(seeds, alone):
    done = []
    outcome = spread(draw, seeds, workers=2, progress=lambda many, of: done.append((many, of)))
    assert [number for number, _ in outcome.results] == alone
    assert os.getpid() not in {process for _, process in outcome.results}
    assert outcome.complete
    assert done == [(i + 1, 5) for i in range(5)]


def test_a_worker_that_is_killed_costs_time_and_not_the_answer(tmp_path):
    outcome = spread(die_once, [(tmp_path / "mark", number) for number in range(4)], workers=2)
    assert outcome.results == (0, 1, 4, 9)
    assert (outcome.deaths, outcome.complete) == (1, True)


def test_a_job_that_kills_every_worker_is_given_up_and_the_others_are_done():
    outcome = spread(die_always, [0, 1, 2], workers=2)
    assert outcome == Spread((0, None, 2), given_up=(1,), deaths=3)
    assert not outcome.complete


def test_work_that_nobody_survives_is_said():
    with pytest.raises(LetupError) as caught:
        spread(die_always, [1, 1], workers=2)
    assert caught.value.code == "spread.died"


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_job_arrives_as_it_was_raised(workers):
    with pytest.raises(NoPlan) as caught:
        spread(refuse, [0, 1, 2], workers=workers)
    assert (caught.value.code, caught.value.remedy) == ("pauses.none", "Ask for wider limits.")


def test_an_answer_that_cannot_travel_is_an_error_and_not_an_endless_loop():
    with pytest.raises(TypeError, match=r"pickle|local object"):
        spread(unpicklable, [0, 1], workers=2)


def test_errors_survive_the_way_between_processes():
    finding = Finding("x.y", "error", "wrong", file="a.csv", where="row 1", column="b", remedy="do")
    for error in (LetupError("a.b", "message", "remedy"), NoPlan("a.b", "message"), BadInput([finding])):
        back = pickle.loads(pickle.dumps(error))
        assert type(back) is type(error)
        assert (str(back), back.code, back.remedy) == (str(error), error.code, error.remedy)


def test_nothing_to_do_is_done_at_once():
    assert spread(draw, []) == Spread(())


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_gives_what_is_ready_and_the_best_of_what_is_under_way(workers, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import pathlib, time
            from letup.core.parallel import spread

            def job(number):
                if number == 0:
                    return "done"
                try:
                    pathlib.Path({str(tmp_path)!r}, "begun").touch()
                    time.sleep(60)
                except KeyboardInterrupt:
                    return "best so far"

            if __name__ == "__main__":
                outcome = spread(job, [0, 1, 2, 3], workers={workers})
                print(outcome.results, outcome.stopped)
            """
        )
    )
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        until = time.monotonic() + 30
        while not (tmp_path / "begun").exists() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
        out, err = process.communicate(timeout=30)
    assert err == ""
    results, stopped = out.rsplit(" ", 1)
    assert stopped.strip() == "True"
    # Alone, job 1 is under way; with two workers jobs 1 and 2 are, or 2 and 1 in a moment.
    assert results.startswith("('done', 'best so far', ")
    assert results.endswith("None)")


def test_a_cluster_gives_the_same_answers(dask, seeds, alone):
    done = []
    outcome = spread(draw, seeds, cluster=dask, progress=lambda many, of: done.append(many))
    assert [number for number, _ in outcome.results] == alone
    assert outcome.complete
    assert done[-1] == 5
    with pytest.raises(NoPlan, match="No pause is possible"):
        spread(refuse, [0, 1, 2], cluster=dask)


def test_a_worker_of_the_cluster_that_is_killed_costs_time_and_not_the_answer(dask, tmp_path):
    killed = []

    def kill():
        until = time.monotonic() + 20
        while not (begun := list(tmp_path.glob("0-*"))) and time.monotonic() < until:
            time.sleep(0.05)
        killed.append(int(begun[0].name.split("-")[1]))
        os.kill(killed[0], signal.SIGKILL)

    other = threading.Thread(target=kill)
    other.start()
    outcome = spread(wait_for_a_kill, [(tmp_path, number) for number in range(4)], cluster=dask)
    other.join()
    assert outcome.results == (0, 1, 2, 3)
    again = {int(file.name.split("-")[1]) for file in tmp_path.glob("0-*")}
    assert len(again - set(killed)) >= 1


def test_a_cluster_whose_workers_have_gone_leaves_the_rest_to_this_machine(empty, monkeypatch):
    monkeypatch.setattr(cluster_of, "_ALONE", 1.0)
    monkeypatch.setattr(cluster_of, "_require_same_letup", lambda client, address: None)
    assert spread(die_always, [0, 2], cluster=empty) == Spread((0, 2))


def test_an_address_where_nobody_answers_is_said(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster_of, "_ANSWER", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://here", "no address"):
        with pytest.raises(LetupError) as caught:
            spread(draw, [1], cluster=address)
        assert (caught.value.code, caught.value.exit_code) == ("spread.address", 2)


def test_a_cluster_without_workers_is_refused(empty, monkeypatch):
    monkeypatch.setattr(cluster_of, "_ANSWER", 1)
    with pytest.raises(LetupError, match="has no workers") as caught:
        spread(draw, [1], cluster=empty)
    assert caught.value.code == "spread.workers"


def test_a_cluster_with_another_letup_is_refused(dask, monkeypatch):
    monkeypatch.setattr(cluster_of, "__version__", "0.0.0")
    with pytest.raises(LetupError, match=r"this is 0\.0\.0") as caught:
        spread(draw, [1], cluster=dask)
    assert caught.value.code == "spread.workers"


def test_a_missing_extra_is_said_with_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # what imports it fails
    with pytest.raises(LetupError) as caught:
        spread(draw, [1], cluster="tcp://127.0.0.1:8786")
    assert caught.value.code == "spread.extra"
    assert "pip install distributed" in caught.value.remedy
