"""The offline import: the printed command, run by the real tool, gives what the loader gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import graphbuild as gb
from graphbuild.cli import main
from graphbuild.graph import Graph
from tests.neo4j.conftest import Database, counts_of, differences
from tests.neo4j.graphs import graph_of_columns, hostile
from tests.neo4j.server import Maven

EVERYTHING = (
    "MATCH (n) RETURN labels(n) AS l, properties(n) AS p",
    "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS t, properties(r) AS p, b.id AS b",
)


def content(database: Database) -> list[str]:
    rows = [row for statement in EVERYTHING for row in database.ask(statement)]
    return sorted(str({**row, "p": sorted(row["p"].items())}) for row in rows)


@pytest.fixture
def demo() -> Graph:
    return gb.build(gb.demo.corpus())


def imported(server: Maven, graph: Graph, folder: Path) -> None:
    saved = graph.save(folder / "graph")
    words = ["export", str(saved), "--to", "neo4j-admin", "--out", str(folder / "for import")]
    result = CliRunner().invoke(main, words, prog_name="graphbuild")
    assert result.exit_code == 0, result.output
    done = server.admin(result.stdout)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def stopped(own_server: Maven) -> Iterator[Maven]:
    yield own_server
    own_server.kill()


@pytest.mark.parametrize("name", ["demo", "hostile"])
def test_the_import_gives_what_the_load_gives(
    stopped: Maven,
    database: Database,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    name: str,
) -> None:
    graph = request.getfixturevalue("demo") if name == "demo" else hostile()
    imported(stopped, graph, tmp_path)
    opened = gb.open(tmp_path / "graph")
    database.load(opened)
    stopped.start()
    with stopped.address.driver() as driver:
        offline = Database(stopped.address, driver)
        assert offline.counts() == counts_of(graph)
        assert content(offline) == content(database)
        # A load finds all of it written, and makes constraints and indexes.
        assert offline.load(opened).written == 0
        assert len(offline.ask("SHOW CONSTRAINTS")) == 3
        assert differences(graph, offline.read()) == []


def test_a_folder_with_a_comma_is_refused(demo: Graph, tmp_path: Path) -> None:
    saved = demo.save(tmp_path / "graph")
    words = ["export", str(saved), "--to", "neo4j-admin", "--out", str(tmp_path / "a,b")]
    result = CliRunner().invoke(main, words, prog_name="graphbuild")
    assert result.exit_code == 1
    assert "no folder with a comma" in result.stderr


def test_lists_are_kept_apart_by_a_sign_that_is_not_in_them(tmp_path: Path) -> None:
    from graphbuild.stores import neo4j_admin

    def delimiter(*entries: str) -> str:
        graph = graph_of_columns(papers={"id": ["a"], "other_ids": [list(entries)]})
        command = neo4j_admin.export(graph, tmp_path)
        return next(word for word in command if word.startswith("--array-delimiter"))

    assert delimiter("a", "b").endswith("=;")
    assert delimiter("a;b|c", "d").endswith("=TAB")
    assert delimiter(";|\t^~").endswith("=U+001F")
    with pytest.raises(gb.GraphbuildError, match="use graphbuild load"):
        delimiter(";|\t^~\x1f\x1e\x1d\x1c\ue000\ue001")
