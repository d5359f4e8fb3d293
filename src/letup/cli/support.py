"""``letup support`` and ``letup terms``: what each party could accept, what would gain its yes, and the agreement."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from letup.cli.options import AsJson, Force, PackageFile, PackageValues

if TYPE_CHECKING:
    from rich.console import RenderableType

    from letup.support.analysis import Analysis
    from letup.support.model import Package, Support


def support(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder that letup plan or letup frontier wrote.")],
    scenario: Annotated[
        str | None, typer.Argument(help="The scenario, for a frontier; the copy beside a plan if absent.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write a page, tables and the package to.")] = None,
    *,
    package: PackageFile = None,
    set_: PackageValues = None,
    draws: Annotated[int, typer.Option(min=100, max=1_000_000, help="Draws of what is known as a range.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the draws.")] = 0,
    exact: Annotated[
        bool, typer.Option("--exact", help="Move people anew under the changes of the plan that are shown.")
    ] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Say which parties could accept a plan, what decides, what would gain their yes, or why there is no deal."""
    from letup import scenario as scenarios
    from letup.cli.terminal import show_json, show_to_copy
    from letup.core.folders import require_usable
    from letup.core.progress import ProgressDisplay
    from letup.support import offers, output
    from letup.support.analysis import analyse
    from letup.support.negotiation import negotiation_of, support_of
    from letup.support.offers import nearby_plans, plan_terms_of

    if out is not None:
        kept = output.kept_package(out, package)
        require_usable(out, output.SUPPORT_FOLDER, force=force, unless=kept)
    with ProgressDisplay(plain=False) as display:
        display.say(f"reading {plan}")
        plans, loaded = offers.read(plan, scenarios.load(scenario) if scenario is not None else None)
        known = support_of(loaded)
        display.say("drawing what is known as a range")
        analysis = analyse(
            negotiation_of(known, on_the_table(known, package, set_ or [])),
            plan_terms_of(plans, known),
            draws=draws,
            seed=seed,
            variants=nearby_plans(plans, known, exact=exact),
        )
        files: list[Path] = []
        if out is not None:
            from letup.report.support import write_support_html

            files = output.write(
                analysis,
                out,
                force=force,
                page=lambda path: write_support_html(analysis, loaded, path),
                package=package,
            )
    if as_json:
        show_json(output.as_document(analysis) | {"files": [str(path) for path in files]})
        return
    show_analysis(analysis, files)
    if out is None:
        return
    package_file = out / "package.csv"
    if (plan / "plan.json").is_file():
        show_to_copy(f"Write the agreement: letup terms {plan} --package {package_file}")
        return
    budget = analysis.chosen_package.plan.name.partition(" ")[0]
    show_to_copy(
        f"Plan that point first: letup plan {scenario} --pauses {plan / f'pauses-{budget}.csv'} --out DIR",
        f"Then write the agreement: letup terms DIR --package {package_file}",
    )


_MOVES = 4
"""Moves that are shown for each party; the page has all."""
_ADVOCATES = 3
"""Parties that could urge it that are shown for each party."""
_PLANS = 60
"""Plans of a frontier that are shown."""


def show_analysis(analysis: Analysis, files: list[Path]) -> None:
    """Print the answer, parties, plans, package, points, why not, moves, influence, and what was written."""
    from letup.cli.terminal import show, show_written
    from letup.support import explanations

    show(explanations.answer(analysis), explanations.NOTE, "")
    for parts in (
        _parties(analysis),
        _plans(analysis),
        _package(analysis),
        _solutions(analysis),
        _no_deal(analysis),
        _moves(analysis),
    ):
        if parts:
            show(*parts, "")
    if files:
        show_written(files)
        show("")
    show(f"{analysis.draws:,} draws, seed {analysis.seed}.")


def _parties(analysis: Analysis) -> list[RenderableType]:
    """What each party makes of the package, what decides, and how far it is from a yes."""
    from rich.table import Table

    from letup.cli.terminal import indented, notes
    from letup.support import explanations

    chosen = analysis.chosen_package
    title = f" of {chosen.plan.name}" if len(analysis.packages) > 1 else ""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "left", "right", "left"):
        grid.add_column(justify=justify)
    for verdict in chosen.verdicts:
        if not verdict.wants_known:
            continue
        decides = explanations.decides(analysis, verdict)
        decides += "" if verdict.party in analysis.consenting else "  (its consent is not needed)"
        if verdict.answer != "accept":
            decides += f"\ndistance: {explanations.distance(analysis, verdict)}"
        name = analysis.negotiation.party_name(verdict.party)
        grid.add_row(name, explanations.answer_in_words(verdict), explanations.probability(verdict), decides)
    unknown = explanations.unknown_parties(analysis)
    return [
        f"What each party makes{title} (probability with its sampling error):",
        indented(grid),
        *([notes([unknown])] if unknown else []),
    ]


