"""letup support: what each party could accept, and what would gain its yes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from letup.support.model import Package, Support


def support(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder that letup plan or letup frontier wrote.")],
    scenario: Annotated[
        str | None, typer.Argument(help="The scenario, for a frontier; the copy beside a plan if absent.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write a page, tables and the package to.")] = None,
    *,
    package: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is on the table: CSV with columns issue and value.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="ISSUE=VALUE", help="The same, one issue; may be repeated.")
    ] = None,
    draws: Annotated[int, typer.Option(min=100, max=1_000_000, help="Draws of what is known as a range.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 0,
    exact: Annotated[
        bool, typer.Option("--exact", help="Move people anew under the changes of the plan that are shown.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Say which parties could accept a plan, what decides, what would gain their yes, or why there is no deal."""
    from letup import scenario as scenarios
    from letup.support import offers, output
    from letup.support.analysis import analyse
    from letup.support.negotiation import negotiation_of, support_of
    from letup.support.offers import nearby_plans, plan_terms_of
    from letup.support.text import analysis_text

    if out is not None:
        output.require_usable(out)
    found, loaded = offers.read(plan, scenarios.load(scenario) if scenario is not None else None)
    known = support_of(loaded)
    analysis = analyse(
        negotiation_of(known, on_the_table(known, package, set_ or [])),
        plan_terms_of(found, known),
        draws=draws,
        seed=seed,
        variants=nearby_plans(found, known, exact=exact),
    )
    files: list[Path] = []
    if out is not None:
        from letup.report.support import write_support_html

        files = output.write(analysis, out)
        files.insert(0, write_support_html(analysis, loaded, out / "support.html"))
    if as_json:
        import json

        from letup.support.output import as_document

        print(json.dumps(as_document(analysis) | {"files": [str(path) for path in files]}, ensure_ascii=False))
        return
    print(analysis_text(analysis, files))
    if out is None:
        return
    package_file = out / "package.csv"
    if (plan / "plan.json").is_file():
        print(f"Write the agreement: letup terms {plan} --package {package_file}")
        return
    budget = analysis.packages[analysis.chosen].plan.name.partition(" ")[0]
    print(f"Plan that point first: letup plan {scenario} --pauses {plan / f'pauses-{budget}.csv'} --out DIR")
    print(f"Then write the agreement: letup terms DIR --package {package_file}")


def on_the_table(known: Support, package: Path | None, values: list[str]) -> Package:
    """What a file and the command line say is on the table; the command line counts where both speak."""
    from letup.core.errors import LetupError
    from letup.support.output import parse_package, read_package

    proposed = read_package(package, known) if package is not None else {}
    pairs = []
    for one in values:
        name, equals, value = one.partition("=")
        if not equals:
            raise LetupError("support.package", f"--set {one} is not issue=value", "Write, for instance, days=4.")
        pairs.append(("", name.strip(), value.strip()))
    return {**proposed, **parse_package(pairs, known, "--set")}
