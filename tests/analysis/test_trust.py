"""Every figure is what counting by hand, or networkx, gives."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild.analysis import coverage_sentence
from graphbuild.cli import main
from graphbuild.graph import Graph
from tests.builders import graph_of, record, reference


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="graphbuild")


def by_hand(graph: Graph) -> dict[str, int]:
    """The figures, paper by paper and citation by citation."""
    papers, citations = graph.papers.set_index("id"), graph.citations
    pairs = list(zip(citations.citing, citations.cited, strict=True))
    network = nx.DiGraph(pairs)
    network.add_nodes_from(papers.index)
    groups = [group for group in nx.strongly_connected_components(network) if len(group) > 1]
    of_paper = {paper: next((g for g in groups if paper in g), {paper}) for paper in papers.index}
    parts = list(nx.weakly_connected_components(network))
    writers = graph.authorships.groupby("paper").author.agg(set).to_dict()
    corpus = papers[papers.in_corpus]
    return {
        "papers_without_references": sum(network.out_degree(paper) == 0 for paper in corpus.index),
        "resolved": sum(bool(papers.in_corpus[cited]) for _, cited in pairs),
        "without_id": sum(cited.startswith("title:") for _, cited in pairs),
        "not_listed": sum(basis != "reference_list" for basis in citations.basis.dropna()),
        "cited_only_without_title": int(papers[~papers.in_corpus].title.isna().sum()),
        "corpus_without_year": int(corpus.year.isna().sum()),
        "suspicious_dates": int(citations.suspicious_date.fillna(False).sum()),
        "citations_in_cycles": sum(of_paper[one] is of_paper[other] for one, other in pairs),
        "cycles": len(groups),
        "largest_cycle": max(map(len, groups), default=0),
        "connected": max(map(len, parts), default=0),
        "isolated": sum(len(part) == 1 for part in parts),
        "self_citations": sum(
            bool(writers.get(one, set()) & writers.get(other, set())) for one, other in pairs
        ),
    }


def counted(graph: Graph) -> dict[str, int]:
    found = gb.quality(graph)
    return {name: found[name] for name in by_hand(graph)}


names = st.sampled_from("abcdefgh")
pairs = st.lists(st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]), unique=True,
                 max_size=20)  # fmt: skip


@given(
    pairs,
    st.lists(st.tuples(names, st.sampled_from("xyz")), unique=True, max_size=12),
    st.lists(st.tuples(names, st.booleans(), st.none() | st.integers(1990, 2020)), max_size=8,
             unique_by=lambda row: row[0]),
)  # fmt: skip
def test_figures_are_those_of_counting(
    citations: list[tuple[str, str]],
    written: list[tuple[str, str]],
    papers: list[tuple[str, bool, int | None]],
) -> None:
    known = {name for name, _, _ in papers} | {name for pair in citations for name in pair}
    rows = [(f"title:{name}" if name < "d" else name, corpus, year)
            for name, corpus, year in papers]  # fmt: skip

    def called(name: str) -> str:
        return f"title:{name}" if name < "d" else name

    graph = Graph.from_tables(
        papers=pd.DataFrame(rows, columns=["id", "in_corpus", "year"]).astype(
            {"id": object, "in_corpus": "boolean", "year": "Int32"}
        ),
        citations=pd.DataFrame(
            [(called(one), called(other)) for one, other in citations], columns=["citing", "cited"]
        ).astype(object),
        authors=pd.DataFrame({"id": ["x", "y", "z"]}),
        authorships=pd.DataFrame(
            [(author, called(paper)) for paper, author in written if paper in known],
            columns=["author", "paper"],
        ).astype(object),
    )
    assert counted(graph) == by_hand(graph)


def test_figures_of_the_seeds(shared: Path) -> None:
    graph = gb.build(sorted((shared / "seeds").glob("*.txt")))
    assert counted(graph) == by_hand(graph)


def test_figures_of_a_corpus_with_cycles(tmp_path: Path) -> None:
    from benchmarks.corpus import corpus

    path = corpus(2000, hubs_and_cycles=True, folder=tmp_path)
    graph = gb.build(path, out=tmp_path / "graph")
    assert counted(graph) == by_hand(graph)
    assert counted(graph)["cycles"] > 0


def test_many_authors_of_one_paper_are_compared_one_by_one() -> None:
    rng = np.random.default_rng(0)
    written = [(f"p{i}", f"a{j}") for i in range(60) for j in rng.choice(400, i + 1, replace=False)]
    ends = {(f"p{i}", f"p{j}") for i, j in rng.integers(0, 60, (600, 2)) if i != j}
    graph = Graph.from_tables(
        authors=pd.DataFrame({"id": sorted({author for _, author in written})}),
        citations=pd.DataFrame(sorted(ends), columns=["citing", "cited"]),
        papers=pd.DataFrame({"id": [f"p{i}" for i in range(60)]}),
        authorships=pd.DataFrame(written, columns=["paper", "author"]),
    )
    assert gb.quality(graph)["self_citations"] == by_hand(graph)["self_citations"]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return graph_of(
        record("1706.03762", title="Attention Is All You Need", year=2017, authors=["A. Vaswani"],
               cites=["1607.06450", reference(None, title="A title that is all there is",
                                              basis="bibliography_text")]),
        record("1607.06450", title="Layer Normalization", year=2019, authors=["J. Ba"],
               cites=["1409.0473"]),
        record("2001.00001", title="Nothing cited"),
    )  # fmt: skip


def test_coverage_by_source_and_year_sums_to_the_figures(graph: Graph) -> None:
    found = gb.quality(graph)
    rows = found.coverage.to_pylist()
    assert [(row["source"], row["year"]) for row in rows] == [
        ("test", 2017), ("test", 2019), ("test", None),
    ]  # fmt: skip
    assert [row["references"] for row in rows] == [2, 1, 0]
    for column, figure in (
        ("without_references", "papers_without_references"),
        ("without_id", "without_id"),
        ("resolved", "resolved"),
    ):
        assert sum(row[column] for row in rows) == found[figure]
    assert found.by_source.to_pylist()[0]["papers"] == 3
    assert found.by_year["papers"].to_pylist() == [1, 1, 1]
    assert found.share("papers_without_references") == pytest.approx(1 / 3)
    assert found.share("cycles") is None


def test_coverage_of_the_seeds_is_that_of_counting(shared: Path) -> None:
    graph = gb.build(sorted((shared / "seeds").glob("*.txt")))
    papers, citations = graph.papers.set_index("id"), graph.citations
    wanted: dict[tuple[str, int | None], list[int]] = {}
    for paper, row in papers[papers.in_corpus].iterrows():
        cited = citations[citations.citing == paper].cited
        told = [1, int(not len(cited)), len(cited), int(cited.str.startswith("title:").sum()),
                int(papers.in_corpus[cited].sum())]  # fmt: skip
        for source in row.sources:
            key = (source, None if pd.isna(row.year) else int(row.year))
            wanted[key] = np.add(wanted.get(key, [0] * 5), told).tolist()
    columns = ("papers", "without_references", "references", "without_id", "resolved")
    found = {
        (row["source"], row["year"]): [row[column] for column in columns]
        for row in gb.quality(graph).coverage.to_pylist()
    }
    assert found == wanted


def test_the_highest_stay_or_not() -> None:
    star = graph_of(*[record(f"2001.{i:05}", cites=["1706.03762"]) for i in range(1, 200)])
    assert gb.quality(star)["highest_that_stay"] >= 1
    assert gb.quality(star).figures.equals(gb.quality(star).figures)


def test_one_line_says_it(graph: Graph) -> None:
    assert coverage_sentence(graph) == (
        "References are known of 2 of 3 papers in the corpus (67%); 1 of these 3 references (33%)"
        " leads to papers in the corpus."
    )
    assert gb.quality(graph).summary.startswith(coverage_sentence(graph))
    assert "1 suspicious date, no citation cycles" in gb.quality(graph).summary
    empty = Graph.from_tables(papers=pd.DataFrame({"id": ["a"]}))
    assert coverage_sentence(empty) == "References are known of no paper in the corpus."
    assert gb.quality(empty)["isolated"] == 1
    assert gb.quality(Graph.from_tables())["connected"] == 0


def test_the_command_tells_it_in_every_format(graph: Graph, tmp_path: Path) -> None:
    folder = graph.save(tmp_path / "graph")
    shown = run("quality", folder).stdout
    for words in ("2 of 3", "67%", "By kind of input", "By year", "2019"):
        assert words in shown
    told: dict[str, Any] = json.loads(run("quality", folder, "--format", "json").stdout)
    assert told["figures"]["resolved"]["count"] == 1
    assert told["coverage"][0] == {
        "source": "test", "year": 2017, "papers": 1, "without_references": 0, "references": 2,
        "without_id": 1, "resolved": 1,
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(run("quality", folder, "--format", "csv").stdout)))
    assert {row["part"] for row in rows} == {"figures", "coverage"}


def test_ranks_and_pages_say_how_much_is_covered(graph: Graph, tmp_path: Path) -> None:
    folder = graph.save(tmp_path / "graph")
    ranked = run("rank", folder, "--by", "pagerank", "--format", "json")
    assert "References are known of 2 of 3 papers" in ranked.stderr
    assert json.loads(ranked.stdout)
    assert "References are known of" in run("view", folder, "--out", tmp_path / "m.html").output
