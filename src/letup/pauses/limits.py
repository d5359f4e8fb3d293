"""Limits on pauses, and the windows they are about."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock, runs
from letup.core.errors import LetupError

if TYPE_CHECKING:
    from letup.scenario.model import Scenario

MARGIN_MINUTES = 15
"""Nobody is planned to be on a road this shortly before a pause ends, as far as steps allow, minutes."""

_EXACT = 1e-6


@dataclass(frozen=True, order=True)
class Window:
    """One pause: a zone quiet at steps ``first`` to ``last`` inclusive."""

    zone: int
    first: int
    last: int

    @property
    def length(self) -> int:
        """Steps that it lasts."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Limits:
    """What the parties insist on.

    Attributes
    ----------
    hours : tuple of float or None
        Allowed local hours, such as ``(6, 18)``; None = any.
    shortest : float
        Shortest length of one window, hours.
    longest : float or None
        Longest length of one window, hours.
    windows_per_day : int
        Windows per zone and day.
    zone_hours : float or None
        Total, zone-hours; None = no limit.
    at_once : int or None
        Most zones quiet at the same time.
    forbidden : tuple of (zone, first step, last step)
        Steps at which a zone cannot be quiet, inclusive.
    grid_minutes : int or None
        Windows start and end on this clock grid; None = any step.
    concession : float[zones, T], or float[parties, zones, T], or None
        Cost of a quiet step; of several parties, to each in the unit that it set.
    concession_budget : float, or float[parties], or None
        Most that the quiet steps may cost together; of several parties, to each (infinite where one set none).
    forced : tuple of Window
        Each must lie within one window of its zone, which may be longer.
    frozen : tuple of Window
        Already agreed: exactly these are among the windows. They count in every total, but their own hours,
        length, grid and forbidden times are not asked about again.
    together : tuple of tuple of int
        Groups of zones that have the same windows (a corridor).
    same_daily : bool
        Whether all windows of a zone start and end at the same clock times, whichever days it is paused;
        with several windows per day, the first of each day, the second of each day, and so on.
    """

    hours: tuple[float, float] | None = None
    shortest: float = 1.0
    longest: float | None = None
    windows_per_day: int = 1
    zone_hours: float | None = None
    at_once: int | None = None
    forbidden: tuple[tuple[int, int, int], ...] = ()
    grid_minutes: int | None = None
    concession: NDArray[np.float64] | None = None
    concession_budget: float | Sequence[float] | None = None
    forced: tuple[Window, ...] = ()
    frozen: tuple[Window, ...] = ()
    together: tuple[tuple[int, ...], ...] = ()
    same_daily: bool = False

    def __post_init__(self) -> None:
        """Keep budgets of several parties as a tuple, which can be compared."""
        if isinstance(self.concession_budget, np.ndarray | list):
            object.__setattr__(self, "concession_budget", tuple(map(float, np.ravel(self.concession_budget))))


@dataclass(frozen=True)
class LimitInfo:
    """What is true of a limit whatever its value.

    Attributes
    ----------
    bounds : {"window", "zone", "all"}
        What it can be broken by: a single window, the windows of zones that go together, or all windows together.
    relaxed_as : {"number", "hours", "grid", "budget", "times", "entries", "flag"}
        How the smallest relaxation of it is looked for: see `letup.pauses.feasibility.limit_relaxation`.
    rank : int
        Limits that could each be left out of a contradiction stay in it by rank, the lowest first: what people ask
        about first.
    says : str
        What it says, with its value, or its entries.
    relaxed : str
        How it gives way, with the old and the new value, or the entries given up; where there is one way only.
    unit : {"h", "zone-hours", "zones", "pauses", "minutes", ""}
        Unit of a number.
    at_least : bool
        Whether a number is the least allowed, and not the most.
    given_up : object
        Value with which it says nothing.
    sentence : str
        What a page says of it; empty where the page has a sentence that says more.
    any_time : bool
        Whether, of two windows of a zone that may each be there and are as long, one that counts no more in any total
        of `totals_of` can always stand for the other, whenever it lies: a limit that asks when the other windows lie,
        as ``at_once`` does, says no. Where all say yes, `letup.pauses.feasibility.window_milp` need not look at both.
    """

    bounds: Literal["window", "zone", "all"]
    relaxed_as: Literal["number", "hours", "grid", "budget", "times", "entries", "flag"]
    rank: int
    says: str
    relaxed: str = ""
    unit: Literal["h", "zone-hours", "zones", "pauses", "minutes", ""] = ""
    at_least: bool = False
    given_up: Any = None
    sentence: str = ""
    any_time: bool = field(kw_only=True)


