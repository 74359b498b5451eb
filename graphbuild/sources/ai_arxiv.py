"""Rows of the ai-arxiv, ai-arxiv-chunked and ai-arxiv2 data sets, and a viewer's page of them.

A row is a paper, or a chunk of a paper's text with the paper's facts repeated. ``doi`` holds the
arXiv id; ``id`` of a chunk is ``<arXiv id>#<chunk>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphbuild.inputs import Input
from graphbuild.model import Origin, Passage, Record, Reference, Rejected
from graphbuild.rows import Row, column_names, rows
from graphbuild.sources import Options, Source
from graphbuild.sources._fields import (
    Ids,
    as_categories,
    as_date,
    as_people,
    as_references,
    as_text,
    identify,
    is_missing,
    plain,
)
from graphbuild.sources._viewer import Cell, ViewerRow, has_chunk_rows, header_names, viewer_rows

__all__ = ["SOURCE"]

NAME = "ai-arxiv"

_TELLING = (
    frozenset(["chunkid", "chunk"]),
    frozenset(["chunk", "doi"]),
    frozenset(["content", "prechunk"]),
    frozenset(["content", "prechunkid"]),
    frozenset(["arxivid", "content", "references"]),
    frozenset(["primarycategory", "summary", "source"]),
)


def sniff(given: Input) -> float:
    """Sure where the columns are those of the data sets."""
    if given.is_parquet:
        return 0.95 if _is_telling(column_names(given)) else 0.0
    if _is_viewer_page(given):
        return 0.98
    return 0.95 if _is_telling(column_names(given)) else 0.0


def _is_telling(names: tuple[str, ...]) -> bool:
    known = {plain(name) for name in names}
    return any(telling <= known for telling in _TELLING)


def _is_viewer_page(given: Input) -> bool:
    head = given.head_text
    return _is_telling(header_names(head)) or has_chunk_rows(head)


def read(given: Input, options: Options) -> Iterator[Record | Rejected]:
    """Yield a record for each row: chunks of one paper are records of one paper.

    Raises
    ------
    InputError
        When the file is damaged or not tabular.
    """
    namespace = options.namespace or NAME
    if not given.is_parquet and _is_viewer_page(given):
        for entry in viewer_rows(given.lines()):
            if isinstance(entry, ViewerRow):
                yield from _of_viewer(entry, given.name, namespace)
            else:
                yield Rejected(Origin(given.name, entry.line), entry.reason, entry.raw, NAME)
        return
    for row in rows(given):
        if isinstance(row, Row):
            values = {plain(name): value for name, value in row.values.items()}
            yield from _records(values, Origin(given.name, row.line), row.raw, namespace)
        else:
            yield replace(row, source=NAME)


def _of_viewer(row: ViewerRow, file: str, namespace: str) -> Iterator[Record | Rejected]:
    values: dict[str, Any] = {name: cell.text for name, cell in row.cells.items()}
    references = row.cells.get("references")
    for entry in _records(values, Origin(file, row.line), row.raw, namespace):
        if isinstance(entry, Record):
            yield replace(
                entry,
                references=_on_their_lines(entry.references, references, file),
                passages=tuple(_on_its_lines(passage, row) for passage in entry.passages),
            )
        else:
            yield entry


def _on_their_lines(
    references: tuple[Reference, ...], cell: Cell | None, file: str
) -> tuple[Reference, ...]:
    """Give each reference the line of the cell on which it stands."""
    if cell is None:
        return references
    placed: list[Reference] = []
    position = 0
    for reference in references:
        found = cell.text.find(reference.raw, position)
        position = found if found >= 0 else position
        line = cell.line + cell.text.count("\n", 0, position)
        placed.append(replace(reference, origin=Origin(file, line)))
        position += len(reference.raw) if found >= 0 else 0
    return tuple(placed)


def _on_its_lines(passage: Passage, row: ViewerRow) -> Passage:
    cell = row.cells.get("chunk") or row.cells["content"]
    count = passage.text.count("\n") + 1
    return replace(passage, lines=tuple(range(cell.line, cell.line + count)))


def _records(
    values: Mapping[str, Any], origin: Origin, raw: str, namespace: str
) -> Iterator[Record | Rejected]:
    """One row as a record, and what is wrong with single references of it."""
    ids = _paper_ids(values, namespace)
    title = as_text(values.get("title"))
    if not ids and not title:
        yield Rejected(origin, "has neither an id nor a title", raw, NAME)
        return
    references, faults = as_references(values.get("references"), origin, None)
    published, year = as_date(values.get("published"))
    source = as_text(values.get("source"))
    yield Record(
        origin,
        NAME,
        arxiv_id=ids.arxiv_id,
        doi=ids.doi,
        other_ids=ids.other_ids,
        title=title,
        abstract=as_text(values.get("summary")),
        authors=as_people(values.get("authors")),
        year=year,
        published=published,
        updated=as_date(values.get("updated"))[0],
        venue=as_text(values.get("journalref")),
        primary_category=as_text(values.get("primarycategory")),
        categories=as_categories(values.get("categories")),
        url=None if ids.arxiv_id else source,
        comment=as_text(values.get("comment")),
        references=tuple(references),
        passages=_passages(values, origin.line),
    )
    for fault in faults:
        yield Rejected(origin, fault, raw, NAME)


def _paper_ids(values: Mapping[str, Any], namespace: str) -> Ids:
    """The paper's identifiers; an own key only where there is neither an arXiv id nor a DOI."""
    own = Ids()
    for name in ("doi", "arxivid", "id", "source"):
        value = values.get(name)
        if isinstance(value, str):
            value = value.partition("#")[0]
        ids = identify(value, None if name == "source" else namespace)
        if ids.arxiv_id or ids.doi:
            return ids
        own = own or ids
    return own


def _passages(values: Mapping[str, Any], line: int) -> tuple[Passage, ...]:
    text = values.get("chunk") or values.get("content")
    if not isinstance(text, str) or is_missing(text):
        return ()
    order = _order(values)
    before = values.get("prechunk")
    follows = (
        before if order is None and isinstance(before, str) and not is_missing(before) else None
    )
    return (Passage(text, order, (line,), follows),)


def _order(values: Mapping[str, Any]) -> int | None:
    """The chunk's number, from its own column or from behind the ``#`` of its id."""
    behind = str(values.get("id") or "").partition("#")[2]
    for value in (values.get("chunkid"), behind):
        number = re.fullmatch(r"\s*(\d{1,9})(?:\.0)?\s*", "" if value is None else str(value))
        if number:
            return int(number[1])
    return None


SOURCE = Source(
    NAME,
    (".jsonl", ".json", ".parquet", ".csv", ".txt"),
    sniff,
    read,
    "rows of the ai-arxiv data sets (JSON Lines, JSON, CSV, Parquet), or a viewer's saved page",
)
