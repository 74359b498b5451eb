"""The same questions to the embedded engine and to a real Neo4j: the same rows, and faults told."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from graphbuild.cli import main
from graphbuild.errors import GraphbuildError
from graphbuild.graph import Graph
from graphbuild.graph import open as open_graph
from graphbuild.statements import find, statements
from graphbuild.stores import embedded
from graphbuild.stores import neo4j as store
from graphbuild.stores._cypher import Answer, parameters_in, uncommented
from tests.neo4j.conftest import Database
from tests.neo4j.graphs import HOSTILE, hostile
from tests.neo4j.server import Address
from tests.stores.corpora import PARAMETERS, corpus, parameters_for

DOCUMENTED = [
    statement.strip()
    for block in re.findall(
        r"^```cypher\n(.*?)^```$",
        (Path(__file__).parents[2] / "docs" / "cypher.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    for statement in block.split("\n\n")
]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return corpus()


class Server:
    """A database with a corpus in it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.login = {"user": address.user, "password": address.password}

    def ask(self, statement: str, given: dict[str, Any] | None = None, **options: Any) -> Answer:
        return store.query(self.address.uri, statement, given, **self.login, **options)


@pytest.fixture(scope="module")
def server(real: Address, graph: Graph) -> Iterator[Server]:
    with real.driver() as driver:
        database = Database(real, driver)
        database.wipe()
        database.load(graph)
        yield Server(real)
        database.wipe()


def comparable(rows: list[tuple[Any, ...]], *, in_order: bool) -> list[Any]:
    if in_order:
        return rows
    return sorted(rows, key=repr)


def same(value: Any) -> Any:
    """Fractions within rounding, and types too: 1 is not 1.0 here, nor true."""
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-12)
    if isinstance(value, tuple | list):
        return type(value)(map(same, value))
    if isinstance(value, dict):
        return {name: same(each) for name, each in value.items()}
    return value


