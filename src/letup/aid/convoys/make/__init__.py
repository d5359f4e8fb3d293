"""Make convoys of deliveries and of ambulances: vehicle routes in time windows, then who travels together."""

from letup.aid.convoys.make.goods import convoys
from letup.aid.convoys.make.medevac import medevac

__all__ = ["convoys", "medevac"]
