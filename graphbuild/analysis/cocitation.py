"""Which papers are cited together?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from graphbuild.analysis.ranking import Booleans, Integers
from graphbuild.errors import GraphbuildError
from graphbuild.tables import CitationIndex, Tables, to_pandas

__all__ = ["Pairs", "choose_pairs", "cocitation", "count_pairs"]

MIN_COUNT = 2
FEWEST_PAIRS = 20
"""Where fewer pairs than this reach the usual minimum count, pairs cited once are shown too."""
SMALL = 4_000_000
"""Products of ``AᵀA`` up to which sorting pairs is over sooner than compiled code is loaded."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Unordered pairs of papers, ``first < second``, ascending by both.

    ``first`` and ``second`` are int32 positions, ``count`` is the int32 number of papers that
    cite both.
    """

    first: Integers
    second: Integers
    count: Integers


def cocitation(tables: Tables, *, min_count: int | None = None) -> pd.DataFrame:
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
    >>> tables = Tables.from_tables(citations=pd.DataFrame(
    ...     {"citing": ["p", "p", "q", "q", "r"], "cited": ["a", "b", "a", "b", "b"]}))
    >>> pairs = cocitation(tables)
    >>> pairs.round(3).values.tolist(), pairs.attrs
    ([['a', 'b', 2, 0.816, 0.333]], {'min_count': 1})
    """
    pairs, min_count = choose_pairs(tables.index, min_count)
    order = np.argsort(-pairs.count, kind="stable")
    first, second, count = pairs.first[order], pairs.second[order], pairs.count[order]
    times_cited = np.bincount(tables.index.cited, minlength=tables.index.papers)
    product = times_cited[first].astype(np.float64) * times_cited[second]
    ids = tables.table("papers").select(["id"])
    frame = pd.DataFrame(
        {
            "first": to_pandas(ids.take(pa.array(first)))["id"],
            "second": to_pandas(ids.take(pa.array(second)))["id"],
            "count": count.astype(np.int64),
            "salton_cosine": count / np.sqrt(product),
            "association_strength": count / product,
        }
    )
    frame.attrs["min_count"] = min_count
    return frame


def choose_pairs(index: CitationIndex, min_count: int | None) -> tuple[Pairs, int]:
    """Count pairs with the given minimum or the one that suits the graph, and say which."""
    if min_count is not None:
        return count_pairs(index, min_count), min_count
    pairs = count_pairs(index, MIN_COUNT)
    if len(pairs.count) >= FEWEST_PAIRS:
        return pairs, MIN_COUNT
    return count_pairs(index, 1), 1


def count_pairs(index: CitationIndex, min_count: int, *, small: int = SMALL) -> Pairs:
    """Count the pairs of papers that at least ``min_count`` papers cite together.

    ``small`` decides how, and changes nothing about the result.
    """
    if min_count < 1:
        raise GraphbuildError(f"the minimum count is {min_count}; it must be at least 1")
    size = index.papers
    often = np.bincount(index.cited, minlength=size) >= min_count  # others are in no such pair
    lengths = np.bincount(index.citing[often[index.cited]], minlength=size)
    if np.square(lengths).sum() <= small:
        return _by_sorting(index, often, lengths, min_count)
    from graphbuild.kernels.cocitation import cocited  # noqa: PLC0415 - loads numba

    return Pairs(*cocited(index.cited_indptr, index.cited_indices, min_count))


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
