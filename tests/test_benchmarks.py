"""The corpora are what they are said to be, and those who are compared answer alike."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from benchmarks import corpus as generator
from benchmarks import run
from benchmarks.corpus import Corpus, make, records
from benchmarks.measure import Failed, measure
from benchmarks.peers import expert
from benchmarks.run import Contender, disagreements, floors, report
from graphbuild.identifiers import arxiv_id
from graphbuild.people import author_id

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "benchmarks" / "peers"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return make(20_000)


@pytest.fixture(scope="module")
def rows(corpus: Corpus) -> list[dict]:
    return [json.loads(line) for line in records(corpus)]


# -- the generator -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("papers", "hubs_and_cycles", "digest"),
    [
        (500, False, "7adac5874ec316b0"),
        (500, True, "cfacc3f14d96a609"),
        (1, False, "9ec89e4ff25bae48"),
    ],
)
def test_the_same_bytes_everywhere(papers: int, hubs_and_cycles: bool, digest: str) -> None:
    lines = b"".join(records(make(papers, seed=7, hubs_and_cycles=hubs_and_cycles)))
    assert hashlib.sha256(lines).hexdigest()[:16] == digest, (
        "other bytes than before: if that is meant, change VERSION too"
    )


def test_another_seed_is_another_corpus() -> None:
    assert list(records(make(300, seed=1))) != list(records(make(300, seed=2)))


def test_files_are_made_once(tmp_path: Path) -> None:
    path = generator.corpus(300, folder=tmp_path / "cache")
    assert path.read_bytes().count(b"\n") == 303
    path.write_bytes(b"kept")
    assert generator.corpus(300, folder=tmp_path / "cache").read_bytes() == b"kept"
    assert generator.corpus(300, seed=1, folder=tmp_path / "cache") != path
    assert generator.corpus(300, hubs_and_cycles=True, folder=tmp_path / "cache") != path


def test_sizes_out_of_range_are_refused() -> None:
    for papers in (0, generator.MOST_PAPERS + 1):
        with pytest.raises(ValueError, match="from 1 to 2,000,000 papers"):
            make(papers)


def test_records_look_like_those_of_an_archive(corpus: Corpus, rows: list[dict]) -> None:
    assert len({row["id"] for row in rows}) == 20_000
    assert all(arxiv_id(identifier) == identifier for identifier in corpus.ids)
    assert len(set(corpus.ids)) == len(corpus.ids)
    assert {len(identifier) for identifier in corpus.ids if "." in identifier} == {9, 10}
    old = sum("/" in identifier for identifier in corpus.ids) / len(corpus.ids)
    assert 0.03 < old < 0.15
    for row in rows:
        assert list(row) == ["id", "title", "authors", "date", "categories", "references"]
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])-([01]\d|2[0-8])", row["date"])
        month = re.search(r"(\d{4})(?:\.|\d{3}$)", row["id"])
        assert month is not None
        assert month[1] == row["date"][2:4] + row["date"][5:7]
        assert row["authors"]
        assert 1 <= len(row["categories"]) <= 2
        assert len(set(row["categories"])) == len(row["categories"])


def test_titles_and_names_are_told_apart(rows: list[dict]) -> None:
    titles = {row["id"]: row["title"] for row in rows}
    assert len(set(titles.values())) == len(titles)
    names = {name for row in rows for name in row["authors"]}
    assert len({author_id(name) for name in names}) == len(names)
    assert all(len(set(row["authors"])) == len(row["authors"]) for row in rows)
    many = [generator._name(author) for author in range(1_000_000)]
    assert len(set(many)) == len(many)


def test_reference_lists_are_lognormal_around_27(corpus: Corpus) -> None:
    lengths = np.diff(corpus.indptr)[corpus.has_record]
    assert 23 < lengths.mean() < 29
    logarithms = np.log(lengths[lengths > 0])
    assert 0.5 < logarithms.std() < 0.75
    centred = logarithms - logarithms.mean()
    assert abs((centred**3).mean() / logarithms.std() ** 3) < 0.3
    drawn = generator._list_lengths(generator._Dice(0, 0), 200_000)
    assert abs(drawn.mean() - generator.MEAN_REFERENCES) < 0.2
    assert abs(np.log(drawn[drawn > 0]).std() - generator.SIGMA_REFERENCES) < 0.02


def test_everything_cited_is_earlier(corpus: Corpus) -> None:
    citing = np.repeat(np.arange(len(corpus.ids)), np.diff(corpus.indptr))
    assert (corpus.cited < citing).all()
    assert (np.diff(corpus.months) >= 0).all()
    same_month = np.flatnonzero(np.diff(corpus.months) == 0)
    assert (corpus.days[same_month] <= corpus.days[same_month + 1]).all()
    pairs = citing * len(corpus.ids) + corpus.cited
    assert len(np.unique(pairs)) == len(pairs)


def test_what_is_cited_much_is_cited_more(corpus: Corpus) -> None:
    times = np.sort(np.bincount(corpus.cited, minlength=len(corpus.ids)))[::-1]
    assert times[: len(times) // 100].sum() > 0.1 * times.sum()
    assert times[0] > 20 * times.mean()
    # What is cited together is cited together again, far more than if lists were shuffled.
    shuffled = np.random.default_rng(0).permutation(corpus.cited)
    assert pairs_of(corpus, corpus.cited) > 10 * pairs_of(corpus, shuffled)


def pairs_of(corpus: Corpus, cited: np.ndarray) -> int:
    """How many pairs are cited together three times or more, of papers that are no giants."""
    size = len(corpus.ids)
    few = np.bincount(cited, minlength=size)[cited] <= 50
    citing = np.repeat(np.arange(size), np.diff(corpus.indptr))[few]
    matrix = sparse.csr_array((np.ones(few.sum(), np.int32), (citing, cited[few])), (size, size))
    matrix.data[:] = 1  # a shuffled list may name a paper twice
    return len(expert.cocitation(matrix)[2])


def test_papers_cite_their_topic(corpus: Corpus) -> None:
    citing = np.repeat(np.arange(len(corpus.ids)), np.diff(corpus.indptr))
    assert (corpus.topics[citing] == corpus.topics[corpus.cited]).mean() > 0.7
    sizes = np.bincount(corpus.topics)
    assert len(sizes) >= generator.TOPICS_AT_LEAST
    assert sizes.max() < 5 * sizes.min()


def test_some_cited_papers_have_no_record(corpus: Corpus, rows: list[dict]) -> None:
    with_record = {row["id"] for row in rows}
    cited = {reference for row in rows for reference in row["references"]}
    assert 0.08 < len(cited - with_record) / len(cited | with_record) < 0.16
    early, late = np.array_split(corpus.has_record, 2)
    assert early.mean() < late.mean()


def test_some_records_come_twice(corpus: Corpus, rows: list[dict]) -> None:
    times = Counter(row["id"] for row in rows)
    twice = {identifier for identifier, count in times.items() if count == 2}
    assert len(rows) == 20_200
    assert len(twice) == 200
    assert set(times.values()) == {1, 2}
    first: dict[str, dict] = {}
    for row in rows:
        if row["id"] in twice:
            other = first.setdefault(row["id"], row)
            assert {**row, "references": 0} == {**other, "references": 0}
    at = {identifier: place for place, identifier in enumerate(corpus.ids)}
    lists: dict[str, list[set[str]]] = {}
    for row in rows:
        lists.setdefault(row["id"], []).append(set(row["references"]))
    for identifier in twice:
        one, other = lists[identifier]
        paper = at[identifier]
        whole = corpus.cited[corpus.indptr[paper] : corpus.indptr[paper + 1]].tolist()
        assert one | other == {corpus.ids[cited] for cited in whole}
        assert len(whole) < 2 or (one - other and other - one)


def test_records_are_in_order_of_time(rows: list[dict]) -> None:
    seen: set[str] = set()
    firsts = [row["date"] for row in rows if not (row["id"] in seen or seen.add(row["id"]))]
    assert firsts == sorted(firsts)


def test_productivity_follows_zipf(rows: list[dict]) -> None:
    once = {row["id"]: row for row in rows}
    papers = Counter(name for row in once.values() for name in row["authors"])
    counts = np.array(sorted(papers.values(), reverse=True))
    # Over the middle of the ranks, productivity falls as rank to the power of about -1.
    ranks = np.arange(len(counts)) + 1
    middle = slice(len(counts) // 20, len(counts) // 2)
    slope, _ = np.polyfit(np.log(ranks[middle]), np.log(counts[middle]), 1)
    assert -1.3 < slope < -0.7
    assert counts[0] > 20 * np.median(counts)
    assert 2 < sum(papers.values()) / len(once) < 4.5


def test_counts_are_those_of_the_records(corpus: Corpus, rows: list[dict]) -> None:
    citations = {(row["id"], reference) for row in rows for reference in row["references"]}
    assert corpus.counts() == {
        "papers": len({row["id"] for row in rows} | {cited for _, cited in citations}),
        "citations": len(citations),
        "authors": len({name for row in rows for name in row["authors"]}),
    }


def test_hubs_and_cycles() -> None:
    plain, corpus = make(2_000), make(2_000, hubs_and_cycles=True)
    times = np.bincount(corpus.cited, minlength=len(corpus.ids))
    more = times - np.bincount(plain.cited, minlength=len(plain.ids))
    hubs = np.argsort(-more)[: generator.HUBS]
    assert corpus.has_record[hubs].all()
    assert (times[hubs] > 0.035 * len(corpus.ids)).all()
    citing = np.repeat(np.arange(len(corpus.ids)), np.diff(corpus.indptr))
    graph = nx.DiGraph(zip(citing.tolist(), corpus.cited.tolist(), strict=True))
    assert len(max(nx.strongly_connected_components(graph), key=len)) > 10
    assert not any(nx.selfloop_edges(graph))
    assert graph.number_of_edges() == len(corpus.cited)


# -- the peers and their measuring ---------------------------------------------------------------


@pytest.mark.parametrize("hubs_and_cycles", [False, True])
def test_peers_answer_alike(tmp_path: Path, hubs_and_cycles: bool) -> None:
    papers = 300
    path = generator.corpus(papers, hubs_and_cycles=hubs_and_cycles, folder=tmp_path)
    answers = {}
    for peer in ("plain", "expert"):
        done = measure([sys.executable, str(PEERS / f"{peer}.py"), str(path)])
        answers[peer] = json.loads(done.output)
    assert disagreements(answers) == []
    expected = make(papers, hubs_and_cycles=hubs_and_cycles).counts()
    assert {name: answers["expert"][name] for name in expected} == expected
    assert answers["expert"]["pairs"] > 1_000
    assert len(answers["plain"]["pagerank"]) == 20
    assert answers["plain"]["clusters"] > 1


def test_the_bare_loop_reads_every_line(tmp_path: Path) -> None:
    path = generator.corpus(300, folder=tmp_path)
    done = measure([sys.executable, str(PEERS / "orjson_loop.py"), str(path)])
    assert json.loads(done.output) == {"lines": 303}


def test_differences_are_told() -> None:
    one = {
        "papers": 10, "citations": 20, "authors": 3, "pairs": 5, "modularity": 0.5,
        "pagerank": [["a", 0.3], ["b", 0.2]],
    }  # fmt: skip
    assert disagreements({"x": one, "y": {**one, "pagerank": [["a", 0.3], ["c", 0.2]]}}) == []
    assert disagreements({"x": one, "y": {**one, "modularity": 0.496}}) == []
    wrong = {
        **one, "citations": 21, "modularity": 0.49, "pagerank": [["a", 0.3000001], ["b", 0.2]]
    }  # fmt: skip
    told = disagreements({"x": one, "y": wrong})
    assert told == [
        "citations: 20 by x, 21 by y",
        "PageRank: x and y differ in the 20 highest",
        "modularity: 0.4900 by y, the best is 0.5000",
    ]


def test_time_and_memory_of_a_process_and_its_children() -> None:
    hold = "import subprocess, sys, time; held = bytearray({}); time.sleep(0.3)"
    child = hold.format(60_000_000)
    parent = hold.format(50_000_000) + (
        f"; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"
    )
    alone = measured_by_a_small_process(child)
    assert 60e6 < alone["peak_bytes"] < 90e6
    together = measured_by_a_small_process(parent)
    assert together["output"] == "done\n"
    assert together["seconds"] > 0.6
    assert 0 < together["cpu_seconds"] < 60
    if Path("/proc/self/task").exists():
        assert 110e6 < together["peak_bytes"] < 170e6


def measured_by_a_small_process(script: str) -> dict:
    """Tests are large by now, and a peak is carried over from the process that is forked."""
    small = (
        "import json, sys; from benchmarks.measure import measure;"
        f" m = measure([sys.executable, '-c', {script!r}]);"
        " print(json.dumps({**vars(m), 'output': m.output.decode()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", small], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_failing_process_says_why() -> None:
    with pytest.raises(Failed, match="ended with 3:\nfor a reason"):
        measure(
            [sys.executable, "-c", "import sys; print('for a reason', file=sys.stderr); exit(3)"]
        )


def test_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    options = "--sizes 300 --repeats 1 --contenders graphbuild expert --stages-at 0"
    folders = ["--folder", str(tmp_path / "kept"), "--json", str(figures)]
    status = run.main([*options.split(), "--start-up-repeats", "1", *folders])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert "All answers agree." in printed
    text = figures.read_text()
    assert str(tmp_path) not in text
    assert str(ROOT) not in text
    results = json.loads(text)
    (measured,) = results["whole_commands"]
    assert set(measured["contenders"]) == {"graphbuild", "expert"}
    ours = measured["contenders"]["graphbuild"]
    assert ours["answers"]["pairs"] == measured["contenders"]["expert"]["answers"]["pairs"] > 0
    steps = ours["steps"].values()
    assert ours["seconds"] == pytest.approx(sum(step["seconds"] for step in steps))
    assert ours["peak_bytes"] == max(step["peak_bytes"] for step in steps)
    assert results["machine"]["libraries"]["numpy"] == np.__version__
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".jsonl"]


def test_a_run_survives_who_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def contenders(_corpus: Path, _graph: Path) -> list[Contender]:
        fails = (sys.executable, "-c", "raise SystemExit(9)")
        works = (sys.executable, "-c", "")
        return [
            Contender("fails", "who fails", {"whole": fails}, None),
            Contender("works", "who works", {"whole": works}, None),
        ]

    monkeypatch.setattr(run, "_contenders", contenders)
    options = ["--sizes", "50", "--repeats", "2", "--stages-at", "0", "--start-up-repeats", "1"]
    assert run.main([*options, "--folder", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert printed.endswith("FAILED:\nfails ended with 9 at 50 papers\n")
    assert "| who works | " in printed
    assert "| who fails | " not in printed


def test_floors_and_the_report() -> None:
    def took(seconds: float, peak: float) -> dict:
        return {"seconds": seconds, "cpu_seconds": seconds, "peak_bytes": peak}

    ours = {**took(2, 8e8), "steps": {name: took(1, 8e8) for name in ("build", "rank", "clusters")}}
    contenders = {"graphbuild": ours, "expert": took(8, 1e9), "plain": took(50, 4e9)}
    results = {
        "whole_commands": [{"papers": 100_000, "bytes": 58_000_000, "contenders": contenders}],
        "stages": [],
        "start_up": {"graphbuild --help": took(0.4, 1e7)},
        "memory_limit": None,
        "disagreements": ["something"],
        "failures": ["somebody"],
    }
    told = [str(floor) for floor in floors(results)]
    assert told == [
        "NOT REACHED: faster than the plain script at 100,000, floor ≥ 30×: 25×",
        "reached: faster than the expert's at 100,000, floor ≥ 2.5×: 4×",
        "reached: peak at 100,000, floor ≤ 900 MB: 800 MB",
        "NOT REACHED: graphbuild --help, floor ≤ 0.3 s: 0.4 s",
    ]
    text = report({**results, "floors": [{"text": line} for line in told]})
    assert "| expert: orjson, SciPy, igraph | 8 s (8 s CPU), 1.00 GB, 4× |" in text
    assert "| – build | 1 s (1 s CPU), 800 MB |" in text
    assert text.endswith("Answers DISAGREE:\nsomething\n\nFAILED:\nsomebody")
