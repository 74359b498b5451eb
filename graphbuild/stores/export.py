"""The graph as files for other programs: CSV, GraphML, GEXF, Pajek, and Neo4j's offline import.

Everything is written as a stream, some thousand rows at a time, so that a graph that does not fit
into memory as objects can still be written. GraphML, GEXF and Pajek hold the citation network, that
is the papers and their citations; the two others hold all tables.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.errors import GraphbuildError
from graphbuild.stores._bulk import writable, write_csv
from graphbuild.tables import SCHEMAS, Tables

__all__ = ["FORMATS", "export"]

_ROWS = 20_000
# Positions are looked up among all ids at once, which is worth it for many rows only.
_ROWS_OF_PAIRS = 500_000


def export(graph: Tables, to: str, out: str | Path) -> None:
    """Write a graph in another program's format.

    Parameters
    ----------
    graph
        Any tables; one that was opened from a folder is read from there in batches.
    to
        ``csv``: one file per table in the folder ``out``, with the columns of the data model; lists
        are JSON. ``graphml``, ``gexf`` and ``pajek``: the file ``out``, with papers as nodes by id
        and citations as edges. GraphML and GEXF have the tables' columns as attributes (null is
        left out, lists are JSON, characters that XML forbids are U+FFFD); Pajek has ids alone.
    out
        The file or folder; what it held under the same names is replaced.

    Raises
    ------
    GraphbuildError
        For another format, and when ``out`` cannot be written.
    """
    if to not in FORMATS:
        raise GraphbuildError(f"{to!r} is no format to export to; there are {', '.join(FORMATS)}")
    with writable(out):
        FORMATS[to](graph, Path(out))


@contextmanager
def _stream(path: Path) -> Iterator[IO[str]]:
    """A text file that appears when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise GraphbuildError(f"{path}: is a folder; name a file")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:40]}.") as scratch:
        partial = Path(scratch) / "partial"
        with partial.open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as stream:
            yield stream
        partial.replace(path)


# -- CSV -----------------------------------------------------------------------------------------


