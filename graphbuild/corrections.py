"""What a person found out by hand: a file of corrections, read and checked as a whole.

It is a CSV file with the columns ``decision``, ``one`` and ``other``, and any others for people.
``same`` and ``different`` say it of two papers, or of two authors; ``rename`` says that ``one`` is
to be shown as ``other``. A row without a decision has not been looked at yet, and says nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from graphbuild import lookup
from graphbuild.errors import CorrectionsError

__all__ = ["NO_CORRECTIONS", "Correction", "Corrections", "author_at", "read"]

Decision = Literal["same", "different", "rename"]
Kind = Literal["paper", "author"]

COLUMNS = ("decision", "one", "other")
DECISIONS: tuple[Decision, ...] = ("same", "different", "rename")
_AT = " @ "
_LONGEST = 100_000
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision, and the line on which it begins."""

    line: int
    decision: Decision
    one: str
    other: str

    @property
    def kind(self) -> Kind:
        """Whether it is about papers or about authors, as ``one`` tells."""
        return kind_of(self.one)


@dataclass(frozen=True)
class Corrections:
    """Corrections in the order of their lines, and the file that they stand in."""

    name: str
    sha256: str
    rows: tuple[Correction, ...]

    def of(self, kind: Kind) -> list[Correction]:
        """Those about papers, or those about authors."""
        return [row for row in self.rows if row.kind == kind]

    def conflicts(self, ends: Sequence[tuple[object, object]]) -> list[str]:
        """What rows contradict others, in words with all their lines.

        ``ends`` are what ``one`` and ``other`` of each row are: equal where they are the same
        thing. (The ``other`` of a ``rename`` does not matter.)
        """
        groups = _Groups()
        for row, (one, other) in zip(self.rows, ends, strict=True):
            if row.decision == "same":
                groups.join(one, other)
        joining: dict[object, list[int]] = {}
        for row, (one, _) in zip(self.rows, ends, strict=True):
            if row.decision == "same":
                joining.setdefault(groups.find(one), []).append(row.line)
        told: list[str] = []
        named: dict[object, Correction] = {}
        for row, (one, other) in zip(self.rows, ends, strict=True):
            group, place = groups.find(one), f"{self.name}:{row.line}"
            if row.decision == "different" and group == groups.find(other):
                lines = joining.get(group, [])
                told.append(
                    f"{place}: {row.one!r} and {row.other!r} are to be different, and"
                    f" {'line' if len(lines) == 1 else 'lines'} {', '.join(map(str, lines))}"
                    f" {'makes' if len(lines) == 1 else 'make'} them the same"
                )
            elif row.decision == "rename" and named.setdefault(group, row).other != row.other:
                earlier = named[group]
                told.append(
                    f"{place}: {row.one!r} is to be called {row.other!r}, and line"
                    f" {earlier.line} calls it {earlier.other!r}"
                )
        return told

    def told(self) -> dict[str, dict[str, str]]:
        """What a manifest says of them among the options."""
        return {"corrections": {"name": self.name, "sha256": self.sha256}} if self.name else {}

    def table(self) -> pa.Table:
        """As a table, to be kept beside a graph."""
        columns = {name: [getattr(row, name) for row in self.rows] for name in SCHEMA.names}
        return pa.table(columns, schema=SCHEMA)

    @classmethod
    def kept(cls, told: dict[str, str], table: pa.Table) -> Corrections:
        """The same again from what a manifest says and from the table that was kept."""
        rows = tuple(Correction(**row) for row in table.to_pylist())
        return cls(told["name"], told["sha256"], rows)


NO_CORRECTIONS = Corrections("", "", ())
"""Where nobody corrects anything."""


class _Groups:
    """Things that are one, however many steps lie between them."""

    def __init__(self) -> None:
        self._above: dict[object, object] = {}

    def find(self, thing: object) -> object:
        while (above := self._above.get(thing, thing)) != thing:
            self._above[thing] = self._above.get(above, above)
            thing = above
        return thing

    def join(self, one: object, other: object) -> None:
        self._above[self.find(one)] = self.find(other)


SCHEMA = pa.schema(
    [("line", pa.int64()), ("decision", pa.string()), ("one", pa.string()), ("other", pa.string())]
)


def author_at(words: str) -> tuple[str, str] | None:
    """Split "name @ paper", which names an author of a paper; None where it is something else.

    >>> author_at("Sepp Hochreiter @ arxiv:1706.02515"), author_at("name:sepp-hochreiter")
    (('Sepp Hochreiter', 'arxiv:1706.02515'), None)
    """
    name, at, paper = words.partition(_AT)
    return (name.strip(), paper.strip()) if at and name.strip() and paper.strip() else None


