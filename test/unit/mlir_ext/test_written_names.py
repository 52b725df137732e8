"""Arguments and ops are named as the text names them."""

from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.locations import location_names, source_location
from rdu.mlir_ext.written_names import keep_written_names

TEXT = """// %not.this
func.func @f(%a: tensor<4xf32>, %b.1 : tensor<4xf32> {rdu.name = "given", rdu.role = "input"},
             %9: tensor<4xf32>) -> tensor<4xf32> {
  %cst_2 = arith.constant dense<1.0> : tensor<4xf32>
  %both:2 = "test.two"() : () -> (f32, f32)
  "test.none"() : () -> ()
  return %cst_2 : tensor<4xf32>
}
func.func private @declared(tensor<4xf32>)
func.func @none() { return }
"""


def named(text, read):
    module = parse(read, make_context(allow_unregistered_dialects=True), source_name="f.mlir")
    keep_written_names(module, text)
    return module, defined_functions(module)


def test_arguments_have_the_names_of_the_text_unless_they_have_one():
    _module, (function, none) = named(TEXT, TEXT)
    own = [{each.name: each.attr.value for each in entry} for entry in function.arg_attrs]
    assert own == [
        {"rdu.name": "a"},
        {"rdu.name": "given", "rdu.role": "input"},
        {"rdu.name": "9"},
    ]
    assert "arg_attrs" not in none.attributes


def test_ops_of_one_result_have_its_name_and_keep_their_place():
    _module, (function, _) = named(TEXT, TEXT)
    operations = list(function.body.blocks[0].operations)
    names = [location_names(op.location) for op in operations]
    assert names == [("cst_2",), (), (), ()]
    assert str(source_location(operations[0].location)) == "f.mlir:4:12"


def test_what_stands_elsewhere_keeps_no_name():
    for text in (
        "",
        "\n".join(["#"] * 10),
        TEXT.replace("%a", "@a").replace("%cst_2 =", "cst_2  ="),
    ):
        _module, (function, _) = named(text, TEXT)
        assert "rdu.name" not in function.arg_attrs[0]
        assert location_names(function.body.blocks[0].operations[0].location) == ()


def test_unknown_locations_are_left_alone():
    text = "func.func @f(%a: f32 loc(unknown)) -> f32 { return %a : f32 }"
    _module, (function,) = named(text, text)
    assert "rdu.name" not in function.arg_attrs[0]
