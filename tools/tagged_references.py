"""References that people have tagged, read from the shared data: text, spans, and what is gold.

The sets differ in what they tag. anystyle puts every character of a reference into some field,
punctuation and "In" included; GROBID tags the fields alone, with punctuation between them. Here
both become one text with labelled spans, and gold fields in the form in which they are compared.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from graphbuild import identifiers
from graphbuild.text import key

KINDS = ("anystyle/core", "anystyle/good", "grobid/citations", "grobid/documents")

HELD_OUT = 6
"""One group in so many is held out and never trained on."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """One reference: its text, ``(start, end, label)`` spans in it, and its gold fields.

    ``group`` is the document it comes from, or its title where no documents are marked, so that
    what is held out shares neither with what is trained on.
    """

    kind: str
    group: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    gold: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def held_out(self) -> bool:
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % HELD_OUT == 0

    @property
    def title_key(self) -> str:
        """The folded title, by which two sets' copies of one reference are known."""
        return key(self.gold.get("title") or self.gold.get("book") or "")

    @property
    def part(self) -> str:
        """The kind, and which of its documents are clean strings in Asian languages or others."""
        if not self.kind.endswith("documents"):
            return self.kind
        return f"{self.kind}, {'journals (KISTI)' if 'kisti' in self.group else 'PDF'}"


def load(folder: Path) -> list[Tagged]:
    """Every tagged reference below ``folder`` (``anystyle/core.xml`` and so on), in file order."""
    found: list[Tagged] = []
    for kind in KINDS:
        path = folder / f"{kind}.xml"
        found += _anystyle(path, kind) if kind.startswith("anystyle") else _grobid(path, kind)
    return found


def split(references: list[Tagged]) -> tuple[list[Tagged], list[Tagged]]:
    """What may be trained on, and what is held out; no title stands in both."""
    held_out = [reference for reference in references if reference.held_out]
    titles = {reference.title_key for reference in held_out} - {""}
    return (
        [r for r in references if not r.held_out and r.title_key not in titles],
        held_out,
    )


# -- anystyle --------------------------------------------------------------------------------------

_ANYSTYLE = {
    "author": "author", "date": "date", "title": "title", "journal": "container",
    "container-title": "container", "volume": "volume", "pages": "pages",
    "publisher": "publisher", "location": "location", "editor": "editor",
    "translator": "editor", "director": "editor", "producer": "editor",
    "collection-title": "note", "note": "note", "genre": "note", "edition": "note",
    "medium": "note", "source": "note", "citation-number": "label", "url": "id", "doi": "id",
    "isbn": "id",
}  # fmt: skip
_LEADING_IN = re.compile(r"(?:in|dans|en|em|nel|w|в)\b\s*:?\s*", re.IGNORECASE)


def _anystyle(path: Path, kind: str) -> list[Tagged]:
    found = []
    for sequence in ElementTree.parse(path).getroot():
        builder = _Builder()
        fields: dict[str, str] = {}
        for child in sequence:
            text = _one_line("".join(child.itertext()))
            label = _ANYSTYLE[child.tag]
            if builder.text:
                builder.add(" ", None)
            leading = _LEADING_IN.match(text) if label in ("container", "editor") else None
            if leading:
                builder.add(leading[0], "in")
                text = text[leading.end() :]
            builder.add(text, label)
            if label in ("author", "date", "title", "container"):
                fields.setdefault(label, text)
            if child.tag == "doi":
                fields.setdefault("doi", text)
            if child.tag == "publisher" and "title" in fields and "container" not in fields:
                fields.setdefault("published", text)
        gold = _gold(fields)
        text, spans = builder.done()
        group = key(gold.get("title", "")) or key(text)
        found.append(Tagged(kind, group, text, spans, gold))
    return found


# -- GROBID ----------------------------------------------------------------------------------------

_SCOPES = {"pp": "pages", "page": "pages", "pages": "pages"}
_LOOSE = re.compile(r"[^\W\d_]+|\d+")
_LOOSE_WORDS = {
    **dict.fromkeys(("vol", "volume", "no", "nr", "issue", "bd", "number"), "volume"),
    **dict.fromkeys("제권호집第卷期號号輯辑", "volume"),
    **dict.fromkeys("页頁面쪽", "pages"),
    **dict.fromkeys(("p", "pp", "page", "pages", "pgs"), "pages"),
    **dict.fromkeys(("ed", "eds", "editor", "editors", "edited", "by", "hrsg"), "editor"),
    **dict.fromkeys(("in", "dans", "en"), "in"),
    **dict.fromkeys(("doi", "arxiv", "http", "https", "url", "pmid", "isbn"), "id"),
}


def _grobid(path: Path, kind: str) -> list[Tagged]:
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    document = ""
    found = []
    for element in ElementTree.parse(path, parser).getroot():
        if element.tag is ElementTree.Comment:
            document = (element.text or "").strip()
            continue
        level_a = any(child.get("level") == "a" for child in element.iter("title"))
        builder = _Builder()
        fields: dict[str, str] = {}
        for text, child in _pieces(element, None):
            label = _grobid_label(child, level_a)
            builder.add(text, label)
        for child in element.iter():
            _collect(fields, child, level_a)
        gold = _gold(fields)
        text, spans = builder.done()
        group = document or key(gold.get("title", "")) or key(text)
        found.append(Tagged(kind, group, text, spans, gold))
    return found


