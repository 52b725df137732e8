import pytest
from levels import CONTEXT

from rdu.analysis.kernels import kernel_of, reductions, top_level_patterns
from rdu.mlir_ext.context import parse
from rdu.mlir_ext.linear import Linear

TEXT = """
func.func @main(%x: tensor<4x6x5xf32>, %b: tensor<6xf32>) -> (tensor<6xf32>, tensor<4x6xf32>) {
  %c = arith.constant 2.0 : f32
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(k, i, l) -> (k, i, 4 - l)>}
      : (tensor<4x6x5xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 0, 2>, domain = array<i64: 4, 6, 5>}
    : () -> tensor<6xf32>
  %z = "pattern.map"() ({
    %s = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, j, l) -> (i, j, l)>}
        : (tensor<4x6x5xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 5>} : () -> f32
    %e = "pattern.read"(%b) {map = affine_map<(i, j) -> (j)>} : (tensor<6xf32>) -> f32
    %f = arith.addf %s, %e : f32
    "pattern.yield"(%f) : (f32) -> ()
  }) {domain = array<i64: 4, 6>} : () -> tensor<4x6xf32>
  return %y, %z : tensor<6xf32>, tensor<4x6xf32>
}
"""


@pytest.fixture
def patterns():
    module = parse(TEXT, CONTEXT)  # lives as long as the test
    (function,) = module.body.operations
    yield top_level_patterns(function)
    assert module


def test_constants_and_nested_patterns_are_no_kernels(patterns):
    assert [p.operation.name for p in patterns] == ["pattern.reduce", "pattern.map"]


def test_kept_dimensions_come_first(patterns):
    kernel = kernel_of(patterns[0])
    assert (kernel.parallel, kernel.reduced) == ((6,), (4, 5))
    assert kernel.position == (1, 0, 2)
    assert kernel.reduction == kernel.op
    (site,) = kernel.sites
    assert site.rows == (Linear((0, 1, 0)), Linear((1, 0, 0)), Linear((0, 0, -1), 4))
    assert site.counters() == {0, 1, 2}


def test_nested_reduction_adds_counters(patterns):
    kernel = kernel_of(patterns[1])
    assert (kernel.parallel, kernel.reduced, kernel.extents) == ((4, 6), (5,), (4, 6, 5))
    assert [kernel.reduction] == reductions(patterns[1])
    inner, outer = kernel.sites
    assert inner.rows == (Linear((1, 0, 0)), Linear((0, 1, 0)), Linear((0, 0, 1)))
    # A read outside of the reduction sees its counters too, and depends on none of them.
    assert outer.rows == (Linear((0, 1, 0)),)
