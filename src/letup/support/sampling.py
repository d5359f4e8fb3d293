"""How numbers that are known only as a range are drawn."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.support.model import Range


def require_range(range_: Range, what: str) -> None:
    """Refuse a range that is none (``support.range``)."""
    inside = [range_.low, *([] if range_.best is None else [range_.best]), range_.high]
    if not np.isfinite(inside).all() or sorted(inside) != inside:
        message = f"{what}: {range_.low} – {range_.best} – {range_.high} is no range"
        raise LetupError("support.range", message, "Give low ≤ best ≤ high.")


def middle(range_: Range) -> float:
    """The likeliest value, or the middle of the range."""
    return range_.best if range_.best is not None else (range_.low + range_.high) / 2


def values_at(range_: Range, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at these points of a range's distribution, which lie in 0 to 1: its inverse distribution function.

    The distribution is triangular from ``low`` over ``best`` to ``high``; without a ``best``, when no value in the
    range is known to be likelier than another, uniform.
    """
    low, best, high = range_
    width = high - low
    if width == 0:
        return np.full(uniform.shape, float(low))
    if best is None:
        return low + width * uniform
    turn = (best - low) / width
    rising = low + width * np.sqrt(uniform * turn)
    falling = high - width * np.sqrt((1 - uniform) * (1 - turn))
    return np.where(uniform < turn, rising, falling)


def stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of a thing with this name: what else is drawn, and in which order, does not change them."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
