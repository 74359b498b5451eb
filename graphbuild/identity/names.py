"""Names of authors as columns: family and given names, who is nobody, which names are frequent.

Names are compared as they are folded. What is known of names in general stands here too: particles
and suffixes, family names that very many people bear, and the syllables of Chinese given names,
which are written apart, joined, or as initials.
"""

# ruff: noqa: SIM905 - lists of words stand as running words

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.people import PARTICLES

__all__ = ["Names", "are_groups", "latin", "read_names", "umlauts"]

Array = np.ndarray[Any, Any]

_SUFFIXES = "jr sr ii iii iv phd md".split()

EAST = frozenset(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng"
    " liang xie tang song deng han feng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye"
    " cheng wei su lu ding ren yao shen zhong cui tan fan liao shi wan jin zou xiong bai meng"
    " qin qiu jia hou gu xia lei jian hsu chang tsai lai chiu hsieh chou yeh ho tseng chan wong"
    " lam cheung leung ng lau kwok tse kim lee park choi jung jeong kang cho yoon jang lim shin"
    " seo kwon hwang ahn yoo hong oh nguyen tran le pham hoang phan vu vo dang bui do ngo duong"
    " ly qian dai yin hao kong mao fu tao wen gong yan lv lyu xue yi bae baek nam moon chung son"
    " noh kwak".split()
)
"""Folded family names of China, Korea and Vietnam of which each has very many bearers."""

COMMON = frozenset(
    "smith johnson williams brown jones miller davis wilson anderson thomas taylor moore martin"
    " jackson thompson white harris clark lewis robinson walker young allen king wright scott"
    " hill green adams baker nelson hall campbell mitchell roberts carter phillips evans turner"
    " parker collins edwards stewart morris murphy cook rogers morgan cooper bell kelly bailey"
    " richardson cox howard ward james watson brooks bennett gray hughes price myers ross foster"
    " muller mueller schmidt schneider fischer meyer weber wagner becker schulz hoffmann garcia"
    " rodriguez martinez hernandez lopez gonzalez perez sanchez ramirez torres fernandez gomez"
    " diaz silva santos oliveira pereira costa ferreira rossi ferrari russo bianchi kumar singh"
    " sharma gupta patel das rao reddy jain verma shah roy ghosh khan ali ahmed hussain sato"
    " suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato ivanov petrov dubois"
    " bernard andersson johansson karlsson nilsson hansen jensen nielsen larsen olsen andersen"
    " cohen levy yilmaz kaya kowalski nowak novak mukherjee chatterjee banerjee agarwal mishra"
    " mehta joshi iyer".split()
)
"""Folded family names with many bearers elsewhere."""

_SYLLABLE = (
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue"
    r"|ui|un|uo|a|e|i|o|u|v))"
)
_TWO_SYLLABLES = re.compile(rf"({_SYLLABLE})({_SYLLABLE})")
_ONE_SYLLABLE = re.compile(_SYLLABLE)

_GROUPS = (
    r"^corporate |\bcollaborations?\b|\bconsortium\b"
    r"|\b(?:working|study|research|task) (?:group|force)\b"
    r"|\b(?:team|committee|association|organi[sz]ation|foundation|university|institute|ministry"
    r"|department|corporation)$"
)

_CYRILLIC = dict(
    zip(
        "абвгдезиклмнопрстуфхыэійїєґўј",
        "a b v g d e z i k l m n o p r s t u f kh y e i i i ie g u j".split(),
        strict=True,
    )
)
_CYRILLIC |= {
    "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": "",
    "ё": "e",
}  # fmt: skip
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(),
        strict=True,
    )
)
_LATIN = str.maketrans(_CYRILLIC | _GREEK)


def are_groups(folded: pa.Array) -> Array:
    """Which folded names are those of collaborations and other bodies, who are no people.

    >>> are_groups(pa.array(["atlas collaboration", "corporate the paradise team", "ann team li"]))
    array([ True,  True, False])
    """
    found: Array = pc.match_substring_regex(folded, _GROUPS).to_numpy(zero_copy_only=False)
    return found


def latin(folded: str) -> str:
    """A folded name in Latin letters, where it is Cyrillic or Greek.

    >>> latin("иван петров"), latin("王伟")
    ('ivan petrov', '王伟')
    """
    return folded.translate(_LATIN)


def umlauts(folded: str, name: str) -> str:
    """A name with umlauts as it is folded where they are written as two letters.

    >>> umlauts("jorg muller", "Jörg Müller")
    'joerg mueller'
    """
    spelled = name.lower()
    for letter, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")):
        spelled = spelled.replace(letter, two)
    return folded if spelled == name.lower() else _folded(spelled)


def _folded(text: str) -> str:
    from graphbuild.text import fold  # noqa: PLC0415 - used for few names

    return fold(text)


