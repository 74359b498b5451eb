"""The graph in Neo4j: ``load`` writes it over Bolt, ``read`` gets it back.

What is sent stands in ``cypher/schema`` and ``cypher/load``. Every node and relationship carries
``graphbuild_load``, the mark of the load that wrote it, which is made of the tables' hashes; what
has no mark is somebody else's, and never changed or removed.

Rows are written in the order of their tables, a batch in each transaction. So however a load ends,
what stands in the database is the beginning of each table, and as many rows as bear its mark can be
passed over the next time. Writing a row again changes nothing.
"""

from __future__ import annotations

import itertools
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import graphbuild
from graphbuild.errors import GraphbuildError
from graphbuild.statements import find
from graphbuild.stores._bulk import (
    cut_ids,
    distinct,
    mark,
    null_lists,
    numbered,
    values_of,
)
from graphbuild.stores._cypher import Answer, check_parameters, fault, offset_of, uncommented
from graphbuild.tables import SCHEMAS, Tables

if TYPE_CHECKING:
    import neo4j

__all__ = ["BATCH_SIZE", "KINDS", "Loaded", "holds", "load", "mark", "query", "read"]

BATCH_SIZE = 10_000
"""How many rows are written in one transaction, where ``batch_size`` is not given."""

KINDS = ("papers", "authors", "categories", "citations", "authorships", "paper-categories")
"""What is written, in this order; each has its statements in ``cypher/load``."""

OLDEST = 5
"""The oldest Neo4j that is written to."""

_NODES = {"papers": "Paper", "authors": "Author", "categories": "Category"}
# Columns that are read sooner than others, to count rows by.
_QUICK = {"papers": "in_corpus", "authorships": "position"}
_READ_ROWS = 1000
_BATCH_BYTES = 4 << 20
_PAGE = 1000
_RETRY_SECONDS = 30.0

