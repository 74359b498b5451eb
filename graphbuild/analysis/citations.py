"""How often is a paper cited?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphbuild.analysis.ranking import analysis, ranking, subgraph
from graphbuild.tables import Tables

__all__ = ["citations"]


@analysis
def citations(tables: Tables, *, in_corpus: bool = False, top: int | None = None) -> pa.Table:
    """Papers by the number of papers in the graph that cite them (in-degree), most cited first.

    Parameters
    ----------
    in_corpus
        Leave cited-only papers out of the graph.
    top
        How many papers to give; all of them where it is None.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``id``, ``title``, ``year``, ``in_corpus``, ``citations`` (int64); equal ones
        by id.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["a", "b", "b"], "cited": ["c", "c", "a"]}))
    >>> citations(tables)[["rank", "id", "citations"]].values.tolist()
    [[1, 'c', 2], [2, 'a', 1], [3, 'b', 0]]
    """
    keep, _, cited = subgraph(tables, in_corpus=in_corpus)
    counts = np.bincount(cited, minlength=tables.index.papers)
    return ranking.arrow(tables, "citations", counts, keep, top)
