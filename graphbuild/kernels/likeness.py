"""How alike the words of two titles are, word by word, for many pairs at once.

A word finds its equal, else one that differs by a misprint (one edit; two in long words, where an
edit is a letter more, fewer, another, or two exchanged: Damerau 1964), one that it is cut from, or
two that make it when glued. What finds none may still stand among the other side's authors, or be
its venue or year, where fields have slipped into a title.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from graphbuild.kernels.beside import BANDS, bands, beside
from graphbuild.kernels.compiling import (
    Bytes,
    Floats,
    Int32s,
    Int64s,
    Kernel,
    NewBytes,
    NewFloatTable,
    NewInt32s,
    compiled,
    helper,
)

__all__ = ["EVIDENCE", "LONGEST", "compare"]

Array = np.ndarray[Any, Any]

LONGEST = 48
"""So many words of a title, of a list of authors, or of a venue are looked at."""

EVIDENCE = (
    "matched", "left_one", "left_other", "numbers_one", "numbers_other", "odd_one", "odd_other",
    "families", "families_one", "families_other", "first_family", "families_in_title",
    "misprints", "words", "cut_one", "cut_other", "venue", "inside",
)  # fmt: skip
"""What is found out of a pair, in the order of the columns.

``matched`` is the weight of the words that both titles have, ``left_one`` and ``left_other`` that
of the words that only one has and nothing else of the other explains; ``numbers_…`` and ``odd_…``
count those among them that are numbers, or words that stand first or last and tell a paper's kind
("erratum").
``families`` are family names in both lists, ``first_family`` tells whether the first ones agree,
``families_in_title`` counts those that stand in the other's title. ``misprints`` counts words that
differ in spelling, ``words`` those that both have. ``cut_…`` is 1 where what is left over of a
title is its end. ``venue`` is the share of weight that the venues have in common, -1 where one is
unknown; ``inside`` counts words that other fields explain.
"""

_SMALL = 400
"""So many pairs are compared without compiled code, which takes longer to come than they do."""

_PLAIN, _NUMBER, _ODD = range(3)
_LONG_WORD, _NAME, _SHORT_WORD, _CUT_WORD = 9, 6, 4, 3
_HOPELESS = 0.2
"""Where titles share a smaller part of their weight, misprints are not looked for."""
_STAR = 0x2A
_CUT, _GLUED, _MISPRINT = 0.7, 0.95, 0.92


def compare(
    one: Array,
    other: Array,
    lists: tuple[tuple[Array, Array], tuple[Array, Array], tuple[Array, Array]],
    years: Array,
    words: tuple[Array, Array],
    weights: Array,
    kinds: Array,
) -> Array:
    """Compare pairs.

    Parameters
    ----------
    one, other
        int32: the two sides of each pair.
    lists
        Of titles, families and venues each: the words of all sides as CSR (int64, int32).
    years
        int32 of each side, 0 for unknown.
    words
        The letters of all words (uint8), and where each begins (int64, one more than words).
    weights, kinds
        float64 and uint8 of each word; kinds are 0, 1 for a number, 2 for an odd one.

    Returns
    -------
    numpy.ndarray
        float64 of the shape (pairs, len(EVIDENCE)).
    """
    found = np.zeros((len(one), len(EVIDENCE)))
    flat = [part for pair in lists for part in pair]
    is_small = len(one) <= _SMALL
    run: Callable[..., None] = cast("Kernel", _compare).function if is_small else _compare

    def compare_some(first: int, last: int) -> None:
        some = slice(first, last)
        scratch = np.zeros(2 * LONGEST, np.uint8), np.zeros(128, np.uint8), np.zeros(192, np.int32)
        run(one[some], other[some], *flat, years, *words, weights, kinds, *scratch, found[some])

    beside(compare_some, bands(np.arange(len(one) + 1), 1 if is_small else BANDS))
    return found


@helper
def _edits(
    letters: Bytes, at: int, end: int, to: int, stop: int, most: int, rows: NewInt32s
) -> Any:  # noqa: ANN401 - what numba infers
    """How many edits lie between two words; more than ``most`` where it is more."""
    long, wide = end - at, stop - to
    if long - wide > most or wide - long > most or long > 60 or wide > 60:
        return most + 1
    for j in range(wide + 1):
        rows[j] = j
    for i in range(1, long + 1):
        now, before, above = 64 * (i % 3), 64 * ((i - 1) % 3), 64 * ((i - 2) % 3)
        rows[now] = i
        least = i
        for j in range(1, wide + 1):
            here, there = letters[at + i - 1], letters[to + j - 1]
            value = rows[before + j - 1] + (0 if here == there else 1)
            value = min(value, rows[before + j] + 1, rows[now + j - 1] + 1)
            if i > 1 and j > 1 and here == letters[to + j - 2] and there == letters[at + i - 2]:
                value = min(value, rows[above + j - 2] + 1)
            rows[now + j] = value
            least = min(least, value)
        if least > most:
            return most + 1
    return rows[64 * (long % 3) + wide]


@helper
def _alike(
    letters: Bytes, begins: Int64s, kinds: Bytes, one: int, other: int, least: int, rows: NewInt32s
) -> Any:  # noqa: ANN401
    """How much of a word another one is worth: 1 for itself, 0 for another word.

    ``least`` is the number of letters that a misprint needs to be told from another word.
    """
    if one == other:
        return 1.0
    if kinds[one] == _NUMBER or kinds[other] == _NUMBER:
        return 0.0
    at, end, to, stop = begins[one], begins[one + 1], begins[other], begins[other + 1]
    if end > at and stop > to and (letters[at] == _STAR or letters[to] == _STAR):
        if letters[to] == _STAR:
            at, end, to, stop = to, stop, at, end
        length = end - at - 1
        if stop - to < length or letters[to] == _STAR:
            return 0.0
        for i in range(length):
            if letters[at + 1 + i] != letters[stop - length + i]:
                return 0.0
        return _MISPRINT
    shorter, longer = min(end - at, stop - to), max(end - at, stop - to)
    if shorter < _CUT_WORD:
        return 0.0
    begin = 0
    while begin < shorter and letters[at + begin] == letters[to + begin]:
        begin += 1
    if begin == shorter:
        return _MISPRINT if longer - begin == 1 and shorter >= least else _CUT
    if shorter < least or longer - shorter > 2:
        return 0.0
    tail = 0
    while tail < shorter - begin and letters[end - 1 - tail] == letters[stop - 1 - tail]:
        tail += 1
    if begin + tail >= longer - 1:
        return _MISPRINT
    if longer == shorter and begin + tail == longer - 2:
        here, there = at + begin, to + begin
        if letters[here] == letters[there + 1] and letters[here + 1] == letters[there]:
            return _MISPRINT
    # Two edits leave either end of a word alone, if it is long.
    if shorter < _LONG_WORD or max(begin, tail) < _CUT_WORD:
        return 0.0
    return _MISPRINT if _edits(letters, at, end, to, stop, 2, rows) <= 2 else 0.0


@helper
def _glues(letters: Bytes, begins: Int64s, whole: int, first: int, second: int) -> Any:  # noqa: ANN401
    """Whether two words without their space are a third one."""
    at, end = begins[whole], begins[whole + 1]
    middle = at + begins[first + 1] - begins[first]
    if end - middle != begins[second + 1] - begins[second] or middle - at < 1:
        return False
    for i in range(middle - at):
        if letters[at + i] != letters[begins[first] + i]:
            return False
    for i in range(end - middle):  # noqa: SIM110 - numba knows no generators
        if letters[middle + i] != letters[begins[second] + i]:
            return False
    return True


@helper
def _glued(
    letters: Bytes,
    begins: Int64s,
    titles: Int32s,
    at: int,
    end: int,
    to: int,
    stop: int,
    used: NewBytes,
    mine: int,
    theirs: int,
) -> Any:  # noqa: ANN401
    """Use up words of one side that two of the other make when glued; how many were."""
    count = 0
    for i in range(at, end):
        if used[mine + i - at]:
            continue
        for j in range(to, stop - 1):
            if used[theirs + j - to] or used[theirs + j + 1 - to]:
                continue
            if _glues(letters, begins, titles[i], titles[j], titles[j + 1]):
                used[mine + i - at] = 2
                used[theirs + j - to] = used[theirs + j + 1 - to] = 3
                count += 1
                break
    return count


@helper
def _weight(titles: Int32s, at: int, end: int, weights: Floats) -> Any:  # noqa: ANN401
    """The weight of some words."""
    total = 0.0
    for i in range(at, end):
        total += weights[titles[i]]
    return total


@helper
def _spaced(
    letters: Bytes,
    begins: Int64s,
    titles: Int32s,
    at: int,
    end: int,
    to: int,
    stop: int,
    used: NewBytes,
    spelled: NewBytes,
    rows: NewInt32s,
) -> Any:  # noqa: ANN401
    """Use up all words that are left where they are the same letters but for their spaces.

    ``spelled`` has room for twice 64 letters. Returns whether they were.
    """
    lengths = 0, 0
    for side in range(2):
        first, last, mine = (at, end, 0) if side == 0 else (to, stop, LONGEST)
        length = 0
        for i in range(first, last):
            if used[mine + i - first]:
                continue
            word = titles[i]
            if length + begins[word + 1] - begins[word] > 60:
                return False
            for k in range(begins[word], begins[word + 1]):
                spelled[64 * side + length] = letters[k]
                length += 1
        lengths = (length, 0) if side == 0 else (lengths[0], length)
    shorter = min(lengths[0], lengths[1])
    if shorter < _SHORT_WORD or abs(lengths[0] - lengths[1]) > 2:
        return False
    most = 2 if shorter >= 2 * _LONG_WORD else 1 if shorter >= _LONG_WORD else 0
    if _edits(spelled, 0, lengths[0], 64, 64 + lengths[1], most, rows) > most:
        return False
    for side in range(2):
        first, last, mine = (at, end, 0) if side == 0 else (to, stop, LONGEST)
        for i in range(first, last):
            if not used[mine + i - first]:
                used[mine + i - first] = 3
    return True


@helper
def _explain(
    side: int,
    title_indptr: Int64s,
    titles: Int32s,
    by: int,
    family_indptr: Int64s,
    families: Int32s,
    venue_indptr: Int64s,
    venues: Int32s,
    years: Int32s,
    letters: Bytes,
    begins: Int64s,
    kinds: Bytes,
    used: NewBytes,
    mine: int,
    rows: NewInt32s,
) -> Any:  # noqa: ANN401
    """Use up words of a title that are the other side's authors, venue or year; families, all."""
    in_title = inside = 0
    at, end = title_indptr[side], min(title_indptr[side + 1], title_indptr[side] + LONGEST)
    for i in range(at, end):
        if used[mine + i - at]:
            continue
        word = titles[i]
        if kinds[word] == _NUMBER:
            year = years[by]
            if year and begins[word + 1] - begins[word] == 4:
                value = 0
                for k in range(begins[word], begins[word + 1]):
                    value = value * 10 + int(letters[k]) - 48
                if value == year:
                    used[mine + i - at] = 4
                    inside += 1
            continue
        for k in range(family_indptr[by], min(family_indptr[by + 1], family_indptr[by] + LONGEST)):
            if (
                families[k] == word
                or _alike(letters, begins, kinds, word, families[k], _NAME, rows) > 0.9
            ):
                used[mine + i - at] = 4
                in_title += 1
                inside += 1
                break
        if used[mine + i - at]:
            continue
        for k in range(venue_indptr[by], min(venue_indptr[by + 1], venue_indptr[by] + LONGEST)):
            if (
                venues[k] == word
                or _alike(letters, begins, kinds, word, venues[k], _SHORT_WORD, rows) > 0.0
            ):
                used[mine + i - at] = 4
                inside += 1
                break
    return in_title, inside


