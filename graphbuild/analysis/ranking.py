"""What every ranking of papers shares: which papers and citations count, and the shape of a row."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, cast

import numpy as np
import pyarrow as pa

from graphbuild.tables import Tables, to_pandas

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "COLUMNS",
    "Analysis",
    "Booleans",
    "Floats",
    "Integers",
    "Singles",
    "analysis",
    "ranking",
    "significant",
    "subgraph",
    "totals",
]

Integers = np.ndarray[Any, np.dtype[np.integer[Any]]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Singles = np.ndarray[Any, np.dtype[np.float32]]
Booleans = np.ndarray[Any, np.dtype[np.bool_]]

COLUMNS = ("id", "title", "year", "in_corpus")
"""What a ranking says of each paper besides its rank and value."""
SIGNIFICANT_DIGITS = 12
COMPILED = 20_000
"""Papers from which on compiled code rounds and sorts their values, if it is there."""
LARGE = 500_000
"""Papers from which on it is loaded for that."""
MANY = 50_000
"""Papers from which on columns are taken side by side."""
_COMPILING = "graphbuild.kernels.compiling"
_LEAST = -330
_POWERS = np.array([float(f"1e{exponent}") for exponent in range(_LEAST, 331)])
"""Powers of ten from ``_LEAST`` on."""
_ROUNDED_UP = _POWERS * (1 - 0.5 * 10.0**-SIGNIFICANT_DIGITS)
"""From where on a number is rounded up to each of them."""

Parameters = ParamSpec("Parameters")


class Analysis(Protocol, Generic[Parameters]):
    """A function that answers with a DataFrame; its ``arrow`` gives the same as an Arrow table."""

    arrow: Callable[Parameters, pa.Table]

    def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> pd.DataFrame: ...


def analysis(function: Callable[Parameters, pa.Table]) -> Analysis[Parameters]:
    """Make an analysis of a function that gives an Arrow table, of numbers that nobody else holds.

    Importing pandas takes longer than many an analysis: who only prints an answer asks for
    ``arrow``, and does without. What :func:`remark` says of the table is ``DataFrame.attrs`` then.
    """

    @functools.wraps(function)
    def frame(*args: Parameters.args, **kwargs: Parameters.kwargs) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 - slow to import

        table = function(*args, **kwargs)
        # Numbers that are never missing are NumPy's, as they come.
        plain = [each.name for each in table.schema if each.type in {pa.int64(), pa.float64()}]
        others = to_pandas(table.drop_columns(plain))
        columns = {
            name: _handed_over(table[name]) if name in plain else others[name]
            for name in table.column_names
        }
        answer = pd.DataFrame(columns, copy=False)
        answer.attrs.update(remarks(table))
        return answer

    made = cast("Analysis[Parameters]", frame)
    made.arrow = function
    return made


def _handed_over(numbers: pa.ChunkedArray) -> Integers | Floats:
    """Numbers that may be written to, in the memory in which they are wherever that is possible.

    >>> _handed_over(pa.chunked_array([[1, 2]])), _handed_over(pa.chunked_array([[1, None]]))
    (array([1, 2]), array([ 1., nan]))
    """
    chunk = numbers.chunk(0) if numbers.num_chunks == 1 else None
    if chunk is None or chunk.null_count or not chunk.buffers()[1].is_mutable:
        copied: Integers | Floats = numbers.to_numpy().copy()
        return copied
    whole: Integers | Floats = np.frombuffer(chunk.buffers()[1], chunk.type.to_pandas_dtype())
    return whole[chunk.offset : chunk.offset + len(chunk)]


def remark(table: pa.Table, **about: int | None) -> pa.Table:
    """Say something of a table as a whole."""
    return table.replace_schema_metadata({"about": json.dumps(about)})


def remarks(table: pa.Table) -> dict[str, int | None]:
    """What was said of a table.

    >>> remarks(remark(pa.table({"first": ["a"]}), min_count=2))
    {'min_count': 2}
    """
    found: dict[str, int | None] = json.loads((table.schema.metadata or {}).get(b"about", b"{}"))
    return found


@analysis
def ranking(
    tables: Tables,
    name: str,
    values: Integers | Floats,
    keep: Booleans | None = None,
    top: int | None = None,
) -> pa.Table:
    """Papers by a measure, best first, equal ones by id.

    Parameters
    ----------
    values
        One number per paper, in the order of ``tables.papers``.
    keep
        Which papers to list; all of them where it is None.
    top
        How many of them; all where it is None.

    Returns
    -------
    pandas.DataFrame
        ``rank`` (int64, from 1, no two alike), ``id``, ``title``, ``year`` (Int32),
        ``in_corpus`` (boolean) and ``name``, of the type of ``values``.

    Examples
    --------
    >>> tables = Tables.from_tables(papers=pa.table({"id": ["a", "b", "c"]}))
    >>> ranking(tables, "weight", np.array([1, 3, 3]))[["rank", "id", "weight"]].values.tolist()
    [[1, 'b', 3], [2, 'c', 3], [3, 'a', 1]]
    """
    order = _best_first(values)
    if keep is not None:
        order = order[keep[order]]
    order = order[:top]
    papers = tables.columns("papers", COLUMNS)
    ranks = np.arange(1, len(order) + 1, dtype=np.int64)
    return pa.table({"rank": ranks, **_at(papers, order), name: pa.array(values[order])})


def _best_first(values: Integers | Floats) -> Integers:
    """Positions by falling values, equal ones in their order.

    >>> _best_first(np.array([1, 3, 1, 2, 3])).tolist()
    [1, 4, 3, 0, 2]
    """
    if _is_compiled(len(values)):
        from graphbuild.kernels.sorting import falling  # noqa: PLC0415 - loads a compiler's library

        return falling(cast("Floats", values))
    return np.argsort(-values, kind="stable")


def _is_compiled(papers: int) -> bool:
    # What brought their values may have loaded what compiled code needs.
    return papers >= LARGE or (papers >= COMPILED and _COMPILING in sys.modules)


def _at(table: pa.Table, positions: Integers) -> dict[str, pa.ChunkedArray]:
    """A table's columns at some positions; titles lie all over the memory, so beside all else."""
    names = table.column_names
    if len(positions) < MANY:
        return {name: _taken(table[name], positions) for name in names}
    with ThreadPoolExecutor(1) as pool:
        titles = pool.submit(_taken, table["title"], positions)
        others = {name: _taken(table[name], positions) for name in names if name != "title"}
        return {name: others[name] if name in others else titles.result() for name in names}


