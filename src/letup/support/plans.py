"""Plans on disk as the analysis takes them: what each settles, and plans near it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from letup.scenario.model import Scenario
from letup.support.analysis import Plan
from letup.support.model import Support
from letup.support.offers import Offer, attributes, variants


def plans_of(offers: Sequence[Offer], support: Support, scenario: Scenario) -> list[Plan]:
    """What plans settle, by the attributes that issues read."""
    return [_plan(offer, support, scenario) for offer in offers]


def _plan(offer: Offer, support: Support, scenario: Scenario) -> Plan:
    known = attributes(offer, scenario)
    settles = {issue.id: known[issue.reads] for issue in support.issues if issue.reads and issue.reads in known}
    return Plan(offer.name, settles, offer.zones, offer.people, offer.want_to_leave)


def nearby(
    offers: Sequence[Offer], support: Support, scenario: Scenario
) -> Callable[[Plan], Sequence[tuple[str, Plan]]]:
    """Plans that differ from one of these in one pause, or that are next to it in the frontier."""
    plans = plans_of(offers, support, scenario)

    def variants_of(plan: Plan) -> list[tuple[str, Plan]]:
        number = next(n for n, one in enumerate(plans) if one is plan or one == plan)
        found = [(words, _plan(offer, support, scenario)) for _, words, offer in variants(offers[number])]
        found += [(f"the plan of {plans[n].name}", plans[n]) for n in (number - 1, number + 1) if 0 <= n < len(plans)]
        return found

    return variants_of
