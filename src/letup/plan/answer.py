"""The answer in one sentence, with its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from letup.plan.model import Plan


def sentence(plan: Plan) -> str:
    """How much pause lets how many out, and the most that any plan within the limits could do."""
    starts = [str(start) for start in plan.pauses["start"]]
    return sentence_of(plan.want_to_leave, plan.arrive, plan.ceiling, starts, plan.zone_hours)


def sentence_of(want: int, arrive: int, ceiling: int, starts: Sequence[str], zone_hours: float) -> str:
    """The same from plain values: people, people, people, local starts of the pauses, zone-hours."""
    days = sorted({start[:10] for start in starts})
    when = f"on {days[0]}" if len(days) == 1 else f"on {len(days)} days from {days[0]} to {days[-1]}" if days else ""
    lead = (
        f"{count(len(starts), 'pause')} of {zone_hours:,.1f} zone-hours in all {when} let {arrive:,}"
        if starts
        else f"Without any pause {arrive:,}"
    )
    return (
        f"{lead} of the {want:,} people who want to leave get out ({share(arrive, want)}); no plan within the limits "
        f"can let more than {ceiling:,} out ({share(ceiling, want)})."
    )


@dataclass(frozen=True)
class NextHour:
    """One row of `Plan.next_hours`, with what it adds.

    Attributes
    ----------
    zone_name : str
        The zone.
    first, last : datetime
        Local start and end of what is added.
    hours : float
        Its length, hours.
    new : bool
        Whether it is a pause of its own; else it makes one longer.
    people : int
        People more who would arrive with it.
    exact : bool
        Whether that is a difference of exact flows.
    """

    zone_name: str
    first: datetime
    last: datetime
    hours: float
    new: bool
    people: int
    exact: bool

    @property
    def about(self) -> str:
        """The people in words; of an estimate two digits."""
        if self.exact:
            return f"{self.people:,}"
        return f"about {float(f'{self.people:.2g}'):,.0f}"

    def said(self, when: str) -> str:
        """One sentence; ``when`` is the time as its readers see times."""
        hours = "One more hour" if self.hours == 1 else f"{self.hours:g} more hours"
        what = f"A new pause of {self.zone_name}" if self.new else f"{hours} of {self.zone_name}"
        more = "more person" if self.people == 1 else "more people"
        return f"{what} on {when} would let {self.about} {more} out"


def next_hours(table: pd.DataFrame, pauses: pd.DataFrame) -> list[NextHour]:
    """The rows of `Plan.next_hours`; ``pauses`` as in `Plan.pauses`."""
    at = datetime.fromisoformat
    ends = {(row["zone"], at(row["start"])): at(row["end"]) for row in pauses.to_dict("records")}
    found = []
    for row in table.to_dict("records"):
        first, last = at(row["start"]), at(row["end"])
        if row["replaces"]:
            replaced = at(row["replaces"])
            first, last = (first, replaced) if first < replaced else (ends[row["zone"], replaced], last)
        hours = (last - first).total_seconds() / 3600
        people = round(row["people_per_zone_hour"] * hours)
        found.append(
            NextHour(row["zone_name"], first, last, hours, not row["replaces"], people, row["basis"] == "exact")
        )
    return found


def count(number: float, what: str) -> str:
    """A number of things, such as "1 pause" or "2,000 pauses"."""
    return f"{f'{number:,}' if isinstance(number, int) else f'{number:g}'} {what}{'' if number == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """A share in per cent, rounded to one decimal; never rounded up to all or down to none."""
    return percent(part / whole, 1) if whole else "0 %"


def significant(value: float) -> str:
    """A number of 0 or more with three digits that count, and never a power of ten."""
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return format(Decimal(f"{value:.3g}"), "f")


def percent(value: float, decimals: int = 0) -> str:
    """A number from 0 to 1 in per cent, such as "61 %"; "over 99 %" or "under 1 %" where rounding hides a rest."""
    digits = round(100 * value, decimals)
    finest = 10.0**-decimals
    if digits >= 100 and value < 1:
        return f"over {100 - finest:g} %"
    if digits <= 0 and value > 0:
        return f"under {finest:g} %"
    return f"{digits:.{decimals}f}".removesuffix(".0") + " %"
