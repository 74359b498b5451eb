"""The Leiden algorithm over CSR arrays, needing little memory beyond them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from graphbuild.errors import GraphbuildError
from graphbuild.kernels.compiling import FLOATS, INT32S, INT64S, compiled, readonly, several

__all__ = ["leiden", "symmetric"]

Array = np.ndarray[Any, np.dtype[Any]]

RANDOMNESS = 0.01
"""By how many mean ties a worse choice may fall short of the best to be as good as likely."""
NOTHING = 1e-10
"""Gains of a move below this share of a mean tie are rounding."""
LITTLE = 2e-4
"""Gains of an iteration below this share of all weight are less than another seed makes."""

INDPTR, INDICES = readonly(types.int64), readonly(types.int32)
WEIGHTS = readonly(types.float64)
STATE = types.uint64[::1]


def leiden(
    indptr: Array,
    indices: Array,
    weights: Array,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int = 2,
) -> Array:
    """Find communities of high modularity, each connected.

    An iteration moves nodes to the neighbouring community where they add most, as long as any
    gains by it; then splits each community into well-connected parts by merging its nodes anew,
    with some randomness; makes each part a node; and begins again with these, until nothing moves.
    The next iteration begins with the communities of the last. Communities that fell apart when a
    node left them are split in the end, which only adds to modularity.

    An iteration takes time in proportion to the ties, and memory that of the network between the
    parts, which is smaller than the network.

    Parameters
    ----------
    indptr, indices
        int64 (nodes + 1) and int32 (entries): a symmetric matrix without a diagonal.
    weights
        float64 (others are converted; entries), above 0 and the same in both directions.
    resolution
        What chance is multiplied by; see :func:`graphbuild.analysis.clusters`.
    seed
        The same seed gives the same communities, on every machine.
    iterations
        At most so many; fewer when one adds less than 0.0002 to modularity.

    Returns
    -------
    numpy.ndarray
        int32 (nodes), from 0 in the order of the communities' first nodes. A node without ties is
        a community.

    Raises
    ------
    GraphbuildError
        For a weight that is not finite and above 0.

    References
    ----------
    Traag, Waltman, van Eck (2019), *From Louvain to Leiden: guaranteeing well-connected
    communities*.

    Examples
    --------
    Two triangles with a tie between them:

    >>> indptr, indices, weights = symmetric(
    ...     np.array([0, 0, 1, 2, 3, 3, 4], np.int32), np.array([1, 2, 2, 3, 4, 5, 5], np.int32),
    ...     np.ones(7), 6)
    >>> leiden(indptr, indices, weights).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    size = len(indptr) - 1
    community = np.arange(size, dtype=np.int32)
    if not len(weights):
        return community
    lowest, highest = float(weights.min()), float(weights.max())
    if not (lowest > 0 and highest < np.inf):
        raise GraphbuildError("a tie's weight must be finite and above 0")
    weights = np.ascontiguousarray(weights, np.float64)
    strength = strengths(indptr, weights)
    total = strength.sum()
    state = np.array([seed], np.uint64)
    quality = -np.inf
    for _ in range(iterations):
        community = improve(indptr, indices, weights, strength, community, resolution, state)
        before = quality
        quality = modularity(indptr, indices, weights, strength, community, resolution / total)
        if quality < before + LITTLE:
            break
    return components(indptr, indices, community)


def improve(
    indptr: Array,
    indices: Array,
    weights: Array,
    strength: Array,
    community: Array,
    resolution: float,
    state: Array,
) -> Array:
    """One iteration, beginning with the given communities."""
    total = strength.sum()
    chance = resolution / total
    tie = total / len(weights)
    size = len(strength)
    top = np.arange(size, dtype=np.int32)  # each node's node at the present level
    level = community.copy()
    while True:
        order = shuffled(len(strength), state)
        move(indptr, indices, weights, strength, level, order, chance, NOTHING * tie)
        count = renumber(level)
        if count == len(strength):
            break
        order = shuffled(len(strength), state)
        part = refine(
            indptr, indices, weights, strength, level, order, chance, RANDOMNESS * tie, state
        )
        parts = renumber(part)
        if parts == len(strength):
            break
        indptr, indices, weights = aggregate(indptr, indices, weights, part, parts)
        strength = np.bincount(part, weights=strength, minlength=parts)
        smaller = np.empty(parts, np.int32)
        smaller[part] = level
        level = smaller
        top = part[top]
    return level[top]


