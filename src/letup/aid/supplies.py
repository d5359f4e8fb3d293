"""From the tables of a scenario to what there is, what makes more of it, and who needs it, at one end of the ranges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.aid.people import End, staying, zones_of_places
from letup.scenario.essentials import Essential, essentials_of, factor, order_of_making, per_head
from letup.scenario.model import Scenario
from letup.tables import names_in


@dataclass(frozen=True)
class Facility:
    """What needs an essential, and may make another of it.

    Attributes
    ----------
    name, place : str
        Shown to readers; id of the place it stands at, empty if none.
    zone : int
        Zone whose stock it draws on; -1 if it needs none.
    uses, makes : int
        Numbers of essentials; -1 if none.
    use, make : float
        Per day at the work it can do, in the essentials' own units.
    serves : bool[Z]
        Zones that get what it makes.
    tank : bool
        Whether it has a stock of its own, which it uses before the zone's.
    """

    name: str
    place: str
    zone: int
    uses: int
    use: float
    makes: int
    make: float
    serves: NDArray[np.bool_]
    tank: bool


@dataclass(frozen=True)
class Supplies:
    """What there is, in pools: one for each essential and zone, and one for each facility with its own stock.

    A pool holds batches that differ in how much of them is lost. Pool ``e * Z + z`` is essential e in zone z, pool
    ``E * Z + f`` is the own stock of facility f.

    Attributes
    ----------
    essentials : tuple of Essential
        So ordered that what is made of something comes after it.
    zones : int
        Z, the number of zones.
    per_person : float64[E]
        Need per person and day.
    facilities : tuple of Facility
        F of them, those that come first first.
    pool : int64[B]
        Pool of each batch, in order; within a pool the batch that is used first, the most perishable, comes first.
        The last batch of each pool takes up what is made beyond the need; nothing of it is lost.
    amount : float64[B]
        What each batch holds at the start.
    decay : float64[B]
        Rate of loss per day: ``-ln(1 - share lost per day)``.
    scales : bool[E]
        Whether some of it is more where more people are: given per person, or shared out among the people of zones.
    known : bool[E, Z]
        Whether the scenario says anything about where the essential comes from there. Without, nothing can be said.
    """

    essentials: tuple[Essential, ...]
    zones: int
    per_person: NDArray[np.float64]
    facilities: tuple[Facility, ...]
    pool: NDArray[np.int64]
    amount: NDArray[np.float64]
    decay: NDArray[np.float64]
    scales: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def zone_of_pool(self) -> NDArray[np.int64]:
        """Number of essential times Z plus zone, for each pool: where what it holds is counted."""
        own = [facility.uses * self.zones + facility.zone if facility.tank else 0 for facility in self.facilities]
        return np.concatenate([np.arange(len(self.essentials) * self.zones), np.array(own, np.int64)])


def supplies(scenario: Scenario, end: End = "likely") -> Supplies:
    """What a scenario says there is, is made and is needed.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    end : {"better", "likely", "worse"}
        "better": high ends of stocks and of what is made; low ends of needs per person, of what facilities use, and
        of losses. "worse": the other ends. Where a range has no end, the value.

    Returns
    -------
    Supplies
        Essentials that nobody needs and nothing is said about are left out, and so is the stock of warehouses where
        the scenario has trucks: it feeds nobody until one brings it.
    """
    reader = _Reader(scenario, end)
    reader.read_facilities()
    reader.read_stocks()
    return reader.result()


class _Reader:
    """Gathers rows into arrays; needs to know who has a stock of their own before it reads the stocks."""

    def __init__(self, scenario: Scenario, end: End) -> None:
        self.scenario, self.end = scenario, end
        self.number = {zone: index for index, zone in enumerate(scenario.zone_ids)}
        self.zone_of_place = zones_of_places(scenario)
        self.people = staying(scenario, end).people[0]
        everything = {essential.name: essential for essential in essentials_of(scenario)}
        self.essentials = _in_order(scenario, everything)
        self.index = {essential.name: i for i, essential in enumerate(self.essentials)}
        self.facilities: list[tuple[int, int, dict[str, Any], str]] = []
        self.batches: list[tuple[int, float, float]] = []
        self.known = np.zeros((len(self.essentials), len(self.number)), bool)
        self.scales = np.zeros(len(self.essentials), bool)

    def read_facilities(self) -> None:
        """Rows of facilities.csv, then the daily uses of stocks.csv, by order."""
        rows: list[tuple[int, int, dict[str, Any], str]] = []
        for row in _records(self.scenario.facilities):
            rows.append((int(row["order"]), len(rows), self._facility(row), _text(row["place"])))
        for row in _records(self.scenario.stocks):
            place, daily = _text(row["place"]), _number(row["daily_use"]) or 0.0
            essential = self.essentials[self.index[row["item"]]]
            if daily and (place or not essential.per_person):
                zone = self._zone(row)
                use = daily * self._factor(row["unit"], essential, self.people[zone])
                facility = {
                    "name": place or self.scenario.zone_ids[zone],
                    "place": place,
                    "zone": zone,
                    "uses": self.index[essential.name],
                }
                facility |= {"use": use, "makes": -1, "make": 0.0, "serves": np.zeros(len(self.number), bool)}
                rows.append((0, len(rows), facility, place))
        self.facilities = sorted(rows, key=lambda row: row[:2])

    def _facility(self, row: dict[str, Any]) -> dict[str, Any]:
        working = float(row["working"])
        zone = self._zone(row)
        facility: dict[str, Any] = {"name": _text(row["name"]) or row["id"], "place": _text(row["place"]), "zone": zone}
        serves = np.zeros(len(self.number), bool)
        if _text(row["makes"]):
            named = [self.number[name] for name in names_in(_text(row["serves"]))] or ([zone] if zone >= 0 else [])
            serves[named] = True
        for item, column in (("uses", "use"), ("makes", "make")):
            name = _text(row[item])
            facility[item], facility[column] = -1, 0.0
            if name:
                essential = self.essentials[self.index[name]]
                high_at = {"uses": "worse", "makes": "better"}[item]
                amount = self._ranged(row, f"{column}_per_day", high_at)
                facility[item] = self.index[name]
                heads = float(self.people[serves].sum())
                facility[column] = amount * working * self._factor(row[f"{column}_unit"], essential, heads)
        if facility["makes"] >= 0:
            self.scales[facility["makes"]] |= bool(serves.sum() > 1 or per_head(row["make_unit"])[1])
            self.known[facility["makes"], serves] = True
        facility["serves"] = serves
        return facility

    def read_stocks(self) -> None:
        """Rows of stocks.csv: to the own stock of who uses it at that place, else to the zone's."""
        total = len(self.essentials) * len(self.number)
        owners = {(place, own["uses"]): k for k, (_, _, own, place) in reversed([*enumerate(self.facilities)]) if place}
        self.tanks: set[int] = set()
        stores = _stores(self.scenario)
        for row in _records(self.scenario.stocks):
            essential = self.essentials[self.index[row["item"]]]
            zone = self._zone(row)
            amount = self._ranged(row, "amount", "better") * self._factor(row["unit"], essential, self.people[zone])
            decay = -math.log1p(-self._ranged(row, "loss_per_day", "worse"))
            owner = owners.get((_text(row["place"]), self.index[essential.name]))
            if owner is None and _text(row["place"]) in stores:
                continue  # it feeds nobody until a truck takes it to a distribution point
            if owner is not None:
                self.tanks.add(owner)
                self.batches.append((total + owner, amount, decay))
            else:
                self.batches.append((self.index[essential.name] * len(self.number) + zone, amount, decay))
            self.known[self.index[essential.name], zone] = True
            self.scales[self.index[essential.name]] |= per_head(row["unit"])[1]

    def result(self) -> Supplies:
        """Everything as arrays."""
        facilities = tuple(Facility(**own, tank=k in self.tanks) for k, (_, _, own, _) in enumerate(self.facilities))
        pools = len(self.essentials) * len(self.number) + len(facilities)
        every = [*self.batches, *((pool, 0.0, 0.0) for pool in range(pools))]
        # the batch for what is made beyond the need comes last of those without loss: sorting is stable
        every.sort(key=lambda batch: (batch[0], -batch[2]))
        column = {"better": "per_person_low", "likely": "per_person", "worse": "per_person_high"}[self.end]
        return Supplies(
            essentials=tuple(self.essentials),
            zones=len(self.number),
            per_person=np.array([getattr(essential, column) for essential in self.essentials], float),
            facilities=facilities,
            pool=np.array([batch[0] for batch in every], np.int64),
            amount=np.array([batch[1] for batch in every], float),
            decay=np.array([batch[2] for batch in every], float),
            scales=self.scales,
            known=self.known,
        )

    def _zone(self, row: dict[str, Any]) -> int:
        zone = _text(row["zone"])
        return self.number[zone] if zone else self.zone_of_place.get(_text(row["place"]), -1)

    def _ranged(self, row: dict[str, Any], column: str, high_at: str) -> float:
        """Value of a column at this end, when its high end belongs to the end named."""
        value = _number(row[column])
        if self.end != "likely":
            end = _number(row[f"{column}_{'high' if self.end == high_at else 'low'}"])
            value = value if end is None else end
        return value or 0.0

    def _factor(self, unit: str, essential: Essential, heads: float) -> float:
        """Units of the essential in one of a row's units; ``heads`` are the people whom it may be for each of."""
        counted, for_each = per_head(unit)
        units = factor(counted, essential.unit, essential.per_person)
        assert units is not None  # a scenario is loaded only if its units fit
        return units * (heads if for_each else 1.0)


def _stores(scenario: Scenario) -> set[str]:
    """Warehouses whose stock trucks bring to the people: all, where the scenario has trucks."""
    if not len(scenario.trucks) or not len(scenario.places):
        return set()
    return {str(place) for place, kind in scenario.places["kind"].items() if kind == "warehouse"}


def _in_order(scenario: Scenario, everything: dict[str, Essential]) -> list[Essential]:
    """Essentials that matter here, so that what is made of something comes after it."""
    facilities, stocks = _records(scenario.facilities), _records(scenario.stocks)
    named = {_text(row[item]) for row in facilities for item in ("uses", "makes")}
    named |= {row["item"] for row in stocks}
    pairs = {
        (_text(row["uses"]), _text(row["makes"]))
        for row in facilities
        if _text(row["makes"]) and max(_number(row[key]) or 0.0 for key in ("use_per_day", "use_per_day_high")) > 0
    }
    kept = [name for name, essential in everything.items() if essential.per_person or name in named]
    order = order_of_making(pairs, kept)
    assert order is not None  # a scenario with a circle is not loaded
    return [everything[name] for name in order]


def _records(table: Any) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _number(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
