"""Graphs as arrays, for the tests of kernels."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from tests.analysis.graphs import graphs


def csr(size: int, edges) -> tuple[np.ndarray, np.ndarray]:
    """The papers that each paper cites, ascending."""
    citing = np.array([citing for citing, _ in edges], np.int64)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(citing, minlength=size))])
    return indptr, np.array([cited for _, cited in sorted(edges)], np.int32)


@st.composite
def networks(draw, largest: int = 14):
    """(size, first, second, weights): undirected, with isolated nodes, weights from 0.25 to 9."""
    size, edges = draw(graphs(largest))
    pairs = sorted({(min(pair), max(pair)) for pair in edges if pair[0] != pair[1]})
    weight = st.integers(1, 36).map(lambda quarters: quarters / 4)
    weights = draw(st.lists(weight, min_size=len(pairs), max_size=len(pairs)))
    first = np.array([one for one, _ in pairs], np.int32)
    second = np.array([other for _, other in pairs], np.int32)
    return size, first, second, np.array(weights, np.float64)
