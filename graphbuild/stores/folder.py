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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from graphbuild.errors import GraphFolderError
from graphbuild.model import Origin, Rejected
from graphbuild.tables import ENCODED, SCHEMAS, Tables

__all__ = ["FORMAT", "check_target", "open_folder", "save"]

FORMAT = 1
MANIFEST = "manifest.json"
REJECTED = "rejected.jsonl"
TIMINGS = "timings.json"
_PARTIAL = "graphbuild-partial"
# A table is one row group, so that each dictionary is written once; and read as it was written.
_ROWS = 1 << 30

# So much of each column is fetched at a time when a table is read in batches.
_BUFFER = 1 << 18


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
    rejected: Sequence[Rejected] = (),
    timings: Mapping[str, float] | None = None,
    force: bool = False,
) -> Path:
    """Write a graph. ``manifest`` is completed by each table's rows and SHA-256.

    Raises
    ------
    GraphFolderError
        As ``check_target``, and when the disk is full or not writable; the folder is then as
        it was.
    """
    target = check_target(folder, force=force)
    with _replacing(target) as partial:
        files = {}
        for name in SCHEMAS:
            table = tables.encoded(name)
            path = partial / f"{name}.parquet"
            pq.write_table(
                table,
                path,
                compression="zstd",
                compression_level=1,
                row_group_size=_ROWS,
                dictionary_pagesize_limit=_ROWS,
                store_schema=False,
            )
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            files[name] = {"rows": table.num_rows, "sha256": digest}
        whole = {"format": FORMAT, **manifest, "tables": files}
        (partial / MANIFEST).write_bytes(_json(whole))
        lines = (orjson.dumps(_as_json(item)) + b"\n" for item in sorted(rejected))
        (partial / REJECTED).write_bytes(b"".join(lines))
        if timings is not None:
            (partial / TIMINGS).write_bytes(_json(timings))
    return target


def open_folder(folder: str | Path) -> tuple[Read, dict[str, Any], list[Rejected]]:
    """Open a graph's folder: a function that reads its tables, the manifest, and the rejects.

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
    read = Read(path)
    rejected = path / REJECTED
    lines = rejected.read_bytes().splitlines() if rejected.is_file() else []
    return read, manifest, [_from_json(orjson.loads(line)) for line in lines]


class Read:
    """Reads the tables of a folder whose files it holds open."""

    def __init__(self, folder: Path) -> None:
        self._paths = {name: folder / f"{name}.parquet" for name in SCHEMAS}
        # Not memory-mapped, and kept open: the folder may be replaced while the graph is in use.
        self._files = {}
        self._tables = {}
        for name, path in self._paths.items():
            with _damage(path):
                self._files[name] = pa.OSFile(str(path))
                self._tables[name] = pq.ParquetFile(
                    self._files[name], read_dictionary=list(ENCODED.get(name, {}))
                )

    def __call__(self, name: str, columns: Sequence[str] | None) -> pa.Table:
        """A table, or some columns of it."""
        with _damage(self._paths[name]):
            return self._tables[name].read(columns=None if columns is None else list(columns))

    def batches(self, name: str, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Some columns of a table, so many rows at a time."""
        with _damage(self._paths[name]):
            # Strings as such: with dictionaries, each batch would bring all the ids of the graph.
            table = pq.ParquetFile(
                self._files[name],
                metadata=self._tables[name].metadata,
                buffer_size=_BUFFER,
                pre_buffer=False,
            )
            yield from table.iter_batches(batch_size=rows, columns=list(columns))


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
