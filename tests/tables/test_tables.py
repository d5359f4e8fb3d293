"""Tables: what is written is what is declared, and reading it back says all that is wrong at once."""

import math
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.plan.files.document import MOVEMENTS
from letup.tables import (
    Codes,
    Column,
    Schema,
    as_declared,
    csv_text,
    format_path,
    frame,
    markdown,
    parse_path,
    parse_paths,
    read_bundled,
    read_filled,
    read_rows,
    read_texts,
    schemas,
    texts,
    typed,
    write_csv,
)
from tests.examples import examples

CODES = Codes(file="x.file", columns="x.columns", row="x.row", value="x.value", remedy="correct it")
TABLE = Schema(
    "trips.csv",
    tuple(
        Column("trips.csv", name, kind, **more)
        for name, kind, more in (
            ("id", "id", {"required": True, "meaning": "id of the trip"}),
            ("trucks", "integer", {"required": True, "minimum": 1, "unit": "trucks"}),
            ("kg", "number", {"required": True}),
            ("length_m", "number", {"format": "short"}),
            ("back_step", "integer", {}),
            ("full", "boolean", {"required": True}),
            ("kind", "choice", {"choices": ("water", "food")}),
            ("arcs", "path", {}),
        )
    ),
)


def test_cells_are_written_as_declared_and_missing_ones_are_empty() -> None:
    rows = [
        {"id": "a", "trucks": 2.0, "kg": 1000.0, "length_m": 12.0, "full": True, "kind": "water", "arcs": "1@0 2@3"},
        {"id": "b, c", "trucks": np.int64(1), "kg": np.float64(0.1), "length_m": math.nan, "full": np.False_},
    ]
    assert csv_text(TABLE, rows) == (
        'id,trucks,kg,length_m,back_step,full,kind,arcs\na,2,1000.0,12,,true,water,1@0 2@3\n"b, c",1,0.1,,,false,,\n'
    )
    assert csv_text(TABLE, frame(TABLE, rows).drop(columns="back_step")) == csv_text(TABLE, rows)


def test_a_column_that_is_not_declared_is_not_written() -> None:
    for table in ([{"id": "a", "weight": 3}], pd.DataFrame({"id": ["a"], "weight": [3]})):
        with pytest.raises(ValueError, match=r"trips\.csv has no column weight"):
            texts(TABLE, table)


@examples(60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1),
                "trucks": st.integers(1, 2**50),
                "kg": st.floats(-1e15, 1e15),
                "length_m": st.none() | st.floats(0, 1e9),
                "back_step": st.none() | st.integers(-5, 5),
                "full": st.booleans(),
                "kind": st.sampled_from(["water", "food"]) | st.none(),
                "arcs": st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99))).map(format_path),
            }
        )
    )
)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]) -> None:
    path = write_csv(tmp_path_factory.mktemp("tables") / "trips.csv", TABLE, rows)
    read, findings = read_rows(path, TABLE, CODES)
    assert findings == []
    assert read == rows
    pd.testing.assert_frame_equal(frame(TABLE, read), frame(TABLE, rows))


def test_everything_wrong_is_said_at_once_with_file_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "trips.csv"
    path.write_text(
        f"{','.join(TABLE.names)}\na,0,1,2,3,true,water,\nb,1_0,nan,,x,yes,stone,\nc,,1e9,1,1,False,food,\n", "utf-8"
    )
    rows, findings = read_rows(path, TABLE, CODES)
    assert rows is None
    assert [(f.code, f.file, f.where, f.column, f.remedy) for f in findings] == [
        ("x.value", "trips.csv", where, column, "correct it")
        for where, column in (
            ("row 2", "trucks"),
            ("row 3", "trucks"),
            ("row 3", "kg"),
            ("row 3", "back_step"),
            ("row 3", "full"),
            ("row 3", "kind"),
            ("row 4", "trucks"),
        )
    ]
    assert "'0' is not 1 or more (trucks)" in findings[0].message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id,trucks\na,1\n", "x.columns"),
        ("", "x.columns"),
        (",".join(TABLE.names) + "\na,1\n", "x.row"),
        (",".join(TABLE.names) + '\n"a\n', "x.file"),
    ],
)
def test_a_file_that_is_another_table_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "trips.csv"
    path.write_text(text, "utf-8")
    rows, findings = read_texts(path, TABLE, CODES)
    assert rows is None
    assert [finding.code for finding in findings] == [code]


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("none.csv", "binary.csv"):
        rows, findings = read_rows(tmp_path / name, TABLE, CODES)
        assert (rows, [finding.code for finding in findings]) == (None, ["x.file"])


def test_columns_that_are_not_wanted_may_be_missing_or_wrong(tmp_path: Path) -> None:
    path = tmp_path / "trips.csv"
    path.write_text("more,kg,trucks,id\n1,heavy,3,a\n", "utf-8")
    assert read_rows(path, TABLE, CODES, ["id", "trucks"]) == ([{"id": "a", "trucks": 3}], [])
    rows, findings = read_rows(path, TABLE, CODES, ["id", "full"])
    assert rows is None
    assert findings[0].message == "has no column full"


