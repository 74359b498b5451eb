"""Reading a MediaWiki's Atom feed of contributions, whose pages are summaries of papers.

Read as real XML (``api.php?action=feedcontributions&feedformat=atom``) and as the text that is
left of it when its XML tags are stripped and its HTML is unescaped once. Each entry is a revision
of a page; the newest revision of a page says what its paper cites. Everything about a page is
known only at the end of the feed, since its entries may come in any order.
"""

from __future__ import annotations

import bisect
import codecs
import dataclasses
import datetime
import hashlib
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from urllib.parse import unquote

from graphbuild.errors import InputError
from graphbuild.identifiers import Identifiers, find, url_id
from graphbuild.inputs import LINE_LIMIT, Input
from graphbuild.model import Origin, Record, Reference, Rejected
from graphbuild.sources._wikitext import (
    external_links,
    page_links,
    plain,
    reference_entries,
    tables,
)
from graphbuild.text import clean, fold, key

__all__ = ["NAME", "is_flat", "read"]

NAME = "mediawiki-feed"
SAME_TITLE = 0.92
"""Least similarity (normalised indel, of keys) of two spellings of one title."""

_BLOCK = 1024 * 1024


def read(given: Input) -> Iterator[Record | Rejected]:
    """Yield the papers that the feed's pages are about, and what cannot be read."""
    wiki = _Wiki(given.name)
    for found in _flat_entries(given) if is_flat(given.head_text) else _xml_entries(given):
        wiki.add(found)
    yield from wiki.papers()


# -- entries of either shape of the feed ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Revision:
    """One entry: a page as it was left by one edit. ``lines`` pairs file lines with wikitext."""

    number: int
    line: int
    title: str
    time: datetime.datetime
    revision: int
    comment: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Broken:
    number: int
    line: int
    reason: str
    raw: str


_SUMMARY = re.compile(
    r"\s{0,50}(?:<p>(?P<comment>[^<]*)</p>)?\s{0,50}<hr\s{0,5}/?>\s{0,50}<div[^<>]{0,200}>",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"<br\s*/?>\r?\n?|\r?\n")
_REVISION = re.compile(r"[?&](?:diff|oldid)=(\d{1,15})")


def _revision(
    number: int,
    line: int,
    *,
    title: str,
    updated: str,
    address: str,
    summary: str,
    first_line: int,
) -> _Revision | _Broken:
    """Read the fields that both shapes of the feed have."""
    title = " ".join(title.replace("_", " ").split())
    if not title:
        return _Broken(number, line, "an entry without a title", summary)
    try:
        time = datetime.datetime.fromisoformat(updated.strip())
    except ValueError:
        reason = f"the entry of {title!r} has no date that tells which revision is newest"
        return _Broken(number, line, reason, updated)
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.UTC)
    comment = ""
    body = summary
    if (start := _SUMMARY.match(summary)) is not None:
        comment = " ".join(html.unescape(start["comment"] or "").split()).partition(": ")[2]
        body = summary[start.end() :]
        first_line += summary.count("\n", 0, start.end())
        body = body.rstrip().removesuffix("</div>")
    revision = _REVISION.search(address)
    return _Revision(
        number, line, title, time, int(revision[1]) if revision else 0, comment,
        tuple(_wikitext_lines(body, first_line)),
    )  # fmt: skip


def _wikitext_lines(body: str, first_line: int) -> Iterator[tuple[int, str]]:
    """The wikitext's lines: MediaWiki ends each with ``<br />``, and shows the rest as HTML."""
    line = first_line
    start = 0
    pending: list[str] = []
    for end in _LINE_END.finditer(body):
        pending.append(body[start : end.start()])
        start = end.end()
        if end[0].startswith("<"):
            yield line - len(pending) + 1, html.unescape(" ".join(pending)).strip()
            pending = []
        line += end[0].count("\n")
    pending.append(body[start:])
    yield line - len(pending) + 1, html.unescape(" ".join(pending)).strip()


