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
