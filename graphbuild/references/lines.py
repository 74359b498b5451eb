"""Lines of a bibliography: which are a page's furniture, and where an entry begins.

A list without numbers shows where an entry begins by its layout alone: a blank line, a hanging
indent, a last line that is short, or names at the head of a line after one that is finished.
Each of these is a sign, and a line begins an entry where the signs together say so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from graphbuild.references.authors import read_authors
from graphbuild.references.fields import straighten

__all__ = [
    "Line",
    "cut_into_entries",
    "drop_furniture",
    "read_lines",
    "repeated_lines",
    "something_said",
]

LONGEST_TEXT = 2_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line's text without white space at its ends, where that begins and ends in the input, how
    far it is indented, and whether a blank line stands before it.
    """

    text: str
    start: int
    end: int
    indent: int
    apart: bool


def read_lines(text: str, start: int, end: int) -> Iterator[Line]:
    """The lines of ``text`` from ``start`` to ``end`` that hold something."""
    position = start
    end = min(end, len(text))
    apart = False
    while position < end:
        stop = text.find("\n", position, end)
        stop = end if stop < 0 else stop
        line = text[position:stop]
        stripped = line.strip()
        if stripped:
            indent = line.index(stripped[0])
            yield Line(stripped, position + indent, stop, indent, apart)
        apart = not stripped
        position = stop + 1


_PAGE_NUMBER = re.compile(r"(?:page\s)?[-–—\s]*\d{1,4}[-–—\s]*(?:of\s\d+)?", re.IGNORECASE)
_RUNNING_HEAD = re.compile(
    r"(?:preprint|under review|published as a|to appear in|accepted (?:at|for|to)|arxiv:\S+v\d"
    r"|in review|author manuscript|downloaded from|copyright|©)",
    re.IGNORECASE,
)
LONGEST_HEAD = 90


def repeated_lines(text: str) -> frozenset[str]:
    """Lines that come back from page to page, beside a page's number or a blank line.

    >>> sorted(repeated_lines("A\\n12\\nUnder the sea\\nB\\n13\\nUnder the sea\\nC"))
    ['Under the sea']
    """
    return _furniture([line.strip() for line in text[:LONGEST_TEXT].split("\n")])


def _furniture(lines: Sequence[str]) -> frozenset[str]:
    seen: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for index, line in enumerate(lines):
        known = _RUNNING_HEAD.match(line) is not None
        if not 3 < len(line) <= LONGEST_HEAD or _PAGE_NUMBER.fullmatch(line):
            continue
        if line.endswith((".", "]", ",", ";", ")")) and not known:
            continue
        seen[line] += 1
        near = (
            lines[index - 1] if index else "",
            lines[index + 1] if index + 1 < len(lines) else "",
        )
        at_page_end = any(not other or _PAGE_NUMBER.fullmatch(other) for other in near)
        beside[line] += at_page_end + (at_page_end and known)
    return frozenset(line for line, count in beside.items() if count > 1 and count * 2 > seen[line])


def drop_furniture(lines: list[Line]) -> list[Line]:
    """Without page numbers, and without lines that come back from page to page."""
    texts: list[str] = []
    for line in lines:
        texts += ("", line.text) if line.apart else (line.text,)
    furniture = _furniture(texts)
    return [
        line
        for line in lines
        if line.text not in furniture and not _PAGE_NUMBER.fullmatch(line.text)
    ]


# -- where entries begin ---------------------------------------------------------------------------

