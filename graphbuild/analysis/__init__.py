"""Questions to a graph, one file each. Every answer is a DataFrame; positions never leave here.

Importing this package loads nothing beyond what the tables need: the community-detection library
is imported by the call that needs it, and questions that are rarely asked when they are.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from graphbuild.analysis.citations import citations
from graphbuild.analysis.clusters import clusters, members, partition
from graphbuild.analysis.cocitation import cocitation
from graphbuild.analysis.coverage import coverage_sentence
from graphbuild.analysis.hits import authorities, hubs
from graphbuild.analysis.likely_duplicates import likely_duplicates
from graphbuild.analysis.pagerank import pagerank
from graphbuild.analysis.ranking import ranking

if TYPE_CHECKING:
    from graphbuild.analysis.explaining import Explanation, explain
    from graphbuild.analysis.reviewing import review
    from graphbuild.analysis.trust import Quality, quality

__all__ = [
    "Explanation",
    "Quality",
    "authorities",
    "citations",
    "clusters",
    "cocitation",
    "coverage_sentence",
    "explain",
    "hubs",
    "likely_duplicates",
    "members",
    "pagerank",
    "partition",
    "quality",
    "ranking",
    "review",
]

_RARE = {
    "Explanation": "explaining",
    "Quality": "trust",
    "explain": "explaining",
    "quality": "trust",
    "review": "reviewing",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module's attributes are
    """Import what is rarely asked for when it is asked for."""
    if name in _RARE:
        return getattr(importlib.import_module(f"graphbuild.analysis.{_RARE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
