"""Which papers may be one by what they are called: candidates, evidence for and against, a score.

Nobody compares all with all. Every mention is put where its rarest words meet, two by two (the
family names of its authors are words too), and only those that share such a place are compared.
What is compared is how much the titles have in common, where common words count little, and
whether authors, years and venues agree; what speaks for one paper adds to the score and what
speaks for two takes from it.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import begins_group, encode, folds
from graphbuild.identity.words import (
    COMMON,
    EVERYWHERE,
    GENERIC,
    JOURNAL,
    NUMERALS,
    ODD_WORDS,
)
from graphbuild.people import parse_name
from graphbuild.text import fold

_NOBODY = pa.scalar([], pa.list_(pa.string()))

__all__ = [
    "DOUBTFUL",
    "Claims",
    "Evidence",
    "Sides",
    "candidates",
    "evidence",
    "family_word",
    "put_back",
    "reasons",
    "sides",
    "taught",
]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Claims:
    """What some mentions say, as Arrow columns: strings, but for ``authors`` (lists of names).

    ``years`` is int32 (0: unknown), ``lists`` int32: which file a record is from, -1 for what is
    no record; ``lines`` int64: where in it.
    """

    titles: pa.Array
    authors: pa.Array
    venues: pa.Array
    years: Array
    lists: Array
    lines: Array

    def __len__(self) -> int:
        return len(self.titles)

    def taken(self, positions: Array) -> Claims:
        """Some of them."""
        at = pa.array(positions)
        return Claims(
            self.titles.take(at),
            self.authors.take(at),
            self.venues.take(at),
            self.years[positions],
            self.lists[positions],
            self.lines[positions],
        )

    def ranks(self) -> Array:
        """Ranks of all that is said, by the title first; int32."""
        authors = pc.binary_join(pc.fill_null(self.authors, _NOBODY), "; ")
        texts = [self.titles, authors, self.venues, pa.array(self.years).cast(pa.string())]
        said = pc.binary_join_element_wise(*[pc.fill_null(text, "") for text in texts], "\n")
        return encode(said)[1]

    def has_words(self) -> Array:
        """Whether the title has a letter or digit; titles are folded."""
        found: Array = pc.not_equal(pc.fill_null(self.titles, ""), "").to_numpy(
            zero_copy_only=False
        )
        return found


@dataclass(frozen=True, eq=False)
class Sides:
    """Mentions as words. Lists are CSR (int64, int32), words are counted from 0.

    Attributes
    ----------
    titles, families, venues
        Folded words of titles and venues, the last words of authors' family names.
    title
        int32: ranks of the folded titles.
    venue
        int32: numbers of the folded venues, -1 for none.
    years, lists
        As those of ``Claims``.
    words
        Letters (uint8) of the words, and where each begins.
    frequency
        int64 (words): how many distinct titles have a word.
    weights, kinds
        float64 and uint8 (words), as ``kernels.likeness.compare`` takes them.
    short, column
        bool: whether a title says too little to be anybody's own, or is one that many papers bear.
    journal, often
        bool (venues): whether a venue is called a journal, and whether its name is used often.
    aliases
        What is known of venues that have several names.
    """

    titles: tuple[Array, Array]
    families: tuple[Array, Array]
    venues: tuple[Array, Array]
    title: Array
    venue: Array
    years: Array
    lists: Array
    words: tuple[Array, Array]
    frequency: Array
    weights: Array
    kinds: Array
    short: Array
    column: Array
    journal: Array
    often: Array
    tidy: Array
    aliases: Aliases | None = None

    def __len__(self) -> int:
        return len(self.years)

    def first_family(self) -> Array:
        """The word of each mention's first family name, -1 for none."""
        indptr, words = self.families
        found = np.full(len(self), -1, np.int64)
        named = np.flatnonzero(np.diff(indptr))
        found[named] = words[indptr[named]]
        return found

    def relation(self, one: Array, other: Array, alike: Array) -> Array:
        """How the venues of pairs go together.

        1 for one venue, 0 where nobody knows, -1 for two names that may be one's, -2 for two
        venues (which publish versions of a paper). ``alike`` is the share of words in common.
        """
        v_one, v_other = self.venue[one], self.venue[other]
        placed = (v_one >= 0) & (v_other >= 0)
        kinds = self.journal[v_one] != self.journal[v_other]
        by_words = np.where(kinds, -2, np.where(alike > 0.75, 1, -1))
        found = np.where(~placed, 0, np.where(v_one == v_other, 1, by_words))
        if self.aliases is not None:
            found = np.where(v_one != v_other, self.aliases.relation(v_one, v_other, found), found)
        known: Array = np.where(placed, found, 0)
        return known

    def own_venues(self, one: Array, other: Array) -> Array:
        """Whether two venues are different ones, since both are named often by one tidy list."""
        v_one, v_other = self.venue[one], self.venue[other]
        often = self.often[np.maximum(v_one, 0)] & self.often[np.maximum(v_other, 0)]
        same_list = (self.lists[one] == self.lists[other]) & self.tidy[one]
        found: Array = same_list & (v_one >= 0) & (v_other >= 0) & (v_one != v_other) & often
        return found


