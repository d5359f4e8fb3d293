"""Run commands as a user does, and look at what they print.

`run` does it in this process, which spares loading everything again; `run_process` in one of its own, for what hangs
on that: how quickly it starts, its streams, its signals.
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


_WITHOUT_SOLVERS = """
import sys

class Missing:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {"highspy", "ortools", "pyvrp"}:
            raise ModuleNotFoundError(f"{name} is not on this machine")

sys.meta_path.insert(0, Missing())
from letup.cli import main
sys.argv[0] = "letup"
main()
"""


def run_without_solvers(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as on a machine on which no solver can be imported."""
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT_SOLVERS, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"COLUMNS": "80"},
    )


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
