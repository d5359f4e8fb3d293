"""When what trucks bring reaches which zone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from letup.aid.balance import Arrivals
from letup.scenario.essentials import Essential
from letup.scenario.model import Scenario


def arriving(scenario: Scenario, essentials: Sequence[Essential], brought: pd.DataFrame) -> Arrivals:
    """Goods that reach zones, each when the last truck of its delivery is unloaded.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    essentials : sequence of Essential
        In the order of the numbers in the result.
    brought : DataFrame
        Columns item (short name), zone (id; empty for what goes to a warehouse, which serves nobody there), amount
        (unit of the essential), free_step (at the beginning of which the last truck is unloaded).
    """
    item = {one.name: number for number, one in enumerate(essentials)}
    zone = {name: number for number, name in enumerate(scenario.zone_ids)}
    there = brought[brought["zone"] != ""].sort_values("free_step", kind="stable")
    return Arrivals(
        times=there["free_step"].to_numpy(float) * scenario.step_minutes / 1440,
        items=np.array([item[name] for name in there["item"]], np.int64),
        zones=np.array([zone[name] for name in there["zone"]], np.int64),
        amounts=there["amount"].to_numpy(float),
    )