def _taken(column: pa.ChunkedArray, positions: Integers) -> pa.ChunkedArray:
    is_plain = column.num_chunks == 1 and pa.types.is_string(column.type)
    if is_plain and _is_compiled(len(positions)):
        from graphbuild.kernels.texts import texts_at  # noqa: PLC0415 - loads a library

        whole = positions.astype(np.int32, copy=False)
        return pa.chunked_array([texts_at(column.chunk(0), whole)])
    return column.take(pa.array(positions))


def subgraph(tables: Tables, *, in_corpus: bool) -> tuple[Booleans | None, Integers, Integers]:
    """Which papers take part (None for all), and the citing and cited ends among them.

    With ``in_corpus`` it is the subgraph that the papers of the corpus induce. Positions stay
    those of ``tables.papers``.
    """
    index = tables.index
    if not in_corpus:
        return None, index.citing, index.cited
    keep: Booleans = tables.columns("papers", ["in_corpus"])["in_corpus"].to_numpy()
    inside = keep[index.citing] & keep[index.cited]
    return keep, index.citing[inside], index.cited[inside]


def totals(groups: Integers, values: Integers | Floats, size: int) -> Floats:
    """The sum of the values of each group, 0 to ``size - 1``.

    >>> totals(np.array([2, 0, 2]), np.array([1.0, 2.0, 3.0]), 4).tolist()
    [2.0, 0.0, 4.0, 0.0]
    """
    # bincount is a compiled loop over the entries as they come, and needs no library or sorting.
    return cast("Floats", np.bincount(groups, weights=values, minlength=size))


def significant(values: Floats) -> Floats:
    """Values rounded to 12 significant digits, which is what an iteration can vouch for.

    Papers whose scores are equal by symmetry differ in the sixteenth digit, by the order of
    summation alone. Rounded, they are equal, and equal papers stand in the order of their ids.

    >>> significant(np.array([1 / 3, 0.1 + 0.2, 2e-9, 0.0])).tolist()
    [0.333333333333, 0.3, 2e-09, 0.0]
    """
    if _is_compiled(len(values)):
        from graphbuild.kernels.rounding import round_all  # noqa: PLC0415 - loads a library

        found = np.empty(len(values))
        bits = values.view(np.int64)
        round_all(values, bits, SIGNIFICANT_DIGITS, _POWERS, _ROUNDED_UP, _LEAST, found)
        return found
    magnitudes = np.abs(values)
    # The logarithm of the power of 2 below, to as many digits as no exponent can tell apart.
    exponents = (np.frexp(magnitudes)[1] - 1) * 30103 // 100000
    exponents += magnitudes >= _ROUNDED_UP[exponents + (1 - _LEAST)]
    # A power of ten beyond 1e300 overflows; such a score is nothing.
    scales = _POWERS[np.minimum(SIGNIFICANT_DIGITS - 1 - exponents, 300) - _LEAST]
    rounded: Floats = np.round(values * scales) / scales
    return rounded
