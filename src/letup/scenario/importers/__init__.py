"""Make a scenario folder from data of another format."""

from letup.scenario.importers.folder import Imported
from letup.scenario.importers.gmns import from_gmns
from letup.scenario.importers.osm import from_osm

__all__ = ["Imported", "from_gmns", "from_osm"]
