"""Large JSON Lines are read from their bytes, and give the very same as row by row."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild.api import Graph
from graphbuild.inputs import Input
from graphbuild.kernels.interning import Interner, slices
from graphbuild.kernels.jsonlines import scan
from graphbuild.sources import _bulk

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
    monkeypatch.setattr(_bulk, "BULK", 10**12)
    by_rows = gb.build(path)
    monkeypatch.setattr(_bulk, "BULK", 0)
    monkeypatch.setattr(_bulk, "_BLOCK", block)
    return by_rows, gb.build(path)


@pytest.mark.parametrize("block", [500, 20_000, 10**8])
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


def test_what_is_read_in_bulk_is_read_in_bulk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "papers.jsonl"
    row = {"id": "1706.03762", "title": "A title", "references": ["1607.06450"]}
    path.write_text((json.dumps(row) + "\n") * 3)
    monkeypatch.setattr(_bulk, "BULK", 0)
    assert _bulk.is_bulk(Input(path, path.name))
    entries = list(
        _bulk.read_in_bulk(
            Input(path, path.name), list(row), {name: name for name in row}, "records", "records"
        )
    )
    assert [len(entry) for entry in entries] == [3]


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
    if not text.strip():
        return
    found = scan(np.frombuffer(text, np.uint8), [b"a", b"b", b"c"], [True, True, False])
    if found.irregular[0]:
        return
    said = json.loads(text)
    for position, name in enumerate("ab"):
        kind = found.kind[0, position]
        start, end = found.start[0, position], found.end[0, position]
        if kind == 0:
            assert name not in said
        elif kind in {1, 2}:
            assert json.loads(b'"' + text[start:end] + b'"') == said[name]
        elif kind == 3:
            assert int(text[start:end]) == said[name]
        elif kind == 4:
            assert said[name] is None
        else:
            items = zip(found.item_start[start:end], found.item_end[start:end], strict=True)
            assert [text[a:b].decode() for a, b in items] == said[name]


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
