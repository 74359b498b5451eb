"""The graph as NetworkX knows it."""

from __future__ import annotations

import networkx as nx

from tests.builders import graph_of, ids, pairs, record, reference

GRAPH = graph_of(
    record("1706.03762", title="Attention Is All You Need", authors="Noam Shazeer", year=2017,
           categories=("cs.CL",),
           cites=["1607.06450", reference(title="A Cited Paper Without Id")]),
    record("1607.06450", title="Layer Normalization"),
)  # fmt: skip


def test_papers_and_citations_with_their_columns() -> None:
    graph = GRAPH.to_networkx()
    assert isinstance(graph, nx.DiGraph)
    assert sorted(graph) == ids(GRAPH)
    assert set(graph.edges) == pairs(GRAPH)
    assert graph.nodes["arxiv:1706.03762"]["title"] == "Attention Is All You Need"
    assert graph.nodes["arxiv:1706.03762"]["year"] == 2017
    assert "doi" not in graph.nodes["arxiv:1706.03762"]
    assert graph.edges["arxiv:1706.03762", "arxiv:1607.06450"]["basis"] == "reference_list"


def test_bare_structure() -> None:
    graph = GRAPH.to_networkx(attributes=False)
    assert set(graph.edges) == pairs(GRAPH)
    assert not any(data for _, data in graph.nodes(data=True))


def test_bare_structure_is_what_networkx_makes_of_the_pairs() -> None:
    expected: nx.DiGraph[str] = nx.DiGraph()
    expected.add_nodes_from(ids(GRAPH))
    expected.add_edges_from(sorted(pairs(GRAPH)))
    graph = GRAPH.to_networkx(attributes=False)
    assert nx.utils.graphs_equal(graph, expected)
    assert list(graph.edges) == list(expected.edges)
    assert {node: list(graph.pred[node]) for node in graph} == {
        node: list(expected.pred[node]) for node in expected
    }
    citing, cited = next(iter(graph.edges))
    graph.edges[citing, cited]["weight"] = 2  # one dictionary for both directions
    assert graph.pred[cited][citing] == {"weight": 2}
    graph.remove_edge(citing, cited)
    graph.add_edge("new", cited)
    assert set(graph.pred[cited]) == {"new"}


def test_the_whole_graph() -> None:
    graph = GRAPH.to_networkx(heterogeneous=True)
    assert isinstance(graph, nx.MultiDiGraph)
    labels = [data["label"] for _, data in graph.nodes(data=True)]
    assert {label: labels.count(label) for label in set(labels)} == {
        "Paper": 3,
        "Author": 1,
        "Category": 1,
    }
    assert set(graph.edges(keys=True)) == {
        ("arxiv:1706.03762", "arxiv:1607.06450", "CITES"),
        ("arxiv:1706.03762", "title:a-cited-paper-without-id", "CITES"),
        ("name:noam-shazeer", "arxiv:1706.03762", "WROTE"),
        ("arxiv:1706.03762", "cs.CL", "IN_CATEGORY"),
    }
