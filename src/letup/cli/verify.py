"""``letup verify``: recompute a written plan without the solver."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from letup.cli.options import AsJson


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that letup plan wrote.")],
    as_json: AsJson = False,
) -> None:
    """Recompute a plan from its files alone; exit 1 and say where if something does not hold."""
    from letup.cli.terminal import show, show_json, table
    from letup.core.wording import and_more, plural
    from letup.report.verification import check_report
    from letup.verify.verification import verify as recompute

    result = recompute(folder)
    check_report(folder, result)
    if as_json:
        problems = [
            {"code": p.code, "file": p.file, "where": p.where, "column": p.column, "message": p.message}
            for p in result.problems
        ]
        checks = [{"what": what, "count": count} for what, count in result.checks]
        show_json({"holds": result.holds, "checks": checks, "problems": problems})
    else:
        show(table(("recomputed", "what"), [(f"{count:,}", what) for what, count in result.checks], left=(1,)), "")
        for problem in result.problems[:_SHOWN]:
            show(f"[{problem.code}] {problem.place}: {problem.message}")
        if rest := and_more(len(result.problems), _SHOWN):
            show(f"... {rest}; --json lists all")
        show(
            "The plan holds: everything above was recomputed from the files, without the solver."
            if result.holds
            else f"The plan does not hold: {plural(len(result.problems), 'problem')}."
        )
    if not result.holds:
        raise typer.Exit(1)


_SHOWN = 40
