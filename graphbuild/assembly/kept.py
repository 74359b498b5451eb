"""What a graph keeps of its inputs beside its tables, so that more can be added to it later.

Tables say what prevailed. What a merge left out, the spellings that lost, the second reference to
one paper, the text in which bibliographies were looked for, is kept here: together with the tables
it gives back every claim, and nothing is kept twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.assembly.chosen import Told, never_null
from graphbuild.assembly.citations import Vocabulary
from graphbuild.columns import (
    CLAIM_TYPES,
    RECORD_TYPES,
    Array,
    BareReferences,
    ClaimColumns,
    RecordColumns,
    ReferenceColumns,
    encode,
)
from graphbuild.model import BASES

__all__ = [
    "KEPT",
    "BareKeys",
    "Restored",
    "in_order",
    "kept_citations",
    "kept_mentions",
    "kept_passages",
    "kept_references",
    "restore",
]

# What the mentions table has of a claim already, and of a record.
_MENTIONED_CLAIMS = frozenset({"arxiv_id", "doi", "title", "year", "authors"})
_MENTIONED_FACTS = frozenset({"file", "line", "source"})
_FURTHER_CLAIMS = {n: t for n, t in CLAIM_TYPES.items() if n not in _MENTIONED_CLAIMS}
_FURTHER_FACTS = {n: t for n, t in RECORD_TYPES.items() if n not in _MENTIONED_FACTS}

KEPT: Mapping[str, pa.Schema] = {
    # A row for each row of ``mentions``. ``record`` and ``basis`` are those of references: the
    # row of the record that cites. An abstract that is the paper's is null, and ``as_paper``.
    "mentions": pa.schema(
        [
            *_FURTHER_CLAIMS.items(),
            *_FURTHER_FACTS.items(),
            ("abstract_as_paper", pa.bool_()),
            ("record", pa.int32()),
            ("basis", pa.int8()),
        ]
    ),
    # A row for each row of ``citations``: the row of the record whose bare reference is its
    # evidence (null where it is a reference of ``mentions``), and the identifier in it, where
    # that is not what the paper is called.
    "citations": pa.schema([("record", pa.int32()), ("key", pa.string())]),
    # Bare references that say again what citations say, or cite the paper itself.
    "references": pa.schema(
        [
            ("record", pa.int32()),
            ("text", pa.string()),
            ("key", pa.string()),
            ("basis", pa.int8()),
            ("line", pa.int64()),
        ]
    ),
    # Running text of records, where bibliographies were looked for in it.
    "passages": pa.schema(
        [
            ("record", pa.int32()),
            ("order", pa.int64()),
            ("text", pa.string()),
            ("follows", pa.string()),
            ("lines", pa.list_(pa.int64())),
        ]
    ),
}
"""Columns of the tables that are kept."""


@dataclass(frozen=True, eq=False)
class BareKeys:
    """The identifiers in bare references.

    Attributes
    ----------
    of_word
        int32: the code of each bare word's identifier.
    keys
        All identifiers by code, as Arrow strings.
    is_name
        Whether an identifier is what its paper is called.
    """

    of_word: Array
    keys: pa.Array
    is_name: Array

    def __len__(self) -> int:
        return len(self.of_word)


def kept_mentions(told: Told, differs: Array, citing: Array, basis: Array) -> pa.Table:
    """A row for each mention as it came: records, then references.

    ``differs`` says of each record whether its abstract is not its paper's; ``citing`` (rows of
    the mentions table) and ``basis`` are those of references.
    """
    references = len(told) - told.count
    columns: dict[str, pa.Array] = {name: told.claim(name) for name in _FURTHER_CLAIMS}
    columns["other_ids"] = never_null(columns["other_ids"])
    for name, type_ in _FURTHER_FACTS.items():
        if name == "abstract":
            where = np.where(differs, np.arange(told.count), -1)
            values = told.records.take(name, where)
        else:
            values = told.records[name]
        if name == "categories":
            values = never_null(values)
        columns[name] = pa.concat_arrays([values, pa.nulls(references, type_)])
    as_paper = told.records.is_valid("abstract") & ~differs
    columns["abstract_as_paper"] = pa.array(np.concatenate([as_paper, np.zeros(references, bool)]))
    columns["record"] = pa.concat_arrays([pa.nulls(told.count, pa.int32()), pa.array(citing)])
    columns["basis"] = pa.concat_arrays([pa.nulls(told.count, pa.int8()), pa.array(basis)])
    return pa.table(columns, schema=KEPT["mentions"])


def kept_citations(row: Array, word: Array, keys: BareKeys) -> pa.Table:
    """A row for each citation; ``row`` is that of the citing record among the mentions."""
    is_bare = word < len(keys)
    unnamed = ~np.append(keys.is_name[keys.of_word], True)
    to_tell = np.flatnonzero(unnamed[np.minimum(word, len(keys))])
    key = _scattered(keys.keys.take(pa.array(keys.of_word[word[to_tell]])), to_tell, len(word))
    record = pa.array(row, mask=None if is_bare.all() else ~is_bare)
    return pa.table([record, key], schema=KEPT["citations"])


def _scattered(values: pa.Array, positions: Array, size: int) -> pa.Array:
    """Values at some positions, and null elsewhere."""
    if not len(positions):
        return pa.nulls(size, values.type)
    where = np.zeros(size, np.int32)
    where[positions] = np.arange(len(positions), dtype=np.int32)
    mask = np.ones(size, bool)
    mask[positions] = False
    return values.take(pa.array(where, mask=mask))


def kept_references(
    again: Mapping[str, Array], row: Array, vocabulary: Vocabulary, keys: BareKeys
) -> pa.Table:
    """Bare references that are no citation's evidence."""
    is_bare = again["word"] < len(keys)
    word, record, basis, line = (
        again[name][is_bare] for name in ("word", "record", "basis", "line")
    )
    return pa.table(
        [
            row[record],
            vocabulary.texts.take(pa.array(vocabulary.text[word])),
            keys.keys.take(pa.array(keys.of_word[word])),
            basis,
            line,
        ],
        schema=KEPT["references"],
    )


