"""From a scenario to what people have to live on, and what is not known is said."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letup.aid import WATER_UNCONFIRMED, Assessment, assess, deprivation_cost, moving, staying, supplies
from letup.aid.assessment import answer, days, ranged, table_by_day
from letup.aid.files import as_document
from letup.aid.tables import ASSESSMENT, ASSESSMENT_DAYS, reference_page
from letup.cli.assess import show_assessment
from letup.scenario import Scenario, essentials_of, example, load, new
from tests.cli.running import printed
from tests.scenario.wrong import replace, shape


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return example()


def edited(tmp_path: Path, *edits: tuple[str, str, str]) -> Scenario:
    folder = new(tmp_path / "edited")
    for edit in edits:
        replace(*edit)(folder)
    return load(folder)


def row(table: pd.DataFrame, zone: str, essential: str) -> pd.Series:
    return table.set_index(["zone", "essential"]).loc[(zone, essential)]


def movement(rate: int, first: int, last: int) -> pd.DataFrame:
    """People from Northport to the school in Southhaven, so many at each step."""
    steps = {"people_per_step": rate, "arrive_first_step": first, "arrive_last_step": last}
    return pd.DataFrame([{"origin": "north", "shelter": "school", **steps}])


def test_needs_are_those_of_the_handbook_unless_the_scenario_has_its_own(tmp_path: Path) -> None:
    changed = ("essentials.csv", "soap,Soap,g,15,10,15,", "water,Water,m3,0.05,,,")
    stocks = Path(new(tmp_path / "x") / "stocks.csv").read_text("utf-8")
    soap = "\n".join(line for line in stocks.splitlines() if ",soap," in line)
    essentials = {item.name: item for item in essentials_of(edited(tmp_path, changed, ("stocks.csv", soap + "\n", "")))}
    water, food = essentials["water"], essentials["food"]
    assert (water.per_person, water.unit, water.default) == (0.05, "m3", False)
    assert (food.per_person, food.unit, food.default) == (2100, "kcal", True)
    assert "Sphere" in food.source
    assert "soap" not in essentials


def test_units_that_fit_are_converted(tmp_path: Path) -> None:
    litres = edited(tmp_path / "a")
    cubic = edited(tmp_path / "b", ("stocks.csv", "90000,60000,120000,litres", "90,60,120,m3"))
    each = edited(tmp_path / "c", ("stocks.csv", "90000,60000,120000,litres", "10,5,15,litres per person"))
    here = row(assess(litres).table, "north", "water")
    assert row(assess(cubic).table, "north", "water")["opening_stock"] == here["opening_stock"] == 90_000
    assert row(assess(each).table, "north", "water")["opening_stock"] == 46_000


def test_a_stock_at_a_place_counts_to_its_zone_or_to_who_uses_it_there(scenario: Scenario) -> None:
    stocks = supplies(scenario)
    names = [essential.name for essential in stocks.essentials]
    zone_pools = stocks.pool < len(names) * stocks.zones
    south, mill = scenario.zone_ids.index("south"), scenario.zone_ids.index("mill")
    pool = names.index("water") * stocks.zones + south
    assert stocks.amount[stocks.pool == pool].sum() == 45_000, "what lies in a warehouse waits for a truck"
    by_hand = supplies(dataclasses.replace(scenario, trucks=scenario.trucks[:0]))
    assert by_hand.amount[by_hand.pool == pool].sum() == 45_000 + 9000
    assert stocks.amount[stocks.pool == names.index("fuel") * stocks.zones + mill].sum() == 1200
    assert stocks.amount[~zone_pools].sum() == 4000


def test_the_value_lies_between_the_ends(scenario: Scenario) -> None:
    assessment = assess(scenario)
    assert assessment.ends_hold
    assert (assessment.better.unmet_person_days <= assessment.likely.unmet_person_days + 1e-9).all()
    assert (assessment.likely.unmet_person_days <= assessment.worse.unmet_person_days + 1e-9).all()
    assert (assessment.worse.days_left <= assessment.likely.days_left).all()
    assert (assessment.likely.days_left <= assessment.better.days_left).all()


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_values_lie_within_the_ranges_the_result_lies_between_the_ends(random: Random) -> None:
    """Each cell of each table anywhere between its ends, apart from the others."""
    whole = ranged_example()
    assessment = assess(whole)
    drawn = {}
    for name in ("people", "stocks", "essentials", "facilities"):
        frame = getattr(whole, name).copy()
        for column in [column for column in frame.columns if f"{column}_low" in frame.columns]:
            low = frame[f"{column}_low"].fillna(frame[column])
            high = frame[f"{column}_high"].fillna(frame[column])
            at = np.array([random.choice([0.0, random.random(), 1.0]) for _ in frame.index])
            value = low + at * (high - low)
            frame[column] = value.round() if column == "count" else value
        drawn[name] = frame
    inside = assess(dataclasses.replace(whole, **drawn)).likely
    slack = 1e-6 * (1 + assessment.worse.unmet_person_days)
    assert (inside.unmet_person_days >= assessment.better.unmet_person_days - slack).all()
    assert (inside.unmet_person_days <= assessment.worse.unmet_person_days + slack).all()
    assert (inside.days_left >= assessment.worse.days_left - 1e-9).all()
    assert (inside.days_left <= assessment.better.days_left + 1e-9).all()


@cache
def ranged_example() -> Scenario:
    """The example with ranges of people, losses and needs, too, and some water by the head."""
    whole = example()
    people = whole.people.assign(
        count_low=(whole.people["count"] * 0.6).round(), count_high=(whole.people["count"] * 1.3).round()
    )
    stocks = whole.stocks.assign(loss_per_day_low=whole.stocks["loss_per_day"] / 2, loss_per_day_high=0.1)
    stocks.loc[stocks.index[1], ["amount", "amount_low", "amount_high", "unit"]] = [20, 10, 30, "litres per person"]
    water = {"essential": "water", "unit": "litres", "per_person": 12.0, "per_person_low": 7.5, "per_person_high": 15.0}
    essentials = pd.concat([whole.essentials, pd.DataFrame([water | {"basis": "assumed"}])], ignore_index=True)
    return dataclasses.replace(whole, people=people, stocks=stocks, essentials=essentials)


def test_people_outside_every_zone_are_named_as_left_out(tmp_path: Path) -> None:
    folder = new(tmp_path / "away")
    shape("places.geojson", 4, [-29.9, 40.1])(folder)  # the hospital, 1.7 km east of the zones
    replace("people.csv", "north,,slow", ",hospital,slow")(folder)
    replace("stocks.csv", "hospital,,fuel", "hospital,mill,fuel")(folder)
    assessment = assess(load(folder))
    (finding,) = assessment.findings
    assert finding.code == "aid.nowhere"
    assert finding.message.startswith("600 people")
    assert assessment.presence.people.sum() == 15_000


def test_facilities_come_in_their_order(tmp_path: Path) -> None:
    scenario = edited(tmp_path, ("facilities.csv", "0.8,,assumed", "0.8,7,assumed"))
    assert [facility.name for facility in supplies(scenario).facilities] == [
        "Southhaven springs",
        "hospital",
        "Millfield wells",
    ]


def test_the_first_line_says_what_runs_short_first_where_and_when(scenario: Scenario) -> None:
    assessment = assess(scenario)
    first = printed(show_assessment, assessment, []).splitlines()[0]
    assert first == answer(assessment)
    table = assessment.table
    soonest = table.loc[table["days_left"].idxmin()]
    assert soonest["zone_name"] in first
    assert first.startswith(f"{soonest['essential'].capitalize()} runs short first, after {days(soonest['days_left'])}")
    total = table.loc[table["essential"] == soonest["essential"], "unmet_person_days"].sum()
    assert f"{total:,.0f}" in first


def test_each_row_of_a_day_balances(scenario: Scenario) -> None:
    assessment = assess(scenario)
    by_day = table_by_day(assessment)
    assert list(by_day.columns) == ASSESSMENT_DAYS.names
    opening = assessment.table.set_index(["zone", "essential"])["opening_stock"]
    for key, rows in by_day.groupby(["zone", "essential"]):
        before = [opening[key], *rows["left"][:-1]]
        assert (np.array(before) + rows["made"]).to_numpy() == pytest.approx(
            (rows["met"] + rows["lost"] + rows["left"]).to_numpy(), abs=1e-2
        )


def test_a_plan_moves_needs_with_people_and_loses_nobody(scenario: Scenario) -> None:
    """A hundred people a step leave Northport for the school in Southhaven, 20 times."""
    moves = movement(100, 40, 59)
    before, after = staying(scenario), moving(scenario, moves)
    assert after.people.sum(axis=1) == pytest.approx(before.people.sum())
    north, south = (scenario.zone_ids.index(zone) for zone in ("north", "south"))
    assert after.people[-1, north] == before.people[0, north] - 2000
    assert after.people[-1, south] == before.people[0, south] + 2000
    assert after.times[1] == pytest.approx(40 * 15 / 1440)
    assessment = assess(scenario, moves)
    assert assessment.with_plan is not None
    assert assessment.with_plan.person_days.sum() == pytest.approx(assessment.likely.person_days.sum())
    water = [essential.name for essential in assessment.essentials].index("water")
    assert assessment.with_plan.days_left[water, north] > assessment.likely.days_left[water, north]
    assert assessment.with_plan.days_left[water, south] < assessment.likely.days_left[water, south]
    assert "with the plan" in printed(show_assessment, assessment, [])


def test_what_trucks_bring_lasts_as_long_as_it_takes_to_use_it(scenario: Scenario) -> None:
    """Northport's water is used at one rate until it is gone: so much more of it lasts so much longer."""
    columns = ["item", "zone", "amount", "free_step"]
    lorry = pd.DataFrame([("water", "north", 4600.0, 96), ("water", "", 9999.0, 5)], columns=columns)
    assessment = assess(scenario, brought=lorry)
    here = row(assessment.table, "north", "water")
    rate = here["opening_stock"] / here["days_left"]
    assert here["days_left_with_plan"] == pytest.approx((here["opening_stock"] + 4600) / rate, rel=1e-6)
    assert here["delivered_with_plan"] == 4600
    # what goes to a warehouse serves nobody yet
    assert row(assessment.table, "south", "water")["delivered_with_plan"] == 0
    without = assess(scenario)
    water = [essential.name for essential in assessment.essentials].index("water")
    people = assessment.presence.people[0, scenario.zone_ids.index("north")]
    longer = here["days_left_with_plan"] - here["days_left"]
    assert assessment.with_plan is not None
    gained = without.unmet_person_days(water) - assessment.unmet_person_days(water, assessment.with_plan)
    assert gained == pytest.approx(longer * people * (1 - _made(assessment, "north") / (15 * people)), rel=1e-6)
    spells = assess(scenario, brought=lorry, stretches=True)
    assert spells.with_plan is not None
    costs = [deprivation_cost(balance, water, WATER_UNCONFIRMED).sum() for balance in (spells.likely, spells.with_plan)]
    assert 0 < costs[1] < costs[0]
    assert f"with the plan, {assessment.unmet_person_days(water, assessment.with_plan):,.0f}" in answer(assessment)


