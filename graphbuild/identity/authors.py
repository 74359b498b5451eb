"""When two names are one author: an ORCID decides, else the folded full name.

"Łukasz Kaiser", "Lukasz Kaiser" and "Kaiser, Lukasz" are one author. One name with two ORCIDs is
two authors, and a mention of that name without an ORCID is neither of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from graphbuild.people import author_id
from graphbuild.text import fold

__all__ = ["Author", "AuthorMentions", "resolve_authors"]


@dataclass(frozen=True)
class AuthorMentions:
    """Authors of papers as columns, one entry per author of a paper in the order of its list."""

    papers: Sequence[str]
    names: Sequence[str]
    orcids: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Author:
    """An author: id, the spelling met most often, all spellings in order, ORCID if known."""

    id: str
    name: str
    names: tuple[str, ...]
    orcid: str | None


def resolve_authors(mentions: AuthorMentions) -> tuple[list[Author], list[int]]:
    """Decide who is who.

    Returns
    -------
    authors
        By id.
    of_mention
        For each mention, the position of its author in ``authors``.

    >>> authors, who = resolve_authors(AuthorMentions(
    ...     ["a", "b", "b"], ["Łukasz Kaiser", "Lukasz Kaiser", "Noam Shazeer"], [None] * 3))
    >>> [author.id for author in authors], who
    (['name:lukasz-kaiser', 'name:noam-shazeer'], [0, 0, 1])
    """
    folded = {name: fold(name) or name for name in set(mentions.names)}
    orcids_of: dict[str, set[str]] = {}
    for name, orcid in zip(mentions.names, mentions.orcids, strict=True):
        if orcid:
            orcids_of.setdefault(folded[name], set()).add(orcid)
    keys = _keys(mentions, folded, orcids_of)
    spellings: dict[str, Counter[str]] = {}
    for key, name in zip(keys, mentions.names, strict=True):
        spellings.setdefault(key, Counter())[name] += 1
    authors = [_author(key, counts) for key, counts in sorted(spellings.items())]
    position = {author.id: i for i, author in enumerate(authors)}
    return authors, [position[key] for key in keys]


def _keys(
    mentions: AuthorMentions, folded: dict[str, str], orcids_of: dict[str, set[str]]
) -> list[str]:
    """The id of the author behind each mention."""
    ids: dict[str, str] = {}
    keys: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for paper, name, orcid in zip(mentions.papers, mentions.names, mentions.orcids, strict=True):
        whole = folded[name]
        known = orcids_of.get(whole, set())
        if orcid or len(known) == 1:
            keys.append(f"orcid:{orcid or next(iter(known))}")
            continue
        if whole not in ids:
            ids[whole] = author_id(name)
        # One list that names "Wei Zhang" twice means two people.
        times = seen[paper, whole] = seen.get((paper, whole), 0) + 1
        keys.append(ids[whole] if times == 1 else f"{ids[whole]}~{times}")
    return keys


def _author(key: str, counts: Counter[str]) -> Author:
    name = min(counts, key=lambda spelling: (-counts[spelling], -len(spelling), spelling))
    orcid = key.removeprefix("orcid:") if key.startswith("orcid:") else None
    return Author(key, name, tuple(sorted(counts)), orcid)
