"""What a source reads, as JSON to compare with a fixture's ``expected.json``.

``python tests/sources/_golden.py NAME`` prints that of a source's fixtures, to be read line by
line before it is kept.
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


if __name__ == "__main__":
    chosen = find_source(sys.argv[1])
    golden = {stem: contents(read(chosen, fixture(chosen, stem))) for stem in ("good", "corrupt")}
    sys.stdout.write(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
