"""graphbuild beside its peers: time, memory and the same answers, in one run.

    python -m benchmarks.run --sizes 10000 100000 1000000

Whoever is compared takes turns, round after round, so that a busy minute of the machine hits all of
them; figures are medians. Exits with 1 when answers disagree or somebody fails. Whether floors are
reached is told, and changes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, Failed, Measurement, measure

__all__ = ["disagreements", "main"]

CACHE = ROOT / ".cache" / "benchmarks"
LIBRARIES = (
    "graspologic-native", "igraph", "networkx", "numba", "numpy", "orjson", "pandas", "pyarrow",
    "scipy",
)  # fmt: skip

PLAIN_UP_TO = 100_000
"""Beyond, the plain script does not fit into the memory of a laptop."""
PLAIN_ONCE_FROM = 50_000
"""From here on it takes minutes, and one round must do."""
STAGES_AT = 100_000
STAGE_PEERS = {
    "pagerank": ("graphbuild", "igraph", "scipy", "networkx"),
    "cocitation": ("graphbuild", "scipy", "blocks"),
    "networkx": ("graphbuild", "plain", "from_tables"),
}
STAGE_PEERS_WITH_HUBS = {name: STAGE_PEERS[name] for name in ("pagerank", "cocitation")}

PAGERANK_TOLERANCE = 1e-9
MODULARITY_TOLERANCE = 0.01
AUTHORS_TOLERANCE = 0.01

Answers = Mapping[str, Any]


# -- who is compared -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Contender:
    """A way to do the whole command: named processes, one after the other."""

    name: str
    about: str
    steps: Mapping[str, tuple[str, ...]]
    answers: Callable[[Mapping[str, bytes]], Answers] | None
    """What the steps' outputs say; None for who answers nothing."""


def _contenders(corpus: Path, graph: Path) -> list[Contender]:
    return [
        Contender(
            "graphbuild",
            "graphbuild: build, rank, clusters",
            {
                "build": _graphbuild("build", str(corpus), "--out", str(graph)),
                "rank": _graphbuild("rank", str(graph), "--by", "pagerank", "--format", "json"),
                "clusters": _graphbuild(
                    "clusters", str(graph), "--min-cocitations", "3", "--format", "json"
                ),
            },
            lambda outputs: _our_answers(graph, outputs),
        ),
        Contender("expert", "expert: orjson, SciPy, igraph", *_script("expert", corpus)),
        Contender("plain", "plain: json, dicts, NetworkX", *_script("plain", corpus)),
        Contender(
            "orjson_loop",
            "orjson over every line, nothing kept",
            _script("orjson_loop", corpus)[0],
            None,
        ),
    ]


def _graphbuild(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "graphbuild.cli", *arguments)


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.{name}", *arguments)


def _script(
    name: str, corpus: Path
) -> tuple[dict[str, tuple[str, ...]], Callable[[Mapping[str, bytes]], Answers]]:
    command = (sys.executable, f"benchmarks/peers/{name}.py", str(corpus))
    return {"whole": command}, lambda outputs: json.loads(outputs["whole"])


def _our_answers(graph: Path, outputs: Mapping[str, bytes]) -> Answers:
    """The ranking as it was printed, and the rest from the folder that was built."""
    counted = json.loads(measure(_module("answers", str(graph))).output)
    ranked = [
        [row["id"].removeprefix("arxiv:"), row["pagerank"]] for row in json.loads(outputs["rank"])
    ]
    return {**counted, "pagerank": ranked}


# -- measuring -----------------------------------------------------------------------------------


