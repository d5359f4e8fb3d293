"""One clock: hours of the day stay right when clocks are put forward or back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.core.clock import Clock
from tests.examples import examples

KYIV = ZoneInfo("Europe/Kyiv")
FORWARD = datetime(2026, 3, 28, 0, 0, tzinfo=KYIV)  # clocks are put forward on the 29th at 03:00
BACK = datetime(2026, 10, 24, 0, 0, tzinfo=KYIV)  # and back on the 25th at 04:00


def clock(start: datetime, step_minutes: int = 30, days: float = 3) -> Clock:
    return Clock.of(start, "Europe/Kyiv", step_minutes, round(days * 24 * 60 / step_minutes))


@pytest.mark.parametrize("start", [FORWARD, BACK])
@pytest.mark.parametrize("step_minutes", [5, 30, 60, 90])
def test_every_step_has_the_day_and_the_time_that_a_calendar_gives_it(start: datetime, step_minutes: int) -> None:
    ours = clock(start, step_minutes)
    for step in range(ours.steps):
        local = (start.astimezone(UTC) + timedelta(minutes=step * step_minutes)).astimezone(KYIV)
        assert ours.at(step) == local
        assert ours.iso(step) == local.isoformat(timespec="minutes")
        assert ours.time(step) == local.hour * 60 + local.minute
        assert ours.day(step) == ours.days()[step] == (local.date() - start.date()).days
        assert ours.step_at(local) == step


def test_allowed_hours_are_the_same_by_the_clock_before_and_after_a_change() -> None:
    for start in (FORWARD, BACK):
        ours = clock(start)
        inside = np.flatnonzero(ours.in_hours((6, 18)))
        assert {(ours.at(s).hour, ours.at(s).minute) for s in inside} == {(h, m) for h in range(6, 18) for m in (0, 30)}
        assert len(inside) == 3 * 24


def test_the_clock_grid_follows_the_clock() -> None:
    ours = Clock.of(FORWARD, "Europe/Kyiv", 30, 96)
    assert {ours.at(int(edge)).hour % 4 for edge in ours.grid_points(240)} == {0}


@given(st.integers(0, 95), st.integers(-1, 1), st.sampled_from([FORWARD, BACK]))
@examples(100)
def test_the_same_time_on_another_day_is_found(step: int, days: int, start: datetime) -> None:
    ours = clock(start)
    other = step + ours.steps_between(step, days)
    there = ours.at(step) + timedelta(days=days)  # by the wall, as datetime counts within a zone
    if 0 <= other < ours.steps and there == there.astimezone(UTC).astimezone(KYIV):  # a time that exists
        assert ours.at(other).replace(fold=0) == there.replace(fold=0)


def test_days_are_told_from_the_first_step_of_each() -> None:
    assert [(step, f"{local:%d %H:%M}") for step, local in clock(FORWARD).local_days()] == [
        (0, "28 00:00"),
        (48, "29 00:00"),
        (94, "30 00:00"),
        (142, "31 00:00"),
    ]
    assert clock(FORWARD).offsets() == [(0, 120), (54, 180)]


def test_a_start_in_a_zone_of_any_kind_is_the_same_moment() -> None:
    """Arithmetic within one zone forgets the change; the clock counts in UTC."""
    fixed = datetime.fromisoformat(FORWARD.isoformat())
    assert [clock(FORWARD).iso(s) for s in range(144)] == [clock(fixed).iso(s) for s in range(144)]


def test_without_a_date_each_day_has_24_hours() -> None:
    plain = Clock(96, 30, 6.0)
    assert plain.days().tolist() == [step // 48 for step in range(12, 108)]
    assert plain.time(36) == 0.0
    assert plain.minute(-2) == 300.0
    with pytest.raises(ValueError, match="no date"):
        plain.at(0)


def test_times_of_steps_of_another_length_follow_the_clock_too() -> None:
    minutes = clock(FORWARD).times(2.5, 3 * 24 * 24)
    moments = [(FORWARD.astimezone(UTC) + timedelta(minutes=2.5 * k)).astimezone(KYIV) for k in range(len(minutes))]
    assert minutes.tolist() == [m.hour * 60 + m.minute + m.second / 60 for m in moments]
