"""How long the map takes to be made, to open, to move and to be sharp again.

    python -m benchmarks.view [--sizes 1000 20000 50000 100000] [--repeats 3] [--pyvis 200]
    python -m benchmarks.view --graph FOLDER

Graphs are made-up corpora (benchmarks.corpus) of about 27 citations a paper, or the one in a
folder. Times in the browser are wall times on a Chromium without a window, from the navigation
until the page's own promise is kept; the least and the median of the repeats are printed, since
whatever else the machine does only adds to them. Frames are the times between animation frames
while a wheel turns and while the pointer wanders over the map, each by events that the page itself
is sent, so that the driver's own time does not count. "as it comes" is a page of pyvis with its
own layout in the browser, timed until its physics has settled.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import graphbuild
from benchmarks import corpus
from graphbuild.view import drawing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FRAMES = """async (act) => {
  const times = [];
  let before = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 90; i++) {
    const map = document.getElementById("map");
    const sent = { bubbles: true, cancelable: true };
    if (act === "zoom") map.dispatchEvent(new WheelEvent("wheel", {
      ...sent, clientX: 800 + 30 * Math.sin(i / 5), clientY: 420, deltaY: i < 45 ? -40 : 40 }));
    else map.dispatchEvent(new PointerEvent("pointermove", { ...sent,
      clientX: 500 + 6 * i, clientY: 300 + 200 * Math.sin(i / 9), pointerType: "mouse" }));
    const now = await new Promise(requestAnimationFrame);
    times.push(now - before);
    before = now;
  }
  times.sort((a, b) => a - b);
  return { median: times[45], p95: times[Math.floor(90 * 0.95)], most: times[89] };
}"""
SHARP = """async () => {
  const map = document.getElementById("map");
  map.dispatchEvent(new WheelEvent("wheel", {
    clientX: 800, clientY: 420, deltaY: -60, bubbles: true, cancelable: true }));
  const begin = performance.now();
  await new Promise((resolve) => {
    const scene = document.querySelector("#map canvas:last-of-type");
    const before = scene.dataset.sharp;
    const look = () => scene.dataset.sharp !== before ? resolve() : setTimeout(look, 4);
    look();
  });
  return (performance.now() - begin) / 1000;
}"""


def graph_of(papers: int, scratch: Path) -> Path:
    """A graph of a made-up corpus in a folder, built once."""
    folder = scratch / f"graph-{papers}"
    if not folder.exists():
        graphbuild.build([corpus.corpus(papers)]).save(folder)
    return folder


def made(folder: Path, page: Path, limit: int | None) -> dict[str, float]:
    """Write a page, once without and once with a kept layout."""
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    graph = graphbuild.open(folder)
    began = time.perf_counter()
    graph.view(page, limit=limit)
    first = time.perf_counter() - began
    graph = graphbuild.open(folder)
    began = time.perf_counter()
    graph.view(page, limit=limit)
    again = time.perf_counter() - began
    html = page.read_text("utf-8")
    packed = re.search(r'<script id="data" type="text/plain">([^<]*)', html)
    evidence = re.search(r'<script id="evidence" type="text/plain">([^<]*)', html)
    data = len(packed[1]) if packed else 0
    drawn = drawing.prepare(graph, limit=limit or 100_000)
    return {
        "papers": len(drawn), "citations": len(drawn.edges), "make": first, "make_again": again,
        "bytes_per_paper": data / max(len(drawn), 1),
        "shell": len(html) - data - (len(evidence[1]) if evidence else 0),
    }  # fmt: skip


def opened(browser: Browser, page: Path, repeats: int) -> dict[str, float]:
    """Open a page several times; zoom and point in the last of them."""
    times = []
    frames: dict[str, list[float]] = {"zoom": [], "hover": []}
    sharp = []
    for _ in range(repeats):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        tab = context.new_page()
        tab.goto("about:blank")
        began = time.perf_counter()
        tab.goto(page.resolve().as_uri())
        tab.evaluate("graphbuild.ready")
        times.append(time.perf_counter() - began)
        for act, kept in frames.items():
            kept.append(tab.evaluate(FRAMES, act)["p95"])
            tab.evaluate("graphbuild.sharp && graphbuild.sharp()")
        sharp.append(tab.evaluate(SHARP))
        context.close()
    return {
        "open": min(times), "open_median": statistics.median(times),
        "zoom_p95": min(frames["zoom"]),
        "zoom_p95_median": statistics.median(frames["zoom"]), "hover_p95": min(frames["hover"]),
        "hover_p95_median": statistics.median(frames["hover"]), "sharp": min(sharp),
        "sharp_median": statistics.median(sharp),
    }  # fmt: skip


def as_it_comes(browser: Browser, folder: Path, papers: int, seconds: float) -> float | None:
    """Seconds until pyvis' own page of so many papers has settled; None where it takes longer."""
    from pyvis.network import Network  # noqa: PLC0415 - not for every run

    drawn = drawing.prepare(graphbuild.open(folder), limit=papers)
    network = Network(directed=True, cdn_resources="in_line")
    ids = drawn.ids.to_pylist()
    network.add_nodes(ids)
    network.add_edges([(ids[a], ids[b]) for a, b in drawn.edges.tolist()])
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch, "pyvis.html")
        page.write_text(network.generate_html(), "utf-8")
        context = browser.new_context()
        tab = context.new_page()
        # No server answers here: what it asks for elsewhere fails at once instead of after a wait.
        tab.route("http*://**", lambda route: route.abort())
        began = time.perf_counter()
        try:
            tab.goto(page.resolve().as_uri(), wait_until="commit", timeout=seconds * 1000)
            tab.wait_for_function("window.network", timeout=seconds * 1000)
            tab.evaluate(
                "() => new Promise((done) => network.once('stabilizationIterationsDone', done))"
                if papers < 5000 else "1"
            )  # fmt: skip
            return time.perf_counter() - began
        except Exception as error:  # noqa: BLE001 - whatever the driver says when time is up
            print(f"  pyvis as it comes: gave up ({type(error).__name__})")
            return None
        finally:
            context.close()


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 20_000, 50_000, 100_000])
    parser.add_argument("--graph", type=Path, nargs="*", default=[], help="folders of graphs")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pyvis", type=int, default=200, help="papers of pyvis' own page; 0: none")
    parser.add_argument("--scratch", type=Path, default=corpus.CACHE / "view")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the dev extra

    chromium = os.environ.get("GRAPHBUILD_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    options.scratch.mkdir(parents=True, exist_ok=True)
    graphs = [(size, graph_of(size, options.scratch)) for size in options.sizes]
    graphs += [(None, folder) for folder in options.graph]
    results = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for size, folder in graphs:
            page = options.scratch / f"{folder.name}.html"
            told = made(folder, page, size) | opened(browser, page, options.repeats)
            results.append({"graph": folder.name, **told})
            print(
                f"{told['papers']:,} papers, {told['citations']:,} citations:"
                f" made in {told['make']:.1f} s, again {told['make_again']:.2f} s;"
                f" {told['bytes_per_paper']:.0f} bytes a paper, shell {told['shell']:,};"
                f" opens in {told['open']:.2f} s (median {told['open_median']:.2f});"
                f" p95 of a frame zooming {told['zoom_p95']:.0f} ms"
                f" ({told['zoom_p95_median']:.0f}), pointing {told['hover_p95']:.0f} ms"
                f" ({told['hover_p95_median']:.0f});"
                f" sharp after {told['sharp']:.2f} s ({told['sharp_median']:.2f})",
                flush=True,
            )
        if options.pyvis and graphs:
            folder = graphs[0][1]
            small = options.scratch / "small.html"
            made(folder, small, options.pyvis)
            ours = opened(browser, small, options.repeats)["open"]
            graphbuild.open(folder).view(small, limit=options.pyvis, renderer="pyvis")
            theirs = as_it_comes(browser, folder, options.pyvis, 300)
            if theirs is not None:
                print(
                    f"{options.pyvis:,} papers: pyvis as it comes {theirs:.1f} s, canvas {ours:.2f}"
                    f" s: {theirs / ours:.0f} times as fast"
                )
                results.append({"pyvis": options.pyvis, "as_it_comes": theirs, "canvas": ours})
        browser.close()
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
