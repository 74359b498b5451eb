from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graphbuild.kernels.sorting import falling

FLOATS = st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0, 1.0, 1e-300])
WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)


@given(arrays(np.float64, st.integers(0, 60), elements=FLOATS))
def test_fractions_fall_and_equal_ones_keep_their_order(values):
    expected = sorted(range(len(values)), key=lambda at: (-values[at], at))
    assert falling(values).tolist() == expected


@given(arrays(np.int64, st.integers(0, 60), elements=WHOLE))
def test_whole_numbers_fall_and_equal_ones_keep_their_order(values):
    expected = sorted(range(len(values)), key=lambda at: (-int(values[at]), at))
    assert falling(values).tolist() == expected


def test_many_are_as_a_stable_sort_has_them():
    values = np.random.default_rng(0).integers(0, 1000, 200_000).astype(float) / 7
    assert np.array_equal(falling(values), np.argsort(-values, kind="stable"))