@dataclass(frozen=True, eq=False)
class Aliases:
    """Which venues' names are one venue's, as learned from the papers that two mentions agree on.

    ``pairs`` are sorted (one name << 32 | other name), ``counts`` how often they met on a paper,
    ``met`` how often a name met any, itself too, ``held`` how many mentions have it.
    """

    pairs: Array
    counts: Array
    met: Array
    held: Array

    def relation(self, one: Array, other: Array, otherwise: Array) -> Array:
        """As ``Sides.relation``, for names that are not equal."""
        low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
        wanted = low << 32 | high
        at = np.minimum(np.searchsorted(self.pairs, wanted), max(len(self.pairs) - 1, 0))
        met = np.where(self.pairs[at] == wanted, self.counts[at], 0) if len(self.pairs) else 0
        least = np.minimum(self.met[one], self.met[other])
        fewer = np.minimum(self.held[one], self.held[other])
        told = least >= ENOUGH
        is_one = told & (met > 1) & (met >= 0.1 * least) & (met >= 0.05 * fewer)
        return np.where(is_one, 1, np.where(told & (met < 0.03 * least), -2, otherwise))


TIDY = 0.1
"""A list of which a smaller share repeats itself has each paper, and each venue's name, once."""
LONG_LIST = 50
"""Of a shorter list nobody can say that."""
ENOUGH = 8
"""From so many papers on it is known which names a venue has."""


@functools.lru_cache(1 << 16)
def family_word(name: str) -> str:
    """The last word of a family name, so that a particle or a lost first part does not matter.

    >>> family_word("Mihaela van der Schaar"), family_word("Csisz\\u00e1r, I.")
    ('schaar', 'csiszar')
    """
    person = parse_name(name)
    if person is None:
        return ""
    damage = max(person.family.rfind(mark) for mark in _DAMAGE)
    words = fold(person.family[damage + 1 :]).split()
    if damage >= 0 and len(words) == 1 and len(words[0]) >= 3:
        return f"*{words[0]}"
    return words[-1] if words else ""


_PLAIN_NAME = r"^(?:[A-Z][A-Za-z'-]*\.? )+[A-Z][a-z]{3,}$"
_NO_FAMILY = pa.array(["Others", "Anonymous", "Unknown"])


def family_words(names: pa.Array) -> pa.Array:
    """``family_word`` of many names, of which most are plain."""
    last = pc.replace_substring_regex(names, "^.* ", "")
    plain = pc.and_(
        pc.match_substring_regex(names, _PLAIN_NAME), pc.invert(pc.is_in(last, _NO_FAMILY))
    )
    others = pc.invert(pc.fill_null(plain, False))
    read = [family_word(name or "") for name in names.filter(others).to_pylist()]
    return pc.replace_with_mask(pc.ascii_lower(last), others, pa.array(read, pa.string()))


_DAMAGE = "?\ufffd"
"""What stands where a letter was lost; what is left of the name behind it is marked by a star."""


# -- words ---------------------------------------------------------------------------------------

SHORT_WORDS = 3
SHORT_CHARACTERS = 16
_FIRST_OF = r"\b(part|parts|volume|vol|chapter|book|phase|study|lecture|type|no) i\b"
_CHARACTER = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}])"
"""Where no spaces are written, each character is a word."""
_BACKGROUND = 1000
"""Titles that are taken to be there besides, of which this share has a word of the lists above."""
_SHARE_EVERYWHERE, _SHARE_COMMON = 0.35, 0.05


