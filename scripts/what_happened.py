"""Hold the model against days of November 2023: ``python scripts/what_happened.py [--check]``.

Writes docs/explanation/what-happened.md and its drawings, made of nothing but the scenario gaza-2023, the counts in
data-sources/gaza and the rules named there; ``--check`` compares them with what is there and writes nothing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parent))

from happened import corridor, trucks
from happened.column_chart import DayColumns, column_chart
from happened.corridor import Day
from happened.counts import Count, fact, flow, term, trucks_by_day
from made_pages import fill_template, write_or_check

from letup.scenario import load

DOCS = Path(__file__).resolve().parents[1] / "docs" / "explanation"
PAGE = DOCS / "what-happened.md"
TEXT = Path(__file__).with_name("what_happened.md.j2")
PAUSE = [f"2023-11-{day}" for day in range(24, 31)]
USED_TRUCKS, USED_CORRIDOR = "2023-11-24", 8
"""The days that a parameter was taken from; all others are held back."""


@dataclass(frozen=True)
class Error:
    """Mean error and mean size of it over some days, in the unit and as a share of the mean counted."""

    days: int
    mean: float
    size: float
    counted: float

    @classmethod
    def of(cls, model: list[float], counted: list[float]) -> Error:
        """Work them out."""
        off = [a - b for a, b in zip(model, counted, strict=True)]
        return cls(len(off), fmean(off), fmean(map(abs, off)), fmean(counted))

    def __str__(self) -> str:
        """Say them."""
        return (
            f"mean error {signed(self.mean)}, mean size {self.size:,.0f} ({self.size / self.counted:.0%} of the mean)"
        )


def main(arguments: list[str] | None = None) -> int:
    """Write the page and its drawings, or compare them."""
    return write_or_check(files, __doc__, arguments)


def signed(value: float) -> str:
    """A number with its sign; nothing is 0."""
    return f"{round(value):+,}" if round(value) else "0"


def versus(model: float, counted: float) -> str:
    """Model, counted, error and error in per cent, as cells."""
    off = model - counted
    return f"{counted:,.0f} | {model:,.0f} | {signed(off)} | {signed(100 * off / counted)} %"


def truck_row(date: str, counted: int, model: int) -> str:
    """A day of the pause."""
    return f"| {int(date[-2:])} Nov{' (used)' if date == USED_TRUCKS else ''} | {versus(model, counted)} |"


def corridor_days() -> list[Day]:
    """The days, with what was counted and the hours; who went on 11 to 14 November is spread evenly over the four."""
    four = fact("evacuees_four_days").value / 4
    taken = "hours of this day not found: those of the days around it"
    hours: dict[int, tuple[tuple[int, int], str]] = {
        5: ((10, 14), ""), 6: ((10, 14), ""), 7: ((10, 14), ""), 8: ((10, 15), "prolonged by an hour"),
        9: ((9, 16), "seven hours by one account, doubtful; which seven is taken"), 10: ((9, 16), taken),
        11: ((9, 16), ""), 12: ((9, 16), ""), 13: ((10, 16), "start doubtful"), 14: ((9, 16), taken),
        15: ((9, 16), ""),
    }  # fmt: skip
    days, before = [], 0.0
    for number, (span, note) in hours.items():
        alone = number not in (11, 12, 13, 14)
        count = flow(f"2023-11-{number:02}", "corridor_evacuees_salah_al_din").value if alone else four
        days.append(Day(number, span, round(before), round(count) if alone else None, note))
        before += count
    return days


def corridor_row(day: Day, model: int, low: int, high: int) -> str:
    """A day of the corridor on which people were counted."""
    used = " (used)" if day.number == USED_CORRIDOR else ""
    span = f"{day.hours[0]:02}:00-{day.hours[1]}:00"
    assert day.counted is not None
    return f"| {day.number} Nov{used} | {span} | {versus(model, day.counted)} | {low:,} to {high:,} |"


def files() -> dict[Path, str]:
    """The page and its drawings."""
    base = load("gaza-2023")
    entered = trucks_by_day(PAUSE[0], PAUSE[-1])
    by_rules = trucks.deliver_under(base, trucks.RULES)
    tried = [(rules.label, trucks.deliver_under(base, rules)) for rules in trucks.ALTERNATIVES]
    north = [(share, trucks.deliver_under(base, trucks.Rules("", north=share))) for share in trucks.SHARES]
    before = list(trucks_by_day("2023-11-16", "2023-11-23").values())
    counts = [float(entered[day]) for day in PAUSE]
    held = [k for k, day in enumerate(PAUSE) if day != USED_TRUCKS]

    days = corridor_days()
    own = {day.number: corridor.passing(base, day, corridor.AS_IN_SCENARIO) for day in days}
    low = {day.number: corridor.passing(base, day, corridor.LOW) for day in days}
    high = {day.number: corridor.passing(base, day, corridor.HIGH) for day in days}
    one_by_one = [
        (assumptions.label, [corridor.passing(base, day, assumptions) for day in days])
        for assumptions in corridor.ALTERNATIVES
    ]
    single = [day for day in days if day.counted is not None]
    kept = [day for day in single if day.number != USED_CORRIDOR]
    after = [day for day in kept if day.number in (6, 7, 9, 10)]  # the day before was counted, too
    by_number = {day.number: day for day in single}
    four = [day.number for day in days if day.counted is None]

    page = fill_template(
        TEXT,
        {"signed": signed, "thousands": "{:,}".format},
        truck_rows=[truck_row(day, entered[day], by_rules.trucks[k]) for k, day in enumerate(PAUSE)],
        truck_all=versus(sum(by_rules.trucks), sum(counts)),
        truck_error=Error.of([float(by_rules.trucks[k]) for k in held], [counts[k] for k in held]),
        truck_naive=Error.of([fmean(before)] * len(held), [counts[k] for k in held]),
        truck_before=fmean(before),
        tried=[
            (label, delivered.trucks[0], Error.of(list(map(float, delivered.trucks)), counts))
            for label, delivered in tried
        ],
        fuel=[(day, flow(day, "fuel_entered"), by_rules.litres[PAUSE.index(day)]) for day in PAUSE[:2]],
        north=[
            (
                label,
                count,
                [sum(delivered.north[first:end]) for _, delivered in north],
                count.value / sum(by_rules.trucks[first:end]),
            )
            for label, first, end, count in _north_counts()
        ],
        shares=[share for share, _ in north],
        tonnes=_tonnes(),
        terms=[term("aid_trucks"), term("fuel_trucks"), term("fuel_volume")],
        upper=term("aid_trucks_upper"),
        said=term("trucks_mean_during_pause", "observed"),
        counted_mean=fmean(counts),
        corridor_rows=[corridor_row(day, own[day.number], low[day.number], high[day.number]) for day in single],
        four=versus(sum(own[k] for k in four), fact("evacuees_four_days").value),
        four_range=(sum(low[k] for k in four), sum(high[k] for k in four)),
        corridor_error=Error.of([float(own[d.number]) for d in kept], [float(d.counted or 0) for d in kept]),
        after_error=Error.of([float(own[d.number]) for d in after], [float(d.counted or 0) for d in after]),
        after_naive=Error.of(
            [float(by_number[d.number - 1].counted or 0) for d in after], [float(d.counted or 0) for d in after]
        ),
        outside=[d.number for d in kept if not low[d.number] <= (d.counted or 0) <= high[d.number]],
        numbers=[day.number for day in days],
        own=list(own.values()),
        one_by_one=one_by_one,
        notes=[(day.number, day.note) for day in days if day.note],
        sources=_sources(),
    )  # fmt: skip
    return {
        PAGE: page,
        DOCS / "what-happened-trucks.svg": column_chart(
            "Trucks a day, 24 to 30 November 2023: counted, and what the rules let in",
            [DayColumns(f"{day[-2:]} Nov", entered[day], by_rules.trucks[k]) for k, day in enumerate(PAUSE)],
        ),
        DOCS / "what-happened-corridor.svg": column_chart(
            "People through the corridor, November 2023: counted, and what the model says could pass",
            [
                DayColumns(f"{d.number} Nov", d.counted or 0, own[d.number], low[d.number], high[d.number])
                for d in single
            ],
        ),
    }


def _north_counts() -> list[tuple[str, int, int, Count]]:
    """What was said to have reached the north: when, first day of the pause and the day after the last, figure."""
    return [
        ("25 Nov", 1, 2, flow("2023-11-25", "aid_trucks_delivered_north_of_wadi_gaza")),
        ("24 and 25 Nov", 0, 2, term("trucks_to_north", "observed")),
        ("24 to 29 Nov", 0, 6, term("trucks_to_north_prcs", "observed")),
    ]


def _tonnes() -> float:
    """Tonnes brought north from 24 to 29 November by OCHA's sums."""
    part = "delivered_north_cumulative_24_29_nov"
    sums = [flow("2023-11-29", f"{kind}_{part}").value for kind in ("food", "water", "medical")]
    return sum(sums) + term("blankets_mattresses_to_north", "observed").value


def _sources() -> list[tuple[str, str]]:
    """What each figure that is compared rests on, with its address."""
    people = [
        (f"people, {day} Nov", flow(f"2023-11-{day:02}", "corridor_evacuees_salah_al_din"))
        for day in (5, 6, 7, 8, 9, 10, 15)
    ]
    opened = [
        (f"hours, {day} Nov", fact("hours_used" if day in (8, 9) else "hours_announced", f"2023-11-{day:02}"))
        for day in (4, 5, 6, 7, 8, 9, 11, 12, 13)
    ]
    four = ("people, 11 to 14 Nov", fact("evacuees_four_days"))
    later = ("people, 20 Nov", fact("corridor_evacuees_salah_al_din", "2023-11-20"))
    return [(label, count.link) for label, count in (*people, four, later, *opened)]


if __name__ == "__main__":
    sys.exit(main())
