"""What is a group of papers about, in the words of their own titles?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.analysis.ranking import Floats, Integers
from graphbuild.tables import repeated
from graphbuild.text import clean, fold

__all__ = ["Terms", "distinctive_terms", "read_terms"]

TERMS = 3
LEAST_TITLES = 2
"""A term speaks for a group when it stands in this many of the group's titles."""
TITLE_LENGTH = 500
"""Characters of a title that are read; nobody's title is longer, a hostile one may be."""
LARGE = 50_000
"""Titles from which on compiled code takes those that are plain ASCII apart."""
AT_ONCE = 1 << 16
"""Titles that it takes apart at a time."""
CANDIDATES = 24
"""Best terms of a group among which those without a common word are chosen."""

_BREAK = r"[^\pL\pM\pN\s'’‐‑-]+"
_WITHIN_WORDS = "'’‐‑-"
_STOP_WORDS = frozenset({
    "a", "about", "across", "after", "against", "all", "along", "also", "am", "among", "an",
    "and", "any", "approach", "are", "as", "at", "based", "be", "because", "been", "before",
    "being", "between", "beyond", "both", "but", "by", "can", "case", "could", "das", "de",
    "der", "des", "die", "do", "does", "doing", "done", "down", "du", "during", "each",
    "either", "en", "et", "etc", "few", "for", "from", "further", "had", "has", "have",
    "having", "he", "her", "here", "his", "how", "however", "i", "if", "improved", "in", "into",
    "is", "it", "its", "itself", "just", "la", "le", "les", "less", "let", "like", "made",
    "make", "making", "may", "me", "method", "might", "more", "most", "much", "must", "my",
    "near", "need", "new", "no", "non", "nor", "not", "note", "novel", "of", "off", "on",
    "once", "one", "only", "onto", "or", "other", "our", "out", "over", "paper", "part", "per",
    "preliminary", "rather", "remark", "result", "revisited", "same", "she", "should", "since",
    "so", "some", "study", "such", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "though", "through", "thus", "to", "too", "toward",
    "towards", "two", "un", "und", "under", "une", "until", "up", "upon", "us", "use", "used",
    "uses", "using", "very", "via", "von", "vs", "was", "way", "we", "were", "what", "when",
    "where", "whether", "which", "while", "who", "why", "will", "with", "within", "without",
    "would", "yes", "yet", "you", "your",
})  # fmt: skip
"""Words that say nothing alone: English, the articles of its neighbours, fillers of titles."""


def distinctive_terms(titles: pa.ChunkedArray, groups: Integers) -> list[list[str]]:
    """Name groups of titles by the words and pairs of words that set them apart.

    A term is a word or two neighbouring ones, compared without case, accents, hyphens and plural.
    It is scored by its part of the Kullback-Leibler divergence between the group's titles and all
    titles, ``p log(p / q)`` with ``p`` and ``q`` the shares of titles that have it: high for what
    is frequent within and rare without, nothing for what is as frequent everywhere
    ("learning", "towards").

    Parameters
    ----------
    titles
        Strings; may be null.
    groups
        The group of each title, from 1; 0 is none (such titles still count as "all titles").

    Returns
    -------
    list
        For each group up to 3 terms, best first, that share no word and stand in at least two of
        its titles; spelled as those titles spell them most often. A group of unrelated or null
        titles has none.

    References
    ----------
    Tomokiyo and Hurst (2003), *A language model approach to keyphrase extraction*.

    Examples
    --------
    >>> titles = ["Fast ELUs", "Deep networks with ELUs", "Graph networks", "Deep graph networks"]
    >>> distinctive_terms(pa.chunked_array([titles]), np.array([1, 1, 2, 2]))
    [['ELUs'], ['Graph networks']]
    """
    return read_terms(titles).distinctive(groups)


class Terms(NamedTuple):
    """The terms that stand in titles, to tell any groups of these apart by."""

    words: _Words
    occurrences: _Occurrences

    def distinctive(self, groups: Integers) -> list[list[str]]:
        """Do what :func:`distinctive_terms` says."""
        many = int(groups.max(initial=0))
        terms: list[list[str]] = [[] for _ in range(many)]
        if not len(self.occurrences.term):
            return terms
        chosen = _choose(self.occurrences, groups, many)
        if not chosen:
            return terms
        for group, spelling in _spell(chosen, self.occurrences, self.words, groups):
            terms[group - 1].append(spelling)
        return terms


