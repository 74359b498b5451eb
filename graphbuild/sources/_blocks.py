"""Tables of any kind as blocks of columns, read piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import orjson
import pyarrow as pa

from graphbuild.columns import Array
from graphbuild.inputs import LINE_LIMIT, Input, decode
from graphbuild.model import Rejected
from graphbuild.rows import (
    Layout,
    Row,
    batch_rows,
    layout,
    load_json,
    parquet_batches,
    read_line,
    read_table,
)
from graphbuild.sources._cells import NOTHING, NUMBER, STRING, ArrowCells, ByteCells, Cells
from graphbuild.sources._fields import plain

__all__ = ["Block", "Odd", "blocks", "is_columnar", "is_large", "whole_lines"]

COLUMNAR = 512 * 1024
"""Files of fewer bytes are read row by row."""
COMPILED = 16 * 1024 * 1024
"""Files of fewer bytes are not worth the loading of compiled code."""
PACKED = 5
"""How many times a packed file is thought to be longer."""
_BLOCK = 16 * 1024 * 1024
_ROWS = 32 * 1024
_NAMES = 1000

Wanted = Callable[[tuple[str, ...]], frozenset[str]]
"""Which columns' values are wanted, of all that there are."""


class Odd(Exception):
    """Something stands in a file that moves all that follows it: read it row by row."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a file.

    Attributes
    ----------
    size
        How many rows there are.
    names
        All columns of the file that are known so far.
    cells
        Those columns whose values are wanted.
    lines
        int64: what the rows' origins say.
    row
        One row as it is read alone; None for one that is blank.
    """

    size: int
    names: tuple[str, ...]
    cells: Mapping[str, Cells]
    lines: Array
    row: Callable[[int], Row | Rejected | None]


def is_large(given: Input) -> bool:
    """Whether a file is worth the loading of compiled code."""
    return _length(given) >= COMPILED


def _length(given: Input) -> int:
    return given.path.stat().st_size * (PACKED if given.is_packed else 1)


def is_columnar(given: Input) -> bool:
    """Whether ``blocks`` reads a file, and faster than it would be read row by row."""
    if _length(given) < COLUMNAR:
        return False
    found = layout(given)
    if found is None or len({plain(name) for name in found.columns}) < len(found.columns):
        return False
    if "row" in found.columns:  # may be wrapped around another row
        return False
    if found.kind == "parquet":
        return True
    if given.head_utf8[:64] != given.head[:64]:
        return False
    if found.kind == "table" and not (found.has_header and found.delimiter.strip(" ")):
        return False
    return found.kind == "json_lines" or is_large(given)


def blocks(given: Input, wanted: Wanted) -> Iterator[Block]:
    """Read a file's columns; see ``is_columnar``.

    Raises
    ------
    Odd
        Where the rows cannot be told apart at a glance.
    InputError
        When the file is damaged.
    """
    found = layout(given)
    if found is None:
        raise Odd
    if found.kind == "parquet":
        return _of_parquet(given, wanted)
    if found.kind == "table":
        return _of_table(given, found, wanted)
    if not is_large(given):
        return _of_small_lines(given, wanted)
    scanned = _Scanned(found.columns, wanted)
    if found.kind == "json_lines":
        return _of_lines(given, scanned)
    return _of_array(given, found.offset, scanned)


# -- JSON ----------------------------------------------------------------------------------------


