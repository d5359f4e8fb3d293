"""The page against history says what the analysis says today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "support_history.py"


def test_the_page_against_history_is_what_its_script_makes() -> None:
    spec = importlib.util.spec_from_file_location("support_history", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.main(["--check"]) == 0, "run scripts/support_history.py"
