"""``Graph``: the tables with the methods that people expect of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import graphbuild
from graphbuild.model import BASES, Rejected
from graphbuild.stores import folder as folder_store
from graphbuild.tables import SCHEMAS, Tables

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from pyvis.network import Network

    from graphbuild.analysis.explaining import Explanation
    from graphbuild.view import Inline

__all__ = ["Counts", "Graph", "open"]


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
        kept: Callable[[], Mapping[str, pa.Table]] | None = None,
        manifest: Mapping[str, Any] | None = None,
        rejected: Sequence[Rejected] = (),
        timings: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(tables, read=read)
        self._kept = kept
        self.rejected = list(rejected)
        self.timings = dict(timings or {})
        self.manifest = {
            "graphbuild": graphbuild.__version__,
            "inputs": [],
            "options": {},
            **(manifest or {}),
        }
        if "counts" not in self.manifest:
            self.manifest["counts"] = self._counts()

    def _counts(self) -> dict[str, Any]:
        counts = Counts()
        for name in SCHEMAS:
            counts.add(name, self.encoded(name))
        return counts.told(len(self.rejected), 0)

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
            kept=self._kept() if self._kept else None,
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

    def explain(self, identifier: str) -> Explanation:
        """Every mention behind a paper or an author, and a paper's citations with evidence.

        See ``graphbuild.analysis.explain``.

        Raises
        ------
        UnknownPaper
            When nothing here is called so; the message has what comes near.
        """
        from graphbuild.analysis import explain  # noqa: PLC0415 - not for everybody

        return explain(self, identifier)

    def cypher(
        self,
        statement: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float = 60.0,
        **further: Any,  # noqa: ANN401 - any value of Cypher's
    ) -> pd.DataFrame:
        """Answer a Cypher statement that reads, without a server (docs/cypher.md).

        Parameters
        ----------
        statement
            A statement, or the name of one of those that ``graphbuild cypher`` lists.
        parameters, further
            Values of its ``$parameters``, as a mapping or by name.
        timeout
            How many seconds it may take, beside loading.

        Raises
        ------
        GraphbuildError
            When the statement is wrong, with its place; writes; takes too long; or needs a Neo4j.

        Examples
        --------
        >>> import pandas as pd
        >>> graph = Graph.from_tables(
        ...     papers=pd.DataFrame({"id": ["a", "b"], "year": [2014, 2017]}),
        ...     citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
        >>> graph.cypher("MATCH (p:Paper)-[:CITES]->({id: $id}) RETURN p.id, p.year", id="a")
          p.id  p.year
        0    b    2017
        """
        from graphbuild.statements import asked  # noqa: PLC0415 - not for everybody
        from graphbuild.stores import embedded  # noqa: PLC0415 - not for everybody

        text, given = asked(statement, {**(parameters or {}), **further}, server=False)
        return embedded.query(self, text, given, timeout=timeout).frame()

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

    @overload
    def view(self, path: None = None, **options: Any) -> Inline: ...  # noqa: ANN401 - view.page's
    @overload
    def view(self, path: str | Path, **options: Any) -> str: ...  # noqa: ANN401 - (the same)
    def view(
        self,
        path: str | Path | None = None,
        **options: Any,
    ) -> str | Inline:
        """Write the graph as one offline HTML page, and say what was drawn (``graphbuild.view``).

        Without a path, the page is shown in a notebook, below the cell that ends with this call.

        Raises
        ------
        GraphbuildError
            When the page cannot be written.
        """
        from graphbuild.view import inline, write  # noqa: PLC0415 - slow to import

        return inline(self, **options) if path is None else write(self, path, **options)

    def __repr__(self) -> str:
        counts = self.manifest["counts"]
        return (
            f"<Graph: {counts['papers']:,} papers ({counts['in_corpus']:,} in the corpus),"
            f" {counts['citations']:,} citations, {counts['authors']:,} authors>"
        )


class Counts:
    """What ``Graph.info`` tells, counted table by table."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._by_basis: Counter[str] = Counter()

    def add(self, name: str, table: pa.Table) -> None:
        """Count a table, or the next part of one (encoded)."""
        self._counts[name] += table.num_rows
        if name == "papers":
            self._counts["in_corpus"] += pc.sum(table["in_corpus"].cast(pa.int64())).as_py() or 0
        elif name == "categories":
            self._counts["distinct"] += len(table["category"].combine_chunks().dictionary)
        elif name == "citations":
            basis = table["basis"].combine_chunks()
            codes = basis.indices.drop_null().to_numpy()
            times = np.bincount(codes, minlength=len(basis.dictionary)).tolist()
            self._by_basis.update(dict(zip(basis.dictionary.to_pylist(), times, strict=True)))

    def told(self, rejected: int, self_citations_dropped: int) -> dict[str, Any]:
        """The counts as a manifest has them."""
        counts, by_basis = self._counts, self._by_basis
        return {
            "papers": counts["papers"],
            "in_corpus": counts["in_corpus"],
            "cited_only": counts["papers"] - counts["in_corpus"],
            "authors": counts["authors"],
            "authorships": counts["authorships"],
            "citations": counts["citations"],
            "citations_by_basis": {basis: by_basis[basis] for basis in BASES if by_basis[basis]},
            "categories": counts["distinct"],
            "mentions": counts["mentions"],
            "rejected": rejected,
            "self_citations_dropped": self_citations_dropped,
        }


def open(folder: str | Path) -> Graph:  # noqa: A001 - gb.open reads as one says it
    """Open a graph that was saved to a folder.

    Raises
    ------
    GraphFolderError
        When the folder holds no graph, or a damaged one.
    """
    opened = folder_store.open_folder(folder)
    graph = Graph(
        {},
        read=opened.read,
        kept=opened.kept,
        manifest=opened.manifest,
        rejected=opened.rejected,
    )
    told = json.dumps(opened.manifest.get("tables"), sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()
    graph.cache = Path(folder).absolute() / ".cache" / digest[:16]
    return graph
