"""Other programs' formats, read back by NetworkX and the standard library."""

from __future__ import annotations

import csv
import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

import graphbuild as gb
from graphbuild.cli import main
from graphbuild.errors import GraphbuildError
from graphbuild.graph import Graph
from graphbuild.stores.export import export
from graphbuild.tables import SCHEMAS
from tests.neo4j.graphs import graph_of_columns, graphs, hostile

ROOT = Path(__file__).parents[2]
FORBIDDEN = {*map(chr, range(32)), "\ufffe", "\uffff"} - set("\t\n\r")


@pytest.fixture(scope="module")
def demo() -> Graph:
    return gb.build(gb.demo.corpus())


def in_xml(text: str) -> str:
    return "".join("\ufffd" if c in FORBIDDEN else c for c in text)


def expected(row: dict[str, Any]) -> dict[str, Any]:
    """A row as attributes: without nulls, lists as JSON, dates as text."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, list):
            found[name] = json.loads(in_xml(json.dumps(value, ensure_ascii=False)))
        elif value is not None:
            found[name] = in_xml(value if isinstance(value, str) else str(value))
    return found


def read(attributes: dict[str, Any], lists: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: json.loads(value) if name in lists else str(value)
        for name, value in attributes.items()
        if name not in {"id", "label"}
    }


LISTS = ("other_ids", "sources")


def check_network(network: nx.DiGraph[str], graph: Graph) -> None:
    # One character may become another, so compare as texts of XML.
    papers = {in_xml(row["id"]): row for row in graph.table("papers").to_pylist()}
    assert set(network) == set(papers)
    for node, attributes in network.nodes(data=True):
        row = papers[node]
        assert read(attributes, LISTS) == expected({k: v for k, v in row.items() if k != "id"})
    citations = {
        (in_xml(row.pop("citing")), in_xml(row.pop("cited"))): row
        for row in graph.table("citations").to_pylist()
    }
    assert set(network.edges) == set(citations)
    for citing, cited, attributes in network.edges(data=True):
        assert read(attributes, ()) == expected(citations[citing, cited])


def of_format(name: str, path: Path) -> nx.DiGraph[str]:
    reader = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[name]
    network = reader(path)
    assert isinstance(network, nx.DiGraph)
    assert not isinstance(network, nx.MultiDiGraph)
    return network


@pytest.mark.parametrize("name", ["graphml", "gexf"])
@pytest.mark.parametrize("made", ["demo", "hostile", "empty"])
def test_networkx_reads_what_was_written(name: str, made: str, demo: Graph, tmp_path: Path) -> None:
    graph = {"demo": demo, "hostile": hostile(), "empty": graph_of_columns()}[made]
    export(graph, name, tmp_path / "network")
    check_network(of_format(name, tmp_path / "network"), graph)


@pytest.mark.parametrize("name", ["graphml", "gexf"])
@settings(max_examples=30)
@given(graph=graphs())
def test_networkx_reads_any_graph(
    name: str, tmp_path_factory: pytest.TempPathFactory, graph: Graph
) -> None:
    ids = [in_xml(each) for each in graph.papers["id"]]
    path = tmp_path_factory.getbasetemp() / f"any.{name}"
    export(graph, name, path)
    if len(set(ids)) == len(ids):
        check_network(of_format(name, path), graph)


def test_types_are_those_of_the_tables(demo: Graph, tmp_path: Path) -> None:
    for name in ("graphml", "gexf"):
        export(demo, name, tmp_path / name)
        network = of_format(name, tmp_path / name)
        (paper,) = (each for each in network if each == "arxiv:1703.03400")
        assert network.nodes[paper]["year"] == 2017
        assert isinstance(network.nodes[paper]["in_corpus"], bool)
        assert all(isinstance(line, int) for *_, line in network.edges(data="line"))


@pytest.mark.parametrize("made", ["demo", "hostile", "empty"])
def test_pajek(made: str, demo: Graph, tmp_path: Path) -> None:
    graph = {"demo": demo, "hostile": hostile(), "empty": graph_of_columns()}[made]
    export(graph, "pajek", tmp_path / "network.net")
    network = nx.read_pajek(tmp_path / "network.net")
    assert set(network) == set(graph.papers["id"])
    pairs = set(zip(graph.citations["citing"], graph.citations["cited"], strict=True))
    assert {(a, b) for a, b, _ in network.edges} == pairs


def test_pajek_labels_have_nothing_that_ends_them(tmp_path: Path) -> None:
    ids = ['a"b', "a\\b", "a_b", "a\nb", "x y", "ä"]
    pairs = list(itertools.permutations(ids, 2))
    graph = graph_of_columns(
        papers={"id": ids},
        citations={"citing": [a for a, _ in pairs], "cited": [b for _, b in pairs]},
    )
    export(graph, "pajek", tmp_path / "network.net")
    network = nx.read_pajek(tmp_path / "network.net")
    assert sorted(network) == sorted(["a_b", "a_b~2", "a_b~3", "a_b~4", "x y", "ä"])
    assert network.number_of_edges() == len(pairs)


@pytest.mark.parametrize("made", ["demo", "hostile", "empty"])
def test_csv_has_every_table(made: str, demo: Graph, tmp_path: Path) -> None:
    graph = {"demo": demo, "hostile": hostile(), "empty": graph_of_columns()}[made]
    export(graph, "csv", tmp_path / "tables")
    csv.field_size_limit(10_000_000)
    for name, table in graph:
        with (tmp_path / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        assert header == SCHEMAS[name].names
        assert rows == [[as_csv(value) for value in row.values()] for row in table.to_pylist()], (
            name
        )


def as_csv(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


@pytest.mark.parametrize("name", ["csv", "graphml", "gexf", "pajek"])
def test_the_command_writes_from_a_folder(name: str, demo: Graph, tmp_path: Path) -> None:
    folder, out = demo.save(tmp_path / "graph"), tmp_path / "deeper" / "out"
    for _ in range(2):  # the second replaces the first
        words = ["export", str(folder), "--to", name, "--out", str(out)]
        result = CliRunner().invoke(main, words, prog_name="graphbuild")
        assert result.exit_code == 0, result.output
    first = {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    export(demo, name, out)
    assert first == {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}


def test_what_cannot_be_written_is_told(demo: Graph, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(GraphbuildError, match="cannot be written"):
        export(demo, "csv", tmp_path / "file")
    with pytest.raises(GraphbuildError, match="is a folder; name a file"):
        export(demo, "gexf", tmp_path)
    with pytest.raises(GraphbuildError, match="'dot' is no format"):
        export(demo, "dot", tmp_path / "x")
    assert (tmp_path / "file").read_text() == "mine"


def test_an_export_holds_a_batch_at_a_time_and_not_the_graph(tmp_path: Path) -> None:
    """What 200,000 papers of 1 kB take as objects is more than this process may have."""
    count = 200_000
    graph = graph_of_columns(
        papers={"id": [f"id:x/{n:06}" for n in range(count)], "abstract": ["x" * 1000] * count}
    )
    folder = graph.save(tmp_path / "graph")
    code = (
        "import resource, sys; import graphbuild as gb\n"
        "from graphbuild.stores.export import export\n"
        "graph = gb.open(sys.argv[1])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "export(graph, 'graphml', sys.argv[2])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, folder, tmp_path / "out"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (tmp_path / "out").stat().st_size > 200e6
    kilobytes = int(done.stdout) / (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 100_000
