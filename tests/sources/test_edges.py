"""Pairs of citing and cited."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphbuild.errors import GraphbuildError
from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options, _blocks, choose, find_source

SOURCE = find_source("edges")


def pairs(entries) -> list[tuple[str, str]]:
    """(citing, cited) by identifier, the namespace left out."""
    found = []
    for entry in entries:
        assert isinstance(entry, Record)
        assert entry.in_corpus
        (reference,) = entry.references
        assert reference.origin == entry.origin
        ends = [
            noun.arxiv_id or noun.doi or noun.other_ids[0].partition("/")[2]
            for noun in (entry, reference)
        ]
        found.append((ends[0], ends[1]))
    return found


def read(content: str, tmp_path: Path, chosen: bool = True, **options) -> list[Record | Rejected]:
    path = tmp_path / "a.txt"
    path.write_text(content)
    given_file = Input(path, "a.txt")
    if chosen:
        assert choose(given_file) is SOURCE
    return list(SOURCE.read(given_file, Options(**options)))


def test_cit_hepth(shared, monkeypatch) -> None:
    monkeypatch.setattr(_blocks, "COMPILED", 10**12)  # pair by pair; test_bulk holds the other way
    path = shared / "data/networks/cit-HepTh.txt"
    given_file = Input(path, path.name)
    assert choose(given_file) is SOURCE
    found = pairs(SOURCE.read(given_file, Options()))
    lines = [line.split() for line in path.read_text().splitlines() if line[0] != "#"]
    assert found == [tuple(line) for line in lines]
    assert len(found) == 352_807
    assert len({end for pair in found for end in pair}) == 27_770
    assert sum(citing == cited for citing, cited in found) == 39


def test_cora_names_the_cited_paper_first(shared) -> None:
    path = shared / "data/networks/cora.cites"
    options = Options(mapping={"citing": "2", "cited": "1"}, namespace="cora")
    records = list(SOURCE.read(Input(path, path.name), options))
    lines = [line.split() for line in path.read_text().splitlines()]
    assert pairs(records) == [(citing, cited) for cited, citing in lines]
    assert len(records) == 5429
    assert records[0].other_ids[0].startswith("id:cora/")
    rels = shared / "data/networks/gds_cora_rels.parquet.gzip"
    assert choose(Input(rels, rels.name)) is SOURCE
    of_parquet = pairs(SOURCE.read(Input(rels, rels.name), Options()))
    # The library's table keeps the file's order of columns: its source is the cited paper.
    assert {(cited, citing) for citing, cited in of_parquet} == set(pairs(records))


@pytest.mark.parametrize(
    "header",
    ["citing,cited", "source,target", "from;to", "FromNodeId\tToNodeId", "# citing cited",
     "# FromNodeId\tToNodeId",
     "citing_id,cited_id", "Citing Paper ID,Cited Paper ID", "src\tdst"],
)  # fmt: skip
def test_named_columns_are_recognised(header, tmp_path) -> None:
    delimiter = next((c for c in ",;\t" if c in header), " ")
    content = f"{header}\n1{delimiter}b\nc{delimiter}1706.03762\n"
    assert pairs(read(content, tmp_path)) == [("1", "b"), ("c", "1706.03762")]


def test_columns_in_the_other_order_and_further_ones(tmp_path) -> None:
    found = read("cited,weight,citing\nb,1,a\n", tmp_path)
    assert pairs(found) == [("a", "b")]
    found = read(
        "von,nach,seit\na,b,1\n", tmp_path, False, mapping={"citing": "nach", "cited": "von"}
    )
    assert pairs(found) == [("b", "a")]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", " ", "   "])
def test_pairs_without_a_header(delimiter, tmp_path) -> None:
    content = f"p1{delimiter}p2\np1{delimiter}p3\n"
    # Nothing tells names of columns from ids without digits, so the user has to say what it is.
    assert pairs(read(content, tmp_path, chosen=False)) == [("p1", "p2"), ("p1", "p3")]
    content = f"1{delimiter}2\n1{delimiter}3\n"
    assert pairs(read(content, tmp_path)) == [("1", "2"), ("1", "3")]


def test_broken_pairs_are_rejected_among_their_neighbours(tmp_path) -> None:
    entries = read("# a comment\n1\t2\n3\n4\t5\t6\n\t7\n8\t\n9\t10\n", tmp_path)
    assert pairs(e for e in entries if isinstance(e, Record)) == [("1", "2"), ("9", "10")]
    assert [(e.origin.line, e.reason) for e in entries if isinstance(e, Rejected)] == [
        (3, "has 1 cell where there should be 2"),
        (4, "has 3 cells where there should be 2"),
        (5, "has no id for the citing paper"),
        (6, "has no id for the cited paper"),
    ]


def test_numbers_of_parquet_are_own_ids(tmp_path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"citing": [1, 2, None], "cited": [3.0, 4.0, 5.0]}), path)
    entries = list(SOURCE.read(Input(path, "a"), Options()))
    assert pairs(entries[:2]) == [("1", "3"), ("2", "4")]
    assert entries[2].reason == "has no id for the citing paper"


def test_a_wrong_mapping_says_what_there_is(tmp_path) -> None:
    with pytest.raises(GraphbuildError, match="no field from; an edge has citing and cited"):
        read("citing,cited\na,b\n", tmp_path, mapping={"from": "citing"})
    with pytest.raises(GraphbuildError, match="x, which the file lacks; its columns are citing, c"):
        read("citing,cited\na,b\n", tmp_path, mapping={"citing": "x"})
