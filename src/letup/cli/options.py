"""Arguments and options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario folder, or the name of a bundled scenario.")
]
PackageFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="What is on the table: CSV with columns issue and value.")
]
PackageValues = Annotated[
    list[str] | None, typer.Option("--set", metavar="ISSUE=VALUE", help="The same, one issue; may be repeated.")
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        max=2**31 - 1,
        help="Seed of the search: the same answer for the same seed, unless time or Ctrl-C ends it.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Force = Annotated[
    bool, typer.Option("--force", help="Replace files that letup did not write, or that were changed since.")
]
