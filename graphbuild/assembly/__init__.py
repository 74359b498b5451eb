"""From columns of claims to the tables: who is who is decided, the rest is grouping and sorting."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.assembly.chosen import Chosen, Told, never_null
from graphbuild.assembly.citations import COLUMNS, Citations, Cited, Piece, References
from graphbuild.assembly.corrected import Applied, CorrectedAuthors, CorrectedPapers
from graphbuild.assembly.kept import (
    BareKeys,
    in_order,
    kept_citations,
    kept_mentions,
    kept_passages,
    kept_references,
)
from graphbuild.columns import (
    Array,
    GroupedReferences,
    ReferenceColumns,
    begins_group,
    concat,
    encode,
    ranks_of,
    sorted_distinct,
)
from graphbuild.corrections import NO_CORRECTIONS, Corrections
from graphbuild.identifiers import url_id
from graphbuild.identity import (
    AuthorMentions,
    Claims,
    PaperMentions,
    PapersOfAuthors,
    Resolution,
)
from graphbuild.model import BASES
from graphbuild.shelf import Shelf
from graphbuild.tables import ROWS_OF_TEXTS, in_use, mask_of

__all__ = ["Assembled", "CitationParts", "assemble"]


@dataclass(frozen=True, eq=False)
class Assembled:
    """The tables, and what else must be kept to add to them later; made as they are asked for.

    ``others`` gives the kind (``tables`` or ``kept``), name and table of each but those of
    citations, one after the other, so that each can be let go when it is written.
    """

    others: Callable[[], Iterator[tuple[str, str, pa.Table]]]
    citations: CitationParts
    applied: Applied


def assemble(
    records: Shelf,
    bare: Sequence[GroupedReferences],
    telling: Sequence[ReferenceColumns],
    passages: pa.Table,
    corrections: Corrections = NO_CORRECTIONS,
) -> Assembled:
    """Decide who is who and make the tables.

    ``bare`` are references that are an identifier and no more; ``telling`` say more. The records
    of these, and of ``passages`` (columns as in ``kept.KEPT``), are counted through all.
    """
    return _Assembly(records, bare, telling).assembled(passages, corrections)


class _Assembly:
    def __init__(
        self,
        records: Shelf,
        bare: Sequence[GroupedReferences],
        telling: Sequence[ReferenceColumns],
    ) -> None:
        self.count = len(records)
        self.records = records
        self.told = Told(records, telling)
        self.keys_of_bare = concat([part.keys for part in bare], pa.string())
        self._cites = functools.partial(References, self.count, bare, telling)
        self.citing = _joined([part.record for part in telling], np.int32)
        self.basis = _joined([part.basis for part in telling], np.int8)
        self.text = concat([part.text for part in telling], pa.string())
        lines = [records["line"].to_numpy(), *(part.line for part in telling)]
        self.line = _joined(lines, np.int64)

    def assembled(self, passages: pa.Table, corrections: Corrections) -> Assembled:
        with ThreadPoolExecutor(1) as beside:
            # Either sorts all that is cited, by its words or by its identifiers.
            references = beside.submit(self._cites)
            mentions, applied = self._paper_mentions(), Applied(corrections)
            self.references = references.result()
        del self._cites, references
        corrected = CorrectedPapers(
            self.told, mentions, applied, lambda: (self._files, self._file_ranks), self.line
        )
        resolution = corrected.resolve()
        chosen = Chosen(self.told, mentions, resolution)
        chosen.renamed = corrected.titles(chosen)
        named = functools.partial(corrected.position, chosen)
        order = self._order_of_mentions(chosen, resolution)
        row = np.empty(len(order), np.int32)
        row[order] = np.arange(len(order), dtype=np.int32)
        keys = self._bare_keys(chosen, mentions)
        of_word = np.concatenate([chosen.of_key[keys.of_word], chosen.of_mention[self.count :]])
        cited = Cited(
            chosen.papers,
            chosen.of_mention[: self.count],
            of_word,
            chosen.dates(),
            self._file_ranks,
            self.line[: self.count],
        )

        def others() -> Iterator[tuple[str, str, pa.Table]]:
            # No name is kept here of what is yielded, so that it goes when it is written.
            yield from (("tables", "papers", part) for part in chosen.tables(ROWS_OF_TEXTS))
            authors = self._author_tables(chosen, of_word, applied, named)
            made = deque(zip(("authors", "authorships"), authors, strict=True))
            del authors
            while made:
                yield "tables", *made.popleft()
            yield "tables", "categories", self._category_table(chosen)
            for first in range(0, max(len(order), 1), ROWS_OF_TEXTS):
                rows = order[first : first + ROWS_OF_TEXTS]
                yield "tables", "mentions", self._mention_table(chosen, resolution, rows)
            differs = chosen.differs("abstract")
            kept = functools.partial(kept_mentions, self.told, differs, row[self.citing])
            yield "kept", "mentions", _ordered(kept(self.basis), order)
            yield "kept", "passages", kept_passages(passages, row)

        return Assembled(
            others,
            CitationParts(self.references, cited, chosen.ids, self._files, row, keys),
            applied,
        )

    # -- mentions for identity -------------------------------------------------------------------

    def _paper_mentions(self) -> PaperMentions:
        owners, identifiers = self._claimed_identifiers()
        distinct, codes = ranks_of(pa.concat_arrays([identifiers, self.keys_of_bare]))
        del self.keys_of_bare, identifiers
        self.key_of_bare = codes[len(owners) :]
        order = np.argsort(owners, kind="stable")
        indptr = np.zeros(len(self.told) + 1, np.int64)
        np.cumsum(np.bincount(owners, minlength=len(self.told)), out=indptr[1:])
        return PaperMentions(
            keys=distinct,
            key_indptr=indptr,
            key_codes=codes[: len(owners)][order],
            is_titled=self.told.claim("title").is_valid().to_numpy(zero_copy_only=False),
            claims_of=self._claims_of,
            titles_of=functools.partial(self.told.claims_of, "title"),
            is_record=self.told.is_record,
            lists=np.append(self._file_ranks, np.full(len(self.told) - self.count, -1, np.int32)),
        )

    def _claims_of(self, mentions: Array) -> Claims:
        """What some mentions say of their papers."""
        told = self.told
        of_record = np.concatenate([np.arange(self.count, dtype=np.int32), self.citing])[mentions]
        return Claims(
            told.claims_of("title", mentions),
            told.claims_of("authors", mentions),
            told.claims_of("venue", mentions),
            pc.fill_null(told.claims_of("year", mentions), 0).to_numpy(),
            np.where(mentions < self.count, self._file_ranks[of_record], -1).astype(np.int32),
            self.line[mentions],
        )

    def _claimed_identifiers(self) -> tuple[Array, pa.Array]:
        """Mentions and the identifiers that join them, as two parallel arrays."""
        told = self.told
        other_ids, titles = told.claim("other_ids"), told.claim("title")
        owners: list[Array] = []
        identifiers: list[pa.Array] = []
        for scheme, name in (("arxiv:", "arxiv_id"), ("doi:", "doi")):
            values = told.claim(name)
            valid = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
            owners.append(valid)
            identifiers.append(
                pc.binary_join_element_wise(scheme, values.take(pa.array(valid)), "")
            )
        parents = pc.list_parent_indices(other_ids).to_numpy()
        others = pc.list_flatten(other_ids)
        titled = titles.is_valid().to_numpy(zero_copy_only=False)
        of_book = pc.starts_with(others, "isbn:").to_numpy(zero_copy_only=False)
        joins = ~(of_book & titled[parents])
        owners.append(parents[joins])
        identifiers.append(others.filter(pa.array(joins)))
        known = np.bincount(np.concatenate(owners), minlength=len(told)) > 0
        urls = told.claim("url")
        with_url = urls.is_valid().to_numpy(zero_copy_only=False)
        by_address = np.flatnonzero(~known & ~titled & with_url)
        addresses = urls.take(pa.array(by_address)).to_pylist()
        owners.append(by_address)
        identifiers.append(pa.array([url_id(address) for address in addresses], pa.string()))
        return np.concatenate(owners), pa.concat_arrays(identifiers)

    # -- tables ----------------------------------------------------------------------------------

    def _bare_keys(self, chosen: Chosen, mentions: PaperMentions) -> BareKeys:
        is_name = pc.equal(chosen.ids.take(pa.array(chosen.of_key)), mentions.keys)
        return BareKeys(self.key_of_bare, mentions.keys, is_name.to_numpy(zero_copy_only=False))

    @functools.cached_property
    def _files(self) -> pa.Array:
        return encode(self.records["file"])[0]

    @functools.cached_property
    def _file_ranks(self) -> Array:
        return encode(self.records["file"])[1]

    def _author_tables(
        self, chosen: Chosen, of_word: Array, applied: Applied, paper: Callable[[str], int]
    ) -> tuple[pa.Table, pa.Table]:
        best = chosen.best_author_lists()
        lists = self.told.claim("authors").take(pa.array(best))
        lengths = pc.list_value_length(lists).to_numpy()
        names = pc.list_flatten(lists)
        del lists
        papers = np.repeat(chosen.of_mention[best], lengths)
        along = {name: self._along(name, best, lengths) for name in _ALONG}
        orcids = along.pop("orcids")
        if orcids is None:
            orcids = pa.nulls(len(names), pa.string())
        mentions = AuthorMentions(papers, names, orcids, along["author_ids"], along["affiliations"])
        about = self._about(chosen, of_word)
        authors, who = CorrectedAuthors(mentions, about, applied, paper).resolve()
        positions = np.arange(1, len(names) + 1, dtype=np.int32)
        positions -= np.repeat((np.cumsum(lengths) - lengths).astype(np.int32), lengths)
        listed = along["affiliations"]
        places = never_null(
            pa.nulls(len(names), _ALONG["affiliations"]) if listed is None else listed
        )
        if (who < 0).any():
            people = np.flatnonzero(who >= 0)
            who, papers, positions = who[people], papers[people], positions[people]
            places = places.take(pa.array(people))
        authorships = pa.table(
            {
                "author": _dictionary(who, authors["id"].chunk(0)),
                "paper": _dictionary(papers, chosen.ids),
                "position": pa.array(positions),
                "affiliations": places,
            }
        )
        return authors, authorships

    def _along(self, name: str, records: Array, lengths: Array) -> pa.Array | None:
        """What is told along with the names of some records; None where nothing is."""
        told = self.told.claim(name).take(pa.array(records))
        return None if told.null_count == len(told) else _along(told, lengths, _ALONG[name])

    def _about(self, chosen: Chosen, of_word: Array) -> PapersOfAuthors:
        """What identity may ask about papers when it tells authors apart."""
        records = chosen.of_mention[: self.count]

        def fields() -> tuple[Array, Array] | None:
            lists = self.records["categories"]
            if not len(lists.flatten()):
                return None
            codes = encode(pc.list_flatten(lists))[1]
            return records[pc.list_parent_indices(lists).to_numpy()], codes

        def cited(papers: Array) -> tuple[Array, Array]:
            place = np.searchsorted(papers, records)
            place[place == len(papers)] = 0
            wanted = np.flatnonzero(papers[place] == records) if len(papers) else papers
            parts = [part[:2] for part in self.references.of(wanted)]
            pairs = [place[record].astype(np.int64) << 32 | of_word[word] for record, word in parts]
            once = sorted_distinct(np.concatenate([np.empty(0, np.int64), *pairs]))
            return once >> 32, once & 0xFFFFFFFF

        titles = functools.cache(functools.partial(chosen.saying, "title"))
        return PapersOfAuthors(
            chosen.year,
            functools.cache(fields),
            functools.cache(functools.partial(chosen.said, "venue")),
            lambda papers: titles()(papers),  # noqa: PLW0108 - made when it is asked
            cited,
        )

    def _category_table(self, chosen: Chosen) -> pa.Table:
        lists = self.records["categories"]
        records = pc.list_parent_indices(lists).to_numpy()
        names, codes = encode(pc.list_flatten(lists))
        papers = chosen.of_mention[records]
        order = np.argsort(papers.astype(np.int64) << 32 | codes, kind="stable")
        first = order[begins_group(papers[order], codes[order])]
        papers, codes = papers[first], codes[first]
        primary = pc.index_in(chosen.primary_category, value_set=names)
        return pa.table(
            {
                "paper": _dictionary(papers, chosen.ids),
                "category": _dictionary(codes, names),
                "is_primary": pc.fill_null(primary, -1).to_numpy()[papers] == codes,
            }
        )

    def _mention_table(self, chosen: Chosen, resolution: Resolution, mentions: Array) -> pa.Table:
        """The rows of some mentions, of which the records are the first of all."""
        told, count = self.told, self.count
        is_record = mentions < count
        reference = np.where(is_record, 0, mentions - count)
        citing = np.append(self.citing, np.int32(0))[reference]
        of_record = np.where(is_record, mentions, citing)
        source = self.records["source"].take(pa.array(of_record))
        texts = self.text.take(pa.array(reference, mask=is_record))
        claims = {
            name: told.claims_of(name, mentions)
            for name in ("arxiv_id", "doi", "title", "year", "authors")
        }
        return pa.table(
            {
                "paper": _dictionary(chosen.of_mention[mentions], chosen.ids),
                "citing": pa.DictionaryArray.from_arrays(
                    pa.array(chosen.of_mention[of_record], mask=is_record), chosen.ids
                ),
                "kind": _dictionary(
                    (~is_record).astype(np.int32), pa.array(["record", "reference"])
                ),
                "source": source,
                "file": _dictionary(self._file_ranks[of_record], self._files),
                "line": self.line[mentions],
                "text": texts,
                **claims,
                "authors": never_null(claims["authors"]),
                "rule": _dictionary(resolution.rules[mentions], pa.array(resolution.rule_names)),
            }
        )

    def _order_of_mentions(self, chosen: Chosen, resolution: Resolution) -> Array:
        """By file, line and kind; what stands at one place by all that it says."""
        of_record = np.concatenate([np.arange(self.count, dtype=np.int32), self.citing])
        file, kind = self._file_ranks[of_record], ~self.told.is_record
        order = _first_comes_first(file, self.line, kind)
        new = begins_group(file[order], self.line[order], kind[order])
        group = np.cumsum(new)
        crowded = np.flatnonzero(np.bincount(group, minlength=len(order) + 1)[group] > 1)
        if not len(crowded):
            return order
        rows = self._mention_table(chosen, resolution, order[crowded])
        rows = rows.append_column("told", pc.binary_join(rows["authors"], "; "))
        names = ["paper", "citing", "text", "title", "arxiv_id", "doi", "year", "told", "source"]
        ranks = [pc.rank(rows[name].cast(_plain(rows[name].type)), "ascending", tiebreaker="dense")
                 for name in names]  # fmt: skip
        within = np.lexsort([rank.to_numpy() for rank in reversed(ranks)] + [group[crowded]])
        order[crowded] = order[crowded][within]
        return order


class CitationParts:
    """Citations as tables of a certain length, and what is kept of them.

    ``self_citing`` (papers that cite themselves) and ``references`` (what is kept of references
    that are no citation's evidence) are known once all parts were taken; ``done`` is how many
    references have been looked at so far.
    """

    def __init__(
        self,
        references: References,
        cited: Cited,
        ids: pa.Array,
        files: pa.Array,
        row: Array,
        keys: BareKeys,
    ) -> None:
        self._references, self._row, self._keys = references, row, keys
        self._citations = Citations(references, cited)
        self.done = 0
        self.ids, self._files = ids, files
        self._again = [self._kept_references({name: np.empty(0, t) for name, t in _AGAIN.items()})]

    def __len__(self) -> int:
        """How many references there are, each of which is looked at."""
        return len(self._references)

    @property
    def self_citing(self) -> int:
        return self._citations.self_citing

    @property
    def references(self) -> pa.Table:
        return in_order(pa.concat_tables(self._again))

    def take(self, rows: int) -> Iterator[tuple[pa.Table, pa.Table]]:
        """Yield citations and what is kept of each of them, so many at a time; once at least."""
        found = _Gathered(min(rows, len(self._references)))
        for piece, again in self._citations.pieces():
            self.done += len(piece) + len(again["record"])
            self._again.append(self._kept_references(again))
            for _ in found.fill(piece):
                yield self._tables(found.taken())
        yield self._tables(found.taken())

    def _tables(self, columns: Mapping[str, Array]) -> tuple[pa.Table, pa.Table]:
        table = pa.table(
            {
                "citing": _dictionary(columns["citing"], self.ids),
                "cited": _dictionary(columns["cited"], self.ids),
                "basis": _compacted(columns["basis"], pa.array(BASES, pa.string())),
                "evidence": _compacted(columns["text"], self._references.vocabulary.texts),
                "file": _compacted(columns["file"], self._files),
                "line": columns["line"],
                "suspicious_date": columns["suspicious_date"],
            }
        )
        kept = kept_citations(self._row[columns["record"]], columns["word"], self._keys)
        return table, kept

    def _kept_references(self, again: Mapping[str, Array]) -> pa.Table:
        return kept_references(again, self._row, self._references.vocabulary, self._keys)


# -- tools ---------------------------------------------------------------------------------------

_ALONG: Mapping[str, pa.DataType] = {
    "orcids": pa.string(),
    "author_ids": pa.string(),
    "affiliations": pa.list_(pa.string()),
}
"""What is told along with the names of authors."""
_AGAIN: Mapping[str, type] = {
    "record": np.int32,
    "word": np.int32,
    "basis": np.int8,
    "line": np.int64,
}


class _Gathered:
    """Columns of citations, of a fixed length, that are filled piece by piece, and emptied."""

    def __init__(self, length: int) -> None:
        self._length, self._filled = length, 0
        self._columns: dict[str, Array] = {}

    def fill(self, piece: Piece) -> Iterator[None]:
        """Take a piece; yield whenever the columns are full, to be emptied before going on."""
        first = 0
        while first < len(piece):
            if self._filled == self._length:
                yield
            if not self._columns:
                # Memory that is never written to costs nothing.
                self._columns = {name: np.empty(self._length, t) for name, t in COLUMNS.items()}
            last = min(len(piece), first + self._length - self._filled)
            end = self._filled + last - first
            room = {name: column[self._filled : end] for name, column in self._columns.items()}
            piece.put(first, last, room)
            first, self._filled = last, end

    def taken(self) -> dict[str, Array]:
        """What was filled in; the columns are empty then."""
        whole = self._columns or {name: np.empty(0, type_) for name, type_ in COLUMNS.items()}
        taken = {name: column[: self._filled] for name, column in whole.items()}
        self._columns, self._filled = {}, 0
        return taken


def _ordered(table: pa.Table, order: Array) -> pa.Table:
    """Rows in an order, which most often is the one in which they are."""
    is_so = np.array_equal(order, np.arange(len(order)))
    return table if is_so else table.take(pa.array(order))


def _dictionary(codes: Array, words: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes), words, safe=False)


def _compacted(codes: Array, words: pa.Array) -> pa.DictionaryArray:
    """Codes in place over just the words in use, which are in ascending order."""
    kept, place = in_use(words, mask_of(codes, len(words)))
    if codes.dtype == np.int32:
        np.take(place, codes, out=codes, mode="clip")
    else:
        codes = np.take(place, codes, mode="clip")
    return _dictionary(codes, kept)


def _joined(parts: Sequence[Array], type_: type) -> Array:
    if len(parts) == 1:
        return parts[0].astype(type_, copy=False)
    return np.concatenate([np.empty(0, type_), *parts]).astype(type_, copy=False)


def _first_comes_first(*columns: Array) -> Array:
    """A stable order by columns, the first one foremost; cheap where they are in order already."""
    in_order = np.ones(max(len(columns[0]) - 1, 0), bool)
    for column in reversed(columns):
        in_order = (column[:-1] < column[1:]) | ((column[:-1] == column[1:]) & in_order)
    if in_order.all():
        return np.arange(len(columns[0]))
    return np.lexsort(columns[::-1])


def _along(lists: pa.Array, lengths: Array, type_: pa.DataType) -> pa.Array:
    """Flatten lists that run along others, nulls for those that are not there."""
    whole = [
        value if value is not None else [None] * length
        for value, length in zip(lists.to_pylist(), lengths.tolist(), strict=True)
    ]
    return pa.array([item for value in whole for item in value], type_)


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_
