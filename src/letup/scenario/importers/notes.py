"""What any import says of the roads it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from letup.core.findings import Finding

_WHO = {"foot": "people on foot", "vehicle": "vehicles"}


def closed_to_all(roads: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Say if not one road is open to people on foot, or to vehicles."""
    open_modes = {
        mode for road in roads if not road.get("damage", 0) >= 1 for mode in str(road.get("modes") or "").split(";")
    }
    return [
        Finding(
            "import.closed",
            "warning",
            f"not one of the {len(roads):,} roads is open to {who}",
            "Look at what the source says of who may use its roads, and correct modes.",
            file="roads.geojson",
            column="modes",
        )
        for mode, who in _WHO.items()
        if mode not in open_modes
    ]
