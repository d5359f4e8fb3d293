"""Check pages of a plan: each is made again from what the plan's other files say, and compared as text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from letup import __version__
from letup.aid.convoys import gpx
from letup.aid.convoys.as_written import loads_of_goods, loads_of_patients, orders_of
from letup.aid.convoys.model import Orders, Truck, trucks_of
from letup.aid.convoys.patients import ambulances_of
from letup.aid.convoys.tables import CODES, CONVOYS, LOADS, MEDEVAC, order_sheets
from letup.aid.convoys.tables import PATIENTS as PATIENT_ROWS
from letup.core.findings import finding
from letup.core.folders import require_plain_file
from letup.pauses.limits import quiet_array
from letup.plan.files.write import REPORT
from letup.report.convoys import GOODS, PATIENTS, Kind, convoy_page
from letup.report.plan import html
from letup.roads.network import RoadNetwork
from letup.roads.open_times import OpenTimes
from letup.roads.vehicle_paths import VehicleRoads
from letup.scenario.model import Scenario
from letup.tables import read_rows
from letup.verify import Verification


def check_report(folder: Path, result: Verification) -> None:
    """Check report.html; pages that were never there, as of a plan written from Python, are not missed.

    Parameters
    ----------
    folder : path
        The plan's folder.
    result : Verification
        Of the plan's other files, with the plan; takes up what was checked and what does not hold.
    """
    if result.plan is None:
        return  # why is among the problems
    compare(folder / REPORT, REPORT, html(result.plan, folder), result)
    result.done("report.html, made again from the plan", 1)


def check_sheets(folder: Path, result: Verification) -> None:
    """Check the sheet and the GPX file of each convoy beside a plan: made again from the tables, and none too many."""
    plan = result.plan
    if plan is None:
        return
    scenario, network = plan.scenario, plan.network
    quiet = quiet_array(plan.windows, len(scenario.zones), scenario.steps)
    expected: dict[str, str] = {}
    for kind in (GOODS, PATIENTS):
        try:
            orders = _orders(folder, kind, scenario, VehicleRoadsOf(scenario, network, quiet, kind))
        except (KeyError, ValueError, IndexError):
            return  # what cannot be was named when the tables were replayed
        for convoy in orders.convoys:
            expected[f"pages/{convoy.id}.html"] = convoy_page(convoy, scenario, network, quiet, kind)
            expected[f"gpx/{convoy.id}.gpx"] = gpx.text(convoy, scenario, network)
    present = {str(path.relative_to(folder)) for path in order_sheets(folder)}
    for name in sorted(present - expected.keys()):
        result.problems.append(finding("verify.page", "is of no convoy in the tables", file=name))
    for name, text in expected.items():
        compare(folder / name, name, text, result)
    if expected:
        result.done("sheets and GPX files of convoys, made again from the tables", len(expected))


class VehicleRoadsOf:
    """The roads as vehicles of each kind see them, laid out once for each speed."""

    def __init__(self, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], kind: Kind) -> None:
        self._world = scenario, network, OpenTimes(scenario, network, quiet, 0, kind.stays)
        self._mode = kind.mode
        self._known: dict[float, VehicleRoads] = {}

    def __call__(self, truck: Truck) -> VehicleRoads:
        """The roads for vehicles of one kind."""
        if truck.speed_kmh not in self._known:
            self._known[truck.speed_kmh] = VehicleRoads(*self._world, truck.speed_kmh, self._mode)
        return self._known[truck.speed_kmh]


def _orders(folder: Path, kind: Kind, scenario: Scenario, roads_of: VehicleRoadsOf) -> Orders:
    """The convoys of one kind, as their tables say them; none where there are no tables."""
    of_goods = kind is GOODS
    stops, loads = (CONVOYS, LOADS) if of_goods else (MEDEVAC, PATIENT_ROWS)
    if not all((folder / schema.name).is_file() for schema in (stops, loads)):
        return Orders((), (), ())
    rows, carried = (read_rows(folder / schema.name, schema, CODES)[0] or [] for schema in (stops, loads))
    trucks = trucks_of(scenario) if of_goods else [ambulances.vehicle for ambulances in ambulances_of(scenario)]
    on_board = loads_of_goods(carried) if of_goods else loads_of_patients(carried, scenario)
    return orders_of(rows, on_board, {truck.id: truck for truck in trucks}, roads_of)


def compare(path: Path, name: str, expected: str, result: Verification) -> None:
    """Compare a page with its text made anew."""
    try:
        require_plain_file(path)
        written = path.read_bytes()
    except FileNotFoundError:
        result.problems.append(finding("verify.page", "is missing", file=name))
        return
    except OSError as error:
        result.problems.append(finding("verify.page", f"cannot be read: {error}", file=name))
        return
    if written == expected.encode():
        return
    lines, others = written.decode(errors="replace").split("\n"), expected.split("\n")
    at = next((i for i, (a, b) in enumerate(zip(lines, others, strict=False)) if a != b), min(len(lines), len(others)))
    other = lines[at][:120] if at < len(lines) else "nothing"
    message = f"is not what letup {__version__} makes of this plan; the first that differs is {other!r}"
    result.problems.append(finding("verify.page", message, file=name, where=f"line {at + 1}"))
