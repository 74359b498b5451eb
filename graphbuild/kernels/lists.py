"""Sorting many short lists, each by itself."""

from __future__ import annotations

import numpy as np

from graphbuild.kernels.compiling import Int32s, Int64s, NewInt32s, NewInt64s, compiled

__all__ = ["order_within"]

_BITS = 11
_DIGITS = 1 << _BITS


def order_within(begins: Int64s, keys: Int32s) -> Int32s:
    """Give the stable order of each list's keys.

    All lists are sorted together by the digits of their keys, the last one first, and then dealt
    out to their lists: linear in the number of keys, however long a list is.

    Parameters
    ----------
    begins
        int64 (lists + 1): where the lists begin in ``keys``; in the end, its length.
    keys
        int32, not negative.

    Returns
    -------
    numpy.ndarray
        int32 (keys): positions in ``keys``, list after list.

    Examples
    --------
    >>> order_within(np.array([0, 3, 5]), np.array([7, 5, 7, 2, 1], np.int32)).tolist()
    [1, 0, 2, 4, 3]
    """
    order, spare = np.arange(len(keys), dtype=np.int32), np.empty(len(keys), np.int32)
    for shift in range(0, int(keys.max(initial=0)).bit_length(), _BITS):
        _deal_by_digit(keys, shift, order, np.zeros(_DIGITS, np.int64), spare)
        order, spare = spare, order
    list_of = np.repeat(np.arange(len(begins) - 1, dtype=np.int32), np.diff(begins))
    _deal_to_lists(order, list_of, begins[:-1].copy(), spare)
    return spare


@compiled
def _deal_by_digit(
    keys: Int32s, shift: int, order: Int32s, place: NewInt64s, dealt: NewInt32s
) -> None:
    for key in keys:
        place[(key >> shift) & (_DIGITS - 1)] += 1
    before = 0
    for digit in range(_DIGITS):
        before, place[digit] = before + place[digit], before
    for at in order:
        digit = (keys[at] >> shift) & (_DIGITS - 1)
        dealt[place[digit]] = at
        place[digit] += 1


@compiled
def _deal_to_lists(order: Int32s, list_of: Int32s, place: NewInt64s, dealt: NewInt32s) -> None:
    for at in order:
        number = list_of[at]
        dealt[place[number]] = at
        place[number] += 1
