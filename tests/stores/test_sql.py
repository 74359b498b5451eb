"""SQL over the tables."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphbuild as gb
from graphbuild.errors import GraphbuildError
from tests.builders import graph_of, record

GRAPH = graph_of(
    record("1706.03762", title="Attention Is All You Need", year=2017, authors="Noam Shazeer",
           categories=("cs.CL",), cites=["1607.06450", "1409.0473"]),
    record("1607.06450", title="Layer Normalization", year=2016, cites=["1409.0473"]),
)  # fmt: skip


def test_tables_are_there_by_name(tmp_path: Path) -> None:
    for graph in (GRAPH, gb.open(GRAPH.save(tmp_path / "graph"))):
        answer = graph.sql(
            "SELECT cited, count(*) AS n FROM citations JOIN papers ON papers.id = cited"
            " GROUP BY cited ORDER BY n DESC"
        )
        assert answer.to_numpy().tolist() == [["arxiv:1409.0473", 2], ["arxiv:1607.06450", 1]]
        for name in ("papers", "authors", "citations", "authorships", "categories", "mentions"):
            count = graph.sql(f"SELECT count(*) AS n FROM {name}").n[0]
            assert count == len(getattr(graph, name))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELEC 1", "SELEC"),
        ("SELECT titel FROM papers", "titel"),
        ("SELECT 1; SELECT 2", "one SELECT statement"),
        ("DROP TABLE papers", "one SELECT statement"),
        ("COPY papers TO 'out.csv'", "one SELECT statement"),
        ("SET enable_external_access = true", "one SELECT statement"),
        ("SELECT * FROM read_csv('/etc/passwd')", "cannot be answered"),
        ("SELECT * FROM '/etc/passwd'", "cannot be answered"),
        ("", "one SELECT statement"),
    ],
)
def test_everything_else_is_refused_in_words(
    statement: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GraphbuildError, match=message):
        GRAPH.sql(statement)
    assert list(tmp_path.iterdir()) == []
