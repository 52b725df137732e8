"""What the module looks like: types, formats, attributes, intermediates, locations."""

import re

import numpy as np
import pytest
import scipy.sparse
import torch

from rdu.frontends.sparse.notation import parse_program, to_linalg
from rdu.interpreter import run
from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context, parse
from rdu.semantics.fibertree import NAMED_FORMATS, Format, bsr, store

MATMUL = "X(i,j) = B(i,k) * C(k,j)"
SHAPES = {"B": (2, 3), "C": (3, 4)}


def operations(module, name):
    block = module.body.operations[0].body.blocks[0]
    return [op for op in block.operations if op.operation.name == name]


def signature(module):
    function = module.body.operations[0]
    kind = ir.FunctionType(ir.TypeAttr(function.attributes["function_type"]).value)
    names = [
        [each["rdu.name"].value for each in function.attributes[attributes]]
        for attributes in ("arg_attrs", "res_attrs")
    ]
    return [
        [f"{name}: {type}" for name, type in zip(*pair, strict=True)]
        for pair in zip(names, (kind.inputs, kind.results), strict=True)
    ]


def encoding(levels):
    dimensions = ", ".join(sorted(set(re.findall(r"d\d", levels))))
    return f"#sparse_tensor.encoding<{{ map = ({dimensions}) -> ({levels}) }}>"


@pytest.mark.parametrize(
    ("form", "levels"),
    [
        ("ss", "d0 : compressed, d1 : compressed"),
        ("ds", "d0 : dense, d1 : compressed"),
        ("ds:1,0", "d1 : dense, d0 : compressed"),
        ("ds10", "d1 : dense, d0 : compressed"),
        ("dd:1,0", "d1 : dense, d0 : dense"),
        ("sq", "d0 : compressed(nonunique), d1 : singleton"),
        ("csc", "d1 : dense, d0 : compressed"),
        ("coo", "d0 : compressed(nonunique), d1 : singleton"),
        (["dense", "compressed"], "d0 : dense, d1 : compressed"),
        (NAMED_FORMATS["dcsc"], "d1 : compressed, d0 : compressed"),
        (
            bsr(2, 3),
            "d0 floordiv 2 : dense, d1 floordiv 3 : compressed, d0 mod 2 : dense, d1 mod 3 : dense",
        ),
        (
            Format.of(["dense", "compressed", "blocked:2"], [1, 0, 0]),
            "d1 : dense, d0 floordiv 2 : compressed, d0 mod 2 : dense",
        ),
        ("dd", None),
        ("", None),
    ],
)
def test_formats_become_encodings(form, levels):
    rank = 2 if form else 0
    index = "(i,j)" if rank else ""
    module = to_linalg(f"X{index} = B{index}", {"B": (2, 3)[:rank]}, formats={"B": form, "X": form})
    inside = f", {encoding(levels)}" if levels else ""
    kind = f"tensor<2x3xf32{inside}>" if rank else "tensor<f32>"
    assert signature(module) == [[f"B: {kind}"], [f"X: {kind}"]]


def test_formats_of_any_rank():
    module = to_linalg(
        "x(i,j,k,l) = a(l,k,j,i)", {"a": (2, 3, 4, 5)}, formats={"a": "dsqq:3,0,2,1"}
    )
    levels = "d3 : dense, d0 : compressed(nonunique), d2 : singleton(nonunique), d1 : singleton"
    assert signature(module)[0] == [f"a: tensor<2x3x4x5xf32, {encoding(levels)}>"]


def test_a_product_is_one_op_with_its_loops():
    module = to_linalg(MATMUL, SHAPES, formats={"X": "ss"}, order="ikj")
    (op,) = operations(module, "linalg.generic")
    assert [name.value for name in op.attributes["sam.variables"]] == ["i", "j", "k"]
    assert [name.value for name in op.attributes["sam.order"]] == ["i", "k", "j"]
    maps = [str(each.value) for each in op.attributes["indexing_maps"]]
    assert maps == [
        "(d0, d1, d2) -> (d0, d2)",
        "(d0, d1, d2) -> (d2, d1)",
        "(d0, d1, d2) -> (d0, d1)",
    ]
    kinds = ["parallel", "parallel", "reduction"]
    assert [str(each) for each in op.attributes["iterator_types"]] == [
        f"#linalg.iterator_type<{kind}>" for kind in kinds
    ]
    body = [each.operation.name for each in op.regions[0].blocks[0].operations]
    assert body == ["arith.mulf", "arith.addf", "linalg.yield"]
    (empty,) = operations(module, "tensor.empty")
    assert "compressed" in str(empty.operation.results[0].type)


def test_without_an_order_there_is_no_attribute():
    (op,) = operations(to_linalg(MATMUL, SHAPES), "linalg.generic")
    assert "sam.order" not in op.attributes


@pytest.mark.parametrize("order", ["row, k, c", "row k c", ["row", "k", "c"], ("row", "k", "c")])
def test_orders_of_longer_names(order):
    text = "X(row,c) = B(row,k) * C(k,c)"
    (op,) = operations(to_linalg(text, SHAPES, order=order), "linalg.generic")
    assert [name.value for name in op.attributes["sam.order"]] == ["row", "k", "c"]
    (op,) = operations(to_linalg("x(row) = b(row)", {"b": (2,)}, order="row"), "linalg.generic")
    assert [name.value for name in op.attributes["sam.order"]] == ["row"]


