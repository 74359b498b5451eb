"""What the page shows, as plain columns: which papers, where, how large, in which colour."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild import analysis
from graphbuild.errors import GraphbuildError
from graphbuild.identifiers import url_of
from graphbuild.tables import CitationIndex, Tables
from graphbuild.view import layout

__all__ = ["Cluster", "Colouring", "Drawing", "prepare"]

Colouring = Literal["cocitation", "citation", "none"]

# Pixels at zoom 1: the mean distance of neighbours, the least radius of a paper's disc, and the
# least distance between discs.
SPACING = 26.0
SMALLEST = 2.8
GAP = 1.5
# Discs cover this part of the map, or less where the largest one's radius would pass this part
# of the map's radius.
COVERED, LARGEST = 0.08, 0.06


@dataclass(frozen=True)
class Cluster:
    """A cluster as the legend shows it: its name, and how many of the drawn papers are in it."""

    name: str
    papers: int


@dataclass(frozen=True, eq=False)
class Drawing:
    """The papers to draw, highest PageRank first, and everything that is shown about them.

    Attributes
    ----------
    ids, titles, years, venues, authors, categories, links
        One entry per drawn paper. What is unknown is None, or an empty list. ``links`` are pairs
        of a word ("arXiv", "DOI") and an address that was built from a validated identifier.
    in_corpus
        bool (drawn,); false for a paper that is only cited.
    pagerank
        float64 (drawn,), of the whole graph.
    cited_by, cites
        int64 (drawn,): citations in the whole graph, drawn or not.
    cluster
        int32 (drawn,): position in ``clusters`` plus one, 0 for none.
    clusters
        By number of drawn papers, largest first.
    colouring
        Which clusters these are.
    places, radii
        float64 (drawn, 2) and (drawn,), in pixels at zoom 1, one decimal.
    citations
        int32 (shown, 2): citing and cited position, of the citations between drawn papers.
    papers, citations_in_all
        How many papers and citations the graph has.
    """

    ids: list[str]
    titles: list[str | None]
    years: list[int | None]
    venues: list[str | None]
    authors: list[list[str]]
    categories: list[list[str]]
    links: list[list[tuple[str, str]]]
    in_corpus: np.ndarray[Any, np.dtype[np.bool_]]
    pagerank: np.ndarray[Any, np.dtype[np.float64]]
    cited_by: np.ndarray[Any, np.dtype[np.int64]]
    cites: np.ndarray[Any, np.dtype[np.int64]]
    cluster: np.ndarray[Any, np.dtype[np.int32]]
    clusters: list[Cluster]
    colouring: Colouring
    places: np.ndarray[Any, np.dtype[np.float64]]
    radii: np.ndarray[Any, np.dtype[np.float64]]
    citations: np.ndarray[Any, np.dtype[np.int32]]
    papers: int
    citations_in_all: int

    def summary(self) -> str:
        """How much of the graph is drawn, as a sentence for people.

        A drawing of 2,000 papers from a larger graph says "2,000 of 27,770 papers shown, the
        highest by PageRank, and 40,112 of 352,768 citations".
        """
        drawn, shown = len(self.ids), len(self.citations)
        if drawn < self.papers:
            return (
                f"{drawn:,} of {self.papers:,} papers shown, the highest by PageRank,"
                f" and {shown:,} of {self.citations_in_all:,} citations"
            )
        papers = "1 paper" if drawn == 1 else f"{drawn:,} papers"
        return f"{papers}, " + ("1 citation" if shown == 1 else f"{shown:,} citations")


def prepare(tables: Tables, *, limit: int = 2000, seed: int = 0) -> Drawing:
    """Choose, place, size and colour the papers of a graph.

    Parameters
    ----------
    tables
        The graph.
    limit
        At most this many papers, those with the highest PageRank.
    seed
        Of the layout.

    Raises
    ------
    GraphbuildError
        When ``limit`` is below 1.
    """
    if limit < 1:
        raise GraphbuildError(f"limit is {limit}: a map needs room for at least one paper")
    index = tables.index
    pagerank = _pagerank(tables)
    # Papers are sorted by id, so ties go to the smaller id.
    chosen = np.argsort(-pagerank, kind="stable")[:limit]
    citations = _between(index, chosen)
    communities = _partition(tables, "citation")
    colouring, cluster = _colours(tables, communities, chosen)
    numbers, clusters = _legend(tables, colouring, cluster)
    radii = _radii(pagerank[chosen])
    places = SPACING * layout.positions(
        CitationIndex(len(chosen), citations[:, 0], citations[:, 1]), communities[chosen], seed=seed
    )
    papers = tables.table("papers").take(pa.array(chosen))
    return Drawing(
        ids=papers["id"].to_pylist(),
        titles=papers["title"].to_pylist(),
        years=papers["year"].to_pylist(),
        venues=papers["venue"].to_pylist(),
        authors=_authors(tables, papers["id"]),
        categories=_grouped(tables.table("categories"), "category", papers["id"]),
        links=[
            _links(*row)
            for row in zip(
                *(papers[name].to_pylist() for name in ("id", "arxiv_id", "doi")), strict=True
            )
        ],
        in_corpus=papers["in_corpus"].to_numpy().astype(np.bool_),
        pagerank=pagerank[chosen],
        cited_by=np.diff(index.citing_indptr)[chosen],
        cites=np.diff(index.cited_indptr)[chosen],
        cluster=numbers,
        clusters=clusters,
        colouring=colouring,
        places=np.round(layout.separate(places, radii + GAP), 1) + 0.0,
        radii=radii,
        citations=citations,
        papers=index.papers,
        citations_in_all=len(index.citing),
    )


def _pagerank(tables: Tables) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not tables.index.papers:
        return np.zeros(0)
    ranked = analysis.pagerank(tables)
    by_id = ranked.set_index("id")["pagerank"].reindex(tables.papers["id"])
    return by_id.to_numpy(dtype=np.float64)


def _between(
    index: CitationIndex, chosen: np.ndarray[Any, np.dtype[np.intp]]
) -> np.ndarray[Any, np.dtype[np.int32]]:
    """The citations among chosen papers, as positions in the choice, sorted."""
    position = np.full(index.papers, -1, np.int32)
    position[chosen] = np.arange(len(chosen), dtype=np.int32)
    pairs = np.column_stack([position[index.citing], position[index.cited]])
    pairs = pairs[(pairs >= 0).all(axis=1)]
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _partition(
    tables: Tables, of: Literal["cocitation", "citation"]
) -> np.ndarray[Any, np.dtype[np.int32]]:
    if not len(tables.index.citing):
        return np.zeros(tables.index.papers, np.int32)
    return analysis.partition(tables, of=of)


def _colours(
    tables: Tables,
    communities: np.ndarray[Any, np.dtype[np.int32]],
    chosen: np.ndarray[Any, np.dtype[np.intp]],
) -> tuple[Colouring, np.ndarray[Any, np.dtype[np.int32]]]:
    """Co-citation clusters where they cover half of what is drawn, else citation clusters."""
    cocited = _partition(tables, "cocitation")[chosen]
    if len(chosen) and 2 * np.count_nonzero(cocited) >= len(chosen):
        return "cocitation", cocited
    cluster = communities[chosen]
    return ("citation", cluster) if cluster.any() else ("none", cluster)


def _legend(
    tables: Tables, colouring: Colouring, cluster: np.ndarray[Any, np.dtype[np.int32]]
) -> tuple[np.ndarray[Any, np.dtype[np.int32]], list[Cluster]]:
    """Number the clusters that occur by drawn papers, largest first, and name them."""
    if colouring == "none":
        return cluster, []
    table = analysis.clusters(tables, of=colouring)
    names = dict(zip(table["cluster"].tolist(), table["label"].tolist(), strict=True))
    sizes = np.bincount(cluster)
    sizes[0] = 0
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    numbers = np.zeros(len(sizes), np.int32)
    numbers[order] = np.arange(1, len(order) + 1)
    legend = [Cluster(names.get(int(one)) or f"Cluster {one}", int(sizes[one])) for one in order]
    return numbers[cluster], legend


def _radii(
    pagerank: np.ndarray[Any, np.dtype[np.float64]],
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A disc's area is proportional to PageRank, but none is too small to see."""
    if not len(pagerank):
        return pagerank
    root = np.sqrt(pagerank)
    map_radius = SPACING * np.sqrt(len(root) / np.pi)
    covering = map_radius * np.sqrt(COVERED / pagerank.sum())
    largest = max(LARGEST * map_radius, 4 * SMALLEST)
    radii: np.ndarray[Any, np.dtype[np.float64]]
    radii = np.maximum(SMALLEST, min(covering, largest / root.max()) * root)
    return np.round(radii, 1)


