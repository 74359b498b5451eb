"""Which groups does the literature fall into?"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.analysis.cocitation import Pairs, Ties, choose_ties, ties_of
from graphbuild.analysis.labels import Terms, read_terms
from graphbuild.analysis.ranking import (
    Booleans,
    Floats,
    Integers,
    Singles,
    analysis,
    remark,
    totals,
)
from graphbuild.errors import GraphbuildError
from graphbuild.tables import CitationIndex, Tables
from graphbuild.text import clean

__all__ = ["Network", "Weight", "clusters", "communities_of", "members", "partition"]

Network = Literal["cocitation", "citation"]
Weight = Literal["count", "salton_cosine", "association_strength"]

RANDOMNESS = 0.001
COMPILED = 100_000
"""Ties from which on our own compiled Leiden is loaded, which is the faster one."""
LABEL_LENGTH = 100
"""Characters of a title that stands in for a label."""


@analysis
def clusters(
    tables: Tables,
    *,
    of: Network = "cocitation",
    min_cocitations: int | None = None,
    weight: Weight = "count",
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int = 2,
) -> pa.Table:
    """Cluster papers by the Leiden algorithm, largest cluster first.

    Leiden looks for the clusters of highest modularity: those that hold the most weight beyond
    what chance would put there, given each paper's total weight. A paper without a tie in the
    chosen network is in no cluster.

    Parameters
    ----------
    of
        ``"cocitation"``: papers are tied by the papers that cite both. ``"citation"``: a paper is
        tied to what it cites; direction does not matter.
    min_cocitations
        Ties that fewer papers make are left out (``of="cocitation"`` only). By default 2, or 1
        where fewer than 20 pairs reach 2.
    weight
        A tie's strength. ``"count"``: how many papers cite both (or 1 for a citation).
        ``"salton_cosine"`` and ``"association_strength"`` divide it by how often each is cited
        (or has citations in either direction), as :func:`cocitation` does. Modularity allows for
        much-cited papers already, by the same product that association strength divides by: with
        both, pairs of rarely cited papers outweigh all else and the clusters fall to pieces.
        On Cora counts agree best with the subject classes; docs/analyses.md has the figures and
        their limits.
    resolution
        What chance is multiplied by (Reichardt and Bornholdt): above 1 gives more and smaller
        clusters, below 1 fewer and larger ones.
    seed
        Of the random choices; the same seed gives the same clusters.
    iterations
        How often Leiden runs, each time from the result of the last. Networks of 100,000 ties or
        more are clustered by this package's own implementation, which goes no further when the
        first moves of an iteration add less than 0.0002 to modularity; smaller ones by
        graspologic's.

    Returns
    -------
    pandas.DataFrame
        ``cluster`` (int64, from 1, by size, equal ones by their smallest id), ``label``,
        ``papers`` (int64), ``top_paper`` (the id of the member that is cited most in the graph,
        of equal ones the smallest). A label is up to three terms that set the members' titles
        apart, else the title of the most cited member that has one, else the id of the top paper.
        ``DataFrame.attrs["min_cocitations"]`` is the minimum that was used, None for
        ``of="citation"``.

    Raises
    ------
    GraphbuildError
        For an argument out of range.

    References
    ----------
    Traag, Waltman, van Eck (2019), *From Louvain to Leiden: guaranteeing well-connected
    communities*. Reichardt and Bornholdt (2006), *Statistical mechanics of community detection*.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     papers=pd.DataFrame({"id": ["a", "b"], "title": ["Deep networks", "Wide networks"]}),
    ...     citations=pd.DataFrame({"citing": ["p", "p", "q", "q"], "cited": ["a", "b", "a", "b"]}))
    >>> clusters(tables).values.tolist()
    [[1, 'networks', 2, 'a']]
    """
    settings = _Settings(of, min_cocitations, weight, resolution, seed, iterations)

    def read() -> Terms:
        return read_terms(tables.columns("papers", ["title"])["title"])

    with ThreadPoolExecutor(1) as beside:
        reading: list[Future[Terms]] = []
        group, minimum = _partition(tables, settings, lambda: reading.append(beside.submit(read)))
        terms = reading[0].result() if reading else read()
    times_cited = tables.index.times_cited
    top = _best_of_each(group, times_cited)
    labels = _labels(tables, terms.distinctive(group), group, times_cited, top)
    table = pa.table(
        {
            "cluster": np.arange(1, len(top) + 1, dtype=np.int64),
            "label": pa.array(labels, pa.string()),
            "papers": np.bincount(group, minlength=1)[1:].astype(np.int64),
            "top_paper": _ids(tables, top),
        }
    )
    return remark(table, min_cocitations=minimum)


@analysis
def members(
    tables: Tables,
    *,
    of: Network = "cocitation",
    min_cocitations: int | None = None,
    weight: Weight = "count",
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int = 2,
) -> pa.Table:
    """Which papers each cluster of :func:`clusters` holds; the arguments are the same.

    Returns
    -------
    pandas.DataFrame
        ``cluster`` (int64), ``id``; by both. ``DataFrame.attrs["min_cocitations"]`` as there.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame(
    ...     {"citing": ["p", "p", "q", "q"], "cited": ["a", "b", "c", "d"]}))
    >>> members(tables).values.tolist()
    [[1, 'a'], [1, 'b'], [2, 'c'], [2, 'd']]
    """
    group, minimum = _partition(
        tables, _Settings(of, min_cocitations, weight, resolution, seed, iterations)
    )
    order = np.argsort(group, kind="stable")
    order = order[group[order] > 0]
    table = pa.table({"cluster": group[order].astype(np.int64), "id": _ids(tables, order)})
    return remark(table, min_cocitations=minimum)


def partition(
    tables: Tables,
    *,
    of: Network = "cocitation",
    min_cocitations: int | None = None,
    weight: Weight = "count",
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int = 2,
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Give the cluster of each paper; the arguments are those of :func:`clusters`.

    Returns
    -------
    numpy.ndarray
        int32, read-only, in the order of ``tables.papers``: the number of the paper's cluster, 0
        for a paper in none. Kept with the tables, so that asking again costs nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame(
    ...     {"citing": ["p", "p", "q", "q"], "cited": ["a", "b", "c", "d"]}))
    >>> partition(tables).tolist()
    [1, 1, 2, 2, 0, 0]
    """
    return _partition(tables, _Settings(of, min_cocitations, weight, resolution, seed, iterations))[
        0
    ]


