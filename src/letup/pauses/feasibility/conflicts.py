"""Why there is no plan: which limits contradict each other, and how little each would have to give way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from letup.core.clock import Clock
from letup.core.errors import NoPlan
from letup.pauses.feasibility.existence import FeasibilityTest
from letup.pauses.feasibility.limit_relaxation import relax
from letup.pauses.feasibility.reachability import Journey, JourneySearch, quiet_until
from letup.pauses.feasibility.wording import Words, stated
from letup.pauses.limits import INFO, Limits, allowed_steps, usable_steps, without_limit
from letup.roads.timed_network import TimedNetwork

_SECONDS = 20.0
_AT_FIRST = 5.0
_CONFLICTS = 4

_NAMES = sorted(INFO, key=lambda name: -INFO[name].rank)
"""In this order limits are tried to be left out of a contradiction: what is left is what people ask about first."""


@dataclass(frozen=True)
class Reason:
    """One limit that stands in the way of any plan.

    Attributes
    ----------
    limit : str
        Name of the limit, as in `Limits`; empty if it is not a limit that stands in the way.
    message : str
        What the limit says.
    relaxation : str
        The smallest relaxation of it that would allow a plan; empty if there is none, or none was found in time.
    relaxed : Limits or None
        The limits with that relaxation.
    alone : bool
        Whether it would do alone. If not, the limits of other conflicts must give way, too.
    conflict : int
        Number of the contradiction it takes part in, from 0.
    """

    limit: str
    message: str
    relaxation: str = ""
    relaxed: Limits | None = None
    alone: bool = True
    conflict: int = 0


def why_no_plan(
    net: TimedNetwork | None,
    limits: Limits,
    clock: Clock,
    *,
    zones: int | None = None,
    names: Sequence[str] | None = None,
    seconds: float = _SECONDS,
) -> list[Reason]:
    """Why the limits allow no plan; empty if they do, or if it cannot be told.

    A plan is a set of windows, at least one, that keep to all limits and let at least one person out.
    That there is none is proven: by an exact whole-number program for the windows, and by following where
    anybody could be at each step. A relaxation is only named if a plan was found with it.

    Parameters
    ----------
    net : TimedNetwork or None
        The network; None = only ask whether any windows keep to the limits.
    limits : Limits
        What the parties insist on.
    clock : Clock
        What the steps mean.
    zones : int, optional
        Number of zones; those of the network if left out.
    names : sequence of str, optional
        Names of the zones, for the messages.
    seconds : float
        Time after which no more relaxations are looked for; whether there is a plan is decided in 5 of them or not.
    """
    return _why(net, limits, clock, zones, names, seconds)[1]


def require_a_plan(
    net: TimedNetwork | None,
    limits: Limits,
    clock: Clock,
    *,
    zones: int | None = None,
    names: Sequence[str] | None = None,
    seconds: float = _SECONDS,
) -> None:
    """Raise NoPlan where `why_no_plan` finds reasons, with all of them.

    Parameters are those of `why_no_plan`.

    Raises
    ------
    NoPlan
        ``pauses.none``: which limits contradict each other, and what would allow a plan.
    """
    headline, reasons = _why(net, limits, clock, zones, names, seconds)
    if reasons:
        raise NoPlan("pauses.none", headline, _remedy(reasons))


def require_a_window(limits: Limits, zones: int, clock: Clock, names: Sequence[str] | None = None) -> None:
    """Raise NoPlan, with the reason, if no windows at all keep to the limits."""
    require_a_plan(None, limits, clock, zones=zones, names=names)


def why_no_window(limits: Limits, zones: int, clock: Clock) -> str:
    """Say in one phrase which limit leaves no single window; empty if there is one."""
    if limits.zone_hours is not None and limits.zone_hours < limits.shortest:
        return f"{limits.zone_hours:g} zone-hours in all are less than the shortest window, {limits.shortest:g} h"
    if limits.at_once is not None and limits.at_once < 1:
        return "no zone may be quiet at any time"
    if limits.windows_per_day < 1:
        return "no window per day is allowed"
    if usable_steps(replace(limits, frozen=()), zones, clock).any():
        return ""
    free = Limits(shortest=limits.shortest)
    if not usable_steps(free, 1, clock).any():
        return f"no window of {limits.shortest:g} h fits into the {clock.hours(clock.steps):g} h of the scenario"
    if limits.longest is not None and limits.longest < limits.shortest:
        return f"the longest window allowed, {limits.longest:g} h, is shorter than the shortest, {limits.shortest:g} h"
    if not usable_steps(replace(free, hours=limits.hours), 1, clock).any():
        hours = limits.hours or (0, 24)
        return f"no window of {limits.shortest:g} h fits into the allowed hours {hours[0]:g} to {hours[1]:g}"
    if not usable_steps(replace(free, hours=limits.hours, grid_minutes=limits.grid_minutes), 1, clock).any():
        clock_grid = f"the {limits.grid_minutes}-minute clock"
        return f"no window of {limits.shortest:g} h within the allowed hours starts and ends on {clock_grid}"
    if not allowed_steps(limits, zones, clock).any():
        return "every allowed hour of every zone is forbidden or lies before the end of the notice"
    if usable_steps(replace(limits, together=(), frozen=()), zones, clock).any():
        return "zones that are to be paused together have no time in common"
    return f"between forbidden times, no zone is left {limits.shortest:g} h in one piece"


def _why(
    net: TimedNetwork | None,
    limits: Limits,
    clock: Clock,
    zones: int | None,
    names: Sequence[str] | None,
    seconds: float,
) -> tuple[str, list[Reason]]:
    """The reasons, and all of them in one sentence."""
    count = zones if zones is not None else net.zones if net is not None else 0
    words, began = Words(clock, names), time.monotonic()
    deadline = began + seconds
    windows = FeasibilityTest(None, count, clock, deadline)
    if count and windows.test(limits) is False:
        reasons = _reasons(windows, limits, words)
        simple = not limits.forced and not limits.frozen and reasons[-1].conflict == 0
        phrase = why_no_window(limits, count, clock) if simple else ""
        return f"No pause is possible within the limits: {phrase or _contradictions(reasons)}.", reasons
    if net is None:
        return "", []
    somebody = FeasibilityTest(net, count, clock, began + min(_AT_FIRST, seconds))
    if somebody.test(limits) is not False:
        return "", []
    somebody.deadline = time.monotonic() + seconds
    assert somebody.journey_search is not None  # there is a network
    nobody = _nobody_at_all(net, somebody.journey_search, clock)
    if nobody:
        return f"Nobody can get out, whatever is paused: {nobody}.", [Reason("", nobody)]
    reasons = _reasons(somebody, limits, words)
    way = _quickest(somebody.journey_search, limits, count, words)
    return f"Nobody can get out within the limits: {way}, but {_contradictions(reasons)}.", reasons


def _reasons(feasible: FeasibilityTest, limits: Limits, words: Words) -> list[Reason]:
    """Contradictions among the limits, one after the other, with the smallest relaxation of each limit."""

    def good(changed: Limits) -> bool:
        return feasible.test(changed) is True

    reasons: list[Reason] = []
    rest = limits
    for number in range(_CONFLICTS):
        names = _conflict(feasible, rest)
        apart = rest
        for name in _NAMES:
            if name not in names:
                apart = without_limit(apart, name)
        for alone in (True, False):
            # Alone if all other limits can stay; else as if there were no other contradiction.
            base = limits if alone else apart
            relaxed = {name: relax(name, base, good, feasible.zones, words, lambda: feasible.windows) for name in names}
            if any(relaxed.values()):
                break
        for name in names:
            how = relaxed[name]
            message = stated(name, limits, words)
            phrase, then = (how.words, how.limits) if how is not None else ("", None)
            reasons.append(Reason(name, message, phrase, then if alone else None, alone, number))
        for name in names:
            rest = without_limit(rest, name)
        if not names or alone or feasible.test(rest) is not False:
            break
    if not reasons:
        reasons.append(Reason("", f"the plan looks ahead {words.hours(words.clock.steps)} in {feasible.zones} zones"))
    return sorted(reasons, key=lambda reason: reason.conflict)


def _conflict(feasible: FeasibilityTest, limits: Limits) -> list[str]:
    """Limits that together allow no plan, of which none can be left out."""
    names = [name for name in _NAMES if getattr(limits, name) not in (None, INFO[name].given_up)]
    for name in list(names):
        fewer = without_limit(limits, name)
        if feasible.test(fewer) is False:
            limits = fewer
            names.remove(name)
    return names[::-1]


def _contradictions(reasons: list[Reason]) -> str:
    """What the limits say that stand in the way, contradiction by contradiction."""
    parts: dict[int, list[str]] = {}
    for reason in reasons:
        parts.setdefault(reason.conflict, []).append(reason.message)
    return "; and apart from that ".join(", and ".join(messages) for messages in parts.values())


def _remedy(reasons: list[Reason]) -> str:
    """What would allow a plan, in one sentence."""
    alone = [reason.relaxation for reason in reasons if reason.relaxation and reason.alone]
    if len(alone) > 1:
        return f"Any one of these would do: {'; or '.join(alone)}."
    if alone:
        return f"This would do: {alone[0]}."
    parts: dict[int, list[str]] = {}
    for reason in reasons:
        if reason.relaxation:
            parts.setdefault(reason.conflict, []).append(reason.relaxation)
    if parts:
        needed = "; and ".join(" or ".join(words) for words in parts.values())
        return f"Several limits must give way, by this at least: {needed}."
    return "Ask the parties for wider limits, or see `letup check` on roads, shelters and people."


def _nobody_at_all(net: TimedNetwork, journey_search: JourneySearch, clock: Clock) -> str:
    """Why nobody gets out even if everything is quiet all the time; empty if somebody does."""
    if not net.supply.any():
        return "nobody wants to leave"
    if not net.shelter.any():
        return "no shelter has room"
    if journey_search.arrivals(None, first=True)[0]:
        return ""
    if not len(journey_search.arcs):
        return "no home has a way to a shelter with room"
    later = JourneySearch(_always_open(net), 4 * clock.steps)
    arrivals = later.arrivals(None, first=True)[0]
    if arrivals and arrivals[0][0] >= clock.steps:
        took = clock.hours(arrivals[0][0])
        ahead = clock.hours(clock.steps)
        return f"the quickest way out takes {took:g} h, which must be less than the {ahead:g} h that are planned"
    return "on each way out a road or checkpoint is closed when people would come to it"


def _always_open(net: TimedNetwork) -> TimedNetwork:
    """The network with each arc as open as it ever is."""
    if net.capacity.ndim == 1:
        return net
    peak = net.capacity.max(axis=1, initial=0)
    return TimedNetwork(net.tail, net.head, net.transit, peak, net.supply, net.shelter, net.wait, net.zone)


def _quickest(journey_search: JourneySearch, limits: Limits, zones: int, words: Words) -> str:
    """The quickest way out if everything were quiet, and where no allowed window is long enough for it."""
    journeys: list[Journey] = list(journey_search.journeys(None))
    best = min(journeys, key=lambda journey: journey.arrives - journey.departs)
    phrase = f"the quickest way out takes {words.hours(best.arrives - best.departs)}"
    passed = list(dict.fromkeys(stay.zone for stay in best.stays))
    if passed:
        phrase += f" and passes {words.zones(passed)}"
    until = quiet_until(limits, zones, words.clock)
    for stay in best.stays:
        length = stay.last - stay.first + 1
        longest = int((until[stay.zone] - np.arange(words.clock.steps) + 1).max())
        if length > longest:
            phrase += f", {words.hours(length)} of it in {words.zone(stay.zone)} without a stop, where "
            phrase += f"windows last at most {words.hours(longest)}" if longest else "no window is allowed"
            break
    return phrase
