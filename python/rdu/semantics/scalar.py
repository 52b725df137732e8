"""The scalar operations of the fabric: one declared table, evaluated on NumPy arrays.

A mnemonic is the name of an op of MLIR's arith or math dialect without its prefix; comparisons
carry their predicate (`cmpf.olt`). f32 operations are IEEE 754 binary32, rounded to nearest even,
each on its own (no contraction), with subnormals; every NaN that an operation returns is the
canonical one. An operation on bf16 computes in f32 and rounds once to nearest even. Integers are
two's complement and wrap. What MLIR leaves undefined is defined as on RISC-V: see `divsi`, `remsi`,
`fptosi`; shifts read the amount as unsigned and, from 32 on, shift every bit out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from rdu.semantics import tail
from rdu.semantics.dtypes import NUMPY, Array, DType, canonical, to_bf16

T: Literal["T"] = "T"
"""The type variable of a polymorphic signature: any of the op's `types`, the same everywhere."""

TypeTerm = Literal["f32", "bf16", "i32", "i1", "T"]
Terms = tuple[TypeTerm, ...]
Evaluate = Callable[..., Array]
Compare = Callable[[Array, Array], Array]

INT_MIN = np.int32(-(2**31))
INT_MAX = np.int32(2**31 - 1)
BF16 = NUMPY["bf16"]
MINUS_ONE = np.int32(-1)
WORD_BITS = np.uint32(32)


@dataclass(frozen=True, slots=True)
class ScalarOp:
    """One scalar operation.

    Attributes:
        name: mnemonic in every textual form, for example `addf` or `cmpi.slt`.
        code: opcode number, stable for the native engine.
        mlir: name of the MLIR op.
        predicate: value of the MLIR op's `predicate` attribute, None if it has none.
        operands: type of each operand; `T` is a type variable over `types`.
        result: type of the result.
        types: what `T` may be, empty for a signature without it.
        compute: the meaning on arrays of the operand types (see `evaluate`).
    """

    name: str
    code: int
    mlir: str
    predicate: int | None
    operands: Terms
    result: TypeTerm
    types: tuple[DType, ...]
    compute: Evaluate

    @property
    def arity(self) -> int:
        """The number of operands."""
        return len(self.operands)

    def result_type(self, operands: Sequence[DType]) -> DType | None:
        """Return the result type for these operand types, None if the op does not take them."""
        if len(operands) != self.arity:
            return None
        bound: DType | None = None
        for term, actual in zip(self.operands, operands, strict=True):
            if term != T:
                if term != actual:
                    return None
                continue
            if actual not in self.types or bound not in (None, actual):
                return None
            bound = actual
        return bound if self.result == T else self.result  # pyright: ignore[reportReturnType]

    @property
    def signature(self) -> str:
        """The signature for messages, for example `(i1, T, T) -> T, T in f32 i32 i1`."""
        domain = f", {T} in {' '.join(self.types)}" if self.types else ""
        return f"({', '.join(self.operands)}) -> {self.result}{domain}"

    def evaluate(self, *arrays: Array) -> Array:
        """Apply the operation elementwise.

        Args:
            arrays: one array (or NumPy scalar) an operand, of the operand types, any shapes that
                broadcast.

        Returns:
            An array of the result type. Never a warning, whatever the values.
        """
        with np.errstate(all="ignore"):
            given = [np.asarray(a) for a in arrays]
            if "i32" in self.types:  # moves bits, whatever they are
                return np.asarray(self.compute(*given))
            result = np.asarray(self.compute(*map(_widened, given)))
            narrow = self.result == T and given[0].dtype == BF16
            return to_bf16(result) if narrow or self.result == "bf16" else result


def _widened(values: Array) -> Array:
    """Return bf16 values as the f32 that they are."""
    return values.astype(np.float32) if values.dtype == BF16 else values


def _rounded(function: Callable[..., Any]) -> Evaluate:
    """Return a correctly rounded operation of NumPy with its NaNs made canonical."""

    def compute(*arrays: Array) -> Array:
        return canonical(function(*arrays))

    return compute


def _extremum(*, greatest: bool) -> Evaluate:
    """Return maximumf or minimumf: NaN wins, and -0 < +0."""
    prefer = np.greater if greatest else np.less
    same_sign_of_zero = np.bitwise_and if greatest else np.bitwise_or

    def compute(a: Array, b: Array) -> Array:
        ties = same_sign_of_zero(a.view(np.uint32), b.view(np.uint32)).view(np.float32)
        chosen = np.where(prefer(a, b), a, np.where(prefer(b, a), b, ties))
        return canonical(np.where(np.isnan(a) | np.isnan(b), np.float32(np.nan), chosen))

    return compute


