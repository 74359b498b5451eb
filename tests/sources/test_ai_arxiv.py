"""Rows of the ai-arxiv data sets in every form that they come in."""

from __future__ import annotations

import csv
import datetime
import json
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options, choose, find_source
from graphbuild.sources._viewer import ViewerRow, viewer_rows

SOURCE = find_source("ai-arxiv")
CHUNKED = [
    ("doi", "stringlengths 10\n10"),
    ("chunk-id", "int64 0\n936"),
    ("chunk", "stringlengths 401\n2.02k"),
    ("id", "stringlengths 12\n14"),
    ("title", "stringlengths 8\n162"),
    ("summary", "stringlengths 228\n1.92k"),
    ("source", "stringlengths 31\n31"),
    ("authors", "stringlengths 7\n6.97k"),
    ("categories", "stringlengths 5\n107"),
    ("comment", "stringlengths 4\n398\n⌀"),
    ("journal_ref", "stringlengths 8\n194\n⌀"),
    ("primary_category", "stringlengths 5\n17"),
    ("published", "stringlengths 8\n8"),
    ("updated", "stringlengths 8\n8"),
    ("references", "list"),
]
TYPES = dict(CHUNKED)
PAPERS = ["id", *[name for name, _ in CHUNKED[4:-1]], "content", "references"]
SEMANTIC = ["id", "title", "content", "prechunk_id", "postchunk_id", "arxiv_id", "references"]
FOOT = "Subsets and Splits\nNo community queries yet\n"

ROW = {
    "doi": "1801.00001",
    "chunk-id": 3,
    "chunk": "Some text.",
    "id": "1801.00001#3",
    "title": "A Study",
    "summary": "We study.",
    "source": "http://arxiv.org/pdf/1801.00001",
    "authors": "Ann Lee, Bo Roe",
    "categories": "cs.CL, cs.LG",
    "comment": None,
    "journal_ref": None,
    "primary_category": "cs.CL",
    "published": "20180101",
    "updated": "20190203",
    "references": [{"id": "1706.03762"}],
}


def page(rows: list[dict], columns: list[str] | None = None, junk: str = "") -> str:
    """A page as the viewer gives it; the inverse of what is tested."""
    names = columns or [name for name, _ in CHUNKED]
    header = " | ".join(f"{n}\n{TYPES.get(n, 'stringlengths 1 9')}" for n in names)
    header = header.replace("\n⌀ |", "\n⌀ |").replace(" | ", "\n| ")
    lines = [junk + header + " |", "---|" * len(names)]
    for row in rows:
        cells = []
        for name in names:
            value = row[name]
            if value is None:
                cells.append("null")
            elif isinstance(value, (list, dict)):
                text = json.dumps(value, indent=0, ensure_ascii=False)
                cells.append(text)
            else:
                cells.append(str(value))
        lines.append(" | ".join(cells) + " |")
    return "\n".join(lines) + "\n" + FOOT


def read(text: str, tmp_path: Path, name: str = "page.txt") -> list[Record | Rejected]:
    path = tmp_path / name
    path.write_text(text, "utf-8", newline="\n")
    given_file = Input(path, name)
    assert choose(given_file) is SOURCE
    return list(SOURCE.read(given_file, Options()))


# -- the real thing


def test_the_saved_page_has_five_papers(shared) -> None:
    path = next((shared / "seeds").glob("000_*.txt"))
    records = list(SOURCE.read(Input(path, path.name), Options()))
    assert all(isinstance(record, Record) for record in records)
    assert len(records) == 100
    papers = {record.arxiv_id: record for record in records}
    assert sorted(papers) == ["1706.02515", "1706.02633", "1706.02677", "1706.03762", "1706.03872"]
    authors = {person.name for record in records for person in record.authors}
    assert len(authors) == 26
    assert {"Cristóbal Esteban", "Gunnar Rätsch", "Lukasz Kaiser"} <= authors
    listed = {(r.arxiv_id, ref.arxiv_id) for r in records for ref in r.references}
    assert len(listed) == 36
    assert [citing for citing, cited in listed if citing == cited] == ["1706.03872"]
    orders = [r.passages[0].order for r in records if r.arxiv_id == "1706.02515"]
    assert sorted(orders) == [*range(1, 19), *range(20, 29)]
    # Every reference and every line of text is where its origin says.
    lines = path.read_text("utf-8").split("\n")
    for record in records:
        for reference in record.references:
            assert lines[reference.origin.line - 1] == f'"id": "{reference.raw}"'
        (passage,) = record.passages
        texts = passage.text.split("\n")
        assert len(texts) == len(passage.lines)
        assert all(text in lines[n - 1] for text, n in zip(texts, passage.lines, strict=True))
        assert f"{record.arxiv_id} | {passage.order} | " in lines[record.origin.line - 1]


