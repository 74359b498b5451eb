"""The form of every statement under cypher/: one per file, titled, documented, nothing glued in."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from graphbuild.statements import FOLDERS, statements, zipped

CYPHER = Path(__file__).parents[1] / "cypher"
FILES = sorted(CYPHER.glob("*/*.cypher"))

PARAMETER = re.compile(
    r"^//   \$(?P<name>[a-z_]+) = (?P<example>\"[^\"]*\"|\[.*?\]|[^\s\"\[]+)(?: {2,}\S|$)"
)
COLUMN = re.compile(r"^//   (?P<names>[a-z_]+(?:, [a-z_]+)*)(?: {2,}\S|$)")


def header_and_statement(file: Path) -> tuple[list[str], str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    length = next(i for i, line in enumerate(lines) if not line.startswith("//"))
    return lines[:length], "\n".join(lines[length:])


def section(header: list[str], name: str) -> list[str]:
    """The lines of ``// Name:`` up to the next section."""
    start = next(i for i, line in enumerate(header) if line.startswith(f"// {name}:"))
    rest = header[start + 1 :]
    end = next((i for i, line in enumerate(rest) if not line.startswith("//   ")), len(rest))
    return rest[:end]


def without_strings(statement: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "''", statement)


@pytest.fixture(params=FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_there_are_files_in_every_folder() -> None:
    assert {file.parent.name for file in FILES} == set(FOLDERS)
    assert len({file.stem for file in FILES}) == len(FILES)


def test_it_begins_with_a_title_and_says_what_it_answers(file: Path) -> None:
    header, _ = header_and_statement(file)
    assert re.fullmatch(r"// [A-Z][^.]{5,70}", header[0])
    assert header[1] == "//"
    assert header[2].startswith("// Answers: ")
    assert all(line == line.rstrip() for line in header)


def test_it_is_one_plain_statement(file: Path) -> None:
    _, statement = header_and_statement(file)
    assert statement.strip() == statement, "no blank lines before or after"
    assert "//" not in statement
    bare = without_strings(statement)
    assert ";" not in bare
    assert not re.search(r"\bid\s*\(", bare), "id() is deprecated; papers have ids of their own"
    assert not re.search(r"\{\w*\}|%s|\$\{", bare), "no places to paste text: use $parameters"
    assert all(len(line) <= 100 for line in file.read_text(encoding="utf-8").splitlines())


def test_its_parameters_are_those_that_it_documents(file: Path) -> None:
    header, statement = header_and_statement(file)
    used = set(re.findall(r"\$(\w+)", without_strings(statement)))
    documented = [PARAMETER.match(line) for line in section(header, "Parameters")]
    assert all(documented), section(header, "Parameters")
    assert {match["name"] for match in documented if match} == used
    for match in documented:
        assert match is not None
        json.loads(match["example"])
    if not used:
        assert "// Parameters: none" in header


def test_its_columns_are_those_that_it_documents(file: Path) -> None:
    header, statement = header_and_statement(file)
    _, returns, result = statement.rpartition("RETURN ")
    if not returns:
        assert "// Columns: none" in header
        assert statement.startswith("CREATE ")
        assert "// Needs: a Neo4j" in header
        return
    returned = result.partition("\nORDER BY")[0]
    depthless = returned
    while (shorter := re.sub(r"\([^()]*\)|\[[^][]*\]|\{[^{}]*\}", "", depthless)) != depthless:
        depthless = shorter
    columns = [item.split(" AS ")[-1].strip() for item in depthless.split(",")]
    lines = [COLUMN.match(line) for line in section(header, "Columns")]
    assert all(lines), section(header, "Columns")
    assert [name for line in lines if line for name in line["names"].split(", ")] == columns


def test_what_graphbuild_reads_of_it_is_what_it_says(file: Path) -> None:
    header, _ = header_and_statement(file)
    name = f"{file.parent.name}/{file.stem}"
    (found,) = [each for each in statements() if each.name == name]
    assert found.title == header[0].removeprefix("// ")
    assert found.answers.endswith((".", "?", ".)"))
    parameters = [PARAMETER.match(line) for line in section(header, "Parameters")]
    assert [(each.name, each.example) for each in found.parameters] == [
        (match["name"], json.loads(match["example"])) for match in parameters if match
    ]
    columns = [COLUMN.match(line) for line in section(header, "Columns")]
    assert list(found.columns) == [
        each for match in columns if match for each in match["names"].split(", ")
    ]
    assert bool(found.needs) == (
        file.parent.name in {"schema", "load", "gds"} or "fulltext" in found.text
    )


def test_the_order_of_its_rows_is_stated(file: Path) -> None:
    _, statement = header_and_statement(file)
    if "LIMIT" in statement:
        assert "ORDER BY" in statement, "a limit without an order gives any rows"


def test_the_readme_lists_it(file: Path) -> None:
    readme = (CYPHER / "README.md").read_text(encoding="utf-8")
    assert f"`{file.parent.name}/{file.stem}`" in readme or f"`{file.parent.name}/*`" in readme


def test_the_zip_is_the_same_every_time_and_holds_them_all() -> None:
    assert zipped() == zipped()
    with zipfile.ZipFile(io.BytesIO(zipped())) as archive:
        held = {name: archive.read(name).decode() for name in archive.namelist()}
    assert held == {f"{file.parent.name}/{file.name}": file.read_text("utf-8") for file in FILES}