def kind_of(words: str) -> Kind:
    """Whether words name a paper or an author.

    >>> kind_of("arxiv:1706.02515"), kind_of("name:x"), kind_of("A. Smith @ title:Editorial")
    ('paper', 'author', 'author')
    """
    if lookup.title_of(words) is not None:
        return "paper"
    of_author = words.startswith("name:") or lookup.orcid(words) or author_at(words)
    return "author" if of_author else "paper"


def read(path: str | Path) -> Corrections:
    """Read a file of corrections.

    Raises
    ------
    CorrectionsError
        For a file that cannot be read, for rows that say nothing that can be applied, and for
        rows that contradict each other: all of them at once, each with its line.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "corrections.csv")
    ...     _ = path.write_text("decision,one,other\\nsame,arxiv:1706.03762,doi:10.5555/3295222\\n")
    ...     read(path).rows
    (Correction(line=2, decision='same', one='arxiv:1706.03762', other='doi:10.5555/3295222'),)
    """
    path = Path(path)
    content = _content(path)
    faults: list[str] = []
    rows: list[Correction] = []
    for line, row in _rows(path.name, content):
        try:
            correction = _correction(line, row)
        except ValueError as error:
            faults.append(f"{path.name}:{line}: {error}")
        else:
            rows += [correction] if correction else []
    found = Corrections(path.name, hashlib.sha256(content).hexdigest(), tuple(rows))
    faults += found.conflicts([(_canonical(row.one), _canonical(row.other)) for row in rows])
    if faults:
        raise CorrectionsError(faults)
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CorrectionsError([f"{path}: no such file"]) from None
    except OSError as error:
        raise CorrectionsError([f"{path}: {(error.strerror or str(error)).lower()}"]) from error


def _rows(name: str, content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by the names of their columns, each with the line on which it begins."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CorrectionsError([f"{name}:{line}: is not UTF-8; save the file as UTF-8"]) from None
    if "\0" in text:
        raise CorrectionsError([f"{name}: is not text"])
    header = text.partition("\n")[0]
    # A spreadsheet may have put semicolons or tabs in the commas' place.
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            first, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [cell.strip().lower() for cell in cells]
                missing = [column for column in COLUMNS if column not in names]
                if missing:
                    raise CorrectionsError(
                        [
                            f"{name}:{first}: the first row names the columns, and"
                            f" {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing;"
                            f" it must have {', '.join(COLUMNS)}"
                        ]
                    )
                continue
            padded = cells + [""] * (len(names) - len(cells))
            yield first, dict(zip(names, padded, strict=False))
    except csv.Error as error:
        raise CorrectionsError([f"{name}:{line}: is not CSV ({error})"]) from None
    if names is None:
        raise CorrectionsError([f"{name}: is empty; its first row must be {','.join(COLUMNS)}"])


def _correction(line: int, row: dict[str, str]) -> Correction | None:
    """Read a row; None for one that has not been decided.

    Raises
    ------
    ValueError
        When it says nothing that can be applied.
    """
    decision, one, other = (row[column].strip() for column in COLUMNS)
    if not decision:
        return None
    known = {each: each for each in DECISIONS}.get(decision.lower())  # type: ignore[call-overload]
    if known is None:
        raise ValueError(
            f"the decision is {decision!r}; it must be {', '.join(DECISIONS)} or empty"
        )
    for column, value in (("one", one), ("other", other)):
        if not value:
            raise ValueError(f"{known!r} needs both 'one' and 'other', and {column!r} is empty")
        if len(value) > _LONGEST:
            raise ValueError(f"{column!r} is {len(value):,} characters long, which nothing is")
    correction = Correction(line, known, one, other)
    if known != "rename":
        if kind_of(one) != kind_of(other):
            raise ValueError(
                f"{one!r} is a{_n(kind_of(one))} and {other!r} a{_n(kind_of(other))}; both must be"
                " papers, or both authors"
            )
        if _canonical(one) == _canonical(other):
            raise ValueError(f"'one' and 'other' are both {one!r}")
    return correction


def _n(kind: Kind) -> str:
    return "n author" if kind == "author" else " paper"


def _canonical(words: str) -> str:
    """One spelling of what names a paper or an author, for comparison."""
    split = author_at(words) if kind_of(words) == "author" else None
    if split:
        return f"{lookup.canonical(split[0])}{_AT}{lookup.canonical(split[1])}"
    return lookup.canonical(words)
