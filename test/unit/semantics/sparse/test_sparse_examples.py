"""A worked example of each primitive, and its corner cases, as text.

Those of plain streams are what SAM's own simulator prints, but for what `rdu.semantics.sparse` says
differs.
"""

import operator

import numpy as np
import pytest

from rdu.semantics import sparse
from rdu.semantics.fibertree import CompressedLevel, DenseLevel, SingletonLevel
from rdu.semantics.tokens import EMPTY, from_text, to_text

COMPRESSED = CompressedLevel(4, np.array([0, 2, 2, 3, 5]), np.array([0, 2, 3, 1, 2]))
SINGLETON = SingletonLevel(4, np.array([3, 1, 2]))


def streams(*texts):
    return [from_text(text) for text in texts]


def texts(*made):
    return tuple(to_text(stream) for stream in made)


@pytest.mark.parametrize(
    ("fiber", "refs", "crds", "children"),
    [
        (COMPRESSED.fiber, "0 1 2 3 S0 D", "0 2 S0 S0 3 S0 1 2 S1 D", "0 1 S0 S0 2 S0 3 4 S1 D"),
        (COMPRESSED.fiber, "0 N 2 S0 D", "0 2 S0 N S0 3 S1 D", "0 1 S0 N S0 2 S1 D"),
        (COMPRESSED.fiber, "0 D", "0 2 S0 D", "0 1 S0 D"),
        (COMPRESSED.fiber, "0 S0 S0 2 S1 D", "0 2 S1 S1 3 S2 D", "0 1 S1 S1 2 S2 D"),
        (COMPRESSED.fiber, "S0 D", "S1 D", "S1 D"),
        (COMPRESSED.fiber, "1 S0 D", "S1 D", "S1 D"),
        (DenseLevel(3).fiber, "0 1 S0 D", "0 1 2 S0 0 1 2 S1 D", "0 1 2 S0 3 4 5 S1 D"),
        (DenseLevel(3).fiber, "N 1 S0 D", "N S0 0 1 2 S1 D", "N S0 3 4 5 S1 D"),
        (SINGLETON.fiber, "0 2 S0 N S1 D", "3 S0 2 S1 N S2 D", "0 S0 2 S1 N S2 D"),
        (COMPRESSED.bits, "0 1 3 S0 D", "5 S0 0 S0 6 S1 D", "0 S0 2 S0 3 S1 D"),
        (COMPRESSED.bits, "N 2 S0 D", "N S0 8 S1 D", "N S0 2 S1 D"),
    ],
)
def test_lookup(fiber, refs, crds, children):
    assert texts(*sparse.lookup(fiber, from_text(refs))) == (crds, children)


@pytest.mark.parametrize(
    ("crds", "parents", "expected"),
    [
        ("0 3 S0 1 S1 D", "2 4 S0 D", "10 13 S0 21 S1 D"),
        ("0 3 S0 1 S1 D", "0 D", "0 3 S0 1 S1 D"),
        ("0 3 S0 1 S1 D", "N 4 S0 D", "N N S0 21 S1 D"),
        ("N S0 1 S1 D", "2 4 S0 D", "N S0 21 S1 D"),
        ("7 1 S0 D", "0 D", "N 1 S0 D"),
        ("S1 D", "S0 D", "S1 D"),
    ],
)
def test_locate(crds, parents, expected):
    def find(parent, crd):
        return parent * 5 + crd if crd < 5 else EMPTY

    assert to_text(sparse.locate(find, *streams(crds, parents))) == expected


def test_generated_references():
    assert to_text(sparse.number(from_text("5 7 S0 N 2 S1 D"))) == "0 1 S0 N 2 S1 D"


@pytest.mark.parametrize(
    ("refs", "like", "expected"),
    [
        ("7 8 S0 D", "0 2 S0 1 S1 D", "7 7 S0 8 S1 D"),
        ("N 8 S0 D", "0 2 S0 1 S1 D", "N N S0 8 S1 D"),
        ("7 8 S0 D", "S0 1 S1 D", "S0 8 S1 D"),
        ("7 8 S0 D", "N S0 1 S1 D", "7 S0 8 S1 D"),
        ("7 S0 S0 8 S1 D", "1 S1 S1 2 S2 D", "7 S1 S1 8 S2 D"),
        ("0 D", "S0 D", "S0 D"),
        ("S0 D", "S1 D", "S1 D"),
        ("7 S0 D", "S1 D", "S1 D"),
        ("0 2 S0 3 S1 D", "0 2 3 S0 0 S1 1 S2 D", "0 0 0 S0 2 S1 3 S2 D"),
    ],
)
def test_repeat(refs, like, expected):
    assert to_text(sparse.repeat(*streams(refs, like))) == expected


