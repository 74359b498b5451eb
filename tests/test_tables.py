from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.tables import CitationIndex, repeated


@given(st.integers(1, 9), st.data())
def test_rows_of_the_index_ascend_whatever_the_order_of_citations(size, data):
    ends = st.integers(0, size - 1)
    pairs = data.draw(st.lists(st.tuples(ends, ends), unique=True, max_size=40))
    for given_pairs in (pairs, sorted(pairs)):
        citing, cited = np.array(given_pairs, np.int32).reshape(-1, 2).T
        index = CitationIndex(size, citing, cited)
        for indptr, indices, where in (
            (index.cited_indptr, index.cited_indices, lambda pair: pair),
            (index.citing_indptr, index.citing_indices, lambda pair: pair[::-1]),
        ):
            assert (indptr.dtype, indices.dtype) == (np.int64, np.int32)
            rows = np.repeat(np.arange(size), np.diff(indptr)).tolist()
            found = list(zip(rows, indices.tolist(), strict=True))
            assert found == sorted(map(where, pairs))


@given(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=6))
def test_what_a_group_has_twice_is_found_in_either_way(groups):
    value = np.array([value for group in groups for value in group], np.int32)
    group = np.repeat(np.arange(len(groups)), [len(each) for each in groups]).astype(np.int32)
    expected = [value in group[:place] for group in groups for place, value in enumerate(group)]
    assert repeated(value, group, large=0).tolist() == expected
    assert repeated(value, group, large=len(value) + 1).tolist() == expected
