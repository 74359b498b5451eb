from __future__ import annotations

import dataclasses
import html
import random
import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from graphbuild.errors import InputError
from graphbuild.inputs import Input
from graphbuild.model import Record, Rejected
from graphbuild.sources import Options, _feed
from graphbuild.sources._wikitext import plain, reference_entries, tables
from graphbuild.sources.mediawiki_feed import SOURCE
from graphbuild.text import key

SEED = "seeds/003_41164c4c93748799.txt"
ATOM = "{http://www.w3.org/2005/Atom}"


def read(path: Path) -> list[Record | Rejected]:
    return list(SOURCE.read(Input(path, path.name), Options()))


def records(path: Path) -> list[Record]:
    entries = read(path)
    assert all(isinstance(entry, Record) for entry in entries), entries
    return [entry for entry in entries if isinstance(entry, Record)]


def entry(title: str, text: str, *, day: int = 1, comment: str = "", revision: int = 1) -> str:
    """One entry of a flattened feed."""
    body = html.escape(text).replace("\n", "<br /> ")
    return (
        f"http://wiki.example.org/index.php?title={title.replace(' ', '_')}&diff={revision} "
        f"{title} 2031-01-{day:02d}T10:00:00Z <p>Aruna: {html.escape(comment)}</p> <hr /> "
        f"<div>{body}</div> Aruna "
    )


def feed(path: Path, *entries: str) -> Path:
    head = (
        "http://wiki.example.org/api.php?action=feedcontributions wiki - User contributions [en] "
    )
    path.write_text(
        head + "2031-02-01T00:00:00Z User contributions MediaWiki 1.28.3 " + "".join(entries)
    )
    return path


# -- the seed ------------------------------------------------------------------------------------

# Entries of each page's list, counted by hand; entries that are the page's own paper left out.
# "Synthetic…" has eight lines besides its own, of which the last holds two works.
COUNTED = {
    "Implicit Causal Models for Genome-wide Association Studies": 4,
    "Dynamic Routing Between Capsules": 3,
    "Wider and Deeper, Cheaper and Faster: Tensorized LSTMs for Sequence Learning": 2,
    "Do Deep Neural Networks Suffer from Crowding": 2,
    "IMPROVING GANS USING OPTIMAL TRANSPORT": 0,
    "MaskRNN: Instance Level Video Object Segmentation": 7,
    "Continuous Adaptation via Meta-Learning in Nonstationary and Competitive Environments": 2,
    "Synthetic and natural noise both break neural machine translation": 8,
    "A Neural Representation of Sketch Drawings": 2,
    "Self Normalizing Neural Networks": 12,
    "Word translation without parallel data": 4,
    "Rethinking the Smaller-Norm-Less-Informative Assumption in Channel Pruning of Convolutional"
    " Layers": 9,
    "One-Shot Imitation Learning": 3,
    "Wasserstein Auto-Encoders": 4,
    "Neural Audio Synthesis of Musical Notes with WaveNet autoencoders": 6,
    "Training And Inference with Integers in Deep Neural Networks": 14,
    "Multi-scale Dense Networks for Resource Efficient Image Classification": 8,
    "MarrNet: 3D Shape Reconstruction via 2.5D Sketches": 8,
    "Spectral Normalization for Generative Adversarial Networks": 1,
    "On The Convergence Of ADAM And Beyond": 0,
    "Understanding Image Motion with Group Representations": 2,
    "AmbientGAN: Generative Models from Lossy Measurements": 0,
}

# Read by hand from each page's own entry and from the index page's row.
IDENTIFIED = {
    "Implicit Causal Models for Genome-wide Association Studies": "arxiv:1710.10742",
    "Dynamic Routing Between Capsules": "arxiv:1710.09829",
    "Continuous Adaptation via Meta-Learning in Nonstationary and Competitive Environments":
        "openreview:Sk2u1g-0-",
    "A Neural Representation of Sketch Drawings": "arxiv:1704.03477",
    "Self Normalizing Neural Networks": "arxiv:1706.02515",
    "Word translation without parallel data": "arxiv:1710.04087",
    "Rethinking the Smaller-Norm-Less-Informative Assumption in Channel Pruning of Convolutional"
    " Layers": "arxiv:1802.00124",
    "One-Shot Imitation Learning": "arxiv:1703.07326",
    "Training And Inference with Integers in Deep Neural Networks": "openreview:HJGXzmspb",
    "Multi-scale Dense Networks for Resource Efficient Image Classification": "arxiv:1703.09844",
    "MarrNet: 3D Shape Reconstruction via 2.5D Sketches": "arxiv:1711.03129",
    "Spectral Normalization for Generative Adversarial Networks": "openreview:B1QRgziT-",
    "Understanding Image Motion with Group Representations": "openreview:SJLlmG-AZ",
    "AmbientGAN: Generative Models from Lossy Measurements": "openreview:Hy7fDog0b",
}  # fmt: skip