def _words_of(texts: pa.Array) -> tuple[Array, pa.Array]:
    """Words of folded texts, as CSR."""
    parts = pc.split_pattern(pc.fill_null(texts, ""), " ")
    lengths = pc.list_value_length(parts).to_numpy().astype(np.int64)
    words = pc.list_flatten(parts)
    empty = pc.equal(texts, "").to_numpy(zero_copy_only=False) if len(texts) else np.empty(0, bool)
    blank = np.flatnonzero(pc.equal(words, "").to_numpy(zero_copy_only=False))
    if len(blank):
        owners = np.repeat(np.arange(len(lengths)), lengths)
        lengths -= np.bincount(owners[blank], minlength=len(lengths))
        words = words.filter(pc.not_equal(words, ""))
    del empty
    return _indptr(lengths), words


def _indptr(lengths: Array) -> Array:
    found = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=found[1:])
    return found


def _families(authors: pa.Array) -> tuple[Array, pa.Array]:
    lengths = pc.fill_null(pc.list_value_length(authors), 0).to_numpy().astype(np.int64)
    names = pc.list_flatten(authors).dictionary_encode()
    words = family_words(names.dictionary).take(names.indices)
    blank = np.flatnonzero(pc.equal(words, "").to_numpy(zero_copy_only=False))
    if len(blank):
        owners = np.repeat(np.arange(len(lengths)), lengths)
        lengths -= np.bincount(owners[blank], minlength=len(lengths))
        words = words.filter(pc.not_equal(words, ""))
    return _indptr(lengths), words


def taught(sides: Sides, one: Array, other: Array) -> Sides:
    """The same, with what the pairs of equal titles and years teach of venues and lists."""
    own = sides.title[one] == sides.title[other]
    own &= ~(sides.short | sides.column)[one]
    one, other = one[own], other[own]
    tidy = _tidy(sides, one, other)
    same_year = (sides.years[one] == sides.years[other]) & (sides.years[one] > 0)
    one, other = one[same_year], other[same_year]
    one, other = sides.venue[one], sides.venue[other]
    placed = (one >= 0) & (other >= 0)
    one, other = one[placed], other[placed]
    size = len(sides.journal)
    met = np.bincount(np.append(one, other), minlength=size)
    held = np.bincount(sides.venue[sides.venue >= 0], minlength=size)
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
    pairs, counts = np.unique(low << 32 | high, return_counts=True)
    return replace(sides, aliases=Aliases(pairs, counts, met, held), tidy=tidy)


def _tidy(sides: Sides, one: Array, other: Array) -> Array:
    """Of each mention whether its list has every paper once, to judge by pairs of equal titles."""
    years = sides.years[one], sides.years[other]
    first = sides.first_family()
    first_of = first[one], first[other]
    same = (years[0] == years[1]) | (years[0] == 0) | (years[1] == 0)
    same &= (first_of[0] == first_of[1]) | (first_of[0] < 0) | (first_of[1] < 0)
    one, other = one[same], other[same]
    lists, number = np.unique(sides.lists, return_inverse=True)
    inside = sides.lists[one] == sides.lists[other]
    found = []
    for chosen in (inside, ~inside, inside | ~inside):
        has = np.zeros(len(sides), bool)
        has[one[chosen]] = has[other[chosen]] = True
        found.append(np.bincount(number[has], minlength=len(lists)))
    within, across, anywhere = found
    size = np.bincount(number)
    tidy = (size >= LONG_LIST) & (within < TIDY * size)
    tidy &= (across == 0) | (within < 2 * TIDY * anywhere)
    return tidy[number] & (sides.lists >= 0)


