import operator

import pytest

from rdu.semantics import streams
from rdu.semantics.tokens import from_text, to_text


@pytest.mark.parametrize(
    ("refs", "like", "expected"),
    [
        ("7 8 S0 D", "0 2 S0 1 S1 D", "7 7 S0 8 S1 D"),
        ("N 8 S0 D", "0 2 S0 1 S1 D", "N N S0 8 S1 D"),
        ("7 8 S0 D", "S0 1 S1 D", "S0 8 S1 D"),
        ("7 S0 S0 8 S1 D", "1 S1 S1 2 S2 D", "7 S1 S1 8 S2 D"),
    ],
)
def test_repeat(refs, like, expected):
    assert to_text(streams.repeat(from_text(refs), from_text(like))) == expected


def test_repeat_refuses_streams_that_do_not_align():
    with pytest.raises(ValueError, match="do not align"):
        streams.repeat(from_text("7 8 S0 D"), from_text("1 S1 2 S1 D"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("0 2 4 5 S0 D", "2 3 5 S0 D", "2 5 S0 D"),
        ("1 S0 4 S1 D", "S0 4 S1 D", "S0 4 S1 D"),
        ("1 N S0 D", "1 2 S0 D", "1 N S0 D"),
    ],
)
def test_intersect(first, second, expected):
    first, second = from_text(first), from_text(second)
    crd, _, _ = streams.intersect(first, first, second, second)
    assert to_text(crd) == expected


@pytest.mark.parametrize(
    ("values", "function", "expected"),
    [
        ("5 5 S0 5 S0 4 8 S1 D", "add", "10 5 12 S0 D"),
        ("5 S0 S0 4 S1 D", "add", "5 0 4 S0 D"),
        ("5 7 S0 D", "max", "7 D"),
        ("1 S0 2 S1 3 S2 D", "add", "1 2 S0 3 S1 D"),
    ],
)
def test_reduce(values, function, expected):
    function = {"add": operator.add, "max": max}[function]
    assert to_text(streams.reduce(function, 0, from_text(values))) == expected


def test_load_and_combine():
    values = streams.load([10, 11, 12, 13].__getitem__, 0, from_text("0 3 S0 N 1 S1 D"))
    assert to_text(values) == "10 13 S0 0 11 S1 D"
    product = streams.combine(operator.mul, from_text("2 3 S0 D"), from_text("5 7 S0 D"))
    assert to_text(product) == "10 21 S0 D"
    with pytest.raises(ValueError, match="do not align"):
        streams.combine(operator.mul, from_text("2 S0 D"), from_text("2 3 D"))
