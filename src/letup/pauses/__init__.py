"""Choose the pauses: limits, candidates, search, bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from letup.pauses.limit_checks import broken
from letup.pauses.limits import Limits, Window, quiet_array

if TYPE_CHECKING:
    from letup.pauses.choice import Choice, check_bound
    from letup.pauses.choose import choose_pauses

__all__ = ["Choice", "Limits", "Window", "broken", "check_bound", "choose_pauses", "quiet_array"]


def __getattr__(name: str) -> Any:
    """Load the search only when it is asked for: checking a plan must not need the solver."""
    if name in ("Choice", "choose_pauses"):
        from letup.pauses import choose

        return getattr(choose, name)
    if name == "check_bound":
        from letup.pauses.choice import check_bound

        return check_bound
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
