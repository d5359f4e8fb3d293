"""The windows of all zones as columns and rows: exactly the sets of windows that the limits allow.

A window of zone z is chosen among *slots*: one for each stretch of steps in which the zone may be quiet, local
day on which the window starts, and number within the day. (Where the k-th windows of all days must be alike, a
slot takes in all stretches of its day, so that its number is what k says.) For each slot there are two rising
rows of columns: ``started[i]``, whether the window starts at or before the i-th point of the clock grid, and
``ended[i]``, whether it ends at or before it. All limits on one window are then differences of two columns, so
that the relaxed rows describe the hull of the windows of one slot (the matrix is totally unimodular); and
branching on "has it started by noon" halves what is open, which branching on "does it start at noon" does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import DAY_MINUTES, Clock, runs
from letup.lp.program import LinearProgram, Terms
from letup.pauses.limits import Limits, Window, costs_of, usable_steps


@dataclass(frozen=True)
class _Piece:
    """Where a window of a slot may start and end within one stretch of steps; agreed = it is there in any case."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    agreed: bool = False


@dataclass(frozen=True)
class Slot:
    """Room for one window.

    Attributes
    ----------
    zones : tuple of int
        Zones that get this window.
    day : int
        Local day on which it starts.
    starts, ends : int64[k]
        Steps at which it may start, and at whose start it may end, rising.
    started, ended : int64[k]
        Columns: whether it has started (ended) at or before each.
    """

    zones: tuple[int, ...]
    day: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    started: NDArray[np.int64]
    ended: NDArray[np.int64]

    def has_started(self, step: int) -> int | None:
        """Column of "it starts at or before a step"; None where it cannot."""
        i = int(np.searchsorted(self.starts, step, "right")) - 1
        return int(self.started[i]) if i >= 0 else None

    def has_ended(self, step: int) -> int | None:
        """Column of "it is over at a step"; None where it cannot be."""
        i = int(np.searchsorted(self.ends, step, "right")) - 1
        return int(self.ended[i]) if i >= 0 else None

    def quiet(self, start: int, last: int) -> Terms:
        """Terms that add up to 1 if the window starts at or before ``start`` and lasts beyond ``last``.

        With start <= last: it covers both. With start > last: it meets the steps between.
        """
        started = self.has_started(start)
        if started is None:
            return []
        ended = self.has_ended(last)
        return [(started, 1.0)] if ended is None else [(started, 1.0), (ended, -1.0)]


