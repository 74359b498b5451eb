"""Networks beside that of citations."""

from __future__ import annotations

import itertools
from collections import Counter

import igraph
import numpy as np
import pandas as pd

from graphbuild.tables import Tables
from graphbuild.view import ties
from graphbuild.view.drawing import prepare

from .graphs import topics


def test_cocitations_are_those_of_igraph():
    tables = topics(40, 2)
    index = tables.index
    graph = igraph.Graph(
        index.papers, zip(index.citing.tolist(), index.cited.tolist(), strict=True), directed=True
    )
    counts = np.triu(np.array(graph.cocitation()), 1)
    found = ties.cocitations(tables)
    for (first, second), weight in zip(found.ends.tolist(), found.weights.tolist(), strict=True):
        assert counts[first, second] == weight >= 2
    assert found.in_all == (counts >= 2).sum()
    # Each paper's strongest ties are there, ten of them where it has as many.
    both = counts + counts.T
    for paper in range(index.papers):
        weights = sorted(both[paper][both[paper] >= 2].tolist(), reverse=True)
        mine = found.weights[(found.ends == paper).any(axis=1)]
        assert sorted(mine.tolist(), reverse=True)[: ties.STRONGEST] == weights[: ties.STRONGEST]
    assert "10 strongest" in found.note


def test_coauthors_are_those_who_share_papers():
    tables = topics(30)
    ids = tables.authors["id"].tolist()
    together, written = Counter(), Counter()
    for _, authors in tables.authorships.groupby("paper")["author"]:
        names = sorted(set(authors))
        written.update(names)
        together.update(itertools.combinations(names, 2))
    people = ties.coauthors(tables)
    found = {
        (ids[a], ids[b]): weight
        for (a, b), weight in zip(
            people.network.ends.tolist(), people.network.weights.tolist(), strict=True
        )
    }
    assert found == dict(together)
    assert people.written.tolist() == [written[one] for one in ids]
    drawing = prepare(tables, of="coauthors")
    assert drawing.measure("papers").tolist() == sorted(written.values(), reverse=True)
    assert drawing.years.max() == tables.papers["year"].max()


def test_a_crowd_of_authors_ties_nobody():
    authors = [f"a{i:02d}" for i in range(60)]
    rows = [(one, "big", k) for k, one in enumerate(authors, 1)] + [
        ("a00", "small", 1), ("a01", "small", 2)
    ]  # fmt: skip
    tables = Tables.from_tables(
        papers=pd.DataFrame({"id": ["big", "small"]}),
        authors=pd.DataFrame({"id": authors}),
        authorships=pd.DataFrame(rows, columns=["author", "paper", "position"]),
    )
    people = ties.coauthors(tables)
    assert people.network.ends.tolist() == [[0, 1]]
    assert "more than 50 authors" in prepare(tables, of="coauthors").note
    assert people.written[0] == 2


def test_groups_of_coauthors_are_named_by_those_who_wrote_most():
    tables = Tables.from_tables(
        papers=pd.DataFrame({"id": ["p", "q", "r"]}),
        authors=pd.DataFrame({"id": ["x", "y", "z", "w"], "name": ["Ann", "Bob", "Cyd", None]}),
        authorships=pd.DataFrame(
            [("x", "p"), ("y", "p"), ("x", "q"), ("y", "q"), ("z", "q"), ("w", "r")],
            columns=["author", "paper"],
        ),
    )
    drawing = prepare(tables, of="coauthors")
    assert drawing.groupings[0].names == ["Ann · Bob"]
    assert drawing.ids.to_pylist() == ["x", "y", "w", "z"]
    assert drawing.groupings[0].of.tolist() == [1, 1, 0, 1]


def test_maps_of_nothing_can_be_drawn():
    nothing = Tables.from_tables(papers=pd.DataFrame({"id": ["a"]}))
    for of in ("cocitation", "coauthors"):
        drawing = prepare(nothing, of=of)
        assert len(drawing) == 0
        assert drawing.places.shape == (0, 2)
