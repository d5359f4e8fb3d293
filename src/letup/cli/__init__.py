"""The command line: parse, call, show. `commands` lists every command; each has its function in a file of this room."""

from letup.cli.commands import app, main

__all__ = ["app", "main"]
