"""The notebook that can ask a Neo4j does so, and finds the same rows there."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.neo4j.conftest import Database
from tests.test_notebooks import ROOT, outputs_of, run


def test_it_asks_a_neo4j_where_there_is_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHBUILD_NEO4J_URI", database.address.uri)
    monkeypatch.setenv("GRAPHBUILD_NEO4J_USER", database.address.user)
    monkeypatch.setenv("NEO4J_PASSWORD", database.address.password)
    notebook = nbformat.read(ROOT / "notebooks" / "03_cypher.ipynb", as_version=4)
    run(notebook, tmp_path, monkeypatch)
    said = "".join(output.get("text", "") for output in outputs_of(notebook))
    assert "the same rows" in said
