"""Words and titles of which it is known beforehand what they say of a paper: little, or a lot."""

# ruff: noqa: SIM905 - lists of words stand as running words

from __future__ import annotations

__all__ = ["COMMON", "EVERYWHERE", "GENERIC", "JOURNAL", "NUMERALS", "ODD_WORDS"]

GENERIC = frozenset(
    {
        "abstract",
        "acknowledgements",
        "book review",
        "book reviews",
        "book review column",
        "call for papers",
        "chairs message",
        "conclusion",
        "conclusions",
        "corrigendum",
        "discussion",
        "editor s notes",
        "editorial",
        "editors notes",
        "erratum",
        "foreword",
        "from the editors",
        "guest editor s introduction",
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

EVERYWHERE = frozenset(
    "a an and are as at by can do does for from how in into is it its of on or s t than that the"
    " their this to toward towards under upon using via vs versus what when where which why with"
    " within without not we our".split()
)
"""Words that a title has whatever it is about."""

COMMON = frozenset(
    "abstract algorithm algorithms analysis application applications approach based case data"
    " design efficient evaluation experience experimental extended first framework general"
    " improved information introduction invited issue issues keynote large learning method methods"
    " model modeling modelling models network networks new novel panel paper performance poster"
    " problem problems process processing report research results session some special study"
    " survey system systems talk technique techniques technology theory time tutorial two use"
    " work workshop".split()
)
"""Words that a good many titles have."""

ODD_WORDS = frozenset(
    "addendum column comment comments correction corrections corrigendum demo demonstration"
    " editorial erratum errata foreword obituary poster preface rejoinder reply response"
    " retraction review reviews supplement supplementary".split()
)
"""Words that make another paper of a title, whose subject is the same."""

NUMERALS = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11",
    "xii": "12",
}  # fmt: skip
"""Numerals that are no other words, and what they are worth."""

JOURNAL = frozenset(
    "acta annals bulletin j jnl journal lett letters mag magazine newsletter rec record rev review"
    " tods tois tkde toplas trans transaction transactions zeitschrift".split()
)
"""Words that name a journal, of which a conference has none."""
