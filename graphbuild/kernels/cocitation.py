"""Cocitation counts, row by row: a triangle of ``AᵀA`` without its products in memory."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from graphbuild.kernels import beside
from graphbuild.kernels.compiling import (
    Floats,
    Int32s,
    Int64s,
    Kernel,
    NewFloats,
    NewInt32s,
    NewInt64s,
    NewSingles,
    NewSmalls,
    Singles,
    Smalls,
    compiled,
    prefetch,
)
from graphbuild.kernels.counting import tally
from graphbuild.kernels.locality import close_together

__all__ = ["cocited", "falling", "neighbours"]

ROOM = 1 << 16
"""Pairs that the result has room for at first."""
AHEAD = 16
"""How many lists ahead of its turn a list is fetched from memory."""
SMALL = np.iinfo(np.uint16).max
LARGEST = np.iinfo(np.int32).max


def cocited(indptr: Int64s, indices: Int32s, min_count: int) -> tuple[Int32s, Int32s, Int32s]:
    """Count the pairs of papers that at least ``min_count`` papers cite together.

    Gustavson's product by rows: a paper's row is counted in an array of one counter per paper, and
    what reaches the minimum is kept. So memory is that of the citations and of the result, however
    often a paper is cited; time is the sum of the squares of the lengths of reference lists,
    halved.

    Parameters
    ----------
    indptr, indices
        int64 (papers + 1) and int32 (citations): the papers that each paper cites, ascending, each
        once.
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
    size = len(indptr) - 1
    bands, pairs_of = _bands(indptr, indices, min_count, np.arange(size, dtype=np.int32))
    place = np.cumsum(pairs_of) - pairs_of
    pairs = int(pairs_of.sum())
    second, counted = np.empty(pairs, np.int32), np.empty(pairs, np.int32)

    def turn(band: _Band, places: NewInt64s) -> None:
        run = transpose if band.counts.dtype == np.uint16 else transpose_wide
        run(band.first, band.lower, band.other, band.counts, places, second, counted)

    beside.beside(turn, zip(bands, _reflected_from(place, bands), strict=True))
    return np.repeat(np.arange(size, dtype=np.int32), pairs_of), second, counted


def falling(
    first: Int32s, second: Int32s, count: Int32s, times_cited: Int64s
) -> tuple[Int32s, Int32s, Int64s, Floats, Floats]:
    """Pairs by falling count, equal ones in their order, and how strongly each is tied.

    Parameters
    ----------
    first, second, count
        int32 each, as :func:`cocited` gives them.
    times_cited
        int64 (papers).

    Returns
    -------
    first, second, count, cosine, strength
        int32, int32, int64, float64, float64: ``count`` over the root of the product of how often
        both are cited, and over that product.

    Examples
    --------
    >>> pairs = (np.array(part, np.int32) for part in ([0, 1], [1, 2], [4, 8]))
    >>> [part.tolist() for part in falling(*pairs, np.array([4, 16, 16]))]
    [[1, 0], [2, 1], [8, 4], [0.5, 0.5], [0.03125, 0.0625]]
    """
    size, largest = len(count), int(count.max(initial=0))
    shares = beside.bands(np.arange(size + 1), beside.BANDS)

    def counted(begin: int, end: int) -> NewInt64s:
        times = np.zeros(largest + 1, np.int64)
        tally(count[begin:end], times)
        return times

    several = beside.beside(counted, shares)
    # Where each band puts its pairs of a count: behind larger counts, and those of bands before.
    places, whole = [], np.sum(several, axis=0)
    following = size - np.cumsum(whole)
    for times in several:
        places.append(following.copy())
        following += times
    ranked = (
        np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64),
        np.empty(size), np.empty(size),
    )  # fmt: skip

    def put_down(band: tuple[int, int], place: NewInt64s) -> None:
        begin, end = band
        rank_pairs(
            first[begin:end], second[begin:end], count[begin:end], times_cited, place, *ranked
        )

    beside.beside(put_down, zip(shares, places, strict=True))
    return ranked


