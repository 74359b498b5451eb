"""When two mentions are one paper."""

from __future__ import annotations

import hashlib
import itertools

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.identity import Claims, PaperMentions, resolve_papers
from tests.builders import graph_of, ids, pairs, record, reference


def test_a_shared_identifier_is_one_paper() -> None:
    graph = graph_of(
        record("1706.03762", title="Attention Is All You Need", doi="10.5555/3295222"),
        record("10.5555/3295222", title="Attention is all you need!"),
        record("1706.03762", title="Something else altogether, misread from a PDF"),
    )
    assert ids(graph) == ["arxiv:1706.03762"]
    paper = graph.papers.iloc[0]
    assert paper.doi == "10.5555/3295222"
    assert set(graph.mentions.rule) == {"arxiv_id", "doi"}


def test_a_title_joins_a_nameless_identifier_through_a_reference_that_has_both() -> None:
    named = reference("1607.06450", title="Layer Normalization", authors="Ba, Kiros and Hinton")
    graph = graph_of(
        record(title="Layer Normalization", authors="Jimmy Lei Ba, Jamie Ryan Kiros"),
        record("1706.03762", cites=["1607.06450"]),
        record("1706.02515", cites=[named]),
    )
    assert ids(graph) == ["arxiv:1607.06450", "arxiv:1706.02515", "arxiv:1706.03762"]
    assert graph.papers.in_corpus.tolist() == [True, True, True]
    assert graph.papers.title[0] == "Layer Normalization"


def test_two_arxiv_ids_under_one_title_are_two_papers() -> None:
    title = "A Very Long and Specific Title of a Paper on Graphs"
    graph = graph_of(record("1701.00001", title=title), record("1702.00002", title=title))
    assert ids(graph) == ["arxiv:1701.00001", "arxiv:1702.00002"]


def test_a_list_with_keys_of_its_own_has_each_paper_once_but_for_equal_titles() -> None:
    title = "A Very Long and Specific Title of a Paper on Graphs"
    nearly = "A Very Long and Specific Titel of a Paper on Graphs"
    authors = "Ann Abel, Bo Berg"
    for second, file, papers in (
        (nearly, "t.jsonl", 2),
        (nearly, "other.jsonl", 1),
        (title.lower(), "t.jsonl", 1),
    ):
        graph = graph_of(
            record("1701.00001", title=title, authors=authors),
            record("id:t/7", title=second, authors=authors, file=file),
            record("id:t/8", title="Something else altogether", authors="Carl Cole"),
        )
        assert len(ids(graph)) == papers + 1, (second, file)


def test_what_could_be_either_of_two_papers_is_neither() -> None:
    title = "A Very Long and Specific Title of a Paper on Graphs"
    graph = graph_of(
        record("1701.00001", title=title), record("1702.00002", title=title), record(title=title)
    )
    assert len(ids(graph)) == 3
    assert "title:a-very-long-and-specific-title-of-a-paper-on-graphs" in ids(graph)


def test_authors_decide_between_two_papers_of_one_title() -> None:
    title = "A Very Long and Specific Title of a Paper on Graphs"
    graph = graph_of(
        record("1701.00001", title=title, authors="Ann Aalto"),
        record("1702.00002", title=title, authors="Bo Berg"),
        record("1703.00003", cites=[reference(title=title, authors="B. Berg")]),
    )
    assert pairs(graph) == {("arxiv:1703.00003", "arxiv:1702.00002")}


@pytest.mark.parametrize("title", ["Editorial", "Book Review", "Deep Learning", "On graphs"])
def test_short_and_generic_titles_join_only_where_authors_agree(title: str) -> None:
    apart = graph_of(record("1701.00001", title=title), record("10.1000/a", title=title))
    assert len(ids(apart)) == 2
    joined = graph_of(
        record("1701.00001", title=title, authors="Ann Aalto"),
        record("10.1000/a", title=title, authors="Aalto, A."),
    )
    assert ids(joined) == ["arxiv:1701.00001"]


def test_years_far_apart_keep_one_title_apart() -> None:
    title = "Principles of Something Rather Particular"
    far = graph_of(record("10.1000/a", title=title, year=1990), record(title=title, year=2010))
    assert len(ids(far)) == 2
    near = graph_of(record("10.1000/a", title=title, year=2009), record(title=title, year=2010))
    assert ids(near) == ["doi:10.1000/a"]


def test_a_source_s_own_keys_tell_its_papers_apart() -> None:
    title = "Proceedings of the Workshop on Something Particular"
    graph = graph_of(record("id:lib/1", title=title), record("id:lib/2", title=title))
    assert ids(graph) == ["id:lib/1", "id:lib/2"]
    across = graph_of(record("id:lib/1", title=title), record("id:other/2", title=title))
    assert ids(across) == ["id:lib/1"]


def test_title_ids_are_readable_and_cut() -> None:
    graph = graph_of(record(title="Layer Normalization, Revisited"), record(title="long " * 40))
    whole = "-".join(["long"] * 40)
    digits = hashlib.sha256(whole.encode()).hexdigest()[:10]
    assert ids(graph) == [
        "title:layer-normalization-revisited",
        f"title:{whole[:60]}-{digits}",
    ]


def test_papers_of_one_title_that_stay_apart_are_told_apart() -> None:
    graph = graph_of(
        record(title="Editorial", authors="Ann Aalto", year=2001),
        record(title="Editorial", authors="Bo Berg", year=2002),
        record(title="Editorial", authors="Bo Berg", year=2030),
    )
    assert ids(graph) == [
        "title:editorial~aalto-2001",
        "title:editorial~berg-2002",
        "title:editorial~berg-2030",
    ]


