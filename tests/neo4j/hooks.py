"""pytest hooks: one server for the whole run, named in the header, and its tests on one worker.

``tests/conftest.py`` imports them. A run that cannot reach ``tests/neo4j`` starts no server.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.neo4j.server import Address, Running, Unavailable, choose

HERE = Path(__file__).parent

ADDRESS = pytest.StashKey[Address | str]()
"""Where the server is, or why there is none."""
_RUNNING = pytest.StashKey[Running]()


def is_required() -> bool:
    return "neo4j" in os.environ.get("GRAPHBUILD_REQUIRE", "").replace(",", " ").split()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        given = config.workerinput["neo4j"]
        config.stash[ADDRESS] = given if isinstance(given, str) else Address(**given)
    elif _is_wanted(config):
        try:
            running = choose(neo4j_only=is_required())
        except Unavailable as reason:
            config.stash[ADDRESS] = str(reason)
        else:
            config.stash[_RUNNING] = running
            config.stash[ADDRESS] = running.address


def _is_wanted(config: pytest.Config) -> bool:
    option = config.option
    if option.collectonly or option.help or "not neo4j" in option.markexpr:
        return False
    for argument in config.args:
        path = Path(config.invocation_params.dir, argument.partition("::")[0]).resolve()
        if path == HERE or path in HERE.parents or HERE in path.parents:
            return True
    return False


def pytest_report_header(config: pytest.Config) -> str | None:
    address = config.stash.get(ADDRESS, None)
    if address is None:
        return None
    return f"neo4j: {address if isinstance(address, str) else address.name}"


def pytest_unconfigure(config: pytest.Config) -> None:
    running = config.stash.get(_RUNNING, None)
    if running is not None:
        running.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each of pytest-xdist's workers where the server is."""
    address = node.config.stash.get(ADDRESS, "this run was not meant to need one")
    node.workerinput["neo4j"] = address if isinstance(address, str) else address.as_dict()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file goes to one worker as a whole, and so do all tests that share the server."""
    from xdist.scheduler import LoadFileScheduling

    class Grouped(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "tests/neo4j" if file.startswith("tests/neo4j/") else file

    return Grouped(config, log)
