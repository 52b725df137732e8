"""The pass `linalg-specialize`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from rdu.mlir_ext import ir
from rdu.mlir_ext.elements import array_of, number_of
from rdu.mlir_ext.passes import Pass, option, register
from rdu.semantics.dtypes import numpy_type
from rdu.transforms.conversion.sparse.splats import made_by
from rdu.transforms.linalg.extents import Extents, extents_of, infer_extents
from rdu.transforms.linalg.settle import settled

_CASTS = ("arith.extf", "arith.truncf", "arith.extsi", "arith.trunci")

_WIDE = {"narrow": ("f64", "f32"), "integers": ("i64", "i32")}
"""The types that each option computes otherwise, and as what."""

_NUMBERS = (ir.FloatAttr, ir.IntegerAttr, ir.DenseFPElementsAttr, ir.DenseIntElementsAttr)

Widths: TypeAlias = Mapping[str, str]
"""The types of 64 bits that are others now."""


@register
class Specialize(Pass):
    """Give a function the shapes that it is to run on, and floats of a width that machines have.

    Accepts any functions. `shapes` gives the arguments that have dynamic extents theirs, in order:
    `shapes=4x5,5x?`, where `?` follows from the structured ops that the argument meets others in.
    Results of these have the shapes that they start from. Casts that only forget extents go, and so
    do `tensor.dim` of extents that are known, tensors allocated in them, and `sparse_tensor.load`;
    `sparse_tensor.convert` becomes a copy. With
    `narrow`, 64-bit floats become 32-bit ones: arguments, constants, what is computed and what
    is returned; conversions between the two go away. With `integers`, so do 64-bit integers.

    Guarantees the same values, rounded to 32 bits after each operation with `narrow`, and cut to
    them with `integers`. With `scalars` a number that is passed in, or read from a tensor without
    dimensions and returned, is such a tensor.
    Leaves functions without dynamic extents or 64-bit numbers alone. Shapes that do not suit each
    other are reported at the ops that they meet in, all of them.
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
        "constant": "has values that are not in the text: expected 32-bit {what}",
        "large": "is a constant of more than 32 bits: expected -2147483648 to 2147483647",
    }

    @dataclass(frozen=True)
    class Options:
        """What to specialise for."""

        shapes: tuple[str, ...] = option(
            (), help="extents of each argument that has dynamic ones, as 4x5, or 4x?"
        )
        narrow: bool = option(False, help="compute 64-bit floats in 32 bits")
        integers: bool = option(False, help="compute 64-bit integers in 32 bits")
        scalars: bool = option(False, help="take and return scalars as tensors without dimensions")

    def run(self, module: Any, options: Any) -> None:
        """Change types from the arguments to the results, or report what does not fit."""
        function = module
        block = next(iter(function.body.blocks), None)
        if block is None:
            return
        kinds = self._arguments(function, block, options.shapes)
        widths = dict(pair for name, pair in _WIDE.items() if getattr(options, name))
        kinds = [_narrowed(kind, widths) for kind in kinds]
        self._check_constants(function, widths)
        if self.failed:
            return
        for number, (argument, kind) in enumerate(zip(block.arguments, kinds, strict=True)):
            argument.set_type(kind)
            if options.scalars and not isinstance(kind, ir.RankedTensorType):
                kinds[number] = _tensor_of(argument)
        for operation in [view.operation for view in block.operations]:
            _retype(operation, widths)
        end = block.operations[len(block.operations) - 1].operation
        if options.scalars:
            _return_tensors(end)
        returned = [value.type for value in end.operands]
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

    def _check_constants(self, function: Any, widths: Widths) -> None:
        """Report constants of 64 bits whose values are no part of the text, or do not fit."""

        def visit(operation: ir.Operation) -> ir.WalkResult:
            if operation.name == "arith.constant" and _is_wide(operation.results[0].type, widths):
                value = operation.attributes["value"]
                if not isinstance(value, _NUMBERS):
                    whole = str(_element(operation.results[0].type)) == "i64"
                    self.error(operation, "constant", what="integers" if whole else "floats")
                elif _is_large(value):
                    self.error(operation, "large")
            return ir.WalkResult.ADVANCE

        function.operation.walk(visit)


