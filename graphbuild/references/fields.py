"""The fields of one normalised reference: authors, date, title, container, numbers.

They are read in this order, each from where the one before it ended. A title ends where its
sentence ends, or where something begins that can only be a journal, a publisher or numbers; a
container ends at its volume, pages or year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graphbuild.model import Person
from graphbuild.references.authors import NOBODY, UPPER, read_authors, words

__all__ = ["ID", "NOTE", "Fields", "read_fields"]

ID = "\ue000"
"""Stands in the text where an identifier or an address stood; no field goes across it."""

NOTE = "\ue001"
"""Stands where "[J]", "Retrieved from" and the like stood."""


@dataclass(slots=True)
class Fields:
    """What could be read; None is what could not be told."""

    authors: tuple[Person, ...] = ()
    title: str | None = None
    container: str | None = None
    year: int | None = None
    volume: str | None = None
    pages: str | None = None


_YEAR = r"(?:1[5-9]\d\d|20\d\d|2100)"
_MONTH = (
    r"(?:Jan(?:uary|uar|vier)?|Feb(?:ruary|ruar)?|Fev(?:rier)?|Mar(?:ch|s)?|März|Apr(?:il)?|Avril"
    r"|May|Mai|June?|Juin|Juni|July?|Juil(?:let)?|Juli|Aug(?:ust)?|Août|Sept?(?:ember|embre)?"
    r"|O[ck]t(?:ober|obre)?|Nov(?:ember|embre)?|De[cz](?:ember|embre)?"
    r"|Spring|Summer|Fall|Autumn|Winter)\b\.?"
)
_DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th|er)?\.?\s*)?"
    rf"(?:{_MONTH}\s*(?:[/–-]\s*{_MONTH}\s*)?)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s?,\s*)?)?"
    rf"{_YEAR}[a-z]?(?:\s?[/–-]\s?(?:{_YEAR}|\d\d))?"
    rf"(?:\s?[,/-]\s*(?:{_MONTH}(?:\s*\d{{1,2}})?(?:\s?[–-]\s?(?:{_MONTH}\s*)?\d{{0,2}})?"
    rf"|\d\d(?:-\d\d)?))?"
)
_NO_DATE = r"(?:in press|forthcoming|n\.\s?d\.?|submitted|to appear|im Druck)"
_LEADING_DATE = re.compile(
    rf"\s*[.,:;]?\s*(?:[(\[]\s?(?P<bracketed>{_DATE}|{_NO_DATE}[^)\]]{{0,12}})\s?[)\]]"
    rf"(?:\s?\[{_YEAR}\])?"
    rf"|(?P<bare>{_DATE})(?:\s?\[{_YEAR}\])?(?=\s*(?:[.,:;“\"«]|\s[^\W\d_]|$)))\s*[.,:;]*\s*",
    re.IGNORECASE,
)


def read_fields(body: str) -> Fields:
    """Read the fields of a reference whose label is gone and whose identifiers are marked."""
    fields = Fields()
    quoted = _QUOTED_HEAD.match(body) is not None
    authors = NOBODY if quoted else read_authors(body)
    fields.authors = authors.people
    position = authors.end
    collaboration = None if quoted else _COLLABORATION.match(body, position)
    if collaboration:
        position = collaboration.end()
    date = _LEADING_DATE.match(body, position)
    if date is None and not quoted:
        position, date = _skip_head(body, position, loose=authors.shape in _LOOSE_SHAPES)
    if date is not None and position:
        fields.year = _year_in(date["bracketed"] or date["bare"] or "")
        separator = date[0].rstrip()[-1:]
        position = date.end()
        editors = read_authors(body, position)
        if authors.people and editors.editors:
            fields.container = _tidy(body[editors.end :].partition("]")[0])
            _read_numbers(fields, body[editors.end :])
            return fields
    else:
        separator = "," if collaboration else body[position : position + 2].strip()[:1]
        position = _skip(body, position)
    comma_style = separator in (",", "", ")", "]", ":")
    rest = _read_title(fields, body[position:], comma_style=comma_style, headed=position > 0)
    _read_numbers(fields, _read_container(fields, rest))
    if fields.year is None:
        fields.year = _find_year(body, fields.title or "")
    return fields


def _skip(body: str, position: int) -> int:
    while position < len(body) and body[position] in " .,:;-–—|/*†":
        position += 1
    return position


# -- heads that are no list of people --------------------------------------------------------------

_COLLABORATION = re.compile(
    r"[\s,.]*(?:on\s+behalf\s+of\s+)?(?:for\s+)?[\[(]?(?:[Tt]he\s+)?(?:[\w/&+-]{1,20}\s+){1,4}"
    r"[Cc]ollab(?:orations?|\.)?\s*(?:[\[(][^()\[\]]{1,60}[)\]])?\s*[)\]]?[,.:]*\s*"
)
_LOOSE_SHAPES = ("full", "family_given", "family")
_SMALL = r"and|&|et|al|de|van|von|der|den|la|of|for|the|on|di|da|und|y"

# Names whose order the columns of a page have mixed, up to the year: capitalised tokens and small
# ones between them.
_MIXED_HEAD = re.compile(
    rf"(?:(?:[{UPPER}][\w.,;:'’´¨`-]{{0,30}}+|(?:{_SMALL})[.,;:]?)\s+){{1,60}}?"
    rf"(?=(?P<bracket>\()?{_YEAR}[a-z]?(?(bracket)\)[.,:]?|\.)\s)"
)
_CORPORATE_HEAD = re.compile(
    rf"[^\W\d_][^\d“\"{ID}{NOTE}]{{1,100}}?(?=[.,:]?\s?[(\[]\s?{_YEAR}[a-z]?\s?[)\]])"
)
_ONE_WORD_HEAD = re.compile(
    rf"(?:[{UPPER}][^\W\d_]{{2,20}}|[-–—_]{{3,}})\.\s+(?=[{UPPER}](?:[^.\s]+\s){{2}})"
)


def _skip_head(body: str, position: int, *, loose: bool) -> tuple[int, re.Match[str] | None]:
    """Step over a head that is no list of people, up to the date or the point that ends it."""
    mixed = _MIXED_HEAD.match(body, _skip(body, position) if position else 0)
    if mixed and (loose or position == 0 or mixed["bracket"]):
        date = _LEADING_DATE.match(body, mixed.end())
        if date and len(body) - date.end() > 12:
            return mixed.end(), date
    if position:
        return position, None
    head = _CORPORATE_HEAD.match(body)
    if head:
        date = _LEADING_DATE.match(body, head.end())
        if date and len(body) - date.end() >= 12 and body[date.end()] not in (ID, NOTE):
            return head.end(), date
    word = _ONE_WORD_HEAD.match(body)
    return (word.end(), None) if word else (0, None)


# -- year ------------------------------------------------------------------------------------------

_YEARS = re.compile(
    rf"(?<![\d.–/\-])(?P<year>{_YEAR})(?P<letter>[a-z]?)(?![\d])(?!\s?[–-]\s?\d{{1,3}}\b(?!-))"
)
_MONTH_BEFORE = re.compile(_MONTH + r"(?:\s*\d{1,2},?)?\s*$", re.IGNORECASE)
_COUNT_BEFORE = re.compile(r"(?:pp?\.|pages?|[Vv]ol\.?|:)\s*$")
_RANGE_AFTER = re.compile(r"\s?[-–]\s?\d")


def _year_in(text: str) -> int | None:
    match = re.search(_YEAR, text)
    return int(match[0]) if match else None


def _find_year(body: str, title: str) -> int | None:
    """The most credible year: bracketed, after a month or at the end; one in the title last."""
    title_at = body.find(title) if title else -1
    best: tuple[int, int] | None = None
    for match in _YEARS.finditer(body):
        start, end = match.span()
        before = body[max(0, start - 24) : start]
        after = body[end : end + 2].strip()[:1]
        score = 0
        if before.endswith(("(", "[")):
            score += 3
        if _MONTH_BEFORE.search(before):
            score += 3
        if before.rstrip().endswith((",", ".", ";")) and after in ("", ".", ",", ";", ":", ID):
            score += 2
        if not body[end : end + 40].strip(" .,;)]"):
            score += 2
        if title_at >= 0 and title_at <= start < title_at + len(title):
            score -= 6
        if _COUNT_BEFORE.search(before) or _RANGE_AFTER.match(body, end):
            score -= 4
        if match["letter"] and after not in ("", ".", ",", ")", ":"):
            score -= 2
        if best is None or score > best[0] or score == best[0] >= 0:
            best = (score, int(match["year"]))
    return best[1] if best is not None and best[0] > -4 else None


# -- where things end ------------------------------------------------------------------------------

_ABBREVIATIONS = words(
    """
    vs e.g i.e cf st dr mr mrs prof no nos vol fig al approx ca etc u.s u.k u.s.a sp spp var
    ssp subsp jr sr inc ltd co bros ph.d d.c
    """
)
_JOURNAL_ABBREVIATIONS = words(
    """
    trans proc conf symp int intl natl acad sci phys rev lett j ann math comput comp appl
    biol chem soc am amer eur nucl astron stat stoch med clin exp mol res eng electr dev
    mech syst opt bull surv inf inform commun comm lang ling psychol econ hist geol geophys
    meteorol mater struct adv acc curr opin pol vol suppl ser sec dept univ tech rep lect
    mem theor exptl instrum meth methods plasma fluid robotics autom control power circuits
    solid geogr philos phil mag quart environ pharm pharmacol neurosci neurol physiol pathol
    surg immunol genet microbiol biochem biophys molec assoc intern zool bot ecol agric arch
    archs anat anthrop polit cogn behav educ nat anal inst organiz manage mgmt oper hum
    infect dis ther toxicol chim acta energ electron photon sov dokl akad nauk sb usp zh
    eksp teor fiz mat can jpn jap ital helv z
    """
)
_LOWER_WORDS = words(
    """
    a an and the of in on for to with from by at de la le les du des der die das und et y e
    van von zur für el los del di da do as its al & en dans sur rev vol no pp ed eds trans
    ser coll v
    """
)

# What ends any title.
_HARD = re.compile(
    rf"[.?!]+[”\"’»)]*(?=\s|$)|[{ID}{NOTE}]|\s\|\s|\s//\s?"
    rf"|\s\((?=[{UPPER}][^()]{{3,70}}[,\s](?:1[5-9]|20)\d\d[a-z]?\))"
)
_CONTAINER_WORD = (
    r"(?:proc(?:\.|eedings|s\b\.?)|journal|transactions|trans\.|conference|symposium|workshop"
    r"|annals|annual|advances\s+in|bulletin|bull\.|acta|archives?|lecture\s+notes|letters|magazine"
    r"|reviews?|revista|revue|rivista|zeitschrift|annales"
    r"|international\s+(?:conference|journal|symposium|workshop|joint)|ieee|acm|siam|usenix|ifip"
    r"|preprint|arxiv|corr|cvpr|iccv|eccv|icml|nips|neurips|iclr|aaai|ijcai|acl|emnlp|naacl|eacl"
    r"|coling|interspeech|icassp|sigir|sigmod|vldb|kdd|www|uai|aistats|colt|stoc|focs|jmlr|pnas"
    r"|nature|science|cell|neural\s+computation|machine\s+learning|artificial\s+intelligence"
    r"|commun(?:\.|ications\s+of)|comm\.|phys\.|j\.|int\.|ann\.|adv\.|comput\.|appl\.|nucl\."
    r"|astron\.|math\.|encyclop[ae]+dia|handbook|the\s+journal"
    r"|(?:european|american|british|canadian)\s+(?:conference|journal)"
    r"|poster\s+session|paper\s+presented|presented\s+at)(?![^\W\d_])"
)
_CONTAINER_START = re.compile(
    rf"(?:the\s+|[12]\d{{3}}\s+|\d{{1,3}}(?:st|nd|rd|th)\s+)?{_CONTAINER_WORD}", re.IGNORECASE
)
_CONTAINER_INSIDE = re.compile(
    r"\b(?:Journal|Proceedings|Conference|Transactions|Review|Quarterly|Letters|Annals)\b"
)
_PUBLISHER_START = re.compile(
    r"(?:springer|elsevier|ph\.?\s?d\.?|master'?s|m\.?\s?sc|technical\s+report|tech\.?\s+rep|thesis"
    r"|dissertation|doctoral|memorandum|unpublished|manuscript|mit\s+press|cambridge\s+university"
    r"|oxford\s+university|academic\s+press|john\s+wiley|wiley|morgan\s+kaufmann|addison|prentice"
    r"|mcgraw|north[\s-]holland|routledge|dept\.|department|harvard|princeton|university\s+of"
    r"|clarendon|penguin|kluwer|birkh|to\s+appear|in\s+press|submitted|forthcoming|translated"
    r"|trans\.\s+by|edited\s+by|rev\.\s|chapter\s\d)",
    re.IGNORECASE,
)
_PUBLISHER_INSIDE = re.compile(
    r"\b(?:Press|Publish\w*|Verlag|Wiley|Springer|Elsevier|Routledge|Prentice|Addison|Kaufmann"
    r"|McGraw|Norton|Kluwer|Books|[ÉE]ditions|Gallimard|North-Holland|Academic|Erlbaum|Sage"
    r"|Blackwell|Harper|Random House|Penguin|Macmillan|Inc|Ltd|GmbH)\b"
)
_IN = re.compile(
    r"(?:[Ii]n\s?:\s*|In\s+|in\s+(?=[A-Z\d(])|IN\s?:?\s+|Dans\s*:?\s+|dans\s*:?\s+|En\s*:\s+"
    r"|em?\s*:\s+)"
)
_IN_CONTAINER = re.compile(
    r"in:?\s+(?:Proc|[A-Z]\w*,|[A-Z]\."
    r"|[^,]{0,80}\b(?:[Ee]ds?\b|[Cc]onference|[Jj]ournal|Symposium|Workshop|Advances))"
)
_TAIL = re.compile(
    rf"[{ID}{NOTE}]"
    rf"|(?P<counted>[,.;:]?\s*[(\[]?(?:\bvol(?:ume)?s?\b\.?\s*[A-Z]?[\dIVX]|\bv\.\s?\d"
    rf"|\bpp?\.\s*[A-Z]?\d|\bpages?\s+[A-Z]?\d|\bno\.\s*\d|\bS\.\s\d|\bBd\.|第\s?\d|제\s?\d))"
    rf"|(?P<year>[,.;:]?\s*[(\[]?(?:{_MONTH}\s*(?:\d{{1,2}},?\s*)?)?[(\[]?(?<!\d){_YEAR}[a-z]?\b)"
    rf"(?!\s?[(:]\s?\d|,\s?\d+\s?[(:])"
    rf"|(?P<number>[,.;:]?\s+[(\[]?[A-Z]?\d{{1,5}}[A-Z]?"
    rf"(?:\s?[(\[]|\s?[,:;]|\s\d|\.\s|\s*$|\.$|\.\d|[)\]]|\s?[–-]\s?\d)"
    rf"|(?<=[^\W\d_])\d{{1,4}}(?=\s?[(:]\s?\d))",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s(?=[A-Z][A-Za-z]+\s[A-Z(]|[A-Z]+\s)")
_LEADS_TO_YEAR = re.compile(r"(?:\b[Tt]he|\bof|Proceedings|Proc\.)$")
_CAPITAL_FOLLOWS = re.compile(r"\s[A-Z]")
_NUMBERS_AFTER_YEAR = re.compile(
    r"[)\]]?\s*[;,:.]?\s*(?:vol\.?\s*)?[A-Z]?\d+\s*[(:,;.]|[)\]]?\s*[;,:]?\s*(?:\(?vol|pp?\.)",
    re.IGNORECASE,
)


def _find_tail(text: str, start: int) -> re.Match[str] | None:
    """Where volume, pages, year or an identifier begin; a year inside a name is none of them."""
    for match in _TAIL.finditer(text, start):
        kind = match.lastgroup
        if kind == "year" and match.start() == 0 and len(text) > match.end() + 8:
            continue
        if kind in ("year", "number") and match[0].strip()[:1].isdigit():
            if _LEADS_TO_YEAR.search(text, max(0, match.start() - 14), match.start()):
                if _CAPITAL_FOLLOWS.match(text, match.end()):
                    continue
            elif kind == "year" and _GOES_ON.match(text, match.end()):
                continue
        return match
    return None


def _is_journal_tail(text: str, tail: re.Match[str] | None) -> bool:
    """Whether numbers follow as they follow a journal: volume, issue, pages."""
    if tail is None:
        return False
    if tail.lastgroup == "year":
        return _NUMBERS_AFTER_YEAR.match(text, tail.end()) is not None
    return tail.lastgroup is not None


def _content_words_in_lower_case(tokens: list[str]) -> int:
    return sum(w[0].islower() and w.strip(".:()’'").lower() not in _LOWER_WORDS for w in tokens)


# -- title -----------------------------------------------------------------------------------------

_CLOSING = {
    "“": "”\"", "\"": "\"”", "«": "»", "‘": "’'", "„": "“”", "<": ">", "`": "'’", "‟": "”",
    "《": "》", "「": "」", "'": "'’", "”": "”\"",
}  # fmt: skip
_QUOTED_HEAD = re.compile(r"[“\"«„<‟《「”]|[‘`'](?=\S)")


def _read_title(fields: Fields, body: str, *, comma_style: bool, headed: bool) -> str:
    """Read the title off what follows the authors and the date; return the rest."""
    if _QUOTED_HEAD.match(body):
        closing = _closing(body)
        if closing > 0:
            fields.title = _tidy(body[1:closing])
            return body[closing + 1 :].lstrip(" .,")
        body = body[1:]
    if body[:1] == "[" and (closing := body.find("]", 0, 400)) > 8:
        fields.title = _tidy(body[1:closing])
        return body[closing + 1 :].lstrip(" .,")
    if _is_container_only(body, headed=headed):
        return body
    body = _drop_leading_names(body, headed=headed)
    end, begin = _title_end(body, comma_style=comma_style)
    if not _begins_with_container(body[begin:]):
        begin = end = _trailing_journal(body[:end]) or begin
        end = min(end, len(body)) if end != begin else end
    fields.title = _credible(_tidy(body[:end]), headed=headed)
    return body[begin:]


def _closing(body: str) -> int:
    """Where the quotation at the head of ``body`` closes, not at an apostrophe; -1 if nowhere."""
    opening = body[0]
    closers = _CLOSING[opening]
    for at in range(2, min(len(body), 500)):
        if body[at] not in closers:
            continue
        glued = at + 1 < len(body) and body[at + 1].isalnum()
        if glued and opening in "\"'‘`" and body[at - 1] not in ",.?!":
            continue
        return at
    return -1


_NO_CONTAINER_AFTER_IN = re.compile(r"[Ii]n\s+(?:the|a|search|defen|vi[tv]|situ)\b")
_COUNTED_AFTER = re.compile(r"(?:vol(?:ume)?\.?\s*)?[A-Z]?\d+|(?:pp?|no)\.", re.IGNORECASE)
_WORDS_AMONG_NUMBERS = re.compile(
    r"\b(?:pages?|vol(?:ume)?|issue|number|arxiv|doi|january|february|march|april|june|july|august"
    r"|september|october|november|december)\b",
    re.IGNORECASE,
)


def _is_container_only(body: str, *, headed: bool) -> bool:
    """Whether there is no title: "Phys. Rev. Lett. 67, 161 (1991)"."""
    tail = _find_tail(body, 0)
    head = body[: tail.start()] if tail else body
    if not head.strip(" .,;("):
        return True
    if tail is None or len(head) > 120:
        return False
    tokens = head.replace(",", " ").split()
    if ". In " in head:
        return False
    if headed and len(tokens) <= 10 and _IN.match(head) and not _NO_CONTAINER_AFTER_IN.match(head):
        return True
    if len(tokens) > 10 or _content_words_in_lower_case(tokens):
        return False
    after = body[tail.start() : tail.start() + 160].lstrip(" ,.;:([")
    if not _COUNTED_AFTER.match(after) or len(re.findall(r"\d+", after)) < 2:
        return False
    more = re.search(r"[^\W\d_]{4,}", _WORDS_AMONG_NUMBERS.sub("", after)) is not None
    strong = _CONTAINER_START.match(head) is not None
    dotted = sum(word.endswith(".") for word in tokens)
    if not headed:
        return not more and (strong or "Journal" in tokens or dotted * 2 >= len(tokens) > 1)
    if (
        dotted
        and dotted * 2 >= len(tokens) - 1
        and len(tokens) <= 8
        and (len(tokens) > 1 or len(head) < 10)
    ):
        return True
    return not more and len(tokens) <= 6 and (tail.lastgroup != "year" or strong)


_LEADING_NAME = re.compile(
    rf"[{UPPER}][^\W\d_]++(?:-[{UPPER}][^\W\d_]++)?(?:\s[{UPPER}][^\W\d_]++)?[,.]\s+"
    rf"(?=[{UPPER}])(?!In\b|Proc)"
)
_LEADING_AND = re.compile(
    rf"(?:[{UPPER}][^\W\d_]++\s)?(?:and|&)\s+(?=(?:A|An|The|On|[{UPPER}][^\W\d_]+ing)\s[^\W\d_A-Z])"
)
_LEFT_OVER_AND = re.compile(rf"and\s+(?=[{UPPER}][^\W\d_]++\s+[^\W\d_]+\s)")


def _drop_leading_names(body: str, *, headed: bool) -> str:
    """Drop names that mixed columns have left between the date and a title in sentence case.

    "Zhang, Systran's pure neural machine translation systems" has a capital inside that only the
    beginning of a title explains.
    """
    for _ in range(4):
        match = _LEADING_NAME.match(body) or _LEADING_AND.match(body)
        if match is None and headed:
            match = _LEFT_OVER_AND.match(body)
        if match is None:
            break
        sentence = body[match.end() : match.end() + 200].partition(". ")[0]
        tokens = sentence.split(None, 9)[1:9]
        lower = sum(word[0].islower() for word in tokens)
        another = _LEADING_NAME.match(body, match.end()) is not None
        needed = 3 if match[0].rstrip().endswith(".") else 2
        if not another and (len(tokens) < 3 or lower * (needed + 1) < len(tokens) * needed):
            break
        body = body[match.end() :]
    return body


def _title_end(body: str, *, comma_style: bool) -> tuple[int, int]:
    """Where the title ends, and where the rest begins."""
    end, begin = len(body), len(body)
    for match in _HARD.finditer(body):
        if _ends_title(body, match):
            end = match.end() if match[0][0] in "?!" else match.start()
            begin = match.start() if match[0][0] in (ID, NOTE) else match.end()
            break
    return _soft_end(body[:end], comma_style=comma_style) or (end, begin)


_LOWER_REST = re.compile(
    r"(?:in:?\s+[A-Z]|arxiv|ph\.?d|pages?\b|pp|trans|eds?\b|vol|http|available|dissertation|thesis"
    r"|no\.|eng\b)"
)
_CONTAINER_FOLLOWS = re.compile(r"(?:In\b|Proc|Journal)")


def _ends_title(body: str, match: re.Match[str]) -> bool:
    at, mark = match.start(), match[0][0]
    following = body[match.end() : match.end() + 40].lstrip()
    if mark in "?!":
        return not following or not (following[0].islower() or following[0] in ",;:")
    if mark != ".":
        return True
    if at < 3:
        return False
    word = body[max(0, at - 40) : at].rsplit(None, 1)[-1].lstrip("([“\"'")
    if following and following[0].islower() and not _LOWER_REST.match(following):
        return len(word) > 4 and word.islower() and " " in following
    if word.lower() in _ABBREVIATIONS:
        return _CONTAINER_FOLLOWS.match(following) is not None
    if len(word) == 1 and word.isupper():
        # "C. elegans" goes on; "the language C. In Proceedings" does not.
        return bool(_CONTAINER_FOLLOWS.match(following)) or (at > 30 and body[at - 3] != ".")
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return at > 20 and following[:1].isupper()
    return True


_BEFORE_IN = re.compile(
    r"\s(?=[Ii]n:\s|In\s(?:Proc|[A-Z]{3}|Advances|International|the\s+\d|\d)"
    r"|in\s+Proc(?:\.|eedings))|[:;]\s(?=In\s)"
)


def _soft_end(head: str, *, comma_style: bool) -> tuple[int, int] | None:
    """A title that ends at a comma or before "in", inside its sentence."""
    commas = [m.start() for m in re.finditer(r",\s", head) if m.start() >= 5]
    for at in commas:
        right = head[at + 2 : at + 200]
        if right[:3] in ("In ", "In:") or _IN_CONTAINER.match(right):
            return at, at + 2
        if _starts_container(right, comma_style=comma_style):
            return at, at + 2
    for match in _BEFORE_IN.finditer(head):
        if match.start() > 8:
            return match.span()
    if comma_style:
        return _comma_style_end(head, commas)
    return None


def _starts_container(right: str, *, comma_style: bool) -> bool:
    strong = _CONTAINER_START.match(right) or (comma_style and _PUBLISHER_START.match(right))
    if not strong or right[0].islower():
        return False
    return _content_words_in_lower_case(right.split(",", maxsplit=1)[0].split()) <= comma_style


def _comma_style_end(head: str, commas: list[int]) -> tuple[int, int] | None:
    """In "Authors, Title, Container, 12, 2001" the title takes what goes on in lower case."""
    tail = _find_tail(head, 12)
    limit = tail.start() if tail else len(head)
    bounds = [at for at in commas if at < limit]
    first = 0
    for index, at in enumerate(bounds):
        tokens = head[at + 2 : bounds[index + 1] if index + 1 < len(bounds) else limit].split()
        if tokens and (
            _content_words_in_lower_case(tokens)
            or tokens[0] in ("and", "or", "&", "the", "of", "with", "a")
        ):
            first = index + 1
    if first < len(bounds):
        return bounds[first], bounds[first] + 2
    if tail and tail.lastgroup and head[limit : limit + 1] in (",", ".", ";"):
        return limit, limit + 1
    return None


_TRAILING_RUN = re.compile(
    rf"(?<=[a-z)])\s(?:[{UPPER}][\w.&'’/-]*)"
    rf"(?:\s(?:[{UPPER}][\w.&'’/-]*|of|and|the|in|for|&)){{0,7}}$"
)
_VANCOUVER_TAIL = re.compile(
    r"[,.]?\s(?:\(?(?:1[5-9]|20)\d\d\)?\s?[;,:]\s*\d|\d+\s?\(\d+\)\s?[:,]\s?\d"
    r"|\d+\s?[:,]\s?\d+[-–]\d|\d+\s?\((?:1[5-9]|20)\d\d\))"
)


def _trailing_journal(title: str) -> int | None:
    """Where a journal begins that no point separates from the title: "linkage map Nature 1988;"."""
    tail = _VANCOUVER_TAIL.search(title)
    if tail is None:
        return None
    start = max(0, tail.start() - 100)
    run = _TRAILING_RUN.search(title[start : tail.start()])
    return start + run.start() if run else None


_EDGE = " \t.,;:-–—|/“”\"«»‘`<>[]„*_~'" + ID + NOTE
_EDITION = re.compile(
    r"\s*[(,]\s?(?:(?:\d+(?:st|nd|rd|th)|[Rr]ev\w*\.?|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]irst)\s+"
    r"(?:[Rr]ev\w*\.?\s+)?[Ee]d\b[^)]*|[Vv]ol\.?\s*\w+)\)?$"
)
_TRAILING_YEAR = re.compile(rf"(?:[.,]\s*(?:\d{{1,2}}\s)?\(?|\s*\(){_YEAR}[a-z]?\)?$")


def _tidy(title: str) -> str | None:
    """The title without its quotes and trailing punctuation; None when it can't be one."""
    title = " ".join(title.replace(ID, " ").replace(NOTE, " ").split()).strip(_EDGE)
    if title.endswith("’") and "‘" not in title:
        title = title[:-1].rstrip(_EDGE)
    title = _TRAILING_YEAR.sub("", _EDITION.sub("", title))
    if title.count("(") != title.count(")") and title.endswith((")", "(")):
        title = title.rstrip(")( ")
    title = title.strip(_EDGE)
    letters = sum(c.isalpha() for c in title)
    if letters < 3 or letters * 2 < len(title.replace(" ", "")):
        return None
    return title


