"""A drawing as a pyvis Network, and that as one HTML page.

The page draws with vis-network, the library that pyvis carries; its positions, sizes and colours
are those of :func:`network`. Nothing else of pyvis' own page is used: that one asks a server for
Bootstrap, computes its layout in the browser, and may run HTML that stands in a title.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from graphbuild.errors import GraphbuildError
from graphbuild.view.drawing import Drawing
from graphbuild.view.palette import DARK, LIGHT, Palette

if TYPE_CHECKING:
    from pyvis.network import Network

__all__ = ["network", "page"]

# Papers that carry their title on a Network; the page places labels itself.
LABELLED = 30
LABEL_LENGTH = 40


def network(drawing: Drawing) -> Network:
    """Make a pyvis Network whose nodes are the drawing's papers, in its order."""
    from pyvis.network import Network  # noqa: PLC0415 - slow to import, needed for maps only

    made = Network(height="800px", directed=True, cdn_resources="in_line")
    made.toggle_physics(False)
    made.options.edges.smooth.enabled = False
    made.options.edges.color.inherit = False
    made.options.interaction.hideEdgesOnDrag = True
    # In bulk: add_node and add_edge look through all that is there already.
    rows = _Rows(drawing)
    ids = rows.ids
    made.nodes = [_node(rows, position) for position in range(len(ids))]
    made.node_ids = list(ids)
    made.node_map = dict(zip(ids, made.nodes, strict=True))
    made.edges = [
        {
            "from": ids[citing],
            "to": ids[cited],
            "arrows": {"to": {"enabled": True, "scaleFactor": 0.4}},
            "color": {"color": "#8a94a6", "opacity": 0.25},
            "width": 0.6,
        }
        for citing, cited in drawing.edges.tolist()
    ]
    return made


class _Rows:
    """A drawing's columns as lists, for a page of objects."""

    def __init__(self, drawing: Drawing) -> None:
        self.ids: list[str] = drawing.ids.to_pylist()
        self.titles: list[str | None] = drawing.titles.to_pylist()
        self.venues: list[str | None] = drawing.venues.to_pylist()
        self.years = [year or None for year in drawing.years.tolist()]
        self.authors = drawing.authors.to_list()
        self.categories = drawing.categories.to_list()
        self.links = [
            [(word, url) for word, url in zip(drawing.links, urls, strict=True) if url]
            for urls in zip(*drawing.links.values(), strict=True)
        ]
        self.in_corpus = drawing.in_corpus
        self.places, self.radii = drawing.places, drawing.radii
        self.cited_by = drawing.measure("citedBy")
        self.clusters = drawing.groupings[0] if drawing.groupings else None
        self.cluster: list[int] = (
            self.clusters.of.tolist() if self.clusters else [0] * len(self.ids)
        )


def _node(drawing: _Rows, position: int) -> dict[str, Any]:
    colour = _colour(LIGHT, int(drawing.cluster[position]))
    hollow = not drawing.in_corpus[position]
    title = drawing.titles[position] or drawing.ids[position]
    x, y = drawing.places[position].tolist()
    return {
        "id": drawing.ids[position],
        "label": _cut(title) if position < LABELLED else "",
        "title": _tooltip(drawing, position),
        "shape": "dot",
        "x": x,
        "y": y,
        "size": float(drawing.radii[position]),
        "borderWidth": 1.5 if hollow else 0,
        "color": {"background": "#ffffff" if hollow else colour, "border": colour},
    }


def _colour(palette: Palette, cluster: int) -> str:
    colours = palette["clusters"]
    if cluster == 0:
        return str(palette["none"])
    return str(colours[cluster - 1] if cluster <= len(colours) else palette["others"])


def _cut(text: str) -> str:
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1].rstrip() + "…"


def _tooltip(drawing: _Rows, position: int) -> str:
    """Plain text that stays plain even where pyvis' own page takes it for HTML.

    That page shows all tooltips as HTML as soon as one of them contains "href".
    """
    authors = drawing.authors[position]
    year = drawing.years[position]
    facts = [
        ", ".join(authors[:3]) + (" et al." if len(authors) > 3 else ""),
        str(year) if year is not None else "",
        f"cited by {drawing.cited_by[position]:,}",
    ]
    title = drawing.titles[position] or drawing.ids[position]
    text = f"{title}\n{' · '.join(fact for fact in facts if fact)}\n{drawing.ids[position]}"
    return text.replace("<", "\uff1c").replace("href", "hr\u2060ef")


def page(drawing: Drawing, title: str) -> str:
    """Make the HTML page of a drawing."""
    import jinja2  # noqa: PLC0415 - needed for maps only

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(_own("page.html"))
    scripts = [_vis_network(), _own("page.js")]
    return template.render(
        # A title from a command line may hold bytes that are no text.
        title=title.encode("utf-8", "replace").decode(),
        summary=drawing.summary(),
        coloured_by=drawing.groupings[0].label if drawing.groupings else "Clusters",
        cited_only=int((~drawing.in_corpus).sum()),
        style=_own("page.css"),
        data=_json(_data(drawing)),
        scripts=scripts,
        script_hashes=[_hash(script) for script in scripts],
    )


def _data(drawing: Drawing) -> dict[str, Any]:
    """What page.js reads; columns in the drawing's order."""
    graph, rows = network(drawing), _Rows(drawing)
    grouping = rows.clusters
    clusters = [] if grouping is None else list(zip(grouping.names, grouping.sizes(), strict=True))
    return {
        "nodes": [[node["x"], node["y"], node["size"]] for node in graph.nodes],
        "citations": drawing.edges.ravel().tolist(),
        "papers": {
            "id": rows.ids,
            "title": rows.titles,
            "authors": rows.authors,
            "year": rows.years,
            "venue": rows.venues,
            "categories": rows.categories,
            "links": rows.links,
            "inCorpus": drawing.in_corpus.astype(np.int8).tolist(),
            "pagerank": [float(f"{value:.6g}") for value in drawing.measure("pagerank").tolist()],
            "citedBy": rows.cited_by.tolist(),
            "cites": drawing.measure("cites").tolist(),
            "cluster": rows.cluster,
        },
        "clusters": [{"name": name, "papers": papers} for name, papers in clusters],
        "colouring": "none" if grouping is None else grouping.key,
        "total": {"papers": drawing.nodes_in_all, "citations": drawing.edges_in_all},
        "palettes": {"light": LIGHT, "dark": DARK},
    }


def _json(value: object) -> str:
    """JSON that cannot end the script element it stands in, nor begin a comment."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _hash(script: str) -> str:
    """What the page's Content-Security-Policy calls a script that may run."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _own(name: str) -> str:
    return resources.files("graphbuild.view.visnetwork").joinpath(name).read_text("utf-8")


@cache
def _vis_network() -> str:
    """The vis-network that pyvis carries, with its licence notice (Apache-2.0 or MIT)."""
    folder = resources.files("pyvis") / "lib"
    builds = {
        tuple(map(int, entry.name.removeprefix("vis-").split("."))): entry
        for entry in folder.iterdir()
        if entry.name.startswith("vis-")
    }
    if not builds:
        raise GraphbuildError(
            "the installed pyvis carries no vis-network; install pyvis 0.3.2 or later"
        )
    script = (builds[max(builds)] / "vis-network.min.js").read_text("utf-8")
    # A browser reads line ends as \n before it checks a script's hash; the map of the minified
    # file is not here to be asked for.
    script = script.replace("\r\n", "\n").replace("\r", "\n")
    return script.partition("//# sourceMappingURL=")[0].rstrip() + "\n"