def test_a_path_is_read_as_it_was_written() -> None:
    assert format_path([(12, 0), (13, 4)]) == "12@0 13@4"
    assert parse_path("12@0 13@4") == [(12, 0), (13, 4)]
    assert (parse_path(""), format_path([])) == ([], "")
    for text in ("12", "12@", "@3", "a@1", "1@2@3"):
        with pytest.raises(ValueError, match="invalid literal"):
            parse_path(text)


def test_a_column_of_paths_is_read_as_each_alone() -> None:
    column = ["12@0 13@4", "", "7@1"]
    row, arc, offset = parse_paths(column)
    alone = [(number, *entry) for number, text in enumerate(column) for entry in parse_path(text)]
    assert list(zip(row.tolist(), arc.tolist(), offset.tolist(), strict=True)) == alone
    with pytest.raises(ValueError, match="without an offset"):
        parse_paths(["12@0 13"])


def test_the_reference_lists_each_column_once() -> None:
    lines = markdown(MOVEMENTS.columns).splitlines()
    assert lines[0] == "| column | type | unit | meaning |"
    assert [line.split("`")[1] for line in lines[2:]] == MOVEMENTS.names
    page = Path(__file__).parents[2] / "docs" / "reference" / "plan-files.md"
    assert markdown(MOVEMENTS.columns) in page.read_text("utf-8")


def test_a_layer_has_the_declared_columns_and_no_others() -> None:
    declared = TABLE.only(["id", "trucks"])
    features = {"trucks": [1], "id": ["a"], "geometry": gpd.points_from_xy([0.0], [0.0])}
    assert [*as_declared(declared, gpd.GeoDataFrame(features)).columns] == ["id", "trucks", "geometry"]
    with pytest.raises(ValueError, match="has no column kg"):
        as_declared(declared, gpd.GeoDataFrame(features | {"kg": [1.0]}))
    with pytest.raises(ValueError, match="lacks the column full"):
        as_declared(TABLE.only(["id", "trucks", "full"]), gpd.GeoDataFrame(features))


def test_a_template_is_the_header_alone(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "movements.csv", MOVEMENTS, [])
    assert path.read_text("utf-8") == ",".join(MOVEMENTS.names) + "\n"
    assert typed([], MOVEMENTS, CODES) == ([], [])
    assert frame(MOVEMENTS)["people"].dtype == np.int64


def test_what_was_written_is_read_with_the_mark_of_a_spreadsheet(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "trips.csv", TABLE, [{"id": "a", "trucks": 1, "kg": 2.0, "full": True}])
    plain = read_rows(path, TABLE, CODES)
    path.write_text("\ufeff" + path.read_text("utf-8").replace("\n", "\r\n"), "utf-8", newline="")
    assert read_rows(path, TABLE, CODES) == plain


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (None, "x.file", "mine.txt"),
        (b"", "x.file", "mine.txt"),
        (b"\xff\xfei\x00", "x.file", "mine.txt, byte 1"),
        (b"id,trucks,kg\n", "x.columns", "mine.txt, column full"),
        (b"id,trucks,kg,full\na,1,2\n", "x.row", "mine.txt, row 2"),
        (b'id,trucks,kg,full\na,1,"2,5",true\n', "x.value", "mine.txt, row 2, column kg"),
        (b"id,trucks,kg,full,length\na,1,2,true,5\n", "x.columns", "mine.txt, column length"),
        (b"id,trucks,kg,full\na,1,2,true\n", "x.columns", "mine.txt, column kind"),
    ],
)
def test_what_is_wrong_with_a_file_named_by_hand_has_the_code_of_its_use_and_a_place(
    tmp_path: Path, content: bytes | None, code: str, place: str
) -> None:
    path = tmp_path / "mine.txt"
    if content is not None:
        path.write_bytes(content)
    _, findings = read_filled(path, TABLE, CODES, needed=["kind"] if place.endswith("kind") else [])
    assert (code, place) in [(finding.code, finding.place) for finding in findings]
    assert all(finding.remedy for finding in findings)


def test_a_table_that_comes_with_letup_and_is_not_as_declared_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "brings_nonsense"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tables.csv").write_text("table,column,type,required,meaning\na.csv,b,number,yes,length\n", "utf-8")
    (package / "a.csv").write_text("b\nlong\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"a\.csv, row 2, column b: “long” is not a number"):
        read_bundled("brings_nonsense", schemas("brings_nonsense")["a.csv"])


def test_a_pipe_in_place_of_a_table_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "trips.csv")
    rows, (finding,) = read_rows(tmp_path / "trips.csv", TABLE, CODES)
    assert rows is None
    assert (finding.code, "plain file" in finding.message) == ("x.file", True)
