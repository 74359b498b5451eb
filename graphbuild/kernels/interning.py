"""Numbering distinct byte strings: the first is 0, an equal one gets the same number.

An open-addressing table of slots of half a cache line. A string of 23 bytes or less, which most ids
of papers are, is kept inside its slot with its length, so that a look-up touches one cache line and
compares three words; a longer one keeps hashes there and its bytes in the arena. Look-ups come in
groups whose slots are asked for first, so that their cache misses overlap.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from graphbuild.kernels.bytes import copy, word
from graphbuild.kernels.compiling import (
    Bytes,
    Int32s,
    Int64s,
    NewBytes,
    NewInt32s,
    NewInt64s,
    NewUInt64Table,
    UInt64Table,
    compiled,
    helper,
    prefetch,
)

__all__ = ["Interner", "items", "slices"]

Array = np.ndarray[Any, Any]

_INLINE = 23
_GROUP = 32
_LINE = 64
_SMALL = 1 << 17
_LONG = np.uint64(0xFF) << np.uint64(56)
_FIRST_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SECOND_PRIME = np.uint64(0xC2B2AE3D27D4EB4F)


class Interner:
    """Gives every distinct byte string a number, in the order of first appearance.

    Memory is 32 bytes for each slot (at most two thirds of them are taken), and the strings
    themselves once with 8 bytes each.

    >>> interner = Interner()
    >>> block = np.frombuffer(b"abcab", np.uint8)
    >>> starts, ends = np.array([0, 2, 3], np.int32), np.array([2, 3, 5], np.int32)
    >>> interner.add(block, starts, ends).tolist(), interner.strings().to_pylist()
    ([0, 1, 0], ['ab', 'c'])
    """

    def __init__(self, capacity: int = 1 << 10) -> None:
        self._table = _slots(max(capacity, 4 * _GROUP))
        self._arena = np.empty(1 << 12, np.uint8)
        self._offsets = np.zeros(1 << 10, np.int64)
        self._count = 0
        self._group = np.empty((_GROUP, 4), np.uint64)

    def __len__(self) -> int:
        return self._count

    def add(self, block: Array, starts: Array, ends: Array) -> Array:
        """The int32 numbers of the strings ``block[starts[i]:ends[i]]``; block is uint8."""
        starts, ends = places(starts), places(ends)
        codes = np.empty(len(starts), np.int32)
        done = 0
        count = np.array([self._count])
        while done < len(starts):
            done = _add(
                block,
                starts,
                ends,
                done,
                codes,
                self._table,
                self._arena,
                self._offsets,
                self._group,
                count,
            )
            self._count = int(count[0])
            if done < len(starts):
                group = slice(done, done + _GROUP)
                self._make_room(int((ends[group] - starts[group]).sum()))
        return codes

    def _make_room(self, wanted: int) -> None:
        """Make room for one group where it is short: in the table, for offsets, for bytes."""
        if not _has_room(len(self._table), self._count):
            # What is small grows fast, so that strings are seldom moved.
            table = _slots((4 if len(self._table) < _SMALL else 2) * len(self._table))
            _rehash(self._table, table)
            self._table = table
        if self._count + _GROUP >= len(self._offsets):
            self._offsets = _longer(self._offsets, self._count + 1, 2 * len(self._offsets))
        used = int(self._offsets[self._count])
        if used + wanted > len(self._arena):
            self._arena = _longer(self._arena, used, max(2 * len(self._arena), used + wanted))

    def strings_from(self, first: int) -> Iterator[bytes]:
        """The distinct strings from a number on."""
        bounds = self._offsets[first : self._count + 1].tolist()
        for start, end in itertools.pairwise(bounds):
            yield self._arena[start:end].tobytes()

    def bounds(self, first: int = 0) -> tuple[Array, Array, Array]:
        """The distinct strings from a number on: a block of bytes, where they begin and end."""
        offsets = self._offsets[first : self._count + 1]
        return self._arena, offsets[:-1], offsets[1:]

    def strings(self) -> pa.Array:
        """The distinct strings by number, as an Arrow array of (large) strings; they are UTF-8."""
        offsets = self._offsets[: self._count + 1]
        length = int(offsets[-1])
        buffers = [None, pa.py_buffer(offsets.copy()), pa.py_buffer(self._arena[:length].copy())]
        return pa.Array.from_buffers(pa.large_string(), self._count, buffers)


def _slots(count: int) -> NewUInt64Table:
    """Free slots, none of which lies across the border of two cache lines."""
    words = np.zeros(4 * count + _LINE // 8, np.uint64)
    first = -words.ctypes.data % _LINE // 8
    return words[first : first + 4 * count].reshape(count, 4)


def _longer(array: Array, used: int, length: int) -> Array:
    longer = np.empty(length, array.dtype)
    longer[:used] = array[:used]
    return longer


def places(array: Array) -> Int64s:
    """Bounds of strings as kernels take them."""
    return np.require(array, np.int64, ["C", "A"])


def slices(block: Array, start: Array, end: Array, kept: Array) -> pa.Array:
    """The strings ``block[start[i]:end[i]]`` as Arrow strings, null where not ``kept``.

    The bytes must be UTF-8, and fewer than 2 GiB in all.
    """
    offsets = np.zeros(len(start) + 1, np.int32)
    np.cumsum(np.where(kept, end - start, 0), out=offsets[1:])
    gathered = np.empty(int(offsets[-1]), np.uint8)
    _gather(block, places(start), offsets, gathered)
    buffers = [
        pa.array(kept).buffers()[1],
        pa.py_buffer(offsets),
        pa.py_buffer(gathered),
    ]
    return pa.Array.from_buffers(pa.string(), len(start), buffers)


@compiled
def _gather(block: Bytes, starts: Int64s, offsets: Int32s, gathered: NewBytes) -> None:
    for i in range(len(starts)):
        length = offsets[i + 1] - offsets[i]
        copy(block, starts[i], starts[i] + length, gathered, np.int64(offsets[i]))


def items(first: Array, lengths: Array, start: Array, end: Array) -> tuple[Array, Array]:
    """Bounds (int64) of the items of some lists, one list after the other.

    ``first`` and ``lengths`` (int32) say which of ``start`` and ``end`` (int32) are a list's.

    >>> first, lengths = np.array([2, 0], np.int32), np.array([1, 2], np.int32)
    >>> start, end = np.array([5, 6, 7], np.int32), np.array([6, 7, 9], np.int32)
    >>> [bounds.tolist() for bounds in items(first, lengths, start, end)]
    [[7, 5, 6], [9, 6, 7]]
    """
    total = int(lengths.sum(dtype=np.int64))
    starts, ends = np.empty(total, np.int64), np.empty(total, np.int64)
    _place_items(first, lengths, start, end, starts, ends)
    return starts, ends


@compiled
def _place_items(
    first: Int32s,
    lengths: Int32s,
    start: Int32s,
    end: Int32s,
    starts: NewInt64s,
    ends: NewInt64s,
) -> None:
    at = 0
    for row in range(len(first)):
        for item in range(first[row], first[row] + lengths[row]):
            starts[at], ends[at] = start[item], end[item]
            at += 1


@helper
def _words(block: Array, start: Any, end: Any) -> Any:  # noqa: ANN401 - what numba infers
    """Three words that stand for a string: itself and its length, or hashes and a mark.

    None of them is all zero, which marks a free slot.
    """
    length = end - start
    low = word(block, start, end)
    middle = word(block, start + 8, end)
    high = word(block, start + 16, end)
    if length <= _INLINE:
        return low, middle, high | np.uint64(length + 1) << np.uint64(56)
    first, second = np.uint64(length), low
    at = start
    while at < end:
        part = word(block, at, end)
        first = (first ^ part) * _FIRST_PRIME
        first ^= first >> np.uint64(29)
        second = (second + part) * _SECOND_PRIME
        second ^= second >> np.uint64(31)
        at += 8
    return first, second, np.uint64(length) | _LONG


@helper
def _slot(low: Any, middle: Any, high: Any, mask: Any) -> Any:  # noqa: ANN401 - what numba infers
    mixed = (low ^ (middle * _SECOND_PRIME) ^ (high >> np.uint64(7))) * _FIRST_PRIME
    mixed ^= mixed >> np.uint64(32)
    return (mixed * _SECOND_PRIME >> np.uint64(20)) & mask


@helper
def _has_room(slots: int, count: int) -> Any:  # noqa: ANN401 - what numba infers
    """Whether a table has room for one more group."""
    return 3 * (count + _GROUP) <= 2 * slots


@helper
def _same(block: Array, start: Any, end: Any, arena: Array, at: Any) -> Any:  # noqa: ANN401 - what numba infers
    for i in range(end - start):  # noqa: SIM110 - a generator does not compile
        if block[start + i] != arena[at + i]:
            return False
    return True


@compiled
def _add(
    block: Bytes,
    starts: Int64s,
    ends: Int64s,
    first: int,
    codes: NewInt32s,
    table: NewUInt64Table,
    arena: NewBytes,
    offsets: NewInt64s,
    group: NewUInt64Table,
    counted: NewInt64s,
) -> int:
    """Number strings from ``first`` on, group by group, until there is no room for one.

    ``group`` is used up; ``counted`` holds how many distinct strings there are.
    """
    mask = np.uint64(len(table) - 1)
    count = counted[0]
    while first < len(starts):
        size = min(_GROUP, len(starts) - first)
        if not _has_room(len(table), count) or count + _GROUP >= len(offsets):
            break
        wanted = np.int64(0)
        for j in range(size):
            start, end = starts[first + j], ends[first + j]
            low, middle, high = _words(block, start, end)
            slot = _slot(low, middle, high, mask)
            group[j, 0], group[j, 1], group[j, 2], group[j, 3] = low, middle, high, slot
            prefetch(table, np.int64(slot) * 4)
            wanted += end - start
        if offsets[count] + wanted > len(arena):
            break
        for j in range(size):
            start, end = starts[first + j], ends[first + j]
            low, middle, high, slot = group[j, 0], group[j, 1], group[j, 2], group[j, 3]
            while True:
                if table[slot, 2] == 0:
                    table[slot, 0], table[slot, 1] = low, middle
                    table[slot, 2], table[slot, 3] = high, np.uint64(count)
                    used = offsets[count]
                    copy(block, start, end, arena, used)
                    codes[first + j] = count
                    count += 1
                    offsets[count] = used + (end - start)
                    break
                if table[slot, 0] == low and table[slot, 1] == middle and table[slot, 2] == high:
                    code = np.int64(table[slot, 3])
                    if end - start <= _INLINE or _same(block, start, end, arena, offsets[code]):
                        codes[first + j] = code
                        break
                slot = (slot + np.uint64(1)) & mask
        first += size
    counted[0] = count
    return first


@compiled
def _rehash(old: UInt64Table, table: NewUInt64Table) -> None:
    mask = np.uint64(len(table) - 1)
    for i in range(len(old)):
        if old[i, 2] != 0:
            slot = _slot(old[i, 0], old[i, 1], old[i, 2], mask)
            while table[slot, 2] != 0:
                slot = (slot + np.uint64(1)) & mask
            for part in range(4):
                table[slot, part] = old[i, part]
