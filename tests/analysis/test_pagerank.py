from __future__ import annotations

import math

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild.analysis import pagerank
from graphbuild.errors import GraphbuildError, NotConverged, UnknownPaper
from graphbuild.tables import Tables
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

EXACT = {"tol": 1e-13, "max_iter": 500}


def assert_same(found, expected, within=1e-10):
    assert found.keys() == expected.keys()
    assert max((abs(found[paper] - expected[paper]) for paper in found), default=0) < within


def solved(size, edges, damping, start):
    """PageRank by solving its linear system, dangling papers sending their reader to the start."""
    follow = np.zeros((size, size))
    for citing, cited in edges:
        follow[citing, cited] = 1
    references = follow.sum(axis=1)
    follow[references > 0] /= references[references > 0, None]
    follow[references == 0] = start
    return np.linalg.solve(np.eye(size) - damping * follow.T, (1 - damping) * start)


@settings(deadline=None)
@given(graphs(), st.sampled_from([0.0, 0.3, 0.85, 0.9]))
def test_agrees_with_networkx(graph, damping):
    tables = make(*graph)
    frame = pagerank(tables, damping=damping)
    assert_same(values(frame, "pagerank"), nx.pagerank(to_networkx(tables), alpha=damping, **EXACT))
    assert math.isclose(frame["pagerank"].sum(), 1, abs_tol=1e-11)
    assert frame["pagerank"].is_monotonic_decreasing


@settings(deadline=None)
@given(graphs(), st.data())
def test_agrees_with_networkx_when_personalised(graph, data):
    tables = make(*graph)
    weights = data.draw(
        st.dictionaries(
            st.integers(0, graph[0] - 1).map(name),
            st.one_of(st.just(0.0), st.floats(0.01, 100)),
            min_size=1,
        ).filter(lambda weights: any(weights.values()))
    )
    assert_same(
        values(pagerank(tables, personalise=weights), "pagerank"),
        nx.pagerank(to_networkx(tables), personalization=weights, **EXACT),
    )


@settings(deadline=None)
@given(graphs(), st.sampled_from([0.5, 0.85, 0.99]), st.data())
def test_agrees_with_the_solved_system_to_twelve_digits(graph, damping, data):
    size, edges = graph
    weights = data.draw(st.lists(st.floats(0.01, 1), min_size=size, max_size=size))
    start = np.array(weights) / sum(weights)
    exact = solved(size, edges, damping, start)
    personalise = {name(number): weight for number, weight in enumerate(weights)}
    found = pagerank(make(size, edges), damping=damping, personalise=personalise)
    assert_same(
        values(found, "pagerank"),
        {name(number): score for number, score in enumerate(exact)},
        within=1e-12,
    )


@settings(deadline=None)
@given(graphs(), st.sets(st.integers(0, 13)))
def test_in_corpus_is_the_induced_subgraph(graph, cited_only):
    size, edges = graph
    tables = make(size, edges, cited_only)
    inside = [name(number) for number in range(size) if number not in cited_only]
    expected = nx.pagerank(to_networkx(tables).subgraph(inside), **EXACT) if inside else {}
    frame = pagerank(tables, in_corpus=True)
    assert_same(values(frame, "pagerank"), expected)
    assert frame["rank"].tolist() == list(range(1, len(inside) + 1))


def test_agrees_with_networkx_and_igraph_on_a_thousand_papers():
    edges = random_edges(1000, 8000, seed=1)
    tables = make(1000, edges)
    found = values(pagerank(tables), "pagerank")
    assert_same(found, nx.pagerank(to_networkx(tables), **EXACT))
    by_igraph = igraph.Graph(n=1000, edges=edges, directed=True).pagerank()
    assert_same(found, {name(number): score for number, score in enumerate(by_igraph)})


@pytest.mark.shared
@pytest.mark.parametrize("corpus", [cit_hepth, cora])
def test_agrees_with_networkx_on_real_graphs(corpus, shared):
    tables = corpus(shared)
    graph = to_networkx(tables)
    # NetworkX stops when a step moves less than its tolerance times the number of papers; at
    # 1e-13 that leaves one paper of cit-HepTh wrong by 3e-9.
    exact = {"tol": 1e-15, "max_iter": 500}
    found = values(pagerank(tables), "pagerank")
    assert_same(found, nx.pagerank(graph, **exact))
    ends = tables.index.citing, tables.index.cited
    by_igraph = igraph.Graph(len(found), list(zip(*ends, strict=True)), directed=True).pagerank()
    assert_same(found, dict(zip(tables.papers["id"], by_igraph, strict=True)), within=1e-12)
    some = tables.papers["id"].iloc[[3, 700, 2000]].tolist()
    assert_same(
        values(pagerank(tables, personalise=some), "pagerank"),
        nx.pagerank(graph, personalization=dict.fromkeys(some, 1), **exact),
    )


