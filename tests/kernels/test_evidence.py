"""The strongest reference of each citation, held against sorting by all that decides; columns."""

from __future__ import annotations

import numpy as np
import pytest

from graphbuild.assembly.chosen import Dates
from graphbuild.kernels.evidence import strongest, write_down


@pytest.mark.parametrize("longest", [0, 1, 31, 33, 64, 65, 500])
@pytest.mark.parametrize("papers", [1, 5, 10_000, 2**31 - 1])
@pytest.mark.parametrize("differing", [1, 3])
def test_the_least_reference_of_every_pair(longest: int, papers: int, differing: int) -> None:
    random = np.random.default_rng(longest * papers + differing)
    lengths = random.integers(0, longest + 1, 50)
    many = int(lengths.sum())
    citing = np.repeat(np.arange(50, dtype=np.int32) * 3, lengths)
    cited = random.integers(0, papers, many).astype(np.int32)
    basis = random.integers(0, differing, many).astype(np.uint8)
    line = random.integers(0, differing, many)
    record = random.integers(0, 9, many).astype(np.int32)
    word = random.integers(0, 7, many).astype(np.int32)
    file = random.integers(0, differing, 9).astype(np.int32)
    text = random.integers(0, differing, 7).astype(np.int32)
    order = np.lexsort((record, text[word], line, file[record], basis, cited, citing)).tolist()
    expected: dict[tuple[int, int], int] = {}
    for place in order:
        expected.setdefault((int(citing[place]), int(cited[place])), place)
    found = strongest(citing, cited, basis, line, record, word, file, text)
    assert found.tolist() == list(expected.values())


def written_down(chosen, references, about):
    """What the kernel writes of the chosen references, by the names of the columns."""
    names = ("citing", "cited", "basis", "line", "record", "word", "file", "text", "is_later")
    types = dict.fromkeys(names, np.int32)
    types |= {"basis": np.uint8, "line": np.int64, "is_later": np.uint8}
    room = {name: np.empty(len(chosen), types[name]) for name in names}
    write_down(chosen, *references, *about, *room.values())
    return room


def test_what_is_told_of_the_chosen_references_is_written_down() -> None:
    random = np.random.default_rng(0)
    citing, cited, record, word = (random.integers(0, 9, 50).astype(np.int32) for _ in range(4))
    basis, line = random.integers(0, 3, 50).astype(np.uint8), random.integers(0, 10**10, 50)
    file, text = (random.integers(0, 99, 9).astype(np.int32) for _ in range(2))
    nothing = np.zeros(9, np.int32)
    chosen = random.permutation(50)[:20].astype(np.int32)
    references = citing, cited, basis, line, record, word
    found = written_down(chosen, references, (file, text, nothing, nothing, 0, 365))
    told = dict(
        zip(("citing", "cited", "basis", "line", "record", "word"), references, strict=True)
    )
    told |= {"file": file[record], "text": text[word], "is_later": np.zeros(50)}
    assert {name: column.tolist() for name, column in found.items()} == {
        name: column[chosen].tolist() for name, column in told.items()
    }


def test_dates_are_compared_by_days_and_else_by_years() -> None:
    unknown = -(2**31)
    days = np.array([400, 0, 365, unknown, unknown, unknown], np.int32)
    years = np.array([1971, 1970, 1970, 1973, 1971, 0], np.int32)
    cited, citing = (part.ravel().astype(np.int32) for part in np.indices((6, 6)))
    nothing = np.zeros(36, np.int32)
    references = citing, cited, nothing.astype(np.uint8), nothing.astype(np.int64), nothing, nothing
    about = nothing[:1], nothing[:1], days, years, unknown, 365
    later = written_down(np.arange(36, dtype=np.int32), references, about)["is_later"] == 1
    pairs = zip(cited[later].tolist(), citing[later].tolist(), strict=True)
    # 400 days after the first, 365 are not enough; 1973 comes two years after 1971 and 1970.
    assert list(pairs) == [(0, 1), (3, 0), (3, 1), (3, 2), (3, 4)]
    by_hand = Dates(days, years).is_later(cited, citing)
    assert by_hand.tolist() == later.tolist()