def in_order(references: pa.Table) -> pa.Table:
    """References that are kept, in the order of their records and of all that they say."""
    order = [(name, "ascending") for name in KEPT["references"].names]
    return references.sort_by(order).combine_chunks()


def kept_passages(passages: pa.Table, row: Array) -> pa.Table:
    """Passages by the rows of their records among the mentions, in sequence."""
    record = pa.array(row[passages["record"].to_numpy()], pa.int32())
    whole = passages.set_column(0, "record", record)
    first_line = pc.list_element(whole["lines"], 0)
    ordered = whole.append_column("first", first_line).sort_by(
        [(name, "ascending") for name in ("record", "order", "first", "text")]
    )
    return ordered.drop_columns(["first"]).combine_chunks()


# -- and back ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Restored:
    """All claims that a graph was made of.

    ``passages`` has the columns of ``KEPT["passages"]``; its records, and those of ``telling``,
    are counted in ``records``.
    """

    records: RecordColumns
    telling: ReferenceColumns
    passages: pa.Table

    def with_files(self, names: Mapping[str, str]) -> Restored:
        """The same with other names for the files."""
        file = self.records.facts["file"]
        renamed = pa.array([names[name] for name in file.dictionary.to_pylist()], pa.string())
        facts = {
            **self.records.facts,
            "file": pa.DictionaryArray.from_arrays(file.indices, renamed),
        }
        return dataclasses.replace(self, records=dataclasses.replace(self.records, facts=facts))

    def counted_from(self, first: int) -> Restored:
        """The same where other records come before."""
        passages = pa.array(self.passages["record"].to_numpy() + np.int32(first), pa.int32())
        return Restored(
            self.records,
            dataclasses.replace(self.telling, record=self.telling.record + np.int32(first)),
            self.passages.set_column(0, "record", passages),
        )

    def without_mined(self, records: Array) -> Restored:
        """Without the references that were found in the running text of some records (a mask)."""
        if not records.any():
            return self
        bare, telling = cast("BareReferences", self.records.references), self.telling  # (restored)
        mined = BASES.index("bibliography_text")
        stays = ~(records[bare.record] & (np.asarray(bare.basis) == mined))
        remains = np.flatnonzero(~(records[telling.record] & (telling.basis == mined)))
        return Restored(
            dataclasses.replace(
                self.records,
                references=dataclasses.replace(
                    bare,
                    record=bare.record[stays],
                    word=bare.word[stays],
                    basis=np.broadcast_to(bare.basis, len(stays))[stays],
                    line=None if bare.line is None else bare.line[stays],
                ),
            ),
            ReferenceColumns(
                telling.record[remains],
                telling.line[remains],
                telling.basis[remains],
                telling.text.take(pa.array(remains)),
                ClaimColumns(
                    **{
                        name: getattr(telling.claims, name).take(pa.array(remains))
                        for name in CLAIM_TYPES
                    }
                ),
            ),
            self.passages,
        )


def restore(tables: Mapping[str, pa.Table], kept: Mapping[str, pa.Table]) -> Restored:
    """Give back the claims of a graph from its tables (encoded) and from what it keeps."""
    mentions, further = tables["mentions"], kept["mentions"].combine_chunks()
    kind = mentions["kind"].combine_chunks()
    is_record = kind.dictionary.take(kind.indices).to_numpy(zero_copy_only=False) == "record"
    rows, others = np.flatnonzero(is_record), np.flatnonzero(~is_record)
    number = np.cumsum(is_record, dtype=np.int32) - np.int32(1)
    facts = _facts(tables, further, pa.array(rows))
    return Restored(
        RecordColumns(
            facts,
            _claims(mentions, further, pa.array(rows)),
            _bare(tables["citations"], kept, number),
        ),
        ReferenceColumns(
            number[further["record"].combine_chunks().take(pa.array(others)).to_numpy()],
            mentions["line"].combine_chunks().take(pa.array(others)).to_numpy(),
            further["basis"].combine_chunks().take(pa.array(others)).to_numpy(),
            mentions["text"].combine_chunks().take(pa.array(others)),
            _claims(mentions, further, pa.array(others)),
        ),
        kept["passages"].set_column(
            0, "record", pa.array(number[kept["passages"]["record"].to_numpy()], pa.int32())
        ),
    )


