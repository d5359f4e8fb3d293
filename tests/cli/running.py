"""Run commands as a user does, and look at what they print.

`run` does it in this process, which spares loading everything again; `run_apart` in a process of its own that finds the
libraries loaded, for what hangs on that: its streams, its exit code, what it loads of letup; `run_process` in a Python
of its own, for what hangs on how that starts.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from letup.cli import main
from tests.cli.loaded import run_loaded


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["letup", *map(str, arguments)]
    output, errors, status = io.StringIO(), io.StringIO(), 0
    streams = contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors)
    with mock.patch.object(sys, "argv", command), streams[0], streams[1]:
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
    return subprocess.CompletedProcess(command, status, output.getvalue(), errors.getvalue())


def run_process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "letup", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"COLUMNS": "80"} | environment,
    )


def run_apart(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run_loaded([str(argument) for argument in arguments], os.environ | {"COLUMNS": "80"})


def run_without_solvers(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as on a machine on which no solver can be imported."""
    solvers = ("highspy", "ortools", "pyvrp")
    return run_loaded([str(argument) for argument in arguments], os.environ | {"COLUMNS": "80"}, solvers)


def run_in_terminal(columns: int, *arguments: str | Path) -> str:
    """Everything that a command shows in a terminal of so many columns, with its escape sequences."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "letup", *map(str, arguments)],
        stdin=slave, stdout=slave, stderr=slave, env=environment | {"TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):  # how a pseudo-terminal says on Linux that nobody writes to it any more
        while part := os.read(master, 65536):
            shown += part
    os.close(master)
    process.wait(60)
    return shown.decode()


def printed(show: Callable[..., None], *arguments: object) -> str:
    """What a function prints where standard output is no terminal."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        show(*arguments)
    return output.getvalue()


def two_lines(result: subprocess.CompletedProcess[str], code: str) -> None:
    """An error ends with what is wrong and what to do, and without a traceback."""
    assert "Traceback" not in result.stderr
    error, remedy = result.stderr.rstrip().splitlines()[-2:]
    assert error.startswith(f"error [{code}]")
    assert remedy.startswith("  → ")
