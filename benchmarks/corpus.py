"""Made-up corpora of any size: the same parameters give the same bytes on every machine.

    python -m benchmarks.corpus 100000

Papers come one after the other, each with a topic. A paper takes a few earlier ones as its models
and copies most of its references from theirs, so that what is cited much is cited more (Kleinberg
and others 1999; Krapivsky and Redner 2005), and what is cited together is cited together again.
Reference lists have lognormal lengths around 27. Some papers, of the early ones the most, have no
record and are known only by being cited. One record in a hundred comes twice, each time with
another part of the list. Authors' productivity follows Zipf and Mandelbrot's law within a topic.

Random numbers are the raw 64-bit words of PCG64, whose stream NumPy promises to keep, and
everything that is made from them is integer arithmetic, one correctly rounded operation, or a look
into a table of integers; sorts are stable. So no library or processor can change a bit.
"""

# ruff: noqa: SIM905 - lists of words stand as running words

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import orjson

__all__ = ["CACHE", "Corpus", "corpus", "make", "records"]

CACHE = Path(".cache/benchmarks")
VERSION = 1
"""Part of the cached files' names: change it with anything that changes a byte."""
MOST_PAPERS = 2_000_000
"""More would not find an arXiv-like id in the years that are covered."""

MEAN_REFERENCES = 27
SIGMA_REFERENCES = 0.6
LONGEST_LIST = 400
STUBS = 0.15
"""Share of all papers that have no record."""
DUPLICATES = 0.01
TOPICS_AT_LEAST = 4
FOUNDERS = 64
"""The first papers, which cite nothing."""
HUBS = 5
HUB_SHARE = 0.05
MUTUAL = 0.01
"""Share of citations that are returned, where a corpus has cycles."""

FIRST_YEAR = 2003
MONTHS = 264
FIRST_NEW_STYLE = (2007 - FIRST_YEAR) * 12 + 3
FIRST_OF_FIVE_DIGITS = (2015 - FIRST_YEAR) * 12

_FIELDS = (
    ("math", ("math.CO", "math.PR", "math.ST")),
    ("cs", ("cs.LG", "cs.CL", "cs.CV")),
    ("astro-ph", ("astro-ph.CO", "astro-ph.GA", "astro-ph.HE")),
    ("cond-mat", ("cond-mat.str-el", "cond-mat.soft", "cond-mat.dis-nn")),
    ("hep-th", ("hep-th", "math-ph", "gr-qc")),
    ("hep-ph", ("hep-ph", "hep-ex", "nucl-th")),
    ("quant-ph", ("quant-ph", "physics.optics", "cond-mat.quant-gas")),
    ("physics", ("physics.soc-ph", "physics.flu-dyn", "physics.comp-ph")),
    ("q-bio", ("q-bio.NC", "q-bio.QM", "q-bio.PE")),
    ("nlin", ("nlin.CD", "nlin.AO", "nlin.PS")),
)

_PREFIXES = " multi quasi semi sub super trans inter".split(" ")
_ADJECTIVES = (
    "linear spectral local stable regular modular coherent parametric harmonic causal radial"
    " temporal symmetric discrete thermal critical"
).split()
_NOUNS = (
    "inference networks kernels bounds dynamics fields lattices operators estimators transport"
    " entropy gradients manifolds flows clusters codes graphs processes expansions symmetries"
    " measures ensembles embeddings resonances models waves matrices spectra games walks priors"
    " policies attention decoders tensors automata functionals trees groups bundles sampling"
    " correlations amplitudes instabilities transitions anomalies invariants fluctuations hashing"
    " scattering retrieval diffusion coupling alignment turbulence percolation quantisation"
    " regularisation screening imaging memory folding annealing tomography"
).split()
_SUBJECTS = (
    "galactic protein neural quantum semantic stellar stochastic algebraic fluid genomic magnetic"
    " visual social optical plasma molecular"
).split()
_OBJECTS = (
    "systems populations media sequences halos circuits surfaces languages crystals markets"
    " colonies detectors gases disks tissues membranes"
).split()
_TEMPLATES = (
    "{a} {n} of {s} {o}: {m} and {k}",
    "On {a} {n} and {m} in {s} {o} with {k}",
    "Learning {m} from {a} {n}: {k} in {s} {o}",
    "{n} meet {k}: {a} {m} for {s} {o}",
)

