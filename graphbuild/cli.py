"""The command line: click words for the functions of ``graphbuild.api``, and how results look."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import graphbuild
from graphbuild import allocator
from graphbuild.errors import GraphbuildError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from graphbuild.analysis import Explanation, Quality
    from graphbuild.api import Progress
    from graphbuild.graph import Graph
    from graphbuild.stores.neo4j import Loaded

__all__ = ["main", "run"]

_WIDTH_WITHOUT_TERMINAL = 160
_REJECTS_SHOWN = 3
_ID_WIDTH = 44
_LONGEST_PATH = 1000


class _Commands(click.Group):
    """Shows what graphbuild raises on purpose as one message, and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(ctx)
        except GraphbuildError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            # The reader of our output has seen enough.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(1) from None


def _example(text: str) -> Callable[[Any], Any]:
    """Add an example to a command's help."""

    def add(command: Any) -> Any:  # noqa: ANN401 - any function
        lines = "\n".join(f"  {line}" for line in text.strip().splitlines())
        command.__doc__ = f"{command.__doc__.rstrip()}\n\n\b\nExample:\n{lines}\n"
        return command

    return add


_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print the table.",
)
_graph_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(graphbuild.__version__, prog_name="graphbuild")
@_example("graphbuild build papers.jsonl --out graph\ngraphbuild rank graph")
def main() -> None:
    """Turn papers into one resolved citation graph, rank and cluster them, and map them."""


@main.command()
@click.argument("inputs", metavar="[INPUT...]", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder for the graph; with --update, where not the earlier one is replaced.",
)
@click.option(
    "--update",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Add to the graph of this folder, whose inputs are not read again.",
)
@click.option("--source", metavar="NAME", help="Read every input with this source (see 'sources').")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Where a field stands, e.g. title=Titel.",
)
@click.option(
    "--namespace", metavar="X", help="Name space of ids that are neither arXiv ids nor DOIs."
)
@click.option(
    "--references",
    type=click.Choice(["all", "listed"]),
    help="'listed' leaves out bibliographies that are found in running text, 'all' does not."
    "  [default: all, or as the updated graph was built]",
)
@click.option(
    "--corrections",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Decisions by hand, as CSV (see 'review'); the graph keeps them for its updates.",
)
@click.option("--strict", is_flag=True, help="Fail when any entry of an input cannot be used.")
@click.option(
    "--memory-limit",
    metavar="SIZE",
    callback=lambda _context, _option, value: value and _bytes(value),
    help="Memory to get along with, e.g. 1GB: what is long lies on disk meanwhile.",
)
@click.option("--force", is_flag=True, help="Replace the graph that DIR holds.")
@_example(
    "graphbuild build papers.jsonl.gz listing.txt --map title=Titel --out graph\n"
    "graphbuild build new.jsonl --update graph\n"
    "graphbuild build --update graph --corrections corrections.csv"
)
def build(
    inputs: tuple[Path, ...],
    out: Path | None,
    update: Path | None,
    source: str | None,
    mapping: tuple[str, ...],
    namespace: str | None,
    references: Any,  # noqa: ANN401 - click checks it
    corrections: Path | None,
    strict: bool,
    memory_limit: int | None,
    force: bool,
) -> None:
    """Build one graph from INPUTs of any kind, in any order, and write it to a folder.

    An update with other corrections needs no INPUT.
    """
    from graphbuild.stores.folder import check_target  # noqa: PLC0415 - start-up

    _arrow_alone()
    if not inputs and (update is None or corrections is None):
        raise click.UsageError(
            "Give at least one INPUT; only --update with other --corrections needs none."
        )
    if out is None:
        if update is None:
            raise click.UsageError(
                "Give --out DIR for a new graph, or --update DIR for one to grow."
            )
        out, force = update, True
    else:
        check_target(out, force=force)
    fields = _fields(mapping)
    with _progress() as progress:
        graph = graphbuild.build(
            inputs,
            out=out,
            force=force,
            update=update,
            source=source,
            mapping=fields,
            namespace=namespace,
            references=references,
            corrections=corrections,
            strict=strict,
            memory_limit=memory_limit,
            progress=progress,
        )
    _tell_about(graph, out)


