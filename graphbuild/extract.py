"""Records → mentions → Tables: entries of inputs are gathered as columns, texts are mined.

Neither the order of inputs nor that of records inside them shows in the result.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import (
    Array,
    BareReferences,
    GroupedReferences,
    RecordColumns,
    RecordRows,
    ReferenceColumns,
    ReferenceRows,
    grouped,
    joining_keys,
)
from graphbuild.corrections import NO_CORRECTIONS, Corrections
from graphbuild.model import NOWHERE, Origin, Passage, Record, Reference, Rejected
from graphbuild.shelf import Shelf
from graphbuild.text import key

if TYPE_CHECKING:
    from graphbuild.assembly import CitationParts
    from graphbuild.assembly.corrected import Applied
    from graphbuild.assembly.kept import Restored

__all__ = ["Collection", "Extraction"]

_ALL = 1 << 62
_ROWS_HELD = 50_000
"""How many records that came one by one are held as such where memory is short."""
_BETWEEN = "\0"


@dataclass(frozen=True, eq=False)
class Extraction:
    """What came out: the rejects by origin, and tables that are made as they are asked for.

    ``others``, ``citations`` and ``applied`` are those of ``assembly.Assembled``.
    """

    rejected: list[Rejected]
    others: Callable[[], Iterator[tuple[str, str, pa.Table]]]
    citations: CitationParts
    applied: Applied

    @functools.cached_property
    def tables(self) -> dict[str, pa.Table]:
        """The six tables by name, all at once."""
        return self._whole["tables"]

    @property
    def kept(self) -> dict[str, pa.Table]:
        """What more can be added to later (see ``assembly.kept``)."""
        return self._whole["kept"]

    @functools.cached_property
    def _whole(self) -> dict[str, dict[str, pa.Table]]:
        parts: dict[str, dict[str, list[pa.Table]]] = {"tables": {}, "kept": {}}
        with ThreadPoolExecutor(1) as beside:
            # NumPy and Arrow let other threads run; all else together takes as long as this.
            citations = beside.submit(lambda: next(self.citations.take(_ALL)))
            for kind, name, part in self.others():
                parts[kind].setdefault(name, []).append(part)
        whole = {
            kind: {name: pa.concat_tables(found) for name, found in of_kind.items()}
            for kind, of_kind in parts.items()
        }
        whole["tables"]["citations"], whole["kept"]["citations"] = citations.result()
        whole["kept"]["references"] = self.citations.references
        whole["kept"] |= self.applied.kept()
        return whole


class Collection:
    """Gathers records and rejects, then makes the tables of them.

    Parameters
    ----------
    bibliographies
        Whether references are also mined from the running text of papers.
    spill
        An empty folder to hold what is long, where memory is short.

    Examples
    --------
    >>> collection = Collection()
    >>> cited = Reference("1607.06450", Origin("a.jsonl", 1), arxiv_id="1607.06450")
    >>> collection.add(Record(Origin("a.jsonl", 1), "records", arxiv_id="1706.03762",
    ...                       references=(cited,)))
    >>> collection.extract().tables["citations"].select(["citing", "cited"]).to_pylist()
    [{'citing': 'arxiv:1706.03762', 'cited': 'arxiv:1607.06450'}]
    """

    def __init__(self, *, bibliographies: bool = True, spill: Path | None = None) -> None:
        self._bibliographies = bibliographies
        self._records = Shelf(spill)
        self._words = _Words() if spill else None
        self._bare: list[GroupedReferences] = []
        self._telling: list[ReferenceColumns] = []
        # Records that came one by one, and their references, until there are many.
        self._rows = RecordRows()
        self._references: list[tuple[int, Reference]] = []
        self._passages: dict[str, list[_Piece]] = {}
        self._kept_passages: list[pa.Table] = []
        self._origins: dict[int, tuple[str, str]] = {}
        self._restored: Restored | None = None
        self.rejected: list[Rejected] = []

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self._records) + len(self._rows)

    @property
    def references(self) -> int:
        """How many references they have."""
        bare = sum(len(part.word) for part in self._bare)
        return bare + sum(map(len, self._telling)) + len(self._references)

    def restore(self, claims: Restored) -> None:
        """Begin with the claims of a graph, to which others are added."""
        self._restored = claims

    def add(self, item: Record | Rejected | RecordColumns) -> None:
        """Take one entry of an input, or many of them as columns."""
        if isinstance(item, RecordColumns):
            self._put_rows_away()
            self._put_away(item)
            return
        if isinstance(item, Rejected):
            self.rejected.append(item)
            return
        if not joining_keys(item) and not (item.title and key(item.title)):
            reason = "the entry has neither an identifier nor a title"
            self.rejected.append(Rejected(item.origin, reason, "", item.source))
            return
        number = len(self._records) + len(self._rows)
        self._rows.append(item)
        self._references += [(number, reference) for reference in item.references]
        if item.references or item.passages:
            self._origins[number] = (item.origin.file, item.source)
        if self._bibliographies and item.passages:
            of_paper = self._passages.setdefault(_group(item), [])
            of_paper += [_Piece(item.origin.file, number, passage) for passage in item.passages]
        if self._words is not None and len(self._rows) >= _ROWS_HELD:
            self._put_rows_away()

    def _put_rows_away(self) -> None:
        """Make columns of the records that came one by one."""
        if not len(self._rows):
            return
        rows, references = self._rows, self._references
        self._rows, self._references = RecordRows(), []
        self._put_references_away(references)
        self._put_away(rows.finish(ReferenceRows().bare()))

    def _put_away(self, batch: RecordColumns) -> None:
        first = len(self._records)
        files, sources = batch.facts["file"], batch.facts["source"]
        for number, _ in batch.telling:
            self._origins[first + number] = files[number].as_py(), sources[number].as_py()
        self._put_references_away([(first + number, each) for number, each in batch.telling])
        self._keep_bare(first, batch.references)
        self._records.add(batch)

    def _keep_bare(self, first: int, bare: BareReferences | GroupedReferences) -> None:
        if len(bare.word):
            found = grouped(bare, first)
            self._bare.append(self._words.shared(found) if self._words else found)

    def _put_references_away(self, references: Sequence[tuple[int, Reference]]) -> None:
        """Read references that are raw text so far; keep all by the number of their record."""
        rows = ReferenceRows()
        for number, reference in _parsed(references):
            if not rows.append(number, reference):
                self._reject(number, reference)
        self._keep_bare(0, rows.bare())
        telling = rows.telling()
        if len(telling):
            self._telling.append(telling)

    def extract(self, corrections: Corrections = NO_CORRECTIONS) -> Extraction:
        """Decide who is who, and get ready to make the tables.

        Raises
        ------
        CorrectionsError
            When corrections contradict each other.
        """
        from graphbuild.assembly import assemble  # noqa: PLC0415 - not needed to read

        self._put_rows_away()
        if self._restored is not None:
            restored = self._reopened(self._restored, len(self._records))
            self._restored = None
            self._keep_bare(len(self._records), restored.records.references)
            self._records.add(restored.records)
            self._telling.append(restored.telling)
            self._kept_passages.append(restored.passages)
        mined = [entry for pieces in self._passages.values() for entry in self._mine(pieces)]
        self._put_references_away(mined)
        passages = pa.concat_tables([_as_table(self._passages), *self._kept_passages])
        bare = [*self._bare, self._words.finish()] if self._words else self._bare
        self._words = None
        made = assemble(self._records, bare, self._telling, passages, corrections)
        rejected = sorted(set(self.rejected))
        return Extraction(rejected, made.others, made.citations, made.applied)

    def _reopened(self, claims: Restored, first: int) -> Restored:
        """Restored claims, their records counted from ``first``.

        A paper that has more text now is searched anew, and what was found in it before is
        forgotten.
        """
        numbers = claims.passages["record"].to_numpy()
        anew = np.zeros(len(claims.records), bool)
        is_kept = np.ones(len(numbers), bool)
        for i, (record, group) in enumerate(
            zip(numbers.tolist(), _groups(claims.records, numbers), strict=True)
        ):
            pieces = self._passages.get(group)
            if pieces is not None:
                anew[record], is_kept[i] = True, False
                row = claims.passages.slice(i, 1).to_pylist()[0]
                file = claims.records.facts["file"][record].as_py()
                source = claims.records.facts["source"][record].as_py()
                self._origins[first + record] = file, source
                passage = Passage(row["text"], row["order"], tuple(row["lines"]), row["follows"])
                pieces.append(_Piece(file, first + record, passage))
        passages = claims.passages.filter(pa.array(is_kept))
        claims = dataclasses.replace(claims.without_mined(anew), passages=passages)
        return claims.counted_from(first)

    def _mine(self, pieces: Sequence[_Piece]) -> Iterator[tuple[int, Reference]]:
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


class _Words:
    """Distinct bare references of all batches, so that each is held once."""

    def __init__(self) -> None:
        from graphbuild.kernels.interning import Interner  # noqa: PLC0415 - compiles

        self._interner = Interner()

    def shared(self, bare: GroupedReferences) -> GroupedReferences:
        """The same references, their words counted among those of all batches."""
        joined = pc.binary_join_element_wise(bare.words, bare.keys, _BETWEEN)
        offsets = np.frombuffer(joined.buffers()[1], np.int32)[: len(joined) + 1]
        content = joined.buffers()[2]
        block = np.frombuffer(content, np.uint8) if content else np.empty(0, np.uint8)
        number = self._interner.add(block, offsets[:-1], offsets[1:])
        nothing = pa.nulls(0, pa.string())
        return dataclasses.replace(bare, word=number[bare.word], words=nothing, keys=nothing)

    def finish(self) -> GroupedReferences:
        """No reference, but the words of all."""
        pairs = pc.split_pattern(
            self._interner.strings().cast(pa.string()), _BETWEEN, max_splits=1, reverse=True
        )
        nothing = np.empty(0, np.int32)
        words, keys = pc.list_element(pairs, 0), pc.list_element(pairs, 1)
        return grouped(BareReferences(nothing, nothing, words, keys), 0)


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


def _group(claim: Record) -> str:
    """What holds the pieces of one paper's text together."""
    keys = joining_keys(claim)
    return keys[0] if keys else f"title:{key(claim.title or '')}"


