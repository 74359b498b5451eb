"""Identifiers and addresses with the spaces that PDF text puts into them and takes away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphbuild.references.addresses import read_addresses

ARXIV = [
    ("arXiv:1706.03762", "1706.03762"),
    ("arXiv :1706.03762v5 [cs.CL]", "1706.03762"),
    ("arXiv: 1706. 03762", "1706.03762"),
    ("arXiv preprint arXiv:1706.03762", "1706.03762"),
    ("arXivpreprint arXiv:1706.03762", "1706.03762"),
    ("ArXiv e-prints 1410.4540", "1410.4540"),
    ("CoRR, abs/1512.00567, 2015.", "1512.00567"),
    ("CoRR abs / 1409 . 0473", "1409.0473"),
    ("[1406.0932][INSPIRE]", "1406.0932"),
    ("[arXiv : 0905.0639[hep- lat]]", "0905.0639"),
    ("ICLR 2018. doi:1703.09844", "1703.09844"),
    ("NIPS, 1706.03762.", "1706.03762"),
    ("http ://arxiv.org/abs/quant-ph/0608197v2", "quant-ph/0608197"),
    ("https://arxiv.org/pdf/1706.03762v5.pdf", "1706.03762"),
    ("https://doi.org/10.48550/arXiv.1706.03762", "1706.03762"),
    ("hep -th/9711200", "hep-th/9711200"),
    ("arXiv :hep-ph/ 9703464", "hep-ph/9703464"),
    ("[hep - lat/0401002]", "hep-lat/0401002"),
    ("math.GT/0309136", "math/0309136"),
    ("(2013)143 -224.arXiv :0907.2796,doi :10.1080/1", "0907.2796"),
]


@pytest.mark.parametrize(("text", "expected"), ARXIV, ids=[text for text, _ in ARXIV])
def test_arxiv_ids(text: str, expected: str) -> None:
    assert read_addresses(text).arxiv_id == expected
    assert (
        read_addresses(f"A. Smith, A title, Phys. Rev. D 12 (2001) 34, {text}").arxiv_id == expected
    )


@pytest.mark.parametrize(
    "text", ["pp. 1706.0376", "12(3):1234–5678", "1999.12345", "vol. 1201.12", "3.1415926", ""]
)
def test_what_only_looks_like_an_arxiv_id(text: str) -> None:
    assert read_addresses(text).arxiv_id is None


DOIS = [
    ("doi:10.1109/5.726791.", "10.1109/5.726791"),
    ("doi :10.1103/PhysRevD.90.014508.URL https: //link.aps.org", "10.1103/physrevd.90.014508"),
    ("doi: 10. 1016/j.cell.2012.02.009. 21. 2.", "10.1016/j.cell.2012.02.009"),
    ("doi:10 .1088/1367-2630/12/2/025010. URL", "10.1088/1367-2630/12/2/025010"),
    ("(https://doi.org/10.1007/978-3-319-46493-0_38)", "10.1007/978-3-319-46493-0_38"),
    ("URLhttp:/ / dx.doi.org/10.1002/cpa.21445.", "10.1002/cpa.21445"),
    ("10.1061/(asce)st.1943-541x.0000061.", "10.1061/(asce)st.1943-541x.0000061"),
    ("doi:10.1038 /nature11247.", "10.1038/nature11247"),
    ("doi:10.1097/SHK.0000000000000473.PubMed PMID:26871664", "10.1097/shk.0000000000000473"),
    ("doi: 10.1103 /PhysRevLett. 113.091601 . URL", "10.1103/physrevlett.113.091601"),
]


@pytest.mark.parametrize(("text", "expected"), DOIS, ids=[text for text, _ in DOIS])
def test_dois(text: str, expected: str) -> None:
    assert read_addresses(text).doi == expected


def test_other_identifiers() -> None:
    found = read_addresses(
        "PMID: 22424236 PMCID: PMC3341616 http://www.aclweb.org/anthology/P15-1002 "
        "https://openreview.net/forum?id=Hy7fDog0b ISBN 0-201-89683-4"
    )
    assert found.other_ids == (
        "pmid:22424236",
        "acl:P15-1002",
        "openreview:Hy7fDog0b",
        "isbn:9780201896831",
    )


def test_named_ids_go_before_bare_ones() -> None:
    assert read_addresses("see 1501.00001, arXiv:1706.03762").arxiv_id == "1706.03762"


@given(st.text(alphabet="arXiv:10./hep-th 789doi()[]htps\n", max_size=80))
def test_spans_stand_in_order_inside_the_text(text: str) -> None:
    spans = read_addresses(text).spans
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end in spans)
