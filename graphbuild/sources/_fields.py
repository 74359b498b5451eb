"""Values of tabular inputs as the nouns' fields: text, dates, ids, people, references."""

from __future__ import annotations

import ast
import datetime
import html
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from graphbuild import identifiers
from graphbuild.model import Origin, Person, Reference
from graphbuild.people import parse_name, parse_names
from graphbuild.rows import load_json
from graphbuild.text import clean, mend

__all__ = [
    "Ids",
    "as_arxiv_id",
    "as_categories",
    "as_date",
    "as_people",
    "as_reference",
    "as_references",
    "as_text",
    "identify",
    "is_category",
    "is_missing",
    "plain",
    "reference_entries",
]

_MISSING = frozenset(["", "nan", "NaN", "null", "NULL", "None", "none", "N/A", "n/a", "<NA>"])
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def plain(name: str) -> str:
    """A column's name for comparison: lower case, without blanks, hyphens and underscores.

    >>> plain("Publication Date") == plain("publication_date") == plain("publication-date")
    True
    """
    return re.sub(r"[\s_\-.]+", "", name).lower()


def is_missing(value: Any) -> bool:  # noqa: ANN401 - a row's values are of any type
    """Whether a value says nothing, as null or as what a program writes for it."""
    if isinstance(value, str):
        return value.strip() in _MISSING
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, (list, dict)) and not value)


def as_text(value: Any) -> str | None:  # noqa: ANN401
    r"""One line of text, with LaTeX, entities and mojibake mended; the first one of a list.

    >>> as_text("Prompt diphoton\n  production"), as_text(1984), as_text("NaN"), as_text(["A", "B"])
    ('Prompt diphoton production', '1984', None, 'A')
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if is_missing(value) or isinstance(value, (dict, list, bool)):
        return None
    return clean(mend(_unescape(_as_string(value)))) or None


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def _as_string(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# -- dates ---------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T\s].*)?", re.DOTALL)
_DAY_FIRST = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\.?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_YEAR = re.compile(r"(?<!\d)(?:1\d{3}|20\d{2}|2100)(?!\d)")


def as_date(value: Any) -> tuple[datetime.date | None, int | None]:  # noqa: ANN401
    """A date and its year, or the year alone; (None, None) where neither can be told.

    Read are dates, ISO dates and timestamps, ``20170612`` (also as a number), milliseconds since
    1970, "Mon, 2 Apr 2007 19:18:42 GMT", "June 12, 2017", ``2017-06`` and ``2017``. Years are
    between 1000 and 2100.

    >>> as_date("20170612"), as_date(20170612.0)[0] == as_date("2017-06-12T10:00:00Z")[0]
    ((datetime.date(2017, 6, 12), 2017), True)
    >>> as_date("Mon, 2 Apr 2007 19:18:42 GMT")[0], as_date("2017-06"), as_date("soon")
    (datetime.date(2007, 4, 2), (None, 2017), (None, None))
    """
    if isinstance(value, str) and (date := _plain_date(value)):
        return date, date.year
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return value, value.year
    if isinstance(value, Mapping):  # CSL: {"date-parts": [[2017, 6, 12]]}
        value = value.get("date-parts")
        value = value[0] if isinstance(value, list) and value else None
    if isinstance(value, list):
        value = "-".join(str(part) for part in value)
    if is_missing(value) or isinstance(value, bool):
        return None, None
    text = _as_string(value).strip()
    if re.fullmatch(r"-?\d{11,13}", text) and not isinstance(value, str):
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=int(text))  # noqa: DTZ001 - a date without a clock
        text = moment.date().isoformat()
    text = re.sub(r"\.0+$", "", text)
    return _date_of_text(text)


def _plain_date(text: str) -> datetime.date | None:
    """A date written as most are, ``2017-06-12``, which is told several times faster."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return date if 1000 <= date.year <= 2100 else None


def _date_of_text(text: str) -> tuple[datetime.date | None, int | None]:
    if match := _ISO.fullmatch(text):
        parts = match[1], match[3], match[4]
    elif match := _DAY_FIRST.match(text):
        parts = match[3], _month(match[2]), match[1]
    elif match := _MONTH_FIRST.match(text):
        parts = match[3], _month(match[1]), match[2]
    else:
        parts = ("0", "0", "0")
    try:
        date = datetime.date(*map(int, parts))
    except ValueError:
        date = None
    if date is not None and 1000 <= date.year <= 2100:
        return date, date.year
    years = set(_YEAR.findall(text))
    if re.fullmatch(r"\d{6}", text) and _YEAR.fullmatch(text[:4]):
        years = {text[:4]}
    return None, int(years.pop()) if len(years) == 1 else None


def _month(name: str) -> str:
    short = name[:3].lower()
    return str(_MONTHS.index(short) + 1) if short in _MONTHS else "0"


