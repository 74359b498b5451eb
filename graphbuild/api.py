"""From files to a graph: the stages of a build, one after the other."""

from __future__ import annotations

import dataclasses
import importlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import pyarrow as pa

import graphbuild
from graphbuild import allocator
from graphbuild.columns import RecordColumns
from graphbuild.corrections import NO_CORRECTIONS, Corrections
from graphbuild.corrections import read as read_corrections
from graphbuild.errors import GraphbuildError, InputError
from graphbuild.extract import Collection, Extraction
from graphbuild.graph import Counts, Graph, open  # noqa: A004
from graphbuild.inputs import Input, check_archives, file_name, input_name, open_inputs
from graphbuild.model import Origin, Record, Rejected
from graphbuild.sources import Options, Source, choose, find_source
from graphbuild.stores import folder as folder_store
from graphbuild.tables import SCHEMAS, encode_table

if TYPE_CHECKING:
    from graphbuild.assembly import CitationParts

__all__ = ["Progress", "as_graph", "build"]

Progress = Callable[[str, int, int | None], None]
"""Called with a stage in words, how much of it is done, and of how much (None: not known).

Reading is told in bytes of the files on disk, writing in references; a stage that cannot be
measured is told once, when it begins. Calls come from the thread that builds."""

_REJECTS_SHOWN = 5


_Part = TypeVar("_Part")


