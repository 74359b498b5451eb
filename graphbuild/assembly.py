"""From columns of claims to the tables: who is who is decided, the rest is grouping and sorting."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import (
    RECORD_TYPES,
    Array,
    ClaimColumns,
    RecordColumns,
    ReferenceRows,
    begins_group,
    concat,
    concat_claims,
    encode,
    title_keys,
)
from graphbuild.identifiers import url_id, url_of
from graphbuild.identity import (
    AuthorMentions,
    PaperMentions,
    Resolution,
    paper_ids,
    resolve_authors,
    resolve_papers,
)
from graphbuild.model import BASES
from graphbuild.people import parse_name
from graphbuild.text import fold

__all__ = ["assemble"]

_DAYS_SUSPICIOUS = 365
_UNKNOWN_DAY = np.iinfo(np.int32).min


def assemble(
    batches: Sequence[RecordColumns], telling: ReferenceRows
) -> tuple[dict[str, pa.Table], int]:
    """The six tables, and how many papers named themselves in their lists.

    ``telling`` are the references that say more than an identifier; their records are counted
    through all batches.
    """
    return _Assembly(batches, telling).tables()


@dataclass(frozen=True)
class _Bare:
    """Bare references of all batches: citing record, what is cited, why, and where it stands."""

    record: Array
    word: Array
    words: pa.Array
    keys: pa.Array
    basis: Array
    line: Array


class _Assembly:
    def __init__(self, batches: Sequence[RecordColumns], telling: ReferenceRows) -> None:
        self.count = sum(len(batch) for batch in batches)
        self.facts = {
            name: concat([batch.facts[name] for batch in batches], type_)
            for name, type_ in RECORD_TYPES.items()
        }
        self.claims: ClaimColumns = concat_claims(
            [*(batch.claims for batch in batches), telling.claims()]
        )
        self.telling = telling
        self.bare = self._all_bare(batches)
        self.is_record = np.arange(len(self.claims)) < self.count

    def _all_bare(self, batches: Sequence[RecordColumns]) -> _Bare:
        records, words, bases, lines = [], [], [], []
        first_record = first_word = 0
        line_of_record = self.facts["line"].to_numpy()
        for batch in batches:
            found = batch.references
            record = found.record + np.int32(first_record)
            records.append(record)
            words.append(found.word + np.int32(first_word))
            bases.append(np.broadcast_to(np.asarray(found.basis, np.int8), len(record)))
            lines.append(line_of_record[record] if found.line is None else found.line)
            first_record += len(batch)
            first_word += len(found.words)
        texts = [batch.references.words for batch in batches]
        return _Bare(
            _joined(records, np.int32),
            _joined(words, np.int32),
            concat(texts, pa.string()),
            concat([batch.references.keys for batch in batches], pa.string()),
            _joined(bases, np.int8),
            _joined(lines, np.int64),
        )

    def tables(self) -> tuple[dict[str, pa.Table], int]:
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
        return tables, dropped

    # -- mentions for identity -------------------------------------------------------------------

    def _paper_mentions(self) -> PaperMentions:
        owners, identifiers = self._claimed_identifiers()
        distinct, codes = encode(pa.concat_arrays([identifiers, self.bare.keys]))
        self.key_of_word = codes[len(owners) :]
        order = np.argsort(owners, kind="stable")
        indptr = np.zeros(len(self.claims) + 1, np.int64)
        np.cumsum(np.bincount(owners, minlength=len(self.claims)), out=indptr[1:])
        titles = self.claims.title
        return PaperMentions(
            keys=distinct,
            key_indptr=indptr,
            key_codes=codes[: len(owners)][order],
            title_codes=_codes_or_minus_one(title_keys(titles)),
            title_of=lambda mention: titles[mention].as_py() or "",
            years=pc.fill_null(self.claims.year, 0).to_numpy(),
            families_of=_families_of(self.claims.authors),
            is_record=self.is_record,
        )

    def _claimed_identifiers(self) -> tuple[Array, pa.Array]:
        """Mentions and the identifiers that join them, as two parallel arrays."""
        claims = self.claims
        owners: list[Array] = []
        identifiers: list[pa.Array] = []
        for scheme, values in (("arxiv:", claims.arxiv_id), ("doi:", claims.doi)):
            valid = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
            owners.append(valid)
            identifiers.append(
                pc.binary_join_element_wise(scheme, values.take(pa.array(valid)), "")
            )
        parents = pc.list_parent_indices(claims.other_ids).to_numpy()
        others = pc.list_flatten(claims.other_ids)
        titled = claims.title.is_valid().to_numpy(zero_copy_only=False)
        of_book = pc.starts_with(others, "isbn:").to_numpy(zero_copy_only=False)
        joins = ~(of_book & titled[parents])
        owners.append(parents[joins])
        identifiers.append(others.filter(pa.array(joins)))
        known = np.bincount(np.concatenate(owners), minlength=len(claims)) > 0
        with_url = claims.url.is_valid().to_numpy(zero_copy_only=False)
        by_address = np.flatnonzero(~known & ~titled & with_url)
        addresses = claims.url.take(pa.array(by_address)).to_pylist()
        owners.append(by_address)
        identifiers.append(pa.array([url_id(address) for address in addresses], pa.string()))
        return np.concatenate(owners), pa.concat_arrays(identifiers)

    # -- tables ----------------------------------------------------------------------------------

    def _citation_table(self, chosen: _Chosen) -> tuple[pa.Table, int]:
        """Each pair once, with the evidence of its strongest basis that stands first."""
        bare, telling = self.bare, self.telling
        record = np.concatenate([bare.record, np.array(telling.record, np.int32)])
        citing = chosen.of_mention[record]
        cited = np.concatenate(
            [
                chosen.of_key[self.key_of_word[bare.word]],
                chosen.of_mention[self.count :],
            ]
        )
        basis = np.concatenate([bare.basis, np.array(telling.basis, np.int8)])
        line = np.concatenate([bare.line, np.array(telling.line, np.int64)])
        file = self._file_ranks()[record]
        order = _first_comes_first(basis, file, line)
        pair = citing.astype(np.int64) << 32 | cited
        order = order[np.argsort(pair[order], kind="stable")]
        itself = citing == cited
        dropped = len(np.unique(citing[itself]))
        order = order[~itself[order]]
        first = order[begins_group(pair[order])]
        del pair, order
        word = np.concatenate(
            [bare.word, len(bare.words) + np.arange(len(telling.text), dtype=np.int32)]
        )
        texts = pa.concat_arrays([bare.words, pa.array(telling.text, pa.string())])
        citing, cited = citing[first], cited[first]
        table = pa.table(
            {
                "citing": pa.DictionaryArray.from_arrays(pa.array(citing), chosen.ids),
                "cited": pa.DictionaryArray.from_arrays(pa.array(cited), chosen.ids),
                "basis": pa.DictionaryArray.from_arrays(
                    pa.array(basis[first].astype(np.int32)), pa.array(BASES, pa.string())
                ),
                "evidence": _compact(word[first], texts),
                "file": _compact(file[first], self._files),
                "line": line[first],
                "suspicious_date": chosen.is_later(cited, citing),
            }
        )
        return table, dropped

    @functools.cached_property
    def _files(self) -> pa.Array:
        return encode(self.facts["file"])[0]

    def _file_ranks(self) -> Array:
        return encode(self.facts["file"])[1]

    def _author_tables(self, chosen: _Chosen) -> tuple[pa.Table, pa.Table]:
        best = self.best_author_lists(chosen)
        lists = self.claims.authors.take(pa.array(best))
        lengths = pc.list_value_length(lists).to_numpy()
        papers = np.repeat(chosen.of_mention[best], lengths)
        names = pc.list_flatten(lists)
        orcids = _along(self.claims.orcids.take(pa.array(best)), lengths, pa.string())
        places = _along(
            self.claims.affiliations.take(pa.array(best)), lengths, pa.list_(pa.string())
        )
        authors, who = resolve_authors(AuthorMentions(papers, names, orcids))
        starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
        positions = np.arange(1, len(names) + 1) - starts
        authorships = pa.table(
            {
                "author": pa.DictionaryArray.from_arrays(pa.array(who), authors["id"].chunk(0)),
                "paper": pa.DictionaryArray.from_arrays(pa.array(papers), chosen.ids),
                "position": pa.array(positions.astype(np.int32)),
                "affiliations": _never_null(places),
            }
        )
        return authors, authorships

    def best_author_lists(self, chosen: _Chosen) -> Array:
        """One mention per paper that names authors: a record's, the longest list, fullest names.

        In the order of the papers.
        """
        lists = self.claims.authors
        lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
        named = np.flatnonzero(lengths > 0)
        papers = chosen.of_mention[named]
        rivals = np.bincount(papers, minlength=chosen.papers)[papers] > 1
        joined = pc.binary_join(lists.take(pa.array(named[rivals])), "; ")
        spelling = np.zeros(len(named), np.int64)
        fullness = np.zeros(len(named), np.int64)
        spelling[rivals] = encode(joined)[1]
        fullness[rivals] = pc.utf8_length(joined).to_numpy()
        order = np.lexsort((spelling, -fullness, -lengths[named], ~self.is_record[named], papers))
        best: Array = named[order[begins_group(papers[order])]]
        return best

    def _category_table(self, chosen: _Chosen) -> pa.Table:
        lists = self.facts["categories"]
        records = pc.list_parent_indices(lists).to_numpy()
        names, codes = encode(pc.list_flatten(lists))
        papers = chosen.of_mention[records]
        order = np.argsort(papers.astype(np.int64) << 32 | codes, kind="stable")
        first = order[begins_group(papers[order], codes[order])]
        papers, codes = papers[first], codes[first]
        primary = pc.index_in(chosen.primary_category, value_set=names)
        return pa.table(
            {
                "paper": pa.DictionaryArray.from_arrays(pa.array(papers), chosen.ids),
                "category": pa.DictionaryArray.from_arrays(pa.array(codes), names),
                "is_primary": pc.fill_null(primary, -1).to_numpy()[papers] == codes,
            }
        )

    def _mention_table(self, chosen: _Chosen, resolution: Resolution) -> pa.Table:
        claims, facts, telling, count = self.claims, self.facts, self.telling, self.count
        citing = np.array(telling.record, np.int64)
        of_record = np.concatenate([np.arange(count), citing])
        file = self._file_ranks()[of_record]
        sources, source = encode(facts["source"])
        line = np.concatenate([facts["line"].to_numpy(), np.array(telling.line, np.int64)])
        citing_paper = np.concatenate([np.zeros(count, np.int32), chosen.of_mention[citing]])
        is_reference = ~self.is_record
        table = pa.table(
            {
                "paper": pa.DictionaryArray.from_arrays(pa.array(chosen.of_mention), chosen.ids),
                "citing": pa.DictionaryArray.from_arrays(
                    pa.array(citing_paper, mask=self.is_record), chosen.ids
                ),
                "kind": pa.DictionaryArray.from_arrays(
                    pa.array(is_reference.astype(np.int32)), pa.array(["record", "reference"])
                ),
                "source": pa.DictionaryArray.from_arrays(pa.array(source[of_record]), sources),
                "file": pa.DictionaryArray.from_arrays(pa.array(file), self._files),
                "line": line,
                "text": pa.concat_arrays(
                    [pa.nulls(count, pa.string()), pa.array(telling.text, pa.string())]
                ),
                "arxiv_id": claims.arxiv_id,
                "doi": claims.doi,
                "title": claims.title,
                "year": claims.year,
                "authors": _never_null(claims.authors),
                "rule": pa.DictionaryArray.from_arrays(
                    pa.array(resolution.rules), pa.array(resolution.rule_names)
                ),
            }
        )
        return table.take(pa.array(_order_of_mentions(table, file, line, is_reference)))


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
        self.of_mention, self.of_key = resolution.of_mention, resolution.of_key
        title = self._claimed("title")
        year = self._years()
        ids = paper_ids(mentions, resolution, title, self._first_families, year)
        order = pc.sort_indices(ids).to_numpy()
        position = np.empty(len(order), np.int32)
        position[order] = np.arange(len(order), dtype=np.int32)
        self.ids = ids.take(pa.array(order))
        self.of_mention, self.of_key = position[self.of_mention], position[self.of_key]
        self.title, self.year = title.take(pa.array(order)), year[order]

    @property
    def _record_papers(self) -> Array:
        return self.of_mention[: self._assembly.count]

    def _claimed(self, name: str) -> pa.Array:
        """Per paper what its records say, and where they say nothing what references do."""
        values = getattr(self._assembly.claims, name)
        count = self._assembly.count
        by_records = self._prevailing(values.slice(0, count), self.of_mention[:count])
        if count == len(values):
            return by_records
        by_references = self._prevailing(values.slice(count), self.of_mention[count:])
        return pc.coalesce(by_records, by_references)

    def _prevailing(self, values: pa.Array, papers: Array) -> pa.Array:
        """Per paper the most frequent value, then the longest, then the first by the alphabet."""
        valid = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
        owner = papers[valid]
        rivals = np.bincount(owner, minlength=self.papers)[owner] > 1
        where = np.full(self.papers, -1, np.int64)
        where[owner[~rivals]] = valid[~rivals]
        if rivals.any():
            contested = valid[rivals]
            rank, length = _ranks(values.take(pa.array(contested)))
            best = _most_frequent(owner[rivals], rank, length)
            where[owner[rivals][best]] = contested[best]
        return values.take(pa.array(where, mask=where < 0))

    def _of_records(self, name: str) -> pa.Array:
        return self._prevailing(self._assembly.facts[name], self._record_papers)

    def _extreme(self, name: str, which: Literal["min", "max"]) -> pa.Array:
        """Per paper the smallest or largest value that a record gives."""
        values = self._assembly.facts[name]
        type_ = values.type
        valid = values.is_valid().to_numpy(zero_copy_only=False)
        numbers = pc.fill_null(values.cast(pa.int32()), 0).to_numpy()[valid]
        found = np.full(self.papers, np.iinfo(np.int32).max if which == "min" else _UNKNOWN_DAY)
        known = np.zeros(self.papers, bool)
        owner = self._record_papers[valid]
        (np.minimum if which == "min" else np.maximum).at(found, owner, numbers)
        known[owner] = True
        return pa.array(np.where(known, found, 0).astype(np.int32), mask=~known).cast(type_)

    def _years(self) -> Array:
        """The year published as records say, else as references do; 0 for unknown."""
        published = pc.year(self._extreme("published", "min")).cast(pa.int32())
        years = pc.coalesce(published, self._claimed("year"))
        found: Array = pc.fill_null(years, 0).to_numpy()
        return found

    def _first_families(self, papers: Sequence[int]) -> list[str]:
        """Family names of the first authors of some papers, as they are numbered at first."""
        wanted = set(papers)
        best = self._assembly.best_author_lists(self).tolist()
        first = {
            int(paper): mention
            for paper, mention in zip(self.of_mention[best].tolist(), best, strict=True)
            if paper in wanted
        }
        authors = self._assembly.claims.authors
        return [
            _family(authors[first[paper]].as_py()[0]) if paper in first else "" for paper in papers
        ]

    @functools.cached_property
    def primary_category(self) -> pa.Array:
        """The prevailing primary category per paper."""
        return self._of_records("primary_category")

    @functools.cached_property
    def _published(self) -> pa.Array:
        return self._extreme("published", "min")

    def is_later(self, cited: Array, citing: Array) -> Array:
        """Whether the cited paper is dated more than a year after the paper that cites it."""
        days = pc.fill_null(self._published.cast(pa.int32()), _UNKNOWN_DAY).to_numpy()
        dated = (days[cited] != _UNKNOWN_DAY) & (days[citing] != _UNKNOWN_DAY)
        gap = days[cited].astype(np.int64) - days[citing]
        years_known = (self.year[cited] != 0) & (self.year[citing] != 0)
        by_year = years_known & (self.year[cited] - self.year[citing] > 1)
        later: Array = np.where(dated, gap > _DAYS_SUSPICIOUS, by_year)
        return later

    # -- identifiers -----------------------------------------------------------------------------

    def _first_of(self, prefix: str) -> Array:
        """Per paper the code of its first identifier of a scheme, records' before others; or -1."""
        keys = self._mentions.keys
        codes = np.flatnonzero(pc.starts_with(keys, prefix).to_numpy(zero_copy_only=False))
        papers = self.of_key[codes]
        order = np.lexsort((codes, ~self._mentions.of_records[codes], papers))
        first = codes[order[begins_group(papers[order])]]
        found = np.full(self.papers, -1, np.int64)
        found[self.of_key[first]] = first
        return found

    def _further(self, chosen: Sequence[Array]) -> pa.Array:
        """Lists of each paper's other identifiers in ascending order."""
        keys, claims = self._mentions.keys, self._assembly.claims
        others = pc.list_flatten(claims.other_ids)
        kept = pc.starts_with(others, "isbn:").to_numpy(zero_copy_only=False)
        parents = pc.list_parent_indices(claims.other_ids).to_numpy()[kept]
        is_further = np.ones(len(keys), bool)
        for codes in chosen:
            is_further[codes[codes >= 0]] = False
        papers = np.concatenate([self.of_key[is_further], self.of_mention[parents]])
        values = pa.concat_arrays(
            [keys.filter(pa.array(is_further)), others.filter(pa.array(kept))]
        )
        return _lists(papers, values, self.papers)

    def table(self) -> pa.Table:
        """The papers table."""
        assembly = self._assembly
        keys = self._mentions.keys
        arxiv, doi = self._first_of("arxiv:"), self._first_of("doi:")
        further = self._further([arxiv, doi])
        arxiv_id = pc.utf8_slice_codeunits(_take(keys, arxiv), len("arxiv:"))
        in_corpus = np.zeros(self.papers, bool)
        is_corpus = assembly.facts["in_corpus"].to_numpy(zero_copy_only=False)
        in_corpus[self._record_papers[is_corpus]] = True
        source = assembly.facts["source"]
        return pa.table(
            {
                "id": self.ids,
                "arxiv_id": arxiv_id,
                "doi": pc.utf8_slice_codeunits(_take(keys, doi), len("doi:")),
                "other_ids": further,
                "title": self.title,
                "abstract": self._of_records("abstract"),
                "year": pa.array(self.year, mask=self.year == 0),
                "published": self._published,
                "updated": self._extreme("updated", "max"),
                "venue": self._claimed("venue"),
                "primary_category": self.primary_category,
                "url": self._urls(arxiv_id, doi, further),
                "comment": self._of_records("comment"),
                "tweets": self._extreme("tweets", "max"),
                "in_corpus": in_corpus,
                "sources": _lists(
                    self._record_papers,
                    source.dictionary.take(source.indices),
                    self.papers,
                ),
            }
        )

    def _urls(self, arxiv_id: pa.Array, doi: Array, further: pa.Array) -> pa.Array:
        """ArXiv's address, else the DOI's, else that of another identifier, else what was said."""
        of_arxiv = pc.binary_join_element_wise("https://arxiv.org/abs/", arxiv_id, "")
        rest = np.flatnonzero(arxiv_id.is_null().to_numpy(zero_copy_only=False))
        keys = _take(self._mentions.keys, doi[rest]).to_pylist()
        others = further.take(pa.array(rest)).to_pylist()
        said = self._claimed("url").take(pa.array(rest)).to_pylist()
        found = [
            next((u for u in map(url_of, [key, *more] if key else more) if u), claimed)
            for key, more, claimed in zip(keys, others, said, strict=True)
        ]
        mask = np.zeros(self.papers, bool)
        mask[rest] = True
        return pc.replace_with_mask(of_arxiv, pa.array(mask), pa.array(found, pa.string()))


