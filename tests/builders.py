"""Short ways to make records and graphs in tests."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graphbuild.api import as_graph
from graphbuild.extract import Collection
from graphbuild.graph import Graph
from graphbuild.identifiers import arxiv_id, doi
from graphbuild.model import Origin, Record, Reference, Rejected
from graphbuild.people import parse_names

_LINES = itertools.count(1)


def reference(identifier: str | None = None, line: int = 1, **fields: Any) -> Reference:
    """A reference by identifier, by fields, or both."""
    authors = parse_names(fields.pop("authors", None))
    raw = fields.pop("raw", identifier or fields.get("title") or "?")
    return Reference(raw, Origin("t.jsonl", line), **_ids(identifier), authors=authors, **fields)


def record(
    identifier: str | None = None,
    *,
    cites: Iterable[str | Reference] = (),
    line: int | None = None,
    file: str = "t.jsonl",
    **fields: Any,
) -> Record:
    """A record by identifier, by fields, or both; ``cites`` are identifiers or references."""
    authors = parse_names(fields.pop("authors", None))
    references = tuple(c if isinstance(c, Reference) else reference(c) for c in cites)
    origin = Origin(file, line if line is not None else next(_LINES))
    return Record(
        origin, "test", **_ids(identifier), authors=authors, references=references, **fields
    )


def _ids(identifier: str | None) -> dict[str, Any]:
    if identifier is None:
        return {}
    if (value := arxiv_id(identifier)) is not None:
        return {"arxiv_id": value}
    if (value := doi(identifier)) is not None:
        return {"doi": value}
    return {"other_ids": (identifier,)}


def graph_of(*items: Record | Rejected, bibliographies: bool = True) -> Graph:
    """The graph that records give."""
    collection = Collection(bibliographies=bibliographies)
    for item in items:
        collection.add(item)
    return as_graph(collection.extract(), {})


def pairs(graph: Graph) -> set[tuple[str, str]]:
    """Citing and cited of every citation."""
    citations = graph.table("citations")
    return set(zip(citations["citing"].to_pylist(), citations["cited"].to_pylist(), strict=True))


def ids(graph: Graph) -> list[str]:
    """Ids of all papers in order."""
    found: list[str] = graph.table("papers")["id"].to_pylist()
    return found


def files(folder: Path) -> dict[str, bytes]:
    """The bytes of all that a graph's folder holds, but for the times it took."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "timings.json"
    }


_PIECES = (
    "We study normalization.\nReferences\n[1] J. L. Ba. Layer Normalization. arXiv:1607.06450, ",
    "2016.\n[2] D. Kingma and J. Ba. Adam: a method for stochastic optimization. In ICLR, 2015.",
    "[3] D. Bahdanau, K. Cho. Neural machine translation. arXiv:1409.0473, 2014.\n[4] A. Vas",
    "wani, N. Shazeer. Attention Is All You Need. In NIPS, 2017. arXiv:1706.03762.",
)


def chunks(pieces: Iterable[tuple[str, int, int]]) -> str:
    """JSON Lines of ai-arxiv-chunked rows: whose paper, which chunk, and which of some texts."""
    return "\n".join(
        json.dumps(
            {
                "doi": paper,
                "chunk-id": str(number),
                "chunk": _PIECES[piece],
                "id": paper,
                "title": f"The paper {paper}",
                "summary": "A summary.",
                "authors": ["Jimmy Lei Ba"],
                "categories": ["cs.LG"],
                "comment": None,
                "journal_ref": None,
                "primary_category": "cs.LG",
                "published": "20160721",
                "updated": "20160721",
                "references": [{"id": "1502.03167"}],
            }
        )
        for paper, number, piece in pieces
    )
