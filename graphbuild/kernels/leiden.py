"""The Leiden algorithm over CSR arrays, needing little memory beyond them."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from graphbuild.errors import GraphbuildError
from graphbuild.kernels import beside
from graphbuild.kernels.compiling import (
    Floats,
    Int32s,
    Int64s,
    NewBytes,
    NewFloats,
    NewInt32s,
    NewInt64s,
    NewSingles,
    NewUInt64s,
    Singles,
    Unsigned,
    compiled,
    prefetch,
)

__all__ = ["leiden", "symmetric"]

RANDOMNESS = 0.01
"""By how many mean ties a worse choice may fall short of the best to be as good as likely."""
NOTHING = 1e-10
"""Gains of a move below this share of a mean tie are rounding."""
LITTLE = 2e-4
"""What an iteration's first moves must add to modularity; another seed makes more than less."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""What splitmix64 adds from one number to the next."""
PIECE = 8
"""Nodes that keep their order when all are shuffled."""
LARGE = 200_000
"""Entries from which on what can be is done side by side."""
AHEAD = 4
"""How many nodes ahead of its turn a node's ties are fetched from memory."""


def leiden(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles | Floats,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int = 2,
) -> Int32s:
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
        float32 (others are converted; entries), above 0 and the same in both directions.
    resolution
        What chance is multiplied by; see :func:`graphbuild.analysis.clusters`.
    seed
        The same seed gives the same communities, on every machine.
    iterations
        At most so many; one whose first moves add less than 0.0002 to modularity is the last.

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
    with np.errstate(over="ignore"):
        ties: Singles = np.ascontiguousarray(weights, np.float32)
    strength = strengths(indptr, ties)
    state = np.array([seed], np.uint64)
    for iteration in range(iterations):
        least = LITTLE if iteration else 0.0
        community, is_settled = improve(
            indptr, indices, ties, strength, community, resolution, least, state
        )
        if is_settled:
            break
    return components(indptr, indices, community)


def improve(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    strength: Floats,
    community: Int32s,
    resolution: float,
    least: float,
    state: NewUInt64s,
) -> tuple[Int32s, bool]:
    """One iteration, beginning with the given communities.

    Ends early, and says so, where its first moves add less than ``least`` to modularity.
    """
    total = strength.sum()
    chance = resolution / total
    tie = total / len(weights)
    size = len(strength)
    top = np.arange(size, dtype=np.int32)  # each node's node at the present level
    level = community.copy()
    while True:
        order = shuffled(len(strength), state)
        gained = move(indptr, indices, weights, strength, level, order, chance, NOTHING * tie)
        count = renumber(level)
        if len(strength) == size and gained < least * total:
            return level, True
        if count == len(strength):
            break
        order = shuffled(len(strength), state)
        part = refine(
            indptr, indices, weights, strength, level, count, order, chance, RANDOMNESS * tie,
            random(state),
        )  # fmt: skip
        parts = renumber(part)
        if parts == len(strength):
            break
        indptr, indices, weights = aggregate(indptr, indices, weights, part, parts)
        strength = totals(part, strength, parts)
        smaller = np.empty(parts, np.int32)
        smaller[part] = level
        level = smaller
        top = part[top]
    return level[top], False


def aggregate(
    indptr: Int64s, indices: Int32s, weights: Singles, part: Int32s, parts: int
) -> tuple[Int64s, Int32s, Singles]:
    """The network between parts, as CSR without a diagonal."""
    begins, grouped = by_label(part, parts, np.arange(len(part), dtype=np.int32))
    network = indptr, indices, weights
    merged = beside.beside(
        lambda first, last: _merged(*network, part, begins, grouped, first, last),
        bands_of(indptr, part, parts),
    )
    new_indptr = np.zeros(parts + 1, np.int64)
    np.cumsum(np.concatenate([np.diff(band[0]) for band in merged]), out=new_indptr[1:])
    if len(merged) == 1:
        return new_indptr, merged[0][1], merged[0][2]
    return (
        new_indptr,
        np.concatenate([band[1] for band in merged]),
        np.concatenate([band[2] for band in merged]),
    )


