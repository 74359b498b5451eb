from __future__ import annotations

import random

import igraph
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild.analysis import citations, clusters, members, partition
from graphbuild.errors import GraphbuildError
from graphbuild.tables import Tables
from tests.analysis.graphs import (
    cit_hepth,
    cora,
    cora_subjects,
    graphs,
    make,
    name,
    random_edges,
    values,
)


def planted(groups: int, size: int, readers: int, seed: int):
    """Papers in groups, and readers of each group who cite eight of it and one of another."""
    generator = np.random.default_rng(seed)
    edges = set()
    reader = groups * size
    for group in range(groups):
        for _ in range(readers):
            cited = group * size + generator.permutation(size)[:8]
            stray = generator.integers(groups * size)
            edges |= {(reader, int(paper)) for paper in [*cited, stray]}
            reader += 1
    return reader, sorted(edges)


def adjusted_rand(first, second):
    table = pd.crosstab(first, second).to_numpy()

    def pairs(counts):
        return (counts * (counts - 1) / 2).sum()

    chance = pairs(table.sum(0)) * pairs(table.sum(1)) / pairs(table.sum())
    most = (pairs(table.sum(0)) + pairs(table.sum(1))) / 2
    return (pairs(table) - chance) / (most - chance)


@pytest.mark.parametrize("of", ["cocitation", "citation"])
@pytest.mark.parametrize("weight", ["count", "salton_cosine", "association_strength"])
def test_finds_planted_groups(of, weight):
    size, edges = planted(groups=6, size=20, readers=30, seed=1)
    found = partition(make(size, edges), of=of, weight=weight)[:120]
    assert adjusted_rand(found, np.repeat(np.arange(6), 20)) > 0.95


def test_planted_groups_of_unequal_size_are_numbered_by_size():
    edges = []
    for begin, end, reader in ((0, 3, 20), (3, 9, 22), (9, 12, 24)):
        edges += [(reader + k, paper) for k in (0, 1) for paper in range(begin, end)]
    tables = make(30, edges)
    assert clusters(tables)[["cluster", "papers", "top_paper"]].values.tolist() == [
        [1, 6, name(3)],
        [2, 3, name(0)],
        [3, 3, name(9)],
    ]
    listed = members(tables)
    assert listed["cluster"].tolist() == [1] * 6 + [2] * 3 + [3] * 3
    assert listed["id"].tolist() == [name(n) for n in (3, 4, 5, 6, 7, 8, 0, 1, 2, 9, 10, 11)]
    assert partition(tables).tolist() == [2] * 3 + [1] * 6 + [3] * 3 + [0] * 18


@settings(deadline=None)
@given(graphs(), st.sampled_from(["cocitation", "citation"]))
def test_tables_tell_one_story(graph, of):
    tables = make(*graph)
    group = partition(tables, of=of)
    frame = clusters(tables, of=of)
    listed = members(tables, of=of)
    assert frame["cluster"].tolist() == list(range(1, len(frame) + 1))
    assert frame["papers"].is_monotonic_decreasing
    assert frame["papers"].sum() == len(listed) == np.count_nonzero(group)
    assert listed["id"].is_unique
    assert (frame["label"].str.len() > 0).all()
    cited = values(citations(tables), "citations")
    for row in frame.itertuples(index=False):
        inside = listed.loc[listed["cluster"] == row.cluster, "id"].tolist()
        assert inside == sorted(inside)
        assert len(inside) == row.papers >= 2
        assert row.top_paper == min(inside, key=lambda paper: (-cited[paper], paper))
    numbers = tables.index
    if of == "citation":
        tied = {
            end
            for ends in zip(numbers.citing.tolist(), numbers.cited.tolist(), strict=True)
            for end in ends
            if ends[0] != ends[1]
        }
        assert set(np.flatnonzero(group).tolist()) == tied


def test_every_cluster_is_connected_as_leiden_guarantees():
    edges = random_edges(300, 700, seed=9)
    group = partition(make(300, edges), of="citation")
    graph = igraph.Graph(n=300, edges=edges).simplify()
    for cluster in range(1, group.max() + 1):
        assert graph.induced_subgraph(np.flatnonzero(group == cluster).tolist()).is_connected()


def test_same_clusters_twice_and_from_shuffled_rows():
    edges = random_edges(400, 4000, seed=6)
    generator = np.random.default_rng(0)
    shuffled = [edges[k] for k in generator.permutation(len(edges))]
    for of in ("cocitation", "citation"):
        first = partition(make(400, edges), of=of)
        assert first.tolist() == partition(make(400, edges), of=of).tolist()
        assert first.tolist() == partition(make(400, shuffled), of=of).tolist()


def test_asking_again_is_not_computing_again():
    tables = make(40, random_edges(40, 200, seed=7))
    assert partition(tables) is partition(tables)
    with pytest.raises(ValueError, match="read-only"):
        partition(tables)[0] = 1


