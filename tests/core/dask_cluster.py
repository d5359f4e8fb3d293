"""A Dask cluster on this machine."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running(workers):
    """A Dask cluster of so many processes on this machine; its address."""
    pytest.importorskip("distributed")
    code = f"""
from distributed import LocalCluster

if __name__ == "__main__":
    options = {{"dashboard_address": "127.0.0.1:0", "protocol": "tcp", "host": "127.0.0.1"}}
    with LocalCluster(n_workers={workers}, threads_per_worker=1, **options) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(code)
        script.flush()
        with subprocess.Popen(
            [sys.executable, script.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        ) as process:
            yield process.stdout.readline().strip()
            process.communicate("\n", timeout=20)
