"""Ops of our dialects that are not in generic form are refused where they stand."""

import pytest

from rdu.mlir_ext.context import make_context, parse
from rdu.support.diagnostics import RduError

LOOKUP = """func.func @main(%r: tensor<?xi32>) -> tensor<?xi32> {
  // sam.fiber_lookup in a comment
  %0 = sam.fiber_lookup %r {sam.order = "rdu.unit in a string"} : tensor<?xi32>
  rdu.push %0
  return %0 : tensor<?xi32>
}
"""
WANTED = [
    "f.mlir:3:8: error: 'sam.fiber_lookup' is in a custom form: expected generic form, "
    '"sam.fiber_lookup"(...)',
    "f.mlir:4:3: error: 'rdu.push' is in a custom form: expected generic form, \"rdu.push\"(...)",
]


@pytest.mark.parametrize("text", [LOOKUP, f"{LOOKUP}func.func @other() {{ return }}"])
def test_every_one_is_listed(text):
    with pytest.raises(RduError) as raised:
        parse(text, make_context(), source_name="f.mlir")
    assert raised.value.render().splitlines() == WANTED