Progress = Callable[[str, int, int | None], None]
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes
    ----------
    mark
        The value of ``graphbuild_load`` on all that belongs to the graph.
    rows
        How much of each of ``KINDS`` the graph has; the database now holds all of it.
    written
        How many rows were sent: fewer than there are when some were there already.
    removed
        How much of each kind ``replace`` removed.
    kept
        How many nodes of earlier loads ``replace`` left, because somebody else's relationship
        needs them.
    earlier
        How much of each kind earlier loads wrote and this graph lacks.
    seconds
        How long it took.
    """

    mark: str
    rows: Mapping[str, int]
    written: int
    removed: Mapping[str, int]
    kept: int
    earlier: Mapping[str, int]
    seconds: float


def load(
    graph: Tables,
    uri: str,
    *,
    user: str = "neo4j",
    password: str | None = None,
    database: str = "neo4j",
    batch_size: int = BATCH_SIZE,
    replace: bool = False,
    retry_seconds: float = _RETRY_SECONDS,
    progress: Progress | None = None,
) -> Loaded:
    """Write a graph to a Neo4j: constraints and indexes, then nodes, then relationships.

    What is there already is not written twice, so the same call ends a load that was interrupted.
    A graph that was opened from a folder is read from there in batches.

    Parameters
    ----------
    graph
        Any tables; ``gb.open`` for a folder.
    uri
        ``neo4j://host:7687``, or ``bolt://``, and with ``+s`` for encryption.
    user, password, database
        As the server has them; without a password, none is sent.
    batch_size
        How many rows go into one transaction. Texts of many megabytes make it fewer.
    replace
        Write everything again, and remove what earlier loads wrote and this graph lacks.
    retry_seconds
        How long to try again when the server is gone or busy.
    progress
        Called as work goes on, with rows of all kinds as the count.

    Raises
    ------
    GraphbuildError
        When the server can't be reached or written to, or a node of somebody else's is in the way.
    """
    tell = progress or _silence
    began = time.monotonic()
    tell("counting what there is to write", 0, None)
    this = mark(graph)
    kinds = [_Kind(kind, graph, batch_size) for kind in KINDS]
    rows = {kind.name: kind.rows for kind in kinds}
    total, done, written = sum(rows.values()), 0, 0
    with _Database(uri, user, password, database, retry_seconds) as server:
        server.refuse_what_is_too_old()
        _make_indexes(server)
        counts = _count(server, this)
        for kind in kinds:

            def show(row: int, name: str = kind.name, before: int = done) -> None:
                tell(f"writing {name}", before + row, total)

            there = 0 if replace else counts[kind.name].this_load
            written += _send(server, kind, this, there, show)
            if there and there != kind.rows:
                # What was there need not have been the beginning: somebody may have removed some.
                counts = _count(server, this)
                if counts[kind.name].this_load != kind.rows:
                    written += _send(server, kind, this, 0, show)
            done += kind.rows
        removed, kept = _remove(server, this, tell) if replace else (Counter[str](), 0)
        counts = _count(server, this)
    wrong = {kind for kind in KINDS if counts[kind].this_load != rows[kind]}
    if wrong:
        raise GraphbuildError(
            f"{uri}: somebody else changed {', '.join(sorted(wrong))} during the load; load again"
            " with --replace"
        )
    earlier = {kind: counts[kind].written - counts[kind].kept - rows[kind] for kind in KINDS}
    return Loaded(this, rows, written, removed, kept, earlier, time.monotonic() - began)


def _silence(_stage: str, _done: int, _total: int | None) -> None:
    pass


# -- what is sent --------------------------------------------------------------------------------


@dataclass
class _Kind:
    """One kind of node or relationship: how many rows it has, and the parameters that hold them."""

    name: str
    graph: Tables
    batch_size: int
    rows: int = field(init=False)

    def __post_init__(self) -> None:
        if self.name == "categories":
            self._categories = distinct(self.graph.batches("categories", ["category"]))
            self.rows = len(self._categories)
        else:
            column = _QUICK.get(self._table, SCHEMAS[self._table].names[-1])
            self.rows = sum(batch.num_rows for batch in self.graph.batches(self._table, [column]))

    @property
    def _table(self) -> str:
        return "categories" if self.name == "paper-categories" else self.name

    def parameters(self, skip: int) -> Iterator[tuple[dict[str, Any], int]]:
        """The statement's parameters and their number of rows, batch by batch."""
        for table in _pieces(self._batches(), self.batch_size, skip):
            yield _PARAMETERS[self.name](table), table.num_rows

    def _batches(self) -> Iterator[pa.RecordBatch]:
        if self.name == "categories":
            return iter(pa.table({"id": self._categories}).to_batches(_READ_ROWS))
        batches = self.graph.batches(self._table, rows=_READ_ROWS)
        if self.name == "authorships":
            return numbered(batches, "paper", "author")
        if self.name == "paper-categories":
            return numbered(batches, "paper", "category")
        return batches


def _pieces(batches: Iterable[pa.RecordBatch], rows: int, skip: int) -> Iterator[pa.Table]:
    """Batches made larger or smaller: of so many rows, unless they would be too many bytes."""
    held: list[pa.RecordBatch] = []
    room, weight = rows, 0
    for whole in batches:
        if skip >= whole.num_rows:
            skip -= whole.num_rows
            continue
        batch, skip = whole.slice(skip), 0
        while batch.num_rows:
            piece = _not_too_heavy(batch.slice(0, room))
            if held and weight + piece.nbytes > _BATCH_BYTES:
                yield pa.Table.from_batches(held)
                held, room, weight = [], rows, 0
                continue
            held.append(piece)
            room, weight = room - piece.num_rows, weight + piece.nbytes
            batch = batch.slice(piece.num_rows)
            if not room:
                yield pa.Table.from_batches(held)
                held, room, weight = [], rows, 0
    if held:
        yield pa.Table.from_batches(held)