# -- tools ---------------------------------------------------------------------------------------


def _joined(parts: Sequence[Array], type_: type) -> Array:
    return np.concatenate(parts).astype(type_, copy=False) if parts else np.empty(0, type_)


def _codes_or_minus_one(values: pa.Array) -> Array:
    """Codes of values in ascending order, -1 for null."""
    valid = values.is_valid().to_numpy(zero_copy_only=False)
    codes = np.full(len(values), -1, np.int32)
    codes[valid] = encode(values.filter(pa.array(valid)))[1]
    return codes


def _take(values: pa.Array, positions: Array) -> pa.Array:
    """Values at positions, null where a position is negative."""
    return values.take(pa.array(positions, mask=positions < 0))


def _first_comes_first(*columns: Array) -> Array:
    """A stable order by columns, the first one foremost; cheap where they are in order already."""
    in_order = np.ones(max(len(columns[0]) - 1, 0), bool)
    for column in reversed(columns):
        in_order = (column[:-1] < column[1:]) | ((column[:-1] == column[1:]) & in_order)
    if in_order.all():
        return np.arange(len(columns[0]))
    return np.lexsort(columns[::-1])


def _ranks(values: pa.Array) -> tuple[Array, Array]:
    """Alphabetical rank of each value, and its length (0 where values are no text)."""
    rank = encode(values)[1]
    if not pa.types.is_string(values.type):
        return rank, np.zeros(len(values), np.int64)
    return rank, pc.utf8_length(values).to_numpy()


