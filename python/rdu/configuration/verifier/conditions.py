"""Conditions of ports: what decides is known in time, and one thing for all that a token serves."""

from __future__ import annotations

from collections.abc import Mapping, Set

from rdu.configuration import messages
from rdu.configuration.constants import constant_type
from rdu.configuration.model import (
    Affine,
    Comparison,
    Compute,
    Context,
    DType,
    Edge,
    Holds,
    Port,
)
from rdu.configuration.verifier.compute import values_of
from rdu.configuration.verifier.expressions import MOST_REACH, check_terms, port_text, reach
from rdu.configuration.verifier.scope import INT_MAX, INT_MIN, Scope, View, number_text


def check_conditions(scope: Scope) -> None:
    """Check the condition of every port, and what an input is where it does not hold."""
    for view in scope.views:
        declared: set[str] = set()
        if scope.report.full:
            return
        for port in view.context.inputs:
            _check_default(port, scope)
            _check_counters(port, view, scope)
            if isinstance(port.when, Holds):
                _check_input_holds(port, port.when, declared, view, scope)
            declared.add(port.name)
        results: Mapping[str, DType | None] | None = None
        for port in view.context.outputs:
            if port.default is not None:
                have = _spelt(port.default)
                scope.report(messages.ELSE_IDLE, port.span, "none", have, name=port.name)
            _check_counters(port, view, scope)
            if isinstance(port.when, Holds):
                results = _results(view.context) if results is None else results
                _check_output_holds(port, port.when, results, view, scope)


def _check_default(port: Port, scope: Scope) -> None:
    report, span, name = scope.report, port.span, port.name
    if port.default is None:
        if port.when is not None and port.kind != "control":
            report(messages.ELSE_MISSING, span, "'else' and a constant", "none", name=name)
        return
    if port.when is None or port.kind == "control":
        report(messages.ELSE_IDLE, span, "none", _spelt(port.default), name=name)
        return
    spelt = constant_type(port.default)
    # The default of a bf16 port, which no spelling says, is that of an f32.
    if spelt != ("f32" if port.dtype == "bf16" else port.dtype):
        report(messages.ELSE_TYPE, span, f"{port.dtype}", spelt, name=name)
    elif spelt == "i32" and not INT_MIN <= port.default <= INT_MAX:
        need = f"{INT_MIN}..{INT_MAX}"
        report(messages.CONSTANT_RANGE, span, need, port.default, value=port.default)


def _check_counters(port: Port, view: View, scope: Scope) -> None:
    """Check the counters of a condition: they stand still while one token of the port serves."""
    match port.when:
        case Edge(which, name):
            counter = view.counters.get(name)
            if counter is None:
                scope.unknown("counter", name, view.counters, port.span)
            elif which == "last" and counter.until is not None:
                need = "a counter with bounds"
                have = f"'{name}' until '{counter.until}'"
                scope.report(messages.CONDITION_LAST, port.span, need, have, name=port.name)
            _check_level(port, name, f"'{name}'", view, scope)
        case Comparison(left, _, right):
            for side in (left, right):
                _check_side(side, port, view, scope)
        case Holds() | None:
            pass


def _check_side(side: Affine, port: Port, view: View, scope: Scope) -> None:
    inputs, counters = view.inputs, view.counters
    compared = [name for name, _ in side.terms if name in inputs and name not in counters]
    for name in compared:
        have = port_text(inputs[name])
        scope.report(messages.COMPARED, port.span, "counters only", have, name=port.name)
    rest = tuple(term for term in side.terms if term[0] not in compared)
    check_terms(Affine(side.constant, rest), counters, {}, port.span, scope)
    for name, _ in rest:
        _check_level(port, name, f"'{name}'", view, scope)
    if (far := reach(side, counters)) > MOST_REACH:
        need = f"terms that add up to {MOST_REACH}"
        scope.report(messages.COMPARED_REACH, port.span, need, number_text(far), name=port.name)


def _check_level(port: Port, level: str, have: str, view: View, scope: Scope) -> None:
    if view.lies_inside(level, port.level):
        need = f"@{port.level} or a level outside"
        scope.report(messages.CONDITION_LEVEL, port.span, need, have, name=port.name)


def _check_input_holds(
    port: Port, condition: Holds, declared: Set[str], view: View, scope: Scope
) -> None:
    """Check that an input decides about another that is declared before and popped no later."""
    report, name = scope.report, condition.name
    deciding = view.inputs.get(name)
    if deciding is None:
        known = [p.name for p in view.inputs.values() if _decides(p)]
        scope.unknown("predicate", name, known, port.span)
        return
    have = port_text(deciding)
    if not _decides(deciding):
        report(messages.CONDITION_TYPE, port.span, "a scalar i1 input", have, name=port.name)
    if name not in declared:
        need = f"an input declared before '{port.name}'"
        report(messages.CONDITION_ORDER, port.span, need, f"'{name}'", name=port.name)
    _check_level(port, deciding.level, have, view, scope)


def _check_output_holds(
    port: Port,
    condition: Holds,
    results: Mapping[str, DType | None],
    view: View,
    scope: Scope,
) -> None:
    """Check that an i1 input or result decides about an output."""
    name, need = condition.name, "a scalar i1 input or an i1 result"
    deciding = view.inputs.get(name)
    if deciding is None and name not in results:
        known = [p.name for p in view.inputs.values() if _decides(p)]
        known += [result for result, dtype in results.items() if dtype == "i1"]
        scope.unknown("predicate", name, known, port.span)
    elif deciding is not None and not _decides(deciding):
        have = port_text(deciding)
        scope.report(messages.CONDITION_TYPE, port.span, need, have, name=port.name)
    elif deciding is None and results[name] not in ("i1", None):
        have = f"{results[name]} '{name}'"
        scope.report(messages.CONDITION_TYPE, port.span, need, have, name=port.name)


def _results(context: Context) -> Mapping[str, DType | None]:
    """Return the element types of the results of a computation; None where one is unknown."""
    if not isinstance(context.action, Compute):
        return {}
    values = values_of(context, context.action)
    return {op.result: values[op.result].dtype for op in context.action.operations}


def _decides(port: Port) -> bool:
    return port.kind == "scalar" and port.dtype == "i1"


def _spelt(constant: int | float | bool) -> str:
    return str(constant).lower()