def neighbours(
    indptr: Int64s, indices: Int32s, min_count: int
) -> tuple[Int32s, Int64s, Int32s, Singles]:
    """Give the network that the pairs of :func:`cocited` make, without a list of pairs.

    Returns
    -------
    nodes
        int32: the papers that are in a pair, those that are cited together close to each other.
    begins, ends, counts
        int64 (nodes + 1), int32 and float32 (twice as many as pairs): the symmetric matrix over
        ``nodes`` as CSR.

    Examples
    --------
    >>> cited = np.array([3, 4, 3, 4, 4], np.int32)
    >>> [part.tolist() for part in neighbours(np.array([0, 2, 4, 5, 5, 5]), cited, 2)]
    [[3, 4], [0, 1, 2], [1, 0], [2.0, 2.0]]
    """
    size = len(indptr) - 1
    order = close_together(indptr, indices)
    bands, reflected = _bands(indptr, indices, min_count, order)
    own = np.concatenate([np.diff(band.lower) for band in bands])
    ties = own + reflected
    nodes = np.flatnonzero(ties).astype(np.int32)
    number = np.zeros(size, np.int32)
    number[nodes] = np.arange(len(nodes), dtype=np.int32)
    begins = np.zeros(len(nodes) + 1, np.int64)
    np.cumsum(ties[nodes], out=begins[1:])
    ends, counts = np.empty(begins[-1], np.int32), np.empty(begins[-1], np.float32)
    # A paper's row is its own pairs, then those of each band's rows in which it is the other.
    place = np.zeros(size, np.int64)
    place[nodes] = begins[:-1]

    def reflect(band: _Band, places: NewInt64s) -> None:
        run = mirror if band.counts.dtype == np.uint16 else mirror_wide
        begin = place[band.first : band.first + len(band.lower) - 1]
        run(band.first, begin, band.lower, band.other, band.counts, number, places, ends, counts)

    beside.beside(reflect, zip(bands, _reflected_from(place + own, bands), strict=True))
    return order[nodes], begins, ends, counts


class _Band(NamedTuple):
    """Some rows of the lower triangle: each paper's pairs with papers before it, in no order.

    ``lower`` (int64, one more than rows), ``other`` and ``counts`` are CSR, as small as can
    be; ``first`` is the paper of the first row. ``reflected`` says of each of all papers how often
    it is the other.
    """

    first: int
    lower: Int64s
    other: Int32s
    counts: Smalls | Int32s
    reflected: Int64s


def _reflected_from(place: Int64s, bands: list[_Band]) -> list[NewInt64s]:
    """From where on each band's pairs stand at their other papers: after those of bands before."""
    places = [place.copy()]
    for band in bands[:-1]:
        places.append(places[-1] + band.reflected)
    return places


