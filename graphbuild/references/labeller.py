"""Which field each token of a reference belongs to: a linear-chain conditional random field.

The weights were trained by ``tools/train_references.py`` and are read from ``model.npz`` beside
this file when the first reference is labelled. Decoding is Viterbi's over many references at once.

Lafferty, McCallum & Pereira 2001, "Conditional random fields: probabilistic models for segmenting
and labeling sequence data", ICML.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from graphbuild.references.features import (
    BUCKETS,
    OFFSETS,
    Batch,
    Words,
    context_features,
    lay_out,
    offset_buckets,
)
from graphbuild.references.labels import LABELS

__all__ = ["Labeller", "Model", "labeller"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

AT_ONCE = 192
"""References that are decoded together: enough to make numpy's calls cheap, few enough to stay in
the processor's cache."""
MOST_WORDS = 100_000
"""Distinct words whose scores are kept; beyond, they are forgotten and begun anew."""
MOST_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """``buckets`` (sorted) that have weights, ``weights[bucket, label]``, ``edges[from, to]`` and
    ``first[label]``.
    """

    buckets: Ints
    weights: Floats
    edges: Floats
    first: Floats

    def to_bytes(self) -> bytes:
        """A NumPy archive: buckets as a bitmap, each weight as one of 16 shares of its row's
        largest, two to a byte.
        """
        largest = np.maximum(np.abs(self.weights).max(axis=1), 1e-6).astype(np.float16)
        shares = (self.weights / largest[:, None].astype(np.float32)).clip(-1, 1).ravel()
        levels = _levels(shares)
        codes = np.searchsorted((levels[1:] + levels[:-1]) / 2, shares).astype(np.uint8)
        codes = np.append(codes, np.zeros(len(codes) % 2, dtype=np.uint8))
        present = np.zeros(BUCKETS, dtype=bool)
        present[self.buckets] = True
        written = io.BytesIO()
        np.savez(
            written,
            present=np.packbits(present),
            codes=codes[0::2] | (codes[1::2] << 4),
            levels=levels,
            largest=largest,
            edges=self.edges.astype(np.float32),
            first=self.first.astype(np.float32),
        )
        return written.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """Read what ``to_bytes`` wrote."""
        with np.load(io.BytesIO(data)) as arrays:
            buckets = np.flatnonzero(np.unpackbits(arrays["present"]))
            levels = arrays["levels"]
            both = np.arange(256)
            pairs = np.stack([levels[both & 15], levels[both >> 4]], axis=1)
            shares = np.take(pairs, arrays["codes"], axis=0).ravel()
            weights = shares[: len(buckets) * len(LABELS)].reshape(len(buckets), len(LABELS))
            weights *= arrays["largest"].astype(np.float32)[:, None]
            return cls(buckets, weights, arrays["edges"], arrays["first"])


