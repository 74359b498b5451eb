"""What papers say for and against two of their authors being one: scores, and the joining.

A score is a logarithm of odds: what a thing in common is worth is how much more often it is met in
two papers of one author than in those of two, which depends on how rare it is. So a co-author in
common tells more than a common place, a rare place more than a frequent one, and where nothing is
known but the names, how frequent those are decides (after Fellegi and Sunter, 1969; the kinds of
evidence are those of Caron and van Eck, 2014).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.columns import begins_group, folds, sorted_distinct
from graphbuild.identity.names import Names, expected_others, with_syllables

if TYPE_CHECKING:
    from graphbuild.identity.authors import AuthorMentions

__all__ = [
    "FREQUENT",
    "NOTHING_KNOWN",
    "Evidence",
    "PapersOfAuthors",
    "Rows",
    "joined",
    "parameters",
]

Array = np.ndarray[Any, Any]

UNIT = 64
"""Scores are whole numbers of 64ths."""

# Kinds of features, in the order of the kernel's.
_COAUTHORS, _PLACES, _VENUES, _FIELDS, _WORDS, _PAPERS = range(6)
CAPS = (3.5, 4.0, 1.5, 1.0, 3.0, 3.5)
"""What all that two papers have in common of a kind may be worth."""
LACKS = (0.9, 1.0, 0.3, 1.2, 0.3, 0.0)
"""What it costs that both have something of a kind, and nothing in common."""
PRIORS = (0.4, -0.4, 0.8, 0.5, -0.7, -0.75)
"""How names agree: equal, one longer, equal initials, an equal initial, initials, an initial."""
MOST_OTHERS = 1.0
"""Beyond so many others, more of them make no difference: some write more than others do."""
DOUBT = 1.4
"""Logarithm of the odds by which a cluster must prevail to draw others to it."""
MOST_NAMES = 20.0
"""The same of names that initials stand for."""
YEARS_APART = 25
"""Beyond so many years between two papers each further one costs a little."""
FREQUENT = 1.0
"""Beyond so many others expected to bear a name, equal names need evidence."""
_YEARS_OF_ONE = 45
"""Beyond so many years between two papers, equal names are looked at."""
_MANY_NAMES = 1000
"""Names from which on it is told whether their fields say anything."""
LARGEST = 2048
"""Mentions, or groups of them that are surely one author, that are compared with each other."""
_SURE = 2.0
"""What makes one author of mentions of a name where there are too many to compare all."""
_FEW = 4000
"""Pairs that are compared without compiled code."""
_WINDOW = 20
"""Co-authors before and behind an author that count."""


def _nothing() -> None:
    return None


@dataclass(frozen=True, eq=False)
class PapersOfAuthors:
    """What is known of papers, asked for where it is needed; None where nothing is.

    Attributes
    ----------
    years
        int32 by paper, 0 for unknown.
    fields
        Gives papers and codes of categories as two parallel int32 arrays.
    venues
        Gives Arrow strings by paper.
    titles
        Gives the titles of some papers.
    cited
        Gives, for some papers in ascending order, which of them cites (counted among them) and
        which paper is cited, as two parallel arrays.
    """

    years: Array | None = None
    fields: Callable[[], tuple[Array, Array] | None] = _nothing
    venues: Callable[[], pa.Array | None] = _nothing
    titles: Callable[[Array], pa.Array | None] = lambda _: None
    cited: Callable[[Array], tuple[Array, Array] | None] = lambda _: None


NOTHING_KNOWN = PapersOfAuthors()


@dataclass(frozen=True, eq=False)
class _Features:
    """What rows have of one kind: rows and codes in parallel, and what a code is worth."""

    kind: int
    rows: Array
    codes: Array
    weights: Array


class Evidence:
    """What is known of the mentions of authors, made for the mentions that are asked for."""

    def __init__(
        self, mentions: AuthorMentions, node: Array, names: Names, about: PapersOfAuthors
    ) -> None:
        self._mentions, self.node, self.names, self._about = mentions, node, names, about

    @functools.cached_property
    def speaks_against(self) -> Array:
        """Of each name whether its papers have so little in common that it is looked at.

        Those that are one person whatever is found are not. Nor is a name for its fields alone
        where those of most names have nothing in common, which tells nobody apart.
        """
        counts = np.bincount(self.node, minlength=len(self.names))
        several = counts > 1
        apart = self._fields_apart
        infrequent = several & (self.others <= FREQUENT)
        if np.count_nonzero(infrequent) >= _MANY_NAMES and apart[infrequent].mean() > 0.5:
            apart = np.zeros(len(counts), bool)
        against = apart | (self._years_apart > _YEARS_OF_ONE) | (self._times_placed > 1)
        return several & against & ~self._surely_one

    @functools.cached_property
    def _surely_one(self) -> Array:
        """Of each name whether it outweighs all that papers can say against two of its mentions.

        That is of a name that is looked at by itself; identifiers, other names of its group and
        two authors of one paper contradict by more than papers do, and are not weighed here.
        """
        priors, _, lacks = (each.astype(np.int64) for each in parameters())
        others = _units(np.log(np.minimum(self.others, MOST_OTHERS) + 0.05))
        can_lack = np.ones((len(self.names), len(lacks)), bool)
        can_lack[:, _PLACES] = self._times_placed > 1
        against = can_lack @ lacks + _cost_of_years(self._years_apart)
        # A name of initials may stand for more names than are known to be frequent.
        found: Array = (priors[0] - others > against) & ~self.names.start_with_initials
        return found

    @functools.cached_property
    def _years_apart(self) -> Array:
        """Of each name the years between its first paper and its last; 0 where none is known."""
        years = self._about.years
        if years is None:
            return np.zeros(len(self.names), np.int64)
        year = years[self._mentions.papers]
        low = np.full(len(self.names), 1 << 30, np.int32)
        high = np.zeros(len(self.names), np.int32)
        np.minimum.at(low, self.node, np.where(year > 0, year, 1 << 30).astype(np.int32))
        np.maximum.at(high, self.node, year)
        return np.where(high > 0, high.astype(np.int64) - low, 0)

    @functools.cached_property
    def _fields_apart(self) -> Array:
        """Of each name whether no category is related to the categories of all its papers."""
        fields = self._about.fields()
        if fields is None or not len(fields[0]):
            return np.ones(len(self.names), bool)
        papers = self._mentions.papers
        common = np.full(len(self.names), ~np.uint64(0))
        np.bitwise_and.at(
            common, self.node, _related(*fields, int(papers.max(initial=-1)) + 1)[papers]
        )
        found: Array = common == 0
        return found

    @functools.cached_property
    def _times_placed(self) -> Array:
        """Of each name how often an affiliation is known."""
        listed = self._mentions.affiliations
        if listed is None or listed.null_count == len(listed):
            return np.zeros(len(self.names), np.int64)
        has_some = pc.fill_null(pc.list_value_length(listed), 0).to_numpy() > 0
        return np.bincount(self.node[has_some], minlength=len(self.names))

    @property
    def placed(self) -> Array:
        """Of each name whether any affiliation is known."""
        found: Array = self._times_placed > 0
        return found

    def sharing_coauthors(self, group: Array, names: Array) -> Array:
        """Of some names (a mask) those of whose group two names share co-authors."""
        from graphbuild.kernels.authorships import mark_sharing  # noqa: PLC0415 - compiles

        rows = np.flatnonzero(names[self.node]).astype(np.int32)
        place = np.empty(len(group), np.int32)
        place[np.argsort(group, kind="stable")] = np.arange(len(group), dtype=np.int32)
        rows = rows[np.argsort(place[self.node[rows]])]  # by group and name
        of_row = group[self.node[rows]].astype(np.int32)
        bounds = np.append(np.flatnonzero(begins_group(of_row)), len(rows))
        begins, ends = self._bounds
        marked = np.zeros(len(bounds) - 1, np.uint8)
        size = 1 << 12
        run = _compiled_if(mark_sharing, len(rows) > _FEW)
        run(
            bounds, rows, begins[rows], ends[rows], self.node,
            self.names.full.astype(np.int32), _WINDOW, marked,
            *(np.zeros(length, np.int32) for length in (size, size, size, 64, 64)),
        )  # fmt: skip
        shares = np.zeros(len(self.names), bool)
        shares[of_row[bounds[:-1]][marked == 1]] = True
        found: Array = names & shares[group]
        return found

    @functools.cached_property
    def others(self) -> Array:
        """float64: how many others of each name are expected."""
        return expected_others(self.names)

    @functools.cached_property
    def _bounds(self) -> tuple[Array, Array]:
        """Where the authors of each mention's paper begin and end."""
        papers = self._mentions.papers
        begins = np.flatnonzero(begins_group(papers)) if len(papers) else np.empty(0, np.int64)
        lengths = np.diff(np.append(begins, len(papers)))
        ends = (begins + lengths).astype(np.int32)
        return np.repeat(begins.astype(np.int32), lengths), np.repeat(ends, lengths)

    def features(self, rows: Array) -> Iterator[_Features]:
        """What the mentions ``rows`` have, kind by kind."""
        papers = self._mentions.papers[rows]
        distinct, place = np.unique(papers, return_inverse=True)
        yield self._coauthors(rows)
        yield from self._places(rows)
        venues = self._about.venues()
        if venues is not None:
            yield _weighted(_VENUES, *_strings(venues.take(pa.array(papers))), len(rows), 0.3, 1.0)
        fields = self._about.fields()
        if fields is not None:
            yield _weighted(_FIELDS, *_spread(*_of(fields, distinct), place), len(rows), 0.5, 1.0)
        titles = self._about.titles(distinct)
        if titles is not None:
            owner, codes = _words(titles)
            yield _weighted(_WORDS, *_spread(owner, codes, place), len(rows), 0.05, 0.5)
        cited = self._about.cited(distinct)
        yield self._papers(papers, None if cited is None else _spread(*cited, place))

    def _coauthors(self, rows: Array) -> _Features:
        begins, ends = self._bounds
        low, high = (
            np.maximum(begins[rows], rows - _WINDOW),
            np.minimum(ends[rows], rows + _WINDOW + 1),
        )
        row, mention = _ranges(low, high)
        others = mention != rows[row]
        row, mention = row[others], mention[others]
        block = self.names.block
        times = np.bincount(self.node, minlength=len(block))
        counts = np.bincount(block, weights=times)
        papers = np.count_nonzero(begins_group(self._mentions.papers))
        share = counts / max(int(papers), 5000)
        weights = np.clip(np.log(0.05 / np.maximum(share, 1e-9)), 1.0, 4.5)
        return _Features(_COAUTHORS, row, block[self.node[mention]], _units(weights))

    def _places(self, rows: Array) -> Iterator[_Features]:
        if not self._times_placed.any():
            return
        listed = cast("pa.Array", self._mentions.affiliations).take(pa.array(rows))
        owner, codes = _strings(pc.list_flatten(listed), pc.list_parent_indices(listed).to_numpy())
        row, words = _words(pc.list_flatten(listed), pc.list_parent_indices(listed).to_numpy())
        whole = _weighted(_PLACES, owner, codes, len(rows), 0.4, 0.7)
        parts = _weighted(_PLACES, row, words, len(rows), 0.1, 0.4)
        yield _Features(
            _PLACES,
            np.concatenate([whole.rows, parts.rows]),
            np.concatenate([whole.codes, parts.codes + len(whole.weights)]),
            np.concatenate([whole.weights, parts.weights]),
        )

    def _papers(self, papers: Array, cited: tuple[Array, Array] | None) -> _Features:
        row, code = np.arange(len(papers)), papers.astype(np.int64) * 2
        top = int(papers.max(initial=-1)) + 1
        weights = np.zeros(top, np.int32)
        if cited is not None and len(cited[0]):
            top = max(top, int(cited[1].max()) + 1)
            times = np.bincount(cited[1], minlength=top)
            share = times / len(papers)
            weights = _units(np.clip(np.log(0.1 / np.maximum(share, 1e-9)), 0.0, 2.5))
            row = np.concatenate([row, cited[0]])
            code = np.concatenate([code, cited[1].astype(np.int64) * 2 + 1])
        return _Features(_PAPERS, row, code, np.repeat(weights, 2))


