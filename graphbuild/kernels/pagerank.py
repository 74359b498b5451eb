"""PageRank by handing on what arrives: once without cycles, and with them as GMRES asks."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    Floats,
    Int32s,
    Int64s,
    NewBytes,
    NewFloats,
    NewInt32s,
    NewInt64s,
    compiled,
    prefetch,
)
from graphbuild.kernels.counting import tally

__all__ = ["Turns", "citing_first", "turns", "visits"]

AHEAD = 6
"""How many papers ahead of its turn a reference list is fetched from memory."""
BASIS = 30
"""Vectors that are kept before the search begins anew from the best that they gave."""
STEPS = 32
"""Steps per doubling by which papers are told apart when a cycle has to be broken."""


class Turns(NamedTuple):
    """The order in which papers hand on what arrived, whoever the readers are.

    Attributes
    ----------
    first
        int32: papers that no cycle leads to, each after all that cite it.
    left
        int32: all others, in an order in which few citations point back.
    begins, cited
        int64 (left + 1) and int32: what those cite, both as places in ``left``.
    in_core
        uint8 (left): whether a citation back can be reached from a paper.
    core_begins, core_cited
        What the papers of the core cite within it, by their places in it.
    heads
        int32: the papers of the core that citations back point to.
    """

    first: Int32s
    left: Int32s
    begins: Int64s
    cited: Int32s
    in_core: Bytes
    core_begins: Int64s
    core_cited: Int32s
    heads: Int32s


def visits(
    indptr: Int64s,
    indices: Int32s,
    start: Floats,
    *,
    damping: float,
    tolerance: float,
    max_iterations: int,
    order: Turns | None = None,
    times_cited: Int64s | None = None,
) -> tuple[Floats, float, Turns]:
    """How often each paper is read, as a share, by readers who begin at ``start``.

    Solves ``x = start + damping * Pᵀ x``. Papers that no cycle leads to take their turns when all
    who cite them have had theirs (Kahn's topological order), hand on what arrived, and are done: a
    graph without cycles is exact after one pass, in whatever order its papers are numbered.

    What is left is brought into an order in which few citations point back. A round hands
    everything on in that order, and leaves only what was handed back: so the readers who arrive by
    such citations are the unknowns of a much smaller system, whose matrix is applied by a round.
    GMRES solves it in a third of the rounds that repeating them would take, as few cycles hold
    most of what keeps going around. Papers from which no citation back can be reached follow in the
    end.

    Parameters
    ----------
    indptr, indices
        int64 (papers + 1) and int32 (citations): the papers that each paper cites.
    start
        float64 (papers), at least 0.
    tolerance
        Of the error summed over all papers, as a share of the sum of ``x``.
    max_iterations
        Rounds over the papers in cycles.
    order, times_cited
        The order from an earlier question of the same graph, or from :func:`turns`, and how often
        each paper is cited, where they are known already.

    Returns
    -------
    x
        float64 (papers), normalised to sum 1 (to 0 where ``start`` does).
    error
        The bound that was reached: above ``tolerance`` where ``max_iterations`` did not do.
    order
        In which papers had their turns, which is the same for all questions of a graph.

    References
    ----------
    Kahn (1962), *Topological sorting of large networks*. Gleich, Gray, Greif, Lau (2010), *An
    inner-outer iteration for computing PageRank* (for Gauss-Seidel). Saad and Schultz (1986),
    *GMRES*.

    Examples
    --------
    >>> x, error, order = visits(
    ...     np.array([0, 1, 3, 3]), np.array([2, 0, 2], np.int32), np.ones(3) / 3,
    ...     damping=0.85, tolerance=1e-12, max_iterations=100)
    >>> x.round(6).tolist(), error, order.first.tolist(), order.left.tolist()
    ([0.281551, 0.19758, 0.520869], 0.0, [1, 0, 2], [])
    """
    x, error = start.copy(), 0.0
    if order is None:
        order = turns(indptr, indices, *_hand_on_in_turn(indptr, indices, x, damping, times_cited))
    else:
        hand_on(indptr, indices, order.first, damping, x)
    if len(order.left):
        error = _go_around(order, x, damping, tolerance, max_iterations)
    total = x.sum()
    if total > 0:
        x /= total
    return x, error, order


def citing_first(indptr: Int64s, indices: Int32s) -> tuple[Int32s, int]:
    """Order papers so that those that cite stand before what they cite, as far as cycles allow it.

    Parameters
    ----------
    indptr, indices
        int64 (papers + 1) and int32 (citations): the papers that each paper cites.

    Returns
    -------
    order
        int32 (papers): first those that no cycle leads to, each after all that cite it; then all
        others, so that few citations point back.
    free
        How many papers no cycle leads to.

    Examples
    --------
    >>> order, free = citing_first(np.array([0, 1, 3, 3]), np.array([2, 0, 2], np.int32))
    >>> order.tolist(), free
    ([1, 0, 2], 3)
    """
    return _hand_on_in_turn(indptr, indices, np.empty(0), 0.0, None)


def _hand_on_in_turn(
    indptr: Int64s, indices: Int32s, x: NewFloats, damping: float, times_cited: Int64s | None
) -> tuple[Int32s, int]:
    """Find the order; meanwhile papers that no cycle leads to hand on what arrived, if ``x`` is."""
    size = len(indptr) - 1
    if times_cited is None:
        times_cited = np.zeros(size, np.int64)
        tally(indices, times_cited)
    waiting, order = times_cited.astype(np.int32), np.empty(size, np.int32)
    free = hand_on_in_turn(indptr, indices, damping, waiting, order, x)
    if free < size:
        _line_up_others(indptr, indices, waiting, order, free)
    return order, free


def turns(indptr: Int64s, indices: Int32s, order: Int32s, free: int) -> Turns:
    """What :func:`visits` goes by, of the order that :func:`citing_first` found."""
    left = order[free:]
    place = np.full(len(order), -1, np.int32)
    place[left] = np.arange(len(left), dtype=np.int32)
    begins = np.zeros(len(left) + 1, np.int64)
    np.cumsum(indptr[left + 1] - indptr[left], out=begins[1:])
    cited, in_core = np.empty(begins[-1], np.int32), np.zeros(len(left), np.uint8)
    renumber(indptr, indices, left, place, begins, cited, in_core)
    core = np.flatnonzero(in_core)
    number = np.full(len(left), -1, np.int32)
    number[core] = np.arange(len(core), dtype=np.int32)
    core_begins, core_cited = np.zeros(len(core) + 1, np.int64), np.empty(len(cited), np.int32)
    is_head = np.zeros(len(core), np.uint8)
    ties = within(begins, cited, number, core_begins, core_cited, is_head)
    core_cited.resize(ties, refcheck=False)
    heads = np.flatnonzero(is_head).astype(np.int32)
    return Turns(order[:free], left, begins, cited, in_core, core_begins, core_cited, heads)


def _line_up_others(
    indptr: Int64s, indices: Int32s, waiting: NewInt32s, order: NewInt32s, done: int
) -> None:
    """Order papers that cycles lead to, from ``done`` on: few stand behind what they cite."""
    left = np.flatnonzero(waiting > 0).astype(np.int32)
    # Who is cited little for what they cite is likely to be at the beginning of things. Whole
    # numbers of steps sort in linear time.
    lists = indptr[left + 1] - indptr[left]
    steps = np.log2((waiting[left] + 0.5) / (lists + 1.0)) * STEPS
    steps = np.clip(steps - steps.min(), 0, np.iinfo(np.uint16).max).astype(np.uint16)
    likely = left[np.argsort(steps, kind="stable")]
    line_up(indptr, indices, likely, waiting, order, done)


def _go_around(
    order: Turns, x: NewFloats, damping: float, tolerance: float, max_iterations: int
) -> float:
    """Solve for the papers that cycles lead to; returns the bound of the error."""
    follow = damping / np.maximum(np.diff(order.begins), 1)
    core = np.flatnonzero(order.in_core)
    solved, error = _solve(
        (order.core_begins, order.core_cited, follow[core]),
        order.heads,
        x[order.left[core]],
        float(x.sum()),
        damping,
        tolerance,
        max_iterations,
    )
    found = x[order.left]
    found[core] = solved
    hand_out(order.begins, order.cited, order.in_core, follow, found)
    x[order.left] = found
    return error


def _solve(
    core: tuple[Int64s, Int32s, Floats],
    heads: Int32s,
    start: Floats,
    total: float,
    damping: float,
    tolerance: float,
    max_iterations: int,
) -> tuple[Floats, float]:
    """Solve for the papers of the core, by restarted GMRES over what is handed back.

    With ``z`` what arrives from outside and by citations back, a round hands all of it on, gives
    ``x``, and leaves ``E z``; ``z = start + E z`` is to be solved. What differs from that, at the
    heads of citations back alone, is the residual of ``x`` too: handed on for ever, it multiplies
    by at most ``damping / (1 - damping)``.
    """
    arriving = start.copy()
    basis = np.empty(BASIS * len(heads) + len(heads))
    rounds = 0
    x = np.zeros(len(start))
    error = np.inf
    while True:
        rest = arriving.copy()
        if rounds < max_iterations:
            x = np.zeros(len(start))
            go_round(*core, rest, x)
            rest += start - arriving
            rounds += 1
        residual = rest[heads] if rounds else rest
        waiting = float(np.abs(residual).sum())
        # Normalising at most doubles the error.
        error = 2 * damping / (1 - damping) * waiting / total if waiting > 0 else 0.0
        if error <= tolerance or rounds == max_iterations:
            break
        # As long a residual sums to what the tolerance allows, if it is spread like this one.
        length = float(np.sqrt(np.square(residual).sum()))
        basis[: len(heads)] = residual / length
        steps = min(BASIS, len(heads), max_iterations - rounds - 1)
        hessenberg = np.zeros((steps + 1, steps))
        weights = np.zeros(0)
        for step in range(steps):
            column = np.zeros(steps + 1)
            extend(*core, heads, step, np.zeros(len(start)), basis, column)
            hessenberg[:, step] = column
            rounds += 1
            weights, missing = _least_squares(hessenberg[: step + 2, : step + 1], length)
            if missing <= tolerance / error * length or hessenberg[step + 1, step] == 0:
                break
        for step, weight in enumerate(weights):
            arriving[heads] += weight * basis[step * len(heads) : (step + 1) * len(heads)]
    x += rest
    return x, error


def _least_squares(hessenberg: Floats, length: float) -> tuple[Floats, float]:
    """Weights ``w`` that make ``hessenberg @ w`` come closest to ``[length, 0, …]``; how close.

    >>> _least_squares(np.array([[3.0], [4.0]]), 5.0)
    (array([0.6]), 4.0)
    """
    triangle = hessenberg.copy()
    goal = np.zeros(len(triangle))
    goal[0] = length
    for row in range(len(triangle) - 1):  # Givens' rotations
        pair = triangle[row : row + 2]
        size = math.hypot(pair[0, row], pair[1, row])
        cosine, sine = (pair[0, row] / size, pair[1, row] / size) if size else (1.0, 0.0)
        triangle[row : row + 2] = [
            cosine * pair[0] + sine * pair[1],
            cosine * pair[1] - sine * pair[0],
        ]
        goal[row + 1] = -sine * goal[row]
        goal[row] *= cosine
    weights = np.zeros(len(goal) - 1)
    for row in range(len(weights) - 1, -1, -1):
        if triangle[row, row]:
            weights[row] = (goal[row] - triangle[row, row + 1 :] @ weights[row + 1 :]) / triangle[
                row, row
            ]
    return weights, abs(float(goal[-1]))


@compiled
def hand_on_in_turn(
    indptr: Int64s,
    indices: Int32s,
    damping: float,
    waiting: NewInt32s,
    order: NewInt32s,
    x: NewFloats,
) -> int:
    """Order papers that no cycle leads to, each after all that cite it; returns how many.

    ``waiting`` is by how many papers each is cited, and then by how many that had no turn. At its
    turn, a paper hands on what arrived to those that it cites; nothing where ``x`` is empty.
    """
    hands_on = len(x) > 0
    ready = 0
    for paper in range(len(waiting) - 1, -1, -1):
        if waiting[paper] == 0:
            order[ready] = paper
            ready += 1
    turn = 0
    while turn < ready:
        ask_ahead(indptr, indices, order, turn, ready)
        paper = order[turn]
        begin, end = indptr[paper], indptr[paper + 1]
        share = damping * x[paper] / max(end - begin, 1) if hands_on else 0.0
        for entry in range(begin, end):
            cited = indices[entry]
            if hands_on:
                x[cited] += share
            left = waiting[cited] - 1
            waiting[cited] = left
            if left == 0:
                order[ready] = cited
                ready += 1
        turn += 1
    return ready


@compiled
def hand_on(indptr: Int64s, indices: Int32s, order: Int32s, damping: float, x: NewFloats) -> None:
    """Let papers hand on what arrived, in their order, to those that they cite."""
    for turn in range(len(order)):
        ask_ahead(indptr, indices, order, turn, len(order))
        paper = order[turn]
        begin, end = indptr[paper], indptr[paper + 1]
        share = damping * x[paper] / max(end - begin, 1)
        for entry in range(begin, end):
            x[indices[entry]] += share


@compiled
def ask_ahead(indptr: Int64s, indices: Int32s, order: Int32s, turn: int, turns: int) -> None:
    """Ask for a later paper's list, and for where a still later one begins."""
    prefetch(indptr, order[min(turn + 2 * AHEAD, turns - 1)])
    begin = indptr[order[min(turn + AHEAD, turns - 1)]]
    for line in range(3):
        prefetch(indices, begin + line * 16)


@compiled
def line_up(
    indptr: Int64s,
    indices: Int32s,
    likely: Int32s,
    waiting: NewInt32s,
    order: NewInt32s,
    ready: int,
) -> None:
    """Order the papers that are left, each when nobody waits for it, else the likeliest.

    ``waiting`` is 0 where a paper had its turn.
    """
    turn = ready
    next_ = 0
    while True:
        while turn < ready:
            ask_ahead(indptr, indices, order, turn, ready)
            paper = order[turn]
            for entry in range(indptr[paper], indptr[paper + 1]):
                cited = indices[entry]
                if waiting[cited] > 0:
                    waiting[cited] -= 1
                    if waiting[cited] == 0:
                        order[ready] = cited
                        ready += 1
            turn += 1
        while next_ < len(likely) and waiting[likely[next_]] == 0:
            next_ += 1
        if next_ == len(likely):
            return
        waiting[likely[next_]] = 0
        order[ready] = likely[next_]
        ready += 1


@compiled
def renumber(
    indptr: Int64s,
    indices: Int32s,
    left: Int32s,
    place: Int32s,
    ours: Int64s,
    cited: NewInt32s,
    cycle: NewBytes,
) -> None:
    """Copy the lists of papers that are left, by places; mark who can reach a citation back."""
    for paper in range(len(left) - 1, -1, -1):
        prefetch(indptr, left[max(paper - 2 * AHEAD, 0)])
        later = indptr[left[max(paper - AHEAD, 0)]]
        for line in range(3):
            prefetch(indices, later + line * 16)
        begin = indptr[left[paper]]
        reaches = np.uint8(0)
        for entry in range(ours[paper], ours[paper + 1]):
            other = place[indices[begin + entry - ours[paper]]]
            cited[entry] = other
            reaches |= np.uint8(other <= paper) | cycle[other]
        cycle[paper] = reaches


@compiled
def within(
    ours: Int64s,
    cited: Int32s,
    number: Int32s,
    begins: NewInt64s,
    inside: NewInt32s,
    is_head: NewBytes,
) -> int:
    """Copy the citations within the core; mark the papers that citations back point to."""
    ties = 0
    for paper in range(len(number)):
        own = number[paper]
        if own < 0:
            continue
        for entry in range(ours[paper], ours[paper + 1]):
            other = number[cited[entry]]
            if other >= 0:
                inside[ties] = other
                ties += 1
                if other <= own:
                    is_head[other] = 1
        begins[own + 1] = ties
    return ties


@compiled
def go_round(
    begins: Int64s, inside: Int32s, follow: Floats, arriving: NewFloats, x: NewFloats
) -> None:
    """Hand on what is arriving, in order; what is handed back is left in ``arriving``."""
    for paper in range(len(follow)):
        amount = arriving[paper]
        arriving[paper] = 0.0
        x[paper] += amount
        if amount != 0.0:
            share = amount * follow[paper]
            for entry in range(begins[paper], begins[paper + 1]):
                arriving[inside[entry]] += share


@compiled
def extend(
    begins: Int64s,
    inside: Int32s,
    follow: Floats,
    heads: Int32s,
    step: int,
    arriving: NewFloats,
    basis: NewFloats,
    column: NewFloats,
) -> None:
    """One step of Arnoldi's method for ``I - E`` over the heads: the next vector, and its column.

    ``arriving`` is 0, and is used up.
    """
    many = len(heads)
    this, next_ = step * many, (step + 1) * many
    for place in range(many):
        arriving[heads[place]] = basis[this + place]
    for paper in range(len(follow)):
        amount = arriving[paper]
        arriving[paper] = 0.0
        if amount != 0.0:
            share = amount * follow[paper]
            for entry in range(begins[paper], begins[paper + 1]):
                arriving[inside[entry]] += share
    before = 0.0
    for place in range(many):
        value = basis[this + place] - arriving[heads[place]]
        basis[next_ + place] = value
        before += value * value
    for earlier in range(step + 1):
        product = 0.0
        for place in range(many):
            product += basis[earlier * many + place] * basis[next_ + place]
        for place in range(many):
            basis[next_ + place] -= product * basis[earlier * many + place]
        column[earlier] = product
    after = 0.0
    for place in range(many):
        after += basis[next_ + place] * basis[next_ + place]
    if after <= 1e-30 * before:  # nothing but rounding: the space holds the solution
        after = 0.0
    length = np.sqrt(after)
    column[step + 1] = length
    for place in range(many):
        basis[next_ + place] = basis[next_ + place] / length if length > 0.0 else 0.0


@compiled
def hand_out(ours: Int64s, cited: Int32s, cycle: Bytes, follow: Floats, x: NewFloats) -> None:
    """Let the core hand on to the papers from which no citation back can be reached, and these."""
    for in_core in (1, 0):
        for paper in range(len(follow)):
            if cycle[paper] == in_core:
                share = x[paper] * follow[paper]
                for entry in range(ours[paper], ours[paper + 1]):
                    if cycle[cited[entry]] == 0:
                        x[cited[entry]] += share
