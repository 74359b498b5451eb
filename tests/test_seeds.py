"""The inputs that graphbuild was born for, as the shared data has them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import graphbuild as gb
from graphbuild.graph import Graph
from tests.builders import files, pairs


@pytest.fixture(scope="module")
def seeds(shared: Path) -> dict[str, Path]:
    return {path.name[:3]: path for path in sorted((shared / "seeds").glob("*.txt"))}


@pytest.fixture(scope="module")
def every(seeds: dict[str, Path]) -> Graph:
    return gb.build(list(seeds.values()))


def test_the_viewer_s_page_with_listed_references(seeds: dict[str, Path]) -> None:
    info = gb.build(seeds["000"], references="listed").info()
    assert info["in_corpus"] == 5
    assert info["papers"] == 38
    assert info["citations"] == 35
    assert info["self_citations_dropped"] == 1
    assert info["authors"] == 26
    assert info["rejected"] == 0
    assert info["mentions"] == 100
    assert info["citations_by_basis"] == {"reference_list": 35}


def test_the_viewer_s_page_with_the_bibliographies_in_it(seeds: dict[str, Path]) -> None:
    graph = gb.build(seeds["000"])
    listed = pairs(gb.build(seeds["000"], references="listed"))
    assert listed < pairs(graph)
    lines = seeds["000"].read_text("utf-8").split("\n")
    mined = graph.citations[graph.citations.basis == "bibliography_text"]
    assert len(mined) >= 10
    for evidence, line in zip(graph.citations.evidence, graph.citations.line, strict=True):
        assert evidence.split()[0] in lines[line - 1], (evidence, line)
    assert graph.find("title:Grammar as a foreign language")
    titles = set(graph.papers.title.dropna())
    assert "Fast and accurate shift-reduce constituent parsing" in titles


def test_the_trending_page(seeds: dict[str, Path]) -> None:
    graph = gb.build(seeds["001"])
    assert graph.info()["in_corpus"] == graph.info()["papers"] == 20
    assert graph.papers.tweets.notna().all()
    assert set(graph.authorships.paper) == set(graph.papers.id)


def test_the_wiki_s_feed(seeds: dict[str, Path]) -> None:
    graph = gb.build(seeds["003"])
    assert graph.info()["in_corpus"] == 22
    assert ("arxiv:1706.02515", "arxiv:1511.07289") in pairs(graph)
    assert graph.find("title:Self-Normalizing Neural Networks") == "arxiv:1706.02515"
    assert set(graph.citations.basis) == {"summary"}
    assert graph.info()["rejected"] == 0


def test_the_listing(seeds: dict[str, Path]) -> None:
    graph = gb.build(seeds["004"])
    assert graph.info()["in_corpus"] == graph.info()["papers"] == 10
    assert len(set(graph.papers.id) - set(graph.authorships.paper)) == 2
    assert {"Mihaela van der Schaar", "Ullrich Köthe"} <= set(graph.authors.name)


def test_one_graph_of_them_all(every: Graph) -> None:
    for title, identifier in (
        ("Layer Normalization", "arxiv:1607.06450"),
        (
            "DoReFa-Net: Training Low Bitwidth Convolutional Neural Networks"
            " with Low Bitwidth Gradients",
            "arxiv:1606.06160",
        ),
        ("Self-Normalizing Neural Networks", "arxiv:1706.02515"),
    ):
        assert every.find(f"title:{title}") == identifier
        assert identifier in set(every.authorships.paper)
    assert ("arxiv:1706.02515", "arxiv:1511.07289") in pairs(every)
    assert set(every.citations.citing) | set(every.citations.cited) <= set(every.papers.id)


def test_most_cited_only_papers_have_a_name(every: Graph) -> None:
    cited_only = every.papers[~every.papers.in_corpus]
    assert cited_only.title.notna().mean() >= 0.75


def test_every_row_and_every_revision_is_a_mention(seeds: dict[str, Path], every: Graph) -> None:
    records = every.mentions[every.mentions.kind == "record"]
    by_file = records.groupby("file").size().to_dict()
    # Chunk rows; papers of a page; revisions of papers' pages; entries of a list.
    assert {name[:3]: count for name, count in by_file.items()} == {
        "000": 100, "001": 20, "003": 31, "004": 10,
    }  # fmt: skip
    assert not records.duplicated(["file", "line"]).any()
    for file, lines in records.groupby("file").line:
        text = seeds[file[:3]].read_text("utf-8").split("\n")
        if len(text) > 2:  # a feed on one line counts its entries
            assert all(text[line - 1].strip() for line in lines)


def test_any_order_gives_the_same_bytes(seeds: dict[str, Path], tmp_path: Path) -> None:
    orders = list(itertools.permutations(seeds.values()))
    saved = []
    for i, order in enumerate([orders[0], orders[-1], orders[len(orders) // 2]]):
        folder = gb.build(order).save(tmp_path / str(i))
        saved.append(files(folder))
    assert saved[0] == saved[1] == saved[2]


def test_every_edge_has_its_evidence(every: Graph) -> None:
    assert every.citations.evidence.str.len().gt(0).all()
    assert every.citations.line.ge(1).all()
    assert every.citations.basis.notna().all()
