"""What an expert writes with the fastest general libraries: orjson, NumPy, SciPy, igraph.

    python benchmarks/peers/expert.py papers.jsonl

One pass over the file with integers instead of strings as early as possible, sparse matrices for
PageRank and co-citation, compiled Leiden for the clusters.
"""

from __future__ import annotations

import itertools
import sys
import time
from array import array
from collections import defaultdict
from pathlib import Path
from typing import Any

import igraph
import numpy as np
import orjson
from scipy import sparse

MIN_COCITATIONS = 3
BLOCKS = 24

Integers = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Matrix = Any
"""A SciPy CSR array: what each paper cites."""


def counter() -> defaultdict[str, int]:
    """A dictionary that numbers what it is asked for, in order of appearance."""
    return defaultdict(itertools.count().__next__)


def read(path: str) -> tuple[list[str], Matrix, dict[str, Any]]:
    """Tables of papers, authors and authorships, and the citations as a CSR matrix."""
    papers, authors = counter(), counter()
    titles: dict[int, str] = {}
    dates: dict[int, str] = {}
    categories: dict[int, list[str]] = {}
    citing_papers, list_lengths, cited = array("i"), array("i"), array("i")
    wrote, written = array("i"), array("i")
    with Path(path).open("rb") as file:
        for line in file:
            record = orjson.loads(line)
            paper = papers[record["id"]]
            references = record["references"]
            citing_papers.append(paper)
            list_lengths.append(len(references))
            cited.extend(map(papers.__getitem__, references))
            if paper in titles:
                continue
            titles[paper] = record["title"]
            dates[paper] = record["date"]
            categories[paper] = record["categories"]
            names = record["authors"]
            wrote.extend(map(authors.__getitem__, names))
            written.extend([paper] * len(names))
    citing = np.repeat(np.frombuffer(citing_papers, np.int32), list_lengths)
    targets = np.frombuffer(cited, np.int32)
    elsewhere = citing != targets
    citing, targets = citing[elsewhere], targets[elsewhere]
    size = len(papers)
    matrix = sparse.csr_array(
        (np.ones(len(targets), np.int32), (citing, targets)), shape=(size, size)
    )
    matrix.data[:] = 1  # what two records of a paper both list was added up
    tables = {
        "papers": (titles, dates, categories),
        "authors": authors,
        "authorships": (np.frombuffer(wrote, np.int32), np.frombuffer(written, np.int32)),
    }
    return list(papers), matrix, tables


def pagerank(matrix: Matrix, damping: float = 0.85, tolerance: float = 1e-12) -> Floats:
    """Power iteration on the transposed matrix; dangling papers spread evenly."""
    size = matrix.shape[0]
    outgoing = np.diff(matrix.indptr)
    dangling = outgoing == 0
    share = damping / np.maximum(outgoing, 1)
    follow = matrix.T.tocsr().astype(np.float64)
    scores: Floats = np.full(size, 1 / size)
    for _ in range(1_000):
        restart = (1 - damping + damping * scores[dangling].sum()) / size
        update: Floats = follow @ (scores * share) + restart
        change = np.abs(update - scores).sum()
        scores = update
        if change < tolerance:
            return scores
    raise RuntimeError("PageRank has not converged")


def cocitation(
    matrix: Matrix, minimum: int = MIN_COCITATIONS
) -> tuple[Integers, Integers, Integers]:
    """Pairs that enough papers cite together: the upper triangle of AᵀA, in blocks of rows."""
    times_cited = np.bincount(matrix.indices, minlength=matrix.shape[1])
    often = np.flatnonzero(times_cited >= minimum)
    matrix = matrix[:, often]
    transposed = matrix.T.tocsr()
    columns_from = matrix.tocsc()
    work = np.cumsum(transposed @ np.diff(matrix.indptr))
    ends = np.searchsorted(work, np.linspace(0, work[-1], BLOCKS + 1)[1:], side="left") + 1
    begin = 0
    found: list[tuple[Integers, Integers, Integers]] = []
    for end in ends.tolist():
        if end <= begin:
            continue
        block = transposed[begin:end] @ columns_from[:, begin:].tocsr()
        enough = block.data >= minimum
        rows = np.repeat(np.arange(end - begin, dtype=np.int32), np.diff(block.indptr))[enough]
        columns, counts = block.indices[enough], block.data[enough]
        upper = columns > rows
        found.append((often[rows[upper] + begin], often[columns[upper] + begin], counts[upper]))
        begin = end
    first, second, counts = (np.concatenate(part) for part in zip(*found, strict=True))
    return first, second, counts


def clusters(first: Integers, second: Integers, counts: Integers) -> tuple[int, float]:
    """Leiden on the co-citation network; the modularity of what it finds."""
    in_network = np.zeros(max(int(first.max()), int(second.max())) + 1, bool)
    in_network[first] = in_network[second] = True
    node = np.cumsum(in_network) - 1
    # igraph is twice as fast with pairs that it iterates over as with an array of them.
    edges = zip(node[first].data, node[second].data, strict=True)
    network = igraph.Graph(n=int(node[-1]) + 1, edges=edges)
    weights = counts.tolist()
    found = network.community_leiden("modularity", weights=weights, n_iterations=2)
    return len(found), network.modularity(found.membership, weights=weights)


def main(path: str) -> None:
    """Print the answers, and how long each stage took."""
    stages: dict[str, float] = {}
    started = time.perf_counter()

    def stage(name: str) -> None:
        nonlocal started
        stages[name] = round(time.perf_counter() - started, 4)
        started = time.perf_counter()

    ids, matrix, tables = read(path)
    stage("read")
    scores = pagerank(matrix)
    stage("pagerank")
    first, second, counts = cocitation(matrix)
    stage("cocitation")
    found, modularity = clusters(first, second, counts)
    stage("clusters")
    top = np.argsort(-scores, kind="stable")[:20]
    answers = {
        "papers": len(ids),
        "citations": matrix.nnz,
        "authors": len(tables["authors"]),
        "pagerank": [[ids[paper], float(scores[paper])] for paper in top],
        "pairs": len(counts),
        "clusters": found,
        "modularity": modularity,
        "stages": stages,
    }
    print(orjson.dumps(answers).decode())


if __name__ == "__main__":
    main(sys.argv[1])
