"""Programs with schedules written by hand: run after every pass, and on both engines."""

import numpy as np
import pytest
from levels import CONTEXT, check_schedule

from rdu.interpreter.signature import signature_of
from rdu.mlir_ext.context import parse
from rdu.semantics.dtypes import NUMPY

PRODUCT = """
func.func @main(%x: tensor<{m}x{k}xf32>, %w: tensor<{n}x{k}xf32>, %b: tensor<{n}xf32>)
    -> tensor<{m}x{n}xf32>{tile} {{
  %y = "pattern.map"() ({{
    %bias = "pattern.read"(%b) {{map = affine_map<(i, j) -> (j)>}} : (tensor<{n}xf32>) -> f32
    %s = "pattern.reduce"() ({{
      %e = "pattern.read"(%x) {{map = affine_map<(i, j, k) -> (i, k)>}}
        : (tensor<{m}x{k}xf32>) -> f32
      %f = "pattern.read"(%w) {{map = affine_map<(i, j, k) -> (j, k)>}}
        : (tensor<{n}x{k}xf32>) -> f32
      %p = arith.mulf %e, %f : f32
      "pattern.yield"(%p) : (f32) -> ()
    }}) {{combiner = "addf", dims = array<i64: 0>, domain = array<i64: {k}>}} : () -> f32
    %r = arith.addf %s, %bias : f32
    %t = math.tanh %r : f32
    "pattern.yield"(%t) : (f32) -> ()
  }}) {{domain = array<i64: {m}, {n}>,
      pattern.lanes = array<i64: {lanes}>, pattern.unroll = array<i64: {unroll}>,
      pattern.grains = array<i64: {grains}>}} : () -> tensor<{m}x{n}xf32>
  return %y : tensor<{m}x{n}xf32>
}}
"""

