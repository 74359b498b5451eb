"""Which papers are drawn, and what is said about them."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from graphbuild.errors import GraphbuildError
from graphbuild.tables import Tables
from graphbuild.view.drawing import prepare
from graphbuild.view.palette import DARK, LIGHT

from .graphs import topics


def test_the_columns_say_what_the_tables_say():
    tables = topics()
    drawing = prepare(tables)
    papers = tables.papers.set_index("id")
    ids, titles = drawing.ids.to_pylist(), drawing.titles.to_pylist()
    authors, categories = drawing.authors.to_list(), drawing.categories.to_list()
    assert sorted(ids) == papers.index.tolist()
    for i, one in enumerate(ids):
        assert titles[i] == papers.title[one]
        assert drawing.years[i] == papers.year[one]
        assert drawing.in_corpus[i] == papers.in_corpus[one]
        assert drawing.measure("citedBy")[i] == (tables.citations["cited"] == one).sum()
        assert drawing.measure("cites")[i] == (tables.citations["citing"] == one).sum()
        wrote = tables.authorships[tables.authorships["paper"] == one]
        names = tables.authors.set_index("id")["name"][wrote["author"]]
        assert authors[i] == names.tolist()
        assert categories[i] == ["cs.LG"]
    shown = {(ids[a], ids[b]) for a, b in drawing.edges.tolist()}
    assert shown == set(zip(tables.citations["citing"], tables.citations["cited"], strict=True))
    assert drawing.summary() == f"60 papers, {len(tables.citations)} citations"


def test_pagerank_orders_sizes_and_chooses():
    tables = topics()
    graph = nx.DiGraph()
    graph.add_nodes_from(tables.papers["id"])
    graph.add_edges_from(tables.citations[["citing", "cited"]].itertuples(index=False))
    expected = nx.pagerank(graph, tol=1e-13, max_iter=500)
    drawing = prepare(tables, limit=10)
    ids, pagerank = drawing.ids.to_pylist(), drawing.measure("pagerank")
    assert np.allclose(pagerank, [expected[one] for one in ids], atol=1e-9)
    assert min(pagerank) >= max(expected[one] for one in expected.keys() - set(ids)) - 1e-9
    assert (np.diff(drawing.radii) <= 0).all()
    large = drawing.radii > 2.8
    area = drawing.radii[large] ** 2 / pagerank[large]
    assert area.max() / area.min() < 1.1
    assert drawing.summary().startswith("10 of 60 papers shown, the highest by PageRank, and ")
    assert (drawing.nodes_in_all, drawing.edges_in_all) == (60, len(tables.citations))
    # Citations are those of the whole graph, whatever is drawn.
    assert drawing.measure("citedBy")[0] == (tables.citations["cited"] == ids[0]).sum()


def test_clusters_are_cocitation_where_they_cover_most_of_the_papers():
    # p and q cite the same ten papers: ten of twelve papers are cocited.
    wide = [(a, f"x{i}") for a in "pq" for i in range(10)]
    drawing = prepare(Tables.from_tables(citations=pd.DataFrame(wide, columns=["citing", "cited"])))
    assert [one.key for one in drawing.groupings] == ["cocitation", "citation"]
    # Ten papers cite one: nothing is cocited.
    star = [(f"x{i}", "p") for i in range(10)]
    drawing = prepare(Tables.from_tables(citations=pd.DataFrame(star, columns=["citing", "cited"])))
    assert [one.key for one in drawing.groupings] == ["citation"]
    assert sum(drawing.groupings[0].sizes()) == np.count_nonzero(drawing.groupings[0].of) == 11


def test_clusters_are_numbered_by_drawn_papers():
    drawing = prepare(topics(90, 4), limit=40)
    for grouping in drawing.groupings:
        sizes = grouping.sizes()
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) == len(grouping.names) == grouping.of.max()


@pytest.mark.parametrize("papers", [0, 1, 3])
def test_a_graph_without_citations_can_be_drawn(papers):
    drawing = prepare(Tables.from_tables(papers=pd.DataFrame({"id": list("abc")[:papers]})))
    assert drawing.places.shape == (papers, 2)
    assert drawing.groupings == []
    assert drawing.summary() == f"{papers} paper{'' if papers == 1 else 's'}, 0 citations"


def test_links_come_from_valid_identifiers_alone():
    papers = pd.DataFrame(
        {
            "id": ["arxiv:1706.03762", "arxiv:javascript:alert(1)", "doi:10.1/x", "id:a/b", "t"],
            "arxiv_id": [None, "javascript:alert(1)", None, "hep-th/9901001", '"><script>'],
            "doi": ["10.1000/ab", "javascript:alert(1)", None, None, "10.1"],
        }
    )
    drawing = prepare(Tables.from_tables(papers=papers))
    urls = zip(*drawing.links.values(), strict=True)
    links = dict(zip(drawing.ids.to_pylist(), urls, strict=True))
    assert list(drawing.links) == ["arXiv", "DOI", "Source"]
    assert links["arxiv:1706.03762"] == (
        "https://arxiv.org/abs/1706.03762", "https://doi.org/10.1000/ab", ""
    )  # fmt: skip
    assert links["id:a/b"] == ("https://arxiv.org/abs/hep-th/9901001", "", "")
    nothing = ("", "", "")
    assert links["arxiv:javascript:alert(1)"] == links["t"] == links["doi:10.1/x"] == nothing


def test_a_map_of_no_papers_is_refused():
    with pytest.raises(GraphbuildError, match="limit is 0"):
        prepare(topics(), limit=0)


# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
DEFICIENCIES = {
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def oklab(linear: np.ndarray) -> np.ndarray:
    cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
             [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
    lab = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
           [0.0259040371, 0.7827717662, -0.808675766]]  # fmt: skip
    return np.cbrt(linear @ np.array(cones).T) @ np.array(lab).T


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sight", DEFICIENCIES)
def test_colours_of_clusters_can_be_told_apart(palette, sight):
    channels = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in palette["clusters"]]
    values = np.array(channels)
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    seen = oklab(np.clip(linear @ np.array(DEFICIENCIES[sight]).T, 0, 1))
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)
    # The smallest difference that people notice is about 0.02.
    assert apart[np.triu_indices(12, 1)].min() > 0.09