def _fields(mapping: tuple[str, ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for pair in mapping:
        name, equals, column = pair.partition("=")
        if not (name and equals and column):
            raise click.BadParameter(f"{pair!r} is not FIELD=COLUMN", param_hint="--map")
        fields[name.strip()] = column.strip()
    return fields


_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def _bytes(size: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?", size.strip().upper())
    if not found:
        raise click.BadParameter(f"{size!r} is no size; say 800MB or 1.5GB")
    return int(float(found[1]) * _UNITS[found[2]])


def _tell_about(graph: Graph, out: Path) -> None:
    counts = graph.info()
    click.echo(
        f"{out}: {_count(counts['papers'], 'paper')} ({counts['in_corpus']:,} in the corpus,"
        f" {counts['cited_only']:,} cited only), {_count(counts['citations'], 'citation')},"
        f" {_count(counts['authors'], 'author')}"
    )
    if counts["self_citations_dropped"]:
        click.echo(f"{_count(counts['self_citations_dropped'], 'self-citation')} dropped")
    if not counts["citations"]:
        click.echo("No input lists any references, so there is nothing to rank or to cluster.")
    _tell_of_corrections(graph)
    if graph.rejected:
        entries = "entry" if len(graph.rejected) == 1 else "entries"
        click.echo(
            f"{len(graph.rejected):,} {entries} rejected, see {out / 'rejected.jsonl'}:", err=True
        )
        for item in graph.rejected[:_REJECTS_SHOWN]:
            click.echo(f"  {item.origin}: {item.reason}", err=True)


def _tell_of_corrections(graph: Graph) -> None:
    told = graph.manifest.get("corrections")
    if not told:
        return
    name = graph.manifest["options"]["corrections"]["name"]
    click.echo(f"{_count(told['applied'], 'correction')} of {told['rows']:,} applied")
    for row in told["passed_over"]:
        click.echo(f"  {name}:{row['line']}: not applied: {row['reason']}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@main.command()
@_graph_folder
@_format
@_example("graphbuild info graph --format json")
def info(folder: Path, format_: str) -> None:
    """Show what a graph holds, and what was left out of it."""
    counts = _opened(folder).info()
    if format_ == "json":
        _echo_json(counts)
        return
    flat: list[tuple[str, object]] = []
    for name, value in counts.items():
        if isinstance(value, dict):
            flat += [(f"{name}: {key}", number) for key, number in value.items()]
        elif isinstance(value, list):
            flat += [("input", f"{each['name']} ({each['source']})") for each in value]
        else:
            flat.append((name, value))
    _echo_table(_Table(["name", "value"], flat), format_)


@main.command()
@_format
@_example("graphbuild sources")
def sources(format_: str) -> None:
    """List the kinds of input that can be read."""
    from graphbuild.sources import sources as every  # noqa: PLC0415 - start-up

    rows = [(source.name, " ".join(source.suffixes), source.about) for source in every()]
    _echo_table(_Table(["source", "suffixes", "about"], rows), format_)


@main.command()
@_graph_folder
@click.option(
    "--by",
    type=click.Choice(["pagerank", "citations", "hubs", "authorities"]),
    required=True,
    help="The measure.",
)
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="How many papers; 0 for all.",
)
@click.option(
    "--damping",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.85,
    show_default=True,
    help="PageRank's damping factor.",
)
@click.option(
    "--personalise",
    multiple=True,
    metavar="ID",
    help="PageRank seen from this paper (repeat for more).",
)
@click.option("--in-corpus", is_flag=True, help="Leave out papers that are only cited.")
@_format
@_example("graphbuild rank graph --by pagerank --top 10")
def rank(
    folder: Path,
    by: str,
    top: int,
    damping: float,
    personalise: tuple[str, ...],
    in_corpus: bool,
    format_: str,
) -> None:
    """Rank the papers of a graph."""
    from graphbuild import analysis  # noqa: PLC0415 - start-up

    if by != "pagerank":
        _only_for_pagerank(damping, personalise)
    graph = _opened(folder)
    if by == "pagerank":
        table = analysis.pagerank.arrow(
            graph,
            damping=damping,
            personalise=personalise or None,
            in_corpus=in_corpus,
            top=top or None,
        )
    else:
        table = getattr(analysis, by).arrow(graph, in_corpus=in_corpus, top=top or None)
    click.echo(analysis.coverage_sentence(graph), err=True)
    _echo_table(_Table.of_arrow(table), format_)


def _only_for_pagerank(damping: float, personalise: tuple[str, ...]) -> None:
    source = click.get_current_context().get_parameter_source("damping")
    if personalise or (damping and source == click.core.ParameterSource.COMMANDLINE):
        raise click.UsageError("--damping and --personalise go with --by pagerank")


@main.command()
@_graph_folder
@click.option(
    "--of",
    type=click.Choice(["cocitation", "citation"]),
    default="cocitation",
    show_default=True,
    help="The network that is clustered.",
)
@click.option(
    "--min-cocitations",
    type=click.IntRange(min=1),
    help="Least co-citations of a pair.  [default: 2; 1 where fewer than 20 pairs reach 2]",
)
@click.option(
    "--resolution",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="More makes more clusters.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of the Leiden algorithm.",
)
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many clusters; 0 for all.",
)
@click.option("--members", is_flag=True, help="List the papers of the clusters.")
@_format
@_example("graphbuild clusters graph --of cocitation --members --format csv")
def clusters(
    folder: Path,
    of: Any,  # noqa: ANN401 - click checks it
    min_cocitations: int | None,
    resolution: float,
    seed: int,
    top: int,
    members: bool,
    format_: str,
) -> None:
    """Find clusters of papers by the Leiden algorithm, and name them."""
    import pyarrow.compute as pc  # noqa: PLC0415 - start-up

    from graphbuild import analysis  # noqa: PLC0415 - start-up
    from graphbuild.analysis.ranking import remarks  # noqa: PLC0415 - start-up

    if min_cocitations is not None and of != "cocitation":
        click.echo(
            "--min-cocitations says nothing of direct citations, and is passed over.", err=True
        )
        min_cocitations = None
    function = analysis.members if members else analysis.clusters
    table = function.arrow(
        _opened(folder), of=of, min_cocitations=min_cocitations, resolution=resolution, seed=seed
    )
    used = remarks(table).get("min_cocitations")
    if used is not None:
        note = f"Pairs of papers that are cited together at least {_times(used)}."
        if min_cocitations is None and used == 1:
            note += " (Fewer than 20 pairs are cited together twice.)"
        click.echo(note, err=True)
    if top:
        table = table.filter(pc.less_equal(table["cluster"], top))
    _echo_table(_Table.of_arrow(table), format_)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


@main.command()
@_graph_folder
@click.option(
    "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The HTML file."
)
@click.option(
    "--of",
    type=click.Choice(["papers", "cocitation", "coauthors"]),
    default="papers",
    show_default=True,
    help="Papers and their citations, papers that are cited together, or authors who wrote"
    " together.",
)
@click.option(
    "--layout",
    type=click.Choice(["map", "timeline"]),
    default="map",
    show_default=True,
    help="What the page shows first; on a timeline x is the year and each cluster has a lane.",
)
@click.option(
    "--evidence",
    is_flag=True,
    help="Take along the text that each citation was read from even where there are more than"
    " 50,000.",
)
@click.option(
    "--renderer",
    type=click.Choice(["canvas", "pyvis"]),
    default="canvas",
    show_default=True,
    help="What draws: the page's own script, or vis-network (up to 2,000 papers).",
)
@click.option(
    "--top",
    "limit",
    type=click.IntRange(min=1),
    help="Draw at most so many, the highest by PageRank.  [default: 100000, or 2000 with pyvis]",
)
@click.option("--title", metavar="TEXT", help="Of the page.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of layout and clusters.",
)
@_example("graphbuild view graph --out graph.html")
@_example("graphbuild view graph --of coauthors --out authors.html")
def view(folder: Path, out: Path, **options: Any) -> None:  # noqa: ANN401 - as they come
    """Write the graph as one HTML page that works offline.

    Up to 100,000 papers are drawn. The layout is kept in the graph's folder, so that the next page
    is made in a moment.
    """
    graph = graphbuild.open(folder)
    with _progress() as progress:
        progress("drawing the map", 0, None)
        drawn = graph.view(out, **options | {"evidence": options["evidence"] or None})
    click.echo(f"{out}: {drawn}")
    click.echo(graphbuild.analysis.coverage_sentence(graph))


@main.command()
@_graph_folder
@click.argument("identifier", metavar="ID")
@click.option("--all", "all_", is_flag=True, help="Show long lists to their end.")
@_format
@_example(
    'graphbuild explain graph arxiv:1607.06450\ngraphbuild explain graph "Sepp Hochreiter" --all'
)
def explain(folder: Path, identifier: str, all_: bool, format_: str) -> None:
    """Show what is behind a paper or an author: where it is mentioned, and who cites it where.

    ID is whatever a mention of a paper carries (an arXiv id, a DOI, 'title:' and its title,
    FILE:LINE of a record), or an author's name, ORCID iD or id. JSON and CSV are always whole.
    """
    from graphbuild import analysis  # noqa: PLC0415 - start-up

    limit = None if all_ or format_ != "table" else _ROWS_EXPLAINED
    explained = analysis.explain(_opened(folder), identifier, limit=limit)
    parts = {name: _Table.of_arrow(part) for name, part in explained.parts.items()}
    if format_ == "json":
        rows = {name: part.as_dicts() for name, part in parts.items()}
        _echo_json({"kind": explained.kind, **explained.about, "counts": explained.counts, **rows})
    elif format_ == "csv":
        _echo_table(_Table.one_of(parts), format_)
    else:
        _echo_explanation(explained, parts)


def _echo_explanation(explained: Explanation, parts: Mapping[str, _Table]) -> None:
    about = explained.about
    click.echo(_cell(about.get("title") or about.get("name") or about["id"]))
    facts = [about["id"]]
    if explained.kind == "paper":
        facts += [str(about[name]) for name in ("year", "venue") if name in about]
        facts += [about["doi"]] if "doi" in about and about["id"] != f"doi:{about['doi']}" else []
        facts += [each for each in about.get("other_ids", ()) if each != about["id"]]
        facts += ["" if about["in_corpus"] else "not in the corpus: known from citations alone"]
    else:
        facts += [f"also {name}" for name in about.get("names", ()) if name != about["name"]]
    click.echo(_cell(" · ".join(filter(None, facts))))
    if "authors" in about:
        click.echo(_cell(", ".join(about["authors"])))
    for name, part in parts.items():
        count = explained.counts[name]
        heading = _HEADINGS[explained.kind, name]
        click.echo(f"\n{heading}: {count:,}" if count else f"\n{heading}: none")
        if count:
            _echo_rich(_explained_rows(explained.kind, name, part))
        if len(part.rows) < count:
            click.echo(f"… and {count - len(part.rows):,} more; --all shows them")


_ROWS_EXPLAINED = 10
_HEADINGS = {
    ("paper", "mentions"): "Mentions that are this paper",
    ("paper", "cited_by"): "Cited by",
    ("paper", "cites"): "Cites",
    ("author", "mentions"): "Papers that name this author",
}


def _explained_rows(kind: str, name: str, part: _Table) -> _Table:
    """A part of an explanation in few columns, for people."""
    rows: list[tuple[Any, ...]] = []
    if (kind, name) == ("paper", "mentions"):
        columns = ["where", "what", "it says", "joined by"]
        for row in part.as_dicts():
            what = f"reference of {row['citing']}" if row["citing"] else row["kind"]
            said = row["says"] or "; ".join(row["authors"] or ())
            rows.append((_place(row), what, said, _RULES.get(row["rule"], row["rule"])))
    elif kind == "paper":
        columns = ["id", "title", "year", "where", "as", "evidence"]
        for row in part.as_dicts():
            late = " (dated later than the citing paper)" if row["suspicious_date"] else ""
            basis = (row["basis"] or "").replace("_", " ")
            rows.append((row["id"], row["title"], row["year"], _place(row), basis + late,
                         row["evidence"]))  # fmt: skip
    else:
        columns = ["id", "title", "year", "place", "spelled", "joined by", "shared", "where"]
        rows = [
            (row["paper"], row["title"], row["year"], row["position"], row["spelled"],
             _RULES.get(row["rule"], row["rule"]), "; ".join(row["shared"]), _place(row))
            for row in part.as_dicts()
        ]  # fmt: skip
    return _Table(columns, rows)


_RULES = {
    "arxiv_id": "its arXiv id",
    "doi": "its DOI",
    "other_id": "its identifier",
    "title": "its title",
    "title and authors": "its title and authors",
    "near title": "nearly its title",
    "near title and authors": "nearly its title, and its authors",
    "correction": "a correction by hand",
    "orcid": "ORCID iD",
    "name": "full name",
}


def _place(row: Mapping[str, Any]) -> str | None:
    return None if row["file"] is None else f"{row['file']}:{row['line']}"


@main.command()
@_graph_folder
@click.option("--all", "all_", is_flag=True, help="Show every year.")
@_format
@_example("graphbuild quality graph\ngraphbuild quality graph --format csv")
def quality(folder: Path, all_: bool, format_: str) -> None:
    """Show how far a graph is to be trusted: what its inputs say, and what they leave out.

    docs/trust.md defines every figure.
    """
    found = graphbuild.quality(_opened(folder))
    figures = _Table.of_arrow(found.figures)
    if format_ == "table":
        _echo_quality(found, figures, all_=all_)
    elif format_ == "json":
        told = {row.pop("figure"): row for row in figures.as_dicts()}
        coverage = _Table.of_arrow(found.coverage).as_dicts()
        _echo_json({"summary": found.summary, "figures": told, "coverage": coverage})
    else:
        coverage_rows = _Table.of_arrow(found.coverage)
        parts = {"figures": figures, "coverage": coverage_rows}
        _echo_table(_Table.one_of(parts), format_)


def _echo_quality(found: Quality, figures: _Table, *, all_: bool) -> None:
    from graphbuild.analysis.coverage import percent  # noqa: PLC0415 - start-up

    click.echo(found.summary)
    rows = [
        (f"{row['count']:,}" + (f" of {row['of']:,}" if row["of"] is not None else ""),
         percent(row["count"], row["of"] or 0), row["about"])
        for row in figures.as_dicts()
    ]  # fmt: skip
    click.echo()
    _echo_rich(_Table(["how many", "share", "of what"], rows))
    for heading, by in (("By kind of input", found.by_source), ("By year", found.by_year)):
        part = _Table.of_arrow(by)
        shown = part.rows if all_ or len(part.rows) <= _YEARS else part.rows[-_YEARS:]
        click.echo(f"\n{heading}, of papers in the corpus")
        _echo_rich(_Table([name.replace("_", " ") for name in part.columns], shown))
        if len(shown) < len(part.rows):
            click.echo(f"… and {len(part.rows) - len(shown)} earlier ones; --all shows them")


_YEARS = 15


@main.command()
@_graph_folder
@click.option("--all", "all_", is_flag=True, help="Show every pair.")
@_format
@_example("graphbuild review graph --format csv > corrections.csv")
def review(folder: Path, all_: bool, format_: str) -> None:
    """List pairs of papers and of authors that were kept apart and may be one.

    As CSV it is a file for 'build --corrections': write same or different into the column
    'decision' where you know, and leave it empty elsewhere. What was decided for this graph
    before stands first in it.
    """
    from graphbuild import analysis  # noqa: PLC0415 - start-up

    table = _Table.of_arrow(analysis.review.arrow(_opened(folder)))
    if format_ == "csv":
        # A spreadsheet would take a title that begins like a formula for one.
        guarded = [tuple(map(_no_formula, row)) for row in table.rows]
        _echo_table(_Table(table.columns, guarded), format_)
    elif format_ == "json":
        _echo_table(table, format_)
    else:
        _echo_review(table, all_=all_)


def _no_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in set("=+-@\t\r") else value


def _echo_review(table: _Table, *, all_: bool) -> None:
    rows = [row for row in table.as_dicts() if row["decision"] is None]
    if not rows:
        click.echo("No pair is uncertain.")
        return
    shown = rows if all_ else rows[:_ROWS_EXPLAINED]
    for row in shown:
        click.echo(f"{_cell(row['reason'])} ({row['score']:.2f})")
        for end in ("one", "other"):
            click.echo(f"  {_cell(row[end])}\n      {_cell(row[f'{end}_is'])}")
    if len(shown) < len(rows):
        click.echo(f"… and {len(rows) - len(shown):,} more pairs; --all shows them")
    click.echo(
        "\nTo decide: graphbuild review DIR --format csv > corrections.csv, fill in the column"
    )
    click.echo("'decision', and build with --corrections corrections.csv.")


@main.command()
@_graph_folder
@click.argument("statement", metavar="SELECT")
@_format
@_example("graphbuild sql graph 'SELECT year, count(*) AS papers FROM papers GROUP BY year'")
def sql(folder: Path, statement: str, format_: str) -> None:
    """Answer a SELECT (DuckDB's dialect) over the tables of a graph.

    They are papers, authors, citations, authorships, categories and mentions.
    """
    _echo_table(_Table.of_frame(graphbuild.open(folder).sql(statement)), format_)


@main.command()
@_graph_folder
@click.argument("statement", metavar="STATEMENT")
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A $parameter's value: what is a number, true, false, null, or a list or map in JSON is"
    " taken for that, all else for text.",
)
@click.option(
    "--uri", help="Ask the Neo4j there, neo4j://host:7687 or bolt://host:7687, and not DIR."
)
@click.option("--user", default="neo4j", show_default=True, help="Who logs in there.")
@click.option(
    "--database", default="neo4j", show_default=True, help="Which database of the server's."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the statement may take.",
)
@click.option("--write", is_flag=True, help="Let the statement change the database at --uri.")
@_format
@_example(
    "graphbuild query graph explore/most-cited --param limit=5\n"
    "graphbuild query graph 'MATCH (p:Paper) WHERE p.year = $year RETURN p.title' --param year=2017"
)
def query(
    folder: Path,
    statement: str,
    parameters: tuple[str, ...],
    uri: str | None,
    user: str,
    database: str,
    timeout: float,
    write: bool,
    format_: str,
) -> None:
    """Answer a Cypher statement without a server, or on a Neo4j.

    STATEMENT is the statement itself, a file that holds one, or the name of one that 'graphbuild
    cypher' lists. With --uri the password comes from NEO4J_PASSWORD, or is asked for.
    """
    from graphbuild import statements  # noqa: PLC0415 - start-up

    if write and uri is None:
        raise click.UsageError("--write goes with --uri: without a server, statements only read.")
    text = _statement(statement)
    given = dict(map(_parameter, parameters))
    text, given_all = statements.asked(text, given, server=uri is not None)
    if uri is None:
        from graphbuild.stores import embedded  # noqa: PLC0415 - start-up

        graph = graphbuild.open(folder)
        with _progress() as progress:
            answer = embedded.query(graph, text, given_all, timeout=timeout, progress=progress)
    else:
        from graphbuild.stores import neo4j  # noqa: PLC0415 - start-up

        _collect_as_usual()
        who = {"user": user, "password": _password(user, uri), "database": database}
        answer = neo4j.query(uri, text, given_all, timeout=timeout, write=write, **who)
        # Who has no folder here has nothing to be told.
        if folder.is_dir() and not neo4j.holds(graphbuild.open(folder), uri, **who):
            click.echo(
                f"{uri}: holds what was not loaded from {folder} as it is now, and that is what"
                f" answers; 'graphbuild load {folder} --uri {uri} --replace' makes it the same",
                err=True,
            )
    _echo_table(_Table(answer.columns, answer.rows), format_)


def _statement(given: str) -> str:
    """A statement, or what the file of that name holds."""
    if not given.endswith(".cypher") and (len(given) > _LONGEST_PATH or "\n" in given):
        return given
    path = Path(given)
    try:
        if not given.endswith(".cypher") and not path.is_file():
            return given
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise GraphbuildError(f"{given}: there is no such file") from error
    except UnicodeDecodeError as error:
        raise GraphbuildError(f"{given}: is no text in UTF-8") from error
    except (OSError, ValueError) as error:
        raise GraphbuildError(f"{given}: cannot be read: {error}") from error


def _parameter(pair: str) -> tuple[str, Any]:
    """A name and a value: JSON where it is any, else text."""
    name, equals, text = pair.partition("=")
    if not name or not equals:
        raise click.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--param")
    return name.strip().removeprefix("$"), _value(text)


def _value(text: str) -> Any:  # noqa: ANN401 - any value of JSON's
    def no_number(_: str) -> Any:  # noqa: ANN401 - it only raises
        raise ValueError

    try:
        return json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError):
        return text


