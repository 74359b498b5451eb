from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphbuild import tables
from graphbuild.kernels.counting import tally


@given(st.lists(st.integers(0, 9)))
def test_counts_are_numpys(values):
    times = np.zeros(10, np.int64)
    tally(np.array(values, np.int32), times)
    assert times.tolist() == np.bincount(np.array(values, int), minlength=10).tolist()


def test_an_index_is_the_same_with_and_without_compiled_code(monkeypatch):
    generator = np.random.default_rng(0)
    ends = np.unique(generator.integers(0, 50, (400, 2)), axis=0).astype(np.int32)
    citing, cited = ends[:, 0].copy(), ends[:, 1].copy()
    plain = tables.CitationIndex(50, citing, cited)
    expected = [plain.times_cited, plain.cited_indptr, plain.citing_indptr, plain.citing_indices]
    monkeypatch.setattr(tables, "COMPILED", 0)
    found = tables.CitationIndex(50, citing, cited)
    for one, other in zip(
        [found.times_cited, found.cited_indptr, found.citing_indptr, found.citing_indices],
        expected,
        strict=True,
    ):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
