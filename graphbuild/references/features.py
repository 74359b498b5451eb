"""What a labeller knows of every token in its place, as numbers, for many references at once.

References lie one after the other in flat arrays, with padding between them, so that a neighbour
is a shift and nothing is done token by token in Python. A feature is a bucket: the hash of a
template and the values that fill it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from graphbuild.references.tokens import (
    LEXICON,
    PAD,
    SHAPES,
    lexical_class,
    shape_class,
    tokenize,
    word_features,
)

__all__ = ["BUCKETS", "OFFSETS", "Batch", "Words", "context_features", "lay_out", "offset_buckets"]

_Scalar = TypeVar("_Scalar", bound=np.generic)
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

BUCKETS = 1 << 21
PADDING = 3
OFFSETS = (-2, -1, 0, 1, 2)
"""A token's own features count for it and for its neighbours at these distances."""

_S = {shape: number for number, shape in enumerate(SHAPES)}
_L = {kind: number for number, kind in enumerate(LEXICON)}


class Words:
    """Every distinct token met so far: its number, and what can be said of it alone."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.texts: list[str] = []
        self._features: list[tuple[int, ...]] = []
        self._classes: list[tuple[int, int, int]] = []
        self.number(PAD)

    def number(self, token: str) -> int:
        found = self.numbers.get(token)
        if found is None:
            found = self.numbers[token] = len(self.texts)
            features = word_features(token)
            self.texts.append(token)
            self._features.append(features)
            self._classes.append((shape_class(token), lexical_class(token), features[0]))
        return found

    def __len__(self) -> int:
        return len(self.texts)

    def features(self, since: int = 0) -> Hashes:
        """The hashes of ``word_features`` of all words from number ``since`` on, a row each."""
        return np.array(self._features[since:], dtype=np.uint64)

    def classes(self, since: int = 0) -> Ints:
        """Shape, kind of word, and hash of the word, a row for each word from ``since`` on."""
        return np.array(self._classes[since:], dtype=np.int64).reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class Batch:
    """Tokens of many references in flat arrays; ``begins[i]`` to ``ends[i]`` are reference i's."""

    words: Ints
    starts: Ints
    stops: Ints
    begins: Ints
    ends: Ints


def lay_out(
    texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]], words: Words
) -> Batch:
    """Tokenize ``texts`` into flat arrays with padding before, between and after."""
    numbers: list[int] = []
    starts: list[int] = []
    stops: list[int] = []
    begins: list[int] = []
    ends: list[int] = []
    known = words.numbers
    padding = [0] * PADDING
    for text, masked in zip(texts, spans, strict=True):
        numbers += padding
        starts += padding
        stops += padding
        begins.append(len(numbers))
        for token, start, stop in tokenize(text, masked):
            number = known.get(token)
            numbers.append(words.number(token) if number is None else number)
            starts.append(start)
            stops.append(stop)
        ends.append(len(numbers))
    numbers += padding
    starts += padding
    stops += padding
    return Batch(
        *(np.array(column, dtype=np.int64) for column in (numbers, starts, stops, begins, ends))
    )


# -- hashing ---------------------------------------------------------------------------------------

_A = np.uint64(0x9E3779B97F4A7C15)
_B = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(29)
_DOWN = np.uint64(64 - BUCKETS.bit_length() + 1)


def _mix(salt: int, *values: npt.NDArray[np.generic]) -> Hashes:
    """One bucket below ``BUCKETS`` for a template (``salt``) and the values that fill it."""
    state = np.full(values[0].shape, salt * 0x1000193 + 7, dtype=np.uint64)
    for value in values:
        state ^= value.astype(np.uint64)
        state *= _A
        state ^= state >> _SHIFT
    state *= _B
    return np.asarray(state >> _DOWN, dtype=np.uint64)


def offset_buckets(features: Hashes, offset: int) -> Ints:
    """The buckets of words' own features, for the token that stands ``-offset`` from each."""
    kept = features if abs(offset) < 2 else features[:, :4]
    columns = np.arange(kept.shape[1], dtype=np.uint64) * np.uint64(8) + np.uint64(offset + 4)
    return _mix(1, kept, np.broadcast_to(columns, kept.shape)).astype(np.int64)


# -- features of a token in its place -------------------------------------------------------------