def test_intermediates_have_names_formats_and_their_part_of_the_order():
    text = "x(i) = x_0(i) - C(i,j) * d(j) + max[k](C(i,k))"
    shapes = {"x_0": (4,), "C": (4, 3), "d": (3,)}
    module = to_linalg(text, shapes, formats={"x_1": "s"}, order="kji")
    first, second, last = operations(module, "linalg.generic")
    assert "compressed" in str(first.operation.results[0].type)
    assert str(second.operation.results[0].type) == "tensor<4xf32>"
    orders = [[name.value for name in op.attributes["sam.order"]] for op in (first, second, last)]
    assert orders == [["j", "i"], ["k", "i"], ["i"]]


def test_equal_reductions_and_equal_elements_are_read_once():
    module = to_linalg("x(i) = sum[j](C(i,j)) * sum[j](C(i,j)) + C(i,j)", {"C": (4, 3)})
    reduced, last = operations(module, "linalg.generic")
    assert len(reduced.inputs) == len(last.inputs) == 1
    (op,) = operations(to_linalg("x(i) = b(i) * b(i) + b(i)", {"b": (3,)}), "linalg.generic")
    assert len(op.inputs) == 1


def test_nested_reductions_of_one_kind_are_one_op():
    module = to_linalg("x = sum[i](sum[j](A(i,j) * B(j,k)))", {"A": (2, 3), "B": (3, 4)})
    assert len(operations(module, "linalg.generic")) == 1
    module = to_linalg("x = max[i](sum[j](A(i,j)))", {"A": (2, 3)})
    assert len(operations(module, "linalg.generic")) == 2


@pytest.mark.parametrize(
    ("dtype", "combiner", "op", "identity"),
    [
        ("f32", "sum", "arith.addf", 0.0),
        ("f32", "prod", "arith.mulf", 1.0),
        ("f32", "max", "arith.maximumf", -np.inf),
        ("f32", "min", "arith.minimumf", np.inf),
        ("i32", "sum", "arith.addi", 0),
        ("i32", "prod", "arith.muli", 1),
        ("i32", "max", "arith.maxsi", -(2**31)),
        ("i32", "min", "arith.minsi", 2**31 - 1),
    ],
)
def test_reductions_start_at_their_identity(dtype, combiner, op, identity):
    module = to_linalg(f"x = {combiner}[i](b(i))", {"b": (3,)}, dtype=dtype)
    (constant,) = operations(module, "arith.constant")
    assert constant.attributes["value"].value == identity
    assert len(operations(module, "linalg.fill")) == 1
    (generic,) = operations(module, "linalg.generic")
    assert generic.regions[0].blocks[0].operations[0].operation.name == op


def test_arguments_in_order_of_appearance_and_results_as_asked():
    text = "y(i) = c(i) * a; z(i) = b(i) + y(i) + c(i)"
    module = to_linalg(text, {"b": [2], "c": [2]}, results=["z", "y"])
    vector = "tensor<2xf32>"
    assert signature(module) == [
        [f"c: {vector}", "a: tensor<f32>", f"b: {vector}"],
        [f"z: {vector}", f"y: {vector}"],
    ]
    assert signature(to_linalg(text, {"b": [2], "c": [2]}))[1] == [f"z: {vector}"]


def test_shapes_types_and_formats_of_arrays():
    dense = np.eye(3, 4, dtype=np.int32)
    given = {
        "a": torch.ones(3, dtype=torch.int32),
        "b": store(dense, ["compressed", "compressed"], [1, 0]),
        "c": scipy.sparse.csr_array(dense),
        "d": dense,
    }
    module = to_linalg("x(i) = a(i) * b(i,j) * c(i,j) * d(i,j)", given)
    form = encoding("d1 : compressed, d0 : compressed")
    plain = "tensor<3x4xi32>"
    assert signature(module)[0] == [
        "a: tensor<3xi32>",
        f"b: tensor<3x4xi32, {form}>",
        f"c: {plain}",
        f"d: {plain}",
    ]
    module = to_linalg("x(i) = b(i,j)", {"b": given["b"]}, formats={"b": "dd"}, dtype="f32")
    assert signature(module)[0] == ["b: tensor<3x4xf32>"]


def test_every_op_has_its_place_in_the_text():
    text = "x(i) = b(i)\n     - C(i,j) * d(j)\n"
    program = parse_program(text, "kernel.txt")
    module = to_linalg(program, {"b": (2,), "C": (2, 3), "d": (3,)})
    places = {}

    def visit(operation):
        assert isinstance(operation.location, ir.FileLineColLoc)
        place = (operation.location.start_line, operation.location.start_col)
        assert operation.location.filename == "kernel.txt"
        places.setdefault(operation.name, []).append(place)
        # MLIR makes the body of a named op whenever it reads one
        return ir.WalkResult.SKIP if operation.name == "linalg.fill" else ir.WalkResult.ADVANCE

    module.body.operations[0].operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    assert places["arith.mulf"] == [(2, 15)]
    assert places["arith.subf"] == [(2, 6)]
    assert places["linalg.generic"] == [(2, 15), (1, 1)]
    assert places["func.return"] == [(1, 1)]


def test_a_module_can_be_printed_and_parsed_and_made_in_a_context():
    context = make_context()
    module = to_linalg(MATMUL, SHAPES, formats={"B": "ss", "C": "sq"}, context=context)
    assert module.context is context
    again = parse(str(module), make_context())
    b, c = np.ones((2, 3), np.float32), np.ones((3, 4), np.float32)
    np.testing.assert_array_equal(run(again, [b, c])["X"], b @ c)


def test_long_statements():
    terms = [f"a{number}(i)" for number in range(300)]
    shapes = {f"a{number}": (2,) for number in range(300)}
    module = to_linalg("x(i) = " + " + ".join(terms), shapes)
    arrays = {name: np.full(2, number, np.float32) for number, name in enumerate(shapes)}
    np.testing.assert_array_equal(run(module, arrays)["x"], [299 * 150] * 2)
