"""Which papers are cited together?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from graphbuild.analysis.ranking import (
    Booleans,
    Floats,
    Integers,
    Singles,
    analysis,
    remark,
)
from graphbuild.errors import GraphbuildError
from graphbuild.tables import CitationIndex, Tables

__all__ = [
    "Pairs",
    "Ties",
    "choose_pairs",
    "choose_ties",
    "cocitation",
    "count_pairs",
    "ties_of",
]

Int32s = np.ndarray[Any, np.dtype[np.int32]]
Int64s = np.ndarray[Any, np.dtype[np.int64]]

MIN_COUNT = 2
FEWEST_PAIRS = 20
"""Where fewer pairs than this reach the usual minimum count, pairs cited once are shown too."""
SMALL = 4_000_000
"""Products of ``AᵀA`` up to which pairs are sorted, which needs nothing compiled."""
COMPILED = 500_000
"""Pairs from which on compiled code ranks and names them."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Unordered pairs of papers, ``first < second``, ascending by both.

    ``first`` and ``second`` are int32 positions, ``count`` is the int32 number of papers that
    cite both.
    """

    first: Int32s
    second: Int32s
    count: Int32s


@dataclass(frozen=True, eq=False)
class Ties:
    """Papers and the strength of the ties between them: a symmetric matrix without a diagonal.

    ``nodes`` are the int32 positions of the papers that have a tie, in any order; ``begins``
    (int64, one more than nodes), ``ends`` (int32, numbers of nodes) and ``counts`` (float32) are
    the matrix over these as CSR. A row's order is anybody's.
    """

    nodes: Integers
    begins: Integers
    ends: Integers
    counts: Singles

    def __len__(self) -> int:
        return len(self.ends) // 2


@analysis
def cocitation(tables: Tables, *, min_count: int | None = None) -> pa.Table:
    """Pairs of papers by the number of papers that cite both, most often cocited first.

    With ``c`` papers that cite both, and ``cᵢ`` and ``cⱼ`` that cite each, the Salton cosine is
    ``c / √(cᵢ cⱼ)``: 1 where the two are always cited together. The association strength is
    ``c / (cᵢ cⱼ)``, without a factor for the size of the corpus: proportional to how many times
    more often the two are cited together than they would be if papers chose references by chance.

    Parameters
    ----------
    min_count
        Leave out pairs that fewer papers cite together. By default 2, or 1 where fewer than 20
        pairs reach 2.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second`` (ids, ``first < second``), ``count`` (int64), ``salton_cosine``,
        ``association_strength`` (float64); equal counts by both ids.
        ``DataFrame.attrs["min_count"]`` is the minimum that was used.

    Raises
    ------
    GraphbuildError
        For a minimum below 1.

    References
    ----------
    Small (1973), *Co-citation in the scientific literature*. Marshakova (1973). Van Eck and
    Waltman (2009), *How to normalize cooccurrence data?*

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame(
    ...     {"citing": ["p", "p", "q", "q", "r"], "cited": ["a", "b", "a", "b", "b"]}))
    >>> pairs = cocitation(tables)
    >>> pairs.round(3).values.tolist(), pairs.attrs
    ([['a', 'b', 2, 0.816, 0.333]], {'min_count': 1})
    """
    pairs, min_count = choose_pairs(tables.index, min_count)
    first, second, count, cosine, strength = _ranked(pairs, tables.index.times_cited)
    del pairs  # as large as what is to come
    table = pa.table(
        {
            "first": _texts_at(tables.ids, first),
            "second": _texts_at(tables.ids, second),
            "count": count,
            "salton_cosine": cosine,
            "association_strength": strength,
        }
    )
    return remark(table, min_count=min_count)


def _ranked(
    pairs: Pairs, times_cited: Int64s, *, large: int = COMPILED
) -> tuple[Int32s, Int32s, Int64s, Floats, Floats]:
    """Both papers, count, cosine and association strength of pairs by falling count.

    ``large`` decides how, and changes nothing about the result.
    """
    first, second, count = pairs.first, pairs.second, pairs.count
    if len(count) >= large:
        from graphbuild.kernels.cocitation import falling  # noqa: PLC0415 - loads a library

        return falling(first, second, count, times_cited)
    order = np.argsort(-count, kind="stable")
    first, second, count = first[order], second[order], count[order]
    product = times_cited[first].astype(np.float64) * times_cited[second]
    return first, second, count.astype(np.int64), count / np.sqrt(product), count / product


def _texts_at(texts: pa.Array, positions: Int32s, *, large: int = COMPILED) -> pa.Array:
    if len(positions) >= large:
        from graphbuild.kernels.texts import texts_at  # noqa: PLC0415 - loads a library

        return texts_at(texts, positions)
    return texts.take(pa.array(positions))


def choose_pairs(index: CitationIndex, min_count: int | None) -> tuple[Pairs, int]:
    """Count pairs with the given minimum or the one that suits the graph, and say which."""
    if min_count is not None:
        return count_pairs(index, min_count), min_count
    pairs = count_pairs(index, MIN_COUNT)
    if len(pairs.count) >= FEWEST_PAIRS:
        return pairs, MIN_COUNT
    return count_pairs(index, 1), 1


def choose_ties(index: CitationIndex, min_count: int | None) -> tuple[Ties, int]:
    """Give the network of the pairs that :func:`choose_pairs` counts, and the minimum."""
    if min_count is not None:
        return _ties(index, min_count), min_count
    ties = _ties(index, MIN_COUNT)
    if len(ties) >= FEWEST_PAIRS:
        return ties, MIN_COUNT
    return _ties(index, 1), 1


def count_pairs(index: CitationIndex, min_count: int, *, small: int = SMALL) -> Pairs:
    """Count the pairs of papers that at least ``min_count`` papers cite together.

    ``small`` decides how, and changes nothing about the result.
    """
    few = _few(index, min_count, small)
    if few is not None:
        return _by_sorting(index, *few, min_count)
    from graphbuild.kernels.cocitation import cocited  # noqa: PLC0415 - loads a compiler's library

    return Pairs(*cocited(index.cited_indptr, index.cited_indices, min_count))


def _ties(index: CitationIndex, min_count: int, *, small: int = SMALL) -> Ties:
    few = _few(index, min_count, small)
    if few is not None:
        return ties_of(_by_sorting(index, *few, min_count), index.papers)
    from graphbuild.kernels.cocitation import neighbours  # noqa: PLC0415 - (the same)

    return Ties(*neighbours(index.cited_indptr, index.cited_indices, min_count))


def _few(index: CitationIndex, min_count: int, small: int) -> tuple[Booleans, Integers] | None:
    """Which papers are cited often enough to be in a pair, and how many of them each one cites.

    None where that makes more products than ``small``.
    """
    if min_count < 1:
        raise GraphbuildError(f"the minimum count is {min_count}; it must be at least 1")
    often = index.times_cited >= min_count
    # No lists make fewer products than those of equal length, and that needs no look at them.
    if int(index.times_cited[often].sum()) ** 2 > small * index.papers:
        return None
    before = np.zeros(len(index.cited) + 1, np.int32)
    np.cumsum(often[index.cited_indices], out=before[1:])
    lengths = np.diff(before[index.cited_indptr])
    products = int(np.square(lengths.astype(np.int64)).sum())
    return None if products > small else (often, lengths)


def ties_of(pairs: Pairs, papers: int) -> Ties:
    """Make a network of pairs that are ascending by both papers; rows are ascending too.

    A row holds what is below the diagonal, then what is above it, each ascending already: so every
    entry's place follows from counting, without a sort of the whole.
    """
    below = np.bincount(pairs.second, minlength=papers)
    above = np.bincount(pairs.first, minlength=papers)
    nodes = np.flatnonzero(below + above)
    number = np.zeros(papers, np.int32)
    number[nodes] = np.arange(len(nodes), dtype=np.int32)
    below, above = below[nodes], above[nodes]
    begins = np.zeros(len(nodes) + 1, np.int64)
    np.cumsum(below + above, out=begins[1:])
    ends = np.empty(2 * len(pairs.count), np.int32)
    counts = np.empty(2 * len(pairs.count), np.float32)
    entry = np.arange(len(pairs.count))
    order = np.argsort(pairs.second, kind="stable")
    place = entry + np.repeat(begins[:-1] - (np.cumsum(below) - below), below)
    ends[place], counts[place] = number[pairs.first[order]], pairs.count[order]
    place = entry + np.repeat(begins[:-1] + below - (np.cumsum(above) - above), above)
    ends[place], counts[place] = number[pairs.second], pairs.count
    return Ties(nodes.astype(np.int32), begins, ends, counts)


def _by_sorting(index: CitationIndex, often: Booleans, lengths: Integers, min_count: int) -> Pairs:
    """Write every pair of every reference list down, and sort."""
    cited = index.cited_indices[often[index.cited_indices]]
    later = np.repeat(np.cumsum(lengths), lengths) - 1 - np.arange(len(cited))
    first = np.repeat(cited, later).astype(np.int64)
    second = cited[_ranges(np.arange(1, len(cited) + 1), later)]
    keys = np.sort(first * len(lengths) + second)
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(firsts, append=len(keys))
    enough = counts >= min_count
    return _pairs(keys[firsts[enough]], counts[enough], len(lengths))


def _pairs(keys: Integers, counts: Integers, size: int) -> Pairs:
    """Pairs from keys ``first * size + second``."""
    first, second = np.divmod(keys, max(size, 1))
    return Pairs(first.astype(np.int32), second.astype(np.int32), counts.astype(np.int32))


def _ranges(begins: Integers, lengths: Integers) -> Integers:
    """Positions ``begin, begin + 1, …`` of each range, one range after the other.

    >>> _ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(lengths) - lengths
    return np.repeat(begins - before, lengths) + np.arange(int(lengths.sum()))
