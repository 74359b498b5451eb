"""A reference as tokens, and what can be said of one token alone.

Tokens keep their place in the text, so that a field is a slice of what was written. A word that
lost its space is cut where a capital follows a small letter ("networksIn"), and digits apart from
letters ("Lett.B380"), so that fields that ran together can be told apart again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

__all__ = [
    "ID",
    "LEXICON",
    "PAD",
    "SHAPES",
    "lexical_class",
    "shape_class",
    "tokenize",
    "word_features",
]

ID = "\ue000"
"""The token that stands for an identifier or an address."""

PAD = ""
"""The token before the first and after the last."""

_UPPER = "A-ZÀ-ÖØ-ÞΆ-ΏΑ-ΫЀ-Я"
_LOWER = "a-zß-öø-ÿά-ώа-џıȷ"
_TOKEN = re.compile(
    rf"[{_UPPER}]?[{_LOWER}]+|[{_UPPER}]+(?![{_LOWER}])|\d+"
    rf"|(?:(?![{_UPPER}{_LOWER}\d])[^\W_])+[{_LOWER}]*|[^\s]",
)


def tokenize(
    text: str, spans: Sequence[tuple[int, int]] = (), longest: int = 1_000
) -> list[tuple[str, int, int]]:
    """The tokens of ``text`` with where each begins and ends; ``spans`` are one token each, ``ID``.

    >>> [token for token, _, _ in tokenize("Phys.Lett.B380, networksIn (2nd)")]
    ['Phys', '.', 'Lett', '.', 'B', '380', ',', 'networks', 'In', '(', '2', 'nd', ')']
    """
    tokens: list[tuple[str, int, int]] = []
    position = 0
    for start, end in (*spans, (len(text), len(text))):
        for match in _TOKEN.finditer(text, position, start):
            tokens.append((match[0], match.start(), match.end()))
            if len(tokens) >= longest:
                return tokens
        if start < end:
            tokens.append((ID, start, end))
        position = end
    return tokens


# -- shape -----------------------------------------------------------------------------------------

SHAPES = (
    "pad", "id", ".", ",", ";", ":", "(", ")", "[", "]", "opening", "closing", "quote", "-", "/",
    "&", "mark", "symbol", "initial", "upper", "title", "lower", "letter", "mixed", "cjk", "hangul",
    "digit", "digits2", "digits3", "year", "digits4", "digits",
)  # fmt: skip
"""What a token looks like: a category whose place in this tuple is its number."""

_NUMBER = {shape: number for number, shape in enumerate(SHAPES)}
_MARKS = {
    **{mark: mark for mark in ".,;:()[]-/&"},
    **dict.fromkeys("“«„《「『‹‟", "opening"),
    **dict.fromkeys("”»》」』›", "closing"),
    **dict.fromkeys("\"'‘’`´", "quote"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("?!…", "mark"),
    "，": ",", "、": ",", "；": ";", "：": ":", "（": "(", "）": ")", "［": "[", "］": "]",
    "【": "[", "】": "]", "〔": "[", "〕": "]", "．": ".", "。": ".", "＆": "&",
}  # fmt: skip


def shape_class(token: str) -> int:
    """The number in ``SHAPES`` of what ``token`` looks like."""
    return _NUMBER[_shape(token)]


def _shape(token: str) -> str:
    if not token:
        return "pad"
    if token == ID:
        return "id"
    if token.isdigit():
        return _digits(token)
    first = token[0]
    if not first.isalnum():
        return _MARKS.get(token, "symbol")
    if "\uac00" <= first <= "\ud7af":
        return "hangul"
    if "\u3040" <= first <= "\u9fff" or "\uf900" <= first <= "\ufaff":
        return "cjk"
    if token.isupper():
        return "initial" if len(token) == 1 else "upper"
    if token.islower():
        return "lower" if len(token) > 1 else "letter"
    return "title" if token.istitle() else "mixed"


def _digits(token: str) -> str:
    if len(token) == 4:
        return "year" if "1500" <= token <= "2100" else "digits4"
    return {1: "digit", 2: "digits2", 3: "digits3"}.get(len(token), "digits")


# -- what kind of word -----------------------------------------------------------------------------

LEXICON = (
    "none", "and", "et", "al", "in", "proceedings", "meeting", "journal", "abbreviated",
    "publisher", "institution", "report", "editors", "edition", "volume", "pages", "month",
    "particle", "article", "preposition", "place", "web", "preprint", "press", "name_suffix",
    "ordinal",
)  # fmt: skip
"""What kind of word a token is: a category whose place in this tuple is its number."""

_WORDS = {
    "and": "and und et y e og en",
    "et": "et",
    "al": "al others",
    "in": "in dans",
    "proceedings": "proceedings proc procs procedings advances lecture notes series actes",
    "meeting": (
        "conference conf symposium symp workshop congress meeting colloquium seminar forum "
        "annual international intl int joint conferences assembly summit cvpr iccv eccv icml "
        "nips neurips iclr aaai ijcai acl emnlp naacl eacl coling interspeech icassp sigir "
        "sigmod vldb kdd uai aistats colt stoc focs sigplan popl pldi sigcomm infocom"
    ),
    "journal": (
        "journal transactions letters review reviews annals bulletin magazine quarterly "
        "archives archive acta revue revista zeitschrift annales rivista reports nature "
        "science cell lancet encyclopedia handbook newsletter newspaper times yearbook"
    ),
    "abbreviated": (
        "j trans rev lett phys ann bull arch am amer appl math comput comp biol chem soc acad "
        "natl sci med clin exp eng res stud stat econ psychol hist mag acc adv annu opt "
        "astron astrophys nucl mech mater struct commun comm softw syst quart surv proc "
        "philos lond opin curr genet immunol neurosci physiol pharmacol microbiol infect dis "
        "environ health assoc eur brit br can jpn ecol zool bot geol geophys polit sociol "
        "anthropol educ plos acs ieee acm siam aip usa"
    ),
    "publisher": (
        "publishers publisher publishing verlag books wiley springer elsevier kluwer "
        "routledge mcgraw prentice addison wesley kaufmann erlbaum blackwell sage macmillan "
        "penguin norton harper gallimard houghton mifflin pearson palgrave benjamins dekker "
        "birkhäuser birkhauser editions éditions ediciones pergamon plenum dover knopf "
        "longman"
    ),
    "press": "press presses",
    "institution": (
        "university universität universite université universidad univ department dept "
        "institute institut laboratory laboratories lab center centre college school faculty "
        "division research corporation corp inc ltd co ministry bureau agency foundation "
        "association society academy hospital"
    ),
    "report": (
        "report rep technical tech thesis dissertation phd ph msc master masters memo "
        "memorandum manuscript unpublished submitted preparation appear patent paper working "
        "draft doctoral bachelor diploma rfc standard"
    ),
    "editors": ("eds ed editor editors edited hrsg hg dir coord org trans translated translator"),
    "edition": "edition edn ed auflage aufl rev revised reprint reprinted",
    "volume": "volume vol vols no nr issue number num bd band tome numero tomo heft v",
    "pages": "pages page pp p pg pgs seiten",
    "month": (
        "january february march april may june july august september october november "
        "december jan feb mar apr jun jul aug sep sept oct nov dec spring summer fall autumn "
        "winter januar februar märz mai juni juli oktober dezember janvier février mars avril "
        "juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo "
        "junio julio agosto"
    ),
    "particle": (
        "van von der den de del della di da do dos du la le ten ter zu zur af av bin ibn el"
    ),
    "article": "a an the der die das des dem les los las il lo un une ein eine",
    "preposition": (
        "of for with from by to at on as its between into through under using via during "
        "toward towards against among within without over how what why when where is are or "
        "not"
    ),
    "place": (
        "york london cambridge oxford berlin paris amsterdam boston chicago princeton "
        "philadelphia washington dc ma ca ny nj usa uk germany france netherlands canada "
        "italy japan china spain heidelberg dordrecht tokyo beijing stanford berkeley toronto "
        "new san francisco los angeles haven hillsdale reading englewood cliffs basel vienna "
        "wien münchen munich leipzig stuttgart milano roma madrid barcelona moscow "
        "switzerland australia sweden"
    ),
    "web": (
        "http https www url available retrieved accessed online html pdf doi pmid isbn issn "
        "org com last visited downloaded website web arxivid pmc"
    ),
    "preprint": "arxiv preprint preprints eprint corr abs biorxiv ssrn",
    "name_suffix": "jr sr ii iii iv",
    "ordinal": (
        "st nd rd th first second third fourth fifth sixth seventh eighth ninth tenth "
        "eleventh twelfth thirteenth fourteenth fifteenth twentieth"
    ),
}
_LEXICAL: dict[str, int] = {}
for _number, _kind in enumerate(LEXICON):
    for _word in _WORDS.get(_kind, "").split():
        _LEXICAL.setdefault(_word, _number)


def lexical_class(token: str) -> int:
    """The number in ``LEXICON`` of the kind of word that ``token`` is; 0 for any other."""
    return _LEXICAL.get(token.lower(), 0)


# -- features of one word --------------------------------------------------------------------------


def word_features(token: str) -> tuple[int, ...]:
    """32-bit hashes of what a token says by itself: word, spelling, beginning and end, class."""
    lower = token.lower()
    shape = shape_class(token)
    word = lower if shape < _NUMBER["digit"] else _SHAPED_DIGITS[shape]
    kind = _LEXICAL.get(lower, 0)
    texts = (
        f"w{word}",
        f"c{shape},{word}" if len(lower) < 20 else f"c{shape}",
        f"s{shape}",
        f"l{kind},{shape}",
        f"e{lower[-3:]}" if len(lower) > 3 else f"e{len(lower)}",
        f"b{lower[:3]}" if len(lower) > 3 else f"b{len(lower)}",
        f"t{lower[-2:]},{shape}" if len(lower) > 2 else f"t{shape}",
        f"o{lower[-1:]},{shape}" if lower[:1] > "\u1100" else f"o{shape}",
        f"n{min(len(lower), 12)},{shape}",
    )
    return tuple(crc32(text.encode()) for text in texts)


_SHAPED_DIGITS = {number: f"#{shape}" for shape, number in _NUMBER.items()}
