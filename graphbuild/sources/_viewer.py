"""The text that a data set viewer's page gives when it is saved: a header, then rows of cells.

Cells are joined by " | ", and hold pipes and line ends themselves, so a row is found by fitting
its text to the columns that the header names: ids, dates, categories and the JSON of references
can be told by their looks, and the running text is what stands between them.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from graphbuild.rows import load_json
from graphbuild.sources._fields import plain

__all__ = ["Cell", "Damaged", "ViewerRow", "has_chunk_rows", "header_names", "viewer_rows"]


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell, and the line on which it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class ViewerRow:
    """A whole row: its first line, and its cells by the plain name of their column."""

    line: int
    cells: dict[str, Cell]
    raw: str


@dataclass(frozen=True, slots=True)
class Damaged:
    """Text that is no whole row."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True)
class _Column:
    """A column. Without a ``pattern`` its cells are free text, which may hold pipes."""

    name: str
    pattern: re.Pattern[str] | None
    is_json: bool = False


_ID = r"(?:\d{4}\.\d{4,5}|[a-z][a-z\-]*(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?"
_NOTHING = r"(?:null|none|)"
_DATE = rf"(?:\d{{8}}|\d{{4}}-\d\d-\d\d\S*(?: [\d:.+Z]+)?|{_NOTHING})"
_JSON = rf"(?:[\[{{].*[\]}}]|\"[^\"]*\"|{_NOTHING})"
_NUMBER = rf"(?:[-+]?[\d.,]+(?:e[-+]?\d+)?|nan|{_NOTHING})"
_CATEGORY = r"[a-z][a-z\-]*(?:\.[A-Za-z\-]{2,})?"
_PATTERNS = {
    "doi": rf"(?:{_ID}|10\.\d{{4,9}}/\S+)",
    "arxivid": _ID,
    "id": rf"{_ID}(?:#\d+)?",
    "chunkid": r"\d+",
    "prechunkid": rf"(?:{_ID}#\d+|{_NOTHING})",
    "postchunkid": rf"(?:{_ID}#\d+|{_NOTHING})",
    "source": rf"(?:https?://\S+|{_NOTHING})",
    "authors": r".*",
    "categories": rf"(?:{_CATEGORY}(?:[,\s]+{_CATEGORY})*|{_JSON})",
    "primarycategory": rf"(?:{_CATEGORY}|{_NOTHING})",
    "published": _DATE,
    "updated": _DATE,
    "references": _JSON,
}
_BODIES = frozenset(["chunk", "content", "prechunk", "postchunk"])
_FREE = _BODIES | {"title", "summary", "comment", "journalref"}

_NEIGHBOURS = {"prechunkid": -1, "postchunkid": 1}

_RULE = re.compile(r"\s*-{3,}(?:\s*\|\s*-{3,})+\s*\|?\s*")
_TYPE = re.compile(
    r"(?:string|int|uint|float|list|sequence|bool|date|time|dict|struct|image|class)[\w\[\]]*",
    re.IGNORECASE,
)
_PIPE = re.compile(r"(?:(?<=\s)|^)\|(?=\s|$)", re.MULTILINE)

# Columns of a page that lost its header.
_HEADERLESS = (
    "doi", "chunkid", "chunk", "id", "title", "summary", "source", "authors", "categories",
    "comment", "journalref", "primarycategory", "published", "updated", "references",
)  # fmt: skip
_HEADERLESS_ROW = re.compile(rf"^({_ID}) \| (\d+) \| ", re.MULTILINE)

_STARTS_TRIED = 8
_ENDS_TRIED = 32


