"""What people have to live on, how long it lasts, and what need is not met."""

from letup.aid.assessment import Assessment, Failure, assess
from letup.aid.balance import Arrivals, Balance, arriving, follow
from letup.aid.deprivation import WATER_UNCONFIRMED, DeprivationFunction, deprivation_cost
from letup.aid.people import Presence, moving, staying
from letup.aid.supplies import Facility, Supplies, supplies

__all__ = [
    "WATER_UNCONFIRMED",
    "Arrivals",
    "Assessment",
    "Balance",
    "DeprivationFunction",
    "Facility",
    "Failure",
    "Presence",
    "Supplies",
    "arriving",
    "assess",
    "deprivation_cost",
    "follow",
    "moving",
    "staying",
    "supplies",
]
