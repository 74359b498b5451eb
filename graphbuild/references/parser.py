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
from graphbuild.model import Person, Reference
from graphbuild.references.authors import AuthorList, read_authors
from graphbuild.text import clean, mend

__all__ = ["parse", "parse_all"]

LONGEST = 3_000
"""Characters of one string that are read. No reference is longer, so what follows is another."""

FIRST_YEAR, LAST_YEAR = 1500, 2100

_ID = "\ue000"  # where an identifier or an address stood
_NOTE = "\ue001"  # where "[J]", "Retrieved from" and the like stood


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
    found = _read_identifiers(mend(text[:LONGEST]))
    body = _normalise(found.masked)
    body = _LABEL.sub("", body, count=1).strip()
    fields = _read_fields(body)
    if not (fields.title or fields.container or fields.authors) and not found.any:
        return Reference(text)
    return Reference(
        text,
        arxiv_id=found.arxiv_id,
        doi=found.doi,
        other_ids=found.other_ids,
        title=fields.title,
        authors=fields.authors,
        year=fields.year,
        container=fields.container,
        volume=fields.volume,
        pages=fields.pages,
        url=found.url,
    )


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


# Spaces that PDF text puts into identifiers: "arXiv :hep-ph/ 9703464", "abs/ 1512.00567".
_STRAY_SPACE = re.compile(
    r"(?<=[Xx]iv)\s+(?=:)|(?<=\b[a-z]{2}/)\s+(?=\d{7}\b)|(?<=\b[a-z]{2}-[a-z]{2}/)\s+(?=\d{7}\b)"
    r"|(?<=-[a-z]{2})\s+(?=/\s?\d{7}\b)|(?<=abs/)\s+(?=\d)|(?<=\d{4})\s?\.\s(?=\d{4,5}\s?[\])\[v])"
)
_BARE_ARXIV = re.compile(
    r"(?:\[\s?|doi:\s?)(\d{4}\.\d{4,5}(?:v\d+)?)(?=\s?(?:\[[\w.\-]+\]\s?)?\]|\s|$|[,;.)])", re.IGNORECASE
)
_NOT_OWN = re.compile(
    r"(?:comments?\s+on|reply\s+to|response\s+to|erratum\s+(?:to|of)|review\s+of|see\s+also|also\s+see)"
    r"[^.;\d]{0,30}$",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"(?:\bhttps?\s?:\s?//|\bftp://|\bwww\.|\b(?=(?:github|youtu|bitbucket|gitlab)\.))"
    r"[^\s<>\"“”{}|\\^`\[\]\ue000]+"
    r"|(?:https?\s?:\s?//\s?(?:dx\.)?doi\.org/\s?|\bdoi\s?[:=]?\s*)?(?<![\d.])10\.\d{4,9}(?:\.\d+)*/[^\s\"“”<>{}|\\^`\]]+"
    r"|(?:\bCoRR\s?,?\s*)?\bar\s?xiv(?:\.org)?[\s,:/]*(?:preprints?|e-?prints?)?[\s,:/\[(]*(?:ar\s?xiv\s*:?\s*)?(?:(?:abs|pdf)\s*/\s*)?"
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
    text = _STRAY_SPACE.sub(_close_up, text)
    arxiv_ids: list[str] = []
    dois: list[str] = []
    others: list[str] = []
    urls: list[str] = []
    pieces: list[str] = []
    last = 0
    for match in _ADDRESSES.finditer(text):
        pieces += (text[last : match.start()], f" {_ID} ")
        last = match.end()
        found = _SCHEME.sub("https://", match[0]) if " " in match[0][:9] else match[0]
        seen = identifiers.find(found)
        bare = _BARE_ARXIV.match(found)
        ids = seen.arxiv_ids or ((value,) if bare and (value := identifiers.arxiv_id(bare[1])) else ())
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


def _close_up(match: re.Match[str]) -> str:
    return match[0].replace(" ", "")


def _is_address(found: str) -> bool:
    return re.match(r"(?:www|github|youtu|bitbucket|gitlab)\.", found, re.IGNORECASE) is not None


def _trim_url(found: str) -> str:
    return found.rstrip(".,;:)\"'”’")


# -- the text as it is read ------------------------------------------------------------------------

_LIGATURES = str.maketrans(
    {
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "↵": "ff",
        "\u00ad": "", "\u200b": "", "\ufeff": "", "\x00": "",
        "，": ", ", "．": ". ", "：": ": ", "；": "; ", "（": " (", "）": ") ", "［": "[", "］": "]",
        "。": ". ", "、": ", ", "\u00a0": " ", "′": "'", "＆": "&",
    }
)  # fmt: skip
_LABEL = re.compile(
    r"^\s*(?:[*#•·●▪–—-]+\s+)?(?:\[\s?(?:\d{1,4}[a-z]?|[A-Z][\w+&.,'’\- ]{0,24}?\d{2,4}[a-z]?|[A-Z][A-Za-z+]{1,9})\s?\]\s*[.:]?"
    r"|\(\s?\d{1,3}[a-z]?\s?\)\s*(?=\D)|\d{1,3}\s?[.)](?=\s|[^\W\d_])\s*|\d{1,3}\s+(?=[^\W\d_]))?\s*(?:[*#•·]+\s*)?"
)
_HYPHENATED = re.compile(r"([^\W\d_]+)([-‐])\s+([^\W\d_]+)")
# After these first parts an English compound keeps its hyphen at the end of a line.
_KEEPS_HYPHEN = frozenset(
    """self well state end high low long short large small real time two three one four multi cross
    non semi first second third data deep fine coarse weak fully human machine word sentence
    document domain model task context content cost energy error rule example problem user object
    feature graph image text speech language phrase tree string attention sequence open closed
    hand head free top bottom left right on off in out up down part full half single double mid
    all any per ultra quasi pseudo anti counter ex so as by far near""".split()
)
_SUSPENDED = frozenset("and or und et to bis y o e ou nor versus vs".split())
_SPACE_BEFORE = re.compile(r"\s+([,;:?!)\]])")
_SPACE_DOT = re.compile(r"\s+\.(?=\S)")
_SPACE_DOT_END = re.compile(r"\s+\.(?=\s|$)")
_SPACE_AFTER_OPENING = re.compile(r"([(\[])\s+")
_GLUED = re.compile(
    rf"(?<=[^\W\d_]{{2}})\.(?=[^\W\d_a-z][a-z])|,(?=[^\W_\d])|(?<=[^\W\d_]),(?=\d)|;(?=\w)|(?<=\))(?=[^\W_])|(?<=[^\W_]{{2}})(?=\((?:1[5-9]|20)\d\d)"
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
    text = _MARKERS.sub(f" {_NOTE} ", text)
    text = _RETRIEVED.sub(f" {_NOTE} ", text)
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


# -- fields ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Fields:
    authors: tuple[Person, ...] = ()
    title: str | None = None
    container: str | None = None
    year: int | None = None
    volume: str | None = None
    pages: str | None = None


_MONTH = (
    r"(?:Jan(?:uary|uar|vier)?|Feb(?:ruary|ruar)?|Fev(?:rier)?|Mar(?:ch|s)?|März|Apr(?:il)?|Avril|May|Mai|June?|Juin|Juni"
    r"|July?|Juil(?:let)?|Juli|Aug(?:ust)?|Août|Sept?(?:ember|embre)?|O[ck]t(?:ober|obre)?"
    r"|Nov(?:ember|embre)?|De[cz](?:ember|embre)?|Spring|Summer|Fall|Autumn|Winter)\b\.?"
)
_YEAR = r"(?:1[5-9]\d\d|20\d\d|2100)"
_DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th|er)?\.?\s*)?(?:{_MONTH}\s*(?:[/–-]\s*{_MONTH}\s*)?)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s?,\s*)?)?"
    rf"{_YEAR}[a-z]?(?:\s?[/–-]\s?(?:{_YEAR}|\d\d))?"
    rf"(?:\s?[,/-]\s*(?:{_MONTH}(?:\s*\d{{1,2}})?(?:\s?[–-]\s?(?:{_MONTH}\s*)?\d{{0,2}})?|\d\d(?:-\d\d)?))?"
)
_LEADING_DATE = re.compile(
    rf"\s*[.,:;]?\s*(?:[(\[]\s?(?P<bracketed>{_DATE}|(?:in press|forthcoming|n\.\s?d\.?|submitted|to appear|im Druck)[^)\]]{{0,12}})\s?[)\]]"
    rf"|(?P<bare>{_DATE})(?=\s*(?:[.,:;“\"«]|\s[^\W\d_]|$)))\s*[.,:;]*\s*",
    re.IGNORECASE,
)
_YEARS = re.compile(rf"(?<![\d.–/\-])(?P<year>{_YEAR})(?P<letter>[a-z]?)(?![\d])(?!\s?[–-]\s?\d{{1,3}}\b(?!-))")
_BEFORE_YEAR_MONTH = re.compile(_MONTH + r"(?:\s*\d{1,2},?)?\s*$", re.IGNORECASE)
_PAGES = re.compile(
    r"\b(?:pp?\s?\.|pages?\b\.?|pags?\b\.?|S\.(?=\s?\d))\s*(?P<pages>[A-Za-z]?\d+(?:\s?[-–—‐]+\s?[A-Za-z]?\d+)?)", re.IGNORECASE
)
_VOLUME_PAGES = re.compile(
    r"(?<![\w.])(?:[Vv]ol(?:ume)?\b\.?\s*)?(?P<volume>[A-Z]?\d{1,4}[A-Z]?)\s*(?:[,.:]?\s*(?:\(\s?[^()]{1,20}\)|(?:[Nn]o|[Nn]r|[Ii]ss(?:ue)?)\b\.?\s*\d+(?:[-–]\d+)?|\.\d{1,3}(?=\s?[(:])))?"
    r"\s*(?:[:,;]|\s(?=\d))\s*(?:\((?:1[5-9]|20)\d\d\)\s*[:,]?\s*)?(?:pp?\s?\.\s*|[Pp]ages?\s*)?(?P<pages>[A-Za-z]?\d+(?:\s?[-–—‐]+\s?[A-Za-z]?\d+)?)(?!\w)"
)
_VOLUME = re.compile(r"\b[Vv]ol(?:ume)?s?\b\.?\s*(?P<volume>[A-Z]?\d+|[IVXLC]+\b)")
_BARE_VOLUME = re.compile(r"(?<![\w.])(?P<volume>[A-Z]?\d{1,4})\s?(?:\(|$|[,:])")


