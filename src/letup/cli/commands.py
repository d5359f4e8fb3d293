"""All commands of the command line, and how an error ends one. A new command is added in `COMMANDS`, nowhere else.

The modules of commands import nothing heavy at their top: what a command needs is imported when it runs.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from letup.cli import assess, check, convoys, frontier, plan, scenarios, sign, sources, statement, support, verify

if TYPE_CHECKING:
    from letup.core.findings import Finding

Command = Callable[..., Any]

COMMANDS: Mapping[str, Command | Mapping[str, Command]] = {
    "plan": plan.plan,
    "frontier": frontier.frontier,
    "assess": assess.assess,
    "support": support.support,
    "terms": support.terms,
    "convoys": convoys.convoys,
    "verify": verify.verify,
    "sign": sign.sign,
    "check": check.check,
    "sources": sources.sources,
    "new": scenarios.new,
    "list": scenarios.list_,
    "import": {"osm": scenarios.osm, "gmns": scenarios.gmns},
    "statement": {"list": statement.list_, "add": statement.add, "read": statement.read},
}
"""Each command by its name; a group of commands by the names of its own."""

GROUPS = {
    "import": "Make a scenario from data of another format.",
    "statement": "What parties said: list, add, read.",
}
"""What a group of commands is for."""

_REPORT = "this is a fault in letup: run again with LETUP_DEBUG=1 and report what it prints with the input's files"


def _typer(commands: Mapping[str, Command | Mapping[str, Command]], **settings: Any) -> typer.Typer:
    made = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # keeps --help quick, and plain when piped
        **settings,
    )
    for name, command in commands.items():
        if isinstance(command, Mapping):
            made.add_typer(_typer(command, help=GROUPS[name]), name=name)
        else:
            made.command(name)(command)
    return made


app = _typer(COMMANDS, name="letup", help="Plans humanitarian pauses, and helps to agree on them.")


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        from letup import __version__

        print(f"letup {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; errors print in two lines, and a traceback only if LETUP_DEBUG is set."""
    from letup.core.errors import BadInput, LetupError, refused_by_system

    _keep_standard_output()
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows no Arabic shows question marks, not a fault
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except LetupError as error:
        if os.environ.get("LETUP_DEBUG"):
            raise
        errors = [f for f in error.findings if f.severity == "error"] if isinstance(error, BadInput) else []
        remedy = error.remedy
        if isinstance(error, BadInput) and len(errors) > 1:
            if not error.scenario:
                _fail_with_all(errors, error.exit_code)
            remedy = f"{remedy.rstrip('.')}; everything that is wrong: letup check {shlex.quote(error.scenario)}"
        _fail(error.code, error.message, remedy, error.exit_code)
    except OSError as error:
        if os.environ.get("LETUP_DEBUG"):
            raise
        refused = refused_by_system(error)
        _fail(refused.code, refused.message, refused.remedy, refused.exit_code)
    except Exception as error:
        if os.environ.get("LETUP_DEBUG"):
            raise
        _fail("internal", f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", _REPORT, 2)


def _keep_standard_output() -> None:
    """Keep standard output to what letup prints: compiled libraries that write to it directly write to standard error.

    A banner of a solver before the object of ``--json`` would make it unreadable to the next program. Processes that
    letup starts inherit this.
    """
    try:
        if not isinstance(sys.stdout, io.TextIOWrapper) or sys.stdout.fileno() != 1:
            return  # somebody has put something else in its place
        own = os.dup(1)
        os.dup2(2, 1)
    except OSError:
        return  # there is no standard output, or no standard error
    sys.stdout = io.TextIOWrapper(
        os.fdopen(own, "wb"), sys.stdout.encoding, sys.stdout.errors, line_buffering=sys.stdout.line_buffering
    )


def _fail_with_all(errors: list[Finding], status: int) -> NoReturn:
    for error in errors:
        _say(error.code, f"{error.place}: {error.message}", error.remedy)
    sys.exit(status)


def _fail(code: str, message: str, remedy: str, status: int) -> NoReturn:
    _say(code, message, remedy)
    sys.exit(status)


def _say(code: str, message: str, remedy: str) -> None:
    print(f"error [{code}] {message}", file=sys.stderr)
    if remedy:
        print(f"  → {remedy}", file=sys.stderr)
