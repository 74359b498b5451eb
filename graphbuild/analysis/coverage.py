"""Of how many papers are references known? In one line, where papers are ranked and drawn."""

from __future__ import annotations

import numpy as np

from graphbuild.analysis.ranking import Booleans
from graphbuild.tables import Tables

__all__ = ["coverage_sentence", "percent", "sentence"]


def coverage_sentence(tables: Tables) -> str:
    """Of how many papers references are known, and how many of those lead into the corpus.

    >>> import pandas as pd
    >>> coverage_sentence(Tables.from_tables(
    ...     papers=pd.DataFrame({"id": ["a", "b"]}),
    ...     citations=pd.DataFrame({"citing": [], "cited": []}, dtype=str)))
    'References are known of no paper in the corpus.'
    """
    index = tables.index
    in_corpus: Booleans = tables.columns("papers", ["in_corpus"])["in_corpus"].to_numpy()
    # Citations stand by the papers that cite, and a look at each paper is shorter than at each.
    citing = np.zeros(index.papers, bool)
    citing[index.citing[:1]] = True
    citing[index.citing[1:][index.citing[1:] != index.citing[:-1]]] = True
    return sentence(
        int(np.count_nonzero(citing & in_corpus)),
        int(np.count_nonzero(in_corpus)),
        int(index.times_cited[in_corpus].sum()),
        len(index.cited),
    )


def sentence(with_references: int, corpus: int, resolved: int, references: int) -> str:
    """The same of counts: papers of the corpus with references, and all; references, by end."""
    if not references:
        return "References are known of no paper in the corpus."
    leads = "leads" if resolved == 1 else "lead"
    return (
        f"References are known of {with_references:,} of {corpus:,} papers in the corpus"
        f" ({percent(with_references, corpus)}); {resolved:,} of these {references:,} references"
        f" ({percent(resolved, references)}) {leads} to papers in the corpus."
    )


def percent(part: int, whole: int) -> str:
    """A share that says 0 or 100 per cent only where it is none or all.

    >>> percent(1, 1000), percent(1, 3), percent(999, 1000), percent(0, 0)
    ('<1%', '33%', '>99%', '–')
    """
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{share:.0f}%"
