from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options
from graphbuild.sources.listing import SOURCE

ABSTRACT = (
    "We study how things behave when nobody looks at them for a long time. Earlier work looked at"
    " them all the time, which changes what they do. Our method looks away, waits, and counts what"
    " is left, so that the count is free of the looking."
)
WRAPPED = (
    "We study how things behave when nobody\nlooks at them for a long time. Earlier work\n"
    "looked at them all the time. That is bad.\nOur method looks away, and it waits."
)


def read(path: Path, text: str) -> list[Record | Rejected]:
    path.write_text(text, "utf-8")
    return list(SOURCE.read(Input(path, path.name), Options()))


def outline(entries: list[Record | Rejected]) -> list[tuple[int, str | None, list[str]]]:
    """Line, title and names of each record; line, None and reason of each reject."""
    return [
        (e.origin.line, e.title, [person.name for person in e.authors])
        if isinstance(e, Record)
        else (e.origin.line, None, [e.reason])
        for e in entries
    ]


def test_the_seed_has_10_papers_two_without_authors(shared: Path) -> None:
    path = shared / "seeds" / "004_052163b16e0021ec.txt"
    found = list(SOURCE.read(Input(path, path.name), Options()))
    assert len(found) == 10
    assert all(isinstance(e, Record) and e.title and len(e.abstract or "") > 400 for e in found)
    papers = [e for e in found if isinstance(e, Record)]
    assert [p.title for p in papers if not p.authors] == [
        "On the Convex Behavior of Deep Neural Networks in Relation to the Layers' Width",
        "Adversarial Disentanglement with Grouped Observations",
    ]
    assert [p.origin.line for p in papers] == [2, 4, 7, 10, 13, 16, 18, 21, 24, 27]
    names = {person.name for paper in papers for person in paper.authors}
    assert {"Mihaela van der Schaar", "M. Ashok Kumar", "Tsung-Hui Chang", "Ullrich Köthe"} <= names
    assert sum(len(paper.authors) for paper in papers) == 3 + 3 + 5 + 2 + 3 + 4 + 10 + 3
    assert papers[4].title == (
        "Cramér-Rao Lower Bounds Arising from Generalized Csiszár Divergences"
    )


@pytest.mark.parametrize("separator", ["\n", "\n\n"], ids=["tight", "spaced"])
@pytest.mark.parametrize("abstract", [ABSTRACT, WRAPPED], ids=["one-line", "wrapped"])
def test_blocks_with_and_without_blank_lines(tmp_path: Path, separator: str, abstract: str) -> None:
    blocks = [
        ["A First Title", "Tran, Linh, Cobb, Adam D.", abstract],
        ["Second: A Title, and More", abstract],
        ["Is This the Third?", "van der Schaar, Mihaela", abstract],
    ]
    text = separator.join(separator.join(block) for block in blocks)
    found = outline(read(tmp_path / "l.txt", text))
    assert [entry[1:] for entry in found] == [
        ("A First Title", ["Linh Tran", "Adam D. Cobb"]),
        ("Second: A Title, and More", []),
        ("Is This the Third?", ["Mihaela van der Schaar"]),
    ]
    lines = text.split("\n")
    assert [lines[line - 1] for line, title, _ in found] == [title for _, title, _ in found]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Graves, Alex", ["Alex Graves"]),
        ("Smith, John, Jr., Doe, Ann", ["John Smith Jr.", "Ann Doe"]),
        ("Garcia Lopez, Ana, Smith Jones, Bo", ["Ana Garcia Lopez", "Bo Smith Jones"]),
        (r"Csisz\'ar, Imre, R\'enyi, Alfr\'ed", ["Imre Csiszár", "Alfréd Rényi"]),
        ("O'Spoon, Sean, d'Aspremont, Alexandre", ["Sean O'Spoon", "Alexandre d'Aspremont"]),
        ("Rother, Carsten; Köthe, Ullrich", ["Carsten Rother", "Ullrich Köthe"]),
        ("LeCun, Y., Bengio, Y.", ["Y. LeCun", "Y. Bengio"]),
    ],
)
def test_author_lines(tmp_path: Path, line: str, names: list[str]) -> None:
    found = read(tmp_path / "l.txt", f"A Title\n{line}\n{ABSTRACT}\n")
    assert outline(found) == [(1, "A Title", names)]


