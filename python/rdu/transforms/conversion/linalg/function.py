"""Converting one function, op by op in order, and reporting all that cannot be converted."""

from collections.abc import Callable, Iterator
from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import only_block
from rdu.semantics.dtypes import DTYPES
from rdu.semantics.reduction import REDUCTIONS
from rdu.transforms.conversion.linalg.bodies import HINTS, located, scalar_problem
from rdu.transforms.conversion.linalg.needed import PURE, body_operations, needed_values
from rdu.transforms.conversion.linalg.patterns import (
    write_elementwise,
    write_reduction,
    write_result,
)
from rdu.transforms.conversion.linalg.structured import (
    Structured,
    read_reduction,
    read_structured,
    result_space,
    used_operands,
)
from rdu.transforms.conversion.linalg.views import (
    Content,
    Splat,
    Unwritten,
    collapse_rows,
    expand_rows,
    whole,
)

NEED = "structured ops of linalg, expand_shape, collapse_shape and empty of tensor, and constants"

Refuse = Callable[..., None]


class FunctionConverter:
    """Writes patterns before the ops that they replace; the old ops stay until `finish`.

    Args:
        function: a `func.func` with a body.
        refuse: called with an op or a location, a message key and its values, for everything
            that is not supported.
    """

    def __init__(self, function: Any, refuse: Refuse) -> None:
        self._function, self._refuse = function, refuse
        self._contents: dict[ir.Value, Content] = {}
        self._old = _operations(function)
        self._needed = needed_values(self._old)
        self._returned: list[ir.Value] = []
        self._special: dict[str, Callable[[ir.Operation], None]] = {
            "func.return": self._return,
            "arith.constant": self._constant,
            "tensor.splat": self._splat,
            "tensor.empty": self._empty,
            "tensor.expand_shape": self._expand,
            "tensor.collapse_shape": self._collapse,
        }

    def convert(self) -> None:
        """Write the patterns; what cannot be converted is refused and has no content."""
        block = only_block(self._function, self._refuse)
        if block is None:
            return
        for number, argument in enumerate(block.arguments):
            if self._admits(self._function, f"argument {number}", argument.type):
                self._contents[argument] = whole(argument)
        for operation in self._old:
            with ir.InsertionPoint(operation), operation.location:
                self._convert(operation)

    def finish(self) -> int:
        """Return what was written in place of what was there; returns the number of patterns."""
        written = sum(each.name.startswith("pattern.") for each in self._written())
        for position, value in enumerate(self._returned):
            self._old[-1].operands[position] = value
        for operation in reversed(self._old[:-1]):
            unused = not any(True for result in operation.results for _ in result.uses)
            if unused and not operation.name.startswith("pattern."):
                operation.erase()
        return written

    def discard(self) -> None:
        """Erase what was written."""
        for operation in reversed(list(self._written())):
            operation.erase()

    def _written(self) -> Iterator[ir.Operation]:
        old = iter(self._old)
        awaited = next(old, None)
        for operation in _operations(self._function):
            if awaited is not None and operation == awaited:
                awaited = next(old, None)
            else:
                yield operation

    def _convert(self, operation: ir.Operation) -> None:
        dialect = operation.name.partition(".")[0]
        if dialect in PURE and not any(result in self._needed for result in operation.results):
            return
        special = self._special.get(operation.name)
        if special is None and dialect not in ("linalg", "pattern"):
            self._refuse(operation, "operation", need=NEED)
            return
        scalars = special is not None or dialect == "pattern"
        admitted = [
            self._admits(operation, f"result {number}", value.type, scalars=scalars)
            for number, value in enumerate(operation.results)
            if value in self._needed and not _is_scalar_constant(operation)
        ]
        if dialect == "linalg":
            self._structured(operation, supported=all(admitted))
        elif special is not None and all(admitted):
            special(operation)
        elif dialect == "pattern" and isinstance(operation.results[0].type, ir.RankedTensorType):
            self._contents[operation.results[0]] = whole(operation.results[0])

    def _admits(self, at: Any, what: str, kind: ir.Type, *, scalars: bool = False) -> bool:
        """Report a type that no pattern handles; returns whether it is handled."""
        need = _type_problem(kind, scalars=scalars)
        if need:
            self._refuse(at, "type", what=what, have=kind, need=need)
        return need is None

    def _return(self, operation: ir.Operation) -> None:
        for number, operand in enumerate(operation.operands):
            content = self._contents.get(operand)
            if isinstance(content, Unwritten):
                self._refuse(operation, "unwritten", what=f"operand {number}")
            elif content is not None:
                self._returned.append(write_result(content, operand.type))
            elif str(operand.type) in DTYPES:
                self._returned.append(operand)

    def _constant(self, operation: ir.Operation) -> None:
        value, result = operation.attributes["value"], operation.results[0]
        if _is_scalar_constant(operation):  # its users say whether they can take it
            return
        if not isinstance(value, ir.DenseElementsAttr) or not value.is_splat:
            self._refuse(operation, "constant", hint="make the tensor an argument")
            return
        splat = ir.DenseElementsAttr(value).get_splat_value()
        element = result.type.element_type
        scalar = ir.Operation.create(
            "arith.constant", results=[element], attributes={"value": splat}
        )
        self._contents[result] = Splat(scalar.results[0])

    def _splat(self, operation: ir.Operation) -> None:
        self._contents[operation.results[0]] = Splat(operation.operands[0])

    def _empty(self, operation: ir.Operation) -> None:
        self._contents[operation.results[0]] = Unwritten()

    def _expand(self, operation: ir.Operation) -> None:
        content, result = self._contents.get(operation.operands[0]), operation.results[0]
        if content is not None:
            shape = list(result.type.shape)
            rows = expand_rows(shape, _groups(operation))
            self._contents[result] = content.at(rows, len(shape))

    def _collapse(self, operation: ir.Operation) -> None:
        source, groups = operation.operands[0], _groups(operation)
        content = self._contents.get(source)
        rows = collapse_rows(list(source.type.shape), groups)
        if rows is None:
            merged = [group for group in groups if len(group) > 1]
            self._refuse(operation, "collapse", dims=merged, have=source.type)
        elif content is not None:
            self._contents[operation.results[0]] = content.at(rows, len(groups))

    def _structured(self, operation: ir.Operation, *, supported: bool) -> None:
        op = read_structured(operation)
        if op is None:
            self._refuse(operation, "operation", need=NEED)
            return
        for each in body_operations(op, self._needed):
            problem = scalar_problem(each)
            if problem:
                place = located(each, operation)
                values = {"name": each.name, "op": operation.name, "have": problem}
                self._refuse(place, "scalar", hint=HINTS.get(each.name), **values)
                supported = False
        contents = [self._operand(operand) for operand in operation.operands]
        known = [content for content in contents if content is not None]
        complete = supported and len(known) == len(contents)
        for number, result in enumerate(operation.results):
            if result in self._needed:
                self._result(op, number, known if complete else None)

    def _operand(self, operand: ir.Value) -> Content | None:
        if operand not in self._needed:
            return Unwritten()
        return Splat(operand) if str(operand.type) in DTYPES else self._contents.get(operand)

    def _result(self, op: Structured, number: int, contents: list[Content] | None) -> None:
        """Convert one result; without contents only look for what has to be refused."""
        space = result_space(op, number)
        if space is None:
            self._refuse(op.operation, "result", number=number)
            return
        reduction = read_reduction(op, number) if space.reduced else None
        if space.reduced and reduction is None:
            self._refuse(op.operation, "reduction", number=number, need=", ".join(REDUCTIONS))
            return
        if contents is None:
            return
        used = used_operands(op, op.yielded[number])
        unwritten = [each for each in used if isinstance(contents[each], Unwritten)]
        if unwritten:
            self._refuse(op.operation, "unwritten", what=f"operand {unwritten[0]}")
            return
        self._contents[op.operation.results[number]] = (
            write_reduction(op, space, number, reduction, contents)
            if reduction
            else write_elementwise(op, space, number, contents)
        )


def _operations(function: Any) -> list[ir.Operation]:
    """Return the ops directly in a function."""
    return [view.operation for block in function.body.blocks for view in block.operations]


def _type_problem(kind: ir.Type, *, scalars: bool) -> str | None:
    """Return what is expected instead of a type, None if patterns compute with it."""
    if not isinstance(kind, ir.RankedTensorType):
        return None if scalars and str(kind) in DTYPES else "a tensor of static shape"
    if str(kind.element_type) not in DTYPES:
        return f"elements of f32, i32 or i1, got {kind.element_type}"
    if not kind.has_static_shape:
        return "a static shape"
    return None if 0 not in list(kind.shape) else "at least one element"


def _is_scalar_constant(operation: ir.Operation) -> bool:
    kinds = [result.type for result in operation.results]
    return operation.name == "arith.constant" and not isinstance(kinds[0], ir.RankedTensorType)


def _groups(operation: ir.Operation) -> list[list[int]]:
    """Return the reassociation of a reshape."""
    return [[int(number) for number in group] for group in operation.attributes["reassociation"]]
