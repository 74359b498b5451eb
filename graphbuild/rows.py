"""Tabular inputs as rows: JSON Lines, JSON arrays, CSV and its kin, Parquet.

The only place that knows how these files are written. A row that is broken comes as a
``Rejected`` among its neighbours; what the values mean is the sources' business.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Literal

import orjson

from graphbuild.errors import InputError
from graphbuild.inputs import LINE_LIMIT, Input, decode
from graphbuild.model import Origin, Rejected

__all__ = [
    "Layout",
    "Row",
    "batch_rows",
    "column_names",
    "layout",
    "load_json",
    "parquet_batches",
    "read_line",
    "read_table",
    "rows",
]

Kind = Literal["parquet", "json_lines", "json_array", "table"]

_BATCH = 1024  # rows of a Parquet file that are held as Python objects at once
_SAMPLE = 50  # lines or elements that are looked at to tell what a file holds
_WHITE_SPACE = " "  # stands for any run of blanks between the columns
_DELIMITERS = ("\t", ",", ";", "|", "%", "^", "~", _WHITE_SPACE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins, its values by column, and its text as the file has it.

    ``line`` is the line on which the row begins, or the number of the row where lines don't tell
    rows apart (JSON arrays, Parquet). Values of CSV are strings, those of the others what the
    format says (``NaN`` is None).
    """

    line: int
    values: dict[str, Any]
    raw: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written, as told from its head.

    Attributes
    ----------
    kind
        ``parquet``, ``json_lines``, ``json_array`` (also one object that holds an array of rows,
        and objects one after the other over several lines), or ``table``.
    columns
        The names of the columns, in the file's order; ``"1"``, ``"2"`` … without a header.
    has_header
        Whether a table names its columns; true for the other kinds.
    delimiter
        What stands between the cells of a table; a blank stands for any run of white space.
    comment
        The character that begins a comment line of a table, or "".
    offset
        Where the first element of a JSON array stands, in UTF-8 bytes.
    """

    kind: Kind
    columns: tuple[str, ...]
    has_header: bool = True
    delimiter: str = ""
    comment: str = ""
    offset: int = 0


def rows(given: Input, *, header: bool | None = None) -> Iterator[Row | Rejected]:
    """Read a tabular file as a stream of rows.

    Parameters
    ----------
    given
        The file; gzip, zstd and byte order marks are the input's business.
    header
        Whether the first row of a table names its columns; told from the content where None.

    Yields
    ------
    Row or Rejected
        In the file's order. Memory is bounded by the longest row.

    Raises
    ------
    InputError
        When the file is not tabular, is damaged, or has a line of over 64 MB.
    """
    found = layout(given, header=header)
    if found is None:
        raise InputError(
            [f"{given.path}: is neither JSON Lines, a JSON array, CSV, TSV nor Parquet"]
        )
    if found.kind == "parquet":
        return _parquet_rows(given)
    if found.kind == "json_lines":
        return _json_lines(given)
    if found.kind == "json_array":
        return _json_array(given, found.offset)
    return _table_rows(given, found)


def column_names(given: Input) -> tuple[str, ...]:
    """The columns that a file's head shows; none when it is not tabular."""
    found = layout(given)
    return found.columns if found else ()


def layout(given: Input, *, header: bool | None = None) -> Layout | None:
    """Tell from the head how a file is written; None when it is not tabular.

    Raises
    ------
    InputError
        When a Parquet file is damaged.
    """
    if given.is_parquet:
        return Layout("parquet", _parquet_columns(given))
    head = given.head_utf8
    start = head.lstrip()[:1]
    if start == b"[":
        opening = re.match(rb'\s*\[(?=\s*(?:[\[\]{"\d\-ntf]|$))', head)
        if opening is None:
            return None
        columns = _columns_of_array(head[opening.end() :])
        return Layout("json_array", columns, offset=opening.end())
    text_lines = _whole_lines(given)
    if _is_json_lines(text_lines):
        if (offset := _array_in_object(head, text_lines)) is not None:
            return Layout("json_array", _columns_of_array(head[offset:]), offset=offset)
        if _is_spread_over_lines(text_lines):
            return Layout("json_array", _columns_of_array(head))
        return Layout("json_lines", _columns_of_lines(text_lines) or _partial_keys(head))
    if start == b"{":  # one line that is longer than the head
        offset = _array_in_object(head, text_lines) or 0
        kind: Kind = "json_array" if offset else "json_lines"
        return Layout(kind, _columns_of_array(head[offset:]), offset=offset)
    return _table_layout(text_lines, header)


