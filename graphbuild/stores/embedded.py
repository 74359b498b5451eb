"""The graph in an embedded engine that answers Cypher: no server, nothing to start.

kglite does it, which is pinned and known to this file alone. It holds what Neo4j would hold after
``graphbuild load``, and answers as Neo4j does; a statement of which that is not known is refused.
The loaded store lies in the ``.cache`` of the graph's folder, under a name made of the tables'
hashes: a folder that has changed gets a new one.
"""

from __future__ import annotations

import hashlib
import os
import re
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphbuild.errors import GraphbuildError
from graphbuild.stores._bulk import cut_ids, distinct, mark, values_of
from graphbuild.stores._cypher import (
    Answer,
    Word,
    check_parameters,
    fault,
    offset_of,
    uncommented,
    words,
)
from graphbuild.tables import SCHEMAS, Tables

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FUNCTIONS", "PROCEDURES", "TIMEOUT", "query"]

TIMEOUT = 60.0
"""Seconds that a statement may take, where ``timeout`` is not given."""


def _named(names: str) -> frozenset[str]:
    return frozenset(re.findall(r"\S+", names))


FUNCTIONS = _named(
    """
    count collect sum avg min max stdev
    coalesce size length head last tail range reverse reduce any all none single exists
    nodes relationships type labels startnode endnode properties
    tolower toupper trim ltrim rtrim substring left right replace split
    tostring tointeger tofloat toboolean
    abs ceil floor sqrt log log10 exp sign pi sin cos tan atan2 degrees radians rand
    date date.truncate duration duration.indays duration.inmonths
    shortestpath allshortestpaths
    """
)
"""Functions that answer as Neo4j's do, in lower case."""

PROCEDURES = frozenset({"db.labels", "db.relationshiptypes"})
"""Procedures of which the same is true."""

Store = Any  # a kglite.KnowledgeGraph

_LAYOUT = 1  # of what is stored; another one makes caches of before useless
_ROWS = 1 << 19
_LARGEST = 2**63 - 1

_ELSEWHERE = "give --uri to run it on a Neo4j"


