"""Papers that are found to be one beside those that are: precision, recall and F1 of pairs.

Two clean lists come with their truth. From them come, with a fixed seed, the other sets: web
records, records whose fields slipped into the title, and citation strings that our own parser
reads. Of a clean and a noisy list those pairs count that stand across; of citations all pairs.
"""

from __future__ import annotations

import csv
import html
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from graphbuild.extract import Collection
from graphbuild.model import Origin, Record, Reference
from graphbuild.people import parse_names
from graphbuild.references import parse_all
from tools.noisy_papers import Entry, citation, families, misplaced, web
from tools.tagged_references import load as load_references

TITLE = "Papers: precision, recall and F1 of pairs of mentions that are one paper"

Pair = tuple[int, int]

FIELDS = ("title", "authors", "venue", "year")
SEED = 2
PAPERS_CITED = 112
CITATIONS = 1295


def report(data: Path) -> str:
    """The table for all sets."""
    lines = ["| | precision | recall | F1 | merges inside one list |", "|---|---|---|---|---|"]
    for name, (files, truth) in sets(data).items():
        papers = resolve(files)
        precision, recall, f1 = scores(papers, files, truth)
        inside = merges_inside(papers, files) if len(files) > 1 else None
        lines.append(
            f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} |"
            f" {'–' if inside is None else inside} |"
        )
    return "\n".join(lines)


Files = Sequence[Sequence[Entry | Reference]]


def sets(data: Path, seed: int = SEED) -> dict[str, tuple[Files, set[Pair]]]:
    """Lists and the true pairs among their entries, which are counted through all lists."""
    dblp, acm, truth = clean_lists(data)
    others = tagged_papers(data)
    made: dict[str, tuple[Files, set[Pair]]] = {"two clean lists": ((dblp, acm), truth)}
    chance = random.Random(seed)
    noisy, pairs = web_list(dblp, acm, truth, others, chance)
    made["clean list and web records"] = ((dblp, noisy), pairs)
    slipped = [[misplaced(entry, chance) for entry in entries] for entries in (dblp, noisy)]
    made["the same, fields in the title"] = (slipped, pairs)
    slipped = [[misplaced(entry, chance) for entry in entries] for entries in (dblp, acm)]
    made["clean lists, fields in the title"] = (slipped, truth)
    for name, parsed in (("citation strings", True), ("citations in fields", False)):
        entries, pairs = citation_list(dblp, chance, parsed=parsed)
        made[name] = ((entries,), pairs)
    return made


