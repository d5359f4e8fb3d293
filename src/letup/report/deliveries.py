"""What trucks bring: the section of the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from letup.core.wording import percent
from letup.plan.deliveries import document_part
from letup.plan.model import Plan


@dataclass(frozen=True)
class Day:
    """What leaves one place on one local day: truckloads and tonnes of each essential."""

    day: str
    origin: str
    trucks: str
    loads: tuple[str, ...]


@dataclass(frozen=True)
class Zone:
    """Need of one zone: for each essential the share met without and with deliveries; empty where nothing is known."""

    name: str
    trucks: str
    shares: tuple[tuple[str, str], ...]
    worst: bool


@dataclass(frozen=True)
class Section:
    """What the section says."""

    sentence: str
    items: tuple[str, ...]
    days: tuple[Day, ...]
    zones: tuple[Zone, ...]
    total: str
    even: str
    left_out: tuple[str, ...]


def section(plan: Plan) -> Section | None:
    """The section of a plan; None without deliveries."""
    made = plan.deliveries
    if made is None:
        return None
    part = document_part(made, plan.scenario)
    items = tuple(item for k, item in enumerate(made.need.names) if made.need.need[:, k].any())
    whole, most = part["person_days"], part["bound"]
    return Section(
        sentence=part["sentence"],
        items=items,
        days=_days(plan, items),
        zones=_zones(plan, items),
        total=f"{part['met']:,.0f} of {whole:,.0f} person-days (without deliveries {part['met_without']:,.0f})",
        even=f"{part['value']:,.0f} (without deliveries {part['value_without']:,.0f}; proven ceiling {most:,.0f})",
        left_out=tuple(finding.message for finding in made.findings),
    )


def _days(plan: Plan, items: tuple[str, ...]) -> tuple[Day, ...]:
    assert plan.deliveries is not None
    table, start = plan.deliveries.table, plan.scenario.clock.at(0)
    found = []
    for (day, origin), rows in table.groupby(["day", "origin"], sort=True):
        tonnes = rows.groupby("item")["kg"].sum() / 1000
        found.append(
            Day(
                f"{start + timedelta(days=int(str(day))):%Y-%m-%d}",
                str(plan.scenario.places["name"][origin]),
                f"{int(rows['trucks'].sum()):,}",
                tuple(f"{tonnes[item]:,.0f}" if item in tonnes.index else "–" for item in items),
            )
        )
    return tuple(found)


def _zones(plan: Plan, items: tuple[str, ...]) -> tuple[Zone, ...]:
    made = plan.deliveries
    assert made is not None
    number = {name: k for k, name in enumerate(made.need.names)}
    trucks = made.table.groupby("zone")["trucks"].sum()
    worst = made.worst_served
    found = []
    for k, zone in enumerate(plan.scenario.zone_ids):
        shares = []
        for item in items:
            before, after = made.shares_without[number[item], k], made.shares[number[item], k]
            known = np.isfinite(after)
            shares.append((percent(float(before)) if known else "", percent(float(after)) if known else ""))
        name = str(plan.scenario.zones["name"].iloc[k])
        count = int(trucks.get(zone, 0))
        found.append(Zone(name, f"{count:,}", tuple(shares), worst is not None and worst[0] == zone))
    return tuple(found)
