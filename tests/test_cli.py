"""The command line as a person meets it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import graphbuild as gb
from graphbuild import cli
from graphbuild.cli import main


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="graphbuild")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "graph"
    result = run("build", *gb.demo.corpus(), "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


def test_build_says_what_it_built(graph: Path) -> None:
    result = run("build", *gb.demo.corpus(), "--out", graph, "--force")
    assert result.exit_code == 0
    assert "papers" in result.stdout
    assert "citations" in result.stdout


def test_info_is_one_object(graph: Path) -> None:
    info = json.loads(run("info", graph, "--format", "json").stdout)
    assert info["papers"] == info["in_corpus"] + info["cited_only"]
    assert sum(info["citations_by_basis"].values()) == info["citations"]
    for name in ("authors", "authorships", "categories", "rejected", "self_citations_dropped"):
        assert isinstance(info[name], int)
    assert "in_corpus" in run("info", graph).stdout


@pytest.mark.parametrize("measure", ["pagerank", "citations", "hubs", "authorities"])
def test_rank_is_one_array(graph: Path, measure: str) -> None:
    ranked = json.loads(run("rank", graph, "--by", measure, "--top", 5, "--format", "json").stdout)
    assert [row["rank"] for row in ranked] == [1, 2, 3, 4, 5]
    assert list(ranked[0]) == ["rank", "id", "title", "year", "in_corpus", measure]
    values = [row[measure] for row in ranked]
    assert values == sorted(values, reverse=True)


def test_rank_can_be_personalised_by_any_identifier(graph: Path) -> None:
    plain = run("rank", graph, "--by", "pagerank", "--format", "csv").stdout
    seen = run("rank", graph, "--by", "pagerank", "--personalise",
               "title:Attention Is All You Need", "--format", "csv").stdout  # fmt: skip
    by_id = run("rank", graph, "--by", "pagerank", "--personalise", "arXiv:1706.03762v5",
                "--format", "csv").stdout  # fmt: skip
    assert plain != seen == by_id


def test_the_corpus_can_be_ranked_alone(graph: Path) -> None:
    rows = json.loads(
        run("rank", graph, "--by", "pagerank", "--in-corpus", "--top", 0, "--format", "json").stdout
    )
    assert all(row["in_corpus"] for row in rows)
    assert len(rows) == gb.open(graph).info()["in_corpus"]


def test_clusters_and_their_members(graph: Path) -> None:
    clusters = json.loads(run("clusters", graph, "--format", "json").stdout)
    assert list(clusters[0]) == ["cluster", "label", "papers", "top_paper"]
    members = json.loads(run("clusters", graph, "--members", "--format", "json").stdout)
    assert set(members[0]) == {"cluster", "id"}
    first = [row["id"] for row in members if row["cluster"] == clusters[0]["cluster"]]
    assert len(first) == clusters[0]["papers"]
    assert clusters[0]["top_paper"] in first


def test_direct_citations_have_no_least_count(graph: Path) -> None:
    plain = run("clusters", graph, "--of", "citation", "--format", "json")
    given = run("clusters", graph, "--of", "citation", "--min-cocitations", 2, "--format", "json")
    assert given.exit_code == 0
    assert given.stdout == plain.stdout
    assert "passed over" in given.stderr


def test_the_least_count_of_cocitations_is_told(graph: Path) -> None:
    assert "cited together at least" in run("clusters", graph).stderr


@pytest.mark.parametrize("words", [("info",), ("rank", "--by", "pagerank"), ("clusters",)])
def test_csv_is_csv(graph: Path, words: tuple[str, ...]) -> None:
    command, *options = words
    output = run(command, graph, *options, "--format", "csv").stdout
    rows = list(csv.reader(io.StringIO(output)))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1


def test_sources_are_listed() -> None:
    rows = json.loads(run("sources", "--format", "json").stdout)
    names = [row["source"] for row in rows]
    assert {"ai-arxiv", "trending-arxiv", "mediawiki-feed", "listing", "records", "edges"} <= set(
        names
    )


def test_view_writes_a_page(graph: Path, tmp_path: Path) -> None:
    result = run("view", graph, "--out", tmp_path / "graph.html")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "graph.html").read_text("utf-8").startswith("<!doctype html>")


def test_view_takes_the_map_its_layout_and_its_renderer(graph: Path, tmp_path: Path) -> None:
    page = tmp_path / "people.html"
    result = run("view", graph, "--of", "coauthors", "--title", "People", "--out", page)
    assert result.exit_code == 0, result.output
    assert "authors" in result.output
    assert "<title>People</title>" in page.read_text("utf-8")
    result = run("view", graph, "--layout", "timeline", "--evidence", "--top", "3", "--out", page)
    assert "3 of " in result.output
    assert '<script id="evidence"' in page.read_text("utf-8")
    result = run("view", graph, "--renderer", "pyvis", "--out", page)
    assert result.exit_code == 0, result.output
    assert "vis-network" in page.read_text("utf-8")
    result = run("view", graph, "--renderer", "pyvis", "--top", "5000", "--out", page)
    assert result.exit_code != 0
    assert "good for 2,000 papers, not 5,000" in result.output
    result = run("view", graph, "--renderer", "pyvis", "--of", "cocitation", "--out", page)
    assert "draws the map of papers only" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("info", "nowhere"), "there is no such folder"),
        (("rank", "nowhere", "--by", "pagerank"), "there is no such folder"),
        (("build", "nowhere.jsonl", "--out", "out"), "no such file"),
        (("build", __file__, "--out", "out"), "no source knows this kind of file"),
        (("build", __file__, "--out", "out", "--source", "bibtex"), "there is no source 'bibtex'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_1(
    words: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("rank", "graph"),
        ("rank", "graph", "--by", "age"),
        ("build", "--out", "x"),
        ("build", "a", "--out", "x", "--map", "title"),
        ("rank", "graph", "--by", "citations", "--personalise", "x"),
        ("fly",),
    ],
)
def test_usage_errors_exit_2(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_unknown_papers_are_said_to_be_unknown(graph: Path) -> None:
    result = run("rank", graph, "--by", "pagerank", "--personalise", "arxiv:9912.99999")
    assert result.exit_code == 1
    assert "no paper here has the identifier" in result.stderr


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.output
    assert f"graphbuild {command}" in result.output


def test_titles_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps({"id": "1706.03762", "title": "\x1b[2J[bold]A\u202eB[/bold] paper"}))
    assert run("build", path, "--out", tmp_path / "g").exit_code == 0
    shown = run("rank", tmp_path / "g", "--by", "pagerank").stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[bold]" in shown


def test_output_can_be_cut_short_by_its_reader(graph: Path) -> None:
    command = f"{sys.executable} -m graphbuild.cli rank {graph} --by pagerank --top 0 --format csv"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -1"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert done.stdout.startswith("rank,id")
    assert "Traceback" not in done.stderr


def test_sql_answers_in_every_format(graph: Path) -> None:
    statement = "SELECT in_corpus, count(*) AS papers FROM papers GROUP BY in_corpus ORDER BY 1"
    rows = json.loads(run("sql", graph, statement, "--format", "json").stdout)
    info = gb.open(graph).info()
    assert rows == [
        {"in_corpus": False, "papers": info["cited_only"]},
        {"in_corpus": True, "papers": info["in_corpus"]},
    ]
    assert run("sql", graph, statement, "--format", "csv").stdout.startswith("in_corpus,papers\n")
    failed = run("sql", graph, "SELECT nothing FROM papers")
    assert failed.exit_code == 1
    assert "nothing" in failed.stderr


def test_python_runs_the_package_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "graphbuild", "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: python -m graphbuild [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "is_kept"),
    [
        (["build", "a.jsonl"], True),
        (["rank", "graph"], True),
        ([], True),
        (["sql", "graph"], False),
    ],
)
def test_memory_is_kept_but_where_a_database_does_the_work(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], is_kept: bool
) -> None:
    done: list[str] = []
    monkeypatch.setattr("sys.argv", ["graphbuild", *arguments])
    monkeypatch.setattr("graphbuild.cli.main", lambda: done.append("main"))
    monkeypatch.setattr("graphbuild.allocator.keep", lambda: done.append("keep"))
    monkeypatch.setattr("os._exit", lambda code: done.append(f"exit {code}"))
    monkeypatch.setattr("gc.set_threshold", lambda *_: None)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    cli.run()
    assert done == [*(["keep"] if is_kept else []), "main", "exit 0"]
