"""Cypher without a server at the size of a field: loading, and every statement that needs none.

    python -m benchmarks.cypher [--papers 100000] [--timeout 60]

Prints Markdown. Loading is measured in a process of its own each, with its memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import graphbuild as gb
from benchmarks.neo4j import prepared
from graphbuild.errors import GraphbuildError
from graphbuild.statements import statements
from graphbuild.stores import embedded

WHOLE_LISTS = 1_000_000
FIRST = "RETURN 1 AS x"


def opened(folder: Path) -> dict[str, float]:
    """Seconds and bytes until the first answer, from here on."""
    began = time.monotonic(), time.process_time()
    embedded.query(gb.open(folder), FIRST)
    return {
        "seconds": time.monotonic() - began[0],
        "cpu": time.process_time() - began[1],
        "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def in_a_process_of_its_own(folder: Path) -> dict[str, float]:
    """The same, measured where nothing else has been loaded."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cypher", "--open", str(folder)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def values(graph: gb.Graph) -> dict[str, Any]:
    """Values for parameters: what is cited most, who wrote most."""
    cited = graph.cypher("explore/most-cited", limit=2)["id"].tolist()
    authors = graph.cypher(
        "analyse/authors-by-h-index",
        limit=2,
    )["id"].tolist()
    category = graph.cypher("MATCH (c:Category) RETURN c.id AS id ORDER BY id LIMIT 1")["id"][0]
    citing = graph.cypher("explore/papers-citing-a-paper", paper=cited[0], limit=1)["id"][0]
    return {
        "paper": cited[0],
        "citing": citing,
        "cited": cited[0],
        "first": cited[0],
        "second": cited[1],
        "authors": authors,
        "author": authors[0],
        "category": category,
        "words": ["learning"],
        "name": "an",
    }


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--open", type=Path)
    given = parser.parse_args()
    if given.open:
        print(json.dumps(opened(given.open)))
        return
    folder = prepared(given.papers, WHOLE_LISTS)
    graph = gb.open(folder)
    counts = graph.info()
    print(f"{counts['papers']:,} papers, {counts['citations']:,} citations,"
          f" {counts['authors']:,} authors, {counts['authorships']:,} authorships\n")  # fmt: skip
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    print("| first answer | s | of the processor | memory |\n|---|---|---|---|")
    for name in ("from the tables, and kept", "from the cache"):
        found = in_a_process_of_its_own(folder)
        print(f"| {name} | {found['seconds']:.1f} | {found['cpu']:.1f} |"
              f" {found['bytes'] / 1e6:,.0f} MB |")  # fmt: skip
    (kept,) = (folder / ".cache").iterdir()
    print(f"\nThe cache has {kept.stat().st_size / 1e6:,.0f} MB.\n")
    embedded.query(graph, FIRST)
    chosen = values(graph)
    print("| statement | rows | s |\n|---|---|---|")
    for statement in statements():
        if statement.needs:
            continue
        wanted = {each.name: chosen[each.name] for each in statement.parameters
                  if each.name in chosen}  # fmt: skip
        if statement.name == "explore/collaboration-path":
            wanted |= dict(zip(("first", "second"), chosen["authors"], strict=True))
        began = time.monotonic()
        try:
            answer = embedded.query(
                graph, statement.text, statement.filled(wanted), timeout=given.timeout
            )
            rows = f"{len(answer.rows):,}"
        except GraphbuildError as error:
            rows = str(error).partition(";")[0]
        print(f"| `{statement.name}` | {rows} | {time.monotonic() - began:.2f} |", flush=True)


if __name__ == "__main__":
    main()