def _made(assessment: Assessment, zone: str) -> float:
    """Litres of water made for a zone on the first day."""
    water = [essential.name for essential in assessment.essentials].index("water")
    return float(assessment.likely.made[0, water, assessment.scenario.zone_ids.index(zone)])


def test_what_nothing_is_said_about_is_not_taken_for_nothing(tmp_path: Path) -> None:
    scenario = edited(
        tmp_path, ("stocks.csv", ",north,food,18000,14000,23000,person-days,,0.02,,,assumed,,example\n", "")
    )
    assessment = assess(scenario)
    (finding,) = [finding for finding in assessment.findings if finding.code == "aid.not_known"]
    assert "4,600 people" in finding.message
    assert "Northport" in finding.message
    blank = row(assessment.table, "north", "food")
    assert blank["known"] == "no"
    assert np.isnan(blank["days_left"])
    assert "not known" in printed(show_assessment, assessment, [])
    food = [essential.name for essential in assessment.essentials].index("food")
    assert assessment.likely.person_days[food, assessment.known[food]].sum() == (15_600 - 4600) * 3


def test_a_plan_into_the_unknown_is_said(tmp_path: Path) -> None:
    scenario = edited(
        tmp_path, ("stocks.csv", ",south,food,20000,16000,24000,person-days,,0.02,,,assumed,,example\n", "")
    )
    moves = movement(10, 1, 9)
    assert "aid.plan_into_unknown" in {finding.code for finding in assess(scenario, moves).findings}
    assert "aid.plan_into_unknown" not in {finding.code for finding in assess(scenario).findings}