def _characters(given: Input) -> Iterator[str]:
    """The file's text in blocks."""
    head = given.head
    declared = re.match(rb"\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.-]{1,40})", head)
    name = declared[1].decode("ascii") if declared else "utf-8"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    try:
        decoder = codecs.getincrementaldecoder("utf-8-sig" if name.lower() == "utf-8" else name)
    except LookupError as error:
        raise InputError(
            [f"{given.path}: is declared to be in the encoding {name!r}, which nobody knows"]
        ) from error
    decoding = decoder("replace")
    with given.open() as stream:
        while block := stream.read(_BLOCK):
            yield decoding.decode(block)
    yield decoding.decode(b"", final=True)


def _pieces(given: Input, boundary: re.Pattern[str], *, keep: bool) -> Iterator[tuple[int, str]]:
    """The text cut at each boundary, with the line on which each piece begins.

    A boundary begins the next piece, or with ``keep`` ends its own.
    """
    held = ""
    line = 1
    margin = 100  # a boundary may lie across two blocks
    for block in _characters(given):
        searched = max(0, len(held) - margin) if held else 0
        held += block
        start = 0
        for match in boundary.finditer(held, searched):
            cut = match.end() if keep else match.start()
            if cut == start:
                continue
            yield line, held[start:cut]
            line += held.count("\n", start, cut)
            start = cut
        held = held[start:]
        if len(held) > LINE_LIMIT:
            raise InputError(
                [f"{given.path}:{line}: an entry of over 64 MB; check that the file is whole"]
            )
    if held:
        yield line, held


# -- the feed as XML -----------------------------------------------------------------------------

_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?entry(?=[\s>/])")
_ROOT = re.compile(r"<((?:[\w.-]{1,40}:)?feed)(?=[\s>])[^<>]*>")
_SUMMARY_TAG = re.compile(r"<(?:[\w.-]{1,40}:)?(?:summary|content)[^<>]{0,500}>")


def _xml_entries(given: Input) -> Iterator[_Revision | _Broken]:
    """Each ``<entry>`` parsed by itself, so that a broken one costs only itself."""
    root = ""
    name = "feed"
    number = 0
    for line, piece in _pieces(given, _ENTRY, keep=False):
        if not root:
            root, name = _root(given, piece)
            continue
        number += 1
        markup = re.sub(rf"</{re.escape(name)}\s*>\s*\Z", "", piece)
        yield _xml_revision(number, line, markup, root, name)
    if not root:
        raise InputError([f"{given.path}: is empty of entries"])


def _root(given: Input, prolog: str) -> tuple[str, str]:
    """The feed's start tag, whose namespaces its entries need, and its name."""
    import defusedxml  # noqa: PLC0415 - only for feeds
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415

    tag = _ROOT.search(prolog)
    closing = f"</{tag[1]}>" if tag and f"</{tag[1]}" not in prolog else ""
    try:
        fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", prolog.lstrip("\ufeff")) + closing, forbid_dtd=True
        )
    except defusedxml.DefusedXmlException as error:
        raise InputError(
            [
                f"{given.path}: declares a document type or entities, which a feed has no need"
                " of and which can hide an attack; remove the <!DOCTYPE …> and try again"
            ]
        ) from error
    except ParseError as error:
        raise InputError([f"{given.path}: is no well-formed feed: {error}"]) from error
    if tag is None:
        raise InputError([f"{given.path}: has no <feed> element; is it a MediaWiki's feed?"])
    return tag[0], tag[1]


def _xml_revision(number: int, line: int, markup: str, root: str, name: str) -> _Revision | _Broken:
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415

    try:
        feed = fromstring(f"{root}{markup}</{name}>", forbid_dtd=True)
    except ParseError as error:
        reason = f"the entry is not well-formed XML ({str(error).partition(':')[0]})"
        if not re.search(r"entry\s*>\s*\Z", markup):
            reason = "the entry is cut off before its end"
        return _Broken(number, line, reason, markup.strip())
    values: dict[str, str] = {}
    for element in feed[0] if len(feed) else ():
        tag = str(element.tag).rpartition("}")[2]
        text = element.get("href") if tag == "link" else "".join(element.itertext())
        values.setdefault(tag, text or "")
    summary_tag = _SUMMARY_TAG.search(markup)
    summary_line = line + (markup.count("\n", 0, summary_tag.end()) if summary_tag else 0)
    return _revision(
        number,
        line,
        title=values.get("title", ""),
        updated=values.get("updated", ""),
        address=f"{values.get('link', '')} {values.get('id', '')}",
        summary=values.get("summary") or values.get("content", ""),
        first_line=summary_line,
    )


