"""Concatenations and slices as graphs give what NumPy does, at every level of every storage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.pipelines import plain_to_sam
from rdu.sparse import compile_graph
from rdu.transforms.conversion.sparse.moves import MOVES

KINDS = {"d": "dense", "s": "compressed"}


def kind(shape, element, encoding=""):
    return f"tensor<{'x'.join(map(str, shape))}x{element}{encoding}>"


def encoding(levels, order):
    dims = ", ".join(f"d{n}" for n in range(len(order)))
    stored = ", ".join(f"d{d} : {KINDS[level]}" for d, level in zip(order, levels, strict=True))
    return f", #sparse_tensor.encoding<{{map = ({dims}) -> ({stored})}}>"


def check(text, arrays, expected):
    module = parse(text, make_context())
    (before,) = run(module, arrays).values()
    np.testing.assert_array_equal(before, expected)
    run_pipeline(module, parse_pipeline(plain_to_sam(), module.context))
    assert not any(name in str(module) for name in MOVES)
    (after,) = run(module, arrays).values()
    np.testing.assert_array_equal(after, expected)
    named = {f"arg{n}": array for n, array in enumerate(arrays)}
    found = compile_graph(module, named).run().tensor.to_dense()
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)


def drawn(data, shape, dtype):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    there = rng.random(shape) < data.draw(st.sampled_from([0, 0.2, 0.6, 1]))
    return (rng.integers(-5, 6, shape) * there).astype(dtype)


def storage(data, rank, orders):
    if data.draw(st.integers(0, 3)) == 0:
        return ""
    return encoding(data.draw(st.text("ds", min_size=rank, max_size=rank)), orders)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_concatenations(data):
    rank = data.draw(st.integers(1, 3))
    dimension, order = data.draw(st.integers(0, rank - 1)), data.draw(st.permutations(range(rank)))
    element, dtype = data.draw(st.sampled_from([("f32", np.float32), ("i32", np.int32)]))
    shape = [data.draw(st.integers(1, 4)) for _ in range(rank)]
    shapes = [
        [data.draw(st.integers(1, 4)) if d == dimension else n for d, n in enumerate(shape)]
        for _ in range(data.draw(st.integers(1, 3)))
    ]
    arrays = [drawn(data, each, dtype) for each in shapes]
    kinds = [kind(each, element, storage(data, rank, order)) for each in shapes]
    expected = np.concatenate(arrays, dimension)
    result = kind(expected.shape, element)
    if not any("#" in each for each in kinds):
        result = kind(expected.shape, element, encoding("s" * rank, order))
    arguments = ", ".join(f"%a{n}: {each}" for n, each in enumerate(kinds))
    names = ", ".join(f"%a{n}" for n in range(len(kinds)))
    text = f"""func.func @main({arguments}) -> {result} {{
      %x = tensor.concat dim({dimension}) {names} : ({", ".join(kinds)}) -> {result}
      return %x : {result}
    }}"""
    check(text, arrays, expected)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_slices(data):
    rank = data.draw(st.integers(1, 3))
    order = data.draw(st.permutations(range(rank)))
    shape = [data.draw(st.integers(1, 6)) for _ in range(rank)]
    taken = []
    for extent in shape:
        offset, stride = data.draw(st.integers(0, extent - 1)), data.draw(st.integers(1, 3))
        most = (extent - 1 - offset) // stride + 1
        whole = data.draw(st.integers(0, 2)) == 0
        taken.append((0, extent, 1) if whole else (offset, data.draw(st.integers(1, most)), stride))
    array = drawn(data, shape, np.float32)
    source = kind(shape, "f32", storage(data, rank, order) or encoding("s" * rank, order))
    expected = array[tuple(slice(at, at + (n - 1) * by + 1, by) for at, n, by in taken)]
    result = kind(expected.shape, "f32")
    fields = " ".join(str(list(column)) for column in zip(*taken, strict=True))
    text = f"""func.func @main(%a: {source}) -> {result} {{
      %x = tensor.extract_slice %a{fields} : {source} to {result}
      return %x : {result}
    }}"""
    check(text, [array], expected)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_insertions(data):
    rank = data.draw(st.integers(1, 3))
    order = data.draw(st.permutations(range(rank)))
    shape = [data.draw(st.integers(1, 6)) for _ in range(rank)]
    into_zeros = data.draw(st.booleans())
    along = data.draw(st.integers(0, rank - 1))
    given_to = []
    for dimension, extent in enumerate(shape):
        partial = into_zeros or dimension == along
        offset = data.draw(st.integers(0, extent - 1)) if partial else 0
        stride = data.draw(st.integers(1, 3)) if into_zeros else 1
        most = (extent - 1 - offset) // stride + 1
        given_to.append((offset, data.draw(st.integers(1, most)) if partial else most, stride))
    source_shape = [size for _, size, _ in given_to]
    arrays = [drawn(data, source_shape, np.float32)]
    expected = np.zeros(shape, np.float32) if into_zeros else drawn(data, shape, np.float32)
    source = kind(source_shape, "f32", storage(data, rank, order) or encoding("s" * rank, order))
    target = kind(shape, "f32", "" if into_zeros else storage(data, rank, order))
    assume(source != target)  # what is all of a result is the result
    made, argument = f"%b = arith.constant dense<0.0> : {target}", ""
    if not into_zeros:
        arrays.append(expected)
        made, argument = "", f", %b: {target}"
    expected = expected.copy()
    place = tuple(slice(at, at + (n - 1) * by + 1, by) for at, n, by in given_to)
    expected[place] = arrays[0]
    fields = " ".join(str(list(column)) for column in zip(*given_to, strict=True))
    text = f"""func.func @main(%a: {source}{argument}) -> {target} {{
      {made}
      %x = tensor.insert_slice %a into %b{fields} : {source} into {target}
      return %x : {target}
    }}"""
    check(text, arrays, expected)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_padding(data):
    rank = data.draw(st.integers(1, 3))
    shape = [data.draw(st.integers(1, 4)) for _ in range(rank)]
    around = [(data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))) for _ in range(rank)]
    array = drawn(data, shape, np.float32)
    levels = data.draw(st.text("ds", min_size=rank, max_size=rank))
    source = kind(shape, "f32", encoding(levels, data.draw(st.permutations(range(rank)))))
    expected = np.pad(array, around)
    result = kind(expected.shape, "f32")
    low, high = (list(column) for column in zip(*around, strict=True))
    names = ", ".join(f"%i{n}: index" for n in range(rank))
    text = f"""func.func @main(%a: {source}) -> {result} {{
      %z = arith.constant 0.0 : f32
      %x = tensor.pad %a low{low} high{high} {{
      ^bb0({names}):
        tensor.yield %z : f32
      }} : {source} to {result}
      return %x : {result}
    }}"""
    check(text, [array], expected)


@pytest.mark.parametrize("fusion", ["none", "auto", "full"])
def test_between_products(fusion):
    """Halves of a product, put behind each other the other way round."""
    matrix = kind((4, 4), "f32", encoding("ss", (0, 1)))
    text = f"""func.func @main(%a: {matrix}, %b: {matrix}) -> tensor<4x4xf32> {{
      %z = arith.constant dense<0.0> : tensor<4x4xf32>
      %p = linalg.matmul ins(%a, %b : {matrix}, {matrix}) outs(%z : tensor<4x4xf32>)
        -> tensor<4x4xf32>
      %l = tensor.extract_slice %p[2, 0] [2, 4] [1, 1] : tensor<4x4xf32> to tensor<2x4xf32>
      %f = tensor.extract_slice %p[0, 0] [2, 4] [1, 1] : tensor<4x4xf32> to tensor<2x4xf32>
      %c = tensor.concat dim(0) %l, %f : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
      %e = tensor.empty() : tensor<4x4xf32>
      %x = linalg.mul ins(%c, %a : tensor<4x4xf32>, {matrix}) outs(%e : tensor<4x4xf32>)
        -> tensor<4x4xf32>
      return %x : tensor<4x4xf32>
    }}"""
    rng = np.random.default_rng(0)
    a, b = ((rng.integers(-3, 4, (4, 4)) * (rng.random((4, 4)) < 0.5)).astype("f") for _ in "ab")
    expected = np.roll(a @ b, 2, 0) * a
    module = parse(text, make_context())
    run_pipeline(module, parse_pipeline(plain_to_sam(fusion), module.context))
    found = compile_graph(module, {"arg0": a, "arg1": b}).run().tensor.to_dense()
    np.testing.assert_array_equal(found, expected)
