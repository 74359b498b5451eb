"""Who wrote what: B³ precision, recall and F1 of the authors that graphbuild finds.

One set is given: signatures of INSPIRE that people have told apart, with names and affiliations
alone. The others are made here, always the same, with all that is true of them known:

* ``database papers``: two real lists of papers, in which names are split (initials in place of
  given names, middle names dropped, accents lost) and people are given one another's names;
* ``made-up fields``: papers of made-up people from twelve fields, with co-authors, places, venues,
  years, categories, titles and citations, whose names are as frequent as names are in China,
  Korea, India and the West, so that half of the frequent ones are several people's;
* ``one name, many people``: forty names, each spelled out and of many people in all fields;
* ``nothing but names``: the same without co-authors, titles, citations and categories.

B³ (Bagga and Baldwin, 1998) asks of each signature how many of those that are said to be its
author's are, and how many of its author's are said to be.
"""

# ruff: noqa: SIM905 - lists of words stand as running words

from __future__ import annotations

import csv
import html
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import graphbuild as gb
from graphbuild.text import fold

TITLE = "Authors: B³ over signatures"

Paper = dict[str, Any]
Signature = tuple[str, int]


@dataclass(frozen=True)
class Gold:
    """Papers as records, and who is the author at each place of a paper's list."""

    papers: Sequence[Paper]
    truth: Mapping[Signature, Hashable]