@main.command()
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "--zip",
    "archive",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write all as a zip, which Neo4j Browser's favourites take by a drop.",
)
@click.option(
    "--style",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the style sheet, which Neo4j Browser takes by a drop.",
)
@_format
@_example(
    "graphbuild cypher explore/most-cited\n"
    "graphbuild cypher --zip favourites.zip --style graph.grass"
)
def cypher(name: str | None, archive: Path | None, style: Path | None, format_: str) -> None:
    """List the Cypher statements that come with graphbuild, or show the one called NAME."""
    from graphbuild import statements  # noqa: PLC0415 - start-up

    if name is not None:
        click.echo(statements.find(name).text, nl=False)
    for path, content in ((archive, statements.zipped), (style, statements.style)):
        if path is not None:
            held = content()
            _write(path, held if isinstance(held, bytes) else held.encode())
            click.echo(path)
    if name is None and archive is None and style is None:
        rows = [
            (
                each.name,
                each.title,
                " ".join(f"${parameter.name}" for parameter in each.parameters),
                each.needs,
            )
            for each in statements.statements()
        ]
        _echo_table(_Table(["name", "title", "parameters", "needs"], rows), format_)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise GraphbuildError(f"{path}: cannot be written: {reason}") from error


@main.command()
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("graphbuild-demo"),
    show_default=True,
    help="Folder for the graph and the page.",
)
@_example("graphbuild demo --out /tmp/graphbuild-demo")
def demo(out: Path) -> None:
    """Build, rank, cluster and map the bundled corpus."""
    from graphbuild import analysis  # noqa: PLC0415 - start-up

    out.mkdir(parents=True, exist_ok=True)
    folder, page = out / "graph", out / "graph.html"
    with _progress() as progress:
        graph = graphbuild.build(graphbuild.demo.corpus(), progress=progress)
        progress("writing the graph", 0, None)
        graph.save(folder, force=True)
    _tell_about(graph, folder)
    click.echo("\nPapers by PageRank")
    _echo_table(_Table.of_arrow(analysis.pagerank.arrow(graph, top=10)), "table")
    click.echo("\nClusters by co-citation")
    clusters = analysis.clusters.arrow(graph, of="cocitation")
    _echo_table(_Table.of_arrow(clusters.slice(0, 5)), "table")
    with _progress() as progress:
        progress("drawing the map", 0, None)
        graph.view(page)
    click.echo(f"\nThe map: {page.resolve()}")


