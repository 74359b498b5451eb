"""Invented graphs to draw."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphbuild.tables import Tables

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    'A title with <a href="https://example.org/">href</a> in it',
    "</script><script>alert(2)</script>",
    "javascript:alert(3) {{ 7 * 7 }} ${alert(4)}",
    "<!-- a comment -->\u2028next line\u2029 & so <b>on</b>",
]


def topics(papers: int = 60, topics: int = 3, seed: int = 0) -> Tables:
    """Papers on some topics, which cite earlier ones, mostly of their own topic."""
    random = np.random.default_rng(seed)
    words = ["Attention", "Residual", "Policy", "Spectral", "Diffusion", "Kernel", "Causal"]
    ids = [f"arxiv:17{1 + i % 12:02d}.{10000 + i}" for i in range(papers)]
    cited_only = papers // 5
    pairs = {
        (ids[i], ids[j])
        for i in range(cited_only, papers)
        for j in random.integers(0, i, 16).tolist()
        if i % topics == j % topics or random.random() < 0.1
    }
    rows = [
        {
            "id": one,
            "arxiv_id": one.removeprefix("arxiv:"),
            "doi": f"10.1000/{i}" if i % 4 == 0 else None,
            "title": f"{words[i % topics % len(words)]} study number {i}",
            "year": 1990 + i % 30,
            "venue": "Journal of Tests" if i % 2 else None,
            "in_corpus": i >= cited_only,
        }
        for i, one in enumerate(ids)
    ]
    people = ["Ada Lovelace", "Zoë Köhler", "Łukasz Nowak", "José García", "Mihaela van der Berg"]
    names = pd.DataFrame({"id": [f"name:{i}" for i in range(5)], "name": people})
    wrote = pd.DataFrame(
        [
            {"author": f"name:{(i + k) % 5}", "paper": one, "position": k + 1}
            for i, one in enumerate(ids)
            for k in range(1 + i % 5)
        ]
    )
    return Tables.from_tables(
        papers=pd.DataFrame(rows),
        citations=pd.DataFrame(sorted(pairs), columns=["citing", "cited"]),
        authors=names,
        authorships=wrote,
        categories=pd.DataFrame({"paper": ids, "category": "cs.LG", "is_primary": True}),
    )


def islands(number: int) -> Tables:
    """Groups of four papers: two cite the same two others, and nothing joins the groups."""
    return Tables.from_tables(
        citations=pd.DataFrame(
            [(f"{a}{i}", f"{b}{i}") for i in range(number) for a in "pq" for b in "xy"],
            columns=["citing", "cited"],
        )
    )


def hostile() -> Tables:
    """Every text is an attack: titles, names, ids, venues, categories, and so cluster names."""
    ids = [*HOSTILE, "__proto__", "constructor", "javascript:alert(5)"]
    return Tables.from_tables(
        papers=pd.DataFrame(
            {
                "id": ids,
                "title": [*HOSTILE, None, HOSTILE[0], HOSTILE[2]],
                "venue": HOSTILE[0],
                "arxiv_id": [
                    "javascript:alert(6)",
                    "1706.03762",
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                ],
                "doi": [None, '10.1/"><img src=x onerror=alert(7)>', *[None] * 6],
            }
        ),
        citations=pd.DataFrame(
            [(a, b) for i, a in enumerate(ids) for b in ids[:i]], columns=["citing", "cited"]
        ),
        authors=pd.DataFrame({"id": HOSTILE, "name": HOSTILE}),
        authorships=pd.DataFrame({"author": HOSTILE, "paper": ids[0], "position": range(1, 6)}),
        categories=pd.DataFrame({"paper": ids, "category": HOSTILE[2]}),
    )
