"""What is said of each paper in the end, chosen from all that its mentions say."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import (
    CLAIM_TYPES,
    Array,
    ReferenceColumns,
    begins_group,
    concat,
    concat_claims,
    encode,
    take,
)
from graphbuild.identifiers import url_of
from graphbuild.identity import PaperMentions, Resolution, paper_ids
from graphbuild.people import parse_name
from graphbuild.shelf import Shelf

__all__ = [
    "DAYS_SUSPICIOUS",
    "UNKNOWN_DAY",
    "Chosen",
    "Dates",
    "Told",
    "family",
    "lists",
    "never_null",
    "renamed",
]

DAYS_SUSPICIOUS = 365
UNKNOWN_DAY = int(np.iinfo(np.int32).min)


class Told:
    """What inputs say: facts and claims of records, claims of references that say more than an id.

    The first ``count`` mentions are the records, the others references.
    """

    def __init__(self, records: Shelf, references: Sequence[ReferenceColumns]) -> None:
        self.records, self.count = records, len(records)
        self._claims = concat_claims([part.claims for part in references])

    def __len__(self) -> int:
        return self.count + len(self._claims)

    @functools.cached_property
    def is_record(self) -> Array:
        """Of each mention whether it is a record."""
        return np.arange(len(self)) < self.count

    def claim(self, name: str) -> pa.Array:
        """What all mentions say."""
        if not len(self._claims):
            return self.records[name]
        return concat([self.records[name], getattr(self._claims, name)], CLAIM_TYPES[name])

    def claims_of(self, name: str, mentions: Array) -> pa.Array:
        """What some mentions say."""
        of_records = mentions < self.count
        if of_records.all():
            return self.records.take(name, mentions)
        both = pa.concat_arrays(
            [
                self.records.take(name, mentions[of_records]),
                self.claim_of_references(name).take(pa.array(mentions[~of_records] - self.count)),
            ]
        )
        place = np.empty(len(mentions), np.int64)
        place[np.append(np.flatnonzero(of_records), np.flatnonzero(~of_records))] = np.arange(
            len(mentions)
        )
        return both.take(pa.array(place))

    def claim_of_references(self, name: str) -> pa.Array:
        """What references say."""
        claims: pa.Array = getattr(self._claims, name)
        return claims


@dataclass(frozen=True, eq=False)
class Dates:
    """When papers appeared: ``days`` since 1970 (or ``UNKNOWN_DAY``) and years (or 0), int32."""

    days: Array
    years: Array

    def is_later(self, cited: Array, citing: Array) -> Array:
        """Whether the cited paper is dated more than a year after the paper that cites it."""
        first, second = self.days[citing], self.days[cited]
        dated = (first != UNKNOWN_DAY) & (second != UNKNOWN_DAY)
        later: Array = dated & (second.astype(np.int64) - first > DAYS_SUSPICIOUS)
        if not dated.all():
            first, second = self.years[citing], self.years[cited]
            later |= ~dated & (first != 0) & (second != 0) & (second - first > 1)
        return later


class Chosen:
    """What is said of each paper in the end, chosen from its mentions; papers by id.

    A field is taken from the records that have it, and from references only where no record does.
    ``renamed`` are titles that papers, by position, are given by hand.
    Among differing claims the most frequent wins, then the least damaged, the longest, and the
    first by the alphabet.
    """

    def __init__(self, told: Told, mentions: PaperMentions, resolution: Resolution) -> None:
        self._told = told
        self._mentions = mentions
        self.renamed: dict[int, str] = {}
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
        self.year = year[order]

    def said(self, name: str) -> pa.Array:
        """Per paper what prevails of a claim."""
        return self._claimed(name)

    @property
    def _record_papers(self) -> Array:
        return self.of_mention[: self._told.count]

    def _claimed(self, name: str) -> pa.Array:
        """Per paper what its records say, and where they say nothing what references do."""
        return self.saying(name)(np.arange(self.papers, dtype=np.int32))

    def saying(self, name: str) -> Callable[[Array], pa.Array]:
        """Gives what prevails of a claim for some papers, without what others say in memory."""
        in_records = self._where_in_records(name)
        if self._told.count == len(self._told):
            return lambda papers: self._told.records.take(name, in_records[papers])
        values = self._told.claim_of_references(name)
        in_references = self._where_prevailing(
            values.is_valid().to_numpy(zero_copy_only=False),
            functools.partial(take, values),
            self.of_mention[self._told.count :],
        )
        return lambda papers: pc.coalesce(
            self._told.records.take(name, in_records[papers]),
            take(values, in_references[papers]),
        )

    def _where_prevailing(
        self, is_valid: Array, taken: Callable[[Array], pa.Array], papers: Array
    ) -> Array:
        """Per paper a position of its prevailing value; -1 where nothing says anything.

        That is the most frequent value, then the least damaged, the longest, the first by the
        alphabet.
        """
        valid = np.flatnonzero(is_valid)
        owner = papers[valid]
        rivals = np.bincount(owner, minlength=self.papers)[owner] > 1
        where = np.full(self.papers, -1, np.int32)
        where[owner[~rivals]] = valid[~rivals]
        if rivals.any():
            contested = valid[rivals]
            values = taken(contested)
            rank, length = _ranks(values)
            best = _most_frequent(owner[rivals], rank, length, functools.partial(_damage, values))
            where[owner[rivals][best]] = contested[best]
        return where

    def _where_in_records(self, name: str) -> Array:
        records = self._told.records
        return self._where_prevailing(
            records.is_valid(name), functools.partial(records.take, name), self._record_papers
        )

    def _of_records(self, name: str) -> pa.Array:
        return self._told.records.take(name, self._where_in_records(name))

    def differs(self, name: str) -> Array:
        """Of each record whether it says something else than the paper's row of a text column."""
        where = self._where_in_records(name)[self._record_papers]
        records = self._told.records
        differs = records.is_valid(name) & (where != np.arange(len(where)))
        others = np.flatnonzero(differs)
        same = pc.equal(records.take(name, others), records.take(name, where[others]))
        differs[others] = ~pc.fill_null(same, False).to_numpy(zero_copy_only=False)
        found: Array = differs
        return found

    def _extreme(self, name: str, which: Literal["min", "max"]) -> pa.Array:
        """Per paper the smallest or largest value that a record gives."""
        values = self._told.records[name]
        type_ = values.type
        valid = values.is_valid().to_numpy(zero_copy_only=False)
        numbers = pc.fill_null(values.cast(pa.int32()), 0).to_numpy()[valid]
        farthest = np.iinfo(np.int32).max if which == "min" else UNKNOWN_DAY
        # Of the numbers' own type, which is ten times as fast.
        found = np.full(self.papers, farthest, np.int32)
        known = np.zeros(self.papers, bool)
        owner = self._record_papers[valid]
        (np.minimum if which == "min" else np.maximum).at(found, owner, numbers)
        known[owner] = True
        return pa.array(np.where(known, found, np.int32(0)), mask=~known).cast(type_)

    def _years(self) -> Array:
        """The year published as records say, else as references do; 0 for unknown."""
        published = pc.year(self._extreme("published", "min")).cast(pa.int32())
        years = pc.coalesce(published, self._claimed("year"))
        found: Array = pc.fill_null(years, 0).to_numpy()
        return found

    def _first_families(self, papers: Sequence[int]) -> list[str]:
        """Family names of the first authors of some papers, as they are numbered at first."""
        wanted = set(papers)
        best = self.best_author_lists().tolist()
        first = {
            int(paper): mention
            for paper, mention in zip(self.of_mention[best].tolist(), best, strict=True)
            if paper in wanted
        }
        authors = self._told.claim("authors")
        return [
            family(authors[first[paper]].as_py()[0]) if paper in first else "" for paper in papers
        ]

    @functools.cached_property
    def primary_category(self) -> pa.Array:
        """The prevailing primary category per paper."""
        return self._of_records("primary_category")

    def best_author_lists(self) -> Array:
        """One mention per paper that names authors: a record's, the longest list, fullest names.

        Where those are equal, the one that says most of the authors besides. In the order of the
        papers.
        """
        listed = self._told.claim("authors")
        lengths = pc.fill_null(pc.list_value_length(listed), 0).to_numpy()
        named = np.flatnonzero(lengths > 0)
        papers = self.of_mention[named]
        rivals = np.bincount(papers, minlength=self.papers)[papers] > 1
        joined = pc.binary_join(listed.take(pa.array(named[rivals])), "; ")
        spelling = np.zeros(len(named), np.int64)
        fullness = np.zeros(len(named), np.int64)
        spelling[rivals] = encode(joined)[1]
        fullness[rivals] = pc.utf8_length(joined).to_numpy()
        besides = np.zeros(len(named), np.int64)
        besides[rivals] = self._ranks_besides(named[rivals])
        is_reference = ~self._told.is_record[named]
        order = np.lexsort((besides, spelling, -fullness, -lengths[named], is_reference, papers))
        best: Array = named[order[begins_group(papers[order])]]
        return best

    def _ranks_besides(self, mentions: Array) -> Array:
        """Ranks of what mentions say of their authors besides names; who says more comes first."""
        told = self._told
        said = [
            str((orcids, ids, places))
            for orcids, ids, places in zip(
                told.claim("orcids").take(pa.array(mentions)).to_pylist(),
                told.claim("author_ids").take(pa.array(mentions)).to_pylist(),
                told.claim("affiliations").take(pa.array(mentions)).to_pylist(),
                strict=True,
            )
        ]
        ordered = {text: rank for rank, text in enumerate(sorted(set(said), key=_wordiest_first))}
        return np.array([ordered[text] for text in said], np.int64)

    @functools.cached_property
    def _published(self) -> pa.Array:
        return self._extreme("published", "min")

    def dates(self) -> Dates:
        """When papers appeared."""
        days = pc.fill_null(self._published.cast(pa.int32()), UNKNOWN_DAY).to_numpy()
        return Dates(days, self.year)

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
        keys, other_ids = self._mentions.keys, self._told.claim("other_ids")
        others = pc.list_flatten(other_ids)
        kept = pc.starts_with(others, "isbn:").to_numpy(zero_copy_only=False)
        parents = pc.list_parent_indices(other_ids).to_numpy()[kept]
        is_further = np.ones(len(keys), bool)
        for codes in chosen:
            is_further[codes[codes >= 0]] = False
        papers = np.concatenate([self.of_key[is_further], self.of_mention[parents]])
        values = pa.concat_arrays(
            [keys.filter(pa.array(is_further)), others.filter(pa.array(kept))]
        )
        return lists(papers, values, self.papers)

    def tables(self, rows: int) -> Iterator[pa.Table]:
        """The papers table, so many rows at a time; once at least."""
        whole = self._table_without_texts()
        where = {name: self._where_in_records(name) for name in ("abstract", "comment")}
        for first in range(0, max(self.papers, 1), rows):
            part = whole.slice(first, rows)
            for name, positions in where.items():
                texts = self._told.records.take(name, positions[first : first + rows])
                part = part.append_column(name, texts)
            yield part

    def _table_without_texts(self) -> pa.Table:
        keys, records = self._mentions.keys, self._told.records
        arxiv, doi = self._first_of("arxiv:"), self._first_of("doi:")
        further = self._further([arxiv, doi])
        arxiv_id = pc.utf8_slice_codeunits(take(keys, arxiv), len("arxiv:"))
        in_corpus = np.zeros(self.papers, bool)
        is_corpus = records["in_corpus"].to_numpy(zero_copy_only=False)
        in_corpus[self._record_papers[is_corpus]] = True
        source = records["source"]
        return pa.table(
            {
                "id": self.ids,
                "arxiv_id": arxiv_id,
                "doi": pc.utf8_slice_codeunits(take(keys, doi), len("doi:")),
                "other_ids": further,
                "title": renamed(self._claimed("title"), self.renamed),
                "year": pa.array(self.year, mask=self.year == 0),
                "published": self._published,
                "updated": self._extreme("updated", "max"),
                "venue": self._claimed("venue"),
                "primary_category": self.primary_category,
                "url": self._urls(arxiv_id, doi, further),
                "tweets": self._extreme("tweets", "max"),
                "in_corpus": in_corpus,
                "sources": lists(
                    self._record_papers, source.dictionary.take(source.indices), self.papers
                ),
            }
        )

    def _urls(self, arxiv_id: pa.Array, doi: Array, further: pa.Array) -> pa.Array:
        """ArXiv's address, else the DOI's, else that of another identifier, else what was said."""
        of_arxiv = pc.binary_join_element_wise("https://arxiv.org/abs/", arxiv_id, "")
        said = pc.coalesce(of_arxiv, self._claimed("url"))
        # Keys of a source's own have no address, and may be all that most papers have.
        others = pc.list_flatten(further)
        has_one = ~pc.starts_with(others, "id:").to_numpy(zero_copy_only=False)
        has_one |= pc.starts_with(others, "id:url/").to_numpy(zero_copy_only=False)
        mask = doi >= 0
        mask[pc.list_parent_indices(further).to_numpy()[has_one]] = True
        mask &= arxiv_id.is_null().to_numpy(zero_copy_only=False)
        rest = pa.array(np.flatnonzero(mask))
        found = [
            next((u for u in map(url_of, [key, *more] if key else more) if u), claimed)
            for key, more, claimed in zip(
                take(self._mentions.keys, doi[mask]).to_pylist(),
                further.take(rest).to_pylist(),
                said.take(rest).to_pylist(),
                strict=True,
            )
        ]
        return pc.replace_with_mask(said, pa.array(mask), pa.array(found, pa.string()))