# -- ids -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ids:
    """Identifiers that one value gives; false when there are none."""

    arxiv_id: str | None = None
    doi: str | None = None
    other_ids: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.arxiv_id or self.doi or self.other_ids)


def as_arxiv_id(value: Any) -> str | None:  # noqa: ANN401
    """An arXiv id; a number gets back the zeros that it lost.

    >>> as_arxiv_id(1706.0376), as_arxiv_id(704.0001), as_arxiv_id("arXiv:1706.03762v2")
    ('1706.03760', '0704.0001', '1706.03762')
    >>> as_arxiv_id("1706.0376"), as_arxiv_id(12), as_arxiv_id(1713.5)
    (None, None, None)
    """
    if isinstance(value, str):
        return identifiers.arxiv_id(value)
    if not isinstance(value, float) or not 704 <= value < 10_000:
        return None
    text = f"{value:010.5f}" if value >= 1501 else f"{value:09.4f}"
    return identifiers.arxiv_id(text) if float(text) == value and value % 1 else None


_PREFIXED = re.compile(r"(?:acl|openreview|pmid|isbn|id):[^\s/].*")


def identify(value: Any, namespace: str | None) -> Ids:  # noqa: ANN401
    """Read one value as an identifier: arXiv, DOI, another scheme, an address, or an own key.

    Without a ``namespace`` there are no own keys.

    >>> identify("10.1103/PhysRevD.76.013009", "records").doi
    '10.1103/physrevd.76.013009'
    >>> identify(12.0, "records").other_ids, identify("W12", "openalex").other_ids
    (('id:records/12',), ('id:openalex/W12',))
    """
    if is_missing(value) or isinstance(value, (bool, list, dict)):
        return Ids()
    if (arxiv := as_arxiv_id(value)) is not None:
        return Ids(arxiv_id=arxiv)
    text = _as_string(value).strip()
    if not isinstance(value, str):
        return Ids(other_ids=(identifiers.own_id(namespace, text),)) if namespace else Ids()
    if (doi := identifiers.doi(text)) is not None:
        return Ids(doi=doi)
    if _PREFIXED.fullmatch(text):
        return Ids(other_ids=(text,))
    if (":" in text or "/" in text) and not re.search(r"\s", text):
        if others := identifiers.find(text).other_ids:
            return Ids(other_ids=others[:1])
        if re.match(r"https?://", text, re.IGNORECASE):
            return Ids(other_ids=(identifiers.url_id(text),))
    return Ids(other_ids=(identifiers.own_id(namespace, text),)) if namespace else Ids()


# -- people --------------------------------------------------------------------------------------

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]")
_INNER_BRACKETS = re.compile(r"\([^()]*\)")


def as_people(value: Any, namespace: str | None = None) -> tuple[Person, ...]:  # noqa: ANN401
    """Authors from one string, or from a list of strings, of objects, or of name parts.

    Without a ``namespace`` there are no ids of the source's own.

    >>> [p.name for p in as_people("J. Smith (MIT), A. Ren\\\\'e (CERN (Geneva))")]
    ['J. Smith', 'A. René']
    >>> as_people([{"family": "Kaiser", "given": "Łukasz", "orcid": "0000-0002-1825-0097"}])
    (Person(family='Kaiser', given='Łukasz', affiliations=(), orcid='0000-0002-1825-0097'),)
    >>> as_people([["Nadolsky", "P. M.", "", "SMU"]])
    (Person(family='Nadolsky', given='P. M.', affiliations=('SMU',), orcid=None),)
    """
    if isinstance(value, str):
        value = _unpacked(value)
    if isinstance(value, dict):
        value = [value]
    if is_missing(value):
        return ()
    if isinstance(value, str):
        return parse_names(_without_brackets(mend(_unescape(value))))
    if not isinstance(value, list):
        return ()
    people = (_person(entry, namespace) for entry in value)
    return tuple(person for person in people if person is not None)


def _without_brackets(text: str) -> str:
    """Drop affiliations in brackets, the inner ones first."""
    for _ in range(4):
        shorter = _INNER_BRACKETS.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text


