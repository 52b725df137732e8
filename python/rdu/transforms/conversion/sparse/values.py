"""Writing what a nest computes in its loops, and how it is reduced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rdu.analysis.sparse.expression import Access, Apply, Constant, Expression, Reduce
from rdu.analysis.sparse.nest import MOST_ACCUMULATED, Nest
from rdu.mlir_ext import ir
from rdu.semantics.dtypes import DType
from rdu.semantics.sparse.functions import SELECT
from rdu.transforms.conversion.sparse.composed import accumulate, present
from rdu.transforms.conversion.sparse.loops import Loops, LoopWriter
from rdu.transforms.conversion.sparse.primitives import Primitives, Stream

_COMMUTATIVE = (
    *("add", "mul", "max", "min", "and", "or", "xor"),
    *("eq", "ne", "one", "ord", "ueq", "uno"),
)

_MIRRORED = {"ge": "le", "gt": "lt", "uge": "ule", "ugt": "ult"}
"""Comparisons, and those of the operands the other way round."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a nest gives.

    Attributes:
        crds: the coordinates of each variable of the output, in the order of the loops.
        values: at the innermost coordinates.
    """

    crds: dict[str, Stream]
    values: Stream


class ValueWriter:
    """Writes the body of a nest's loops, and enters these.

    Args:
        nest: what is computed.
        loops: enters loops.
        write: writes primitives.
        tensors: the bound tensor of each access.
        constant: gives a bound tensor without dimensions that holds a number of an element type.
    """

    def __init__(
        self,
        nest: Nest,
        loops: LoopWriter,
        write: Primitives,
        tensors: Mapping[Access, ir.Value],
        constant: Callable[[float, DType | None], ir.Value],
    ) -> None:
        self._nest, self._loops, self._write = nest, loops, write
        self._tensors, self._constant = tensors, constant

    def result(self) -> Written:
        """Write the whole nest."""
        scope = self._nest.root()
        loops = Loops(scope, [self._write.root()])
        for _ in scope.loops:
            self._loops.enter(loops)
        values = self._whole(scope.body, loops)
        if self._nest.spread is None:
            return Written(dict(zip(scope.loops, loops.crds[1:], strict=True)), values)
        crds, values = self._accumulated(self._nest.spread, loops, values)
        return Written(crds, self._around(self._nest.statement.expression, values))

    def _accumulated(
        self, reduction: Reduce, loops: Loops, values: Stream
    ) -> tuple[dict[str, Stream], Stream]:
        """Reduce over loops that are among those of the output, from the innermost out."""
        names, own = loops.scope.loops, set(self._nest.statement.output_variables)
        live = {n: crd for n, crd in zip(names, loops.crds[1:], strict=True) if n in own}
        for place in reversed(range(len(names))):
            if names[place] in own:
                continue
            inner = [name for name in names[place + 1 :] if name in own]
            if not inner:
                values = self._write.reduce(reduction.function, values, loops.crds[place])
                continue
            crds = [live[name] for name in inner]
            if len(inner) > MOST_ACCUMULATED:
                one = self._loops.deepen(loops, self._stream(Constant(1.0)), place + 1)
                crds, values = present(self._write, crds, values, MOST_ACCUMULATED - 1, one)
            extents = [self._nest.statement.extents[name] for name in inner]
            crds, values = accumulate(
                self._write, reduction.function, loops.crds[place + 1], crds, values, extents
            )
            live |= dict(zip(inner, crds, strict=True))
        return live, values

    def _around(self, expression: Expression, values: Stream) -> Stream:
        """Apply the functions around the reduction that was accumulated."""
        if expression is self._nest.spread:
            return values
        if not isinstance(expression, Apply):
            raise ValueError("only functions are around a reduction that is accumulated")
        operands = [
            operand if isinstance(operand, Constant) else self._around(operand, values)
            for operand in expression.operands
        ]
        return self._applied(expression.function, operands, None)

    def _whole(self, expression: Expression, loops: Loops) -> Stream:
        """Write a value at every point of the loops."""
        value = self._value(expression, loops)
        return self._loops.deepen(loops, self._stream(value), len(loops.crds) - 1)

    def _value(self, expression: Expression, loops: Loops) -> Stream | Constant:
        """Write a value, in as few loops as it depends on."""
        match expression:
            case Constant():
                return expression
            case Access():
                return self._write.array(self._tensors[expression], self._loops.refs(expression))
            case Reduce():
                return self._reduced(expression, loops)
            case Apply():
                operands = [self._value(operand, loops) for operand in expression.operands]
                return self._applied(expression.function, operands, loops)

    def _reduced(self, reduction: Reduce, outer: Loops) -> Stream:
        """Write a reduction in loops of its own, inside of those on which it depends."""
        around, scope = self._nest.inside(outer.scope, reduction)
        loops = Loops(scope, outer.crds[: around + 1])
        for _ in scope.loops[around:]:
            self._loops.enter(loops)
        values = self._whole(reduction.body, loops)
        for crd in reversed(loops.crds[around:-1]):
            values = self._write.reduce(reduction.function, values, crd)
        return values

    def _applied(
        self, function: str, operands: Sequence[Stream | Constant], loops: Loops | None
    ) -> Stream:
        """Apply a function; constants beside a stream go into the function if they can."""
        if function == SELECT:
            return self._selected(operands, loops)
        first, *rest = operands
        if not rest:
            return self._write.unary(function, self._stream(first))
        second = rest[0]
        if isinstance(first, Constant) and isinstance(second, Stream):
            turned = _TURNED.get(function)
            if turned is not None:
                return turned(self._write, second, first.value)
            first = self._stream(first, second.element)
        if isinstance(second, Constant):
            return self._write.unary(function, self._stream(first), second.value)
        lhs, rhs = self._alike(function, [self._stream(first), second], loops)
        return self._write.alu(function, lhs, rhs)

    def _selected(self, operands: Sequence[Stream | Constant], loops: Loops | None) -> Stream:
        """Choose between two values; what they are is said by one that is a stream, or by both."""
        elements: list[DType] = [o.element for o in operands[1:] if o.element is not None]
        streams = [o for o in operands[1:] if isinstance(o, Stream)]
        given = [self._stream(operands[0], "i1"), *streams]
        mask, *rest = self._alike(SELECT, given, loops)
        left = iter(rest)
        chosen, other = (next(left) if isinstance(o, Stream) else o.value for o in operands[1:])
        return self._write.select(mask, chosen, other, elements[0])

    def _alike(self, function: str, streams: Sequence[Stream], loops: Loops | None) -> list[Stream]:
        """Repeat streams until all are as deep as the deepest."""
        depth = max(each.depth for each in streams)
        if loops is not None:
            return [self._loops.deepen(loops, each, depth) for each in streams]
        if any(each.depth != depth for each in streams):
            raise ValueError(f"'{function}' of a constant and what was accumulated")
        return list(streams)

    def _stream(self, value: Stream | Constant, element: DType | None = None) -> Stream:
        if isinstance(value, Stream):
            return value
        bound = self._constant(value.value, value.element or element)
        return self._write.array(bound, self._write.root())


def _commuted(function: str) -> Callable[[Primitives, Stream, float], Stream]:
    return lambda write, value, constant: write.unary(function, value, constant)


def _difference(write: Primitives, value: Stream, constant: float) -> Stream:
    """Return constant - value, as -value + constant, which rounds alike."""
    return write.unary("add", write.unary("neg", value), constant)


_TURNED: Mapping[str, Callable[[Primitives, Stream, float], Stream]] = {
    **{function: _commuted(function) for function in _COMMUTATIVE},
    **{one: _commuted(other) for one, other in _MIRRORED.items()},
    **{other: _commuted(one) for one, other in _MIRRORED.items()},
    "sub": _difference,
}
"""Functions of a constant and a value as functions of a value and a constant."""
