"""When two names are one author: identifiers decide, else names and the evidence of papers.

An ORCID iD, or a source's own id of an author, makes one author of all who bear it, and two of
those whose differ. Without them names decide: equal full names are one author unless the papers
speak against it, names that agree as far as they go ("S. Hochreiter" and "Sepp Hochreiter") and
names that are frequent are one where the papers speak for it. See ``evidence`` for what speaks.

Only names about which there is something to decide are looked at one by one: those that initials
may stand for, those that another name extends ("Ada Byron", "Ada K. Byron") where the two share a
co-author or places are known, those that are frequent, that one paper lists twice, that bear
several identifiers, or whose papers have too little in common. The outcome is a function
of the set of papers alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import begins_group, encode, folds, sorted_distinct
from graphbuild.identity.evidence import (
    FREQUENT,
    NOTHING_KNOWN,
    Evidence,
    PapersOfAuthors,
    joined,
)
from graphbuild.identity.forest import Forest
from graphbuild.identity.names import (
    Names,
    are_groups,
    latin,
    read_names,
    umlauts,
)
from graphbuild.people import author_id
from graphbuild.tables import repeated
from graphbuild.text import SLUG_LENGTH

__all__ = ["AuthorMentions", "resolve_authors"]

Array = np.ndarray[Any, Any]

AT_ONCE = 1 << 14
"""Mentions whose evidence is in memory at a time, which is a few kilobytes for each.

How rare a thing is, is counted among them.
"""


@dataclass(frozen=True, eq=False)
class AuthorMentions:
    """Authors of papers as columns, one entry per author of a paper in the order of its list.

    ``papers`` is an integer array that ascends: papers are numbered in the order of their ids.
    ``names``, ``orcids`` and ``own_ids`` (``namespace/id``) are Arrow strings, ``affiliations``
    lists of them; the latter two may be None where nobody has any.
    """

    papers: Array
    names: pa.Array
    orcids: pa.Array
    own_ids: pa.Array | None = None
    affiliations: pa.Array | None = None

    def __len__(self) -> int:
        return len(self.names)


def resolve_authors(
    mentions: AuthorMentions,
    about: PapersOfAuthors = NOTHING_KNOWN,
    *,
    same: Array | None = None,
    different: Array | None = None,
) -> tuple[pa.Table, Array]:
    """Decide who is who.

    Parameters
    ----------
    mentions
        Who is named by which paper.
    about
        What is known of the papers.
    same, different
        What was found out by hand: integer arrays of shape (n, 2), positions of mentions that are
        one author whatever else speaks against it, and of mentions that are two. ``same`` holds
        where the two contradict each other.

    Returns
    -------
    authors
        The table ``id``, ``name`` (of the spellings with a given name, or of all without one,
        the one met most often), ``names`` (all of them in ascending order), ``orcid``; by id.
    of_mention
        int32: for each mention, the position of its author in ``authors``; -1 where a name is a
        collaboration's or another body's, who is no author.

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
    spelling = Spellings.of(mentions.names)
    persons = _persons(mentions, spelling, about)
    if same is not None or different is not None:
        persons = _corrected(persons, _pairs(same), _pairs(different))
    is_group = spelling.are_groups[spelling.of_mention]
    if is_group.any():
        authors, who = _tables(mentions, spelling, persons, np.flatnonzero(~is_group))
        whole = np.full(len(mentions), -1, np.int32)
        whole[~is_group] = who
        return authors, whole
    return _tables(mentions, spelling, persons, None)


# -- names ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Spellings:
    """Names as they are spelled, and which of them are equal.

    Attributes
    ----------
    names
        Distinct spellings in ascending order.
    of_mention
        int32: which of them each mention has.
    node
        int32: of each spelling which name it is, equal where spellings are once folded.
    plain
        The spellings, folded.
    folded
        The names by number, folded.
    are_groups
        Which spellings are those of collaborations and other bodies.
    """

    names: pa.Array
    of_mention: Array
    node: Array
    plain: pa.Array
    folded: pa.Array
    are_groups: Array

    @classmethod
    def of(cls, listed: pa.Array) -> Spellings:
        """Tell apart the names of a list."""
        names, of_mention = encode(listed)
        folded = folds(names)
        folded = pc.if_else(pc.equal(folded, ""), names, folded)
        compared = _compared(names, folded).dictionary_encode()
        node = compared.indices.to_numpy()
        return cls(names, of_mention, node, folded, compared.dictionary, are_groups(folded))


