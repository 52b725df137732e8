"""The level of each value in an inner controller: how many of its counters it varies with.

A reduction takes counters away; whatever uses its result runs once for each iteration of those
that are left, when the reduction is complete, with the last values of everything else.
"""

from rdu.dialects.spatial.controllers import ControllerOp
from rdu.dialects.spatial.values import ReduceOp
from rdu.mlir_ext import ir


def value_levels(controller: ControllerOp) -> dict[ir.Value, int]:
    """Return the level of every value that an inner controller's body defines."""
    innermost = len(controller.names)
    levels: dict[ir.Value, int] = {}
    for op in controller.body.blocks[0].operations:
        level = operand_level(op, levels, innermost)
        if isinstance(op, ReduceOp):
            level = min(level, op.over.value)
        levels.update(dict.fromkeys(op.operation.results, level))
    return levels


def operand_level(op: ir.OpView, levels: dict[ir.Value, int], innermost: int) -> int:
    """Return the level at which an op runs: the least of its operands'.

    What a reduction starts from does not count: its first value is taken.
    """
    operands = [op.value] if isinstance(op, ReduceOp) else op.operation.operands
    return min((levels.get(operand, innermost) for operand in operands), default=innermost)
