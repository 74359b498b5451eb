"""Tables of papers in columns, without a Python object per value.

What a row says in an ordinary way is taken as it stands; other values are read one by one, and a
row that something is wrong with is handed back, to be read like any other. Both ways give the same.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import (
    CLAIM_TYPES,
    RECORD_TYPES,
    Array,
    ClaimColumns,
    GroupedReferences,
    RecordColumns,
    concat,
    joining_keys,
)
from graphbuild.inputs import Input
from graphbuild.model import Origin, Person, Reference, Rejected
from graphbuild.rows import Row, layout, load_json, rows
from graphbuild.sources._blocks import Block, Odd, blocks, is_large
from graphbuild.sources._cells import (
    ARXIV,
    DOI,
    LIST,
    NOTHING,
    NULL,
    NUMBER,
    OWN,
    STRING,
    Cells,
    Numbered,
    first_of,
    strings_where,
)
from graphbuild.sources._fields import (
    Ids,
    as_categories,
    as_date,
    as_people,
    as_reference,
    as_references,
    as_text,
    is_category,
    reference_entries,
)
from graphbuild.text import clean, key

__all__ = ["Meaning", "constant", "read_in_bulk"]


@dataclasses.dataclass(frozen=True)
class Meaning:
    """What a source makes of a table's columns.

    Attributes
    ----------
    source, namespace
        What the ``source`` column says, and the qualifier of own keys.
    columns_of
        The columns of each field, best first, of all the columns that rows have.
    ids_of
        The identifiers that values of ``id``, ``arxiv_id``, ``doi`` and ``pmid`` give.
    at_once
        Bytes of text behind which a batch is finished.
    """

    source: str
    namespace: str
    columns_of: Callable[[tuple[str, ...]], Mapping[str, Sequence[str]]]
    ids_of: Callable[[Mapping[str, Any]], Ids]
    at_once: int


def read_in_bulk(given: Input, meaning: Meaning) -> Iterator[Row | Rejected | RecordColumns]:
    """Yield rows that need a closer look, and all others as columns.

    Raises
    ------
    InputError
        When the file is damaged or not tabular.
    """
    try:
        found = _in_bulk(given, meaning)
        # Where one thing out of place moves all that follows, nothing is given before the end.
        yield from found if _is_free(given) else list(found)
    except Odd:
        yield from rows(given)


def _is_free(given: Input) -> bool:
    """Whether rows are told apart without a look at their values."""
    found = layout(given)
    return found is not None and found.kind in {"json_lines", "parquet"}


def _in_bulk(given: Input, meaning: Meaning) -> Iterator[Row | Rejected | RecordColumns]:
    batch = _Batch(given, meaning)
    for block in blocks(given, lambda names: _wanted(meaning.columns_of(names), names)):
        for row in batch.take(block).tolist():
            if (entry := block.row(row)) is not None:
                yield entry
        if batch.size > meaning.at_once:
            yield batch.finish()
            batch = _Batch(given, meaning)
    if len(batch):
        yield batch.finish()


def _wanted(columns: Mapping[str, Sequence[str]], names: Sequence[str]) -> frozenset[str]:
    wanted = {column for field in columns.values() for column in field}
    return frozenset(wanted | ({"versions"} & set(names)))


class _Batch:
    """Columns of records, block by block."""

    def __init__(self, given: Input, meaning: Meaning) -> None:
        compiled = is_large(given)
        self._file, self._meaning = given.name, meaning
        self._dates = {
            STRING: _Dates(as_date, compiled=compiled),
            NUMBER: _Dates(lambda text: as_date(int(text)), compiled=compiled),
        }
        self._categories = _Categories(compiled=compiled)
        self._people = _People(meaning.namespace, compiled=compiled)
        self._cited = _Cited(given.name, meaning.namespace, compiled=compiled)
        self._claims: dict[str, list[pa.Array]] = {}
        self._facts: dict[str, list[pa.Array]] = {}
        self._count = 0
        self.size = 0

    def __len__(self) -> int:
        return self._count

    def take(self, block: Block) -> Array:
        """Take the rows of a block, and say which of them (positions) were not taken."""
        with ThreadPoolExecutor(1) as beside:
            return self._take(block, beside)

    def _take(self, block: Block, beside: ThreadPoolExecutor) -> Array:
        columns = self._meaning.columns_of(block.names)
        several = {
            field: [block.cells[name] for name in names]
            for field, names in columns.items()
            if names
        }
        cells = {field: first_of(found) for field, found in several.items() if field != "authors"}
        # Which takes as long as all else does.
        numbered = beside.submit(self._cited.number, cells.get("references"), block.size)
        arxiv_ids, dois, other_ids, has_id = self._ids(cells, block.size)
        title = _text(cells.get("title"), block.size, _title)
        taken = has_id.copy()
        for row in np.flatnonzero(~has_id & _valid(title)).tolist():
            taken[row] = bool(key(title[row].as_py()))
        texts = {
            field: _text(cells.get(field), block.size, as_text)
            for field in ("abstract", "comment", "url", "primary_category")
        }
        published = self._date(cells.get("published"), block.size, block.cells.get("versions"))
        updated, _ = self._date(cells.get("updated"), block.size)
        _, year = self._date(cells.get("year"), block.size)
        year = np.where(year == 0, published[1], year)
        people = self._people.read(several.get("authors", []), block.size)
        categories = self._categories.read(cells.get("categories"), block.size)
        references = self._cited.read(cells.get("references"), *numbered.result(), taken)
        claims = {
            "arxiv_id": arxiv_ids,
            "doi": dois,
            "other_ids": other_ids,
            "title": title,
            "year": pa.array(year, mask=year == 0),
            "venue": _text(cells.get("venue"), block.size, _name),
            "url": texts["url"],
        }
        facts = {
            "line": pa.array(block.lines),
            "abstract": texts["abstract"],
            "published": pa.array(published[0]),
            "updated": pa.array(updated),
            "primary_category": texts["primary_category"],
            "comment": texts["comment"],
        }
        for kept, found in ((self._claims, claims), (self._facts, facts)):
            for name, values in found.items():
                part = values if taken.all() else values.filter(pa.array(taken))
                kept.setdefault(name, []).append(part)
                self.size += part.nbytes
        self._categories.keep(*categories, taken)
        self._people.keep(people, taken, self._count)
        self._cited.keep(references, taken, self._count)
        self._count += int(taken.sum())
        return np.flatnonzero(~taken)

    def _ids(
        self, cells: Mapping[str, Cells], size: int
    ) -> tuple[pa.Array, pa.Array, pa.Array, Array]:
        """Identifiers in columns, and who has any."""
        kinds = {name: np.zeros(size, np.uint8) for name in ("id", "arxiv_id", "doi", "pmid")}
        texts = dict.fromkeys(kinds, pa.nulls(size, pa.string()))
        odd = np.zeros(size, bool)
        for field, kind in kinds.items():
            if field in cells:
                kind[:] = cells[field].id_kinds()
                texts[field] = cells[field].strings()
                odd |= (kind == 0) & ~np.isin(cells[field].kind, (NOTHING, NULL))
        odd |= (kinds["pmid"] != 0) | np.isin(kinds["arxiv_id"], (OWN, DOI))
        odd |= np.isin(kinds["doi"], (ARXIV, OWN))
        odd |= (kinds["arxiv_id"] == ARXIV) & (kinds["id"] == ARXIV)
        odd |= (kinds["doi"] == DOI) & (kinds["id"] == DOI)
        arxiv_ids = pc.coalesce(
            *(strings_where((kinds[f] == ARXIV) & ~odd, texts[f]) for f in ("arxiv_id", "id"))
        )
        dois = pc.ascii_lower(
            pc.coalesce(*(strings_where((kinds[f] == DOI) & ~odd, texts[f]) for f in ("doi", "id")))
        )
        is_own = (kinds["id"] == OWN) & ~odd
        own = pc.binary_join_element_wise(
            f"id:{self._meaning.namespace}/", texts["id"].filter(pa.array(is_own)), ""
        )
        other_ids = _grouped(is_own.astype(np.int32), own)
        has_id = _valid(arxiv_ids) | _valid(dois) | is_own
        positions = np.flatnonzero(odd)
        if len(positions):
            found = [
                self._meaning.ids_of(
                    {field: cells[field].value(row) if field in cells else None for field in kinds}
                )
                for row in positions.tolist()
            ]
            mask = pa.array(odd)
            arxiv_ids, dois = (
                pc.replace_with_mask(
                    column, mask, pa.array([getattr(ids, name) for ids in found], pa.string())
                )
                for column, name in ((arxiv_ids, "arxiv_id"), (dois, "doi"))
            )
            lists = other_ids.to_pylist()
            for row, ids in zip(positions.tolist(), found, strict=True):
                lists[row] = ids.other_ids
                others = (other for other in ids.other_ids if not other.startswith("isbn:"))
                has_id[row] = bool(ids.arxiv_id or ids.doi or any(others))
            other_ids = pa.array(lists, CLAIM_TYPES["other_ids"])
        return arxiv_ids, dois, other_ids, has_id

    def _date(
        self, cells: Cells | None, size: int, versions: Cells | None = None
    ) -> tuple[Array, Array]:
        """Days (datetime64, NaT for none) and years (0 for none); a first version goes first."""
        days, years = np.full(size, np.datetime64("NaT"), "datetime64[D]"), np.zeros(size, np.int32)
        if cells is not None:
            odd = ~np.isin(cells.kind, (NOTHING, NULL, STRING, NUMBER))
            for kind, distinct in self._dates.items():
                codes, known = distinct.codes(cells, kind)
                of_days, of_years = distinct.in_columns()
                days[known], years[known] = of_days[codes[known]], of_years[codes[known]]
            for row in np.flatnonzero(odd).tolist():
                day, year = as_date(cells.value(row))
                days[row], years[row] = day, year or 0
        if versions is not None:
            for row in np.flatnonzero(versions.kind > NULL).tolist():
                if created := first_version(versions.value(row)):
                    day, year = as_date(created)
                    days[row], years[row] = day, year or 0
        return days, years

    def finish(self) -> RecordColumns:
        """Everything taken so far as one batch."""
        lines = concat(self._facts["line"], RECORD_TYPES["line"]).to_numpy()
        with ThreadPoolExecutor(1) as beside:
            # Which takes as long as all else does.
            cited = beside.submit(self._cited.finish, lines)
            claims, facts = self._said()
            references, telling = cited.result()
        return RecordColumns(
            {name: facts[name] for name in RECORD_TYPES},
            ClaimColumns(**claims),
            references,
            telling,
        )

    def _said(self) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
        """Claims and facts of all records."""
        count = self._count
        claims = {
            name: concat(self._claims[name], CLAIM_TYPES[name]) for name in list(self._claims)
        }
        claims |= self._people.finish(count)
        facts = {name: concat(self._facts[name], RECORD_TYPES[name]) for name in list(self._facts)}
        self._claims, self._facts = {}, {}
        categories, primary = self._categories.finish(facts["primary_category"])
        return claims, facts | {
            "file": constant(self._file, count),
            "source": constant(self._meaning.source, count),
            "primary_category": primary,
            "tweets": pa.nulls(count, pa.int32()),
            "in_corpus": pa.array(np.ones(count, bool)),
            "categories": categories,
        }


class _Distinct:
    """Distinct values of a kind, each read once in the way that single rows are read."""

    def __init__(self, read: Callable[[str], Any], *, compiled: bool) -> None:
        self._read = read
        self._numbered = Numbered(compiled=compiled)
        self.values: list[Any] = []

    def codes(self, cells: Cells, kind: int) -> tuple[Array, Array]:
        """The code of each row's value, and whether it has one."""
        codes = cells.codes(self._numbered, kind)
        if len(self._numbered) > len(self.values):
            new = self._numbered.strings(len(self.values)).to_pylist()
            self.values += [self._read(text) for text in new]
        return codes


