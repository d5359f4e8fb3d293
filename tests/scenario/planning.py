"""What passes the check can be planned, whatever it is made of."""

from __future__ import annotations

import contextlib
from pathlib import Path

from letup import plan as plans
from letup.core.errors import LetupError
from letup.plan.planner.prospects import prospects
from letup.report import write
from letup.scenario import Scenario


def assert_plans_or_says_why(scenario: Scenario, folder: Path) -> None:
    """Plan without a search and write it; raise whatever has no code of its own."""
    prospects(scenario)
    with contextlib.suppress(LetupError):
        write(plans.make(scenario, time_limit=0), folder)
