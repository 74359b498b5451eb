"""The graph: six tables of fixed columns, and citations as compressed rows for analyses."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild import lookup
from graphbuild.corrections import NO_CORRECTIONS, Corrections
from graphbuild.errors import GraphbuildError, UnknownAuthor, UnknownPaper

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ENCODED",
    "ROWS_OF_TEXTS",
    "SCHEMAS",
    "CitationIndex",
    "Tables",
    "compact",
    "conform",
    "encode_table",
    "in_use",
    "mask_of",
    "repeated",
    "to_pandas",
]

ROWS_OF_TEXTS = 1 << 18
"""Rows of papers and mentions that are made, and written, at a time: they have the long texts."""

_STRINGS = pa.list_(pa.string())

SCHEMAS: Mapping[str, pa.Schema] = {
    "papers": pa.schema(
        [
            pa.field("id", pa.string(), nullable=False),
            ("arxiv_id", pa.string()),
            ("doi", pa.string()),
            ("other_ids", _STRINGS),
            ("title", pa.string()),
            ("abstract", pa.string()),
            ("year", pa.int32()),
            ("published", pa.date32()),
            ("updated", pa.date32()),
            ("venue", pa.string()),
            ("primary_category", pa.string()),
            ("url", pa.string()),
            ("comment", pa.string()),
            ("tweets", pa.int32()),
            pa.field("in_corpus", pa.bool_(), nullable=False),
            ("sources", _STRINGS),
        ]
    ),
    "authors": pa.schema(
        [
            pa.field("id", pa.string(), nullable=False),
            ("name", pa.string()),
            ("names", _STRINGS),
            ("orcid", pa.string()),
        ]
    ),
    "citations": pa.schema(
        [
            pa.field("citing", pa.string(), nullable=False),
            pa.field("cited", pa.string(), nullable=False),
            ("basis", pa.string()),
            ("evidence", pa.string()),
            ("file", pa.string()),
            ("line", pa.int64()),
            ("suspicious_date", pa.bool_()),
        ]
    ),
    "authorships": pa.schema(
        [
            pa.field("author", pa.string(), nullable=False),
            pa.field("paper", pa.string(), nullable=False),
            ("position", pa.int32()),
            ("affiliations", _STRINGS),
        ]
    ),
    "categories": pa.schema(
        [
            pa.field("paper", pa.string(), nullable=False),
            pa.field("category", pa.string(), nullable=False),
            ("is_primary", pa.bool_()),
        ]
    ),
    "mentions": pa.schema(
        [
            pa.field("paper", pa.string(), nullable=False),
            ("citing", pa.string()),
            ("kind", pa.string()),
            ("source", pa.string()),
            ("file", pa.string()),
            ("line", pa.int64()),
            ("text", pa.string()),
            ("arxiv_id", pa.string()),
            ("doi", pa.string()),
            ("title", pa.string()),
            ("year", pa.int32()),
            ("authors", _STRINGS),
            ("rule", pa.string()),
        ]
    ),
}
"""Column names and types of every table, in order; the same in Parquet, SQL and pandas."""

ENCODED: Mapping[str, Mapping[str, str | None]] = {
    "citations": {
        "citing": "papers",
        "cited": "papers",
        "basis": None,
        "evidence": None,
        "file": None,
    },
    "authorships": {"author": "authors", "paper": "papers"},
    "categories": {"paper": "papers", "category": None},
    "mentions": {
        "paper": "papers",
        "citing": "papers",
        "kind": None,
        "source": None,
        "file": None,
        "rule": None,
    },
}
"""Columns that repeat few values, and the table whose ids they are."""


@dataclass(frozen=True, eq=False)
class CitationIndex:
    """Citations as two CSR adjacencies over paper positions (rows of ``papers``).

    Attributes
    ----------
    papers
        Number of papers.
    citing, cited
        int32 arrays, one entry per citation in the order of the ``citations`` table.
    cited_indptr, cited_indices
        int64 (papers + 1) and int32 (citations): the papers that paper ``i`` cites, ascending.
    citing_indptr, citing_indices
        The same for the papers that cite paper ``i``.
    times_cited
        int64 (papers): how many papers cite paper ``i``.
    """

    papers: int
    citing: np.ndarray[Any, np.dtype[np.int32]]
    cited: np.ndarray[Any, np.dtype[np.int32]]
    ascends: bool = False
    """Whether it is known that citations ascend by both papers; else they are looked at."""
    citing_first: tuple[np.ndarray[Any, np.dtype[np.int32]], int] | None = None
    """What ``kernels.pagerank.citing_first`` finds, where it is known."""

    @functools.cached_property
    def times_cited(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        return _times(self.cited, self.papers)

    @functools.cached_property
    def _forward(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        return _csr(self.papers, self.citing, self.cited, ascends=self.ascends)

    @functools.cached_property
    def _backward(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        return _csr(self.papers, self.cited, self.citing)

    @property
    def cited_indptr(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        return self._forward[0]

    @property
    def cited_indices(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        return self._forward[1]

    @property
    def citing_indptr(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        return self._backward[0]

    @property
    def citing_indices(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        return self._backward[1]


def _csr(
    size: int, rows: np.ndarray[Any, Any], columns: np.ndarray[Any, Any], *, ascends: bool = False
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    indptr = np.zeros(size + 1, np.int64)
    np.cumsum(_times(rows, size), out=indptr[1:])
    columns = columns.astype(np.int32, copy=False)
    if not ascends:
        ascending = rows[1:] > rows[:-1]
        ascending |= (rows[1:] == rows[:-1]) & (columns[1:] >= columns[:-1])
        ascends = bool(ascending.all())
    return indptr, columns if ascends else columns[np.lexsort((columns, rows))]


COMPILED = 500_000
"""Values from which on compiled code is worth its loading."""


def _times(values: np.ndarray[Any, Any], size: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How often each number below ``size`` occurs."""
    if len(values) < COMPILED or values.dtype != np.int32:
        return np.bincount(values, minlength=size)
    from graphbuild.kernels.counting import tally  # noqa: PLC0415 - loads a compiler's library

    times = np.zeros(size, np.int64)
    tally(np.ascontiguousarray(values), times)
    return times


