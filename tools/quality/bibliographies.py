"""Bibliographies made from documents whose references people have tagged, cut by ``find``.

Each document's references are set in the layouts that real pages have; an entry is right when its
whole text is found, without its number, and nothing of a neighbour, a header or a page number.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from graphbuild.references import find
from graphbuild.text import key
from tools.tagged_references import Tagged, load

TITLE = "Bibliographies: F1 of the entries that they are cut into"

SHORTEST = 5
"""Documents with fewer references say little about cutting."""

_OWN_LABEL = re.compile(r"^\s*(?:\[\s?\d{1,3}\s?\]|\(\d{1,3}\)|\d{1,3}\s?[.)])\s+")
_PROSE = (
    "We follow earlier work (Goodfellow et al., 2014; Smith and Jones, 2009) and [12, 13]. As was\n"
    "shown in [1], the first of these is what we need. In 2016, others went on [3-5].\n"
)
_AFTER = (
    "A Proofs\nWe now show that the claim of Section 3 holds, which is what we need. Let x be\n"
    "as in Theorem 2, and let it be smooth. Then the claim follows from what was said above.\n"
)


def report(data: Path) -> str:
    """The table over all tagged documents: no layout was fitted to any of them."""
    found = scores(documents(load(data / "references")))
    lines = ["| layout | F1 |", "|---|---|"]
    lines += [f"| {layout} | {found[layout]:.3f} |" for layout in LAYOUTS]
    lines += [f"| all {group} | {found[group]:.3f} |" for group in ("numbered", "author-year")]
    return "\n".join((*lines, f"| all | {found['all']:.3f} |"))


def documents(tagged: Iterable[Tagged]) -> dict[str, list[str]]:
    """The texts of each document's references, labels of their own removed."""
    found: dict[str, list[str]] = {}
    for one in tagged:
        if one.kind == "grobid/documents" and len(one.text) > 20:
            found.setdefault(one.group, []).append(_OWN_LABEL.sub("", one.text.strip()))
    return {name: texts for name, texts in found.items() if len(texts) >= SHORTEST}


def _wrap(text: str, width: int, *, hyphenate: bool, indent: str = "") -> str:
    wrapper = textwrap.TextWrapper(
        width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=hyphenate
    )
    return "\n".join(wrapper.wrap(text))


def _hyphenated(text: str, width: int) -> str:
    """Lines as TeX sets them: a long word that does not fit is cut with a hyphen."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if len(line) + len(word) + 1 <= width:
            line = f"{line} {word}".strip()
        elif word.isalpha() and len(word) > 8 and width - len(line) > 5:
            lines.append(f"{line} {word[:4]}-".strip())
            line = word[4:]
        else:
            lines.append(line)
            line = word
    return "\n".join((*lines, line)).strip()


def _paged(lines: list[str], chance: random.Random, header: str) -> list[str]:
    """Every 25 lines or so a footer with the page's number and the next page's header."""
    result: list[str] = []
    page = 11
    for number, line in enumerate(lines, 1):
        result.append(line)
        if number % 25 == 0:
            page += 1
            result += chance.choice(
                ([str(page)], [str(page), header], ["", str(page), "", header, ""])
            )
    return result


Layout = Callable[[Sequence[str], random.Random], str]


def _numbered(
    label: str, separator: str, set_: Callable[[str], str], *, paged: bool = False
) -> Layout:
    def make(texts: Sequence[str], chance: random.Random) -> str:
        entries = [set_(label.format(n) + text) for n, text in enumerate(texts, 1)]
        body = separator.join(entries)
        if paged:
            body = "\n".join(_paged(body.split("\n"), chance, "Preprint. Under review."))
        return f"{_PROSE}References\n{body}\n"

    return make


def _plain(separator: str, set_: Callable[[str], str], *, paged: bool = False) -> Layout:
    def make(texts: Sequence[str], chance: random.Random) -> str:
        body = separator.join(set_(text) for text in texts)
        if paged:
            body = "\n".join(_paged(body.split("\n"), chance, "Preprint. Under review."))
        return f"{_PROSE}References\n{body}\n"

    return make


def _same(text: str) -> str:
    return text


LAYOUTS: dict[str, Layout] = {
    "numbered, [1], a line each": _numbered("[{}] ", "\n", _same),
    "numbered, 1., a line each": _numbered("{}. ", "\n", _same),
    "numbered, 1, a line each": _numbered("{} ", "\n", _same),
    "numbered, [1], wrapped": _numbered("[{}] ", "\n", lambda t: _hyphenated(t, 85)),
    "numbered, 1., wrapped": _numbered("{}. ", "\n", lambda t: _wrap(t, 95, hyphenate=True)),
    "numbered, [1], columns, pages": _numbered(
        "[{}] ", "\n", lambda t: _hyphenated(t, 48), paged=True
    ),
    "numbered, [1], on one line": _numbered("[{}] ", " ", _same),
    "numbered, (1), a line each": _numbered("({}) ", "\n", _same),
    "numbered, #, a line each": _numbered("# ", "\n", _same),
    "author-year, a line each": _plain("\n", _same),
    "author-year, a paragraph each": _plain("\n\n", lambda t: _hyphenated(t, 85)),
    "author-year, wrapped": _plain("\n", lambda t: _wrap(t, 95, hyphenate=True)),
    "author-year, hanging": _plain("\n", lambda t: _wrap(t, 85, hyphenate=True, indent="    ")),
    "author-year, columns, pages": _plain("\n", lambda t: _hyphenated(t, 48), paged=True),
}


def _bare(text: str) -> str:
    return key(re.sub(r"^\s*(?:\[\s?\d{1,3}\s?\]|\(\d{1,3}\)|\d{1,3}\s?[.)]?|#)\s+", "", text))


def scores(found_in: dict[str, list[str]], *, seed: int = 1) -> dict[str, float]:
    """F1 of entries by layout, and over all ``numbered`` and all ``author-year`` layouts."""
    chance = random.Random(seed)
    counts: Counter[tuple[str, str]] = Counter()
    for texts in found_in.values():
        for name, layout in LAYOUTS.items():
            page = layout(texts, chance) + (_AFTER if chance.random() < 0.5 else "")
            gold = Counter(map(_bare, texts))
            read = Counter(_bare(entry.text) for entry in find(page))
            both = (gold & read).total()
            for group in (name, name.partition(",")[0], "all"):
                counts[group, "both"] += both
                counts[group, "total"] += gold.total() + read.total()
    return {
        group: 2 * counts[group, "both"] / total
        for (group, what), total in counts.items()
        if what == "total"
    }
