"""Lists of papers as the web has them, made from clean ones with a fixed seed and known truth.

Three kinds of harm are made: what a search engine for papers shows (initials, missing years,
misspelt, cut and abbreviated titles), fields that slipped into the title, and citation strings of
few papers in many styles.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphbuild.people import parse_name, split_names

__all__ = ["Entry", "citation", "misplaced", "web"]


@dataclass(frozen=True)
class Entry:
    """One paper as a list has it; empty where it says nothing."""

    title: str
    authors: str = ""
    venue: str = ""
    year: str = ""


_SHORT = {
    "management": "mgmt", "database": "db", "databases": "dbs", "systems": "sys.",
    "system": "syst.", "distributed": "distr.", "international": "int.", "information": "inf.",
    "performance": "perf.", "engineering": "eng.", "object-oriented": "OO", "language": "lang.",
    "knowledge": "knowl.", "transactions": "trans.", "evaluation": "eval.", "and": "&",
}  # fmt: skip
_ARTICLES = ("a", "an", "the")
_OCR = (("rn", "m"), ("cl", "d"), ("fi", "h"), ("l", "1"), ("o", "0"), ("e", "c"), ("in", "m"))
_LETTERS = "etaoinsrhldcum"


def _typo(title: str, chance: random.Random) -> str:
    at = chance.randrange(max(1, len(title) - 1))
    way = chance.random()
    if way < 0.3:
        return title[:at] + title[at + 1 :]
    if way < 0.5:
        return title[:at] + chance.choice(_LETTERS) + title[at:]
    if way < 0.75:
        return title[:at] + chance.choice(_LETTERS) + title[at + 1 :]
    return title[:at] + title[at + 1 : at + 2] + title[at] + title[at + 2 :]


def _harmed(title: str, chance: random.Random) -> str:
    """A title with one or two faults, or none."""
    if chance.random() < 0.5:
        return title
    for _ in range(1 + (chance.random() < 0.3)):
        words = title.split()
        way = chance.random()
        if way < 0.3:
            title = _typo(title, chance)
        elif way < 0.42 and len(words) > 5:
            title = " ".join(words[: chance.randrange(max(4, len(words) * 2 // 3), len(words))])
        elif way < 0.52 and ":" in title:
            title = title.partition(":")[0]
        elif way < 0.62 and len(words) > 3:
            at = chance.randrange(len(words) - 1)
            title = " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])
        elif way < 0.7 and len(words) > 4:
            dropped = [w for w in words if w.lower() not in _ARTICLES]
            if len(dropped) == len(words):
                del dropped[chance.randrange(len(dropped))]
            title = " ".join(dropped)
        elif way < 0.78:
            title = " ".join(_SHORT.get(word.lower(), word) for word in words)
        elif way < 0.86:
            old, new = chance.choice(_OCR)
            title = title.replace(old, new, 1)
        elif way < 0.93:
            longer = [word for word in words if len(word) > 6]
            if longer:
                word = chance.choice(longer)
                at = chance.randrange(3, len(word) - 2)
                title = title.replace(word, f"{word[:at]}- {word[at:]}", 1)
        else:
            title = f"{chance.choice(('The', 'A', 'On', 'Paper:', '1.', 'Invited talk:'))} {title}"
    return title


def _initials(name: str, chance: random.Random, style: int) -> str:
    person = parse_name(name)
    if person is None:
        return ""
    firsts = [word[0].upper() for word in re.split(r"[\s-]+", person.given) if word[:1].isalpha()]
    if chance.random() < 0.2:
        firsts = firsts[:1]
    if style == 0:
        return f"{''.join(firsts)} {person.family}".strip()
    dotted = " ".join(f"{first}." for first in firsts)
    if style == 1:
        return f"{dotted} {person.family}".strip()
    return f"{person.family}, {dotted}" if dotted else person.family


def _people(authors: str, chance: random.Random) -> list[str]:
    names = [name for name in split_names(authors) if name.strip("? ")]
    return [_typo(name, chance) if chance.random() < 0.02 else name for name in names]


_VENUES = {
    "SIGMOD Conference": ("SIGMOD Conference", "Proc. of the ACM SIGMOD Conf.", "ACM SIGMOD",
                          "Proceedings of the 1998 ACM SIGMOD international conference on …"),
    "SIGMOD Record": ("SIGMOD Record", "ACM SIGMOD Record", "Sigmod Rec."),
    "VLDB": ("VLDB", "Proc. VLDB", "Very Large Data Bases",
             "Proc. of the Int. Conf. on Very Large"),
    "VLDB J.": ("VLDB J.", "The VLDB Journal", "VLDB Journal"),
    "ACM Trans. Database Syst.": ("ACM Trans. Database Syst.", "ACM TODS",
                                  "ACM Transactions on Database Systems (TODS)", "TODS"),
}  # fmt: skip


def web(paper: Entry, chance: random.Random) -> Entry:
    """A paper as a search engine shows it."""
    names = _people(paper.authors, chance)
    style = 0 if chance.random() < 0.85 else 2
    shown = [_initials(name, chance, style) for name in names]
    if len(shown) > 3 and chance.random() < 0.3:
        shown = [*shown[:3], "et al."]
    authors = "; ".join(shown) if style == 2 else ", ".join(shown)
    if chance.random() < 0.06:
        authors = ""
    venue = chance.choice(_VENUES.get(paper.venue, (paper.venue,)))
    year = paper.year
    roll = chance.random()
    if roll < 0.42:
        year = ""
    elif year and roll < 0.47:
        year = str(int(year) + chance.choice((-1, 1)))
    elif year and roll < 0.48:
        year = str(int(year) - chance.randrange(2, 9))
    return Entry(
        _harmed(paper.title, chance), authors, venue if chance.random() < 0.75 else "", year
    )


def misplaced(paper: Entry, chance: random.Random) -> Entry:
    """Some of a paper's fields in its title, in lower case throughout."""
    title = paper.title
    found = {}
    for name in ("authors", "venue", "year"):
        value = getattr(paper, name)
        if value and chance.random() < 0.5:
            title, value = f"{title} {value}", ""
        found[name] = value.lower()
    return Entry(title.lower(), **found)