def _claims(mentions: pa.Table, further: pa.Table, rows: pa.Array) -> ClaimColumns:
    return ClaimColumns(
        **{
            name: (mentions if name in _MENTIONED_CLAIMS else further)[name]
            .combine_chunks()
            .take(rows)
            for name in CLAIM_TYPES
        }
    )


def _facts(
    tables: Mapping[str, pa.Table], further: pa.Table, rows: pa.Array
) -> dict[str, pa.Array]:
    mentions = tables["mentions"]
    facts = {
        name: (mentions if name in _MENTIONED_FACTS else further)[name].combine_chunks().take(rows)
        for name in RECORD_TYPES
    }
    paper = mentions["paper"].combine_chunks().indices.take(rows)
    of_paper = tables["papers"]["abstract"].cast(pa.large_string()).combine_chunks()
    as_paper = further["abstract_as_paper"].combine_chunks().take(rows)
    borrowed = pc.if_else(as_paper, paper, pa.scalar(None, paper.type))
    facts["abstract"] = pc.coalesce(
        facts["abstract"].cast(pa.large_string()), of_paper.take(borrowed)
    )
    return facts


def _bare(citations: pa.Table, kept: Mapping[str, pa.Table], number: Array) -> BareReferences:
    """Bare references: the evidence of citations, and those that say the same again."""
    record = kept["citations"]["record"].combine_chunks()
    is_bare = record.is_valid().to_numpy(zero_copy_only=False)
    chosen = None if is_bare.all() else np.flatnonzero(is_bare)
    texts, text = _coded(citations["evidence"], chosen)
    names, cited = _coded(citations["cited"], chosen)
    own, key = _coded(kept["citations"]["key"], chosen)
    # An identifier is the paper's name, or told beside it.
    codes = np.where(key >= 0, key + np.int32(len(names)), cited)
    again = kept["references"]
    more_texts, more_text = _coded(again["text"], None)
    more_keys, more_key = _coded(again["key"], None)
    words, keys, word = _words(
        pa.concat_arrays([texts, more_texts]),
        pa.concat_arrays([names, own, more_keys]),
        np.concatenate([text, more_text + np.int32(len(texts))]),
        np.concatenate([codes, more_key + np.int32(len(names) + len(own))]),
    )
    basis = _bases(citations["basis"].combine_chunks())
    line = citations["line"].to_numpy()
    whole = record.to_numpy(zero_copy_only=False) if chosen is None else None
    rows = whole if whole is not None else record.drop_null().to_numpy()
    return BareReferences(
        np.concatenate([number[rows], number[again["record"].to_numpy()]]),
        word,
        words,
        keys,
        np.concatenate([basis if chosen is None else basis[chosen], again["basis"].to_numpy()]),
        np.concatenate([line if chosen is None else line[chosen], again["line"].to_numpy()]),
    )


def _coded(column: pa.ChunkedArray, chosen: Array | None) -> tuple[pa.Array, Array]:
    """Words of a column and their codes, -1 for null."""
    values = column.combine_chunks()
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    codes: Array = pc.fill_null(values.indices, -1).to_numpy().astype(np.int32, copy=False)
    return values.dictionary, codes if chosen is None else codes[chosen]


def _words(
    texts: pa.Array, keys: pa.Array, text: Array, key: Array
) -> tuple[pa.Array, pa.Array, Array]:
    """Distinct pairs of text and identifier, and which of them each reference is."""
    texts, text_code = encode(texts)
    keys, key_code = encode(keys)
    text, key = text_code[text], key_code[key]
    # Next to every text is one identifier wherever it stands.
    key_of_text = np.full(len(texts), -1, np.int32)
    key_of_text[text] = key
    is_used = key_of_text >= 0
    number = np.cumsum(is_used, dtype=np.int32) - np.int32(1)
    word = number[text]
    odd = np.flatnonzero(key_of_text[text] != key)
    pairs, places = np.unique(text[odd].astype(np.int64) << 32 | key[odd], return_inverse=True)
    word[odd] = np.count_nonzero(is_used) + places.astype(np.int32)
    return (
        texts.take(pa.array(np.concatenate([np.flatnonzero(is_used), pairs >> 32]))),
        keys.take(pa.array(np.concatenate([key_of_text[is_used], pairs & 0xFFFFFFFF]))),
        word,
    )


def _bases(column: pa.DictionaryArray) -> Array:
    place = pc.index_in(column.dictionary, value_set=pa.array(BASES, pa.string())).to_numpy()
    basis: Array = place.astype(np.int8)[column.indices.to_numpy()]
    return basis