def aggregate(
    indptr: Array, indices: Array, weights: Array, part: Array, parts: int
) -> tuple[Array, Array, Array]:
    """The network between parts, as CSR without a diagonal, in float64."""
    begins = np.zeros(parts + 1, np.int64)
    np.cumsum(np.bincount(part, minlength=parts), out=begins[1:])
    grouped = group(part, begins)
    toward = np.zeros(parts)
    met = np.empty(parts + 1, np.int32)
    new_indptr = np.zeros(parts + 1, np.int64)
    room = max(len(indices) // 8, parts)
    new_indices, new_weights = np.empty(room, np.int32), np.empty(room)
    row = 0
    while True:
        row = merge_rows(
            indptr,
            indices,
            weights,
            part,
            begins,
            grouped,
            row,
            toward,
            met,
            new_indptr,
            new_indices,
            new_weights,
        )
        if row == parts:
            break
        room = max(room + room // 4, int(new_indptr[row]) + parts)
        new_indices.resize(room, refcheck=False)
        new_weights.resize(room, refcheck=False)
    new_indices.resize(new_indptr[-1], refcheck=False)
    new_weights.resize(new_indptr[-1], refcheck=False)
    return new_indptr, new_indices, new_weights


@compiled(FLOATS(INDPTR, WEIGHTS))
def strengths(indptr: Array, weights: Array) -> Array:
    """The sum of each node's ties."""
    sums = np.zeros(len(indptr) - 1)
    for node in range(len(sums)):
        for entry in range(indptr[node], indptr[node + 1]):
            sums[node] += weights[entry]
    return sums


@compiled(types.float64(INDPTR, INDICES, WEIGHTS, FLOATS, INT32S, types.float64))
def modularity(
    indptr: Array,
    indices: Array,
    weights: Array,
    strength: Array,
    community: Array,
    chance: float,
) -> float:
    """The share of weight inside communities beyond ``chance`` (resolution / total strength)."""
    size = len(strength)
    sums = np.zeros(size)
    inside = 0.0
    total = 0.0
    for node in range(size):
        sums[community[node]] += strength[node]
        total += strength[node]
        for entry in range(indptr[node], indptr[node + 1]):
            if community[indices[entry]] == community[node]:
                inside += weights[entry]
    for node in range(size):
        inside -= chance * sums[node] * sums[node]
    return inside / total


@compiled(types.uint64(STATE))
def random(state: Array) -> Any:  # noqa: ANN401 - a NumPy integer to numba, and nobody else calls it
    """The next number of splitmix64 (Steele, Lea, Flood 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled(INT32S(types.int64, STATE))
def shuffled(size: int, state: Array) -> Array:
    """0 to ``size - 1`` in random order."""
    order = np.empty(size, np.int32)
    for place in range(size):
        order[place] = place
    for place in range(size - 1, 0, -1):
        # The bias of a remainder of 64 bits is nothing.
        other = np.int64(random(state) % np.uint64(place + 1))
        order[place], order[other] = order[other], order[place]
    return order


@compiled(types.int64(INT32S))
def renumber(labels: Array) -> int:
    """Number labels (0 to size - 1) from 0 by first occurrence, in place; returns how many."""
    number = np.full(len(labels), -1, np.int32)
    count = 0
    for node in range(len(labels)):
        label = labels[node]
        if number[label] < 0:
            number[label] = count
            count += 1
        labels[node] = number[label]
    return count


@compiled(INT32S(INT32S, INT64S))
def group(labels: Array, begins: Array) -> Array:
    """Nodes by label, where each label's nodes begin at ``begins``."""
    place = begins[:-1].copy()
    grouped = np.empty(len(labels), np.int32)
    for node in range(len(labels)):
        grouped[place[labels[node]]] = node
        place[labels[node]] += 1
    return grouped


@compiled(
    types.void(INDPTR, INDICES, WEIGHTS, FLOATS, INT32S, INT32S, types.float64, types.float64)
)
def move(  # noqa: PLR0915 - the hottest loop: a call for each node would show
    indptr: Array,
    indices: Array,
    weights: Array,
    strength: Array,
    community: Array,
    queue: Array,
    chance: float,
    nothing: float,
) -> None:
    """Move each node to where it adds most, until none gains; who lost a neighbour is asked again.

    ``queue`` holds every node once, in the order of their first turn, and is used up.
    """
    size = len(strength)
    sums = np.zeros(size)
    members = np.zeros(size, np.int32)
    for node in range(size):
        sums[community[node]] += strength[node]
        members[community[node]] += 1
    empty = np.empty(size, np.int32)
    empties = 0
    for label in range(size):
        if members[label] == 0:
            empty[empties] = label
            empties += 1
    waiting = np.ones(size, np.bool_)
    toward = np.zeros(size)
    met = np.empty(size + 1, np.int32)
    head = 0
    asked = size
    while asked > 0:
        node = queue[head]
        head = head + 1 if head + 1 < size else 0
        asked -= 1
        waiting[node] = False
        own = community[node]
        begin, end = indptr[node], indptr[node + 1]
        many = 0
        for entry in range(begin, end):
            label = community[indices[entry]]
            weight = toward[label]
            # A branch would be mispredicted; a store that is overwritten costs nothing.
            met[many] = label
            many += weight == 0.0
            toward[label] = weight + weights[entry]
        expected = chance * strength[node]
        sums[own] -= strength[node]
        best = own
        gain = toward[own] - expected * sums[own] + nothing
        for place in range(many):
            label = met[place]
            other = toward[label] - expected * sums[label]
            toward[label] = 0.0
            if other > gain:
                best = label
                gain = other
        if gain < 0.0 and members[own] > 1:
            empties -= 1
            best = empty[empties]
        sums[best] += strength[node]
        if best == own:
            continue
        community[node] = best
        members[own] -= 1
        members[best] += 1
        if members[own] == 0:
            empty[empties] = own
            empties += 1
        for entry in range(begin, end):
            neighbour = indices[entry]
            if not waiting[neighbour] and community[neighbour] != best:
                waiting[neighbour] = True
                tail = head + asked
                queue[tail if tail < size else tail - size] = neighbour
                asked += 1


@compiled(
    INT32S(
        INDPTR,
        INDICES,
        WEIGHTS,
        FLOATS,
        INT32S,
        INT32S,
        types.float64,
        types.float64,
        STATE,
    )
)
def refine(
    indptr: Array,
    indices: Array,
    weights: Array,
    strength: Array,
    community: Array,
    order: Array,
    chance: float,
    randomness: float,
    state: Array,
) -> Array:
    """Merge the nodes of each community anew, into parts that are well connected within it.

    A node that is still alone joins a part of its community with a probability that grows with
    the gain, among parts that don't lose by it; nodes and parts without enough ties to the rest of
    their community stay what they are.
    """
    size = len(strength)
    sums = np.zeros(size)
    outward = np.zeros(size)  # ties of a part to the rest of its community
    for node in range(size):
        sums[community[node]] += strength[node]
        for entry in range(indptr[node], indptr[node + 1]):
            if community[indices[entry]] == community[node]:
                outward[node] += weights[entry]
    part = np.empty(size, np.int32)
    for node in range(size):
        part[node] = node
    part_sums = strength.copy()
    alone = np.ones(size, np.bool_)
    toward = np.zeros(size)
    met = np.empty(size + 1, np.int32)
    gains = np.empty(size + 1)
    for node in order:
        whole = sums[community[node]]
        expected = chance * strength[node]
        if not alone[node] or outward[node] < expected * (whole - strength[node]):
            continue
        many = 0
        for entry in range(indptr[node], indptr[node + 1]):
            neighbour = indices[entry]
            if community[neighbour] == community[node]:
                label = part[neighbour]
                met[many] = label
                many += toward[label] == 0.0
                toward[label] += weights[entry]
        best = 0.0
        candidates = 0
        for place in range(many):
            label = met[place]
            gain = toward[label] - expected * part_sums[label]
            if gain >= 0.0 and outward[label] >= chance * part_sums[label] * (
                whole - part_sums[label]
            ):
                met[candidates], met[place] = label, met[candidates]
                gains[candidates] = gain
                candidates += 1
                best = max(best, gain)
        chances = np.exp(-best / randomness)  # of staying alone
        for place in range(candidates):
            gains[place] = np.exp((gains[place] - best) / randomness)
            chances += gains[place]
        drawn = np.float64(random(state) >> np.uint64(11)) * 2.0**-53 * chances
        chosen = node
        for place in range(candidates):
            drawn -= gains[place]
            if drawn < 0.0:
                chosen = met[place]
                break
        if chosen != node:
            part[node] = chosen
            part_sums[chosen] += strength[node]
            outward[chosen] += outward[node] - 2.0 * toward[chosen]
            alone[chosen] = False
        for place in range(many):
            toward[met[place]] = 0.0
    return part


@compiled(
    types.int64(
        INDPTR,
        INDICES,
        WEIGHTS,
        INT32S,
        INT64S,
        INT32S,
        types.int64,
        FLOATS,
        INT32S,
        INT64S,
        INT32S,
        FLOATS,
    )
)
def merge_rows(
    indptr: Array,
    indices: Array,
    weights: Array,
    part: Array,
    begins: Array,
    grouped: Array,
    row: int,
    toward: Array,
    met: Array,
    new_indptr: Array,
    new_indices: Array,
    new_weights: Array,
) -> int:
    """Add up the ties of parts from ``row`` on, until there is no room for the next one's."""
    while row < len(begins) - 1:
        many = 0
        for place in range(begins[row], begins[row + 1]):
            node = grouped[place]
            for entry in range(indptr[node], indptr[node + 1]):
                label = part[indices[entry]]
                weight = toward[label]
                met[many] = label
                many += weight == 0.0
                toward[label] = weight + weights[entry]
        fits = new_indptr[row] + many <= len(new_indices)
        filled = new_indptr[row]
        for place in range(many):
            label = met[place]
            if fits and label != row:
                new_indices[filled] = label
                new_weights[filled] = toward[label]
                filled += 1
            toward[label] = 0.0
        if not fits:
            break
        row += 1
        new_indptr[row] = filled
    return row


@compiled(INT32S(INDPTR, INDICES, INT32S))
def components(indptr: Array, indices: Array, community: Array) -> Array:
    """Split communities into their connected components, numbered by first node."""
    size = len(community)
    component = np.full(size, -1, np.int32)
    reached = np.empty(size, np.int32)
    count = 0
    for root in range(size):
        if component[root] >= 0:
            continue
        component[root] = count
        reached[0] = root
        left = 1
        while left > 0:
            left -= 1
            node = reached[left]
            for entry in range(indptr[node], indptr[node + 1]):
                neighbour = indices[entry]
                if component[neighbour] < 0 and community[neighbour] == community[node]:
                    component[neighbour] = count
                    reached[left] = neighbour
                    left += 1
        count += 1
    return component


@compiled(several(INT64S, INT32S, FLOATS)(INDICES, INDICES, WEIGHTS, types.int64))
def symmetric(first: Array, second: Array, weights: Array, size: int) -> tuple[Array, Array, Array]:
    """CSR of both triangles of a symmetric matrix from the pairs of the upper one.

    Where pairs are ascending by first, then second, rows are ascending too.

    >>> pair = np.array([0], np.int32), np.array([2], np.int32), np.array([5.0])
    >>> [part.tolist() for part in symmetric(*pair, 3)]
    [[0, 1, 1, 2], [2, 0], [5.0, 5.0]]
    """
    indptr = np.zeros(size + 1, np.int64)
    above = np.zeros(size, np.int64)  # where an entry right of the diagonal goes
    for pair in range(len(first)):
        indptr[first[pair] + 1] += 1
        indptr[second[pair] + 1] += 1
        above[second[pair]] += 1
    below = np.empty(size, np.int64)
    for node in range(size):
        indptr[node + 1] += indptr[node]
        below[node] = indptr[node]
        above[node] += indptr[node]
    indices = np.empty(2 * len(first), np.int32)
    data = np.empty(2 * len(first))
    for pair in range(len(first)):
        one, other = first[pair], second[pair]
        indices[above[one]] = other
        data[above[one]] = weights[pair]
        above[one] += 1
        indices[below[other]] = one
        data[below[other]] = weights[pair]
        below[other] += 1
    return indptr, indices, data
