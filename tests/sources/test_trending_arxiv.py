from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options
from graphbuild.sources.trending_arxiv import SOURCE

ABSTRACT = (
    "We study how things behave when nobody looks at them for a long time. Earlier work looked at"
    " them all the time, which changes what they do. Our method looks away, waits, and counts what"
    " is left, so that the count is free of the looking."
)


def read(path: Path, text: str) -> list[Record | Rejected]:
    path.write_text(text, "utf-8")
    return list(SOURCE.read(Input(path, path.name), Options()))


def outline(entries: list[Record | Rejected]) -> list[tuple[object, ...]]:
    """Title, number of authors, whether there is an abstract, tweets; or a reject's reason."""
    return [
        (e.title, len(e.authors), e.abstract is not None, e.tweets)
        if isinstance(e, Record)
        else (e.reason,)
        for e in entries
    ]


def tweets(count: int | str) -> str:
    return f"Captured tweets and retweets: {count}"


def page(*paragraphs: str) -> str:
    return "\n\n".join(["Trending arXiv", "1 2 25 26", *paragraphs, "1 2 25 26"]) + "\n"


# -- real pages ----------------------------------------------------------------------------------


def test_the_seed_has_20_papers_with_authors_and_tweets(shared: Path) -> None:
    path = shared / "seeds" / "001_12c395325fa717fb.txt"
    found = list(SOURCE.read(Input(path, path.name), Options()))
    assert len(found) == 20
    lines = path.read_text("utf-8").split("\n")
    # Every paper is four paragraphs with a blank line between them.
    for entry, start in zip(found, range(10, 10 + 20 * 8, 8), strict=True):
        assert isinstance(entry, Record)
        assert entry.origin.line == start
        assert entry.title == " ".join(lines[start - 1].split())
        assert [person.name for person in entry.authors] == lines[start + 1].split(", ")
        assert (entry.abstract or "")[:100] == lines[start + 3][:100]
        assert entry.tweets == int(lines[start + 5].rpartition(" ")[2])
    assert "46.1% top-1" in (found[-1].abstract or "") if isinstance(found[-1], Record) else False


def test_the_saved_page_has_20_papers_with_ids(shared: Path) -> None:
    path = shared / "data" / "trending" / "trending_arxiv.htm"
    found = list(SOURCE.read(Input(path, path.name), Options()))
    text = path.read_text("utf-8")
    ids = re.findall(r'<h4><a href="http://arxiv\.org/abs/([^"]+)"', text)
    counts = [int(count) for count in re.findall(r"retweets: (\d+)", text)]
    assert len(found) == len(ids) == len(counts) == 20
    for entry, identifier, count in zip(found, ids, counts, strict=True):
        assert isinstance(entry, Record)
        assert (entry.arxiv_id, entry.tweets) == (identifier, count)
        assert entry.title
        assert len(entry.authors) >= 2
        assert len(entry.abstract or "") > 300
        assert "<h4>" in text.split("\n")[entry.origin.line - 1]
    assert isinstance(found[6], Record)
    assert found[6].authors[2].name == "Brendan O'Connor"


# -- text ----------------------------------------------------------------------------------------


def test_a_missing_line_does_not_swallow_the_neighbour(tmp_path: Path) -> None:
    text = page(
        "No Tweets Here", "Ann Ape, Ben Bee", ABSTRACT,
        "Authors: None Given at All", ABSTRACT, tweets(3),
        "No Abstract Here", "Cat Cow, Dan Dog", tweets(2),
        "A Whole Paper", "Eve Eel", ABSTRACT, tweets(1),
    )  # fmt: skip
    assert outline(read(tmp_path / "t.txt", text)) == [
        ("No Tweets Here", 2, True, None),
        ("Authors: None Given at All", 0, True, 3),
        ("No Abstract Here", 2, False, 2),
        ("A Whole Paper", 1, True, 1),
    ]


def test_pages_that_were_joined(tmp_path: Path) -> None:
    one = page("Paper One", "Ann Ape", ABSTRACT, tweets(1))
    two = page("Paper Two", "Ben Bee", ABSTRACT, tweets(2))
    found = read(
        tmp_path / "t.txt", f"Fork me on GitHub\n\nLog In\n\n{one}Contact Us\n\n{two}About"
    )
    assert outline(found) == [("Paper One", 1, True, 1), ("Paper Two", 1, True, 2)]


def test_text_without_blank_lines(tmp_path: Path) -> None:
    text = page(
        "Paper One", "Ann Ape", ABSTRACT, tweets(1), "Paper Two", "Ben Bee", ABSTRACT, tweets(2)
    )
    found = read(tmp_path / "t.txt", text.replace("\n\n", "\n"))
    assert outline(found) == [("Paper One", 1, True, 1), ("Paper Two", 1, True, 2)]