@compiled
def _compare(  # noqa: PLR0915 - one pass over a pair, whose parts share its marks
    one: Int32s,
    other: Int32s,
    title_indptr: Int64s,
    titles: Int32s,
    family_indptr: Int64s,
    families: Int32s,
    venue_indptr: Int64s,
    venues: Int32s,
    years: Int32s,
    letters: Bytes,
    begins: Int64s,
    weights: Floats,
    kinds: Bytes,
    used: NewBytes,
    spelled: NewBytes,
    rows: NewInt32s,
    found: NewFloatTable,
) -> None:
    for pair in range(len(one)):
        a, b = one[pair], other[pair]
        at, to = title_indptr[a], title_indptr[b]
        end = min(title_indptr[a + 1], at + LONGEST)
        stop = min(title_indptr[b + 1], to + LONGEST)
        for i in range(2 * LONGEST):
            used[i] = 0
        matched = 0.0
        count = misprints = 0
        for i in range(at, end):
            for j in range(to, stop):
                if titles[i] == titles[j] and not used[LONGEST + j - to]:
                    used[i - at] = used[LONGEST + j - to] = 1
                    matched += weights[titles[i]]
                    count += 1
                    break
        whole = _spaced(letters, begins, titles, at, end, to, stop, used, spelled, rows)
        least = min(_weight(titles, at, end, weights), _weight(titles, to, stop, weights))
        hopeless = not whole and matched < _HOPELESS * least
        for i in range(at, end):
            if hopeless or used[i - at]:
                continue
            best, where = 0.0, -1
            for j in range(to, stop):
                if not used[LONGEST + j - to]:
                    worth = _alike(letters, begins, kinds, titles[i], titles[j], _SHORT_WORD, rows)
                    if worth > best:
                        best, where = worth, j
            if where >= 0:
                used[i - at] = used[LONGEST + where - to] = 2
                matched += best * min(weights[titles[i]], weights[titles[where]])
                count += 1
                misprints += 1
        glued = _glued(letters, begins, titles, at, end, to, stop, used, 0, LONGEST)
        glued += _glued(letters, begins, titles, to, stop, at, end, used, LONGEST, 0)
        if not whole:
            whole = _spaced(letters, begins, titles, at, end, to, stop, used, spelled, rows)
        if whole or glued:
            misprints += 1
            count += 1
            mine_spelled, theirs_spelled = 0.0, 0.0
            for i in range(at, end):
                if used[i - at] == 3:
                    mine_spelled += weights[titles[i]]
            for j in range(to, stop):
                if used[LONGEST + j - to] == 3:
                    theirs_spelled += weights[titles[j]]
            if mine_spelled > 0.0 and theirs_spelled > 0.0:
                matched += _GLUED * min(mine_spelled, theirs_spelled)
            else:
                matched += _GLUED * max(mine_spelled, theirs_spelled)
        in_one, inside_one = _explain(
            a, title_indptr, titles, b, family_indptr, families, venue_indptr, venues, years,
            letters, begins, kinds, used, 0, rows,
        )  # fmt: skip
        in_other, inside_other = _explain(
            b, title_indptr, titles, a, family_indptr, families, venue_indptr, venues, years,
            letters, begins, kinds, used, LONGEST, rows,
        )  # fmt: skip
        found[pair, 0] = matched
        for side in range(2):
            first, last, mine = (at, end, 0) if side == 0 else (to, stop, LONGEST)
            left, numbers, odd, ends, cut = 0.0, 0, 0, True, True
            for i in range(last - first - 1, -1, -1):
                word = titles[first + i]
                if used[mine + i]:
                    if used[mine + i] != 4:
                        ends = False
                    continue
                left += weights[word]
                # A small number in front counts the entries of a list.
                if kinds[word] == _NUMBER and (i > 0 or begins[word + 1] - begins[word] > 3):
                    numbers += 1
                if kinds[word] == _ODD and (i < 2 or i >= last - first - 2):
                    odd += 1
                cut = cut and ends
            found[pair, 1 + side] = left
            found[pair, 3 + side] = numbers
            found[pair, 5 + side] = odd
            found[pair, 14 + side] = 1.0 if cut and left > 0 else 0.0
        f_at, f_to = family_indptr[a], family_indptr[b]
        f_end = min(family_indptr[a + 1], f_at + LONGEST)
        f_stop = min(family_indptr[b + 1], f_to + LONGEST)
        shared = 0
        for i in range(LONGEST):
            used[i] = 0
        for i in range(f_at, f_end):
            for j in range(f_to, f_stop):
                if used[j - f_to]:
                    continue
                worth = _alike(letters, begins, kinds, families[i], families[j], _NAME, rows)
                if worth > 0.9:
                    used[j - f_to] = 1
                    shared += 1
                    if i == f_at and j == f_to:
                        found[pair, 10] = 1.0
                    break
        found[pair, 7] = shared
        found[pair, 8], found[pair, 9] = f_end - f_at, f_stop - f_to
        found[pair, 11] = in_one + in_other
        found[pair, 12], found[pair, 13] = misprints, count
        v_at, v_to = venue_indptr[a], venue_indptr[b]
        v_end = min(venue_indptr[a + 1], v_at + LONGEST)
        v_stop = min(venue_indptr[b + 1], v_to + LONGEST)
        together, mine_all, theirs_all = 0.0, 0.0, 0.0
        for j in range(v_to, v_stop):
            theirs_all += weights[venues[j]]
        for i in range(v_at, v_end):
            mine_all += weights[venues[i]]
            best = 0.0
            for j in range(v_to, v_stop):
                worth = _alike(letters, begins, kinds, venues[i], venues[j], _SHORT_WORD, rows)
                best = max(best, worth * min(weights[venues[i]], weights[venues[j]]))
            together += best
        least = min(mine_all, theirs_all)
        found[pair, 16] = min(together / least, 1.0) if least > 0.0 else -1.0
        found[pair, 17] = inside_one + inside_other
