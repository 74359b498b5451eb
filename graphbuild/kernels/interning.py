"""Numbering distinct byte strings: the first is 0, an equal one gets the same number.

An open-addressing table of 64-bit words. A string of 15 bytes or less, which ids of papers are, is
kept inside its slot with its length, so that a look-up touches one cache line and compares two
words; a longer one keeps two hashes there and its bytes in the arena.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit

__all__ = ["Interner", "slices"]

Array = np.ndarray[Any, Any]

_INLINE = 15
_LONG = np.uint64(0xFF) << np.uint64(56)
_FIRST_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SECOND_PRIME = np.uint64(0xC2B2AE3D27D4EB4F)


class Interner:
    """Gives every distinct byte string a number, in the order of first appearance.

    Memory is 20 bytes for each slot (at most half of them are taken), and the strings themselves
    once with 8 bytes each.

    >>> interner = Interner()
    >>> block = np.frombuffer(b"abcab", np.uint8)
    >>> starts, ends = np.array([0, 2, 3], np.int32), np.array([2, 3, 5], np.int32)
    >>> interner.add(block, starts, ends).tolist(), interner.strings().to_pylist()
    ([0, 1, 0], ['ab', 'c'])
    """

    def __init__(self, capacity: int = 1 << 16) -> None:
        self._allocate(capacity)
        self._arena = np.empty(1 << 20, np.uint8)
        self._offsets = np.zeros(1 << 16, np.int64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def _allocate(self, capacity: int) -> None:
        self._low = np.zeros(capacity, np.uint64)
        self._high = np.zeros(capacity, np.uint64)
        self._codes = np.full(capacity, -1, np.int32)

    def add(self, block: Array, starts: Array, ends: Array) -> Array:
        """The int32 numbers of the strings ``block[starts[i]:ends[i]]``; block is uint8."""
        codes = np.empty(len(starts), np.int32)
        done = 0
        while done < len(starts):
            done, self._count = _add(
                block,
                starts,
                ends,
                done,
                codes,
                self._low,
                self._high,
                self._codes,
                self._arena,
                self._offsets,
                self._count,
            )
            if done < len(starts):
                self._grow(int(ends[done] - starts[done]))
        return codes

    def _grow(self, wanted: int) -> None:
        """Make room where it is short: in the table, for offsets, or for a string."""
        if 2 * (self._count + 1) > len(self._codes):
            low, high, codes = self._low, self._high, self._codes
            self._allocate(2 * len(codes))
            _rehash(low, high, codes, self._low, self._high, self._codes)
        if self._count + 2 > len(self._offsets):
            self._offsets = np.resize(self._offsets, 2 * len(self._offsets))
        used = int(self._offsets[self._count])
        if used + wanted > len(self._arena):
            self._arena = np.resize(self._arena, max(2 * len(self._arena), used + wanted))

    def strings_from(self, first: int) -> Iterator[bytes]:
        """The distinct strings from a number on."""
        bounds = self._offsets[first : self._count + 1].tolist()
        for start, end in itertools.pairwise(bounds):
            yield self._arena[start:end].tobytes()

    def strings(self) -> pa.Array:
        """The distinct strings by number, as an Arrow array of (large) binary."""
        offsets = self._offsets[: self._count + 1]
        length = int(offsets[-1])
        buffers = [None, pa.py_buffer(offsets.copy()), pa.py_buffer(self._arena[:length].copy())]
        return pa.Array.from_buffers(pa.large_string(), self._count, buffers)


def slices(block: Array, start: Array, end: Array, kept: Array) -> pa.Array:
    """The strings ``block[start[i]:end[i]]`` as Arrow strings, null where not ``kept``.

    The bytes must be UTF-8, and fewer than 2 GiB in all.
    """
    offsets = np.zeros(len(start) + 1, np.int32)
    np.cumsum(np.where(kept, end - start, 0), out=offsets[1:])
    gathered = np.empty(int(offsets[-1]), np.uint8)
    _gather(block, start, offsets, gathered)
    buffers = [
        pa.array(kept).buffers()[1],
        pa.py_buffer(offsets),
        pa.py_buffer(gathered),
    ]
    return pa.Array.from_buffers(pa.string(), len(start), buffers)


@njit(cache=True, nogil=True)
def _gather(block: Array, starts: Array, offsets: Array, gathered: Array) -> None:
    for i in range(len(starts)):
        shift = starts[i] - offsets[i]
        for at in range(offsets[i], offsets[i + 1]):
            gathered[at] = block[at + shift]


@njit(cache=True, nogil=True)
def _words(block: Array, start: int, end: int) -> Any:  # noqa: ANN401 - what numba infers
    """Two words that stand for a string: itself and its length, or two hashes and a mark."""
    length = end - start
    low, high = np.uint64(0), np.uint64(0)
    if length <= _INLINE:
        for i in range(min(length, 8)):
            low |= np.uint64(block[start + i]) << np.uint64(8 * i)
        for i in range(8, length):
            high |= np.uint64(block[start + i]) << np.uint64(8 * (i - 8))
        return low, high | np.uint64(length) << np.uint64(56)
    low, high = np.uint64(length), np.uint64(0)
    for i in range(start, end):
        byte = np.uint64(block[i])
        low = (low ^ byte) * _FIRST_PRIME
        low ^= low >> np.uint64(29)
        high = (high + byte) * _SECOND_PRIME
        high ^= high >> np.uint64(31)
    return low, high | _LONG


@njit(cache=True, nogil=True)
def _slot(low: int, high: int, mask: Any) -> Any:  # noqa: ANN401 - what numba infers
    mixed = (low ^ (high * _SECOND_PRIME)) * _FIRST_PRIME
    mixed ^= mixed >> np.uint64(32)
    return np.int64((mixed * _SECOND_PRIME >> np.uint64(20)) & mask)


@njit(cache=True, nogil=True)
def _same(block: Array, start: int, end: int, arena: Array, at: int) -> Any:  # noqa: ANN401 - what numba infers
    for i in range(end - start):  # noqa: SIM110 - a generator does not compile
        if block[start + i] != arena[at + i]:
            return False
    return True


@njit(cache=True, nogil=True)
def _add(
    block: Array,
    starts: Array,
    ends: Array,
    first: int,
    codes: Array,
    low_of: Array,
    high_of: Array,
    code_of: Array,
    arena: Array,
    offsets: Array,
    count: int,
) -> Any:  # noqa: ANN401 - what numba infers
    """Number strings from ``first`` on until one is met for which there is no room."""
    mask = np.uint64(len(code_of) - 1)
    for i in range(first, len(starts)):
        start, end = starts[i], ends[i]
        low, high = _words(block, start, end)
        slot = _slot(low, high, mask)
        while True:
            code = code_of[slot]
            if code < 0:
                used = offsets[count]
                full = 2 * (count + 1) > len(code_of) or count + 2 > len(offsets)
                if full or used + (end - start) > len(arena):
                    return i, count
                low_of[slot], high_of[slot], code_of[slot] = low, high, count
                for j in range(end - start):
                    arena[used + j] = block[start + j]
                count += 1
                offsets[count] = used + (end - start)
                codes[i] = count - 1
                break
            if low_of[slot] == low and high_of[slot] == high:
                inline = end - start <= _INLINE
                length = offsets[code + 1] - offsets[code]
                if inline or (
                    length == end - start and _same(block, start, end, arena, offsets[code])
                ):
                    codes[i] = code
                    break
            slot = np.int64(np.uint64(slot + 1) & mask)
    return len(starts), count


@njit(cache=True, nogil=True)
def _rehash(
    low_was: Array, high_was: Array, code_was: Array, low_of: Array, high_of: Array, code_of: Array
) -> Any:  # noqa: ANN401 - what numba infers
    mask = np.uint64(len(code_of) - 1)
    for old in range(len(code_was)):
        if code_was[old] >= 0:
            slot = _slot(low_was[old], high_was[old], mask)
            while code_of[slot] >= 0:
                slot = np.int64(np.uint64(slot + 1) & mask)
            low_of[slot], high_of[slot], code_of[slot] = (
                low_was[old],
                high_was[old],
                code_was[old],
            )
