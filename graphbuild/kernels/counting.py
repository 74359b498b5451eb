"""Counting small numbers, which NumPy first copies into larger ones."""

from __future__ import annotations

from graphbuild.kernels.compiling import Int32s, NewInt64s, compiled

__all__ = ["tally"]


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
