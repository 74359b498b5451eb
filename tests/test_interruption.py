"""Builds that are killed, and disks that are full: the graph that was there stays whole."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import graphbuild as gb
from tests.builders import files

STAGES = ("reading", "resolving", "writing")


def write_corpus(path: Path, size: int, seed: int) -> None:
    """Papers that cite earlier ones."""
    chance = random.Random(seed)
    with path.open("w") as stream:
        for number in range(size):
            row = {
                "id": f"P{number}",
                "title": f"A study of graph number {number}",
                "authors": [f"Ann Author{chance.randrange(size)}", "Bo Berg"],
                "references": [f"P{chance.randrange(number + 1)}" for _ in range(20)],
            }
            stream.write(json.dumps(row) + "\n")


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("corpora")
    small, large = folder / "small.jsonl", folder / "large.jsonl"
    write_corpus(small, 50, 0)
    write_corpus(large, 25_000, 1)
    return small, large


@pytest.fixture(scope="module")
def whole(corpora: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the large graph."""
    return files(gb.build(corpora[1]).save(tmp_path_factory.mktemp("whole") / "graph"))


# Builds as the command line does, and says on stdout when a stage begins.
BUILD = """
import sys, graphbuild
given, out, limit = sys.argv[1:]
def tell(stage, done, total):
    print(stage.split()[0], done, flush=True)
graphbuild.build(given, out=out, force=True, memory_limit=int(limit) or None, progress=tell)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no kill -9")
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("delay", "limit"), [(0.0, 0), (0.2, 10**9), (0.3, 0)])
def test_a_killed_build_changes_nothing(
    stage: str,
    delay: float,
    limit: int,
    corpora: tuple[Path, Path],
    whole: dict[str, bytes],
    tmp_path: Path,
) -> None:
    small, large = corpora
    out = tmp_path / "graph"
    gb.build(small).save(out)
    before = files(out)
    environment = os.environ | {"TMPDIR": str(tmp_path / "spill")}
    (tmp_path / "spill").mkdir()
    build = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(large), str(out), str(limit)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert build.stdout is not None
    for line in build.stdout:
        if line.startswith(stage):
            break
    try:
        build.wait(delay)
    except subprocess.TimeoutExpired:
        build.kill()
    with build:
        build.wait()
    assert build.returncode in {0, -signal.SIGKILL}
    found = files(out)
    # It may have been faster than we were, and have put the new graph in its place.
    assert found in (before, whole)
    assert gb.open(out).info()["papers"] == (50 if found == before else 25_000)
    gb.build(small).save(out, force=True)
    assert files(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph", "spill"]
    left = list((tmp_path / "spill").iterdir())
    assert all(path.name.startswith("graphbuild-") for path in left), left


# Mounts a file system of its own on a folder, in a name space that ends with the process.
FULL_DISK = """
set -e
mount -t tmpfs -o size="$2" tmpfs "$1"
shift 2
exec "$@"
"""


def in_small_file_system(
    folder: Path, size: str, *command: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that sees a file system of so many bytes at a folder."""
    unshare = shutil.which("unshare")
    words = [str(unshare), "-rm", "sh", "-c", FULL_DISK, "sh", str(folder), size]
    if (
        unshare is None
        or subprocess.run([*words, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("the machine lets nobody mount a small file system")
    return subprocess.run([*words, *command], capture_output=True, text=True, check=False)


# Three builds on the small disk: one that fits, one that does not, and what is left then.
ON_SMALL_DISK = """
build() { "$0" -m graphbuild.cli build "$1" --out "$2/graph" --force; }
build "$1" "$3"
cat "$3"/graph/*.parquet "$3"/graph/manifest.json | cksum
set +e
build "$2" "$3"
echo "exit $?"
cat "$3"/graph/*.parquet "$3"/graph/manifest.json | cksum
ls -A "$3"
"""


def test_a_full_disk_says_so_and_leaves_the_graph(
    corpora: tuple[Path, Path], tmp_path: Path
) -> None:
    done = in_small_file_system(
        tmp_path,
        "600k",
        "sh",
        "-c",
        ON_SMALL_DISK,
        sys.executable,
        *map(str, corpora),
        str(tmp_path),
    )
    *_, first_sum, exit_code, second_sum, left = done.stdout.splitlines()
    assert exit_code == "exit 1", done.stderr
    assert second_sum == first_sum
    assert left == "graph"
    out = tmp_path / "graph"
    assert done.stderr.splitlines() == [
        f"Error: {out}: cannot be written: the disk is full; the folder is as it was"
    ]


# Limits the length of files, which a file system may do too.
SHORT_FILES = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.argv = ["graphbuild", *sys.argv[1:]]
from graphbuild.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limits of this kind")
def test_a_file_that_may_not_grow_is_told_and_leaves_the_graph(
    corpora: tuple[Path, Path], tmp_path: Path
) -> None:
    small, large = corpora
    out = tmp_path / "graph"
    gb.build(small).save(out)
    before = files(out)
    done = subprocess.run(
        [sys.executable, "-c", SHORT_FILES, "build", str(large), "--out", str(out), "--force"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith(f"Error: {out}: cannot be written: ")
    assert said.endswith("file too large; the folder is as it was")
    assert files(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def test_the_temporary_folder_is_left_as_it_was(corpora: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir()
    subprocess.run(
        [sys.executable, "-c", BUILD, str(corpora[0]), str(tmp_path / "graph"), "1000000000"],
        env=os.environ | {"TMPDIR": str(tmp_path / "spill")},
        check=True,
        capture_output=True,
    )
    assert list((tmp_path / "spill").iterdir()) == []
    assert tempfile.gettempdir() != str(tmp_path / "spill")
