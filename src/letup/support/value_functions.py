"""Concave worths of one number: linear between values, or a smooth function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Worth(Protocol):
    """A concave worth of one number."""

    def lines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Slopes and offsets of lines whose lowest is the worth; None if it is no such."""

    def value(self, x: float) -> float:
        """The worth."""

    def slope(self, x: float) -> float:
        """Its derivative."""


@dataclass(frozen=True)
class Straight:
    """A worth that is linear between the values given, and concave.

    Attributes
    ----------
    at, worth : float64[values]
        Values in ascending order, and the worth at each.
    """

    at: NDArray[np.float64]
    worth: NDArray[np.float64]

    @property
    def concave(self) -> bool:
        """Whether it is: then no mixture is worth less than its parts."""
        slopes = np.diff(self.worth) / np.diff(self.at)
        return bool((np.diff(slopes) <= 1e-12).all())

    def lines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Slopes and offsets of its pieces."""
        if len(self.at) == 1:
            return np.zeros(1), self.worth.copy()
        slopes = np.diff(self.worth) / np.diff(self.at)
        return slopes, self.worth[:-1] - slopes * self.at[:-1]

    def value(self, x: float) -> float:
        """The worth."""
        return float(np.interp(x, self.at, self.worth))

    def slope(self, x: float) -> float:
        """Slope of the piece that the value lies in."""
        slopes, offsets = self.lines()
        return float(slopes[np.argmin(slopes * x + offsets)])


@dataclass(frozen=True)
class Smooth:
    """A worth given as a concave function and its derivative."""

    of: Callable[[float], float]
    derivative: Callable[[float], float]

    def lines(self) -> None:
        """It is not made of lines."""

    def value(self, x: float) -> float:
        """The worth."""
        return float(self.of(x))

    def slope(self, x: float) -> float:
        """Its derivative."""
        return float(self.derivative(x))
