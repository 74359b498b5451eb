"""What a map shows, as plain columns: which papers or authors, where, how large, in which group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild import analysis
from graphbuild.errors import GraphbuildError
from graphbuild.identifiers import url_of
from graphbuild.tables import CitationIndex, Tables
from graphbuild.view import layout, timeline
from graphbuild.view.kept import Kept
from graphbuild.view.ties import Network, coauthors, cocitations

__all__ = ["Drawing", "Grouping", "Lists", "Measure", "Subject", "prepare"]

Subject = Literal["papers", "cocitation", "coauthors"]
Integers = np.ndarray[Any, np.dtype[np.integer[Any]]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

# Pixels at zoom 1: the mean distance of neighbours, the least radius of a disc, and the
# least distance between discs.
SPACING = 26.0
SMALLEST = 2.8
GAP = 1.5
# Discs cover this part of the map, or less where the largest one's radius would pass this part
# of the map's radius.
COVERED, LARGEST = 0.08, 0.06
# The part of the papers drawn that co-citation clusters must hold to give the colours.
COCITED = 0.7
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
# Past this many discs, those of a screen that shows all are a pixel wide: pushing them apart
# would cost more time than anybody sees.
SEPARATED = 60_000


@dataclass(frozen=True)
class Grouping:
    """A way to group what is drawn: its name, the groups' names, and each node's group.

    Attributes
    ----------
    key, label
        For scripts and for people.
    names
        Of the groups, by number of drawn members, largest first.
    of
        int32 (drawn,): position in ``names`` plus one, 0 for none.
    """

    key: str
    label: str
    names: list[str]
    of: np.ndarray[Any, np.dtype[np.int32]]

    def sizes(self) -> list[int]:
        """How many of the drawn are in each group."""
        sizes: list[int] = np.bincount(self.of, minlength=len(self.names) + 1)[1:].tolist()
        return sizes


@dataclass(frozen=True)
class Measure:
    """A number that each node has: PageRank, citations, papers of an author.

    Attributes
    ----------
    key, label
        For scripts and for people.
    values
        int64 or float64 (drawn,), of the whole graph, whatever is drawn of it.
    """

    key: str
    label: str
    values: np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Lists:
    """A list of texts for each node, in columns.

    Attributes
    ----------
    values
        The distinct texts.
    counts
        int64 (drawn,): the lists' lengths.
    entries
        int64: positions in ``values``, one list after the other.
    """

    values: list[str]
    counts: Integers
    entries: Integers

    def to_list(self) -> list[list[str]]:
        """The lists themselves.

        >>> Lists(["a", "b"], np.array([2, 0]), np.array([1, 0])).to_list()
        [['b', 'a'], []]
        """
        ends = np.cumsum(self.counts).tolist()
        words = [self.values[entry] for entry in self.entries.tolist()]
        return [words[first:last] for first, last in zip([0, *ends], ends, strict=False)]


@dataclass(frozen=True, eq=False)
class Drawing:
    """What to draw, the most important first, and everything that is shown about it.

    Attributes
    ----------
    of
        What a disc stands for: a paper, a paper that is cited together with others, an author.
    ids, titles, venues
        Arrow strings, one per disc; null where unknown. An author's title is the name.
    years
        int32 (drawn,); 0 where unknown. Of an author, of the latest paper.
    authors, categories
        Names and categories of each paper; the primary category stands first.
    links
        Addresses of each node by word ("arXiv", "DOI", "source"), from validated identifiers;
        "" where there is none.
    in_corpus
        bool (drawn,); false for a paper that is only cited.
    measures
        What discs can be sized by, the first by default, and other numbers to be told. The last of
        ``sized_by`` is what the filter for the least number of citations goes by.
    sized_by
        How many of the measures, from the first, can be sized by.
    groupings
        What discs can be coloured by, the first by default.
    places, timeline
        float64 (drawn, 2), in pixels at zoom 1, one decimal. ``timeline`` is None where no years
        are known.
    times
        float64 (drawn,): the year as ``timeline`` has it, nan where unknown.
    radii
        float64 (drawn,), by the first measure.
    edges
        int32 (shown, 2): citing and cited position; of ties that have no direction, each once.
    weights
        int32 (shown,): how strong a tie is; None for citations, which all count one.
    rows
        int64 (shown,): the citation's row in the table of citations; None for ties.
    nodes_in_all, edges_in_all
        How many the graph has.
    note
        What the reader should know of what is left out, or "".
    """

    of: Subject
    ids: pa.Array
    titles: pa.Array
    venues: pa.Array
    years: np.ndarray[Any, np.dtype[np.int32]]
    authors: Lists
    categories: Lists
    links: dict[str, list[str]]
    in_corpus: np.ndarray[Any, np.dtype[np.bool_]]
    measures: list[Measure]
    sized_by: int
    groupings: list[Grouping]
    places: Floats
    timeline: Floats | None
    times: Floats
    radii: Floats
    edges: np.ndarray[Any, np.dtype[np.int32]]
    weights: np.ndarray[Any, np.dtype[np.int32]] | None
    rows: np.ndarray[Any, np.dtype[np.int64]] | None
    nodes_in_all: int
    edges_in_all: int
    note: str = ""

    def __len__(self) -> int:
        return len(self.ids)

    def measure(self, key: str) -> np.ndarray[Any, np.dtype[Any]]:
        """The values of a measure."""
        return next(one.values for one in self.measures if one.key == key)

    def summary(self) -> str:
        """How much of the graph is drawn, as a sentence for people.

        A drawing of 2,000 papers from a larger graph says "2,000 of 27,770 papers shown, the
        highest by PageRank, and 40,112 of 352,768 citations".
        """
        nodes, edges = WORDS[self.of]
        drawn, shown = len(self), len(self.edges)
        if drawn < self.nodes_in_all and self.of == "papers":
            return (
                f"{drawn:,} of {self.nodes_in_all:,} papers shown, the highest by PageRank,"
                f" and {shown:,} of {self.edges_in_all:,} citations"
            )
        if drawn < self.nodes_in_all:
            by = self.measures[0].label.lower()
            return (
                f"{drawn:,} of {self.nodes_in_all:,} {nodes[1]} shown, the highest by {by},"
                f" and {shown:,} {edges[1]}"
            )
        return f"{drawn:,} {nodes[drawn != 1]}, {shown:,} {edges[shown != 1]}"


WORDS: dict[Subject, tuple[tuple[str, str], tuple[str, str]]] = {
    "papers": (("paper", "papers"), ("citation", "citations")),
    "cocitation": (("cited paper", "cited papers"), ("co-citation tie", "co-citation ties")),
    "coauthors": (("author", "authors"), ("collaboration", "collaborations")),
}
"""What nodes and edges are called, one and many."""


def prepare(
    tables: Tables, *, of: Subject = "papers", limit: int = 100_000, seed: int = 0
) -> Drawing:
    """Choose, place, size and group what a map of a graph shows.

    Parameters
    ----------
    tables
        The graph.
    of
        ``"papers"`` and their citations; papers that are cited together (``"cocitation"``); or
        authors who wrote together (``"coauthors"``).
    limit
        At most this many, those with the highest PageRank (the strongest ties, the most papers).
    seed
        Of the layout.

    Raises
    ------
    GraphbuildError
        When ``limit`` is below 1, or there is no such subject.
    """
    if limit < 1:
        raise GraphbuildError(f"limit is {limit}: a map needs room for at least one paper")
    if of not in get_args(Subject):
        raise GraphbuildError(
            f"there is no map of {of!r}; there are maps of {', '.join(get_args(Subject))}"
        )
    if of == "papers":
        return _papers(tables, limit, seed)
    if of == "cocitation":
        return _cocitation(tables, limit, seed)
    return _coauthors(tables, limit, seed)


def _papers(tables: Tables, limit: int, seed: int) -> Drawing:
    index = tables.index
    kept = Kept(tables)
    pagerank = _pagerank(tables)
    # Papers are sorted by id, so ties go to the smaller id.
    chosen = np.argsort(-pagerank, kind="stable")[:limit]
    edges, rows = _between(index, chosen)
    communities, cocited = _clusters(tables, "citation"), _clusters(tables, "cocitation")
    groupings = [
        _grouping(tables, "cocitation", cocited[chosen]),
        _grouping(tables, "citation", communities[chosen]),
    ]
    # Co-citation clusters where they cover most of what is drawn, else citation clusters.
    if np.count_nonzero(groupings[0].of) < COCITED * len(chosen) or not len(chosen):
        groupings.reverse()
    groupings = [one for one in groupings if one.names]
    radii = _radii(pagerank[chosen])

    def place() -> Floats:
        citations = CitationIndex(len(chosen), edges[:, 0], edges[:, 1])
        return _apart(layout.positions(citations, communities[chosen], seed=seed), radii)

    return _of_papers(
        tables,
        chosen,
        of="papers",
        measures=[
            Measure("pagerank", "PageRank", pagerank[chosen]),
            Measure("citedBy", "Citations", np.diff(index.citing_indptr)[chosen]),
            Measure("cites", "References", np.diff(index.cited_indptr)[chosen]),
        ],
        sized_by=2,
        groupings=groupings,
        lanes=communities[chosen],
        places=kept.array(f"papers-{limit}-{seed}", place, (len(chosen), 2), np.float64),
        radii=radii,
        edges=edges,
        weights=None,
        rows=rows,
        nodes_in_all=index.papers,
        edges_in_all=len(index.citing),
        note=_left_out(len(chosen), index.papers, "papers"),
    )


def _cocitation(tables: Tables, limit: int, seed: int) -> Drawing:
    kept = Kept(tables)
    found = cocitations(tables)
    cocited = _clusters(tables, "cocitation")
    strength = found.strength()
    order = np.argsort(-strength, kind="stable")
    linked = order[strength[order] > 0]
    chosen = linked[:limit]
    network = found.among(chosen)
    grouping = _grouping(tables, "cocitation", cocited[chosen])
    radii = _radii(strength[chosen])
    return _of_papers(
        tables,
        chosen,
        of="cocitation",
        measures=[
            Measure("cocitations", "Co-citations", strength[chosen].astype(np.int64)),
            Measure("citedBy", "Citations", tables.index.times_cited[chosen]),
        ],
        sized_by=2,
        groupings=[grouping] if grouping.names else [],
        lanes=cocited[chosen],
        places=kept.array(
            f"cocitation-{limit}-{seed}",
            lambda: _apart(_placed(network, cocited[chosen], seed), radii),
            (len(chosen), 2),
            np.float64,
        ),
        radii=radii,
        edges=network.ends,
        weights=network.weights,
        rows=None,
        nodes_in_all=len(linked),
        edges_in_all=found.in_all,
        note=_left_out(len(chosen), len(linked), "papers") + found.note,
    )


def _coauthors(tables: Tables, limit: int, seed: int) -> Drawing:
    kept = Kept(tables)
    people = coauthors(tables, seed=seed)
    written = people.written
    order = np.argsort(-written, kind="stable")
    everybody = order[written[order] > 0]
    chosen = everybody[:limit]
    network = people.network.among(chosen)
    partners = np.bincount(people.network.ends.ravel(), minlength=len(written))
    numbers, sizes = _by_size(people.communities[chosen])
    authors = tables.table("authors").take(pa.array(chosen))
    titles = _texts(authors["name"])
    # A group of authors is called by its members who wrote the most; those come first.
    first = [np.flatnonzero(numbers == one)[:2] for one in range(1, len(sizes) + 1)]
    words = [titles[int(i)].as_py() or authors["id"][int(i)].as_py() for i in range(len(chosen))]
    names = [" · ".join(words[i] for i in group.tolist()) for group in first]
    radii = _radii(written[chosen].astype(np.float64))
    years = people.latest[chosen]
    times = np.where(years > 0, years.astype(np.float64), np.nan)
    orcids = authors["orcid"].to_pylist()
    return Drawing(
        of="coauthors",
        ids=_texts(authors["id"]),
        titles=titles,
        venues=pa.nulls(len(chosen), pa.string()),
        years=years,
        authors=_no_lists(len(chosen)),
        categories=_no_lists(len(chosen)),
        links={"ORCID": [_orcid_url(one) for one in orcids]} if any(orcids) else {},
        in_corpus=np.ones(len(chosen), np.bool_),
        measures=[
            Measure("papers", "Papers", written[chosen]),
            Measure("coauthors", "Co-authors", partners[chosen]),
        ],
        sized_by=2,
        groupings=[Grouping("coauthors", "Groups of co-authors", names, numbers)] if names else [],
        places=kept.array(
            f"coauthors-{limit}-{seed}",
            lambda: _apart(_placed(network, people.communities[chosen], seed), radii),
            (len(chosen), 2),
            np.float64,
        ),
        timeline=timeline.positions(times, numbers, SPACING) if years.any() else None,
        times=times,
        radii=radii,
        edges=network.ends,
        weights=network.weights,
        rows=None,
        nodes_in_all=len(everybody),
        edges_in_all=people.network.in_all,
        note=_left_out(len(chosen), len(everybody), "authors") + people.network.note,
    )


def _of_papers(
    tables: Tables,
    chosen: Integers,
    *,
    lanes: Integers,
    groupings: list[Grouping],
    **rest: Any,  # noqa: ANN401 - the fields of a drawing
) -> Drawing:
    """A drawing of papers: what their tables say of the chosen ones."""
    names = ["id", "arxiv_id", "doi", "title", "year", "published", "venue", "in_corpus"]
    papers = tables.columns("papers", names).take(pa.array(chosen))
    years = papers["year"].fill_null(0).to_numpy().astype(np.int32)
    times = timeline.moments(papers["id"], years, papers["published"])
    people = tables.table("authors")
    rows = timeline.lanes(groupings[0].of if groupings else lanes)
    return Drawing(
        ids=_texts(papers["id"]),
        titles=_texts(papers["title"]),
        venues=_texts(papers["venue"]),
        years=years,
        authors=_lists(tables, "authorships", "author", chosen, _author_names(people)),
        categories=_lists(tables, "categories", "category", chosen, None),
        links=_links(papers),
        in_corpus=papers["in_corpus"].to_numpy().astype(np.bool_),
        groupings=groupings,
        timeline=timeline.positions(times, rows, SPACING) if years.any() else None,
        times=times,
        **rest,
    )


def _left_out(drawn: int, in_all: int, what: str) -> str:
    """What a reader can do to see more, or nothing where all is drawn."""
    if drawn == in_all:
        return ""
    return (
        f"{in_all - drawn:,} {what} are left out."
        f" To draw more: graphbuild view --top {min(in_all, 2 * drawn)}. "
    )


def _placed(network: Network, communities: Integers, seed: int) -> Floats:
    index = CitationIndex(network.size, network.ends[:, 0], network.ends[:, 1])
    return layout.positions(index, communities, seed=seed)


def _apart(places: Floats, radii: Floats) -> Floats:
    places = SPACING * places
    if len(places) <= SEPARATED:
        places = layout.separate(places, radii + GAP)
    return np.round(places, 1) + 0.0


def _pagerank(tables: Tables) -> Floats:
    if not tables.index.papers:
        return np.zeros(0)
    ranked = analysis.pagerank.arrow(tables)
    order = pc.index_in(ranked["id"], value_set=tables.ids).to_numpy()
    scores = np.empty(tables.index.papers)
    scores[order] = ranked["pagerank"].to_numpy()
    return scores


def _between(
    index: CitationIndex, chosen: Integers
) -> tuple[np.ndarray[Any, np.dtype[np.int32]], np.ndarray[Any, np.dtype[np.int64]]]:
    """The citations among chosen papers, as positions in the choice, sorted, and their rows."""
    position = np.full(index.papers, -1, np.int32)
    position[chosen] = np.arange(len(chosen), dtype=np.int32)
    pairs = np.column_stack([position[index.citing], position[index.cited]])
    rows = np.flatnonzero((pairs >= 0).all(axis=1))
    pairs = pairs[rows]
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return pairs[order], rows[order].astype(np.int64)


def _clusters(
    tables: Tables, of: Literal["cocitation", "citation"]
) -> np.ndarray[Any, np.dtype[np.int32]]:
    if not len(tables.index.citing):
        return np.zeros(tables.index.papers, np.int32)
    found: np.ndarray[Any, np.dtype[np.int32]] = Kept(tables).array(
        f"{of}-clusters",
        lambda: analysis.partition(tables, of=of),
        (tables.index.papers,),
        np.int32,
    )
    return found


def _grouping(
    tables: Tables,
    of: Literal["cocitation", "citation"],
    cluster: np.ndarray[Any, np.dtype[np.int32]],
) -> Grouping:
    """Number the clusters that occur by drawn papers, largest first, and name them."""
    label = {"cocitation": "Co-citation clusters", "citation": "Citation clusters"}[of]
    if not cluster.any():
        return Grouping(of, label, [], cluster)

    def names() -> list[str]:
        labels: list[str] = analysis.clusters.arrow(tables, of=of)["label"].to_pylist()
        return labels

    known = Kept(tables).texts(f"{of}-names", names)
    numbers, order = _by_size(cluster)
    found = [known[one - 1] if one <= len(known) else "" for one in order.tolist()]
    return Grouping(of, label, [name or f"Cluster {i}" for i, name in enumerate(found, 1)], numbers)


def _by_size(group: Integers) -> tuple[np.ndarray[Any, np.dtype[np.int32]], Integers]:
    """Number groups from 1 by size, 0 staying 0, and say which number each had.

    >>> numbers, before = _by_size(np.array([5, 0, 7, 7]))
    >>> numbers.tolist(), before.tolist()
    ([2, 0, 1, 1], [7, 5])
    """
    sizes = np.bincount(group, minlength=1)
    sizes[0] = 0
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    numbers = np.zeros(len(sizes), np.int32)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[group], order


def _radii(values: Floats) -> Floats:
    """A disc's area is proportional to its value, but none is too small to see."""
    if not len(values):
        return values
    root = np.sqrt(values)
    map_radius = SPACING * np.sqrt(len(root) / np.pi)
    covering = map_radius * np.sqrt(COVERED / values.sum())
    largest = max(LARGEST * map_radius, 4 * SMALLEST)
    radii: Floats = np.maximum(SMALLEST, min(covering, largest / root.max()) * root)
    return np.round(radii, 1)


