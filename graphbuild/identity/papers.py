"""When two mentions are one paper: shared identifiers always, shared titles under guard.

An identifier in common makes one paper of two mentions, and so on from mention to mention (a
union-find, in time linear in the input). A shared title then joins what does not
contradict itself: two arXiv ids, two DOIs or two keys of one source's own are two papers; years
far apart or disjoint authors keep papers apart; a short or generic title joins only where authors
agree.
The outcome is a function of the set of mentions alone: every choice between candidates is made by
their content, never by their order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.text import fold, slug

__all__ = ["PaperMentions", "Resolution", "paper_ids", "resolve_papers"]

Ints = np.ndarray[Any, np.dtype[np.int32]]

YEARS_APART = 3
"""Beyond this many years between two mentions of one title, their authors must agree."""
YEARS_TOO_FAR = 10
"""Beyond this many years, mentions of one title are two papers."""
DISTINCTIVE_WORDS = 6
"""A title of so many words is one paper even where the authors, as read, have no name in common."""
SHORT_WORDS = 3
SHORT_CHARACTERS = 16

GENERIC = frozenset(
    {
        "abstract",
        "acknowledgements",
        "book review",
        "book reviews",
        "call for papers",
        "chairs message",
        "conclusion",
        "conclusions",
        "corrigendum",
        "discussion",
        "editorial",
        "editors notes",
        "erratum",
        "foreword",
        "from the editors",
        "guest editorial",
        "guest editors introduction",
        "in memoriam",
        "introduction",
        "introduction to the special issue",
        "letter from the editor",
        "message from the chairs",
        "message from the editor",
        "notes",
        "panel discussion",
        "preface",
        "reminiscences on influential papers",
        "reply",
        "review",
        "supplementary material",
        "technical report",
        "title index",
    }
)
"""Folded titles that many papers bear."""

RULES = ("arxiv_id", "doi", "other_id", "title", "title and authors", "correction")
_CORRECTION = RULES.index("correction")

# Schemes of which one paper has one: two of them under one title are two papers.
_EXCLUSIVE = ("arxiv", "doi", "pmid", "acl")


@dataclass(frozen=True)
class PaperMentions:
    """Mentions as columns. Codes point into the sorted lists of distinct keys and titles.

    Attributes
    ----------
    keys
        Distinct identifiers (``arxiv:…``, ``doi:…``, …) in ascending order, as Arrow strings.
        Identifiers that only bare references carry are among them.
    key_indptr, key_codes
        CSR: the identifiers of mention ``i``.
    title_codes
        int32: equal where the titles' keys (``text.key``) are equal, and ordered as those keys
        are; -1 for none, and for a title that no other mention bears.
    title_of
        The title of a mention as it is shown.
    years
        int32, 0 for unknown.
    families_of
        The folded family names of a mention's authors, in their order.
    is_record
        Whether a mention is a record; else it is a reference.
    """

    keys: pa.Array
    key_indptr: np.ndarray[Any, np.dtype[np.int64]]
    key_codes: Ints
    title_codes: Ints
    title_of: Callable[[int], str]
    years: Ints
    families_of: Callable[[int], Sequence[str]]
    is_record: np.ndarray[Any, np.dtype[np.bool_]]

    def __len__(self) -> int:
        return len(self.title_codes)

    def keys_of(self, mention: int) -> list[str]:
        """A mention's identifiers."""
        codes = self.key_codes[self.key_indptr[mention] : self.key_indptr[mention + 1]]
        found: list[str] = self.keys.take(pa.array(codes)).to_pylist()
        return found

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


@dataclass(frozen=True)
class Resolution:
    """Which paper every mention and every identifier is, as numbers from 0 without gaps.

    ``rule_names[rules[i]]`` says what made mention ``i`` this paper: the kind of identifier it
    carries, ``title``, ``title and authors`` where the title alone would not have done, or
    ``correction`` where a person said so. ``unmet`` are the rows of ``different`` that say of one
    paper, which identifiers or ``same`` made, that it is two.
    """

    papers: int
    of_mention: Ints
    of_key: Ints
    rules: Ints
    unmet: Ints
    rule_names: tuple[str, ...] = RULES