def _csv(graph: Tables, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        write_csv(
            folder / f"{name}.csv",
            ((list(batch.schema.names), _flat(batch)) for batch in graph.batches(name, rows=_ROWS)),
            SCHEMAS[name].names,
        )


def _flat(batch: pa.RecordBatch) -> list[pa.Array]:
    """Columns without lists: those are JSON."""
    return [
        pa.array([_json(value) for value in column.to_pylist()], pa.string())
        if pa.types.is_list(column.type)
        else column
        for column in batch.columns
    ]


def _json(value: list[str] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


# -- GraphML and GEXF ----------------------------------------------------------------------------

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_TYPES = {pa.int32(): "int", pa.int64(): "long", pa.bool_(): "boolean"}


def _attribute(value: object) -> str:
    """Any value as an XML attribute with its quotes."""
    return quoteattr(_allowed(value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(value: object) -> str:
    """Any value as the text of an XML element."""
    return escape(_allowed(value), {"\r": "&#13;"})


def _allowed(value: object) -> str:
    return _FORBIDDEN.sub("\ufffd", value if isinstance(value, str) else _plain(value))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return str(value)


def _rows(graph: Tables, name: str) -> Iterator[dict[str, Any]]:
    for batch in graph.batches(name, rows=_ROWS):
        yield from batch.to_pylist()


def _graphml(graph: Tables, path: Path) -> None:
    with _stream(path) as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        )
        keys = {
            "papers": _graphml_keys(stream, "papers", "node", ("id",)),
            "citations": _graphml_keys(stream, "citations", "edge", ("citing", "cited")),
        }
        stream.write('<graph edgedefault="directed">\n')
        for row in _rows(graph, "papers"):
            data = _graphml_data(row, keys["papers"])
            stream.write(f"<node id={_attribute(row['id'])}>{data}</node>\n")
        for row in _rows(graph, "citations"):
            ends = f"source={_attribute(row['citing'])} target={_attribute(row['cited'])}"
            stream.write(f"<edge {ends}>{_graphml_data(row, keys['citations'])}</edge>\n")
        stream.write("</graph>\n</graphml>\n")


def _graphml_keys(
    stream: IO[str], table: str, domain: str, ends: tuple[str, ...]
) -> dict[str, str]:
    keys = {}
    for field in SCHEMAS[table]:
        if field.name not in ends:
            keys[field.name] = f"{domain}_{field.name}"
            kind = _XML_TYPES.get(field.type, "string")
            stream.write(
                f'<key id="{keys[field.name]}" for="{domain}" attr.name="{field.name}"'
                f' attr.type="{kind}"/>\n'
            )
    return keys


def _graphml_data(row: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    return "".join(
        f'<data key="{key}">{_text(row[name])}</data>'
        for name, key in keys.items()
        if row[name] is not None
    )


def _gexf(graph: Tables, path: Path) -> None:
    with _stream(path) as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n'
            '<graph defaultedgetype="directed" mode="static">\n'
        )
        papers = _gexf_attributes(stream, "papers", "node", ("id",))
        citations = _gexf_attributes(stream, "citations", "edge", ("citing", "cited"))
        stream.write("<nodes>\n")
        for row in _rows(graph, "papers"):
            label = _attribute(row["id"] if row["title"] is None else row["title"])
            values = _gexf_values(row, papers)
            stream.write(f"<node id={_attribute(row['id'])} label={label}>{values}</node>\n")
        stream.write("</nodes>\n<edges>\n")
        for number, row in enumerate(_rows(graph, "citations")):
            ends = f"source={_attribute(row['citing'])} target={_attribute(row['cited'])}"
            values = _gexf_values(row, citations)
            stream.write(f'<edge id="{number}" {ends}>{values}</edge>\n')
        stream.write("</edges>\n</graph>\n</gexf>\n")


def _gexf_attributes(
    stream: IO[str], table: str, domain: str, ends: tuple[str, ...]
) -> dict[str, str]:
    stream.write(f'<attributes class="{domain}" mode="static">\n')
    numbers: dict[str, str] = {}
    for field in SCHEMAS[table]:
        if field.name not in ends:
            numbers[field.name] = str(len(numbers))
            kind = _XML_TYPES.get(field.type, "string").replace("int", "integer")
            stream.write(
                f'<attribute id="{numbers[field.name]}" title="{field.name}" type="{kind}"/>\n'
            )
    stream.write("</attributes>\n")
    return numbers


def _gexf_values(row: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    values = "".join(
        f'<attvalue for="{number}" value={_attribute(row[name])}/>'
        for name, number in numbers.items()
        if row[name] is not None
    )
    return f"<attvalues>{values}</attvalues>"


# -- Pajek ---------------------------------------------------------------------------------------


def _pajek(graph: Tables, path: Path) -> None:
    ids = graph.ids
    with _stream(path) as stream:
        stream.write(f"*Vertices {len(ids)}\n")
        for number, label in enumerate(_labels(ids), 1):
            stream.write(f'{number} "{label}"\n')
        stream.write("*Arcs\n")
        for batch in graph.batches("citations", ["citing", "cited"], rows=_ROWS_OF_PAIRS):
            citing, cited = (
                pc.index_in(batch[name], ids).to_pylist() for name in batch.schema.names
            )
            stream.writelines(f"{a + 1} {b + 1}\n" for a, b in zip(citing, cited, strict=True))


def _labels(ids: pa.Array) -> Iterator[str]:
    """Ids without what ends or breaks a label; what becomes equal gets a number."""
    taken: set[str] = set()
    for whole in ids.to_pylist():
        bare = "".join(c if c.isprintable() and c not in '"\\' else "_" for c in whole) or "_"
        label, number = bare, 1
        while label in taken:
            number += 1
            label = f"{bare}~{number}"
        taken.add(label)
        yield label


FORMATS: Mapping[str, Callable[[Tables, Path], None]] = {
    "csv": _csv,
    "graphml": _graphml,
    "gexf": _gexf,
    "pajek": _pajek,
}
"""What ``export`` writes."""
