"""Large JSON Lines with one paper a row, read into columns without a Python object per value.

What a line says in an ordinary way is taken from its bytes; a line that does not is handed back as
a row, to be read like any other. Both ways give the same.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import (
    CLAIM_TYPES,
    RECORD_TYPES,
    Array,
    BareReferences,
    ClaimColumns,
    RecordColumns,
    concat,
    joining_keys,
)
from graphbuild.identifiers import ARCHIVES
from graphbuild.inputs import LINE_LIMIT, Input
from graphbuild.model import Origin, Reference, Rejected
from graphbuild.rows import Row, layout, load_json, read_line
from graphbuild.sources._fields import (
    as_categories,
    as_date,
    as_people,
    as_references,
    as_text,
    is_category,
)

__all__ = ["constant", "is_bulk", "read_in_bulk", "whole_lines"]

BULK = 4 * 1024 * 1024
"""Files of fewer bytes are read row by row, which needs no compiled code."""
PACKED = 5
"""How many times a packed file is thought to be longer."""
_BLOCK = 32 * 1024 * 1024

_TEXTS = ("title", "abstract", "venue", "comment", "url", "primary_category")
_KNOWN = frozenset(
    {"id", "title", "abstract", "venue", "comment", "authors", "published", "year", "updated",
     "categories", "primary_category", "references"}
)  # fmt: skip
_MONTH = "(?:0[1-9]|1[0-2])"
_ARXIV = (
    rf"^(?:070[4-9]|071[0-2]|(?:0[89]|1[0-4]){_MONTH})\.\d{{4}}$"
    rf"|^(?:1[5-9]|[2-9]\d){_MONTH}\.\d{{5}}$|^(?:{ARCHIVES})/\d\d{_MONTH}\d{{3}}$"
)
# What can be nothing but a source's own key.
_OWN = r"^[A-Za-z0-9_-]{1,100}$"
# Text that reading leaves as it is: no LaTeX, no entity, no odd blank, nothing beyond ASCII.
_PLAIN = r"^[!-#%'-\[\]-z|}~]+(?: [!-#%'-\[\]-z|}~]+)*$"
_SAYS_NOTHING = pa.array(["nan", "NaN", "null", "NULL", "None", "none", "N/A", "n/a", "<NA>"])


def is_bulk(given: Input, kind: str = "json_lines") -> bool:
    """Whether a file is large enough, and written in the way, to be read in bulk."""
    if given.is_parquet or given.head_utf8[:64] != given.head[:64]:
        return False
    found = layout(given)
    large = given.path.stat().st_size * (PACKED if given.is_packed else 1) >= BULK
    return large and found is not None and found.kind == kind


def read_in_bulk(
    given: Input,
    names: Sequence[str],
    columns: Mapping[str, str],
    namespace: str,
    source: str,
) -> Iterator[Row | Rejected | RecordColumns]:
    """Yield irregular lines as rows, and at the end all others as columns.

    Parameters
    ----------
    names
        Every column that the head of the file shows.
    columns
        The column of each field that has one.
    namespace, source
        Qualifier of own keys, and what the ``source`` column says.
    """
    if not columns.keys() <= _KNOWN or "id" not in columns:
        yield from _all_rows(given)
        return
    bulk = _Bulk(given.name, names, columns, namespace, source)
    first = 0
    for block in whole_lines(given):
        yield from bulk.read(block, first)
        first += bulk.lines
    if len(bulk):
        yield bulk.finish()


def _all_rows(given: Input) -> Iterator[Row | Rejected]:
    for number, line in given.lines():
        if line and not line.isspace():
            yield read_line(given.name, number, line)


def whole_lines(given: Input) -> Iterator[Array]:
    """Blocks of whole lines as uint8 arrays."""
    rest = b""
    with given.open() as stream:
        while piece := stream.read(_BLOCK):
            block = rest + piece if rest else piece
            cut = block.rfind(b"\n") + 1
            rest = block[cut:]
            if len(rest) > LINE_LIMIT:
                break
            if cut:
                yield np.frombuffer(block, np.uint8, cut)
    if len(rest) > LINE_LIMIT:
        list(given.lines())  # says which line is too long
    if rest:
        yield np.frombuffer(rest, np.uint8)


class _Bulk:
    """Columns of one file, block by block."""

    def __init__(
        self,
        file: str,
        names: Sequence[str],
        columns: Mapping[str, str],
        namespace: str,
        source: str,
    ) -> None:
        from graphbuild.kernels.interning import Interner  # noqa: PLC0415 - compiles

        self._file, self._source, self._namespace = file, source, namespace
        self._names = [name.encode() for name in names]
        self._field_of = {column: field for field, column in columns.items()}
        self._position = {field: list(names).index(column) for field, column in columns.items()}
        self._wanted = [name in self._field_of for name in names]
        self._references = Interner(1 << 18)
        self._people = _Words(_names_of_one)
        self._person_lists = _Words(as_people)
        self._dates = _Words(as_date)
        self._category_lists = _Words(as_categories)
        self._category_texts = _Words(as_categories)
        self._claims: list[ClaimColumns] = []
        self._facts: list[dict[str, pa.Array]] = []
        self._records: list[Array] = []
        self._words: list[Array] = []
        self._count = 0
        self.lines = 0

    def __len__(self) -> int:
        return self._count

    def read(self, block: Array, first: int) -> Iterator[Row | Rejected]:
        """Take the regular lines of a block that begins behind ``first`` lines; yield the rest."""
        from graphbuild.kernels.jsonlines import scan  # noqa: PLC0415 - compiles

        found = scan(block, self._names, self._wanted)
        self.lines = len(found.line_start)
        view = _View(block, found, self._position)
        regular = ~found.irregular & ~_is_no_text(block, found) & self._is_ordinary(view)
        view.keep(np.flatnonzero(regular))
        self._append(view, first)
        content = block.tobytes() if not regular.all() else b""
        for line in np.flatnonzero(~regular).tolist():
            text = content[found.line_start[line] : found.line_end[line]].rstrip(b"\r")
            if text.strip():
                yield read_line(self._file, first + line + 1, text)

    def _is_ordinary(self, view: _View) -> Array:
        """Whether a line's values are of the kinds that columns are made of here."""
        from graphbuild.kernels.jsonlines import (  # noqa: PLC0415 - compiles
            ABSENT,
            ESCAPED,
            LIST,
            NULL,
            NUMBER,
            STRING,
        )

        taken = {
            "id": (STRING,),
            "authors": (ABSENT, NULL, STRING, LIST),
            "categories": (ABSENT, NULL, STRING, LIST),
            "references": (ABSENT, NULL, LIST),
            "published": (ABSENT, NULL, STRING, NUMBER),
            "updated": (ABSENT, NULL, STRING, NUMBER),
            "year": (ABSENT, NULL, STRING, NUMBER),
        }
        ordinary = np.ones(self.lines, bool)
        for field in self._position:
            kinds = taken.get(field, (ABSENT, NULL, STRING, ESCAPED))
            ordinary &= np.isin(view.kind(field), kinds)
        is_arxiv, is_own = _kinds_of_ids(view.strings("id"))
        known: Array = ordinary & (is_arxiv | is_own)
        return known

    def _append(self, view: _View, first: int) -> None:
        count = len(view)
        texts = {field: self._text(view, field) for field in _TEXTS}
        dates = {field: self._date(view, field) for field in ("published", "year", "updated")}
        categories, first_category = self._categories(view)
        said = pc.coalesce(texts["primary_category"], first_category)
        ids = view.strings("id")
        is_arxiv, is_own = _kinds_of_ids(ids)
        own = pc.binary_join_element_wise(
            f"id:{self._namespace}/", ids.filter(pa.array(is_own)), ""
        )
        nothing = {name: pa.nulls(count, type_) for name, type_ in CLAIM_TYPES.items()}
        self._claims.append(
            ClaimColumns(
                **nothing
                | {
                    "arxiv_id": pc.if_else(pa.array(is_arxiv), ids, pa.scalar(None, pa.string())),
                    "other_ids": _grouped(np.flatnonzero(is_own), own, count),
                    "title": texts["title"],
                    "year": pc.coalesce(dates["year"][1], dates["published"][1]),
                    "venue": texts["venue"],
                    "url": texts["url"],
                    "authors": self._authors(view),
                }
            )
        )
        self._facts.append(
            {
                "file": constant(self._file, count),
                "line": pa.array(first + 1 + view.lines.astype(np.int64)),
                "source": constant(self._source, count),
                "abstract": texts["abstract"],
                "published": dates["published"][0],
                "updated": dates["updated"][0],
                "primary_category": said,
                "comment": texts["comment"],
                "tweets": pa.nulls(count, pa.int32()),
                "in_corpus": pa.array(np.ones(count, bool)),
                "categories": (
                    _with_primary(categories, said)
                    if "primary_category" in self._position
                    else categories
                ),
            }
        )
        owners, starts, ends = view.items("references")
        self._records.append((owners + self._count).astype(np.int32))
        self._words.append(self._references.add(view.block, starts, ends))
        self._count += count

    def _text(self, view: _View, field: str) -> pa.Array:
        """Text as reading row by row gives it; only what is not plain is looked at one by one."""
        if field not in self._position:
            return pa.nulls(len(view), pa.string())
        values = view.strings(field)
        plain = pc.match_substring_regex(values, _PLAIN)
        nothing = pc.is_in(values, value_set=_SAYS_NOTHING)
        odd = pc.fill_null(pc.or_(pc.invert(plain), nothing), False)
        escaped = view.is_escaped(field)
        positions = np.flatnonzero(odd.to_numpy(zero_copy_only=False) | escaped)
        if not len(positions):
            return values
        read = [as_text(view.value(field, position)) for position in positions.tolist()]
        mask = np.zeros(len(view), bool)
        mask[positions] = True
        return pc.replace_with_mask(values, pa.array(mask), pa.array(read, pa.string()))

    def _date(self, view: _View, field: str) -> tuple[pa.Array, pa.Array]:
        if field not in self._position:
            return pa.nulls(len(view), pa.date32()), pa.nulls(len(view), pa.int32())
        codes, known = self._dates.codes(view, field)
        values = self._dates.values
        days = pa.array([value[0] for value in values], pa.date32())
        years = pa.array([value[1] for value in values], pa.int32())
        positions = pa.array(codes, mask=~known)
        return days.take(positions), years.take(positions)

    def _authors(self, view: _View) -> pa.Array:
        """Names of each record's authors; who is nobody ("et al.") is left out."""
        if "authors" not in self._position:
            return pa.nulls(len(view), CLAIM_TYPES["authors"])
        owners, codes = self._people.item_codes(view, "authors")
        single, known = self._person_lists.codes(view, "authors", of_strings=True)
        lists: dict[int, list[str]] = {
            row: [person.name for person in self._person_lists.values[code]]
            for row, code in zip(
                np.flatnonzero(known).tolist(), single[known].tolist(), strict=True
            )
        }
        names = pa.array(self._people.values, pa.string()).take(pa.array(codes))
        kept = names.is_valid().to_numpy(zero_copy_only=False)
        owners, names = owners[kept], names.filter(pa.array(kept))
        found = _grouped(owners, names, len(view))
        if not lists:
            return found
        rows = found.to_pylist()
        for row, people in lists.items():
            rows[row] = people
        return pa.array(rows, CLAIM_TYPES["authors"])

    def _categories(self, view: _View) -> tuple[pa.Array, pa.Array]:
        """Each record's categories, and the first of those that are arXiv's: the primary one."""
        if "categories" not in self._position:
            nothing = pa.nulls(len(view), RECORD_TYPES["categories"])
            return nothing, pa.nulls(len(view), pa.string())
        codes, known = self._category_lists.list_codes(view, "categories")
        texts, is_text = self._category_texts.codes(view, "categories", of_strings=True)
        lists = self._category_lists.values + self._category_texts.values
        codes = np.where(is_text, texts + len(self._category_lists.values), codes)
        firsts = [
            listed[0] if listed and all(map(is_category, listed)) else None for listed in lists
        ]
        positions = pa.array(codes, mask=~(known | is_text))
        return (
            pa.array(lists, RECORD_TYPES["categories"]).take(positions),
            pa.array(firsts, pa.string()).take(positions),
        )

    def finish(self) -> RecordColumns:
        """Everything taken so far as one batch."""
        raw = self._references.strings().cast(pa.string())
        words, keys, telling_of = self._cited(raw)
        record, word = np.concatenate(self._records), np.concatenate(self._words)
        is_bare = keys.is_valid().to_numpy(zero_copy_only=False)
        bare = is_bare[word]
        number = np.cumsum(is_bare, dtype=np.int32) - np.int32(1)
        telling = [
            (owner, dataclasses.replace(telling_of[code], origin=self._origin(owner)))
            for owner, code in zip(record[~bare].tolist(), word[~bare].tolist(), strict=True)
            if code in telling_of
        ]
        return RecordColumns(
            {
                name: concat([facts[name] for facts in self._facts], type_)
                for name, type_ in RECORD_TYPES.items()
            },
            ClaimColumns(
                **{
                    name: concat([getattr(claims, name) for claims in self._claims], type_)
                    for name, type_ in CLAIM_TYPES.items()
                }
            ),
            BareReferences(
                record[bare],
                number[word[bare]],
                words.filter(pa.array(is_bare)),
                keys.filter(pa.array(is_bare)),
            ),
            telling,
        )

    def _origin(self, record: int) -> Origin:
        for facts in self._facts:
            if record < len(facts["line"]):
                return Origin(self._file, facts["line"][record].as_py())
            record -= len(facts["line"])
        raise IndexError(record)

    def _cited(self, raw: pa.Array) -> tuple[pa.Array, pa.Array, dict[int, Reference]]:
        """Distinct references as evidence and as identifiers, and those that are more."""
        is_arxiv, is_own = _kinds_of_ids(raw)
        keys = pc.if_else(
            pa.array(is_arxiv),
            pc.binary_join_element_wise("arxiv:", raw, ""),
            pc.binary_join_element_wise(f"id:{self._namespace}/", raw, ""),
        )
        others = np.flatnonzero(~is_arxiv & ~is_own)
        telling: dict[int, Reference] = {}
        texts: list[str] = []
        known: list[str | None] = []
        for code, text in zip(others.tolist(), raw.take(pa.array(others)).to_pylist(), strict=True):
            references, _ = as_references([text], Origin(self._file, 0), self._namespace)
            found = joining_keys(references[0]) if references else ()
            texts.append(references[0].raw if references else text)
            known.append(found[0] if len(found) == 1 else None)
            if references and len(found) != 1:
                telling[code] = references[0]
        mask = np.zeros(len(raw), bool)
        mask[others] = True
        words = pc.replace_with_mask(raw, pa.array(mask), pa.array(texts, pa.string()))
        keys = pc.replace_with_mask(keys, pa.array(mask), pa.array(known, pa.string()))
        return words, keys, telling


