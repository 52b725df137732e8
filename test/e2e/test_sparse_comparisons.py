"""Comparisons in tensor index notation: 1 where they hold, as in NumPy.

Where nothing is stored, zeros are compared.
"""

import numpy as np
import pytest
from notation_programs import COMPARISONS

from rdu.frontends.sparse.notation import parse_program
from rdu.sparse import compile_expression
from rdu.support.diagnostics import RduError

EXPRESSIONS = {
    "X(i,j) = B(i,j) {} 0": lambda sign, b, c, d: sign(b, 0),
    "X(i,j) = B(i,j) {} C(i,j)": lambda sign, b, c, d: sign(b, c),
    "X(i,j) = C(i,j) * (B(i,j) {} C(i,j)) + C(i,j)": lambda sign, b, c, d: c * sign(b, c) + c,
    "x(i) = sum[j](C(i,j) {} d(j))": lambda sign, b, c, d: sign(c, d).sum(1),
    "x(i) = C(i,j) * d(j) {} 1": lambda sign, b, c, d: sign(c @ d, 1),
    "x(i) = max(C(i,j) {} 1, 0)": lambda sign, b, c, d: sign(c.sum(1), 1),
}


@pytest.mark.parametrize("sign", COMPARISONS)
@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_comparisons(text, sign, dtype):
    random = np.random.default_rng(0)
    b, c = ((random.integers(-2, 3, (4, 5)) * (random.random((4, 5)) < 0.6)) for _ in "bc")
    arrays = {"B": b.astype(dtype), "C": c.astype(dtype), "d": random.integers(-2, 3, 5)}
    arrays["d"] = arrays["d"].astype(dtype)
    if dtype is np.float32:
        arrays["B"][0, 0] = np.nan
    expected = EXPRESSIONS[text](COMPARISONS[sign], *arrays.values()).astype(dtype)
    for formats in ({"B": "ss", "C": "ds"}, {"B": "dd", "C": "ss"}):
        operands = {name: array for name, array in arrays.items() if f"{name}(" in text}
        stored = {name: form for name, form in formats.items() if name in operands}
        artifact = compile_expression(text.format(sign), operands, formats=stored)
        runs = [artifact.run(engine) for engine in ("native", "python")]
        assert runs[0].result.sections == runs[1].result.sections
        np.testing.assert_array_equal(runs[0].tensor.to_dense(), expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x(i) = b(i) < c(i) < 2", "1:20: error: expected the end of the statement"),
        ("x(i) == b(i)", "1:6: error: expected '=', got '=='"),
        ("x(i) = < b(i)", "1:8: error: expected a name, a number, .* got '<'"),
    ],
)
def test_one_comparison_of_two_values(text, message):
    with pytest.raises(RduError, match=message):
        parse_program(text)


def test_lines_go_on_at_a_comparison():
    assert parse_program("x(i) = b(i)\n >= c(i)") == parse_program("x(i) = b(i) >= c(i)")
