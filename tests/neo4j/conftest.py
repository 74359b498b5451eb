"""The server of this run, emptied for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from graphbuild.graph import Graph
from graphbuild.stores import neo4j as store
from tests.neo4j.hooks import ADDRESS, is_required
from tests.neo4j.server import Address, Maven, Unavailable, maven

if TYPE_CHECKING:
    import neo4j

HERE = "tests/neo4j/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(HERE):
            item.add_marker("neo4j")


def _unavailable(reason: str) -> None:
    if is_required():
        pytest.fail(f"GRAPHBUILD_REQUIRE asks for Neo4j: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> Address:
    """Where the server is; nothing is run on one that holds anything, unless it may be wiped."""
    found = request.config.stash.get(ADDRESS, "this run was not meant to need one")
    if isinstance(found, str):
        _unavailable(found)
    with found.driver() as driver:
        (row,) = driver.execute_query("MATCH (n) RETURN count(n) AS nodes").records
    if row["nodes"] and os.environ.get("GRAPHBUILD_NEO4J_WIPE") != "1":
        pytest.fail(
            f"{found.name} holds {row['nodes']} nodes, which these tests would remove:"
            " GRAPHBUILD_NEO4J_WIPE=1 lets them"
        )
    return found


@pytest.fixture(scope="session")
def real(address: Address) -> Address:
    """The same, when it is Neo4j itself and not something that speaks its protocol."""
    if not address.is_neo4j:
        pytest.skip(f"{address.name} is not Neo4j")
    return address


class Database:
    """An empty database, and short ways to use it."""

    def __init__(self, address: Address, driver: neo4j.Driver) -> None:
        self.address = address
        self.driver = driver

    def ask(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        records = self.driver.execute_query(statement, parameters).records
        return [record.data() for record in records]

    def one(self, statement: str, **parameters: Any) -> Any:
        """The only value of the only row."""
        (row,) = self.ask(statement, **parameters)
        (value,) = row.values()
        return value

    @property
    def login(self) -> dict[str, str]:
        return {"user": self.address.user, "password": self.address.password}

    def load(self, graph: Graph, **options: Any) -> store.Loaded:
        return store.load(graph, self.address.uri, **self.login, **options)

    def read(self, **options: Any) -> Graph:
        return store.read(self.address.uri, **self.login, **options)

    def counts(self) -> dict[str, int]:
        """How many of each there are, whoever wrote them."""
        nodes = {
            label: self.one(f"MATCH (n:{label}) RETURN count(n)")
            for label in ("Paper", "Author", "Category")
        }
        return nodes | {
            kind: self.one(f"MATCH ()-[r:{kind}]->() RETURN count(r)")
            for kind in ("CITES", "WROTE", "IN_CATEGORY")
        }

    def wipe(self) -> None:
        while self.one("MATCH (n) WITH n LIMIT 1000 DETACH DELETE n RETURN count(*)"):
            pass


@pytest.fixture
def database(address: Address) -> Iterator[Database]:
    with address.driver() as driver:
        found = Database(address, driver)
        found.wipe()
        yield found
        found.wipe()


@pytest.fixture
def own_server() -> Iterator[Maven]:
    """A Neo4j of the test's own, which it may kill; not started yet."""
    try:
        with maven() as server:
            yield server
    except Unavailable as reason:
        _unavailable(str(reason))


def counts_of(graph: Graph) -> dict[str, int]:
    """What ``Database.counts`` gives for a graph."""
    return {
        "Paper": graph.table("papers").num_rows,
        "Author": graph.table("authors").num_rows,
        "Category": len(set(graph.table("categories")["category"].to_pylist())),
        "CITES": graph.table("citations").num_rows,
        "WROTE": graph.table("authorships").num_rows,
        "IN_CATEGORY": graph.table("categories").num_rows,
    }


def differences(graph: Graph, other: Graph) -> list[str]:
    """Tables that differ, ``mentions`` aside, which no database holds."""
    return [
        name for name, table in graph if name != "mentions" and not table.equals(other.table(name))
    ]