@dataclass
class Series:
    """All measurements of one process, and the last output."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)
    output: bytes = b""

    def add(self, measured: Measurement) -> None:
        self.seconds.append(measured.seconds)
        self.cpu_seconds.append(measured.cpu_seconds)
        self.peak_bytes.append(measured.peak_bytes)
        self.output = measured.output

    def medians(self) -> dict[str, Any]:
        return {
            "seconds": statistics.median(self.seconds),
            "cpu_seconds": statistics.median(self.cpu_seconds),
            "peak_bytes": statistics.median(self.peak_bytes),
            "all_seconds": [round(seconds, 4) for seconds in self.seconds],
        }


def _whole_commands(
    size: int, repeats: int, names: Sequence[str], options: argparse.Namespace
) -> dict[str, Any]:
    """Everybody's whole command at one size, and what they answer."""
    corpus = _corpus(size, options)
    graph = options.folder / f"graph-{size}"
    _keep_in_memory(corpus)
    contenders = [each for each in _contenders(corpus, graph) if each.name in names]
    series = {each.name: {step: Series() for step in each.steps} for each in contenders}
    failures: dict[str, str] = {}
    for turn in range(repeats):
        for each in contenders:
            if each.name in failures or not _takes_part(each.name, size, turn):
                continue
            _tell(f"{size:,} papers, round {turn + 1} of {repeats}: {each.name}")
            if each.name == "graphbuild":
                shutil.rmtree(graph, ignore_errors=True)
            try:
                for step, command in each.steps.items():
                    series[each.name][step].add(measure(command))
            except Failed as failed:  # too little memory, say; the others go on
                _tell(str(failed))
                failures[each.name] = f"{each.name} ended with {failed.status} at {size:,} papers"
    results: dict[str, Any] = {"papers": size, "bytes": corpus.stat().st_size, "contenders": {}}
    answers: dict[str, Answers] = {}
    for each in contenders:
        steps = series[each.name]
        if each.name in failures or not all(every.seconds for every in steps.values()):
            continue
        results["contenders"][each.name] = _total(steps)
        if each.answers is not None:
            outputs = {step: every.output for step, every in steps.items()}
            answers[each.name] = each.answers(outputs)
            results["contenders"][each.name]["answers"] = answers[each.name]
    results["disagreements"] = disagreements(answers)
    results["failures"] = list(failures.values())
    return results


def _takes_part(name: str, size: int, turn: int) -> bool:
    if name != "plain":
        return True
    return size <= PLAIN_UP_TO and (turn == 0 or size < PLAIN_ONCE_FROM)


def _total(steps: Mapping[str, Series]) -> dict[str, Any]:
    """Times added, the largest peak counted: the median of whole rounds, and the steps' own."""
    every = list(steps.values())
    total = Series(
        [sum(turn) for turn in zip(*(each.seconds for each in every), strict=True)],
        [sum(turn) for turn in zip(*(each.cpu_seconds for each in every), strict=True)],
        [max(turn) for turn in zip(*(each.peak_bytes for each in every), strict=True)],
    ).medians()
    if len(steps) > 1:
        total["steps"] = {name: each.medians() for name, each in steps.items()}
    return total


def _stages(
    size: int, repeats: int, options: argparse.Namespace, *, hubs_and_cycles: bool
) -> dict[str, Any]:
    """Single analyses in memory, of one corpus."""
    corpus = _corpus(size, options, hubs_and_cycles=hubs_and_cycles)
    kind = "-hubs-and-cycles" if hubs_and_cycles else ""
    graph = options.folder / f"graph-{size}{kind}"
    citations = options.folder / f"citations-{size}{kind}.npz"
    _tell(f"building {graph.name}")
    measure(_graphbuild("build", str(corpus), "--out", str(graph), "--force"))
    measure(_module("stages", "prepare", str(graph), str(citations)))
    results: dict[str, Any] = {"papers": size, "hubs_and_cycles": hubs_and_cycles, "stages": {}}
    wrong: list[str] = []
    for stage, peers in (STAGE_PEERS_WITH_HUBS if hubs_and_cycles else STAGE_PEERS).items():
        found: dict[str, list[dict[str, Any]]] = {peer: [] for peer in peers}
        for turn in range(repeats):
            for peer in peers:
                _tell(f"{stage}, round {turn + 1} of {repeats}: {peer}{kind}")
                command = _module("stages", stage, peer, str(graph), str(citations))
                found[peer].append(json.loads(measure(command).output))
        wrong += _stage_disagreements(stage, {peer: runs[0] for peer, runs in found.items()})
        results["stages"][stage] = {
            peer: {
                "seconds": statistics.median(run["seconds"] for run in runs),
                "first_seconds": statistics.median(run["first_seconds"] for run in runs),
                "extra_bytes": _median_if_known(run["extra_bytes"] for run in runs),
            }
            for peer, runs in found.items()
        }
    results["disagreements"] = wrong
    return results