def test_a_facility_without_fuel_stands_still_and_is_named(tmp_path: Path) -> None:
    scenario = edited(tmp_path, ("stocks.csv", ",mill,fuel,1200,800,1600,litres,,,,,assumed,,example\n", ""))
    scenario = dataclasses.replace(scenario, stocks=scenario.stocks[scenario.stocks["item"] != "fuel"])
    assessment = assess(scenario)
    assert {finding.code for finding in assessment.findings} == {"aid.no_stock"}
    assert "Millfield wells" in assessment.findings[0].message
    assert assessment.table[assessment.table["zone"] == "mill"].set_index("essential").loc["water", "made"] == 0


def test_ends_are_not_called_proven_where_a_facility_drinks_with_the_people(tmp_path: Path) -> None:
    bakery = "bakery,,,mill,water,100,,,litres,soap,5,,,g,,,,assumed,,example\n"
    scenario = edited(tmp_path, ("facilities.csv", "south-springs", f"{bakery}south-springs"))
    assessment = assess(scenario)
    assert not assessment.ends_hold
    assert "aid.ends" in {finding.code for finding in assessment.findings}
    assert "which hold everything in between" not in printed(show_assessment, assessment, [])


def test_ends_are_not_called_proven_where_facilities_burn_what_is_given_per_person(tmp_path: Path) -> None:
    scenario = edited(tmp_path, ("stocks.csv", ",mill,fuel,1200,800,1600,litres", ",mill,fuel,1,1,2,litres per person"))
    assessment = assess(scenario)
    assert row(assessment.table, "mill", "fuel")["opening_stock"] == 5700 + 4000
    assert not assessment.ends_hold


