"""For each statement under cypher/ that needs no server: the same answer without Cypher.

Loops over rows of the tables, and no index: slow, and easy to believe. Where analysis/ has the
answer, it gives it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from graphbuild import analysis
from graphbuild.graph import Graph

Rows = list[tuple[Any, ...]]
TWINS: dict[str, Callable[..., Rows]] = {}


class World:
    """The tables as plain Python."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        rows = {name: graph.table(name).to_pylist() for name in
                ("papers", "authors", "citations", "authorships", "categories")}  # fmt: skip
        self.papers = {row["id"]: row for row in rows["papers"]}
        self.authors = {row["id"]: row for row in rows["authors"]}
        self.citations = rows["citations"]
        self.authorships = rows["authorships"]
        self.filed = rows["categories"]
        self.cites: dict[str, set[str]] = defaultdict(set)
        self.cited_by: dict[str, set[str]] = defaultdict(set)
        for row in self.citations:
            self.cites[row["citing"]].add(row["cited"])
            self.cited_by[row["cited"]].add(row["citing"])
        self.wrote: dict[str, set[str]] = defaultdict(set)
        self.written_by: dict[str, set[str]] = defaultdict(set)
        for row in self.authorships:
            self.wrote[row["author"]].add(row["paper"])
            self.written_by[row["paper"]].add(row["author"])
        self.primary = {row["paper"]: row["category"] for row in self.filed if row["is_primary"]}

    def paper(self, paper: str, *names: str) -> tuple[Any, ...]:
        return tuple(self.papers[paper][name] for name in names or ("id", "title", "year"))

    def times_cited(self, paper: str) -> int:
        return len(self.cited_by[paper])

    def years_apart(self) -> Iterable[tuple[str, str, int | None, int | None]]:
        for row in self.citations:
            citing, cited = row["citing"], row["cited"]
            yield citing, cited, self.papers[citing]["year"], self.papers[cited]["year"]


def twin(name: str) -> Callable[[Callable[..., Rows]], Callable[..., Rows]]:
    def keep(function: Callable[..., Rows]) -> Callable[..., Rows]:
        TWINS[name] = function
        return function

    return keep


def none_last(value: Any) -> tuple[bool, Any]:
    return (value is None, value if value is not None else 0)


def counted(world: World, times: Counter[str], limit: int | None = None) -> Rows:
    """Papers with a count, the most first."""
    order = sorted(times, key=lambda paper: (-times[paper], paper))
    return [(*world.paper(paper), times[paper]) for paper in order[:limit]]


def pairs(world: World, times: Counter[tuple[str, str]], minimum: int, limit: int) -> Rows:
    kept = [pair for pair in times if times[pair] >= minimum]
    order = sorted(kept, key=lambda pair: (-times[pair], pair))
    return [
        (first, world.papers[first]["title"], second, world.papers[second]["title"],
         times[first, second])
        for first, second in order[:limit]
    ]  # fmt: skip


def shortest(steps: Callable[[str], Iterable[str]], begin: str, end: str) -> list[list[str]]:
    """All shortest ways, found step by step."""
    ways = [[begin]]
    seen = {begin}
    while ways:
        if found := [way for way in ways if way[-1] == end]:
            return sorted(found)
        ways = [[*way, after] for way in ways for after in steps(way[-1]) if after not in seen]
        seen |= {way[-1] for way in ways}
    return []


# -- explore -------------------------------------------------------------------------------------


@twin("explore/most-cited")
def most_cited(world: World, limit: int) -> Rows:
    table = analysis.citations(world.graph)
    cited = table[table["citations"] > 0].head(limit)
    return [
        (*world.paper(row["id"], "id", "title", "year", "in_corpus"), row["citations"])
        for row in cited.to_dict("records")
    ]


@twin("explore/papers-by-title-part")
def papers_by_title_part(world: World, words: list[str], limit: int) -> Rows:
    found = [paper for paper, row in world.papers.items() if has_all(row["title"], words)]
    return counted(world, Counter({paper: world.times_cited(paper) for paper in found}), limit)


def has_all(title: str | None, words: list[str]) -> bool:
    return title is not None and all(word.lower() in title.lower() for word in words)


@twin("explore/authors-by-name")
def authors_by_name(world: World, name: str, limit: int) -> Rows:
    found = [
        (row["id"], row["name"], row["names"], len(world.wrote[row["id"]]))
        for row in world.authors.values()
        if any(name.lower() in spelling.lower() for spelling in row["names"])
    ]
    return sorted(found, key=lambda row: (-row[3], row[0]))[:limit]


