"""``letup list``: the scenarios that come with letup."""

from __future__ import annotations


def list_() -> None:
    """List the scenarios that come with letup."""
    from letup.scenario import bundled

    for name in bundled():
        print(name)
