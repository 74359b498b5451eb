"""Why is this one paper, or one author, and who cites it where?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from graphbuild import lookup
from graphbuild.corrections import Corrections, author_at
from graphbuild.errors import UnknownAuthor, UnknownPaper
from graphbuild.tables import Tables, to_pandas
from graphbuild.text import fold

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "explain", "places"]

_SHOWN = 5
"""So many things that an author's papers share are named at most."""


@dataclass(frozen=True)
class Explanation:
    """What is behind a paper or an author.

    Attributes
    ----------
    kind
        ``paper`` or ``author``.
    about
        The row of ``papers`` or ``authors``, as a dict; of a paper also ``authors``, its
        authors' names in order. What is unknown is left out.
    counts
        How many rows each of ``parts`` would have if none were left out.
    parts
        Arrow tables by name. Of a paper: ``mentions`` (``kind``, ``says``, ``year``, ``authors``,
        ``citing``, ``rule``, ``file``, ``line``), ``cited_by`` and ``cites`` (``id``, ``title``,
        ``year``, ``basis``, ``evidence``, ``file``, ``line``, ``suspicious_date``), by id. Of an
        author: ``mentions`` (``paper``, ``title``, ``year``, ``position``, ``spelled``,
        ``affiliations``, ``rule``, ``shared``, ``file``, ``line``), by paper.
    """

    kind: Literal["paper", "author"]
    about: dict[str, Any]
    counts: dict[str, int]
    parts: dict[str, pa.Table]

    def __getattr__(self, name: str) -> pd.DataFrame:
        """A part as a DataFrame: ``explanation.mentions``."""
        if name in self.__dict__.get("parts", {}):
            return to_pandas(self.parts[name])
        raise AttributeError(f"an explanation of this kind has no {name!r}")


def explain(tables: Tables, identifier: str, *, limit: int | None = None) -> Explanation:
    """Show every mention behind a paper or an author, and a paper's citations with evidence.

    Parameters
    ----------
    identifier
        Of a paper as ``Tables.find`` knows it, or of an author as ``Tables.find_author`` does;
        where it could be either, the paper is meant. A title alone will do too.
    limit
        At most so many rows of each part; all where it is None.

    Raises
    ------
    UnknownPaper
        When it is nobody's; the message has what comes near.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["b"], "cited": ["a"], "evidence": ["A, 1999."]}))
    >>> explain(tables, "a").cited_by[["id", "evidence"]].values.tolist()
    [['b', 'A, 1999.']]
    """
    papers, authors = tables.papers_called([identifier])[0], list[str]()
    if not papers:
        _check_rejected(tables, identifier)
        authors = tables.authors_called(identifier)
        papers = [] if authors else tables.titled(identifier)
    if len(papers) == 1:
        return _paper(tables, papers[0], limit)
    if len(authors) == 1:
        return _author(tables, authors[0], limit)
    if papers or authors:
        several, kind = (papers, "papers") if papers else (authors, "authors")
        raise UnknownPaper(
            f"{len(several)} {kind} are called {identifier!r}: {', '.join(several)}; name one"
        )
    raise _unknown(tables, identifier)


def _check_rejected(tables: Tables, identifier: str) -> None:
    """Say so if what stands at ``file:line`` was rejected."""
    place, rejected = lookup.place_of(identifier), getattr(tables, "rejected", ())
    for item in rejected:
        if place == (item.origin.file, item.origin.line):
            raise UnknownPaper(f"{item.origin} is no paper here: {item.reason}")


def _unknown(tables: Tables, identifier: str) -> UnknownPaper:
    """One sentence, with who or what comes near."""
    for find in (tables.find_author, tables.find):
        try:
            find(identifier)
        except (UnknownAuthor, UnknownPaper) as error:
            if "did you mean" in str(error):
                return UnknownPaper(str(error))
    return UnknownPaper(
        f"neither a paper nor an author here is called {identifier!r}; give an arXiv id, a DOI,"
        " title: and a title, an author's name or ORCID iD, or an id as the tables show it"
    )


# -- papers --------------------------------------------------------------------------------------


def _paper(tables: Tables, paper: str, limit: int | None) -> Explanation:
    about = tables.where("papers", "id", [paper]).to_pylist()[0]
    about["authors"] = _authors_of(tables, paper)
    found = {
        "mentions": tables.where("mentions", "paper", [paper]),
        "cited_by": tables.where("citations", "cited", [paper]),
        "cites": tables.where("citations", "citing", [paper]),
    }
    parts = {
        "mentions": _mentions_of_paper(found["mentions"].slice(0, limit)),
        "cited_by": _citations(tables, found["cited_by"].slice(0, limit), "citing"),
        "cites": _citations(tables, found["cites"].slice(0, limit), "cited"),
    }
    counts = {name: table.num_rows for name, table in found.items()}
    return Explanation("paper", _known(about), counts, parts)


def _known(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if value not in (None, [])}


def _authors_of(tables: Tables, paper: str) -> list[str]:
    ids = tables.where("authorships", "paper", [paper], ["author"])["author"].to_pylist()
    names = _names(tables, ids)
    return [names[author] for author in ids]


def _names(tables: Tables, authors: list[str]) -> dict[str, str]:
    rows = tables.where("authors", "id", authors, ["id", "name"])
    named = zip(rows["id"].to_pylist(), rows["name"].to_pylist(), strict=True)
    return {author: name or author for author, name in named}