@pytest.mark.parametrize(
    ("refs", "like"),
    [
        ("7 8 S0 D", "1 S1 2 S1 D"),
        ("7 8 S0 D", "1 S1 D"),
        ("7 S0 D", "1 S0 2 S1 D"),
        ("S0 D", "1 S1 D"),
        ("7 S0 D", "1 S1 2 S1 D"),
        ("7 S0 D", "1 D"),
    ],
)
def test_levels_that_do_not_align_are_refused(refs, like):
    with pytest.raises(ValueError, match="do not align"):
        sparse.repeat(*streams(refs, like))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("0 2 4 5 S0 D", "2 3 5 S0 D", ("2 5 S0 D", "1 3 S0 D", "0 2 S0 D")),
        ("1 S0 4 S1 D", "S0 4 S1 D", ("S0 4 S1 D", "S0 1 S1 D", "S0 0 S1 D")),
        ("N S0 1 S1 D", "1 2 S0 1 S1 D", ("N S0 1 S1 D", "N S0 0 S1 D", "N S0 2 S1 D")),
        ("N S0 D", "S0 D", ("N S0 D",) * 3),
        ("S1 D", "S1 D", ("S1 D",) * 3),
    ],
)
def test_intersect(first, second, expected):
    crds = streams(first, second)
    crd, out = sparse.intersect(crds, [sparse.number(crd) for crd in crds])
    assert texts(crd, *out) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            "0 2 4 5 S0 D",
            "2 3 5 S0 D",
            ("0 2 3 4 5 S0 D", "0 1 N 2 3 S0 D", "N 0 1 N 2 S0 D"),
        ),
        ("N S0 1 S1 D", "3 S0 2 S1 D", ("3 S0 1 2 S1 D", "N S0 0 N S1 D", "0 S0 N 1 S1 D")),
        ("N S0 D", "S0 D", ("S0 D",) * 3),
        ("N S0 S1 D", "N S0 S1 D", ("N S0 S1 D",) * 3),
        ("S1 D", "S1 D", ("S1 D",) * 3),
    ],
)
def test_unite(first, second, expected):
    crds = streams(first, second)
    crd, out = sparse.unite(crds, [sparse.number(crd) for crd in crds])
    assert texts(crd, *out) == expected


def test_leaping_lookups_send_less():
    crds = streams("0 1 2 3 9 10 S0 4 S1 D", "3 4 5 6 7 8 9 S0 S1 D")
    (first, _), (second, _) = sparse.leap(crds, crds)
    assert texts(first, second) == ("0 3 9 S0 S1 D", "3 4 9 S0 S1 D")


@pytest.mark.parametrize(
    "crds", [("1 1 S0 D", "1 S0 D"), ("2 1 S0 D", "1 S0 D"), ("1 S0 D", "3 2 S0 D")]
)
def test_coordinates_have_to_rise(crds):
    with pytest.raises(ValueError, match="do not rise"):
        sparse.unite(streams(*crds), streams(*crds))


def test_joins_of_different_shapes_are_refused():
    crds = streams("1 S0 2 S1 D", "1 S1 D")
    for join in (sparse.intersect, sparse.unite):
        with pytest.raises(ValueError, match="'S0' meets 'S1'"):
            join(crds, crds)


def test_load_and_store():
    values = sparse.load([10, 11, 12, 13].__getitem__, 0, from_text("0 3 S0 N 1 S1 D"))
    assert to_text(values) == "10 13 S0 0 11 S1 D"
    assert sparse.store(0, *streams("2 N S0 0 2 S1 D", "5 6 S0 N 7 S1 D")) == {2: 7, 0: 0}


