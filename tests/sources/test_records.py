"""Anybody's tables of papers."""

from __future__ import annotations

import csv
import datetime
import email.utils
import html
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.errors import GraphbuildError
from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options, choose, find_source
from graphbuild.sources._fields import as_arxiv_id, as_date

SOURCE = find_source("records")


def read(content, tmp_path: Path, name: str = "a.csv", **options) -> list[Record | Rejected]:
    path = tmp_path / name
    if isinstance(content, list):
        content = "\n".join(map(json.dumps, content))
    path.write_text(content, "utf-8")
    return list(SOURCE.read(Input(path, name), Options(**options)))


def one(values: dict, tmp_path: Path, **options) -> Record:
    (record,) = read([values], tmp_path, "a.jsonl", **options)
    assert isinstance(record, Record)
    return record


# -- real data


def test_the_arxiv_snapshot(shared) -> None:
    path = shared / "data/arxiv/arxiv-metadata-oai-snapshot.excerpt.json"
    given_file = Input(path, path.name)
    assert choose(given_file) is SOURCE
    records = list(SOURCE.read(given_file, Options()))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(records) == len(rows) == 200
    for record, row in zip(records, rows, strict=True):
        assert isinstance(record, Record)
        assert record.arxiv_id == row["id"]
        assert list(record.categories) == row["categories"].split()
        assert record.primary_category == row["categories"].split()[0]
        assert record.updated == datetime.date.fromisoformat(row["update_date"])
        created = email.utils.parsedate_to_datetime(row["versions"][0]["created"])
        assert record.published == created.date()
        assert record.year == created.year
        assert record.doi == (row["doi"].split()[0].lower() if row["doi"] else None)
        assert len(record.authors) == len(row["authors_parsed"])
        assert (record.venue is None) == (row["journal-ref"] is None)
    assert records[0].authors[0].name == "C. Balázs"


@pytest.mark.parametrize("name", ["acm", "dblp"])
def test_tables_with_an_odd_delimiter(shared, name) -> None:
    path = shared / f"data/dedup/{name}.csv"
    given_file = Input(path, path.name)
    assert choose(given_file) is SOURCE
    records = list(SOURCE.read(given_file, Options(namespace=name)))
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="%"))
    assert len(records) == len(rows)
    for record, row in zip(records, rows, strict=True):
        assert record.other_ids == (f"id:{name}/{row['id']}",)
        assert record.year == (int(row["year"]) if row["year"] else None)
        assert record.title
        names = html.unescape(row["authors"]).split(",") if row["authors"] else []
        assert abs(len(record.authors) - len(names)) <= 1  # "Jr." is no author
    assert any(p.name == "Bertram Ludäscher" for r in records for p in r.authors) == (name == "acm")


def test_parquet_nodes_have_their_own_ids(shared) -> None:
    path = shared / "data/networks/gds_cora_nodes.parquet.gzip"
    records = list(SOURCE.read(Input(path, path.name), Options(namespace="cora")))
    assert len(records) == 2708
    assert records[0].other_ids == ("id:cora/31336",)


# -- fields