def _fma(a: Array, b: Array, c: Array) -> Array:
    """Fused multiply-add: exact product in f64, sum rounded to odd, then once to f32."""
    product = a.astype(np.float64) * b.astype(np.float64)
    addend = np.broadcast_to(c.astype(np.float64), np.broadcast_shapes(product.shape, c.shape))
    total = np.asarray(product + addend)
    kept = total - addend
    error = np.asarray((product - kept) + (addend - (total - kept)))
    bits = total.view(np.int64)
    inexact = np.isfinite(total) & (error != 0) & (bits & 1 == 0)
    odd = np.where((error > 0) == (total > 0), bits + 1, bits - 1).view(np.float64)
    return canonical(np.where(inexact, odd, total).astype(np.float32))


def _divsi(a: Array, b: Array) -> Array:
    """Quotient towards zero; x / 0 = -1; INT_MIN / -1 = INT_MIN."""
    wide = a.astype(np.int64)
    divisor = np.where(b == 0, 1, b.astype(np.int64))
    quotient = np.abs(wide) // np.abs(divisor) * np.sign(wide) * np.sign(divisor)
    return np.where(b == 0, MINUS_ONE, quotient.astype(np.int32))


def _remsi(a: Array, b: Array) -> Array:
    """Remainder with the sign of the dividend; x % 0 = x; INT_MIN % -1 = 0."""
    wide = a.astype(np.int64)
    divisor = np.where(b == 0, 1, b.astype(np.int64))
    remainder = np.abs(wide) % np.abs(divisor) * np.sign(wide)
    return np.where(b == 0, a, remainder.astype(np.int32))


def _shli(a: Array, b: Array) -> Array:
    amount = b.view(np.uint32)
    shifted = a.view(np.uint32) << np.minimum(amount, WORD_BITS - np.uint32(1))
    return np.where(amount < WORD_BITS, np.asarray(shifted).view(np.int32), np.int32(0))


def _shrsi(a: Array, b: Array) -> Array:
    amount = np.minimum(b.view(np.uint32), WORD_BITS - np.uint32(1))
    return a >> np.asarray(amount).view(np.int32)


def _fptosi(a: Array) -> Array:
    """Towards zero; out of range gives the nearest end of the range, NaN gives INT_MAX."""
    low, high = np.float32(-(2.0**31)), np.float32(2.0**31)
    inside = (a >= low) & (a < high)
    converted = np.where(inside, a, np.float32(0)).astype(np.int32)
    return np.where(inside, converted, np.where(a < low, INT_MIN, INT_MAX))


def _sitofp(a: Array) -> Array:
    return a.astype(np.float32)


def _extui(a: Array) -> Array:
    return a.astype(np.int32)


def _extsi(a: Array) -> Array:
    return -a.astype(np.int32)


def _trunci(a: Array) -> Array:
    return (a & np.int32(1)).astype(np.bool_)


def _extf(a: Array) -> Array:
    return canonical(a)


def _truncf(a: Array) -> Array:
    """Nearest even; `ScalarOp.evaluate` does it for every result of type bf16."""
    return a


def _ordered(a: Array, b: Array) -> Array:
    return ~(np.isnan(a) | np.isnan(b))


_FLOAT_PREDICATES: dict[str, tuple[int, Compare]] = {
    "oeq": (1, lambda a, b: a == b),
    "ogt": (2, lambda a, b: a > b),
    "oge": (3, lambda a, b: a >= b),
    "olt": (4, lambda a, b: a < b),
    "ole": (5, lambda a, b: a <= b),
    "one": (6, lambda a, b: (a < b) | (a > b)),
    "ord": (7, _ordered),
    "ueq": (8, lambda a, b: ~((a < b) | (a > b))),
    "ugt": (9, lambda a, b: ~(a <= b)),
    "uge": (10, lambda a, b: ~(a < b)),
    "ult": (11, lambda a, b: ~(a >= b)),
    "ule": (12, lambda a, b: ~(a > b)),
    "une": (13, lambda a, b: a != b),
    "uno": (14, lambda a, b: ~_ordered(a, b)),
}
"""Predicate: (its number in arith.cmpf, its meaning)."""

_INTEGER_PREDICATES: dict[str, tuple[int, Compare]] = {
    "eq": (0, lambda a, b: a == b),
    "ne": (1, lambda a, b: a != b),
    "slt": (2, lambda a, b: a < b),
    "sle": (3, lambda a, b: a <= b),
    "sgt": (4, lambda a, b: a > b),
    "sge": (5, lambda a, b: a >= b),
}
"""Predicate: (its number in arith.cmpi, its meaning)."""


