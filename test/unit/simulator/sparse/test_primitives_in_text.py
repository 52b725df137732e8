"""Primitives from the text of a configuration to their outputs, on the machine of the papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from traced import program

from rdu.configuration import parse
from rdu.semantics.fibertree import BitvectorLevel, store
from rdu.simulator import simulate
from rdu.simulator.simulate import EngineName
from rdu.support.diagnostics import RduError
from rdu.targets import load_machine

MACHINE = load_machine("sam-ideal")


WORD = 32
ENGINES: tuple[EngineName, ...] = ("native", "python")


def unit(name: str, line: str, inputs: str = "", outputs: str = "") -> str:
    """Return a unit of one context, whose ports are i32."""
    kind = "ag" if " of " in line else "pcu"
    ports = [f"in {port} : stream scalar i32 @pass" for port in inputs.split()]
    ports += [f"out {port} : stream scalar i32 @pass" for port in outputs.split()]
    return "\n".join([f"{kind} {name} {{", "context main {", *ports, line, "}", "}"])


def net(source: str, *sinks: str) -> str:
    """Return a net from an output to inputs; `u.x` is port `x` of unit `u`."""
    ends = [f"{end.replace('.', '.main.')} capacity inf" for end in sinks]
    return f"net scalar {source.replace('.', '.main.')} -> {', '.join(ends)}"


def run(body: str, tensors: str, given: Mapping[str, Any], name: EngineName) -> dict[str, Any]:
    """Return the outputs of a program of one section."""
    text = program(body, tensors).replace("MACHINE", "sam-ideal")
    arrays = {key: np.array(value, np.int32) for key, value in given.items()}
    parsed = parse(text.replace("tier dram", "tier memory"))
    return dict(simulate(parsed, MACHINE, arrays, name).outputs)


BAND = "\n".join(
    [
        unit("rows", "lookup root of dense(4) -> i r", outputs="i r"),
        unit("words", "lookup r of bitvector(40, B.segments, B.words) -> w _", "r", "w"),
        unit("bits", f"bv_expand w with width {WORD} -> j", "w", "j"),
        unit("refs", "number j -> p", "j", "p"),
        unit("mask", "mask le i j p with offset 30 -> k q", "i j p", "k q"),
        unit("load", "array q of values(B.values) -> v", "q", "v"),
        unit("drop", "val_drop k v -> l w", "k v", "l w"),
        unit("prune", "crd_drop i j with gap 1 -> k _", "i j", "k"),
        unit("rest", "fiber_drop j -> k", "j", "k"),
        unit("level0", "write_fibers i root of compressed(X.segments0, X.coordinates0)", "i"),
        unit("level1", "write_fibers j i of compressed(X.segments1, X.coordinates1)", "i j"),
        unit("flat", "stop_drop v with levels 2 -> w", "v", "w"),
        unit("all", "fork v with chunk 2 -> w x", "v", "w x"),
        unit("one", "join a w x with chunk 2, gap 0 -> y", "a w x", "y"),
        unit("store", "write_values v w of values(X.values)", "v w"),
        net("rows.i", "mask.i", "prune.i"),
        net("rows.r", "words.r"),
        net("words.w", "bits.w"),
        net("bits.j", "refs.j", "mask.j"),
        net("refs.p", "mask.p"),
        net("mask.k", "drop.k"),
        net("mask.q", "load.q"),
        net("load.v", "drop.v"),
        net("drop.l", "prune.j", "rest.j"),
        net("drop.w", "flat.v"),
        net("prune.k", "level0.i", "level1.i"),
        net("rest.k", "level1.j"),
        net("flat.w", "all.v", "one.a"),
        net("all.w", "one.w"),
        net("all.x", "one.x"),
        net("one.y", "store.v", "store.w"),
    ]
)
TENSORS = """
B.segments : i32[5] input
B.words : i32[8] input
B.values : i32[60] input
X.segments0 : i32[2] output
X.coordinates0 : i32[4] output
X.segments1 : i32[5] output
X.coordinates1 : i32[60] output
X.values : i32[60] output
"""


@pytest.mark.parametrize("seed", range(5))
def test_a_band_of_a_matrix_without_its_zeros(seed: int) -> None:
    """Rows of bits are expanded, masked, pruned of what is zero, and written."""
    random = np.random.default_rng(seed)
    matrix = (random.random((4, 40)) < random.choice([0.02, 0.3])).astype(np.int32)
    level = store(matrix, ["dense", "bitvector"], [0, 1]).levels[1]
    assert isinstance(level, BitvectorLevel)
    octets = np.zeros((4, 8), np.uint8)
    octets[:, : level.mask.shape[1]] = level.mask
    stored = random.integers(-2, 3, 60)
    given = {
        "B.segments": level.segments,
        "B.words": octets.view(np.int32).reshape(-1),
        "B.values": stored,
    }
    matrix[matrix != 0] = stored[: np.count_nonzero(matrix)]
    expected = np.tril(matrix, 30)
    rows, columns = np.flatnonzero(expected.any(axis=1)), np.nonzero(expected)[1]
    counts = np.cumsum([0, *np.count_nonzero(expected[rows], axis=1)])
    for name in ENGINES:
        outputs = run(BAND, TENSORS, given, name)
        assert outputs["X.segments0"].tolist() == [0, len(rows)]
        assert outputs["X.coordinates0"].tolist()[: len(rows)] == rows.tolist()
        assert outputs["X.segments1"].tolist()[: len(counts)] == counts.tolist()
        assert outputs["X.coordinates1"].tolist()[: len(columns)] == columns.tolist()
        assert outputs["X.values"].tolist()[: len(columns)] == expected[expected != 0].tolist()


FAR = "\n".join(
    [
        unit("outer", "lookup root of compressed(A.segments, A.coordinates) -> i r", outputs="i r"),
        unit("inner", "lookup r of compressed(B.segments, B.coordinates) -> j _", "r", "j"),
        unit("flat", "flatten i j with factor 65536 -> k", "i j", "k"),
        unit("store", "write_fibers i root of compressed(X.segments, X.coordinates)", "i"),
        net("outer.i", "flat.i"),
        net("outer.r", "inner.r"),
        net("inner.j", "flat.j"),
        net("flat.k", "store.i"),
    ]
)


@pytest.mark.parametrize("name", ENGINES)
def test_a_coordinate_that_is_none(name: EngineName) -> None:
    """The message says what came out, and of which port."""
    tensors = "\n".join(
        f"{tensor}.{part} : i32[{size}] {role}"
        for tensor, role in (("A", "input"), ("B", "input"), ("X", "output"))
        for part, size in (("segments", 2), ("coordinates", 1))
    )
    given = {f"{tensor}.segments": [0, 1] for tensor in "AB"}
    given |= {"A.coordinates": [40000], "B.coordinates": [5]}
    with pytest.raises(
        RduError,
        match=r"'flat.main': what becomes of a coordinate of 'j' is out of range: "
        r"expected 0..2147483647, got 2621440005",
    ):
        run(FAR, tensors, given, name)