# -- the feed without its XML tags ---------------------------------------------------------------

_CLOSING = re.compile(r"</div>")
_DATED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s{1,20}(?=<p>)")
_ADDRESS = re.compile(r"https?://\S{1,2000}")
_HEADER_LENGTH = 4000


def is_flat(head: str) -> bool:
    """Whether a text holds the header of an entry: address, title, date, ``<p>``."""
    dated = _DATED.search(head)
    if dated is None or re.search(r"<(?:[\w.-]+:)?(?:feed|entry)[\s>]", head):
        return False
    header = head[max(0, dated.start() - _HEADER_LENGTH) : dated.start()]
    return (
        any("title=" in match[0] for match in _ADDRESS.finditer(header))
        and re.match(r"<p>[^<]*</p>\s{0,20}<hr\s*/?>\s{0,20}<div>", head[dated.end() :]) is not None
    )


def _flat_entries(given: Input) -> Iterator[_Revision | _Broken]:
    """Each entry from its address to the ``</div>`` that ends its page.

    A page's own text cannot hold either: every ``<`` of it is still escaped.
    """
    number = 0
    for line, piece in _pieces(given, _CLOSING, keep=True):
        is_whole = piece.endswith("</div>")
        dates = list(_DATED.finditer(piece))
        line_ends = [end.start() for end in re.finditer("\n", piece)]
        ends = [*(date.start() for date in dates[1:]), len(piece)][: len(dates)]
        if not dates and (is_whole or "<p>" in piece):
            number += 1
            reason = "an entry without a date that tells which revision is newest"
            yield _Broken(number, line, reason, piece.strip())
        start = 0
        for date, end in zip(dates, ends, strict=True):
            number += 1
            begin = max(start, date.start() - _HEADER_LENGTH)
            addresses = list(_ADDRESS.finditer(piece, begin, date.start()))
            address = addresses[-1] if addresses else None
            entry_line = line + bisect.bisect(line_ends, address.start() if address else begin)
            if address is None:
                yield _Broken(number, entry_line, "an entry without an address", piece[begin:end])
            elif end < len(piece) or not is_whole:
                reason = "the entry is cut off before the end of its page"
                yield _Broken(number, entry_line, reason, piece[address.start() : end].strip())
            else:
                title = html.unescape(piece[address.end() : date.start()])
                first_line = line + bisect.bisect(line_ends, date.end())
                yield _revision(
                    number,
                    entry_line,
                    title=title,
                    updated=date[1],
                    address=address[0],
                    summary=piece[date.end() :],
                    first_line=first_line,
                )
            start = date.end()


# -- titles of pages -----------------------------------------------------------------------------

_NAMESPACES = frozenset(
    ["file", "image", "media", "special", "user", "project", "template", "help", "category",
     "mediawiki", "module", "portal", "draft", "book", "wikipedia", "statwiki", "talk"]
)  # fmt: skip
_TERM = r"[FSWfsw]\d{2,4}"
_DEPARTMENTS = "stat|actsc|cs|cm|co|ece|math|msci|pmath|amath|syde|bme|econ|phys|biol|chem"
_CODE = rf"(?:{_TERM}[-_ ]?)?[A-Za-z]{{2,6}}[-_ ]?\d{{3}}[A-Za-z]?(?:[-_ ]?{_TERM})?"
_KNOWN_CODE = rf"(?:{_TERM}[-_ ]?)?(?:{_DEPARTMENTS})[-_ ]?\d{{3}}[a-z]?(?:[-_ ]?{_TERM})?"
_COURSE_FOLDER = re.compile(rf"\s*{_CODE}\s*/\s*")
_COURSE_FIRST = re.compile(rf"\s*[\[(]?{_KNOWN_CODE}[\])]?[\s:–-]+", re.IGNORECASE)
_COURSE_LAST = re.compile(rf"[\s:–-]+[\[(]?{_KNOWN_CODE}[\])]?\s*\Z", re.IGNORECASE)
_COURSE_ANYWHERE = re.compile(rf"(?<![A-Za-z]){_KNOWN_CODE}(?![A-Za-z\d])", re.IGNORECASE)
_COURSE_ALONE = re.compile(rf"\s*(?:{_CODE}|{_KNOWN_CODE})\s*/?\s*", re.IGNORECASE)
_COURSE_WORDS = frozenset(
    ["main", "page", "paper", "papers", "presentation", "presentations", "proposal", "proposals",
     "project", "projects", "schedule", "sign", "up", "signup", "list", "of", "for", "the", "final",
     "summary", "summaries", "course", "notes", "index", "contributions", "and", "editor", "wiki"]
)  # fmt: skip