_STYLES = (
    "{A} ({Y}). {T}. In {C}, pages {P}.",
    "{A}. {T}. In {C}, pages {P}, {Y}.",
    "{A}. {T}. {C}, {V}:{P}, {Y}.",
    "{A}. {Y}. {T}. {C} {V}, {P}.",
    "{A}, '{T}', {C}, {V}, {P}, ({Y}).",
    '{A}, "{T}," in {C}, pp. {P}, {Y}.',
    "{A}, {T}, {C} {V} ({Y}) {P}.",
    "{A}. {T}. {C}, {Y}.",
    "{A}: {T}. {C}, {Y}",
    "{A}. {T}. Technical report, {Y}.",
    "{A}. {T}. To appear.",
)


def citation(paper: Entry, numbers: tuple[int, int], chance: random.Random) -> str:
    """A paper as a reference list has it, in one of several styles, with faults.

    ``numbers`` are the paper's volume and first page.
    """
    names = _people(paper.authors, chance)
    style = chance.choice((1, 2, 2))
    shown = [_initials(name, chance, style) for name in names]
    if chance.random() < 0.15:
        shown = names
    if len(shown) > 3 and chance.random() < 0.2:
        authors = f"{shown[0]} et al."
    elif len(shown) > 1:
        authors = f"{', '.join(shown[:-1])}{chance.choice((' and ', ', and ', ' & '))}{shown[-1]}"
    else:
        authors = "".join(shown)
    year = int(paper.year or 1995)
    if chance.random() < 0.06:
        year += chance.choice((-1, 1))
    volume, page = numbers
    venue = chance.choice(_VENUES.get(paper.venue, (paper.venue,)))
    text = chance.choice(_STYLES).format(
        A=authors, T=_harmed(paper.title, chance), C=venue, Y=year, V=volume,
        P=f"{page}-{page + 12}",
    )  # fmt: skip
    return re.sub(r"([.?!])\.", r"\1", text)


def without(paper: Entry, *names: str) -> Entry:
    """A paper of which a list leaves something out."""
    return replace(paper, **dict.fromkeys(names, ""))


def families(papers: Sequence[Entry]) -> list[list[int]]:
    """Papers by the family name of each author, those of most papers first."""
    of_name: dict[str, list[int]] = {}
    for number, paper in enumerate(papers):
        for name in split_names(paper.authors):
            person = parse_name(name)
            if person and "?" not in name:
                of_name.setdefault(person.name, []).append(number)
    return sorted(of_name.values(), key=lambda group: (-len(group), group))
