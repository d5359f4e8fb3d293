"""``letup import``: make a scenario from data of another format."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from letup.scenario.importers import Imported

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the scenario to write.")]
Timezone = Annotated[str, typer.Option("--timezone", help="IANA name of the area's time zone, such as Asia/Gaza.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def osm(
    extract: Annotated[Path, typer.Argument(metavar="FILE", help="An OpenStreetMap extract, .osm.pbf or .osm.")],
    zones: Annotated[Path, typer.Option("--zones", metavar="LAYER", help="Polygons, one for each zone.")],
    out: Out,
    *,
    timezone: Timezone = "UTC",
    sites: Annotated[bool, typer.Option("--sites", help="Take over hospitals and clinics, marked restricted.")] = False,
    as_json: Json = False,
) -> None:
    """Make a scenario from an OpenStreetMap extract."""
    from letup.scenario.importers import from_osm

    _show(from_osm(extract, zones, out, timezone=timezone, sites=sites), as_json)


def gmns(
    network: Annotated[Path, typer.Argument(metavar="DIR", help="A GMNS folder: node.csv, link.csv, config.csv.")],
    out: Out,
    zones: Annotated[Path | None, typer.Option("--zones", metavar="LAYER", help="Polygons, one for each zone.")] = None,
    timezone: Timezone = "UTC",
    as_json: Json = False,
) -> None:
    """Make a scenario from a GMNS network."""
    from letup.scenario.importers import from_gmns

    _show(from_gmns(network, out, zones=zones, timezone=timezone), as_json)


def _show(imported: Imported, as_json: bool) -> None:
    """Say what was written, what was noticed, and what comes next."""
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
        print(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        print(
            f"wrote {imported.folder}: {imported.zones:,} zones, {imported.roads:,} roads, {imported.places:,} places"
        )
        for finding in findings:
            place = f"{finding.place}: " if finding.place else ""
            print(f"{finding.severity:<8} {place}{finding.message} [{finding.code}]\n         → {finding.remedy}")
        print(f"next: fill in what is missing, then run: letup check {imported.folder}")
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)
