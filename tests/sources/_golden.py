"""What a source reads, as JSON to compare with a fixture's ``expected.json``.

``python -m tests.sources._golden NAME`` writes that of a source's fixtures; read it line by line
before you keep it, because from then on it is the truth.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
from pathlib import Path
from typing import Any

from graphbuild.inputs import Input
from graphbuild.model import Origin, Passage, Record, Rejected
from graphbuild.sources import Options, Source, find_source

DATA = Path(__file__).parents[1] / "data"


def as_json(item: Any) -> Any:
    """A noun as JSON: fields that are not the default, dates as text, without passages.

    An origin is "line" (its file is the fixture); a ``Rejected`` its line and its reason.
    """
    if isinstance(item, Rejected):
        return {"line": item.origin.line, "reason": item.reason}
    if isinstance(item, Origin):
        return item.line
    if isinstance(item, datetime.date):
        return item.isoformat()
    if isinstance(item, tuple):
        return [as_json(entry) for entry in item]
    if dataclasses.is_dataclass(item):
        return {
            "line" if field.name == "origin" else field.name: as_json(getattr(item, field.name))
            for field in dataclasses.fields(item)
            if field.name != "passages" and getattr(item, field.name) != field.default
        }
    return item


def contents(entries: list[Record | Rejected]) -> dict[str, list[Any]]:
    """The records and the rejects of one file."""
    return {
        "records": [as_json(entry) for entry in entries if isinstance(entry, Record)],
        "rejected": [as_json(entry) for entry in entries if isinstance(entry, Rejected)],
    }


def passages(entries: list[Record | Rejected]) -> list[Passage]:
    return [p for entry in entries if isinstance(entry, Record) for p in entry.passages]


def fixture(source: Source, stem: str) -> Path:
    """The one file ``good.*`` or ``corrupt.*`` of a source."""
    found = sorted((DATA / source.name).glob(f"{stem}.*"))
    assert len(found) == 1, f"tests/data/{source.name} needs one file {stem}.*, not {found}"
    return found[0]


def read(source: Source, path: Path, name: str | None = None) -> list[Record | Rejected]:
    return list(source.read(Input(path, name or path.name), Options()))


def write_expected(source: Source) -> None:
    """Take what a source reads now for what it is to read."""
    golden = {stem: contents(read(source, fixture(source, stem))) for stem in ("good", "corrupt")}
    text = json.dumps(golden, indent=1, ensure_ascii=False) + "\n"
    (DATA / source.name / "expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write_expected(find_source(name))
