"""Bounds of branches that are joined: those of the whole, if they are shares of it."""

import pytest

from rdu.dialects import sam
from rdu.mlir_ext.context import make_context, parse
from rdu.transforms.conversion.circuits.bounds import bounds_of
from rdu.transforms.conversion.circuits.shares import are_shares
from rdu.transforms.conversion.circuits.tensors import TensorTable

CSR = '!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>'

GRAPH = """
!csr = {csr}
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
func.func @main(%b: tensor<4x5xf32>, %d: tensor<4x5xf32>) -> tensor<4x5xf32> {{
  %x = "sam.graph"() ({{
    %B = "sam.bind"(%b) {{rdu.stored = array<i64: 4, 7, 7>}} : (tensor<4x5xf32>) -> !csr
    %D = "sam.bind"(%d) {{rdu.stored = array<i64: 4, 7, 7>}} : (tensor<4x5xf32>) -> !csr
    %root = "sam.root"() : () -> !r0
    %i, %r = "sam.fiber_lookup"(%B, %root) {{level = 0}} : (!csr, !r0) -> (!c1, !r1)
    %f:2 = "sam.fork"(%r) {{chunk = 1, resultSegmentSizes = array<i32: 2>}} : (!r1) -> (!r1, !r1)
    %j0, %s0 = "sam.fiber_lookup"(%B, %f#0) {{level = 1}} : (!csr, !r1) -> (!c2, !r2)
    %j1, %s1 = "sam.fiber_lookup"({tensor}, {branch}) {{level = 1}} : (!csr, !r1) -> (!c2, !r2)
    %j = "sam.join"(%i, %j0, %j1) {{chunk = 1, operandSegmentSizes = array<i32: 1, 2>}}
      : (!c1, !c2, !c2) -> !c2
    %s = "sam.join"(%i, %s0, %s1) {{chunk = 1, operandSegmentSizes = array<i32: 1, 2>}}
      : (!c1, !r2, !r2) -> !r2
    %v = "sam.array"(%B, %s) : (!csr, !r2) -> !sam.stream<"val", 2>
    "sam.fiber_write"(%i) {{level = 0}} : (!c1) -> ()
    "sam.fiber_write"(%j) {{level = 1}} : (!c2) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2>) -> ()
  }}) : () -> tensor<4x5xf32>
  return %x : tensor<4x5xf32>
}}
"""


def joined(tensor, branch):
    """Return whether the branches of the first join are shares, and how many tokens it may give."""
    module = parse(GRAPH.format(csr=CSR, tensor=tensor, branch=branch), make_context())
    function = module.body.operations[0]
    table = TensorTable(function, (), lambda *_, **__: None)
    (graph,) = (o for o in function.body.blocks[0].operations if isinstance(o, sam.GraphOp))
    table.graph(graph)
    operations = list(graph.body.blocks[0].operations)
    bounds = bounds_of(operations, table.bound.__getitem__)
    join = next(op for op in operations if isinstance(op, sam.JoinOp))
    return are_shares(list(join.branches)), bounds[join.joined].tokens


def test_shares_have_no_more_than_the_whole():
    assert joined("%B", "%f#1") == (True, 7)


@pytest.mark.parametrize(
    ("tensor", "branch"),
    [("%B", "%f#0"), ("%B", "%r"), ("%D", "%f#1")],
    ids=["the same branch", "what was forked", "another tensor"],
)
def test_what_is_no_share_adds_up(tensor, branch):
    assert joined(tensor, branch) == (False, 14)
