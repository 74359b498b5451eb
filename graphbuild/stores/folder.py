"""A graph as a folder: one Parquet file per table, ``manifest.json`` and ``rejected.jsonl``.

The same graph is the same bytes. A new graph takes the place of an old
one when it is complete, in one step: a build that is interrupted changes nothing.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphbuild.errors import GraphFolderError
from graphbuild.model import Origin, Rejected
from graphbuild.tables import COMPILED, ENCODED, ROWS_OF_TEXTS, SCHEMAS, Tables, compact

__all__ = ["FORMAT", "ROWS_OF_A_PART", "check_target", "open_folder", "save", "writing"]

FORMAT = 2
MANIFEST = "manifest.json"
REJECTED = "rejected.jsonl"
TIMINGS = "timings.json"
_PARTIAL = "graphbuild-partial"
_KEPT = "kept"
_INDEX = "index"
_ORDER = "citing_first"
_SPILL = "spill"
ROWS_OF_A_PART = 1 << 20
"""Rows of a row group: next to every dictionary is written once, and no more is held to write."""
FEW_ROWS = 20_000
"""Fewer rows than that are read faster than they are searched."""
_ENCODINGS = {
    "line": "DELTA_BINARY_PACKED",
    "record": "DELTA_BINARY_PACKED",
    "cited": "BYTE_STREAM_SPLIT",
}

Array = np.ndarray[Any, Any]

# So much of each column is fetched at a time when a table is read in batches.
_BUFFER = 1 << 18
_READERS = 2


def check_target(folder: str | Path, *, force: bool = False) -> Path:
    """Check that a graph may be written to a folder, before any work is done for it.

    Raises
    ------
    GraphFolderError
        When something stands there that must not be replaced: a file, a folder without
        graphbuild's manifest, or a graph without ``force``.
    """
    target = Path(folder)
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise GraphFolderError(f"{target}: is not a folder; choose another name")
    if not target.exists() or not any(target.iterdir()):
        return target
    if not (target / MANIFEST).is_file():
        raise GraphFolderError(f"{target}: holds something that is no graph; choose another folder")
    _read_manifest(target)
    if not force:
        raise GraphFolderError(f"{target}: holds a graph already; --force replaces it")
    return target


def save(
    tables: Tables,
    folder: str | Path,
    *,
    manifest: Mapping[str, Any],
    kept: Mapping[str, pa.Table] | None = None,
    rejected: Sequence[Rejected] = (),
    timings: Mapping[str, float] | None = None,
    force: bool = False,
) -> Path:
    """Write a graph. ``manifest`` is completed by each table's rows and SHA-256.

    ``kept`` are tables to read again when more is added to the graph.

    Raises
    ------
    GraphFolderError
        As ``check_target``, and when the disk is full or not writable; the folder is then as
        it was.
    """
    with writing(folder, force=force) as graph, ThreadPoolExecutor(2) as beside:
        citations = tables.encoded("citations")
        parts = _parts(citations, (kept or {}).get("citations"))
        whole = [name for name in citations.column_names if not citations[name].null_count]
        # The longest first, and all others beside it.
        jobs = [beside.submit(graph.citations, parts, whole)]
        jobs += [
            beside.submit(graph.table, name, tables.encoded(name))
            for name in SCHEMAS
            if name != "citations"
        ]
        jobs += [
            beside.submit(graph.keep, name, table)
            for name, table in (kept or {}).items()
            if name != "citations"
        ]
        for job in jobs:
            job.result()
        graph.finish(manifest, rejected, timings)
    return Path(folder)


def _parts(
    citations: pa.Table, kept: pa.Table | None
) -> Iterator[tuple[pa.Table, pa.Table | None]]:
    columns = [name for name, target in ENCODED["citations"].items() if target is None]
    for first in range(0, max(citations.num_rows, 1), ROWS_OF_A_PART):
        further = None if kept is None else kept.slice(first, ROWS_OF_A_PART)
        yield _compact(citations.slice(first, ROWS_OF_A_PART), columns), further


@contextmanager
def writing(folder: str | Path, *, force: bool = False) -> Iterator[Writing]:
    """Write a graph table by table; it takes the folder's place when the block ends well.

    Raises
    ------
    GraphFolderError
        As ``save``.
    """
    target = check_target(folder, force=force)
    with _replacing(target) as partial, ExitStack() as stack:
        yield Writing(partial, stack)


class Writing:
    """A graph on its way into a folder. Its parts may come in any order, and from any thread."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._writers: dict[tuple[str, str], _Writer] = {}

    @property
    def spill(self) -> Path:
        """A folder for what is not part of the graph; it goes when the graph is finished."""
        folder = self._folder / _SPILL
        folder.mkdir(exist_ok=True)
        return folder

    def table(self, name: str, table: pa.Table) -> None:
        """Write a table, or the next part of one, encoded as ``tables.ENCODED`` says."""
        # Each part of a file brings the dictionaries of its own.
        rows = _rows_of_a_part(name)
        whole = [field.name for field in SCHEMAS[name] if not field.nullable]
        for first in range(0, max(table.num_rows, 1), rows):
            part = _compact(table.slice(first, rows), ENCODED.get(name, {}))
            self._write("tables", name, _never_null(part, whole))

    def keep(self, name: str, table: pa.Table) -> None:
        """Write a table that is for adding to the graph."""
        self._write(_KEPT, name, table)

    def citations(
        self,
        parts: Iterable[tuple[pa.Table, pa.Table | None]],
        whole: Collection[str] = SCHEMAS["citations"].names,
    ) -> None:
        """Write citations, and what is kept of each; all parts but the last are whole.

        Whole parts have ``ROWS_OF_A_PART`` rows. What is no id is encoded in just the words in use.
        ``whole`` are the columns without nulls, of all parts.
        """
        degrees, held = np.zeros(0, np.int64), []

        def write_beside(citations: pa.Table, kept: pa.Table | None) -> tuple[Array, Array]:
            if kept is not None:
                self._write(_KEPT, "citations", kept)
            citing, cited = (citations[name].combine_chunks() for name in ("citing", "cited"))
            self._write(_INDEX, "cited", _never_null(pa.table({"cited": cited.indices})))
            papers = np.arange(len(citing.dictionary) + 1)
            found = np.diff(np.searchsorted(citing.indices.to_numpy(), papers))
            return found, cited.indices.to_numpy()

        with ThreadPoolExecutor(1) as beside:
            for citations, kept in parts:
                job = beside.submit(write_beside, citations, kept)
                part = _never_null(_compact(citations, ("citing", "cited")), whole)
                self._write("tables", "citations", part)
                found, positions = job.result()
                degrees = degrees + found if len(degrees) else found
                held.append(positions)
                del citations, part, kept, job  # before the next ones are made
        references = pa.table({"references": pa.array(degrees, pa.int32())})
        self._write(_INDEX, "degrees", _never_null(references))
        if degrees.sum() >= COMPILED:
            self._citing_first(degrees, np.concatenate(held))

    def _citing_first(self, degrees: Array, cited: Array) -> None:
        """Write in which order PageRank passes papers: finding it takes longer than reading it."""
        from graphbuild.kernels.pagerank import citing_first  # noqa: PLC0415 - loads a library

        indptr = np.zeros(len(degrees) + 1, np.int64)
        np.cumsum(degrees, out=indptr[1:])
        order, free = citing_first(indptr, cited)
        behind = pa.array(np.arange(len(order)) >= free)
        papers = pa.table({"paper": order, "behind_a_cycle": behind})
        self._write(_INDEX, _ORDER, _never_null(papers))

    def _write(self, kind: str, name: str, table: pa.Table) -> None:
        if (kind, name) not in self._writers:
            folder = self._folder if kind == "tables" else self._folder / kind
            folder.mkdir(exist_ok=True)
            file, rows = folder / f"{name}.parquet", _rows_of_a_part(name)
            writer = _Writer(file, table.schema, rows, is_read_often=kind == _INDEX)
            self._writers[kind, name] = self._stack.enter_context(writer)
        self._writers[kind, name].write(table)

    def finish(
        self,
        manifest: Mapping[str, Any],
        rejected: Sequence[Rejected],
        timings: Mapping[str, float] | None,
    ) -> None:
        """Write what is not a table."""
        self._stack.close()
        files: dict[str, dict[str, Any]] = {}
        written = sorted(self._writers, key=_in_manifest)
        with ThreadPoolExecutor(2) as beside:
            told = beside.map(lambda file: self._writers[file].told(), written)
            for (kind, name), what in zip(written, told, strict=True):
                files.setdefault(kind, {})[name] = what
        whole = {"format": FORMAT, **manifest, **files}
        (self._folder / MANIFEST).write_bytes(_json(whole))
        lines = (orjson.dumps(_as_json(item)) + b"\n" for item in sorted(rejected))
        (self._folder / REJECTED).write_bytes(b"".join(lines))
        if timings is not None:
            (self._folder / TIMINGS).write_bytes(_json(timings))
        shutil.rmtree(self._folder / _SPILL, ignore_errors=True)


