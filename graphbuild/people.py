"""Names of people: one string or a list of them, in any of the usual orders, into ``Person``s."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphbuild.model import Person
from graphbuild.text import clean, slug

__all__ = ["author_id", "parse_name", "parse_names"]

PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "ten",
        "ter",
        "zu",
        "zur",
        "af",
        "av",
        "al",
        "el",
        "bin",
        "ibn",
        "vander",
        "'t",
    ]
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|phd|md)\.?$", re.IGNORECASE)
_ET_AL = re.compile(
    r"(?:,|;|\band\b|&)?\s*"
    r"(?:\bet\.?\s*al\b\.?|\band\s+others\b|\bu\.?\s*a\.(?=$)|\(?\+?\d+ (?:others|more)\)?)",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    {
        "",
        "et al",
        "et al.",
        "al",
        "al.",
        "others",
        "anonymous",
        "unknown",
        "n/a",
        "none",
        "null",
        "nan",
    }
)
_AND = re.compile(r"\s*(?:,?\s+and\s+|,?\s*&\s*|;)\s*", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.?[-\s]?){1,4}")


def parse_name(text: str) -> Person | None:
    r"""Read one name, "First Last" or "Last, First"; None when it names nobody ("et al.").

    >>> parse_name("Sepp Hochreiter")
    Person(family='Hochreiter', given='Sepp', affiliations=(), orcid=None)
    >>> parse_name("van der Schaar, Mihaela").name
    'Mihaela van der Schaar'
    >>> parse_name("M. van der Schaar").family, parse_name("Csisz\\'ar, I.").family
    ('van der Schaar', 'Csiszár')
    >>> parse_name("et al.") is None
    True
    """
    name = clean(text).strip(" ,;*†‡§")
    if name.casefold() in _NOBODY or not any(c.isalpha() for c in name):
        return None
    if "," in name:
        parts = [part.strip() for part in name.split(",") if part.strip()]
        suffixes = [part for part in parts[1:] if _SUFFIX.match(part)]
        given = [part for part in parts[1:] if not _SUFFIX.match(part)]
        if given:
            return Person(" ".join([parts[0], *suffixes]), " ".join(given))
        name = " ".join([parts[0], *suffixes])
    words = name.split()
    start = len(words) - 1
    if _SUFFIX.match(words[start]) and start > 1:
        start -= 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return Person(" ".join(words[start:]), " ".join(words[:start]))


def parse_names(value: str | Iterable[str] | None) -> tuple[Person, ...]:
    """Read a list of authors, given as a list or as one string in any of the usual shapes.

    One string may hold "First Last, First Last", "First Last and First Last",
    "Last, First; Last, First", "Last, First and Last, First" or "Last, First, Last, First".
    "et al." is nobody. The order is the input's.

    >>> [p.name for p in parse_names("Ashish Vaswani, Noam Shazeer, et al.")]
    ['Ashish Vaswani', 'Noam Shazeer']
    >>> [p.name for p in parse_names("Zhang, Yao, Bellot, Alexis, van der Schaar, Mihaela")]
    ['Yao Zhang', 'Alexis Bellot', 'Mihaela van der Schaar']
    >>> [p.family for p in parse_names("Krizhevsky, A., Sutskever, I., & Hinton, G. E.")]
    ['Krizhevsky', 'Sutskever', 'Hinton']
    >>> [p.name for p in parse_names("Kiskin, Ivan; Cobb, Adam D.")], parse_names(None)
    (['Ivan Kiskin', 'Adam D. Cobb'], ())
    """
    if value is None:
        return ()
    if not isinstance(value, str):
        return tuple(person for name in value if (person := parse_name(name)) is not None)
    people = (parse_name(name) for name in split_names(_ET_AL.sub("", clean(value))))
    return tuple(person for person in people if person is not None)


def split_names(text: str) -> list[str]:
    """Cut a string of names into single ones, each "First Last" or "Last, First"."""
    groups = [group.strip(" ,") for group in _AND.split(text)]
    names: list[str] = []
    for group in groups:
        parts = [part.strip() for part in group.split(",") if part.strip()]
        names.extend(_pair_up(parts) if _is_last_first(parts) else _join_suffixes(parts))
    return [name for name in names if name]


def _is_last_first(parts: list[str]) -> bool:
    """Whether comma-separated parts alternate between family and given names.

    They do when the second of each pair is initials, or when the parts are even in number and
    every odd one lacks a given name ("Zhang, Yao, Bellot, Alexis"): a full name "First Last" has
    two words or more, so a list of those has no one-word part at its odd places.
    """
    if len(parts) < 2:
        return False
    without_suffixes = [part for part in parts if not _SUFFIX.match(part)]
    families, givens = without_suffixes[::2], without_suffixes[1::2]
    if len(families) != len(givens):
        return False
    if all(_INITIALS.fullmatch(given) for given in givens):
        return True
    return sum(_lacks_given_name(family) for family in families) * 2 > len(families)


def _lacks_given_name(name: str) -> bool:
    words = name.split()
    return len(words) == 1 or all(word.lower() in PARTICLES for word in words[:-1])


def _pair_up(parts: list[str]) -> list[str]:
    names: list[str] = []
    queue = list(parts)
    while queue:
        family = queue.pop(0)
        given = queue.pop(0) if queue else ""
        if queue and _SUFFIX.match(queue[0]):
            family = f"{family} {queue.pop(0)}"
        names.append(f"{family}, {given}" if given else family)
    return names


def _join_suffixes(parts: list[str]) -> list[str]:
    names: list[str] = []
    for part in parts:
        if names and _SUFFIX.match(part):
            names[-1] = f"{names[-1]} {part}"
        else:
            names.append(part)
    return names


def author_id(name: str) -> str:
    """The readable id of an author who is known by name alone.

    >>> author_id("Łukasz Kaiser") == author_id("Lukasz Kaiser") == "name:lukasz-kaiser"
    True
    """
    return f"name:{slug(name)}"
