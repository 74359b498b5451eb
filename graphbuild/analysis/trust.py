"""How far is a ranking to be trusted: what do the inputs say, and what do they leave out?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.analysis.coverage import sentence
from graphbuild.analysis.pagerank import visits
from graphbuild.analysis.ranking import Booleans, Integers, significant
from graphbuild.analysis.reviewing import uncertain
from graphbuild.model import BASES
from graphbuild.tables import CitationIndex, Tables, to_pandas

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Quality", "quality"]

TOP = 20
"""Of how many papers it is looked whether they stay the highest."""
DRAWS = 5
LEFT_OUT = 0.1

_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Quality:
    """Figures that tell how far to trust a graph.

    Attributes
    ----------
    figures
        Arrow table: ``figure`` (its name), ``count`` (int64), ``of`` (int64, what it is a part of;
        null where it is no part) and ``about`` (what is counted, in words).
    coverage
        Arrow table, by source and year (null for unknown) of the papers of the corpus: ``papers``,
        ``without_references``, ``references``, ``without_id`` and ``resolved`` (int64), as in
        the figures. A paper that two kinds of input describe counts for both.
    """

    figures: pa.Table
    coverage: pa.Table

    def __getitem__(self, figure: str) -> int:
        """A figure by its name."""
        return self._counts[figure][0]

    @property
    def _counts(self) -> dict[str, tuple[int, int | None]]:
        names, counts, of = (self.figures[each].to_pylist() for each in ("figure", "count", "of"))
        return dict(zip(names, zip(counts, of, strict=True), strict=True))

    def share(self, figure: str) -> float | None:
        """A figure as a part of what it is a part of; None where that is nothing."""
        count, of = self._counts[figure]
        return count / of if of else None

    def to_frame(self) -> pd.DataFrame:
        """The figures as a DataFrame."""
        return to_pandas(self.figures)

    @property
    def by_source(self) -> pa.Table:
        """``coverage`` summed over the years."""
        return _summed(self.coverage, "source")

    @property
    def by_year(self) -> pa.Table:
        """``coverage`` summed over the sources."""
        return _summed(self.coverage, "year")

    @property
    def summary(self) -> str:
        """One line: how much is known of references, and what is suspicious."""
        doubts = ", ".join(
            f"{self[figure] or 'no'} {one if self[figure] == 1 else more}"
            for figure, one, more in _DOUBTS
        )
        return f"{_covered(self)} Found: {doubts}."


_DOUBTS = (
    ("uncertain_papers", "likely duplicate", "likely duplicates"),
    ("uncertain_authors", "uncertain pair of authors", "uncertain pairs of authors"),
    ("suspicious_dates", "suspicious date", "suspicious dates"),
    ("cycles", "citation cycle", "citation cycles"),
)


def quality(tables: Tables) -> Quality:
    """Count what is missing or doubtful in a graph: the limits of whatever is computed from it.

    Returns
    -------
    Quality
        All figures are defined in docs/trust.md.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["a", "b", "b"], "cited": ["b", "a", "c"]}))
    >>> found = quality(tables)
    >>> found["citations_in_cycles"], found["papers_without_references"], found.share("resolved")
    (2, 0, 0.6666666666666666)
    """
    papers = tables.columns(
        "papers", ["id", "title", "year", "in_corpus", "sources"]
    ).combine_chunks()
    index = tables.index
    in_corpus: Booleans = papers["in_corpus"].to_numpy()
    has_id: Booleans = ~np.asarray(pc.starts_with(papers["id"], "title:"))
    figures = _Figures()
    _count_references(figures, tables, in_corpus, has_id)
    _count_papers(figures, tables, papers, in_corpus)
    _count_structure(figures, index)
    figures.add(
        "self_citations", _self_citations(tables), len(index.citing),
        "citations whose papers have an author in common",
    )  # fmt: skip
    _count_stability(figures, index)
    for kind, pairs in uncertain(tables).items():
        figures.add(
            f"uncertain_{kind}", pairs.num_rows, None,
            f"pairs of {kind} that may be one, and were kept apart (graphbuild review)",
        )  # fmt: skip
    return Quality(figures.table(), _coverage(papers, index, in_corpus, has_id))


class _Figures:
    """Figures in the order in which they are told."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def add(
        self,
        figure: str,
        count: int | np.integer[Any],
        of: int | np.integer[Any] | None,
        about: str,
    ) -> None:
        self._rows.append(
            {
                "figure": figure,
                "count": int(count),
                "of": None if of is None else int(of),
                "about": about,
            }
        )

    def table(self) -> pa.Table:
        schema = pa.schema(
            [
                ("figure", pa.string()),
                ("count", pa.int64()),
                ("of", pa.int64()),
                ("about", pa.string()),
            ]
        )
        return pa.Table.from_pylist(self._rows, schema)