def test_the_seed_has_22_papers_with_their_references(shared: Path) -> None:
    found = records(shared / SEED)
    assert {record.title for record in found} == set(COUNTED)
    counts = dict.fromkeys(COUNTED, 0)
    for record in found:
        counts[record.title or ""] += len(record.references)
    assert counts == COUNTED


def test_the_seed_names_its_papers(shared: Path) -> None:
    identifiers: dict[str, set[str]] = {}
    for record in records(shared / SEED):
        own = {f"arxiv:{record.arxiv_id}"} if record.arxiv_id else set()
        assert record.doi is None
        if own or record.other_ids:
            identifiers[record.title or ""] = own.union(record.other_ids)
    assert identifiers == {title: {identifier} for title, identifier in IDENTIFIED.items()}


def test_the_seed_cites_by_identifier_and_never_itself(shared: Path) -> None:
    found = records(shared / SEED)
    normalizing = next(r for r in found if r.arxiv_id == "1706.02515")
    assert "1511.07289" in {reference.arxiv_id for reference in normalizing.references}
    assert "1607.06450" in {reference.arxiv_id for reference in normalizing.references}
    for record in found:
        for reference in record.references:
            assert reference.basis == "summary"
            assert reference.arxiv_id is None or reference.arxiv_id != record.arxiv_id
            assert key(record.title or "") not in key(reference.raw)


def test_each_entry_of_a_papers_page_is_a_mention_by_number(shared: Path) -> None:
    found = records(shared / SEED)
    text = (shared / SEED).read_text("utf-8")
    headers = re.findall(r"index\.php\?title=(\S+?)&diff=\d+", text)
    pages = [
        n
        for n, page in enumerate(headers, 1)
        if not page.startswith("File:") and page != "stat946w18"
    ]
    assert [record.origin.line for record in found] == pages


def test_the_evidence_of_a_reference_stands_in_the_seed(shared: Path) -> None:
    page = " ".join(
        html.unescape((shared / SEED).read_text("utf-8").replace("<br />", " ")).split()
    )
    for record in records(shared / SEED):
        for reference in record.references:
            assert " ".join(html.unescape(reference.raw).split()) in page


def test_the_order_of_entries_does_not_matter(shared: Path, tmp_path: Path) -> None:
    text = (shared / SEED).read_text("utf-8")
    head, *rest = re.split(r"(?=http://wiki\.\S+/index\.php\?title=)", text + " ")
    assert len(rest) == 50

    def said(path: Path) -> list[tuple[object, ...]]:
        return sorted(
            (r.title, r.arxiv_id, r.other_ids, r.url, tuple(x.raw for x in r.references))
            for r in (
                dataclasses.replace(r, url=r.url or "", arxiv_id=r.arxiv_id or "")
                for r in records(path)
            )
        )

    random.Random(5).shuffle(rest)
    shuffled = tmp_path / "shuffled.txt"
    shuffled.write_text(head + "".join(rest), "utf-8")
    assert said(shuffled) == said(shared / SEED)


# -- the two shapes of a feed --------------------------------------------------------------------


def test_xml_and_its_flattened_text_say_the_same(data: Path, tmp_path: Path) -> None:
    good = data / "mediawiki-feed" / "good.xml"
    parts = [e.text or "" for e in ET.parse(good).getroot() if e.tag != f"{ATOM}entry"]
    for element in ET.parse(good).getroot().iter(f"{ATOM}entry"):
        parts += ["".join(element.itertext())]
    flat = tmp_path / "flat.txt"
    flat.write_text(" ".join(" ".join(parts).split()))
    assert SOURCE.sniff(Input(flat, "flat.txt")) == 1.0

    def without_origins(path: Path) -> list[Record]:
        nowhere = records(path)[0].origin
        return [
            dataclasses.replace(
                record,
                origin=nowhere,
                references=tuple(dataclasses.replace(r, origin=nowhere) for r in record.references),
            )
            for record in records(path)
        ]

    xml, text = without_origins(good), without_origins(flat)
    assert [dataclasses.replace(r, origin=xml[0].origin) for r in xml] == [
        dataclasses.replace(
            r,
            origin=xml[0].origin,
            references=tuple(dataclasses.replace(x, origin=xml[0].origin) for x in r.references),
        )
        for r in text
    ]
    assert [record.origin.line for record in records(flat)] == [2, 4, 5, 6, 7, 8]


