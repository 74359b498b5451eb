"""PageRank beside igraph's where papers are numbered in any order, and where there are cycles.

    python -m benchmarks.stages prepare DIR citations.npz
    python -m benchmarks.orders citations.npz [--repeats 5]

Both take turns on the same graph in memory; figures are the least CPU time of each. The order in
which papers take their turns is found once for a graph: "first" finds it, "again" has it. Exits
with 1 when a score differs by 1e-9 or more.
"""

from __future__ import annotations

import argparse
import functools
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import igraph
import numpy as np

from graphbuild.kernels.pagerank import visits
from graphbuild.tables import CitationIndex

Array = np.ndarray[Any, np.dtype[Any]]


def variants(size: int, citing: Array, cited: Array) -> Iterator[tuple[str, CitationIndex]]:
    """The graph as it is; shuffled; with one citation in a hundred turned; with more, at random."""
    generator = np.random.default_rng(0)
    place = generator.permutation(size)
    turned = generator.random(len(citing)) < 0.01
    one, other = np.where(turned, cited, citing), np.where(turned, citing, cited)
    extra = generator.integers(0, size, (2, len(citing) // 100))
    yield "as it is", _index(size, citing, cited)
    yield "shuffled", _index(size, place[citing], place[cited])
    yield "1% turned", _index(size, one, other)
    yield "1% turned, shuffled", _index(size, place[one], place[other])
    more = np.append(place[citing], extra[0]), np.append(place[cited], extra[1])
    yield "1% more, shuffled", _index(size, *more)


def _index(size: int, citing: Array, cited: Array) -> CitationIndex:
    keys = np.unique((citing.astype(np.int64) * size + cited)[citing != cited])
    return CitationIndex(size, (keys // size).astype(np.int32), (keys % size).astype(np.int32))


def _least(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    times = []
    for _ in range(repeats):
        started = time.process_time()
        found = work()
        times.append(time.process_time() - started)
    return min(times), found


def main() -> int:
    """Print the table; say whether all answers agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("citations")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    arrays = np.load(options.citations)
    size = int(arrays["papers"])
    agree = True
    print("| order | igraph, ms | first, ms | ratio | again, ms | ratio | largest difference |")
    print("|---|---|---|---|---|---|---|")
    for name, index in variants(size, arrays["citing"], arrays["cited"]):
        pairs = np.column_stack([index.citing, index.cited]).astype(np.int64)
        graph = igraph.Graph(n=size, edges=pairs, directed=True)
        rows, start = (index.cited_indptr, index.cited_indices), np.full(size, 1 / size)
        solve = functools.partial(
            visits, *rows, start, damping=0.85, tolerance=1e-12, max_iterations=1000
        )
        theirs, expected = _least(graph.pagerank, options.repeats)
        first, (found, _, order) = _least(solve, options.repeats)
        again, _ = _least(functools.partial(solve, order=order), options.repeats)
        difference = float(np.abs(found - expected).max())
        agree &= difference < 1e-9
        print(
            f"| {name} | {theirs * 1e3:.1f} | {first * 1e3:.1f} | {theirs / first:.1f} |"
            f" {again * 1e3:.1f} | {theirs / again:.1f} | {difference:.0e} |"
        )
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
