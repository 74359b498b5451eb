"""Where papers stand on a timeline: the year from left to right, a lane for each cluster.

A lane is as thick at a year as it has papers then, so that it shows when a cluster came and went.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Axis", "axis", "lanes", "moments", "positions"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.integer[Any]]]

LANES = 24
"""Clusters with a lane of their own; the rest share the last one."""
ASPECT = 1.35
"""Width of the timeline beside its height."""
COVERAGE = 0.42
"""Part of the area that papers have to themselves, at a spacing of one."""


class Axis(NamedTuple):
    """A timeline runs from the year ``first`` to before ``last``, around x = 0; a year's length."""

    first: int
    last: int
    per_year: float


def moments(
    ids: pa.ChunkedArray,
    years: np.ndarray[Any, np.dtype[np.int32]],
    published: pa.ChunkedArray,
) -> Floats:
    """The time of each paper in years, as exactly as it is known; nan for no year.

    The day of publication, else the month that an arXiv id tells, where they agree with the year;
    else the middle of the year.

    >>> moments(pa.chunked_array([["arxiv:1706.03762", "b"]]), np.array([2017, 0], np.int32),
    ...         pa.chunked_array([[None, None]], pa.date32())).round(2).tolist()
    [2017.46, nan]
    """
    texts = ids.cast(pa.string())
    new = pc.extract_regex(texts, r"^arxiv:(?P<y>\d\d)(?P<m>\d\d)\.")
    old = pc.extract_regex(texts, r"^arxiv:[a-z.-]+/(?P<y>\d\d)(?P<m>\d\d)")
    times = np.where(years > 0, years + 0.5, np.nan)
    for found in (new, old):
        month = _numbers(found, "m")
        agrees = (month >= 1) & (month <= 12) & (_numbers(found, "y") == years % 100)
        times = np.where((years > 0) & agrees, years + (month - 0.5) / 12, times)
    year = pc.fill_null(pc.year(published), 0).to_numpy()
    day = pc.fill_null(pc.day_of_year(published), 0).to_numpy()
    exact: Floats = np.where((year == years) & (years > 0), years + (day - 0.5) / 366, times)
    return exact


def _numbers(found: pa.ChunkedArray, field: str) -> Integers:
    texts = pc.struct_field(found, field)
    numbers: Integers = pc.fill_null(texts.cast(pa.int32()), 0).to_numpy()
    return numbers


def lanes(groups: Integers) -> Integers:
    """The lane of each node from its group (by size from 1, 0 for none).

    >>> lanes(np.array([1, 2, 30, 0])).tolist()
    [1, 2, 0, 0]
    """
    kept: Integers = np.where(groups <= LANES, groups, 0)
    return kept


def positions(times: Floats, groups: Integers, spacing: float) -> Floats:
    """Place every paper on a timeline.

    Parameters
    ----------
    times
        float64 (papers,): years; nan where unknown.
    groups
        Each paper's group from 1, or 0; see :func:`lanes`.
    spacing
        Mean distance of neighbours.

    Returns
    -------
    numpy.ndarray
        float64 (papers, 2) around the origin, one decimal. x grows with the time, in proportion,
        and is off by less than the time is known;
        papers of no known year stand to the left of all. Lanes follow each other downwards by
        their mean time, the shared one at the bottom. The same papers have the same places.

    Examples
    --------
    >>> places = positions(np.array([2000.0, 2010.0, 2020.0]), np.array([1, 1, 2]), 26.0)
    >>> bool((np.diff(places[:, 0]) > 0).all()), bool(places[2, 1] > places[0, 1])
    (True, True)
    """
    papers = len(times)
    places = np.zeros((papers, 2))
    if not papers:
        return places
    lane = lanes(groups)
    known = np.isfinite(times)
    scale_of_x = axis(times, spacing)
    first, last = scale_of_x.first, scale_of_x.last
    span = last - first
    # Papers of unknown year have a column of a tenth of the width to the left of all.
    at = np.where(known, times, first - 0.15 * span)
    height = scale_of_x.per_year * span / ASPECT
    years = np.floor(at).astype(np.int64)
    years -= years.min()
    order_of_lanes, number = _by_time(lane, at, known)
    counts = np.zeros((order_of_lanes, int(years.max()) + 1))
    np.add.at(counts, (number, years), 1)
    smooth = counts.copy()
    smooth[:, 1:] += 0.5 * counts[:, :-1]
    smooth[:, :-1] += 0.5 * counts[:, 1:]
    smooth /= 2
    thick = (smooth + 0.5) ** 0.65
    most = thick.max(axis=1)
    gap = 0.3 * most.mean()
    ends = np.cumsum(most + gap)
    middle = ends - gap / 2 - most / 2
    scale = height / ends[-1]
    # Within a year that is known no closer, papers spread evenly; the golden ratio's multiples
    # fill the lane evenly (Roberts 2018), and a little chance hides that they form a lattice.
    shift, golden = _spread(number, at)
    along = np.where(known, at + shift, at + shift * 0.1 * span)
    places[:, 0] = (along - (first + last) / 2) * scale_of_x.per_year
    here = _thickness(thick, number, along if known.all() else at, years)
    places[:, 1] = (middle[number] + (golden - 0.5) * here * 0.92 - ends[-1] / 2) * scale
    return np.round(places, 1) + 0.0


