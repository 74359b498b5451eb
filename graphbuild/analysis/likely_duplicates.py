"""Which papers may be one, and were kept apart because nobody can be sure?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.analysis.ranking import Floats, Integers, analysis
from graphbuild.tables import Tables

if TYPE_CHECKING:
    from graphbuild.identity import near

__all__ = ["likely_duplicates"]


@analysis
def likely_duplicates(tables: Tables, *, top: int | None = None) -> pa.Table:
    """Pairs of papers that are nearly enough alike to be one, the likeliest first.

    The evidence is that of the build (see ``docs/identity.md``), weighed for what the graph says
    of its papers now. Papers that have different identifiers of one kind, as two arXiv ids, are no
    pair, however alike they are.

    Parameters
    ----------
    top
        How many pairs to give; all of them where it is None.

    Returns
    -------
    pandas.DataFrame
        ``one``, ``other`` (ids, ``one < other``), ``score`` (float64; the build joins above 0),
        ``reason`` (what speaks for one paper and what against it, in words). Equal ones by id.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(papers=pd.DataFrame({
    ...     "id": ["a", "b"], "year": [2007, 2008],
    ...     "title": ["Networks for Protein Folding Dynamics", "Networks for Protein Folding"]}))
    >>> found = likely_duplicates(tables)
    >>> found[["one", "other"]].values.tolist(), found.reason[0]
    ([['a', 'b']], 'titles are much alike; but of different years')
    """
    from graphbuild.identity import near  # noqa: PLC0415 - slow to import

    claims, kinds, papers = _claims(tables)
    folded = near.put_back(claims)
    has_words = np.flatnonzero(folded.has_words())
    folded, kinds, papers = folded.taken(has_words), kinds[has_words], papers[has_words]
    if len(folded) < 2:
        return _table(tables, papers[:0], papers[:0], np.empty(0), [])
    sides = near.sides(folded)
    one, other = near.candidates(sides, np.arange(len(sides), dtype=np.int32), kinds)
    found = near.evidence(near.taught(sides, one, other), one, other)
    likely = np.flatnonzero(found.score > near.DOUBTFUL)
    order = np.lexsort((other[likely], one[likely], -found.score[likely]))
    chosen = likely[order][:top]
    reasons = near.reasons(found.parts[chosen])
    return _table(tables, papers[one[chosen]], papers[other[chosen]], found.score[chosen], reasons)


def _claims(tables: Tables) -> tuple[near.Claims, Integers, Integers]:
    """What the graph says of titled papers, their kinds of identifiers, and their positions."""
    from graphbuild.identity import near  # noqa: PLC0415 - as above
    from graphbuild.identity.papers import exclusive_kinds  # noqa: PLC0415

    names = ["title", "venue", "year", "arxiv_id", "doi", "other_ids"]
    papers = tables.columns("papers", names).combine_chunks()
    titled = np.flatnonzero(papers["title"].is_valid().to_numpy())
    chosen = papers.take(pa.array(titled))
    size = len(chosen)
    claims = near.Claims(
        _one(chosen["title"], pa.string()),
        _authors(tables).take(pa.array(titled)),
        _one(chosen["venue"], pa.string()),
        pc.fill_null(_one(chosen["year"], pa.int32()), 0).to_numpy(),
        np.full(size, -1, np.int32),
        np.arange(size),
    )
    kinds = np.zeros(size, np.int64)
    for prefix, name in (("arxiv:", "arxiv_id"), ("doi:", "doi")):
        has = chosen[name].is_valid().to_numpy()
        kinds[has] |= exclusive_kinds(pa.array([prefix]))[0]
    others = _one(chosen["other_ids"], pa.list_(pa.string()))
    owners = pc.list_parent_indices(others).to_numpy()
    np.bitwise_or.at(kinds, owners, exclusive_kinds(pc.list_flatten(others)))
    return claims, kinds, titled


def _authors(tables: Tables) -> pa.Array:
    """Lists of the authors' names of all papers, in their order."""
    ships = tables.encoded("authorships")
    paper = ships["paper"].combine_chunks().indices.to_numpy()
    author = ships["author"].combine_chunks().indices
    position = pc.fill_null(ships["position"], 0).to_numpy()
    order = np.lexsort((position, paper))
    known = _one(tables.columns("authors", ["name"])["name"], pa.string())
    offsets = np.zeros(len(tables.ids) + 1, np.int32)
    np.cumsum(np.bincount(paper, minlength=len(tables.ids)), out=offsets[1:])
    names = pc.fill_null(known.take(author.take(pa.array(order))), "")
    return pa.ListArray.from_arrays(pa.array(offsets), names)


def _one(column: pa.ChunkedArray, type_: pa.DataType) -> pa.Array:
    chunks = column.combine_chunks()
    whole = chunks if isinstance(chunks, pa.Array) else pa.concat_arrays(chunks.chunks)
    return whole.cast(type_)


def _table(
    tables: Tables, one: Integers, other: Integers, score: Floats, reasons: list[str]
) -> pa.Table:
    return pa.table(
        {
            "one": tables.ids.take(pa.array(np.minimum(one, other))),
            "other": tables.ids.take(pa.array(np.maximum(one, other))),
            "score": np.round(score.astype(np.float64), 2),
            "reason": pa.array(reasons, pa.string()),
        }
    )
