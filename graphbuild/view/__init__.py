"""A graph as one HTML page that works offline, and as a pyvis Network.

The page draws with vis-network, the library that pyvis carries; its positions, sizes and colours
are those of :func:`network`. Nothing else of pyvis' own page is used: that one asks a server for
Bootstrap, computes its layout in the browser, and may run HTML that stands in a title.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from graphbuild.errors import GraphbuildError
from graphbuild.tables import Tables
from graphbuild.view import render
from graphbuild.view.drawing import prepare

if TYPE_CHECKING:
    from pyvis.network import Network

__all__ = ["network", "page", "write"]

TITLE = "Citation map"


def page(tables: Tables, *, limit: int = 2000, seed: int = 0, title: str = TITLE) -> str:
    """Draw a graph as one self-contained HTML page.

    The page asks no server for anything and forbids itself to. Every text from the graph is shown
    as text. The same graph gives the same page.

    Parameters
    ----------
    tables
        The graph.
    limit
        At most this many papers are drawn, those with the highest PageRank; the page says so.
        A browser stays quick up to about 2,000.
    seed
        Of the layout.
    title
        Of the page.

    Raises
    ------
    GraphbuildError
        When ``limit`` is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> html = page(tables, title="Two papers")
    >>> "<title>Two papers</title>" in html, "2 papers, 1 citation" in html
    (True, True)
    """
    return render.page(prepare(tables, limit=limit, seed=seed), title)


def write(
    tables: Tables,
    path: str | os.PathLike[str],
    *,
    limit: int = 2000,
    seed: int = 0,
    title: str = TITLE,
) -> str:
    """Write :func:`page` to a file, always as UTF-8, and say how much of the graph it shows.

    The file is written beside its final name and then renamed, so that no reader meets half of it.

    Returns
    -------
    str
        A sentence such as "38 papers, 35 citations".

    Raises
    ------
    GraphbuildError
        When ``limit`` is below 1, or the file cannot be written.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> tables = Tables.from_tables(citations=pd.DataFrame({"citing": ["b"], "cited": ["a"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(tables, Path(folder, "map.html"))
    '2 papers, 1 citation'
    """
    drawing = prepare(tables, limit=limit, seed=seed)
    content = render.page(drawing, title).encode()
    path = Path(path)
    beside = path.parent / f".graphbuild-{os.getpid()}.tmp"
    try:
        try:
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise GraphbuildError(
            f"{path}: the page cannot be written ({error.strerror or error});"
            " give a file in a folder that exists and may be written to"
        ) from error
    return drawing.summary()


def network(tables: Tables, *, limit: int = 2000, seed: int = 0) -> Network:
    """Make a pyvis Network of a graph: positions, sizes and colours set, physics off.

    Parameters
    ----------
    tables, limit, seed
        As for :func:`page`.

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
    return render.network(prepare(tables, limit=limit, seed=seed))
