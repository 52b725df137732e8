"""Running modules: names, inputs, and what is refused."""

import numpy as np
import pytest

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.support.diagnostics import RduError

ADD = """
func.func @main(%x: tensor<2xf32> {rdu.name = "x"}, %y: tensor<2xf32>)
    -> (tensor<2xf32> {rdu.name = "sum"}, tensor<2xf32>) {
  %e = tensor.empty() : tensor<2xf32>
  %s = linalg.add ins(%x, %y : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  return %s, %x : tensor<2xf32>, tensor<2xf32>
}"""  # noqa: E501
ONES = np.ones(2, np.float32)


@pytest.fixture(scope="module")
def context():
    return make_context()


def messages(raised):
    return [diagnostic.message for diagnostic in raised.value.diagnostics]


def test_tensors_are_named_by_attribute_or_position(context):
    module = parse(ADD, context)
    by_name = run(module, {"x": ONES, "arg1": 2 * ONES})
    assert {name: array.tolist() for name, array in by_name.items()} == {
        "sum": [3, 3],
        "out1": [1, 1],
    }
    assert run(module, [ONES, 2 * ONES])["sum"].tolist() == [3, 3]


def test_inputs_are_not_shared_with_outputs(context):
    x = ONES.copy()
    run(parse(ADD, context), [x, ONES])["out1"][:] = 7
    assert x.tolist() == [1, 1]


def test_every_wrong_input_is_reported(context):
    with pytest.raises(RduError) as raised:
        run(parse(ADD, context), {"x": np.ones(3, np.float64), "z": ONES})
    assert messages(raised) == [
        "input 'z' is unknown: expected 'x', 'arg1'",
        "input 'x' is float64[3]: expected float32[2]",
        "input 'arg1' is missing: expected float32[2]",
    ]


def test_the_number_of_inputs_is_checked(context):
    with pytest.raises(RduError) as raised:
        run(parse(ADD, context), [ONES])
    assert "1 inputs are given: expected 2 ('x', 'arg1')" in messages(raised)


def test_functions_are_found_by_name(context):
    module = parse(ADD.replace("@main", "@other"), context)
    assert run(module, [ONES, ONES], function="other")["sum"].tolist() == [2, 2]
    with pytest.raises(RduError) as raised:
        run(module, [ONES, ONES])
    assert messages(raised) == ["function 'main' is unknown: expected 'other'"]


def test_every_op_without_meaning_is_reported_at_its_line(context):
    text = """func.func @main(%x: f32, %n: index) -> f32 {
      %a = math.sin %x : f32
      %b = scf.for %i = %n to %n step %n iter_args(%s = %a) -> f32 {
        scf.yield %s : f32
      }
      return %b : f32
    }"""
    with pytest.raises(RduError) as raised:
        run(parse(text, context, source_name="f.mlir"), [np.float32(0), np.int64(0)])
    assert [(d.message, d.location.line) for d in raised.value.diagnostics] == [
        ("'math.sin' has no executable meaning", 2),
        ("'scf.for' has no executable meaning", 3),
    ]


def test_element_types_without_meaning_are_reported(context):
    text = """func.func @main(%x: i64) -> i64 {
      %a = arith.divsi %x, %x : i64
      return %a : i64
    }"""
    with pytest.raises(RduError) as raised:
        run(parse(text, context), [np.int64(4)])
    assert messages(raised) == [
        "'arith.divsi' of i64, i64 has no executable meaning: expected (i32, i32) -> i32"
    ]


def test_constants_without_values_in_the_text_are_reported_at_their_line(context):
    text = """func.func @main() -> tensor<2xf32> {
  %c = arith.constant dense_resource<w> : tensor<2xf32>
  return %c : tensor<2xf32>
}
{-# dialect_resources: { builtin: { w: "0x04000000000080BF0000003F" } } #-}"""
    with pytest.raises(RduError, match=r":2:.*'arith.constant' has values that are not in the"):
        run(parse(text, context), [])