# -- references ----------------------------------------------------------------------------------


def _covered(found: Quality) -> str:
    without, corpus = found._counts["papers_without_references"]
    resolved, references = found._counts["resolved"]
    return sentence((corpus or 0) - without, corpus or 0, resolved, references or 0)


def _count_references(
    figures: _Figures, tables: Tables, in_corpus: Booleans, has_id: Booleans
) -> None:
    index = tables.index
    references, corpus = len(index.citing), int(np.count_nonzero(in_corpus))
    lists = np.bincount(index.citing, minlength=index.papers) > 0
    figures.add(
        "papers_without_references", np.count_nonzero(in_corpus & ~lists), corpus,
        "papers of the corpus of which no reference is known",
    )  # fmt: skip
    figures.add(
        "resolved", np.count_nonzero(in_corpus[index.cited]), references,
        "references that lead to a paper of the corpus",
    )  # fmt: skip
    figures.add(
        "without_id", np.count_nonzero(~has_id[index.cited]), references,
        "references to papers of which no identifier is known, joined by titles alone",
    )  # fmt: skip
    by_basis = tables.value_counts("citations", "basis")
    not_listed = sum(by_basis.get(basis, 0) for basis in BASES[1:])
    figures.add(
        "not_listed", not_listed, references,
        "references that were found in running text, or on a page about the paper",
    )  # fmt: skip


def _count_papers(figures: _Figures, tables: Tables, papers: pa.Table, in_corpus: Booleans) -> None:
    corpus, cited_only = int(np.count_nonzero(in_corpus)), int(np.count_nonzero(~in_corpus))
    untitled = np.asarray(papers["title"].is_null())
    figures.add(
        "cited_only_without_title", np.count_nonzero(untitled & ~in_corpus), cited_only,
        "papers known from citations alone, of which not even the title is known",
    )  # fmt: skip
    undated = np.asarray(papers["year"].is_null())
    figures.add(
        "corpus_without_year", np.count_nonzero(undated & in_corpus), corpus,
        "papers of the corpus without a year",
    )  # fmt: skip
    suspicious = tables.columns("citations", ["suspicious_date"])["suspicious_date"]
    figures.add(
        "suspicious_dates", pc.sum(suspicious).as_py() or 0, len(suspicious),
        "citations of papers that are dated more than a year later than who cites them",
    )  # fmt: skip


def _coverage(
    papers: pa.Table, index: CitationIndex, in_corpus: Booleans, has_id: Booleans
) -> pa.Table:
    def per_paper(counts: Booleans | None) -> Integers:
        citing = index.citing if counts is None else index.citing[counts[index.cited]]
        return np.bincount(citing, minlength=index.papers)

    references = per_paper(None)
    sources = papers["sources"].combine_chunks()
    lengths = pc.fill_null(pc.list_value_length(sources), 0).to_numpy()
    # A paper of which no source is told counts all the same.
    at = np.repeat(np.arange(len(lengths)), np.maximum(lengths, 1))
    told = np.repeat(lengths > 0, np.maximum(lengths, 1))
    place = np.cumsum(told) - 1
    names = pc.list_flatten(sources).take(pa.array(place, mask=~told))
    chosen = np.flatnonzero(in_corpus[at])
    owner = at[chosen]
    table = pa.table(
        {
            "source": names.take(pa.array(chosen)),
            "year": papers["year"].take(pa.array(owner)),
            "papers": np.ones(len(owner), np.int64),
            "without_references": (references[owner] == 0).astype(np.int64),
            "references": references[owner],
            "without_id": per_paper(~has_id)[owner],
            "resolved": per_paper(in_corpus)[owner],
        }
    )
    return _summed(table, "source", "year")


_COUNTS = ("papers", "without_references", "references", "without_id", "resolved")


def _summed(table: pa.Table, *by: str) -> pa.Table:
    grouped = table.group_by(list(by)).aggregate([(name, "sum") for name in _COUNTS])
    named = grouped.select([*by, *(f"{name}_sum" for name in _COUNTS)])
    return named.rename_columns([*by, *_COUNTS]).sort_by([(name, "ascending") for name in by])


