"""Input formats, one file each. A file is read by the source whose ``sniff`` knows its content.

A new source is one module in this package that exports ``SOURCE = Source(...)``. It is found by
``pkgutil``; there is no list to edit. Modules whose names begin with ``_`` are helpers.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from graphbuild.columns import RecordColumns
from graphbuild.errors import GraphbuildError, InputError
from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected

__all__ = ["Options", "Source", "choose", "find_source", "sources"]


@dataclass(frozen=True)
class Options:
    """What a user may tell a source.

    ``mapping`` names the column for a field (``{"title": "Titel"}``; columns of a file without a
    header are numbered from ``"1"``). ``namespace`` qualifies ids that are neither arXiv ids nor
    DOIs; the source's name where it is None. ``at_once`` is how many bytes of text a batch of
    records in columns may hold.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    namespace: str | None = None
    at_once: int = 512 * 1024 * 1024  # Arrow's strings end at 2 GiB


@dataclass(frozen=True)
class Source:
    """One input format.

    Parameters
    ----------
    name
        What ``--source`` and the tables' ``source`` column call it.
    suffixes
        Usual suffixes in lower case, with the dot; a hint for equal sniffs.
    sniff
        How sure (0 to 1) the source is that a file is its own, from ``Input.head`` alone.
        0 means "not mine". 1 is for a format that cannot be anything else.
    read
        Yields a ``Record`` or a ``Rejected`` for every entry, in the file's order; large tabular
        files may come as ``RecordColumns`` instead. Never raises for a bad entry; raises
        ``InputError`` for a fault of the whole file.
    about
        One line for ``graphbuild sources``.
    fields
        Fields whose columns a user may name (``Options.mapping``); none for formats without
        columns of their own.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[Input], float]
    read: Callable[[Input, Options], Iterator[Record | Rejected | RecordColumns]]
    about: str = ""
    fields: frozenset[str] = frozenset()


@functools.cache
def sources() -> tuple[Source, ...]:
    """Every source there is, by name."""
    found = [
        importlib.import_module(f"{__name__}.{module.name}").SOURCE
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return tuple(sorted(found, key=lambda source: source.name))


def find_source(name: str) -> Source:
    """The source called ``name``.

    Raises
    ------
    GraphbuildError
        When there is none; the message lists those that there are.
    """
    for source in sources():
        if source.name == name:
            return source
    raise GraphbuildError(f"there is no source {name!r}; there are {_names()}")


def choose(given: Input, mapping: Mapping[str, str] | None = None) -> Source:
    """The source that is surest of a file's content; the suffix decides between equals.

    Where a user names columns (``mapping``), a file that is nobody's or is known by its columns
    alone goes to the source that has those fields.

    Raises
    ------
    InputError
        When no source knows the file; the message lists those that there are.
    """
    ranked = sorted(
        ((source.sniff(given), given.suffix in source.suffixes, source) for source in sources()),
        key=lambda item: (-item[0], not item[1], item[2].name),
    )
    certainty, _, source = ranked[0]
    mapped = [each for *_, each in ranked if mapping and mapping.keys() <= each.fields]
    if mapped and (certainty <= 0 or source.fields):
        return mapped[0]
    if certainty <= 0:
        raise InputError(
            [
                f"{given.path}: no source knows this kind of file; there are {_names()}."
                " Name one with --source, or map its columns with --map"
            ]
        )
    return source


def _names() -> str:
    return ", ".join(source.name for source in sources())
