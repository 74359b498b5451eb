"""One column of a block of rows, wherever it stands: in the bytes of a text file, or in Arrow.

Both say what kind of value each row has, and give those of the most usual kinds as Arrow arrays;
any other value is given one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import Array
from graphbuild.identifiers import ARCHIVES
from graphbuild.rows import load_json
from graphbuild.sources._fields import is_missing

__all__ = [
    "ARXIV",
    "DOI",
    "LIST",
    "NOTHING",
    "NUMBER",
    "OWN",
    "STRING",
    "VALUE",
    "ArrowCells",
    "ByteCells",
    "Cells",
    "Numbered",
    "first_of",
    "id_kinds",
    "strings_where",
]

# (as in kernels.jsonlines, which compiles)
NOTHING, STRING, ESCAPED, NUMBER, NULL, LIST, VALUE = range(7)
# (as in kernels.telling)
OTHER, ARXIV, OWN, DOI = range(4)

_MONTH = "(?:0[1-9]|1[0-2])"
_ARXIV = (
    rf"^(?:070[4-9]|071[0-2]|(?:0[89]|1[0-4]){_MONTH})\.\d{{4}}$"
    rf"|^(?:1[5-9]|[2-9]\d){_MONTH}\.\d{{5}}$|^(?:{ARCHIVES})/\d\d{_MONTH}\d{{3}}$"
)
# What can be nothing but a source's own key; what else has dots and digits may be an arXiv id.
_OWN = (
    r"^[A-Za-z0-9_-]{1,100}$|^[0-9](?:[0-9.]{0,98}[0-9])?$"
    r"|^[B-Zb-z](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?$"
)
_NO_KEY = r"^(?i:nan|null|none)$"
_DOI = r"^10\.\d{4,9}/[A-Za-z0-9._()/:-]*[A-Za-z0-9-]$"
_DOI_OF_ARXIV = r"^10\.48550/"
# Text that reading leaves as it is: no LaTeX, no entity, no odd blank, nothing beyond ASCII.
_PLAIN = r"^[!-#%'-\[\]-z|}~]+(?: [!-#%'-\[\]-z|}~]+)*$"
_SEPARATOR = "\x00"


class Cells(Protocol):
    """The values of one column."""

    kind: Array
    """uint8 (rows): ``NOTHING`` or ``NULL``, ``STRING``, ``NUMBER`` (a whole one), ``LIST`` (of
    strings and whole numbers), or others."""

    def strings(self) -> pa.Array:
        """Strings and whole numbers as Arrow strings; null in all other rows."""

    def is_plain(self) -> Array:
        """Whether a value is a string that reading leaves as it is."""

    def id_kinds(self) -> Array:
        """What strings and whole numbers are as ids: ``ARXIV``, ``DOI``, ``OWN`` or 0."""

    def value(self, row: int) -> Any:  # noqa: ANN401 - any type
        """One value as Python has it."""

    def codes(self, numbered: Numbered, kind: int) -> tuple[Array, Array]:
        """The codes (int32) of the rows of one kind, and which these are; whole ``LIST``s too."""

    def items(self, numbered: Numbered) -> tuple[Array, Array]:
        """How many strings each row's list has (int32), and the codes of all of them."""


