"""Graphs that try a loader: hostile texts, nulls and empty lists, pairs that come twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from graphbuild.graph import Graph
from graphbuild.tables import SCHEMAS

INJECTION = "'; MATCH (n) DETACH DELETE n //"

HOSTILE = [
    "",
    " ",
    "'",
    '"',
    "`",
    "``Paper`",
    "$title",
    "${jndi:ldap://x}",
    "\\",
    "\\u0041",
    "a\nb\r\nc\td",
    "\x00",
    "🧬🔥 family: 👩‍👩‍👧‍👦",
    "\u202eright to left",
    "}) DETACH DELETE n //",
    INJECTION,
    "null",
    "x" * 100_000,
    "ß" * 50_000,
]


def graph_of_columns(**tables: dict[str, list[Any]]) -> Graph:
    """A graph of columns by name; those that are left out are null."""
    return Graph.from_tables(
        **{
            name: pa.table(
                {
                    column: pa.array(values, SCHEMAS[name].field(column).type)
                    for column, values in columns.items()
                }
            )
            for name, columns in tables.items()
        }
    )


def hostile() -> Graph:
    """Every hostile text in every column of text, beside nulls and empty lists."""
    texts = [*HOSTILE, None]
    ids = [f"id:test/{number}" for number in range(len(texts))]
    authors = [f"name:author-{number}" for number in range(len(texts))]
    lists = [[], *([text, "second"] for text in HOSTILE), None][: len(texts)]
    return graph_of_columns(
        papers={
            "id": ids,
            "other_ids": lists,
            "title": texts,
            "abstract": texts[::-1],
            "year": [None, *range(1990, 1989 + len(ids))],
            "published": [None, *(dt.date(1, 1, 1) for _ in ids[1:])],
            "updated": [dt.date(9999, 12, 31) for _ in ids],
            "venue": texts,
            "comment": texts,
            "url": texts,
            "tweets": [None, -(2**31), 2**31 - 1, *(0 for _ in ids[3:])],
            "in_corpus": [number % 2 == 0 for number in range(len(ids))],
            "sources": lists[::-1],
        },
        authors={
            "id": authors,
            "name": [INJECTION, *texts[1:]],
            "names": lists,
            "orcid": texts,
        },
        citations={
            "citing": ids[1:],
            "cited": ids[:-1],
            "basis": texts[1:],
            "evidence": texts[1:],
            "file": texts[1:],
            "line": [None, 2**63 - 1, *range(len(ids) - 3)],
            "suspicious_date": [None, True, *(False for _ in ids[3:])],
        },
        authorships={
            "author": [*authors, authors[0], authors[0], authors[1]],
            # One author three times on one paper, once in the same place.
            "paper": [*ids, ids[0], ids[0], ids[0]],
            "position": [*range(1, len(ids) + 1), 1, 2, None],
            "affiliations": [*lists, ["second"], [], None],
        },
        categories={
            "paper": [*ids, ids[1]],
            "category": [*(text or "none" for text in texts[:-3]), "a", "a", "b", "b"],
            "is_primary": [None, True, *(False for _ in ids[1:])],
        },
    )


characters = st.characters(codec="utf-8")
texts = st.none() | st.sampled_from(HOSTILE[:-2]) | st.text(characters, max_size=8)
lists = st.none() | st.lists(st.text(characters, max_size=4), max_size=3)
dates = st.none() | st.dates()
whole_numbers = st.none() | st.integers(-(2**31), 2**31 - 1)
answers = st.none() | st.booleans()


@st.composite
def graphs(draw: st.DrawFn, size: int = 5) -> Graph:
    """Small graphs of any content that the tables allow."""
    names = st.text(characters, min_size=1, max_size=4)
    ids = draw(st.lists(names, min_size=1, max_size=size, unique=True))
    people = draw(st.lists(names, min_size=1, max_size=size, unique=True))
    paper, person = st.sampled_from(ids), st.sampled_from(people)

    def column(values: st.SearchStrategy[Any], count: int) -> list[Any]:
        return draw(st.lists(values, min_size=count, max_size=count))

    pairs = draw(st.lists(st.tuples(paper, paper), unique=True, max_size=2 * size))
    wrote = draw(st.lists(st.tuples(person, paper), max_size=2 * size))
    filed = draw(st.lists(st.tuples(paper, names), max_size=size))
    columns: dict[str, dict[str, list[Any]]] = {
        "papers": {"id": ids},
        "authors": {"id": people},
        "citations": {"citing": [a for a, _ in pairs], "cited": [b for _, b in pairs]},
        "authorships": {"author": [a for a, _ in wrote], "paper": [p for _, p in wrote]},
        "categories": {"paper": [p for p, _ in filed], "category": [c for _, c in filed]},
    }
    of_type = {
        pa.string(): texts,
        pa.int32(): whole_numbers,
        pa.int64(): st.none() | st.integers(-(2**63), 2**63 - 1),
        pa.bool_(): answers,
        pa.date32(): dates,
    }
    for name, table in columns.items():
        count = len(next(iter(table.values())))
        for field in SCHEMAS[name]:
            if field.name not in table:
                kind = of_type.get(field.type, lists)
                table[field.name] = column(kind if field.nullable else st.booleans(), count)
    return graph_of_columns(**columns)
