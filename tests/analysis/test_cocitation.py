from __future__ import annotations

import itertools
import math
import tracemalloc
from collections import Counter

import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild.analysis import cocitation
from graphbuild.analysis.cocitation import _ranked, _texts_at, count_pairs
from graphbuild.errors import GraphbuildError
from graphbuild.kernels import beside
from graphbuild.tables import CitationIndex
from tests.analysis.graphs import cit_hepth, cora, graphs, make, name, random_edges


def brute_force(edges):
    lists = {}
    for citing, cited in edges:
        lists.setdefault(citing, []).append(cited)
    return Counter(
        pair for cited in lists.values() for pair in itertools.combinations(sorted(cited), 2)
    )


def as_dict(pairs):
    keys = zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    return dict(zip(keys, pairs.count.tolist(), strict=True))


@settings(deadline=None)
@given(graphs(), st.integers(1, 4))
def test_counts_are_those_of_brute_force(graph, min_count):
    size, edges = graph
    frame = cocitation(make(size, edges), min_count=min_count)
    found = {(row.first, row.second): row.count for row in frame.itertuples(index=False)}
    expected = brute_force(edges)
    assert found == {
        (name(first), name(second)): count
        for (first, second), count in expected.items()
        if count >= min_count
    }
    order = list(zip(-frame["count"], frame["first"], frame["second"], strict=True))
    assert order == sorted(order)


@settings(deadline=None)
@given(graphs(), st.integers(1, 3), st.integers(1, 3))
def test_both_ways_to_rank_and_name_give_the_same(graph, min_count, bands):
    tables = make(*graph)
    pairs = count_pairs(tables.index, min_count)
    plain = _ranked(pairs, tables.index.times_cited)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beside, "BANDS", bands)
        compiled = _ranked(pairs, tables.index.times_cited, large=0)
    for ours, theirs in zip(plain, compiled, strict=True):
        assert (ours.dtype, ours.tolist()) == (theirs.dtype, theirs.tolist())
    for end in plain[:2]:
        assert _texts_at(tables.ids, end, large=0).equals(_texts_at(tables.ids, end))


@settings(deadline=None)
@given(graphs(), st.integers(1, 3))
def test_both_ways_to_count_give_the_same_pairs_in_the_same_order(graph, min_count):
    index = make(*graph).index
    sorting = count_pairs(index, min_count, small=10**9)
    multiplying = count_pairs(index, min_count, small=-1)
    for column in ("first", "second", "count"):
        ours, theirs = getattr(sorting, column), getattr(multiplying, column)
        assert ours.dtype == theirs.dtype == np.int32
        assert ours.tolist() == theirs.tolist()
    keys = list(zip(sorting.first.tolist(), sorting.second.tolist(), strict=True))
    assert keys == sorted(keys)


@settings(deadline=None)
@given(graphs())
def test_agrees_with_igraph(graph):
    size, edges = graph
    matrix = igraph.Graph(n=size, edges=edges, directed=True).cocitation()
    assert as_dict(count_pairs(make(size, edges).index, 1)) == {
        (first, second): matrix[first][second]
        for first, second in itertools.combinations(range(size), 2)
        if matrix[first][second]
    }


def test_measures_by_hand():
    # a is cited by 4, b by 1, c by 2; a and b by 1, a and c by 2.
    edges = [(4, 1), (5, 1), (6, 1), (7, 1), (4, 2), (5, 3), (6, 3)]
    frame = cocitation(make(8, edges), min_count=1)
    assert frame.values.tolist() == [
        [name(1), name(3), 2, 2 / math.sqrt(8), 2 / 8],
        [name(1), name(2), 1, 1 / math.sqrt(4), 1 / 4],
    ]


@pytest.mark.parametrize(("pairs_of_two", "used"), [(19, 1), (20, 2)])
def test_the_minimum_suits_the_graph_and_is_told(pairs_of_two, used):
    # Each of these pairs is cited together by two papers; one more pair by one.
    edges = []
    for pair in range(pairs_of_two):
        edges += [
            (100 + reader, 2 * pair + end) for reader in (2 * pair, 2 * pair + 1) for end in (0, 1)
        ]
    edges += [(99, 90), (99, 91)]
    frame = cocitation(make(160, edges))
    assert frame.attrs["min_count"] == used
    assert len(frame) == pairs_of_two + (used == 1)


def test_no_citations_give_an_empty_table_of_the_right_types():
    for tables in (make(0, []), make(3, [(0, 1)])):
        frame = cocitation(tables)
        assert frame.dtypes.astype(str).to_dict() == {
            "first": "str",
            "second": "str",
            "count": "int64",
            "salton_cosine": "float64",
            "association_strength": "float64",
        }
        assert frame.empty


def test_a_minimum_below_one_is_refused():
    with pytest.raises(GraphbuildError, match="minimum count is 0; it must be at least 1"):
        cocitation(make(2, [(0, 1)]), min_count=0)


def test_a_paper_that_everybody_cites_does_not_make_memory_quadratic():
    size = 30_000
    generator = np.random.default_rng(0)
    citing = np.repeat(np.arange(1, size, dtype=np.int32), 10)
    cited = (citing * generator.random(len(citing))).astype(np.int32)
    cited[::10] = 0  # every list has the first paper
    keys = np.unique(citing.astype(np.int64) * size + cited)
    index = CitationIndex(size, (keys // size).astype(np.int32), (keys % size).astype(np.int32))
    assert len(index.cited_indices) == len(keys)
    count_pairs(index, 3)  # imports and allocations that stay
    tracemalloc.start()
    pairs = count_pairs(index, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pairs.first[0] == 0
    assert (pairs.first == 0).sum() == (np.bincount(index.cited)[1:] >= 3).sum()
    # A dense row for each paper would be 3.6 GB, the unfiltered product over 100 MB.
    assert peak < 80e6


@pytest.mark.shared
@pytest.mark.parametrize("corpus", [cit_hepth, cora])
def test_agrees_with_the_full_product_on_real_graphs(corpus, shared):
    from scipy import sparse

    index = corpus(shared).index
    shape = (index.papers, index.papers)
    matrix = sparse.csr_array((np.ones(len(index.cited), int), (index.citing, index.cited)), shape)
    product = sparse.triu(matrix.T @ matrix, k=1, format="coo")
    for min_count in (1, 3):
        pairs = count_pairs(index, min_count)
        found = sparse.coo_array((pairs.count, (pairs.first, pairs.second)), shape).tocsr()
        enough = product.data >= min_count
        expected = sparse.coo_array(
            (product.data[enough], (product.row[enough], product.col[enough])), shape
        ).tocsr()
        assert found.nnz == len(pairs.count) == enough.sum()
        assert abs(found - expected).sum() == 0


def test_order_of_rows_does_not_matter():
    edges = random_edges(60, 500, seed=4)
    assert cocitation(make(60, edges)).equals(cocitation(make(60, edges[::-1])))
