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
from numba import njit

__all__ = ["ABSENT", "ESCAPED", "LIST", "NULL", "NUMBER", "STRING", "Scan", "line_bounds", "scan"]

Array = np.ndarray[Any, Any]

ABSENT, STRING, ESCAPED, NUMBER, NULL, LIST = range(6)
"""Kinds of value: a string without escapes, one with them, a number, null, a list of strings
without escapes. Every other value flags its line."""

_QUOTE, _BACKSLASH, _COMMA, _COLON = 0x22, 0x5C, 0x2C, 0x3A
_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_LIST, _CLOSE_LIST = 0x7B, 0x7D, 0x5B, 0x5D
_DIGITS = 18
_NEWLINE, _RETURN, _SPACE, _TAB = 0x0A, 0x0D, 0x20, 0x09


@dataclass(frozen=True)
class Scan:
    """What ``scan`` saw of a block of lines.

    Attributes
    ----------
    line_start, line_end
        int64: bounds of each line in the block, without its end.
    irregular
        bool: the line has to be read by a JSON parser.
    kind
        uint8 (lines, fields).
    start, end
        int32 (lines, fields): bounds of a value; of a list, bounds in ``item_start``.
    item_start, item_end
        int32: bounds of the strings in lists.
    """

    line_start: Array
    line_end: Array
    irregular: Array
    kind: Array
    start: Array
    end: Array
    item_start: Array
    item_end: Array


def line_bounds(block: Array) -> tuple[Array, Array]:
    """Where the lines of a block begin and end, their line feeds left out."""
    ends = np.flatnonzero(block == _NEWLINE)
    if len(block) and (not len(ends) or ends[-1] != len(block) - 1):
        ends = np.append(ends, len(block))
    starts = np.concatenate([np.zeros(1, ends.dtype), ends[:-1] + 1]) if len(ends) else ends
    return starts, ends


def scan(block: Array, names: Sequence[bytes], wanted: Sequence[bool]) -> Scan:
    """Scan a block of whole lines for the values of fields.

    Parameters
    ----------
    block
        uint8, at most 2 GiB; the last line may lack its end.
    names
        All names that an object may have; a line with any other, or with one of them twice, is
        irregular.
    wanted
        Whether the values of a name are.
    """
    starts, ends = line_bounds(block)
    lines = len(ends)
    packed = np.frombuffer(b"".join(names), np.uint8)
    bounds = np.concatenate([[0], np.cumsum([len(name) for name in names])]).astype(np.int64)
    kind = np.zeros((lines, len(names)), np.uint8)
    start = np.zeros((lines, len(names)), np.int32)
    end = np.zeros((lines, len(names)), np.int32)
    irregular = np.zeros(lines, np.bool_)
    room = int(np.count_nonzero(block == _QUOTE)) // 2 + 1
    item_start, item_end = np.empty(room, np.int32), np.empty(room, np.int32)
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
    )
    return Scan(starts, ends, irregular, kind, start, end, item_start[:used], item_end[:used])


@njit(cache=True, nogil=True)
def _scan(
    block: Array,
    starts: Array,
    ends: Array,
    packed: Array,
    bounds: Array,
    wanted: Array,
    kind: Array,
    start: Array,
    end: Array,
    irregular: Array,
    item_start: Array,
    item_end: Array,
) -> Any:  # noqa: ANN401 - what numba infers
    items = 0
    for line in range(len(starts)):
        before = items
        ok, items = _scan_line(
            block, starts[line], ends[line], packed, bounds, wanted,
            kind[line], start[line], end[line],
            item_start, item_end, items,
        )  # fmt: skip
        if not ok:
            irregular[line] = True
            kind[line, :] = ABSENT
            items = before
    return items


