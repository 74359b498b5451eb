"""Lists are sorted as NumPy sorts each of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from graphbuild.kernels.lists import order_within


@pytest.mark.parametrize("longest", [0, 1, 31, 33, 64, 65, 500])
@pytest.mark.parametrize("highest", [1, 5, 10_000])
def test_each_list_in_stable_order(longest: int, highest: int) -> None:
    random = np.random.default_rng(longest * highest)
    begins = np.concatenate([[0], np.cumsum(random.integers(0, longest + 1, 50))])
    keys = random.integers(0, highest, begins[-1]).astype(np.int32)
    expected = [
        first + np.argsort(keys[first:last], kind="stable")
        for first, last in itertools.pairwise(begins)
    ]
    assert order_within(begins, keys).tolist() == np.concatenate(expected).tolist()