def build(
    inputs: Sequence[str | Path] | str | Path,
    *,
    out: str | Path | None = None,
    force: bool = False,
    update: str | Path | Graph | None = None,
    source: str | None = None,
    mapping: Mapping[str, str] | None = None,
    namespace: str | None = None,
    references: Literal["all", "listed"] | None = None,
    corrections: str | Path | None = None,
    strict: bool = False,
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> Graph:
    """Build one resolved graph from any number of inputs, in any order.

    Parameters
    ----------
    inputs
        Files; each is read by the source that knows its content. There may be none where a graph
        is updated: other ``corrections`` are applied to it then.
    out
        A folder to write the graph to while it is made, which takes less memory than to hold
        all of it and to save it then. The graph returned is that of the folder.
    force
        Whether ``out`` may hold a graph already, which is then replaced.
    update
        A graph, or its folder, to which the inputs are added. The result is the very graph that
        all inputs, the earlier ones and these, give at once; the earlier ones need not be there
        any more, and what was given before is not read again.
    source
        The name of the source that reads every input, instead.
    mapping
        Columns for fields, for inputs with columns of their own: ``{"title": "Titel"}``.
    namespace
        Qualifies ids that are neither arXiv ids nor DOIs; each source's name without it.
    references
        ``"listed"`` leaves out the references that are mined from papers' running text; ``"all"``
        (where nothing is said, and there is no ``update`` that says otherwise) does not.
    corrections
        A CSV file of what a person found out by hand (docs/trust.md), which goes before what
        graphbuild would decide. The graph keeps it: where nothing is said, an ``update`` applies
        it again; where another file is given, that one takes its place.
    strict
        Whether a rejected entry is an error.
    memory_limit
        Bytes of memory that the process may take, for a graph that goes ``out``: what is long
        lies on the disk of ``out`` meanwhile. The graph is the same, and takes longer.
    progress
        Called as work goes on.

    Raises
    ------
    InputError
        For faults of whole files, all of them in one message.
    CorrectionsError
        For corrections that say nothing, or contradict each other, all of them in one message.
    GraphbuildError
        For a memory limit that is too small for the inputs, for unknown sources and fields, for
        rejects if ``strict``, and for an ``update`` that cannot be added to.
    GraphFolderError
        For a folder that cannot be written, as ``Graph.save``.
    """
    if references not in {"all", "listed", None}:
        raise GraphbuildError(f"references is 'all' or 'listed', not {references!r}")
    paths = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    timer = _Timer(progress)
    limit = None if memory_limit is None else _Limit(memory_limit, out, update)
    options = Options(dict(mapping or {}), namespace, **(limit.options if limit else {}))
    earlier = None if update is None else _Earlier(update, references)
    references = earlier.references if earlier else references or "all"
    by_hand = read_corrections(corrections) if corrections is not None else NO_CORRECTIONS
    if earlier and corrections is None:
        by_hand = earlier.corrections
    chosen = _choose_sources(paths, source, options, timer) if paths or not earlier else []
    with ExitStack() as stack:
        if limit:
            stack.callback(pa.set_memory_pool, pa.default_memory_pool())
            allocator.be_frugal()
        graph = out and stack.enter_context(folder_store.writing(out, force=force))
        collection = Collection(
            bibliographies=references == "all", spill=graph.spill if graph and limit else None
        )
        told: list[Mapping[str, Any]] = []
        if earlier:
            with timer.stage("reading the earlier graph"):
                told, chosen = earlier.add_to(collection, chosen, options)
        _read(chosen, options, collection, timer)
        told = told or [_told(given, used, options) for given, used in chosen]
        if strict and collection.rejected:
            raise _rejects(collection.rejected)
        if limit:
            limit.check(collection)
        with timer.stage("resolving papers and authors"):
            extraction = collection.extract(by_hand)
        del collection
        if strict and extraction.rejected:
            raise _rejects(extraction.rejected)
        manifest = {
            "graphbuild": graphbuild.__version__,
            "inputs": told,
            "options": {"references": references, **by_hand.told()},
        }
        if not graph:
            with timer.stage("making the tables"):
                made = as_graph(extraction, manifest)
            made.timings = timer.seconds
            return made
        with timer.stage("writing the graph", len(extraction.citations)):
            others, citations = extraction.others(), extraction.citations
            rejected, applied = extraction.rejected, extraction.applied
            del extraction
            counts = _write(others, citations, graph, timer, at_once=limit is None)
            found = counts.told(len(rejected), citations.self_citing)
            for name, table in applied.kept().items():
                graph.keep(name, table)
            told_at_last = {**manifest, **applied.told(), "counts": found}
            graph.finish(told_at_last, rejected, timer.so_far())
    return open(str(out))


def as_graph(extraction: Extraction, manifest: Mapping[str, Any]) -> Graph:
    """A graph in memory."""
    counts = Counts()
    tables = extraction.tables
    whole = Graph(
        tables,
        kept=lambda: extraction.kept,
        manifest={**manifest, **extraction.applied.told(), "counts": {}},
        rejected=extraction.rejected,
    )
    for name in SCHEMAS:
        counts.add(name, whole.encoded(name))
    told = counts.told(len(extraction.rejected), extraction.citations.self_citing)
    whole.manifest["counts"] = told
    return whole


def _write(
    others: Iterator[tuple[str, str, pa.Table]],
    citations: CitationParts,
    graph: folder_store.Writing,
    timer: _Timer,
    *,
    at_once: bool,
) -> Counts:
    """Write tables as they are made, citations beside all others or after them; count all."""
    counts = Counts()
    ids = {"papers": citations.ids}

    def parts() -> Iterator[tuple[pa.Table, pa.Table]]:
        for table, kept in citations.take(folder_store.ROWS_OF_A_PART):
            counts.add("citations", table)
            yield table, kept
            del table, kept  # before the next ones are made
            if not at_once:
                allocator.give_back()

    def write(kind: str, name: str, table: pa.Table) -> None:
        (graph.keep if kind == "kept" else graph.table)(name, table)

    with ThreadPoolExecutor(1) as beside, _InTurn(_WRITERS if at_once else 0) as writers:
        job = beside.submit(graph.citations, _ahead(parts())) if at_once else None
        for kind, name, table in others:
            if kind == "tables":
                if name == "authors":
                    ids[name] = table["id"].combine_chunks()
                table = encode_table(table, name, ids)  # noqa: PLW2901 - lets the other one go
                counts.add(name, table)
            writers.do((kind, name), write, kind, name, table)
            del table  # before the next one is made
            timer.tell(citations.done)
            if not at_once:
                allocator.give_back()
        if not job:
            graph.citations(_told_of(parts(), citations, timer))
        while job and not wait([job], _PATIENCE).done:
            timer.tell(citations.done)
        if job:
            job.result()
    graph.keep("references", citations.references)
    return counts


class _InTurn:
    """Does what it is given in threads: of one key one after the other, and little at once."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads) if threads else None
        self._room = threading.Semaphore(threads + 1)
        self._last: dict[Hashable, Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for all; errors are raised here at the latest."""
        if self._pool:
            self._pool.shutdown()
        for job in self._last.values():
            job.result()

    def do(self, key: Hashable, work: Callable[..., None], *arguments: object) -> None:
        """Do some work, or wait for room and leave it to a thread."""
        if not self._pool:
            work(*arguments)
            return
        before = self._last.get(key)
        self._room.acquire()
        self._last[key] = self._pool.submit(self._done_after, before, work, *arguments)

    def _done_after(
        self, before: Future[None] | None, work: Callable[..., None], *arguments: object
    ) -> None:
        try:
            if before:
                before.result()
            work(*arguments)
        finally:
            self._room.release()


def _told_of(parts: Iterator[_Part], citations: CitationParts, timer: _Timer) -> Iterator[_Part]:
    for part in parts:
        timer.tell(citations.done)
        yield part
        del part  # before the next one is made


def _ahead(parts: Iterator[_Part]) -> Iterator[_Part]:
    """The same parts; while one is at work on, the next one is made."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = beside.submit(next, parts, None)
            yield part


def _told(given: Input, source: Source, options: Options) -> dict[str, Any]:
    """What a manifest says of an input."""
    return {
        "name": given.name,
        "source": source.name,
        "sha256": given.sha256,
        "map": dict(sorted(options.mapping.items())),
        "namespace": options.namespace,
    }


class _Limit:
    """How much memory a build may take."""

    _BASE = 350_000_000
    _OF_A_RECORD = 300
    _OF_A_REFERENCE = 8

    def __init__(self, limit: int, out: str | Path | None, update: object) -> None:
        if out is None:
            raise GraphbuildError("a memory limit is for a graph that goes to a folder; give out")
        if update is not None:
            raise GraphbuildError("a memory limit holds for a build from inputs, not for an update")
        self._limit = limit
        # A batch is held several times over while it is made.
        self.options = {"at_once": max(limit // 64, 1 << 20)}

    def check(self, collection: Collection) -> None:
        """Say so before the work begins if the limit cannot be kept.

        Raises
        ------
        GraphbuildError
            With the memory that it takes.
        """
        needed = (
            self._BASE
            + self._OF_A_RECORD * collection.records
            + self._OF_A_REFERENCE * collection.references
        )
        if needed > self._limit:
            raise GraphbuildError(
                f"{collection.records:,} records with {collection.references:,} references take"
                f" about {needed / 1e9:.1f} GB of memory, and the limit is"
                f" {self._limit / 1e9:.1f} GB; allow more"
            )


class _Earlier:
    """A graph that more is added to."""

    def __init__(self, graph: str | Path | Graph, references: str | None) -> None:
        self._graph = graph if isinstance(graph, Graph) else open(graph)
        self._place = "the graph" if isinstance(graph, Graph) else str(graph)
        if self._graph._kept is None:
            raise GraphbuildError(
                f"{self._place}: was not built from inputs, so nothing can be added to it; build"
                " a graph of all inputs instead"
            )
        self.references: Literal["all", "listed"] = self._graph.manifest["options"]["references"]
        if references is not None and references != self.references:
            raise GraphbuildError(
                f"{self._place}: was built with references {self.references!r}, which holds for"
                f" all that is added to it; leave {references!r} out, or build a new graph"
            )

    @property
    def corrections(self) -> Corrections:
        """What a person found out by hand before."""
        return self._graph.corrections

    def add_to(
        self,
        collection: Collection,
        chosen: Sequence[tuple[Input, Source]],
        options: Options,
    ) -> tuple[list[Mapping[str, Any]], list[tuple[Input, Source]]]:
        """Put the graph's claims into a collection; return all inputs, and those yet to be read.

        What was read before is not read again, and files of one name are told apart, both as
        when all are given together.
        """
        from graphbuild.assembly.kept import restore  # noqa: PLC0415 - for an update alone

        before: list[Mapping[str, Any]] = self._graph.manifest["inputs"]
        known = set(map(_identity, before))
        told = [(_told(given, source, options), (given, source)) for given, source in chosen]
        fresh = [(each, pair) for each, pair in told if _identity(each) not in known]
        inputs = sorted([*before, *(each for each, _ in fresh)], key=_identity)
        times = Counter(name for name, _ in map(_identity, inputs))
        names = {
            (name, sha): input_name(name, sha, is_single=times[name] == 1)
            for name, sha in map(_identity, inputs)
        }
        renamed = {each["name"]: names[_identity(each)] for each in before}
        kept = self._graph._kept() if self._graph._kept else {}
        tables = {name: self._graph.encoded(name) for name in ("papers", "mentions", "citations")}
        collection.restore(restore(tables, kept).with_files(renamed))
        collection.rejected += [
            dataclasses.replace(item, origin=Origin(renamed[item.origin.file], item.origin.line))
            for item in self._graph.rejected
        ]
        return [{**each, "name": names[_identity(each)]} for each in inputs], [
            (given.called(names[_identity(each)]), source) for each, (given, source) in fresh
        ]


def _identity(told: Mapping[str, Any]) -> tuple[str, str]:
    """The name of an input's file, and its SHA-256."""
    return file_name(told["name"], told["sha256"]), told["sha256"]


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
        ThreadPoolExecutor(1) as loading,
        ThreadPoolExecutor(1) as beside,  # hashing takes no time from reading
        _readers(chosen, options, timer) as readers,
    ):
        # Nor does it take any to load what decides who is who; that comes next.
        loading.submit(importlib.import_module, "graphbuild.assembly")
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

_WRITERS = 2
"""Tables that are written at a time, besides the citations."""
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
        self._started = 0.0
        self._done: dict[str, int] = {}
        self._thread = threading.get_ident()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        self._stage, self._total = name, total
        self._progress(name, 0, total)
        self._started = started = time.perf_counter()
        try:
            yield
            if total is not None:
                self._progress(name, total, total)
        finally:
            self.seconds[name] = round(time.perf_counter() - started, 3)
            self._stage = ""

    def so_far(self) -> dict[str, float]:
        """Seconds of every stage; of the one under way, those until now."""
        return {**self.seconds, self._stage: round(time.perf_counter() - self._started, 3)}

    def watch(self, given: Input, done: int) -> None:
        """Take how far an input has been read."""
        self._done[given.name] = done
        if threading.get_ident() == self._thread:
            self.tell_of(given)

    def tell(self, done: int) -> None:
        """Tell how much of the stage under way is done."""
        self._progress(self._stage, done, self._total)

    def tell_of(self, given: Input) -> None:
        """Tell how far an input has been read, if it is the one that is waited for."""
        if self._stage == f"reading {given.name}":
            self._progress(self._stage, self._done.get(given.name, 0), self._total)