def read_terms(titles: pa.ChunkedArray) -> Terms:
    """What :func:`distinctive_terms` does whatever the groups: nearly all of its work."""
    words = _read(titles)
    return Terms(words, _occurrences(words))


class _Words(NamedTuple):
    """Titles as columns, one entry per word: whose title, the form in it, the word it is.

    ``word`` is -1 for what is no word of a term: stop words, numbers, punctuation.
    """

    title: Integers
    form: Integers
    word: Integers
    forms: list[str]
    words: int


class _Occurrences(NamedTuple):
    """Where terms stand, one entry per occurrence: the term, the title, the position in words.

    Terms below ``words`` are single words. Term ``words + k`` is a pair of neighbours whose words
    are ``pairs[k] // words`` and ``pairs[k] % words``.
    """

    term: Integers
    title: Integers
    position: Integers
    pairs: Integers
    words: int

    def parts(self, term: int) -> tuple[int, ...]:
        """The word or words of a term."""
        if term < self.words:
            return (term,)
        return divmod(int(self.pairs[term - self.words]), self.words)


def _read(titles: pa.ChunkedArray, *, large: int = LARGE) -> _Words:
    """Take titles apart; ``large`` decides how, and changes nothing about the labels."""
    titled = np.flatnonzero(titles.is_valid().to_numpy()).astype(np.int32)
    text = titles.drop_null().cast(pa.large_string()).combine_chunks()
    of_text, form, spelled = (_pieces if len(text) < large else _compiled_pieces)(text)
    forms = [each.strip(_WITHIN_WORDS) for each in spelled]
    numbers: dict[str, int] = {}
    word_of_form = np.full(len(forms), -1, np.int32)
    for number, each in enumerate(forms):
        word = _word(each)
        if word:
            word_of_form[number] = numbers.setdefault(word, len(numbers))
    return _Words(titled[of_text], form, word_of_form[form], forms, len(numbers))


def _pieces(text: pa.LargeStringArray) -> tuple[Integers, Integers, list[str]]:
    """Words and what stands between them: whose text, which form, and the forms."""
    text = pc.utf8_slice_codeunits(text, 0, TITLE_LENGTH)
    latex = pc.match_substring_regex(text, r"[\\${]")
    cleaned = [clean(title) for title in text.filter(latex).to_pylist()]
    text = pc.replace_with_mask(text, latex, pa.array(cleaned, pa.large_string()))
    # After this all white space is ASCII: the pattern takes any other for no part of a word.
    lists = pc.ascii_split_whitespace(pc.replace_substring_regex(text, _BREAK, " | "))
    encoded = pc.list_flatten(lists).dictionary_encode()
    of_text = np.repeat(np.arange(len(text)), pc.list_value_length(lists).to_numpy())
    return of_text, encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