def header_names(text: str) -> tuple[str, ...]:
    """The columns' names in the first header of a page; none when there is no header."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _RULE.fullmatch(line):
            return tuple(column for column, _ in _header(lines[:number], line.count("---"))[0])
    return ()


def has_chunk_rows(text: str) -> bool:
    """Whether a page without a header shows a chunk of the ai-arxiv data set."""
    if " | " not in text:  # which is found much sooner than that there is no row
        return False
    starts = itertools.islice(_HEADERLESS_ROW.finditer(text), _STARTS_TRIED)
    return any(f" | {start[1]}#{start[2]} | " in text for start in starts)


def _header(lines: Sequence[str], width: int) -> tuple[list[tuple[str, str]], int]:
    """The (plain name, type) of the last ``width`` cells of the lines, and where the first begins.

    A cell is a name, a type, and the range of its values, on one line or several. Before the
    first one anything may stand, so its name is told by the type behind it.
    """
    text = "\n".join(lines).rstrip().removesuffix("|")
    cells = [part.split() for part in re.split(r"\|", text)]
    if len(cells) < width:
        return [], len(lines)
    columns = [_name_and_type(cell) for cell in cells[-width:]]
    first_lines = re.split(r"\|", text)[-width].split("\n")
    offset = text[: len(text) - len("|".join(re.split(r"\|", text)[-width:]))].count("\n")
    for position in range(len(first_lines) - 1, -1, -1):
        words = " ".join(first_lines[position : position + 2]).split()
        if len(words) > 1 and _TYPE.fullmatch(words[1]):
            columns[0] = (plain(words[0]), words[1].lower())
            return columns, offset + position
    return columns, offset


def _name_and_type(words: list[str]) -> tuple[str, str]:
    words = [word for word in words if word != "⌀"]
    return (plain(words[0]) if words else "", words[1].lower() if len(words) > 1 else "")


def _column(name: str, kind: str) -> _Column:
    is_list = kind.startswith(("list", "sequence", "dict", "struct"))
    if name in _PATTERNS:
        pattern = _PATTERNS[name]
    elif name in _FREE or not kind.startswith(("int", "uint", "float", "bool")):
        pattern = _JSON if is_list else ""
    else:
        pattern = rf"(?:{_NUMBER}|true|false)"
    compiled = re.compile(pattern, re.DOTALL | re.IGNORECASE) if pattern else None
    return _Column(name, compiled, is_list or name == "references")


def viewer_rows(numbered: Iterable[tuple[int, str]]) -> Iterator[ViewerRow | Damaged]:
    """Cut saved pages into rows.

    Each header begins a page of its own. What stands behind a page's last row is the viewer's
    own text, and is passed over unless it looks like a row that is cut.

    Parameters
    ----------
    numbered
        The lines and their numbers.
    """
    lines = [line for _, line in numbered]
    rules = [number for number, line in enumerate(lines) if _RULE.fullmatch(line)]
    headers = []
    page_start = 0
    for rule in rules:
        columns, begin = _header(lines[page_start:rule], lines[rule].count("---"))
        if columns:
            headers.append((page_start + begin, rule + 1, columns))
            page_start = rule + 1
    if not headers:
        headers = [(0, 0, [(name, "") for name in _HEADERLESS])]
    ends = [begin for begin, _, _ in headers[1:]] + [len(lines)]
    for (_, first, columns), end in zip(headers, ends, strict=True):
        page = _Page([_column(*column) for column in columns], lines[first:end], first + 1)
        yield from page.rows()


class _Page:
    """The rows under one header."""

    def __init__(self, columns: list[_Column], lines: Sequence[str], first_line: int) -> None:
        self._columns = columns
        self._text = "\n".join(lines)
        self._first_line = first_line
        self._line_starts = [0]
        for line in lines:
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self._starts = self._row_starts()

    def rows(self) -> Iterator[ViewerRow | Damaged]:
        done = 0
        failures: dict[int, int] = {}
        for end in self._row_ends():
            if end <= done:
                continue
            for start in self._candidates(done, end):
                fitted = _fit(self._text, start, end, self._columns)
                if isinstance(fitted, list):
                    yield from self._damaged(done, start)
                    yield self._row(start, end, fitted)
                    done = self._behind(end)
                    break
                failures[start] = failures.get(start, 0) + 1
                if failures[start] > _ENDS_TRIED:
                    # No row is that long: what began here is lost, and the search stays linear.
                    following = bisect.bisect_right(self._starts, start)
                    behind = self._starts[following : following + 1] or [self._behind(end)]
                    yield from self._damaged(done, behind[0])
                    done = behind[0]
                    break
        yield from self._damaged(done, len(self._text), is_last=True)

    def _behind(self, end: int) -> int:
        """The start of the line after the one on which a row ends."""
        return self._line_starts[bisect.bisect_right(self._line_starts, end)]

    def _candidates(self, done: int, end: int) -> list[int]:
        """Where the row that ends here may begin, the latest first."""
        if self._columns[0].pattern is None:
            text = self._text[done:end]
            return [done + len(text) - len(text.lstrip())]
        low = bisect.bisect_left(self._starts, done)
        high = bisect.bisect_left(self._starts, end)
        return self._starts[max(low, high - _STARTS_TRIED) : high][::-1]

    def _row_starts(self) -> list[int]:
        leading: list[str] = []
        for column in self._columns[:2]:
            if column.pattern is None:
                break
            leading.append(rf"{column.pattern.pattern}\s+\|(?=\s)")
        if not leading:
            return []
        begin = re.compile(r"^[ \t]*(?=\S)" + r"\s+".join(leading), re.MULTILINE | re.IGNORECASE)
        return [match.start() for match in begin.finditer(self._text)]

    def _row_ends(self) -> Iterator[int]:
        """Where a row may end: at a pipe that ends a line, or before a line that begins a row."""
        last = self._columns[-1]
        starts = set(self._starts)
        for number, begin in enumerate(self._line_starts[1:]):
            line = self._text[self._line_starts[number] : begin].rstrip()
            end = self._line_starts[number] + len(line)
            if line.endswith("|"):
                body = line[:-1].rstrip()
                if not last.is_json or body.endswith(("]", "}", "null", "|", '"')) or not body:
                    yield end - 1
            elif begin in starts or begin > len(self._text):
                yield end

    def _row(self, start: int, end: int, spans: list[tuple[int, int]]) -> ViewerRow:
        cells = {
            column.name: Cell(self._text[a:b], self._line_at(a))
            for column, (a, b) in zip(self._columns, spans, strict=True)
        }
        return ViewerRow(self._line_at(start), cells, self._text[start:end])

    def _line_at(self, position: int) -> int:
        return self._first_line + bisect.bisect_right(self._line_starts, position) - 1

    def _damaged(self, begin: int, end: int, *, is_last: bool = False) -> Iterator[Damaged]:
        """What stands between whole rows, one for each place where a row begins."""
        low, high = (bisect.bisect_left(self._starts, place) for place in (begin, end))
        starts = self._starts[low:high]
        cuts = [*starts, end]
        loose = self._text[begin : cuts[0]]
        if loose.strip() and not is_last:
            position = begin + len(loose) - len(loose.lstrip())
            reason = "belongs to no row: the columns that the header names are not all there"
            yield Damaged(self._line_at(position), reason, loose.strip())
        for start, stop in zip(starts, cuts[1:], strict=True):
            fault = _fit(self._text, start, stop, self._columns)
            reason = fault if isinstance(fault, str) else "has no end"
            yield Damaged(
                self._line_at(start),
                f"the row is cut or damaged: {reason}",
                self._text[start:stop].strip(),
            )


# -- fitting a row's text to the columns ---------------------------------------------------------

_Span = tuple[int, int]


def _fit(text: str, start: int, end: int, columns: Sequence[_Column]) -> list[_Span] | str:
    """The span of each column's cell, or why the text is no row of these columns."""
    pieces = _pieces(text, start, end, columns[-1].is_json)
    width = len(columns)
    if len(pieces) < width:
        return f"it has {len(pieces)} cells where the header names {width}"
    known: dict[str, str] = {}

    def fits(column: _Column, piece: _Span) -> bool:
        value = text[piece[0] : piece[1]]
        pattern = column.pattern
        return bool(pattern and pattern.fullmatch(value)) and _agrees(column.name, value, known)

    spans: list[_Span | None] = [None] * width
    left, right = 0, width
    while left < right and columns[left].pattern:
        if not fits(columns[left], pieces[left]):
            return f"no {columns[left].name} stands where it should"
        spans[left] = pieces[left]
        known[columns[left].name] = text[pieces[left][0] : pieces[left][1]]
        left += 1
    surplus = len(pieces) - width
    while right > left and columns[right - 1].pattern:
        if not fits(columns[right - 1], pieces[right - 1 + surplus]):
            return f"no {columns[right - 1].name} stands where it should"
        right -= 1
        spans[right] = pieces[right + surplus]
    if left == right:
        return [span for span in spans if span] if not surplus else "it has too many cells"
    found = _fit_inner(text, pieces[left : right + surplus], columns[left:right], fits)
    if isinstance(found, list):
        spans[left:right] = found
        return [span for span in spans if span]
    return found


