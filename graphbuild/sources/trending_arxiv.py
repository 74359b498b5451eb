"""Trending arXiv's pages, saved as HTML or as text: title, authors, abstract, tweets captured.

The HTML names each paper's arXiv id in its link. The text has only paragraphs, told apart by what
they look like: an abstract is long, an author line is made of names, and the line
"Captured tweets and retweets: 4" ends a paper.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from graphbuild.identifiers import arxiv_id
from graphbuild.inputs import Input
from graphbuild.model import Origin, Record, Rejected
from graphbuild.people import parse_names
from graphbuild.sources import Options, Source
from graphbuild.text import clean

__all__ = ["SOURCE"]

NAME = "trending-arxiv"
ENTRY_LIMIT = 1024 * 1024

_TWEETS = re.compile(r"\s*Captured tweets and retweets:\s*(\d{1,9})?", re.IGNORECASE)
_PAGES = re.compile(r"[\d\s«»‹›<>…]+")
_FURNITURE = re.compile(
    r"(?:Fork me on GitHub|Trending arXiv|Papers|Tweets|Rate Limits|Refresh|Papers Tweets.*"
    r"|Note: this version is tailored to .*|Made with a human heart.*)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"<h4[\s>]", re.IGNORECASE)
_RULE = re.compile(r"<hr[\s/>]", re.IGNORECASE)
# html.parser takes quadratic time for tags and comments that never end, so it is given none.
_STRAY = re.compile(r"<(?!/?[A-Za-z][^<>]{0,2000}>)")
_PAPER_LINK = re.compile(r"<h4[^<>]{0,200}>\s*<a\s[^<>]{0,500}arxiv\.org/abs/", re.IGNORECASE)
# Words of a title that no list of names has.
_NOT_NAMES = frozenset(
    ["the", "of", "for", "in", "on", "with", "using", "via", "to", "from", "a", "an", "by", "is",
     "are", "as", "at", "how", "what", "why", "towards", "through", "we", "this", "that", "it"]
)  # fmt: skip
ABSTRACT_LENGTH = 200
ABSTRACT_WORDS = 25


@dataclass(slots=True)
class _Paragraph:
    line: int
    text: str


def _read(given: Input, options: Options) -> Iterator[Record | Rejected]:
    del options
    if _is_html(given.head_text):
        yield from _read_html(given)
    else:
        yield from _read_text(given.lines(), given.name)


def _sniff(given: Input) -> float:
    head = given.head_text
    if _is_html(head):
        return 1.0 if _PAPER_LINK.search(head) else 0.0
    if "Captured tweets and retweets:" not in head or head.lstrip()[:1] in {"{", "["}:
        return 0.0
    read = _read_text(enumerate(head.split("\n"), 1), given.name)
    return float(any(isinstance(paper, Record) and paper.tweets is not None for paper in read))


def _is_html(head: str) -> bool:
    starts_with_tag = head.lstrip()[:1] == "<"
    return starts_with_tag and re.search(r"(?i)<(?:!doctype|html|h4)\b", head) is not None


# -- the page as text ----------------------------------------------------------------------------


def _read_text(lines: Iterable[tuple[int, str]], file: str) -> Iterator[Record | Rejected]:
    waiting: list[_Paragraph] = []
    inside = False  # between the page's first paper and its closing list of pages
    for paragraph in _paragraphs(lines):
        if (tweets := _TWEETS.match(paragraph.text)) is not None:
            count = int(tweets[1]) if tweets[1] else None
            if waiting:
                yield from _papers(waiting, count, file, leading_noise=not inside)
            else:
                yield _rejected(file, [paragraph], "a count of tweets without a paper before it")
            waiting, inside = [], True
        elif _PAGES.fullmatch(paragraph.text):
            yield from _papers(waiting, None, file, leading_noise=not inside)
            waiting, inside = [], False
        elif not _FURNITURE.fullmatch(paragraph.text):
            waiting.append(paragraph)
    yield from _papers(waiting, None, file, leading_noise=not inside)


def _paragraphs(lines: Iterable[tuple[int, str]]) -> Iterator[_Paragraph]:
    """Lines up to a blank one; where the tweets' line follows at once, every line by itself."""
    for is_blank, group in itertools.groupby(lines, key=lambda item: not item[1].strip()):
        if is_blank:
            continue
        pieces = [_Paragraph(line, text.strip()) for line, text in group]
        if len(pieces) > 1 and not any(_stands_alone(piece.text) for piece in pieces):
            pieces = [_Paragraph(pieces[0].line, " ".join(piece.text for piece in pieces))]
        yield from pieces


