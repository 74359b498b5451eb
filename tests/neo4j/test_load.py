"""Loading into a server and reading back: whole, once, exactly, and nobody else's touched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings

import graphbuild as gb
from graphbuild.errors import GraphbuildError
from graphbuild.graph import Graph
from graphbuild.stores import neo4j as store
from tests.builders import graph_of, record, reference
from tests.neo4j.conftest import Database, counts_of, differences
from tests.neo4j.graphs import INJECTION, graph_of_columns, graphs, hostile
from tests.neo4j.server import Address


def test_the_demo_is_loaded_and_read_back(database: Database) -> None:
    graph = gb.build(gb.demo.corpus())
    loaded = database.load(graph)
    assert database.counts() == counts_of(graph)
    assert loaded.written == sum(counts_of(graph).values())
    assert differences(graph, database.read()) == []


def test_a_saved_graph_is_loaded_from_its_folder_in_batches(
    database: Database, tmp_path: Path
) -> None:
    graph = gb.build(gb.demo.corpus())
    opened = gb.open(graph.save(tmp_path / "graph"))
    database.load(opened, batch_size=7)
    assert database.counts() == counts_of(graph)
    read = database.read()
    assert differences(graph, read) == []
    saved = gb.open(read.save(tmp_path / "pulled"))
    assert differences(graph, saved) == []


def test_an_address_with_routing_will_do(database: Database, real: Address) -> None:
    graph = gb.build(gb.demo.corpus())
    routed = real.uri.replace("bolt://", "neo4j://")
    store.load(graph, routed, **database.login)
    assert differences(graph, store.read(routed, **database.login)) == []


def test_every_source_makes_the_round_trip(database: Database, data: Path) -> None:
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        (good,) = folder.glob("good.*")
        graph = gb.build(good, source=folder.name)
        database.load(graph, replace=True)
        assert database.counts() == counts_of(graph), folder.name
        assert differences(graph, database.read()) == [], folder.name


def test_hostile_texts_are_only_texts(database: Database) -> None:
    graph = hostile()
    database.load(graph)
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []
    assert database.one("MATCH (a:Author {name: $name}) RETURN count(a)", name=INJECTION) == 2


@settings(max_examples=25)
@given(graph=graphs())
def test_any_graph_makes_the_round_trip(address: Address, graph: Graph) -> None:
    with address.driver() as driver:
        database = Database(address, driver)
        database.load(graph, replace=True, batch_size=3)
        assert database.counts() == counts_of(graph)
        assert differences(graph, database.read()) == []
        database.wipe()


def test_an_id_that_is_too_long_for_an_index_is_cut_there_and_whole_again_when_read(
    database: Database,
) -> None:
    long = ["id:x/" + letter * 10_000 for letter in "ab"]
    graph = graph_of_columns(
        papers={"id": ["id:x/a", *long]},
        citations={"citing": long, "cited": ["id:x/a", long[0]]},
        authors={"id": ["name:" + "ö" * 5000]},
        authorships={"author": ["name:" + "ö" * 5000], "paper": [long[1]]},
        categories={"paper": [long[0]], "category": ["c" * 9000]},
    )
    database.load(graph)
    database.load(graph, replace=True)
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []
    assert database.one("MATCH (p:Paper) RETURN max(size(p.id))") == 60 + 1 + 10


def test_twice_is_once(database: Database) -> None:
    graph = hostile()
    first = database.load(graph)
    state = whole_state(database)
    again = database.load(graph)
    assert (again.written, again.mark) == (0, first.mark)
    assert whole_state(database) == state
    rewritten = database.load(graph, replace=True)
    assert rewritten.written == first.written
    assert whole_state(database) == state


def whole_state(database: Database) -> list[object]:
    nodes = database.ask("MATCH (n) RETURN elementId(n) AS at, labels(n) AS l, properties(n) AS p")
    relationships = database.ask(
        "MATCH (a)-[r]->(b) RETURN elementId(a) AS a, elementId(r) AS r, elementId(b) AS b,"
        " type(r) AS t, properties(r) AS p"
    )
    return sorted(map(str, nodes)) + sorted(map(str, relationships))


def test_an_empty_graph_is_a_graph(database: Database) -> None:
    empty = graph_of_columns()
    database.load(empty)
    assert database.counts() == counts_of(empty)
    assert differences(empty, database.read()) == []


FIRST = graph_of(
    record("1706.03762", title="Attention Is All You Need", authors="Noam Shazeer", year=2017,
           categories=("cs.CL", "cs.LG"), cites=["1607.06450", "1409.0473"]),
    record("1607.06450", title="Layer Normalization", authors="Jimmy Ba", year=2016,
           cites=["1502.03167"]),
)  # fmt: skip
SECOND = graph_of(
    record("1706.03762", title="Attention Is All You Need!", authors="Ashish Vaswani",
           categories=("cs.CL",), cites=["1607.06450", reference(title="A Paper Without Id")]),
    record("1607.06450", title="Layer Normalization", authors="Jimmy Ba", cites=["1409.0473"]),
)  # fmt: skip


def test_without_replace_an_earlier_load_stays(database: Database) -> None:
    database.load(FIRST)
    loaded = database.load(SECOND)
    papers = {*FIRST.papers["id"], *SECOND.papers["id"]}
    assert database.counts()["Paper"] == len(papers)
    pairs = {*pairs_of(FIRST), *pairs_of(SECOND)}
    assert database.counts()["CITES"] == len(pairs)
    assert loaded.earlier["papers"] == len(papers) - len(SECOND.papers)
    assert loaded.earlier["citations"] == len(pairs) - len(SECOND.citations)
    both = database.read()
    assert set(both.papers["id"]) == papers
    title = both.papers.set_index("id")["title"]["arxiv:1706.03762"]
    assert title == "Attention Is All You Need!"


def pairs_of(graph: Graph) -> set[tuple[str, str]]:
    return set(zip(graph.citations["citing"], graph.citations["cited"], strict=True))


@pytest.mark.parametrize("batch_size", [1, 2, 10_000])
def test_replace_removes_what_the_graph_lacks(database: Database, batch_size: int) -> None:
    database.load(FIRST)
    loaded = database.load(SECOND, replace=True, batch_size=batch_size)
    assert database.counts() == counts_of(SECOND)
    assert differences(SECOND, database.read()) == []
    assert loaded.removed["papers"] == len({*FIRST.papers["id"]} - {*SECOND.papers["id"]})
    assert not any(loaded.earlier.values())
    back = database.load(FIRST, replace=True)
    assert back.kept == 0
    assert database.counts() == counts_of(FIRST)
    assert differences(FIRST, database.read()) == []


def test_replace_also_puts_right_what_somebody_changed(database: Database) -> None:
    database.load(FIRST)
    database.ask("MATCH (p:Paper {id: 'arxiv:1706.03762'}) SET p.title = 'changed', p.year = 1")
    database.ask("MATCH ()-[r:CITES]->() SET r.evidence = 'changed'")
    database.load(FIRST, replace=True)
    assert differences(FIRST, database.read()) == []


def test_what_somebody_removed_is_written_again(database: Database) -> None:
    graph = gb.build(gb.demo.corpus())
    database.load(graph, batch_size=10)
    database.ask("MATCH (p:Paper) WITH p ORDER BY p.id LIMIT 20 DETACH DELETE p")
    database.ask("MATCH ()-[r:WROTE]->() WITH r LIMIT 5 DELETE r")
    database.load(graph)
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []


def test_what_others_wrote_is_never_touched(database: Database) -> None:
    database.load(FIRST)
    database.ask("CREATE (:Paper {id: 'mine', title: 'My draft'})-[:CITES {note: 'x'}]->(:Note)")
    database.ask("CREATE (:Author {id: 'me'}), (:Category {id: 'my shelf'}), (:Paper)")
    # Of graphbuild's own types, between its own papers, beside its own relationship and without.
    database.ask(
        "MATCH (a:Paper {id: 'arxiv:1706.03762'}), (b:Paper {id: 'arxiv:1607.06450'})"
        " CREATE (a)-[:CITES {note: 'mine'}]->(b), (b)-[:CITES {note: 'mine'}]->(a),"
        " (:Reader)-[:LIKES {stars: 5}]->(a), (:Author {id: 'ghost'})-[:WROTE]->(a)"
    )
    database.ask("MATCH (a:Paper {id: 'arxiv:1706.03762'}) SET a.pagerank = 0.5")

    def others() -> list[str]:
        nodes = database.ask(
            "MATCH (n) WHERE n.graphbuild_load IS NULL"
            " RETURN elementId(n) AS at, labels(n) AS l, properties(n) AS p"
        )
        relationships = database.ask(
            "MATCH (a)-[r]->(b) WHERE r.graphbuild_load IS NULL"
            " RETURN elementId(r) AS r, type(r) AS t, properties(r) AS p, elementId(a) AS a,"
            " elementId(b) AS b"
        )
        return sorted(map(str, nodes + relationships))

    before = others()
    for graph in (SECOND, FIRST, SECOND):
        database.load(graph, replace=True)
        assert others() == before
        assert differences(graph, database.read()) == []
    assert database.one("MATCH (p:Paper {id: 'arxiv:1706.03762'}) RETURN p.pagerank") == 0.5


def test_a_node_that_somebody_elses_relationship_needs_is_kept(database: Database) -> None:
    database.load(FIRST)
    gone = "arxiv:1502.03167"
    database.ask("MATCH (p:Paper {id: $id}) CREATE (:Reader)-[:LIKES]->(p)", id=gone)
    for _ in range(2):
        loaded = database.load(SECOND, replace=True)
        assert loaded.kept == 1
        assert database.one("MATCH (:Reader)-[:LIKES]->(p:Paper) RETURN p.id") == gone
        assert database.one("MATCH (p:Paper {id: $id})-[:CITES]-() RETURN count(*)", id=gone) == 0
        assert differences(SECOND, database.read()) == []
    database.load(FIRST, replace=True)  # it belongs to the graph again
    assert differences(FIRST, database.read()) == []
    database.load(SECOND, replace=True)
    database.ask("MATCH (r:Reader) DETACH DELETE r")
    assert database.load(SECOND, replace=True).kept == 0
    assert database.counts() == counts_of(SECOND)


def test_somebody_elses_node_of_the_same_id_is_in_the_way(database: Database) -> None:
    database.load(FIRST, replace=True)
    database.wipe()
    database.ask("CREATE (:Paper {id: 'arxiv:1706.03762', note: 'mine'})")
    with pytest.raises(GraphbuildError, match=r"a Paper arxiv:1706\.03762 that graphbuild did not"):
        database.load(FIRST)
    mine = database.one("MATCH (p:Paper {id: 'arxiv:1706.03762'}) RETURN properties(p)")
    assert mine == {"id": "arxiv:1706.03762", "note": "mine"}


def test_constraints_and_indexes_are_there(database: Database, real: Address) -> None:
    for row in database.ask("SHOW CONSTRAINTS YIELD name"):
        database.ask(f"DROP CONSTRAINT `{row['name']}`")
    for row in database.ask("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'"):
        database.ask(f"DROP INDEX `{row['name']}`")
    database.load(FIRST)
    unique = database.ask("SHOW CONSTRAINTS YIELD labelsOrTypes AS l, properties AS p RETURN l, p")
    assert sorted((row["l"][0], row["p"][0]) for row in unique) == [
        ("Author", "id"),
        ("Category", "id"),
        ("Paper", "id"),
    ]
    indexes = database.ask(
        "SHOW INDEXES YIELD name, type, labelsOrTypes AS l, properties AS p, state"
        " WHERE NOT name ENDS WITH '_id' AND type <> 'LOOKUP' RETURN type, l, p"
    )
    assert sorted((row["type"], row["l"], row["p"]) for row in indexes) == [
        ("FULLTEXT", ["Paper"], ["title"]),
        ("RANGE", ["Paper"], ["year"]),
    ]
    database.ask("CALL db.awaitIndexes(30)")
    words = (
        "CALL db.index.fulltext.queryNodes('paper_title', 'attention') YIELD node RETURN node.id"
    )
    assert database.one(words) == "arxiv:1706.03762"


def test_the_load_says_nothing_on_the_screen(
    database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    database.load(FIRST)
    database.load(SECOND, replace=True)
    database.read()
    assert capfd.readouterr() == ("", "")


def test_progress_goes_up_to_the_number_of_rows(database: Database) -> None:
    seen: list[tuple[str, int, int | None]] = []
    loaded = database.load(FIRST, batch_size=1, progress=lambda *step: seen.append(step))
    total = sum(loaded.rows.values())
    assert [done for _, done, of in seen if of] == sorted(done for _, done, of in seen if of)
    assert seen[-1][1:] == (total, total)
    assert {stage for stage, _, _ in seen} >= {"writing papers", "writing citations"}


def test_two_loads_at_once_write_nothing_twice(database: Database) -> None:
    graph = gb.build(gb.demo.corpus())
    with ThreadPoolExecutor(3) as pool:
        loads = [pool.submit(database.load, graph, batch_size=20) for _ in range(3)]
        assert {load.result().mark for load in loads} == {store.mark(graph)}
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []


def test_marks_differ_with_the_graph_and_not_with_where_it_is(tmp_path: Path) -> None:
    one, other = (gb.open(FIRST.save(tmp_path / name)) for name in ("one", "other"))
    assert store.mark(one) == store.mark(other)
    assert store.mark(FIRST) != store.mark(SECOND)