_uri = click.option(
    "--uri", required=True, help="The server: neo4j://host:7687 or bolt://host:7687."
)
_user = click.option("--user", default="neo4j", show_default=True, help="Who logs in there.")
_database = click.option(
    "--database", default="neo4j", show_default=True, help="Which database of the server's."
)


def _collect_as_usual() -> None:
    """Collect garbage as Python does by default: a driver's holds on to all that was sent."""
    gc.set_threshold(700, 10, 10)


def _password(user: str, uri: str) -> str:
    """What NEO4J_PASSWORD says, or who sits there; never an argument, which others can see."""
    given = os.environ.get("NEO4J_PASSWORD")
    if given is not None:
        return given
    try:
        asked: str = click.prompt(
            f"Password of {user} at {uri}",
            hide_input=True,
            err=True,
            default="",
            show_default=False,
        )
    except click.Abort:
        raise GraphbuildError(
            "a password is needed: set NEO4J_PASSWORD, or run this where it can be asked for"
        ) from None
    return asked


@main.command()
@_graph_folder
@_uri
@_user
@_database
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Rows in one transaction; fewer need less memory of the server's.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="Write all again, and remove what earlier loads wrote and DIR lacks.",
)
@_example("graphbuild load graph --uri neo4j://localhost")
def load(folder: Path, uri: str, user: str, database: str, batch_size: int, replace: bool) -> None:
    """Load a graph into Neo4j, or go on with a load that was interrupted.

    The password comes from NEO4J_PASSWORD, or is asked for.
    """
    from graphbuild.stores import neo4j  # noqa: PLC0415 - start-up

    graph = graphbuild.open(folder)
    _collect_as_usual()
    password = _password(user, uri)
    with _progress("rows") as progress:
        loaded = neo4j.load(
            graph,
            uri,
            user=user,
            password=password,
            database=database,
            batch_size=batch_size,
            replace=replace,
            progress=progress,
        )
    _tell_about_load(loaded, uri)


