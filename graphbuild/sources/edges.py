"""Pairs of citing and cited: SNAP text, TSV, CSV, Parquet, with or without a header."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from graphbuild.columns import (
    CLAIM_TYPES,
    RECORD_TYPES,
    Array,
    BareReferences,
    ClaimColumns,
    RecordColumns,
)
from graphbuild.errors import GraphbuildError
from graphbuild.inputs import Input
from graphbuild.model import Origin, Record, Reference, Rejected
from graphbuild.rows import Layout, Row, layout, rows
from graphbuild.sources import Options, Source
from graphbuild.sources._blocks import is_large, whole_lines
from graphbuild.sources._bulk import constant
from graphbuild.sources._fields import Ids, identify, is_missing, plain

__all__ = ["SOURCE"]

NAME = "edges"

_NAMES = tuple(
    (
        citing + ending,
        cited + ending,
    )
    for citing, cited in (
        ("citing", "cited"), ("citingpaper", "citedpaper"), ("source", "target"), ("from", "to"),
        ("fromnode", "tonode"), ("sourcenode", "targetnode"), ("src", "dst"), ("citer", "citee"),
        ("start", "end"), ("head", "tail"),
    )
    for ending in ("", "id", "doi")
)  # fmt: skip
_FIELDS = ("citing", "cited")


def sniff(given: Input) -> float:
    """Sure where two columns are named as the ends of edges, fairly where all is pairs of ids."""
    found = layout(given)
    if found is None:
        return 0.0
    if _named_ends(found) is not None:
        return 0.85 if len(found.columns) <= 4 else 0.55
    if found.kind != "table" or found.has_header or len(found.columns) != 2:
        return 0.0
    return 0.6 if _holds_ids(given) else 0.0


def _named_ends(found: Layout) -> tuple[str, str] | None:
    """The columns that are named as the ends of an edge."""
    columns = {plain(column): column for column in found.columns}
    for citing, cited in _NAMES:
        if citing in columns and cited in columns:
            return columns[citing], columns[cited]
    return None


def _holds_ids(given: Input) -> bool:
    """Whether a good part of the head's lines are two words that hold digits."""
    lines = [line.split("#")[0] for line in given.head_text.split("\n")[:50]]
    words = [line.replace(",", " ").replace(";", " ").split() for line in lines if line.strip()]
    pairs = sum(len(ends) == 2 and all(map(_has_digit, ends)) for ends in words)
    return pairs * 3 >= len(words) > 0


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def read(given: Input, options: Options) -> Iterator[Record | Rejected | RecordColumns]:
    """Yield a record with one reference for each pair.

    The mapping's fields are ``citing`` and ``cited``; without one they are told by the columns'
    names, or are the first and the second column.

    Raises
    ------
    GraphbuildError
        For a mapping that names an unknown field, or a column that the file lacks.
    InputError
        When the file is damaged or not tabular.
    """
    citing_column, cited_column, header = _ends(given, options.mapping)
    identified = functools.lru_cache(1 << 16)(
        functools.partial(_identified, namespace=options.namespace or NAME)
    )
    file = given.name
    batch = _in_bulk(given, (citing_column, cited_column), header, identified)
    if batch is not None:
        yield batch
        return
    for row in rows(given, header=header):
        if not isinstance(row, Row):
            yield replace(row, source=NAME)
            continue
        citing = identified(row.values.get(citing_column))
        cited = identified(row.values.get(cited_column))
        origin = Origin(file, row.line)
        if citing is None or cited is None:
            end = "citing" if citing is None else "cited"
            yield Rejected(origin, f"has no id for the {end} paper", row.raw, NAME)
            continue
        (_, ids), (raw, target) = citing, cited
        reference = Reference(
            raw, origin, "reference_list", target.arxiv_id, target.doi, target.other_ids
        )
        yield Record(origin, NAME, ids.arxiv_id, ids.doi, ids.other_ids, references=(reference,))