def _texts(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())


def _author_names(people: pa.Table) -> pa.Array:
    return _texts(pc.coalesce(people["name"], people["id"]))


def _lists(
    tables: Tables, name: str, column: str, chosen: Integers, texts: pa.Array | None
) -> Lists:
    """The column's values of each chosen paper in the table's order, a primary one first."""
    table = tables.encoded(name)
    paper, value = (_codes(table[one]) for one in ("paper", column))
    place = np.full(tables.index.papers, -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    at = place[paper[0]]
    rows = np.flatnonzero(at >= 0)
    rank = np.zeros(len(at), np.int8)
    if "is_primary" in table.column_names:
        rank -= pc.fill_null(table["is_primary"], False).to_numpy().astype(np.int8)
    rows = rows[np.lexsort((rows, rank[rows], at[rows]))]
    codes = value[0][rows]
    used, first, entries = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank_of = np.empty(len(used), np.int64)
    rank_of[order] = np.arange(len(used))
    texts = value[1] if texts is None else texts
    return Lists(
        texts.take(pa.array(used[order], pa.int64())).to_pylist(),
        np.bincount(at[rows], minlength=len(chosen)),
        rank_of[entries],
    )


def _codes(column: pa.ChunkedArray) -> tuple[Integers, pa.Array]:
    encoded = column.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else encoded.type.empty_array()
    codes: Integers = encoded.indices.to_numpy()
    return codes, encoded.dictionary


def _no_lists(length: int) -> Lists:
    return Lists([], np.zeros(length, np.int64), np.zeros(0, np.int64))


def _links(papers: pa.Table) -> dict[str, list[str]]:
    """Addresses of papers, each from an identifier that ``identifiers`` accepts."""
    links: dict[str, list[str]] = {"arXiv": [], "DOI": [], "Source": []}
    columns = (papers[name].to_pylist() for name in ("id", "arxiv_id", "doi"))
    for paper, arxiv, doi in zip(*columns, strict=True):
        own = url_of(paper) or ""
        is_arxiv, is_doi = paper.startswith("arxiv:"), paper.startswith("doi:")
        links["arXiv"].append((arxiv and url_of(f"arxiv:{arxiv}")) or (own if is_arxiv else ""))
        links["DOI"].append((doi and url_of(f"doi:{doi}")) or (own if is_doi else ""))
        links["Source"].append("" if is_arxiv or is_doi else own)
    return links


def _orcid_url(orcid: str | None) -> str:
    """The address of an ORCID, which has sixteen digits and a check."""
    if orcid is None or not ORCID.fullmatch(orcid):
        return ""
    return f"https://orcid.org/{orcid}"