def sides(claims: Claims) -> Sides:
    """Mentions as words; titles are folded (see ``put_back``)."""
    folded = pc.replace_substring_regex(claims.titles, _FIRST_OF, r"\1 1")
    folded = pc.replace_substring_regex(folded, _CHARACTER, r" \1 ")
    distinct, text = encode(folded)
    _, key = encode(pc.replace_substring(distinct, " ", ""))
    title = key[text]
    venues, venue = encode(pc.fill_null(folds(claims.venues), ""))
    title_indptr, title_words = _words_of(distinct)
    venue_indptr, venue_words = _words_of(venues)
    family_indptr, family_words = _families(claims.authors)
    everything = pa.concat_arrays([title_words, family_words, venue_words])
    encoded = everything.dictionary_encode()
    numerals = [NUMERALS.get(word, word) for word in encoded.dictionary.to_pylist()]
    words, renamed = encode(pa.array(numerals, pa.string()))
    codes = renamed[encoded.indices.to_numpy()]
    of_title, of_family, of_venue = np.split(
        codes, [len(title_words), len(title_words) + len(family_words)]
    )
    spelled = words.to_pylist()
    frequency, total = _frequency((title_indptr, of_title), text, (family_indptr, of_family), words)
    background = np.array(
        [
            _SHARE_EVERYWHERE if w in EVERYWHERE else _SHARE_COMMON if w in COMMON else 0.001
            for w in spelled
        ]
    )
    often = frequency + background * _BACKGROUND
    weights = np.log((total + _BACKGROUND) / often).clip(0.1)
    kinds = np.array(
        [1 if w.isdecimal() else 2 if w in ODD_WORDS else 0 for w in spelled], np.uint8
    )
    letters = np.frombuffer("".join(spelled).encode(), np.uint8)
    begins = _indptr(np.array([len(word.encode()) for word in spelled], np.int64))
    short = np.array(
        [
            text.count(" ") + 1 < SHORT_WORDS or len(text) - text.count(" ") < SHORT_CHARACTERS
            for text in distinct.to_pylist()
        ],
        bool,
    )
    is_generic = np.array([text in GENERIC for text in distinct.to_pylist()], bool)
    journal = np.array([not JOURNAL.isdisjoint(text.split()) for text in venues.to_pylist()], bool)
    is_named = pc.not_equal(venues, "").to_numpy(zero_copy_only=False)
    return Sides(
        _taken(title_indptr, of_title, text),
        (family_indptr, of_family.astype(np.int32)),
        _taken(venue_indptr, of_venue, venue),
        title,
        np.where(is_named[venue], venue, -1).astype(np.int32),
        claims.years.astype(np.int32),
        claims.lists,
        (letters, begins),
        frequency,
        weights,
        kinds,
        short[text],
        is_generic[text] | _recurring(title, venue, claims.years)[title],
        journal,
        np.bincount(venue, minlength=len(venues)) >= ENOUGH,
        np.zeros(len(claims), bool),
    )


def _frequency(
    titles: tuple[Array, Array], text: Array, families: tuple[Array, Array], words: pa.Array
) -> tuple[Array, int]:
    """How many first authors have a word in a title, and how many there are.

    Many spellings of one paper's title, as citations have them, make its words no more common.
    Where nobody is named, each title is somebody's.
    """
    indptr, of_family = families
    first = len(words) + text.astype(np.int64)
    named = np.flatnonzero(np.diff(indptr))
    first[named] = of_family[indptr[named]]
    whose = np.sort(first << 32 | text)
    whose = whose[begins_group(whose)]
    first, text = whose >> 32, whose & 0xFFFFFFFF
    lengths = np.diff(titles[0])[text]
    _, used = _taken(*titles, text)
    pairs = np.sort(used.astype(np.int64) << 32 | np.repeat(first, lengths))
    pairs = pairs[begins_group(pairs)]
    frequency = np.bincount(pairs >> 32, minlength=len(words))
    return frequency, int(np.count_nonzero(begins_group(first)))


def _recurring(title: Array, venue: Array, years: Array) -> Array:
    """Titles that one venue prints year after year, as columns are."""
    dated = np.flatnonzero(years > 0)
    order = dated[np.lexsort((years[dated], venue[dated], title[dated]))]
    begins = np.flatnonzero(begins_group(title[order], venue[order], years[order]))
    times = np.diff(np.append(begins, len(order)))
    order = order[begins]
    begins = np.flatnonzero(begins_group(title[order], venue[order]))
    found = np.zeros(int(title.max(initial=-1)) + 1, bool)
    if len(begins):
        different = np.diff(np.append(begins, len(order)))
        all_times = np.add.reduceat(times, begins)
        most = np.maximum.reduceat(times, begins)
        found[title[order[begins[(different >= COLUMN) & (2 * most <= all_times)]]]] = True
    return found


COLUMN = 3
"""A title that a venue has in so many years, and in none of them most often, is a column's."""


def _taken(indptr: Array, values: Array, rows: Array) -> tuple[Array, Array]:
    """Rows of a CSR."""
    starts, lengths = indptr[rows], np.diff(indptr)[rows]
    ends = np.cumsum(lengths)
    where = np.repeat(starts - ends + lengths, lengths) + np.arange(int(lengths.sum()))
    return _indptr(lengths), values[where].astype(np.int32)


