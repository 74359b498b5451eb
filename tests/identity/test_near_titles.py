"""Titles that are nearly equal: what joins, what stays apart, and the whole that comes of it."""

# ruff: noqa: SIM905 - lists of words stand as running words

from __future__ import annotations

import functools
import operator
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from graphbuild.analysis import likely_duplicates
from graphbuild.identity import near
from graphbuild.identity.merging import Pairs, joined
from graphbuild.kernels import likeness
from tests.builders import graph_of, ids, record, reference
from tools.quality import papers as quality

TITLE = "Efficient Mining of Constrained Frequent Sets in Large Databases"
AUTHORS = "Laks Lakshmanan, Raymond Ng"


def papers(*titles: str, **fields: Any) -> int:
    """How many papers records of these titles are."""
    return len(ids(graph_of(*(record(title=title, **fields) for title in titles))))


@pytest.mark.parametrize(
    "harmed",
    [
        "Efficient Minning of Constrained Frequent Sets in Large Databases",
        "Efficient Mining of Constrained Frequent Sets in Large Database",
        "Efficient Miningof Constrained FrequentSets in Large Databases",
        "Effi cient Mining of Con- strained Frequent Sets in Large Databases",
        "Efficient Mining of Constrained Frequent Sets",
        "Efficient mining constrained frequent sets in large databases",
        "Efficeint Mining of Constrained Frequent Stes in Large Data Bases",
    ],
)
def test_misprints_lost_spaces_and_cut_ends_are_one_paper(harmed: str) -> None:
    graph = graph_of(
        record(title=TITLE, authors=AUTHORS, year=2003),
        record(title=harmed, authors="L. Lakshmanan and R. Ng", year=2003),
    )
    assert len(ids(graph)) == 1
    assert set(graph.mentions.rule) <= {"title", "near title", "near title and authors"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Inference of Regular Grammars, Part I", "Inference of Regular Grammars, Part II"),
        ("Inference of Regular Grammars 1", "Inference of Regular Grammars 2"),
        (TITLE, f"{TITLE} (Demo)"),
        (TITLE, f"{TITLE} - Book Review"),
        (TITLE, f"Erratum: {TITLE}"),
        (TITLE, f"Comments on {TITLE}"),
        ("Graph Mining: A Survey of Algorithms", "Graph Mining: The Physicists' Perspective"),
        ("Robust Principal Component Analysis of Galaxies", "Robust Cluster Analysis of Galaxies"),
    ],
)
def test_series_reviews_and_subtitles_stay_apart(one: str, other: str) -> None:
    assert papers(one, other, authors=AUTHORS, year=2003) == 2


@pytest.mark.parametrize(
    ("first", "second"), [("1701.00001", "1702.00002"), ("10.1000/a", "10.1000/b")]
)
def test_two_identifiers_of_one_kind_are_two_papers(first: str, second: str) -> None:
    near_title = TITLE.replace("Mining", "Minning")
    graph = graph_of(
        record(first, title=TITLE, authors=AUTHORS),
        record(second, title=near_title, authors=AUTHORS),
    )
    assert len(ids(graph)) == 2


def test_preprint_and_article_are_one_with_both_identifiers() -> None:
    graph = graph_of(
        record("1701.00001", title=TITLE, authors=AUTHORS, year=2003),
        record("10.1000/a", title=f"{TITLE}.", authors="L. Lakshmanan, R. Ng", year=2003),
    )
    paper = graph.papers.iloc[0]
    assert (len(graph.papers), paper.arxiv_id, paper.doi) == (1, "1701.00001", "10.1000/a")


def test_a_talk_and_the_article_of_a_later_year_are_two() -> None:
    talk = record(title=TITLE, authors=AUTHORS, year=2001, venue="VLDB")
    article = record(title=TITLE, authors=AUTHORS, year=2003, venue="VLDB Journal")
    assert len(ids(graph_of(talk, article))) == 2


def test_a_title_of_other_authors_is_another_paper() -> None:
    harmed = TITLE.replace("Mining", "Minning")
    graph = graph_of(
        record(title=TITLE, authors="Ann Aalto"), record(title=harmed, authors="Bo Berg")
    )
    assert len(ids(graph)) == 2


@pytest.mark.parametrize("title", ["{t} {a}", "{a} {t}", "{t} {v} 2003", "{t} {a} {v} 2003"])
def test_fields_that_slipped_into_a_title_are_put_back(title: str) -> None:
    names = "laks lakshmanan, raymond ng"
    slipped = title.format(t=TITLE, a=names, v="sigmod record")
    graph = graph_of(
        record(title=TITLE, authors=AUTHORS, year=2003, venue="SIGMOD Record"),
        record(title="Another Paper on Semantic Networks of Proteins", authors=AUTHORS),
        record(title=slipped),
    )
    assert len(ids(graph)) == 2


def test_a_chain_of_small_steps_is_no_monster() -> None:
    words = "amber birch cedar dahlia ebony fennel ginger hazel indigo jasmine kelp lilac".split()
    titles = [" ".join(words[i : i + 6]) for i in range(7)]
    graph = graph_of(*(record(title=title, authors=AUTHORS, year=2003) for title in titles))
    for _, paper in graph.mentions.groupby("paper"):
        shared = set.intersection(*(set(title.split()) for title in paper.title))
        assert len(shared) >= 3


def test_columns_of_one_name_stay_apart() -> None:
    columns = [
        record(title="Chair's Message", authors="Ann Aalto", year=year, venue="Some Record")
        for year in (1997, 1998, 1999, 2000)
    ]
    assert len(ids(graph_of(*columns))) == 4