class WindowRows:
    """Columns and rows for the windows, and what they say of quiet.

    Parameters
    ----------
    program : LinearProgram
        To add to.
    limits : Limits
        What the parties insist on.
    zones : int
        Number of zones.
    clock : Clock
        What the steps mean.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.
    """

    def __init__(self, program: LinearProgram, limits: Limits, zones: int, clock: Clock, margin: int = 0) -> None:
        self.program, self.limits, self.clock = program, limits, clock
        self.shortest = max(clock.in_steps(limits.shortest), 1)
        # A longer one would ask for more than some windows have; to ask for less only weakens the bound.
        self.margin = min(margin, self.shortest)
        self.longest = clock.whole_steps(limits.longest) if limits.longest is not None else clock.steps
        self.usable = usable_steps(limits, zones, clock)
        self.slots: list[Slot] = []
        self.of_zone: list[list[Slot]] = [[] for _ in range(zones)]
        self.column_end = 0
        self._common: list[tuple[int, list[int]]] = []
        self._quiet: dict[tuple[int, int, int], Terms] = {}
        self._make_slots(zones)
        self._totals()
        self.column_end = program.columns

    def quiet(self, zone: int, start: int, last: int) -> Terms:
        """Terms that are 1 if a window of the zone starts at or before ``start`` and lasts beyond ``last``, else 0.

        They are kept, and not to be changed: many moves and cuts ask for the same.
        """
        asked = (zone, start, last)
        if asked not in self._quiet:
            self._quiet[asked] = [t for slot in self.of_zone[zone] for t in slot.quiet(start, last + self.margin)]
        return self._quiet[asked]

    def windows(self, values: NDArray[np.float64]) -> list[Window]:
        """Windows that whole values of the columns stand for."""
        windows = []
        for slot in self.slots:
            started, ended = values[slot.started] > 0.5, values[slot.ended] > 0.5
            if started.any():
                first, end = int(slot.starts[started.argmax()]), int(slot.ends[ended.argmax()])
                windows += [Window(zone, first, end - 1) for zone in slot.zones]
        return sorted(windows)

    def values(self, windows: list[Window]) -> NDArray[np.float64] | None:
        """Values of the columns for given windows; None if there is no slot for one of them."""
        values = np.zeros(self.column_end)
        without_slot = {(w.zone, w.first, w.last) for w in windows}
        for slot in self.slots:
            fitting = sorted(
                (f, e) for z, f, e in without_slot if z == slot.zones[0] and f in slot.starts and e + 1 in slot.ends
            )
            same_day = [(f, e) for f, e in fitting if self.clock.day(f) == slot.day]
            if not same_day:
                continue
            first, last = same_day[0]
            values[slot.started] = slot.starts >= first
            values[slot.ended] = slot.ends > last
            without_slot -= {(zone, first, last) for zone in slot.zones}
        for common, columns in self._common:
            values[common] = values[columns].max()
        return None if without_slot else values

    def _make_slots(self, zones: int) -> None:
        """Slots of all zones, with the rows that bind one slot or the slots of one day."""
        limits = self.limits
        frozen: dict[int, list[Window]] = {}
        for window in limits.frozen:
            frozen.setdefault(window.zone, []).append(window)
        free = usable_steps(replace(limits, frozen=()), zones, self.clock)
        grouped = {zone: group for group in limits.together for zone in group}
        for zone in range(zones):
            group = tuple(sorted(grouped.get(zone, (zone,))))
            if group[0] != zone:
                continue
            usable = np.array(free[list(group)].all(axis=0), bool)
            for member in group:
                for window in frozen.get(member, []):
                    usable[max(window.first - 1, 0) : window.last + 2] = False
            before = len(self.slots)
            agreed = sorted({(w.first, w.last) for member in group for w in frozen.get(member, [])})
            pieces: dict[int, list[_Piece]] = {}
            for first, last in agreed:
                piece = _Piece(np.array([first]), np.array([last + 1]), agreed=True)
                pieces.setdefault(self.clock.day(first), []).append(piece)
            for first, last in runs(usable):
                for day, piece in self._pieces(first, last):
                    pieces.setdefault(day, []).append(piece)
            several = limits.same_daily and limits.windows_per_day > 1
            for day, of_day in sorted(pieces.items()):
                of_day.sort(key=lambda piece: int(piece.starts[0]))
                for parts in [of_day] if several else [[piece] for piece in of_day]:
                    self._slots_of(group, day, parts)
            slots = self.slots[before:]
            for member in group:
                self.of_zone[member] = slots
            self._days(slots)
            self._forced([w for w in limits.forced if w.zone in group], slots)
            self._forced([Window(group[0], *span) for span in agreed], slots)
            if limits.same_daily:
                self._same_daily(slots)

    def _pieces(self, first: int, last: int) -> list[tuple[int, _Piece]]:
        """What one stretch of steps offers to each day on which a window may start."""
        clock = self.clock
        edges = np.array([e for e in range(first, last + 2) if clock.on_grid(e, self.limits.grid_minutes)], np.int64)
        if len(edges) < 2 or self.longest < self.shortest:
            return []
        days = np.array([clock.day(int(e)) for e in edges])
        pieces = []
        for day in np.unique(days).tolist():
            starts = edges[(days == day) & (edges + self.shortest <= edges[-1])]
            if len(starts):
                ends = edges[(edges >= starts[0] + self.shortest) & (edges <= starts[-1] + self.longest)]
                if len(ends):
                    pieces.append((int(day), _Piece(starts, ends)))
        return pieces

    def _slots_of(self, group: tuple[int, ...], day: int, pieces: list[_Piece]) -> None:
        """Slots for the windows of one day within one stretch of steps, or several."""
        program = self.program
        starts, ends = (np.concatenate([getattr(p, name) for p in pieces]) for name in ("starts", "ends"))
        fixed = len(pieces) == 1 and pieces[0].agreed
        for number in range(1 if fixed else self.limits.windows_per_day):
            slot = Slot(
                group,
                day,
                starts,
                ends,
                np.array([program.add_column(float(fixed), 1.0, integer=not fixed) for _ in starts]),
                np.array([program.add_column(float(fixed), 1.0, integer=not fixed) for _ in ends]),
            )
            self._one_window(slot, pieces)
            if number:
                self._after(self.slots[-1], slot)
            self.slots.append(slot)

    def _one_window(self, slot: Slot, pieces: list[_Piece]) -> None:
        """Rising columns, shortest and longest length, and an end to every start, in the same stretch of steps."""
        program = self.program
        for part in (slot.started, slot.ended):
            for before, after in pairwise(part.tolist()):
                program.add_row(0.0, np.inf, [(after, 1.0), (before, -1.0)])
        for piece in pieces:
            for end in piece.ends.tolist():
                started = slot.has_started(int(piece.starts[0]) if piece.agreed else end - self.shortest)
                program.add_row(0.0, np.inf, [*_minus(slot.has_ended(end)), *_plus(started)])
            for start in piece.starts.tolist() if not piece.agreed else []:
                ended = slot.has_ended(start + self.longest)
                program.add_row(0.0, np.inf, [*_minus(slot.has_started(start)), *_plus(ended)])
        for piece in pieces[:-1]:
            started, ended = slot.has_started(int(piece.starts[-1])), slot.has_ended(int(piece.ends[-1]))
            program.add_row(0.0, np.inf, [*_plus(ended), *_minus(started)])
        program.add_row(0.0, 0.0, [(int(slot.started[-1]), 1.0), (int(slot.ended[-1]), -1.0)])

    def _after(self, before: Slot, slot: Slot) -> None:
        """The later window of a day starts once the earlier one is over, a step apart."""
        for start, started in zip(slot.starts.tolist(), slot.started.tolist(), strict=True):
            ended = before.has_ended(start - 1)
            self.program.add_row(0.0, np.inf, [(started, -1.0), *([(ended, 1.0)] if ended is not None else [])])

    def _days(self, slots: list[Slot]) -> None:
        """Windows per day over all stretches, and no two windows at one step."""
        for day in sorted({slot.day for slot in slots}):
            windows = [(int(slot.started[-1]), 1.0) for slot in slots if slot.day == day]
            if len(windows) > self.limits.windows_per_day:
                self.program.add_row(-np.inf, float(self.limits.windows_per_day), windows)
        if any(slot.ends[-1] >= other.starts[0] for slot in slots for other in slots if other.day > slot.day):
            for step in sorted({int(s) for slot in slots for s in slot.starts}):
                # Windows that end where another starts count too: they would be one.
                terms = [term for slot in slots for term in slot.quiet(step, step - 1)]
                self.program.add_row(-np.inf, 1.0, terms)

    def _forced(self, stretches: list[Window], slots: list[Slot]) -> None:
        """Windows asked for by hand, or agreed, lie inside one of the windows."""
        for window in stretches:
            terms = [term for slot in slots for term in slot.quiet(window.first, window.last)]
            self.program.add_row(1.0, np.inf, terms)

    def _same_daily(self, slots: list[Slot]) -> None:
        """The k-th window of each day has the same clock times on all days on which there is one."""
        days = [slot.day for slot in slots]
        numbers = [days[:i].count(day) for i, day in enumerate(days)]
        if self.limits.windows_per_day <= 1:
            # The only window of its day, in whichever stretch of steps it lies.
            numbers = [0] * len(slots)
        for number in sorted(set(numbers)):
            members = [slot for slot, its_number in zip(slots, numbers, strict=True) if its_number == number]
            if len(members) > 1:
                self._alike([(slot, slot.starts, slot.started) for slot in members])
                self._alike([(slot, slot.ends, slot.ended) for slot in members])

    def _alike(self, members: list[tuple[Slot, NDArray[np.int64], NDArray[np.int64]]]) -> None:
        """Windows start (or end) at the same time of their day, if they are there."""
        program, clock = self.program, self.clock
        minutes_of = [
            np.array([round(clock.minute(int(step)) - slot.day * DAY_MINUTES, 6) for step in steps])
            for slot, steps, _ in members
        ]
        previous = None
        for minute in sorted({float(m) for minutes in minutes_of for m in minutes}):
            common = program.add_column(0.0, 1.0, integer=True)
            if previous is not None:
                program.add_row(0.0, np.inf, [(common, 1.0), (previous, -1.0)])
            previous = common
            columns = []
            for (slot, _, of), minutes in zip(members, minutes_of, strict=True):
                i = int(np.searchsorted(minutes, minute, "right")) - 1
                by_then = int(of[i]) if i >= 0 else None
                program.add_row(-1.0, np.inf, [*_plus(by_then), (common, -1.0), (int(slot.started[-1]), -1.0)])
                if by_then is not None:
                    columns.append(by_then)
                    if minutes[i] == minute:
                        program.add_row(-np.inf, 0.0, [(by_then, 1.0), (common, -1.0)])
            self._common.append((common, columns))

    def _totals(self) -> None:
        """Limits on all windows together: zone-hours, zones at once, concession."""
        limits, clock, program = self.limits, self.clock, self.program
        if limits.zone_hours is not None:
            terms: Terms = []
            for slot in self.slots:
                terms += self._weighted(slot, np.full(clock.steps, clock.hours(1) * len(slot.zones)))
            program.add_row(-np.inf, float(limits.zone_hours), terms)
        for cost, budget in costs_of(limits):
            if budget is not None:
                terms = [t for slot in self.slots for t in self._weighted(slot, cost[list(slot.zones)].sum(axis=0))]
                program.add_row(-np.inf, budget, terms)
        if limits.at_once is not None:
            moments = sorted({int(s) for slot in self.slots for s in slot.starts})
            for step in moments:
                terms = [(c, f * len(slot.zones)) for slot in self.slots for c, f in slot.quiet(step, step)]
                program.add_row(-np.inf, float(limits.at_once), terms)

    def _weighted(self, slot: Slot, weight: NDArray[np.float64]) -> Terms:
        """Terms that add up to the weight of the steps that the slot's window covers."""
        before = np.concatenate([[0.0], np.cumsum(weight)])
        terms: Terms = []
        for steps, columns, sign in ((slot.starts, slot.started, -1.0), (slot.ends, slot.ended, 1.0)):
            # A window that starts at s and ends at e weighs before[e] - before[s].
            worth = before[steps]
            after = np.append(worth[1:], 0.0)
            terms += [(int(c), sign * float(now - later)) for c, now, later in zip(columns, worth, after, strict=True)]
        return terms


def _plus(column: int | None) -> Terms:
    """A column, once; nothing where there is none."""
    return [] if column is None else [(column, 1.0)]


def _minus(column: int | None) -> Terms:
    """A column taken away, once; nothing where there is none."""
    return [] if column is None else [(column, -1.0)]
