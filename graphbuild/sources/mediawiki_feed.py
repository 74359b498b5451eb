"""A MediaWiki's Atom feed of contributions, whose pages are summaries of papers.

What reads it (``_feed``) is loaded when there is such a feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options, Source

__all__ = ["SOURCE"]


def _read(given: Input, options: Options) -> Iterator[Record | Rejected]:
    from graphbuild.sources import _feed  # noqa: PLC0415 - slow to import

    del options
    yield from _feed.read(given)


def _sniff(given: Input) -> float:
    head = given.head_text
    if "<p>" in head:
        from graphbuild.sources import _feed  # noqa: PLC0415 - slow to import

        if _feed.is_flat(head):
            return 1.0
    is_feed = head.lstrip()[:1] == "<" and re.search(r"<(?:[\w.-]+:)?feed[\s>]", head) is not None
    is_wiki = "<generator>MediaWiki" in head or "action=feedcontributions" in head
    return 1.0 if is_feed and is_wiki else 0.0


SOURCE = Source(
    name="mediawiki-feed",
    suffixes=(".xml", ".atom", ".txt"),
    sniff=_sniff,
    read=_read,
    about="a MediaWiki's Atom feed of contributions (or its text): summaries and what they cite",
)
