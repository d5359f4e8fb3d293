"""``letup statement``: what parties said — listed, added, and read from a text."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from letup.cli.options import AsJson, Force, ScenarioName

if TYPE_CHECKING:
    from letup.core.findings import Finding
    from letup.support.extraction import Proposal
    from letup.support.model import Support

_OWN = Annotated[str, typer.Argument(metavar="SCENARIO", help="Folder of a scenario of your own.")]
_DAY = Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="Day on which it was said.")]
_SOURCE = Annotated[str, typer.Option(help="Entry of sources in scenario.yaml; without one the row is assumed.")]
_NOTE = Annotated[str, typer.Option(help="Remark; needed without a source.")]
_ADDRESS = Annotated[str, typer.Option(help="Where it was found.")]


def list_(
    scenario: ScenarioName,
    party: Annotated[str, typer.Option(help="Only of this party.")] = "",
    issue: Annotated[str, typer.Option(help="Only on this issue.")] = "",
    before: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only of days before this one.")] = None,
    chart: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw positions over time into this SVG.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """List what each party said on each issue, oldest first, and where it turned."""
    from letup.cli.terminal import show_json, show_to_copy
    from letup.core.folders import write_file
    from letup.scenario import load
    from letup.support.negotiation import support_of
    from letup.support.statements import position_histories, select_statements

    day = before.date() if before is not None else None
    support = select_statements(support_of(load(scenario)), party=party, issue=issue, before=day)
    if chart is not None:
        from letup.report.charts import positions_svg

        write_file(chart, positions_svg(support), code="statement.unwritable", force=force)
    if as_json:
        histories = position_histories(support)
        turns = [[before.row, after.row] for history in histories for before, after in history.turns]
        statements = [asdict(statement) for statement in support.statements]
        show_json({"statements": statements, "turns": turns})
        return
    _show(support)
    if chart is not None:
        show_to_copy(f"wrote {chart}")


def _show(support: Support) -> None:
    """What each party said as a tree: party, issue, statement."""
    from rich.text import Text
    from rich.tree import Tree

    from letup.cli.terminal import show
    from letup.core.wording import plural
    from letup.support.statements import by_party, describe_turn, position_histories

    names = {party.id: party.name for party in support.parties}
    labels = {issue.id: issue.label for issue in support.issues}
    histories = position_histories(support)
    for party, own in by_party(histories).items():
        tree = Tree(Text(f"{names.get(party, party)} [{party}]", style="bold"), guide_style="dim")
        for history in own:
            branch = tree.add(Text(f"{labels.get(history.issue, history.issue)} [{history.issue}]"))
            turned = {after.row: describe_turn(before, after) for before, after in history.turns}
            for statement in history.statements:
                speaker = f"{statement.date.isoformat()}  {statement.stance:+d}  {statement.speaker}"
                turn = f"\nturns: {turned[statement.row]}" if statement.row in turned else ""
                branch.add(Text(f"{speaker}: {statement.position}{turn}"))
        show(tree, "")
    turns = sum(len(history.turns) for history in histories)
    show(f"{plural(len(support.statements), 'statement')}, {plural(turns, 'turn')} of position")


def add(
    scenario: _OWN,
    date_: _DAY,
    party: Annotated[str, typer.Option(help="Id of the party.")],
    speaker: Annotated[str, typer.Option(help="Who spoke: name and office.")],
    issue: Annotated[str, typer.Option(help="Id of the issue.")],
    position: Annotated[str, typer.Option(help="What was said, in your own words.")],
    stance: Annotated[str, typer.Option(help="From -2 (refuses) to 2 (asks for it or grants it).")],
    source: _SOURCE = "",
    address: _ADDRESS = "",
    source_file: Annotated[str, typer.Option(help="Text file in the scenario's folder that holds the words.")] = "",
    quote: Annotated[str, typer.Option(help="The exact words in that file.")] = "",
    note: _NOTE = "",
    as_json: AsJson = False,
) -> None:
    """Add one statement: checked first, then appended to statements.csv; nothing else in the file changes."""
    from letup.support.statements import append_statement, own_folder

    folder = own_folder(scenario)
    cells = {
        "date": date_.date().isoformat(),
        "party": party,
        "speaker": speaker,
        "issue": issue,
        "position": position,
        "stance": stance,
        "address": address,
        "source_file": source_file,
        "quote": quote,
        **_provenance(source, note),
    }
    where, findings = append_statement(folder, cells)
    _say(folder, [(where, findings)], as_json)


def _provenance(source: str, note: str) -> dict[str, str]:
    return {"basis": "observed" if source else "assumed", "source": source, "note": note}


def _say(folder: Path, added: list[tuple[str, list[Finding]]], as_json: bool) -> None:
    from letup.cli.terminal import finding_rows, show, show_json

    if as_json:
        rows = [{"row": row, "findings": [asdict(finding) for finding in findings]} for row, findings in added]
        show_json({"file": str(folder / "statements.csv"), "added": rows})
        return
    for where, findings in added:
        show(f"added {where} to {folder / 'statements.csv'}")
        if findings:
            show(finding_rows(findings, place=False))


def read(
    scenario: _OWN,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text in UTF-8.")],
    date_: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day of what is said in it; to add.")
    ] = None,
    speaker: Annotated[str, typer.Option(help="Who speaks in it: name and office; to add.")] = "",
    source: _SOURCE = "",
    address: _ADDRESS = "",
    note: _NOTE = "",
    confirm: Annotated[
        str, typer.Option(metavar="IDS", help="Add these proposals, with commas between; else each is asked about.")
    ] = "",
    position: Annotated[
        list[str] | None, typer.Option(metavar="ID=WORDS", help="What a proposal says, in your own words.")
    ] = None,
    stance: Annotated[
        list[str] | None, typer.Option(metavar="ID=NUMBER", help="Stance of a proposal, if not the suggested one.")
    ] = None,
    extractor: Annotated[str, typer.Option(help="What looks for statements.")] = "rules",
    as_json: Annotated[bool, typer.Option("--json", help="Print proposals as JSON and add nothing.")] = False,
) -> None:
    """Look for statements in a text. Nothing is added that a person has not confirmed, in their own words."""
    from letup.cli.terminal import show, show_json
    from letup.core.errors import LetupError
    from letup.scenario import load
    from letup.support import extraction, statements
    from letup.support.negotiation import support_of

    support = support_of(load(scenario))
    text = statements.read_text(file)
    proposals = extraction.proposals(text, support, extraction.extractor(extractor))
    if as_json and not confirm:
        show_json({"file": str(file), "proposals": [_record(proposal) for proposal in proposals]})
        return
    folder = statements.own_folder(scenario)
    by_id = {proposal.id: proposal for proposal in proposals}
    chosen = [part.strip() for part in confirm.split(",") if part.strip()]
    words, stances = _values_by_id(position or [], "--position"), _values_by_id(stance or [], "--stance")
    for name in (*chosen, *words, *stances):
        if name not in by_id:
            message = f"there is no proposal {name} in {file}"
            raise LetupError("extract.id", message, "list them: letup statement read … --json")
    if not confirm:
        words, stances = _ask(proposals, at_a_keyboard())
        chosen = list(words)
    if not chosen:
        show("nothing was added")
        return
    silent = [name for name in chosen if not words.get(name, "").strip()]
    if silent:
        message = f"what {', '.join(silent)} says is not told in your own words"
        raise LetupError("extract.position", message, f'add --position "{silent[0]}=…"')
    if date_ is None or not speaker:
        message = "who speaks, and on which day, is not given"
        raise LetupError("extract.who", message, "add --date and --speaker")
    kept = statements.keep_text(file, folder)
    common = {"address": address, "source_file": kept} | _provenance(source, note)
    added = [
        statements.append_statement(
            folder, _row(by_id[name], words[name], stances.get(name), date_.date(), speaker) | common
        )
        for name in chosen
    ]
    _say(folder, added, as_json)


def at_a_keyboard() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def _record(proposal: Proposal) -> dict[str, Any]:
    return {"id": proposal.id, **asdict(proposal)}


def _row(proposal: Proposal, words: str, stance: str | None, day: date, speaker: str) -> dict[str, str]:
    return {
        "date": day.isoformat(),
        "party": proposal.party,
        "speaker": speaker,
        "issue": proposal.issue,
        "position": words.strip(),
        "stance": stance if stance is not None else str(proposal.stance),
        "quote": proposal.quote,
    }


def _values_by_id(pairs: list[str], option: str) -> dict[str, str]:
    from letup.core.errors import LetupError

    values = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not (sign and value.strip()):
            raise LetupError("extract.id", f"{option} {pair} is not ID=…", f"write it like {option} 1a2b3c4d=…")
        values[name.strip()] = value.strip()
    return values


def _ask(proposals: list[Proposal], answers: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Show each proposal and ask for it; without a keyboard only show them."""
    from letup.cli.terminal import show

    words: dict[str, str] = {}
    stances: dict[str, str] = {}
    show(f"{len(proposals)} proposals. Each is a passage to read, not a finding of what was meant.", "")
    for proposal in proposals:
        show(
            f"{proposal.id}  {proposal.party} on {proposal.issue}, "
            f"suggested stance {proposal.stance:+d}; {proposal.why}",
            f"  characters {proposal.start} to {proposal.end}: “{proposal.quote}”",
        )
        if not answers:
            continue
        position = typer.prompt("  In your own words (empty: leave it out)", default="", show_default=False)
        if position.strip():
            words[proposal.id] = position
            stances[proposal.id] = str(typer.prompt("  Stance, -2 to 2", default=str(proposal.stance)))
    if not answers and proposals:
        show("", "To add some: --confirm IDS, with --position ID=WORDS, --date and --speaker")
    return words, stances
