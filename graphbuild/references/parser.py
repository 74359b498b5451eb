"""One raw reference string into the fields of a ``Reference``, and many at once.

Identifiers and addresses are read by rule, for they are the same in every style. What each other
word belongs to is told by a trained labeller (``labeller``), and what the fields' values are by
rule again (``fields``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from graphbuild.model import Person, Reference
from graphbuild.references import fields
from graphbuild.references.addresses import Addresses, read_addresses
from graphbuild.references.labels import LABELS
from graphbuild.text import mend, unlatex

if TYPE_CHECKING:
    from graphbuild.references.labeller import Labeller

__all__ = ["parse", "parse_all", "prepare"]

LONGEST = 3_000
"""Characters of one string that are read. No reference is longer, so what follows is another."""
AT_ONCE = 1_024


def parse(text: str) -> Reference:
    """Read one reference in any style; what can't be told with confidence stays None.

    ``raw`` is ``text`` itself. Never raises for a string, and takes linear time. For many
    references ``parse_all`` is several times as fast.

    >>> found = parse("[36] Christian Szegedy, Sergey Ioffe, and Zbigniew Wojna. Rethinking the "
    ...               "inception architecture for computer vision. CoRR, abs/1512.00567, 2015.")
    >>> found.title, found.arxiv_id, found.year
    ('Rethinking the inception architecture for computer vision', '1512.00567', 2015)
    >>> [person.family for person in found.authors]
    ['Szegedy', 'Ioffe', 'Wojna']
    >>> parse("Lecun, Y.; Haffner, P. (1998). Gradient-based learning applied to document "
    ...       "recognition. Proceedings of the IEEE. 86 (11): 2278–2324.").container
    'Proceedings of the IEEE'
    """
    return parse_all((text,))[0]


def parse_all(texts: Iterable[str]) -> list[Reference]:
    """Parse each of ``texts``, in their order.

    >>> [reference.year for reference in parse_all(["Blinn, J. Hello. 1996.", "?"])]
    [1996, None]
    """
    from graphbuild.references.labeller import labeller  # noqa: PLC0415 - brings numpy and the model

    return list(parse_with(labeller(), texts))


def parse_with(model: Labeller, texts: Iterable[str]) -> Iterator[Reference]:
    """Parse each of ``texts`` with a labeller of one's own."""
    waiting = iter(texts)
    while raws := list(islice(waiting, AT_ONCE)):
        prepared = [prepare(raw) for raw in raws]
        addresses = [read_addresses(text) for text in prepared]
        labelled = model.label(prepared, [found.spans for found in addresses])
        for raw, text, found, (starts, stops, labels) in zip(
            raws, prepared, addresses, labelled, strict=True
        ):
            pieces = _pieces(starts.tolist(), stops.tolist(), labels.tolist())
            yield _reference(raw, text, found, pieces)


# -- the text as it is read ------------------------------------------------------------------------

_CHARACTERS = str.maketrans(
    {
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "↵": "ff",
        "\u00ad": "", "\u200b": "", "\ufeff": "", "\x00": "", "\ue000": " ", "′": "'",
    }
)  # fmt: skip
_LOST_DASHES = re.compile(r"\dâ\d|\sâ\s|âs\s")
_DASH_IN_WORD = re.compile(r"(?<=[a-z])â(?=[a-z])")
_WIKI = re.compile(r"'{2,5}")
_MARKUP = re.compile(r"</?(?:italic|bold|i|b|em|strong|sup|sub|sc|span|u)\s?/?>", re.IGNORECASE)


# TeX prints an accent before its letter, and what reads the page puts it on the letter before:
# "Sormov́a", "Jiŕı". (What can be composed is composed by then, so a mark alone is astray.)
_ASTRAY = re.compile(r"([\u0300-\u030c\u0327\u0328])([^\W\d_])|([^\W\d_a-zA-Z])ı")


def _settle(match: re.Match[str]) -> str:
    if match[1]:
        moved = unicodedata.normalize("NFC", {"ı": "i"}.get(match[2], match[2]) + match[1])
        return moved if len(moved) == 1 else match[0]
    apart = unicodedata.normalize("NFD", match[3])
    moved = unicodedata.normalize("NFC", "i" + apart[1:])
    return apart[0] + moved if len(apart) == 2 and len(moved) == 1 else match[0]


