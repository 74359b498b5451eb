"""When two names are one author: an ORCID decides, else the folded full name.

"Łukasz Kaiser", "Lukasz Kaiser" and "Kaiser, Lukasz" are one author. One name with two ORCIDs is
two authors, and a mention of that name without an ORCID is neither of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import encode
from graphbuild.people import author_id
from graphbuild.text import fold

__all__ = ["AuthorMentions", "resolve_authors"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class AuthorMentions:
    """Authors of papers as columns, one entry per author of a paper in the order of its list.

    ``papers`` is an integer array, ``names`` and ``orcids`` are Arrow strings.
    """

    papers: Array
    names: pa.Array
    orcids: pa.Array

    def __len__(self) -> int:
        return len(self.names)


def resolve_authors(mentions: AuthorMentions) -> tuple[pa.Table, Array]:
    """Decide who is who.

    Returns
    -------
    authors
        The table ``id``, ``name`` (the spelling met most often), ``names`` (all of them in
        ascending order), ``orcid``; by id.
    of_mention
        int32: for each mention, the position of its author in ``authors``.

    Examples
    --------
    >>> authors, who = resolve_authors(AuthorMentions(
    ...     np.array([1, 2, 2]), pa.array(["Łukasz Kaiser", "Lukasz Kaiser", "Noam Shazeer"]),
    ...     pa.nulls(3, pa.string())))
    >>> authors["id"].to_pylist(), who.tolist()
    (['name:lukasz-kaiser', 'name:noam-shazeer'], [0, 0, 1])
    """
    names, spelled = encode(mentions.names)
    keys = _keys(mentions, names.to_pylist(), spelled)
    ids, who = encode(keys)
    orcids = pc.if_else(
        pc.starts_with(ids, "orcid:"),
        pc.utf8_slice_codeunits(ids, len("orcid:")),
        pa.scalar(None, pa.string()),
    )
    spellings, name = _spellings(names, spelled, who, len(ids))
    table = pa.table({"id": ids, "name": name, "names": spellings, "orcid": orcids})
    return table.combine_chunks(), who


def _keys(mentions: AuthorMentions, names: list[str], spelled: Array) -> pa.Array:
    """The id of the author behind each mention."""
    folded = [fold(name) or name for name in names]
    whole: dict[str, int] = {}
    person = np.array([whole.setdefault(text, len(whole)) for text in folded], np.int32)[spelled]
    ids = pa.array([author_id(text) for text in whole], pa.string())
    named = ids.take(pa.array(person))
    # One list that names "Wei Zhang" twice means two people.
    times = _repeats(mentions.papers.astype(np.int64) << 32 | person)
    again = np.flatnonzero(times > 1)
    if len(again):
        suffixed = pc.binary_join_element_wise(
            named.take(pa.array(again)), pa.array(times[again]).cast(pa.string()), "~"
        )
        mask = np.zeros(len(named), bool)
        mask[again] = True
        named = pc.replace_with_mask(named, pa.array(mask), suffixed)
    if mentions.orcids.null_count == len(mentions):
        return named
    return _with_orcids(named, mentions.orcids, person)


def _with_orcids(named: pa.Array, orcids: pa.Array, person: Array) -> pa.Array:
    """ORCIDs as ids, also where a name without one is that of a single person who has one."""
    of_person: dict[int, set[str]] = {}
    for number, orcid in zip(person.tolist(), orcids.to_pylist(), strict=True):
        if orcid:
            of_person.setdefault(number, set()).add(orcid)
    single = {number: min(known) for number, known in of_person.items() if len(known) == 1}
    inferred = pa.array([single.get(number) for number in person.tolist()], pa.string())
    known = pc.coalesce(orcids, inferred)
    return pc.coalesce(pc.binary_join_element_wise("orcid:", known, ""), named)


def _repeats(values: Array) -> Array:
    """How many times a value has been met up to each place, itself counted."""
    order = np.argsort(values, kind="stable")
    begins = np.flatnonzero(np.diff(values[order], prepend=-1))
    times = np.empty(len(values), np.int64)
    lengths = np.diff(np.append(begins, len(values)))
    times[order] = np.arange(1, len(values) + 1) - np.repeat(begins, lengths)
    return times


def _spellings(names: pa.Array, spelled: Array, who: Array, size: int) -> tuple[pa.Array, pa.Array]:
    """All spellings of each author, and the one met most often (then the longest, the first)."""
    pairs = np.sort(who.astype(np.int64) << 32 | spelled)
    begins = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(np.append(begins, len(pairs)))
    author, spelling = pairs[begins] >> 32, (pairs[begins] & 0xFFFFFFFF).astype(np.int32)
    lengths = pc.utf8_length(names).to_numpy()[spelling]
    order = np.lexsort((spelling, -lengths, -counts, author))
    best = order[np.flatnonzero(np.diff(author[order], prepend=-1))]
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(author, minlength=size), out=offsets[1:])
    listed = pa.ListArray.from_arrays(pa.array(offsets), names.take(pa.array(spelling)))
    return listed, names.take(pa.array(spelling[best]))
