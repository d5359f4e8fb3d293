"""Convoys: who drives what where and when, so that nobody is on the road when a pause ends."""

from letup.aid.convoys.model import Convoy, Load, Orders, Stop, Truck
from letup.aid.convoys.orders import convoys
from letup.aid.convoys.settings import Settings

__all__ = ["Convoy", "Load", "Orders", "Settings", "Stop", "Truck", "convoys"]
