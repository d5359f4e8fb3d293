"""Units of essentials: which fit each other, and by what factor."""

from __future__ import annotations

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
    one, other = unit.strip().casefold(), target.strip().casefold()
    if one == other:
        return 1.0
    if one == PERSON_DAYS:
        return per_person if per_person else None
    for family in _FAMILIES:
        if one in family and other in family:
            return family[one] / family[other]
    return None


def fitting(target: str, *, people_need_it: bool) -> list[str]:
    """Units that fit a target, itself first."""
    other = target.strip().casefold()
    family = next((family for family in _FAMILIES if other in family), {})
    return [target, *(unit for unit in family if unit != other), *([PERSON_DAYS] if people_need_it else [])]
