from __future__ import annotations

from importlib import import_module

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings

from graphbuild.analysis import authorities, hubs
from graphbuild.errors import GraphbuildError, NotConverged
from tests.analysis.graphs import (
    cit_hepth,
    cora,
    graphs,
    make,
    name,
    random_edges,
    to_networkx,
    values,
)


def limits(size, edges):
    """Hubs and authorities as the limit of Kleinberg's iteration, by a full decomposition."""
    matrix = np.zeros((size, size))
    for citing, cited in edges:
        matrix[citing, cited] = 1
    eigenvalues, vectors = np.linalg.eigh(matrix @ matrix.T)
    dominant = vectors[:, eigenvalues > eigenvalues[-1] * (1 - 1e-9)]
    hub = dominant @ (dominant.T @ np.ones(size))
    authority = matrix.T @ hub
    return hub / hub.sum(), authority / authority.sum()


def as_vector(frame, measure, size):
    found = values(frame, measure)
    return np.array([found[name(number)] for number in range(size)])


@settings(deadline=None)
@given(graphs())
def test_is_the_limit_of_the_iteration_also_where_components_are_equally_dominant(graph):
    size, edges = graph
    assume(edges)
    tables = make(size, edges)
    hub, authority = limits(size, edges)
    assert np.abs(as_vector(hubs(tables), "hubs", size) - hub).max() < 1e-8
    assert np.abs(as_vector(authorities(tables), "authorities", size) - authority).max() < 1e-8


def test_equal_components_share_the_score():
    # Two copies of one star and a smaller one, which fades in the limit.
    star = [(0, 1), (0, 2), (0, 3)]
    edges = star + [(a + 4, b + 4) for a, b in star] + [(8, 9), (8, 10)]
    tables = make(11, edges)
    assert values(hubs(tables), "hubs") == {
        name(number): 0.5 if number in {0, 4} else 0.0 for number in range(11)
    }
    found = values(authorities(tables), "authorities")
    assert found[name(1)] == found[name(7)] == pytest.approx(1 / 6, abs=1e-12)


def test_many_equal_components_take_one_step():
    size = 2000
    tables = make(size, [(number, number + 1) for number in range(0, size, 2)])
    found = hubs(tables, max_iterations=1)
    assert found["hubs"].iloc[:1000].tolist() == [0.001] * 1000
    assert found["id"].iloc[:3].tolist() == [name(0), name(2), name(4)]


def test_agrees_with_networkx_on_a_thousand_papers():
    tables = make(1000, random_edges(1000, 8000, seed=3))
    hub, authority = nx.hits(to_networkx(tables), max_iter=1000, tol=1e-15)
    for measure, frame, expected in (
        ("hubs", hubs(tables), hub),
        ("authorities", authorities(tables), authority),
    ):
        found = values(frame, measure)
        assert max(abs(found[paper] - expected[paper]) for paper in expected) < 1e-9
        assert frame[measure].is_monotonic_decreasing
        assert frame[measure].sum() == pytest.approx(1, abs=1e-10)


@pytest.mark.shared
@pytest.mark.parametrize("corpus", [cit_hepth, cora])
def test_agrees_with_networkx_on_real_graphs(corpus, shared):
    tables = corpus(shared)
    hub, authority = nx.hits(to_networkx(tables), max_iter=1000, tol=1e-15)
    found = values(hubs(tables), "hubs")
    assert max(abs(found[paper] - hub[paper]) for paper in hub) < 1e-9
    found = values(authorities(tables), "authorities")
    assert max(abs(found[paper] - authority[paper]) for paper in authority) < 1e-9


def test_two_components_of_almost_equal_weight_are_told_apart():
    # Thirty papers that cite the same thirty, twice, and one citation more: eigenvalues of 900 and
    # of 900.03, which Kleinberg's iteration needs half a million rounds to tell apart.
    first = [(citing, 100 + cited) for citing in range(30) for cited in range(30)]
    second = [(200 + citing, 300 + cited) for citing in range(30) for cited in range(30)]
    edges = [*first, *second, (200, 330)]
    tables = make(400, edges)
    hub, _ = limits(400, edges)
    assert np.abs(as_vector(hubs(tables), "hubs", 400) - hub).max() < 1e-8
    assert values(hubs(tables), "hubs")[name(0)] == pytest.approx(0, abs=1e-8)


def test_without_citations_nobody_is_a_hub():
    assert values(hubs(make(2, [])), "hubs") == {name(0): 0.0, name(1): 0.0}
    assert authorities(make(0, [])).empty


def test_cited_only_papers_can_be_left_out():
    tables = make(4, [(0, 1), (0, 2), (0, 3), (1, 2)], cited_only={3})
    without = make(3, [(0, 1), (0, 2), (1, 2)])
    assert values(hubs(tables, in_corpus=True), "hubs") == values(hubs(without), "hubs")


def test_too_few_iterations_raise():
    with pytest.raises(NotConverged, match=r"after 2 iterations.*allow more iterations"):
        hubs(make(200, random_edges(200, 900, seed=5)), max_iterations=2)


def test_a_tolerance_of_nothing_is_refused():
    with pytest.raises(GraphbuildError, match="tolerance is -1"):
        authorities(make(2, [(0, 1)]), tolerance=-1)


def test_compiled_products_give_the_same(monkeypatch):
    tables = make(1000, random_edges(1000, 20_000, seed=6), cited_only=range(0, 300, 2))
    module = import_module("graphbuild.analysis.hits")
    for measure in (hubs, authorities):
        for options in ({}, {"in_corpus": True}):
            found = []
            for threshold in (2**62, 0):
                monkeypatch.setattr(module, "COMPILED", threshold)
                found.append(values(measure(tables, **options), measure.__name__))
            assert found[0] == pytest.approx(found[1], abs=1e-11)
