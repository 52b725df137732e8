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
}


@pytest.mark.parametrize("name", functions.UNARY)
@pytest.mark.parametrize("dtype", ["f32", "bf16", "i32"])
def test_unary(name, dtype):
    if not functions.takes(name, dtype):
        assert (name, dtype) not in {("abs", "i32"), ("neg", "i32"), ("relu", "i32")}
        assert dtype == "i32"
        return
    x = X.astype(NUMPY[dtype])
    with np.errstate(all="ignore"):
        expected = UNARY[name](x.astype(np.float64))
        result = functions.unary(name, dtype)(x)
    assert result.dtype == NUMPY[dtype]
    rtol = {"f32": 1e-6, "bf16": 2e-2, "i32": 0}[dtype]
    np.testing.assert_allclose(result.astype(np.float64), expected, rtol=rtol)


@pytest.mark.parametrize(
    ("name", "f32", "i32"),
    [("add", 9, 9), ("sub", 5, 5), ("mul", 14, 14), ("div", 3.5, 3), ("max", 7, 7), ("min", 2, 2)],
)
def test_binary(name, f32, i32):
    for dtype, expected in (("f32", f32), ("bf16", f32), ("i32", i32)):
        operands = [np.array([value], NUMPY[dtype]) for value in (7, 2)]
        assert functions.binary(name, dtype)(*operands).tolist() == [expected]


def test_reductions_begin_at_their_identity():
    identities = {name: functions.reduction(name, "f32")[1] for name in functions.REDUCTIONS}
    assert identities == {"add": 0, "mul": 1, "max": -np.inf, "min": np.inf}
    function, identity = functions.reduction("add", "i32")
    assert function(np.int32(2**31 - 1), np.int32(1)) == -(2**31)
    assert identity.dtype == np.int32


def test_what_exists_for_a_type():
    assert functions.takes("div", "i32")
    assert not functions.takes("exp", "i32")
    assert not functions.takes("add", "i1")
    assert not functions.takes("pow", "f32")