def _tensor_of(argument: ir.BlockArgument) -> ir.Type:
    """Let a scalar argument be of a tensor of no dimensions; return its type."""
    scalar = argument.type
    argument.set_type(ir.RankedTensorType.get([], scalar))
    block = argument.owner
    with ir.InsertionPoint.at_block_begin(block), argument.location:
        element = ir.Operation.create("tensor.extract", results=[scalar], operands=[argument])
    for use in [use for use in argument.uses if use.owner.operation != element]:
        use.owner.operation.operands[use.operand_number] = element.results[0]
    return argument.type


def _return_tensors(end: ir.Operation) -> None:
    """Return the tensors of no dimensions of which elements are returned."""
    for number, value in enumerate(end.operands):
        read = made_by(value, "tensor.extract")
        if read is not None and len(read.operands) == 1:
            end.operands[number] = read.operands[0]
            if not any(True for _ in read.results[0].uses):
                read.erase()


def _retype(operation: ir.Operation, widths: Widths) -> None:
    """Give the results of an op, and of all in it, the types that follow from its operands."""
    if widths:
        for region in operation.regions:
            for block in region.blocks:
                _narrow_block(block, widths)
        _narrow_results(operation, widths)
    if settled(operation) or _drop_cast(operation):
        return
    if operation.name.startswith("linalg.") and len(operation.results):
        starts = list(operation.operands)[-len(operation.results) :]
        for result, start in zip(operation.results, starts, strict=True):
            result.set_type(start.type)


def _narrow_block(block: ir.Block, widths: Widths) -> None:
    for argument in block.arguments:
        argument.set_type(_narrowed(argument.type, widths))
    for operation in [view.operation for view in block.operations]:
        for region in operation.regions:
            for inner in region.blocks:
                _narrow_block(inner, widths)
        _narrow_results(operation, widths)
        _drop_cast(operation)


def _narrow_results(operation: ir.Operation, widths: Widths) -> None:
    for result in operation.results:
        if not _is_wide(result.type, widths):
            continue
        kind = _narrowed(result.type, widths)
        if operation.name == "arith.constant":
            operation.attributes["value"] = _narrow_value(operation.attributes["value"], kind)
        result.set_type(kind)


def _narrow_value(value: Any, kind: Any) -> ir.Attribute:
    if isinstance(value, ir.FloatAttr | ir.IntegerAttr):
        return number_of(kind, value.value)
    if value.is_splat:
        splat = number_of(kind.element_type, value.get_splat_value().value)
        return ir.DenseElementsAttr.get_splat(kind, splat)
    array = array_of(value, list(kind.shape), numpy_type(kind.element_type))
    return ir.DenseElementsAttr.get(array, type=kind.element_type, shape=list(kind.shape))


def _is_large(value: Any) -> bool:
    """Tell whether a constant has an integer that 32 bits do not hold."""
    if isinstance(value, ir.FloatAttr | ir.DenseFPElementsAttr):
        return False
    number = value.value if isinstance(value, ir.IntegerAttr) else None
    found = np.array(value if number is None else [number], np.int64)
    return bool(((found < -(2**31)) | (found >= 2**31)).any())


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


def _narrowed(kind: Any, widths: Widths) -> Any:
    """Return a type of numbers of 32 bits instead of 64."""
    if not _is_wide(kind, widths):
        return kind
    element = ir.Type.parse(widths[str(_element(kind))])
    if isinstance(kind, ir.RankedTensorType):
        return ir.RankedTensorType.get(kind.shape, element, kind.encoding)
    return element


def _is_wide(kind: Any, widths: Widths) -> bool:
    return str(_element(kind)) in widths


def _element(kind: Any) -> ir.Type:
    return kind.element_type if isinstance(kind, ir.RankedTensorType) else kind


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
