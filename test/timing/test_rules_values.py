"""Values at the edges of their types, as a program on both engines meets them."""

from __future__ import annotations

import numpy as np
import pytest
from ml_dtypes import bfloat16
from numpy.typing import NDArray
from rules import FIRST, RESPONSE, ag, pcu, run

F32, I32 = np.float32, np.int32
NAN, INF = float("nan"), float("inf")
INT_MAX, INT_MIN = 2**31 - 1, -(2**31)
QUIET = 0x7FC00000


def bits(values: NDArray[np.float32]) -> list[int]:
    """Return the words of f32 values."""
    return values.view(np.uint32).tolist()


def mapped(lines: str, result: str, dtype: str, a: NDArray, b: NDArray) -> NDArray:
    """Return what a PCU of some stages makes of vectors x and y; a cycle a stage is checked."""
    types = {"float32": "f32", "int32": "i32", "bfloat16": "bf16"}
    vectors, depth = len(a) // 4, lines.count("=")

    def loaded(name: str, array: NDArray) -> str:
        return ag(
            name,
            f"""count i 0..{len(array)} par 4
            out x : vector {types[str(array.dtype)]} @i
            load {name}[i] -> x""",
        )

    ran = run(
        [
            loaded("a", a),
            loaded("b", b),
            pcu(
                "p",
                f"""count i 0..{len(a)} par 4
                in x : vector {types[str(a.dtype)]} @i
                in y : vector {types[str(b.dtype)]} @i
                out z : vector {dtype} @i
                {lines}
                z <- {result}""",
            ),
            ag("z", f"count i 0..{len(a)} par 4\nin x : vector {dtype} @i\nstore z[i] <- x"),
        ],
        "vector a.x -> p.x\nvector b.x -> p.y\nvector p.z -> z.x",
        {"a": a, "b": b},
        f"z : {dtype}[{len(a)}]",
    )
    assert ran.cycles == FIRST + vectors - 1 + depth + 1 + RESPONSE
    return ran.outputs["z"]


@pytest.mark.parametrize(
    ("operation", "a", "b", "expected"),
    [
        ("addi", [INT_MAX, INT_MIN, -1, 5], [1, -1, 1, -7], [INT_MIN, INT_MAX, 0, -2]),
        (
            "muli",
            [65536, INT_MIN, 46341, -3],
            [65536, -1, 46341, 7],
            [0, INT_MIN, -2147479015, -21],
        ),
        ("divsi", [7, INT_MIN, -7, 7], [0, -1, 2, -2], [-1, INT_MIN, -3, -3]),
        ("remsi", [7, INT_MIN, -7, 7], [0, -1, 2, -2], [7, 0, -1, 1]),
        ("shli", [1, 1, 1, 3], [31, 32, -1, 30], [INT_MIN, 0, 0, -(2**30)]),
        ("shrsi", [-5, 5, INT_MIN, -5], [40, 40, 31, 1], [-1, 0, -1, -3]),
    ],
)
def test_integers_wrap(operation: str, a: list[int], b: list[int], expected: list[int]) -> None:
    """Two's complement, and what division by zero and long shifts are said to be."""
    z = mapped(f"z0 = {operation} x y", "z0", "i32", np.array(a, I32), np.array(b, I32))
    assert z.tolist() == expected


@pytest.mark.parametrize(
    ("operation", "a", "b", "expected"),
    [
        ("maximumf", [NAN, 1.0, -0.0, 0.0], [1.0, NAN, 0.0, -0.0], [QUIET, QUIET, 0, 0]),
        ("minimumf", [NAN, 1.0, -0.0, 0.0], [1.0, NAN, 0.0, -0.0], [QUIET, QUIET, 2**31, 2**31]),
        (
            "mulf",
            [0.0, -INF, 1e-30, 2.0],
            [INF, 2.0, 1e-10, -0.0],
            [QUIET, 0xFF800000, 71362, 2**31],
        ),
        ("subf", [INF, 1.0, 16777216.0, 0.0], [INF, 1.0, -1.0, 0.0], [QUIET, 0, 0x4B800000, 0]),
        (
            "divf",
            [1.0, 0.0, -1.0, 1.0],
            [0.0, 0.0, INF, 3.0],
            [0x7F800000, QUIET, 2**31, 0x3EAAAAAB],
        ),
    ],
)
def test_floats_have_one_nan(
    operation: str, a: list[float], b: list[float], expected: list[int]
) -> None:
    """Every NaN that is made is the quiet one; zeros keep their signs, small values stay.

    1e-40 is 71362 times 2^-149; that of 1e-30 and 1e-10, rounded first, is the same.
    """
    z = mapped(f"z0 = {operation} x y", "z0", "f32", np.array(a, F32), np.array(b, F32))
    assert bits(z) == expected


