"""What stands on the page, read as text."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import strip

from letup.core.findings import Finding
from letup.plan.files.document import MOVEMENTS
from letup.report import write_html
from letup.report.map_data import SHIELD_M
from letup.tables import write_csv

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Reader(HTMLParser):
    """Headings, ids, labels and unbalanced tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.inputs: list[str | None] = []
        self.labels: set[str | None] = set()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self.tags.append((tag, about))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in about:
            self.ids.append(about["id"])
        if tag in ("input", "select", "textarea"):
            self.inputs.append(about.get("id"))
        if tag == "label":
            self.labels.add(about.get("for"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def data_of(text):
    return json.loads(re.search(r'id="plan-data">(.*?)</script>', text, re.S)[1])


def lines_of(packed):
    return np.cumsum(np.array(packed).reshape(-1, 2), axis=0) / 1e5


def test_the_page_is_small_enough_for_e_mail(report):
    assert report.stat().st_size < 1_000_000


def test_the_same_plan_gives_the_same_page(text, tmp_path):
    (tmp_path / "plan0").mkdir()
    again = write_html(strip.plan(), tmp_path / "plan0" / "report.html").read_text(encoding="utf-8")
    assert again.replace("letup verify plan0", "") == re.sub("letup verify plan[0-9]+", "", text)


def test_headings_are_in_order_and_every_input_is_labelled(read):
    assert read.headings[0] == 1
    assert read.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(read.headings, read.headings[1:], strict=False))
    assert len(set(read.ids)) == len(read.ids)
    assert read.inputs
    assert set(read.inputs) <= read.labels


def test_every_table_has_a_caption_and_every_picture_a_text(read):
    tags = [tag for tag, _ in read.tags]
    assert tags.count("table") == tags.count("caption") > 4
    for tag, about in read.tags:
        if about.get("role") == "img":
            assert about.get("aria-label") or about.get("aria-labelledby"), tag
        if about.get("aria-labelledby"):
            assert set(about["aria-labelledby"].split()) <= set(read.ids)


def test_nothing_is_loaded_from_anywhere(read):
    for tag, about in read.tags:
        assert not about.get("src"), tag
        if tag == "link":
            assert about["href"] == "data:,"
    policy = next(about["content"] for _, about in read.tags if about.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'sha256-[^']+' blob:;", policy)


def test_only_addresses_of_the_web_become_links(read):
    links = [about["href"] for tag, about in read.tags if tag == "a" and not about["href"].startswith("#")]
    assert links == ["https://www.openstreetmap.org/copyright"]


def test_the_answer_names_its_denominator_and_the_ceiling(text):
    assert "9,400" in text
    assert "11,100" in text
    assert "10,400" in text
    assert "A model, not a permission." in text
    assert "Fri 3 Nov 2023, 18:00" in text


def test_exact_positions_of_restricted_places_are_nowhere(text):
    for lon, lat in (strip.SHELTER, strip.HOSPITAL):
        for digits in (4, 5, 6):
            assert f"{lon:.{digits}f}" not in text
            assert f"{lat:.{digits}f}" not in text
    data = data_of(text)
    vertices = np.concatenate(
        [lines_of(line) for line in data["base"] + [line for piece in data["pieces"] for line in piece["l"]]]
    )
    for place in (strip.SHELTER, strip.HOSPITAL):
        metres = np.hypot(*((vertices - place) * 111_320 * [np.cos(np.radians(31.3)), 1]).T)
        assert metres.min() > SHIELD_M - 2
    assert [place["n"] for place in data["places"]] == ["Post on the road"]
    assert "Camp" not in text


def test_restricted_places_are_counted_by_zone(text):
    zones = {zone["id"]: zone for zone in data_of(text)["zones"]}
    assert zones["north"]["c"] == [["hospitals and clinics", 1]]
    assert zones["south"]["c"] == [["shelters", 1]]
    assert "A shelter in South" in text


def test_zones_carry_their_people_and_those_who_leave(text):
    zones = {zone["id"]: zone for zone in data_of(text)["zones"]}
    assert (zones["north"]["p"], zones["north"]["w"], zones["north"]["out"]) == (10_000, 8_100, 6_400)
    assert (zones["hill"]["p"], zones["hill"]["w"], zones["hill"]["out"]) == (6_000, 3_000, 3_000)


def test_findings_come_worst_first_with_their_rule(text):
    warning, note = text.index("safer than North Town"), text.index("a way back on the same road")
    assert warning < note
    assert "Geneva Convention IV, art. 49" in text


def test_markup_in_a_scenario_stays_text(tmp_path):
    bad = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'
    world = strip.scenario(title=bad, zone_name=f"N{bad}")
    text = write_html(strip.plan(scenario=world), tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<img" not in text
    assert "<script>alert" not in text
    assert data_of(text)["zones"][0]["n"] == f"N{bad}"


def test_a_plan_without_pauses_and_movements_still_has_a_report(tmp_path):
    plan = strip.plan()
    none = strip.plan(
        windows=(),
        pauses=plan.pauses.iloc[:0],
        movements=plan.movements.iloc[:0],
        bottlenecks=plan.bottlenecks.iloc[:0],
        groups=(),
        findings=(),
        ceiling=0,
        complete=False,
    )
    text = write_html(none, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "This plan has no pauses." in text
    assert "ended early" in text


def test_what_pauses_are_worth_in_need_met_stands_beside_the_people(tmp_path):
    pauses = strip.plan().pauses.assign(worth_need=321.4)
    text = write_html(strip.plan(pauses=pauses), tmp_path / "report.html").read_text(encoding="utf-8")
    assert "worth, person-days of need" in text
    assert text.count(">321<") == len(pauses)


def test_a_failed_check_stands_beside_the_answer(tmp_path):
    bad = Finding("plan.stranded", "error", "People are on the road when the pause ends.", "Do not use this plan.")
    text = write_html(strip.plan(findings=(bad, bad)), tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Do not use this plan as it is: 2 checks failed." in text
    assert text.count('<li class="error">') == 1


def test_a_page_alone_has_the_digest_that_the_written_table_would_have(text, tmp_path):
    path = write_csv(tmp_path / "movements.csv", MOVEMENTS, strip.plan().movements)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text
