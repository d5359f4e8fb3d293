"""All commands of the command line, and how an error ends one. A new command is added in `COMMANDS`, nowhere else.

The modules of commands import nothing heavy at their top: what a command needs is imported when it runs.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from letup.cli import assess, check, convoys, frontier, plan, scenarios, sign, sources, statement, support, verify
from letup.cli.streams import Interrupt, flush, keep_streams

if TYPE_CHECKING:
    from letup.core.errors import LetupError

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


_STOPPED = 130
"""Exit status of a command that Ctrl-C ended, also typer's own."""


def _stoppable(command: Command) -> Command:
    """Let Ctrl-C end a command with a message: typer would end it without."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            raise _stopped() from None

    return run


def _stopped() -> LetupError:
    from letup.core.errors import Stopped

    return Stopped("command.stopped", "stopped by Ctrl-C", "Run it again.")


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
            made.command(name)(_stoppable(command))
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
    streams = keep_streams()
    try:
        with Interrupt() as interrupt:
            status = _run(interrupt)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    if failure := flush(streams):
        _say("system.output", f"not all that was to be said could be written: {failure.strerror}", "Give it room.")
        status = 4
    sys.exit(status)


def _run(interrupt: Interrupt) -> int:
    """Run a command; its exit status if it ended with an error."""
    from letup.core.errors import BadInput, LetupError, NoPlan, SystemRefused, refused_by_system

    try:
        app()
    except SystemExit as ended:
        if ended.code != _STOPPED or not interrupt.pressed:
            raise
        return _fail(_stopped())  # before the command itself had begun
    except LetupError as error:
        if os.environ.get("LETUP_DEBUG"):
            raise
        if interrupt.pressed and isinstance(error, NoPlan):  # it was not looked for to the end
            return _fail(_stopped())
        errors = [f for f in error.findings if f.severity == "error"] if isinstance(error, BadInput) else []
        if isinstance(error, BadInput) and len(errors) > 1:
            if not error.scenario:
                for finding in errors:
                    _say(finding.code, f"{finding.place}: {finding.message}", finding.remedy)
                return error.exit_code
            every = f"everything that is wrong: letup check {shlex.quote(error.scenario)}"
            _say(error.code, error.message, f"{error.remedy.rstrip('.')}; {every}")
            return error.exit_code
        return _fail(error)
    except KeyboardInterrupt:
        return _fail(_stopped())
    except Exception as error:
        if os.environ.get("LETUP_DEBUG"):
            raise
        if interrupt.pressed:
            return _fail(_stopped())
        if isinstance(error, OSError):
            return _fail(refused_by_system(error))
        if isinstance(error, MemoryError):
            return _fail(SystemRefused("system.memory", "there is not enough memory", "Use a machine with more."))
        message = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        return _fail(LetupError("internal", message, _REPORT))
    return 0


def _fail(error: LetupError) -> int:
    _say(error.code, error.message, error.remedy)
    return error.exit_code


def _say(code: str, message: str, remedy: str) -> None:
    print(f"error [{code}] {message}", file=sys.stderr)
    if remedy:
        print(f"  → {remedy}", file=sys.stderr)