# -- structure -----------------------------------------------------------------------------------


def _count_structure(figures: _Figures, index: CitationIndex) -> None:
    import scipy.sparse as sp  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    papers, citations = index.papers, len(index.citing)
    network = sp.csr_matrix(
        (np.ones(citations, np.int8), index.cited_indices, index.cited_indptr),
        shape=(papers, papers),
    )
    _, strong = connected_components(network, directed=True, connection="strong")
    sizes = np.bincount(strong, minlength=1)
    inside = strong[index.citing] == strong[index.cited]
    figures.add(
        "citations_in_cycles", np.count_nonzero(inside), citations,
        "citations from which a way along citations leads back to where they begin",
    )  # fmt: skip
    figures.add(
        "cycles", np.count_nonzero(sizes > 1), None,
        "groups of papers that cite each other in cycles (strongly connected components)",
    )  # fmt: skip
    largest = int(sizes.max(initial=0))
    figures.add(
        "largest_cycle", largest if largest > 1 else 0, papers,
        "papers in the largest of these groups",
    )  # fmt: skip
    _, weak = connected_components(network, directed=False)
    parts = np.bincount(weak, minlength=1)
    figures.add(
        "connected", int(parts.max(initial=0)), papers,
        "papers in the largest part of the graph that citations hold together",
    )  # fmt: skip
    figures.add(
        "isolated", np.count_nonzero(parts == 1) if papers else 0, papers,
        "papers that cite none and are cited by none",
    )  # fmt: skip


def _self_citations(tables: Tables) -> int:
    """How many citations are between papers with an author in common.

    Each paper gets two words of 64 bits in which its authors have set one bit each. Only where
    both words of citing and cited paper have a bit in common are the authors themselves compared.
    """
    index = tables.index
    written = tables.encoded("authorships")
    author, paper = (
        written[name].combine_chunks().indices.to_numpy().astype(np.uint64)
        for name in ("author", "paper")
    )
    shares = np.ones(len(index.citing), bool)
    for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F):
        bits = np.uint64(1) << ((author * np.uint64(factor)) >> np.uint64(58))
        words = np.zeros(index.papers, np.uint64)
        np.bitwise_or.at(words, paper.astype(np.int64), bits)
        shares &= (words[index.citing] & words[index.cited]) != 0
    candidates = np.flatnonzero(shares)
    pairs = np.sort(paper << np.uint64(32) | author)
    starts = np.searchsorted(pairs, np.arange(index.papers + 1, dtype=np.uint64) << np.uint64(32))
    found = 0
    for first in range(0, len(candidates), _AT_ONCE):
        some = candidates[first : first + _AT_ONCE]
        citing, cited = index.citing[some], index.cited[some]
        lengths = starts[citing + 1] - starts[citing]
        ends = np.cumsum(lengths)
        at = np.repeat(starts[citing] - ends + lengths, lengths) + np.arange(lengths.sum())
        author_of = pairs[at] & np.uint64(0xFFFFFFFF)
        wanted = np.repeat(cited.astype(np.uint64), lengths) << np.uint64(32) | author_of
        place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        citation = np.repeat(np.arange(len(some)), lengths)
        is_self = np.zeros(len(some), bool)
        is_self[citation[pairs[place] == wanted]] = True
        found += int(np.count_nonzero(is_self))
    return found


def _count_stability(figures: _Figures, index: CitationIndex) -> None:
    """How many of the highest by PageRank stay so when a tenth of the citations is missing."""
    if not len(index.citing):
        return
    highest = _highest(index)
    dice = np.random.Generator(np.random.PCG64(0))
    kept = []
    for _ in range(DRAWS):
        stays = dice.random(len(index.citing), np.float32) >= LEFT_OUT
        rest = CitationIndex(index.papers, index.citing[stays], index.cited[stays])
        kept.append(len(np.intersect1d(highest, _highest(rest))))
    figures.add(
        "highest_that_stay", round(sum(kept) / DRAWS), len(highest),
        "of the highest by PageRank stay there when a tenth of the citations is missing"
        f" (mean of {DRAWS} draws)",
    )  # fmt: skip


def _highest(index: CitationIndex) -> Integers:
    even = np.full(index.papers, 1 / max(index.papers, 1))
    scores = visits(index, even, damping=0.85, tolerance=1e-9, max_iterations=10_000)
    order: Integers = np.argsort(-significant(scores), kind="stable")[:TOP]
    return order