def _whole_lines(given: Input) -> list[str]:
    """The lines of the head that are not blank, without one that the head's end cuts."""
    text_lines = given.head_text.split("\n")
    if not given.is_head_whole:
        text_lines.pop()
    return [line for line in text_lines if line.strip()]


# -- JSON ----------------------------------------------------------------------------------------

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb')*+([{}\[\]"])', re.DOTALL)
_TO_COMMA = re.compile(rb'(?:[^",{}\[\]]++|' + _STRING + rb')*+([,{}\[\]"])', re.DOTALL)
_BETWEEN = re.compile(rb"[\s,]*+")
_CLOSING = {b"{": b"}", b"[": b"]"}
_STEPS = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
_ARRAY_KEY = re.compile(
    rb'"(?:rows|data|items|records|papers|results|entries|documents)"\s*:\s*\[(?=\s*\{)'
)
_KEY = re.compile(rb"\s*(" + _STRING + rb")\s*:")
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")

_BLOCK = 1024 * 1024
_SEARCHED = 8 * 1024 * 1024  # how much is read in search of a broken element's next sibling


def load_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON is any of its types
    r"""Read JSON as people write it: NaN and Infinity are null, half characters are replaced.

    >>> load_json('{"a": NaN, "b": "x\\ud83d"}')
    {'a': None, 'b': 'x\ufffd'}

    Raises
    ------
    ValueError
        When it is no JSON; the message says why and at which column.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    string = text if isinstance(text, str) else decode(text)
    try:
        return _tidy(json.loads(string, parse_constant=lambda _: None, strict=False))
    except json.JSONDecodeError as error:
        fault = error.msg.removesuffix(" at")
        raise ValueError(f"{fault} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _tidy(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return _HALF_CHARACTER.sub("\ufffd", value)
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if isinstance(value, dict):
        return {_tidy(name): _tidy(item) for name, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _json_lines(given: Input) -> Iterator[Row | Rejected]:
    for number, line in given.lines():
        if line and not line.isspace():
            yield read_line(given.name, number, line)


def read_line(file: str, number: int, line: str | bytes) -> Row | Rejected:
    """One line of JSON Lines as a row, or what is wrong with it."""
    return _json_row(file, number, _Element.read(line))


@dataclass(frozen=True, slots=True)
class _Element:
    """A piece of JSON: its text, and its value or what is wrong with it."""

    text: str | bytes
    value: Any = None
    fault: str = ""

    @property
    def raw(self) -> str:
        return self.text if isinstance(self.text, str) else decode(self.text)

    @classmethod
    def read(cls, text: str | bytes) -> _Element:
        try:
            return cls(text, load_json(text))
        except ValueError as error:
            return cls(text, fault=f"is not valid JSON: {error}")


def _json_row(file: str, number: int, element: _Element) -> Row | Rejected:
    if isinstance(element.value, dict):
        return Row(number, _unwrapped(element.value), element.raw)
    fault = element.fault or "is JSON, but no object with fields"
    return Rejected(Origin(file, number), fault, element.raw)


def _unwrapped(values: dict[str, Any]) -> dict[str, Any]:
    """The row inside of what a dataset viewer's API wraps around it."""
    inner = values.get("row")
    return inner if isinstance(inner, dict) else values


def _is_json_lines(text_lines: list[str]) -> bool:
    sample = text_lines[:_SAMPLE]
    objects = sum(line.lstrip().startswith("{") for line in sample)
    return bool(sample) and (sample[0].lstrip()[0] == "{" or objects * 2 > len(sample))


def _is_spread_over_lines(text_lines: list[str]) -> bool:
    """Whether objects are written over several lines each (one paper, or many in a row)."""
    return text_lines[0].strip() == "{" or (
        len(text_lines) > 1
        and not text_lines[1].lstrip().startswith("{")
        and not text_lines[0].rstrip().endswith("}")
    )


