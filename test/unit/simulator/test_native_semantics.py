"""Every scalar operation gives the same bits in C++ as in NumPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from rdu import _native
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.scalar import OPS, ScalarOp

SPECIAL: dict[DType, NDArray[np.uint32]] = {
    "f32": np.array(
        [
            *(0x00000000, 0x00000001, 0x007FFFFF, 0x00800000, 0x33800000, 0x3F000000, 0x3F7FFFFF),
            *(0x3F800000, 0x3F800001, 0x40490FDB, 0x42B17217, 0x42B17218, 0x4B000000, 0x4B7FFFFF),
            *(0x4F000000, 0x4EFFFFFF, 0x7F7FFFFF, 0x7F800000, 0x7FC00000, 0x7F800001, 0x7FFFFFFF),
        ],
        np.uint32,
    ),
    "i32": np.array(
        [0, 1, 2, 3, 7, 31, 32, 33, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF], np.uint32
    ),
    "i1": np.array([0, 1], np.uint32),
}
SPECIAL["f32"] = np.concatenate([SPECIAL["f32"], SPECIAL["f32"] | np.uint32(0x80000000)])
SPECIAL["bf16"] = np.unique(SPECIAL["f32"] & np.uint32(0xFFFF0000))

VARIANTS = [
    (op, dtype)
    for op in OPS.values()
    for dtype in (op.types or ("f32",))  # the element type that stands for T
]


def operand_words(op: ScalarOp, dtype: DType) -> list[NDArray[np.uint32]]:
    """Return every combination of special words, then random ones, for each operand."""
    types: list[DType] = [dtype if term == "T" else term for term in op.operands]
    pairs = list(itertools.product(*(SPECIAL[t].tolist() for t in types)))
    random = np.random.default_rng(op.code)
    words: list[NDArray[np.uint32]] = []
    for i, t in enumerate(types):
        drawn = random.integers(0, 2 if t == "i1" else 2**32, 200_000, np.uint32)
        near = random.standard_normal(100_000, np.float32) * np.float32(4)
        moderate = near.view(np.uint32) if t in ("f32", "bf16") else drawn[:100_000]
        special = np.array([pair[i] for pair in pairs], np.uint32)
        chosen = np.concatenate([special, drawn, moderate])
        words.append(chosen & np.uint32(0xFFFF0000) if t == "bf16" else chosen)
    return words


def as_lanes(words: NDArray[np.uint32], dtype: DType) -> NDArray[np.generic]:
    """Read words as NumPy values of an element type."""
    if dtype == "bf16":
        return (words >> 16).astype(np.uint16).view(NUMPY["bf16"])
    return words.astype(np.bool_) if dtype == "i1" else words.view(NUMPY[dtype])


def as_words(values: NDArray[np.generic]) -> NDArray[np.uint32]:
    """Return the words of NumPy values."""
    if values.dtype == NUMPY["bf16"]:
        return values.view(np.uint16).astype(np.uint32) << 16
    return values.astype(np.uint32) if values.dtype == np.bool_ else values.view(np.uint32)


@pytest.mark.parametrize(("op", "dtype"), VARIANTS, ids=[f"{o.name}-{t}" for o, t in VARIANTS])
def test_native_equals_numpy(op: ScalarOp, dtype: DType) -> None:
    words = operand_words(op, dtype)
    types: list[DType] = [dtype if term == "T" else term for term in op.operands]
    expected = op.evaluate(*(as_lanes(w, t) for w, t in zip(words, types, strict=True)))
    expected_words = as_words(expected)
    result = np.empty_like(words[0])
    _native.evaluate(op.code, result, words, narrow=expected.dtype == NUMPY["bf16"])
    wrong = np.flatnonzero(result != expected_words)
    assert not len(wrong), [hex(w[wrong[0]]) for w in (*words, result, expected_words)]


def test_the_tables_are_the_same() -> None:
    ours = [(op.name, op.code, op.arity) for op in OPS.values()]
    assert sorted(_native.operations()) == sorted(ours)


def test_evaluate_refuses_what_does_not_fit() -> None:
    words = np.zeros(4, np.uint32)
    with pytest.raises(ValueError, match="addf: expected 2 operands"):
        _native.evaluate(OPS["addf"].code, words, [words])
    with pytest.raises(ValueError, match="lengths differ"):
        _native.evaluate(OPS["negf"].code, words, [words[:3]])
    with pytest.raises(ValueError, match="unknown opcode 255"):
        _native.evaluate(255, words, [words])
