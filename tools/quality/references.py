"""The fields that ``parse`` reads beside the fields that people have tagged: F1, field by field.

A field counts as right when it is equal after folding (``text.key``: case, accents, punctuation and
spaces don't matter); ``title_near`` when its similarity is 0.9 at least. What the tags leave open
is not counted: the title of a book (title or container?), corporate authors, untagged years.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from rapidfuzz.distance import Indel

from graphbuild.model import Reference
from graphbuild.references import parse_all
from graphbuild.references.fields import read_people
from graphbuild.references.parser import prepare
from graphbuild.text import fold, key
from tools.tagged_references import Tagged, load, split

TITLE = "References: F1 of the fields of held-out references"

FIELDS = (
    "arxiv_id", "doi", "year", "title", "title_near", "family", "container", "together",
)  # fmt: skip

NEAR = 0.9

_IN = re.compile(r"^(?:in|dans|en|em)\b\s*:?\s*", re.IGNORECASE)
_CORPORATE = re.compile(
    r"collaboration|committee|association|society|organi[sz]ation|ministry|agency|commission"
    r"|department|council|institut|universi|bureau|office|foundation|group\b|team\b|centre"
    r"|center\b|library|government|museum|inc\.|ltd|company|corporation|\bWHO\b|\bIEEE\b|\bACM\b",
    re.IGNORECASE,
)


def report(data: Path) -> str:
    """The table for the references that the model was never trained on."""
    _, held_out = split(load(data / "references"))
    began = time.process_time()
    found = parse_all(one.text for one in held_out)
    seconds = time.process_time() - began
    measured = table(scores([dataclasses.replace(one, kind=one.part) for one in held_out], found))
    return (
        f"{measured}\n\n{len(held_out)} references, {len(held_out) / seconds:.0f} per second of CPU"
    )


def compare(tagged: Tagged, found: Reference) -> dict[str, tuple[str | None, str | None]]:
    """For each field that counts: what is tagged, and what was read, in comparable form."""
    # Mojibake and markup are damage of the string, whose tags hold it too.
    gold = {name: prepare(value) for name, value in tagged.gold.items()}
    compared: dict[str, tuple[str | None, str | None]] = {}
    title = key(found.title) if found.title else None
    right_title = key(gold["title"]) if gold.get("title") else None
    if "book" not in gold:
        compared["title"] = (right_title, title)
        near = (
            right_title is not None
            and title is not None
            and Indel.normalized_similarity(right_title, title) >= NEAR
        )
        compared["title_near"] = (right_title, right_title if near else title)
        container = key(_IN.sub("", gold.get("container", "")))
        compared["container"] = (
            container or None,
            key(found.container) if found.container else None,
        )
    if "author" in gold and not _CORPORATE.search(gold["author"]):
        compared["family"] = (first_family(gold["author"]), _first(found))
    if "year" in gold:
        compared["year"] = (gold["year"], str(found.year) if found.year else None)
    for name in ("arxiv_id", "doi"):
        if name in gold:
            compared[name] = (gold[name], getattr(found, name))
    parts = [compared.get(name) for name in ("title", "year", "family")]
    if right_title and all(part is not None and part[0] for part in parts):
        whole = all(part is not None and part[0] == part[1] for part in parts)
        compared["together"] = ("whole", "whole" if whole else "broken")
    return compared


def first_family(author: str) -> str | None:
    """The folded family name of the first person in a tagged author list."""
    people = read_people(author)
    return fold(people[0].family) or None if people else None


def _first(found: Reference) -> str | None:
    return fold(found.authors[0].family) or None if found.authors else None


def scores(tagged: Sequence[Tagged], found: Iterable[Reference]) -> dict[str, dict[str, float]]:
    """F1 by kind (and ``all``) and field."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for one, reference in zip(tagged, found, strict=True):
        for name, (right, read) in compare(one, reference).items():
            for kind in (one.kind, "all"):
                counts[kind, name, "gold"] += right is not None
                counts[kind, name, "read"] += read is not None
                counts[kind, name, "both"] += right is not None and right == read
    result: dict[str, dict[str, float]] = {}
    for kind, name, what in sorted(counts):
        total = counts[kind, name, "gold"] + counts[kind, name, "read"]
        if what == "gold" and counts[kind, name, "gold"]:
            result.setdefault(kind, {})[name] = 2 * counts[kind, name, "both"] / total
    return result


def table(result: dict[str, dict[str, float]]) -> str:
    """The scores as a Markdown table."""
    lines = [
        "| | " + " | ".join(name.replace("_", " ") for name in FIELDS) + " |",
        "|---" * (len(FIELDS) + 1) + "|",
    ]
    for kind in sorted(result, key=lambda kind: (kind == "all", kind)):
        figures = (result[kind].get(name) for name in FIELDS)
        cells = ("–" if figure is None else f"{figure:.3f}" for figure in figures)
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