def test_references_of_xml_begin_where_their_line_says(data: Path) -> None:
    good = data / "mediawiki-feed" / "good.xml"
    lines = good.read_text("utf-8").split("\n")
    checked = 0
    for record in records(good):
        assert "<entry>" in lines[record.origin.line - 1]
        for reference in record.references:
            line = html.unescape(html.unescape(lines[reference.origin.line - 1]))
            assert reference.raw[:20] in line
            checked += 1
    assert checked == 8


@pytest.mark.parametrize("size", [1, 7, 50, 1000])
@pytest.mark.parametrize("stem", ["good.xml", "corrupt.xml"])
def test_blocks_of_any_size_read_the_same(
    data: Path, size: int, stem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = data / "mediawiki-feed" / stem
    whole = read(path)
    monkeypatch.setattr(_feed, "_BLOCK", size)
    assert read(path) == whole


def test_a_flat_feed_is_read_in_blocks_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = feed(tmp_path / "f.txt", entry("A Fine Title", "= References =\n# https://e.org/x"))
    whole = read(path)
    assert len(whole) == 1
    monkeypatch.setattr(_feed, "_BLOCK", 3)
    assert read(path) == whole


def test_one_line_of_xml_is_told_apart_by_number(data: Path, tmp_path: Path) -> None:
    text = (data / "mediawiki-feed" / "good.xml").read_text("utf-8")
    flat = tmp_path / "one.xml"
    flat.write_text(text.replace("\n", " "))
    found = records(flat)
    assert [record.origin.line for record in found] == [2, 4, 5, 6, 7, 8]
    assert {r.origin.line for record in found for r in record.references} == {2, 4, 6, 8}


@pytest.mark.parametrize("kind", ["cdata", "prefix", "latin-1"])
def test_xml_written_otherwise(data: Path, tmp_path: Path, kind: str) -> None:
    good = data / "mediawiki-feed" / "good.xml"
    text = good.read_text("utf-8")
    if kind == "cdata":
        text = re.sub(
            r'(<summary type="html">)(.*?)(</summary>)',
            lambda m: f"{m[1]}<![CDATA[{html.unescape(m[2])}]]>{m[3]}",
            text,
            flags=re.DOTALL,
        )
    elif kind == "prefix":
        text = re.sub(r"<(/?)(?=[a-z])", r"<\1a:", text).replace("xmlns=", "xmlns:a=")
    else:
        text = text.replace("?>", ' encoding="iso-8859-1"?>', 1).replace("Roe, R.", "Rö, R.")
    path = tmp_path / good.name
    path.write_bytes(text.encode("latin-1" if kind == "latin-1" else "utf-8"))
    if kind == "latin-1":
        assert records(path)[0].references[0].raw.startswith("Rö, R.")
    else:
        assert read(path) == read(good)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE feed SYSTEM "http://example.org/feed.dtd">',
        '<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_entities_are_refused(data: Path, tmp_path: Path, doctype: str) -> None:
    text = (data / "mediawiki-feed" / "good.xml").read_text("utf-8")
    path = tmp_path / "bomb.xml"
    path.write_text(text.replace("?>\n", f"?>\n{doctype}\n", 1))
    assert SOURCE.sniff(Input(path, "bomb.xml")) == 1.0
    with pytest.raises(InputError, match=r"bomb\.xml: declares a document type or entities"):
        read(path)


def test_flat_entries_that_are_broken_cost_only_themselves(tmp_path: Path) -> None:
    good = [entry(f"Good Page {n}", "Text.") for n in range(4)]
    no_date = entry("Undated", "Text.").replace("2031-01-01T10:00:00Z", "yesterday")
    wrong_date = entry("Misdated", "Text.").replace("2031-01-01", "2031-13-41")
    no_end = entry("Endless", "Text.").replace("</div>", "")
    cut = entry("Cut", "Text.")[:-20]
    path = feed(
        tmp_path / "f.txt", good[0], no_date, good[1], wrong_date, no_end, good[2], good[3], cut
    )
    found = read(path)
    assert [(e.origin.line, e.title) for e in found if isinstance(e, Record)] == [
        (1, "Good Page 0"), (3, "Good Page 1"), (6, "Good Page 2"), (7, "Good Page 3"),
    ]  # fmt: skip
    rejected = [(e.origin.line, e.reason) for e in found if isinstance(e, Rejected)]
    assert [line for line, _ in rejected] == [2, 4, 5, 8]
    assert "date" in rejected[0][1]
    assert "date" in rejected[1][1]
    assert "cut off" in rejected[2][1]
    assert "cut off" in rejected[3][1]


# -- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("stat946w18/Tensorized LSTMs", "Tensorized LSTMs"),
        ("stat441F18/ Wasserstein Auto-encoders", "Wasserstein Auto-encoders"),
        ("STAT946F17/Dance Dance Convolution", "Dance Dance Convolution"),
        ("Dynamic Routing Between Capsules STAT946", "Dynamic Routing Between Capsules"),
        ("Dynamic Routing (STAT 946)", "Dynamic Routing"),
        ("f11Stat841: Some Topic", "Some Topic"),
        ("IMPROVING GANS USING OPTIMAL TRANSPORT", "IMPROVING GANS USING OPTIMAL TRANSPORT"),
        ("MarrNet: 3D Shape Reconstruction via 2.5D Sketches",) * 2,
        ("Residual Networks 101",) * 2,
        ("Wide/Deep Learning",) * 2,
        ("User-Item Graphs: A Survey",) * 2,
        ("Talking Heads: Attention",) * 2,
    ],
)  # fmt: skip
def test_titles_lose_their_course(tmp_path: Path, page: str, title: str) -> None:
    assert [r.title for r in records(feed(tmp_path / "f.txt", entry(page, "Text.")))] == [title]


