"""Review, edit, build: what a person decides comes back as corrections."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

import graphbuild as gb
from graphbuild.analysis import reviewing
from graphbuild.cli import main
from graphbuild.graph import Graph


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="graphbuild")


PAPERS: list[dict[str, Any]] = [
    {"arxiv_id": "1706.03762", "title": "Attention Is All You Need", "year": 2017,
     "authors": ["Wei Zhang", "Wei Zhang", "Ann Lee", "Bo Xu"], "venue": "NIPS"},
    {"doi": "10.5555/3295222", "title": "=HYPERLINK(evil)", "authors": ["Wei Zhang"]},
    {"arxiv_id": "1607.06450", "title": "Layer Normalization"},
]  # fmt: skip


def pairs(*rows: tuple[str, str, float, str]) -> pa.Table:
    names = ("one", "other", "score", "reason")
    columns = list(zip(*rows, strict=True)) if rows else [[], [], [], []]
    types = (pa.string(), pa.string(), pa.float64(), pa.string())
    return pa.table(
        {name: pa.array(c, t) for name, c, t in zip(names, columns, types, strict=True)}
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in PAPERS))
    graph = gb.build(path, out=tmp_path / "graph")
    authors = sorted(each for each in graph.authors.id if each.startswith("name:wei-zhang"))
    assert len(authors) >= 2
    found = {
        "papers": pairs(
            ("arxiv:1607.06450", "doi:10.5555/3295222", 0.2, "titles are alike"),
            ("arxiv:1706.03762", "doi:10.5555/3295222", 0.9, "authors are the same"),
        ),
        "authors": pairs((authors[0], authors[1], 0.5, "one name")),
    }
    monkeypatch.setattr(reviewing, "uncertain", lambda tables: found)
    return tmp_path / "graph"


def test_pairs_are_told_with_what_they_are(folder: Path) -> None:
    table = gb.analysis.review(gb.open(folder))
    assert table.decision.isna().all()
    assert table.score.tolist() == [0.9, 0.2, 0.5]
    assert table.one_is.tolist()[0] == (
        "Attention Is All You Need · Wei Zhang, Wei Zhang, Ann Lee et al. · 2017 · NIPS"
    )
    assert table.one.tolist()[2] == "name:wei-zhang"
    name, paper = table.other.tolist()[2].split(" @ ")
    assert name == "Wei Zhang"
    assert paper in {"arxiv:1706.03762", "doi:10.5555/3295222"}
    assert table.other_is.tolist()[2].startswith("Wei Zhang · ")


def test_a_review_that_is_filled_in_is_a_file_of_corrections(folder: Path, tmp_path: Path) -> None:
    by_hand = tmp_path / "corrections.csv"
    by_hand.write_text(run("review", folder, "--format", "csv").stdout)
    before = gb.open(folder).info()["papers"]
    result = run("build", "--update", folder, "--corrections", by_hand)
    assert result.exit_code == 0, result.output
    assert "0 corrections of 0 applied" in result.stdout
    rows = list(csv.reader(io.StringIO(by_hand.read_text())))
    rows[1][0] = "same"
    rows[2][0] = "different"
    with by_hand.open("w", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(rows)
    result = run("build", "--update", folder, "--corrections", by_hand)
    assert result.exit_code == 0, result.output
    assert "2 corrections of 2 applied" in result.stdout
    graph = gb.open(folder)
    assert graph.info()["papers"] == before - 1
    assert graph.find("10.5555/3295222") == graph.find("1706.03762")


def test_no_title_is_a_formula_in_a_spreadsheet(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("review", folder, "--format", "csv").stdout)))
    assert rows[0]["other_is"].startswith("'=HYPERLINK(evil)")
    assert not any(cell[:1] in set("=+-@") for row in rows for cell in row.values())


def test_the_command_tells_it_to_people_and_programs(folder: Path) -> None:
    shown = run("review", folder).stdout
    assert "authors are the same (0.90)" in shown
    assert "Layer Normalization" in shown
    assert "To decide: graphbuild review DIR --format csv" in shown
    told = json.loads(run("review", folder, "--format", "json").stdout)
    assert [row["decision"] for row in told] == [None] * 3


def test_where_nothing_is_uncertain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = {"papers": pairs(), "authors": pairs()}
    monkeypatch.setattr(reviewing, "uncertain", lambda tables: nothing)
    assert run("review", folder).stdout == "No pair is uncertain.\n"
    assert run("review", folder, "--format", "csv").stdout.count("\n") == 1


def test_what_is_not_applied_is_told_with_its_line(folder: Path, tmp_path: Path) -> None:
    by_hand = tmp_path / "corrections.csv"
    by_hand.write_text("decision,one,other\nsame,1706.03762,arxiv:2001.99999\n")
    result = run("build", "--update", folder, "--corrections", by_hand)
    assert result.exit_code == 0
    assert "corrections.csv:2: not applied: nothing here is called 'arxiv:2001.99999'" in (
        result.stderr
    )
    by_hand.write_text("decision,one,other\nsome,1706.03762,b\nsame,a,\n")
    result = run("build", "--update", folder, "--corrections", by_hand)
    assert result.exit_code == 1
    assert "2 corrections cannot be applied:\n  corrections.csv:2: the decision" in result.stderr
    assert run("build", "--update", folder).exit_code == 2


def test_papers_that_are_much_alike_are_reviewed_and_made_one(tmp_path: Path) -> None:
    path, folder = tmp_path / "papers.jsonl", tmp_path / "graph"
    rows = [
        {"title": "Networks for Protein Folding Dynamics", "year": 2007, "id": "A"},
        {"title": "Networks for Protein Folding", "year": 2008, "doi": "10.1234/b"},
        {"title": "Something else that has nothing to do with it", "year": 2008},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    gb.build(path, out=folder)
    text = run("review", folder, "--format", "csv").stdout
    assert text.count("\n") == 2
    by_hand = tmp_path / "corrections.csv"
    by_hand.write_text(text.replace("\n,", "\nsame,"))
    assert run("build", "--update", folder, "--corrections", by_hand).exit_code == 0
    graph = gb.open(folder)
    assert graph.find("id:records/A") == graph.find("10.1234/b")
    assert run("review", folder).stdout == "No pair is uncertain.\n"


def test_real_pairs_of_a_real_graph(shared: Path) -> None:
    graph: Graph = gb.build(sorted((shared / "seeds").glob("*.txt")))
    table = gb.analysis.review(graph)
    found = reviewing.uncertain(graph)
    assert len(table) == sum(part.num_rows for part in found.values())
    assert table.one_is.notna().all()