def _start_up(repeats: int) -> dict[str, Any]:
    commands = {
        "graphbuild --help": _graphbuild("--help"),
        "import graphbuild": (sys.executable, "-c", "import graphbuild"),
        "bare python": (sys.executable, "-c", ""),
    }
    series = {name: Series() for name in commands}
    for command in commands.values():
        measure(command)  # fills the caches of files and of byte code
    for _ in range(repeats):
        for name, command in commands.items():
            series[name].add(measure(command))
    return {name: each.medians() for name, each in series.items()}


def _with_memory_limit(size: int, options: argparse.Namespace) -> dict[str, Any] | None:
    """The largest corpus again within 1 GB, where graphbuild can do that, and the same bytes."""
    if b"--memory-limit" not in measure(_graphbuild("build", "--help")).output:
        return None
    _tell(f"{size:,} papers with --memory-limit 1GB")
    graph, limited = options.folder / f"graph-{size}", options.folder / f"graph-{size}-limited"
    shutil.rmtree(limited, ignore_errors=True)
    corpus = _corpus(size, options)
    measured = measure(
        _graphbuild("build", str(corpus), "--out", str(limited), "--memory-limit", "1GB")
    )
    same = _bytes_of(graph) == _bytes_of(limited)
    shutil.rmtree(limited)
    return {
        "papers": size,
        "seconds": measured.seconds,
        "peak_bytes": measured.peak_bytes,
        "disagreements": [] if same else ["--memory-limit changes the bytes of the graph"],
    }


def _bytes_of(graph: Path) -> dict[str, bytes]:
    """A digest of every file that must not differ between two builds."""
    import hashlib  # noqa: PLC0415 - for this check alone

    digests = {}
    for path in sorted(graph.iterdir()):
        if path.is_file() and path.name != "timings.json":
            with path.open("rb") as file:
                digests[path.name] = hashlib.file_digest(file, "sha256").digest()
    return digests


def _corpus(size: int, options: argparse.Namespace, *, hubs_and_cycles: bool = False) -> Path:
    more = ["--hubs-and-cycles"] if hubs_and_cycles else []
    _tell(f"the corpus of {size:,} papers{' with hubs and cycles' if more else ''}")
    command = _module(
        "corpus", str(size), "--seed", str(options.seed), "--folder", str(options.folder), *more
    )
    return Path(measure(command).output.decode().strip())


