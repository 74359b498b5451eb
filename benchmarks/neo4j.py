"""Loading into Neo4j: graphbuild beside loaders that people write, and the offline import.

    python -m benchmarks.neo4j [--papers 100000] [--references 11] [--repeats 1]

Every contender gets a fresh server (Neo4j Community from Maven's jars, as in
``tests/neo4j/server.py``) and writes the same nodes, relationships and properties.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

import graphbuild as gb
from benchmarks.corpus import CACHE, corpus
from benchmarks.measure import measure_apart
from tests.neo4j.server import Maven, maven

BATCH = 10_000
ROWS_ONE_BY_ONE = 5000
MEMORY = 500e6

# What people write, in both ways; the rows are maps of a table's columns.
KEYS = {"papers": "Paper", "authors": "Author", "categories": "Category"}
STATEMENTS = {
    "papers": "MERGE (n:Paper {id: row.id}) SET n += row",
    "authors": "MERGE (n:Author {id: row.id}) SET n += row",
    "categories": "MERGE (n:Category {id: row.id}) SET n += row",
    "citations": """MATCH (a:Paper {id: row.citing}) MATCH (b:Paper {id: row.cited})
        MERGE (a)-[r:CITES]->(b)
        SET r.basis = row.basis, r.evidence = row.evidence, r.file = row.file, r.line = row.line,
            r.suspicious_date = row.suspicious_date, r.graphbuild_load = row.graphbuild_load""",
    "authorships": """MATCH (a:Author {id: row.author}) MATCH (p:Paper {id: row.paper})
        MERGE (a)-[r:WROTE]->(p)
        SET r.position = row.position, r.affiliations = row.affiliations,
            r.graphbuild_load = row.graphbuild_load""",
    "in_category": """MATCH (p:Paper {id: row.paper}) MATCH (c:Category {id: row.category})
        MERGE (p)-[r:IN_CATEGORY]->(c)
        SET r.is_primary = row.is_primary, r.graphbuild_load = row.graphbuild_load""",
}
CONSTRAINTS = [
    f"CREATE CONSTRAINT FOR (n:{label}) REQUIRE n.id IS UNIQUE" for label in KEYS.values()
]


def prepared(papers: int, references: int) -> Path:
    """The folder of a graph of a corpus whose reference lists are cut to a length."""
    folder = CACHE / f"neo4j-{papers}-{references}"
    if not folder.is_dir():
        lines = CACHE / f"neo4j-{papers}-{references}.jsonl"
        with corpus(papers).open("rb") as whole, lines.open("wb") as cut:
            for line in whole:
                record = orjson.loads(line)
                record["references"] = record["references"][:references]
                cut.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        gb.build(lines).save(folder)
        lines.unlink()
    return folder


def rows(graph: gb.Graph, kind: str) -> Iterator[list[dict[str, Any]]]:
    """The rows of a kind, in batches, with a mark as ours have one."""
    if kind == "categories":
        names = sorted(set(graph.table("categories")["category"].to_pylist()))
        yield [{"id": name, "graphbuild_load": "0123456789abcdef"} for name in names]
        return
    for batch in graph.batches("categories" if kind == "in_category" else kind, rows=BATCH):
        yield [
            {name: value for name, value in row.items() if value != []}
            | {"graphbuild_load": "0123456789abcdef"}
            for row in batch.to_pylist()
        ]


def counts(server: Maven) -> dict[str, int]:
    """How many of each kind the server holds."""
    with server.address.driver() as driver:

        def one(statement: str) -> int:
            found: int = driver.execute_query(statement).records[0][0]
            return found

        nodes = {kind: one(f"MATCH (n:{KEYS[kind]}) RETURN count(n)") for kind in KEYS}
        types = {"citations": "CITES", "authorships": "WROTE", "in_category": "IN_CATEGORY"}
        return nodes | {
            kind: one(f"MATCH ()-[r:{type_}]->() RETURN count(r)") for kind, type_ in types.items()
        }


def one_by_one(graph: gb.Graph, server: Maven) -> float:
    """(a) one MERGE per row: so many rows of all kinds in proportion, extrapolated to all.

    The nodes are there already, so that relationships find theirs.
    """
    total = sum(sizes(graph).values())
    with server.address.driver() as driver:
        for statement in CONSTRAINTS:
            driver.execute_query(statement)
        for kind in KEYS:
            for batch in rows(graph, kind):
                driver.execute_query(f"UNWIND $rows AS row {STATEMENTS[kind]}", rows=batch)
        sample = {}
        for kind, size in sizes(graph).items():
            sample[kind] = next(rows(graph, kind))[: ROWS_ONE_BY_ONE * size // total]
        began = time.perf_counter()
        with driver.session() as session:
            for kind, some in sample.items():
                for row in some:
                    session.run(f"WITH $row AS row {STATEMENTS[kind]}", row=row).consume()
        seconds = time.perf_counter() - began
    return seconds * total / sum(map(len, sample.values()))


def in_batches(graph: gb.Graph, server: Maven) -> dict[str, float]:
    """(b) UNWIND in batches of 10,000: MATCH, MATCH, MERGE."""
    computed = server.cpu_seconds() + time.process_time()
    began = time.perf_counter()
    with server.address.driver() as driver:
        for statement in CONSTRAINTS:
            driver.execute_query(statement)
        for kind, statement in STATEMENTS.items():
            for batch in rows(graph, kind):
                driver.execute_query(f"UNWIND $rows AS row {statement}", rows=batch)
    seconds = time.perf_counter() - began
    computed = server.cpu_seconds() + time.process_time() - computed
    check(graph, server)
    return {"in batches": seconds, "in batches, CPU": computed}


def sizes(graph: gb.Graph) -> dict[str, int]:
    """How many of each kind the graph has."""
    return {kind: sum(map(len, rows(graph, kind))) for kind in STATEMENTS}


def check(graph: gb.Graph, server: Maven) -> None:
    """End the run when the server holds another number of anything than the graph."""
    found, wanted = counts(server), sizes(graph)
    if found != wanted:
        raise SystemExit(f"the server holds {found}, and should hold {wanted}")


def ours(folder: Path, graph: gb.Graph, server: Maven) -> dict[str, float]:
    """Run ``graphbuild load`` twice, as a process, and note its memory."""
    command = [sys.executable, "-m", "graphbuild.cli", "load", str(folder)]
    command += ["--uri", server.address.uri]
    os.environ["NEO4J_PASSWORD"] = server.address.password
    computed = server.cpu_seconds()
    first = measure_apart(command)
    computed = server.cpu_seconds() - computed + first.cpu_seconds
    check(graph, server)
    second = measure_apart(command)
    check(graph, server)
    return {
        "first": first.seconds,
        "first, CPU": computed,
        "second": second.seconds,
        "memory": max(first.peak_bytes, second.peak_bytes),
    }


def offline(folder: Path, graph: gb.Graph, server: Maven) -> dict[str, float]:
    """(c) graphbuild export, then the command that it prints."""
    out = server.home / "import" / "graph"
    command = [sys.executable, "-m", "graphbuild.cli", "export", str(folder)]
    exported = measure_apart([*command, "--to", "neo4j-admin", "--out", str(out)])
    began = time.perf_counter()
    done = server.admin(exported.output.decode())
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    server.start()
    check(graph, server)
    return {"export": exported.seconds, "import": seconds}


@contextmanager
def fresh(heap: str, *, started: bool = True) -> Iterator[Maven]:
    """A server that holds nothing."""
    with maven(heap=heap, options=()) as server:
        if started:
            server.start()
        yield server


def round_of(folder: Path, heap: str, leave_out: list[str]) -> dict[str, float]:
    """Seconds of everybody, by name."""
    graph = gb.open(folder)
    found: dict[str, float] = {}

    def say(figures: Mapping[str, float]) -> None:
        found.update(figures)
        for name, figure in figures.items():
            print(f"  {name}: {figure:,.1f}", flush=True)

    turns: dict[str, tuple[bool, Callable[[Maven], Mapping[str, float]]]] = {
        "one by one": (True, lambda server: {"one by one": one_by_one(graph, server)}),
        "ours": (True, lambda server: ours(folder, graph, server)),
        "in batches": (True, lambda server: in_batches(graph, server)),
        "offline": (False, lambda server: offline(folder, graph, server)),
    }
    for name, (started, turn) in turns.items():
        if name not in leave_out:
            with fresh(heap, started=started) as server:
                say(turn(server))
    return found


FLOORS: list[tuple[str, Callable[[Mapping[str, float]], float], str, Callable[[float], bool]]] = [
    ("one by one / load", lambda t: t["one by one"] / t["first"], ">= 60", lambda r: r >= 60),
    ("load / in batches", lambda t: t["first"] / t["in batches"], "<= 0.8", lambda r: r <= 0.8),
    (
        "the same, CPU of client and server",
        lambda t: t["first, CPU"] / t["in batches, CPU"],
        "",
        lambda _: True,
    ),
    ("second load / first", lambda t: t["second"] / t["first"], "<= 0.5", lambda r: r <= 0.5),
    (
        "export and import / import",
        lambda t: (t["export"] + t["import"]) / t["import"],
        "<= 2",
        lambda r: r <= 2,
    ),
    ("client memory in MB", lambda t: t["memory"] / 1e6, "< 500", lambda r: r < MEMORY / 1e6),
]


def main() -> None:
    """Measure, and print tables of seconds and of ratios."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--references", type=int, default=11, help="longest list that is kept")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--heap", default="1500m", help="of the server")
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="CONTENDER")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    folder = prepared(options.papers, options.references)
    size = sizes(gb.open(folder))
    print(", ".join(f"{number:,} {kind}" for kind, number in size.items()))
    rounds = [round_of(folder, options.heap, options.leave_out) for _ in range(options.repeats)]
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    print("\n| contender | median |\n|---|---|")
    for name, figure in medians.items():
        shown = f"{figure / 1e6:,.0f} MB" if name == "memory" else f"{figure:,.1f} s"
        print(f"| {name} | {shown} |")
    print("\n| ratio | measured | floor | reached |\n|---|---|---|---|")
    for name, ratio, floor, is_reached in FLOORS:
        try:
            value = ratio(medians)
        except KeyError:  # a contender was left out
            continue
        reached = ("yes" if is_reached(value) else "no") if floor else ""
        print(f"| {name} | {value:,.2f} | {floor} | {reached} |")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"sizes": size, "rounds": rounds}, indent=2))


if __name__ == "__main__":
    main()
