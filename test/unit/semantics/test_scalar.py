"""Every scalar operation against its meaning in exact or wider arithmetic."""

import math
import operator
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rdu.semantics.dtypes import CANONICAL_NAN_BITS, NUMPY, Array, name_of
from rdu.semantics.scalar import BY_MLIR, OPS, constant

F32 = st.integers(0, 2**32 - 1).map(lambda bits: np.uint32(bits).view(np.float32))
EDGES = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 3.4028235e38, 1.17549435e-38]
FLOATS = st.one_of(F32, st.sampled_from([np.float32(v) for v in EDGES]))
INTS = st.one_of(
    st.integers(-(2**31), 2**31 - 1), st.sampled_from([0, 1, -1, 31, 32, -(2**31), 2**31 - 1])
)
INT_MIN, INT_MAX = -(2**31), 2**31 - 1


def bits(value: np.ndarray) -> int:
    return int(np.asarray(value, np.float32).view(np.uint32))


def same(result: np.ndarray, expected: float) -> bool:
    """Equal to the bit, where every NaN is the canonical one."""
    assert result.dtype == np.float32
    with np.errstate(all="ignore"):
        rounded = np.float32(expected)
    return bits(result) == (CANONICAL_NAN_BITS if np.isnan(rounded) else bits(rounded))


def wrap(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


def ints(*values: int) -> list[np.ndarray]:
    return [np.int32(v) for v in values]


@given(FLOATS, FLOATS)
def test_the_four_operations_round_once(a: np.float32, b: np.float32) -> None:
    """An f64 result rounded to f32 is the f32 result for these operations."""
    x, y = np.float64(a), np.float64(b)
    for name, wide in (
        ("addf", np.add),
        ("subf", np.subtract),
        ("mulf", np.multiply),
        ("divf", np.divide),
    ):
        with np.errstate(all="ignore"):
            expected = wide(x, y)
        assert same(OPS[name].evaluate(a, b), expected), name


def round_exact(value: Fraction) -> float:
    """Round an exact value to f32, to nearest even."""
    if value == 0:
        return 0.0
    exponent = max(math.frexp(float(value))[1] if abs(value) > Fraction(1, 2**1000) else -999, -125)
    scale = Fraction(2) ** (exponent - 24)
    result = float(round(value / scale) * scale)
    return math.copysign(math.inf, result) if abs(result) >= 2.0**128 else result


@given(FLOATS, FLOATS, FLOATS)
def test_fma_rounds_once(a: np.float32, b: np.float32, c: np.float32) -> None:
    result = OPS["fma"].evaluate(a, b, c)
    if not all(np.isfinite(v) for v in (a, b, c)):
        assert same(result, float(a) * float(b) + float(c))
        return
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    if exact == 0:
        assert result == 0
        return
    expected = round_exact(exact)
    assert same(result, math.copysign(expected, exact))


@pytest.mark.parametrize(
    ("a", "b", "c"),
    [
        ("0x1.000002p+0", "0x1.000002p+0", "0x1p-60"),
        ("0x1.fffffep+0", "0x1.fffffep+0", "-0x1.fffffcp+1"),
        ("0x1.000002p+0", "0x1p-1", "-0x1p-80"),
        ("0x1p-75", "0x1p-75", "0x1p-149"),
        ("0x1.8p-75", "0x1p-75", "0x1p-149"),
    ],
)
def test_fma_where_two_roundings_would_differ(a: str, b: str, c: str) -> None:
    x, y, z = (float.fromhex(v) for v in (a, b, c))
    result = OPS["fma"].evaluate(*(np.float32(v) for v in (x, y, z)))
    assert same(result, round_exact(Fraction(x) * Fraction(y) + Fraction(z)))


@given(FLOATS)
def test_one_operand_floats(a: np.float32) -> None:
    assert same(OPS["negf"].evaluate(a), -float(a))
    assert same(OPS["absf"].evaluate(a), abs(float(a)))
    root = math.sqrt(a) if a > 0 else (float(a) if a == 0 else math.nan)
    assert same(OPS["sqrt"].evaluate(a), root)


@given(FLOATS, FLOATS)
def test_extrema_propagate_nan_and_order_zeros(a: np.float32, b: np.float32) -> None:
    def key(v: np.float32) -> tuple[float, float]:
        return float(v), math.copysign(1, v)

    nan = np.isnan(a) or np.isnan(b)
    assert same(OPS["maximumf"].evaluate(a, b), math.nan if nan else max(a, b, key=key))
    assert same(OPS["minimumf"].evaluate(a, b), math.nan if nan else min(a, b, key=key))


ORDERED = {
    "eq": operator.eq, "gt": operator.gt, "ge": operator.ge,
    "lt": operator.lt, "le": operator.le, "ne": operator.ne,
}  # fmt: skip


@given(FLOATS, FLOATS)
def test_float_comparisons(a: np.float32, b: np.float32) -> None:
    unordered = bool(np.isnan(a) or np.isnan(b))
    for name, holds in ORDERED.items():
        expected = holds(float(a), float(b))
        assert OPS[f"cmpf.o{name}"].evaluate(a, b) == (expected and not unordered)
        assert OPS[f"cmpf.u{name}"].evaluate(a, b) == (expected or unordered)
    assert OPS["cmpf.ord"].evaluate(a, b) == (not unordered)
    assert OPS["cmpf.uno"].evaluate(a, b) == unordered


@given(INTS, INTS)
def test_integers(a: int, b: int) -> None:
    amount = b % 2**32
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1) if b else -1
    expected = {
        "addi": wrap(a + b),
        "subi": wrap(a - b),
        "muli": wrap(a * b),
        "divsi": wrap(quotient),
        "remsi": a - quotient * b if b else a,
        "maxsi": max(a, b),
        "minsi": min(a, b),
        "andi": a & b,
        "ori": a | b,
        "xori": a ^ b,
        "shli": wrap(a << amount) if amount < 32 else 0,
        "shrsi": a >> min(amount, 31),
    }
    for name, value in expected.items():
        result = OPS[name].evaluate(*ints(a, b))
        assert (result.dtype, int(result)) == (np.int32, value), name
    for name, holds in (("eq", "eq"), ("ne", "ne"), ("slt", "lt"), ("sle", "le"), ("sgt", "gt"),
                        ("sge", "ge")):  # fmt: skip
        assert OPS[f"cmpi.{name}"].evaluate(*ints(a, b)) == ORDERED[holds](a, b)


