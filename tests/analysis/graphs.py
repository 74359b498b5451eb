"""Graphs that the tests of analyses share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from graphbuild.tables import Tables


def name(number: int) -> str:
    """An id whose order is the order of the numbers."""
    return f"p{number:05}"


def make(size: int, edges, cited_only=()) -> Tables:
    papers = pd.DataFrame({"id": [name(number) for number in range(size)]})
    papers["in_corpus"] = [number not in cited_only for number in range(size)]
    citations = pd.DataFrame(
        [(name(citing), name(cited)) for citing, cited in edges], columns=["citing", "cited"]
    )
    return Tables.from_tables(papers=papers, citations=citations.astype("str"))


@st.composite
def graphs(draw, largest: int = 14):
    """(size, edges): cycles, dangling, isolated papers and self-citations included."""
    size = draw(st.integers(1, largest))
    ends = st.integers(0, size - 1)
    edges = draw(st.lists(st.tuples(ends, ends), unique=True, max_size=5 * size))
    return size, edges


def random_edges(size: int, many: int, seed: int) -> list[tuple[int, int]]:
    """Edges between random papers, to early ones most often, with cycles."""
    generator = np.random.default_rng(seed)
    citing = generator.integers(0, size, many)
    cited = (size * generator.random(many) ** 3).astype(int)
    return sorted({(a, b) for a, b in zip(citing.tolist(), cited.tolist(), strict=True) if a != b})


def cit_hepth(shared: Path) -> Tables:
    """27,769 papers of high-energy physics (one more does nothing but cite itself)."""
    path = shared / "data" / "networks" / "cit-HepTh.txt"
    edges = pd.read_csv(path, sep="\t", comment="#", names=["citing", "cited"], dtype="str")
    return Tables.from_tables(citations=edges[edges["citing"] != edges["cited"]])


def cora(shared: Path) -> Tables:
    """2,708 papers on machine learning."""
    path = shared / "data" / "networks" / "cora.cites"
    edges = pd.read_csv(path, sep="\t", names=["cited", "citing"], dtype="str")
    return Tables.from_tables(citations=edges[edges["citing"] != edges["cited"]])


def cora_subjects(shared: Path) -> pd.Series:
    """The subject class of each paper of Cora, by id."""
    nodes = pd.read_parquet(
        shared / "data" / "networks" / "gds_cora_nodes.parquet.gzip", columns=["nodeId", "subject"]
    )
    return nodes.assign(nodeId=nodes["nodeId"].astype("str")).set_index("nodeId")["subject"]


def to_networkx(tables: Tables):
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(tables.papers["id"])
    graph.add_edges_from(tables.citations[["citing", "cited"]].itertuples(index=False))
    return graph


def values(frame: pd.DataFrame, measure: str) -> dict[str, float]:
    return dict(zip(frame["id"], frame[measure], strict=True))
