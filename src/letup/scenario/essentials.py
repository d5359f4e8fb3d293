"""What people need each day: letup's defaults, and what a scenario puts in their place or adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from letup.scenario.format import declared
from letup.scenario.model import Scenario
from letup.tables import read_bundled


@dataclass(frozen=True)
class Essential:
    """One thing that people or facilities need each day.

    Attributes
    ----------
    name, label : str
        Short name, and the name shown to readers.
    unit : str
        Unit of all its amounts.
    per_person, per_person_low, per_person_high : float
        Need per person and day in that unit, with its range; 0 if only facilities need it.
    survival : float
        Least that a person can live on for a few days, in the same unit; 0 if none is given.
    kg_per_unit : float
        Weight of one unit with its packing; 0 if none is given, and then no truck can carry it.
    basis, source, note : str
        How the need is known.
    default : bool
        Whether it is letup's own, and not from the scenario.
    """

    name: str
    label: str
    unit: str
    per_person: float = 0.0
    per_person_low: float = 0.0
    per_person_high: float = 0.0
    survival: float = 0.0
    basis: str = "assumed"
    source: str = ""
    note: str = ""
    default: bool = False
    kg_per_unit: float = 0.0


@cache
def default_essentials() -> tuple[Essential, ...]:
    """Essentials that every scenario has unless it says otherwise: needs after the Sphere Handbook.

    Returns
    -------
    tuple of Essential
        water, food, fuel, medical and shelter, from ``essentials.csv`` in this room.
    """
    rows = read_bundled("letup.scenario", declared()["essentials.csv"])
    return tuple(_essential(row, default=True) for row in rows)


def merged(rows: Iterable[Mapping[str, Any]]) -> dict[str, Essential]:
    """Essentials by name: the defaults, each replaced by the row of its name, then rows with new names."""
    essentials = {essential.name: essential for essential in default_essentials()}
    for row in rows:
        essential = _essential(row, default=False)
        known = essentials.get(essential.name)
        if not essential.kg_per_unit and known is not None:
            essential = replace(essential, kg_per_unit=known.kg_per_unit * (factor(essential.unit, known.unit) or 0.0))
        essentials[essential.name] = essential
    return essentials


def essentials_of(scenario: Scenario) -> tuple[Essential, ...]:
    """Essentials of a scenario, letup's defaults first.

    Parameters
    ----------
    scenario : Scenario
        As loaded.

    Returns
    -------
    tuple of Essential
        Each default stands as it is unless ``essentials.csv`` has a row of its name.
    """
    return tuple(merged({str(k): v for k, v in row.items()} for row in scenario.essentials.to_dict("records")).values())


def _essential(row: Mapping[str, Any], *, default: bool) -> Essential:
    need = _number(row.get("per_person"))
    return Essential(
        name=_text(row.get("essential")),
        label=_text(row.get("label")) or _text(row.get("essential")),
        unit=_text(row.get("unit")),
        per_person=need or 0.0,
        per_person_low=_first(_number(row.get("per_person_low")), need),
        per_person_high=_first(_number(row.get("per_person_high")), need),
        survival=_number(row.get("survival")) or 0.0,
        basis=_text(row.get("basis")) or "assumed",
        source=_text(row.get("source")),
        note=_text(row.get("note")),
        default=default,
        kg_per_unit=_number(row.get("kg_per_unit")) or 0.0,
    )


def _first(value: float | None, other: float | None) -> float:
    return value if value is not None else other or 0.0


def _number(value: Any) -> float | None:
    if value is None or value == "":
        return None
    number = float(value)
    return None if number != number else number  # noqa: PLR0124 - only NaN differs from itself


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


#: Families of units, each with its size in the first of its family.
_FAMILIES: tuple[dict[str, float], ...] = (
    {"litres": 1.0, "litre": 1.0, "liters": 1.0, "liter": 1.0, "l": 1.0, "m3": 1000.0, "m³": 1000.0},
    {"kg": 1.0, "g": 0.001, "t": 1000.0, "tonnes": 1000.0, "tonne": 1000.0},
    {"kcal": 1.0, "mcal": 1000.0, "gcal": 1_000_000.0},
)

#: Fits every essential that people need: what one person needs on one day.
PERSON_DAYS = "person-days"

#: Ending of a unit of which there is so much for each person who is there at the start.
PER_HEAD = " per person"


def per_head(unit: str) -> tuple[str, bool]:
    """Split a unit such as "litres per person" into what is counted, and whether it is for each person there.

    Parameters
    ----------
    unit : str
        As written.

    Returns
    -------
    tuple of (str, bool)
        Such as ``("litres", True)`` or ``("kg", False)``.
    """
    text = unit.strip()
    if text.casefold().endswith(PER_HEAD):
        return text[: -len(PER_HEAD)].strip(), True
    return text, False


def factor(unit: str, target: str, per_person: float | None = None) -> float | None:
    """Number of target units in one unit.

    Parameters
    ----------
    unit, target : str
        Units as written; capitals make no difference.
    per_person : float or None
        Need per person and day in the target unit, for ``person-days``.

    Returns
    -------
    float or None
        None if the units do not fit each other. A unit that letup does not know fits only itself.
    """
    from_unit, to_unit = unit.strip().casefold(), target.strip().casefold()
    if from_unit == to_unit:
        return 1.0
    if from_unit == PERSON_DAYS:
        return per_person if per_person else None
    for family in _FAMILIES:
        if from_unit in family and to_unit in family:
            return family[from_unit] / family[to_unit]
    return None


def fitting(target: str, *, people_need_it: bool) -> list[str]:
    """Units that fit a target, itself first."""
    wanted = target.strip().casefold()
    family = next((family for family in _FAMILIES if wanted in family), {})
    return [target, *(unit for unit in family if unit != wanted), *([PERSON_DAYS] if people_need_it else [])]


def order_of_making(pairs: set[tuple[str, str]], names: list[str]) -> list[str] | None:
    """Names in an order in which whatever is made of something comes after it; None if they go round in a circle.

    Parameters
    ----------
    pairs : set of (used, made)
        Facilities by what they use and make.
    names : list of str
        All names; those that nothing is said about keep their order.
    """
    left, order = list(names), []
    while left:
        free = [name for name in left if not any(made == name and used in left for used, made in pairs)]
        if not free:
            return None
        order.append(free[0])
        left.remove(free[0])
    return order