_GIVEN = (
    "Ada Akira Amira Ana Anders Anil Astrid Beatriz Boris Carla Chen Chloe Daniel Deepa Dmitri"
    " Elena Emil Erika Fatima Felix Gabriel Giulia Hana Hassan Helena Henrik Ines Ivan Jana Jing"
    " Jonas Julia Kaito Karim Katarina Kofi Lars Leila Lin Lucia Magnus Maria Marta Mei Mikhail"
    " Miriam Nadia Nikhil Noor Olga Omar Paolo Petra Priya Rafael Rosa Samir Sara Sofia Tomas"
    " Ursula Viktor Wei Yuki"
).split()
_ONSETS = "B D F G K L M N P R S T V Z Ch Sh".split()
_NUCLEI = "a e i o u ar en il or un as ei ov im al et".split()
_ENDINGS = "ba da ga ka li mo no pe ri sen ta vich wa zaki ner son".split()
_FAMILIES = [
    "".join(parts)
    for parts in itertools.product(_ONSETS, _NUCLEI, _ENDINGS)  # 16 * 16 * 16
]

Integers = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Booleans = np.ndarray[Any, np.dtype[np.bool_]]


class _Dice:
    """Random numbers for one purpose; purposes don't disturb each other."""

    def __init__(self, seed: int, purpose: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, purpose]))

    def uniform(self, size: int) -> Floats:
        """From 0 to below 1, in steps of 2⁻⁵³."""
        words = self._bits.random_raw(size)
        return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, limits: Integers | int, size: int) -> Integers:
        """Integers from 0 to below each limit."""
        return (self.uniform(size) * limits).astype(np.int64)

    def from_table(self, cumulative: Integers, size: int) -> Integers:
        """Rows of a table of cumulative weights."""
        return np.searchsorted(cumulative, self.below(int(cumulative[-1]), size), side="right")

    def words(self, size: int) -> Integers:
        return (self._bits.random_raw(size) >> np.uint64(1)).astype(np.int64)


@dataclass(frozen=True)
class Corpus:
    """A corpus as columns; papers are numbered from 0 in order of time, with or without record.

    Attributes
    ----------
    ids, titles
        Of every paper.
    has_record
        Whether a paper has a record.
    topics, months
        Of every paper; months count from January of ``FIRST_YEAR``.
    days
        Of the month, from 1.
    indptr, cited
        CSR over all papers; the lists of papers without record are empty. A list is in no
        particular order and repeats nothing.
    author_indptr, authors
        CSR over all papers: numbers of authors, in the order of the paper's list.
    duplicated
        Papers with a second record, ascending, and after which paper's record it stands.
    """

    ids: list[str]
    titles: list[str]
    has_record: Booleans
    topics: Integers
    months: Integers
    days: Integers
    indptr: Integers
    cited: Integers
    author_indptr: Integers
    authors: Integers
    duplicated: Integers
    duplicated_after: Integers

    def counts(self) -> dict[str, int]:
        """The graph that is in the records: papers, citations and authors, each counted once."""
        in_graph = self.has_record.copy()
        in_graph[self.cited] = True
        owners = np.repeat(np.arange(len(self.ids)), np.diff(self.author_indptr))
        used = np.zeros(int(self.authors.max(initial=-1)) + 1, bool)
        used[self.authors[self.has_record[owners]]] = True
        return {
            "papers": int(in_graph.sum()),
            "citations": len(self.cited),
            "authors": int(used.sum()),
        }


def corpus(
    papers: int, *, seed: int = 0, hubs_and_cycles: bool = False, folder: Path = CACHE
) -> Path:
    """The JSON Lines file of a corpus, made if ``folder`` lacks it.

    Parameters
    ----------
    papers
        Number of papers with a record, up to ``MOST_PAPERS``.
    seed
        Of the random choices.
    hubs_and_cycles
        Five papers are each cited by 5% of the corpus, and one citation in a hundred is returned.
        Else every reference is to an earlier paper.
    folder
        Where such files are kept.
    """
    kind = "-hubs-and-cycles" if hubs_and_cycles else ""
    path = folder / f"papers-{papers}{kind}-seed{seed}-v{VERSION}.jsonl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.writelines(records(make(papers, seed=seed, hubs_and_cycles=hubs_and_cycles)))
        os.replace(part, path)  # noqa: PTH105 - the same on every platform
    return path


