"""Records → mentions → Tables: the graph is put together here, in columns.

A record is appended to columns as soon as it is read. Identity then says which mentions are one
paper, and every table follows from the columns by grouping and sorting, so that neither the order
of inputs nor that of records inside them shows in the result.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.identifiers import url_id, url_of
from graphbuild.identity import (
    AuthorMentions,
    PaperMentions,
    Resolution,
    paper_ids,
    resolve_authors,
    resolve_papers,
)
from graphbuild.model import BASES, Origin, Passage, Person, Record, Reference, Rejected
from graphbuild.text import clean, fold, key

__all__ = ["Collection", "Extraction"]

Array = np.ndarray[Any, Any]

_DAYS_SUSPICIOUS = 365


@dataclass(frozen=True)
class Extraction:
    """What came out: the six tables by name, the rejects by origin, and what was left out."""

    tables: dict[str, pa.Table]
    rejected: list[Rejected]
    self_citations_dropped: int


@dataclass
class _RecordColumns:
    """One entry per record, in the order of (file, entry)."""

    file: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    abstract: list[str | None] = field(default_factory=list)
    published: list[Any] = field(default_factory=list)
    updated: list[Any] = field(default_factory=list)
    primary_category: list[str | None] = field(default_factory=list)
    comment: list[str | None] = field(default_factory=list)
    tweets: list[int | None] = field(default_factory=list)
    in_corpus: list[bool] = field(default_factory=list)

    def append(self, record: Record) -> None:
        self.file.append(record.origin.file)
        self.line.append(record.origin.line)
        for name in (
            "source",
            "abstract",
            "published",
            "updated",
            "primary_category",
            "comment",
            "tweets",
            "in_corpus",
        ):
            getattr(self, name).append(getattr(record, name))


@dataclass
class _MentionColumns:
    """One entry per mention: what identity looks at, and what the mentions table shows."""

    keys: list[tuple[str, ...]] = field(default_factory=list)
    other_ids: list[tuple[str, ...]] = field(default_factory=list)
    arxiv_id: list[str | None] = field(default_factory=list)
    doi: list[str | None] = field(default_factory=list)
    title: list[str | None] = field(default_factory=list)
    year: list[int | None] = field(default_factory=list)
    venue: list[str | None] = field(default_factory=list)
    url: list[str | None] = field(default_factory=list)
    people: list[tuple[Person, ...]] = field(default_factory=list)

    def append(self, claim: Record | Reference) -> None:
        self.keys.append(_joining_keys(claim))
        self.other_ids.append(claim.other_ids)
        self.arxiv_id.append(claim.arxiv_id)
        self.doi.append(claim.doi)
        self.title.append(clean(claim.title) or None if claim.title else None)
        self.year.append(claim.year or None)
        self.venue.append(claim.venue if isinstance(claim, Record) else claim.container)
        self.url.append(claim.url)
        self.people.append(claim.authors)


@dataclass
class _ReferenceColumns:
    """One entry per reference. ``mention`` is -1 for a bare identifier, whose key is ``key``."""

    record: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    basis: list[int] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    key: list[str | None] = field(default_factory=list)
    mention: list[int] = field(default_factory=list)


def _joining_keys(claim: Record | Reference) -> tuple[str, ...]:
    """The identifiers that make two mentions one paper.

    An ISBN is that of a book, of which a titled mention may be a chapter; an address is a
    paper's own only where nothing else is known of it.
    """
    keys = [f"arxiv:{claim.arxiv_id}"] if claim.arxiv_id else []
    if claim.doi:
        keys.append(f"doi:{claim.doi}")
    keys += [other for other in claim.other_ids if not (other.startswith("isbn:") and claim.title)]
    if not keys and not claim.title and claim.url:
        keys.append(url_id(claim.url))
    return tuple(dict.fromkeys(keys))


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
        self._records = _RecordColumns()
        self._record_mentions = _MentionColumns()
        self._categories: list[tuple[int, str, bool]] = []
        self._references: list[tuple[int, Reference]] = []
        self._passages: dict[str, list[tuple[int, Passage]]] = {}
        self.rejected: list[Rejected] = []

    def __len__(self) -> int:
        return len(self._records.file)

    def add(self, item: Record | Rejected) -> None:
        """Take one entry of an input."""
        if isinstance(item, Rejected):
            self.rejected.append(item)
            return
        keys = _joining_keys(item)
        title_key = key(item.title) if item.title else ""
        if not keys and not title_key:
            reason = "the entry has neither an identifier nor a title"
            self.rejected.append(Rejected(item.origin, reason, "", item.source))
            return
        number = len(self)
        self._records.append(item)
        self._record_mentions.append(item)
        listed = dict.fromkeys(item.categories)
        if item.primary_category:
            listed.setdefault(item.primary_category)
        self._categories += [(number, name, name == item.primary_category) for name in listed]
        self._references += [(number, reference) for reference in item.references]
        if self._bibliographies and item.passages:
            of_paper = self._passages.setdefault(keys[0] if keys else f"title:{title_key}", [])
            of_paper += [(number, passage) for passage in item.passages]

    def extract(self) -> Extraction:
        """Decide who is who, and make the tables."""
        mined = [entry for pieces in self._passages.values() for entry in self._mine(pieces)]
        mentions, references = self._reference_columns([*self._references, *mined])
        return _Assembly(self, mentions, references).extraction()

    def _mine(self, pieces: Sequence[tuple[int, Passage]]) -> Iterator[tuple[int, Reference]]:
        """References in the running text of one paper, whose pieces come in any order."""
        from graphbuild.references import find  # noqa: PLC0415 - only for texts

        text = _RunningText(pieces)
        for entry in find(text.text):
            number, line = text.origin(entry.start)
            origin = Origin(self._records.file[number], line)
            yield number, Reference(entry.text, origin, basis="bibliography_text")

    def _reference_columns(
        self, references: Sequence[tuple[int, Reference]]
    ) -> tuple[_MentionColumns, _ReferenceColumns]:
        columns, mentions = _ReferenceColumns(), _MentionColumns()
        for number, reference in _parsed(references):
            keys = _joining_keys(reference)
            says_more = bool(reference.title or reference.authors or reference.year)
            if not keys and not (reference.title and key(reference.title)):
                self._reject(number, reference)
                continue
            columns.record.append(number)
            columns.line.append(reference.origin.line)
            columns.basis.append(BASES.index(reference.basis))
            columns.evidence.append(reference.raw)
            if says_more or len(keys) > 1 or reference.container:
                columns.key.append(None)
                columns.mention.append(len(mentions.keys))
                mentions.append(reference)
            else:
                columns.key.append(keys[0])
                columns.mention.append(-1)
        return mentions, columns

    def _reject(self, number: int, reference: Reference) -> None:
        """Keep what a list says and nobody can use; running text is searched, not listed."""
        if reference.basis != "bibliography_text":
            origin = Origin(self._records.file[number], reference.origin.line)
            reason = "the reference names neither an identifier nor a title"
            source = self._records.source[number]
            self.rejected.append(Rejected(origin, reason, reference.raw, source))


def _parsed(references: Sequence[tuple[int, Reference]]) -> Iterator[tuple[int, Reference]]:
    """Read the references that are raw strings so far, all in one batch."""
    raw = [
        i
        for i, (_, reference) in enumerate(references)
        if not (reference.title or reference.url or _joining_keys(reference))
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


class _Assembly:
    """From columns of claims to the tables."""

    def __init__(
        self, collection: Collection, references: _MentionColumns, citations: _ReferenceColumns
    ) -> None:
        self._records = collection._records
        self._categories = collection._categories
        self._rejected = collection.rejected
        self._citations = citations
        self._record_count = len(collection)
        own = collection._record_mentions
        self._claims = _MentionColumns(
            **{
                column.name: getattr(own, column.name) + getattr(references, column.name)
                for column in dataclasses.fields(_MentionColumns)
            }
        )
        self._is_record = np.arange(len(self._claims.keys)) < self._record_count

    def extraction(self) -> Extraction:
        mentions = self._paper_mentions()
        resolution = resolve_papers(mentions)
        chosen = _Chosen(self, mentions, resolution)
        citations, dropped = self._citation_table(chosen)
        authors, authorships = self._author_tables(chosen)
        tables = {
            "papers": chosen.table(),
            "authors": authors,
            "citations": citations,
            "authorships": authorships,
            "categories": self._category_table(chosen),
            "mentions": self._mention_table(chosen, resolution),
        }
        rejected = sorted(set(self._rejected))
        return Extraction(tables, rejected, dropped)

    # -- mentions for identity -------------------------------------------------------------------

    def _paper_mentions(self) -> PaperMentions:
        claims = self._claims
        flat = [identifier for keys in claims.keys for identifier in keys]
        bare = [identifier for identifier in self._citations.key if identifier is not None]
        distinct, codes = _encode([*flat, *bare])
        self._bare_codes = codes[len(flat) :]
        indptr = np.zeros(len(claims.keys) + 1, np.int32)
        np.cumsum([len(keys) for keys in claims.keys], out=indptr[1:])
        return PaperMentions(
            keys=distinct,
            key_indptr=indptr,
            key_codes=codes[: len(flat)],
            title_codes=_title_codes(claims.title),
            title_of=lambda mention: claims.title[mention] or "",
            years=np.array([year or 0 for year in claims.year], np.int32),
            families_of=_families_of(claims.people),
            is_record=self._is_record,
        )

    # -- tables ----------------------------------------------------------------------------------

    def _citation_table(self, chosen: _Chosen) -> tuple[pa.Table, int]:
        columns = self._citations
        mention = np.array(columns.mention, np.int64)
        record = np.array(columns.record, np.int64)
        is_bare = mention < 0
        cited = np.empty(len(mention), np.int32)
        cited[is_bare] = chosen.of_key[self._bare_codes]
        cited[~is_bare] = chosen.of_mention[self._record_count + mention[~is_bare]]
        citing = chosen.of_mention[record]
        itself = citing == cited
        dropped = len(np.unique(citing[itself]))
        files, file = _encode([self._records.file[i] for i in record.tolist()])
        line = np.array(columns.line, np.int64)
        basis = np.array(columns.basis, np.int8)
        order = np.lexsort((np.arange(len(line)), line, file, basis, cited, citing))
        order = order[~itself[order]]
        first = order[_begins_group(citing[order], cited[order])]
        evidence = pa.array(columns.evidence, pa.string()).take(pa.array(first))
        table = pa.table(
            {
                "citing": chosen.ids.take(pa.array(citing[first])),
                "cited": chosen.ids.take(pa.array(cited[first])),
                "basis": pa.array(BASES, pa.string()).take(pa.array(basis[first])),
                "evidence": evidence,
                "file": pa.array(files, pa.string()).take(pa.array(file[first])),
                "line": line[first],
                "suspicious_date": chosen.is_later(cited[first], citing[first]),
            }
        )
        return table, dropped

    def _author_tables(self, chosen: _Chosen) -> tuple[pa.Table, pa.Table]:
        best = self._best_author_lists(chosen)
        papers = np.repeat(chosen.of_mention[best], [len(self._claims.people[m]) for m in best])
        people = [person for mention in best for person in self._claims.people[mention]]
        positions = [i for mention in best for i in range(1, len(self._claims.people[mention]) + 1)]
        paper_column = chosen.ids.take(pa.array(papers, pa.int32()))
        authors, who = resolve_authors(
            AuthorMentions(
                paper_column.to_pylist(),
                [person.name for person in people],
                [person.orcid for person in people],
            )
        )
        table = pa.table(
            {
                "id": pa.array([author.id for author in authors], pa.string()),
                "name": pa.array([author.name for author in authors], pa.string()),
                "names": pa.array([author.names for author in authors], pa.list_(pa.string())),
                "orcid": pa.array([author.orcid for author in authors], pa.string()),
            }
        )
        affiliations = [person.affiliations for person in people]
        authorships = pa.table(
            {
                "author": table["id"].take(pa.array(who, pa.int32())),
                "paper": paper_column,
                "position": pa.array(positions, pa.int32()),
                "affiliations": pa.array(affiliations, pa.list_(pa.string())),
            }
        )
        return table, authorships.take(pa.array(np.argsort(papers, kind="stable")))

    def _best_author_lists(self, chosen: _Chosen) -> list[int]:
        """One mention per paper that names authors: a record's, the longest list, fullest names."""
        named = [m for m, people in enumerate(self._claims.people) if people]
        if not named:
            return []
        joined = ["; ".join(p.name for p in self._claims.people[m]) for m in named]
        papers = chosen.of_mention[named]
        order = np.lexsort(
            (
                _encode(joined)[1],
                -np.array([len(text) for text in joined]),
                -np.array([len(self._claims.people[m]) for m in named]),
                ~self._is_record[named],
                papers,
            )
        )
        first = order[_begins_group(papers[order])]
        return [named[i] for i in first.tolist()]

    def _category_table(self, chosen: _Chosen) -> pa.Table:
        records = np.array([number for number, _, _ in self._categories], np.int64)
        names, codes = _encode([name for _, name, _ in self._categories])
        primary = np.array([is_primary for _, _, is_primary in self._categories], bool)
        papers = chosen.of_mention[records]
        order = np.lexsort((~primary, codes, papers))
        first: Array = order[_begins_group(papers[order], codes[order])]
        category = pa.array(names, pa.string()).take(pa.array(codes[first]))
        paper_primary = chosen.primary_category.take(pa.array(papers[first]))
        return pa.table(
            {
                "paper": chosen.ids.take(pa.array(papers[first])),
                "category": category,
                "is_primary": pc.fill_null(pc.equal(category, paper_primary), False),
            }
        )

    def _mention_table(self, chosen: _Chosen, resolution: Resolution) -> pa.Table:
        claims, records, count = self._claims, self._records, self._record_count
        columns = self._citations
        rich = [i for i, mention in enumerate(columns.mention) if mention >= 0]
        citing = [columns.record[i] for i in rich]
        text = [None] * count + [columns.evidence[i] for i in rich]
        files = records.file + [records.file[number] for number in citing]
        lines = records.line + [columns.line[i] for i in rich]
        kinds = ["record"] * count + ["reference"] * len(rich)
        citing_papers = (
            [None] * count + chosen.of_mention[citing].tolist() if citing else [None] * count
        )
        table = pa.table(
            {
                "paper": chosen.ids.take(pa.array(chosen.of_mention, pa.int32())),
                "citing": chosen.ids.take(pa.array(citing_papers, pa.int32())),
                "kind": pa.array(kinds, pa.string()),
                "source": pa.array(
                    records.source + [records.source[number] for number in citing], pa.string()
                ),
                "file": pa.array(files, pa.string()),
                "line": pa.array(lines, pa.int64()),
                "text": pa.array(text, pa.string()),
                "arxiv_id": pa.array(claims.arxiv_id, pa.string()),
                "doi": pa.array(claims.doi, pa.string()),
                "title": pa.array(claims.title, pa.string()),
                "year": pa.array(claims.year, pa.int32()),
                "authors": pa.array(
                    [[p.name for p in people] for people in claims.people], pa.list_(pa.string())
                ),
                "rule": pa.array(resolution.rules, pa.string()),
            }
        )
        # Everything a row says takes part, so that equal rows alone can change places.
        told = table.append_column("told", pc.binary_join(table["authors"], "; "))
        first = ["file", "line", "kind"]
        rest = [name for name in told.column_names if name not in {*first, "authors", "rule"}]
        return told.sort_by([(name, "ascending") for name in first + rest]).drop_columns("told")


