"""Parts of a pass that run side by side: kernels need no interpreter while they run."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from graphbuild.kernels.compiling import Int64s

__all__ = ["BANDS", "bands", "beside"]

BANDS = min(os.cpu_count() or 1, 4)
"""Passes are made in at most so many parts; the result is the same however many."""

Result = TypeVar("Result")


def beside(function: Callable[..., Result], jobs: Iterable[tuple[Any, ...]]) -> list[Result]:
    """Give the function's results for each job's arguments, in the order of jobs.

    >>> beside(pow, [(2, 3), (3, 2)])
    [8, 9]
    """
    several = list(jobs)
    if len(several) == 1:
        return [function(*several[0])]
    with ThreadPoolExecutor(len(several)) as pool:
        return [job.result() for job in [pool.submit(function, *job) for job in several]]


def bands(before: Int64s, many: int) -> list[tuple[int, int]]:
    """Ranges of rows, one after the other, with about the same work each.

    ``before`` (rows + 1) is the work before each row, and in the end that of all.

    >>> bands(np.array([0, 1, 2, 3, 9]), 2)
    [(0, 4), (4, 4)]
    >>> bands(np.array([0, 4, 5, 9]), 2)
    [(0, 1), (1, 3)]
    """
    shares = np.arange(1, many) * int(before[-1]) // many
    firsts = np.minimum(np.searchsorted(before, shares), len(before) - 1)
    return list(itertools.pairwise([0, *firsts.tolist(), len(before) - 1]))
