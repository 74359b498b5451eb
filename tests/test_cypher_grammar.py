"""Neo4j's own grammar, as its editor has it, finds nothing to say of any statement.

It comes from npm and is kept in ``.cache``; where Node.js or npm cannot be had, this is skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from graphbuild.statements import Statement, statements

CACHE = Path(__file__).parents[1] / ".cache" / "npm"
# The last one that runs on Node.js 18.
PACKAGE = "@neo4j-cypher/language-support@2.0.0-next.20"

LINT = """
const { lintCypherQuery } = require("@neo4j-cypher/language-support");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const found = given.map(({ text, parameters }) => {
  const answer = lintCypherQuery(text, { parameters });
  return answer.diagnostics ?? answer;
});
console.log(JSON.stringify(found));
"""


# Where there is no network, npm would try for many minutes.
NOT_FOR_EVER = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000")


@pytest.fixture(scope="module")
def grammar() -> Path:
    """The folder that Node.js finds the grammar from."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node.js and npm were not found")
    folder = CACHE / PACKAGE.rpartition("@")[2]
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="fetching-") as scratch:
            fetched = Path(scratch) / "folder"
            fetched.mkdir()
            done = subprocess.run(
                [npm, "install", "--prefix", fetched, "--ignore-scripts", "--no-audit", "--no-fund",
                 "--no-save", *NOT_FOR_EVER, PACKAGE],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300,
            )  # fmt: skip
            if done.returncode:
                pytest.skip(f"npm could not fetch the grammar: {done.stderr.strip()[-300:]}")
            for map_ in fetched.rglob("*.map"):  # of no use here, and the larger part
                map_.unlink()
            fetched.rename(folder)
    return folder


def lint(grammar: Path, given: list[tuple[str, dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """What the grammar finds wrong with each statement."""
    asked = [{"text": text, "parameters": parameters} for text, parameters in given]
    done = subprocess.run(
        ["node", "-e", LINT], cwd=grammar, input=json.dumps(asked),
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def examples(statement: Statement) -> dict[str, Any]:
    return {each.name: each.example for each in statement.parameters}


def test_the_grammar_finds_nothing(grammar: Path) -> None:
    every = statements()
    found = lint(grammar, [(each.text, examples(each)) for each in every])
    complaints = {
        each.name: [item["message"] for item in items]
        for each, items in zip(every, found, strict=True)
        if items
    }
    assert complaints == {}


def test_the_grammar_would_find_something(grammar: Path) -> None:
    wrong = [
        "MATCH (p:Paper RETURN p",
        "MATCH (p:Paper) RETURN q",
        "MATCH (p {id: $missing}) RETURN p",
        "MATCH (p:Paper) RETURN id(p) AS id",
    ]
    found = lint(grammar, [(text, {}) for text in wrong])
    assert all(found), found