class _View:
    """The values of a block's lines by field."""

    def __init__(self, block: Array, found: Any, position: Mapping[str, int]) -> None:  # noqa: ANN401 - a Scan, whose module compiles
        self.block = block
        self._found = found
        self._position = position
        self.lines = np.arange(len(found.line_start))

    def __len__(self) -> int:
        return len(self.lines)

    def keep(self, lines: Array) -> None:
        """Look at these lines alone from now on."""
        self.lines = lines

    def kind(self, field: str) -> Array:
        """The kind of each line's value."""
        kinds: Array = self._found.kind[self.lines, self._position[field]]
        return kinds

    def bounds(self, field: str) -> tuple[Array, Array]:
        """Where values begin and end."""
        at = self._position[field]
        return self._found.start[self.lines, at], self._found.end[self.lines, at]

    def strings(self, field: str) -> pa.Array:
        """Strings without escapes as Arrow strings; null for everything else."""
        from graphbuild.kernels.interning import slices  # noqa: PLC0415 - compiles
        from graphbuild.kernels.jsonlines import STRING  # noqa: PLC0415 - compiles

        start, end = self.bounds(field)
        is_string = self.kind(field) == STRING
        return slices(self.block, start, end, is_string)

    def is_escaped(self, field: str) -> Array:
        """Whether a value is a string with escapes."""
        from graphbuild.kernels.jsonlines import ESCAPED  # noqa: PLC0415 - compiles

        escaped: Array = self.kind(field) == ESCAPED
        return escaped

    def value(self, field: str, row: int) -> Any:  # noqa: ANN401 - JSON
        """One string as Python has it."""
        start, end = self.bounds(field)
        return load_json(b'"' + self.block[start[row] : end[row]].tobytes() + b'"')

    def items(self, field: str) -> tuple[Array, Array, Array]:
        """Strings in lists: their rows, and where they begin and end."""
        from graphbuild.kernels.jsonlines import LIST  # noqa: PLC0415 - compiles

        if field not in self._position:
            nothing = np.empty(0, np.int32)
            return nothing, nothing, nothing
        start, end = self.bounds(field)
        lengths = np.where(self.kind(field) == LIST, end - start, 0)
        owners = np.repeat(np.arange(len(self)), lengths)
        before = np.cumsum(lengths) - lengths
        at = np.arange(len(owners)) - before[owners] + start[owners]
        return owners, self._found.item_start[at], self._found.item_end[at]


