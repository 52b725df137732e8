import pytest
import toy

from rdu.mlir_ext import func, ir
from rdu.mlir_ext.context import make_context, parse, verify
from rdu.support.diagnostics import RduError

GOOD = """
func.func @f(%x: f32, %y: tensor<4xf32>) {
  %b = "toy.alloc"() {buffers = 2 : i64, label = "weights"} : () -> !toy.buffer<f32, 4 : i64>
  %s = "toy.add"(%x, %x) : (f32, f32) -> f32
  %r = "toy.sum"(%x, %s) ({
    "toy.yield"(%s) : (f32) -> ()
  }) {operandSegmentSizes = array<i32: 2>, sizes = array<i64: 1, 2>} : (f32, f32) -> f32
  return
}
"""


@pytest.fixture
def context():
    return make_context(toy.Toy, project=False)


def errors(context, body):
    text = f"func.func @f(%x: f32, %i: i32) {{\n{body}\n  return\n}}"
    with pytest.raises(RduError) as failure:
        parse(text, context, source_name="f.mlir")
    return failure.value.render().splitlines()


def test_round_trip(context):
    module = parse(GOOD, context, source_name="g.mlir")
    again = parse(str(module), context)
    assert str(again) == str(module)
    verify(module)


def test_accessors_and_optional_attributes(context):
    module = parse(GOOD, context)
    alloc = module.body.operations[0].body.blocks[0].operations[0]
    assert alloc.label.value == "weights"
    assert alloc.out.type.words.value == 4
    assert isinstance(alloc.out.type.element, ir.F32Type)
    del alloc.attributes["label"]
    assert alloc.label is None


def test_building_takes_python_values(context):
    with context, ir.Location.file("m.py", 7, 1):
        module = ir.Module.create()
        f32 = ir.F32Type.get()
        with ir.InsertionPoint(module.body):
            function = func.FuncOp("f", ir.FunctionType.get([f32], []))
            entry = function.add_entry_block()
        with ir.InsertionPoint(entry):
            toy.Alloc(2, toy.Buffer.get(f32, 4), label="weights")
            x = entry.arguments[0]
            total = toy.Sum(inputs=[x, x], sizes=[1, 2], out=f32)
            with ir.InsertionPoint(total.body.blocks.append()):
                toy.Yield(toy.Add(x, x).out)
            func.ReturnOp([])
    verify(module.operation)
    assert 'label = "weights"' in str(module)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '%b = "toy.alloc"() {} : () -> !toy.buffer<f32, 4 : i64>',
            "'toy.alloc' attribute 'buffers' is missing: expected an integer",
        ),
        (
            '%b = "toy.alloc"() {buffers = "2"} : () -> !toy.buffer<f32, 4 : i64>',
            "'toy.alloc' attribute 'buffers' has the wrong kind: expected an integer, got \"2\"",
        ),
        (
            '%b = "toy.alloc"() {buffers = 2, label = 3} : () -> !toy.buffer<f32, 4 : i64>',
            "'toy.alloc' attribute 'label' has the wrong kind: expected a string, got 3 : i64",
        ),
        (
            '%b = "toy.alloc"() {buffers = 2} : () -> f32',
            "'toy.alloc' result 'out' has the wrong type: expected !toy.buffer, got f32",
        ),
        (
            '%b = "toy.add"(%x, %i) : (f32, i32) -> f32',
            "'toy.add' operand 'rhs' has the wrong type: expected f32, got i32",
        ),
        (
            '%b = "toy.add"(%x) : (f32) -> f32',
            "'toy.add' has 1 operands: expected 2 ('lhs', 'rhs')",
        ),
        (
            '"toy.add"(%x, %x) : (f32, f32) -> ()',
            "'toy.add' has 0 results: expected 1 ('out')",
        ),
        (
            '"toy.yield"(%x) : (f32) -> ()',
            "'toy.yield' op must be the last operation in the parent block",
        ),
        (
            '%b = "toy.sum"(%x) ({"toy.yield"(%x) : (f32) -> ()}) {sizes = array<i64: 1>}'
            " : (f32) -> f32",
            "'toy.sum' attribute 'operandSegmentSizes' does not fit: "
            "expected one size for each of 1 ('inputs')",
        ),
        (
            '%b = "toy.sum"(%x, %i) ({"toy.yield"(%x) : (f32) -> ()})'
            " {sizes = array<i64: 1, 1>, operandSegmentSizes = array<i32: 2>} : (f32, i32) -> f32",
            "'toy.sum' operands 'inputs' have different types: expected one type, got f32, i32",
        ),
        (
            '%b = "toy.sum"(%x) ({}) {sizes = array<i64: 1>, operandSegmentSizes = array<i32: 1>}'
            " : (f32) -> f32",
            "'toy.sum' region 'body' has 0 blocks: expected one",
        ),
    ],
)
def test_field_errors_name_the_field(context, body, expected):
    column = body.index('"') + 1 if body.startswith('"') else 6
    assert errors(context, body)[0] == f"f.mlir:2:{column}: error: {expected}"


