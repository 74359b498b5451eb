"""Counting and noting small numbers, which NumPy first copies into larger ones."""

from __future__ import annotations

from graphbuild.kernels.compiling import Int32s, NewBytes, NewInt32s, NewInt64s, compiled

__all__ = ["mark", "mark_repeated", "tally"]


@compiled
def mark(values: Int32s, met: NewBytes) -> None:
    """Note in ``met`` which values occur.

    >>> import numpy as np
    >>> met = np.zeros(3, np.uint8)
    >>> mark(np.array([2, 0, 2], np.int32), met)
    >>> met.tolist()
    [1, 0, 1]
    """
    for value in values:
        met[value] = 1


@compiled
def tally(values: Int32s, times: NewInt64s) -> None:
    """Add to ``times`` how often each value occurs.

    >>> import numpy as np
    >>> times = np.zeros(3, np.int64)
    >>> tally(np.array([2, 0, 2], np.int32), times)
    >>> times.tolist()
    [1, 0, 2]
    """
    for value in values:
        times[value] += 1


@compiled
def mark_repeated(values: Int32s, groups: Int32s, last: NewInt32s, again: NewBytes) -> None:
    """Set ``again`` to 1 where a group has had the same value before.

    Parameters
    ----------
    values, groups
        int32, one entry per occurrence; those of a value are in the order of groups.
    last
        -1 for each value; used up.
    again
        uint8, one entry per occurrence, zeros.
    """
    for place in range(len(values)):
        again[place] = last[values[place]] == groups[place]
        last[values[place]] = groups[place]
