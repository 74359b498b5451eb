"""A browser for the page, and graphs to draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Opened:
    """A page with everything that it did beyond showing itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.dialogs: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def position(self, paper: str) -> tuple[float, float]:
        at = self.page.evaluate("id => graphbuild.position(id)", paper)
        return at["x"], at["y"]

    def counts(self) -> dict[str, int]:
        return self.page.evaluate("graphbuild.counts()")

    def selected(self) -> str | None:
        return self.page.evaluate("graphbuild.selected()")

    def paper(self, paper: str) -> dict[str, Any]:
        """What the page knows of a paper."""
        return self.page.evaluate("id => graphbuild.paper(id)", paper)

    def ids(self) -> list[str]:
        return self.page.evaluate("graphbuild.ids()")

    def pixel(self, x: float, y: float) -> list[int]:
        """The colour at a point of the map's sharp picture: red, green, blue."""
        return self.page.evaluate(
            """async ([x, y]) => {
                 await graphbuild.sharp();
                 const canvas = document.querySelector("#map canvas.base");
                 const ratio = canvas.width / canvas.clientWidth;
                 const context = canvas.getContext("2d");
                 return [...context.getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
               }""",
            [x, y],
        )

    def at_rest(self) -> None:
        """Wait until the map has stopped moving."""
        self.page.evaluate(
            """async () => {
                 let before = "";
                 for (let still = 0; still < 6;) {
                   await new Promise(requestAnimationFrame);
                   const id = graphbuild.ids ? graphbuild.ids()
                     : JSON.parse(document.getElementById("data").textContent).papers.id;
                   const now = id.length ? JSON.stringify(graphbuild.position(id[0])) : "";
                   still = now === before ? still + 1 : 0;
                   before = now;
                 }
               }"""
        )


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open HTML from a file, with the options of a browser context."""
    contexts = []

    def open_(html: str, fragment: str = "", **options: Any) -> Opened:
        path = tmp_path / "map.html"
        path.write_bytes(html.encode())
        options.setdefault("viewport", {"width": 1280, "height": 800})
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(**options)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.goto(path.as_uri() + fragment)
        opened.page.evaluate("graphbuild.ready")
        opened.at_rest()
        return opened

    yield open_
    for context in contexts:
        context.close()
