"""What the pages say is so: their code runs, their links lead somewhere, their commands exist."""

from __future__ import annotations

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


def _without_code(page: Path) -> str:
    return re.sub(r"^```.*?^```[ ]*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def _anchors(page: Path) -> set[str]:
    """Anchors that the usual Markdown viewers give to headings."""
    headings = re.findall(r"^#+ (.+)$", _without_code(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
