from pathlib import Path

import numpy as np
import pytest
from sam_text import Graph, compute, interpret

from rdu.dialects.sam import Sam
from rdu.interpreter.run import load_meanings, run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.meaning import MEANINGS
from rdu.semantics.dtypes import NUMPY
from rdu.support.diagnostics import RduError

OPS = Path(__file__).parents[3] / "lit" / "dialects" / "sam" / "ops.mlir"


def run_example(name, *arrays):
    module = parse(OPS.read_text(), make_context(Sam, project=False))
    (result,) = run(module, list(arrays), name).values()
    return result


def scattered(shape, density, seed=7):
    rng = np.random.default_rng(seed)
    values = rng.integers(-9, 10, shape).astype(np.float32) / np.float32(4)
    return np.where(rng.random(shape) < density, values, np.float32(0))


def test_every_op_has_a_meaning():
    load_meanings()
    assert {op.OPERATION_NAME for op in Sam.operations} <= MEANINGS.keys()


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
def test_examples_of_the_ops(density):
    b, c, d = (scattered((4, 5), density, seed) for seed in range(3))
    np.testing.assert_allclose(run_example("spmv", b, c[0]), b @ c[0], rtol=1e-6)
    np.testing.assert_array_equal(run_example("sum", b, c, d), (b + c + d).T)
    numbers = np.arange(20, dtype=np.int32).reshape(4, 5) % 4
    chosen = np.where((numbers >= 2) | (b < numbers), np.float32(0.5), b)
    expected = np.where(b != 0, np.where(numbers >= 2, chosen, numbers.astype(np.float32)), 0)
    np.testing.assert_array_equal(run_example("masks", b, numbers), expected)
    expected = np.maximum(np.tril(b, -1) / 2, 0)
    np.testing.assert_array_equal(run_example("drops", b), expected)
    blocks = scattered((4, 6), density)
    eight = scattered((8,), density)
    np.testing.assert_array_equal(run_example("blocks", blocks, eight), eight)
    other = scattered((8,), density, 9)
    together = np.where((eight != 0) | (other != 0), np.maximum(eight, other), 0)
    np.testing.assert_array_equal(run_example("bits", eight, other), together)
    stored = np.where(b[0] != 0, np.exp(b[0]), 0)
    np.testing.assert_allclose(
        run_example("branches", b[0], c[0]), np.concatenate([stored, c[0]]), rtol=1e-6
    )


def test_the_greatest_of_each_row():
    b = scattered((4, 5), 0.6)
    expected = np.argsort(-b, axis=1, kind="stable")[:, :2]
    np.testing.assert_array_equal(run_example("greatest", b), expected)


def test_columns_of_a_list_of_coordinates():
    b = scattered((4, 5), 0.4)
    np.testing.assert_array_equal(run_example("columns", b), b.sum(axis=0))


def test_a_level_needs_what_its_format_stores():
    g = Graph((2,), {"B": ((2, 3), ["dense", "singleton"])})
    i, ri = g.lookup(g.B, 0, g.root)
    _, rj = g.lookup(g.B, 1, ri)
    text = g.finish([i], g.reduce(g.load(g.B, rj), i))
    matrix = np.array([[0, 2, 0], [3, 0, 0]], np.float32)
    np.testing.assert_array_equal(compute(text, matrix), [2, 3])
    with pytest.raises(RduError, match=r"'sam.bind'"):
        compute(text, np.ones((2, 3), np.float32))


def misaligned():
    """A graph that adds a vector to one with other coordinates."""
    g = Graph((4,), {"b": ((4,), ["compressed"]), "c": ((4,), ["compressed"])})
    i, b = g.lookup(g.b, 0, g.root)
    _, c = g.lookup(g.c, 0, g.root)
    return g.finish([i], g.alu("add", g.load(g.b, b), g.load(g.c, c)))


def test_streams_that_do_not_align_are_reported_at_the_op():
    vectors = np.array([1, 0, 2, 0], np.float32), np.array([0, 3, 0, 0], np.float32)
    with pytest.raises(RduError, match=r":10:\d+: error: 'sam.alu' streams do not align"):
        compute(misaligned(), *vectors)


def test_a_result_is_written_once_and_inside():
    g = Graph((2,), {"b": ((4,), ["compressed"])})
    i, b = g.lookup(g.b, 0, g.root)
    text = g.finish([i], g.load(g.b, b))
    assert compute(text, np.array([1, 2, 0, 0], np.float32)).tolist() == [1, 2]
    with pytest.raises(RduError, match=r"'sam.graph' writes coordinate 3 of level 0: .* 0 to 1"):
        compute(text, np.array([1, 0, 0, 4], np.float32))
    g = Graph((5,), {"B": ((4, 5), ["compressed", "compressed"])})
    _, bi = g.lookup(g.B, 0, g.root)
    j, bj = g.lookup(g.B, 1, bi)
    crd = g.op("stop_drop", [j], ["crd:1"], levels=1)
    values = g.op("stop_drop", [g.load(g.B, bj)], ["val:1"], levels=1)
    text = g.finish([crd], values)
    assert compute(text, np.eye(4, 5, dtype=np.float32)).tolist() == [1, 1, 1, 1, 0]
    with pytest.raises(RduError, match=r"'sam.graph' writes several values to one place"):
        compute(text, np.ones((4, 5), np.float32))


@pytest.mark.parametrize("element", ["i32", "bf16"])
def test_values_of_other_types(element):
    g = Graph((4,), {"b": ((4,), ["compressed"]), "c": ((4,), ["compressed"])}, element=element)
    i, b, c = g.merge("union", g.lookup(g.b, 0, g.root), g.lookup(g.c, 0, g.root))
    both = g.alu("sub", g.load(g.b, b), g.load(g.c, c))
    text = g.finish([i], g.unary("abs", both))
    vectors = [np.array(v, NUMPY[element]) for v in ([1, 0, 5, 0], [3, 2, 0, 0])]
    result = (interpret if element == "bf16" else compute)(text, *vectors)
    assert result.dtype == NUMPY[element]
    assert result.tolist() == [2, 2, 5, 0]


def test_integers_wrap():
    g = Graph((), {"b": ((2,), ["dense"])}, element="i32")
    _, b = g.lookup(g.b, 0, g.root)
    text = g.finish([], g.reduce(g.load(g.b, b), g.root))
    assert compute(text, np.array([2**31 - 1, 1], np.int32)) == -(2**31)
