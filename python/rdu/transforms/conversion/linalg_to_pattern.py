"""The pass `linalg-to-pattern`."""

from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, register
from rdu.transforms.conversion.linalg.function import FunctionConverter


@register
class LinalgToPattern(Pass):
    """Turn linalg on tensors into parallel patterns.

    Accepts functions of one block on tensors of static shape with elements of f32, i32 or i1:
    structured ops of linalg, named or generic, whose maps are linear and whose bodies hold scalar
    operations of the fabric; `tensor.expand_shape`, `tensor.collapse_shape` where it merges
    dimensions of extent 1, `tensor.empty`, `tensor.splat`, and constants with one value. Anything
    else is reported, all of it at once.

    Guarantees that each tensor returned is a pattern's result, and that transpositions,
    broadcasts, reshapes and fills are in the maps and bodies of their readers, unless they are
    returned. A reduction starts at the combiner's identity: another initial value is combined by a
    map after it. A tensor of rank 0 is computed as one of shape 1 and reshaped where returned.
    Leaves patterns, the functions' types and the attributes of their arguments alone.
    """

    name = "linalg-to-pattern"
    level_in = "linalg"
    level_out = "pattern"
    messages = {  # noqa: RUF012
        "operation": "is not supported: expected {need}",
        "scalar": "'{name}' {have} is not supported in the body of '{op}': "
        "expected a scalar operation of the fabric",
        "type": "{what} is {have}: expected {need}",
        "blocks": "has {have} blocks: expected one",
        "constant": "holds different values: expected one value for all elements",
        "collapse": "merges dimensions {dims} of {have}: expected at most one of extent above 1",
        "result": "writes result {number} at other than distinct loops: expected a projection",
        "reduction": "computes result {number} by no reduction: expected a combiner "
        "({need}) of the result and a value that does not depend on it",
        "unwritten": "reads {what}, which has no values yet: expected a fill or other values",
    }
    statistics = {"patterns": "number of patterns written"}  # noqa: RUF012

    def run(self, module: Any, options: Any) -> None:
        """Convert every function, or report all that cannot be and change nothing."""
        said: set[tuple[str, ...]] = set()

        def refuse(at: Any, key: str, *, hint: str | None = None, **values: Any) -> None:
            place = (at,) if isinstance(at, ir.Location) else (at.location, at.operation.name)
            occurrence = tuple(map(str, (*place, key, *values.values())))
            if occurrence not in said:  # the ops of one source line often fail alike
                said.add(occurrence)
                self.error(at, key, hint=hint, **values)

        converters: list[FunctionConverter] = []
        for operation in module.body.operations:
            if operation.operation.name != "func.func":
                refuse(operation, "operation", need="functions")
            elif not operation.is_external:
                converters.append(FunctionConverter(operation, refuse))
        for converter in converters:
            converter.convert()
        for converter in converters:
            if self.failed:
                converter.discard()
            else:
                self.count("patterns", converter.finish())
