"""Tables of the deliveries of a plan, declared in ``tables.csv``."""

from __future__ import annotations

from letup.tables import schemas

DELIVERIES = schemas("letup.aid.deliveries")["deliveries.csv"]
RETURNS = schemas("letup.aid.deliveries")["returns.csv"]
