"""What graphbuild's graph and clusters say, in the words of the peers' answers; not measured.

python -m benchmarks.answers DIR
"""

from __future__ import annotations

import sys

import numpy as np
import orjson

import graphbuild
from graphbuild import analysis
from graphbuild.analysis.cocitation import count_pairs

MIN_COCITATIONS = 3


def main(folder: str) -> None:
    """Print counts, and the modularity of the clusters, by its definition (Newman 2004)."""
    graph = graphbuild.open(folder)
    counts = graph.info()
    pairs = count_pairs(graph.index, MIN_COCITATIONS)
    group = analysis.partition(graph, of="cocitation", min_cocitations=MIN_COCITATIONS)
    weights = pairs.count.astype(np.float64)
    within = weights[group[pairs.first] == group[pairs.second]].sum() / weights.sum()
    ends = sum(
        np.bincount(group[end], weights, minlength=int(group.max()) + 1)
        for end in (pairs.first, pairs.second)
    )
    by_chance = np.square(ends / (2 * weights.sum())).sum()
    answers = {
        **{name: counts[name] for name in ("papers", "citations", "authors")},
        "pairs": len(weights),
        "clusters": int(group.max()),
        "modularity": float(within - by_chance),
    }
    print(orjson.dumps(answers).decode())


if __name__ == "__main__":
    main(sys.argv[1])