def _rows_of_a_part(name: str) -> int:
    return ROWS_OF_TEXTS if name in {"papers", "mentions"} else ROWS_OF_A_PART


def _in_manifest(file: tuple[str, str]) -> tuple[int, int, str]:
    kind, name = file
    place = list(SCHEMAS).index(name) if kind == "tables" else 0
    return ["tables", _INDEX, _KEPT].index(kind), place, name


class _Writer:
    """One Parquet file."""

    def __init__(
        self, path: Path, schema: pa.Schema, rows_of_a_part: int, *, is_read_often: bool
    ) -> None:
        self._path, self._rows_of_a_part = path, rows_of_a_part
        self._rows = 0
        # Only what is a dictionary already is worth one, and nobody asks for the least of titles.
        encoded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        encodings = {field.name: _ENCODINGS[field.name] for field in schema
                     if field.name in _ENCODINGS and field.name not in encoded}  # fmt: skip
        self._file = pq.ParquetWriter(
            path,
            schema,
            # LZ4 is read in half the time, and of numbers that are all over leaves hardly more.
            compression="lz4" if is_read_often else "zstd",
            compression_level=None if is_read_often else 1,
            use_dictionary=encoded or False,
            column_encoding=encodings or None,
            dictionary_pagesize_limit=1 << 30,
            write_statistics=False,
            store_schema=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, table: pa.Table) -> None:
        self._file.write_table(table, row_group_size=self._rows_of_a_part)
        self._rows += table.num_rows

    def told(self) -> dict[str, Any]:
        """What the manifest says of the file, once it is closed."""
        with self._path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return {"rows": self._rows, "sha256": digest}


