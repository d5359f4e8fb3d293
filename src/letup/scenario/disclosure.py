"""What may be said of a place to those who do not work with the scenario: one rule for pages, layers and messages.

A place is *public*, *restricted* or *confidential* (its ``sensitivity``). What is shared names public places;
of restricted ones it says kind and zone, of confidential ones the zone. A zone in which a confidential place lies is
*closed*: nothing inside it is drawn but its outline. See ``docs/explanation/who-may-see-what.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from letup.core.arrays import Bools
from letup.core.findings import Finding
from letup.scenario.model import Scenario

PUBLIC, RESTRICTED = "public", "restricted"


def _sensitivities(scenario: Scenario) -> pd.Series:
    """Sensitivity by id of the place; one that is not given is restricted."""
    places = scenario.places
    given = places["sensitivity"] if "sensitivity" in places else pd.Series(RESTRICTED, places.index)
    return given.fillna(RESTRICTED).astype(str)


def is_public(scenario: Scenario, place: str) -> bool:
    """Whether everybody may see the place: its name, its id and its position."""
    return place in scenario.places.index and _sensitivities(scenario)[place] == PUBLIC


def is_confidential(scenario: Scenario, place: str) -> bool:
    """Whether only those who work with the scenario may see the place's name and position."""
    return place not in scenario.places.index or _sensitivities(scenario)[place] not in (PUBLIC, RESTRICTED)


def public_places(scenario: Scenario) -> gpd.GeoDataFrame:
    """The places that everybody may see."""
    return scenario.places[_sensitivities(scenario) == PUBLIC]


def unshared(scenario: Scenario) -> set[str]:
    """Ids of the places that are not public."""
    return set(scenario.places.index[_sensitivities(scenario) != PUBLIC].astype(str))


def confidential(scenario: Scenario) -> list[str]:
    """Ids of the confidential places."""
    return [str(place) for place in scenario.places.index[~_sensitivities(scenario).isin((PUBLIC, RESTRICTED))]]


def zone_of_place(scenario: Scenario, place: str) -> int:
    """Number of the zone a place lies in, -1 if in none."""
    shape = scenario.places.geometry.get(place)
    if shape is None or shape.is_empty or not len(scenario.zones):
        return -1
    zones = np.flatnonzero(shapely.intersects(scenario.zones.geometry.to_numpy(), shape))
    return int(zones[0]) if len(zones) else -1


def shared_name(scenario: Scenario, place: str) -> str:
    """Name of a place for everybody: its own if public, else a phrase such as "a shelter in Millfield".

    Of a confidential place not even the kind is said: "a protected place in Millfield".
    """
    if is_public(scenario, place):
        return _name(scenario, place)
    zone = zone_of_place(scenario, place)
    where = f"in {scenario.zones['name'].iloc[zone]}" if zone >= 0 else "outside all zones"
    if is_confidential(scenario, place):
        return f"a protected place {where}"
    return f"a {str(scenario.places.at[place, 'kind']).replace('_', ' ')} {where}"


def order_name(scenario: Scenario, place: str) -> str:
    """Name of a place for those who drive, escort or clear a convoy: confidential places alone are not named."""
    return shared_name(scenario, place) if is_confidential(scenario, place) else _name(scenario, place)


def _name(scenario: Scenario, place: str) -> str:
    name = scenario.places["name"].get(place)
    return name if isinstance(name, str) and name else place


def shared_where(scenario: Scenario, where: str) -> str:
    """Where a finding is, for everybody: empty if that is the id of a place that is not public."""
    return "" if where.removeprefix("place ") in unshared(scenario) else where


def without_names(scenario: Scenario, text: str) -> str:
    """A text that people wrote, with the phrase of `shared_name` in place of names of confidential places."""
    columns = [column for column in scenario.places.columns if column == "name" or str(column).startswith("name_")]
    for place in confidential(scenario):
        phrase = shared_name(scenario, place).replace("\\", r"\\")
        names = {str(name) for name in scenario.places.loc[place, columns] if isinstance(name, str) and len(name) > 2}
        for name in sorted(names, key=len, reverse=True):
            pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
            text = re.sub(pattern, phrase, text, flags=re.IGNORECASE)
    return text


def shared_findings(scenario: Scenario, findings: Iterable[Finding]) -> list[Finding]:
    """Findings whose messages name no confidential place, such as in the label of a group."""
    if not confidential(scenario):
        return list(findings)
    return [replace(finding, message=without_names(scenario, finding.message)) for finding in findings]


def shared_scenario(scenario: Scenario) -> Scenario:
    """The scenario with what people wrote freed of names of confidential places: title, description, labels."""
    if not confidential(scenario):
        return scenario
    return replace(
        scenario,
        title=without_names(scenario, scenario.title),
        description=without_names(scenario, scenario.description),
        groups=tuple(replace(group, label=without_names(scenario, group.label)) for group in scenario.groups),
        sources={
            name: {**source, "title": without_names(scenario, str(source["title"]))} if source.get("title") else source
            for name, source in scenario.sources.items()
        },
    )


def closed_zones(scenario: Scenario, beside: Iterable[int] = ()) -> Bools:
    """Zones inside which nothing is drawn, as they hold a confidential place: bool[Z + 1].

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    beside : iterable of int
        Zones closed on top, -1 for the ground outside all zones: those of the roads that such places are reached by.

    Returns
    -------
    bool[Z + 1]
        By zone; the last stands for the ground outside all zones, which index -1 finds.
    """
    closed = np.zeros(len(scenario.zones) + 1, bool)
    for place in confidential(scenario):
        closed[zone_of_place(scenario, place)] = True
    closed[list(beside)] = True
    return closed


def shared_number(value: float | None, unit: float) -> float | None:
    """A length or time on the way to a place that is not public: up to whole units of it, such as quarter hours."""
    return None if value is None or pd.isna(value) else float(np.ceil(value / unit) * unit)
