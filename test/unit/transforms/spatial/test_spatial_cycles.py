"""What banking and buffering are for: the same bits in fewer cycles."""

import numpy as np
import pytest
from levels import CONTEXT, assert_same, roomy_machine, run_pass

from rdu.codegen.configuration import program_of
from rdu.mlir_ext.context import parse
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.simulator import RunResult, simulate

TRANSPOSE = """
func.func @main(%x: tensor<32x48xf32> {rdu.name = "x"})
    -> (tensor<48x32xf32> {rdu.name = "y"}) {
  %y = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (j, i)>} : (tensor<32x48xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }) {domain = array<i64: 48, 32>, pattern.lanes = array<i64: 1, 16>}
    : () -> tensor<48x32xf32>
  return %y : tensor<48x32xf32>
}
"""

TWO_STAGES = """
func.func @main(%x: tensor<128x64xf32> {{rdu.name = "x"}})
    -> (tensor<128x64xf32> {{rdu.name = "y"}}) attributes {{pattern.tile = {rows} : i64}} {{
  %h = "pattern.reduce"() ({{
    %e = "pattern.read"(%x) {{map = affine_map<(i, j, k) -> (i, k)>}} : (tensor<128x64xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }}) {{combiner = "addf", dims = array<i64: 2>, domain = array<i64: 128, 64, 64>,
    pattern.lanes = array<i64: 1, 16, 1>}} : () -> tensor<128x64xf32>
  %y = "pattern.reduce"() ({{
    %e = "pattern.read"(%h) {{map = affine_map<(i, j, k) -> (i, k)>}} : (tensor<128x64xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }}) {{combiner = "maximumf", dims = array<i64: 2>, domain = array<i64: 128, 64, 64>,
    pattern.lanes = array<i64: 1, 16, 1>}} : () -> tensor<128x64xf32>
  return %y : tensor<128x64xf32>
}}
"""


def run_after(text: str, passes: str, shape: tuple[int, ...]) -> tuple[RunResult, str]:
    """Simulate a pattern program after some spatial passes; return also its spatial form."""
    module = parse(text, CONTEXT)
    run_pass(module, "pattern-to-spatial")
    if passes:
        run_pass(module, passes)
    spatial = print_operation(module, PrintStyle())
    run_pass(module, "spatial-to-rdu")
    machine = roomy_machine()
    inputs = {"x": np.random.default_rng(0).standard_normal(shape, dtype=np.float32)}
    return simulate(program_of(module, machine.name, machine.hash), machine, inputs), spatial


def bank_cycles(result: RunResult) -> int:
    return sum(context.bank for section in result.sections for context in section.contexts)


def test_padding_ends_bank_conflicts():
    conflicting, plain = run_after(TRANSPOSE, "", (32, 48))
    padded, spatial = run_after(TRANSPOSE, "spatial-bank", (32, 48))
    assert_same(padded.outputs, conflicting.outputs, "spatial-bank")
    # All 16 lanes of the 96 vectors hit one bank: rows are 48 words apart.
    assert bank_cycles(conflicting) == 96 * 15
    assert bank_cycles(padded) == 0
    assert padded.cycles < conflicting.cycles
    assert "strides" not in plain
    assert "strides = array<i64: 49, 1>" in spatial


@pytest.mark.parametrize("rows", [16, 32])
def test_buffers_overlap_the_stages(rows: int):
    text = TWO_STAGES.format(rows=rows)
    single, _ = run_after(text, "", (128, 64))
    buffered, _ = run_after(text, "spatial-buffer", (128, 64))
    assert_same(buffered.outputs, single.outputs, "spatial-buffer")
    tiles, firings = 128 // rows, rows * 4 * 64
    # Without, a stage runs ahead only as far as its channels hold what it makes, 64 firings each.
    assert single.cycles > tiles * (2 * firings - 20 * 64)
    # With, the stages run side by side once the first tile is through; 5 % for the way in and out.
    assert buffered.cycles < 1.05 * (tiles + 1) * firings


def test_no_more_buffers_than_tiles():
    _, spatial = run_after(TWO_STAGES.format(rows=64), "spatial-buffer", (128, 64))
    assert "buffers = 2" in spatial
    assert "buffers = 3" not in spatial