def _most_frequent(owner: Array, rank: Array, length: Array) -> Array:
    """Positions of the winning value of each owner: frequent, then long, then first."""
    order = np.argsort(owner.astype(np.int64) << 32 | rank, kind="stable")
    begins = np.flatnonzero(begins_group(owner[order], rank[order]))
    counts = np.diff(np.append(begins, len(order)))
    distinct = order[begins]
    best = np.lexsort((rank[distinct], -length[distinct], -counts, owner[distinct]))
    winners: Array = distinct[best[begins_group(owner[distinct][best])]]
    return winners


def _lists(owners: Array, values: pa.Array, size: int) -> pa.Array:
    """Lists of the distinct values of each owner, in ascending order."""
    distinct, codes = encode(values)
    pairs = np.sort(owners.astype(np.int64) << 32 | codes)
    pairs = pairs[begins_group(pairs)]
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(pairs >> 32, minlength=size), out=offsets[1:])
    items = distinct.take(pa.array((pairs & 0xFFFFFFFF).astype(np.int32)))
    return pa.ListArray.from_arrays(pa.array(offsets), items)


def _compact(codes: Array, words: pa.Array) -> pa.DictionaryArray:
    """A dictionary array whose dictionary is just the words in use, in ascending order."""
    used = np.zeros(len(words), bool)
    used[codes] = True
    distinct, rank = encode(words.filter(pa.array(used)))
    number = np.full(len(words), -1, np.int32)
    number[used] = rank
    return pa.DictionaryArray.from_arrays(pa.array(number[codes]), distinct)