def test_an_address_is_an_identity_only_for_what_has_no_other() -> None:
    link = "https://www.example.org/a/b"
    graph = graph_of(
        record("1701.00001", cites=[reference(raw=link, url=link)]),
        record(
            "1701.00002", cites=[reference(title="A Page With Some Title of Its Own", url=link)]
        ),
    )
    assert {cited for _, cited in pairs(graph)} == {
        "id:url/example.org/a/b",
        "title:a-page-with-some-title-of-its-own",
    }


def test_chapters_of_one_book_are_not_joined_by_its_isbn() -> None:
    one = reference(title="A First Chapter on Graph Theory", other_ids=("isbn:9780306406157",))
    other = reference(title="A Second Chapter on Citations", other_ids=("isbn:9780306406157",))
    graph = graph_of(record("1701.00001", cites=[one, other]))
    assert len(pairs(graph)) == 2


identifiers = st.sampled_from(
    ["1701.00001", "1701.00002", "10.1000/a", "10.1000/b", "id:x/1", "id:x/2", "pmid:12345"]
)


@given(st.lists(st.sets(identifiers, min_size=1, max_size=3), min_size=1, max_size=8))
def test_identifiers_alone_are_connected_components(claims: list[set[str]]) -> None:
    graph = graph_of(*(record(other_ids=tuple(sorted(_prefixed(c)))) for c in claims))
    oracle = nx.Graph()
    for i, claim in enumerate(claims):
        oracle.add_edges_from((i, identifier) for identifier in _prefixed(claim))
    assert len(ids(graph)) == nx.number_connected_components(oracle)


def _prefixed(claim: set[str]) -> set[str]:
    schemes = {"1": "arxiv:"}
    return {f"doi:{i}" if i.startswith("10.") else f"{schemes.get(i[0], '')}{i}" for i in claim}


words = st.sampled_from(["graph", "deep", "citation", "network", "theory", "of", "learning"])
claims = st.builds(
    lambda title, identifier, year, family: {
        "title": " ".join(title),
        "identifier": identifier,
        "year": year,
        "authors": family,
    },
    st.lists(words, min_size=1, max_size=7),
    st.none() | identifiers,
    st.none() | st.integers(1990, 2010),
    st.none() | st.sampled_from(["Ann Aalto", "Bo Berg", "Cy Cole"]),
)


@given(st.lists(claims, min_size=1, max_size=8), st.randoms())
def test_the_order_of_mentions_does_not_matter(mentions: list[dict[str, object]], random) -> None:
    records = [record(line=7, **claim) for claim in mentions]
    shuffled = list(records)
    random.shuffle(shuffled)
    one, other = graph_of(*records), graph_of(*shuffled)
    for (name, table), (_, same) in zip(one, other, strict=True):
        assert table.equals(same), name


@given(st.lists(claims, min_size=2, max_size=8))
def test_no_paper_has_two_arxiv_ids_by_title(mentions: list[dict[str, object]]) -> None:
    graph = graph_of(*(record(**claim) for claim in mentions))
    known = [claim["identifier"] for claim in mentions]
    for one, other in itertools.combinations(sorted({str(k) for k in known if k}), 2):
        if _prefixed({one}).pop().partition(":")[0] == _prefixed({other}).pop().partition(":")[0]:
            assert graph.find(one) != graph.find(other)


def _mentions(*titles: str, keys: dict[int, str] | None = None) -> PaperMentions:
    """Mentions by title, some with an identifier; nothing else is known of them."""
    carried = keys or {}
    distinct = sorted(set(carried.values()))
    counts = [int(i in carried) for i in range(len(titles))]

    def claims_of(mentions: np.ndarray) -> Claims:
        size = len(mentions)
        return Claims(
            pa.array(titles).take(pa.array(mentions)),
            pa.nulls(size, pa.list_(pa.string())),
            pa.nulls(size, pa.string()),
            np.zeros(size, np.int32),
            np.zeros(size, np.int32),
            np.arange(size),
        )

    return PaperMentions(
        keys=pa.array(distinct, pa.string()),
        key_indptr=np.cumsum([0, *counts]),
        key_codes=np.array([distinct.index(carried[i]) for i in sorted(carried)], np.int32),
        is_titled=np.ones(len(titles), bool),
        claims_of=claims_of,
        titles_of=lambda mentions: claims_of(mentions).titles,
        is_record=np.ones(len(titles), bool),
        lists=np.zeros(len(titles), np.int32),
    )


def test_what_a_person_says_is_one_paper_is_one_against_all_guards() -> None:
    mentions = _mentions("Editorial", "On Graphs", keys={0: "doi:10.1/a", 1: "doi:10.1/b"})
    resolution = resolve_papers(mentions, same=np.array([[0, 1]]))
    assert resolution.papers == 1
    assert [resolution.rule_names[rule] for rule in resolution.rules] == ["correction"] * 2


def test_what_a_person_says_is_two_papers_is_two_whatever_its_title() -> None:
    titles = ("A Very Long and Specific Title of a Paper on Graphs",) * 3
    one, other, third = resolve_papers(_mentions(*titles), different=np.array([[0, 1]])).of_mention
    assert one != other
    assert third in (one, other)


def test_an_identifier_cannot_be_two_papers_own() -> None:
    mentions = _mentions("A", "B", "C", keys={0: "doi:10.1/a", 1: "doi:10.1/a"})
    resolution = resolve_papers(mentions, different=np.array([[0, 2], [1, 0]]))
    assert resolution.papers == 2
    assert resolution.unmet.tolist() == [1]
