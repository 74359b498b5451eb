"""What travels in the wheel, and that it is enough: the demo runs from it without the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def build(target: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-zco", "--exclude-standard", "graphbuild", "cypher"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    present = {name for name in tracked.stdout.split("\0") if (ROOT / name).is_file()}
    files = {re.sub("^cypher/", "graphbuild/cypher/", name) for name in present}
    assert names_in(wheel) == files


def test_the_wheel_holds_what_is_no_code(wheel: Path) -> None:
    names = names_in(wheel)
    assert "graphbuild/py.typed" in names
    assert "graphbuild/ligature_words.txt" in names
    assert "graphbuild/cypher/README.md" in names
    statements = {str(path.relative_to(ROOT)) for path in (ROOT / "cypher").glob("*/*.cypher")}
    assert {f"graphbuild/{name}" for name in statements} <= names
    assert "graphbuild/cypher/style.grass" in names
    assert any(re.fullmatch(r"graphbuild/demo/.+\.jsonl", name) for name in names)
    assert any(re.fullmatch(r"graphbuild/view/.+\.html", name) for name in names)


def test_the_metadata_say_what_a_user_needs_to_know(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = archive.read(name).decode()
        (entry_points,) = [n for n in archive.namelist() if n.endswith("/entry_points.txt")]
        assert "graphbuild = graphbuild.cli:run" in archive.read(entry_points).decode()
        assert any(name.endswith("/licenses/LICENSE") for name in archive.namelist())
    assert "License-Expression: MIT" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert "# graphbuild" in metadata, "the README is the description"


def test_the_demo_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    code = (
        "import sys, graphbuild; assert 'unpacked' in graphbuild.__file__, graphbuild.__file__;"
        " from graphbuild.cli import main; main(['demo', '--out', 'demo'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "unpacked"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "demo").glob("*.html"))
    assert pages
    assert all(str(page) in done.stdout for page in pages), done.stdout


def test_the_statements_come_out_of_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    code = (
        "import graphbuild; assert 'unpacked' in graphbuild.__file__;"
        " from graphbuild.cli import main;"
        " main(['cypher', '--zip', 'all.zip', '--style', 'all.grass'], standalone_mode=False);"
        " main(['cypher'], standalone_mode=False);"
        " print(graphbuild.Graph.from_tables().cypher('explore/most-cited').shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "unpacked"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "explore/most-cited" in done.stdout
    assert "(0, 5)" in done.stdout
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        held = set(archive.namelist())
    assert held == {
        str(path.relative_to(ROOT / "cypher")) for path in (ROOT / "cypher").glob("*/*.cypher")
    }
    assert (tmp_path / "all.grass").read_bytes() == (ROOT / "cypher/style.grass").read_bytes()


def test_the_source_distribution_can_be_tested(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in ("Makefile", "tests/conftest.py", "cypher/README.md", "docs/data-model.md"):
        assert needed in names
    assert not [
        name for name in names if "__pycache__" in name or name.startswith(("out", ".venv"))
    ]
