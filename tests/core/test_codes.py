"""One registry of codes: whatever is found or raised stands in it and on its page, and nothing else does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from letup.core.codes import CODES, TITLES, reference_page

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "letup").rglob("*.py"))
CODE = re.compile(r"[a-z_]+\.[a-z_]+(\.[a-z_]+)?")
FILES = {"csv", "json", "yaml", "geojson", "gpkg", "html", "gpx", "txt", "tab", "md"}
"""What ends the name of a file: such texts look like codes and are none. A new kind of file needs its ending here."""
MAKERS = {"LetupError", "NoPlan", "Finding", "finding", "Wrong", "refuse", "add", "wrong", "_finding", "_say", "_over"}
"""Functions and classes that take a code first."""
ROOMS = {"letup", "answer", "movements"}
"""Begin texts that look like codes and are names of modules or of parts of a document."""


def _uses() -> Iterator[tuple[str, str, bool]]:
    """Each text that looks like a code: itself, where it stands, and whether it is given to what makes findings."""
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        made: dict[int, str] = {}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func).rpartition(".")[2]
                first = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
                made |= {id(node): name for part in first for node in ast.walk(part) if name in MAKERS}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in texts:
                continue
            name = made.get(id(node), "")
            text = node.value
            if name in {"wrong", "_over"} and "verify" in path.parts:
                text = f"verify.{text}"  # the room puts its name before them
            if CODE.fullmatch(text) and text.rpartition(".")[2] not in FILES and text.partition(".")[0] not in ROOMS:
                yield text, f"{path.relative_to(ROOT)}:{node.lineno}", bool(name)


def test_every_code_that_is_used_stands_in_the_registry() -> None:
    sections = {code.partition(".")[0] for code in CODES} - {"deliveries"}  # these are also keys of plan.json
    unknown = {
        f"{code} at {where}"
        for code, where, made in _uses()
        if code not in CODES and (made or code.partition(".")[0] in sections)
    }
    assert unknown == set(), "add them to src/letup/core/codes.csv, or to FILES the ending of a new kind of file"


def test_every_code_of_the_registry_is_used() -> None:
    used = {code for code, _, _ in _uses()} | {"internal"}
    assert set(CODES) - used == set(), "remove them from src/letup/core/codes.csv"


def test_every_code_has_its_meaning_a_known_severity_and_a_section() -> None:
    for code in CODES.values():
        assert code.meaning
        assert code.severity in {"error", "warning", "note", ""}
        assert code.section in TITLES


def test_the_committed_page_is_the_generated_one_and_has_every_code() -> None:
    page = (ROOT / "docs" / "reference" / "findings.md").read_text("utf-8")
    assert page == reference_page(), "write letup.core.codes.reference_page() to it"
    assert [code for code in CODES if f"| `{code}` |" not in page] == []
