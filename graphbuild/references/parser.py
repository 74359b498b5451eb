"""One raw reference string into the fields of a ``Reference``, by rules.

The string is read the way a person reads it: identifiers and addresses first (they are the same
in every style), then the author list at its head, then the title, which ends where the sentence
ends or where something begins that can only be a journal, a publisher or numbers, and last the
container up to its volume and pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from graphbuild import identifiers
from graphbuild.model import Reference
from graphbuild.references.authors import words
from graphbuild.references.fields import ID, NOTE, Fields, read_fields
from graphbuild.text import clean, mend

__all__ = ["parse", "parse_all"]

LONGEST = 3_000
"""Characters of one string that are read. No reference is longer, so what follows is another."""


def parse_all(texts: Iterable[str]) -> list[Reference]:
    """Parse each of ``texts``, in their order.

    >>> [reference.year for reference in parse_all(["Blinn, J. Hello. 1996.", "?"])]
    [1996, None]
    """
    return [parse(text) for text in texts]


def parse(text: str) -> Reference:
    """Read one reference in any style; what can't be told with confidence stays None.

    ``raw`` is ``text`` itself. Never raises for a string, and takes linear time.

    >>> found = parse("[36] Christian Szegedy, Sergey Ioffe, and Zbigniew Wojna. Rethinking the "
    ...               "inception architecture for computer vision. CoRR, abs/1512.00567, 2015.")
    >>> found.title, found.arxiv_id, found.year
    ('Rethinking the inception architecture for computer vision', '1512.00567', 2015)
    >>> [person.family for person in found.authors]
    ['Szegedy', 'Ioffe', 'Wojna']
    >>> parse("Lecun, Y.; Haffner, P. (1998). Gradient-based learning applied to document "
    ...       "recognition. Proceedings of the IEEE. 86 (11): 2278–2324.").container
    'Proceedings of the IEEE'
    """
    found = _read_identifiers(_mend(text[:LONGEST]))
    body = _normalise(found.masked)
    body = _LABEL.sub("", body, count=1).strip()
    fields = read_fields(body)
    if not (fields.title or fields.container or fields.authors) and not found.any:
        return Reference(text)
    return Reference(
        text,
        arxiv_id=found.arxiv_id,
        doi=found.doi,
        other_ids=_own_ids(found.other_ids, fields),
        title=fields.title,
        authors=fields.authors,
        year=fields.year,
        container=fields.container,
        volume=fields.volume,
        pages=fields.pages,
        url=found.url,
    )


def _own_ids(other_ids: tuple[str, ...], fields: Fields) -> tuple[str, ...]:
    """The first of each kind: a second one is another reference's that ran into this one.

    An ISBN beside a container is that of the proceedings or book that the paper stands in.
    """
    first: dict[str, str] = {}
    for value in other_ids:
        first.setdefault(value.partition(":")[0], value)
    if fields.container is not None:
        first.pop("isbn", None)
    return tuple(first.values())


_LOST_DASHES = re.compile(r"\dâ\d|\sâ\s|âs\s")
_DASH_IN_WORD = re.compile(r"(?<=[a-z])â(?=[a-z])")


def _mend(text: str) -> str:
    """Mend mojibake; a "â" inside a word is a dash where the same text has lost others."""
    mended = mend(text)
    if "â" in mended and _LOST_DASHES.search(text):
        mended = _DASH_IN_WORD.sub("–", mended)
    return mended


# -- identifiers ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    arxiv_id: str | None
    doi: str | None
    other_ids: tuple[str, ...]
    url: str | None
    masked: str

    @property
    def any(self) -> bool:
        return bool(self.arxiv_id or self.doi or self.other_ids or self.url)


# Spaces that PDF text puts into identifiers: "arXiv :hep-ph/ 9703464", "doi:10. 1103/x".
_SPACED = (
    (re.compile(r"\b(https?)\s?:\s?//\s?", re.IGNORECASE), r"\1://"),
    (re.compile(r"(?<![\d.])10\s?\.\s?(\d{4,5})\s?/\s?(?=\w|\()"), r"10.\1/"),
    (
        re.compile(r"(10\.\d{4,5}/[^\s,;]{3,60}) (?=[./]\w)|(10\.\d{4,5}/[^\s,;]{2,60}-) (?=\d)"),
        r"\1\2",
    ),
    (
        re.compile(r"(?<=[Xx][Ii][Vv])(\s?(?:preprint\s?)?:?\s?)(\d{4})\s?\.\s?(\d{4,5})(?!\d)"),
        r"\1\2.\3",
    ),
    (
        re.compile(
            r"\b(hep|cond|astro|quant|nucl|math|gr|physics)\s?-\s?(th|ph|lat|ex|mat|qc)\s?/\s?(?=\d{7})"
        ),
        r"\1-\2/",
    ),
    (re.compile(r"\babs\s?/\s?(?=\d)"), "abs/"),
)
_BARE_ARXIV = re.compile(
    r"(?:\[\s?|doi:\s?)(\d{4}\.\d{4,5}(?:v\d+)?)(?=\s?(?:\[[\w.\-]+\]\s?)?\]|\s|$|[,;.)])",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(
    r"(?:comments?\s+on|reply\s+to|response\s+to|erratum\s+(?:to|of)|review\s+of|see\s+also|also\s+see)"
    r"[^.;\d]{0,30}$",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"(?:\bhttps?\s?:\s?//|\bftp://|\bwww\.|\b(?=(?:github|youtu|bitbucket|gitlab)\.))"
    r"[^\s<>\"“”{}|\\^`\[\]\ue000]+"
    r"|(?:https?\s?:\s?//\s?(?:dx\.)?doi\.org/\s?|\bdoi\s?[:=]?\s*)?(?<![\d.])10\.\d{4,9}(?:\.\d+)*/(?:(?!\.URL|\.?PMID|[,.;]doi|,hep|,ar[Xx]iv|\((?:19|20)\d\d\)(?:$|[.\s]))[^\s\"“”<>{}|\\^`\[\]])+"
    r"|(?:\bCoRR\s?,?\s*)?ar\s?xiv(?:\.org)?[\s,:/]*(?:preprints?|e-?prints?)?[\s,:/\[(]*(?:ar\s?xiv\s*:?\s*)?(?:(?:abs|pdf)\s*/\s*)?"
    r"(?:\d{4}\.\d{4,5}|[a-z\-]{2,9}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.\-]+\])?"
    r"|\babs\s*/\s*(?:\d{4}\.\d{4,5}|[a-z\-]{2,9}/\d{7})(?:v\d+)?"
    rf"|(?<![\w/])(?:{identifiers.ARCHIVES})(?:\.[A-Z]{{2}})?/\d{{7}}(?:v\d+)?"
    r"|(?:\[\s?|doi:\s?)\d{4}\.\d{4,5}(?:v\d+)?(?:\s?\[[\w.\-]+\])?\s?\]?"
    r"|\bPMID\s*:?\s*\d{4,8}\b|\bPMC\d{4,9}\b|\bISBN(?:-1[03])?\s*:?\s*[\dXx\-–\s]{10,17}|\bISSN\s*:?\s*\d{4}-?\d{3}[\dXx]",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"https?\s?:\s?//\s?", re.IGNORECASE)
_URL_START = re.compile(r"^(?:https?|ftp)://", re.IGNORECASE)
_PUBLISHED_ELSEWHERE = re.compile(r"arxiv\.org|doi\.org", re.IGNORECASE)


def _read_identifiers(text: str) -> _Found:
    """Read the identifiers, and replace each in the text by a mark that no field goes across."""
    for pattern, closed in _SPACED:
        text = pattern.sub(closed, text)
    arxiv_ids: list[str] = []
    dois: list[str] = []
    others: list[str] = []
    urls: list[str] = []
    pieces: list[str] = []
    last = 0
    for match in _ADDRESSES.finditer(text):
        pieces += (text[last : match.start()], f" {ID} ")
        last = match.end()
        found = _SCHEME.sub("https://", match[0]) if " " in match[0][:9] else match[0]
        seen = identifiers.find(found)
        bare = _BARE_ARXIV.match(found)
        ids = seen.arxiv_ids or (
            (value,) if bare and (value := identifiers.arxiv_id(bare[1])) else ()
        )
        own = not _NOT_OWN.search(text, max(0, match.start() - 60), match.start())
        if own:
            arxiv_ids += ids
            dois += seen.dois
            others += seen.other_ids
            urls += seen.urls or ((f"https://{_trim_url(found)}",) if _is_address(found) else ())
        trailing = match[0][len(match[0].rstrip(".,;:)\"'”’")) :]
        pieces.append(trailing)
    pieces.append(text[last:])
    return _Found(
        arxiv_ids[0] if arxiv_ids else None,
        dois[0] if dois else None,
        tuple(dict.fromkeys(others)),
        urls[0] if urls else None,
        "".join(pieces),
    )


def _is_address(found: str) -> bool:
    return re.match(r"(?:www|github|youtu|bitbucket|gitlab)\.", found, re.IGNORECASE) is not None


def _trim_url(found: str) -> str:
    return found.rstrip(".,;:)\"'”’")


# -- the text as it is read ------------------------------------------------------------------------

_LIGATURES = str.maketrans(
    {
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "↵": "ff",
        "\u00ad": "", "\u200b": "", "\ufeff": "", "\x00": "",
        "，": ", ", "．": ". ", "：": ": ", "；": "; ", "（": " (", "）": ") ", "［": "[",
        "］": "]",
        "。": ". ", "、": ", ", "\u00a0": " ", "′": "'", "＆": "&",
    }
)  # fmt: skip
_LABEL = re.compile(
    r"^\s*(?:[*#•·●▪–—-]+\s+)?"
    r"(?:\[\s?(?:\d{1,4}[a-z]?|[A-Z][\w+&.,'’\- ]{0,24}?\d{2,4}[a-z]?|"
    r"[A-Z][A-Za-z+]{1,9})\s?\]\s*[.:]?"
    r"|\(\s?\d{1,3}[a-z]?\s?\)\s*(?=\D)|\d{1,3}\s?[.)](?=\s|[^\W\d_])\s*|\d{1,3}\s+(?=[^\W\d_]))?"
    r"\s*(?:[*#•·]+\s*)?"
)
_HYPHENATED = re.compile(r"([^\W\d_]+)([-‐])\s+([^\W\d_]+)")
# After these first parts an English compound keeps its hyphen at the end of a line.
_KEEPS_HYPHEN = words(
    """
    self well state end high low long short large small real time two three one four multi
    cross non semi first second third data deep fine coarse weak fully human machine word
    sentence document domain model task context content cost energy error rule example
    problem user object feature graph image text speech language phrase tree string
    attention sequence open closed hand head free top bottom left right on off in out up
    down part full half single double mid all any per ultra quasi pseudo anti counter ex so
    as by far near
    """
)
_SUSPENDED = words(
    """
    and or und et to bis y o e ou nor versus vs
    """
)
_SPACE_BEFORE = re.compile(r"\s+([,;:?!)\]])")
_SPACE_DOT = re.compile(r"\s+\.(?=\S)")
_SPACE_DOT_END = re.compile(r"\s+\.(?=\s|$)")
_SPACE_AFTER_OPENING = re.compile(r"([(\[])\s+")
_GLUED = re.compile(
    r"(?<=[^\W\d_]{2})\.(?=[^\W\d_a-z][a-z])|,(?=[^\W_\d])|(?<=[^\W\d_]),(?=\d)|;(?=\w)|(?<=\))(?=[^\W_])|(?<=[^\W_]{2})(?=\((?:1[5-9]|20)\d\d)"
)
_MARKERS = re.compile(
    r"\[\s?(?:J|C|M|D|R|N|P|S|Z|EB/OL|J/OL|OL|A|Online|online|Internet|cs|stat|physics|quant-ph|math)\s?(?:\.[A-Z]{2}|/OL)?\]",
)
_RETRIEVED = re.compile(
    r"\(?\b(?:Retrieved|Accessed|Last\s+accessed|Consulted|Available|Disponible|Viewed|Visited|Downloaded)\b"
    r"(?:\s*(?:on|at|from|online|in|en|:|,|;))?"
    r"(?:\s*(?:on\s+)?(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:[A-Z][a-z]{2,8}\.?)\s+(?:\d{1,2},?\s+)?\d{4}|\s*\d{4}-\d\d-\d\d|\s*\d{1,2}[./]\d{1,2}[./]\d{2,4})?"
    r"(?:[,;:]?\s*(?:from|at|on|URL|:))*\s*",
)
_WIKI = re.compile(r"'{2,5}")


def _normalise(text: str) -> str:
    """Mend spacing, hyphenation and ligatures, so that the rules meet one kind of text."""
    text = clean(_WIKI.sub("", text).translate(_LIGATURES))
    text = text.replace("``", "“").replace("‘‘", "“").replace("’’", "”").replace("''", "”")
    text = _MARKERS.sub(f" {NOTE} ", text)
    text = _RETRIEVED.sub(f" {NOTE} ", text)
    text = _HYPHENATED.sub(_join_hyphenated, text)
    text = _SPACE_DOT.sub(". ", text)
    text = _SPACE_DOT_END.sub(".", text)
    text = _SPACE_BEFORE.sub(r"\1", text)
    text = _SPACE_AFTER_OPENING.sub(r"\1", text)
    text = _GLUED.sub(r"\g<0> ", text)
    return " ".join(text.split())


def _join_hyphenated(match: re.Match[str]) -> str:
    """Heal a word that a line break cut: "co- variate" is one word, "speech-to- text" keeps it."""
    before, hyphen, after = match.groups()
    if after.lower() in _SUSPENDED:
        return match[0]
    start = match.start()
    compound = start > 0 and match.string[start - 1] in "-‐"
    if compound or not after[0].islower() or before.lower() in _KEEPS_HYPHEN or len(before) == 1:
        return f"{before}{hyphen}{after}"
    return before + after