def test_a_misplaced_op_is_told_where_it_belongs(context):
    with pytest.raises(RduError) as failure:
        parse('func.func @f(%x: f32) {\n  "toy.yield"(%x) : (f32) -> ()\n}', context)
    assert "expected inside 'toy.sum', got 'func.func'" in str(failure.value)


def test_unknown_attribute_gets_a_suggestion(context):
    lines = errors(
        context, '%b = "toy.alloc"() {buffers = 1, lable = "x"} : () -> !toy.buffer<f32, 4>'
    )
    assert "attribute 'lable' is unknown: expected 'buffers', 'label'" in lines[0]
    assert lines[1] == "hint: did you mean 'label'?"


def test_all_errors_of_an_op_with_notes(context):
    body = """%b = "toy.sum"(%x) ({"toy.yield"(%x) : (f32) -> ()})
      {sizes = array<i64: 0, 1>, operandSegmentSizes = array<i32: 1>} : (f32) -> f32"""
    lines = errors(context, body)
    assert len(lines) == 2
    lines = errors(context, '%b = "toy.alloc"() {buffers = 0} : () -> !toy.buffer<f32, 4>')
    assert lines[1] == "note: a buffer holds data"


def test_errors_in_the_body_are_placed_at_the_inner_op(context):
    body = """%b = "toy.sum"(%x) ({
      "toy.yield"(%i) : (i32) -> ()
    }) {sizes = array<i64: 1>, operandSegmentSizes = array<i32: 1>} : (f32) -> f32"""
    (line,) = errors(context, body)
    assert line == "f.mlir:3:7: error: 'toy.sum' yields i32: expected f32, the result's type"


def test_messages_are_enumerable():
    listed = {(op, key) for op, key, _ in toy.Toy.enumerate_messages()}
    assert listed == {("toy.alloc", "buffers"), ("toy.sum", "rank"), ("toy.sum", "yield")}


def test_several_top_level_ops_keep_their_file(context):
    text = "#m = affine_map<(i) -> (i)>\nfunc.func @f() {return}\nfunc.func @g() {return}"
    module = parse(text, context, source_name="two.mlir")
    assert [str(op.location) for op in module.body.operations] == [
        'loc("two.mlir":2:1)',
        'loc("two.mlir":3:1)',
    ]


def test_irdl_text_names_ops_and_fields():
    text = toy.Toy.irdl()
    assert "irdl.operation @add" in text
    assert "lhs" in text


def test_two_contexts_at_once():
    first, second = (make_context(toy.Toy, project=False) for _ in range(2))
    for context in (first, second):
        module = parse(GOOD, context)
        assert isinstance(module.body.operations[0].body.blocks[0].operations[0], toy.Alloc)
