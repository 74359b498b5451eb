"""What most people write: json, dictionaries, NetworkX and a Counter.

python benchmarks/peers/plain.py papers.jsonl
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx as nx

MIN_COCITATIONS = 3

Sets = dict[str, set[str]]
Pairs = dict[tuple[str, str], int]


def read(path: str) -> tuple[dict[str, dict[str, Any]], Sets, Sets]:
    """Papers and authorships by id, and the set of what each paper cites."""
    papers: dict[str, dict[str, Any]] = {}
    cited_by_paper: Sets = defaultdict(set)
    papers_by_author: Sets = defaultdict(set)
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            paper = record["id"]
            papers.setdefault(
                paper, {name: record[name] for name in ("title", "date", "categories", "authors")}
            )
            cited_by_paper[paper].update(record["references"])
            for author in record["authors"]:
                papers_by_author[author].add(paper)
    for paper, cited in cited_by_paper.items():
        cited.discard(paper)
    return papers, cited_by_paper, papers_by_author


def citation_graph(papers: dict[str, dict[str, Any]], cited_by_paper: Sets) -> nx.DiGraph[str]:
    """Papers with their attributes, and an edge for each citation."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(papers.items())
    for paper, cited in cited_by_paper.items():
        graph.add_edges_from((paper, other) for other in cited)
    return graph


def cocitation(cited_by_paper: Sets) -> Pairs:
    """Pairs of papers by how many papers cite both."""
    pairs: Counter[tuple[str, str]] = Counter()
    for cited in cited_by_paper.values():
        pairs.update(combinations(sorted(cited), 2))
    return {pair: count for pair, count in pairs.items() if count >= MIN_COCITATIONS}


def clusters(pairs: Pairs) -> tuple[int, float]:
    """Louvain on the co-citation network; the modularity of what it finds."""
    network: nx.Graph[str] = nx.Graph()
    network.add_weighted_edges_from((one, other, count) for (one, other), count in pairs.items())
    found = nx.community.louvain_communities(network, seed=0)
    return len(found), nx.community.modularity(network, found)


def main(path: str) -> None:
    """Print the answers, and how long each stage took."""
    stages: dict[str, float] = {}
    started = time.perf_counter()

    def stage(name: str) -> None:
        nonlocal started
        stages[name] = round(time.perf_counter() - started, 4)
        started = time.perf_counter()

    papers, cited_by_paper, papers_by_author = read(path)
    graph = citation_graph(papers, cited_by_paper)
    stage("read")
    # At its default tolerance the scores are far off; this is the sum of the scores' changes
    # divided by the number of papers.
    scores = nx.pagerank(graph, tol=1e-12 / max(len(graph), 1), max_iter=1_000)
    stage("pagerank")
    pairs = cocitation(cited_by_paper)
    stage("cocitation")
    found, modularity = clusters(pairs)
    stage("clusters")
    top = sorted(scores, key=scores.__getitem__, reverse=True)[:20]
    answers = {
        "papers": len(graph),
        "citations": graph.number_of_edges(),
        "authors": len(papers_by_author),
        "pagerank": [[paper, scores[paper]] for paper in top],
        "pairs": len(pairs),
        "clusters": found,
        "modularity": modularity,
        "stages": stages,
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1])
