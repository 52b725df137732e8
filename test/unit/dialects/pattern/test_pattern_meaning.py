"""What patterns compute, against NumPy."""

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


@pytest.fixture(params=[1 << 22, 40, 1], ids=["whole", "parts", "points"])
def at_once(request, monkeypatch):
    """The result must not depend on how many points are evaluated together."""
    monkeypatch.setattr(domain, "POINTS_AT_ONCE", request.param)


CONTRACTION = """
func.func @main(%x: tensor<4x7xf32>, %w: tensor<5x7xf32>, %b: tensor<5xf32>) -> tensor<4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %y = "pattern.map"() ({
    %s = "pattern.reduce"() ({
      %xe = "pattern.read"(%x) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<4x7xf32>) -> f32
      %we = "pattern.read"(%w) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<5x7xf32>) -> f32
      %p = arith.mulf %xe, %we : f32
      "pattern.yield"(%p) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 7>} : () -> f32
    %be = "pattern.read"(%b) {map = affine_map<(i, j) -> (j)>} : (tensor<5xf32>) -> f32
    %t = arith.addf %s, %be : f32
    %r = arith.maximumf %t, %zero : f32
    "pattern.yield"(%r) : (f32) -> ()
  }) {domain = array<i64: 4, 5>} : () -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}"""


@pytest.mark.usefixtures("at_once")
def test_contraction_in_a_map(context, rng):
    x, w, b = (rng.standard_normal(s).astype(np.float32) for s in [(4, 7), (5, 7), (5,)])
    output = run(parse(CONTRACTION, context), [x, w, b])["out0"]
    np.testing.assert_allclose(output, np.maximum(x @ w.T + b, 0), rtol=1e-5, atol=1e-6)
    assert output.dtype == np.float32


REDUCTION = """
func.func @main(%a: tensor<3x4x5xi32>) -> {type} {{
  %c = "pattern.reduce"() ({{
    %e = "pattern.read"(%a) {{map = affine_map<(i, j, k) -> (i, j, k)>}} : (tensor<3x4x5xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }}) {{combiner = "{combiner}", dims = array<i64: {dims}>, domain = array<i64: 3, 4, 5>}} : () -> {type}
  return %c : {type}
}}"""  # noqa: E501


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("dims", "type_"),
    [
        ("2", "tensor<3x4xi32>"),
        ("0", "tensor<4x5xi32>"),
        ("0, 1, 2", "i32"),
        ("1", "tensor<3x5xi32>"),
    ],
)
@pytest.mark.parametrize(
    ("combiner", "ufunc"), [("addi", np.add), ("muli", np.multiply), ("maxsi", np.maximum)]
)
def test_integer_reductions_wrap(context, rng, dims, type_, combiner, ufunc):
    a = rng.integers(-(2**31), 2**31, (3, 4, 5)).astype(np.int32)
    text = REDUCTION.format(dims=dims, type=type_, combiner=combiner)
    axes = tuple(int(dim) for dim in dims.split(","))
    expected = ufunc.reduce(a, axis=axes, dtype=np.int32)
    assert np.array_equal(run(parse(text, context), [a])["out0"], expected)


def test_a_body_that_varies_with_nothing_is_still_reduced(context):
    text = """
    func.func @main(%c: i32) -> tensor<3xi32> {
      %r = "pattern.reduce"() ({
        "pattern.yield"(%c) : (i32) -> ()
      }) {combiner = "addi", dims = array<i64: 1>, domain = array<i64: 3, 4>} : () -> tensor<3xi32>
      return %r : tensor<3xi32>
    }"""
    output = run(parse(text, context), [np.array(5, np.int32)])["out0"]
    assert output.tolist() == [20, 20, 20]


@pytest.mark.usefixtures("at_once")
def test_windows_and_indices(context, rng):
    text = """
    func.func @main(%x: tensor<8xf32>) -> tensor<6xf32> {
      %y = "pattern.map"() ({
        %w = "pattern.reduce"() ({
          %k = "pattern.index"() {dim = 1} : () -> i32
          %f = arith.sitofp %k : i32 to f32
          %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i + k)>} : (tensor<8xf32>) -> f32
          %p = arith.mulf %e, %f : f32
          "pattern.yield"(%p) : (f32) -> ()
        }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 3>} : () -> f32
        "pattern.yield"(%w) : (f32) -> ()
      }) {domain = array<i64: 6>} : () -> tensor<6xf32>
      return %y : tensor<6xf32>
    }"""
    x = rng.standard_normal(8).astype(np.float32)
    expected = np.correlate(x, [0, 1, 2])
    np.testing.assert_allclose(run(parse(text, context), [x])["out0"], expected, rtol=1e-5)


@pytest.mark.usefixtures("at_once")
def test_a_nested_map_is_a_tensor_for_each_point(context, rng):
    text = """
    func.func @main(%x: tensor<4x3xi32>) -> tensor<4xi32> {
      %y = "pattern.map"() ({
        %row = "pattern.map"() ({
          %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x3xi32>) -> i32
          %i = "pattern.index"() {dim = 0} : () -> i32
          %s = arith.addi %e, %i : i32
          "pattern.yield"(%s) : (i32) -> ()
        }) {domain = array<i64: 3>} : () -> tensor<3xi32>
        %m = "pattern.reduce"() ({
          %e = "pattern.read"(%row) {map = affine_map<(i, k) -> (-k + 2)>} : (tensor<3xi32>) -> i32
          "pattern.yield"(%e) : (i32) -> ()
        }) {combiner = "maxsi", dims = array<i64: 0>, domain = array<i64: 3>} : () -> i32
        "pattern.yield"(%m) : (i32) -> ()
      }) {domain = array<i64: 4>} : () -> tensor<4xi32>
      return %y : tensor<4xi32>
    }"""
    x = rng.integers(-9, 9, (4, 3)).astype(np.int32)
    expected = (x + np.arange(4)[:, None]).max(axis=1)
    assert np.array_equal(run(parse(text, context), [x])["out0"], expected)


def test_zip(context):
    text = """
    func.func @main(%a: tensor<3xi32>, %b: tensor<3xi32>) -> tensor<3xi1> {
      %z = "pattern.zip"() ({
        %x = "pattern.read"(%a) {map = affine_map<(i) -> (i)>} : (tensor<3xi32>) -> i32
        %y = "pattern.read"(%b) {map = affine_map<(i) -> (i)>} : (tensor<3xi32>) -> i32
        %c = arith.cmpi slt, %x, %y : i32
        "pattern.yield"(%c) : (i1) -> ()
      }) {domain = array<i64: 3>} : () -> tensor<3xi1>
      return %z : tensor<3xi1>
    }"""
    arrays = [np.array(v, np.int32) for v in ([1, 2, 3], [3, 2, 4])]
    assert run(parse(text, context), arrays)["out0"].tolist() == [True, False, True]