def _paper_title(page: str) -> str:
    """A page's name without its course; empty for a page that is a course's own.

    >>> _paper_title("stat946w18/Tensorized LSTMs")
    'Tensorized LSTMs'
    >>> _paper_title("Dynamic Routing Between Capsules STAT946"), _paper_title("STAT 441: A View")
    ('Dynamic Routing Between Capsules', 'A View')
    >>> _paper_title("stat946w18"), _paper_title("Paper Presentations STAT946")
    ('', '')
    >>> _paper_title("Residual Networks 101")
    'Residual Networks 101'
    """
    title = page
    while (folder := _COURSE_FOLDER.match(title)) is not None:
        title = title[folder.end() :]
    if _COURSE_ALONE.fullmatch(title):
        return ""
    without = _COURSE_LAST.sub("", _COURSE_FIRST.sub("", title, count=1)).strip()
    if _COURSE_WORDS.issuperset(fold(_COURSE_ANYWHERE.sub(" ", title)).split()):
        return ""
    return clean(without)


def _is_paper_page(page: str) -> bool:
    """Whether a page stands in the main namespace and is not a course's own."""
    return _is_in_main_namespace(page) and bool(_paper_title(page))


def _is_in_main_namespace(page: str) -> bool:
    space, colon, _ = page.partition(":")
    return not colon or fold(space).removesuffix(" talk") not in _NAMESPACES


def _page_key(name: str) -> str:
    """How MediaWiki tells pages apart: underscores are spaces, a first capital is no difference."""
    name = " ".join(name.replace("_", " ").split())
    return name[:1].upper() + name[1:]


# -- what a wiki says ----------------------------------------------------------------------------

_REDIRECT = re.compile(r"\s*#redirect\s*:?\s*\[\[([^\[\]|#]{1,500})", re.IGNORECASE)
_MOVED = "moved page "
_LONE_LINK = re.compile(r"\[?https?://[^\s\[\]]{1,2000}\]?")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of an index page: a paper's title, links to it, and the page that sums it up."""

    title: str
    links: tuple[str, ...]
    page: str | None


@dataclass(slots=True)
class _Page:
    """What is kept of a page: its newest revision, cut down to what the graph needs."""

    name: str
    newest: tuple[datetime.datetime, int, str] | None = None
    mention: int = -1
    moved_to: str | None = None
    is_index: bool = False
    entries: list[tuple[int, str]] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    lone_links: set[str] = field(default_factory=set)

    def take(self, revision: _Revision, mention: int) -> None:
        """Take in a revision of this page; only the newest says what the page holds."""
        lines = [line for _, line in revision.lines]
        text = "\n".join(lines).strip()
        if _LONE_LINK.fullmatch(text):
            self.lone_links.update(external_links(text))
        rank = (revision.time, revision.revision, hashlib.sha256(text.encode()).hexdigest())
        if self.newest is not None and rank <= self.newest:
            return
        self.newest, self.mention = rank, mention
        redirect = _REDIRECT.match(text)
        self.moved_to = redirect[1] if redirect else _move_target(revision)
        self.rows = list(_index_rows(lines)) if _is_in_main_namespace(self.name) else []
        self.is_index = bool(self.rows) or not _is_paper_page(self.name)
        self.entries = [] if self.is_index else _entries(revision)