def test_the_rows_of_other_people_s_notebooks(shared) -> None:
    path = shared / "data/ai_arxiv/rows_from_pinecone_examples.json"
    given_file = Input(path, path.name)
    assert choose(given_file) is SOURCE
    records = [r for r in SOURCE.read(given_file, Options()) if isinstance(r, Record)]
    assert [r.arxiv_id for r in records] == [
        *("2401.04088", "1910.01108", "2312.11111", "2312.11111"),
        *("2312.11111", "2312.11111", "2401.09350", "2401.04088"),
    ]
    assert [[ref.arxiv_id for ref in r.references] for r in records] == [
        *(["1905.07830"], ["1910.01108"], ["2210.09261"], ["2210.09261"]),
        *(["2210.09261"], ["2210.09261"], [], ["1905.07830"]),
    ]
    assert [r.passages[0].order for r in records] == [None, 0, None, 0, 1, 2, 1, 0]
    assert records[2].passages[0].follows == json.loads(path.read_text())[2]["row"]["prechunk"]
    assert [p.name for p in records[1].authors][:2] == ["Victor Sanh", "Lysandre Debut"]
    assert records[0].published == datetime.date(2024, 1, 8)
    assert [p.name for p in records[6].authors] == ["Sebastian Bruch"]
    assert records[6].categories == ("cs.DS", "cs.IR")


# -- the viewer's text

words = st.text(st.sampled_from('ab|.#[]{}":1 \n-é'), min_size=1, max_size=60)


def is_cell(text: str) -> bool:
    """Whether a text survives a page: no white space at its ends, and not the word for null."""
    return text == text.strip() and text not in {"", "null", "none"}


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chunks=st.lists(words.filter(is_cell), min_size=1, max_size=4), fake=st.booleans())
def test_whatever_a_chunk_holds_it_comes_out_exactly(chunks, fake, tmp_path) -> None:
    if fake:
        chunks = [
            f"1801.00001 | {n + 7} | {chunk}\n] |\n1801.00009 | 2 | {chunk} | null | [] |\nend"
            for n, chunk in enumerate(chunks)
        ]
    rows = [
        ROW | {"chunk-id": n, "id": f"1801.00001#{n}", "chunk": chunk}
        for n, chunk in enumerate(chunks)
    ]
    entries = read(page(rows), tmp_path)
    assert [e.reason for e in entries if isinstance(e, Rejected)] == []
    assert [e.passages[0].text for e in entries] == chunks
    lines = (tmp_path / "page.txt").read_text("utf-8").split("\n")
    for entry in entries:
        (passage,) = entry.passages
        for text, number in zip(passage.text.split("\n"), passage.lines, strict=True):
            assert text.strip() in lines[number - 1]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    title=st.sampled_from(["A | B", "One", "p(x | y) and more | less"]),
    comment=st.sampled_from([None, "9 pages", "9 pages | code: http://x.org | 2 tables"]),
    journal=st.sampled_from([None, "J. Nothing 1"]),
    references=st.sampled_from(
        [[], None, ["1706.03762"], [{"id": "1706.03762"}], {"id": "1706.03762"}, ["A | B. 1999."]]
    ),
    authors=st.sampled_from(["Ann Lee", ["Ann Lee", "Bo Roe"]]),
    categories=st.sampled_from(["cs.CL", "hep-th, math.AG", ["cs.CL", "cs.LG"]]),
)
def test_pipes_in_the_other_cells(
    title, comment, journal, references, authors, categories, tmp_path
) -> None:
    summary = (
        "We show, in more than one line of text that is wrapped as such pages have it,\n"
        "that p(x | y) is | what it is."
    )
    row = ROW | {
        "title": title, "comment": comment, "journal_ref": journal, "summary": summary,
        "references": references, "authors": authors, "categories": categories,
    }  # fmt: skip
    (record,) = read(page([row]), tmp_path)
    assert isinstance(record, Record)
    assert (record.title, record.comment, record.venue) == (title, comment, journal)
    assert record.abstract == summary.replace("\n", " ")
    assert record.authors[0].name == "Ann Lee"
    flat = categories.split(", ") if isinstance(categories, str) else categories
    assert list(record.categories) == flat
    found = [reference.raw for reference in record.references]
    wanted = {"[]": [], "null": [], '["A | B. 1999."]': ["A | B. 1999."]}
    assert found == wanted.get(json.dumps(references), ["1706.03762"])


