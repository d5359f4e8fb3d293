"""Plans near a plan: what they settle, what they keep to, and how many people they let out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from letup.plan import make
from letup.support.negotiation import support_of
from letup.support.offers import Offer, changed_offers, nearby_plans, plan_terms_of, read
from letup.support.plan_terms import plan_attributes


@pytest.fixture(scope="module")
def offer(plan: Path) -> Offer:
    return read(plan)[0][0]


def test_leaving_a_pause_out_costs_what_the_plan_says_it_is_worth(offer: Offer) -> None:
    known = {change.description: change.offer for change in changed_offers(offer) if change.people_known}
    fewer = known["without the pause of North on 2030-01-01 09:00–14:00"]
    assert fewer.arrive == offer.arrive - 700
    assert len(fewer.pauses) == 2
    assert fewer.more_need == -350  # person-days
    longer = known["Mill paused on 2030-01-01 09:00–16:00 (longer)"]
    assert longer.more_need is None
    assert longer.arrive == offer.arrive + 40  # one hour more at 40 people an hour
    assert longer.zone_hours == offer.zone_hours + 1


def test_hours_and_days_change_as_the_words_say(offer: Offer) -> None:
    costly = replace(offer.scenario, limits=replace(offer.scenario.limits, concession=(("north", 1.0, None, None),)))
    near = {change.description: change.offer for change in changed_offers(replace(offer, scenario=costly))}
    assert near["every pause an hour shorter"].zone_hours == offer.zone_hours - 3
    assert near["no pause on 2030-01-02"].zone_hours == offer.zone_hours - 6
    assert near["no pause of North"].zones == ("mill",)
    later = near["the pause of North on 2030-01-01 09:00–14:00 an hour later"]
    assert (
        plan_attributes(later)["notice_hours"] == plan_attributes(offer)["notice_hours"]
    )  # Millfield still begins at 9
    assert {pause.start.hour for pause in later.pauses if pause.zone == "north"} == {10}


def test_no_change_breaks_the_limits_on_hours_and_length(offer: Offer) -> None:
    limits = replace(offer.scenario.limits, hours=(9.0, 15.0), shortest_hours=5.0)
    tight = replace(offer, scenario=replace(offer.scenario, limits=limits), extensions=())
    words = [change.description for change in changed_offers(tight)]
    assert "every pause an hour shorter" not in words
    assert not any("Mill" in text and ("earlier" in text or "later" in text) for text in words)
    for change in changed_offers(tight):
        for pause in change.offer.pauses:
            assert pause.hours >= 5
            assert (pause.start.hour, pause.end.hour) >= (9, 0)
            assert pause.end.hour <= 15


def test_people_are_counted_as_a_plan_with_these_pauses_counts_them(offer: Offer) -> None:
    day = offer.pauses[0]
    at = day.start.replace(hour=9), day.start.replace(hour=16)
    numbers = range(len(offer.scenario.zone_ids))
    whole = tuple(
        replace(day, window=replace(day.window, zone=n, last=12 + 4 * 7 - 1), start=at[0], end=at[1]) for n in numbers
    )
    offer = replace(offer, pauses=whole)
    (same,) = (change.offer for change in changed_offers(offer) if change.description == "every pause an hour shorter")
    support = support_of(offer.scenario)
    (start,) = plan_terms_of([offer], support)
    near = {variant.description: variant for variant in nearby_plans([offer], support, exact=True)(start)}
    counted = near["every pause an hour shorter"].count
    assert counted is not None
    made = make(offer.scenario, pauses=list(same.windows))
    assert made.arrive > 0
    assert counted() == made.arrive - offer.arrive
    assert near["without the pause of North on 2030-01-01 09:00–16:00"].count is None  # known already