def _compiled_pieces(text: pa.LargeStringArray) -> tuple[Integers, Integers, list[str]]:
    """Do as :func:`_pieces`; what stands between words is nothing, and the last of all forms."""
    from graphbuild.kernels.interning import Interner  # noqa: PLC0415 - loads a library
    from graphbuild.kernels.terms import is_plain, split_words  # noqa: PLC0415

    offsets = np.frombuffer(text.buffers()[1], np.int64)[text.offset :][: len(text) + 1]
    block = np.frombuffer(text.buffers()[2] or b"", np.uint8)
    plain, interner = is_plain(block, offsets, TITLE_LENGTH), Interner()
    owners: list[Integers] = [np.empty(0, np.int64)]
    forms = [np.empty(0, np.int32)]
    for first in range(0, len(text), AT_ONCE):
        some = slice(first, min(first + AT_ONCE, len(text)))
        here = block[offsets[some.start] : offsets[some.stop]]
        bounds = offsets[some.start : some.stop + 1] - offsets[some.start]
        owner, start, end = split_words(here, bounds, plain[some])
        odd = np.flatnonzero(plain[some] == 0)
        if len(odd):
            which, code, strings = _pieces(text.take(pa.array(odd + first)))
            spelled = [b"" if each == "|" else each.encode() for each in strings]
            ends = len(here) + np.cumsum([len(each) for each in spelled])
            begins = ends - [len(each) for each in spelled]
            here = np.concatenate([here, np.frombuffer(b"".join(spelled), np.uint8)])
            owner = np.concatenate([owner, odd[which]])
            order = np.argsort(owner, kind="stable")
            owner = owner[order]
            start = np.concatenate([start, begins[code]])[order]
            end = np.concatenate([end, ends[code]])[order]
        form = np.full(len(owner), -1, np.int32)
        words = np.flatnonzero(end > start)
        form[words] = interner.add(here, start[words], end[words])
        owners.append(owner + first)
        forms.append(form)
    form = np.concatenate(forms)
    form[form < 0] = len(interner)
    return np.concatenate(owners), form, [*interner.strings().to_pylist(), ""]


def _word(form: str) -> str:
    """What all forms of a word share, or nothing where it is no word to describe papers with.

    >>> [_word(form) for form in ("GANs", "Queries", "self-normalizing", "The", "2017", "analysis")]
    ['gan', 'query', 'selfnormalizing', '', '', 'analysis']
    """
    word = fold(form)
    if word in _STOP_WORDS or word.isdecimal() or (len(word) < 2 and word.isascii()):
        return ""
    word = word.replace(" ", "")
    if len(word) > 4 and word.endswith("ies"):
        return word.removesuffix("ies") + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "aius":
        return word.removesuffix("s")
    return word


def _occurrences(words: _Words) -> _Occurrences:
    is_word = words.word >= 0
    single = np.flatnonzero(is_word).astype(np.int32)
    follows = is_word[:-1] & is_word[1:] & (words.title[:-1] == words.title[1:])
    neighbours = np.flatnonzero(follows).astype(np.int32)
    keys = words.word[neighbours] * np.int64(words.words) + words.word[neighbours + 1]
    pairs, counts = _count(keys)
    pairs = pairs[counts >= LEAST_TITLES]
    pair = np.searchsorted(pairs, keys).astype(np.int32)
    known = np.append(pairs, -1)[pair] == keys
    position = np.concatenate([single, neighbours[known]])
    term = np.concatenate([words.word[single], pair[known] + np.int32(words.words)])
    # A word that stands twice in a title counts once.
    title = words.title[position]
    once = ~repeated(term, title)
    return _Occurrences(term[once], title[once], position[once], pairs, words.words)


def _count(keys: Integers, below: int | None = None) -> tuple[Integers, Integers]:
    """Distinct keys, ascending, and how often each occurs; all of them may be ``below`` a number.

    >>> [part.tolist() for part in _count(np.array([3, 0, 3]), 4)]
    [[0, 3], [1, 2]]
    """
    if below is not None and below <= len(keys):
        counts = np.bincount(keys)
        firsts = np.flatnonzero(counts)
        return firsts, counts[firsts]
    keys = np.sort(keys)
    firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[firsts], np.diff(firsts, append=len(keys))


def _choose(found: _Occurrences, groups: Integers, many: int) -> dict[tuple[int, int], int]:
    """The terms of each group as (group, term), with their places in its label."""
    terms = found.words + len(found.pairs)
    titled = np.zeros(len(groups), bool)
    titled[found.title] = True
    sizes = np.bincount(groups[titled], minlength=many + 1)
    everywhere = np.bincount(found.term, minlength=terms)
    keys, counts = _count(_keys(found, groups, terms), (many + 1) * terms)
    keys, counts = keys[counts >= LEAST_TITLES], counts[counts >= LEAST_TITLES]
    group, term = keys // terms, keys % terms
    share: Floats = counts / sizes[group]
    score = share * np.log(share / (everywhere[term] / titled.sum()))
    score = np.round(score, 12)  # so that equal terms are equal on every machine
    useful = (group > 0) & (score >= 0)
    group, term, score, counts = group[useful], term[useful], score[useful], counts[useful]
    # Of equal terms the more frequent says more, and of these the pair of words.
    order = np.lexsort((term, term < found.words, -counts, -score, group))
    group, term, score = group[order], term[order], score[order]
    begins = np.searchsorted(group, np.arange(1, many + 2))
    places: dict[tuple[int, int], int] = {}
    for number in range(1, many + 1):
        best = slice(begins[number - 1], min(begins[number], begins[number - 1] + CANDIDATES))
        picked = _pick(found, term[best].tolist(), score[best].tolist())
        places.update({(number, term): place for place, term in enumerate(picked)})
    return places


