"""``graphbuild query`` and ``graphbuild cypher``: what a command says, and what comes of it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graphbuild.cli import main
from graphbuild.statements import statements, style, zipped
from tests.stores.corpora import corpus

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus().save(tmp_path_factory.mktemp("query") / "graph")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def test_a_statement_is_given_as_text_as_file_and_by_name(folder: Path, tmp_path: Path) -> None:
    by_name = rows(
        run("query", folder, "explore/most-cited", "--param", "limit=3", "--format", "json")
    )
    assert len(by_name) == 3
    text = next(each.text for each in statements() if each.name == "explore/most-cited")
    as_text = run("query", folder, text, "--param", "limit=3", "--format", "json")
    assert rows(as_text) == by_name
    file = tmp_path / "mine.cypher"
    file.write_text(text, "utf-8")
    assert rows(run("query", folder, file, "--param", "limit=3", "--format", "json")) == by_name


def test_what_is_not_given_is_the_example_of_the_header(folder: Path) -> None:
    assert len(rows(run("query", folder, "explore/most-cited", "--format", "json"))) == 20
    result = run("query", folder, "explore/co-cited-with")
    assert result.exit_code == 1
    assert "needs $paper: give --param paper=…" in result.output


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("1", 1),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ('["a", 1, null]', ["a", 1, None]),
        ('{"a": [1]}', {"a": [1]}),
        ('"1984"', "1984"),
        ("arxiv:1706.03762", "arxiv:1706.03762"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("a=b", "a=b"),
        ("", ""),
        ('it\'s `$x` "y"\n😀', 'it\'s `$x` "y"\n😀'),
        ("'; MATCH (n) DETACH DELETE n //", "'; MATCH (n) DETACH DELETE n //"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_a_value_is_json_where_it_is_and_else_text(given: str, value: object, folder: Path) -> None:
    result = run("query", folder, "RETURN $x AS x", "--param", f"x={given}", "--format", "json")
    assert rows(result) == [{"x": value}]


def test_tables_and_csv(folder: Path) -> None:
    statement = "UNWIND [1, null] AS n RETURN n, 'a,b' AS text, [1, 2] AS list"
    result = run("query", folder, statement, "--format", "csv")
    assert result.stdout == 'n,text,list\n1,"a,b","[1, 2]"\n,"a,b","[1, 2]"\n'
    assert "–" in run("query", folder, statement).stdout
    assert (
        run(
            "query", folder, "MATCH (p:Paper {id: 'no'}) RETURN p.id AS id", "--format", "csv"
        ).stdout
        == "id\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["MATCH (p:Paper RETURN p"], r"line 1, column 16: .*\n  MATCH .*\n {17}\^\n.*--uri"),
        (["MATCH (p:Paper) SET p.x = 1"], "--uri"),
        (["explore/nothing"], "graphbuild cypher lists them"),
        (["gds/pagerank"], "Graph Data Science; give --uri"),
        (["missing.cypher"], "missing.cypher: there is no such file"),
        (["RETURN $x AS x"], r"needs \$x"),
        (["RETURN 1 AS x", "--param", "y=1"], r"has no \$y; it has no parameters"),
        (["RETURN $x AS x", "--param", "x=99999999999999999999"], "64 bits"),
    ],
)
def test_what_is_wrong_is_said_in_words(arguments: list[str], said: str, folder: Path) -> None:
    result = run("query", folder, *arguments)
    assert result.exit_code == 1
    assert re.search(said, result.output), result.output
    assert "Traceback" not in result.output


def test_write_needs_a_server_and_a_parameter_a_value(folder: Path) -> None:
    result = run("query", folder, "CREATE (n)", "--write")
    assert result.exit_code == 2
    assert "--uri" in result.output
    assert run("query", folder, "RETURN 1 AS x", "--param", "x").exit_code == 2


def test_a_folder_without_a_graph_is_told(tmp_path: Path) -> None:
    result = run("query", tmp_path / "nothing", "RETURN 1 AS x")
    assert result.exit_code == 1
    assert "there is no such folder" in result.output


def test_a_file_that_is_no_text_is_told(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "binary.cypher"
    file.write_bytes(b"\xff\xfe\x00")
    result = run("query", folder, file)
    assert result.exit_code == 1
    assert "no text in UTF-8" in result.output


def test_statements_are_listed_and_shown() -> None:
    listed = rows(run("cypher", "--format", "json"))
    assert [each["name"] for each in listed] == [each.name for each in statements()]
    shown = run("cypher", "explore/most-cited")
    assert shown.stdout.startswith("// Most cited papers\n")
    assert run("cypher", "../README").exit_code == 1


def test_the_zip_and_the_style_are_written(tmp_path: Path) -> None:
    for name in ("one", "two"):
        result = run(
            "cypher", "--zip", tmp_path / f"{name}.zip", "--style", tmp_path / f"{name}.grass"
        )
        assert result.exit_code == 0, result.output
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes() == zipped()
    assert (tmp_path / "one.grass").read_text("utf-8") == style()
    with zipfile.ZipFile(io.BytesIO(zipped())) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(statements())
    result = run("cypher", "--zip", tmp_path / "no" / "where.zip")
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_a_process_ends_with_the_answer_alone(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "graphbuild.cli", "query", str(folder), "analyse/papers-per-year",
         "--format", "csv"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("year,papers,references\n")
    assert done.stderr == ""