def test_a_scenario_without_stocks_says_that_nothing_can_be_said(scenario: Scenario) -> None:
    bare = dataclasses.replace(scenario, stocks=scenario.stocks[:0], facilities=scenario.facilities[:0])
    assessment = assess(bare)
    assert {finding.code for finding in assessment.findings} == {"aid.nothing"}
    assert answer(assessment).startswith("Nothing can be said")
    assert set(assessment.table["known"]) == {"no"}
    assert printed(show_assessment, assessment, [])


def test_the_committed_reference_page_is_the_generated_one() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "assessment.md"
    assert page.read_text("utf-8") == reference_page(), "write letup.aid.tables.reference_page() to it"


def test_every_column_has_its_meaning(scenario: Scenario) -> None:
    assessment = assess(scenario)
    assert list(assessment.table.columns) == ASSESSMENT.names
    document = as_document(assessment)
    assert document["answer"] == answer(assessment)
    assert len(document["zones"]) == len(assessment.table)
    assert "Assessment: Example strip" in repr(assessment)


def test_days_are_rounded_down_so_that_nobody_counts_on_more() -> None:
    assert days(1.99) == "1.9"
    assert days(float("inf")) == "> 365"
    assert ranged(2.0, 2.0, 2.04) == "2.0"
    assert ranged(2.0, 1.0, float("inf")) == "2.0 (1.0 to > 365)"