def _compact(table: pa.Table, columns: Iterable[str]) -> pa.Table:
    """A part of a table, the dictionaries of some columns just the words in use in it."""
    for column in columns:
        words = compact(table[column].combine_chunks())
        table = table.set_column(table.column_names.index(column), column, words)
    return table


def _never_null(table: pa.Table, columns: Collection[str] | None = None) -> pa.Table:
    """The same table, its schema saying which columns (all, unless named) hold no nulls.

    Parquet writes and reads these faster: it need not note of each value that it is there.
    """
    whole = table.column_names if columns is None else columns
    fields = [field.with_nullable(field.name not in whole) for field in table.schema]
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields))


@dataclass(frozen=True, eq=False)
class Opened:
    """A graph's folder: how to read its tables, what else it keeps, its manifest and rejects."""

    read: Read
    kept: Callable[[], dict[str, pa.Table]] | None
    manifest: dict[str, Any]
    rejected: list[Rejected]


def open_folder(folder: str | Path) -> Opened:
    """Open a graph's folder.

    The tables' files are opened at once, and read when they are asked for: another graph may take
    the folder's place meanwhile.

    Raises
    ------
    GraphFolderError
        When there is no graph, or one of a newer version, or a table is missing or damaged.
    """
    path = Path(folder)
    if not path.is_dir():
        raise GraphFolderError(f"{path}: there is no such folder; graphbuild build --out makes one")
    if not (path / MANIFEST).is_file():
        raise GraphFolderError(f"{path}: holds no graph (it has no {MANIFEST})")
    manifest = _read_manifest(path)
    further = manifest.pop(_KEPT, {})
    # Small graphs have no order, and those that were written before there was one.
    index = [name for name in ("cited", "degrees", _ORDER) if name in manifest[_INDEX]]
    read = Read(path, index, further)
    manifest.pop(_INDEX)
    rejected = path / REJECTED
    lines = rejected.read_bytes().splitlines() if rejected.is_file() else []
    return Opened(
        read,
        read.kept if further else None,
        manifest,
        [_from_json(orjson.loads(line)) for line in lines],
    )