def _bands(
    indptr: Int64s, indices: Int32s, min_count: int, order: Int32s
) -> tuple[list[_Band], Int64s]:
    """The lower triangle in bands of about equal work, and the sum of what they reflect.

    Papers are numbered by their place in ``order``.
    """
    listed, begins, places, work = _incidence(indptr, indices, min_count, order)
    size = len(order)
    before = np.zeros(size + 1, np.int64)
    np.cumsum(work, out=before[1:])
    # Counters of two bytes stay in the nearest memory; two papers' rows must fit between resets.
    is_small = bool(np.diff(begins).max(initial=0) < SMALL // 2)

    def band(first: int, last: int) -> _Band:
        rows = begins[first : last + 1]
        return _band(listed, rows, places, min(min_count, LARGEST), first, size, is_small)

    bands = beside.beside(band, beside.bands(before, beside.BANDS))
    reflected = bands[0].reflected.copy()
    for later in bands[1:]:
        reflected += later.reflected
    return bands, reflected


def _incidence(
    indptr: Int64s, indices: Int32s, min_count: int, order: Int32s
) -> tuple[Int32s, Int64s, Int32s, Int64s]:
    """Reference lists, and where each paper stands in them.

    Returns
    -------
    listed
        int32: what each paper cites, one list after the other, as :func:`incidence` leaves it.
    begins, places
        int64 (papers + 1) and int32: the places in ``listed`` where each paper stands; none for
        those that are cited too rarely.
    work
        int64 (papers): how many papers stand before each, in all lists.
    """
    size = len(order)
    lists = np.zeros(size + 1, np.int64)
    np.cumsum(np.diff(indptr)[order], out=lists[1:])
    several = beside.bands(lists, beside.BANDS)
    listed, times_in = _listed(indptr, indices, order, lists, several)
    times = np.zeros(size, np.int64)
    for part in times_in:
        times += part
    times[times < min_count] = 0
    begins = np.zeros(size + 1, np.int64)
    np.cumsum(times, out=begins[1:])
    places = np.empty(begins[-1], np.int32)
    # Where each band goes on: after what those before it put down.
    desks, following = [], np.where(times > 0, begins[:-1], -1)
    for part in times_in:
        desks.append(np.zeros(2 * size, np.int64))
        desks[-1][::2] = following
        following[times > 0] += part[times > 0]
    del times_in, following

    def put_down(band: tuple[int, int], desk: NewInt64s) -> None:
        incidence(lists[band[0] : band[1] + 1], listed, desk, places)

    beside.beside(put_down, zip(several, desks, strict=True))
    work = times  # which is done with
    work[:] = 0
    for desk in desks:
        work += desk[1::2]
    return listed, begins, places, work


def _listed(
    indptr: Int64s, indices: Int32s, order: Int32s, lists: Int64s, several: list[tuple[int, int]]
) -> tuple[NewInt32s, list[NewInt32s]]:
    """Lists in the given order and numbering, and how often each paper is in those of a band."""
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    listed = np.empty(lists[-1], np.int32)

    def renumber(first: int, last: int) -> NewInt32s:
        times = np.zeros(len(order), np.int32)
        gather(indptr, indices, order[first:last], number, lists[first:last], listed, times)
        return times

    return listed, beside.beside(renumber, several)


def _band(
    listed: Int32s,
    begins: Int64s,
    places: Int32s,
    min_count: int,
    first: int,
    size: int,
    is_small: bool,
) -> _Band:
    """Count the rows whose places begin at ``begins``."""
    kind = np.uint16 if is_small else np.int32
    count_some = count_rows if is_small else count_rows_wide
    counters, found = np.zeros(size, kind), np.empty(size, np.int32)
    rows = len(begins) - 1
    lower = np.zeros(rows + 1, np.int64)
    other = np.empty(ROOM, np.int32)
    count: Smalls | Int32s
    count = np.empty(ROOM, np.uint16) if is_small else np.empty(ROOM, np.int32)
    row = 0
    while True:
        row = count_some(
            listed, begins, places, min_count, row, np.iinfo(kind).max,
            counters, found, lower, other, count,
        )  # fmt: skip
        if row == rows:
            break
        # The allocator moves pages rather than bytes, so growing little by little is cheap, and
        # what is not needed in the end is little.
        room = max(len(other) + len(other) // 4, int(lower[row]) + size)
        other.resize(room, refcheck=False)
        count.resize(room, refcheck=False)
    other.resize(lower[-1], refcheck=False)
    count.resize(lower[-1], refcheck=False)
    reflected = np.zeros(size, np.int64)
    tally(other, reflected)
    return _Band(first, lower, other, count, reflected)


@compiled
def gather(
    indptr: Int64s,
    indices: Int32s,
    order: Int32s,
    number: Int32s,
    begins: Int64s,
    listed: NewInt32s,
    times: NewInt32s,
) -> None:
    """Copy the lists of some papers, renumbered, to where each begins, and count what they cite."""
    for turn in range(len(order)):
        later = order[min(turn + AHEAD, len(order) - 1)]
        prefetch(indices, indptr[later])
        prefetch(indices, indptr[later] + 16)
        place = begins[turn]
        for entry in range(indptr[order[turn]], indptr[order[turn] + 1]):
            cited = number[indices[entry]]
            listed[place] = cited
            times[cited] += 1
            place += 1


@compiled
def incidence(lists: Int64s, listed: NewInt32s, desk: NewInt64s, places: NewInt32s) -> None:
    """Reference lists without papers cited too rarely, and the places where each paper stands.

    Parameters
    ----------
    lists
        Where the lists begin in ``listed``, and the last one ends.
    listed
        The papers that each list cites, in an order of papers that is the same in all lists; each
        list is left with those that stay, the first of them as its complement.
    desk
        Of each paper where in ``places`` its next place goes, negative for one that does not stay;
        and how many papers stand before it in lists, which is added to.
    places
        Gets where in ``listed`` each paper stands.
    """
    for turn in range(len(lists) - 1):
        begin = end = lists[turn]
        for entry in range(begin, lists[turn + 1]):
            cited = listed[entry]
            if desk[2 * cited] >= 0:
                listed[end] = ~cited if end == begin else cited
                places[desk[2 * cited]] = end
                desk[2 * cited] += 1
                desk[2 * cited + 1] += end - begin
                end += 1


def _count_rows(
    listed: Int32s,
    begins: Int64s,
    places: Int32s,
    min_count: int,
    row: int,
    largest: int,
    counters: NewSmalls,
    found: NewInt32s,
    lower: NewInt64s,
    other: NewInt32s,
    count: NewSmalls,
) -> int:
    """Count rows from ``row`` on, until the result has no room for the next one.

    Rows are those of ``begins`` and ``lower``, which may be some of all;
    counters are of all papers.

    Counters are not set back from row to row, which would cost as much as counting. Each row
    counts from a ``base`` above all that came before, and what is below that is 0.
    """
    base = 0
    for paper in range(len(counters)):
        base = max(base, int(counters[paper]))
    size = len(counters)
    rows = len(lower) - 1
    last = len(places) - 1
    pairs = lower[row]
    while row < rows:
        begin, end = begins[row], begins[row + 1]
        if base > largest - (end - begin):
            for paper in range(size):
                counters[paper] = 0
            base = 0
        many = 0
        almost = base + min_count - 1
        for entry in range(begin, end):
            prefetch(listed, places[min(entry + AHEAD, last)])
            place = places[entry]
            paper = listed[place]
            while paper >= 0:
                place -= 1
                paper = listed[place]
                cited = paper ^ (paper >> 31)
                seen = max(int(counters[cited]), base)
                # A branch would be mispredicted; a store that is overwritten costs nothing.
                found[many] = cited
                many += seen == almost
                counters[cited] = seen + 1
        if pairs + many > len(other):
            break
        for place in range(many):
            other[pairs] = found[place]
            count[pairs] = counters[found[place]] - base
            pairs += 1
        row += 1
        lower[row] = pairs
        base += end - begin
    return row


count_rows = Kernel(_count_rows, "count_rows")
count_rows_wide = Kernel(_count_rows, "count_rows_wide", counters="NewInt32s", count="NewInt32s")


def _transpose(
    row: int,
    lower: Int64s,
    other: Int32s,
    count: Smalls,
    place: NewInt64s,
    second: NewInt32s,
    counted: NewInt32s,
) -> None:
    """Turn rows of the lower triangle into ascending rows of the upper one, from ``place`` on.

    ``row`` is the number of the first.
    """
    for line in range(len(lower) - 1):
        for entry in range(lower[line], lower[line + 1]):
            prefetch(place, other[min(entry + AHEAD, len(other) - 1)])
            first = other[entry]
            second[place[first]] = row + line
            counted[place[first]] = count[entry]
            place[first] += 1


transpose = Kernel(_transpose, "transpose")
transpose_wide = Kernel(_transpose, "transpose_wide", count="Int32s")


@compiled
def rank_pairs(
    first: Int32s,
    second: Int32s,
    count: Int32s,
    times_cited: Int64s,
    place: NewInt64s,
    ranked_first: NewInt32s,
    ranked_second: NewInt32s,
    ranked_count: NewInt64s,
    cosine: NewFloats,
    strength: NewFloats,
) -> None:
    """Put each pair down at the ``place`` of its count."""
    for pair in range(len(count)):
        one, other, times = first[pair], second[pair], count[pair]
        at = place[times]
        place[times] = at + 1
        product = float(times_cited[one]) * float(times_cited[other])
        ranked_first[at], ranked_second[at], ranked_count[at] = one, other, times
        cosine[at] = times / math.sqrt(product)
        strength[at] = times / product


def _mirror(
    row: int,
    begin: Int64s,
    lower: Int64s,
    other: Int32s,
    count: Smalls,
    number: Int32s,
    place: NewInt64s,
    ends: NewInt32s,
    counts: NewSingles,
) -> None:
    """Write each pair down at both of its papers, from ``begin`` and ``place`` on.

    ``row`` is the number of the first row, ``begin`` is of rows, and ``place`` of all papers.
    """
    for line in range(len(lower) - 1):
        node = number[row + line]
        shift = begin[line] - lower[line]
        for entry in range(lower[line], lower[line + 1]):
            prefetch(place, other[min(entry + AHEAD, len(other) - 1)])
            paper = other[entry]
            ends[entry + shift] = number[paper]
            counts[entry + shift] = count[entry]
            ends[place[paper]] = node
            counts[place[paper]] = count[entry]
            place[paper] += 1


mirror = Kernel(_mirror, "mirror")
mirror_wide = Kernel(_mirror, "mirror_wide", count="Int32s")
