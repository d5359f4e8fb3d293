"""``letup list``, ``letup new`` and ``letup import``: the scenarios that are there, and how one is begun.

Also how every command opens one.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from letup.cli.options import AsJson, Force

if TYPE_CHECKING:
    from letup.core.progress import ProgressDisplay
    from letup.scenario import Scenario
    from letup.scenario.importers import Imported

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the scenario to write.")]
Timezone = Annotated[str, typer.Option("--timezone", help="IANA name of the area's time zone, such as Asia/Gaza.")]


def list_() -> None:
    """List the scenarios that come with letup."""
    from letup.cli.terminal import show_to_copy
    from letup.scenario import bundled

    show_to_copy(*bundled())


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    *,
    empty: Annotated[bool, typer.Option("--empty", help="Without data: only the columns, each explained.")] = False,
    force: Force = False,
) -> None:
    """Write a scenario to start from: a small invented one that can be planned at once, or an empty one."""
    from letup.cli.terminal import show, show_to_copy
    from letup.core.folders import LIST
    from letup.scenario import new as write_new

    written = write_new(folder, empty=empty, force=force)
    show(f"wrote {written}: {', '.join(sorted(path.name for path in written.iterdir() if path.name != LIST))}")
    show_to_copy(f"next: put in your own data, then run: letup check {written}")


def osm(
    extract: Annotated[Path, typer.Argument(metavar="FILE", help="An OpenStreetMap extract, .osm.pbf or .osm.")],
    zones: Annotated[
        Path, typer.Option("--zones", metavar="LAYER", help="Polygons, one for each zone; FILE:LAYER of several.")
    ],
    out: Out,
    *,
    timezone: Timezone = "UTC",
    sites: Annotated[bool, typer.Option("--sites", help="Take over hospitals and clinics, marked restricted.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make a scenario from an OpenStreetMap extract."""
    from letup.scenario.importers import from_osm

    _show(from_osm(extract, zones, out, timezone=timezone, sites=sites, force=force), as_json)


def gmns(
    network: Annotated[Path, typer.Argument(metavar="DIR", help="A GMNS folder: node.csv, link.csv, config.csv.")],
    out: Out,
    zones: Annotated[
        Path | None,
        typer.Option("--zones", metavar="LAYER", help="Polygons, one for each zone; FILE:LAYER of several."),
    ] = None,
    timezone: Timezone = "UTC",
    *,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make a scenario from a GMNS network."""
    from letup.scenario.importers import from_gmns

    _show(from_gmns(network, out, zones=zones, timezone=timezone, force=force), as_json)


def _show(imported: Imported, as_json: bool) -> None:
    """Say what was written, what was noticed, and what comes next."""
    from letup.cli.terminal import finding_rows, show, show_json, show_to_copy
    from letup.core.findings import worst_first
    from letup.scenario import check

    findings = worst_first([*imported.findings, *check(imported.folder)])
    if as_json:
        content = {
            "scenario": str(imported.folder),
            "zones": imported.zones,
            "roads": imported.roads,
            "places": imported.places,
            "findings": [asdict(finding) for finding in findings],
        }
        show_json(content)
    else:
        sizes = f"{imported.zones:,} zones, {imported.roads:,} roads, {imported.places:,} places"
        show(f"wrote {imported.folder}: {sizes}")
        if findings:
            show(finding_rows(findings))
        show_to_copy(f"next: fill in what is missing, then run: letup check {imported.folder}")
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)


def open_scenario(name: str, display: ProgressDisplay, priorities: str | None = None) -> Scenario:
    """Load a scenario, and say on standard error what was read: title, as-of date, size, how its values are known."""
    from letup.core.wording import percent
    from letup.scenario import load, shares, with_priorities

    display.say(f"reading {name}")
    scenario = load(name)
    if priorities is not None:
        scenario = with_priorities(scenario, priorities)
    display.close()
    known = shares(scenario)
    people = int(scenario.people["count"].sum())
    length = scenario.clock.hours(scenario.steps)
    print(
        f"{scenario.title}, as of {scenario.as_of:%Y-%m-%d}: {len(scenario.zones)} zones, {people:,} people, "
        f"{length:g} hours in steps of {scenario.step_minutes} minutes\n"
        f"values: {percent(known['observed'])} observed, {percent(known['modelled'])} modelled, "
        f"{percent(known['assumed'])} assumed",
        file=sys.stderr,
    )
    return scenario


def folder_for(what: str, name: str, scenario: Scenario) -> Path:
    """Folder to write to where none is given: the name of the scenario's own folder, or as it was given."""
    folder = Path(name)
    return Path(f"{(folder.resolve().name if folder.is_dir() else folder.name) or scenario.title}-{what}")
