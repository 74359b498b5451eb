"""Which papers survey the good ones, and which are cited by good surveys?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from graphbuild.analysis.ranking import (
    COLUMNS,
    Floats,
    analysis,
    ranking,
    significant,
    subgraph,
    totals,
)
from graphbuild.errors import GraphbuildError, NotConverged
from graphbuild.tables import CitationIndex, Tables

__all__ = ["authorities", "hubs"]

Product = Callable[[Floats], Floats]

COMPILED = 500_000
"""Citations from which on products are compiled."""
BASIS = 16
"""Vectors that the search for the dominant one keeps; more cost memory, fewer cost iterations."""
KEPT = 5
"""How many of them survive when the basis is full."""
NEGLIGIBLE = 1e-15
"""Scores below this share of the sum are rounding, and are given as 0."""


@analysis
def hubs(
    tables: Tables,
    *,
    in_corpus: bool = False,
    top: int | None = None,
    tolerance: float = 1e-12,
    max_iterations: int = 10_000,
) -> pa.Table:
    """Papers by hub score: a good hub cites good authorities.

    The scores are the limit of Kleinberg's iteration from equal hub scores, also where several
    unconnected parts of the graph are equally dominant: each has its share then. They are the
    projection of equal scores on the dominant eigenspace of ``A Aᵀ``, where ``A[i, j]`` is 1 if
    paper i cites paper j, and are found in a Krylov space, as the iteration itself can need
    hundreds of rounds. Without any citation all are 0.

    Parameters
    ----------
    in_corpus
        Leave cited-only papers out of the graph.
    top
        How many papers to give; all of them where it is None.
    tolerance
        Largest residual of the dominant eigenvector, relative to its eigenvalue.
    max_iterations
        How often ``A Aᵀ`` may be applied.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``id``, ``title``, ``year``, ``in_corpus``, ``hubs`` (float64, 12 digits,
        summing to 1); equal ones by id.

    Raises
    ------
    NotConverged
        When ``max_iterations`` do not reach ``tolerance``.

    References
    ----------
    Kleinberg (1999), *Authoritative sources in a hyperlinked environment*.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["a", "b", "b"], "cited": ["c", "c", "d"]}))
    >>> hubs(tables)[["rank", "id", "hubs"]].values.tolist()
    [[1, 'b', 0.61803398875], [2, 'a', 0.38196601125], [3, 'c', 0.0], [4, 'd', 0.0]]
    """
    return _hits(tables, "hubs", in_corpus, top, tolerance, max_iterations)


@analysis
def authorities(
    tables: Tables,
    *,
    in_corpus: bool = False,
    top: int | None = None,
    tolerance: float = 1e-12,
    max_iterations: int = 10_000,
) -> pa.Table:
    """Papers by authority score: a good authority is cited by good hubs.

    Parameters, limits and errors are those of :func:`hubs`; the scores are ``Aᵀ`` applied to the
    hub scores, normalised.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``id``, ``title``, ``year``, ``in_corpus``, ``authorities`` (float64, 12 digits,
        summing to 1); equal ones by id.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["a", "b", "b"], "cited": ["c", "c", "d"]}))
    >>> authorities(tables)[["rank", "id", "authorities"]].values.tolist()[:2]
    [[1, 'c', 0.61803398875], [2, 'd', 0.38196601125]]
    """
    return _hits(tables, "authorities", in_corpus, top, tolerance, max_iterations)


def _hits(
    tables: Tables,
    measure: str,
    in_corpus: bool,
    top: int | None,
    tolerance: float,
    max_iterations: int,
) -> pa.Table:
    if not tolerance > 0:
        raise GraphbuildError(f"tolerance is {tolerance}; it must be above 0")
    tables.ahead("papers", COLUMNS)
    keep, citing, cited = subgraph(tables, in_corpus=in_corpus)
    index = tables.index
    if keep is not None:
        index = CitationIndex(index.papers, citing.astype(np.int32), cited.astype(np.int32))
    scores = np.zeros(index.papers)
    if len(citing):
        lists = np.bincount(citing, minlength=index.papers)
        start = (lists > 0).astype(np.float64)
        scores = _dominant_hubs(_product(index), start, tolerance, max_iterations)
        if measure == "authorities":
            scores = totals(cited, scores[citing], index.papers)
        scores[scores < NEGLIGIBLE * scores.sum()] = 0
        scores /= scores.sum()
    return ranking.arrow(tables, measure, significant(scores), keep, top)


def _product(index: CitationIndex) -> Product:
    """``A Aᵀ`` as a function, compiled where there are many citations."""
    if len(index.citing) >= COMPILED:
        from graphbuild.kernels import hits as kernel  # noqa: PLC0415 - loads a compiler's library

        return lambda hub: kernel.next_hubs(index.cited_indptr, index.cited_indices, hub)
    # or bincount would convert them in every iteration
    citing, cited = index.citing.astype(np.intp), index.cited.astype(np.intp)

    def apply(hub: Floats) -> Floats:
        authority = totals(cited, hub[citing], index.papers)
        return totals(citing, authority[cited], index.papers)

    return apply


def _dominant_hubs(
    apply: Product, direction: Floats, tolerance: float, max_iterations: int
) -> Floats:
    """Project equal scores on the dominant eigenspace of ``A Aᵀ``.

    The Krylov space of a vector holds one direction of each eigenspace: the vector's projection
    on it. So Rayleigh-Ritz over the space that grows from equal scores by its own residuals finds
    that projection even where the eigenvalue is multiple. When the basis is full, its best Ritz
    vectors begin the next one.
    """
    size = len(direction)
    basis = np.zeros((BASIS, size))
    images = np.zeros((BASIS, size))
    used = 0
    for _ in range(max_iterations):
        basis[used] = direction / np.linalg.norm(direction)
        images[used] = apply(basis[used])
        used += 1
        values, vectors = np.linalg.eigh(basis[:used] @ images[:used].T)
        best = vectors[:, -1] @ basis[:used]
        direction = vectors[:, -1] @ images[:used] - values[-1] * best
        if np.linalg.norm(direction) <= tolerance * values[-1]:
            return np.abs(apply(best))
        if used == BASIS:
            used = KEPT
            basis[:used] = vectors[:, -KEPT:].T @ basis
            images[:used] = vectors[:, -KEPT:].T @ images
        for _ in range(2):  # once is not enough in floating point
            direction -= (basis[:used] @ direction) @ basis[:used]
    raise NotConverged(
        f"hubs and authorities are not within {tolerance:g} after {max_iterations} iterations;"
        " allow more iterations or a larger tolerance"
    )