def make(papers: int, *, seed: int = 0, hubs_and_cycles: bool = False) -> Corpus:
    """Make a corpus; the parameters are those of :func:`corpus`."""
    if not 1 <= papers <= MOST_PAPERS:
        raise ValueError(f"a corpus has from 1 to {MOST_PAPERS:,} papers, not {papers:,}")
    total = max(papers, round(papers / (1 - STUBS)))
    dice = iter(_Dice(seed, purpose) for purpose in itertools.count())
    topics = _topics(next(dice), total)
    indptr, cited = _references(next(dice), topics)
    has_record = _with_record(next(dice), total, papers)
    if hubs_and_cycles:
        indptr, cited = _add_hubs_and_cycles(_Dice(seed, 1_000), indptr, cited, has_record)
    indptr, cited = _of_records(indptr, cited, has_record)
    months, place, size = _months(total)
    author_indptr, authors = _authors(next(dice), topics)
    with_record = np.flatnonzero(has_record)
    duplicated, after = _duplicates(next(dice), with_record)
    return Corpus(
        ids=_ids(months, topics % len(_FIELDS)),
        titles=_titles(next(dice), topics),
        has_record=has_record,
        topics=topics,
        months=months,
        days=place * 28 // size + 1,
        indptr=indptr,
        cited=cited,
        author_indptr=author_indptr,
        authors=authors,
        duplicated=duplicated,
        duplicated_after=after,
    )


# -- references ----------------------------------------------------------------------------------


def _topics(dice: _Dice, total: int) -> Integers:
    """A topic for each paper; the largest are three times the smallest.

    Their number grows more slowly than the corpus: some 2,400 papers each of 10,000 papers, 3,500
    of 100,000, 4,900 of a million.
    """
    count = max(TOPICS_AT_LEAST, round(total**0.85 / 600))
    return dice.from_table(np.cumsum(dice.below(5, count) + 2), total)


def _list_lengths(dice: _Dice, size: int) -> Integers:
    """Lognormal with the mean ``MEAN_REFERENCES``, rounded; from a table in steps of 2⁻³²."""
    log_length = NormalDist(
        float(np.log(MEAN_REFERENCES)) - SIGMA_REFERENCES**2 / 2, SIGMA_REFERENCES
    )
    table = [
        round(log_length.cdf(float(np.log(length + 0.5))) * 2**32) for length in range(LONGEST_LIST)
    ]
    return dice.from_table(np.array([*table, 2**32]), size)


class _ByTopic:
    """The papers of each topic in order of time."""

    def __init__(self, topics: Integers) -> None:
        self.order = np.argsort(topics, kind="stable")
        self.begin = np.zeros(int(topics.max()) + 2, np.int64)
        np.cumsum(np.bincount(topics), out=self.begin[1:])

    def before(self, limit: int) -> Integers:
        """How many papers of each topic come before the paper ``limit``."""
        counts = [
            np.searchsorted(self.order[begin:end], limit)
            for begin, end in itertools.pairwise(self.begin.tolist())
        ]
        return np.array(counts, np.int64)


