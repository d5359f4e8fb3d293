"""When people and trucks may be on the roads: the pauses, without a margin at their end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.pauses.limits import Window
from letup.scenario.model import Scenario

MARGIN_MINUTES = 15
"""Nobody is planned to be on a road this shortly before a pause ends, as far as steps allow, minutes."""


def margin_steps(scenario: Scenario) -> int:
    """The margin in whole steps, rounded down: with steps longer than the margin there is none."""
    return MARGIN_MINUTES // scenario.step_minutes


def moving_array(scenario: Scenario, windows: list[Window]) -> NDArray[np.bool_]:
    """When people may be on the roads of each zone: the pauses without a margin at their end."""
    margin = margin_steps(scenario)
    moving = np.zeros((len(scenario.zones), scenario.steps), bool)
    for window in windows:
        moving[window.zone, window.first : max(window.last + 1 - margin, window.first)] = True
    return moving
