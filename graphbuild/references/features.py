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
    """``values[i + by]`` at i; round the ends, where padding stands."""
    return np.concatenate([values[by:], values[:by]])


def _bucketed(values: Ints, edges: Ints) -> Ints:
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def _shapes(*names: str) -> npt.NDArray[np.bool_]:
    """A table that says of each shape's number whether it is one of ``names``."""
    table = np.zeros(len(SHAPES), dtype=bool)
    table[[_S[name] for name in names]] = True
    return table


def _kinds(*names: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(len(LEXICON), dtype=bool)
    table[[_L[name] for name in names]] = True
    return table


_CLOSES = _shapes(".", ",", ";", ":", "(", ")", "[", "]", "opening", "closing", "id", "mark")
_QUOTES = _shapes("opening", "closing", "quote")
_OPENS_OR_CLOSES = _shapes("opening", "closing")
_AFTER_QUOTES = _shapes("pad", ".", ",", ";", ":", ")", "]", "id", "mark")
_WORD = _shapes("initial", "upper", "title", "lower", "letter", "mixed", "cjk", "hangul")
_UNSPACED = _shapes("cjk", "hangul")
_DIGITS = _shapes("digit", "digits2", "digits3", "digits4", "digits")
_OPENED = _shapes("(", "[")
_CLOSED = _shapes(")", "]")
_BEFORE_STOP = _shapes("lower", "cjk", "hangul", ")", "closing", "quote", "year", "]")
_AFTER_STOP = _shapes("id", "opening")
_NOT_AFTER_STOP = _shapes("lower", ",")
_ENDS_SENTENCE = _shapes("mark", "id", "opening", "closing")
_VENUES = _kinds("proceedings", "meeting", "journal")
_NUMBERED = _kinds("pages", "volume")
_FAR = np.array((1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 45))
_WORDS_IN_PIECE = np.array((1, 2, 3, 5, 8))
_CHARACTERS_IN_PIECE = np.array((4, 5, 8, 12, 18))


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What the templates are filled with, an entry for each token."""

    shape: Ints
    kind: Ints
    word: Ints
    begin: Ints
    end: Ints
    inside: npt.NDArray[np.bool_]
    spaced: Ints
    breadth: Ints


def context_features(batch: Batch, classes: Ints) -> Ints:
    """Buckets of what a token's place says, ``(token, template)``.

    ``classes`` are the words' (``Words.classes``), a row for each number in ``batch.words``.
    """
    tokens = _tokens(batch, classes)
    quote = (
        tokens.inside
        & _QUOTES[tokens.shape]
        & ((tokens.spaced == 1) | (_shift(tokens.spaced, 1) == 1) | ~_shift(tokens.inside, 1))
    )
    counts = _counts(tokens, quote)
    found = [*_neighbours(tokens), *_place(tokens), *_surroundings(tokens, counts)]
    for salt, marks in (
        (50, (tokens.inside & _CLOSES[tokens.shape]) | quote),
        (70, _sentence_ends(tokens)),
    ):
        found += _piece_features(salt, marks, tokens, counts["years"])
    return np.stack(found, axis=1).astype(np.int64)


def _tokens(batch: Batch, classes: Ints) -> _Tokens:
    shape, kind, word = np.ascontiguousarray(classes[batch.words].T)
    index = np.arange(len(shape))
    sequence = np.maximum(np.searchsorted(batch.begins, index, side="right") - 1, 0)
    begin, end = batch.begins[sequence], batch.ends[sequence]
    inside = (index >= begin) & (index < end)
    spaced = np.zeros(len(shape), dtype=np.int64)
    spaced[1:] = (batch.starts[1:] > batch.stops[:-1]) | ~inside[:-1]
    breadth = np.where(_UNSPACED[shape], batch.stops - batch.starts, 0)
    return _Tokens(shape, kind, word, begin, end, inside, spaced, breadth)


def _neighbours(tokens: _Tokens) -> list[Hashes]:
    s = {by: _shift(tokens.shape, by) for by in (-3, -2, -1, 0, 1, 2, 3)}
    w = {by: _shift(tokens.word, by) for by in (-2, -1, 0, 1)}
    k = {by: _shift(tokens.kind, by) for by in (-2, -1, 0, 1, 2)}
    space, space_after = tokens.spaced, _shift(tokens.spaced, 1)
    return [
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
        _mix(25, space, space_after, s[-1], s[0]),
        _mix(26, space, space_after, s[0], s[1]),
        _mix(27, k[-2], k[-1], k[0], k[1], k[2]),
    ]


def _place(tokens: _Tokens) -> list[Hashes]:
    """How far from the beginning and from the end of the reference."""
    index = np.arange(len(tokens.shape))
    at, left = index - tokens.begin, tokens.end - 1 - index
    tenth = (at * 10 // np.maximum(tokens.end - tokens.begin, 1)).clip(0, 9)
    return [
        _mix(30, _bucketed(at, _FAR)),
        _mix(31, _bucketed(left, _FAR), tokens.shape),
        _mix(32, tenth, tokens.shape),
    ]


def _counts(tokens: _Tokens, quote: npt.NDArray[np.bool_]) -> dict[str, Ints]:
    """How many years, quotation marks and so on stand before a token and after it, 2 at most."""
    shape, kind, inside = tokens.shape, tokens.kind, tokens.inside
    flags = {
        "years": shape == _S["year"],
        "quotes": quote,
        "ins": (kind == _L["in"]) & (shape == _S["title"]),
        "venues": _VENUES[kind],
        "pages": _NUMBERED[kind],
        "digits": _DIGITS[shape],
    }
    counts: dict[str, Ints] = {}
    for name, flag in flags.items():
        before, after = _before(inside & flag, tokens.begin, tokens.end)
        counts[name], counts[f"{name}_left"] = before.clip(0, 2), after.clip(0, 2)
    return counts


def _surroundings(tokens: _Tokens, c: dict[str, Ints]) -> list[Hashes]:
    """What came before and what comes after; whether in brackets or quotation marks."""
    shape, begin, end = tokens.shape, tokens.begin, tokens.end
    opened, _ = _before(tokens.inside & _OPENED[shape], begin, end)
    closed, _ = _before(tokens.inside & _CLOSED[shape], begin, end)
    depth = (opened - closed).clip(0, 1)
    quoted = _inside_quotes(tokens)
    quotations, quotations_left = _before(quoted & ~_shift(quoted, -1), begin, end)
    later = quotations_left.clip(0, 1)
    return [
        _mix(40, c["years"], c["years_left"], depth, shape),
        _mix(41, c["quotes"], c["quotes_left"], shape),
        _mix(46, quoted, _shift(quoted, 1), _shift(quoted, -1), quotations.clip(0, 2), later),
        _mix(47, quoted, quotations.clip(0, 1), later, shape, c["years"]),
        _mix(42, c["ins"], c["ins_left"], c["quotes_left"], c["years"]),
        _mix(43, c["venues"], c["venues_left"], c["years"]),
        _mix(44, c["pages"], c["pages_left"], c["digits_left"]),
        _mix(45, c["digits"], c["digits_left"], c["years"], c["years_left"]),
    ]


def _sentence_ends(tokens: _Tokens) -> npt.NDArray[np.bool_]:
    shape = tokens.shape
    before, after = _shift(shape, -1), _shift(shape, 1)
    full_stop = (
        (shape == _S["."]) & (_BEFORE_STOP[before] | _AFTER_STOP[after]) & ~_NOT_AFTER_STOP[after]
    )
    return np.asarray(tokens.inside & (full_stop | _ENDS_SENTENCE[shape]))


def _inside_quotes(tokens: _Tokens) -> npt.NDArray[np.bool_]:
    """Whether a token stands in quotation marks; a straight mark's side is told by its spaces."""
    shape, inside, before = tokens.shape, tokens.inside, tokens.spaced
    after = _shift(before, 1)
    straight = inside & (shape == _S["quote"])
    opens = inside & ((shape == _S["opening"]) | (straight & (before == 1) & (after == 0)))
    closes = inside & (
        (shape == _S["closing"])
        | (straight & (before == 0) & ((after == 1) | _AFTER_QUOTES[_shift(shape, 1)]))
    )
    # The last of the marks up to a token tells: an opening one, or a closing one.
    index = np.arange(len(shape))
    last_open = np.maximum.accumulate(np.where(opens, index, -1))
    last_close = np.maximum.accumulate(np.where(closes, index, -1))
    return np.asarray(inside & (last_open >= tokens.begin) & (last_open > last_close))


def _before(flags: npt.NDArray[np.bool_], begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """How many flags stand before each token in its reference, and how many after it."""
    total = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=total[1:])
    before = total[:-1] - total[begin]
    after = total[end] - total[1:]
    return before, after


def _piece_features(
    salt: int, marks: npt.NDArray[np.bool_], tokens: _Tokens, years_before: Ints
) -> list[Hashes]:
    """Features of the pieces that ``marks`` close, for each token of a piece."""
    shape, kind, inside = tokens.shape, tokens.kind, tokens.inside
    # A piece begins after a mark, and where a reference begins or ends.
    first = np.ones(len(marks), dtype=bool)
    first[1:] = marks[:-1] | (inside[1:] != inside[:-1])
    piece = np.cumsum(first) - 1
    heads = np.flatnonzero(first)
    tails = np.append(heads[1:], len(marks)) - 1
    length = tails - heads + 1

    def number_of(flags: npt.NDArray[np.bool_]) -> Ints:
        return np.asarray(np.add.reduceat(flags, heads, dtype=np.int64))

    lower, wordy = number_of(shape == _S["lower"]), number_of(_WORD[shape])
    initials, numbers = number_of(shape == _S["initial"]), number_of(_DIGITS[shape])
    years = number_of(shape == _S["year"])
    has = np.bitwise_or.reduceat(_PIECE_BITS[kind], heads)
    # Words without spaces between them count by their characters.
    broad = np.add.reduceat(tokens.breadth, heads, dtype=np.int64)
    size = np.where(
        broad > 0,
        6 + _bucketed(broad, _CHARACTERS_IN_PIECE),
        _bucketed(wordy, _WORDS_IN_PIECE),
    )
    small = (lower * 4 // np.maximum(wordy, 1)).clip(0, 4)
    form = (
        size
        + 16 * small
        + 128 * initials.clip(0, 2)
        + 512 * numbers.clip(0, 2)
        + 2048 * years.clip(0, 1)
    )
    closing = np.where(marks[tails], shape[tails], 0)
    head_word, last_word = tokens.word[heads], tokens.word[np.maximum(tails - 1, heads)]
    here = {
        "has": has[piece], "form": form[piece], "closing": closing[piece],
        "head": head_word[piece], "last": last_word[piece], "size": size[piece],
        "small": small[piece],
    }  # fmt: skip
    following, preceding = np.minimum(piece + 1, len(heads) - 1), np.maximum(piece - 1, 0)
    at = np.arange(len(marks)) - heads[piece]
    until = tails[piece] - np.arange(len(marks))
    edge = np.minimum(at, 2) * 3 + np.minimum(until, 2)
    ordinal, ordinal_left = _before(marks & (length[piece] > 2), tokens.begin, tokens.end)
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
        _mix(salt + 12, here["has"], shape, edge, here["closing"]),
        _mix(salt + 13, years_before, here["has"], here["small"], ordinal),
    ]


_PIECE_KINDS = (
    ("proceedings", "meeting"), ("journal",), ("abbreviated",), ("publisher", "press"),
    ("institution",), ("report",), ("editors",), ("volume",), ("pages",), ("month",), ("place",),
    ("web",), ("preprint",), ("preposition", "article"),
)  # fmt: skip
_PIECE_BITS = np.zeros(len(LEXICON), dtype=np.int64)
for _bit, _names in enumerate(_PIECE_KINDS):
    _PIECE_BITS[_kinds(*_names)] |= 1 << _bit