@given(INTS)
def test_conversions_from_integers(a: int) -> None:
    assert same(OPS["sitofp"].evaluate(np.int32(a)), float(a))
    assert bool(OPS["trunci"].evaluate(np.int32(a))) == bool(a & 1)


@given(FLOATS)
def test_fptosi_saturates(a: np.float32) -> None:
    expected = INT_MAX if np.isnan(a) else int(max(min(float(a), INT_MAX), INT_MIN))
    assert int(OPS["fptosi"].evaluate(a)) == expected


def test_bools_widen_and_combine() -> None:
    p, q = np.array([False, False, True, True]), np.array([False, True, False, True])
    assert OPS["extui"].evaluate(p).tolist() == [0, 0, 1, 1]
    assert OPS["extsi"].evaluate(p).tolist() == [0, 0, -1, -1]
    for name, expected in (("andi", p & q), ("ori", p | q), ("xori", p ^ q)):
        result = OPS[name].evaluate(p, q)
        assert result.dtype == np.bool_
        assert result.tolist() == expected.tolist()


def test_select_moves_bits() -> None:
    odd_nan = np.uint32(0xFFC12345).view(np.float32)
    chosen = OPS["select"].evaluate(np.array([True, False]), odd_nan, np.float32(1))
    assert chosen.view(np.uint32).tolist() == [0xFFC12345, 0x3F800000]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_operation_keeps_its_types_and_never_warns(op) -> None:
    edges = {
        "f32": np.array([*EDGES, 3e9, -3e9], np.float32),
        "bf16": np.array([*EDGES, 3e9, -3e9], np.float32).astype(NUMPY["bf16"]),
        "i32": np.array([0, 1, -1, 2, 31, 32, 33, INT_MIN, INT_MAX, 7, -7, 5, 6], np.int32),
        "i1": np.array([True, False] * 6 + [True]),
    }
    for bound in op.types or ("f32",):
        operands = [bound if term == "T" else term for term in op.operands]
        arrays = [np.roll(edges[t], i) for i, t in enumerate(operands)]
        result = op.evaluate(*arrays)
        assert op.result_type(operands) == name_of(result.dtype)
        assert result.shape == (13,)
        one = op.evaluate(*(array[4] for array in arrays))
        assert (one.shape, one.dtype) == ((), result.dtype)
        assert one.tobytes() == result[4].tobytes()
        if result.dtype == np.float32 and op.name != "select":
            nans = result[np.isnan(result)].view(np.uint32)
            assert set(nans.tolist()) <= {CANONICAL_NAN_BITS}


