"""Records → mentions → Tables: entries of inputs are gathered as columns, texts are mined.

Neither the order of inputs nor that of records inside them shows in the result.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphbuild.assembly import assemble
from graphbuild.columns import RecordColumns, RecordRows, ReferenceRows, joining_keys
from graphbuild.model import Origin, Passage, Record, Reference, Rejected
from graphbuild.text import key

__all__ = ["Collection", "Extraction"]


@dataclass(frozen=True)
class Extraction:
    """What came out: the six tables by name, the rejects by origin, and what was left out."""

    tables: dict[str, pa.Table]
    rejected: list[Rejected]
    self_citations_dropped: int


class Collection:
    """Gathers records and rejects, then makes the tables of them.

    Parameters
    ----------
    bibliographies
        Whether references are also mined from the running text of papers.

    Examples
    --------
    >>> collection = Collection()
    >>> cited = Reference("1607.06450", Origin("a.jsonl", 1), arxiv_id="1607.06450")
    >>> collection.add(Record(Origin("a.jsonl", 1), "records", arxiv_id="1706.03762",
    ...                       references=(cited,)))
    >>> collection.extract().tables["citations"].select(["citing", "cited"]).to_pylist()
    [{'citing': 'arxiv:1706.03762', 'cited': 'arxiv:1607.06450'}]
    """

    def __init__(self, *, bibliographies: bool = True) -> None:
        self._bibliographies = bibliographies
        self._batches: list[RecordColumns] = []
        self._rows = RecordRows()
        self._references: list[tuple[int, Reference]] = []
        self._passages: dict[str, list[tuple[int, Passage]]] = {}
        self._origins: dict[int, tuple[str, str]] = {}
        self.rejected: list[Rejected] = []

    def add(self, item: Record | Rejected) -> None:
        """Take one entry of an input."""
        if isinstance(item, Rejected):
            self.rejected.append(item)
            return
        keys = joining_keys(item)
        title_key = key(item.title) if item.title else ""
        if not keys and not title_key:
            reason = "the entry has neither an identifier nor a title"
            self.rejected.append(Rejected(item.origin, reason, "", item.source))
            return
        number = len(self._rows)
        self._rows.append(item)
        self._references += [(number, reference) for reference in item.references]
        if item.references or item.passages:
            self._origins[number] = (item.origin.file, item.source)
        if self._bibliographies and item.passages:
            of_paper = self._passages.setdefault(keys[0] if keys else f"title:{title_key}", [])
            of_paper += [(number, passage) for passage in item.passages]

    def extract(self) -> Extraction:
        """Decide who is who, and make the tables."""
        mined = [entry for pieces in self._passages.values() for entry in self._mine(pieces)]
        references = ReferenceRows()
        for number, reference in _parsed([*self._references, *mined]):
            if not references.append(number, reference):
                self._reject(number, reference)
        rows = self._rows.finish(references.bare())
        tables, dropped = assemble([rows, *self._batches], references)
        return Extraction(tables, sorted(set(self.rejected)), dropped)

    def _mine(self, pieces: Sequence[tuple[int, Passage]]) -> Iterator[tuple[int, Reference]]:
        """References in the running text of one paper, whose pieces come in any order."""
        from graphbuild.references import find  # noqa: PLC0415 - only for texts

        text = _RunningText(pieces)
        for entry in find(text.text):
            number, line = text.origin(entry.start)
            origin = Origin(self._origins[number][0], line)
            yield number, Reference(entry.text, origin, basis="bibliography_text")

    def _reject(self, number: int, reference: Reference) -> None:
        """Keep what a list says and nobody can use; running text is searched, not listed."""
        if reference.basis != "bibliography_text":
            file, source = self._origins[number]
            origin = Origin(file, reference.origin.line)
            reason = "the reference names neither an identifier nor a title"
            self.rejected.append(Rejected(origin, reason, reference.raw, source))


def _parsed(references: Sequence[tuple[int, Reference]]) -> Iterator[tuple[int, Reference]]:
    """Read the references that are raw strings so far, all in one batch."""
    raw = [
        i
        for i, (_, reference) in enumerate(references)
        if not (reference.title or reference.url or joining_keys(reference))
    ]
    by_index: dict[int, Reference] = {}
    if raw:
        from graphbuild.references import parse_all  # noqa: PLC0415 - not for bare ids

        by_index = dict(zip(raw, parse_all(references[i][1].raw for i in raw), strict=True))
    for i, (number, reference) in enumerate(references):
        read = by_index.get(i)
        if read is not None:
            reference = dataclasses.replace(  # noqa: PLW2901
                read, raw=reference.raw, origin=reference.origin, basis=reference.basis
            )
        yield number, reference


class _RunningText:
    """The pieces of one paper's text in sequence, and the origin of every character."""

    def __init__(self, pieces: Sequence[tuple[int, Passage]]) -> None:
        self._ordered = _in_sequence(pieces)
        self._starts: list[int] = []
        parts: list[str] = []
        length = 0
        previous: int | None = None
        for _, passage in self._ordered:
            if parts:
                # Pieces that don't adjoin are kept apart, so that no entry runs across the gap.
                adjoins = previous is None or passage.order is None or passage.order == previous + 1
                parts.append("\n" if adjoins else "\n\n")
                length += len(parts[-1])
            self._starts.append(length)
            parts.append(passage.text)
            length += len(passage.text)
            previous = passage.order
        self.text = "".join(parts)

    def origin(self, offset: int) -> tuple[int, int]:
        """The number of the record, and the line in its input, of a character of the text."""
        piece = int(np.searchsorted(self._starts, offset, "right")) - 1
        number, passage = self._ordered[piece]
        row = passage.text.count("\n", 0, offset - self._starts[piece])
        return number, passage.lines[min(row, len(passage.lines) - 1)]


def _in_sequence(pieces: Sequence[tuple[int, Passage]]) -> list[tuple[int, Passage]]:
    """Pieces by their number, or where they have none by which text follows which; no repeats."""
    distinct: dict[tuple[int | None, str], tuple[int, Passage]] = {}
    for number, passage in pieces:
        distinct.setdefault((passage.order, passage.text), (number, passage))
    numbered = sorted(
        (item for item in distinct.values() if item[1].order is not None),
        key=lambda item: (item[1].order or 0, item[1].text),
    )
    return numbered + _chained([item for item in distinct.values() if item[1].order is None])


def _chained(pieces: Sequence[tuple[int, Passage]]) -> list[tuple[int, Passage]]:
    by_text = {_start(passage.text): (number, passage) for number, passage in pieces}
    after: dict[str, str] = {}
    for _, passage in pieces:
        if passage.follows:
            after.setdefault(_start(passage.follows), _start(passage.text))
    followers = {text for before, text in after.items() if before in by_text}
    chained: list[tuple[int, Passage]] = []
    for first in sorted(by_text.keys() - followers) + sorted(followers):
        current: str | None = first
        while current is not None and current in by_text:
            chained.append(by_text.pop(current))
            current = after.get(current)
    return chained


def _start(text: str) -> str:
    return " ".join(text.split())