def _tell_about_load(loaded: Loaded, uri: str) -> None:
    rows = loaded.rows
    click.echo(
        f"{uri}: {_count(rows['papers'], 'paper')}, {_count(rows['authors'], 'author')},"
        f" {_count(rows['citations'], 'citation')}, {_count(rows['authorships'], 'authorship')};"
        f" {_count(loaded.written, 'row')} written in {loaded.seconds:.1f} s"
    )
    if any(loaded.removed.values()):
        click.echo(f"Removed what the graph lacks: {_each(loaded.removed)}.")
    if loaded.kept:
        nodes = (
            "node that the graph lacks is" if loaded.kept == 1 else "nodes that the graph lacks are"
        )
        click.echo(
            f"{loaded.kept:,} {nodes} kept, because relationships that graphbuild did not write"
            " hold on to them.",
            err=True,
        )
    if any(loaded.earlier.values()):
        click.echo(
            f"Earlier loads wrote what the graph lacks: {_each(loaded.earlier)}; --replace"
            " removes it.",
            err=True,
        )


def _each(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in counts.items() if number)


@main.command()
@_uri
@_user
@_database
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder for the graph.",
)
@click.option("--force", is_flag=True, help="Replace the graph that DIR holds.")
@_example("graphbuild pull --uri neo4j://localhost --out graph")
def pull(uri: str, user: str, database: str, out: Path, force: bool) -> None:
    """Get a graph back from Neo4j, with all its tables but 'mentions'.

    The password comes from NEO4J_PASSWORD, or is asked for.
    """
    from graphbuild.stores import neo4j  # noqa: PLC0415 - start-up
    from graphbuild.stores.folder import check_target  # noqa: PLC0415 - start-up

    check_target(out, force=force)
    _collect_as_usual()
    password = _password(user, uri)
    with _progress("rows") as progress:
        graph = neo4j.read(uri, user=user, password=password, database=database, progress=progress)
        progress("writing the graph", 0, None)
        graph.save(out, force=force)
    _tell_about(graph, out)