@pytest.mark.parametrize(
    ("column", "value", "field", "wanted"),
    [
        ("Paper ID", "x1", "other_ids", ("id:records/x1",)),
        ("key", 12, "other_ids", ("id:records/12",)),
        ("id", 12.0, "other_ids", ("id:records/12",)),
        ("id", "https://openalex.org/W12", "other_ids", ("id:url/openalex.org/W12",)),
        ("ID", "arXiv:1706.03762v3", "arxiv_id", "1706.03762"),
        ("arxiv", "hep-th/9901001", "arxiv_id", "hep-th/9901001"),
        ("DOI", "https://doi.org/10.1000/X", "doi", "10.1000/x"),
        ("doi", "10.48550/arXiv.1706.03762", "arxiv_id", "1706.03762"),
        ("pmid", 12345678, "other_ids", ("pmid:12345678",)),
        ("Publication-Date", "2017-06", "year", 2017),
        ("date", "12 June 2017", "published", datetime.date(2017, 6, 12)),
        ("issued", {"date-parts": [[2017, 6, 12]]}, "published", datetime.date(2017, 6, 12)),
        ("year", "2017.0", "year", 2017),
        ("year", 99999, "year", None),
        ("published", 1497225600000, "published", datetime.date(2017, 6, 12)),
        ("subjects", "Physics; Maths", "categories", ("Physics", "Maths")),
        ("categories", "hep-ph math.AG", "primary_category", "hep-ph"),
        ("subjects", ["Physics"], "primary_category", None),
        ("container-title", ["J. Nothing"], "venue", "J. Nothing"),
        ("journal", {"name": "J. Nothing"}, "venue", "J. Nothing"),
        ("Comments", "3 pages", "comment", "3 pages"),
        ("url", "http://x.org", "url", "http://x.org"),
        ("summary", "It\n is.", "abstract", "It is."),
    ],
)
def test_common_columns_are_recognised(column, value, field, wanted, tmp_path) -> None:
    record = one({"title": "T", column: value}, tmp_path)
    assert getattr(record, field) == wanted


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ann Lee, Bo Roe", ["Ann Lee", "Bo Roe"]),
        ("Lee, Ann; Roe, Bo", ["Ann Lee", "Bo Roe"]),
        ("Ann Lee (MIT, Boston) and Bo Roe (CERN (Geneva))", ["Ann Lee", "Bo Roe"]),
        (["Lee, Ann", "Bo Roe", "et al."], ["Ann Lee", "Bo Roe"]),
        ('["Ann Lee", "Bo Roe"]', ["Ann Lee", "Bo Roe"]),
        ("['Ann Lee', \"Bo O'Roe\"]", ["Ann Lee", "Bo O'Roe"]),
        ([{"first": "Ann", "last": "Lee"}, {"name": "Bo Roe"}], ["Ann Lee", "Bo Roe"]),
        ([{"author": {"display_name": "Ann Lee"}}], ["Ann Lee"]),
        ({"name": "Ann Lee"}, ["Ann Lee"]),
        ([None, 7, "Ann Lee"], ["Ann Lee"]),
        ("Bertram Lud&#228;scher", ["Bertram Ludäscher"]),
        (None, []),
    ],
)
def test_authors_of_every_shape(authors, names, tmp_path) -> None:
    assert [p.name for p in one({"title": "T", "authors": authors}, tmp_path).authors] == names


def test_several_identifiers_of_one_row_are_all_kept(tmp_path) -> None:
    record = one(
        {"id": "x", "arxiv_id": "1706.03762", "doi": "10.1/a 10.1000/b 10.1000/c"}, tmp_path
    )
    assert (record.arxiv_id, record.doi) == ("1706.03762", "10.1000/b")
    assert record.other_ids == ("id:records/x", "doi:10.1000/c")


# -- references


@pytest.mark.parametrize(
    ("references", "wanted"),
    [
        ("1706.03762;1512.00567", ["arxiv:1706.03762", "arxiv:1512.00567"]),
        ("1706.03762 | x1", ["arxiv:1706.03762", "id:n/x1"]),
        ("x1 x2\tx3", ["id:n/x1", "id:n/x2", "id:n/x3"]),
        ("x1\nx2", ["id:n/x1", "id:n/x2"]),
        ("x1,x2", ["id:n/x1", "id:n/x2"]),
        ("['x1', '10.1000/a']", ["id:n/x1", "doi:10.1000/a"]),
        ('["x1", {"doi": "10.1000/a"}]', ["id:n/x1", "doi:10.1000/a"]),
        ("[{'id': 'x1'} {'id': 'x2'}]", ["id:n/x1", "id:n/x2"]),
        ("Lee, A.; Roe, B. On a thing. 1999.", ["Lee, A.; Roe, B. On a thing. 1999."]),
        ("Lee. A. 1999; Roe. B. 2000", ["Lee. A. 1999", "Roe. B. 2000"]),
        ("7", ["id:n/7"]),
        ("", []),
        ([1, 2.0, "x"], ["id:n/1", "id:n/2", "id:n/x"]),
        ([{"article-title": "On a thing", "DOI": "10.1000/A"}], ["doi:10.1000/a"]),
        ([{"unstructured": "Lee. A. 1999"}], ["Lee. A. 1999"]),
        (["https://openreview.net/forum?id=Hy7fDog0b"], ["openreview:Hy7fDog0b"]),
    ],
)
def test_references_of_every_shape(references, wanted, tmp_path) -> None:
    record = one({"id": "a", "references": references}, tmp_path, namespace="n")
    found = [
        f"arxiv:{r.arxiv_id}"
        if r.arxiv_id
        else f"doi:{r.doi}"
        if r.doi
        else r.other_ids[0]
        if r.other_ids
        else r.raw
        for r in record.references
    ]
    assert found == wanted


def test_ids_join_within_a_namespace_whatever_their_type(tmp_path) -> None:
    first = one({"id": 12, "references": ["13"]}, tmp_path, namespace="n")
    second = one({"id": "13", "references": [12]}, tmp_path, namespace="n")
    assert first.references[0].other_ids == second.other_ids
    assert second.references[0].other_ids == first.other_ids


