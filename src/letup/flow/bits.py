"""Sets of steps as bits of words: one operation for 64 steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from letup.core.compiling import njit

NONE = np.uint64(0)
ONE = np.uint64(1)
ALL = np.uint64(2**64 - 1)
LAST = np.uint64(63)

# de Bruijn sequence: the top six bits of its product with a power of two are different for each power
_SEQUENCE = np.uint64(0x03F79D71B4CB0A89)
_TOP = np.uint64(58)
_PLACE = np.zeros(64, np.int64)
for _bit in range(64):
    _PLACE[(0x03F79D71B4CB0A89 << _bit) % 2**64 >> 58] = _bit

_ALIKE = 1024  # transits below this are common


class Bits(NamedTuple):
    """Where the flow can grow or shrink: one bit a step, in words of 64."""

    open: np.ndarray  # uint64[m, words], somebody more can enter
    used: np.ndarray  # uint64[m, words], somebody enters
    waits: np.ndarray  # uint64[n, words], somebody more in transit may wait until the next step
    stays: np.ndarray  # uint64[n, words], somebody waits until the next step
    leaves: np.ndarray  # uint64[homes, words], somebody leaves home
    comes: np.ndarray  # uint64[shelters, words], somebody comes in


@njit(cache=True, inline="always")
def place(word):
    """Place of the lowest bit of a word."""
    return _PLACE[((word & (~word + ONE)) * _SEQUENCE) >> _TOP]


@njit(cache=True, inline="always")
def has(bits, row, step):
    """Whether the bit of a step is set in a row; rows by number, as a view of one would have to be counted."""
    return bits[row, step >> 6] >> np.uint64(step & 63) & ONE != NONE


@njit(cache=True, inline="always")
def put(bits, row, step, value):
    """Set the bit of a step in a row to whether ``value`` is positive."""
    bit = ONE << np.uint64(step & 63)
    if value > 0:
        bits[row, step >> 6] |= bit
    else:
        bits[row, step >> 6] &= ~bit


@njit(cache=True, inline="always")
def between(word, first, last):
    """Bits of those steps from one to another that belong to a word."""
    mask = ALL
    if word == first >> 6:
        mask &= ALL << np.uint64(first & 63)
    if word == last >> 6:
        mask &= ALL >> np.uint64(63 - (last & 63))
    return mask


@njit(cache=True, inline="always")
def end_of_run(bits, row, step, words):
    """The first step from a step on whose bit is not set, looking at so many words of a row only."""
    for w in range(step >> 6, words):
        word = ~bits[row, w]
        if w == step >> 6:
            word &= ALL << np.uint64(step & 63)
        if word != NONE:
            return np.int64(64 * w + place(word))
    return np.int64(64 * words)


@njit(cache=True, inline="always")
def spread_up(start, free):
    """Bits of a word that can be got to from ``start`` by going up through ``free`` ones (Kogge and Stone 1973)."""
    start |= free & start << np.uint64(1)
    free &= free << np.uint64(1)
    start |= free & start << np.uint64(2)
    free &= free << np.uint64(2)
    start |= free & start << np.uint64(4)
    free &= free << np.uint64(4)
    start |= free & start << np.uint64(8)
    free &= free << np.uint64(8)
    start |= free & start << np.uint64(16)
    free &= free << np.uint64(16)
    return start | free & start << np.uint64(32)


@njit(cache=True, inline="always")
def spread_down(start, free):
    """Bits of a word that can be got to from ``start`` by going down through ``free`` ones."""
    start |= free & start >> np.uint64(1)
    free &= free >> np.uint64(1)
    start |= free & start >> np.uint64(2)
    free &= free >> np.uint64(2)
    start |= free & start >> np.uint64(4)
    free &= free >> np.uint64(4)
    start |= free & start >> np.uint64(8)
    free &= free >> np.uint64(8)
    start |= free & start >> np.uint64(16)
    free &= free >> np.uint64(16)
    return start | free & start >> np.uint64(32)


@njit(cache=True, inline="always")
def highest(word):
    """Place of the highest bit of a word."""
    word = spread_down(word, ALL)
    return place(word ^ word >> ONE)


@njit(cache=True, inline="always")
def steps_of(word, steps):
    """Bits of those steps that belong to a word: all but in the last one."""
    rest = steps - 64 * word
    return ALL if rest >= 64 else (ONE << np.uint64(rest)) - ONE


@njit(cache=True)
def enterable(net, words):
    """Steps at which each arc can be entered while nobody does: uint64[m, words]."""
    bits = np.zeros((len(net.tail), words), np.uint64)
    # arcs of one zone and transit, of which there are many, are quiet at the same steps
    common = min(_ALIKE, net.transit.max() + 1 if len(net.transit) else 0)
    last = np.full((len(net.calm), common), -1, np.int64)
    for arc in range(len(net.tail)):
        zone, transit, capacity = net.zone[arc], net.transit[arc], net.capacity[net.given[arc]]
        if net.varies == 0 and capacity[0] == 0:
            continue
        alike = last[zone, transit] if transit < common else -1
        if alike >= 0:
            for w in range(words):
                bits[arc, w] = bits[alike, w]
            continue
        for step in range(net.steps - transit):
            if net.calm[zone, step] >= transit:
                put(bits, arc, step, capacity[step * net.varies])
        if net.varies == 0 and transit < common:
            last[zone, transit] = arc
    return bits


@njit(cache=True)
def waitable(net, words):
    """Steps from which one may wait at each node until the next, while nobody does: uint64[n, words]."""
    bits = np.zeros((len(net.home), words), np.uint64)
    for node in range(len(net.home)):
        if net.waiting_varies or net.waiting_room[node, 0] > 0:
            for step in range(net.steps - 1):
                put(bits, node, step, net.waiting_room[node, step * net.waiting_varies])
    return bits
