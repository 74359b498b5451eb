"""When two mentions are one paper: shared identifiers always, shared titles under guard.

Mentions that share an identifier are one paper (connected components over mentions and
identifiers, a union-find in time linear in the input). A shared title then joins what does not
contradict itself: two arXiv ids, two DOIs or two keys of one source's own are two papers; years
far apart or disjoint authors keep papers apart; a short or generic title joins only where authors
agree.
The outcome is a function of the set of mentions alone: every choice between candidates is made by
their content, never by their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

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

# Schemes of which one paper has one: two of them under one title are two papers.
_EXCLUSIVE = ("arxiv", "doi", "pmid", "acl")


@dataclass(frozen=True)
class PaperMentions:
    """Mentions as columns. Codes point into the sorted lists of distinct keys and titles.

    Attributes
    ----------
    keys
        Distinct identifiers (``arxiv:…``, ``doi:…``, …) in ascending order. Identifiers that only
        bare references carry are among them.
    key_indptr, key_codes
        CSR: the identifiers of mention ``i``.
    title_codes
        int32, -1 for none: equal where the titles' keys (``text.key``) are equal, and ordered as
        those keys are.
    title_of
        The title of a mention as it is shown.
    years
        int32, 0 for unknown.
    families_of
        The folded family names of a mention's authors, in their order.
    is_record
        Whether a mention is a record; else it is a reference.
    """

    keys: Sequence[str]
    key_indptr: Ints
    key_codes: Ints
    title_codes: Ints
    title_of: Callable[[int], str]
    years: Ints
    families_of: Callable[[int], Sequence[str]]
    is_record: np.ndarray[Any, np.dtype[np.bool_]]

    def __len__(self) -> int:
        return len(self.title_codes)

    def keys_of(self, mention: int) -> Ints:
        """Codes of a mention's identifiers."""
        return self.key_codes[self.key_indptr[mention] : self.key_indptr[mention + 1]]


@dataclass(frozen=True)
class Resolution:
    """Which paper every mention and every identifier is, as numbers from 0 without gaps.

    ``rules`` says of every mention what made it this paper: the kind of identifier it shares with
    it, ``title``, or ``title and authors`` where the title alone would not have done.
    """

    papers: int
    of_mention: Ints
    of_key: Ints
    rules: Sequence[str]


class _Forest:
    """Union-find with path halving; the smaller number is the root."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, node: int) -> int:
        parent = self.parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def union(self, one: int, other: int) -> int:
        one, other = self.find(one), self.find(other)
        if one > other:
            one, other = other, one
        self.parent[other] = one
        return one


@dataclass
class _Party:
    """What is known of one would-be paper while a title is being settled."""

    order: tuple[Any, ...]
    nodes: list[int]
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    years: tuple[int, int] | None = None
    families: frozenset[str] = frozenset()

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


def resolve_papers(mentions: PaperMentions) -> Resolution:
    """Decide which mentions are one paper."""
    resolver = _Resolver(mentions)
    resolver.join_by_identifiers()
    resolver.join_by_titles()
    return resolver.resolution()


class _Resolver:
    """Nodes of the forest are the identifiers, then the mentions that carry none."""

    def __init__(self, mentions: PaperMentions) -> None:
        self.mentions = mentions
        self.counts = np.diff(mentions.key_indptr)
        self.forest = _Forest(len(mentions.keys) + len(mentions))
        self.by_authors: set[int] = set()
        self._mentions_of_root: dict[int, list[int]] = {}

    def node(self, mention: int) -> int:
        """The node that stands for a mention: its first identifier, or itself."""
        if self.counts[mention]:
            return int(self.mentions.key_codes[self.mentions.key_indptr[mention]])
        return len(self.mentions.keys) + mention

    def join_by_identifiers(self) -> None:
        indptr, codes = self.mentions.key_indptr, self.mentions.key_codes
        for mention in np.flatnonzero(self.counts > 1).tolist():
            first, *rest = codes[indptr[mention] : indptr[mention + 1]].tolist()
            for other in rest:
                self.forest.union(first, other)

    def join_by_titles(self) -> None:
        """Settle every title that more than one would-be paper bears, in the titles' order."""
        titles = self.mentions.title_codes
        titled = np.flatnonzero(titles >= 0)
        nodes = np.array([self.forest.find(self.node(m)) for m in titled.tolist()], np.int64)
        pairs = np.unique(titles[titled].astype(np.int64) << 32 | nodes)
        bearers = pairs >> 32
        contested = bearers[1:][bearers[1:] == bearers[:-1]]
        if not len(contested):
            return
        contested = np.unique(contested)
        chosen = np.isin(titles[titled], contested)
        self._collect_mentions(titled[chosen], nodes[chosen])
        by_title = titled[chosen][np.argsort(titles[titled[chosen]], kind="stable")]
        bearing = np.split(by_title, np.searchsorted(titles[by_title], contested[1:]))
        starts = np.searchsorted(bearers, contested, "left").tolist()
        ends = np.searchsorted(bearers, contested, "right").tolist()
        members = (pairs & 0xFFFFFFFF).tolist()
        for start, end, mentions in zip(starts, ends, bearing, strict=True):
            words = _Words({self.mentions.title_of(m) for m in mentions.tolist()})
            self._settle(members[start:end], words)

    def _collect_mentions(
        self, contested: np.ndarray[Any, Any], nodes: np.ndarray[Any, Any]
    ) -> None:
        """Remember all mentions of the would-be papers that some contested title concerns."""
        concerned = set(nodes.tolist())
        loose_from = len(self.mentions.keys)
        keyed = np.flatnonzero(self.counts > 0).tolist()
        for mention in keyed:
            root = self.forest.find(self.node(mention))
            if root in concerned:
                self._mentions_of_root.setdefault(root, []).append(mention)
        for mention, node in zip(contested.tolist(), nodes.tolist(), strict=True):
            if node >= loose_from:
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
        codes = {int(code) for mention in mentions for code in self.mentions.keys_of(mention)}
        ids: dict[str, set[str]] = {}
        for code in codes:
            scheme, value = _scheme(self.mentions.keys[code])
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
        mentions, keys = self.mentions, len(self.mentions.keys)
        used = np.zeros(keys + len(mentions), bool)
        used[:keys] = True
        used[keys:] = self.counts == 0
        roots = np.fromiter(
            (self.forest.find(node) for node in range(len(used))), np.int64, len(used)
        )
        distinct, numbers = np.unique(roots[used], return_inverse=True)
        of_node = np.full(len(used), -1, np.int32)
        of_node[used] = numbers
        nodes = np.array([self.node(m) for m in range(len(mentions))], np.int64)
        return Resolution(len(distinct), of_node[nodes], of_node[:keys], self._rules(roots))

    def _rules(self, roots: np.ndarray[Any, Any]) -> list[str]:
        kinds = {"arxiv": "arxiv_id", "doi": "doi"}
        schemes = [kinds.get(key.partition(":")[0], "other_id") for key in self.mentions.keys]
        by_authors = {self.forest.find(node) for node in self.by_authors}
        indptr, codes = self.mentions.key_indptr, self.mentions.key_codes
        rules = []
        for mention in range(len(self.mentions)):
            own = [schemes[code] for code in codes[indptr[mention] : indptr[mention + 1]].tolist()]
            if own:
                rules.append(min(own, key=("arxiv_id", "doi", "other_id").index))
            else:
                root = int(roots[len(schemes) + mention])
                rules.append("title and authors" if root in by_authors else "title")
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
        if last is not None and not party.ids and last.order == party.order:
            last.nodes = last.nodes + party.nodes
        else:
            merged.append(party)
    return merged