def bf16_bits(tensor: torch.Tensor) -> Array:
    return tensor.view(torch.int16).numpy().view(np.uint16)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("addf", torch.add), ("subf", torch.sub), ("mulf", torch.mul), ("divf", torch.div)],
)
def test_bf16_arithmetic_is_that_of_pytorch(name, expected) -> None:
    """Every bf16 with a partner drawn at random, to the bit; NaNs are the canonical one."""
    x = np.arange(2**16, dtype=np.uint16)
    y = np.random.default_rng(0).permutation(x)
    theirs = bf16_bits(expected(*(torch.from_numpy(a).view(torch.bfloat16) for a in (x, y))))
    ours = OPS[name].evaluate(x.view(NUMPY["bf16"]), y.view(NUMPY["bf16"])).view(np.uint16)
    nan = theirs & 0x7FFF > 0x7F80
    np.testing.assert_array_equal(ours, np.where(nan, 0x7FC0, theirs))


def test_casts_between_f32_and_bf16() -> None:
    random = np.random.default_rng(0).integers(0, 2**32, 100_000, np.uint32).view(np.float32)
    narrow = OPS["truncf"].evaluate(random)
    theirs = bf16_bits(torch.from_numpy(random).to(torch.bfloat16))
    expected = np.where(np.isnan(random), 0x7FC0, theirs)
    np.testing.assert_array_equal(narrow.view(np.uint16), expected)
    wide = OPS["extf"].evaluate(narrow)
    np.testing.assert_array_equal(wide.view(np.uint32), expected.astype(np.uint32) << 16)


def test_signatures() -> None:
    select, addf = OPS["select"], OPS["addf"]
    assert select.result_type(("i1", "i32", "i32")) == "i32"
    assert select.result_type(("i1", "i32", "f32")) is None
    assert addf.result_type(("f32",)) is None
    assert addf.result_type(("f32", "i32")) is None
    assert OPS["andi"].result_type(("f32", "f32")) is None
    assert select.signature == "(i1, T, T) -> T, T in f32 bf16 i32 i1"
    assert addf.signature == "(T, T) -> T, T in f32 bf16"
    assert addf.result_type(("bf16", "bf16")) == "bf16"
    assert addf.result_type(("bf16", "f32")) is None


def test_opcodes_and_mlir_names_are_distinct() -> None:
    assert len({op.code for op in OPS.values()}) == len(OPS) == len(BY_MLIR)
    assert BY_MLIR["arith.cmpf", 4].name == "cmpf.olt"
    assert BY_MLIR["math.exp", None].name == "exp"


def test_constants_round_to_their_type() -> None:
    assert constant(0.1, "f32") == np.float32(0.1)
    assert constant(1e300, "f32") == np.inf
    assert constant(-1, "i32").dtype == NUMPY["i32"]
    assert constant(True, "i1").dtype == NUMPY["i1"]
