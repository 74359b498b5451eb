"""The shapes of references that people write, one by one."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild.model import NOWHERE, Reference
from graphbuild.references import parse, parse_all

CAPSULES = "Dynamic routing between capsules"
HUBNESS = "Improving zero-shot learning by mitigating the hubness problem"
DOREFA = (
    "DoReFa-Net: Training Low Bitwidth Convolutional Neural Networks with Low Bitwidth Gradients"
)

SHAPES: list[tuple[str, dict[str, object]]] = [
    (
        "S. Sabour, N. Frosst, and G. E. Hinton, “Dynamic routing between capsules,” arXiv "
        "preprint arXiv:1710.09829v2, 2017",
        {
            "title": CAPSULES,
            "arxiv_id": "1710.09829",
            "year": 2017,
            "families": ["Sabour", "Frosst", "Hinton"],
        },
    ),
    (
        "[3] S. Sabour, N. Frosst, and G. E. Hinton, ``Dynamic routing between capsules,'' in "
        "Advances in Neural Information Processing Systems, 2017, pp. 3856-3866.",
        {
            "title": CAPSULES,
            "container": "Advances in Neural Information Processing Systems",
            "pages": "3856–3866",
            "year": 2017,
        },
    ),
    (
        "Tran D, Blei D M. Implicit Causal Models for Genome-wide Association Studies[J]. arXiv "
        "preprint arXiv:1710.10742, 2017.",
        {
            "title": "Implicit Causal Models for Genome-wide Association Studies",
            "arxiv_id": "1710.10742",
            "families": ["Tran", "Blei"],
        },
    ),
    (
        "Zhen He, Shaobing Gao, and David Barber. <Wider and Deeper, Cheaper and Faster: "
        "Tensorized LSTMs for Sequence Learning> (2017)",
        {
            "title": "Wider and Deeper, Cheaper and Faster: Tensorized LSTMs for Sequence Learning",
            "year": 2017,
            "families": ["He", "Gao", "Barber"],
        },
    ),
    (
        "Beck, A., & Teboulle, M. (2009). A fast iterative shrinkage-thresholding algorithm for "
        "linear inverse problems. SIAM journal on imaging sciences, 2(1), 183-202.",
        {
            "title": "A fast iterative shrinkage-thresholding algorithm for linear inverse "
            "problems",
            "container": "SIAM journal on imaging sciences",
            "volume": "2",
            "pages": "183–202",
            "year": 2009,
            "families": ["Beck", "Teboulle"],
        },
    ),
    (
        "Zhou, Shuchang; Wu, Yuxin; Zou, Yuheng (2016-06-20). [DoReFa-Net: Training Low Bitwidth "
        "Convolutional Neural Networks with Low Bitwidth Gradients]. arXiv:1606.06160 [cs].",
        {
            "title": DOREFA,
            "arxiv_id": "1606.06160",
            "year": 2016,
            "families": ["Zhou", "Wu", "Zou"],
        },
    ),
    (
        'Volokitin A, Roig G, Poggio T:"Do Deep Neural Networks Suffer from Crowding?" Conference '
        "on Neural Information Processing Systems (NIPS). 2017",
        {
            "title": "Do Deep Neural Networks Suffer from Crowding?",
            "container": "Conference on Neural Information Processing Systems (NIPS)",
            "year": 2017,
            "families": ["Volokitin", "Roig", "Poggio"],
        },
    ),
    (
        "Dinu, Georgiana; Lazaridou, Angeliki; Baroni, Marco | Improving zero-shot learning by "
        "mitigating the hubness problem | arXiv:1412.6568",
        {
            "title": HUBNESS,
            "arxiv_id": "1412.6568",
            "families": ["Dinu", "Lazaridou", "Baroni"],
        },
    ),
    (
        "Graves et al, 2013, https://arxiv.org/pdf/1308.0850.pdf",
        {"title": None, "arxiv_id": "1308.0850", "year": 2013, "families": ["Graves"]},
    ),
    (
        "Huang, G., & Weinberger, K. Q. (n.d.). Multi-Scale Dense Networks for Resource Efficient "
        "Image Classification. ICLR 2018. doi:1703.09844 ",
        {
            "title": "Multi-Scale Dense Networks for Resource Efficient Image Classification",
            "arxiv_id": "1703.09844",
            "doi": None,
            "year": 2018,
            "container": "ICLR",
        },
    ),
    (
        "Cristian Bucilua, Rich Caruana, and Alexandru Niculescu-Mizil. Model compression. In ACM "
        "SIGKDD, pp. 535–541. ACM, 2006.",
        {
            "title": "Model compression",
            "container": "ACM SIGKDD",
            "pages": "535–541",
            "year": 2006,
            "families": ["Bucilua", "Caruana", "Niculescu-Mizil"],
        },
    ),
    (
        "“XifengGuo/CapsNet-Keras.” GitHub, 14 Dec. 2017, github.com/XifengGuo/CapsNet-Keras.",
        {
            "title": "XifengGuo/CapsNet-Keras",
            "url": "https://github.com/XifengGuo/CapsNet-Keras",
            "year": 2017,
            "families": [],
        },
    ),
    (
        "Salimans, Tim, Han Zhang, Alec Radford, and Dimitris Metaxas. "
        '"Improving GANs using optimal transport." (2018).',
        {
            "title": "Improving GANs using optimal transport",
            "year": 2018,
            "families": ["Salimans", "Zhang", "Radford", "Metaxas"],
        },
    ),
    (
        'Ba, Kiros and Hinton. "Layer Normalization". arXiv:1607.06450. (2016).',
        {
            "title": "Layer Normalization",
            "arxiv_id": "1607.06450",
            "families": ["Ba", "Kiros", "Hinton"],
        },
    ),
    (
        "Oord, Aaron van den, Nal Kalchbrenner, and Koray Kavukcuoglu. "
        '"Pixel recurrent neural networks." arXiv preprint arXiv:1601.06759 (2016).',
        {
            "title": "Pixel recurrent neural networks",
            "families": ["van den Oord", "Kalchbrenner", "Kavukcuoglu"],
        },
    ),
    (
        "Lecun, Y.; Bottou, L. (November 1998). “Gradient-based learning applied to document "
        "recognition”. Proceedings of the IEEE. 86 (11): 2278–2324. doi:10.1109/5.726791.",
        {
            "title": "Gradient-based learning applied to document recognition",
            "container": "Proceedings of the IEEE",
            "doi": "10.1109/5.726791",
            "volume": "86",
            "pages": "2278–2324",
            "year": 1998,
        },
    ),
    (
        "P. W. Anderson, Phys. Rev. 109, 1492 (1958).",
        {
            "title": None,
            "container": "Phys. Rev.",
            "volume": "109",
            "pages": "1492",
            "year": 1958,
            "families": ["Anderson"],
        },
    ),
    (
        "J. M. Maldacena, The large N limit of superconformal field theories and supergravity, "
        "Adv .Theor .Math .Phys .2, 231 ( 1998), hep -th/9711200",
        {
            "title": "The large N limit of superconformal field theories and supergravity",
            "arxiv_id": "hep-th/9711200",
            "year": 1998,
        },
    ),
    (
        "CMS collaboration, Measurement of jet fragmentation in heavy ion collisions, Phys. Rev. C "
        "90 (2014) 024908 [arXiv:1406.0932][INSPIRE].",
        {
            "title": "Measurement of jet fragmentation in heavy ion collisions",
            "arxiv_id": "1406.0932",
            "container": "Phys. Rev. C",
            "year": 2014,
            "families": [],
        },
    ),
    (
        "Kemeny DM. The effects of pollutants on the allergic immune response. Toxicology 2000; "
        "152: 3-12.",
        {
            "title": "The effects of pollutants on the allergic immune response",
            "container": "Toxicology",
            "year": 2000,
            "families": ["Kemeny"],
        },
    ),
    (
        "M. Jaderberg and O. Vinyals. Speech-to- text with co- variate shift in the Feder- mann "
        "task. Neural Computation, 9(8):1735–1780, 1997.",
        {
            "title": "Speech-to-text with covariate shift in the Federmann task",
            "container": "Neural Computation",
        },
    ),
    (
        "Klambauer, Unterthiner, Mayr and Hochreiter. “Self- Normalizing Neural Networks.” "
        "arXiv: 1706.02515. (2017).",
        {"title": "Self-Normalizing Neural Networks", "arxiv_id": "1706.02515"},
    ),
    (
        "Yonghui Wu and Mike Schuster. Googleâs neural machine translation system: efï¬cient "
        "ï¬ow. arXiv preprint arXiv:1609.08144, 2016.",
        {"title": "Google’s neural machine translation system: efficient flow", "year": 2016},
    ),
    ("https://en.wikipedia.org/wiki/Central_limit_theorem", {"title": None, "families": []}),
    (
        "김은경, '신장 질환 진단을 위한 규칙 기반 추론과 사례기반 추론의 통합,' 정보과학회 논문지, "
        "제24권 제10호, pp.1093-1100, 1997",
        {
            "title": "신장 질환 진단을 위한 규칙 기반 추론과 사례기반 추론의 통합",
            "container": "정보과학회 논문지",
            "families": ["김은경"],
            "year": 1997,
        },
    ),
]


@pytest.mark.parametrize(("text", "expected"), SHAPES, ids=[text[:30] for text, _ in SHAPES])
def test_shapes(text: str, expected: dict[str, object]) -> None:
    found = parse(text)
    assert found.raw == text
    assert found.origin == NOWHERE
    read = {name: getattr(found, name) for name in expected if name != "families"}
    if "families" in expected:
        read["families"] = [person.family for person in found.authors]
    assert read == expected


def test_bare_urls_set_nothing_but_the_url() -> None:
    address = "https://lilianweng.github.io/lil-log/2017/08/20/from-GAN-to-WGAN.html"
    assert parse(address) == Reference(address, url=address)


@pytest.mark.parametrize("text", ["", " ", "?", "[12]", "...", "12, 13", "\x00", "(2)"])
def test_what_says_nothing_stays_raw(text: str) -> None:
    assert parse(text) == Reference(text)


def test_an_identifier_that_is_only_mentioned_is_not_the_reference_s_own() -> None:
    found = parse("A. Smith and B. Jones. Comment on arXiv:1501.00001. arXiv:1502.00002, 2015.")
    assert found.arxiv_id == "1502.00002"


def test_a_second_identifier_of_one_kind_is_another_reference_s() -> None:
    found = parse(
        "Ann Smith. 2016. A title of some length. https://aclweb.org/anthology/D16-1025. "
        "Bob Jones. 2016. Another title. http://www.aclweb.org/anthology/W/W16/W16-2301."
    )
    assert found.other_ids == ("acl:D16-1025",)


def test_the_isbn_of_proceedings_is_not_the_paper_s() -> None:
    paper = parse(
        "A. Max and G. Wisniewski. Mining corrections from revision histories. In Proceedings of "
        "the Seventh Conference on Language Resources, 2010. ISBN 2-9517408-6-7."
    )
    book = parse(
        "D. E. Knuth. The Art of Computer Programming. Addison-Wesley, 1997. ISBN 0-201-89683-4."
    )
    assert paper.other_ids == ()
    assert book.other_ids == ("isbn:9780201896831",)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("A. Smith. A title of some length. Journal of Tests, 12:1998–2005, 2011.", 2011),
        ("A. Smith. A title of some length. arXiv:1912.00001, 2020.", 2020),
        ("A. Smith. The 1918 influenza in towns. Journal of Tests, 3(1):1–9, 1999.", 1999),
        ("A. Smith. A title of some length. Retrieved March 20, 2018, from http://a.org/x", None),
        ("Smith, A. (2003b). A title of some length. Journal of Tests, 3, 1–9.", 2003),
    ],
)
def test_year_is_the_year_of_publication(text: str, year: int | None) -> None:
    assert parse(text).year == year


def test_several_at_once_keep_their_order() -> None:
    texts = [text for text, _ in SHAPES]
    assert parse_all(iter(texts)) == [parse(text) for text in texts]


def test_importing_is_light() -> None:
    heavy = "{'ftfy', 'numpy', 'pandas', 'scipy', 'pyarrow', 'lxml', 'networkx'}"
    code = f"import sys, graphbuild.references; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


PIECES = st.lists(
    st.sampled_from(
        [
            "Smith, J. ",
            "and ",
            "J. ",
            "A",
            ". ",
            ", ",
            "(2001)",
            "“",
            "”",
            "[",
            "]",
            "In ",
            "Proc. ",
            "vol. 3",
            "10.1234/",
            "arXiv:",
            "1706.03762",
            "http://",
            "- ",
            "12:3-4",
            "et al. ",
            "ed. ",
            "lower words ",
            "\n",
            "深度",
            "ï¬",
            "â",
            "'",
            "10 .",
            "Collaboration ",
            "1999",
            ";",
            "|",
        ]
    ),
    max_size=60,
)


@given(st.one_of(st.text(), PIECES.map("".join)))
@settings(max_examples=300, deadline=None)
def test_parse_never_raises_and_keeps_the_text(text: str) -> None:
    found = parse(text)
    assert found.raw == text
    assert found.year is None or 1500 <= found.year <= 2100
    assert found.title is None or found.title == " ".join(found.title.split()) != ""


@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "A ",
        "A. ",
        "Aa ",
        "Aa, ",
        "Aa, B., ",
        "and ",
        "a",
        " ",
        ".",
        ". ",
        ",",
        "(",
        "[",
        "“",
        "'",
        "10.",
        "10.1/",
        "1999 ",
        "1",
        "12 ",
        "1:2-",
        "in ",
        "In ",
        "- ",
        "a- ",
        "http://",
        "arXiv:",
        "et al",
        "Aa Bb and ",
        "de la ",
        "Jan 1 ",
        "\ue000",
        "vol. ",
        "ed. ",
        "Aa-Bb-",
        "10. 1234 / ",
        "|",
        "深",
        "[J]",
    ],
)
def test_long_hostile_strings_take_no_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    assert parse(text).raw == text
    assert time.process_time() - began < 1.0