def _pieces(
    element: ElementTree.Element, inside: ElementTree.Element | None
) -> Iterator[tuple[str, ElementTree.Element | None]]:
    if element.text:
        yield element.text, inside
    for child in element:
        yield from _pieces(child, inside if child.tag == "lb" else child)
        if child.tail:
            yield child.tail, inside


def _grobid_label(element: ElementTree.Element | None, level_a: bool) -> str | None:
    if element is None or element.tag == "lb":
        return None
    kind = (element.get("type") or element.get("unit") or "").lower()
    if element.tag == "title":
        level = element.get("level", "")
        if level == "s":
            return "note"
        return "title" if level == "a" or (level == "m" and not level_a) else "container"
    if element.tag == "biblScope":
        return _SCOPES.get(kind, "volume")
    if element.tag == "orgName":
        return "author" if kind == "collaboration" else "publisher"
    return {
        "author": "author", "authors": "author", "editor": "editor", "date": "date",
        "publisher": "publisher", "pubPlace": "location", "idno": "id", "ptr": "id",
        "note": "note", "notes": "note",
    }[element.tag]  # fmt: skip


def _collect(fields: dict[str, str], element: ElementTree.Element, level_a: bool) -> None:
    text = _one_line("".join(element.itertext()))
    if not text:
        return
    kind = (element.get("type") or "").lower()
    if element.tag == "title":
        level = element.get("level")
        if level == "a":
            fields.setdefault("title", text)
        elif level == "j" or (level == "m" and level_a):
            fields.setdefault("container", text)
        elif level == "m":
            fields.setdefault("book", text)
    elif element.tag in ("author", "date"):
        fields.setdefault(element.tag, text)
    elif element.tag == "orgName" and kind == "collaboration":
        fields.setdefault("corporate", text)
    elif element.tag == "idno" and kind.startswith("arx"):
        fields.setdefault("arxiv_id", re.sub(r"\s", "", text))
    elif element.tag == "idno" and kind == "doi":
        fields.setdefault("doi", text)


# -- both ------------------------------------------------------------------------------------------


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _gold(fields: dict[str, str]) -> dict[str, str]:
    """The fields as they are compared; what no set tags fairly is left out."""
    gold = {name: fields[name] for name in ("title", "container", "author") if fields.get(name)}
    if "book" in fields and "title" not in gold:
        gold["book"] = fields["book"]
    if "title" in gold and "container" not in gold and "published" in fields:
        gold["book"] = gold["title"]
    year = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", fields.get("date", ""))
    if year:
        gold["year"] = year[0]
    if value := _doi(fields.get("doi", "")):
        gold["doi"] = value
    if value := _arxiv_id(fields.get("arxiv_id", "")):
        gold["arxiv_id"] = value
    return gold


def _doi(text: str) -> str | None:
    text = re.sub(r"\s", "", text)
    found = identifiers.find(text).dois
    return identifiers.doi(text) or (found[0] if found else None)


def _arxiv_id(text: str) -> str | None:
    found = identifiers.find(text).arxiv_ids
    return identifiers.arxiv_id(text) or (found[0] if found else None)


class _Builder:
    """Pieces with their labels into one text with single spaces, and spans in it."""

    def __init__(self) -> None:
        self.characters: list[str] = []
        self.labels: list[str | None] = []

    @property
    def text(self) -> bool:
        return bool(self.characters)

    def add(self, text: str, label: str | None) -> None:
        for character in unicodedata.normalize("NFC", text):
            if character.isspace():
                if not self.characters or self.characters[-1] == " ":
                    continue
                character = " "  # noqa: PLW2901 - every white space is one space
            self.characters.append(character)
            self.labels.append(label)

    def done(self) -> tuple[str, tuple[tuple[int, int, str], ...]]:
        text = "".join(self.characters)
        loose = self._loose_words(text)
        spans: list[tuple[int, int, str]] = []
        for index, label in enumerate(self.labels):
            value = label or loose.get(index)
            if value is None:
                continue
            if spans and spans[-1][2] == value and spans[-1][1] == index:
                spans[-1] = (spans[-1][0], index + 1, value)
            else:
                spans.append((index, index + 1, value))
        return text, tuple(spans)

    def _loose_words(self, text: str) -> dict[int, str]:
        """A label for the words between fields: "vol." belongs to the volume, and so on."""
        found: dict[int, str] = {}
        for match in _LOOSE.finditer(text):
            if self.labels[match.start()] is None:
                label = _LOOSE_WORDS.get(match[0].lower(), "note")
                if match[0].isdigit() and match.start() < 5:
                    label = "label"
                found.update(dict.fromkeys(range(match.start(), match.end()), label))
        return found
