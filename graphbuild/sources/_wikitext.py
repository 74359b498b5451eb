"""Reading MediaWiki's markup: reference lists, tables, links, and the text without its markup.

Works line by line and with bounded patterns, since a page's text is anybody's: every function here
takes time linear in its input.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = [
    "ListEntry",
    "external_links",
    "page_links",
    "plain",
    "reference_entries",
    "tables",
    "without_comments",
]

_REFERENCE_WORDS = frozenset(["reference", "references", "source", "sources", "bibliography"])
_BESIDE_REFERENCE_WORDS = frozenset(
    ["and", "cited", "citations", "list", "of", "the", "s", "paper"]
)
_BOLD_HEADING_LEVEL = 7  # below every heading that MediaWiki knows

_SPACE = re.compile(r"\s+")
_QUOTES = re.compile(r"'{2,5}")
_TAG_NAMES = (
    "abbr|b|big|blockquote|br|center|cite|code|del|div|em|font|i|ins|kbd|li|math|nowiki|ol|p|pre|q"
    "|references?|s|samp|small|source|span|strike|strong|sub|sup|syntaxhighlight|tt|u|ul|var"
)
_TAG = re.compile(rf"</?(?:{_TAG_NAMES})(?:\s[^<>]{{0,300}})?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ANGLE_TITLE = re.compile(r"<([^\W\d_][^<>\"]{7,300} [^<>\"]{1,100})>")
_TEMPLATE = re.compile(r"\{\{([^{}]{0,5000})\}\}")
_EXTERNAL = re.compile(r"\[{1,2}\s*((?:https?|ftp)://[^\s\[\]<>\"|]+)([^\[\]]{0,2000})\]{1,2}")
_INTERNAL = re.compile(r"\[\[([^\[\]|]{1,500})(?:\|([^\[\]]{0,500}))?\]\]")
_NO_TEXT_LINK = re.compile(r"\s*:?(?:file|image|category|media)\s*:", re.IGNORECASE)
_LINK_NAME = re.compile(
    r"(?:pdf|link|paper|online|here|url|web|arxiv|doi|\[?\d*\]?)", re.IGNORECASE
)
_BARE_URL = re.compile(r"(?:https?|ftp)://\S+")

_MARKER = re.compile(
    r"[:;]*[#*]+(?P<continued>:*)[;\s]*|[:;]*(?:<[ou]l(?:\s[^<>]{0,100})?>)?<li(?:\s[^<>]{0,100})?>\s*",
    re.IGNORECASE,
)
_ITEM_END = re.compile(r"(?:</(?:li|[ou]l)>)+\Z", re.IGNORECASE)
_INDENT = re.compile(r"\A[:;]+\s*")
_NUMBER = re.compile(r"(?:\[(\d{1,3})\][.:)]?|\((\d{1,3})\)|(\d{1,3})[.)](?!\d))\s*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\bn\.d\.")
_IDENTIFIER = re.compile(r"arxiv\s*:|\bdoi\b|https?://|\bISBN\b", re.IGNORECASE)
_CONTINUES = re.compile(
    r"[|a-z(&,;]"
    r"|(?i:arxiv|doi|in[ :]|proceedings|pp\b|pages?\b|vol|isbn|url\b|available|retrieved)"
)
_AUTHORS_FIRST = re.compile(
    r"(?:[^\W\d_]\.[ -]?){1,4}[^\W\d_][\w'’-]+(?:,| and | & | et al)"
    r"|[^\W\d_][\w'’-]+, (?:[^\W\d_]\.|[^\W\d_][\w-]+(?:,|;| and | & ))"
)
_NAME = r"[^\W\d_a-z][^\s,]{0,40}(?: [^\W\d_a-z][^\s,]{0,40}){1,3}"
_GLUED = re.compile(
    r"(?:arXiv:\d{4}\.\d{4,5}(?:v\d)?|pp?\. ?\d+[–-]+\d+|pages \d+[–-]+\d+|:\d+[–-]+\d+),"
    rf" (?:19|20)\d\d\.\s+(?=(?:{_NAME}, ){{3}})"
)


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One entry of a reference list: the index of the line where it begins, and its markup."""

    line: int
    raw: str


# -- reference lists -----------------------------------------------------------------------------


