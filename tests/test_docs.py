"""What the documents say is what the project does: commands run, tables match, links exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graphbuild.sources import sources
from graphbuild.tables import SCHEMAS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("cypher/*.md")])


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)


def table_rows(text: str) -> list[list[str]]:
    """Cells of every table row below a heading row."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def section(page: str, heading: str) -> str:
    _, found, rest = text_of(page).partition(f"\n## {heading}\n")
    assert found, f"{page} has no section {heading!r}"
    return rest.partition("\n## ")[0]


def project() -> dict[str, Any]:
    return tomllib.loads(text_of("pyproject.toml"))


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with this checkout's or that folder's packages first."""
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )


# -- links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(linked), f"{page.name} links to {target}"


def anchors(page: Path) -> set[str]:
    """The anchors that a heading gets where Markdown is shown as HTML."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


# -- docs/architecture.md and docs/data-model.md -------------------------------------------------


def test_every_dependency_has_its_reason_and_licence() -> None:
    rows = table_rows(section("docs/architecture.md", "Libraries"))[1:]
    declared = [re.split(r"[>=<]", line)[0] for line in project()["project"]["dependencies"]]
    assert [row[0] for row in rows] == declared
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_floors_are_those_that_are_checked() -> None:
    listed = re.findall(r"^    (\S.*)$", section("docs/architecture.md", "Floors"), re.MULTILINE)
    contract = project()["tool"]["importlinter"]["contracts"][0]
    assert listed == [layer.replace("(", "").replace(")", "") for layer in contract["layers"]]


def test_every_room_has_its_question() -> None:
    rooms = [row[0].strip("`") for row in table_rows(section("docs/architecture.md", "Rooms"))[1:]]
    layers = project()["tool"]["importlinter"]["contracts"][0]["layers"]
    assert rooms == re.findall(r"\w+", " ".join(layers))


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_data_model_lists_every_column(table: str) -> None:
    rows = table_rows(section("docs/data-model.md", table))
    assert rows[0] == ["column", "type", "null", "meaning", "example"]
    documented = [(name.strip("`"), type_, null) for name, type_, null, _, _ in rows[1:]]
    actual = [
        (field.name, _type_name(str(field.type)), "yes" if field.nullable else "no")
        for field in SCHEMAS[table]
    ]
    assert documented == actual
    assert all(meaning for _, _, _, meaning, _ in rows)


def _type_name(arrow: str) -> str:
    name = re.sub(r"list<\w+: (\w+)>", r"list<\1>", arrow)
    return {"date32[day]": "date32"}.get(name, name)


# -- docs/cli.md and --help ----------------------------------------------------------------------


def commands() -> Iterator[tuple[str, Any]]:
    from graphbuild import cli

    yield from cli.main.commands.items()