def _pieces(text: str, start: int, end: int, ends_in_json: bool) -> list[_Span]:
    """What stands between pipes, without white space around it."""
    # A row that ends its line with a pipe has no cell behind it.
    last = start + len(text[start:end].rstrip())
    end = (
        last - 1 if last > start + 1 and text[last - 1] == "|" and text[last - 2].isspace() else end
    )
    cuts = [match.start() for match in _PIPE.finditer(text, start, end)]
    spans = [
        _stripped(text, a, b)
        for a, b in zip([start, *(cut + 1 for cut in cuts)], [*cuts, end], strict=True)
    ]
    if ends_in_json:
        for position in range(len(spans) - 1, max(-1, len(spans) - 500), -1):
            begin = spans[position][0]
            if text[begin : begin + 1] in {"[", "{"} and _is_json(text[begin:end]):
                return [*spans[:position], _stripped(text, begin, end)]
    return spans


def _is_json(text: str) -> bool:
    try:
        load_json(text)
    except ValueError:
        return False
    return True


def _stripped(text: str, begin: int, end: int) -> _Span:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end


def _agrees(name: str, value: str, known: dict[str, str]) -> bool:
    """Whether the ids in a row are those of one paper and one chunk."""
    own = known.get("doi") or known.get("id", "").partition("#")[0]
    if not own:
        return True
    paper, _, chunk = value.partition("#")
    if name == "id":
        return paper == own and (not chunk or chunk == known.get("chunkid", chunk))
    if name in _NEIGHBOURS and chunk and (number := known.get("id", "").partition("#")[2]):
        return paper == own and int(chunk) == int(number) + _NEIGHBOURS[name]
    if name == "arxivid" or name in _NEIGHBOURS:
        return paper in {own, "", "null"}
    if name == "source" and (listed := re.search(rf"arxiv\.org/(?:abs|pdf)/({_ID})", value)):
        return re.sub(r"v\d+$", "", listed[1]) == re.sub(r"v\d+$", "", own)
    return True