def _person(entry: Any, namespace: str | None) -> Person | None:  # noqa: ANN401
    if isinstance(entry, str):
        return parse_name(mend(_unescape(entry)))
    if isinstance(entry, list):
        parts = [as_text(part) or "" for part in entry]
        family, given, suffix, *affiliations = (*parts, "", "", "")[: max(3, len(parts))]
        person = _of_parts(f"{family} {suffix}".strip(), given)
        kept = tuple(place for place in affiliations if place)
        return replace(person, affiliations=kept) if person else None
    if not isinstance(entry, dict):
        return None
    fields = {plain(name): value for name, value in entry.items()}
    if isinstance(inner := fields.get("author"), dict):
        fields = {plain(name): value for name, value in inner.items()} | fields
    surname = _first_text(fields, "family", "familyname", "last", "lastname", "surname")
    forename = _first_text(fields, "given", "givenname", "first", "firstname", "forename")
    name = _first_text(fields, "name", "fullname", "displayname", "literal")
    person = _of_parts(surname, forename or "") if surname else parse_name(name) if name else None
    if person is None:
        return None
    orcid = _ORCID.search(str(fields.get("orcid") or fields.get("orcidid") or ""))
    own_id = _own_id(fields)
    if orcid is None and own_id:
        orcid = _ORCID.fullmatch(own_id.removeprefix("https://orcid.org/"))
    return replace(
        person,
        affiliations=tuple(_affiliations(fields)),
        orcid=orcid[0].upper() if orcid else None,
        own_id=f"{namespace}/{own_id}" if namespace and own_id else None,
    )


_AUTHOR_IDS = ("authorid", "personid", "researcherid", "scopusid", "inspireid", "dblppid", "pid")


def _own_id(fields: Mapping[str, Any]) -> str | None:
    """A source's own id of an author; a short number may but count the authors of a paper."""
    if own_id := _first_text(fields, *_AUTHOR_IDS):
        return own_id
    own_id = as_text(fields.get("id"))
    return None if own_id is None or re.fullmatch(r"\d{1,4}", own_id) else own_id


def _of_parts(family: str, given: str) -> Person | None:
    if parse_name(family) is None:
        return None
    return Person(family, re.sub(r"\.\s+-", ".-", given))


def _first_text(fields: Mapping[str, Any], *names: str) -> str | None:
    return next((text for name in names if (text := as_text(fields.get(name)))), None)