class _Dates(_Distinct):
    """Distinct dates: days (datetime64, NaT for none) and years (int32, 0 for none)."""

    def __init__(self, read: Callable[[str], Any], *, compiled: bool) -> None:
        super().__init__(read, compiled=compiled)
        self._days, self._years = np.empty(0, "datetime64[D]"), np.empty(0, np.int32)

    def in_columns(self) -> tuple[Array, Array]:
        """The days and the years of the values."""
        new = self.values[len(self._days) :]
        days = np.array([day for day, _ in new], "datetime64[D]")
        years = np.array([year or 0 for _, year in new], np.int32)
        self._days = np.concatenate([self._days, days])
        self._years = np.concatenate([self._years, years])
        return self._days, self._years


# -- text ----------------------------------------------------------------------------------------


def _text(cells: Cells | None, size: int, read: Callable[[Any], str | None]) -> pa.Array:
    """Text as reading row by row gives it; only what is not plain is looked at one by one."""
    if cells is None:
        return pa.nulls(size, pa.string())
    plain = cells.is_plain()
    odd = np.flatnonzero(~plain & (cells.kind != NULL) & (cells.kind != NOTHING))
    strings = cells.strings()
    if not len(odd):
        return strings
    values = pa.array([read(cells.value(row)) for row in odd.tolist()], pa.string())
    return pc.replace_with_mask(
        strings, pa.array(~plain & (cells.kind > NOTHING) & (cells.kind != NULL)), values
    )


