"""Take the picture of the README: the first screen of a report, in Debian's Chromium.

Run: ``python scripts/picture.py demo/report.html docs/images/report.png``
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WEBGL_BY_SOFTWARE = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def take(report: Path, picture: Path) -> None:
    """Open a report, wait until its map is drawn, and write what a reader sees first."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=WEBGL_BY_SOFTWARE)
        page = browser.new_page(viewport={"width": 1280, "height": 1240})
        page.goto(report.resolve().as_uri())
        page.wait_for_selector('html[data-map="idle"]', timeout=60_000)
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