def _levels(shares: Floats) -> Floats:
    """Sixteen values that stand for all of ``shares`` with little error (Lloyd's algorithm)."""
    sample = np.sort(shares[:: max(1, len(shares) // 200_000)].astype(np.float64))
    levels = np.interp(np.linspace(0, len(sample) - 1, 16), np.arange(len(sample)), sample)
    levels[0], levels[-1] = -1, 1
    totals = np.concatenate([[0], np.cumsum(sample)])
    for _ in range(50):
        cuts = np.searchsorted(sample, (levels[1:] + levels[:-1]) / 2)
        bounds = np.concatenate([[0], cuts, [len(sample)]])
        counts = np.diff(bounds)
        means = (totals[bounds[1:]] - totals[bounds[:-1]]) / np.maximum(counts, 1)
        levels = np.where(counts > 0, means, levels)
    return np.asarray(np.sort(levels), dtype=np.float32)


@functools.cache
def labeller() -> Labeller:
    """The labeller of the package's own model, read once."""
    data = resources.files("graphbuild.references").joinpath("model.npz").read_bytes()
    return Labeller(Model.from_bytes(data))


class Labeller:
    """Labels references by a model; keeps what it computed of each word for the next ones."""

    def __init__(self, model: Model) -> None:
        # Row 0 stands for every bucket without weights.
        self._weights = np.concatenate([np.zeros((1, len(LABELS)), np.float32), model.weights])
        self._row = np.zeros(BUCKETS, dtype=np.int32)
        self._row[model.buckets] = np.arange(1, len(model.buckets) + 1)
        self._edges = model.edges + _forbidden()
        self._first = model.first + _forbidden_first()
        self._forget()

    def _forget(self) -> None:
        self._words = Words()
        self._scores = np.zeros((0, len(OFFSETS), len(LABELS)), dtype=np.float32)
        self._classes = np.zeros((0, 3), dtype=np.int64)

    def label(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> Iterator[tuple[Ints, Ints, Ints]]:
        """For each text: where its tokens begin, where they end, and their labels' numbers.

        ``spans[i]`` are the places in ``texts[i]`` that hold identifiers and addresses.
        """
        for at in range(0, len(texts), AT_ONCE):
            yield from self._label(texts[at : at + AT_ONCE], spans[at : at + AT_ONCE])

    def _label(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> Iterator[tuple[Ints, Ints, Ints]]:
        batch = lay_out(texts, spans, self._words)
        self._learn_words()
        labels = self._decode(batch, self._emissions(batch))
        for begin, end in zip(batch.begins.tolist(), batch.ends.tolist(), strict=True):
            yield batch.starts[begin:end], batch.stops[begin:end], labels[begin:end]
        if len(self._words) > MOST_WORDS:
            self._forget()

    def _learn_words(self) -> None:
        """Score the words that were not met before, for each place that they may stand in."""
        known = len(self._scores)
        if known == len(self._words):
            return
        features = self._words.features(known)
        scores = [
            self._weights[self._row[offset_buckets(features, offset)]].sum(axis=1)
            for offset in OFFSETS
        ]
        self._scores = np.concatenate([self._scores, np.stack(scores, axis=1)])
        self._classes = np.concatenate([self._classes, self._words.classes(known)])

    def _emissions(self, batch: Batch) -> Floats:
        """The score of each label for each token, ``(token, label)``."""
        # Template by template: all at once would not fit the processor's cache.
        rows = self._row[context_features(batch, self._classes).T]
        result = np.zeros((len(batch.words), len(LABELS)), dtype=np.float32)
        added = np.empty_like(result)
        for row in rows:
            np.take(self._weights, row, axis=0, out=added, mode="clip")
            result += added
        for place, offset in enumerate(OFFSETS):
            of_neighbour = np.roll(batch.words, -offset)
            result += self._scores[of_neighbour, place]
        return result

    def _decode(self, batch: Batch, emissions: Floats) -> Ints:
        """The best sequence of labels for each reference, flat as the batch is."""
        labels = np.zeros(len(batch.words), dtype=np.int64)
        lengths = batch.ends - batch.begins
        order = np.argsort(-lengths, kind="stable")
        order = order[lengths[order] > 0]
        while len(order):
            longest = int(lengths[order[0]])
            # Long ones go first and few at a time, so that padding costs little.
            together = order[: max(1, min(64, MOST_CELLS // (longest * len(LABELS))))]
            order = order[len(together) :]
            self._decode_padded(batch.begins[together], lengths[together], emissions, labels)
        return labels

    def _decode_padded(self, begins: Ints, lengths: Ints, emissions: Floats, labels: Ints) -> None:
        longest, width = int(lengths[0]), len(LABELS)
        count = len(begins)
        best = self._first + emissions[begins]
        back = np.zeros((longest, count, width), dtype=np.int8)
        last = np.zeros(count, dtype=np.int64)
        alive = np.searchsorted(-lengths, -np.arange(longest), side="left")
        # (alive[t]: how many are longer than t; they are sorted by length, longest first)
        for t in range(1, longest):
            living = int(alive[t])
            before = best[:living, :, None] + self._edges
            choice = before.argmax(axis=1)
            back[t, :living] = choice
            best[:living] = (
                np.take_along_axis(before, choice[:, None, :], axis=1)[:, 0]
                + emissions[begins[:living] + t]
            )
        last = best.argmax(axis=1)
        path = np.zeros((count, longest), dtype=np.int64)
        for t in range(longest - 1, -1, -1):
            living = int(alive[t])
            path[:living, t] = last[:living]
            last[:living] = back[t, np.arange(living), last[:living]]
        for row, (begin, length) in enumerate(zip(begins.tolist(), lengths.tolist(), strict=True)):
            labels[begin : begin + length] = path[row, :length]


_NEVER = np.float32(-1e9)


def _forbidden() -> Floats:
    """A field that has a first token goes on only after it."""
    barred = np.zeros((len(LABELS), len(LABELS)), dtype=np.float32)
    for number, label in enumerate(LABELS):
        if f"B-{label}" in LABELS:
            barred[:, number] = _NEVER
            barred[LABELS.index(f"B-{label}"), number] = 0
            barred[number, number] = 0
    return barred


def _forbidden_first() -> Floats:
    barred = np.zeros(len(LABELS), dtype=np.float32)
    for number, label in enumerate(LABELS):
        if f"B-{label}" in LABELS:
            barred[number] = _NEVER
    return barred
