"""The bibliography in running text, and its entries.

Text from PDFs is damaged: lines are wrapped and hyphenated, pages leave their headers and numbers,
columns are mixed, headings stand in the middle of what they head, and figures follow the last
entry. Where a bibliography is whole, every entry of it is kept. Where its lines are mixed up, only
an entry is kept out of which a title or an identifier can be read with confidence: a wrong title
would become a wrong paper.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphbuild.model import Reference
from graphbuild.references.authors import read_authors, words
from graphbuild.references.lines import (
    Line,
    cut_into_entries,
    drop_furniture,
    read_lines,
    repeated_lines,
    something_said,
)
from graphbuild.references.parser import parse_all

__all__ = ["Entry", "find"]

LONGEST_ENTRY = 1_500
SHORTEST_ENTRY = 12
SHORTEST_RUN = 3
BEFORE_HEADING = 12_000
"""Characters before a heading in which mixed columns may have left entries."""
MOST_STRAY = 1
"""Headings inside a list that a page may have; more are lines that a reader of PDFs mixed up."""
LONGEST_LIST = 2_000_000
"""Characters after a heading in which entries are looked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a bibliography: its text on one line, and where it begins in the input."""

    text: str
    start: int


_HEADING = re.compile(
    r"^[ \t]*+(?:#{1,6}[ \t]*+)?(?:\d{1,2}\.?[ \t]++|[IVX]{1,5}\.[ \t]++)?\*{0,3}={0,4}[ \t]*+"
    r"(?:references?(?:[ \t]+(?:and|&)[ \t]+(?:notes|further[ \t]+reading)|[ \t]+cited)?"
    r"|bibliography|literature[ \t]+cited|works[ \t]+cited|literatur(?:verzeichnis)?"
    r"|bibliographie|r[ée]f[ée]rences(?:[ \t]+bibliographiques)?|bibliograf[ií]a|referencias"
    r"|参考文献|參考文獻|참고문헌|список[ \t]+литературы|литература)"
    r"[ \t]*+={0,4}\*{0,3}[ \t]*+:?[ \t]*+$",
    re.IGNORECASE | re.MULTILINE,
)
_SECTION = re.compile(r"#+[ \t]*(?:\d{1,2}(?:\.\d{1,2})*\.?[ \t]+\S|[A-Z](?:\.\d+)*\.?[ \t]+[A-Z])")
_CAPTION = re.compile(
    r"(?:figure|fig\.|table|algorithm|listing|appendix|supplementary)\b", re.IGNORECASE
)
_APPENDIX = re.compile(
    r"#*[ \t]*(?:[A-Z]\.?[ \t]+)?(?:appendi(?:x|ces)|supplement|proofs?\b"
    r"|additional|attention visuali|acknowledg)",
    re.IGNORECASE,
)


def find(text: str) -> list[Entry]:
    """Find the bibliography in ``text`` and cut it into entries, in the order of the text.

    >>> page = "# References\\n[1] J. Blinn. Consider the lowly matrix. IEEE CGA, 1996.\\n"
    >>> page += "[2] S. Sabour and N. Frosst. Dynamic routing between\\ncapsules. NIPS, 2017.\\n"
    >>> [(entry.text[:12], entry.start) for entry in find(page + "# Appendix\\nWe show more.")]
    [('[1] J. Blinn', 13), ('[2] S. Sabou', 70)]
    >>> find("As was shown (Goodfellow et al., 2014) and in [12, 13], this is so.")
    []
    """
    headings = list(_HEADING.finditer(text))
    for heading in headings if len(headings) < 4 else (*headings[:2], *headings[-2:]):
        numbered = _numbered(text, heading.end())
        if numbered:
            return numbered
    for heading in headings if len(headings) < 3 else (headings[0], headings[-1]):
        listed = _listed(text, heading.end())
        if listed:
            return listed
    if headings:
        return _mixed(text, headings)
    return _numbered(text, None)


# -- numbered bibliographies -----------------------------------------------------------------------

_BRACKETED = re.compile(
    r"(?:^|(?<=\n)|(?<=[.\])/\d]\s)|(?<=[.\])/\d]))[ \t]*+"
    r"(?P<label>\[[ \t]?(?P<number>\d{1,4})[ \t]?\])"
    r"(?=\s*[^\W\d_a-z]|\s*[“\"‘«<]|\s*(?:van|von|de|http)\b|\s+\d)"
)
_BRACKETED_LINE = re.compile(
    r"^[ \t]*(?P<label>\[[ \t]?(?P<number>\d{1,4})[ \t]?\])(?=\s*\S)", re.MULTILINE
)
_BRACKETED_ANYWHERE = re.compile(
    r"(?:^|(?<=\s)|(?<=[.;\])/\d]))(?P<label>\[[ \t]?(?P<number>\d{1,4})[ \t]?\])(?=\s*\S)"
)
_DOTTED = re.compile(
    r"^[ \t]*(?P<label>(?P<number>\d{1,4})[.)])(?=[ \t]+\S|[^\W\d_])", re.MULTILINE
)
_ROUND = re.compile(
    r"^[ \t]*(?P<label>\([ \t]?(?P<number>\d{1,4})[ \t]?\))(?=[ \t]*\S)", re.MULTILINE
)
_BARE = re.compile(r"^[ \t]*(?P<label>(?P<number>\d{1,3}))(?=[ \t]+[^\s\da-z,.;:)])", re.MULTILINE)
_INLINE = re.compile(
    r"(?:^|(?<=\n)|(?<=[.\])/\d]\s))[ \t]*+(?P<label>(?P<number>\d{1,3})\.)(?=[ \t]+[^\W\d_a-z])"
)
_STYLES = (_BRACKETED_LINE, _BRACKETED_ANYWHERE, _DOTTED, _ROUND, _BARE, _INLINE)
_WORTH_MORE = 1.2
"""How much longer a run in a less telling style must be to be believed."""


def _numbered(text: str, start: int | None) -> list[Entry]:
    """The entries of the longest run of ascending numbers; after a heading from ``start`` on."""
    run: list[re.Match[str]] = []
    for style in _STYLES if start is not None else (_BRACKETED,):
        found = _longest_run(list(style.finditer(text, start or 0)))
        if (
            len(found) >= SHORTEST_RUN
            and len(found) > len(run) * _WORTH_MORE
            and (start is None or _is_list(found, start))
        ):
            run = found
    if not run and start is not None:
        run = _longest_run(list(_BRACKETED.finditer(text, start)))
    least = SHORTEST_RUN if start is None else 1
    if len(run) < least:
        return []
    if start is not None and run[0].start() > start + (200 if len(run) < SHORTEST_RUN else 4000):
        return []
    furniture = repeated_lines(text[run[0].start() :])
    entries = [
        _entry(
            text,
            label.start("label"),
            following.start("label") if following else len(text),
            furniture,
            last=following is None,
        )
        for label, following in zip(run, [*run[1:], None], strict=True)
    ]
    credible = _credible(entries, numbered=True)
    if start is None and len(credible) < max(SHORTEST_RUN, len(run) // 2):
        return []
    if start is not None and len(run) >= SHORTEST_RUN and len(credible) * 5 >= len(entries) * 2:
        return [entry for entry in entries if _is_some_entry(entry.text)]
    return credible


def _is_list(run: list[re.Match[str]], start: int) -> bool:
    """Whether numbers count entries: soon after the heading, and not far from each other."""
    length = run[-1].start() - run[0].start()
    far = 1_500 if run[0]["label"].startswith("[") else 300
    return run[0].start() - start < far and length < 600 * len(run)


def _longest_run(labels: list[re.Match[str]]) -> list[re.Match[str]]:
    """The longest chain of labels whose numbers go up by one, or by two where one was lost."""
    longest: dict[int, tuple[int, int]] = {}  # number → length of the chain it ends, its label
    parents: list[int] = []
    best = (0, -1)
    for index, label in enumerate(labels):
        number = int(label["number"])
        length, parent = max(longest.get(number - 1, (0, -1)), longest.get(number - 2, (0, -1)))
        parents.append(parent)
        longest[number] = max(longest.get(number, (0, -1)), (length + 1, index))
        best = max(best, (length + 1, index), key=lambda chain: chain[0])
    run: list[re.Match[str]] = []
    index = best[1]
    while index >= 0:
        run.append(labels[index])
        index = parents[index]
    return run[::-1]


_NUMBER_ALONE = re.compile(r"[ \t]*\d{1,4}[ \t]*$")
_CONTINUES = re.compile(
    r"(?:[a-z(]|In\b|Proc|http|URL|pages|pp\.|\d|arXiv|CoRR|ISBN|doi|Available|Springer|IEEE|ACM|Association)"
)


def _entry(text: str, begin: int, end: int, furniture: frozenset[str], *, last: bool) -> Entry:
    """The text of one entry up to where something begins that is none of it."""
    end = min(end, begin + 4 * LONGEST_ENTRY)
    kept: list[str] = []
    length = 0
    for number, line in enumerate(text[begin:end].split("\n")):
        stripped = line.strip()
        if number and stripped in furniture:
            continue
        if number and length >= 20:
            if stripped.startswith("#") or _CAPTION.match(stripped):
                break
            if not stripped or _NUMBER_ALONE.match(stripped):
                if last and kept and kept[-1].endswith((".", "]")):
                    break
                continue
            if (
                last
                and kept
                and kept[-1].endswith((".", ";"))
                and not _CONTINUES.match(stripped)
                and something_said(" ".join(kept))
            ):
                break
        if stripped:
            kept.append(stripped)
            length += len(stripped)
    joined = " ".join(" ".join(kept).split())
    return Entry(
        joined if len(joined) <= LONGEST_ENTRY else joined[:LONGEST_ENTRY].rsplit(" ", 1)[0], begin
    )


# -- a list without numbers, whose lines are whole -------------------------------------------------


def _listed(text: str, start: int) -> list[Entry]:
    """The entries after a heading where layout tells them apart; none where columns are mixed."""
    lines = drop_furniture(list(read_lines(text, start, start + LONGEST_LIST)))
    lines = _up_to_appendix(lines)
    stray = sum(_is_heading(line) for line in lines)
    if stray > MOST_STRAY and not _is_wiki_list(lines):
        return []
    entries = [Entry(*_joined(block)) for block in cut_into_entries(lines)]
    entries = [entry for entry in entries if len(entry.text) >= SHORTEST_ENTRY]
    credible = _credible(entries, numbered=False)
    if len(credible) < SHORTEST_RUN or not _is_whole(credible, entries):
        return []
    return [entry for entry in entries if _is_some_entry(entry.text)]


def _up_to_appendix(lines: list[Line]) -> list[Line]:
    if _is_wiki_list(lines):
        return lines
    for index, line in enumerate(lines):
        heading = line.text.startswith("#") or len(line.text) < 40
        if heading and (_APPENDIX.match(line.text) or _SECTION.match(line.text)):
            return lines[:index]
    return lines


def _is_wiki_list(lines: Sequence[Line]) -> bool:
    marked = sum(_is_heading(line) for line in lines)
    return marked >= SHORTEST_RUN and marked * 2 > len(lines)


def _joined(block: Sequence[Line]) -> tuple[str, int]:
    return " ".join(" ".join(line.text for line in block).split())[:LONGEST_ENTRY], block[0].start


def _is_whole(credible: Sequence[Entry], entries: Sequence[Entry]) -> bool:
    """Whether so much of a list reads well that the rest of it is in order too."""
    return len(credible) * 10 >= len(entries) * 7


_IN_TEXT = re.compile(r"(?:19|20)\d\d|\d|https?:|\bin press\b|\bto appear\b", re.IGNORECASE)


def _is_some_entry(text: str) -> bool:
    """Whether a string in a whole list is an entry at all, and no sentence that follows it."""
    tokens = text.split()
    prose = sum(word.strip(".,;:()").lower() in _PROSE for word in tokens)
    if len(text) < SHORTEST_ENTRY or prose > max(3, len(tokens) // 8):
        return False
    return _IN_TEXT.search(text) is not None or len(tokens) < 60


# -- mixed columns ---------------------------------------------------------------------------------


def _mixed(text: str, headings: list[re.Match[str]]) -> list[Entry]:
    """Entries that begin with their authors, after a heading and close before it."""
    first = headings[0]
    begin = max(0, first.start() - BEFORE_HEADING)
    lines = list(read_lines(text, text.rfind("\n", 0, begin) + 1, len(text)))
    at = next(i for i, line in enumerate(lines) if line.end > first.start())
    begin = at
    while begin > 0 and not (
        _is_heading(lines[begin - 1]) and _SECTION.match(lines[begin - 1].text)
    ):
        begin -= 1
    candidates: list[tuple[Entry, bool]] = []
    strict = True
    seen_heading = False
    for block in _blocks(lines[begin:]):
        if _HEADING.match(block[0].text):
            strict, seen_heading = False, True
            continue
        if (
            seen_heading
            and _is_heading(block[0])
            and (_APPENDIX.match(block[0].text) or _SECTION.match(block[0].text))
        ):
            strict = True
        candidates += ((entry, strict) for entry in _block_entries(block))
    references = parse_all(entry.text for entry, _ in candidates)
    return [
        entry
        for (entry, strict), reference in zip(candidates, references, strict=True)
        if _is_credible(entry.text, reference, numbered=False, strict=strict)
    ]


def _is_heading(line: Line) -> bool:
    return line.text.startswith("#")


def _blocks(lines: list[Line]) -> Iterator[list[Line]]:
    """Lines that may belong to one entry: a new one begins where the last ended and one starts."""
    block: list[Line] = []
    for line in lines:
        if block and (
            _is_heading(line)
            or (_is_heading(block[-1]) and len(block[-1].text) < 40)
            or _starts_entry(block[-1].text, line.text)
        ):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


_ADDRESS_ENDS = re.compile(r"https?://\S+$")


def _starts_entry(before: str, line: str) -> bool:
    tail = before[-300:]
    if not before.endswith((".", "]", ")", "/")) and not (
        before[-1].isdigit() or _ADDRESS_ENDS.search(tail)
    ):
        return False
    if _ADDRESS_ENDS.search(tail):
        return not line[0].islower()
    if len(before) > 160 or len(line) > 160:  # a paragraph a line
        return not line[0].islower()
    return _names_lead(line)


def _names_lead(line: str) -> bool:
    authors = read_authors(line)
    return bool(authors.people) and len(line) > authors.end


# Where one entry ends and the next begins on one line: after an address, pages or a year, before
# a list of names with a year behind it.
_SEAM = re.compile(
    r"(?:https?://[^\s]+?\.?|\babs/\d{4}\.\d{4,5}\.?|\d[.)]\]?|\b[^\W\d_]{4,}\)?\.)\s+(?=[A-ZÀ-Þ])"
)


def _block_entries(block: list[Line]) -> Iterator[Entry]:
    joined, offsets = _join(block)
    for begin, end in _pieces(joined):
        piece = joined[begin:end].strip()
        start = begin + len(joined[begin:end]) - len(joined[begin:end].lstrip())
        if 20 <= len(piece) <= LONGEST_ENTRY:
            yield Entry(piece, _position(start, offsets))


def _join(block: list[Line]) -> tuple[str, list[tuple[int, int]]]:
    """The block on one line, and for each word where it begins there and in the input."""
    pieces: list[str] = []
    offsets: list[tuple[int, int]] = []
    length = 0
    for line in block:
        bare = line.text.lstrip("# ")
        source = line.start + len(line.text) - len(bare)
        for match in re.finditer(r"\S+", bare):
            offsets.append((length, source + match.start()))
            pieces.append(match[0])
            length += len(match[0]) + 1
    return " ".join(pieces), offsets


def _position(begin: int, offsets: list[tuple[int, int]]) -> int:
    index = bisect.bisect_right(offsets, (begin, 1 << 62)) - 1
    return offsets[index][1] + begin - offsets[index][0]


def _pieces(joined: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for seam in _SEAM.finditer(joined):
        address = "http" in seam[0] or "abs/" in seam[0]
        if address or _dated_names(joined, seam.end()):
            yield begin, seam.end()
            begin = seam.end()
    yield begin, len(joined)


_YEAR_FOLLOWS = re.compile(r"[.,]?\s*\(?(?:19|20)\d\d[a-z]?\)?[.,:]")


def _dated_names(joined: str, at: int) -> bool:
    authors = read_authors(joined[at : at + 800])
    return bool(authors.people) and _YEAR_FOLLOWS.match(joined, at + authors.end) is not None


# -- confidence ------------------------------------------------------------------------------------

_PROSE = words(
    """
    we our us this that these those is are was were have has had which it its may can will
    would be been being they their there also such however therefore thus while when i you
    """
)
_IN_PROCEEDINGS = re.compile(r"\bIn (?:Proceed|Proc\.|Advances)")
_ADDRESS = re.compile(r"https?://|\babs/|ar[Xx]iv:|\b10\.\d{4}")
_BROKEN_CONTAINER = re.compile(r"Proceed(?!ings)|(?!the\b)[a-z]")
_TITLE_LIKE = re.compile(r"[^\W_]+")
_DANGLING = re.compile(
    r"(?:[-‐]|\b(?:the|of|and|for|in|a|an|to|with|on|by|from|&))$", re.IGNORECASE
)


def _credible(entries: Sequence[Entry], *, numbered: bool) -> list[Entry]:
    references = parse_all(entry.text for entry in entries)
    return [
        entry
        for entry, reference in zip(entries, references, strict=True)
        if _is_credible(entry.text, reference, numbered=numbered, whole=True)
    ]


def _is_credible(
    text: str,
    reference: Reference,
    *,
    numbered: bool,
    strict: bool = False,
    whole: bool = False,
) -> bool:
    """Whether a title or an identifier can be read out of an entry with confidence.

    With ``whole``, an author with a journal and a year will do: so physicists cite.
    """
    tokens = text.split()
    prose = sum(word.strip(".,;:()").lower() in _PROSE for word in tokens)
    if prose > max(3, len(tokens) // 12) or (not numbered and prose * 10 > len(tokens)):
        return False
    if whole and reference.year and reference.container and (reference.authors or reference.title):
        return True
    if reference.container and _BROKEN_CONTAINER.match(reference.container):
        return False
    containers = [match.start() for match in _IN_PROCEEDINGS.finditer(text)]
    address = _ADDRESS.search(text)
    if len(containers) > 1 and address and address.start() > containers[1]:
        return (
            False  # two references in one, the title from the first, the identifier of the second
        )
    identified = bool(reference.arxiv_id or reference.doi or reference.other_ids)
    title = reference.title
    if title is None:
        return (identified and not strict) or (identified and len(tokens) < 40)
    if not credible_title(title) or (not numbered and len(title.split()) < 3):
        return False
    if identified:
        return True
    if not reference.authors:
        return False if not numbered else bool(reference.year or reference.container)
    return bool(reference.year or reference.container)


def credible_title(title: str) -> bool:
    """Whether a title is whole tokens of a sentence, not the debris of mixed columns."""
    tokens = _TITLE_LIKE.findall(title)
    if len(tokens) < 2 or len(title) > 350:
        return False
    if _DANGLING.search(title) or "#" in title:
        return False
    names = read_authors(title)
    if len(names.people) > 1 and names.end >= len(title) - 2:
        return False
    letters = sum(c.isalpha() for c in title)
    return letters * 10 > len(title.replace(" ", "")) * 6 and not re.search(
        r"\bIn Proc|[a-z]- [a-z]|[a-z]{3}\. [a-z]{2,} ", title
    )
