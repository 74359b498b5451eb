from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.kernels import cocitation, locality
from graphbuild.kernels.locality import close_together
from tests.analysis.graphs import graphs
from tests.kernels.networks import csr


def planted(groups: int, size: int, seed: int):
    """Papers that cite within their group but for one citation in ten; numbered at random."""
    generator = np.random.default_rng(seed)
    papers = groups * size
    place = generator.permutation(papers)
    edges = set()
    for paper in range(papers):
        for _ in range(8):
            inside = paper % groups + groups * int(generator.integers(size))
            cited = inside if generator.random() < 0.9 else int(generator.integers(papers))
            if cited != paper:
                edges.add((int(place[paper]), int(place[cited])))
    return papers, sorted(edges), place


@given(graphs(), st.integers(1, 5))
def test_every_paper_stands_in_the_order_once(graph, size_of):
    size, edges = graph
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locality, "FEW", 0)
        patch.setattr(locality, "SIZE", size_of)
        order = close_together(*csr(size, edges))
    assert order.dtype == np.int32
    assert sorted(order.tolist()) == list(range(size))


def test_papers_that_cite_each_other_stand_close(monkeypatch):
    size, edges, _ = planted(8, 100, seed=1)
    lists = csr(size, edges)
    monkeypatch.setattr(locality, "FEW", 0)
    monkeypatch.setattr(locality, "SIZE", 100)
    place = np.argsort(close_together(*lists))

    def mean_distance(where):
        return np.mean([abs(int(where[one]) - int(where[other])) for one, other in edges])

    assert mean_distance(place) < 0.75 * mean_distance(np.arange(size))


def test_few_papers_keep_their_order():
    assert close_together(*csr(5, [(4, 0), (3, 1)])).tolist() == [0, 1, 2, 3, 4]


@given(graphs(), st.integers(1, 3))
def test_the_network_of_cocitation_is_the_same_in_any_order(graph, min_count):
    size, edges = graph
    lists = csr(size, edges)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locality, "FEW", 0)
        patch.setattr(locality, "SIZE", 2)
        found = as_pairs(*cocitation.neighbours(*lists, min_count))
    assert found == as_pairs(*cocitation.neighbours(*lists, min_count))


def as_pairs(nodes, begins, ends, counts):
    first = nodes[np.repeat(np.arange(len(nodes)), np.diff(begins))].tolist()
    return dict(zip(zip(first, nodes[ends].tolist(), strict=True), counts.tolist(), strict=True))
