"""Sorting numbers by their digits, which takes a quarter of the time of comparing them."""

from __future__ import annotations

import numpy as np

from graphbuild.kernels.compiling import (
    Floats,
    Int32s,
    Int64s,
    NewInt32s,
    NewInt64s,
    NewUInt64s,
    UInt64s,
    compiled,
)

__all__ = ["falling"]

_BITS = 11
_DIGITS = 1 << _BITS
_PASSES = -(-64 // _BITS)
_SIGN = np.uint64(1) << np.uint64(63)


def falling(values: Floats | Int64s) -> Int32s:
    """Positions by falling values, equal ones in their order.

    Parameters
    ----------
    values
        float64 without NaN, or int64; fewer than 2**31.

    Returns
    -------
    numpy.ndarray
        int32.

    Examples
    --------
    >>> falling(np.array([1.5, -3.0, 0.0, 7.0, -0.0, 7.0])).tolist()
    [3, 5, 0, 2, 4, 1]
    >>> falling(np.array([-1, 2, -1])).tolist()
    [1, 0, 2]
    """
    keys, order = np.empty(len(values), np.uint64), np.arange(len(values), dtype=np.int32)
    counts = np.zeros(_PASSES * _DIGITS, np.int64)
    falling_keys(values.view(np.uint64), int(values.dtype == np.float64), keys, counts)
    spare_keys, spare = np.empty_like(keys), np.empty_like(order)
    for digit, times in enumerate(counts.reshape(_PASSES, _DIGITS)):
        if times.max() < len(keys):
            place = np.cumsum(times) - times
            deal(keys, order, digit * _BITS, place, spare_keys, spare)
            keys, spare_keys, order, spare = spare_keys, keys, spare, order
    return order


@compiled
def falling_keys(bits: UInt64s, are_floats: int, keys: NewUInt64s, counts: NewInt64s) -> None:
    """Keys that rise as numbers fall, and how often each digit stands in each of their places."""
    for place in range(len(bits)):
        key = bits[place]
        if are_floats == 0:
            key ^= _SIGN
        elif key & _SIGN == 0 or key == _SIGN:
            key |= _SIGN  # and -0.0 is 0.0
        else:
            key = ~key
        rest = ~key
        keys[place] = rest
        for digit in range(_PASSES):
            counts[digit * _DIGITS + np.int64(rest & np.uint64(_DIGITS - 1))] += 1
            rest >>= np.uint64(_BITS)


@compiled
def deal(
    keys: UInt64s,
    order: Int32s,
    shift: int,
    place: NewInt64s,
    dealt_keys: NewUInt64s,
    dealt: NewInt32s,
) -> None:
    """Deal keys, and what goes with them, to the ``place`` of their digit."""
    for i in range(len(keys)):
        digit = np.int64((keys[i] >> np.uint64(shift)) & np.uint64(_DIGITS - 1))
        dealt_keys[place[digit]] = keys[i]
        dealt[place[digit]] = order[i]
        place[digit] += 1