@pytest.mark.parametrize(
    ("function", "values", "expected"),
    [
        (np.multiply, ["2 3 S0 D", "5 7 S0 D"], "10 21 S0 D"),
        (np.multiply, ["2 3 S0 D", "5 N S0 D"], "10 0 S0 D"),
        (np.subtract, ["N 3 S0 D", "5 N S0 D"], "-5 3 S0 D"),
        (np.negative, ["2 N S0 D"], "-2 0 S0 D"),
        (np.add, ["S1 D", "S1 D"], "S1 D"),
        (np.add, ["2 D", "3 D"], "5 D"),
    ],
)
def test_combine(function, values, expected):
    assert to_text(sparse.combine(function, 0, *streams(*values))) == expected


@pytest.mark.parametrize("rhs", ["2 3 D", "2 S1 D", "2 S0 3 S0 D", "S0 D"])
def test_values_that_do_not_align_are_refused(rhs):
    with pytest.raises(ValueError, match="do not align"):
        sparse.combine(np.multiply, 0, *streams("2 S0 D", rhs))


@pytest.mark.parametrize(
    ("values", "outer", "function", "expected"),
    [
        ("5 5 S0 5 S0 4 8 S1 D", "0 1 3 S0 D", "add", "10 5 12 S0 D"),
        ("5 S0 S0 4 S1 D", "0 1 2 S0 D", "add", "5 0 4 S0 D"),
        ("5 7 S0 D", "0 D", "max", "7 D"),
        ("1 S0 2 S1 3 S2 D", "0 1 S0 1 S1 D", "add", "1 2 S0 3 S1 D"),
        ("S0 D", "0 D", "add", "0 D"),
        ("S1 D", "0 S0 D", "add", "0 S0 D"),
        ("S1 D", "S0 D", "add", "S0 D"),
        ("S1 3 S1 S2 D", "S0 1 S0 2 S1 D", "add", "S0 3 S0 0 S1 D"),
        ("-5 N S0 D", "0 D", "max", "0 D"),
    ],
)
def test_reduce(values, outer, function, expected):
    function, identity = {"add": (operator.add, 0), "max": (max, -np.inf)}[function]
    assert to_text(sparse.reduce(function, identity, 0, *streams(values, outer))) == expected


@pytest.mark.parametrize(
    ("reduced", "crds", "values", "expected"),
    [
        (
            "0 1 S0 4 S1 D",
            ["0 3 S0 3 S1 0 S2 D"],
            "1 2 S0 3 S1 4 S2 D",
            ("0 3 S0 0 S1 D", "1 5 S0 4 S1 D"),
        ),
        ("0 S0 D", ["3 0 3 S1 D"], "1 2 3 S1 D", ("0 3 S0 D", "2 4 S0 D")),
        ("0 1 S0 D", ["N S0 2 S1 D"], "0 S0 3 S1 D", ("2 S0 D", "3 S0 D")),
        ("S0 3 S1 D", ["S1 S2 D"], "S1 S2 D", ("S0 S1 D", "S0 S1 D")),
        (
            "0 1 S0 D",
            ["0 S0 0 2 S1 D", "3 S1 0 3 S0 1 S2 D"],
            "1 S1 2 3 S0 5 S2 D",
            ("0 2 S0 D", "0 3 S0 1 S1 D", "2 4 S0 5 S1 D"),
        ),
        ("0 S0 D", ["2 S1 D", "S2 D"], "S2 D", ("2 S0 D", "S1 D", "S1 D")),
        ("S0 D", ["S1 D", "S2 D"], "S2 D", ("S0 D", "S1 D", "S1 D")),
        (
            "0 1 S0 D",
            ["5 S0 5 S1 D", "0 S1 1 S2 D", "2 S2 3 4 S3 D"],
            "1 S2 2 N S3 D",
            ("5 S0 D", "0 1 S1 D", "2 S0 3 4 S2 D", "1 S0 2 0 S2 D"),
        ),
    ],
)
def test_accumulate(reduced, crds, values, expected):
    out, total = sparse.accumulate(
        operator.add, 0, 0, from_text(reduced), streams(*crds), from_text(values)
    )
    assert texts(*out, total) == expected


