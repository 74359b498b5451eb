"""Citations: every pair of citing and cited paper once, with the best evidence for it.

References are taken citing paper by citing paper, a quarter of a million at a time, so that what
is in work at any moment is small, however many there are; and the table comes out in its order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphbuild.assembly.chosen import DAYS_SUSPICIOUS, UNKNOWN_DAY, Dates
from graphbuild.columns import (
    Array,
    BareReferences,
    GroupedReferences,
    ReferenceColumns,
    begins_group,
    concat,
    grouped,
    ranks_of,
)

__all__ = ["COLUMNS", "Citations", "Cited", "Piece", "References", "Vocabulary"]

_AT_ONCE = 1 << 18
COMPILED = 500_000
"""References from which on compiled code is worth its loading."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What references say: distinct bare ones first, then each of those that say more.

    Attributes
    ----------
    bare
        How many of them are bare.
    texts
        Distinct evidence in ascending order, as Arrow strings.
    text
        int32: the evidence of each, in ``texts``.
    """

    bare: int
    texts: pa.Array
    text: Array


class References:
    """References of all records, in the order of the records that cite.

    ``word`` counts in the vocabulary; ``basis`` and ``line`` are one for all references, or None
    for the line of the citing record, where that is so.
    """

    def __init__(
        self,
        records: int,
        bare: Sequence[GroupedReferences],
        telling: Sequence[ReferenceColumns],
    ) -> None:
        self.records = records
        self._parts, words, nothing = [], 0, pa.nulls(0, pa.string())
        for part in bare:
            word = part.word if not words else part.word + np.int32(words)
            self._parts.append(dataclasses.replace(part, word=word, words=nothing, keys=nothing))
            words += len(part.words)
        self._parts += _grouped_telling(words, telling)
        self.vocabulary = _vocabulary(bare, telling)

    def __len__(self) -> int:
        return sum(len(part.word) for part in self._parts)

    def counts(self) -> Array:
        """int64: how many references each record has."""
        counts = np.zeros(self.records, np.int64)
        for part in self._parts:
            counts[part.first : part.first + len(part)] += np.diff(part.indptr)
        return counts

    def of(self, records: Array) -> Iterator[tuple[Array, Array, Array | int, Array | None]]:
        """References of some records: record, word, basis, line."""
        for part in self._parts:
            inside = (records >= part.first) & (records < part.first + len(part))
            chosen = records if inside.all() else records[inside]
            if len(chosen):
                yield part.of(chosen)


def _grouped_telling(
    first_word: int, telling: Sequence[ReferenceColumns]
) -> Iterator[GroupedReferences]:
    nothing = pa.nulls(0, pa.string())
    for part in telling:
        word = first_word + np.arange(len(part), dtype=np.int32)
        bare = BareReferences(part.record, word, nothing, nothing, part.basis, part.line)
        yield grouped(bare, 0)
        first_word += len(part)


def _vocabulary(
    bare: Sequence[GroupedReferences], telling: Sequence[ReferenceColumns]
) -> Vocabulary:
    words = [part.words for part in bare]
    texts = concat([*words, *(part.text for part in telling)], pa.string())
    distinct, codes = ranks_of(texts)
    return Vocabulary(sum(map(len, words)), distinct, codes)


@dataclass(frozen=True, eq=False)
class Cited:
    """What identity decided: the papers by position, and what becomes of references.

    Attributes
    ----------
    papers
        How many papers there are.
    of_record, of_word
        int32: the paper of each record, and the paper that each word of the vocabulary cites.
    dates
        When papers appeared.
    file, line
        Of each record: the rank of its file's name, and its line.
    """

    papers: int
    of_record: Array
    of_word: Array
    dates: Dates
    file: Array
    line: Array


COLUMNS: Mapping[str, type] = {
    "citing": np.int32,
    "cited": np.int32,
    "basis": np.int8,
    "text": np.int32,
    "file": np.int32,
    "line": np.int64,
    "suspicious_date": np.bool_,
    "record": np.int32,
    "word": np.int32,
}
"""What is said of each citation."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Some of the citations: the places of the references that say them best.

    ``citing``, ``cited``, ``record``, ``word``, ``basis`` and ``line`` are of references.
    """

    first: Array
    citing: Array
    cited: Array
    record: Array
    word: Array
    basis: Array
    line: Array
    about: Cited
    texts: Array
    is_large: bool

    def __len__(self) -> int:
        return len(self.first)

    def put(self, begin: int, end: int, room: Mapping[str, Array]) -> None:
        """Write some of the citations to columns of ``COLUMNS``."""
        first = self.first[begin:end]
        texts, file, dates = self.texts, self.about.file, self.about.dates
        if self.is_large:
            from graphbuild.kernels.evidence import write_down  # noqa: PLC0415 - compiles

            told = self.citing, self.cited, self.basis.view(np.uint8), self.line
            when = dates.days, dates.years, UNKNOWN_DAY, DAYS_SUSPICIOUS
            write_down(
                first, *told, self.record, self.word, file, texts, *when,
                room["citing"], room["cited"], room["basis"].view(np.uint8), room["line"],
                room["record"], room["word"], room["file"], room["text"],
                room["suspicious_date"].view(np.uint8),
            )  # fmt: skip
            return
        for name in ("citing", "cited", "record", "word", "basis", "line"):
            room[name][:] = getattr(self, name)[first]
        room["text"][:] = texts[room["word"]]
        room["file"][:] = file[room["record"]]
        room["suspicious_date"][:] = dates.is_later(room["cited"], room["citing"])


class Citations:
    """Citations in the order of the table, piece by piece.

    ``self_citing`` is the number of papers that cite themselves, once all pieces were taken.
    """

    def __init__(self, references: References, cited: Cited) -> None:
        self._references, self._cited = references, cited
        self._is_large = len(references) >= COMPILED
        self.self_citing = 0

    def pieces(self) -> Iterator[tuple[Piece, dict[str, Array]]]:
        """Citations, and the references that say again what those say.

        The latter are columns: ``record``, ``word``, ``basis`` (int8) and ``line`` (int64).
        """
        order = np.argsort(self._cited.of_record, kind="stable").astype(np.int32)
        papers = self._cited.of_record[order]
        ends = np.cumsum(self._references.counts()[order])
        start = 0
        while start < len(order):
            before = ends[start - 1] if start else 0
            stop = max(int(np.searchsorted(ends, before + _AT_ONCE, "right")), start + 1)
            # A paper is never cut in two.
            stop = int(np.searchsorted(papers, papers[stop - 1], "right"))
            yield self._piece(order[start:stop])
            start = stop

    def _piece(self, records: Array) -> tuple[Piece, dict[str, Array]]:
        record, word, basis, line = self._gathered(records)
        cited = self._cited.of_word[word]
        citing = self._cited.of_record[record]
        first = self._strongest(citing, cited, record, word, basis, line)
        is_again = np.ones(len(record), bool)
        is_again[first] = False
        # Of a paper that cites itself nothing is left but the count.
        itself = citing[first] == cited[first]
        if itself.any():
            self.self_citing += int(np.count_nonzero(itself))
            is_again[first[itself]] = True
            first = first[~itself]
        again = np.flatnonzero(is_again)
        texts = self._references.vocabulary.text
        return (
            Piece(
                first, citing, cited, record, word, basis, line, self._cited, texts, self._is_large
            ),
            {
                "record": record[again],
                "word": word[again],
                "basis": basis[again],
                "line": line[again],
            },
        )

    def _gathered(self, records: Array) -> tuple[Array, Array, Array, Array]:
        """Record, word, basis and line of all references of some records."""
        parts = list(self._references.of(records))
        record = np.concatenate([np.empty(0, np.int32), *(part[0] for part in parts)])
        word = np.concatenate([np.empty(0, np.int32), *(part[1] for part in parts)])
        basis = np.concatenate(
            [np.empty(0, np.int8)]
            + [np.broadcast_to(np.asarray(p[2], np.int8), len(p[0])) for p in parts]
        )
        line = np.concatenate(
            [np.empty(0, np.int64)]
            + [self._cited.line[p[0]] if p[3] is None else p[3] for p in parts]
        )
        return record, word, basis, line

    def _strongest(
        self, citing: Array, cited: Array, record: Array, word: Array, basis: Array, line: Array
    ) -> Array:
        """The place of the strongest reference between every two papers, in the table's order."""
        if not self._is_large:
            order, begins = self._grouped(citing, cited)
            kept = np.flatnonzero(begins)
            lengths = np.diff(np.append(kept, len(order)))
            if (lengths > 1).any():
                order = self._best_first(order, lengths, record, word, basis, line)
            return order[kept]
        from graphbuild.kernels.evidence import strongest  # noqa: PLC0415 - compiles

        place = None
        if not (citing[1:] >= citing[:-1]).all():
            # Parts are in order each, which makes this a merge.
            place = np.argsort(citing, kind="stable")
            citing, cited, record = citing[place], cited[place], record[place]
            word, basis, line = word[place], basis[place], line[place]
        file, text = self._cited.file, self._references.vocabulary.text
        found = strongest(citing, cited, basis.view(np.uint8), line, record, word, file, text)
        return found if place is None else place[found].astype(np.int32)

    def _grouped(self, citing: Array, cited: Array) -> tuple[Array, Array]:
        """An order by both papers, and where in it a new pair begins."""
        if not len(citing):
            return np.empty(0, np.int64), np.empty(0, bool)
        lowest = int(citing.min())
        for_cited, for_place = self._cited.papers.bit_length(), len(citing).bit_length()
        if (int(citing.max()) - lowest).bit_length() + for_cited + for_place >= 64:
            order = np.lexsort((cited, citing))
            return order, begins_group(citing[order], cited[order])
        # One number says all, and numbers are sorted several times faster than places are.
        packed = (citing - np.int64(lowest)) << (for_cited + for_place)
        packed |= cited.astype(np.int64) << for_place
        packed |= np.arange(len(citing))
        packed.sort()
        return packed & ((1 << for_place) - 1), begins_group(packed >> for_place)

    def _best_first(
        self, order: Array, lengths: Array, record: Array, word: Array, basis: Array, line: Array
    ) -> Array:
        """Put the strongest basis first within each pair, then what stands first."""
        group = np.repeat(np.arange(len(lengths)), lengths)
        crowded = np.repeat(lengths > 1, lengths)
        rivals = order[crowded]
        text = self._references.vocabulary.text[word[rivals]]
        file = self._cited.file[record[rivals]]
        best = np.lexsort((record[rivals], text, line[rivals], file, basis[rivals], group[crowded]))
        order = order.copy()
        order[crowded] = rivals[best]
        return order
