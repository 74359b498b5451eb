"""The page in a real browser: what it shows, asks for, and does when people use it."""

from __future__ import annotations

import csv
import io
import re
import struct

import numpy as np
import pytest
from defusedxml import ElementTree

from graphbuild import view
from graphbuild.tables import Tables
from graphbuild.view.drawing import prepare
from graphbuild.view.palette import DARK, LIGHT

from .graphs import HOSTILE, hostile, islands, topics

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tables():
    return topics()


@pytest.fixture(scope="module")
def html(tables):
    return view.page(tables, title="Map of tests")


@pytest.fixture(scope="module")
def drawing(tables):
    return prepare(tables)


def quiet(opened) -> None:
    assert [url for url in opened.requests if not url.startswith("blob:")] == opened.requests[:1]
    # That pixels are read is this file's doing.
    assert [one for one in opened.messages if "getImageData" not in one] == []
    assert opened.dialogs == []


def channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


# -- opening -------------------------------------------------------------------------------------


def test_it_opens_quietly_and_counts_what_the_graph_has(show, tables, html):
    opened = show(html)
    citations = len(tables.citations)
    assert opened.page.title() == "Map of tests"
    assert opened.page.inner_text("#summary") == f"60 papers, {citations} citations"
    assert opened.counts() == {
        "papers": 60, "citations": citations, "drawn": 60, "drawnCitations": citations,
        "visible": 60, "visibleCitations": citations, "found": None, "marked": 0,
    }  # fmt: skip
    cited_only = int((~tables.papers["in_corpus"]).sum())
    assert opened.page.inner_text("#cited-only-count") == str(cited_only)
    assert opened.page.evaluate("document.compatMode") == "CSS1Compat"
    quiet(opened)


def test_the_page_knows_what_the_tables_say(show, tables, html, drawing):
    opened = show(html)
    assert opened.ids() == drawing.ids.to_pylist()
    papers = tables.papers.set_index("id")
    names = tables.authors.set_index("id")["name"]
    for i, one in enumerate(opened.ids()):
        paper, row = opened.paper(one), papers.loc[one]
        wrote = tables.authorships[tables.authorships["paper"] == one]
        assert paper["title"] == row.title
        assert paper["authors"] == names[wrote["author"]].tolist()
        assert paper["year"] == row.year
        assert paper["inCorpus"] == row.in_corpus
        assert paper["venue"] == ("" if row.isna()["venue"] else row.venue)
        assert paper["categories"] == ["cs.LG"]
        assert paper["pagerank"] == pytest.approx(drawing.measure("pagerank")[i], rel=1e-6)
        assert paper["citedBy"] == drawing.measure("citedBy")[i]
        assert paper["links"]["arXiv"] == f"https://arxiv.org/abs/{row.arxiv_id}"
        assert paper["links"].get("DOI") == (
            None if row.isna()["doi"] else f"https://doi.org/{row.doi}"
        )
        assert (paper["x"], paper["y"]) == pytest.approx(tuple(drawing.places[i]), abs=0.11)


def test_the_policy_keeps_the_page_from_the_network(show, html):
    opened = show(html)
    refused = opened.page.evaluate(
        "fetch('https://example.org/').then(() => 'fetched', () => 'refused')"
    )
    assert refused == "refused"
    opened.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>"
        '<p id=styled style="color:red">x</p>\')'
    )
    opened.page.wait_for_timeout(100)
    assert opened.dialogs == []
    assert any("Content Security Policy" in message for message in opened.messages)
    assert not any(url.startswith("http") for url in opened.requests)


def test_papers_are_drawn_where_the_model_has_them(show, html, drawing):
    opened = show(html)
    grouping = drawing.groupings[0]
    page = channels("#fbfcfe")
    checked = 0
    for i in np.argsort(-drawing.radii)[:12].tolist():
        x, y = opened.position(drawing.ids[i].as_py())
        group = grouping.of[i]
        colour = channels(LIGHT["clusters"][group - 1] if group else LIGHT["none"])
        expected = colour if drawing.in_corpus[i] else page
        assert opened.pixel(x, y) == pytest.approx(expected, abs=1)
        checked += 1
    assert checked == 12
    # Nothing is drawn where nobody stands.
    assert opened.pixel(1270, 10) == page


