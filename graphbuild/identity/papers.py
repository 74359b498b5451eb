"""When two mentions are one paper: shared identifiers always, titles where the evidence is enough.

An identifier in common makes one paper of two mentions, and so on from mention to mention (a
union-find, in time linear in the input). Titles, authors, years and venues then join what does not
contradict itself: two arXiv ids, two DOIs or two keys of one source's own are two papers. What the
evidence is worth is ``near``'s to say, and ``merging`` makes papers of pairs. The outcome is a
function of the set of mentions alone: every choice between candidates is made by their content,
never by their order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import begins_group, folds
from graphbuild.identity import near
from graphbuild.identity.forest import Forest
from graphbuild.identity.merging import Pairs, joined
from graphbuild.text import slug

__all__ = ["PaperMentions", "Resolution", "exclusive_kinds", "paper_ids", "resolve_papers"]

Ints = np.ndarray[Any, np.dtype[np.int32]]
Masks = np.ndarray[Any, np.dtype[np.int64]]
Places = np.ndarray[Any, Any]

RULES = (
    "arxiv_id", "doi", "other_id", "title", "title and authors", "near title",
    "near title and authors", "correction",
)  # fmt: skip
_TITLE, _NEAR_TITLE, _CORRECTION = (
    RULES.index(rule) for rule in ("title", "near title", "correction")
)

# Schemes of which one paper has one: two of them are two papers.
_EXCLUSIVE = ("arxiv:", "doi:", "pmid:", "acl:")
_MOST_KINDS = 62


@dataclass(frozen=True, eq=False)
class PaperMentions:
    """Mentions as columns. Codes point into the sorted list of distinct keys.

    Attributes
    ----------
    keys
        Distinct identifiers (``arxiv:…``, ``doi:…``, …) in ascending order, as Arrow strings.
        Identifiers that only bare references carry are among them.
    key_indptr, key_codes
        CSR: the identifiers of mention ``i``.
    is_titled
        Whether a mention says what the paper is called.
    claims_of
        What some mentions (int64 positions, ascending) say.
    titles_of
        What some mentions call the paper, as Arrow strings.
    is_record
        Whether a mention is a record; else it is a reference.
    lists
        The file of a record; -1 for references.
    """

    keys: pa.Array
    key_indptr: np.ndarray[Any, np.dtype[np.int64]]
    key_codes: Ints
    is_titled: np.ndarray[Any, np.dtype[np.bool_]]
    claims_of: Callable[[np.ndarray[Any, Any]], near.Claims]
    titles_of: Callable[[np.ndarray[Any, Any]], pa.Array]
    is_record: np.ndarray[Any, np.dtype[np.bool_]]
    lists: Ints

    def __len__(self) -> int:
        return len(self.is_titled)

    @functools.cached_property
    def of_records(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Of each identifier whether a record carries it."""
        owners = np.repeat(np.arange(len(self)), np.diff(self.key_indptr))
        carried = np.zeros(len(self.keys), bool)
        carried[self.key_codes[self.is_record[owners]]] = True
        return carried

    @functools.cached_property
    def schemes(self) -> np.ndarray[Any, np.dtype[np.int8]]:
        """Of each identifier its rank as a name: arXiv id, DOI, a source's own key, any other."""
        ranks = np.full(len(self.keys), _OTHER, np.int8)
        for rank, prefix in ((2, "id:"), (_OTHER, "id:url/"), (0, "arxiv:"), (1, "doi:")):
            ranks[pc.starts_with(self.keys, prefix).to_numpy(zero_copy_only=False)] = rank
        return ranks


@dataclass(frozen=True, eq=False)
class Resolution:
    """Which paper every mention and every identifier is, as numbers from 0 without gaps.

    ``rule_names[rules[i]]`` says what made mention ``i`` this paper: the kind of identifier it
    carries; ``title`` or ``near title`` (equal, or near enough), either with ``and authors`` where
    the title alone would not have done; or
    ``correction`` where a person said so. ``unmet`` are the rows of ``different`` that say of one
    paper, which identifiers or ``same`` made, that it is two.
    """

    papers: int
    of_mention: Ints
    of_key: Ints
    rules: Ints
    unmet: Ints
    rule_names: tuple[str, ...] = RULES


