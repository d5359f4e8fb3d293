"""The answer in one sentence, with its denominator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letup.plan.model import Plan


def sentence(plan: Plan) -> str:
    """How much pause lets how many out, and the most that any plan within the limits could do."""
    want, arrive = plan.want_to_leave, plan.arrive
    days = sorted({str(start)[:10] for start in plan.pauses["start"]})
    when = f"on {days[0]}" if len(days) == 1 else f"on {len(days)} days from {days[0]} to {days[-1]}" if days else ""
    pauses = (
        f"{len(plan.windows)} pause{'s' if len(plan.windows) != 1 else ''} of {plan.zone_hours:,.1f} zone-hours in all"
    )
    lead = f"{pauses} {when} let {arrive:,}" if plan.windows else f"Without any pause {arrive:,}"
    return (
        f"{lead} of the {want:,} people who want to leave get out ({share(arrive, want)}); no plan within the limits "
        f"can let more than {plan.ceiling:,} out ({share(plan.ceiling, want)})."
    )


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
