"""The pass `linalg-to-pattern`."""

from collections.abc import Callable
from typing import Any

from rdu.dialects.pattern import MapOp, ReduceOp, YieldOp
from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, register
from rdu.semantics.reduction import REDUCTIONS
from rdu.transforms.conversion.linalg.bodies import SCALARS, BodyWriter, read, scalar_problem
from rdu.transforms.conversion.linalg.structured import (
    Reduction,
    Space,
    Structured,
    read_reduction,
    read_structured,
    result_space,
    scalar_operations,
    used_operands,
)
from rdu.transforms.conversion.linalg.views import (
    Content,
    Splat,
    Unwritten,
    View,
    collapse_rows,
    expand_rows,
    whole,
)

_NEED = "structured ops of linalg, expand_shape, collapse_shape and empty of tensor, and constants"


@register
class LinalgToPattern(Pass):
    """Turn linalg on tensors into parallel patterns.

    Accepts functions of one block on tensors of static shape with elements of f32, i32 or i1:
    structured ops of linalg, named or generic, whose maps are linear and whose bodies hold scalar
    operations of the fabric; `tensor.expand_shape`, `tensor.collapse_shape` where it merges
    dimensions of extent 1, `tensor.empty`, `tensor.splat`, and constants with one value. Anything
    else is reported, all of it at once.

    Guarantees that a result of every function is a pattern's result, and that transpositions,
    broadcasts, reshapes and fills are in the maps and bodies of their readers, unless they are
    returned. A reduction starts at the combiner's identity: another initial value is combined by a
    map after it. A tensor of rank 0 is computed as one of shape 1 and reshaped where returned.
    Leaves patterns, the arguments and their attributes alone.
    """

    name = "linalg-to-pattern"
    level_in = "linalg"
    level_out = "pattern"
    messages = {  # noqa: RUF012
        "operation": "is not supported: expected {need}",
        "scalar": "{have} is not supported in a body: expected a scalar operation of the fabric",
        "type": "{what} is {have}: expected {need}",
        "blocks": "has {have} blocks: expected one",
        "constant": "holds different values: expected one value for all elements",
        "collapse": "merges dimensions {dims} of {have}: expected at most one of an extent above 1",
        "result": "writes result {number} through {have}: expected distinct loops",
        "reduction": "computes result {number} by no reduction: expected a combiner "
        "({need}) of the result and a value that does not depend on it",
        "unwritten": "reads a tensor that has no values yet: expected a fill or another value",
    }
    statistics = {  # noqa: RUF012
        "patterns": "number of patterns written",
        "folded": "number of ops that became part of access maps or bodies",
    }

    def run(self, module: Any, options: Any) -> None:
        """Convert every function."""
        said: set[tuple[Any, ...]] = set()

        def refuse(at: Any, key: str, **values: Any) -> None:
            occurrence = (str(at.location), at.operation.name, key, *map(str, values.values()))
            if occurrence not in said:  # the ops of one source line often fail alike
                said.add(occurrence)
                self.error(at, key, **values)

        functions: list[_Function] = []
        for operation in module.body.operations:
            if operation.operation.name != "func.func":
                refuse(operation, "operation", need="functions")
            elif not operation.is_external:
                functions.append(_Function(operation, refuse))
        for function in functions:
            function.convert()
        for function in functions:
            if self.failed:
                function.discard()
                continue
            patterns, folded = function.finish()
            self.count("patterns", patterns)
            self.count("folded", folded)


