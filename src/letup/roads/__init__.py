"""From map to a timed network: modes, speeds, capacities, zones, simplification."""

from letup.roads.build import build
from letup.roads.network import RoadNetwork, Rounding, Timed
from letup.roads.timed import timed

__all__ = ["RoadNetwork", "Rounding", "Timed", "build", "timed"]
