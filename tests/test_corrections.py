"""What a person found out by hand is read as a whole, and applied at every build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild.corrections import Correction, read
from graphbuild.errors import CorrectionsError
from graphbuild.graph import Graph
from tests.builders import files, ids

HEADER = "decision,one,other\n"


def corrections(folder: Path, *rows: str, name: str = "corrections.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(CorrectionsError) as caught:
        read(path)
    return list(caught.value.faults)


# -- reading -------------------------------------------------------------------------------------


def test_a_file_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = [Correction(2, "same", "a, b", "doi:10.1/x"), Correction(4, "rename", "1706.03762", "Ü")]
    for content in (
        'decision,one,other\nsame,"a, b",doi:10.1/x\n\nRename,1706.03762,Ü\n',
        '\ufeffDecision;One;Other;note\r\nsame;a, b;doi:10.1/x;"a\r\n"\r\nrename;1706.03762;Ü;\r\n',
        "note\tdecision\tother\tone\n\tsame\tdoi:10.1/x\ta, b\n,,\t\n\trename\tÜ\t1706.03762\n",
    ):
        path.write_bytes(content.encode())
        assert list(read(path).rows) == rows


def test_undecided_rows_say_nothing(tmp_path: Path) -> None:
    path = corrections(tmp_path, ",a,b", "  ,c,d", "same,a,b")
    assert [row.line for row in read(path).rows] == [4]


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = corrections(
        tmp_path,
        "equal,a,b",
        "same,,b",
        "same,1706.03762,arXiv:1706.03762v2",
        "same,arxiv:1706.03762,name:x",
        "rename,a",
        "same,title:Editorial,title: editorial!",
    )
    told = faults(path)
    assert [fault.partition(": ")[0] for fault in told] == [
        f"corrections.csv:{line}" for line in range(2, 8)
    ]
    for fault, words in zip(
        told,
        [
            "'equal'; it must be same, different, rename or empty",
            "'one' is empty",
            "'one' and 'other' are both '1706.03762'",
            "is a paper and 'name:x' an author",
            "'other' is empty",
            "are both",
        ],
        strict=True,
    ):
        assert words in fault
    with pytest.raises(CorrectionsError, match="6 corrections cannot be applied"):
        read(path)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["same,a,b", "different,b,a"], ["corrections.csv:3: 'b' and 'a' are to be different, and"
                                         " line 2 makes them the same"]),
        (["same,a,b", "same,c,b", "different,a,c"], ["lines 2, 3 make them the same"]),
        (["rename,a,X", "rename,a,Y"], ["'a' is to be called 'Y', and line 2 calls it 'X'"]),
        (["rename,a,X", "same,a,b", "rename,b,Y"], ["line 2 calls it 'X'"]),
        (["different,10.1234/AB,a", "same,https://doi.org/10.1234/ab,a"], ["line 3 makes them"]),
    ],
)  # fmt: skip
def test_contradictions_are_told_with_both_lines(
    tmp_path: Path, rows: list[str], told: list[str]
) -> None:
    found = faults(corrections(tmp_path, *rows))
    assert len(found) == len(told)
    for fault, words in zip(found, told, strict=True):
        assert words in fault


def test_what_agrees_is_no_contradiction(tmp_path: Path) -> None:
    rows = ["same,a,b", "same,b,a", "rename,a,X", "rename,b,X", "different,a,c", "different,c,a"]
    assert len(read(corrections(tmp_path, *rows)).rows) == 6


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"one,other\n", "decision is missing"),
        (b"a,b\n", "decision, one, other are missing"),
        (b"decision,one,other\nsame,a,\xff\n", "c.csv:2: is not UTF-8"),
        (b"decision,one,other\nsame,a\0,b\n", "is not text"),
        (b"decision,one,other\nsame," + b"x" * 200_000 + b",b\n", "c.csv:2"),
        (b'decision,one,other\nsame,"a,b\n', "c.csv:2: 'same' needs both"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    assert told in faults(path)[0]
    path.unlink()
    assert faults(path) == [f"{path}: no such file"]


things = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(st.sampled_from(["same", "different"]), things, things), max_size=8))
def test_contradictions_are_those_of_reachability(rows: list[tuple[str, str, str]]) -> None:
    import networkx as nx

    from graphbuild.corrections import Corrections

    rows = [row for row in rows if row[1] != row[2]]
    made = tuple(Correction(i, *row) for i, row in enumerate(rows))  # type: ignore[arg-type]
    told = Corrections("c.csv", "", made).conflicts([(row.one, row.other) for row in made])
    joined = nx.Graph([(one, other) for decision, one, other in rows if decision == "same"])
    joined.add_nodes_from("abcd")
    wrong = [
        i
        for i, (decision, one, other) in enumerate(rows)
        if decision == "different" and nx.has_path(joined, one, other)
    ]
    assert [fault.partition(" ")[0] for fault in told] == [f"c.csv:{i}:" for i in wrong]


# -- papers --------------------------------------------------------------------------------------

PAPERS: list[dict[str, Any]] = [
    {"arxiv_id": "1706.03762", "title": "Attention Is All You Need", "year": 2017,
     "authors": ["Ashish Vaswani", "Wei Zhang"], "references": ["1409.0473", "10.1234/hidden"]},
    {"doi": "10.5555/3295222", "title": "Transformers: the proceedings", "year": 2017,
     "authors": ["Ashish Vaswani", "Wei Zhang"]},
    {"title": "Editorial", "year": 1999, "authors": ["Anna Smith"]},
    {"title": "Editorial", "year": 1999, "authors": ["Anna Smith"], "venue": "Another Journal"},
    {"title": "On the citing of papers that nobody reads", "authors": ["Wei Zhang"]},
    {"id": "A1", "doi": "10.1234/both", "title": "One record with two identifiers"},
]  # fmt: skip


def built(folder: Path, *rows: str, **options: Any) -> Graph:
    path = written(folder / "papers.jsonl", *PAPERS)
    return gb.build(path, corrections=corrections(folder, *rows), **options)


def passed_over(graph: Graph) -> dict[int, str]:
    rows = graph.manifest["corrections"]["passed_over"]
    return {row["line"]: row["reason"] for row in rows}


def test_two_papers_are_made_one(tmp_path: Path) -> None:
    graph = built(tmp_path, "same,arXiv:1706.03762v1,https://doi.org/10.5555/3295222")
    assert graph.find("10.5555/3295222") == "arxiv:1706.03762"
    assert graph.info()["papers"] == len(ids(built(tmp_path))) - 1
    mentions = graph.mentions.set_index("line")
    assert mentions.loc[[1, 2], "rule"].tolist() == ["correction", "correction"]
    assert mentions.loc[6, "rule"] == "doi"
    assert graph.manifest["corrections"] == {"rows": 1, "applied": 1, "passed_over": []}


def test_what_is_known_by_a_bare_identifier_can_be_named(tmp_path: Path) -> None:
    graph = built(tmp_path, "same,10.1234/hidden,title:on the citing of papers that nobody reads",
                  "same,1409.0473,papers.jsonl:3")  # fmt: skip
    paper = graph.find("10.1234/hidden")
    assert graph.papers.set_index("id").loc[paper, "title"].startswith("On the citing")
    assert graph.find("papers.jsonl:3") == "arxiv:1409.0473"
    assert set(graph.citations.cited) == {paper, "arxiv:1409.0473"}


def test_one_paper_is_made_two(tmp_path: Path) -> None:
    plain = built(tmp_path)
    assert plain.find("papers.jsonl:3") == plain.find("papers.jsonl:4")
    graph = built(tmp_path, "different,papers.jsonl:3,papers.jsonl:4")
    assert graph.find("papers.jsonl:3") != graph.find("papers.jsonl:4")
    assert graph.info()["papers"] == plain.info()["papers"] + 1


def test_a_paper_is_renamed_and_its_id_stays(tmp_path: Path) -> None:
    name = "On citing what nobody reads"
    graph = built(tmp_path, f"rename,papers.jsonl:5,{name}", "rename,10.1234/hidden,Hidden")
    old = "title:on-the-citing-of-papers-that-nobody-reads"
    assert graph.papers.set_index("id").loc[old, "title"] == name
    assert graph.find(f"title:{name}") == graph.find(old) == old
    assert graph.papers.set_index("id").loc["doi:10.1234/hidden", "title"] == "Hidden"


def test_what_names_nothing_is_told_and_no_error(tmp_path: Path) -> None:
    graph = built(tmp_path, "same,2001.00001,1706.03762", "rename,title:Nothing at all,X",
                  "same,papers.jsonl:77,1706.03762", "same,1706.03762,10.5555/3295222",
                  "rename,name:nobody,Y", "rename,Nobody @ 1706.03762,Y",
                  "rename,Wei Zhang @ 2001.00001,Y")  # fmt: skip
    assert graph.manifest["corrections"]["applied"] == 1
    assert passed_over(graph) == {
        2: "nothing here is called '2001.00001'",
        3: "nothing here is called 'title:Nothing at all'",
        4: "nothing here is called 'papers.jsonl:77'",
        6: "no author here is called 'name:nobody'",
        7: "no author is called 'Nobody'",
        8: "nothing here is called '2001.00001'",
    }


def test_what_identifiers_join_stays_one_and_is_told(tmp_path: Path) -> None:
    graph = built(tmp_path, "different,10.1234/both,id:records/A1")
    assert passed_over(graph) == {2: "one mention in the inputs is called both"}
    assert graph.find("10.1234/both") == graph.find("id:records/A1")
    path = written(tmp_path / "p.jsonl", {"arxiv_id": "2001.00001", "doi": "10.1234/a"},
                   {"doi": "10.1234/a", "id": "B1"})  # fmt: skip
    by_hand = corrections(tmp_path, "different,2001.00001,id:records/B1")
    assert passed_over(gb.build(path, corrections=by_hand)) == {
        2: "identifiers in the inputs join the two"
    }


def test_what_is_called_after_one_mention_cannot_be_two(tmp_path: Path) -> None:
    graph = built(tmp_path, "different,papers.jsonl:3,title:Editorial")
    assert passed_over(graph) == {2: "one mention in the inputs is called both"}


def test_papers_are_called_by_the_ids_that_the_tables_show(tmp_path: Path) -> None:
    rows = [{"title": "First of the two", "references": ["https://aclanthology.org/W16-2310/"]},
            {"title": "Second of them all", "year": 2001},
            {"title": "Second of them all", "year": 1960, "authors": ["Anna Smith"]}]  # fmt: skip
    path = written(tmp_path / "p.jsonl", *rows)
    shown = ids(gb.build(path))
    assert shown[0] == "id:acl/W16-2310"
    assert len(shown) == 4
    by_hand = corrections(tmp_path, f"same,{shown[1]},{shown[0]}", f"same,{shown[2]},{shown[3]}")
    graph = gb.build(path, corrections=by_hand)
    assert passed_over(graph) == {}
    assert len(graph.papers) == 2


def test_contradictions_that_only_the_corpus_shows_are_told(tmp_path: Path) -> None:
    with pytest.raises(CorrectionsError) as caught:
        built(tmp_path, "same,1706.03762,10.5555/3295222",
              "different,papers.jsonl:1,papers.jsonl:2",
              "rename,papers.jsonl:5,A", "rename,title:On the citing of papers that nobody reads,B",
              "same,Wei Zhang @ papers.jsonl:5,Wei Zhang @ 1706.03762",
              )  # fmt: skip
    assert [fault.partition(": ")[0] for fault in caught.value.faults] == [
        "corrections.csv:3",
        "corrections.csv:5",
    ]
    assert "line 2 makes them the same" in caught.value.faults[0]


# -- authors -------------------------------------------------------------------------------------


def authors_of(graph: Graph, paper: str) -> list[str]:
    written_by = graph.authorships
    rows = written_by[written_by.paper == graph.find(paper)].sort_values("position")
    return list(rows.author)


def test_authors_are_split_and_joined_by_a_paper_and_a_name(tmp_path: Path) -> None:
    one, other = "Wei Zhang @ 1706.03762", "Wei Zhang @ papers.jsonl:5"
    for decision, wanted in (("same", True), ("different", False)):
        graph = built(tmp_path, f"{decision},{one},{other}")
        first, second = authors_of(graph, "1706.03762")[1], authors_of(graph, "papers.jsonl:5")[0]
        assert (first == second) is wanted
        assert graph.manifest["corrections"]["applied"] == 1


def test_who_was_joined_by_hand_is_said_to_be(tmp_path: Path) -> None:
    graph = built(tmp_path, "same,name:ashish-vaswani,Anna Smith @ papers.jsonl:3")
    rows = graph.explain("Ashish Vaswani").mentions
    assert dict(zip(rows.spelled, rows.rule, strict=True)) == {
        "Ashish Vaswani": "name",
        "Anna Smith": "correction",
    }


def test_an_author_is_renamed(tmp_path: Path) -> None:
    graph = built(tmp_path, "rename,name:anna-smith,Anna M. Smith")
    assert graph.authors.set_index("id").loc["name:anna-smith", "name"] == "Anna M. Smith"
    assert graph.find_author("Anna M. Smith") == graph.find_author("Anna Smith")


def test_one_mention_is_one_author(tmp_path: Path) -> None:
    graph = built(tmp_path, "different,name:anna-smith,Anna Smith @ papers.jsonl:3")
    assert passed_over(graph) == {2: "one mention in the inputs is called both"}


def test_authors_that_are_to_be_both_are_told(tmp_path: Path) -> None:
    with pytest.raises(CorrectionsError, match=r"corrections.csv:3: .* line 2 makes them the same"):
        built(tmp_path, "same,name:anna-smith,name:ashish-vaswani",
              "different,Ashish Vaswani @ 1706.03762,Anna Smith @ papers.jsonl:3")  # fmt: skip


# -- at every build ------------------------------------------------------------------------------

ROWS = ["same,1706.03762,10.5555/3295222", "different,papers.jsonl:3,papers.jsonl:4",
        "rename,1409.0473,Neural machine translation", "rename,name:anna-smith,A. M. Smith",
        "same,2001.00001,1706.03762"]  # fmt: skip


def test_corrections_are_in_the_manifest_and_in_the_folder(tmp_path: Path) -> None:
    graph = built(tmp_path, *ROWS)
    told = gb.open(graph.save(tmp_path / "graph")).manifest
    path = tmp_path / "corrections.csv"
    import hashlib

    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["options"]["corrections"] == {"name": "corrections.csv", "sha256": sha256}
    assert told["corrections"]["applied"] == 4
    built(tmp_path, *ROWS, out=tmp_path / "straight")
    assert files(tmp_path / "straight") == files(tmp_path / "graph")
    built(tmp_path, *ROWS, out=tmp_path / "limited", memory_limit=10**9)
    assert files(tmp_path / "limited") == files(tmp_path / "graph")


def test_an_update_applies_them_again(tmp_path: Path) -> None:
    first = written(tmp_path / "papers.jsonl", *PAPERS)
    second = written(
        tmp_path / "more.jsonl", {"arxiv_id": "2001.00001", "title": "What was unused"}
    )
    by_hand = corrections(tmp_path, *ROWS)
    at_once = gb.build([first, second], corrections=by_hand).save(tmp_path / "at_once")
    grown = gb.build(first, corrections=by_hand).save(tmp_path / "grown")
    assert gb.open(grown).manifest["corrections"]["applied"] == 4
    by_hand.unlink()
    gb.build(second, update=grown, out=grown, force=True)
    assert files(grown) == files(at_once)
    assert gb.open(grown).manifest["corrections"]["applied"] == 5
    again = gb.build(second, update=gb.open(grown)).save(tmp_path / "again")
    assert files(again) == files(at_once)


def test_another_file_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    first = written(tmp_path / "papers.jsonl", *PAPERS)
    other = corrections(tmp_path / "other", ROWS[1])
    grown = gb.build(first, corrections=corrections(tmp_path, *ROWS)).save(tmp_path / "grown")
    changed = gb.build([], update=grown, corrections=other).save(tmp_path / "changed")
    assert files(changed) == files(gb.build(first, corrections=other).save(tmp_path / "new"))


small = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(
                ["Editorial", "A long title that many people like", "Third one"]
            )
        },
        optional={
            "arxiv_id": st.sampled_from(["1706.03762", "1706.03763"]),
            "doi": st.sampled_from(["10.1234/a", "10.1234/b"]),
            "authors": st.lists(st.sampled_from(["Wei Zhang", "Anna Smith"]), max_size=2),
            "year": st.sampled_from([1999, 2000, 2017]),
            "references": st.lists(st.sampled_from(["1706.03763", "10.1234/b"]), max_size=2),
        },
    ),
    min_size=1,
    max_size=4,
)
names = st.sampled_from(
    ["1706.03762", "10.1234/a", "10.1234/b", "title:Third one", "title:Editorial", "a.jsonl:1",
     "b.jsonl:2", "name:wei-zhang", "Wei Zhang @ a.jsonl:1", "Anna Smith @ 10.1234/b", "nothing"]
)  # fmt: skip
decisions = st.tuples(st.sampled_from(["same", "different", "rename"]), names, names)


@settings(max_examples=60)
@given(small, small, st.lists(decisions, max_size=4))
def test_updates_with_corrections_are_builds_with_corrections(
    tmp_path_factory: pytest.TempPathFactory,
    one: list[dict[str, Any]],
    other: list[dict[str, Any]],
    rows: list[tuple[str, str, str]],
) -> None:
    folder = tmp_path_factory.mktemp("corrections")
    first, second = written(folder / "a.jsonl", *one), written(folder / "b.jsonl", *other)
    by_hand = corrections(folder, *(",".join(row) for row in rows))
    try:
        at_once = gb.build([second, first], corrections=by_hand, out=folder / "at_once")
    except CorrectionsError:
        return
    try:
        gb.build(first, corrections=by_hand, out=folder / "grown")
    except CorrectionsError:
        return  # what contradicts itself here may not do so where more is known
    gb.build(second, update=folder / "grown", out=folder / "grown", force=True)
    assert files(folder / "grown") == files(folder / "at_once")
    read_rows = read(by_hand).rows
    assert at_once.manifest["corrections"]["rows"] == len(read_rows)
    applied = {row.line for row in read_rows} - passed_over(at_once).keys()
    for row in read_rows:
        if row.line not in applied or row.kind == "author" or row.decision == "rename":
            continue
        ends = []
        for words in (row.one, row.other):
            try:
                ends.append(at_once.find(words))
            except gb.UnknownPaper:  # a title of what are two papers now
                break
        if len(ends) == 2:
            assert (ends[0] == ends[1]) is (row.decision == "same"), row
