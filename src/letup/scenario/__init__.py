"""The world as given: read, check and write scenarios, each value with its basis and source."""

from letup.scenario.essentials import Essential, default_essentials, essentials_of
from letup.scenario.model import Group, PartyLimits, Priorities, Scenario
from letup.scenario.priorities import has_trucks, with_priorities
from letup.scenario.provenance import shares, values
from letup.scenario.read import bundled, check, folder_of, load
from letup.scenario.reference import reference_page
from letup.scenario.template import example, new
from letup.scenario.write import write
from letup.tables.cells import parse_hours, parse_modes

__all__ = [
    "Essential",
    "Group",
    "PartyLimits",
    "Priorities",
    "Scenario",
    "bundled",
    "check",
    "default_essentials",
    "essentials_of",
    "example",
    "folder_of",
    "has_trucks",
    "load",
    "new",
    "parse_hours",
    "parse_modes",
    "reference_page",
    "shares",
    "values",
    "with_priorities",
    "write",
]