def _affiliations(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in ("affiliations", "affiliation", "institutions", "institution"):
        found = fields.get(name)
        for entry in found if isinstance(found, list) else [found]:
            place = (
                entry.get("name", entry.get("display_name")) if isinstance(entry, dict) else entry
            )
            if text := as_text(place):
                yield text


# -- lists inside of strings ---------------------------------------------------------------------

_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_LONGEST_LITERAL = 1_000_000


def _unpacked(text: str) -> Any:  # noqa: ANN401
    """A list that a CSV cell holds as JSON, or as Python or NumPy print one; else the text."""
    stripped = text.strip()
    if stripped[:1] not in {"[", "{"} or stripped[-1:] not in {"]", "}"}:
        return text
    try:
        return load_json(stripped)
    except ValueError:
        pass
    if len(stripped) > _LONGEST_LITERAL:
        return text
    if "{" not in stripped:
        quoted = [single or double for single, double in _QUOTED.findall(stripped)]
        return quoted or text
    try:
        return ast.literal_eval(re.sub(r"\}\s+\{", "}, {", stripped))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text


_CATEGORY = re.compile(r"[a-z][a-z\-]*(?:\.[A-Za-z\-]{2,})?")


def is_category(text: str) -> bool:
    """Whether a text looks like a category of arXiv's (``hep-ph``, ``math.AG``)."""
    return _CATEGORY.fullmatch(text) is not None


def as_categories(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Categories from a list or a string, without repeats.

    >>> as_categories("hep-ph math.AG"), as_categories("cs.CL, cs.LG")
    (('hep-ph', 'math.AG'), ('cs.CL', 'cs.LG'))
    >>> as_categories("Machine Learning; Statistics"), as_categories(["stat.ML", None])
    (('Machine Learning', 'Statistics'), ('stat.ML',))
    """
    if isinstance(value, str):
        value = _unpacked(value)
    if is_missing(value):
        return ()
    if isinstance(value, str):
        words = value.split()
        if all(_CATEGORY.fullmatch(word) for word in words):
            value = words
        else:
            value = re.split(r"[;|]" if re.search(r"[;|]", value) else r",", value)
    texts = (as_text(entry) for entry in (value if isinstance(value, list) else [value]))
    return tuple(dict.fromkeys(text for text in texts if text))


# -- references ----------------------------------------------------------------------------------

_LONGEST_KEY = 100
_REFERENCE_KEYS = (
    ("arxiv_id", ("arxivid", "arxiv", "eprint")),
    ("doi", ("doi",)),
    ("id", ("id", "key", "paperid", "corpusid", "identifier", "ref", "refid", "target")),
    ("title", ("title", "articletitle", "papertitle", "volumetitle")),
    ("authors", ("authors", "author")),
    ("year", ("year", "published", "date", "publicationdate", "publicationyear")),
    ("container", ("venue", "journal", "journaltitle", "booktitle", "containertitle")),
    ("volume", ("volume",)),
    ("pages", ("pages", "firstpage")),
    ("url", ("url", "link")),
    ("raw", ("raw", "unstructured", "text", "rawtext", "reference", "citation", "string")),
)


def as_references(
    value: Any,  # noqa: ANN401
    origin: Origin,
    namespace: str | None,
) -> tuple[list[Reference], list[str]]:
    """References from a list, an object or a string, and what is wrong with those left out.

    An entry may be an identifier, an object, or a reference string, which stays unparsed. One
    string may be a list as JSON or Python write it, or ids with ``;``, ``|``, a line end, a comma
    or a blank between them. Without a ``namespace`` there are no own keys.

    >>> origin = Origin("a.csv", 2)
    >>> found, _ = as_references("1706.03762; 12;10.1038/x1", origin, "r")
    >>> [(r.arxiv_id, r.doi, r.other_ids) for r in found]
    [('1706.03762', None, ()), (None, None, ('id:r/12',)), (None, '10.1038/x1', ())]
    >>> as_references([None, {"id": "1512.00567"}], origin, None)[1]
    ['reference 1 is null']
    """
    references: list[Reference] = []
    faults: list[str] = []
    for number, entry in enumerate(reference_entries(value), 1):
        if isinstance(entry, str) and not entry.strip():
            continue
        found = as_reference(entry, namespace)
        if isinstance(found, str):
            faults.append(f"reference {number} {found}")
        else:
            references.append(replace(found, origin=origin))
    return references, faults


def reference_entries(value: Any) -> list[Any]:  # noqa: ANN401
    """The single entries of what a cell says of references."""
    if isinstance(value, str):
        value = _unpacked(value)
    if is_missing(value):
        return []
    if isinstance(value, str):
        return list(_split_references(value))
    return value if isinstance(value, list) else [value]


def _split_references(text: str) -> list[str]:
    for separator in (r"\n", r"[;|]", r"[,\s]"):
        parts = [part.strip() for part in re.split(separator, text) if part.strip()]
        if len(parts) < 2:
            continue
        if separator == r"\n" or all(_is_key(part) for part in parts):
            return parts
        # Reference strings in a row: each has its year. In one string the ";" parts its authors.
        if separator == r"[;|]" and all(_YEAR.search(part) for part in parts):
            return parts
    return [text]


def _is_key(text: str) -> bool:
    return len(text) <= _LONGEST_KEY and any(c.isdigit() for c in text) and " " not in text


def as_reference(entry: Any, namespace: str | None) -> Reference | str:  # noqa: ANN401
    """One entry as a reference, or what is wrong with it."""
    if entry is None:
        return "is null"
    if isinstance(entry, list):
        return "is a list in a list"
    if isinstance(entry, dict):
        return _reference_of_object(entry, namespace)
    if isinstance(entry, str):
        text = entry.strip()
        is_key = len(text) <= _LONGEST_KEY and not re.search(r"\s", text)
        ids = identify(text, namespace) if is_key else _strict_ids(text)
    else:
        text = _as_string(entry)
        ids = identify(entry, namespace)
        if not ids:
            return f"is {text[:40]}, which is no identifier"
    return Reference(text, arxiv_id=ids.arxiv_id, doi=ids.doi, other_ids=ids.other_ids)


def _strict_ids(text: str) -> Ids:
    """The identifier that a text is, which may begin with "arXiv: " or "doi: "."""
    return Ids(identifiers.arxiv_id(text), identifiers.doi(text))


def _reference_of_object(entry: dict[str, Any], namespace: str | None) -> Reference | str:
    fields = {plain(str(name)): value for name, value in entry.items()}
    given: dict[str, Any] = {}
    for field, names in _REFERENCE_KEYS:
        given[field] = next((fields[n] for n in names if not is_missing(fields.get(n))), None)
    own = identify(given["id"], namespace)
    named = identify(given["doi"], None)
    arxiv = as_arxiv_id(given["arxiv_id"]) or named.arxiv_id or own.arxiv_id
    title = as_text(given["title"])
    raw = given["raw"] if isinstance(given["raw"], str) else None
    linked = identify(given["url"], None)
    arxiv = arxiv or linked.arxiv_id
    doi = named.doi or own.doi or linked.doi
    key_text = given["id"] if isinstance(given["id"], str) and not own else None
    others = own.other_ids or linked.other_ids
    if not (arxiv or doi or others or title or raw or key_text):
        return "names neither an identifier nor a title"
    has_id_alone = given["id"] is not None and sum(v is not None for v in given.values()) == 1
    evidence = _as_string(given["id"]).strip() if has_id_alone else raw or key_text
    return Reference(
        evidence or orjson.dumps(entry, default=str).decode(),
        arxiv_id=arxiv,
        doi=doi,
        other_ids=own.other_ids or (() if title else others),
        title=title,
        authors=as_people(given["authors"]),
        year=as_date(given["year"])[1],
        container=as_text(given["container"]),
        volume=as_text(given["volume"]),
        pages=as_text(given["pages"]),
        url=as_text(given["url"]),
    )
