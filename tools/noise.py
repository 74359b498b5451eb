"""More references to train on, made from tagged ones with a fixed seed.

Three things happen to references that a collection of clean strings does not show: a page's text
loses spaces and puts others where none belong, a bibliography uses a style for titles and journals
that were seen in another, and strings come cut, without label, date or end, or in capitals.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from tools.tagged_references import Tagged

Characters = list[tuple[str, int]]
"""Each character with the number of its span; -1 outside of any."""


def pdf(reference: Tagged, chance: random.Random) -> Tagged:
    """As the text of a PDF: spaces lost and gained about marks, words glued, hyphenated, split."""
    harm = chance.choice((0.3, 0.6, 1.0))
    characters = _characters(reference)
    noisy: Characters = []
    for at, (character, span) in enumerate(characters):
        before = characters[at - 1][0] if at else " "
        after = characters[at + 1][0] if at + 1 < len(characters) else " "
        roll = chance.random()
        if character == " ":
            loses = 0.35 if not (before.isalnum() and after.isalnum()) else 0.06
            if roll < loses * harm:
                continue
        elif character in ".,;:)" and before != " " and not before.isdigit() and roll < 0.3 * harm:
            noisy.append((" ", _joint(noisy, span)))
        elif character == "-" and before.isalpha() and roll < 0.25 * harm:
            noisy.append((" ", span))
        noisy.append((character, span))
        if character in "(-" and roll > 1 - 0.2 * harm and after != " ":
            noisy.append((" ", span))
        elif character.islower() and after.islower() and before.islower():
            if roll > 1 - 0.004 * harm:
                noisy += [("-", span), (" ", span)]
            elif roll > 1 - 0.006 * harm:
                noisy.append(("-", span))
            elif roll > 1 - 0.009 * harm:
                noisy.append((" ", span))
    return _tagged(reference, noisy)


def _joint(characters: Characters, span: int) -> int:
    return span if characters and characters[-1][1] == span else -1


def cut(reference: Tagged, chance: random.Random) -> Tagged:
    """Without some of its fields, in capitals, with another label or without."""
    characters = _characters(reference)
    labels = [label for _, _, label in reference.spans]
    droppable = [n for n, label in enumerate(labels) if label in _DROPPABLE]
    dropped = {n for n in droppable if chance.random() < 0.25}
    if chance.random() < 0.15 and "title" in labels and "container" in labels:
        dropped.add(labels.index("title"))
    kept = [(c, n) for c, n in characters if n not in dropped]
    raised: set[int] = set()
    for n, label in enumerate(labels):
        if label in ("author", "title") and chance.random() < 0.06:
            raised.add(n)
    kept = [(c.upper() if n in raised and len(c.upper()) == 1 else c, n) for c, n in kept]
    if chance.random() < 0.2 and "label" not in labels:
        number = chance.randrange(1, 120)
        label = chance.choice(
            (f"[{number}] ", f"{number}. ", f"{number} ", f"({number}) ", f"{number}) ")
        )
        return _tagged(reference, kept, prefix=(label, "label"))
    return _tagged(reference, kept)


_DROPPABLE = ("date", "volume", "pages", "publisher", "location", "note", "id", "label", "in")


class Exchange:
    """Titles and containers of one reference in the style of another."""

    def __init__(self, references: Sequence[Tagged]) -> None:
        self._titles = _pool(references, "title")
        self.containers = _pool(references, "container")

    def __call__(self, reference: Tagged, chance: random.Random) -> Tagged:
        text = reference.text
        pieces: list[tuple[str, str | None]] = []
        position = 0
        for start, end, label in reference.spans:
            pieces.append((text[position:start], None))
            value = text[start:end]
            if label == "title" and chance.random() < 0.6:
                value = _replaced(value, chance.choice(self._titles))
            elif label == "container" and chance.random() < 0.6:
                value = _replaced(value, chance.choice(self.containers))
            pieces.append((value, label))
            position = end
        pieces.append((text[position:], None))
        return _assembled(reference, pieces)


_CORE = re.compile(r"^([\W_]*)(.*?)([\W_]*)$", re.DOTALL)


def _pool(references: Sequence[Tagged], name: str) -> list[str]:
    found = []
    for reference in references:
        for start, end, label in reference.spans:
            core = _CORE.match(reference.text[start:end])
            if label == name and core and len(core[2]) > 2 and core[2].isascii():
                found.append(
                    core[2] + ("." if name == "container" and core[3].startswith(".") else "")
                )
    return found


def _replaced(value: str, by: str) -> str:
    core = _CORE.match(value)
    if core is None or not value.isascii():
        return value
    ending = core[3][1:] if by.endswith(".") and core[3].startswith(".") else core[3]
    return core[1] + by + ending


# -- other styles ----------------------------------------------------------------------------------

_TEMPLATES = (
    "{A}. {T}. In {C}, pages {P}, {Y}.",
    "{A}. {T}. In {C}, {Y}.",
    "{A}. {T}. {C}, {V}:{P}, {Y}.",
    "{A}. {T}. {C}, {V}({N}):{P}, {Y}.",
    "{A}. {T}. {X}, {Y}.",
    "{A}. {T}. {X}.",
    "{A}. {Y}. {T}. In {C}, pages {P}.",
    "{A}. {Y}. {T}. {C}, {V}:{P}.",
    "{A}. {Y}. {T}. {X}.",
    "{A} ({Y}). {T}. {C}, {V}({N}), {P}.",
    "{A} ({Y}). {T}. {C}.",
    "{A} ({Y}) {T}. {C} {V}: {P}.",
    "{A} ({Y}). [{T}]. {X} [cs].",
    "{A}, ({Y}). {T}, {C}, {V}, {P}.",
    "{A}, “{T},” {C}, vol. {V}, no. {N}, pp. {P}, {Y}.",
    "{A}, “{T},” in {C}, {Y}, pp. {P}.",
    '{A}, "{T}", {C} {V}, {P}, {Y}',
    '{A}, "{T}," {X}, {Y}.',
    "{A}. “{T}.” {C} {V}.{N} ({Y}): {P}.",
    '{A}. "{T}." In {C}, pp. {P}. {Y}.',
    '{A}. "{T}". {C}. {V} ({N}): {P}. {U}',
    '{A}. "{T}." {X} ({Y}).',
    "{A}: {T}. {C} {V}({N}), {P} ({Y})",
    "{A}: {T}. In: {C}, pp. {P} ({Y})",
    '{A}:"{T}" {C}. {Y}',
    "{A} | {T} | {X}",
    "{A} | {T} | {C}, {Y}",
    "{T} | {A} | {U}",
    "{A}. <{T}> ({Y})",
    "{A}, {T}, {C} {V} ({Y}) {P} [{X}].",
    "{A}, {T}, {C} {V}, {P} ({Y}).",
    "{A}, {T}, {X}.",
    "{A}, {T}, {Y}, {U}",
    "{A}, {C} {V}, {P} ({Y}).",
    "{A}, {C} {V} ({Y}) {P}, {X}.",
    "{A}, {Y}, {C}, {V}, {P}",
    "{A}. {T}. {C} {Y};{V}({N}):{P}.",
    "{A}. {T}. {C}. {Y};{V}:{P}. {U}",
    "{A}. {T}[J]. {C}, {Y}, {V}({N}): {P}.",
    "{A}. {T}. {C} {V}, {P} ({Y}).",
    "{A}, {T}. {C}, {Y}. {U}.",
    "{A}, '{T}', {C}, vol. {V} ({Y}), pp. {P}.",
    "{A}, ‘{T}’, {C} {V} ({Y}), {P}",
    "{A}, « {T} », {C}, n° {N}, {Y}, p. {P}.",
    "{T}. {A}. {C}. {Y}.",
    "{T}. {A}. {C}, {Y}. {U}",
    "{T}, {A}, {Y}, {U}",
    "{T}. {A}. {X}",
    "“{T}.” {C}, {Y}, {U}",
    "{A}. {T}. {Y}. {U}",
)
_LABEL_OF = {
    "A": "author", "T": "title", "C": "container", "Y": "date", "V": "volume", "N": "volume",
    "P": "pages", "X": "id", "U": "id",
}  # fmt: skip
_WORDS_OF = {
    "In": "in", "in": "in", "pages": "pages", "pp": "pages", "p": "pages", "vol": "volume",
    "no": "volume", "n": "volume", "cs": "note", "J": "note", "abs": "note",
}  # fmt: skip
_PART = re.compile(r"\{([A-Z])\}|([A-Za-z]+)|([^{A-Za-z]+)")


def restyle(reference: Tagged, container: str, chance: random.Random) -> Tagged | None:
    """A reference's names and title, a container and made-up numbers, in one of many styles."""
    values = {
        letter: core[2]
        for letter, name in (("A", "author"), ("T", "title"))
        for start, end, label in reference.spans
        if label == name and (core := _CORE.match(reference.text[start:end])) and core[2]
    }
    if len(values) < 2 or len(values["T"]) < 12 or ord(max(values["T"])) > 0x2FFF:
        return None
    if values["A"][-2:-1] in " ." and values["A"][-1].isupper():
        values["A"] += "."
    year = chance.randrange(1950, 2024)
    first = chance.randrange(1, 3000)
    month, serial = chance.randrange(1, 13), chance.randrange(1, 20000)
    number = f"{chance.randrange(15, 24)}{month:02}.{serial:05}"
    values |= {
        "C": container,
        "Y": chance.choice((f"{year}", f"{year}", f"{year}", f"{year}a", f"June {year}")),
        "V": str(chance.randrange(1, 150)),
        "N": str(chance.randrange(1, 13)),
        "P": chance.choice(
            (f"{first}–{first + 9}", f"{first}-{first + 12}", f"{first}", f"{first}--{first + 7}")
        ),
        "X": chance.choice(
            (
                f"arXiv preprint arXiv:{number}", f"arXiv:{number}", f"arXiv:{number} [cs.LG]",
                f"CoRR, abs/{number}", f"hep-th/{year % 100:02}{month:02}{serial % 1000:03}",
            )
        ),
        "U": chance.choice(
            (
                f"https://arxiv.org/abs/{number}", f"doi:10.1016/j.{serial}.{year}",
                f"https://doi.org/10.1145/{serial}", f"http://www.example.org/{serial}.html",
            )
        ),
    }  # fmt: skip
    pieces: list[tuple[str, str | None]] = []
    for part in _PART.finditer(chance.choice(_TEMPLATES)):
        if part[1]:
            value = values[part[1]]
            # A name that ends in a point needs no second one.
            pieces.append((value, _LABEL_OF[part[1]]))
        elif part[2]:
            pieces.append((part[2], _WORDS_OF[part[2]]))
        else:
            mark = part[3]
            if pieces and pieces[-1][0].endswith((".", "?", "!")) and mark.startswith("."):
                mark = mark[1:]
            pieces.append((mark, None))
    return _assembled(reference, pieces)


