"""What the report says of the next hour, and of how the search went."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import strip

from letup.plan.files.document import NEXT_HOUR_COLUMNS
from letup.report import charts, write_html

ROWS = [
    ("hill", "Hill", "2023-11-04T10:00:00+02:00", "2023-11-04T18:00:00+02:00", "2023-11-04T10:00:00+02:00"),
    (
        "north",
        "North <i>Town</i>",
        "2023-11-05T09:00:00+02:00",
        "2023-11-05T17:00:00+02:00",
        "2023-11-05T10:00:00+02:00",
    ),
    ("south", "South", "2023-11-04T10:00:00+02:00", "2023-11-04T13:00:00+02:00", ""),
]
TRACE = ((2.0, 0, 12_000), (4.0, 5000, 12_000), (10.0, 8000, 10_400), (20.0, 9400, 9600))


def _hours(basis: str) -> pd.DataFrame:
    gains = (659.0, 95.0, 40.0)
    rows = [(*row, gain, basis) for row, gain in zip(ROWS, gains, strict=True)]
    return pd.DataFrame(rows, columns=list(NEXT_HOUR_COLUMNS))


def _page(tmp_path: Path, **changes: Any) -> str:
    return write_html(strip.plan(**changes), tmp_path / "report.html").read_text(encoding="utf-8")


def _rows(page: str) -> list[list[str]]:
    body = page.split('class="next"')[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in body.split("</tr>")
    ]


def test_the_next_hour_is_said_in_a_sentence_and_a_table(tmp_path):
    page = _page(tmp_path, next_hours=_hours("exact"))
    assert "One more hour of Hill on Sat 4 Nov, 17:00–18:00, would let 659 more people out." in page
    assert _rows(page)[:3] == [
        ["Hill", "Sat 4 Nov 17:00–18:00 (1 h more)", "659", "659"],
        ["North &lt;i&gt;Town&lt;/i&gt;", "Sun 5 Nov 09:00–10:00 (1 h more)", "95", "95"],
        ["South", "Sat 4 Nov 10:00–13:00 (new pause)", "120", "40"],
    ]


def test_an_estimate_is_not_given_to_the_last_person(tmp_path):
    page = _page(tmp_path, next_hours=_hours("estimated"))
    assert "would let about 660 more people out." in page
    assert _rows(page)[2][2:] == ["about 120", "about 40"]


def test_where_no_hour_is_known_to_help_the_page_says_so(tmp_path):
    assert "No single further hour that was tried is known to let more people out" in _page(tmp_path)
    assert "Nothing: no pauses whatsoever" in _page(tmp_path, ceiling=strip.plan().arrive)


def test_the_chart_of_the_search_shows_the_ceiling_fall_and_the_plan_rise(tmp_path):
    chart = charts.search(strip.plan(trace=TRACE))
    assert chart is not None
    heights = {
        path: [float(y) for y in re.findall(r"(?:V|M\S+ )([\d.]+)", path)] for path in (chart.ceiling, chart.best)
    }
    # heights are counted from above: a ceiling that falls goes down, a plan that gets better goes up
    assert heights[chart.ceiling] == [0.0, 0.0, 133.3, 200.0]
    assert heights[chart.best] == sorted(heights[chart.best], reverse=True)
    assert "fell from 12,000 to 9,600" in _page(tmp_path, trace=TRACE)
    assert "stayed at 12,000" in charts.search(strip.plan(trace=(*TRACE[:2], (5.0, 6000, 12_000)))).said


def test_pauses_given_by_hand_have_no_search_to_show(tmp_path):
    assert charts.search(strip.plan()) is None
    assert 'class="search"' not in _page(tmp_path)
