"""Commands in processes of their own that find the libraries loaded.

Half of what a small command takes is to load numpy, pandas, scipy and numba. Here a process that has loaded these, and
nothing of letup, forks one for each command, which then begins as ``python -m letup`` does. What hangs on how Python
itself starts (its encoding, how soon help comes, Ctrl-C while libraries load) needs a Python of its own:
`tests.cli.running.run_process`.

Nothing of letup is imported here: a command that is run has to load it itself.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

LIBRARIES = [
    *("numpy", "pandas", "scipy.sparse.csgraph", "shapely", "pyproj", "geopandas", "pyogrio"),
    *("numba", "numba.core.inline_closurecall", "numba.core.typing.builtins", "numba.cpython.unicode"),
    *("numba.cpython.charseq", "numba.np.arrayobj", "numba.np.arraymath", "numba.np.linalg", "numba.np.polynomial"),
    *("pydantic", "typer", "rich.table", "yaml", "jinja2"),
]
"""What takes long to load; no solver, since what works without one is tried here as well."""
_TIMEOUT = 300


def run_loaded(
    arguments: Collection[str], environment: Mapping[str, str], missing: Collection[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run ``letup`` with some arguments.

    Parameters
    ----------
    arguments : collection of str
        What follows ``letup``.
    environment : mapping of str to str
        The whole environment, as far as letup itself reads it.
    missing : collection of str
        Libraries that cannot be imported there.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("stdout", "stderr")]
        how = (list(arguments), dict(environment), str(Path.cwd()), [str(path) for path in streams], list(missing))
        process = context.Process(target=_letup, args=how)
        process.start()
        process.join(_TIMEOUT)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["letup", *arguments], _TIMEOUT)
        status = process.exitcode
        process.close()
        output, errors = (path.read_text("utf-8") for path in streams)
    return subprocess.CompletedProcess(["letup", *arguments], status, output, errors)


def _letup(
    arguments: list[str], environment: dict[str, str], folder: str, streams: list[str], missing: list[str]
) -> None:
    """What the process does: as ``python -m letup`` with these streams, in this folder."""
    for number, path in enumerate([os.devnull, *streams]):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", errors=errors, closefd=False)
        for number, mode, errors in ((0, "r", None), (1, "w", None), (2, "w", "backslashreplace"))
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.meta_path.insert(0, _Missing(missing))
    sys.argv = ["letup", *arguments]
    try:
        runpy.run_module("letup", run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()


class _Missing:
    """Finds no library of some names."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = set(names)

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"{name} is not on this machine")
