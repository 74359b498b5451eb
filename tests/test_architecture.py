"""The floors of docs/architecture.md hold, the linter would notice, and the front door is light."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

HEAVY = {
    "click",
    "duckdb",
    "ftfy",
    "graspologic_native",
    "kglite",
    "matplotlib",
    "neo4j",
    "networkx",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "pyvis",
    "rich",
    "scipy",
}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = (
        "import sys; from importlinter.cli import lint_imports_command;"
        " lint_imports_command(['--no-cache'])"
    )
    # -P: the linter itself puts the current folder first, and nothing else may be found before it.
    return subprocess.run(
        [sys.executable, "-P", "-c", command],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1"},
        check=False,
    )


def test_imports_go_downward_only() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("attic.py", "", "Imports go downward only"),
        ("model.py", "from graphbuild import tables", "Imports go downward only"),
        ("text.py", "from graphbuild.sources import choose", "Imports go downward only"),
        ("sources/first.py", "from graphbuild.sources import second", "Sources don't know"),
        ("inputs.py", "import click", "click stays in cli"),
        ("tables.py", "import pyvis.network", "pyvis stays in view"),
        ("tables.py", "import networkx", "networkx, duckdb, neo4j and kglite stay"),
        ("tables.py", "import neo4j", "networkx, duckdb, neo4j and kglite stay"),
        ("graph.py", "import kglite", "networkx, duckdb, neo4j and kglite stay"),
    ],
)
def test_a_broken_floor_is_noticed(tmp_path: Path, file: str, line: str, contract: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "graphbuild", tmp_path / "graphbuild")
    for source in ("first", "second"):
        (tmp_path / f"graphbuild/sources/{source}.py").touch()
    # Inside a function, because a lazy import counts too.
    with (tmp_path / "graphbuild" / file).open("a", encoding="utf-8") as stream:
        stream.write(f"\n\ndef _visit():\n    {line or 'pass'}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [text for text in done.stdout.splitlines() if " BROKEN" in text]
    assert any(text.startswith(contract) for text in broken), done.stdout


def imported_by(statement: str) -> set[str]:
    """Top-level names of the modules that a fresh Python has after running ``statement``."""
    names = "{name.partition('.')[0] for name in sys.modules}"
    code = f"import sys; {statement}; print(*{names})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_front_door_is_light() -> None:
    assert not imported_by("import graphbuild") & HEAVY


def test_the_api_leaves_what_few_need_until_it_is_needed() -> None:
    tables = {"numpy", "pandas", "pyarrow"}
    assert not imported_by("import graphbuild.api") & (HEAVY - tables)


def test_every_library_that_is_declared_is_used_and_the_reverse() -> None:
    with (ROOT / "pyproject.toml").open("rb") as stream:
        declared = tomllib.load(stream)["project"]["dependencies"]
    names = {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in declared}  # type: ignore[index]
    imported = set()
    for file in (ROOT / "graphbuild").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    by_another_library = {"neo4j_rust_ext"}
    ours = imported - set(sys.stdlib_module_names) - {"graphbuild"}
    assert ours == names - by_another_library


def test_help_needs_no_heavy_library() -> None:
    statement = "from graphbuild.cli import main; main(['--help'], standalone_mode=False)"
    code = f"import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): {statement}"
    loaded = imported_by(f"exec({code!r})")
    assert not loaded & (HEAVY - {"click", "rich"})