def _not_too_heavy(batch: pa.RecordBatch) -> pa.RecordBatch:
    while batch.num_rows > 1 and batch.nbytes > _BATCH_BYTES:
        batch = batch.slice(0, batch.num_rows // 2)
    return batch


def _columns(table: pa.Table, names: Iterable[str]) -> dict[str, Any]:
    """Columns as lists; one that is null throughout is an empty list, and so is null."""
    columns = {}
    for name in names:
        values = [] if table[name].null_count == table.num_rows else values_of(table[name])
        if pa.types.is_list(table[name].type):
            values = [value or None for value in values] if any(values) else []
        columns[name] = values
    return columns


def _properties(table: pa.Table, names: Iterable[str]) -> dict[str, Any]:
    """Columns as lists, but ``same`` for those that have one value throughout.

    Half of what is sent for a citation is the same for its neighbours, and packing takes longest.
    """
    same = {}
    for name in names:
        column = table[name]
        if not column.null_count and not pa.types.is_nested(column.type):
            first = column[0]
            if pc.all(pc.equal(column, first)).as_py():
                same[name] = first.as_py()
    rest = _columns(table, [name for name in names if name not in same])
    return {"same": same, **{name: [] for name in same}, **rest}


def _node_parameters(table: pa.Table) -> dict[str, Any]:
    short, whole = cut_ids(table["id"])
    rest = [name for name in table.column_names if name != "id"]
    return {
        "id": short,
        "whole_id": whole,
        "null_lists": null_lists(table),
        **_columns(table, rest),
    }


def _citation_parameters(table: pa.Table) -> dict[str, Any]:
    ends = pa.chunked_array([*table["citing"].chunks, *table["cited"].chunks], pa.string())
    papers, places = _places(ends)
    citing, cited = places[: table.num_rows], places[table.num_rows :]
    return {
        "papers": papers,
        "locked": np.unique(citing).tolist(),
        "citing": citing.tolist(),
        "cited": cited.tolist(),
        **_properties(table, SCHEMAS["citations"].names[2:]),
    }


def _places(column: pa.ChunkedArray) -> tuple[list[str], np.ndarray[Any, Any]]:
    """The distinct ids of a column, and the place of each value among them."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return cut_ids(encoded.dictionary)[0], encoded.indices.to_numpy()


def _authorship_parameters(table: pa.Table) -> dict[str, Any]:
    authors, author = _places(table["author"])
    papers, paper = _places(table["paper"])
    return {
        "authors": authors,
        "papers": papers,
        "author": author.tolist(),
        "paper": paper.tolist(),
        "null_lists": null_lists(table),
        **_columns(table, ["nth"]),
        **_properties(table, ["position", "affiliations"]),
    }


def _category_parameters(table: pa.Table) -> dict[str, Any]:
    papers, paper = _places(table["paper"])
    categories, category = _places(table["category"])
    return {
        "papers": papers,
        "categories": categories,
        "paper": paper.tolist(),
        "category": category.tolist(),
        **_columns(table, ["nth"]),
        **_properties(table, ["is_primary"]),
    }


_PARAMETERS: Mapping[str, Callable[[pa.Table], dict[str, Any]]] = {
    "papers": _node_parameters,
    "authors": _node_parameters,
    "categories": _node_parameters,
    "citations": _citation_parameters,
    "authorships": _authorship_parameters,
    "paper-categories": _category_parameters,
}


def _send(server: _Database, kind: _Kind, this: str, skip: int, show: Callable[[int], None]) -> int:
    """Write a kind from a row on, and say how many rows that were."""
    show(skip)
    if skip >= kind.rows:
        return 0
    statement, row = _statement(f"load/{kind.name}"), skip
    for parameters, rows in _ahead(kind.parameters(skip)):
        answer = server.ask(statement, load=this, **parameters)
        if answer[0]["written"] != rows:
            raise GraphbuildError(f"{server.uri}: {_what_is_in_the_way(server, kind, parameters)}")
        row += rows
        show(row)
    return row - skip


def _ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """Make the next item while the last one is used."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = pool.submit(next, items, None)
            yield item


def _what_is_in_the_way(server: _Database, kind: _Kind, parameters: Mapping[str, Any]) -> str:
    label = _NODES.get(kind.name)
    if label is not None:
        strangers = server.ask(
            f"UNWIND $id AS id MATCH (node:{label} {{id: id}}) WHERE node.graphbuild_load IS NULL"
            " RETURN id LIMIT 1",
            id=parameters["id"],
        )
        if strangers:
            return (
                f"there is a {label} {strangers[0]['id']} that graphbuild did not write, and does"
                " not touch; rename its label or its id, or load into another database"
            )
    return (
        f"nodes that {kind.name} need are gone, or not graphbuild's; does somebody else change this"
        " database? Load again"
    )


# -- indexes, counts, removal --------------------------------------------------------------------


def _make_indexes(server: _Database) -> None:
    for name in ("paper-id", "author-id", "category-id", "paper-year"):
        server.ask(_statement(f"schema/{name}"))
    try:
        server.ask(_statement("schema/paper-title"))
    except GraphbuildError:
        if server.is_neo4j:
            raise  # other servers that speak Bolt may have no full-text index


@dataclass(frozen=True)
class _Count:
    written: int = 0
    this_load: int = 0
    kept: int = 0


def _count(server: _Database, this: str) -> dict[str, _Count]:
    counts = {kind: _Count() for kind in KINDS}
    for row in server.ask(_statement("load/count"), load=this):
        counts[row["kind"]] = _Count(row["written"], row["this_load"], row["kept"])
    return counts


def _remove(server: _Database, this: str, tell: Progress) -> tuple[Counter[str], int]:
    """Remove what earlier loads wrote: relationships first, then nodes without any."""
    removed, kept = Counter[str](), 0
    counts = _count(server, this)
    for kind in reversed(KINDS):
        stale = counts[kind].written - counts[kind].this_load
        if not stale:
            continue
        statement, last = _statement(f"load/remove-{kind}"), ""
        while last is not None:
            tell(f"removing {kind} of earlier loads", removed[kind], stale)
            (row,) = server.ask(statement, load=this, after=last, limit=_PAGE)
            last = row["last"]
            removed[kind] += row["removed"]
            kept += row.get("kept", 0)
    return removed, kept


def _statement(name: str) -> str:
    return find(name).text


# -- reading back --------------------------------------------------------------------------------

_PATTERNS = {
    "papers": ("(row:Paper)", {"id": "coalesce(row.whole_id, row.id)"}),
    "authors": ("(row:Author)", {"id": "coalesce(row.whole_id, row.id)"}),
    "citations": (
        "(citing:Paper)-[row:CITES]->(cited:Paper)",
        {
            "citing": "coalesce(citing.whole_id, citing.id)",
            "cited": "coalesce(cited.whole_id, cited.id)",
        },
    ),
    "authorships": (
        "(author:Author)-[row:WROTE]->(paper:Paper)",
        {
            "author": "coalesce(author.whole_id, author.id)",
            "paper": "coalesce(paper.whole_id, paper.id)",
        },
    ),
    "categories": (
        "(paper:Paper)-[row:IN_CATEGORY]->(category:Category)",
        {
            "paper": "coalesce(paper.whole_id, paper.id)",
            "category": "coalesce(category.whole_id, category.id)",
        },
    ),
}


def read(
    uri: str,
    *,
    user: str = "neo4j",
    password: str | None = None,
    database: str = "neo4j",
    progress: Progress | None = None,
) -> graphbuild.Graph:
    """Get back what graphbuild loaded: every table but ``mentions``, as it was.

    What somebody else wrote is not read. Where several graphs were loaded one after the other
    without ``replace``, this is all of them together.

    Parameters
    ----------
    uri, user, password, database, progress
        As for ``load``.

    Raises
    ------
    GraphbuildError
        When the server can't be reached, or what graphbuild wrote there has been changed into
        something that is no graph of its own.
    """
    tell = progress or _silence
    with _Database(uri, user, password, database, _RETRY_SECONDS) as server:
        server.refuse_what_is_too_old()
        tables = {name: _read_table(server, name, tell) for name in _PATTERNS}
    for name in ("authorships", "categories"):
        # Rows that are equal but for what does not count in a table's order keep theirs.
        tables[name] = tables[name].sort_by("nth").drop_columns("nth")
    return graphbuild.Graph.from_tables(**tables)


def _read_table(server: _Database, name: str, tell: Progress) -> pa.Table:
    pattern, ends = _PATTERNS[name]
    schema = SCHEMAS[name]
    columns = {field.name: ends.get(field.name) or _property(field) for field in schema}
    if name in {"authorships", "categories"}:
        columns["nth"] = "coalesce(row.graphbuild_nth, 1)"
        schema = schema.append(pa.field("nth", pa.int32()))
    returned = ", ".join(f"{source} AS {column}" for column, source in columns.items())
    statement = f"MATCH {pattern} WHERE row.graphbuild_load <> 'kept' RETURN {returned}"
    tell(f"reading {name}", 0, None)
    batches: list[pa.RecordBatch] = []

    def consume(rows: Iterable[Sequence[Any]]) -> None:
        batches.clear()  # a transaction that failed begins again
        done = 0
        values = iter(rows)
        while chunk := list(itertools.islice(values, BATCH_SIZE)):
            batches.append(_batch(chunk, schema, name))
            done += len(chunk)
            tell(f"reading {name}", done, None)

    server.stream(statement, consume)
    return pa.Table.from_batches(batches, schema)


def _property(field: pa.Field) -> str:
    """Cypher for a column: an empty list is no property, and a null one is noted."""
    if not pa.types.is_list(field.type):
        return f"row.{field.name}"
    return (
        f"CASE WHEN row.{field.name} IS NULL AND NOT '{field.name}' IN"
        f" coalesce(row.graphbuild_null, []) THEN [] ELSE row.{field.name} END"
    )


_DAYS_BEFORE_1970 = 719_163


def _batch(rows: Sequence[Sequence[Any]], schema: pa.Schema, name: str) -> pa.RecordBatch:
    arrays = []
    for column, values in zip(schema, zip(*rows, strict=True), strict=True):
        try:
            if pa.types.is_date(column.type):
                days = [
                    None if each is None else each.to_ordinal() - _DAYS_BEFORE_1970
                    for each in values
                ]
                arrays.append(pa.array(days, pa.int32()).cast(column.type))
            else:
                arrays.append(pa.array(values, column.type))
        except (pa.ArrowException, AttributeError, TypeError, OverflowError) as error:
            raise GraphbuildError(
                f"somebody has changed {column.name} of {name} in the database to a value of"
                f" another type ({error}); load again with --replace"
            ) from error
    return pa.record_batch(arrays, schema=schema)


# -- questions -----------------------------------------------------------------------------------


def query(
    uri: str,
    statement: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    user: str = "neo4j",
    password: str | None = None,
    database: str = "neo4j",
    timeout: float = 60.0,
    write: bool = False,
) -> Answer:
    """Answer a Cypher statement on a Neo4j.

    Parameters
    ----------
    uri, user, password, database
        As for ``load``.
    statement
        One statement. Values belong in ``$parameters``.
    parameters
        A value for each.
    timeout
        How many seconds it may take; the server then ends it.
    write
        Whether it may change the database; the server refuses it otherwise.

    Raises
    ------
    GraphbuildError
        When the server can't be reached, or the statement is wrong, with its place.
    """
    plain = uncommented(statement)
    if not plain.strip():
        raise GraphbuildError("there is no statement")
    check_parameters(plain, parameters or {})
    with _Database(uri, user, password, database, _RETRY_SECONDS) as server:
        server.refuse_what_is_too_old()
        columns, rows = server.run(plain, dict(parameters or {}), timeout=timeout, write=write)
    return Answer(columns, [tuple(_plain(value) for value in row) for row in rows])


def holds(
    graph: Tables,
    uri: str,
    *,
    user: str = "neo4j",
    password: str | None = None,
    database: str = "neo4j",
) -> bool:
    """Whether what is there was loaded from this folder (or this graph in memory) as it is now.

    Parameters
    ----------
    graph
        As for ``load``.
    uri, user, password, database
        As for ``load``.

    Raises
    ------
    GraphbuildError
        When the server can't be reached.
    """
    with _Database(uri, user, password, database, _RETRY_SECONDS) as server:
        server.refuse_what_is_too_old()
        found = server.ask(
            "MATCH (paper:Paper) WHERE paper.graphbuild_load IS NOT NULL"
            " RETURN paper.graphbuild_load AS load LIMIT 1"
        )
    return [row["load"] for row in found] == [mark(graph)]


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of Cypher's
    """A value as ``Answer`` describes it."""
    import neo4j  # noqa: PLC0415 - slow to import

    if isinstance(value, neo4j.graph.Node):
        return {"labels": sorted(value.labels), "properties": _plain(dict(value))}
    if isinstance(value, neo4j.graph.Relationship):
        return {"type": value.type, "properties": _plain(dict(value))}
    if isinstance(value, neo4j.graph.Path):
        nodes, relationships = list(value.nodes), list(value.relationships)
        return {"nodes": _plain(nodes), "relationships": _plain(relationships)}
    if isinstance(value, dict):
        return {
            name: _plain(each)
            for name, each in sorted(value.items())
            if not name.startswith("graphbuild_")
        }
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, neo4j.time.Duration):
        return {"months": value.months, "days": value.days, "seconds": value.seconds} | (
            {"nanoseconds": value.nanoseconds} if value.nanoseconds else {}
        )
    return value.to_native() if hasattr(value, "to_native") else value


