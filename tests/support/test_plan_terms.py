"""Tables become issues, parties and statements; a plan settles what can be read off it, and costs each party."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from letup import plan as plans
from letup.core.errors import BadInput, NoPlan
from letup.pauses import Limits, Window
from letup.plan.discretise import limits_of, paying
from letup.plan.model import Plan
from letup.report.tables import limits_in_words
from letup.scenario import Scenario, example, load, new
from letup.scenario.format import columns_by_name
from letup.support.model import Issue, Point, Range, RedLine, Support
from letup.support.negotiation import support_of
from letup.support.offers import read
from letup.support.plan_terms import ATTRIBUTES, asks_of, package_of, plan_attributes
from tests.scenario.test_agreement import change, party


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return example()


@pytest.fixture(scope="module")
def support(scenario: Scenario) -> Support:
    return support_of(scenario)


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    """Three pauses of the example, which starts at 06:00 in steps of 15 minutes: two in one zone, one in another."""
    return plans.make(scenario, pauses=[Window(0, 0, 15), Window(0, 96, 107), Window(1, 100, 111)])


def test_what_the_tables_say_is_in_the_model(support: Support) -> None:
    assert [issue.id for issue in support.issues] == ["length", "trucks", "observers", "return"]
    assert support.issue("length").values == tuple(float(n) for n in range(13))
    assert support.issue("observers").values == ("nobody", "joint", "third")
    assert support.issue("return").values == ("yes", "no")
    assert support.issue("length").default == 0.0
    assert [party.id for party in support.deciding] == ["party_a", "party_b"]
    a = support.party("party_a")
    assert a.reservation == Range(0.3, 0.4, 0.5)
    assert a.consents_to == ("north", "mill", "bridge")
    assert support.party("party_b").consents_to is None
    assert a.preferences[0].weight == Range(1.0, 2.0, 3.0)
    assert a.preferences[0].values[1] == Point(6.0, Range(0.5, None, 0.8))
    watch = next(want for want in support.party("party_b").preferences if want.issue == "observers")
    assert watch.red_line == RedLine(never=frozenset({"nobody"}))
    assert watch.on == date(2029, 12, 20)
    assert support.influences[0].strength == Range(0.2, 0.4, 0.6)
    assert [statement.row for statement in support.statements] == ["row 2", "row 3"]


def test_a_party_without_a_reservation_could_have_any(support: Support) -> None:
    assert support.party("friends").reservation == Range(0.0, None, 1.0)


def test_looking_back_leaves_out_what_was_not_known_yet(support: Support) -> None:
    before = support.before(date(2029, 12, 20))
    assert [statement.party for statement in before.statements] == ["party_a"]
    assert "observers" not in {want.issue for want in before.party("party_b").preferences}
    assert before.party("party_a") == support.party("party_a")


def test_words_in_other_languages_are_kept(tmp_path: Path) -> None:
    folder = new(tmp_path / "example")
    change(
        folder, "issues.csv", 3, label_ar="من يراقب", options_ar="nobody = لا أحد; joint = الطرفان; third = طرف ثالث"
    )
    issue = support_of(load(folder)).issue("observers")
    assert issue.labels["ar"] == "من يراقب"
    assert issue.label_of("third", "ar") == "طرف ثالث"
    assert issue.label_of("third", "fr") == "A third party"


def test_one_of_a_unit_is_not_said_in_the_plural() -> None:
    def limits_in_words(unit: str, value: float) -> str:
        return Issue("a", "A", unit).label_of(value)

    assert limits_in_words("roads", 1) == "1 road"
    assert limits_in_words("hours/day", 1.0) == "1 hour/day"
    assert limits_in_words("days per 10 released", 1) == "1 day per 10 released"
    assert limits_in_words("roads", 2) == "2 roads"
    assert limits_in_words("people/bus", 1) == "1 people/bus"
    assert limits_in_words("%", 1) == "1 %"


def test_numbers_of_an_issue_end_at_its_greatest() -> None:
    assert Issue("a", "A", low=0, high=10, step=4).values == (0, 4, 8, 10)
    assert Issue("a", "A", low=0, high=1, step=0.1).values == pytest.approx([n / 10 for n in range(11)])
    assert Issue("a", "A", low=2, high=5).values == (2, 5)


def test_a_red_line_is_refused_and_the_line_itself_is_not() -> None:
    line = RedLine(least=1, most=5, never=frozenset({"no"}))
    assert [line.refuses(value) for value in (0.5, 1, 5, 5.1, "no", "yes")] == [True, False, False, True, True, False]


def test_a_plan_settles_what_can_be_counted_on_it(plan: Plan) -> None:
    attributes = plan_attributes(plan)
    assert set(attributes) <= set(ATTRIBUTES) == set(columns_by_name("issues.csv")["reads"].choices)
    assert attributes["zone_hours"] == 4 + 3 + 3
    assert attributes["window_hours"] == pytest.approx(10 / 3)
    assert (attributes["days"], attributes["zones"], attributes["pauses"]) == (2, 2, 3)
    assert (attributes["hours_a_day"], attributes["notice_hours"]) == (4, 0)
    assert attributes["people"] == plan.arrive
    assert package_of(plan) == {"length": pytest.approx(10 / 3)}


def test_trucks_a_day_are_those_that_leave_crossings_in_memory_and_on_disk(plan: Plan, tmp_path: Path) -> None:
    assert plan.deliveries is not None
    plans.write(plan, tmp_path / "plan")
    with (tmp_path / "plan" / "deliveries.csv").open(encoding="utf-8") as file:
        entered = [int(row["trucks"]) for row in csv.DictReader(file) if row["origin"] == "border"]
    (offer,), scenario = read(tmp_path / "plan")
    assert plan_attributes(offer)["trucks_per_day"] == pytest.approx(
        sum(entered) / 3
    )  # the example looks at three days
    assert plan_attributes(plan) == pytest.approx(plan_attributes(offer))
    table = tmp_path / "plan" / "deliveries.csv"
    text = table.read_text("utf-8")
    table.write_text("\ufeff" + text, "utf-8")  # as a spreadsheet saves it
    assert read(tmp_path / "plan")[0][0].trucks_per_day == offer.trucks_per_day
    table.write_text(text.replace("trucks", "lorries"), "utf-8")
    with pytest.raises(BadInput, match=r"support\.folder.*deliveries\.csv, header: has no column trucks"):
        read(tmp_path / "plan")
    trucks = next(issue for issue in support_of(scenario).issues if issue.id == "trucks")
    asked = replace(support_of(scenario), issues=(replace(trucks, reads="trucks_per_day"),))
    assert package_of(offer, asked) == {"trucks": pytest.approx(sum(entered) / 3)}


def test_a_pause_over_midnight_counts_on_both_days(scenario: Scenario) -> None:
    free = replace(scenario, limits=replace(scenario.limits, hours=None))
    late = plans.make(free, pauses=[Window(0, 64, 79)])  # 22:00 to 02:00
    assert (plan_attributes(late)["days"], plan_attributes(late)["hours_a_day"]) == (2, 2)


def test_a_plan_without_pauses_settles_that_there_are_none(scenario: Scenario) -> None:
    attributes = plan_attributes(plans.make(scenario, pauses=[]))
    assert (attributes["zone_hours"], attributes["days"], attributes["hours_a_day"]) == (0, 0, 0)
    assert "window_hours" not in attributes


def test_a_plan_asks_each_party_in_its_own_unit(plan: Plan) -> None:
    asks = {(ask.party, ask.unit): ask for ask in asks_of(plan, {"trucks": 20.0})}
    assert asks["party_a", "zone-hours"].pauses == 10
    assert asks["party_a", "inspector-hours"].terms == 10
    assert asks["party_a", "zone-hours"].basis == "assumed"
    assert len(asks) == 2


# Budgets of parties limit the pauses.


@pytest.fixture
def frugal(tmp_path: Path) -> Scenario:
    """Two parties with budgets in their own units: north is dear to one, mill to the other."""
    folder = new(tmp_path / "example")
    change(folder, "concessions.csv", 1, cost=2)
    change(folder, "concessions.csv", 5, party="party_b", zone="mill", cost=5, unit="days of work")
    party(folder, 1, concession_budget=24)
    party(folder, 2, concession_budget=30, concession_unit="days of work")
    return load(folder)


def test_budgets_of_parties_are_limits_beside_those_of_the_scenario(frugal: Scenario) -> None:
    limits = limits_of(frugal)
    assert limits.concession.shape == (2, 4, frugal.steps)
    assert limits.concession_budget == (24.0, 30.0)
    assert limits.concession[0, :, 0].tolist() == [0.5, 0.25, 0.25, 0]
    assert limits.concession[1, :, 0].tolist() == [0, 1.25, 0, 0]
    assert paying(frugal) == ("party_a", "party_b")
    own = replace(frugal, limits=replace(frugal.limits, concession=(("south", 1.0, None, None),)))
    assert limits_of(own).concession_budget == (math.inf, 24.0, 30.0)
    assert paying(own) == ("the limits", "party_a", "party_b")


def test_costs_without_any_budget_leave_the_limits_as_they_were(scenario: Scenario) -> None:
    assert limits_of(scenario).concession is None
    assert limits_of(scenario).concession_budget == Limits().concession_budget


def test_a_plan_keeps_to_the_budget_of_each_party(frugal: Scenario) -> None:
    plan = plans.make(replace(frugal, steps=48), time_limit=1)
    asks = {ask.party: ask for ask in asks_of(plan) if ask.budget is not None and ask.pauses}
    assert plan.arrive > 0
    assert {party: ask.within for party, ask in asks.items()} == {"party_a": True, "party_b": True}
    zones = {"north": 2, "mill": 1, "bridge": 1, "south": 0}
    by_hand = sum(zones[row.zone] * row.hours for row in plan.pauses.itertuples())
    assert by_hand == pytest.approx(asks["party_a"].pauses)
    assert by_hand <= 24 + 1e-6


def test_pauses_by_hand_beyond_a_budget_are_flagged_by_name(frugal: Scenario) -> None:
    plan = plans.make(frugal, pauses=[Window(1, 0, 47)])  # twelve hours in mill
    (flag,) = [
        finding for finding in plan.findings if finding.code == "plan.limits" and finding.column == "concession_budget"
    ]
    assert "60, allowed is 30 (Party B, in days of work)" in flag.message


def test_budgets_are_among_the_limits_that_a_report_names(frugal: Scenario) -> None:
    words = " ".join(limits_in_words(frugal))
    assert "cost Party A at most 24 zone-hours" in words
    assert "cost Party B at most 30 days of work" in words


def test_a_budget_that_allows_no_pause_is_the_reason(frugal: Scenario) -> None:
    parties = tuple(
        {**party, "concession_budget": 0.5} if "concession_budget" in party else party for party in frugal.parties
    )
    with pytest.raises(NoPlan) as caught:
        plans.make(replace(frugal, parties=parties, steps=48), time_limit=1)
    assert "cost the parties at most 0.5, 0.5" in caught.value.message


def test_a_cost_may_hold_for_a_time(tmp_path: Path) -> None:
    folder = new(tmp_path / "example")
    start = load(folder).start
    change(
        folder, "concessions.csv", 1, **{"from": start.isoformat(), "to": (start + timedelta(minutes=20)).isoformat()}
    )
    party(folder, 1, concession_budget=24)
    assert limits_of(load(folder)).concession[0, 0, :3].tolist() == pytest.approx([0.25, 0.25 / 3, 0])