def _title(value: Any) -> str | None:  # noqa: ANN401
    text = as_text(value)
    return clean(text) or None if text else None


def _name(value: Any) -> str | None:  # noqa: ANN401
    return as_text(value.get("name")) if isinstance(value, dict) else as_text(value)


def first_version(versions: Any) -> Any:  # noqa: ANN401
    """When the first of several versions was made, as the arXiv snapshot says it."""
    first = versions[0] if isinstance(versions, list) and versions else None
    return first.get("created") if isinstance(first, dict) else None


# -- people --------------------------------------------------------------------------------------

_OTHERS = re.compile(r"\bet\b|\bal\b|\bothers\b", re.IGNORECASE)
_PLAIN_NAME = re.compile(
    r"[A-Za-z][\w.'-]*(?: [A-Za-z0-9][\w.'-]*)+|[A-Za-z][A-Za-z_.'-]*[0-9][\w.'-]*", re.ASCII
)


def _names_of_one(text: str) -> str | None:
    # Most names are ordinary, and reading one leaves it as it is.
    if _PLAIN_NAME.fullmatch(text) and not _OTHERS.search(text):
        return text
    people = as_people([text])
    return people[0].name if people else None


@dataclasses.dataclass(eq=False)
class _Authors:
    """Authors of a block's rows: how many each has, and their codes; those read one by one."""

    lengths: Array
    codes: Array
    single: dict[int, tuple[Person, ...]]


