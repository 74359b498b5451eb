"""Columns packed for a page: little-endian bytes, gzip, base64.

A payload is a header's length (uint32), the header (JSON) and sections one after the other. The
header's ``sections`` has each section's name, kind and length in bytes. Kinds:

- ``text``: UTF-8 strings, each ended by a NUL
- ``uint``: LEB128 integers of 7 bits a byte, the low ones first
- ``uint16``, ``float32``: as they are
"""

from __future__ import annotations

import base64
import gzip
import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["Payload", "deltas", "falling", "first_uses"]

Integers = np.ndarray[Any, np.dtype[np.integer[Any]]]
# What packs 20,000 papers in a tenth of a second; more effort saves two bytes in a hundred.
EFFORT = 6


class Payload:
    """Sections of a page's data, in the order in which they are added.

    Examples
    --------
    >>> payload = Payload()
    >>> payload.uint("years", np.array([0, 300]))
    >>> payload.header(papers=2)
    b'{"papers":2,"sections":[["years","uint",3]]}'
    """

    def __init__(self) -> None:
        self._sections: list[tuple[str, str, bytes]] = []

    def text(self, name: str, texts: pa.Array | Sequence[str | None]) -> None:
        """Add strings; null is "", and a NUL within becomes a sign of what cannot be shown."""
        strings = texts.to_pylist() if isinstance(texts, pa.Array) else texts
        ended = [(one or "").replace("\0", "\ufffd") + "\0" for one in strings]
        self._sections.append((name, "text", "".join(ended).encode("utf-8", "replace")))

    def uint(self, name: str, values: Integers) -> None:
        """Add whole numbers from 0 to 2**32 - 1."""
        self._sections.append((name, "uint", varints(values)))

    def uint16(self, name: str, values: Integers) -> None:
        """Add whole numbers from 0 to 65,535 that are spread too evenly to be packed."""
        self._sections.append((name, "uint16", values.astype("<u2").tobytes()))

    def float32(self, name: str, values: np.ndarray[Any, np.dtype[Any]]) -> None:
        """Add numbers to seven digits."""
        self._sections.append((name, "float32", values.astype("<f4").tobytes()))

    def header(self, **told: Any) -> bytes:  # noqa: ANN401 - JSON
        """Give the header, with what else it tells."""
        told["sections"] = [[name, kind, len(content)] for name, kind, content in self._sections]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "replace"
        )

    def packed(self, **told: Any) -> str:  # noqa: ANN401 - JSON
        """Give everything as base64 of gzip, without a time in it."""
        header = self.header(**told)
        parts = [struct.pack("<I", len(header)), header]
        parts += [content for _, _, content in self._sections]
        return base64.b64encode(gzip.compress(b"".join(parts), EFFORT, mtime=0)).decode("ascii")


def varints(values: Integers) -> bytes:
    """LEB128 of whole numbers below 2**32.

    >>> varints(np.array([0, 127, 128, 300])).hex()
    '007f8001ac02'
    """
    if not len(values):
        return b""
    numbers = values.astype(np.uint64)
    groups = np.stack([(numbers >> np.uint64(7 * i)) & np.uint64(127) for i in range(5)], axis=1)
    length = np.ones(len(numbers), np.int64)
    for i in range(1, 5):
        length += numbers >= np.uint64(1 << (7 * i))
    place = np.arange(5)
    more = place < (length - 1)[:, None]
    content = (groups | (more.astype(np.uint64) << np.uint64(7))).astype(np.uint8)
    packed: bytes = content[place < length[:, None]].tobytes()
    return packed


def deltas(starts: Integers, values: Integers) -> Integers:
    """Ascending lists as their first values and then the differences.

    ``starts`` has where each list begins.

    >>> deltas(np.array([0, 2]), np.array([5, 7, 1])).tolist()
    [5, 2, 1]
    """
    differences: Integers = np.diff(values, prepend=0)
    starts = starts[starts < len(values)]
    differences[starts] = values[starts]
    return differences


def falling(values: np.ndarray[Any, np.dtype[Any]]) -> Integers:
    """Falling positive numbers as the steps between their float32 bits, the first as it is.

    >>> falling(np.array([1.0, 1.0, 0.5])).tolist()
    [1065353216, 0, 8388608]
    """
    bits = values.astype("<f4").view("<u4").astype(np.int64)
    steps: Integers = -np.diff(bits, prepend=2 * bits[:1] if len(bits) else 0)
    if len(bits):
        steps[0] = bits[0]
    return steps


def first_uses(entries: Integers) -> Integers:
    """Positions in a table of values that are numbered by first use: 0 is the next new one.

    Otherwise it is how far back from that one.

    >>> first_uses(np.array([0, 1, 0, 2])).tolist()
    [0, 0, 2, 0]
    """
    if not len(entries):
        return entries
    before = np.maximum.accumulate(np.append(-1, entries[:-1])) + 1
    back: Integers = before - entries
    return back