def clean_lists(data: Path) -> tuple[list[Entry], list[Entry], set[Pair]]:
    """The two lists of ``dedup``, and the pairs of them that are one paper."""
    lists = []
    for name in ("dblp", "acm"):
        with (data / "dedup" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="%", quoting=csv.QUOTE_NONE)
            lists.append([Entry(*(html.unescape(row[k] or "") for k in FIELDS)) for row in rows])
    with (data / "dedup" / "gt.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="%")
        truth = {(int(row["D1"]), len(lists[0]) + int(row["D2"])) for row in rows}
    return lists[0], lists[1], truth


def tagged_papers(data: Path) -> list[Entry]:
    """Other papers, with the fields that people have tagged in references to them."""
    found = {}
    for one in load_references(data / "references"):
        gold = one.gold
        if "title" in gold and "author" in gold and len(gold["title"]) > 15:
            found.setdefault(
                gold["title"],
                Entry(*(gold.get(name, "") for name in ("title", "author", "container", "year"))),
            )
    return list(found.values())


def web_list(
    clean: Sequence[Entry],
    twins: Sequence[Entry],
    truth: Iterable[Pair],
    others: Sequence[Entry],
    chance: random.Random,
) -> tuple[list[Entry], set[Pair]]:
    """Noisy entries of most clean ones, of what is in their list's twin alone, and of others."""
    noisy: list[tuple[Entry, int | None]] = []
    for number, entry in enumerate(clean):
        times = chance.choice((0, 1, 1, 1, 2, 2, 3, 5))
        noisy += [(web(entry, chance), number) for _ in range(times)]
    known = {other - len(clean) for _, other in truth}
    alone = [entry for number, entry in enumerate(twins) if number not in known]
    noisy += [(web(entry, chance), None) for entry in [*alone, *others]]
    chance.shuffle(noisy)
    pairs = {
        (paper, len(clean) + number) for number, (_, paper) in enumerate(noisy) if paper is not None
    }
    return [entry for entry, _ in noisy], pairs


def citation_list(
    papers: Sequence[Entry], chance: random.Random, *, parsed: bool
) -> tuple[list[Entry | Reference], set[Pair]]:
    """Many citations of few papers, of which several are by the same people."""
    chosen: list[int] = []
    times = Counter(paper.title.lower() for paper in papers)
    for group in families(papers)[:60]:
        # A column's title says nothing.
        own = [number for number in group if times[papers[number].title.lower()] < 3]
        chosen += chance.sample(own, min(3, len(own)))
    chosen = sorted(set(chosen))
    chance.shuffle(chosen)
    chosen = chosen[:PAPERS_CITED]
    weights = [1 / (rank + 4) for rank in range(len(chosen))]
    cited = chosen + chance.choices(chosen, weights, k=CITATIONS - len(chosen))
    numbers = {paper: (chance.randrange(1, 60), chance.randrange(1, 900)) for paper in chosen}
    # Several entries of a list may be one paper's (a journal version of a talk).
    one = {paper: (papers[paper].title.lower()) for paper in chosen}
    pairs = {
        (first, second)
        for first, second in itertools.combinations(range(len(cited)), 2)
        if one[cited[first]] == one[cited[second]]
    }
    texts = [citation(papers[paper], numbers[paper], chance) for paper in cited]
    if parsed:
        return list(parse_all(texts)), pairs
    entries: list[Entry | Reference] = [web(papers[paper], chance) for paper in cited]
    return entries, pairs


# -- scoring ---------------------------------------------------------------------------------------


def resolve(files: Files) -> list[str]:
    """The paper that each entry is found to be, in one sequence."""
    collection = Collection()
    line = itertools.count(1)
    for number, entries in enumerate(files):
        for entry in entries:
            origin = Origin(f"{number}.csv", next(line))
            if isinstance(entry, Reference):
                record = Record(
                    origin, "test", title=entry.title or entry.raw, authors=entry.authors,
                    year=entry.year, venue=entry.container, arxiv_id=entry.arxiv_id, doi=entry.doi,
                )  # fmt: skip
            else:
                record = Record(
                    origin, "test", title=entry.title, authors=parse_names(entry.authors or None),
                    venue=entry.venue or None, year=int(entry.year) if entry.year else None,
                )  # fmt: skip
            collection.add(record)
    mentions = collection.extract().tables["mentions"]
    papers = [""] * (next(line) - 1)
    for where, paper in zip(
        mentions["line"].to_pylist(), mentions["paper"].to_pylist(), strict=True
    ):
        papers[where - 1] = paper
    return [paper or f"rejected {number}" for number, paper in enumerate(papers)]


def pairs_of(papers: Sequence[str], is_counted: Callable[[int, int], bool]) -> set[Pair]:
    """Pairs of entries that are one paper."""
    of_paper = defaultdict(list)
    for number, paper in enumerate(papers):
        of_paper[paper].append(number)
    return {
        pair
        for group in of_paper.values()
        for pair in itertools.combinations(group, 2)
        if is_counted(*pair)
    }


def scores(papers: Sequence[str], files: Files, truth: set[Pair]) -> tuple[float, float, float]:
    """Precision, recall and F1; across two lists, or inside of one."""
    first = len(files[0])
    found = pairs_of(papers, lambda a, b: len(files) == 1 or (a < first <= b))
    both = len(found & truth)
    return both / max(len(found), 1), both / len(truth), 2 * both / (len(found) + len(truth))


def merges_inside(papers: Sequence[str], files: Files) -> int:
    """How many entries join another one of the same list."""
    merged, first = 0, 0
    for entries in files:
        times = Counter(papers[first : first + len(entries)])
        merged += sum(times.values()) - len(times)
        first += len(entries)
    return merged
