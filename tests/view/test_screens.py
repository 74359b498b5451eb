"""Pictures of the page at three sizes, kept in out/screens for people to look at.

What a machine can check of a look is checked: that the map fills its place, that clusters are
areas of their own colour, and that large graphs open in time and without a fault.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graphbuild import api, demo, view
from graphbuild.tables import Tables

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).parents[2] / "out" / "screens"
BRIGHT = """() => {
  const canvas = document.querySelector("#map .base");
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(300, 0, width - 300, height);
  const [rows, columns] = [new Set(), new Set()];
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = data.subarray(i, i + 3);
    if (Math.max(r, g, b) - Math.min(r, g, b) < 40) continue;
    rows.add(Math.floor(i / 4 / (width - 300)));
    columns.add((i / 4) % (width - 300));
  }
  return [rows.size / height, columns.size / (width - 300)];
}"""
# For each of the largest clusters: how far members stand from its middle, beside how far all do.
TOGETHER = """() => {
  const papers = graphbuild.ids().map((id) => graphbuild.paper(id));
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return graphbuild.clusters().slice(0, 12).map(({ number }) => {
    const members = papers.filter((one) => one.cluster === number);
    const [x, y] = ["x", "y"].map((axis) => median(members.map((one) => one[axis])));
    const far = (list) => median(list.map((one) => Math.hypot(one.x - x, one.y - y)));
    return far(members) / far(papers);
  });
}"""
SIZES = {"desk": (1400, 900), "half": (640, 450), "phone": (390, 780)}


@pytest.fixture(scope="module")
def hepth(shared):
    """cit-HepTh with the years that its ids tell."""
    path = shared / "data" / "networks" / "cit-HepTh.txt"
    rows = [line.split() for line in path.read_text().splitlines() if not line.startswith("#")]
    citations = pd.DataFrame(rows, columns=["citing", "cited"])
    citations = citations[citations["citing"] != citations["cited"]].drop_duplicates()
    for side in ("citing", "cited"):
        citations[side] = "arxiv:hep-th/" + citations[side].str.zfill(7)
    ids = pd.unique(citations[["citing", "cited"]].to_numpy().ravel())
    years = [int(one[13:15]) + (1900 if int(one[13:15]) > 50 else 2000) for one in ids]
    return Tables.from_tables(papers=pd.DataFrame({"id": ids, "year": years}), citations=citations)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages by name, made once."""
    made: dict[str, str] = {}

    def page(name: str, tables: Tables, **options: object) -> str:
        return (
            made.setdefault(name, "")
            or made.update({name: view.page(tables, **options)})
            or made[name]
        )

    return page


def kept(opened, name: str) -> bytes:
    SCREENS.mkdir(parents=True, exist_ok=True)
    opened.page.evaluate("graphbuild.sharp()")
    png = opened.page.screenshot()
    (SCREENS / f"{name}.png").write_bytes(png)
    return png


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_demo(show, pages, size, scheme):
    width, height = SIZES[size]
    html = pages("demo", api.build(demo.corpus()))
    opened = show(html, viewport={"width": width, "height": height}, color_scheme=scheme)
    png = kept(opened, f"demo-{size}-{scheme}")
    assert len(png) > 8_000
    opened.page.evaluate("graphbuild.select(graphbuild.ids()[0])")
    assert kept(opened, f"demo-{size}-{scheme}-selected") != png


def test_the_seeds(show, shared):
    graph = api.build(sorted((shared / "seeds").glob("*.txt")))
    opened = show(view.page(graph), viewport={"width": 1400, "height": 900})
    kept(opened, "seeds-desk-light")
    opened.page.evaluate("graphbuild.layout('timeline')")
    kept(opened, "seeds-timeline-light")
    assert opened.messages == []


def test_twenty_seven_thousand_papers(show, hepth, pages):
    html = pages("hepth", hepth)
    for size, (width, height) in SIZES.items():
        opened = show(html, viewport={"width": width, "height": height}, color_scheme="dark")
        assert opened.counts()["drawn"] == 27_769
        kept(opened, f"hepth-{size}-dark")
    opened = show(html, viewport={"width": 1400, "height": 900}, color_scheme="dark")
    kept(opened, "hepth-map-dark")
    rows, columns = opened.page.evaluate(BRIGHT)
    # The map fills its place: most rows and columns beside the panel have something bright.
    assert rows > 0.85
    assert columns > 0.6
    # Members of a cluster stand together.
    assert np.median(opened.page.evaluate(TOGETHER)) < 0.45
    opened.page.evaluate("graphbuild.select(graphbuild.ids()[2])")
    kept(opened, "hepth-selected-dark")
    opened.page.evaluate("graphbuild.select(null)")
    opened.page.evaluate("graphbuild.layout('timeline')")
    kept(opened, "hepth-timeline-dark")
    opened.page.evaluate("graphbuild.layout('map')")
    opened.page.evaluate("graphbuild.colour('year')")
    kept(opened, "hepth-years-dark")
    light = show(html, viewport={"width": 1400, "height": 900}, color_scheme="light")
    kept(light, "hepth-map-light")
    assert light.messages == opened.messages == []