class Tables:
    """The six tables of a graph. Immutable: every property is computed once and kept.

    ``table(name)`` is the Arrow table; the attributes of the same names are pandas DataFrames.

    >>> import pandas as pd
    >>> tables = Tables.from_tables(papers=pd.DataFrame({"id": ["a", "b"], "year": [2016, 2017]}),
    ...                             citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> tables.papers[["id", "year", "in_corpus"]].values.tolist()
    [['a', 2016, True], ['b', 2017, True]]
    >>> tables.index.cited.tolist()
    [0]
    """

    cache: Path | None = None
    """Where what follows from these very tables may be kept, if they lie in a folder."""

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        *,
        read: Callable[[str, Sequence[str] | None], pa.Table] | None = None,
    ) -> None:
        # ``read`` fetches a table, or some columns of it, when it is asked for.
        self._read = read
        self._given = dict(tables)
        if read is None:
            for name, schema in SCHEMAS.items():
                self._given.setdefault(name, schema.empty_table())
        self._plain: dict[str, pa.Table] = {}
        self._encoded: dict[str, pa.Table] = {}
        self._some: dict[tuple[str, ...], pa.Table] = {}
        self._ahead: dict[tuple[str, ...], Future[pa.Table]] = {}

    @property
    def corrections(self) -> Corrections:
        """What a person found out by hand, where that is known."""
        return NO_CORRECTIONS

    @classmethod
    def from_tables(cls, **tables: pd.DataFrame | pa.Table) -> Self:
        """Make a graph from DataFrames or Arrow tables of any of the six names.

        Only the key columns are needed (``id``; ``citing``, ``cited``; ``author``, ``paper``;
        ``paper``, ``category``); what is missing is null, ``in_corpus`` is true. Rows are sorted,
        papers that citations name and ``papers`` lacks are added as cited-only when they are only
        cited, and every end of every relation must then exist.

        Raises
        ------
        GraphbuildError
            For an unknown table, a missing key column, a repeated id, or an end without a node.
        """
        return cls(_complete({name: _to_arrow(name, table) for name, table in tables.items()}))

    def table(self, name: str) -> pa.Table:
        """The Arrow table called ``name``, columns as in ``SCHEMAS[name]``."""
        if name not in self._plain:
            self._plain[name] = conform(self._whole(name), name)
        return self._plain[name]

    def columns(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Some columns of a table; from a folder, nothing else is read for them."""
        wanted = (name, *columns)
        if wanted not in self._some:
            ahead = self._ahead.pop(wanted, None)
            self._some[wanted] = ahead.result() if ahead else self._columns(name, columns)
        return self._some[wanted]

    def ahead(self, name: str, columns: Sequence[str]) -> None:
        """Begin to read columns that :meth:`columns` is asked for soon, beside all else."""
        wanted = (name, *columns)
        is_there = self._read is None or name in self._plain or name in self._given
        if not is_there and wanted not in self._some and wanted not in self._ahead:
            pool = ThreadPoolExecutor(1)
            self._ahead[wanted] = pool.submit(self._columns, name, columns)
            pool.shutdown(wait=False)

    def _columns(self, name: str, columns: Sequence[str]) -> pa.Table:
        if self._read is None or name in self._plain or name in self._given:
            return self.table(name).select(list(columns))
        return _decoded(self._read(name, columns), name)

    def encoded(self, name: str) -> pa.Table:
        """A table with its repeating columns as dictionary arrays (int32 indices).

        The dictionary of ids of papers or authors is the ``id`` column of their table; any other
        holds just the values in use, in ascending order.
        """
        if name not in self._encoded:
            ids = {
                target: self.ids if target == "papers" else self._ids_of(target)
                for target in set(ENCODED.get(name, {}).values())
                if target is not None
            }
            self._encoded[name] = encode_table(self._whole(name), name, ids)
        return self._encoded[name]

    def batches(
        self, name: str, columns: Sequence[str] | None = None, *, rows: int = 10_000
    ) -> Iterator[pa.RecordBatch]:
        """The rows of a table in order, at most so many at a time, typed as in ``SCHEMAS``.

        From a folder, no more of the table than that is held in memory, unless it is there already.

        >>> import pandas as pd
        >>> tables = Tables.from_tables(papers=pd.DataFrame({"id": ["b", "a", "c"]}))
        >>> [batch["id"].to_pylist() for batch in tables.batches("papers", ["id"], rows=2)]
        [['a', 'b'], ['c']]
        """
        wanted = list(columns or SCHEMAS[name].names)
        stream = getattr(self._read, "batches", None)
        if stream is None or name in self._plain or name in self._given:
            yield from self.table(name).select(wanted).to_batches(max_chunksize=rows)
            return
        for batch in stream(name, wanted, rows):
            yield from _decoded(pa.Table.from_batches([batch]), name).select(wanted).to_batches()

    def _whole(self, name: str) -> pa.Table:
        if name not in self._given and self._read is not None:
            self._given[name] = self._read(name, None)
        return self._given[name]

    @property
    def ids(self) -> pa.Array:
        """The ids of all papers, ascending, as one Arrow array."""
        return self._ids_of("papers")

    def _ids_of(self, name: str) -> pa.Array:
        return _one_array(self.columns(name, ["id"])["id"])

    def __iter__(self) -> Iterator[tuple[str, pa.Table]]:
        return ((name, self.table(name)) for name in SCHEMAS)

    @functools.cached_property
    def papers(self) -> pd.DataFrame:
        """One row per paper, by id."""
        return self._frame("papers")

    @functools.cached_property
    def authors(self) -> pd.DataFrame:
        """One row per author, by id."""
        return self._frame("authors")

    @functools.cached_property
    def citations(self) -> pd.DataFrame:
        """One row per pair of citing and cited paper, with its evidence, by both ids."""
        return self._frame("citations")

    @functools.cached_property
    def authorships(self) -> pd.DataFrame:
        """One row per author of a paper, by paper and position (from 1)."""
        return self._frame("authorships")

    @functools.cached_property
    def categories(self) -> pd.DataFrame:
        """One row per category of a paper, by both."""
        return self._frame("categories")

    @functools.cached_property
    def mentions(self) -> pd.DataFrame:
        """One row per input row, and one per reference that says more than an identifier."""
        return self._frame("mentions")

    def _frame(self, name: str) -> pd.DataFrame:
        return to_pandas(self.table(name))

    def where(
        self, name: str, column: str, values: Sequence[str], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """The rows of a table in which a column of strings has one of some values, in order.

        From a folder, not much more is read than those rows.

        >>> import pandas as pd
        >>> tables = Tables.from_tables(papers=pd.DataFrame({"id": ["a", "b", "c"]}))
        >>> tables.where("papers", "id", ["c", "a", "z"], ["id", "in_corpus"]).to_pylist()
        [{'id': 'a', 'in_corpus': True}, {'id': 'c', 'in_corpus': True}]
        """
        wanted = list(columns or SCHEMAS[name].names)
        if not values:
            return _decoded(SCHEMAS[name].empty_table().select(wanted), name)
        search = getattr(self._read, "where", None)
        if search is not None and name not in self._given:
            found = search(name, column, values, wanted)
            if found is not None:
                return _decoded(found, name)
        whole = self._plain.get(name, self._whole(name))
        parts = [_is_in(part, pa.array(values, pa.string())) for part in whole[column].chunks]
        at = np.flatnonzero(np.concatenate([np.zeros(0, bool), *parts]))
        return _decoded(whole.select(wanted).take(pa.array(at)), name)

    def value_counts(self, name: str, column: str) -> dict[str, int]:
        """How often each value stands in one of the columns that repeat few (``ENCODED``).

        >>> import pandas as pd
        >>> tables = Tables.from_tables(mentions=pd.DataFrame({"paper": ["a"], "kind": ["record"]}),
        ...                             papers=pd.DataFrame({"id": ["a"]}))
        >>> tables.value_counts("mentions", "kind")
        {'record': 1}
        """
        read = self._read if name not in self._given else None
        chunks = (read(name, [column]) if read else self._whole(name))[column].chunks
        counts: dict[str, int] = {}
        for chunk in chunks:
            for each in pc.value_counts(chunk).to_pylist():
                if each["values"] is not None:
                    counts[each["values"]] = counts.get(each["values"], 0) + each["counts"]
        return dict(sorted(counts.items()))

    # -- what a person calls a paper or an author ------------------------------------------------

    def find(self, identifier: str) -> str:
        """The id of the paper that an identifier, a title or the place of a record belongs to.

        Whatever a mention identifies the paper by will do, in any spelling: an arXiv id or
        its address, a DOI, ``pmid:…``, ``id:…``, the id itself; ``title:`` and a title that a
        mention has; ``file:line`` of a record.

        Raises
        ------
        UnknownPaper
            When nothing in the graph carries it (the message has what comes near), or several
            papers do.

        Examples
        --------
        >>> import pandas as pd
        >>> tables = Tables.from_tables(papers=pd.DataFrame(
        ...     {"id": ["arxiv:1706.03762"], "title": ["Attention Is All You Need"]}))
        >>> tables.find("https://arxiv.org/abs/1706.03762v5")
        'arxiv:1706.03762'
        >>> tables.find("title:attention is all you need")
        'arxiv:1706.03762'
        """
        return self.find_all([identifier])[0]

    def find_all(self, identifiers: Sequence[str]) -> list[str]:
        """The ids of several papers at once (see ``find``), in the order of the identifiers."""
        found = []
        for identifier, papers in zip(identifiers, self.papers_called(identifiers), strict=True):
            if not papers:
                raise self._unknown_paper(identifier)
            if len(papers) > 1:
                raise UnknownPaper(
                    f"{len(papers)} papers have {identifier!r}: {', '.join(papers)}; name one of"
                    " them"
                )
            found += papers
        return found

    def papers_called(self, identifiers: Sequence[str]) -> list[list[str]]:
        """Of each identifier (see ``find``) the ids of all papers that it belongs to."""
        forms = {each: list(lookup.spellings(each)) for each in identifiers}
        carried = self._carried({form for each in forms.values() for form in each})
        found = []
        for identifier in identifiers:
            papers = next((carried[form] for form in forms[identifier] if form in carried), [])
            if not papers and (title := lookup.title_of(identifier)) is not None:
                papers = self.titled(title)
            found.append(papers or self._recorded(identifier))
        return found

    def _unknown_paper(self, identifier: str) -> UnknownPaper:
        near = self._near(identifier)
        return UnknownPaper(
            f"no paper here has the identifier {identifier!r}; "
            + (
                f"did you mean {' or '.join(near)}?"
                if near
                else "give an arXiv id, a DOI, an id as the tables show it, or title: and the title"
            )
        )

    def _carried(self, forms: Iterable[str]) -> dict[str, list[str]]:
        """The papers that carry identifiers; a paper's own id is nobody else's."""
        papers = self.columns("papers", ["id", "arxiv_id", "doi", "other_ids"])
        wanted = pa.array(sorted(forms), pa.string())
        ids = papers["id"]
        others = pc.list_flatten(papers["other_ids"])
        columns = [
            ("", others, pc.list_parent_indices(papers["other_ids"])),
            ("doi:", papers["doi"], None),
            ("arxiv:", papers["arxiv_id"], None),
        ]
        known: dict[str, list[str]] = {}
        for prefix, values, parents in columns:
            bare = wanted.filter(pc.starts_with(wanted, prefix))
            bare = pc.utf8_slice_codeunits(bare, len(prefix))
            at = np.flatnonzero(_is_in(values, bare))
            owners = at if parents is None else parents.to_numpy()[at]
            found = zip(
                values.take(pa.array(at)).to_pylist(),
                ids.take(pa.array(owners)).to_pylist(),
                strict=True,
            )
            for value, paper in found:
                bearers = known.setdefault(f"{prefix}{value}", [])
                if paper not in bearers:
                    bearers.append(paper)
        for paper in ids.filter(pa.array(_is_in(ids, wanted))).to_pylist():
            known[paper] = [paper]
        return known

    def titled(self, title: str) -> list[str]:
        """The ids of the papers that have a title, or else had it in a mention, ascending."""
        papers = self.columns("papers", ["id", "title"])
        found = papers["id"].take(pa.array(lookup.bearing(papers["title"], title)))
        if not len(found):
            mentions = self.columns("mentions", ["title"])["title"]
            met = mentions.take(pa.array(lookup.bearing(mentions, title)))
            found = self.where("mentions", "title", met.unique().to_pylist(), ["paper"])["paper"]
        return sorted(set(found.to_pylist()))

    def _recorded(self, identifier: str) -> list[str]:
        """The papers of which a record stands at ``file:line``."""
        place = lookup.place_of(identifier)
        if place is None:
            return []
        rows = self.where("mentions", "file", [place[0]], ["paper", "kind", "line"])
        there = pc.and_(pc.equal(rows["kind"], "record"), pc.equal(rows["line"], place[1]))
        return sorted(set(rows["paper"].filter(there).to_pylist()))

    def _near(self, identifier: str) -> list[str]:
        """Papers whose title or id is much like what was given, for people to read."""
        papers = self.columns("papers", ["id", "title"])
        ids, titles = papers["id"].to_pylist(), papers["title"]
        title = lookup.title_of(identifier)
        if title is None and any(c.isdigit() for c in identifier):
            forms = list(lookup.spellings(identifier))
            near = dict.fromkeys(lookup.alike_ids(forms[-1], ids))
        else:
            near = dict.fromkeys(lookup.alike(title or identifier, titles))
            places = pc.index_in(pa.array(list(near), pa.string()), value_set=titles)
            near = dict.fromkeys(ids[place] for place in places.to_pylist())
        places = pc.index_in(pa.array(list(near), pa.string()), value_set=papers["id"])
        shown = titles.take(places).to_pylist()
        return [
            f"{id_} ({title})" if title else id_ for id_, title in zip(near, shown, strict=True)
        ]

    def find_author(self, identifier: str) -> str:
        """The id of the author whom an id, an ORCID iD or a name (in any spelling met) belongs to.

        Raises
        ------
        UnknownAuthor
            When nobody in the graph is called so (the message has who comes near), or several
            are.

        Examples
        --------
        >>> import pandas as pd
        >>> tables = Tables.from_tables(authors=pd.DataFrame(
        ...     {"id": ["name:lukasz-kaiser"], "names": [["Lukasz Kaiser", "Łukasz Kaiser"]]}))
        >>> tables.find_author("Łukasz Kaiser"), tables.find_author("name:lukasz-kaiser")
        ('name:lukasz-kaiser', 'name:lukasz-kaiser')
        """
        found = self.authors_called(identifier)
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownAuthor(
                f"{len(found)} authors are called {identifier!r}: {', '.join(found)}; name one of"
                " them"
            )
        near = lookup.alike(identifier, self.columns("authors", ["id", "name", "names"])["name"])
        raise UnknownAuthor(
            f"no author here is called {identifier!r}; "
            + (
                f"did you mean {' or '.join(near)}?"
                if near
                else "give an id as the tables show it, an ORCID iD, or a name"
            )
        )

    def authors_called(self, identifier: str) -> list[str]:
        """The ids of all authors whom an id, an ORCID iD or a name belongs to, ascending."""
        authors = self.columns("authors", ["id", "name", "names"])
        stripped = identifier.strip()
        for form in filter(None, (lookup.orcid(stripped), stripped)):
            if pc.any(pc.equal(authors["id"], form)).as_py():
                return [form]
        name = stripped.removeprefix("name:")
        owners = pc.list_parent_indices(authors["names"]).to_numpy()
        at = np.union1d(
            owners[lookup.named(pc.list_flatten(authors["names"]), name)],
            lookup.named(authors["name"], name),
        )
        found: list[str] = authors["id"].take(pa.array(at)).to_pylist()
        return found

    @functools.cached_property
    def index(self) -> CitationIndex:
        """The citations over paper positions."""
        stored = getattr(self._read, "index", None)
        if stored is not None:
            references, cited, citing_first = stored()
            papers = len(references)
            citing = np.repeat(np.arange(papers, dtype=np.int32), references)
            return CitationIndex(papers, citing, cited, ascends=True, citing_first=citing_first)
        ends = self.encoded("citations")
        citing, cited = (_one_array(ends[name]).indices.to_numpy() for name in ("citing", "cited"))
        return CitationIndex(len(self.ids), citing, cited)


def encode_table(table: pa.Table, name: str, ids: Mapping[str, pa.Array]) -> pa.Table:
    """A table as ``ENCODED`` and its schema say; ``ids`` are those of papers and of authors."""
    whole = conform(table.drop_columns(_keys_in(table, name)), name)
    for column, target in ENCODED.get(name, {}).items():
        if column in table.column_names:
            words = None if target is None else ids[target]
            place = whole.column_names.index(column)
            whole = whole.set_column(place, column, _encode(table[column], words))
    return whole


def _one_array(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column as a single array; dictionaries of its chunks are made one."""
    if isinstance(column, pa.Array):
        return column
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _encode(column: pa.ChunkedArray | pa.Array, words: pa.Array | None) -> pa.DictionaryArray:
    """A column as a dictionary array over ``words``, or over its own sorted values."""
    array = _one_array(column)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    if words is not None and array.dictionary.equals(words):
        return array
    if words is None:
        return compact(array)
    places = pc.index_in(array.dictionary, value_set=words)
    return pa.DictionaryArray.from_arrays(places.take(array.indices), words)


def compact(array: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same values, its dictionary just those in use, in ascending order.

    >>> words = pa.array(["b", "z", "a"])
    >>> compact(pa.DictionaryArray.from_arrays(pa.array([0, 2, 0]), words)).dictionary.to_pylist()
    ['a', 'b']
    """
    words, codes = array.dictionary, array.indices
    used = mask_of(codes.drop_null().to_numpy(), len(words))
    if used.all() and codes.type == pa.int32() and _is_ascending(words):
        return array
    kept, place = in_use(words, used)
    return pa.DictionaryArray.from_arrays(pa.array(place).take(codes), kept, safe=False)


def mask_of(values: np.ndarray[Any, Any], size: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which numbers below ``size`` occur.

    >>> mask_of(np.array([2, 0, 2]), 3).tolist()
    [True, False, True]
    """
    met = np.zeros(size, bool)
    if len(values) < COMPILED or values.dtype != np.int32:
        met[values] = True
        return met
    from graphbuild.kernels.counting import mark  # noqa: PLC0415 - loads a compiler's library

    mark(np.ascontiguousarray(values), met.view(np.uint8))
    return met


def repeated(
    values: np.ndarray[Any, Any], groups: np.ndarray[Any, Any], *, large: int = 200_000
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which entries have the value and the group of an earlier one; a value's groups ascend.

    ``large`` decides whether our compiled kernel, which sorts nothing, is worth its loading, and
    changes nothing about the result.

    >>> repeated(np.array([5, 7, 5, 5]), np.array([0, 0, 0, 1])).tolist()
    [False, False, True, False]
    """
    again = np.zeros(len(values), bool)
    if len(values) >= large:
        from graphbuild.kernels.counting import mark_repeated  # noqa: PLC0415 - loads a library

        values, groups = (each.astype(np.int32, copy=False) for each in (values, groups))
        last = np.full(int(values.max(initial=-1)) + 1, -1, np.int32)
        mark_repeated(values, groups, last, again.view(np.uint8))
        return again
    order = np.argsort(values, kind="stable")
    same = (values[order[1:]] == values[order[:-1]]) & (groups[order[1:]] == groups[order[:-1]])
    again[order[1:][same]] = True
    return again


def in_use(
    words: pa.Array, used: np.ndarray[Any, Any]
) -> tuple[pa.Array, np.ndarray[Any, np.dtype[np.int32]]]:
    """The words that are ``used`` (a mask) in ascending order, and the place of each in it.

    >>> kept, place = in_use(pa.array(["b", "z", "a"]), np.array([True, False, True]))
    >>> kept.to_pylist(), place.tolist()
    (['a', 'b'], [1, 0, 0])
    """
    kept = words.filter(pa.array(used))
    rank = np.arange(len(kept), dtype=np.int32)
    if not _is_ascending(kept):
        order = pc.sort_indices(kept)
        kept = kept.take(order)
        rank[order.to_numpy()] = rank.copy()
    place = np.zeros(len(words), np.int32)
    place[used] = rank
    return kept, place


def _is_ascending(words: pa.Array) -> bool:
    """Whether each string comes after the one before it."""
    return len(words) < 2 or bool(
        pc.all(pc.less(words.slice(0, len(words) - 1), words.slice(1))).as_py()
    )


def _keys_in(table: pa.Table, name: str) -> list[str]:
    return [column for column in ENCODED.get(name, {}) if column in table.column_names]


def _decoded(table: pa.Table, name: str) -> pa.Table:
    """Columns with the types of the schema."""
    schema = pa.schema([SCHEMAS[name].field(column) for column in table.column_names])
    return table.cast(schema).combine_chunks()


def _is_in(values: pa.Array | pa.ChunkedArray, wanted: pa.Array) -> np.ndarray[Any, Any]:
    """Of each value whether it is among those wanted."""
    if isinstance(values, pa.DictionaryArray):
        words: np.ndarray[Any, Any] = np.append(_is_in(values.dictionary, wanted), False)
        if not words.any():
            return np.zeros(len(values), bool)
        found: np.ndarray[Any, Any] = words[pc.fill_null(values.indices, -1).to_numpy()]
    else:
        found = np.asarray(pc.is_in(values, value_set=wanted))
    return found


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """A DataFrame with the types that every table's has: nullable integers and booleans.

    >>> to_pandas(pa.table({"year": pa.array([2016, None], pa.int32())}))["year"].tolist()
    [2016, <NA>]
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    types = {
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    frame = table.to_pandas(types_mapper=types.get, date_as_object=False, ignore_metadata=True)
    return cast("pd.DataFrame", frame)


def conform(table: pa.Table, name: str) -> pa.Table:
    """Bring a table to its schema: order, types, and null for what is missing."""
    schema = SCHEMAS[name]
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema).combine_chunks()


_KEYS = {
    "papers": ("id",),
    "authors": ("id",),
    "citations": ("citing", "cited"),
    "authorships": ("author", "paper"),
    "categories": ("paper", "category"),
    "mentions": ("paper",),
}
_ORDER = {
    "papers": ["id"],
    "authors": ["id"],
    "citations": ["citing", "cited"],
    "authorships": ["paper", "position", "author"],
    "categories": ["paper", "category"],
    "mentions": ["file", "line", "kind", "paper", "text"],
}


def _to_arrow(name: str, table: pd.DataFrame | pa.Table) -> pa.Table:
    if name not in SCHEMAS:
        raise GraphbuildError(f"there is no table {name!r}; there are {', '.join(SCHEMAS)}")
    arrow = (
        table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    )
    missing = [column for column in _KEYS[name] if column not in arrow.column_names]
    if missing:
        raise GraphbuildError(f"the table {name!r} needs the column(s) {', '.join(missing)}")
    unknown = sorted(set(arrow.column_names) - set(SCHEMAS[name].names))
    if unknown:
        raise GraphbuildError(
            f"the table {name!r} has no column {', '.join(unknown)}; its columns are"
            f" {', '.join(SCHEMAS[name].names)}"
        )
    try:
        return conform(arrow, name)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise GraphbuildError(
            f"the table {name!r} has values of the wrong type: {error}"
        ) from error


def _complete(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Add what follows from the rest, and check that every relation's ends exist."""
    given = {name: tables.get(name, schema.empty_table()) for name, schema in SCHEMAS.items()}
    given["papers"] = _with_stubs(given["papers"], given["citations"])
    for name, order in _ORDER.items():
        given[name] = given[name].sort_by([(column, "ascending") for column in order])
    for name in ("papers", "authors"):
        _check_unique(given[name], name)
    for name, column, target in (
        ("authorships", "paper", "papers"),
        ("authorships", "author", "authors"),
        ("categories", "paper", "papers"),
        ("mentions", "paper", "papers"),
    ):
        strangers = given[name].filter(
            pc.invert(pc.is_in(given[name][column], given[target]["id"]))
        )
        if strangers.num_rows:
            raise GraphbuildError(
                f"the table {name!r} names the {column} {strangers[column][0].as_py()!r},"
                f" which the table {target!r} lacks"
            )
    pairs = given["citations"].select(["citing", "cited"])
    if pairs.group_by(["citing", "cited"]).aggregate([]).num_rows != pairs.num_rows:
        raise GraphbuildError(
            "the table 'citations' repeats a pair of citing and cited; drop duplicates first"
        )
    return given


def _with_stubs(papers: pa.Table, citations: pa.Table) -> pa.Table:
    in_corpus = pc.fill_null(papers["in_corpus"], True)
    papers = papers.set_column(papers.column_names.index("in_corpus"), "in_corpus", in_corpus)
    citing = pc.unique(citations["citing"])
    ends = pc.unique(
        pa.chunked_array([*citations["citing"].chunks, *citations["cited"].chunks], pa.string())
    )
    missing = ends.filter(pc.invert(pc.is_in(ends, papers["id"])))
    stubs = pa.table({"id": missing, "in_corpus": pc.is_in(missing, citing)})
    return pa.concat_tables([conform(papers, "papers"), conform(stubs, "papers")])


def _check_unique(table: pa.Table, name: str) -> None:
    counts = pc.value_counts(table["id"])
    repeated = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(repeated):
        raise GraphbuildError(
            f"the table {name!r} repeats the id {repeated[0]['values'].as_py()!r}"
        )
