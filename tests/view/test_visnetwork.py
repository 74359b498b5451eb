"""The page that draws with vis-network, in a real browser."""

from __future__ import annotations

import json
import re

import pytest

from graphbuild import view

from .graphs import HOSTILE, hostile, islands, topics

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tables():
    return topics()


@pytest.fixture(scope="module")
def html(tables):
    return view.page(tables, title="Map of tests", renderer="pyvis")


def data(html: str) -> dict:
    return json.loads(re.search(r'<script id="data"[^>]*>(.*?)</script>', html, re.DOTALL)[1])


def quiet(opened) -> None:
    assert len(opened.requests) == 1, opened.requests
    assert opened.messages == []
    assert opened.dialogs == []


def test_it_opens_quietly_and_counts_what_the_graph_has(show, tables, html):
    opened = show(html)
    cited_only = int((~tables.papers["in_corpus"]).sum())
    assert opened.page.title() == "Map of tests"
    assert opened.page.inner_text("#summary") == f"60 papers, {len(tables.citations)} citations"
    citations = len(tables.citations)
    assert opened.counts() == {
        "papers": 60, "citations": citations, "drawn": 60, "drawnCitations": citations,
        "visible": 60, "visibleCitations": citations,
    }  # fmt: skip
    assert opened.page.inner_text("#cited-only-row .count") == str(cited_only)
    assert opened.page.evaluate("document.compatMode") == "CSS1Compat"
    quiet(opened)


def test_the_policy_keeps_the_page_from_the_network(show, html):
    opened = show(html)
    refused = opened.page.evaluate(
        "fetch('https://example.org/').then(() => 'fetched', () => 'refused')"
    )
    assert refused == "refused"
    opened.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')"
    )
    opened.page.wait_for_timeout(100)
    assert opened.dialogs == []
    assert any("Content Security Policy" in message for message in opened.messages)
    assert not any(url.startswith("http") for url in opened.requests)


def test_papers_are_drawn_where_the_model_has_them(show, html):
    opened = show(html)
    papers = data(html)["papers"]
    filled = next(i for i, one in enumerate(papers["inCorpus"]) if one)
    x, y = opened.position(papers["id"][filled])
    pixel = opened.page.evaluate(
        """([x, y]) => {
             const canvas = document.querySelector("#map canvas");
             const ratio = canvas.width / canvas.clientWidth;
             return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data];
           }""",
        [x, y],
    )
    colour = data(html)["palettes"]["light"]["clusters"][papers["cluster"][filled] - 1]
    assert pixel[:3] == [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_hover_shows_a_tooltip(show, html):
    opened = show(html)
    papers = data(html)["papers"]
    x, y = opened.position(papers["id"][0])
    opened.page.mouse.move(x - 30, y - 60)
    opened.page.mouse.move(x, y, steps=4)
    tooltip = opened.page.wait_for_selector("#tooltip:not([hidden])")
    text = tooltip.inner_text()
    assert papers["title"][0] in text
    assert papers["id"][0] in text
    assert str(papers["year"][0]) in text
    assert f"cited by {papers['citedBy'][0]}" in text
    opened.page.mouse.move(310, 795)
    opened.page.wait_for_selector("#tooltip", state="hidden")
    quiet(opened)


def test_a_click_opens_the_panel_and_its_lists_lead_on(show, tables, html):
    opened = show(html)
    papers = data(html)["papers"]
    first = papers["id"][0]
    opened.page.mouse.click(*opened.position(first))
    opened.page.wait_for_selector("#panel:not([hidden])")
    assert opened.selected() == first
    panel = opened.page.inner_text("#panel")
    assert papers["title"][0] in panel
    assert all(name in panel for name in papers["authors"][0])
    assert "cs.LG" in panel
    assert "rank 1" in panel
    assert opened.page.get_attribute("#panel .links a", "href") == (
        f"https://arxiv.org/abs/{first.removeprefix('arxiv:')}"
    )
    citing = set(tables.citations.loc[tables.citations["cited"] == first, "citing"])
    shown = opened.page.locator("#panel .cited-by li button")
    assert shown.count() == len(citing)
    shown.first.click()
    assert opened.selected() in citing
    opened.page.keyboard.press("Escape")
    assert opened.selected() is None
    assert opened.page.is_hidden("#panel")
    opened.page.mouse.click(*opened.position(first))
    opened.page.click("#panel .close")
    assert opened.selected() is None
    quiet(opened)


def test_search_by_keys_alone(show, html):
    opened = show(html)
    papers = data(html)["papers"]
    opened.page.keyboard.press("/")
    assert opened.page.evaluate("document.activeElement.id") == "search"
    opened.page.keyboard.type("kohler residual")
    expected = [
        one
        for one, title, names in zip(papers["id"], papers["title"], papers["authors"], strict=True)
        if "Zoë Köhler" in names and "Residual" in title
    ]
    assert opened.page.evaluate("graphbuild.search('Köhler RESIDUAL')") == expected
    assert opened.page.inner_text("#hit-count") == f"{len(expected)} papers"
    opened.page.keyboard.press("Enter")
    opened.at_rest()
    assert opened.selected() == expected[0]
    x, y = opened.position(expected[0])
    assert 320 < x < 924
    assert 0 < y < 800
    opened.page.keyboard.press("Escape")
    assert opened.page.input_value("#search") == ""
    assert opened.selected() is None
    opened.page.keyboard.type("residual")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    assert opened.selected() == opened.page.evaluate("graphbuild.search('residual')")[1]
    assert opened.page.evaluate("graphbuild.search('no such paper')") == []
    assert opened.page.inner_text("#hit-count") == "Nothing found"
    identifier = papers["id"][7]
    assert opened.page.evaluate("id => graphbuild.search(id)", identifier) == [identifier]
    quiet(opened)


def test_cited_only_papers_can_be_hidden(show, tables, html):
    opened = show(html)
    inside = set(tables.papers.loc[tables.papers["in_corpus"], "id"])
    among = tables.citations["citing"].isin(inside) & tables.citations["cited"].isin(inside)
    opened.page.uncheck("#cited-only")
    counts = opened.counts()
    assert counts["visible"] == len(inside)
    assert counts["visibleCitations"] == int(among.sum())
    outside = min(set(tables.papers["id"]) - inside)
    opened.page.mouse.click(*opened.position(outside))
    assert opened.selected() != outside
    opened.page.check("#cited-only")
    assert opened.counts()["visible"] == 60
    quiet(opened)


def test_the_legend_names_and_counts_clusters_and_sets_them_off(show, html):
    opened = show(html)
    clusters = data(html)["clusters"]
    rows = opened.page.locator("#clusters button")
    assert rows.locator(".name").all_inner_texts()[: len(clusters)] == [c["name"] for c in clusters]
    assert rows.locator(".count").all_inner_texts()[: len(clusters)] == [
        f"{c['papers']:,}" for c in clusters
    ]
    rows.first.focus()
    opened.page.keyboard.press("Enter")
    assert rows.first.get_attribute("aria-pressed") == "true"
    opened.page.keyboard.press("Enter")
    assert rows.first.get_attribute("aria-pressed") == "false"
    expected = {"cocitation": "Co-citation clusters", "citation": "Citation clusters"}
    assert opened.page.inner_text("#legend h2") == expected[data(html)["colouring"]]


def test_past_twelve_clusters_the_rest_share_a_row(show):
    html = view.page(islands(16), renderer="pyvis")
    clusters = data(html)["clusters"]
    assert len(clusters) == 16
    opened = show(html)
    names = opened.page.locator("#clusters .name").all_inner_texts()
    assert names[12] == "4 other clusters"
    quiet(opened)


def test_the_keyboard_moves_and_zooms_the_map(show, html):
    opened = show(html)
    first, second = data(html)["papers"]["id"][:2]
    opened.page.focus("#map > div")

    def distance() -> float:
        (a, b), (c, d) = opened.position(first), opened.position(second)
        return ((a - c) ** 2 + (b - d) ** 2) ** 0.5

    x, before = opened.position(first)[0], distance()
    opened.page.keyboard.press("ArrowRight")
    opened.at_rest()
    assert opened.position(first)[0] == pytest.approx(x - 80, abs=1)
    opened.page.keyboard.press("+")
    opened.at_rest()
    assert distance() == pytest.approx(1.4 * before, rel=0.01)
    opened.page.keyboard.press("0")
    opened.at_rest()
    assert distance() == pytest.approx(before, rel=0.01)
    outline = opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_dark_mode_follows_the_preference(show, html):
    def background(opened) -> int:
        colour = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)))

    opened = show(html, color_scheme="dark")
    assert background(opened) < 150
    opened.page.emulate_media(color_scheme="light")
    assert background(opened) > 700
    quiet(opened)


