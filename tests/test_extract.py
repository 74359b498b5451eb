"""Records become one graph."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from graphbuild.model import Origin, Passage, Person, Rejected
from tests.builders import graph_of, ids, pairs, record, reference


def test_a_pair_is_one_citation_with_its_strongest_basis_and_first_evidence() -> None:
    mined = reference("1607.06450", raw="[1] Ba.", basis="bibliography_text", line=3)
    listed = [
        reference("1607.06450", raw="arXiv:1607.06450", line=9),
        reference("1607.06450", line=5),
    ]
    graph = graph_of(record("1706.03762", cites=[mined, *listed], line=2))
    row = graph.table("citations").to_pylist()[0]
    assert row["basis"] == "reference_list"
    assert (row["evidence"], row["file"], row["line"]) == ("1607.06450", "t.jsonl", 5)
    assert graph.info()["citations_by_basis"] == {"reference_list": 1}


def test_self_citations_are_dropped_and_counted_once_a_paper() -> None:
    graph = graph_of(
        record("1706.03872", cites=["1706.03872", "1612.06897"]),
        record("1706.03872", cites=["1706.03872", "1612.06897"]),
    )
    assert pairs(graph) == {("arxiv:1706.03872", "arxiv:1612.06897")}
    assert graph.info()["self_citations_dropped"] == 1


def test_cited_papers_are_not_in_the_corpus_until_a_record_is_theirs() -> None:
    graph = graph_of(record("1706.03762", cites=["1607.06450", "1409.0473"]), record("1607.06450"))
    assert dict(zip(graph.papers.id, graph.papers.in_corpus, strict=True)) == {
        "arxiv:1409.0473": False,
        "arxiv:1607.06450": True,
        "arxiv:1706.03762": True,
    }


def test_a_cited_only_paper_is_named_by_its_references() -> None:
    cited = reference(
        "1409.0473", title="Neural Machine Translation", year=2014, authors="D. Bahdanau"
    )
    graph = graph_of(record("1706.03762", cites=["1409.0473"]), record("1706.02515", cites=[cited]))
    paper = graph.table("papers").to_pylist()[0]
    assert (paper["title"], paper["year"], paper["in_corpus"]) == (
        "Neural Machine Translation",
        2014,
        False,
    )
    assert graph.authorships.paper.tolist() == ["arxiv:1409.0473"]
    assert graph.authors.name.tolist() == ["D. Bahdanau"]


def test_records_outweigh_references_and_the_majority_the_rest() -> None:
    misread = reference(
        "1409.0473", title="Neural Machine", year=2013, authors="D. Bahdanau, K. Cho"
    )
    graph = graph_of(
        record(
            "1409.0473", title="Neural Machine Translation", authors="Dzmitry Bahdanau", year=2014
        ),
        record("1706.03762", cites=[misread]),
        record("1706.02515", cites=[misread]),
    )
    paper = graph.table("papers").to_pylist()[0]
    assert (paper["title"], paper["year"]) == ("Neural Machine Translation", 2014)
    assert graph.authors.name.tolist() == ["Dzmitry Bahdanau"]


def test_equal_full_names_are_one_author_with_all_spellings() -> None:
    graph = graph_of(
        record("1706.03762", authors=["Lukasz Kaiser", "Noam Shazeer"]),
        record("1706.05137", authors=["Łukasz Kaiser", "et al."]),
    )
    assert graph.authors.id.tolist() == ["name:lukasz-kaiser", "name:noam-shazeer"]
    assert sorted(graph.authors.names[0]) == ["Lukasz Kaiser", "Łukasz Kaiser"]
    assert graph.authorships.position.tolist() == [1, 2, 1]


def test_two_people_of_one_name_on_one_paper_are_two() -> None:
    graph = graph_of(record("1706.03762", authors=["Wei Zhang", "Wei Zhang"]))
    assert graph.authors.id.tolist() == ["name:wei-zhang", "name:wei-zhang~2"]


def test_an_orcid_is_an_author() -> None:
    known = Person("Kaiser", "Lukasz", ("Google",), "0000-0001-2345-6789")
    graph = graph_of(
        record("1706.03762", authors=()), record("1706.05137", authors=["Lukasz Kaiser"])
    )
    assert graph.authors.id.tolist() == ["name:lukasz-kaiser"]
    import dataclasses

    with_orcid = dataclasses.replace(record("1706.03762"), authors=(known,))
    graph = graph_of(with_orcid, record("1706.05137", authors=["Lukasz Kaiser"]))
    assert graph.authors.id.tolist() == ["orcid:0000-0001-2345-6789"]
    assert graph.authorships.affiliations[0].tolist() == ["Google"]


def test_dates_categories_and_tweets() -> None:
    day = datetime.date
    graph = graph_of(
        record("1706.03762", published=day(2017, 6, 12), updated=day(2017, 12, 6), tweets=3,
               categories=("cs.CL", "cs.LG"), primary_category="cs.CL"),
        record("1706.03762", updated=day(2023, 8, 2), tweets=1, categories=("cs.LG",)),
    )  # fmt: skip
    paper = graph.table("papers").to_pylist()[0]
    assert (paper["published"], paper["updated"]) == (day(2017, 6, 12), day(2023, 8, 2))
    assert (paper["year"], paper["tweets"], paper["primary_category"]) == (2017, 3, "cs.CL")
    assert graph.table("categories").select(["category", "is_primary"]).to_pylist() == [
        {"category": "cs.CL", "is_primary": True},
        {"category": "cs.LG", "is_primary": False},
    ]


def test_a_paper_that_is_cited_before_its_time_is_flagged_not_lost() -> None:
    graph = graph_of(
        record("1706.03762", year=2017, cites=["1901.00001", "1801.00001"]),
        record("1901.00001", year=2019),
        record("1801.00001", year=2018),
    )
    assert graph.citations.suspicious_date.tolist() == [False, True]


def test_every_row_is_a_mention_and_every_telling_reference_too() -> None:
    told = reference("1409.0473", title="Neural Machine Translation", raw="Bahdanau. NMT.", line=4)
    graph = graph_of(
        record("1706.03762", cites=["1607.06450", told], line=1), record("1706.03762", line=2)
    )
    rows = graph.table("mentions").select(["paper", "citing", "kind", "line", "text"]).to_pylist()
    assert rows == [
        {"paper": "arxiv:1706.03762", "citing": None, "kind": "record", "line": 1, "text": None},
        {"paper": "arxiv:1706.03762", "citing": None, "kind": "record", "line": 2, "text": None},
        {
            "paper": "arxiv:1409.0473",
            "citing": "arxiv:1706.03762",
            "kind": "reference",
            "line": 4,
            "text": "Bahdanau. NMT.",
        },
    ]


def test_what_names_nothing_is_rejected_and_its_neighbours_stay() -> None:
    nameless = reference(raw="…", line=3)
    broken = Rejected(Origin("t.jsonl", 2), "is no JSON", "{")
    graph = graph_of(
        broken, record("1706.03762", cites=["1607.06450", nameless], line=3), record(line=4)
    )
    assert pairs(graph) == {("arxiv:1706.03762", "arxiv:1607.06450")}
    assert [(r.origin.line, r.reason) for r in graph.rejected] == [
        (2, "is no JSON"),
        (3, "the reference names neither an identifier nor a title"),
        (4, "the entry has neither an identifier nor a title"),
    ]


BIBLIOGRAPHY = (
    "[1] Ann Aalto and Bo Berg. A first paper about citation graphs. arXiv:1701.00001, 2017.",
    "[2] Cy Cole. A second paper about citation graphs. arXiv:1702.00002, 2017.",
    "[3] Di Dahl. A third paper about co-citation of papers. arXiv:1703.00003, 2017.",
)


def chunk(order: int, text: str, line: int) -> Passage:
    return Passage(text, order, (line,))


def test_bibliographies_in_text_are_mined_across_chunks_in_any_order() -> None:
    end = record("1706.03762", passages=(chunk(2, "\n".join(BIBLIOGRAPHY[1:]), 9),), line=9)
    start = record(
        "1706.03762", passages=(chunk(1, f"# References\n{BIBLIOGRAPHY[0]}", 4),), line=4
    )
    graph = graph_of(end, start)
    assert {cited for _, cited in pairs(graph)} == {
        "arxiv:1701.00001",
        "arxiv:1702.00002",
        "arxiv:1703.00003",
    }
    assert set(graph.citations.basis) == {"bibliography_text"}
    assert graph.citations.line.tolist() == [4, 9, 9]
    assert graph.citations.evidence[0].endswith("2017.")
    assert graph_of(end, start, bibliographies=False).info()["citations"] == 0


papers = st.sampled_from([f"17{month:02}.0000{i}" for month in range(1, 4) for i in range(1, 4)])
corpora = st.lists(st.tuples(papers, st.lists(papers, max_size=4)), max_size=8)


@given(corpora, st.randoms())
def test_shuffled_records_give_the_same_tables(corpus, random) -> None:
    records = [record(paper, cites=cites, line=i) for i, (paper, cites) in enumerate(corpus, 1)]
    shuffled = list(records)
    random.shuffle(shuffled)
    one, other = graph_of(*records), graph_of(*shuffled)
    for (name, table), (_, same) in zip(one, other, strict=True):
        assert table.equals(same), name


@given(corpora)
def test_citations_are_exactly_those_listed_and_their_ends_exist(corpus) -> None:
    graph = graph_of(*(record(paper, cites=cites) for paper, cites in corpus))
    wanted = {
        (f"arxiv:{paper}", f"arxiv:{cited}")
        for paper, cites in corpus
        for cited in cites
        if cited != paper
    }
    assert pairs(graph) == wanted
    assert {end for pair in wanted for end in pair} <= set(ids(graph))
    assert graph.info()["self_citations_dropped"] == len({p for p, cites in corpus if p in cites})
