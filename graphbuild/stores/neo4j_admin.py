"""The graph as CSV files for ``neo4j-admin database import``, which fills a database offline.

The database is then as ``graphbuild.stores.neo4j.load`` leaves it, marks included, but for
constraints and indexes: a load of the same graph finds everything written, and makes those.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.errors import GraphbuildError
from graphbuild.stores._bulk import (
    cut_ids,
    distinct,
    mark,
    null_lists,
    numbered,
    writable,
    write_csv,
)
from graphbuild.tables import SCHEMAS, Tables

__all__ = ["as_shell", "export"]

_ROWS = 50_000
_TYPES = {
    pa.int32(): "long",
    pa.int64(): "long",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.list_(pa.string()): "string[]",
}
# What stands between the entries of a list: the first that no entry has in it.
_BETWEEN = (";", "|", "\t", "^", "~", "\x1f", "\x1e", "\x1d", "\x1c", "\ue000", "\ue001")
# neo4j-admin takes no field that is longer than its buffer, which is 4 MB where nothing is said.
_BUFFER = 4 << 20
_SMALL = 1 << 20

_Sheet = tuple[str, list[str], Iterator[pa.RecordBatch]]


def export(graph: Tables, out: str | Path, *, database: str = "neo4j") -> list[str]:
    """Write the files to a folder, and give the command that imports them, as a list of words.

    Parameters
    ----------
    graph
        Any tables; one that was opened from a folder is read from there in batches.
    out
        The folder; files of the same names are replaced.
    database
        The database that the command fills, overwriting what it holds.

    Raises
    ------
    GraphbuildError
        When the folder cannot be written, has a comma in its name (which is how the import tells
        files apart), or lists have in them every sign that could stand between their entries.
    """
    folder = Path(out).resolve()
    if "," in str(folder):
        raise GraphbuildError(f"{folder}: the import takes no folder with a comma in its name")
    facts = _Facts(graph)
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, header, batches in _sheets(graph, facts):
            rows = ((header, facts.flat(batch)) for batch in batches)
            write_csv(folder / f"{name}.csv", rows, header)
    # The last part of a name is a pattern to the import; those of ours have nothing special.
    nodes = {"Paper": "papers", "Author": "authors", "Category": "categories"}
    relationships = {"CITES": "citations", "WROTE": "authorships", "IN_CATEGORY": "in_category"}
    return [
        "neo4j-admin",
        "database",
        "import",
        "full",
        database,
        "--overwrite-destination",
        "--id-type=string",
        f"--array-delimiter={facts.between_as_option}",
        *(["--multiline-fields=true"] if facts.has_lines else []),
        *([f"--read-buffer-size={4 * facts.longest}"] if facts.longest > _SMALL else []),
        *(f"--nodes={label}={folder / name}.csv" for label, name in nodes.items()),
        *(f"--relationships={kind}={folder / name}.csv" for kind, name in relationships.items()),
    ]


def as_shell(command: Iterable[str]) -> str:
    """The words of a command as a shell takes them, with a line for each option.

    >>> print(as_shell(["neo4j-admin", "database", "import", "--array-delimiter=;"]))
    neo4j-admin database import \\
      '--array-delimiter=;'
    """
    words = list(command)
    options = [shlex.quote(word) for word in words if word.startswith("--")]
    before = shlex.join(word for word in words if not word.startswith("--"))
    return " \\\n  ".join([before, *options])


class _Facts:
    """What the import has to be told of the texts: looked up in all of them before any is written.

    Attributes
    ----------
    between
        The sign between the entries of a list.
    has_lines
        Whether any text has more than one line.
    longest
        No text takes more bytes than this.
    """

    def __init__(self, graph: Tables) -> None:
        self.mark = mark(graph)
        self.has_lines, self.longest = False, 0
        possible = list(_BETWEEN)
        for name in ("papers", "authors", "citations", "authorships", "categories"):
            for batch in graph.batches(name, rows=_ROWS):
                for column in batch.columns:
                    if pa.types.is_list(column.type):
                        entries = pc.list_flatten(column)
                        possible = [sign for sign in possible if not _has(entries, re.escape(sign))]
                        self._note(pc.binary_join(column, " "))
                        self._note(entries)
                    elif pa.types.is_string(column.type):
                        self._note(column)
        if not possible:
            raise GraphbuildError(
                "no sign is left to stand between the entries of lists; use graphbuild load"
            )
        self.between = possible[0]

    def _note(self, texts: pa.Array) -> None:
        self.has_lines = self.has_lines or _has(texts, r"[\r\n]")
        self.longest = max(self.longest, pc.max(pc.binary_length(texts)).as_py() or 0)

    @property
    def between_as_option(self) -> str:
        if self.between == "\t":
            return "TAB"
        plain = self.between.isascii() and self.between.isprintable()
        return self.between if plain else f"U+{ord(self.between):04X}"

    def flat(self, batch: pa.RecordBatch) -> list[pa.Array]:
        """Columns without lists: their entries stand one after the other."""
        return [
            pc.binary_join(column, self.between) if pa.types.is_list(column.type) else column
            for column in batch.columns
        ]


def _has(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def _sheets(graph: Tables, facts: _Facts) -> Iterator[_Sheet]:
    """Each file's name, header and rows."""
    for name, label in (("papers", "Paper"), ("authors", "Author")):
        fields = [(field.name, field.type) for field in SCHEMAS[name]][1:]
        batches = (_node(batch, facts) for batch in graph.batches(name, rows=_ROWS))
        yield name, [*_node_header(label), *_typed(fields)], batches
    categories = distinct(graph.batches("categories", ["category"]))
    ids = pa.table({"id": categories}).to_batches(_ROWS)
    yield "categories", _node_header("Category"), (_node(batch, facts) for batch in ids)
    yield (
        "citations",
        *_relationships(graph, facts, "citations", ("citing", "Paper"), ("cited", "Paper"), None),
    )
    yield (
        "authorships",
        *_relationships(
            graph, facts, "authorships", ("author", "Author"), ("paper", "Paper"), "paper"
        ),
    )
    yield (
        "in_category",
        *_relationships(
            graph, facts, "categories", ("paper", "Paper"), ("category", "Category"), "paper"
        ),
    )


