"""Counting and noting small numbers, which NumPy first copies into larger ones."""

from __future__ import annotations

from graphbuild.kernels.compiling import Int32s, NewBytes, NewInt64s, compiled

__all__ = ["mark", "tally"]


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
