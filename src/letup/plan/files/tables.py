"""Tables of a plan, declared in ``tables.csv``."""

from __future__ import annotations

from letup.plan.files.document import Bottleneck, NextHour
from letup.tables import schemas

MOVEMENTS = schemas("letup.plan.files")["movements.csv"]

#: Columns of what plan.json says of more hours of pause, and of bottlenecks.
NEXT_HOUR_COLUMNS = tuple(NextHour.model_fields)
BOTTLENECK_COLUMNS = tuple(Bottleneck.model_fields)
