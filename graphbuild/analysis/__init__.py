"""Questions to a graph, one file each. Every answer is a DataFrame; positions never leave here.

Importing this package loads nothing beyond what the tables need: the community-detection library
is imported by the call that needs it.
"""

from graphbuild.analysis.citations import citations
from graphbuild.analysis.clusters import clusters, members, partition
from graphbuild.analysis.cocitation import cocitation
from graphbuild.analysis.hits import authorities, hubs
from graphbuild.analysis.likely_duplicates import likely_duplicates
from graphbuild.analysis.pagerank import pagerank
from graphbuild.analysis.ranking import ranking

__all__ = [
    "authorities",
    "citations",
    "clusters",
    "cocitation",
    "hubs",
    "likely_duplicates",
    "members",
    "pagerank",
    "partition",
    "ranking",
]
