"""What is told at a glance is what a closer look would tell."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild.identifiers import ARCHIVES
from graphbuild.kernels.telling import id_kinds, is_name, is_plain
from graphbuild.people import parse_name
from graphbuild.sources import _cells
from graphbuild.sources._fields import as_people, as_text, identify


def block_of(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([len(text) for text in encoded])
    starts = ends - [len(text) for text in encoded]
    return np.frombuffer(b"".join(encoded) + b" ", np.uint8), starts, ends


ids = st.one_of(
    st.from_regex(r"\A\d{4}\.\d{3,6}(v\d)?\Z"),
    st.from_regex(rf"\A({ARCHIVES})/\d{{7}}\Z"),
    st.from_regex(r"\A10\.\d{3,10}/[\w.()/:;,-]{0,8}\Z"),
    st.sampled_from(["nan", "NONE", "Null", "10.48550/arXiv.1706.03762", "W" * 101, "10.48550/x"]),
    st.text("0123456789abcW_-./ é", max_size=12),
    st.from_regex(r"\A(arxiv|W|b)?\d{4}\.\d{4,5}(\.pdf|v\d)?\Z"),
    st.lists(st.sampled_from(["12", "2001", ".", "arXiv", "v1", "x", "-"]), max_size=6).map(
        "".join
    ),
)


@settings(max_examples=300)
@given(st.lists(ids, min_size=1, max_size=20))
def test_ids_are_what_a_closer_look_says(texts: list[str]) -> None:
    kinds = id_kinds(*block_of(texts), ARCHIVES.split("|"))
    assert kinds.tolist() == _cells.id_kinds(pa.array(texts)).tolist()
    for text, kind in zip(texts, kinds.tolist(), strict=True):
        found = identify(text, "n")
        if kind == _cells.ARXIV:
            assert found.arxiv_id == text
        elif kind == _cells.DOI:
            assert found.doi == text.lower()
        elif kind == _cells.OWN:
            assert found.other_ids == (f"id:n/{text}",)


@settings(max_examples=300)
@given(st.lists(st.text("abN ae.'\\$&{}\"\té<", max_size=9), min_size=1, max_size=20))
def test_plain_text_is_left_as_it_is(texts: list[str]) -> None:
    plain = is_plain(*block_of(texts))
    values = _cells.ArrowCells.of_values(texts)
    assert plain.tolist() == values.is_plain().tolist()
    for text, is_so in zip(texts, plain.tolist(), strict=True):
        if is_so:
            assert as_text(text) == text


names = st.lists(
    st.sampled_from(
        ["Ann", "al", "El-al", "et", "others", "O'Roe", "B.", "de", "é", "", "Al.", "x-"]
    )
    | st.sampled_from(
        ["7", "jr", "Author7", "a_12", "none", "al2", "12b", "III", "unknown1", "3."]
    ),
    max_size=4,
).map(" ".join)


@settings(max_examples=300)
@given(st.lists(names, min_size=1, max_size=20))
def test_names_of_one_are_left_as_they_are(texts: list[str]) -> None:
    for text, is_so in zip(texts, is_name(*block_of(texts)).tolist(), strict=True):
        if is_so:
            person = parse_name(text)
            assert person is not None
            assert [found.name for found in as_people([text])] == [text]