INFO: dict[str, LimitInfo] = {
    "hours": LimitInfo("window", "hours", 2, "pauses lie between {first} and {last}", any_time=True),
    "shortest": LimitInfo(
        "window",
        "number",
        1,
        "a pause lasts at least {value} h",
        "a shortest pause of {new} in place of {old}",
        unit="h",
        at_least=True,
        given_up=0.0,
        any_time=True,
    ),
    "longest": LimitInfo(
        "window",
        "number",
        3,
        "a pause lasts at most {value} h",
        "a longest pause of {new} in place of {old}",
        unit="h",
        any_time=True,
    ),
    "windows_per_day": LimitInfo(
        "zone",
        "number",
        10,
        "pauses per zone and day are at most {value}",
        "{new} pause{s} per zone and day in place of {old}",
        unit="pauses",
        given_up=1_000_000,
        any_time=True,
    ),
    "zone_hours": LimitInfo(
        "all",
        "number",
        4,
        "zone-hours in all are at most {value}",
        "{new} zone-hours in all in place of {old}",
        unit="zone-hours",
        sentence="At most {value} zone-hours in all.",
        any_time=True,
    ),
    "at_once": LimitInfo(
        "all",
        "number",
        11,
        "zones quiet at once are at most {value}",
        "{new} zone{s} quiet at once in place of {old}",
        unit="zones",
        sentence="At most {value} zones quiet at the same time.",
        any_time=False,
    ),
    "forbidden": LimitInfo("window", "times", 5, "no pause is allowed in {entries}", given_up=(), any_time=True),
    "grid_minutes": LimitInfo(
        "window",
        "grid",
        6,
        "pauses start and end on the {value}-minute clock",
        unit="minutes",
        sentence="Pauses start and end on a clock of {value} minutes.",
        any_time=True,
    ),
    "concession_budget": LimitInfo("all", "budget", 13, "all pauses together cost at most {value}", any_time=True),
    "forced": LimitInfo(
        "zone",
        "entries",
        7,
        "a pause is asked for in {entries}",
        "without the pause asked for in {entries}",
        given_up=(),
        any_time=True,
    ),
    "frozen": LimitInfo(
        "zone",
        "entries",
        8,
        "a pause is agreed in {entries}",
        "without the pause agreed in {entries}",
        given_up=(),
        any_time=True,
    ),
    "together": LimitInfo(
        "zone",
        "entries",
        9,
        "{entries} are paused together",
        "not paused together: {entries}",
        given_up=(),
        any_time=True,
    ),
    "same_daily": LimitInfo(
        "zone",
        "flag",
        12,
        "pauses of a zone lie at the same clock times every day",
        "other clock times on some days",
        given_up=False,
        any_time=False,
    ),
}
"""What is true of each limit, by its name in `Limits`; ``concession`` is what the budget is counted in."""


def with_limit(limits: Limits, name: str, value: Any) -> Limits:
    """The limits with another value of one of them, by its name."""
    changes: dict[str, Any] = {name: value}
    return replace(limits, **changes)


def without_limit(limits: Limits, name: str) -> Limits:
    """The limits with one of them given up altogether."""
    return with_limit(limits, name, INFO[name].given_up)


def without_totals(limits: Limits) -> Limits:
    """The limits without those on all windows together; those on single windows, zones and days stay."""
    for name, info in INFO.items():
        if info.bounds == "all":
            limits = without_limit(limits, name)
    return limits


@dataclass(frozen=True)
class Total:
    """A limit on all windows together, as what their quiet steps may add up to.

    Attributes
    ----------
    limit : str
        Name of the limit.
    weight : float64[zones, T]
        What each quiet step counts.
    most : float
        What all may add up to.
    each_step : bool
        Whether each step for itself may add up to so much, in place of all steps; the weights of a zone are the same
        at all steps then.
    """

    limit: str
    weight: NDArray[np.float64]
    most: float
    each_step: bool = False


