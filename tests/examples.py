"""How many examples a property is tried on."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st


def examples(count: int, **others: Any) -> settings:
    """Settings for a number of examples, which the profile asked for scales: its ``max_examples`` is in per cent.

    The profile ``search`` has 2,000 and so tries twenty times as many.
    """
    return settings(max_examples=max(1, count * settings().max_examples // 100), **others)


def seeds(count: int) -> st.SearchStrategy[int]:
    """So many seeds of what takes long to make and is kept: the same ones in all tests, or any while hunting."""
    return st.integers(0, count - 1 if settings().derandomize else 2**32 - 1)
