"""A graph on disk: the same bytes, whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import graphbuild as gb
from graphbuild.analysis import pagerank
from graphbuild.errors import GraphFolderError
from graphbuild.graph import Graph
from graphbuild.kernels import pagerank as kernel
from graphbuild.model import Origin, Rejected
from graphbuild.stores import folder as folder_store
from graphbuild.stores.folder import save
from tests.analysis.graphs import make, random_edges
from tests.builders import files, graph_of, record, reference


@pytest.fixture
def graph() -> Graph:
    cited = reference("1409.0473", title="Neural Machine Translation", authors="D. Bahdanau")
    return graph_of(
        record(
            "1706.03762", title="Attention Is All You Need", cites=[cited, "1607.06450"], line=1
        ),
        Rejected(Origin("t.jsonl", 2), "is no JSON", "{\x00"),
    )


def test_a_saved_graph_opens_as_it_was(graph: Graph, tmp_path: Path) -> None:
    opened = gb.open(graph.save(tmp_path / "graph"))
    for (name, table), (_, same) in zip(graph, opened, strict=True):
        assert table.equals(same), name
    assert opened.rejected == graph.rejected
    assert opened.info() == graph.info()
    again = opened.save(tmp_path / "again")
    assert files(again) == files(tmp_path / "graph")


def test_the_folder_holds_what_the_manifest_says(graph: Graph, tmp_path: Path) -> None:
    folder = graph.save(tmp_path / "graph")
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    assert manifest["graphbuild"] == gb.__version__
    for name, table in manifest["tables"].items():
        assert pq.read_metadata(folder / f"{name}.parquet").num_rows == table["rows"]
    line = orjson.loads((folder / "rejected.jsonl").read_bytes())
    assert (line["file"], line["line"], line["reason"]) == ("t.jsonl", 2, "is no JSON")


def test_only_a_graph_is_replaced_and_only_by_force(graph: Graph, tmp_path: Path) -> None:
    folder = graph.save(tmp_path / "graph")
    with pytest.raises(GraphFolderError, match="--force replaces it"):
        graph.save(folder)
    graph.save(folder, force=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("mine")
    with pytest.raises(GraphFolderError, match="no graph"):
        graph.save(tmp_path / "mine", force=True)
    (tmp_path / "manifest").mkdir()
    (tmp_path / "manifest" / "manifest.json").write_text('{"name": "of another program"}')
    with pytest.raises(GraphFolderError, match="not a manifest of graphbuild's"):
        graph.save(tmp_path / "manifest", force=True)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(GraphFolderError, match="not a folder"):
        graph.save(tmp_path / "file", force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "graph", "manifest", "mine"]


def test_a_failure_leaves_the_earlier_graph_and_no_litter(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = graph.save(tmp_path / "graph")
    before = files(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_store.pq.ParquetWriter, "write_table", full)
    with pytest.raises(GraphFolderError, match="the disk is full; the folder is as it was"):
        graph_of(record("1701.00001")).save(folder, force=True)
    assert files(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def test_what_a_killed_build_left_is_swept_by_the_next(graph: Graph, tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    litter = tmp_path / f".graph.graphbuild-partial-{died.stdout.strip()}"
    litter.mkdir()
    (litter / "papers.parquet").write_bytes(b"half")
    busy = tmp_path / f".graph.graphbuild-partial-{os.getppid()}"
    busy.mkdir()
    graph.save(tmp_path / "graph")
    assert sorted(path.name for path in tmp_path.iterdir()) == [busy.name, "graph"]


def test_replacing_works_without_an_atomic_exchange(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_store, "_exchange_at_once", lambda *_: False)
    folder = graph.save(tmp_path / "graph")
    graph_of(record("1701.00001")).save(folder, force=True)
    assert gb.open(folder).papers.id.tolist() == ["arxiv:1701.00001"]
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "manifest.json").unlink(), "holds no graph"),
        (lambda f: (f / "manifest.json").write_text("{"), "damaged"),
        (lambda f: (f / "papers.parquet").unlink(), "papers.parquet: is missing"),
        (lambda f: (f / "papers.parquet").write_bytes(b"PAR1"), "is damaged"),
        (
            lambda f: (f / "manifest.json").write_text('{"graphbuild": "9", "format": 99}'),
            "in another format",
        ),
    ],
)
def test_half_a_graph_is_refused_in_words(
    spoil, message: str, graph: Graph, tmp_path: Path
) -> None:
    folder = graph.save(tmp_path / "graph")
    spoil(folder)
    with pytest.raises(GraphFolderError, match=message):
        gb.open(folder)


def test_a_folder_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(GraphFolderError, match="no such folder"):
        gb.open(tmp_path / "nowhere")


@pytest.mark.parametrize("cycles", [False, True])
def test_pagerank_passes_papers_in_the_order_on_disk(
    cycles: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("stores.folder", "analysis.pagerank"):
        monkeypatch.setattr(import_module(f"graphbuild.{room}"), "COMPILED", 0)
    edges = random_edges(300, 2000, seed=5)
    tables = make(300, edges if cycles else {(max(pair), min(pair)) for pair in edges})
    found = pagerank(tables)
    folder = save(tables, tmp_path / "graph", manifest={"graphbuild": gb.__version__})
    older = tmp_path / "older"
    shutil.copytree(folder, older)
    manifest = orjson.loads((older / "manifest.json").read_bytes())
    del manifest["index"]["citing_first"]
    (older / "manifest.json").write_bytes(orjson.dumps(manifest))
    (older / "index" / "citing_first.parquet").unlink()
    assert pagerank(gb.open(older)).equals(found)

    def never(*_: object) -> None:
        raise AssertionError("the order was looked for")

    monkeypatch.setattr(kernel, "_hand_on_in_turn", never)
    graph = gb.open(folder)
    assert pagerank(graph).equals(found)
    order, free = graph.index.citing_first or ([], 0)
    assert sorted(order) == list(range(300))
    assert (free < 300) == cycles


def test_small_graphs_have_no_order_on_disk(graph: Graph, tmp_path: Path) -> None:
    folder = graph.save(tmp_path / "graph")
    assert sorted(path.name for path in (folder / "index").iterdir()) == [
        "cited.parquet", "degrees.parquet"
    ]  # fmt: skip
    assert gb.open(folder).index.citing_first is None


@pytest.mark.parametrize("rows", [1, 3, 10_000])
def test_a_table_can_be_read_in_batches(graph: Graph, tmp_path: Path, rows: int) -> None:
    opened = gb.open(graph.save(tmp_path / "graph"))
    graph.save(tmp_path / "graph", force=True)  # what was opened stays readable
    for name, table in graph:
        batches = list(opened.batches(name, rows=rows))
        assert all(batch.num_rows <= rows for batch in batches)
        assert pa.Table.from_batches(batches, table.schema).equals(table), name
    pairs = list(opened.batches("citations", ["cited", "citing"], rows=rows))
    assert pairs[0].schema.names == ["cited", "citing"]
