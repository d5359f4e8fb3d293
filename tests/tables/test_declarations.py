"""Every declaration of tables in the package says what each column is."""

from pathlib import Path

import pytest

import letup
from letup.tables import TYPES, Schema, markdown, schemas

SOURCE = Path(letup.__file__).parent
FILES = sorted(
    path.relative_to(SOURCE) for path in SOURCE.rglob("*.csv") if path.name in ("tables.csv", "attributes.csv")
)


def tables_of(file: Path) -> dict[str, Schema]:
    return schemas(".".join(("letup", *file.parts[:-1])), file.name)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_every_column_is_declared_once_with_a_meaning(file: Path) -> None:
    for name, schema in tables_of(file).items():
        names = [column.name for column in schema.own]
        assert len(set(names)) == len(names), name
        for column in schema.own:
            assert column.meaning, (name, column.name)
            assert bool(column.choices) == (column.kind == "choice"), (name, column.name)
            assert not (column.required and column.default is not None), (name, column.name)


def test_every_reference_leads_to_a_declared_table() -> None:
    known = {name: schema for file in FILES for name, schema in tables_of(file).items()}
    for schema in known.values():
        for column in schema.own:
            assert not column.target or column.target in known, column


def test_each_table_is_declared_in_one_place() -> None:
    names = [name for file in FILES for name in tables_of(file)]
    assert len(set(names)) == len(names)


def test_a_type_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "declares_nonsense"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tables.csv").write_text("table,column,type,meaning\na.csv,b,colour,a colour\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"a\.csv, b: there is no type 'colour'"):
        schemas("declares_nonsense")
    assert "colour" not in TYPES


@pytest.mark.parametrize("file", [file for file in FILES if file.name == "tables.csv"], ids=str)
def test_every_table_that_letup_writes_is_on_a_reference_page_as_declared(file: Path) -> None:
    pages = "\n".join(page.read_text("utf-8") for page in (SOURCE.parents[1] / "docs" / "reference").glob("*.md"))
    for name, schema in tables_of(file).items():
        assert markdown(schema.columns) in pages, name