def join(first: Tagged, second: Tagged) -> Tagged:
    """Two references that ran together: what follows the first is no field of it."""
    pieces: list[tuple[str, str | None]] = []
    position = 0
    for start, end, label in first.spans:
        pieces += [(first.text[position:start], None), (first.text[start:end], label)]
        position = end
    pieces.append((first.text[position:].rstrip() + " ", None))
    pieces.append((second.text, "note"))
    return _assembled(first, pieces)


# -- characters and spans --------------------------------------------------------------------------


def _characters(reference: Tagged) -> Characters:
    of: list[int] = [-1] * len(reference.text)
    for number, (start, end, _) in enumerate(reference.spans):
        of[start:end] = [number] * (end - start)
    return list(zip(reference.text, of, strict=True))


def _tagged(
    reference: Tagged, characters: Characters, prefix: tuple[str, str] | None = None
) -> Tagged:
    text: list[str] = list(prefix[0]) if prefix else []
    spans: list[tuple[int, int, str]] = [(0, len(text) - 1, prefix[1])] if prefix else []
    last = -2
    for character, number in characters:
        if character == " " and (not text or text[-1] == " "):
            continue
        if number >= 0:
            label = reference.spans[number][2]
            if number == last and spans and spans[-1][1] >= len(text) - 1:
                spans[-1] = (spans[-1][0], len(text) + 1, label)
            else:
                spans.append((len(text), len(text) + 1, label))
        last = number
        text.append(character)
    return Tagged(reference.kind, reference.group, "".join(text), tuple(spans))


def _assembled(reference: Tagged, pieces: Sequence[tuple[str, str | None]]) -> Tagged:
    text = ""
    spans: list[tuple[int, int, str]] = []
    for value, label in pieces:
        if label is not None and value:
            spans.append((len(text), len(text) + len(value), label))
        text += value
    return Tagged(reference.kind, reference.group, text, tuple(spans))


def augment(references: Sequence[Tagged], *, copies: int = 1, seed: int = 1) -> list[Tagged]:
    """The references, and made from them as many again in other styles, and as PDF text."""
    chance = random.Random(seed)
    exchange = Exchange(references)
    found = [*references] * copies
    for reference in [*references] * copies:
        clean = not reference.kind.endswith("documents")
        found.append(cut(exchange(reference, chance), chance))
        noisy = reference if chance.random() < 0.5 else exchange(reference, chance)
        if clean or chance.random() < 0.3:
            found.append(pdf(noisy, chance))
        other = restyle(reference, chance.choice(exchange.containers), chance)
        if other is not None and chance.random() < 0.12:
            found.append(pdf(other, chance) if chance.random() < 0.3 else other)
        if chance.random() < 0.03:
            found.append(join(reference, chance.choice(references)))
    return found
