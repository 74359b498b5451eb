"""The straight line as functions, and ``Graph``: the tables with the methods that people expect."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import pyarrow as pa
import pyarrow.compute as pc

import graphbuild
from graphbuild.columns import RecordColumns
from graphbuild.errors import GraphbuildError, InputError
from graphbuild.extract import Collection
from graphbuild.inputs import Input, check_archives, open_inputs
from graphbuild.model import BASES, Record, Rejected
from graphbuild.sources import Options, Source, choose, find_source
from graphbuild.stores import folder as folder_store
from graphbuild.tables import Tables

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from pyvis.network import Network

__all__ = ["Graph", "Progress", "build", "open"]

Progress = Callable[[str, int, int | None], None]
"""Called with a stage in words, how much of it is done, and of how much (None: not known).

Reading is told in bytes of the files on disk; a stage that cannot be measured is told once, when it
begins. Calls come from the thread that builds."""

_REJECTS_SHOWN = 5


class Graph(Tables):
    """A citation graph: six tables, where they came from, and the ways to use them.

    ``papers``, ``authors``, ``citations``, ``authorships``, ``categories`` and ``mentions`` are
    pandas DataFrames (see docs/data-model.md for their columns), ``rejected`` is the list of
    entries that could not be used, ``manifest`` says what the graph was built of.

    Examples
    --------
    >>> import pandas as pd
    >>> graph = Graph.from_tables(
    ...     papers=pd.DataFrame({"id": ["a", "b"], "title": ["First", "Second"]}),
    ...     citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> graph.info()["citations"], sorted(graph.to_networkx())
    (1, ['a', 'b'])
    """

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        *,
        read: folder_store.Read | None = None,
        manifest: Mapping[str, Any] | None = None,
        rejected: Sequence[Rejected] = (),
        timings: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(tables, read=read)
        self.rejected = list(rejected)
        self.timings = dict(timings or {})
        self.manifest = {
            "graphbuild": graphbuild.__version__,
            "inputs": [],
            "options": {},
            **(manifest or {}),
        }
        if "counts" not in self.manifest:
            self.manifest["counts"] = self._counts(0)

    @classmethod
    def _of_build(
        cls,
        collection: Collection,
        inputs: Sequence[tuple[Input, Source]],
        options: Mapping[str, Any],
    ) -> Self:
        extraction = collection.extract()
        graph = cls(
            extraction.tables,
            manifest={
                "inputs": [
                    {"name": given.name, "source": source.name, "sha256": given.sha256}
                    for given, source in inputs
                ],
                "options": dict(options),
            },
            rejected=extraction.rejected,
        )
        graph.manifest["counts"] = graph._counts(extraction.self_citations_dropped)
        return graph

    def _counts(self, self_citations_dropped: int) -> dict[str, Any]:
        papers, citations = self.encoded("papers"), self.encoded("citations")
        in_corpus = pc.sum(papers["in_corpus"].cast(pa.int64())).as_py() or 0
        basis = citations["basis"].combine_chunks().value_counts().to_pylist()
        by_basis = Counter({each["values"]: each["counts"] for each in basis})
        return {
            "papers": papers.num_rows,
            "in_corpus": in_corpus,
            "cited_only": papers.num_rows - in_corpus,
            "authors": self.encoded("authors").num_rows,
            "authorships": self.encoded("authorships").num_rows,
            "citations": citations.num_rows,
            "citations_by_basis": {basis: by_basis[basis] for basis in BASES if by_basis[basis]},
            "categories": len(self._categories()),
            "mentions": self.encoded("mentions").num_rows,
            "rejected": len(self.rejected),
            "self_citations_dropped": self_citations_dropped,
        }

    def _categories(self) -> pa.Array:
        return self.encoded("categories")["category"].combine_chunks().dictionary

    def info(self) -> dict[str, Any]:
        """Counts of everything in the graph, and of what was left out of it.

        Returns
        -------
        dict
            ``papers``, ``in_corpus``, ``cited_only``, ``authors``, ``authorships``, ``citations``,
            ``citations_by_basis`` (a dict), ``categories`` (distinct ones), ``mentions``,
            ``rejected``, ``self_citations_dropped`` (papers whose list names themselves) and
            ``inputs`` (a list of name, source and SHA-256).
        """
        return {**self.manifest["counts"], "inputs": self.manifest["inputs"]}

    def save(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write the graph to a folder, as a whole or not at all; ``force`` replaces a graph.

        Raises
        ------
        GraphFolderError
            When the folder holds something else, or a graph and ``force`` is not given, or it
            cannot be written.
        """
        manifest = {name: value for name, value in self.manifest.items() if name != "tables"}
        return folder_store.save(
            self,
            folder,
            manifest=manifest,
            rejected=self.rejected,
            timings=self.timings,
            force=force,
        )

    def sql(self, statement: str) -> pd.DataFrame:
        """Answer a SELECT over the six tables by name, in DuckDB's dialect; nothing changes.

        Raises
        ------
        GraphbuildError
            When the statement is wrong; the message shows where.
        """
        from graphbuild.stores.sql import query  # noqa: PLC0415 - not for everybody

        return query(self, statement)

    def to_networkx(
        self, *, heterogeneous: bool = False, attributes: bool = True
    ) -> nx.DiGraph[str] | nx.MultiDiGraph[str]:
        """A ``networkx.DiGraph`` of papers, or the whole graph as a ``MultiDiGraph``.

        Parameters
        ----------
        heterogeneous
            Papers, authors and categories instead of papers alone.
        attributes
            Whether nodes and edges carry the tables' columns (papers alone only).
        """
        from graphbuild.stores.networkx import papers_graph, whole_graph  # noqa: PLC0415

        return whole_graph(self) if heterogeneous else papers_graph(self, attributes=attributes)

    def to_pyvis(self, **options: Any) -> Network:  # noqa: ANN401 - those of view.network
        """A ``pyvis.network.Network`` with positions, colours and sizes set (see ``view``)."""
        from graphbuild.view import network  # noqa: PLC0415 - slow to import

        return network(self, **options)

    def view(self, path: str | Path, **options: Any) -> str:  # noqa: ANN401 - those of view.write
        """Write the graph as one offline HTML page, and say what was drawn (``graphbuild.view``).

        Raises
        ------
        GraphbuildError
            When the page cannot be written.
        """
        from graphbuild.view import write  # noqa: PLC0415 - slow to import

        return write(self, path, **options)

    def __repr__(self) -> str:
        counts = self.manifest["counts"]
        return (
            f"<Graph: {counts['papers']:,} papers ({counts['in_corpus']:,} in the corpus),"
            f" {counts['citations']:,} citations, {counts['authors']:,} authors>"
        )


def open(folder: str | Path) -> Graph:  # noqa: A001 - gb.open reads as one says it
    """Open a graph that was saved to a folder.

    Raises
    ------
    GraphFolderError
        When the folder holds no graph, or a damaged one.
    """
    read, manifest, rejected = folder_store.open_folder(folder)
    return Graph({}, read=read, manifest=manifest, rejected=rejected)


def build(
    inputs: Sequence[str | Path] | str | Path,
    *,
    source: str | None = None,
    mapping: Mapping[str, str] | None = None,
    namespace: str | None = None,
    references: Literal["all", "listed"] = "all",
    strict: bool = False,
    progress: Progress | None = None,
) -> Graph:
    """Build one resolved graph from any number of inputs, in any order.

    Parameters
    ----------
    inputs
        Files; each is read by the source that knows its content.
    source
        The name of the source that reads every input, instead.
    mapping
        Columns for fields, for inputs with columns of their own: ``{"title": "Titel"}``.
    namespace
        Qualifies ids that are neither arXiv ids nor DOIs; each source's name without it.
    references
        ``"listed"`` leaves out the references that are mined from papers' running text.
    strict
        Whether a rejected entry is an error.
    progress
        Called as work goes on.

    Raises
    ------
    InputError
        For faults of whole files, all of them in one message.
    GraphbuildError
        For unknown sources and fields, and for rejects if ``strict``.
    """
    if references not in {"all", "listed"}:
        raise GraphbuildError(f"references is 'all' or 'listed', not {references!r}")
    paths = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    timer = _Timer(progress)
    options = Options(dict(mapping or {}), namespace)
    chosen = _choose_sources(paths, source, options, timer)
    collection = Collection(bibliographies=references == "all")
    _read(chosen, options, collection, timer)
    if strict and collection.rejected:
        raise _rejects(collection.rejected)
    with timer.stage("resolving papers and authors"):
        graph = Graph._of_build(
            collection,
            chosen,
            {
                "map": dict(sorted(options.mapping.items())),
                "namespace": namespace,
                "references": references,
                "source": source,
            },
        )
    if strict and graph.rejected:
        raise _rejects(graph.rejected)
    graph.timings = timer.seconds
    return graph


def _choose_sources(
    paths: Sequence[str | Path], source: str | None, options: Options, timer: _Timer
) -> list[tuple[Input, Source]]:
    named = find_source(source) if source else None
    inputs, faults = open_inputs(paths, timer.watch)
    chosen = []
    for given in inputs:
        try:
            chosen.append((given, named or choose(given, options.mapping)))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        told = check_archives(inputs)
        raise InputError(list(dict.fromkeys([*faults, *told])))
    return chosen


def _read(
    chosen: Sequence[tuple[Input, Source]],
    options: Options,
    collection: Collection,
    timer: _Timer,
) -> None:
    """Read every input to its end, so that one error can list the faults of all of them."""
    faults: list[str] = []
    with (
        ThreadPoolExecutor(1) as beside,  # hashing takes no time from reading
        _readers(chosen, options, timer) as readers,
    ):
        hashes = [beside.submit(getattr, given, "sha256") for given, _ in chosen]
        for (given, _), entries in zip(chosen, readers, strict=True):
            with timer.stage(f"reading {given.name}", given.path.stat().st_size):
                try:
                    for item in entries:
                        collection.add(item)
                except InputError as error:
                    faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    for digest in hashes:
        digest.result()


_Entry = Record | Rejected | RecordColumns

_BESIDE = 64 * 1024 * 1024
"""Inputs are read two at a time where those besides the largest have so many bytes in all."""
_READERS = 2
_AHEAD = 1000
"""How many entries of an input wait at most while an earlier one is read."""


@contextmanager
def _readers(
    chosen: Sequence[tuple[Input, Source]], options: Options, timer: _Timer
) -> Iterator[list[Iterator[_Entry]]]:
    """The entries of every input, which large ones get ready beside each other.

    They are taken input by input, so that the result does not depend on who is faster.
    """
    sizes = sorted(given.path.stat().st_size for given, _ in chosen)
    if len(sizes) < 2 or sum(sizes[:-1]) < _BESIDE:
        yield [source.read(given, options) for given, source in chosen]
        return
    is_over = threading.Event()
    waiting: list[queue.Queue[_Entry | BaseException | None]] = [
        queue.Queue(_AHEAD) for _ in chosen
    ]

    def put(line: queue.Queue[_Entry | BaseException | None], item: Any) -> None:  # noqa: ANN401
        while not is_over.is_set():
            try:
                return line.put(item, timeout=_PATIENCE)
            except queue.Full:
                continue
        raise _Over

    def fill(
        line: queue.Queue[_Entry | BaseException | None], given: Input, source: Source
    ) -> None:
        try:
            for item in source.read(given, options):
                put(line, item)
            put(line, None)
        except _Over:
            return
        except BaseException as error:  # noqa: BLE001 - it is raised where the entries are taken
            put(line, error)

    def drain(line: queue.Queue[_Entry | BaseException | None], given: Input) -> Iterator[_Entry]:
        while True:
            try:
                item = line.get(timeout=_PATIENCE)
            except queue.Empty:
                timer.tell_of(given)
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    with ThreadPoolExecutor(_READERS) as pool:
        for line, (given, source) in zip(waiting, chosen, strict=True):
            pool.submit(fill, line, given, source)
        try:
            yield [drain(line, given) for line, (given, _) in zip(waiting, chosen, strict=True)]
        finally:
            is_over.set()


_PATIENCE = 0.1  # seconds


class _Over(Exception):
    """Nobody wants the entries any more."""


def _rejects(rejected: Sequence[Rejected]) -> GraphbuildError:
    listed = "".join(
        f"\n  {item.origin}: {item.reason}" for item in sorted(rejected)[:_REJECTS_SHOWN]
    )
    more = len(rejected) - _REJECTS_SHOWN
    rest = f"\n  and {more} more" if more > 0 else ""
    return GraphbuildError(f"{len(rejected)} entries cannot be used:{listed}{rest}")


class _Timer:
    """Measures stages and tells whoever wants to know."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress or (lambda _stage, _done, _total: None)
        self._stage = ""
        self._total: int | None = None
        self._done: dict[str, int] = {}
        self._thread = threading.get_ident()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        self._stage, self._total = name, total
        self._progress(name, 0, total)
        started = time.perf_counter()
        try:
            yield
            if total is not None:
                self._progress(name, total, total)
        finally:
            self.seconds[name] = round(time.perf_counter() - started, 3)
            self._stage = ""

    def watch(self, given: Input, done: int) -> None:
        """Take how far an input has been read."""
        self._done[given.name] = done
        if threading.get_ident() == self._thread:
            self.tell_of(given)

    def tell_of(self, given: Input) -> None:
        """Tell how far an input has been read, if it is the one that is waited for."""
        if self._stage == f"reading {given.name}":
            self._progress(self._stage, self._done.get(given.name, 0), self._total)