@main.command()
@_graph_folder
@click.option(
    "--to",
    type=click.Choice(["csv", "graphml", "gexf", "pajek", "neo4j-admin"]),
    required=True,
    help="The format.",
)
@click.option(
    "--out",
    required=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The file; for csv and neo4j-admin, the folder.",
)
@click.option(
    "--database",
    default="neo4j",
    show_default=True,
    help="The database that the command for neo4j-admin fills.",
)
@_example("graphbuild export graph --to gexf --out graph.gexf")
def export(folder: Path, to: str, out: Path, database: str) -> None:
    """Write a graph as files for other programs.

    csv and neo4j-admin hold all tables; graphml, gexf and pajek the papers and their citations. For
    neo4j-admin, the command that imports the files into a stopped server is printed.
    """
    graph = graphbuild.open(folder)
    if to == "neo4j-admin":
        from graphbuild.stores import neo4j_admin  # noqa: PLC0415 - start-up

        command = neo4j_admin.export(graph, out, database=database)
        click.echo("With the server stopped; what the database holds is overwritten:", err=True)
        click.echo(neo4j_admin.as_shell(command))
        click.echo(
            "Then start it, and make the indexes: graphbuild load writes nothing else.", err=True
        )
        return
    from graphbuild.stores import export as exports  # noqa: PLC0415 - start-up

    exports.export(graph, to, out)
    click.echo(f"{out}: {_count(graph.info()['papers'], 'paper')}")