def _read_fields(body: str) -> _Fields:
    fields = _Fields()
    authors = read_authors(body)
    quoted = _QUOTED_HEAD.match(body)
    if quoted:
        authors = AuthorList((), 0)
    fields.authors = authors.people
    position = authors.end
    comma_style = False
    date = _LEADING_DATE.match(body, position)
    if date is None and not authors.people and not quoted:
        position, date = _skip_corporate(body)
    if date is not None and (authors.people or position):
        fields.year = _year_in(date["bracketed"] or date["bare"] or "")
        separator = date[0].rstrip()[-1:]
        position = date.end()
    else:
        separator = body[position : position + 2].strip()[:1]
        position = _skip(body, position)
    comma_style = separator in (",", "") or (separator == ")" )
    title, rest, tail = _split(body[position:], comma_style=comma_style, authors=bool(authors.people))
    fields.title = title
    rest_text = rest
    container, remainder = _read_container(rest_text)
    fields.container = container
    numbers = (remainder if container else rest_text)
    _read_numbers(fields, numbers)
    if fields.year is None:
        fields.year = _find_year(body, body.find(title) if title else -1, len(title or ""))
    return fields


def _skip(body: str, position: int) -> int:
    while position < len(body) and body[position] in " .,:;-–—|/":
        position += 1
    return position


