"""Tables of a plan, declared in ``tables.csv``."""

from __future__ import annotations

from letup.tables import schemas

MOVEMENTS = schemas("letup.plan.files")["movements.csv"]

NEXT_HOUR_COLUMNS = (
    "zone",
    "zone_name",
    "start",
    "end",
    "replaces",
    "people_per_zone_hour",
    "basis",
)

BOTTLENECK_COLUMNS = (
    "kind",
    "id",
    "name",
    "zone",
    "lon",
    "lat",
    "people",
    "limit_per_hour",
    "gain_people",
    "relief",
)