@pytest.mark.parametrize("bad", ["Doe, Ann, Roe, Bo, Poe, Cy", "Doe, A., Roe, B."])
def test_an_author_line_without_a_title_costs_only_itself(tmp_path: Path, bad: str) -> None:
    good = f"A Good Title\nTran, Linh\n{ABSTRACT}\n"
    for text, line in ((f"{bad}\n{ABSTRACT}\n{good}", 1), (f"{good}{bad}\n{ABSTRACT}\n", 4)):
        found = outline(read(tmp_path / "l.txt", text))
        assert (line, None, ["an author line without a title before it"]) in found
        assert [title for _, title, _ in found if title] == ["A Good Title"]


def test_a_title_at_the_end_is_rejected_and_a_heading_at_the_start_is_not(tmp_path: Path) -> None:
    text = f"Country\nA Good Title\n{ABSTRACT}\nA Lonely Title\n"
    assert outline(read(tmp_path / "l.txt", text)) == [
        (2, "A Good Title", []),
        (4, None, ["a title without authors and without an abstract"]),
    ]


def test_a_paper_cut_off_after_its_authors_is_kept(tmp_path: Path) -> None:
    found = read(tmp_path / "l.txt", f"One Title\n{ABSTRACT}\nCut Title\nTran, Linh\n")
    assert outline(found)[1] == (3, "Cut Title", ["Linh Tran"])


def test_a_title_of_two_words_with_a_comma_is_no_author_line(tmp_path: Path) -> None:
    found = read(tmp_path / "l.txt", f"Attention, Please\nTran, Linh\n{ABSTRACT}\n")
    assert outline(found) == [(1, "Attention, Please", ["Linh Tran"])]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["Deep", "Quiet", "Learning", "Ovens"]), min_size=1),
            st.integers(0, 4),
            st.integers(1, 3),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, papers) -> None:
    lines: list[str] = []
    expected = []
    for words, people, repeats in papers:
        title = "The " + " ".join(words)
        names = [("Roe", "Ann"), ("van Doe", "Bo C."), ("Köthe", "U."), ("Poe", "Max Ed")][:people]
        expected.append((len(lines) + 1, title, [f"{given} {family}" for family, given in names]))
        lines.append(title)
        lines += [", ".join(f"{family}, {given}" for family, given in names)] if names else []
        lines.append(" ".join([ABSTRACT] * repeats))
    path = tmp_path_factory.mktemp("listing") / "l.txt"
    assert outline(read(path, "\n".join(lines))) == expected


def test_sniffing_the_seeds(shared: Path) -> None:
    for path in sorted((shared / "seeds").iterdir()):
        certainty = SOURCE.sniff(Input(path, path.name))
        assert (certainty > 0) == path.name.startswith("004"), path


PROSE = "\n\n".join(["Chapter One", *[ABSTRACT] * 5, "Chapter Two", *[ABSTRACT] * 5])


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "# A README\n\nSome text, more text.\n\n- one\n- two\n\n" + ABSTRACT,
        "Name, City, Country, Zip\n" + "Ann, Oslo, Norway, 0150\n" * 20,
        "Dear Ann,\n\n" + ABSTRACT + "\n\nYours, Bo",
        "import os\nimport sys\n\n\ndef f(a, b):\n    return a\n",
        '{"title": "A Title", "authors": "Roe, Ann"}\n' * 5,
        "# Nodes: 3\n1 2\n2 3\n",
        "A Title\n" + ABSTRACT,
        "| a | b |\n|---|---|\n| " + ABSTRACT + " | x |\n",
    ],
)
def test_other_text_is_no_listing(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.txt").write_text(text)
    assert SOURCE.sniff(Input(tmp_path / "x.txt", "x.txt")) == 0.0


@pytest.mark.parametrize("piece", ["Aa, ", "a", " ", "Aa. ", "\\'a", "$", "A\n", "Aa, Bb\n", "{"])
def test_hostile_text_takes_linear_time(tmp_path: Path, piece: str) -> None:
    start = time.process_time()
    read(tmp_path / "x.txt", piece * (200_000 // len(piece)))
    SOURCE.sniff(Input(tmp_path / "x.txt", "x.txt"))
    assert time.process_time() - start < 8
