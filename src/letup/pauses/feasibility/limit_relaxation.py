"""The smallest relaxation of each limit that would allow a plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from letup.core.clock import Clock
from letup.core.wording import time_of_day
from letup.pauses.limits import Limits, Window, cost_of, costs_of
from letup.pauses.wording import Say

Good = Callable[[Limits], bool]


@dataclass(frozen=True)
class Relaxed:
    """Limits that give way in one point, and that point in words."""

    limits: Limits
    words: str


def without(limits: Limits, name: str, clock: Clock) -> Limits:
    """The limits with one of them given up altogether."""
    nothing: dict[str, Any] = {
        "shortest": 0.0,
        "windows_per_day": clock.steps + 1,
        "forbidden": (),
        "forced": (),
        "frozen": (),
        "together": (),
        "same_daily": False,
    }
    return having(limits, name, nothing.get(name))


def having(limits: Limits, name: str, value: Any) -> Limits:
    """The limits with another value of one of them."""
    changes: dict[str, Any] = {name: value}
    return replace(limits, **changes)


def relax(
    name: str, limits: Limits, good: Good, zones: int, say: Say, found: Callable[[], Sequence[Window]]
) -> Relaxed | None:
    """The smallest relaxation of one limit that allows a plan, all others kept; None if none does.

    Parameters
    ----------
    name : str
        Name of the limit, as in `Limits`.
    limits : Limits
        Limits that allow no plan.
    good : callable
        Whether limits allow a plan.
    zones : int
        Number of zones.
    say : Say
        Zones and times in words.
    found : callable
        Windows of the plan that the last call of ``good`` found.
    """
    if not good(without(limits, name, say.clock)):
        return None
    windows = list(found())
    if name == "hours":
        return _hours(limits, good, say)
    if name in ("shortest", "longest", "zone_hours", "windows_per_day", "at_once"):
        return _number(name, limits, good, zones, say, windows)
    if name == "grid_minutes":
        return _grid(limits, good, say)
    if name == "concession_budget":
        return _budget(limits, good, windows, found)
    if name == "forbidden":
        return _forbidden(limits, good, say)
    if name == "same_daily":
        return Relaxed(replace(limits, same_daily=False), "other clock times on some days")
    return _list(name, limits, good, say)


def _number(name: str, limits: Limits, good: Good, zones: int, say: Say, windows: list[Window]) -> Relaxed | None:
    """A length, total or count: by halving, as more of it never leaves less room."""
    clock, old = say.clock, getattr(limits, name)
    in_steps = name in ("shortest", "longest", "zone_hours")

    def of(value: int) -> Limits:
        return having(limits, name, clock.hours(value) if in_steps else value)

    # Points of the clock grid lie whole units of steps apart, and a length between two units allows no more.
    on_grid = in_steps and limits.grid_minutes is not None and not limits.frozen
    unit = math.lcm(limits.grid_minutes or 1, clock.step_minutes) // clock.step_minutes if on_grid else 1
    if name == "shortest":
        top = (max(clock.in_steps(old), 1) - 1) // unit
        low = _least(0, top, lambda less: good(of((top - less) * unit)))
        found = None if low is None else (top - low) * unit
    else:
        now = clock.whole_steps(old) if in_steps else int(old)
        total = sum(w.last - w.first + 1 for w in windows)
        most = {"longest": clock.steps, "zone_hours": total, "at_once": zones}.get(name, clock.steps)
        low = _least(now // unit + 1, -(-most // unit), lambda value: good(of(value * unit)))
        found = None if low is None else low * unit
    if found is None:
        return None
    words = {
        "shortest": "a shortest pause of {new} in place of {old}",
        "longest": "a longest pause of {new} in place of {old}",
        "zone_hours": "{new} zone-hours in all in place of {old}",
        "windows_per_day": "{new} pause{s} per zone and day in place of {old}",
        "at_once": "{new} zone{s} quiet at once in place of {old}",
    }[name]
    if name == "zone_hours":
        return Relaxed(of(found), words.format(new=f"{clock.hours(found):g}", old=f"{old:g}"))
    if in_steps:
        return Relaxed(of(found), words.format(new=say.hours(found), old=f"{old:g} h"))
    return Relaxed(of(found), words.format(new=found, old=old, s="" if found == 1 else "s"))


def _least(low: int, high: int, good: Callable[[int], bool]) -> int | None:
    """Least number from low to high that is good, where all above a good one are good; None if none is."""
    if low > high or not good(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if good(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _hours(limits: Limits, good: Good, say: Say) -> Relaxed:
    """Hours widened by as little as possible, on either side or both, to points of the clock grid."""
    first, last = limits.hours or (0.0, 24.0)
    clock = say.clock
    over_midnight = first >= last
    points = sorted({clock.time(int(edge)) / 60 for edge in clock.grid_points(limits.grid_minutes)} | {0.0, 24.0})
    if over_midnight:
        starts = [first, *(p for p in reversed(points) if last < p < first)]
        ends = [last, *(p for p in points if last < p < first)]
    else:
        starts = [first, *(p for p in reversed(points) if p < first)]
        ends = [last, *(p for p in points if p > last)]

    def of(i: int, j: int) -> Limits:
        return replace(limits, hours=(starts[i], ends[j]))

    best: tuple[float, int, int] | None = None
    for i, start in enumerate(starts):
        # With the start as it is: the earliest end that does, if it costs less than the best so far.
        limit = math.inf if best is None else best[0]
        within = [j for j, end in enumerate(ends) if first - start + end - last < limit - 1e-9]
        if over_midnight:
            within = [j for j in within if ends[j] < start]
        if not within:
            continue
        j = _least(0, within[-1], lambda j, i=i: good(of(i, j)))  # type: ignore[misc]
        if j is not None:
            best = (first - start + ends[j] - last, i, j)
    old = f"{time_of_day(first)} to {time_of_day(last)}"
    if best is None:
        return Relaxed(replace(limits, hours=None), f"any hour of the day in place of {old}")
    new = f"{time_of_day(starts[best[1]])} to {time_of_day(ends[best[2]])}"
    return Relaxed(of(best[1], best[2]), f"hours {new} in place of {old}")


def _grid(limits: Limits, good: Good, say: Say) -> Relaxed:
    """The coarsest clock grid that divides the hour or is a multiple of it, below the present one."""
    old = limits.grid_minutes or 0
    for minutes in (240, 180, 120, 60, 30, 20, 15, 10, 5):
        if say.clock.step_minutes <= minutes < old and good(replace(limits, grid_minutes=minutes)):
            words = f"a clock grid of {minutes} minutes in place of {old}"
            return Relaxed(replace(limits, grid_minutes=minutes), words)
    words = f"starts and ends at any step of {say.clock.step_minutes} minutes in place of a {old}-minute clock"
    return Relaxed(replace(limits, grid_minutes=None), words)


def _budget(limits: Limits, good: Good, windows: list[Window], found: Callable[[], Sequence[Window]]) -> Relaxed | None:
    """The least budget, to a ten-thousandth of it; of several parties, of the first that does alone, else of all.

    Of all, every budget is raised by the same share of what the plan found costs beyond it.
    """
    costs = costs_of(limits)
    if len(costs) == 1 and np.ndim(limits.concession_budget or 0.0) == 0:
        before = costs[0][1] or 0.0

        def with_one(budget: float) -> Limits:
            return replace(limits, concession_budget=budget)

        least = _least_budget(with_one, good, before, cost_of(windows, costs[0][0]))
        return None if least is None else Relaxed(with_one(least), f"a budget of {least:g} in place of {before:g}")
    budgets = [math.inf if most is None else most for _, most in costs]
    needed = [max(cost_of(windows, table), most) for (table, _), most in zip(costs, budgets, strict=True)]
    for party, most in enumerate(budgets):

        def alone(budget: float, party: int = party) -> Limits:
            return replace(limits, concession_budget=(*budgets[:party], budget, *budgets[party + 1 :]))

        if math.isinf(most) or not good(alone(math.inf)):
            continue
        least = _least_budget(alone, good, most, cost_of(found(), costs[party][0]))
        if least is not None:
            return Relaxed(alone(least), f"a budget of party {party} of {least:g} in place of {most:g}")

    def all_of(share: float) -> Limits:
        raised = [b if math.isinf(b) else b + share * (n - b) for b, n in zip(budgets, needed, strict=True)]
        return replace(limits, concession_budget=tuple(raised))

    share = _least_budget(all_of, good, 0.0, 1.0)
    if share is None:
        return None
    relaxed = all_of(share)
    new = [most for _, most in costs_of(relaxed) if most is not None]
    old = [most for most in budgets if not math.isinf(most)]
    return Relaxed(
        relaxed, " in place of ".join(f"budgets of {', '.join(f'{b:g}' for b in some)}" for some in (new, old))
    )


def _least_budget(of: Callable[[float], Limits], good: Good, old: float, high: float) -> float | None:
    """The least number from the old one to another that is good, to a ten-thousandth; None if the other is not."""
    low = old
    if not good(of(high)):
        return None
    if not good(of(high * (1 - 1e-4))):
        low = high * (1 - 1e-4)
    while high - low > 1e-4 * max(high, 1e-6):
        middle = (low + high) / 2
        low, high = (low, middle) if good(of(middle)) else (middle, high)
    for digits in range(12):
        # A figure that people can say, if one lies where the least budget must lie.
        short = float(math.ceil(low * 10**digits - 1e-9) / 10**digits)
        if low < short <= high and good(of(short)):
            return short
    return high


def _forbidden(limits: Limits, good: Good, say: Say) -> Relaxed | None:
    """One forbidden time cut short by as little as possible; if none does alone, as few as possible given up."""
    times = sorted(set(limits.forbidden), key=lambda entry: (entry[1], entry[2], entry[0]))
    alike = [list(group) for _, group in groupby(times, key=lambda entry: entry[1:])]
    for groups in ([[entry] for entry in times], [group for group in alike if len(group) > 1]):
        best: tuple[int, tuple[tuple[int, int, int], ...], str] | None = None
        for group in groups:
            others = tuple(entry for entry in times if entry not in group)
            if good(replace(limits, forbidden=others)):
                shorter = _cut_short(group, others, limits, good, say)
                best = min(best, shorter, key=lambda one: one[0]) if best is not None else shorter
        if best is not None:
            return Relaxed(replace(limits, forbidden=best[1]), best[2])
    kept = _most_kept(times, lambda kept: good(replace(limits, forbidden=tuple(kept))))
    given_up = [f"{say.zone(z)}, {say.span(a, b)}" for z, a, b in times if (z, a, b) not in kept]
    return Relaxed(replace(limits, forbidden=tuple(kept)), f"these times not forbidden: {say.listed(given_up)}")


def _cut_short(
    group: list[tuple[int, int, int]], others: tuple[tuple[int, int, int], ...], limits: Limits, good: Good, say: Say
) -> tuple[int, tuple[tuple[int, int, int], ...], str]:
    """By how many steps a time, forbidden for one zone or several alike, must begin later or end sooner."""
    _, first, last = group[0]
    whole = last - first + 1

    def of(cut: int, front: bool) -> tuple[tuple[int, int, int], ...]:
        if cut >= whole:
            return others
        return (*others, *((z, first + cut, last) if front else (z, first, last - cut) for z, _, _ in group))

    found = []
    for front in (True, False):
        cut = _least(1, whole, lambda cut, front=front: good(replace(limits, forbidden=of(cut, front))))  # type: ignore[misc]
        if cut is not None:
            found.append((cut, front))
    cut, front = min(found, key=lambda one: one[0])
    where = f"{say.zones([z for z, _, _ in group])}, {say.span(first, last)}"
    if cut >= whole:
        return cut, others, f"no forbidden time in {where}"
    how = f"beginning {say.hours(cut)} later" if front else f"ending {say.hours(cut)} sooner"
    return cut, of(cut, front), f"the forbidden time in {where} {how}"


def _list(name: str, limits: Limits, good: Good, say: Say) -> Relaxed:
    """As few entries as possible given up: one if that does, else a set that cannot be made smaller."""
    entries: list[Any] = list(getattr(limits, name))
    kept: list[Any] | None = None
    for entry in entries:
        others = [one for one in entries if one != entry]
        if good(having(limits, name, tuple(others))):
            kept = others
            break
    if kept is None:
        kept = _most_kept(entries, lambda some: good(having(limits, name, tuple(some))))
    gone = [entry for entry in entries if entry not in kept]
    if name == "together":
        words = "not paused together: " + say.listed([say.zones(group) for group in gone])
    else:
        words = "without the pause " + ("asked for" if name == "forced" else "agreed")
        words += " in " + say.listed([say.window(entry) for entry in gone])
    return Relaxed(having(limits, name, tuple(kept)), words)


def _most_kept(entries: Sequence[Any], good: Callable[[list[Any]], bool]) -> list[Any]:
    """Entries that may stay, taken in one by one as long as that is good."""
    kept: list[Any] = []
    for entry in entries:
        if good([*kept, entry]):
            kept.append(entry)
    return kept
