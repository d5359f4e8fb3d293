"""What a written plan holds for its convoys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.convoys.model import Truck, trucks_of
from letup.aid.convoys.tables import check_references, no_deliveries, read_deliveries
from letup.core.errors import BadInput, LetupError
from letup.pauses.limits import Window, quiet_array
from letup.plan.files.read import read_document
from letup.roads import RoadNetwork, build
from letup.scenario.model import Scenario


@dataclass(frozen=True)
class Planned:
    """A plan as convoys need it.

    Attributes
    ----------
    scenario : Scenario
        The plan's copy of it.
    network : RoadNetwork
        Built anew from it.
    quiet : bool[zones, steps]
        When each zone is paused.
    deliveries : DataFrame
        deliveries.csv.
    trucks : list of Truck
        trucks.csv of the scenario.
    """

    scenario: Scenario
    network: RoadNetwork
    quiet: NDArray[np.bool_]
    deliveries: pd.DataFrame
    trucks: list[Truck]


def read_planned(folder: Path | str) -> Planned:
    """Read what convoys are made of from a folder that `letup plan` wrote.

    This does not verify the plan; `letup.verify.verify` does.

    Raises
    ------
    LetupError
        ``convoys.plan``: there is no plan, or it has no deliveries.
    BadInput
        ``convoys.file``, ``convoys.value``: tables that cannot be used.
    """
    folder = Path(folder)
    scenario, quiet = read_pauses_of(folder)
    goods = read_goods(folder, scenario)
    if goods is None and not len(scenario.patients):
        message = f"{folder} is a plan without deliveries, and without patients to move"
        remedy = "Plan a scenario with trucks.csv; convoys are made of a plan's deliveries.csv."
        raise LetupError("convoys.plan", message, remedy)
    deliveries, trucks = goods or (no_deliveries(), [])
    return Planned(scenario, build(scenario), quiet, deliveries, trucks)


def read_goods(folder: Path, scenario: Scenario) -> tuple[pd.DataFrame, list[Truck]] | None:
    """Deliveries of a written plan and the trucks of its scenario; None if it has none.

    Raises
    ------
    BadInput
        ``convoys.file``, ``convoys.value``: tables that cannot be used.
    """
    if not (folder / "deliveries.csv").is_file():
        return None
    deliveries = read_deliveries(folder / "deliveries.csv")
    trucks = trucks_of(scenario)
    found = check_references(deliveries, trucks, scenario)
    if found:
        raise BadInput(found)
    return deliveries, trucks


def read_pauses_of(folder: Path) -> tuple[Scenario, NDArray[np.bool_]]:
    """Scenario of a written plan, and when each of its zones is quiet: bool[zones, steps]."""
    from letup import scenario as scenarios

    if not (folder / "plan.json").is_file() or not (folder / "scenario").is_dir():
        raise LetupError("convoys.plan", f"{folder} holds no plan", "Give the folder that `letup plan` wrote.")
    scenario = scenarios.load(str(folder / "scenario"))
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    try:
        document = read_document(folder)
        windows = [
            Window(number[row["zone"]], int(row["first_step"]), int(row["last_step"])) for row in document["pauses"]
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"plan.json in {folder} cannot be read: {type(error).__name__} {error}"
        raise LetupError("convoys.plan", message, "Check the plan with `letup verify`.") from error
    if any(not 0 <= one.first <= one.last < scenario.steps for one in windows):
        message = f"plan.json in {folder} has pauses outside the time of its scenario"
        raise LetupError("convoys.plan", message, "Check the plan with `letup verify`.")
    return scenario, quiet_array(windows, len(number), scenario.steps)