@pytest.mark.parametrize(
    "page",
    ["File:a.png", "Image:a.png", "User:Bo", "User talk:Bo", "Talk:A Paper", "Template:Cite",
     "Category:Papers", "MediaWiki:Common.css", "stat946w18", "STAT 946", "Main Page",
     "Paper Presentations stat946", "proposal for STAT946 projects"],
)  # fmt: skip
def test_other_pages_are_no_papers(tmp_path: Path, page: str) -> None:
    assert read(feed(tmp_path / "f.txt", entry(page, "= References =\n# A. 1999."))) == []


def test_a_table_of_titles_and_links_makes_an_index(tmp_path: Path) -> None:
    row = "A Fine Title || [http://arxiv.org/abs/1701.00001 P]"
    table = "{|\n!Title\n!Link to the paper\n|-\n|" + row + "\n|}"
    path = feed(
        tmp_path / "f.txt", entry("f17Stat946PaperSignUp", table), entry("A Fine Title", "Text.")
    )
    assert [(r.title, r.arxiv_id) for r in records(path)] == [("A Fine Title", "1701.00001")]


def test_the_newest_revision_speaks_for_a_page(tmp_path: Path) -> None:
    texts = {day: f"= References =\n# https://example.org/{day}" for day in (3, 1, 2)}
    path = feed(
        tmp_path / "f.txt", *(entry("A Page", text, day=day) for day, text in texts.items())
    )
    found = records(path)
    assert [[r.raw for r in record.references] for record in found] == [
        ["https://example.org/3"],
        [],
        [],
    ]
    assert {record.title for record in found} == {"A Page"}


def test_equal_times_are_told_apart_by_revision(tmp_path: Path) -> None:
    newer = entry("A Page", "= References =\n# https://example.org/b", revision=12)
    older = entry("A Page", "= References =\n# https://example.org/a", revision=9)
    for order in ([newer, older], [older, newer]):
        found = records(feed(tmp_path / "f.txt", *order))
        assert [x.raw for r in found for x in r.references] == ["https://example.org/b"]