@njit(cache=True, nogil=True)
def _skip_space(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    while at < stop and (block[at] == _SPACE or block[at] == _TAB or block[at] == _RETURN):
        at += 1
    return at


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _string_end(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    """From behind the opening quote to the closing one; -1 when there is none or it is broken."""
    escaped = False
    while at < stop:
        byte = block[at]
        if byte == _QUOTE:
            return at, escaped
        if byte == _BACKSLASH:
            escaped = True
            at = _escape_end(block, at + 1, stop)
            if at < 0:
                return -1, escaped
        elif byte < 0x20:
            return -1, escaped
        at += 1
    return -1, escaped


@njit(cache=True, nogil=True)
def _scalar_end(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    while at < stop:
        byte = block[at]
        if byte in (_COMMA, _CLOSE_OBJECT, _CLOSE_LIST, _SPACE, _TAB, _RETURN):
            return at
        at += 1
    return at


@njit(cache=True, nogil=True)
def _field(block: Array, first: int, last: int, packed: Array, bounds: Array) -> Any:  # noqa: ANN401 - what numba infers
    """Which wanted field a name is; -1 for none."""
    length = last - first
    for field in range(len(bounds) - 1):
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


@njit(cache=True, nogil=True)
def _is_number(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    """Whether a token is an integer of 64 bits: no sign, no leading zero."""
    if stop <= at or stop - at > _DIGITS or (block[at] == 0x30 and stop > at + 1):
        return False
    for i in range(at, stop):  # noqa: SIM110 - a generator does not compile
        if not 0x30 <= block[i] <= 0x39:
            return False
    return True


@njit(cache=True, nogil=True)
def _is_null(block: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - what numba infers
    return (
        stop - at == 4
        and block[at] == 0x6E
        and block[at + 1] == 0x75
        and block[at + 2] == 0x6C
        and block[at + 3] == 0x6C
    )


@njit(cache=True, nogil=True)
def _scan_line(
    block: Array,
    at: int,
    stop: int,
    packed: Array,
    bounds: Array,
    wanted: Array,
    kind: Array,
    start: Array,
    end: Array,
    item_start: Array,
    item_end: Array,
    items: int,
) -> Any:  # noqa: ANN401 - what numba infers
    """Note the wanted values of one line. Returns whether it is regular, and items used."""
    at = _skip_space(block, at, stop)
    if at >= stop or block[at] != _OPEN_OBJECT:
        return False, items
    at = _skip_space(block, at + 1, stop)
    while True:
        if at >= stop or block[at] != _QUOTE:
            return False, items
        name_start = at + 1
        name_end, escaped = _string_end(block, name_start, stop)
        if name_end < 0 or escaped:
            return False, items
        field = _field(block, name_start, name_end, packed, bounds)
        if field < 0:
            return False, items
        if not wanted[field]:
            field = -1
        at = _skip_space(block, name_end + 1, stop)
        if at >= stop or block[at] != _COLON:
            return False, items
        at = _skip_space(block, at + 1, stop)
        if at >= stop or (field >= 0 and kind[field] != ABSENT):
            return False, items
        byte = block[at]
        if byte == _QUOTE:
            value_end, escaped = _string_end(block, at + 1, stop)
            if value_end < 0:
                return False, items
            if field >= 0:
                kind[field] = ESCAPED if escaped else STRING
                start[field], end[field] = at + 1, value_end
            at = value_end + 1
        elif byte == _OPEN_LIST:
            first = items
            at, items = _list_of_strings(block, at + 1, stop, item_start, item_end, items)
            if at < 0:
                return False, items
            if field >= 0:
                kind[field] = LIST
                start[field], end[field] = first, items
            else:
                items = first
        else:
            value_end = _scalar_end(block, at, stop)
            if _is_null(block, at, value_end):
                found = NULL
            elif _is_number(block, at, value_end):
                found = NUMBER
            else:
                return False, items
            if field >= 0:
                kind[field] = found
                start[field], end[field] = at, value_end
            at = value_end
        at = _skip_space(block, at, stop)
        if at >= stop:
            return False, items
        if block[at] == _CLOSE_OBJECT:
            return _skip_space(block, at + 1, stop) == stop, items
        if block[at] != _COMMA:
            return False, items
        at = _skip_space(block, at + 1, stop)


@njit(cache=True, nogil=True)
def _list_of_strings(
    block: Array, at: int, stop: int, item_start: Array, item_end: Array, items: int
) -> Any:  # noqa: ANN401 - what numba infers
    """From behind the opening bracket to behind the closing one; -1 for any other list."""
    at = _skip_space(block, at, stop)
    if at < stop and block[at] == _CLOSE_LIST:
        return at + 1, items
    while True:
        if at >= stop or block[at] != _QUOTE:
            return -1, items
        value_end, escaped = _string_end(block, at + 1, stop)
        if value_end < 0 or escaped:
            return -1, items
        item_start[items], item_end[items] = at + 1, value_end
        items += 1
        at = _skip_space(block, value_end + 1, stop)
        if at >= stop:
            return -1, items
        if block[at] == _CLOSE_LIST:
            return at + 1, items
        if block[at] != _COMMA:
            return -1, items
        at = _skip_space(block, at + 1, stop)