def totals_of(limits: Limits, zones: int, clock: Clock) -> list[Total]:
    """The limits on all windows together."""
    ones = np.ones((zones, clock.steps))
    totals = []
    if limits.zone_hours is not None:
        totals.append(Total("zone_hours", ones, float(clock.whole_steps(limits.zone_hours))))
    if limits.at_once is not None:
        totals.append(Total("at_once", ones, float(limits.at_once), each_step=True))
    totals += [Total("concession_budget", table, most) for table, most in costs_of(limits) if most is not None]
    return totals


def costs_of(limits: Limits) -> list[tuple[NDArray[np.float64], float | None]]:
    """Each table of costs, float[zones, T], with its budget (None = no limit): one, or one for each party."""
    if limits.concession is None:
        return []
    table, budget = np.asarray(limits.concession, np.float64), limits.concession_budget
    if table.ndim == 2:
        return [(table, None if budget is None else float(np.ravel(budget)[0]))]
    budgets = [math.inf] * len(table) if budget is None else [float(most) for most in np.ravel(budget)]
    return [(costs, None if math.isinf(most) else most) for costs, most in zip(table, budgets, strict=True)]


def cost_of(windows: Iterable[Window], table: NDArray[np.float64]) -> float:
    """What windows cost by a table, float[zones, T]."""
    return sum(float(table[w.zone, w.first : w.last + 1].sum()) for w in windows)


def quiet_array(windows: Iterable[Window], zones: int, steps: int, margin: int = 0) -> NDArray[np.bool_]:
    """Quiet state that the windows produce, less a margin of steps before the end of each: bool[zones, steps]."""
    quiet = np.zeros((zones, steps), bool)
    for window in windows:
        quiet[window.zone, window.first : max(window.last + 1 - margin, window.first)] = True
    return quiet


def margin_steps(scenario: Scenario) -> int:
    """The margin in whole steps, rounded down: with steps longer than the margin there is none."""
    return MARGIN_MINUTES // scenario.step_minutes


def moving_array(scenario: Scenario, windows: list[Window]) -> NDArray[np.bool_]:
    """When people may be on the roads of each zone: the pauses without a margin at their end."""
    return quiet_array(windows, len(scenario.zones), scenario.steps, margin_steps(scenario))


def check_limits(limits: Limits, zones: int, steps: int) -> None:
    """Refuse limits that make no sense for so many zones and steps.

    Limits that make sense but leave no room for a plan are not refused here: see `letup.pauses.feasibility.conflicts`.

    Parameters
    ----------
    limits : Limits
        What the parties insist on.
    zones, steps : int
        How many zones and steps there are.

    Raises
    ------
    LetupError
        ``pauses.input`` with everything that is wrong with the limits, at once.
    """
    wrong = [
        *_wrong_numbers(limits),
        *_wrong_windows(limits, zones, steps),
        *_wrong_groups(limits.together, zones),
        *_wrong_concession(limits, zones, steps),
    ]
    if wrong:
        raise LetupError("pauses.input", "; ".join(wrong), "Correct the limits.")


def _wrong_numbers(limits: Limits) -> Iterator[str]:
    """Hours, lengths and counts that mean nothing."""
    hours = limits.hours
    if hours is not None and (len(hours) != 2 or not all(0 <= hour <= 24 for hour in hours)):
        yield f"hours {hours} must be two hours that lie in 0 to 24"
    for name, info in INFO.items():
        value = getattr(limits, name)
        if value is None or not info.unit:
            continue
        if info.unit in ("h", "zone-hours"):
            if not (math.isfinite(value) and value >= 0):
                yield f"{name} is {value:g}, must be finite and cannot be negative"
        else:
            least = 1 if info.unit == "minutes" else 0
            if not (math.isfinite(value) and value == int(value) and value >= least):
                yield f"{name} is {value}, must be a whole number from {least} up"


def _wrong_windows(limits: Limits, zones: int, steps: int) -> Iterator[str]:
    """Windows and times that do not exist, and agreed windows that cannot be two windows."""
    for name in ("forced", "frozen"):
        for w in getattr(limits, name):
            if not (0 <= w.zone < zones and 0 <= w.first <= w.last < steps):
                yield (
                    f"{name}: zone {w.zone}, steps {w.first} to {w.last} do not exist "
                    f"(zones 0 to {zones - 1}, steps 0 to {steps - 1})"
                )
    for w, later in pairwise(sorted(limits.frozen)):
        if w.zone == later.zone and later.first <= w.last + 1:
            yield (
                f"frozen: in zone {w.zone} steps {w.first} to {w.last} and {later.first} to {later.last} "
                "overlap or touch"
            )
    for zone, first, last in limits.forbidden:
        if zone < 0 or first > last:
            yield f"forbidden: zone {zone}, steps {first} to {last} do not exist"


