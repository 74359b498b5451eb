"""What travels in the page, read again by a second reader written from its description."""

from __future__ import annotations

import base64
import gzip
import json
import re
import struct

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from graphbuild import view
from graphbuild.view.drawing import prepare
from graphbuild.view.payload import Payload, deltas, falling, first_uses, varints

from .graphs import topics


def unpacked(packed: str) -> tuple[dict, dict[str, bytes]]:
    content = gzip.decompress(base64.b64decode(packed))
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    at, sections = 4 + length, {}
    for name, _, size in header["sections"]:
        sections[name] = content[at : at + size]
        at += size
    assert at == len(content)
    return header, sections


def numbers(content: bytes) -> list[int]:
    values, value, shift = [], 0, 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            value = shift = 0
    return values


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_whole_numbers_come_back(values):
    assert numbers(varints(np.array(values, np.int64))) == values


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_texts_come_back_but_for_nul(texts):
    payload = Payload()
    payload.text("texts", pa.array(texts, pa.string()))
    _, sections = unpacked(payload.packed())
    ended = sections["texts"].decode().split("\0")
    assert ended.pop() == ""
    assert ended == [text.replace("\0", "\ufffd") for text in texts]


@given(st.lists(st.lists(st.integers(0, 1000), unique=True).map(sorted)))
def test_ascending_lists_come_back(lists):
    lengths = np.array([len(one) for one in lists], np.int64)
    flat = np.array([value for one in lists for value in one], np.int64)
    steps = deltas(np.cumsum(lengths) - lengths, flat).tolist()
    assert all(step >= 0 for step in steps)
    again = []
    for length in lengths.tolist():
        again.append(np.cumsum(steps[:length]).tolist())
        del steps[:length]
    assert again == lists


@given(st.lists(st.floats(2**-30, 1, width=32)))
def test_falling_numbers_come_back(values):
    values = np.array(sorted(values, reverse=True), np.float32)
    steps = falling(values)
    assert (steps >= 0).all()
    bits = [0]
    for step in steps.tolist():
        bits.append(step if len(bits) == 1 else bits[-1] - step)
    assert np.array(bits[1:], "<u4").view("<f4").tolist() == values.tolist()


@given(st.lists(st.integers(0, 6)))
def test_entries_in_order_of_first_use_come_back(values):
    order = list(dict.fromkeys(values))
    entries = [order.index(value) for value in values]
    following, again = 0, []
    for back in first_uses(np.array(entries, np.int64)).tolist():
        again.append(following if back == 0 else following - back)
        following += back == 0
    assert again == entries


def test_a_page_holds_the_drawing():
    tables = topics()
    drawing = prepare(tables)
    html = view.page(tables)
    packed = re.search(r'<script id="data" type="text/plain">([\w+/=]*)</script>', html)[1]
    header, sections = unpacked(packed)
    assert header["drawn"] == 60
    assert header["edges"] == len(tables.citations)
    assert sections["id"].decode().split("\0")[:-1] == drawing.ids.to_pylist()
    degree, ends = numbers(sections["degree"]), numbers(sections["end"])
    pairs, at = set(), 0
    for citing, count in enumerate(degree):
        for cited in np.cumsum(ends[at : at + count]).tolist():
            pairs.add((citing, cited))
        at += count
    assert pairs == {tuple(pair) for pair in drawing.edges.tolist()}
    left, top, step = header["places"]["map"]
    x, y = (np.frombuffer(sections[name], "<u2") for name in ("mapX", "mapY"))
    again = np.column_stack([left + x * step, top + y * step])
    assert np.abs(again - drawing.places).max() <= 0.11


def test_a_paper_takes_less_than_200_bytes_and_the_shell_less_than_250_kilobytes():
    html = view.page(topics(3000, 12), evidence=False)
    packed = re.search(r'<script id="data" type="text/plain">([\w+/=]*)</script>', html)[1]
    assert len(packed) / 3000 < 200
    assert len(html) - len(packed) < 250_000
