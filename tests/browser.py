"""One browser for all tests of a process: a second Playwright beside it would not start."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def chromium() -> str | None:
    return os.environ.get("GRAPHBUILD_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )


def unavailable(reason: str) -> None:
    if "browser" in os.environ.get("GRAPHBUILD_REQUIRE", "").replace(",", " ").split():
        pytest.fail(f"GRAPHBUILD_REQUIRE asks for a browser: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; skips where there is none, unless GRAPHBUILD_REQUIRE has it."""
    path = chromium()
    if path is None:
        unavailable(f"no Chromium on PATH ({', '.join(NAMES)}) nor in GRAPHBUILD_CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("playwright is not installed")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()
