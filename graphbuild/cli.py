"""The command line: click words for the functions of ``graphbuild.api``, and how results look."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import graphbuild
from graphbuild.errors import GraphbuildError

if TYPE_CHECKING:
    import pandas as pd

    from graphbuild.api import Graph, Progress
    from graphbuild.stores.neo4j import Loaded

__all__ = ["main"]

_WIDTH_WITHOUT_TERMINAL = 160
_REJECTS_SHOWN = 3
_ID_WIDTH = 44


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
@click.argument(
    "inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder for the graph.",
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
    default="all",
    show_default=True,
    help="'listed' leaves out bibliographies that are found in running text.",
)
@click.option("--strict", is_flag=True, help="Fail when any entry of an input cannot be used.")
@click.option("--force", is_flag=True, help="Replace the graph that DIR holds.")
@_example("graphbuild build papers.jsonl.gz listing.txt --map title=Titel --out graph")
def build(
    inputs: tuple[Path, ...],
    out: Path,
    source: str | None,
    mapping: tuple[str, ...],
    namespace: str | None,
    references: Any,  # noqa: ANN401 - click checks it
    strict: bool,
    force: bool,
) -> None:
    """Build one graph from INPUTs of any kind, in any order, and write it to a folder."""
    from graphbuild.stores.folder import check_target  # noqa: PLC0415 - start-up

    check_target(out, force=force)
    fields = _fields(mapping)
    with _progress() as progress:
        graph = graphbuild.build(
            inputs,
            source=source,
            mapping=fields,
            namespace=namespace,
            references=references,
            strict=strict,
            progress=progress,
        )
        progress("writing the graph", 0, None)
        graph.save(out, force=force)
    _tell_about(graph, out)


def _fields(mapping: tuple[str, ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for pair in mapping:
        name, equals, column = pair.partition("=")
        if not (name and equals and column):
            raise click.BadParameter(f"{pair!r} is not FIELD=COLUMN", param_hint="--map")
        fields[name.strip()] = column.strip()
    return fields


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
    if graph.rejected:
        entries = "entry" if len(graph.rejected) == 1 else "entries"
        click.echo(
            f"{len(graph.rejected):,} {entries} rejected, see {out / 'rejected.jsonl'}:", err=True
        )
        for item in graph.rejected[:_REJECTS_SHOWN]:
            click.echo(f"  {item.origin}: {item.reason}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@main.command()
@_graph_folder
@_format
@_example("graphbuild info graph --format json")
def info(folder: Path, format_: str) -> None:
    """Show what a graph holds, and what was left out of it."""
    counts = graphbuild.open(folder).info()
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
    _echo_table(_frame(flat, ["name", "value"]), format_)


@main.command()
@_format
@_example("graphbuild sources")
def sources(format_: str) -> None:
    """List the kinds of input that can be read."""
    from graphbuild.sources import sources as every  # noqa: PLC0415 - start-up

    rows = [(source.name, " ".join(source.suffixes), source.about) for source in every()]
    _echo_table(_frame(rows, ["source", "suffixes", "about"]), format_)


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
    graph = graphbuild.open(folder)
    if by == "pagerank":
        frame = analysis.pagerank(
            graph, damping=damping, personalise=personalise or None, in_corpus=in_corpus
        )
    else:
        frame = getattr(analysis, by)(graph, in_corpus=in_corpus)
    _echo_table(frame.head(top) if top else frame, format_)


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
    from graphbuild import analysis  # noqa: PLC0415 - start-up

    if min_cocitations is not None and of != "cocitation":
        click.echo(
            "--min-cocitations says nothing of direct citations, and is passed over.", err=True
        )
        min_cocitations = None
    graph = graphbuild.open(folder)
    function = analysis.members if members else analysis.clusters
    frame = function(
        graph, of=of, min_cocitations=min_cocitations, resolution=resolution, seed=seed
    )
    used = frame.attrs.get("min_cocitations")
    if used is not None:
        note = f"Pairs of papers that are cited together at least {_times(used)}."
        if min_cocitations is None and used == 1:
            note += " (Fewer than 20 pairs are cited together twice.)"
        click.echo(note, err=True)
    _echo_table(frame[frame["cluster"] <= top] if top else frame, format_)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


@main.command()
@_graph_folder
@click.option(
    "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The HTML file."
)
@click.option(
    "--top",
    "limit",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    help="Draw at most so many papers, the highest by PageRank.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of layout and clusters.",
)
@_example("graphbuild view graph --out graph.html")
def view(folder: Path, out: Path, limit: int, seed: int) -> None:
    """Write the graph as one HTML page that works offline."""
    graph = graphbuild.open(folder)
    with _progress() as progress:
        progress("drawing the map", 0, None)
        drawn = graph.view(out, limit=limit, seed=seed)
    click.echo(f"{out}: {drawn}")


@main.command()
@_graph_folder
@click.argument("statement", metavar="SELECT")
@_format
@_example("graphbuild sql graph 'SELECT year, count(*) AS papers FROM papers GROUP BY year'")
def sql(folder: Path, statement: str, format_: str) -> None:
    """Answer a SELECT (DuckDB's dialect) over the tables of a graph.

    They are papers, authors, citations, authorships, categories and mentions.
    """
    _echo_table(graphbuild.open(folder).sql(statement), format_)


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
    _echo_table(analysis.pagerank(graph).head(10), "table")
    click.echo("\nClusters by co-citation")
    _echo_table(analysis.clusters(graph, of="cocitation").head(5), "table")
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
    password = _password(user, uri)
    with _progress(rate="rows") as progress:
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
    password = _password(user, uri)
    with _progress(rate="rows") as progress:
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


# -- how results look ----------------------------------------------------------------------------


@contextmanager
def _progress(rate: str | None = None) -> Iterator[Progress]:
    """A line on stderr that says what is going on; nothing where stderr is no terminal.

    With ``rate``, it says how many of what go by in a second, and how long it will take.
    """
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = [
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeElapsedColumn(),
    ]
    if rate:
        columns += [TextColumn("{task.fields[speed]}"), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, amount="", speed="")

        def show(stage: str, done: int, total: int | None) -> None:
            amount = f"{done:,}" if done else ""
            speed = bar.tasks[0].speed
            bar.update(
                task,
                description=stage,
                completed=done,
                total=total,
                amount=amount,
                speed=f"{speed:,.0f} {rate}/s, to go:" if speed else "",
            )

        yield show


def _frame(rows: list[Any], columns: list[str]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - start-up

    return pd.DataFrame(rows, columns=columns)


def _echo_table(frame: pd.DataFrame, format_: str) -> None:
    if format_ == "csv":
        click.echo(frame.to_csv(index=False, lineterminator="\n"), nl=False)
    elif format_ == "json":
        _echo_json(_records(frame))
    else:
        _echo_rich(frame)


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    columns = {
        str(name): frame[name].astype(object).where(frame[name].notna(), None).tolist()
        for name in frame.columns
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _echo_json(value: object) -> None:
    import orjson  # noqa: PLC0415 - start-up

    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY
    click.echo(orjson.dumps(value, option=options, default=str).decode())


def _echo_rich(frame: pd.DataFrame) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in frame.columns:
        is_number = frame[name].dtype.kind in "iuf"
        table.add_column(
            str(name),
            justify="right" if is_number else "left",
            max_width=_ID_WIDTH if name in {"id", "top_paper"} else None,
            overflow="fold",
        )
    for row in _records(frame):
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    console = Console(
        highlight=False, width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL
    )
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6f}"
    # Titles come from anywhere: nothing that steers a terminal gets through.
    return "".join(c if c.isprintable() else " " for c in str(value))


if __name__ == "__main__":
    main()
