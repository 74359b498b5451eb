"""Plain blocks of title, authors and abstract, with or without blank lines between them.

Nothing marks which line is what, so each is told by its shape and its neighbours: an abstract is
prose, an author line is "Last, First, Last, First", and a title is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graphbuild.inputs import Input
from graphbuild.model import Origin, Person, Record, Rejected
from graphbuild.people import PARTICLES, parse_name, parse_names
from graphbuild.sources import Options, Source
from graphbuild.text import clean

__all__ = ["SOURCE"]

NAME = "listing"
LONG = 200
"""Characters from which on a line is prose, whatever else it looks like."""

_SENTENCE_BREAK = re.compile(r"[a-z0-9)\]%][.!?][\"”’]? [A-Z(\"“]")
_NOT_NAMES = frozenset(
    ["the", "of", "for", "in", "on", "with", "using", "via", "to", "from", "a", "an", "and", "by",
     "is", "are", "as", "at", "how", "what", "why", "towards", "through", "we", "this", "that"]
)  # fmt: skip
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.[-\s]?){1,4}")
_STRUCTURED = re.compile(r"\s*(?:[{\[<@%]|TY  - |PMID- )")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    follows_blank: bool


@dataclass(slots=True)
class _Block:
    title: _Line | None = None
    authors: _Line | None = None
    abstract: list[_Line] = field(default_factory=list)

    def lines(self) -> list[_Line]:
        return [line for line in (self.title, self.authors, *self.abstract) if line is not None]


def _read(given: Input, options: Options) -> Iterator[Record | Rejected]:
    del options
    for number, block in enumerate(_blocks(given.lines())):
        if number == 0 and not block.authors and not block.abstract:
            continue  # a heading of the page that the listing was saved from
        yield _record(block, given.name)


def _record(block: _Block, file: str) -> Record | Rejected:
    origin = Origin(file, block.lines()[0].number)
    if block.title is None or not (block.authors or block.abstract):
        raw = "\n".join(line.text for line in block.lines())
        return Rejected(origin, _fault(block), raw, NAME)
    return Record(
        origin,
        NAME,
        title=clean(block.title.text),
        abstract=clean(" ".join(line.text for line in block.abstract)) or None,
        authors=_people(block.authors.text) if block.authors else (),
    )


def _fault(block: _Block) -> str:
    if block.title is not None:
        return "a title without authors and without an abstract"
    if block.authors is not None:
        return "an author line without a title before it"
    return "an abstract without a title before it"


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[_Block]:
    """Cut lines into blocks, each with what it has of title, authors and abstract."""
    block = _Block()
    for line, following in _with_next(lines):
        if _starts_block(block, line, following):
            if block.lines():
                yield block
            block = _Block()
        if _is_title_place(block, line, following):
            block.title = line
        elif block.authors is None and not block.abstract and _are_authors(line.text):
            block.authors = line
        else:
            block.abstract.append(line)
    if block.lines():
        yield block


def _with_next(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[_Line, str]]:
    """Lines that are not blank, each with the text of the next such line."""
    held: _Line | None = None
    follows_blank = True
    for number, text in lines:
        if not (stripped := text.strip()):
            follows_blank = True
            continue
        line = _Line(number, stripped, follows_blank)
        if held is not None:
            yield held, stripped
        held, follows_blank = line, False
    if held is not None:
        yield held, ""


def _is_title_place(block: _Block, line: _Line, following: str) -> bool:
    if block.lines() or _is_prose(line.text):
        return False
    # "Attention, Please" before an author line is a title; before anything else it is authors.
    return not _are_several_authors(line.text) or _are_authors(following)


def _starts_block(block: _Block, line: _Line, following: str) -> bool:
    """Whether a line cannot belong to the block before it."""
    if block.abstract:
        return _ends_abstract(block.abstract[-1], line, following)
    if _is_prose(line.text) or not block.lines():
        return False
    if block.authors is None and block.title is not None and _are_authors(line.text):
        return False
    # Neither prose nor authors: the first line of a wrapped abstract, or the next title.
    return not _runs_on(line.text, following)


def _ends_abstract(last: _Line, line: _Line, following: str) -> bool:
    if _is_prose(line.text):
        return False
    if line.follows_blank or _are_several_authors(line.text):
        return True
    if _are_authors(following) and line.text[:1].isupper():
        return not _runs_on(line.text, following)
    if len(last.text) >= LONG:
        return True  # not wrapped text, so a short line is no continuation
    return line.text[:1].isupper() and _is_finished(last.text) and not line.text.endswith(".")


def _runs_on(text: str, following: str) -> bool:
    """Whether a sentence goes on in the next line, which is no author line ("van der Pan, A.")."""
    return not _is_finished(text) and following[:1].islower() and not _are_authors(following)


def _is_finished(text: str) -> bool:
    return text.endswith((".", "!", "?", '."', ".”", ".)"))


def _is_prose(text: str) -> bool:
    """Whether a line is (part of) an abstract by itself.

    >>> _is_prose("We measure how far a thing can be measured at all, and show that it is far.")
    True
    >>> _is_prose("Why does deep and cheap learning work so well?")
    False
    """
    words = len(text.split())
    return (
        (len(text) >= LONG and not _are_several_authors(text))
        or (words >= 12 and text.endswith("."))
        or (words >= 15 and _SENTENCE_BREAK.search(text) is not None)
    )


def _are_authors(text: str) -> bool:
    r"""Whether a line has the shape "Last, First" or "Last, First, Last, First".

    >>> _are_authors("Zhang, Yao, van der Schaar, Mihaela"), _are_authors(r"Csisz\'ar, I.")
    (True, True)
    >>> _are_authors("Quantisation, Pruning and Regularisation"), _are_authors("Country")
    (False, False)
    """
    parts = _name_parts(text)
    return (
        len(parts) >= 2
        and all(_is_name_part(part) for part in parts)
        and (len(parts) % 2 == 0 or len(parts) >= 5)
        and any(len(part.split()) == 1 for part in parts)
    )


def _are_several_authors(text: str) -> bool:
    """The same for a line that nothing but its shape shows to be authors."""
    parts = _name_parts(text)
    if not _are_authors(text):
        return False
    return len(parts) >= 4 or any(_INITIALS.fullmatch(part) for part in parts)


def _name_parts(text: str) -> list[str]:
    parts = [part.strip() for part in re.split("[,;]", clean(text))]
    return [part for part in parts if part and not _SUFFIX.fullmatch(part)]


def _is_name_part(part: str) -> bool:
    words = part.split()
    if not 1 <= len(words) <= 5 or re.search(r"[\d:?!<>=\"/|()]", part):
        return False
    if part.endswith(".") and not re.search(r"(?:^|[\s.-])[A-Z]\w{0,2}\.$", part):
        return False  # the end of a sentence, not an initial
    return all(_is_name_word(word) for word in words)


def _is_name_word(word: str) -> bool:
    if word.lower() in _NOT_NAMES:
        return False
    return word[0].isupper() or word.lower() in PARTICLES or "'" in word or "’" in word


def _people(text: str) -> tuple[Person, ...]:
    """The names of an author line, of which every second part is a given name."""
    parts = [part.strip() for part in clean(text).split(",") if part.strip()]
    names: list[list[str]] = []
    for part in parts:
        given = [piece for piece in names[-1] if not _SUFFIX.fullmatch(piece)] if names else []
        if names and (_SUFFIX.fullmatch(part) or len(given) < 2):
            names[-1].append(part)
        else:
            names.append([part])
    if ";" in text or any(len(name) < 2 for name in names):
        return parse_names(text)
    people = (parse_name(", ".join(name)) for name in names)
    return tuple(person for person in people if person is not None)


def _sniff(given: Input) -> float:
    """Certain only as far as whole blocks, one of them with authors, make up the file's head."""
    head = given.head_text
    if _STRUCTURED.match(head) or "Captured tweets and retweets:" in head:
        return 0.0
    blocks = list(_blocks(enumerate(head.split("\n"), 1)))
    whole = [block for block in blocks if _is_sure(block)]
    with_authors = sum(block.authors is not None for block in whole)
    explained = sum(len(line.text) for block in whole for line in block.lines())
    if not with_authors or explained < 0.8 * sum(
        len(line.text) for block in blocks for line in block.lines()
    ):
        return 0.0
    return 0.4 if with_authors == 1 else 0.6


def _is_sure(block: _Block) -> bool:
    abstract = sum(len(line.text) for line in block.abstract)
    return block.title is not None and len(block.title.text) <= LONG * 2 and abstract >= LONG


SOURCE = Source(
    name=NAME,
    suffixes=(".txt",),
    sniff=_sniff,
    read=_read,
    about='plain blocks of title, authors ("Last, First, Last, First") and abstract',
)
