"""Write the bundled corpus (graphbuild/demo/*.jsonl) from the seed inputs.

    python tools/make_demo_corpus.py ../shared/seeds

Bibliographic facts alone are kept: ids, titles, names, dates, categories, and of each reference
its ids, title, names and year. Abstracts, comments and running text are left behind.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson

import graphbuild as gb

TARGET = Path(__file__).parents[1] / "graphbuild" / "demo"
NAMES = {
    "ai-arxiv": "dataset",
    "listing": "listing",
    "mediawiki-feed": "summaries",
    "trending-arxiv": "trending",
}
FACTS = ("arxiv_id", "doi", "title", "year")
MORE_FACTS = ("published", "updated", "primary_category", "tweets")


def main(folder: str) -> None:
    """Build a graph of each seed by itself, and write down its papers."""
    for seed in sorted(Path(folder).glob("*.txt")):
        graph = gb.build(seed)
        name = NAMES[graph.manifest["inputs"][0]["source"]]
        rows = [orjson.dumps(row) + b"\n" for row in _papers(graph)]
        (TARGET / f"{name}.jsonl").write_bytes(b"".join(rows))
        print(f"{name}.jsonl: {len(rows)} papers, {graph.info()['citations']} citations")


def _papers(graph: gb.Graph) -> list[dict[str, Any]]:
    papers = {row["id"]: row for row in graph.table("papers").to_pylist()}
    names = dict(zip(graph.authors.id, graph.authors.name, strict=True))
    people: dict[str, list[str]] = {}
    for author, paper in zip(graph.authorships.author, graph.authorships.paper, strict=True):
        people.setdefault(paper, []).append(names[author])
    categories = graph.categories.groupby("paper").category.agg(list).to_dict()
    cites: dict[str, list[str]] = {}
    for citing, cited in zip(graph.citations.citing, graph.citations.cited, strict=True):
        cites.setdefault(citing, []).append(cited)
    return [
        {
            **_facts(row, people, FACTS + MORE_FACTS),
            **({"categories": categories[paper]} if paper in categories else {}),
            **(
                {"references": [_reference(papers[cited], people) for cited in cites[paper]]}
                if paper in cites
                else {}
            ),
        }
        for paper, row in papers.items()
        if row["in_corpus"]
    ]


def _reference(row: dict[str, Any], people: dict[str, list[str]]) -> dict[str, Any]:
    facts = _facts(row, people, FACTS)
    if not facts.keys() & {"arxiv_id", "doi", "title"} and row["url"]:
        facts["url"] = row["url"]
    return facts


def _facts(
    row: dict[str, Any], people: dict[str, list[str]], names: tuple[str, ...]
) -> dict[str, Any]:
    facts = {name: row[name] for name in names if row[name] is not None}
    if row["id"] in people:
        facts["authors"] = people[row["id"]]
    return facts


if __name__ == "__main__":
    main(sys.argv[1])