def test_conversions_saturate() -> None:
    """An f32 beyond i32 becomes the nearest end, NaN the upper; i32 rounds to f32 and back."""
    a = np.array([NAN, 3e9, -INF, -2.9], F32)
    z = mapped("z0 = fptosi x", "z0", "i32", a, np.zeros(4, F32))
    assert z.tolist() == [INT_MAX, INT_MAX, INT_MIN, -2]
    n = np.array([16777217, INT_MAX, INT_MIN, -1], I32)
    z = mapped("z0 = sitofp x\nz1 = fptosi z0", "z1", "i32", n, n)
    assert z.tolist() == [16777216, INT_MAX, INT_MIN, -1]


def test_bf16_rounds_once_to_even() -> None:
    """8 bits: 257 is a tie to 256, 259 one to 260; 1 + 3/256 lies between 2 and 4 parts of 256."""
    a = np.array([256, 258, 1.0, 3e38], bfloat16)
    b = np.array([1, 1, 0.01171875, 3e38], bfloat16)
    z = mapped("z0 = addf x y", "z0", "bf16", a, b)
    assert z.astype(F32).tolist() == [256, 260, 1.015625, INF]
    c = np.array([1.00390625, 1.01171875, 3.4e38, NAN], F32)
    z = mapped("z0 = truncf x", "z0", "bf16", c, c)
    assert z.view(np.uint16).tolist() == [0x3F80, 0x3F82, 0x7F80, 0x7FC0]


@pytest.mark.parametrize("words", [4, 20, 1000, 1024, 1028, 2000])
def test_sums_of_ones_in_bf16_stop_growing(words: int) -> None:
    """A tree makes steps of 4. From 1024 on neighbours are 8 apart: 4 is a tie, which goes back."""
    ran = run(
        [
            ag("a", f"count i 0..{words} par 4\nout x : vector bf16 @i\nload a[i] -> x"),
            pcu(
                "sum",
                f"""count i 0..{words} par 4
                in x : vector bf16 @i
                out y : scalar bf16 @pass
                s = reduce addf x over i
                y <- s""",
            ),
            ag("y", "count i 0..1\nin x : scalar bf16 @i\nstore y[i] <- x"),
        ],
        "vector a.x -> sum.x\nscalar sum.y -> y.x",
        {"a": np.ones(words, bfloat16)},
        "y : bf16[1]",
    )
    assert ran.outputs["y"].astype(F32).tolist() == [float(min(words, 1024))]
    assert ran.cycles == FIRST + words // 4 - 1 + 3 + 1 + RESPONSE


@pytest.mark.parametrize("words", [5, 6, 7, 9, 13])
def test_masked_lanes_take_no_part(words: int) -> None:
    """The tail of a product and a minimum: a masked lane is no zero, and a pair of one is it."""
    a = np.arange(2, 2 + words, dtype=F32)
    ran = run(
        [
            ag("a", f"count i 0..{words} par 4\nout x : vector f32 @i\nload a[i] -> x"),
            pcu(
                "p",
                f"""count i 0..{words} par 4
                in x : vector f32 @i
                out y : scalar f32 @i
                out z : scalar f32 @pass
                m = negf x
                s = reduce maximumf m over i
                f = absf s
                z <- f
                y <- s""",
            ),
            ag("y", f"count i 0..{-(-words // 4)}\nin x : scalar f32 @i\nstore y[i] <- x"),
            ag("z", "count i 0..1\nin x : scalar f32 @i\nstore z[i] <- x"),
        ],
        "vector a.x -> p.x\nscalar p.y -> y.x\nscalar p.z -> z.x",
        {"a": a[::-1].copy()},
        f"y : f32[{-(-words // 4)}]\nz : f32[1]",
    )
    assert ran.outputs["y"].tolist() == [
        -float(a[::-1][: 4 * (k + 1)].min()) for k in range(-(-words // 4))
    ]
    assert ran.outputs["z"].tolist() == [2.0]
    assert ran.cycles == FIRST + -(-words // 4) - 1 + 5 + 1 + RESPONSE
