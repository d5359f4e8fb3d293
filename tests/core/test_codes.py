"""One registry of codes: whatever is found or raised stands in it and on its page, and nothing else does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from letup.core.codes import CODES, TITLES, reference_page

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "letup"
SOURCES = sorted(SOURCE.rglob("*.py"))
CODE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+")
FILES = {"npz", "csv", "json", "yaml", "geojson", "gpkg", "html", "gpx", "xlsx", "txt", "tab", "md", "css", "js", "mjs"}
"""What ends the name of a file: such texts look like codes and are none. A new kind of file needs its ending here."""
MODULES = "letup."
PARTS = {
    "answer.ceiling",
    "answer.left_out",
    "answer.worth_basis",
    "movements.people",
    "movements.rows",
    "deliveries.bound",
    "deliveries.zones",
    "deliveries.findings",
}
"""Parts of plan.json that look like codes."""
HEADS = {code.partition(".")[0] for code in CODES}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def _used() -> list[tuple[str, str]]:
    """Each text that looks like a code, whatever is made of it, with its place."""
    return [use for path in SOURCES for use in _codes_in(path)]


def _codes_in(path: Path) -> Iterator[tuple[str, str]]:
    tree = _tree(path)
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    whole = _completed(path.relative_to(SOURCE).parts[0])
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (head := whole.get(_name(call))):
            first = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
            for node in (node for part in first for node in ast.walk(part)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.add(id(node))
                    yield f"{head}{node.value}", f"{path.relative_to(ROOT)}:{node.lineno}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts:
            text = node.value
            if CODE.fullmatch(text) and text.rpartition(".")[2] not in FILES and not text.startswith(MODULES):
                yield text, f"{path.relative_to(ROOT)}:{node.lineno}"


@cache
def _completed(room: str) -> dict[str, str]:
    """Functions of a room that put the start of a code before what they are given as ``code``, with this start."""
    functions = [
        function
        for path in SOURCES
        if path.relative_to(SOURCE).parts[0] == room
        for function in ast.walk(_tree(path))
        if isinstance(function, ast.FunctionDef) and "code" in [argument.arg for argument in function.args.args]
    ]
    starts: dict[str, str] = {}
    for function in functions:
        for node in ast.walk(function):
            if isinstance(node, ast.JoinedStr) and _names_code(node.values[-1]) and len(node.values) == 2:
                starts[function.name] = ast.literal_eval(node.values[0])
    for _ in functions if starts else ():  # those that hand on what they are given
        for function in functions:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _name(call) in starts and any(map(_names_code, call.args[:1])):
                    starts.setdefault(function.name, starts[_name(call)])
    return starts


def _name(call: ast.Call) -> str:
    """Last part of what is called; empty where that has no name."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _names_code(node: ast.AST) -> bool:
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    return isinstance(inner, ast.Name) and inner.id == "code"


def test_every_text_that_looks_like_a_code_stands_in_the_registry() -> None:
    unknown = [f"{code} at {where}" for code, where in _used() if code not in CODES and code not in PARTS]
    assert unknown == [], (
        "add them to src/letup/core/codes.csv, or here to FILES the ending of a new kind of file, to PARTS a part of a "
        "document"
    )


def test_a_code_is_written_out_or_completed_where_this_test_finds_it() -> None:
    hidden = [
        f"{ast.unparse(node)} at {path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.JoinedStr)
        and len(node.values) == 2
        and isinstance(node.values[0], ast.Constant)
        and str(node.values[0].value).removesuffix(".") in HEADS - {"deliveries"}  # these are also keys of plan.json
        and str(node.values[0].value).endswith(".")
        and not _names_code(node.values[1])
    ]
    assert hidden == [], "write the whole code, or call what is put behind the point `code`"


def test_what_completes_a_code_is_found_whatever_its_name() -> None:
    assert {"wrong", "_over"} <= set(_completed("verify"))
    assert set(_completed("verify").values()) == {"verify."}
    codes = {code for code, _ in _used()}
    assert {"verify.convoys.load", "verify.quiet", "medevac.no_bed", "convoys.stay"} <= codes


def test_every_code_of_the_registry_is_used() -> None:
    used = {code for code, _ in _used()} | {"internal"}
    assert set(CODES) - used == set(), "remove them from src/letup/core/codes.csv"


def test_every_code_has_its_meaning_a_known_severity_and_a_section() -> None:
    for code in CODES.values():
        assert CODE.fullmatch(code.code) or code.code == "internal"
        assert code.meaning
        assert code.severity in {"error", "warning", "note", ""}
        assert code.section in TITLES


def test_the_committed_page_is_the_generated_one_and_has_every_code() -> None:
    page = (ROOT / "docs" / "reference" / "findings.md").read_text("utf-8")
    assert page == reference_page(), "write letup.core.codes.reference_page() to it"
    assert [code for code in CODES if f"| `{code}` |" not in page] == []