def test_places_on_the_screen_are_those_of_the_layout(show, html, drawing):
    opened = show(html)
    at = np.array([opened.position(one) for one in drawing.ids.to_pylist()])
    centred, places = at - at.mean(axis=0), drawing.places - drawing.places.mean(axis=0)
    scale = np.abs(centred).sum() / np.abs(places).sum()
    assert np.abs(centred - scale * places).max() < 0.5
    # All of it stands beside the panel and on the screen.
    assert at[:, 0].min() > 290
    assert at[:, 0].max() < 1280
    assert 0 < at[:, 1].min() < at[:, 1].max() < 800


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_fine_screen_is_drawn_finely(show, html, drawing, ratio):
    opened = show(html, device_scale_factor=ratio)
    assert opened.page.evaluate("document.querySelector('#map canvas').width") == 1280 * ratio
    i = int(np.argmax(drawing.radii * drawing.in_corpus))
    group = drawing.groupings[0].of[i]
    colour = channels(LIGHT["clusters"][group - 1] if group else LIGHT["none"])
    assert opened.pixel(*opened.position(drawing.ids[i].as_py())) == pytest.approx(colour, abs=1)


@pytest.mark.parametrize("layout", ["map", "timeline"])
def test_names_do_not_overlap_and_the_important_ones_are_there(show, layout):
    opened = show(view.page(topics(400, 6), layout=layout))
    labels = opened.page.evaluate("graphbuild.labels()")
    assert len(labels) > 12
    boxes = [
        (one["x"], one["y"] - 0.7 * one["size"], one["x"] + one["width"], one["y"] + 2)
        for one in labels
    ]
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0
        assert right <= 1280
        for a, b, c, d in boxes[:i]:
            assert right <= a or c <= left or bottom <= b or d <= top, labels[i]["text"]
    names = [one["name"] for one in opened.page.evaluate("graphbuild.clusters().slice(0, 3)")]
    written = [one["text"] for one in labels]
    assert any(name.split(", ")[0] in text for name in names for text in written)
    first = [opened.paper(one)["title"] for one in opened.ids()[:8]]
    assert len({*first} & {*written}) >= 3
    opened.page.focus("#map")
    for _ in range(3):
        opened.page.keyboard.press("+")
    opened.at_rest()
    opened.page.evaluate("graphbuild.sharp()")
    # Closer up there is room for names that had none.
    closer = {one["text"] for one in opened.page.evaluate("graphbuild.labels()")}
    assert closer - set(written)


def test_the_map_fits_a_window_that_changes(show, html):
    opened = show(html)
    opened.page.set_viewport_size({"width": 900, "height": 500})
    opened.page.wait_for_timeout(200)
    at = np.array([opened.position(one) for one in opened.ids()])
    assert 0 < at[:, 1].min() < at[:, 1].max() < 500
    assert at[:, 0].max() < 900
    # Whoever has moved the map keeps the place.
    opened.page.focus("#map")
    opened.page.keyboard.press("+")
    opened.at_rest()
    scale = np.ptp([opened.position(one)[0] for one in opened.ids()])
    opened.page.set_viewport_size({"width": 1280, "height": 800})
    opened.page.wait_for_timeout(200)
    assert np.ptp([opened.position(one)[0] for one in opened.ids()]) == pytest.approx(scale)


def test_a_graph_without_papers_opens(show):
    opened = show(view.page(Tables.from_tables()))
    assert opened.counts()["drawn"] == 0
    assert opened.page.inner_text("#summary") == "0 papers, 0 citations"
    opened.page.keyboard.press("t")
    assert opened.page.locator("#rows tbody tr").count() == 0
    quiet(opened)


def test_a_damaged_file_says_so(show):
    html = view.page(topics())
    begin = html.index('type="text/plain">') + 18
    broken = html[:begin] + "AAAA" + html[begin + 4 :]
    from playwright.sync_api import Error

    with pytest.raises(Error):
        show(broken)


# -- pointing, panel, search ---------------------------------------------------------------------