def _groups(records: RecordColumns, numbers: Array) -> Iterator[str]:
    """The same for records in columns."""
    claims = records.claims
    told = pa.table(
        {
            name: getattr(claims, name).take(pa.array(numbers))
            for name in ("arxiv_id", "doi", "other_ids", "title", "url")
        }
    )
    for row in told.to_pylist():
        row["other_ids"] = tuple(row["other_ids"] or ())
        yield _group(Record(NOWHERE, "", **row))


@dataclass(frozen=True, eq=False)
class _Piece:
    """A passage, and the record (its file, and its number among all) that has it."""

    file: str
    record: int
    passage: Passage


def _as_table(of_papers: Mapping[str, Sequence[_Piece]]) -> pa.Table:
    from graphbuild.assembly.kept import KEPT  # noqa: PLC0415 - not needed to read

    pieces = [piece for pieces in of_papers.values() for piece in pieces]
    return pa.table(
        [
            [piece.record for piece in pieces],
            [piece.passage.order for piece in pieces],
            [piece.passage.text for piece in pieces],
            [piece.passage.follows for piece in pieces],
            [piece.passage.lines for piece in pieces],
        ],
        schema=KEPT["passages"],
    )


class _RunningText:
    """The pieces of one paper's text in sequence, and the origin of every character."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        self._ordered = _in_sequence(pieces)
        self._starts: list[int] = []
        parts: list[str] = []
        length = 0
        previous: int | None = None
        for piece in self._ordered:
            text, order = piece.passage.text, piece.passage.order
            if parts:
                # Pieces that don't adjoin are kept apart, so that no entry runs across the gap.
                adjoins = previous is None or order is None or order == previous + 1
                parts.append("\n" if adjoins else "\n\n")
                length += len(parts[-1])
            self._starts.append(length)
            parts.append(text)
            length += len(text)
            previous = order
        self.text = "".join(parts)

    def origin(self, offset: int) -> tuple[int, int]:
        """The number of the record, and the line in its input, of a character of the text."""
        place = int(np.searchsorted(self._starts, offset, "right")) - 1
        piece = self._ordered[place]
        row = piece.passage.text.count("\n", 0, offset - self._starts[place])
        lines = piece.passage.lines
        return piece.record, lines[min(row, len(lines) - 1)]


def _in_sequence(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Pieces by their number, or where they have none by which text follows which; no repeats."""
    distinct: dict[tuple[int | None, str], _Piece] = {}
    # Of repeats the one counts that stands first in the inputs, whenever it came.
    for piece in sorted(pieces, key=lambda piece: (piece.file, piece.passage.lines)):
        distinct.setdefault((piece.passage.order, piece.passage.text), piece)
    numbered = sorted(
        (piece for piece in distinct.values() if piece.passage.order is not None),
        key=lambda piece: (piece.passage.order or 0, piece.passage.text),
    )
    return numbered + _chained([p for p in distinct.values() if p.passage.order is None])


def _chained(pieces: Sequence[_Piece]) -> list[_Piece]:
    by_text = {_start(piece.passage.text): piece for piece in pieces}
    after: dict[str, str] = {}
    for piece in pieces:
        if piece.passage.follows:
            after.setdefault(_start(piece.passage.follows), _start(piece.passage.text))
    followers = {text for before, text in after.items() if before in by_text}
    chained: list[_Piece] = []
    for first in sorted(by_text.keys() - followers) + sorted(followers):
        current: str | None = first
        while current is not None and current in by_text:
            chained.append(by_text.pop(current))
            current = after.get(current)
    return chained


def _start(text: str) -> str:
    return " ".join(text.split())
