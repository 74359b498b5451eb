"""Identifiers of papers: arXiv ids, DOIs and the rest, strict for a field, tolerant in text.

Sources: the arXiv identifier scheme (https://info.arxiv.org/help/arxiv_identifier.html), the DOI
Handbook (2.2), and the ISBN standard (ISO 2108) for its check digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ["Identifiers", "arxiv_id", "doi", "find", "own_id", "url_id", "url_of"]

ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|"
    "cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|"
    "nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con|eess|econ|"
    "stat|q-fin"
)
_NEW = r"(?P<new>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})"
_OLD = rf"(?P<archive>{ARCHIVES})(?:\.[A-Za-z]{{2}})?/(?P<number>\d{{2}}(?:0[1-9]|1[0-2])\d{{3}})"
_ARXIV = re.compile(
    r"\s*(?:arxiv\s*:?\s*|(?:https?://)?(?:(?:www|export|[a-z]{2})\.)?arxiv\.org/(?:abs|pdf|html|ps|format|e-print)/"
    r"|(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.)?"
    rf"(?:{_NEW}|{_OLD})(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.\-]+\])?/?(?:[?#]\S*)?\s*",
    re.IGNORECASE,
)
_DOI = re.compile(
    r"\s*(?:(?:https?://)?(?:(?:www|dx)\.)?doi\.org/|doi\s*[:=]?\s*)?(10\.\d{4,9}(?:\.\d+)*/\S+)\s*",
    re.IGNORECASE,
)

# In running text an arXiv id needs company ("arXiv:", "abs/", a URL), or it is any number.
_ARXIV_IN_TEXT = re.compile(
    r"(?:ar\s?xiv(?:\.org)?\s*(?:preprint|e-prints?)?[\s,:/\[(]*(?:ar\s?xiv\s*:?\s*)?(?:(?:abs|pdf)\s*/\s*)?"
    # (a DOI begins with "10.", so what stands after "doi:" in an arXiv id's shape is one)
    r"|10\.48550/arxiv\.|(?<![A-Za-z])abs\s*/\s*|(?<![A-Za-z])doi\s*:\s*)"
    rf"(?:{_NEW}|{_OLD})(?!\d)",
    re.IGNORECASE,
)
_OLD_IN_TEXT = re.compile(rf"(?<![\w/]){_OLD}(?!\d)", re.IGNORECASE)
_DOI_IN_TEXT = re.compile(r"(?<![\d.])10\.\d{4,9}(?:\.\d+)*/[^\s\"“”<>{}|\\^`\]]+")
_PMID = re.compile(r"(?:\bPMID\s*:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/)(\d{4,8})\b", re.IGNORECASE)
_ISBN = re.compile(r"\bISBN(?:-1[03])?\s*:?\s*((?:97[89][-\s]?)?(?:\d[-\s]?){9}[\dXx])\b")
_ACL = re.compile(
    r"(?:aclweb\.org/anthology(?:-new)?|aclanthology\.(?:org|info))/"
    r"(?:papers/)?(?:[A-Z]/[A-Z]\d{2}/)?([A-Z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+)",
    re.IGNORECASE,
)
_OPENREVIEW = re.compile(
    r"openreview\.net/(?:forum|pdf|references/pdf)\?id=([\w-]{6,})", re.IGNORECASE
)
_URL = re.compile(r"\bhttps?://[^\s<>\"“”{}|\\^`\[\]]+", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[\w.~%/?=&+,;:@!$*()-]*)?")
_TRAILING = re.compile(r"[.,;:'\"”’»]+$")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What ``find`` saw: each list in order of appearance, without repeats."""

    arxiv_ids: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()
    other_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


def arxiv_id(text: str) -> str | None:
    """Read ``text`` as one arXiv id in any form; None when it is not one.

    Versions, URLs and subject classes are folded away. Ids from 2015 on have five digits.

    >>> arxiv_id("https://arxiv.org/pdf/1706.03762v5.pdf")
    '1706.03762'
    >>> arxiv_id("math.GT/0309136"), arxiv_id("10.48550/arXiv.2004.05439")
    ('math/0309136', '2004.05439')
    >>> arxiv_id("1706.0376") is arxiv_id("1713.03762") is arxiv_id("12") is None
    True
    """
    match = _ARXIV.fullmatch(text)
    return _canonical_arxiv(match) if match else None


def _canonical_arxiv(match: re.Match[str]) -> str | None:
    new = match.groupdict().get("new")  # one of the patterns knows old ids alone
    if new is None:
        return f"{match['archive'].lower()}/{match['number']}"
    digits = 5 if int(new[:2]) >= 15 else 4
    if len(new) - 5 == digits and new >= "0704":
        return new
    return None


def doi(text: str) -> str | None:
    """Read ``text`` as one DOI: prefix dropped, lower case; None when it is none.

    arXiv's own DOIs are arXiv ids and not DOIs here.

    >>> doi("https://doi.org/10.1103/PhysRevD.76.013009")
    '10.1103/physrevd.76.013009'
    >>> doi("10.48550/arXiv.1706.03762") is doi("1706.03762") is None
    True
    """
    match = _DOI.fullmatch(unquote(text) if "%2" in text else text)
    if match is None:
        return None
    value = _trim(match[1]).lower()
    return None if value.startswith("10.48550/arxiv.") else value


