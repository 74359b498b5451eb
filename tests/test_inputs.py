"""Opening files: packings, encodings, limits, and faults that are told all at once."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from graphbuild import inputs as module
from graphbuild.errors import InputError
from graphbuild.inputs import Input, check_archives, open_inputs

TEXT = "id\ttitle\n1\tÜber Łódź\n\n2\tNaïve\n"
LINES = [(1, "id\ttitle"), (2, "1\tÜber Łódź"), (3, ""), (4, "2\tNaïve")]


def put(folder: Path, content: bytes, name: str = "a.tsv") -> Input:
    path = folder / name
    path.write_bytes(content)
    return Input(path, name)


def in_frames(content: bytes) -> bytes:
    return b"".join(zstandard.compress(content[i : i + 7]) for i in range(0, len(content), 7))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "pack",
    [bytes, gzip.compress, zstandard.compress, in_frames, lambda c: gzip.compress(c) * 2],
    ids=["plain", "gzip", "zstd", "zstd-frames", "gzip-members"],
)
def test_lines_are_the_same_however_they_are_stored(tmp_path, encoding, end, pack) -> None:
    content = TEXT.replace("\n", end).encode(encoding)
    if encoding in {"utf-16-le", "utf-16-be"}:
        content = ("\ufeff" + TEXT.replace("\n", end)).encode(encoding)
    given = put(tmp_path, pack(content))
    doubled = pack is not bytes and given.head.startswith(content * 2)
    if doubled:
        assert list(given.lines())[-1][0] == 8
        return
    assert list(given.lines()) == LINES
    assert given.text() == TEXT.rstrip("\n")
    assert b"".join(given.blocks()).replace(b"\r\n", b"\n") == TEXT.encode()
    assert given.head_text == TEXT
    assert given.head_utf8.replace(b"\r\n", b"\n") == TEXT.encode()
    assert given.is_head_whole


def test_what_is_not_utf8_is_windows_1252(tmp_path) -> None:
    given = put(tmp_path, b"caf\xe9 \x93x\x94\ncaf\xc3\xa9\n\x81\n")
    assert [line for _, line in given.lines()] == ["café “x”", "café", "\x81"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_truncated_archive_is_told_when_it_is_read(tmp_path, pack, kept) -> None:
    content = pack(random.Random(0).randbytes(700_000).hex().encode())
    given = put(tmp_path, content[: int(len(content) * kept)], "a.jsonl.packed")
    inputs, faults = open_inputs([given.path])
    faults += check_archives(inputs)
    assert faults == [f"{given.path}: the archive is truncated or damaged; fetch it again"]
    with pytest.raises(InputError, match="truncated or damaged"):
        list(given.lines())


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_damaged_archive_is_told(tmp_path, pack) -> None:
    content = bytearray(pack(random.Random(0).randbytes(10_000).hex().encode()))
    content[len(content) // 2] ^= 0xFF
    content[-3] ^= 0xFF
    given = put(tmp_path, bytes(content))
    _, (fault,) = open_inputs([given.path])
    assert "truncated or damaged" in fault


def test_an_archive_cannot_fill_the_memory(tmp_path) -> None:
    given = put(tmp_path, zstandard.compress(b"0123456789\n" * 20_000_000), "bomb.zst")  # 220 MB
    assert given.path.stat().st_size < 100_000
    with given.open() as stream:
        assert isinstance(stream, io.BufferedReader)
        assert sum(len(block) for block in iter(lambda: stream.read(1 << 20), b"")) == 220_000_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_over_the_limit_is_a_fault_of_the_file(tmp_path, encoding, monkeypatch) -> None:
    monkeypatch.setattr(module, "LINE_LIMIT", 1000)
    given = put(tmp_path, ("short\n" + "x" * 900 + "\n" + "y" * 1001 + "\nz\n").encode(encoding))
    with pytest.raises(InputError, match=r"a.tsv:3: a line of over 64 MB"):
        list(given.lines())


def test_the_limit_is_64_mb() -> None:
    assert module.LINE_LIMIT == 64 * 1024 * 1024


def test_all_faults_are_told_at_once(tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    pq.write_table(pa.table({"id": [1]}), tmp_path / "cut.parquet")
    whole = (tmp_path / "cut.parquet").read_bytes()
    files = {
        "empty": b"",
        "blank": b" \n\r\n\t",
        "mark": b"\xef\xbb\xbf\n",
        "binary": b"abc\0def",
        "a.xlsx": b"PK\x03\x04abc",
        "a.bz2": b"BZh91AY",
        "a.pdf": b"%PDF-1.7\n",
        "cut.gz": gzip.compress(b"abc" * 1000)[:-12],
        "empty.gz": gzip.compress(b""),
        "cut.parquet": whole[:-20],
        "good": b"abc\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    paths = [*sorted(tmp_path.iterdir()), tmp_path / "missing", tmp_path / "missing"]
    inputs, faults = open_inputs(paths)
    assert [given.name for given in inputs] == ["good"]
    told = {Path(f.split(": ")[0]).name: f.split(": ", 1)[1] for f in faults}
    assert told == {
        "folder": f"is a directory; name the files in it (a shell's {tmp_path}/folder/* does)",
        "dangling": "no such file",
        "missing": "no such file",
        "pipe": "is not a regular file",
        "empty": "is empty",
        "blank": "is empty",
        "mark": "is empty",
        "empty.gz": "is empty",
        "binary": "is a binary file, and no source reads it",
        "a.xlsx": "is a zip archive (or an office document); unpack it, or save it as CSV",
        "a.bz2": "is packed with bzip2; unpack it first (gzip and zstd are read as they are)",
        "a.pdf": "is a PDF, and no source reads it",
        "cut.gz": "the archive is truncated or damaged; fetch it again",
        "cut.parquet": "the Parquet file is truncated or damaged; fetch it again",
    }
    assert str(InputError(faults)).startswith("14 inputs cannot be read:\n  ")


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch) -> None:
    given = put(tmp_path, b"abc\n")
    if os.geteuid():
        given.path.chmod(0)
    else:  # root may read everything, so that the system's answer has to be played

        def refuse(self, *args, **kwargs):
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "open", refuse)
    assert open_inputs([given.path]) == ([], [f"{given.path}: permission denied"])


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_whoever_watches_is_told_how_far_a_file_is_read(tmp_path, pack) -> None:
    content = random.Random(0).randbytes(3_000_000).hex().encode() + b"\n"
    (tmp_path / "a").write_bytes(pack(content))
    seen: list[int] = []
    (given,), _ = open_inputs([tmp_path / "a"], lambda _, done: seen.append(done))
    seen.clear()
    assert b"".join(given.blocks()) == content
    assert seen == sorted(seen)
    assert seen[-1] == (tmp_path / "a").stat().st_size
    assert len(set(seen)) > 2


def test_no_inputs_at_all_are_a_fault() -> None:
    assert open_inputs([]) == ([], ["no inputs were given; name at least one file"])


def test_names_are_unique_and_sorted_whatever_the_order(tmp_path) -> None:
    for folder, content in (("a", b"1\n"), ("b", b"2\n"), ("c", b"1\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rows.csv").write_bytes(content)
    (tmp_path / "other.csv").write_bytes(b"1\n")
    paths = [p / "rows.csv" for p in map(tmp_path.joinpath, "abc")] + [tmp_path / "other.csv"]
    names = [given.name for given in open_inputs(paths)[0]]
    digits = sorted(hashlib.sha256(content).hexdigest()[:8] for content in (b"1\n", b"2\n"))
    assert names == ["other.csv", *(f"rows.csv~{digit}" for digit in digits)]
    assert [given.name for given in open_inputs(paths[::-1])[0]] == names


def test_suffixes_don_t_see_the_packing() -> None:
    assert Input(Path("a/b.JSONL.gz"), "x").suffix == ".jsonl"
    assert Input(Path("a/b.parquet.gzip"), "x").suffix == ".parquet"
    assert Input(Path("a/b.gz"), "x").suffix == ""