# -- the server, and what can be wrong with it ---------------------------------------------------


_ADDRESS = re.compile(r"(neo4j|bolt)(\+s|\+ssc)?://")


class _Database:
    """A connection whose statements are retried, and whose errors are sentences."""

    def __init__(
        self, uri: str, user: str, password: str | None, database: str, retry_seconds: float
    ) -> None:
        # What the driver logs goes to those who have asked for it, and not to everybody's screen.
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
        self.uri = uri
        self._user = user
        self._database = database
        self._written = False
        self._options: dict[str, Any] = {
            "auth": None if password is None else (user, password),
            "max_transaction_retry_time": retry_seconds,
            "user_agent": f"graphbuild/{graphbuild.__version__}",
        }
        self.agent = ""

    def __enter__(self) -> Self:
        import neo4j  # noqa: PLC0415 - slow to import

        try:
            self._connect(notifications_min_severity="OFF")
        except neo4j.exceptions.ConfigurationError:
            # The server is too old to be told that its notices are not wanted.
            self._connect()
        return self

    def _connect(self, **options: Any) -> None:  # noqa: ANN401 - the driver's
        import neo4j  # noqa: PLC0415 - slow to import

        no_address = (
            f"{self.uri}: is no address of a Neo4j; write neo4j://host:7687 or bolt://host:7687"
        )
        if not _ADDRESS.match(self.uri):  # the driver would take an HTTP address too
            raise GraphbuildError(no_address)
        try:
            self._driver = neo4j.GraphDatabase.driver(self.uri, **self._options, **options)
        except (neo4j.exceptions.ConfigurationError, ValueError) as error:
            raise GraphbuildError(f"{no_address} ({_first_line(error)})") from error
        try:
            with self._explained():
                self.agent = self._driver.get_server_info().agent
        except BaseException:
            self._driver.close()
            raise

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    @property
    def is_neo4j(self) -> bool:
        return re.fullmatch(r"Neo4j/[\d.]+\S*", self.agent) is not None

    def refuse_what_is_too_old(self) -> None:
        version = re.match(r"Neo4j/(\d+)\.(\d+)", self.agent)
        if version and int(version[1]) < OLDEST:
            raise GraphbuildError(
                f"{self.uri}: is a Neo4j {version[1]}.{version[2]}; graphbuild needs Neo4j"
                f" {OLDEST} or later"
            )

    def ask(self, statement: str, **parameters: Any) -> list[neo4j.Record]:  # noqa: ANN401
        """All rows of a statement, in a transaction that is tried again when it may help."""
        import neo4j  # noqa: PLC0415 - slow to import

        with self._explained():
            for _ in range(3):
                try:
                    records = self._driver.execute_query(
                        statement, parameters, database_=self._database
                    ).records
                except neo4j.exceptions.IncompleteCommit:
                    # It is not known whether all was written, and to write it again does no harm.
                    continue
                self._written = True
                return records
            raise GraphbuildError(f"{self.uri}: the connection breaks again and again")

    def stream(self, statement: str, consume: Callable[[Iterable[Sequence[Any]]], None]) -> None:
        """Give the rows of a statement to a function as they come."""
        with (
            self._explained(),
            self._driver.session(
                database=self._database, default_access_mode="READ", fetch_size=BATCH_SIZE
            ) as session,
        ):
            session.execute_read(
                lambda transaction: consume(
                    record.values() for record in transaction.run(statement)
                )
            )

    def run(
        self, statement: str, parameters: dict[str, Any], *, timeout: float, write: bool
    ) -> tuple[list[str], list[list[Any]]]:
        """Columns and rows of somebody's own statement, in a transaction that nobody repeats.

        It is not in one of the driver's, because ``CALL … IN TRANSACTIONS`` makes its own.
        """
        import neo4j  # noqa: PLC0415 - slow to import

        mode = neo4j.WRITE_ACCESS if write else neo4j.READ_ACCESS
        try:
            with self._driver.session(
                database=self._database, default_access_mode=mode, fetch_size=BATCH_SIZE
            ) as session:
                result = session.run(
                    neo4j.Query(statement, timeout=timeout),
                    parameters,
                )
                return list(result.keys()), [record.values() for record in result]
        except neo4j.exceptions.Neo4jError as error:
            with self._explained():
                raise self._fault(error, statement, timeout) from error
        except (neo4j.exceptions.DriverError, OSError):
            with self._explained():
                raise
        raise AssertionError

    def _fault(
        self, error: neo4j.exceptions.Neo4jError, statement: str, timeout: float
    ) -> Exception:
        """What is wrong with somebody's own statement, in words and with its place."""
        code, said = error.code or "", str(error.message or error)
        if code.endswith(".AccessMode"):
            return GraphbuildError(
                "the statement would change the database, and may not; --write lets it"
            )
        if "TransactionTimedOut" in code:
            return GraphbuildError(
                f"{self.uri}: no answer within {timeout:g} s; --timeout allows more"
            )
        place = re.search(r"\(line (\d+), column (\d+) \(offset: \d+\)\)", said)
        if place:
            at = offset_of(statement, int(place[1]), int(place[2]))
            return fault(statement, at, said[: place.start()].strip())
        return error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import neo4j  # noqa: PLC0415 - slow to import

        try:
            yield
        except neo4j.exceptions.Neo4jError as error:
            raise GraphbuildError(f"{self.uri}: {self._words(error)}") from error
        except neo4j.exceptions.ConfigurationError:
            raise
        except (neo4j.exceptions.DriverError, OSError) as error:
            if self._written:
                raise GraphbuildError(
                    f"{self.uri}: the server has gone away; start it and give the same command"
                    " again, which goes on where this one stopped"
                ) from error
            raise GraphbuildError(
                f"{self.uri}: no Neo4j answers there; is it running, and is the address the one of"
                f" its Bolt port? ({_first_line(error)})"
            ) from error

    def _words(self, error: neo4j.exceptions.Neo4jError) -> str:
        code = error.code or ""
        words = {
            "Unauthorized": f"the password, or the user {self._user}, is wrong; the password is"
            " taken from NEO4J_PASSWORD",
            "AuthenticationRateLimit": "too many wrong passwords; wait a few seconds",
            "CredentialsExpired": "the first password has to be changed before anything else; do it"
            " in Neo4j Browser",
            "DatabaseNotFound": f"there is no database {self._database}; SHOW DATABASES lists"
            " those that there are (--database)",
            "DatabaseUnavailable": f"the database {self._database} is not running now; try again,"
            " or start it",
            "Forbidden": f"the user {self._user} may not do this; give one that may write, and make"
            f" indexes, in {self._database} (--user)",
            "WriteOnReadOnlyAccessDatabase": f"the database {self._database} is read-only; make it"
            " writable, or name another (--database)",
            "ForbiddenOnReadOnlyDatabase": f"the database {self._database} is read-only; make it"
            " writable, or name another (--database)",
            "MemoryPoolOutOfMemoryError": "the server has too little memory for a batch; give it"
            " more, or take a smaller --batch-size",
        }
        for name, sentence in words.items():
            if code.endswith(f".{name}"):
                return sentence
        return f"the server says: {_first_line(error.message or error)}"


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