def test_a_moved_page_is_one_page(tmp_path: Path) -> None:
    text = "= References =\n# https://example.org/a"
    note = "Aruna moved page Old Name to stat946w18/New Name: Longer"
    path = feed(
        tmp_path / "f.txt",
        entry("stat946w18/New Name: Longer", text, day=2, comment=note),
        entry("Old Name", "#REDIRECT [[stat946w18/New Name: Longer]]", day=2, comment=note),
        entry("Old Name", "Something else", day=1),
    )
    found = records(path)
    assert [r.title for r in found] == ["New Name: Longer"] * 3
    assert [len(r.references) for r in found] == [1, 0, 0]


def test_moves_go_on_and_may_end_outside_of_the_feed_or_in_a_circle(tmp_path: Path) -> None:
    path = feed(
        tmp_path / "f.txt",
        entry("A One", "#redirect [[B Two]]"),
        entry("B Two", "", comment="Aruna moved page B Two to C Three over redirect"),
        entry("D Four", "#REDIRECT [[E Five]]"),
        entry("E Five", "#REDIRECT [[D Four]]"),
        entry("F Six", "#REDIRECT [[User:Aruna]]"),
    )
    assert [r.title for r in records(path)] == ["C Three", "C Three", "E Five", "D Four"]


# -- reference lists -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("# One. 1999.\n# Two. 2000.", ["One. 1999.", "Two. 2000."]),
        ("* One. 1999.\n** Two. 2000.", ["One. 1999.", "Two. 2000."]),
        ("# One,\n#: more. 1999.\n# Two. 2000.", ["One, more. 1999.", "Two. 2000."]),
        ("1. One. 1999.\n\n2. Two\nmore. 2000.", ["One. 1999.", "Two more. 2000."]),
        ("[1] One. 1999.\n[2] Two. 2000.", ["One. 1999.", "Two. 2000."]),
        (":(1) One. 1999.\n:(2) Two. 2000.", ["One. 1999.", "Two. 2000."]),
        ("Roe, A. One. 1999.\n\nDoe, B. Two. 2000.", ["Roe, A. One. 1999.", "Doe, B. Two. 2000."]),
        ("Roe, A. One. 1999.\nDoe, B. Two. 2000.", ["Roe, A. One. 1999.", "Doe, B. Two. 2000."]),
        ("Roe, A. (1999)\nOne thing after\nanother. In Things.",
         ["Roe, A. (1999) One thing after another. In Things."]),
        ("Roe, A; Doe, B\n| One thing\n| arXiv:1701.00001\n\nPoe, C\n| Two\n| 1999",
         ["Roe, A; Doe, B | One thing | arXiv:1701.00001", "Poe, C | Two | 1999"]),
        ("One Thing (1999).\nTwo Things (2000).", ["One Thing (1999).", "Two Things (2000)."]),
        ("https://e.org/a\nhttps://e.org/b", ["https://e.org/a", "https://e.org/b"]),
        ("Roe, A. One. 1999.\nhttps://e.org/a", ["Roe, A. One. 1999. https://e.org/a"]),
        ("<references/>\n{{Reflist}}\n[[Category:Papers]]\n# One. 1999.", ["One. 1999."]),
        ("None\n\nTBD", []),
        ("Papers:\n# One. 1999.\n\n== Sites ==\n# https://e.org/a",
         ["One. 1999.", "https://e.org/a"]),
        ("# One. 1999. <!-- # no\n# neither -->\n# Two. 2000.", ["One. 1999.", "Two. 2000."]),
        ("# Ann Roe. One. arXiv preprint arXiv:1701.00001, 2017. Bo Doe, Cy Poe, Di Moe,"
         " and Ed Joe. Two. 2016.",
         ["Ann Roe. One. arXiv preprint arXiv:1701.00001, 2017.",
          "Bo Doe, Cy Poe, Di Moe, and Ed Joe. Two. 2016."]),
        ("<ol><li>One. 1999.</li>\n<li>Two. 2000.</li></ol>",
         ["One. 1999.", "Two. 2000."]),
    ],
)  # fmt: skip
def test_shapes_of_lists(section: str, expected: list[str]) -> None:
    page = ["= Introduction =", "# not this. 1999.", "= References =", *section.split("\n")]
    page += ["", "= Afterwards =", "# nor this. 1999."]
    assert [entry.raw for entry in reference_entries(page)] == expected


