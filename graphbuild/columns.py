"""Records and references as columns: the shape in which a corpus of any size is put together.

Sources of large files fill ``RecordColumns`` themselves; ``Rows`` makes them of single records.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.identifiers import url_id
from graphbuild.model import BASES, Record, Reference
from graphbuild.text import clean, fold, key

__all__ = [
    "Array",
    "BareReferences",
    "ClaimColumns",
    "GroupedReferences",
    "RecordColumns",
    "RecordRows",
    "ReferenceColumns",
    "ReferenceRows",
    "begins_group",
    "encode",
    "folds",
    "grouped",
    "joining_keys",
    "ranks_of",
    "sorted_distinct",
    "take",
]

Array = np.ndarray[Any, Any]

_STRINGS = pa.list_(pa.string())


@dataclass(frozen=True, eq=False)
class ClaimColumns:
    """What mentions say of papers, one entry each; everything may be null.

    ``arxiv_id``, ``doi``, ``title``, ``venue`` and ``url`` are Arrow strings, ``other_ids`` and
    ``authors`` (full names) lists of strings, ``year`` is int32. ``orcids`` and ``affiliations``
    run along ``authors`` (lists of strings, and of lists of strings), as do ``author_ids``, a
    source's own (``namespace/id``); null where a mention has none of them.
    """

    arxiv_id: pa.Array
    doi: pa.Array
    other_ids: pa.Array
    title: pa.Array
    year: pa.Array
    venue: pa.Array
    url: pa.Array
    authors: pa.Array
    orcids: pa.Array
    author_ids: pa.Array
    affiliations: pa.Array

    def __len__(self) -> int:
        return len(self.title)


CLAIM_TYPES: dict[str, pa.DataType] = {
    "arxiv_id": pa.string(),
    "doi": pa.string(),
    "other_ids": _STRINGS,
    "title": pa.string(),
    "year": pa.int32(),
    "venue": pa.string(),
    "url": pa.string(),
    "authors": _STRINGS,
    "orcids": _STRINGS,
    "author_ids": _STRINGS,
    "affiliations": pa.list_(_STRINGS),
}

RECORD_TYPES: dict[str, pa.DataType] = {
    "file": pa.dictionary(pa.int32(), pa.string()),
    "line": pa.int64(),
    "source": pa.dictionary(pa.int32(), pa.string()),
    "abstract": pa.large_string(),
    "published": pa.date32(),
    "updated": pa.date32(),
    "primary_category": pa.string(),
    "comment": pa.string(),
    "tweets": pa.int32(),
    "in_corpus": pa.bool_(),
    "categories": _STRINGS,
}


@dataclass(frozen=True, eq=False)
class BareReferences:
    """References that are an identifier and nothing more.

    Attributes
    ----------
    record
        int32: the record that cites, counted within its batch.
    word
        int32: what it cites, in ``words`` and ``keys``.
    words, keys
        Arrow strings: distinct references as the input has them, and their identifiers.
    basis
        int8 into ``BASES``, one for all or one each.
    line
        int64, one each; None where it is the record's line.
    """

    record: Array
    word: Array
    words: pa.Array
    keys: pa.Array
    basis: Array | int = 0
    line: Array | None = None


@dataclass(frozen=True, eq=False)
class GroupedReferences:
    """References as compressed rows, one for each record from ``first`` on.

    Attributes
    ----------
    indptr
        int64, one more than there are rows: where those of each record begin.
    word, basis, line, words, keys
        As those of ``BareReferences``.
    """

    first: int
    indptr: Array
    word: Array
    basis: Array | int
    line: Array | None
    words: pa.Array
    keys: pa.Array

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def of(self, records: Array) -> tuple[Array, Array, Array | int, Array | None]:
        """The references of some records: record, word, basis, line."""
        starts = self.indptr[records - self.first]
        lengths = self.indptr[records - self.first + 1] - starts
        ends = np.cumsum(lengths)
        where = np.repeat(starts - ends + lengths, lengths)
        where += np.arange(len(where))
        return (
            np.repeat(records, lengths),
            self.word[where],
            self.basis if isinstance(self.basis, int) else self.basis[where],
            None if self.line is None else self.line[where],
        )


def grouped(bare: BareReferences | GroupedReferences, first: int) -> GroupedReferences:
    """References by their records, which are counted from ``first``."""
    if isinstance(bare, GroupedReferences):
        return dataclasses.replace(bare, first=first + bare.first)
    record, word, basis, line = bare.record, bare.word, bare.basis, bare.line
    if len(record) and not (record[1:] >= record[:-1]).all():
        order = np.argsort(record, kind="stable")
        record, word = record[order], word[order]
        basis = basis if isinstance(basis, int) else basis[order]
        line = None if line is None else line[order]
    lowest = int(record[0]) if len(record) else 0
    counts = np.bincount(record - lowest)
    indptr = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=indptr[1:])
    return GroupedReferences(first + lowest, indptr, word, basis, line, bare.words, bare.keys)


@dataclass(frozen=True, eq=False)
class RecordColumns:
    """A batch of records: Arrow columns as in ``RECORD_TYPES``, their claims, bare references.

    ``telling`` are references that say more than an identifier, or have yet to be parsed, each
    with the number of its record in the batch.
    """

    facts: dict[str, pa.Array]
    claims: ClaimColumns
    references: BareReferences | GroupedReferences
    telling: Sequence[tuple[int, Reference]] = ()

    def __len__(self) -> int:
        return len(self.claims)


@dataclass(frozen=True, eq=False)
class ReferenceColumns:
    """References that say more than an identifier.

    Attributes
    ----------
    record
        int32: the record that cites.
    line
        int64: where the reference begins in the record's file.
    basis
        int8 into ``BASES``.
    text
        Arrow strings: the references as the input has them.
    claims
        What they say of the papers that they cite.
    """

    record: Array
    line: Array
    basis: Array
    text: pa.Array
    claims: ClaimColumns

    def __len__(self) -> int:
        return len(self.record)


class _Claims:
    """Columns of claims that are filled one by one."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {name: [] for name in CLAIM_TYPES}

    def append(self, claim: Record | Reference) -> None:
        people = claim.authors
        has_orcid = any(person.orcid for person in people)
        has_id = any(person.own_id for person in people)
        has_place = any(person.affiliations for person in people)
        for name, value in (
            ("arxiv_id", claim.arxiv_id),
            ("doi", claim.doi),
            ("other_ids", claim.other_ids),
            ("title", clean(claim.title) or None if claim.title else None),
            ("year", claim.year or None),
            ("venue", claim.venue if isinstance(claim, Record) else claim.container),
            ("url", claim.url),
            ("authors", [person.name for person in people]),
            ("orcids", [person.orcid for person in people] if has_orcid else None),
            ("author_ids", [person.own_id for person in people] if has_id else None),
            ("affiliations", [person.affiliations for person in people] if has_place else None),
        ):
            self.columns[name].append(value)

    def finish(self) -> ClaimColumns:
        return ClaimColumns(
            **{name: pa.array(self.columns[name], type_) for name, type_ in CLAIM_TYPES.items()}
        )