class _Forest:
    """Union-find; the smaller number is the root."""

    def __init__(self, size: int) -> None:
        self.parent = np.arange(size, dtype=np.int32)

    def find(self, node: int) -> int:
        parent = self.parent
        while (above := int(parent[node])) != node:
            parent[node] = parent[above]
            node = above
        return node

    def union(self, one: int, other: int) -> int:
        one, other = self.find(one), self.find(other)
        if one > other:
            one, other = other, one
        self.parent[other] = one
        return one

    def roots(self) -> Ints:
        """The root of every node, by halving all paths at once."""
        roots = self.parent
        while not np.array_equal(above := roots[roots], roots):
            roots = above
        return roots


@dataclass
class _Party:
    """What is known of one would-be paper while a title is being settled."""

    order: tuple[Any, ...]
    nodes: list[int]
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    years: tuple[int, int] | None = None
    families: frozenset[str] = frozenset()
    apart: frozenset[int] = frozenset()

    @property
    def tier(self) -> int:
        """Parties with stronger identifiers are settled first."""
        if "arxiv" in self.ids:
            return 0
        if "doi" in self.ids:
            return 1
        return 2 if self.ids else 3

    def absorb(self, other: _Party) -> None:
        self.nodes = self.nodes + other.nodes
        self.ids = {
            scheme: self.ids.get(scheme, frozenset()) | other.ids.get(scheme, frozenset())
            for scheme in self.ids.keys() | other.ids.keys()
        }
        spans = [span for span in (self.years, other.years) if span is not None]
        self.years = (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None
        self.families |= other.families
        self.apart |= other.apart


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
        self._apart: dict[int, set[int]] = {}
        self.counts = np.diff(mentions.key_indptr)
        self.forest = _Forest(len(mentions.keys) + len(mentions))
        self.by_authors: set[int] = set()
        self._mentions_of_root: dict[int, list[int]] = {}
        # What stands for a mention: its first identifier, or itself.
        self.nodes = np.arange(len(mentions.keys), len(self.forest.parent), dtype=np.int32)
        keyed = np.flatnonzero(self.counts)
        self.nodes[keyed] = mentions.key_codes[mentions.key_indptr[keyed]]

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
        for one, other in self.nodes[self.different].tolist():
            one, other = self.forest.find(one), self.forest.find(other)  # noqa: PLW2901
            if one != other:
                self._apart.setdefault(one, set()).add(other)
                self._apart.setdefault(other, set()).add(one)

    def join_by_titles(self) -> None:
        """Settle every title that more than one would-be paper bears, in the titles' order."""
        titles = self.mentions.title_codes
        titled = np.flatnonzero(titles >= 0)
        roots = self.forest.roots()
        nodes = roots[self.nodes[titled]]
        pairs = np.sort(titles[titled].astype(np.int64) << 32 | nodes)
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        bearers = pairs >> 32
        contested = bearers[1:][bearers[1:] == bearers[:-1]]
        if not len(contested):
            return
        contested = np.unique(contested)
        chosen = np.isin(titles[titled], contested)
        self._collect_mentions(titled[chosen], nodes[chosen], roots)
        by_title = titled[chosen][np.argsort(titles[titled[chosen]], kind="stable")]
        bearing = np.split(by_title, np.searchsorted(titles[by_title], contested[1:]))
        starts = np.searchsorted(bearers, contested, "left").tolist()
        ends = np.searchsorted(bearers, contested, "right").tolist()
        members = (pairs & 0xFFFFFFFF).tolist()
        for start, end, mentions in zip(starts, ends, bearing, strict=True):
            words = _Words({self.mentions.title_of(m) for m in mentions.tolist()})
            self._settle(members[start:end], words)

    def _collect_mentions(self, contested: np.ndarray[Any, Any], nodes: Ints, roots: Ints) -> None:
        """Remember all mentions of the would-be papers that some contested title concerns."""
        concerned = np.zeros(len(roots), bool)
        concerned[nodes] = True
        keyed = np.flatnonzero(self.counts)
        keyed = keyed[concerned[roots[self.nodes[keyed]]]]
        for mention, root in zip(keyed.tolist(), roots[self.nodes[keyed]].tolist(), strict=True):
            self._mentions_of_root.setdefault(root, []).append(mention)
        loose = nodes >= len(self.mentions.keys)
        for mention, node in zip(contested[loose].tolist(), nodes[loose].tolist(), strict=True):
            self._mentions_of_root[node] = [mention]

    def _settle(self, nodes: Iterable[int], words: _Words) -> None:
        """Join the would-be papers of one title that do not contradict each other.

        Those with the strongest identifiers stand first. Each of the others joins the one among
        them that agrees best; where two agree equally well, it joins neither.
        """
        roots = sorted({self.forest.find(node) for node in nodes})
        if len(roots) < 2:
            return
        parties = sorted((self._party(root) for root in roots), key=lambda p: (p.tier, p.order))
        parties = _merge_equal(parties)
        settled: list[_Party] = []
        for tier in range(4):
            anchors, fresh = list(settled), list[_Party]()
            joins: list[tuple[_Party, _Party]] = []
            for party in (p for p in parties if p.tier == tier):
                anchor = _best(party, anchors, words)
                if anchor is not None:
                    joins.append((anchor, party))
                elif tier and (peer := _first(party, fresh, words)) is not None:
                    peer.absorb(party)
                else:
                    fresh.append(party)
            for anchor, party in joins:
                if _contradict(anchor, party):  # a peer that joined first says otherwise
                    fresh.append(party)
                else:
                    anchor.absorb(party)
            settled += fresh
        for party in settled:
            self._join(party.nodes, by_authors=words.short)

    def _party(self, root: int) -> _Party:
        mentions = self._mentions_of_root[root]
        keys = {key for mention in mentions for key in self.mentions.keys_of(mention)}
        ids: dict[str, set[str]] = {}
        for key in keys:
            scheme, value = _scheme(key)
            ids.setdefault(scheme, set()).add(value)
        records = [m for m in mentions if self.mentions.is_record[m]]
        years = self._years(records) or self._years(mentions)
        families = self._families(records) or self._families(mentions)
        order = (sorted((s, sorted(v)) for s, v in ids.items()), tuple(years), sorted(families))
        return _Party(
            order,
            [root],
            {scheme: frozenset(values) for scheme, values in ids.items()},
            (min(years), max(years)) if years else None,
            families,
            frozenset(self._apart.get(root, ())),
        )

    def _years(self, mentions: Iterable[int]) -> list[int]:
        return sorted({int(self.mentions.years[m]) for m in mentions} - {0})

    def _families(self, mentions: Iterable[int]) -> frozenset[str]:
        return frozenset(name for m in mentions for name in self.mentions.families_of(m))

    def _join(self, nodes: Sequence[int], *, by_authors: bool) -> None:
        root = nodes[0]
        for node in nodes[1:]:
            gathered = [
                mention
                for part in (self.forest.find(root), self.forest.find(node))
                for mention in self._mentions_of_root.pop(part)
            ]
            root = self.forest.union(root, node)
            self._mentions_of_root[root] = gathered
        if by_authors and len(nodes) > 1:
            self.by_authors.add(root)

    def resolution(self) -> Resolution:
        keys = len(self.mentions.keys)
        roots = self.forest.roots()
        used = np.zeros(len(roots), bool)
        used[roots[:keys]] = True
        used[roots[self.nodes]] = True
        number = np.cumsum(used, dtype=np.int32) - np.int32(1)
        of_mention = number[roots[self.nodes]]
        return Resolution(
            int(np.count_nonzero(used)),
            of_mention,
            number[roots[:keys]],
            self._rules(roots),
            np.flatnonzero(
                of_mention[self.different[:, 0]] == of_mention[self.different[:, 1]]
            ).astype(np.int32),
        )

    def _rules(self, roots: Ints) -> Ints:
        """Numbers of rules: that of the best identifier, else how the title joined."""
        mentions = self.mentions
        rules = np.full(len(mentions), 3, np.int32)
        by_authors = np.zeros(len(roots), bool)
        by_authors[[self.forest.find(node) for node in self.by_authors]] = True
        rules[by_authors[roots[self.nodes]]] = 4
        keyed = np.flatnonzero(self.counts)
        ranks = np.minimum(mentions.schemes[mentions.key_codes], 2).astype(np.int32)
        if len(keyed):
            rules[keyed] = np.minimum.reduceat(ranks, mentions.key_indptr[keyed])
        rules[self.told] = _CORRECTION
        return rules


class _Words:
    """How much a title says by itself, in the spelling that has most words."""

    def __init__(self, titles: Iterable[str]) -> None:
        folded = max((fold(title) for title in titles), key=lambda text: (text.count(" "), text))
        words = folded.split()
        self.short = (
            len(words) < SHORT_WORDS
            or len(folded) - len(words) + 1 < SHORT_CHARACTERS
            or folded in GENERIC
        )
        self.distinctive = len(words) >= DISTINCTIVE_WORDS and not self.short


def _scheme(identifier: str) -> tuple[str, str]:
    """Split an identifier; a source's own keys are a scheme for each namespace."""
    scheme, _, value = identifier.partition(":")
    if scheme == "id":
        namespace, _, value = value.partition("/")
        return f"id:{namespace}", value
    return scheme, value


def _contradict(one: _Party, other: _Party) -> bool:
    if one.apart and not one.apart.isdisjoint(other.nodes):
        return True
    for scheme in one.ids.keys() & other.ids.keys():
        exclusive = scheme in _EXCLUSIVE or (scheme.startswith("id:") and scheme != "id:url")
        if exclusive and not one.ids[scheme] & other.ids[scheme]:
            return True
    return False


def _gap(one: _Party, other: _Party) -> int | None:
    if one.years is None or other.years is None:
        return None
    return max(0, one.years[0] - other.years[1], other.years[0] - one.years[1])


def _agreement(one: _Party, other: _Party, words: _Words) -> tuple[int, int] | None:
    """How well two would-be papers of one title agree (more is better); None when they are two."""
    if _contradict(one, other):
        return None
    gap = _gap(one, other)
    known = bool(one.families and other.families)
    shared = len(one.families & other.families)
    if words.short and not shared:
        return None
    if known and not shared and not words.distinctive:
        return None
    if gap is not None and (gap > YEARS_TOO_FAR or (gap > YEARS_APART and not shared)):
        return None
    return (shared if known else 0, -(gap if gap is not None else YEARS_APART))


def _best(party: _Party, anchors: Sequence[_Party], words: _Words) -> _Party | None:
    """The anchor that agrees best with a party; none when it is a tie."""
    scored = [
        (score, anchor)
        for anchor in anchors
        if (score := _agreement(anchor, party, words)) is not None
    ]
    if not scored:
        return None
    best = max(score for score, _ in scored)
    winners = [anchor for score, anchor in scored if score == best]
    return winners[0] if len(winners) == 1 else None


def _first(party: _Party, peers: Sequence[_Party], words: _Words) -> _Party | None:
    return next((p for p in peers if _agreement(p, party, words) is not None), None)


def _merge_equal(parties: Sequence[_Party]) -> list[_Party]:
    """Parties without identifiers that say the very same are one, whatever the title is like.

    This keeps the cost linear where thousands of references repeat one string.
    """
    merged: list[_Party] = []
    for party in parties:
        last = merged[-1] if merged else None
        told = party.apart or (last is not None and last.apart)
        if last is not None and not party.ids and not told and last.order == party.order:
            last.nodes = last.nodes + party.nodes
        else:
            merged.append(party)
    return merged


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
