"""Columns of the plan's tables."""

from __future__ import annotations

MOVEMENT_COLUMNS = (
    "id",
    "group",
    "origin",
    "origin_node",
    "shelter",
    "people",
    "people_per_step",
    "depart_first",
    "depart_last",
    "arrive_first",
    "arrive_last",
    "depart_first_step",
    "depart_last_step",
    "arrive_first_step",
    "arrive_last_step",
    "minutes",
    "length_m",
    "arcs",
    "legs",
)

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
