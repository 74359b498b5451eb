"""The notebooks run from top to bottom on the bundled corpus, and are committed without outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["01_build", "02_rank", "03_cypher"]


def test_it_is_committed_without_outputs(notebook: Any) -> None:
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_it_runs(notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # tests/neo4j runs the one that can ask a Neo4j with one.
    monkeypatch.delenv("GRAPHBUILD_NEO4J_URI", raising=False)
    run(notebook, tmp_path, monkeypatch)
    plots = [output for output in outputs_of(notebook) if "image/png" in output.get("data", {})]
    assert len(plots) >= 2
    assert not list(tmp_path.glob("*.parquet"))


def outputs_of(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def run(notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a notebook from top to bottom; it must not complain."""
    from nbclient import NotebookClient

    # This checkout, whatever is installed; and nothing of the user's own configuration.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "matplotlib"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", timeout=120, resources=resources).execute()
    complaints = [output.text for output in outputs_of(notebook) if output.get("name") == "stderr"]
    assert not complaints