class _Chosen:
    """What is said of each paper in the end, chosen from its mentions; papers by id.

    A field is taken from the records that have it, and from references only where no record does.
    Among differing claims the most frequent wins, then the longest, then the alphabet.
    """

    def __init__(
        self, assembly: _Assembly, mentions: PaperMentions, resolution: Resolution
    ) -> None:
        self._assembly = assembly
        self._mentions = mentions
        self.papers = resolution.papers
        self._number(resolution)

    def _number(self, resolution: Resolution) -> None:
        """Give papers their ids, and their positions in the ids' order."""
        self.of_mention, self.of_key = resolution.of_mention, resolution.of_key
        title = self._claimed("title")
        year = self._years()
        families = self._first_families()
        ids = pa.array(
            paper_ids(self._mentions, resolution, title.to_pylist(), families, year), pa.string()
        )
        order = pc.sort_indices(ids).to_numpy()
        position = np.empty(len(order), np.int32)
        position[order] = np.arange(len(order), dtype=np.int32)
        self.ids = ids.take(pa.array(order))
        self.of_mention, self.of_key = position[self.of_mention], position[self.of_key]
        self.title, self.year = title.take(pa.array(order)), year[order]

    @property
    def _record_papers(self) -> Array:
        return self.of_mention[: self._assembly._record_count]

    def _claimed(self, name: str, type_: pa.DataType = pa.string()) -> pa.Array:  # noqa: B008
        """Per paper what its records say, and where they say nothing what references do."""
        values = pa.array(getattr(self._assembly._claims, name), type_)
        is_record = self._assembly._is_record
        by_records, by_references = (
            self._prevailing(values.filter(pa.array(which)), self.of_mention[which])
            for which in (is_record, ~is_record)
        )
        return pc.coalesce(by_records, by_references)

    def _prevailing(self, values: pa.Array, papers: Array) -> pa.Array:
        """Per paper the most frequent value, then the longest, then the first by the alphabet."""
        table = pa.table({"paper": pa.array(papers, pa.int32()), "value": values}).filter(
            pc.is_valid(values)
        )
        counted = table.group_by(["paper", "value"]).aggregate([([], "count_all")])
        is_text = pa.types.is_string(values.type)
        length = pc.utf8_length(counted["value"]) if is_text else pa.nulls(len(counted), pa.int32())
        ranked = counted.append_column("length", length).sort_by(
            [
                ("paper", "ascending"),
                ("count_all", "descending"),
                ("length", "descending"),
                ("value", "ascending"),
            ]
        )
        owner = ranked["paper"].to_numpy()
        first: Array = np.flatnonzero(_begins_group(owner))
        where = np.full(self.papers, -1, np.int64)
        where[owner[first]] = first
        return ranked["value"].combine_chunks().take(pa.array(where, mask=where < 0))

    def _of_records(self, name: str, type_: pa.DataType) -> pa.Array:
        return self._prevailing(
            pa.array(getattr(self._assembly._records, name), type_), self._record_papers
        )

    def _extreme(self, name: str, type_: pa.DataType, which: Literal["min", "max"]) -> pa.Array:
        """Per paper the smallest or largest value that a record gives."""
        values = pa.array(getattr(self._assembly._records, name), type_)
        table = pa.table({"paper": pa.array(self._record_papers, pa.int32()), "value": values})
        grouped = table.group_by("paper").aggregate([("value", which)])
        where = np.full(self.papers, -1, np.int64)
        where[grouped["paper"].to_numpy()] = np.arange(len(grouped))
        column = grouped[f"value_{which}"].combine_chunks()
        return column.take(pa.array(where, mask=where < 0))

    def _years(self) -> Array:
        """The year published as records say, else as references do; 0 for unknown."""
        published = pc.year(self._extreme("published", pa.date32(), "min")).cast(pa.int32())
        years_or_null = pc.coalesce(published, self._claimed("year", pa.int32()))
        found: Array = pc.fill_null(years_or_null, 0).to_numpy(zero_copy_only=False)
        return found.astype(np.int32)

    def _first_families(self) -> list[str]:
        families = [""] * self.papers
        for mention in self._assembly._best_author_lists(self):
            families[self.of_mention[mention]] = self._assembly._claims.people[mention][0].family
        return families

    @functools.cached_property
    def primary_category(self) -> pa.Array:
        """The prevailing primary category per paper."""
        return self._of_records("primary_category", pa.string())

    @functools.cached_property
    def _published(self) -> pa.Array:
        return self._extreme("published", pa.date32(), "min")

    def is_later(self, cited: Array, citing: Array) -> pa.Array:
        """Whether the cited paper is dated more than a year after the paper that cites it."""
        dates = self._published.cast(pa.int32())
        days = pc.subtract(dates.take(pa.array(cited)), dates.take(pa.array(citing)))
        years = pa.array(self.year, pa.int32(), mask=self.year == 0)
        gap = pc.subtract(years.take(pa.array(cited)), years.take(pa.array(citing)))
        later = pc.coalesce(pc.greater(days, _DAYS_SUSPICIOUS), pc.greater(gap, 1))
        return pc.fill_null(later, False)

    def _identifiers(self) -> tuple[list[str | None], list[str | None], list[list[str]]]:
        """Each paper's arXiv id, DOI, and all its further identifiers in ascending order."""
        keys, claims = self._mentions.keys, self._assembly._claims
        every: list[set[str]] = [set() for _ in range(self.papers)]
        for identifier, paper in zip(keys, self.of_key.tolist(), strict=True):
            every[paper].add(identifier)
        for others, paper in zip(claims.other_ids, self.of_mention.tolist(), strict=True):
            every[paper].update(others)
        by_records = {
            identifier
            for keys_of in claims.keys[: self._assembly._record_count]
            for identifier in keys_of
        }
        arxiv_ids: list[str | None] = []
        dois: list[str | None] = []
        further: list[list[str]] = []
        for identifiers in every:
            ranked = sorted(identifiers, key=lambda i: (i not in by_records, i))
            arxiv = next((i for i in ranked if i.startswith("arxiv:")), None)
            doi = next((i for i in ranked if i.startswith("doi:")), None)
            arxiv_ids.append(arxiv and arxiv.removeprefix("arxiv:"))
            dois.append(doi and doi.removeprefix("doi:"))
            further.append(sorted(identifiers - {arxiv, doi}))
        return arxiv_ids, dois, further

    def table(self) -> pa.Table:
        """The papers table."""
        records = self._assembly._records
        arxiv_ids, dois, further = self._identifiers()
        in_corpus = np.zeros(self.papers, bool)
        in_corpus[self._record_papers[np.array(records.in_corpus, bool)]] = True
        sources: list[set[str]] = [set() for _ in range(self.papers)]
        for paper, source in zip(self._record_papers.tolist(), records.source, strict=True):
            sources[paper].add(source)
        claimed_url = self._claimed("url").to_pylist()
        urls = [
            next((u for u in map(url_of, _identities(a, d, more)) if u), claimed)
            for a, d, more, claimed in zip(arxiv_ids, dois, further, claimed_url, strict=True)
        ]
        return pa.table(
            {
                "id": self.ids,
                "arxiv_id": pa.array(arxiv_ids, pa.string()),
                "doi": pa.array(dois, pa.string()),
                "other_ids": pa.array(further, pa.list_(pa.string())),
                "title": self.title,
                "abstract": self._of_records("abstract", pa.string()),
                "year": pa.array(self.year, pa.int32(), mask=self.year == 0),
                "published": self._published,
                "updated": self._extreme("updated", pa.date32(), "max"),
                "venue": self._claimed("venue"),
                "primary_category": self.primary_category,
                "url": pa.array(urls, pa.string()),
                "comment": self._of_records("comment", pa.string()),
                "tweets": self._extreme("tweets", pa.int32(), "max"),
                "in_corpus": in_corpus,
                "sources": pa.array([sorted(s) for s in sources], pa.list_(pa.string())),
            }
        )


