"""The straight line as functions."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild import api
from graphbuild.errors import GraphbuildError, InputError, UnknownPaper

ROWS = [
    {"id": "1706.03762", "title": "Attention Is All You Need", "references": ["1607.06450"]},
    {"id": "1607.06450", "title": "Layer Normalization", "authors": ["Jimmy Lei Ba"]},
]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_build_save_open(papers: Path, tmp_path: Path) -> None:
    graph = gb.build(papers)
    assert repr(graph) == "<Graph: 2 papers (2 in the corpus), 1 citations, 1 authors>"
    assert graph.info()["inputs"][0]["name"] == "papers.jsonl"
    graph.save(tmp_path / "graph")
    assert gb.open(tmp_path / "graph").citations.equals(graph.citations)


def test_one_message_lists_the_faults_of_all_inputs(papers: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "prose.txt").write_text("It was a dark and stormy night.\n" * 20)
    (tmp_path / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    cut = tmp_path / "cut.jsonl.gz"
    import gzip

    cut.write_bytes(gzip.compress(papers.read_bytes() * 50_000)[:-20])
    given = [papers, tmp_path / "nowhere", tmp_path, *sorted(tmp_path.iterdir())]
    with pytest.raises(InputError) as caught:
        gb.build(given)
    message = str(caught.value)
    for words in ("no such file", "a directory", "is empty", "binary", "no source knows"):
        assert words in message
    assert "ai-arxiv" in message
    with pytest.raises(InputError, match="truncated or damaged"):
        gb.build([papers, cut])


def test_strict_makes_rejects_fatal(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n{broken\n" + json.dumps(ROWS[1]) + "\n")
    assert gb.build(path).info()["rejected"] == 1
    with pytest.raises(GraphbuildError, match=r"papers.jsonl:2"):
        gb.build(path, strict=True)


def test_unknown_names_are_answered_with_what_there_is(papers: Path) -> None:
    with pytest.raises(GraphbuildError, match="there are ai-arxiv"):
        gb.build(papers, source="bibtex")
    with pytest.raises(GraphbuildError, match="'all' or 'listed'"):
        gb.build(papers, references="some")


def test_columns_can_be_mapped_and_ids_qualified(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "Signatur,Titel,Zitiert\nA1,Über Graphen und ihre Ränder,A2\nA2,Ein zweites Werk,\n"
    )
    graph = gb.build(
        path,
        mapping={"id": "Signatur", "title": "Titel", "references": "Zitiert"},
        namespace="library",
    )
    assert graph.citations[["citing", "cited"]].to_numpy().tolist() == [
        ["id:library/A1", "id:library/A2"]
    ]


def test_a_paper_is_found_by_whatever_it_is_known_by(papers: Path) -> None:
    graph = gb.build(papers)
    for known in ("1706.03762", "arXiv:1706.03762v3", "https://arxiv.org/abs/1706.03762",
                  "arxiv:1706.03762", "10.48550/arXiv.1706.03762",
                  "title:Attention is all you need"):  # fmt: skip
        assert graph.find(known) == "arxiv:1706.03762"
    with pytest.raises(UnknownPaper, match="nobody"):
        graph.find("title:nobody wrote this")


def test_graphs_come_from_tables_too() -> None:
    graph = gb.Graph.from_tables(
        papers=pd.DataFrame({"id": ["b", "a"], "title": ["B", "A"]}),
        citations=pd.DataFrame({"citing": ["a", "a"], "cited": ["b", "c"]}),
        authors=pd.DataFrame({"id": ["name:x"], "name": ["X"]}),
        authorships=pd.DataFrame({"author": ["name:x"], "paper": ["a"]}),
    )
    assert graph.papers.id.tolist() == ["a", "b", "c"]
    assert graph.papers.in_corpus.tolist() == [True, True, False]
    assert graph.info()["cited_only"] == 1
    assert set(graph.to_networkx().edges) == {("a", "b"), ("a", "c")}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"works": pd.DataFrame({"id": ["a"]})}, "no table 'works'"),
        ({"citations": pd.DataFrame({"citing": ["a"]})}, "needs the column.* cited"),
        ({"papers": pd.DataFrame({"id": ["a", "a"]})}, "repeats the id 'a'"),
        ({"papers": pd.DataFrame({"id": ["a"], "titel": ["A"]})}, "no column titel"),
        ({"papers": pd.DataFrame({"id": ["a"], "year": ["MMXVII"]})}, "wrong type"),
        (
            {"citations": pd.DataFrame({"citing": ["a", "a"], "cited": ["b", "b"]})},
            "repeats a pair",
        ),
        (
            {
                "papers": pd.DataFrame({"id": ["a"]}),
                "authorships": pd.DataFrame({"author": ["x"], "paper": ["a"]}),
            },
            "names the author 'x', which the table 'authors' lacks",
        ),
    ],
)
def test_tables_that_make_no_graph_are_refused_in_words(tables, message: str) -> None:
    with pytest.raises(GraphbuildError, match=message):
        gb.Graph.from_tables(**tables)


identifiers = st.sampled_from([f"id-{i}" for i in range(6)])
rows = st.builds(
    lambda identifier, references: {"id": identifier, "references": references},
    identifiers,
    st.lists(identifiers, max_size=4),
)


@given(st.lists(rows, max_size=6), st.lists(rows, min_size=1, max_size=6))
def test_files_in_any_order_give_the_same_graph(tmp_path_factory, first, second) -> None:
    folder = tmp_path_factory.mktemp("inputs")
    paths = []
    for name, content in (("a.jsonl", first), ("b.jsonl", second)):
        path = folder / name
        path.write_text("".join(json.dumps(row) + "\n" for row in content))
        if content:
            paths.append(path)
    one, other = gb.build(paths), gb.build(paths[::-1])
    for (name, table), (_, same) in zip(one, other, strict=True):
        assert table.equals(same), name
    assert one.manifest == other.manifest


def test_inputs_read_beside_each_other_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for name in "abcd":
        paths.append(tmp_path / f"{name}.jsonl")
        rows = [
            {"id": f"{name}{n}", "title": f"Paper {name} {n}", "references": ["a1", f"b{n}"]}
            for n in range(3000)
        ]
        paths[-1].write_text("\n".join(map(json.dumps, rows)) + "\n{broken")
    one_by_one = gb.build(paths)
    monkeypatch.setattr(api, "_BESIDE", 0)
    told: list[tuple[str, int, int | None]] = []
    beside = gb.build(paths[::-1], progress=lambda *said: told.append(said))
    for (name, table), (_, same) in zip(one_by_one, beside, strict=True):
        assert table.equals(same), name
    assert beside.rejected == one_by_one.rejected
    assert len(beside.rejected) == 4
    assert [stage for stage, done, _ in told if not done][:4] == [
        f"reading {path.name}" for path in paths
    ]


def test_faults_met_beside_each_other_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = gzip.compress(b'{"id": "a", "title": "A title"}\n' * 20_000, 1)
    for name in ("a.jsonl.gz", "b.jsonl.gz", "c.jsonl.gz"):
        (tmp_path / name).write_bytes(content[:-10] if name != "b.jsonl.gz" else content)
    paths = sorted(tmp_path.iterdir())
    for size in (0, 10**12):
        monkeypatch.setattr(api, "_BESIDE", size)
        with pytest.raises(InputError, match="2 inputs cannot be read") as caught:
            gb.build(paths)
        assert [Path(fault.split(": ")[0]).name for fault in caught.value.faults] == [
            "a.jsonl.gz",
            "c.jsonl.gz",
        ]
    with pytest.raises(InputError) as caught:  # also where nothing is read to its end
        gb.build([*paths, tmp_path / "missing"])
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_work_of_one_key_is_done_in_turn_and_an_error_reaches_the_caller(threads):
    done = {"a": [], "b": []}

    def work(key, number):
        time.sleep(0.002 * (number % 3))
        done[key].append(number)
        if number == 9:
            raise OSError("the disk is full")

    with api._InTurn(threads) as writers:
        for number in range(9):
            writers.do("ab"[number % 2], work, "ab"[number % 2], number)
    assert done == {"a": [0, 2, 4, 6, 8], "b": [1, 3, 5, 7]}
    with pytest.raises(OSError, match="full"), api._InTurn(threads) as writers:
        writers.do("b", work, "b", 9)
