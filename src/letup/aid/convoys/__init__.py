"""Convoys: who drives what, or takes whom, where and when, so that nobody is on the road when a pause ends."""

from letup.aid.convoys.medevac import medevac
from letup.aid.convoys.model import Convoy, Load, Orders, Stop, Truck
from letup.aid.convoys.orders import convoys
from letup.aid.convoys.settings import Settings
from letup.verify.convoys import check_convoys
from letup.verify.medevac import check_medevac

__all__ = [
    "Convoy",
    "Load",
    "Orders",
    "Settings",
    "Stop",
    "Truck",
    "check_convoys",
    "check_medevac",
    "convoys",
    "medevac",
]
