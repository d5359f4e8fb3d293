"""The plan: its model, file format, independent verification, humanitarian-law findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from letup.plan.model import GroupResult, Plan
from letup.plan.pauses_file import read_pauses
from letup.plan.verification import Verification, verify
from letup.plan.write import require_usable, write

if TYPE_CHECKING:
    from letup.plan.making import Progress, make

__all__ = [
    "GroupResult",
    "Plan",
    "Progress",
    "Verification",
    "make",
    "read_pauses",
    "require_usable",
    "verify",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load the solver only when a plan is made: verifying one must not need it."""
    if name in ("Progress", "make"):
        import importlib

        return getattr(importlib.import_module("letup.plan.making"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