def _array_in_object(head: bytes, text_lines: list[str]) -> int | None:
    """Where the rows begin in one object that holds them, as a dataset viewer's API answers."""
    if len(text_lines) > 1 and text_lines[1].lstrip().startswith("{"):
        return None
    for match in itertools.islice(_ARRAY_KEY.finditer(head), _SAMPLE):
        if _depth(head[: match.start()]) == 1:
            return match.end()
    return None


def _depth(text: bytes) -> int:
    depth = position = 0
    while match := _TO_BRACKET.match(text, position):
        position = match.end()
        depth += _STEPS.get(match[1], 0)
    return depth


def _columns_of_lines(text_lines: list[str]) -> tuple[str, ...]:
    return _keys(_Element.read(line).value for line in text_lines[:_SAMPLE])


def _columns_of_array(head: bytes) -> tuple[str, ...]:
    reader = _ElementReader(iter([head]))
    elements = itertools.islice(reader.elements(0), _SAMPLE)
    columns = _keys(element.value for element in elements)
    return columns or _partial_keys(head)


def _keys(values: Iterable[Any]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in values:
        if isinstance(value, dict):
            found.update(dict.fromkeys(_unwrapped(value)))
    return tuple(found)


def _partial_keys(head: bytes) -> tuple[str, ...]:
    """The keys of an object that the head's end cuts."""
    keys: list[str] = []
    depth = 0
    position = 0
    while match := _TO_COMMA.match(head, position):
        position = match.end()
        token = match[1]
        if token == b'"':
            break
        depth += _STEPS.get(token, 0)
        is_wrapper = keys == ["row"] or (keys[-1:] == ["row"] and depth == 2)
        if is_wrapper and token == b"{":
            keys, depth = [], 1
        if depth < 1:
            break
        if depth == 1 and token in b"{," and (key := _KEY.match(head, position)):
            keys.append(str(_Element.read(key[1]).value))
    return tuple(keys)


def _json_array(given: Input, offset: int) -> Iterator[Row | Rejected]:
    reader = _ElementReader(given.blocks())
    number = 0
    for number, element in enumerate(reader.elements(offset), 1):
        yield _json_row(given.name, number, element)
    fault = reader.fault_at_end() if offset else ""
    if fault:
        yield Rejected(Origin(given.name, number + 1), fault, "")


class _ElementReader:
    """Cuts a stream of bytes into the elements of a JSON array, in bounded memory.

    Only brackets outside of strings are looked at, so an element that is no JSON costs no other.
    Where an element's own brackets or quotes don't match, reading goes on at what looks like its
    next sibling: an object that begins a line at the same indentation, or else one that has nearly
    the same keys.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._buffer = b""
        self._position = 0
        self._indent: bytes | None = None
        self._keys: Set[str] = frozenset()

    def elements(self, offset: int) -> Iterator[_Element]:
        """Yield the elements behind the first ``offset`` bytes."""
        self._read_on()
        self._position = offset
        while self._has_next():
            end = self._end()
            if end is None:
                yield _Element(self._skip_broken(), fault=_UNBALANCED)
                continue
            element = _Element.read(self._buffer[self._position : end].strip())
            if element.fault:
                end = self._sibling(end) or end
                text = self._buffer[self._position : end].strip().rstrip(b",").rstrip()
                element = replace(element, text=text)
            elif isinstance(element.value, dict):
                self._keys = element.value.keys()
            self._position = end
            yield element

    def fault_at_end(self) -> str:
        """What is wrong behind the last element, or ""."""
        rest = self._buffer[self._position : self._position + _BLOCK].split(None, 1)
        if not rest:
            return "the array ends without its closing bracket; the file may be cut off"
        # An object that holds the array goes on with a comma or its own closing bracket.
        behind = b"".join(rest)[1:].lstrip()
        if behind and behind[:1] not in b",}":
            return "there is more text behind the end of the array"
        return ""

    def _has_next(self) -> bool:
        gap = b""
        while True:
            between = _BETWEEN.match(self._buffer, self._position)
            end = between.end() if between else self._position
            gap += self._buffer[self._position : end]
            self._position = end
            if end < len(self._buffer):
                _, newline, indent = gap.rpartition(b"\n")
                self._indent = indent if newline and not indent.strip() else None
                return self._buffer[end : end + 1] != b"]"
            if not self._read_on():
                return False

    def _read_on(self) -> bool:
        """Drop what is done, and double the rest, so that no long element is read often."""
        parts = [self._buffer[self._position :]]
        wanted = max(_BLOCK, len(parts[0]))
        self._position = 0
        for block in self._blocks:
            parts.append(block)
            wanted -= len(block)
            if wanted <= 0:
                break
        self._buffer = b"".join(parts)
        return len(parts) > 1

    def _end(self) -> int | None:
        """Where the element ends; None when its brackets don't match or never close."""
        while True:
            end = _scan(self._buffer, self._position)
            if end is not None:
                return end if end >= 0 else None
            if len(self._buffer) - self._position > LINE_LIMIT or not self._read_on():
                return None

    def _skip_broken(self) -> bytes:
        """Move to the next sibling that there is, or to the end; return what is left behind."""
        while (sibling := self._sibling(len(self._buffer))) is None:
            if len(self._buffer) - self._position > LINE_LIMIT or not self._read_on():
                break
        start = self._position
        self._position = len(self._buffer) if sibling is None else sibling
        return self._buffer[start : self._position].strip().rstrip(b",").rstrip()

    def _sibling(self, limit: int) -> int | None:
        """Where the next sibling of the element at the position begins, before ``limit``."""
        is_spread = self._buffer[self._position + 1 : self._position + 2].isspace()
        if self._indent is not None and (self._indent or not is_spread):
            found = self._buffer.find(b"\n" + self._indent + b"{", self._position, limit)
            return None if found < 0 else found
        keys = self._keys
        if not keys:  # nothing is known of siblings but that they have more keys than their parts
            seen = itertools.islice(self._objects(len(self._buffer)), _SAMPLE)
            keys = max((found for _, found in seen), key=len, default=keys)
        return next(
            (
                start
                for start, found in self._objects(limit)
                if len(keys & found) >= 0.8 * len(keys)
            ),
            None,
        )

    def _objects(self, limit: int) -> Iterator[tuple[int, Set[str]]]:
        """The objects behind commas from the position on: where, and their keys."""
        budget = _SEARCHED
        for match in _NEXT_OBJECT.finditer(self._buffer, self._position, limit):
            end = _scan(self._buffer, match.end()) or len(self._buffer)
            if end > 0:
                value = _Element.read(self._buffer[match.end() : end]).value
                if isinstance(value, dict) and value:
                    yield match.start(), value.keys()
            budget -= abs(end) - match.end()
            if budget < 0:
                return


_NEXT_OBJECT = re.compile(rb",\s*+(?=\{)")
_UNBALANCED = "is not valid JSON: its brackets or quotes do not match"


def _scan(buffer: bytes, start: int) -> int | None:
    """Where the element at ``start`` ends: None where the buffer ends first, < 0 where it breaks.

    A break before position ``p`` is told as ``-p``.
    """
    if buffer[start : start + 1] not in _CLOSING:
        match = _TO_COMMA.match(buffer, start)
        if match is None or match[1] == b'"':
            return None
        return match.start(1) if match[1] in b",]" else max(match.start(1), start + 1)
    open_brackets: list[bytes] = []
    position = start
    while match := _TO_BRACKET.match(buffer, position):
        position = match.end()
        bracket = match[1]
        if bracket in _CLOSING:
            open_brackets.append(_CLOSING[bracket])
        elif bracket == b'"':
            return None
        elif bracket != open_brackets.pop():
            return -position
        elif not open_brackets:
            return position
    return None


# -- tables --------------------------------------------------------------------------------------

_NO_NAME = re.compile(
    r"\s*(?:[-+]?[\d.,]+(?:e[-+]?\d+)?|10\.\d{4,9}/\S+|[a-z-]+(?:\.[a-z]{2})?/\d{7}\S*"
    r"|(?:arxiv:)?\d{4}\.\d{4,5}(?:v\d+)?|https?://\S+)\s*",
    re.IGNORECASE,
)
_LONGEST_NAME = 64
_PLAIN_NAME = re.compile(r"\s*#?[A-Za-z]\w*(?:[ _./:-]\w+){0,3}\s*")


def _table_layout(text_lines: list[str], header: bool | None) -> Layout | None:
    comment = text_lines[0].lstrip()[0] if text_lines else ""
    comment = comment if comment in "#%" else ""
    comments = [line for line in text_lines if _is_comment(line, comment)]
    sample = [line for line in text_lines if not _is_comment(line, comment)][:_SAMPLE]
    if not sample:
        return None
    delimiter, width = _delimiter(sample)
    if width < 2:
        return None
    names = _split(sample[0], delimiter) or []
    if header is None:
        header = len(names) == width and _is_header(names)
    if header:
        return Layout("table", tuple(map(str.strip, names)), True, delimiter, comment)
    announced = _split(comments[-1].lstrip("#% "), delimiter) or [] if comments else []
    if len(announced) == width and _is_header(announced):
        return Layout("table", tuple(map(str.strip, announced)), False, delimiter, comment)
    numbered = tuple(str(number) for number in range(1, width + 1))
    return Layout("table", numbered, False, delimiter, comment)


def _is_comment(line: str, comment: str) -> bool:
    return bool(comment) and line.lstrip().startswith(comment)


def _delimiter(sample: list[str]) -> tuple[str, int]:
    """The delimiter that cuts most lines into equally many cells, and how many these are."""
    best = ("", 0)
    best_share = 0.0
    for delimiter in _DELIMITERS:
        if delimiter not in sample[0]:
            continue
        cut = _cut(sample, delimiter)
        widths = Counter(map(len, cut))
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        needed = 0.5
        if delimiter != _WHITE_SPACE and all(map(_PLAIN_NAME.fullmatch, cut[0])):
            # A header that reads like one says how many cells there are, whatever its rows hold.
            width, times, needed = len(cut[0]), widths[len(cut[0])], 0.3
        share = times / widths.total()
        if width > 1 and share > max(needed, best_share):
            best, best_share = (delimiter, width), share
    return best


def _cut(sample: list[str], delimiter: str) -> list[list[str]]:
    if delimiter == _WHITE_SPACE:
        return [line.split() for line in sample]
    csv.field_size_limit(LINE_LIMIT)
    lines = (line.replace("\r", " ") for line in sample)
    return [cells for cells in csv.reader(lines, delimiter=delimiter) if cells]


def _is_header(names: list[str]) -> bool:
    """Whether cells can be columns' names. The first may be empty (an index written by pandas)."""
    known = [name.strip().casefold() for name in names]
    return (
        len(set(known)) == len(known)
        and all(known[1:])
        and all(len(name) <= _LONGEST_NAME and not _NO_NAME.fullmatch(name) for name in known)
    )


def _split(text: str, delimiter: str) -> list[str] | None:
    """The cells of one row, which may hold quoted line ends; None where a quote does not close.

    Raises
    ------
    csv.Error
        When text stands between a closing quote and the next delimiter.
    """
    if delimiter == _WHITE_SPACE:
        return text.split()
    if '"' not in text:
        return text.split(delimiter)
    try:
        return _read_csv(text, delimiter=delimiter)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        if '\\"' not in text:
            raise
    return _read_csv(text, delimiter=delimiter, escapechar="\\", doublequote=False)


def _read_csv(text: str, **dialect: Any) -> list[str]:  # noqa: ANN401 - what csv.reader takes
    csv.field_size_limit(LINE_LIMIT)
    # str.splitlines would also cut at form feeds and the like, which csv takes for a row's end.
    return next(csv.reader((line + "\n" for line in text.split("\n")), strict=True, **dialect))


def _table_rows(given: Input, found: Layout) -> Iterator[Row | Rejected]:
    awaits_header = found.has_header
    for entry in read_table(given.name, given.lines(), found):
        if awaits_header:
            awaits_header = False
        else:
            yield entry


def read_table(
    file: str, source: Iterator[tuple[int, str]], found: Layout
) -> Iterator[Row | Rejected]:
    """The rows in numbered lines of a table, of which the first may be a header."""
    for number, raw, cells in _table_cells(source, found):
        if isinstance(cells, str):
            yield Rejected(Origin(file, number), cells, raw)
        else:
            yield Row(number, dict(zip(found.columns, cells, strict=False)), raw)


def _table_cells(
    source: Iterator[tuple[int, str]], found: Layout
) -> Iterator[tuple[int, str, list[str] | str]]:
    """Yield (first line, raw text, cells or what is wrong with the row)."""
    pending: deque[tuple[int, str]] = deque()
    width = len(found.columns)
    while True:
        number, line = pending.popleft() if pending else next(source, (0, ""))
        if not number:
            return
        if not line.strip() or _is_comment(line, found.comment):
            continue
        raw = line
        if '"' not in line or found.delimiter == _WHITE_SPACE:
            cells = line.split(None if found.delimiter == _WHITE_SPACE else found.delimiter)
            yield number, raw, _checked(cells, width)
            continue
        quoted, raw, used = _quoted_row(line, found.delimiter, width, pending, source)
        for _ in range(used):
            pending.popleft()
        yield number, raw, quoted


def _quoted_row(
    line: str,
    delimiter: str,
    width: int,
    pending: deque[tuple[int, str]],
    source: Iterator[tuple[int, str]],
) -> tuple[list[str] | str, str, int]:
    """Read a row with quotes: (cells or what is wrong, raw text, further lines that belong to it).

    Lines are looked ahead into ``pending``, so that a quote that never closes costs its own line
    alone.
    """
    text = line
    used = 0
    fault = "has a quotation mark that is never closed"
    is_open = True
    while len(text) <= LINE_LIMIT:
        if is_open:
            try:
                cells = _split(text, delimiter)
            except csv.Error:
                fault = "has text behind a closing quotation mark"
                break
            if cells is not None:
                checked = _checked(cells, width)
                if used and isinstance(checked, str):
                    fault = checked
                    break
                return checked, text, used
        if used == len(pending):
            if (following := next(source, None)) is None:
                break
            pending.append(following)
        following_line = pending[used][1]
        used += 1
        text += "\n" + following_line
        # Only a line with an odd number of quotes can close what is open.
        is_open = following_line.count('"') % 2 == 1
    literal = line.split(delimiter)
    if delimiter == "\t" and len(literal) == width:  # TSV is often written without quoting
        return literal, line, 0
    return fault, line, 0


def _checked(cells: list[str], width: int) -> list[str] | str:
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) == width:
        return cells
    return f"has {len(cells)} cell{'s'[: len(cells) != 1]} where there should be {width}"


