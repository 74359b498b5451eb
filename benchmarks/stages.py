"""Single analyses in memory, each in a process of its own: graphbuild's and the peers'.

    python -m benchmarks.stages prepare DIR citations.npz
    python -m benchmarks.stages pagerank igraph DIR citations.npz

A stage is done once for its memory, with whatever it has to import; then on a graph that was just
loaded again, for the time of a first question, and several times more, for that of the next ones.
Prints one JSON object.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson

MIN_COCITATIONS = 3
CALLS = 8
ENOUGH = 3
"""Seconds after which a stage is called no more, once it was called twice."""

Answer = dict[str, Any]
Stage = tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any, Any], Answer]]
"""Load a graph; do the work on it, which is what is measured; say what came out."""


def _matrix(citations: Path) -> Any:  # noqa: ANN401 - SciPy's types say less than they could
    from scipy import sparse  # noqa: PLC0415 - nobody's process holds what others use

    arrays = np.load(citations)
    size = int(arrays["papers"])
    ones = np.ones(len(arrays["cited"]), np.int32)
    return sparse.csr_array((ones, (arrays["citing"], arrays["cited"])), shape=(size, size))


def _ours(folder: Path) -> Any:  # noqa: ANN401 - a Graph
    import graphbuild  # noqa: PLC0415

    graph = graphbuild.open(folder)
    # Peers have all that they need in memory too.
    _ = (graph.index.cited_indptr, graph.index.citing_indptr, graph.table("papers"))
    return graph


def _edges(citations: Path) -> np.ndarray[Any, Any]:
    arrays = np.load(citations)
    return np.column_stack([arrays["citing"], arrays["cited"]]).astype(np.int64)


def _top(scores: Any) -> Answer:  # noqa: ANN401 - any sequence of numbers
    return {"top": np.sort(np.asarray(scores, np.float64))[::-1][:20].tolist()}


def _pagerank_graphbuild(folder: Path, _: Path) -> Stage:
    from graphbuild import analysis  # noqa: PLC0415

    return (
        lambda: _ours(folder),
        analysis.pagerank,
        lambda _graph, frame: _top(frame["pagerank"]),
    )


def _pagerank_igraph(_: Path, citations: Path) -> Stage:
    import igraph  # noqa: PLC0415

    size = int(np.load(citations)["papers"])
    return (
        lambda: igraph.Graph(n=size, edges=_edges(citations), directed=True),
        lambda graph: graph.pagerank(),
        lambda _graph, scores: _top(scores),
    )


def _pagerank_scipy(_: Path, citations: Path) -> Stage:
    from benchmarks.peers.expert import pagerank  # noqa: PLC0415

    return lambda: _matrix(citations), pagerank, lambda _graph, scores: _top(scores)


def _pagerank_networkx(_: Path, citations: Path) -> Stage:
    import networkx  # noqa: PLC0415

    def load() -> networkx.DiGraph[int]:
        graph: networkx.DiGraph[int] = networkx.DiGraph()
        graph.add_nodes_from(range(int(np.load(citations)["papers"])))
        graph.add_edges_from(_edges(citations).tolist())
        return graph

    return (
        load,
        lambda graph: networkx.pagerank(graph, tol=1e-12 / len(graph), max_iter=1_000),
        lambda _graph, scores: _top(list(scores.values())),
    )


def _cocitation_graphbuild(folder: Path, _: Path) -> Stage:
    from graphbuild import analysis  # noqa: PLC0415

    return (
        lambda: _ours(folder),
        lambda graph: analysis.cocitation(graph, min_count=MIN_COCITATIONS),
        lambda _graph, frame: {"pairs": len(frame), "sum": int(frame["count"].sum())},
    )


def _cocitation_scipy(_: Path, citations: Path) -> Stage:
    """The full product, as it stands in textbooks."""

    def pairs(matrix: Any) -> Any:  # noqa: ANN401 - a sparse matrix
        from scipy import sparse  # noqa: PLC0415

        product = sparse.triu(matrix.T @ matrix, k=1)
        product.data[product.data < MIN_COCITATIONS] = 0
        product = product.tocsr()
        product.eliminate_zeros()
        return product

    return (
        lambda: _matrix(citations),
        pairs,
        lambda _graph, product: {"pairs": product.nnz, "sum": int(product.data.sum())},
    )


def _cocitation_blocks(_: Path, citations: Path) -> Stage:
    """The upper triangle in blocks, as the expert has it."""
    from benchmarks.peers.expert import cocitation  # noqa: PLC0415

    return (
        lambda: _matrix(citations),
        cocitation,
        lambda _graph, found: {"pairs": len(found[2]), "sum": int(found[2].sum())},
    )


def _networkx_graphbuild(folder: Path, _: Path) -> Stage:
    return (
        lambda: _ours(folder),
        lambda graph: graph.to_networkx(attributes=False),
        lambda _graph, made: {"nodes": len(made), "edges": made.number_of_edges()},
    )


def _networkx_plain(folder: Path, _: Path) -> Stage:
    """The plainest that there is: ids that are Python strings already, and one call."""
    import networkx  # noqa: PLC0415

    def load() -> tuple[list[str], list[tuple[str, str]]]:
        graph = _ours(folder)
        citations = graph.table("citations")
        pairs = zip(citations["citing"].to_pylist(), citations["cited"].to_pylist(), strict=True)
        return graph.table("papers")["id"].to_pylist(), list(pairs)

    def make(given: tuple[list[str], list[tuple[str, str]]]) -> networkx.DiGraph[str]:
        graph: networkx.DiGraph[str] = networkx.DiGraph()
        graph.add_nodes_from(given[0])
        graph.add_edges_from(given[1])
        return graph

    return load, make, lambda _given, made: {"nodes": len(made), "edges": made.number_of_edges()}


def _networkx_from_tables(folder: Path, _: Path) -> Stage:
    """The same from a graph's tables, so with their strings made into Python's."""
    import networkx  # noqa: PLC0415

    def make(graph: Any) -> networkx.DiGraph[str]:  # noqa: ANN401 - a Graph
        made: networkx.DiGraph[str] = networkx.DiGraph()
        citations = graph.table("citations")
        made.add_nodes_from(graph.table("papers")["id"].to_pylist())
        made.add_edges_from(
            zip(citations["citing"].to_pylist(), citations["cited"].to_pylist(), strict=True)
        )
        return made

    return (
        lambda: _ours(folder),
        make,
        lambda _graph, made: {"nodes": len(made), "edges": made.number_of_edges()},
    )


STAGES: dict[str, dict[str, Callable[[Path, Path], Stage]]] = {
    "pagerank": {
        "graphbuild": _pagerank_graphbuild,
        "igraph": _pagerank_igraph,
        "scipy": _pagerank_scipy,
        "networkx": _pagerank_networkx,
    },
    "cocitation": {
        "graphbuild": _cocitation_graphbuild,
        "scipy": _cocitation_scipy,
        "blocks": _cocitation_blocks,
    },
    "networkx": {
        "graphbuild": _networkx_graphbuild,
        "plain": _networkx_plain,
        "from_tables": _networkx_from_tables,
    },
}


def prepare(folder: Path, citations: Path) -> None:
    """Write a graph's citations as arrays, so that the peers need not load graphbuild."""
    index = _ours(folder).index
    np.savez(citations, papers=index.papers, citing=index.citing, cited=index.cited)


def once(stage: Stage) -> Answer:
    """Do a stage, and say what came out, its times and the memory that it took on top."""
    load, work, answer = stage
    graph = load()
    gc.collect()
    before = _reset_peak()
    result = work(graph)
    extra = None if before is None else _status("VmHWM") - before
    del graph, result
    graph = load()
    times: list[float] = []
    while len(times) < CALLS and (len(times) < 2 or sum(times) < ENOUGH):
        result = None  # the last one's memory is free again
        gc.collect()
        started = time.perf_counter()
        result = work(graph)
        times.append(time.perf_counter() - started)
    return {
        **answer(graph, result),
        "seconds": statistics.median(times[1:]),
        "first_seconds": times[0],
        "extra_bytes": extra,
    }


def _reset_peak() -> int | None:
    """Start a new peak of resident memory, and say what is resident now; None without ``/proc``."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return None
    return _status("VmRSS")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def main(arguments: list[str]) -> None:
    """Prepare, or do one stage."""
    if arguments[0] == "prepare":
        prepare(Path(arguments[1]), Path(arguments[2]))
        return
    stage, who, folder, citations = arguments
    print(orjson.dumps(once(STAGES[stage][who](Path(folder), Path(citations)))).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
