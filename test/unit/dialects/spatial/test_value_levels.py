"""How many counters each value varies with."""

from spatial_texts import controller, program, read, reduce, write

from rdu.dialects.spatial.levels import operand_level, value_levels
from rdu.mlir_ext.context import make_context, parse

CUBE, MATRIX = "tensor<2x3x4xf32>", "tensor<2x3xf32>"
BODY = "\n".join(
    [
        read("e", "x", CUBE, "i, j, k", "i, j, k"),
        "%c = arith.constant 1.0 : f32",
        reduce("r", "e", 2, init="c"),
        "%p = arith.mulf %r, %e : f32",
        reduce("s", "p", 0),
        write("r", "y", MATRIX, "i, j, k", "i, j"),
    ]
)


def test_reductions_take_levels_away():
    text = program(controller(BODY, [2, 3, 4]), {"x": CUBE}, {"y": MATRIX})
    module = parse(text, make_context())
    body = module.body.operations[0].regions[0].blocks[0].operations
    (inner,) = [op for op in body if op.operation.name == "spatial.controller"]
    levels = value_levels(inner)
    operations = list(inner.body.blocks[0].operations)
    assert [levels[op.operation.results[0]] for op in operations[:5]] == [3, 3, 2, 2, 0]
    assert [operand_level(op, levels, 3) for op in operations] == [3, 3, 3, 2, 2, 2, 3]