def test_the_cli_reference_is_what_the_commands_say() -> None:
    command = [sys.executable, str(ROOT / "tools/make_cli_reference.py"), "--check"]
    done = run(command, ROOT, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_the_commands_that_there_should_be() -> None:
    assert [name for name, _ in commands()] == [
        "build",
        "info",
        "sources",
        "rank",
        "clusters",
        "view",
        "explain",
        "quality",
        "review",
        "sql",
        "query",
        "cypher",
        "demo",
        "load",
        "pull",
        "export",
    ]


def test_every_command_and_option_has_help_and_every_command_an_example() -> None:
    from click.testing import CliRunner

    for name, command in commands():
        shown = CliRunner().invoke(command, ["--help"])
        assert shown.exit_code == 0
        assert re.search(rf"Example:\n\s+graphbuild {name}\b", shown.output), shown.output
        for param in command.params:
            assert param.param_type_name == "argument" or param.help, (name, param.name)


def test_the_examples_name_options_that_exist() -> None:
    for name, command in commands():
        example = (command.help or "").partition("Example:")[2]
        known = {option for param in command.params for option in param.opts}
        used = set(re.findall(r"(?<=\s)--[\w-]+", example))
        assert used <= known, (name, used - known)


# -- README.md -----------------------------------------------------------------------------------


def test_the_readme_lists_every_source() -> None:
    rows = table_rows(section("README.md", "What it reads"))[1:]
    named = {re.sub(r"\[`([^`]+)`\].*", r"\1", row[0]) for row in rows}
    assert named == {source.name for source in sources()}


def test_every_source_has_its_page() -> None:
    pages = {page.stem for page in (ROOT / "docs/sources").glob("*.md")}
    assert pages >= {source.name for source in sources()}


def test_the_commands_of_the_readme_run(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "graphbuild"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graphbuild.cli "$@"\n')
    program.chmod(0o755)
    scripts = blocks("README.md", "sh")
    assert scripts
    for script in scripts:
        done = run(
            ["bash", "-euo", "pipefail", "-c", script],
            tmp_path,
            PATH=f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            PYTHONPATH=str(ROOT),
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "graph.html").stat().st_size > 0
    # One name with and without its stroke, a paper without an id: the story that README tells.
    import graphbuild as gb

    graph = gb.open(tmp_path / "graph")
    assert ["Lukasz Kaiser", "Łukasz Kaiser"] in [list(names) for names in graph.authors["names"]]
    assert graph.info()["papers"] == 4
    assert graph.info()["citations"] == 5


def test_the_example_of_corrections_runs_as_it_is_told(tmp_path: Path) -> None:
    (script,) = blocks("docs/trust.md", "sh")
    program = f'"{sys.executable}" -m graphbuild.cli'
    script = re.sub(r"^graphbuild", program, script, flags=re.MULTILINE)
    done = run(["bash", "-euo", "pipefail", "-c", script], tmp_path, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr
    said = {" ".join(line.split()) for line in (done.stdout + done.stderr).splitlines()}
    _, _, example = text_of("docs/trust.md").partition("### An example")
    told = re.findall(
        r"^    (.+)$", example.partition("### ")[0].rpartition("```")[2], re.MULTILINE
    )
    assert len(told) == 10
    assert {" ".join(line.split()) for line in told} <= said


def test_every_figure_is_defined() -> None:
    import graphbuild as gb

    defined = re.findall(r"`(\w+)`", "".join(row[0] for row in table_rows(
        section("docs/trust.md", "Quality"))[1:]))  # fmt: skip
    figures = gb.quality(gb.build(gb.demo.corpus())).figures["figure"].to_pylist()
    assert sorted(defined) == sorted(figures)


@pytest.mark.parametrize("page", ["README.md", "docs/trust.md"])
def test_the_python_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    for code in blocks(page, "python"):
        exec(code, found)
    assert (tmp_path / "map.html").is_file() is (page == "README.md")


# -- CONTRIBUTING.md -----------------------------------------------------------------------------


def test_a_stranger_can_add_a_source_by_following_contributing(tmp_path: Path) -> None:
    for part in ("graphbuild", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / part, tmp_path / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (code,) = blocks("CONTRIBUTING.md", "python")
    good, corrupt = blocks("CONTRIBUTING.md", "text")
    source = tmp_path / "graphbuild/sources/field_tagged.py"
    source.write_text(code, encoding="utf-8")
    fixtures = tmp_path / "tests/data/field-tagged"
    fixtures.mkdir(parents=True)
    (fixtures / "good.txt").write_text(good, encoding="utf-8")
    (fixtures / "corrupt.txt").write_text(corrupt, encoding="utf-8")

    for arguments in (
        ["-m", "tests.sources._golden", "field-tagged"],
        ["-m", "pytest", "-q", "tests/sources/test_promises.py", "-k", "field-tagged"],
        ["-m", "ruff", "check", str(source)],
        ["-m", "ruff", "format", "--check", str(source)],
        ["-m", "mypy", "-m", "graphbuild.sources.field_tagged"],
    ):
        done = run([sys.executable, *arguments], tmp_path, PYTHONPATH=str(tmp_path))
        assert done.returncode == 0, (arguments, done.stdout + done.stderr)

    check = run([sys.executable, "-c", WHAT_IT_READ], tmp_path, PYTHONPATH=str(tmp_path))
    assert check.returncode == 0, check.stdout + check.stderr


# Not what the source says of itself: the entries as a person reads them.
WHAT_IT_READ = """
from pathlib import Path
from graphbuild.sources import find_source
from tests.sources._golden import DATA, read

source = find_source("field-tagged")
(record,) = read(source, DATA / "field-tagged/good.txt")
assert record.title == "On the citing of papers that cite"
assert [person.name for person in record.authors] == ["Jane Doe", "Jan van der Berg"]
assert (record.doi, record.year) == ("10.1234/invented.1", 2019)
assert record.other_ids == ("id:field-tagged/INV:1",)
assert record.origin.line == 3
assert [reference.origin.line for reference in record.references] == [12, 13]
first, broken, third, cut = read(source, DATA / "field-tagged/corrupt.txt")
assert (first.title, third.title, third.year) == ("The first of these", "The third of these", None)
assert (broken.origin.line, cut.origin.line) == (6, 16)
assert "neither a title" in broken.reason and "ends before" in cut.reason
"""