def _keep_in_memory(path: Path) -> None:
    """Read a file, so that nobody is the first to wait for the disk."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def _median_if_known(values: Iterable[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _tell(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


# -- do they agree -------------------------------------------------------------------------------


def disagreements(answers: Mapping[str, Answers]) -> list[str]:
    """In words, where answers differ by more than rounding, or clusters are clearly worse.

    Counts are equal, but for authors: peers take each name for one, and graphbuild asks their
    papers, which may join one name in a hundred to another. The 20 highest by PageRank are the
    same papers, with scores within 1e-9, unless they are that close to the last one; no modularity
    is more than 1% below the best.
    """
    found: list[str] = []
    names = list(answers)
    for name in names[1:]:
        first, other = answers[names[0]], answers[name]
        found += [
            f"{what}: {first[what]:,} by {names[0]}, {other[what]:,} by {name}"
            for what in ("papers", "citations", "authors", "pairs")
            if abs(first[what] - other[what])
            > AUTHORS_TOLERANCE * other[what] * (what == "authors")
        ]
        if not _same_ranking(dict(first["pagerank"]), dict(other["pagerank"])):
            found.append(f"PageRank: {names[0]} and {name} differ in the 20 highest")
    best = max((answers[name]["modularity"] for name in names), default=0.0)
    found += [
        f"modularity: {answers[name]['modularity']:.4f} by {name}, the best is {best:.4f}"
        for name in names
        if answers[name]["modularity"] < best * (1 - MODULARITY_TOLERANCE)
    ]
    return found


def _same_ranking(one: dict[str, float], other: dict[str, float]) -> bool:
    if len(one) != len(other):
        return False
    last = min((*one.values(), *other.values()), default=0.0)
    for paper in one.keys() | other.keys():
        # A paper that only one of them lists may tie with the last.
        if abs(one.get(paper, last) - other.get(paper, last)) > PAGERANK_TOLERANCE:
            return False
    return True


def _stage_disagreements(stage: str, found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    (first, expected), *others = found.items()
    wrong = []
    for name, answer in others:
        if "top" in expected:
            same = all(
                abs(a - b) <= PAGERANK_TOLERANCE
                for a, b in zip(expected["top"], answer["top"], strict=True)
            )
        else:
            same = all(
                answer[what] == expected[what]
                for what in expected.keys() - {"seconds", "first_seconds", "extra_bytes"}
            )
        if not same:
            wrong.append(f"{stage}: {first} and {name} differ")
    return wrong


# -- floors --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Floor:
    """The least that is asked for: ``value`` at most, or at least, ``limit``."""

    about: str
    value: float
    limit: float
    at_most: bool
    unit: str

    @property
    def holds(self) -> bool:
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        verdict = "reached" if self.holds else "NOT REACHED"
        limit, value = self._show(self.limit), self._show(self.value)
        return f"{verdict}: {self.about}, floor {sign} {limit}: {value}"

    def _show(self, value: float) -> str:
        if self.unit == "bytes":
            return _memory(value)
        return f"{value:.3g}{self.unit}"


def floors(results: Mapping[str, Any]) -> list[Floor]:
    """Every floor that the measurements say something about."""
    found: list[Floor] = []
    sizes = {each["papers"]: each["contenders"] for each in results["whole_commands"]}

    def seconds(size: int, name: str) -> float | None:
        measured = sizes.get(size, {}).get(name)
        return None if measured is None else float(measured["seconds"])

    def ratio(
        about: str,
        over: float | None,
        under: float | None,
        limit: float,
        *,
        at_most: bool = False,
    ) -> None:
        if over is not None and under is not None:
            found.append(Floor(about, over / under, limit, at_most, "×"))

    def memory(size: int, limit: float) -> None:
        if "graphbuild" in sizes.get(size, {}):
            peak = sizes[size]["graphbuild"]["peak_bytes"]
            found.append(Floor(f"peak at {size:,}", peak, limit, at_most=True, unit="bytes"))

    ours = {size: seconds(size, "graphbuild") for size in sizes}
    ratio(
        "time beside the expert's at 10,000",
        ours.get(10_000),
        seconds(10_000, "expert"),
        1.5,
        at_most=True,
    )
    ratio(
        "faster than the plain script at 100,000", seconds(100_000, "plain"), ours.get(100_000), 30
    )
    ratio("faster than the expert's at 100,000", seconds(100_000, "expert"), ours.get(100_000), 2.5)
    memory(100_000, 900e6)
    ratio(
        "faster than the expert's at 1,000,000",
        seconds(1_000_000, "expert"),
        ours.get(1_000_000),
        3,
    )
    memory(1_000_000, 4e9)
    largest = sizes.get(1_000_000, {})
    if "graphbuild" in largest:
        build = largest["graphbuild"]["steps"]["build"]["seconds"]
        ratio(
            "build beside the bare loop at 1,000,000",
            build,
            seconds(1_000_000, "orjson_loop"),
            10,
            at_most=True,
        )
    for small, large in ((10_000, 100_000), (100_000, 1_000_000)):
        ratio(
            f"growth of time from {small:,} to {large:,}",
            ours.get(large),
            ours.get(small),
            13,
            at_most=True,
        )
    for each in results["stages"]:
        found += _stage_floors(each)
    for name, limit in (("graphbuild --help", 0.3), ("import graphbuild", 0.2)):
        if name in results["start_up"]:
            found.append(
                Floor(name, results["start_up"][name]["seconds"], limit, at_most=True, unit=" s")
            )
    return found


def _stage_floors(measured: Mapping[str, Any]) -> list[Floor]:
    if measured["papers"] != STAGES_AT:
        return []
    found, stages = [], measured["stages"]
    where = " with hubs and cycles" if measured["hubs_and_cycles"] else ""

    def faster(stage: str, peer: str, limit: float) -> None:
        times = stages[stage]
        for call, seconds in (("next calls", "seconds"), ("first call", "first_seconds")):
            name = f"{stage}{where}, {call}: faster than {peer}"
            value = times[peer][seconds] / times["graphbuild"][seconds]
            found.append(Floor(name, value, limit, at_most=False, unit="×"))

    faster("pagerank", "igraph", 8)
    faster("cocitation", "scipy", 8)
    pairs = stages["cocitation"]
    if pairs["graphbuild"]["extra_bytes"] is not None:
        share = pairs["graphbuild"]["extra_bytes"] / pairs["scipy"]["extra_bytes"]
        found.append(
            Floor(f"cocitation{where}: memory beside scipy's", share, 1 / 3, at_most=True, unit="×")
        )
    if "networkx" in stages:
        faster("networkx", "plain", 1)
    return found


# -- the report ----------------------------------------------------------------------------------


def _machine() -> dict[str, Any]:
    versions = {}
    for library in LIBRARIES:
        try:
            versions[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_bytes": pages,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": versions,
    }


def _memory(amount: float) -> str:
    return f"{amount / 1e9:.2f} GB" if amount >= 1e9 else f"{amount / 1e6:.0f} MB"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 100 else f"{seconds:.3g} s"


def _ratio(value: float) -> str:
    return f"{value:.0f}×" if value >= 10 else f"{value:.2g}×"


def _cell(measured: Mapping[str, Any] | None, ours: float | None) -> str:
    if measured is None:
        return "–"
    text = f"{_time(measured['seconds'])} ({_time(measured['cpu_seconds'])} CPU)"
    text += f", {_memory(measured['peak_bytes'])}"
    return text if ours is None else f"{text}, {_ratio(measured['seconds'] / ours)}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def report(results: Mapping[str, Any]) -> str:
    """The tables of medians, the floors, and what disagrees, as Markdown."""
    parts = [_whole_table(results["whole_commands"])] if results["whole_commands"] else []
    parts += [_stage_table(each) for each in results["stages"]]
    rows = [[name, _time(each["seconds"])] for name, each in results["start_up"].items()]
    parts.append(_table(["start-up", "time"], rows))
    if results["memory_limit"]:
        limited = results["memory_limit"]
        parts.append(
            f"build --memory-limit 1GB at {limited['papers']:,} papers:"
            f" {_time(limited['seconds'])}, {_memory(limited['peak_bytes'])}"
        )
    if results["floors"]:
        parts.append("\n".join(f"- {floor['text']}" for floor in results["floors"]))
    wrong = results["disagreements"]
    parts.append("\n".join(["Answers DISAGREE:", *wrong]) if wrong else "All answers agree.")
    if results["failures"]:
        parts.append("\n".join(["FAILED:", *results["failures"]]))
    return "\n\n".join(parts)


def _whole_table(measured: Sequence[Mapping[str, Any]]) -> str:
    header = ["build, PageRank, co-citation clusters (×: of graphbuild's time)"]
    header += [f"{each['papers']:,} papers, {_memory(each['bytes'])}" for each in measured]
    rows = []
    for contender in _contenders(Path(), Path()):
        cells = []
        for each in measured:
            base = each["contenders"].get("graphbuild", {}).get("seconds")
            base = None if contender.name == "graphbuild" else base
            cells.append(_cell(each["contenders"].get(contender.name), base))
        if any(cell != "–" for cell in cells):
            rows.append([contender.about, *cells])
        ours = [each["contenders"].get("graphbuild", {}).get("steps", {}) for each in measured]
        if contender.name == "graphbuild" and any(ours):
            rows += [
                [f"– {step}", *(_cell(each.get(step), None) for each in ours)]
                for step in contender.steps
            ]
    return _table(header, rows)


def _stage_table(measured: Mapping[str, Any]) -> str:
    where = " with hubs and cycles" if measured["hubs_and_cycles"] else ""
    rows = []
    for stage, peers in measured["stages"].items():
        ours = peers["graphbuild"]["seconds"]
        for peer, each in peers.items():
            extra = "–" if each["extra_bytes"] is None else _memory(each["extra_bytes"])
            times = "" if peer == "graphbuild" else _ratio(each["seconds"] / ours)
            rows.append(
                [stage, peer, _time(each["first_seconds"]), _time(each["seconds"]), times, extra]
            )
    size = f"in memory, {measured['papers']:,} papers{where}"
    return _table([size, "by", "first call", "next calls", "", "memory on top"], rows)


# -- the command ---------------------------------------------------------------------------------


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    names = [each.name for each in _contenders(Path(), Path())]
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--repeats",
        type=int,
        nargs="+",
        default=[5, 3, 1],
        help="rounds for each size, the last for all further ones",
    )
    parser.add_argument("--contenders", nargs="+", choices=names, default=names)
    parser.add_argument(
        "--stages-at", type=int, default=STAGES_AT, help="papers for single stages; 0 for none"
    )
    parser.add_argument("--stage-repeats", type=int, default=3)
    parser.add_argument("--start-up-repeats", type=int, default=9)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=CACHE, help="for corpora and graphs")
    parser.add_argument("--json", type=Path, help="also write all figures here")
    parser.add_argument("--keep-graphs", action="store_true", help="don't remove what was built")
    options = parser.parse_args(arguments)
    options.folder = options.folder.absolute()  # processes run in the project's root
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether answers agree."""
    options = _options(arguments)
    results: dict[str, Any] = {
        "machine": _machine(),
        "seed": options.seed,
        "start_up": _start_up(options.start_up_repeats),
        "whole_commands": [],
        "memory_limit": None,
        "stages": [],
    }
    for place, size in enumerate(options.sizes):
        repeats = options.repeats[min(place, len(options.repeats) - 1)]
        measured = _whole_commands(size, repeats, options.contenders, options)
        results["whole_commands"].append(measured)
        _conclude(results, options)
    built = [
        each["papers"] for each in results["whole_commands"] if "graphbuild" in each["contenders"]
    ]
    if built:
        results["memory_limit"] = _with_memory_limit(max(built), options)
    for hubs_and_cycles in (False, True) if options.stages_at else ():
        measured = _stages(
            options.stages_at, options.stage_repeats, options, hubs_and_cycles=hubs_and_cycles
        )
        results["stages"].append(measured)
        _conclude(results, options)
    _conclude(results, options)
    if not options.keep_graphs:
        _clean(options)
    print(report(results))
    return 1 if results["disagreements"] or results["failures"] else 0


def _conclude(results: dict[str, Any], options: argparse.Namespace) -> None:
    """Draw conclusions from what there is so far, and write it: a long run may be cut short."""
    results["floors"] = [
        {"text": str(floor), "value": floor.value, "holds": floor.holds}
        for floor in floors(results)
    ]
    parts = [*results["whole_commands"], *results["stages"], results["memory_limit"] or {}]
    for kind in ("disagreements", "failures"):
        results[kind] = [text for part in parts for text in part.get(kind, [])]
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _clean(options: argparse.Namespace) -> None:
    """Remove what this run built; another one may be at work in the same folder."""
    sizes = {str(size) for size in options.sizes}
    if options.stages_at:
        sizes |= {str(options.stages_at), f"{options.stages_at}-hubs-and-cycles"}
    for size in sizes:
        shutil.rmtree(options.folder / f"graph-{size}", ignore_errors=True)
        (options.folder / f"citations-{size}.npz").unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