def resolve_papers(
    mentions: PaperMentions, same: Ints | None = None, different: Ints | None = None
) -> Resolution:
    """Decide which mentions are one paper.

    Parameters
    ----------
    same, different
        What a person has said, as positions of mentions in arrays of the shape (n, 2): pairs that
        are one paper, whatever contradicts it, and pairs that are two, whatever their titles.
        What identifiers (or ``same``) join stays one paper all the same, since an identifier
        cannot be two papers' own; such rows of ``different`` are the result's ``unmet``, which
        whoever has asked is to be told of.
    """
    none = np.empty((0, 2), np.int32)
    resolver = _Resolver(mentions, none if different is None else different)
    resolver.join_by_identifiers()
    resolver.join_as_told(none if same is None else same)
    resolver.join_by_titles()
    return resolver.resolution()


class _Resolver:
    """Nodes of the forest are the identifiers, then the mentions that carry none."""

    def __init__(self, mentions: PaperMentions, different: Ints) -> None:
        self.mentions = mentions
        self.different = different
        self.told = np.empty(0, np.int32)
        self.counts = np.diff(mentions.key_indptr)
        self.forest = Forest(len(mentions.keys) + len(mentions))
        self.place = np.arange(len(self.forest.parent), dtype=np.int32)
        # What stands for a mention: its first identifier, or itself.
        self.nodes = np.arange(len(mentions.keys), len(self.forest.parent), dtype=np.int32)
        keyed = np.flatnonzero(self.counts)
        self.nodes[keyed] = mentions.key_codes[mentions.key_indptr[keyed]]
        self.early = np.arange(len(self.forest.parent), dtype=np.int32)
        self.title_rules: dict[int, int] = {}

    def join_by_identifiers(self) -> None:
        indptr, codes = self.mentions.key_indptr, self.mentions.key_codes
        for mention in np.flatnonzero(self.counts > 1).tolist():
            first, *rest = codes[indptr[mention] : indptr[mention + 1]].tolist()
            for other in rest:
                self.forest.union(first, other)

    def join_as_told(self, same: Ints) -> None:
        self.told = np.unique(same)
        for one, other in self.nodes[same].tolist():
            self.forest.union(one, other)

    def join_by_titles(self) -> None:
        """Join would-be papers that the evidence of their titles makes one."""
        roots = self.forest.roots()
        titled = np.flatnonzero(self.mentions.is_titled)
        kinds = self._kinds(roots)
        held = kinds[roots[self.nodes[titled]]]
        titled = titled[_may_join(held, np.full(len(titled), -1))]
        if len(titled) < 2:
            return
        told_apart_by = self._lists_with_keys()
        titled = self._worth_comparing(titled, kinds[roots[self.nodes[titled]]], told_apart_by)
        if len(titled) < 2:
            return
        claims = near.put_back(self.mentions.claims_of(titled))
        faces, root = self._faces(claims, roots[self.nodes[titled]])
        sides = near.sides(claims.taken(faces))
        self._join_equal(sides, root)
        self.early = roots = self.forest.roots()
        distinct, node = _numbered(roots[root])
        held = kinds[distinct]
        one, other = near.candidates(sides, node, held[node])
        sides = near.taught(sides, one, other)
        found = near.evidence(sides, one, other)
        of_list = told_apart_by[titled[faces]]
        apart = (of_list[one] == of_list[other]) & (of_list[one] >= 0) & ~found.equal
        found = replace(found, score=np.where(apart, np.minimum(found.score, -1), found.score))
        tidy, lists = np.full((2, len(distinct)), -1, np.int64)
        tidy[node] = np.where(sides.tidy, sides.lists, -1)
        lists[node] = np.where(sides.tidy & sides.column, sides.lists, -1)
        pairs = Pairs.best(node[one], node[other], found.score)
        for a, b in joined(pairs, held, lists, tidy, self._apart(roots, distinct)):
            self.forest.union(int(distinct[a]), int(distinct[b]))
        self._remember_rules(distinct[node[one]], distinct[node[other]], found)

    def _kinds(self, roots: Ints) -> Masks:
        """Of each root the kinds of identifiers that it has, of which a paper has one."""
        kinds = np.zeros(len(roots), np.int64)
        count = len(self.mentions.keys)
        np.bitwise_or.at(kinds, roots[:count], self._of_keys)
        return kinds

    @functools.cached_property
    def _of_keys(self) -> Masks:
        return exclusive_kinds(self.mentions.keys)

    def _lists_with_keys(self) -> Ints:
        """Of each mention the list that tells it from its others by identifiers; -1 for none.

        Whoever gives the entries of a list an identifier each, be it sometimes an arXiv id and
        sometimes a key of their own, has told them apart: two of them are one paper only by an
        equal title.
        """
        mentions = self.mentions
        mention = np.repeat(np.arange(len(mentions)), self.counts)
        is_own = (self._of_keys[mentions.key_codes] >> len(_EXCLUSIVE)) != 0
        has_keys = np.zeros(int(mentions.lists.max(initial=-1)) + 1, bool)
        has_keys[mentions.lists[mention[is_own & mentions.is_record[mention]]]] = True
        found = np.full(len(mentions), -1, np.int32)
        identified = np.flatnonzero(mentions.is_record & (self.counts > 0))
        lists = mentions.lists[identified]
        found[identified] = np.where(has_keys[lists], lists, -1)
        return found

    def _worth_comparing(self, titled: Places, kinds: Masks, told_apart_by: Ints) -> Places:
        """Mentions whose titles others may nearly have, or which have an equal one besides."""
        wanted = _may_join(kinds, told_apart_by[titled])
        if not wanted.all():
            folded = folds(self.mentions.titles_of(titled)).dictionary_encode()
            title = folded.indices.to_numpy()
            wanted |= np.bincount(title)[title] > 1
        found: Places = titled[wanted]
        return found

    def _faces(self, claims: near.Claims, root: Ints) -> tuple[np.ndarray[Any, Any], Ints]:
        """Claims by their content, one of those of a root that say the same; and their roots."""
        is_keyed = root < len(self.mentions.keys)
        known = np.where(is_keyed, root, -1)
        content = claims.ranks()
        order = np.lexsort((claims.lines, known, claims.lists, content))
        order = order[claims.has_words()[order]]
        by_root = order[np.lexsort((content[order], root[order]))]
        kept = np.zeros(len(root), bool)
        kept[by_root[begins_group(root[by_root], content[by_root])]] = True
        order = order[kept[order]]
        self._content = content[order]
        return order, root[order]

    def _join_equal(self, sides: near.Sides, root: Ints) -> None:
        """Make one of would-be papers without identifiers that say the very same.

        Only columns and the like may stand in one list several times; they are numbered in the
        order in which they stand there.
        """
        free = (root >= len(self.mentions.keys)) & ~np.isin(root, self._roots_apart())
        plural = free & (sides.short | sides.column) & (sides.lists >= 0)
        at = np.flatnonzero(free & ~plural)
        begins = begins_group(self._content[at])
        first = at[np.flatnonzero(begins)[np.cumsum(begins) - 1]]
        pairs = zip(root[first[~begins]].tolist(), root[at[~begins]].tolist(), strict=True)
        for one, other in pairs:
            self.forest.union(one, other)
        at = np.flatnonzero(plural)
        for group in np.split(root[at], np.flatnonzero(begins_group(self._content[at]))[1:]):
            self.place[group] = np.sort(group)

    def _roots_apart(self) -> Ints:
        pairs = self.nodes[self.different]
        return self.forest.roots()[pairs.ravel()]

    def _apart(self, roots: Ints, distinct: Ints) -> dict[int, set[int]]:
        """Numbers of would-be papers that a person has told apart."""
        number = {root: node for node, root in enumerate(distinct.tolist())}
        found: dict[int, set[int]] = {}
        for one, other in roots[self.nodes[self.different]].tolist():
            if one != other and one in number and other in number:
                found.setdefault(number[one], set()).add(number[other])
                found.setdefault(number[other], set()).add(number[one])
        return found

    def _remember_rules(self, one: Ints, other: Ints, found: near.Evidence) -> None:
        """Of what joined by its title, how the best of its pairs did."""
        roots = self.forest.roots()
        sure = (roots[one] == roots[other]) & (found.score > 0)
        rule = np.where(found.equal, _TITLE, _NEAR_TITLE) + found.by_authors
        ends = np.concatenate([one[sure], other[sure]])
        score = np.concatenate([found.score[sure]] * 2)
        rules = np.concatenate([rule[sure]] * 2)
        order = np.lexsort((rules, -score, ends))
        first = order[begins_group(ends[order])]
        self.title_rules = dict(zip(ends[first].tolist(), rules[first].tolist(), strict=True))

    def resolution(self) -> Resolution:
        keys = len(self.mentions.keys)
        roots = self.forest.roots()
        used = np.zeros(len(roots), bool)
        used[roots[:keys]] = True
        used[roots[self.nodes]] = True
        placed = np.zeros(len(roots), bool)
        placed[self.place[used]] = True
        number = (np.cumsum(placed, dtype=np.int32) - np.int32(1))[self.place]
        of_mention = number[roots[self.nodes]]
        unmet = of_mention[self.different[:, 0]] == of_mention[self.different[:, 1]]
        return Resolution(
            int(np.count_nonzero(used)),
            of_mention,
            number[roots[:keys]],
            self._rules(),
            np.flatnonzero(unmet).astype(np.int32),
        )

    def _rules(self) -> Ints:
        """Numbers of rules: that of the best identifier, else how the title joined."""
        mentions = self.mentions
        of_node = np.full(len(self.forest.parent), _TITLE, np.int32)
        of_node[list(self.title_rules)] = list(self.title_rules.values())
        rules = of_node[self.early[self.nodes]]
        keyed = np.flatnonzero(self.counts)
        ranks = np.minimum(mentions.schemes[mentions.key_codes], 2).astype(np.int32)
        if len(keyed):
            rules[keyed] = np.minimum.reduceat(ranks, mentions.key_indptr[keyed])
        rules[self.told] = _CORRECTION
        return rules


