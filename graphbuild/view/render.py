"""A drawing as the page of a map."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphbuild.tables import Tables
from graphbuild.view.drawing import SPACING, WORDS, Drawing
from graphbuild.view.palette import DARK, LIGHT
from graphbuild.view.payload import Payload, deltas, falling, first_uses
from graphbuild.view.timeline import axis

__all__ = ["EVIDENCE_LENGTH", "FEW", "packed_evidence", "page"]

FEW = 50_000
"""Citations up to which their evidence travels with the page unasked."""
EVIDENCE_LENGTH = 300
"""Characters of the evidence of a citation that are kept."""

BASES = ["", "reference_list", "bibliography_text", "summary"]
PREFIXES = {
    "arXiv": "https://arxiv.org/abs/",
    "DOI": "https://doi.org/",
    "ORCID": "https://orcid.org/",
    "Source": "https://",
}


def page(drawing: Drawing, title: str, *, layout: str = "map", evidence: str | None = None) -> str:
    """Make the HTML page of a drawing; ``evidence`` is what :func:`packed_evidence` gives."""
    import jinja2  # noqa: PLC0415 - needed for maps only

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(_own("page.html"))
    style, script = _own("page.css"), _own("page.js")
    return template.render(
        # A title from a command line may hold bytes that are no text.
        title=title.encode("utf-8", "replace").decode(),
        summary=drawing.summary(),
        note=drawing.note,
        style=style,
        style_hash=_hash(style),
        data=_packed(drawing, layout),
        evidence=evidence,
        script=script,
        script_hash=_hash(script),
    )


def _packed(drawing: Drawing, layout: str) -> str:
    """The columns of a drawing as the page's script reads them (view/page/data.js)."""
    payload = Payload()
    payload.text("id", drawing.ids)
    payload.text("title", drawing.titles)
    payload.text("authorNames", drawing.authors.values)
    payload.uint("authorCounts", drawing.authors.counts)
    payload.uint("authorEntries", first_uses(drawing.authors.entries))
    payload.text("categoryNames", drawing.categories.values)
    payload.uint("categoryCounts", drawing.categories.counts)
    payload.uint("categoryEntries", drawing.categories.entries)
    venues = drawing.venues.dictionary_encode()
    payload.text("venueNames", venues.dictionary)
    payload.uint("venue", pc.add(pc.fill_null(venues.indices, -1), 1).to_numpy())
    payload.uint("year", drawing.years)
    payload.uint("inCorpus", drawing.in_corpus.astype(np.int64))
    ids = drawing.ids.to_pylist()
    for word, addresses in drawing.links.items():
        payload.text(f"link{word}", _without_prefix(word, addresses, ids))
    for number, measure in enumerate(drawing.measures):
        if measure.values.dtype.kind != "f":
            payload.uint(measure.key, measure.values)
        elif number == 0:
            payload.uint(measure.key, falling(measure.values))
        else:
            payload.float32(measure.key, measure.values)
    for grouping in drawing.groupings:
        payload.text(f"{grouping.key}Names", grouping.names)
        payload.uint(f"{grouping.key}Group", grouping.of)
    places = {"map": _quantised(payload, "map", drawing.places)}
    if drawing.timeline is not None:
        places["timeline"] = _quantised(payload, "timeline", drawing.timeline)
    counts = np.bincount(drawing.edges[:, 0], minlength=len(drawing))
    payload.uint("degree", counts)
    payload.uint("end", deltas(np.cumsum(counts) - counts, drawing.edges[:, 1].astype(np.int64)))
    if drawing.weights is not None:
        payload.uint("weight", drawing.weights)
    when = axis(drawing.times, SPACING)
    return payload.packed(
        version=1,
        of=drawing.of,
        words=WORDS[drawing.of],
        drawn=len(drawing),
        edges=len(drawing.edges),
        inAll=[drawing.nodes_in_all, drawing.edges_in_all],
        directed=drawing.weights is None,
        measures=[
            {
                "key": one.key,
                "label": one.label,
                "float": one.values.dtype.kind == "f",
                "falling": one.values.dtype.kind == "f" and number == 0,
            }
            for number, one in enumerate(drawing.measures)
        ],
        sizedBy=drawing.sized_by,
        groupings=[{"key": one.key, "label": one.label} for one in drawing.groupings],
        links={word: PREFIXES[word] for word in drawing.links},
        places=places,
        axis=list(when),
        layout=layout if layout in places else "map",
        palettes={"light": LIGHT, "dark": DARK},
    )


def _quantised(
    payload: Payload, name: str, places: np.ndarray[Any, np.dtype[np.float64]]
) -> list[float]:
    """Add places as uint16; give the left, the top and the step that they are counted in."""
    if not len(places):
        places = np.zeros((0, 2))
        low, step = np.zeros(2), 0.1
    else:
        low = places.min(axis=0)
        extent = float((places.max(axis=0) - low).max())
        step = max(0.1, float(f"{extent / 65_000:.4g}"))
    steps = np.rint((places - low) / step).astype(np.int64)
    payload.uint16(f"{name}X", steps[:, 0])
    payload.uint16(f"{name}Y", steps[:, 1])
    return [round(float(low[0]), 2), round(float(low[1]), 2), step]


def _without_prefix(word: str, addresses: list[str], ids: list[str]) -> list[str]:
    """Addresses without what they share, and "=" where the rest is that of the id."""
    prefix = PREFIXES[word]
    rests = [address.removeprefix(prefix) for address in addresses]
    return [
        "=" if rest and rest == paper.partition(":")[2] else rest
        for rest, paper in zip(rests, ids, strict=True)
    ]


def packed_evidence(tables: Tables, drawing: Drawing) -> str | None:
    """Pack what each citation was read from, in the order of the drawing's edges."""
    if drawing.rows is None:
        return None
    names = ["basis", "evidence", "file", "line"]
    rows = tables.columns("citations", names).take(pa.array(drawing.rows))
    payload = Payload()
    texts = pc.utf8_slice_codeunits(rows["evidence"].cast(pa.large_string()), 0, EVIDENCE_LENGTH)
    payload.text("evidence", _array(texts))
    bases = pc.index_in(rows["basis"].cast(pa.string()), value_set=pa.array(BASES))
    payload.uint("basis", pc.fill_null(bases, 0).to_numpy())
    files = _array(rows["file"].cast(pa.string())).dictionary_encode()
    payload.text("fileNames", files.dictionary)
    payload.uint("file", pc.add(pc.fill_null(files.indices, -1), 1).to_numpy())
    payload.uint("line", np.maximum(pc.fill_null(rows["line"], 0).to_numpy(), 0))
    return payload.packed(version=1, bases=[basis.replace("_", " ") for basis in BASES])


def _array(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _hash(content: str) -> str:
    """What the page's Content-Security-Policy calls a style or script that may be used."""
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@cache
def _own(name: str) -> str:
    return resources.files("graphbuild.view").joinpath(name).read_text("utf-8")
