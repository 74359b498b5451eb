"""Large JSON Lines are read from their bytes, and give the very same as row by row."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild.columns import RecordColumns
from graphbuild.graph import Graph
from graphbuild.inputs import Input
from graphbuild.kernels.interning import Interner, slices
from graphbuild.kernels.jsonlines import line_bounds, scan
from graphbuild.model import Record, Rejected
from graphbuild.rows import Row, layout, rows
from graphbuild.sources import Options, _blocks, records

IDS = [f"{year:02}{month:02}.{number:05}" for year in (15, 24) for month in (1, 12)
       for number in range(40)]  # fmt: skip

ODD_REFERENCES = [
    [], ["W5"], ["hep-th/9901001"], ["10.1103/PhysRevD.76.013009"], ["arXiv:1706.03762v2"], [" "],
    ["J. Blinn. Consider the lowly 2x2 matrix. IEEE CGA, 1996."], [None], ["Wé"], ["nan"], [7],
]  # fmt: skip
TITLES = ["A study of graphs", "Émile & co: über\n Graphen", "Cram\\'er $x$ bounds", "nan", " x ",
          "T &amp; x", "say \"yes\"", None]  # fmt: skip
AUTHORS = [["Ann Aalto", "Bo Berg"], ["Łukasz Kaiser", "et al."], "Ann Aalto, Bo Berg", [], None,
           [{"name": "Cy Cole", "orcid": "0000-0002-1825-0097"}], ["Doe, Jane"]]  # fmt: skip
DATES = ["2017-01-02", "20170102", "2017", 20170102, 2017, None, "soon", 1.5, True]
CATEGORIES = [["cs.CL", "cs.LG"], "cs.CL cs.LG", ["cs.CL"], "cs.CL", ["Machine Learning"], [], None]


def corpus(seed: int, size: int) -> bytes:
    """Rows of every kind that was met, and lines that are none."""
    chance = random.Random(seed)
    lines = []
    for number in range(size):
        row = {
            "id": chance.choice([chance.choice(IDS), chance.choice(IDS), f"W{number % 9}", 12, ""]),
            "title": chance.choice(TITLES),
            "authors": chance.choice(AUTHORS),
            "date": chance.choice(DATES),
            "categories": chance.choice(CATEGORIES),
            "references": chance.choice([None, "1706.03762; 1607.06450", chance.sample(IDS, 5)]),
        }
        if isinstance(row["references"], list):
            row["references"] += chance.choice(ODD_REFERENCES)
        row = {name: value for name, value in row.items() if chance.random() > 0.05}
        if chance.random() < 0.05:
            row["another"] = {"nested": [1, "}"]}
        text = json.dumps(row, ensure_ascii=chance.random() < 0.5)
        lines.append(chance.choice([text] * 20 + ["{broken", "", "[1]", text + "\r", text + "  "]))
    raw = "\n".join(lines).encode()
    return raw.replace("Émile".encode(), b"\xc9mile", 3)  # some lines are Windows-1252


def both_ways(path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> tuple[Graph, Graph]:
    with monkeypatch.context() as patch:
        patch.setattr(_blocks, "COLUMNAR", 10**12)
        patch.setattr(_blocks, "COMPILED", 10**12)
        by_rows = gb.build(path)
    monkeypatch.setattr(_blocks, "COLUMNAR", 0)
    monkeypatch.setattr(_blocks, "COMPILED", 0 if block else 10**12)
    monkeypatch.setattr(_blocks, "_BLOCK", block)
    monkeypatch.setattr(_blocks, "_ROWS", max(block // 200, 1))
    return by_rows, gb.build(path)


@pytest.mark.parametrize("block", [0, 500, 20_000, 10**7])
@pytest.mark.parametrize("seed", range(3))
def test_both_ways_give_the_same(
    seed: int, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "papers.jsonl"
    head = dict.fromkeys(("id", "title", "authors", "date", "categories", "references"))
    path.write_bytes(json.dumps({**head, "id": "1706.03762"}).encode() + b"\n" + corpus(seed, 300))
    by_rows, in_bulk = both_ways(path, monkeypatch, block)
    assert len(by_rows.rejected) > 5
    assert in_bulk.rejected == by_rows.rejected
    for (name, table), (_, same) in zip(by_rows, in_bulk, strict=True):
        assert table.equals(same), name
    assert in_bulk.save(tmp_path / "bulk").joinpath("manifest.json").read_bytes() == (
        by_rows.save(tmp_path / "rows").joinpath("manifest.json").read_bytes()
    )


@pytest.mark.parametrize("compiled", [0, 10**12])
def test_what_is_read_in_bulk_is_read_in_bulk(
    compiled: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(b'{"id": "1706.03762"}\n' + corpus(0, 300))
    monkeypatch.setattr(_blocks, "COLUMNAR", 0)
    monkeypatch.setattr(_blocks, "COMPILED", compiled)
    entries = list(records.SOURCE.read(Input(path, path.name), Options()))
    (columns,) = (entry for entry in entries if isinstance(entry, RecordColumns))
    assert len(columns) > 150
    assert all(isinstance(entry, (Record, Rejected)) for entry in entries[:-1])


MANY = [
    {
        "id": f"W{n}",
        "doi": [None, "10.1000/ABC", "10.48550/arXiv.1706.03762", "x"][n % 4],
        "arxiv_id": [None, "1706.03762", "hep-th/9901001v2"][n % 3],
        "pmid": [None, 12345678][n % 2],
        "title": ["A \\{b\\} title", "Über Graphen", "?!", None][n % 4],
        "year": [2017, None, 2018.0][n % 3],
        "submitter": "X",
        "authors": "Ann Lee, Bo Roe",
        "journal-ref": [None, "J. Graphs 1"][n % 2],
        "authors_parsed": [
            [],
            [["Lee", "Ann", ""], ["Roe", "Bo", "Jr."]],
            [["Lee", "Ann", "", "MIT"]],
        ][n % 3],
        "versions": [[], [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}]][n % 2],
        "abstract": "It\nis $x$.",
        "update_date": "2020-01-02",
        "primary_category": ["cs.LG", None][n % 2],
        "categories": ["cs.CL cs.LG", "hep-th", ""][n % 3],
        "references": [
            ["W1", 2, "10.1000/Abc", "10.1000/abc"],
            [{"id": "W3"}, {"doi": "10.1/x"}, "W4"],
            [{"title": "A title", "year": 1999}],
            "W1; W2;1706.03762",
            [None],
            7,
            [2.5],
            ["Lee, A. On a thing. 1999."],
            '["W1", "W2"]',
            [["W1"]],
        ][n % 10],
    }
    for n in range(120)
]
MANY[60] |= {"late": [{"x": [1.5e3, True, None, "\\"]}, []]}
MANY[61] |= {"venue": {"name": "Graphs", "id": 1}, "doi": "10.1000/a 10.1000/b"}


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.json", "lines.json", "a.parquet", "a.jsonl.gz", "a.json.zst"]
)
@pytest.mark.parametrize("block", [0, 3000, 10**7])
def test_records_with_many_fields_are_the_same_both_ways(
    name: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    if name == "a.parquet":
        alike = [
            row
            | {"references": row["references"] if isinstance(row["references"], str) else "W1 W2"}
            for row in MANY
        ]
        pq.write_table(pa.Table.from_pylist(alike), path, row_group_size=50)
    elif "jsonl" in name:
        path.write_text("\n".join(map(json.dumps, MANY)))
    else:
        path.write_text(json.dumps(MANY, indent=2 if name == "lines.json" else None))
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(path.read_bytes()))
    elif name.endswith(".zst"):
        path.write_bytes(zstandard.compress(path.read_bytes()))
    same_both_ways(path, monkeypatch, block)


def same_both_ways(path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    by_rows, in_bulk = both_ways(path, monkeypatch, block)
    assert in_bulk.rejected == by_rows.rejected
    for (name, table), (_, same) in zip(by_rows, in_bulk, strict=True):
        assert table.equals(same), name


LISTS = {
    "id": pa.array(["W1", "W2", None, "2101.00001", " W5 "]),
    "title": pa.array(["One two", None, "Three", "Four & five", "x" * 9], pa.large_string()),
    "authors": pa.array([["Ann Lee", "Bo Roe"], [], None, ["et al.", None], ["Lee, Ann"]]),
    "published": pa.array([0, None, 18_000, 2, 3], pa.date32()),
    "year": pa.array([2001.0, None, 2003.0, float("nan"), 2005.0]),
    "categories": pa.array([["cs.CL", "cs.LG"], ["cs.CL"], [], None, ['a "b"', "c"]]),
    "references": pa.array([["W2", "W2"], ["2101.00001"], None, [], ["W1", None]]),
    "venue": pa.array(["A", "B", None, "A", "A"]).dictionary_encode(),
    "url": pa.array([{"name": "x"}, None, None, None, None]),
    "seen": pa.array([0, 10**15, 0, 0, 0], pa.timestamp("ms")),
}


@pytest.mark.parametrize("columns", [LISTS.keys() - {"seen"}, LISTS.keys()], ids=["plain", "odd"])
@pytest.mark.parametrize("block", [0, 400, 10**6])
def test_parquet_with_lists_is_the_same_both_ways(
    columns: set[str], block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lists.parquet"
    table = pa.table({name: LISTS[name] for name in sorted(columns)})
    pq.write_table(table, path, row_group_size=2)
    same_both_ways(path, monkeypatch, block)


TABLES = {
    "plain.csv": "id,title,year\nW1,First,2001\n\nW2,Second,\r\nW3,Third,2003",
    "quoted.csv": 'id,title,year\n"W1","First, and\nonly",2001\nW2,"Say ""yes""",2002\nW3,5" disks,7\n',  # noqa: E501
    "ragged.csv": 'id,title,year\nW1,First\nW2,Second,2002,,\n"W3",Third,2003,4\nW4,Fourth,2004\n',
    "open.csv": 'id,title,year\nW1,"First,2001\nW2,Second,2002\nW3,"Third\n4",2\n',
    "behind.csv": 'id,title,year\nW1,"First"x,2001\nW2,Second,2002\n',
    "escaped.csv": 'id,title,year\nW1,"First \\"x\\"",2001\nW2,Second,2002\n',
    "returns.csv": 'id,title,year\r\nW1,"First\r\nline",2001\r\nW2,"Second",2002\r\n',
    "comments.csv": "# made today\nid;title;year\nW1;First;2001\n #W9;x;1\n\u00a0\n\u00a0#;;\nW2;Ü;\n",  # noqa: E501
    "marked.csv": "\ufeffid,title,year\nW1,First,2001\nW2,Second,2002\n",
    "tabs.tsv": 'id\ttitle\tyear\nW1\t"First\t2001\nW2\tSecond "x"\t2002\n\t\t\nW3\tA\r\t1\n',
    "lists.csv": 'id,title,references\nW1,First,"W2;W3"\nW2,Second,"[""W3"", 7]"\nW3,Third,nan\n',
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("block", [5, 40, 10**6])
def test_tables_are_the_same_both_ways(
    name: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_bytes(TABLES[name].encode())
    same_both_ways(path, monkeypatch, block)


def test_a_table_in_windows_1252_is_the_same_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,title,year\nW1,caf\xe9,2001\nW2,"\xc3\xa9\xe9, x",2\nW3,\xc3\xa9,3\n')
    same_both_ways(path, monkeypatch, 10**6)


pieces = st.sampled_from(['"', '""', ",", "a", "\n", "\r", " ", "#", "\\", "é", "W1", "x,y,z\n"])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(pieces, max_size=30).map("".join), block=st.integers(1, 30))
def test_any_table_has_the_same_rows_both_ways(text: str, block: int, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,title,year\nW1,The first,2001\nW2,The second,2002\n" + text.encode())
    given_file = Input(path, path.name)
    found = layout(given_file)
    if found is None or found.columns != ("id", "title", "year"):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "_BLOCK", block)
        seen: list[tuple[int, list[str]]] = []
        try:
            for each in _blocks._of_table(given_file, found, frozenset):
                for at, line in enumerate(each.lines.tolist()):
                    columns = list(each.cells.values())
                    if any(column.kind[at] for column in columns):
                        values = [c.value(at) if c.kind[at] else "" for c in columns]
                        seen.append((line, values))
                    elif isinstance(row := each.row(at), Row):
                        seen.append((line, list(row.values.values())))
        except _blocks.Odd:
            return
    by_rows = [entry for entry in rows(given_file) if isinstance(entry, Row)]
    assert seen == [(row.line, [row.values[name] for name in found.columns]) for row in by_rows]