def _mentions_of_paper(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "kind": rows["kind"],
            # What a reference says is its text; a record has none, but claims.
            "says": pc.coalesce(rows["text"], rows["title"], _identifiers(rows)),
            **{name: rows[name] for name in ("year", "authors", "citing", "rule", "file", "line")},
        }
    )


def _identifiers(rows: pa.Table) -> pa.ChunkedArray:
    arxiv = pc.binary_join_element_wise("arXiv:", rows["arxiv_id"], "")
    return pc.coalesce(arxiv, pc.binary_join_element_wise("doi:", rows["doi"], ""))


def _citations(tables: Tables, citations: pa.Table, end: str) -> pa.Table:
    """Citations with the paper at one end."""
    papers = tables.where("papers", "id", citations[end].to_pylist(), ["id", "title", "year"])
    place = pc.index_in(citations[end], value_set=papers["id"])
    told = papers.take(place)
    for name in ("basis", "evidence", "file", "line", "suspicious_date"):
        told = told.append_column(name, citations[name])
    return told


# -- authors -------------------------------------------------------------------------------------


def _author(tables: Tables, author: str, limit: int | None) -> Explanation:
    about = tables.where("authors", "id", [author]).to_pylist()[0]
    written = tables.where("authorships", "author", [author])
    papers = written["paper"].to_pylist()
    evidence = _Evidence(tables, author, papers)
    found = places(tables, papers[:limit], set(about["names"] or ()))
    by_hand = set(_names_joined_by_hand(tables.corrections))
    rows = []
    for row in written.slice(0, limit).to_pylist():
        paper, position = row["paper"], row["position"]
        spelled, file, line = found.get((paper, position), (None, None, None))
        title, year = evidence.told[paper]
        rows.append(
            {
                "paper": paper,
                "title": title,
                "year": year,
                "position": position,
                "spelled": spelled,
                "affiliations": row["affiliations"] or [],
                "rule": _rule(about, spelled, by_hand),
                "shared": evidence.of(paper),
                "file": file,
                "line": line,
            }
        )
    about["papers"] = len(papers)
    mentions = pa.Table.from_pylist(rows, schema=_OF_AUTHOR)
    return Explanation("author", _known(about), {"mentions": len(papers)}, {"mentions": mentions})


_OF_AUTHOR = pa.schema(
    [
        ("paper", pa.string()),
        ("title", pa.string()),
        ("year", pa.int32()),
        ("position", pa.int32()),
        ("spelled", pa.string()),
        ("affiliations", pa.list_(pa.string())),
        ("rule", pa.string()),
        ("shared", pa.list_(pa.string())),
        ("file", pa.string()),
        ("line", pa.int64()),
    ]
)


def _rule(about: Mapping[str, Any], spelled: str | None, by_hand: Set[str]) -> str:
    """What speaks for a mention being this author.

    A person's word, an ORCID iD, the same full name, or a name that agrees and evidence.
    """
    said, shown = fold(spelled or ""), fold(about["name"] or "")
    if said != shown and said in by_hand:
        return "correction"
    if about["orcid"]:
        return "orcid"
    return "name" if said == shown else "name and evidence"


def _names_joined_by_hand(corrections: Corrections) -> Iterator[str]:
    """Folded names that a person said are another's too."""
    for row in corrections.of("author"):
        if row.decision == "same":
            for words in (row.one, row.other):
                at = author_at(words)
                slug = words.removeprefix("name:").partition("~")[0]
                yield fold(at[0]) if at else slug.replace("-", " ")


def places(
    tables: Tables, papers: list[str], names: set[str]
) -> dict[tuple[str, int], tuple[str, str, int]]:
    """Where each paper's author list has one of some names at a position: spelling, file, line.

    The record that stands first tells, and a reference where there is none.
    """
    columns = ["paper", "kind", "authors", "file", "line"]
    found: dict[tuple[str, int], tuple[str, str, int]] = {}
    rows = tables.where("mentions", "paper", papers, columns).to_pylist()
    for row in sorted(rows, key=lambda row: row["kind"] != "record"):
        for position, name in enumerate(row["authors"] or (), 1):
            if name in names:
                place = (name, row["file"], row["line"])
                found.setdefault((row["paper"], position), place)
    return found


class _Evidence:
    """What an author's papers have in common besides the name."""

    def __init__(self, tables: Tables, author: str, papers: list[str]) -> None:
        columns = ["id", "title", "year", "venue", "primary_category"]
        rows = tables.where("papers", "id", papers, columns).to_pylist()
        self.told = {row["id"]: (row["title"], row["year"]) for row in rows}
        self._things: dict[str, set[str]] = {row["id"]: set() for row in rows}
        for row in rows:
            for kind in ("venue", "primary_category"):
                if row[kind]:
                    self._things[row["id"]].add(row[kind])
        beside = tables.where("authorships", "paper", papers)
        names = _names(tables, beside["author"].to_pylist())
        for row in beside.to_pylist():
            if row["author"] != author:
                self._things[row["paper"]].add(names[row["author"]])
            else:
                self._things[row["paper"]].update(row["affiliations"] or ())
        self._times: dict[str, int] = {}
        for things in self._things.values():
            for thing in things:
                self._times[thing] = self._times.get(thing, 0) + 1

    def of(self, paper: str) -> list[str]:
        """Co-authors, affiliations, venue and category that another of the papers has too."""
        shared = [thing for thing in self._things.get(paper, ()) if self._times[thing] > 1]
        return sorted(shared, key=lambda thing: (-self._times[thing], thing))[:_SHOWN]
