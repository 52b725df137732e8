"""What upstream's structured ops and tensor ops compute, against NumPy."""

import numpy as np
import pytest

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.semantics import domain


@pytest.fixture(scope="module")
def context():
    return make_context()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(params=[1 << 22, 20, 1], ids=["whole", "parts", "points"], autouse=True)
def at_once(request, monkeypatch):
    """The result must not depend on how many points are evaluated together."""
    monkeypatch.setattr(domain, "POINTS_AT_ONCE", request.param)


def floats(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def evaluate(context, text, *arrays):
    return run(parse(f"func.func @main{text}", context), arrays)["out0"]


def test_matmul_adds_to_its_output(context, rng):
    text = """(%a: tensor<3x4xf32>, %b: tensor<4x5xf32>, %c: tensor<3x5xf32>) -> tensor<3x5xf32> {
      %r = linalg.matmul ins(%a, %b : tensor<3x4xf32>, tensor<4x5xf32>)
                         outs(%c : tensor<3x5xf32>) -> tensor<3x5xf32>
      return %r : tensor<3x5xf32>
    }"""
    a, b, c = floats(rng, 3, 4), floats(rng, 4, 5), floats(rng, 3, 5)
    before = c.copy()
    np.testing.assert_allclose(evaluate(context, text, a, b, c), a @ b + c, rtol=1e-5, atol=1e-6)
    assert np.array_equal(c, before)


def test_batch_matmul(context, rng):
    text = """(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<2x3x5xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
      %r = linalg.batch_matmul ins(%a, %b : tensor<2x3x4xf32>, tensor<2x4x5xf32>)
                               outs(%f : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
      return %r : tensor<2x3x5xf32>
    }"""
    a, b = floats(rng, 2, 3, 4), floats(rng, 2, 4, 5)
    np.testing.assert_allclose(evaluate(context, text, a, b), a @ b, rtol=1e-5, atol=1e-6)


def test_transpose(context, rng):
    text = """(%a: tensor<3x4xf32>) -> tensor<4x3xf32> {
      %e = tensor.empty() : tensor<4x3xf32>
      %r = linalg.transpose ins(%a : tensor<3x4xf32>) outs(%e : tensor<4x3xf32>)
        permutation = [1, 0]
      return %r : tensor<4x3xf32>
    }"""
    a = floats(rng, 3, 4)
    assert np.array_equal(evaluate(context, text, a), a.T)


def test_windows(context, rng):
    text = """(%x: tensor<1x1x6x6xf32>, %w: tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32> {
      %zero = arith.constant dense<0.0> : tensor<1x2x4x4xf32>
      %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x1x6x6xf32>, tensor<2x1x3x3xf32>)
        outs(%zero : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
      return %r : tensor<1x2x4x4xf32>
    }"""
    x, w = floats(rng, 1, 1, 6, 6), floats(rng, 2, 1, 3, 3)
    windows = np.lib.stride_tricks.sliding_window_view(x[0, 0], (3, 3))
    expected = np.einsum("ijkl,fkl->fij", windows, w[:, 0])
    np.testing.assert_allclose(evaluate(context, text, x, w)[0], expected, rtol=1e-5, atol=1e-5)


def test_a_body_that_carries_two_values(context, rng):
    """The greatest element and its place: no single reduction."""
    text = """(%x: tensor<3x5xf32>) -> tensor<3xi32> {
      %low = arith.constant dense<0xFF800000> : tensor<3xf32>
      %zero = arith.constant dense<0> : tensor<3xi32>
      %r:2 = linalg.generic {
          indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>,
                           affine_map<(i, j) -> (i)>],
          iterator_types = ["parallel", "reduction"]}
          ins(%x : tensor<3x5xf32>) outs(%low, %zero : tensor<3xf32>, tensor<3xi32>) {
        ^bb0(%e: f32, %best: f32, %at: i32):
          %j = linalg.index 1 : index
          %n = arith.index_cast %j : index to i32
          %more = arith.cmpf ogt, %e, %best : f32
          %value = arith.select %more, %e, %best : f32
          %place = arith.select %more, %n, %at : i32
          linalg.yield %value, %place : f32, i32
      } -> (tensor<3xf32>, tensor<3xi32>)
      return %r#1 : tensor<3xi32>
    }"""
    x = floats(rng, 3, 5)
    assert np.array_equal(evaluate(context, text, x), x.argmax(axis=1))


def test_rests_and_quotients_in_maps(context):
    text = """(%x: tensor<6xi32>) -> tensor<12xi32> {
      %e = tensor.empty() : tensor<12xi32>
      %r = linalg.generic {
          indexing_maps = [affine_map<(i) -> (i floordiv 2)>, affine_map<(i) -> (i)>],
          iterator_types = ["parallel"]}
          ins(%x : tensor<6xi32>) outs(%e : tensor<12xi32>) {
        ^bb0(%a: i32, %b: i32):
          linalg.yield %a : i32
      } -> tensor<12xi32>
      return %r : tensor<12xi32>
    }"""
    x = np.arange(6, dtype=np.int32)
    assert np.array_equal(evaluate(context, text, x), np.repeat(x, 2))


def test_reduction_to_a_scalar_tensor(context):
    text = """(%x: tensor<4x5xi32>) -> tensor<i32> {
      %zero = arith.constant dense<0> : tensor<i32>
      %r = linalg.reduce {arith.addi} ins(%x : tensor<4x5xi32>) outs(%zero : tensor<i32>)
        dimensions = [0, 1]
      return %r : tensor<i32>
    }"""
    x = np.full((4, 5), 2**30, np.int32)
    assert evaluate(context, text, x) == x.sum(dtype=np.int32)


def test_shapes_slices_and_padding(context, rng):
    text = """(%x: tensor<4x6xf32>) -> tensor<6x7xf32> {
      %c = tensor.collapse_shape %x [[0, 1]] : tensor<4x6xf32> into tensor<24xf32>
      %e = tensor.expand_shape %c [[0, 1]] output_shape [6, 4]
        : tensor<24xf32> into tensor<6x4xf32>
      %s = tensor.extract_slice %e[1, 0] [2, 4] [2, 1] : tensor<6x4xf32> to tensor<2x4xf32>
      %i = tensor.insert_slice %s into %e[0, 0] [2, 4] [1, 1]
        : tensor<2x4xf32> into tensor<6x4xf32>
      %k = tensor.concat dim(1) %i, %e : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<6x8xf32>
      %t = tensor.extract_slice %k[0, 2] [6, 4] [1, 1] : tensor<6x8xf32> to tensor<6x4xf32>
      %zero = arith.constant 9.0 : f32
      %p = tensor.pad %t low[0, 1] high[0, 2] {
        ^bb0(%a: index, %b: index):
          tensor.yield %zero : f32
      } : tensor<6x4xf32> to tensor<6x7xf32>
      return %p : tensor<6x7xf32>
    }"""
    x = floats(rng, 4, 6)
    e = x.reshape(6, 4)
    i = e.copy()
    i[:2] = e[1:5:2]
    expected = np.pad(
        np.concatenate([i, e], axis=1)[:, 2:6], [(0, 0), (1, 2)], constant_values=np.float32(9)
    )
    assert np.array_equal(evaluate(context, text, x), expected)


def test_gathers_read_through_indices(context, rng):
    text = """(%table: tensor<5x3xf32>, %rows: tensor<4xi32>) -> tensor<4x3xf32> {
      %e = tensor.empty() : tensor<4x3xf32>
      %r = linalg.generic {
          indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%rows : tensor<4xi32>) outs(%e : tensor<4x3xf32>) {
        ^bb0(%row: i32, %out: f32):
          %i = arith.index_cast %row : i32 to index
          %j = linalg.index 1 : index
          %v = tensor.extract %table[%i, %j] : tensor<5x3xf32>
          linalg.yield %v : f32
      } -> tensor<4x3xf32>
      return %r : tensor<4x3xf32>
    }"""
    table, rows = floats(rng, 5, 3), np.array([4, 0, 2, 2], np.int32)
    assert np.array_equal(evaluate(context, text, table, rows), table[rows])
