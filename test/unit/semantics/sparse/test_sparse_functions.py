import numpy as np
import pytest
from scipy import special

from rdu.semantics.dtypes import NUMPY
from rdu.semantics.sparse import functions

X = np.array([-4.0, -0.5, 0.25, 0.0, 1.0, 9.0], np.float32)
UNARY = {
    "abs": np.abs,
    "erf": special.erf,
    "exp": np.exp,
    "log": np.log,
    "neg": np.negative,
    "relu": lambda x: np.maximum(x, 0),
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "not": lambda x: 1 - x,
    "to_bf16": lambda x: x,
    "to_f32": lambda x: x,
    "to_i32": np.trunc,
}

OF_INTEGERS = ("abs", "neg", "relu", "to_f32")
OF_BITS = ("not", "to_f32", "to_i32")
OF_FLOATS = ("not", "to_bf16", "to_i32")
"""What bf16 lacks: it is floats already, and has no way to integers but by f32."""


@pytest.mark.parametrize("name", functions.UNARY)
@pytest.mark.parametrize("dtype", ["f32", "bf16", "i32", "i1"])
def test_unary(name, dtype):
    exists = {"i32": name in OF_INTEGERS, "i1": name in OF_BITS}
    exists |= {"f32": name not in ("not", "to_f32"), "bf16": name not in OF_FLOATS}
    assert functions.takes(name, dtype) == exists[dtype]
    if not functions.takes(name, dtype):
        return
    x = X.astype(NUMPY[dtype])
    with np.errstate(all="ignore"):
        expected = UNARY[name](x.astype(np.float64))
        result = functions.unary(name, dtype)(x)
    assert result.dtype == NUMPY[functions.result(name, dtype)]
    rtol = {"f32": 1e-6, "bf16": 2e-2}.get(dtype, 0)
    np.testing.assert_allclose(result.astype(np.float64), expected, rtol=rtol)


@pytest.mark.parametrize(
    ("name", "f32", "i32"),
    [("add", 9, 9), ("sub", 5, 5), ("mul", 14, 14), ("div", 3.5, 3), ("max", 7, 7), ("min", 2, 2)],
)
def test_binary(name, f32, i32):
    for dtype, expected in (("f32", f32), ("bf16", f32), ("i32", i32)):
        operands = [np.array([value], NUMPY[dtype]) for value in (7, 2)]
        assert functions.binary(name, dtype)(*operands).tolist() == [expected]


COMPARISONS = {
    "eq": lambda a, b: a == b,
    "ge": lambda a, b: a >= b,
    "gt": lambda a, b: a > b,
    "le": lambda a, b: a <= b,
    "lt": lambda a, b: a < b,
    "ne": lambda a, b: a != b,
    "one": lambda a, b: (a < b) | (a > b),
    "ord": lambda a, b: (a == a) & (b == b),
    "ueq": lambda a, b: ~((a < b) | (a > b)),
    "uge": lambda a, b: ~(a < b),
    "ugt": lambda a, b: ~(a <= b),
    "ule": lambda a, b: ~(a > b),
    "ult": lambda a, b: ~(a >= b),
    "uno": lambda a, b: (a != a) | (b != b),
}


@pytest.mark.parametrize("name", functions.COMPARISONS)
@pytest.mark.parametrize("dtype", ["f32", "bf16", "i32"])
def test_comparisons(name, dtype):
    if not functions.takes(name, dtype):
        assert dtype == "i32"
        return
    values = [-2.0, -0.0, 0.0, 3.0]
    if dtype != "i32":
        values += [np.nan, np.inf]
    a, b = (each.reshape(-1).astype(NUMPY[dtype]) for each in np.meshgrid(values, values))
    assert functions.result(name, dtype) == "i1"
    found = functions.binary(name, dtype)(a, b)
    assert found.dtype == np.bool_
    with np.errstate(invalid="ignore"):
        assert found.tolist() == COMPARISONS[name](a, b).tolist()


def test_functions_of_bits():
    a, b = np.array([0, 0, 1, 1], np.bool_), np.array([0, 1, 0, 1], np.bool_)
    for name, expected in (("and", a & b), ("or", a | b), ("xor", a ^ b)):
        assert functions.binary(name, "i1")(a, b).tolist() == expected.tolist()
    assert functions.binary("and", "i32")(np.int32(6), np.int32(3)) == 2


def test_constants_are_spelled_as_their_type():
    spelled = [functions.typed(2, dtype) for dtype in ("f32", "bf16", "i32", "i1")]
    assert [type(number) for number in spelled] == [float, float, int, bool]


def test_reductions_begin_at_their_identity():
    of_floats = [name for name in functions.REDUCTIONS if functions.takes(name, "f32")]
    identities = {name: functions.reduction(name, "f32")[1] for name in of_floats}
    assert identities == {"add": 0, "mul": 1, "max": -np.inf, "min": np.inf}
    assert [functions.reduction(name, "i1")[1] for name in ("and", "or")] == [True, False]
    function, identity = functions.reduction("add", "i32")
    assert function(np.int32(2**31 - 1), np.int32(1)) == -(2**31)
    assert identity.dtype == np.int32


def test_what_exists_for_a_type():
    assert functions.takes("div", "i32")
    assert not functions.takes("exp", "i32")
    assert not functions.takes("add", "i1")
    assert not functions.takes("pow", "f32")
