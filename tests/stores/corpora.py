"""Graphs of every shape that the statements under cypher/ tell apart, from a seed."""

from __future__ import annotations

import datetime as dt
import random

from graphbuild.graph import Graph
from tests.neo4j.graphs import graph_of_columns

WORDS = ["neural", "translation", "attention", "graph", "learning", "deep", "citation", "memory"]
CATEGORIES = ["cs.CL", "cs.LG", "math.CO", "stat.ML"]


def corpus(seed: int = 0, size: int = 60, people: int = 20) -> Graph:
    """Papers that cite one another, round in circles and to and fro; some know little of them."""
    dice = random.Random(seed)
    ids = [f"arxiv:{1500 + number // 10}.{number:05d}" for number in range(size)]
    titles: list[str | None] = [
        " ".join(dice.choice(WORDS) for _ in range(4)).capitalize() for _ in ids
    ]
    # One title four times in other spellings, none, and one that asks for trouble.
    titles[3:9] = ["Deep-graph memory", "Deep graph memory.", "deep graph Memory", titles[8], None,
                   "It's a `$quoted` \"title\"\nof 😀"]  # fmt: skip
    years = [1995 + dice.randrange(25) if dice.random() > 0.1 else None for _ in ids]
    lone = set(ids[-2:])
    pairs = {
        (citing, cited)
        for citing in ids
        for cited in (dice.choice(ids) for _ in range(dice.choice([0, 2, 4, 6])))
        if citing != cited and not {citing, cited} & lone
    }
    wanted = {(ids[0], ids[1]), (ids[1], ids[0]), (ids[10], ids[2]), (ids[10], ids[4])}
    cites = sorted(pairs | wanted)
    authors = [f"name:person-{number}" for number in range(people)]
    wrote = [
        (author, paper, place)
        for paper in ids
        for place, author in enumerate(dice.sample(authors, dice.randrange(4)), 1)
    ]
    wrote.append((wrote[0][0], wrote[0][1], 9))  # one author twice on one paper
    filed = [
        (paper, category, place == 0)
        for paper in ids
        for place, category in enumerate(dice.sample(CATEGORIES, dice.randrange(3)))
    ]
    return graph_of_columns(
        papers={
            "id": ids,
            "arxiv_id": [paper.removeprefix("arxiv:") for paper in ids],
            "title": titles,
            "abstract": [dice.choice([None, "An abstract"]) for _ in ids],
            "year": years,
            "published": [
                None if year is None else dt.date(year, dice.randrange(1, 13), 3) for year in years
            ],
            "tweets": [dice.choice([None, 1, 5]) for _ in ids],
            "in_corpus": [dice.random() > 0.3 for _ in ids],
            "sources": [dice.choice([["records"], []]) for _ in ids],
            "other_ids": [[] for _ in ids],
        },
        authors={
            "id": authors,
            "name": [f"Person {number}" for number in range(people)],
            "names": [[f"P. {number}", f"Person {number}"] for number in range(people)],
        },
        citations={
            "citing": [citing for citing, _ in cites],
            "cited": [cited for _, cited in cites],
            "basis": [dice.choice(["reference_list", "summary"]) for _ in cites],
            "evidence": [f"see {cited}" for _, cited in cites],
            "file": [dice.choice(["a.jsonl", "b.jsonl"]) for _ in cites],
            "line": list(range(len(cites))),
            "suspicious_date": [dice.choice([None, True, False]) for _ in cites],
        },
        authorships={
            "author": [author for author, _, _ in wrote],
            "paper": [paper for _, paper, _ in wrote],
            "position": [place for _, _, place in wrote],
            "affiliations": [dice.choice([["A university"], []]) for _ in wrote],
        },
        categories={
            "paper": [paper for paper, _, _ in filed],
            "category": [category for _, category, _ in filed],
            "is_primary": [is_primary for _, _, is_primary in filed],
        },
    )


PARAMETERS = {
    "paper": "arxiv:1500.00002",
    "citing": "arxiv:1500.00000",
    "cited": "arxiv:1500.00001",
    "first": "arxiv:1500.00002",
    "second": "arxiv:1500.00004",
    "author": "name:person-1",
    "name": "son 1",
    "category": "cs.CL",
    "words": ["graph"],
    "since": 2005,
    "minimum": 2,
    "limit": 15,
}
"""Values for the parameters of the statements, which mean something in such a corpus."""


def parameters_for(name: str, wanted: list[str]) -> dict[str, object]:
    """The values for a statement's parameters."""
    given = {each: PARAMETERS[each] for each in wanted}
    if name == "explore/collaboration-path":
        given |= {"first": "name:person-1", "second": "name:person-9"}
    return given