def _along(lists: pa.Array, lengths: Array, type_: pa.DataType) -> pa.Array:
    """Flatten lists that run along others, nulls for those that are not there."""
    if lists.null_count == len(lists):
        return pa.nulls(int(lengths.sum()), type_)
    whole = [
        value if value is not None else [None] * length
        for value, length in zip(lists.to_pylist(), lengths.tolist(), strict=True)
    ]
    return pa.array([item for value in whole for item in value], type_)


def _never_null(lists: pa.Array) -> pa.Array:
    """Empty lists in place of nulls."""
    if not lists.null_count:
        return lists
    return pc.coalesce(lists, pa.array([[]], lists.type)[0])


def _order_of_mentions(table: pa.Table, file: Array, line: Array, is_reference: Array) -> Array:
    """By file, line and kind; what stands at one place by all that it says."""
    order = _first_comes_first(file, line, is_reference)
    new = begins_group(file[order], line[order], is_reference[order])
    group = np.cumsum(new)
    crowded = np.flatnonzero(np.bincount(group, minlength=len(order) + 1)[group] > 1)
    if not len(crowded):
        return order
    rows = table.take(pa.array(order[crowded]))
    rows = rows.append_column("told", pc.binary_join(rows["authors"], "; "))
    rows = rows.append_column("group", pa.array(group[crowded]))
    names = ["paper", "citing", "text", "title", "arxiv_id", "doi", "year", "told", "source"]
    ranks = [pc.rank(rows[name].cast(_plain(rows[name].type)), "ascending", tiebreaker="dense")
             for name in names]  # fmt: skip
    within = np.lexsort([rank.to_numpy() for rank in reversed(ranks)] + [group[crowded]])
    order[crowded] = order[crowded][within]
    return order


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def _family(name: str) -> str:
    person = parse_name(name)
    return person.family if person else ""


def _families_of(authors: pa.Array) -> Callable[[int], Sequence[str]]:
    """Last words of family names, so that a particle or a lost first part does not matter."""

    @functools.lru_cache(1 << 16)
    def last_word(name: str) -> str:
        words = fold(_family(name)).split()
        return words[-1] if words else ""

    def families(mention: int) -> list[str]:
        names: list[Any] = authors[mention].as_py() or []
        return [last_word(name) for name in names]

    return families
