"""A graph as one HTML page that works offline, and as a pyvis Network.

The page draws with a script of its own (``page/``, bundled as ``page.js``), for up to 100,000
papers. ``renderer="pyvis"`` makes the page that draws with vis-network, the library that pyvis
carries, for those who want to go on from there.
"""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graphbuild.errors import GraphbuildError
from graphbuild.tables import Tables
from graphbuild.view import render
from graphbuild.view.drawing import Drawing, Subject, prepare

if TYPE_CHECKING:
    from pyvis.network import Network

__all__ = ["Inline", "inline", "network", "page", "write"]

TITLES: dict[Subject, str] = {
    "papers": "Citation map",
    "cocitation": "Co-citation map",
    "coauthors": "Map of collaborations",
}
LIMIT = 100_000
"""Discs that a page draws unless another limit is given; a browser stays quick up to there."""
PYVIS_LIMIT = 2000
"""Papers that vis-network draws without making its reader wait."""
TIMELESS = "No years are known, so there is a map and no timeline."
Layout = Literal["map", "timeline"]
Renderer = Literal["canvas", "pyvis"]


def page(
    tables: Tables,
    *,
    of: Subject = "papers",
    layout: Layout = "map",
    renderer: Renderer = "canvas",
    evidence: bool | None = None,
    limit: int | None = None,
    seed: int = 0,
    title: str | None = None,
) -> str:
    """Draw a graph as one self-contained HTML page.

    The page asks no server for anything and forbids itself to. Every text from the graph is shown
    as text. The same graph gives the same page.

    Parameters
    ----------
    tables
        The graph.
    of
        ``"papers"``: papers and their citations. ``"cocitation"``: papers tied by being cited
        together, each with its ten strongest ties. ``"coauthors"``: authors tied by the papers
        that they wrote together.
    layout
        What the page shows first: the ``"map"``, or the ``"timeline"``, where x is the year and
        each cluster has a lane. The reader can change it.
    renderer
        ``"canvas"``, or ``"pyvis"`` for a page that draws with vis-network (papers only, at most
        2,000, without a timeline).
    evidence
        Whether the text that a citation was read from travels with it, cut at 300 characters. By
        default up to 50,000 citations.
    limit
        At most this many are drawn, those with the highest PageRank (or the strongest ties, or
        the most papers); the page says so. By default 100,000, or 2,000 with pyvis.
    seed
        Of the layout.
    title
        Of the page.

    Raises
    ------
    GraphbuildError
        When an argument is out of range, or the renderer cannot do what is asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> html = page(tables, title="Two papers")
    >>> "<title>Two papers</title>" in html, "2 papers, 1 citation" in html
    (True, True)
    """
    return _page(tables, of, layout, renderer, evidence, limit, seed, title)[0]


def _page(
    tables: Tables,
    of: Subject,
    layout: Layout,
    renderer: Renderer,
    evidence: bool | None,
    limit: int | None,
    seed: int,
    title: str | None,
) -> tuple[str, Drawing]:
    if layout not in ("map", "timeline"):
        raise GraphbuildError(f"there is no layout {layout!r}; there are map and timeline")
    if renderer not in ("canvas", "pyvis"):
        raise GraphbuildError(f"there is no renderer {renderer!r}; there are canvas and pyvis")
    if renderer == "pyvis":
        return _pyvis_page(tables, of, layout, limit, seed, title)
    drawing = prepare(tables, of=of, limit=LIMIT if limit is None else limit, seed=seed)
    if layout == "timeline" and drawing.timeline is None:
        drawing = replace(drawing, note=f"{drawing.note}{TIMELESS}".strip())
    if evidence is None:
        evidence = len(drawing.edges) <= render.FEW
    packed = render.packed_evidence(tables, drawing) if evidence else None
    name = TITLES[of] if title is None else title
    return render.page(drawing, name, layout=layout, evidence=packed), drawing


