"""Anybody's table with one paper a row: JSON Lines, JSON arrays, CSV, TSV, Parquet.

Common names of columns are recognised, others are mapped (``Options.mapping``). Rows of the arXiv
metadata snapshot are such records.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphbuild.columns import RecordColumns
from graphbuild.errors import GraphbuildError
from graphbuild.inputs import Input
from graphbuild.model import Origin, Person, Record, Rejected
from graphbuild.rows import Row, column_names, layout, rows
from graphbuild.sources import Options, Source
from graphbuild.sources._blocks import is_columnar
from graphbuild.sources._bulk import Meaning, first_version, read_in_bulk
from graphbuild.sources._fields import (
    Ids,
    as_arxiv_id,
    as_categories,
    as_date,
    as_people,
    as_references,
    as_text,
    identify,
    is_category,
    is_missing,
    plain,
)

__all__ = ["FIELDS", "SOURCE"]

NAME = "records"

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "id", "key", "paperid", "recordid", "articleid", "workid", "corpusid", "identifier",
        "citekey", "citationkey", "bibcode", "eid", "uid", "nodeid",
    ),
    "arxiv_id": ("arxivid", "arxiv", "eprint"),
    "doi": ("doi",),
    "pmid": ("pmid", "pubmedid"),
    "title": ("title", "papertitle", "articletitle", "name"),
    "authors": ("authorsparsed", "authors", "author", "authorships", "creators", "authornames"),
    "published": (
        "published", "publicationdate", "publishedat", "datepublished", "date", "issued",
        "releasedate", "submitted", "created",
    ),
    "year": ("year", "publicationyear", "pubyear"),
    "updated": ("updated", "updatedate", "lastupdated", "updatedat", "modified"),
    "abstract": ("abstract", "summary", "description"),
    "categories": ("categories", "category", "subjects", "subject", "fieldsofstudy"),
    "primary_category": ("primarycategory", "primarysubject"),
    "venue": (
        "venue", "journal", "journalref", "booktitle", "containertitle", "journaltitle",
        "conference", "publicationvenue",
    ),
    "comment": ("comment", "comments", "note"),
    "url": ("url", "link"),
    "references": (
        "references", "reference", "citations", "cites", "cited", "bibliography", "referencedworks",
        "outcitations", "referenceids", "citedids",
    ),
}  # fmt: skip
"""Fields of a record, and the plain names of columns that hold them, best first."""

# Columns of these names hold what a paper cites, or how often it is cited.
_LISTS_OR_COUNTS = frozenset(["citations", "cites", "cited"])
_SAMPLE = 100
_TITLE_ALONE = frozenset(["name"])  # names a paper only in the company of other fields


def sniff(given: Input) -> float:
    """Fairly sure where a column is a paper's title or id and others are recognised too."""
    found = layout(given)
    if found is None or not found.has_header:
        return 0.0
    fields = _recognised(found.columns)
    if "title" in fields:
        return 0.6 if len(fields) > 1 else 0.5
    if fields & {"id", "arxiv_id", "doi"} and len(fields) > 1:
        return 0.5
    return 0.0


def _recognised(columns: Sequence[str]) -> set[str]:
    known = {plain(column) for column in columns} - _TITLE_ALONE
    return {field for field, names in FIELDS.items() if known & set(names)}


def read(given: Input, options: Options) -> Iterator[Record | Rejected | RecordColumns]:
    """Yield a record for each row, with ids of its own as ``id:<namespace>/<value>``.

    Raises
    ------
    GraphbuildError
        For a mapping that names an unknown field, or a column that the file lacks.
    InputError
        When the file is damaged or not tabular.
    """
    _check_mapping(given, options.mapping)
    header = False if _is_numbered(given, options.mapping) else None
    counts = _count_columns(itertools.islice(rows(given, header=header), _SAMPLE))
    reader = _Reader(options.namespace or NAME, options.mapping, counts)
    if header is None and is_columnar(given):
        meaning = Meaning(NAME, reader.namespace, reader.columns_of, reader.ids, options.at_once)
        found = read_in_bulk(given, meaning)
    else:
        found = rows(given, header=header)
    for row in found:
        if isinstance(row, Row):
            yield from reader.records(row, Origin(given.name, row.line))
        elif isinstance(row, Rejected):
            yield replace(row, source=NAME)
        else:
            yield row


def _count_columns(sample: Iterator[Row | Rejected]) -> frozenset[str]:
    """Columns that may hold citations, and hold single whole numbers alone."""
    is_count: dict[str, bool] = {}
    for row in sample:
        for name, value in row.values.items() if isinstance(row, Row) else ():
            if plain(str(name)) in _LISTS_OR_COUNTS and not is_missing(value):
                is_count[name] = is_count.get(name, True) and _is_whole(value)
    return frozenset(name for name, counts in is_count.items() if counts)


def _is_whole(value: object) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) or (isinstance(value, str) and value.strip().isdecimal())


def _is_numbered(given: Input, mapping: Mapping[str, str]) -> bool:
    """Whether a mapping speaks of columns by number, which names no column here."""
    columns = column_names(given)
    return any(column.isdigit() and column not in columns for column in mapping.values())