def _opened(folder: Path) -> Graph:
    _arrow_alone()
    return graphbuild.open(folder)


def _arrow_alone() -> None:
    """Let Arrow go without pandas until a DataFrame is wanted.

    At the first array that it makes Arrow imports pandas, to know a Series when it meets one; that
    takes longer than a small graph does. It tries again when it must make a DataFrame.
    """
    import pyarrow as pa  # noqa: PLC0415 - start-up

    class NotYet:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "pandas":
                raise ImportError(name)

    not_yet = NotYet()
    sys.meta_path.insert(0, not_yet)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(not_yet)


# -- how results look ----------------------------------------------------------------------------


@contextmanager
def _progress(unit: str = "references") -> Iterator[Progress]:
    """A bar for every stage on stderr, with rate and time left; nothing where it is no terminal.

    ``unit`` is what goes by, where it is not the bytes of a file that is read.
    """
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # noqa: PLC0415

    class Amount(TextColumn):
        """How much has been done, and how fast."""

        def render(self, task: Task) -> Text:
            if task.total is None:
                return Text("")
            speed = task.finished_speed or task.speed
            if task.description.startswith("reading "):
                rate = f", {_megabytes(speed)}/s" if speed else ""
                return Text(f"{_megabytes(task.completed)} of {_megabytes(task.total)}{rate}")
            rate = f", {speed:,.0f} {unit}/s" if speed else ""
            return Text(f"{task.completed:,.0f} of {task.total:,.0f}{rate}")

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        Amount(""),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                for earlier in bars.tasks:  # a stage ends when the next one begins
                    bars.stop_task(earlier.id)
                tasks[stage] = bars.add_task(_cell(stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def _megabytes(count: float) -> str:
    return f"{count / 1e6:,.1f} MB" if count < 1e8 else f"{count / 1e6:,.0f} MB"


@dataclass(frozen=True)
class _Table:
    """What is printed: columns by name, and rows of plain values."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]

    @classmethod
    def of_arrow(cls, table: pa.Table) -> _Table:
        columns = [column.to_pylist() for column in table.columns]
        return cls(table.column_names, list(zip(*columns, strict=True)))

    @classmethod
    def one_of(cls, parts: Mapping[str, _Table]) -> _Table:
        """Several tables as one, whose first column says from which each row is."""
        columns = list(dict.fromkeys(name for part in parts.values() for name in part.columns))
        rows = [
            (name, *(row.get(column) for column in columns))
            for name, part in parts.items()
            for row in part.as_dicts()
        ]
        return cls(["part", *columns], rows)

    def as_dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> _Table:
        columns = [
            frame[name].astype(object).where(frame[name].notna(), None).tolist()
            for name in frame.columns
        ]
        return cls(list(map(str, frame.columns)), list(zip(*columns, strict=True)))


def _echo_table(table: _Table, format_: str) -> None:
    if format_ == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([_flat(value) for value in row] for row in table.rows)
        click.echo(text.getvalue(), nl=False)
    elif format_ == "json":
        _echo_json(table.as_dicts())
    else:
        _echo_rich(table)


def _flat(value: object) -> object:
    """A value for one field of CSV."""
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _echo_json(value: object) -> None:
    import orjson  # noqa: PLC0415 - start-up

    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY
    click.echo(orjson.dumps(value, option=options, default=str).decode())


def _echo_rich(table: _Table) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(table.columns):
        values = [row[place] for row in table.rows if row[place] is not None]
        is_number = all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in values
        )
        shown.add_column(
            name,
            justify="right" if values and is_number else "left",
            max_width=_ID_WIDTH if name in {"id", "top_paper"} else None,
            overflow="fold",
        )
    for row in table.rows:
        shown.add_row(*(Text(_cell(value)) for value in row))
    console = Console(
        highlight=False, width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL
    )
    console.print(shown)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6f}"
    # Titles come from anywhere: nothing that steers a terminal gets through.
    return "".join(c if c.isprintable() else " " for c in str(value))


_OBJECTS_BEFORE_COLLECTING = 100_000
_WITH_ENGINES = ["explain"], ["query"], ["sql"]
"""Commands that leave the work to a database, whose threads do not share one hoard of memory."""


def run() -> None:
    """The program: the command, and then the end at once.

    Python would first take apart all that the command had in memory, which the system does faster.
    """
    # NumPy's linear algebra keeps a core busy with waiting for work, of which there is none here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.argv[1:2] not in _WITH_ENGINES:
        allocator.keep()
    # Libraries make many objects as they load, and none of them is garbage.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING, 50, 50)
    code: Any = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 1
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    run()