@pytest.mark.parametrize(
    "heading",
    ["= References =", "==Reference==", "=== '''Sources:''' === ", "= SOURCE =", "== Source(s) ==",
     "=bibliography=", "'''References'''", "References:", "= 8. References =", ";References"],
)  # fmt: skip
def test_headings_of_lists(heading: str) -> None:
    page = ["= Other =", "# no. 1999.", heading, "# Yes. 2000.", "= Next =", "# no. 2001."]
    if heading == "References:":
        page[0] = "Other"
    assert [(entry.line, entry.raw) for entry in reference_entries(page)] == [(3, "Yes. 2000.")]


@pytest.mark.parametrize("heading", ["= Open Source Code =", "= Data sources =", "= Referees ="])
def test_headings_of_other_things(heading: str) -> None:
    assert reference_entries([heading, "# No. 2000."]) == []


def test_footnotes_are_references() -> None:
    page = [
        "Text<ref>Roe. One. 1999.</ref> and<ref name='b'>See",
        "below.</ref> <ref name='b'/>",
        "more <ref name=c>Doe. Two. arXiv:1701.00001</ref>",
        "= Notes =",
        "<references />",
    ]
    found = [(entry.line, entry.raw) for entry in reference_entries(page)]
    assert found == [(0, "Roe. One. 1999."), (2, "Doe. Two. arXiv:1701.00001")]


