"""What commands print fits the terminal, is whole where there is none, and has colour only where it means something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from letup.cli.terminal import finding_rows, indented, notes, show, show_json, show_written, table
from letup.core.findings import Finding
from letup.scenario import new
from tests.cli.running import printed, run_in_terminal

LONG = "word " * 60


def test_a_table_that_is_piped_has_each_row_on_one_line_without_idle_spaces() -> None:
    rows = [("Gaza", "1", LONG.strip()), ("Deir al-Balah", "12,345", "")]
    lines = printed(show, indented(table(("zone", "people", "note"), rows, left=(0, 2)))).splitlines()
    assert lines == [
        "  zone           people  note",
        f"  Gaza                1  {LONG.strip()}",
        "  Deir al-Balah  12,345",
    ]


def test_texts_are_taken_as_they_are_and_never_broken_when_piped() -> None:
    text = f"[bold]not markup[/] :smile: {LONG}".rstrip()
    assert printed(show, text, notes([text]), "").splitlines() == [text, f"  {text}", ""]


def test_findings_have_severity_place_code_and_remedy() -> None:
    finding = Finding("people.count", "error", "is not a number", "write a number", "people.csv", "row 2", "count")
    assert printed(show, finding_rows([finding])).splitlines() == [
        "  error  people.csv, row 2, column count: is not a number [people.count]",
        "         → write a number",
    ]


def test_what_is_copied_from_the_terminal_is_not_broken() -> None:
    path = Path("folder") / ("x" * 200)
    assert printed(show_written, [path], "Verify it: …").splitlines() == ["Written:", f"  {path}", "Verify it: …"]
    assert printed(show_json, {"ß": 1}) == '{\n "ß": 1\n}\n'


@pytest.mark.parametrize("columns", [60, 120])
def test_a_terminal_gets_lines_that_fit_and_colour_for_what_is_wrong(tmp_path: Path, columns: int) -> None:
    folder = new(tmp_path / "example")
    people = folder / "people.csv"
    people.write_text(people.read_text("utf-8").replace("0.7", "70").replace("600", "many"), "utf-8")
    shown = run_in_terminal(columns, "check", folder)
    assert "\x1b[1;31merror" in shown
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    tree = [line for line in plain.splitlines() if str(folder) not in line]
    assert all(len(line) <= columns for line in tree)
    assert "is not a number [value.type]" in " ".join(plain.replace("│", " ").split())


def test_a_row_of_a_table_without_edges_stays_one_line_when_it_is_indented() -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_row("06:00-13:00", "1,930 fewer get out without it", "")
    assert printed(show, indented(grid)) == "  06:00-13:00  1,930 fewer get out without it\n"
