from __future__ import annotations

import importlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphbuild as gb
from graphbuild import analysis
from graphbuild.analysis import (
    authorities,
    citations,
    clusters,
    cocitation,
    hubs,
    likely_duplicates,
    members,
    pagerank,
    ranking,
    review,
)
from graphbuild.analysis.ranking import COLUMNS, remarks, significant
from graphbuild.analysis.uncertain_authors import uncertain_authors
from graphbuild.tables import Tables
from tests.analysis.graphs import graphs, make, to_networkx, values


def test_equal_papers_stand_by_id_and_columns_have_the_tables_types():
    tables = make(4, [], cited_only={2})
    frame = ranking(tables, "score", np.array([1.0, 2.0, 2.0, 0.5]))
    assert frame["id"].tolist() == ["p00001", "p00002", "p00000", "p00003"]
    assert frame["rank"].tolist() == [1, 2, 3, 4]
    assert frame.dtypes.astype(str).to_dict() == {
        "rank": "int64",
        "id": "str",
        "title": "str",
        "year": "Int32",
        "in_corpus": "boolean",
        "score": "float64",
    }


def test_papers_that_are_not_kept_have_no_rank():
    tables = make(3, [], cited_only={0})
    frame = ranking(tables, "score", np.array([3, 2, 1]), np.array([False, True, True]))
    assert frame[["rank", "id"]].values.tolist() == [[1, "p00001"], [2, "p00002"]]


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1))
def test_significant_digits_move_a_value_by_half_a_unit_of_the_twelfth(numbers):
    exact = np.array(numbers)
    rounded = significant(exact)
    assert np.all(np.abs(rounded - exact) <= 5.000001e-12 * exact + 1e-300)
    assert rounded.tolist() == significant(rounded).tolist()


@settings(deadline=None)
@given(
    st.lists(
        st.floats(-1e290, 1e290) | st.sampled_from([0.0, -0.0, -5e-324, 1e-310, 9.9999999999995])
    )
)
def test_both_ways_to_round_give_the_same_bits(numbers):
    importlib.import_module("graphbuild.kernels.rounding")
    exact = np.array(numbers, np.float64)
    plain = significant(exact)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["graphbuild.analysis.ranking"], "COMPILED", 0)
        compiled = significant(exact)
    assert plain.tobytes() == compiled.tobytes()


def test_what_is_read_ahead_is_read_once_and_is_the_same(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "1706.03762", "title": "On graphs", "references": ["1607.06450"]}')
    gb.build(path, out=(folder := tmp_path / "graph"))
    tables, other = gb.open(folder), gb.open(folder)
    tables.ahead("papers", COLUMNS)
    tables.ahead("papers", COLUMNS)
    assert tables.columns("papers", COLUMNS).equals(other.columns("papers", COLUMNS))
    tables.ahead("papers", COLUMNS)
    assert pagerank(tables).equals(pagerank(other))


def test_sums_in_another_order_are_the_same_score():
    assert len(set(significant(np.array([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 0.6])).tolist())) == 1


@settings(deadline=None)
@given(graphs())
def test_citations_are_in_degrees(graph):
    tables = make(*graph)
    assert values(citations(tables), "citations") == dict(to_networkx(tables).in_degree())


def test_citations_in_the_corpus_alone():
    tables = make(3, [(0, 1), (1, 2), (2, 1)], cited_only={2})
    assert values(citations(tables, in_corpus=True), "citations") == {"p00000": 0, "p00001": 1}


def test_a_graph_of_nothing_ranks_nobody():
    frame = citations(make(0, []))
    assert frame.columns.tolist() == ["rank", "id", "title", "year", "in_corpus", "citations"]
    assert frame.empty


def test_importing_analyses_loads_no_heavy_library():
    heavy = {"scipy", "networkx", "igraph", "graspologic_native", "numba", "pyvis"}
    code = "import sys, graphbuild.analysis; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert not heavy & set(loaded.stdout.split())


def test_a_table_of_titles_and_years_comes_along():
    from graphbuild.tables import Tables

    papers = pd.DataFrame({"id": ["a", "b"], "title": ["A title", None], "year": [2001, None]})
    frame = citations(Tables.from_tables(papers=papers.astype({"year": "Int32"})))
    assert frame["title"].iloc[0] == "A title"
    assert frame["year"].tolist() == [2001, pd.NA]


def test_the_top_is_the_head_of_the_whole_and_arrow_says_the_same():
    tables = make(6, [(0, 1), (2, 1), (3, 4), (5, 4), (5, 1)])
    for measure in (pagerank, citations, hubs, authorities):
        whole = measure(tables)
        for top in (0, 2, 6, 100):
            assert measure(tables, top=top).equals(whole.head(top))
        assert measure.arrow(tables).to_pylist() == whole.astype(object).where(
            whole.notna(), None
        ).to_dict("records")


def test_what_is_said_of_a_table_goes_with_it():
    tables = make(4, [(2, 0), (2, 1), (3, 0), (3, 1)])
    assert remarks(cocitation.arrow(tables, min_count=2)) == {"min_count": 2}
    assert remarks(clusters.arrow(tables)) == clusters(tables).attrs == {"min_cocitations": 1}
    assert remarks(clusters.arrow(tables, of="citation")) == {"min_cocitations": None}


EVERY = {
    "authorities": authorities,
    "citations": citations,
    "clusters": clusters,
    "cocitation": cocitation,
    "hubs": hubs,
    "likely_duplicates": likely_duplicates,
    "members": members,
    "pagerank": pagerank,
    "review": review,
    "uncertain_authors": uncertain_authors,
}


@pytest.mark.parametrize("name", EVERY)
def test_who_writes_into_an_answer_changes_no_other(name):
    tables = Tables.from_tables(
        papers=pd.DataFrame({"id": list("abcdefgh"), "title": ["On graphs"] * 8}),
        citations=pd.DataFrame({"citing": list("cccdddeeef"), "cited": list("abhabhabha")}),
        authors=pd.DataFrame(
            {"id": ["J. Smith", "John Smith"], "name": ["J. Smith", "John Smith"]}
        ),
        authorships=pd.DataFrame(
            {"author": ["J. Smith", "John Smith"] * 4, "paper": list("abcdefgh")}
        ),
    )
    answer = EVERY[name]
    before, written = answer(tables), answer(tables)
    for column in written.select_dtypes(["int64", "float64"]):
        written.loc[:, column] = -7
        assert (written[column] == -7).all()
    pd.testing.assert_frame_equal(answer(tables), before)


def test_every_analysis_is_in_the_list_of_all():
    named = {name for name in analysis.__all__ if hasattr(getattr(analysis, name), "arrow")}
    assert named | {"uncertain_authors"} == {*EVERY, "ranking"}
