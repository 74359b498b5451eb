"""How often is a paper cited?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphbuild.analysis.ranking import ranking, subgraph
from graphbuild.tables import Tables

__all__ = ["citations"]


def citations(tables: Tables, *, in_corpus: bool = False) -> pd.DataFrame:
    """Papers by the number of papers in the graph that cite them (in-degree), most cited first.

    Parameters
    ----------
    in_corpus
        Leave cited-only papers out of the graph.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``id``, ``title``, ``year``, ``in_corpus``, ``citations`` (int64); equal ones
        by id.

    Examples
    --------
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["a", "b", "b"], "cited": ["c", "c", "a"]}))
    >>> citations(tables)[["rank", "id", "citations"]].values.tolist()
    [[1, 'c', 2], [2, 'a', 1], [3, 'b', 0]]
    """
    keep, _, cited = subgraph(tables, in_corpus=in_corpus)
    counts = np.bincount(cited, minlength=tables.index.papers)
    return ranking(tables, "citations", counts, keep)