@dataclass(eq=False)
class RecordRows:
    """Records one by one, on their way into columns. Their references are taken apart elsewhere."""

    _claims: _Claims = field(default_factory=_Claims)
    _facts: dict[str, list[Any]] = field(
        default_factory=lambda: {name: [] for name in RECORD_TYPES}
    )

    def __len__(self) -> int:
        return len(self._facts["line"])

    def append(self, record: Record) -> None:
        """Take the next record."""
        self._claims.append(record)
        categories = dict.fromkeys(record.categories)
        if record.primary_category:
            categories.setdefault(record.primary_category)
        self._facts["file"].append(record.origin.file)
        self._facts["line"].append(record.origin.line)
        self._facts["categories"].append(list(categories))
        for name in RECORD_TYPES:
            if name not in {"file", "line", "categories"}:
                self._facts[name].append(getattr(record, name))

    def finish(self, references: BareReferences) -> RecordColumns:
        """The columns, with the bare references of the records in them."""
        facts = {
            name: pa.array(
                self._facts[name], type_.value_type if pa.types.is_dictionary(type_) else type_
            )
            for name, type_ in RECORD_TYPES.items()
        }
        for name in ("file", "source"):
            facts[name] = facts[name].dictionary_encode()
        return RecordColumns(facts, self._claims.finish(), references)


@dataclass(eq=False)
class ReferenceRows:
    """References one by one: bare identifiers, and those that say more."""

    _record: list[int] = field(default_factory=list)
    _line: list[int] = field(default_factory=list)
    _basis: list[int] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _claims: _Claims = field(default_factory=_Claims)
    _bare: list[tuple[int, int, int, str, str]] = field(default_factory=list)

    def append(self, record: int, reference: Reference) -> bool:
        """Take the next reference; False when it names nothing that could be cited."""
        keys = joining_keys(reference)
        basis = BASES.index(reference.basis)
        says_more = reference.title or reference.authors or reference.year or reference.container
        if not keys and not (reference.title and key(reference.title)):
            return False
        if says_more or len(keys) > 1:
            self._record.append(record)
            self._line.append(reference.origin.line)
            self._basis.append(basis)
            self._text.append(reference.raw)
            self._claims.append(reference)
        else:
            self._bare.append((record, reference.origin.line, basis, reference.raw, keys[0]))
        return True

    def telling(self) -> ReferenceColumns:
        """Those that say more than an identifier."""
        return ReferenceColumns(
            np.array(self._record, np.int32),
            np.array(self._line, np.int64),
            np.array(self._basis, np.int8),
            pa.array(self._text, pa.string()),
            self._claims.finish(),
        )

    def bare(self) -> BareReferences:
        """The bare identifiers."""
        words: dict[tuple[str, str], int] = {}
        codes = [words.setdefault((raw, key_), len(words)) for *_, raw, key_ in self._bare]
        return BareReferences(
            np.array([record for record, *_ in self._bare], np.int32),
            np.array(codes, np.int32),
            pa.array([raw for raw, _ in words], pa.string()),
            pa.array([key_ for _, key_ in words], pa.string()),
            np.array([basis for _, _, basis, *_ in self._bare], np.int8),
            np.array([line for _, line, *_ in self._bare], np.int64),
        )