class _Function:
    """Converts one function, writing patterns before the ops that they replace."""

    def __init__(self, function: Any, refuse: Callable[..., None]) -> None:
        self._function, self._refuse = function, refuse
        self._contents: dict[ir.Value, Content] = {}
        self._written: list[ir.Operation] = []
        self._replaced: list[ir.Operation] = []
        self._returned: list[tuple[ir.Operation, list[ir.Value]]] = []

    def convert(self) -> None:
        """Write the patterns; what cannot be converted is refused and has no content."""
        blocks = list(self._function.body.blocks)
        if len(blocks) != 1:
            self._refuse(self._function, "blocks", have=len(blocks))
            return
        for number, argument in enumerate(blocks[0].arguments):
            what = f"argument {number}"
            if self._admits(self._function, what, argument.type, scalar=False):
                self._contents[argument] = whole(argument)
        for operation in [view.operation for view in blocks[0].operations]:
            with ir.InsertionPoint(operation), operation.location:
                self._convert(operation)

    def finish(self) -> tuple[int, int]:
        """Erase what was replaced; returns the numbers of patterns and of ops without one."""
        for operation, values in self._returned:
            for position, value in enumerate(values):
                operation.operands[position] = value
        folded = 0
        for operation in reversed(self._replaced):
            if not any(list(result.uses) for result in operation.results):
                operation.erase()
                folded += 1
        patterns = sum(each.name.startswith("pattern.") for each in self._written)
        return patterns, max(0, folded - patterns)

    def discard(self) -> None:
        """Erase what was written."""
        for operation in reversed(self._written):
            operation.erase()

    def _convert(self, operation: ir.Operation) -> None:
        dialect = operation.name.partition(".")[0]
        if dialect == "pattern":
            for result in operation.results:
                if isinstance(result.type, ir.RankedTensorType):
                    self._contents[result] = whole(result)
            return
        special = _SPECIAL.get(operation.name)
        if special is None and dialect != "linalg":
            self._refuse(operation, "operation", need=_NEED)
            return
        results = [
            self._admits(operation, f"result {number}", value.type, scalar=special is not None)
            for number, value in enumerate(operation.results)
        ]
        if operation.name != "func.return":
            self._replaced.append(operation)
        if special is None:
            self._structured(operation, supported=all(results))
        elif all(results):
            special(self, operation)

    def _admits(self, at: Any, what: str, kind: ir.Type, *, scalar: bool) -> bool:
        """Report a type that no pattern handles; returns whether it is handled."""
        problem = _type_problem(kind, scalar=scalar)
        if problem:
            self._refuse(at, "type", what=what, have=kind, need=problem)
        return problem is None

    def _content(self, value: ir.Value) -> Content | None:
        """Return where a value's elements come from; None if its op was refused."""
        return self._contents.get(value)

    def _return(self, operation: ir.Operation) -> None:
        values: list[ir.Value] = []
        for operand in operation.operands:
            content = self._content(operand)
            if isinstance(content, Unwritten):
                self._refuse(operation, "unwritten")
            elif content is not None:
                values.append(self._materialize(content, operand.type))
            elif str(operand.type) in SCALARS:
                values.append(operand)
        if len(values) == len(operation.operands):
            self._returned.append((operation, values))

    def _materialize(self, content: Content, kind: ir.Type) -> ir.Value:
        """Return a content as a pattern's result, in a copying map if need be."""
        shape = list(kind.shape)
        computed = _shaped(shape or [1], kind.element_type)
        if not shape:
            content = content.at((), 1)
        if isinstance(content, View) and _is_pattern(content.source):
            same = content.source.type == computed
            if same and (content.whole or not shape):
                return self._reshaped(content.source, kind)
        pattern = self._keep(MapOp(list(computed.shape), computed))
        with ir.InsertionPoint(pattern.body.blocks.append()):
            YieldOp(read(content, len(computed.shape)))
        return self._reshaped(pattern.result, kind)

    def _reshaped(self, value: ir.Value, kind: ir.Type) -> ir.Value:
        if value.type == kind:
            return value
        groups = {"reassociation": ir.ArrayAttr.get([])}
        collapse = ir.Operation.create(
            "tensor.collapse_shape", results=[kind], operands=[value], attributes=groups
        )
        return self._keep(collapse).results[0]

    def _keep(self, operation: Any) -> Any:
        self._written.append(operation.operation)
        return operation

    def _constant(self, operation: ir.Operation) -> None:
        value, result = operation.attributes["value"], operation.results[0]
        if not isinstance(result.type, ir.RankedTensorType):
            return
        if not isinstance(value, ir.DenseElementsAttr) or not value.is_splat:
            self._refuse(operation, "constant", hint="make the tensor an argument")
            return
        splat = ir.DenseElementsAttr(value).get_splat_value()
        scalar = ir.Operation.create(
            "arith.constant", results=[result.type.element_type], attributes={"value": splat}
        )
        self._contents[result] = Splat(self._keep(scalar).results[0])

    def _splat(self, operation: ir.Operation) -> None:
        self._contents[operation.results[0]] = Splat(operation.operands[0])

    def _empty(self, operation: ir.Operation) -> None:
        self._contents[operation.results[0]] = Unwritten()

    def _expand(self, operation: ir.Operation) -> None:
        content, result = self._content(operation.operands[0]), operation.results[0]
        if content is not None:
            shape = list(result.type.shape)
            rows = expand_rows(shape, _groups(operation))
            self._contents[result] = content.at(rows, len(shape))

    def _collapse(self, operation: ir.Operation) -> None:
        source, result = operation.operands[0], operation.results[0]
        content, shape = self._content(source), list(source.type.shape)
        rows = collapse_rows(shape, _groups(operation))
        if rows is None:
            merged = [group for group in _groups(operation) if len(group) > 1]
            self._refuse(operation, "collapse", dims=merged, have=source.type)
        elif content is not None:
            self._contents[result] = content.at(rows, len(_groups(operation)))

    def _structured(self, operation: ir.Operation, *, supported: bool) -> None:
        op = read_structured(operation)
        if op is None:
            self._refuse(operation, "operation", need=_NEED)
            return
        for each in scalar_operations(op):
            problem = scalar_problem(each)
            if problem:
                self._refuse(each, "scalar", have=problem[0], hint=problem[1])
                supported = False
        contents = [self._operand(operand) for operand in operation.operands]
        known = [content for content in contents if content is not None]
        for number in range(len(operation.results)):
            self._result(op, number, known if supported and len(known) == len(contents) else None)

    def _operand(self, operand: ir.Value) -> Content | None:
        if isinstance(operand.type, ir.RankedTensorType):
            return self._content(operand)
        return Splat(operand) if str(operand.type) in SCALARS else None

    def _result(self, op: Structured, number: int, contents: list[Content] | None) -> None:
        """Convert one result; without contents only look for what has to be refused."""
        initial = op.initial(number)
        space = result_space(op, number)
        if space is None:
            rows = op.operation.attributes.get("indexing_maps")
            self._refuse(op.operation, "result", number=number, have=rows)
            return
        reduction = read_reduction(op, number) if space.reduced else None
        if space.reduced and reduction is None:
            need = ", ".join(REDUCTIONS)
            self._refuse(op.operation, "reduction", number=number, need=need)
            return
        if contents is None:
            return
        value = reduction.value if reduction else op.yielded[number]
        if any(isinstance(contents[used], Unwritten) for used in used_operands(op, value)) or (
            reduction and isinstance(contents[initial], Unwritten)
        ):
            self._refuse(op.operation, "unwritten")
            return
        result = op.operation.results[number]
        if reduction:
            self._contents[result] = self._reduced(op, space, reduction, contents, initial)
        else:
            self._contents[result] = self._mapped(op, space, value, contents, result.type)

    def _mapped(
        self, op: Structured, space: Space, value: ir.Value, contents: list[Content], kind: ir.Type
    ) -> Content:
        """Return an elementwise result: a copy is a view, all else a map."""
        rank = len(kind.shape)
        used = op.operand(value)
        if used is not None:
            copied = contents[used].at(space.rows(op.maps[used]), len(space.domain))
            return (
                copied
                if rank
                else copied.at(
                    (
                        Linear(
                            (),
                        ),
                    ),
                    0,
                )
            )
        if value.owner.operation.parent != op.operation:
            return Splat(value)
        computed = _shaped(space.domain, kind.element_type)
        pattern = self._keep(MapOp(list(space.domain), computed))
        with ir.InsertionPoint(pattern.body.blocks.append()):
            YieldOp(BodyWriter(op, space, contents).write(value))
        return _ranked(pattern.result, rank)

    def _reduced(
        self,
        op: Structured,
        space: Space,
        reduction: Reduction,
        contents: list[Content],
        initial: int,
    ) -> Content:
        """Return a reduction's result, combined with an initial value that is no identity."""
        element = reduction.value.type
        kept = space.domain[: space.reduced[0]]
        computed = _shaped(kept, element)
        pattern = self._keep(
            ReduceOp(reduction.combiner, list(space.reduced), list(space.domain), computed)
        )
        with ir.InsertionPoint(pattern.body.blocks.append()):
            YieldOp(BodyWriter(op, space, contents).write(reduction.value))
        rank = len(op.maps[initial])
        content = _ranked(pattern.result, rank)
        if _is_identity(contents[initial], reduction.combiner):
            return content
        combined = self._keep(MapOp(list(kept), computed))
        with ir.InsertionPoint(combined.body.blocks.append()):
            rows = whole(pattern.result).rows
            start = contents[initial].at(rows if rank else (), len(kept))
            operands = [read(start, len(kept)), read(whole(pattern.result), len(kept))]
            name = op.yielded[initial - op.initial(0)].owner.operation.name
            YieldOp(ir.Operation.create(name, results=[element], operands=operands).results[0])
        return _ranked(combined.result, rank)