BROKEN_ARRAYS = [
    '[{"id": "W1"}, {"id": "W2"}',
    '[{"id": "W1"}, {"id": }, {"id": "W3"}]',
    '[{"id": "W1"}, 7, {"id": "W3"}]',
    '[{"id": "W1"}, {"id": "W2}, {"id": "W3"}]',
    '[{"id": "W1"}] and more',
    '{"total": 2, "papers": [{"id": "W1", "title": "A"}, {"id": "W2"}], "next": null}',
    '[\n{"id": "W1", "x": NaN},,\n{"id": "W2"}\n]\n',
]


@pytest.mark.parametrize("text", BROKEN_ARRAYS)
@pytest.mark.parametrize("block", [7, 10**6])
def test_odd_arrays_are_the_same_both_ways(
    text: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "papers.json"
    path.write_text(text.replace('"W1"', '"W1", "title": "The first"'))
    same_both_ways(path, monkeypatch, block)


texts = st.lists(st.binary(max_size=40), max_size=60)


@given(texts, st.integers(1, 4))
def test_interning_numbers_distinct_strings_by_first_appearance(
    strings: list[bytes], repeats: int
) -> None:
    strings = strings * repeats
    block = np.frombuffer(b"".join(strings) or b"x", np.uint8)
    ends = (
        np.cumsum([len(s) for s in strings], dtype=np.int32) if strings else np.empty(0, np.int32)
    )
    starts = (ends - [len(s) for s in strings]).astype(np.int32) if strings else ends
    interner = Interner(capacity=2)
    codes = interner.add(block, starts, ends).tolist()
    numbers: dict[bytes, int] = {}
    assert codes == [numbers.setdefault(s, len(numbers)) for s in strings]
    assert list(interner.strings_from(0)) == list(numbers)


def test_slices_are_strings_or_null() -> None:
    block = np.frombuffer("aéb".encode(), np.uint8)
    found = slices(block, np.array([0, 1, 3]), np.array([1, 3, 4]), np.array([True, True, False]))
    assert found.to_pylist() == ["a", "é", None]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=500)