@dataclass(frozen=True, eq=False)
class Names:
    """Distinct folded names, taken apart.

    Attributes
    ----------
    words
        Distinct words of all names, as Arrow strings.
    indptr, tokens
        CSR: the words of each name's given part, in their order; initials are words of a letter.
    family
        int32: the word that the family name ends with.
    first
        int32: the first letter of the given part as a code point; 0 without one.
    """

    words: pa.Array
    indptr: Array
    tokens: Array
    family: Array
    first: Array

    def __len__(self) -> int:
        return len(self.family)

    @functools.cached_property
    def lengths(self) -> Array:
        """How many words a given part has."""
        return np.diff(self.indptr)

    @functools.cached_property
    def letters(self) -> Array:
        """int32: the first letter of each word, as a code point."""
        return _first_letters(self.words)

    @functools.cached_property
    def are_initials(self) -> Array:
        """uint8: which words are single letters."""
        is_one: Array = pc.equal(pc.utf8_length(self.words), 1).to_numpy(zero_copy_only=False)
        return (is_one & (self.letters < 0x2E80)).astype(np.uint8)

    @functools.cached_property
    def blocks(self) -> Array:
        """int64: equal for names of one family name and one initial."""
        blocks: Array = self.family.astype(np.int64) << 32 | self.first
        return blocks

    @functools.cached_property
    def block(self) -> Array:
        """int64: the blocks as numbers without gaps."""
        found: Array = np.unique(self.blocks, return_inverse=True)[1]
        return found

    @functools.cached_property
    def given(self) -> Array:
        """The first word of each given part; any word where there is none."""
        if not len(self.tokens):
            return np.zeros(len(self), np.int32)
        found: Array = self.tokens[np.minimum(self.indptr[:-1], len(self.tokens) - 1)]
        return found

    @functools.cached_property
    def start_with_initials(self) -> Array:
        """Which given parts begin with an initial."""
        found: Array = (self.lengths > 0) & (self.are_initials[self.given] == 1)
        return found

    @functools.cached_property
    def full(self) -> Array:
        """int64: numbers that are equal for names of one family name and one given name."""
        both = self.family.astype(np.int64) << 32 | np.where(self.lengths > 0, self.given, -1)
        found: Array = np.unique(both, return_inverse=True)[1]
        return found


def read_names(folded: pa.Array) -> Names:
    """Take folded names apart, which are written given names first.

    The family name is the last word that is no suffix, with the particles before it; of the
    particles no use is made. A single word is a family name. A number behind a name, by which some
    sources tell people of that name apart ("Wei Wang 0012"), is a part of the family name.

    >>> names = read_names(pa.array(["ann b smith", "jan van der berg", "john smith jr", "plato"]))
    >>> [names.words[i].as_py() for i in names.family]
    ['smith', 'berg', 'smith', 'plato']
    >>> numbered = read_names(pa.array(["wei wang 0012"]))
    >>> numbered.words[int(numbered.family[0])].as_py().split()
    ['wang', '0012']
    >>> [[names.words[i].as_py() for i in names.tokens[a:b]]
    ...  for a, b in zip(names.indptr, names.indptr[1:])]
    [['ann', 'b'], ['jan'], ['john'], []]
    """
    split = pc.split_pattern(folded, " ")
    offsets = split.offsets.to_numpy().astype(np.int64)
    encoded = pc.list_flatten(split).dictionary_encode()
    words, codes = encoded.dictionary, encoded.indices.to_numpy()
    if not len(folded):
        return Names(
            words, np.zeros(1, np.int64), codes, np.empty(0, np.int32), np.empty(0, np.int32)
        )
    is_suffix = pc.is_in(words, pa.array(_SUFFIXES)).to_numpy(zero_copy_only=False)
    is_particle = pc.is_in(words, pa.array(sorted(PARTICLES))).to_numpy(zero_copy_only=False)
    begin, last = offsets[:-1] - offsets[0], offsets[1:] - offsets[0] - 1
    is_number = pc.ascii_is_decimal(words).to_numpy(zero_copy_only=False)
    if (is_number[codes[last]] & (last > begin)).any():
        return read_names(pc.replace_substring_regex(folded, r" ([0-9]+)$", "\u00a0\\1"))
    last = last - (is_suffix[codes[last]] & (last - begin > 1))
    stop = last.copy()
    while (more := np.flatnonzero((stop - begin > 1) & is_particle[codes[stop - 1]])).size:
        stop[more] -= 1
    indptr = np.zeros(len(folded) + 1, np.int64)
    np.cumsum(stop - begin, out=indptr[1:])
    tokens = codes
    if indptr[-1] != len(codes) - len(folded):
        kept = np.ones(len(codes), bool)
        odd = np.flatnonzero(stop != offsets[1:] - offsets[0] - 1)
        for name in odd.tolist():
            kept[stop[name] : last[name]] = False
            kept[last[name] : offsets[name + 1] - offsets[0]] = False
        kept[last] = False
        tokens = codes[kept]
    else:
        kept = np.ones(len(codes), bool)
        kept[last] = False
        tokens = codes[kept]
    letters = _first_letters(words)
    first = np.where(stop > begin, letters[codes[begin]], 0).astype(np.int32)
    return Names(words, indptr, tokens, codes[last], first)


