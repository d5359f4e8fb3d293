"""Pauses for people and aid together: no others are better on small cases, and nothing is above its proven ceiling."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from letup import plan as plans
from letup import roads
from letup.aid.deliveries.make import deliver, prepare, upper_bound
from letup.aid.deliveries.make.program import delivery_program
from letup.aid.deliveries.residual_capacity import residual_capacity
from letup.core.errors import LetupError
from letup.core.wording import significant
from letup.pauses.limits import Window, moving_array, usable_steps
from letup.plan.discretise import limits_of
from letup.plan.files.document import field_digests
from letup.plan.frontier.against_need import tradeoff
from letup.plan.objectives import Objective, gap_of, sentence_of
from letup.plan.planner.groups import move_groups
from letup.plan.planner.weighed_objective import WeighedObjective
from letup.scenario import Priorities, with_priorities
from letup.verify import verify


def weighed(scenario, people, need):
    return replace(scenario, priorities=Priorities(people, need))


def all_windows(scenario):
    """Every set of windows within the limits of the hungry case."""
    clock = scenario.clock
    per_hour = 60 // scenario.step_minutes
    zero = round(clock.start_hour)
    starts = [(hour - zero) * per_hour for hour in (8, 10, 12) if hour >= zero]
    for chosen in product([None, *starts], repeat=len(scenario.zones)):
        windows = [Window(z, t, t + 4 * per_hour - 1) for z, t in enumerate(chosen) if t is not None]
        if len(windows) <= 2:
            yield windows


def truth(scenario, network, timed, base, windows):
    """People who get out, and the most need that trucks could meet then, each computed anew."""
    quiet = moving_array(scenario, windows)
    people = sum(flow.total for flow in move_groups(scenario.groups, timed, quiet))
    made = deliver(scenario, network, quiet, prepared=base, time_limit=0.05, gap=1.0, follow_stocks=False)
    return people, made.bound - made.value_without


@pytest.mark.parametrize("need", [0.01, 10.0])
def test_no_other_pauses_are_better_for_both_together(hungry_case, need):
    scenario = weighed(hungry_case, 1.0, need)
    network = roads.build(scenario)
    timed = [roads.timed(network, scenario, group.name) for group in scenario.groups]
    base = prepare(scenario, network)
    values = {tuple(windows): truth(scenario, network, timed, base, windows) for windows in all_windows(scenario)}
    best = max(people + need * met for people, met in values.values())
    made = plans.make(scenario, time_limit=3)
    people, met = values[tuple(sorted(made.windows))]
    assert people + need * met >= best * 0.98  # the search counts people and trucks by estimates
    people_out, need_met = made.objectives
    assert people_out.bound >= max(people for people, _ in values.values())
    assert need_met.bound - need_met.without >= max(met for _, met in values.values()) * (1 - 1e-7)
    assert people_out.value == people
    assert 0 < need_met.value - need_met.without <= met + 1e-3  # whole trucks, and what roads with people leave to them
    assert need_met.value <= need_met.bound


def test_weights_decide_between_people_and_trucks(hungry_case):
    people = plans.make(weighed(hungry_case, 1.0, 1e-6)).objectives
    need = plans.make(weighed(hungry_case, 1e-6, 1.0)).objectives
    assert people[0].value >= need[0].value
    assert need[1].value >= people[1].value
    assert (people[0].value, people[1].value) != (need[0].value, need[1].value)


def test_the_quick_measure_of_need_is_near_what_deliveries_reach(hungry_case):
    scenario = weighed(hungry_case, 1.0, 1.0)
    network = roads.build(scenario)
    usable = usable_steps(limits_of(scenario), len(scenario.zones), scenario.clock)
    joint, base = WeighedObjective(scenario, network, usable), prepare(scenario, network)
    everything = upper_bound(scenario, usable, prepared=base).bound
    for windows in list(all_windows(scenario))[::7]:
        made = deliver(
            scenario, network, windows, prepared=base, time_limit=0.05, gap=1.0, follow_stocks=False,
        )  # fmt: skip
        added = made.bound - made.value_without
        assert joint.need_of(windows) == pytest.approx(added, rel=0.1, abs=2.0)
        assert made.bound <= everything * (1 + 1e-7)


def test_where_nobody_can_get_out_pauses_are_still_chosen_for_trucks(hungry_case):
    """Homes with nobody who wants to leave, and limits within which nobody gets out."""
    scenario = weighed(hungry_case, 1.0, 1.0)
    nobody = replace(scenario, people=scenario.people.assign(share_leaving=0.0))
    roads_south = replace(scenario.deliveries, without_pause=("south", "bridge"))
    scarce = replace(scenario, limits=replace(scenario.limits, zone_hours=4), deliveries=roads_south)
    for variant in (nobody, scarce):
        made = plans.make(variant)
        assert made.arrive == 0
        assert made.windows
        assert made.objectives[1].value > made.objectives[1].without
        assert made.deliveries.table["trucks"].sum() > 0


def test_nobody_scores_by_moving_people_to_where_aid_is(hungry_case):
    """Need is counted where people live: who moves or not makes no difference to the ceiling."""
    scenario = weighed(hungry_case, 1.0, 1.0)
    nobody = replace(scenario, people=scenario.people.assign(share_leaving=0.0))
    usable = usable_steps(limits_of(scenario), len(scenario.zones), scenario.clock)
    network = roads.build(scenario)
    ceiling, ceiling_of_nobody = (
        upper_bound(s, usable, prepared=prepare(s, network)).bound for s in (scenario, nobody)
    )
    assert ceiling == pytest.approx(ceiling_of_nobody)


def test_the_gap_weighs_what_is_left_by_what_is_gained():
    people, need = Objective("people", 2.0, 80.0, 0.0, 100.0), Objective("need", 0.5, 140.0, 100.0, 160.0)
    assert people.gap == pytest.approx(20 / 80)
    assert need.gap == pytest.approx(20 / 40)
    assert gap_of([people, need]) == pytest.approx((2 * 20 + 0.5 * 20) / (2 * 80 + 0.5 * 40))
    assert "as much as 4 person-days" in sentence_of([people, need])
    assert gap_of([replace(need, value=100.0)]) == np.inf
    assert gap_of([replace(need, value=160.0)]) == 0


def test_a_gap_hangs_on_the_ratio_of_weights_alone():
    people, need = Objective("people", 1e-9, 80.0, 0.0, 100.0), Objective("need", 2e-12, 140.0, 100.0, 160.0)
    assert gap_of([people, need]) == pytest.approx((500 * 20 + 20) / (500 * 80 + 40))
    assert replace(people, weight=0.0).gap == pytest.approx(20 / 80)  # worth nothing, yet more could get out


def test_rates_are_written_out():
    people = Objective("people", 1.0, 80.0, 0.0, 100.0)
    need = Objective("need", 0.00003, 140.0, 100.0, 160.0)
    assert "as much as 33,300 person-days" in sentence_of([people, need])
    assert [significant(rate) for rate in (0, 0.00003, 0.25, 12.34, 1234.5)] == [
        "0",
        "0.00003",
        "0.25",
        "12.3",
        "1,230",
    ]


def test_what_a_crossing_lets_in_a_day_bounds_need_where_inspection_has_no_limit(hungry_case):
    """A place without a limit by the hour is the same as one with a limit that nobody reaches."""
    network = roads.build(hungry_case)
    usable = usable_steps(limits_of(hungry_case), len(hungry_case.zones), hungry_case.clock)
    trucks = hungry_case.trucks[hungry_case.trucks["place"] == "border"]
    ceilings = []
    for most_an_hour, most_a_day in ((np.nan, 2), (1e6, 2), (np.nan, 100)):
        places = hungry_case.places.copy()
        places.loc["border", ["trucks_per_hour", "trucks_per_day"]] = most_an_hour, most_a_day
        places.loc["border", "hours"] = "08:00-16:00"
        scenario = replace(hungry_case, places=places, trucks=trucks)
        ceilings.append(upper_bound(scenario, usable, prepared=prepare(scenario, network)).bound)
    assert ceilings[0] == pytest.approx(ceilings[1])
    assert ceilings[0] < ceilings[2]


@pytest.mark.parametrize("seed", range(8))
def test_no_quiet_hours_go_above_the_ceiling_of_need(hungry_case, seed):
    """Odd hours, slow trucks and long handling; hours quiet at random, held against the program of hours."""
    random = np.random.default_rng(seed)
    places, trucks = hungry_case.places.copy(), hungry_case.trucks.copy()
    for place in places.index[places["kind"].isin(["crossing", "warehouse", "distribution_point"])]:
        places.loc[place, "trucks_per_hour"] = random.choice([np.nan, 1, 3])
        places.loc[place, "trucks_per_day"] = random.choice([np.nan, 2, 8])
        places.loc[place, "tonnes_per_hour"] = random.choice([np.nan, 1, 30])
        places.loc[place, "hours"] = random.choice(["00:00-24:00", "09:30-15:50", "06:00-12:00", "00:00-14:00"])
    for column, values in (("speed_kmh", [4.0, 15, 60]), ("load_minutes", [0, 45, 90]), ("unload_minutes", [0, 70])):
        trucks[column] = random.choice(values, len(trucks))
    scenario = replace(hungry_case, places=places, trucks=trucks, step_minutes=int(random.choice([15, 30, 45, 60])))
    network, zones = roads.build(scenario), len(scenario.zones)
    base = prepare(scenario, network)
    usable = np.ones((zones, scenario.steps), bool)
    ceiling = upper_bound(scenario, usable, prepared=base).bound
    for share in (1.0, 0.9, 0.7):
        hours = random.random((1, scenario.steps // 8 + 1)) < share
        quiet = np.broadcast_to(np.repeat(hours, 8, axis=1)[:, : scenario.steps], usable.shape)
        made = deliver(
            scenario, network, quiet.copy(), prepared=base, time_limit=0.05, gap=1.0, follow_stocks=False,
        )  # fmt: skip
        trips, room = base.trips(quiet), residual_capacity(scenario, network, None)
        program = delivery_program(scenario, base.logistics, made.need, trips, room)
        by_hours = made.value_without + (program.relaxed().objective if program.trucks else 0.0)
        assert by_hours <= made.bound * (1 + 1e-7)
        assert made.bound <= ceiling * (1 + 1e-7)


def test_the_finding_on_relief_says_what_pauses_are_weighed_for(hungry_case):
    for people, need, said in ((1, 0, "chosen for the movement"), (1, 1, "share the pauses"), (0, 1, "trucks alone")):
        made = plans.make(weighed(hungry_case, float(people), float(need)), pauses=[], time_limit=1)
        assert said in next(finding.message for finding in made.findings if finding.code == "plan.relief")


def test_a_plan_says_that_nothing_can_meet_the_need_it_weighs(hungry_case):
    bare = weighed(hungry_case, 1.0, 1.0)
    bare = replace(bare, trucks=bare.trucks[:0])
    (finding,) = (
        finding for finding in plans.make(bare, pauses=[], time_limit=1).findings if finding.code == "plan.priorities"
    )
    assert finding.severity == "warning"
    assert "no trucks" in finding.message


def test_a_weight_for_need_is_refused_where_nothing_could_meet_it(example):
    pointless = example.places[example.places["kind"] != "distribution_point"]
    parked = replace(example, trucks=example.trucks.assign(count=0))
    for scenario in (replace(example, trucks=example.trucks[:0]), replace(example, places=pointless), parked):
        assert with_priorities(scenario, "people=1,need=0").priorities.people == 1
        for refused in (
            lambda scenario=scenario: with_priorities(scenario, "need=1"),
            lambda scenario=scenario: tradeoff(scenario),
        ):
            with pytest.raises(LetupError) as caught:
                refused()
            assert caught.value.code in ("priorities.no_trucks", "frontier.need")
            assert "no trucks" in str(caught.value)


@pytest.mark.parametrize(
    ("priorities", "code"),
    [
        ("people", "priorities.text"),
        ("people=-1", "priorities.text"),
        ("need=nan", "priorities.text"),
        ("people=1,tanks=2", "priorities.unknown"),
        ("need=1,people=1,need=2", "priorities.twice"),
        ("people=0,need=0", "priorities.nothing"),
    ],
)
def test_priorities_that_mean_nothing_are_refused(example, priorities, code):
    with pytest.raises(LetupError) as caught:
        with_priorities(example, priorities)
    assert caught.value.code == code


@pytest.fixture(scope="module")
def folder(hungry_case, tmp_path_factory):
    made = plans.make(weighed(hungry_case, 1.0, 0.5))
    target = tmp_path_factory.mktemp("joint") / "plan"
    plans.write(made, target)
    return target


def test_a_joint_plan_verifies(folder):
    result = verify(folder)
    assert result.holds, result.problems
    assert any("chosen for" in checked for checked, _ in result.checks)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("objectives[1].value", lambda part: part["objectives"][1].update(value=part["objectives"][1]["value"] + 9)),
        ("objectives[1].bound", lambda part: part["objectives"][1].update(bound=part["objectives"][1]["bound"] * 0.9)),
        ("objectives[0].weight", lambda part: part["objectives"][0].update(weight=3.0)),
        ("objectives[0].bound", lambda part: part["objectives"][0].update(bound=1e9)),
        ("gap", lambda part: part.update(gap=0.0)),
    ],
)
def test_a_forged_figure_is_found(folder, tmp_path, where, change):
    copy = tmp_path / "plan"
    shutil.copytree(folder, copy)
    content = json.loads((copy / "plan.json").read_text("utf-8"))
    change(content["weighed"])
    content["digests"]["plan"] = field_digests(content)
    (copy / "plan.json").write_text(json.dumps(content), "utf-8")
    problems = verify(copy).problems
    assert any(problem.where == f"weighed.{where}" for problem in problems), problems


@pytest.mark.parametrize("worth", [None, 99_999.0])
def test_a_forged_worth_of_a_pause_is_found(folder, tmp_path, worth):
    copy = tmp_path / "plan"
    shutil.copytree(folder, copy)
    content = json.loads((copy / "plan.json").read_text("utf-8"))
    content["pauses"][0]["worth_need"] = worth
    content["digests"]["plan"] = field_digests(content)
    (copy / "plan.json").write_text(json.dumps(content), "utf-8")
    in_plan = [problem.where for problem in verify(copy).problems if problem.file == "plan.json"]
    assert in_plan == ["pauses[0].worth_need"]
