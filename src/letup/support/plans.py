"""Plans on disk as the analysis takes them: what each settles, and plans near it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from letup.support.analysis import Plan
from letup.support.model import Support
from letup.support.offers import Offer, variants
from letup.support.package import package_of


def plans_of(offers: Sequence[Offer], support: Support) -> list[Plan]:
    """What plans settle, by the attributes that issues read."""
    return [_plan(offer, support) for offer in offers]


def _plan(offer: Offer, support: Support) -> Plan:
    settles = {issue: value for issue, value in package_of(offer, support).items() if not isinstance(value, str)}
    return Plan(offer.name, settles, offer.zones, offer.arrive, offer.want_to_leave)


def nearby(offers: Sequence[Offer], support: Support) -> Callable[[Plan], Sequence[tuple[str, Plan]]]:
    """Plans that differ from one of these in one pause, or that are next to it in the frontier."""
    plans = plans_of(offers, support)

    def variants_of(plan: Plan) -> list[tuple[str, Plan]]:
        number = next(n for n, one in enumerate(plans) if one is plan or one == plan)
        found = [(words, _plan(offer, support)) for words, offer in variants(offers[number])]
        found += [(f"the plan of {plans[n].name}", plans[n]) for n in (number - 1, number + 1) if 0 <= n < len(plans)]
        return found

    return variants_of
