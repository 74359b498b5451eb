"""A linear-chain conditional random field over buckets, trained by AdaGrad (numba, one thread)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@numba.njit(cache=True, fastmath=True)
def _epoch(rows, labels, begins, ends, order, weights, squares, edges, edge_squares, first, first_squares, rate, l2, drop, seed):  # noqa: ANN001, ANN202, E501 - numba infers the types
    np.random.seed(seed)
    width = weights.shape[1]
    slots = rows.shape[1]
    longest = 0
    for i in range(len(begins)):
        longest = max(longest, ends[i] - begins[i])
    scores = np.zeros((longest, width), np.float32)
    forward = np.zeros((longest, width), np.float32)
    backward = np.zeros((longest, width), np.float32)
    keep = np.zeros((longest, slots), np.bool_)
    gradient = np.zeros(width, np.float32)
    edge_gradient = np.zeros((width, width), np.float32)
    loss = 0.0
    for which in order:
        begin, end = begins[which], ends[which]
        size = end - begin
        if size == 0:
            continue
        scale = np.float32(1.0 / (1.0 - drop))
        for t in range(size):
            for l in range(width):
                scores[t, l] = 0
            for k in range(slots):
                row = rows[begin + t, k]
                keep[t, k] = row > 0 and (drop == 0 or np.random.random() >= drop)
                if keep[t, k]:
                    for l in range(width):
                        scores[t, l] += weights[row, l] * scale
        expo = np.exp(edges)
        norm = 0.0
        for t in range(size):
            top = scores[t, 0]
            for l in range(width):
                top = max(top, scores[t, l])
            total = np.float32(0)
            for l in range(width):
                before = np.float32(0)
                if t == 0:
                    before = np.exp(first[l])
                else:
                    for m in range(width):
                        before += forward[t - 1, m] * expo[m, l]
                scores[t, l] = np.exp(scores[t, l] - top)
                forward[t, l] = before * scores[t, l]
                total += forward[t, l]
            norm += np.log(total) + top
            for l in range(width):
                forward[t, l] /= total
        for l in range(width):
            backward[size - 1, l] = 1
        for t in range(size - 2, -1, -1):
            total = np.float32(0)
            for l in range(width):
                value = np.float32(0)
                for m in range(width):
                    value += expo[l, m] * scores[t + 1, m] * backward[t + 1, m]
                backward[t, l] = value
                total += value
            for l in range(width):
                backward[t, l] /= total
        # gradients
        edge_gradient[:] = 0
        for t in range(size - 1):
            total = np.float32(0)
            for l in range(width):
                for m in range(width):
                    total += forward[t, l] * expo[l, m] * scores[t + 1, m] * backward[t + 1, m]
            for l in range(width):
                for m in range(width):
                    edge_gradient[l, m] += (
                        forward[t, l] * expo[l, m] * scores[t + 1, m] * backward[t + 1, m] / total
                    )
            edge_gradient[labels[begin + t], labels[begin + t + 1]] -= 1
        for l in range(width):
            for m in range(width):
                g = edge_gradient[l, m] + l2 * edges[l, m]
                edge_squares[l, m] += g * g
                edges[l, m] -= rate * g / np.sqrt(edge_squares[l, m] + 1e-6)
        for t in range(size):
            total = np.float32(0)
            for l in range(width):
                gradient[l] = forward[t, l] * backward[t, l]
                total += gradient[l]
            for l in range(width):
                gradient[l] /= total
            right = labels[begin + t]
            loss -= np.log(gradient[right] + 1e-12)
            gradient[right] -= 1
            if t == 0:
                for l in range(width):
                    g = gradient[l]
                    first_squares[l] += g * g
                    first[l] -= rate * g / np.sqrt(first_squares[l] + 1e-6)
            small = True
            for l in range(width):
                if abs(gradient[l]) > 1e-3:
                    small = False
            if small:
                continue
            for k in range(slots):
                if keep[t, k]:
                    row = rows[begin + t, k]
                    for l in range(width):
                        g = gradient[l] + l2 * weights[row, l]
                        squares[row, l] += g * g
                        weights[row, l] -= rate * g / np.sqrt(squares[row, l] + 1e-6)
    return loss


def train(
    rows: npt.NDArray[np.int32],
    labels: npt.NDArray[np.int64],
    begins: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    *,
    features: int,
    width: int,
    epochs: int = 12,
    rate: float = 0.1,
    l2: float = 1e-5,
    drop: float = 0.1,
    seed: int = 1,
    verbose: bool = True,
) -> tuple[Floats, Floats, Floats]:
    """Weights ``(feature, label)``, transitions ``(from, to)`` and first labels, averaged over the
    last third of the epochs. ``rows[t]`` are the features of token t, 0 where there is none.
    """
    weights = np.zeros((features, width), np.float32)
    squares = np.zeros((features, width), np.float32)
    edges, edge_squares = np.zeros((2, width, width), np.float32)
    first, first_squares = np.zeros((2, width), np.float32)
    sums = [np.zeros_like(weights), np.zeros_like(edges), np.zeros_like(first)]
    counted = 0
    random = np.random.default_rng(seed)
    for epoch in range(epochs):
        order = random.permutation(len(begins))
        decayed = rate * (1 - 0.9 * epoch / epochs)
        loss = _epoch(
            rows, labels, begins, ends, order, weights, squares, edges, edge_squares,
            first, first_squares, np.float32(decayed), np.float32(l2), np.float32(drop),
            seed * 1000 + epoch,
        )  # fmt: skip
        if verbose:
            print(f"epoch {epoch + 1}: loss per token {loss / len(labels):.4f}", flush=True)
        if epoch >= epochs * 2 // 3:
            counted += 1
            for total, now in zip(sums, (weights, edges, first), strict=True):
                total += now
    return sums[0] / counted, sums[1] / counted, sums[2] / counted
