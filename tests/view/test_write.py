"""The file and the Network: bytes, places, and what stays out of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from graphbuild import view
from graphbuild.errors import GraphbuildError
from graphbuild.view.drawing import prepare

from .graphs import hostile, topics


def test_the_same_graph_gives_the_same_bytes_in_any_process_and_locale(tmp_path):
    path = tmp_path / "Karte für 深度 学习.html"
    assert view.write(topics(), path) == prepare(topics()).summary()
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from view.graphs import topics; from graphbuild import view\n"
        "view.write(topics(), sys.argv[1])"
    )
    again = tmp_path / "again.html"
    for seed in ("0", "1"):
        environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": seed,
                       "PYTHONCOERCECLOCALE": "0"}  # fmt: skip
        subprocess.run([sys.executable, "-c", code, again], check=True, env=environment)
        assert again.read_bytes() == path.read_bytes()
    view.write(topics(), tmp_path / "pyvis.html", renderer="pyvis")
    assert "Zoë Köhler" in (tmp_path / "pyvis.html").read_text("utf-8")
    (tmp_path / "pyvis.html").unlink()
    assert sorted(tmp_path.iterdir()) == sorted([path, again])


def test_writing_replaces_a_file_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "map.html"
    path.write_text("old")
    view.write(topics(), path, title="New")
    assert "<title>New</title>" in path.read_text("utf-8")
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(GraphbuildError, match=r"no such folder.*map\.html: the page cannot"):
        view.write(topics(), tmp_path / "no such folder" / "map.html")
    with pytest.raises(GraphbuildError, match="the page cannot be written"):
        view.write(topics(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_page_names_no_server_but_in_links_and_licences():
    html = view.page(topics(), renderer="pyvis")
    own = re.sub(r"<script>/\*\*\n \* vis-network.*?</script>", "", html, count=1, flags=re.DOTALL)
    assert len(own) < len(html) - 400_000
    assert "vis.js is dual licensed under both" in html
    ours = view.page(topics())
    # What shapes and namespaces are called is no address to ask.
    hosts = set(re.findall(r"https?://([^/\s\"'`]+)", ours))
    assert hosts == {"www.w3.org"}
    assert not re.search(r"<(?:link|script|img)[^>]+(?:src|href)=\"(?!data:)", ours)
    assert "default-src 'none'" in ours
    hosts = set(re.findall(r"https?://([^/\s\"']+)", own))
    assert hosts == {"arxiv.org", "doi.org"}
    assert not re.search(r"<(?:link|script|img)[^>]+(?:src|href)=\"(?!data:)", own)
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert "default-src 'none'" in html
    assert "bootstrap" not in own.lower()


def test_data_cannot_end_its_script():
    for renderer in ("canvas", "pyvis"):
        data_stays_in_its_script(
            view.page(hostile(), title="</title><script>alert(1)</script>", renderer=renderer)
        )


def data_stays_in_its_script(html):
    assert html.count("</script") == html.count("\n<script") == 3
    assert "<img" not in html
    assert "\u2028" not in html
    assert "<title>&lt;/title&gt;&lt;script&gt;" in html


def test_a_title_that_is_no_text_is_shown_as_far_as_it_is(tmp_path):
    view.write(topics(), tmp_path / "map.html", title="caf\udce9")
    assert "<title>caf?</title>" in (tmp_path / "map.html").read_text("utf-8")


def test_network_has_the_drawing_and_no_physics():
    tables = topics()
    drawing, network = prepare(tables), view.network(tables)
    assert network.get_nodes() == drawing.ids.to_pylist()
    assert network.num_edges() == len(tables.citations)
    for i, node in enumerate(network.nodes):
        assert (node["x"], node["y"]) == tuple(drawing.places[i])
        assert node["size"] == drawing.radii[i]
        assert network.get_node(node["id"]) is node
        hollow = node["color"]["background"] == "#ffffff"
        assert hollow == (not drawing.in_corpus[i])
    pairs = {(edge["from"], edge["to"]) for edge in network.edges}
    assert pairs == set(zip(tables.citations["citing"], tables.citations["cited"], strict=True))
    assert network.options.physics.enabled is False
    network.add_node("one more", x=0, y=0)
    network.add_edge("one more", drawing.ids[0].as_py())
    assert network.num_nodes() == 61


def test_tooltips_of_a_network_are_text_even_on_the_page_of_pyvis():
    network = view.network(hostile())
    assert not any("<" in node["title"] or "href" in node["title"] for node in network.nodes)
    html = network.generate_html()
    assert "popup.innerHTML" not in html


def test_a_graph_shows_itself_in_a_notebook_and_gives_a_network(tmp_path):
    from graphbuild.graph import Graph

    graph = Graph.from_tables(**{name: table.to_pandas() for name, table in topics()})
    shown = graph.view(height=333, layout="timeline")
    assert shown.html == view.page(graph, layout="timeline")
    frame = shown._repr_html_()
    assert 'height="333"' in frame
    assert "<script" not in frame.partition("srcdoc=")[2]
    assert "allow-same-origin" not in frame
    assert len(repr(shown)) < 100
    assert graph.to_pyvis(limit=10).num_nodes() == 10
    assert graph.view(tmp_path / "map.html") == prepare(graph).summary()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layout": "spiral"}, "no layout 'spiral'; there are map and timeline"),
        ({"renderer": "webgl"}, "no renderer 'webgl'; there are canvas and pyvis"),
        ({"of": "venues"}, "no map of 'venues'; there are maps of papers, cocitation, coauthors"),
        ({"renderer": "pyvis", "limit": 2001}, "good for 2,000 papers, not 2,001; leave it out"),
        ({"renderer": "pyvis", "layout": "timeline"}, "draws the map of papers only"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_can(options, message):
    with pytest.raises(GraphbuildError, match=re.escape(message)):
        view.page(topics(), **options)


def test_a_graph_without_years_has_no_timeline_and_says_so(tmp_path):
    import pandas as pd

    from graphbuild.tables import Tables

    tables = Tables.from_tables(citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    said = view.write(tables, tmp_path / "map.html", layout="timeline")
    assert said == ("2 papers, 1 citation; no years are known, so there is a map and no timeline.")
    assert "No years are known" in (tmp_path / "map.html").read_text("utf-8")
    assert "No years are known" not in view.page(tables)


def test_pyvis_says_what_shows_more(tmp_path):
    said = view.write(topics(2100, 5), tmp_path / "map.html", renderer="pyvis")
    assert said.startswith("2,000 of 2,100 papers shown, the highest by PageRank")
    assert said.endswith("the canvas renderer, which is the default, shows up to 100,000")
