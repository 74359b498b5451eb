"""Which words of a title stand in it a second time, in one pass."""

from __future__ import annotations

from graphbuild.kernels.compiling import Int32s, NewBytes, NewInt32s, compiled

__all__ = ["mark_repeated"]


@compiled
def mark_repeated(term: Int32s, title: Int32s, last: NewInt32s, again: NewBytes) -> None:
    """Set ``again`` to 1 where a title has had the same term before.

    Parameters
    ----------
    term, title
        int32, one entry per occurrence; those of a term are in the order of titles.
    last
        -1 for each term; used up.
    again
        uint8, one entry per occurrence, zeros.
    """
    for place in range(len(term)):
        again[place] = last[term[place]] == title[place]
        last[term[place]] = title[place]
