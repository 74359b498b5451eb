"""Whatever a mention identifies a paper or an author by finds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild.errors import GraphFolderError, UnknownAuthor, UnknownPaper
from graphbuild.graph import Graph
from graphbuild.lookup import alike, bearing
from graphbuild.model import Person
from graphbuild.text import key, slug
from tests.builders import graph_of, record, reference

LONG = "On the very long titles of papers: how they came to be, and what becomes of them in lists"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return graph_of(
        record("1706.03762", title="Attention Is All You Need", file="first.jsonl", line=7,
               authors=["Ashish Vaswani"], cites=["1607.06450v1"]),
        record("1706.03762", doi="10.5555/3295222", other_ids=("id:s2/204E3073", "acl:W16-2310")),
        record("1607.06450", title="Layer Normalization", authors=["Jimmy Lei Ba"]),
        record(title="Layer normalisation", arxiv_id="1607.06450", file="other.csv", line=3),
        record("isbn:9780262035613", cites=[reference(None, raw="w", url="https://example.org/page")]),
        record(title="Editorial", year=1999, authors=["A. Smith"]),
        record(title="Editorial", year=2003, authors=["B. Jones"]),
        record(title=LONG, cites=[reference(None, title="A title of a reference alone here")]),
        record("2001.00001", authors=["Łukasz Kaiser"]),
        record("2001.00002", authors=["Lukasz Kaiser"]),
    )  # fmt: skip


@pytest.mark.parametrize(
    "identifier",
    [
        "arxiv:1706.03762",
        "1706.03762",
        "arXiv:1706.03762v5",
        "https://arxiv.org/pdf/1706.03762v2.pdf",
        "10.48550/arXiv.1706.03762",
        "10.5555/3295222",
        "https://doi.org/10.5555/3295222",
        "doi:10.5555/3295222",
        "id:s2/204E3073",
        "acl:W16-2310",
        "https://aclanthology.org/W16-2310/",
        "title:Attention Is All You Need",
        "title: attention is all you need!",
        "title:attention-is-all-you-need",
        "first.jsonl:7",
    ],
)
def test_any_identifier_of_a_paper_finds_it(graph: Graph, identifier: str) -> None:
    assert graph.find(identifier) == "arxiv:1706.03762"


def test_a_title_that_lost_finds_the_paper_too(graph: Graph) -> None:
    assert graph.find("title:Layer normalisation") == "arxiv:1607.06450"
    assert graph.find("other.csv:3") == "arxiv:1607.06450"


def test_a_cut_title_finds_the_paper(graph: Graph) -> None:
    assert graph.find(f"title:{slug(LONG)}") == graph.find(f"title:{LONG}")


def test_books_and_addresses(graph: Graph) -> None:
    assert graph.find("ISBN 978-0-262-03561-3") == graph.find("isbn:9780262035613")
    assert graph.find("http://www.example.org/page") == "id:url/example.org/page"


def test_one_title_of_two_papers_names_both(graph: Graph) -> None:
    with pytest.raises(UnknownPaper, match=r"2 papers have 'title:Editorial': .*name one"):
        graph.find("title:Editorial")


@pytest.mark.parametrize(
    ("identifier", "near"),
    [
        ("arxiv:1706.03726", r"did you mean arxiv:1706.03762 \(Attention Is All You Need\)\?"),
        ("title:Atention is all you ned", "did you mean arxiv:1706.03762"),
        ("all you need", "did you mean arxiv:1706.03762"),
        ("title:Zebras", "give an arXiv id"),
        ("", "give an arXiv id"),
        (":", "give an arXiv id"),
    ],
)
def test_what_is_unknown_is_said_with_what_comes_near(
    graph: Graph, identifier: str, near: str
) -> None:
    with pytest.raises(UnknownPaper, match=near):
        graph.find(identifier)


def test_several_are_found_at_once(graph: Graph) -> None:
    wanted = ["title:Layer Normalization", "1706.03762", "1706.03762v1"]
    assert graph.find_all(wanted) == ["arxiv:1607.06450", "arxiv:1706.03762", "arxiv:1706.03762"]


@pytest.mark.parametrize("name", ["Łukasz Kaiser", "lukasz kaiser", "name:lukasz-kaiser"])
def test_any_spelling_finds_an_author(graph: Graph, name: str) -> None:
    assert graph.find_author(name) == "name:lukasz-kaiser"


def test_an_orcid_finds_an_author() -> None:
    carberry = Person("Carberry", "Josiah", orcid="0000-0002-1825-0097")
    graph = graph_of(gb.Record(gb.Origin("a", 1), "test", "2001.00001", authors=(carberry,)))
    for words in ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"):
        assert graph.find_author(words) == "orcid:0000-0002-1825-0097"


def test_an_unknown_author_is_said_with_who_comes_near(graph: Graph) -> None:
    with pytest.raises(UnknownAuthor, match="did you mean Ashish Vaswani"):
        graph.find_author("Ashis Vaswany")
    with pytest.raises(UnknownAuthor, match="ORCID iD, or a name"):
        graph.find_author("Zzzz")


@pytest.fixture(params=["all at once", "searched"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How rows are found in a folder: few are all read, and many searched."""
    if request.param == "searched":
        monkeypatch.setattr("graphbuild.stores.folder.FEW_ROWS", 0)
    return str(request.param)


def test_a_folder_finds_what_memory_finds(graph: Graph, tmp_path: Path, way: str) -> None:
    opened = gb.open(graph.save(tmp_path / "graph"))
    for words in ("1706.03762", "title:Layer normalisation", "other.csv:3", f"title:{LONG}"):
        assert opened.find(words) == graph.find(words)
    for values in (["arxiv:1607.06450", "arxiv:1706.03762"], ["arxiv:1706.03762"], ["x"], []):
        for columns in (None, ["line", "authors"]):
            found = opened.where("mentions", "paper", values, columns)
            assert found.equals(graph.where("mentions", "paper", values, columns))


def test_a_graph_that_is_replaced_meanwhile_is_still_the_one_that_was_opened(
    graph: Graph, tmp_path: Path, way: str
) -> None:
    opened = gb.open(graph.save(tmp_path / "graph"))
    graph_of(record("2002.00001")).save(tmp_path / "graph", force=True)
    assert opened.where("papers", "id", ["arxiv:1706.03762"], ["title"]).to_pylist() == [
        {"title": "Attention Is All You Need"}
    ]


def test_a_damaged_table_is_said_to_be_damaged(graph: Graph, tmp_path: Path, way: str) -> None:
    opened = gb.open(graph.save(tmp_path / "graph"))
    path = tmp_path / "graph" / "mentions.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\0" * (len(content) - 200) + content[-100:])
    with pytest.raises(GraphFolderError, match=r"mentions\.parquet: is damaged"):
        opened.where("mentions", "paper", ["arxiv:1706.03762"])


words = st.text("aAéł -{$文9", max_size=12)


@given(st.lists(st.none() | words), words)
def test_titles_are_equal_where_their_keys_are(titles: list[str | None], wanted: str) -> None:
    import pyarrow as pa

    found = bearing(pa.array(titles, pa.string()), wanted).tolist()
    assert found == [
        i for i, title in enumerate(titles) if title and key(title) and key(title) == key(wanted)
    ]


def test_hostile_words_take_no_long_time() -> None:
    import pyarrow as pa

    titles = pa.array(["a " * 100_000, "b"])
    assert bearing(titles, "a" * 100_000).tolist() == [0]
    assert alike("(" * 1000, titles) == []