class _Scanned:
    """Scans pieces of a text, each of which is a JSON object."""

    def __init__(self, names: Sequence[str], wanted: Wanted) -> None:
        self._names = list(names)
        self._wanted = wanted

    def cells(
        self, text: Array, starts: Array, ends: Array
    ) -> tuple[tuple[str, ...], dict[str, Cells]]:
        """The columns that are wanted; rows that are no object of this kind have no values."""
        from graphbuild.kernels.jsonlines import ABSENT, scan  # noqa: PLC0415 - compiles

        while True:
            wanted = self._wanted(tuple(self._names))
            encoded = [name.encode() for name in self._names]
            found = scan(text, starts, ends, encoded, [name in wanted for name in self._names])
            if found.unknown is None or not self._is_new(found.unknown):
                break
        no_text = _is_no_text(text, starts, ends)
        if no_text is not None:
            found.kind[:, no_text] = ABSENT
        columns: dict[str, Cells] = {
            name: ByteCells(
                text,
                found.kind[at],
                found.start[at],
                found.end[at],
                found.item_start,
                found.item_end,
                _decode,
            )
            for at, name in enumerate(self._names)
            if name in wanted
        }
        return tuple(self._names), columns

    def _is_new(self, name: bytes) -> bool:
        """Take another column that only later rows have."""
        try:
            text = name.decode()
        except UnicodeDecodeError:
            return False
        known = {plain(each) for each in self._names}
        if plain(text) in known or text == "row" or len(known) >= _NAMES:
            return False
        self._names.append(text)
        return True


def _decode(kind: int, text: bytes) -> Any:  # noqa: ANN401 - JSON
    return load_json(text if kind >= NUMBER else b'"%b"' % text)


def _is_no_text(text: Array, starts: Array, ends: Array) -> Array | None:
    """Which pieces hold bytes that are not UTF-8, if any does; those are decoded one by one."""
    if not len(text) or text.max() < 0x80:
        return None
    offsets = pa.py_buffer(np.array([0, len(text)], np.int32))
    whole = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(text)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        beyond = np.concatenate([[0], np.cumsum(text > 0x7F)])
        wrong: Array = beyond[ends] > beyond[starts]
        return wrong
    return None


def whole_lines(given: Input) -> Iterator[Array]:
    """Blocks of whole lines as uint8 arrays, each of which is good until the next but one."""
    with given.open() as stream:
        room, other = np.empty(2 * _BLOCK, np.uint8), np.empty(0, np.uint8)
        filled = 0
        while True:
            if len(room) - filled < _BLOCK:
                room = np.concatenate([room[:filled], np.empty(len(room), np.uint8)])
            count = _read_into(stream, memoryview(room.data)[filled : filled + _BLOCK])
            before, filled = filled, filled + count
            last = _last_line_feed(room[before:filled])
            if not count:
                break
            if last < 0:
                if filled > LINE_LIMIT:
                    break
                continue
            cut = before + last + 1
            yield room[:cut]
            if len(other) < len(room):
                other = np.empty(len(room), np.uint8)
            other[: filled - cut] = room[cut:filled]
            room, other = other, room
            filled -= cut
        if filled > LINE_LIMIT:
            list(given.lines())  # says which line is too long
        if filled:
            yield room[:filled]


def _read_into(stream: Any, room: memoryview) -> int:  # noqa: ANN401 - a stream with readinto
    filled = 0
    while filled < len(room):
        count = stream.readinto(room[filled:])
        if not count:
            break
        filled += count
    return filled


def _last_line_feed(block: Array) -> int:
    for stop in range(len(block), 0, -65536):
        start = max(0, stop - 65536)
        found = np.flatnonzero(block[start:stop] == ord("\n"))
        if len(found):
            return start + int(found[-1])
    return -1


def _of_lines(given: Input, scanned: _Scanned) -> Iterator[Block]:
    """Blocks of lines; while one is at work on, the next one is scanned beside it."""
    from graphbuild.kernels.jsonlines import line_bounds  # noqa: PLC0415 - compiles

    def scan(text: Array) -> tuple[Array, Array, Array, tuple[str, ...], dict[str, Cells]]:
        starts, ends = line_bounds(text)
        return text, starts, ends, *scanned.cells(text, starts, ends)

    first = 1
    with ThreadPoolExecutor(1) as beside:
        jobs = (beside.submit(scan, text) for text in whole_lines(given))
        for job in _one_ahead(jobs):
            text, starts, ends, names, cells = job.result()
            lines = first + np.arange(len(starts), dtype=np.int64)

            def row(
                at: int,
                text: Array = text,
                starts: Array = starts,
                ends: Array = ends,
                first: int = first,
            ) -> Row | Rejected | None:
                line = text[starts[at] : ends[at]].tobytes().rstrip(b"\r")
                return _line_row(given.name, first + at, line)

            yield Block(len(starts), names, cells, lines, row)
            first += len(starts)