def reference_entries(lines: Sequence[str]) -> list[ListEntry]:
    """Cut a page's reference lists and footnotes into entries, in the page's order.

    Parameters
    ----------
    lines
        The page's wikitext.

    >>> page = ["= Introduction =", "Text.<ref>Roe. A note. 1999.</ref>", "= '''Source''' =",
    ...         "# Doe, J. ''A title''. 2001.", "# https://example.org/a", "= Next =", "# no"]
    >>> [(entry.line, entry.raw) for entry in reference_entries(page)]
    [(1, 'Roe. A note. 1999.'), (3, "Doe, J. ''A title''. 2001."), (4, 'https://example.org/a')]
    """
    text, footnotes = _take_footnotes(without_comments("\n".join(lines)))
    listed: list[ListEntry] = []
    kept = text.split("\n")
    for start, end in _reference_sections(kept):
        listed.extend(_cut(kept, start, end))
    whole = [entry for entry in listed if _says_something(entry.raw)]
    notes = [note for note in footnotes if _cites_something(note.raw)]
    entries = [part for entry in (*notes, *whole) for part in _unglue(entry)]
    return sorted(entries, key=lambda entry: entry.line)


def without_comments(text: str) -> str:
    """The text without ``<!-- … -->``, every line end kept."""
    pieces: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start)
        end = len(text) if end < 0 else end + 3
        pieces += [text[position:start], "\n" * text.count("\n", start, end)]
        position = end
    return "".join([*pieces, text[position:]])


def _take_footnotes(text: str) -> tuple[str, list[ListEntry]]:
    """The text without ``<ref>…</ref>``, and what stood in them."""
    pieces: list[str] = []
    footnotes: list[ListEntry] = []
    position = line = counted = 0
    opening = re.compile(r"<ref(?:\s[^<>]{0,300})?>", re.IGNORECASE)
    while (tag := opening.search(text, position)) is not None:
        pieces.append(text[position : tag.start()])
        position = tag.end()
        if tag[0].endswith("/>"):
            continue
        end = text.find("</ref>", position)
        if end < 0:
            break
        raw = text[position:end]
        line += text.count("\n", counted, position)
        counted = position
        footnotes.append(ListEntry(line, _SPACE.sub(" ", raw).strip()))
        pieces.append("\n" * raw.count("\n"))
        position = end + len("</ref>")
    return "".join([*pieces, text[position:]]), footnotes


