"""Texts at many positions, with no more memory than they need in the end."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphbuild.kernels import beside
from graphbuild.kernels.bytes import copy_short
from graphbuild.kernels.compiling import Bytes, Int32s, NewBytes, NewInt32s, compiled, prefetch

__all__ = ["texts_at"]

AHEAD = 16
"""How many texts ahead of its turn a text is fetched from memory."""
MANY = 500_000
"""Positions from which on they are gone through in bands, side by side."""
_LARGEST = np.iinfo(np.int32).max


def texts_at(texts: pa.Array, positions: Int32s) -> pa.Array:
    """Do what ``texts.take`` does, which first makes room for up to twice as much.

    Parameters
    ----------
    texts
        Arrow strings.
    positions
        int32, each below the number of texts and not negative.

    Returns
    -------
    pyarrow.Array
        Strings, or large ones where they are 2 GB or more.

    Examples
    --------
    >>> texts_at(pa.array(["a", "bc"]), np.array([1, 1, 0], np.int32)).to_pylist()
    ['bc', 'bc', 'a']
    """
    _, begins, data = texts.buffers()
    offsets = np.frombuffer(begins, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    block = np.frombuffer(data or b"", np.uint8)
    bands = beside.BANDS if len(positions) >= MANY else 1
    several = beside.bands(np.arange(len(positions) + 1), bands)
    ends = np.zeros(len(positions) + 1, np.int32)

    def line_up(first: int, last: int) -> int:
        length: int = measure(offsets, positions[first:last], ends[first + 1 : last + 1])
        return length

    lengths = beside.beside(line_up, several)
    if sum(lengths) > _LARGEST:
        return texts.cast(pa.large_string()).take(pa.array(positions))
    found = np.empty(sum(lengths), np.uint8)
    before = np.cumsum(lengths) - lengths

    def fill(band: tuple[int, int], begin: int, length: int) -> None:
        first, last = band
        dealt = ends[first + 1 : last + 1]
        gather(offsets, block, positions[first:last], begin, begin + length, dealt, found)

    beside.beside(fill, zip(several, before.tolist(), lengths, strict=True))
    valid = None
    if texts.null_count:
        valid = texts.is_valid().take(pa.array(positions)).buffers()[1]
    buffers = pa.py_buffer(ends), pa.py_buffer(found), valid
    return pa.StringArray.from_buffers(len(positions), *buffers)


@compiled
def measure(offsets: Int32s, positions: Int32s, ends: NewInt32s) -> int:
    """Where each text ends when they stand one after the other; returns the length of all.

    A length beyond 2**31 is right, its ends are not.
    """
    length = 0
    last = len(positions) - 1
    for place in range(len(positions)):
        prefetch(offsets, positions[min(place + AHEAD, last)])
        text = positions[place]
        length += offsets[text + 1] - offsets[text]
        ends[place] = length
    return length


@compiled
def gather(
    offsets: Int32s,
    block: Bytes,
    positions: Int32s,
    before: int,
    stop: int,
    ends: NewInt32s,
    found: NewBytes,
) -> None:
    """Copy texts to ``found[before:stop]``; ``ends`` does not yet know what comes before them."""
    at = before
    last = len(positions) - 1
    for place in range(len(positions)):
        prefetch(offsets, positions[min(place + 2 * AHEAD, last)])
        later = offsets[positions[min(place + AHEAD, last)]]
        prefetch(block, later)
        prefetch(block, later + 64)
        text = positions[place]
        begin, end = offsets[text], offsets[text + 1]
        copy_short(block, begin, end, found, at, stop)
        at += end - begin
        ends[place] = at