def _pick(found: _Occurrences, terms: list[int], scores: list[float]) -> list[int]:
    """The best terms that share no word.

    A word gives way to a pair that holds it and scores at least half as much: "neural" is less of
    a name than "neural networks".
    """
    parts = [found.parts(term) for term in terms]
    taken: set[int] = set()
    picked: list[int] = []
    for number, words in enumerate(parts):
        if len(picked) == TERMS:
            break
        if not taken.isdisjoint(words):
            continue
        better = (
            other
            for other in range(number + 1, len(terms))
            if len(words) == 1
            and words[0] in parts[other]
            and taken.isdisjoint(parts[other])
            and scores[other] >= scores[number] / 2
        )
        choice = next(better, number)
        picked.append(terms[choice])
        taken.update(parts[choice])
    return picked


def _keys(found: _Occurrences, groups: Integers, terms: int) -> Integers:
    """One number for each pair of group and term that an occurrence belongs to."""
    keys: Integers = groups[found.title].astype(np.int64) * terms + found.term
    return keys


def _spell(
    places: dict[tuple[int, int], int], found: _Occurrences, words: _Words, groups: Integers
) -> Iterator[tuple[int, str]]:
    """Each chosen term as its group's titles spell it most often, in order of group and place."""
    terms = found.words + len(found.pairs)
    group, term = (np.array(part, np.int64) for part in zip(*places, strict=True))
    chosen = np.unique(term)
    number = np.full(terms, -1, np.int32)
    number[chosen] = np.arange(len(chosen), dtype=np.int32)
    is_wanted = np.zeros((int(groups.max()) + 1, len(chosen)), bool)
    is_wanted[group, number[term]] = True
    numbers = number[found.term]
    where = np.flatnonzero(numbers >= 0)  # chosen by any group, which leaves little
    own = groups[found.title[where]]
    where = where[is_wanted[own, numbers[where]]]
    keys = groups[found.title[where]].astype(np.int64) * terms + found.term[where]
    position = found.position[where]
    paired = found.term[where] >= found.words
    second = np.where(paired, words.form[np.minimum(position + 1, len(words.form) - 1)], -1)
    spelled: dict[int, str] = {}
    for key, *spelling in _commonest(keys, words.form[position], second).tolist():
        spelled[key] = " ".join(words.forms[form] for form in spelling if form >= 0)
    for key in sorted(places, key=lambda chosen: (chosen[0], places[chosen])):
        yield key[0], spelled[key[0] * terms + key[1]]


def _commonest(keys: Integers, first: Integers, second: Integers) -> Integers:
    """For each key, ascending, the pair that it has most often, the smallest of equal ones.

    >>> _commonest(np.array([4, 4, 4, 3]), np.array([1, 2, 2, 5]), np.array([0, 9, 9, 6])).tolist()
    [[3, 5, 6], [4, 2, 9]]
    """
    order = np.lexsort((second, first, keys))
    rows = np.column_stack([keys[order], first[order], second[order]])
    begins = np.flatnonzero(np.append(True, (rows[1:] != rows[:-1]).any(axis=1))[: len(rows)])
    times = np.diff(begins, append=len(rows))
    rows = rows[begins]
    order = np.lexsort((-times, rows[:, 0]))  # stable, so equal ones stay ascending
    rows = rows[order]
    best: Integers = rows[np.append(True, rows[1:, 0] != rows[:-1, 0])[: len(rows)]]
    return best