_SPECIAL: dict[str, Callable[[_Function, ir.Operation], None]] = {
    "func.return": _Function._return,
    "arith.constant": _Function._constant,
    "tensor.splat": _Function._splat,
    "tensor.empty": _Function._empty,
    "tensor.expand_shape": _Function._expand,
    "tensor.collapse_shape": _Function._collapse,
}


def _type_problem(kind: ir.Type, *, scalar: bool) -> str | None:
    """Return what is expected instead of a type, None if patterns compute with it."""
    if not isinstance(kind, ir.RankedTensorType):
        return None if scalar and str(kind) in SCALARS else "a ranked tensor"
    if str(kind.element_type) not in SCALARS:
        return f"elements of f32, i32 or i1, got {kind.element_type}"
    if not kind.has_static_shape:
        return "a static shape"
    return None if 0 not in list(kind.shape) else "at least one element"


def _shaped(shape: Any, element: ir.Type) -> ir.Type:
    return ir.RankedTensorType.get(list(shape), element)


def _ranked(value: ir.Value, rank: int) -> Content:
    """Return a pattern's result as a tensor of its rank at the linalg level."""
    content = whole(value)
    return content if rank else content.at((Linear(()),), 0)


def _groups(operation: ir.Operation) -> list[list[int]]:
    """Return the reassociation of a reshape."""
    return [[int(number) for number in group] for group in operation.attributes["reassociation"]]


def _is_pattern(value: ir.Value) -> bool:
    owner = value.owner
    return not isinstance(owner, ir.Block) and owner.operation.name.startswith("pattern.")


def _is_identity(content: Content, combiner: str) -> bool:
    """Whether an initial value is a constant that the combiner ignores."""
    if not isinstance(content, Splat) or isinstance(content.value.owner, ir.Block):
        return False
    constant = content.value.owner.operation
    if constant.name != "arith.constant":
        return False
    element = str(content.value.type)
    value = constant.attributes["value"].value
    identity = REDUCTIONS[combiner][element]
    return bool(value) == identity if element == "i1" else value == identity