_T = TypeVar("_T")


def _one_ahead(items: Iterator[_T]) -> Iterator[_T]:
    """The same items, each of which is given when the next one has been made.

    >>> list(_one_ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    waiting = next(items, None)
    while waiting is not None:
        following = next(items, None)
        yield waiting
        waiting = following


def _line_row(file: str, number: int, line: bytes) -> Row | Rejected | None:
    return read_line(file, number, line) if line.strip() else None


def _of_small_lines(given: Input, wanted: Wanted) -> Iterator[Block]:
    numbers: list[int] = []
    values: list[dict[str, Any]] = []
    odd: list[Row | Rejected] = []
    raw: list[bytes | str] = []
    with given.open() as stream:
        content = stream.read()
    if len(content) > LINE_LIMIT:  # an archive may hold more than it seems to
        raise Odd
    for number, line in enumerate(content.split(b"\n"), 1):
        text = line.rstrip(b"\r")
        try:
            found = orjson.loads(text)
        except ValueError:
            found = None
        if isinstance(found, dict) and "row" not in found:
            numbers.append(number)
            values.append(found)
            raw.append(text)
        elif text.strip():
            odd.append(read_line(given.name, number, text))
    names = tuple(dict.fromkeys(name for row in values for name in row))
    if len({plain(name) for name in names}) < len(names):
        raise Odd
    cells: dict[str, Cells] = {
        name: ArrowCells.of_values([row.get(name) for row in values]) for name in wanted(names)
    }
    lines = np.array(numbers, np.int64)
    yield Block(
        len(values), names, cells, lines, lambda at: read_line(given.name, numbers[at], raw[at])
    )
    if odd:
        yield _of_odd(odd)


def _of_odd(odd: Sequence[Row | Rejected]) -> Block:
    """Rows that have to be read one by one."""
    return Block(len(odd), (), {}, np.zeros(len(odd), np.int64), lambda at: odd[at])


def _of_array(given: Input, offset: int, scanned: _Scanned) -> Iterator[Block]:
    from graphbuild.kernels.jsonlines import elements  # noqa: PLC0415 - compiles

    with given.open() as stream:
        skip = len(given.head) - len(given.head_utf8) + offset
        stream.read(skip)
        rest = b""
        first = 1
        state = 0
        while piece := stream.read(_BLOCK):
            text = np.frombuffer(rest + piece, np.uint8)
            if state == 1:
                raise Odd  # what stands behind the array is looked at row by row
            starts, ends, at, state = elements(text, 0)
            if state == 2 or (not len(starts) and len(text) > LINE_LIMIT):
                raise Odd
            rest = text[at:].tobytes()
            if state == 1 and rest.strip():
                raise Odd
            names, cells = scanned.cells(text, starts, ends)
            lines = first + np.arange(len(starts), dtype=np.int64)

            def row(
                at: int,
                text: Array = text,
                starts: Array = starts,
                ends: Array = ends,
                first: int = first,
            ) -> Row | Rejected | None:
                element = text[starts[at] : ends[at]].tobytes()
                entry = read_line(given.name, first + at, element)
                if isinstance(entry, Rejected):
                    raise Odd
                return entry

            yield Block(len(starts), names, cells, lines, row)
            first += len(starts)
        if state != 1:
            raise Odd


# -- tables --------------------------------------------------------------------------------------


def _of_table(given: Input, found: Layout, wanted: Wanted) -> Iterator[Block]:
    from graphbuild.kernels.cells import cut  # noqa: PLC0415 - compiles

    nothing = np.empty(0, np.int32)
    taken = wanted(found.columns)
    first, skip = 1, 1  # the header
    rest = np.empty(0, np.uint8)
    for piece, is_last in _pieces(given):
        text = np.concatenate([rest, piece])
        pieces = cut(text, found.delimiter, found.comment, len(found.columns), is_last=is_last)
        if pieces.broken or (not pieces.used and len(text) > LINE_LIMIT):
            raise Odd
        starts, ends = pieces.start[skip:], pieces.end[skip:]
        lines = first + pieces.line[skip:]
        kind = pieces.kind[:, skip:]
        no_text = _is_no_text(text[: pieces.used], starts, ends)
        if no_text is not None:
            kind[:, no_text] = NOTHING
        cells: dict[str, Cells] = {
            name: ByteCells(
                text,
                kind[at],
                pieces.cell_start[at, skip:],
                pieces.cell_end[at, skip:],
                nothing,
                nothing,
                _decode_cell,
            )
            for at, name in enumerate(found.columns)
            if name in taken
        }

        def row(
            at: int, text: Array = text, starts: Array = starts, ends: Array = ends,
            lines: Array = lines,
        ) -> Row | Rejected | None:  # fmt: skip
            raw = text[starts[at] : ends[at]].tobytes().split(b"\n")
            numbered = enumerate((decode(line.rstrip(b"\r")) for line in raw), int(lines[at]))
            entries = list(read_table(given.name, iter(numbered), found))
            if len(entries) > 1:
                raise Odd
            return entries[0] if entries else None

        yield Block(len(starts), found.columns, cells, lines, row)
        first += pieces.lines
        skip = max(0, skip - len(pieces.start))
        rest = text[pieces.used :]


def _pieces(given: Input) -> Iterator[tuple[Array, bool]]:
    """Blocks of bytes, and whether there is no more."""
    with given.open() as stream:
        stream.read(len(given.head) - len(given.head_utf8))  # a byte order mark
        piece = stream.read(_BLOCK)
        while piece:
            following = stream.read(_BLOCK)
            yield np.frombuffer(piece, np.uint8), not following
            piece = following


def _decode_cell(kind: int, cell: bytes) -> str:
    text = cell.decode()
    return text if kind == STRING else text.replace('""', '"')


# -- Parquet -------------------------------------------------------------------------------------


def _of_parquet(given: Input, wanted: Wanted) -> Iterator[Block]:
    first = 1
    for batch in parquet_batches(given, _ROWS):
        size = batch.num_rows
        names = tuple(batch.schema.names)
        lines = first + np.arange(size, dtype=np.int64)
        if _is_readable(batch):
            taken = wanted(names)
            cells: dict[str, Cells] = {
                name: ArrowCells.of_array(batch.column(at))
                for at, name in enumerate(names)
                if name in taken
            }

            def row(at: int, batch: Any = batch, first: int = first) -> Row | Rejected:  # noqa: ANN401
                (entry,) = batch_rows(given, batch.slice(at, 1), first + at)
                return entry

            yield Block(size, names, cells, lines, row)
        else:
            yield _of_odd(list(batch_rows(given, batch, first)))
        first += size


def _is_readable(batch: Any) -> bool:  # noqa: ANN401 - pyarrow is untyped
    """Whether every value of a batch is one that Python can hold."""
    try:
        batch.validate(full=True)
        for column in batch.columns:
            if _holds_time(column.type):
                column.to_pylist()
    except (ValueError, OverflowError):
        return False
    return True


def _holds_time(type_: pa.DataType) -> bool:
    if pa.types.is_temporal(type_):
        return True
    return any(_holds_time(type_.field(at).type) for at in range(type_.num_fields))
