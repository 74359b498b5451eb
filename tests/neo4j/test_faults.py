"""Loads that are cut off, servers that go away, and what a person is then told."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j
import pytest
from click.testing import CliRunner, Result

import graphbuild as gb
from graphbuild.cli import main
from graphbuild.errors import GraphbuildError
from graphbuild.graph import Graph
from graphbuild.stores import neo4j as store
from tests.neo4j.conftest import Database, counts_of, differences
from tests.neo4j.server import Address, Maven, free_ports

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return gb.build(gb.demo.corpus())


@pytest.fixture(scope="module")
def folder(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return graph.save(tmp_path_factory.mktemp("faults") / "graph")


def run(address: Address, *words: object, password: str | None = None) -> Result:
    environment = {"NEO4J_PASSWORD": address.password if password is None else password}
    return CliRunner().invoke(
        main, [*map(str, words), "--user", address.user], env=environment, prog_name="graphbuild"
    )


def is_one_sentence(result: Result, *parts: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    for part in parts:
        assert part in result.stderr


# -- kill -9 -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_load_that_was_killed_is_ended_by_the_next(
    database: Database, graph: Graph, folder: Path, seed: int
) -> None:
    luck = random.Random(seed)
    total = sum(counts_of(graph).values())
    for _ in range(3):
        aim = luck.randrange(total)
        _kill_a_load_at(database, folder, aim, batch_size=luck.choice([3, 10, 40]))
    loaded = database.load(gb.open(folder), batch_size=luck.choice([7, 1000]))
    assert loaded.written < total, "what was there is passed over"
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []


def test_a_replacement_that_was_killed_is_ended_by_the_next(
    database: Database, graph: Graph, folder: Path, data: Path
) -> None:
    other = gb.build(data / "records" / "good.jsonl")
    database.load(other)
    for aim in (50, 700, 1400):
        _kill_a_load_at(database, folder, aim, 20, "--replace")
        assert database.one("MATCH (n) RETURN count(n)") > 0
    database.load(gb.open(folder), replace=True)
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []


def _kill_a_load_at(
    database: Database, folder: Path, aim: int, batch_size: int, *more: str
) -> None:
    """Kill a loading process when about that many rows are there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "graphbuild.cli", "load", str(folder), "--uri",
         database.address.uri, "--user", database.address.user, "--batch-size", str(batch_size),
         *more],
        cwd=ROOT, env={**os.environ, "NEO4J_PASSWORD": database.address.password},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    mark = store.mark(gb.open(folder))
    rows = "WHERE x.graphbuild_load = $mark RETURN count(x)"
    while process.poll() is None:
        there = database.one(f"MATCH (x) {rows}", mark=mark)
        there += database.one(f"MATCH ()-[x]->() {rows}", mark=mark)
        if there >= aim:
            process.send_signal(signal.SIGKILL)
    process.wait()


# -- servers that go away ------------------------------------------------------------------------


