"""Plans on disk as the analysis takes them: what each settles, plans near it, and the people of those."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from letup.support.analysis import Plan, Variant
from letup.support.model import Support
from letup.support.offers import Offer, variants
from letup.support.package import asks_of, package_of


def plans_of(offers: Sequence[Offer], support: Support) -> list[Plan]:
    """What plans settle, by the attributes that issues read."""
    return [_plan(offer, support) for offer in offers]


def _plan(offer: Offer, support: Support) -> Plan:
    settles = {issue: value for issue, value in package_of(offer, support).items() if not isinstance(value, str)}
    asks = partial(asks_of, offer)
    return Plan(offer.name, settles, offer.zones, offer.arrive, offer.want_to_leave, asks)


def nearby(offers: Sequence[Offer], support: Support, *, exact: bool = False) -> Callable[[Plan], Sequence[Variant]]:
    """Plans that differ from one of these in one change, or that are next to it in the frontier.

    Parameters
    ----------
    offers : sequence of Offer
        The plans.
    support : Support
        Whose issues are meant.
    exact : bool
        Whether people can be counted, by moving the groups under the changed pauses, where the plan's own files do
        not say how many there are. It is done only for the changes that are shown, and takes as long as weighing that
        many sets of pauses.
    """
    plans = plans_of(offers, support)
    count = _Counter(offers[0]) if exact else None

    def variants_of(plan: Plan) -> list[Variant]:
        number = next(n for n, one in enumerate(plans) if one == plan)
        found = [
            Variant(
                words,
                _plan(offer, support),
                float(offer.arrive - plan.people) if known else None,
                offer.more_need,
                None if known or count is None else partial(count.more, offer, plan.people),
            )
            for words, offer, known in variants(offers[number])
        ]
        beside = [plans[n] for n in (number - 1, number + 1) if 0 <= n < len(plans)]
        return found + [Variant(f"the plan of {one.name}", one, float(one.people - plan.people)) for one in beside]

    return variants_of


class _Counter:
    """Counts the people who get out under changed pauses, on roads that are built once."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.ready: Callable[[Offer], int] | None = None

    def more(self, offer: Offer, before: int) -> float:
        """People more than before."""
        return float(self.people(offer) - before)

    def people(self, offer: Offer) -> int:
        """People who reach a shelter under the pauses of this offer when the groups move one after the other."""
        if self.ready is None:
            from letup import roads
            from letup.plan.discretise import moving_array
            from letup.plan.make.groups import move_groups

            scenario = self.offer.scenario
            network = roads.build(scenario)
            timed = [roads.timed(network, scenario, group.name) for group in scenario.groups]

            def moved(offer: Offer) -> int:
                moving = moving_array(scenario, list(offer.windows))
                return sum(flow.total for flow in move_groups(scenario.groups, timed, moving))

            self.ready = moved
        return self.ready(offer)