def _entries(revision: _Revision) -> list[tuple[int, str]]:
    cut = reference_entries([line for _, line in revision.lines])
    return [(revision.lines[entry.line][0], entry.raw) for entry in cut]


def _move_target(revision: _Revision) -> str | None:
    """Where a page went, when its newest revision is the note that it was moved away."""
    moved = revision.comment.partition(_MOVED)[2].replace("[[", "").replace("]]", "")
    left, to, target = moved.partition(f"{revision.title} to ")
    if not to or left:
        return None
    return target.partition(" over redirect")[0]


def _index_rows(lines: Sequence[str]) -> Iterator[_Row]:
    """The rows of tables that have a column of titles and one of links to papers."""
    for table in tables(lines):
        columns: dict[str, int] = {}
        for cells in table:
            if not columns:
                columns = _columns(cells)
            elif len(cells) > columns["title"] and (
                title := plain(cells[columns["title"]]).strip(" .")
            ):
                yield _Row(title, *_row_links(cells, columns))


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Which column is which, if the cells are the header of an index; else nothing."""
    heads = [set(fold(plain(cell)).split()) for cell in cells]
    columns: dict[str, int] = {}
    for place, words in enumerate(heads):
        if "title" in words:
            columns.setdefault("title", place)
        elif words & {"link", "links", "url"} and words & {"paper", "papers"}:
            columns.setdefault("paper", place)
        elif words & {"summary", "summaries"}:
            columns.setdefault("summary", place)
    return columns if "title" in columns and len(columns) > 1 else {}


def _row_links(cells: Sequence[str], columns: dict[str, int]) -> tuple[tuple[str, ...], str | None]:
    def cell(name: str) -> str:
        place = columns.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    pages = page_links(cell("summary"))
    for address in external_links(cell("summary")):
        if (named := re.search(r"[?&]title=([^&#\s]+)|/wiki/([^?#\s]+)", address)) is not None:
            pages.append(unquote(named[1] or named[2]))
    return tuple(external_links(cell("paper"))), pages[0] if pages else None


class _Wiki:
    """Collects revisions in any order; then says which papers they are about."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._mentions: list[tuple[_Broken | _Page, int, int]] = []
        self._pages: dict[str, _Page] = {}

    def add(self, entry: _Revision | _Broken) -> None:
        """Take in one entry of the feed."""
        if isinstance(entry, _Broken):
            self._mentions.append((entry, entry.number, entry.line))
            return
        name = _page_key(entry.title)
        page = self._pages.setdefault(name, _Page(entry.title))
        page.take(entry, len(self._mentions))
        self._mentions.append((page, entry.number, entry.line))

    def papers(self) -> Iterator[Record | Rejected]:
        """One Record for each entry that is a revision of a paper's page, in the feed's order."""
        lines = [line for _, _, line in self._mentions]
        by_number = len(set(lines)) < len(lines)  # lines do not tell the entries apart
        summaries = self._summaries()
        for place, (entry, number, line) in enumerate(self._mentions):
            origin = Origin(self._file, number if by_number else line)
            if isinstance(entry, _Broken):
                yield Rejected(origin, entry.reason, entry.raw[:2000], NAME)
                continue
            page = self._final(entry)
            summary = summaries.get(_page_key(page.name))
            if summary is None:
                continue
            if page.mention == place:
                yield _record(origin, summary, origin if by_number else None)
            else:
                yield Record(origin, NAME, title=summary.title)

    def _final(self, page: _Page) -> _Page:
        """Where a page's redirects and moves lead."""
        seen = {_page_key(page.name)}
        while page.moved_to is not None and (name := _page_key(page.moved_to)) not in seen:
            seen.add(name)
            page = self._pages.get(name) or _Page(page.moved_to)
        return page

    def _summaries(self) -> dict[str, _Summary]:
        """What each page that sums up a paper says, by the page's key."""
        finals = {_page_key(page.name): page for page in map(self._final, self._pages.values())}
        pages = {
            name: page
            for name, page in finals.items()
            if not page.is_index and _is_paper_page(page.name)
        }
        links: dict[str, set[str]] = {}
        for page in self._pages.values():
            final = _page_key(self._final(page).name)
            links.setdefault(final, set()).update(page.lone_links)
        rows = _match_rows(self._rows(), pages, self._final_name)
        summaries = {
            name: _Summary(page, rows.get(name), sorted(links.get(name, ())))
            for name, page in sorted(pages.items())
        }
        owners: dict[str, set[str]] = {}
        for name, summary in summaries.items():
            for identifier in summary.own_identifiers():
                owners.setdefault(identifier, set()).add(name)
        for name, summary in summaries.items():
            summary.settle({value for value, names in owners.items() if names != {name}})
        return summaries

    def _rows(self) -> list[_Row]:
        pages = sorted(self._pages.items())
        return [row for _, page in pages if page.moved_to is None for row in page.rows]

    def _final_name(self, name: str) -> str:
        page = self._pages.get(_page_key(name))
        return _page_key(self._final(page).name if page else name)