def _compiled_if(kernel: Any, worth: bool) -> Callable[..., None]:  # noqa: ANN401
    """A kernel; as plain Python what is done in a moment, which is not worth the compiling."""
    run: Callable[..., None] = kernel if worth else kernel.__wrapped__
    return run


def _related(papers: Array, codes: Array, size: int) -> Array:
    """Of each paper a bit for each frequent category that papers of its categories also have."""
    codes = codes.astype(np.int64)
    count = int(codes.max(initial=-1)) + 1
    times = np.bincount(codes, minlength=count)
    frequent = np.lexsort((np.arange(count), -times))[:63]
    bit = np.full(count, 63, np.int64)
    bit[frequent] = np.arange(len(frequent))
    own = np.zeros(size, np.uint64)
    inside = papers < size
    papers, bits = papers[inside], bit[codes[inside]]
    np.bitwise_or.at(own, papers, np.uint64(1) << bits.astype(np.uint64))
    masks, inverse, counts = np.unique(own, return_inverse=True, return_counts=True)
    has = (masks[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    has = has.astype(np.int64)
    together = (has * counts[:, None]).T @ has
    each = np.diag(together)
    near = together * 100 >= 2 * np.minimum(each[:, None], each[None, :])
    near &= (each[:, None] > 0) & (each[None, :] > 0)
    reach = np.zeros(64, np.uint64)
    for i in range(64):
        reach[i] = np.bitwise_or.reduce(
            np.uint64(1) << np.flatnonzero(near[i]).astype(np.uint64), initial=np.uint64(0)
        )
    related = np.zeros(len(masks), np.uint64)
    for i in range(64):
        related[has[:, i] == 1] |= reach[i]
    related[masks == 0] = ~np.uint64(0)
    found: Array = related[inverse]
    return found


def _ranges(low: Array, high: Array) -> tuple[Array, Array]:
    """All whole numbers from each low to below each high, and which one each comes from."""
    lengths = high - low
    ends = np.cumsum(lengths)
    row = np.repeat(np.arange(len(low)), lengths)
    value = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    return row, value + np.repeat(low, lengths)


def _of(pairs: tuple[Array, Array], papers: Array) -> tuple[Array, Array]:
    """Pairs of the papers in an ascending list, counted in it."""
    place = np.searchsorted(papers, pairs[0])
    found = papers[np.minimum(place, len(papers) - 1)] == pairs[0]
    return place[found], pairs[1][found]


def _spread(owner: Array, codes: Array, place: Array) -> tuple[Array, Array]:
    """What papers have, for each row of theirs."""
    order = np.argsort(owner, kind="stable")
    owner, codes = owner[order], codes[order]
    low, high = np.searchsorted(owner, place), np.searchsorted(owner, place, "right")
    row, at = _ranges(low, high)
    return row, codes[at]


def _strings(values: pa.Array, owner: Array | None = None) -> tuple[Array, Array]:
    """Rows and codes of folded texts."""
    encoded = values.dictionary_encode()
    keys = folds(encoded.dictionary).dictionary_encode()
    keys = pc.if_else(
        pc.equal(keys.cast(pa.string()), ""), None, keys.cast(pa.string())
    ).dictionary_encode()
    valid = np.flatnonzero(encoded.is_valid().to_numpy(zero_copy_only=False))
    of_text = pc.fill_null(keys.indices, -1).to_numpy()
    codes = of_text[encoded.indices.take(pa.array(valid)).to_numpy()]
    row = valid if owner is None else owner[valid]
    return row[codes >= 0], codes[codes >= 0].astype(np.int64)


def _words(values: pa.Array, owner: Array | None = None) -> tuple[Array, Array]:
    """Rows and codes of the words of texts, without the shortest."""
    valid = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
    split = pc.split_pattern(folds(values.take(pa.array(valid))), " ")
    parents = valid[pc.list_parent_indices(split).to_numpy()]
    flat = pc.list_flatten(split).dictionary_encode()
    is_long = pc.greater(pc.utf8_length(flat.dictionary), 2).to_numpy(zero_copy_only=False)
    codes = flat.indices.to_numpy()
    kept = is_long[codes]
    row = parents[kept] if owner is None else owner[parents[kept]]
    return row, codes[kept].astype(np.int64)


def _weighted(
    kind: int, rows: Array, codes: Array, size: int, expected: float, factor: float
) -> _Features:
    """Worth by rarity: how often one author's papers have a thing in common, over any two's."""
    times = np.bincount(codes, minlength=1)
    share = times / max(size, 1)
    weights = factor * np.log(expected / np.maximum(share, 1e-9))
    return _Features(kind, rows, codes, _units(np.clip(weights, 0.0, 4.0)))


def _cost_of_years(apart: Array) -> Array:
    """What it costs at most that papers of two mentions lie years apart, as in the kernel."""
    found: Array = np.clip(10 * (apart - YEARS_APART), 0, 400)
    return found


def parameters() -> tuple[Array, Array, Array]:
    """What names and kinds of features are worth, as the kernel takes it."""
    return _units(np.array(PRIORS)), _units(np.array(CAPS)), _units(np.array(LACKS))


def _units(weights: Array) -> Array:
    found: Array = np.rint(weights * UNIT).astype(np.int32)
    return found


# -- joining -------------------------------------------------------------------------------------


def joined(evidence: Evidence, rows: Array, group: Array, orcid: Array, own: Array) -> Array:
    """Which mentions are one author.

    Parameters
    ----------
    rows
        Mentions by group, in the order of papers within each.
    group
        Of each row its group (ascending): only mentions of one group may be one author.
    orcid, own
        Of each row the code of its ORCID iD, and of a source's own id; -1 for none.

    Returns
    -------
    int64: of each row the first row that is the same author.
    """
    table = Rows.of(evidence, rows, group, orcid, own)
    sizes = np.diff(table.bounds)
    large = np.flatnonzero(sizes > LARGEST)
    if not len(large):
        return table.clustered()
    label = np.empty(len(rows), np.int64)
    small = np.flatnonzero(np.repeat(sizes <= LARGEST, sizes))
    label[small] = small[table.of_rows(small).clustered()]
    for block in large.tolist():
        chosen = np.arange(table.bounds[block], table.bounds[block + 1])
        papers = evidence._mentions.papers[rows[chosen]]
        label[chosen] = chosen[_of_large_block(table.of_rows(chosen), papers)]
    return label


def _of_large_block(table: Rows, papers: Array) -> Array:
    """Join what is sure, then equal names next to each other piece by piece, then all."""
    whole = np.arange(len(table.node))  # of each row of the block the row that stands for it now
    atoms = _atoms(table, papers)
    while True:
        before = len(table.node)
        table, _, row = table.of_atoms(atoms)
        whole = row[whole]
        pieces = len(table.bounds) - 1
        label = table.clustered()
        atoms = np.unique(label, return_inverse=True)[1]
        if pieces == 1 or int(atoms.max()) + 1 > 0.9 * before:
            final = label[whole]
            firsts = np.full(len(table.node), len(final))
            np.minimum.at(firsts, final, np.arange(len(final)))
            found: Array = firsts[final]
            return found


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows, blocks of them, and all that the kernel must know."""

    bounds: Array
    count: Array
    node: Array
    year: Array
    orcid: Array
    own: Array
    indptr: Array
    codes: Array
    has: Array
    weights: Array
    starts: Array
    names: tuple[Array, ...]

    @classmethod
    def of(cls, evidence: Evidence, rows: Array, group: Array, orcid: Array, own: Array) -> Rows:
        nodes, node = np.unique(evidence.node[rows], return_inverse=True)
        years = evidence._about.years
        year = np.zeros(len(rows)) if years is None else years[evidence._mentions.papers[rows]]
        bounds = np.append(np.flatnonzero(begins_group(group)), len(group))
        number = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        indptr, codes, has, weights, starts = _features(evidence, rows, number)
        return cls(
            bounds, np.ones(len(rows), np.int32), node.astype(np.int32), year.astype(np.int32),
            orcid, own, indptr, codes, has, weights, starts, _names(evidence, nodes),
        )  # fmt: skip

    def clustered(self) -> Array:
        """int64: of each row the first row of its cluster."""
        from graphbuild.kernels.authorships import cluster  # noqa: PLC0415 - compiles
        from graphbuild.kernels.beside import BANDS, bands, beside  # noqa: PLC0415 - as above

        sizes = np.diff(self.bounds)
        work = np.concatenate([[0], np.cumsum(sizes * sizes)])
        is_much = int(work[-1]) > _FEW
        run = _compiled_if(cluster, is_much)
        label = np.empty(len(self.node), np.int32)

        def cluster_some(first: int, last: int) -> None:
            largest = int(sizes[first:last].max(initial=0))
            run(
                self.bounds[first : last + 1], self.count, self.node, self.year, self.orcid,
                self.own, self.indptr, self.codes, self.has.ravel(), self.weights, self.starts,
                *self.names, *parameters(),
                round(DOUBT * UNIT), label, np.empty(largest * largest, np.int64),
                np.empty(largest * largest, np.int32), np.empty(largest, np.int64),
                np.empty(largest, np.int32), np.empty(largest, np.int64),
            )  # fmt: skip

        # No block knows of another one.
        beside(cluster_some, bands(work, BANDS if is_much else 1))
        return label.astype(np.int64)

    def of_rows(self, rows: Array) -> Rows:
        """A table of some rows, ascending, whose blocks are whole."""
        block = np.searchsorted(self.bounds, rows, "right")
        row, at = _ranges(self.indptr[rows], self.indptr[rows + 1])
        indptr = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(np.bincount(row, minlength=len(rows)), out=indptr[1:])
        return dataclasses.replace(
            self,
            bounds=np.append(np.flatnonzero(begins_group(block)), len(rows)),
            count=self.count[rows],
            node=self.node[rows],
            year=self.year[rows],
            orcid=self.orcid[rows],
            own=self.own[rows],
            indptr=indptr,
            codes=self.codes[at],
            has=self.has[rows],
        )

    def of_atoms(self, atoms: Array) -> tuple[Rows, Array, Array]:
        """A table whose rows are groups of this one's, the first row of each, and each's group.

        Of what a group's rows have, what a tenth of them have stays, and their papers. Blocks
        of more than ``LARGEST`` are cut, names that are equal next to each other.
        """
        size = int(atoms.max()) + 1
        first = np.full(size, len(atoms), np.int64)
        np.minimum.at(first, atoms, np.arange(len(atoms)))
        block = np.searchsorted(self.bounds, first, "right") - 1
        large = np.bincount(block)[block] > LARGEST
        order = np.lexsort((first, np.where(large, self.node[first], 0), block))
        place = np.empty(size, np.int64)
        place[order] = np.arange(size)
        first, block = first[order], block[order]
        begins = np.flatnonzero(begins_group(block))
        within = np.arange(size) - np.repeat(begins, np.diff(np.append(begins, size)))
        bounds = np.append(np.flatnonzero(begins_group(block, within // LARGEST)), size)
        row = place[atoms]
        pairs, place = np.unique(
            np.repeat(row, np.diff(self.indptr)) << 32 | self.codes, return_inverse=True
        )
        times = np.bincount(place, np.repeat(self.count, np.diff(self.indptr)))
        count = np.bincount(row, self.count, minlength=size)
        is_paper = (pairs & 0xFFFFFFFF) >= self.starts[_PAPERS]
        pairs = pairs[is_paper | (times * 10 >= count[pairs >> 32])]
        indptr = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(pairs >> 32, minlength=size), out=indptr[1:])
        has = np.zeros((size, self.has.shape[1]), np.uint8)
        np.maximum.at(has, row, self.has)
        table = dataclasses.replace(
            self,
            bounds=bounds,
            count=count.astype(np.int32),
            node=self.node[first],
            year=self.year[first],
            orcid=self.orcid[first],
            own=self.own[first],
            indptr=indptr,
            codes=(pairs & 0xFFFFFFFF).astype(np.int32),
            has=has,
        )
        return table, first, row


def _atoms(table: Rows, papers: Array) -> Array:
    """Rows of large blocks that are surely one author, as numbers; all others by themselves.

    Those are rows of one name that share a co-author, or a place, that few have; and all of a name
    that nobody else is expected to bear.
    """
    from graphbuild.kernels.authorships import join_all  # noqa: PLC0415 - compiles

    size = len(table.node)
    row = np.repeat(np.arange(size), np.diff(table.indptr))
    sure = (table.weights[table.codes] >= _SURE * UNIT) & (table.codes < table.starts[_VENUES])
    others = table.names[-2]
    alone = np.flatnonzero(others[table.node] < round(np.log(0.5) * UNIT))
    row = np.concatenate([row[sure], alone])
    code = np.concatenate([table.codes[sure], np.full(len(alone), table.starts[-1])])
    large = np.repeat(np.diff(table.bounds) > LARGEST, np.diff(table.bounds))
    twice = papers.astype(np.int64) << 32 | table.node
    order = np.argsort(twice, kind="stable")
    same = twice[order][1:] == twice[order][:-1]
    large[order[1:][same]] = large[order[:-1][same]] = False
    row, code = row[large[row]], code[large[row]]
    keys = (table.own[row], table.orcid[row], table.node[row], code)
    order = np.lexsort((row, *keys))
    linked = ~begins_group(*(key[order] for key in keys))[1:]
    parent = np.arange(size, dtype=np.int32)
    one, other = row[order][:-1][linked], row[order][1:][linked]
    join_all(one.astype(np.int32), other.astype(np.int32), parent)
    return np.unique(parent, return_inverse=True)[1]


def _features(evidence: Evidence, rows: Array, number: Array) -> tuple[Array, ...]:
    """Features as compressed rows: only those that several rows of a group have."""
    kept_rows, kept_codes, weights, starts = [], [], [], np.zeros(7, np.int32)
    has = np.zeros((len(rows), 6), np.uint8)
    offset = 0
    by_kind = {each.kind: each for each in evidence.features(rows)}
    for kind in range(6):
        starts[kind] = offset
        if kind in by_kind:
            each = by_kind.pop(kind)
            has[each.rows, kind] = 1
            codes = each.codes >> 1 if kind == _PAPERS else each.codes
            shared = _shared(number[each.rows], codes)
            kept_rows.append(each.rows[shared])
            kept_codes.append(each.codes[shared] + offset)
            weights.append(each.weights)
            offset += len(each.weights) + (len(each.weights) & 1)
            weights.append(np.zeros(len(each.weights) & 1, np.int32))
    starts[6] = offset
    row, code = np.concatenate(kept_rows), np.concatenate(kept_codes)
    pairs = sorted_distinct(row.astype(np.int64) << 32 | code)
    indptr = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.bincount(pairs >> 32, minlength=len(rows)), out=indptr[1:])
    return indptr, (pairs & 0xFFFFFFFF).astype(np.int32), has, np.concatenate(weights), starts


def _shared(groups: Array, codes: Array) -> Array:
    """Which entries have the group and the code of another one.

    >>> _shared(np.array([0, 0, 1]), np.array([7, 7, 7])).tolist()
    [True, True, False]
    """
    if len(groups) > _FEW:
        from graphbuild.kernels.authorships import mark_shared  # noqa: PLC0415 - compiles

        groups, codes = groups.astype(np.int32), codes.astype(np.int32)
        is_so = (groups[1:] >= groups[:-1]).all()
        order = slice(None) if is_so else np.argsort(groups, kind="stable")
        size = int(codes.max(initial=-1)) + 1
        seen, first = np.full(size, -1, np.int32), np.empty(size, np.int32)
        marked = np.zeros(len(groups), bool)
        mark_shared(groups[order], codes[order], seen, first, marked.view(np.uint8))
        found = np.empty(len(groups), bool)
        found[order] = marked
        return found
    numbers = groups * (int(codes.max(initial=0)) + 1) + codes
    ascending = np.sort(numbers)
    again = ascending[1:][ascending[1:] == ascending[:-1]]
    if not len(again):
        return np.zeros(len(numbers), bool)
    place = np.minimum(np.searchsorted(again, numbers), len(again) - 1)
    known: Array = again[place] == numbers
    return known


def _names(evidence: Evidence, nodes: Array) -> tuple[Array, ...]:
    names, strict = with_syllables(_some(evidence.names, nodes))
    whole: dict[tuple[int, str], int] = {}
    words = names.words.to_pylist()
    same = [
        whole.setdefault((family, "".join(words[i] for i in names.tokens[a:b])), len(whole))
        for family, a, b in zip(
            names.family.tolist(),
            names.indptr[:-1].tolist(),
            names.indptr[1:].tolist(),
            strict=True,
        )
    ]
    expected = np.maximum(evidence.others[nodes], _alternatives(names))
    others, stands_for = (
        _units(np.log(np.minimum(expected, most) + 0.05)) for most in (MOST_OTHERS, MOST_NAMES)
    )
    return (
        names.indptr, names.tokens.astype(np.int32), names.letters.astype(np.int32),
        names.are_initials, np.array(same, np.int32), strict.astype(np.uint8), others, stands_for,
    )  # fmt: skip


def _alternatives(names: Names) -> Array:
    """float64: how many names that are spelled out each name of initials may stand for, less one.

    Both the first and, where there is one, the second initial count.
    """
    found = np.zeros(len(names))
    letters = np.zeros((2, len(names)), np.int64)
    initial = np.zeros(len(names), bool)
    for place in range(2):
        has = np.flatnonzero(names.lengths > place)
        tokens = names.tokens[names.indptr[has] + place]
        letters[place, has] = names.letters[tokens]
        if place == 0:
            initial[has] = names.are_initials[tokens] == 1
    for by_second in (False, True):
        key = names.blocks * (1 << 0)
        if by_second:
            key = np.unique(names.blocks, return_inverse=True)[1] << 32 | letters[1]
        _, block = np.unique(key, return_inverse=True)
        met = np.bincount(block[~initial], minlength=int(block.max(initial=0)) + 1)[block]
        chosen = initial & ((names.lengths > 1) == by_second)
        found[chosen] = np.maximum(met[chosen] - 1.0, 0.0)
    return found


def _some(names: Names, chosen: Array) -> Names:
    row, at = _ranges(names.indptr[chosen], names.indptr[chosen + 1])
    indptr = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=len(chosen)), out=indptr[1:])
    return Names(names.words, indptr, names.tokens[at], names.family[chosen], names.first[chosen])
