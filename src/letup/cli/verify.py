"""``letup verify``: recompute a written plan without the solver."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from letup.cli.options import AsJson


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that letup plan wrote.")],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="SCENARIO", help="Your own scenario; each value that the plan's copy has otherwise is named."
        ),
    ] = None,
    signed_by: Annotated[
        Path | None, typer.Option(metavar="KEY", help="Public key of who should have signed the plan.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute a plan from its files alone; exit 1 and say where if something does not hold."""
    from letup.cli.terminal import show, show_json, table
    from letup.core.wording import and_more, listed, plural
    from letup.plan.files.signature import SIGNATURE
    from letup.report.verification import check_report, check_sheets
    from letup.verify.against import check_against
    from letup.verify.signature import check_signature
    from letup.verify.verification import verify as recompute

    result = recompute(folder)
    check_report(folder, result)
    check_sheets(folder, result)
    if against is not None:
        check_against(folder, against, result)
    if signed_by is not None:
        check_signature(folder, signed_by, result)
    left_out = _not_looked_at(folder)
    if as_json:
        problems = [
            {"code": p.code, "file": p.file, "where": p.where, "column": p.column, "message": p.message}
            for p in result.problems
        ]
        checks = [{"what": what, "count": count} for what, count in result.checks]
        held_against = "the copy of the scenario in the folder" if against is None else against
        show_json(
            {
                "holds": result.holds,
                "held_against": held_against,
                "checks": checks,
                "problems": problems,
                "not_looked_at": left_out,
            }
        )
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
        if against is None:
            show(
                "It was held against the copy of the scenario beside it, and no more. Whether that copy says what "
                "yours says is for --against SCENARIO."
            )
        if left_out:
            show(f"Not looked at, as letup plan and letup convoys do not write it: {listed(left_out, 10)}.")
        if signed_by is None and (folder / SIGNATURE).is_file():
            show("It is signed; whether by whom you think is for --signed-by KEY.")
    if not result.holds:
        raise typer.Exit(1)


_SHOWN = 40


def _not_looked_at(folder: Path) -> list[str]:
    """Files and folders beside a plan that nothing above was about, such as a leaflet that somebody put there."""
    from letup.aid.convoys.tables import order_sheets
    from letup.core.folders import LIST
    from letup.plan.files.write import PLAN_FOLDER

    known = {LIST, *(name.split("/")[0] for name in PLAN_FOLDER.owns)}
    known |= {sheet.relative_to(folder).parts[0] for sheet in order_sheets(folder)}
    return sorted(path.name for path in folder.iterdir() if path.name not in known)
