"""Opening input files: compression, encodings, size limits, and faults in a person's words."""

from __future__ import annotations

import codecs
import functools
import gzip
import hashlib
import io
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from graphbuild.errors import InputError

__all__ = ["Input", "check_archives", "file_name", "input_name", "open_inputs"]

LINE_LIMIT = 64 * 1024 * 1024
HEAD_LENGTH = 256 * 1024
_BLOCK = 1024 * 1024
_PACKED_SUFFIXES = frozenset({".gz", ".gzip", ".zst", ".zstd"})
_PACKED_BLOCK = 2048  # at most 64 MB once unpacked, so that no archive can fill the memory
_BOMS = (("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"))
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_UNREAD = {
    b"PK\x03\x04": "is a zip archive (or an office document); unpack it, or save it as CSV",
    b"BZh": "is packed with bzip2; unpack it first (gzip and zstd are read as they are)",
    b"\xfd7zXZ": "is packed with xz; unpack it first (gzip and zstd are read as they are)",
    b"%PDF": "is a PDF, and no source reads it",
}


@dataclass(frozen=True)
class Input:
    """One file to read. ``name`` is what origins show: no folders, unique within a build.

    ``watch`` is told how far the file on disk has been read, in bytes, as reading goes on.
    """

    path: Path
    name: str
    watch: Callable[[Input, int], None] | None = field(default=None, compare=False, repr=False)

    @functools.cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the file as it lies on disk."""
        with self._faults(), self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def called(self, name: str) -> Input:
        """The same file by another name."""
        return self if name == self.name else Input(self.path, name, self.watch)

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

    @property
    def head_utf8(self) -> bytes:
        """The head as UTF-8 bytes without a byte order mark, with its line ends as they are."""
        encoding, skip = self._encoding
        head = self.head[skip:]
        return head if encoding == "utf-8" else head.decode(encoding, "ignore").encode()

    @property
    def is_head_whole(self) -> bool:
        """Whether the head is all that there is."""
        return len(self.head) < HEAD_LENGTH

    @functools.cached_property
    def _encoding(self) -> tuple[str, int]:
        for encoding, mark in _BOMS:
            if self.head.startswith(mark):
                return encoding, len(mark)
        return "utf-8", 0

    @property
    def is_packed(self) -> bool:
        """Whether the file on disk is a gzip or zstd archive."""
        with self._faults(), self.path.open("rb") as raw:
            return raw.read(4).startswith((_GZIP, _ZSTD))

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the unpacked bytes for reading; gzip and zstd are told by their content.

        Raises
        ------
        InputError
            When the file cannot be opened, or its archive is truncated or damaged.
        """
        with self._faults(), self._opened() as raw:
            magic = raw.read(4)
            raw.seek(0)
            if magic.startswith(_GZIP):
                with gzip.open(raw) as unpacked:
                    yield io.BufferedReader(unpacked)
            elif magic == _ZSTD:
                yield io.BufferedReader(_ZstdStream(raw), _BLOCK)
            else:
                yield raw

    def _opened(self) -> BinaryIO:
        if self.watch is None:
            return self.path.open("rb")
        return io.BufferedReader(_Watched(self.path, functools.partial(self.watch, self)), _BLOCK)

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

    def blocks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8 bytes without a byte order mark, in blocks of about 1 MB.

        Bytes of a file without a mark are passed as they are.

        Raises
        ------
        InputError
            When the file cannot be read.
        """
        encoding, skip = self._encoding
        with self.open() as stream:
            stream.read(skip)
            if encoding == "utf-8":
                while block := stream.read(_BLOCK):
                    yield block
                return
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            while block := stream.read(_BLOCK):
                yield decoder.decode(block).encode("utf-8", "replace")
            yield decoder.decode(b"", final=True).encode("utf-8", "replace")

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (line from 1, text without its end); what is not UTF-8 is read as Windows-1252.

        Raises
        ------
        InputError
            When a line is longer than 64 MB, or the file cannot be read.
        """
        encoding, skip = self._encoding
        with self.open() as stream:
            stream.read(skip)
            number = 0
            if encoding != "utf-8":
                text = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
                while wide_line := text.readline(LINE_LIMIT + 1):
                    number += 1
                    self._check_length(number, len(wide_line))
                    yield number, wide_line.rstrip("\r\n")
                return
            while line := stream.readline(LINE_LIMIT + 1):
                number += 1
                self._check_length(number, len(line))
                yield number, decode(line.rstrip(b"\r\n"))

    def _check_length(self, number: int, length: int) -> None:
        if length > LINE_LIMIT:
            raise InputError(
                [
                    f"{self.path}:{number}: a line of over 64 MB; this kind of file has one record"
                    " a line, so check that the file is what it seems"
                ]
            )

    def text(self) -> str:
        """The whole file as one string with ``\\n`` line ends."""
        return "\n".join(line for _, line in self.lines())


class _Watched(io.FileIO):
    """A file that tells how far it has been read."""

    def __init__(self, path: Path, watch: Callable[[int], None]) -> None:
        super().__init__(path)
        self._watch = watch

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any writable buffer
        count = super().readinto(buffer)
        self._watch(self.tell())
        return count