def _compared(names: pa.Array, folded: pa.Array) -> pa.Array:
    """Folded names in one script, each in one of the ways in which it is written."""
    plain = _joined_up(folded)
    ascii_ = pc.string_is_ascii(names).to_numpy(zero_copy_only=False)
    odd = np.flatnonzero(~ascii_)
    if not len(odd):
        return plain
    texts = folded.take(pa.array(odd)).to_pylist()
    spelled = names.take(pa.array(odd)).to_pylist()
    mask = np.zeros(len(names), bool)
    mask[odd] = True
    plain = pc.replace_with_mask(plain, pa.array(mask), pa.array([latin(t) for t in texts]))
    # "Mueller" is Müller only where somebody writes him so.
    both = {umlauts(text, name): text for text, name in zip(texts, spelled, strict=True)}
    return _renamed(plain, {two: one for two, one in sorted(both.items()) if two != one})


def _joined_up(folded: pa.Array) -> pa.Array:
    """Names whose given name is two words, as one word where somebody writes it so."""
    two = pc.match_substring_regex(folded, r"^[^ ]{2,} [^ ]{2,} [^ ]{2,}$")
    where = np.flatnonzero(two.to_numpy(zero_copy_only=False))
    if not len(where):
        return folded
    apart = folded.take(pa.array(where))
    joined_up = pc.replace_substring_regex(apart, r"^([^ ]+) ", r"\1")
    is_met = pc.is_in(joined_up, folded)
    both = zip(apart.filter(is_met).to_pylist(), joined_up.filter(is_met).to_pylist(), strict=True)
    return _renamed(folded, dict(both))


def _renamed(names: pa.Array, others: dict[str, str]) -> pa.Array:
    if not others:
        return names
    place = pc.index_in(names, value_set=pa.array(list(others)))
    return pc.coalesce(pa.array(list(others.values())).take(place), names)


# -- who is who ----------------------------------------------------------------------------------


def _persons(mentions: AuthorMentions, spelling: Spellings, about: PapersOfAuthors) -> Array:
    """Persons as numbers without gaps."""
    node = spelling.node[spelling.of_mention]
    names = read_names(spelling.folded)
    evidence = Evidence(mentions, node, names, about)
    ids = _Ids.of(mentions)
    of_node = _groups(mentions, node, names, ids, evidence)
    who = node.copy()
    chosen = np.flatnonzero(of_node[node] >= 0)
    if len(chosen):
        group = of_node[node[chosen]]
        order = np.argsort(group, kind="stable")
        for first, last in _stretches(group[order]):
            part = order[first:last]
            rows = chosen[part]
            labels = joined(evidence, rows, group[part], ids.orcid[rows], ids.own[rows])
            who[rows] = len(names) + rows[labels]
    return _by_identifiers(_numbered(who), ids)


def _stretches(group: Array) -> Iterator[tuple[int, int]]:
    """Ranges of ascending groups, none of them cut in two, of about ``AT_ONCE`` entries.

    >>> list(_stretches(np.array([3, 3, 5])))
    [(0, 3)]
    """
    begins = np.flatnonzero(begins_group(group))
    first = 0
    while first < len(group):
        last = int(np.searchsorted(begins, first + AT_ONCE))
        end = int(begins[last]) if last < len(begins) else len(group)
        yield first, end
        first = end


@dataclass(frozen=True, eq=False)
class _Ids:
    """Identifiers of mentions as codes, -1 for none: int32 each."""

    orcid: Array
    own: Array

    @classmethod
    def of(cls, mentions: AuthorMentions) -> _Ids:
        return cls(_coded(mentions.orcids), _coded(mentions.own_ids, len(mentions)))


def _coded(values: pa.Array | None, size: int = 0) -> Array:
    if values is None or values.null_count == len(values):
        nobody: Array = np.broadcast_to(np.int32(-1), size if values is None else len(values))
        return nobody
    codes: Array = pc.fill_null(values.dictionary_encode().indices, -1).to_numpy()
    return codes


def _groups(
    mentions: AuthorMentions, node: Array, names: Names, ids: _Ids, evidence: Evidence
) -> Array:
    """Of each name the group in which it is looked at: -1 where it is one person."""
    counts = np.bincount(node, minlength=len(names))
    block = names.block
    initials = names.start_with_initials
    has_given = names.first > 0
    crowded = np.bincount(block, minlength=1) > 1
    crowded &= np.bincount(block[initials], minlength=len(crowded)) > 0
    by_block = crowded[block] & has_given
    extended = _extended(names) & ~by_block
    if extended.any():
        extended &= evidence.sharing_coauthors(names.full, extended) | _several_placed(
            evidence.placed, names.full
        )
    alone = (counts > 1) & (evidence.others > FREQUENT)
    alone |= evidence.speaks_against
    alone |= _several(node, ids.orcid, len(names))
    alone |= _several(node, ids.own, len(names))
    alone[node[repeated(node, mentions.papers)]] = True
    alone &= ~(by_block | extended)
    found = np.full(len(names), -1, np.int64)
    found[by_block] = block[by_block]
    found[extended] = len(crowded) + names.full[extended]
    found[alone] = len(crowded) + len(names) + np.flatnonzero(alone)
    return found


