"""What the pages say is so: their code runs, their links lead somewhere, their commands exist."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from tests.docs.blocks import ROOT, Block, blocks, pages, run

PAGES = pages()
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
RUNNABLE = {"python", "console"}
LANGUAGES = RUNNABLE | {"", "text", "yaml", "csv", "json", "geojson", "mermaid"}

# Each marked block is a claim nobody checks: the list is closed, so that it grows only on purpose.
NOT_RUN = {
    "README.md": 1,  # make demo and make test: the tests themselves run under the latter
    "docs/how-to/no-network.md": 3,  # fetches from a package index; tests/test_setup.py sets up from a bundle
}

ENTRY_POINTS = {"letup.extractors"}
FILE_ENDINGS = (".csv", ".json", ".yaml", ".geojson", ".shp", ".gpkg", ".xlsx", ".html", ".md", ".npz")


def _code(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in RUNNABLE or block.file]


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for page, name in zip(PAGES, NAMES, strict=True)])
def test_the_code_on_the_page_runs_as_it_stands(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not _code(page):
        pytest.skip("no code on this page")
    monkeypatch.chdir(tmp_path)
    run(page, tmp_path)


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for page, name in zip(PAGES, NAMES, strict=True)])
def test_blocks_that_do_not_run_say_why_and_are_few(page: Path) -> None:
    marked = [block for block in _code(page) if block.not_run]
    assert len(marked) <= NOT_RUN.get(str(page.relative_to(ROOT)), 0), [block.text for block in marked]
    strange = {block.language for block in blocks(page)} - LANGUAGES
    assert not strange, f"blocks in {strange} are not run; use one of {sorted(LANGUAGES)}"


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for page, name in zip(PAGES, NAMES, strict=True)])
def test_every_link_within_the_house_leads_to_a_file_and_a_heading(page: Path) -> None:
    text = _without_code(page)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in _anchors(file)):
            dead.append(target)
    assert not dead


def test_every_letup_command_on_the_pages_exists() -> None:
    from letup.cli import app

    root = typer.main.get_command(app)
    unknown = []
    for page, name in zip(PAGES, NAMES, strict=True):
        inline = re.findall(r"`(letup [a-z][^`\n]*)`", _without_code(page))
        shown = [command for block in blocks(page) for command, _ in block.commands]
        for command in [*inline, *shown]:
            if not command.startswith("letup "):
                continue
            words = shlex.split(command.replace("|", " "), comments=True)[1:]
            at: Any = root
            for word in words:
                if not hasattr(at, "commands"):
                    break
                if word not in at.commands:
                    unknown.append(f"{name}: {command}") if not word.startswith("-") else None
                    break
                at = at.commands[word]
            options = {option for parameter in at.params for option in (*parameter.opts, *parameter.secondary_opts)}
            options.add("--help")
            unknown += [
                f"{name}: {command}: no option {word}"
                for word in words
                if word.startswith("--") and word.partition("=")[0] not in options
            ]
    assert not unknown


def test_what_the_pages_name_exists() -> None:
    """Modules and functions, options of commands, codes of findings, files of the repository."""
    from letup.cli import app
    from letup.core.codes import CODES

    options = {option for command in _all_commands(typer.main.get_command(app)) for option in _options_of(command)}
    families = {code.partition(".")[0] for code in CODES}
    missing = []
    for page, name in zip(
        [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], [*NAMES, "CONTRIBUTING", "CHANGELOG"], strict=True
    ):
        for words in re.findall(r"`([^`\n]+)`", _without_code(page)):
            if re.fullmatch(r"letup(\.\w+)+(\(.*\))?", words) and words not in ENTRY_POINTS:
                known = _exists(words.partition("(")[0])
            elif re.match(r"(src|tests|docs|scripts|benchmarks|requirements|data-sources)/[\w./-]*$", words):
                known = (ROOT / words).exists()
            elif re.fullmatch(r"[a-z]+\.[a-z_]+", words) and words.partition(".")[0] in families:
                known = words in CODES or words.endswith(FILE_ENDINGS)
            elif words.startswith("test_"):
                known = any(f"def {words}(" in file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
            elif re.match(r"--[a-z]|letup ", words):
                known = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", words)) <= options
            else:
                continue
            if not known:
                missing.append(f"{name}: {words}")
    assert not missing


def _all_commands(command: Any) -> list[Any]:
    return [command, *(each for sub in getattr(command, "commands", {}).values() for each in _all_commands(sub))]


def _options_of(command: Any) -> set[str]:
    return {"--help", *(option for parameter in command.params for option in parameter.opts)}


def _exists(dotted: str) -> bool:
    """Whether there is a module, or something in one, of this name; fields of dataclasses included."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            holder: Any = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            if not hasattr(holder, part):
                return part in getattr(holder, "__dataclass_fields__", {})
            holder = getattr(holder, part)
        return True
    return False


def _without_code(page: Path) -> str:
    return re.sub(r"^```.*?^```[ ]*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def _anchors(page: Path) -> set[str]:
    """Anchors that the usual Markdown viewers give to headings."""
    headings = re.findall(r"^#+ (.+)$", _without_code(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