@twin("explore/paper-in-full")
def paper_in_full(world: World, paper: str) -> Rows:
    rows = sorted(
        (row["position"], row["author"]) for row in world.authorships if row["paper"] == paper
    )
    filed = sorted(
        (not row["is_primary"], row["category"]) for row in world.filed if row["paper"] == paper
    )
    return [
        (*world.paper(paper, "id", "title", "year", "venue", "url"),
         [world.authors[author]["name"] for _, author in rows],
         [category for _, category in filed],
         len(world.cites[paper]), world.times_cited(paper), world.papers[paper]["abstract"])
    ]  # fmt: skip


@twin("explore/references-of-a-paper")
def references_of_a_paper(world: World, paper: str) -> Rows:
    found = [
        (*world.paper(row["cited"]), world.times_cited(row["cited"]), row["basis"], row["evidence"])
        for row in world.citations
        if row["citing"] == paper
    ]
    return sorted(found, key=lambda row: (-row[3], row[0]))


@twin("explore/papers-citing-a-paper")
def papers_citing_a_paper(world: World, paper: str, limit: int) -> Rows:
    times = Counter({citing: world.times_cited(citing) for citing in world.cited_by[paper]})
    return counted(world, times, limit)


@twin("explore/papers-citing-both")
def papers_citing_both(world: World, first: str, second: str) -> Rows:
    both = world.cited_by[first] & world.cited_by[second]
    return sorted(map(world.paper, both), key=lambda row: (none_last(row[2]), row[0]))


@twin("explore/co-cited-with")
def co_cited_with(world: World, paper: str, limit: int) -> Rows:
    times = Counter(
        other for citing in world.cited_by[paper] for other in world.cites[citing] - {paper}
    )
    return counted(world, times, limit)


@twin("explore/coupled-with")
def coupled_with(world: World, paper: str, limit: int) -> Rows:
    times = Counter(
        other for cited in world.cites[paper] for other in world.cited_by[cited] - {paper}
    )
    return counted(world, times, limit)


@twin("explore/cited-but-not-in-corpus")
def cited_but_not_in_corpus(world: World, limit: int) -> Rows:
    missing = [paper for paper, row in world.papers.items() if not row["in_corpus"]]
    times = Counter({paper: world.times_cited(paper) for paper in missing})
    return counted(world, +times, limit)


@twin("explore/papers-of-an-author")
def papers_of_an_author(world: World, author: str) -> Rows:
    found = [
        (*world.paper(row["paper"]), row["position"], world.times_cited(row["paper"]))
        for row in world.authorships
        if row["author"] == author
    ]
    return sorted(found, key=lambda row: (none_last(row[2]), row[0]))


@twin("explore/co-authors-of-an-author")
def co_authors_of_an_author(world: World, author: str) -> Rows:
    times = Counter(
        other for paper in world.wrote[author] for other in world.written_by[paper] - {author}
    )
    order = sorted(times, key=lambda other: (-times[other], other))
    return [(other, world.authors[other]["name"], times[other]) for other in order]


@twin("explore/authors-citing-an-author")
def authors_citing_an_author(world: World, author: str, limit: int) -> Rows:
    citing = {each for paper in world.wrote[author] for each in world.cited_by[paper]}
    times = Counter(other for paper in citing for other in world.written_by[paper] - {author})
    order = sorted(times, key=lambda other: (-times[other], other))
    return [(other, world.authors[other]["name"], times[other]) for other in order[:limit]]


@twin("explore/citations-per-year")
def citations_per_year(world: World, paper: str) -> Rows:
    times = Counter(world.papers[citing]["year"] for citing in world.cited_by[paper])
    return [(year, times[year]) for year in sorted(times, key=none_last)]


@twin("explore/evidence-of-a-citation")
def evidence_of_a_citation(world: World, citing: str, cited: str) -> Rows:
    return [
        (row["basis"], row["evidence"], row["file"], row["line"])
        for row in world.citations
        if (row["citing"], row["cited"]) == (citing, cited)
    ]


@twin("explore/within-two-citations")
def within_two_citations(world: World, paper: str) -> Rows:
    def around(one: str) -> set[str]:
        return world.cites[one] | world.cited_by[one]

    near = around(paper)
    far = {other for one in near for other in around(one)} - near - {paper}
    return [
        (*world.paper(other), distance)
        for distance, found in ((1, near), (2, far))
        for other in sorted(found)
    ]


