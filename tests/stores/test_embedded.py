"""The embedded engine: what it holds, what it refuses, and how its cache is kept."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import graphbuild as gb
from graphbuild.errors import GraphbuildError
from graphbuild.graph import Graph
from graphbuild.stores import embedded
from graphbuild.stores._cypher import Answer, uncommented, words
from tests.neo4j.graphs import HOSTILE, INJECTION, graph_of_columns, graphs, hostile
from tests.stores.corpora import corpus


@pytest.fixture(scope="module")
def graph() -> Graph:
    return corpus()


def ask(graph: Graph, statement: str, **parameters: object) -> list[tuple[Any, ...]]:
    return embedded.query(graph, statement, parameters).rows


# -- what is in it -------------------------------------------------------------------------------


@given(graphs())
def test_every_cell_of_any_graph_is_there(held: Graph) -> None:
    check_cells(held)


def test_every_cell_of_every_table_is_there(graph: Graph) -> None:
    for held in (graph, hostile()):
        check_cells(held)


def check_cells(held: Graph) -> None:
    """What is null, or an empty list, is no property; all else is there as it is."""

    def present(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if value is not None and value != []}

    def table(name: str) -> list[dict[str, Any]]:
        return [present(row) for row in held.table(name).to_pylist()]

    for name, label in (("papers", "Paper"), ("authors", "Author")):
        found = ask(held, f"MATCH (n:{label}) RETURN n")
        assert by_repr(row[0]["properties"] for row in found) == by_repr(table(name))
    for name, pattern, begin, end in (
        ("citations", "(a:Paper)-[r:CITES]->(b:Paper)", "citing", "cited"),
        ("authorships", "(a:Author)-[r:WROTE]->(b:Paper)", "author", "paper"),
        ("categories", "(a:Paper)-[r:IN_CATEGORY]->(b:Category)", "paper", "category"),
    ):
        found = ask(held, f"MATCH {pattern} RETURN a.id, b.id, r")
        rows = ({begin: a, end: b, **r["properties"]} for a, b, r in found)
        assert by_repr(rows) == by_repr(table(name))


def by_repr(rows: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


def test_rows_that_repeat_are_relationships_of_their_own() -> None:
    rows = ask(hostile(), "MATCH (:Author)-[w:WROTE]->(:Paper) RETURN count(w) AS n")
    assert rows == [(hostile().table("authorships").num_rows,)]


def test_long_ids_are_cut_as_neo4j_has_them() -> None:
    long = "title:" + "x" * 9000
    graph = graph_of_columns(
        papers={"id": ["a", long]}, citations={"citing": ["a"], "cited": [long]}
    )
    ((cut, whole),) = ask(graph, "MATCH (:Paper)-[:CITES]->(p) RETURN p.id, p.whole_id")
    assert whole == long
    assert len(str(cut)) < 100


def test_an_empty_graph_has_nothing() -> None:
    empty = Graph.from_tables()
    assert ask(empty, "MATCH (n) RETURN count(n) AS n") == [(0,)]
    assert ask(empty, "MATCH (p:Paper)-[:CITES]->(q:Paper) RETURN p.id") == []
    assert empty.cypher("explore/most-cited").columns.tolist() == [
        "id", "title", "year", "in_corpus", "citations",
    ]  # fmt: skip


def test_counts_are_those_of_networkx(graph: Graph) -> None:
    network = graph.to_networkx()
    assert dict(ask(graph, "MATCH (p:Paper) RETURN p.id, COUNT { (p)<-[:CITES]-() } AS n")) == dict(
        network.in_degree()
    )


# -- values --------------------------------------------------------------------------------------


def test_columns_have_types_and_parameters_keep_theirs(graph: Graph) -> None:
    frame = graph.cypher(
        "UNWIND [1, null] AS n RETURN n AS whole, n * 1.5 AS part, $text AS text, $flag AS flag,"
        " $list AS list, $nothing AS nothing, date('2020-01-01') AS day",
        {"text": "a", "flag": True, "list": [1, "a", None], "nothing": None},
    )
    assert frame["whole"].tolist() == [1, pd.NA]
    assert [str(kind) for kind in frame.dtypes[["whole", "part", "flag"]]] == [
        "Int64", "float64", "boolean",
    ]  # fmt: skip
    assert frame["list"].tolist() == [[1, "a", None]] * 2
    assert frame["nothing"].isna().all()
    assert frame["day"].tolist() == [pd.Timestamp(2020, 1, 1)] * 2


def test_values_of_numpy_are_values(graph: Graph) -> None:
    rows = ask(graph, "RETURN $a AS a, $b AS b", a=np.int32(3), b=[np.float64(1.5), np.bool_(True)])
    assert rows == [(3, [1.5, True])]
    with pytest.raises(GraphbuildError, match="64 bits"):
        ask(graph, "RETURN $a AS a", a=2**63)


def test_mixtures_are_objects() -> None:
    frame = Answer(["x", "y"], [(1, {"a": 1}), ("a", None)]).frame()
    assert frame["x"].tolist() == [1, "a"]
    assert frame["y"].tolist() == [{"a": 1}, None]
    assert Answer(["x"], [(2**62,), (dt.date(1, 1, 1),)]).frame()["x"].tolist()[0] == 2**62
    assert Answer(["x"], []).frame().shape == (0, 1)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_a_hostile_text_is_found_by_parameter(text: str) -> None:
    assert ask(hostile(), "MATCH (p:Paper {title: $t}) RETURN p.title", t=text) == [(text,)]


def test_an_attack_by_name_changes_nothing() -> None:
    graph = hostile()
    before = ask(graph, "MATCH (n) RETURN count(n) AS n")
    assert ask(graph, "MATCH (a:Author {name: $name}) RETURN count(a) AS n", name=INJECTION) == [
        (2,)
    ]
    with pytest.raises(GraphbuildError):
        ask(graph, f"MATCH (a:Author {{name: '{INJECTION}'}}) RETURN a")
    assert ask(graph, "MATCH (n) RETURN count(n) AS n") == before


# -- words ---------------------------------------------------------------------------------------


def test_comments_go_and_nothing_moves() -> None:
    text = "MATCH (p) // '; one\nWHERE p.a = '// no' /* two\n three */ RETURN `/* no */`;\n"
    plain = uncommented(text)
    assert plain == ("MATCH (p)          \nWHERE p.a = '// no'       \n          RETURN `/* no */`")
    assert "".join(word.text for word in words(plain)) == plain.translate(
        str.maketrans("", "", "\n")
    ).replace(" ", "").replace("//no", "// no").replace("/*no*/", "/* no */")


def test_hostile_statements_are_read_in_no_time(graph: Graph) -> None:
    many = 20_000
    for text in (
        "'" * many,
        "/*" * many,
        "`" * 19_999,
        "$" * many,
        "(" * many,
        "RETURN " + "(" * many + "1" + ")" * many,
        "RETURN " + "[" * many + "]" * many,
        "RETURN " + "NOT " * many + "true",
        "RETURN " + "a." * many,
        "RETURN 1" + " + 1" * many + " AS",
        "{" * many,
        "1" * many,
        "\\" * many,
    ):
        began = time.process_time()
        with pytest.raises(GraphbuildError):
            ask(graph, text)
        assert time.process_time() - began < 5


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE (n:Paper {id: 'x'})",
        "MATCH (p:Paper) SET p.year = 1 RETURN p",
        "match (p:Paper) detach delete p",
        "MERGE (p:Paper {id: 'x'}) RETURN p",
        "MATCH (p:Paper) CALL (p) { REMOVE p.year } RETURN p",
        "LOAD CSV FROM 'file:///etc/hosts' AS line RETURN line",
        "MATCH (p:Paper) RETURN round(p.year / 7.0) AS r",
        "MATCH (p:Paper) RETURN id(p) AS i",
        "MATCH (p:Paper) RETURN keys(p) AS k",
        "RETURN apoc.coll.sort([2, 1]) AS s",
        "CALL dbms.components() YIELD name RETURN name",
        "CALL pagerank() YIELD node, score RETURN node, score",
        "MATCH (p:Paper) RETURN p.type AS t",
        "MATCH (p:Paper {label: 'Paper'}) RETURN p",
        "MATCH (p:Paper) RETURN p['node_type'] AS t",
        "MATCH (p:Paper) RETURN p {.type} AS t",
        "MATCH (p:Paper) RETURN p.graphbuild_load AS l",
        "MATCH (p:Paper) RETURN p.name AS n",
        "MATCH (n) WHERE n.name = 'Person 1' RETURN n",
        "MATCH (n {name: 'Person 1'}) RETURN n",
        "MATCH ()-[r:CITES]->() RETURN r.id AS i",
        "MATCH (p:Paper) WHERE p.year != 2000 RETURN p",
        "MATCH (p:Paper) RETURN p.year AS y, count(*) AS n HAVING n > 1",
        "MATCH (p:$kind) RETURN p",
        "EXPLAIN MATCH (p:Paper) RETURN p",
        "SHOW INDEXES",
        "FOR VALID_TIME ALL MATCH (p:Paper) RETURN p",
        "MATCH (p:Paper WHERE p.year > 2000) RETURN p",
        "MATCH (p:Paper)-[:CITES]->{1,3}(q) RETURN q",
        "MATCH (p:Paper) RETURN COLLECT { MATCH (p)-[:CITES]->(x) RETURN x.id } AS x",
        "MATCH (p:Paper) WHERE 1990 <= p.year <= 2000 RETURN p",
        "MATCH (p:Paper) WHERE p.title =~ '(?=Deep).*' RETURN p",
    ],
)
def test_what_neo4j_would_answer_otherwise_is_refused(statement: str, graph: Graph) -> None:
    given = {"kind": "Paper"} if "$kind" in statement else {}
    with pytest.raises(GraphbuildError, match="--uri"):
        embedded.query(graph, statement, given)


def test_names_that_only_look_like_it_are_let_through(graph: Graph) -> None:
    (row,) = ask(
        graph,
        "MATCH (author:Author {name: 'Person 1'}) WITH author, {set: 1, id: 2} AS map"
        " RETURN author.name AS name, map.set AS create, 'MERGE' AS text, map.id AS id",
    )
    assert row == ("Person 1", 1, "MERGE", 2)
    assert ask(graph, "MATCH (n) WHERE n:Author RETURN count(n.name) AS n") == [(20,)]


def test_what_has_no_end_is_no_statement(graph: Graph) -> None:
    for statement, what in (
        ("MATCH (p:Paper)", "must end with RETURN"),
        ("RETURN 1 AS x RETURN 2 AS x", "cannot follow RETURN"),
        ("  // nothing\n;", "there is no statement"),
    ):
        with pytest.raises(GraphbuildError, match=what):
            ask(graph, statement)


def test_it_gives_up_in_time(graph: Graph) -> None:
    endless = "MATCH (a:Paper)-[:CITES*1..30]-(b:Paper) RETURN count(*) AS n"
    began = time.monotonic()
    with pytest.raises(GraphbuildError, match=r"--uri"):
        embedded.query(graph, endless, timeout=0.5)
    assert time.monotonic() - began < 20


def test_a_name_of_ours_that_needs_a_server_says_so(graph: Graph) -> None:
    for name in ("gds/pagerank", "explore/papers-by-title-words", "load/papers"):
        with pytest.raises(GraphbuildError, match=r"needs a Neo4j.*--uri"):
            graph.cypher(name)
    with pytest.raises(GraphbuildError, match="there is no statement 'explore/nothing'"):
        graph.cypher("explore/nothing")


# -- the cache -----------------------------------------------------------------------------------

COUNT = "MATCH (p:Paper) RETURN count(p) AS n"


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ".cache").glob("*"))


def test_the_store_is_kept_and_taken_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus().save(tmp_path / "graph")
    expected = corpus().cypher("explore/most-cited")
    assert ask(gb.open(tmp_path / "graph"), COUNT) == [(60,)]
    (file,) = files_in(tmp_path / "graph")
    assert file.startswith("cypher-")
    monkeypatch.setattr(embedded, "_build", lambda _: pytest.fail("it was there already"))
    again = gb.open(tmp_path / "graph")
    assert ask(again, COUNT) == [(60,)]
    pd.testing.assert_frame_equal(again.cypher("explore/most-cited"), expected)


def test_another_graph_in_the_folder_gets_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    corpus(size=60).save(folder)
    before = gb.open(folder)
    assert ask(before, COUNT) == [(60,)]
    first = files_in(folder)
    corpus(size=40).save(folder, force=True)
    after = gb.open(folder)
    assert ask(after, COUNT) == [(40,)]
    assert len(files_in(folder)) == 1
    assert files_in(folder) != first
    assert ask(before, COUNT) == [(60,)]


def test_the_old_store_goes_when_the_folder_stays(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    corpus().save(folder)
    (folder / ".cache").mkdir()
    (folder / ".cache" / "cypher-0123456789abcdef.kgl").write_bytes(b"of another graph")
    ask(gb.open(folder), COUNT)
    assert len(files_in(folder)) == 1
    assert files_in(folder) != ["cypher-0123456789abcdef.kgl"]


@pytest.mark.parametrize("damage", [b"", b"not a store", None])
def test_a_damaged_store_is_made_anew(damage: bytes | None, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    corpus().save(folder)
    ask(gb.open(folder), COUNT)
    (file,) = (folder / ".cache").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert ask(gb.open(folder), COUNT) == [(60,)]
    assert len(file.read_bytes()) == pytest.approx(len(whole), rel=0.1)


def test_a_folder_that_cannot_be_written_is_asked_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    corpus().save(folder)
    if os.geteuid():
        folder.chmod(0o555)
    else:  # nothing is forbidden to root, but this is impossible
        (folder / ".cache").write_text("in the way of a folder")
    try:
        assert ask(gb.open(folder), COUNT) == [(60,)]
    finally:
        folder.chmod(0o755)
    assert not list(folder.rglob("*.kgl"))


def test_a_graph_without_a_folder_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert corpus().folder is None
    assert ask(corpus(), COUNT) == [(60,)]
    assert list(tmp_path.iterdir()) == []


def test_the_cache_does_not_change_what_the_folder_is(tmp_path: Path) -> None:
    corpus().save(tmp_path / "one")
    corpus().save(tmp_path / "other")
    ask(gb.open(tmp_path / "one"), COUNT)
    for path in sorted((tmp_path / "other").rglob("*")):
        if path.is_file() and path.name != "timings.json":
            same = tmp_path / "one" / path.relative_to(tmp_path / "other")
            assert same.read_bytes() == path.read_bytes()
