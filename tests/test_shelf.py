"""Columns of records in memory and on disk are the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.columns import CLAIM_TYPES, RECORD_TYPES, RecordRows, ReferenceRows
from graphbuild.model import Origin, Person, Record
from graphbuild.shelf import Shelf

texts = st.none() | st.text("aé深 ", max_size=4)
records = st.builds(
    Record,
    origin=st.builds(Origin, st.sampled_from(["a", "b"]), st.integers(1, 9)),
    source=st.just("records"),
    title=texts,
    abstract=texts,
    comment=texts,
    authors=st.lists(st.builds(Person, st.sampled_from(["Ba", "Li"])), max_size=2).map(tuple),
    categories=st.lists(st.sampled_from(["cs.LG", "cs.CL"]), max_size=2).map(tuple),
    year=st.none() | st.integers(1900, 2030),
)


@given(st.lists(st.lists(records, max_size=3), max_size=3), st.randoms())
def test_memory_and_disk_hold_the_same(batches: list[list[Record]], random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        held, spilled = Shelf(), Shelf(Path(folder))
        for batch in batches:
            rows = RecordRows()
            for record in batch:
                rows.append(record)
            columns = rows.finish(ReferenceRows().bare())
            held.add(columns)
            spilled.add(columns)
        size = len(held)
        assert len(spilled) == size == sum(map(len, batches))
        positions = np.array([random.randrange(-1, size) for _ in range(2 * size)], np.int64)
        for name in (*RECORD_TYPES, *CLAIM_TYPES):
            whole = held[name].to_pylist()
            assert spilled[name].to_pylist() == whole, name
            assert spilled[name].type == held[name].type, name
            assert spilled.is_valid(name).tolist() == [value is not None for value in whole]
            taken = [whole[at] if at >= 0 else None for at in positions.tolist()]
            for shelf in (held, spilled):
                assert shelf.take(name, positions).to_pylist() == taken, name
