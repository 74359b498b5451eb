"""The labels that a token of a reference may get."""

from __future__ import annotations

__all__ = ["ALLOWED_FIRST", "LABELS", "NUMBER", "begins", "inside"]

_WITH_BEGINNING = ("author", "editor", "title", "container")
_PLAIN = (
    "date", "volume", "pages", "publisher", "location", "note", "id", "label", "in",
)  # fmt: skip

LABELS = (*(f"B-{name}" for name in _WITH_BEGINNING), *_WITH_BEGINNING, *_PLAIN)
"""``B-title`` is a title's first token and ``title`` each further one; the fields that stand once
in a reference have both. A mark between two fields belongs to the first of them."""

NUMBER = {label: number for number, label in enumerate(LABELS)}


def begins(name: str) -> int:
    """The number of the label of a field's first token."""
    return NUMBER.get(f"B-{name}", NUMBER[name])


def inside(name: str) -> int:
    """The number of the label of a field's further tokens."""
    return NUMBER[name]


ALLOWED_FIRST = tuple(number for number, label in enumerate(LABELS) if label not in _WITH_BEGINNING)
