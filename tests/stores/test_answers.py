"""Every statement under cypher/ that needs no server gives the answer that its twin gives."""

from __future__ import annotations

from typing import Any

import pytest

from graphbuild.graph import Graph
from graphbuild.statements import Statement, statements
from graphbuild.stores import embedded
from tests.stores.corpora import corpus, parameters_for
from tests.stores.twins import TWINS, World

ANYWHERE = [each for each in statements() if not each.needs]


@pytest.fixture(scope="module", params=[0, 1, 2])
def graph(request: pytest.FixtureRequest) -> Graph:
    return corpus(request.param)


@pytest.mark.parametrize("statement", ANYWHERE, ids=lambda each: each.name)
def test_it_answers_as_its_twin(statement: Statement, graph: Graph) -> None:
    given = parameters_for(statement.name, [each.name for each in statement.parameters])
    answer = embedded.query(graph, statement.text, given)
    assert tuple(answer.columns) == statement.columns
    expected = TWINS[statement.name](World(graph), **given)
    assert answer.rows == [tuple(map(close, row)) for row in expected]


def close(value: Any) -> Any:
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


def test_the_corpora_make_every_statement_say_something() -> None:
    for statement in ANYWHERE:
        given = parameters_for(statement.name, [each.name for each in statement.parameters])
        assert any(embedded.query(corpus(seed), statement.text, given).rows for seed in range(3)), (
            statement.name
        )


def test_there_are_statements_enough_and_each_has_its_twin() -> None:
    assert {each.name for each in ANYWHERE} == set(TWINS)
    assert len([each for each in statements() if each.name.startswith(("ex", "an"))]) >= 25
