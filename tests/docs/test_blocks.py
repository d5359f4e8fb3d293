"""The runner of the pages notices when a page says what is not so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import blocks


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(blocks, "ROOT", tmp_path)
    return tmp_path / "page.md"


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ printf 'one\\ntwo\\n'\ntwo\none\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ true  # exit 1\n```\n",
        "```python\nassert 1 == 2\n```\n",
        "```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n",
    ],
)
def test_a_page_that_is_wrong_is_found_out(page: Path, text: str) -> None:
    page.write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError):
        blocks.run(page, page.parent)


def test_a_page_that_is_right_passes(page: Path) -> None:
    page.write_text(
        "<!-- file: data/a.csv -->\n```csv\nzone\nnorth\n```\n\n```console\n$ cat data/a.csv\nzone\nno...\n"
        "$ ls data/b.csv  # exit 2\n```\n\n<!-- not run: it would never end -->\n```console\n$ sleep 1000\n```\n"
        "```text\n$ false\n```\n",
        encoding="utf-8",
    )
    assert blocks.run(page, page.parent) == 2
