"""Pages of the documentation that a script makes: written, or held against what is there."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from letup.tables import markdown, schemas


def write_or_check(make: Callable[[], Mapping[Path, str]], description: str | None, arguments: list[str] | None) -> int:
    """Write files, or with ``--check`` only compare them with what is there.

    Parameters
    ----------
    make : callable
        Gives the text of each file.
    description : str
        What the command line says of the script.
    arguments : list of str, optional
        Of the command line; those that the script was called with if absent.

    Returns
    -------
    int
        Exit code: 1 if a file that was compared differs.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare with what is there")
    check = parser.parse_args(arguments).check
    files = make()
    if check:
        stale = [path.name for path, text in files.items() if path.read_text("utf-8") != text]
        print(f"stale: {', '.join(stale)}; run the script" if stale else "all as the script makes it", file=sys.stderr)
        return int(bool(stale))
    for path, text in files.items():
        path.write_text(text, "utf-8")
    return 0


_TABLE = re.compile(r"(<!-- table (\S+) of (\S+) -->\n)(\|.*\n)*")


def with_declared_tables(page: str) -> str:
    """Text of a Markdown page with the columns of a declared table below each ``<!-- table NAME of PACKAGE -->``."""
    return _TABLE.sub(lambda mark: mark[1] + markdown(schemas(mark[3])[mark[2]].columns), page)


def fill_template(template: Path, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:
    """Text of a Jinja template with these values; a name that has none is an error."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.filters |= filters
    return environment.from_string(template.read_text("utf-8")).render(**values)