def test_hover_shows_a_tooltip_and_sets_the_rest_back(show, html):
    opened = show(html)
    first = opened.ids()[0]
    paper = opened.paper(first)
    x, y = opened.position(first)
    opened.page.mouse.move(x - 30, y - 60)
    opened.page.mouse.move(x, y, steps=4)
    text = opened.page.wait_for_selector("#tooltip:not([hidden])").inner_text()
    for told in (paper["title"], first, str(paper["year"]), f"cited by {paper['citedBy']}"):
        assert told in text
    assert opened.page.locator("#map .base.faint").count() == 1
    opened.page.mouse.move(310, 795)
    opened.page.wait_for_selector("#tooltip", state="hidden")
    assert opened.page.locator("#map .base.faint").count() == 0
    quiet(opened)


def test_a_click_opens_the_panel_and_its_lists_lead_on(show, tables, html):
    opened = show(html)
    first = opened.ids()[0]
    paper = opened.paper(first)
    opened.page.mouse.click(*opened.position(first))
    opened.page.wait_for_selector("#panel:not([hidden])")
    assert opened.selected() == first
    panel = opened.page.inner_text("#panel")
    assert paper["title"] in panel
    assert all(name in panel for name in paper["authors"])
    assert "cs.LG" in panel
    assert "rank 1" in panel
    arxiv = f"https://arxiv.org/abs/{first.removeprefix('arxiv:')}"
    assert opened.page.get_attribute("#panel .links a", "href") == arxiv
    citing = set(tables.citations.loc[tables.citations["cited"] == first, "citing"])
    shown = opened.page.locator("#panel .cited-by li .name")
    assert shown.count() == len(citing)
    shown.first.click()
    assert opened.selected() in citing
    opened.page.keyboard.press("Escape")
    assert opened.selected() is None
    assert opened.page.is_hidden("#panel")
    opened.at_rest()
    opened.page.mouse.click(*opened.position(first))
    opened.page.click("#panel .close")
    assert opened.selected() is None
    quiet(opened)


def test_citations_of_the_selected_paper_have_a_direction(show, tables, html):
    opened = show(html)
    both = set(tables.citations["citing"]) & set(tables.citations["cited"])
    chosen = next(one for one in opened.ids() if one in both)
    opened.page.evaluate("id => graphbuild.select(id)", chosen)
    opened.at_rest()
    # Near the middle of each line, above the map, stands the colour of its direction.
    colours = {"citing": channels("#c2410c"), "cited": channels("#2563eb")}
    for side, other in (("citing", "cited"), ("cited", "citing")):
        rows = tables.citations[tables.citations[side] == chosen]
        near = 0
        for one in rows[other]:
            (x, y), (a, b) = opened.position(chosen), opened.position(one)
            pixels = opened.page.evaluate(
                """([x, y]) => [...document.querySelectorAll("#map canvas")[1].getContext("2d")
                     .getImageData(Math.round(x) - 3, Math.round(y) - 3, 7, 7).data]""",
                [x + (a - x) * 0.7, y + (b - y) * 0.7],
            )
            found = np.array(pixels).reshape(-1, 4)
            found = found[found[:, 3] > 60][:, :3]
            near += bool((np.abs(found - colours[side]).max(axis=1) < 40).any())
        assert near >= len(rows) * 0.7


def test_search_by_keys_alone(show, tables, html):
    opened = show(html)
    opened.page.keyboard.press("/")
    assert opened.page.evaluate("document.activeElement.id") == "search"
    opened.page.keyboard.type("kohler residual")
    expected = [
        one
        for one in opened.ids()
        if "Zoë Köhler" in opened.paper(one)["authors"] and "Residual" in opened.paper(one)["title"]
    ]
    assert opened.page.inner_text("#hit-count") == f"{len(expected)} papers"
    assert opened.page.evaluate("graphbuild.search('Köhler RESIDUAL')") == expected
    opened.page.keyboard.press("Enter")
    opened.at_rest()
    assert opened.selected() == expected[0]
    x, y = opened.position(expected[0])
    assert 300 < x < 924
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
    identifier = opened.ids()[7]
    assert opened.page.evaluate("id => graphbuild.search(id)", identifier) == [identifier]
    quiet(opened)