def prepare(text: str) -> str:
    """The text that is read: ligatures, mojibake, LaTeX and quotes as a person would write them."""
    text = text[:LONGEST]
    if not text.isascii():
        mended = mend(text)
        if "â" in mended and _LOST_DASHES.search(text):
            mended = _DASH_IN_WORD.sub("–", mended)
        text = unicodedata.normalize("NFC", mended.translate(_CHARACTERS))
        text = _ASTRAY.sub(_settle, text)
    if "\\" in text or "$" in text or "{" in text:
        text = unlatex(text)
    if "<" in text:
        text = _MARKUP.sub("", text)
    if "''" in text or "``" in text:
        text = text.replace("``", "“").replace("''", "”") if "``" in text else _WIKI.sub("", text)
    return text


# -- labels into fields ----------------------------------------------------------------------------

_FIELD = tuple(label.removeprefix("B-") for label in LABELS)
_BEGINS = tuple(label.startswith("B-") for label in LABELS)


def _pieces(starts: list[int], stops: list[int], labels: list[int]) -> dict[str, tuple[int, int]]:
    """Where each field's first piece begins and ends in the text."""
    found: dict[str, tuple[int, int]] = {}
    current = ""
    begin = end = 0
    for start, stop, label in zip(starts, stops, labels, strict=True):
        name = _FIELD[label]
        if name != current or _BEGINS[label]:
            if current:
                found.setdefault(current, (begin, end))
            current, begin = name, start
        end = stop
    if current:
        found.setdefault(current, (begin, end))
    return found


def _reference(
    raw: str, text: str, found: Addresses, pieces: dict[str, tuple[int, int]]
) -> Reference:
    def of(name: str) -> str:
        begin, end = pieces.get(name, (0, 0))
        return text[begin:end]

    begin, end = pieces.get("date", (0, 0))
    start = pieces.get("title", (0, 0))[0]
    named, venue = fields.split_venue(_marked(text, pieces.get("title")) or of("title"))
    title = fields.read_title(named, dated=0 < end <= start < end + 3)
    container = fields.read_container(of("container") or venue)
    if title is None and container and not pieces.keys() & _JOURNALS_HAVE and not found.any:
        title, container = fields.read_title(of("container")), None
    if title or container:
        people = fields.read_people(of("author").partition("<")[0]) if "author" in pieces else ()
    else:  # what reads like names may be a title all the same
        people, named = fields.split_people(of("author"))
        title = fields.read_title(named)
    if not (title or container or people) and not found.any:
        return Reference(raw)
    if title and _is_acronym(people) and text[pieces["author"][1] - 1] == ":":
        title, people = f"{people[0].family}: {title}", ()
    dated = fields.without_visits(text)
    year = fields.read_year(dated[begin:end])
    if year is None:
        year = fields.find_year(_without(dated, found.spans), of("title"))
        container = container and fields.without_year(container)
    return Reference(
        raw,
        arxiv_id=found.arxiv_id,
        doi=found.doi,
        other_ids=_own_ids(found.other_ids, container),
        title=title,
        authors=people,
        year=year,
        container=container,
        volume=fields.read_volume(of("volume")) if "volume" in pieces else None,
        pages=fields.read_pages(of("pages")) if "pages" in pieces else None,
        url=found.url,
    )


_MARKED = re.compile(r"<([^<>]{12,300})>")


def _marked(text: str, piece: tuple[int, int] | None) -> str | None:
    """The whole of what stands in angle brackets, where a title was read inside of it."""
    if piece is None or "<" not in text:
        return None
    for match in _MARKED.finditer(text):
        if match.start() < piece[0] and piece[0] < match.end():
            return match[1]
    return None


def _is_acronym(people: tuple[Person, ...]) -> bool:
    """Whether the only "author" is the name of a thing: "NSynth", "BERT", "word2vec"."""
    if len(people) != 1 or people[0].given:
        return False
    family = people[0].family
    return " " not in family and any(c.isupper() or c.isdigit() for c in family[1:])


_JOURNALS_HAVE = frozenset({"volume", "pages", "in", "note", "id"})


def _without(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    kept: list[str] = []
    position = 0
    for start, end in spans:
        kept.append(text[position:start])
        position = end
    return " ; ".join((*kept, text[position:]))


def _own_ids(other_ids: tuple[str, ...], container: str | None) -> tuple[str, ...]:
    """The first of each kind: a second one is another reference's that ran into this one.

    An ISBN beside a container is that of the proceedings or book that the paper stands in.
    """
    first: dict[str, str] = {}
    for value in other_ids:
        first.setdefault(value.partition(":")[0], value)
    if container is not None:
        first.pop("isbn", None)
    return tuple(first.values())