def test_references_that_say_the_very_same_are_one_however_little_it_is() -> None:
    cites = [reference(title="Editorial", year=1999, line=line) for line in (2, 3, 4)]
    graph = graph_of(record("1701.00001", cites=cites))
    assert len(ids(graph)) == 2


def test_what_is_nearly_sure_is_listed() -> None:
    graph = graph_of(
        record(title="Networks for Protein Folding Dynamics", year=2007),
        record(title="Networks for Protein Folding", year=2008),
        record(title="Something Else about the Weather of Mars", year=2008),
    )
    found = likely_duplicates(graph)
    assert found[["one", "other"]].to_numpy().tolist() == [ids(graph)[:2]]
    assert found.score[0] < 0
    assert "different years" in found.reason[0]


# -- the parts -----------------------------------------------------------------------------------


words = st.text("abcd", min_size=4, max_size=14)


@given(words, words)
def test_edits_are_those_of_an_oracle(one: str, other: str) -> None:
    letters = np.frombuffer((one + other).encode(), np.uint8)
    rows = np.zeros(192, np.int32)
    bounds = 0, len(one), len(one), len(one) + len(other)
    found = likeness._edits(letters, *bounds, 2, rows)
    assert min(found, 3) == min(OSA.distance(one, other), 3)


def _sides(claims: list[dict[str, Any]]) -> near.Sides:
    told = near.Claims(
        pa.array([claim["title"] for claim in claims], pa.string()),
        pa.array([claim["authors"] for claim in claims], pa.list_(pa.string())),
        pa.array([claim["venue"] for claim in claims], pa.string()),
        np.array([claim["year"] for claim in claims], np.int32),
        np.zeros(len(claims), np.int32),
        np.arange(len(claims)),
    )
    return near.sides(near.put_back(told))


def test_compiled_and_plain_comparison_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    vocabulary = [
        "graph",
        "graphs",
        "netwrk",
        "network",
        "theory",
        "part",
        "1",
        "2",
        "1999",
        "aalto",
        "vldb",
        "demo",
        "of",
    ]
    claims = [
        {
            "title": " ".join(chance.choices(vocabulary, k=chance.randrange(1, 9))),
            "authors": chance.choices(["Ann Aalto", "Bo Bergstrom", "C. ?hlen"], k=2),
            "venue": chance.choice(["VLDB", "VLDB Journal", None]),
            "year": chance.choice([0, 1999, 2000]),
        }
        for _ in range(60)
    ]
    sides = _sides(claims)
    one, other = (found.astype(np.int32) for found in np.triu_indices(20, 1))
    plain = near.evidence(sides, one, other)
    monkeypatch.setattr(likeness, "_SMALL", 0)
    assert np.array_equal(near.evidence(sides, one, other).parts, plain.parts)


def test_who_comes_first_does_not_change_the_evidence() -> None:
    chance = random.Random(2)
    titles = [
        " ".join(chance.choices("ab abc abcd bcde cdef 1 2 demo".split(), k=5)) for _ in "ab" * 9
    ]
    sides = _sides([{"title": t, "authors": [], "venue": None, "year": 0} for t in titles])
    one, other = (found.astype(np.int32) for found in np.triu_indices(len(titles), 1))
    there, back = near.evidence(sides, one, other), near.evidence(sides, other, one)
    assert np.allclose(there.score, back.score, atol=0.8)


def test_crowded_places_are_bounded() -> None:
    titles = [f"networks and graphs number{i % 7} of things{i}" for i in range(3000)]
    sides = _sides([{"title": t, "authors": [], "venue": None, "year": 0} for t in titles])
    one, _ = near.candidates(sides, np.arange(3000, dtype=np.int32), np.zeros(3000, np.int64))
    assert len(one) < 40 * 3000


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(-5, 5)), max_size=30),
    st.lists(st.sampled_from([0, 1, 2, 3]), min_size=10, max_size=10),
)
def test_no_group_has_two_identifiers_of_a_kind(
    compared: list[tuple[int, int, float]], kinds: list[int]
) -> None:
    several = np.array([each for each in compared if each[0] != each[1]]).reshape(-1, 3)
    pairs = Pairs.best(several[:, 0].astype(int), several[:, 1].astype(int), several[:, 2])
    parent, none = list(range(10)), np.full(10, -1)
    for a, b in joined(pairs, np.array(kinds), none, none, {}):
        parent = [parent[a] if at == parent[b] else at for at in parent]
    for group in set(parent):
        held = [kinds[node] for node in range(10) if parent[node] == group and kinds[node]]
        assert sum(held) == functools.reduce(operator.or_, held, 0)


# -- real lists ----------------------------------------------------------------------------------


@pytest.mark.shared
def test_two_clean_lists_are_joined(shared: Path) -> None:
    dblp, acm, truth = quality.clean_lists(shared / "data")
    found = quality.resolve((dblp, acm))
    assert quality.scores(found, (dblp, acm), truth)[2] >= 0.98
    assert quality.merges_inside(found, (dblp, acm)) <= 60


def test_a_cited_paper_is_called_what_its_best_mention_says() -> None:
    whole = "Mining of Constrained Frequent Sets in Large Databases"
    spoilt = [
        "Mining of Constrained Fre- quent Sets in Large Databases",
        "MiningofConstrainedFrequentSetsinLargeDatabases",
        "Mining of Constrained Frequent Sets in Large Databases,",
    ]
    for order in ([*spoilt, whole], [whole, *spoilt]):
        cites = [
            reference(title=title, authors=AUTHORS, year=2003, line=line, raw=title)
            for line, title in enumerate(order)
        ]
        graph = graph_of(record("1701.00001", cites=cites))
        assert graph.papers.title.dropna().tolist() == [whole]
