"""Which authors may be one, and were kept apart because it is not sure?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.analysis.ranking import analysis
from graphbuild.errors import GraphbuildError
from graphbuild.identity.authors import AuthorMentions, Spellings
from graphbuild.identity.evidence import Evidence, PapersOfAuthors
from graphbuild.identity.names import Names, read_names

if TYPE_CHECKING:
    from graphbuild.tables import Tables

__all__ = ["evidence_of_author", "papers_of_authors", "uncertain_authors"]

Array = np.ndarray[Any, Any]

_LEAST = -1.0
"""Below this score, two authors are surely two."""
_AUTHORS_OF_A_BLOCK = 40
_PAPERS_OF_AN_AUTHOR = 12


@analysis
def uncertain_authors(tables: Tables, *, top: int | None = None) -> pa.Table:
    """Pairs of authors that may be one, the likeliest first.

    Their names agree as far as they go, and what their papers have in common is neither enough to
    join them nor so little that they are surely two. In a family name and initial that very many
    bear, the forty authors of the most papers are compared with each other.

    Parameters
    ----------
    top
        How many pairs to give; all of them where it is None.

    Returns
    -------
    pandas.DataFrame
        ``one``, ``other`` (ids of authors, ``one`` the smaller), ``score`` (logarithm of the odds
        that they are one), ``reason`` (what speaks for and against, in words); by score, then ids.

    Examples
    --------
    >>> import pandas as pd
    >>> from graphbuild.tables import Tables
    >>> tables = Tables.from_tables(
    ...     papers=pd.DataFrame({"id": ["a", "b"], "title": ["Ray tracing", "Ray casting"]}),
    ...     authors=pd.DataFrame({"id": ["name:a-byron", "name:ada-byron", "name:bo-li"],
    ...                           "name": ["A. Byron", "Ada Byron", "Bo Li"]}),
    ...     authorships=pd.DataFrame({"author": ["name:a-byron", "name:ada-byron", "name:bo-li"],
    ...                               "paper": ["a", "b", "b"], "position": [1, 1, 2]}))
    >>> uncertain_authors(tables)[["one", "other", "reason"]].values.tolist()
    [['name:a-byron', 'name:ada-byron', 'for: 1 title word in common']]
    """
    evidence, author, orcids = _evidence(tables)
    ids = tables.table("authors")["id"].to_pylist()
    found = sorted(
        (-score, *sorted((ids[one], ids[other])), reason)
        for block in _blocks(evidence, author)
        for one, other, score, reason in _compared(evidence, block, author, orcids)
    )
    rows = found if top is None else found[:top]
    return pa.table(
        {
            "one": pa.array([one for _, one, _, _ in rows], pa.string()),
            "other": pa.array([other for _, _, other, _ in rows], pa.string()),
            "score": pa.array([round(-score, 3) for score, *_ in rows], pa.float64()),
            "reason": pa.array([reason for *_, reason in rows], pa.string()),
        }
    )


def papers_of_authors(tables: Tables) -> PapersOfAuthors:
    """What the tables know of papers, as identity asks for it."""
    papers = tables.columns("papers", ["id", "year", "venue", "title"])
    categories = tables.encoded("categories")
    of_category = [
        categories[name].combine_chunks().indices.to_numpy() for name in ("paper", "category")
    ]
    venues, titles = (papers[name].combine_chunks() for name in ("venue", "title"))

    def cited(some: Array) -> tuple[Array, Array]:
        index = tables.index
        place = np.minimum(np.searchsorted(some, index.citing), max(len(some) - 1, 0))
        if not len(some):
            return some, some
        wanted = some[place] == index.citing
        return place[wanted], index.cited[wanted]

    return PapersOfAuthors(
        pc.fill_null(papers["year"], 0).to_numpy(),
        lambda: (of_category[0], of_category[1]) if len(of_category[0]) else None,
        lambda: venues if venues.null_count < len(venues) else None,
        lambda some: titles.take(pa.array(some)),
        cited,
    )


def _evidence(tables: Tables) -> tuple[Evidence, Array, Array]:
    """Evidence over all authorships, the author of each, and the code of the ORCID iD of each."""
    authorships, authors = tables.encoded("authorships"), tables.table("authors")
    author = authorships["author"].combine_chunks().indices.to_numpy()
    papers = authorships["paper"].combine_chunks().indices.to_numpy()
    order = np.argsort(papers, kind="stable")
    author, papers = author[order], papers[order]
    spelling = Spellings.of(pc.coalesce(authors["name"], authors["id"]).combine_chunks())
    node = spelling.node[spelling.of_mention][author]
    orcid = authors["orcid"].combine_chunks().dictionary_encode().indices
    places = authorships["affiliations"].combine_chunks().take(pa.array(order))
    if not len(places.flatten()):
        places = None
    mentions = AuthorMentions(papers, authors["name"], authors["orcid"], None, places)
    evidence = Evidence(mentions, node, read_names(spelling.folded), papers_of_authors(tables))
    return evidence, author, pc.fill_null(orcid, -1).to_numpy()[author]


def _blocks(evidence: Evidence, author: Array) -> list[Array]:
    """Authorships whose authors' names may agree, by family name and initial."""
    names: Names = evidence.names
    block = names.block[evidence.node]
    # An author counts once, whatever the papers.
    first = np.unique(author, return_index=True)[1]
    times = np.bincount(block[first], minlength=int(block.max(initial=0)) + 1)
    chosen = np.flatnonzero((times[block] > 1) & (names.first[evidence.node] > 0))
    order = chosen[np.argsort(block[chosen], kind="stable")]
    bounds = np.flatnonzero(np.diff(block[order], prepend=-1))
    return np.split(order, bounds[1:]) if len(order) else []


