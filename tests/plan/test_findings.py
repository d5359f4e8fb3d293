"""The checks on a plan, each with the rule it rests on."""

from dataclasses import replace

import pandas as pd

from letup import plan as plans
from letup.core.codes import CODES
from letup.core.findings import SEVERITIES
from letup.pauses import Window
from letup.plan.findings import check_plan


def codes(plan):
    return {finding.code for finding in plan.findings}


def test_every_finding_is_a_known_rule_and_cites_it(made):
    for finding in made.findings:
        if finding.code.startswith("plan."):
            assert finding.rule == CODES[finding.code].rule


def test_none_says_that_a_plan_is_lawful(made):
    words = " ".join(f.message + f.remedy for f in made.findings).lower()
    assert "lawful" not in words
    assert "evacuee" not in words
    assert "target" not in words


def test_findings_stand_worst_first(made):
    order = [SEVERITIES.index(f.severity) for f in made.findings]
    assert order == sorted(order)


def test_leaving_staying_return_and_relief_are_always_spoken_of(made):
    assert {"plan.voluntary", "plan.stay", "plan.return", "plan.reception", "plan.relief", "plan.permission"} <= codes(
        made
    )


def test_those_left_behind_are_counted(made):
    left = made.want_to_leave - made.arrive
    finding = next(f for f in made.findings if f.code == "plan.left_behind")
    assert f"{left:,} of {made.want_to_leave:,}" in finding.message


def test_those_left_out_because_they_would_walk_up_and_down_are_counted(example, made):
    """The planner says how many; who is left out of nothing is not spoken of."""

    def findings(left_out):
        plan = (example, made.network, made.windows, made.movements, made.groups, {})
        return check_plan(*plan, last_use=[-1] * len(made.windows), left_out=left_out)

    (flag,) = [f for f in findings(12) if f.code == "plan.circling"]
    assert "12 of those who do not get out are left out" in flag.message
    assert "plan.circling" not in {f.code for f in findings(0)}


def test_a_destination_nobody_vouches_for_is_flagged(example, made):
    windows = list(made.windows)  # where people go rests on the pauses alone: these need not be looked for again
    unknown = replace(example, zones=example.zones.assign(safety="unknown"))
    worse = replace(example, zones=example.zones.assign(safety="not_safer"))
    assert "plan.destination_unknown" in codes(plans.make(unknown, pauses=windows))
    assert "plan.destination_unsafe" in codes(plans.make(worse, pauses=windows))


def test_a_way_without_return_is_flagged(example, made):
    from letup.plan.findings import _way_back

    network = made.network
    one_way = replace(network, foot_per_hour=network.foot_per_hour * (network.tail < network.head))
    assert [f.code for f in _way_back(network, made.movements)] == ["plan.return"]
    assert "plan.no_return" in {f.code for f in _way_back(one_way, made.movements)}


def test_pauses_by_hand_that_break_the_limits_are_flagged_not_forbidden(example):
    windows = [Window(z, 0, 60) for z in range(len(example.zones))]
    plan = plans.make(example, pauses=windows)
    assert plan.arrive > 0
    assert "plan.limits" in codes(plan)


def test_short_pauses_are_flagged(example):
    windows = [Window(z, 0, 6) for z in range(len(example.zones))]
    assert "plan.short_pause" in codes(plans.make(example, pauses=windows))


def test_patients_who_go_to_places_that_are_no_hospital_are_flagged(example, made):
    clinic = example.places.iloc[[0]].assign(kind="hospital", room=float("nan"), wait=True).set_axis(["clinic"])
    places = pd.concat([example.places, clinic])
    people = example.people.assign(
        place=["clinic" if group == "slow" else place for group, place in example.people[["group", "place"]].to_numpy()]
    )
    of_patients = plans.make(replace(example, places=places, people=people), pauses=list(made.windows))
    moved = int(of_patients.movements.loc[of_patients.movements["group"] == "slow", "people"].sum())
    assert moved
    assert any(f.code == "plan.patients" and f"{moved:,} patient" in f.message for f in of_patients.findings)
    assert "plan.patients" not in codes(made)