# -- fields that slipped into titles -------------------------------------------------------------

_LONGEST_VENUE = 12
_YEAR = re.compile(r"(?:19|20)\d\d")


def put_back(claims: Claims) -> Claims:
    """Claims whose titles have lost what is not theirs: their year, venue or authors.

    Where a mention lacks one of these fields and its title ends (or begins) with what others have
    in that field, this is taken for it. Titles are folded; authors that were found are family
    names alone.
    """
    folded = pc.fill_null(folds(claims.titles), "")
    lacks_authors = pc.fill_null(pc.equal(pc.list_value_length(claims.authors), 0), True)
    venues = pc.fill_null(folds(claims.venues), "")
    names = _Names(
        claims.authors if pc.any(lacks_authors).as_py() else claims.authors.slice(0, 0),
        folded.filter(pc.invert(lacks_authors)),
    )
    known = {tuple(v.split()) for v in pc.unique(venues).to_pylist() if v}
    ends, starts = {words[-1] for words in known}, {words[0] for words in known}
    lacks = np.stack(
        [
            claims.years == 0,
            pc.equal(venues, "").to_numpy(zero_copy_only=False),
            lacks_authors.to_numpy(zero_copy_only=False),
        ]
    )
    fits = np.zeros(lacks.shape, bool)
    for edge, of_venues in (("^.* ", ends), (" .*$", starts)):
        words = pc.replace_substring_regex(folded, edge, "").dictionary_encode()
        told = [
            (bool(_YEAR.fullmatch(word)), word in of_venues, names.is_name(word))
            for word in words.dictionary.to_pylist()
        ]
        fits |= np.array(told, bool).reshape(-1, 3)[words.indices.to_numpy()].T
    touched = np.flatnonzero((lacks & fits).any(axis=0))
    if not len(touched):
        return replace(claims, titles=folded)
    titles, years = folded.to_pylist(), claims.years.copy()
    authors: dict[int, list[str]] = {}
    placed: dict[int, str] = {}
    for i, text in zip(touched.tolist(), folded.take(pa.array(touched)).to_pylist(), strict=True):
        slipped = _Slipped(text.split())
        slipped.take_out(lacks[:, i].tolist(), known, names)
        titles[i] = " ".join(slipped.words)
        years[i] = slipped.year or years[i]
        if slipped.venue:
            placed[i] = " ".join(slipped.venue)
        if slipped.names:
            authors[i] = names.families_of(slipped.names)
    return Claims(
        pa.array(titles, pa.string()),
        _replaced(claims.authors, authors),
        _replaced(claims.venues, placed),
        years,
        claims.lists,
        claims.lines,
    )