def _skip_corporate(body: str) -> tuple[int, re.Match[str] | None]:
    """Step over a head that is no person ("OCLC. (2014b)."), up to the date that ends it."""
    match = _CORPORATE_HEAD.match(body)
    if match is None:
        return 0, None
    date = _LEADING_DATE.match(body, match.end())
    if date is None or len(body) - date.end() < 12 or body[date.end()] in (_ID, _NOTE):
        return 0, None
    return match.end(), date


_CORPORATE_HEAD = re.compile(rf"[^\W\d_][^\d“\"{_ID}{_NOTE}]{{1,100}}?(?=[.,:]?\s?[(\[]\s?{_YEAR}[a-z]?\s?[)\]])")

_QUOTES = {"“": "”", "\"": "\"", "«": "»", "‘": "’", "„": "“", "<": ">", "`": "'", "‟": "”", "”": "”", "'": "'", "[": "]", "‹": "›", "《": "》", "「": "」"}
_QUOTED_HEAD = re.compile(r"[“\"«„<‟《「]|[‘`](?=\S)")


def _year_in(text: str) -> int | None:
    match = re.search(_YEAR, text)
    return int(match[0]) if match else None


def _find_year(body: str, title_at: int, title_length: int) -> int | None:
    """The most credible year: bracketed, after a month or at the end; inside the title last."""
    best: tuple[int, int, int] | None = None
    for match in _YEARS.finditer(body):
        year = int(match["year"])
        score = 0
        start, end = match.start(), match.end()
        before = body[max(0, start - 24) : start]
        after = body[end : end + 2].strip()
        if before.endswith("(") or before.endswith("["):
            score += 3
        if _BEFORE_YEAR_MONTH.search(before):
            score += 3
        if before.rstrip().endswith((",", ".", ";")) and after[:1] in ("", ".", ",", ";", ":", _ID):
            score += 2
        if not body[end:].strip(" .,;)]"):
            score += 2
        if title_at >= 0 and title_at <= start < title_at + title_length:
            score -= 6
        if re.search(r"(?:pp?\.|pages?|[Vv]ol\.?|:)\s*$", before) or re.match(r"\s?[-–]\s?\d", body[end : end + 3]):
            score -= 4
        if match["letter"] and not after[:1] in ("", ".", ",", ")", ":"):
            score -= 2
        if best is None or score > best[0] or (score == best[0] and score >= 0):
            best = (score, start, year)
    return best[2] if best is not None and best[0] > -4 else None


