"""Finding the cells of CSV and its kin without making Python objects of them.

The grammar is RFC 4180 with any delimiter: a cell that begins with a quotation mark ends with one,
may hold delimiters and line ends, and doubles the quotation marks inside. Elsewhere a quotation
mark is a letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    NewByteTable,
    NewInt32Table,
    NewInt64s,
    compiled,
    helper,
)
from graphbuild.kernels.jsonlines import ABSENT, ESCAPED, STRING

__all__ = ["Cut", "cut"]

Array = np.ndarray[Any, Any]

_QUOTE, _NEWLINE, _RETURN = 0x22, 0x0A, 0x0D
_WHOLE, _MORE, _BROKEN = range(3)


@dataclass(frozen=True, eq=False)
class Cut:
    """The records of a block.

    Attributes
    ----------
    start, end, line
        int64 (records): bounds in the block without the line's end, and the line, from 0, on which
        a record begins.
    kind
        uint8 (cells, records): ``STRING``, ``ESCAPED`` where quotation marks are doubled, or
        ``ABSENT`` for an empty cell and for all of a record that is not regular.
    cell_start, cell_end
        int32 (cells, records).
    used
        How many bytes were looked at; a record that the block cuts begins there.
    lines
        How many lines these are.
    broken
        Whether there is a record whose quotation marks don't match, so that nobody knows where the
        next one begins.
    """

    start: Array
    end: Array
    line: Array
    kind: Array
    cell_start: Array
    cell_end: Array
    used: int
    lines: int
    broken: bool


def cut(block: Array, delimiter: str, comment: str, width: int, *, is_last: bool) -> Cut:
    """Cut a block into records of ``width`` cells each.

    Parameters
    ----------
    block
        uint8, at most 2 GiB, from the beginning of a record on.
    delimiter
        One character of ASCII.
    comment
        The character that begins a line to pass over, or "".
    is_last
        Whether the file ends with the block.
    """
    room = int(np.count_nonzero(block == _NEWLINE)) + 1
    start, end, line = (np.empty(room, np.int64) for _ in range(3))
    kind = np.zeros((width, room), np.uint8)
    cell_start, cell_end = (np.zeros((width, room), np.int32) for _ in range(2))
    reached = np.zeros(3, np.int64)
    count = _cut(
        block, ord(delimiter), ord(comment or "\n"), is_last,
        start, end, line, kind, cell_start, cell_end, reached,
    )  # fmt: skip
    used, lines, broken = reached.tolist()
    return Cut(
        start[:count],
        end[:count],
        line[:count],
        kind[:, :count],
        cell_start[:, :count],
        cell_end[:, :count],
        used,
        lines,
        bool(broken),
    )


@helper
def _line_end(block: Array, at: int) -> Any:  # noqa: ANN401 - what numba infers
    while at < len(block) and block[at] != _NEWLINE:
        at += 1
    return at


@helper
def _says(block: Array, at: int, end: int, comment: int) -> Any:  # noqa: ANN401 - what numba infers
    """Of a line: 0 nothing, 1 something, 2 only what may be blanks beyond ASCII."""
    blank = True
    for i in range(at, end):
        byte = block[i]
        if byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F:
            continue
        if blank and byte == comment:
            return 0
        if byte < 0x80:
            return 1 if blank or comment == _NEWLINE else 2
        blank = False
    return 0 if blank else 2


@helper
def _quoted_end(block: Array, at: int) -> Any:  # noqa: ANN401 - what numba infers
    """From behind an opening quotation mark to the closing one.

    Also whether some are doubled, and how many lines end on the way. It is -1 where there is none,
    and -2 where a carriage return is in the way.
    """
    doubled, lines = False, 0
    while at < len(block):
        byte = block[at]
        if byte == _QUOTE:
            if at + 1 < len(block) and block[at + 1] == _QUOTE:
                doubled = True
                at += 1
            else:
                return at, doubled, lines
        elif byte == _NEWLINE:
            lines += 1
        elif byte == _RETURN:
            return -2, doubled, lines
        at += 1
    return -1, doubled, lines


@helper
def _record(
    block: Array, at: int, delimiter: int, number: int, kind: Array, starts: Array, ends: Array
) -> Any:  # noqa: ANN401 - what numba infers
    """One record: its end, its cells, the lines that end in it, and whether it is whole."""
    width, cells, lines = len(kind), 0, 0
    has_quotes, has_return = False, False
    while True:
        first, found = at, STRING
        if at < len(block) and block[at] == _QUOTE:
            has_quotes = True
            first = at + 1
            last, doubled, ended = _quoted_end(block, first)
            if last < 0:
                return at, cells, lines, _MORE if last == -1 else _BROKEN
            lines += ended
            found = ESCAPED if doubled else STRING
            at = last + 1
            stop = at
            while stop < len(block) and block[stop] == _RETURN:
                stop += 1
            if stop == len(block) or block[stop] == _NEWLINE:
                at = stop
            elif block[at] != delimiter:
                return at, cells, lines, _BROKEN
        else:
            while at < len(block) and block[at] != delimiter and block[at] != _NEWLINE:
                has_quotes |= block[at] == _QUOTE
                at += 1
            last = at
            if at == len(block) or block[at] == _NEWLINE:
                while last > first and block[last - 1] == _RETURN:
                    last -= 1
            for i in range(first, last):
                has_return |= block[i] == _RETURN
        if cells < width:
            kind[cells, number] = found if last > first else ABSENT
            starts[cells, number], ends[cells, number] = first, last
        cells += 1
        if at == len(block) or block[at] == _NEWLINE:
            break
        at += 1
    if has_quotes and has_return:
        return at, cells, lines, _BROKEN
    return at, cells, lines, _WHOLE


@helper
def _clear(kind: Array, first: int, last: int) -> None:
    for cell in range(len(kind)):
        for record in range(first, last):
            kind[cell, record] = ABSENT


@compiled
def _cut(
    block: Bytes,
    delimiter: int,
    comment: int,
    is_last: int,
    start: NewInt64s,
    end: NewInt64s,
    line: NewInt64s,
    kind: NewByteTable,
    cell_start: NewInt32Table,
    cell_end: NewInt32Table,
    reached: NewInt64s,
) -> int:
    """How many records there are; then what was used, how many lines, and whether it is broken."""
    at, lines, count = 0, 0, 0
    while at < len(block):
        stop = _line_end(block, at)
        if stop == len(block) and not is_last:
            break
        says = _says(block, at, stop, comment)
        if says == 0:
            at, lines = stop + 1, lines + 1
            continue
        start[count], line[count] = at, lines
        if says == 2:
            end[count] = stop
            count += 1
            at, lines = stop + 1, lines + 1
            continue
        stop, cells, ended, state = _record(block, at, delimiter, count, kind, cell_start, cell_end)
        if state == _MORE and not is_last:
            break
        if state != _WHOLE or (ended and cells != len(kind)):
            reached[0], reached[1], reached[2] = at, lines, 1
            return count
        if stop == len(block) and not is_last:
            break
        if cells != len(kind):
            _clear(kind, count, count + 1)
        end[count] = stop
        count += 1
        at, lines = stop + 1, lines + ended + 1
    _clear(kind, count, kind.shape[1])
    reached[0], reached[1], reached[2] = min(at, len(block)), lines, 0
    return count
