"""Opening input files: compression, encodings, size limits, and faults in a person's words."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graphbuild.errors import InputError

__all__ = ["Input", "open_inputs"]

LINE_LIMIT = 64 * 1024 * 1024
HEAD_LENGTH = 256 * 1024
_BLOCK = 1024 * 1024
_PACKED_SUFFIXES = frozenset({".gz", ".gzip", ".zst", ".zstd"})
_BOMS = (("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"))


@dataclass(frozen=True)
class Input:
    """One file to read. ``name`` is what origins show: no folders, unique within a build."""

    path: Path
    name: str

    @functools.cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the file as it lies on disk."""
        with self._faults(), self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @property
    def suffix(self) -> str:
        """The suffix in lower case without that of a packing (``.jsonl`` for ``a.jsonl.gz``)."""
        suffixes = [suffix.lower() for suffix in self.path.suffixes]
        while suffixes and suffixes[-1] in _PACKED_SUFFIXES:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    @functools.cached_property
    def head(self) -> bytes:
        """The first 256 KiB, unpacked."""
        with self.open() as stream:
            return stream.read(HEAD_LENGTH)

    @property
    def is_parquet(self) -> bool:
        """Whether the content is Parquet, whatever the name says."""
        return self.head[:4] == b"PAR1"

    @property
    def head_text(self) -> str:
        """The head as text, without a character that the cut may have broken."""
        encoding, skip = self._encoding
        return self.head[skip:].decode(encoding, "ignore").replace("\r\n", "\n")

    @functools.cached_property
    def _encoding(self) -> tuple[str, int]:
        for encoding, mark in _BOMS:
            if self.head.startswith(mark):
                return encoding, len(mark)
        return "utf-8", 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the unpacked bytes for reading; gzip and zstd are told by their content.

        Raises
        ------
        InputError
            When the file cannot be opened, or its archive is truncated or damaged.
        """
        with self._faults(), self.path.open("rb") as raw:
            magic = raw.read(4)
            raw.seek(0)
            if magic[:2] == b"\x1f\x8b":
                with gzip.open(raw) as unpacked:
                    yield io.BufferedReader(unpacked)
            elif magic == b"\x28\xb5\x2f\xfd":
                import zstandard  # noqa: PLC0415 - only for packed inputs

                reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
                with self._zstd_faults(raw, reader):
                    yield io.BufferedReader(reader)
            else:
                yield raw

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                [f"{self.path}: the archive is truncated or damaged; fetch it again"]
            ) from error
        except OSError as error:
            raise InputError([f"{self.path}: {(error.strerror or str(error)).lower()}"]) from error

    @contextmanager
    def _zstd_faults(self, raw: BinaryIO, reader: object) -> Iterator[None]:
        import zstandard  # noqa: PLC0415

        del raw, reader
        try:
            yield
        except zstandard.ZstdError as error:
            raise InputError(
                [f"{self.path}: the archive is truncated or damaged; fetch it again"]
            ) from error

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (line from 1, text without its end); what is not UTF-8 is read as Windows-1252.

        Raises
        ------
        InputError
            When a line is longer than 64 MB, or the file cannot be read.
        """
        encoding, skip = self._encoding
        with self.open() as stream:
            if encoding != "utf-8":
                stream.read(skip)
                text = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
                for number, wide_line in enumerate(text, 1):
                    yield number, wide_line.rstrip("\r\n")
                return
            number = 0
            while line := stream.readline(LINE_LIMIT + 1):
                number += 1
                if len(line) > LINE_LIMIT:
                    raise InputError(
                        [
                            f"{self.path}:{number}: a line of over 64 MB; this kind of file has one"
                            " record a line, so check that the file is what it seems"
                        ]
                    )
                if number == 1:
                    line = line[skip:]
                yield number, decode(line.rstrip(b"\r\n"))

    def text(self) -> str:
        """The whole file as one string with ``\\n`` line ends."""
        return "\n".join(line for _, line in self.lines())


def decode(line: bytes) -> str:
    """UTF-8, or where that fails Windows-1252, or where that fails Latin-1.

    >>> decode("é".encode()), decode(b"caf\\xe9")
    ('é', 'café')
    """
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def open_inputs(paths: Sequence[str | Path]) -> tuple[list[Input], list[str]]:
    """Check that every path is a readable file with text or Parquet in it, and name the inputs.

    Names are the files' names; two different files of one name get ``~`` and 8 digits of their
    SHA-256. A file that is given twice is read once. The order is by name, so that the order in
    which paths are given does not matter.

    Returns
    -------
    inputs
        Those that can be read.
    faults
        What is wrong with the others, in words: missing, empty, a directory, binary, damaged.
    """
    faults: list[str] = []
    found: dict[tuple[str, str], Input] = {}
    for path in map(Path, paths):
        given = Input(path, path.name)
        try:
            fault = _fault(path) or _content_fault(given)
            if fault is None:
                found.setdefault((path.name, given.sha256), given)
            else:
                faults.append(fault)
        except InputError as error:
            faults.extend(error.faults)
    if not paths:
        faults.append("no inputs were given; name at least one file")
    times = Counter(name for name, _ in found)
    inputs = [
        given if times[name] == 1 else Input(given.path, f"{name}~{sha[:8]}")
        for (name, sha), given in sorted(found.items())
    ]
    return inputs, faults


def _fault(path: Path) -> str | None:
    if path.is_dir():
        return f"{path}: is a directory; name the files in it (a shell's {path}/* does)"
    if not path.exists():
        return f"{path}: no such file"
    if not path.is_file():
        return f"{path}: is not a regular file"
    if path.stat().st_size == 0:
        return f"{path}: is empty"
    return None


def _content_fault(given: Input) -> str | None:
    head = given.head
    if not head.strip():
        return f"{given.path}: is empty"
    is_wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if b"\0" in head and not given.is_parquet and not is_wide:
        return f"{given.path}: is a binary file, and no source reads it"
    return None
