"""Affine expressions over a chain: what their names stand for, and which values they take."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.configuration import messages
from rdu.configuration.model import Affine, Counter, Port, Span
from rdu.configuration.verifier.scope import INT_MIN, Scope, is_sound, last_value

MOST_COEFFICIENT = 2**31
"""The largest coefficient of an address: what it comes to then fits the engines' 64 bits."""

MOST_REACH = 2**60
"""How far the terms of an index may lead before they cancel, in elements: bytes fit 64 bits."""


def check_terms(
    expression: Affine,
    counters: Mapping[str, Counter],
    inputs: Mapping[str, Port],
    span: Span,
    scope: Scope,
) -> None:
    """Check that terms name counters, or i32 inputs, with coefficients that engines hold."""
    for name, coefficient in expression.terms:
        port = None if name in counters else inputs.get(name)
        if port is not None and port.dtype != "i32":
            need = "a counter or an i32 input"
            scope.report(messages.TERM, span, need, port_text(port), name=name)
        elif port is None and name not in counters:
            indices = [p.name for p in inputs.values() if p.dtype == "i32"]
            scope.unknown("index" if indices else "counter", name, [*counters, *indices], span)
        if abs(coefficient) > MOST_COEFFICIENT:
            need = f"at most {MOST_COEFFICIENT}"
            scope.report(messages.COEFFICIENT, span, need, abs(coefficient), name=name)


def value_range(expression: Affine, counters: Mapping[str, Counter]) -> tuple[int, int] | None:
    """Return the least and the largest value of an expression; None where the text does not say."""
    low = high = expression.constant
    for name, coefficient in expression.terms:
        counter = counters.get(name)
        if counter is None or counter.extent is None or not is_sound(counter):
            return None
        if abs(coefficient) > MOST_COEFFICIENT:
            return None
        ends = coefficient * counter.extent[0], coefficient * last_value(counter)
        low, high = low + min(ends), high + max(ends)
    return low, high


def reach(expression: Affine, counters: Mapping[str, Counter]) -> int:
    """Return the sum of the largest magnitudes of all terms: what an engine may have to hold."""
    terms = (abs(c) * _largest(counters.get(name)) for name, c in expression.terms)
    return abs(expression.constant) + sum(terms)


def port_text(port: Port) -> str:
    """Return a port as a declaration says it: `stream scalar i32 'n' @m`."""
    dtype = "" if port.dtype is None else f" {port.dtype}"
    return f"{'stream ' * port.stream}{port.kind}{dtype} '{port.name}' @{port.level}"


def _largest(counter: Counter | None) -> int:
    """Return the largest magnitude of a counter's values, or of an input's, which is no counter."""
    extent = None if counter is None else counter.extent
    return max(abs(end) for end in extent or (INT_MIN,))
