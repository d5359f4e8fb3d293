"""Deliveries: which cargo goes on which trucks to which place when, and what need it meets."""

from letup.aid.deliveries.fleet import wanted
from letup.aid.deliveries.make import Ground, at_home, deliver, ground, most
from letup.aid.deliveries.model import COLUMNS, RETURN_COLUMNS, Deliveries
from letup.aid.deliveries.surrogate import Gauge

__all__ = [
    "COLUMNS",
    "RETURN_COLUMNS",
    "Deliveries",
    "Gauge",
    "Ground",
    "at_home",
    "deliver",
    "ground",
    "most",
    "wanted",
]
