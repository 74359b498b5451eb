"""Layouts and clusters are computed once for each state of a graph in a folder."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

import graphbuild
from graphbuild import view
from graphbuild.graph import Graph
from graphbuild.view import layout

from .graphs import topics


@pytest.fixture
def folder(tmp_path):
    tables = topics()
    return Graph.from_tables(**{name: table.to_pandas() for name, table in tables}).save(
        tmp_path / "graph"
    )


def never(*_: object, **__: object) -> None:
    raise AssertionError("computed again")


def test_the_second_page_lays_nothing_out(folder, monkeypatch):
    first = view.page(graphbuild.open(folder))
    kept = sorted(path.name for path in folder.glob(".cache/*/*"))
    assert [name.split("-")[0] for name in kept] == [
        "citation", "citation", "cocitation", "cocitation", "papers"
    ]  # fmt: skip
    monkeypatch.setattr(layout, "positions", never)
    monkeypatch.setattr("graphbuild.analysis.partition", never)
    assert view.page(graphbuild.open(folder)) == first
    with pytest.raises(AssertionError, match="computed again"):
        view.page(graphbuild.open(folder), seed=1)


def test_another_graph_in_the_folder_is_laid_out_anew(folder):
    view.page(graphbuild.open(folder))
    before = {path.name for path in folder.glob(".cache/*")}
    Graph.from_tables(**{name: table.to_pandas() for name, table in topics(50)}).save(
        folder, force=True
    )
    html = view.page(graphbuild.open(folder))
    assert "50 papers" in html
    assert before != {path.name for path in folder.glob(".cache/*")}


def test_what_is_damaged_is_computed_again(folder):
    first = view.page(graphbuild.open(folder))
    for number, path in enumerate(sorted(folder.glob(".cache/*/*"))):
        if path.suffix == ".npy" and number % 2:
            np.save(path, np.zeros(3))
        else:
            path.write_bytes(b"not this")
    assert view.page(graphbuild.open(folder)) == first
    for path in folder.glob(".cache/*/papers*.npy"):
        np.save(path, np.full((60, 2), np.nan))
    assert view.page(graphbuild.open(folder)) == first


def test_where_nothing_may_be_written_nothing_is(folder, monkeypatch):
    first = view.page(graphbuild.open(folder))
    shutil.rmtree(folder / ".cache")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refused)
    assert view.page(graphbuild.open(folder)) == first
    assert not (folder / ".cache").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_is_read_only_stays_as_it_is(folder):
    folder.chmod(0o555)
    try:
        assert "60 papers" in view.page(graphbuild.open(folder))
    finally:
        folder.chmod(0o755)
    assert not (folder / ".cache").exists()


def test_where_nothing_can_be_kept_the_page_is_the_same(folder, monkeypatch, tmp_path):
    (folder / ".cache").write_text("a file in the way")
    first = view.page(graphbuild.open(folder))
    (folder / ".cache").unlink()
    graph = graphbuild.open(folder)
    shutil.move(folder, tmp_path / "elsewhere")
    # The folder is gone meanwhile: nothing is written where it was.
    graph.table("papers")
    assert view.page(graph) == first
    assert not folder.exists()
    assert view.page(topics()) == first


def test_a_graph_with_a_cache_can_be_replaced_and_updated(folder):
    view.page(graphbuild.open(folder))
    graph = graphbuild.open(folder)
    graph.save(folder, force=True)
    assert graphbuild.open(folder).info()["papers"] == 60
