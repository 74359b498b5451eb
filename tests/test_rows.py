"""Tabular files as rows, held against the standard library's readers."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import time
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphbuild import rows as module
from graphbuild.errors import InputError
from graphbuild.inputs import Input
from graphbuild.model import Rejected
from graphbuild.rows import Row, column_names, layout, rows


@pytest.fixture
def file(tmp_path: Path):
    def write(content: str | bytes, name: str = "rows.txt") -> Input:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Input(path, name)

    return write


def good(entries) -> list[tuple[int, dict]]:
    return [(entry.line, entry.values) for entry in entries if isinstance(entry, Row)]


def bad(entries) -> list[tuple[int, str]]:
    return [(entry.origin.line, entry.reason) for entry in entries if isinstance(entry, Rejected)]


quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
json_objects = st.dictionaries(st.sampled_from(["id", "title", "n", '"{']), json_values, min_size=1)


# -- JSON Lines


def test_json_lines_skip_blank_lines_and_keep_their_numbers(file) -> None:
    given_file = file('\n{"a": 1}\n\n   \n{"a": {"b": [2]}}\n')
    assert good(rows(given_file)) == [(2, {"a": 1}), (5, {"a": {"b": [2]}})]


def test_a_broken_json_line_is_rejected_among_its_neighbours(file) -> None:
    given_file = file('{"a": 1}\n{"a": \n[1]\n"a"\nnull\n{"a": 2}')
    assert good(rows(given_file)) == [(1, {"a": 1}), (6, {"a": 2})]
    assert bad(rows(given_file)) == [
        (2, "is not valid JSON: Expecting value at character 7"),
        (3, "is JSON, but no object with fields"),
        (4, "is JSON, but no object with fields"),
        (5, "is JSON, but no object with fields"),
    ]
    assert next(e.raw for e in rows(given_file) if isinstance(e, Rejected)) == '{"a": '


def test_a_broken_first_line_does_not_hide_json_lines(file) -> None:
    given_file = file('{"a": \n{"a": 1}\n{"a": 2, "b": 3}\n')
    assert column_names(given_file) == ("a", "b")
    assert [line for line, _ in good(rows(given_file))] == [2, 3]
    given_file = file('oops\n{"a": 1}\n{"a": 2}\n')
    assert bad(rows(given_file))[0][0] == 1
    assert len(good(rows(given_file))) == 2


def test_nan_and_half_characters_as_python_writes_them(file) -> None:
    written = json.dumps({"a": math.nan, "b": [math.inf, -math.inf], "c": "x\ud83dy"})
    assert good(rows(file(written))) == [(1, {"a": None, "b": [None, None], "c": "x\ufffdy"})]


def test_json_nested_too_deep_is_rejected(file) -> None:
    deep = "[" * 200_000 + "]" * 200_000
    assert bad(rows(file(f'{{"a": {deep}}}\n{{"a": 1}}\n'))) == [
        (1, "is not valid JSON: nested too deep")
    ]


def test_a_line_in_windows_1252_is_read(file) -> None:
    assert good(rows(file(b'{"a": "caf\xe9"}\n{"a": "caf\xc3\xa9"}\n'))) == [
        (1, {"a": "café"}),
        (2, {"a": "café"}),
    ]


@quick
@given(objects=st.lists(json_objects, min_size=1, max_size=6), ascii_only=st.booleans())
def test_json_lines_agree_with_json(objects, ascii_only, file) -> None:
    text = "\n".join(json.dumps(o, ensure_ascii=ascii_only) for o in objects)
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return
    unwrapped = [o["row"] if isinstance(o.get("row"), dict) else o for o in objects]
    assert good(rows(file(text))) == list(enumerate(unwrapped, 1))


# -- JSON arrays


@quick
@given(
    objects=st.lists(json_objects, max_size=6),
    indent=st.sampled_from([None, 0, 2]),
    block=st.integers(1, 40),
)
def test_json_arrays_agree_with_json_however_they_are_cut(objects, indent, block, monkeypatch):
    content = json.dumps(objects, indent=indent).encode()
    monkeypatch.setattr(module, "_BLOCK", 1)
    blocks = (content[i : i + block] for i in range(0, len(content), block))
    reader = module._ElementReader(blocks)
    found = list(reader.elements(0 if not content.startswith(b"[") else 1))
    assert [json.loads(element.text) for element in found] == objects
    assert all(not element.fault for element in found)
    assert reader.fault_at_end() == ""


def test_an_invalid_element_costs_no_other(file) -> None:
    content = (
        '[{"a": 1}, {"a": }, 7, "x, {", null, [1, {"a": 9}], {"a": "]}\\""}, nonsense, {"a": 3}]'
    )
    given_file = file(content)
    assert good(rows(given_file)) == [(1, {"a": 1}), (7, {"a": ']}"'}), (9, {"a": 3})]
    assert [line for line, _ in bad(rows(given_file))] == [2, 3, 4, 5, 6, 8]


@pytest.mark.parametrize("indent", [None, 0, 1, 4], ids=str)
@pytest.mark.parametrize(
    "damage",
    [
        ('"title": "Two"', '"title": "Two'),  # a quote that never closes
        ('"title": "Two"', '"title": Two"'),
        ('"refs": [', '"refs": '),  # a bracket without its partner
        ('"title": "Two"', '"title": }'),
        ('"title": "Two"', '"title": {'),
    ],
    ids=["open-quote", "stray-quote", "lost-bracket", "early-end", "open-brace"],
)
@pytest.mark.parametrize("position", [0, 1, 3])
def test_an_element_with_unbalanced_brackets_costs_no_other(file, indent, damage, position) -> None:
    papers = [
        {"id": i, "title": "Two", "refs": [{"id": 90 + i}, {"id": 95, "title": "Ref"}], "year": 7}
        for i in range(4)
    ]
    separators = (",", ": ")
    texts = [json.dumps(paper, indent=indent, separators=separators) for paper in papers]
    assert damage[0] in texts[position]
    texts[position] = texts[position].replace(*damage, 1)
    joint = "," if indent is None else ",\n"
    begin, end = ("[", "]") if indent is None else ("[\n", "\n]")
    entries = list(rows(file(begin + joint.join(texts) + end)))
    wanted = [paper for i, paper in enumerate(papers) if i != position]
    assert [values for _, values in good(entries)] == wanted
    assert len(bad(entries)) >= 1


def test_the_parts_of_a_broken_element_are_no_rows(file) -> None:
    content = '[{"id": 1, "x": , "refs": [{"id": 2}, {"id": 3}]}, {"id": 4, "x": 1, "refs": []}]'
    entries = list(rows(file(content)))
    assert [values["id"] for _, values in good(entries)] == [4]
    assert len(bad(entries)) == 1


def test_a_cut_array_says_so(file) -> None:
    assert bad(rows(file('[{"a": 1}, {"a": 2'))) == [
        (2, "is not valid JSON: its brackets or quotes do not match"),
        (3, "the array ends without its closing bracket; the file may be cut off"),
    ]
    assert bad(rows(file('[{"a": 1}, {"a": 2}'))) == [
        (3, "the array ends without its closing bracket; the file may be cut off")
    ]
    assert bad(rows(file('[{"a": 1}]\n[{"a": 2}]'))) == [
        (2, "there is more text behind the end of the array")
    ]


def test_rows_inside_of_a_viewers_answer(file) -> None:
    answer = {
        "features": [{"feature_idx": 0, "name": "id"}],
        "rows": [{"row_idx": 0, "row": {"id": "x", "title": "y"}, "truncated_cells": []}],
        "num_rows_total": 1,
    }
    for indent in (None, 2):
        given_file = file(json.dumps(answer, indent=indent))
        assert column_names(given_file) == ("id", "title")
        assert next(iter(rows(given_file))).values == {"id": "x", "title": "y"}
        assert bad(rows(given_file)) == []


def test_objects_over_several_lines_are_read_one_after_the_other(file) -> None:
    papers = [{"id": 1, "title": "One"}, {"id": 2, "title": "Two"}]
    given_file = file("\n".join(json.dumps(paper, indent=2) for paper in papers))
    assert column_names(given_file) == ("id", "title")
    assert good(rows(given_file)) == [(1, papers[0]), (2, papers[1])]


def test_names_are_told_from_an_element_that_is_longer_than_the_head(file) -> None:
    paper = {"id": "1", "content": "x" * 400_000, "title": "behind"}
    for content in (json.dumps([paper]), json.dumps(paper), json.dumps([{"row": paper}])):
        given_file = file(content)
        assert column_names(given_file)[:2] == ("id", "content")
        assert good(rows(given_file)) == [(1, paper)]


def test_an_array_on_one_line_is_read_in_bounded_memory(file) -> None:
    element = json.dumps({"id": "1706.03762", "title": "x" * 1000, "refs": ["a"] * 50})
    given_file = file("[" + ",".join([element] * 12_000) + "]")  # 15 MB
    tracemalloc.start()
    count = sum(isinstance(row, Row) for row in rows(given_file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 12_000
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "content",
    [
        "[" + '{"a": "' * 60_000,
        "[" + "{" * 1_000_000,
        "[{" + '"a": 1, ' * 120_000,
        '[{"a": 1}, {"a": ' + "1, {" * 250_000,
        '[{"a": 1}' + ', {"a": "' * 100_000,
        "[" + "1," * 400_000,
        '{"a": "' + "\\" * 900_000,
        'a,b\n"' + '"x,\n' * 150_000,
        "a,b\n" + '"x\n' * 200_000,
        "#" * 1_000_000,
        " , " * 300_000,
    ],
    ids=map(str, range(11)),
)
def test_hostile_text_is_read_in_linear_time(file, content) -> None:
    given_file = file(content)
    begin = time.process_time()
    if layout(given_file) is not None:
        for _ in rows(given_file):
            pass
    assert time.process_time() - begin < 10


# -- tables


@quick
@given(
    cells=st.lists(
        st.lists(
            st.text(st.sampled_from('ab1 ,;"\n\tü'), min_size=1, max_size=8).filter(str.strip),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_csv_agrees_with_the_standard_library(cells, file) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["id", "title", "note"])
    writer.writerows(cells)
    entries = list(module._table_rows(file(buffer.getvalue()), COMMAS))
    assert [list(values.values()) for _, values in good(entries)] == cells
    assert bad(entries) == []
    # The line of a row is where the line ends before it in the file say.
    line = 2
    for row, (number, _) in zip(cells, good(entries), strict=True):
        assert number == line
        line += 1 + sum(cell.count("\n") for cell in row)


COMMAS = module.Layout("table", ("id", "title", "note"), True, ",")


@pytest.mark.parametrize("delimiter", list(",\t;|%^~"))
def test_delimiters_are_told_from_the_content(file, delimiter) -> None:
    table = [["id", "title", "authors"], ["1", "A, b; c", "Lee, Ann"], ["2", "D", "Roe, Bo"]]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows(table)
    given_file = file(buffer.getvalue())
    assert column_names(given_file) == ("id", "title", "authors")
    assert [list(values.values()) for _, values in good(rows(given_file))] == table[1:]


def test_a_quote_that_never_closes_costs_its_own_row(file) -> None:
    given_file = file('id,title\n1,"One"\n2,"Two\n3,"Three"\n4,"Fo\nur"\n5,Five\n6,"Six\n7,Seven\n')
    assert good(rows(given_file)) == [
        (2, {"id": "1", "title": "One"}),
        (4, {"id": "3", "title": "Three"}),
        (5, {"id": "4", "title": "Fo\nur"}),
        (7, {"id": "5", "title": "Five"}),
        (9, {"id": "7", "title": "Seven"}),
    ]
    assert bad(rows(given_file)) == [
        (3, "has text behind a closing quotation mark"),
        (8, "has a quotation mark that is never closed"),
    ]


def test_rows_with_too_few_or_too_many_cells_are_rejected(file) -> None:
    given_file = file("id,title,year\n1,One,1999\n2,Two\n3,Three,2001,x\n4,Four,2002,,\n")
    assert [line for line, _ in good(rows(given_file))] == [2, 5]
    assert bad(rows(given_file)) == [
        (3, "has 2 cells where there should be 3"),
        (4, "has 4 cells where there should be 3"),
    ]


def test_backslashes_may_escape_quotes_and_tabs_need_none(file) -> None:
    assert good(rows(file('id,title\n1,"He said \\"no, no\\" then"\n')))[0][1] == {
        "id": "1",
        "title": 'He said "no, no" then',
    }
    given_file = file('id\ttitle\n1\t"Quoted" at first\n2\t"Unclosed\n3\tthe 5" disk\n')
    assert [values["title"] for _, values in good(rows(given_file))] == [
        '"Quoted" at first',
        '"Unclosed',
        'the 5" disk',
    ]


def test_a_header_is_told_from_data(file) -> None:
    assert layout(file("35\t1033\n35\t103482\n")).columns == ("1", "2")
    assert layout(file("# a\tb\n1\t2\n")).columns == ("a", "b")
    assert layout(file("1706.03762,1409.0473\n1706.03762,1512.00567\n")).has_header is False
    assert layout(file("10.1000/a,10.1000/b\n10.1000/a,10.1000/c\n")).has_header is False
    assert layout(file(",id,title\n0,a,b\n")).columns == ("", "id", "title")
    assert good(rows(file("a b\n1 2\n3   4\n"), header=False)) == [
        (1, {"1": "a", "2": "b"}),
        (2, {"1": "1", "2": "2"}),
        (3, {"1": "3", "2": "4"}),
    ]


def test_lone_carriage_returns_and_form_feeds_stay_in_their_cells(file) -> None:
    given_file = file('id,title\n1,"a\x0cb\u2028c"\n2,d\x0be\n')
    assert [values["title"] for _, values in good(rows(given_file))] == ["a\x0cb\u2028c", "d\x0be"]


# -- Parquet


def test_parquet_rows_are_numbered_and_typed(file, tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1706.0376, None]),
            "refs": pa.array([[{"id": "a"}], None]),
            "day": pa.array([datetime.date(2017, 6, 12), None]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet.gzip")
    given_file = Input(tmp_path / "a.parquet.gzip", "a")
    assert column_names(given_file) == ("id", "refs", "day")
    first, second = rows(given_file)
    assert (first.line, second.line) == (1, 2)
    assert first.values == {
        "id": 1706.0376,
        "refs": [{"id": "a"}],
        "day": datetime.date(2017, 6, 12),
    }
    assert set(second.values.values()) == {None}
    assert json.loads(first.raw)["day"] == "2017-06-12"


def test_a_value_that_python_cannot_hold_costs_its_row(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2, 3], "day": pa.array([0, 2**62, 1], pa.timestamp("us"))})
    pq.write_table(table, tmp_path / "a.parquet")
    entries = list(rows(Input(tmp_path / "a.parquet", "a")))
    assert [line for line, _ in good(entries)] == [1, 3]
    assert [line for line, _ in bad(entries)] == [2]


def test_a_damaged_parquet_file_is_a_fault_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": list(range(5000))}), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="Parquet file is truncated or damaged"):
        list(rows(Input(path, "a")))


# -- what is no table


@pytest.mark.parametrize("content", ["", "word\n", "Some prose, with a comma.\nAnd more of it.\n"])
def test_what_is_no_table_is_told(file, content) -> None:
    given_file = file(content)
    assert column_names(given_file) == ()
    with pytest.raises(InputError, match="neither JSON Lines, a JSON array, CSV, TSV nor Parquet"):
        rows(given_file)