class Read:
    """Reads the tables of a folder whose files it holds open."""

    def __init__(self, folder: Path, index: Iterable[str], kept: Iterable[str]) -> None:
        self._paths = {("tables", name): folder / f"{name}.parquet" for name in SCHEMAS}
        self._paths |= {(_KEPT, name): folder / _KEPT / f"{name}.parquet" for name in kept}
        self._paths |= {(_INDEX, name): folder / _INDEX / f"{name}.parquet" for name in index}
        # Not memory-mapped, and kept open: the folder may be replaced while the graph is in use.
        self._files = {}
        self._tables = {}
        self._turn = threading.Lock()
        for (kind, name), path in self._paths.items():
            with _damage(path):
                self._files[kind, name] = pa.OSFile(str(path))
                self._tables[kind, name] = pq.ParquetFile(
                    self._files[kind, name],
                    read_dictionary=list(ENCODED.get(name, {}) if kind == "tables" else ()),
                )

    def __call__(self, name: str, columns: Sequence[str] | None) -> pa.Table:
        """A table, or some columns of it."""
        return self._whole("tables", name, None if columns is None else list(columns))

    def _whole(self, kind: str, name: str, columns: list[str] | None = None) -> pa.Table:
        with self._turn, _damage(self._paths[kind, name]):  # a reader is for one thread
            return self._tables[kind, name].read(columns=columns)

    def batches(self, name: str, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Some columns of a table, so many rows at a time."""
        with _damage(self._paths["tables", name]):
            # Strings as such: with dictionaries, each batch would bring all the ids of the graph.
            table = pq.ParquetFile(
                self._files["tables", name],
                metadata=self._tables["tables", name].metadata,
                buffer_size=_BUFFER,
                pre_buffer=False,
            )
            yield from table.iter_batches(batch_size=rows, columns=list(columns))

    def where(
        self, name: str, column: str, values: Sequence[str], columns: Sequence[str]
    ) -> pa.Table | None:
        """Rows in which a column has one of some values, in order.

        None where the whole table is read as fast, and where another graph has taken the folder's
        place since this one was opened.
        """
        path = self._paths["tables", name]
        if self._tables["tables", name].metadata.num_rows < FEW_ROWS:
            return None
        import duckdb  # noqa: PLC0415 - slow to import

        with _damage(path):
            is_ours = os.path.samestat(os.fstat(self._files["tables", name].fileno()), path.stat())
        if not is_ours:
            return None
        # DuckDB looks into dictionaries, and reads of other columns just what was found.
        listed = ", ".join(f'"{each}"' for each in columns)
        wanted = "= ?[1]" if len(values) == 1 else "IN (SELECT unnest(?))"
        statement = (
            f"SELECT {listed} FROM read_parquet(?, file_row_number = true)"  # noqa: S608
            f' WHERE "{column}" {wanted} ORDER BY file_row_number'
        )
        with duckdb.connect() as connection, _damage(path):
            try:
                found = connection.sql(statement, params=[str(path), list(values)])
                return found.to_arrow_table()
            except duckdb.Error as error:
                raise OSError(str(error)) from error

    def kept(self) -> dict[str, pa.Table]:
        """The tables that are for adding to the graph."""
        return {name: self._whole(kind, name) for kind, name in self._paths if kind == _KEPT}

    def index(self) -> tuple[Array, Array, tuple[Array, int] | None]:
        """How many papers each paper cites, which ones, and papers with the citing ones first.

        All are positions; those cited stand in the citations' order. Of the order, how many papers
        no cycle leads to is said too; it is None where the folder has none.
        """
        degrees = self._whole(_INDEX, "degrees")["references"].to_numpy()
        metadata = self._tables[_INDEX, "cited"].metadata
        cited = np.empty(metadata.num_rows, np.int32)
        parts = [metadata.row_group(part).num_rows for part in range(metadata.num_row_groups)]
        begins = np.cumsum([0, *parts])

        def fill(first: int) -> None:
            # A reader is for one thread.
            table = pq.ParquetFile(self._files[_INDEX, "cited"], metadata=metadata)
            for part in range(first, len(parts), _READERS):
                column = table.read_row_group(part, use_threads=False)["cited"]
                cited[begins[part] : begins[part + 1]] = column.to_numpy()

        with _damage(self._paths[_INDEX, "cited"]), ThreadPoolExecutor(_READERS) as beside:
            for job in [beside.submit(fill, first) for first in range(_READERS)]:
                job.result()
        return degrees, cited, self._citing_first()

    def _citing_first(self) -> tuple[Array, int] | None:
        if (_INDEX, _ORDER) not in self._tables:
            return None
        order = self._whole(_INDEX, _ORDER)
        behind = pc.sum(order["behind_a_cycle"], min_count=0).as_py()
        return order["paper"].to_numpy(), order.num_rows - behind


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise GraphFolderError(f"{path}: is missing; build the graph again") from error
    except (pa.ArrowException, OSError) as error:
        raise GraphFolderError(f"{path}: is damaged ({error}); build the graph again") from error


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise GraphFolderError(f"{path}: is damaged; build the graph again") from error
    if not isinstance(manifest, dict) or "graphbuild" not in manifest:
        raise GraphFolderError(f"{path}: is not a manifest of graphbuild's")
    if manifest.get("format") != FORMAT:
        raise GraphFolderError(
            f"{folder}: was written by graphbuild {manifest['graphbuild']} in another format;"
            " build the graph again"
        )
    return manifest


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _as_json(item: Rejected) -> dict[str, object]:
    return {
        "file": item.origin.file,
        "line": item.origin.line,
        "source": item.source,
        "reason": item.reason,
        "raw": item.raw,
    }


def _from_json(item: Mapping[str, Any]) -> Rejected:
    return Rejected(Origin(item["file"], item["line"]), item["reason"], item["raw"], item["source"])


# -- replacing a folder as one step --------------------------------------------------------------


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Yield a folder to write into; it takes the target's place when the block ends well."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        partial = target.with_name(f".{target.name}.{_PARTIAL}-{os.getpid()}")
        partial.mkdir()
    except OSError as error:
        raise GraphFolderError(f"{target}: cannot be written: {_words(error)}") from error
    try:
        yield partial
        _exchange(partial, target)
    except OSError as error:
        raise GraphFolderError(
            f"{target}: cannot be written: {_words(error)}; the folder is as it was"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _words(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    return (error.strerror or str(error)).lower()


def _sweep(target: Path) -> None:
    """Remove what interrupted builds left behind; what a living process writes stays."""
    for stale in target.parent.glob(f".{_glob_safe(target.name)}.{_PARTIAL}-*"):
        owner = stale.name.rpartition("-")[2]
        if not (owner.isdigit() and int(owner) != os.getpid() and _is_alive(int(owner))):
            shutil.rmtree(stale, ignore_errors=True)


def _glob_safe(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _exchange(partial: Path, target: Path) -> None:
    """Put a folder in another's place; where the system can, in one step."""
    if not target.exists():
        partial.rename(target)
    elif not _exchange_at_once(partial, target):
        aside = partial.with_name(f"{partial.name}-old")
        target.rename(aside)
        partial.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange_at_once(one: Path, other: Path) -> bool:
    """Linux' renameat2 with RENAME_EXCHANGE; False where it is not to be had."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    at_working_directory, exchange = -100, 2
    result: int = rename(
        at_working_directory, os.fsencode(one), at_working_directory, os.fsencode(other), exchange
    )
    return result == 0
