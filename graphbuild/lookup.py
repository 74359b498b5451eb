"""What a person may mean by an identifier, a title or a name, and what comes near it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.identifiers import arxiv_id, doi, find, url_id
from graphbuild.text import key, slug

__all__ = [
    "alike",
    "alike_ids",
    "bearing",
    "canonical",
    "named",
    "orcid",
    "place_of",
    "spellings",
    "title_of",
]

Array = np.ndarray[Any, Any]

_ORCID = re.compile(
    r"(?:orcid:|https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.IGNORECASE
)
# The id of a paper without identifiers, whose title is cut: see ``text.slug``.
_CUT = re.compile(r"(.{60})-[0-9a-f]{10}")
# The id of a paper that is known by an identifier of another scheme.
_SHOWN = re.compile(r"id:(pmid|isbn|acl|openreview)/(.+)")
_ALIKE = 75.0
_ALIKE_IN_PART = 90.0
_TELLING = 12
"""So many letters of a title tell it from next to all others."""
_CHANGES = 2
_DIGITS = 18
_LEAST = 5
"""Fewer letters than that are part of anything."""


def spellings(identifier: str) -> Iterator[str]:
    """The identifiers that a person's words may stand for, as the tables have them.

    >>> list(spellings("https://arxiv.org/abs/1706.03762v5"))
    ['https://arxiv.org/abs/1706.03762v5', 'arxiv:1706.03762', 'id:url/arxiv.org/abs/1706.03762v5']
    """
    stripped = identifier.strip()
    yield stripped
    bare = stripped.partition(":")[2] if stripped.startswith(("arxiv:", "doi:")) else stripped
    if (value := arxiv_id(bare)) is not None:
        yield f"arxiv:{value}"
    if (value := doi(bare)) is not None:
        yield f"doi:{value}"
    if shown := _SHOWN.fullmatch(stripped):
        yield f"{shown[1]}:{shown[2]}"
    found = find(stripped)
    yield from found.other_ids
    for url in found.urls:
        yield url_id(url)


def canonical(identifier: str) -> str:
    """One spelling of an identifier, a title or a name, for comparison.

    >>> canonical("https://arxiv.org/abs/1706.03762v5") == canonical("arXiv:1706.03762")
    True
    >>> canonical("title:Layer Normalization"), canonical("Łukasz  Kaiser")
    ('title:layernormalization', 'lukaszkaiser')
    """
    if (title := title_of(identifier)) is not None:
        # What tells papers of one title apart is no part of the title.
        title, tilde, rest = title.partition("~")
        return f"title:{key(title) or title}{tilde}{rest}"
    if (value := orcid(identifier)) is not None:
        return value
    known = [form for form in spellings(identifier) if form.startswith(("arxiv:", "doi:"))]
    stripped = identifier.strip()
    if known or ":" in stripped:
        return known[0] if known else stripped
    return key(stripped) or stripped


def title_of(identifier: str) -> str | None:
    """The title after ``title:``; None where something else is meant.

    >>> title_of("title: Attention Is All You Need"), title_of("arxiv:1706.03762")
    ('Attention Is All You Need', None)
    """
    scheme, colon, title = identifier.strip().partition(":")
    return title.strip() or None if colon and scheme.lower() == "title" else None


def place_of(identifier: str) -> tuple[str, int] | None:
    """The file and line after which a record is called; None where it is something else.

    >>> place_of("rows.jsonl:12"), place_of("arxiv:1706.03762")
    (('rows.jsonl', 12), None)
    """
    file, _, line = identifier.strip().rpartition(":")
    if not file or not (line.isascii() and line.isdigit()) or len(line) > _DIGITS:
        return None
    return file, int(line)


def orcid(identifier: str) -> str | None:
    """The ORCID iD that a person's words are, in the form that authors' ids have.

    >>> orcid("https://orcid.org/0000-0002-1825-0097"), orcid("0000")
    ('orcid:0000-0002-1825-0097', None)
    """
    match = _ORCID.fullmatch(identifier.strip())
    return f"orcid:{match[1].upper()}" if match else None


def bearing(titles: pa.Array | pa.ChunkedArray, title: str) -> Array:
    """Positions of the titles that are equal to one after folding, or whose cut form it is.

    >>> titles = pa.array(["Layer Normalization", None, "Layer", "layer  NORMALIZATION."])
    >>> bearing(titles, "layer normalization!").tolist()
    [0, 3]
    """
    wanted, cut = key(title), _CUT.fullmatch(title)
    begins = key(cut[1]) if cut else wanted
    if not begins:
        return np.empty(0, np.int64)
    positions = np.flatnonzero(_may_begin(titles, begins))
    found = titles.take(pa.array(positions)).to_pylist()
    is_it = [key(each) == wanted or bool(cut and slug(each) == title) for each in found]
    return positions[np.array(is_it, bool)] if found else positions


def named(names: pa.Array | pa.ChunkedArray, name: str) -> Array:
    """Positions of the names that are equal to one after folding.

    >>> named(pa.array(["Łukasz Kaiser", "Noam Shazeer", None]), "lukasz kaiser").tolist()
    [0]
    """
    return bearing(names, name)


def _may_begin(texts: pa.Array | pa.ChunkedArray, begins: str) -> Array:
    """Which texts may have a key that begins so; all that are not plain ASCII may."""
    pattern = r"[^\x00-\x7f]|[\\${]"
    if begins.isascii():
        letters = "[^a-z0-9]*".join(begins[:_TELLING])
        pattern += f"|^[^a-z0-9]*{letters}"
    found = pc.match_substring_regex(texts, pattern, ignore_case=True)
    return np.asarray(pc.fill_null(found, False))


def alike(wanted: str, candidates: pa.Array | pa.ChunkedArray, *, most: int = 3) -> list[str]:
    """The candidates that come nearest to a person's words, best first; none that is far off.

    >>> titles = pa.array(["Layer Normalization", "Attention Is All You Need", None])
    >>> alike("Atention is all you ned", titles)
    ['Attention Is All You Need']
    >>> alike("is all you need", titles)
    ['Attention Is All You Need']
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - for what was not found alone

    lower = pc.utf8_lower(candidates).to_pylist()
    longer = [text if text and _LEAST <= len(wanted) < len(text) else None for text in lower]
    for scorer, texts, enough in (
        (fuzz.ratio, lower, _ALIKE),
        (fuzz.partial_ratio, longer, _ALIKE_IN_PART),
    ):
        found = process.extract(
            wanted.lower(), texts, scorer=scorer, score_cutoff=enough, limit=most
        )
        if found:
            return list(dict.fromkeys(candidates[place].as_py() for *_, place in found))
    return []


def alike_ids(wanted: str, candidates: Sequence[str], *, most: int = 3) -> list[str]:
    """The ids that differ least from what a person wrote, best first.

    >>> alike_ids("arxiv:1706.03726", ["arxiv:1706.03762", "arxiv:1409.0473"])
    ['arxiv:1706.03762']
    """
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415 - as above
    from rapidfuzz.process import extract  # noqa: PLC0415

    found = extract(
        wanted,
        candidates,
        scorer=DamerauLevenshtein.distance,
        score_cutoff=_CHANGES,
        limit=most,
    )
    return [candidate for candidate, _, _ in found]