def test_a_wrapped_abstract_is_one(tmp_path: Path) -> None:
    wrapped = ABSTRACT.replace(" time", "\ntime")
    (found,) = read(tmp_path / "t.txt", page("Paper One", "Ann Ape", wrapped, tweets(1)))
    assert isinstance(found, Record)
    assert found.abstract == ABSTRACT


def test_a_count_that_is_no_number(tmp_path: Path) -> None:
    text = page(
        "Paper One", "Ann Ape", ABSTRACT, tweets("many"), "Two", "Ben Bee", ABSTRACT, tweets(2)
    )
    assert outline(read(tmp_path / "t.txt", text)) == [
        ("Paper One", 1, True, None),
        ("Two", 1, True, 2),
    ]


# -- HTML ----------------------------------------------------------------------------------------


def block(title: str, authors: str = "Ann Ape, Ben Bee", number: str = "1701.00001") -> str:
    return (
        f'<div>\n<h4><a href="http://arxiv.org/abs/{number}">{title}</a>'
        f' <a href="http://arxiv.org/pdf/{number}"><span></span></a></h4>\n<i>{authors}</i>\n'
        f"<p>  {ABSTRACT}\n</p>\n<center><p>{tweets(4)}</p></center>\n</div>\n<hr />\n"
    )


def test_broken_html_costs_only_itself(tmp_path: Path) -> None:
    good = [block(f"Good Paper {n}", number=f"1701.0000{n}") for n in range(1, 6)]
    texts = [
        good[0],
        block("No End of Title").replace("</a>", "").replace("</h4>", ""),
        good[1],
        block("No Authors").replace("<i>Ann Ape, Ben Bee</i>", ""),
        block(""),
        good[2],
        block("Torn")[:200] + 'quote class="twitter-tweet"></a></blockquote>',
        good[3],
        block("A Comment <!-- that never ends"),
        good[4],
    ]
    found = read(tmp_path / "t.htm", "<!doctype html>\n" + "".join(texts))
    goods = [e for e in found if isinstance(e, Record) and (e.title or "").startswith("Good")]
    assert outline(list(goods)) == [(f"Good Paper {n}", 2, True, 4) for n in range(1, 6)]
    others = [entry for entry in found if entry not in goods]
    assert outline(others)[:3] == [
        ("No End of Title", 2, True, 4),
        ("No Authors", 0, True, 4),
        ("an entry without a title in its heading",),
    ]
    torn = others[3]
    assert isinstance(torn, Record)
    assert (torn.title, torn.tweets) == ("Torn", None)


def test_markup_and_entities_of_titles_are_text(tmp_path: Path) -> None:
    title = "&lt;img src=x onerror=alert(1)&gt; &amp; <b>Caf&eacute;</b>\n  $\\alpha$ 1 < 2"
    (found,) = read(tmp_path / "t.htm", "<html>" + block(title))
    assert isinstance(found, Record)
    assert found.title == "<img src=x onerror=alert(1)> & Café α 1 < 2"
    assert found.arxiv_id == "1701.00001"


def test_links_elsewhere_give_no_id(tmp_path: Path) -> None:
    text = block("A Title").replace("http://arxiv.org", "http://example.org")
    (found,) = read(tmp_path / "t.htm", "<html>" + text)
    assert isinstance(found, Record)
    assert found.arxiv_id is None


# -- sniffing, and hostile text ------------------------------------------------------------------


def test_sniffing_the_seeds(shared: Path) -> None:
    for path in sorted((shared / "seeds").iterdir()):
        certainty = SOURCE.sniff(Input(path, path.name))
        assert certainty == (1.0 if path.name.startswith("001") else 0.0), path
    for template in ("show_paper.html", "show_papers.html"):
        path = shared / "data" / "trending" / template
        assert SOURCE.sniff(Input(path, path.name)) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        f"The page shows {tweets(4)} for a paper.\n\n{ABSTRACT}",
        f'{{"text": "{tweets(4)}"}}',
        f"<html><body><p>{tweets(4)}</p></body></html>",
        "<html><h4><a href='https://example.org'>News</a></h4></html>",
        f"{tweets(4)}\n",
    ],
)
def test_other_text_is_no_page(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_text(text)
    assert SOURCE.sniff(Input(tmp_path / "x", "x")) == 0.0


@pytest.mark.parametrize(
    "piece", ["<", "<h4>", "<a ", "<!--", "<!", "<p>", "&amp;", "&", "a", " ", "A, ", "</",
              "<a b='", "<script>"]
)  # fmt: skip
def test_hostile_text_takes_linear_time(tmp_path: Path, piece: str) -> None:
    start = time.process_time()
    text = piece * (200_000 // len(piece))
    read(
        tmp_path / "x.htm", '<html><h4><a href="http://arxiv.org/abs/1701.00001">T</a></h4>' + text
    )
    read(tmp_path / "x.txt", f"{text}\n\n{text}\n\n{tweets(1)}")
    assert time.process_time() - start < 8
