"""What readers see of numbers, times and lists."""

from __future__ import annotations

from datetime import datetime

import pytest

from letup.core import wording

MORNING = datetime(2023, 11, 4, 9, 0)


def test_a_share_is_never_rounded_up_to_all_or_down_to_none() -> None:
    assert wording.share(9_999, 10_000) == "over 99.9 %"
    assert wording.share(1, 10_000) == "under 0.1 %"
    assert wording.percent(0.999) == "over 99 %"
    assert wording.percent(0.001) == "under 1 %"


def test_a_share_that_is_all_but_for_the_sum_of_floating_point_numbers_is_all() -> None:
    assert wording.percent(sum([0.1] * 10)) == "100 %"
    assert wording.percent(1e-16) == "0 %"


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert wording.share(0, 0) == "–"
    assert wording.share(0, 0, nothing="0 %") == "0 %"


@pytest.mark.parametrize(("value", "text"), [(4.5, "4.5"), (4.0, "4"), (1234.25, "1,234.25"), (100.0, "100")])
def test_numbers_have_no_idle_zeros(value: float, text: str) -> None:
    assert wording.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(6, "06:00"), (6.5, "06:30"), (24, "24:00"), (5.9999, "06:00")])
def test_hours_after_midnight_are_a_time_on_a_clock(value: float, text: str) -> None:
    assert wording.time_of_day(value) == text


def test_the_end_of_a_span_says_its_day_only_if_it_is_another_one() -> None:
    assert wording.until(MORNING, datetime(2023, 11, 4, 13, 0)) == "13:00"
    assert wording.until(MORNING, datetime(2023, 11, 5, 0, 30)) == "Sun 5 Nov 00:30"
    assert wording.sortable_until(MORNING, datetime(2023, 11, 5, 0, 30)) == "2023-11-05 00:30"


def test_lists_read_as_a_phrase() -> None:
    assert wording.listed([]) == ""
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.listed(["a", "b", "c", "d"], most=2) == "a, b and 2 more"


def test_of_many_the_first_ones_are_named_and_the_rest_counted() -> None:
    assert wording.first_few(["a", "b"], 2, "zones") == "a, b"
    assert wording.first_few(["a", "b", "c"], 2, "zones") == "a, b and 1 more zones"
    assert wording.first_few(["a", "b", "c"], 1) == "a and 2 more"


def test_one_of_a_thing_has_no_plural() -> None:
    assert [wording.plural(value, "pause") for value in (0, 1, 2000, 0.5)] == [
        "0 pauses",
        "1 pause",
        "2,000 pauses",
        "0.5 pauses",
    ]