def test_links_keep_title_and_identifier(tmp_path: Path) -> None:
    raw = 'Li, F. (2016). [http://arxiv.org/abs/1605.04711 "Ternary Weights"]. [cs].'
    path = feed(tmp_path / "f.txt", entry("A Page", f"= References =\n# {raw}"))
    (reference,) = records(path)[0].references
    assert reference.arxiv_id == "1605.04711"
    assert reference.title == "Ternary Weights"
    assert (
        reference.raw == 'Li, F. (2016). [http://arxiv.org/abs/1605.04711 "Ternary Weights"]. [cs].'
    )


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("''In'' '''Bold''' &amp; <code>x</code>", "In Bold & x"),
        ("[[Page|a label]] and [[Other]] [[File:x.png|thumb]]", "a label and Other"),
        ("<nowiki>[1]</nowiki> One", "[1] One"),
        ("Roe. <Wide and Deep> (2017)", 'Roe. "Wide and Deep" (2017)'),
        ("{{arxiv|1701.00001}} {{unknown|x}}", "arxiv:1701.00001"),
        ("{{cite web|title=A {{small|b}} c|url=https://e.org}}", '"A c". https://e.org'),
        ("[https://e.org/a.pdf]", "https://e.org/a.pdf"),
        ("[[https://e.org/a Summary]]", "Summary https://e.org/a"),
    ],
)
def test_plain_text(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_tables_that_never_close() -> None:
    assert list(tables(["{|", "|a||b", "|-", "|[[x|y]]"])) == [[["a", "b"], ["[[x|y]]"]]]


# -- which entry is the page's own paper ---------------------------------------------------------


def summarised(tmp_path: Path, title: str, entries: str, *others: str) -> Record:
    path = feed(tmp_path / "f.txt", entry(title, "= References =\n" + entries, day=28), *others)
    return records(path)[0]


def test_an_entry_of_nearly_the_same_title_is_the_paper(tmp_path: Path) -> None:
    record = summarised(
        tmp_path, "Pruning of Convolutional Layers",
        "# Ye, J. (2018). Pruning of Convolution Layers. arXiv:1802.00124.\n# Roe, A. One. 1999.",
    )  # fmt: skip
    assert record.arxiv_id == "1802.00124"
    assert record.year == 2018
    assert [person.family for person in record.authors] == ["Ye"]
    assert len(record.references) == 1


@pytest.mark.parametrize(
    ("page", "cited"),
    [
        ("Learning to Count Sheep Part 1", "Learning to Count Sheep Part 2"),
        ("Wasserstein GAN", "Improved Training of Wasserstein GANs"),
        ("Inception v3 for Everybody Here", "Inception v4 for Everybody Here"),
    ],
)
def test_entries_of_other_papers_stay_references(tmp_path: Path, page: str, cited: str) -> None:
    record = summarised(tmp_path, page, f'# Roe, A. "{cited}." arXiv:1701.00001 (2017).')
    assert record.arxiv_id is None
    assert [reference.arxiv_id for reference in record.references] == ["1701.00001"]


def test_a_lone_link_is_the_paper_when_something_confirms_it(tmp_path: Path) -> None:
    link = "https://openreview.net/forum?id=Abc123xyz"
    alone = summarised(tmp_path, "A Fine Page", link)
    assert alone.other_ids == ()
    assert len(alone.references) == 1
    earlier = entry("A Fine Page", link.replace("forum", "pdf"), day=1)
    confirmed = summarised(tmp_path, "A Fine Page", link, earlier)
    assert confirmed.other_ids == ("openreview:Abc123xyz",)
    assert confirmed.references == ()


def index(*rows: str) -> str:
    header = "{|\n|Title\n|Link to the paper\n|Link to the summary\n"
    return entry("stat946w18", header + "".join(f"|-\n|{row}\n" for row in rows) + "|}", day=2)


def test_index_and_own_entry_disagree(tmp_path: Path) -> None:
    rows = index("A Fine Page || [https://arxiv.org/pdf/1702.00002 Paper] || ")
    record = summarised(
        tmp_path, "A Fine Page", '# Roe, A. "A Fine Page." arXiv:1701.00001 (2017).', rows
    )
    assert (record.arxiv_id, record.other_ids) == ("1701.00001", ("arxiv:1702.00002",))


def test_a_link_that_belongs_to_another_page_is_not_believed(tmp_path: Path) -> None:
    rows = index(
        "A Fine Page || [https://arxiv.org/pdf/1702.00002 Paper] || ",
        "A Shared Link || [https://arxiv.org/pdf/1703.00003 Paper] || ",
        "Something Else || [https://arxiv.org/pdf/1703.00003v2 Paper] || ",
    )
    others = [
        entry("Another Page", '= Source =\n# Doe. "Another Page." arXiv:1702.00002 (2017).'),
        entry("A Shared Link", "Text."),
    ]
    path = feed(tmp_path / "f.txt", entry("A Fine Page", "Text."), rows, *others)
    assert {record.title: record.arxiv_id for record in records(path)} == {
        "A Fine Page": None, "Another Page": "1702.00002", "A Shared Link": None,
    }  # fmt: skip


def test_the_title_of_a_row_beats_its_link_to_a_summary(tmp_path: Path) -> None:
    summary = "[http://wiki.example.org/index.php?title=Short_Sheep Summary]"
    rows = index(
        f"Counting: Short Sheep Explained || [https://arxiv.org/pdf/1701.00001 P] || {summary}",
        f"A Fine Page || [https://arxiv.org/pdf/1702.00002 P] || {summary}",
        f"Unrelated Work || [https://arxiv.org/abs/1703.00003 P] || {summary.replace('ee', 'o')}",
    )
    pages = [
        entry("Short Sheep", "Text."),
        entry("A Fine Page", "Text."),
        entry("Short Shop", "Text."),
    ]
    path = feed(tmp_path / "f.txt", rows, *pages)
    assert {record.title: record.arxiv_id for record in records(path)} == {
        "Counting: Short Sheep Explained": "1701.00001",
        "A Fine Page": "1702.00002",
        "Short Shop": None,
    }


# -- sniffing, and hostile text ------------------------------------------------------------------


def test_sniffing_the_seeds(shared: Path) -> None:
    for path in sorted((shared / "seeds").iterdir()):
        expected = 1.0 if path.name.startswith("003") else 0.0
        assert SOURCE.sniff(Input(path, path.name)) == expected, path


@pytest.mark.parametrize(
    "text",
    [
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query: x</title></feed>',
        "https://example.org/?title=x A title 2018-04-07T22:18:48Z and more",
        '{"a": "http://w/index.php?title=A A 2018-04-07T22:18:48Z"}',
    ],
)  # fmt: skip
def test_sniffing_other_files(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_text(text)
    assert SOURCE.sniff(Input(tmp_path / "x", "x")) == 0.0


@pytest.mark.parametrize(
    "piece",
    ["<", "[", "[[a", "[http://a ", "{{a", "<ref>", "<ref ", "<!--", "=", "= a", "'", "| ", " ",
     "1.", "Aa Bb, ", "_", ";:", "<Aaaaaaaa aaa", "aaa: ", "\\", "https://a.b ", "#", "||", "(1)"],
)  # fmt: skip
def test_a_page_of_hostile_text_takes_linear_time(tmp_path: Path, piece: str) -> None:
    start = time.process_time()
    text = piece * (300_000 // len(piece))
    read(feed(tmp_path / "f.txt", entry("A Page", "= References =\n# " + text)))
    list(tables(["{|", "|" + text]))
    assert time.process_time() - start < 5
