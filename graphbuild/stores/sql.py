"""The graph's tables in SQL, by DuckDB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphbuild.errors import GraphbuildError
from graphbuild.tables import SCHEMAS, Tables

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["query"]


def query(tables: Tables, statement: str) -> pd.DataFrame:
    """Answer a SELECT over ``papers``, ``authors``, ``citations`` and the other tables by name.

    The dialect is DuckDB's. Nothing can be changed, and no file or address can be read or written.

    Raises
    ------
    GraphbuildError
        When the statement is wrong; the message shows where.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = Tables.from_tables(
    ...     citations=pd.DataFrame({"citing": ["b", "c"], "cited": ["a", "a"]}))
    >>> query(tables, "SELECT cited, count(*) AS citations FROM citations GROUP BY cited")
      cited  citations
    0     a          2
    """
    import duckdb  # noqa: PLC0415 - slow to import

    with duckdb.connect() as connection:
        for name in SCHEMAS:
            if re.search(rf"\b{name}\b", statement, re.IGNORECASE):
                connection.register(name, tables.table(name))
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            parsed = connection.extract_statements(statement)
            if [each.type.name for each in parsed] != ["SELECT"]:
                raise GraphbuildError("one SELECT statement is wanted, and nothing else")
            answer: pd.DataFrame = connection.execute(parsed[0]).df()
        except duckdb.Error as error:
            raise GraphbuildError(f"the statement cannot be answered: {error}") from error
    return answer
