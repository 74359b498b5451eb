"""Cocitation counts, row by row: the upper triangle of ``AᵀA`` without its products in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from graphbuild.kernels.compiling import INT32S, INT64S, compiled, readonly

__all__ = ["cocited"]

Array = np.ndarray[Any, np.dtype[Any]]

ROOM = 1 << 16
"""Pairs that the result has room for at first."""


def cocited(indptr: Array, indices: Array, min_count: int) -> tuple[Array, Array, Array]:
    """Count the pairs of papers that at least ``min_count`` papers cite together.

    Gustavson's product by rows: a paper's row is counted in an array of one counter per paper, and
    what reaches the minimum is kept. So memory is that of the citations and of the result, however
    often a paper is cited; time is the sum of the squares of the lengths of reference lists,
    halved.

    Parameters
    ----------
    indptr, indices
        int64 (papers + 1) and int32 (citations): the papers that each paper cites, each once.
    min_count
        At least 1.

    Returns
    -------
    first, second, count
        int32 each, one entry per pair: ``first < second``, ascending by both.

    References
    ----------
    Gustavson (1978), *Two fast algorithms for sparse matrices: multiplication and permuted
    transposition*.

    Examples
    --------
    >>> cited = np.array([3, 4, 3, 4, 4], np.int32)
    >>> [part.tolist() for part in cocited(np.array([0, 2, 4, 5, 5, 5]), cited, 2)]
    [[3], [4], [2]]
    """
    lists, cited, citing_indptr, citing = useful(indptr, indices, min_count)
    size = len(indptr) - 1
    begins = lists[:-1].copy()
    counts = np.zeros(size, np.int32)
    met = np.empty(size, np.int32)
    pairs_of = np.zeros(size, np.int64)
    second, count = np.empty(ROOM, np.int32), np.empty(ROOM, np.int32)
    row, pairs = 0, 0
    while True:
        row, pairs = rows(
            lists, cited, citing_indptr, citing, min_count, row, pairs,
            begins, counts, met, pairs_of, second, count,
        )
        if row == size:
            break
        # The allocator moves pages rather than bytes, so growing little by little is cheap, and
        # what is not needed in the end is little.
        room = max(len(second) + len(second) // 4, pairs + size)
        second.resize(room, refcheck=False)
        count.resize(room, refcheck=False)
    second.resize(pairs, refcheck=False)
    count.resize(pairs, refcheck=False)
    return np.repeat(np.arange(size, dtype=np.int32), pairs_of), second, count


@compiled(
    types.Tuple((INT64S, INT32S, INT64S, INT32S))(
        readonly(types.int64), readonly(types.int32), types.int64
    )
)
def useful(indptr: Array, indices: Array, min_count: int) -> tuple[Array, Array, Array, Array]:
    """Reference lists, ascending, without papers cited too rarely, and who cites each of these."""
    size = len(indptr) - 1
    times = np.zeros(size, np.int64)
    for cited in indices:
        times[cited] += 1
    citing_indptr = np.zeros(size + 1, np.int64)
    for paper in range(size):
        kept = times[paper] if times[paper] >= min_count else 0
        citing_indptr[paper + 1] = citing_indptr[paper] + kept
    citing = np.empty(citing_indptr[size], np.int32)
    lists = np.zeros(size + 1, np.int64)
    place = citing_indptr[:-1].copy()
    for paper in range(size):
        lists[paper + 1] = lists[paper]
        for entry in range(indptr[paper], indptr[paper + 1]):
            cited = indices[entry]
            if times[cited] >= min_count:
                citing[place[cited]] = paper
                place[cited] += 1
                lists[paper + 1] += 1
    # Written by ascending cited paper, lists are ascending.
    kept_cited = np.empty(len(citing), np.int32)
    end = lists[:-1].copy()
    for cited in range(size):
        for entry in range(citing_indptr[cited], citing_indptr[cited + 1]):
            paper = citing[entry]
            kept_cited[end[paper]] = cited
            end[paper] += 1
    return lists, kept_cited, citing_indptr, citing


@compiled(
    types.UniTuple(types.int64, 2)(
        INT64S, INT32S, INT64S, INT32S, types.int64, types.int64, types.int64,
        INT64S, INT32S, INT32S, INT64S, INT32S, INT32S,
    )
)
def rows(
    lists: Array,
    cited: Array,
    citing_indptr: Array,
    citing: Array,
    min_count: int,
    row: int,
    pairs: int,
    begins: Array,
    counts: Array,
    met: Array,
    pairs_of: Array,
    second: Array,
    count: Array,
) -> tuple[int, int]:
    """Count rows from ``row`` on, until the result might not hold the next one.

    ``begins`` is where the rest of each list begins: rows ascend as lists do, so that a list's
    next paper is always the row, and what comes after it is right of the diagonal.
    """
    size = len(pairs_of)
    while row < size:
        many = 0
        enough = 0
        for entry in range(citing_indptr[row], citing_indptr[row + 1]):
            paper = citing[entry]
            begins[paper] += 1
            for other in range(begins[paper], lists[paper + 1]):
                column = cited[other]
                seen = counts[column]
                # Branches here would be mispredicted; a store that is overwritten costs nothing.
                met[many] = column
                many += seen == 0
                counts[column] = seen + 1
                enough += seen + 1 == min_count
        if pairs + enough > len(second):
            for place in range(many):
                counts[met[place]] = 0
            for entry in range(citing_indptr[row], citing_indptr[row + 1]):
                begins[citing[entry]] -= 1
            break
        start = pairs
        for place in range(many):
            column = met[place]
            if counts[column] >= min_count:
                second[pairs] = column
                pairs += 1
            else:
                counts[column] = 0
        second[start:pairs].sort()
        for place in range(start, pairs):
            count[place] = counts[second[place]]
            counts[second[place]] = 0
        pairs_of[row] = pairs - start
        row += 1
    return row, pairs
