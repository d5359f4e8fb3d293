"""The command line: parse, call, show. One file per command; what a command needs is imported when it runs."""

from __future__ import annotations

import importlib
import io
import os
import shlex
import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from letup.core.findings import Finding

app = typer.Typer(
    name="letup",
    help="Plans, helps to agree, and watches over humanitarian pauses.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # keeps --help quick, and plain when piped
)
_import = typer.Typer(help="Make a scenario from data of another format.", no_args_is_help=True, rich_markup_mode=None)
_statement = typer.Typer(help="What parties said: list, add, read.", no_args_is_help=True, rich_markup_mode=None)

#: Each command: its name, and where its function is.
COMMANDS = (
    ("plan", "letup.cli.plan", "plan"),
    ("frontier", "letup.cli.frontier", "frontier"),
    ("assess", "letup.cli.assess", "assess"),
    ("support", "letup.cli.support", "support"),
    ("terms", "letup.cli.terms", "terms"),
    ("convoys", "letup.cli.convoys", "convoys"),
    ("verify", "letup.cli.verify", "verify"),
    ("check", "letup.cli.check", "check"),
    ("sources", "letup.cli.sources", "sources"),
    ("new", "letup.cli.new", "new"),
    ("list", "letup.cli.list_", "list_"),
)
IMPORTS = (
    ("osm", "letup.cli.import_", "osm"),
    ("gmns", "letup.cli.import_", "gmns"),
)
STATEMENTS = (
    ("list", "letup.cli.statement", "list_"),
    ("add", "letup.cli.statement", "add"),
    ("read", "letup.cli.statement", "read"),
)

_REPORT = "this is a fault in letup: run again with LETUP_DEBUG=1 and report what it prints with the input's files"


def _register(group: typer.Typer, commands: tuple[tuple[str, str, str], ...]) -> None:
    for name, module, function in commands:
        group.command(name)(getattr(importlib.import_module(module), function))


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        from letup import __version__

        print(f"letup {__version__}")
        raise typer.Exit


_register(app, COMMANDS)
_register(_import, IMPORTS)
_register(_statement, STATEMENTS)
app.add_typer(_import, name="import")
app.add_typer(_statement, name="statement")


def main() -> None:
    """Run the command line; errors print in two lines, and a traceback only if LETUP_DEBUG is set."""
    from letup.core.errors import BadInput, LetupError

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
    except Exception as error:
        if os.environ.get("LETUP_DEBUG"):
            raise
        _fail("internal", f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", _REPORT, 2)


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