def test_other_columns_in_another_order(tmp_path) -> None:
    row = ROW | {"id": "1801.00001", "content": "Whole | paper\n| with | tables |\n|---|---|\nend"}
    other = row | {
        "id": "1801.00002",
        "source": "http://arxiv.org/pdf/1801.00002",
        "content": "cs.CL | 20180101 | 20190203 | fake",
        "references": [],
    }
    first, second = read(page([row, other], PAPERS), tmp_path)
    assert first.arxiv_id == "1801.00001"
    assert first.passages[0].text == row["content"]
    assert first.passages[0].order is None
    assert second.arxiv_id == "1801.00002"
    assert second.passages[0].text == other["content"]
    assert second.updated == datetime.date(2019, 2, 3)


def test_pages_of_linked_chunks(tmp_path) -> None:
    rows = [
        {
            "id": f"2312.11111#{n}",
            "title": "Emotions | Decoded",
            "content": f"Piece {n} | of text\n2312.11111#9 | fake | start",
            "prechunk_id": f"2312.11111#{n - 1}" if n else "",
            "postchunk_id": f"2312.11111#{n + 1}" if n < 2 else "",
            "arxiv_id": "2312.11111",
            "references": ["2210.09261"],
        }
        for n in range(3)
    ]
    records = read(page(rows, SEMANTIC), tmp_path)
    assert [r.passages[0].order for r in records] == [0, 1, 2]
    assert all(r.references[0].arxiv_id == "2210.09261" for r in records)
    assert all(r.passages[0].text.endswith("| fake | start") for r in records)


def test_a_page_after_other_text_and_two_pages_in_one(tmp_path) -> None:
    first = page([ROW], junk="Datasets: a | b\nDataset Viewer\ntrain · 41.6k rows\n")
    second = page([ROW | {"chunk-id": 4, "id": "1801.00001#4"}], junk="Viewer | again\n")
    entries = read(first + second, tmp_path)
    assert [e.passages[0].order for e in entries] == [3, 4]


def test_a_page_that_lost_its_header(tmp_path) -> None:
    body = page([ROW, ROW | {"chunk-id": 4, "id": "1801.00001#4"}]).partition("---|\n")[2]
    entries = read(body, tmp_path)
    assert [e.passages[0].order for e in entries] == [3, 4]
    assert [e.origin.line for e in entries] == [1, 6]


def test_a_row_cut_at_the_end_is_rejected_and_the_footer_is_not(tmp_path) -> None:
    whole = page([ROW, ROW | {"chunk-id": 4, "id": "1801.00001#4"}])
    rows = whole.partition("---|\n")[2]
    start = whole.index("1801.00001 | 4 |")
    end = whole.index(FOOT)
    assert rows
    for cut in range(start + 17, end - 2, 5):
        entries = read(whole[:cut] + "\n" + FOOT, tmp_path)
        assert [type(e) for e in entries] == [Record, Rejected]
        assert entries[1].origin.line == whole[:start].count("\n") + 1
        assert entries[1].reason.startswith("the row is cut or damaged: ")


def test_a_cut_row_is_not_continued_by_the_same_row_of_the_next_page(tmp_path) -> None:
    whole = page([ROW])
    start = whole.index("1801.00001 | 3 |")
    rows = whole[start : whole.index(FOOT)]
    entries = read(whole[:start] + rows[:30] + "\n" + rows + FOOT, tmp_path)
    assert [type(e) for e in entries] == [Rejected, Record]
    assert entries[1].passages[0].text == "Some text."