class Numbered:
    """Distinct strings by number.

    Parameters
    ----------
    compiled
        Whether they are worth the loading of compiled code.
    """

    def __init__(self, *, compiled: bool) -> None:
        self._interner: Any = None
        self._codes: dict[str, int] = {}
        if compiled:
            from graphbuild.kernels.interning import Interner  # noqa: PLC0415 - compiles

            self._interner = Interner()

    def __len__(self) -> int:
        return len(self._codes if self._interner is None else self._interner)

    def of_bytes(self, block: Array, start: Array, end: Array) -> Array:
        """Codes of strings in a block of bytes."""
        codes: Array = self._interner.add(block, start, end)
        return codes

    def of_array(self, strings: pa.Array) -> Array:
        """Codes of the strings of an Arrow array without nulls."""
        if self._interner is not None:
            return self.of_bytes(*_bytes_of(strings))
        encoded = strings.dictionary_encode()
        known = self._codes
        numbers = [known.setdefault(text, len(known)) for text in encoded.dictionary.to_pylist()]
        codes: Array = np.array(numbers, np.int32)[encoded.indices.to_numpy()]
        return codes

    def strings(self, first: int = 0) -> pa.Array:
        """The distinct strings from a number on."""
        if self._interner is None:
            texts = list(self._codes)
            return pa.array(texts[first:], pa.string())
        from graphbuild.kernels.interning import slices  # noqa: PLC0415 - compiles

        block, start, end = self._interner.bounds(first)
        return slices(block, start, end, np.ones(len(start), bool))

    def id_kinds(self) -> Array:
        """What the strings are as ids: ``ARXIV``, ``DOI``, ``OWN`` or 0."""
        if self._interner is None:
            return id_kinds(self.strings())
        from graphbuild.kernels.telling import id_kinds as find  # noqa: PLC0415 - compiles

        block, start, end = self._interner.bounds()
        return find(block, start, end, ARCHIVES.split("|"))

    def are_names(self, first: int = 0) -> Array:
        """Which of the strings from a number on are surely names of one person (or none is)."""
        if self._interner is None:
            return np.zeros(len(self) - first, bool)
        from graphbuild.kernels.telling import is_name  # noqa: PLC0415 - compiles

        return is_name(*self._interner.bounds(first))


@dataclass(eq=False)
class ByteCells:
    """A column that stands in the bytes of a block.

    ``start`` and ``end`` bound the values; those of lists bound ``item_start`` and ``item_end``.
    ``decode`` makes a Python value of a kind and the bytes.
    """

    block: Array
    kind: Array
    start: Array
    end: Array
    item_start: Array
    item_end: Array
    decode: Callable[[int, bytes], Any]

    def _is_text(self) -> Array:
        text: Array = (self.kind == STRING) | (self.kind == NUMBER)
        return text

    def strings(self) -> pa.Array:
        from graphbuild.kernels.interning import slices  # noqa: PLC0415 - compiles

        return slices(self.block, self.start, self.end, self._is_text())

    def is_plain(self) -> Array:
        from graphbuild.kernels.telling import is_plain  # noqa: PLC0415 - compiles

        known = self.kind == STRING
        return is_plain(self.block, self.start * known, self.end * known)

    def id_kinds(self) -> Array:
        from graphbuild.kernels.telling import id_kinds as find  # noqa: PLC0415 - compiles

        known = self._is_text()
        return find(self.block, self.start * known, self.end * known, ARCHIVES.split("|"))

    def value(self, row: int) -> Any:  # noqa: ANN401 - JSON
        kind, start, end = int(self.kind[row]), int(self.start[row]), int(self.end[row])
        if kind == LIST:
            if start == end:
                return []
            start, end = int(self.item_start[start]), int(self.item_end[end - 1])
            before = b'"' if self.block[start - 1] == ord('"') else b""
            after = b'"' if end < len(self.block) and self.block[end] == ord('"') else b""
            return load_json(b"[%b]" % (before + self.block[start:end].tobytes() + after))
        return self.decode(kind, self.block[start:end].tobytes())

    def codes(self, numbered: Numbered, kind: int) -> tuple[Array, Array]:
        known = self.kind == kind
        start, end = self.start[known], self.end[known]
        if kind == LIST:
            full = end > start
            known[known] = full
            start, end = self.item_start[start[full]] - 1, self.item_end[end[full] - 1] + 1
        codes = np.full(len(self.kind), -1, np.int32)
        codes[known] = numbered.of_bytes(self.block, start, end)
        return codes, known

    def items(self, numbered: Numbered) -> tuple[Array, Array]:
        from graphbuild.kernels.interning import items  # noqa: PLC0415 - compiles

        lengths = np.where(self.kind == LIST, self.end - self.start, np.int32(0))
        bounds = items(self.start, lengths, self.item_start, self.item_end)
        return lengths, numbered.of_bytes(self.block, *bounds)