def report(data: Path) -> str:
    """The table for all sets, each with what plain rules make of it."""
    lines = [
        "| | signatures | people | precision | recall | F1 | equal names | family and initial |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, make in SETS.items():
        gold = make(data)
        precision, recall, f1 = b_cubed(gold.truth, found(gold.papers))
        plain = (b_cubed(gold.truth, rule(gold))[2] for rule in (_by_name, _by_initial))
        lines.append(
            f"| {name} | {len(gold.truth)} | {len(set(gold.truth.values()))} | {precision:.3f} |"
            f" {recall:.3f} | **{f1:.3f}** | " + " | ".join(f"{f:.3f}" for f in plain) + " |"
        )
    return "\n".join(lines)


def found(papers: Sequence[Paper]) -> dict[Signature, str]:
    """The author of each place in each paper, as graphbuild finds them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "papers.jsonl"
        path.write_text("".join(json.dumps(paper) + "\n" for paper in papers))
        authorships = gb.build([path], namespace="set").authorships
    return {
        (paper.removeprefix("id:set/"), position): author
        for paper, position, author in zip(
            authorships.paper, authorships.position, authorships.author, strict=True
        )
    }


def b_cubed(
    truth: Mapping[Signature, Hashable], answer: Mapping[Signature, Hashable]
) -> tuple[float, float, float]:
    """Precision, recall and F1 over the signatures whose author is known."""
    right = Counter(truth.values())
    answer = {signature: answer.get(signature, signature) for signature in truth}
    said = Counter(answer.values())
    both = Counter((author, answer[signature]) for signature, author in truth.items())
    precision = sum(n * n / said[answer_] for (_, answer_), n in both.items()) / len(truth)
    recall = sum(n * n / right[author] for (author, _), n in both.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _by_name(gold: Gold) -> dict[Signature, Hashable]:
    return {at: fold(_shown(name)) for at, name in _names(gold)}


def _by_initial(gold: Gold) -> dict[Signature, Hashable]:
    return {
        at: (words[-1], words[0][0])
        for at, name in _names(gold)
        if (words := fold(_shown(name)).split())
    }


def _names(gold: Gold) -> Iterator[tuple[Signature, str]]:
    for paper in gold.papers:
        for position, author in enumerate(paper["authors"], 1):
            if (paper["id"], position) in gold.truth:
                yield (paper["id"], position), author if isinstance(author, str) else author["name"]


def _shown(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given} {family}" if comma else name


# -- the set that is given -----------------------------------------------------------------------


def inspire(data: Path) -> Gold:
    """Signatures of INSPIRE: a paper has those of its authors whose name is asked for."""
    folder = data / "authors"
    signatures = json.loads((folder / "beard_wang_signatures.json").read_text())
    clusters = json.loads((folder / "beard_wang_clusters.json").read_text())
    author_of = {number: author for author, numbers in clusters.items() for number in numbers}
    papers: dict[int, Paper] = {}
    truth: dict[Signature, Hashable] = {}
    for row in sorted(
        signatures, key=lambda row: (row["publication_id"], row["signature_position"])
    ):
        paper = papers.setdefault(
            row["publication_id"], {"id": f"p{row['publication_id']}", "authors": []}
        )
        place = row["author_affiliation"]
        paper["authors"].append(
            {"name": row["author_name"], "affiliations": [place] if place else []}
        )
        truth[paper["id"], len(paper["authors"])] = author_of[row["signature_id"]]
    return Gold(list(papers.values()), truth)


# -- real papers, whose authors' names are made hard to read ---------------------------------------


def database_papers(data: Path) -> Gold:
    """Two lists of papers on databases; some names are split, some people share one name."""
    chance = random.Random(5)
    rows: list[Paper] = []
    seen: set[str] = set()
    for name in ("dblp", "acm"):
        with (data / "dedup" / f"{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="%"):
                title = fold(html.unescape(row["title"]))
                if row["authors"] and title not in seen:
                    seen.add(title)
                    rows.append({**row, "id": f"{name}{row['id']}"})
    names = {
        row["id"]: [html.unescape(each) for each in row["authors"].split(", ") if each.strip()]
        for row in rows
    }
    people = sorted({each for listed in names.values() for each in listed if _is_full(each)})
    chance.shuffle(people)
    # One in six takes the name of another, as happens where names are frequent.
    shared = len(people) // 12
    alias = dict(zip(people[:shared], people[shared : 2 * shared], strict=True))
    habits = {person: chance.random() for person in people}
    papers, truth = [], {}
    for row in rows:
        shown = []
        for position, person in enumerate(names[row["id"]], 1):
            name = alias.get(person, person)
            if person in habits:
                truth[row["id"], position] = person
                name = _spelled(name, habits[person], chance)
            shown.append(name)
        if len({fold(each) for each in shown}) == len(shown):
            papers.append(
                {"id": row["id"], "title": row["title"], "authors": shown,
                 "year": int(row["year"] or 0) or None,
                 "venue": row["venue"]}
            )  # fmt: skip
    kept = {paper["id"] for paper in papers}
    return Gold(papers, {at: person for at, person in truth.items() if at[0] in kept})


def _is_full(name: str) -> bool:
    words = name.replace(".", " ").split()
    return len(words) > 1 and len(words[0]) > 1


def _spelled(name: str, habit: float, chance: random.Random) -> str:
    """A name as one paper has it: two in five people are now and then printed with initials."""
    words = name.split()
    if habit < 0.4 and chance.random() < 0.5:
        initials = [f"{word[0]}." for word in words[:-1]]
        if chance.random() < 0.3:
            initials = initials[:1]
        return " ".join([*initials, words[-1]])
    if habit > 0.7 and chance.random() < 0.3:
        return f"{words[-1]}, {words[0]}"
    return name if chance.random() < 0.9 else fold(name).title()


# -- made-up people of many fields -----------------------------------------------------------------

_CHINESE = (
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo"
).split()
_SYLLABLES = (
    "wei jun jing yan min hui xin yu li jie tao lei bo ming hong hua ying fang feng qiang yong"
    " xiao jian hao zhi guo wen yi chun mei"
).split()
_KOREAN = "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim".split()
_KOREAN_GIVEN = (
    "Min-Jun Ji-Hoon Seung-Hyun Hyun-Woo Jin-Ho Sang-Min Young-Ho Ji-Young Eun-Ji Soo-Jin Hye-Jin"
    " Dong-Hyun Tae-Hyun Jae-Won Kyung-Soo"
).split()
_INDIAN = "Kumar Singh Sharma Gupta Patel Das Rao Reddy Jain Verma Iyer Bose".split()
_INDIAN_GIVEN = (
    "Amit Anil Arun Ashok Deepak Manoj Rajesh Rakesh Ravi Sanjay Sunil Suresh Vijay Vikas Anita"
    " Priya Pooja Neha"
).split()
_WESTERN_STEMS = (
    "Bar Ber Bran Col Dal Es Fer Gar Hal Har Jon Kel Lam Mar Nor Pal Rob San Tor Wal".split()
)
_WESTERN_ENDS = (
    "ber den dini ford gard holm kamp lander lini mann mont ner rell sen sett ski son ton vale wick"
).split()
_COMMON = "Smith Johnson Brown Jones Miller Davis Martin Garcia Müller Schmidt".split()
_WESTERN_GIVEN = (
    "John David Michael James Robert Peter Thomas Daniel Andrew Paul Mark Martin Christian Anna"
    " Maria Sarah Laura Julia Karin Elena Sophie Jan Jürgen Pierre José André Erik Lars Ivan Olga"
    " Nina Hugo Otto Clara Greta Fiona Miles Edgar Simone Bruno"
).split()
_FIELDS = (
    "algebra astronomy botany chemistry economics geology immunology linguistics neurology optics"
    " robotics sociology"
).split()


@dataclass
class _Author:
    name: tuple[str, str]
    field: int
    group: int
    places: list[str]
    began: int
    spells_out: float


def made_up_fields(
    _: Path | None = None, *, seed: int = 11, bearers: Sequence[tuple[str, str]] = ()
) -> Gold:
    """Papers of made-up people: groups within fields, who move, publish, and cite themselves.

    One person in ten has a name of ``bearers``, and only they are asked for; without them all whose
    family name and initial are several people's.
    """
    chance = random.Random(seed)
    kinds = ("University of", "Institute of Technology", "Academy of Sciences", "Hospital")
    places = [f"{kind} {city}" for city in _cities(chance, 60) for kind in kinds]
    words = [_words(chance, 260) for _ in _FIELDS]
    common = _words(chance, 200)
    people: list[_Author] = []
    groups: list[list[int]] = []
    for field in range(len(_FIELDS)):
        for _ in range(30):
            place = chance.choice(places)
            began = chance.randint(1985, 2018)
            group = []
            for _ in range(chance.randint(3, 9)):
                home = place if chance.random() < 0.8 else chance.choice(places)
                moves = [chance.choice(places)] if chance.random() < 0.35 else []
                name = _made_up_name(chance)
                if bearers and chance.random() < 0.1:
                    name = bearers[int(len(bearers) * chance.random() ** 2)]
                begins = max(1985, began + chance.randint(-6, 8))
                spells_out = chance.choice([1, 1, 0.8, 0.3, 0])
                homes = [home, *moves]
                person = _Author(name, field, len(groups), homes, begins, spells_out)
                group.append(len(people))
                people.append(person)
            groups.append(group)
    papers: list[Paper] = []
    truth: dict[Signature, Hashable] = {}
    written: defaultdict[int, list[str]] = defaultdict(list)
    for number, person in enumerate(people):
        themes = chance.sample(range(260), 40)
        for _ in range(min(40, int(chance.lognormvariate(1.0, 0.9)) + 1)):
            paper_id = f"m{len(papers)}"
            year = min(2024, person.began + int(abs(chance.gauss(0, 9))))
            group = groups[person.group]
            team = [number] + [
                each
                for each in chance.sample(group, min(len(group), chance.randint(0, 4)))
                if each != number
            ]
            if chance.random() < 0.3:
                team.append(chance.randrange(len(people)))
            team = list(dict.fromkeys(team))
            chance.shuffle(team)
            listed = []
            for position, each in enumerate(team, 1):
                author = people[each]
                place = author.places[-1] if year > author.began + 8 else author.places[0]
                listed.append(
                    {
                        "name": _printed(author, chance),
                        "affiliations": [place] if chance.random() < 0.7 else [],
                    }
                )
                truth[paper_id, position] = each
            field = person.field
            title = [words[field][chance.choice(themes)] for _ in range(chance.randint(3, 6))]
            title += chance.sample(common, 3)
            chance.shuffle(title)
            earlier = [each for member in team for each in written[member]]
            cited = chance.sample(earlier, min(len(earlier), chance.randint(0, 3)))
            papers.append({
                "id": paper_id, "title": " ".join(title).capitalize(), "authors": listed,
                "year": year,
                "venue": f"Journal of {_FIELDS[field].title()} {chance.choice('ABCDEF')}",
                "categories": [f"{_FIELDS[field]}"], "references": cited,
            })  # fmt: skip
            for each in team:
                written[each].append(paper_id)
    if bearers:
        truth = {at: each for at, each in truth.items() if people[each].name in bearers}
        return Gold(papers, truth)
    return Gold(papers, _ambiguous(truth, people))


def _ambiguous(
    truth: Mapping[Signature, Hashable], people: Sequence[_Author]
) -> dict[Signature, Hashable]:
    """Those whose family name and initial are several people's, as people who make sets choose."""
    blocks: defaultdict[tuple[str, str], set[Hashable]] = defaultdict(set)
    for number in truth.values():
        blocks[_block(people[number])].add(number)
    return {at: each for at, each in truth.items() if len(blocks[_block(people[each])]) >= 4}


def _block(author: _Author) -> tuple[str, str]:
    return author.name[1], author.name[0][0]


def _made_up_name(chance: random.Random) -> tuple[str, str]:
    kind = chance.random()
    if kind < 0.35:
        syllables = chance.sample(_SYLLABLES, 1 if chance.random() < 0.45 else 2)
        return "".join(syllables).capitalize(), chance.choice(_CHINESE)
    if kind < 0.45:
        return chance.choice(_KOREAN_GIVEN), chance.choice(_KOREAN)
    if kind < 0.55:
        return chance.choice(_INDIAN_GIVEN), chance.choice(_INDIAN)
    given = chance.choice(_WESTERN_GIVEN)
    if chance.random() < 0.4:
        given += f" {chance.choice('ABCDEFGHJKLMPRSTW')}."
    if chance.random() < 0.2:
        return given, chance.choice(_COMMON)
    return given, chance.choice(_WESTERN_STEMS) + chance.choice(_WESTERN_ENDS)


def _printed(author: _Author, chance: random.Random) -> str:
    given, family = author.name
    if chance.random() > author.spells_out:
        initials = "".join(f"{part[0].upper()}." for part in given.replace("-", " ").split())
        return f"{family}, {initials}" if chance.random() < 0.5 else f"{initials} {family}"
    if chance.random() < 0.25:
        given = given.split()[0]
    if chance.random() < 0.1:
        given, family = fold(given).title(), fold(family).title()
    return f"{given} {family}"


def _words(chance: random.Random, count: int) -> list[str]:
    onsets, nuclei = "b c d f g l m n p r s t v tr pl st".split(), "a e i o u ea io".split()
    made: set[str] = set()
    while len(made) < count:
        made.add(
            "".join(chance.choice(onsets) + chance.choice(nuclei) for _ in range(3))
            + chance.choice("nrst")
        )
    return sorted(made)


def _cities(chance: random.Random, count: int) -> list[str]:
    return [word.capitalize() for word in _words(chance, count)]


def one_name(_: Path | None = None) -> Gold:
    """Forty names that are spelled out mostly, each of several people in all fields."""
    chance = random.Random(3)
    bearers = [(syllable.capitalize(), chance.choice(_CHINESE)) for syllable in _SYLLABLES[:24]]
    bearers += [(chance.choice(_WESTERN_GIVEN), chance.choice(_COMMON)) for _ in range(10)]
    bearers += [
        ("".join(chance.sample(_SYLLABLES, 2)).capitalize(), chance.choice(_CHINESE))
        for _ in range(6)
    ]
    chance.shuffle(bearers)
    return made_up_fields(seed=29, bearers=bearers)


def nothing_but_names(_: Path | None = None) -> Gold:
    """The same people, each signature on its own: a name, at times a place, a year and a venue."""
    gold = made_up_fields(seed=23)
    papers, truth = [], {}
    for paper in gold.papers:
        for position, author in enumerate(paper["authors"], 1):
            own = f"{paper['id']}x{position}"
            if (paper["id"], position) not in gold.truth:
                continue
            papers.append(
                {"id": own, "authors": [author], "year": paper["year"], "venue": paper["venue"]}
            )
            truth[own, 1] = gold.truth[paper["id"], position]
    return Gold(papers, truth)


SETS: Mapping[str, Callable[[Path], Gold]] = {
    "INSPIRE": inspire,
    "database papers": database_papers,
    "made-up fields": made_up_fields,
    "one name, many people": one_name,
    "nothing but names": nothing_but_names,
}