def test_the_worst_case_is_a_cycle_and_is_exact_too():
    size = 50
    tables = make(size, [(number, (number + 1) % size) for number in range(size)])
    found = values(pagerank(tables, damping=0.99, personalise=[name(0)]), "pagerank")
    for number in range(size):
        exact = (1 - 0.99) * 0.99**number / (1 - 0.99**size)
        assert abs(found[name(number)] - exact) < 1e-12


def test_the_tolerance_bounds_the_true_error():
    tables = make(60, random_edges(60, 400, seed=2))
    exact = values(pagerank(tables), "pagerank")
    for tolerance in (1e-2, 1e-4, 1e-6):
        rough = values(pagerank(tables, tolerance=tolerance), "pagerank")
        assert sum(abs(rough[paper] - exact[paper]) for paper in exact) <= tolerance


def test_equal_papers_stand_by_id():
    # Ten papers cite the same ones, each through sums in another order.
    edges = [(citing, cited) for citing in range(10, 17) for cited in range(10)]
    frame = pagerank(make(20, edges))
    assert frame["id"].tolist() == [name(number) for number in range(20)]
    assert frame["pagerank"].nunique() == 2


def test_ids_may_be_given_as_a_list_a_mapping_or_one():
    tables = make(4, [(0, 1), (2, 3)])
    one = pagerank(tables, personalise=name(0))
    assert one.equals(pagerank(tables, personalise=[name(0), name(0)]))
    assert one.equals(pagerank(tables, personalise={name(0): 1e-300}))


def test_nothing_in_nothing_out():
    assert pagerank(make(0, [])).empty
    assert pagerank(make(2, [], cited_only={0, 1}), in_corpus=True).empty


@pytest.mark.parametrize("damping", [-0.1, 1, 1.5, math.nan, math.inf])
def test_a_damping_out_of_range_is_refused(damping):
    with pytest.raises(GraphbuildError, match=r"damping is .*at least 0 and below 1"):
        pagerank(make(2, [(0, 1)]), damping=damping)


@pytest.mark.parametrize("personalise", [[], {}, {name(0): 0.0}])
def test_personalising_by_nothing_is_refused(personalise):
    with pytest.raises(GraphbuildError, match="no paper a weight above 0"):
        pagerank(make(2, [(0, 1)]), personalise=personalise)


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_a_weight_out_of_range_is_refused(weight):
    with pytest.raises(GraphbuildError, match="the weight of 'p00000'"):
        pagerank(make(2, [(0, 1)]), personalise={name(0): weight})


def test_an_unknown_paper_is_named():
    with pytest.raises(UnknownPaper, match=r"arxiv:0000.0001"):
        pagerank(make(2, [(0, 1)]), personalise=["arxiv:0000.0001"])


def test_a_cited_only_paper_cannot_personalise_the_corpus():
    with pytest.raises(UnknownPaper, match="'p00001' is cited-only"):
        pagerank(make(2, [(0, 1)], cited_only={1}), personalise=[name(1)], in_corpus=True)


def test_too_few_iterations_raise():
    with pytest.raises(NotConverged, match=r"after 3 iterations.*allow more iterations"):
        pagerank(make(3, [(0, 1), (1, 0)]), max_iterations=3)


def test_a_tolerance_of_nothing_is_refused():
    with pytest.raises(GraphbuildError, match="tolerance is 0"):
        pagerank(make(2, [(0, 1)]), tolerance=0)


def test_papers_to_begin_at_may_be_named_by_any_identifier() -> None:
    tables = Tables.from_tables(
        papers=pd.DataFrame(
            {"id": ["arxiv:1706.03762", "b"], "title": ["Attention Is All You Need", None]}
        ),
        citations=pd.DataFrame({"citing": ["b"], "cited": ["arxiv:1706.03762"]}),
    )
    by_id = pagerank(tables, personalise=["arxiv:1706.03762"])
    for known in ("https://arxiv.org/abs/1706.03762v5", "title:Attention is all you need"):
        assert pagerank(tables, personalise={known: 2.0}).equals(by_id)
