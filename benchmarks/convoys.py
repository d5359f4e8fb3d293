"""Routes of vehicles against a proven bound, and a day of 300 lorries: ``python -m benchmarks.convoys [--quick]``.

First instances of a hundred stops with time windows, in three classes: what PyVRP finds, the least that any routes
could cost, and the gap between the two. Then convoys for 300 lorries in the bundled scenario, from the crossing at
Rafah to its shelters, all zones quiet from 9 to 16; the orders are replayed against the pauses. A cost below its bound,
or an order that does not hold, ends the run with an error.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers.vrptw import TENTHS, instance, solve  # noqa: E402 - also runs as a file
from benchmarks.peers.vrptw_bound import lower_bound  # noqa: E402

COLUMNS = "{:<12}{:>10}{:>8}{:>12}{:>8}{:>10}{:>12}{:>10}"
LORRIES = 300


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs; gaps mean nothing")
    parser.add_argument("--seconds", type=float, default=10.0, help="seconds PyVRP searches each instance")
    options = parser.parse_args(arguments)
    stops, seeds = (12, (1,)) if options.quick else (100, (1, 2))
    seconds = 0.5 if options.quick else options.seconds
    print(COLUMNS.format("instance", "PyVRP", "routes", "bound", "gap", "proven", "CPU s", "columns"))
    gaps = []
    for kind in ("R", "C", "RC"):
        for seed in seeds:
            problem = instance(kind, seed, stops)
            cost, routes = solve(problem, seconds)
            bound = lower_bound(problem, routes, 60.0)
            assert bound.value <= cost + 1e-6, (problem.name, cost, bound.value)
            gaps.append((cost - bound.value) / bound.value)
            print(
                COLUMNS.format(
                    problem.name, f"{cost / TENTHS:.1f}", len(routes), f"{bound.value / TENTHS:.1f}", f"{gaps[-1]:.1%}",
                    "yes" if bound.converged else "early", f"{bound.seconds:.1f}", bound.columns,
                ),
                flush=True,
            )  # fmt: skip
    print(f"\ngap: mean {np.mean(gaps):.2%}, worst {max(gaps):.2%}")
    trucks(30 if options.quick else LORRIES)
    return 0


def trucks(lorries: int) -> None:
    """Plan the convoys of one day, say how long it took, and replay them."""
    from letup import scenario as scenarios
    from letup.aid.convoys.make import make_convoys
    from letup.aid.convoys.model import Truck
    from letup.aid.convoys.rules import Settings
    from letup.aid.convoys.tables import load_rows, stop_rows
    from letup.roads import build
    from letup.roads.open_times import OpenTimes
    from letup.roads.vehicle_paths import VehicleRoads
    from letup.verify.convoys import check_convoys

    scenario = scenarios.load("gaza-2023")
    network = build(scenario)
    step = scenario.step_minutes
    quiet = np.zeros((len(scenario.zones), scenario.steps), bool)
    quiet[:, 3 * 60 // step : 10 * 60 // step] = True
    fleet = [Truck("lorry", "Lorry", "crossing-rafah", lorries, 20_000, 20, 30, 60)]
    open_times = OpenTimes(scenario, network, quiet)
    shelters = [str(place) for place, kind in scenario.places["kind"].items() if kind == "shelter"]
    roads = VehicleRoads(scenario, network, open_times, 20)
    paths = roads.paths_between(["crossing-rafah", *shelters], 0, open_times.minutes)
    reached = [place for place in shelters if ("crossing-rafah", place) in paths]
    table = _deliveries(scenario.places.loc[reached], lorries)
    begun, used = time.perf_counter(), time.process_time()
    orders = make_convoys(scenario, network, quiet, table, fleet, Settings(seconds=40))
    took, used = time.perf_counter() - begun, time.process_time() - used
    replay = check_convoys(
        stop_rows(orders, scenario), load_rows(orders), scenario, network, quiet, table, fleet
    )  # fmt: skip
    assert not replay.problems, replay.problems[:3]
    out = sum(convoy.vehicles for convoy in orders.convoys)
    loads = int(table["trucks"].sum())
    print(
        f"{loads} loads for {lorries} lorries in gaza-2023, to the {len(reached)} of {len(shelters)} shelters that "
        f"roads for vehicles lead to: {len(orders.convoys)} convoys, {out} lorries, "
        f"{loads - len(orders.left)} loads carried, {len(orders.left)} left, {took:.1f} s ({used:.1f} s of one core), "
        f"replayed: {replay.checks[0][1]} legs, no problem"
    )
    assert took < 60, took


def _deliveries(places: pd.DataFrame, lorries: int) -> pd.DataFrame:
    """One load for each lorry, spread over places by their room."""
    share = places["room"].to_numpy(float) / places["room"].sum()
    edges = np.floor(np.cumsum([0.0, *share]) * lorries + 1e-9).astype(int)
    rows = [
        {"id": f"d{i}", "day": 0, "origin": "crossing-rafah", "destination": str(place), "truck": "lorry",
         "trucks": int(count), "item": "food", "amount": 20_000.0 * count, "unit": "kg", "kg": 20_000.0 * count,
         "depart_first_step": 36, "arcs": ""}
        for i, (place, count) in enumerate(zip(places.index, np.diff(edges), strict=True))
        if count
    ]  # fmt: skip
    return pd.DataFrame(rows)


if __name__ == "__main__":
    sys.exit(main())
