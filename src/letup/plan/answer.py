"""The answer in one sentence, with its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from letup.core.wording import plural, share

if TYPE_CHECKING:
    import pandas as pd

    from letup.plan.model import Plan


def sentence(plan: Plan) -> str:
    """How much pause lets how many out, and the most that any plan within the limits could do."""
    starts = [str(start) for start in plan.pauses["start"]]
    return sentence_of(plan.want_to_leave, plan.arrive, plan.ceiling, starts, plan.zone_hours)


def sentence_of(want: int, arrive: int, ceiling: int, starts: Sequence[str], zone_hours: float) -> str:
    """The same from plain values: three numbers of people, the local starts of the pauses, and their zone-hours."""
    days = sorted({start[:10] for start in starts})
    when = f"on {days[0]}" if len(days) == 1 else f"on {len(days)} days from {days[0]} to {days[-1]}" if days else ""
    lead = (
        f"{plural(len(starts), 'pause')} of {zone_hours:,.1f} zone-hours in all {when} let {arrive:,}"
        if starts
        else f"Without any pause {arrive:,}"
    )
    out, most = (share(people, want, nothing="0 %") for people in (arrive, ceiling))
    return (
        f"{lead} of the {want:,} people who want to leave get out ({out}); no plan within the limits can let more than "
        f"{ceiling:,} out ({most})."
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
    hours_more = []
    for row in table.to_dict("records"):
        first, last = at(row["start"]), at(row["end"])
        if row["replaces"]:
            replaced = at(row["replaces"])
            first, last = (first, replaced) if first < replaced else (ends[row["zone"], replaced], last)
        hours = (last - first).total_seconds() / 3600
        people = round(row["people_per_zone_hour"] * hours)
        hours_more.append(
            NextHour(row["zone_name"], first, last, hours, not row["replaces"], people, row["basis"] == "exact")
        )
    return hours_more