def test_evidence_of_a_citation_is_shown_and_cut(show):
    import pandas as pd

    text = "<b>" + "x" * 400
    tables = Tables.from_tables(
        citations=pd.DataFrame(
            {
                "citing": ["b"],
                "cited": ["a"],
                "basis": "bibliography_text",
                "evidence": [text],
                "file": "papers.jsonl",
                "line": 7,
            }
        )
    )
    opened = show(view.page(tables))
    opened.page.evaluate("graphbuild.select('b')")
    opened.page.click("#panel .cites .why")
    opened.page.wait_for_selector(".evidence")
    assert (
        opened.page.evaluate("document.querySelector('.evidence blockquote').textContent")
        == (text[:300])
    )
    assert opened.page.inner_text(".evidence p") == "bibliography text · papers.jsonl:7"
    opened.page.click("#panel .cites .why")
    assert opened.page.locator(".evidence").count() == 0
    quiet(opened)
    opened = show(view.page(tables, evidence=False))
    opened.page.evaluate("graphbuild.select('b')")
    assert opened.page.locator("#panel .why").count() == 0


# -- legend, filters, layouts --------------------------------------------------------------------


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
    assert opened.page.inner_text("#visible") == f"48 of 60 · {int(among.sum())} citations"
    opened.page.click("#reset")
    assert opened.counts()["visible"] == 60
    assert opened.page.is_checked("#cited-only")
    quiet(opened)


def test_the_legend_names_counts_and_filters_clusters(show, html, drawing):
    opened = show(html)
    grouping = drawing.groupings[0]
    rows = opened.page.locator("#clusters button")
    count = len(grouping.names)
    assert rows.locator(".name").all_inner_texts()[:count] == grouping.names
    assert rows.locator(".count").all_inner_texts()[:count] == [str(s) for s in grouping.sizes()]
    assert opened.page.inner_text("#legend-title").lower() == grouping.label.lower()
    rows.first.click()
    assert rows.first.get_attribute("aria-pressed") == "false"
    assert opened.counts()["visible"] == 60 - grouping.sizes()[0]
    rows.first.click()
    rows.nth(1).click(modifiers=["Shift"])
    assert opened.counts()["visible"] == grouping.sizes()[1]
    # By keys: Shift and Enter on the one that is alone shows all again.
    rows.nth(1).focus()
    opened.page.keyboard.press("Shift+Enter")
    assert opened.counts()["visible"] == 60
    quiet(opened)


def test_filters_of_years_and_citations(show, tables, html, drawing):
    opened = show(html)
    years = np.array([opened.paper(one)["year"] for one in opened.ids()])
    cited = drawing.measure("citedBy")
    assert opened.page.locator("#histogram i").count() == years.max() - years.min() + 1
    opened.page.focus("#year-from")
    for _ in range(4):
        opened.page.keyboard.press("ArrowRight")
    opened.page.wait_for_timeout(150)
    assert opened.counts()["visible"] == (years >= years.min() + 4).sum()
    assert opened.page.inner_text("#years-told") == f"{years.min() + 4}–{years.max()}"
    opened.page.focus("#least")
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("ArrowRight")
    opened.page.wait_for_timeout(80)
    expected = (years >= years.min() + 4) & (cited >= 2)
    assert opened.counts()["visible"] == expected.sum()
    counts = opened.page.evaluate(
        "graphbuild.filter({ years: [1995, 2000], minCitations: 3, citedOnly: false })"
    )
    inside = drawing.in_corpus
    wanted = (years >= 1995) & (years <= 2000) & (cited >= 3) & inside
    assert counts["visible"] == wanted.sum()
    every = opened.page.evaluate(
        "graphbuild.filter({ years: null, minCitations: null, citedOnly: null })"
    )
    assert every["visible"] == 60
    first = drawing.groupings[0]
    one = opened.page.evaluate("name => graphbuild.filter({ clusters: [name] })", first.names[0])
    assert one["visible"] == first.sizes()[0]
    assert opened.page.evaluate("graphbuild.filter({ clusters: null })")["visible"] == 60
    quiet(opened)


