"""What parties wrote in their limits is what the search and the check are given."""

from dataclasses import fields, replace
from datetime import timedelta

import numpy as np
import pytest

from letup.pauses import Window
from letup.pauses.limits import Limits
from letup.plan.discretise import limits_of
from letup.plan.files.document import LimitsUsed
from letup.report.tables import limits_in_words
from letup.scenario import PartyLimits
from letup.scenario.format import declared


def at(scenario, hours):
    """A moment so many hours after the start."""
    return scenario.start + timedelta(hours=hours)


def with_limits(scenario, **limits):
    return replace(scenario, limits=PartyLimits(**limits))


def test_a_pause_asked_for_holds_all_steps_it_touches_and_one_agreed_only_whole_steps(example):
    zone, step = example.zone_ids[1], example.step_minutes / 60
    span = (zone, at(example, 2 * step + 0.05), at(example, 8 * step + 0.05))
    limits = limits_of(with_limits(example, forced=(span,), frozen=(span,)))
    assert limits.forced == (Window(1, 2, 8),)
    assert limits.frozen == (Window(1, 3, 7),)


def test_an_agreed_pause_that_began_before_the_plan_counts_from_its_start(example):
    span = (example.zone_ids[0], at(example, -5), at(example, 3))
    last = 3 * 60 // example.step_minutes - 1
    assert limits_of(with_limits(example, frozen=(span,))).frozen == (Window(0, 0, last),)


def test_corridors_are_named_by_number(example):
    ids = example.zone_ids
    limits = limits_of(with_limits(example, together=((ids[2], ids[0]),), same_daily=True))
    assert limits.together == ((2, 0),)
    assert limits.same_daily


def test_a_pause_costs_by_the_hour_and_what_overlaps_adds_up(example):
    ids, step = example.zone_ids, example.step_minutes / 60
    costs = (
        (ids[0], 3.0, None, None),
        (ids[1], 2.0, None, at(example, 4 * step)),
        (ids[1], 5.0, at(example, 3.5 * step), at(example, 6 * step)),
    )
    limits = limits_of(with_limits(example, concession=costs, concession_budget=7.0))
    table = limits.concession
    assert limits.concession_budget == 7
    assert table.shape == (len(ids), example.steps)
    assert table[0].sum() == pytest.approx(3 * example.steps * step)
    assert np.allclose(table[1, :7] / step, [2, 2, 2, 2 + 2.5, 5, 5, 0])
    assert not table[1, 7:].any()
    assert not table[2:].any()


def test_without_costs_there_is_no_table_of_costs(example):
    assert limits_of(example).concession is None


def test_the_report_says_each_limit(example):
    ids, span = example.zone_ids, (example.zone_ids[0], at(example, 7), at(example, 9))
    names = example.zones["name"]
    text = "\n".join(
        limits_in_words(
            with_limits(
                example,
                forced=(span,),
                frozen=(span,),
                together=((ids[1], ids[2]),),
                same_daily=True,
                concession=((ids[3], 2.5, None, at(example, 9)),),
                concession_budget=40.0,
            )
        )
    )
    assert f"A pause in {names.iloc[0]} that holds" in text
    assert "agreed already" in text
    assert f"{names.iloc[1]} and {names.iloc[2]} are paused at the same times" in text
    assert "same clock times" in text
    assert f"{names.iloc[3]} costs 2.5 per hour to " in text
    assert "at most 40." in text


def test_every_limit_of_the_format_is_one_of_the_scenario_of_the_plan_and_of_the_choice_of_pauses():
    declared_limits = [column.name for column in declared()["scenario.yaml:limits"].own]
    assert declared_limits == [field.name for field in fields(PartyLimits)]
    assert declared_limits == list(LimitsUsed.model_fields)
    in_other_terms = {"shortest_hours": "shortest", "longest_hours": "longest", "notice_hours": "forbidden"}
    assert {in_other_terms.get(name, name) for name in declared_limits} == {field.name for field in fields(Limits)}