def types(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [types(each) for each in value]
    if isinstance(value, dict):
        return {name: types(each) for name, each in value.items()}
    return type(value)


def compare(here: Answer, there: Answer, statement: str) -> None:
    in_order = re.search(r"ORDER BY[^)}]*\Z", statement) is not None
    mine = comparable(here.rows, in_order=in_order)
    theirs = comparable(there.rows, in_order=in_order)
    assert list(here.columns) == list(there.columns)
    assert mine == same(theirs)
    assert types(mine) == types(theirs)


@pytest.mark.parametrize(
    "name", [each.name for each in statements() if not each.needs], ids=lambda name: name
)
def test_a_statement_of_ours_has_the_same_rows(name: str, server: Server, graph: Graph) -> None:
    statement = find(name)
    given = parameters_for(name, [each.name for each in statement.parameters])
    here = embedded.query(graph, statement.text, given)
    compare(here, server.ask(statement.text, given), statement.text)


@pytest.mark.parametrize("statement", DOCUMENTED)
def test_what_is_documented_has_the_same_rows(statement: str, server: Server, graph: Graph) -> None:
    given = {name: PARAMETERS[name] for name in parameters_in(statement)}
    here = embedded.query(graph, statement, given)
    assert here.rows
    compare(here, server.ask(statement, given), uncommented(statement))


def test_every_function_that_is_let_through_is_documented_and_so_compared() -> None:
    text = " ".join(DOCUMENTED).lower()
    assert {name for name in embedded.FUNCTIONS if f"{name}(" not in text} == {
        "length", "relationships",
    } - {name for name in ("length", "relationships") if f"{name}(" in text}  # fmt: skip
    assert {name for name in embedded.PROCEDURES if f"{name}(" not in text} == set()


def test_titles_are_found_by_their_words(server: Server, graph: Graph) -> None:
    statement = find("explore/papers-by-title-words")
    server.ask("CALL db.awaitIndexes(60)")
    answer = server.ask(statement.text, {"words": "memory", "limit": 1000})
    titled = {
        row["id"]
        for row in graph.table("papers").to_pylist()
        if row["title"] and "memory" in re.findall(r"\w+", row["title"].lower())
    }
    assert {row[0] for row in answer.rows} == titled
    assert tuple(answer.columns) == statement.columns


# -- Graph Data Science --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def computed(server: Server) -> Iterator[dict[str, dict[str, Any]]]:
    """What each statement of gds/ answered, in the order in which one runs them."""

    def ask(name: str, *, write: bool = False, **given: Any) -> dict[str, Any]:
        statement = find(f"gds/{name}")
        answer = server.ask(statement.text, statement.filled(given), write=write)
        assert tuple(answer.columns) == statement.columns
        return dict(zip(answer.columns, answer.rows[0], strict=True))

    found = {
        "project": ask("project", graph="c"),
        "project-undirected": ask("project-undirected", graph="u"),
        "pagerank": ask("pagerank", write=True, graph="c"),
        "leiden": ask("leiden", write=True, graph="u"),
        "node-similarity": ask("node-similarity", write=True, graph="c", minimum=1e-9, top=1000),
        "papers-by-pagerank": ask("papers-by-pagerank", limit=1),
    }
    for name in ("c", "u"):
        assert ask("drop", write=True, graph=name) == {"graph": name}
    yield found
    ask("forget", write=True)
    for left in ("pagerank", "cluster"):
        assert server.ask(f"MATCH (p:Paper) WHERE p.{left} IS NOT NULL RETURN p").rows == []
    assert server.ask("MATCH ()-[r:SIMILAR]->() RETURN r").rows == []


def test_a_projection_has_the_whole_graph(
    computed: dict[str, dict[str, Any]], graph: Graph
) -> None:
    papers, citations = graph.table("papers").num_rows, graph.table("citations").num_rows
    assert computed["project"] == {"graph": "c", "papers": papers, "citations": citations}
    assert computed["project-undirected"]["citations"] == 2 * citations


def test_pagerank_is_ours_but_for_its_sum(
    computed: dict[str, dict[str, Any]], server: Server, graph: Graph
) -> None:
    from graphbuild import analysis

    assert computed["pagerank"]["converged"]
    rows = server.ask("MATCH (p:Paper) RETURN p.id AS id, p.pagerank AS score").rows
    total = sum(score for _, score in rows)
    ours = dict(analysis.pagerank(graph)[["id", "pagerank"]].itertuples(index=False))
    assert {paper: score / total for paper, score in rows} == pytest.approx(ours, rel=1e-6)
    first = computed["papers-by-pagerank"]
    assert first["share"] == pytest.approx(max(ours.values()), rel=1e-6)
    assert ours[first["id"]] == pytest.approx(max(ours.values()), rel=1e-6)


def test_leiden_looks_for_what_ours_looks_for(
    computed: dict[str, dict[str, Any]], server: Server, graph: Graph
) -> None:
    import networkx as nx

    from graphbuild import analysis

    network = nx.MultiGraph(
        graph.table("citations").select(["citing", "cited"]).to_pandas().itertuples(index=False)
    )

    def modularity(pairs: Any) -> float:
        found: dict[Any, set[str]] = {}
        for paper, cluster in pairs:
            if paper in network:
                found.setdefault(cluster, set()).add(paper)
        return nx.community.modularity(network, found.values())

    theirs = modularity(server.ask("MATCH (p:Paper) RETURN p.id AS id, p.cluster AS cluster").rows)
    members = analysis.members(graph, of="citation")
    ours = modularity(members[["id", "cluster"]].itertuples(index=False))
    assert theirs == pytest.approx(computed["leiden"]["modularity"], abs=1e-9)
    assert 0.8 * ours < theirs < 1.05 * ours


def test_node_similarity_is_coupling_by_jaccard(
    computed: dict[str, dict[str, Any]], server: Server, graph: Graph
) -> None:
    cites: dict[str, set[str]] = {}
    for row in graph.table("citations").to_pylist():
        cites.setdefault(row["citing"], set()).add(row["cited"])
    expected = {
        (one, other): len(cites[one] & cites[other]) / len(cites[one] | cites[other])
        for one in cites
        for other in cites
        if one != other and cites[one] & cites[other]
    }
    rows = server.ask("MATCH (a)-[r:SIMILAR]->(b) RETURN a.id AS a, b.id AS b, r.jaccard AS j").rows
    assert {(one, other): jaccard for one, other, jaccard in rows} == pytest.approx(expected)
    assert computed["node-similarity"]["pairs"] == len(expected)


# -- what may not be, and what is wrong ----------------------------------------------------------

WRITES = [
    "CREATE (n:Stray)",
    "MERGE (n:Stray {id: 1})",
    "MATCH (p:Paper) SET p.title = 'x'",
    "MATCH (n) DETACH DELETE n",
    "MATCH (p:Paper) REMOVE p.title",
    "MATCH (p:Paper) FOREACH (x IN [1] | SET p.x = x)",
    "CREATE INDEX stray FOR (p:Paper) ON (p.venue)",
    "MATCH (p:Paper) CALL (p) { SET p.x = 1 } IN TRANSACTIONS OF 10 ROWS",
]


@pytest.mark.parametrize("statement", WRITES)
def test_nothing_is_written_unless_allowed(statement: str, server: Server, graph: Graph) -> None:
    before = server.ask("MATCH (n) RETURN n").rows
    with pytest.raises(GraphbuildError, match="--write"):
        server.ask(statement)
    assert comparable(server.ask("MATCH (n) RETURN n").rows, in_order=False) == comparable(
        before, in_order=False
    )
    with pytest.raises(GraphbuildError, match="--uri"):
        embedded.query(graph, statement)


def test_what_is_allowed_is_written(server: Server) -> None:
    server.ask("CREATE (n:Stray {id: $id})", {"id": 7}, write=True)
    assert server.ask("MATCH (n:Stray) RETURN n.id AS id").rows == [(7,)]
    many = "MATCH (n:Stray) CALL (n) { DELETE n } IN TRANSACTIONS OF 10 ROWS"
    assert server.ask(many, write=True).rows == []
    assert server.ask("MATCH (n:Stray) RETURN n").rows == []


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("MATCH (p:Paper RETURN p", "line 1, column 16"),
        ("MATCH (p:Paper)\n// a comment\nRETRUN p", "line 3, column 1"),
        ("MATCH (p:Paper)\nRETURN q", "line 2, column 8"),
        ("MATCH (p:Paper) WHERE p.title = 'x\nRETURN p", "line 1, column 33"),
        ("MATCH (p:Paper) RETURN (p.year", "line 1, column 31"),
        ("MATCH (p:Paper) RETURN p.year AS", "line 1, column 33"),
        ("RETURN percentile(1) AS p", "line 1, column 8"),
    ],
)
def test_a_syntax_error_shows_its_place(statement: str, place: str, server: Server) -> None:
    for ask in (server.ask, lambda text: embedded.query(corpus(size=12), text)):
        with pytest.raises(GraphbuildError) as raised:
            ask(statement)
        first, line, caret, *_ = str(raised.value).split("\n")
        assert first.startswith(f"{place}: ")
        row, column = map(int, re.findall(r"\d+", place))
        assert line == f"  {statement.splitlines()[row - 1]}"
        assert caret == " " * (column + 1) + "^"


