"""An assessment as one HTML page: days left by zone and essential as a drawing, what is not met, and its sources."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from letup.aid import Assessment
from letup.aid.assessment import (
    answer,
    changes,
    facility_name,
    notes,
    ranged,
    reckoning,
    share_met,
    shown,
    zones_worst_first,
)
from letup.aid.balance import Balance
from letup.core import wording
from letup.core.clock import DAY_MINUTES
from letup.report import tables
from letup.report.charts import Tick
from letup.report.template import page
from letup.scenario import values
from letup.tables import names_in

#: Tables that an assessment rests on.
_FILES = ("people.csv", "essentials.csv", "stocks.csv", "facilities.csv")


@dataclass(frozen=True)
class Lane:
    """One zone in a panel; positions in per cent from the left.

    Attributes
    ----------
    name : str
        The zone.
    said, met : str
        Days left in words, with their range; share of the need that is met over the horizon.
    known : bool
        Whether anything is known.
    start, width : float
        The range.
    dot : float
        The value.
    beyond, far : bool
        Whether the value, or the better end, lies beyond the right edge.
    short : bool
        Whether the need is not met from the start.
    """

    name: str
    said: str
    met: str
    known: bool
    start: float = 0.0
    width: float = 0.0
    dot: float = 0.0
    beyond: bool = False
    far: bool = False
    short: bool = False


@dataclass(frozen=True)
class Panel:
    """Days left of one essential in each zone where it is needed."""

    label: str
    need: str
    lanes: list[Lane]
    alternative: str


@dataclass(frozen=True)
class Total:
    """One essential over all zones, as the table shows it."""

    label: str
    need: str
    unmet: str
    share: str
    span: str
    plan: str
    below: str


@dataclass(frozen=True)
class Origin:
    """A need per person and where it comes from."""

    label: str
    unit: str
    need: str
    survival: str
    basis: str
    source: str
    note: str


def write_assessment_html(assessment: Assessment, path: str | Path) -> Path:
    """Write the page of an assessment: HTML with everything it needs inside, and no scripts.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    path : path
        File to write.
    """
    scenario = assessment.scenario
    table = values(scenario)
    table = table[table["file"].isin(_FILES)]
    axis = _axis(assessment)
    used = {name for cell in table["source"] for name in names_in(str(cell))}
    target = Path(path)
    target.write_text(
        page(
            "page/assessment.html.j2",
            scenario,
            answer=answer(assessment),
            horizon=f"{assessment.horizon:g}",
            horizon_at=100 * assessment.horizon / axis,
            ticks=_ticks(axis),
            panels=[panel(assessment, item, axis) for item in shown(assessment)],
            totals=[_total(assessment, item) for item in shown(assessment) if assessment.essentials[item].per_person],
            with_plan=assessment.with_plan is not None,
            delivers=assessment.delivers,
            reckoning=reckoning(assessment),
            changes=changes(assessment),
            by_day=_by_day(assessment),
            idle=_idle(assessment),
            origins=_origins(assessment),
            findings=assessment.findings,
            notes=notes(assessment),
            people=wording.count(float(assessment.presence.people[0].sum())),
            bases=tables.bases(table, scenario),
            sources=[source for source in tables.sources(scenario) if source["name"] in used],
        ),
        encoding="utf-8",
    )
    return target


def panel(assessment: Assessment, item: int, axis: float) -> Panel:
    """Days left of one essential; ``axis`` is the right edge in days."""
    essential = assessment.essentials[item]
    names = [str(name) for name in assessment.scenario.zones["name"]]
    needed = assessment.likely.need[:, item].sum(axis=0) > 0
    if essential.per_person:
        lanes = [
            _lane(assessment, item, zone, names[zone], axis) for zone in zones_worst_first(assessment) if needed[zone]
        ]
    else:
        lanes = [
            _drawn(
                wording.capitalised(facility_name(assessment.scenario, facility)),
                "",
                [end.idle_from[number] for end in _ends(assessment)],
                axis,
            )
            for number, facility in enumerate(assessment.supplies.facilities)
            if facility.uses == item and facility.use > 0
        ]
    days_left = "; ".join(f"{lane.name} {lane.said}" for lane in lanes)
    need = "needed by facilities"
    if essential.per_person:
        need = f"{essential.per_person:,g} {essential.unit} a person and day"
    return Panel(essential.label, need, lanes, f"{essential.label}, days left: {days_left}")


def _lane(assessment: Assessment, item: int, zone: int, name: str, axis: float) -> Lane:
    if not assessment.known[item, zone]:
        return Lane(name, "not known", "", False)
    met = share_met(assessment, item, zone)
    return _drawn(name, met, [end.days_left[item, zone] for end in _ends(assessment)], axis)


def _ends(assessment: Assessment) -> tuple[Balance, Balance, Balance]:
    return assessment.likely, assessment.worse, assessment.better


def _drawn(name: str, met: str, ends: list[float], axis: float) -> Lane:
    """Lane of a value and its worse and better end, days."""
    likely, low, high = (float(end) for end in ends)
    at = [100 * min(value, axis) / axis for value in (likely, low, high)]
    return Lane(
        name, ranged(likely, low, high), met, True, at[1], at[2] - at[1], at[0], likely > axis, high > axis, likely <= 0
    )  # fmt: skip


def _axis(assessment: Assessment) -> float:
    """Right edge in days: all values where that is no more than three times the days looked at."""
    known = np.concatenate([balance.days_left[assessment.known] for balance in (assessment.likely, assessment.better)])
    known = known[np.isfinite(known)]
    most = max(float(known.max(initial=0.0)), assessment.horizon) * 1.02
    return math.ceil(min(most, 3 * assessment.horizon) * 2) / 2


def _ticks(axis: float) -> list[Tick]:
    step = next(size for size in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if axis / size <= 8)
    marks = [step * k for k in range(int(axis / step + 1e-9) + 1)]
    return [Tick(100 * mark / axis, f"{mark:g}") for mark in marks if mark < 0.97 * axis]


def _total(assessment: Assessment, item: int) -> Total:
    essential, known = assessment.essentials[item], assessment.known[item]
    need = float(assessment.likely.person_days[item, known].sum())

    def unmet(balance: Balance) -> str:
        return wording.count(assessment.unmet_person_days(item, balance))

    likely = assessment.unmet_person_days(item)
    below = float(assessment.likely.below_survival_person_days[item, known].sum())
    return Total(
        label=essential.label,
        need=wording.count(need),
        unmet=wording.count(likely),
        share=wording.share(round(likely), round(need)),
        span=f"{unmet(assessment.better)} to {unmet(assessment.worse)}",
        plan=unmet(assessment.with_plan) if assessment.with_plan is not None else "",
        below=wording.count(below) if essential.survival else "–",
    )


def _by_day(assessment: Assessment) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Share of the need that is met on each day, by essential."""
    clock = assessment.scenario.clock
    balance = assessment.likely
    starts = np.concatenate([[0.0], balance.day_ends[:-1]])
    steps = [round(start * DAY_MINUTES / clock.step_minutes) for start in starts]
    rows = []
    for item in shown(assessment):
        known = assessment.known[item]
        need, met = (part[:, item, known].sum(axis=1) for part in (balance.need, balance.met))
        cells = [
            wording.share(round(got), round(all_of)) if all_of else "–" for got, all_of in zip(met, need, strict=True)
        ]
        rows.append((assessment.essentials[item].label, cells))
    if len(steps) > 14:
        return [], []
    return [wording.moment(clock.at(step)) for step in steps], rows


