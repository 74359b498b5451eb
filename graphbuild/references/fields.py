"""Labelled pieces of a reference into the values of its fields.

A field is a slice of the text as it was written; here it loses the marks at its edges, the spaces
and hyphens that a page's line breaks have left in it, and what is no part of a name or title.
"""

from __future__ import annotations

import re

from graphbuild import people
from graphbuild.model import Person
from graphbuild.references.authors import read_authors, words
from graphbuild.text import clean

__all__ = [
    "YEAR",
    "find_year",
    "read_container",
    "read_pages",
    "read_people",
    "read_title",
    "read_volume",
    "read_year",
    "split_people",
    "split_venue",
    "straighten",
    "without_visits",
    "without_year",
]

YEAR = r"(?:1[5-9]\d\d|20\d\d|2100)"

# -- spaces and hyphens ----------------------------------------------------------------------------

_HYPHENATED = re.compile(r"([^\W\d_]+)([-‐])\s+([^\W\d_]+)")
# After these first parts an English compound keeps its hyphen at the end of a line.
_KEEPS_HYPHEN = words(
    """
    self well state end high low long short large small real time two three one four multi
    cross non semi first second third data deep fine coarse weak fully human machine word
    sentence document domain model task context content cost energy error rule example
    problem user object feature graph image text speech language phrase tree string
    attention sequence open closed hand head free top bottom left right on off out up
    down part full half single double mid all any per ultra quasi pseudo anti counter ex
    by far near
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
    r"(?<=[^\W\d_]{2})[.](?=[^\W\d_a-z][a-z])|,(?=[^\W_\d])|(?<=[^\W\d_]),(?=\d)|;(?=\w)"
)


def straighten(text: str) -> str:
    """Mend spacing and hyphenation inside one field, on one line.

    >>> straighten("Phys .Rev .Lett .")
    'Phys. Rev. Lett.'
    >>> straighten("Speech-to- text with co- variate shift , revisited")
    'Speech-to-text with covariate shift, revisited'
    """
    if "-" in text or "‐" in text:
        text = _HYPHENATED.sub(_join_hyphenated, text)
    text = _SPACE_DOT.sub(". ", text)
    text = _SPACE_DOT_END.sub(".", text)
    text = _SPACE_BEFORE.sub(r"\1", text)
    text = _SPACE_AFTER_OPENING.sub(r"\1", text)
    text = _GLUED.sub(r"\g<0> ", text)
    return clean(text)


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


# -- title and container ---------------------------------------------------------------------------

_EDGE = " \t.,;:-–—|/“”\"«»‹›`<>[]„‟*_~'《》「」『』，。、‘†‡"
_MARKERS = re.compile(r"\s?\[\s?(?:J|C|M|D|R|N|P|S|Z|EB/OL|J/OL|OL|A|Online|online|Internet)\s?\]")


# What only a venue can be, after the sentence of the title or the quotation marks around it.
_VENUE_INSIDE = re.compile(
    r"(?<=[^\W_]{2})\s?(?:\.\s+(?=(?:[Ii]n:?\s+)?(?:the\s+)?(?:\d+(?:st|nd|rd|th)\s+Annual|Proceedings\s+of"
    r"|Proc\.|Proc\s|Advances\s+in\s+Neural|International\s+Conference|IEEE\s+Trans|Journal\s+of\s))"
    r"|\.\s+(?=In:?\s+[A-Z])|[,.]?[”»][,.]?\s*(?=[Ii]n\s)|[,.]\"[,.]?\s*(?=[Ii]n\s)|\",\s*(?=[Ii]n\s))"
)


_OPENERS = re.compile(r"[“«\"]")


def split_venue(text: str) -> tuple[str, str]:
    """A title, and the venue that was taken for a part of it; empty where there is none.

    >>> split_venue("The Truncated Wigner Method for Bose Gases,” in Quantum Gases")
    ('The Truncated Wigner Method for Bose Gases', 'in Quantum Gases')
    >>> split_venue("The curious role of “learning” in climate policy")
    ('The curious role of “learning” in climate policy', '')
    """
    match = _VENUE_INSIDE.search(text)
    if match is None or (not match[0].startswith(".") and _OPENERS.search(text[1 : match.start()])):
        return text, ""
    return text[: match.start()], text[match.end() :]


# What stands where a title would: the kind of a thing, or that it is not out yet.
_NO_TITLE = re.compile(
    r"(?:th[èe]se|dipl[ôo]me d['’]|ph\.?\s?d\.?[\s,]+(?:thesis|dissertation)"
    r"|(?:doctoral|master['’]?s)\s+(?:thesis|dissertation)|diploma\s+thesis|thesis|dissertation)\b(?!\s*:|\s+(?:on|about|sur)\b)"
    r"|(?:in\s+prepara-?\s?tion|private\s+communication|unpublished|in\s+press|to\s+appear"
    r"|to\s+be\s+published|submitted|forthcoming|personal\s+communication|ibid)\.?$",
    re.IGNORECASE,
)


def read_title(text: str, *, dated: bool = False) -> str | None:
    """The title without quotes and trailing marks; None when it can't be one.

    ``dated`` says that a date stands before it, where mixed columns leave names behind.

    >>> read_title("“Dynamic routing between capsules,”")
    'Dynamic routing between capsules'
    >>> read_title("Is it so?[J].")
    'Is it so?'
    >>> read_title("Thèse, Université de Nancy I") is read_title("in preparation") is None
    True
    """
    title = _strip(straighten(_MARKERS.sub("", text)))
    if dated:
        title = _drop_leading_names(title)
    if title.endswith("’") and "‘" not in title:
        title = title[:-1].rstrip(_EDGE)
    letters = sum(map(str.isalpha, title))
    if letters < 2 or _NO_TITLE.match(title) or letters * 2 < len(title.replace(" ", "")):
        return None
    return title


def read_container(text: str) -> str | None:
    """The container's name without marks at its edges.

    >>> read_container("Advances in Neural Information Processing Systems,")
    'Advances in Neural Information Processing Systems'
    >>> read_container("Phys .Rev .Lett .")
    'Phys. Rev. Lett.'
    """
    name = straighten(_MARKERS.sub("", text))
    name = _IN.sub("", name)
    abbreviated = name.endswith(".") and name[:-1].rpartition(" ")[2].lower() not in _WHOLE_WORDS
    name = _strip(name)
    if not any(map(str.isalpha, name)):
        return None
    return f"{name}." if abbreviated and "." in name else name


_IN = re.compile(r"^[Ii]n:?\s+(?=[A-Z])")
_WHOLE_WORDS = words(
    """
    journal letters proceedings systems science sciences review reviews research physics
    conference computing engineering learning intelligence medicine biology chemistry
    """
)


_UPPER = r"A-ZÀ-ÖØ-ÞĀ-ɏΆ-ΩЀ-Я"
_LEADING_NAME = re.compile(
    rf"[{_UPPER}][^\W\d_]++(?:-[{_UPPER}][^\W\d_]++)?(?:\s[{_UPPER}][^\W\d_]++)?[,.]\s+"
    rf"(?=[{_UPPER}])(?!In\b|Proc)"
)
_LEADING_AND = re.compile(
    rf"(?:[{_UPPER}][^\W\d_]++\s)?(?:and|&)\s+(?=(?:A|An|The|On|[{_UPPER}][^\W\d_]+ing)\s[^\W\d_A-Z])"
)
_LEFT_OVER_AND = re.compile(rf"and\s+(?=[{_UPPER}][^\W\d_]++\s+[^\W\d_]+\s)")


def _drop_leading_names(title: str) -> str:
    """Drop names that mixed columns have left between the date and a title in sentence case.

    "Zhang, Systran's pure neural machine translation systems" has a capital inside that only the
    beginning of a title explains.
    """
    for _ in range(4):
        match = (
            _LEADING_NAME.match(title) or _LEADING_AND.match(title) or _LEFT_OVER_AND.match(title)
        )
        if match is None:
            break
        sentence = title[match.end() : match.end() + 200].partition(". ")[0]
        tokens = sentence.split(None, 9)[1:9]
        lower = sum(word[0].islower() for word in tokens)
        another = _LEADING_NAME.match(title, match.end()) is not None
        needed = 3 if match[0].rstrip().endswith(".") else 2
        if not another and (len(tokens) < 3 or lower * (needed + 1) < len(tokens) * needed):
            break
        title = title[match.end() :]
    return title


def _strip(text: str) -> str:
    """Without the marks at the edges, and without a bracket that opens or closes outside."""
    while True:
        shorter = text.strip(_EDGE)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        elif shorter.startswith("(") and shorter.count("(") > shorter.count(")"):
            shorter = shorter[1:]
        elif shorter.endswith("("):
            shorter = shorter[:-1]
        elif shorter.startswith(")"):
            shorter = shorter[1:]
        if shorter == text:
            return text
        text = shorter


# -- people ----------------------------------------------------------------------------------------

_LEADING = re.compile(r"^(?:[\[(]?\d+[\])]?[^\w]|[^\w'’])+")
_NEXT_NAME = re.compile(r"\s*(?:[,;&]+|\band\b|\bet\b|\bund\b|\by\b)\s*")
_GLUED_AND = re.compile(r"(?<=[,\s])(and|&)(?=[A-Z])")
_DOUBLED = re.compile(r"([,;])(?:\s*[,;])+")
_NOTES = re.compile(r"[*†‡§¶]+|\([^()]{0,3}\)$")
MOST_LISTS = 20


def read_people(text: str) -> tuple[Person, ...]:
    """The people of an author list, each of its names read in the shape that it is written in.

    >>> [person.name for person in read_people("F. FUCHS, MV. SENAT,, H .FERNANDEZ et al.")]
    ['F. FUCHS', 'MV. SENAT', 'H. FERNANDEZ']
    """
    text = _LEADING.sub("", straighten(_NOTES.sub("", text)))
    text = _DOUBLED.sub(r"\1", _GLUED_AND.sub(r"\1 ", text))
    found: list[Person] = []
    position = 0
    for _ in range(MOST_LISTS):
        authors = read_authors(text, position)
        found += authors.people
        position = max(position, authors.end)
        if position >= len(text):
            break
        step = _NEXT_NAME.search(text, position)
        end = step.start() if step else len(text)
        if not authors.people:
            found += _odd_name(text[position:end])
        if step is None:
            break
        position = step.end()
    return tuple(found)


def split_people(text: str) -> tuple[tuple[Person, ...], str]:
    """The people at the head of a text, and what follows them where that may be a title.

    >>> people, rest = split_people("M. Arjovsky, and L. Bottou. Wasserstein GAN,")
    >>> [person.name for person in people], rest
    (['M. Arjovsky', 'L. Bottou'], 'Wasserstein GAN')
    >>> split_people("The NSynth Dataset.")
    ((), 'The NSynth Dataset')
    """
    text = _LEADING.sub("", straighten(text))
    authors = read_authors(text)
    rest = _strip(text[authors.end :])
    around = text[max(0, authors.end - 1) : authors.end + 1]
    if len(rest.split()) < 2 or (authors.people and not {".", ":"} & {*around}):
        return read_people(text), ""
    return authors.people, rest


def _odd_name(text: str) -> list[Person]:
    """A name in no known shape, where only a name can stand: "MV. SENAT", "Ovid"."""
    name = text.strip(_EDGE + "()")
    if not name or len(name) > 40 or not name[0].isalpha() or _NO_NAME.search(name):
        return []
    person = people.parse_name(name)
    return [person] if person is not None and len(person.family) > 1 else []


_NO_NAME = re.compile(
    r"\d|\bal\b|\b(?:editors?|eds?|others|and|in|the|of|for)\b|collaboration|consortium|committee"
    r"|association|society|organi[sz]ation|ministry|agency|commission|department|council|institut"
    r"|universit|bureau|office|foundation|group|team|cent(?:re|er)\b|library|government|museum"
    r"|collecti[fv]|press\b|\binc\b|\bltd\b|program",
    re.IGNORECASE,
)


# -- year, volume, pages ---------------------------------------------------------------------------

_YEARS = re.compile(
    rf"(?<![\d.–/\-])(?P<year>{YEAR})(?P<letter>[a-z]?)(?![\d])(?!\s?[–-]\s?\d{{1,3}}\b(?!-))"
)
_MONTH_BEFORE = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?(?:\s*\d{1,2},?)?\s*$",
    re.IGNORECASE,
)
_COUNT_BEFORE = re.compile(r"(?:pp?\.|pages?|[Vv]ol\.?|:)\s*$")
_RANGE_AFTER = re.compile(r"\s?[-–]\s?\d")


_RETRIEVED = re.compile(
    r"\b(?:Retrieved|Accessed|Last\s+(?:accessed|visited|modified)|Consulted|Viewed|Visited|Downloaded)\b"
    r"(?:\s*(?:on|at|from|online|in|en|:|,|;))?"
    r"\s*(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:[A-Z][a-z]{2,8}\.?\s*)?(?:\d{1,2},?\s+)?"
    r"(?:\d{4}(?:-\d\d-\d\d)?|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
)


def without_visits(text: str) -> str:
    """``text`` without the dates on which somebody looked a page up; its length stays.

    >>> without_visits("A title. Retrieved March 20, 2018, from").split()
    ['A', 'title.', ',', 'from']
    """
    return _RETRIEVED.sub(lambda match: " " * len(match[0]), text)


_TRAILING_YEAR = re.compile(rf"[,\s]+[(’']?{YEAR}\)?$")


def without_year(container: str) -> str:
    """A container without the year at its end, where that is the reference's only date.

    >>> without_year("ICLR 2018")
    'ICLR'
    """
    return _TRAILING_YEAR.sub("", container) or container


def find_year(text: str, apart: str = "") -> int | None:
    """The most credible year: bracketed, after a month or at the end; one in ``apart`` last.

    >>> find_year("The 1918 influenza in towns. Journal of Tests, 3(1):1–9, 1999.")
    1999
    """
    title_at = text.find(apart) if apart else -1
    best: tuple[int, int] | None = None
    for match in _YEARS.finditer(text):
        start, end = match.span()
        before = text[max(0, start - 24) : start]
        after = text[end : end + 2].strip()[:1]
        score = 0
        if before.endswith(("(", "[")):
            score += 3
        if _MONTH_BEFORE.search(before):
            score += 3
        if before.rstrip().endswith((",", ".", ";")) and after in ("", ".", ",", ";", ":"):
            score += 2
        if not text[end : end + 40].strip(" .,;)]"):
            score += 2
        if title_at >= 0 and title_at <= start < title_at + len(apart):
            score -= 6
        if _COUNT_BEFORE.search(before) or _RANGE_AFTER.match(text, end):
            score -= 4
        if match["letter"] and after not in ("", ".", ",", ")", ":"):
            score -= 2
        if best is None or score > best[0] or score == best[0] >= 0:
            best = (score, int(match["year"]))
    return best[1] if best is not None and best[0] > -4 else None


_ANY_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")


def read_year(text: str) -> int | None:
    """The first year in a date."""
    match = _ANY_YEAR.search(text)
    return int(match[0]) if match else None


_VOLUME = re.compile(r"[A-Z]?\d+[A-Z]?\b|\b[IVXLC]+\b")
_PAGES = re.compile(r"[A-Za-z]{0,2}\d+(?:\s?[-–—‐−]+\s?[A-Za-z]{0,2}\d+)?")
_DASH = re.compile(r"\s?[-–—‐−]+\s?")


def read_volume(text: str) -> str | None:
    """The volume's number; the issue that may follow it is not kept.

    >>> read_volume("Vol. 86 (11):"), read_volume("(1)")
    ('86', '1')
    """
    match = _VOLUME.search(text)
    return match[0] if match else None


def read_pages(text: str) -> str | None:
    """The pages, a range with a dash.

    >>> read_pages("pp. 2278 -2324.")
    '2278–2324'
    """
    match = _PAGES.search(text)
    return _DASH.sub("–", match[0]) if match else None