@pytest.mark.parametrize(
    ("crds", "values", "keep", "expected"),
    [
        ("2 3 5 S0 S0 7 S1 D", "4 9 4 S0 S0 1 S1 D", 0,
         ("0 1 2 S0 S0 0 S1 D", "9 4 4 S0 S0 1 S1 D", "3 2 5 S0 S0 7 S1 D")),
        ("2 3 5 S0 S0 7 S1 D", "4 9 4 S0 S0 1 S1 D", 2,
         ("0 1 S0 S0 0 S1 D", "9 4 S0 S0 1 S1 D", "3 2 S0 S0 7 S1 D")),
        ("0 1 2 S0 D", "N -1 N S0 D", 0, ("0 1 2 S0 D", "0 0 -1 S0 D", "0 2 1 S0 D")),
        ("N S0 3 S1 D", "N S0 5 S1 D", 1, ("N S0 0 S1 D", "0 S0 5 S1 D", "N S0 3 S1 D")),
        ("S0 D", "S0 D", 1, ("S0 D", "S0 D", "S0 D")),
        ("D", "D", 1, ("D", "D", "D")),
    ],
)  # fmt: skip
def test_sort(crds, values, keep, expected):
    made = sparse.sort(0, *streams(crds, values), descending=True, keep=keep)
    assert texts(*made) == expected


def test_what_no_stop_ends_is_in_no_fiber():
    with pytest.raises(ValueError, match="align"):
        sparse.sort(0, *streams("1 D", "2 D"), descending=True)


@pytest.mark.parametrize(
    ("outer", "inner", "gap", "expected"),
    [
        ("0 1 2 3 S0 D", "1 S0 1 S0 S0 1 S1 D", 1, ("0 1 3 S0 D", "1 S0 1 S0 1 S1 D")),
        ("0 S0 1 2 S1 D", "S1 S0 5 S2 D", 1, ("S0 2 S1 D", "S1 5 S2 D")),
        ("0 1 S0 D", "S0 N S1 D", 1, ("S0 D", "S1 D")),
        ("0 1 2 S0 D", "S1 4 S0 5 S1 S0 S2 D", 2, ("1 S0 D", "4 S0 5 S2 D")),
        ("S0 D", "S1 D", 1, ("S0 D", "S1 D")),
    ],
)
def test_drop_of_coordinates(outer, inner, gap, expected):
    assert texts(*sparse.drop_coordinates(*streams(outer, inner), gap)) == expected


def test_drop_of_values():
    crds, values = streams("1 2 S0 3 N S1 D", "5 -0.0 S0 N 0 S1 D")
    assert texts(*sparse.drop_values(0, crds, values)) == ("1 S0 S1 D", "5 S0 S1 D")


@pytest.mark.parametrize(
    ("levels", "expected"), [(1, "1 2 3 S0 N S1 D"), (2, "1 2 3 N S0 D"), (3, "1 2 3 N D")]
)
def test_drop_of_stops(levels, expected):
    assert to_text(sparse.drop_stops(levels, from_text("1 2 S0 3 S1 N S2 D"))) == expected


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("1 S0 S0 3 S0 S1 D", "1 S0 3 S1 D"),
        ("S0 S1 5 S2 D", "5 S2 D"),
        ("5 S1 S1 6 S2 D", "5 S1 6 S2 D"),
        ("S0 S1 D", "S1 D"),
        ("S0 D", "S0 D"),
        ("7 D", "7 D"),
    ],
)
def test_drop_of_empty_fibers(stream, expected):
    assert to_text(sparse.drop_empty_fibers(from_text(stream))) == expected


def test_mask():
    outer, crds = streams("0 1 2 N S0 D", "0 1 2 S0 0 1 S0 S0 N S1 D")
    made = sparse.mask(operator.ge, outer, crds, sparse.number(crds))
    assert texts(*made) == ("0 S0 0 1 S0 S0 N S1 D", "0 S0 3 4 S0 S0 N S1 D")


@pytest.mark.parametrize(
    ("wrap", "values", "expected"),
    [
        (False, "3 0 S0 N 3 S0 S1 D", "3 0 S0 0 3 S0 S1 D"),
        (True, "-1 0 S0 -4 3 S1 D", "3 0 S0 0 3 S1 D"),
        (False, "S0 D", "S0 D"),
    ],
)
def test_values_as_coordinates(wrap, values, expected):
    assert to_text(sparse.as_coordinates(4, from_text(values), wrap=wrap)) == expected