class _People:
    """Authors of records: distinct names by number; what lists do not say, one by one."""

    def __init__(self, namespace: str, *, compiled: bool) -> None:
        self._namespace = namespace
        self._numbered = Numbered(compiled=compiled)
        self._read = 0
        self._renamed: dict[int, str | None] = {}
        self._others: dict[str, int] = {}
        self._persons: dict[Any, Person | None] = {}
        self._lengths: list[Array] = []
        self._codes: list[Array] = []
        self._orcids: dict[int, list[str | None]] = {}
        self._own_ids: dict[int, list[str | None]] = {}
        self._affiliations: dict[int, list[tuple[str, ...]]] = {}

    def read(self, columns: Sequence[Cells], size: int) -> _Authors:
        """Number the authors of a block's rows."""
        lengths, codes = np.zeros(size, np.int32), np.empty(0, np.int32)
        single: dict[int, tuple[Person, ...]] = {}
        for number, cells in enumerate(columns):
            if number == 0:
                lengths, codes = cells.items(self._numbered)
                self._read_new()
                lengths, codes = self._somebody(lengths, codes)
                rows_ = np.flatnonzero(cells.kind > NOTHING)
                rows_ = rows_[~np.isin(cells.kind[rows_], (NULL, LIST))]
            else:
                rows_ = np.flatnonzero((lengths == 0) & (cells.kind > NOTHING))
            for row in rows_.tolist():
                if row not in single and (people := self._people(cells.value(row))):
                    single[row] = people
        if single:
            lengths = lengths.copy()
            lengths[list(single)] = [len(people) for people in single.values()]
            named = np.repeat(np.isin(np.arange(size), list(single)), lengths)
            merged = np.empty(len(named), np.int32)
            merged[~named] = codes
            merged[named] = [
                -2 - self._others.setdefault(person.name, len(self._others))
                for row in sorted(single)
                for person in single[row]
            ]
            codes = merged
        return _Authors(lengths, codes, single)

    def keep(self, found: _Authors, taken: Array, first: int) -> None:
        """Keep the authors of the rows that are taken, the first of which has a number."""
        lengths, codes = found.lengths, found.codes
        if not taken.all():
            codes, lengths = codes[np.repeat(taken, lengths)], lengths[taken]
        self._lengths.append(lengths)
        self._codes.append(codes)
        place = first + np.cumsum(taken) - 1
        for row, people in found.single.items():
            if taken[row] and any(person.orcid for person in people):
                self._orcids[int(place[row])] = [person.orcid for person in people]
            if taken[row] and any(person.own_id for person in people):
                self._own_ids[int(place[row])] = [person.own_id for person in people]
            if taken[row] and any(person.affiliations for person in people):
                self._affiliations[int(place[row])] = [person.affiliations for person in people]

    def _read_new(self) -> None:
        names = self._numbered.are_names(self._read)
        odd = np.flatnonzero(~names)
        texts = self._numbered.strings(self._read).take(pa.array(odd)).to_pylist()
        for code, text in zip((odd + self._read).tolist(), texts, strict=True):
            if (name := _names_of_one(text)) != text:
                self._renamed[code] = name
        self._read = len(self._numbered)

    def _somebody(self, lengths: Array, codes: Array) -> tuple[Array, Array]:
        """Leave out who is nobody ("et al.")."""
        nobody = [code for code, name in self._renamed.items() if name is None]
        if not nobody:
            return lengths, codes
        kept = ~np.isin(codes, nobody)
        owners = np.repeat(np.arange(len(lengths)), lengths)[kept]
        return np.bincount(owners, minlength=len(lengths)).astype(np.int32), codes[kept]

    def _people(self, value: Any) -> tuple[Person, ...]:  # noqa: ANN401
        if not isinstance(value, list):
            return as_people(value, self._namespace)
        people = []
        for entry in value:
            try:
                hashed = entry
                if not isinstance(entry, str):
                    hashed = tuple(entry.items()) if isinstance(entry, dict) else (0, *entry)
                if hashed not in self._persons:
                    self._persons[hashed] = next(iter(as_people([entry], self._namespace)), None)
                person = self._persons[hashed]
            except TypeError:
                person = next(iter(as_people([entry], self._namespace)), None)
            if person is not None:
                people.append(person)
        return tuple(people)

    def finish(self, count: int) -> dict[str, pa.Array]:
        """Columns of names, ORCID iDs and affiliations."""
        names = self._numbered.strings()
        if self._renamed:
            mask = np.zeros(len(names), bool)
            mask[list(self._renamed)] = True
            renamed = [self._renamed[code] for code in sorted(self._renamed)]
            names = pc.replace_with_mask(names, pa.array(mask), pa.array(renamed, pa.string()))
        known = len(names)
        if self._others:
            names = concat([names, pa.array(list(self._others), pa.string())], pa.string())
        codes = _joined(self._codes)
        if self._others:
            codes = np.where(codes < 0, known - 2 - codes, codes)
        return {
            "authors": _grouped(_joined(self._lengths), names.take(pa.array(codes))),
            "orcids": _sparse(self._orcids, count, CLAIM_TYPES["orcids"]),
            "author_ids": _sparse(self._own_ids, count, CLAIM_TYPES["author_ids"]),
            "affiliations": _sparse(self._affiliations, count, CLAIM_TYPES["affiliations"]),
        }