class _Words:
    """Distinct values of a field, each read once in the way that single rows are read."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        from graphbuild.kernels.interning import Interner  # noqa: PLC0415 - compiles

        self._read = read
        self._interner = Interner()
        self.values: list[Any] = []

    def item_codes(self, view: _View, field: str) -> tuple[Array, Array]:
        """Rows and codes of the strings in a field's lists."""
        owners, starts, ends = view.items(field)
        codes = self._interner.add(view.block, starts, ends)
        self._read_new(b'"%s"')
        return owners, codes

    def codes(self, view: _View, field: str, *, of_strings: bool = False) -> tuple[Array, Array]:
        """The code of each row's string or number, and whether it has one."""
        from graphbuild.kernels.jsonlines import NUMBER, STRING  # noqa: PLC0415 - compiles

        kinds = view.kind(field)
        start, end = view.bounds(field)
        known = kinds == STRING
        start, end = start - known, end + known  # with the quotation marks
        if not of_strings:
            known |= kinds == NUMBER
        codes = np.full(len(view), -1, np.int32)
        codes[known] = self._interner.add(view.block, start[known], end[known])
        self._read_new(b"%s")
        return codes, known

    def list_codes(self, view: _View, field: str) -> tuple[Array, Array]:
        """The code of each row's list of strings, and whether it has one that is not empty."""
        from graphbuild.kernels.jsonlines import LIST  # noqa: PLC0415 - compiles

        owners, item_start, item_end = view.items(field)
        start, end = view.bounds(field)
        known = (view.kind(field) == LIST) & (end > start)
        first = np.flatnonzero(np.diff(owners, prepend=-1))
        last = np.append(first[1:], len(owners)) - 1 if len(first) else first
        codes = np.full(len(view), -1, np.int32)
        codes[known] = self._interner.add(view.block, item_start[first] - 1, item_end[last] + 1)
        self._read_new(b"[%s]")
        return codes, known

    def _read_new(self, shape: bytes) -> None:
        for text in self._interner.strings_from(len(self.values)):
            self.values.append(self._read(load_json(shape % text)))