# -- tools ---------------------------------------------------------------------------------------


def _ranks(values: pa.Array) -> tuple[Array, Array]:
    """Alphabetical rank of each value, and its length (0 where values are no text)."""
    rank = encode(values)[1]
    if not pa.types.is_string(values.type):
        return rank, np.zeros(len(values), np.int64)
    return rank, pc.utf8_length(values).to_numpy()


_DAMAGE = (
    r"\pL- \pL",  # hyphenated at a line's end
    r"\pL[?\x{FFFD}]\pL|ï¬|â",  # letters that were lost, or decoded wrongly
    r"\pL{25}",  # words without spaces
    r"(?i)\b(?:a|an|and|at|by|for|from|in|of|on|or|the|to|with)$",  # cut
    r"^[\s,.;:)\]]|[,;:(\[]$",  # with a piece of what stood beside it
)


def _damage(values: pa.Array, positions: Array) -> Array:
    """How many kinds of damage some texts show that PDF and careless typing do; 0 for numbers."""
    found = np.zeros(len(positions), np.int64)
    values = values.take(pa.array(positions))
    if pa.types.is_string(values.type):
        for pattern in _DAMAGE:
            found += pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)
    return found


def _most_frequent(
    owner: Array, rank: Array, length: Array, damage_at: Callable[[Array], Array]
) -> Array:
    """Positions of the winning value of each owner: frequent, undamaged, long, then first."""
    order = np.argsort(owner.astype(np.int64) << 32 | rank, kind="stable")
    begins = np.flatnonzero(begins_group(owner[order], rank[order]))
    counts = np.diff(np.append(begins, len(order)))
    distinct = order[begins]
    # Mostly all say the same, and it takes time to look for damage.
    differ = np.flatnonzero(np.bincount(owner[distinct])[owner[distinct]] > 1)
    damage = np.zeros(len(distinct), np.int64)
    damage[differ] = damage_at(distinct[differ])
    keys = (rank[distinct], -length[distinct], damage, -counts, owner[distinct])
    best = np.lexsort(keys)
    winners: Array = distinct[best[begins_group(owner[distinct][best])]]
    return winners