_PAGES_INSIDE = re.compile(r"\bpages?\s\d|\bpp\.\s?\d")
_NO_TITLE = re.compile(
    r"(?:et al|eds?\b|in press|to appear|submitted|unpublished|private commun)", re.IGNORECASE
)


def _credible(title: str | None, *, headed: bool) -> str | None:
    """The title, unless it is a row of names or places."""
    if title is None or _PAGES_INSIDE.search(title) or _NO_TITLE.match(title):
        return None
    names = read_authors(title)
    if names.end >= len(title) - 1 and len(names.people) > 1:
        return None
    parts, tokens = title.count(","), title.split()
    row = parts >= 2 or (parts == 1 and len(tokens) <= 3)
    if not headed and row and not _content_words_in_lower_case(tokens):
        return None
    return title


# -- container -------------------------------------------------------------------------------------

_EDITED = re.compile(
    r"[(\[]?\b(?:[Ee]dd?(?:itor)?s?\b\.?|[Ee]dited\s+by|[Hh]rsg\b\.?|a cura di|dir\.|[Cc]oords?\."
    r"|[Éé]ds?\.)[)\]]?\s*[.,:;]*\s*"
)
_PLACE = re.compile(
    rf",\s+(?=[{UPPER}])|\s\((?![A-Z][\w'’*\s-]{{1,20}}\)|[A-Z]{{2,}})|;\s|:\s(?=[A-Z])"
)
_MEETING = re.compile(
    r"(?:the\s+)?(?:\d|proc|conf|international\s+conf|workshop|symp)", re.IGNORECASE
)
_SENTENCE = re.compile(r"\.\s+(?=[A-Z“\"\d(])")
_SERIAL = re.compile(r"(?:Rev|Lett|Phys|J|Meth|Mod)\.?$")
_SERIES = re.compile(r"\.?\s?([A-H])(?=\d)")