class _Slipped:
    """The words of a title, and what is taken out of them."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.year = 0
        self.venue: list[str] = []
        self.names: list[str] = []

    def take_out(self, lacks: Sequence[bool], known: Set[tuple[str, ...]], names: _Names) -> None:
        """Take out the year, venue and authors that a mention lacks, in whatever order they are."""
        no_year, no_venue, no_authors = lacks
        # A year in front is the paper's where another field follows it.
        leading = int(no_year and len(self.words) > 3 and bool(_YEAR.fullmatch(self.words[0])))
        first = self.words[leading]
        for _ in range(3):
            before = len(self.words)
            if no_year and not self.year and before > 1 and _YEAR.fullmatch(self.words[-1]):
                self.year = int(self.words.pop())
            if no_venue and not self.venue:
                self.venue = self._taken(_venue_in(self.words[leading:], known), leading)
            if no_authors and not self.names:
                self.names = self._taken(names.within(self.words[leading:]), leading)
            if len(self.words) == before:
                break
        if leading and not self.year and first in (*self.venue[:1], *self.names[:1]):
            self.year = int(self.words.pop(0))

    def _taken(self, found: slice | None, after: int) -> list[str]:
        if found is None:
            return []
        where = slice(found.start + after, found.stop + after)
        taken = self.words[where]
        del self.words[where]
        return taken


def _venue_in(words: Sequence[str], known: Set[tuple[str, ...]]) -> slice | None:
    """Where a known venue stands in a title: at its end, or if it has several words in front."""
    for length in range(min(_LONGEST_VENUE, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in known:
            return slice(len(words) - length, len(words))
        if length > 1 and tuple(words[:length]) in known:
            return slice(0, length)
    return None


def _replaced(values: pa.Array, by: Mapping[int, Any]) -> pa.Array:
    if not by:
        return values
    where = np.arange(len(values))
    where[list(by)] = len(values) + np.arange(len(by))
    return pa.concat_arrays([values, pa.array(list(by.values()), values.type)]).take(
        pa.array(where)
    )


class _Names:
    """Words of people's names, told from words of titles by where they stand in other mentions."""

    def __init__(self, authors: pa.Array, titles: pa.Array) -> None:
        names = pc.list_flatten(authors).value_counts()
        self.families: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        for family, folded, times in zip(
            family_words(names.field("values")).to_pylist(),
            folds(names.field("values")).to_pylist(),
            names.field("counts").to_pylist(),
            strict=True,
        ):
            self.families[family] += times
            for word in folded.split():
                if word != family:
                    self.given[word] += times
        words = pc.value_counts(pc.list_flatten(pc.split_pattern(titles, " ")))
        in_titles = dict(
            zip(words.field("values").to_pylist(), words.field("counts").to_pylist(), strict=True)
        )
        self.common = {
            word
            for word in self.families.keys() | self.given.keys()
            if word and self.families[word] + self.given[word] > in_titles.get(word, 0)
        } | {"al"}
        self.in_titles = in_titles

    def is_name(self, word: str) -> bool:
        """Whether a word is part of a name more often than of a title."""
        return word in self.common or (len(word) <= 2 and self.given[word] > 0)

    def within(self, words: Sequence[str]) -> slice | None:
        """Where names stand in a title: at its end, or in front."""
        length = self._run(words[::-1])
        if length:
            return slice(len(words) - length, len(words))
        length = self._run(words)
        # In front a title may speak of somebody; of several people with given names it does not.
        given = sum(word not in self.families for word in words[:length])
        return slice(0, length) if length > 2 and given else None

    def _run(self, words: Sequence[str]) -> int:
        """How many words from the first on are names; 0 where they are no more than one."""
        found = named = 0
        for at, word in enumerate(words[:-1], start=1):
            if self.is_name(word):
                named += word in self.families
                found = at
            elif word not in ("and", "et") and (word in self.in_titles or at - found > 1):
                break
        while found and words[found - 1] in ("a", "i", "x"):
            found -= 1
        return found if named and found > 1 else 0

    def families_of(self, words: Sequence[str]) -> list[str]:
        """Those of a run of names that are more often family names than given ones."""
        return [
            word
            for word in words
            if self.families[word] >= self.given[word] and len(word) > 1
        ]  # fmt: skip


# -- candidates ----------------------------------------------------------------------------------

RAREST = 6
"""So many of the rarest words of a mention are where it may meet others, two by two."""
BLOCK = 24
"""In a place of at most so many all meet; in others, those that stand near by their titles do."""
WINDOW = 6
AGAIN = 2
"""So often two mentions must meet in places where many are."""
OF_TITLE = 3
"""So many mentions of one title stand for it where it meets other titles."""
_LONE = 8
_TITLES = np.uint64(1 << 32)
"""A word that so few have is a place by itself."""


def candidates(sides: Sides, owner: Array, masks: Array) -> tuple[Array, Array]:
    """Pairs of mentions that may be one paper, each once, ``one < other``, ascending.

    Parameters
    ----------
    owner
        int32: what would-be paper each mention is of; those of one are no candidates.
    masks
        int64: kinds of identifiers of which a paper has one; who shares a kind is no candidate.
    """
    keys, member = _places(sides)
    rank = np.empty(len(sides), np.int64)
    rank[np.lexsort((sides.years, sides.first_family(), sides.title))] = np.arange(len(sides))
    order = np.lexsort((rank[member], keys))
    keys, member = keys[order], member[order]
    # Of each title a few stand for all, where others meet them; its own place is the first kind.
    title = sides.title[member]
    begins = np.flatnonzero(begins_group(keys, title))
    nth = np.arange(len(keys)) - np.repeat(begins, np.diff(np.append(begins, len(keys))))
    kept = (nth < OF_TITLE) | (keys < _TITLES)
    keys, member = keys[kept], member[kept]
    begins = np.flatnonzero(begins_group(keys))
    size = np.repeat(np.diff(np.append(begins, len(keys))), np.diff(np.append(begins, len(keys))))
    found = []
    for step in range(1, BLOCK):
        near = keys[step:] == keys[:-step]
        if step > WINDOW:
            near &= size[step:] <= BLOCK
        at = np.flatnonzero(near)
        one, other = member[at], member[at + step]
        fits = (owner[one] != owner[other]) & ((masks[one] & masks[other]) == 0)
        at, one, other = at[fits], one[fits], other[fits]
        low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
        # Who meets in a crowd must meet again; the lowest bit tells the others.
        alone = (size[at] <= BLOCK) | (keys[at] < _TITLES)
        found.append((low << 32 | high) << 1 | alone)
    pairs = np.sort(np.concatenate(found))
    if not len(pairs):
        return np.empty(0, np.int32), np.empty(0, np.int32)
    begins = np.flatnonzero(begins_group(pairs >> 1))
    ends = np.append(begins[1:], len(pairs))
    wanted = (pairs[ends - 1] & 1 == 1) | (ends - begins >= AGAIN)
    pairs = pairs[begins[wanted]] >> 1
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)


