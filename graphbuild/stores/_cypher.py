"""What the stores share that answer Cypher: words of a statement, places in it, answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graphbuild.errors import GraphbuildError
from graphbuild.tables import to_pandas

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Answer",
    "Word",
    "check_parameters",
    "fault",
    "offset_of",
    "parameters_in",
    "uncommented",
    "words",
]


@dataclass(frozen=True)
class Answer:
    """Rows under the names that the statement's RETURN gives.

    Values are None, bool, int, float, str, date, datetime, time, list and dict. A node is
    ``{"labels": […], "properties": {…}}``, a relationship ``{"type": …, "properties": {…}}``, a
    path ``{"nodes": […], "relationships": […]}``, a duration a dict of its parts; properties are
    sorted by name, without those that graphbuild keeps its books by.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]

    def frame(self) -> pd.DataFrame:
        """A DataFrame: nullable integers and booleans; lists, maps and mixtures as objects.

        >>> Answer(["year", "papers"], [(2016, 2), (None, 1)]).frame()["year"].tolist()
        [2016, <NA>]
        """
        import pandas as pd  # noqa: PLC0415 - slow to import

        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.columns)
        return pd.DataFrame(
            {
                name: _series(list(values))
                for name, values in zip(self.columns, columns, strict=True)
            }
        )


def _series(values: list[Any]) -> pd.Series[Any]:
    import pandas as pd  # noqa: PLC0415 - slow to import

    if not any(isinstance(value, list | dict) for value in values):
        try:
            array = pa.array(values)
        except (pa.ArrowException, OverflowError):
            pass  # of several types
        else:
            if not pa.types.is_null(array.type):
                return to_pandas(pa.table({"": array}))[""]
    return pd.Series(values, dtype=object)


# -- words ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """A piece of a statement and where it begins.

    ``kind`` is ``word``, ``quoted`` (in backticks), ``string``, ``number``, ``parameter``,
    ``comment`` or ``sign``.
    """

    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


_WORDS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<parameter>\$(?:\w+|`(?:[^`]|``)*`))
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>[<>!=]=|<>|=~|\.\.|\S)""",
    re.VERBOSE | re.DOTALL,
)


def words(statement: str) -> Iterator[Word]:
    """The words of a statement in order, comments among them.

    >>> [word.text for word in words("MATCH (p) WHERE p.id = $id // a comment")]
    ['MATCH', '(', 'p', ')', 'WHERE', 'p', '.', 'id', '=', '$id', '// a comment']
    """
    for found in _WORDS.finditer(statement):
        yield Word(found.lastgroup or "", found.group(), found.start())


def uncommented(statement: str) -> str:
    """The statement with blanks for its comments and its last semicolon; nothing else moves.

    >>> uncommented("MATCH (p) /* all */ RETURN p; // of them")
    'MATCH (p)           RETURN p'
    """
    pieces, end = [], 0
    for word in words(statement):
        if word.kind == "comment":
            pieces += [statement[end : word.start], re.sub(r"[^\n]", " ", word.text)]
            end = word.start + len(word.text)
    return re.sub(r"[\s;]+\Z", "", "".join([*pieces, statement[end:]]))


def parameters_in(statement: str) -> list[str]:
    """The names of a statement's parameters, each once, in order.

    >>> parameters_in("MATCH (p {id: $id}) WHERE p.year > $year RETURN '$none', $id")
    ['id', 'year']
    """
    named = (word.text[1:] for word in words(statement) if word.kind == "parameter")
    return list(dict.fromkeys(name.strip("`").replace("``", "`") for name in named))


def check_parameters(statement: str, given: Mapping[str, Any]) -> None:
    """Check that what is given is what the statement asks for.

    Raises
    ------
    GraphbuildError
        When a parameter is missing, or is none of the statement's.
    """
    wanted = parameters_in(statement)
    missing = [f"${name}" for name in wanted if name not in given]
    if missing:
        raise GraphbuildError(
            f"the statement needs {', '.join(missing)}: give --param"
            f" {missing[0][1:]}=…, or {missing[0][1:]}=… in Python"
        )
    unknown = [f"${name}" for name in given if name not in wanted]
    if unknown:
        has = ", ".join(f"${name}" for name in wanted) or "no parameters"
        raise GraphbuildError(f"the statement has no {', '.join(unknown)}; it has {has}")


# -- places --------------------------------------------------------------------------------------

_WIDTH = 88


def fault(statement: str, offset: int | None, what: str, advice: str = "") -> GraphbuildError:
    """An error that shows its place in the statement, which is an offset in characters.

    >>> print(fault("MATCH (p)\\nRETRUN p", 10, "'RETRUN' is no clause"))
    line 2, column 1: 'RETRUN' is no clause
      RETRUN p
      ^
    """
    end = f"\n{advice}" if advice else ""
    if offset is None:
        return GraphbuildError(f"{what}{end}")
    offset = min(offset, len(statement))
    before = statement[:offset]
    line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1)
    text = statement.split("\n")[line - 1]
    first = max(0, column - _WIDTH // 2) if len(text) > _WIDTH else 0
    shown = "".join(c if c.isprintable() else " " for c in text[first : first + _WIDTH])
    caret = " " * (column - first) + "^"
    return GraphbuildError(f"line {line}, column {column + 1}: {what}\n  {shown}\n  {caret}{end}")


def offset_of(statement: str, line: int, column: int) -> int:
    """The offset of a line and a column, both from 1."""
    lines = statement.split("\n")[: line - 1]
    return sum(len(each) + 1 for each in lines) + column - 1
