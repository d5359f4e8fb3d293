"""Code blocks of a Markdown page, and how each is run.

- ``python`` blocks of one page share their variables, top to bottom.
- ``console`` blocks run each line that starts with ``$ ``: in bash, but a plain ``letup`` command in this process,
  which spares loading everything again, and ``letup verify``, also of the bundled scenario, in one of its own in which
  no solver can be imported. The lines below it have to come up in what it prints, in this order. ``...``
  stands for any text, within a line or for lines left out.
  A command is expected to succeed; ``# exit 1`` at its end says that it is expected to fail with that status.
- a comment ``<!-- file: area/people.csv -->`` before a block writes the block into that file.
- a comment ``<!-- not run: reason -->`` before a block says why it is only read.
- every other language is data or output, and is not run.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.running import run as letup
from tests.cli.running import run_without_solvers

ROOT = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(
    r"(?:^<!--[ ](?P<key>file|not[ ]run):[ ]*(?P<value>[^>]*?)[ ]*-->\n+)?"
    r"^```(?P<language>[\w-]*)[^\n]*\n(?P<text>.*?)^```[ ]*$",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_EXIT = re.compile(r"#\s*exit (\d+)\s*$")
_SHELL = re.compile(r"[|<>&;$`*]")
"""What only a shell understands."""


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes
    ----------
    language, text : str
        As in the page.
    line : int
        Line of the page at which the text starts.
    file : str
        File the block is to be written into, or "".
    not_run : str
        Why it is only read, or "".
    """

    language: str
    text: str
    line: int
    file: str = ""
    not_run: str = ""

    @property
    def commands(self) -> list[tuple[str, list[str]]]:
        """The commands of a console block, each with the lines that it has to print.

        A command ending in a backslash goes on in the next line.
        """
        if self.language != "console":
            return []
        commands: list[tuple[str, list[str]]] = []
        for line in self.text.replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif line.strip() not in ("", "..."):
                commands[-1][1].append(line)
        return commands


def pages() -> list[Path]:
    """The README and every page below docs."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> list[Block]:
    """Read the fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            language=match["language"],
            text=match["text"],
            line=text.count("\n", 0, match.start("text")) + 1,
            file=match["value"] if match["key"] == "file" else "",
            not_run=match["value"] if match["key"] == "not run" else "",
        )
        for match in _BLOCK.finditer(text)
    ]


def run(page: Path, folder: Path) -> int:
    """Run the blocks of a page in ``folder``, which is the working directory; return how many were run.

    Raises
    ------
    AssertionError
        Naming the page, the line and the command that did not do as the page says.
    """
    variables: dict[str, Any] = {"__name__": "__page__"}
    done = 0
    for block in blocks(page):
        if block.not_run:
            continue
        place = f"{page.relative_to(ROOT)}:{block.line}"
        if block.file:
            target = folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            # The blank lines make a traceback name the line of the page.
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), variables)
        elif block.language == "console":
            for command, printed in block.commands:
                _command(command, printed, folder, place)
        else:
            continue
        done += 1
    return done


def _in_bash(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in bash, with the environment of the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def _command(command: str, printed: list[str], folder: Path, place: str) -> None:
    """Run one command, and compare its exit status and what it prints."""
    expected = int(match[1]) if (match := _EXIT.search(command)) else 0
    words = shlex.split(command, comments=True)
    if words[0] != "letup" or _SHELL.search(command):
        result = _in_bash(command, folder)
    else:
        result = (run_without_solvers if words[1] == "verify" else letup)(*words[1:])
    assert result.returncode == expected, (
        f"{place}: `{command}` ended with {result.returncode}, the page says {expected}\n"
        f"{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    )
    output = iter((result.stdout + result.stderr).splitlines())
    for line in printed:
        wanted = re.compile(".*".join(re.escape(" ".join(part.split())) for part in line.split("...")))
        assert any(wanted.fullmatch(" ".join(shown.split())) for shown in output), (
            f"{place}: `{command}` does not print, in this order, the line\n{line}\nbut\n{result.stdout}{result.stderr}"
        )