# -- rows of the index page ----------------------------------------------------------------------


def _match_rows(
    rows: Sequence[_Row], pages: Mapping[str, _Page], final_name: Callable[[str], str]
) -> dict[str, _Row]:
    """The index row of each page that has one: by its title, else by its link to the summary."""
    titles = {name: _paper_title(page.name) for name, page in pages.items()}
    by_key: dict[str, list[str]] = {}
    for name, title in sorted(titles.items()):
        by_key.setdefault(key(title), []).append(name)
    matched: dict[str, _Row] = {}
    fuzzy: list[tuple[str, _Row]] = []
    for row in _without_shared_links(rows):
        if key(row.title) in by_key:
            for name in by_key[key(row.title)]:
                if name not in matched or (row.links and not matched[name].links):
                    matched[name] = row
        else:
            fuzzy.append((_nearest(row.title, titles), row))
    for name, row in fuzzy:
        if name:
            matched.setdefault(name, row)
    by_link: dict[str, list[_Row]] = {}
    for near, row in fuzzy:
        if not near and row.page is not None:
            by_link.setdefault(final_name(row.page), []).append(row)
    for name, linked in by_link.items():
        is_one_title = len({key(row.title) for row in linked}) == 1
        if name in titles and is_one_title and _shares_words(titles[name], linked[0].title):
            matched.setdefault(name, linked[0])
    return matched


def _nearest(title: str, titles: Mapping[str, str]) -> str:
    near = [
        (similarity, name)
        for name, other in titles.items()
        if (similarity := _similarity(title, other)) >= SAME_TITLE
    ]
    return max(near)[1] if near else ""


def _without_shared_links(rows: Sequence[_Row]) -> Iterator[_Row]:
    """Rows without the links that rows of other titles carry too: one was pasted wrongly."""
    titles: dict[str, set[str]] = {}
    for row in rows:
        for link in row.links:
            titles.setdefault(_link_key(link), set()).add(key(row.title))
    for row in rows:
        links = tuple(link for link in row.links if len(titles[_link_key(link)]) == 1)
        yield dataclasses.replace(row, links=links)


def _link_key(link: str) -> str:
    identifiers = _identifiers(find(link))
    return identifiers[0] if identifiers else url_id(link)


def _shares_words(page_title: str, row_title: str) -> bool:
    """Whether a page's name may be short for a title: most of its words are the title's."""
    words = [word for word in fold(page_title).split() if len(word) > 3]
    shared = set(words) & set(fold(row_title).split())
    return bool(words) and len(shared) * 2 > len(words)


# -- a page and the paper that it sums up --------------------------------------------------------


def _identifiers(found: Identifiers) -> list[str]:
    """All of them with their prefixes, arXiv ids and DOIs first."""
    return [
        *(f"arxiv:{value}" for value in found.arxiv_ids),
        *(f"doi:{value}" for value in found.dois),
        *found.other_ids,
    ]


def _identifiers_of(reference: Reference) -> list[str]:
    first = Identifiers(
        (reference.arxiv_id,) if reference.arxiv_id else (),
        (reference.doi,) if reference.doi else (),
        reference.other_ids,
    )
    return _identifiers(first)