# -- title -----------------------------------------------------------------------------------------

_ABBREVIATIONS = frozenset(
    """vs e.g i.e cf st dr mr mrs prof no nos vol fig al approx ca etc u.s u.k u.s.a sp spp var ssp
    subsp jr sr inc ltd co bros ph.d d.c""".split()
)
_HARD = re.compile(rf"[.?!]+[”\"’»)]*(?=\s|$)|[{_ID}{_NOTE}]|\s\|\s|\s?//\s?")
_CONTAINER_WORD = (
    r"(?:proc(?:\.|eedings|s\b\.?)|journal|transactions|trans\.|conference|symposium|workshop|annals|annual|advances\s+in|bulletin|bull\.|"
    r"acta|archives?|lecture\s+notes|letters|magazine|review|reviews|revista|revue|rivista|zeitschrift|annales|"
    r"international\s+(?:conference|journal|symposium|workshop|joint)|ieee|acm|siam|usenix|ifip|springer|elsevier|ph\.?\s?d\.?|phd|master'?s|"
    r"technical\s+report|tech\.?\s+rep|thesis|dissertation|preprint|arxiv|corr|cvpr|iccv|eccv|icml|nips|neurips|iclr|aaai|ijcai|acl|"
    r"emnlp|naacl|eacl|coling|interspeech|icassp|sigir|sigmod|vldb|kdd|www|uai|aistats|colt|stoc|focs|jmlr|pnas|nature|science|cell|neural\s+computation|"
    r"machine\s+learning|artificial\s+intelligence|commun(?:\.|ications\s+of)|comm\.|phys\.|j\.|int\.|ann\.|adv\.|comput\.|appl\.|nucl\.|astron\.|math\.|"
    r"doctoral|memorandum|working\s+paper|unpublished|manuscript|encyclop[ae]+dia|handbook|mit\s+press|cambridge\s+university|oxford\s+university|"
    r"academic\s+press|john\s+wiley|morgan\s+kaufmann|addison|prentice|mcgraw|the\s+journal|european\s+conference|american\s+journal|british\s+journal|"
    r"poster|presented|paper\s+presented|chapter|dept\.|department)"
)
_STRONG = re.compile(rf"(?:the\s+|[12]\d{{3}}\s+|\d{{1,3}}(?:st|nd|rd|th)\s+)?{_CONTAINER_WORD}", re.IGNORECASE)
_IN = re.compile(r"(?:[Ii]n\s?:\s+|In\s+|in\s+(?=[A-Z\d(])|IN\s?:?\s+|Dans\s*:?\s+|dans\s*:?\s+|En\s*:\s+|em?\s*:\s+)")
_TAIL_WORD = re.compile(
    rf"(?:vol(?:ume)?s?\b|pp?\.|pages?\b|no\.|nr\.|n°|ed(?:s|ited|itors?)?\b|trans(?:\.|l\.|lated)|issue|ser(?:\.|ies)|chap|t\.\s?\d|{_YEAR}|\d|[(\[{_ID}{_NOTE}]|{_MONTH})",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"[{_ID}{_NOTE}]|[,.;:]?\s*[(\[]?\b(?:vol(?:ume)?s?\b\.?\s*[A-Z]?[\dIVX]|pp?\.\s*[A-Z]?\d|pages?\s+[A-Z]?\d|no\.\s*\d|S\.\s\d|Bd\.)"
    rf"|[,.;:]?\s+[(\[]?[A-Z]?\d{{1,5}}[A-Z]?(?:\s?[(\[]|\s?[,:;]|\s\d|\.\s|\s*$|\.$|\.\d|[)\]]|\s?[–-]\s?\d)|[,.;]?\s*\(?\b(?:{_MONTH}\s*(?:\d{{1,2}},?\s*)?)?\(?{_YEAR}[a-z]?\b",
    re.IGNORECASE,
)
_LOWER_WORDS = frozenset(
    "a an and the of in on for to with from by at de la le les du des der die das und et y e van von zur für el los del di da do as its al & en dans sur".split()
)