def _idle(assessment: Assessment) -> list[tuple[str, str, str, str]]:
    """Facilities that need something: name, zone, what they need, days until they lack some of it."""
    names = [str(name) for name in assessment.scenario.zones["name"]]
    rows = []
    for number, facility in enumerate(assessment.supplies.facilities):
        if facility.use > 0:
            item = assessment.essentials[facility.uses]
            ends = [float(balance.idle_from[number]) for balance in _ends(assessment)]
            rows.append(
                (
                    wording.capitalised(facility_name(assessment.scenario, facility)),
                    names[facility.zone],
                    f"{facility.use:,.0f} {item.unit} of {item.label.lower()}",
                    ranged(*ends),
                )
            )
    return rows


def _origins(assessment: Assessment) -> list[Origin]:
    origins = []
    for essential in assessment.essentials:
        span = f" ({essential.per_person_low:,g} to {essential.per_person_high:,g})"
        ranges = span if essential.per_person_low != essential.per_person_high else ""
        source = assessment.scenario.sources.get(essential.source, {}).get("title", essential.source)
        origins.append(
            Origin(
                label=essential.label,
                unit=essential.unit,
                need=f"{essential.per_person:,g}{ranges}" if essential.per_person else "–",
                survival=f"{essential.survival:,g}" if essential.survival else "–",
                basis=f"{essential.basis}{'; default of letup' if essential.default else ''}",
                source=str(source),
                note=essential.note,
            )
        )
    return origins
