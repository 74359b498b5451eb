"""What every source promises, whoever wrote it."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest
import zstandard

import graphbuild as gb
from graphbuild.errors import InputError
from graphbuild.inputs import Input
from graphbuild.model import Origin, Record, Rejected
from graphbuild.sources import Source, choose, sources
from tests.sources._golden import DATA, contents, fixture, passages, read

every_source = pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)

PROSE = """# Notes on a project, with commas, and more

Some text about graphs, papers and citations. It has a title, an id, authors, and a list:

- one, two, three
- references: see below; and above

| name | value |
|---|---|
| title | The Art of Nothing |

    {"this": "is code"}

That is all, folks. 12 34
"""


@every_source
@pytest.mark.parametrize("stem", ["good", "corrupt"])
def test_fixtures_are_read_as_expected(source: Source, stem: str) -> None:
    expected = json.loads((DATA / source.name / "expected.json").read_text("utf-8"))[stem]
    assert contents(read(source, fixture(source, stem))) == expected


@every_source
def test_fixtures_show_both_sides(source: Source) -> None:
    expected = json.loads((DATA / source.name / "expected.json").read_text("utf-8"))
    assert expected["good"]["records"]
    assert expected["good"]["rejected"] == []
    assert expected["corrupt"]["records"], "a broken entry has good neighbours"
    assert expected["corrupt"]["rejected"]


@every_source
def test_a_source_knows_its_own_file_best(source: Source) -> None:
    given = Input(fixture(source, "good"), "good")
    assert choose(given) is source
    certainties = {other.name: other.sniff(given) for other in sources()}
    own = certainties.pop(source.name)
    assert 0 < own <= 1
    assert all(own > other for other in certainties.values()), certainties


@every_source
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_packed_files_read_the_same(source: Source, pack, tmp_path: Path) -> None:
    plain = fixture(source, "good")
    packed = tmp_path / f"{plain.name}.packed"
    packed.write_bytes(pack(plain.read_bytes()))
    assert choose(Input(packed, plain.name)) is source
    assert read(source, packed, plain.name) == read(source, plain)


@every_source
@pytest.mark.parametrize("stem", ["good", "corrupt"])
@pytest.mark.parametrize("change", ["crlf", "bom", "utf-16"])
def test_text_written_otherwise_reads_the_same(
    source: Source, stem: str, change: str, tmp_path: Path
) -> None:
    plain = fixture(source, stem)
    content = plain.read_bytes()
    if b"\0" in content or plain.suffix == ".parquet":
        pytest.skip("a binary format")
    assert b"\r" not in content
    if change == "crlf":
        content = content.replace(b"\n", b"\r\n")
    elif change == "bom":
        content = b"\xef\xbb\xbf" + content
    else:
        content = content.decode().encode("utf-16")
    other = tmp_path / plain.name
    other.write_bytes(content)
    found, wanted = read(source, other), read(source, plain)
    assert contents(found) == contents(wanted)
    assert passages(found) == passages(wanted)


@every_source
@pytest.mark.parametrize("stem", ["good", "corrupt"])
def test_every_entry_says_where_it_stands(source: Source, stem: str) -> None:
    path = fixture(source, stem)
    for entry in read(source, path, "a name"):
        assert entry.origin.file == "a name"
        assert entry.origin.line >= 1
        assert entry.source == source.name
        if isinstance(entry, Rejected):
            assert entry.reason
        else:
            assert all(r.origin.file == "a name" and r.raw for r in entry.references)
            assert all(min(p.lines) >= 1 for p in entry.passages)


@every_source
@pytest.mark.parametrize("stem", ["good", "corrupt"])
def test_every_record_is_a_mention_where_it_stands(source: Source, stem: str) -> None:
    """What became of each entry can be seen: it is a mention of a paper, or a reject."""
    path = fixture(source, stem)
    entries = read(source, path)
    graph = gb.build(path, source=source.name)
    mentions, rejected = graph.mentions, {item.origin for item in graph.rejected}
    records = mentions[mentions.kind == "record"]
    found = Counter(zip(records.file, records.line, strict=True))
    told = Counter((e.origin.file, e.origin.line) for e in entries if isinstance(e, Record))
    # A record with neither an identifier nor a title is a reject.
    assert found <= told
    assert {Origin(*place) for place in told - found} <= rejected
    assert {e.origin for e in entries if isinstance(e, Rejected)} <= rejected
    assert set(records.paper) <= set(graph.papers.id)
    assert records.rule.notna().all()
    for place in found:
        assert graph.find(f"{place[0]}:{place[1]}") in set(records.paper) or found[place] > 1


@every_source
@pytest.mark.parametrize("stem", ["good", "corrupt"])
def test_reading_twice_gives_the_same(source: Source, stem: str) -> None:
    path = fixture(source, stem)
    assert read(source, path) == read(source, path)


@every_source
def test_a_cut_file_never_raises(source: Source, tmp_path: Path) -> None:
    """However a download ends, whole entries before the cut are read."""
    content = fixture(source, "good").read_bytes()
    whole = [e for e in read(source, fixture(source, "good")) if isinstance(e, Record)]
    path = tmp_path / "cut"
    dice = random.Random(source.name)
    for _ in range(25):
        path.write_bytes(content[: dice.randrange(1, len(content))])
        try:
            found = read(source, path, fixture(source, "good").name)
        except InputError:  # a fault of the whole file, told in words
            continue
        records = [entry for entry in found if isinstance(entry, Record)]
        assert len(records) <= len(whole)
        assert records[:-1] == whole[: max(0, len(records) - 1)]


@pytest.mark.parametrize(
    "content",
    [
        PROSE.encode(),
        b"x\n",
        b"\n\n1\n",
        b"[]",
        b"{}\n",
        b"Dear Sir or Madam,\n\nI write to you, as I said, about it.\n",
        random.Random(0).randbytes(5000),
        bytes(b for b in random.Random(1).randbytes(5000) if b),
        b'{"name": "graph", "version": "1.0", "private": true}',
        b"a,b,c\n1,2,3\n4,5,6\n",
    ],
    ids=["prose", "letter", "number", "array", "object", "mail", "bytes", "nonzero", "json", "csv"],
)
def test_what_is_no_input_is_chosen_by_no_source(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "unknown.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no source knows this kind of file; there are ai-arxiv"):
        choose(Input(path, "unknown.txt"))


def test_the_licence_is_chosen_by_no_source() -> None:
    path = Path(__file__).parents[2] / "LICENSE"
    with pytest.raises(InputError):
        choose(Input(path, path.name))
