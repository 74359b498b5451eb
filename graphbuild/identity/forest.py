"""Union-find over numbers: what has been joined, directly or through others."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Forest"]

Ints = np.ndarray[Any, np.dtype[np.int32]]


class Forest:
    """Union-find; the smaller number is the root."""

    def __init__(self, size: int) -> None:
        self.parent = np.arange(size, dtype=np.int32)

    def find(self, node: int) -> int:
        parent = self.parent
        while (above := int(parent[node])) != node:
            parent[node] = parent[above]
            node = above
        return node

    def union(self, one: int, other: int) -> int:
        one, other = self.find(one), self.find(other)
        if one > other:
            one, other = other, one
        self.parent[other] = one
        return one

    def roots(self) -> Ints:
        """The root of every node, by halving all paths at once; what is joined later is not in it.

        >>> forest = Forest(3)
        >>> before, _ = forest.roots(), forest.union(0, 1)
        >>> before.tolist(), forest.roots().tolist()
        ([0, 1, 2], [0, 0, 2])
        """
        roots = self.parent
        while not np.array_equal(above := roots[roots], roots):
            roots = above
        return above
