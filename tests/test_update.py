"""Adding to a graph: the same bytes as building everything at once."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild.cli import main
from graphbuild.errors import GraphbuildError
from tests.builders import chunks, files

IDS = ["1706.03762", "1607.06450", "1409.0473", "hep-th/9901001", "a1", "a2", "10.1000/xyz1"]
TITLES = ["Layer Normalization", "Attention Is All You Need", "Adam: a method", "Notes", None]
PEOPLE = ["Jimmy Lei Ba", "Ba, Jimmy Lei", "Ashish Vaswani", "A. Vaswani", "Diederik Kingma"]
LISTED = [
    *IDS,
    "arXiv:1706.03762v5",
    "Jimmy Lei Ba. Layer Normalization. arXiv:1607.06450, 2016.",
    "D. Kingma and J. Ba. Adam: a method for stochastic optimization. In ICLR, 2015.",
    "A. Vaswani, N. Shazeer. Attention Is All You Need. In NIPS, 2017.",
    {"title": "Notes", "authors": ["Jimmy Lei Ba"], "year": 1999},
    {"doi": "10.1000/XYZ1", "title": "Layer Normalization"},
    {"id": "1409.0473"},
    "!!",
]

rows = st.fixed_dictionaries(
    {"id": st.sampled_from([*IDS, None]), "title": st.sampled_from(TITLES)},
    optional={
        "doi": st.sampled_from(["10.1000/xyz1", "10.1000/xyz2"]),
        "abstract": st.sampled_from(["We normalize.", "We attend.", "We  normalize."]),
        "authors": st.lists(
            st.sampled_from(PEOPLE)
            | st.sampled_from(
                [{"name": "Jimmy Lei Ba", "affiliations": ["Toronto"], "orcid": None},
                 {"name": "Ashish Vaswani", "orcid": "0000-0002-1825-0097"}]
            ),
            max_size=3,
        ),
        "published": st.sampled_from(["2016-07-21", "2017-06-12", "2017"]),
        "categories": st.sampled_from(["cs.LG stat.ML", "cs.CL", "cs.CL cs.LG"]),
        "venue": st.sampled_from(["NIPS", "ICLR"]),
        "comment": st.sampled_from(["9 pages", "accepted"]),
        "url": st.sampled_from(["https://example.org/p/1", "https://example.org/p/2"]),
        "references": st.lists(st.sampled_from(LISTED), max_size=5),
    },
)  # fmt: skip
broken = st.just("{broken")
whole_rows = rows.map(json.dumps)
lines = st.tuples(whole_rows, st.lists(whole_rows | broken, max_size=5)).map(
    lambda drawn: "\n".join([drawn[0], *drawn[1]])
)
texts = st.lists(
    st.tuples(st.sampled_from(IDS[:3]), st.integers(0, 3), st.integers(0, 3)),
    min_size=1,
    max_size=5,
).map(chunks)
files_of_rows = st.tuples(st.sampled_from(["one", "two", "three"]), lines | texts)


@settings(max_examples=150, deadline=None)
@given(st.lists(files_of_rows, min_size=2, max_size=5), st.data())
def test_an_updated_graph_is_the_graph_of_everything(
    inputs: list[tuple[str, str]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as large:
        # What the index of large graphs has is written for these too.
        large.setattr("graphbuild.stores.folder.COMPILED", 0)
        folder = Path(name)
        paths = []
        for i, (stem, content) in enumerate(inputs):
            path = folder / str(i) / f"{stem}.jsonl"
            path.parent.mkdir()
            path.write_text(content)
            paths.append(path)
        cuts = sorted(data.draw(st.sets(st.integers(1, len(paths) - 1), min_size=1)))
        at_once = gb.build(paths).save(folder / "at_once")
        grown = folder / "grown"
        gb.build(paths[: cuts[0]]).save(grown)
        for start, stop in zip(cuts, [*cuts[1:], len(paths)], strict=True):
            gb.build(paths[start:stop], update=grown).save(grown, force=True)
        assert files(grown) == files(at_once)
        straight = gb.build(paths, out=folder / "straight")
        assert files(folder / "straight") == files(at_once)
        assert straight.info() == gb.open(at_once).info()
        gb.build(paths, out=folder / "limited", memory_limit=10**9)
        assert files(folder / "limited") == files(at_once)
        with pytest.MonkeyPatch.context() as patch:
            for room in ("assembly.citations", "tables"):
                patch.setattr(f"graphbuild.{room}.COMPILED", 0)
            gb.build(paths, out=folder / "compiled")
        assert files(folder / "compiled") == files(at_once)


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_parts_of_any_length_hold_the_same(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    path = data / "records" / "good.jsonl"
    whole = gb.build(path)
    monkeypatch.setattr("graphbuild.stores.folder.ROWS_OF_A_PART", rows)
    for room in ("assembly", "stores.folder"):
        monkeypatch.setattr(f"graphbuild.{room}.ROWS_OF_TEXTS", rows)
    saved, straight = whole.save(tmp_path / "saved"), tmp_path / "straight"
    opened = gb.build(path, out=straight)
    assert files(straight) == files(saved)
    for (name, table), (_, same) in zip(whole, opened, strict=True):
        assert table.equals(same), name
    for column in ("citing", "cited"):
        assert getattr(whole.index, column).tolist() == getattr(opened.index, column).tolist()


def test_the_seeds_one_after_another_are_all_seeds_at_once(shared: Path, tmp_path: Path) -> None:
    seeds = sorted((shared / "seeds").iterdir())
    seeds = [seed for seed in seeds if seed.is_file() and seed.suffix in {".txt", ".xml", ".json"}]
    at_once = gb.build(seeds).save(tmp_path / "at_once")
    grown = gb.build(seeds[-1])
    for seed in reversed(seeds[:-1]):
        grown = gb.build(seed, update=grown)
    assert files(grown.save(tmp_path / "grown")) == files(at_once)


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_earlier_inputs_are_not_needed(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", {"id": "1706.03762", "references": ["1607.06450"]})
    second = written(tmp_path / "b.jsonl", {"id": "1607.06450", "title": "Layer Normalization"})
    folder = gb.build(first).save(tmp_path / "graph")
    first.unlink()
    graph = gb.build(second, update=folder)
    assert graph.info()["citations"] == 1
    assert [each["name"] for each in graph.info()["inputs"]] == ["a.jsonl", "b.jsonl"]


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": "1706.03762", "references": ["1607.06450"]})
    folder = gb.build(path).save(tmp_path / "graph")
    again = gb.build(path, update=folder).save(tmp_path / "again")
    assert files(again) == files(folder)


def test_a_graph_of_tables_cannot_be_added_to(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": "1706.03762", "title": "Attention"})
    graph = gb.Graph.from_tables(papers=pd.DataFrame({"id": ["a"]}))
    with pytest.raises(GraphbuildError, match="was not built from inputs"):
        gb.build(path, update=graph.save(tmp_path / "graph"))


def test_references_are_looked_for_as_they_were_before(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": "1706.03762", "title": "Attention"})
    folder = gb.build(path, references="listed").save(tmp_path / "graph")
    other = written(tmp_path / "b.jsonl", {"id": "1607.06450", "title": "Normalization"})
    with pytest.raises(GraphbuildError, match="built with references 'listed'"):
        gb.build(other, update=folder, references="all")
    assert gb.build(other, update=folder).manifest["options"] == {"references": "listed"}


def test_the_command_adds_in_place_or_elsewhere(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", {"id": "1706.03762", "references": ["1607.06450"]})
    second = written(tmp_path / "b.jsonl", {"id": "1607.06450", "title": "Layer Normalization"})
    graph, other = str(tmp_path / "graph"), str(tmp_path / "other")

    def build(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["build", *arguments])

    assert build(str(first), "--out", graph).exit_code == 0
    before = files(Path(graph))
    assert build(str(second), "--update", graph, "--out", other).exit_code == 0
    assert files(Path(graph)) == before
    assert build(str(second), "--update", graph).exit_code == 0
    assert files(Path(graph)) == files(Path(other))
    refused = build(str(second), "--update", graph, "--out", other)
    assert refused.exit_code == 1
    assert "--force replaces it" in refused.output
    assert build(str(second)).exit_code == 2
    assert "--out" in build(str(second)).output
    missing = build(str(second), "--update", str(tmp_path / "nowhere"))
    assert missing.exit_code == 1
    assert "there is no such folder" in missing.output


def test_a_limit_that_is_too_small_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": "1706.03762", "references": ["1607.06450"]})
    with pytest.raises(GraphbuildError, match=r"take about 0\.4 GB of memory.*allow more"):
        gb.build(path, out=tmp_path / "graph", memory_limit=10**7)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl"]
    with pytest.raises(GraphbuildError, match="goes to a folder"):
        gb.build(path, memory_limit=10**9)
    for size, code in (("1.5GB", 0), ("2 gib", 0), ("much", 2)):
        arguments = ["build", str(path), "--out", str(tmp_path / size), "--memory-limit", size]
        assert CliRunner().invoke(main, arguments).exit_code == code