def axis(times: Floats, spacing: float) -> Axis:
    """The years that :func:`positions` places, and how long one is.

    >>> axis(np.array([2000.5, np.nan, 2001.2]), 26.0)[:2]
    (2000, 2002)
    """
    known = times[np.isfinite(times)]
    if not len(known):
        return Axis(0, 1, spacing)
    first, last = int(np.floor(known.min())), int(np.floor(known.max())) + 1
    width = spacing * np.sqrt(len(times) * ASPECT / COVERAGE)
    return Axis(first, last, float(width / (last - first)))


def _by_time(lane: Integers, at: Floats, known: np.ndarray[Any, Any]) -> tuple[int, Integers]:
    """How many lanes there are, and each node's: by mean time, the shared one at the bottom."""
    used, inverse = np.unique(lane, return_inverse=True)
    size = np.maximum(np.bincount(inverse, known), 1)
    mean = np.bincount(inverse, np.where(known, at, 0)) / size
    rank = np.empty(len(used), np.int64)
    rank[np.lexsort((used, np.round(mean, 6), used == 0))] = np.arange(len(used))
    return len(used), rank[inverse]


def _spread(number: Integers, at: Floats) -> tuple[Floats, Floats]:
    """For each node a shift in time within what is known of it, and a height between 0 and 1."""
    order = np.lexsort((np.arange(len(at)), at, number))
    new = np.append(True, (np.diff(at[order]) != 0) | (np.diff(number[order]) != 0))
    starts = np.flatnonzero(new)
    size = np.diff(starts, append=len(at))
    within = np.arange(len(at)) - np.repeat(starts, size)
    share = (within + 0.5) / np.repeat(size, size)
    # Middles of years stand for the year, anything else for about a month.
    fraction = at[order] - np.floor(at[order])
    reach = np.where(np.isclose(fraction, 0.5), 0.96, 1 / 12)
    shift, golden = np.empty(len(at)), np.empty(len(at))
    shift[order] = (share - 0.5) * reach
    chance = np.random.default_rng(0).uniform(-1, 1, (2, len(at)))
    shift[order] += chance[0] * 0.5 * reach / np.repeat(size, size) ** 0.5
    shift[order] = np.clip(shift[order], -0.48 * reach, 0.48 * reach)
    golden[order] = np.modf((np.arange(len(at)) + 1) * 0.6180339887498949)[0]
    golden[order] = np.clip(golden[order] + 0.1 * chance[1], 0, 1)
    return shift, golden


def _thickness(thick: Floats, number: Integers, at: Floats, years: Integers) -> Floats:
    """A lane's thickness at a time, between those of the middles of years."""
    fraction = at - np.floor(at) - 0.5
    other = np.clip(years + np.sign(fraction).astype(np.int64), 0, thick.shape[1] - 1)
    part = np.abs(fraction)
    between: Floats = thick[number, years] * (1 - part) + thick[number, other] * part
    return between
