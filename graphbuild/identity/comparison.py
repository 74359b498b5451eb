"""What speaks for and against two authors being one, in numbers and in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphbuild.identity import evidence as scores
from graphbuild.identity.evidence import Evidence

__all__ = ["Comparison"]

Array = np.ndarray[Any, Any]

_MENTIONS = 12
"""Mentions of an author that are compared with those of another one."""
_KINDS = ("co-author", "affiliation", "venue", "category", "title word")


class Comparison:
    """Compares sets of mentions that are taken for one author each.

    Parameters
    ----------
    evidence
        What is known of all mentions.
    rows
        The mentions to compare, in ascending order; below they are counted among these.
    orcid, own
        int32: of each of them the code of its ORCID iD, and of a source's own id; -1 for none.
    """

    def __init__(self, evidence: Evidence, rows: Array, orcid: Array, own: Array) -> None:
        group = np.zeros(len(rows), np.int64)
        self._table = scores.Rows.of(evidence, rows, group, orcid, own)
        self._priors, self._caps, self._lacks = scores.parameters()

    def names_agree(self, one: int, other: int) -> bool:
        """Whether identifiers and names allow that two mentions are of one author."""
        return self._named(one, other) > _never() // 2

    def score(self, one: Array, other: Array) -> float | None:
        """The score of two authors, as it decides; None where they cannot be one.

        It is above 0 where they would be joined, as far as their first papers tell.
        """
        total, named, pairs = 0, _never(), 0
        for a in one[:_MENTIONS].tolist():
            for b in other[:_MENTIONS].tolist():
                name, papers = self._named(a, b), self._said(a, b)
                if name <= _never() // 2 or papers <= _never() // 2:
                    return None
                total, named, pairs = total + papers, max(named, name), pairs + 1
        return (total / pairs + named) / scores.UNIT

    def _named(self, one: int, other: int) -> int:
        from graphbuild.kernels.authorships import name_score  # noqa: PLC0415 - compiles

        table = self._table
        given = (table.node, table.orcid, table.own, *table.names, self._priors)
        return int(name_score(one, other, *given))

    def _said(self, one: int, other: int) -> int:
        from graphbuild.kernels.authorships import paper_score  # noqa: PLC0415 - compiles

        table = self._table
        given = (table.year, table.indptr, table.codes, table.has.ravel(), table.weights)
        return int(paper_score(one, other, *given, table.starts, self._caps, self._lacks))

    def reasons(self, one: Array, other: Array) -> str:
        """What speaks for and against, in words."""
        table = self._table
        for_, against = [], []
        mine, theirs = self._codes(one), self._codes(other)
        shared = mine & theirs
        for kind, word in enumerate(_KINDS):
            low, high = int(table.starts[kind]), int(table.starts[kind + 1])
            times = sum(low <= code < high for code in shared)
            known = all(table.has[rows, kind].any() for rows in (one, other))
            if times:
                plural = {"category": "categories"}.get(word, f"{word}s") if times > 1 else word
                for_.append(f"{times} {plural} in common")
            elif known:
                against.append(f"no {word} in common")
        first = int(table.starts[len(_KINDS)])
        papers = [
            {code >> 1 for code in codes if code >= first and not code & 1}
            for codes in (mine, theirs)
        ]
        cited = [
            {code >> 1 for code in codes if code >= first and code & 1} for codes in (mine, theirs)
        ]
        if papers[0] & cited[1] or papers[1] & cited[0]:
            for_.append("one cites the other")
        elif cited[0] & cited[1]:
            for_.append(f"{len(cited[0] & cited[1])} cited papers in common")
        years = [table.year[rows][table.year[rows] > 0] for rows in (one, other)]
        if all(map(len, years)):
            gap = max(int(years[1].min() - years[0].max()), int(years[0].min() - years[1].max()))
            if gap > scores.YEARS_APART:
                against.append(f"{gap} years between their papers")
        told = [("for: ", for_), ("against: ", against)]
        return "; ".join(word + ", ".join(said) for word, said in told if said) or "names alone"

    def _codes(self, rows: Array) -> set[int]:
        table = self._table
        return {
            int(code)
            for row in rows.tolist()
            for code in table.codes[table.indptr[row] : table.indptr[row + 1]]
        }


def _never() -> int:
    from graphbuild.kernels.authorships import NEVER  # noqa: PLC0415 - compiles

    return NEVER
