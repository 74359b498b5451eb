from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import graphbuild
from graphbuild.kernels.compiling import (
    Int64s,
    NewFlags,
    NewInt32Table,
    NewInt64s,
    compiled,
    helper,
)

PROGRAM = """
import sys
import numpy as np
from graphbuild.kernels.cocitation import count_rows, cocited
lists = np.array([0, 1, 0, 1], np.int32)
print([part.tolist() for part in cocited(np.array([0, 2, 4]), lists, 2)])
print(count_rows.origin, "numba" in sys.modules)
"""

READING = """
import sys
import numpy as np
from graphbuild.kernels import interning
interner = interning.Interner()
block = np.frombuffer(b"abcab", np.uint8)
codes = interner.add(block, np.array([0, 2, 3]), np.array([2, 3, 5]))
print(codes.tolist(), interner.strings().to_pylist())
print(interning._add.origin, "numba" in sys.modules)
"""


def run(folder: Path, program: str = PROGRAM, **environment: str) -> list[str]:
    """What the program prints with the package in ``folder``."""
    settings = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
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
    assert run(package, **home) == [RESULT, "numba True"]
    assert list((tmp_path / "home").rglob("*.kernel"))
    assert run(package, **home) == [RESULT, "cache False"]


def test_the_environment_names_another_folder(package, tmp_path):
    assert run(package, NUMBA_CACHE_DIR=str(tmp_path / "named")) == [RESULT, "numba True"]
    assert list((tmp_path / "named").rglob("*.kernel"))


def test_works_where_nothing_is_writable(package, tmp_path):
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file" / "below")
    assert run(package, HOME=nowhere, XDG_CACHE_HOME=nowhere)[0] == RESULT


def test_a_damaged_cache_is_compiled_again(package, tmp_path):
    folder = tmp_path / "named"
    assert run(package, NUMBA_CACHE_DIR=str(folder)) == [RESULT, "numba True"]
    for file in folder.glob("*.kernel"):
        file.write_bytes(file.read_bytes()[:-100])
    assert run(package, NUMBA_CACHE_DIR=str(folder)) == [RESULT, "numba True"]
    assert run(package, NUMBA_CACHE_DIR=str(folder)) == [RESULT, "cache False"]


def test_a_change_of_the_source_is_compiled_anew_and_the_old_is_swept(package, tmp_path):
    folder = tmp_path / "named"
    run(package, NUMBA_CACHE_DIR=str(folder))
    before = {file.name for file in folder.iterdir()}
    with (package / "graphbuild" / "kernels" / "cocitation.py").open("a") as source:
        source.write("# changed")
    assert run(package, NUMBA_CACHE_DIR=str(folder)) == [RESULT, "numba True"]
    after = {file.name for file in folder.iterdir()}
    assert len(after) == len(before)
    assert not [name for name in after & before if name.startswith("cocitation.")]


@compiled
def twice(values: NewInt64s, by: int) -> float:
    total = 0.0
    for place in range(len(values)):
        values[place] *= by
        total += values[place]
    return total


def test_a_kernel_takes_the_arrays_that_it_names_and_no_others():
    values = np.arange(4)
    assert twice(values, 2) == 12.0
    assert values.tolist() == [0, 2, 4, 6]
    for wrong in (values.astype(np.int32), np.arange(8)[::2], np.zeros((2, 2), int)):
        with pytest.raises(TypeError, match="values is no plain array of int64"):
            twice(wrong, 2)
    values.flags.writeable = False
    with pytest.raises(TypeError, match="values is read-only"):
        twice(values, 2)
    with pytest.raises(ValueError, match="zip"):
        twice(np.arange(4))


def test_reading_kernels_do_without_numba_until_what_they_call_changes(package, tmp_path):
    def read() -> list[str]:
        return run(package, READING, NUMBA_CACHE_DIR=str(tmp_path / "named"))

    assert read() == ["[0, 1, 0] ['ab', 'c']", "numba True"]
    assert read() == ["[0, 1, 0] ['ab', 'c']", "cache False"]
    with (package / "graphbuild" / "kernels" / "bytes.py").open("a") as source:
        source.write("# changed")
    assert read() == ["[0, 1, 0] ['ab', 'c']", "numba True"]


BY = 10


@helper
def divided(value, by):
    """Several values, which no kernel returns."""
    return value // by, value % by


@compiled
def digits(values: Int64s, table: NewInt32Table, is_even: NewFlags) -> None:
    for row in range(len(table)):
        table[row, 0], table[row, 1] = divided(values[row], BY)
        is_even[row] = table[row, 1] % 2 == 0


def test_tables_flags_and_helpers():
    table, is_even = np.zeros((3, 2), np.int32), np.zeros(3, bool)
    digits(np.array([12, 7, 98]), table, is_even)
    assert table.tolist() == [[1, 2], [0, 7], [9, 8]]
    assert is_even.tolist() == [True, False, True]
    assert divided(12, 10) == (1, 2)
    with pytest.raises(TypeError, match="table is no plain array of int32"):
        digits(np.arange(3), table.T, is_even)
    with pytest.raises(TypeError, match="is_even is no plain array of bool"):
        digits(np.arange(3), table, is_even.view(np.uint8))
