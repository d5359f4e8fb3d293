"""Numbers that are known only as a range, and how they are drawn."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.errors import LetupError


@dataclass(frozen=True)
class Span:
    """A number with its range.

    Drawn from the triangular distribution from ``low`` over ``best`` to ``high``; without a ``best``, when no value
    in the range is known to be likelier than another, from the uniform one.

    Attributes
    ----------
    low, high : float
        Ends of the range.
    best : float or None
        The likeliest value.
    """

    low: float
    best: float | None
    high: float

    def __post_init__(self) -> None:
        """Refuse a range that is none (``support.range``)."""
        inside = [self.low, *([] if self.best is None else [self.best]), self.high]
        if not np.isfinite(inside).all() or sorted(inside) != inside:
            raise LetupError("support.range", f"{self.low} – {self.best} – {self.high} is no range", "Give low ≤ high.")

    @classmethod
    def exactly(cls, value: float) -> Span:
        """A number that is known."""
        return cls(value, value, value)

    @property
    def middle(self) -> float:
        """The likeliest value, or the middle of the range."""
        return self.best if self.best is not None else (self.low + self.high) / 2

    def at(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at these points of the distribution, which lie in 0 to 1 (its inverse distribution function)."""
        width = self.high - self.low
        if width == 0:
            return np.full(uniform.shape, self.low)
        if self.best is None:
            return self.low + width * uniform
        turn = (self.best - self.low) / width
        rising = self.low + width * np.sqrt(uniform * turn)
        falling = self.high - width * np.sqrt((1 - uniform) * (1 - turn))
        return np.where(uniform < turn, rising, falling)


def stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of a thing with this name: what else is drawn, and in which order, does not change them."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
