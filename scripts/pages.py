"""Write the pages and the schema that are made from declarations; with ``--check`` only compare them."""

from __future__ import annotations

import sys
from pathlib import Path

from made_pages import with_declared_tables, write_or_check

from letup import scenario
from letup.aid import tables as aid_tables
from letup.aid.convoys import tables as convoy_tables
from letup.core import codes
from letup.plan.files import document
from letup.roads import page as roads_page
from letup.verify import not_proven

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
BY_HAND = ("frontier.md", "plan-files.md", "support.md")
"""Pages written by hand but for the tables on them."""


def pages() -> dict[Path, str]:
    """Text of each file that is made from declarations, wholly or in part."""
    by_hand = {REFERENCE / name: with_declared_tables((REFERENCE / name).read_text("utf-8")) for name in BY_HAND}
    return by_hand | {
        REFERENCE / "attributes.md": scenario.reference_page(),
        REFERENCE / "assessment.md": aid_tables.reference_page(),
        REFERENCE / "convoys.md": convoy_tables.reference_page(),
        REFERENCE / "findings.md": codes.reference_page(),
        REFERENCE / "not-proven.md": not_proven.reference_page(),
        REFERENCE / "roads.md": roads_page.page(),
        ROOT / "src" / "letup" / "plan" / "plan.schema.json": document.schema(),
    }


if __name__ == "__main__":
    sys.exit(write_or_check(pages, __doc__, None))