@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), values), st.booleans(), st.data())
def test_scanning_agrees_with_json(row: dict[str, object], ascii_: bool, data) -> None:
    text = json.dumps(row, ensure_ascii=ascii_).encode()
    if data.draw(st.booleans()):  # and with what is no JSON any more
        cut = data.draw(st.integers(0, len(text)))
        text = (
            text[:cut]
            + data.draw(st.sampled_from([b"", b'"', b"]", b"}", b",", b"x"]))
            + text[cut:]
        )
    text = text.replace(b"\n", b" ")
    try:
        text.decode()
    except UnicodeDecodeError:
        return
    if not text.strip():
        return
    block = np.frombuffer(text, np.uint8)
    found = scan(block, *line_bounds(block), [b"a", b"b", b"c"], [True, True, False])
    if found.irregular[0]:
        return
    said = json.loads(text)
    for position, name in enumerate("ab"):
        kind = found.kind[position, 0]
        start, end = found.start[position, 0], found.end[position, 0]
        if kind == 0:
            assert name not in said
        elif kind in {1, 2}:
            assert json.loads(b'"' + text[start:end] + b'"') == said[name]
        elif kind == 3:
            assert int(text[start:end]) == said[name]
        elif kind == 4:
            assert said[name] is None
        elif kind == 6:
            assert json.loads(text[start:end]) == said[name]
        else:
            items = zip(found.item_start[start:end], found.item_end[start:end], strict=True)
            assert [text[a:b].decode() for a, b in items] == [str(item) for item in said[name]]
            assert all(type(item) in (str, int) for item in said[name])


EDGES = {
    "header.csv": "citing,cited\n1706.03762,1607.06450\n10.1000/x,W3\nhep-th/9901001,W3\n",
    "three.csv": 'citing,cited\n1,2\n3,4,5\n"6",7\n',
    "blanks.txt": "# From To\n 1  2 \n\n3\t4\r\n5 5\n8 9",
    "missing.tsv": "1\tnan\n3\t4\n",
    "quoted.csv": '1,2\n"3",4\n',
    "odd.tsv": "1\té\n3\t4\n",
}


@pytest.mark.parametrize("name", EDGES)
def test_edges_are_the_same_both_ways(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_text(EDGES[name], "utf-8")
    for block in (10, 10**6):
        by_rows, in_bulk = both_ways(path, monkeypatch, block)
        assert in_bulk.rejected == by_rows.rejected
        for (table_name, table), (_, same) in zip(by_rows, in_bulk, strict=True):
            assert table.equals(same), table_name


def test_a_real_edge_list(shared: Path) -> None:
    info = gb.build(shared / "data" / "networks" / "cit-HepTh.txt").info()
    assert (info["papers"], info["citations"]) == (27_770, 352_768)
    assert (info["self_citations_dropped"], info["mentions"]) == (39, 352_807)