def _stands_alone(text: str) -> bool:
    return any(shape.match(text) for shape in (_TWEETS,)) or any(
        shape.fullmatch(text) for shape in (_PAGES, _FURNITURE)
    )


def _papers(
    paragraphs: list[_Paragraph], tweets: int | None, file: str, *, leading_noise: bool
) -> Iterator[Record | Rejected]:
    """Cut paragraphs into papers: each ends with its abstract; the last one has the tweets."""
    blocks = list(_blocks(paragraphs))
    for number, (short, abstract) in enumerate(blocks):
        is_last = number == len(blocks) - 1
        count = tweets if is_last else None
        if not short:
            yield _rejected(file, abstract, "an abstract without a title before it")
            continue
        has_authors = len(short) > 1 and _are_names(short[-1].text)
        head = short[-2:] if has_authors else short[-1:]
        before = short[: -len(head)]
        for piece in before if number or not leading_noise else ():
            yield _rejected(file, [piece], "a title without authors and without an abstract")
        if not abstract and (not has_authors or (leading_noise and count is None)):
            if not leading_noise or count is not None:
                yield _rejected(file, head, "a title without authors and without an abstract")
            continue
        if len(head) == 1 and _are_several_names(head[0].text):
            yield _rejected(file, [*head, *abstract], "authors without a title before them")
            continue
        yield Record(
            Origin(file, head[0].line),
            NAME,
            title=clean(head[0].text),
            abstract=clean(" ".join(piece.text for piece in abstract)) or None,
            authors=parse_names(head[1].text) if has_authors else (),
            tweets=count,
        )


def _blocks(
    paragraphs: list[_Paragraph],
) -> Iterator[tuple[list[_Paragraph], list[_Paragraph]]]:
    """Pairs of the short paragraphs before an abstract, and the abstract's own."""
    if len(paragraphs) == 3 and _are_names(paragraphs[1].text):
        yield paragraphs[:2], paragraphs[2:]  # the usual block, however short its abstract
        return
    short: list[_Paragraph] = []
    abstract: list[_Paragraph] = []
    for paragraph in paragraphs:
        if _is_abstract(paragraph.text):
            abstract.append(paragraph)
            continue
        if abstract:
            yield short, abstract
            short, abstract = [], []
        short.append(paragraph)
    if short or abstract:
        yield short, abstract


def _is_abstract(text: str) -> bool:
    if len(text) >= ABSTRACT_LENGTH:
        return not _are_several_names(text)
    return len(text.split()) >= ABSTRACT_WORDS and text.rstrip().endswith((".", "!", "?"))


def _are_names(text: str) -> bool:
    """Whether a paragraph in the place of the authors can be a list of names.

    >>> _are_names("François Chollet"), _are_names("Jan Koutník, Jürgen Schmidhuber")
    (True, True)
    >>> _are_names("Colorization for Image Compression"), _are_names("Deep Learning: a view")
    (False, False)
    """
    parts = re.split(r",\s*|\s+and\s+|;\s*", re.sub(r"\([^()]{0,200}\)", "", clean(text)))
    return all(_is_name(part) for part in parts if part) and any(parts)


def _are_several_names(text: str) -> bool:
    parts = [part for part in re.split(r",\s*|\s+and\s+|;\s*", clean(text)) if part]
    return len(parts) > 1 and all(_is_name(part) and " " in part.strip() for part in parts)


