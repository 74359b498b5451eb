"""Every source keeps what CONTRIBUTING.md asks of a source; a new one is found by itself."""

from __future__ import annotations

import pytest

from graphbuild.sources import Source, sources
from tests.promises import DATA, check


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_a_source_keeps_its_promises(source: Source) -> None:
    check(source, DATA / source.name)


def test_no_fixtures_are_left_without_a_source() -> None:
    folders = {file.parent.name for file in DATA.glob("*/expected.json")}
    assert folders <= {source.name for source in sources()}