def _node_header(label: str) -> list[str]:
    return [f"id:ID({label})", "whole_id", "graphbuild_load", "graphbuild_null:string[]"]


def _typed(fields: Iterable[tuple[str, pa.DataType]]) -> list[str]:
    return [f"{name}:{_TYPES[type_]}" if type_ in _TYPES else name for name, type_ in fields]


def _node(batch: pa.RecordBatch, facts: _Facts) -> pa.RecordBatch:
    short, whole = cut_ids(batch["id"])
    rest = [name for name in batch.schema.names if name != "id"]
    columns = [
        pa.array(short, pa.string()),
        pa.array(whole or [None] * batch.num_rows, pa.string()),
        _marks(batch, facts),
        _nulls(batch),
        *(batch[name] for name in rest),
    ]
    names = ["id", "whole_id", "graphbuild_load", "graphbuild_null", *rest]
    return pa.record_batch(columns, names=names)


def _marks(batch: pa.RecordBatch, facts: _Facts) -> pa.Array:
    return pa.repeat(pa.scalar(facts.mark), batch.num_rows)


def _nulls(batch: pa.RecordBatch) -> pa.Array:
    return pa.array(null_lists(batch) or [None] * batch.num_rows, pa.list_(pa.string()))


def _relationships(
    graph: Tables,
    facts: _Facts,
    name: str,
    start: tuple[str, str],
    end: tuple[str, str],
    owner: str | None,
) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    ends = (start[0], end[0])
    fields = [(field.name, field.type) for field in SCHEMAS[name] if field.name not in ends]
    header = [
        f":START_ID({start[1]})",
        f":END_ID({end[1]})",
        "graphbuild_load",
        "graphbuild_null:string[]",
    ]
    batches = graph.batches(name, rows=_ROWS)
    if owner is not None:
        (other,) = {*ends} - {owner}
        batches = numbered(batches, owner, other)
        header.append("graphbuild_nth:long")
        fields_of_rows = ["nth", *(field for field, _ in fields)]
    else:
        fields_of_rows = [field for field, _ in fields]

    def rows() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            columns = [
                *(pa.array(cut_ids(batch[each])[0], pa.string()) for each in ends),
                _marks(batch, facts),
                _nulls(batch),
                *(batch[each] for each in fields_of_rows),
            ]
            names = [*ends, "graphbuild_load", "graphbuild_null", *fields_of_rows]
            yield pa.record_batch(columns, names=names)

    return [*header, *_typed(fields)], rows()
