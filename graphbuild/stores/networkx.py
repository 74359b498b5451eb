"""The graph as NetworkX knows graphs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graphbuild.tables import Tables

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["papers_graph", "whole_graph"]


def papers_graph(tables: Tables, *, attributes: bool = True) -> nx.DiGraph[str]:
    """Papers as nodes by id, citations as edges from citing to cited.

    Parameters
    ----------
    tables
        The graph.
    attributes
        Whether nodes and edges carry the columns of their tables. Null is left out, lists are
        Python lists, dates are ``datetime.date``.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame(
    ...     {"citing": ["b"], "cited": ["a"], "basis": ["reference_list"]}))
    >>> papers_graph(tables).edges["b", "a"]
    {'basis': 'reference_list'}
    """
    import networkx  # noqa: PLC0415 - slow to import

    graph: nx.DiGraph[str] = networkx.DiGraph()
    if not attributes:
        _add_bare(graph, tables)
        return graph
    papers, citations = tables.table("papers"), tables.table("citations")
    graph.add_nodes_from((row.pop("id"), row) for row in _rows(papers))
    graph.add_edges_from((row.pop("citing"), row.pop("cited"), row) for row in _rows(citations))
    return graph


def _add_bare(graph: nx.DiGraph[str], tables: Tables) -> None:
    """Add papers and citations without their columns, straight into the graph's dictionaries.

    ``add_edges_from`` looks every end of every edge up several times. Each id is one string here,
    however often it is cited.
    """
    ids = tables.ids.to_pylist()
    graph.add_nodes_from(ids)
    index = tables.index
    begins = index.cited_indptr.tolist()
    cited = [ids[other] for other in index.cited_indices.tolist()]
    # The types know no way in but the slow one.
    successors, predecessors = vars(graph)["_succ"], vars(graph)["_pred"]
    collects = gc.isenabled()
    gc.disable()  # millions of new dictionaries, and nothing to collect among them
    try:
        for paper, begin, end in zip(ids, begins[:-1], begins[1:], strict=True):
            lines: dict[str, dict[str, Any]] = {other: {} for other in cited[begin:end]}
            successors[paper] = lines
            for other, line in lines.items():
                predecessors[other][paper] = line
    finally:
        if collects:
            gc.enable()


def whole_graph(tables: Tables) -> nx.MultiDiGraph[str]:
    """Papers, authors and categories in one graph; ``label`` and ``type`` as in Neo4j.

    Nodes are ``Paper``, ``Author`` or ``Category`` by id. Edges, keyed by their type, are
    ``CITES`` (paper to paper), ``WROTE`` (author to paper) and ``IN_CATEGORY`` (paper to category).
    """
    import networkx  # noqa: PLC0415 - slow to import

    graph: nx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for name, label in (("papers", "Paper"), ("authors", "Author")):
        graph.add_nodes_from(
            (row.pop("id"), {"label": label, **row}) for row in _rows(tables.table(name))
        )
    categories = tables.table("categories")
    graph.add_nodes_from(sorted(set(categories["category"].to_pylist())), label="Category")
    for name, start, end, type_ in (
        ("citations", "citing", "cited", "CITES"),
        ("authorships", "author", "paper", "WROTE"),
        ("categories", "paper", "category", "IN_CATEGORY"),
    ):
        for row in _rows(tables.table(name)):
            graph.add_edge(row.pop(start), row.pop(end), key=type_, type=type_, **row)
    return graph


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Rows as dictionaries without nulls, a batch at a time."""
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            yield {name: value for name, value in row.items() if value is not None}
