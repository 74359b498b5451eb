"""Finding the two words of each line without making Python objects of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    Int64s,
    NewBytes,
    NewInt32Table,
    compiled,
    helper,
)
from graphbuild.kernels.jsonlines import line_bounds

__all__ = ["Pairs", "pairs"]

Array = np.ndarray[Any, Any]

_NOTHING, _PAIR, _OTHER = range(3)
_SPACE, _TAB, _RETURN, _QUOTE = 0x20, 0x09, 0x0D, 0x22


@dataclass(frozen=True, eq=False)
class Pairs:
    """Lines of two words: their numbers in the block from 0, and the bounds of both words.

    ``lines`` counts all lines of the block, ``regular`` says whether every one of them is such a
    pair, blank, or a comment.
    """

    lines: int
    regular: bool
    line: Array
    starts: tuple[Array, Array]
    ends: tuple[Array, Array]


def pairs(block: Array, delimiter: str, comment: str) -> Pairs:
    """Find the words of a block of whole lines.

    Parameters
    ----------
    block
        uint8, at most 2 GiB.
    delimiter
        One character between the words; a blank stands for any run of blanks and tabs.
    comment
        The character that begins a line to pass over, or "".
    """
    starts, ends = line_bounds(block)
    bounds = np.empty((4, len(starts)), np.int32)
    status = np.empty(len(starts), np.uint8)
    _find(block, starts, ends, ord(delimiter), ord(comment or "\n"), status, bounds)
    line = np.flatnonzero(status == _PAIR)
    bounds = bounds[:, line]
    regular = not np.any(status == _OTHER)
    return Pairs(len(starts), regular, line, (bounds[0], bounds[2]), (bounds[1], bounds[3]))


@helper
def _word_end(block: Array, at: int, stop: int, delimiter: int) -> Any:  # noqa: ANN401 - what numba infers
    """Where a word of plain characters ends."""
    while at < stop:
        byte = block[at]
        if byte <= 0x20 or byte >= 0x7F or byte in (delimiter, _QUOTE):
            return at
        at += 1
    return at


@compiled
def _find(
    block: Bytes,
    starts: Int64s,
    ends: Int64s,
    delimiter: int,
    comment: int,
    status: NewBytes,
    bounds: NewInt32Table,
) -> None:
    for line in range(len(starts)):
        at, stop = starts[line], ends[line]
        while stop > at and block[stop - 1] == _RETURN:
            stop -= 1
        first = at
        while first < stop and (block[first] == _SPACE or block[first] == _TAB):
            first += 1
        if first == stop or block[first] == comment:
            status[line] = _NOTHING
            continue
        status[line] = _OTHER
        if delimiter != _SPACE and first != at:
            continue
        middle = _word_end(block, first, stop, delimiter)
        second = middle
        if delimiter == _SPACE:
            while second < stop and (block[second] == _SPACE or block[second] == _TAB):
                second += 1
            while stop > second and (block[stop - 1] == _SPACE or block[stop - 1] == _TAB):
                stop -= 1
        elif second < stop and block[second] == delimiter:
            second += 1
        if middle in (first, second):
            continue
        end = _word_end(block, second, stop, delimiter)
        if end == stop and end > second:
            status[line] = _PAIR
            bounds[0, line], bounds[1, line] = first, middle
            bounds[2, line], bounds[3, line] = second, end