def test_a_statement_that_takes_too_long_is_given_up(server: Server) -> None:
    endless = "UNWIND range(1, 1000000000) AS a WITH a WHERE a % 7 = 8 RETURN count(a) AS n"
    with pytest.raises(GraphbuildError, match="no answer within 1 s"):
        server.ask(endless, timeout=1)


def test_parameters_are_asked_for_before_the_server_is(server: Server) -> None:
    with pytest.raises(GraphbuildError, match=r"needs \$id: give --param id=…"):
        server.ask("MATCH (p {id: $id}) RETURN p")
    with pytest.raises(GraphbuildError, match=r"has no \$year; it has \$id"):
        server.ask("MATCH (p {id: $id}) RETURN p", {"id": 1, "year": 2})


def test_a_server_that_is_not_there_is_told(server: Server) -> None:
    with pytest.raises(GraphbuildError, match="no Neo4j answers there"):
        store.query("bolt://127.0.0.1:9", "RETURN 1 AS x", password="x" * 8)
    with pytest.raises(GraphbuildError, match="password"):
        store.query(server.address.uri, "RETURN 1 AS x", user="neo4j", password="wrong")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_a_parameter_is_never_read_as_cypher(text: str, server: Server, graph: Graph) -> None:
    statement = (
        "MATCH (a:Author {id: 'name:person-1'})"
        " RETURN $text AS text, a.name = $text AS same, size($text) AS size"
    )
    expected = [(text, False, len(text))]
    assert embedded.query(graph, statement, {"text": text}).rows == expected
    assert server.ask(statement, {"text": text}).rows == expected
    found = embedded.query(
        hostile(), "MATCH (p:Paper {title: $text}) RETURN p.title", {"text": text}
    )
    assert found.rows == [(text,)]


def test_dates_and_times_are_those_of_python(server: Server, graph: Graph) -> None:
    answer = server.ask("RETURN datetime('2020-01-01T10:00:00Z') AS t, duration('P1DT2S') AS d")
    assert answer.rows == [
        (dt.datetime(2020, 1, 1, 10, tzinfo=dt.UTC), {"months": 0, "days": 1, "seconds": 2})
    ]
    here = embedded.query(graph, "RETURN date('0001-01-01') AS d, duration('P1DT2S') AS e")
    assert here.rows == [(dt.date(1, 1, 1), {"months": 0, "days": 1, "seconds": 2})]


def test_a_server_that_holds_something_else_is_told(
    server: Server, graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", server.address.password)
    ours, other = graph.save(tmp_path / "ours"), Graph.from_tables().save(tmp_path / "other")
    store.load(open_graph(ours), server.address.uri, **server.login)
    nowhere = tmp_path / "nowhere"
    for folder, told in ((ours, ""), (other, "holds what was not loaded from"), (nowhere, "")):
        statement = ["MATCH (p:Paper) RETURN count(p) AS papers", "--format", "csv"]
        at = ["--uri", server.address.uri, "--user", server.address.user]
        result = CliRunner().invoke(main, ["query", str(folder), *statement, *at])
        assert result.exit_code == 0, result.output
        assert result.stdout.split() == ["papers", str(len(graph.ids))]
        assert result.stderr.startswith(f"{server.address.uri}: {told}" if told else "")
        assert bool(result.stderr) == bool(told)