class Proxy:
    """A way to the server that can be cut."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition("//")[2].rpartition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            self._open += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass

    def cut(self) -> None:
        """Break the connections that there are."""
        broken, self._open = self._open, []
        for each in broken:
            with_linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, with_linger)
            each.close()

    def close(self) -> None:
        """Break them, and take no more."""
        self._listener.close()
        self.cut()


@contextmanager
def proxy(target: str) -> Iterator[Proxy]:
    found = Proxy(target)
    try:
        yield found
    finally:
        found.close()


def test_broken_connections_are_made_again(database: Database, graph: Graph) -> None:
    cuts = iter([100, 600, 900, 1300])
    aim = next(cuts)
    with proxy(database.address.uri) as way:

        def cut(_stage: str, done: int, total: int | None) -> None:
            nonlocal aim
            if total and done > aim:
                aim = next(cuts, total)
                way.cut()

        store.load(graph, way.uri, **database.login, batch_size=30, progress=cut)
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []


def test_a_server_that_goes_away_is_told_in_a_sentence_and_the_load_goes_on_later(
    database: Database, graph: Graph
) -> None:
    with proxy(database.address.uri) as way:

        def close(_stage: str, done: int, total: int | None) -> None:
            if total and done > 800:
                way.close()

        with pytest.raises(GraphbuildError, match="gone away; start it and give the same command"):
            store.load(
                graph, way.uri, **database.login, batch_size=30, progress=close, retry_seconds=1
            )
    loaded = database.load(graph)
    assert 0 < loaded.written < sum(counts_of(graph).values())
    assert database.counts() == counts_of(graph)
    assert differences(graph, database.read()) == []


def test_a_server_that_is_killed_and_started_again_gets_the_whole_graph(
    own_server: Maven, graph: Graph, folder: Path
) -> None:
    own_server.start()
    address = own_server.address
    killed = threading.Event()

    def kill(_stage: str, done: int, total: int | None) -> None:
        if total and done > 700 and not killed.is_set():
            killed.set()
            own_server.kill()

    login = {"user": address.user, "password": address.password}
    with pytest.raises(GraphbuildError, match="gone away"):
        store.load(graph, address.uri, **login, batch_size=50, progress=kill, retry_seconds=1)
    is_one_sentence(run(address, "load", folder, "--uri", address.uri), "no Neo4j answers there")
    own_server.start()
    with address.driver() as driver:
        database = Database(address, driver)
        loaded = database.load(graph)
        assert loaded.written < sum(counts_of(graph).values())
        assert database.counts() == counts_of(graph)
        assert differences(graph, database.read()) == []
    own_server.settings["server.databases.default_to_read_only"] = "true"
    own_server.stop()
    own_server.start()
    result = run(address, "load", folder, "--uri", address.uri, "--replace")
    is_one_sentence(result, "is read-only; make it writable")


# -- what is wrong from the start ----------------------------------------------------------------


def test_a_wrong_password(real: Address, folder: Path) -> None:
    result = run(real, "load", folder, "--uri", real.uri, password="not the password")
    is_one_sentence(result, "the password, or the user neo4j, is wrong", "NEO4J_PASSWORD")


def test_a_wrong_database(real: Address, folder: Path) -> None:
    for words in (["load", folder], ["pull", "--out", folder.parent / "pulled"]):
        result = run(real, *words, "--uri", real.uri, "--database", "atlantis")
        is_one_sentence(result, "there is no database atlantis", "SHOW DATABASES")


def test_no_server(folder: Path) -> None:
    (port,) = free_ports(1)
    address = Address(f"bolt://127.0.0.1:{port}", "neo4j", "x", "nobody")
    is_one_sentence(run(address, "load", folder, "--uri", address.uri), "no Neo4j answers there")
    routed = f"neo4j://127.0.0.1:{port}"
    is_one_sentence(run(address, "load", folder, "--uri", routed), "no Neo4j answers there")


@pytest.mark.parametrize("uri", ["localhost", "http://localhost:7474", "nonsense://x", "bolt://"])
def test_what_is_no_address(folder: Path, uri: str) -> None:
    result = run(Address(uri, "neo4j", "x", "nobody"), "load", folder, "--uri", uri)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "neo4j://host:7687" in result.stderr or "no Neo4j answers" in result.stderr


def test_a_server_of_another_kind(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(1000)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        uri = f"bolt://127.0.0.1:{listener.getsockname()[1]}"
        result = run(Address(uri, "neo4j", "x", "nobody"), "load", folder, "--uri", uri)
    assert result.exit_code == 1
    assert "no Neo4j answers there" in result.stderr


def test_a_server_that_is_too_old(
    address: Address, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Old:
        agent = "Neo4j/4.4.41"

    monkeypatch.setattr(neo4j.Driver, "get_server_info", lambda _self: Old)
    result = run(address, "load", folder, "--uri", address.uri)
    is_one_sentence(result, "is a Neo4j 4.4; graphbuild needs Neo4j 5 or later")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("Neo.ClientError.Security.Forbidden", "may not do this; give one that may write"),
        ("Neo.ClientError.Security.CredentialsExpired", "the first password has to be changed"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "too many wrong passwords"),
        ("Neo.ClientError.Schema.ConstraintCreationFailed", "the server says: so it is"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "a smaller --batch-size"),
    ],
)
def test_what_the_server_refuses(
    address: Address, folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, sentence: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise neo4j.exceptions.Neo4jError._hydrate_neo4j(code=code, message="so it is\nand so on")

    monkeypatch.setattr(neo4j.Driver, "execute_query", refuse)
    is_one_sentence(run(address, "load", folder, "--uri", address.uri), sentence)


def test_the_password_is_asked_for_where_it_is_not_set(
    real: Address, folder: Path, database: Database, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    words = ["load", str(folder), "--uri", real.uri, "--user", real.user]
    result = CliRunner().invoke(main, words, input=real.password + "\n")
    assert result.exit_code == 0, result.output
    assert real.password not in result.output
    assert database.counts() == counts_of(graph)
    nobody = CliRunner().invoke(main, words, input="")
    assert nobody.exit_code == 1
    assert "set NEO4J_PASSWORD" in nobody.stderr
    assert not any("password" in option for param in main.commands["load"].params
                   for option in param.opts)  # fmt: skip


def test_load_and_pull_from_the_command_line(
    database: Database, graph: Graph, folder: Path, tmp_path: Path
) -> None:
    address = database.address
    result = run(address, "load", folder, "--uri", address.uri)
    assert result.exit_code == 0, result.output
    assert f"{len(graph.papers)} papers" in result.stdout
    assert result.stderr == ""
    again = run(address, "load", folder, "--uri", address.uri)
    assert "; 0 rows written" in again.stdout
    pulled = run(address, "pull", "--uri", address.uri, "--out", tmp_path / "pulled")
    assert pulled.exit_code == 0, pulled.output
    assert differences(graph, gb.open(tmp_path / "pulled")) == []
    refused = run(address, "pull", "--uri", address.uri, "--out", tmp_path / "pulled")
    is_one_sentence(refused, "--force replaces it")


def test_a_bar_shows_rate_and_time_left(database: Database, folder: Path) -> None:
    pty = pytest.importorskip("pty")
    shown, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "graphbuild.cli", "load", str(folder), "--uri",
         database.address.uri, "--user", database.address.user, "--batch-size", "2"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=terminal, stdin=subprocess.DEVNULL,
        env={**os.environ, "NEO4J_PASSWORD": database.address.password, "TERM": "xterm",
             "COLUMNS": "140"},
    )  # fmt: skip
    os.close(terminal)
    seen = b""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            chunk = os.read(shown, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(shown)
    assert process.wait(60) == 0, seen
    text = seen.decode("utf-8", "replace")
    assert "writing citations" in text
    assert "rows/s" in text
    assert "0:00:0" in text
