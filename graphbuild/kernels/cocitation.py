"""Cocitation counts, row by row: the upper triangle of ``AᵀA`` without its products in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from graphbuild.kernels.compiling import INT32S, INT64S, compiled, readonly, several

__all__ = ["cocited"]

Array = np.ndarray[Any, np.dtype[Any]]

ROOM = 1 << 16
"""Pairs that the result has room for at first."""
AHEAD = 8
"""How many lists ahead of its turn a list is fetched from memory."""
LARGEST = np.iinfo(np.int32).max


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
    listed, begins, places = incidence(indptr, indices, min_count)
    size = len(indptr) - 1
    counts = np.zeros(size, np.int32)
    found = np.empty(size, np.int32)
    pairs_of = np.zeros(size, np.int64)
    second, count = np.empty(ROOM, np.int32), np.empty(ROOM, np.int32)
    row, pairs = 0, 0
    while True:
        row, pairs, _ = count_rows(
            listed, begins, places, min_count, row, pairs, counts, found, pairs_of, second, count
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
    several(INT32S, INT64S, INT32S)(readonly(types.int64), readonly(types.int32), types.int64)
)
def incidence(indptr: Array, indices: Array, min_count: int) -> tuple[Array, Array, Array]:
    """Reference lists without papers cited too rarely, and the places where each paper stands.

    Returns
    -------
    listed
        Lists one after the other, each ascending, the last paper of each as its complement.
    begins, places
        CSR: where in ``listed`` a paper stands.
    """
    size = len(indptr) - 1
    times = np.zeros(size, np.int64)
    for cited in indices:
        times[cited] += 1
    begins = np.zeros(size + 1, np.int64)
    for paper in range(size):
        kept = times[paper] if times[paper] >= min_count else 0
        begins[paper + 1] = begins[paper] + kept
    places = np.empty(begins[size], np.int32)  # of citing papers, to begin with
    lists = np.zeros(size + 1, np.int64)
    filled = begins[:-1].copy()
    for paper in range(size):
        lists[paper + 1] = lists[paper]
        for entry in range(indptr[paper], indptr[paper + 1]):
            cited = indices[entry]
            if times[cited] >= min_count:
                places[filled[cited]] = paper
                filled[cited] += 1
                lists[paper + 1] += 1
    listed = np.empty(len(places), np.int32)
    end = lists[:-1].copy()
    for cited in range(size):  # ascending, so that lists are
        for entry in range(begins[cited], begins[cited + 1]):
            paper = places[entry]
            listed[end[paper]] = cited
            places[entry] = end[paper]
            end[paper] += 1
    for paper in range(size):
        if lists[paper] < lists[paper + 1]:
            listed[lists[paper + 1] - 1] = ~listed[lists[paper + 1] - 1]
    return listed, begins, places


@compiled(
    several(types.int64, types.int64, types.int64)(
        INT32S,
        INT64S,
        INT32S,
        types.int64,
        types.int64,
        types.int64,
        INT32S,
        INT32S,
        INT64S,
        INT32S,
        INT32S,
    )
)
def count_rows(
    listed: Array,
    begins: Array,
    places: Array,
    min_count: int,
    row: int,
    pairs: int,
    counts: Array,
    found: Array,
    pairs_of: Array,
    second: Array,
    count: Array,
) -> tuple[int, int, int]:
    """Count rows from ``row`` on, until the result has no room for the next one.

    Counters are not set back from row to row, which would cost as much as counting. Each row
    counts from a ``base`` above all that came before, and what is below that is 0. The third
    result means nothing: without it, the compiler would leave asking ahead out.
    """
    base = 0
    for paper in counts:
        base = max(base, paper)
    touched = 0
    while row < len(pairs_of):
        end = begins[row + 1]
        if base > LARGEST - (end - begins[row]):
            for paper in range(len(counts)):
                counts[paper] = 0
            base = 0
        many = 0
        almost = base + min_count - 1
        for entry in range(begins[row], end):
            # Lists lie all over the memory: asking for a later one now saves waiting for it then.
            touched ^= listed[places[min(entry + AHEAD, len(places) - 1)]]
            place = places[entry]
            paper = listed[place]
            while paper >= 0:
                place += 1
                paper = listed[place]
                other = paper ^ (paper >> 31)
                seen = max(counts[other], base)
                # A branch would be mispredicted; a store that is overwritten costs nothing.
                found[many] = other
                many += seen == almost
                counts[other] = seen + 1
        if pairs + many > len(second):
            break
        found[:many].sort()
        for place in range(many):
            second[pairs + place] = found[place]
            count[pairs + place] = counts[found[place]] - base
        pairs += many
        pairs_of[row] = many
        base += end - begins[row]
        row += 1
    return row, pairs, touched
