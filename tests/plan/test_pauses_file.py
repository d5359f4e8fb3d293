"""Pauses given by hand: everything wrong is named with its row."""

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


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("zone,start\nmill,2030-01-01T08:00\n", "pauses.column", "pauses.csv"),
        ("zone,start,end\n", "pauses.file", "pauses.csv"),
        ("", "pauses.column", "pauses.csv"),
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
    with pytest.raises(BadInput, match="no file"):
        read_pauses(tmp_path / "none.csv", example)
