"""Statements: listed and drawn over time, added as one row, and read from a text that a person confirms."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import letup.cli
from letup.core.errors import BadInput, LetupError
from letup.report.charts import _mark, colour, positions_svg
from letup.scenario import check, load, new
from letup.support import extraction
from letup.support.extraction import Proposal, extractor, proposals
from letup.support.model import Issue, Party, Statement, Support
from letup.support.negotiation import support_of
from letup.support.statements import append_statement, own_folder, position_histories, select_statements
from tests.examples import examples
from tests.scenario.test_agreement import change, rows

RUNNER = CliRunner()
SVG = "{http://www.w3.org/2000/svg}"

TEXT = """Talks in the port, 20 December 2029.

Party A said that it is ready for pauses of five hours. Party B asks for 20 trucks a day and for
observers at each crossing. Party B will not accept a return unless the hospital is supplied.

Nobody else spoke. The weather was fine."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "example")


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    path = tmp_path / "talks.txt"
    path.write_text(TEXT, "utf-8")
    return path


def run(*words: str, typed: str | None = None) -> tuple[int, str]:
    result = RUNNER.invoke(letup.cli.app, ["statement", *words], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def said_on(*entries: tuple[int, int], party: str = "a", issue: str = "i") -> tuple[Statement, ...]:
    return tuple(
        Statement(date(2029, 1, day), party, "X", issue, "words", stance, row=f"row {n}")
        for n, (day, stance) in enumerate(entries, 2)
    )


def support(*statements: Statement) -> Support:
    return Support(
        (Issue("i", "One <issue>"), Issue("j", "Two")), (Party("a", "A & B"), Party("b", "B")), (), statements
    )


# Adding.


def added(folder: Path, **cells: str) -> tuple[str, list[str]]:
    good = {"date": "2029-12-30", "party": "party_a", "speaker": "A delegate", "issue": "length", "stance": "-1"}
    good |= {"position": "Four hours, no more", "basis": "assumed", "note": "heard in the room"}
    where, findings = append_statement(folder, good | cells)
    return where, [finding.code for finding in findings]


def test_a_statement_is_one_row_more_and_nothing_else_changes(folder: Path) -> None:
    before = (folder / "statements.csv").read_bytes()
    where, findings = added(folder, position='He said: "four", no more')
    after = (folder / "statements.csv").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == before.count(b"\n") + 1
    assert (where, findings) == ("row 4", [])
    assert rows(folder / "statements.csv")[-1]["position"] == 'He said: "four", no more'
    assert check(folder) == []


def test_bytes_that_are_no_text_are_refused_and_nothing_is_written(folder: Path) -> None:
    before = (folder / "statements.csv").read_bytes()
    with pytest.raises(LetupError, match=r"statement\.text"):
        added(folder, speaker="Ren\udce9")  # as a shell hands on what is not UTF-8
    assert (folder / "statements.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("start", "end"), [(b"\xef\xbb\xbf", b"\r\n"), (b"", b""), (b"", b"\n\n")], ids=["Windows", "no line end", "blanks"]
)
def test_a_file_from_a_spreadsheet_keeps_its_marks_and_line_ends(start: bytes, end: bytes, folder: Path) -> None:
    path = folder / "statements.csv"
    lines = path.read_bytes().rstrip(b"\n").split(b"\n")
    path.write_bytes(start + (b"\r\n" if start else b"\n").join(lines) + end)
    before = path.read_bytes()
    added(folder)
    after = path.read_bytes()
    assert after.startswith(before)
    assert after[len(before) :].strip().count(b"\n") == 0
    assert (b"\r\n" in after) == bool(start)
    assert len(load(folder).statements) == 3


def test_the_first_statement_makes_the_file(folder: Path) -> None:
    (folder / "statements.csv").unlink()
    assert added(folder)[0] == "row 2"
    assert [statement.position for statement in support_of(load(folder)).statements] == ["Four hours, no more"]


def test_what_is_wrong_is_said_and_nothing_is_written(folder: Path) -> None:
    before = (folder / "statements.csv").read_bytes()
    wrong = {"party": "party_x", "issue": "weather", "stance": "3", "date": "2093-01-01", "note": ""}
    with pytest.raises(BadInput) as caught:
        added(folder, **wrong)
    codes = {finding.code for finding in caught.value.findings}
    assert codes >= {"value.reference", "value.range", "statements.future", "basis.note_missing"}
    assert (folder / "statements.csv").read_bytes() == before


def test_a_statement_against_an_earlier_one_is_added_and_said(folder: Path) -> None:
    assert added(folder, stance="2") == ("row 4", ["statements.change"])


def test_a_quote_that_is_not_in_its_file_is_not_added(folder: Path) -> None:
    (folder / "speech.txt").write_text("Five hours.", "utf-8")
    with pytest.raises(BadInput) as caught:
        added(folder, source_file="speech.txt", quote="Six hours")
    assert [finding.code for finding in caught.value.findings if finding.severity == "error"] == ["statements.quote"]
    assert added(folder, source_file="speech.txt", quote="Five hours.")[1] == []


def test_a_file_without_the_column_is_told_which(folder: Path) -> None:
    (folder / "statements.csv").write_text("date,party,speaker,issue,position,stance,basis,note\n", "utf-8")
    with pytest.raises(LetupError, match="quote"):
        added(folder, quote="Five hours")


def test_words_that_a_spreadsheet_would_compute_are_written_as_words(folder: Path) -> None:
    added(folder, position='=HYPERLINK("x")')
    assert "\"'=HYPERLINK(" in (folder / "statements.csv").read_text("utf-8").splitlines()[-1]
    assert support_of(load(folder)).statements[-1].position == '=HYPERLINK("x")'


def test_a_file_with_semicolons_never_gets_a_row_with_commas(folder: Path) -> None:
    path = folder / "statements.csv"
    semicolons = "\n".join(
        ";".join(f'"{cell}"' for cell in row) for row in csv.reader(path.read_text("utf-8").splitlines())
    )
    path.write_text(semicolons + "\n", "utf-8")
    with suppress(BadInput):
        added(folder)
    lines = path.read_text("utf-8").splitlines()
    assert {line.count(";") for line in lines} == {semicolons.splitlines()[0].count(";")}


def test_a_file_that_cannot_be_read_is_refused_before_anything_is_written(folder: Path) -> None:
    path = folder / "statements.csv"
    for before in (path.read_bytes() + b"\xe9", b'date,party\n"2029', b"\xef\xbb\xbf\n"):
        path.write_bytes(before)
        with pytest.raises(BadInput) as caught:
            added(folder)
        assert caught.value.code in {"text.encoding", "csv.quotes", "file.empty"}
        assert path.read_bytes() == before


def test_a_scenario_that_comes_with_letup_is_not_written_to() -> None:
    with pytest.raises(LetupError) as caught:
        own_folder("gaza-2023")
    assert caught.value.code == "statement.bundled"


def test_statements_in_a_geopackage_are_added_there(folder: Path, tmp_path: Path) -> None:
    from letup.scenario import write

    packed = write(load(folder), tmp_path / "packed", gpkg=True)
    with pytest.raises(LetupError) as caught:
        own_folder(packed)
    assert caught.value.code == "statement.packed"


def test_the_command_adds_what_it_is_given(folder: Path) -> None:
    words = ["--date", "2029-12-30", "--party", "party_b", "--speaker", "B", "--issue", "trucks", "--stance", "-2"]
    code, output = run("add", str(folder), *words, "--position", "None", "--source", "example", "--json")
    assert (code, json.loads(output)["added"][0]["row"]) == (0, "row 4")
    row = rows(folder / "statements.csv")[-1]
    assert (row["basis"], row["source"], row["stance"]) == ("observed", "example", "-2")


# Listing and drawing.


def test_turns_are_between_clear_stances_of_one_party_on_one_issue() -> None:
    (line,) = position_histories(support(*said_on((1, 1), (2, 0), (3, -1), (4, -2), (5, 1))))
    assert [(a.date.day, b.date.day) for a, b in line.turns] == [(1, 3), (4, 5)]
    apart = support(*said_on((1, 1)), *said_on((2, -1), party="b"), *said_on((3, -1), issue="j"))
    assert [line.turns for line in position_histories(apart)] == [(), (), ()]


def test_statements_can_be_chosen_by_party_issue_and_day() -> None:
    known = support(*said_on((1, 1), (2, 1)), *said_on((3, 1), party="b", issue="j"))
    assert len(select_statements(known, party="a").statements) == 2
    assert len(select_statements(known, issue="j").statements) == 1
    assert len(select_statements(known, before=date(2029, 1, 2)).statements) == 1
    with pytest.raises(LetupError, match="use one of a, b"):
        select_statements(known, party="c")


def test_the_list_says_who_said_what_when_and_where_they_turned(folder: Path) -> None:
    change(folder, "statements.csv", 3, date="2029-12-20", party="party_a", speaker="Another", issue="length",
           position="Any length", stance=2)  # fmt: skip
    code, output = run("list", str(folder), "--party", "party_a")
    assert code == 0
    assert "2029-12-12  -1  A spokeswoman: Pauses only for set hours, by day." in output
    assert "turns: changes the position of 2029-12-12 (A spokeswoman)" in output
    assert "2 statements, 1 turn of position" in output
    content = json.loads(run("list", str(folder), "--json")[1])
    assert len(content["statements"]) == 3
    assert content["turns"] == [["row 2", "row 4"]]


def test_positions_are_drawn_with_later_days_further_right_and_asking_above_refusing(folder: Path) -> None:
    drawn = ElementTree.fromstring(positions_svg(support(*said_on((1, 2), (11, -2), (21, 0)))))
    marks = list(drawn.iter(f"{SVG}g"))
    places = [(float(mark.get("cx")), float(mark.get("cy"))) for group in marks for mark in [list(group)[-2]]]
    (x1, y1), (x2, y2), (x3, y3) = places
    assert x2 - x1 == pytest.approx(x3 - x2)
    assert y1 < y3 < y2
    assert y3 == pytest.approx((y1 + y2) / 2)
    titles = [group.find(f"{SVG}title").text for group in marks]
    assert titles[1] == "2029-01-11, X, i (-2): words"
    texts = {text.text for text in drawn.iter(f"{SVG}text")}
    assert {"A & B", "One <issue>", "1 Jan 2029", "19 Jan"} <= texts
    rings = [circle for circle in drawn.iter(f"{SVG}circle") if circle.get("fill") == "none"]
    assert len(rings) == 1
    chart = folder / "chart.svg"
    assert run("list", str(folder), "--chart", str(chart))[0] == 0
    ElementTree.parse(chart)


def test_no_two_issues_look_alike() -> None:
    assert len({(colour(n), _mark(n, 0, 0).split()[0], _mark(n, 0, 0)) for n in range(28)}) == 28


def test_without_statements_there_is_a_drawing_that_says_so() -> None:
    assert "No statements" in positions_svg(support())


# Reading a text.


def proposed(text: str, folder: Path) -> list[Proposal]:
    return proposals(text, support_of(load(folder)), extractor())


def test_sentences_that_name_a_party_and_an_issue_are_proposed(folder: Path) -> None:
    by = {(proposal.party, proposal.issue): proposal for proposal in proposed(TEXT, folder)}
    assert set(by) == {("party_a", "length"), ("party_b", "trucks"), ("party_b", "observers"), ("party_b", "return")}
    assert by["party_b", "trucks"].numbers == ("20",)
    assert by["party_b", "trucks"].quote.startswith("Party B asks for 20 trucks")
    assert {key: proposal.stance for key, proposal in by.items()} == {
        ("party_a", "length"): 1,
        ("party_b", "trucks"): 2,
        ("party_b", "observers"): 2,
        ("party_b", "return"): -1,
    }


def test_numbers_with_points_do_not_end_a_sentence(folder: Path) -> None:
    (proposal,) = proposed("Party A offers 2.5 hours. Then it left the room.", folder)
    assert proposal.quote == "Party A offers 2.5 hours."


def test_words_that_any_sentence_has_name_no_issue(folder: Path) -> None:
    change(folder, "issues.csv", 2, label="Hours without flights")
    assert proposed("Party A will not talk without a guarantee of the others.", folder) == []


def test_who_spoke_before_names_the_party(folder: Path) -> None:
    change(folder, "statements.csv", 1, speaker="Mira Holt, spokeswoman")
    (proposal,) = proposed("Holt was against more trucks in the town.", folder)
    assert proposal.party == "party_a"


@examples(60)
@given(st.text(st.sampled_from("Party ABab 20trucks.!?\n؟ observersحماس\u0301\r\t\"'"), max_size=200))
def test_whatever_the_text_every_proposal_quotes_to_the_letter(text: str) -> None:
    known = support()
    for proposal in proposals(text, known, extractor()):
        assert text[proposal.start : proposal.end] == proposal.quote


def test_a_long_text_is_read_in_no_time(folder: Path) -> None:
    text = "1.1." * 20_000 + "a" * 50_000 + TEXT * 20
    assert len({proposal.quote for proposal in proposed(text, folder)}) >= 3


class Liar:
    """An extractor that changes what it quotes."""

    def propose(self, text: str, support: Support) -> list[Proposal]:
        return [Proposal(0, 5, text[:5].upper() + "x", "party_a", "length")]


class Breaks:
    """An extractor with a fault."""

    def propose(self, text: str, support: Support) -> list[Proposal]:
        raise ZeroDivisionError("oh")


def test_an_extractor_that_does_not_quote_to_the_letter_is_not_trusted(folder: Path) -> None:
    known = support_of(load(folder))
    with pytest.raises(LetupError) as caught:
        proposals(TEXT, known, Liar())
    assert caught.value.code == "extract.not_verbatim"
    with pytest.raises(LetupError) as caught:
        proposals(TEXT, known, Breaks())
    assert caught.value.code == "extract.failed"


def test_extractors_of_others_are_found_by_their_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = EntryPoint("liar", f"{__name__}:Liar", extraction.GROUP)
    gone = EntryPoint("gone", "no.such.module:Thing", extraction.GROUP)
    monkeypatch.setattr(extraction, "entry_points", lambda group: [ours, gone] if group == extraction.GROUP else [])
    assert type(extractor("liar")).__name__ == "Liar"
    for name, code in (("lier", "extract.unknown"), ("gone", "extract.failed")):
        with pytest.raises(LetupError) as caught:
            extractor(name)
        assert caught.value.code == code


def test_proposals_can_be_reviewed_and_confirmed_by_their_ids(folder: Path, speech: Path) -> None:
    content = json.loads(run("read", str(folder), str(speech), "--json")[1])["proposals"]
    entry = next(entry for entry in content if entry["issue"] == "trucks")
    assert TEXT[entry["start"] : entry["end"]] == entry["quote"]
    before = (folder / "statements.csv").read_bytes()
    words = ["--confirm", entry["id"], "--position", f"{entry['id']}=Twenty trucks, and somebody who watches"]
    words += ["--date", "2029-12-20", "--speaker", "Minutes of the talks", "--source", "example"]
    code, output = run("read", str(folder), str(speech), *words)
    assert code == 0
    assert "added row 4" in output
    assert (folder / "statements.csv").read_bytes().startswith(before)
    row = rows(folder / "statements.csv")[-1]
    assert (row["quote"], row["source_file"], row["stance"]) == (entry["quote"], "sources/talks.txt", "2")
    assert (folder / "sources" / "talks.txt").read_text("utf-8") == TEXT
    assert check(folder) == []


def test_nothing_is_added_that_nobody_told_in_their_own_words(folder: Path, speech: Path) -> None:
    name = proposed(TEXT, folder)[0].id
    who = ["--date", "2029-12-20", "--speaker", "X"]
    for words, code in (
        (["--confirm", name, *who], "extract.position"),
        (["--confirm", name, "--position", f"{name}=Five hours"], "extract.who"),
        (["--confirm", "00000000", *who], "extract.id"),
        (["--confirm", name, "--position", "five hours", *who], "extract.id"),
    ):
        with pytest.raises(LetupError) as caught:
            run("read", str(folder), str(speech), *words)
        assert caught.value.code == code
    assert run("read", str(folder), str(speech))[1].endswith("nothing was added\n")
    assert len(rows(folder / "statements.csv")) == 2


def test_each_proposal_can_be_answered_at_the_keyboard(
    folder: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from letup.cli import statement

    monkeypatch.setattr(statement, "at_a_keyboard", lambda: True)
    answers = "\n".join(["Ready for five hours", "2", "", "", ""]) + "\n"
    who = ["--date", "2029-12-20", "--speaker", "X", "--note", "minutes"]
    code, output = run("read", str(folder), str(speech), *who, typed=answers)
    assert code == 0
    assert "In your own words" in output
    row = rows(folder / "statements.csv")[-1]
    assert (row["position"], row["stance"], row["party"]) == ("Ready for five hours", "2", "party_a")
    assert len(rows(folder / "statements.csv")) == 3


def test_another_text_of_the_same_name_is_not_written_over(folder: Path, speech: Path) -> None:
    (folder / "sources").mkdir()
    (folder / "sources" / "talks.txt").write_text("other", "utf-8")
    name = proposed(TEXT, folder)[0].id
    words = ["--confirm", name, "--position", f"{name}=Five hours", "--date", "2029-12-20", "--speaker", "X"]
    with pytest.raises(LetupError) as caught:
        run("read", str(folder), str(speech), *words, "--note", "minutes")
    assert caught.value.code == "statement.text"
    assert (folder / "sources" / "talks.txt").read_text("utf-8") == "other"