def _authors(tables: Tables, ids: pa.ChunkedArray) -> list[list[str]]:
    people = tables.table("authors")
    names = pc.coalesce(people["name"], people["id"])
    authorships = tables.table("authorships")
    at = pc.index_in(authorships["author"], value_set=people["id"])
    return _grouped(authorships.append_column("name", names.take(at)), "name", ids)


def _grouped(table: pa.Table, column: str, ids: pa.ChunkedArray) -> list[list[str]]:
    """The column's values of each paper, in the table's order."""
    table = table.filter(pc.is_in(table["paper"], value_set=ids))
    values: dict[str, list[str]] = defaultdict(list)
    for paper, value in zip(table["paper"].to_pylist(), table[column].to_pylist(), strict=True):
        values[paper].append(value)
    return [values.get(paper, []) for paper in ids.to_pylist()]


def _links(paper: str, arxiv_id: str | None, doi: str | None) -> list[tuple[str, str]]:
    """Addresses of a paper, each from an identifier that ``identifiers`` accepts."""
    arxiv = url_of(f"arxiv:{arxiv_id}") or (url_of(paper) if paper[:6] == "arxiv:" else None)
    published = url_of(f"doi:{doi}") or (url_of(paper) if paper[:4] == "doi:" else None)
    return [(word, url) for word, url in (("arXiv", arxiv), ("DOI", published)) if url]
