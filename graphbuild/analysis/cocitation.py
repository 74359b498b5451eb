"""Which papers are cited together?"""

from __future__ import annotations

from collections.abc import Iterator
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
BLOCK = 4_000_000
"""Pairs that are in memory at a time before they are counted; one paper's are never split."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Unordered pairs of papers, ``first < second``, ascending by both.

    ``first`` and ``second`` are int32 positions, ``count`` is the int32 number of papers that
    cite both.
    """

    first: Integers
    second: Integers
    count: Integers

    def __getitem__(self, chosen: Integers | Booleans) -> Pairs:
        """The chosen pairs."""
        return Pairs(self.first[chosen], self.second[chosen], self.count[chosen])


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
    pairs = pairs[np.argsort(-pairs.count, kind="stable")]
    times_cited = np.bincount(tables.index.cited, minlength=tables.index.papers)
    product = times_cited[pairs.first].astype(np.float64) * times_cited[pairs.second]
    ids = tables.table("papers").select(["id"])
    frame = pd.DataFrame(
        {
            "first": to_pandas(ids.take(pa.array(pairs.first)))["id"],
            "second": to_pandas(ids.take(pa.array(pairs.second)))["id"],
            "count": pairs.count.astype(np.int64),
            "salton_cosine": pairs.count / np.sqrt(product),
            "association_strength": pairs.count / product,
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


def count_pairs(index: CitationIndex, min_count: int, *, block: int = BLOCK) -> Pairs:
    """Count the pairs of papers that at least ``min_count`` papers cite together.

    This is the upper triangle of ``AᵀA``, made in blocks of rows so that only what reaches
    ``min_count`` is ever kept. A row has at most as many entries as there are citations, however
    often its paper is cited, so memory is that of a block, one row, and the result.
    """
    if min_count < 1:
        raise GraphbuildError(f"the minimum count is {min_count}; it must be at least 1")
    blocks = list(_blocks(index, min_count, block))
    return Pairs(
        np.concatenate([np.zeros(0, np.int32), *(pairs.first for pairs in blocks)]),
        np.concatenate([np.zeros(0, np.int32), *(pairs.second for pairs in blocks)]),
        np.concatenate([np.zeros(0, np.int32), *(pairs.count for pairs in blocks)]),
    )


def _blocks(index: CitationIndex, min_count: int, block: int) -> Iterator[Pairs]:
    size = index.papers
    often = np.bincount(index.cited, minlength=size) >= min_count
    lists, citing = _reference_lists(index, often)
    # In the order of the cited paper, each citation makes a pair with every later paper of the
    # same list.
    order = np.argsort(lists, kind="stable")
    ends = np.cumsum(np.bincount(citing, minlength=size))[citing]
    begins, lengths = order + 1, (ends - 1 - np.arange(len(lists)))[order]
    rows = lists[order]
    indptr = np.searchsorted(rows, np.arange(size + 1))
    work = np.concatenate([[0], np.cumsum(lengths)])[indptr]
    # A key is row within block * size + column, and must fit in 32 bits.
    most_rows = max(1, int(np.iinfo(np.uint32).max) // max(size, 1))
    row = 0
    while row < size:
        stop = int(np.searchsorted(work, work[row] + block, side="right")) - 1
        stop = min(max(stop, row + 1), row + most_rows, size)
        if work[stop] > work[row]:
            mine = slice(indptr[row], indptr[stop])
            keys = lists[_ranges(begins[mine], lengths[mine])].astype(np.uint32)
            keys += np.repeat((rows[mine] - row).astype(np.uint32) * np.uint32(size), lengths[mine])
            yield _count(keys, row, size, min_count)
        row = stop


def _reference_lists(index: CitationIndex, often: Booleans) -> tuple[Integers, Integers]:
    """Cited papers that can be in a pair, list after list, each ascending; and whose list it is."""
    citing = np.repeat(np.arange(index.papers, dtype=np.int32), np.diff(index.cited_indptr))
    useful = often[index.cited_indices]
    return index.cited_indices[useful], citing[useful]


def _count(keys: Integers, row: int, size: int, min_count: int) -> Pairs:
    keys.sort()
    firsts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    counts = np.diff(firsts, append=len(keys))
    enough = counts >= min_count
    kept = keys[firsts[enough]].astype(np.int64)
    return Pairs(
        (kept // size + row).astype(np.int32),
        (kept % size).astype(np.int32),
        counts[enough].astype(np.int32),
    )


def _ranges(begins: Integers, lengths: Integers) -> Integers:
    """Positions ``begin, begin + 1, …`` of each range, one range after the other.

    >>> _ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(lengths) - lengths
    return np.repeat(begins - before, lengths) + np.arange(int(lengths.sum()))
