"""Folding texts of ASCII letters, digits and what stands between them, which most texts are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphbuild.kernels.bytes import Array
from graphbuild.kernels.compiling import Bytes, Int64s, NewBytes, NewFlags, NewInt32s, compiled
from graphbuild.kernels.interning import places

__all__ = ["fold_plain"]

_BETWEEN, _ODD = 0, 1
_SPACE = 0x20


def _meanings() -> Array:
    """What becomes of each byte: the letter or digit itself, in lower case, or one of the marks."""
    meanings = np.full(256, _ODD, np.uint8)
    meanings[:128] = _BETWEEN
    meanings[list(b"$\\{")] = _ODD  # LaTeX
    for byte in range(128):
        if chr(byte).isalnum():
            meanings[byte] = ord(chr(byte).lower())
    return meanings


_MEANINGS = _meanings()


def fold_plain(texts: pa.Array) -> tuple[pa.Array, Array]:
    """``text.fold`` of texts.

    Parameters
    ----------
    texts
        Arrow strings; null stays null.

    Returns
    -------
    folded
        Arrow strings; anything where a text is odd.
    odd
        Booleans: which texts hold more than ASCII or what may be LaTeX, and are not folded.

    Examples
    --------
    >>> folded, odd = fold_plain(pa.array(["Self-Normalizing", "Cram\u00e9r"]))
    >>> folded[0].as_py(), odd.tolist()
    ('self normalizing', [False, True])
    """
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset :][: len(texts) + 1]
    content = texts.buffers()[2]
    block = np.frombuffer(content, np.uint8) if content else np.empty(0, np.uint8)
    folded = np.empty(int(offsets[-1] - offsets[0]), np.uint8)
    new_offsets, odd = np.empty(len(texts) + 1, np.int32), np.zeros(len(texts), np.bool_)
    length = _fold(block, places(offsets), _MEANINGS, folded, new_offsets, odd)
    valid = texts.is_valid() if texts.null_count else None
    buffers = [
        valid.buffers()[1] if valid is not None else None,
        pa.py_buffer(new_offsets),
        pa.py_buffer(folded[:length]),
    ]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers), odd


@compiled
def _fold(
    block: Bytes,
    offsets: Int64s,
    meanings: Bytes,
    folded: NewBytes,
    new_offsets: NewInt32s,
    odd: NewFlags,
) -> int:
    length = 0
    for i in range(len(odd)):
        new_offsets[i] = length
        begin = length
        is_between = False
        for at in range(offsets[i], offsets[i + 1]):
            meaning = meanings[block[at]]
            if meaning == _BETWEEN:
                is_between = length > begin
                continue
            if meaning == _ODD:
                odd[i] = True
                break
            if is_between:
                folded[length] = _SPACE
                length += 1
            is_between = False
            folded[length] = meaning
            length += 1
    new_offsets[len(odd)] = length
    return length
