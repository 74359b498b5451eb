"""Networks of a graph that are no citations: papers cited together, authors who wrote together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa

from graphbuild.analysis.clusters import communities_of
from graphbuild.analysis.cocitation import Pairs, choose_pairs
from graphbuild.columns import sorted_distinct
from graphbuild.tables import Tables

__all__ = ["Network", "People", "coauthors", "cocitations"]

Integers = np.ndarray[Any, np.dtype[np.integer[Any]]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

STRONGEST = 10
"""Co-citation ties of a paper that are drawn: all of them would be a fog."""
CROWD = 50
"""Papers of more authors than this tie nobody: each of its authors knows few of the others."""


@dataclass(frozen=True, eq=False)
class Network:
    """Ties between nodes, without direction.

    Attributes
    ----------
    size
        Number of nodes.
    ends
        int32 (ties, 2), the smaller position first, sorted.
    weights
        int32 (ties,): how often.
    in_all
        Ties before any were left out.
    note
        What was left out, for the reader, or "".
    """

    size: int
    ends: np.ndarray[Any, np.dtype[np.int32]]
    weights: np.ndarray[Any, np.dtype[np.int32]]
    in_all: int
    note: str = ""

    def strength(self) -> Floats:
        """The sum of each node's ties."""
        weights = np.repeat(self.weights, 2).astype(np.float64)
        return cast("Floats", np.bincount(self.ends.ravel(), weights, self.size))

    def among(self, chosen: Integers) -> Network:
        """The ties among chosen nodes, which are numbered anew in their order."""
        number = np.full(self.size, -1, np.int32)
        number[chosen] = np.arange(len(chosen), dtype=np.int32)
        ends = np.sort(number[self.ends].reshape(-1, 2), axis=1)
        kept = ends[:, 0] >= 0
        ends, weights = ends[kept], self.weights[kept]
        order = np.lexsort((ends[:, 1], ends[:, 0]))
        return Network(len(chosen), ends[order], weights[order], self.in_all, self.note)


@dataclass(frozen=True, eq=False)
class People:
    """Authors and who wrote with whom.

    Attributes
    ----------
    network
        Its nodes are the rows of ``authors``; a tie's weight is the number of common papers.
    communities
        int32 (authors,): Leiden clusters of the network by size from 1, 0 for none.
    written, latest
        int64 and int32 (authors,): number of papers, and the year of the latest one or 0.
    """

    network: Network
    communities: np.ndarray[Any, np.dtype[np.int32]]
    written: np.ndarray[Any, np.dtype[np.int64]]
    latest: np.ndarray[Any, np.dtype[np.int32]]


def cocitations(tables: Tables) -> Network:
    """Papers that are cited together: each paper's strongest ties, as nodes the rows of papers.

    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame(
    ...     {"citing": ["p", "p", "q", "q"], "cited": ["a", "b", "a", "b"]}))
    >>> found = cocitations(tables)
    >>> found.ends.tolist(), found.weights.tolist()
    ([[0, 1]], [2])
    """
    index = tables.index
    if not len(index.citing):
        return Network(index.papers, np.zeros((0, 2), np.int32), np.zeros(0, np.int32), 0)
    pairs, least = choose_pairs(index, None)
    kept = _strongest(pairs, index.papers)
    together = "once" if least == 1 else "twice" if least == 2 else f"{least} times"
    note = f"Ties: papers that are cited together at least {together}"
    note += f"; of each paper the {STRONGEST} strongest." if len(kept) < len(pairs.count) else "."
    ends = np.column_stack([pairs.first, pairs.second])[kept]
    return Network(
        index.papers,
        ends.astype(np.int32, copy=False),
        pairs.count[kept].astype(np.int32, copy=False),
        len(pairs.count),
        note,
    )


def _strongest(pairs: Pairs, papers: int) -> Integers:
    """The pairs that are among the strongest of either of their papers."""
    nodes = np.concatenate([pairs.first, pairs.second])
    others = np.concatenate([pairs.second, pairs.first])
    counts = np.concatenate([pairs.count, pairs.count])
    order = np.lexsort((others, -counts, nodes))
    begins = np.searchsorted(nodes[order], np.arange(papers))
    rank = np.arange(len(order)) - begins[nodes[order]]
    best = order[rank < STRONGEST] % max(len(pairs.first), 1)
    return sorted_distinct(best)


def coauthors(tables: Tables, *, seed: int = 0) -> People:
    """Authors who wrote papers together.

    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     papers=pd.DataFrame({"id": ["p"], "year": [2001]}),
    ...     authors=pd.DataFrame({"id": ["x", "y"]}),
    ...     authorships=pd.DataFrame({"author": ["x", "y"], "paper": ["p", "p"]}))
    >>> people = coauthors(tables)
    >>> people.network.ends.tolist(), people.written.tolist(), people.latest.tolist()
    ([[0, 1]], [1, 1], [2001, 2001])
    """
    authors = tables.table("authors").num_rows
    years = tables.columns("papers", ["year"])["year"].fill_null(0).to_numpy()
    table = tables.encoded("authorships")
    if not table.num_rows:
        nobody = np.zeros(authors, np.int32)
        empty = Network(authors, np.zeros((0, 2), np.int32), np.zeros(0, np.int32), 0)
        return People(empty, nobody, nobody.astype(np.int64), nobody)
    author, paper = (_positions(table[name]) for name in ("author", "paper"))
    once = sorted_distinct(paper.astype(np.int64) * authors + author)
    paper, author = once // authors, once % authors
    latest = np.zeros(authors, np.int32)
    np.maximum.at(latest, author, years[paper].astype(np.int32))
    sizes = np.bincount(paper)
    crowded = sizes[paper] > CROWD
    note = f"Papers of more than {CROWD} authors tie nobody here." if crowded.any() else ""
    network = _together(paper[~crowded], author[~crowded], authors, note)
    pairs = Pairs(network.ends[:, 0], network.ends[:, 1], network.weights)
    return People(
        network,
        communities_of(pairs, authors, seed=seed),
        np.bincount(author, minlength=authors),
        latest,
    )


def _positions(column: pa.ChunkedArray) -> Integers:
    encoded = column.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0)
    positions: Integers = encoded.indices.to_numpy()
    return positions


def _together(paper: Integers, author: Integers, authors: int, note: str) -> Network:
    """Every pair of authors of a paper; rows are by paper and author."""
    sizes = np.bincount(paper, minlength=1)
    ends = np.cumsum(sizes)
    at = np.arange(len(paper))
    # Each row meets those behind it in its paper.
    behind = ends[paper] - at - 1
    first = np.repeat(at, behind)
    starts = np.cumsum(behind) - behind
    second = first + 1 + np.arange(int(behind.sum())) - np.repeat(starts, behind)
    keys = author[first].astype(np.int64) * authors + author[second]
    pairs, counts = np.unique(keys, return_counts=True)
    together = np.column_stack([pairs // max(authors, 1), pairs % max(authors, 1)])
    return Network(authors, together.astype(np.int32), counts.astype(np.int32), len(pairs), note)
