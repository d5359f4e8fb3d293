from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the hand-made strip."""
    import strip

    from letup.report import write_html

    return write_html(strip.plan(), tmp_path_factory.mktemp("plan") / "report.html")


@pytest.fixture(scope="session")
def text(report: Path) -> str:
    return report.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    """Playwright; tests that need it are skipped where it or Chromium is missing."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium here")
    with sync_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browsers(driver: Any) -> Iterator[dict[bool, Any]]:
    """Chromium with WebGL (by software) and without."""
    path = shutil.which("chromium")
    with_it = driver.chromium.launch(executable_path=path, args=QUIET + WEBGL)
    without = driver.chromium.launch(executable_path=path, args=[*QUIET, "--disable-3d-apis"])
    yield {True: with_it, False: without}
    with_it.close()
    without.close()


@pytest.fixture(scope="session")
def visits(browsers: dict[bool, Any]) -> Iterator[dict[str, Any]]:
    """Pages opened so far, by address, and whatever went wrong on any of them."""
    kept: dict[str, Any] = {"wrong": []}
    yield kept
    for page in kept.values():
        if not isinstance(page, list):
            page.context.close()


@pytest.fixture
def visit(browsers: dict[bool, Any], visits: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Open a file; at the end, any error on the page or request to a network fails the test.

    A page that needs nothing special is opened once: starting a map without a graphics card takes a second or two.
    """
    wrong = visits["wrong"]

    def open_page(path: Path, webgl: bool = True, **options: Any) -> Any:
        key = f"{path} {webgl} {options}"
        if key in visits:
            return visits[key]
        page = browsers[webgl].new_context(viewport={"width": 1000, "height": 700}, **options).new_page()
        visits[key] = page
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"a script asked: {dialog.message}"))
        page.on("request", lambda sent: sent.url.split(":")[0] in ("file", "blob", "data") or wrong.append(sent.url))
        page.goto(path.as_uri())
        page.wait_for_selector('html[data-map="idle"]' if webgl else "html[data-map-why]", timeout=30_000)
        return page

    wrong.clear()
    yield open_page
    assert not wrong