def _split(body: str, *, comma_style: bool, authors: bool) -> tuple[str | None, str, str]:
    """Split what follows the authors and the date into the title and the rest."""
    quote = _QUOTED_HEAD.match(body)
    if quote:
        closing = _closing(body, 0)
        if closing > 0:
            title = body[1:closing]
            nested = re.match(r"[.,]?\s*", body[closing + 1 :])
            return _tidy(title), body[closing + 1 + (nested.end() if nested else 0) :], ""
        body = body[1:]
    if body[:1] == "[" and (closing := body.find("]")) > 8:
        return _tidy(body[1:closing].strip("\"“”")), body[closing + 1 :].lstrip(" .,"), ""
    if _is_container_only(body, authors=authors):
        return None, body, ""
    end, begin = _title_end(body, comma_style=comma_style)
    title = _tidy(body[:end])
    return title, body[begin:], ""


def _closing(body: str, start: int) -> int:
    """Where the quotation that opens at ``start`` closes: not at an apostrophe."""
    opening = body[start]
    closers = {"“": "”\"", "\"": "\"”", "«": "»", "‘": "’'", "„": "“”", "<": ">", "`": "'’", "‟": "”", "《": "》", "「": "」"}[opening]
    for at in range(start + 2, min(len(body), start + 500)):
        if body[at] in closers:
            if closers[0] in "’'" and at + 1 < len(body) and body[at + 1].isalnum():
                continue
            if opening == "\"" and at + 1 < len(body) and body[at + 1].isalnum():
                continue
            return at
    return -1


