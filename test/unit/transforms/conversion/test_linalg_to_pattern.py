from pathlib import Path

import numpy as np
import pytest

from rdu.interpreter import run
from rdu.interpreter.signature import signature_of
from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pass
from rdu.mlir_ext.locations import source_location
from rdu.semantics.dtypes import NUMPY
from rdu.support.diagnostics import RduError
from rdu.transforms.conversion.linalg_to_pattern import LinalgToPattern
from rdu.transforms.pattern.fuse import PatternFuse

LIT = Path(__file__).parents[3] / "lit" / "transforms" / "conversion" / "linalg-to-pattern.mlir"
PROGRAMS = LIT.read_text().split("// -----")
RUNNABLE = [text for text in PROGRAMS if "f64 to f32" not in text]
"""The programs that the interpreter runs before the conversion as well."""

REFUSED = """
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %a = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %b = linalg.softmax dimension(0) ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %c = linalg.floor ins(%b : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}
func.func @other(%x: tensor<4xf16>) {
  return
}
"""


@pytest.fixture(scope="module")
def context():
    return make_context()


def drawn(function):
    """Return an array for each argument of a function."""
    random = np.random.default_rng(0)
    tensors = signature_of(function).inputs
    arrays = [(tensor, random.integers(-9, 10, tensor.shape)) for tensor in tensors]
    return [np.asarray(a > 0 if t.element == "i1" else a, NUMPY[t.element]) for t, a in arrays]


@pytest.mark.parametrize("text", RUNNABLE, ids=lambda text: text.split("@")[1].split("(")[0])
def test_keeps_the_meaning(context, text):
    module = parse(text, context)
    function = module.body.operations[0]
    name, inputs = function.name.value, drawn(function)
    before = run(module, inputs, name)
    run_pass(module, LinalgToPattern)
    converted = run(module, inputs, name)
    run_pass(module, PatternFuse)
    fused = run(module, inputs, name)
    for output, expected in before.items():
        np.testing.assert_array_equal(converted[output], expected)
        np.testing.assert_array_equal(fused[output], expected)


def test_refuses_everything_at_once_and_changes_nothing(context):
    module = parse(REFUSED, context, source_name="r.mlir")
    before = str(module)
    with pytest.raises(RduError) as failure:
        run_pass(module, LinalgToPattern)
    said = [(d.location.line, d.message.partition(":")[0]) for d in failure.value.diagnostics]
    floor = "'math.floor' (f32) -> f32 is not supported in the body of 'linalg.floor'"
    assert said == [
        (5, "'linalg.softmax' is not supported"),
        (6, floor),
        (9, "'func.func' argument 0 is tensor<4xf16>"),
    ]
    assert str(module) == before


def test_says_alike_failures_of_one_line_once(context):
    with context:
        line = ir.Location.file("model.py", 7, 0)
    module = parse(REFUSED.replace("linalg.exp", "linalg.floor"), context)

    def move(operation):
        operation.location = line
        return ir.WalkResult.ADVANCE

    module.operation.walk(move)
    with pytest.raises(RduError) as failure:
        run_pass(module, LinalgToPattern)
    assert len(failure.value.diagnostics) == 3


def test_every_op_has_a_line(context):
    module = parse(PROGRAMS[0], context, source_name="m.mlir")
    run_pass(module, LinalgToPattern)
    run_pass(module, PatternFuse)
    lines = []

    def visit(operation):
        lines.append(source_location(operation.location))
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    assert None not in lines