def _declare() -> dict[str, ScalarOp]:
    f1: Terms = (T,)
    f2: Terms = (T, T)
    f3: Terms = (T, T, T)
    floats: tuple[DType, ...] = ("f32", "bf16")
    i2: Terms = ("i32", "i32")
    logical: tuple[DType, ...] = ("i32", "i1")
    rows: list[tuple[int, str, Terms, TypeTerm, tuple[DType, ...], Evaluate]] = [
        (0, "arith.addf", f2, T, floats, _rounded(np.add)),
        (1, "arith.subf", f2, T, floats, _rounded(np.subtract)),
        (2, "arith.mulf", f2, T, floats, _rounded(np.multiply)),
        (3, "arith.divf", f2, T, floats, _rounded(np.divide)),
        (4, "arith.negf", f1, T, floats, _rounded(np.negative)),
        (5, "arith.maximumf", f2, T, floats, _extremum(greatest=True)),
        (6, "arith.minimumf", f2, T, floats, _extremum(greatest=False)),
        (7, "math.absf", f1, T, floats, _rounded(np.abs)),
        (8, "math.sqrt", f1, T, floats, _rounded(np.sqrt)),
        (9, "math.rsqrt", f1, T, floats, tail.rsqrt),
        (10, "math.exp", f1, T, floats, tail.exp),
        (11, "math.log", f1, T, floats, tail.log),
        (12, "math.tanh", f1, T, floats, tail.tanh),
        (13, "math.erf", f1, T, floats, tail.erf),
        (14, "math.fma", f3, T, floats, _fma),
        (15, "arith.select", ("i1", T, T), T, ("f32", "bf16", "i32", "i1"), np.where),
        (16, "arith.addi", i2, "i32", (), np.add),
        (17, "arith.subi", i2, "i32", (), np.subtract),
        (18, "arith.muli", i2, "i32", (), np.multiply),
        (19, "arith.divsi", i2, "i32", (), _divsi),
        (20, "arith.remsi", i2, "i32", (), _remsi),
        (21, "arith.maxsi", i2, "i32", (), np.maximum),
        (22, "arith.minsi", i2, "i32", (), np.minimum),
        (23, "arith.andi", (T, T), T, logical, np.bitwise_and),
        (24, "arith.ori", (T, T), T, logical, np.bitwise_or),
        (25, "arith.xori", (T, T), T, logical, np.bitwise_xor),
        (26, "arith.shli", i2, "i32", (), _shli),
        (27, "arith.shrsi", i2, "i32", (), _shrsi),
        (28, "arith.sitofp", ("i32",), "f32", (), _sitofp),
        (29, "arith.fptosi", ("f32",), "i32", (), _fptosi),
        (30, "arith.extui", ("i1",), "i32", (), _extui),
        (31, "arith.extsi", ("i1",), "i32", (), _extsi),
        (32, "arith.trunci", ("i32",), "i1", (), _trunci),
        (33, "arith.extf", ("bf16",), "f32", (), _extf),
        (34, "arith.truncf", ("f32",), "bf16", (), _truncf),
    ]
    ops: list[ScalarOp] = []
    for code, mlir, operands, result, types, compute in rows:
        name = mlir.partition(".")[2]
        ops.append(ScalarOp(name, code, mlir, None, operands, result, types, compute))
    for base, mlir, operands, types, predicates in (
        (40, "arith.cmpf", f2, floats, _FLOAT_PREDICATES),
        (60, "arith.cmpi", i2, (), _INTEGER_PREDICATES),
    ):
        for predicate, (number, compute) in predicates.items():
            name = f"{mlir.partition('.')[2]}.{predicate}"
            ops.append(ScalarOp(name, base + number, mlir, number, operands, "i1", types, compute))
    return {op.name: op for op in ops}


OPS: dict[str, ScalarOp] = _declare()
"""Every scalar operation by mnemonic."""

BY_MLIR: dict[tuple[str, int | None], ScalarOp] = {
    (op.mlir, op.predicate): op for op in OPS.values()
}
"""The operation of an MLIR op name and predicate number (None if the op has no predicate)."""


def constant(value: float | int | bool, dtype: DType) -> Array:
    """Return a constant as a 0-d array of an element type; floats round to nearest even."""
    with np.errstate(all="ignore"):
        return np.asarray(value).astype(NUMPY[dtype])