def query(
    tables: Tables,
    statement: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    timeout: float = TIMEOUT,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Answer:
    """Answer a Cypher statement that reads, as Neo4j would after ``graphbuild load``.

    Parameters
    ----------
    tables
        Any tables. Those that were opened from a folder are loaded from its cache.
    statement
        One statement. Values belong in ``$parameters``.
    parameters
        A value for each.
    timeout
        How many seconds it may take, beside loading.
    progress
        Called when the graph has to be loaded first.

    Raises
    ------
    GraphbuildError
        For a statement that is wrong, with its place; for one that writes, that takes too long, or
        that this engine is not known to answer as Neo4j does.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["b", "c"], "cited": ["a", "a"]}))
    >>> query(tables, "MATCH (p:Paper {id: $id})<-[:CITES]-(c) RETURN count(c) AS n", {"id": "a"})
    Answer(columns=['n'], rows=[(2,)])
    """
    plain = uncommented(statement)
    given = {name: _checked(name, value) for name, value in (parameters or {}).items()}
    _refuse_what_differs(plain)
    check_parameters(plain, given)
    store = _store(tables, progress)
    wrong_end = _wrong_end(plain)
    with _explained(plain, timeout):
        # A view shows what it has in the order of the columns; maps would be sorted.
        view = store.cypher(
            plain,
            params=given,
            timeout_ms=max(1, int(timeout * 1000)),
            hide_structural_keys=True,
            row_limit=0 if wrong_end else None,
        )
        if wrong_end:  # and the engine, which is asked for mistakes before it, knows of none
            raise wrong_end
        columns = list(view.columns)
        rows = [tuple(_plain(row[name]) for name in columns) for row in view.to_list()]
    return Answer(columns, rows)


def _checked(name: str, value: Any) -> Any:  # noqa: ANN401 - any value of Cypher's
    if isinstance(value, np.generic):
        return _checked(name, value.item())
    if isinstance(value, int) and not -_LARGEST - 1 <= value <= _LARGEST:
        raise GraphbuildError(f"${name}: {value} is beyond the 64 bits of Cypher's integers")
    if isinstance(value, list | tuple):
        return [_checked(name, each) for each in value]
    if isinstance(value, dict):
        return {key: _checked(name, each) for key, each in value.items()}
    return value


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of Cypher's
    """A value as ``Answer`` describes it."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"id", "labels", "properties"}:
        return {"labels": value["labels"], "properties": _properties(value["properties"])}
    if value.keys() == {"id", "start", "end", "type", "properties"}:
        return {"type": value["type"], "properties": _properties(value["properties"])}
    return {name: _plain(each) for name, each in sorted(value.items())}


def _properties(held: Mapping[str, Any]) -> dict[str, Any]:
    """Without the engine's own ``type``, and without what is null."""
    return {
        name: _plain(value)
        for name, value in sorted(held.items())
        if name != "type" and value is not None
    }


@contextmanager
def _explained(statement: str, timeout: float) -> Iterator[None]:
    import kglite  # noqa: PLC0415 - not for everybody

    try:
        yield
    except kglite.CypherSyntaxError as error:
        what = _first_words(error)
        raise fault(
            statement,
            _place(statement, error, what),
            what,
            f"If Neo4j understands this, {_ELSEWHERE}.",
        ) from error
    except kglite.CypherTimeoutError as error:
        raise GraphbuildError(
            f"no answer within {timeout:g} s; begin at fewer papers, allow more by --timeout, or"
            f" {_ELSEWHERE}"
        ) from error
    except (kglite.KgError, ValueError, TypeError, RecursionError) as error:
        if "safety ceiling" in str(error):
            raise GraphbuildError(
                "the statement meets more than ten million rows on its way; begin at fewer papers,"
                f" or {_ELSEWHERE}"
            ) from error
        what = _first_words(error)
        advice = f"{what}; if it works on Neo4j, {_ELSEWHERE}"
        raise fault(statement, _place(statement, error, what), advice) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the engine's, which has no class to name
            raise
        raise GraphbuildError(f"the engine broke down over this statement; {_ELSEWHERE}") from error


def _place(statement: str, error: Any, what: str) -> int | None:  # noqa: ANN401 - the engine's
    """Where an error is. The engine often notices a little later than a reader does."""
    if position := re.search(r"at position (\d+)", what):
        return int(position[1])
    if text := re.search(r"Unterminated \w+ literal: (.*)", what):
        return statement.find(text[1].rstrip())
    if name := re.search(r"Undefined variable '(.*?)'", what):
        found = [word.start for word in words(statement) if word.text.strip("`") == name[1]]
        return found[-1] if found else None
    line, column = getattr(error, "line", None), getattr(error, "col", None)
    if not line or not column:
        return None
    at = offset_of(statement, line, column)
    met = re.search(r"[Uu]nexpected (?:token[^:]*|trailing[^:]*): (?:\w+\(\"(.+?)\"\)|(\S+))", what)
    if met is None:
        return at
    # What was met may be several words that the engine has run together.
    before = [word for word in words(statement) if word.start <= at]
    for place in range(len(before) - 1, -1, -1):
        joined = "".join(word.text for word in before[place:] if word.kind != "comment")
        if joined.upper().startswith((met[1] or met[2]).upper()):
            return before[place].start
    return at


def _first_words(error: Exception) -> str:
    """What the engine says, without the place, which is shown otherwise."""
    said = str(error).partition("\n")[0].strip()
    for begin in ("Cypher syntax error", "Cypher execution error", "Schema error"):
        if said.startswith(begin):
            said = said.removeprefix(begin).lstrip()
            if said.startswith("at line"):
                said = said.partition(":")[2]
            return said.lstrip(": ").rstrip(".")
    return said.rstrip(".")


# -- what is refused -----------------------------------------------------------------------------

_WRITES = _named("CREATE MERGE SET DELETE DETACH NODETACH REMOVE FOREACH INSERT DROP ALTER LOAD")
_UNKNOWN = _named("EXPLAIN PROFILE SHOW USE CYPHER INTERSECT EXCEPT HAVING FILTER LET FORMAT FOR")
_KEYWORDS = _named(
    """
    MATCH WHERE AND OR XOR NOT IN RETURN WITH ON WHEN THEN ELSE CASE END AS CALL BY DISTINCT UNWIND
    EXISTS COUNT LIMIT SKIP OFFSET CONTAINS STARTS ENDS UNION ALL OPTIONAL ORDER ASC DESC YIELD IS
    NULL TRUE FALSE
    """
)
# What the engine makes up for every node: not properties, but it answers as if they were.
_MADE_UP = frozenset({"type", "node_type", "label"})


def _refuse_what_differs(statement: str) -> None:
    """Refuse what writes, and what the engine would answer in another way than Neo4j."""
    every = list(words(statement))
    if not every:
        raise GraphbuildError("there is no statement")
    authors, relationships = _variables(every)
    brackets: list[int] = []

    def refuse(word: Word, what: str) -> None:
        raise fault(statement, word.start, f"{what}; {_ELSEWHERE}")

    for at, word in enumerate(every):
        before = every[at - 1] if at else Word("sign", "", 0)
        after = every[at + 1] if at + 1 < len(every) else Word("sign", "", 0)
        is_name = before.text in {".", ":", "&", "|"} or (
            before.text in {"{", ","} and after.text == ":"
        )
        if word.text in {"(", "[", "{"} and word.kind == "sign":
            brackets.append(at)
        elif word.text in {")", "]", "}"} and word.kind == "sign" and brackets:
            brackets.pop()
        elif word.upper in _WRITES and not is_name and after.text not in {".", ")", ","}:
            refuse(word, f"{word.text} is for a server, and here a statement reads the graph alone")
        elif word.upper in _UNKNOWN and not is_name and after.text not in {".", ")", ","}:
            refuse(word, f"{word.text} is not known to this engine as Neo4j knows it")
        elif word.text == "!=":
            refuse(word, "Cypher writes <> for this")
        elif (
            word.kind == "parameter"
            and before.text == ":"
            and brackets
            and every[brackets[-1]].text != "{"
        ):
            refuse(word, "labels and types by parameter are not known to this engine")
        if word.text == "(" and before.kind == "word" and before.upper not in _KEYWORDS:
            name = _dotted(every, at - 1)
            if name.lower() not in FUNCTIONS | PROCEDURES:
                refuse(before, f"{name}() is not known to answer here as it does on Neo4j")
        property_ = _property(every, at, brackets)
        if property_ is not None:
            name, owner = property_
            if name in _MADE_UP:
                refuse(word, f"{name!r} is no property that graphbuild writes")
            if name.startswith("graphbuild_"):
                refuse(word, f"{name!r} is there after graphbuild load alone")
            if name == "name" and owner not in authors:
                refuse(word, "'name' is of authors alone, and it must be seen that this is one,"
                             " as in (author:Author)")  # fmt: skip
            if name == "id" and owner in relationships:
                refuse(word, "relationships have no id")


def _wrong_end(statement: str) -> GraphbuildError | None:
    """What is wrong where a statement ends otherwise than in one RETURN or FINISH, or a CALL.

    The engine would answer all the same, and Neo4j would not.
    """
    every = list(words(statement))
    depth, ended, is_call = 0, False, every[0].upper == "CALL"
    for before, word in zip([Word("sign", "", 0), *every], every, strict=False):
        depth += (word.text in {"(", "[", "{"}) - (word.text in {")", "]", "}"})
        if depth or before.text in {".", ":"}:
            continue
        if ended and word.upper in {"RETURN", "FINISH", "MATCH", "UNWIND"}:
            return fault(statement, word.start, f"{word.text} cannot follow RETURN")
        if word.upper in {"RETURN", "FINISH", "UNION"}:
            ended = word.upper != "UNION"
    if ended or is_call:
        return None
    return fault(statement, len(statement), "a statement must end with RETURN and what to show")


def _variables(every: Sequence[Word]) -> tuple[set[str], set[str]]:
    """The names of what is said to be an author, and of relationships."""
    authors, relationships = {"Author"}, set()
    for at, word in enumerate(every):
        texts = [each.text for each in every[at : at + 3]]
        if word.kind == "word" and texts[1:] == [":", "Author"]:
            authors.add(word.text)
        if texts[:1] == ["["] and at and every[at - 1].text == "-" and len(texts) > 1:
            relationships.add(texts[1])
    return authors, relationships


def _dotted(every: Sequence[Word], at: int) -> str:
    """The name that ends at a word, with the names before its dots."""
    name = every[at].text
    while at >= 2 and every[at - 1].text == "." and every[at - 2].kind == "word":
        at -= 2
        name = f"{every[at].text}.{name}"
    return name


def _property(every: Sequence[Word], at: int, brackets: Sequence[int]) -> tuple[str, str] | None:
    """The property that a word names, if it does, and of what: ``a.name``, ``(a {name: …})``."""
    word = every[at]
    before = every[at - 1].text if at else ""
    brace = brackets[-1] if brackets else None
    if word.kind in {"word", "quoted"}:
        name = word.text.strip("`")
        if before == "." and at >= 2:
            owner = every[at - 2]
            if owner.text in {"{", ","} and brace:  # a {.name}
                owner = every[brace - 1]
            return name, owner.text
        after = every[at + 1].text if at + 1 < len(every) else ""
        if brace and before in {"{", ","} and after == ":" and every[brace].text == "{":
            owner = every[brace - 1]
            if (owner.kind == "word" and owner.upper not in _KEYWORDS) or owner.text == "(":
                return name, owner.text
    if word.kind == "string" and before == "[" and at >= 2 and every[at - 2].kind == "word":
        owner = every[at - 2]
        if owner.upper not in _KEYWORDS:
            return word.text[1:-1], owner.text
    return None


# -- the store and its cache ---------------------------------------------------------------------

_STORES: weakref.WeakKeyDictionary[Tables, Store] = weakref.WeakKeyDictionary()


def _store(tables: Tables, progress: Callable[[str, int, int | None], None] | None) -> Store:
    """The engine with the graph in it: of this process, from the folder's cache, or new."""
    import kglite  # noqa: PLC0415 - not for everybody

    if tables not in _STORES:
        kglite.set_query_warning_policy("silent")
        store = _cached(tables, progress or (lambda _stage, _done, _total: None))
        store.read_only(True)
        _STORES[tables] = store
    return _STORES[tables]


def _cached(tables: Tables, progress: Callable[[str, int, int | None], None]) -> Store:
    import kglite  # noqa: PLC0415 - not for everybody

    if tables.folder is None:
        return _build(tables)
    said = f"{mark(tables)} {kglite.__version__} {_LAYOUT}"
    key = hashlib.sha256(said.encode()).hexdigest()[:16]
    cache = tables.folder / ".cache"
    file = cache / f"cypher-{key}.kgl"
    if file.is_file():
        with suppress(kglite.KgError, OSError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return kglite.load(str(file))
    progress("loading the graph for Cypher, once", 0, None)
    store = _build(tables)
    with suppress(kglite.KgError, OSError, ValueError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns that a mapped store could not map
        _keep(store, cache, file)
    return store


def _keep(store: Store, cache: Path, file: Path) -> None:
    """Write the cache, under another name first, and remove those of other graphs."""
    cache.mkdir(exist_ok=True)
    partial = cache / f"partial-{os.getpid()}-{file.name}"
    try:
        store.save(str(partial), fsync=False)
        partial.replace(file)
    finally:
        for left in cache.glob(f"{partial.name}*"):
            left.unlink(missing_ok=True)
    for other in cache.glob("cypher-*.kgl"):
        if other != file:
            other.unlink(missing_ok=True)


# -- loading -------------------------------------------------------------------------------------


def _build(tables: Tables) -> Store:
    import kglite  # noqa: PLC0415 - not for everybody

    store = kglite.KnowledgeGraph()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # equal rows of authorships are meant
        for name, label in (("papers", "Paper"), ("authors", "Author")):
            for batch in tables.batches(name, rows=_ROWS):
                _add_nodes(store, label, _node_columns(batch))
        categories = distinct(tables.batches("categories", ["category"]))
        short, whole = cut_ids(categories)
        _add_nodes(store, "Category", {"id": _objects(short), "whole_id": _objects(whole)})
        citations = tables.encoded("citations")
        # Only these come in several calls, because only these are pairs that never repeat.
        for first in range(0, citations.num_rows, _ROWS):
            part = citations.slice(first, _ROWS)
            _add_relationships(store, "CITES", part, ("Paper", "citing"), ("Paper", "cited"))
        paper, author, category = ("Paper", "paper"), ("Author", "author"), ("Category", "category")
        _add_relationships(store, "WROTE", tables.encoded("authorships"), author, paper)
        _add_relationships(store, "IN_CATEGORY", tables.encoded("categories"), paper, category)
    return store


def _node_columns(batch: pa.RecordBatch) -> dict[str, Any]:
    short, whole = cut_ids(batch["id"])
    columns = {"id": _objects(short), "whole_id": _objects(whole)}
    return columns | {name: _cells(batch[name]) for name in batch.schema.names if name != "id"}


def _add_nodes(store: Store, label: str, columns: dict[str, Any]) -> None:
    rows = len(columns["id"])
    if not rows:
        return
    # Every node of the engine has a title; only papers do here.
    columns.setdefault("title", np.full(rows, None, object))
    if not len(columns["whole_id"]):
        del columns["whole_id"]
    store.add_nodes(_frame(columns), label, "id", "title", column_types=_types(columns))


def _add_relationships(
    store: Store, type_: str, table: pa.Table, begin: tuple[str, str], end: tuple[str, str]
) -> None:
    if not table.num_rows:
        return
    columns = {
        name: _ids(table[name]) if name in {begin[1], end[1]} else _cells(table[name])
        for name in table.column_names
    }
    types = {name: kind for name, kind in _types(columns).items() if name not in {begin[1], end[1]}}
    store.add_relationships(
        _frame(columns), type_, *begin, *end, column_types=types, on_invalid="error"
    )


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Columns as they are: pandas would make strings of its own from objects, and slowly."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    return pd.DataFrame(
        {
            name: pd.Series(cells, dtype=object) if isinstance(cells, np.ndarray) else cells
            for name, cells in columns.items()
        }
    )


_KINDS = {field.name: field.type for schema in SCHEMAS.values() for field in schema}


def _types(columns: Mapping[str, Any]) -> dict[str, str]:
    """What the engine is to take each column for, also where all of it is null."""
    types = {}
    for name in columns:
        kind = _KINDS.get(name, pa.string())
        if name == "id" or pa.types.is_boolean(kind):
            continue
        if pa.types.is_list(kind):
            types[name] = "list"
        elif pa.types.is_integer(kind):
            types[name] = "integer"
        else:
            types[name] = "datetime" if pa.types.is_date(kind) else "string"
    return types


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _ids(column: pa.ChunkedArray) -> Any:  # noqa: ANN401 - an array
    """Ids as an index takes them; each is one object, however often it is there."""
    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    return _objects(cut_ids(encoded.dictionary)[0])[encoded.indices.to_numpy()]


def _cells(column: pa.ChunkedArray | pa.Array) -> Any:  # noqa: ANN401 - of NumPy or pandas
    """A column as the engine takes it: null is None, and so is an empty list."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    kind = column.type
    if pa.types.is_dictionary(kind):
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        found = _objects([*whole.dictionary.to_pylist(), None])
        return found[whole.indices.fill_null(len(whole.dictionary)).to_numpy()]
    if pa.types.is_list(kind):
        return _objects([value or None for value in column.to_pylist()])
    if pa.types.is_integer(kind):
        return pd.array(column.to_pandas(integer_object_nulls=True), dtype="Int64")
    if pa.types.is_boolean(kind):
        return pd.array(column.to_pylist(), dtype="boolean")
    return _objects(values_of(column))
