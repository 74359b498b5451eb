"""Finding fields in JSON Lines without making Python objects of them.

``scan`` walks over the bytes of whole lines once. For every line it notes where the values of the
wanted fields stand; what it does not understand at a glance it leaves to a slower reader by
flagging the line. It never takes a line that a JSON parser refuses, or reads otherwise: anything
out of the ordinary sets the flag.

The grammar is RFC 8259.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphbuild.kernels.bytes import first_byte, load, matches
from graphbuild.kernels.compiling import (
    Bytes,
    Flags,
    Int64s,
    NewByteTable,
    NewFlags,
    NewInt32s,
    NewInt32Table,
    NewInt64s,
    compiled,
    helper,
)

__all__ = [
    "ABSENT",
    "ESCAPED",
    "LIST",
    "NULL",
    "NUMBER",
    "STRING",
    "VALUE",
    "Scan",
    "elements",
    "line_bounds",
    "scan",
]

Array = np.ndarray[Any, Any]

ABSENT, STRING, ESCAPED, NUMBER, NULL, LIST, VALUE = range(7)
"""Kinds of value: a string without escapes, one with them, a whole number from 0 of at most 18
digits, null, a list of nothing but such strings or numbers, and every other."""

_QUOTE, _BACKSLASH, _COMMA, _COLON = 0x22, 0x5C, 0x2C, 0x3A
_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_LIST, _CLOSE_LIST = 0x7B, 0x7D, 0x5B, 0x5D
_DIGITS = 18
_DEPTH = 60  # a parser is asked about what is nested deeper
_NEWLINE, _RETURN, _SPACE, _TAB = 0x0A, 0x0D, 0x20, 0x09
_QUOTES = np.uint64(0x2222222222222222)
_BACKSLASHES = np.uint64(0x5C5C5C5C5C5C5C5C)
_BLANKS = np.uint64(0x2020202020202020)
_NEWLINES = np.uint64(0x0A0A0A0A0A0A0A0A)
_HIGHS = np.uint64(0x8080808080808080)


@dataclass(frozen=True, eq=False)
class Scan:
    """What ``scan`` saw of a block of lines.

    Attributes
    ----------
    irregular
        bool: the line has to be read by a JSON parser.
    unknown
        The first name that was met and not listed, or None.
    kind
        uint8 (fields, lines).
    start, end
        int32 (fields, lines): bounds of a value, of a string without its quotes; of a list, bounds
        in ``item_start``.
    item_start, item_end
        int32: bounds of the strings and numbers in lists.
    """

    irregular: Array
    unknown: bytes | None
    kind: Array
    start: Array
    end: Array
    item_start: Array
    item_end: Array


def line_bounds(block: Array) -> tuple[Array, Array]:
    """Where the lines of a block begin and end (int64), their line feeds left out."""
    ends = np.empty(_count(block, _NEWLINE) + 1, np.int64)
    lines = _line_ends(block, ends)
    ends = ends[:lines]
    starts = np.empty(lines, np.int64)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    return starts, ends


def scan(
    block: Array, starts: Array, ends: Array, names: Sequence[bytes], wanted: Sequence[bool]
) -> Scan:
    """Scan lines of a block, or other pieces that hold an object each, for the values of fields.

    Parameters
    ----------
    block
        uint8, at most 2 GiB.
    starts, ends
        int64: where the pieces begin and end.
    names
        All names that an object may have; a line with any other, or with one of them twice, is
        irregular.
    wanted
        Whether the values of a name are.
    """
    lines = len(ends)
    packed = np.frombuffer(b"".join(names) + b" ", np.uint8)
    bounds = np.concatenate([[0], np.cumsum([len(name) for name in names])]).astype(np.int64)
    kind = np.zeros((len(names), lines), np.uint8)
    start = np.zeros((len(names), lines), np.int32)
    end = np.zeros((len(names), lines), np.int32)
    irregular = np.zeros(lines, np.bool_)
    room = _count(block, _COMMA) + lines * len(names) + 1
    item_start, item_end = np.empty(room, np.int32), np.empty(room, np.int32)
    unknown = np.full(2, -1, np.int64)
    used = _scan(
        block,
        starts,
        ends,
        packed,
        bounds,
        np.array(wanted, np.bool_),
        kind,
        start,
        end,
        irregular,
        item_start,
        item_end,
        unknown,
    )
    name = block[unknown[0] : unknown[1]].tobytes() if unknown[0] >= 0 else None
    return Scan(irregular, name, kind, start, end, item_start[:used], item_end[:used])


def elements(block: Array, at: int) -> tuple[Array, Array, int, int]:
    """Find the objects of a JSON array, from where one or a comma or the end is due.

    Returns
    -------
    starts, ends
        int64: where the objects that are whole begin and end.
    at
        Where to go on in a longer block, or behind the closing bracket.
    state
        0 where the block ends in the array, 1 where the array ends, 2 where something stands that
        no array of objects has.
    """
    room = _count(block, _OPEN_OBJECT)
    starts, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    reached = np.zeros(2, np.int64)
    count = _elements(block, at, starts, ends, reached)
    return starts[:count], ends[:count], int(reached[0]), int(reached[1])


@compiled
def _count(block: Bytes, byte: int) -> int:
    count = 0
    for at in range(len(block)):
        count += block[at] == byte
    return count


@compiled
def _line_ends(block: Bytes, ends: NewInt64s) -> int:
    lines, at, size = 0, 0, len(block)
    while at + 8 <= size:
        found = matches(load(block, at), _NEWLINES)
        if found:
            at += first_byte(found)
            ends[lines] = at
            lines += 1
            at += 1
        else:
            at += 8
    while at < size:
        if block[at] == _NEWLINE:
            ends[lines] = at
            lines += 1
        at += 1
    if size and (lines == 0 or ends[lines - 1] != size - 1):
        ends[lines] = size
        lines += 1
    return lines


@compiled
def _scan(
    block: Bytes,
    starts: Int64s,
    ends: Int64s,
    packed: Bytes,
    bounds: Int64s,
    wanted: Flags,
    kind: NewByteTable,
    start: NewInt32Table,
    end: NewInt32Table,
    irregular: NewFlags,
    item_start: NewInt32s,
    item_end: NewInt32s,
    unknown: NewInt64s,
) -> int:
    """Fill the tables of a :class:`Scan`, and count the items of lists."""
    items = 0
    for line in range(len(starts)):
        before = items
        ok, items = _scan_line(
            block, starts[line], ends[line], packed, bounds, wanted,
            line, kind, start, end, item_start, item_end, items, unknown,
        )  # fmt: skip
        if not ok:
            irregular[line] = True
            for field in range(len(kind)):
                kind[field, line] = ABSENT
            items = before
    return items


@helper
def _skip_space(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    while at < stop and block[at] <= _SPACE and _is_space(block[at]):
        at += 1
    return at


@helper
def _is_space(byte: int) -> Any:  # noqa: ANN401 - what numba infers
    return byte in (_SPACE, _TAB, _RETURN, _NEWLINE)


@helper
def _escape_end(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    """From behind a backslash to the last character of the escape; -1 when it is none."""
    if at >= stop:
        return -1
    if block[at] != 0x75:  # u
        known = block[at] in (_QUOTE, _BACKSLASH, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74)
        return at if known else -1
    if at + 4 >= stop:
        return -1
    for i in range(at + 1, at + 5):
        byte = block[i] | 0x20
        if not (0x30 <= block[i] <= 0x39 or 0x61 <= byte <= 0x66):
            return -1
    return at + 4


@helper
def _string_end(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    """From behind the opening quote to the closing one; -1 when there is none or it is broken."""
    escaped = False
    while at < stop:
        if at + 8 <= stop:
            value = load(block, at)
            found = matches(value, _QUOTES) | matches(value, _BACKSLASHES)
            found |= (value - _BLANKS) & ~value & _HIGHS  # below a blank
            if not found:
                at += 8
                continue
            at += first_byte(found)
        byte = block[at]
        if byte == _QUOTE:
            return at, escaped
        if byte == _BACKSLASH:
            escaped = True
            at = _escape_end(block, at + 1, stop)
            if at < 0:
                return -1, escaped
        elif byte < _SPACE:
            return -1, escaped
        at += 1
    return -1, escaped


@helper
def _field(block: Array, first: int, last: int, packed: Array, bounds: Array, expected: int) -> Any:  # noqa: ANN401 - what numba infers
    """Which wanted field a name is, probably ``expected``; -1 for none."""
    length = last - first
    fields = len(bounds) - 1
    for step in range(fields):
        field = expected + step
        if field >= fields:
            field -= fields
        if bounds[field + 1] - bounds[field] != length:
            continue
        same = True
        for i in range(length):
            if packed[bounds[field] + i] != block[first + i]:
                same = False
                break
        if same:
            return field
    return -1


@helper
def _digits_end(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    while at < stop and 0x30 <= block[at] <= 0x39:
        at += 1
    return at


@helper
def _scalar(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    """The end of a number, null or a truth value, and its kind; -1 for anything else."""
    byte = block[at]
    if byte == 0x6E:  # null
        if (
            stop - at >= 4
            and block[at + 1] == 0x75
            and block[at + 2] == 0x6C
            and (block[at + 3] == 0x6C)
        ):
            return at + 4, NULL
        return -1, NULL
    if byte == 0x74:  # true
        if (
            stop - at >= 4
            and block[at + 1] == 0x72
            and block[at + 2] == 0x75
            and (block[at + 3] == 0x65)
        ):
            return at + 4, VALUE
        return -1, VALUE
    if byte == 0x66:  # false
        if (
            stop - at >= 5
            and block[at + 1] == 0x61
            and block[at + 2] == 0x6C
            and (block[at + 3] == 0x73 and block[at + 4] == 0x65)
        ):
            return at + 5, VALUE
        return -1, VALUE
    kind = NUMBER
    if byte == 0x2D:
        kind = VALUE
        at += 1
    digits = at
    at = _digits_end(block, at, stop)
    if at == digits or at - digits > _DIGITS or (block[digits] == 0x30 and at > digits + 1):
        return -1, VALUE
    if at < stop and block[at] == 0x2E:
        kind = VALUE
        digits = at + 1
        at = _digits_end(block, digits, stop)
        if at == digits:
            return -1, VALUE
    if at < stop and block[at] | 0x20 == 0x65:
        kind = VALUE
        at += 1
        if at < stop and (block[at] == 0x2B or block[at] == 0x2D):
            at += 1
        digits = at
        at = _digits_end(block, digits, stop)
        if at == digits or at - digits > 2:
            return -1, VALUE
    return at, kind


@helper
def _nested_end(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    """From an opening bracket to behind the one that closes it; -1 when it is not JSON."""
    is_object, depth = np.uint64(0), 0
    one = np.uint64(1)
    opens = True
    while True:
        if opens:
            if depth == _DEPTH:
                return -1
            depth += 1
            is_object = (is_object << one) | np.uint64(block[at] == _OPEN_OBJECT)
            at = _skip_space(block, at + 1, stop)
            closing = _CLOSE_OBJECT if is_object & one else _CLOSE_LIST
            due = at < stop and block[at] == closing
        else:
            at = _skip_space(block, at, stop)
            closing = _CLOSE_OBJECT if is_object & one else _CLOSE_LIST
            due = at < stop and block[at] == closing
            if not due:
                if at >= stop or block[at] != _COMMA:
                    return -1
                at = _skip_space(block, at + 1, stop)
        if due:
            at += 1
            depth -= 1
            is_object >>= one
            if depth == 0:
                return at
            opens = False
            continue
        if is_object & one:
            if at >= stop or block[at] != _QUOTE:
                return -1
            at, _ = _string_end(block, at + 1, stop)
            if at < 0:
                return -1
            at = _skip_space(block, at + 1, stop)
            if at >= stop or block[at] != _COLON:
                return -1
            at = _skip_space(block, at + 1, stop)
        if at >= stop:
            return -1
        byte = block[at]
        opens = byte in (_OPEN_OBJECT, _OPEN_LIST)
        if not opens:
            if byte == _QUOTE:
                at, _ = _string_end(block, at + 1, stop)
                at += at >= 0
            else:
                at, _ = _scalar(block, at, stop)
            if at < 0:
                return -1


@helper
def _scan_line(  # noqa: PLR0915 - the grammar from the first bracket to the last
    block: Array,
    at: int,
    stop: int,
    packed: Array,
    bounds: Array,
    wanted: Array,
    line: int,
    kind: Array,
    start: Array,
    end: Array,
    item_start: Array,
    item_end: Array,
    items: int,
    unknown: Array,
) -> Any:  # noqa: ANN401 - what numba infers
    """Whether the line is one object of regular values, and how many items there are now."""
    at = _skip_space(block, at, stop)
    if at >= stop or block[at] != _OPEN_OBJECT:
        return False, items
    at = _skip_space(block, at + 1, stop)
    if at < stop and block[at] == _CLOSE_OBJECT:
        return _skip_space(block, at + 1, stop) == stop, items
    expected = 0
    while True:
        if at >= stop or block[at] != _QUOTE:
            return False, items
        name_start = at + 1
        name_end, escaped = _string_end(block, name_start, stop)
        if name_end < 0 or escaped:
            return False, items
        field = _field(block, name_start, name_end, packed, bounds, expected)
        if field < 0:
            if unknown[0] < 0:
                unknown[0], unknown[1] = name_start, name_end
            return False, items
        expected = field + 1
        if wanted[field]:
            if kind[field, line] != ABSENT:
                return False, items
        else:
            field = -1
        at = _skip_space(block, name_end + 1, stop)
        if at >= stop or block[at] != _COLON:
            return False, items
        at = _skip_space(block, at + 1, stop)
        if at >= stop:
            return False, items
        byte = block[at]
        found = STRING
        value_start = at
        if byte == _QUOTE:
            value_start = at + 1
            value_end, escaped = _string_end(block, value_start, stop)
            if value_end < 0:
                return False, items
            found = ESCAPED if escaped else STRING
            at = value_end + 1
        elif byte == _OPEN_LIST and field >= 0:
            before = items
            at, items = _plain_list(block, at + 1, stop, item_start, item_end, items)
            if at >= 0:
                found, value_start, value_end = LIST, before, items
            else:
                items = before
                at = value_end = _nested_end(block, value_start, stop)
                found = VALUE
        elif byte in (_OPEN_LIST, _OPEN_OBJECT):
            at = value_end = _nested_end(block, at, stop)
            found = VALUE
        else:
            at, found = _scalar(block, at, stop)
            value_end = at
        if at < 0:
            return False, items
        if field >= 0:
            kind[field, line] = found
            start[field, line], end[field, line] = value_start, value_end
        at = _skip_space(block, at, stop)
        if at >= stop:
            return False, items
        if block[at] == _CLOSE_OBJECT:
            return _skip_space(block, at + 1, stop) == stop, items
        if block[at] != _COMMA:
            return False, items
        at = _skip_space(block, at + 1, stop)


@helper
def _plain_list(
    block: Array, at: int, stop: int, item_start: Array, item_end: Array, items: int
) -> Any:  # noqa: ANN401 - what numba infers
    """From behind the opening bracket to behind the closing one; -1 for any other list."""
    at = _skip_space(block, at, stop)
    if at < stop and block[at] == _CLOSE_LIST:
        return at + 1, items
    while True:
        if at >= stop:
            return -1, items
        if block[at] == _QUOTE:
            item_start[items] = at + 1
            at, escaped = _string_end(block, at + 1, stop)
            if at < 0 or escaped:
                return -1, items
            item_end[items] = at
            at += 1
        else:
            item_start[items] = at
            if block[at] == _OPEN_OBJECT or block[at] == _OPEN_LIST:
                return -1, items
            at, kind = _scalar(block, at, stop)
            if at < 0 or kind != NUMBER:
                return -1, items
            item_end[items] = at
        items += 1
        at = _skip_space(block, at, stop)
        if at >= stop:
            return -1, items
        if block[at] == _CLOSE_LIST:
            return at + 1, items
        if block[at] != _COMMA:
            return -1, items
        at = _skip_space(block, at + 1, stop)


@compiled
def _elements(block: Bytes, at: int, starts: NewInt64s, ends: NewInt64s, reached: NewInt64s) -> int:
    """How many objects there are; then where to go on, and 0 (more), 1 (closed) or 2 (odd)."""
    count, size = 0, len(block)
    while True:
        here = _skip_space(block, at, size)
        if here >= size:
            state = 0
            break
        if block[here] == _CLOSE_LIST:
            at, state = here + 1, 1
            break
        if block[here] == _COMMA:
            here = _skip_space(block, here + 1, size)
            if here >= size:
                state = 0
                break
        if block[here] != _OPEN_OBJECT:
            at, state = here, 2
            break
        end = _object_end(block, here)
        if end < 0:
            at, state = here, 0
            break
        starts[count], ends[count] = here, end
        count += 1
        at = end
    reached[0], reached[1] = at, state
    return count


@helper
def _object_end(block: Array, at: int) -> Any:  # noqa: ANN401 - what numba infers
    """Behind the bracket that closes the one at a place, whatever stands between; or -1."""
    depth, size = 0, len(block)
    while at < size:
        byte = block[at]
        if byte == _QUOTE:
            at += 1
            while at < size and block[at] != _QUOTE:
                at += 2 if block[at] == _BACKSLASH else 1
        elif byte in (_OPEN_OBJECT, _OPEN_LIST):
            depth += 1
        elif byte in (_CLOSE_OBJECT, _CLOSE_LIST):
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return -1
