"""Train the model that labels references, from references that people have tagged.

    python -m tools.train_references --data FOLDER     # writes graphbuild/references/model.npz
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from graphbuild.references.addresses import read_addresses
from graphbuild.references.features import (
    BUCKETS,
    OFFSETS,
    Words,
    context_features,
    lay_out,
    offset_buckets,
)
from graphbuild.references.labeller import Model
from graphbuild.references.labels import LABELS, begins, inside
from tools import crf
from tools.tagged_references import Tagged

LEAST = 2
"""How often a feature must occur to get a weight."""


def gold_labels(
    reference: Tagged, starts: npt.NDArray[np.int64]
) -> list[int]:
    """The label of each token; a mark between fields belongs to the field before it."""
    labels: list[int] = []
    current: str | None = None
    of_character: list[int | None] = [None] * (len(reference.text) + 1)
    for number, (start, end, _) in enumerate(reference.spans):
        of_character[start:end] = [number] * (end - start)
    previous: int | None = None
    for start in starts.tolist():
        span = of_character[start]
        if span is None:
            labels.append(inside(current) if current else inside("label"))
            continue
        name = reference.spans[span][2]
        # Spans of one field with a mark between them are one field.
        if name != current or (span != previous and name in ("title", "container")):
            labels.append(begins(name))
        else:
            labels.append(inside(name))
        current, previous = name, span
    return labels


def prepare(
    references: Sequence[Tagged],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Buckets ``(token, feature)`` and labels of all tokens, and where references begin and end."""
    words = Words()
    texts = [reference.text for reference in references]
    batch = lay_out(texts, [read_addresses(text).spans for text in texts], words)
    classes = words.classes()
    features = words.features()
    columns = [context_features(batch, classes)]
    for offset in OFFSETS:
        of_word = offset_buckets(features, offset)
        columns.append(of_word[np.roll(batch.words, -offset)])
    labels = np.zeros(len(batch.words), dtype=np.int64)
    for reference, begin, end in zip(references, batch.begins, batch.ends, strict=True):
        labels[begin:end] = gold_labels(reference, batch.starts[begin:end])
    return np.concatenate(columns, axis=1), labels, batch.begins, batch.ends


def train(references: Sequence[Tagged], *, least: int = LEAST, verbose: bool = True, **options: float) -> Model:
    """A model from ``references``."""
    buckets, labels, begin, end = prepare(references)
    inside_any = np.zeros(len(labels), dtype=bool)
    for a, b in zip(begin, end, strict=True):
        inside_any[a:b] = True
    counts = np.bincount(buckets[inside_any].ravel(), minlength=BUCKETS)
    kept = np.flatnonzero(counts >= least)
    row = np.zeros(BUCKETS, dtype=np.int32)
    row[kept] = np.arange(1, len(kept) + 1)
    rows = row[buckets]
    if verbose:
        print(f"{len(references)} references, {inside_any.sum()} tokens, {len(kept)} features")
    weights, edges, first = crf.train(
        rows, labels, begin, end, features=len(kept) + 1, width=len(LABELS), verbose=verbose,
        **options,
    )  # fmt: skip
    return Model(kept.astype(np.uint32), weights[1:], edges, first)