def lists(owners: Array, values: pa.Array, size: int) -> pa.Array:
    """Lists of the distinct values of each owner, in ascending order."""
    distinct, codes = encode(values)
    pairs = np.sort(owners.astype(np.int64) << 32 | codes)
    pairs = pairs[begins_group(pairs)]
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(pairs >> 32, minlength=size), out=offsets[1:])
    items = distinct.take(pa.array((pairs & 0xFFFFFFFF).astype(np.int32)))
    return pa.ListArray.from_arrays(pa.array(offsets), items)


def never_null(values: pa.Array) -> pa.Array:
    """Empty lists in place of nulls."""
    if not values.null_count:
        return values
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(pc.fill_null(pc.list_value_length(values), 0).to_numpy(), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pc.list_flatten(values))


def renamed(names: pa.Array | pa.ChunkedArray, others: dict[int, str]) -> pa.Array:
    """Names of which some, by position, are others.

    >>> renamed(pa.array(["a", None, "c"]), {1: "b"}).to_pylist()
    ['a', 'b', 'c']
    """
    if not others:
        return names
    mask = np.zeros(len(names), bool)
    mask[list(others)] = True
    values = [others[place] for place in sorted(others)]
    return pc.replace_with_mask(names, pa.array(mask), pa.array(values, pa.string()))


def family(name: str) -> str:
    """The family name of a full name; empty where it is nobody's."""
    person = parse_name(name)
    return person.family if person else ""


def _wordiest_first(text: str) -> tuple[int, str]:
    return -len(text), text