@twin("explore/citation-path")
def citation_path(world: World, citing: str, cited: str, limit: int) -> Rows:
    ways = shortest(lambda paper: world.cites[paper], citing, cited)
    return [
        (len(way) - 1, way, [world.papers[paper]["title"] or paper for paper in way])
        for way in ways[:limit]
    ]


@twin("explore/collaboration-path")
def collaboration_path(world: World, first: str, second: str, limit: int) -> Rows:
    def steps(node: str) -> set[str]:
        return world.written_by[node] if node in world.papers else world.wrote[node]

    def name(node: str) -> str | None:
        return world.papers[node]["title"] if node in world.papers else world.authors[node]["name"]

    ways = shortest(steps, first, second)
    return [(len(way) // 2, way, list(map(name, way))) for way in ways[:limit]]


@twin("explore/reading-list")
def reading_list(world: World, words: list[str], limit: int) -> Rows:
    topical = [paper for paper, row in world.papers.items() if has_all(row["title"], words)]
    times = Counter(cited for paper in topical for cited in world.cites[paper])
    return [
        (*row, has_all(world.papers[row[0]]["title"], words))
        for row in counted(world, times, limit)
    ]


@twin("explore/papers-of-a-category")
def papers_of_a_category(world: World, category: str, limit: int) -> Rows:
    found = [
        (*world.paper(row["paper"]), row["is_primary"], world.times_cited(row["paper"]))
        for row in world.filed
        if row["category"] == category
    ]
    return sorted(found, key=lambda row: (-row[4], row[0]))[:limit]


# -- analyse -------------------------------------------------------------------------------------


@twin("analyse/co-citation-pairs")
def co_citation_pairs(world: World, minimum: int, limit: int) -> Rows:
    table = analysis.cocitation(world.graph, min_count=minimum)
    rows = table[["first", "second", "count"]].itertuples(index=False)
    times = Counter({(first, second): count for first, second, count in rows})
    return pairs(world, times, minimum, limit)


@twin("analyse/coupling-pairs")
def coupling_pairs(world: World, minimum: int, limit: int) -> Rows:
    times: Counter[tuple[str, str]] = Counter()
    for first in world.papers:
        for second in world.papers:
            if first < second:
                times[first, second] = len(world.cites[first] & world.cites[second])
    return pairs(world, times, minimum, limit)


@twin("analyse/citations-between-categories")
def citations_between_categories(world: World) -> Rows:
    times = Counter(
        (world.primary[row["citing"]], world.primary[row["cited"]])
        for row in world.citations
        if row["citing"] in world.primary and row["cited"] in world.primary
    )
    order = sorted(times, key=lambda pair: (-times[pair], pair))
    return [(*pair, times[pair]) for pair in order]


@twin("analyse/papers-without-references")
def papers_without_references(world: World) -> Rows:
    return [
        (*world.paper(paper), row["sources"] or None)
        for paper, row in sorted(world.papers.items())
        if row["in_corpus"] and not world.cites[paper]
    ]


@twin("analyse/citations-of-later-papers")
def citations_of_later_papers(world: World) -> Rows:
    return [
        (row["citing"], world.papers[row["citing"]]["year"],
         row["cited"], world.papers[row["cited"]]["year"], row["evidence"])
        for row in world.citations
        if row["suspicious_date"]
    ]  # fmt: skip


@twin("analyse/authors-citing-each-other")
def authors_citing_each_other(world: World, limit: int) -> Rows:
    times = Counter(
        (reader, read)
        for row in world.citations
        for reader in world.written_by[row["citing"]]
        for read in world.written_by[row["cited"]]
    )
    found = [
        (first, world.authors[first]["name"], second, world.authors[second]["name"],
         times[first, second], times[second, first])
        for first, second in list(times)
        if first < second and times[first, second] and times[second, first]
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row[4] - row[5], row[0], row[2]))[:limit]


@twin("analyse/papers-per-year")
def papers_per_year(world: World) -> Rows:
    papers: Counter[int | None] = Counter()
    references: Counter[int | None] = Counter()
    for paper, row in world.papers.items():
        if row["in_corpus"]:
            papers[row["year"]] += 1
            references[row["year"]] += len(world.cites[paper])
    return [(year, papers[year], references[year]) for year in sorted(papers, key=none_last)]


@twin("analyse/sleeping-beauties")
def sleeping_beauties(world: World, minimum: int, limit: int) -> Rows:
    by_age: dict[str, Counter[int]] = defaultdict(Counter)
    for _, cited, later, earlier in world.years_apart():
        if later is not None and earlier is not None and later >= earlier:
            by_age[cited][later - earlier] += 1
    found = []
    for paper, times in by_age.items():
        most = max(times.values())
        peak = min(age for age in times if times[age] == most)
        if most < minimum or not peak:
            continue
        beauty = sum(
            ((most - times[0]) / peak * age + times[0] - times[age]) / max(1, times[age])
            for age in range(peak + 1)
        )
        identity, title, year = world.paper(paper)
        found.append((identity, title, year, year + peak, most, round(beauty, 2)))
    return sorted(found, key=lambda row: (-row[5], row[0]))[:limit]


@twin("analyse/likely-duplicates")
def likely_duplicates(world: World) -> Rows:
    by_title: dict[str, list[str]] = defaultdict(list)
    for paper, row in sorted(world.papers.items()):
        if row["title"]:
            by_title[row["title"].translate(str.maketrans("", "", "- .")).lower()].append(paper)
    found = [
        (title, ids, [year for paper in ids if (year := world.papers[paper]["year"]) is not None])
        for title, ids in by_title.items()
        if title and len(ids) > 1
    ]
    return sorted(found, key=lambda row: (-len(row[1]), row[0]))


@twin("analyse/authors-by-h-index")
def authors_by_h_index(world: World, limit: int) -> Rows:
    found = []
    for author, papers in world.wrote.items():
        times = [world.times_cited(paper) for paper in papers]
        h = max(h for h in range(len(times) + 1) if sum(each >= h for each in times) >= h)
        found.append((author, world.authors[author]["name"], h, len(times), sum(times)))
    return sorted(found, key=lambda row: (-row[2], -row[4], row[0]))[:limit]


@twin("analyse/collaborations")
def collaborations(world: World, minimum: int, limit: int) -> Rows:
    found = [
        (first, world.authors[first]["name"], second, world.authors[second]["name"], papers)
        for first in world.authors
        for second in world.authors
        if first < second and (papers := len(world.wrote[first] & world.wrote[second])) >= minimum
    ]
    return sorted(found, key=lambda row: (-row[4], row[0], row[2]))[:limit]


@twin("analyse/mutual-citations")
def mutual_citations(world: World) -> Rows:
    return [
        (*world.paper(first, "id", "title"), *world.paper(second, "id", "title"))
        for first in sorted(world.papers)
        for second in sorted(world.cites[first] & world.cited_by[first])
        if first < second
    ]


@twin("analyse/papers-read-across-categories")
def papers_read_across_categories(world: World, limit: int) -> Rows:
    found = []
    for paper in world.papers:
        citing = [each for each in world.cited_by[paper] if each in world.primary]
        if citing:
            fields = {world.primary[each] for each in citing}
            found.append((*world.paper(paper), len(fields), len(citing)))
    return sorted(found, key=lambda row: (-row[3], -row[4], row[0]))[:limit]


@twin("analyse/age-of-references")
def age_of_references(world: World) -> Rows:
    seen: dict[int, list[int]] = defaultdict(list)
    for _, _, later, earlier in world.years_apart():
        if later is not None and earlier is not None:
            seen[later].append(earlier)
    return [
        (year, len(years), sum(year - each for each in years) / len(years), min(years))
        for year, years in sorted(seen.items())
    ]


@twin("analyse/self-citations")
def self_citations(world: World, minimum: int, limit: int) -> Rows:
    found = []
    for author, papers in world.wrote.items():
        cited = [other for paper in papers for other in world.cites[paper]]
        own = sum(other in papers for other in cited)
        if len(cited) >= minimum and own:
            found.append((author, world.authors[author]["name"], len(cited), own))
    return sorted(found, key=lambda row: (-row[3] / row[2], -row[2], row[0]))[:limit]


@twin("analyse/isolated-papers")
def isolated_papers(world: World) -> Rows:
    return [
        (*world.paper(paper), row["sources"] or None)
        for paper, row in sorted(world.papers.items())
        if not world.cites[paper] | world.cited_by[paper]
    ]


@twin("analyse/citations-by-input")
def citations_by_input(world: World) -> Rows:
    rows = world.citations
    times = Counter((row["file"], row["basis"]) for row in rows)
    odd = Counter((row["file"], row["basis"]) for row in rows if row["suspicious_date"])
    order = sorted(times, key=lambda pair: (-times[pair], pair))
    return [(*pair, times[pair], odd[pair]) for pair in order]


@twin("analyse/most-cited-since")
def most_cited_since(world: World, since: int, limit: int) -> Rows:
    recent = Counter(
        cited for _, cited, later, _ in world.years_apart() if later is not None and later >= since
    )
    return [(*row, world.times_cited(row[0])) for row in counted(world, recent, limit)]
