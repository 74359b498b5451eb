from __future__ import annotations

from importlib import import_module

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.analysis import pagerank
from graphbuild.errors import NotConverged
from graphbuild.kernels import pagerank as kernel
from graphbuild.kernels.pagerank import citing_first, turns, visits
from tests.analysis.graphs import cit_hepth, cora, graphs, make, random_edges, values
from tests.kernels.networks import csr


def solve(size, edges, start, damping):
    """``(1 - damping Pᵀ)⁻¹ start``, normalised, by dense algebra."""
    matrix = np.zeros((size, size))
    for citing, cited in edges:
        matrix[cited, citing] += 1 / sum(other == citing for other, _ in edges)
    found = np.linalg.solve(np.eye(size) - damping * matrix, start)
    return found / found.sum()


@given(graphs(), st.sampled_from([0.0, 0.5, 0.85, 0.99]), st.data())
def test_is_the_solution_of_the_linear_system(graph, damping, data):
    size, edges = graph
    weights = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size).filter(any))
    start = np.array(weights) / sum(weights)
    found, error, _ = visits(
        *csr(size, edges), start, damping=damping, tolerance=1e-12, max_iterations=100_000
    )
    assert error <= 1e-12
    assert np.abs(found - solve(size, edges, start, damping)).sum() <= 2e-12


@given(graphs(), st.floats(1e-9, 0.1))
def test_the_error_that_is_told_bounds_the_true_one(graph, tolerance):
    size, edges = graph
    start = np.full(size, 1 / size)
    for rounds in (0, 1, 3, 1000):
        found, error, _ = visits(
            *csr(size, edges), start, damping=0.85, tolerance=tolerance, max_iterations=rounds
        )
        true = np.abs(found - solve(size, edges, start, 0.85)).sum()
        assert true <= error + 1e-13
    assert error <= tolerance


@given(graphs())
def test_papers_that_no_cycle_leads_to_come_first_and_every_paper_once(graph):
    size, edges = graph
    indptr, indices = csr(size, edges)
    start = np.full(size, 1 / size)
    *_, found = visits(indptr, indices, start, damping=0.85, tolerance=1e-12, max_iterations=1000)
    network = nx.DiGraph(edges)
    network.add_nodes_from(range(size))
    cyclic = {
        end for end in network if any(nx.has_path(network, c, end) for c in _in_cycles(edges))
    }
    assert set(found.first.tolist()) == set(range(size)) - cyclic
    assert set(found.left.tolist()) == cyclic
    place = np.argsort(np.concatenate([found.first, found.left]))
    assert all(place[citing] < place[cited] for citing, cited in edges if citing not in cyclic)


@given(graphs(), st.integers(0, 3))
def test_an_order_that_is_known_changes_nothing(graph, seed):
    size, edges = graph
    lists = csr(size, edges)
    start = np.random.default_rng(seed).random(size)
    options = {"damping": 0.85, "tolerance": 1e-12, "max_iterations": 1000}
    found, error, order = visits(*lists, start, **options)
    known = turns(*lists, *citing_first(*lists))
    assert all(np.array_equal(one, other) for one, other in zip(known, order, strict=True))
    again, same_error, _ = visits(*lists, start, **options, order=known)
    assert again.tobytes() == found.tobytes()
    assert same_error == error


def _in_cycles(edges):
    """Papers that a path leads back to."""
    network = nx.DiGraph(edges)
    return {
        paper
        for part in nx.strongly_connected_components(network)
        for paper in part
        if len(part) > 1 or network.has_edge(paper, paper)
    }


def renumbered(edges, size, seed):
    place = np.random.default_rng(seed).permutation(size)
    return sorted((int(place[citing]), int(place[cited])) for citing, cited in edges)


@pytest.mark.parametrize("turned", [0, 0.01, 0.2])
def test_the_numbers_of_papers_do_not_matter(turned):
    size = 2000
    edges = sorted({(max(pair), min(pair)) for pair in random_edges(size, 30_000, seed=2)})
    back = np.random.default_rng(0).random(len(edges)) < turned
    edges = sorted({e[::-1] if b else e for e, b in zip(edges, back.tolist(), strict=True)})
    start = np.full(size, 1 / size)
    options = {"damping": 0.85, "tolerance": 1e-13, "max_iterations": 100}
    expected, *_ = visits(*csr(size, edges), start, **options)
    place = np.random.default_rng(7).permutation(size)
    found, error, _ = visits(*csr(size, renumbered(edges, size, 7)), start, **options)
    assert error <= 1e-13
    assert np.abs(found[place] - expected).sum() < 1e-12
    graph = igraph.Graph(n=size, edges=edges, directed=True)
    assert np.abs(expected - graph.pagerank()).max() < 1e-9


