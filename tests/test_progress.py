"""What a person sees while work goes on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import graphbuild as gb
from graphbuild.sources import _blocks


def corpus(path: Path, size: int) -> Path:
    rows = (
        {"id": f"P{n}", "title": f"Paper number {n}", "references": ["P0"]} for n in range(size)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("compiled", [0, 10**12])
def test_reading_is_told_in_bytes_to_its_end(
    compiled: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_blocks, "COMPILED", compiled)
    seen: list[tuple[str, int, int | None]] = []
    paths = [corpus(tmp_path / "b.jsonl", 30_000), corpus(tmp_path / "a.jsonl", 40_000)]
    gb.build(paths, progress=lambda *said: seen.append(said))
    stages = list(dict.fromkeys(stage for stage, *_ in seen))
    assert stages[:2] == ["reading a.jsonl", "reading b.jsonl"]
    assert stages[2].startswith("resolving")
    for path in paths:
        size = path.stat().st_size
        of_file = [said[1:] for said in seen if said[0] == f"reading {path.name}"]
        assert all(total == size for _, total in of_file)
        done = [amount for amount, _ in of_file]
        assert (done[0], done[-1]) == (0, size)
        assert done == sorted(done)
        assert len(done) > 3


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no terminals of this kind")
def test_a_terminal_gets_bars_with_rates(tmp_path: Path) -> None:
    import pty

    path = corpus(tmp_path / "papers[bold].jsonl", 60_000)
    terminal, other = pty.openpty()
    build = subprocess.Popen(
        [sys.executable, "-m", "graphbuild.cli", "build", path, "--out", tmp_path / "graph"],
        stdout=subprocess.PIPE,
        stderr=other,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "150"},
    )
    os.close(other)
    shown = b""
    try:
        while piece := os.read(terminal, 65536):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    out, _ = build.communicate()
    assert build.returncode == 0
    assert b"60,000 papers" in out
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "reading papers[bold].jsonl" in text
    assert re.search(r"[\d.]+ MB of [\d.]+ MB", text)
    assert re.search(r"MB/s", text)
    assert re.search(r"0:00:\d\d", text)
    assert "resolving papers and authors" in text
    assert "writing the graph" in text


def test_nothing_is_said_where_there_is_no_terminal(tmp_path: Path) -> None:
    path = corpus(tmp_path / "papers.jsonl", 10)
    done = subprocess.run(
        [sys.executable, "-m", "graphbuild.cli", "build", path, "--out", tmp_path / "graph"],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
