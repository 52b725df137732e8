"""Diagonals and traces: tensors with a variable several times, in any format, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.semantics.fibertree import Coordinates, Format, build
from rdu.sparse import compile_expression
from rdu.support.diagnostics import RduError

SPARSITIES = ("none", "one", "one on the diagonal", "diagonal", "off the diagonal", "some", "full")
WORDS = {"c": "compressed", "d": "dense", "s": "singleton"}

EXPRESSIONS = {
    "x(i) = B(i,i)": lambda b, c, v, t: np.diag(b),
    "x = B(i,i)": lambda b, c, v, t: np.trace(b),
    "x(i) = B(i,i) * v(i)": lambda b, c, v, t: np.diag(b) * v,
    "x(i) = B(i,i) + v(i)": lambda b, c, v, t: np.diag(b) + v,
    "x(i) = max(B(i,i) - 1, v(i))": lambda b, c, v, t: np.maximum(np.diag(b) - 1, v),
    "x(i) = B(i,i) * C(i,i) - B(i,i)": lambda b, c, v, t: np.diag(b) * np.diag(c) - np.diag(b),
    "x = max[i](B(i,i))": lambda b, c, v, t: np.diag(b).max(),
    "X(i,j) = C(i,j) * B(j,j)": lambda b, c, v, t: c * np.diag(b),
    "X(i,j) = C(i,j) + B(i,i)": lambda b, c, v, t: c + np.diag(b)[:, None],
    "X(i,j) = B(i,i) * B(j,j)": lambda b, c, v, t: np.outer(np.diag(b), np.diag(b)),
    "x(i) = C(i,k) * B(k,k)": lambda b, c, v, t: c @ np.diag(b),
    "P(i,j) = B(i,k) * C(k,j); x = P(i,i)": lambda b, c, v, t: np.trace(b @ c),
    "P(i,j) = B(i,j) + C(i,j); x(i) = P(i,i) * v(i)": lambda b, c, v, t: np.diag(b + c) * v,
    "X(i,j) = T(i,i,j)": lambda b, c, v, t: np.einsum("iij->ij", t),
    "X(i,j) = T(i,j,i)": lambda b, c, v, t: np.einsum("iji->ij", t),
    "X(j,i) = T(i,j,j)": lambda b, c, v, t: np.einsum("ijj->ji", t),
    "x(i) = T(i,i,i)": lambda b, c, v, t: np.einsum("iii->i", t),
    "x(j) = T(i,j,i)": lambda b, c, v, t: np.einsum("iji->j", t),
    "x = T(i,j,j) * v(i)": lambda b, c, v, t: np.einsum("ijj,i->", t, v),
    "X(i,j) = T(i,j,i) * B(i,j) + C(j,j)": lambda b, c, v, t: (
        np.einsum("iji->ij", t) * b + np.diag(c)
    ),
}


def array(random, sparsity, shape):
    """Return an array of small whole numbers; what a diagonal is, the first two dimensions say."""
    full = random.integers(1, 5, shape) * random.choice([-1, 1], shape)
    keep = random.random(shape) < 0.4
    on = np.equal(*np.indices(shape)[:2]) if len(shape) > 1 else np.ones(shape, bool)
    if sparsity.startswith("one"):
        places = np.argwhere(on if "diagonal" in sparsity else np.ones(shape, bool))
        keep = np.zeros(shape, bool)
        keep[tuple(places[random.integers(len(places))])] = True
    keep = {"none": keep & False, "full": keep | True, "diagonal": on, "off the diagonal": ~on}.get(
        sparsity, keep
    )
    return np.where(keep, full, 0).astype(np.float32)


@st.composite
def forms(draw, rank):
    """Draw a format: dense and compressed levels, or a list of points under some of them."""
    levels = draw(st.text("dc", min_size=rank, max_size=rank))
    points = draw(st.sampled_from([0, 0, *range(2, rank + 1)]))
    if points:
        levels = levels[: rank - points] + "c" + "s" * (points - 1)
    return Format.of([WORDS[level] for level in levels], draw(st.permutations(range(rank))))


REFUSED = ("repeats coordinates", "accumulates levels")
"""What lists of points may lead to: they cannot be united, and few of their levels merged."""


@pytest.mark.parametrize("text", EXPRESSIONS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_formats(text, data):
    draw = data.draw
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(1, 5))
    dense, operands = {}, {}
    for name, rank in {"B": 2, "C": 2, "v": 1, "T": 3}.items():
        dense[name] = array(random, draw(st.sampled_from(SPARSITIES)), (size,) * rank)
        if f"{name}(" in text:
            operands[name] = build(Coordinates.from_dense(dense[name]), draw(forms(rank)))
    options = {
        "machine": draw(st.sampled_from(("sam-ideal", "sam-ideal", "capstan"))),
        "fusion": draw(st.sampled_from(("none", "auto", "full"))),
        "lanes": draw(st.sampled_from((1, 1, "auto"))),
        "skip": draw(st.booleans()),
    }
    expected = EXPRESSIONS[text](*(dense[name] for name in "BCvT"))
    try:
        artifact = compile_expression(text, operands, **options)
    except RduError as refusal:
        if not any(word in str(refusal) for word in REFUSED):
            pytest.fail(str(refusal))
        return
    runs = [artifact.run(engine) for engine in ("native", "python")]
    assert runs[0].result.sections == runs[1].result.sections
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), expected)
