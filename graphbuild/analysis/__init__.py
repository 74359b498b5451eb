"""Questions to a graph, one file each. Every answer is a DataFrame; positions never leave here.

Importing this package loads nothing beyond what the tables need: the community-detection library
is imported by the call that needs it.
"""

from graphbuild.analysis.citations import citations
from graphbuild.analysis.clusters import clusters, members, partition
from graphbuild.analysis.cocitation import cocitation
from graphbuild.analysis.explaining import Explanation, explain
from graphbuild.analysis.hits import authorities, hubs
from graphbuild.analysis.pagerank import pagerank
from graphbuild.analysis.quality import Quality, coverage_sentence, quality
from graphbuild.analysis.ranking import ranking
from graphbuild.analysis.reviewing import review

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
    "members",
    "pagerank",
    "partition",
    "quality",
    "ranking",
    "review",
]