def _check_mapping(given: Input, mapping: Mapping[str, str]) -> None:
    unknown = sorted(set(mapping) - set(FIELDS))
    if unknown:
        raise GraphbuildError(
            f"--map: there is no field {', '.join(unknown)}; the fields of a record are"
            f" {', '.join(FIELDS)}"
        )
    columns = column_names(given)
    numbers = [str(number) for number in range(1, len(columns) + 1)]
    lacking = sorted({column for column in mapping.values() if column not in (*columns, *numbers)})
    if lacking:
        raise GraphbuildError(
            f"{given.path}: --map names the column {', '.join(lacking)}, which the file lacks;"
            f" its columns are {', '.join(columns)}"
        )


@dataclass(frozen=True)
class _Values(Mapping[str, Any]):
    """A row's values by field: the first column of a field that says something."""

    row: Mapping[str, Any]
    columns: Mapping[str, Sequence[str]]

    def __getitem__(self, field: str) -> Any:  # noqa: ANN401 - a row's values are of any type
        for column in self.columns[field]:
            value = self.row[column]
            if not is_missing(value):
                return value
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


class _Reader:
    def __init__(self, namespace: str, mapping: Mapping[str, str], counts: frozenset[str]) -> None:
        self.namespace = namespace
        self._mapping = mapping
        self._counts = counts - set(mapping.values())
        self._columns: dict[tuple[str, ...], dict[str, list[str]]] = {}

    def records(self, row: Row, origin: Origin) -> Iterator[Record | Rejected]:
        """One row as a record, and what is wrong with single references of it."""
        values = self._values(row.values)
        ids = self.ids(values)
        title = as_text(values["title"])
        if not ids and not title:
            yield Rejected(origin, "has neither an id nor a title", row.raw, NAME)
            return
        references, faults = as_references(values["references"], origin, self.namespace)
        published, published_year = as_date(
            first_version(row.values.get("versions")) or values["published"]
        )
        categories = as_categories(values["categories"])
        yield Record(
            origin,
            NAME,
            arxiv_id=ids.arxiv_id,
            doi=ids.doi,
            other_ids=ids.other_ids,
            title=title,
            abstract=as_text(values["abstract"]),
            authors=_people(values, self.namespace),
            year=as_date(values["year"])[1] or published_year,
            published=published,
            updated=as_date(values["updated"])[0],
            venue=_name_of(values["venue"]),
            primary_category=as_text(values["primary_category"]) or _first_of_arxiv(categories),
            categories=categories,
            url=as_text(values["url"]),
            comment=as_text(values["comment"]),
            references=tuple(references),
        )
        for fault in faults:
            yield Rejected(origin, fault, row.raw, NAME)

    def _values(self, row: Mapping[str, Any]) -> _Values:
        names = tuple(row)
        if names not in self._columns:
            self._columns[names] = self.columns_of(names)
        return _Values(row, self._columns[names])

    def columns_of(self, names: tuple[str, ...]) -> dict[str, list[str]]:
        """The columns of each field, best first."""
        taken = self._counts | set(self._mapping.values())
        by_name: dict[str, list[str]] = {}
        for name in names:
            if name not in taken:
                by_name.setdefault(plain(str(name)), []).append(name)
        columns = {
            field: [column for known in aliases for column in by_name.get(known, ())]
            for field, aliases in FIELDS.items()
        }
        for field, column in self._mapping.items():
            columns[field] = [column] if column in names else []
        return columns

    def ids(self, values: Mapping[str, Any]) -> Ids:
        """All identifiers of a row; the arXiv id and the DOI from their own columns first."""
        own = identify(values["id"], self.namespace)
        dois = [identify(part, None) for part in _words(values["doi"])]
        arxiv = as_arxiv_id(values["arxiv_id"])
        named = [doi.doi for doi in dois if doi.doi] or ([own.doi] if own.doi else [])
        others = [*own.other_ids, *(f"doi:{doi}" for doi in named[1:])]
        if own.doi and own.doi not in named:
            others.append(f"doi:{own.doi}")
        of_dois = next((doi.arxiv_id for doi in dois if doi.arxiv_id), None)
        known = [found for found in (arxiv, own.arxiv_id, of_dois) if found]
        others.extend(f"arxiv:{found}" for found in dict.fromkeys(known[1:]) if found != known[0])
        pmid = as_text(values["pmid"])
        if pmid and pmid.isdigit():
            others.append(f"pmid:{pmid}")
        return Ids(known[0] if known else None, named[0] if named else None, tuple(others))


def _words(value: Any) -> list[str]:  # noqa: ANN401
    """The parts of a cell with several DOIs ("10.1/a 10.2/b", "10.1/a; 10.2/b")."""
    if isinstance(value, list):
        return [word for entry in value for word in _words(entry)]
    return value.replace(";", " ").split() if isinstance(value, str) else []


def _people(values: _Values, namespace: str) -> tuple[Person, ...]:
    for column in values.columns["authors"]:
        if people := as_people(values.row[column], namespace):
            return people
    return ()


def _name_of(value: Any) -> str | None:  # noqa: ANN401
    return as_text(value.get("name")) if isinstance(value, dict) else as_text(value)


def _first_of_arxiv(categories: tuple[str, ...]) -> str | None:
    """ArXiv lists the primary category first; other lists have no such order."""
    return categories[0] if categories and all(map(is_category, categories)) else None


SOURCE = Source(
    NAME,
    (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet"),
    sniff,
    read,
    "one paper a row: JSON Lines, JSON array, CSV, TSV, Parquet; --map for unusual column names",
    frozenset(FIELDS),
)
