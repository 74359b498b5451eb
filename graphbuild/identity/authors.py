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

from graphbuild.columns import encode, folds
from graphbuild.people import author_id
from graphbuild.text import SLUG_LENGTH

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
    ids, who = encode(_ids(mentions, names, spelled))
    orcids = pc.if_else(
        pc.starts_with(ids, "orcid:"),
        pc.utf8_slice_codeunits(ids, len("orcid:")),
        pa.scalar(None, pa.string()),
    )
    spellings, name = _spellings(names, spelled, who, len(ids))
    table = pa.table({"id": ids, "name": name, "names": spellings, "orcid": orcids})
    return table.combine_chunks(), who


def _ids(mentions: AuthorMentions, names: pa.Array, spelled: Array) -> pa.DictionaryArray:
    """The id of the author behind each mention, of distinct ids that are all in use."""
    folded = folds(names)
    folded = pc.if_else(pc.equal(folded, ""), names, folded).dictionary_encode()
    person = folded.indices.to_numpy()[spelled]
    ids = [_author_ids(folded.dictionary)]
    who = person.copy()
    if mentions.orcids.null_count < len(mentions):
        known = pc.coalesce(mentions.orcids, _inferred(mentions.orcids, person)).dictionary_encode()
        certain = known.is_valid().to_numpy(zero_copy_only=False)
        ids.append(pc.binary_join_element_wise("orcid:", known.dictionary, ""))
        who[certain] = len(ids[0]) + known.indices.drop_null().to_numpy()
    # One list that names "Wei Zhang" twice means two people.
    again, times = _repeated(mentions.papers.astype(np.int64) << 32 | person)
    unknown = who[again] == person[again]
    again, times = again[unknown], times[unknown]
    if len(again):
        suffixed = pc.binary_join_element_wise(
            ids[0].take(pa.array(person[again])), pa.array(times).cast(pa.string()), "~"
        ).dictionary_encode()
        who[again] = sum(map(len, ids)) + suffixed.indices.to_numpy()
        ids.append(suffixed.dictionary)
    vocabulary = pa.concat_arrays(ids)
    used = np.zeros(len(vocabulary), bool)
    used[who] = True
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return pa.DictionaryArray.from_arrays(
        pa.array(number[who]), vocabulary.filter(pa.array(used)), safe=False
    )


def _author_ids(folded: pa.Array) -> pa.Array:
    """``people.author_id`` of folded names."""
    ids = pc.binary_join_element_wise("name:", pc.replace_substring(folded, " ", "-"), "")
    # What is long is cut, and what has no word is no fold.
    ordinary = pc.match_substring_regex(folded, f"^[a-z0-9][a-z0-9 ]{{0,{SLUG_LENGTH - 1}}}$")
    odd = np.flatnonzero(~ordinary.to_numpy(zero_copy_only=False))
    if not len(odd):
        return ids
    mask = np.zeros(len(ids), bool)
    mask[odd] = True
    told = [author_id(text) for text in folded.take(pa.array(odd)).to_pylist()]
    return pc.replace_with_mask(ids, pa.array(mask), pa.array(told, pa.string()))


def _inferred(orcids: pa.Array, person: Array) -> pa.Array:
    """The ORCID of everybody whose name is that of a single person who has one."""
    of_person: dict[int, set[str]] = {}
    for number, orcid in zip(person.tolist(), orcids.to_pylist(), strict=True):
        if orcid:
            of_person.setdefault(number, set()).add(orcid)
    single = {number: min(known) for number, known in of_person.items() if len(known) == 1}
    return pa.array([single.get(number) for number in person.tolist()], pa.string())


def _repeated(values: Array) -> tuple[Array, Array]:
    """Where a value stands that has been met before, and how many times it has, itself counted.

    >>> _repeated(np.array([7, 8, 7, 7]))
    (array([2, 3]), array([2, 3]))
    """
    ordered = np.sort(values)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    where = np.flatnonzero(np.isin(values, repeated))
    order = where[np.argsort(values[where], kind="stable")]
    begins = np.flatnonzero(np.diff(values[order], prepend=-1))
    lengths = np.diff(np.append(begins, len(order)))
    times = np.arange(1, len(order) + 1) - np.repeat(begins, lengths)
    again = np.argsort(order[times > 1])
    return order[times > 1][again], times[times > 1][again]


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
