from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import graphbuild

PROGRAM = """
import numpy as np
from graphbuild.kernels.cocitation import count_rows, incidence, cocited
print([part.tolist() for part in cocited(np.array([0, 2, 4]), np.array([0, 1, 0, 1], np.int32), 2)])
print(sum(count_rows.stats.cache_hits.values()), sum(count_rows.stats.cache_misses.values()))
"""


def run(folder: Path, **environment: str) -> list[str]:
    """What the program prints with the package in ``folder``."""
    settings = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=folder,
        env={**settings, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def package(tmp_path):
    """A copy of the package where no cache can be written beside it."""
    source = Path(graphbuild.__file__).parent
    shutil.copytree(
        source, tmp_path / "site" / "graphbuild", ignore=shutil.ignore_patterns("__pycache__")
    )
    # A file in its place keeps everybody out, also those who may write to read-only folders.
    (tmp_path / "site" / "graphbuild" / "kernels" / "__pycache__").write_text("")
    return tmp_path / "site"


RESULT = "[[0], [1], [2]]"


def test_compiles_once_and_keeps_it_for_the_user(package, tmp_path):
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home" / "cache")}
    assert run(package, **home) == [RESULT, "0 1"]
    assert list((tmp_path / "home").rglob("*.nbi"))
    assert run(package, **home) == [RESULT, "1 0"]


def test_the_environment_names_another_folder(package, tmp_path):
    assert run(package, NUMBA_CACHE_DIR=str(tmp_path / "named")) == [RESULT, "0 1"]
    assert list((tmp_path / "named").rglob("*.nbi"))


def test_works_where_nothing_is_writable(package, tmp_path):
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file" / "below")
    assert run(package, HOME=nowhere, XDG_CACHE_HOME=nowhere)[0] == RESULT
