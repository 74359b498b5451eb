"""Columns of records batch by batch: in memory, or on disk, one file a column.

On disk lies what is long (texts, names, lists). Numbers, dates and codes stay in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphbuild.columns import CLAIM_TYPES, RECORD_TYPES, Array, RecordColumns, concat, take

__all__ = ["Shelf"]

_TYPES: Mapping[str, pa.DataType] = {**RECORD_TYPES, **CLAIM_TYPES}
_SCATTERED = frozenset({"abstract", "comment"})


def _is_long(type_: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_list)
    return any(test(type_) for test in tests)


class Shelf:
    """Facts and claims of records (``columns.RECORD_TYPES`` and ``CLAIM_TYPES``) by name.

    Parameters
    ----------
    folder
        An empty folder for what is long; None to keep everything in memory.

    Examples
    --------
    >>> import tempfile
    >>> from graphbuild.columns import RecordRows, ReferenceRows
    >>> from graphbuild.model import Origin, Record
    >>> rows = RecordRows()
    >>> rows.append(Record(Origin("a.csv", 1), "records", title="A title"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     shelf = Shelf(Path(folder))
    ...     shelf.add(rows.finish(ReferenceRows().bare()))
    ...     shelf["title"].to_pylist(), len(shelf)
    (['A title'], 1)
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._long = frozenset(name for name, type_ in _TYPES.items() if folder and _is_long(type_))
        self._parts: dict[str, list[pa.Array]] = {name: [] for name in _TYPES}
        self._texts: dict[str, _Texts] = {}
        self._streams: dict[str, pa.RecordBatchStreamWriter] = {}
        if folder is not None:
            self._texts = {name: _Texts(folder / f"{name}.text") for name in _SCATTERED}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def is_on_disk(self) -> bool:
        """Whether what is long lies on disk."""
        return self._folder is not None

    def add(self, batch: RecordColumns) -> None:
        """Put a batch behind those that are there."""
        for name, type_ in _TYPES.items():
            held = batch.facts if name in RECORD_TYPES else vars(batch.claims)
            values = concat([held[name]], type_)
            if name in self._texts:
                self._texts[name].add(values)
            elif name in self._long:
                self._stream(name).write_batch(pa.record_batch([values], [name]))
            else:
                self._parts[name].append(values)
        self._length += len(batch)

    def _stream(self, name: str) -> pa.RecordBatchStreamWriter:
        if name not in self._streams:
            schema = pa.schema([(name, _TYPES[name])])
            self._streams[name] = pa.ipc.new_stream(f"{self._folder}/{name}.arrow", schema)
        return self._streams[name]

    def __getitem__(self, name: str) -> pa.Array:
        """A whole column."""
        if name in self._texts:
            return self.take(name, np.arange(self._length))
        if name in self._long:
            return concat(list(self._read(name)), _TYPES[name])
        if len(self._parts[name]) != 1:
            self._parts[name] = [concat(self._parts[name], _TYPES[name])]
        return self._parts[name][0]

    def _read(self, name: str) -> Iterator[pa.Array]:
        """A long column batch by batch."""
        if name not in self._streams:
            return
        self._streams[name].close()
        with (
            pa.OSFile(f"{self._folder}/{name}.arrow") as file,
            pa.ipc.open_stream(file) as stream,
        ):
            yield from (batch.column(0) for batch in stream)

    def take(self, name: str, positions: Array) -> pa.Array:
        """Values of a column at positions, null where a position is negative."""
        if name in self._texts:
            return self._texts[name].take(positions).cast(_TYPES[name])
        if name in self._long:
            return self._taken(name, positions)
        return take(self[name], positions)

    def _taken(self, name: str, positions: Array) -> pa.Array:
        """Values of a long column, of which no more than a batch is in memory at a time."""
        where = [np.flatnonzero(positions < 0)]
        parts = [pa.nulls(len(where[0]), _TYPES[name])]
        first = 0
        for values in self._read(name):
            last = first + len(values)
            where.append(np.flatnonzero((positions >= first) & (positions < last)))
            parts.append(values.take(pa.array(positions[where[-1]] - first)))
            first = last
        place = np.empty(len(positions), np.int64)
        place[np.concatenate(where)] = np.arange(len(positions))
        return concat(parts, _TYPES[name]).take(pa.array(place))

    def is_valid(self, name: str) -> Array:
        """Which records say anything in a column."""
        if name in self._texts:
            return self._texts[name].is_valid()
        valid: Array = self[name].is_valid().to_numpy(zero_copy_only=False)
        return valid


class _Texts:
    """Texts in a file, of which any are fetched at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lengths: list[Array] = []
        self._ends: tuple[Array, Array] | None = None

    def add(self, texts: pa.Array) -> None:
        """Put texts behind those that are there."""
        content = concat([texts], pa.large_string()).drop_null()
        lengths = np.full(len(texts), -1, np.int64)
        if len(content):
            offsets = np.frombuffer(content.buffers()[1], np.int64)
            offsets = offsets[content.offset : content.offset + len(content) + 1]
            lengths[texts.is_valid().to_numpy(zero_copy_only=False)] = np.diff(offsets)
            with self._path.open("ab") as file:
                file.write(memoryview(content.buffers()[2] or b"")[offsets[0] : offsets[-1]])
        self._lengths.append(lengths)
        self._ends = None

    def _bounds(self) -> tuple[Array, Array]:
        if self._ends is None:
            lengths = np.concatenate([np.empty(0, np.int64), *self._lengths])
            self._lengths = [lengths]
            self._ends = np.cumsum(np.maximum(lengths, 0)), lengths
        return self._ends

    def is_valid(self) -> Array:
        valid: Array = self._bounds()[1] >= 0
        return valid

    def take(self, positions: Array) -> pa.Array:
        """Texts at positions, null where a position is negative or there is no text."""
        ends, lengths = self._bounds()
        sizes = np.append(lengths, -1)[positions]  # of a negative position, that of the last one
        sizes[positions < 0] = -1
        here = np.flatnonzero(sizes > 0)
        content = self._fetched(ends[positions[here]] - sizes[here], sizes[here])
        offsets = np.zeros(len(positions) + 1, np.int64)
        np.cumsum(np.maximum(sizes, 0), out=offsets[1:])
        is_valid = pa.array(sizes >= 0)
        return pa.Array.from_buffers(
            pa.large_string(),
            len(positions),
            [is_valid.buffers()[1], pa.py_buffer(offsets), pa.py_buffer(content)],
        )

    def _fetched(self, starts: Array, sizes: Array) -> bytearray:
        """Pieces of the file one after the other; what lies side by side is fetched at once."""
        content = bytearray(int(sizes.sum()))
        if not len(sizes):
            return content
        begins = np.flatnonzero(np.append(True, starts[1:] != starts[:-1] + sizes[:-1]))
        totals = np.add.reduceat(sizes, begins)
        view, at = memoryview(content), 0
        with self._path.open("rb", buffering=0) as file:
            for start, total in zip(starts[begins].tolist(), totals.tolist(), strict=True):
                file.seek(start)
                end = at + total
                while at < end:
                    at += file.readinto(view[at:end])
        return content
