"""Formats as text, and which of them are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sparse_arrays import formats

from rdu.semantics.fibertree import NAMED_FORMATS, Format, LevelFormat, bsr


@given(st.integers(1, 5).flatmap(formats))
def test_levels_are_read_back_from_their_text(form):
    assert Format.of([str(level) for level in form.levels], form.order) == form


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (NAMED_FORMATS["csr"], "dense, compressed"),
        (NAMED_FORMATS["csc"], "dense, compressed of 1 0"),
        (bsr(2, 3), "dense, compressed, blocked:2, blocked:3 of 0 1 0 1"),
        (Format.of([]), "scalar"),
    ],
)
def test_formats_have_a_text(form, text):
    assert str(form) == text


@pytest.mark.parametrize(
    ("text", "levels", "order"),
    [
        ("ss01", ["compressed", "compressed"], [0, 1]),
        ("ds10", ["dense", "compressed"], [1, 0]),
        ("sss", ["compressed"] * 3, [0, 1, 2]),
        ("", [], []),
    ],
)
def test_formats_of_sam(text, levels, order):
    assert Format.from_sam(text) == Format.of(levels, order)


@pytest.mark.parametrize("text", ["sx01", "ss0", "ss02", "01ss", "s00"])
def test_texts_that_are_no_format_of_sam(text):
    with pytest.raises(ValueError, match="expected"):
        Format.from_sam(text)


@pytest.mark.parametrize("text", ["sparse", "blocked", "blocked:0", "dense:2", "blocked:-1", ""])
def test_texts_that_are_no_level(text):
    with pytest.raises(ValueError, match="expected"):
        LevelFormat.parse(text)


@pytest.mark.parametrize(
    ("levels", "order", "message"),
    [
        (["dense", "dense"], [0, 0], r"stores the dimensions \[0, 0\]: expected each of 0 to 1"),
        (["dense"], [0, 1], "1 levels of 2 dimensions"),
        (["blocked:2", "dense"], [0, 0], "level 0 is blocked: expected a level of dimension 0"),
        (["blocked:2"], None, "level 0 is blocked"),
    ],
)
def test_levels_that_do_not_go_together(levels, order, message):
    with pytest.raises(ValueError, match=message):
        Format.of(levels, order)
