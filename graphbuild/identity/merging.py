"""Would-be papers into papers, the surest pairs first, each judged as a whole before it grows.

This is average linkage on a sparse graph (Sokal and Michener 1958; in identity resolution for
instance Saeedi and others 2017): two groups are as alike as all compared pairs between them are on
average, so that a chain of pairs, each of which would do alone, makes no monster.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Pairs", "joined"]

Array = np.ndarray[Any, Any]

EQUALLY = 0.05
"""Scores that are nearer than this are equally good."""
_OBJECTION = 4.0
"""Two entries of a list that has each paper once object so many times as much to be one.

Otherwise mentions that say little, and so could be either of two papers, would join the two.
"""
_IMPOSSIBLE = 100.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Compared pairs of nodes, ``one < other``, each once; a score above 0 speaks for one paper.

    Nodes are numbered by their content, since numbers decide where scores are equal.
    """

    one: Array
    other: Array
    score: Array

    def __len__(self) -> int:
        return len(self.one)

    @staticmethod
    def best(one: Array, other: Array, score: Array) -> Pairs:
        """Of pairs that come several times the one with the highest score."""
        low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
        both = low << 32 | high
        order = np.lexsort((-score, both))
        order = order[np.diff(both[order], prepend=-1) != 0]
        return Pairs(low[order].astype(np.int32), high[order].astype(np.int32), score[order])


def joined(
    pairs: Pairs, kinds: Array, lists: Array, tidy: Array, apart: Mapping[int, Set[int]]
) -> list[tuple[int, int]]:
    """Pairs of nodes to join, in the order in which they are joined.

    Parameters
    ----------
    kinds
        int64 of each node: bits for kinds of identifiers of which a group may have one.
    lists
        int64 of each node: a list of which a group may have one node, -1 for none.
    tidy
        int64 of each node: a list that has each paper once, as far as one sees; -1 for none.
    apart
        Nodes that a person has told apart.
    """
    one, other = pairs.one, pairs.other
    undecided = _is_undecided(pairs, kinds, lists)
    score = np.where(undecided, np.minimum(pairs.score, -EQUALLY), pairs.score)
    contradict = (kinds[one] & kinds[other]) != 0
    contradict |= (lists[one] == lists[other]) & (lists[one] >= 0)
    score = np.where(contradict, -_IMPOSSIBLE, score)
    same_list = (tidy[one] == tidy[other]) & (tidy[one] >= 0)
    score = np.where(same_list & (score < 0), _OBJECTION * score, score)
    for_it = score > 0
    degree = np.bincount(np.append(one[for_it], other[for_it]), minlength=len(kinds))
    lonely = for_it & (degree[one] == 1) & (degree[other] == 1)
    found = [
        (a, b)
        for a, b in zip(one[lonely].tolist(), other[lonely].tolist(), strict=True)
        if b not in apart.get(a, ())
    ]
    concerned = degree > 0
    concerned[one[lonely]] = concerned[other[lonely]] = False
    rest = concerned[one] & concerned[other]
    groups = _Groups(Pairs(one[rest], other[rest], score[rest]), kinds, lists, apart)
    return found + groups.joined()


def _is_undecided(pairs: Pairs, kinds: Array, lists: Array) -> Array:
    """Pairs of which one side agrees equally well with two others that contradict each other."""
    undecided = np.zeros(len(pairs), bool)
    for_it = np.flatnonzero(pairs.score > 0)
    side = np.concatenate([pairs.one[for_it], pairs.other[for_it]])
    far = np.concatenate([pairs.other[for_it], pairs.one[for_it]])
    pair = np.concatenate([for_it] * 2)
    held = (kinds[far] != 0) | (lists[far] >= 0)
    side, far, pair = side[held], far[held], pair[held]
    if not len(pair):
        return undecided
    score = pairs.score[pair]
    order = np.lexsort((-score, side))
    side, far, pair, score = side[order], far[order], pair[order], score[order]
    begins = np.flatnonzero(np.diff(side, prepend=-1))
    best = np.repeat(score[begins], np.diff(np.append(begins, len(side))))
    top = score > best - EQUALLY
    side, far, pair = side[top], far[top], pair[top]
    begins = np.flatnonzero(np.diff(side, prepend=-1))
    ends = np.append(begins[1:], len(side))
    several = ends - begins > 1
    for first, last in zip(begins[several].tolist(), ends[several].tolist(), strict=True):
        seen, lists_seen = 0, set[int]()
        for kind, number in zip(
            kinds[far[first:last]].tolist(), lists[far[first:last]].tolist(), strict=True
        ):
            if seen & kind or number in lists_seen:
                undecided[pair[first:last]] = True
                break
            seen |= kind
            if number >= 0:
                lists_seen.add(number)
    return undecided


class _Groups:
    """Groups of nodes, each of the number of its first node, and how alike they are."""

    def __init__(
        self, pairs: Pairs, kinds: Array, lists: Array, apart: Mapping[int, Set[int]]
    ) -> None:
        self.near: dict[int, dict[int, tuple[float, int]]] = {}
        for a, b, value in zip(
            pairs.one.tolist(), pairs.other.tolist(), pairs.score.tolist(), strict=True
        ):
            self.near.setdefault(a, {})[b] = self.near.setdefault(b, {})[a] = (value, 1)
        self.kinds = {node: int(kinds[node]) for node in self.near}
        self.lists = {node: {int(lists[node])} - {-1} for node in self.near}
        self.apart = {node: set(apart.get(node, ())) for node in self.near}
        self.members = {node: {node} for node in self.near}

    def joined(self) -> list[tuple[int, int]]:
        heap = [
            (-total, a, b)
            for a, others in self.near.items()
            for b, (total, _) in others.items()
            if a < b and total > 0
        ]
        heapq.heapify(heap)
        made: list[tuple[int, int]] = []
        while heap:
            value, a, b = heapq.heappop(heap)
            found = self.near.get(a, {}).get(b)
            if found is None or -value != found[0] / found[1]:
                continue
            if self._contradict(a, b):
                del self.near[a][b], self.near[b][a]
                continue
            made.append((a, b))
            for changed in self._join(a, b):
                total, count = self.near[a][changed]
                if total > 0:
                    low, high = min(a, changed), max(a, changed)
                    heapq.heappush(heap, (-(total / count), low, high))
        return made

    def _contradict(self, a: int, b: int) -> bool:
        return bool(
            self.kinds[a] & self.kinds[b]
            or self.lists[a] & self.lists[b]
            or self.apart[a] & self.members[b]
        )

    def _join(self, a: int, b: int) -> list[int]:
        """Make one group of two, of the number ``a``; the groups near it whose mean is another."""
        mine, theirs = self.near[a], self.near.pop(b)
        del mine[b], theirs[a]
        for far, (total, count) in theirs.items():
            before = mine.get(far, (0.0, 0))
            mine[far] = self.near[far][a] = (total + before[0], count + before[1])
            del self.near[far][b]
        self.kinds[a] |= self.kinds.pop(b)
        self.lists[a] |= self.lists.pop(b)
        self.apart[a] |= self.apart.pop(b)
        self.members[a] |= self.members.pop(b)
        return list(theirs)
