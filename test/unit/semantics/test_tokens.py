import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdu.semantics.tokens import DONE, EMPTY, Stop, flatten, from_text, nest, to_text


@pytest.mark.parametrize(
    ("fibers", "depth", "text"),
    [
        (7, 0, "7 D"),
        ([1, 2], 1, "1 2 S0 D"),
        ([], 1, "S0 D"),
        ([[1, 2], [3]], 2, "1 2 S0 3 S1 D"),
        ([[0, 2], [], [3]], 2, "0 2 S0 S0 3 S1 D"),
        ([[1], []], 2, "1 S0 S1 D"),
        ([[[1]], [[2], [3]]], 3, "1 S1 2 S0 3 S2 D"),
    ],
)
def test_nested_lists_and_text(fibers, depth, text):
    assert to_text(flatten(fibers, depth)) == text
    assert from_text(text) == flatten(fibers, depth)
    assert nest(from_text(text), depth) == fibers


def test_control_tokens():
    assert from_text("N S3 1.5 D") == [EMPTY, Stop(3), 1.5, DONE]


@given(st.lists(st.lists(st.integers(0, 9)), min_size=1))
def test_round_trip_of_two_levels(fibers):
    assert nest(flatten(fibers, 2), 2) == fibers
