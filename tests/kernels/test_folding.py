"""Folding in columns gives what folding one text gives."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild import columns
from graphbuild.text import fold

texts = st.lists(
    st.none() | st.text("aZ09_ -:.\t\n\x1c\x7f$\\{}é\u00a0ﬁ深", max_size=12), max_size=20
)


@settings(max_examples=300)
@given(texts, st.integers(0, 3), st.sampled_from([0, columns.COMPILED]))
def test_every_text_folds_as_it_does_alone(
    texts: list[str | None], skipped: int, compiled_from: int
) -> None:
    given_ = pa.array(texts, pa.string()).slice(min(skipped, len(texts)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "COMPILED", compiled_from)
        folds = columns.folds(given_)
    expected = given_.to_pylist()
    assert folds.to_pylist() == [None if each is None else fold(each) for each in expected]
    folds.validate(full=True)
