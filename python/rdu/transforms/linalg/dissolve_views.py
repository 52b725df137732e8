"""The pass `linalg-dissolve-views`."""

from collections.abc import Sequence
from typing import Any

from rdu.mlir_ext import func, ir
from rdu.mlir_ext.elements import NOT_IN_THE_TEXT
from rdu.mlir_ext.functions import argument_name, only_block, operand_title
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.mlir_ext.passes import Pass, register
from rdu.transforms.conversion.linalg.needed import needed_values
from rdu.transforms.conversion.linalg.structured import Structured, read_structured
from rdu.transforms.linalg.views.cuts import RESHAPES, Cuts
from rdu.transforms.linalg.views.moves import Move, is_move
from rdu.transforms.linalg.views.rebuild import Rebuilder

_MADE = ("arith.constant", "linalg.fill", "tensor.empty")


@register
class DissolveViews(Pass):
    """Write reshapes, permutations, broadcasts and blocks into dimensions and access maps.

    Accepts functions of one block that hold structured ops of linalg whose maps are loops and
    zeros, `tensor.expand_shape`, `tensor.collapse_shape`, `tensor.empty`, constants, and
    `tensor.concat`, `tensor.extract_slice`, `tensor.insert_slice` and `tensor.pad` by numbers
    that are known, which stay, on whole parts, as does `tm_tensor.sort`. Dimensions are cut into
    parts, as few as will do, so that every reshape joins or divides whole ones and each block of
    a sparse encoding is a dimension; one of extent 1 goes. A dimension of an encoding that is
    cut keeps its kind of level for each part, outermost first; `structured` levels, so many of
    so many, are compressed.

    Guarantees the same values in the same row-major order: an argument or result is the same array
    in another shape. Ops that only copy are read through by those that read them; results that are
    arguments, or seen through such, are copied. All structured ops are `linalg.generic` then, with
    the results that are needed. Reports all ops that it cannot rewrite, and changes nothing then.
    """

    name = "linalg-dissolve-views"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    messages = {  # noqa: RUF012
        "operation": "is not supported: expected structured ops of linalg, reshapes, "
        "moves by numbers and constants",
        "blocks": "has {have} blocks: expected one",
        "constant": NOT_IN_THE_TEXT,
        "reads": "reads {tensor} by '{name}' in its body: expected operands accessed by loops",
        "map": "accesses {operand} by {have}: expected loops and zeros",
        "dynamic": "has {have}: expected static shapes",
        "encoding": "has {have}, which {problem}",
        "cuts": "divides {extent} at the strides {have}: expected that each divides the next",
    }
    statistics = {"views": "ops that are access maps now"}  # noqa: RUF012

    def run(self, module: Any, options: Any) -> None:
        """Rewrite a function, or report what is wrong."""
        function = module
        block = only_block(function, self.error)
        if block is None:
            return
        operations = [view.operation for view in block.operations]
        needed = needed_values(operations)
        used = [o for o in operations if any(result in needed for result in o.results)]
        tensors = [operation for operation in used if self._accepts(operation)]
        if self.failed:
            return
        cuts = Cuts(tensors, self.error)
        if self.failed:
            return
        rebuilder = Rebuilder(cuts, needed)
        for argument in list(block.arguments):
            rebuilder.argument(argument)
        for operation in tensors:
            rebuilder.write(operation)
        self._finish(function, block, operations, rebuilder)
        self.count("views", rebuilder.dissolved)

    def _accepts(self, operation: ir.Operation) -> bool:
        """Tell whether an op is to be written again; report it if it cannot be."""
        kinds: list[Any] = [v.type for v in (*operation.operands, *operation.results)]
        kinds = [kind for kind in kinds if isinstance(kind, ir.RankedTensorType)]
        if not kinds:
            return False
        if not all(kind.has_static_shape for kind in kinds):
            self.error(operation, "dynamic", have=next(k for k in kinds if not k.has_static_shape))
            return False
        if "value" in operation.attributes and not _is_in_text(operation.attributes["value"]):
            self.error(operation, "constant")
            return False
        if operation.name in (*RESHAPES, *_MADE):
            return True
        if is_move(operation) and Move(operation).is_known:
            return True
        op = read_structured(operation)
        if op is None:
            self.error(operation, "operation")
            return False
        if not self._reads_operands_only(op):
            return False
        for number, rows in enumerate(op.maps):
            if any(
                row.dimension is None and (row.constant or any(row.coefficients)) for row in rows
            ):
                operand = operand_title(operation, number)
                self.error(operation, "map", operand=operand, have=_shown(rows, len(op.extents)))
                return False
        return True

    def _reads_operands_only(self, op: Structured) -> bool:
        """Tell whether a body reads no tensor by itself; report each that it reads."""
        alone = True
        for inner in (view.operation for view in op.body.operations):
            for value in inner.operands:
                if isinstance(value.type, ir.RankedTensorType):
                    name = argument_name(value)
                    tensor = f"a {value.type}" if name is None else f"'{name}'"
                    self.error(op.operation, "reads", tensor=tensor, name=inner.name)
                    alone = False
        return alone

    def _finish(
        self, function: Any, block: ir.Block, old: list[ir.Operation], rebuilder: Rebuilder
    ) -> None:
        """Return the new tensors, give the function its new type, and erase what was replaced."""
        end = old[-1]
        with ir.InsertionPoint(end), end.location:
            results = [rebuilder.returned(value) for value in end.operands]
            func.ReturnOp(results)
        for operation in reversed(old):
            if not any(True for result in operation.results for _ in result.uses):
                operation.erase()
        for number in reversed(range(len(block.arguments) // 2)):
            block.erase_argument(number)
        types = [argument.type for argument in block.arguments], [v.type for v in results]
        function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(*types))


def has_form(operation: ir.Operation) -> bool:
    """Tell whether an op is of a kind that is written again, or has nothing to do with tensors."""
    values = (*operation.operands, *operation.results)
    if not any(isinstance(value.type, ir.RankedTensorType) for value in values):
        return True
    known = operation.name in (*RESHAPES, *_MADE) or is_move(operation)
    return known or read_structured(operation) is not None


def _is_in_text(elements: ir.Attribute) -> bool:
    return isinstance(elements, ir.DenseElementsAttr)


def _shown(rows: Sequence[Linear], loops: int) -> str:
    return str(affine_map(rows, loops))