def _plans(analysis: Analysis) -> list[RenderableType]:
    """Plans of a frontier, in its order."""
    from letup.cli.terminal import indented, table
    from letup.core.wording import percent
    from letup.support import explanations

    if len(analysis.packages) == 1:
        return []
    consenting = [verdict.party for verdict in analysis.packages[0].verdicts if verdict.party in analysis.consenting]
    rows = []
    for number, assessed in enumerate(analysis.packages[:_PLANS]):
        by_party = {verdict.party: percent(verdict.probability) for verdict in assessed.verdicts}
        marks = explanations.marks(analysis, number)
        each = (by_party[party] for party in consenting)
        people = f"{assessed.plan.people:,}"
        rows.append([assessed.plan.name, people, percent(assessed.all_accept), *each, ", ".join(marks)])
    names = [analysis.negotiation.party_name(party) for party in consenting]
    zone = len(analysis.among_plans.agreement_zone)
    acceptable = f"{zone} of {len(analysis.packages)} acceptable to all at the likeliest values"
    head = ["plan", "people", "all accept", *names, "theory"]
    return [f"Plans ({acceptable}):", indented(table(head, rows, left=(0, len(head) - 1)))]


def _package(analysis: Analysis) -> list[RenderableType]:
    """The package issue by issue, and what it asks."""
    from rich.table import Table

    from letup.cli.terminal import indented, notes
    from letup.support import explanations

    chosen = analysis.chosen_package
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in explanations.package_rows(analysis, chosen):
        grid.add_row(row.label, row.value, f"({row.by})")
    parts: list[RenderableType] = ["The package:", indented(grid)]
    if analysis.held_at:
        held = f"Open issues are held at {analysis.held_at}: a suggestion to start from, not a proposal."
        parts.append(notes([held]))
    asks = explanations.asks_in_words(analysis, chosen)
    if asks:
        parts += ["What it asks, in the parties' own units:", notes(asks)]
    return parts


def _solutions(analysis: Analysis) -> list[RenderableType]:
    """Points of bargaining theory, where they differ from the package."""
    from letup.cli.terminal import notes
    from letup.support import explanations

    solutions, free = analysis.solutions, analysis.open_numbers
    if solutions is None or not explanations.solutions_worth_showing(analysis):
        return []
    chosen = analysis.chosen_package
    lines = [
        f"Nash: {explanations.differences(analysis, solutions.nash, chosen)}",
        f"Kalai–Smorodinsky: {explanations.differences(analysis, solutions.kalai_smorodinsky, chosen)}",
    ]
    if solutions.efficient is not None:
        lines.append(f"{solutions.efficient:,} packages that all accept are efficient: none is better for all.")
    if free is not None:
        for name, package in (("Nash", free.nash), ("Kalai–Smorodinsky", free.kalai_smorodinsky)):
            numbers = "; ".join(
                f"{analysis.negotiation.issue(issue).label}: "
                f"{analysis.negotiation.value_label(issue, explanations.rounded(value))}"
                for issue, value in package.items()
            )
            lines.append(f"{name}, open numbers settled freely: {numbers}")
    packages = f"{analysis.space_size:,} packages (aids to think with)"
    return [f"Points of bargaining theory among all {packages}, where they differ:", notes(lines)]


def _no_deal(analysis: Analysis) -> list[RenderableType]:
    """Why there is no deal, and the smallest changes that would make one."""
    from letup.cli.terminal import notes
    from letup.support import explanations

    if analysis.conflict is None:
        return []
    why = f"Why there is no deal (at the likeliest values): {explanations.conflict_in_words(analysis)}"
    return [
        why,
        notes(
            f"It would take: {explanations.relaxation_in_words(analysis, relaxation)}."
            for relaxation in analysis.relaxations
        ),
    ]


