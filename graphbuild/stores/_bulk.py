"""What the stores share that take a graph in bulk: marks, ids that an index takes, CSV."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from graphbuild.errors import GraphbuildError
from graphbuild.tables import SCHEMAS, Tables

__all__ = [
    "ID_BYTES",
    "cut_ids",
    "distinct",
    "mark",
    "null_lists",
    "numbered",
    "short_id",
    "values_of",
    "writable",
    "write_csv",
]

ID_BYTES = 4000
"""Ids that take more bytes than this are cut; an index of Neo4j's takes some 8,000."""


def mark(graph: Tables) -> str:
    """What a load of this graph is marked with: 16 hexadecimal digits, of its tables' hashes.

    >>> import pandas as pd
    >>> one, same = (Tables.from_tables(papers=pd.DataFrame({"id": ["a"]})) for _ in range(2))
    >>> mark(one) == mark(same)
    True
    """
    digest = hashlib.sha256()
    files = getattr(graph, "manifest", {}).get("tables", {})
    for name in SCHEMAS:
        if name == "mentions":  # they stay in the folder
            continue
        if name in files:
            digest.update(files[name]["sha256"].encode())
            continue
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, SCHEMAS[name]) as stream:
            for batch in graph.batches(name):
                stream.write_batch(batch)
        digest.update(sink.getvalue())
    return digest.hexdigest()[:16]


def short_id(whole: str) -> str:
    """An id that an index takes: long ones are cut as the ids of long titles are.

    >>> short_id("arxiv:1706.03762")
    'arxiv:1706.03762'
    >>> short_id("title:" + "a" * 9000)
    'title:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-55018a1cc7'
    """
    encoded = whole.encode()
    if len(encoded) <= ID_BYTES:
        return whole
    return f"{whole[:60]}-{hashlib.sha256(encoded).hexdigest()[:10]}"


def cut_ids(column: pa.ChunkedArray | pa.Array) -> tuple[list[str], list[str | None]]:
    """Ids, cut where they are too long, and then the whole ones."""
    whole = values_of(column)
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    if longest <= ID_BYTES:
        return whole, []
    short = [short_id(value) for value in whole]
    return short, [None if cut == value else value for cut, value in zip(short, whole, strict=True)]


def null_lists(table: pa.Table | pa.RecordBatch) -> list[list[str] | None]:
    """For each row the names of the columns whose list is null; nothing at all when none is.

    An empty list is no property in Neo4j, as the offline import cannot make one; so those that are
    null have to be told from them.
    """
    named = [
        (field.name, column)
        for field, column in zip(table.schema, table.columns, strict=True)
        if pa.types.is_list(field.type) and column.null_count
    ]
    if not named:
        return []
    nulls = zip(*(column.is_null().to_pylist() for _, column in named), strict=True)
    names = [name for name, _ in named]
    return [list(itertools.compress(names, row)) or None for row in nulls]


def values_of(column: pa.ChunkedArray | pa.Array) -> list[Any]:
    """Python values of a column, by the quicker of two ways."""
    if pa.types.is_string(column.type) or not (
        column.null_count or pa.types.is_nested(column.type) or pa.types.is_date(column.type)
    ):
        values: list[Any] = (
            column.to_numpy(zero_copy_only=False).tolist()
            if isinstance(column, pa.Array)
            else column.to_numpy().tolist()
        )
        return values
    listed: list[Any] = column.to_pylist()
    return listed


def distinct(batches: Iterable[pa.RecordBatch]) -> pa.Array:
    values: set[str] = set()
    for batch in batches:
        values.update(pc.unique(batch.column(0)).to_pylist())
    return pa.array(sorted(values), pa.string())


def numbered(batches: Iterable[pa.RecordBatch], owner: str, other: str) -> Iterator[pa.RecordBatch]:
    """Add ``nth``: 2, 3 … for a pair that came before. Rows are sorted by their owner."""
    last, seen = None, Counter[str]()
    for batch in batches:
        numbers: list[int | None] = []
        for key, value in zip(values_of(batch[owner]), values_of(batch[other]), strict=True):
            if key != last:
                last = key
                seen.clear()
            seen[value] += 1
            numbers.append(seen[value] if seen[value] > 1 else None)
        yield batch.append_column("nth", pa.array(numbers, pa.int32()))


@contextmanager
def writable(out: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise GraphbuildError(
            f"{out}: cannot be written: {(error.strerror or str(error)).lower()}"
        ) from error


def write_csv(
    path: Path, batches: Iterable[tuple[list[str], list[pa.Array]]], header: list[str]
) -> None:
    """Strings stand in quotes, so that an empty one is not null, which is nothing at all."""
    with path.open("wb") as stream:
        stream.write((",".join(f'"{name}"' for name in header) + "\n").encode())
        for names, columns in batches:
            pa_csv.write_csv(
                pa.table(dict(zip(names, columns, strict=True))),
                stream,
                pa_csv.WriteOptions(include_header=False),
            )