def with_syllables(names: Names) -> tuple[Names, Array]:
    """Names in which Chinese given names are taken apart, and which names are strict.

    Strict are names whose given part is of syllables that all count: "Xiao" is not "Xiaolian".

    >>> names, strict = with_syllables(read_names(pa.array(["xiaolian wang", "marina weber"])))
    >>> [names.words[i].as_py() for i in names.tokens], strict
    (['xiao', 'lian', 'marina'], array([ True, False]))
    """
    words: list[str] = names.words.to_pylist()
    is_eastern = np.array([word in EAST for word in words], bool)[names.family]
    parts: list[list[int]] = []
    strict = is_eastern.copy()
    numbers = {word: i for i, word in enumerate(words)}
    for name in range(len(names)):
        listed = names.tokens[names.indptr[name] : names.indptr[name + 1]].tolist()
        if is_eastern[name]:
            if len(listed) == 1 and (match := _two_syllables(words[listed[0]])):
                listed = [numbers.setdefault(part, len(numbers)) for part in match]
            strict[name] = all(
                len(words[i]) == 1 or i >= len(words) or _ONE_SYLLABLE.fullmatch(words[i])
                for i in listed
                if i < len(words)
            )
        parts.append(listed)
    indptr = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=indptr[1:])
    tokens = np.array([i for part in parts for i in part], np.int32)
    return Names(
        pa.array(list(numbers), pa.string()), indptr, tokens, names.family, names.first
    ), strict


@functools.lru_cache(1 << 16)
def _two_syllables(word: str) -> tuple[str, str] | None:
    if len(word) < 3 or _ONE_SYLLABLE.fullmatch(word):
        return None
    match = _TWO_SYLLABLES.fullmatch(word)
    return (match[1], match[2]) if match else None


def _first_letters(words: pa.Array) -> Array:
    firsts = pc.utf8_slice_codeunits(words, 0, 1).dictionary_encode()
    points = np.array(
        [ord(each) if each else 0 for each in firsts.dictionary.to_pylist()], np.int32
    )
    found: Array = points[firsts.indices.to_numpy()] if len(words) else np.empty(0, np.int32)
    return found


_OF_EAST = {"full": 2.0, "syllables": 0.25, "initial": 4.0, "initials": 0.6}
_OF_COMMON = {"full": 0.3, "middle": 0.05, "initial": 1.5, "initials": 0.25}
_OF_OTHERS = {"full": 0.0, "middle": 0.0, "initial": 0.25, "initials": 0.03}


def expected_others(names: Names) -> Array:
    """float64: how many other people of each name there may be among the authors.

    A corpus tells by how many given names a family name has in it, and by how many family names a
    given name has: were they independent, a name would be borne by their product over the number
    of all names (and once by the one who is met). What is known of names in general counts where
    the corpus is too small, or was made of a few names.
    """
    lengths, given, initial = names.lengths, names.given, names.start_with_initials
    has_given = lengths > 0
    # Each given name once for a family name, whatever comes between the two.
    spelled = np.flatnonzero(has_given & ~initial)
    distinct = spelled[np.unique(names.full[spelled], return_index=True)[1]]
    families = np.bincount(names.family[distinct], minlength=len(names.words))
    forenames = np.bincount(given[distinct], minlength=len(names.words))
    met = families[names.family] * forenames[given] / max(len(distinct), 1) - 1.0
    by_corpus = np.where(initial | (lengths > 1), 0.0, np.maximum(met, 0.0))
    words = names.words
    east, common = (
        pc.is_in(words, pa.array(sorted(each))).to_numpy(zero_copy_only=False)[names.family]
        for each in (EAST, COMMON)
    )
    long_ = pc.greater(pc.utf8_length(words), 5).to_numpy(zero_copy_only=False)[given]
    kinds = (initial & (lengths == 1), initial & (lengths > 1), lengths > 1)
    of_east = np.select(
        [*kinds, long_],
        [_OF_EAST["initial"], _OF_EAST["initials"], _OF_EAST["syllables"], _OF_EAST["syllables"]],
        _OF_EAST["full"],
    )
    of_common, of_others = (
        np.select(kinds, [each["initial"], each["initials"], each["middle"]], each["full"])
        for each in (_OF_COMMON, _OF_OTHERS)
    )
    in_general = np.where(east, of_east, np.where(common, of_common, of_others))
    found: Array = np.where(has_given, np.maximum(by_corpus, in_general), 0.0)
    return found