def _places(sides: Sides) -> tuple[Array, Array]:
    """Places where mentions meet, as uint64, and who is there."""
    count = len(sides)
    owners = [
        np.repeat(np.arange(count), np.diff(part[0])) for part in (sides.titles, sides.families)
    ]
    owner = np.concatenate(owners).astype(np.int64)
    word = np.concatenate([sides.titles[1], sides.families[1]]).astype(np.int64)
    # Each word of a mention once.
    pairs = np.sort(owner << 32 | word)
    pairs = pairs[begins_group(pairs)]
    owner, word = pairs >> 32, pairs & 0xFFFFFFFF
    often = np.bincount(word, minlength=len(sides.frequency))
    met = often[word] > 1
    owner, word = owner[met], word[met]
    order = np.lexsort((word, often[word], owner))
    owner, word = owner[order], word[order]
    begins = np.searchsorted(owner, np.arange(count))
    place = np.arange(len(owner)) - begins[owner]
    kept = place < RAREST
    owner, word, place = owner[kept], word[kept], place[kept]
    table = np.full((count, RAREST), -1, np.int64)
    table[owner, place] = word
    keys = [sides.title.astype(np.uint64)]
    member = [np.arange(count)]
    for i, j in itertools.combinations(range(RAREST), 2):
        there = np.flatnonzero(table[:, j] >= 0)
        low = np.minimum(table[there, i], table[there, j]).astype(np.uint64)
        high = np.maximum(table[there, i], table[there, j]).astype(np.uint64)
        keys.append((low + np.uint64(1)) << np.uint64(32) | high)
        member.append(there)
    lone = np.flatnonzero(often[word] <= _LONE)
    keys.append(np.uint64(1 << 63) | word[lone].astype(np.uint64))
    member.append(owner[lone])
    return np.concatenate(keys), np.concatenate(member)


# -- evidence ------------------------------------------------------------------------------------

_AT_ONCE = 1 << 16


@dataclass(frozen=True, eq=False)
class Evidence:
    """What speaks for one paper and what for two, in columns, one entry each pair.

    ``score`` is above 0 where a pair is one paper; what lies between ``DOUBTFUL`` and 0 is for
    people to decide. ``titles`` tells whether titles are equal, ``by_authors``
    (int32, 0 or 1) whether authors were needed to decide.
    """

    score: Array
    equal: Array
    by_authors: Array
    parts: Array


PARTS: Mapping[str, tuple[str, str]] = {
    "title": ("titles are much alike", "titles differ"),
    "authors": ("authors agree", "authors differ"),
    "years": ("of one year", "of different years"),
    "venues": ("of one venue", "of different venues"),
    "numbers": ("", "numbers in the titles differ"),
    "kind": ("", "one title names a kind of its own (a review, a demo, an erratum)"),
}
"""What is weighed, and what it is in words where it speaks for one paper, or for two."""
DOUBTFUL = -2.0


def evidence(sides: Sides, one: Array, other: Array) -> Evidence:
    """Weigh what speaks for and against each pair."""
    parts = np.zeros((len(one), len(PARTS)), np.float32)
    for first in range(0, len(one), _AT_ONCE):
        last = first + _AT_ONCE
        parts[first:last] = _parts(sides, one[first:last], other[first:last])
    equal = sides.title[one] == sides.title[other]
    score = parts.sum(axis=1)
    needed = score - np.maximum(parts[:, 1], 0) <= 0
    return Evidence(score, equal, needed.astype(np.int32), parts)


