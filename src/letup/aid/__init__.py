"""What people have to live on, how long it lasts, what need is not met, and what trucks can bring."""

from letup.aid.arrivals import arriving
from letup.aid.assessment import Assessment, Failure, assess
from letup.aid.balance import Arrivals, Balance, follow
from letup.aid.deliveries import Deliveries, deliver, ground, most
from letup.aid.deprivation import WATER_UNCONFIRMED, DeprivationFunction, deprivation_cost
from letup.aid.people import Presence, moving, staying
from letup.aid.supplies import Facility, Supplies, supplies

__all__ = [
    "WATER_UNCONFIRMED",
    "Arrivals",
    "Assessment",
    "Balance",
    "Deliveries",
    "DeprivationFunction",
    "Facility",
    "Failure",
    "Presence",
    "Supplies",
    "arriving",
    "assess",
    "deliver",
    "deprivation_cost",
    "follow",
    "ground",
    "most",
    "moving",
    "staying",
    "supplies",
]