def _merged(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    part: Int32s,
    begins: Int64s,
    grouped: Int32s,
    first: int,
    last: int,
) -> tuple[Int64s, Int32s, Singles]:
    """The rows of some parts in the network between parts."""
    parts = len(begins) - 1
    toward = np.zeros(parts)
    met = np.empty(parts + 1, np.int32)
    new_indptr = np.zeros(last - first + 1, np.int64)
    room = max(len(indices) // 8, parts)
    new_indices, new_weights = np.empty(room, np.int32), np.empty(room, np.float32)
    row = 0
    while True:
        row = merge_rows(
            indptr, indices, weights, part, begins, grouped, first, row, toward, met,
            new_indptr, new_indices, new_weights,
        )  # fmt: skip
        if row == last - first:
            break
        room = max(room + room // 4, int(new_indptr[row]) + parts)
        new_indices.resize(room, refcheck=False)
        new_weights.resize(room, refcheck=False)
    new_indices.resize(new_indptr[-1], refcheck=False)
    new_weights.resize(new_indptr[-1], refcheck=False)
    return new_indptr, new_indices, new_weights


def totals(labels: Int32s, values: Floats, size: int) -> NewFloats:
    """The sum of the values of each label, 0 to ``size - 1``."""
    return cast("NewFloats", np.bincount(labels, weights=values, minlength=size))


def strengths(indptr: Int64s, weights: Singles) -> Floats:
    """The sum of each node's ties."""
    sums = np.zeros(len(indptr) - 1)
    add_up(indptr, weights, sums)
    return sums


def shuffled(size: int, state: NewUInt64s) -> NewInt32s:
    """0 to ``size - 1``, piece by piece, the pieces in random order.

    Communities are no better where nodes are shuffled one by one, and what stands together in
    memory is fetched together.
    """
    pieces = np.arange(-(-size // PIECE), dtype=np.int32)
    shuffle(pieces, random(state))
    order: NewInt32s = np.add.outer(pieces * np.int32(PIECE), np.arange(PIECE, dtype=np.int32))
    order = order.ravel()
    return order[order < size]


def by_label(labels: Int32s, size: int, order: Int32s) -> tuple[Int64s, Int32s]:
    """Nodes by label, 0 to ``size - 1``, each label's in the given order; and where these begin."""
    begins = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(labels, minlength=size), out=begins[1:])
    grouped = np.empty(len(labels), np.int32)
    group(labels, order, begins[:-1].copy(), grouped)
    return begins, grouped


def bands_of(indptr: Int64s, labels: Int32s, size: int) -> list[tuple[int, int]]:
    """Ranges of labels whose nodes have about equally many ties; one where there are few."""
    before = np.zeros(size + 1, np.int64)
    before[1:] = np.cumsum(np.bincount(labels, weights=np.diff(indptr), minlength=size))
    return beside.bands(before, beside.BANDS if indptr[-1] >= LARGE else 1)


def renumber(labels: NewInt32s) -> int:
    """Number labels (0 to size - 1) from 0 by first occurrence, in place; returns how many."""
    return number_by_first(labels, np.full(len(labels), -1, np.int32))


def move(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    strength: Floats,
    community: NewInt32s,
    queue: NewInt32s,
    chance: float,
    nothing: float,
) -> float:
    """Move each node to where it adds most, until none gains; who lost a neighbour is asked again.

    ``queue`` holds every node once, in the order of their first turn, and is used up. Returns by
    how much more than chance the ties inside communities weigh now, both ways.
    """
    size = len(strength)
    members = np.bincount(community, minlength=size).astype(np.int32)
    empty = np.empty(size, np.int32)
    nobody = np.flatnonzero(members == 0)
    empty[: len(nobody)] = nobody
    return move_nodes(
        indptr, indices, weights, strength, community, queue, chance, nothing,
        totals(community, strength, size), members, empty, len(nobody),
        np.ones(size, np.uint8), np.zeros(size), np.empty(size + 1, np.int32),
    )  # fmt: skip


def refine(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    strength: Floats,
    community: Int32s,
    communities: int,
    order: Int32s,
    chance: float,
    randomness: float,
    seed: int,
) -> NewInt32s:
    """Merge the nodes of each community anew, into parts that are well connected within it.

    A node that is still alone joins a part of its community with a probability that grows with
    the gain, among parts that don't lose by it; nodes and parts without enough ties to the rest of
    their community stay what they are. One community knows nothing of another, so they are refined
    side by side.
    """
    size = len(strength)
    part = np.arange(size, dtype=np.int32)
    sums = totals(community, strength, communities)
    outward, part_sums, alone = np.zeros(size), strength.copy(), np.ones(size, np.uint8)
    begins, grouped = by_label(community, communities, order)

    def merge(first: int, last: int) -> None:
        nodes = grouped[begins[first] : begins[last]]
        ties_inside(indptr, indices, weights, community, nodes, outward)
        merge_nodes(
            indptr, indices, weights, strength, community, nodes, chance, randomness, seed,
            part, sums, outward, part_sums, alone,
            np.zeros(size), np.empty(size + 1, np.int32), np.empty(size + 1),
        )  # fmt: skip

    beside.beside(merge, bands_of(indptr, community, communities))
    return part


def components(indptr: Int64s, indices: Int32s, community: Int32s) -> Int32s:
    """Split communities into their connected components, numbered by first node."""
    size = len(community)
    component = np.full(size, -1, np.int32)
    missing = np.bincount(community, minlength=size)
    split(indptr, indices, community, missing, component, np.empty(size, np.int32))
    return component


def symmetric(
    first: Int32s, second: Int32s, weights: Floats, size: int
) -> tuple[Int64s, Int32s, Singles]:
    """CSR of both triangles of a symmetric matrix from the pairs of the upper one.

    Where pairs are ascending by first, then second, rows are ascending too.

    >>> pair = np.array([0], np.int32), np.array([2], np.int32), np.array([5.0])
    >>> [part.tolist() for part in symmetric(*pair, 3)]
    [[0, 1, 1, 2], [2, 0], [5.0, 5.0]]
    """
    before = np.bincount(second, minlength=size)
    indptr = np.zeros(size + 1, np.int64)
    np.cumsum(before + np.bincount(first, minlength=size), out=indptr[1:])
    indices, data = np.empty(2 * len(first), np.int32), np.empty(2 * len(first), np.float32)
    with np.errstate(over="ignore"):
        ties = weights.astype(np.float32)
    above = indptr[:-1] + before
    fill(first, second, ties, indptr[:-1].copy(), above, indices, data)
    return indptr, indices, data


@compiled
def add_up(indptr: Int64s, weights: Singles, sums: NewFloats) -> None:
    """Add each node's ties to ``sums``."""
    for node in range(len(sums)):
        for entry in range(indptr[node], indptr[node + 1]):
            sums[node] += weights[entry]


def random(state: NewUInt64s) -> int:
    """The next number of splitmix64."""
    with np.errstate(over="ignore"):
        state += GOLDEN
    return int(drawn_for(int(state[0]), 0))


@compiled
def drawn_for(seed: Unsigned, node: int) -> Unsigned:
    """The node's own number of splitmix64 (Steele, Lea, Flood 2014)."""
    z: Any = np.uint64(seed) + np.uint64(node) * GOLDEN
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Unsigned = z ^ (z >> np.uint64(31))
    return mixed


@compiled
def shuffle(order: NewInt32s, seed: Unsigned) -> None:
    """Fisher and Yates' shuffle."""
    for place in range(len(order) - 1, 0, -1):
        # The bias of a remainder of 64 bits is nothing.
        other = np.int64(drawn_for(seed, place) % np.uint64(place + 1))
        order[place], order[other] = order[other], order[place]


@compiled
def number_by_first(labels: NewInt32s, number: NewInt32s) -> int:
    """Number labels by first occurrence; ``number`` is -1 for each, and used up."""
    count = 0
    for node in range(len(labels)):
        label = labels[node]
        if number[label] < 0:
            number[label] = count
            count += 1
        labels[node] = number[label]
    return count


@compiled
def group(labels: Int32s, order: Int32s, place: NewInt64s, grouped: NewInt32s) -> None:
    """Nodes by label, where each label's nodes begin at ``place``."""
    for node in order:
        grouped[place[labels[node]]] = node
        place[labels[node]] += 1


@compiled
def ask_ahead(indptr: Int64s, indices: Int32s, weights: Singles, order: Int32s, turn: int) -> None:
    """Ask for a later node's ties, and for where a still later one's begin."""
    last = len(order) - 1
    prefetch(indptr, order[min(turn + 2 * AHEAD, last)])
    begin = indptr[order[min(turn + AHEAD, last)]]
    for line in range(3):
        prefetch(indices, begin + line * 16)
        prefetch(weights, begin + line * 16)


@compiled
def move_nodes(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    strength: Floats,
    community: NewInt32s,
    queue: NewInt32s,
    chance: float,
    nothing: float,
    sums: NewFloats,
    members: NewInt32s,
    empty: NewInt32s,
    empties: int,
    waiting: NewBytes,
    toward: NewFloats,
    met: NewInt32s,
) -> float:
    """Do what :func:`move` says; the arrays after ``nothing`` are its own, filled by it."""
    size = len(strength)
    head = 0
    asked = size
    gained = 0.0
    while asked > 0:
        ask_ahead(indptr, indices, weights, queue, head)
        node = queue[head]
        head = head + 1 if head + 1 < size else 0
        asked -= 1
        waiting[node] = 0
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
        before = toward[own] - expected * sums[own]
        gain = before + nothing
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
            gain = 0.0
        sums[best] += strength[node]
        if best == own:
            continue
        community[node] = best
        gained += 2.0 * (gain - before)
        members[own] -= 1
        members[best] += 1
        if members[own] == 0:
            empty[empties] = own
            empties += 1
        for entry in range(begin, end):
            neighbour = indices[entry]
            if waiting[neighbour] == 0 and community[neighbour] != best:
                waiting[neighbour] = 1
                tail = head + asked
                queue[tail if tail < size else tail - size] = neighbour
                asked += 1
    return gained


@compiled
def ties_inside(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    community: Int32s,
    nodes: Int32s,
    inside: NewFloats,
) -> None:
    """Add the ties of some nodes to their own community to ``inside``."""
    for turn in range(len(nodes)):
        ask_ahead(indptr, indices, weights, nodes, turn)
        node = nodes[turn]
        own = community[node]
        total = 0.0
        for entry in range(indptr[node], indptr[node + 1]):
            if community[indices[entry]] == own:
                total += weights[entry]
        inside[node] += total


@compiled
def merge_nodes(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    strength: Floats,
    community: Int32s,
    nodes: Int32s,
    chance: float,
    randomness: float,
    seed: Unsigned,
    part: NewInt32s,
    sums: Floats,
    outward: NewFloats,
    part_sums: NewFloats,
    alone: NewBytes,
    toward: NewFloats,
    met: NewInt32s,
    gains: NewFloats,
) -> None:
    """Do what :func:`refine` says for the nodes of some communities, which stand by community.

    ``outward`` is the weight of a part's ties to the rest of its community. What comes after
    ``alone`` is the kernel's own.
    """
    for turn in range(len(nodes)):
        ask_ahead(indptr, indices, weights, nodes, turn)
        node = nodes[turn]
        whole = sums[community[node]]
        expected = chance * strength[node]
        if alone[node] == 0 or outward[node] < expected * (whole - strength[node]):
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
        drawn = np.float64(drawn_for(seed, node) >> np.uint64(11)) * 2.0**-53 * chances
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
            alone[chosen] = 0
        for place in range(many):
            toward[met[place]] = 0.0


@compiled
def merge_rows(
    indptr: Int64s,
    indices: Int32s,
    weights: Singles,
    part: Int32s,
    begins: Int64s,
    grouped: Int32s,
    first: int,
    row: int,
    toward: NewFloats,
    met: NewInt32s,
    new_indptr: NewInt64s,
    new_indices: NewInt32s,
    new_weights: NewSingles,
) -> int:
    """Add up the ties of parts from ``row`` on, until there is no room for the next one's.

    Row 0 is that of the part ``first``.
    """
    while row < len(new_indptr) - 1:
        own = first + row
        many = 0
        for place in range(begins[own], begins[own + 1]):
            ask_ahead(indptr, indices, weights, grouped, place)
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
            if fits and label != own:
                new_indices[filled] = label
                new_weights[filled] = toward[label]
                filled += 1
            toward[label] = 0.0
        if not fits:
            break
        row += 1
        new_indptr[row] = filled
    return row


@compiled
def split(
    indptr: Int64s,
    indices: Int32s,
    community: Int32s,
    missing: NewInt64s,
    component: NewInt32s,
    reached: NewInt32s,
) -> None:
    """Do what :func:`components` says; ``component`` is -1 for every node.

    ``missing`` is how many nodes each community has. Once all are reached, which most often takes
    a look at few of them, nobody is looked for any more.
    """
    count = 0
    for root in range(len(community)):
        if component[root] >= 0:
            continue
        own = community[root]
        component[root] = count
        missing[own] -= 1
        reached[0] = root
        left = 1
        while left > 0 and missing[own] > 0:
            left -= 1
            node = reached[left]
            for entry in range(indptr[node], indptr[node + 1]):
                neighbour = indices[entry]
                if component[neighbour] < 0 and community[neighbour] == own:
                    component[neighbour] = count
                    missing[own] -= 1
                    reached[left] = neighbour
                    left += 1
        count += 1


@compiled
def fill(
    first: Int32s,
    second: Int32s,
    weights: Singles,
    below: NewInt64s,
    above: NewInt64s,
    indices: NewInt32s,
    data: NewSingles,
) -> None:
    """Write each pair down at both nodes, from ``below`` and ``above`` the diagonal on."""
    for pair in range(len(first)):
        one, other = first[pair], second[pair]
        indices[above[one]] = other
        data[above[one]] = weights[pair]
        above[one] += 1
        indices[below[other]] = one
        data[below[other]] = weights[pair]
        below[other] += 1
