"""What a person found out by hand, applied: which mentions do the words of a correction name?

Papers and authors are called what they are called in the graph that the same inputs give without
corrections. A paper is also called by any identifier or title that a mention has, or by the place
of a record; an author by a name on a paper's list.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild import lookup
from graphbuild.assembly.chosen import Chosen, Told, renamed
from graphbuild.columns import Array
from graphbuild.corrections import Correction, Corrections, author_at
from graphbuild.errors import CorrectionsError
from graphbuild.identity import (
    AuthorMentions,
    PaperMentions,
    PapersOfAuthors,
    Resolution,
    resolve_authors,
    resolve_papers,
)

__all__ = ["Applied", "CorrectedAuthors", "CorrectedPapers"]


_BOTH = "one mention in the inputs is called both"


@dataclass(eq=False)
class Applied:
    """What became of corrections; complete once all tables are made."""

    corrections: Corrections
    _passed_over: dict[int, str] = field(default_factory=dict)

    def pass_over(self, row: Correction, reason: str) -> None:
        """Note that a correction was not applied, and why."""
        self._passed_over.setdefault(row.line, reason)

    def kept(self) -> dict[str, pa.Table]:
        """What is kept to be applied again when more is added to a graph."""
        return {"corrections": self.corrections.table()} if self.corrections.name else {}

    def told(self) -> dict[str, object]:
        """What a manifest says: how many rows there are, how many of them were applied.

        And why the others were not; lines are those of the file of corrections.
        """
        if not self.corrections.name:
            return {}
        rows, passed_over = len(self.corrections.rows), sorted(self._passed_over.items())
        told = {
            "rows": rows,
            "applied": rows - len(passed_over),
            "passed_over": [{"line": line, "reason": reason} for line, reason in passed_over],
        }
        return {"corrections": told}


class _Unnamed(Exception):
    """Words that name nothing here, or several things; the message says which."""


@dataclass(frozen=True, eq=False)
class _Named:
    """A correction, and a mention of each of the two things that it is about."""

    row: Correction
    one: int
    other: int


def _check(corrections: Corrections, named: Sequence[_Named], of_mention: Array) -> None:
    """See that corrections do not contradict each other, now that it is known what they name."""
    ends = [(int(of_mention[each.one]), int(of_mention[each.other])) for each in named]
    rows = tuple(each.row for each in named)
    faults = dataclasses.replace(corrections, rows=rows).conflicts(ends)
    if faults:
        raise CorrectionsError(faults)


def _pairs(pairs: Sequence[tuple[int, int]]) -> Array:
    return np.array(pairs, np.int32).reshape(-1, 2)


# -- papers --------------------------------------------------------------------------------------


class CorrectedPapers:
    """Papers as identity decides and a person corrects.

    Parameters
    ----------
    told, mentions
        What inputs say, and the same as identity wants it.
    files
        Gives the names of all files, and of each record the position of its file among them.
    line
        Of each mention the line on which it begins.
    """

    def __init__(
        self,
        told: Told,
        mentions: PaperMentions,
        applied: Applied,
        files: Callable[[], tuple[pa.Array, Array]],
        line: Array,
    ) -> None:
        self._told, self._mentions, self._applied = told, mentions, applied
        self._files, self._line = files, line
        # Identifiers that bare references alone carry, each with a mention that is made up for it.
        self._made_up: dict[int, int] = {}
        self._renamed: list[_Named] = []

    def resolve(self) -> Resolution:
        """Decide which mentions are one paper, as ``identity.resolve_papers``.

        Raises
        ------
        CorrectionsError
            When corrections contradict each other, now that it is known what they name.
        """
        rows = self._applied.corrections.of("paper")
        if not rows:
            return resolve_papers(self._mentions)
        named, within = self._all_named(rows)
        pairs = {
            decision: [(each.one, each.other) for each in named if each.row.decision == decision]
            for decision in ("same", "different")
        }
        whole, different = self._with_made_up(), _pairs(pairs["different"])
        found = resolve_papers(whole, _pairs(within + pairs["same"]), different)
        if len(found.unmet):
            # What is joined even where no correction joins anything is joined by the inputs.
            unmet = resolve_papers(whole, _pairs(within), different).unmet
            apart = [each for each in named if each.row.decision == "different"]
            for row in (apart[place].row for place in unmet.tolist()):
                self._applied.pass_over(row, "identifiers in the inputs join the two")
                named = [each for each in named if each.row is not row]
        _check(self._applied.corrections, named, found.of_mention)
        self._renamed = [each for each in named if each.row.decision == "rename"]
        count = len(self._mentions)
        return dataclasses.replace(
            found, of_mention=found.of_mention[:count], rules=found.rules[:count]
        )

    def _all_named(self, rows: Sequence[Correction]) -> tuple[list[_Named], list[tuple[int, int]]]:
        """What rows name, and pairs of mentions that one name has in common."""
        named: list[_Named] = []
        within: dict[tuple[int, int], None] = {}
        for row in rows:
            try:
                one = self._named(row.one)
                other = one if row.decision == "rename" else self._named(row.other)
            except _Unnamed as error:
                self._applied.pass_over(row, str(error))
                continue
            if row.decision == "different" and len(np.intersect1d(one, other)):
                self._applied.pass_over(row, _BOTH)
                continue
            named.append(_Named(row, int(one[0]), int(other[0])))
            if row.decision != "rename":
                within |= dict.fromkeys(
                    (int(each[0]), mention)
                    for each in (one, other)
                    for mention in each[1:].tolist()
                )
        return named, list(within)

    # -- what words name -------------------------------------------------------------------------

    def _named(self, words: str) -> Array:
        """The mentions that words name; one that is made up where none carries an identifier.

        Raises
        ------
        _Unnamed
            When they name nothing, or several papers.
        """
        forms = pa.array(list(lookup.spellings(words)), pa.string())
        keys = pc.drop_null(pc.index_in(forms, value_set=self._mentions.keys)).to_pylist()
        if keys:
            return self._bearing(keys[0])
        title = lookup.title_of(words)
        found = self._recorded(words) if title is None else self._titled(words, title)
        if not len(found):
            raise _Unnamed(f"nothing here is called {words!r}")
        return found

    @functools.cached_property
    def _by_key(self) -> tuple[Array, Array]:
        """Mentions by the identifiers that they carry, and those identifiers, ascending."""
        mentions = self._mentions
        owners = np.repeat(np.arange(len(mentions)), np.diff(mentions.key_indptr))
        order = np.argsort(mentions.key_codes, kind="stable")
        return owners[order], mentions.key_codes[order]

    def _bearing(self, key: int) -> Array:
        owners, keys = self._by_key
        found: Array = owners[np.searchsorted(keys, key) : np.searchsorted(keys, key, "right")]
        if not len(found):
            made_up = self._made_up.setdefault(key, len(self._mentions) + len(self._made_up))
            found = np.array([made_up])
        return found

    def _with_made_up(self) -> PaperMentions:
        if not self._made_up:
            return self._mentions
        mentions = self._mentions
        keys = np.array(list(self._made_up), mentions.key_codes.dtype)
        ends = mentions.key_indptr[-1] + np.arange(1, len(keys) + 1)
        return dataclasses.replace(
            mentions,
            key_indptr=np.append(mentions.key_indptr, ends),
            key_codes=np.append(mentions.key_codes, keys),
            is_titled=np.append(mentions.is_titled, np.zeros(len(keys), bool)),
            is_record=np.append(mentions.is_record, np.zeros(len(keys), bool)),
            lists=np.append(mentions.lists, np.full(len(keys), -1, np.int32)),
        )

    @functools.cached_property
    def _uncorrected(self) -> Chosen:
        return Chosen(self._told, self._mentions, resolve_papers(self._mentions))

    def _titled(self, words: str, title: str) -> Array:
        """The mentions of the paper that has an id or title where nobody corrects anything."""
        plain = self._uncorrected
        paper = pc.index(plain.ids, words.strip()).as_py()
        if paper >= 0:
            return np.flatnonzero(plain.of_mention == paper)
        bearing = lookup.bearing(self._told.claim("title"), title)
        papers = np.unique(plain.of_mention[bearing])
        if len(papers) > 1:
            ids = plain.ids.take(pa.array(papers)).to_pylist()
            raise _Unnamed(f"{len(ids)} papers have {words!r}: {', '.join(ids)}")
        return bearing

    def _recorded(self, words: str) -> Array:
        """The records at ``file:line``."""
        place = lookup.place_of(words)
        if place is None:
            return np.empty(0, np.int64)
        files, file = self._files()
        is_there = file == pc.index(files, place[0]).as_py()
        return np.flatnonzero(is_there & (self._line[: len(file)] == place[1]))

    # -- afterwards ------------------------------------------------------------------------------

    def position(self, chosen: Chosen, words: str) -> int:
        """Where the paper that words name stands in the end.

        Raises
        ------
        _Unnamed
            When they name nothing, or several papers.
        """
        return self._position(chosen, int(self._named(words)[0]))

    def _position(self, chosen: Chosen, mention: int) -> int:
        if mention < len(self._mentions):
            return int(chosen.of_mention[mention])
        key = next(key for key, made_up in self._made_up.items() if made_up == mention)
        return int(chosen.of_key[key])

    def titles(self, chosen: Chosen) -> dict[int, str]:
        """The titles that papers are given by hand, by position."""
        return {self._position(chosen, each.one): each.row.other for each in self._renamed}


# -- authors -------------------------------------------------------------------------------------


class CorrectedAuthors:
    """Authors as identity decides and a person corrects.

    Parameters
    ----------
    mentions, about
        Who is named by which paper, and what is known of papers, by their positions.
    paper
        Where the paper that words name stands.
    """

    def __init__(
        self,
        mentions: AuthorMentions,
        about: PapersOfAuthors,
        applied: Applied,
        paper: Callable[[str], int],
    ) -> None:
        self._mentions, self._about = mentions, about
        self._applied, self._paper = applied, paper

    def resolve(self) -> tuple[pa.Table, Array]:
        """Decide who is who, as ``identity.resolve_authors``.

        Raises
        ------
        CorrectionsError
            When corrections contradict each other, now that it is known whom they name.
        """
        rows = self._applied.corrections.of("author")
        if not rows:
            return resolve_authors(self._mentions, self._about)
        named: list[_Named] = []
        for row in rows:
            try:
                one = self._named(row.one)
                other = one if row.decision == "rename" else self._named(row.other)
            except _Unnamed as error:
                self._applied.pass_over(row, str(error))
                continue
            if row.decision == "different" and one == other:
                self._applied.pass_over(row, _BOTH)
            else:
                named.append(_Named(row, one, other))
        same, different = (
            _pairs([(each.one, each.other) for each in named if each.row.decision == decision])
            for decision in ("same", "different")
        )
        authors, who = resolve_authors(self._mentions, self._about, same=same, different=different)
        _check(self._applied.corrections, named, who)
        names = {
            int(who[each.one]): each.row.other for each in named if each.row.decision == "rename"
        }
        place = authors.column_names.index("name")
        return authors.set_column(place, "name", renamed(authors["name"], names)), who

    @functools.cached_property
    def _uncorrected(self) -> tuple[pa.Table, Array]:
        return resolve_authors(self._mentions, self._about)

    def _named(self, words: str) -> int:
        """A mention of the author whom words name.

        Raises
        ------
        _Unnamed
            When they name nobody, or several.
        """
        authors, of_mention = self._uncorrected
        split = author_at(words)
        if split:
            name, paper = split
            at = np.flatnonzero(self._mentions.papers == self._paper(paper))
            at = at[lookup.named(self._mentions.names.take(pa.array(at)), name)]
            if len(at) != 1:
                who = f"{len(at)} authors of {paper!r} are" if len(at) else "no author is"
                raise _Unnamed(f"{who} called {name!r}")
            found = int(at[0])
            if of_mention[found] < 0:
                raise _Unnamed(f"{name!r} is no person")
            return found
        place = pc.index(authors["id"], lookup.orcid(words) or words).as_py()
        if place < 0:
            raise _Unnamed(f"no author here is called {words!r}")
        return int(np.flatnonzero(of_mention == place)[0])
