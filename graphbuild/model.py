"""The nouns that travel from a source to the graph: Record, Reference, Person, Rejected, Origin.

A *record* holds the claims that a single entry makes about a paper; a *reference* is what such a
record says it cites. Neither is an entity: that two of them are one paper is decided in
``identity`` alone.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "BASES",
    "NOWHERE",
    "Basis",
    "Origin",
    "Passage",
    "Person",
    "Record",
    "Reference",
    "Rejected",
]

Basis = Literal["reference_list", "bibliography_text", "summary"]

BASES: tuple[Basis, ...] = ("reference_list", "bibliography_text", "summary")
"""Why a citation is believed, strongest first: the record of the citing paper lists it, its
running text has it in a bibliography, or a page that sums the paper up does."""


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a claim stands: an input's name without folders, and a 1-based line or entry.

    >>> str(Origin("rows.jsonl", 7))
    'rows.jsonl:7'
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Origin("", 0)
"""The origin of text that came from no input."""


@dataclass(frozen=True, slots=True)
class Person:
    """One author as an input spells them.

    ``own_id`` is a source's own id of the author, as ``namespace/id``.

    >>> Person("Hochreiter", "Sepp").name
    'Sepp Hochreiter'
    """

    family: str
    given: str = ""
    affiliations: tuple[str, ...] = ()
    orcid: str | None = None
    own_id: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Given name(s) first, as on a title page."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Reference:
    """What a record says it cites: identifiers, or the raw string, or both.

    ``raw`` is the evidence, exactly as the input has it. A reference with nothing but ``raw``
    has not been parsed yet. ``origin`` is the line on which the reference itself begins.
    ``other_ids`` are prefixed (``pmid:…``, ``isbn:…``, ``acl:…``, ``openreview:…``, ``id:…``).
    """

    raw: str
    origin: Origin = NOWHERE
    basis: Basis = "reference_list"
    arxiv_id: str | None = None
    doi: str | None = None
    other_ids: tuple[str, ...] = ()
    title: str | None = None
    authors: tuple[Person, ...] = ()
    year: int | None = None
    container: str | None = None
    volume: str | None = None
    pages: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a paper's running text, in which a bibliography may stand.

    ``order`` puts the pieces of one paper in sequence (a chunk's number). ``lines[i]`` is the
    origin line of the i-th line of ``text``; a single entry means that all lines share it.
    ``follows`` is the text of the piece before this one, where the input says so in place of a
    number.
    """

    text: str
    order: int | None
    lines: tuple[int, ...]
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The claims of a single entry about a paper. All but the origin may be absent."""

    origin: Origin
    source: str
    arxiv_id: str | None = None
    doi: str | None = None
    other_ids: tuple[str, ...] = ()
    title: str | None = None
    abstract: str | None = None
    authors: tuple[Person, ...] = ()
    year: int | None = None
    published: datetime.date | None = None
    updated: datetime.date | None = None
    venue: str | None = None
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    url: str | None = None
    comment: str | None = None
    tweets: int | None = None
    in_corpus: bool = True
    references: tuple[Reference, ...] = ()
    passages: tuple[Passage, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """An entry that could not be used: where it stands, why in words, and its raw text."""

    origin: Origin
    reason: str
    raw: str
    source: str = ""
