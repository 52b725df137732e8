"""Constants whose values the bindings do not give are written out."""

import numpy as np
import pytest

from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.resources import with_dense_constants, with_resources


def value_of(text):
    module = parse(text, make_context())
    return ir.DenseElementsAttr(module.body.operations[0].attributes["value"])


@pytest.mark.parametrize(
    ("listed", "kind", "expected"),
    [
        ("[[0, 1], [1, 0]], [2.5, -1.0]", "2x2xf32", [[0, 2.5], [-1, 0]]),
        ("[[1, 1]], 7", "2x2xi32", [[0, 0], [0, 7]]),
        ("[[0], [2]], [1, 2]", "3xi64", [1, 0, 2]),
    ],
)
def test_constants_of_few_elements(listed, kind, expected):
    text = f"%0 = arith.constant sparse<{listed}> : tensor<{kind}>"
    np.testing.assert_array_equal(np.array(value_of(with_dense_constants(text))), expected)


def test_an_element_out_of_range_is_left_to_the_parser():
    text = "%0 = arith.constant sparse<[[2]], [1.0]> : tensor<2xf32>"
    assert with_dense_constants(text) == text


def test_values_at_the_end():
    text = """%0 = arith.constant dense_resource<w> : tensor<2xf32>
    %1 = arith.constant dense_resource<__elided__> : tensor<2xf32>
    {-# dialect_resources: { builtin: { w: "0x040000000000803F00000040" } } #-}"""
    written = with_resources(text)
    np.testing.assert_array_equal(np.array(value_of(written)), [1, 2])
    assert "dense_resource<__elided__>" in written
    assert with_resources("%0 = arith.constant 1 : i32") == "%0 = arith.constant 1 : i32"
