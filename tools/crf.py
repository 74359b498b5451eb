"""A linear-chain conditional random field over buckets, trained by AdaGrad (numba, one thread).

Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
optimization", JMLR 12. Features are dropped at random while training, so that no weight relies on
another's being there.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[Any]

SMALL = 1e-3
"""A token whose label is this sure already teaches nothing."""
EPSILON = 1e-6


@numba.njit(cache=True, fastmath=True)
def _score(
    rows: Array, begin: int, drop: float, weights: Array, keep: Array, scores: Array
) -> None:
    """The score of every label of every token of one reference, some features left out."""
    size, width = scores.shape
    scale = np.float32(1.0 / (1.0 - drop))
    for t in range(size):
        scores[t] = 0
        for slot in range(rows.shape[1]):
            row = rows[begin + t, slot]
            keep[t, slot] = row > 0 and (drop == 0 or np.random.random() >= drop)
            if keep[t, slot]:
                for label in range(width):
                    scores[t, label] += weights[row, label] * scale


@numba.njit(cache=True, fastmath=True)
def _forward_backward(
    scores: Array, odds: Array, first: Array, forward: Array, backward: Array
) -> None:
    """Forward and backward probabilities, each token's scaled to one; scores become their exp."""
    size, width = scores.shape
    for t in range(size):
        top = scores[t].max()
        total = np.float32(0)
        for label in range(width):
            before = np.float32(0)
            if t == 0:
                before = np.exp(first[label])
            else:
                for other in range(width):
                    before += forward[t - 1, other] * odds[other, label]
            scores[t, label] = np.exp(scores[t, label] - top)
            forward[t, label] = before * scores[t, label]
            total += forward[t, label]
        for label in range(width):
            forward[t, label] /= total
    backward[size - 1] = 1
    for t in range(size - 2, -1, -1):
        total = np.float32(0)
        for label in range(width):
            value = np.float32(0)
            for other in range(width):
                value += odds[label, other] * scores[t + 1, other] * backward[t + 1, other]
            backward[t, label] = value
            total += value
        for label in range(width):
            backward[t, label] /= total


@numba.njit(cache=True, fastmath=True)
def _expect_edges(
    scores: Array, odds: Array, forward: Array, backward: Array, right: Array, gradient: Array
) -> None:
    """The expected less the seen number of each transition."""
    size, width = scores.shape
    gradient[:] = 0
    for t in range(size - 1):
        total = np.float32(0)
        for label in range(width):
            for other in range(width):
                total += (
                    forward[t, label]
                    * odds[label, other]
                    * scores[t + 1, other]
                    * backward[t + 1, other]
                )
        for label in range(width):
            for other in range(width):
                gradient[label, other] += (
                    forward[t, label]
                    * odds[label, other]
                    * scores[t + 1, other]
                    * backward[t + 1, other]
                    / total
                )
        gradient[right[t], right[t + 1]] -= 1


@numba.njit(cache=True, fastmath=True)
def _step(weight: Array, square: Array, gradient: Array, rate: float, l2: float) -> None:
    for label in range(len(weight)):
        slope = gradient[label] + l2 * weight[label]
        square[label] += slope * slope
        weight[label] -= rate * slope / np.sqrt(square[label] + EPSILON)


@numba.njit(cache=True, fastmath=True)
def _epoch(
    rows: Array,
    labels: Array,
    begins: Array,
    ends: Array,
    order: Array,
    parameters: tuple[Array, Array, Array],
    squares: tuple[Array, Array, Array],
    rate: float,
    l2: float,
    drop: float,
    seed: int,
) -> float:
    np.random.seed(seed)
    weights, edges, first = parameters
    width = weights.shape[1]
    longest = (ends - begins).max()
    all_scores = np.zeros((longest, width), np.float32)
    all_forward = np.zeros((longest, width), np.float32)
    all_backward = np.zeros((longest, width), np.float32)
    keep = np.zeros((longest, rows.shape[1]), np.bool_)
    gradient = np.zeros(width, np.float32)
    edge_gradient = np.zeros((width, width), np.float32)
    loss = 0.0
    for which in order:
        begin, end = begins[which], ends[which]
        size = end - begin
        if size == 0:
            continue
        scores, forward, backward = all_scores[:size], all_forward[:size], all_backward[:size]
        right = labels[begin:end]
        odds = np.exp(edges)
        _score(rows, begin, drop, weights, keep, scores)
        _forward_backward(scores, odds, first, forward, backward)
        _expect_edges(scores, odds, forward, backward, right, edge_gradient)
        for label in range(width):
            _step(edges[label], squares[1][label], edge_gradient[label], rate, l2)
        for t in range(size):
            total = np.float32(0)
            for label in range(width):
                gradient[label] = forward[t, label] * backward[t, label]
                total += gradient[label]
            for label in range(width):
                gradient[label] /= total
            loss -= np.log(gradient[right[t]] + 1e-12)
            gradient[right[t]] -= 1
            if t == 0:
                _step(first, squares[2], gradient, rate, 0.0)
            if np.abs(gradient).max() <= SMALL:
                continue
            for slot in range(rows.shape[1]):
                if keep[t, slot]:
                    row = rows[begin + t, slot]
                    _step(weights[row], squares[0][row], gradient, rate, l2)
    return loss


def train(
    rows: npt.NDArray[np.int32],
    labels: npt.NDArray[np.int64],
    begins: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    *,
    features: int,
    width: int,
    epochs: int,
    rate: float,
    l2: float,
    drop: float,
    seed: int = 1,
    verbose: bool = True,
) -> tuple[Floats, Floats, Floats]:
    """Weights ``(feature, label)``, transitions ``(from, to)`` and first labels, averaged over the
    last third of the epochs. ``rows[t]`` are the features of token t, 0 where there is none.
    """
    shapes = ((features, width), (width, width), (width,))
    parameters = tuple(np.zeros(shape, np.float32) for shape in shapes)
    squares = tuple(np.zeros(shape, np.float32) for shape in shapes)
    sums = tuple(np.zeros(shape, np.float32) for shape in shapes)
    counted = 0
    random = np.random.default_rng(seed)
    for epoch in range(epochs):
        order = random.permutation(len(begins))
        decayed = np.float32(rate * (1 - 0.9 * epoch / epochs))
        loss = _epoch(
            rows, labels, begins, ends, order, parameters, squares,
            decayed, np.float32(l2), np.float32(drop), seed * 1000 + epoch,
        )  # fmt: skip
        if verbose:
            print(f"epoch {epoch + 1}: loss per token {loss / len(labels):.4f}", flush=True)
        if epoch >= epochs * 2 // 3:
            counted += 1
            sums = tuple(total + now for total, now in zip(sums, parameters, strict=True))
    weights, edges, first = (total / np.float32(counted) for total in sums)
    return weights, edges, first