# -- categories ----------------------------------------------------------------------------------


class _Categories:
    """Categories of records: distinct lists by number."""

    def __init__(self, *, compiled: bool) -> None:
        self._of_kind = {
            LIST: _Distinct(lambda text: as_categories(load_json(f"[{text}]")), compiled=compiled),
            STRING: _Distinct(as_categories, compiled=compiled),
        }
        self._others: list[tuple[str, ...]] = []
        self._spaces: list[Array] = []
        self._codes: list[Array] = []

    def read(self, cells: Cells | None, size: int) -> tuple[Array, Array]:
        """Number the categories of a block's rows: which numbers these are, and the numbers."""
        space, code = np.full(size, -1, np.int8), np.full(size, -1, np.int32)
        if cells is not None:
            for number, (kind, distinct) in enumerate(self._of_kind.items()):
                codes, known = distinct.codes(cells, kind)
                space[known], code[known] = number, codes[known]
            odd = ~np.isin(cells.kind, (NOTHING, NULL, STRING, LIST))
            for row in np.flatnonzero(odd).tolist():
                space[row], code[row] = len(self._of_kind), len(self._others)
                self._others.append(as_categories(cells.value(row)))
        return space, code

    def keep(self, space: Array, code: Array, taken: Array) -> None:
        """Keep the categories of the rows that are taken."""
        self._spaces.append(space[taken])
        self._codes.append(code[taken])

    def finish(self, said: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Each record's categories with the primary one: the one said, or arXiv's first."""
        lists = [list_ for kind in self._of_kind.values() for list_ in kind.values] + self._others
        sizes = [len(kind.values) for kind in self._of_kind.values()]
        space, code = _joined(self._spaces), _joined(self._codes)
        at = np.array([0, *np.cumsum(sizes), 0])[space] + code
        positions = pa.array(at, mask=space < 0)
        firsts = pa.array([listed[0] if listed else None for listed in lists], pa.string())
        is_arxiv = [bool(listed) and all(map(is_category, listed)) for listed in lists]
        primary = pc.if_else(pa.array(is_arxiv, pa.bool_()), firsts, pa.scalar(None, pa.string()))
        categories = pa.array(lists, RECORD_TYPES["categories"]).take(positions)
        is_new = pc.fill_null(pc.not_equal(said, firsts.take(positions)), True)
        is_new = pc.and_(is_new, said.is_valid())
        if pc.any(is_new).as_py():
            rows_ = categories.to_pylist()
            for row in np.flatnonzero(is_new.to_numpy(zero_copy_only=False)).tolist():
                rows_[row] = list(dict.fromkeys([*(rows_[row] or ()), said[row].as_py()]))
            categories = pa.array(rows_, RECORD_TYPES["categories"])
        return categories, pc.coalesce(said, primary.take(positions))


# -- references ----------------------------------------------------------------------------------


@dataclasses.dataclass(eq=False)
class _References:
    """References of a block's rows: how many each has, and their codes; those that are more."""

    lengths: Array
    codes: Array
    telling: list[tuple[int, Reference]]


class _Cited:
    """What records cite: distinct strings by number, and references that say more."""

    def __init__(self, file: str, namespace: str, *, compiled: bool) -> None:
        self._file, self._namespace = file, namespace
        self._numbered = Numbered(compiled=compiled)
        self._others: dict[tuple[str, str], int] = {}
        self._lengths: list[Array] = []
        self._codes: list[Array] = []
        self._telling: list[tuple[int, Reference]] = []

    def number(self, cells: Cells | None, size: int) -> tuple[Array, Array]:
        """How many plain references each row of a block has, and their codes."""
        if cells is None:
            return np.zeros(size, np.int32), np.empty(0, np.int32)
        return cells.items(self._numbered)

    def read(self, cells: Cells | None, lengths: Array, codes: Array, taken: Array) -> _References:
        """Read the rest; rows with a reference that something is wrong with are not ``taken``."""
        telling: list[tuple[int, Reference]] = []
        if cells is None:
            return _References(lengths, codes, telling)
        size = len(lengths)
        single = np.flatnonzero(~np.isin(cells.kind, (NOTHING, NULL, LIST)) & taken).tolist()
        if single:
            words: list[str] = []
            marks: list[int] = []  # a code of its own, or -1 for the next of the words
            lengths = lengths.copy()
            for row in single:
                before = len(marks)
                for entry in reference_entries(cells.value(row)):
                    if isinstance(entry, str):
                        words.append(entry)
                        marks.append(-1)
                        continue
                    found = as_reference(entry, self._namespace)
                    if isinstance(found, str):
                        taken[row] = False
                    elif _is_bare(found):
                        pair = found.raw, joining_keys(found)[0]
                        marks.append(-2 - self._others.setdefault(pair, len(self._others)))
                    else:
                        telling.append((row, found))
                lengths[row] = len(marks) - before
            of_single = np.array(marks, np.int32)
            of_single[of_single == -1] = self._numbered.of_array(pa.array(words, pa.string()))
            named = np.repeat(np.isin(np.arange(size), single), lengths)
            merged = np.empty(len(named), np.int32)
            merged[~named], merged[named] = codes, of_single
            codes = merged
        return _References(lengths, codes, telling)

    def keep(self, found: _References, taken: Array, first: int) -> None:
        """Keep the references of the rows that are taken, the first of which has a number."""
        lengths, codes = found.lengths, found.codes
        if not taken.all():
            codes, lengths = codes[np.repeat(taken, lengths)], lengths[taken]
        self._lengths.append(lengths)
        self._codes.append(codes)
        place = first + np.cumsum(taken) - 1
        self._telling += [
            (int(place[row]), reference) for row, reference in found.telling if taken[row]
        ]

    def finish(self, lines: Array) -> tuple[GroupedReferences, list[tuple[int, Reference]]]:
        """Bare references, and those that say more with their records."""
        lengths, word = _joined(self._lengths), _joined(self._codes)
        raw = self._numbered.strings()
        known = len(raw)
        words, keys, telling_of = self._distinct(raw)
        if self._others:
            word = np.where(word < 0, known - 2 - word, word)
            words = concat([words, pa.array([raw for raw, _ in self._others])], pa.string())
            keys = concat([keys, pa.array([key_ for _, key_ in self._others])], pa.string())
        telling = list(self._telling)
        is_used = np.zeros(len(words), bool)
        is_used[word] = True
        is_bare = _valid(keys)
        if not is_bare.all():
            bare = is_bare[word]
            record = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
            telling += [
                (owner, telling_of[code])
                for owner, code in zip(record[~bare].tolist(), word[~bare].tolist(), strict=True)
                if code in telling_of
            ]
            word, lengths = word[bare], np.bincount(record[bare], minlength=len(lengths))
        if not (is_used & is_bare).all():
            kept = is_used & is_bare
            word = (np.cumsum(kept, dtype=np.int32) - np.int32(1))[word]
            words, keys = words.filter(pa.array(kept)), keys.filter(pa.array(kept))
        placed = [
            (owner, dataclasses.replace(reference, origin=Origin(self._file, int(lines[owner]))))
            for owner, reference in telling
        ]
        indptr = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=indptr[1:])
        return GroupedReferences(0, indptr, word, 0, None, words, keys), placed

    def _distinct(self, raw: pa.Array) -> tuple[pa.Array, pa.Array, dict[int, Reference]]:
        """Distinct strings as evidence and as identifiers, and those that are more."""
        kinds = self._numbered.id_kinds()
        prefix = pc.choose(
            pa.array(kinds.astype(np.int64)), "", "arxiv:", f"id:{self._namespace}/", "doi:"
        )
        lowered = pc.if_else(pa.array(kinds == DOI), pc.ascii_lower(raw), raw)
        keys = pc.binary_join_element_wise(prefix, lowered, "")
        others = np.flatnonzero(kinds == 0)
        if not len(others):
            return raw, keys, {}
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
        mask = pa.array(kinds == 0)
        words = pc.replace_with_mask(raw, mask, pa.array(texts, pa.string()))
        keys = pc.replace_with_mask(keys, mask, pa.array(known, pa.string()))
        return words, keys, telling


def _is_bare(reference: Reference) -> bool:
    says_more = reference.title or reference.authors or reference.year or reference.container
    return not says_more and len(joining_keys(reference)) == 1


# -- tools ---------------------------------------------------------------------------------------


def constant(value: str, count: int) -> pa.Array:
    """One string many times."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(count, np.int32)), pa.array([value], pa.string())
    )


def _joined(parts: list[Array]) -> Array:
    """Arrays one after the other; the parts are let go."""
    joined = np.concatenate(parts) if parts else np.empty(0, np.int32)
    parts.clear()
    return joined


def _valid(array: pa.Array) -> Array:
    valid: Array = array.is_valid().to_numpy(zero_copy_only=False)
    return valid


def _grouped(lengths: Array, values: pa.Array) -> pa.Array:
    """Lists of so many values each."""
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _sparse(values: Mapping[int, Any], count: int, type_: pa.DataType) -> pa.Array:
    if not values:
        return pa.nulls(count, type_)
    return pa.array([values.get(row) for row in range(count)], type_)