def exclusive_kinds(keys: pa.Array) -> Masks:
    """Of each identifier a bit for its kind where a paper has one of the kind, else 0.

    Each name space of sources' own keys is such a kind.

    >>> exclusive_kinds(pa.array(["arxiv:1", "doi:10.1/a", "id:x/1", "isbn:1"])).tolist()
    [1, 2, 16, 0]
    """
    kinds = np.zeros(len(keys), np.int64)
    for bit, prefix in enumerate(_EXCLUSIVE):
        kinds[pc.starts_with(keys, prefix).to_numpy(zero_copy_only=False)] = 1 << bit
    own = np.flatnonzero(pc.starts_with(keys, "id:").to_numpy(zero_copy_only=False))
    if len(own):
        space = pc.replace_substring_regex(keys.take(pa.array(own)), r"^id:([^/]*)/.*$", r"\1")
        names = space.dictionary_encode()
        ordered = sorted(set(names.dictionary.to_pylist()) - {"url"})
        # What has no bit of its own shares the last one, which keeps too much apart at worst.
        bits = {name: 1 << min(len(_EXCLUSIVE) + i, _MOST_KINDS) for i, name in enumerate(ordered)}
        of_name = np.array([bits.get(name, 0) for name in names.dictionary.to_pylist()], np.int64)
        kinds[own] = of_name[names.indices.to_numpy()]
    return kinds


