"""Identifiers and addresses in one reference: they are the same in every style.

Text from PDFs puts spaces into them and takes others away ("arXiv :hep -ph/ 9703464", "doi:10.
1016/j.cell", "2013.http:/ / dx.doi.org/"), so they are found with spaces wherever a page has been
seen to put one, and read without.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from graphbuild import identifiers

__all__ = ["Addresses", "read_addresses"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """What was found, and the ``(start, end)`` spans in the text that it was found in."""

    arxiv_id: str | None = None
    doi: str | None = None
    other_ids: tuple[str, ...] = ()
    url: str | None = None
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is an identifier or an address at all."""
        return bool(self.arxiv_id or self.doi or self.other_ids or self.url)


_NEW = r"\d\d(?:0[1-9]|1[0-2])\s?\.\s?\d{4,5}(?!\d)"
_HYPHENED = (
    r"(?:acc|adap|alg|ao|astro|atom|bayes|chao|chem|cmp|comp|cond|dg|funct|gr|hep|math|mtrl|nucl|patt"
    r"|plasm|q|quant|solv|supr)\s?[-–]\s?(?:phys|org|geom|sci|ph|an|dyn|lg|gas|mat|ga|qc|ex|lat|th|sol"
    r"|alg|bio|int|con|fin)"
)
_OLD = (
    rf"(?:(?:{_HYPHENED})(?:\s?\.\s?[A-Z]{{2}})?\s?[/:]?\s?|(?:math|cs|nlin|physics)(?:\.[A-Z]{{2}})?"
    r"\s?/\s?)\d{7}(?!\d)"
)
_VERSION = r"(?:v\d{1,2})?(?:\.pdf)?"
_CLASS = r"(?:\s?\[\s?[a-z][a-z\s.\-]{1,12}(?:[A-Z]{2})?\s?\])"
_DOI_BODY = (
    r"(?:(?!\.?URL|\.?(?:PMID|PubMed)|[,.;]\s?doi\b|,hep|[,.;]?ar\s?xiv|\((?:19|20)\d\d\)(?:$|[.\s]))"
    r"[^\s\"“”<>{}|\\^`\[\]])+"
)
_FOUND = re.compile(
    # An address; "http:/ / dx" and "http ://" are PDF text.
    r"(?P<url>(?:https?\s?:\s?/\s?/\s?|\bftp\s?:\s?//\s?|\bwww\s?\.\s?"
    r"|\b(?=(?:github|youtu|bitbucket|gitlab|arxiv|openreview|aclanthology)\.))"
    r"(?:(?!\.URL|;\s?https?:)[^\s<>\"“”{}|\\^`\[\]\ue000])+"
    r"(?:(?<=[/=_-])\s(?=[\w?=&%-]+[/.?=&%_-]\w)[^\s<>\"“”{}|\\^`\[\]\ue000]+"
    r"|\s(?=[./?]\w)[^\s<>\"“”{}|\\^`\[\]\ue000]+){0,9})"
    # A DOI
    r"|(?P<doi>(?:\bdoi\s?(?:\.\s?org\s?/)?\s?[:=/]?\s?)?(?<![\d.])10\s?\.\s?\d{4,9}(?:\s?\.\d+)*\s?/\s?"
    rf"{_DOI_BODY}(?:\s(?=[./]\w){_DOI_BODY}|(?:(?<=[-/])\s(?=\d)|(?<=[a-z]\.)\s(?=\d+\.\d)){_DOI_BODY}){{0,3}})"
    # An arXiv id with its name before it
    r"|(?P<arxiv>(?:\bcorr\b[\s,:]{0,3})?(?:a\s?r\s?x\s?i\s?v\b|a\s?r\s?x\s?i\s?v(?=:?[\s\d])|\babs(?=\s?/))"
    r"(?:\s?\.\s?org)?"
    r"[\s,:./\[(]{0,4}(?:(?:pre|e-?)prints?|e-?print\s+archive)?[\s,:./\[(]{0,4}"
    r"(?:ar\s?xiv(?:\.org)?[\s:./]{0,3})?(?:(?:abs|pdf)\s?/\s?)?"
    rf"(?P<arxiv_number>{_NEW}|{_OLD}){_VERSION}{_CLASS}?)"
    # An arXiv id alone: an archive's name, brackets or "doi:" say what it is
    rf"|(?P<old>(?<![\w/]){_OLD}{_VERSION})"
    rf"|(?P<bare>(?:\[\s?|\bdoi\s?:\s?)(?P<bracketed>{_NEW}){_VERSION}(?={_CLASS}?\s?[\],;.)]|\s|$)"
    rf"|(?<![\w.,/:–-])(?P<alone>\d\d(?:0[1-9]|1[0-2])\.\d{{4,5}}){_VERSION}(?![\d\w–-]|[.,]\d))"
    r"|(?P<other>\bPMID\s?:?\s?\d{4,8}\b|\b(?:PMCID\s?:?\s?)?PMC\d{4,9}\b"
    r"|\bISBN(?:[-–\s]?1[03])?\s?:?\s?[\dXx][\dXx\-–\s]{8,16}|\bISSN\s?:?\s?\d{4}\s?[-–]?\s?\d{3}[\dXx])",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"10\s?\.\s?\d|http|www|iv\b|iv[:\d]|abs\s?/|\d{7}|\d{4}\s?\.\s?\d{4}|PMID|PMC\d|ISBN|ISSN|ftp"
    r"|github|gitlab|youtu|bitbucket|arxiv|openreview|aclanthology",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(
    r"(?:comments?\s+on|reply\s+to|response\s+to|erratum\s+(?:to|of)|review\s+of|see\s+also|also\s+see)"
    r"[^.;\d]{0,30}$",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_SCHEME = re.compile(r"(?:https?|ftp)\s?:\s?/\s?/\s?", re.IGNORECASE)
_TRAILING = ".,;:)\"'”’"


def read_addresses(text: str) -> Addresses:
    """Find every identifier and address in one reference; of each kind the first is its own.

    >>> found = read_addresses("Phys. Rev. D 55, 6760 (1997), arXiv :hep-ph/ 9703464 .")
    >>> found.arxiv_id, found.spans
    ('hep-ph/9703464', ((30, 52),))
    >>> read_addresses("JHEP 03 (2011) 041 [ 1005 . 0539 ] doi:10. 1007/JHEP03(2011)041").doi
    '10.1007/jhep03(2011)041'
    """
    if _HINT.search(text) is None:
        return Addresses()
    arxiv_ids: list[tuple[bool, str]] = []
    dois: list[str] = []
    others: list[str] = []
    urls: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _FOUND.finditer(text):
        seen = _read(match)
        if seen is None:
            continue
        start, end = match.span()
        if not match["other"]:
            end = start + len(match[0].rstrip(_TRAILING))
        spans.append((start, end))
        if _NOT_OWN.search(text, max(0, start - 60), start):
            continue
        arxiv_ids += ((bool(match["alone"]), value) for value in seen.arxiv_ids)
        dois += seen.dois
        others += seen.other_ids
        urls += seen.urls
    arxiv_ids.sort(key=lambda found: found[0])  # one that its name introduces before a bare one
    return Addresses(
        arxiv_ids[0][1] if arxiv_ids else None,
        dois[0] if dois else None,
        tuple(dict.fromkeys(others)),
        urls[0] if urls else None,
        tuple(spans),
    )


def _read(match: re.Match[str]) -> identifiers.Identifiers | None:
    """What one match says; None when it only looked like an identifier."""
    if match["arxiv"] or match["old"] or match["bare"]:
        number = match["arxiv_number"] or match["bracketed"] or match["alone"] or match["old"]
        value = identifiers.arxiv_id(_as_arxiv(number))
        if value is None:
            return identifiers.Identifiers() if match["arxiv"] else None
        return identifiers.Identifiers(arxiv_ids=(value,))
    if match["other"]:
        return identifiers.find(match[0])
    closed = _SPACE.sub("", match[0])
    if match["doi"]:
        return dataclasses.replace(identifiers.find(closed), urls=())
    return identifiers.find(closed if _SCHEME.match(match[0]) else f"https://{closed}")


_LOST_SLASH = re.compile(r"(?<=[a-z])[/:]?(?=\d{7})", re.IGNORECASE)


def _as_arxiv(number: str) -> str:
    closed = _SPACE.sub("", number).replace("–", "-")
    return closed if "." in closed[:6] and closed[0].isdigit() else _LOST_SLASH.sub("/", closed)