# -- Parquet -------------------------------------------------------------------------------------


def _parquet_columns(given: Input) -> tuple[str, ...]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import

    with given.open() as stream, _parquet_faults(given):
        return tuple(pq.read_schema(_seekable(given, stream)).names)


def _parquet_rows(given: Input) -> Iterator[Row | Rejected]:
    first = 1
    for batch in parquet_batches(given, _BATCH):
        yield from batch_rows(given, batch, first)
        first += batch.num_rows


def parquet_batches(given: Input, size: int) -> Iterator[Any]:
    """Yield a Parquet file as Arrow record batches of at most ``size`` rows.

    Raises
    ------
    InputError
        When the file is damaged.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import

    with given.open() as stream, _parquet_faults(given):
        yield from pq.ParquetFile(_seekable(given, stream)).iter_batches(size)


def batch_rows(given: Input, batch: Any, first: int) -> Iterator[Row | Rejected]:  # noqa: ANN401 - pyarrow is untyped
    """The rows of a batch that begins with the row ``first`` of its file."""
    for number, values in enumerate(_batch_rows(batch), first):
        if isinstance(values, str):
            yield Rejected(Origin(given.name, number), values, "")
        else:
            yield Row(number, _unwrapped(values), _as_text(values))


def _batch_rows(batch: Any) -> Iterator[dict[str, Any] | str]:  # noqa: ANN401 - pyarrow is untyped
    """Rows as Python values, or what is wrong with one that Python cannot hold."""
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        for position in range(batch.num_rows):
            try:
                values = batch.slice(position, 1).to_pylist()
            except (ValueError, OverflowError) as error:
                yield f"holds a value that cannot be read: {error}"
            else:
                yield from values


def _as_text(values: dict[str, Any]) -> str:
    return orjson.dumps(values, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _seekable(given: Input, stream: BinaryIO) -> Any:  # noqa: ANN401 - pyarrow is untyped
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    return pa.BufferReader(stream.read()) if given.is_packed else stream


@contextmanager
def _parquet_faults(given: Input) -> Iterator[None]:
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            [f"{given.path}: the Parquet file is truncated or damaged; fetch it again"]
        ) from error
