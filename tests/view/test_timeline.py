"""Where papers stand on a timeline."""

from __future__ import annotations

import datetime
import itertools

import numpy as np
import pyarrow as pa
import pytest

from graphbuild.view import timeline


def moments(ids, years, published):
    return timeline.moments(
        pa.chunked_array([ids], pa.string()),
        np.array(years, np.int32),
        pa.chunked_array([published], pa.date32()),
    ).tolist()


def test_the_time_is_as_exact_as_it_is_known():
    found = moments(
        [
            "doi:10.1/a",
            "arxiv:1706.03762",
            "arxiv:hep-th/9901001",
            "arxiv:1706.03762",
            "arxiv:0713.1",
        ],
        [2017, 2017, 1999, 2018, 2007],
        [datetime.date(2017, 7, 1), None, None, None, None],
    )
    assert found == pytest.approx(
        [2017 + 181.5 / 366, 2017 + 5.5 / 12, 1999 + 0.5 / 12, 2018.5, 2007.5]
    )
    assert np.isnan(moments(["a"], [0], [None])[0])


def test_years_run_to_the_right_and_lanes_keep_apart():
    random = np.random.default_rng(0)
    times = 1990 + random.integers(0, 20, 3000) + 0.5
    groups = random.integers(1, 6, 3000)
    places = timeline.positions(times, groups, 26.0)
    axis = timeline.axis(times, 26.0)
    middle = (axis.first + axis.last) / 2
    years = places[:, 0] / axis.per_year + middle
    assert (np.floor(years) == np.floor(times)).all()
    spans = sorted(
        (places[groups == g, 1].min(), places[groups == g, 1].max()) for g in range(1, 6)
    )
    assert all(low < high < next_low for (low, high), (next_low, _) in itertools.pairwise(spans))
    # Nobody stands upon another.
    assert len(np.unique(places, axis=0)) > 2990


def test_lanes_follow_each_other_by_time_and_the_shared_one_is_last():
    times = np.repeat([2000.5, 1990.5, 1980.5], 50)
    groups = np.repeat([1, 2, 0], 50)
    y = timeline.positions(times, groups, 26.0)[:, 1].reshape(3, 50).mean(axis=1)
    assert y[1] < y[0] < y[2]


def test_a_lane_is_thicker_where_it_has_more_papers():
    times = np.concatenate([np.full(20, 2000.5), np.full(400, 2010.5)])
    y = timeline.positions(times, np.ones(420, np.int64), 26.0)[:, 1]
    assert np.ptp(y[20:]) > 2.5 * np.ptp(y[:20])


def test_papers_of_unknown_year_stand_to_the_left():
    times = np.array([2000.5, 2001.5, np.nan, np.nan])
    places = timeline.positions(times, np.array([1, 1, 1, 0]), 26.0)
    assert places[2:, 0].max() < places[:2, 0].min()
    assert timeline.positions(np.array([np.nan]), np.array([0]), 26.0).shape == (1, 2)
    assert timeline.positions(np.array([]), np.array([], np.int64), 26.0).shape == (0, 2)
