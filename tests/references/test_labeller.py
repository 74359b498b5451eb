"""The labeller: decoding against brute force, the model's file, and what batches must not do."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.references import parse_all
from graphbuild.references.addresses import read_addresses
from graphbuild.references.features import BUCKETS, Words, context_features, lay_out
from graphbuild.references.labeller import Labeller, Model, labeller
from graphbuild.references.labels import LABELS
from graphbuild.references.tokens import ID, tokenize

TEXTS = [
    "",
    "[3] S. Sabour and N. Frosst. Dynamic routing between capsules. NIPS, 2017, pp. 3856–3866.",
    "Beck, A. (2009). Inverse problems. SIAM J. Imaging 2(1), 183-202. doi:10.1137/080716542",
    "P. W. Anderson, Phys. Rev. 109, 1492 (1958).",
    "김은경, '신장 질환 진단,' 정보과학회 논문지, 1997",
    "x" * 50,
    "A, " * 900,
]


def small_model(seed: int) -> Model:
    random = np.random.default_rng(seed)
    buckets = np.sort(random.choice(BUCKETS, 300_000, replace=False))
    weights = random.normal(size=(len(buckets), len(LABELS))).astype(np.float32)
    edges = random.normal(size=(len(LABELS), len(LABELS))).astype(np.float32)
    return Model(buckets, weights, edges, random.normal(size=len(LABELS)).astype(np.float32))


def allowed(path: tuple[int, ...]) -> bool:
    """By the meaning of the labels: a field that has a first token goes on only after it."""
    names = [LABELS[label] for label in path]
    return all(
        f"B-{name}" not in LABELS or (i > 0 and names[i - 1] in (f"B-{name}", name))
        for i, name in enumerate(names)
    )


@pytest.mark.parametrize("seed", range(3))
def test_decoding_finds_the_best_path(seed: int) -> None:
    model = small_model(seed)
    decoder = Labeller(model)
    texts = ["Blinn. Hello 1996", "A", "In Proc. X"]
    none: list[tuple[tuple[int, int], ...]] = [() for _ in texts]
    found = [labels.tolist() for _, _, labels in decoder.label(texts, none)]
    batch = lay_out(texts, none, decoder._words)
    scores = decoder._emissions(batch)
    for labels, begin, end in zip(found, batch.begins, batch.ends, strict=True):
        own = scores[begin:end]

        def total(path: tuple[int, ...], own: np.ndarray = own) -> float:
            steps = itertools.pairwise(path)
            return float(
                model.first[path[0]]
                + sum(own[i, label] for i, label in enumerate(path))
                + sum(model.edges[a, b] for a, b in steps)
            )

        # Extending only the best of each last label is what is tested, so every path is tried;
        # for longer texts those that differ from the found one in up to three places.
        paths = (
            itertools.product(range(len(LABELS)), repeat=len(own))
            if len(own) < 4
            else neighbours(tuple(labels))
        )
        best = max((path for path in paths if allowed(path)), key=total)
        assert allowed(tuple(labels))
        assert total(tuple(labels)) >= total(best) - 1e-3


def neighbours(path: tuple[int, ...]) -> set[tuple[int, ...]]:
    found = {path}
    for at in itertools.combinations(range(len(path)), 2):
        for labels in itertools.product(range(len(LABELS)), repeat=2):
            changed = list(path)
            for place, label in zip(at, labels, strict=True):
                changed[place] = label
            found.add(tuple(changed))
    return found


def test_a_batch_reads_as_each_alone() -> None:
    together = parse_all(TEXTS * 40)
    alone = [parse_all([text])[0] for text in TEXTS]
    assert together == alone * 40


@given(st.lists(st.sampled_from(TEXTS), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_a_batch_does_not_matter(texts: list[str], random) -> None:
    order = list(range(len(texts)))
    random.shuffle(order)
    straight = parse_all(texts)
    shuffled = parse_all(texts[i] for i in order)
    assert shuffled == [straight[i] for i in order]


def test_words_are_forgotten_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = parse_all(TEXTS)
    monkeypatch.setattr("graphbuild.references.labeller.MOST_WORDS", 5)
    assert parse_all(TEXTS * 30) == expected * 30
    monkeypatch.undo()
    assert parse_all(TEXTS) == expected


def test_the_model_s_file_keeps_its_weights() -> None:
    model = small_model(1)
    read = Model.from_bytes(model.to_bytes())
    assert read.buckets.tolist() == model.buckets.tolist()
    assert np.abs(read.weights - model.weights).mean() < 0.1
    assert np.array_equal(read.edges, model.edges)
    assert np.array_equal(read.first, model.first)
    assert model.to_bytes() == model.to_bytes()


def test_the_model_is_the_one_that_its_manifest_describes() -> None:
    folder = resources.files("graphbuild.references")
    data = folder.joinpath("model.npz").read_bytes()
    described = json.loads(folder.joinpath("model.json").read_text("utf-8"))
    assert described["model"] == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    assert len(data) < 5_000_000
    assert described["references"]["held_out"] > 1_000


def test_features_do_not_look_beyond_their_reference() -> None:
    words = Words()
    spans: list[tuple[tuple[int, int], ...]] = [() for _ in range(3)]
    batch = lay_out([TEXTS[1], TEXTS[3], TEXTS[1]], spans, words)
    found = context_features(batch, words.classes())
    first = found[batch.begins[0] : batch.ends[0]]
    assert np.array_equal(first, found[batch.begins[2] : batch.ends[2]])
    alone = lay_out([TEXTS[1]], spans[:1], words)
    again = context_features(alone, words.classes())
    assert np.array_equal(first, again[alone.begins[0] : alone.ends[0]])
    assert found.min() >= 0
    assert found.max() < BUCKETS


@given(st.text())
def test_tokens_are_the_text_without_white_space(text: str) -> None:
    tokens = tokenize(text)
    assert (
        "".join(token for token, _, _ in tokens)
        == "".join(text.split())[: sum(len(token) for token, _, _ in tokens)]
    )
    assert all(text[start:stop] == token for token, start, stop in tokens)


def test_an_identifier_is_one_token() -> None:
    text = "Blinn, arXiv:1706.03762 (2017)"
    tokens = tokenize(text, read_addresses(text).spans)
    assert [token for token, _, _ in tokens] == ["Blinn", ",", ID, "(", "2017", ")"]


def test_nothing_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, graphbuild.references as r; before = 'numpy' in sys.modules;"
        "r.parse('Blinn, J. Hello. 1996.');"
        "print(before, 'numba' in sys.modules, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]


def test_one_labeller_for_all() -> None:
    assert labeller() is labeller()
