"""What plan.json and the terminal say about deliveries."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.deliveries.model import Deliveries, worst
from letup.aid.deliveries.need import Need
from letup.core.wording import percent
from letup.scenario.model import Scenario


def document_part(deliveries: Deliveries, scenario: Scenario) -> dict[str, Any]:
    """The part of plan.json on deliveries."""
    table = deliveries.table
    trucks, kilograms = int(table["trucks"].sum()), float(table.loc[table["zone"] != "", "kg"].sum())
    part = part_of(deliveries.need, deliveries.used, scenario, len(table), trucks, kilograms, deliveries.bound)
    return part | {"findings": [asdict(finding) for finding in deliveries.findings]}


def trucks_per_day(table: pd.DataFrame, scenario: Scenario) -> float:
    """Trucks of aid that leave crossings, on the mean of the days that the scenario looks at, trucks/day.

    Parameters
    ----------
    table : DataFrame
        Rows of deliveries.csv: origin (place id), trucks.
    scenario : Scenario
        The world as given.
    """
    crossings = scenario.places.index[scenario.places["kind"] == "crossing"]
    days = scenario.clock.elapsed_days(scenario.steps)
    return float(table.loc[table["origin"].isin(crossings), "trucks"].sum()) / days


def part_of(
    need: Need,
    used: NDArray[np.float64],
    scenario: Scenario,
    rows: int,
    trucks: int,
    kilograms: float,
    bound: float,
) -> dict[str, Any]:
    """The same from what is needed and used; ``bound`` is taken as it is."""
    total, value = need.value(used)
    total_without, value_without = need.value_without()
    needed, before, after = need.need.sum(axis=0), need.met.sum(axis=0), (need.met + used).sum(axis=0)
    zones = [
        {
            "zone": scenario.zone_ids[zone],
            "item": need.names[item],
            "unit": need.units[item],
            "need": float(needed[item, zone]),
            "met_without": float(before[item, zone]),
            "met": float(min(after[item, zone], needed[item, zone])),
        }
        for zone in range(needed.shape[1])
        for item in range(needed.shape[0])
        if needed[item, zone] > 0
    ]
    added, left = value - value_without, bound - value
    gap = 0.0 if left <= 1e-6 * max(bound, 1.0) else left / added if added > 0 else math.inf
    person_days = float(need.worth.sum())
    tonnes = kilograms / 1000
    return {
        "sentence": sentence_of(need, used, scenario, trucks, tonnes, gap),
        "rows": rows,
        "trucks": trucks,
        "tonnes": tonnes,
        "person_days": person_days,
        "met_without": total_without,
        "met": total,
        "value_without": value_without,
        "value": value,
        "bound": bound,
        "gap": gap if math.isfinite(gap) else None,
        "evenness": scenario.deliveries.evenness,
        "zones": zones,
    }


def sentence_of(
    need: Need, used: NDArray[np.float64], scenario: Scenario, trucks: int, tonnes: float, gap: float
) -> str:
    """What deliveries bring, in one sentence, with its denominator."""
    whole = float(need.worth.sum())
    if not whole:
        return "Deliveries: nothing is known to be needed, so nothing is brought."
    before = percent(min(need.value_without()[0] / whole, 1.0), 1)
    if not trucks:
        return f"No truck brings anything: {before} of {whole:,.0f} person-days of all essentials are met without."
    after = percent(min(need.value(used)[0] / whole, 1.0), 1)
    said = ""
    served = worst(need, used)
    if served is not None:
        item, zone, share = served
        said = f"; worst served is {scenario.zones['name'].iloc[zone]} with {need.names[item]} ({percent(share, 1)})"
    limit = f"; in these pauses trucks could add at most {percent(gap, 1)} to that" if math.isfinite(gap) else ""
    return (
        f"{trucks:,} truckloads ({tonnes:,.0f} t handed out) raise the need met from {before} to {after} of "
        f"{whole:,.0f} person-days of all essentials{said}{limit}."
    )
