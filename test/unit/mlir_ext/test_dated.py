"""What earlier versions of MLIR wrote is written as it is now."""

import pytest

from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.dated import with_level_maps, with_output_shapes, with_plain_pointers

NOW = """func.func @f(%a: tensor<4x6xf32>) -> tensor<4x2x3xf32> {{
  %x:2 = "test.two"(%a) : (tensor<4x6xf32>) -> (tensor<4x6xf32>, f32)
  %0 = tensor.expand_shape %x#0 [[0], [1, 2]]{shape} : tensor<4x6xf32> into tensor<4x2x3xf32>
  // %1 = tensor.expand_shape %a [[0], [1, 2]] : tensor<4x6xf32> into tensor<4x2x3xf32>
  return %0 : tensor<4x2x3xf32>
}}
"""
ENCODED = (
    "%e = tensor.expand_shape %v [[0, 1]]{shape} : tensor<6xf32, #sparse_tensor.encoding<"
    "{{ map = (i) -> (i : compressed) }}>> into tensor<2x3xf32, #S>"
)


@pytest.mark.parametrize("text", [NOW, ENCODED])
def test_output_shapes_follow_from_types(text):
    shape = " output_shape [4, 2, 3]" if text is NOW else " output_shape [2, 3]"
    before, after = text.format(shape=""), with_output_shapes(text.format(shape=""))
    assert after.splitlines()[0] == text.format(shape=shape).splitlines()[0]
    assert [line.partition(":")[0] for line in before.splitlines()][3:] == [
        line.partition(":")[0] for line in after.replace(shape, "").splitlines()
    ][3:]
    assert with_output_shapes(after) == after


def test_the_text_parses_then():
    text = with_output_shapes(NOW.format(shape=""))
    parse(text, make_context(allow_unregistered_dialects=True))


@pytest.mark.parametrize(
    "text",
    [
        "%0 = tensor.expand_shape %a [[0, 1]] : tensor<?xf32> into tensor<?x3xf32>",
        "%0 = tensor.collapse_shape %a [[0, 1]] : tensor<2x3xf32> into tensor<6xf32>",
        "tensor.expand_shape in words, into tensor<4xf32>",
    ],
)
def test_all_else_stays(text):
    assert with_output_shapes(text) == text


LISTED = """
#CSC = #sparse_tensor.encoding<{
  lvlTypes = [ "dense", "compressed" ],
  dimToLvl = affine_map<(i,j) -> (j,i)>, posWidth = 32
}>
#COO = #sparse_tensor.encoding<{
  dimLevelType = [ "compressed-nu", "singleton" ], pointerBitWidth = 64, indexBitWidth = 32
}>
func.func private @f(%a: tensor<4x4xf32, #CSC>, %b: tensor<4x4xf32, #COO>, %p: !llvm.ptr<i8>)
"""
MAPPED = """
#CSC = #sparse_tensor.encoding<{ map = (i, j) -> (j : dense, i : compressed), posWidth = 32 }>
#COO = #sparse_tensor.encoding<{ map = (d0, d1) -> (d0 : compressed(nonunique), d1 : singleton), posWidth = 64, crdWidth = 32 }>
func.func private @f(%a: tensor<4x4xf32, #CSC>, %b: tensor<4x4xf32, #COO>, %p: !llvm.ptr)
"""  # noqa: E501


def test_encodings_that_list_levels():
    new = with_plain_pointers(with_level_maps(LISTED))
    assert str(parse(new, make_context())) == str(parse(MAPPED, make_context()))
    assert new.count("\n") == LISTED.count("\n")
    assert with_plain_pointers(with_level_maps(MAPPED)) == MAPPED
