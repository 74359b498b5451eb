from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphbuild.kernels.cocitation as kernel
from graphbuild.kernels import beside
from graphbuild.kernels.cocitation import cocited
from tests.analysis.graphs import graphs
from tests.analysis.test_cocitation import brute_force
from tests.kernels.networks import csr


@given(graphs(), st.integers(1, 5))
def test_counts_are_those_of_brute_force(graph, min_count):
    size, edges = graph
    first, second, count = cocited(*csr(size, edges), min_count)
    assert {part.dtype for part in (first, second, count)} == {np.dtype(np.int32)}
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    assert pairs == sorted(pairs)
    assert dict(zip(pairs, count.tolist(), strict=True)) == {
        pair: times for pair, times in brute_force(edges).items() if times >= min_count
    }


def random_lists(size: int, length: int, seed: int):
    generator = np.random.default_rng(seed)
    cited = np.sort((size * generator.random((size, length)) ** 2).astype(np.int32), axis=1)
    fresh = np.diff(cited, axis=1, prepend=-1) > 0
    return np.concatenate([[0], np.cumsum(fresh.sum(axis=1))]), cited[fresh]


def product(indptr, indices, min_count):
    from scipy import sparse

    size = len(indptr) - 1
    matrix = sparse.csr_array((np.ones(len(indices), int), indices, indptr), (size, size))
    full = sparse.triu(matrix.T @ matrix, k=1).tocsr()
    full.data[full.data < min_count] = 0
    full.eliminate_zeros()
    full.sort_indices()
    return full.tocoo()


@pytest.mark.parametrize("min_count", [1, 2])
def test_agrees_with_scipy_where_the_result_grows(min_count):
    indptr, indices = random_lists(2000, 50, seed=0)
    first, second, count = cocited(indptr, indices, min_count)
    expected = product(indptr, indices, min_count)
    assert len(count) > 2 * kernel.ROOM
    assert np.array_equal(first, expected.row)
    assert np.array_equal(second, expected.col)
    assert np.array_equal(count, expected.data)


@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_counters_begin_anew_before_they_overflow(kind):
    indptr, indices = random_lists(200, 12, seed=1)
    begins = np.concatenate([[0], np.cumsum(np.bincount(indices, minlength=200))])
    listed, places = indices.copy(), np.empty_like(indices)
    desk = np.stack([begins[:-1], np.zeros(200, int)], axis=1).ravel()
    kernel.incidence(indptr, listed, desk, places)
    count_rows = kernel.count_rows if kind == np.uint16 else kernel.count_rows_wide
    largest = np.iinfo(kind).max
    found = []
    for before in (0, largest - 40):
        counters = np.zeros(200, kind)
        counters[7] = before
        lower = np.zeros(201, np.int64)
        other, count = np.empty(40_000, np.int32), np.empty(40_000, kind)
        row = count_rows(
            listed, begins, places, 1, 0, largest, counters, np.empty(200, np.int32),
            lower, other, count,
        )  # fmt: skip
        assert row == 200
        found.append((lower.tolist(), other[: lower[-1]].tolist(), count[: lower[-1]].tolist()))
    assert found[0] == found[1]


@given(graphs(), st.integers(1, 3))
def test_the_network_is_that_of_the_pairs(graph, min_count):
    size, edges = graph
    nodes, begins, ends, counts = kernel.neighbours(*csr(size, edges), min_count)
    assert (ends.dtype, counts.dtype) == (np.int32, np.float32)
    first = nodes[np.repeat(np.arange(len(nodes)), np.diff(begins))].tolist()
    found = dict(zip(zip(first, nodes[ends].tolist(), strict=True), counts.tolist(), strict=True))
    assert len(found) == len(ends)
    pairs = {pair: n for pair, n in brute_force(edges).items() if n >= min_count}
    assert found == pairs | {pair[::-1]: n for pair, n in pairs.items()}
    assert nodes.tolist() == sorted({paper for pair in pairs for paper in pair})


@pytest.mark.parametrize("citing", [kernel.SMALL // 2 - 1, kernel.SMALL + 10])
def test_a_paper_that_many_cite_is_counted_to_the_end(citing):
    """At the border between counters of two and of four bytes, and beyond both of the former."""
    indptr = np.concatenate([[0, 0, 0, 0], np.arange(1, citing + 1) * 2])
    indices = np.tile(np.array([0, 1], np.int32), citing)
    indices[-1] = 2
    first, second, count = cocited(indptr, indices, 1)
    assert list(zip(first.tolist(), second.tolist(), count.tolist(), strict=True)) == [
        (0, 1, citing - 1),
        (0, 2, 1),
    ]


def test_a_minimum_beyond_every_count_gives_nothing():
    indptr, indices = random_lists(100, 10, seed=2)
    for min_count in (101, 2**31, 2**40):
        assert [len(part) for part in cocited(indptr, indices, min_count)] == [0, 0, 0]


def test_papers_that_everybody_cites_cost_memory_of_the_citations_and_the_result():
    size = 200_000
    generator = np.random.default_rng(0)
    cited = np.sort((size * generator.random((size, 8))).astype(np.int32), axis=1)
    cited[:, :3] = [0, 1, 2]  # in every list
    fresh = np.diff(cited, axis=1, prepend=-1) > 0
    indptr, indices = np.concatenate([[0], np.cumsum(fresh.sum(axis=1))]), cited[fresh]
    tracemalloc.start()
    first, _, count = cocited(indptr, indices, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count.max() == size
    assert set(first[count == size].tolist()) == {0, 1}
    times = np.bincount(indices, minlength=size)
    assert (first == 0).sum() == (times[1:] >= 3).sum()
    # Places and lists take 8 bytes a citation, counters and pointers 40 a paper, pairs 12; what
    # the result has room for is at most a quarter and a paper's row more.
    assert peak < 8 * len(indices) + 48 * size + 1.5 * 12 * len(first) + 8 * size


@pytest.mark.parametrize("bands", [2, 3, 7])
def test_bands_change_nothing(monkeypatch, bands):
    lists = random_lists(300, 20, seed=2)
    monkeypatch.setattr(beside, "BANDS", 1)
    pairs, ties = cocited(*lists, 1), kernel.neighbours(*lists, 1)
    monkeypatch.setattr(beside, "BANDS", bands)
    for whole, parts in zip(
        (*pairs, *ties), (*cocited(*lists, 1), *kernel.neighbours(*lists, 1)), strict=True
    ):
        assert whole.dtype == parts.dtype
        assert np.array_equal(whole, parts)