@dataclass(frozen=True, slots=True, eq=False)
class _Cited:
    """One entry of a page's list: its line, its markup, its text, and that text parsed."""

    line: int
    raw: str
    text: str
    parsed: Reference


class _Summary:
    """A page's paper: its title, what is known of it, and what the page says that it cites."""

    def __init__(self, page: _Page, row: _Row | None, lone_links: Sequence[str]) -> None:
        from graphbuild.references import parse_all  # noqa: PLC0415 - only where there are feeds

        self.title = _paper_title(page.name)
        self._row = row
        self._lone_links = lone_links
        texts = [plain(raw) for _, raw in page.entries]
        self._cited = [
            _Cited(line, raw, text, parsed)
            for (line, raw), text, parsed in zip(page.entries, texts, parse_all(texts), strict=True)
        ]
        titles = [self.title] + ([row.title] if row else [])
        self._own = dict.fromkeys(_same_paper(titles, self._cited))
        self._settle_title()
        self.identifiers: list[str] = []
        self.url: str | None = None

    def _settle_title(self) -> None:
        """A row's title before a page's name, which people type and cut short."""
        if any(_is_exact(self.title, cited) for cited in self._own):
            return
        if self._row is not None:
            if key(self._row.title) != key(self.title):
                self.title = clean(self._row.title)
            return
        longer = [
            part
            for cited in self._own
            for part in _titles_in(cited)
            if _has_part(self.title, part) or _begins_tail(self.title, part)
        ]
        if longer and not any(_is_near(self.title, cited) for cited in self._own):
            self.title = clean(longer[0])

    def own_identifiers(self) -> list[str]:
        """Those that entries of the page's own list give to the paper."""
        return [identifier for cited in self._own for identifier in _identifiers_of(cited.parsed)]

    def settle(self, of_others: Set[str]) -> None:
        """Add what index rows and lone links say, save identifiers of other pages' papers."""
        listed: list[str] = []
        for link in self._row.links if self._row else ():
            found = _identifiers(find(link))
            listed += [identifier for identifier in found if identifier not in of_others]
            if not found and self.url is None:
                self.url = link
        alone = _identifiers_of_links(self._lone_links) - of_others
        linked = alone.union(listed)
        for cited in self._cited:
            names_it = not linked.isdisjoint(_identifiers_of(cited.parsed))
            if names_it and not _is_about_another(self.title, cited):
                self._own.setdefault(cited)
        self.identifiers = list(dict.fromkeys([*self.own_identifiers(), *listed]))

    def own(self) -> list[Reference]:
        """The entries of the page's list that are the paper itself."""
        return [cited.parsed for cited in self._own]

    def others(self) -> list[_Cited]:
        """The entries of the page's list that the paper cites."""
        return [cited for cited in self._cited if cited not in self._own]


def _identifiers_of_links(links: Sequence[str]) -> set[str]:
    return {identifier for link in links for identifier in _identifiers(find(link))}


def _record(origin: Origin, summary: _Summary, entry_origin: Origin | None) -> Record:
    own = summary.own()
    arxiv_ids = [value[6:] for value in summary.identifiers if value.startswith("arxiv:")]
    dois = [value[4:] for value in summary.identifiers if value.startswith("doi:")]
    first = {f"arxiv:{value}" for value in arxiv_ids[:1]} | {f"doi:{value}" for value in dois[:1]}
    return Record(
        origin,
        NAME,
        arxiv_id=arxiv_ids[0] if arxiv_ids else None,
        doi=dois[0] if dois else None,
        other_ids=tuple(value for value in summary.identifiers if value not in first),
        title=summary.title,
        authors=next((entry.authors for entry in own if entry.authors), ()),
        year=next((entry.year for entry in own if entry.year is not None), None),
        venue=next((entry.container for entry in own if entry.container), None),
        url=summary.url,
        references=tuple(
            dataclasses.replace(
                cited.parsed,
                raw=cited.raw,
                origin=entry_origin or Origin(origin.file, cited.line),
                basis="summary",
            )
            for cited in summary.others()
        ),
    )


# -- which entries of a list are the summarised paper --------------------------------------------

