"""Every mention and every citation behind a paper or an author, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import graphbuild as gb
from graphbuild.analysis import explain
from graphbuild.cli import main
from graphbuild.errors import UnknownPaper
from graphbuild.graph import Graph
from tests.builders import graph_of, record, reference


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="graphbuild")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return graph_of(
        record("1706.03762", title="Attention Is All You Need", file="a.jsonl", line=1, year=2017,
               authors=["Ashish Vaswani", "Lukasz Kaiser"],
               cites=["1607.06450", reference("1409.0473", raw="[2] Bahdanau 2014", line=5)]),
        record("1706.03762", file="b.jsonl", line=9),
        record("1607.06450", title="Layer Normalization", authors=["Jimmy Ba"], line=3, year=2019,
               cites=[reference(None, raw="Vaswani, A. Attention is all you need, 2017",
                                title="Attention is all you need", authors=["A. Vaswani"],
                                year=2017, line=4)]),
        record("2001.00001", authors=["Łukasz Kaiser", "Ashish Vaswani"], line=7, file="c.jsonl"),
    )  # fmt: skip


def test_a_paper_s_mentions_are_those_of_the_table(graph: Graph) -> None:
    found = graph.explain("1706.03762")
    whole = graph.mentions[graph.mentions.paper == "arxiv:1706.03762"]
    assert list(zip(found.mentions.file, found.mentions.line, strict=True)) == list(
        zip(whole.file, whole.line, strict=True)
    )
    assert found.mentions.rule.tolist() == whole.rule.tolist()
    assert found.mentions.says.tolist() == [
        "Attention Is All You Need",
        "arXiv:1706.03762",
        "Vaswani, A. Attention is all you need, 2017",
    ]
    assert found.mentions.citing.tolist()[2] == "arxiv:1607.06450"
    assert found.about["authors"] == ["Ashish Vaswani", "Lukasz Kaiser"]
    assert found.counts == {"mentions": 3, "cited_by": 1, "cites": 2}


def test_a_paper_s_citations_have_their_evidence(graph: Graph) -> None:
    found = graph.explain("1706.03762")
    assert found.cites[["id", "evidence", "file", "line"]].values.tolist() == [
        ["arxiv:1409.0473", "[2] Bahdanau 2014", "a.jsonl", 5],
        ["arxiv:1607.06450", "1607.06450", "a.jsonl", 1],
    ]
    assert found.cites.suspicious_date.tolist() == [False, True]
    assert found.cited_by.title.tolist() == ["Layer Normalization"]


def test_every_paper_and_every_author_of_the_seeds(shared: Path, tmp_path: Path) -> None:
    graph = gb.build(sorted((shared / "seeds").glob("*.txt")), out=tmp_path / "graph")
    mentions, citations = graph.mentions, graph.citations
    for paper in graph.papers.id:
        found = explain(graph, paper)
        assert found.kind == "paper"
        assert len(found.mentions) == (mentions.paper == paper).sum()
        assert found.cites.id.tolist() == citations[citations.citing == paper].cited.tolist()
        cited_by = citations[citations.cited == paper]
        assert found.cited_by.id.tolist() == cited_by.citing.tolist()
        assert found.cited_by.evidence.tolist() == cited_by.evidence.tolist()
    for author, names in zip(graph.authors.id[:100], graph.authors.names[:100], strict=True):
        found = explain(graph, author)
        assert found.kind == "author"
        rows = graph.authorships[graph.authorships.author == author]
        assert found.mentions.paper.tolist() == rows.paper.tolist()
        assert set(found.mentions.spelled) <= set(names)


def test_an_author_s_papers_say_what_they_share(graph: Graph) -> None:
    found = graph.explain("Łukasz Kaiser")
    assert found.about["id"] == "name:lukasz-kaiser"
    rows = found.mentions
    assert rows.paper.tolist() == ["arxiv:1706.03762", "arxiv:2001.00001"]
    assert rows.position.tolist() == [2, 1]
    assert rows.spelled.tolist() == ["Lukasz Kaiser", "Łukasz Kaiser"]
    assert rows.shared.map(list).tolist() == [["Ashish Vaswani"], ["Ashish Vaswani"]]
    assert list(zip(rows.file, rows.line, strict=True)) == [("a.jsonl", 1), ("c.jsonl", 7)]
    assert set(rows.rule) == {"name"}
    with pytest.raises(AttributeError, match="no 'cites'"):
        _ = found.cites


def test_a_title_alone_will_do(graph: Graph) -> None:
    assert graph.explain("Layer normalization!").about["id"] == "arxiv:1607.06450"


def test_what_was_rejected_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"arxiv_id": "1706.03762", "title": "Attention"}\n{broken\n')
    folder = gb.build(path).save(tmp_path / "graph")
    assert gb.open(folder).explain("rows.jsonl:1").about["id"] == "arxiv:1706.03762"
    with pytest.raises(UnknownPaper, match=r"rows.jsonl:2 is no paper here: "):
        gb.open(folder).explain("rows.jsonl:2")


def test_one_name_of_several_names_them() -> None:
    graph = graph_of(record(title="Editorial", year=1980), record(title="Editorial", year=2003))
    assert len(graph.papers) == 2
    with pytest.raises(UnknownPaper, match="2 papers are called 'title:Editorial'"):
        graph.explain("title:Editorial")


def test_what_is_cut_is_counted(graph: Graph) -> None:
    found = explain(graph, "1706.03762", limit=1)
    assert {name: part.num_rows for name, part in found.parts.items()} == {
        "mentions": 1, "cited_by": 1, "cites": 1,
    }  # fmt: skip
    assert found.counts["mentions"] == 3
    assert explain(graph, "Ashish Vaswani", limit=1).counts == {"mentions": 2}


def test_what_is_unknown_is_one_sentence(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(UnknownPaper, match="neither a paper nor an author here"):
        graph.explain("Zzyzx")
    with pytest.raises(UnknownPaper, match="did you mean Ashish Vaswani"):
        graph.explain("Ashish Vaswany")
    folder = graph.save(tmp_path / "graph")
    result = run("explain", folder, "arxiv:1706.03726")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "did you mean arxiv:1706.03762" in result.stderr


def test_the_command_tells_it_in_every_format(graph: Graph, tmp_path: Path) -> None:
    folder = graph.save(tmp_path / "graph")
    shown = run("explain", folder, "1706.03762").stdout
    for words in ("Mentions that are this paper: 3", "a.jsonl:1", "its arXiv id", "Cited by: 1",
                  "Cites: 2", "[2] Bahdanau 2014", "dated later"):  # fmt: skip
        assert words in shown
    told = json.loads(run("explain", folder, "1706.03762", "--format", "json").stdout)
    assert told["kind"] == "paper"
    assert [row["line"] for row in told["cites"]] == [5, 1]
    text = run("explain", folder, "1706.03762", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["part"] for row in rows] == ["mentions"] * 3 + ["cited_by"] + ["cites"] * 2
    assert "Papers that name this author: 2" in run("explain", folder, "Ashish Vaswani").stdout


def test_long_lists_are_cut_with_a_word(tmp_path: Path) -> None:
    citing = [record(f"2001.{i:05}", cites=["1706.03762"]) for i in range(1, 31)]
    folder = graph_of(*citing).save(tmp_path / "graph")
    cut = run("explain", folder, "1706.03762").stdout
    assert "Cited by: 30" in cut
    assert "… and 20 more; --all shows them" in cut
    assert cut.count("arxiv:2001.") == 10
    assert run("explain", folder, "1706.03762", "--all").stdout.count("arxiv:2001.") == 30
    told = json.loads(run("explain", folder, "1706.03762", "--format", "json").stdout)
    assert len(told["cited_by"]) == 30
