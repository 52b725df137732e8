"""The body of a context: its ports, and what it does on each firing."""

from collections.abc import Callable
from typing import Any, cast

from rdu.codegen.errors import Errors
from rdu.codegen.names import VALUE_NAME, check_name, is_name
from rdu.codegen.sparse import constant_of, sparse_action
from rdu.configuration.model import (
    PASS,
    Action,
    Affine,
    Compute,
    Drive,
    DType,
    Load,
    Operand,
    Operation,
    Port,
    Read,
    Span,
    Store,
    TokenKind,
    Write,
)
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import verified_rows
from rdu.semantics.dtypes import NUMPY
from rdu.semantics.scalar import BY_MLIR
from rdu.support.diagnostics import suggest

SpanOf = Callable[[ir.OpView], Span]
Access = rdu.ReadOp | rdu.WriteOp | rdu.LoadOp | rdu.StoreOp

_INPUTS = (rdu.PopOp, rdu.AcquireOp, rdu.ReceiveOp)
_OUTPUTS = (rdu.PushOp, rdu.ReleaseOp, rdu.SendOp)
_ACCESSES = (rdu.ReadOp, rdu.WriteOp, rdu.LoadOp, rdu.StoreOp)
_ACTIONS = (*_ACCESSES, rdu.SparseOp)


