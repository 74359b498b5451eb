"""How well references are read that people have tagged and that the model was not trained on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from graphbuild.references import parse_all
from tools.quality import bibliographies
from tools.quality.references import scores
from tools.tagged_references import Tagged, load, split

# Just below what is reached (docs/references.md), so that a loss shows.
FLOORS = {
    "anystyle/core": {"year": 0.985, "title": 0.91, "family": 0.98, "container": 0.87},
    "anystyle/good": {"year": 0.99, "title": 0.92, "family": 0.985, "container": 0.88},
    "grobid/citations": {"year": 0.985, "title": 0.94, "family": 0.985, "container": 0.94},
    "grobid/documents, PDF": {
        "arxiv_id": 0.99,
        "doi": 0.98,
        "year": 0.985,
        "title": 0.69,
        "family": 0.985,
        "container": 0.93,
    },
    "grobid/documents, journals (KISTI)": {
        "doi": 0.98,
        "year": 0.98,
        "title": 0.75,
        "family": 0.98,
        "container": 0.80,
    },
    "all": {"year": 0.985, "title": 0.91, "title_near": 0.93, "family": 0.985, "together": 0.9},
}


@pytest.fixture(scope="module")
def tagged(shared: Path) -> list[Tagged]:
    folder = shared / "data" / "references"
    if not folder.is_dir():
        pytest.skip(f"no tagged references at {folder}")
    return load(folder)


def test_the_fields_are_read_as_people_tagged_them(tagged: list[Tagged]) -> None:
    held_out = [dataclasses.replace(one, kind=one.part) for one in split(tagged)[1]]
    reached = scores(held_out, parse_all(one.text for one in held_out))
    missed = {
        (kind, field): (round(reached[kind][field], 3), floor)
        for kind, floors in FLOORS.items()
        for field, floor in floors.items()
        if reached[kind][field] < floor
    }
    assert not missed, f"reached, floor: {missed}"


def test_what_is_held_out_is_not_trained_on(tagged: list[Tagged]) -> None:
    seen, unseen = split(tagged)
    assert len(unseen) > 1_000
    assert not {one.group for one in seen} & {one.group for one in unseen}
    assert not ({one.title_key for one in seen} & {one.title_key for one in unseen}) - {""}


def test_spans_hold_the_tagged_fields(tagged: list[Tagged]) -> None:
    for one in tagged[::50]:
        titles = [one.text[a:b] for a, b, label in one.spans if label == "title"]
        if "title" in one.gold:
            assert one.gold["title"].split()[0] in " ".join(titles)
        assert all(0 <= a < b <= len(one.text) for a, b, _ in one.spans)


def test_bibliographies_are_cut_into_the_entries_they_were_made_of(tagged: list[Tagged]) -> None:
    documents = bibliographies.documents(tagged)
    some = {name: documents[name] for name in sorted(documents)[::4]}
    reached = bibliographies.scores(some)
    assert reached["numbered"] >= 0.98
    assert reached["author-year"] >= 0.90
    assert reached["all"] >= 0.95
