"""Of references that are one citation, which one says it best; and which citations look wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphbuild.kernels.compiling import (
    Bytes,
    Int32s,
    Int64s,
    NewBytes,
    NewInt32s,
    NewInt64s,
    compiled,
    helper,
)

__all__ = ["strongest", "write_down"]

Array = np.ndarray[Any, Any]

_RUN = 32
"""Keys that are sorted by putting each in its place; longer lists are merged from such runs."""


def strongest(
    citing: Int32s,
    cited: Int32s,
    basis: Bytes,
    line: Int64s,
    record: Int32s,
    word: Int32s,
    file: Int32s,
    text: Int32s,
) -> Int32s:
    """Give the position of the strongest reference between every two papers.

    Linear in the number of references as long as papers have few of them, and never worse than
    sorting those of each paper.

    Parameters
    ----------
    citing, cited
        int32 (references), not negative: who cites, in ascending order, and who is cited.
    basis, line, record, word
        uint8, int64, int32, int32 (references): what is told of each of them.
    file
        int32 (records): where each record comes from.
    text
        int32 (words): what each word says.

    Returns
    -------
    numpy.ndarray
        int32 (citations), by citing and cited paper: the position of the reference that is the
        least by basis, file, line, text and record, the first one of equal ones.

    Examples
    --------
    >>> one, other = np.array([0, 0, 0, 1], np.int32), np.array([7, 5, 7, 2], np.int32)
    >>> line, nothing = np.array([9, 1, 8, 1]), np.zeros(4, np.int32)
    >>> for basis in ([0, 0, 0, 0], [0, 0, 1, 0]):
    ...     told = np.array(basis, np.uint8), line, nothing, nothing
    ...     strongest(one, other, *told, nothing, nothing).tolist()
    [1, 2, 3]
    [1, 0, 3]
    """
    found = np.empty(len(cited), np.int32)
    room = np.empty(len(cited), np.int64), np.empty(len(cited), np.int64)
    many = _strongest(citing, cited, basis, line, record, word, file, text, *room, found)
    return found[:many]


@compiled
def _strongest(
    citing: Int32s,
    cited: Int32s,
    basis: Bytes,
    line: Int64s,
    record: Int32s,
    word: Int32s,
    file: Int32s,
    text: Int32s,
    keys: NewInt64s,
    spare: NewInt64s,
    found: NewInt32s,
) -> int:
    count = begin = 0
    while begin < len(citing):
        end = begin
        while end < len(citing) and citing[end] == citing[begin]:
            keys[end] = cited[end] << 32 | end
            end += 1
        _sort(keys, spare, begin, end)
        before = -1
        for at in range(begin, end):
            one = keys[at] & 0xFFFFFFFF
            if cited[one] != before:
                before = cited[one]
                found[count] = one
                count += 1
            elif _is_stronger(one, found[count - 1], basis, line, record, word, file, text):
                found[count - 1] = one
        begin = end
    return count


@helper
def _is_stronger(
    one: int,
    other: int,
    basis: Array,
    line: Array,
    record: Array,
    word: Array,
    file: Array,
    text: Array,
) -> Any:  # noqa: ANN401 - what numba infers
    """Whether a reference is stronger than one that stands before it."""
    if basis[one] != basis[other]:
        return basis[one] < basis[other]
    here, there = file[record[one]], file[record[other]]
    if here != there:
        return here < there
    if line[one] != line[other]:
        return line[one] < line[other]
    said, told = text[word[one]], text[word[other]]
    if said != told:
        return said < told
    return record[one] < record[other]


@helper
def _sort(keys: Array, spare: Array, first: int, last: int) -> None:
    """Sort a stretch of keys; ``spare`` is room for as many."""
    for begin in range(first, last, _RUN):
        for at in range(begin + 1, min(begin + _RUN, last)):
            key, place = keys[at], at
            while place > begin and keys[place - 1] > key:
                keys[place] = keys[place - 1]
                place -= 1
            keys[place] = key
    width = _RUN
    while width < last - first:
        for begin in range(first, last, 2 * width):
            left, middle = begin, min(begin + width, last)
            right, end = middle, min(begin + 2 * width, last)
            for place in range(begin, end):
                if left < middle and (right == end or keys[left] <= keys[right]):
                    spare[place] = keys[left]
                    left += 1
                else:
                    spare[place] = keys[right]
                    right += 1
        for place in range(first, last):
            keys[place] = spare[place]
        width *= 2


@compiled
def write_down(
    chosen: Int32s,
    citing: Int32s,
    cited: Int32s,
    basis: Bytes,
    line: Int64s,
    record: Int32s,
    word: Int32s,
    file: Int32s,
    text: Int32s,
    days: Int32s,
    years: Int32s,
    unknown_day: int,
    within_days: int,
    to_citing: NewInt32s,
    to_cited: NewInt32s,
    to_basis: NewBytes,
    to_line: NewInt64s,
    to_record: NewInt32s,
    to_word: NewInt32s,
    to_file: NewInt32s,
    to_text: NewInt32s,
    is_later: NewBytes,
) -> None:
    """Write what is told of the chosen references to columns of citations.

    ``is_later`` is whether the cited paper is dated more than ``within_days`` days after the citing
    one; or more than a year, where the day of one is ``unknown_day``, and neither's year is 0.
    """
    for at in range(len(chosen)):
        one = chosen[at]
        first, second, said = citing[one], cited[one], word[one]
        to_citing[at] = first
        to_cited[at] = second
        to_basis[at] = basis[one]
        to_line[at] = line[one]
        to_record[at] = record[one]
        to_word[at] = said
        to_file[at] = file[record[one]]
        to_text[at] = text[said]
        if days[first] != unknown_day and days[second] != unknown_day:
            is_later[at] = days[second] - days[first] > within_days
        else:
            known = years[first] != 0 and years[second] != 0
            is_later[at] = known and years[second] - years[first] > 1
