"""The pass `linalg-specialize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, option, register

_CASTS = ("arith.extf", "arith.truncf")


@register
class Specialize(Pass):
    """Give a function the shapes that it is to run on, and floats of a width that machines have.

    Accepts any functions. `shapes` gives the arguments that have dynamic extents theirs, in order:
    `shapes=4x5,5x6`. Results of structured ops follow, which have the shapes that they start from.
    With `narrow`, 64-bit floats become 32-bit ones: arguments, constants, what is computed and what
    is returned; conversions between the two go away.

    Guarantees the same values, rounded to 32 bits after each operation with `narrow`. Leaves
    functions without dynamic extents or 64-bit floats alone. Shapes that do not suit each other are
    reported by the ops that they meet at.
    """

    name = "linalg-specialize"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    messages = {  # noqa: RUF012
        "shapes": "gets {given} shapes: expected one for each argument of dynamic extents, {have}",
        "shape": "argument {number} is {have}: expected {need}, got {given}",
        "constant": "has values that are not in the text: expected 32-bit floats",
    }

    @dataclass(frozen=True)
    class Options:
        """What to specialise for."""

        shapes: tuple[str, ...] = option(
            (), help="extents of each argument that has dynamic ones, as 4x5"
        )
        narrow: bool = option(False, help="compute 64-bit floats in 32 bits")

    def run(self, module: Any, options: Any) -> None:
        """Change types from the arguments to the results, or report what does not fit."""
        function = module
        block = next(iter(function.body.blocks), None)
        if block is None:
            return
        kinds = self._arguments(function, block, options.shapes)
        if options.narrow:
            kinds = [_narrowed(kind) for kind in kinds]
            self._check_constants(function)
        if self.failed:
            return
        for argument, kind in zip(block.arguments, kinds, strict=True):
            argument.set_type(kind)
        for operation in [view.operation for view in block.operations]:
            _retype(operation, narrow=options.narrow)
        returned = [v.type for v in block.operations[len(block.operations) - 1].operands]
        function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(kinds, returned))

    def _arguments(self, function: Any, block: ir.Block, shapes: tuple[str, ...]) -> list[Any]:
        """Return the arguments' types with static shapes, or what they are after reporting."""
        kinds: list[Any] = [argument.type for argument in block.arguments]
        dynamic = [number for number, kind in enumerate(kinds) if _is_dynamic(kind)]
        if not shapes or not dynamic:
            return kinds
        if len(shapes) != len(dynamic):
            self.error(function, "shapes", have=len(dynamic), given=len(shapes))
            return kinds
        for number, text in zip(dynamic, shapes, strict=True):
            kind, extents = kinds[number], _extents(text)
            if extents is None or not _suits(kind, extents):
                need = f"{kind.rank} extents, those that are known"
                self.error(function, "shape", number=number, have=kind, need=need, given=text)
                continue
            kinds[number] = ir.RankedTensorType.get(extents, kind.element_type, kind.encoding)
        return kinds

    def _check_constants(self, function: Any) -> None:
        """Report constants of 64-bit floats whose values are no part of the text."""

        def visit(operation: ir.Operation) -> ir.WalkResult:
            if operation.name == "arith.constant" and _is_wide(operation.results[0].type):
                value = operation.attributes["value"]
                if not isinstance(value, ir.FloatAttr | ir.DenseFPElementsAttr):
                    self.error(operation, "constant")
            return ir.WalkResult.ADVANCE

        function.operation.walk(visit)


def _retype(operation: ir.Operation, *, narrow: bool) -> None:
    """Give the results of an op, and of all in it, the types that follow from its operands."""
    if narrow:
        for region in operation.regions:
            for block in region.blocks:
                _narrow_block(block)
        _narrow_results(operation)
        if _drop_cast(operation):
            return
    if operation.name.startswith("linalg.") and len(operation.results):
        starts = list(operation.operands)[-len(operation.results) :]
        for result, start in zip(operation.results, starts, strict=True):
            result.set_type(start.type)


def _narrow_block(block: ir.Block) -> None:
    for argument in block.arguments:
        argument.set_type(_narrowed(argument.type))
    for operation in [view.operation for view in block.operations]:
        for region in operation.regions:
            for inner in region.blocks:
                _narrow_block(inner)
        _narrow_results(operation)
        _drop_cast(operation)


def _narrow_results(operation: ir.Operation) -> None:
    for result in operation.results:
        if not _is_wide(result.type):
            continue
        kind = _narrowed(result.type)
        if operation.name == "arith.constant":
            operation.attributes["value"] = _narrow_value(operation.attributes["value"], kind)
        result.set_type(kind)


def _narrow_value(value: Any, kind: Any) -> ir.Attribute:
    if isinstance(value, ir.FloatAttr):
        return ir.FloatAttr.get(kind, value.value)
    if value.is_splat:
        splat = ir.FloatAttr.get(kind.element_type, value.get_splat_value().value)
        return ir.DenseElementsAttr.get_splat(kind, splat)
    return ir.DenseElementsAttr.get(np.array(value, np.float32), type=kind)


def _drop_cast(operation: ir.Operation) -> bool:
    """Let readers of a conversion that changes nothing any more read its operand."""
    if operation.name not in _CASTS or operation.results[0].type != operation.operands[0].type:
        return False
    operation.results[0].replace_all_uses_with(operation.operands[0])
    operation.erase()
    return True


def _narrowed(kind: Any) -> Any:
    """Return a type with 32-bit floats instead of 64-bit ones."""
    if not _is_wide(kind):
        return kind
    if isinstance(kind, ir.RankedTensorType):
        return ir.RankedTensorType.get(kind.shape, ir.F32Type.get(), kind.encoding)
    return ir.F32Type.get()


def _is_wide(kind: Any) -> bool:
    element = kind.element_type if isinstance(kind, ir.RankedTensorType) else kind
    return isinstance(element, ir.F64Type)


def _is_dynamic(kind: Any) -> bool:
    return isinstance(kind, ir.RankedTensorType) and not kind.has_static_shape


def _suits(kind: Any, extents: list[int]) -> bool:
    """Tell whether extents are those of a type where that has any."""
    if len(extents) != kind.rank:
        return False
    return all(kind.is_dynamic_dim(d) or kind.shape[d] == e for d, e in enumerate(extents))


def _extents(text: str) -> list[int] | None:
    """Read `4x5`; None if it is something else."""
    parts = text.split("x")
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else None