def test_resolution_makes_clusters_smaller():
    tables = make(400, random_edges(400, 4000, seed=8))
    many = [len(clusters(tables, resolution=resolution)) for resolution in (0.5, 1, 2, 4)]
    assert many == sorted(many)
    assert many[0] < many[-1]


@pytest.mark.parametrize("of", ["cocitation", "citation"])
@pytest.mark.parametrize("size", [0, 3])
def test_an_empty_network_has_no_clusters(of, size):
    tables = make(size, [])
    frame = clusters(tables, of=of)
    assert frame.empty
    assert frame.dtypes.astype(str).to_dict() == {
        "cluster": "int64",
        "label": "str",
        "papers": "int64",
        "top_paper": "str",
    }
    assert members(tables, of=of).dtypes.astype(str).to_dict() == {"cluster": "int64", "id": "str"}
    assert partition(tables, of=of).tolist() == [0] * size


def test_the_minimum_that_was_used_is_told():
    tables = make(4, [(2, 0), (2, 1), (3, 0), (3, 1)])
    assert clusters(tables).attrs == {"min_cocitations": 1}
    assert members(tables, min_cocitations=2).attrs == {"min_cocitations": 2}
    assert clusters(tables, of="citation").attrs == {"min_cocitations": None}
    assert clusters(tables, min_cocitations=3).empty


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"of": "coupling"}, "no network 'coupling'; there are cocitation, citation"),
        ({"weight": "jaccard"}, "no weight 'jaccard'; there are count"),
        ({"min_cocitations": -1}, "minimum of cocitations is -1; it must be at least 1"),
        ({"min_cocitations": 2, "of": "citation"}, "no meaning for clusters of 'citation'"),
        ({"resolution": 0}, "resolution is 0; it must be above 0"),
        ({"resolution": float("nan")}, "resolution is nan"),
        ({"seed": -1}, "seed is -1; it must be at least 0"),
        ({"iterations": 0}, "iterations is 0; it must be at least 1"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, words):
    for function in (clusters, members, partition):
        with pytest.raises(GraphbuildError, match=words):
            function(make(2, [(0, 1)]), **arguments)


def titled(*titles):
    """Two groups that two readers each cite whole; the last paper of the first is cited most."""
    half = len(titles) // 2
    ids = [name(number) for number in range(len(titles))]
    papers = pd.DataFrame({"id": ids, "title": pd.array(titles, dtype="str")})
    edges = [("r1", paper) for paper in ids[:half]] + [("r2", paper) for paper in ids[:half]]
    edges += [("r3", paper) for paper in ids[half:]] + [("r4", paper) for paper in ids[half:]]
    edges += [("r5", ids[half - 1])]
    return Tables.from_tables(
        papers=papers, citations=pd.DataFrame(edges, columns=["citing", "cited"])
    )


def test_labels_fall_back_to_a_title_then_to_the_top_paper():
    frame = clusters(titled("One thing", "Another", None, None, None, None))
    assert frame["label"].tolist() == ["One thing", name(3)]
    assert frame["top_paper"].tolist() == [name(2), name(3)]


def test_a_title_that_prints_nothing_is_no_label():
    assert clusters(titled("$$", "{}", " ", "", "x", "y"))["label"].tolist() == [name(2), "x"]


def test_a_long_title_is_cut():
    label = clusters(titled("word " * 400, "b", "c" * 10**6, "d", "e", "f"))["label"][0]
    assert len(label) == 100
    assert label == "c" * 99 + "…"


@pytest.mark.shared
def test_clusters_of_cora_follow_its_subjects(shared):
    tables = cora(shared)
    subjects = cora_subjects(shared)
    for of, least, covered in (("cocitation", 0.4, 590), ("citation", 0.42, 2700)):
        listed = members(tables, of=of).set_index("id")["cluster"]
        table = pd.crosstab(listed, subjects.loc[listed.index])
        assert len(listed) > covered
        assert table.max(axis=1).sum() / len(listed) > 0.75
        shares = table / len(listed)
        chance = np.outer(shares.sum(axis=1), shares.sum(axis=0))
        joint = shares.to_numpy()
        information = (joint * np.log(np.where(joint > 0, joint / chance, 1))).sum()
        entropies = [-(p * np.log(p)).sum() for p in (shares.sum(axis=1), shares.sum(axis=0))]
        assert 2 * information / sum(entropies) > least


@pytest.mark.shared
def test_modularity_on_cit_hepth_is_that_of_igraph(shared):
    tables = cit_hepth(shared)
    index = tables.index
    graph = igraph.Graph(index.papers, list(zip(index.citing, index.cited, strict=True)))
    ours = graph.modularity(partition(tables, of="citation").tolist())
    igraph.set_random_number_generator(random.Random(0))
    theirs = graph.community_leiden("modularity", n_iterations=2).modularity
    assert ours > theirs - 0.01
