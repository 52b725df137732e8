"""The pass `linalg-specialize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, option, register
from rdu.transforms.linalg.extents import Extents, extents_of, infer_extents

_CASTS = ("arith.extf", "arith.truncf")


@register
class Specialize(Pass):
    """Give a function the shapes that it is to run on, and floats of a width that machines have.

    Accepts any functions. `shapes` gives the arguments that have dynamic extents theirs, in order:
    `shapes=4x5,5x?`, where `?` follows from the structured ops that the argument meets others in.
    Results of these have the shapes that they start from. Casts that only forget extents go. With
    `narrow`, 64-bit floats become 32-bit ones: arguments, constants, what is computed and what
    is returned; conversions between the two go away.

    Guarantees the same values, rounded to 32 bits after each operation with `narrow`. Leaves
    functions without dynamic extents or 64-bit floats alone. Shapes that do not suit each other are
    reported at the ops that they meet in, all of them.
    """

    name = "linalg-specialize"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    messages = {  # noqa: RUF012
        "shapes": "gets {given} shapes: expected one for each argument of dynamic extents, {have}",
        "shape": "argument {number} is {have}: expected {need}, got {given}",
        "unknown": "argument {number} is {have}: expected all extents, since no op tells them",
        "clash": "runs its loop {loop} over {have}: expected one extent",
        "constant": "has values that are not in the text: expected 32-bit floats",
    }

    @dataclass(frozen=True)
    class Options:
        """What to specialise for."""

        shapes: tuple[str, ...] = option(
            (), help="extents of each argument that has dynamic ones, as 4x5, or 4x?"
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
        given = {argument: extents_of(argument.type) for argument in block.arguments}
        for number, text in zip(dynamic, shapes, strict=True):
            kind, extents = kinds[number], _extents(text)
            if extents is None or not _suits(kind, extents):
                need = f"{kind.rank} extents, those that are known"
                self.error(function, "shape", number=number, have=kind, need=need, given=text)
                continue
            given[block.arguments[number]] = extents
        if self.failed:
            return kinds
        known, clashes = infer_extents(given, [view.operation for view in block.operations])
        for clash in clashes:
            self.error(clash.operation, "clash", loop=clash.loop, have=clash)
        for number in dynamic:
            kind, extents = kinds[number], known[block.arguments[number]]
            if None in extents:
                self.error(function, "unknown", number=number, have=kind)
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
    if not (_forgets(operation) or _changes_nothing(operation)):
        return False
    operation.results[0].replace_all_uses_with(operation.operands[0])
    operation.erase()
    return True


def _changes_nothing(operation: ir.Operation) -> bool:
    return operation.name in _CASTS and operation.results[0].type == operation.operands[0].type


def _forgets(operation: ir.Operation) -> bool:
    """Tell whether an op is a cast from a static shape to a dynamic one."""
    if operation.name != "tensor.cast":
        return False
    return _is_dynamic(operation.results[0].type) and not _is_dynamic(operation.operands[0].type)


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


def _suits(kind: Any, extents: Extents) -> bool:
    """Tell whether extents are those of a type where both have any."""
    if len(extents) != kind.rank:
        return False
    pairs = zip(extents_of(kind), extents, strict=True)
    return all(None in pair or pair[0] == pair[1] for pair in pairs)


def _extents(text: str) -> Extents | None:
    """Read `4x5` or `4x?`; None if it is something else."""
    parts = text.split("x")
    if not all(part.isdecimal() or part == "?" for part in parts):
        return None
    return [None if part == "?" else int(part) for part in parts]
