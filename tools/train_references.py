"""Train the model that labels references, from references that people have tagged.

    python -m tools.train_references --data FOLDER     # writes graphbuild/references/model.npz
    python -m tools.train_references --data FOLDER --cross-validate 5

FOLDER holds ``anystyle/core.xml``, ``anystyle/good.xml``, ``grobid/citations.xml`` and
``grobid/documents.xml`` (docs/references.md says where they come from). The same data and the same
version of NumPy and numba give the same model, byte for byte; ``model.json`` beside the model
says what it was made of.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
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
from graphbuild.references.labeller import Labeller, Model
from graphbuild.references.labels import LABELS, begins, inside
from graphbuild.references.parser import parse_with
from tools import crf
from tools.noise import augment
from tools.quality.references import scores, table
from tools.tagged_references import KINDS, Tagged, load, split

Ints = npt.NDArray[np.int64]

LEAST = 3
"""How often a feature must occur to get a weight."""
MOST = 420_000
"""Features that get a weight in the end; more would make the model larger than 5 MB."""
TRIAL_EPOCHS = 3
OPTIONS = {"epochs": 8, "rate": 0.05, "drop": 0.5, "l2": 1e-5, "copies": 2}
SEEDS = (1, 2)
"""Of the models whose mean is kept: it reads better than any of them."""
MODEL = Path(__file__).parent.parent / "graphbuild" / "references" / "model.npz"


def gold_labels(reference: Tagged, starts: npt.NDArray[np.int64]) -> list[int]:
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
) -> tuple[Ints, Ints, Ints, Ints]:
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


def train(
    references: Sequence[Tagged], *, least: int = LEAST, verbose: bool = True, **options: float
) -> Model:
    """A model from ``references`` as they are."""
    buckets, labels, begin, end = prepare(references)
    inside_any = np.zeros(len(labels), dtype=bool)
    for a, b in zip(begin, end, strict=True):
        inside_any[a:b] = True
    counts = np.bincount(buckets[inside_any].ravel(), minlength=BUCKETS)
    kept = np.flatnonzero(counts >= least)
    if verbose:
        print(f"{len(references)} references, {inside_any.sum()} tokens, {len(kept)} features")
    if len(kept) > MOST:
        # What matters little after a few epochs is left out, and the rest trained from the start.
        tried = {**options, "epochs": TRIAL_EPOCHS}
        trial = _fit(buckets, kept, labels, begin, end, verbose=verbose, **tried)
        matters = np.abs(trial.weights).max(axis=1) * np.sqrt(counts[kept])
        kept = np.sort(kept[np.argsort(-matters, kind="stable")[:MOST]])
    return _fit(buckets, kept, labels, begin, end, verbose=verbose, **options)


def _fit(
    buckets: Ints,
    kept: Ints,
    labels: Ints,
    begin: Ints,
    end: Ints,
    *,
    verbose: bool,
    **options: float,
) -> Model:
    row = np.zeros(BUCKETS, dtype=np.int32)
    row[kept] = np.arange(1, len(kept) + 1)
    weights, edges, first = crf.train(
        row[buckets], labels, begin, end, features=len(kept) + 1, width=len(LABELS),
        verbose=verbose, **options,
    )  # fmt: skip
    return Model(kept, weights[1:], edges, first)


def train_augmented(
    references: Sequence[Tagged], *, verbose: bool = True, **options: float
) -> Model:
    """A model from ``references`` and what ``noise.augment`` makes of them."""
    given = {**OPTIONS, "seed": SEEDS[0], **options}
    copies, seed = int(given.pop("copies")), int(given["seed"])
    return train(augment(references, copies=copies, seed=seed), verbose=verbose, **given)


def train_mean(references: Sequence[Tagged], *, verbose: bool = True) -> Model:
    """The mean of the models of all ``SEEDS``, without the features that matter least."""
    return mean([train_augmented(references, seed=seed, verbose=verbose) for seed in SEEDS])


def mean(models: Sequence[Model]) -> Model:
    """One model whose weights are the models' mean, of the ``MOST`` features that weigh most."""
    buckets = np.unique(np.concatenate([model.buckets for model in models]))
    weights = np.zeros((len(buckets), len(LABELS)), dtype=np.float32)
    edges = np.zeros((len(LABELS), len(LABELS)), dtype=np.float32)
    first = np.zeros(len(LABELS), dtype=np.float32)
    for model in models:
        weights[np.searchsorted(buckets, model.buckets)] += model.weights / len(models)
        edges += model.edges / len(models)
        first += model.first / len(models)
    largest = np.abs(weights).max(axis=1)
    kept = np.sort(np.argsort(-largest, kind="stable")[:MOST])
    return Model(buckets[kept], weights[kept], edges, first)


def cross_validate(references: Sequence[Tagged], folds: int) -> str:
    """Scores where each group of references is read by a model that has not seen it."""
    tagged: list[Tagged] = []
    found = []
    for fold in range(folds):
        unseen = [r for r in references if _fold(r, folds) == fold]
        titles = {r.title_key for r in unseen} - {""}
        seen = [r for r in references if _fold(r, folds) != fold and r.title_key not in titles]
        labeller = Labeller(train_mean(seen, verbose=False))
        tagged += unseen
        found += parse_with(labeller, [r.text for r in unseen])
        print(f"fold {fold + 1} of {folds} done", flush=True)
    return table(scores([dataclasses.replace(r, kind=r.part) for r in tagged], found))


def _fold(reference: Tagged, folds: int) -> int:
    return int(hashlib.sha256(reference.group.encode()).hexdigest(), 16) // 7 % folds


def manifest(folder: Path, model: bytes, trained_on: int, held_out: int) -> dict[str, object]:
    """What made the model, for ``model.json``."""
    return {
        "model": {"sha256": hashlib.sha256(model).hexdigest(), "bytes": len(model)},
        "data": {
            f"{kind}.xml": hashlib.sha256((folder / f"{kind}.xml").read_bytes()).hexdigest()
            for kind in KINDS
        },
        "references": {"trained_on": trained_on, "held_out": held_out},
        "options": {**OPTIONS, "least": LEAST, "most": MOST, "seeds": SEEDS},
        "numpy": np.__version__,
    }


def main() -> None:
    """Train, or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the tagged references")
    parser.add_argument(
        "--cross-validate", type=int, metavar="FOLDS", help="print scores, write nothing"
    )
    parser.add_argument(
        "--out", type=Path, default=MODEL, help="the model (default: the package's)"
    )
    arguments = parser.parse_args()
    began = time.process_time()
    references = load(arguments.data)
    if arguments.cross_validate:
        print(cross_validate(references, arguments.cross_validate))
        return
    seen, unseen = split(references)
    data = train_mean(seen).to_bytes()
    arguments.out.write_bytes(data)
    described = manifest(arguments.data, data, len(seen), len(unseen))
    arguments.out.with_suffix(".json").write_text(json.dumps(described, indent=2) + "\n")
    print(f"{arguments.out}: {len(data)} bytes, {time.process_time() - began:.0f} s of CPU")
    labeller = Labeller(Model.from_bytes(data))
    found = parse_with(labeller, [reference.text for reference in unseen])
    print(table(scores([dataclasses.replace(r, kind=r.part) for r in unseen], found)))


if __name__ == "__main__":
    main()
