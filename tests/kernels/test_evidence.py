"""The strongest reference of each citation, held against sorting by all that decides."""

from __future__ import annotations

import numpy as np
import pytest

from graphbuild.kernels.evidence import mark_later, strongest


@pytest.mark.parametrize("longest", [0, 1, 31, 33, 64, 65, 500])
@pytest.mark.parametrize("papers", [1, 5, 10_000, 2**31 - 1])
@pytest.mark.parametrize("differing", [1, 3])
def test_the_least_reference_of_every_pair(longest: int, papers: int, differing: int) -> None:
    random = np.random.default_rng(longest * papers + differing)
    lengths = random.integers(0, longest + 1, 50)
    many = int(lengths.sum())
    citing = np.repeat(np.arange(50, dtype=np.int32) * 3, lengths)
    cited = random.integers(0, papers, many).astype(np.int32)
    basis = random.integers(0, differing, many).astype(np.uint8)
    line = random.integers(0, differing, many)
    record = random.integers(0, 9, many).astype(np.int32)
    word = random.integers(0, 7, many).astype(np.int32)
    file = random.integers(0, differing, 9).astype(np.int32)
    text = random.integers(0, differing, 7).astype(np.int32)
    order = np.lexsort((record, text[word], line, file[record], basis, cited, citing)).tolist()
    expected: dict[tuple[int, int], int] = {}
    for place in order:
        expected.setdefault((int(citing[place]), int(cited[place])), place)
    found = strongest(citing, cited, basis, line, record, word, file, text)
    assert found.tolist() == list(expected.values())


def test_dates_are_compared_by_days_and_else_by_years() -> None:
    unknown = -(2**31)
    days = np.array([400, 0, 365, unknown, unknown, unknown], np.int32)
    years = np.array([1971, 1970, 1970, 1973, 1971, 0], np.int32)
    one, other = (part.ravel().astype(np.int32) for part in np.indices((6, 6)))
    later = np.empty(36, np.uint8)
    mark_later(one, other, days, years, unknown, 365, later)
    pairs = zip(one[later == 1].tolist(), other[later == 1].tolist(), strict=True)
    # 400 days after the first, 365 are not enough; 1973 comes two years after 1971 and 1970.
    assert list(pairs) == [(0, 1), (3, 0), (3, 1), (3, 2), (3, 4)]