def _is_name(part: str) -> bool:
    words = part.split()
    if not 1 <= len(words) <= 5 or re.search(r"[\d:?!<>=\"]", part):
        return False
    return not any(word.lower() in _NOT_NAMES for word in words) and any(
        word[0].isupper() for word in words
    )


def _rejected(file: str, paragraphs: list[_Paragraph], reason: str) -> Rejected:
    raw = "\n".join(paragraph.text for paragraph in paragraphs)
    return Rejected(Origin(file, paragraphs[0].line), reason, raw, NAME)


# -- the page as HTML ----------------------------------------------------------------------------


def _read_html(given: Input) -> Iterator[Record | Rejected]:
    from graphbuild.sources._wikitext import without_comments  # noqa: PLC0415 - slow to import

    for line, markup in _entries(given.lines()):
        origin = Origin(given.name, line)
        if len(markup) > ENTRY_LIMIT:
            yield Rejected(origin, "an entry of over 1 MB", markup[:1000], NAME)
            continue
        entry = _Entry()
        entry.feed(_STRAY.sub("&lt;", without_comments(markup)))
        entry.close()
        yield entry.record(origin) or Rejected(
            origin, "an entry without a title in its heading", markup.strip(), NAME
        )


def _entries(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The markup of each paper: from its ``<h4>`` to the next one, or to the rule that ends it.

    Cut before parsing, so that one broken entry cannot reach into the next.
    """
    begun: int | None = None
    held: list[str] = []
    size = 0
    for number, text in lines:
        position = 0
        for heading in _HEADING.finditer(text):
            held.append(text[position : heading.start()])
            if begun is not None:
                yield begun, _up_to_rule("\n".join(held))
            begun, held, size, position = number, [], 0, heading.start()
        if begun is not None and size <= ENTRY_LIMIT:
            held.append(text[position:])
            size += len(text) - position
    if begun is not None:
        yield begun, _up_to_rule("\n".join(held))


def _up_to_rule(markup: str) -> str:
    rule = _RULE.search(markup)
    return markup[: rule.start()] if rule else markup


_BREAKING = frozenset(["h4", "i", "p", "center", "blockquote", "div"])


@dataclass
class _Fields:
    links: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    paragraphs: list[list[str]] = field(default_factory=list)


class _Entry(HTMLParser):
    """Collects the text of one paper's markup, by the tag that it stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._fields = _Fields()
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and self._into is self._fields.title:
            self._fields.links.extend(value for name, value in attrs if name == "href" and value)
        if tag not in _BREAKING:
            return
        if tag == "p":
            self._fields.paragraphs.append([])
        # A tag that should have been closed ends where the next one begins.
        into = {"h4": self._fields.title, "i": self._fields.authors}
        self._into = self._fields.paragraphs[-1] if tag == "p" else into.get(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKING:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def record(self, origin: Origin) -> Record | None:
        """What the markup says about its paper; None without a title."""
        title = clean("".join(self._fields.title))
        if not title:
            return None
        paragraphs = ["".join(pieces) for pieces in self._fields.paragraphs]
        tweets = [match for text in paragraphs if (match := _TWEETS.match(text)) is not None]
        abstracts = [text for text in paragraphs if not _TWEETS.match(text) and text.strip()]
        authors = "".join(self._fields.authors)
        return Record(
            origin,
            NAME,
            arxiv_id=next(filter(None, map(arxiv_id, self._fields.links)), None),
            title=title,
            abstract=clean(" ".join(abstracts)) or None,
            authors=parse_names(authors) if _are_names(authors) else (),
            tweets=int(tweets[0][1]) if tweets and tweets[0][1] else None,
        )


SOURCE = Source(
    name=NAME,
    suffixes=(".htm", ".html", ".txt"),
    sniff=_sniff,
    read=_read,
    about="Trending arXiv's pages, saved as HTML or text: title, authors, abstract, tweets",
)