@pytest.mark.parametrize(
    ("wrap", "value", "message"),
    [(False, "4", "takes 4"), (False, "-1", "expected 0 to 3"), (True, "-5", "expected -4 to 3")],
)
def test_values_that_are_no_coordinates(wrap, value, message):
    with pytest.raises(ValueError, match=message):
        sparse.as_coordinates(4, from_text(f"{value} S0 D"), wrap=wrap)


@pytest.mark.parametrize(
    ("local", "crds", "expected"),
    [
        (True, "0 1 4 6 9 S0 D", ("0 1 2 S0 D", "0 1 S0 0 2 S0 1 S1 D", "0 1 S0 2 3 S0 4 S1 D")),
        (False, "0 1 4 6 9 S0 D", ("0 1 2 S0 D", "0 1 S0 4 6 S0 9 S1 D", "0 1 S0 2 3 S0 4 S1 D")),
        (True, "S0 3 S0 N S1 D", ("S0 0 S0 N S1 D", "S1 3 S1 N S2 D", "S1 0 S1 N S2 D")),
    ],
)
def test_split(local, crds, expected):
    crds = from_text(crds)
    assert texts(*sparse.split(4, crds, sparse.number(crds), local=local)) == expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("0 1 S0 D", "0 1 S0 2 S1 D", "0 1 6 S0 D"),
        ("0 1 S0 S0 N S1 D", "S0 2 S1 S1 N S2 D", "6 S0 S0 S1 D"),
        ("N 1 S0 D", "3 S0 2 S1 D", "6 S0 D"),
    ],
)
def test_flatten(outer, inner, expected):
    assert to_text(sparse.flatten(4, *streams(outer, inner))) == expected


@pytest.mark.parametrize(
    ("crds", "payloads", "gap", "expected"),
    [
        (("0 2 S0 D", "1 S0 D"), ("5 S0 S1 D", "7 8 S1 D"), 1, ("0 2 4 S0 D", "5 S0 S0 7 8 S1 D")),
        (("S0 D", "1 S0 D"), ("S1 D", "S1 D"), 1, ("4 S0 D", "S1 D")),
        (("N S0 D", "1 S0 D"), ("N S0 D", "8 S0 D"), 0, ("4 S0 D", "8 S0 D")),
        (("N S0 D", "N S0 D"), ("N S0 D", "N S0 D"), 0, ("N S0 D", "N S0 D")),
    ],
)
def test_concatenate(crds, payloads, gap, expected):
    made = sparse.concatenate([0, 3], streams(*crds), streams(*payloads), gap)
    assert texts(*made) == expected


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [(1, ("0 2 S0 S0 S1 D", "1 S0 S0 3 S1 D")), (2, ("0 1 S0 S0 S1 D", "2 S0 S0 3 S1 D"))],
)
def test_fork_and_join(chunk, expected):
    stream = from_text("0 1 2 S0 S0 3 S1 D")
    branches = sparse.fork(2, chunk, stream)
    assert texts(*branches) == expected
    assert sparse.join(chunk, branches, stream) == stream


def test_join_of_rows():
    like = from_text("5 6 7 S0 D")
    made = sparse.join(1, streams("1 2 S0 4 S1 D", "S1 D"), like, 1)
    assert to_text(made) == "1 2 S0 S0 4 S1 D"
    with pytest.raises(ValueError, match="do not align"):
        sparse.join(1, streams("1 S0 D", "2 S0 D"), like)


@pytest.mark.parametrize(
    ("crds", "words"),
    [
        ("0 2 3 S0 1 S1 D", "13 S0 2 S1 D"),
        ("S0 1 S1 D", "S0 2 S1 D"),
        ("N S0 1 S1 D", "N S0 2 S1 D"),
        ("70 S0 D", f"{1 << 70} S0 D"),
    ],
)
def test_bits_of_coordinates(crds, words):
    assert to_text(sparse.build_bits(from_text(crds))) == words
    assert to_text(sparse.expand_bits(128, from_text(words))) == crds