class Body:
    """Translates the ops of one context.

    Attributes:
        inputs, outputs, action: what the context is in the model.
        operations: all its ops, in order.
        stages: those that became operations of the action, in order.
        types: the element type of each operation's result, by name.
        values: what each of its values is called, or the constant that it is.
        levels: names of the levels.
    """

    def __init__(self, context: rdu.ContextOp, span_of: SpanOf, errors: Errors) -> None:
        self.context = context
        self.span_of = span_of
        self.errors = errors
        self.levels = (PASS, *context.counter_names)
        self.operations = context.operations
        self.inputs = tuple(self._port(o) for o in self.operations if isinstance(o, _INPUTS))
        self.outputs = tuple(self._port(o) for o in self.operations if isinstance(o, _OUTPUTS))
        self.taken = {*self.levels, *(p.name for p in (*self.inputs, *self.outputs))}
        self.values: dict[ir.Value, Operand] = {}
        self.stages: list[ir.OpView] = []
        self.types: dict[str, DType] = {}
        self.action = self._action()

    def _port(self, op: Any) -> Port:
        name, span = op.port.value, self.span_of(op)
        check_name(op, name, self.errors)
        if isinstance(op, rdu.ReceiveOp | rdu.SendOp):
            element = element_type(op, op.element.value, self.errors)
            return Port(name, cast(TokenKind, op.kind.value), element, PASS, stream=True, span=span)
        level = self._level(op.level)
        if isinstance(op, rdu.AcquireOp | rdu.ReleaseOp):
            return Port(name, "control", None, level, span=span)
        kind = cast(TokenKind, op.kind.value)
        return Port(name, kind, element_type(op, op.value.type, self.errors), level, span=span)

    def _level(self, number: Any) -> str:
        """Return the name of the level that an attribute gives by number."""
        return self.levels[int(number.value)]

    def _action(self) -> Action:
        operations: list[Operation] = []
        for op in self.operations:
            if isinstance(op, rdu.PopOp):
                self.values[op.value] = op.port.value
            elif isinstance(op, rdu.CounterOp):
                self.values[op.result] = self._level(op.level)
            elif op.operation.name == "arith.constant":
                self.values[op.operation.result] = self._constant(op)
            elif not isinstance(op, (*_OUTPUTS, *_INPUTS, *_ACTIONS)):
                operations.append(self._operation(op))
                self.stages.append(op)
        actions = [op for op in self.operations if isinstance(op, _ACTIONS)]
        if len(actions) + bool(operations) > 1:
            have = [f"'{op.operation.name}'" for op in actions] + ["operations"] * bool(operations)
            self.errors.at(self.context, "actions", have=" and ".join(have))
        if actions and isinstance(actions[0], rdu.SparseOp):
            return sparse_action(actions[0], self.span_of(actions[0]), self.errors)
        if actions:
            return self._access(actions[0])
        pushes = [op for op in self.operations if isinstance(op, rdu.PushOp)]
        return Compute(tuple(operations), tuple(map(self._drive, pushes)))

    def _drive(self, push: rdu.PushOp) -> Drive:
        value = self.values.get(push.value, "")
        if not isinstance(value, str):
            self.errors.at(push, "unnamed")
        return Drive(push.port.value, str(value), self.span_of(push))

    def _access(self, op: Access) -> Action:
        span, port = self.span_of(op), self._access_port(op)
        if isinstance(op, rdu.ReadOp | rdu.WriteOp):
            kind = Read if isinstance(op, rdu.ReadOp) else Write
            (address,) = self._affine(op.address)
            return kind(op.memory.value, address, self._level(op.level), port, span=span)
        kind = Load if isinstance(op, rdu.LoadOp) else Store
        return kind(op.tensor.value, self._affine(op.index), port, span)

    def _access_port(self, op: Access) -> str:
        """Return the port that an access takes its word from or delivers it to."""
        if isinstance(op, rdu.WriteOp | rdu.StoreOp):
            maker = op.value.owner.operation
            if isinstance(maker.opview, rdu.PopOp):
                return maker.opview.port.value
            self.errors.at(op, "word", have=maker.name)
            return ""
        users = [use.owner.operation.opview for use in op.value.uses]
        if len(users) == 1 and isinstance(users[0], rdu.PushOp):
            return users[0].port.value
        names = ", ".join(f"'{user.operation.name}'" for user in users)
        self.errors.at(op, "pushes", have=names or "no ops")
        return ""

    def _affine(self, attribute: ir.AffineMapAttr) -> tuple[Affine, ...]:
        return tuple(
            Affine(
                row.constant,
                tuple((n, c) for n, c in zip(self.levels[1:], row.coefficients, strict=True) if c),
            )
            for row in verified_rows(attribute.value)
        )

    def _operation(self, op: ir.OpView) -> Operation:
        operands = tuple(self.values.get(operand, "") for operand in op.operation.operands)
        span = self.span_of(op)
        if isinstance(op, rdu.ReduceOp):
            value, init = operands if len(operands) > 1 else (*operands, None)
            over = self._level(op.over)
            return Operation(self._result(op), op.combiner.value, (value,), over, init, span)
        attributes = op.operation.attributes
        predicate = attributes["predicate"].value if "predicate" in attributes else None
        scalar = BY_MLIR.get((op.operation.name, predicate))
        if scalar is None:
            hint = suggest(op.operation.name, {name for name, _ in BY_MLIR})
            self.errors.at(op, "operation", hint=hint)
            return Operation("", op.operation.name, operands, span=span)
        return Operation(self._result(op), scalar.name, operands, span=span)

    def _result(self, op: ir.OpView) -> str:
        """Name an op's result: as its attribute says, if that is free, else with a number."""
        attribute = op.operation.attributes.get(VALUE_NAME)
        name = attribute.value if isinstance(attribute, ir.StringAttr) else ""
        number = 0
        while not is_name(name) or name in self.taken:
            name, number = f"v{number}", number + 1
        self.taken.add(name)
        result = op.operation.result
        self.values[result] = name
        self.types[name] = element_type(op, result.type, self.errors)
        return name

    def _constant(self, op: ir.OpView) -> Operand:
        attribute = op.operation.attributes["value"]
        value = constant_of(attribute, op.operation.result.type)
        if value is None:
            self.errors.at(op, "constant", have=str(attribute))
        return 0 if value is None else value


def element_type(op: ir.OpView, kind: ir.Type, errors: Errors) -> DType:
    """Return the element type that an op carries; report one that the fabric does not have."""
    text = str(kind)
    if text not in NUMPY:
        errors.at(op, "type", have=text)
    return cast(DType, text)