def _extended(names: Names) -> Array:
    """Names that differ from another one by what comes after a given name in common."""
    spelled = (names.first > 0) & ~names.start_with_initials
    times = np.bincount(names.full[spelled], minlength=len(names))
    found: Array = spelled & (times[names.full] > 1)
    return found


def _several_placed(placed: Array, group: Array) -> Array:
    """Of each name whether affiliations of two names of its group are known."""
    times = np.bincount(group[placed], minlength=len(placed))
    found: Array = times[group] > 1
    return found


def _several(node: Array, code: Array, size: int) -> Array:
    """Of each name whether it bears several identifiers, or one and none."""
    found = np.zeros(size, bool)
    known = np.flatnonzero(code >= 0)
    if len(known):
        low = np.full(size, np.iinfo(np.int32).max, np.int32)
        high = np.full(size, -1, np.int32)
        np.minimum.at(low, node[known], code[known])
        np.maximum.at(high, node[known], code[known])
        found = (high >= 0) & (low != high)
    return found


def _by_identifiers(persons: Array, ids: _Ids) -> Array:
    """Persons once all that bear one identifier are one; an ORCID iD comes before others."""
    if (ids.orcid < 0).all() and (ids.own < 0).all():
        return persons
    forest = Forest(int(persons.max(initial=-1)) + 1)
    orcid_of: dict[int, int] = {}
    bearers: dict[tuple[bool, int], int] = {}
    for is_own, codes in ((False, ids.orcid), (True, ids.own)):
        known = np.flatnonzero(codes >= 0)
        pairs = sorted_distinct(codes[known].astype(np.int64) << 32 | persons[known])
        for code, person in zip((pairs >> 32).tolist(), (pairs & 0xFFFFFFFF).tolist(), strict=True):
            root = forest.find(person)
            if not is_own:
                orcid_of.setdefault(root, code)
            other = forest.find(bearers.setdefault((is_own, code), root))
            mine, theirs = orcid_of.get(root), orcid_of.get(other)
            if root == other or (is_own and mine is not None and theirs not in {None, mine}):
                continue
            orcid = mine if mine is not None else theirs
            joined_ = forest.union(root, other)
            if orcid is not None:
                orcid_of[joined_] = orcid
    return _numbered(forest.roots()[persons])


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


def _tables(
    mentions: AuthorMentions, spelling: Spellings, persons: Array, kept: Array | None
) -> tuple[pa.Table, Array]:
    """The table of authors, and the author of each mention, or of each that is kept."""
    of_mention, orcids = spelling.of_mention, mentions.orcids
    if kept is not None:
        persons, of_mention = _numbered(persons[kept]), of_mention[kept]
        orcids = orcids.take(pa.array(kept))
    size = int(persons.max(initial=-1)) + 1
    spellings, shown = _spellings(spelling, of_mention, persons, size)
    orcid = _orcids(orcids, persons, size)
    ids = _author_ids(spelling.plain.take(shown), orcid, persons)
    order = pc.sort_indices(ids).to_numpy()
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    name = spelling.names.take(shown)
    table = pa.table({"id": ids, "name": name, "names": spellings, "orcid": orcid})
    return table.take(pa.array(order)).combine_chunks(), place[persons]


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


def _author_ids(folded: pa.Array, orcids: pa.Array, persons: Array) -> pa.Array:
    """``orcid:…``, else ``name:`` and the slug; ``~2``, ``~3`` by first mention where shared."""
    ids = pc.coalesce(pc.binary_join_element_wise("orcid:", orcids, ""), _slugs(folded))
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


def _slugs(folded: pa.Array) -> pa.Array:
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


def _spellings(
    spelling: Spellings, spelled: Array, who: Array, size: int
) -> tuple[pa.Array, pa.Array]:
    """All spellings of each author, and which one is shown.

    That is one with a given name where there is any; then the one met most often, the longest,
    the first.
    """
    names = spelling.names
    pairs = np.sort(who.astype(np.int64) << 32 | spelled)
    begins = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(np.append(begins, len(pairs)))
    author, chosen = pairs[begins] >> 32, (pairs[begins] & 0xFFFFFFFF).astype(np.int32)
    best = np.arange(len(author))
    if len(author) > size:
        lengths = pc.utf8_length(names).to_numpy()[chosen]
        initial = pc.match_substring_regex(spelling.folded, r"^. |^[^ ]*$")
        abridged = initial.to_numpy(zero_copy_only=False)[spelling.node[chosen]]
        order = np.lexsort((chosen, -lengths, -counts, abridged, author))
        best = order[np.flatnonzero(np.diff(author[order], prepend=-1))]
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(author, minlength=size), out=offsets[1:])
    listed = pa.ListArray.from_arrays(pa.array(offsets), names.take(pa.array(chosen)))
    return listed, pa.array(chosen[best])
