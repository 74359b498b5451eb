"""Texts at positions are those that Arrow takes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from graphbuild.kernels import beside
from graphbuild.kernels.texts import texts_at


@pytest.mark.parametrize("longest", [0, 1, 7, 31, 32, 33, 200])
@pytest.mark.parametrize("bands", [1, 3])
def test_as_arrow_takes_them(longest: int, bands: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "BANDS", bands)
    monkeypatch.setattr("graphbuild.kernels.texts.MANY", 2)
    random = np.random.default_rng(longest)
    lengths = random.integers(0, longest + 1, 60)
    whole = pa.array(["".join(random.choice(list("aé✓"), length)) for length in lengths])
    some = pa.array([text if place % 3 else None for place, text in enumerate(whole.to_pylist())])
    for texts in (whole, whole.slice(7, 40), some, some.slice(7, 40)):
        for many in (0, 1, 2, 500):
            positions = random.integers(0, len(texts), many).astype(np.int32)
            found = texts_at(texts, positions)
            found.validate(full=True)
            assert found.equals(texts.take(pa.array(positions)))


def test_two_gigabytes_are_large_strings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphbuild.kernels.texts._LARGEST", 3)
    found = texts_at(pa.array(["ab", "c"]), np.array([1, 0, 0], np.int32))
    assert (found.type, found.to_pylist()) == (pa.large_string(), ["c", "ab", "ab"])