class _ZstdStream(io.RawIOBase):
    """The content of a zstd archive of one or more frames; a frame that breaks off is an error.

    (python-zstandard's own reader takes a truncated frame for a whole one.)
    """

    def __init__(self, raw: BinaryIO) -> None:
        import zstandard  # noqa: PLC0415 - only for packed inputs

        self._raw = raw
        self._decompressor = zstandard.ZstdDecompressor()
        self._error = zstandard.ZstdError
        self._frame = self._decompressor.decompressobj()
        self._frame_is_begun = False
        self._packed = b""
        self._unpacked = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        while not self._unpacked:
            self._packed = self._packed or self._raw.read(_PACKED_BLOCK)
            if not self._packed:
                if self._frame_is_begun:
                    raise EOFError
                return 0
            self._unpacked = memoryview(self._unpack())
        length = min(len(buffer), len(self._unpacked))
        buffer[:length] = self._unpacked[:length]
        self._unpacked = self._unpacked[length:]
        return length

    def _unpack(self) -> bytes:
        self._frame_is_begun = True
        try:
            unpacked = self._frame.decompress(self._packed)
        except self._error as error:
            raise EOFError from error
        self._packed = b""
        if self._frame.eof:
            self._packed = self._frame.unused_data
            self._frame = self._decompressor.decompressobj()
            self._frame_is_begun = False
        return unpacked


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


def open_inputs(
    paths: Sequence[str | Path], watch: Callable[[Input, int], None] | None = None
) -> tuple[list[Input], list[str]]:
    """Check that every path is a readable file with text or Parquet in it, and name the inputs.

    Names are the files' names; where different files share one, ``~`` and the first 8 digits of
    each SHA-256 follow. A file that is given twice is read once. The order is by name, so that
    the order in which paths are given does not matter. Of an archive the beginning is looked at
    alone (see ``check_archives``).

    Returns
    -------
    inputs
        Those that can be read.
    faults
        What is wrong with the others, in words: missing, empty, a directory, binary, damaged.
    """
    faults: dict[str, None] = {}
    found: dict[tuple[str, str], Input] = {}
    times = Counter(Path(path).name for path in paths)
    for path in map(Path, paths):
        given = Input(path, path.name, watch)
        try:
            if (fault := _fault(path) or _content_fault(given)) is not None:
                faults.setdefault(fault)
            else:
                sha = given.sha256 if times[path.name] > 1 else ""
                found.setdefault((path.name, sha), given)
        except InputError as error:
            faults.update(dict.fromkeys(error.faults))
    if not paths:
        faults.setdefault("no inputs were given; name at least one file")
    alike = Counter(name for name, _ in found)
    inputs = [
        given.called(input_name(name, sha, is_single=alike[name] == 1))
        for (name, sha), given in sorted(found.items())
    ]
    return inputs, list(faults)


def input_name(name: str, sha256: str, *, is_single: bool) -> str:
    """What an input is called where it is, or is not, the only one of its file's name."""
    return name if is_single else f"{name}~{sha256[:8]}"


def file_name(name: str, sha256: str) -> str:
    """The name of the file behind what an input is called.

    >>> file_name(input_name("a.csv", "0123456789abcdef", is_single=False), "0123456789abcdef")
    'a.csv'
    """
    return name.removesuffix(f"~{sha256[:8]}")


def check_archives(inputs: Sequence[Input]) -> list[str]:
    """What is wrong with packed inputs, which are read to their ends for it.

    A build finds that out while it reads. This is for a build that ends before, so that its error
    tells the faults of all inputs.
    """
    faults: list[str] = []
    for given in inputs:
        try:
            if given.is_packed:
                with given.open() as stream:
                    while stream.read(_BLOCK):
                        pass
        except InputError as error:
            faults.extend(error.faults)
    return faults


def _fault(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return f"{path}: no such file"
    except (OSError, ValueError) as error:
        return f"{path}: {(getattr(error, 'strerror', None) or str(error)).lower()}"
    if stat.S_ISDIR(mode):
        return f"{path}: is a directory; name the files in it (a shell's {path}/* does)"
    if not stat.S_ISREG(mode):
        return f"{path}: is not a regular file"
    return None


def _content_fault(given: Input) -> str | None:
    head = given.head
    if not head.strip(b"\xef\xbb\xbf\xfe\xff \t\r\n\0"):
        return f"{given.path}: is empty"
    for magic, fault in _UNREAD.items():
        if head.startswith(magic):
            return f"{given.path}: {fault}"
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in head and not given.is_parquet and not is_wide:
        return f"{given.path}: is a binary file, and no source reads it"
    if given.is_parquet and not given.is_packed and _last_bytes(given) not in {b"PAR1", b"PARE"}:
        return f"{given.path}: the Parquet file is truncated or damaged; fetch it again"
    return None


def _last_bytes(given: Input) -> bytes:
    with given.path.open("rb") as stream:
        stream.seek(-min(4, given.path.stat().st_size), io.SEEK_END)
        return stream.read()