def _reference_sections(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Half-open ranges of lines under a heading of references, each without that heading."""
    headings = [
        (number, *heading)
        for number, line in enumerate(lines)
        if (heading := _heading(line) or _bold_heading(line)) is not None
    ]
    sections: list[tuple[int, int]] = []
    for place, (number, level, title) in enumerate(headings):
        if not _is_reference_title(title) or (sections and number < sections[-1][1]):
            continue
        ends = (after for after, other, _ in headings[place + 1 :] if other <= level)
        sections.append((number + 1, next(ends, len(lines))))
    if sections:
        return sections
    starts = [n for n, line in enumerate(lines) if _is_reference_title(line) and len(line) < 40]
    if not starts:
        return []
    ends = (after for after, _, _ in headings if after > starts[-1])
    return [(starts[-1] + 1, next(ends, len(lines)))]


def _heading(line: str) -> tuple[int, str] | None:
    stripped = line.strip()
    if not stripped.startswith("="):
        return None
    opening = len(stripped) - len(stripped.lstrip("="))
    closing = len(stripped) - len(stripped.rstrip("="))
    level = min(opening, closing, 6)
    title = stripped[level:-level] if level else ""
    return (level, title) if title.strip("= ") else None


def _bold_heading(line: str) -> tuple[int, str] | None:
    stripped = line.strip().rstrip(":")
    if stripped.startswith(";"):
        return _BOLD_HEADING_LEVEL, stripped[1:]
    if stripped.startswith("'''") and stripped.endswith("'''") and "'''" not in stripped[3:-3]:
        return _BOLD_HEADING_LEVEL, stripped
    return None


def _is_reference_title(title: str) -> bool:
    """Whether a heading announces references.

    >>> [_is_reference_title(t) for t in ("'''REFERENCES:''' ", "Source(s)", "7. Bibliography")]
    [True, True, True]
    >>> [_is_reference_title(t) for t in ("Open Source Code", "Data sources", "Cited", "")]
    [False, False, False, False]
    """
    if len(title) > 200:
        return False
    words = re.findall(r"[^\W\d_]+", plain(title).casefold())
    return not _REFERENCE_WORDS.isdisjoint(words) and all(
        word in _REFERENCE_WORDS or word in _BESIDE_REFERENCE_WORDS for word in words
    )


def _cut(lines: Sequence[str], start: int, end: int) -> Iterator[ListEntry]:
    """Cut the lines of one section at list markers, numbers, blank lines, or whole lines."""
    begun: int | None = None
    held: list[str] = []
    number = 0
    is_numbered = False
    for index, line in _content(lines, start, end):
        marker = _MARKER.match(line)
        text = line[marker.end() :] if marker else _INDENT.sub("", line, count=1).strip()
        counted = None if marker else _NUMBER.match(text)
        if counted is not None:
            value = int(counted[1] or counted[2] or counted[3])
            if not number or number < value <= number + 10:
                number, is_numbered = value, True
                text = text[counted.end() :]
            else:
                counted = None
        text = _ITEM_END.sub("", text) if text.endswith(">") else text
        if marker is not None:
            is_new = not marker["continued"] or not held
            is_numbered = False
        elif counted is not None:
            is_new = True
        else:
            is_new = not held or (not is_numbered and _begins_anew(" ".join(held), text))
        if (is_new or not text) and begun is not None and held:
            yield ListEntry(begun, " ".join(held))
            held = []
        if text:
            begun = index if not held else begun
            held.append(_SPACE.sub(" ", text).strip())
    if begun is not None and held:
        yield ListEntry(begun, " ".join(held))


def _content(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[int, str]]:
    """A section's lines, with what is layout and not text made blank."""
    in_table = False
    for index in range(start, end):
        line = lines[index].strip()
        if line.startswith("{|"):
            in_table = True
        if in_table or _heading(line) or _is_layout(line):
            in_table = in_table and not line.startswith("|}")
            line = ""
        yield index, line


def _is_layout(line: str) -> bool:
    if line.startswith(("----", "__", "#REDIRECT")):
        return True
    if not line.startswith(("[[", "{{", "<")):
        return False
    if line.casefold().startswith(("{{cite", "{{citation")):
        return False
    if _MARKER.match(line):
        return False
    rest = _TEMPLATE.sub("", _TAG.sub("", line))
    return not _INTERNAL.sub(lambda m: "" if _NO_TEXT_LINK.match(m[1]) else m[0], rest).strip()


def _begins_anew(entry: str, line: str) -> bool:
    """Whether a line without a marker is the next entry, and not the rest of the one before."""
    if _BARE_URL.fullmatch(line):
        return _BARE_URL.search(entry) is not None
    if _CONTINUES.match(line) or not _is_complete(entry):
        return False
    if not entry.endswith((".", ")", "]", "/")) and not re.search(r"\d$|https?://\S+$", entry):
        return False
    return _is_complete(line) or _AUTHORS_FIRST.match(line) is not None


def _is_complete(entry: str) -> bool:
    return _YEAR.search(entry) is not None or _IDENTIFIER.search(entry) is not None


def _unglue(entry: ListEntry) -> Iterator[ListEntry]:
    """Two entries that lost the line end between them: a year and full stop, then new names."""
    position = 0
    for seam in _GLUED.finditer(entry.raw):
        if _YEAR.search(entry.raw, seam.end()):
            yield ListEntry(entry.line, entry.raw[position : seam.end()].strip())
            position = seam.end()
    yield ListEntry(entry.line, entry.raw[position:])


def _says_something(raw: str) -> bool:
    """Not "None", "TBD", or a label such as "Papers:"."""
    text = plain(raw)
    if _is_complete(text):
        return True
    return len(text.split()) > 2 and not text.endswith(":")


def _cites_something(raw: str) -> bool:
    """A footnote may be any remark; one that cites has a year, an identifier or an address."""
    text = plain(raw)
    return _is_complete(text) and len(text.split()) < 120


# -- text without markup -------------------------------------------------------------------------


def plain(markup: str) -> str:
    """One line of text without wiki markup; addresses of links are kept, after the text.

    >>> plain('Li (2016). [http://arxiv.org/abs/1605.04711 "Ternary Weight Networks"]. ''[cs].')
    'Li (2016). "Ternary Weight Networks". [cs]. http://arxiv.org/abs/1605.04711'
    >>> plain("Doe | A <code>title</code> | [[Page|in]] '''[https://e.org/a.pdf PDF]'''")
    'Doe. A title. in https://e.org/a.pdf'
    >>> plain("{{cite journal|last=Roe|first=A.|title=T|year=1999|doi=10.1/x}} <Wide and Deep> b")
    'Roe, A. (1999). "T". doi:10.1/x. "Wide and Deep" b'
    """
    text = html.unescape(without_comments(markup))
    addresses: list[str] = []

    def link(match: re.Match[str]) -> str:
        label = match[2].strip(" |")
        if not label or _LINK_NAME.fullmatch(label):
            return match[1]
        if match[1] not in label:
            addresses.append(match[1])
        return label

    for _ in range(3):  # templates nest, seldom deeper
        text = _TEMPLATE.sub(_template_text, text)
    text = _EXTERNAL.sub(link, text)
    text = _INTERNAL.sub(
        lambda match: "" if _NO_TEXT_LINK.match(match[1]) else match[2] or match[1], text
    )
    text = _TAG.sub("", _BREAK.sub(" ", text))
    text = _ANGLE_TITLE.sub(r'"\1"', text)
    text = _SPACE.sub(" ", " ".join([_QUOTES.sub("", text), *addresses])).strip()
    return text.replace(" | ", ". ")


def _template_text(match: re.Match[str]) -> str:
    name, *arguments = (part.strip() for part in match[1].split("|"))
    kind = name.casefold()
    if kind in {"arxiv", "doi", "isbn", "pmid"} and arguments:
        return f"{kind}:{arguments[0].partition('=')[2] or arguments[0]}"
    if not kind.startswith(("cite", "citation")):
        return ""
    values = {
        key.strip().casefold(): value.strip()
        for key, equals, value in (argument.partition("=") for argument in arguments)
        if equals and value.strip()
    }
    return " ".join(_citation_parts(values))


def _citation_parts(values: dict[str, str]) -> Iterator[str]:
    names = [
        f"{values[f'last{n}']}, {values.get(f'first{n}', '')}".rstrip(", ")
        for n in ("", *range(1, 30))
        if f"last{n}" in values
    ]
    authors = "; ".join(names) or values.get("author") or values.get("authors") or ""
    year = values.get("year") or values.get("date")
    if authors or year:
        yield " ".join(part for part in (authors, f"({year})" if year else "") if part) + "."
    if "title" in values:
        yield f'"{values["title"]}".'
    for field in ("journal", "booktitle", "conference", "publisher"):
        if field in values:
            yield f"{values[field]}."
    for field, prefix in (("doi", "doi:"), ("arxiv", "arXiv:"), ("eprint", "arXiv:"), ("url", "")):
        if field in values:
            yield f"{prefix}{values[field]}" + ("." if prefix else "")


# -- links and tables ----------------------------------------------------------------------------


def external_links(markup: str) -> list[str]:
    """The addresses in a piece of markup, in order."""
    return [address.rstrip(".,;|]") for address in re.findall(r"https?://[^\s\[\]<>\"|]+", markup)]


def page_links(markup: str) -> list[str]:
    """The names of the wiki's own pages that ``[[…]]`` links to, in order."""
    return [
        match[1].partition("#")[0].strip()
        for match in _INTERNAL.finditer(markup)
        if "://" not in match[1]
    ]


def tables(lines: Sequence[str]) -> Iterator[list[list[str]]]:
    """Each table's rows, each with the markup of its cells.

    >>> list(tables(['{| border="1"', '!A !! B', '|-', '|width="3"|x || [http://e.org y]', '|}']))
    [[['A', 'B'], ['x', '[http://e.org y]']]]
    """
    rows: list[list[str]] | None = None
    for line in (line.strip() for line in lines):
        if line.startswith("{|"):
            if rows:
                yield [row for row in rows if row]
            rows = [[]]
        elif rows is None:
            continue
        elif line.startswith("|}"):
            yield [row for row in rows if row]
            rows = None
        elif line.startswith("|-"):
            rows.append([])
        elif line.startswith(("|", "!")):
            cells = line[1:].replace("!!", "||") if line[0] == "!" else line[1:]
            rows[-1].extend(_cell(cell) for cell in cells.split("||"))
        elif rows[-1] and line:
            rows[-1][-1] += " " + line
    if rows:
        yield [row for row in rows if row]


def _cell(markup: str) -> str:
    attributes, bar, text = markup.partition("|")
    if bar and "=" in attributes and not re.search(r"[\[\]{}]", attributes):
        return text.strip()
    return markup.strip()
