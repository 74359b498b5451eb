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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
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
_KEPT = "kept"
# Groups of so many rows, so that next to every dictionary is written once, and no more than this
# is held for writing.
_ROWS = 1 << 24

Read = Callable[[str, Sequence[str] | None], pa.Table]


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
    target = check_target(folder, force=force)
    with _replacing(target) as partial:
        whole = {"format": FORMAT, **manifest, **_write_all(tables, kept, partial)}
        (partial / MANIFEST).write_bytes(_json(whole))
        lines = (orjson.dumps(_as_json(item)) + b"\n" for item in sorted(rejected))
        (partial / REJECTED).write_bytes(b"".join(lines))
        if timings is not None:
            (partial / TIMINGS).write_bytes(_json(timings))
    return target


def _write_all(
    tables: Tables, kept: Mapping[str, pa.Table] | None, folder: Path
) -> dict[str, dict[str, Any]]:
    """Write all tables, two at a time and the longest first; what the manifest says of them."""
    (folder / _KEPT).mkdir()
    jobs = {("tables", name): tables.encoded(name) for name in SCHEMAS}
    jobs |= {(_KEPT, name): table for name, table in sorted((kept or {}).items())}
    by_length = sorted(jobs, key=lambda job: -jobs[job].num_rows)
    places = {"tables": folder, _KEPT: folder / _KEPT}
    with ThreadPoolExecutor(2) as writers:
        found = {
            (kind, name): writers.submit(_write, jobs[kind, name], places[kind] / f"{name}.parquet")
            for kind, name in by_length
        }
    if kept is None:
        (folder / _KEPT).rmdir()
    files: dict[str, dict[str, Any]] = {}
    for kind, name in jobs:
        files.setdefault(kind, {})[name] = found[kind, name].result()
    return files


def _write(table: pa.Table, path: Path) -> dict[str, Any]:
    """Write a table; return what the manifest says of it."""
    # Only what is a dictionary already is worth one, and nobody asks for the least of titles.
    encoded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=1,
        row_group_size=_ROWS,
        use_dictionary=encoded or False,
        dictionary_pagesize_limit=1 << 30,
        column_encoding={
            name: "DELTA_BINARY_PACKED" for name in ("line", "record") if name in table.column_names
        }
        or None,
        write_statistics=False,
        store_schema=False,
    )
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"rows": table.num_rows, "sha256": digest}


@dataclass(frozen=True)
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
    files = {name: _open_table(path / f"{name}.parquet", ENCODED.get(name, {})) for name in SCHEMAS}

    def read(name: str, columns: Sequence[str] | None) -> pa.Table:
        with _damage(path / f"{name}.parquet"):
            return files[name].read(columns=None if columns is None else list(columns))

    more = {
        name: _open_table(path / _KEPT / f"{name}.parquet", ()) for name in manifest.pop(_KEPT, {})
    }

    def kept() -> dict[str, pa.Table]:
        with _damage(path / _KEPT):
            return {name: file.read() for name, file in more.items()}

    rejected = path / REJECTED
    lines = rejected.read_bytes().splitlines() if rejected.is_file() else []
    return Opened(
        read,
        kept if more else None,
        manifest,
        [_from_json(orjson.loads(line)) for line in lines],
    )


def _open_table(path: Path, encoded: Iterable[str]) -> pq.ParquetFile:
    with _damage(path):
        # Not memory-mapped, and kept open: the folder may be replaced while the graph is in use.
        return pq.ParquetFile(path, memory_map=False, read_dictionary=list(encoded))


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
