"""Pauses given by hand: everything wrong is named with its row."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from letup.core.errors import BadInput
from letup.pauses import Window
from letup.plan import read_pauses


def read(tmp_path, text, scenario, encoding="utf-8"):
    path = tmp_path / "pauses.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return read_pauses(path, scenario)


def test_local_times_without_offset_are_read_in_the_time_zone_of_the_scenario(tmp_path, example):
    text = (
        "zone,start,end\nmill,2030-01-01T08:00,2030-01-01T12:00\nnorth,2030-01-01T09:00+02:00,2030-01-01T12:00+00:00\n"
    )
    assert read(tmp_path, text, example) == [Window(0, 4, 23), Window(1, 8, 23)]
    assert read(tmp_path, text.replace(",", ";"), example) == [Window(0, 4, 23), Window(1, 8, 23)]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("zone,start\nmill,2030-01-01T08:00\n", "pauses.column", "pauses.csv"),
        ("zone,start,end\n", "pauses.file", "pauses.csv"),
        ("", "pauses.file", "pauses.csv"),
        ("zone,start,end\n,2030-01-01T08:00,2030-01-01T12:00\n", "pauses.value", "row 2, column zone"),
        ("zone,start,end\nmill,2030-01-01T08:00\n", "pauses.file", "row 2"),
        ("zone,start,end\natlantis,2030-01-01T08:00,2030-01-01T12:00\n", "pauses.zone", "row 2, column zone"),
        ("zone,start,end\nmill,soon,2030-01-01T12:00\n", "pauses.time", "row 2, column start"),
        ("zone,start,end\nmill,2030-01-01T08:07,2030-01-01T12:00\n", "pauses.time", "row 2, column start"),
        ("zone,start,end\nmill,2030-01-01T12:00,2030-01-01T08:00\n", "pauses.time", "row 2, column end"),
        ("zone,start,end\nmill,2031-01-01T08:00,2031-01-01T12:00\n", "pauses.outside", "row 2, column start"),
        (b"zone,start,end\nm\xff,1,2\n", "pauses.file", "pauses.csv"),
        (b"zone,start,end\0\n", "pauses.file", "pauses.csv"),
        (
            "zone,start,end\nmill,2030-01-01T08:00,2030-01-01T12:00\nmill,2030-01-01T11:00,2030-01-01T14:00\n",
            "pauses.overlap",
            "row 3",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path, example, text, code, place):
    with pytest.raises(BadInput) as error:
        read(tmp_path, text, example)
    assert error.value.code == code
    assert place in error.value.findings[0].place


def test_everything_wrong_is_listed_at_once(tmp_path, example):
    text = "zone,start,end\natlantis,soon,later\nmill,2030-01-01T12:00,2030-01-01T08:00\n"
    with pytest.raises(BadInput) as error:
        read(tmp_path, text, example)
    assert len(error.value.findings) == 4


def test_a_file_that_is_not_there_is_said_so(tmp_path, example):
    with pytest.raises(BadInput, match=r"none\.csv: cannot be opened"):
        read_pauses(tmp_path / "none.csv", example)


def test_a_file_from_a_spreadsheet_is_read_with_its_mark_blanks_and_further_columns(tmp_path, example):
    text = "\ufeffzone , start,end,who\r\n\r\nmill,2030-01-01T08:00 , 2030-01-01T12:00,me\r\n"
    assert read(tmp_path, text, example) == [Window(1, 8, 23)]


def test_a_row_that_stands_twice_names_the_other_and_thousands_take_no_time(tmp_path, example):
    text = "zone,start,end\n" + "mill,2030-01-01T08:00,2030-01-01T12:00\n" * 20_000
    with pytest.raises(BadInput) as error:
        read(tmp_path, text, example)
    findings = error.value.findings
    assert (findings[0].code, findings[0].where) == ("pauses.overlap", "row 3")
    assert "the same as in row 2" in findings[0].message
    assert "more, the last of them at row 20001" in findings[-1].message
    assert len(findings) < 100


def test_of_pauses_that_overlap_each_is_named_with_an_earlier_row(tmp_path, example):
    rows = ["mill,2030-01-01T11:00,2030-01-01T11:30", "mill,2030-01-01T08:00,2030-01-01T12:00",
            "north,2030-01-01T08:00,2030-01-01T12:00", "mill,2030-01-01T12:00,2030-01-01T13:00"]  # fmt: skip
    with pytest.raises(BadInput) as error:
        read(tmp_path, "zone,start,end\n" + "\n".join(rows) + "\n", example)
    said = {(finding.where, finding.message.partition("touches ")[2]) for finding in error.value.findings}
    assert said == {("row 3", "the one in row 2"), ("row 5", "the one in row 3")}


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("2023-10-28T01:30", "comes twice, as clocks are put back: at the offset +03:00, then at +02:00"),
        ("2023-04-29T02:30", "never comes, as clocks are put forward from the offset +02:00 to +03:00"),
    ],
)
def test_a_local_time_that_a_change_of_clocks_leaves_open_needs_its_offset(tmp_path, example, start, says):
    day = datetime.fromisoformat(start).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    scenario = replace(example, timezone="Asia/Gaza", start=midnight.replace(hour=20, day=day.day - 1))
    text = "zone,start,end\nmill,{},{}T06:00\n"
    with pytest.raises(BadInput) as error:
        read(tmp_path, text.format(start, day), scenario)
    assert error.value.code == "pauses.time"
    assert says in error.value.message
    assert error.value.findings[0].place == "pauses.csv, row 2, column start"
    first, second = (
        read(tmp_path, text.format(f"{start}{offset}", day), scenario)[0].first for offset in ("+03:00", "+02:00")
    )
    assert (second - first) * scenario.step_minutes == 60
