"""Make deliveries: what to bring where and when while zones are quiet, and the most that anything could bring."""

from letup.aid.deliveries.make.deliver import Ground, at_home, deliver, ground, most
from letup.aid.deliveries.make.surrogate import Gauge

__all__ = ["Gauge", "Ground", "at_home", "deliver", "ground", "most"]