def _references(dice: _Dice, topics: Integers) -> tuple[Integers, Integers]:
    """Reference lists of all papers, as CSR.

    Papers are made in batches that are small beside what is there already; all of a batch choose
    among the papers before it.
    """
    total = len(topics)
    lengths = _list_lengths(dice, total)
    indptr = np.zeros(total + 1, np.int64)
    cited = np.zeros(int(lengths.sum()), np.int32)
    by_topic = _ByTopic(topics)
    start = min(FOUNDERS, total)
    while start < total:
        stop = min(total, start + max(16, start // 32))
        batch = np.arange(start, stop)
        wanted = lengths[start:stop]
        draws = wanted + wanted // 3 + 2  # some will come twice
        owner = np.repeat(np.arange(len(batch)), draws)
        chosen = _draw(dice, batch, owner, topics, by_topic, indptr, cited)
        rows, columns = _distinct(dice, owner, chosen, wanted, total)
        counts = np.bincount(rows, minlength=len(batch))
        np.cumsum(counts, out=indptr[start + 1 : stop + 1])
        indptr[start + 1 : stop + 1] += indptr[start]
        cited[indptr[start] : indptr[stop]] = columns
        start = stop
    return indptr, cited[: indptr[total]].astype(np.int64)


MODELS = 3
COPIED = 0.75
MODEL_ITSELF = 0.08
OF_TOPIC = 0.15
STRAY_MODEL = 0.03
"""A draw copies a reference of a model, or is the model, or any paper of the topic, or any at all;
and this many models are of any topic."""


def _draw(
    dice: _Dice,
    batch: Integers,
    owner: Integers,
    topics: Integers,
    by_topic: _ByTopic,
    indptr: Integers,
    cited: np.ndarray[Any, np.dtype[np.int32]],
) -> Integers:
    """One cited paper for each entry of ``owner``, a position in the batch."""
    start = int(batch[0])
    before = by_topic.before(start)
    topic = topics[batch]

    def of_topic(topic: Integers) -> Integers:
        # The later of two, so that recent papers are twice as likely as the average.
        latest = np.maximum(dice.uniform(len(topic)), dice.uniform(len(topic)))
        position = (latest * before[topic]).astype(np.int64)
        paper = by_topic.order[by_topic.begin[topic] + position]
        return np.where(before[topic] > 0, paper, dice.below(start, len(topic)))

    models = of_topic(np.repeat(topic, MODELS))
    stray = dice.uniform(len(models)) < STRAY_MODEL
    models = np.where(stray, dice.below(start, len(models)), models)
    model = models[owner * MODELS + dice.below(MODELS, len(owner))]
    length = indptr[model + 1] - indptr[model]
    place = indptr[model] + dice.below(length, len(owner))
    copied = np.where(length > 0, cited[np.minimum(place, len(cited) - 1)], model)
    way = dice.uniform(len(owner))
    return np.select(
        [way < COPIED, way < COPIED + MODEL_ITSELF, way < COPIED + MODEL_ITSELF + OF_TOPIC],
        [copied, model, of_topic(topic[owner])],
        dice.below(start, len(owner)),
    )


def _distinct(
    dice: _Dice, rows: Integers, columns: Integers, wanted: Integers, total: int
) -> tuple[Integers, Integers]:
    """At most ``wanted`` distinct columns of each row, in an order of no meaning."""
    keys = np.sort(rows * total + columns)
    keys = keys[np.flatnonzero(np.diff(keys, prepend=-1))]
    rows, columns = np.divmod(keys, total)
    order = np.lexsort((dice.words(len(rows)), rows))
    rows, columns = rows[order], columns[order]
    counts = np.bincount(rows, minlength=len(wanted))
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    keep = place < wanted[rows]
    return rows[keep], columns[keep]


def _with_record(dice: _Dice, total: int, papers: int) -> Booleans:
    """Choose the papers that have a record; the later, the likelier."""
    luck = dice.uniform(total) + np.arange(total) / total * 0.75
    has_record = np.zeros(total, bool)
    has_record[np.argsort(luck, kind="stable")[total - papers :]] = True
    return has_record


def _add_hubs_and_cycles(
    dice: _Dice, indptr: Integers, cited: Integers, has_record: Booleans
) -> tuple[Integers, Integers]:
    total = len(has_record)
    citing = np.repeat(np.arange(total), np.diff(indptr))
    returned = dice.uniform(len(cited)) < MUTUAL
    more = [(citing, cited), (cited[returned], citing[returned])]
    hubs = np.flatnonzero(has_record)[:: max(1, total // (20 * HUBS))][:HUBS]
    for hub in hubs.tolist():
        citers = np.flatnonzero(dice.uniform(total) < HUB_SHARE * total / (total - hub))
        citers = citers[citers > hub]
        more.append((citers, np.full(len(citers), hub)))
    rows = np.concatenate([rows for rows, _ in more])
    columns = np.concatenate([columns for _, columns in more])
    unlimited = np.full(total, total)
    rows, columns = _distinct(dice, rows, columns, unlimited, total)
    indptr = np.zeros(total + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=total), out=indptr[1:])
    return indptr, columns


def _of_records(
    indptr: Integers, cited: Integers, has_record: Booleans
) -> tuple[Integers, Integers]:
    """Empty the lists of papers that have no record."""
    lengths = np.diff(indptr)
    cited = cited[np.repeat(has_record, lengths)]
    indptr = np.zeros(len(indptr), np.int64)
    np.cumsum(np.where(has_record, lengths, 0), out=indptr[1:])
    return indptr, cited


def _duplicates(dice: _Dice, with_record: Integers) -> tuple[Integers, Integers]:
    count = round(len(with_record) * DUPLICATES)
    order = np.argsort(dice.words(len(with_record)), kind="stable")
    places = np.sort(order[:count])
    after = places + dice.below(len(with_record) - places, count)
    return with_record[places], with_record[after]


# -- what records say ----------------------------------------------------------------------------


def _months(total: int) -> tuple[Integers, Integers, Integers]:
    """The month of each paper, its place in the month, and the month's size; months grow."""
    weights = np.cumsum(np.arange(MONTHS) + 24)
    ends = total * weights // int(weights[-1])
    months = np.searchsorted(ends, np.arange(total), side="right")
    sizes = np.diff(ends, prepend=0)
    place = np.arange(total) - (ends - sizes)[months]
    return months, place, sizes[months]


def _ids(months: Integers, fields: Integers) -> list[str]:
    """Identifiers in the style of their time, ascending in each month."""
    old = months < FIRST_NEW_STYLE
    series = np.where(old, months * len(_FIELDS) + fields, MONTHS * len(_FIELDS) + months)
    order = np.argsort(series, kind="stable")
    counts = np.bincount(series)
    numbers = np.empty(len(months), np.int64)
    numbers[order] = np.arange(len(months)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    _check_numbers(numbers, months)
    stamps = [f"{(FIRST_YEAR + m // 12) % 100:02}{m % 12 + 1:02}" for m in range(MONTHS)]
    ids = []
    for month, field, number in zip(
        months.tolist(), fields.tolist(), numbers.tolist(), strict=True
    ):
        if month < FIRST_NEW_STYLE:
            ids.append(f"{_FIELDS[field][0]}/{stamps[month]}{number:03}")
        elif month < FIRST_OF_FIVE_DIGITS:
            ids.append(f"{stamps[month]}.{number:04}")
        else:
            ids.append(f"{stamps[month]}.{number:05}")
    return ids


def _check_numbers(numbers: Integers, months: Integers) -> None:
    limit = np.where(
        months < FIRST_NEW_STYLE, 999, np.where(months < FIRST_OF_FIVE_DIGITS, 9_999, 99_999)
    )
    if (numbers > limit).any():
        raise ValueError("so many papers do not find an arXiv-like id; make a smaller corpus")


def _titles(dice: _Dice, topics: Integers) -> list[str]:
    """Titles that differ from each other: their words count papers, in a scrambled order."""
    total = len(topics)
    # An odd factor permutes the numbers below a power of two.
    words = (np.arange(total) * 11_400_713 + dice.below(1 << 25, 1)) % (1 << 25)
    adjectives = [prefix + adjective for prefix in _PREFIXES for adjective in _ADJECTIVES]
    titles = []
    for word, topic in zip(words.tolist(), topics.tolist(), strict=True):
        title = _TEMPLATES[word % 4].format(
            a=adjectives[word & 127],
            n=_NOUNS[word >> 7 & 63],
            m=_NOUNS[word >> 13 & 63],
            k=_NOUNS[word >> 19],
            s=_SUBJECTS[topic % 16],
            o=_OBJECTS[topic // 16 % 16],
        )
        titles.append(title[0].upper() + title[1:])
    return titles


def _authors(dice: _Dice, topics: Integers) -> tuple[Integers, Integers]:
    """Authors of every paper, as CSR: each topic has its own, as many as 0.7 times its papers."""
    total = len(topics)
    sizes = np.bincount(topics)
    pools = sizes * 7 // 10 + 10
    begin = np.cumsum(pools) - pools
    how_many = dice.from_table(np.cumsum([18, 22, 20, 15, 10, 6, 4, 2, 2, 1]), total) + 1
    paper = np.repeat(np.arange(total), how_many)
    topic = topics[paper]
    author = np.zeros(len(paper), np.int64)
    luck = dice.uniform(len(paper))
    for number, pool in enumerate(pools.tolist()):
        # Zipf and Mandelbrot: the weight of rank r is 1 / (r + c).
        weights = np.cumsum((1 << 40) // (np.arange(pool) + 1 + pool // 100))
        mine = topic == number
        author[mine] = begin[number] + np.searchsorted(
            weights, (luck[mine] * int(weights[-1])).astype(np.int64), side="right"
        )
    # Nobody stands in a list twice; the first place counts.
    keys = paper * (int(begin[-1]) + int(pools[-1])) + author
    order = np.argsort(keys, kind="stable")
    first = np.zeros(len(keys), bool)
    first[order] = np.diff(keys[order], prepend=-1) != 0
    indptr = np.zeros(total + 1, np.int64)
    np.cumsum(np.bincount(paper[first], minlength=total), out=indptr[1:])
    return indptr, author[first]


def _name(author: int) -> str:
    """A name for each number, different ones for different numbers."""
    turn, family = divmod(author, len(_FAMILIES))
    given = _GIVEN[(turn + family) % len(_GIVEN)]
    middle = turn // len(_GIVEN)
    return (
        f"{given} {chr(64 + middle)}. {_FAMILIES[family]}"
        if middle
        else f"{given} {_FAMILIES[family]}"
    )


def records(corpus: Corpus) -> Iterator[bytes]:
    """The lines of a corpus, in order of time but for second records, which come later.

    Of a paper with two records each lacks another tenth of the references.
    """
    names = [_name(author) for author in range(int(corpus.authors.max(initial=-1)) + 1)]
    second: dict[int, list[int]] = {}
    for paper, after in zip(
        corpus.duplicated.tolist(), corpus.duplicated_after.tolist(), strict=True
    ):
        second.setdefault(after, []).append(paper)
    twice = set(corpus.duplicated.tolist())
    for paper in np.flatnonzero(corpus.has_record).tolist():
        yield _line(corpus, names, paper, left_out=0 if paper in twice else None)
        for earlier in second.get(paper, ()):
            yield _line(corpus, names, earlier, left_out=1)


def _line(corpus: Corpus, names: list[str], paper: int, left_out: int | None) -> bytes:
    cited = corpus.cited[corpus.indptr[paper] : corpus.indptr[paper + 1]].tolist()
    if left_out is not None:
        cited = [number for place, number in enumerate(cited) if place % 10 != left_out]
    authors = corpus.authors[corpus.author_indptr[paper] : corpus.author_indptr[paper + 1]]
    topic, month = int(corpus.topics[paper]), int(corpus.months[paper])
    categories = _FIELDS[topic % len(_FIELDS)][1]
    primary = topic // len(_FIELDS) % len(categories)
    record = {
        "id": corpus.ids[paper],
        "title": corpus.titles[paper],
        "authors": [names[author] for author in authors.tolist()],
        "date": f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02}-{int(corpus.days[paper]):02}",
        "categories": [categories[primary], categories[primary - 1]][: 1 + paper % 2],
        "references": [corpus.ids[number] for number in cited],
    }
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def main() -> None:
    """Make a corpus and say where it is."""
    parser = argparse.ArgumentParser(description="Make a corpus, if it is not there already.")
    parser.add_argument("papers", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hubs-and-cycles", action="store_true")
    parser.add_argument("--folder", type=Path, default=CACHE)
    options = parser.parse_args()
    print(
        corpus(
            options.papers,
            seed=options.seed,
            hubs_and_cycles=options.hubs_and_cycles,
            folder=options.folder,
        )
    )


if __name__ == "__main__":
    main()
