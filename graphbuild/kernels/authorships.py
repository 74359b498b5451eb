"""Which of the mentions that may be one author are: scores of pairs, and clusters of mentions.

The mentions of a block are joined bottom up, the two clusters first whose link is the strongest,
as long as a link is stronger than nothing. A link is what names say, and the mean of what papers
say over all pairs between two clusters (average linkage: the best pair alone makes chains). What is
left then goes to the one cluster to which most of those belong that bear its name, where there is
one and nothing speaks against it. Scores are whole numbers, so that no order of adding changes a
bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    Int32s,
    Int64s,
    NewBytes,
    NewInt32s,
    NewInt64s,
    compiled,
    helper,
)

__all__ = [
    "KINDS",
    "NEVER",
    "cluster",
    "join_all",
    "mark_shared",
    "mark_sharing",
    "name_score",
    "paper_score",
]

Array = np.ndarray[Any, Any]

NEVER = -(1 << 40)
"""The score of mentions that cannot be one author."""

CERTAIN = 1 << 12
"""What an identifier in common says."""

KINDS = 6
"""Kinds of features: co-authors, places, venues, fields, words, papers (written and cited)."""
_PAPERS = 5
_EQUAL, _LONGER, _SAME_INITIALS, _SAME_INITIAL, _INITIALS, _INITIAL = range(6)


@helper
def _relation(
    one: int,
    other: int,
    given: Array,
    tokens: Array,
    letter: Array,
    is_initial: Array,
    whole: Array,
    is_strict: Array,
) -> int:
    """How two given names agree; -1 where they cannot be one person's.

    ``whole`` is equal where names are, but for the blanks in them. Of strict ones (Chinese, Korean)
    every syllable that is spelled out counts: "Xiao" is not "Xiaolian".
    """
    if one == other or whole[one] == whole[other]:
        # The same letters; are they a name that is spelled out?
        first = given[one]
        if first < given[one + 1] and is_initial[tokens[first]]:
            return _SAME_INITIALS if given[one + 1] - first > 1 else _SAME_INITIAL
        return _EQUAL
    here, there = given[one], given[other]
    length = min(given[one + 1] - here, given[other + 1] - there)
    if length == 0:
        return -1
    agreed = 0
    for place in range(length):
        a, b = tokens[here + place], tokens[there + place]
        if a == b or (letter[a] == letter[b] and (is_initial[a] or is_initial[b])):
            agreed += 1
        else:
            return -1
    is_shorter = given[one + 1] - here != given[other + 1] - there
    if is_shorter and (is_strict[one] or is_strict[other]):
        shorter = here if given[one + 1] - here < given[other + 1] - there else there
        if not is_initial[tokens[shorter]]:
            return -1
    if is_initial[tokens[here]] or is_initial[tokens[there]]:
        return _INITIALS if agreed > 1 else _INITIAL
    return _LONGER


@helper
def name_score(
    one: int,
    other: int,
    node: Array,
    orcid: Array,
    own: Array,
    given: Array,
    tokens: Array,
    letter: Array,
    is_initial: Array,
    whole: Array,
    is_strict: Array,
    others: Array,
    stands_for: Array,
    priors: Array,
) -> Any:  # noqa: ANN401 - what numba infers
    """What identifiers and names say of two mentions; ``NEVER`` where they contradict."""
    if orcid[one] >= 0 and orcid[other] >= 0:
        return CERTAIN if orcid[one] == orcid[other] else NEVER
    if own[one] >= 0 and own[other] >= 0:
        return CERTAIN if own[one] == own[other] else NEVER
    a, b = node[one], node[other]
    relation = _relation(a, b, given, tokens, letter, is_initial, whole, is_strict)
    if relation < 0:
        return NEVER
    if relation >= _INITIALS:
        return priors[relation] - max(stands_for[a], stands_for[b])
    return priors[relation] - max(others[a], others[b])


@helper
def paper_score(
    one: int,
    other: int,
    year: Array,
    indptr: Array,
    codes: Array,
    has: Array,
    weights: Array,
    starts: Array,
    caps: Array,
    lacks: Array,
) -> int:
    """What the papers of two mentions say for and against one author; ``NEVER`` if one paper."""
    total = 0
    i, j = indptr[one], indptr[other]
    end_i, end_j = indptr[one + 1], indptr[other + 1]
    for kind in range(KINDS):
        stop = starts[kind + 1]
        shared = 0
        while i < end_i and j < end_j and codes[i] < stop and codes[j] < stop:
            if kind == _PAPERS:
                # Two codes a paper: it was written (even), it is cited (odd).
                key_i, key_j = codes[i] >> 1, codes[j] >> 1
                if key_i < key_j:
                    i += 1
                elif key_i > key_j:
                    j += 1
                else:
                    written_i = written_j = cited_i = cited_j = False
                    weight = weights[codes[i]]
                    while i < end_i and codes[i] >> 1 == key_i:
                        written_i |= codes[i] & 1 == 0
                        cited_i |= codes[i] & 1 == 1
                        i += 1
                    while j < end_j and codes[j] >> 1 == key_i:
                        written_j |= codes[j] & 1 == 0
                        cited_j |= codes[j] & 1 == 1
                        j += 1
                    if written_i and written_j:
                        return NEVER
                    if (written_i and cited_j) or (cited_i and written_j):
                        shared += caps[_PAPERS]
                    elif cited_i and cited_j:
                        shared += weight
            elif codes[i] < codes[j]:
                i += 1
            elif codes[i] > codes[j]:
                j += 1
            else:
                shared += weights[codes[i]]
                i += 1
                j += 1
        while i < end_i and codes[i] < stop:
            i += 1
        while j < end_j and codes[j] < stop:
            j += 1
        if shared > 0:
            total += min(shared, caps[kind])
        elif has[one * KINDS + kind] and has[other * KINDS + kind]:
            total -= lacks[kind]
    if year[one] != 0 and year[other] != 0:
        gap = abs(year[one] - year[other])
        if gap > 25:  # YEARS_APART of identity.evidence
            total -= min(10 * (gap - 25), 400)
    return total


@helper
def _link(total: int, named: int, pairs: int) -> int:
    """The link of two clusters; ``NEVER`` where any two of them cannot be one author."""
    return NEVER if total <= NEVER // 2 else total // pairs + named


@helper
def _merge(
    one: int, other: int, first: int, length: int, label: Array, total: Array, name: Array,
    size: Array,
) -> None:  # fmt: skip
    """Make a cluster a part of another one."""
    size[one] += size[other]
    size[other] = 0
    for i in range(length):
        if label[first + i] == first + other:
            label[first + i] = first + one
    for k in range(length):
        if size[k] and k != one:
            here, there = one * length + k, other * length + k
            total[here] += total[there]
            name[here] = max(name[here], name[there])
            total[k * length + one] = total[here]
            name[k * length + one] = name[here]


@helper
def _look(
    i: int, length: int, total: Array, name: Array, size: Array, nearest: Array, link: Array,
) -> None:  # fmt: skip
    """Find the cluster that has the strongest link to another one."""
    nearest[i] = -1
    link[i] = 0
    for j in range(length):
        if j != i and size[j]:
            at = i * length + j
            found = _link(total[at], name[at], size[i] * size[j])
            if found > link[i]:
                link[i] = found
                nearest[i] = j


@helper
def _give_away(
    first: int, length: int, label: Array, total: Array, name: Array, size: Array,
    prevailing: Array, doubt: int,
) -> None:  # fmt: skip
    """Join small clusters with the one that prevails among all that they may belong to.

    What prevails has more mentions than all others together; the logarithm of the odds takes the
    place of what names say, and what papers say against it must be less.
    """
    for i in range(length):
        prevailing[i] = -1
        if not size[i]:
            continue
        mass, best = 0, -1
        for j in range(length):
            if j != i and size[j] and total[i * length + j] > NEVER // 2:
                mass += size[j]
                if best < 0 or size[j] > size[best]:
                    best = j
        if best < 0 or size[best] <= size[i]:
            continue
        rest = mass - size[best] + size[i]
        odds = int(64.0 * np.log(size[best] / rest)) - doubt
        evidence = total[i * length + best] // (size[i] * size[best])
        if odds + evidence > 0 and odds > 0:
            prevailing[i] = best
    for i in range(length):
        best = prevailing[i]
        if best >= 0 and prevailing[best] < 0 and total[i * length + best] > NEVER // 2:
            _merge(best, i, first, length, label, total, name, size)


@compiled
def cluster(
    bounds: Int64s,
    count: Int32s,
    node: Int32s,
    year: Int32s,
    orcid: Int32s,
    own: Int32s,
    indptr: Int64s,
    codes: Int32s,
    has: Bytes,
    weights: Int32s,
    starts: Int32s,
    given: Int64s,
    tokens: Int32s,
    letter: Int32s,
    is_initial: Bytes,
    whole: Int32s,
    is_strict: Bytes,
    others: Int32s,
    stands_for: Int32s,
    priors: Int32s,
    caps: Int32s,
    lacks: Int32s,
    doubt: int,
    label: NewInt32s,
    total: NewInt64s,
    name: NewInt32s,
    size: NewInt64s,
    nearest: NewInt32s,
    link: NewInt64s,
) -> None:
    """Label the rows of each block by the first row of their cluster.

    ``count`` is how many mentions each row stands for. ``total`` and ``name`` hold at least
    the square of the largest block's size; ``size``, ``nearest`` and ``link`` that size.
    """
    for block in range(len(bounds) - 1):
        first, length = bounds[block], bounds[block + 1] - bounds[block]
        for i in range(length):
            label[first + i] = first + i
            size[i] = count[first + i]
            for j in range(i):
                named = name_score(
                    first + i, first + j, node, orcid, own, given, tokens, letter, is_initial,
                    whole, is_strict, others, stands_for, priors,
                )  # fmt: skip
                score = named
                if named > NEVER:
                    score = paper_score(
                        first + i, first + j, year, indptr, codes, has, weights, starts, caps, lacks
                    )
                at, across = i * length + j, j * length + i
                total[at] = score * (size[i] * size[j])
                total[across] = total[at]
                name[at] = max(named, -(1 << 30))
                name[across] = name[at]
        for i in range(length):
            _look(i, length, total, name, size, nearest, link)
        while True:
            one = -1
            for i in range(length):
                if size[i] and nearest[i] >= 0 and (one < 0 or link[i] > link[one]):
                    one = i
            if one < 0:
                break
            other = nearest[one]
            if other < one:
                one, other = other, one
            _merge(one, other, first, length, label, total, name, size)
            for i in range(length):
                if not size[i]:
                    continue
                if i == one or nearest[i] == one or nearest[i] == other:
                    _look(i, length, total, name, size, nearest, link)
                else:
                    at = i * length + one
                    found = _link(total[at], name[at], size[i] * size[one])
                    if found > link[i]:
                        link[i] = found
                        nearest[i] = one
        _give_away(first, length, label, total, name, size, nearest, doubt)


@compiled
def join_all(one: Int32s, other: Int32s, parent: NewInt32s) -> None:
    """Union-find over pairs; the smaller number is the root. ``parent`` counts up from 0 at first.

    Examples
    --------
    >>> parent = np.arange(4, dtype=np.int32)
    >>> join_all(np.array([1, 3], np.int32), np.array([3, 2], np.int32), parent)
    >>> parent.tolist()
    [0, 1, 1, 1]
    """
    for pair in range(len(one)):
        a, b = one[pair], other[pair]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        parent[max(a, b)] = min(a, b)
    for i in range(len(parent)):
        parent[i] = parent[parent[i]]


@compiled
def mark_shared(
    groups: Int32s, codes: Int32s, seen: NewInt32s, first: NewInt32s, shared: NewBytes
) -> None:
    """Set ``shared`` to 1 where another entry has the same group and code.

    Groups ascend; ``seen`` is -1 for each code, and used up with ``first``; ``shared`` is zeros.

    >>> seen, first = np.full(8, -1, np.int32), np.empty(8, np.int32)
    >>> shared = np.zeros(3, np.uint8)
    >>> groups, codes = np.array([0, 0, 1], np.int32), np.array([7, 7, 7], np.int32)
    >>> mark_shared(groups, codes, seen, first, shared)
    >>> shared.tolist()
    [1, 1, 0]
    """
    for place in range(len(groups)):
        code = codes[place]
        if seen[code] == groups[place]:
            shared[place] = 1
            shared[first[code]] = 1
        else:
            seen[code] = groups[place]
            first[code] = place


@compiled
def mark_sharing(
    bounds: Int64s,
    rows: Int32s,
    begins: Int32s,
    ends: Int32s,
    node: Int32s,
    name: Int32s,
    window: int,
    marked: NewBytes,
    turn: NewInt32s,
    key: NewInt32s,
    owner: NewInt32s,
    entries: NewInt32s,
    hits: NewInt32s,
) -> None:
    """Mark the groups of mentions in which names share a good part of their co-authors.

    That is one in five of those of any name, counted by papers. Where many write together, some
    co-authors in common are met by chance.

    Parameters
    ----------
    bounds
        int64: where each group of ``rows`` begins, and where the last one ends.
    rows, begins, ends
        int32: mentions by group and name, and where the authors of their papers begin and end.
    node, name
        int32: the name of each mention, and what is compared of the names of co-authors.
    window
        How many places before and behind an author count.
    marked
        uint8 by group, zeros.
    turn, key, owner
        int32, zeros: a table of a power of two that is searched; a group that fills it is marked.
    entries, hits
        int32: room for the names of a group; what is beyond is counted with the last one.
    """
    mask = len(turn) - 1
    for group in range(len(marked)):
        held, names, before = 0, 0, -1
        for place in range(bounds[group], bounds[group + 1]):
            row = rows[place]
            if node[row] != before:
                before = node[row]
                if names < len(entries):
                    entries[names] = 0
                    hits[names] = 0
                    names += 1
            for other in range(
                max(begins[place], row - window), min(ends[place], row + window + 1)
            ):
                if other == row or held * 2 > mask:
                    continue
                entries[names - 1] += 1
                wanted = name[node[other]]
                at = (wanted * 40503) & mask
                while turn[at] == group + 1 and key[at] != wanted:
                    at = (at + 1) & mask
                if turn[at] != group + 1:
                    turn[at], key[at], owner[at] = group + 1, wanted, names - 1
                    held += 1
                elif owner[at] != names - 1:
                    hits[names - 1] += 1
                    hits[owner[at]] += 1
        for i in range(names):
            if hits[i] * 5 >= entries[i] and hits[i] > 0:
                marked[group] = 1
        if held * 2 > mask:
            marked[group] = 1
