"""One step of Kleinberg's iteration over citations as compressed rows."""

from __future__ import annotations

import numpy as np

from graphbuild.kernels.compiling import Floats, Int32s, Int64s, NewFloats, compiled

__all__ = ["next_hubs"]


def next_hubs(indptr: Int64s, indices: Int32s, hub: Floats) -> Floats:
    """Hub scores of the authorities that hub scores make: ``A Aᵀ hub``.

    Examples
    --------
    >>> next_hubs(np.array([0, 1, 3, 3]), np.array([2, 0, 2], np.int32), np.ones(3)).tolist()
    [2.0, 3.0, 0.0]
    """
    after = np.zeros(len(hub))
    apply(indptr, indices, hub, np.zeros(len(hub)), after)
    return after


@compiled
def apply(
    indptr: Int64s, indices: Int32s, hub: Floats, authority: NewFloats, after: NewFloats
) -> None:
    """Add to authorities, then to hubs; both need no more than the lists of the citing papers."""
    for paper in range(len(hub)):
        for entry in range(indptr[paper], indptr[paper + 1]):
            authority[indices[entry]] += hub[paper]
    for paper in range(len(hub)):
        total = 0.0
        for entry in range(indptr[paper], indptr[paper + 1]):
            total += authority[indices[entry]]
        after[paper] = total