def test_colour_by_year_and_category(show, html):
    opened = show(html)
    opened.page.select_option("#colour", "year")
    assert opened.page.is_visible("#ramp")
    years = {one: opened.paper(one) for one in opened.ids()}
    latest = max(years.values(), key=lambda paper: (paper["inCorpus"], paper["year"]))
    assert latest["year"] == 2019
    assert opened.pixel(*opened.position(latest["id"])) == pytest.approx(
        channels(LIGHT["years"][-1]), abs=2
    )
    opened.page.select_option("#colour", "category")
    assert opened.page.locator("#clusters .name").all_inner_texts() == ["cs.LG"]
    opened.page.select_option("#colour", "none")
    assert opened.page.is_hidden("#legend")
    opened.page.select_option("#size", "citedBy")
    opened.page.evaluate("graphbuild.sharp()")
    quiet(opened)


def test_past_twelve_clusters_signs_differ_too(show):
    tables = islands(26)
    html = view.page(tables)
    opened = show(html)
    signs = opened.page.evaluate(
        """[...document.querySelectorAll("#clusters button .sign")].map((sign) => sign.innerHTML)"""
    )
    assert len(signs) >= 24
    assert len(set(signs)) == len(signs)
    quiet(opened)


def test_the_timeline_puts_years_from_left_to_right(show, html, tables):
    opened = show(html)
    before = opened.position(opened.ids()[0])
    assert opened.page.evaluate("graphbuild.layout('timeline')") is True
    assert opened.page.evaluate("graphbuild.layout('no such')") is False
    opened.at_rest()
    assert opened.position(opened.ids()[0]) != before
    papers = [(opened.paper(one)["year"], opened.position(one)[0]) for one in opened.ids()]
    for year, x in papers:
        assert all(x < other for later, other in papers if later > year)
    assert opened.page.input_value("#layout") == "timeline"
    opened.page.keyboard.press("l")
    opened.at_rest()
    assert opened.position(opened.ids()[0]) == pytest.approx(before, abs=0.01)
    straight = show(view.page(tables, layout="timeline"))
    assert straight.page.input_value("#layout") == "timeline"
    quiet(opened)


def test_the_address_keeps_selection_and_filters(show, html, drawing):
    opened = show(html)
    chosen = opened.ids()[3]
    opened.page.evaluate("graphbuild.layout('timeline')")
    opened.page.evaluate("graphbuild.filter({ years: [1992, 2015], minCitations: 1 })")
    opened.page.evaluate("graphbuild.colour('citation')")
    first = drawing.groupings[0].names
    opened.page.evaluate("graphbuild.filter({ clusters: [1, 2] })")
    opened.page.evaluate("id => graphbuild.select(id)", chosen)
    opened.page.wait_for_timeout(250)
    fragment = opened.page.evaluate("location.hash")
    counts = opened.counts()
    assert first
    again = show(html, fragment)
    assert again.selected() == opened.selected()
    assert again.counts() == counts
    assert again.page.input_value("#layout") == "timeline"
    assert again.page.evaluate("location.hash") == fragment
    # Nonsense in the address does no harm.
    wild = show(
        html,
        "#years=9999-0&least=-4&hidden=x.99999.1&layout=__proto__&selected=%00&colour=constructor",
    )
    assert wild.counts()["drawn"] == 60
    quiet(opened)
    quiet(wild)


# -- keys, table, access -------------------------------------------------------------------------


def test_the_keyboard_moves_and_zooms_the_map_and_goes_from_paper_to_paper(show, html):
    opened = show(html)
    first, second = opened.ids()[:2]
    opened.page.focus("#map")
    assert opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    def distance() -> float:
        (a, b), (c, d) = opened.position(first), opened.position(second)
        return ((a - c) ** 2 + (b - d) ** 2) ** 0.5

    before, at = distance(), opened.position(first)
    opened.page.keyboard.press("ArrowRight")
    opened.at_rest()
    assert opened.position(first)[0] == pytest.approx(at[0] - 80, abs=1)
    opened.page.keyboard.press("+")
    opened.at_rest()
    assert distance() == pytest.approx(1.4 * before, rel=0.01)
    opened.page.keyboard.press("0")
    opened.at_rest()
    assert distance() == pytest.approx(before, rel=0.01)
    opened.page.keyboard.press("n")
    assert opened.selected() == first
    opened.page.keyboard.press("n")
    assert opened.selected() == second
    opened.page.keyboard.press("p")
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.id") == "panel-title"
    opened.page.keyboard.press("Escape")
    assert opened.page.evaluate("document.activeElement.id") == "map"
    quiet(opened)