def _is_container_only(body: str, *, authors: bool) -> bool:
    """Whether there is no title: "Phys. Rev. Lett. 67, 161 (1991)"."""
    tail = _TAIL.search(body)
    head = body[: tail.start()] if tail else body
    if not head.strip(" .,;("):
        return True
    if tail is None or not authors:
        return False
    words = head.replace(",", " ").split()
    if len(words) > 9:
        return False
    if _IN.match(head) and len(words) < 9 and not re.match(r"[Ii]n\s+(?:the|a|search|defen)", head):
        return True
    after = body[tail.start() :].lstrip(" ,.;:([")
    numeric = re.match(r"(?:vol\.?\s*)?[A-Z]?\d+", after, re.IGNORECASE) is not None
    if not numeric:
        return False
    dotted = sum(word.endswith(".") for word in words)
    lower = [word for word in words if word[:1].islower() and word.strip(".") not in _LOWER_WORDS]
    if lower:
        return False
    if dotted >= max(1, (len(words)) // 2) and (len(words) > 1 or len(words[0]) < 8):
        return ". " not in head.rstrip(" .") or all(len(w.strip(".")) < 9 for w in words)
    has_more = re.search(r"[^\W\d_]{4,}", after[4:].replace("pages", "")) is not None
    if not has_more and len(words) <= 6 and re.match(r"[A-Z]?\d+\s*(?:\(|[,:]|\s\d)", after) and not re.match(rf"{_YEAR}\W*$", after):
        return True
    return False


def _title_end(body: str, *, comma_style: bool) -> tuple[int, int]:
    """Where the title ends, and where the rest begins."""
    end, begin = len(body), len(body)
    for match in _HARD.finditer(body):
        if _ends_title(body, match):
            end = match.start() if body[match.start()] in f". |/{_ID}{_NOTE}" else match.end()
            begin = match.start() if body[match.start()] in (_ID, _NOTE) else match.end()
            break
    soft = _soft_end(body[:end], comma_style=comma_style, open_end=body[end : end + 1])
    if soft is not None:
        return soft
    return end, begin


def _ends_title(body: str, match: re.Match[str]) -> bool:
    at, mark = match.start(), match[0]
    if mark[0] != ".":
        if mark[0] in "?!":
            following = body[match.end() :].lstrip()
            return not following or not following[0].islower()
        return True
    if at < 3:
        return False
    following = body[match.end() :].lstrip()
    if following and following[0].islower() and not re.match(r"(?:in:?\s+[A-Z]|arxiv|ph\.?d|pages|pp|trans|eds?\b|vol|http|available|dissertation|thesis)", following):
        return False
    word = body[:at].rsplit(None, 1)[-1].lstrip("([“\"'")
    if word.lower() in _ABBREVIATIONS:
        return following[:3] in ("In ", "Pro", "Jou")
    if len(word) == 1 and word.isalpha() and word.isupper():
        # "C. elegans" goes on; "the language C. In Proceedings" does not.
        return re.match(r"(?:In\b|Proc|Journal)", following) is not None or at > 30 and not body[:at - 2].endswith(".")
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return re.match(r"(?:In\b|Proc|Journal|[A-Z])", following) is not None and len(body[:at].split()) > 4
    return True


def _soft_end(head: str, *, comma_style: bool, open_end: str) -> tuple[int, int] | None:
    """A title that ends at a comma or before "in", inside its sentence."""
    tail = _TAIL.search(head)
    limit = len(head)
    commas = [m.start() for m in re.finditer(r",\s", head)]
    for at in commas:
        right = head[at + 2 :]
        if at < 5:
            continue
        if _IN.match(right) and right[:2] == "in" and re.match(r"in:?\s+(?:Proc|[A-Z]\w*,|[A-Z]\.|[^,]{0,80}\b(?:[Ee]ds?\b|[Cc]onference|[Jj]ournal|Symposium|Workshop|Advances))", right):
            return at, at + 2
        if right[:3] in ("In ", "In:"):
            return at, at + 2
        if _strong_container(right, comma_style=comma_style):
            return at, at + 2
        if comma_style and _TAIL_WORD.match(right) and len(head[:at].split()) >= 2:
            return at, at + 2
    for m in re.finditer(r"\s(?=[Ii]n:\s|In\s(?:Proc|[A-Z]{3}|Advances|International|the\s+\d|\d)|in\s+Proc(?:\.|eedings))|[:;]\s(?=In\s)", head):
        if m.start() > 8:
            return m.start(), m.end()
    if comma_style and commas:
        return _comma_style_end(head, commas)
    return None


def _strong_container(right: str, *, comma_style: bool) -> bool:
    match = _STRONG.match(right)
    if match is None or not (right[0].isupper() or right[0].isdigit() or right.startswith("arxiv")):
        return False
    segment = right.split(",")[0]
    words = segment.split()
    lower = [w for w in words if w[0].islower() and w.strip(".:()") not in _LOWER_WORDS]
    return len(lower) == 0 or (comma_style and len(lower) <= 1)


def _comma_style_end(head: str, commas: list[int]) -> tuple[int, int] | None:
    """In "Authors, Title, Container, 12, 2001" the title takes the parts that go on in lower case."""
    tail = next((m for m in _TAIL.finditer(head) if m.start() > 12), None)
    limit = tail.start() if tail else len(head)
    bounds = [at for at in commas if at < limit]
    if not bounds:
        return None
    parts = [(at + 2) for at in bounds]
    first = 0
    for index, at in enumerate(parts):
        end = bounds[index + 1] if index + 1 < len(bounds) else limit
        segment = head[at:end].strip()
        words = segment.split()
        if not words:
            continue
        lower = [w for w in words if w[0].islower() and w.strip(".:()’'").lower() not in _LOWER_WORDS]
        if words[0][0].islower() or lower:
            first = index + 1
    if first < len(bounds):
        return bounds[first], bounds[first] + 2
    return None


_EDGE = " \t.,;:-–—|/“”\"«»‘`<>[]„*_~" + _ID + _NOTE


def _tidy(title: str) -> str | None:
    """The title without its quotes and trailing punctuation; None when it can't be one."""
    title = title.replace(_ID, " ").replace(_NOTE, " ")
    title = " ".join(title.split()).strip(_EDGE)
    if title.endswith("’") and "‘" not in title:
        title = title[:-1].rstrip(_EDGE)
    if title.count("(") < title.count(")"):
        title = title.rstrip(")")
    if title.endswith("(") :
        title = title.rstrip("( ")
    title = re.sub(rf"\s*\(?{_YEAR}[a-z]?\)?$", "", title) if re.search(rf"[.,(]\s*\(?{_YEAR}[a-z]?\)?$", title) else title
    title = title.strip(_EDGE)
    letters = sum(c.isalpha() for c in title)
    if letters < 3 or letters * 2 < len(title.replace(" ", "")):
        return None
    return title


# -- container -------------------------------------------------------------------------------------

_EDITED = re.compile(
    r"[(\[]?\b(?:[Ee]d(?:itor)?s?\b\.?|[Ee]dited\s+by|[Hh]rsg\b\.?|a cura di|dir\.|[Cc]oords?\.|[Éé]ds?\.)[)\]]?\s*[.,:;]*\s*"
)
_CONTAINER_END = re.compile(r"\.\s+(?=[A-Z][a-z]+(?:,|:|\s+[A-Z]|\.|$))")
_PLACE = re.compile(r",\s+(?=(?:[A-Z][\w.]+\s?){1,3}(?:,|$|\())")


def _read_container(rest: str) -> tuple[str | None, str]:
    """Read the journal or proceedings at the head of ``rest``: its name, and what follows it."""
    text = rest.lstrip(" .,;:|/")
    was_in = _IN.match(text)
    if was_in:
        text = text[was_in.end() :]
        text = _skip_editors(text)
    if not text or text[0] in (_ID, _NOTE):
        text = text.lstrip(f"{_ID}{_NOTE} .,")
        if not text:
            return None, rest
    tail = _TAIL.search(text)
    limit = tail.start() if tail else len(text)
    head = text[:limit]
    end = _CONTAINER_END.search(head)
    if end and not _abbreviated(head):
        head = head[: end.start()]
    if re.match(r"(?:proc|conf|international|advances|\d|the\s+\d|workshop|symposium)", head, re.IGNORECASE):
        place = _PLACE.search(head)
        if place and ", and " not in head[place.start() :]:
            head = head[: place.start()]
    name = head.strip(" .,;:()[]“”\"-–—*_")
    remainder = text[len(head) :]
    if not _is_container_name(name, was_in=bool(was_in)):
        return None, rest
    return name, remainder


def _abbreviated(head: str) -> bool:
    words = head.split()
    return sum(word.endswith(".") for word in words) * 2 >= len(words)


def _skip_editors(text: str) -> str:
    match = _EDITED.search(text, 0, 220)
    if match:
        return text[match.end() :]
    editors = read_authors(text)
    if editors.people and editors.shape in ("family_initials", "initials_family"):
        return text[_skip(text, editors.end) :]
    return text


_NOT_A_CONTAINER = re.compile(
    r"(?:arxiv|preprint|ph\.?\s?d|master|thesis|dissertation|technical|tech\b|university\s+of|url|doi|isbn|http|to appear|in press|submitted|accessed|retrieved"
    r"|new york|london|paris|cambridge(?:,|$|:)|berlin|amsterdam|oxford(?:,|$|:)|springer|elsevier|wiley|mit press|academic press|cambridge university|oxford university|unpublished|pp?\b|vol\b|trans\.\s|translated|edited|n\.\s?d)",
    re.IGNORECASE,
)


def _is_container_name(name: str, *, was_in: bool) -> bool:
    if sum(c.isalpha() for c in name) < 2 or len(name) > 250:
        return False
    if _NOT_A_CONTAINER.match(name) and not was_in:
        return False
    return name[0].isupper() or name[0].isdigit() or was_in


def _read_numbers(fields: _Fields, text: str) -> None:
    """Volume and pages, from what follows the container."""
    both = _VOLUME_PAGES.search(text)
    volume = _VOLUME.search(text)
    pages = _PAGES.search(text)
    if volume:
        fields.volume = volume["volume"]
    elif both and not (both["volume"].isdigit() and FIRST_YEAR <= int(both["volume"]) <= LAST_YEAR):
        fields.volume = both["volume"]
    if pages:
        fields.pages = _page_range(pages["pages"])
    elif both and not re.fullmatch(_YEAR, both["pages"]):
        fields.pages = _page_range(both["pages"])


def _page_range(text: str) -> str:
    return re.sub(r"\s?[-–—‐]+\s?", "–", text)