def reasons(parts: Array) -> list[str]:
    """What speaks for one paper and what against it, in words, of rows as in ``Evidence.parts``.

    >>> reasons(np.array([[3.0, 2.5, -1.0, 0.0, 0.0, 0.0]]))
    ['titles are much alike, authors agree; but of different years']
    """
    told = []
    for row in parts.tolist():
        speaks = list(zip(row, PARTS.values(), strict=True))
        for_it = ", ".join(words[0] for value, words in speaks if value > 0)
        against = ", ".join(words[1] for value, words in speaks if value < 0)
        told.append("; but ".join(each for each in (for_it, against) if each))
    return told


def _parts(sides: Sides, one: Array, other: Array) -> Array:
    from graphbuild.kernels.likeness import EVIDENCE, compare  # noqa: PLC0415 - compiles

    table = compare(
        one, other, (sides.titles, sides.families, sides.venues), sides.years, sides.words,
        sides.weights, sides.kinds,
    )  # fmt: skip
    f = dict(zip(EVIDENCE, table.T, strict=True))
    column = sides.column[one] | sides.column[other]
    short = sides.short[one] | sides.short[other] | column
    matched = f["matched"]
    less = np.minimum(f["left_one"], f["left_other"])
    more = np.maximum(f["left_one"], f["left_other"])
    replaced = less / np.maximum(matched + less, 1e-9)
    lost = (more - less) / np.maximum(matched + more, 1e-9)
    is_cut = np.where(f["left_one"] > f["left_other"], f["cut_one"], f["cut_other"])
    title = (
        1.5
        + ((matched - 14) / 7).clip(-3, 2.5)
        - 16 * replaced
        - np.where(is_cut > 0, 4.0, 8.0) * lost
        - 0.1 * f["misprints"]
    )
    title = title.clip(-12, 4.5)

    known = (f["families_one"] > 0) & (f["families_other"] > 0)
    least = np.maximum(np.minimum(f["families_one"], f["families_other"]), 1)
    shared = f["families"]
    authors = np.where(
        known,
        np.where(
            shared > 0,
            0.5 + 1.5 * shared / least + 0.5 * f["first_family"] + 0.4 * (shared > 1),
            -4.0,
        ),
        np.minimum(1.5 * f["families_in_title"], 2.5),
    )
    year_one, year_other = sides.years[one], sides.years[other]
    dated = (year_one > 0) & (year_other > 0)
    gap = np.where(dated, np.abs(year_one - year_other), 0)
    relation = sides.relation(one, other, f["venue"])
    years = np.where(
        dated,
        np.select([gap == 0, gap == 1, gap <= 3, gap <= 10], [1.0, -1.0, -2.0, -4.0], -8.0),
        0.0,
    )
    years -= np.where(gap > 0, np.select([relation > 0, relation == 0], [0.0, 0.5], 4.0), 0.0)
    years -= np.where((gap > 0) & (relation < -1), 3.0, 0.0)
    years -= np.where((gap > 0) & (replaced > 0.03), 1.5, 0.0)
    in_tidy = (sides.lists[one] == sides.lists[other]) & sides.tidy[one]
    venues = np.select([relation > 0, relation == 0, relation > -2], [0.7, 0.0, -0.5], -2.0)
    venues = venues - np.where(sides.own_venues(one, other), 6.0, 0.0)
    dates = (year_one > 0).astype(int) + (year_other > 0)
    title -= np.where(in_tidy & (sides.title[one] != sides.title[other]), 3.0, 0.0)
    title -= np.where(short & (column | (shared < 2)), 1.5, 0.0)
    title -= np.where(short & ((gap > 0) & (column | (shared < 2)) | (shared == 0)), 4.0, 0.0)
    title -= np.where(column & ((dates == 1) | in_tidy), 6.0, 0.0)
    numbers = np.where(
        (f["numbers_one"] > 0) & (f["numbers_other"] > 0),
        -9.0,
        np.where((f["numbers_one"] > 0) | (f["numbers_other"] > 0), -3.0, 0.0),
    )
    kind = np.where(f["odd_one"] + f["odd_other"] > 0, -12.0, 0.0)
    return np.stack([title, authors, years, venues, numbers, kind], axis=1).astype(np.float32)
