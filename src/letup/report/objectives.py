"""What the pauses were chosen for, where that is more than people: the section of the report."""

from __future__ import annotations

from dataclasses import dataclass

from letup.core.wording import significant
from letup.plan.model import Plan
from letup.plan.objectives import NEED, document_part


@dataclass(frozen=True)
class Row:
    """One objective in words."""

    name: str
    unit: str
    weight: str
    without: str
    value: str
    bound: str


@dataclass(frozen=True)
class Section:
    """What the section says."""

    sentence: str
    rows: tuple[Row, ...]
    basis: str


def section(plan: Plan) -> Section | None:
    """The section of a plan; None where its pauses were chosen for people alone."""
    if not plan.objectives:
        return None
    part = document_part(plan.objectives)
    return Section(
        part["sentence"],
        tuple(
            Row(
                one["name"],
                one["unit"],
                significant(one["weight"]),
                f"{one['without']:,.0f}" if one["name"] == NEED else "–",
                *(f"{one[key]:,.0f}" for key in ("value", "bound")),
            )
            for one in part["objectives"]
        ),
        part["bound_basis"],
    )
