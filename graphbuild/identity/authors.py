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
from graphbuild.identity.forest import Forest
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


def resolve_authors(
    mentions: AuthorMentions, same: Array | None = None, different: Array | None = None
) -> tuple[pa.Table, Array]:
    """Decide who is who.

    Parameters
    ----------
    mentions
        The papers are numbered in the order of their ids, and those of one paper stand together.
    same, different
        What was found out by hand: integer arrays of shape (n, 2), positions of mentions that are
        one author whatever else speaks against it, and of mentions that are two. ``same`` holds
        where the two contradict each other.

    Returns
    -------
    authors
        The table ``id``, ``name`` (the spelling met most often), ``names`` (all of them in
        ascending order), ``orcid``; by id.
    of_mention
        int32: for each mention, the position of its author in ``authors``.

    Examples
    --------
    >>> mentions = AuthorMentions(
    ...     np.array([1, 2, 2]), pa.array(["Łukasz Kaiser", "Lukasz Kaiser", "Noam Shazeer"]),
    ...     pa.nulls(3, pa.string()))
    >>> authors, who = resolve_authors(mentions)
    >>> authors["id"].to_pylist(), who.tolist()
    (['name:lukasz-kaiser', 'name:noam-shazeer'], [0, 0, 1])
    >>> resolve_authors(mentions, different=np.array([[0, 1]]))[0]["id"].to_pylist()
    ['name:lukasz-kaiser', 'name:lukasz-kaiser~2', 'name:noam-shazeer']
    """
    names, spelled = encode(mentions.names)
    persons = _by_name(mentions, names, spelled)
    if same is not None or different is not None:
        persons = _corrected(persons, _pairs(same), _pairs(different))
    spellings, name = _spellings(names, spelled, persons, int(persons.max(initial=-1)) + 1)
    orcid = _orcids(mentions.orcids, persons, len(name))
    ids = _author_ids(name, orcid, persons)
    order = pc.sort_indices(ids).to_numpy()
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    table = pa.table({"id": ids, "name": name, "names": spellings, "orcid": orcid})
    return table.take(pa.array(order)).combine_chunks(), place[persons]


def _by_name(mentions: AuthorMentions, names: pa.Array, spelled: Array) -> Array:
    """Persons as numbers without gaps, by ORCID and folded name."""
    folded = folds(names)
    folded = pc.if_else(pc.equal(folded, ""), names, folded).dictionary_encode()
    person = folded.indices.to_numpy()[spelled]
    who = person.astype(np.int64)
    if mentions.orcids.null_count < len(mentions):
        known = pc.coalesce(mentions.orcids, _inferred(mentions.orcids, person)).dictionary_encode()
        certain = known.is_valid().to_numpy(zero_copy_only=False)
        who[certain] = len(folded.dictionary) + known.indices.drop_null().to_numpy()
    # One list that names "Wei Zhang" twice means two people.
    again, times = _repeated(mentions.papers.astype(np.int64) << 32 | person)
    unknown = who[again] == person[again]
    who[again[unknown]] |= times[unknown].astype(np.int64) << 32
    return _numbered(who)


def _inferred(orcids: pa.Array, person: Array) -> pa.Array:
    """The ORCID of everybody whose name is that of a single person who has one."""
    of_person: dict[int, set[str]] = {}
    for number, orcid in zip(person.tolist(), orcids.to_pylist(), strict=True):
        if orcid:
            of_person.setdefault(number, set()).add(orcid)
    single = {number: min(known) for number, known in of_person.items() if len(known) == 1}
    return pa.array([single.get(number) for number in person.tolist()], pa.string())


# -- what was found out by hand ------------------------------------------------------------------


def _pairs(given: Array | None) -> Array:
    return np.empty((0, 2), np.int64) if given is None else np.asarray(given, np.int64)


def _corrected(persons: Array, same: Array, different: Array) -> Array:
    """Persons after corrections: all mentions of two that are the same become one person.

    Of two mentions that are not, the one with fewer mentions bound to it by ``same`` leaves with
    those (the later one where they are equal); all others stay.
    """
    bound = Forest(len(persons))
    for one, other in same.tolist():
        bound.union(one, other)
    of_mention = bound.roots()
    joined = Forest(int(persons.max(initial=-1)) + 1)
    for one, other in same.tolist():
        joined.union(int(persons[one]), int(persons[other]))
    persons = joined.roots()[persons].astype(np.int64)
    following = len(joined.parent)
    for one, other in np.unique(np.sort(different, axis=1), axis=0).tolist():
        if persons[one] != persons[other] or of_mention[one] == of_mention[other]:
            continue
        parties = [np.flatnonzero(of_mention == of_mention[each]) for each in (other, one)]
        persons[min(parties, key=len)] = following
        following += 1
    return _numbered(persons)


# -- tables --------------------------------------------------------------------------------------


def _numbered(labels: Array) -> Array:
    """Labels as int32 numbers without gaps."""
    if len(labels) and labels.max() < 4 * len(labels):
        used = np.zeros(int(labels.max()) + 1, bool)
        used[labels] = True
        found: Array = (np.cumsum(used, dtype=np.int32) - np.int32(1))[labels]
        return found
    return np.unique(labels, return_inverse=True)[1].astype(np.int32)


def _orcids(orcids: pa.Array, persons: Array, size: int) -> pa.Array:
    """The ORCID of each person (the first by the alphabet where corrections join several)."""
    if orcids.null_count == len(orcids):
        return pa.nulls(size, pa.string())
    known = np.flatnonzero(orcids.is_valid().to_numpy(zero_copy_only=False))
    distinct, codes = encode(orcids.take(pa.array(known)))
    first = np.full(size, len(distinct), np.int32)
    np.minimum.at(first, persons[known], codes)
    return distinct.take(pa.array(first, mask=first == len(distinct)))


def _author_ids(names: pa.Array, orcids: pa.Array, persons: Array) -> pa.Array:
    """``orcid:…``, else ``name:`` and the slug; ``~2``, ``~3`` by first mention where shared."""
    ids = pc.coalesce(pc.binary_join_element_wise("orcid:", orcids, ""), _slugs(names))
    codes = ids.dictionary_encode().indices.to_numpy()
    shared = np.flatnonzero(np.bincount(codes, minlength=1)[codes] > 1)
    if not len(shared):
        return ids
    first = np.full(len(ids), len(persons), np.int64)
    np.minimum.at(first, persons, np.arange(len(persons)))
    order = shared[np.lexsort((first[shared], codes[shared]))]
    begins = np.flatnonzero(np.diff(codes[order], prepend=-1))
    lengths = np.diff(np.append(begins, len(order)))
    times = np.arange(1, len(order) + 1) - np.repeat(begins, lengths)
    again = order[times > 1]
    suffixed = pc.binary_join_element_wise(
        ids.take(pa.array(again)), pa.array(times[times > 1]).cast(pa.string()), "~"
    )
    mask, place = np.zeros(len(ids), bool), np.argsort(again)
    mask[again] = True
    return pc.replace_with_mask(ids, pa.array(mask), suffixed.take(pa.array(place)))


def _slugs(names: pa.Array) -> pa.Array:
    """``people.author_id`` of names."""
    folded = folds(names)
    folded = pc.if_else(pc.equal(folded, ""), names, folded)
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