def paper_ids(
    mentions: PaperMentions,
    resolution: Resolution,
    titles: Sequence[str | None],
    families: Sequence[str],
    years: Ints,
) -> list[str]:
    """The readable, stable id of every paper.

    ``arxiv:`` comes before ``doi:`` before ``id:`` (a source's own key) before ``title:``, an
    identifier that a record carries before one that references alone carry, then the smallest.
    Papers whose title ids would be equal get ``~family-year``, then a number in the order of what
    is known of them. ``titles``, ``families`` (of the first author, folded) and ``years`` are those
    chosen for each paper.
    """
    by_records = np.zeros(len(mentions.keys), bool)
    owners = np.repeat(np.arange(len(mentions)), np.diff(mentions.key_indptr))
    by_records[mentions.key_codes[mentions.is_record[owners]]] = True
    best: list[tuple[int, bool, str] | None] = [None] * resolution.papers
    for code, (identifier, paper) in enumerate(
        zip(mentions.keys, resolution.of_key.tolist(), strict=True)
    ):
        rank = (_id_rank(identifier), not by_records[code], identifier)
        if (current := best[paper]) is None or rank < current:
            best[paper] = rank
    ids: list[str] = []
    by_title: dict[str, list[int]] = {}
    for paper, (rank_or_none, title) in enumerate(zip(best, titles, strict=True)):
        words = slug(title) if title else ""
        if rank_or_none is not None and (rank_or_none[0] < _TITLE_RANK or not words):
            ids.append(_as_paper_id(rank_or_none[2]))
        else:
            ids.append(f"title:{words}")
            by_title.setdefault(words, []).append(paper)
    for group in by_title.values():
        if len(group) > 1:
            _tell_apart(ids, group, families, years, best)
    return ids


_TITLE_RANK = 3


def _id_rank(identifier: str) -> int:
    scheme, _ = _scheme(identifier)
    if scheme == "arxiv":
        return 0
    if scheme == "doi":
        return 1
    return 2 if scheme.startswith("id:") and scheme != "id:url" else _TITLE_RANK + 1


def _as_paper_id(identifier: str) -> str:
    scheme, value = _scheme(identifier)
    if scheme in {"arxiv", "doi"} or scheme.startswith("id:"):
        return identifier
    return f"id:{scheme}/{value}"


def _tell_apart(
    ids: list[str],
    group: Sequence[int],
    families: Sequence[str],
    years: Ints,
    best: Sequence[tuple[int, bool, str] | None],
) -> None:
    def suffix(paper: int) -> str:
        parts = [slug(families[paper]), str(years[paper]) if years[paper] else ""]
        return "-".join(part for part in parts if part)

    seen: dict[str, int] = {}
    for paper in sorted(group, key=lambda p: (suffix(p) == "", suffix(p), best[p] or ())):
        told = f"{ids[paper]}~{suffix(paper)}" if suffix(paper) else ids[paper]
        seen[told] = seen.get(told, 0) + 1
        ids[paper] = told if seen[told] == 1 else f"{told}~{seen[told]}"