def _begins_with_container(text: str) -> bool:
    probe = Fields()
    _read_container(probe, text)
    return probe.container is not None


def _read_container(fields: Fields, rest: str) -> str:
    """Read the journal or proceedings at the head of ``rest``; return what follows it."""
    text = rest.lstrip(f" .,;:|/*({ID}{NOTE}")
    inside = _IN.match(text)
    if inside:
        text = _skip_editors(text[inside.end() :])
    tail = _find_tail(text, 0)
    if tail is not None and tail.start() == 0:
        return rest
    head = text[: tail.start()] if tail else text
    journal = _is_journal_tail(text, tail)
    begin, end = _container_bounds(head, journal=journal, inside=inside is not None)
    name = head[begin:end].strip(" .,;:[]“”\"-–—*_‘’'»«/").removesuffix(", in PMLR")
    if name.count("(") > name.count(")"):
        name = name.rsplit("(", 1)[0].rstrip(" ,")
    elif name.count("(") < name.count(")"):
        name = name.rstrip(") ")
    if not _is_container_name(name, inside=inside is not None, journal=journal):
        return text if inside else rest
    remainder = text[text.find(name, begin) + len(name) :]
    last = re.split(r"[\s.]", name)[-1].lower()
    if remainder.startswith(".") and last in _JOURNAL_ABBREVIATIONS:
        name += "."
    if begin and fields.title:
        subtitle = _tidy(head[:begin])
        if subtitle and _content_words_in_lower_case(subtitle.split()):
            joint = " " if fields.title[-1] in "?!" else ". "
            fields.title = f"{fields.title}{joint}{subtitle}"
    series = _SERIES.match(remainder) if _SERIAL.search(name) else None
    fields.container = f"{name}{'' if name.endswith('.') else '.'} {series[1]}" if series else name
    return remainder