def _wrong_groups(together: tuple[tuple[int, ...], ...], zones: int) -> Iterator[str]:
    """Groups of zones that do not exist, or share zones."""
    seen: set[int] = set()
    for group in together:
        for zone in group:
            if not 0 <= zone < zones:
                yield f"together: zone {zone} does not exist (zones 0 to {zones - 1})"
            elif zone in seen:
                yield f"together: zone {zone} is named twice"
            seen.add(zone)


def _wrong_concession(limits: Limits, zones: int, steps: int) -> Iterator[str]:
    """A table of costs of another shape, or with costs that mean nothing."""
    if limits.concession is None:
        if limits.concession_budget is not None:
            yield "concession_budget is given without a concession that says what a quiet step costs"
        return
    table, budget = np.asarray(limits.concession), limits.concession_budget
    several = table.ndim == 3
    if table.shape[-2:] != (zones, steps) or table.ndim not in (2, 3):
        yield f"concession has shape {table.shape}, expected ({zones}, {steps}), or that for each party"
    if several and budget is not None and np.shape(budget) != (len(table),):
        yield f"concession_budget has shape {np.shape(budget)}, expected ({len(table)},): one for each party"
    if not several and isinstance(budget, Sequence):
        yield "concession_budget holds several budgets for one table of costs"
    for most in [] if budget is None else np.ravel(budget).tolist():
        if not most >= 0 or (math.isinf(most) and not several):
            yield f"concession_budget is {most:g}, must be finite and cannot be negative"
    if not np.issubdtype(table.dtype, np.number) or not np.isfinite(table).all():
        yield "concession holds values that are not finite numbers"
    elif (table < 0).any():
        yield "concession holds negative costs"


def allowed_steps(limits: Limits, zones: int, clock: Clock) -> NDArray[np.bool_]:
    """Steps at which each zone may be quiet by hours and forbidden times, bool[zones, steps]."""
    allowed = np.tile(clock.in_hours(limits.hours), (zones, 1))
    for zone, first, last in limits.forbidden:
        if 0 <= zone < zones:
            allowed[zone, max(first, 0) : last + 1] = False
    return allowed


def usable_steps(limits: Limits, zones: int, clock: Clock) -> NDArray[np.bool_]:
    """Steps that some allowed window of the zone covers, bool[zones, steps].

    Sharper than `allowed_steps`: runs too short for the shortest window, and what lies beyond the
    last point of the clock grid, are left out, as is, for zones that go together, what is not usable in
    all of them. Windows agreed already are covered wherever they lie.
    """
    allowed = allowed_steps(limits, zones, clock)
    frozen = quiet_array([w for w in limits.frozen if w.zone < zones], zones, clock.steps)
    for group in limits.together:
        members = [zone for zone in group if zone < zones]
        allowed[members] = (allowed | frozen)[members].all(axis=0)
    shortest = max(clock.in_steps(limits.shortest), 1)
    usable = np.zeros_like(allowed)
    points_of_all = clock.grid_points(limits.grid_minutes)
    seen: dict[bytes, NDArray[np.bool_]] = {}
    for zone in range(zones):
        key = allowed[zone].tobytes()
        if key not in seen:
            row = np.zeros(clock.steps, bool)
            for first, last in runs(allowed[zone]):
                points = points_of_all[(points_of_all >= first) & (points_of_all <= last + 1)]
                if len(points) and points[-1] - points[0] >= shortest and _some_length_fits(limits, clock):
                    row[points[0] : points[-1]] = True
            seen[key] = row
        usable[zone] = seen[key]
    return usable | frozen


def _some_length_fits(limits: Limits, clock: Clock) -> bool:
    """Whether any length, in steps and on the grid, is neither too short nor too long."""
    if limits.longest is None:
        return True
    unit = max((limits.grid_minutes or clock.step_minutes) / clock.step_minutes, 1.0)
    shortest, longest = max(clock.in_steps(limits.shortest), 1), clock.whole_steps(limits.longest)
    return any(abs(n - round(n / unit) * unit) < _EXACT for n in range(shortest, longest + 1))
