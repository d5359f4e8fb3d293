"""Follow a convoy second by second along the world's straight road; knows nothing of networks or searches."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.aid.convoys import world

STAY = {"gate", "point-a", "point-c"}


def zone_of(x: float) -> int:
    """Number of the zone at a point of the road; -1 outside."""
    return int(x // 4000) if 0 <= x < 12_000 else -1


def unquiet(
    convoy: Any, quiet: np.ndarray[Any, Any], draw: Any, *, stay: frozenset[str] = frozenset(STAY)
) -> list[str]:
    """Where and when the convoy is where it is not quiet, if it leaves each stop at a time drawn from its window."""
    wrong: list[str] = []

    def look(x: float, minute: float, doing: str) -> None:
        zone = zone_of(x)
        if zone >= 0 and not quiet[zone, int(minute // world.STEP)]:
            wrong.append(f"{doing} at {x:.0f} m, minute {minute:.1f}")

    here = draw(convoy.stops[0].arrive_earliest, convoy.stops[0].arrive_latest)
    for stop, then in zip(convoy.stops, [*convoy.stops[1:], None], strict=True):
        if not stop.arrive_earliest - 1e-6 <= here <= stop.arrive_latest + 1e-6:
            wrong.append(f"at {stop.place} at {here:.1f}, not between {stop.arrive_earliest} and {stop.arrive_latest}")
        if then is None:
            break
        leave = draw(max(stop.leave_earliest, int(np.ceil(here)) + stop.service), stop.leave_latest)
        if leave < here + stop.service - 1e-6:
            wrong.append(f"leaves {stop.place} before the work is done")
        if stop.place not in stay:
            for minute in np.arange(here, leave, 0.5):
                look(world.AT[stop.place], minute, f"stands at {stop.place}")
        took = world.minutes(stop.place, then.place)
        way = world.AT[then.place] - world.AT[stop.place]
        for part in np.linspace(1e-6, 1 - 1e-6, max(2, int(took * 6))):
            look(world.AT[stop.place] + part * way, leave + part * took, f"on the road to {then.place}")
        here = leave + stop.path.minutes
    return wrong