def test_every_control_is_reached_by_tab(show, html):
    opened = show(html)
    reached = set()
    for _ in range(60):
        opened.page.keyboard.press("Tab")
        reached.add(opened.page.evaluate("document.activeElement.id"))
    wanted = {"search", "cited-only", "year-from", "year-to", "least", "layout", "colour", "size",
              "theme", "open-table", "open-help", "export-png", "export-svg", "export-bibtex",
              "export-csv", "map", "zoom-in", "zoom-out", "fit"}  # fmt: skip
    assert wanted <= reached


def test_the_ranking_as_a_table(show, html, tables):
    opened = show(html)
    opened.page.keyboard.press("t")
    rows = opened.page.locator("#rows tbody tr")
    assert rows.count() == 60
    assert opened.page.inner_text("#rows caption") == "60 of 60 papers"
    titles = opened.page.locator("#rows tbody th").all_inner_texts()
    assert titles == [opened.paper(one)["title"] for one in opened.ids()]
    opened.page.click("#rows thead th[data-key=year] button")
    years = opened.page.locator("#rows tbody td:nth-child(4)").all_inner_texts()
    assert years == sorted(years, reverse=True)
    assert opened.page.get_attribute("#rows thead th[data-key=year]", "aria-sort") == "descending"
    opened.page.locator("#rows tbody th button").nth(5).click()
    assert opened.page.locator("dialog[open]").count() == 0
    assert opened.selected() is not None
    assert opened.page.is_visible("#panel")
    quiet(opened)


