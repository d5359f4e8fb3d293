"""Small systems of stocks and facilities, made by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from letup.aid import Facility, Presence, Supplies
from letup.scenario import Essential

FUEL, WATER = 0, 1
ESSENTIALS = (Essential("fuel", "Fuel", "litres"), Essential("water", "Water", "litres", 15, 7.5, 15, 3))


def plant(use: float, make: float, serves: Sequence[bool], *, zone: int = 0, tank: bool = False) -> Facility:
    """A desalination plant that burns fuel of its zone."""
    return Facility("plant", "", zone, FUEL, use, WATER, make, np.array(serves, bool), tank)


def hospital(use: float, *, zone: int = 0, zones: int = 1, tank: bool = False) -> Facility:
    return Facility("hospital", "", zone, FUEL, use, -1, 0.0, np.zeros(zones, bool), tank)


def system(
    stocks: Sequence[tuple[int, int, float, float]],
    facilities: Sequence[Facility] = (),
    *,
    zones: int = 1,
    per_person: float = 15.0,
    tanks: Sequence[tuple[int, float]] = (),
) -> Supplies:
    """Supplies of stocks (essential, zone, amount, share lost per day) and tanks (facility, amount)."""
    total = len(ESSENTIALS) * zones
    batches = [(e * zones + z, amount, -math.log1p(-share)) for e, z, amount, share in stocks]
    batches += [(total + facility, amount, 0.0) for facility, amount in tanks]
    batches += [(pool, 0.0, 0.0) for pool in range(total + len(facilities))]
    batches.sort(key=lambda batch: (batch[0], -batch[2]))
    columns: list[Any] = [np.array(column) for column in zip(*batches, strict=True)]
    return Supplies(
        essentials=ESSENTIALS,
        zones=zones,
        per_person=np.array([0.0, per_person]),
        facilities=tuple(facilities),
        pool=columns[0].astype(np.int64),
        amount=columns[1].astype(float),
        decay=columns[2].astype(float),
        scales=np.array([False, True]),
        known=np.ones((len(ESSENTIALS), zones), bool),
    )


def there(*people: float) -> Presence:
    return Presence(np.zeros(1), np.array([people], float))
