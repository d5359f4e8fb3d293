"""Make convoys of deliveries and of ambulances: vehicle routes in time windows, then who travels together."""

from letup.aid.convoys.make.convoys import make_convoys
from letup.aid.convoys.make.medevac import make_medevac

__all__ = ["make_convoys", "make_medevac"]