def _in_bulk(
    given: Input,
    columns: tuple[str, str],
    header: bool | None,
    identified: Callable[[object], tuple[str, Ids] | None],
) -> RecordColumns | None:
    """A large file of nothing but pairs, as columns; None for every other file."""
    found = layout(given, header=header)
    if found is None or len(found.columns) != 2 or not _is_bulk(given, found):
        return None
    from graphbuild.kernels.interning import Interner  # noqa: PLC0415 - compiles
    from graphbuild.kernels.pairs import pairs  # noqa: PLC0415 - compiles

    interner = Interner(1 << 18)
    lines: list[Array] = []
    ends: tuple[list[Array], list[Array]] = ([], [])
    first = 1
    for block in whole_lines(given):
        seen = pairs(block, found.delimiter, found.comment)
        if not seen.regular:
            return None
        lines.append(seen.line + first)
        for side in (0, 1):
            ends[side].append(interner.add(block, seen.starts[side], seen.ends[side]))
        first += seen.lines
    skip = int(found.has_header)
    read = [identified(text.decode()) for text in interner.strings_from(0)]
    line = np.concatenate(lines)[skip:]
    sides = {
        name: np.concatenate(side)[skip:] for name, side in zip(found.columns, ends, strict=True)
    }
    used = np.zeros(len(read), bool)  # the header's words are not
    for codes in sides.values():
        used[codes] = True
    words = [word for word, is_used in zip(read, used.tolist(), strict=True) if is_used]
    if not all(words):
        return None
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    citing, cited = (number[sides[column]] for column in columns)
    return _columns(given.name, line, citing, cited, [word for word in words if word])


def _is_bulk(given: Input, found: Layout) -> bool:
    is_utf8 = given.head_utf8[:64] == given.head[:64]
    return found.kind == "table" and is_utf8 and is_large(given)


def _columns(
    file: str, line: Array, citing: Array, cited: Array, words: Sequence[tuple[str, Ids]]
) -> RecordColumns:
    """A record with one bare reference for each pair of words."""
    count = len(line)
    position = pa.array(citing)
    claims = {name: pa.nulls(count, type_) for name, type_ in CLAIM_TYPES.items()}
    for name in ("arxiv_id", "doi", "other_ids"):
        claims[name] = pa.array([getattr(ids, name) for _, ids in words], CLAIM_TYPES[name]).take(
            position
        )
    facts = {name: pa.nulls(count, type_) for name, type_ in RECORD_TYPES.items()}
    facts |= {
        "file": constant(file, count),
        "line": pa.array(line.astype(np.int64)),
        "source": constant(NAME, count),
        "in_corpus": pa.array(np.ones(count, bool)),
    }
    keys = [_key(ids) for _, ids in words]
    references = BareReferences(
        np.arange(count, dtype=np.int32),
        cited,
        pa.array([raw for raw, _ in words], pa.string()),
        pa.array(keys, pa.string()),
    )
    return RecordColumns(facts, ClaimColumns(**claims), references)


def _key(ids: Ids) -> str:
    """The one identifier that an end of an edge has."""
    if ids.arxiv_id:
        return f"arxiv:{ids.arxiv_id}"
    return f"doi:{ids.doi}" if ids.doi else ids.other_ids[0]


def _identified(value: object, namespace: str) -> tuple[str, Ids] | None:
    """The text of an end and its identifiers."""
    if is_missing(value):
        return None
    if isinstance(value, str):
        return value.strip(), identify(value, namespace)
    ids = identify(value, namespace)
    if not ids:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value), ids


def _ends(given: Input, mapping: Mapping[str, str]) -> tuple[str, str, bool | None]:
    """The columns of citing and cited, and whether the first row is a header (None: as told)."""
    unknown = sorted(set(mapping) - set(_FIELDS))
    if unknown:
        raise GraphbuildError(
            f"--map: there is no field {', '.join(unknown)}; an edge has {' and '.join(_FIELDS)}"
        )
    found = layout(given)
    if found is None:
        return "1", "2", None
    named = _named_ends(found)
    header = None
    if named is None and not set(mapping.values()) & set(found.columns):
        header = False
        found = layout(given, header=False) or found
    citing, cited = named or found.columns[:2]
    citing, cited = mapping.get("citing", citing), mapping.get("cited", cited)
    lacking = [column for column in (citing, cited) if column not in found.columns]
    if lacking:
        raise GraphbuildError(
            f"{given.path}: --map names the column {', '.join(lacking)}, which the file lacks;"
            f" its columns are {', '.join(found.columns)}"
        )
    return citing, cited, header


SOURCE = Source(
    NAME,
    (".txt", ".tsv", ".csv", ".edges", ".cites", ".parquet"),
    sniff,
    read,
    "pairs citing, cited: SNAP text, TSV, CSV, Parquet; --map citing=COLUMN --map cited=COLUMN",
    frozenset(_FIELDS),
)