def _container_bounds(head: str, *, journal: bool, inside: bool) -> tuple[int, int]:
    """Where the container's name begins and ends in what stands before the numbers."""
    begin, end = 0, len(head)
    sentences = _sentences(head)
    if len(sentences) > 1:
        if journal and not inside and not _CONTAINER_START.match(head):
            begin = sentences[-1]  # what stands before it is the title's second sentence
        else:
            end = sentences[1]
    if not journal or _MEETING.match(head, begin):
        place = _PLACE.search(head, begin, end)
        if place and " and " not in head[place.start() : min(end, place.start() + 40)]:
            end = place.start()
    return begin, end


def _sentences(head: str) -> list[int]:
    """Where each sentence of ``head`` begins; the points of abbreviations end none."""
    starts = [0]
    for match in _SENTENCE.finditer(head):
        word = re.split(r"[\s.(-]", head[max(0, match.start() - 30) : match.start()])[-1]
        short = len(word) < 5 and word[:1].isupper() and not word.isupper()
        if word.lower() not in _JOURNAL_ABBREVIATIONS and len(word) > 2 and not short:
            starts.append(match.end())
    return starts


def _skip_editors(text: str) -> str:
    match = _EDITED.search(text, 0, 220)
    if match and match.start() > 3:
        return text[match.end() :]
    editors = read_authors(text)
    if editors.people and editors.shape in ("family_initials", "initials_family"):
        return text[_skip(text, editors.end) :]
    return text