@dataclass(eq=False)
class ArrowCells:
    """A column of which the strings and the lists of strings are Arrow arrays along the rows.

    ``texts`` (strings and whole numbers) and ``lists`` are null where a row is of another kind.
    """

    kind: Array
    texts: pa.Array
    lists: pa.Array
    read: Callable[[int], Any]

    @classmethod
    def of_values(cls, values: Sequence[Any]) -> ArrowCells:
        """A column of Python values as JSON has them."""
        kinds = np.array([_KINDS.get(type(value), VALUE) for value in values], np.uint8)
        texts = [value if type(value) is str else None for value in values]
        numbers = np.flatnonzero(kinds == NUMBER)
        for row in numbers.tolist():
            if 0 <= values[row] < 10**18:
                texts[row] = str(values[row])
            else:
                kinds[row] = VALUE
        lists = [value if type(value) is list else None for value in values]
        try:
            found = pa.array(lists, pa.list_(pa.string()))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            lists = [
                value if value is not None and all(type(item) is str for item in value) else None
                for value in lists
            ]
            found = pa.array(lists, pa.list_(pa.string()))
        if found.values.null_count:
            found = pa.array(
                [None if value is None or None in value else value for value in lists], found.type
            )
        kinds[(kinds == LIST) & ~_valid(found)] = VALUE
        return cls(kinds, pa.array(texts, pa.string()), found, values.__getitem__)

    @classmethod
    def of_array(cls, array: pa.Array) -> ArrowCells:
        """A column of an Arrow table."""
        if pa.types.is_dictionary(array.type):
            array = array.cast(array.type.value_type)
        size = len(array)
        texts, lists = pa.nulls(size, pa.string()), pa.nulls(size, pa.list_(pa.string()))
        kinds = np.full(size, VALUE, np.uint8)
        if _is_text(array.type):
            texts = array.cast(pa.string())
            kinds[:] = STRING
        elif pa.types.is_integer(array.type):
            fits = pc.fill_null(
                pc.and_(pc.greater_equal(array, 0), pc.less_equal(array, 10**18 - 1))
                if array.type.bit_width == 64
                else pc.greater_equal(array, 0),
                False,
            )
            texts = pc.if_else(fits, array.cast(pa.string()), pa.scalar(None, pa.string()))
            kinds[fits.to_numpy(zero_copy_only=False)] = NUMBER
        elif _is_list(array.type) and _is_text(array.type.value_type):
            lists = array.cast(pa.list_(pa.string()))
            if lists.flatten().null_count:
                whole = pc.equal(
                    pc.fill_null(pc.list_value_length(lists), 0),
                    pa.array(_valid_items(lists)),
                )
                lists = pc.if_else(whole, lists, pa.scalar(None, lists.type))
            kinds[_valid(lists)] = LIST
        kinds[~_valid(array)] = NULL
        return cls(kinds, texts, lists, lambda row: array[row].as_py())

    def strings(self) -> pa.Array:
        return self.texts

    def is_plain(self) -> Array:
        plain = pc.and_(
            pc.match_substring_regex(self.texts, _PLAIN),
            pc.greater(pc.binary_length(self.texts), 4),
        )
        known: Array = pc.fill_null(plain, False).to_numpy(zero_copy_only=False).copy()
        known &= self.kind == STRING
        return known

    def id_kinds(self) -> Array:
        return id_kinds(self.texts)

    def value(self, row: int) -> Any:  # noqa: ANN401 - any type
        return self.read(row)

    def codes(self, numbered: Numbered, kind: int) -> tuple[Array, Array]:
        known = self.kind == kind
        texts = self.texts
        if kind == LIST:
            texts = _joined(self.lists)
            known &= _valid(texts)
        codes = np.full(len(known), -1, np.int32)
        codes[known] = numbered.of_array(texts.filter(pa.array(known)))
        return codes, known

    def items(self, numbered: Numbered) -> tuple[Array, Array]:
        lengths = pc.fill_null(pc.list_value_length(self.lists), 0).to_numpy(zero_copy_only=False)
        return lengths.astype(np.int32), numbered.of_array(self.lists.flatten())


