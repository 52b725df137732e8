"""From the rdu dialect to the configuration model, op by op.

The dialect is the configuration as IR, so nothing is decided here: an op becomes the entity that
its documentation names, levels become the names of counters, affine maps become sums.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar, cast

from rdu.codegen.bodies import Body, SpanOf, element_type
from rdu.codegen.errors import Errors
from rdu.codegen.names import check_name, is_path
from rdu.configuration.model import (
    NOWHERE,
    Context,
    Counter,
    Endpoint,
    Formal,
    Memory,
    Net,
    Program,
    Role,
    Run,
    Section,
    Sink,
    Source,
    Span,
    Tensor,
    TokenKind,
    Unit,
    UnitKind,
)
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.locations import source_location

OpT = TypeVar("OpT")

_TOP = (rdu.TensorOp, rdu.SectionOp, rdu.RunOp)


def program_of(module: Any, machine_name: str, machine_hash: str | None = None) -> Program:
    """Translate a module of rdu ops, in any state.

    Args:
        module: a verified `builtin.module` of rdu ops.
        machine_name: the machine that the configuration is for.
        machine_hash: that machine's hash, or None to leave it open.

    Returns:
        The program; spans are lines and columns of the ops' locations, and the source of a context
        is the line that its location leads to.

    Raises:
        RduError: everything in the IR that a configuration cannot say.
    """
    return translate(module, machine_name, machine_hash, span_of)


def span_of(operation: ir.OpView) -> Span:
    """Return line and column of the place that an op's location leads to."""
    location = source_location(operation.location)
    return Span(location.line, location.column) if location else NOWHERE


def translate(module: Any, machine_name: str, machine_hash: str | None, spans: SpanOf) -> Program:
    """Translate a module as `program_of` does, with spans of the caller's choice."""
    errors = Errors()
    program = Translator(spans, errors).program(module, machine_name, machine_hash)
    errors.check()
    location = source_location(module.location)
    return program if location is None else replace(program, file=location.file)


class Translator:
    """Translates ops to entities of the model; what a configuration cannot say goes to `errors`."""

    def __init__(self, spans: SpanOf, errors: Errors) -> None:
        self.span_of = spans
        self.errors = errors

    def program(self, module: Any, machine_name: str, machine_hash: str | None) -> Program:
        """Translate a `builtin.module`."""
        body = list(module.body.operations)
        for op in body:
            if not isinstance(op, _TOP):
                need = " or ".join(f"'{kind.OPERATION_NAME}'" for kind in _TOP)
                self.errors.at(op, "place", need=need)
        return Program(
            machine=machine_name,
            machine_hash=machine_hash,
            tensors=tuple(map(self._tensor, _of(rdu.TensorOp, body))),
            sections=tuple(map(self._section, _of(rdu.SectionOp, body))),
            host=tuple(map(self._run, _of(rdu.RunOp, body))),
            span=self.span_of(module),
        )

    def _tensor(self, op: rdu.TensorOp) -> Tensor:
        dtype, shape = self._typed(op)
        role, tier = cast(Role, op.role.value), op.tier.value
        return Tensor(self._path(op), dtype, shape, role, tier, self.span_of(op))

    def _section(self, op: rdu.SectionOp) -> Section:
        body = op.operations
        return Section(
            name=self._name(op),
            formals=tuple(map(self._formal, _of(rdu.FormalOp, body))),
            units=tuple(map(self.unit, _of(rdu.UnitOp, body))),
            nets=tuple(map(self._net, _of(rdu.NetOp, body))),
            span=self.span_of(op),
        )

    def _formal(self, op: rdu.FormalOp) -> Formal:
        return Formal(self._path(op), *self._typed(op), self.span_of(op))

    def unit(self, op: rdu.UnitOp) -> Unit:
        """Translate a unit."""
        body = op.operations
        return Unit(
            kind=cast(UnitKind, op.kind.value),
            name=self._name(op),
            place=None if op.place is None else (op.place[0], op.place[1]),
            memories=tuple(map(self._memory, _of(rdu.MemoryOp, body))),
            contexts=tuple(map(self.context, _of(rdu.ContextOp, body))),
            span=self.span_of(op),
        )

    def _memory(self, op: rdu.MemoryOp) -> Memory:
        dtype = element_type(op, op.element.value, self.errors)
        words, buffers, span = op.words.value, op.buffers.value, self.span_of(op)
        return Memory(self._name(op), dtype, words, buffers, span=span)

    def context(self, op: rdu.ContextOp) -> Context:
        """Translate a context."""
        body = Body(op, self.span_of, self.errors)
        location = source_location(op.location)
        return Context(
            name=self._name(op),
            counters=self._counters(op),
            inputs=body.inputs,
            outputs=body.outputs,
            action=body.action,
            repeat=1 if op.repeat is None else op.repeat.value,
            source=Source(location.file, location.line) if location else None,
            span=self.span_of(op),
        )

    def _counters(self, op: rdu.ContextOp) -> tuple[Counter, ...]:
        for name in op.counter_names:
            check_name(op, name, self.errors)
        rows = zip(op.counter_names, op.starts, op.stops, op.steps, op.lanes, strict=True)
        return tuple(Counter(*row, span=self.span_of(op)) for row in rows)

    def _net(self, op: rdu.NetOp) -> Net:
        span = self.span_of(op)
        sinks = zip(op.sink_names, op.capacities, op.inits, strict=True)
        routes = op.route_lists or [[]] * len(op.sinks)
        return Net(
            name=self._name(op),
            kind=cast(TokenKind, op.kind.value),
            source=_endpoint(op.source.value),
            sinks=tuple(
                Sink(
                    to=_endpoint(to),
                    capacity=None if capacity < 0 else capacity,
                    init=init,
                    route=tuple(zip(route[::2], route[1::2], strict=True)),
                    span=span,
                )
                for (to, capacity, init), route in zip(sinks, routes, strict=True)
            ),
            span=span,
        )

    def _run(self, op: rdu.RunOp) -> Run:
        formals, tensors = (_strings(names) for names in (op.formals, op.tensors))
        bindings = dict(zip(formals, tensors, strict=True))
        return Run(op.section.value, bindings, self.span_of(op))

    def _typed(self, op: rdu.TensorOp | rdu.FormalOp) -> tuple[Any, tuple[int, ...]]:
        kind = ir.RankedTensorType(op.type.value)
        return element_type(op, kind.element_type, self.errors), tuple(kind.shape)

    def _name(self, op: Any) -> str:
        check_name(op, op.name.value, self.errors)
        return op.name.value

    def _path(self, op: Any) -> str:
        if not is_path(op.name.value):
            need = "letters, digits and '_', or several such joined by '.'"
            self.errors.at(op, "name", have=op.name.value, need=need)
        return op.name.value


def _of(kind: type[OpT], operations: Iterable[Any]) -> list[OpT]:
    return [operation for operation in operations if isinstance(operation, kind)]


def _strings(names: ir.ArrayAttr) -> list[str]:
    return [ir.StringAttr(name).value for name in names]


def _endpoint(text: str) -> Endpoint:
    return Endpoint(*text.split("."))