_BULLET = re.compile(r"(?:[#*•·▪●‣–—-]|\[[A-Z][^\[\]]{1,30}\])\s*(?=\S)")
_UNFINISHED = re.compile(
    r"(?:[,:&(–-]|,[\"”’']|(?<![)\d]);|\bet al"
    r"|\b(?:and|und|et|of|the|in|for|on|to|a|an|with|by|&|vol|pp|no|eds?))$",
    re.IGNORECASE,
)
_INITIAL_ENDS = re.compile(r"(?:^|[\s.])[A-ZÀ-Þ]\.$")
_FINISHED = re.compile(r"(?:[.;\])”\"’】。]|\d|https?://\S{4,200})$")
_SOMETHING_SAID = re.compile(
    r"(?:1[5-9]|20)\d\d|\d+\s?[-–:(]\s?\d+|https?://|10\.\d{4}|\bvol|\bpp|\bin press\b|\d{3}",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:[(\[]|\d|pp?\.|pages|vol\b|no\b|in\b|and\b|of\b|doi|https?:|arxiv|url|In:?\s|Proc\b|Proceedings|Journal|Springer|Elsevier|IEEE|ACM|Press\b|PMID|Available|Retrieved)",
    re.IGNORECASE,
)


def cut_into_entries(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines in blocks of one entry each."""
    if not lines:
        return []
    begins = _bulleted(lines) or _paragraphs(lines) or _hanging(lines) or _by_signs(lines)
    blocks: list[list[Line]] = []
    for line, begin in zip(lines, begins, strict=True):
        if begin or not blocks:
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def something_said(text: str) -> bool:
    """Whether a year, pages or an address stand in ``text``: what an entry has near its end."""
    return _SOMETHING_SAID.search(text) is not None


_COLLABORATION = re.compile(
    r"(?:the\s+)?(?:[\w/&+-]{1,20}\s+){1,3}(?:collaboration|consortium|working group)\b",
    re.IGNORECASE,
)
HEAD = 600
"""Characters of a line in which its first names are looked for."""


def _names_lead(text: str) -> bool:
    head = straighten(text[:HEAD])
    authors = read_authors(head)
    if authors.people:
        return len(head) > authors.end
    return _COLLABORATION.match(head) is not None


def _bulleted(lines: Sequence[Line]) -> list[bool] | None:
    """Entries that a mark or a key in brackets begins."""
    marked = [bool(_BULLET.match(line.text)) for line in lines]
    if sum(marked) < 3 or not marked[0]:
        return None
    return marked


def _paragraphs(lines: Sequence[Line]) -> list[bool] | None:
    """Entries that blank lines keep apart."""
    apart = [index == 0 or line.apart for index, line in enumerate(lines)]
    blocks = sum(apart)
    if blocks < 3 or blocks * 12 < len(lines):
        return None
    inner = [
        _may_begin(before, line)
        for before, line, alone in zip(lines, lines[1:], apart[1:], strict=False)
        if not alone
    ]
    if inner and sum(inner) * 4 > blocks:
        return None
    # A page's end puts a blank line inside an entry.
    return [
        first and (index == 0 or not _is_torn(lines[index - 1].text, lines[index].text))
        for index, first in enumerate(apart)
    ]


def _is_torn(before: str, text: str) -> bool:
    return before.endswith(("-", "‐")) or (
        text[0].islower() and not _FINISHED.search(before[-210:])
    )


def _hanging(lines: Sequence[Line]) -> list[bool] | None:
    """Entries whose further lines are indented."""
    least = min(line.indent for line in lines)
    outer = [line.indent <= least + 1 for line in lines]
    inner = len(lines) - sum(outer)
    if inner * 5 < len(lines) or sum(outer) < 3:
        return None
    pairs = [(before, line) for before, line in pairwise(lines) if line.indent <= least + 1]
    if sum(_may_begin(before, line) for before, line in pairs) * 2 < len(pairs):
        return None
    return outer


def _may_begin(before: Line, line: Line) -> bool:
    return bool(_FINISHED.search(before.text[-210:])) and _names_lead(line.text)


def _surely_goes_on(before: Line, line: Line) -> bool:
    if _UNFINISHED.search(before.text[-20:]) or before.text.endswith(("-", "‐")):
        return True
    if line.text[0] in ")]},.;:":
        return True
    return line.text[0].islower() and not _names_lead(line.text)


def _by_signs(lines: Sequence[Line]) -> list[bool]:
    """Entries that only the text itself tells apart."""
    lengths = sorted(len(line.text) for line in lines)
    width = lengths[int(len(lengths) * 0.9)]
    wrapped = width < 130 and sum(length > width - 14 for length in lengths) * 20 > len(lengths) * 7
    begins: list[bool] = []
    said = 0
    told = False
    for index, line in enumerate(lines):
        begin = (
            index == 0
            or _sign(lines[index - 1], line, told=told, said=said, width=width if wrapped else 0)
            > 0
        )
        begins.append(begin)
        if begin:
            said, told = 0, False
        said += len(line.text)
        told = told or something_said(line.text)
    return begins


def _sign(before: Line, line: Line, *, told: bool, said: int, width: int) -> float:
    """How much speaks for ``line`` beginning an entry; ``width`` is 0 where lines are whole."""
    if _surely_goes_on(before, line):
        return -1
    sign = 0.0 if width else 4.0
    sign += 2 if _names_lead(line.text) else -2
    sign -= 2 if _GOES_ON.match(line.text) else 0
    if _INITIAL_ENDS.search(before.text[-6:]) and not told:
        sign -= 3
    sign += 1 if _FINISHED.search(before.text[-210:]) else -2
    if width:
        sign += 2 if len(before.text) < width * 0.85 else -0.5
    sign += 1 if told else -2.5
    sign += 1 if line.apart else 0
    return sign - (1 if said < 40 else 0)
