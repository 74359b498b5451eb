"""Neo4j Browser, as people use it: connect, drop the favourites and the style sheet, run one.

Screenshots are kept in ``out/neo4j-browser``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphbuild.graph import Graph
from graphbuild.statements import find, statements, style, zipped
from graphbuild.stores import embedded
from tests.neo4j.conftest import Database
from tests.neo4j.server import Address
from tests.stores.corpora import corpus

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SCREENSHOTS = Path(__file__).parents[2] / "out" / "neo4j-browser"

# Browser takes files from the desktop; this is what it hears when somebody drops one.
DROP = """
async (element, [name, content]) => {
  const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  for (const type of ["dragenter", "dragover", "drop"]) {
    element.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
"""


def named(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="{name}"]')


def drop(target: Locator, name: str, content: bytes) -> None:
    target.evaluate(DROP, [name, base64.b64encode(content).decode()])


def ask(page: Page, command: str) -> None:
    """Type into the editor, and run it."""
    page.locator(".monaco-editor").first.click()
    page.keyboard.insert_text(command)
    page.keyboard.press("Control+Enter")


@pytest.fixture
def page(
    browser: Browser,
    real: Address,
) -> Iterator[Page]:
    """Neo4j Browser, connected to the server; nothing reaches beyond this machine."""
    if real.browser is None:
        pytest.skip(f"where Neo4j Browser is for {real.name} is not known")
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.route(re.compile(r"^https?://(?!127\.0\.0\.1[:/])"), lambda route: route.abort())
    opened = context.new_page()
    opened.set_default_timeout(60_000)  # machines are busy
    opened.goto(real.browser)
    scheme, _, host = real.uri.partition("://")
    named(opened, "bolt-scheme-select").select_option(f"{scheme}://")
    for field, value in (
        ("boltaddress", host),
        ("username", real.user),
        ("password", real.password),
    ):
        named(opened, field).fill(value)
    named(opened, "connect").click()
    # Until then Browser is still connecting, and closes its drawers when it is done.
    named(opened, "frame").filter(has_text=":play start").first.wait_for()
    yield opened
    context.close()


def drop_favourites(page: Page) -> None:
    """As a person would, again when nothing happens: on a busy machine a drop may be missed."""
    from playwright.sync_api import TimeoutError as NothingHappened

    folder = named(page, "savedScriptsFolder-schema").first
    for _ in range(2):
        drop(named(page, "savedScriptsFolder-Basic Queries"), "favourites.zip", zipped())
        try:
            return folder.wait_for(timeout=30_000)
        except NothingHappened:
            continue
    return folder.wait_for(timeout=1)


def photograph(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_favourites_and_style_are_taken_and_a_favourite_runs(
    page: Page, database: Database
) -> None:
    graph: Graph = corpus()
    database.load(graph)

    named(page, "navigationFavorites").click()
    drop_favourites(page)
    for folder in ("schema", "load", "explore", "analyse", "gds"):
        named(page, f"expandFolder-{folder}").first.click()
    titles = page.locator('[data-testid^="scriptTitle-"]')
    named(page, "scriptTitle-Most cited papers").first.wait_for()
    shown = set(titles.evaluate_all("all => all.map(each => each.dataset.testid.slice(12))"))
    assert {each.title for each in statements()} <= shown
    photograph(page, "favourites")

    drop(named(page, "main"), "style.grass", style().encode())
    frames = named(page, "frame")
    frames.filter(has_text="node.Paper").first.wait_for()

    ask(page, ":param {limit: 3}")
    # Browser makes a fraction of it, 3.0, so the statements must take one.
    frames.filter(has_text='"limit": 3').first.wait_for()
    named(page, "savedScriptListItem").filter(
        has=named(page, "scriptTitle-Most cited papers")
    ).first.locator('[data-testid="savedScriptsButton-Run"]').click()
    statement = find("explore/most-cited").text
    first, *others = embedded.query(graph, statement, {"limit": 3}).rows
    answer = frames.filter(has_text=first[0]).filter(has_text=str(first[1])).first
    answer.wait_for()
    told = answer.inner_text()
    assert all(row[0] in told for row in others)
    photograph(page, "most-cited")

    # The style sheet: papers are blue, and bear their titles.
    cited = f"(:Paper {{id: '{first[0]}'}})"
    ask(page, f"MATCH path = (:Author)-[:WROTE]->(:Paper)-[:CITES]->{cited} RETURN path")
    circle = page.locator("g.node circle.b-outline").first
    circle.wait_for()
    page.wait_for_timeout(500)  # until the picture has come to rest
    colours = {
        each.lower()
        for each in page.locator("g.node circle.b-outline").evaluate_all(
            "all => all.map(each => each.getAttribute('fill'))"
        )
    }
    assert colours == {"#2f6db5", "#d9822b"}
    captions = " ".join(page.locator("g.node text.caption").all_text_contents())
    assert first[1].split()[0] in captions
    photograph(page, "picture")