def _trim(value: str) -> str:
    """Drop the sentence's punctuation, and a bracket that was opened outside of the value."""
    while True:
        shorter = _TRAILING.sub("", value)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == value:
            return value
        value = shorter


def find(text: str) -> Identifiers:
    """Find every identifier in running text.

    >>> found = find("Vaswani. Attention. arXiv preprint arXiv:1706.03762v2, 2017. doi:10.1/x "
    ...              "https://openreview.net/forum?id=Hy7fDog0b CoRR, abs/1512.00567, 2015.")
    >>> found.arxiv_ids, found.other_ids
    (('1706.03762', '1512.00567'), ('openreview:Hy7fDog0b',))
    >>> find("see (doi:10.1109/5.726791).").dois
    ('10.1109/5.726791',)
    >>> find("ICLR 2018. doi:1703.09844").arxiv_ids
    ('1703.09844',)
    >>> find("Phys. Lett. B 372 [hep-th/9901001]").arxiv_ids
    ('hep-th/9901001',)
    """
    arxiv_ids: dict[str, None] = {}
    for pattern in (_ARXIV_IN_TEXT, _OLD_IN_TEXT):
        for match in pattern.finditer(text):
            if (value := _canonical_arxiv(match)) is not None:
                arxiv_ids.setdefault(value)
    dois = dict.fromkeys(
        value for match in _DOI_IN_TEXT.finditer(text) if (value := doi(_trim(match[0])))
    )
    others: dict[str, None] = {}
    for match in _PMID.finditer(text):
        others.setdefault(f"pmid:{match[1]}")
    for match in _ISBN.finditer(text):
        if (isbn := _isbn13(match[1])) is not None:
            others.setdefault(f"isbn:{isbn}")
    for match in _ACL.finditer(text):
        others.setdefault(f"acl:{match[1].upper() if match[1][0].isalpha() else match[1].lower()}")
    for match in _OPENREVIEW.finditer(text):
        others.setdefault(f"openreview:{match[1]}")
    urls = dict.fromkeys(_trim(match[0]) for match in _URL.finditer(text))
    return Identifiers(tuple(arxiv_ids), tuple(dois), tuple(others), tuple(urls))


def _isbn13(text: str) -> str | None:
    """The 13-digit form of an ISBN whose check digit is right."""
    digits = re.sub(r"[-\s]", "", text).upper()
    if len(digits) == 10:
        checks = sum((10 - i) * (10 if c == "X" else int(c)) for i, c in enumerate(digits))
        if checks % 11 or "X" in digits[:-1]:
            return None
        body = "978" + digits[:-1]
        return body + str(-sum(int(c) * (1, 3)[i % 2] for i, c in enumerate(body)) % 10)
    if not digits.isdigit() or sum(int(c) * (1, 3)[i % 2] for i, c in enumerate(digits)) % 10:
        return None
    return digits


def own_id(namespace: str, value: str) -> str:
    """A source's own key as an identifier.

    >>> own_id("records", " A 12 ")
    'id:records/A 12'
    """
    return f"id:{namespace}/{value.strip()}"


def url_id(url: str) -> str:
    """The identifier of something known by its address alone; scheme and ``www.`` don't matter.

    >>> url_id("https://www.example.org/a/b/#top") == url_id("http://example.org/a/b")
    True
    """
    bare = re.sub(r"^https?://(?:www\.)?", "", url.strip(), flags=re.IGNORECASE)
    host, slash, path = bare.partition("#")[0].partition("/")
    return f"id:url/{host.lower()}{slash}{path}".rstrip("/")


def url_of(identifier: str) -> str | None:
    """The public address of an identifier that has one, built from validated parts alone.

    >>> url_of("arxiv:1706.03762"), url_of("doi:10.1109/5.726791"), url_of("title:x")
    ('https://arxiv.org/abs/1706.03762', 'https://doi.org/10.1109/5.726791', None)
    >>> url_of("id:url/example.org/a"), url_of("id:url/javascript:alert(1)")
    ('https://example.org/a', None)
    """
    scheme, _, value = identifier.partition(":")
    if scheme == "arxiv" and arxiv_id(value) == value:
        return f"https://arxiv.org/abs/{value}"
    if scheme == "doi" and doi(value) == value:
        return f"https://doi.org/{value}"
    if scheme == "pmid" and value.isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{value}/"
    if scheme == "acl" and re.fullmatch(r"[\w.-]+", value):
        return f"https://aclanthology.org/{value}/"
    if scheme == "openreview" and re.fullmatch(r"[\w-]+", value):
        return f"https://openreview.net/forum?id={value}"
    if scheme == "id" and value.startswith("url/") and _ADDRESS.fullmatch(value[4:]):
        return f"https://{value[4:]}"
    return None
