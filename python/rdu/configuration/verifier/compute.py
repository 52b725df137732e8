"""Computations: every operand resolves and has the type that its operation takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from rdu.configuration import messages
from rdu.configuration.constants import constant_type
from rdu.configuration.model import (
    SYSTOLIC,
    Compute,
    Context,
    Drive,
    DType,
    Operand,
    Operation,
    Port,
    Span,
)
from rdu.configuration.report import Report
from rdu.configuration.verifier.scope import INT_MAX, INT_MIN, Scope, by_name, report_unknown


class Value(NamedTuple):
    """What is known of a register; `dtype` None after an error, which is not repeated."""

    dtype: DType | None
    vector: bool


UNKNOWN = Value(None, vector=False)


def check_computations(scope: Scope) -> None:
    """Check every context that computes."""
    for _, context in scope.section.contexts():
        if isinstance(context.action, Compute):
            _Checker(context, context.action, scope.report).check()


def values_of(context: Context, action: Compute) -> Mapping[str, Value]:
    """Return what is known of every input, counter and result by name, and report nothing."""
    checker = _Checker(context, action, Report(""))
    checker.evaluate()
    return checker.values


class _Checker:
    def __init__(self, context: Context, action: Compute, report: Report) -> None:
        self.context = context
        self.action = action
        self.report = report
        self.controls = {port.name for port in context.inputs if port.kind == "control"}
        vector = context.vector_counter
        self.values = {c.name: Value("i32", c is vector) for c in context.counters}
        for port in context.inputs:
            self.values[port.name] = Value(port.dtype, port.kind == "vector")

    def evaluate(self) -> None:
        for operation in self.action.operations:
            self.values.setdefault(operation.result, self._result(operation))

    def check(self) -> None:
        self.evaluate()
        outputs = by_name(self.context.outputs)
        driven: set[str] = set()
        for drive in self.action.drives:
            self._check_drive(drive, outputs, driven)
            driven.add(drive.port)
        for port in self.context.outputs:
            if port.kind != "control" and port.name not in driven:
                need = f"'{port.name} <- a value'"
                self.report(messages.UNDRIVEN, port.span, need, "none", name=port.name)

    def _result(self, operation: Operation) -> Value:
        from rdu.semantics.scalar import OPS

        name, span = operation.mnemonic, operation.span
        operands = [self._value(operand, span) for operand in operation.operands]
        if name == SYSTOLIC:
            return Value("f32", vector=True)
        op = OPS.get(name)
        if op is None:
            report_unknown(self.report, "operation", name, list(OPS), span)
        if operation.over is not None:
            return self._reduction(operation, operands, known=op is not None)
        if op is None:
            return UNKNOWN
        if len(operands) != op.arity:
            self.report(messages.ARITY, span, str(op.arity), len(operands), name=name)
            return UNKNOWN
        vector = any(operand.vector for operand in operands)
        types: list[DType] = [operand.dtype for operand in operands if operand.dtype is not None]
        if len(types) < len(operands):
            return UNKNOWN
        dtype = op.result_type(types)
        if dtype is None:
            have, hint = f"({', '.join(types)})", _spelling_hint(operation, types)
            self.report(messages.OPERAND_TYPE, span, op.signature, have, hint=hint, name=name)
        return Value(dtype, vector)

    def _reduction(self, operation: Operation, operands: list[Value], *, known: bool) -> Value:
        from rdu.semantics.reduction import REDUCTIONS

        name, span, over = operation.mnemonic, operation.span, operation.over
        counters = [counter.name for counter in self.context.counters]
        if over not in counters:
            report_unknown(self.report, "counter", str(over), counters, span)
            return UNKNOWN
        if len(operands) != 1:
            self.report(messages.ARITY, span, "1 for a reduction", len(operands), name=name)
            return UNKNOWN
        (operand,) = operands
        if not known or operand.dtype is None:
            return UNKNOWN
        if operand.dtype not in REDUCTIONS.get(name, {}):
            names = {"name": name, "dtype": operand.dtype}
            able = [op for op, types in REDUCTIONS.items() if operand.dtype in types]
            need = f"one of {', '.join(map(repr, able))}"
            self.report(messages.NO_REDUCTION, span, need, f"'{name}'", **names)
            return UNKNOWN
        tree = uses_tree(operation, self.context)
        if operation.init is not None:
            init = self._value(operation.init, span)
            if init.dtype not in (None, operand.dtype):
                result = operation.result
                self.report(messages.INIT_TYPE, span, operand.dtype, init.dtype, name=result)
            if tree and init.vector:
                have = f"vector '{operation.init}'"
                need = "a scalar where lanes are reduced"
                self.report(messages.INIT_VECTOR, span, need, have, name=operation.result)
        return Value(operand.dtype, operand.vector and not tree)

    def _value(self, operand: Operand, span: Span) -> Value:
        if isinstance(operand, str):
            return self._named(operand, span)
        dtype = constant_type(operand)
        if dtype == "i32" and not INT_MIN <= operand <= INT_MAX:
            need = f"{INT_MIN}..{INT_MAX}"
            self.report(messages.CONSTANT_RANGE, span, need, operand, value=operand)
        return Value(dtype, vector=False)

    def _named(self, name: str, span: Span) -> Value:
        if name not in self.values:
            report_unknown(self.report, "operand", name, list(self.values), span)
            return UNKNOWN
        if name in self.controls:
            need = "a vector or scalar input, a counter or a result"
            self.report(messages.OPERAND_CONTROL, span, need, f"'{name}'", name=name)
        return self.values[name]

    def _check_drive(self, drive: Drive, outputs: dict[str, Port], driven: set[str]) -> None:
        name, span = drive.port, drive.span
        value = self._named(drive.value, span)
        port = outputs.get(name)
        if port is None:
            report_unknown(self.report, "output", name, list(outputs), span)
        elif name in driven:
            self.report(messages.DRIVEN_TWICE, span, "one value", f"'{drive.value}'", name=name)
        elif port.kind == "control":
            self.report(messages.DRIVEN_CONTROL, span, "no value", f"'{drive.value}'", name=name)
        elif value.dtype not in (None, port.dtype):
            names = {"name": name, "value": drive.value}
            self.report(messages.DRIVE_TYPE, span, f"{port.dtype}", value.dtype, **names)
        elif port.kind == "scalar" and value.vector:
            names = {"name": name, "value": drive.value}
            self.report(messages.SCALAR_DRIVE, span, "a scalar", "a vector", **names)


def _spelling_hint(operation: Operation, types: Collection[DType]) -> str | None:
    """Return how a constant may have been meant."""
    for operand in operation.operands:
        if type(operand) is int:
            return f"an f32 constant has a point: {operand}.0"
        if isinstance(operand, float) and "bf16" in types:
            return f"a bf16 constant is a stage: 'truncf {operand}'"
    return None


def uses_tree(operation: Operation, context: Context) -> bool:
    """Whether a reduction combines lanes: its levels include the vector counter."""
    vector = context.vector_counter
    if operation.over not in context.levels or vector is None:
        return False
    return context.level_index(operation.over) <= context.level_index(vector.name)
