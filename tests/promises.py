"""What every source promises, checked against its two fixtures and what they should give.

``tests/data/<source>/`` holds ``good.*`` and ``corrupt.*`` (several of each where a format has
several shapes) and ``expected.json``: for every one of these files, the list of what reading it
gives. ``python -m tests.promises NAME`` writes that file from what the source gives now; read it
before you commit it, because from then on it is the truth.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
from pathlib import Path
from typing import Any

from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options, Source, choose, find_source

DATA = Path(__file__).parent / "data"


def fixtures(folder: Path) -> list[Path]:
    """The inputs of a source's folder, in the order of their names."""
    return sorted([*folder.glob("good*"), *folder.glob("corrupt*")])


def read(source: Source, file: Path) -> list[Record | Rejected]:
    return list(source.read(Input(file, file.name), Options()))


def as_json(item: Record | Rejected) -> dict[str, Any]:
    """An item as JSON shows it, without what is empty; a reject is told by its ``reason``."""
    plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(item), default=_day))
    origin = plain.pop("origin")
    return {"line": origin["line"], **_filled(plain)}


def _day(value: object) -> str:
    assert isinstance(value, datetime.date), value
    return value.isoformat()


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if isinstance(value, dict):
        return {key: _filled(each) for key, each in value.items() if each not in (None, "", [], ())}
    return value


def expected(folder: Path) -> dict[str, list[dict[str, Any]]]:
    text = (folder / "expected.json").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, Any]]] = json.loads(text)
    return found


def check(source: Source, folder: Path) -> None:
    """Check all promises of a source."""
    files = fixtures(folder)
    kinds = {file.name.partition(".")[0].partition("-")[0] for file in files}
    assert kinds == {"good", "corrupt"}, f"{folder} needs good.* and corrupt.*"
    assert expected(folder).keys() == {file.name for file in files}
    for file in files:
        _check_file(source, file, expected(folder)[file.name])


def _check_file(source: Source, file: Path, wanted: list[dict[str, Any]]) -> None:
    items = read(source, file)
    assert [as_json(item) for item in items] == wanted, file
    assert read(source, file) == items, "reading twice must give the same"
    assert choose(Input(file, file.name)) is source, f"{file} is taken for another format"
    assert all(item.origin.file == file.name and item.origin.line >= 1 for item in items)
    assert all(item.source == source.name for item in items)
    assert [item.origin for item in items] == sorted(item.origin for item in items)
    rejected = [item for item in items if isinstance(item, Rejected)]
    assert len(rejected) < len(items), "a broken entry must not lose its neighbours"
    assert all(item.reason and item.raw for item in rejected)
    assert bool(rejected) == file.name.startswith("corrupt")


def write_expected(source: Source, folder: Path) -> None:
    found = {file.name: [as_json(item) for item in read(source, file)] for file in fixtures(folder)}
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write_expected(find_source(name), DATA / name)