def _moves(analysis: Analysis) -> list[RenderableType]:
    """What would gain each yes that is needed, what it costs others, and who could urge it: a tree for each party."""
    from rich.text import Text
    from rich.tree import Tree

    from letup.core.wording import listed
    from letup.support import explanations

    name = analysis.negotiation.party_name
    parts: list[RenderableType] = []
    for party, moves in analysis.moves.items():
        if party not in analysis.consenting:
            continue
        tree = Tree(Text(f"What would gain the yes of {name(party)}:"), guide_style="dim")
        for move in moves[:_MOVES]:
            branch = tree.add(Text(explanations.move_in_words(move, party)))
            less_likely = explanations.less_likely(move, analysis, party)
            if less_likely:
                branch.add(Text(f"costs: {less_likely}"))
        if not moves:
            tree.add("no single change does")
        for advocate in analysis.advocates.get(party, ())[:_ADVOCATES]:
            through = explanations.through(analysis, advocate)
            effect = f"effect {advocate.effect:.2f} (influence {advocate.strength:.2f})"
            tree.add(Text(f"{name(advocate.party)} could urge it{through}: {effect}"))
        parts.append(tree)
    others = [name(party) for party in analysis.moves if party not in analysis.consenting]
    if others:
        parts.append(
            f"What would gain others whose consent is not needed is on the page (--out) and in --json: "
            f"{listed(others)}."
        )
    return parts


def on_the_table(known: Support, package: Path | None, values: list[str]) -> Package:
    """What a file and the command line say is on the table; the command line counts where both speak."""
    from letup.core.errors import LetupError
    from letup.support.output import parse_package, read_package

    proposed = read_package(package, known) if package is not None else {}
    pairs = []
    for pair in values:
        name, equals, value = pair.partition("=")
        if not equals:
            raise LetupError("support.package", f"--set {pair} is not issue=value", "Write, for instance, days=4.")
        pairs.append((name.strip(), value.strip()))
    return {**proposed, **parse_package(pairs, known)}


def terms(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder that letup plan wrote.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the plan's own if absent.")] = None,
    *,
    lang: Annotated[list[str] | None, typer.Option(help="en or ar; both if absent. May be repeated.")] = None,
    package: PackageFile = None,
    set_: PackageValues = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write the terms of a plan in plain words, to be negotiated and signed: HTML that prints, and Markdown.

    Issues that neither the plan nor a package settles stand as open.
    """
    from letup.cli.terminal import show, show_json, show_to_copy
    from letup.core.errors import LetupError
    from letup.core.folders import replaced
    from letup.report.terms import LANGUAGES, TERMS_FOLDER, file_names, phrases, sheet, write_terms
    from letup.support import offers
    from letup.support.negotiation import negotiation_of, require_consistent, support_of
    from letup.support.plan_terms import package_of

    languages = lang or list(LANGUAGES)
    for language in languages:
        phrases(language)
    if not (plan / "plan.json").is_file():
        message = f"{plan} holds no plan"
        raise LetupError(
            "terms.plan", message, "Give the folder that `letup plan` wrote; plan one point of a frontier."
        )
    (offer,), scenario = offers.read(plan)
    known = support_of(scenario)
    proposed = on_the_table(known, package, set_ or [])
    negotiation = negotiation_of(known, proposed)
    by_plan = package_of(offer, known)
    require_consistent(proposed, [by_plan])
    settled = {**proposed, **by_plan}
    folder = out or plan
    files: list[Path] = []
    untranslated: dict[str, list[str]] = {}
    others = [name for language in LANGUAGES if language not in languages for name in file_names(language)]
    with replaced(folder, TERMS_FOLDER, force=force, keep=others) as fresh:
        for language in languages:
            written = write_terms(offer, negotiation, settled, fresh, lang=language, plan=plan)
            files += [folder / file.name for file in written]
            untranslated[language] = list(sheet(offer, negotiation, settled, language).untranslated)
    open_issues = [issue.id for issue in known.issues if issue.id not in settled]
    if as_json:
        document = {
            "package": settled,
            "open": open_issues,
            "untranslated": {language: words for language, words in untranslated.items() if language != "en"},
            "files": [str(path) for path in files],
        }
        show_json(document)
        return
    show_to_copy("Written, as drafts to be negotiated:", *(f"  {path}" for path in files))
    if open_issues:
        show(f"Open: {', '.join(open_issues)}. Settle them with --package or --set ISSUE=VALUE.")
    for language, words in untranslated.items():
        if language != "en" and words:
            print(
                f"Not translated into {language} in the scenario, and left in English: {'; '.join(words)}",
                file=sys.stderr,
            )
    if "ar" in languages:
        show("The Arabic has to be read by a native speaker before it is used.")
