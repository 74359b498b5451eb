"""The statements under ``cypher/``: one to a file, with a header that says what it is for."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import graphbuild
from graphbuild.errors import GraphbuildError

__all__ = ["FOLDERS", "Parameter", "Statement", "asked", "find", "statements", "style", "zipped"]

FOLDERS = ("schema", "load", "explore", "analyse", "gds")
"""The folders under ``cypher/``, in the order in which they are listed."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a statement, with an example of its value."""

    name: str
    example: Any
    about: str


@dataclass(frozen=True)
class Statement:
    """A statement by name, and what its header says of it.

    Attributes
    ----------
    name
        Folder and file without suffix, ``explore/most-cited``.
    title
        The first line, which Neo4j Browser shows.
    answers
        The question it answers.
    needs
        What it cannot be run without: ``Neo4j``, ``Graph Data Science``, or nothing.
    parameters, columns
        What goes in and what comes out.
    text
        The whole file.
    """

    name: str
    title: str
    answers: str
    needs: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str

    def filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is given, and for what is not and is a number or a list: the header's example."""
        examples = {
            each.name: each.example
            for each in self.parameters
            if isinstance(each.example, int | float | list)
        }
        return {**examples, **given}


_PARAMETER = re.compile(r"//   \$(\w+) = (\".*?\"|\[.*?\]|[^\s\"\[]\S*)(?: {2,}(.*)|$)")
_COLUMN = re.compile(r"//   (\w+(?:, \w+)*)(?: {2,}.*|$)")


def statements() -> list[Statement]:
    """All statements, by folder and name.

    >>> [each.title for each in statements() if each.name == "explore/most-cited"]
    ['Most cited papers']
    """
    files = sorted(_folder().glob("*/*.cypher"), key=lambda file: file.stem)
    named = [file for folder in FOLDERS for file in files if file.parent.name == folder]
    return [_read(file) for file in named]


def find(name: str) -> Statement:
    """The statement of a name.

    Raises
    ------
    GraphbuildError
        When there is none.
    """
    file = _folder() / f"{name}.cypher"
    if name.count("/") != 1 or name.partition("/")[0] not in FOLDERS or not file.is_file():
        raise GraphbuildError(f"there is no statement {name!r}; graphbuild cypher lists them")
    return _read(file)


def asked(
    statement: str, given: Mapping[str, Any], *, server: bool
) -> tuple[str, Mapping[str, Any]]:
    """The text and the parameters of a statement, or of one of ours by name.

    Raises
    ------
    GraphbuildError
        When there is none of that name, or it needs a ``server`` and there is none.

    >>> text, parameters = asked("explore/most-cited", {}, server=False)
    >>> text.splitlines()[0], parameters
    ('// Most cited papers', {'limit': 20})
    """
    if not re.fullmatch(r"[\w-]+/[\w-]+", statement.strip()):
        return statement, given
    found = find(statement.strip())
    if found.needs and not server:
        raise GraphbuildError(f"{found.name} needs {found.needs}; give --uri to run it there")
    return found.text, found.filled(given)


def style() -> str:
    """How Neo4j Browser is to draw the graph: ``cypher/style.grass``."""
    return (_folder() / "style.grass").read_text("utf-8")


def zipped() -> bytes:
    """All statements as a zip of folders, to be dropped on Neo4j Browser; always the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for each in statements():
            # Of one date, made nowhere in particular, and not packed, which differs by library.
            entry = zipfile.ZipInfo(f"{each.name}.cypher", (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, each.text)
    return held.getvalue()


def _folder() -> Path:
    """In a wheel the statements are inside of the package, else beside it."""
    package = Path(graphbuild.__file__).parent
    for folder in (package / "cypher", package.parent / "cypher"):
        if folder.is_dir():
            return folder
    raise GraphbuildError("the folder cypher/ is missing: install graphbuild again")


def _read(file: Path) -> Statement:
    text = file.read_text("utf-8")
    header = [line for line in text.splitlines() if line.startswith("//")]
    sections: dict[str, list[str]] = {}
    for line in header[1:]:
        if opened := re.match(r"// (Answers|Needs|Parameters|Columns): ?(.*)", line):
            sections[opened[1]] = [opened[2]] if opened[2] else []
            current = sections[opened[1]]
        elif line != "//":
            current.append(line)
    parameters = [_PARAMETER.match(line) for line in sections.get("Parameters", [])]
    columns = [_COLUMN.match(line) for line in sections.get("Columns", [])]
    return Statement(
        f"{file.parent.name}/{file.stem}",
        header[0].removeprefix("// "),
        " ".join(line.removeprefix("// ").strip() for line in sections["Answers"]),
        " ".join(line.removeprefix("// ").strip() for line in sections.get("Needs", [])),
        tuple(Parameter(m[1], json.loads(m[2]), m[3] or "") for m in parameters if m),
        tuple(name for m in columns if m for name in m[1].split(", ")),
        text,
    )