def _pyvis_page(
    tables: Tables, of: Subject, layout: Layout, limit: int | None, seed: int, title: str | None
) -> tuple[str, Drawing]:
    from graphbuild.view import visnetwork  # noqa: PLC0415 - not for everybody

    if of != "papers" or layout != "map":
        raise GraphbuildError(
            "the pyvis renderer draws the map of papers only; leave it out to use the canvas,"
            " which draws every map and the timeline"
        )
    if limit is not None and limit > PYVIS_LIMIT:
        raise GraphbuildError(
            f"the pyvis renderer is good for {PYVIS_LIMIT:,} papers, not {limit:,}; leave it out"
            " to use the canvas, which draws 100,000"
        )
    drawing = prepare(tables, limit=PYVIS_LIMIT if limit is None else limit, seed=seed)
    return visnetwork.page(drawing, TITLES[of] if title is None else title), drawing


def write(
    tables: Tables,
    path: str | os.PathLike[str],
    *,
    of: Subject = "papers",
    layout: Layout = "map",
    renderer: Renderer = "canvas",
    evidence: bool | None = None,
    limit: int | None = None,
    seed: int = 0,
    title: str | None = None,
) -> str:
    """Write :func:`page` to a file, always as UTF-8, and say how much of the graph it shows.

    The file is written beside its final name and then renamed, so that no reader meets half of it.

    Returns
    -------
    str
        A sentence such as "38 papers, 35 citations"; where the pyvis renderer leaves papers out,
        with what to do about it.

    Raises
    ------
    GraphbuildError
        As :func:`page`, or when the file cannot be written.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> tables = Tables.from_tables(citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(tables, Path(folder, "map.html"))
    '2 papers, 1 citation'
    """
    content, drawing = _page(tables, of, layout, renderer, evidence, limit, seed, title)
    path = Path(path)
    beside = path.parent / f".graphbuild-{os.getpid()}.tmp"
    try:
        try:
            beside.write_bytes(content.encode())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise GraphbuildError(
            f"{path}: the page cannot be written ({error.strerror or error});"
            " give a file in a folder that exists and may be written to"
        ) from error
    said = drawing.summary()
    if renderer == "pyvis" and limit is None and len(drawing) < drawing.nodes_in_all:
        said += "; the canvas renderer, which is the default, shows up to 100,000"
    if layout == "timeline" and drawing.timeline is None:
        said += f"; {TIMELESS[0].lower()}{TIMELESS[1:]}"
    return said


@dataclass(frozen=True)
class Inline:
    """A page that a notebook shows below the cell whose value it is.

    Attributes
    ----------
    html
        The page, the same that :func:`write` writes.
    height
        Of the frame, in pixels.
    """

    html: str
    height: int = 640

    def _repr_html_(self) -> str:
        """Show the page in a frame that may run its script and nothing else of the notebook's."""
        return (
            '<iframe title="Citation map" width="100%"'
            f' height="{int(self.height)}" style="border:0;border-radius:8px"'
            ' sandbox="allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox"'
            f' srcdoc="{html.escape(self.html)}"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Inline: a page of {len(self.html):,} characters, shown in notebooks>"


def inline(
    tables: Tables,
    *,
    height: int = 640,
    of: Subject = "papers",
    layout: Layout = "map",
    renderer: Renderer = "canvas",
    evidence: bool | None = None,
    limit: int | None = None,
    seed: int = 0,
    title: str | None = None,
) -> Inline:
    """Show :func:`page` in a notebook.

    Parameters
    ----------
    tables, of, layout, renderer, evidence, limit, seed, title
        As for :func:`page`.
    height
        Of the frame, in pixels.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> inline(tables)._repr_html_()[:8]
    '<iframe '
    """
    return Inline(_page(tables, of, layout, renderer, evidence, limit, seed, title)[0], height)


def network(tables: Tables, *, limit: int = PYVIS_LIMIT, seed: int = 0) -> Network:
    """Make a pyvis Network of a graph: positions, sizes and colours set, physics off.

    Parameters
    ----------
    tables, seed
        As for :func:`page`.
    limit
        At most this many papers, those with the highest PageRank.

    Returns
    -------
    pyvis.network.Network
        Directed from citing to cited paper. Node ids are paper ids, labels stand at the largest
        papers, and a node's ``title`` (its tooltip) has title, authors, year and citations.

    Raises
    ------
    GraphbuildError
        When ``limit`` is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> made = network(tables)
    >>> made.get_nodes(), made.num_edges()
    (['a', 'b'], 1)
    """
    from graphbuild.view import visnetwork  # noqa: PLC0415 - not for everybody

    return visnetwork.network(prepare(tables, limit=limit, seed=seed))
