"""graphbuild turns papers into one resolved citation knowledge graph.

>>> import graphbuild as gb
>>> graph = gb.build(gb.demo.corpus())
>>> graph.info()["in_corpus"] > 0
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from graphbuild.errors import (
    CorrectionsError,
    GraphbuildError,
    GraphFolderError,
    InputError,
    NotConverged,
    UnknownAuthor,
    UnknownPaper,
)
from graphbuild.model import Origin, Passage, Person, Record, Reference, Rejected

if TYPE_CHECKING:
    from graphbuild import analysis, demo, references, stores, view
    from graphbuild.analysis import quality
    from graphbuild.api import build
    from graphbuild.graph import Graph, open  # noqa: A004

__version__ = "0.1.0"

__all__ = [
    "CorrectionsError",
    "Graph",
    "GraphFolderError",
    "GraphbuildError",
    "InputError",
    "NotConverged",
    "Origin",
    "Passage",
    "Person",
    "Record",
    "Reference",
    "Rejected",
    "UnknownAuthor",
    "UnknownPaper",
    "__version__",
    "analysis",
    "build",
    "demo",
    "open",
    "quality",
    "references",
    "stores",
    "view",
]

_PLACES = {"Graph": "graph", "build": "api", "open": "graph", "quality": "analysis.trust"}
_ROOMS = frozenset({"analysis", "demo", "references", "stores", "view"})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module's attributes are
    """Import what is asked for, when it is asked for: pandas and Arrow take their time."""
    if name in _PLACES:
        return getattr(importlib.import_module(f"graphbuild.{_PLACES[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"graphbuild.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