def test_a_count_of_citations_is_no_reference(tmp_path) -> None:
    counts = "id,title,citations\n1,A,57\n2,B,3\n"
    assert all(record.references == () for record in read(counts, tmp_path))
    lists = "id,title,citations\n1,A,2;3\n2,B,3\n"
    assert [len(record.references) for record in read(lists, tmp_path)] == [2, 1]
    mapped = read(counts, tmp_path, mapping={"references": "citations"})
    assert [len(record.references) for record in mapped] == [1, 1]


# -- mapping


def test_columns_are_mapped(tmp_path) -> None:
    text = "Kennung;Titel;Wer;title\n7;Über alles;Ann Lee;x\n"
    (record,) = read(text, tmp_path, mapping={"title": "Titel", "id": "Kennung", "authors": "Wer"})
    assert (record.title, record.other_ids) == ("Über alles", ("id:records/7",))
    assert record.authors[0].name == "Ann Lee"
    (record,) = read("7;Everything\n", tmp_path, mapping={"title": "2", "id": "1"})
    assert (record.title, record.other_ids) == ("Everything", ("id:records/7",))


def test_a_wrong_mapping_says_what_there_is(tmp_path) -> None:
    with pytest.raises(GraphbuildError, match="there is no field titel; the fields of a record"):
        read("id,title\n1,A\n", tmp_path, mapping={"titel": "title"})
    with pytest.raises(GraphbuildError, match="Titel, which the file lacks; its columns are id, t"):
        read("id,title\n1,A\n", tmp_path, mapping={"title": "Titel"})


# -- formats


def test_every_format_says_the_same(tmp_path) -> None:
    rows = [
        {"id": f"p{n}", "title": f"Paper {n}, or so", "authors": "Ann Lee", "year": 2000 + n,
         "references": "p1;p2" if n > 2 else "p0"} for n in range(4)
    ]  # fmt: skip
    found = {}
    for name, delimiter in (("a.csv", ","), ("a.tsv", "\t"), ("b.csv", ";")):
        with (tmp_path / name).open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "a.json").write_text(json.dumps(rows, indent=2))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    for path in tmp_path.iterdir():
        given_file = Input(path, path.name)
        assert choose(given_file) is SOURCE, path.name
        found[path.name] = [
            (r.other_ids, r.title, r.authors, r.year, [f.other_ids for f in r.references])
            for r in SOURCE.read(given_file, Options())
        ]
    assert len(found) == 6
    assert all(records == found["a.json"] for records in found.values())
    assert found["a.json"][3][4] == [("id:records/p1",), ("id:records/p2",)]


# -- values


@given(st.dates(datetime.date(1000, 1, 1), datetime.date(2100, 12, 31)))
def test_dates_are_read_back_from_every_spelling(date) -> None:
    spellings = [
        date,
        date.isoformat(),
        date.strftime("%Y%m%d").zfill(8),
        int(date.strftime("%Y%m%d")),
        float(date.strftime("%Y%m%d")),
        f"{date.isoformat()}T23:59:59+00:00",
        f"{date.isoformat()} 00:00:00",
        f"{date.year}/{date.month}/{date.day}",
        f"{date.day} {date:%B} {date.year}",
        f"{date:%b} {date.day}, {date.year}",
        date.strftime(f"%a, {date.day} %b {date.year:04} 19:18:42 GMT"),
        {"date-parts": [[date.year, date.month, date.day]]},
        datetime.datetime(date.year, date.month, date.day, 5, tzinfo=datetime.UTC),
    ]
    for spelling in spellings:
        assert as_date(spelling) == (date, date.year), spelling


@given(st.text(max_size=30) | st.floats() | st.integers() | st.binary(max_size=8) | st.booleans())
def test_no_value_upsets_a_date_or_an_id(value) -> None:
    date, year = as_date(value)
    assert year is None or 1000 <= year <= 2100
    assert date is None or date.year == year
    as_arxiv_id(value)


@given(
    st.integers(7, 99).filter(lambda year: not 92 > year > 30),
    st.integers(1, 12),
    st.integers(1, 99999),
)
def test_arxiv_ids_survive_being_numbers(year, month, number) -> None:
    digits = 5 if year >= 15 else 4
    text = f"{year:02}{month:02}.{number % 10**digits:0{digits}}"
    if as_arxiv_id(text) is None or number % 10**digits == 0:
        return
    assert as_arxiv_id(float(text)) == text
