"""The answer in one sentence, with its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def count(number: float, what: str) -> str:
    """A number of things, such as "1 pause" or "2,000 pauses"."""
    return f"{f'{number:,}' if isinstance(number, int) else f'{number:g}'} {what}{'' if number == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """A share in per cent, rounded to one decimal; never rounded up to all or down to none."""
    return percent(part / whole, 1) if whole else "0 %"


def percent(value: float, decimals: int = 0) -> str:
    """A number from 0 to 1 in per cent, such as "61 %"; "over 99 %" or "under 1 %" where rounding hides a rest."""
    digits = round(100 * value, decimals)
    finest = 10.0**-decimals
    if digits >= 100 and value < 1:
        return f"over {100 - finest:g} %"
    if digits <= 0 and value > 0:
        return f"under {finest:g} %"
    return f"{digits:.{decimals}f}".removesuffix(".0") + " %"