def test_a_basis_that_is_full_begins_anew(monkeypatch):
    size, edges = 300, random_edges(300, 3000, seed=4)
    start = np.full(size, 1 / size)
    options = {"damping": 0.99, "tolerance": 1e-12, "max_iterations": 1000}
    expected, *_ = visits(*csr(size, edges), start, **options)
    monkeypatch.setattr(kernel, "BASIS", 3)
    found, error, _ = visits(*csr(size, edges), start, **options)
    assert error <= 1e-12
    assert np.abs(found - expected).sum() < 1e-11


@pytest.mark.parametrize("rising", [False, True])
def test_a_graph_without_cycles_is_exact_after_one_round(rising):
    edges = {(max(pair), min(pair)) for pair in random_edges(500, 5000, seed=1)}
    if rising:
        edges = {(499 - citing, 499 - cited) for citing, cited in edges}
    start = np.full(500, 1 / 500)
    found, error, _ = visits(
        *csr(500, sorted(edges)), start, damping=0.85, tolerance=1e-15, max_iterations=1
    )
    assert error == 0
    expected = nx.pagerank(nx.DiGraph(sorted(edges)), tol=1e-15, max_iter=10_000)
    assert max(abs(found[paper] - share) for paper, share in expected.items()) < 1e-13


def test_a_chain_of_a_million_papers_needs_no_stack():
    size = 1_000_000
    indptr = np.append(np.arange(size), size - 1)
    found, error, _ = visits(
        indptr,
        np.arange(1, size, dtype=np.int32),
        np.full(size, 1 / size),
        damping=0.85,
        tolerance=1e-12,
        max_iterations=10,
    )
    assert error == 0
    assert found[-1] / found[0] == pytest.approx(1 / 0.15)


def test_nothing_in_nothing_out():
    nothing = np.zeros(0)
    found, error, _ = visits(
        np.zeros(1, np.int64), nothing.astype(np.int32), nothing,
        damping=0.85, tolerance=1e-12, max_iterations=10,
    )  # fmt: skip
    assert found.tolist() == []
    assert error == 0


@pytest.fixture
def both_ways(monkeypatch):
    """Call with the analysis' threshold out of the way, without and with compiled code."""
    module = import_module("graphbuild.analysis.pagerank")

    def call(*arguments, **options):
        frames = []
        for threshold in (2**62, 0):
            monkeypatch.setattr(module, "COMPILED", threshold)
            frames.append(pagerank(*arguments, **options))
        return frames

    return call


def test_the_analysis_gives_the_same_either_way(both_ways):
    for edges in (random_edges(1000, 20_000, seed=3), [(0, 1), (1, 2), (2, 0)], []):
        tables = make(1000, edges, cited_only=range(0, 300, 2))
        for options in ({}, {"in_corpus": True}, {"personalise": ["p00001", "p00005"]}):
            one, other = both_ways(tables, **options)
            assert one.dtypes.equals(other.dtypes)
            assert one.columns.equals(other.columns)
            differences = one.set_index("id")["pagerank"] - other.set_index("id")["pagerank"]
            assert differences.abs().sum() <= 2e-12


@pytest.mark.parametrize("threshold", [0, 2**62])
def test_too_few_iterations_raise_either_way(threshold, monkeypatch):
    monkeypatch.setattr(import_module("graphbuild.analysis.pagerank"), "COMPILED", threshold)
    tables = make(3, [(0, 1), (1, 2), (2, 0), (0, 2)])
    with pytest.raises(NotConverged, match="after 1 iterations"):
        pagerank(tables, max_iterations=1)


@pytest.mark.shared
@pytest.mark.parametrize("corpus", [cit_hepth, cora])
def test_agrees_with_the_uncompiled_way_on_real_graphs(corpus, shared, both_ways):
    one, other = both_ways(corpus(shared))
    others = values(other, "pagerank")
    assert sum(abs(score - others[id_]) for id_, score in values(one, "pagerank").items()) < 2e-12
