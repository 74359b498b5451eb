"""Which decisions are uncertain enough that a person should look at them?"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import pyarrow as pa

from graphbuild.analysis.explaining import places
from graphbuild.analysis.ranking import analysis
from graphbuild.tables import Tables

__all__ = ["review", "uncertain"]

_TITLES = 3
_AUTHORS = 3

_SCHEMA = pa.schema(
    [
        ("decision", pa.string()),
        ("one", pa.string()),
        ("other", pa.string()),
        ("score", pa.float64()),
        ("reason", pa.string()),
        ("one_is", pa.string()),
        ("other_is", pa.string()),
    ]
)


_PAIRS = pa.schema(
    [field for field in _SCHEMA if field.name in {"one", "other", "score", "reason"}]
)


def uncertain(tables: Tables) -> dict[str, pa.Table]:
    """Pairs of ``papers``, and of ``authors``, that may be one: ``one``, ``other``, ``score`` …"""
    found = {}
    for kind, name in (("papers", "likely_duplicates"), ("authors", "uncertain_authors")):
        try:
            function = getattr(importlib.import_module(f"graphbuild.analysis.{name}"), name)
        except ModuleNotFoundError:
            found[kind] = _PAIRS.empty_table()
        else:
            found[kind] = getattr(function, "arrow", function)(tables)
    return found


@analysis
def review(tables: Tables) -> pa.Table:
    """Pairs of papers, and of authors, that were kept apart and may be one, for a person to decide.

    The table, written as CSV, is a file of corrections once ``decision`` says ``same`` or
    ``different``; rows without a decision say nothing.

    Returns
    -------
    pandas.DataFrame
        ``decision`` (null), ``one``, ``other`` (as corrections name them), ``score`` (float64,
        more is more alike), ``reason``, ``one_is``, ``other_is`` (the two in words); papers
        first, the most alike first.
    """
    found = uncertain(tables)
    parts = [_SCHEMA.empty_table()]
    for kind, told in (("papers", _papers), ("authors", _authors)):
        pairs = found[kind].sort_by(
            [("score", "descending"), ("one", "ascending"), ("other", "ascending")]
        )
        ids = sorted({*pairs["one"].to_pylist(), *pairs["other"].to_pylist()})
        names, words = told(tables, ids)
        rows = [
            {
                "decision": None,
                "one": names[row["one"]],
                "other": names[row["other"]],
                "score": row["score"],
                "reason": row["reason"],
                "one_is": words[row["one"]],
                "other_is": words[row["other"]],
            }
            for row in pairs.select(["one", "other", "score", "reason"]).to_pylist()
        ]
        parts.append(pa.Table.from_pylist(rows, schema=_SCHEMA))
    return pa.concat_tables(parts).combine_chunks()


_Told = tuple[dict[str, str], dict[str, str]]


def _papers(tables: Tables, ids: Sequence[str]) -> _Told:
    """What corrections call papers, and what they are in words."""
    rows = tables.where("papers", "id", ids, ["id", "title", "year", "venue"]).to_pylist()
    authors = _author_names(tables, ids)
    words = {}
    for row in rows:
        names = authors.get(row["id"], [])
        shown = ", ".join(names[:_AUTHORS]) + (" et al." if len(names) > _AUTHORS else "")
        parts = [row["title"], shown, str(row["year"] or ""), row["venue"]]
        words[row["id"]] = " · ".join(part for part in parts if part)
    return {each: each for each in ids}, words


def _author_names(tables: Tables, papers: Sequence[str]) -> dict[str, list[str]]:
    written = tables.where("authorships", "paper", papers, ["author", "paper"]).to_pylist()
    people = sorted({row["author"] for row in written})
    rows = tables.where("authors", "id", people, ["id", "name"]).to_pylist()
    names = {row["id"]: row["name"] or row["id"] for row in rows}
    of_paper: dict[str, list[str]] = {}
    for row in written:
        of_paper.setdefault(row["paper"], []).append(names[row["author"]])
    return of_paper


def _authors(tables: Tables, ids: Sequence[str]) -> _Told:
    """What corrections call authors, and what they are in words.

    Where several people have a name, their ids count them, and the next paper may count them
    anew; so they are called after one of their papers.
    """
    authors = tables.where("authors", "id", ids).to_pylist()
    written: dict[str, list[tuple[str, int]]] = {each: [] for each in ids}
    for row in tables.where("authorships", "author", ids).to_pylist():
        written[row["author"]].append((row["paper"], row["position"]))
    papers = sorted({paper for rows in written.values() for paper, _ in rows})
    titled = tables.where("papers", "id", papers, ["id", "title"]).to_pylist()
    titles = {row["id"]: row["title"] or row["id"] for row in titled}
    spelled = places(tables, papers, {name for row in authors for name in row["names"] or ()})
    names, words = {}, {}
    for row in authors:
        at = written[row["id"]]
        named = [(spelled[place][0], place[0]) for place in at if place in spelled]
        told = [titles[paper] for paper, _ in at[:_TITLES]]
        more = len(at) - len(told)
        listed = "; ".join(told) + (f"; and {more:,} more" if more > 0 else "")
        words[row["id"]] = f"{row['name'] or row['id']} · {listed}" if at else row["name"]
        # (What a spreadsheet would take for a formula is no name to write into one.)
        tells = "~" in row["id"] and named and named[0][0][:1] not in "=+-@"
        names[row["id"]] = " @ ".join(named[0]) if tells else row["id"]
    return names, words
