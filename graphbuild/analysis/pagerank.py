"""Where does a reader end up who follows references at random?"""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.analysis.ranking import (
    COLUMNS,
    Booleans,
    Floats,
    Integers,
    analysis,
    ranking,
    significant,
    subgraph,
    totals,
)
from graphbuild.errors import GraphbuildError, NotConverged, UnknownPaper
from graphbuild.tables import CitationIndex, Tables

if TYPE_CHECKING:
    from graphbuild.kernels.pagerank import Turns

__all__ = ["pagerank"]

COMPILED = 500_000
"""Citations from which on loading compiled code, or even compiling it, is the shorter way."""
_TURNS: weakref.WeakKeyDictionary[CitationIndex, Turns] = weakref.WeakKeyDictionary()
"""What is found out of a graph once, for every further question."""


@analysis
def pagerank(
    tables: Tables,
    *,
    damping: float = 0.85,
    personalise: Mapping[str, float] | Sequence[str] | None = None,
    in_corpus: bool = False,
    top: int | None = None,
    tolerance: float = 1e-12,
    max_iterations: int = 10_000,
) -> pa.Table:
    """Papers by PageRank: the share of time that a random reader spends on each.

    The reader follows a reference of the present paper with probability ``damping``, and else
    begins anew; at a paper without references they begin anew always.

    Parameters
    ----------
    damping
        At least 0 and below 1.
    personalise
        Where the reader begins: papers, each as likely as the others, or weights by paper (one
        without a weight has 0). Every paper is equally likely where it is None. Papers are named
        as ``Tables.find`` knows them, by id or by any of their identifiers.
    in_corpus
        Leave cited-only papers out of the graph.
    top
        How many papers to give; all of them where it is None.
    tolerance
        The scores' distance from the exact ones, summed over all papers, is at most this.
    max_iterations
        ``log(tolerance) / log(damping)`` iterations are about what the worst graph needs (one
        without dangling papers), a graph with few cycles far fewer.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``id``, ``title``, ``year``, ``in_corpus``, ``pagerank`` (float64, 12 digits,
        summing to 1); equal ones by id.

    Raises
    ------
    GraphbuildError
        For a damping or weight out of range.
    UnknownPaper
        For an id that is not in the graph.
    NotConverged
        When ``max_iterations`` do not reach ``tolerance``.

    References
    ----------
    Page, Brin, Motwani, Winograd (1999), *The PageRank citation ranking: Bringing order to the
    web*. Solved as the linear system of Del Corso, Gullì, Romani (2005), *Fast PageRank
    computation via a sparse linear system*.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["a", "b", "b"], "cited": ["c", "c", "a"]}))
    >>> pagerank(tables)[["rank", "id", "pagerank"]].values.tolist()
    [[1, 'c', 0.520869350457], [2, 'a', 0.281551000247], [3, 'b', 0.197579649296]]
    """
    if not 0 <= damping < 1:
        raise GraphbuildError(f"damping is {damping}; it must be at least 0 and below 1")
    if not tolerance > 0:
        raise GraphbuildError(f"tolerance is {tolerance}; it must be above 0")
    tables.ahead("papers", COLUMNS)
    keep, citing, cited = subgraph(tables, in_corpus=in_corpus)
    start = _start(tables, personalise, keep)
    index = tables.index
    if keep is not None:
        index = CitationIndex(index.papers, citing.astype(np.int32), cited.astype(np.int32))
    scores = visits(
        index, start, damping=damping, tolerance=tolerance, max_iterations=max_iterations
    )
    return ranking.arrow(tables, "pagerank", significant(scores), keep, top)


def visits(
    index: CitationIndex,
    start: Floats,
    *,
    damping: float,
    tolerance: float,
    max_iterations: int,
) -> Floats:
    """How often each paper is read, as a share."""
    if len(index.citing) < COMPILED:
        visits, error = _series(
            index.citing, index.cited, start, damping, tolerance, max_iterations
        )
    else:
        from graphbuild.kernels import pagerank as kernel  # noqa: PLC0415 - loads numba

        lists = index.cited_indptr, index.cited_indices
        order = _TURNS.get(index)
        if order is None and index.citing_first:
            order = kernel.turns(*lists, *index.citing_first)
        visits, error, _TURNS[index] = kernel.visits(
            *lists,
            start,
            damping=damping,
            tolerance=tolerance,
            max_iterations=max_iterations,
            order=order,
            times_cited=index.times_cited if order is None else None,
        )
    if error > tolerance:
        raise NotConverged(
            f"PageRank is not within {tolerance:g} after {max_iterations} iterations"
            f" (damping {damping:g}); allow more iterations, a larger tolerance or a smaller"
            " damping"
        )
    return visits


def _series(
    citing: Integers,
    cited: Integers,
    start: Floats,
    damping: float,
    tolerance: float,
    max_iterations: int,
) -> tuple[Floats, float]:
    """Visits and a bound of their error, without compiling anything.

    Dangling papers send their reader to ``start``, so PageRank is the normalised solution of
    ``x = start + damping * Pᵀ x`` where they send nobody. Its series ``Σ (damping * Pᵀ)ᵏ start``
    has no negative term, so nothing cancels, and each term has at most ``damping`` times the sum
    of the one before: that bounds what is missing. In a graph without cycles the terms end.
    """
    size = len(start)
    references = np.bincount(citing, minlength=size)
    follow: Floats = damping / np.maximum(references, 1)
    cited = cited.astype(np.intp)  # or bincount would convert it in every iteration
    visits = start.copy()
    arriving = start
    error = math.inf if start.any() else 0.0
    for _ in range(max_iterations):
        if error <= tolerance:
            break
        arriving = totals(cited, (arriving * follow)[citing], size)
        visits += arriving
        # Normalising at most doubles what is missing.
        error = 2 * damping / (1 - damping) * float(arriving.sum() / visits.sum())
    visits /= max(visits.sum(), 1.0)
    return visits, error


def _start(
    tables: Tables,
    personalise: Mapping[str, float] | Sequence[str] | None,
    keep: Booleans | None,
) -> Floats:
    """Where the reader begins anew: a distribution over papers."""
    size = tables.index.papers
    if personalise is None:
        even: Floats = np.ones(size) if keep is None else keep.astype(np.float64)
        even /= max(even.sum(), 1.0)
        return even
    weights = _weights(personalise)
    known = tables.find_all(list(weights))
    positions = pc.index_in(pa.array(known, pa.string()), value_set=tables.ids).to_pylist()
    start = np.zeros(size)
    for (paper, weight), position in zip(weights.items(), positions, strict=True):
        if keep is not None and not keep[position]:
            raise UnknownPaper(
                f"the paper {paper!r} is cited-only, and the ranking is of the corpus alone;"
                " leave it out, or rank all papers"
            )
        start[position] += weight
    start /= start.sum()
    return start


def _weights(personalise: Mapping[str, float] | Sequence[str]) -> dict[str, float]:
    if isinstance(personalise, str):
        personalise = [personalise]
    weights = (
        {paper: float(weight) for paper, weight in personalise.items()}
        if isinstance(personalise, Mapping)
        else dict.fromkeys(personalise, 1.0)
    )
    for paper, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise GraphbuildError(
                f"the weight of {paper!r} is {weight}; weights must be finite and at least 0"
            )
    largest = max(weights.values(), default=0.0)
    if not largest > 0:
        raise GraphbuildError("personalise gives no paper a weight above 0; name at least one")
    return {paper: weight / largest for paper, weight in weights.items()}
