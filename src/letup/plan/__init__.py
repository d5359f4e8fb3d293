"""The plan: its model, its files, and what the rules of humanitarian law have to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from letup.plan.files.as_written import read_plan as read
from letup.plan.files.read import read_document, read_pauses
from letup.plan.files.write import require_usable, write
from letup.plan.model import GroupResult, Plan

if TYPE_CHECKING:
    from letup.plan.planner.make import make

__all__ = [
    "GroupResult",
    "Plan",
    "make",
    "read",
    "read_document",
    "read_pauses",
    "require_usable",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load the solver only when a plan is made: verifying one must not need it."""
    if name == "make":
        from letup.plan.planner.make import make

        return make
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