def _compared(
    evidence: Evidence, rows: Array, author: Array, orcids: Array
) -> list[tuple[int, int, float, str]]:
    from graphbuild.identity.comparison import Comparison  # noqa: PLC0415 - compiles

    people, counts = np.unique(author[rows], return_counts=True)
    people = np.sort(people[np.lexsort((people, -counts))][:_AUTHORS_OF_A_BLOCK])
    rows = np.sort(rows[np.isin(author[rows], people)])
    of_person = {person: np.flatnonzero(author[rows] == person) for person in people.tolist()}
    few = np.sort(np.concatenate([of[:_PAPERS_OF_AN_AUTHOR] for of in of_person.values()]))
    rows = rows[few]
    of_person = {person: np.flatnonzero(author[rows] == person) for person in people.tolist()}
    comparison = None
    found = []
    for one, other in itertools.combinations(people.tolist(), 2):
        if not _may_agree(evidence, rows[of_person[one][0]], rows[of_person[other][0]]):
            continue
        if comparison is None:
            nobody = np.full(len(rows), -1, np.int32)
            comparison = Comparison(evidence, rows, orcids[rows].astype(np.int32), nobody)
        score = comparison.score(of_person[one], of_person[other])
        if score is not None and score > _LEAST:
            reason = comparison.reasons(of_person[one], of_person[other])
            found.append((one, other, score, reason))
    return found


def _may_agree(evidence: Evidence, one: int, other: int) -> bool:
    """Whether the first words of two given names are equal, or one of them is an initial."""
    names = evidence.names
    a, b = evidence.node[one], evidence.node[other]
    if a == b or names.given[a] == names.given[b]:
        return True
    if names.start_with_initials[a] or names.start_with_initials[b]:
        return True
    return bool(names.lengths[a] > 1 or names.lengths[b] > 1)


def evidence_of_author(tables: Tables, author: str) -> pa.Table:
    """Why the papers of an author are one author's.

    Returns
    -------
    pyarrow.Table
        ``paper``, ``position`` and ``reason``: what each paper has in common with the author's
        other papers, in words; by paper and position. Only an author of several papers has any.

    Raises
    ------
    GraphbuildError
        When there is no such author.

    Examples
    --------
    >>> import pandas as pd
    >>> from graphbuild.tables import Tables
    >>> tables = Tables.from_tables(
    ...     papers=pd.DataFrame({"id": ["a", "b"], "title": ["Ray tracing", "Ray casting"]}),
    ...     authors=pd.DataFrame({"id": ["name:ada-byron"], "name": ["Ada Byron"]}),
    ...     authorships=pd.DataFrame({"author": ["name:ada-byron"] * 2, "paper": ["a", "b"],
    ...                               "position": [1, 1]}))
    >>> evidence_of_author(tables, "name:ada-byron")["reason"].to_pylist()
    ['for: 1 title word in common', 'for: 1 title word in common']
    """
    from graphbuild.identity.comparison import Comparison  # noqa: PLC0415 - compiles

    known = pc.index(tables.table("authors")["id"], author).as_py()
    if known < 0:
        raise GraphbuildError(f"there is no author {author!r} in the graph")
    evidence, authors, orcids = _evidence(tables)
    rows = np.flatnonzero(authors == known)
    authorships = tables.table("authorships")
    chosen = authorships.filter(pc.equal(authorships["author"], author)).select(
        ["paper", "position"]
    )
    if len(rows) < 2:
        return chosen.append_column("reason", pa.nulls(len(rows), pa.string()))
    nobody = np.full(len(rows), -1, np.int32)
    comparison = Comparison(evidence, rows, orcids[rows].astype(np.int32), nobody)
    every = np.arange(len(rows))
    reasons = [comparison.reasons(every[at : at + 1], np.delete(every, at)) for at in every]
    return chosen.append_column("reason", pa.array(reasons, pa.string()))