def joining_keys(claim: Record | Reference) -> tuple[str, ...]:
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


def concat_claims(parts: Sequence[ClaimColumns]) -> ClaimColumns:
    """Claims one after the other."""
    return ClaimColumns(
        **{
            name: concat([getattr(part, name) for part in parts], type_)
            for name, type_ in CLAIM_TYPES.items()
        }
    )


def concat(parts: Sequence[pa.Array], type_: pa.DataType) -> pa.Array:
    """Arrays one after the other, of a type; dictionaries are made one."""
    if pa.types.is_dictionary(type_):
        chunked = pa.chunked_array(parts, type_).unify_dictionaries()
        return chunked.combine_chunks() if chunked.num_chunks else pa.nulls(0, type_)
    typed = [part if part.type == type_ else part.cast(type_) for part in parts]
    if len(typed) == 1:
        return typed[0]
    return pa.concat_arrays(typed) if typed else pa.nulls(0, type_)


def take(values: pa.Array, positions: Array) -> pa.Array:
    """Values at positions, null where a position is negative."""
    return values.take(pa.array(positions, mask=positions < 0))


# -- tools for columns ---------------------------------------------------------------------------


def begins_group(*columns: Array) -> Array:
    """Where sorted columns begin a new combination of values.

    >>> begins_group(np.array([1, 1, 1, 2]), np.array([5, 5, 6, 6])).tolist()
    [True, False, True, True]
    """
    begins = np.zeros(len(columns[0]), bool)
    begins[:1] = True
    for column in columns:
        begins[1:] |= column[1:] != column[:-1]
    return begins


def sorted_distinct(numbers: Array) -> Array:
    """Distinct numbers in ascending order: ``np.unique``, which hashes, ten times as fast.

    >>> sorted_distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ascending = np.sort(numbers)
    found: Array = ascending[begins_group(ascending)]
    return found


def ranks_of(values: pa.Array) -> tuple[pa.Array, Array]:
    """As ``encode``, for strings of which next to all are distinct: sorted before compared.

    >>> distinct, codes = ranks_of(pa.array(["b", "a", "b"]))
    >>> distinct.to_pylist(), codes.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    order = pc.sort_indices(values).to_numpy()
    ascending = values.take(pa.array(order))
    new = np.ones(len(values), bool)
    if len(values):
        same = pc.equal(ascending.slice(1), ascending.slice(0, len(values) - 1))
        new[1:] = ~same.to_numpy(zero_copy_only=False)
    codes = np.empty(len(values), np.int32)
    codes[order] = np.cumsum(new, dtype=np.int32) - np.int32(1)
    return (ascending if new.all() else ascending.filter(pa.array(new))), codes


def encode(values: pa.Array) -> tuple[pa.Array, Array]:
    """Distinct values in ascending order, and the int32 code of each value.

    >>> distinct, codes = encode(pa.array(["b", "a", "b"]))
    >>> distinct.to_pylist(), codes.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    encoded = values if isinstance(values, pa.DictionaryArray) else values.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    codes = np.empty(len(order), np.int32)
    codes[order] = np.arange(len(order), dtype=np.int32)
    return encoded.dictionary.take(pa.array(order)), codes[encoded.indices.to_numpy()]


COMPILED = 20_000
"""Texts from which on compiled code is worth its loading."""


def folds(texts: pa.Array) -> pa.Array:
    """``text.fold`` of every text; null where the text is null.

    >>> folds(pa.array(["Self-Normalizing", "Cram\u00e9r", None])).to_pylist()
    ['self normalizing', 'cramer', None]
    """
    if len(texts) >= COMPILED:
        from graphbuild.kernels.folding import fold_plain  # noqa: PLC0415 - compiles

        found, is_odd = fold_plain(texts)
    else:
        simple = pc.match_substring_regex(texts, r"^[\x00-\x23\x25-\x5b\x5d-\x7a\x7c-\x7f]*$")
        is_odd = pc.fill_null(pc.invert(simple), False).to_numpy(zero_copy_only=False)
        words = pc.replace_substring_regex(pc.ascii_lower(texts), "[^a-z0-9]+", " ")
        found = pc.utf8_trim(words, " ")
    # What is more than ASCII, or may be LaTeX, is folded one by one.
    odd = np.flatnonzero(is_odd)
    if not len(odd):
        return found
    read = pa.array([fold(text) for text in texts.take(pa.array(odd)).to_pylist()], pa.string())
    return pc.replace_with_mask(found, pa.array(is_odd), read)
