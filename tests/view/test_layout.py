"""The layout against brute force, its promises, and real citation networks."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild import analysis
from graphbuild.tables import CitationIndex, Tables
from graphbuild.view.layout import _Mesh, positions, separate


def index(papers: int, pairs: list[tuple[int, int]]) -> CitationIndex:
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    return CitationIndex(papers, ends[:, 0], ends[:, 1])


def planted(groups: int, size: int, seed: int = 0) -> tuple[CitationIndex, np.ndarray]:
    """Groups that cite inside about ten times as often as outside."""
    random = np.random.default_rng(seed)
    papers = groups * size
    group = np.arange(papers) // size
    a, b = random.integers(0, papers, (2, papers * 40))
    keep = (a > b) & ((group[a] == group[b]) | (random.random(len(a)) < 0.02))
    pairs = np.unique(np.column_stack([a, b])[keep], axis=0)
    return index(papers, pairs.tolist()), group + 1


def test_the_mesh_repels_as_the_sum_over_all_pairs():
    random = np.random.default_rng(1)
    places = random.normal(0, 10, (400, 2))
    mass = random.integers(1, 30, 400).astype(float)
    apart = places[:, None] - places[None]
    square = (apart**2).sum(axis=2)
    np.fill_diagonal(square, np.inf)
    exact = (mass[:, None, None] * mass[None, :, None] * apart / square[..., None]).sum(axis=1)
    meshed = _Mesh(256).repulsion(places, mass)
    error = np.linalg.norm(meshed - exact, axis=1)
    # Only pairs that are closer than the mesh's spacing differ.
    assert np.median(error / np.linalg.norm(exact, axis=1)) < 0.02


def test_clusters_are_shapes_and_not_a_hairball():
    citations, group = planted(6, 50)
    places = positions(citations, group)
    random = np.random.default_rng(0).integers(0, len(places), (2, 20000))
    inside = group[citations.citing] == group[citations.cited]
    edges = np.linalg.norm(places[citations.citing] - places[citations.cited], axis=1)
    pairs = np.linalg.norm(places[random[0]] - places[random[1]], axis=1)
    assert edges[inside].mean() < pairs.mean() / 3


def test_the_same_seed_gives_the_same_places_and_another_does_not():
    citations, group = planted(3, 20)
    assert np.array_equal(positions(citations, group), positions(citations, group))
    assert not np.array_equal(positions(citations, group), positions(citations, group, seed=1))


def test_papers_without_citations_stand_at_the_rim():
    citations, group = planted(2, 20)
    more = CitationIndex(citations.papers + 15, citations.citing, citations.cited)
    places = positions(more, np.concatenate([group, np.zeros(15, int)]))
    far = np.linalg.norm(places, axis=1)
    assert far[-15:].min() > far[:-15].max()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 12), st.data())
def test_any_graph_has_finite_places_that_differ(papers: int, data: st.DataObject):
    paper = st.integers(0, max(papers - 1, 0))
    pairs = data.draw(st.lists(st.tuples(paper, paper), unique=True)) if papers else []
    groups = data.draw(st.lists(st.integers(0, 3), min_size=papers, max_size=papers))
    places = positions(index(papers, pairs), np.array(groups, np.int32))
    assert places.shape == (papers, 2)
    assert np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == papers


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_separated_discs_hardly_overlap(discs: int, seed: int):
    random = np.random.default_rng(seed)
    radii = random.choice([1.0, 1.0, 1.0, 5.0], discs)
    places = separate(random.normal(0, 10, (discs, 2)), radii, rounds=400)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    overlap = radii[:, None] + radii[None] - apart
    np.fill_diagonal(overlap, 0)
    assert overlap.max(initial=0) <= 0.02 * 10


def test_discs_in_one_place_come_apart():
    places = separate(np.zeros((2, 2)), np.ones(2))
    assert np.linalg.norm(places[0] - places[1]) > 1.9


@pytest.mark.shared
def test_cora_in_three_seconds_with_its_clusters_apart(shared):
    pairs = pd.read_csv(
        shared / "data/networks/cora.cites", sep="\t", names=["cited", "citing"], dtype=str
    )
    tables = Tables.from_tables(citations=pairs)
    group = analysis.partition(tables, of="citation")
    begin = time.process_time()
    places = positions(tables.index, group)
    assert time.process_time() - begin < 3
    citing, cited = tables.index.citing, tables.index.cited
    inside = group[citing] == group[cited]
    edges = np.linalg.norm(places[citing] - places[cited], axis=1)[inside].mean()
    random = np.random.default_rng(0).integers(0, len(places), (2, 20000))
    assert edges < np.linalg.norm(places[random[0]] - places[random[1]], axis=1).mean() / 3