def communities_of(
    pairs: Pairs, size: int, *, seed: int = 0
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Cluster any network as :func:`clusters` does papers.

    Parameters
    ----------
    pairs
        Ties between positions below ``size``, ascending by both, with their weights as counts.
    seed
        Of the random choices.

    Returns
    -------
    numpy.ndarray
        int32 (size,): the number of each node's cluster, by size from 1; 0 for one without ties.

    Examples
    --------
    >>> ones = np.ones(2, np.int32)
    >>> pairs = Pairs(np.array([0, 2], np.int32), np.array([1, 3], np.int32), ones)
    >>> communities_of(pairs, 5).tolist()
    [1, 1, 2, 2, 0]
    """
    ties = ties_of(pairs, size)
    group = np.zeros(size, np.int32)
    if len(ties):
        find = _with_graspologic if len(ties) < COMPILED else _with_kernel
        settings = _Settings("citation", None, "count", 1.0, seed, 2)
        group[ties.nodes] = _by_size(find(ties, ties.counts, settings), ties.nodes)
    return group


class _Settings(NamedTuple):
    """The arguments that every function here has in common."""

    of: Network
    min_cocitations: int | None
    weight: Weight
    resolution: float
    seed: int
    iterations: int

    def check(self) -> None:
        if self.of not in get_args(Network):
            raise GraphbuildError(
                f"there is no network {self.of!r}; there are {', '.join(get_args(Network))}"
            )
        if self.weight not in get_args(Weight):
            raise GraphbuildError(
                f"there is no weight {self.weight!r}; there are {', '.join(get_args(Weight))}"
            )
        if self.min_cocitations is not None and self.of != "cocitation":
            raise GraphbuildError(
                f"a minimum of cocitations has no meaning for clusters of {self.of!r}; leave it"
                " out, or cluster by cocitation"
            )
        if self.min_cocitations is not None and self.min_cocitations < 1:
            raise GraphbuildError(
                f"the minimum of cocitations is {self.min_cocitations}; it must be at least 1"
            )
        if not 0 < self.resolution < math.inf:
            raise GraphbuildError(f"the resolution is {self.resolution}; it must be above 0")
        if not 0 <= self.seed < 2**64:
            raise GraphbuildError(f"the seed is {self.seed}; it must be at least 0")
        if self.iterations < 1:
            raise GraphbuildError(f"iterations is {self.iterations}; it must be at least 1")


_Clusters = tuple[np.ndarray[tuple[int], np.dtype[np.int32]], int | None]
_KEPT: weakref.WeakKeyDictionary[Tables, dict[_Settings, _Clusters]] = weakref.WeakKeyDictionary()


def _partition(
    tables: Tables, settings: _Settings, meanwhile: Callable[[], object] = lambda: None
) -> _Clusters:
    """The cluster of each paper and the minimum of cocitations that was used, computed once.

    ``meanwhile`` is called, at most once, when what is left takes but one core and little memory.
    """
    settings.check()
    kept = _KEPT.setdefault(tables, {})
    if settings not in kept:
        kept[settings] = _compute(tables.index, settings, meanwhile)
        kept[settings][0].flags.writeable = False
    return kept[settings]


def _compute(
    index: CitationIndex, settings: _Settings, meanwhile: Callable[[], object]
) -> _Clusters:
    minimum = None
    times: Integers | Floats
    if settings.of == "cocitation":
        ties, minimum = choose_ties(index, settings.min_cocitations)
        times = index.times_cited[ties.nodes]
    else:
        ties = ties_of(_linked(index), index.papers)
        times = _row_sums(ties)
    meanwhile()
    group = np.zeros(index.papers, np.int32)
    if len(ties):
        find = _with_graspologic if len(ties) < COMPILED else _with_kernel
        communities = find(ties, _weights(ties, times, settings.weight), settings)
        group[ties.nodes] = _by_size(communities, ties.nodes)
    return group, minimum


def _weights(ties: Ties, times: Integers | Floats, weight: Weight) -> Floats | Singles:
    if weight == "count":
        return ties.counts
    degrees = np.diff(ties.begins)
    each = np.sqrt(times) if weight == "salton_cosine" else times.astype(np.float64)
    weights: Floats = ties.counts / np.repeat(each, degrees)
    weights /= each[ties.ends]
    # Leiden weighs its random choices against gains in the weights' own unit, which is one
    # citation where weights are counts.
    weights /= weights.mean()
    return weights


def _linked(index: CitationIndex) -> Pairs:
    """Pairs of papers of which one cites the other, counting 2 where both do."""
    first = np.minimum(index.citing, index.cited).astype(np.int64)
    second = np.maximum(index.citing, index.cited)
    keys = np.sort((first * index.papers + second)[first != second])
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    keys, counts = keys[firsts], np.diff(firsts, append=len(keys))
    return Pairs(
        (keys // max(index.papers, 1)).astype(np.int32),
        (keys % max(index.papers, 1)).astype(np.int32),
        counts.astype(np.int32),
    )


def _row_sums(ties: Ties) -> Floats:
    rows = np.repeat(np.arange(len(ties.nodes)), np.diff(ties.begins))
    return totals(rows, ties.counts.astype(np.float64), len(ties.nodes))


def _with_kernel(ties: Ties, weights: Floats | Singles, settings: _Settings) -> Integers:
    from graphbuild.kernels import leiden as kernel  # noqa: PLC0415 - loads a compiler's library

    return kernel.leiden(
        ties.begins.astype(np.int64, copy=False),
        ties.ends.astype(np.int32, copy=False),
        weights,
        resolution=settings.resolution,
        seed=settings.seed,
        iterations=settings.iterations,
    )


def _with_graspologic(ties: Ties, weights: Floats | Singles, settings: _Settings) -> Integers:
    import graspologic_native  # noqa: PLC0415 - only clusters need it

    size = len(ties.nodes)
    _, found = graspologic_native.leiden_csr(
        ties.begins,
        ties.ends,
        weights.astype(np.float64),
        size,
        resolution=settings.resolution,
        randomness=RANDOMNESS,
        iterations=settings.iterations,
        use_modularity=True,
        seed=settings.seed,
        trials=1,
    )
    return np.fromiter(map(found.__getitem__, range(size)), np.int64, size)


def _by_size(communities: Integers, nodes: Integers) -> Integers:
    """Number communities from 1, the largest first, equal ones by their lowest node.

    >>> _by_size(np.array([7, 4, 4, 7, 0]), np.array([9, 6, 7, 5, 8])).tolist()
    [1, 2, 2, 1, 3]
    """
    sizes = np.bincount(communities)
    first = np.full(len(sizes), np.iinfo(np.int64).max)
    np.minimum.at(first, communities, nodes)
    order = np.lexsort((first, -sizes))
    numbers = np.empty(len(sizes), np.int32)
    numbers[order] = np.arange(1, len(sizes) + 1)
    return numbers[communities]


def _best_of_each(group: Integers, values: Integers, among: Booleans | None = None) -> Integers:
    """The position with the highest value in each group, the first of equal ones.

    With ``among`` (booleans) only those count, and a group without any has -1.
    """
    candidates = np.flatnonzero(group > 0 if among is None else (group > 0) & among)
    order = candidates[np.lexsort((candidates, -values[candidates], group[candidates]))]
    best = np.full(int(group.max(initial=0)), -1, np.int64)
    groups, firsts = np.unique(group[order], return_index=True)
    best[groups - 1] = order[firsts]
    return best


def _labels(
    tables: Tables, terms: list[list[str]], group: Integers, times_cited: Integers, top: Integers
) -> list[str]:
    """Each group's terms as a text, or what stands in for them where there are none."""
    labels = [", ".join(each) for each in terms]
    nameless = np.array([not label for label in labels], bool)
    if not nameless.any():
        return labels
    titles = tables.columns("papers", ["title"])["title"]
    legible = pc.fill_null(pc.match_substring_regex(titles, r"[\pL\pN]"), fill_value=False)
    titled = _best_of_each(group, times_cited, legible.to_numpy())
    for number in np.flatnonzero(nameless).tolist():
        label = ""
        if titled[number] >= 0:
            label = clean(titles[titled[number]].as_py()[: 2 * LABEL_LENGTH])
            label = label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"
        labels[number] = label or tables.ids[top[number]].as_py()
    return labels


def _ids(tables: Tables, positions: Integers) -> pa.Array:
    return tables.ids.take(pa.array(positions))