_KINDS = {str: STRING, int: NUMBER, list: LIST, type(None): NULL}


def _joined(lists: pa.Array) -> pa.Array:
    """Lists as JSON without the brackets, as the bytes of a file have them; null for empty ones."""
    items = lists.flatten()
    if pc.any(pc.match_substring_regex(items, r'["\\\x00-\x1f]')).as_py():
        texts = [None if not row else _json_of(row) for row in lists.to_pylist()]
        return pa.array(texts, pa.string())
    joined = pc.binary_join(lists, '","')
    full = pc.greater(pc.list_value_length(lists), 0)
    quoted = pc.binary_join_element_wise('"', joined, '"', "")
    return pc.if_else(full, quoted, pa.scalar(None, pa.string()))


def _json_of(row: Sequence[str]) -> str:
    import orjson  # noqa: PLC0415 - for odd values only

    return orjson.dumps(list(row)).decode()[1:-1]


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))


def _is_list(type_: pa.DataType) -> bool:
    return bool(pa.types.is_list(type_) or pa.types.is_large_list(type_))


def _valid(array: pa.Array) -> Array:
    valid: Array = array.is_valid().to_numpy(zero_copy_only=False)
    return valid


def _valid_items(lists: pa.Array) -> Array:
    """How many items of each list are not null."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    owners = np.repeat(np.arange(len(lists)), lengths)
    counts: Array = np.bincount(owners[_valid(lists.flatten())], minlength=len(lists))
    return counts.astype(np.int32)


def _bytes_of(strings: pa.Array) -> tuple[Array, Array, Array]:
    _, offsets, content = strings.buffers()
    ends = np.frombuffer(offsets, np.int32)[strings.offset : strings.offset + len(strings) + 1]
    block = np.frombuffer(content, np.uint8) if content is not None else np.empty(0, np.uint8)
    return block, ends[:-1], ends[1:]


def id_kinds(ids: pa.Array) -> Array:
    """What Arrow strings are as ids (``kernels.telling.id_kinds`` without compiled code)."""
    kinds = np.zeros(len(ids), np.uint8)
    for pattern, kind in (
        (_DOI, DOI),
        (_DOI_OF_ARXIV, OTHER),
        (_OWN, OWN),
        (_NO_KEY, OTHER),
        (_ARXIV, ARXIV),
    ):
        fits = pc.fill_null(pc.match_substring_regex(ids, pattern), False)
        kinds[fits.to_numpy(zero_copy_only=False)] = kind
    return kinds


def strings_where(known: Array, strings: pa.Array) -> pa.Array:
    """The strings of some rows; null elsewhere."""
    return pc.if_else(pa.array(known), strings, pa.scalar(None, pa.string()))


def first_of(columns: Sequence[Cells]) -> Cells:
    """Each row's first value that says something, of several columns."""
    if len(columns) == 1:
        return columns[0]
    rows = len(columns[0].kind)
    chosen = np.zeros(rows, np.int8)
    nothing = np.ones(rows, bool)
    for number, column in enumerate(columns):
        says = nothing & ~_says_nothing(column)
        chosen[says] = number
        nothing &= ~says
    if all(isinstance(column, ByteCells) for column in columns):
        return _chosen_bytes(chosen, columns)
    values = [columns[number].value(row) for row, number in enumerate(chosen.tolist())]
    return ArrowCells.of_values(values)


def _chosen_bytes(chosen: Array, columns: Sequence[Any]) -> ByteCells:
    first = columns[0]
    kind, start, end = (
        np.choose(chosen, [getattr(column, name) for column in columns])
        for name in ("kind", "start", "end")
    )
    return ByteCells(first.block, kind, start, end, first.item_start, first.item_end, first.decode)


def _says_nothing(column: Cells) -> Array:
    nothing = np.isin(column.kind, (NOTHING, NULL))
    odd = ~nothing & ~column.is_plain() & (column.kind != NUMBER)
    for row in np.flatnonzero(odd).tolist():
        nothing[row] = is_missing(column.value(row))
    return nothing
