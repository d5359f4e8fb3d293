"""The smallest relaxation of each limit that would allow a plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from letup.core.wording import time_of_day
from letup.pauses.feasibility.wording import Words
from letup.pauses.limits import INFO, Limits, Window, cost_of, costs_of, with_limit, without_limit

Allows = Callable[[Limits], bool]


@dataclass(frozen=True)
class Relaxed:
    """Limits that give way in one point, and that point in words."""

    limits: Limits
    words: str


def relax(
    name: str, limits: Limits, allows: Allows, zones: int, words: Words, last_windows: Callable[[], Sequence[Window]]
) -> Relaxed | None:
    """The smallest relaxation of one limit that allows a plan, all others kept; None if none does.

    Parameters
    ----------
    name : str
        Name of the limit, as in `Limits`.
    limits : Limits
        Limits that allow no plan.
    allows : callable
        Whether limits allow a plan.
    zones : int
        Number of zones.
    words : Words
        Zones and times in words.
    last_windows : callable
        Windows of the plan that the last call of ``allows`` found.
    """
    if not allows(without_limit(limits, name)):
        return None
    windows = list(last_windows())
    match INFO[name].relaxed_as:
        case "hours":
            return _hours(limits, allows, words)
        case "number":
            return _number(name, limits, allows, zones, words, windows)
        case "grid":
            return _grid(limits, allows, words)
        case "budget":
            return _budget(limits, allows, windows, last_windows)
        case "times":
            return _forbidden(limits, allows, words)
        case "flag":
            return Relaxed(without_limit(limits, name), INFO[name].relaxed)
        case "entries":
            return _entries(name, limits, allows, words)


def _number(
    name: str, limits: Limits, allows: Allows, zones: int, words: Words, windows: list[Window]
) -> Relaxed | None:
    """A length, total or count: by halving, as more of it never leaves less room."""
    clock, old, info = words.clock, getattr(limits, name), INFO[name]
    in_steps = info.unit in ("h", "zone-hours")

    def of(value: int) -> Limits:
        return with_limit(limits, name, clock.hours(value) if in_steps else value)

    # Points of the clock grid lie whole units of steps apart, and a length between two units allows no more.
    on_grid = in_steps and limits.grid_minutes is not None and not limits.frozen
    unit = math.lcm(limits.grid_minutes or 1, clock.step_minutes) // clock.step_minutes if on_grid else 1
    if info.at_least:
        top = (max(clock.in_steps(old), 1) - 1) // unit
        low = _least(0, top, lambda less: allows(of((top - less) * unit)))
        new = None if low is None else (top - low) * unit
    else:
        now = clock.whole_steps(old) if in_steps else int(old)
        total = sum(w.length for w in windows)
        most = {"zone-hours": total, "zones": zones}.get(
            info.unit, clock.steps * (zones if info.bounds == "all" else 1)
        )
        low = _least(now // unit + 1, -(-most // unit), lambda value: allows(of(value * unit)))
        new = None if low is None else low * unit
    if new is None:
        return None
    if info.unit == "zone-hours":
        return Relaxed(of(new), info.relaxed.format(new=f"{clock.hours(new):g}", old=f"{old:g}"))
    if info.unit == "h":
        return Relaxed(of(new), info.relaxed.format(new=words.hours(new), old=f"{old:g} h"))
    return Relaxed(of(new), info.relaxed.format(new=new, old=old, s="" if new == 1 else "s"))


def _least(low: int, high: int, does: Callable[[int], bool]) -> int | None:
    """Least number from low to high that does, where all above one that does do so too; None if none does."""
    if low > high or not does(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if does(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _hours(limits: Limits, allows: Allows, words: Words) -> Relaxed:
    """Hours widened by as little as possible, on either side or both, to points of the clock grid."""
    first, last = limits.hours or (0.0, 24.0)
    clock = words.clock
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
        j = _least(0, within[-1], lambda j, i=i: allows(of(i, j)))  # type: ignore[misc]
        if j is not None:
            best = (first - start + ends[j] - last, i, j)
    old = f"{time_of_day(first)} to {time_of_day(last)}"
    if best is None:
        return Relaxed(replace(limits, hours=None), f"any hour of the day in place of {old}")
    new = f"{time_of_day(starts[best[1]])} to {time_of_day(ends[best[2]])}"
    return Relaxed(of(best[1], best[2]), f"hours {new} in place of {old}")


def _grid(limits: Limits, allows: Allows, words: Words) -> Relaxed:
    """The coarsest clock grid that divides the hour or is a multiple of it, below the present one."""
    old = limits.grid_minutes or 0
    for minutes in (240, 180, 120, 60, 30, 20, 15, 10, 5):
        if words.clock.step_minutes <= minutes < old and allows(replace(limits, grid_minutes=minutes)):
            how = f"a clock grid of {minutes} minutes in place of {old}"
            return Relaxed(replace(limits, grid_minutes=minutes), how)
    how = f"starts and ends at any step of {words.clock.step_minutes} minutes in place of a {old}-minute clock"
    return Relaxed(replace(limits, grid_minutes=None), how)


def _budget(
    limits: Limits, allows: Allows, windows: list[Window], last_windows: Callable[[], Sequence[Window]]
) -> Relaxed | None:
    """The least budget, to a ten-thousandth of it; of several parties, of the first that does alone, else of all.

    Of all, every budget is raised by the same share of what the plan found costs beyond it.
    """
    costs = costs_of(limits)
    if len(costs) == 1 and np.ndim(limits.concession_budget or 0.0) == 0:
        before = costs[0][1] or 0.0

        def with_one(budget: float) -> Limits:
            return replace(limits, concession_budget=budget)

        least = _least_budget(with_one, allows, before, cost_of(windows, costs[0][0]))
        return None if least is None else Relaxed(with_one(least), f"a budget of {least:g} in place of {before:g}")
    budgets = [math.inf if most is None else most for _, most in costs]
    needed = [max(cost_of(windows, table), most) for (table, _), most in zip(costs, budgets, strict=True)]
    for party, most in enumerate(budgets):

        def alone(budget: float, party: int = party) -> Limits:
            return replace(limits, concession_budget=(*budgets[:party], budget, *budgets[party + 1 :]))

        if math.isinf(most) or not allows(alone(math.inf)):
            continue
        least = _least_budget(alone, allows, most, cost_of(last_windows(), costs[party][0]))
        if least is not None:
            return Relaxed(alone(least), f"a budget of party {party} of {least:g} in place of {most:g}")

    def all_of(share: float) -> Limits:
        raised = [b if math.isinf(b) else b + share * (n - b) for b, n in zip(budgets, needed, strict=True)]
        return replace(limits, concession_budget=tuple(raised))

    share = _least_budget(all_of, allows, 0.0, 1.0)
    if share is None:
        return None
    relaxed = all_of(share)
    new = [most for _, most in costs_of(relaxed) if most is not None]
    old = [most for most in budgets if not math.isinf(most)]
    return Relaxed(
        relaxed, " in place of ".join(f"budgets of {', '.join(f'{b:g}' for b in budgets)}" for budgets in (new, old))
    )


def _least_budget(of: Callable[[float], Limits], allows: Allows, old: float, high: float) -> float | None:
    """The least number from the old one to a higher one that allows a plan, to a ten-thousandth; None if none does."""
    low = old
    if not allows(of(high)):
        return None
    if not allows(of(high * (1 - 1e-4))):
        low = high * (1 - 1e-4)
    while high - low > 1e-4 * max(high, 1e-6):
        middle = (low + high) / 2
        low, high = (low, middle) if allows(of(middle)) else (middle, high)
    for digits in range(12):
        # A figure that people can say, if one lies where the least budget must lie.
        short = float(math.ceil(low * 10**digits - 1e-9) / 10**digits)
        if low < short <= high and allows(of(short)):
            return short
    return high


def _forbidden(limits: Limits, allows: Allows, words: Words) -> Relaxed | None:
    """One forbidden time cut short by as little as possible; if none does alone, as few as possible given up."""
    times = sorted(set(limits.forbidden), key=lambda entry: (entry[1], entry[2], entry[0]))
    alike = [list(group) for _, group in groupby(times, key=lambda entry: entry[1:])]
    for groups in ([[entry] for entry in times], [group for group in alike if len(group) > 1]):
        best: tuple[int, tuple[tuple[int, int, int], ...], str] | None = None
        for group in groups:
            others = tuple(entry for entry in times if entry not in group)
            if allows(replace(limits, forbidden=others)):
                shorter = _cut_short(group, others, limits, allows, words)
                best = min(best, shorter, key=lambda cut: cut[0]) if best is not None else shorter
        if best is not None:
            return Relaxed(replace(limits, forbidden=best[1]), best[2])
    kept = _most_kept(times, lambda kept: allows(replace(limits, forbidden=tuple(kept))))
    given_up = [f"{words.zone(z)}, {words.span(a, b)}" for z, a, b in times if (z, a, b) not in kept]
    return Relaxed(replace(limits, forbidden=tuple(kept)), f"these times not forbidden: {words.listed(given_up)}")


def _cut_short(
    group: list[tuple[int, int, int]],
    others: tuple[tuple[int, int, int], ...],
    limits: Limits,
    allows: Allows,
    words: Words,
) -> tuple[int, tuple[tuple[int, int, int], ...], str]:
    """By how many steps a time, forbidden for one zone or several alike, must begin later or end sooner."""
    _, first, last = group[0]
    whole = last - first + 1

    def of(cut: int, front: bool) -> tuple[tuple[int, int, int], ...]:
        if cut >= whole:
            return others
        return (*others, *((z, first + cut, last) if front else (z, first, last - cut) for z, _, _ in group))

    cuts = []
    for front in (True, False):
        cut = _least(1, whole, lambda cut, front=front: allows(replace(limits, forbidden=of(cut, front))))  # type: ignore[misc]
        if cut is not None:
            cuts.append((cut, front))
    cut, front = min(cuts, key=lambda pair: pair[0])
    where = f"{words.zones([z for z, _, _ in group])}, {words.span(first, last)}"
    if cut >= whole:
        return cut, others, f"no forbidden time in {where}"
    how = f"beginning {words.hours(cut)} later" if front else f"ending {words.hours(cut)} sooner"
    return cut, of(cut, front), f"the forbidden time in {where} {how}"


def _entries(name: str, limits: Limits, allows: Allows, words: Words) -> Relaxed:
    """As few entries as possible given up: one if that does, else a set that cannot be made smaller."""
    entries: list[Any] = list(getattr(limits, name))
    kept: list[Any] | None = None
    for entry in entries:
        others = [other for other in entries if other != entry]
        if allows(with_limit(limits, name, tuple(others))):
            kept = others
            break
    if kept is None:
        kept = _most_kept(entries, lambda stay: allows(with_limit(limits, name, tuple(stay))))
    gone = [entry for entry in entries if entry not in kept]
    how = INFO[name].relaxed.format(entries=words.listed([words.entry(entry) for entry in gone]))
    return Relaxed(with_limit(limits, name, tuple(kept)), how)


def _most_kept(entries: Sequence[Any], allows: Callable[[list[Any]], bool]) -> list[Any]:
    """Entries that may stay, taken in one by one as long as there is a plan."""
    kept: list[Any] = []
    for entry in entries:
        if allows([*kept, entry]):
            kept.append(entry)
    return kept
