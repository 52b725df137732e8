"""Operands that no loops can read as they are stored: turned, or lists of points; against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.semantics.fibertree import Coordinates, Format, build
from rdu.sparse import compile_expression
from rdu.support.diagnostics import RduError

MATRICES = (
    *(
        Format.of(levels, order)
        for levels in (["dense", "compressed"], ["compressed"] * 2, ["compressed", "dense"])
        for order in ((0, 1), (1, 0))
    ),
    Format.of(["compressed", "singleton"], (0, 1)),
    Format.of(["compressed", "singleton"], (1, 0)),
)
"""CSR, CSC, their doubly compressed forms, whole rows, and lists of points."""

EXPRESSIONS = {
    "X(i,j) = B(i,j) * C(j,i)": lambda b, c: b * c.T,
    "X(i,j) = B(i,j) + C(j,i)": lambda b, c: b + c.T,
    "X(i,j) = B(i,j) - B(j,i)": lambda b, c: b - b.T,
    "X(i,j) = B(i,j) * C(i,j)": lambda b, c: b * c,
    "X(i,j) = B(i,k) * C(k,j) * B(j,i)": lambda b, c: (b @ c) * b.T,
    "x(i) = max[j](B(i,j) * C(j,i))": lambda b, c: (b * c.T).max(1),
    "x = B(i,j) * C(j,k) * B(k,i)": lambda b, c: np.trace(b @ c @ b),
    "Y(i,j) = B(i,j) + C(j,i); x(j) = Y(i,j) * B(j,i)": lambda b, c: ((b + c.T) * b.T).sum(0),
}


def points(random, size, number):
    """Return coordinates and values, some of the same place, in no order."""
    rows, columns = (random.integers(0, size, number) for _ in range(2))
    values = random.integers(-3, 4, number).astype(np.float32)
    dense = np.zeros((size, size), np.float32)
    np.add.at(dense, (rows, columns), values)
    return Coordinates.of((size, size), (rows, columns), values), dense


@pytest.mark.parametrize("text", EXPRESSIONS)
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 6),
    number=st.sampled_from((0, 1, 5, 12, 40)),
    forms=st.tuples(st.sampled_from(MATRICES), st.sampled_from(MATRICES)),
    machine=st.sampled_from(("sam-ideal", "sam-ideal", "capstan")),
    fusion=st.sampled_from(("none", "auto", "full")),
)
def test_any_formats(text, seed, size, number, forms, machine, fusion):
    random = np.random.default_rng(seed)
    operands, dense = {}, {}
    for name, form in zip("BC", forms, strict=True):
        given_points, dense[name] = points(random, size, number)
        operands[name] = build(given_points, form)
    operands = {name: tree for name, tree in operands.items() if f"{name}(" in text}
    artifact = compile_expression(text, operands, machine=machine, fusion=fusion)
    runs = [artifact.run(engine) for engine in ("native", "python")]
    assert runs[0].result.cycles == runs[1].result.cycles
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), EXPRESSIONS[text](dense["B"], dense["C"]))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("levels", ["ccc", "dcc", "cdc", "ccd", "cdd", "css"])
def test_tensors_of_three_dimensions(levels, order):
    words = {"c": "compressed", "d": "dense", "s": "singleton"}
    random = np.random.default_rng(3)
    dense = (random.random((3, 4, 3)) < 0.4) * random.integers(1, 5, (3, 4, 3)).astype(np.float32)
    tree = build(Coordinates.from_dense(dense), Format.of([words[x] for x in levels], order))
    tensor, _ = compile_expression("X(i,j,k) = B(i,j,k) * B(k,j,i)", {"B": tree}).run()
    np.testing.assert_array_equal(tensor.to_dense(), dense * dense.transpose(2, 1, 0))


MANY = {
    "X(i,j,k,l) = B(i,j,k,l) + B(i,j,k,l) * 2": "abcd,abcd->abcd",
    "X(i,j,k,l) = B(i,j,k,l) * B(l,j,k,i)": "abcd,dbca->abcd",
    "x(l) = B(i,j,k,l) * B(l,k,j,i)": "abcd,dcba->d",
    "X(j,k,l,m) = B(i,j,k,l,m)": "abcde->bcde",
    "X(i,j,k,l,m) = B(i,j,k,l,m) * B(m,j,k,i,l)": "abcde,ebcad->abcde",
    "X(i,j,k,l,m) = B(i,j,k,l,m) * B(j,i,k,l,m)": "abcde,bacde->abcde",
}
"""Expressions of four and five dimensions, and the product that they are, as einsum writes it."""


@pytest.mark.parametrize("text", MANY)
@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    number=st.sampled_from((0, 1, 7, 60)),
    kind=st.sampled_from(("points", "points", "compressed")),
    machine=st.sampled_from(("sam-ideal", "sam-ideal", "capstan")),
)
def test_many_dimensions(text, seed, number, kind, machine):
    random = np.random.default_rng(seed)
    rank = text[text.index("B(") :].index(")") // 2
    columns = [random.integers(0, 3, number) for _ in range(rank)]
    values = random.integers(-3, 4, number).astype(np.float32)
    dense = np.zeros((3,) * rank, np.float32)
    np.add.at(dense, tuple(columns), values)
    inner = "singleton" if kind == "points" else "compressed"
    form = Format.of(["compressed", *[inner] * (rank - 1)], random.permutation(rank).tolist())
    tree = build(Coordinates.of(dense.shape, columns, values), form)
    artifact = compile_expression(text, {"B": tree}, machine=machine)
    runs = [artifact.run(engine) for engine in ("native", "python")]
    assert runs[0].result.sections == runs[1].result.sections
    subscripts = MANY[text]
    expected = np.einsum(subscripts, *[dense] * (1 + subscripts.count(",")))
    expected = 3 * dense if "+" in text else expected
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), expected)


def test_points_whose_levels_cannot_be_one_are_refused():
    columns = [np.array([0, 5]) for _ in range(4)]
    points = Coordinates.of((2**16,) * 4, columns, np.ones(2, np.float32))
    tree = build(points, Format.of(["compressed", *["singleton"] * 3], range(4)))
    with pytest.raises(RduError, match="as one of 4,294,967,296 coordinates"):
        compile_expression("X(i,j,k,l) = B(i,j,k,l) + B(i,j,k,l) * 2", {"B": tree})
