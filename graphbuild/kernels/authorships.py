"""Which of the mentions that may be one author are: scores of pairs, and clusters of mentions.

The mentions of a block are joined bottom up, the two clusters first whose link is the strongest,
as long as a link is stronger than nothing. A link is half the best score of a pair between two
clusters, half the mean of all: the best one alone makes chains, the mean alone takes people apart
who moved on. Scores are whole numbers, so that no order of adding changes a bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    Int32s,
    Int64s,
    NewInt32s,
    NewInt64s,
    compiled,
    helper,
)

__all__ = ["KINDS", "NEVER", "cluster", "score_pair"]

Array = np.ndarray[Any, Any]

NEVER = -(1 << 40)
"""The score of mentions that cannot be one author."""

KINDS = 6
"""Kinds of features: co-authors, places, venues, fields, words, papers (written and cited)."""
_PAPERS = 5
_EQUAL, _LONGER, _SAME_INITIALS, _SAME_INITIAL, _INITIALS, _INITIAL = range(6)


@helper
def _relation(  # noqa: PLR0911 - one case after the other
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
        if a == b:
            agreed += 1
        elif letter[a] == letter[b] and (is_initial[a] or is_initial[b]):
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
def score_pair(
    one: int,
    other: int,
    node: Array,
    year: Array,
    orcid: Array,
    own: Array,
    indptr: Array,
    codes: Array,
    has: Array,
    weights: Array,
    starts: Array,
    given: Array,
    tokens: Array,
    letter: Array,
    is_initial: Array,
    whole: Array,
    is_strict: Array,
    others: Array,
    priors: Array,
    caps: Array,
    lacks: Array,
) -> int:
    """The evidence that two mentions are one author, for it and against it; ``NEVER`` at worst."""
    if orcid[one] >= 0 and orcid[other] >= 0 and orcid[one] != orcid[other]:
        return NEVER
    known = orcid[one] >= 0 and orcid[one] == orcid[other]
    if not known and own[one] >= 0 and own[other] >= 0:
        if own[one] != own[other]:
            return NEVER
        known = True
    a, b = node[one], node[other]
    relation = _relation(a, b, given, tokens, letter, is_initial, whole, is_strict)
    if relation < 0 and not known:
        return NEVER
    total = 1 << 12 if known else priors[relation] - max(others[a], others[b])
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
        if gap > 25:
            total -= min(10 * (gap - 25), 400)
    return total


@helper
def _link(total: int, most: int, pairs: int, share: int) -> int:
    """The link of two clusters, in units of 1/64 of a score."""
    if total <= NEVER // 2:
        return NEVER
    return share * most + (64 - share) * total // pairs


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
    priors: Int32s,
    caps: Int32s,
    lacks: Int32s,
    share: int,
    label: NewInt32s,
    total: NewInt64s,
    most: NewInt32s,
    size: NewInt64s,
    nearest: NewInt32s,
    link: NewInt64s,
) -> None:
    """Label the mentions of each block by the first mention of their cluster.

    ``total`` and ``most`` hold at least the square of the largest block's size; ``size``,
    ``nearest`` and ``link`` that size.
    """
    for block in range(len(bounds) - 1):
        first, length = bounds[block], bounds[block + 1] - bounds[block]
        for i in range(length):
            label[first + i] = first + i
            size[i] = count[first + i]
            for j in range(i):
                score = score_pair(
                    first + i, first + j, node, year, orcid, own, indptr, codes, has, weights,
                    starts, given, tokens, letter, is_initial, whole, is_strict, others, priors,
                    caps, lacks,
                )  # fmt: skip
                pairs = size[i] * size[j]
                total[i * length + j] = score * pairs
                total[j * length + i] = score * pairs
                most[i * length + j] = max(score, -(1 << 30))
                most[j * length + i] = max(score, -(1 << 30))
        for i in range(length):
            nearest[i] = -1
            link[i] = 0
            for j in range(length):
                if j != i:
                    pairs = size[i] * size[j]
                    found = _link(total[i * length + j], most[i * length + j], pairs, share)
                    if found > link[i]:
                        link[i] = found
                        nearest[i] = j
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
            size[one] += size[other]
            size[other] = 0
            for i in range(length):
                if label[first + i] == first + other:
                    label[first + i] = first + one
            for k in range(length):
                if size[k] and k != one:
                    total[one * length + k] += total[other * length + k]
                    total[k * length + one] = total[one * length + k]
                    both = max(most[one * length + k], most[other * length + k])
                    most[one * length + k] = both
                    most[k * length + one] = both
            for i in range(length):
                if not size[i]:
                    continue
                if i == one or nearest[i] == one or nearest[i] == other:
                    nearest[i] = -1
                    link[i] = 0
                    for j in range(length):
                        if j != i and size[j]:
                            found = _link(
                                total[i * length + j], most[i * length + j], size[i] * size[j],
                                share,
                            )  # fmt: skip
                            if found > link[i]:
                                link[i] = found
                                nearest[i] = j
                else:
                    found = _link(
                        total[i * length + one], most[i * length + one], size[i] * size[one], share
                    )
                    if found > link[i]:
                        link[i] = found
                        nearest[i] = one
