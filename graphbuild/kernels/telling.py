"""Telling at a glance what a string is, for the strings that are as most are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    Flags,
    Int64s,
    NewBytes,
    NewFlags,
    compiled,
    helper,
)
from graphbuild.kernels.interning import places, slices

__all__ = ["ARXIV", "DOI", "OWN", "id_kinds", "is_name", "is_plain", "slices"]

Array = np.ndarray[Any, Any]

OTHER, ARXIV, OWN, DOI = range(4)

_LONGEST = 100
_SPACE, _DOT, _SLASH, _HYPHEN, _UNDERSCORE = 0x20, 0x2E, 0x2F, 0x2D, 0x5F


def _table(text: str) -> Array:
    table = np.zeros(256, np.bool_)
    table[list(text.encode())] = True
    return table


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_IS_PLAIN = _table("".join(chr(c) for c in range(0x20, 0x7F) if chr(c) not in "$&\\{"))
_IS_OWN = _table(_LETTERS + _DIGITS + "_-")
_IS_DOI = _table(_LETTERS + _DIGITS + "._()/:-")
_IS_NAME = _table(_LETTERS + _DIGITS + "_.'- ")
_IS_LETTER = _table(_LETTERS)
_IS_DIGIT = _table(_DIGITS)


def is_plain(block: Array, start: Array, end: Array) -> Array:
    """Whether reading leaves a text as it is: ASCII, no LaTeX, no entity, single blanks between.

    Texts of less than five letters, which may be a word for nothing, are never said to be so.
    """
    plain = np.empty(len(start), np.bool_)
    _are_plain(block, places(start), places(end), _IS_PLAIN, plain)
    return plain


def is_name(block: Array, start: Array, end: Array) -> Array:
    """Whether a text is an ordinary name of one person, which reading leaves so.

    That is "First Last", and "Author12": a single word may be a word for nobody, unless it has a
    digit.
    """
    names = np.empty(len(start), np.bool_)
    _are_names(block, places(start), places(end), _IS_NAME, _IS_LETTER, _IS_DIGIT, names)
    return names


def id_kinds(block: Array, start: Array, end: Array, archives: Sequence[str]) -> Array:
    """What ids are (uint8): ``ARXIV``, ``DOI`` (in any case), a key of the source's ``OWN``, or 0.

    Only ids in their plainest form are told: no version, prefix or blank, and an own key consists
    of letters, digits, ``_`` and ``-``; with dots inside where it cannot be read as an arXiv id,
    since it has nothing but digits, or begins with a letter other than that of "arXiv".
    """
    kinds = np.empty(len(start), np.uint8)
    packed = np.frombuffer("".join(archives).encode(), np.uint8)
    bounds = np.cumsum([0, *map(len, archives)], dtype=np.int64)
    _find_kinds(
        block, places(start), places(end), packed, bounds, _IS_OWN, _IS_DOI, _IS_DIGIT, kinds
    )
    return kinds


@compiled
def _are_plain(block: Bytes, start: Int64s, end: Int64s, fits: Flags, plain: NewFlags) -> None:
    for i in range(len(start)):
        first, last = start[i], end[i]
        ok = last - first > 4 and block[first] != _SPACE and block[last - 1] != _SPACE
        if ok:
            before = False
            wrong = False
            for at in range(first, last):
                byte = block[at]
                is_space = byte == _SPACE
                wrong |= (not fits[byte]) | (before & is_space)
                before = is_space
            ok = not wrong
        plain[i] = ok


@compiled
def _are_names(
    block: Bytes,
    start: Int64s,
    end: Int64s,
    fits: Flags,
    is_letter: Flags,
    is_digit: Flags,
    names: NewFlags,
) -> None:
    for i in range(len(start)):
        first, last = start[i], end[i]
        ok: Any = last - first > 4
        words, at, digits = 0, first, False
        while ok and at < last:
            begin = at
            ok &= is_letter[block[at]] or (words > 0 and is_digit[block[at]])
            while at < last and block[at] != _SPACE:
                ok &= fits[block[at]]
                digits |= is_digit[block[at]]
                at += 1
            words += 1
            ok &= not _is_other(block, begin, at)
            at += 1
            if at == last:  # a blank at the end
                ok = False
        names[i] = ok and (words > 1 or digits)


@helper
def _is_other(block: Array, first: Any, last: Any) -> Any:  # noqa: ANN401 - what numba infers
    """Whether "et", "al" or "others" may be in a word, cut at what is no letter."""
    at = first
    while at < last:
        begin = at
        while at < last and block[at] | 0x20 >= 0x61 and block[at] | 0x20 <= 0x7A:
            at += 1
        length = at - begin
        if length in (2, 6):
            a, b = block[begin] | 0x20, block[begin + 1] | 0x20
            if (a == 0x65 and b == 0x74) or (a == 0x61 and b == 0x6C) or (a == 0x6F and b == 0x74):
                return True
        at += 1
    return False


@helper
def _number(block: Array, first: Any, last: Any) -> Any:  # noqa: ANN401 - what numba infers
    value = 0
    for at in range(first, last):
        if not 0x30 <= block[at] <= 0x39:
            return -1
        value = 10 * value + (block[at] - 0x30)
    return value


@helper
def _is_arxiv(block: Array, first: Any, last: Any, packed: Array, bounds: Array) -> Any:  # noqa: ANN401 - what numba infers
    length = last - first
    if length in (9, 10) and block[first + 4] == _DOT:
        month = _number(block, first, first + 4)
        if month < 704 or not 1 <= month % 100 <= 12 or _number(block, first + 5, last) < 0:
            return False
        return length == (10 if month >= 1500 else 9)
    if length < 10 or block[last - 8] != _SLASH:
        return False
    month = _number(block, last - 7, last - 3)
    if month < 0 or not 1 <= month % 100 <= 12 or _number(block, last - 3, last) < 0:
        return False
    for archive in range(len(bounds) - 1):
        if bounds[archive + 1] - bounds[archive] == length - 8:
            same = True
            for i in range(length - 8):
                if packed[bounds[archive] + i] != block[first + i]:
                    same = False
                    break
            if same:
                return True
    return False


@helper
def _is_nothing(block: Array, first: Any, last: Any) -> Any:  # noqa: ANN401 - what numba infers
    """Whether a key may be a word for nothing: nan, null, none in any case."""
    length = last - first
    if length not in (3, 4) or block[first] | 0x20 != 0x6E:
        return False
    second, third = block[first + 1] | 0x20, block[first + 2] | 0x20
    if length == 3:
        return second == 0x61 and third == 0x6E
    fourth = block[first + 3] | 0x20
    return (second == 0x75 and third == 0x6C and fourth == 0x6C) or (
        second == 0x6F and third == 0x6E and fourth == 0x65
    )


@helper
def _is_doi(block: Array, first: Any, last: Any, tables: Any) -> Any:  # noqa: ANN401 - what numba infers
    fits, is_digit, is_own = tables
    if last - first < 9 or block[first] != 0x31 or block[first + 1] != 0x30:
        return False
    if block[first + 2] != _DOT or not is_own[block[last - 1]] or block[last - 1] == _UNDERSCORE:
        return False
    at = first + 3
    while at < last and is_digit[block[at]]:
        at += 1
    if not 4 <= at - (first + 3) <= 9 or at == last or block[at] != _SLASH:
        return False
    if at - first == 8 and _number(block, first + 3, at) == 48550:  # arXiv's own
        return False
    for i in range(at + 1, last):  # noqa: SIM110 - a generator does not compile
        if not fits[block[i]]:
            return False
    return True


@compiled
def _find_kinds(
    block: Bytes,
    start: Int64s,
    end: Int64s,
    packed: Bytes,
    bounds: Int64s,
    is_own: Flags,
    is_doi: Flags,
    is_digit: Flags,
    kinds: NewBytes,
) -> None:
    for i in range(len(start)):
        first, last = start[i], end[i]
        kinds[i] = OTHER
        if _is_arxiv(block, first, last, packed, bounds):
            kinds[i] = ARXIV
            continue
        if last == first or last - first > _LONGEST:
            continue
        own, dotted, digits = True, False, True
        for at in range(first, last):
            is_dot = block[at] == _DOT
            own &= is_own[block[at]] | is_dot
            digits &= is_digit[block[at]] | is_dot
            dotted |= is_dot
        if own and dotted:
            own = block[first] != _DOT and block[last - 1] != _DOT
            own &= digits or 0x62 <= block[first] | 0x20 <= 0x7A  # from b on
        if own:
            if not _is_nothing(block, first, last):
                kinds[i] = OWN
        elif _is_doi(block, first, last, (is_doi, is_digit, is_own)):
            kinds[i] = DOI