PRODUCTS = {
    # name: ((m, n, k), lanes, copies, grains, rows of a tile)
    "one-copy": ((4, 20, 6), (1, 16, 1), (1, 1, 1), (1, 16, 1), 0),
    "no-lanes": ((3, 5, 7), (1, 1, 1), (1, 1, 1), (1, 1, 1), 0),
    "columns": ((4, 64, 6), (1, 16, 1), (1, 4, 1), (1, 16, 1), 0),
    "columns-that-16-does-not-divide": ((4, 33, 6), (1, 16, 1), (1, 3, 1), (1, 16, 1), 0),
    "rows": ((6, 20, 6), (1, 16, 1), (3, 1, 1), (1, 16, 1), 0),
    "chain": ((4, 20, 48), (1, 16, 1), (1, 1, 3), (1, 16, 16), 0),
    "chain-of-single-steps": ((4, 20, 5), (1, 16, 1), (1, 1, 5), (1, 16, 1), 0),
    "rows-columns-and-chain": ((4, 40, 40), (1, 16, 1), (2, 2, 2), (1, 16, 16), 0),
    "tree": ((3, 2, 64), (1, 1, 16), (1, 1, 1), (1, 1, 16), 0),
    "tree-that-16-does-not-divide": ((3, 2, 50), (1, 1, 16), (1, 1, 1), (1, 1, 16), 0),
    "chain-of-trees": ((3, 2, 100), (1, 1, 16), (1, 1, 3), (1, 1, 16), 0),
    "lanes-along-rows": ((20, 3, 4), (16, 1, 1), (2, 1, 1), (16, 1, 1), 0),
    "few-lanes": ((4, 10, 6), (1, 4, 1), (1, 2, 1), (1, 4, 1), 0),
    "tiles": ((6, 20, 6), (1, 16, 1), (1, 1, 1), (1, 16, 1), 2),
    "tiles-of-one-row": ((5, 20, 6), (1, 16, 1), (1, 1, 1), (1, 16, 1), 1),
    "one-tile": ((4, 20, 6), (1, 16, 1), (1, 1, 1), (1, 16, 1), 4),
    "copies-of-rows-in-tiles": ((12, 20, 40), (1, 16, 1), (4, 2, 2), (1, 16, 16), 4),
    "extents-1": ((1, 1, 1), (1, 16, 1), (1, 1, 1), (1, 16, 1), 1),
    "one-row": ((1, 33, 40), (1, 16, 1), (1, 3, 2), (1, 16, 16), 0),
    "one-column": ((4, 1, 40), (1, 1, 16), (1, 1, 2), (1, 1, 16), 2),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_products(name: str):
    (m, n, k), lanes, unroll, grains, rows = PRODUCTS[name]
    fields = {"lanes": lanes, "unroll": unroll, "grains": grains}
    lists = {key: ", ".join(map(str, entries)) for key, entries in fields.items()}
    tile = f" attributes {{pattern.tile = {rows} : i64}}" if rows else ""
    check(PRODUCT.format(m=m, n=n, k=k, tile=tile, **lists))


TWO_READERS = """
func.func @main(%x: tensor<6x20xi32>) -> (tensor<6x20xi32>, tensor<6x20xi32>) {tile} {{
  %h = "pattern.map"() ({{
    %e = "pattern.read"(%x) {{map = affine_map<(i, j) -> (i, j)>}} : (tensor<6x20xi32>) -> i32
    %f = arith.muli %e, %e : i32
    "pattern.yield"(%f) : (i32) -> ()
  }}) {{domain = array<i64: 6, 20>,
      pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: {rows}, 1>,
      pattern.grains = array<i64: 1, 16>}} : () -> tensor<6x20xi32>
  %y = "pattern.map"() ({{
    %e = "pattern.read"(%h) {{map = affine_map<(i, j) -> (i, j)>}} : (tensor<6x20xi32>) -> i32
    %f = "pattern.read"(%h) {{map = affine_map<(i, j) -> (i, 19 - j)>}} : (tensor<6x20xi32>) -> i32
    %g = arith.subi %e, %f : i32
    "pattern.yield"(%g) : (i32) -> ()
  }}) {{domain = array<i64: 6, 20>,
      pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: {rows}, 1>,
      pattern.grains = array<i64: 1, 16>}} : () -> tensor<6x20xi32>
  return %h, %y : tensor<6x20xi32>, tensor<6x20xi32>
}}
"""


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("tile", [0, 6])
def test_several_readers_and_an_output(rows: int, tile: int):
    attributes = f"attributes {{pattern.tile = {tile} : i64}}" if tile else ""
    check(TWO_READERS.format(rows=rows, tile=attributes))


OTHERS = {
    "one-number": """
func.func @main(%x: tensor<40xi32>) -> tensor<1xi32> {
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (k)>} : (tensor<40xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {combiner = "addi", dims = array<i64: 1>, domain = array<i64: 1, 40>,
      pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: 1, 2>} : () -> tensor<1xi32>
  return %y : tensor<1xi32>
}""",
    "constant": """
func.func @main() -> tensor<3x20xf32> {
  %c = arith.constant 0.1 : f32
  %y = "pattern.map"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {domain = array<i64: 3, 20>,
      pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: 1, 2>} : () -> tensor<3x20xf32>
  return %y : tensor<3x20xf32>
}""",
    "coordinates-in-tiles": """
func.func @main(%x: tensor<6x20xi32>) -> tensor<6x20xi32> attributes {pattern.tile = 2 : i64} {
  %y = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<6x20xi32>) -> i32
    %i = "pattern.index"() {dim = 0 : i64} : () -> i32
    %j = "pattern.index"() {dim = 1 : i64} : () -> i32
    %f = arith.muli %e, %i : i32
    %g = arith.addi %f, %j : i32
    "pattern.yield"(%g) : (i32) -> ()
  }) {domain = array<i64: 6, 20>,
      pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: 2, 2>,
      pattern.grains = array<i64: 1, 16>} : () -> tensor<6x20xi32>
  return %y : tensor<6x20xi32>
}""",
    "coordinate-of-a-reduction": """
func.func @main(%x: tensor<5x40xi32>) -> tensor<5xi32> {
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<5x40xi32>) -> i32
    %k = "pattern.index"() {dim = 1 : i64} : () -> i32
    %f = arith.muli %e, %k : i32
    "pattern.yield"(%f) : (i32) -> ()
  }) {combiner = "maxsi", dims = array<i64: 1>, domain = array<i64: 5, 40>,
      pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: 1, 3>,
      pattern.grains = array<i64: 1, 16>} : () -> tensor<5xi32>
  return %y : tensor<5xi32>
}""",
    "reduced-before-kept": """
func.func @main(%x: tensor<3x20x5xf32>) -> tensor<20xf32> {
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(k, i, l) -> (k, i, l)>} : (tensor<3x20x5xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 0, 2>, domain = array<i64: 3, 20, 5>,
      pattern.lanes = array<i64: 16, 1, 1>, pattern.unroll = array<i64: 2, 3, 1>,
      pattern.grains = array<i64: 16, 1, 1>} : () -> tensor<20xf32>
  return %y : tensor<20xf32>
}""",
    "booleans": """
func.func @main(%x: tensor<4x20xi1>, %y: tensor<4x20xi1>) -> tensor<4x20xi1> {
  %z = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x20xi1>) -> i1
    %f = "pattern.read"(%y) {map = affine_map<(i, j) -> (3 - i, j)>} : (tensor<4x20xi1>) -> i1
    %g = arith.xori %e, %f : i1
    "pattern.yield"(%g) : (i1) -> ()
  }) {domain = array<i64: 4, 20>,
      pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: 1, 2>,
      pattern.grains = array<i64: 1, 16>} : () -> tensor<4x20xi1>
  return %z : tensor<4x20xi1>
}""",
    "windows": """
func.func @main(%x: tensor<22xf32>, %w: tensor<3xf32>) -> tensor<20xf32> {
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i + k)>} : (tensor<22xf32>) -> f32
    %f = "pattern.read"(%w) {map = affine_map<(i, k) -> (k)>} : (tensor<3xf32>) -> f32
    %p = arith.mulf %e, %f : f32
    "pattern.yield"(%p) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 1>, domain = array<i64: 20, 3>,
      pattern.lanes = array<i64: 16, 1>, pattern.unroll = array<i64: 2, 3>,
      pattern.grains = array<i64: 16, 1>} : () -> tensor<20xf32>
  return %y : tensor<20xf32>
}""",
}


@pytest.mark.parametrize("name", OTHERS)
def test_others(name: str):
    check(OTHERS[name])


def check(text: str) -> None:
    """Check a program on random inputs."""
    (function,) = parse(text, CONTEXT).body.operations
    random = np.random.default_rng(0)
    inputs = {
        tensor.name: random.integers(-9, 10, tensor.shape).astype(NUMPY[tensor.element])
        for tensor in signature_of(function).inputs
    }
    check_schedule(text, inputs)