def _identities(arxiv_id: str | None, doi: str | None, further: Sequence[str]) -> Iterator[str]:
    if arxiv_id:
        yield f"arxiv:{arxiv_id}"
    if doi:
        yield f"doi:{doi}"
    yield from further


def _begins_group(*columns: Array) -> Array:
    """Where sorted columns begin a new combination of values."""
    begins = np.zeros(len(columns[0]), bool)
    begins[:1] = True
    for column in columns:
        begins[1:] |= column[1:] != column[:-1]
    return begins


def _encode(values: Sequence[str]) -> tuple[list[str], Array]:
    """Distinct values in ascending order, and the int32 code of each value."""
    encoded = pa.array(values, pa.string()).dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    codes = np.empty(len(order), np.int32)
    codes[order] = np.arange(len(order), dtype=np.int32)
    distinct: list[str] = encoded.dictionary.take(pa.array(order)).to_pylist()
    return distinct, codes[encoded.indices.to_numpy()]


def _title_codes(titles: Sequence[str | None]) -> Array:
    keys = {title: key(title) for title in set(titles) if title}
    coded = np.full(len(titles), -1, np.int32)
    present = [i for i, title in enumerate(titles) if title and keys[title]]
    coded[present] = _encode([keys[titles[i] or ""] for i in present])[1]
    return coded


def _families_of(people: Sequence[tuple[Person, ...]]) -> Callable[[int], Sequence[str]]:
    """Last words of family names, so that a particle or a lost first part does not matter."""

    @functools.cache
    def last_word(family: str) -> str:
        words: Iterable[str] = fold(family).split()
        return list(words)[-1] if words else ""

    return lambda mention: [last_word(person.family) for person in people[mention]]
