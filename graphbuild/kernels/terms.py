"""The words of titles, and where they stand."""

from __future__ import annotations

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    Int64s,
    NewBytes,
    NewInt32s,
    NewInt64s,
    compiled,
)

__all__ = ["is_plain", "split_words"]

_WORD, _SPACE, _BREAK, _ODD = range(4)


def _kinds() -> Bytes:
    """What each byte is; of what is not ASCII, or may be LaTeX, only a whole text can say it."""
    kinds = np.full(256, _ODD, np.uint8)
    kinds[:128] = _BREAK
    kinds[list(b"\\${")] = _ODD
    kinds[list(b" \t\n\f\r")] = _SPACE
    kinds[[byte for byte in range(128) if chr(byte).isalnum() or chr(byte) in "'-"]] = _WORD
    return kinds


_KINDS = _kinds()


def is_plain(block: Bytes, offsets: Int64s, longest: int) -> NewBytes:
    """Which texts, 1 or 0, are so short and have only bytes of a kind that is known.

    >>> is_plain(np.frombuffer("abc{é".encode(), np.uint8), np.array([0, 2, 3, 4, 6]), 1).tolist()
    [0, 1, 0, 0]
    """
    plain = np.empty(len(offsets) - 1, np.uint8)
    _find_plain(block, offsets, _KINDS, longest, plain)
    return plain


def split_words(
    block: Bytes, offsets: Int64s, plain: Bytes
) -> tuple[NewInt32s, NewInt64s, NewInt64s]:
    """Words of plain texts: letters, digits, apostrophes and hyphens.

    Parameters
    ----------
    block, offsets, plain
        Texts as UTF-8, where each begins and the last one ends, and which of them are plain.

    Returns
    -------
    text, start, end
        int32, int64, int64: whose each word is, and where it stands in ``block``. Between two
        that something else than blanks stands between, there is one that is empty.

    Examples
    --------
    >>> block = np.frombuffer(b"On self-loops: a studyEnd", np.uint8)
    >>> text, start, end = split_words(block, np.array([0, 22, 25]), np.array([1, 1], np.uint8))
    >>> [bytes(block[a:b]).decode() for a, b in zip(start, end)], text.tolist()
    (['On', 'self-loops', '', 'a', 'study', 'End'], [0, 0, 0, 0, 0, 1])
    """
    # A text has no more words than bytes; memory that is never written to costs nothing.
    most = int(offsets[-1] - offsets[0])
    text, start, end = np.empty(most, np.int32), np.empty(most, np.int64), np.empty(most, np.int64)
    many = _split_words(block, offsets, plain, _KINDS, text, start, end)
    return text[:many].copy(), start[:many].copy(), end[:many].copy()


@compiled
def _find_plain(block: Bytes, offsets: Int64s, kinds: Bytes, longest: int, plain: NewBytes) -> None:
    for text in range(len(offsets) - 1):
        odd = offsets[text + 1] - offsets[text] > longest
        for at in range(offsets[text], offsets[text + 1]):
            odd |= kinds[block[at]] == _ODD
        plain[text] = not odd


@compiled
def _split_words(
    block: Bytes,
    offsets: Int64s,
    plain: Bytes,
    kinds: Bytes,
    owner: NewInt32s,
    start: NewInt64s,
    end: NewInt64s,
) -> int:
    many = 0
    for text in range(len(offsets) - 1):
        if not plain[text]:
            continue
        before = _SPACE
        for at in range(offsets[text], offsets[text + 1]):
            kind = kinds[block[at]]
            if kind != _SPACE and kind != before:  # noqa: PLR1714
                owner[many] = text
                start[many] = at
                end[many] = at
                many += 1
            if kind == _WORD:
                end[many - 1] = at + 1
            before = kind
    return many