_NOT_A_CONTAINER = re.compile(
    r"(?:arxiv|preprint|url|doi|isbn|http|accessed|retrieved|pp?\b|vol\b|trans\.\s|n\.\s?d|et al"
    r"|\d{4}\b)",
    re.IGNORECASE,
)
_CITY = re.compile(r"[A-Z][\w .,’'-]{2,40}:\s?[A-Z]")


def _is_container_name(name: str, *, inside: bool, journal: bool) -> bool:
    if sum(c.isalpha() for c in name) < 2 or len(name) > 250:
        return False
    if inside:
        return True
    if name[0].islower() or _NOT_A_CONTAINER.match(name):
        return False
    strong = _CONTAINER_START.match(name) or _CONTAINER_INSIDE.search(name)
    if not strong and (
        not journal
        or _PUBLISHER_START.match(name)
        or _PUBLISHER_INSIDE.search(name)
        or _CITY.match(name)
    ):
        return False
    tokens = name.split()
    return strong is not None or _content_words_in_lower_case(tokens) * 2 <= len(tokens)


# -- numbers ---------------------------------------------------------------------------------------

_RANGE = r"[A-Za-z]?\d+(?:\s?[-–—‐]+\s?[A-Za-z]?\d+)?"
_PAGES = re.compile(
    rf"\b(?:pp?\s?\.|pages?\b\.?|pags?\b\.?|S\.(?=\s?\d))\s*(?P<pages>{_RANGE})", re.IGNORECASE
)
_VOLUME_PAGES = re.compile(
    r"(?<![\w.])(?:[Vv]ol(?:ume)?\b\.?\s*)?(?P<volume>[A-Z]?\d{1,4}[A-Z]?)\s*"
    r"(?:[,.:]?\s*(?:\(\s?[^()]{1,20}\)|(?:[Nn]o|[Nn]r|[Ii]ss(?:ue)?)\b\.?\s*\d+(?:[-–]\d+)?"
    r"|\.\d{1,3}(?=\s?[(:])))?\s*(?:[:,;]|\s(?=\d))\s*(?:\((?:1[5-9]|20)\d\d\)\s*[:,]?\s*)?"
    rf"(?:pp?\s?\.\s*|[Pp]ages?\s*)?(?P<pages>{_RANGE})(?!\w)"
)
_VOLUME = re.compile(r"\b[Vv]ol(?:ume)?s?\b\.?\s*(?P<volume>[A-Z]?\d+|[IVXLC]+\b)")
_ONLY_A_YEAR = re.compile(_YEAR)


def _read_numbers(fields: Fields, text: str) -> None:
    """Volume and pages, from what follows the container."""
    both = _VOLUME_PAGES.search(text)
    while both is not None and _ONLY_A_YEAR.fullmatch(both["volume"]):
        both = _VOLUME_PAGES.search(text, both.end("volume"))
    if volume := _VOLUME.search(text):
        fields.volume = volume["volume"]
    elif both:
        fields.volume = both["volume"]
    if pages := _PAGES.search(text):
        fields.pages = _page_range(pages["pages"])
    elif both and not _ONLY_A_YEAR.fullmatch(both["pages"]):
        fields.pages = _page_range(both["pages"])


def _page_range(text: str) -> str:
    return re.sub(r"\s?[-–—‐]+\s?", "–", text)
