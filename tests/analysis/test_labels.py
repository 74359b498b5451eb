from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphbuild.analysis import labels
from graphbuild.analysis.labels import (
    TERMS,
    Terms,
    _occurrences,
    _read,
    distinctive_terms,
)
from graphbuild.text import fold


def label(*groups):
    titles = [title for group in groups for title in group]
    numbers = [number for number, group in enumerate(groups, 1) for _ in group]
    return distinctive_terms(pa.chunked_array([titles], pa.string()), np.array(numbers))


ACTIVATIONS = [
    "Fast and Accurate Deep Network Learning by ELUs",
    "Self-Normalizing Networks with ELUs",
    "Learning with ELUs: a study",
    "Towards the learning of activation functions",
    "On activation functions",
]
IMAGES = [
    "Generative Adversarial Networks",
    "Improved learning for GANs",
    "Learning GANs of images",
    "Wasserstein GANs",
    "Towards generative adversarial learning of images",
]
TRANSLATION = [
    "Neural Machine Translation by learning to align",
    "Machine translation with attention",
    "Attention for machine translation",
    "Learning phrases for translation",
]


def test_terms_are_distinctive_and_spelled_as_the_titles_do():
    assert label(ACTIVATIONS, IMAGES, TRANSLATION) == [
        ["ELUs", "activation functions", "Network"],
        ["GANs", "Generative Adversarial", "images"],
        ["Machine Translation", "attention"],
    ]


def test_what_is_as_frequent_everywhere_is_no_label_while_there_is_another():
    for terms in label(ACTIVATIONS, IMAGES, TRANSLATION):
        assert not {"learning", "towards", "study"} & {fold(term) for term in terms}


def test_one_group_of_everything_is_named_by_what_is_frequent():
    assert fold(label(TRANSLATION)[0][0]) == "machine translation"


def test_titles_of_no_group_say_what_is_common():
    titles = pa.chunked_array(
        [["Deep learning of cats", "Deep learning for cats", *["Deep learning"] * 5]]
    )
    assert distinctive_terms(titles, np.array([1, 1, 0, 0, 0, 0, 0]))[0][0] == "cats"


def test_plural_case_accents_and_hyphens_do_not_part_a_term():
    titles = ["Schrödinger bridge", "The SCHRODINGER Bridges", "SCHRODINGER bridge", "Cats"]
    assert label(titles[:3], titles[3:]) == [["Schrödinger bridge"], []]  # of equal ones the first


def test_no_pair_across_punctuation_or_stop_words():
    terms = label(["Alpha: beta", "Alpha, beta", "alpha of beta"], ["Gamma"])[0]
    assert sorted(fold(term) for term in terms) == ["alpha", "beta"]


def test_latex_is_read_as_it_prints():
    terms = label([r"Csisz\'{a}r $f$-divergence", r"On Csisz\'ar divergences"], ["Other"])[0]
    assert terms[0] in {"Csiszár", "f-divergence"}
    assert "\\" not in "".join(terms)


def test_unrelated_untitled_or_odd_titles_have_no_terms():
    assert label(["One", "Two"], [None, None], ["", "  "], ["2017", "2017"], ["the of", "the"]) == [
        [], [], [], [], [],
    ]  # fmt: skip
    assert distinctive_terms(pa.chunked_array([[]], pa.string()), np.zeros(0, int)) == []
    assert distinctive_terms(pa.chunked_array([["a title"]]), np.array([0])) == []


def test_other_scripts_are_words_too():
    assert label(["深度 学习", "深度 视觉"], ["Обучение", "обучение сетей"]) == [
        ["深度"],
        ["Обучение"],
    ]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.one_of(st.none(), st.text(max_size=60)), st.integers(0, 3)), max_size=12)
)
def test_any_text_gives_terms_that_share_no_word_and_stand_in_two_titles(rows):
    titles = pa.chunked_array([[title for title, _ in rows]], pa.string())
    groups = np.array([group for _, group in rows], np.int64)
    found = distinctive_terms(titles, groups)
    assert len(found) == groups.max(initial=0)
    for terms in found:
        assert len(terms) <= TERMS
        assert all(terms)
        words = [word for term in terms for word in term.split(" ")]
        assert len(words) == len(set(words))


def test_a_hostile_title_takes_no_time():
    hostile = ["-" * 10**6, "a-" * 500_000, "\\" * 10**6, "$" * 10**6, "'" * 10**6, "x " * 500_000]
    begun = time.process_time()
    label(hostile, hostile)
    assert time.process_time() - begun < 2


def test_any_white_space_parts_words():
    spaces = [character for code in range(0x3100) if (character := chr(code)).isspace()]
    assert len(spaces) > 20
    for space in spaces:
        terms = label([f"deep{space}networks"] * 2, ["other things"] * 2)[0]
        assert sorted(" ".join(terms).split(" ")) == ["deep", "networks"]


PIECES = [
    "GANs", "gan", "of", "self-made", "'t", " ", "  ", ": ", "|", "_", "\t", "\x0b", "\x1f", "7",
    "$x$", "{A}", "\\'e", "é", "’s", "İ", "\u2009", "x" * 260,
]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.none() | st.lists(st.sampled_from(PIECES), max_size=8).map("".join), max_size=30),
    st.integers(1, 7),
    st.randoms(use_true_random=False),
)
def test_both_ways_to_take_titles_apart_find_the_same_words(titles, at_once, random):
    column = pa.chunked_array([pa.array(titles, pa.string())])
    plain = _read(column)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labels, "AT_ONCE", at_once)
        compiled = _read(column, large=0)

    def spelled(words):
        chosen = words.word >= 0
        forms = [words.forms[form] for form in words.form[chosen].tolist()]
        return words.words, forms, words.word[chosen].tolist(), words.title[chosen].tolist()

    assert spelled(plain) == spelled(compiled)
    groups = np.array([random.randrange(4) for _ in titles], np.int64)
    ways = [Terms(words, _occurrences(words)).distinctive(groups) for words in (plain, compiled)]
    assert ways[0] == ways[1]
