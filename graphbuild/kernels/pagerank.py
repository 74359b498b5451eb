"""PageRank by pushing what has not been followed yet, in an order that cycles barely disturb."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from graphbuild.kernels.compiling import FLOATS, INT32S, compiled, readonly

__all__ = ["visits"]

Array = np.ndarray[Any, np.dtype[Any]]


FEW = 0.05
"""Share of citations that may point back for the order of the memory to be good enough."""


def visits(
    indptr: Array,
    indices: Array,
    start: Array,
    *,
    damping: float,
    tolerance: float,
    max_iterations: int,
) -> tuple[Array, float]:
    """How often each paper is read, as a share, by readers who begin at ``start``.

    Solves ``x = start + damping * Pᵀ x`` by Gauss-Seidel in the form of residuals: a paper hands
    what arrived since its last turn on to the papers it cites. Papers take turns in an order in
    which few citations point back; where none does, a single round is exact. Nothing is ever
    negative, so nothing cancels, and what is still on its way bounds the error: handed on for
    ever, it multiplies by ``1 / (1 - damping)``.

    Parameters
    ----------
    indptr, indices
        int64 (papers + 1) and int32 (citations): the papers that each paper cites.
    start
        float64 (papers), at least 0.
    tolerance
        Of the error summed over all papers, as a share of the sum of ``x``.
    max_iterations
        Rounds.

    Returns
    -------
    x
        float64 (papers), normalised to sum 1 (to 0 where ``start`` does).
    error
        The bound that was reached: above ``tolerance`` where ``max_iterations`` did not do.

    References
    ----------
    Gleich, Gray, Greif, Lau (2010), *An inner-outer iteration for computing PageRank* (for
    Gauss-Seidel); Berkhin (2006), *Bookmark-coloring algorithm for personalized PageRank
    computing* (for residuals).

    Examples
    --------
    >>> x, error = visits(np.array([0, 1, 3, 3]), np.array([2, 0, 2], np.int32), np.ones(3) / 3,
    ...                   damping=0.85, tolerance=1e-12, max_iterations=100)
    >>> x.round(6).tolist(), error
    ([0.281551, 0.19758, 0.520869], 0.0)
    """
    order = citing_first(indptr, indices)
    x = np.zeros(len(start))
    error = push(indptr, indices, order, start.copy(), x, damping, tolerance, max_iterations)
    total = x.sum()
    if total > 0:
        x /= total
    return x, error


@compiled(INT32S(readonly(types.int64), readonly(types.int32)))
def citing_first(indptr: Array, indices: Array) -> Array:
    """Papers so that few stand behind what they cite.

    Where ids tell time, nearly every paper comes after what it cites already: then it is the order
    of the memory, which is the fastest. Else it is the reverse postorder of a depth-first search,
    in which only citations that close a cycle point back.
    """
    size = len(indptr) - 1
    order = np.empty(size, np.int32)
    rising = 0
    for paper in range(size):
        order[size - 1 - paper] = paper
        for entry in range(indptr[paper], indptr[paper + 1]):
            rising += indices[entry] > paper
        if rising > FEW * len(indices):
            break
    if rising <= FEW * len(indices):
        return order
    place = size
    entered = np.zeros(size, np.bool_)
    path = np.empty(size, np.int32)
    following = np.empty(size, np.int64)
    for root in range(size - 1, -1, -1):
        if entered[root]:
            continue
        entered[root] = True
        depth = 0
        path[0] = root
        following[0] = indptr[root]
        while depth >= 0:
            paper = path[depth]
            entry = following[depth]
            end = indptr[paper + 1]
            while entry < end and entered[indices[entry]]:
                entry += 1
            if entry == end:
                place -= 1
                order[place] = paper
                depth -= 1
                continue
            following[depth] = entry + 1
            cited = indices[entry]
            entered[cited] = True
            depth += 1
            path[depth] = cited
            following[depth] = indptr[cited]
    return order


@compiled(
    types.float64(
        readonly(types.int64),
        readonly(types.int32),
        readonly(types.int32),
        FLOATS,
        FLOATS,
        types.float64,
        types.float64,
        types.int64,
    )
)
def push(
    indptr: Array,
    indices: Array,
    order: Array,
    arriving: Array,
    x: Array,
    damping: float,
    tolerance: float,
    max_iterations: int,
) -> float:
    """Hand on what is arriving until the rest is negligible, adding up what each paper had.

    What is left in ``arriving`` is added in the end, so that every reader is somewhere.
    """
    size = len(order)
    error = np.inf
    for done in range(max_iterations + 1):
        waiting = 0.0
        total = 0.0
        for paper in range(size):
            waiting += arriving[paper]
            total += x[paper]
        # Normalising at most doubles the error.
        error = 2 * damping / (1 - damping) * waiting / (total + waiting) if waiting > 0 else 0.0
        if error <= tolerance or done == max_iterations:
            break
        # What is too little to matter, even at every paper, waits for more.
        little = tolerance * (1 - damping) / 8 * (total + waiting) / size
        for paper in order:
            amount = arriving[paper]
            if amount <= little:
                continue
            arriving[paper] = 0.0
            x[paper] += amount
            begin, end = indptr[paper], indptr[paper + 1]
            if begin < end:
                share = damping * amount / (end - begin)
                for entry in range(begin, end):
                    arriving[indices[entry]] += share
    for paper in range(size):
        x[paper] += arriving[paper]
    return error