def test_chunks_of_bits():
    words, refs = streams("141 S0 N S0 S0 1 S1 D", "3 S0 N S0 S0 7 S1 D")
    expected = ("13 8 S0 N S0 S0 1 0 S1 D", "3 6 S0 N S0 S0 7 8 S1 D")
    assert texts(*sparse.chunk_bits(4, 8, words, refs)) == expected
    assert to_text(sparse.expand_bits(4, from_text("13 8 S0 D"))) == "0 2 3 7 S0 D"


@pytest.mark.parametrize(
    ("words", "refs", "expected"),
    [
        (("13 S0 D", "7 S0 D"), ("0 S0 D", "0 S0 D"), ("5 S0 D", "0 1 S0 D", "0 2 S0 D")),
        (("13 1 S0 D", "S0 D"), ("0 3 S0 D", "S0 D"), ("0 0 S0 D", "S0 D", "S0 D")),
        (("N S0 D", "7 S0 D"), ("N S0 D", "0 S0 D"), ("N S0 D", "N S0 D", "N S0 D")),
        (("S1 D", "S1 D"), ("S1 D", "S1 D"), ("S1 D", "S1 D", "S1 D")),
    ],
)
def test_intersection_of_bits(words, refs, expected):
    met, out = sparse.intersect_bits(streams(*words), streams(*refs))
    assert texts(met, *out) == expected


@pytest.mark.parametrize(
    ("words", "refs", "expected"),
    [
        (("9 S0 D", "3 S0 D"), ("0 S0 D", "5 S0 D"), ("11 S0 D", "0 N 1 S0 D", "5 6 N S0 D")),
        (("N S0 D", "3 S0 D"), ("N S0 D", "5 S0 D"), ("3 S0 D", "N N S0 D", "5 6 S0 D")),
        (("N S0 D", "S0 D"), ("N S0 D", "S0 D"), ("S0 D", "S0 D", "S0 D")),
        (("N S0 D", "N S0 D"), ("N S0 D", "N S0 D"), ("N S0 D", "N S0 D", "N S0 D")),
    ],
)
def test_union_of_bits(words, refs, expected):
    met, out = sparse.unite_bits(streams(*words), streams(*refs))
    assert texts(met, *out) == expected


def test_words_of_different_fibers_are_refused():
    words = streams("1 2 S0 D", "1 S0 D")
    with pytest.raises(ValueError, match="'2 words' meets '1 words'"):
        sparse.intersect_bits(words, words)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("5 S0 D", "3 S0 S1 D", ("1 S0 D", "3 S1 D")),
        ("5 2 S0 D", "0 S0 3 S0 1 S1 D", ("4 2 S0 D", "3 S0 1 S1 D")),
        ("1 S0 S0 N S1 D", "0 S1 S1 N S2 D", ("0 S0 S0 N S1 D", "S1 S1 N S2 D")),
    ],
)
def test_drop_of_bits(outer, inner, expected):
    assert texts(*sparse.drop_bits(*streams(outer, inner))) == expected


@pytest.mark.parametrize(
    ("crds", "outer", "segments", "stored"),
    [
        ("0 2 S0 S0 3 S1 D", "4 5 6 S0 D", [0, 2, 2, 3], [0, 2, 3]),
        ("S1 D", "4 S0 D", [0, 0], []),
        ("S1 D", "S0 D", [0], []),
        ("S0 D", "0 D", [0, 0], []),
        ("7 S1 S1 8 S2 D", "4 S0 S0 5 S1 D", [0, 1, 2], [7, 8]),
        ("N S0 1 S1 D", "N 5 S0 D", [0, 1], [1]),
    ],
)
def test_writer_of_fibers(crds, outer, segments, stored):
    assert sparse.write_fibers(*streams(crds, outer)) == (segments, stored)


def test_writer_of_values():
    assert sparse.write_values(0, *streams("1.5 2 S0 0 3 S1 D", "0 1 S0 N 2 S1 D")) == [1.5, 2, 3]
    assert sparse.write_values(0, *streams("N 2 S0 S1 D", "0 1 S0 S1 D")) == [0, 2]
    assert sparse.write_values(0, *streams("7 D", "0 D")) == [7]
