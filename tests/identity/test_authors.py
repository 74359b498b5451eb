"""Who is who among authors: names, identifiers, evidence, corrections."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild.analysis.uncertain_authors import uncertain_authors
from graphbuild.columns import Array
from graphbuild.graph import Graph
from graphbuild.identity import AuthorMentions, resolve_authors
from graphbuild.identity import evidence as scores
from graphbuild.identity.evidence import PapersOfAuthors
from tests.builders import graph_of, record
from tools.quality import authors as quality


def resolved(
    papers: Sequence[Sequence[str]],
    about: PapersOfAuthors = scores.NOTHING_KNOWN,
    **given_: Any,
) -> tuple[list[str], list[list[int]]]:
    """The ids of the authors, and for each paper who its authors are."""
    numbers = np.repeat(np.arange(len(papers)), [len(each) for each in papers])
    names = [name for each in papers for name in each]
    orcids = given_.pop("orcids", None) or [None] * len(names)
    own = given_.pop("own_ids", None)
    mentions = AuthorMentions(
        numbers,
        pa.array(names, pa.string()),
        pa.array(orcids, pa.string()),
        None if own is None else pa.array(own, pa.string()),
    )
    authors, who = resolve_authors(mentions, about, **given_)
    ends = np.cumsum([len(each) for each in papers]).tolist()
    lists = [who[end - len(each) : end].tolist() for each, end in zip(papers, ends, strict=True)]
    return authors["id"].to_pylist(), lists


def one(papers: Sequence[Sequence[str]], **given_: Any) -> bool:
    """Whether the first authors of all papers are one."""
    return len({each[0] for each in resolved(papers, **given_)[1]}) == 1


@pytest.mark.parametrize(
    "spellings",
    [
        ["Łukasz Kaiser", "Lukasz Kaiser", "LUKASZ KAISER"],
        ["Jörg Müller", "Jorg Muller", "Joerg Mueller"],
        ["Иван Петров", "Ivan Petrov"],
        ["Xiao-Lian Qiu", "Xiaolian Qiu", "Xiao Lian Qiu"],
        ["Jean-Pierre Serre", "Jean Pierre Serre", "Jeanpierre Serre"],
        ["王伟", "王伟"],
    ],
)
def test_spellings_of_one_name_are_one_author(spellings: list[str]) -> None:
    assert one([[spelling] for spelling in spellings])


@pytest.mark.parametrize("written", [r"J\"org M\"uller", "J&ouml;rg M&uuml;ller", "Müller, Jörg"])
def test_accents_are_read_in_any_form(written: str, tmp_path: Path) -> None:
    graph = built(
        tmp_path,
        {"id": "a", "title": "One", "authors": [written]},
        {"id": "b", "title": "Two", "authors": [{"name": "Jörg Müller"}]},
    )
    assert graph.authors.id.tolist() == ["name:jorg-muller"]


def test_people_of_unlike_names_are_not_compared() -> None:
    assert not one([["J. P. Smith", "Ann Lee"], ["J. Q. Smith", "Ann Lee"]])
    assert not one([["James Smith", "Ann Lee"], ["John Smith", "Ann Lee"]])
    assert not one([["Xiao Wang", "Ann Lee"], ["Xiaolian Wang", "Ann Lee"]])
    assert not one([["X. M. Wang", "Ann Lee"], ["Xiaolian Wang", "Ann Lee"]])


def test_a_shared_coauthor_joins_initials_with_a_name() -> None:
    papers = [["Sepp Hochreiter", "Jürgen Schmidhuber"], ["S. Hochreiter", "J. Schmidhuber"]]
    ids, lists = resolved(papers)
    assert ids == ["name:jurgen-schmidhuber", "name:sepp-hochreiter"]
    assert lists == [[1, 0], [1, 0]]


def test_a_frequent_name_of_two_fields_is_two_people() -> None:
    papers = [
        ["X. Li", "Ann Abel"],
        ["X. Li", "Ann Abel"],
        ["X. Li", "Bo Berg"],
        ["X. Li", "Bo Berg"],
    ]
    about = PapersOfAuthors(
        fields=lambda: (np.arange(4), np.array([0, 0, 1, 1])),
        titles=lambda some: pa.array(
            ["Groups and rings", "Rings of groups", "Frog eggs", "Eggs of toads"]
        ).take(pa.array(some)),
    )
    ids, lists = resolved(papers, about)
    assert [each[0] for each in lists] == [2, 2, 3, 3]
    assert ids[2:] == ["name:x-li", "name:x-li~2"]


def test_a_rare_name_stays_one_author_across_fields() -> None:
    about = PapersOfAuthors(fields=lambda: (np.arange(2), np.array([0, 1])))
    assert one([["Ildiko Zsoldos", "Ann Abel"], ["Ildiko Zsoldos", "Bo Berg"]], about=about)


def test_numbers_behind_a_name_tell_people_apart() -> None:
    assert not one([["Wei Wang 0012", "Ann Lee"], ["Wei Wang 0013", "Ann Lee"]])
    assert one([["Wei Wang 0012", "Ann Lee"], ["Wei Wang 0012", "Ann Lee"]])
    assert one([["Ann 7"], ["Ann 7"]])


def test_fields_that_most_names_have_apart_tell_nobody_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A name that some may share, but not many, and fields that have nothing to do with each other.
    names = [f"{given} Smith" for given in ("Orla", "Ildi", "Jolan", "Tove")]
    papers = [[name] for name in names for _ in range(2)]
    about = PapersOfAuthors(
        fields=lambda: (np.arange(8), np.arange(8)),
        titles=lambda some: pa.array([f"Words{i} number{i}" for i in some.tolist()]),
    )
    apart = len(resolved(papers, about)[0])
    monkeypatch.setattr(scores, "_MANY_NAMES", 4)
    assert len(resolved(papers, about)[0]) == 4 < apart


def test_a_century_parts_equal_names() -> None:
    about = PapersOfAuthors(years=np.array([1890, 2010], np.int32))
    assert not one([["Ildiko Zsoldos"], ["Ildiko Zsoldos"]], about=about)


def test_one_paper_has_no_author_twice() -> None:
    ids, lists = resolved([["Wei Zhang", "Wei Zhang"], ["Wei Zhang"]])
    assert len(ids) == 2
    assert lists[0][0] != lists[0][1]


def test_an_orcid_joins_and_parts() -> None:
    first, second = "0000-0002-1825-0097", "0000-0001-5109-3700"
    assert one([["A. Byron"], ["Ada King"]], orcids=[first, first])
    assert not one([["Ada Byron"], ["Ada Byron"]], orcids=[first, second])
    ids, _ = resolved([["Ada Byron"], ["Ada Byron"]], orcids=[first, None])
    assert ids == [f"orcid:{first}"]


def test_a_source_s_own_ids_join_and_part() -> None:
    assert one([["A. Byron"], ["Ada King"]], own_ids=["s/1", "s/1"])
    assert not one([["Ada Byron"], ["Ada Byron"]], own_ids=["s/1", "s/2"])
    orcids = ["0000-0002-1825-0097", "0000-0001-5109-3700"]
    assert not one([["Ada Byron"], ["Ada Byron"]], own_ids=["s/1", "s/1"], orcids=orcids)


def test_own_ids_are_read_and_those_that_count_authors_are_not(tmp_path: Path) -> None:
    def with_ids(*ids: Any) -> Graph:
        rows = [
            {"id": f"p{i}", "title": f"Title {i}", "authors": [{"name": name, "authorId": each}]}
            for i, (name, each) in enumerate(zip(["Ada Byron", "A. King"], ids, strict=True))
        ]
        return built(tmp_path, *rows)

    assert len(with_ids("4711", "4711").authors) == 1
    assert len(with_ids("4711", "4712").authors) == 2
    numbered = [
        {"id": f"p{i}", "title": f"Title {i}", "authors": [{"name": name, "id": 1}]}
        for i, name in enumerate(["Ada Byron", "Bo Li"])
    ]
    assert len(built(tmp_path, *numbered).authors) == 2


def test_groups_are_no_people_and_positions_stay(tmp_path: Path) -> None:
    graph = built(
        tmp_path,
        {
            "id": "a",
            "title": "One",
            "authors": [
                {"name": "ATLAS Collaboration"},
                {"name": "Ada Byron", "affiliations": ["London"], "orcid": "0000-0002-1825-0097"},
                {"name": "CORPORATE The Paradise Team"},
                {"name": "Bo Li"},
            ],
        },
    )
    assert graph.authors.name.tolist() == ["Bo Li", "Ada Byron"]
    assert graph.authorships.position.tolist() == [2, 4]
    assert graph.authorships.affiliations[0].tolist() == ["London"]


def test_ids_go_by_the_first_paper() -> None:
    ids, lists = resolved(
        [["Ada Byron"], ["Ada Byron"], ["Ada Byron"]], different=np.array([[0, 1], [1, 2]])
    )
    assert ids == ["name:ada-byron", "name:ada-byron~2"]
    assert lists == [[0], [1], [0]]


def test_what_was_found_by_hand_comes_before_all() -> None:
    papers = [["Ada Byron"], ["Ada King"], ["Ada King"]]
    assert resolved(papers, same=np.array([[0, 1]]))[1] == [[0], [0], [0]]
    assert resolved(papers, same=np.array([[0, 1]]), different=np.array([[1, 2]]))[1] == [
        [0], [0], [1],
    ]  # fmt: skip
    both = {"same": np.array([[0, 1]]), "different": np.array([[0, 1]])}
    assert resolved(papers, **both)[1] == [[0], [0], [0]]
    nobody: Array = np.empty((0, 2), np.int64)
    assert resolved([], same=nobody, different=nobody) == ([], [])


PEOPLE = [
    "S. Hochreiter", "Sepp Hochreiter", "X. Li", "Xin Li", "Xiao-Lian Li", "Xiaolian Li",
    "X. L. Li",
    "Wei Wang", "W. Wang", "John Smith", "John A. Smith", "J. Smith", "王伟", "Ann van der Berg",
    "A. van der Berg", "Plato", "Jörg Müller", "Joerg Mueller", "ATLAS Collaboration", "\u202eevil",
    "A" * 200, "---", "O'Neil, Shaun", "Jr.",
]  # fmt: skip

paper = st.fixed_dictionaries(
    {
        "authors": st.lists(
            st.sampled_from(PEOPLE)
            | st.sampled_from(
                [{"name": "Wei Wang", "affiliations": ["Delft"]},
                 {"name": "X. Li", "affiliations": ["University of Oslo"], "authorId": "77777"},
                 {"name": "Xin Li", "orcid": "0000-0002-1825-0097"}]
            ),
            max_size=5,
        ),
        "year": st.sampled_from([1900, 1999, 2001, None]),
        "venue": st.sampled_from(["NIPS", "Cell", None]),
        "categories": st.sampled_from([["cs.LG"], ["q-bio.NC"], []]),
        "references": st.lists(st.sampled_from(["p0", "p1", "p2", "p3"]), max_size=3),
    }
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(paper, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_papers_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, papers: list[dict[str, Any]], chance: Any
) -> None:
    folder = tmp_path_factory.mktemp("order")
    rows = [{"id": f"p{i}", "title": f"Title no {i}", **row} for i, row in enumerate(papers)]
    graph = built(folder, *rows)
    chance.shuffle(rows)
    again = built(folder, *rows)
    for name in ("authors", "authorships"):
        assert graph.table(name).equals(again.table(name))
    listed = sum(
        not str(each if isinstance(each, str) else each["name"]).startswith(("ATLAS", "---"))
        for row in papers
        for each in row["authors"]
    )
    assert len(graph.authorships) <= listed
    assert set(graph.authorships.author) == set(graph.authors.id)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(
                st.sampled_from(
                    ["Sepp Hochreiter", "Ildiko Zsoldos", "Orla Smith", "Wei Wang", "Ann 7"]
                ),
                min_size=1,
                unique=True,
            ),
            st.sampled_from([0, 1950, 1978, 1999, 2020]),
            st.integers(0, 2),
            st.sampled_from(["On frogs", "On toads", "Of groups"]),
        ),
        min_size=2,
        max_size=9,
    )
)
def test_who_is_not_asked_about_for_being_surely_one_would_be_one(
    papers: list[tuple[list[str], int, int, str]],
) -> None:
    lists, years, fields, titles = (list(each) for each in zip(*papers, strict=True))
    about = PapersOfAuthors(
        years=np.array(years, np.int32),
        fields=lambda: (np.arange(len(papers)), np.array(fields)),
        titles=lambda some: pa.array(titles).take(pa.array(some)),
        venues=lambda: pa.array(titles),
    )
    surely_one = scores.Evidence._surely_one.func
    sure: set[str] = set()

    def nobody(evidence: scores.Evidence) -> Array:
        found = surely_one(evidence)
        names = [name for listed in lists for name in listed]
        sure.update(name for name, node in zip(names, evidence.node, strict=True) if found[node])
        return np.zeros(len(found), bool)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores.Evidence, "_surely_one", property(nobody))
        _, authors = resolved(lists, about)
    found: dict[str, set[int]] = {}
    for listed, who in zip(lists, authors, strict=True):
        for name, author in zip(listed, who, strict=True):
            found.setdefault(name, set()).add(author)
    assert all(len(found[name]) == 1 for name in sure)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PEOPLE[:12]), max_size=4), min_size=1, max_size=12))
def test_authors_are_consistent(papers: list[list[str]]) -> None:
    _, lists = resolved(papers)
    names: dict[int, set[str]] = {}
    for listed, who in zip(papers, lists, strict=True):
        assert len(set(who)) == len(who)
        for name, each in zip(listed, who, strict=True):
            names.setdefault(each, set()).add(name)
    for spelled in names.values():
        assert not {"Xin Li", "Xiaolian Li"} <= spelled
        assert not {"Xin Li", "X. L. Li"} <= spelled
        assert len({each.split()[-1] for each in spelled}) == 1


def test_large_blocks_are_cut_and_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = [["J. Roe", f"Co Author{i % 5}x"] for i in range(40)]
    papers += [["Jane Roe", f"Co Author{i % 5}x"] for i in range(40)]
    whole = resolved(papers)[1]
    monkeypatch.setattr(scores, "LARGEST", 8)
    assert resolved(papers)[1] == whole
    assert len({each[0] for each in whole}) == 1


def test_compiled_and_plain_code_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    gold = quality.made_up_fields(seed=5)
    papers = [[each["name"] for each in paper["authors"]] for paper in gold.papers[:60]]
    plain = resolved(papers)
    monkeypatch.setattr(scores, "_FEW", 0)
    assert resolved(papers) == plain


@pytest.mark.parametrize("bands", [2, 5])
def test_blocks_side_by_side_are_as_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, bands: int
) -> None:
    papers = [[f"{'AB'[i % 2]}. Ng{i % 7}", f"Coauthor{i % 5} Lee"] for i in range(60)]
    expected = resolved(papers)
    monkeypatch.setattr(scores, "_FEW", 0)
    monkeypatch.setattr("graphbuild.kernels.beside.BANDS", bands)
    assert resolved(papers) == expected


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=30))
def test_what_is_shared_in_a_group_is_found_in_either_way(
    entries: list[tuple[int, int]],
) -> None:
    groups, codes = np.array(entries, np.int64).reshape(-1, 2).T
    expected = [entries.count(entry) > 1 for entry in entries]
    assert scores._shared(groups, codes).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "_FEW", -1)
        assert scores._shared(groups, codes).tolist() == expected


def test_names_that_are_split_and_shared_are_told_apart() -> None:
    gold = quality.one_name()
    precision, recall, f1 = quality.b_cubed(gold.truth, quality.found(gold.papers))
    assert f1 > 0.88
    assert precision > 0.85
    assert recall > 0.85


def test_real_signatures(shared: Path) -> None:
    gold = quality.inspire(shared / "data")
    assert quality.b_cubed(gold.truth, quality.found(gold.papers))[2] > 0.885


def test_b_cubed_counts_pairs_of_signatures() -> None:
    truth = {("a", 1): "x", ("b", 1): "x", ("c", 1): "y"}
    assert quality.b_cubed(truth, truth) == (1, 1, 1)
    precision, recall, _ = quality.b_cubed(truth, dict.fromkeys(truth, "one"))
    assert (round(precision, 4), recall) == (round(5 / 9, 4), 1)


def test_uncertain_authors_are_listed_with_reasons() -> None:
    graph = graph_of(
        record("2001.00001", title="Learning of frogs", authors=["K. Simonyan", "Ann Abel"]),
        record("2001.00002", title="Learning of toads", authors=["Karen Simonyan", "Bo Berg"]),
        record("2001.00003", title="Elsewhere", authors=["Carl Cole"]),
    )
    found = uncertain_authors(graph)
    assert found[["one", "other"]].to_numpy().tolist() == [
        ["name:k-simonyan", "name:karen-simonyan"]
    ]
    assert "title word in common" in found.reason[0]
    assert "against: no co-author in common" in found.reason[0]
    assert len(uncertain_authors(graph, top=0)) == 0


def built(folder: Path, *rows: dict[str, Any]) -> Graph:
    path = folder / "papers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return gb.build([path])