def test_large_tables_come_by_the_hundred(show):
    opened = show(view.page(topics(300)))
    opened.page.click("#open-table")
    assert opened.page.locator("#rows tbody tr").count() == 100
    opened.page.click("#more-rows")
    assert opened.page.locator("#rows tbody tr").count() == 200
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_fault(show, html, scheme, width):
    playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened = show(html, color_scheme=scheme, viewport={"width": width, "height": 760})
    axe = playwright.Axe()

    def faults() -> list[tuple[str, str]]:
        found = axe.run(opened.page).response["violations"]
        return [
            (one["id"], one["nodes"][0]["html"][:120])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    # The axe script itself is put into the page by the driver, past the page's own policy.
    assert faults() == []
    opened.page.evaluate("graphbuild.select(graphbuild.ids()[0])")
    opened.page.evaluate("graphbuild.search('study')")
    assert faults() == []
    opened.page.evaluate("graphbuild.colour('year')")
    opened.page.evaluate("document.getElementById('options').open = true")
    assert faults() == []
    opened.page.evaluate("graphbuild.search(''); document.getElementById('open-table').click()")
    assert faults() == []


def test_light_and_dark_follow_the_preference_and_the_choice(show, html):
    def background(opened) -> int:
        colour = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)))

    opened = show(html, color_scheme="dark")
    assert background(opened) < 150
    assert sum(opened.pixel(1270, 10)) < 150
    opened.page.emulate_media(color_scheme="light")
    assert background(opened) > 700
    assert sum(opened.pixel(1270, 10)) > 700
    opened.page.select_option("#theme", "dark")
    assert background(opened) < 150
    assert sum(opened.pixel(1270, 10)) < 150
    opened.page.evaluate("graphbuild.colour('none')")
    i = next(i for i in opened.ids() if opened.paper(i)["inCorpus"])
    assert opened.pixel(*opened.position(i)) == pytest.approx(channels(DARK["clusters"][0]), abs=1)
    quiet(opened)


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 780), (640, 400)])
def test_a_phone_and_a_magnified_page_scroll_nowhere_sideways(show, html, width, height):
    opened = show(html, viewport={"width": width, "height": height}, has_touch=True)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    at = np.array([opened.position(one) for one in opened.ids()])
    assert at[:, 0].min() > 0
    assert at[:, 0].max() < width
    assert at[:, 1].max() < height
    first = opened.ids()[0]
    opened.page.touchscreen.tap(*opened.position(first))
    opened.page.wait_for_selector("#panel:not([hidden])")
    assert opened.selected() == first
    box = opened.page.locator("#panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height
    opened.page.click("#panel .close")
    opened.page.click("#options summary")
    assert opened.page.is_visible("#export-csv") or opened.page.locator("#export-csv").count()
    opened.page.locator("#export-csv").scroll_into_view_if_needed()
    box = opened.page.locator("#export-csv").bounding_box()
    assert 0 <= box["y"] <= height - box["height"]
    quiet(opened)


def test_reduced_motion_moves_at_once(show, html):
    opened = show(html)
    opened.page.evaluate("graphbuild.search('study'), 0")
    opened.page.focus("#search")
    opened.page.keyboard.press("Enter")
    at = opened.position(opened.selected())
    opened.page.wait_for_timeout(120)
    assert opened.position(opened.selected()) == at


# -- taking along --------------------------------------------------------------------------------


def download(opened, button: str) -> bytes:
    with opened.page.expect_download() as waiting:
        opened.page.click(button)
    return waiting.value.path().read_bytes()


def test_png_and_svg(show, html):
    opened = show(html)
    png = download(opened, "#export-png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (2560, 1600)
    assert len(png) > 20_000
    svg = ElementTree.fromstring(download(opened, "#export-svg"))
    assert svg.get("width") == "1280"
    titles = [one.text for one in svg.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "Map of tests"
    assert sorted(titles[1:]) == sorted(opened.paper(one)["title"] for one in opened.ids())
    circles = {
        (float(one.get("cx")), float(one.get("cy")))
        for one in svg.iter("{http://www.w3.org/2000/svg}circle")
    }
    for one in opened.ids()[:10]:
        x, y = opened.position(one)
        assert any(abs(x - a) < 0.1 and abs(y - b) < 0.1 for a, b in circles)
    quiet(opened)


def test_bibtex_and_csv_hold_the_list(show, html):
    opened = show(html)
    everything = list(csv.DictReader(io.StringIO(download(opened, "#export-csv").decode())))
    assert [row["id"] for row in everything] == opened.ids()
    for row in everything:
        paper = opened.paper(row["id"])
        assert row["title"] == paper["title"]
        assert row["authors"].split("; ") == paper["authors"]
        assert int(row["citations"]) == paper["citedBy"]
        assert row["url"] == paper["links"]["arXiv"]
    chosen = opened.ids()[:2]
    for one in chosen:
        opened.page.keyboard.down("Shift")
        opened.page.mouse.click(*opened.position(one))
        opened.page.keyboard.up("Shift")
    assert opened.counts()["marked"] == 2
    assert "2 papers that you put on the list" in opened.page.inner_text("#export-what")
    entries = bibtex(download(opened, "#export-bibtex").decode())
    assert [entry["note"] for entry in entries.values()] == chosen
    for one, entry in zip(chosen, entries.values(), strict=True):
        paper = opened.paper(one)
        assert entry["title"] == "{" + paper["title"] + "}"
        assert entry["author"] == " and ".join(paper["authors"])
        assert entry["eprint"] == one.removeprefix("arxiv:")
    opened.page.click("#clear-marked")
    assert opened.counts()["marked"] == 0
    quiet(opened)


def bibtex(text: str) -> dict[str, dict[str, str]]:
    """Entries of a BibTeX file by key, by a parser that counts braces."""
    entries: dict[str, dict[str, str]] = {}
    at = 0
    while (begin := text.find("@", at)) >= 0:
        head = re.compile(r"@(\w+)\{([\w-]+),\s*").match(text, begin)
        assert head, text[begin : begin + 40]
        fields, at = {}, head.end()
        while text[at] != "}":
            field = re.compile(r"(\w+) = \{").match(text, at)
            assert field, text[at : at + 40]
            depth, end = 1, field.end()
            while depth:
                if text[end] == "\\":
                    end += 1
                else:
                    depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            fields[field[1]] = text[field.end() : end - 1]
            at = re.compile(r",\s*").match(text, end).end()
        assert head[2] not in entries
        entries[head[2]] = fields
        at += 1
    return entries


# -- hostile text --------------------------------------------------------------------------------


def test_hostile_text_stays_text_everywhere(show):
    title = HOSTILE[2]
    for of in ("papers", "cocitation", "coauthors"):
        opened = show(view.page(hostile(), title=title, of=of))
        before = opened.page.evaluate("document.querySelectorAll('*').length")
        assert before < 400
        assert opened.page.evaluate("document.querySelector('h1').textContent") == title
        for one in opened.ids():
            assert opened.page.evaluate("id => graphbuild.select(id)", one)
            opened.at_rest()
            opened.page.mouse.move(310, 790)
            opened.page.mouse.move(*opened.position(one), steps=2)
            panel = opened.page.evaluate("document.getElementById('panel-title').textContent")
            # What begins as an identifier does is shown without its scheme.
            name = opened.paper(one)["title"] or one
            assert panel == name
            assert opened.page.evaluate("graphbuild.search(graphbuild.selected()).length") >= 1
        opened.page.evaluate("graphbuild.search(''), graphbuild.select(null)")
        opened.page.keyboard.press("t")
        assert opened.page.locator("#rows tbody tr").count() == len(opened.ids())
        svg = ElementTree.fromstring(opened.page.evaluate("graphbuild.export('svg')"))
        tags = {one.tag.partition("}")[2] for one in svg.iter()}
        assert tags <= {"svg", "title", "rect", "path", "circle", "text"}
        rows = list(csv.reader(io.StringIO(opened.page.evaluate("graphbuild.export('csv')"))))
        assert [row[0].removeprefix("'") for row in rows[1:]] == opened.ids()
        if of != "coauthors":
            entries = bibtex(opened.page.evaluate("graphbuild.export('bibtex')"))
            assert len(entries) == len(opened.ids())
        hostile_tags = "document.querySelectorAll('img, b, iframe, object, embed').length"
        assert opened.page.evaluate(hostile_tags) == 0
        addresses = opened.page.evaluate("[...document.links].map((link) => link.href)")
        assert all(re.match(r"https://(arxiv\.org/abs|doi\.org)/", one) for one in addresses)
        quiet(opened)


# -- other maps ----------------------------------------------------------------------------------


def test_a_map_of_cocitation(show, tables):
    opened = show(view.page(tables, of="cocitation"))
    drawing = prepare(tables, of="cocitation")
    assert opened.page.inner_text("#summary") == drawing.summary()
    assert opened.counts()["drawnCitations"] == len(drawing.edges)
    first = opened.ids()[0]
    opened.page.evaluate("id => graphbuild.select(id)", first)
    listed = opened.page.locator("#panel .cited-by li .name")
    assert listed.count() == (drawing.edges == 0).any(axis=1).sum()
    assert "×" in listed.first.inner_text()
    quiet(opened)


def test_a_map_of_coauthors(show, tables):
    opened = show(view.page(tables, of="coauthors"))
    assert opened.page.inner_text("#summary").startswith("5 authors, 10 collaborations")
    written = tables.authorships.groupby("author")["paper"].nunique()
    for one in opened.ids():
        assert opened.paper(one)["papers"] == written[one]
    opened.page.evaluate("id => graphbuild.select(id)", opened.ids()[0])
    assert "Wrote with 4" in opened.page.inner_text("#panel")
    assert opened.page.is_hidden("#export-bibtex")
    quiet(opened)


def test_what_is_left_out_is_said(show):
    opened = show(view.page(topics(120), limit=50))
    assert opened.counts()["drawn"] == 50
    told = opened.page.inner_text("#summary")
    assert told.startswith("50 of 120 papers shown, the highest by PageRank, and ")
    assert "--top" in opened.page.inner_text("#scrolling")
    quiet(opened)


def test_a_notebook_shows_the_same_page_in_a_frame(show, browser, tmp_path, tables):
    shown = view.inline(tables, title="In a notebook", height=400)
    assert shown.html == view.page(tables, title="In a notebook")
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{shown._repr_html_()}", "utf-8")
    context = browser.new_context()
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    frame = page.frames[1]
    frame.evaluate("graphbuild.ready")
    assert frame.evaluate("graphbuild.counts().drawn") == 60
    frame.evaluate("graphbuild.select(graphbuild.ids()[0])")
    page.wait_for_timeout(250)
    assert errors == []
    context.close()