_OTHERS = re.compile(r"\bet\b|\bal\b|\bothers\b", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z.'-]*(?: [A-Za-z][A-Za-z.'-]*)+")


def _names_of_one(text: str) -> str | None:
    # Most names are ordinary, and reading one leaves it as it is.
    if _PLAIN_NAME.fullmatch(text) and not _OTHERS.search(text):
        return text
    people = as_people([text])
    return people[0].name if people else None


def constant(value: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(count, np.int32)), pa.array([value], pa.string())
    )


def _grouped(owners: Array, values: pa.Array, size: int) -> pa.Array:
    """Lists of values by ascending owners."""
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(owners, minlength=size), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _kinds_of_ids(ids: pa.Array) -> tuple[Array, Array]:
    """Whether ids are arXiv's as they stand, and whether they are a source's own keys."""
    is_arxiv = pc.fill_null(pc.match_substring_regex(ids, _ARXIV), False)
    is_word = pc.fill_null(pc.match_substring_regex(ids, _OWN), False)
    is_own = pc.and_not(is_word, pc.is_in(ids, value_set=_SAYS_NOTHING))
    return is_arxiv.to_numpy(zero_copy_only=False), is_own.to_numpy(zero_copy_only=False)


def _is_no_text(block: Array, found: Any) -> Array:  # noqa: ANN401 - a Scan
    """Which lines hold bytes that are not UTF-8; those are decoded one by one."""
    try:
        codecs.utf_8_decode(block.data, "strict", True)
    except UnicodeDecodeError:
        beyond = np.concatenate([[0], np.cumsum(block > 0x7F)])
        wrong: Array = beyond[found.line_end] > beyond[found.line_start]
        return wrong
    return np.zeros(len(found.line_start), bool)


def _with_primary(categories: pa.Array, primary: pa.Array) -> pa.Array:
    """Categories with the primary one among them."""
    return pa.array(
        [
            listed if said is None or said in (listed or ()) else [*(listed or ()), said]
            for listed, said in zip(categories.to_pylist(), primary.to_pylist(), strict=True)
        ],
        RECORD_TYPES["categories"],
    )