def _fit_inner(
    text: str,
    pieces: list[_Span],
    columns: Sequence[_Column],
    fits: Callable[[_Column, _Span], bool],
) -> list[_Span] | str:
    """Fit columns that begin and end with free text.

    Strict columns in between are looked for from the side that has no body text: bodies are long
    and may show anything, even what looks like the other cells.
    """
    runs = [(first, last) for first, last in _runs(columns) if columns[first].pattern is not None]
    body = next((i for i, column in enumerate(columns) if column.name in _BODIES), len(columns))

    def place(first: int, last: int, places: range) -> int | None:
        strict = columns[first:last]
        return next(
            (p for p in places if all(map(fits, strict, pieces[p : p + len(strict)]))), None
        )

    placed: dict[int, int] = {}
    column, piece = 0, 0  # the first that is not placed from the left
    for first, last in runs:
        if first < body:
            stop = len(pieces) - (len(columns) - first)
            found = place(first, last, range(piece + first - column, stop + 1))
            if found is None:
                return f"no {columns[first].name} stands where it should"
            placed[first] = found
            column, piece = last, found + last - first
    column_behind, piece_behind = len(columns), len(pieces)
    for first, last in reversed(runs):
        if first > body:
            stop = piece_behind - (column_behind - first)
            found = place(first, last, range(stop, piece + first - column - 1, -1))
            if found is None:
                return f"no {columns[first].name} stands where it should"
            placed[first] = found
            column_behind, piece_behind = first, found
    return list(_spans(text, pieces, columns, placed))


def _runs(columns: Sequence[_Column]) -> list[tuple[int, int]]:
    """The (first, last + 1) of neighbours that all are strict, or all are free text."""
    runs: list[tuple[int, int]] = []
    for number, column in enumerate(columns):
        if number and (column.pattern is None) == (columns[number - 1].pattern is None):
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs


def _spans(
    text: str, pieces: list[_Span], columns: Sequence[_Column], placed: dict[int, int]
) -> Iterator[_Span]:
    piece = 0
    for first, last in _runs(columns):
        if columns[first].pattern is not None:
            yield from pieces[piece : piece + last - first]
            piece += last - first
            continue
        behind = placed.get(last, len(pieces))
        yield from _share(
            text, [column.name for column in columns[first:last]], pieces[piece:behind]
        )
        piece = behind


def _share(text: str, names: Sequence[str], pieces: Sequence[_Span]) -> Iterator[_Span]:
    """Share pieces among neighbouring columns of free text; a span for each."""
    position = 0
    for number, name in enumerate(names):
        following = names[number + 1 :]
        spare = len(pieces) - position - len(following)  # the most that this column may take
        begin = pieces[position][0]
        if name in _BODIES and following and spare > 1:
            # Which of several bodies holds the pipe cannot be told; the first has it all.
            yield _stripped(text, begin, pieces[-1][1])
            yield from [(pieces[-1][1], pieces[-1][1])] * len(following)
            return
        taken = _taken(text, name, pieces[position:], spare) if following else spare
        yield _stripped(text, begin, pieces[position + taken - 1][1])
        position += taken


def _taken(text: str, name: str, pieces: Sequence[_Span], spare: int) -> int:
    """How many pieces a cell of free text takes when another such cell follows."""
    if name == "title":
        return _title_length(text, pieces, spare)
    begin, end = pieces[0]
    return 1 if text[begin:end] == "null" else spare


def _title_length(text: str, pieces: Sequence[_Span], spare: int) -> int:
    """How many pieces a title takes before a summary whose lines arXiv wraps at 80 characters.

    The title takes no more than leaves the summary's first line no longer than its others.
    """
    for length in range(1, spare + 1):
        first_line, *others = text[pieces[length][0] : pieces[-1][1]].split("\n")
        if not others or max(map(len, others)) > _WRAPPED:
            return 1
        if len(first_line) <= _WRAPPED:
            return length
    return 1


_WRAPPED = 80