_BEFORE_TITLE = frozenset('."“”‘’:<([|,;)')
_AFTER_TITLE = frozenset('."”’,?!>|([)')
_SENTENCE_ENDS = re.compile(r"(?<=[\w)\]])[.?!]\s+(?=[^\W\d_a-z])|[\"“”<>]|\)[.:,]?\s")


def _same_paper(titles: Sequence[str], cited: Sequence[_Cited]) -> list[_Cited]:
    """The entries that are the paper of these titles.

    By an equal title, else by a nearly equal one, else the only one whose title has the paper's as
    its part before or after a colon.
    """
    for is_same in (_is_exact, _is_near):
        found = [entry for entry in cited if any(is_same(title, entry) for title in titles)]
        if found:
            return found
    with_part = [
        entry
        for entry in cited
        if any(_has_part(title, whole) for title in titles for whole in _titles_in(entry))
    ]
    if len(with_part) == 1:
        return with_part
    # A page's name cut short within a part is believed of the first entry alone, where people
    # put the paper itself.
    return [
        entry
        for entry in cited[:1]
        if any(_begins_tail(title, whole) for title in titles for whole in _titles_in(entry))
    ]


def _titles_in(cited: _Cited) -> list[str]:
    """What may be the title in an entry: the parsed one, and each sentence or quotation."""
    pieces = [piece.strip(" ,.;") for piece in _SENTENCE_ENDS.split(cited.text)]
    return ([cited.parsed.title] if cited.parsed.title else []) + [p for p in pieces if p]


def _is_exact(title: str, cited: _Cited) -> bool:
    """Whether a title stands in an entry as a whole, with punctuation on both of its sides."""
    wanted = key(title)
    if not wanted:
        return False
    if cited.parsed.title and key(cited.parsed.title) == wanted:
        return True
    if len(fold(title).split()) < 3:
        return False  # too short to be told from a journal's or a person's name
    letters = [(letter, place) for place, char in enumerate(cited.text) for letter in key(char)]
    folded = "".join(letter for letter, _ in letters)
    at = folded.find(wanted)
    while at >= 0:
        before = cited.text[: letters[at][1]].rstrip()
        after = cited.text[letters[at + len(wanted) - 1][1] + 1 :].lstrip()
        if before[-1:] in _BEFORE_TITLE | {""} and after[:1] in _AFTER_TITLE | {""}:
            return True
        at = folded.find(wanted, at + 1)
    return False


def _is_near(title: str, cited: _Cited) -> bool:
    """Whether an entry's title is another spelling of a title that is long enough to tell."""
    if len(fold(title).split()) < 4:
        return False
    return any(_similarity(title, other) >= SAME_TITLE for other in _titles_in(cited))


def _has_part(title: str, whole: str) -> bool:
    """Whether ``title`` is all of ``whole`` before or after its colon.

    >>> _has_part("AmbientGAN", "AmbientGAN: Generative models from lossy measurements")
    True
    >>> _has_part("Wasserstein GAN", "Improved Training of Wasserstein GANs")
    False
    """
    head, colon, tail = whole.partition(": ")
    return bool(colon and key(title)) and key(title) in {key(head), key(tail)}


def _begins_tail(title: str, whole: str) -> bool:
    """Whether ``title``, of two words or more, begins what follows the colon of ``whole``.

    >>> _begins_tail("Tensorized LSTMs", "Wider and Deeper: Tensorized LSTMs for Sequences")
    True
    """
    tail = whole.partition(": ")[2]
    return len(title.split()) > 1 and fold(tail).startswith(fold(title) + " ")


def _is_about_another(title: str, cited: _Cited) -> bool:
    """Whether an entry names a title that is clearly a different one."""
    other = cited.parsed.title
    return bool(other) and _similarity(title, other or "") < 0.5


def _similarity(one: str, other: str) -> float:
    """Similarity of two titles' keys from 0 to 1; 0 when their numbers differ ("Part 2")."""
    if _numbers(one) != _numbers(other):
        return 0.0
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415 - only where titles differ

    return ratio(key(one), key(other)) / 100


def _numbers(title: str) -> list[str]:
    return re.findall(r"\d+|\b[ivx]+\b", fold(title))