def _shift(values: npt.NDArray[_Scalar], by: int) -> npt.NDArray[_Scalar]:
    """``values[i + by]`` at i."""
    return np.roll(values, -by)


def _bucketed(values: Ints, edges: Sequence[int]) -> Ints:
    return np.searchsorted(np.array(edges), values, side="right").astype(np.int64)


_CLOSES = np.zeros(len(SHAPES), dtype=bool)
_CLOSES[
    [_S[s] for s in (".", ",", ";", ":", "(", ")", "[", "]", "opening", "closing", "id", "mark")]
] = True
_QUOTES = [_S[s] for s in ("opening", "closing", "quote")]
_AFTER_QUOTES = [_S[s] for s in ("pad", ".", ",", ";", ":", ")", "]", "id", "mark")]
_WORD_SHAPES = [
    _S[s] for s in ("initial", "upper", "title", "lower", "letter", "mixed", "cjk", "hangul")
]
_DIGITS = [_S[s] for s in ("digit", "digits2", "digits3", "digits4", "digits")]


def context_features(batch: Batch, classes: Ints) -> Ints:
    """Buckets of what a token's place says, ``(token, template)``.

    ``classes`` are the words' (``Words.classes``), a row for each number in ``batch.words``.
    """
    of_token = classes[batch.words]
    shape, kind, word = of_token[:, 0], of_token[:, 1], of_token[:, 2]
    size = len(shape)
    index = np.arange(size)
    sequence = np.searchsorted(batch.begins, index, side="right") - 1
    sequence = np.maximum(sequence, 0)
    begin, end = batch.begins[sequence], batch.ends[sequence]
    inside = (index >= begin) & (index < end)
    spaced = np.zeros(size, dtype=np.int64)
    spaced[1:] = (batch.starts[1:] > batch.stops[:-1]) | ~inside[:-1]

    s = {by: _shift(shape, by) for by in (-3, -2, -1, 1, 2, 3)} | {0: shape}
    w = {by: _shift(word, by) for by in (-2, -1, 1, 2)} | {0: word}
    k = {by: _shift(kind, by) for by in (-2, -1, 1, 2)} | {0: kind}
    space = {0: spaced, 1: _shift(spaced, 1), -1: _shift(spaced, -1)}

    found = [
        _mix(10, s[-1], s[0]),
        _mix(11, s[0], s[1]),
        _mix(12, s[-1], s[0], s[1]),
        _mix(13, s[-2], s[-1], s[0]),
        _mix(14, s[0], s[1], s[2]),
        _mix(15, s[-2], s[-1], s[0], s[1], s[2]),
        _mix(16, s[-3], s[-2], s[-1], s[0]),
        _mix(17, s[0], s[1], s[2], s[3]),
        _mix(18, w[-1], w[0]),
        _mix(19, w[0], w[1]),
        _mix(20, w[-2], w[-1], s[0]),
        _mix(21, w[-1], s[0], s[1]),
        _mix(22, s[-1], w[0], s[1]),
        _mix(23, k[-1], k[0], s[-1], s[0]),
        _mix(24, k[0], k[1], s[0], s[1]),
        _mix(25, space[0], space[1], s[-1], s[0]),
        _mix(26, space[0], space[1], s[0], s[1]),
        _mix(27, k[-2], k[-1], k[0], k[1], k[2]),
    ]

    # -- place in the reference
    at, left = index - begin, end - 1 - index
    length = np.maximum(end - begin, 1)
    tenth = np.clip(at * 10 // length, 0, 9)
    found += [
        _mix(30, _bucketed(at, (1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 45))),
        _mix(31, _bucketed(left, (1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 45)), s[0]),
        _mix(32, tenth, s[0]),
    ]

    # -- what came before and what comes after
    is_year = inside & (shape == _S["year"])
    quote = (
        inside & np.isin(shape, _QUOTES) & ((spaced == 1) | (space[1] == 1) | ~_shift(inside, 1))
    )
    years, years_left = _before(is_year, begin, end)
    quotes, quotes_left = _before(quote, begin, end)
    ins, ins_left = _before(inside & (kind == _L["in"]) & (shape == _S["title"]), begin, end)
    venues = inside & np.isin(kind, [_L[x] for x in ("proceedings", "meeting", "journal")])
    venues_before, venues_left = _before(venues, begin, end)
    pages = inside & np.isin(kind, [_L["pages"], _L["volume"]])
    pages_before, pages_left = _before(pages, begin, end)
    opened = inside & np.isin(shape, [_S["("], _S["["]])
    closed = inside & np.isin(shape, [_S[")"], _S["]"]])
    quoted = _inside_quotes(shape, spaced, inside, begin)
    opening = quoted & ~_shift(quoted, -1)
    opened_before, opens_later = _before(opening, begin, end)
    depth = _before(opened, begin, end)[0] - _before(closed, begin, end)[0]
    digits_before, digits_left = _before(inside & np.isin(shape, _DIGITS), begin, end)
    c = {name: np.clip(v, 0, 2) for name, v in {
        "years": years, "years_left": years_left, "quotes": quotes, "quotes_left": quotes_left,
        "ins": ins, "ins_left": ins_left, "venues": venues_before, "venues_left": venues_left,
        "pages": pages_before, "pages_left": pages_left, "digits": digits_before,
        "digits_left": digits_left,
    }.items()}  # fmt: skip
    depth = np.clip(depth, 0, 1)
    found += [
        _mix(40, c["years"], c["years_left"], depth, s[0]),
        _mix(41, c["quotes"], c["quotes_left"], s[0]),
        _mix(
            46,
            quoted,
            _shift(quoted, 1),
            _shift(quoted, -1),
            np.clip(opened_before, 0, 2),
            np.clip(opens_later, 0, 1),
        ),
        _mix(
            47, quoted, np.clip(opened_before, 0, 1), np.clip(opens_later, 0, 1), s[0], c["years"]
        ),
        _mix(42, c["ins"], c["ins_left"], c["quotes_left"], c["years"]),
        _mix(43, c["venues"], c["venues_left"], c["years"]),
        _mix(44, c["pages"], c["pages_left"], c["digits_left"]),
        _mix(45, c["digits"], c["digits_left"], c["years"], c["years_left"]),
    ]

    # -- the piece between two marks that a token stands in, and the sentence
    comma = inside & _CLOSES[shape]
    comma |= quote
    previous_lower = np.isin(
        s[-1],
        [
            _S["lower"],
            _S["cjk"],
            _S["hangul"],
            _S[")"],
            _S["closing"],
            _S["quote"],
            _S["year"],
            _S["]"],
        ],
    )
    stop = inside & (
        (
            (shape == _S["."])
            & (previous_lower | np.isin(s[1], [_S["id"], _S["opening"]]))
            & ~np.isin(s[1], [_S["lower"], _S[","]])
        )
        | (shape == _S["mark"])
        | (shape == _S["id"])
        | np.isin(shape, [_S["opening"], _S["closing"]])
    )
    signatures = (shape, kind, word, inside)
    breadth = np.where(np.isin(shape, [_S["cjk"], _S["hangul"]]), batch.stops - batch.starts, 0)
    for salt, marks in ((50, comma), (70, stop)):
        found += _piece_features(salt, marks, signatures, breadth, begin, end, c, s[0])
    return np.stack(found, axis=1).astype(np.int64)


def _inside_quotes(
    shape: Ints,
    spaced: Ints,
    inside: npt.NDArray[np.bool_],
    begin: Ints,
) -> npt.NDArray[np.bool_]:
    """Whether a token stands in quotation marks; a straight mark's side is told by its spaces."""
    after = _shift(spaced, 1)
    straight = inside & (shape == _S["quote"])
    opens = inside & ((shape == _S["opening"]) | (straight & (spaced == 1) & (after == 0)))
    closes = inside & (
        (shape == _S["closing"])
        | (straight & (spaced == 0) & ((after == 1) | np.isin(_shift(shape, 1), _AFTER_QUOTES)))
    )
    # The last of the marks up to a token tells: an opening one, or a closing one.
    size = len(shape)
    index = np.arange(size)
    last_open = np.maximum.accumulate(np.where(opens, index, -1))
    last_close = np.maximum.accumulate(np.where(closes, index, -1))
    return np.asarray(inside & (last_open >= begin) & (last_open > last_close))


def _before(flags: npt.NDArray[np.bool_], begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """How many flags stand before each token in its reference, and how many after it."""
    total = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=total[1:])
    before = total[:-1] - total[begin]
    after = total[end] - total[1:]
    return before, after


def _piece_features(
    salt: int,
    marks: npt.NDArray[np.bool_],
    signatures: tuple[Ints, Ints, Ints, npt.NDArray[np.bool_]],
    breadth: Ints,
    begin: Ints,
    end: Ints,
    counted: dict[str, Ints],
    own: Ints,
) -> list[Hashes]:
    """Features of the pieces that ``marks`` close, for each token of a piece."""
    shape, kind, word, inside = signatures
    # A piece begins after a mark, and where a reference begins or ends.
    first = np.ones(len(marks), dtype=bool)
    first[1:] = marks[:-1] | (inside[1:] != inside[:-1])
    piece = np.cumsum(first) - 1
    heads = np.flatnonzero(first)
    tails = np.append(heads[1:], len(marks)) - 1
    length = tails - heads + 1
    is_word = np.isin(shape, _WORD_SHAPES)
    lower = np.add.reduceat(shape == _S["lower"], heads, dtype=np.int64)
    wordy = np.add.reduceat(is_word, heads, dtype=np.int64)
    initials = np.add.reduceat(shape == _S["initial"], heads, dtype=np.int64)
    numbers = np.add.reduceat(np.isin(shape, _DIGITS), heads, dtype=np.int64)
    years = np.add.reduceat(shape == _S["year"], heads, dtype=np.int64)
    has = np.zeros(len(heads), dtype=np.int64)
    for bit, kinds in enumerate(_PIECE_KINDS):
        has |= (np.add.reduceat(np.isin(kind, kinds), heads, dtype=np.int64) > 0) << bit
    # Words without spaces between them count by their characters.
    broad = np.add.reduceat(breadth, heads, dtype=np.int64)
    size = np.where(
        broad > 0, 6 + _bucketed(broad, (4, 5, 8, 12, 18)), _bucketed(wordy, (1, 2, 3, 5, 8))
    )
    small = np.clip(lower * 4 // np.maximum(wordy, 1), 0, 4)
    form = (
        size
        + 16 * small
        + 128 * np.clip(initials, 0, 2)
        + 512 * np.clip(numbers, 0, 2)
        + 2048 * np.clip(years, 0, 1)
    )
    closing = np.where(marks[tails], shape[tails], 0)
    head_word, last_word = word[heads], word[np.maximum(tails - 1, heads)]
    here = {
        "has": has[piece], "form": form[piece], "closing": closing[piece],
        "head": head_word[piece], "last": last_word[piece], "size": size[piece],
        "small": small[piece],
    }  # fmt: skip
    following, preceding = np.minimum(piece + 1, len(heads) - 1), np.maximum(piece - 1, 0)
    at = np.arange(len(marks)) - heads[piece]
    until = tails[piece] - np.arange(len(marks))
    edge = np.minimum(at, 2) * 3 + np.minimum(until, 2)
    ordinal, ordinal_left = _before(marks & (length[piece] > 2), begin, end)
    ordinal, ordinal_left = np.clip(ordinal, 0, 6), np.clip(ordinal_left, 0, 6)
    return [
        _mix(salt, here["has"], here["form"]),
        _mix(salt + 1, here["has"], here["closing"], here["size"]),
        _mix(salt + 2, here["head"]),
        _mix(salt + 3, here["head"], here["last"]),
        _mix(salt + 4, here["form"], here["closing"], ordinal),
        _mix(salt + 5, has[following], form[following], edge),
        _mix(salt + 6, has[preceding], form[preceding], edge),
        _mix(salt + 7, head_word[following], edge),
        _mix(salt + 8, here["has"], has[following], has[preceding]),
        _mix(salt + 9, ordinal, ordinal_left),
        _mix(salt + 10, here["size"], here["small"], size[following], small[following], edge),
        _mix(salt + 11, here["size"], here["small"], size[preceding], small[preceding], edge),
        _mix(salt + 12, here["has"], own, edge, here["closing"]),
        _mix(salt + 13, counted["years"], here["has"], here["small"], ordinal),
    ]


_PIECE_KINDS = [
    [_L["proceedings"], _L["meeting"]],
    [_L["journal"]],
    [_L["abbreviated"]],
    [_L["publisher"], _L["press"]],
    [_L["institution"]],
    [_L["report"]],
    [_L["editors"]],
    [_L["volume"]],
    [_L["pages"]],
    [_L["month"]],
    [_L["place"]],
    [_L["web"]],
    [_L["preprint"]],
    [_L["preposition"], _L["article"]],
]