@pytest.mark.parametrize("width", [320])
def test_a_phone_scrolls_nowhere_sideways(show, html, width):
    opened = show(html, viewport={"width": width, "height": 740}, has_touch=True)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    first = data(html)["papers"]["id"][0]
    opened.page.touchscreen.tap(*opened.position(first))
    opened.page.wait_for_selector("#panel:not([hidden])")
    assert opened.selected() == first
    box = opened.page.locator("#panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    quiet(opened)


@pytest.mark.parametrize("title", HOSTILE[:1])
def test_hostile_text_stays_text_everywhere(show, title):
    html = view.page(hostile(), title=title, renderer="pyvis")
    opened = show(html)
    # White space aside (HTML folds it, and turns line separators into nothing).
    assert opened.page.evaluate("document.querySelector('h1').textContent") == title
    for one in data(html)["papers"]["id"]:
        assert opened.page.evaluate("id => graphbuild.select(id)", one)
        opened.at_rest()
        opened.page.mouse.move(10, 790)
        x, y = opened.position(one)
        opened.page.mouse.move(x, y, steps=3)
        opened.page.wait_for_timeout(30)
        panel = opened.page.evaluate("document.getElementById('panel-title').textContent")
        name = data(html)["papers"]["title"][data(html)["papers"]["id"].index(one)] or one
        assert panel == name
        assert opened.page.evaluate("graphbuild.search(graphbuild.selected()).length") >= 1
    assert opened.page.evaluate("document.querySelectorAll('img, b, iframe, object').length") == 0
    assert opened.page.evaluate("document.scripts.length") == 3
    addresses = opened.page.evaluate("[...document.links].map((link) => link.href)")
    assert all(re.match(r"https://(arxiv\.org/abs|doi\.org)/", one) for one in addresses)
    quiet(opened)


def test_a_graph_without_papers_opens(show):
    from graphbuild.tables import Tables

    opened = show(view.page(Tables.from_tables(), renderer="pyvis"))
    assert opened.counts()["drawn"] == 0
    assert opened.page.inner_text("#summary") == "0 papers, 0 citations"
    quiet(opened)


def test_a_thousand_papers_open_without_a_request(show):
    opened = show(view.page(topics(1000, 8), renderer="pyvis"))
    opened.page.reload()
    opened.page.evaluate("graphbuild.ready")
    assert opened.page.evaluate("graphbuild.counts().drawn") == 1000
    assert [url for url in opened.requests if not url.startswith("file:")] == []
