"""``letup new``: start a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")]) -> None:
    """Write a small scenario to start from."""
    from letup.scenario import new as write_new

    written = write_new(folder)
    print(f"wrote {written}: {', '.join(sorted(path.name for path in written.iterdir()))}")
    print(f"next: put in your own data, then run: letup check {written}")
