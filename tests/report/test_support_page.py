"""The page of an analysis in a browser, from a file, without any network."""

from __future__ import annotations

import pytest

from letup.report.support import write_support_html
from letup.scenario import example
from letup.support.analysis import analyse
from letup.support.negotiation import negotiation_of
from tests.support.negotiations import plan, support


@pytest.fixture(scope="module")
def analysis():
    plans = [plan(days, people=400 * days) for days in (2, 4, 6)]
    return analyse(negotiation_of(support(), {"trucks": 200.0}), plans, draws=1000, deal_draws=10)


@pytest.fixture(scope="module")
def page(browsers, analysis, tmp_path_factory):
    path = write_support_html(analysis, example(), tmp_path_factory.mktemp("page") / "support.html")
    wrong: list[str] = []
    opened = browsers[False].new_context(viewport={"width": 1000, "height": 700}, offline=True).new_page()
    opened.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    opened.on("request", lambda sent: sent.url.split(":")[0] in ("file", "data") or wrong.append(sent.url))
    opened.goto(path.as_uri())
    yield opened
    opened.context.close()
    assert not wrong


def test_marks_lie_where_the_probabilities_are(page, analysis):
    for number, verdict in enumerate(analysis.chosen_package.verdicts):
        scale = page.locator(".scale").nth(number).bounding_box()
        mark = page.locator(".scale b").nth(number).bounding_box()
        at = (mark["x"] + mark["width"] / 2 - scale["x"]) / scale["width"]
        assert at == pytest.approx(verdict.probability, abs=0.01)


def test_plans_stand_at_their_people_and_acceptance(page, analysis):
    box = page.locator(".plot").bounding_box()
    for number, assessed in enumerate(analysis.packages):
        dot = page.locator(".plot .dot").nth(number).bounding_box()
        up = (box["y"] + box["height"] - dot["y"] - dot["height"] / 2) / box["height"]
        assert up == pytest.approx(assessed.all_accept, abs=0.02)
    assert page.locator(".plot .dot.best").count() == 1


def test_it_says_what_it_is_and_what_it_rests_on(page, analysis):
    text = page.inner_text("main")
    assert "not what anybody will do" in text
    assert "Aids to think with" in text
    assert "1,000 values are drawn" in text
    assert page.locator("#assumed table").first.locator("tbody tr").count() == sum(
        1 + len(p.preferences) for p in analysis.negotiation.support.parties
    )


@pytest.mark.parametrize("width", [360, 700, 1400])
def test_nothing_runs_off_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