@pytest.mark.parametrize(
    "line",
    [
        "1801.00001 | 3 | x | null |",
        "| a | b | [] |",
        "1801.00001 | 3 | x | 1801.00001#3 | t | s | http://x.org | A | cs.CL | null | null |",
        "1801.00001 | 3 |",
        "] |",
        "[" * 50 + " |",
        "[ | ",
    ],
    ids=map(str, range(7)),
)
def test_hostile_pages_are_read_in_linear_time(line, tmp_path) -> None:
    header = page([]).removesuffix(FOOT)
    numbered = list(enumerate((header + f"{line}\n" * (500_000 // len(line))).split("\n"), 1))
    begin = time.process_time()
    assert not any(isinstance(entry, ViewerRow) for entry in viewer_rows(numbered))
    assert time.process_time() - begin < 15


# -- the same rows as files


def variants(tmp_path: Path) -> dict[str, Path]:
    rows = [ROW, ROW | {"chunk-id": 4, "id": "1801.00001#4", "references": []}]
    paths = {n: tmp_path / n for n in ("a.jsonl", "a.json", "wrapped.json", "a.parquet", "a.csv")}
    paths["a.jsonl"].write_text("\n".join(map(json.dumps, rows)))
    paths["a.json"].write_text(json.dumps(rows))
    paths["wrapped.json"].write_text(json.dumps({"rows": [{"row": row} for row in rows]}))
    pq.write_table(pa.Table.from_pylist(rows), paths["a.parquet"])
    with paths["a.csv"].open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(ROW))
        writer.writeheader()
        writer.writerows(rows)  # references as Python prints them
    return paths


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "wrapped.json", "a.parquet", "a.csv"])
def test_rows_say_the_same_in_every_format(name, tmp_path) -> None:
    path = variants(tmp_path)[name]
    given_file = Input(path, name)
    assert choose(given_file) is SOURCE
    first, second = SOURCE.read(given_file, Options())
    assert (first.arxiv_id, first.title, first.year) == ("1801.00001", "A Study", 2018)
    assert first.published == datetime.date(2018, 1, 1)
    assert [p.name for p in first.authors] == ["Ann Lee", "Bo Roe"]
    assert first.categories == ("cs.CL", "cs.LG")
    assert [r.arxiv_id for r in first.references] == ["1706.03762"]
    assert second.references == ()
    assert [record.passages[0].order for record in (first, second)] == [3, 4]
    assert first.passages[0].lines == (first.origin.line,)
    assert second.origin.line == {"a.csv": 3}.get(name, 2)


@pytest.mark.parametrize(
    ("references", "wanted", "faults"),
    [
        ([{"id": "1706.03762"}, {"id": "1512.00567"}], ["1706.03762", "1512.00567"], 0),
        (["1706.03762v3", "arXiv:1512.00567"], ["1706.03762", "1512.00567"], 0),
        ({"id": "1706.03762"}, ["1706.03762"], 0),
        ('[{"id": "1706.03762"}]', ["1706.03762"], 0),
        ("['1706.03762' '1512.00567']", ["1706.03762", "1512.00567"], 0),
        ([], [], 0),
        (None, [], 0),
        ([1706.0376, None, ["x"], 7, True, "1512.00567"], ["1706.03760", "1512.00567"], 4),
        (["10.1109/5.726791", "LeCun. Learning. 1998."], [None, None], 0),
    ],
)
def test_references_of_every_shape(references, wanted, faults, tmp_path) -> None:
    entries = read(json.dumps(ROW | {"references": references}) + "\n", tmp_path, "a.jsonl")
    record = entries[0]
    assert [reference.arxiv_id for reference in record.references] == wanted
    assert len(entries) == 1 + faults
    assert all(reference.origin.line == 1 for reference in record.references)


def test_mojibake_is_mended_in_facts_and_left_in_passages(tmp_path) -> None:
    row = ROW | {
        "authors": "CristÃ³bal Esteban, Cristóbal Díaz",
        "title": "Googleâ\x80\x99s Network",
        "comment": "pages 434â443",
        "chunk": "Googleâs, 434â443",
    }
    (record,) = read(json.dumps(row), tmp_path, "a.jsonl")
    assert [p.name for p in record.authors] == ["Cristóbal Esteban", "Cristóbal Díaz"]
    assert record.title == "Google’s Network"
    assert record.comment == "pages 434–443"
    assert record.passages[0].text == "Googleâs, 434â443"


def test_numbers_get_their_zeros_back_and_strings_stay_strict(tmp_path) -> None:
    numbers = {"doi": 1706.0376, "chunk": "x", "chunk-id": 2.0, "title": "T", "published": 20170612}
    strings = {"doi": "1706.0376", "chunk": "x", "chunk-id": "2", "id": "1706.03760#2"}
    text = json.dumps(numbers) + "\n" + json.dumps(strings)
    first, second = read(text, tmp_path, "a.jsonl")
    assert (first.arxiv_id, first.year, first.passages[0].order) == ("1706.03760", 2017, 2)
    assert second.arxiv_id == "1706.03760"  # from its id


def test_a_row_without_id_and_title_is_rejected(tmp_path) -> None:
    rows = [{"doi": None, "chunk": "x", "chunk-id": 1}, ROW]
    entries = read("\n".join(map(json.dumps, rows)), tmp_path, "a.jsonl")
    assert entries[0].reason == "has neither an id nor a title"
    assert entries[1].arxiv_id == "1801.00001"