def _may_join(kinds: Masks, lists: Places) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of some mentions have a kind of identifiers that another one lacks.

    That one must be of another list; mentions of the list -1 may join each other too.

    >>> _may_join(np.array([1, 1, 16]), np.array([-1, 3, 3])).tolist()
    [True, False, True]
    """
    found = np.zeros(len(kinds), bool)
    if not len(kinds) or np.bitwise_and.reduce(kinds):
        return found
    distinct, number, times = np.unique(kinds, return_inverse=True, return_counts=True)
    fits = (distinct[:, None] & distinct[None, :]) == 0
    np.fill_diagonal(fits, (distinct == 0) & (times > 1))
    of_kinds = [np.flatnonzero(number == kind) for kind in range(len(distinct))]
    low, high = (np.array([end(lists[each]) for each in of_kinds]) for end in (np.min, np.max))
    for kind, members in enumerate(of_kinds):
        for other in np.flatnonzero(fits[kind]).tolist():
            if low[other] < 0 or low[other] < high[other]:
                found[members] = True
            else:
                found[members] |= lists[members] != low[other]
    return found


def _numbered(roots: Ints) -> tuple[Ints, Ints]:
    """Distinct values in the order in which they come first, and the number of each value."""
    distinct, first, inverse = np.unique(roots, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return distinct[order], number[inverse]


def paper_ids(
    mentions: PaperMentions,
    resolution: Resolution,
    titles: pa.Array,
    families_of: Callable[[Sequence[int]], Sequence[str]],
    years: Ints,
) -> pa.Array:
    """The readable, stable id of every paper, as Arrow strings.

    ``arxiv:`` comes before ``doi:`` before ``id:`` (a source's own key) before ``title:``, an
    identifier that a record carries before one that references alone carry, then the smallest.
    Papers whose title ids would be equal get ``~family-year``, then a number in the order of what
    is known of them. ``titles`` and ``years`` (0: unknown) are those chosen for each paper;
    ``families_of`` gives the family names of some papers' first authors.
    """
    best = _best_keys(mentions, resolution)
    named = np.full(resolution.papers, _OTHER, np.int8)
    named[best >= 0] = mentions.schemes[best[best >= 0]]
    by_title = np.flatnonzero((named == _OTHER) & _has_words(titles))
    by_key = mentions.keys.take(pa.array(best, mask=best < 0))
    rest = np.flatnonzero((named == _OTHER) & ~_is_in(by_title, resolution.papers))
    mask = np.zeros(resolution.papers, bool)
    mask[rest] = mask[by_title] = True
    told = dict(zip(rest.tolist(), _as_paper_ids(by_key.take(pa.array(rest))), strict=True))
    told |= _title_ids(by_title, titles, families_of, years, by_key)
    replaced = [told[paper] for paper in np.flatnonzero(mask).tolist()]
    return pc.replace_with_mask(by_key, pa.array(mask), pa.array(replaced, pa.string()))


_OTHER = 3


def _best_keys(mentions: PaperMentions, resolution: Resolution) -> np.ndarray[Any, Any]:
    """Per paper the code of the identifier that names it best; -1 where it has none."""
    papers = resolution.of_key
    order = np.lexsort((np.arange(len(papers)), ~mentions.of_records, mentions.schemes, papers))
    first = order[np.diff(papers[order], prepend=-1) != 0]
    best = np.full(resolution.papers, -1, np.int64)
    best[papers[first]] = first
    return best


def _has_words(titles: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a title has anything that an id can be made of."""
    wordy = pc.match_substring_regex(titles, r"[^\W_]|[^\x00-\x7f]")
    found: np.ndarray[Any, Any] = pc.fill_null(wordy, False).to_numpy(zero_copy_only=False)
    return found


def _is_in(positions: np.ndarray[Any, Any], size: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    inside = np.zeros(size, bool)
    inside[positions] = True
    return inside


def _as_paper_ids(keys: pa.Array) -> list[str]:
    """Identifiers of other schemes as ids: ``acl:W16-2310`` is ``id:acl/W16-2310``."""
    return [
        key if key.startswith("id:") else "id:{}/{}".format(*key.split(":", 1))
        for key in keys.to_pylist()
    ]


def _title_ids(
    papers: np.ndarray[Any, Any],
    titles: pa.Array,
    families_of: Callable[[Sequence[int]], Sequence[str]],
    years: Ints,
    keys: pa.Array,
) -> dict[int, str]:
    groups: dict[str, list[int]] = {}
    for paper, title in zip(
        papers.tolist(), titles.take(pa.array(papers)).to_pylist(), strict=True
    ):
        groups.setdefault(f"title:{slug(title)}", []).append(paper)
    ids = {group[0]: name for name, group in groups.items() if len(group) == 1}
    for name, group in groups.items():
        if len(group) > 1:
            known = keys.take(pa.array(group)).to_pylist()
            ids |= _tell_apart(name, group, families_of(group), years[group].tolist(), known)
    return ids


def _tell_apart(
    name: str,
    group: Sequence[int],
    families: Sequence[str],
    years: Sequence[int],
    keys: Sequence[str | None],
) -> dict[int, str]:
    suffixes = [
        "-".join(part for part in (slug(family), str(year) if year else "") if part)
        for family, year in zip(families, years, strict=True)
    ]
    ids: dict[int, str] = {}
    times: dict[str, int] = {}
    told = zip(suffixes, keys, group, strict=True)
    for suffix, _, paper in sorted(told, key=lambda each: (each[0] == "", each[0], each[1] or "")):
        whole = f"{name}~{suffix}" if suffix else name
        times[whole] = times.get(whole, 0) + 1
        ids[paper] = whole if times[whole] == 1 else f"{whole}~{times[whole]}"
    return ids
