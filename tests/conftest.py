"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import browser  # noqa: F401 - a fixture
from tests.neo4j.hooks import (  # noqa: F401 - hooks of this file
    pytest_configure,
    pytest_configure_node,
    pytest_report_header,
    pytest_unconfigure,
    pytest_xdist_make_scheduler,
)

# Deterministic, and without a clock: machines differ.
settings.register_profile("graphbuild", max_examples=50, deadline=None, derandomize=True)
settings.load_profile("graphbuild")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data beside the project; tests that need it skip where there is none."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def data() -> Path:
    """The project's own test files."""
    return Path(__file__).parent / "data"
