"""The author list at the head of a reference: who is in it, and where it ends.

A reference gives no sign where its authors end and its title begins, so names are read one by
one in the shapes that bibliographies use, and a list keeps to the shape that it began with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graphbuild import people
from graphbuild.model import Person

__all__ = ["NOBODY", "UPPER", "AuthorList", "read_authors", "words"]


def words(text: str) -> frozenset[str]:
    """The set of the words of ``text``."""
    return frozenset(text.split())


MOST_AUTHORS = 400

UPPER = "A-ZÀ-ÖØ-ÞĀ-ɏΆ-ΩЀ-Я"
_LETTER = r"[^\W\d_]"
_HYPHENS = r"\-‐‑–"
# "McDonald", "O'Connor", "Garcia-Molina", and the "e" of "D'e".
_CAPITALISED = rf"[{UPPER}](?:{_LETTER}|[{_HYPHENS}](?={_LETTER}{{2}})|['’´`](?={_LETTER}))++"
_PARTICLE = (
    r"(?:[Vv]an|[Vv]on|[Dd]er|[Dd]en|[Dd]e|[Dd]el|[Dd]ella|[Dd]elle|[Dd]i|[Dd]a|[Dd]o|[Dd]os|[Dd]as"
    r"|[Dd]u|[Ll]a|[Ll]e|[Tt]en|[Tt]er|zu|zur|zum|af|av|[Aa]l|[Ee]l|[Bb]in|ibn|[Vv]ander|'t|’t|dall|y|e)"
)
_FAMILY = rf"(?:(?:{_PARTICLE}\s+){{0,3}}(?:d['’]|l['’]|al-|el-)?{_CAPITALISED})"
# "J.", "Th.", "J.-P." with a dot each; "JP", "J P", "J-P" without.
_INITIAL = rf"[{UPPER}][a-z]?\."
_DOTTED = (
    rf"{_INITIAL}(?:(?:\s?[{_HYPHENS}]\s?|\s)?"
    rf"(?:{_INITIAL}|[{UPPER}](?=\s?[,;&]|\s+and\b))){{0,5}}+"
)
_BARE = rf"[{UPPER}](?:[{_HYPHENS}]?[{UPPER}]){{0,2}}(?:\s[{UPPER}]){{0,2}}(?!{_LETTER}|['’])"
_SUFFIX = r"(?:,?\s+(?:[JjSs]r\b\.?|JR\b\.?|I{2,3}\b|IV\b))"

_SHAPES = {
    # Family, I. I.
    "family_initials": re.compile(
        rf"(?P<family>{_FAMILY}(?:\s+(?:{_PARTICLE}\s+)?{_CAPITALISED}){{0,2}}){_SUFFIX}?"
        rf"\s?,\s*(?P<given>{_DOTTED}|{_BARE})(?P<after>\s+(?:van|von|de|der|den|di|da|del|du|la)\b"
        rf"(?:\s+(?:der|den|la)\b)?)?{_SUFFIX}?"
    ),
    # Family II, Family I. I., Family (I.)
    "family_bare": re.compile(
        rf"(?P<family>{_FAMILY}(?:\s+(?:{_PARTICLE}\s+)?{_CAPITALISED}){{0,2}})"
        rf"\s+(?:\(\s?(?P<bracketed>{_DOTTED})\s?\)|(?P<given>{_DOTTED}|{_BARE}))"
        rf"(?!\s?{_CAPITALISED}){_SUFFIX}?"
    ),
    # The same as the last of a list that a title follows: "Lipeck U. W. Deriving"
    "family_bare_last": re.compile(
        rf"(?P<family>{_FAMILY}(?:\s+(?:{_PARTICLE}\s+)?{_CAPITALISED}){{0,2}})\s+(?P<given>{_DOTTED})"
    ),
    # I. I. Family
    "initials_family": re.compile(
        rf"(?P<given>{_DOTTED}[\s{_HYPHENS}]*|{_BARE}\s+)"
        rf"(?P<family>{_FAMILY}(?:\s+(?:{_PARTICLE}\s+)?{_CAPITALISED}){{0,2}}){_SUFFIX}?"
    ),
    # Given Family
    "full": re.compile(
        rf"(?P<given>{_CAPITALISED}(?:\s+(?:{_CAPITALISED}|{_INITIAL}|[{UPPER}]\b\.?)){{0,3}}?)\s+"
        rf"(?P<family>{_FAMILY}){_SUFFIX}?(?!\s+(?:{_CAPITALISED}|[{UPPER}]\b))"
    ),
    # Family, Given
    "family_given": re.compile(
        rf"(?P<family>{_FAMILY})\s?,\s*"
        rf"(?P<given>{_CAPITALISED}(?:\s+(?:{_CAPITALISED}|{_DOTTED}|[{UPPER}]\b)){{0,2}})"
        rf"(?P<after>\s+(?:van|von|de|der|den|di|da|del|du|la)\b(?:\s+(?:der|den|la)\b)?)?{_SUFFIX}?"
    ),
    # Family
    "family": re.compile(rf"(?P<family>{_FAMILY})(?P<given>)"),
    # 김은경
    "east_asian": re.compile(
        r"(?P<family>[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,6})(?P<given>)"
    ),
}
# What may follow a name of each shape in one list.
_FOLLOWERS = {
    "family_initials": ("family_initials", "initials_family"),
    "family_bare": ("family_bare", "family_bare_last"),
    "family_bare_last": (),
    "initials_family": ("initials_family",),
    "full": ("full", "initials_family"),
    "family_given": ("family_given", "full", "initials_family"),
    "family": ("family",),
    "east_asian": ("east_asian",),
}
_FIRST = tuple(shape for shape in _SHAPES if shape != "family_bare_last")
_LAST = ("initials_family", "full", "family_initials", "family_bare", "family")

_AND = r"(?:and|And|AND|&|et|und|y|e|og|en|i|with)"
_SEPARATOR = re.compile(
    rf"\s*(?:(?P<and>[,;]?\s*(?:{_AND}\s+|&\s*|and(?=[{UPPER}]))|[,;]?\s*(?:\.\.\.|…)\s*(?:{_AND}\s+)?)"
    r"|(?P<semicolon>;\s*)|(?P<comma>[,،、，]\s*|\s[–—/]\s"
    r"|(?<=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af])\s?[.·․・](?=\s?[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af])))"
)
_ET_AL = re.compile(
    r"[\s,;]*(?:and\s+|&\s+)?(?:et\.?\s*al\b\.?|u\.\s?a\.|and\s+(?:others|coworkers|co-workers)\b"
    r"|\(?\+?\d+\s+(?:others|more)\)?)",
    re.IGNORECASE,
)
_END = re.compile(
    rf"\s*(?:$|[.,:;(\[“\"«‘`|<>/\ue000\ue001]|'(?=[{UPPER}])|[Ii]n:?\s|\d{{4}}|[–—-]\s"
    r"|[Ee]ds?\b|[Ee]ditors?\b|\(?(?:Hrsg|dir|ed)\b)"
)
_EDITORS = re.compile(
    r"[\s,]*[(\[]?\s*(?:[Ee]d(?:itor)?s?\b\.?|[Hh]rsg\b\.?|dir\.|a cura di|[Cc]oords?\.|EDS?\b\.?"
    r"|[Oo]rgs?\.)(?:\s*[)\]])?"
)

# Words that begin or make up titles and journals, and are nobody's name.
_NOT_NAMES = words(
    """
    a an the on in of for to from with and towards toward by at is are how what why when
    where who this that these using via study studies analysis theory introduction advances
    handbook journal proceedings transactions letters review reviews annals bulletin
    conference international national university press deep learning machine neural network
    networks computer computing science sciences nature physics physical chemistry chemical
    biology medicine medical mathematics linguistics
    mathematical statistics engineering research report
    reports technical systems system methods method models model modeling modelling data
    language languages programming artificial intelligence information communications ieee
    acm springer elsevier wiley lecture notes world history american european british new
    old some toward une le les la der die das des ein eine effects effect role human social
    political economic public evidence design department institute society association
    committee commission ministry council bureau office group consortium collaboration
    foundation agency organization center centre collaborations los el del proc vol
    symposium workshop encyclopedia dictionary essays principles general quantum structure
    dynamics parallel distributed algorithms algorithm logic knowledge visual image speech
    recognition online reading teaching education health policy water climate its their our
    first second development performance evaluation software security web internet recent
    modern applied experimental clinical cell cells molecular genetic gene protein
    """
)

# Abbreviated journals look like initials and a family: "J. Biol. Chem.".
_JOURNAL_WORDS = words(
    """
    biol chem phys am amer appl math comput comp mol exp clin med opt sci soc acad natl proc
    trans rev lett nucl astron astrophys stat eng res commun comm geophys mech mater polym
    org inorg anal acta cell nature science journal ieee acm vol phil psychol econ hist int
    adv ann acc arch bull curr eur environ infect pharm pharmacol neurosci neurol physiol
    pathol surg virol immunol genet microbiol biochem biophys amd
    """
)

_CORPORATE = re.compile(
    r"(?:collaboration|consortium|committee|association|society|organi[sz]ation|ministry|agency"
    r"|commission|department|council|institute|university|bureau|office|foundation|group|team|inc"
    r"|network|centre|center|project|library|government)s?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AuthorList:
    """The people, where their list ends in the text, and whether they are its editors."""

    people: tuple[Person, ...]
    end: int
    editors: bool = False
    shape: str = ""


NOBODY = AuthorList((), 0)


def read_authors(text: str, start: int = 0) -> AuthorList:
    """Read the author list that begins at ``start``; empty, and ending there, if there is none.

    >>> found = read_authors("Sabour, S., Frosst, N., & Hinton, G. E. Dynamic routing")
    >>> [person.name for person in found.people], found.end
    (['S. Sabour', 'N. Frosst', 'G. E. Hinton'], 39)
    """
    best = NOBODY
    for shape in _FIRST:
        found = _read_list(text, start, shape)
        if found is not None and _better(found, best):
            best = found
    return best


def _better(found: AuthorList, best: AuthorList) -> bool:
    """Whether a reading explains more of the head than the best one so far.

    Readings are tried from the most to the least telling shape, so a later one must reach
    further by more than a name could.
    """
    return found.end > best.end


def _read_list(text: str, start: int, shape: str) -> AuthorList | None:
    """Read a list whose first name has the given shape."""
    names: list[Person] = []
    position = start
    allowed: tuple[str, ...] = (shape,)
    joined = False  # whether the separator before this name was an "and"
    end = start
    first_separator = ""
    while len(names) < MOST_AUTHORS:
        step = _read_name(text, position, allowed)
        if step is None:
            break
        person, used, after = step
        if used == "family" != shape:
            return None  # "Ba, Kiros and Hinton" are three families
        names.append(person)
        end = after
        et_al = _ET_AL.match(text, after)
        if et_al:
            end = et_al.end()
            break
        separator = _SEPARATOR.match(text, after)
        if separator is None:
            break
        is_and = separator["and"] is not None
        if joined and not is_and and shape != "family":
            break
        kind = separator.lastgroup or ""
        if first_separator == "semicolon" and kind == "comma":
            break
        first_separator = first_separator or kind
        joined = is_and
        position = separator.end()
        allowed = _FOLLOWERS[used] if not is_and else (*_FOLLOWERS[used], *_LAST)
        if shape == "family" and is_and:
            allowed = ("family",)
        if kind == "semicolon":
            allowed = ("family_initials", "family_given", "family_bare", *allowed)
    if not names:
        return None
    if not (text[end - 1] == "." or _END.match(text, end)):
        return None
    editors = _EDITORS.match(text, end)
    if editors:
        end = editors.end()
    if shape == "family" and not _single_names_are_credible(text, names, end):
        return None
    return AuthorList(tuple(names), end, bool(editors), shape)


def _read_name(
    text: str, position: int, allowed: tuple[str, ...]
) -> tuple[Person, str, int] | None:
    """Read one name in one of the allowed shapes: the person, the shape, where it ends."""
    for shape in allowed:
        match = _SHAPES[shape].match(text, position)
        if match is None or not _is_name(match[0], shape):
            continue
        after = match.end()
        dotted = shape in ("family_initials", "family_bare_last") and match["given"].endswith(".")
        if dotted or any(end.match(text, after) for end in (_END, _SEPARATOR, _ET_AL)):
            return _person(match), shape, after
    return None


_WORDS = re.compile(r"[^\W\d_]{2,}")


def _is_name(text: str, shape: str) -> bool:
    found = [word.lower() for word in _WORDS.findall(text)]
    if shape == "initials_family":
        return not found or not {found[0], found[-1]} & _JOURNAL_WORDS
    if shape in ("family_initials", "family_bare", "family_bare_last"):
        return not found or found[0] not in _JOURNAL_WORDS
    if any(word in _NOT_NAMES and word not in people.PARTICLES for word in found):
        return False
    return shape not in ("full", "family") or _CORPORATE.search(text) is None


def _person(match: re.Match[str]) -> Person:
    groups = match.groupdict()
    given = " ".join((groups.get("given") or groups.get("bracketed") or "").split())
    family = " ".join(match["family"].split())
    if groups.get("after"):
        family = f"{groups['after'].strip()} {family}"
    return Person(family, re.sub(r"\.(?=[^\W\d_])", ". ", given))


def _single_names_are_credible(text: str, names: list[Person], end: int) -> bool:
    """Whether bare family names are authors: several of them, or one before a year or a quote."""
    if len(names) > 1:
        return (
            bool(re.match(r"\s*(?:$|[.:(“\"«]|,\s*[(“\"«\d])|\s*et", text[end : end + 12]))
            or "et al" in text[max(0, end - 8) : end]
        )
    if _ET_AL.search(text, max(0, end - 12), end):
        return True
    return bool(
        re.match(
            r"\.?\s*[(“\"«]\s*\S|[.,]\s*\(?(?:1[5-9]|20)\d\d|[.,]\s*[“\"«]", text[end : end + 12]
        )
    )
