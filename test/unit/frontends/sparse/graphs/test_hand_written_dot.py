"""Dot files edited by hand, as the ones for chips are: other comments, constants, two results."""

import numpy as np
import pytest
from sam_style import dot, values, walk, write

from rdu.frontends.sparse.graphs import read_dot, write_dot
from rdu.interpreter import run
from rdu.support.diagnostics import RduError

ADDED = {
    1: walk("i", "B", 0, "root"),
    2: walk("i", "C", 0, "root"),
    3: "union index=i",
    4: walk("j", "B", 1),
    5: walk("j", "C", 1),
    6: "union index=j",
    7: "arrayvals tensor=B",
    8: "arrayvals tensor=C",
    9: "add sub=0",
    11: values("X"),
    12: write("j", "X", 1),
    13: write("i", "X", 0),
}
EDGES = [
    *("1 3 crd in-B", "1 3 ref in-B", "2 3 crd in-C", "2 3 ref in-C"),
    *("3 4 ref out-B", "3 5 ref out-C", "4 6 crd in-B", "4 6 ref in-B", "5 6 crd in-C"),
    *("5 6 ref in-C", "6 7 ref out-B", "6 8 ref out-C", "7 9 val", "8 9 val"),
]
OUT = ["3 13 crd", "6 12 crd", "10 11 val"]


def applied(node):
    return dot("X=ss01,B=ss01,C=ss01", {**ADDED, 10: node}, [*EDGES, "9 10 val", *OUT])


def arrays(seed, *shapes):
    rng = np.random.default_rng(seed)
    draws = [rng.integers(-4, 5, shape) * (rng.random(shape) < 0.6) for shape in shapes]
    return [draw.astype(np.float32) for draw in draws]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("smax const0=0", lambda x: np.maximum(x, 0)),
        ("smax", lambda x: np.maximum(x, 0)),
        ("fp_max const0=0.0", lambda x: np.maximum(x, 0)),
        ("max const0=-1", lambda x: np.maximum(x, -1)),
        ("fp_mul rb_const=0.5", lambda x: x * 0.5),
        ("mul const0=3", lambda x: x * 3),
        ("mul in2=0.25", lambda x: x * 0.25),
    ],
)
def test_constants_of_functions(node, expected):
    module = read_dot(applied(node), shapes={"B": (4, 5), "C": (4, 5)})
    b, c = arrays(0, (4, 5), (4, 5))
    stored = (b != 0) | (c != 0)  # functions of values apply where there are some
    np.testing.assert_array_equal(run(module, [b, c])["X"], np.where(stored, expected(b + c), 0))
    again = read_dot(write_dot(module))
    np.testing.assert_array_equal(run(again, [b, c])["X"], run(module, [b, c])["X"])


SAMPLED = {
    1: walk("i", "B", 0, "root", "dense"),
    2: walk("j", "B", 1, "dense"),
    3: "arrayvals tensor=B",
    4: "crddrop outer=j inner=val mode=0",
    5: "crddrop outer=i inner=j",
    6: values("X"),
    7: write("j", "X", 1),
    8: write("i", "X", 0),
}


@pytest.mark.parametrize("comment", ["outer-i", "outer_i", "crd-i-in", "i"])
def test_the_one_word_that_is_a_variable_counts(comment):
    edges = [
        *("1 2 ref", "2 3 ref", "3 4 val inner-val", "2 4 crd outer-j", "4 5 crd outer-j"),
        *(f"1 5 crd {comment}", "4 6 val inner-val", "5 7 crd inner-j", "5 8 crd outer-i"),
    ]
    module = read_dot(dot("X=ss01,B=dd01", SAMPLED, edges), shapes={"B": (4, 5)})
    for seed in range(4):
        (b,) = arrays(seed, (4, 5))
        np.testing.assert_array_equal(run(module, [b])["X"], b)


@pytest.mark.parametrize("drop", ["crddrop outer=j inner=val mode=0", "valdrop outer=j inner=val"])
def test_a_drop_of_values_has_two_names(drop):
    edges = [
        *("1 2 ref", "2 3 ref", "3 4 val relu-val", "2 4 crd inner-j", "4 5 crd inner-j"),
        *("1 5 crd outer-i", "4 6 val", "5 7 crd inner-j", "5 8 crd outer-i"),
    ]
    module = read_dot(dot("X=ss01,B=dd01", {**SAMPLED, 4: drop}, edges), shapes={"B": (4, 5)})
    (b,) = arrays(1, (4, 5))
    np.testing.assert_array_equal(run(module, [b])["X"], b)
    assert '"sam.val_drop"' in str(module)


def test_two_words_that_are_variables_name_none():
    edges = ["1 2 ref", "2 3 ref", "3 4 val", "2 4 crd", "4 5 crd j", "1 5 crd i-j"]
    with pytest.raises(RduError, match="names 'i-j' at node '5': expected 'i' or 'j'"):
        read_dot(dot("X=ss01,B=dd01", SAMPLED, edges), shapes={"B": (4, 5)})


def test_two_results_are_refused():
    nodes = {1: walk("i", "B", 0, "root"), 2: "arrayvals tensor=B", 3: "reduce", 4: values("x")}
    text = dot(
        "x=none,B=s0",
        {**nodes, 5: write("i", "T", 0), 6: values("T")},
        ["1 2 ref", "2 3 val", "3 4 val", "1 5 crd", "2 6 val"],
    )
    with pytest.raises(RduError, match="the graph writes 'T' and 'x': expected one result"):
        read_dot(text, shapes={"B": (4,)})
